/* Accounts that share one at a broker: what the engine's own step does with orders of several
 * (src/engine/bunches.c), over the accounts of a world, live and again from the record. */
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

static bunch_t *bunch_of(const bunch_table_t *t, const event_t *in)
{
    if (t->sharing == 0) {
        return NULL;
    }
    if (in->head.kind == EV_SEND_RESULT) {
        return bunch_find(t, in->as.SEND_RESULT.intent);
    }
    return in->head.kind == EV_BROKER ? bunch_find(t, in->as.BROKER.intent) : NULL;
}

/* A wrong version of the engine is as wrong when it recovers. */
static void heard(world_t *w, bunch_t *b, const ev_BROKER_t *m, bunch_words_t *words)
{
    bunch_hear(b, m, &w->instruments[b->inst], words);
    if (w->hooks->on_words != NULL) {
        w->hooks->on_words(w->hooks->self, w, words);
    }
}

/* What is said of an order becomes a word for each member; what did not divide is the house's. */
static void hear(world_t *w, bunch_t *b, const ev_BROKER_t *m)
{
    bunch_words_t words;
    heard(w, b, m, &words);
    for (u32 i = 0; i < words.count; i++) {
        w->closed.count = 0;
        account_t *a = world_desk_of(w, words.word[i].account)->account;
        exec_on_broker(a, &words.word[i], w->loss_min_r, w->now, &w->closed, &w->out);
    }
    for (u32 i = 0; words.doubt && i < b->count; i++) {
        account_t *a = world_desk_of(w, b->member[i].account)->account;
        exec_doubt(a, b->member[i].intent, w->now, &w->out);
    }
    if (words.residue.v != 0) {
        money_t *house = bunch_house(&w->bunches, b->account);
        house->v += words.residue.v;
        outbox_fact(&w->out, EV_CASH)->as.CASH = (ev_CASH_t){.account = b->account,
                                                             .inst = b->inst,
                                                             .kind = CASH_BUNCH,
                                                             .amount = words.residue.v,
                                                             .cash_after = house->v};
    }
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
    bunch_t *b = bunch_of(&w->bunches, in);
    bool to_all =
        in->head.kind == EV_BROKER && world_shares(w->d) && in->as.BROKER.account == w->d->venue->account;
    if (b == NULL) {
        if (to_all) {
            stray(w, in->as.BROKER.account);
        }
        return to_all;
    }
    if (in->head.kind == EV_BROKER) {
        hear(w, b, &in->as.BROKER);
        return true;
    }
    for (u32 i = 0; i < b->count; i++) {
        ev_SEND_RESULT_t mine = {.intent = b->member[i].intent, .sent = in->as.SEND_RESULT.sent};
        exec_on_send_result(world_desk_of(w, b->member[i].account)->account, &mine, w->now, &w->out);
    }
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
    if (!world_action_of(in, &action) || action.kind != ACTION_SPLIT) {
        return;
    }
    for (u32 i = 0; i < t->count; i++) {
        if (t->row[i].inst == action.inst) {
            bunch_on_split(&t->row[i], &action);
        }
    }
}

void world_bunch_hear_again(world_t *w, bunch_table_t *t, const event_t *in)
{
    bunch_t *b = bunch_of(t, in);
    w->heard.count = 0;
    world_bunch_action(t, in);
    if (b != NULL && in->head.kind == EV_BROKER) {
        heard(w, b, &in->as.BROKER, &w->heard);
        bunch_house(t, b->account)->v += w->heard.residue.v;
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
    return ERR_OK;
}

err_t world_bunch_fact_again(bunch_table_t *t, const event_t *f)
{
    if (f->head.kind == EV_BUNCH) {
        return bunch_table_recover(t, &f->as.BUNCH);
    }
    if (f->head.kind == EV_CASH && f->as.CASH.kind == CASH_BUNCH) {
        const money_t *house = bunch_house(t, f->as.CASH.account);
        return house != NULL && house->v == f->as.CASH.cash_after ? ERR_OK : ERR_CORRUPT;
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

static bool is_other(const world_t *w, const world_desk_t *d)
{
    return d != w->d && world_stand_together(d, w->d);
}

/* Whether an order of the list is this account's to compare; one of several counts as its own while its part
 * is not whole. */
static bool told_is_mine(const world_t *w, id128_t *id)
{
    const bunch_t *b = bunch_find(&w->bunches, *id);
    for (u32 i = 0; b != NULL && i < b->count; i++) {
        const bunch_member_t *m = &b->member[i];
        if (m->account == w->d->setup.account_id && m->filled < m->qty) {
            *id = m->intent;
            return true;
        }
    }
    for (u32 k = 0; b == NULL && k < w->desk_count; k++) {
        const world_desk_t *d = &w->own_desks[k];
        if (is_other(w, d) && account_order_const(d->account, *id) != NULL) {
            return false;
        }
    }
    return b == NULL;
}

void world_told_part(const world_t *w, broker_told_t *told)
{
    u32 kept = 0;
    if (!world_shares(w->d)) {
        return;
    }
    for (u32 k = 0; k < w->desk_count; k++) {
        const world_desk_t *d = &w->own_desks[k];
        for (u32 i = 0; is_other(w, d) && i < d->account->positions_used; i++) {
            const position_t *p = &d->account->positions[i];
            if (p->inst != INST_NONE && p->qty.v != 0) {
                broker_told_less(told, p->inst, p->qty.v);
            }
        }
    }
    for (u32 i = 0; i < told->order_count; i++) {
        id128_t id = told->orders[i];
        if (told_is_mine(w, &id)) {
            told->orders[kept++] = id;
        }
    }
    told->order_count = kept;
}

/* A difference of shares closes entries for all who share them. */
void world_compared(world_t *w, const broker_told_t *told)
{
    bool same = !world_shares(w->d) || broker_told_holds(w->d->account, told);
    for (u32 k = 0; k < w->desk_count && !same; k++) {
        if (is_other(w, &w->own_desks[k])) {
            w->own_desks[k].account->reconcile |= RECONCILE_BROKER;
        }
    }
}
