/* See why_law.h. */
#include "faces/cli/why_law.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/dollars.h"
#include "model/calendar.h"
#include "scan/rules_today.h"

typedef struct {
    f64 missing; /* from the value to the threshold, in the rule's unit */
    i32 after;   /* the session after this one, YYYYMMDD */
    i32 settles; /* what is sold in this session, YYYYMMDD */
} numbers_t;

static law_t law_of(rule_t rule, const rules_t *rules)
{
    switch (rule) {
    case RULE_DAY_TRADES:
        return LAW_PDT_DAY_TRADES;
    case RULE_INTRADAY_MARGIN:
        return rules->citation[LAW_INTRADAY_MARGIN] != NULL ? LAW_INTRADAY_MARGIN : LAW_MAINTENANCE_LONG_BPS;
    case RULE_SETTLED_CASH:
        return LAW_SETTLEMENT_DAYS;
    case RULE_GOOD_FAITH:
        return LAW_GOOD_FAITH_MAX;
    case RULE_NOT_FROZEN:
        return LAW_FREEZE_DAYS;
    case RULE_SHORT_PRICE:
        return LAW_SHORT_TRIGGER_BPS;
    default:
        return LAW_COUNT;
    }
}

static void remedy_of(rule_t rule, const rules_t *rules, const numbers_t *n, char out[WHY_REMEDY])
{
    char usd[DOLLARS_TEXT];
    switch (rule) {
    case RULE_DAY_TRADES:
        (void)snprintf(out, WHY_REMEDY,
                       "wait: a day trade counts for %d business days; from an equity of %s at the close "
                       "before, none does",
                       rules->pdt_window_days,
                       dollars_text(usd, money_to_f64(rules->pdt_equity), DOLLARS_WHOLE));
        break;
    case RULE_INTRADAY_MARGIN:
        (void)snprintf(out, WHY_REMEDY, "%s are missing: pay in, or close something (that always passes)",
                       dollars_text(usd, n->missing, DOLLARS_CENTS));
        break;
    case RULE_SETTLED_CASH:
        (void)snprintf(out, WHY_REMEDY,
                       "%s are missing: buy less, or wait; what is sold today has settled on %d",
                       dollars_text(usd, n->missing, DOLLARS_CENTS), n->settles);
        break;
    case RULE_GOOD_FAITH:
        (void)snprintf(out, WHY_REMEDY,
                       "buy with settled cash alone, or wait: what is sold today has settled on %d, and a "
                       "violation counts for %d months",
                       n->settles, rules->good_faith_months);
        break;
    case RULE_NOT_FROZEN:
        (void)snprintf(out, WHY_REMEDY, "buy with settled cash alone, or wait %.0f days", -n->missing);
        break;
    default:
        (void)snprintf(out, WHY_REMEDY,
                       "wait: the fall of a session binds until the end of the next one, at the latest %d",
                       n->after);
        break;
    }
}

bool why_law_alone(u16 rule)
{
    return rule == RULE_DAY_TRADES || rule == RULE_INTRADAY_MARGIN || rule == RULE_GOOD_FAITH ||
           rule == RULE_NOT_FROZEN || rule == RULE_SHORT_PRICE;
}

bool why_law_of(const gate_t *g, const config_t *config, date_t session, i64 t, why_law_t *out)
{
    ASSERT(g != NULL && config != NULL && out != NULL);
    rules_t rules = rules_today(config, session);
    law_t law = law_of((rule_t)g->rule, &rules);
    session_t open;
    if (law == LAW_COUNT || rules.citation[law] == NULL || !calendar_session(CAL_NYSE, session, t, &open)) {
        return false;
    }
    numbers_t n = {.missing = gate_threshold(g) - gate_value(g),
                   .after = date_number(calendar_next(CAL_NYSE, session, t).date),
                   .settles = date_number(rulebook_settles_on(session, t))};
    out->citation = rules.citation[law];
    remedy_of((rule_t)g->rule, &rules, &n, out->remedy);
    return true;
}

const char *why_halt_law(halt_kind_t kind, date_t session)
{
    static const law_t laws[HALT_KINDS] = {[HALT_NONE] = LAW_COUNT,
                                           [HALT_PAUSE] = LAW_LULD_PAUSE_MIN,
                                           [HALT_NEWS] = LAW_COUNT,
                                           [HALT_OTHER] = LAW_COUNT,
                                           [HALT_MARKET_1] = LAW_MARKET_1_BPS,
                                           [HALT_MARKET_2] = LAW_MARKET_2_BPS,
                                           [HALT_MARKET_3] = LAW_MARKET_3_BPS};
    law_t law = (u32)kind < HALT_KINDS ? laws[kind] : LAW_COUNT;
    return law == LAW_COUNT ? NULL : rulebook_citation(law, session);
}
