/* What a run answers to the questions of its loops: what the broker has told of an account, and how the order
 * door stood a drill. Models are asked elsewhere (model_port.h). See runner_inner.h. */
#include "base/assert.h"
#include "drivers/door_drill.h"
#include "drivers/runner_inner.h"
#include "trade/execution/reconcile.h"

static bool order_told(broker_told_t *t, id128_t intent)
{
    if (t->order_count == LIMIT_ORDERS) {
        return false;
    }
    t->orders[t->order_count++] = intent;
    return true;
}

/* Whether an order is the desk's, or a bunched one that it has a part in: a broker lists all of an account,
 * and what is another sub-ledger's is for that one to compare. */
static bool told_to(const runner_t *r, u64 account, u64 owner, id128_t order)
{
    const bunch_t *b = owner >= USER_SHARED ? engine_bunch(r->engine, order) : NULL;
    for (u32 i = 0; b != NULL && i < b->count; i++) {
        if (b->member[i].account == account) {
            return true;
        }
    }
    return owner == account;
}

/* What a desk's account at the broker holds of an instrument: of all its sub-ledgers together. */
static i64 told_qty(const runner_t *r, u32 desk, u32 inst)
{
    u64 there = engine_account_at_broker(r->engine, desk);
    i64 held = there < USER_SHARED ? runner_broker_qty(r, desk)[inst] : 0;
    for (u32 k = 0; there >= USER_SHARED && k < r->desks; k++) {
        held += engine_account_at_broker(r->engine, k) == there ? runner_broker_qty(r, k)[inst] : 0;
    }
    return held;
}

/* The broker's account as it has told it so far: what is still on its way is in neither book. False if it
 * does not fit. */
static bool told_of(const runner_t *r, u32 desk, broker_told_t *t)
{
    u64 account = engine_desk(r->engine, desk).account->account_id;
    for (u32 i = 0; i < r->spec->source->instrument_count; i++) {
        i64 held = told_qty(r, desk, i);
        if (held != 0 && t->count == LIMIT_POSITIONS) {
            return false;
        }
        if (held != 0) {
            t->positions[t->count++] = (broker_position_t){.inst = (inst_t)i, .qty = {held}};
        }
    }
    for (u32 i = 0; i < r->paper.count; i++) {
        const paper_order_t *o = &r->paper.orders[i];
        if (o->dead == 0 && told_to(r, account, o->intent.account_id, o->intent.id) &&
            !order_told(t, o->intent.id)) {
            return false;
        }
    }
    for (u32 i = r->message_at; i < r->message_count; i++) {
        const ev_BROKER_t *m = &r->messages[i];
        if (told_to(r, account, m->account, m->intent) && !order_told(t, m->intent)) {
            return false;
        }
    }
    return true;
}

static err_t answer_positions(runner_t *r, const ask_t *ask)
{
    u8 body[BROKER_VIEW_BYTES];
    broker_told_t told = {.count = 0};
    writer_t w = writer_of(body, sizeof body);
    bool fits = told_of(r, ask->slot / ENGINE_SLOTS, &told);
    if (fits) {
        TRY(broker_view_encode(&told, &w));
    }
    event_t e = {.head = {.kind = EV_ANSWER, .t_event = engine_now(r->engine)}};
    e.as.ANSWER = (ev_ANSWER_t){.slot = ask->slot,
                                .generation = ask->generation,
                                .kind = ask->kind,
                                .err = fits ? ERR_OK : ERR_BUFFER_FULL,
                                .body = {.p = body, .n = (u32)w.used}};
    return runner_take(r, &e, NULL, -1);
}

static err_t answer_drill(runner_t *r, const ask_t *ask)
{
    u8 body[DOOR_DRILL_BYTES];
    u64 epoch = engine_desk(r->engine, ask->slot / ENGINE_SLOTS).account->epoch;
    TRY(door_drill(epoch, engine_now(r->engine), body));
    event_t e = {.head = {.kind = EV_ANSWER, .t_event = engine_now(r->engine)}};
    e.as.ANSWER = (ev_ANSWER_t){.slot = ask->slot,
                                .generation = ask->generation,
                                .kind = ask->kind,
                                .body = {.p = body, .n = sizeof body}};
    return runner_take(r, &e, NULL, -1);
}

err_t runner_answer(runner_t *r, const ask_t *ask)
{
    ASSERT(r != NULL && ask != NULL);
    ASSERT(ask->kind == ASK_POSITIONS || ask->kind == ASK_DRILL);
    return ask->kind == ASK_POSITIONS ? answer_positions(r, ask) : answer_drill(r, ask);
}
