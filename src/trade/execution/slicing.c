/* See slicing.h. */
#include "trade/execution/slicing.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "trade/execution/exec_steps.h"

enum { SCHEDULE_BYTES = SLICES_MAX * 16 };

static const id128_t none = {{0}};

/* ---- the parent's counts ------------------------------------------------------------------------------- */

order_t *exec_slice_parent(account_t *a, const order_t *o)
{
    ASSERT(a != NULL && o != NULL);
    if (o->intent.role != ROLE_ENTRY || id128_eq(o->intent.parent, none)) {
        return NULL;
    }
    order_t *p = account_order(a, o->intent.parent);
    return p != NULL && order_is_sliced(p) ? p : NULL;
}

void exec_slice_sent(account_t *a, const order_t *slice)
{
    order_t *p = exec_slice_parent(a, slice);
    if (p == NULL) {
        return;
    }
    ASSERT(order_is_live(p) && slice->intent.qty.v <= p->live.v - p->filled.v);
    p->live.v -= slice->intent.qty.v;
    account_plan_t *plan = account_plan(a, p->intent.id);
    if (plan != NULL) {
        plan->sent++;
    }
    ASSERT(p->live.v >= p->filled.v);
}

void exec_slice_filled(account_t *a, const order_t *slice, i64 qty)
{
    ASSERT(qty > 0);
    order_t *p = exec_slice_parent(a, slice);
    if (p == NULL) {
        return;
    }
    /* Of what was open; an overfill or a fill after the end takes from what was never sent. */
    i64 open = order_is_live(slice) ? MAX_OF(slice->live.v - slice->filled.v, 0) : 0;
    p->live.v += MIN_OF(qty, open);
    p->filled.v += qty;
    if (p->filled.v > p->live.v) {
        p->flags |= ORDER_FLAG_CORRECTION; /* the broker filled more than all slices asked for */
    }
}

void exec_slice_ended(account_t *a, const order_t *slice)
{
    order_t *p = exec_slice_parent(a, slice);
    if (p != NULL) {
        p->live.v += MAX_OF(slice->live.v - slice->filled.v, 0);
        ASSERT(p->live.v <= p->intent.qty.v);
    }
}

void exec_slice_follow(exec_t *x, const order_t *slice)
{
    order_t *p = exec_slice_parent(x->a, slice);
    if (p != NULL && order_is_live(p) && p->filled.v >= p->intent.qty.v) {
        exec_move(x, p, ORDER_FILLED, BROKER_FILL);
    }
}

/* ---- the plan as a fact -------------------------------------------------------------------------------- */

const char *slicing_name(slicing_t s)
{
    static const char *const names[] = {"none", "twap", "vwap"};
    return (u32)s < COUNT_OF(names) ? names[s] : "?";
}

const char *slice_end_name(slice_end_t e)
{
    static const char *const names[] = {"?", "all filled", "time is over", "the price moved away",
                                        "stopped: cancel, exit, kill switch or law"};
    return (u32)e < COUNT_OF(names) ? names[e] : "?";
}

static bool schedule_is_sound(const slice_schedule_t *s, i64 qty)
{
    bool sound = s->count > 0 && s->count <= SLICES_MAX && s->least > 0 && s->algo <= SLICING_VWAP;
    for (u32 i = 1; sound && i < s->count; i++) {
        sound = s->t[i] > s->t[i - 1] && s->until[i] > s->until[i - 1];
    }
    return sound && s->until[0] > 0 && s->until[s->count - 1] == qty && s->t_end > s->t[s->count - 1];
}

static account_plan_t *free_plan(account_t *a)
{
    for (u32 i = 0; i < ACCOUNT_PLANS; i++) {
        if (a->plans[i].schedule.count == 0) {
            return &a->plans[i];
        }
    }
    return NULL;
}

static void plan_fact(exec_t *x, const account_plan_t *p)
{
    u8 bytes[SCHEDULE_BYTES];
    writer_t w = writer_of(bytes, sizeof bytes);
    for (u32 i = 0; i < p->schedule.count; i++) {
        put_i64(&w, p->schedule.t[i]);
        put_i64(&w, p->schedule.until[i]);
    }
    ASSERT(!w.full);
    blob_t blob = {0};
    err_t err = outbox_blob(x->out, bytes, w.used, &blob);
    ASSERT(err == ERR_OK); /* a step writes few of them, and the outbox has room for a whole cycle's record */
    ev_SLICE_PLAN_t *f = &outbox_fact(x->out, EV_SLICE_PLAN)->as.SLICE_PLAN;
    *f = (ev_SLICE_PLAN_t){.parent = p->parent, .account = x->a->account_id, .algo = p->schedule.algo,
                           .least = p->schedule.least, .t_end = p->schedule.t_end, .schedule = blob};
}

err_t slicing_schedule(const ev_SLICE_PLAN_t *e, slice_schedule_t *out)
{
    ASSERT(e != NULL && out != NULL);
    slice_schedule_t s = {.algo = e->algo, .least = e->least, .t_end = e->t_end};
    if (e->schedule.n == 0 || e->schedule.n % 16 != 0 || e->schedule.n > SCHEDULE_BYTES) {
        return ERR_CORRUPT;
    }
    reader_t r = reader_of(e->schedule.p, e->schedule.n);
    s.count = (u8)(e->schedule.n / 16);
    for (u32 i = 0; i < s.count; i++) {
        s.t[i] = get_i64(&r);
        s.until[i] = get_i64(&r);
    }
    TRY(reader_done(&r));
    if (!schedule_is_sound(&s, s.until[s.count - 1])) {
        return ERR_CORRUPT;
    }
    *out = s;
    return ERR_OK;
}

err_t slicing_recover_plan(account_t *a, const ev_SLICE_PLAN_t *e)
{
    ASSERT(a != NULL && e != NULL);
    const order_t *o = account_order_const(a, e->parent);
    slice_schedule_t s;
    TRY(slicing_schedule(e, &s));
    if (o == NULL || !order_is_sliced(o) || s.until[s.count - 1] != o->intent.qty.v) {
        return ERR_CORRUPT;
    }
    account_plan_t *p = free_plan(a);
    if (p == NULL) {
        return ERR_POOL_FULL;
    }
    *p = (account_plan_t){.parent = e->parent, .schedule = s};
    return ERR_OK;
}

err_t slicing_recover_end(account_t *a, const ev_SLICE_END_t *e)
{
    ASSERT(a != NULL && e != NULL);
    account_plan_t *p = account_plan(a, e->parent);
    if (p == NULL) {
        return ERR_CORRUPT;
    }
    *p = (account_plan_t){0};
    return ERR_OK;
}

/* ---- sending ------------------------------------------------------------------------------------------- */

/* New slices are protected where the position is by now: its stop may have moved on. */
static price_t stop_of(const account_t *a, const order_t *parent)
{
    const position_t *p = account_position_const(a, parent->intent.inst);
    return p != NULL && p->qty.v != 0 && p->stop.v > 0 ? p->stop : parent->intent.bracket_stop;
}

/* What is due and neither filled nor open, if it is enough for a slice. */
static i64 quantity_due(const account_plan_t *p, const order_t *parent, i64 now)
{
    i64 left = parent->live.v - parent->filled.v;
    i64 due = slice_due(&p->schedule, now) - (parent->intent.qty.v - left);
    bool all = due >= left;
    return due > 0 && (all || due >= p->schedule.least) ? MIN_OF(due, left) : 0;
}

static bool send_due(account_t *a, u32 at, const slice_market_t *m, i64 now, outbox_t *out)
{
    account_plan_t *p = &a->plans[at];
    const order_t *parent = account_order_const(a, p->parent);
    ASSERT(parent != NULL);
    slice_request_t q = {.parent = parent, .number = p->sent + 1, .mid = m->mid, .stop = stop_of(a, parent),
                         .asked = m->asked, .failed = m->failed};
    q.qty.v = quantity_due(p, parent, now);
    risk_permit_t permit;
    if (q.qty.v == 0 || !account_orders_fit(a, EXEC_ORDERS_ENTRY) ||
        permit_slice(a, &q, now, &permit) != ERR_OK) {
        return false; /* asked again at the next look */
    }
    err_t err = exec_submit(a, &permit, now, out);
    ASSERT(err == ERR_OK); /* room, epoch and quantity were looked at just now */
    return true;
}

err_t exec_submit_sliced(account_t *a, const risk_permit_t *permit, const slice_schedule_t *schedule, i64 now,
                         outbox_t *out)
{
    ASSERT(a != NULL && permit != NULL && schedule != NULL && out != NULL);
    ASSERT(permit->multiplier > 0);
    const intent_t *i = &permit->intent;
    bool sliced = (i->flags & INTENT_SLICED) != 0 && i->role == ROLE_ENTRY && id128_eq(i->parent, none);
    if (!sliced || !schedule_is_sound(schedule, i->qty.v)) {
        return ERR_PARAM_RANGE;
    }
    TRY(permit_take(a, permit));
    if (account_is_halted(a, i->inst)) {
        return ERR_HALTED;
    }
    exec_t x = {.a = a, .out = out, .now = now};
    account_plan_t *p = free_plan(a);
    if (p == NULL || !account_orders_room(a, EXEC_ORDERS_SLICED)) {
        exec_alert(&x, EXEC_ALERT_POOL, "no room for another sliced order");
        return ERR_POOL_FULL;
    }
    order_t *o = exec_add(&x, i, permit, ORDER_HELD);
    o->live = i->qty;
    o->flags = 0;
    exec_permit_fact(&x, permit);
    exec_day_count(a, o, now);
    *p = (account_plan_t){.parent = i->id, .schedule = *schedule};
    plan_fact(&x, p);
    slice_market_t m = {.mid = i->reference, .asked = SLICE_RULES}; /* the whole permit's, of this moment */
    (void)send_due(a, (u32)(p - a->plans), &m, now, out);
    return ERR_OK;
}

/* ---- looking ------------------------------------------------------------------------------------------- */

/* Why nothing more may be sent; 0: it may. */
static slice_end_t over(const account_t *a, const account_plan_t *p, const order_t *o,
                        const slice_market_t *m, i64 now)
{
    const position_t *pos = account_position_const(a, o->intent.inst);
    i64 direction = side_is_buy((side_t)o->intent.side) ? 1 : -1;
    bool leaves = pos != NULL && pos->exiting != EXITING_NO;
    bool barred = m->no_short && !side_is_buy((side_t)o->intent.side);
    if (leaves || barred || account_frozen_days(a) > 0) { /* the permit is of before the fall, the freeze */
        return SLICE_END_STOPPED;
    }
    if (now >= p->schedule.t_end) {
        return SLICE_END_TIME;
    }
    f64 moved = (f64)(direction * (m->mid.v - o->intent.reference.v));
    bool far = m->cancel_r > 0 && o->tag.r.v > 0 && moved > m->cancel_r * (f64)o->tag.r.v;
    return m->mid.v > 0 && (far || intent_void_at(&o->intent, m->mid)) ? SLICE_END_MOVED : (slice_end_t)0;
}

static bool slices_live(account_t *a, const order_t *parent)
{
    for (u32 i = 0; i < a->orders_used; i++) {
        if (order_is_live(&a->orders[i]) && exec_slice_parent(a, &a->orders[i]) == parent) {
            return true;
        }
    }
    return false;
}

/* The plan's last word, once no slice can fill any more: what was reached, and where the market stood. */
static bool plan_close(exec_t *x, account_plan_t *p, const order_t *o, const slice_market_t *m)
{
    if (o != NULL && slices_live(x->a, o)) {
        return false;
    }
    ev_SLICE_END_t *f = &outbox_fact(x->out, EV_SLICE_END)->as.SLICE_END;
    *f = (ev_SLICE_END_t){.parent = p->parent, .account = x->a->account_id, .sent = (u16)p->sent,
                          .price = m->last.v, .market = m->market.v, .reason = SLICE_END_STOPPED};
    if (o != NULL) {
        bool whole = o->filled.v >= o->intent.qty.v;
        f->qty = o->intent.qty.v;
        f->filled = o->filled.v;
        f->reason = (u8)(whole                             ? SLICE_END_FILLED
                         : p->schedule.t_end <= x->now     ? SLICE_END_TIME
                         : over(x->a, p, o, m, x->now) != 0 ? over(x->a, p, o, m, x->now)
                                                           : SLICE_END_STOPPED);
    }
    *p = (account_plan_t){0};
    return true;
}

bool exec_slice_step(account_t *a, u32 at, const slice_market_t *market, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && at < ACCOUNT_PLANS);
    ASSERT(market != NULL && out != NULL);
    account_plan_t *p = &a->plans[at];
    if (p->schedule.count == 0) {
        return false;
    }
    exec_t x = {.a = a, .out = out, .now = now};
    order_t *o = account_order(a, p->parent);
    if (o == NULL || !order_is_live(o)) {
        return plan_close(&x, p, o, market);
    }
    if (over(a, p, o, market, now) != 0) {
        exec_move(&x, o, ORDER_CANCELED, 0);
        (void)plan_close(&x, p, o, market);
        return true;
    }
    return market->mid.v > 0 && send_due(a, at, market, now, out);
}

i64 exec_slice_next(const account_t *a)
{
    ASSERT(a != NULL);
    i64 first = I64_MAX;
    for (u32 i = 0; i < ACCOUNT_PLANS; i++) {
        const slice_schedule_t *s = &a->plans[i].schedule;
        if (s->count == 0) {
            continue;
        }
        first = MIN_OF(first, s->t_end);
        const order_t *o = account_order_const(a, a->plans[i].parent);
        if (o == NULL || !order_is_live(o)) {
            return 0; /* it has ended and that is still to be told */
        }
        i64 gone = o->intent.qty.v - (o->live.v - o->filled.v);
        for (u32 k = 0; k < s->count; k++) {
            if (s->until[k] > gone) {
                first = MIN_OF(first, s->t[k]);
                break;
            }
        }
    }
    return first;
}
