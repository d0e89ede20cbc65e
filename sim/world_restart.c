/* Death and recovery of a world. See world.h. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "sim/world_inner.h"

/* The trader tags every entry alike; the engine reads it from the decision's record. */
static bool tag_of(void *self, const ev_INTENT_t *entry, trade_tag_t *out)
{
    (void)self;
    (void)entry;
    *out = world_tag();
    return true;
}

void world_replay_into(world_t *w, world_desk_t *d, account_t *a)
{
    account_init(a, &d->setup);
    account_day_begin(a, WORLD_DAY, WORLD_DAY + 1);
    d->replay = (recover_t){.account = a,
                            .instruments = w->instruments,
                            .instrument_count = w->names,
                            .tag = tag_of,
                            .loss_min_r = w->loss_min_r};
}

err_t world_replay_input(world_t *w, world_desk_t *d, const event_t *e)
{
    TRY(recover_apply(&d->replay, e));
    account_t *a = d->replay.account;
    i64 cash = a->cash.v;
    outbox_reset(&w->scratch);
    if (world_action_apply(w, e, a, &w->scratch)) {
        closed_trades_t closed = {0};
        d->replay.ahead.v = a->cash.v - cash;
        (void)account_close_flat(a, e->head.t_engine, w->loss_min_r, &closed);
    }
    return ERR_OK;
}

err_t world_journal_start(world_t *w, bool resume)
{
    store_options_t o = {
        .path = "vitrine.db", .vfs = DISK_VFS, .durable = !w->hooks->not_durable, .exclusive = true};
    journal_options_t j = {.batch_bytes = 1};
    TRY(store_open(&o, NULL, &w->store));
    if (resume) {
        return journal_resume(w->store, STR("latest"), &j, NULL, &w->journal);
    }
    run_start_t run = {.kind = RUN_DEMO,
                       .incarnation = w->own_desks[0].setup.incarnation,
                       .seed = w->seed,
                       .config = STR("\n")};
    return journal_create(w->store, &run, &j, NULL, &w->journal);
}

void world_journal_stop(world_t *w)
{
    journal_close(w->journal);
    store_close(w->store);
    w->journal = NULL;
    w->store = NULL;
}

/* Orders of several, into the table that will trade; up to here the record led to what the shadow has. */
static void bunches_again(world_t *w, const event_t *e)
{
    if (e->head.kind == EV_BUNCH) {
        world_bunch_durable(w, &e->as.BUNCH);
    }
    if (e->head.seq == w->acknowledged + 1 && !w->bunches_compared) {
        world_turn(w, 0);
        world_fail(w, world_bunches_equal(w) ? NULL : "I20: the journal leads to other orders of several");
        w->bunches_compared = true;
    }
    world_bunch_hear_again(w, &w->bunches, e);
}

static err_t again_apply(void *ctx, const event_t *e)
{
    world_t *w = ctx;
    if (e->head.kind == EV_INTENT) {
        world_intent_durable(w, &e->as.INTENT);
    }
    bunches_again(w, e);
    if (e->head.kind == EV_TIMER && e->as.TIMER.timer == w->action.timer &&
        e->as.TIMER.due == w->action.due) {
        w->action = (ev_TIMER_t){0}; /* it was durable, though nobody said so before the crash */
    }
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        if (e->head.seq == w->acknowledged + 1 && !d->compared) {
            d->same = world_books_equal(w, d->account, d->shadow);
            d->compared = true;
        }
        TRY(world_replay_input(w, d, e));
        TRY(world_bunch_words_again(w, d, e));
    }
    return bunch_fact_again(&w->bunches, e);
}

/* By the account whose order it is, or as one of several. */
static bool is_known(world_t *w, const wb_order_t *o)
{
    const world_desk_t *d = world_desk_of(w, o->intent.account_id);
    return account_order_const(d->account, o->intent.id) != NULL ||
           bunch_find(&w->bunches, o->intent.id) != NULL;
}

/* Every order the broker ever got must be in the journal, and what has no outcome must be found (I18). */
static void recovered_check(world_t *w, const journal_recovered_t *r)
{
    for (u32 i = 0; i < r->unknown_count; i++) {
        const order_t *o = NULL;
        for (u32 k = 0; k < w->desk_count && o == NULL; k++) {
            o = account_order_const(w->own_desks[k].account, r->own_unknown[i].intent);
        }
        if (o == NULL || o->state != ORDER_UNKNOWN) {
            world_fail(w, "I18: an order without outcome is not UNKNOWN after the restart");
        }
    }
    for (u32 k = 0; k < w->venue_count; k++) {
        const world_venue_t *v = &w->own_venues[k];
        world_turn(w, v->first);
        for (u32 i = 0; i < v->broker.order_count; i++) {
            bool known = is_known(w, &v->broker.orders[i]);
            world_fail(w, known ? NULL : "I18: the broker holds an order that the restart has forgotten");
        }
    }
}

/* What the journal made of one account is what it was; from here on the shadow follows it. */
static void desk_returned(world_t *w, const journal_recovered_t *r)
{
    world_desk_t *d = w->d;
    if (!d->compared) {
        d->same = world_books_equal(w, d->account, d->shadow);
    }
    world_fail(w, r->last_seq < w->acknowledged ? "I18: an acknowledged event is lost" : NULL);
    world_fail(w, d->same ? NULL : "I20: the journal leads to another account after the crash");
    check_restarted(&d->check, d->account);
    *d->shadow = *d->account;
    d->replay.account = d->shadow;
}

/* The engine's part of it for one account; facts and effects of all go out with the first step. */
static void desk_recover(world_t *w)
{
    world_desk_t *d = w->d;
    recover_t live = d->replay;
    live.account = d->account;
    if (w->hooks->on_recover != NULL) {
        w->hooks->on_recover(w->hooks->self, w);
    }
    recover_finish(&live, w->now, &w->out);
    d->account->killed = d->killed ? 1 : 0;
    d->kill_due = false;
    if (w->hooks->on_recovered != NULL) {
        w->hooks->on_recovered(w->hooks->self, w);
    }
}

static err_t recover(world_t *w)
{
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        world_replay_into(w, d, d->account);
        d->compared = false;
    }
    world_bunches_forget(w);
    journal_recovered_t r = {0};
    err_t err = journal_recover(w->store, STR("latest"), again_apply, w, &r, NULL);
    if (err != ERR_OK) {
        world_fail(w, err == ERR_CORRUPT ? "I19: the journal does not verify after the crash"
                                         : "I18: the journal cannot be recovered");
        return ERR_OK;
    }
    for (u32 k = 0; k < w->desk_count; k++) {
        world_turn(w, k);
        desk_returned(w, &r);
    }
    world_turn(w, 0);
    world_fail(w, w->bunches_compared || world_bunches_equal(w)
                      ? NULL
                      : "I20: the journal leads to other orders of several after the crash");
    bunch_table_take(&w->bunches_shadow, &w->bunches);
    world_actions_again(w); /* the broker counts in new shares already */
    if (w->crashed || world_failed(w)) {
        free(r.own_unknown);
        return ERR_OK;
    }
    outbox_reset(&w->out);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_turn(w, k);
        desk_recover(w);
    }
    world_turn(w, 0);
    recovered_check(w, &r);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        check_books_t books;
        world_books(w, d->venue, &books);
        check_compared(&d->check, d->account, &books);
        d->check.differs = true; /* nobody asked the broker yet */
    }
    free(r.own_unknown);
    return ERR_OK;
}

err_t world_restart(world_t *w)
{
    disk_crash_at(w->disk, 0);
    world_journal_stop(w);
    static const disk_loss_t ways[] = {DISK_LOSE_ALL, DISK_KEEP_ALL, DISK_BY_SEED};
    world_turn(w, 0);
    disk_restart(w->disk, ways[world_below(w, COUNT_OF(ways))]);
    w->restarts++;
    w->crashed = false;
    i64 then = w->now + (i64)(1 + world_below(w, 20)) * NS_PER_SEC;
    w->now = then;
    for (u32 k = 0; k < w->venue_count; k++) {
        world_broker_t *b = &w->own_venues[k].broker;
        wb_cut(b);
        wb_step(b, then);
        wb_cut(b); /* nobody listened */
    }
    if (world_journal_start(w, true) != ERR_OK) {
        world_fail(w, "I18: the store does not open after the crash");
        return ERR_OK;
    }
    TRY(recover(w));
    if (w->crashed) {
        return ERR_OK;
    }
    for (u32 k = 0; k < w->desk_count; k++) {
        memset(&w->own_desks[k].watch, 0, sizeof w->own_desks[k].watch);
    }
    world_door_start(w);
    world_turn(w, 0);
    if (world_failed(w)) {
        return ERR_OK;
    }
    event_t input = world_input(w, EV_COMMAND);
    w->returning = true;
    (void)world_commit(w, &input);
    w->returning = false;
    world_halts_again(w);
    return ERR_OK;
}
