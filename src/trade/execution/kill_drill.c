/* See kill_drill.h. */
#include "trade/execution/kill_drill.h"

#include <string.h>

#include "base/assert.h"
#include "trade/execution/exec_steps.h"
#include "trade/risk/gates.h"

static const i64 DRILL_PRICE = 100 * (i64)PRICE_SCALE;

/* A plain order of one unit in an instrument that the account neither holds nor orders. */
static permit_request_t request_of(inst_t inst, side_t side, i64 now)
{
    return (permit_request_t){
        .multiplier = 1,
        .tag = {.strategy = 1, .a = {DRILL_PRICE / 100}, .r = {DRILL_PRICE / 100},
                .atr_d = {DRILL_PRICE / 50}},
        .draft = {.t_decided = now,
                  .send_before = now + 2 * NS_PER_SEC,
                  .qty = {1},
                  .reference = {DRILL_PRICE},
                  .bracket_stop = {side == SIDE_BUY ? DRILL_PRICE - DRILL_PRICE / 100 : 0},
                  .inst = inst,
                  .side = (u8)side,
                  .type = ORDER_MARKET,
                  .tif = TIF_DAY,
                  .role = side == SIDE_BUY ? ROLE_ENTRY : ROLE_EXIT,
                  .strategy = 1}};
}

static inst_t unused_inst(const account_t *a)
{
    for (inst_t inst = 0; inst < LIMIT_UNIVERSE; inst++) {
        bool used = account_position_const(a, inst) != NULL || account_entry_working(a, inst) ||
                    account_outlived(a, inst);
        if (!used) {
            return inst;
        }
    }
    return 0;
}

static err_t permit_for(account_t *a, inst_t inst, i64 now, risk_permit_t *out)
{
    gates_t g = {0};
    for (u32 i = 0; i < rule_count(); i++) { /* every gate of the stage held: the switch alone may refuse */
        const rule_desc_t *r = rule_at(i);
        f64 value = r->op == GATE_LT ? -r->step : r->op == GATE_GT ? r->step : 0.0;
        (void)(rule_stage(r->id) == 12 && gate_check(&g, (rule_t)r->id, value, 0.0));
    }
    ASSERT(g.failed == 0);
    permit_request_t request = request_of(inst, SIDE_BUY, now);
    return permit_open(a, &request, &g, out);
}

static bool opens_alive(const order_t *o)
{
    return order_is_live(o) && side_is_opening((side_t)o->intent.side);
}

static void count_working(const account_t *a, bool after, kill_drill_t *k)
{
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (order_is_sliced(o)) {
            continue; /* ends at once and by itself: it was never sent */
        }
        bool leaves = o->state == ORDER_PENDING_CANCEL || (o->flags & ORDER_FLAG_CANCEL_WANTED) != 0;
        k->working += !after && opens_alive(o) ? 1 : 0;
        k->cancelled += after && opens_alive(o) && leaves ? 1 : 0;
    }
}

/* Leaving what is held; if nothing is, a unit bought for the trial. */
static void try_exit(account_t *a, inst_t inst, i64 now, outbox_t *out, kill_drill_t *k)
{
    position_t *p = NULL;
    for (u32 i = 0; i < a->positions_used && p == NULL; i++) {
        position_t *q = &a->positions[i];
        p = q->inst != INST_NONE && q->qty.v != 0 && q->exiting == EXITING_NO ? q : NULL;
    }
    if (p == NULL) {
        fill_t f = {.inst = inst, .side = SIDE_BUY, .role = ROLE_ENTRY, .multiplier = 1, .t_event = now,
                    .qty = {1}, .price = {DRILL_PRICE}};
        money_t realised;
        if (account_book(a, &f, &realised, &p) != ERR_OK) {
            return;
        }
    }
    u32 effects = out->effect_count;
    k->exits_tried++;
    k->exits_left += exec_exit(a, p, EXIT_KILL, now, out) == ERR_OK && out->effect_count > effects ? 1 : 0;
}

void exec_kill_drill(const account_t *a, i64 now, account_t *scratch, outbox_t *out, kill_drill_t *result)
{
    ASSERT(a != NULL && scratch != NULL && a != scratch);
    ASSERT(out != NULL && result != NULL);
    account_copy(scratch, a);
    scratch->killed = 0; /* a switch that is on already is tried as if it were off */
    scratch->reconcile = 0;
    scratch->halt_market = HALT_NONE; /* the switch is on trial, not the market */
    memset(scratch->halts, HALT_NONE, sizeof scratch->halts);
    outbox_reset(out);
    kill_drill_t k = {0};
    inst_t inst = unused_inst(a);
    risk_permit_t sent;
    risk_permit_t held;
    risk_permit_t none;
    if (account_orders_room(scratch, 4) && permit_for(scratch, inst, now, &sent) == ERR_OK &&
        exec_submit(scratch, &sent, now, out) == ERR_OK && permit_for(scratch, inst, now, &held) == ERR_OK) {
        count_working(scratch, false, &k);
        exec_kill(scratch, now, out);
        count_working(scratch, true, &k);
        u32 submits = out->effect_count;
        k.entries_tried = 2;
        k.entries_stopped += exec_submit(scratch, &held, now, out) != ERR_OK ? 1 : 0;
        k.entries_stopped += permit_for(scratch, inst, now, &none) == ERR_KILLED ? 1 : 0;
        ASSERT(k.entries_stopped < 2 || out->effect_count == submits);
        try_exit(scratch, inst, now, out, &k);
    }
    outbox_reset(out);
    *result = k;
}

bool kill_drill_passed(const kill_drill_t *k)
{
    ASSERT(k != NULL);
    return k->entries_tried > 0 && k->entries_stopped == k->entries_tried && k->working > 0 &&
           k->cancelled == k->working && k->exits_tried > 0 && k->exits_left == k->exits_tried;
}
