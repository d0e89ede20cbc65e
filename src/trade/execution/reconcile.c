/* See reconcile.h. */
#include "trade/execution/reconcile.h"

#include "base/assert.h"
#include "trade/execution/exec_steps.h"

static i64 view_qty(const broker_view_t *v, inst_t inst)
{
    for (u32 i = 0; i < v->count; i++) {
        if (v->positions[i].inst == inst) {
            return v->positions[i].qty.v;
        }
    }
    return 0;
}

static bool inst_differs(const account_t *a, const broker_view_t *v, inst_t inst)
{
    const position_t *p = account_position_const(a, inst);
    return (p == NULL ? 0 : p->qty.v) != view_qty(v, inst);
}

static bool positions_differ(const account_t *a, const broker_view_t *v)
{
    for (u32 i = 0; i < v->count; i++) {
        inst_t inst = v->positions[i].inst; /* a broker's word: it may name what nobody here knows */
        if (inst == INST_NONE || inst_differs(a, v, inst)) {
            return true;
        }
    }
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        if (a->positions[i].inst != INST_NONE && inst_differs(a, v, a->positions[i].inst)) {
            return true;
        }
    }
    return false;
}

static bool any_unknown(const account_t *a)
{
    for (u32 i = 0; i < a->orders_used; i++) {
        if (a->orders[i].state == ORDER_UNKNOWN) {
            return true;
        }
    }
    return false;
}

bool exec_reconcile(account_t *a, const broker_view_t *view, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && view != NULL && out != NULL);
    ASSERT(view->count == 0 || view->positions != NULL);
    exec_t x = {.a = a, .out = out, .now = now};
    bool shares = positions_differ(a, view);
    bool agree = !shares && (view->cash_untold || a->cash.v == view->cash.v);
    if (agree) {
        a->reconcile = a->reconcile != 0 && any_unknown(a) ? 1 : 0;
        return true;
    }
    if (a->reconcile == 0) {
        exec_alert(&x, EXEC_ALERT_DIFFERS, "cash or positions differ from the broker's");
    }
    a->reconcile = 1;
    for (u32 i = 0; i < a->orders_used; i++) {
        order_t *o = &a->orders[i];
        bool whole = o->state == ORDER_FILLED && o->filled.v >= o->intent.qty.v;
        bool suspect = o->state != 0 && !whole && o->state != ORDER_UNKNOWN;
        if (suspect && (!shares || inst_differs(a, view, o->intent.inst))) {
            exec_lookup(&x, o);
        }
    }
    return false;
}

i64 exec_covered(const account_t *a, inst_t inst)
{
    ASSERT(a != NULL && inst != INST_NONE);
    i64 covered = 0;
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        bool closes = o->intent.role == ROLE_STOP || o->intent.role == ROLE_EXIT;
        bool alive =
            order_is_working(o) || o->state == ORDER_PENDING_CANCEL || o->state == ORDER_PENDING_REPLACE;
        if (o->intent.inst == inst && closes && alive && !order_is_doubted(o)) {
            covered += MAX_OF(o->live.v - o->filled.v, 0);
        }
    }
    return covered;
}

static bool watch_position(exec_watch_t *w, const account_t *a, u32 at, i64 now, i64 naked_ns)
{
    const position_t *p = &a->positions[at];
    i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
    bool naked = p->inst != INST_NONE && exec_covered(a, p->inst) < size;
    if (!naked || w->inst[at] != p->inst) {
        w->naked_since[at] = naked ? now : 0;
        w->inst[at] = p->inst;
        return false;
    }
    i64 since = w->naked_since[at];
    if (since == 0) {
        w->naked_since[at] = now;
        return false;
    }
    i64 repeat = naked_ns * EXEC_WATCH_REPEATS;
    bool first = now - since >= naked_ns && w->last - since < naked_ns;
    return first || (now - since) / repeat > MAX_OF(w->last - since, 0) / repeat;
}

u32 exec_watch(exec_watch_t *w, account_t *a, i64 now, i64 naked_ns, i64 hang_ns, outbox_t *out)
{
    ASSERT(w != NULL && a != NULL && out != NULL);
    ASSERT(naked_ns > 0 && hang_ns > 0);
    exec_t x = {.a = a, .out = out, .now = now};
    u32 told = 0;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        if (watch_position(w, a, i, now, naked_ns)) {
            exec_alert(&x, EXEC_ALERT_NAKED, "a position has no live protective order");
            told++;
        }
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->state == ORDER_UNKNOWN && now - o->t_state >= hang_ns && w->last - o->t_state < hang_ns) {
            exec_alert(&x, EXEC_ALERT_HANGS, "the outcome of an order is still unknown");
            told++;
        }
    }
    w->last = now;
    return told;
}

static i64 position_next(const exec_watch_t *w, const account_t *a, u32 at, i64 naked_ns)
{
    const position_t *p = &a->positions[at];
    i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
    bool naked = p->inst != INST_NONE && exec_covered(a, p->inst) < size;
    i64 since = w->naked_since[at];
    if (!naked || since == 0 || w->inst[at] != p->inst) {
        return naked || since != 0 ? w->last : I64_MAX; /* to be noted, or forgotten */
    }
    i64 repeat = naked_ns * EXEC_WATCH_REPEATS;
    bool told = w->last - since >= naked_ns;
    return since + (told ? ((w->last - since) / repeat + 1) * repeat : naked_ns);
}

i64 exec_watch_next(const exec_watch_t *w, const account_t *a, i64 naked_ns, i64 hang_ns)
{
    ASSERT(w != NULL && a != NULL);
    ASSERT(naked_ns > 0 && hang_ns > 0);
    i64 first = I64_MAX;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        first = MIN_OF(first, position_next(w, a, i, naked_ns));
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->state == ORDER_UNKNOWN && w->last - o->t_state < hang_ns) {
            first = MIN_OF(first, o->t_state + hang_ns);
        }
    }
    return first;
}
