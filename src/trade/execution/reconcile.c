/* See reconcile.h. */
#include "trade/execution/reconcile.h"

#include <string.h>

#include "base/assert.h"
#include "trade/execution/exec_steps.h"

err_t broker_view_encode(const broker_told_t *t, writer_t *w)
{
    ASSERT(t != NULL && w != NULL);
    ASSERT(t->count <= LIMIT_POSITIONS && t->order_count <= LIMIT_ORDERS);
    put_u16(w, (u16)t->count);
    for (u32 i = 0; i < t->count; i++) {
        put_u16(w, t->positions[i].inst);
        put_i64(w, t->positions[i].qty.v);
    }
    put_u16(w, (u16)t->order_count);
    for (u32 i = 0; i < t->order_count; i++) {
        put_bytes(w, t->orders[i].b, sizeof t->orders[i].b);
    }
    return writer_done(w);
}

err_t broker_view_decode(blob_t body, broker_told_t *out)
{
    ASSERT(out != NULL);
    reader_t r = reader_of(body.p, body.n);
    out->order_count = 0;
    out->count = get_u16(&r);
    if (out->count > LIMIT_POSITIONS) {
        return ERR_CORRUPT;
    }
    for (u32 i = 0; i < out->count; i++) {
        out->positions[i].inst = get_u16(&r);
        i64 qty = get_i64(&r);
        if (qty > I64_MAX / 4 || qty < -(I64_MAX / 4)) {
            return ERR_CORRUPT; /* no account holds so much, and sums of it must hold */
        }
        out->positions[i].qty.v = qty;
    }
    out->order_count = get_u16(&r);
    if (out->order_count > LIMIT_ORDERS) {
        return ERR_CORRUPT;
    }
    for (u32 i = 0; i < out->order_count; i++) {
        get_bytes(&r, out->orders[i].b, sizeof out->orders[i].b);
    }
    TRY(reader_done(&r));
    return reader_left(&r) == 0 ? ERR_OK : ERR_CORRUPT;
}

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
    for (u32 i = 0; i < a->positions_used; i++) {
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

static bool view_lists(const broker_view_t *v, id128_t id)
{
    for (u32 i = 0; i < v->order_count; i++) {
        if (id128_eq(v->orders[i], id)) {
            return true;
        }
    }
    return false;
}

static i64 last_change(const order_t *o)
{
    return MAX_OF(o->t_sent, o->t_state);
}

/* By our books it rests at the broker, who would list it. */
static bool should_be_listed(const order_t *o)
{
    bool rests = order_is_working(o) || o->state == ORDER_PENDING_CANCEL || o->state == ORDER_PENDING_REPLACE;
    return rests && !order_is_sliced(o) && o->filled.v < o->live.v;
}

static void look_for_unlisted(exec_t *x, const broker_view_t *v)
{
    for (u32 i = 0; v->orders_told && i < x->a->orders_used; i++) {
        order_t *o = &x->a->orders[i];
        if (should_be_listed(o) && last_change(o) < v->t_asked && !view_lists(v, o->intent.id)) {
            exec_lookup(x, o);
        }
    }
}

/* True if the broker holds an order which ended here. */
static bool lists_ended(const account_t *a, const broker_view_t *v)
{
    for (u32 i = 0; v->orders_told && i < v->order_count; i++) {
        const order_t *o = account_order_const(a, v->orders[i]);
        bool ended = o != NULL && !order_is_live(o) && v->t_asked - o->t_state >= EXEC_LIST_LAG_NS;
        if (o == NULL || ended) {
            return true;
        }
    }
    return false;
}

bool exec_reconcile(account_t *a, const broker_view_t *view, i64 now, outbox_t *out)
{
    ASSERT(a != NULL && view != NULL && out != NULL);
    ASSERT(view->count == 0 || view->positions != NULL);
    ASSERT(view->order_count == 0 || view->orders != NULL);
    exec_t x = {.a = a, .out = out, .now = now};
    bool shares = positions_differ(a, view);
    bool money = !view->cash_untold && a->cash.v != view->cash.v;
    bool ended = lists_ended(a, view);
    look_for_unlisted(&x, view);
    if (!shares && !money && !ended) {
        a->reconcile &= any_unknown(a) ? RECONCILE_ALL : RECONCILE_PERSON;
        return true;
    }
    bool news = (a->reconcile & RECONCILE_BROKER) == 0;
    if (news && (shares || money)) {
        exec_alert(&x, EXEC_ALERT_DIFFERS, "cash or positions differ from the broker's");
    }
    if (news && ended) {
        exec_alert(&x, EXEC_ALERT_ALIVE, "an order that ended here lives at the broker");
    }
    a->reconcile |= RECONCILE_BROKER;
    for (u32 i = 0; i < a->orders_used; i++) {
        order_t *o = &a->orders[i];
        bool whole = o->state == ORDER_FILLED && o->filled.v >= o->intent.qty.v;
        bool suspect = o->state != 0 && !whole && o->state != ORDER_UNKNOWN;
        if (suspect && ((money && !shares) || (shares && inst_differs(a, view, o->intent.inst)))) {
            exec_lookup(&x, o);
        }
    }
    return false;
}

/* What an entry may have filled beyond what is booked: the broker counts more, or it is in doubt and no end
 * was told. */
static i64 unbooked(const order_t *o)
{
    bool open = order_is_doubted(o) && o->end == 0;
    i64 most = open ? MAX_OF(o->intent.qty.v, o->told.v) : o->told.v;
    bool entry = o->intent.role == ROLE_ENTRY && order_is_live(o) && !order_is_sliced(o);
    return entry ? MAX_OF(most - o->filled.v, 0) : 0;
}

/* The stop that grows at the broker with its entry's fills, heard or not. */
static bool has_stop(const account_t *a, const order_t *entry)
{
    const order_t *stop =
        entry->intent.bracket_stop.v > 0
            ? account_order_const(a, intent_child_id(entry->intent.id, ROLE_STOP))
            : NULL;
    return stop != NULL && order_is_proven(stop);
}

static i64 position_size(const account_t *a, inst_t inst)
{
    const position_t *p = account_position_const(a, inst);
    i64 qty = p == NULL ? 0 : p->qty.v;
    return qty < 0 ? -qty : qty;
}

bool exec_is_naked(const account_t *a, inst_t inst)
{
    ASSERT(a != NULL && inst != INST_NONE);
    i64 held = position_size(a, inst);
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->intent.inst == inst && unbooked(o) > 0 && !has_stop(a, o)) {
            held += unbooked(o);
        }
    }
    return exec_closing_proven(a, inst) < held;
}

/* In a halt nothing protects, and nothing may be sent: what counts begins when it trades again. */
static bool is_alarming(const account_t *a, inst_t inst)
{
    return !account_is_halted(a, inst) && exec_is_naked(a, inst);
}

/* The watch's place for a name; NULL if it has none. */
static exec_naked_t *naked_place(exec_watch_t *w, inst_t inst)
{
    for (u32 i = 0; i < w->count; i++) {
        if (w->naked[i].inst == inst) {
            return &w->naked[i];
        }
    }
    return NULL;
}

/* Notes a name from now on. With all places taken it stays unnoted, and is told of each time instead. */
static bool naked_note(exec_watch_t *w, const account_t *a, inst_t inst, i64 now)
{
    if (naked_place(w, inst) != NULL || !is_alarming(a, inst)) {
        return true;
    }
    if (w->count == EXEC_WATCH_NAMES) {
        return false;
    }
    w->naked[w->count++] = (exec_naked_t){.inst = inst, .since = now};
    return true;
}

/* Forgets what is covered again and notes what is not. Returns how many names found no place. */
static u32 naked_follow(exec_watch_t *w, const account_t *a, i64 now)
{
    u32 kept = 0;
    for (u32 i = 0; i < w->count; i++) {
        if (is_alarming(a, w->naked[i].inst)) {
            w->naked[kept++] = w->naked[i];
        }
    }
    w->count = kept;
    u32 left_out = 0;
    for (u32 i = 0; i < a->positions_used; i++) {
        bool used = a->positions[i].inst != INST_NONE;
        left_out += used && !naked_note(w, a, a->positions[i].inst, now) ? 1 : 0;
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        bool may = unbooked(&a->orders[i]) > 0;
        left_out += may && !naked_note(w, a, a->orders[i].intent.inst, now) ? 1 : 0;
    }
    return left_out;
}

/* When a name that was told of up to `elapsed` is told of next, both since it became naked. */
static i64 naked_next(i64 elapsed, i64 naked_ns)
{
    i64 repeat = naked_ns * EXEC_WATCH_REPEATS;
    i64 due = repeat * EXEC_WATCH_OFTEN;
    if (elapsed < naked_ns) {
        return naked_ns;
    }
    if (elapsed < due) {
        return (elapsed / repeat + 1) * repeat;
    }
    while (due <= elapsed && due < NS_PER_DAY) {
        due *= 2;
    }
    return due < NS_PER_DAY ? due : (elapsed / NS_PER_DAY + 1) * NS_PER_DAY;
}

u32 exec_watch(exec_watch_t *w, account_t *a, i64 now, i64 naked_ns, i64 hang_ns, outbox_t *out)
{
    ASSERT(w != NULL && a != NULL && out != NULL);
    ASSERT(naked_ns > 0 && hang_ns > 0);
    exec_t x = {.a = a, .out = out, .now = now};
    u32 naked = naked_follow(w, a, now);
    for (u32 i = 0; i < w->count; i++) {
        i64 since = w->naked[i].since;
        naked += naked_next(w->last - since, naked_ns) <= now - since ? 1 : 0;
    }
    for (u32 i = 0; i < naked; i++) {
        exec_alert(&x, EXEC_ALERT_NAKED, "a position has no live protective order");
    }
    u32 told = naked;
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

/* True if the next run has something to note or to forget. */
static bool naked_changes(const exec_watch_t *w, const account_t *a)
{
    exec_watch_t then = *w;
    return naked_follow(&then, a, w->last) > 0 || then.count != w->count ||
           memcmp(then.naked, w->naked, then.count * sizeof then.naked[0]) != 0;
}

i64 exec_watch_next(const exec_watch_t *w, const account_t *a, i64 naked_ns, i64 hang_ns)
{
    ASSERT(w != NULL && a != NULL);
    ASSERT(naked_ns > 0 && hang_ns > 0);
    i64 first = naked_changes(w, a) ? w->last : I64_MAX;
    for (u32 i = 0; i < w->count; i++) {
        i64 since = w->naked[i].since;
        first = MIN_OF(first, since + naked_next(w->last - since, naked_ns));
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->state == ORDER_UNKNOWN && w->last - o->t_state < hang_ns) {
            first = MIN_OF(first, o->t_state + hang_ns);
        }
    }
    return first;
}

void broker_told_less(broker_told_t *told, inst_t inst, i64 qty)
{
    ASSERT(told != NULL);
    u32 at = 0;
    while (at < told->count && told->positions[at].inst != inst) {
        at++;
    }
    if (at == LIMIT_POSITIONS) {
        return; /* so many names do not agree anyway */
    }
    if (at == told->count) {
        told->positions[told->count++] = (broker_position_t){.inst = inst};
    }
    told->positions[at].qty.v -= qty;
    if (told->positions[at].qty.v == 0) {
        told->positions[at] = told->positions[--told->count];
    }
}

bool broker_told_holds(const account_t *a, const broker_told_t *told)
{
    ASSERT(a != NULL && told != NULL);
    u32 held = 0;
    for (u32 i = 0; i < a->positions_used; i++) {
        held += a->positions[i].inst != INST_NONE && a->positions[i].qty.v != 0 ? 1 : 0;
    }
    for (u32 i = 0; i < told->count && held == told->count; i++) {
        const position_t *p = account_position_const(a, told->positions[i].inst);
        if (p == NULL || p->qty.v != told->positions[i].qty.v) {
            return false;
        }
    }
    return held == told->count;
}
