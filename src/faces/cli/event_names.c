/* See event_names.h. */
#include "faces/cli/event_names.h"

#include <string.h>

#include "alpha/strategies/strategy.h"
#include "base/assert.h"
#include "engine/engine.h"
#include "faces/report/report_parts.h"
#include "loops/plan.h"
#include "model/bar.h"
#include "model/bulletin.h"
#include "model/halt.h"
#include "model/order.h"
#include "scan/scan.h"
#include "trade/execution/slicing.h"
#include "trade/portfolio/account.h"

static const char *of_list(const char *const *names, u32 count, i64 value)
{
    return value >= 0 && value < (i64)count ? names[value] : NULL;
}

#define NAMED(names, value) of_list(names, COUNT_OF(names), value)

static const char *broker_name(i64 v)
{
    static const char *const names[] = {NULL,
                                        "ack",
                                        "fill",
                                        "reject",
                                        "canceled",
                                        "cancel refused",
                                        "expired",
                                        "replaced",
                                        "replace refused",
                                        "silent",
                                        "found by a look",
                                        "absent in two looks",
                                        "not sent",
                                        "execution taken back"};
    return NAMED(names, v);
}

static const char *command_name(i64 v)
{
    static const char *const names[] = {NULL,
                                        [COMMAND_KILL] = "kill",
                                        [COMMAND_RELEASE] = "release",
                                        [COMMAND_RESET_BREAKER] = "reset breaker",
                                        [COMMAND_CLEAR_CLOCK] = "clear clock",
                                        [COMMAND_CLEAR_RECONCILE] = "clear reconcile",
                                        [COMMAND_RESUME] = "resume",
                                        [COMMAND_ISOLATE] = "isolate"};
    return NAMED(names, v);
}

static const char *kind_name(event_kind_t kind, i64 v)
{
    switch (kind) {
    case EV_BROKER:
        return broker_name(v);
    case EV_HALT:
        return v >= 0 && v < HALT_KINDS ? halt_kind_name((halt_kind_t)v) : NULL;
    case EV_BULLETIN:
        return v > 0 && v < BULLETIN_KINDS ? bulletin_kind_name((bulletin_kind_t)v) : NULL;
    case EV_CASH:
        return v >= CASH_DIVIDEND && v <= CASH_BUNCH ? cash_kind_name((cash_kind_t)v) : NULL;
    default:
        return NULL;
    }
}

/* Of an order as it is wanted, filled or bunched. */
static const char *order_name(const char *field, i64 v)
{
    static const char *const tif[] = {NULL, "day", "gtc", "open", "close", "ioc", "bar", "fok"};
    if (strcmp(field, "side") == 0) {
        return v >= SIDE_BUY && v <= SIDE_BUY_TO_COVER ? side_name((side_t)v) : NULL;
    }
    if (strcmp(field, "role") == 0) {
        return v >= ROLE_ENTRY && v <= ROLE_EXIT ? order_role_name((order_role_t)v) : NULL;
    }
    if (strcmp(field, "type") == 0) {
        return v >= ORDER_MARKET && v <= ORDER_TRAIL ? order_type_name((order_type_t)v) : NULL;
    }
    if (strcmp(field, "strategy") == 0) {
        const strategy_desc_t *s = v >= 0 && v <= UINT16_MAX ? strategy_find((u16)v) : NULL;
        return s == NULL ? NULL : s->name;
    }
    return strcmp(field, "tif") == 0 ? NAMED(tif, v) : NULL;
}

static const char *state_name(const char *field, i64 v)
{
    if (strcmp(field, "proof") == 0) {
        return broker_name(v);
    }
    bool state = strcmp(field, "from") == 0 || strcmp(field, "to") == 0;
    return state && v >= ORDER_INTENT && v <= ORDER_EXPIRED ? order_state_name((order_state_t)v) : NULL;
}

/* Events with one such field, beside kinds. */
static const char *single_name(event_kind_t kind, const char *field, i64 v)
{
    static const char *const end[] = {NULL, "over", "stopped"};
    const plan_row_t *row = NULL;
    switch (kind) {
    case EV_SLICE:
        return strcmp(field, "timeframe") == 0 && v >= TF_1M && v <= TF_1D ? timeframe_name((timeframe_t)v)
                                                                           : NULL;
    case EV_COMMAND:
        return strcmp(field, "code") == 0 ? command_name(v) : NULL;
    case EV_ALERT:
        return strcmp(field, "code") == 0 ? report_alert_name((u32)v) : NULL;
    case EV_RUN_END:
        return NAMED(end, v);
    case EV_SCAN_STOPPED:
        return strcmp(field, "stage") == 0 && v >= 1 && v <= SCAN_STAGES ? stage_at((u32)v)->name : NULL;
    case EV_SLICE_PLAN:
        return strcmp(field, "algo") == 0 ? slicing_name((slicing_t)v) : NULL;
    case EV_SLICE_END:
        return strcmp(field, "reason") == 0 ? slice_end_name((slice_end_t)v) : NULL;
    case EV_NOTICE:
        row = strcmp(field, "loop") == 0 ? plan_find((u16)v) : NULL;
        return row == NULL ? NULL : row->name;
    default:
        return NULL;
    }
}

const char *event_value_name(const event_t *e, const char *field, i64 value)
{
    ASSERT(e != NULL && field != NULL);
    event_kind_t kind = (event_kind_t)e->head.kind;
    if (strcmp(field, "kind") == 0) {
        return kind_name(kind, value);
    }
    switch (kind) {
    case EV_INTENT:
    case EV_FILL:
    case EV_BUNCH:
        return order_name(field, value);
    case EV_ORDER_STATE:
        return state_name(field, value);
    case EV_BULLETIN: /* a coverage names the kind that begins or ends */
        return e->as.BULLETIN.kind == BULLETIN_COVERS && strcmp(field, "value") == 0 && value != I64_MIN
                   ? kind_name(kind, value < 0 ? -value : value)
                   : NULL;
    default:
        return single_name(kind, field, value);
    }
}
