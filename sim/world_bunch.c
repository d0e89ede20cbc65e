/* Accounts that share one at a broker: the engine's own step over orders of several
 * (trade/execution/bunch_step.h) with the accounts of a world, live and again from the record. */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "sim/world_inner.h"

err_t world_bunches_open(world_t *w)
{
    return arena_open(&w->bunch_memory, 2 * bunch_table_room(WORLD_DESKS));
}

void world_bunches_close(world_t *w)
{
    arena_close(&w->bunch_memory);
}

void world_bunches_make(world_t *w)
{
    user_row_t rows[WORLD_DESKS];
    const world_venue_t *v = &w->own_venues[0];
    for (u32 k = 0; k < w->desk_count; k++) {
        const account_setup_t *setup = &w->own_desks[k].setup;
        user_row_init(&rows[k], setup->account_id, "account", setup->cash);
        rows[k].owner_id = setup->owner_id;
        if (world_shares(&w->own_desks[k])) {
            (void)snprintf(rows[k].shared, sizeof rows[k].shared, "main");
        }
    }
    arena_reset(&w->bunch_memory);
    err_t err = bunch_table_open(&w->bunches, rows, w->desk_count, &w->bunch_memory);
    err = err == ERR_OK ? bunch_table_open(&w->bunches_shadow, rows, w->desk_count, &w->bunch_memory) : err;
    ASSERT(err == ERR_OK && w->bunches.sharing == (v->count > 1 ? v->count : 0));
    w->heard.count = 0;
    w->bunches_made = 0;
    w->shared = (check_shared_t){.reference = &v->reference,
                                 .broker = &v->broker,
                                 .bunches = &w->bunches,
                                 .split = w->own_desks[v->first].check.split,
                                 .count = v->count};
}

void world_bunches_forget(world_t *w)
{
    bunch_table_t *t = &w->bunches;
    t->count = 0;
    for (u32 i = 0; i < t->ledger_count; i++) {
        t->ledger[i].house = (money_t){0};
    }
    w->bunches_compared = false;
}

bunch_books_t world_books_all(world_t *w)
{
    for (u32 k = 0; k < w->desk_count; k++) {
        w->account[k] = w->own_desks[k].account;
    }
    return (bunch_books_t){&w->bunches, w->account, w->desk_count};
}

/* A wrong version of the engine is as wrong when it recovers. */
static void spoil(world_t *w, bunch_words_t *words)
{
    if (w->hooks->on_words != NULL) {
        w->hooks->on_words(w->hooks->self, w, words);
    }
}

static void take(void *self, account_t *a, const ev_BROKER_t *word)
{
    world_t *w = self;
    w->closed.count = 0;
    exec_on_broker(a, word, w->loss_min_r, w->now, &w->closed, &w->out);
}

/* Nothing opens at any of them before it agrees with its broker. */
static void stray(world_t *w, u64 account)
{
    const world_venue_t *v = w->d->venue;
    outbox_alert(&w->out, EXEC_ALERT_STRANGER, account, NULL);
    for (u32 k = 0; k < v->count; k++) {
        w->own_desks[v->first + k].account->reconcile |= RECONCILE_BROKER;
    }
}

bool world_bunch_take(world_t *w, const event_t *in)
{
    ASSERT(w != NULL && in != NULL);
    bunch_t *b = bunch_of_input(&w->bunches, in);
    bool to_all =
        in->head.kind == EV_BROKER && world_shares(w->d) && in->as.BROKER.account == w->d->venue->account;
    if (b == NULL) {
        if (to_all) {
            stray(w, in->as.BROKER.account);
        }
        return to_all;
    }
    bunch_step_t step = {.books = world_books_all(w), .now = w->now, .out = &w->out, .self = w, .take = take};
    if (in->head.kind == EV_SEND_RESULT) {
        bunch_step_sent(&step, b, &in->as.SEND_RESULT);
        return true;
    }
    bunch_words_t words;
    bunch_hear(b, &in->as.BROKER, &w->instruments[b->inst], &words);
    spoil(w, &words);
    bunch_step_words(&step, b, &words);
    return true;
}

void world_bunch_durable(world_t *w, const ev_BUNCH_t *f)
{
    bunch_t b;
    err_t err = bunch_of_fact(f, &b);
    ASSERT(err == ERR_OK);
    world_desk_t *d = world_desk_of(w, b.member[0].account);
    const order_t *first = account_order_const(d->account, b.member[0].intent);
    ASSERT(first != NULL);
    intent_t whole = first->intent;
    whole.id = f->id;
    whole.parent = (id128_t){0};
    whole.account_id = f->account;
    whole.sequence = 0;
    whole.qty.v = f->qty;
    ref_durable(&d->venue->reference, wb_ref_id(f->id), wb_payload(&whole), 0);
    for (u32 i = 0; i < b.count; i++) {
        ref_bunched(&d->venue->reference, wb_ref_id(b.member[i].intent), wb_ref_id(f->id));
    }
}

/* ---- again from the record ------------------------------------------------------------------------------
 */

void world_bunch_action(bunch_table_t *t, const event_t *in)
{
    action_t action;
    if (world_action_of(in, &action)) {
        bunch_step_action(t, &action);
    }
}

void world_bunch_hear_again(world_t *w, bunch_table_t *t, const event_t *in)
{
    bunch_t *b = bunch_of_input(t, in);
    w->heard.count = 0;
    world_bunch_action(t, in);
    if (b != NULL && in->head.kind == EV_BROKER) {
        bunch_hear(b, &in->as.BROKER, &w->instruments[b->inst], &w->heard);
        spoil(w, &w->heard);
        bunch_words_again(t, b, &w->heard);
    }
}

/* In reverse: the facts of fills read their costs from the last. */
err_t world_bunch_words_again(world_t *w, world_desk_t *d, const event_t *in)
{
    for (u32 i = w->heard.count; i > 0; i--) {
        event_t one = {.head = in->head, .as.BROKER = w->heard.word[i - 1]};
        if (one.as.BROKER.account == d->setup.account_id) {
            TRY(recover_apply(&d->replay, &one));
        }
    }
    const bunch_t *b = in->head.kind == EV_SEND_RESULT ? bunch_of_input(&w->bunches, in) : NULL;
    if (b != NULL) {
        bunch_sent_again(d->replay.account, b, &in->as.SEND_RESULT, in->head.t_engine);
    }
    return ERR_OK;
}

bool world_bunches_equal(world_t *w)
{
    if (w->bunches.sharing == 0) {
        return true;
    }
    writer_t x = writer_of(w->bytes[0], WORLD_BYTES);
    writer_t y = writer_of(w->bytes[1], WORLD_BYTES);
    err_t err = bunch_table_save(&w->bunches, &x);
    err = err == ERR_OK ? bunch_table_save(&w->bunches_shadow, &y) : err;
    ASSERT(err == ERR_OK);
    return x.used == y.used && memcmp(x.p, y.p, x.used) == 0;
}

/* ---- comparison with the broker -------------------------------------------------------------------------
 */

void world_books(world_t *w, const world_venue_t *v, check_books_t *out)
{
    const money_t *house = bunch_house(&w->bunches, v->account);
    *out = (check_books_t){.cash = house == NULL ? 0 : house->v};
    for (u32 k = 0; k < v->count; k++) {
        check_books_add(out, w->own_desks[v->first + k].account);
    }
}

void world_told_part(world_t *w, broker_told_t *told)
{
    bunch_books_t books = world_books_all(w);
    bunch_told_part(&books, w->d->account, told);
}

/* A difference of shares closes entries for all who share them. */
void world_compared(world_t *w, const broker_told_t *told)
{
    bunch_books_t books = world_books_all(w);
    bool same = broker_told_holds(w->d->account, told);
    u32 next = 0;
    for (account_t *a = same ? NULL : bunch_beside(&books, w->d->account, &next); a != NULL;
         a = bunch_beside(&books, w->d->account, &next)) {
        a->reconcile |= RECONCILE_BROKER;
    }
}
