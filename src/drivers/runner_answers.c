/* What a run answers to the questions of its loops: what the broker has told of an account, and how the order
 * door stood a drill. Models are asked elsewhere (model_port.h). See runner_inner.h. */
#include "base/assert.h"
#include "drivers/door_drill.h"
#include "drivers/runner_inner.h"
#include "trade/execution/reconcile.h"

/* An execution of one sub-ledger. */
static void count_fill(runner_t *r, const ev_BROKER_t *m, inst_t inst, side_t side)
{
    u32 desk = engine_desk_of(r->engine, m->account);
    if (desk < r->desks) {
        runner_broker_qty(r, desk)[inst] += side_is_buy(side) ? m->qty : -m->qty;
    }
}

void runner_broker_count(runner_t *r, const ev_BROKER_t *m)
{
    ASSERT(r != NULL && m != NULL);
    if (m->kind != BROKER_FILL) {
        return;
    }
    const bunch_t *b = engine_bunch(r->engine, m->intent);
    if (b != NULL) { /* as it will be dealt out */
        bunch_t copy = *b;
        bunch_words_t words;
        bunch_hear(&copy, m, &r->spec->source->instruments[b->inst], &words);
        for (u32 i = 0; i < words.count && copy.filled != b->filled; i++) {
            if (words.word[i].kind == BROKER_FILL) {
                count_fill(r, &words.word[i], b->inst, (side_t)b->side);
            }
        }
        return;
    }
    u32 desk = engine_desk_of(r->engine, m->account);
    const order_t *o =
        desk < r->desks ? account_order_const(engine_desk(r->engine, desk).account, m->intent) : NULL;
    if (o != NULL) {
        count_fill(r, m, o->intent.inst, (side_t)o->intent.side);
    }
}

static bool order_told(broker_told_t *t, id128_t intent)
{
    if (t->order_count == LIMIT_ORDERS) {
        return false;
    }
    t->orders[t->order_count++] = intent;
    return true;
}

/* Whether an order is the desk's, or a bunched one that it has a part in. A broker lists all of an account;
 * what is another sub-ledger's is left out here, where the owner stands beside it, and not asked for a
 * thousand times a thousand orders. The engine leaves it out as well: a driver may not know. */
static bool told_to(const runner_t *r, u64 account, u64 owner, id128_t order)
{
    if (r->spec->lists_whole) {
        u32 of = owner >= USER_SHARED ? r->desks : engine_desk_of(r->engine, owner);
        u64 there = engine_account_at_broker(r->engine, engine_desk_of(r->engine, account));
        return (of < r->desks ? engine_account_at_broker(r->engine, of) : owner) == there;
    }
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

/* A refusal changes no order: that one is on its way does not say that its order lives. */
static bool refuses(const ev_BROKER_t *m)
{
    return m->kind == BROKER_CANCEL_REFUSED || m->kind == BROKER_REPLACE_REFUSED;
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
        if (!refuses(m) && told_to(r, account, m->account, m->intent) && !order_told(t, m->intent)) {
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
