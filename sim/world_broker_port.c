/* What a broker is asked: orders, cancels, new prices, looks; with the faults that strike a request. See
 * world_broker.h. */
#include "base/assert.h"
#include "sim/world_broker_inner.h"
#include "trade/risk/permit.h"

/* A token that is revoked, or the nightly restart: what was on the wire is gone. True if this request, in
 * which it happened or which found no session, is not answered; *taken says whether it still arrived. */
static bool session_fails(world_broker_t *b, bool *taken)
{
    *taken = false;
    if (!wb_is_up(b)) {
        b->cut_off++;
        return true;
    }
    if (!fault_fires(b->faults, FAULT_TOKEN)) {
        return false;
    }
    *taken = wb_below(b, 2) == 0;
    wb_cut(b);
    b->down_until = b->now + (i64)(5 + wb_below(b, 55)) * NS_PER_SEC;
    return true;
}

/* The protective orders that go with an entry. */
static void legs_take(world_broker_t *b, const intent_t *entry)
{
    const order_role_t roles[] = {ROLE_STOP, ROLE_TARGET};
    const i64 prices[] = {entry->bracket_stop.v, entry->bracket_target.v};
    for (u32 k = 0; entry->role == ROLE_ENTRY && k < COUNT_OF(roles); k++) {
        if (prices[k] > 0) {
            intent_t c;
            intent_child(entry, roles[k], &c);
            wb_take(b, &c, true);
        }
    }
}

/* Whether an order names a price between two steps; it is counted. */
static bool off_tick(world_broker_t *b, const intent_t *i)
{
    const i64 all[] = {i->limit.v, i->stop.v, i->bracket_stop.v, i->bracket_target.v};
    bool off = false;
    for (u32 k = 0; k < COUNT_OF(all); k++) {
        off = off || all[k] % wb_step_at(b, all[k]) != 0;
    }
    b->off_tick += off ? 1 : 0;
    return off;
}

static bool any_off_tick(world_broker_t *b, const effect_t *e)
{
    bool off = off_tick(b, &e->intent);
    for (u32 k = 0; k < e->member_count && !off; k++) {
        off = off_tick(b, &e->member[k].intent);
    }
    return off;
}

static err_t do_submit(world_broker_t *b, const effect_t *e, i64 now)
{
    const intent_t *i = &e->intent;
    wb_note(b, ref_sent(b->reference, wb_ref_id(i->id), wb_payload(i)));
    if (wb_find(b, i->id) != NULL) {
        return ERR_BROKER_REFUSED;
    }
    if (fault_fires(b->faults, FAULT_TIMEOUT_BEFORE)) {
        return ERR_BROKER_SILENT;
    }
    if (fault_fires(b->faults, FAULT_REQUEST_LOST)) {
        return ERR_OK;
    }
    if (side_is_opening((side_t)i->side) && now < b->restricted_until) {
        b->restricted++;
        return ERR_BROKER_REFUSED;
    }
    if (i->qty.v > wb_free(b, i) || b->gone[i->inst]) {
        return ERR_BROKER_REFUSED; /* so many are not there to be closed */
    }
    if (any_off_tick(b, e)) {
        return ERR_BROKER_REFUSED;
    }
    wb_take(b, i, false);
    wb_order_t *o = &b->orders[b->order_count - 1];
    o->ack_at = fault_fires(b->faults, FAULT_FILL_FIRST) ? 0 : now + wb_latency(b);
    o->reject_at =
        fault_fires(b->faults, FAULT_REJECT_LATE) ? now + (i64)(500 + wb_below(b, 2500)) * NS_PER_MS : 0;
    if (e->member_count > 0) {
        wb_bunch_take(b, e);
    }
    for (u32 k = 0; k < e->member_count; k++) {
        legs_take(b, &e->member[k].intent);
    }
    if (e->member_count == 0) {
        legs_take(b, i);
    }
    if (b->visibility_ns > 0 && fault_fires(b->faults, FAULT_NOT_FOUND)) {
        o->visible_at = now + (i64)wb_below(b, (u64)b->visibility_ns);
    }
    return fault_fires(b->faults, FAULT_TIMEOUT_AFTER) ? ERR_BROKER_SILENT : ERR_OK;
}

static i64 fair(const world_broker_t *b, const wb_order_t *o)
{
    return o->intent.type == ORDER_LIMIT ? o->intent.limit.v : b->price[o->intent.inst];
}

/* The stop was triggered when the cancel arrived: what it filled is told late, and what the cancel still
 * finds ends at once, with the count of what was filled. */
static void stop_first(world_broker_t *b, wb_order_t *o)
{
    i64 left = o->live - o->filled;
    if (left <= 0) {
        return; /* a child that has filled what its entry brought, and waits for more */
    }
    i64 part = wb_below(b, 2) == 0 ? left : 1 + (i64)wb_below(b, (u64)left);
    b->late_ns = (i64)(2 + wb_below(b, 30)) * NS_PER_SEC;
    wb_fill(b, o, part, fair(b, o));
    b->late_ns = 0;
}

static err_t do_cancel(world_broker_t *b, const effect_t *e, i64 now)
{
    const intent_t *i = &e->intent;
    if (fault_fires(b->faults, FAULT_TIMEOUT_BEFORE)) {
        return ERR_BROKER_SILENT;
    }
    if (fault_fires(b->faults, FAULT_REQUEST_LOST)) {
        return ERR_OK;
    }
    wb_order_t *o = wb_order(b, i->id);
    bool open = o != NULL && o->state == WB_WORKING && o->live > o->filled;
    open = open && wb_trades(b, o->intent.inst);
    open = open && wb_closable(b, o) == o->live - o->filled;
    if (open && o->intent.role != ROLE_ENTRY && fault_fires(b->faults, FAULT_CANCEL_FILLED)) {
        wb_fill(b, o, o->live - o->filled, fair(b, o));
    } else if (open && o->intent.role == ROLE_ENTRY && o->intent.type == ORDER_LIMIT &&
               fault_fires(b->faults, FAULT_CANCEL_FILLED)) {
        wb_fill(b, o, o->live - o->filled, fair(b, o));
    }
    if (open && o->state == WB_WORKING && o->intent.role == ROLE_STOP &&
        fault_fires(b->faults, FAULT_STOP_FIRST)) {
        stop_first(b, o);
    }
    if (o == NULL || o->state > WB_WORKING) {
        ev_BROKER_t m = {
            .kind = BROKER_CANCEL_REFUSED, .intent = i->id, .account = i->account_id, .t_event = now};
        wb_wire_put(b, &m, now + wb_latency(b));
    } else {
        wb_end(b, o, WB_CANCELED, 0);
        wb_answer(b, o, BROKER_CANCELED);
        if (o->intent.role == ROLE_ENTRY) {
            wb_entry_settle(b, o);
        } else {
            wb_family_settle(b, o->intent.parent);
        }
    }
    return fault_fires(b->faults, FAULT_TIMEOUT_AFTER) ? ERR_BROKER_SILENT : ERR_OK;
}

static err_t do_replace(world_broker_t *b, const effect_t *e, i64 now)
{
    const intent_t *i = &e->intent;
    if (fault_fires(b->faults, FAULT_TIMEOUT_BEFORE)) {
        return ERR_BROKER_SILENT;
    }
    if (fault_fires(b->faults, FAULT_REQUEST_LOST)) {
        return ERR_OK;
    }
    wb_order_t *o = wb_order(b, i->id);
    if (o != NULL && o->state == WB_WORKING && o->live - o->filled > 1 && wb_trades(b, o->intent.inst) &&
        wb_closable(b, o) == o->live - o->filled && fault_fires(b->faults, FAULT_REPLACE_RACE)) {
        o->triggered = 1;
        wb_fill(b, o, (o->live - o->filled) / 2, fair(b, o));
    }
    if (o == NULL || o->state != WB_WORKING || o->triggered != 0 || off_tick(b, i)) {
        ev_BROKER_t m = {
            .kind = BROKER_REPLACE_REFUSED, .intent = i->id, .account = i->account_id, .t_event = now};
        wb_wire_put(b, &m, now + wb_latency(b));
    } else {
        o->intent.stop =
            i->stop; /* a broker with same-id replaces keeps what is filled: quantity is not touched */
        wb_answer(b, o, BROKER_REPLACED);
    }
    return fault_fires(b->faults, FAULT_TIMEOUT_AFTER) ? ERR_BROKER_SILENT : ERR_OK;
}

static u8 look_state(const wb_order_t *o, const intent_t *asked)
{
    switch (o->state) {
    case WB_WORKING:
        return o->intent.stop.v != asked->stop.v ? BROKER_REPLACED : BROKER_LOOKUP_FOUND;
    case WB_CANCELED:
        return BROKER_CANCELED;
    case WB_REJECTED:
        return BROKER_REJECT;
    default:
        return 0;
    }
}

static err_t do_lookup(world_broker_t *b, const effect_t *e, i64 now)
{
    const intent_t *i = &e->intent;
    if (fault_fires(b->faults, FAULT_TIMEOUT_BEFORE)) {
        return ERR_BROKER_SILENT;
    }
    const wb_order_t *o = wb_find(b, i->id);
    i64 due = now + wb_latency(b);
    if (o == NULL || now < o->visible_at) {
        ev_BROKER_t m = {
            .kind = BROKER_LOOKUP_ABSENT, .intent = i->id, .account = i->account_id, .t_event = now};
        wb_wire_put(b, &m, due);
        return ERR_OK;
    }
    for (u32 k = 0; k < b->fill_count; k++) {
        if (&b->orders[b->fills[k].order] == o) {
            wb_wire_put(b, &b->fills[k].told, due);
        }
    }
    u8 kind = look_state(o, i);
    if (kind != 0) {
        ev_BROKER_t m = wb_message(b, o, (broker_msg_kind_t)kind);
        wb_wire_put(b, &m, due);
    }
    return ERR_OK;
}

typedef err_t request_fn(world_broker_t *b, const effect_t *e, i64 now);

/* A request without a session may have been taken, and may not: only silence is known. */
static err_t request(world_broker_t *b, request_fn *does, const effect_t *e, i64 now)
{
    bool taken;
    b->now = now;
    if (!session_fails(b, &taken)) {
        return does(b, e, now);
    }
    if (taken) {
        (void)does(b, e, now);
    }
    return ERR_BROKER_SILENT;
}

static err_t wb_submit(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)out;
    return request(self, do_submit, &(effect_t){.intent = *i}, now);
}

static err_t wb_submit_bunch(void *self, const effect_t *e, i64 now, broker_msgs_t *out)
{
    (void)out;
    return request(self, do_submit, e, now);
}

static err_t wb_cancel(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)out;
    return request(self, do_cancel, &(effect_t){.intent = *i}, now);
}

static err_t wb_replace(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)out;
    return request(self, do_replace, &(effect_t){.intent = *i}, now);
}

static err_t wb_lookup(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)out;
    return request(self, do_lookup, &(effect_t){.intent = *i}, now);
}

broker_port_t wb_port(world_broker_t *b)
{
    ASSERT(b != NULL);
    return (broker_port_t){.self = b,
                           .submit = wb_submit,
                           .cancel = wb_cancel,
                           .replace = wb_replace,
                           .lookup = wb_lookup,
                           .submit_bunch = wb_submit_bunch};
}
