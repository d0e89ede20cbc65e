/* Events with values from a seed, for tests of the journal. */
#ifndef VITRINE_TESTS_STORE_MAKE_EVENTS_H
#define VITRINE_TESTS_STORE_MAKE_EVENTS_H

#include <string.h>

#include "base/rng.h"
#include "model/event.h"
#include "model/order.h"

static inline u64 draw(u64 seed, u64 n)
{
    return rng_at((rng_key_t){.seed = seed, .purpose = RNG_TEST}, n);
}

static inline id128_t make_id(u64 seed)
{
    return id128_of(&seed, sizeof seed);
}

static inline event_t make_slice(i64 t)
{
    event_t e = {.head = {.kind = EV_SLICE, .t_engine = t}};
    e.as.SLICE.t_known = t;
    e.as.SLICE.rows = 7;
    return e;
}

static inline event_t make_intent(id128_t id, u64 sequence, i64 t)
{
    event_t e = {.head = {.kind = EV_INTENT, .t_engine = t}};
    ev_INTENT_t *p = &e.as.INTENT;
    p->id = id;
    p->sequence = sequence;
    p->account = 3;
    p->risk_group = 2;
    p->owner = 1;
    p->qty = 100;
    p->limit = 12340000000;
    p->inst = 5;
    p->side = SIDE_BUY;
    p->type = ORDER_LIMIT;
    p->tif = TIF_DAY;
    p->role = ROLE_ENTRY;
    return e;
}

static inline event_t make_state(id128_t id, order_state_t from, order_state_t to, i64 t)
{
    event_t e = {.head = {.kind = EV_ORDER_STATE, .t_engine = t}};
    e.as.ORDER_STATE.intent = id;
    e.as.ORDER_STATE.account = 3;
    e.as.ORDER_STATE.from = (u8)from;
    e.as.ORDER_STATE.to = (u8)to;
    return e;
}

static inline event_t make_broker(id128_t id, broker_msg_kind_t kind, i64 t)
{
    event_t e = {.head = {.kind = EV_BROKER, .t_engine = t}};
    e.as.BROKER.kind = (u8)kind;
    e.as.BROKER.intent = id;
    e.as.BROKER.account = 3;
    return e;
}

static inline event_t make_fill(id128_t id, u64 exec_id, i64 qty, i64 after, i64 t)
{
    event_t e = {.head = {.kind = EV_FILL, .t_engine = t}};
    ev_FILL_t *p = &e.as.FILL;
    p->intent = id;
    p->account = 3;
    p->exec_id = exec_id;
    p->inst = 5;
    p->side = SIDE_BUY;
    p->role = ROLE_ENTRY;
    p->qty = qty;
    p->price = 12340000000;
    p->position_after = after;
    return e;
}

static inline event_t make_alert(str_t text, i64 t)
{
    event_t e = {.head = {.kind = EV_ALERT, .t_engine = t}};
    e.as.ALERT.code = 9;
    e.as.ALERT.text = text;
    return e;
}

#endif
