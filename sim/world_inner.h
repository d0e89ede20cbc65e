/* What the files of the world share with each other: world.c (the loop), world_make.c (birth), world_step.c
 * (one step and its effects), world_restart.c (death and recovery), world_bunch.c (orders of several). */
#ifndef VITRINE_SIM_WORLD_INNER_H
#define VITRINE_SIM_WORLD_INNER_H

#include "sim/world.h"
#include "trade/execution/bunch_step.h"

enum { WORLD_DAY = 20000, WORLD_BYTES = 1 << 20 };
#define WORLD_START ((i64)WORLD_DAY * NS_PER_DAY + 15 * NS_PER_HOUR)

/* The desk of an account, or the first of those that share it; NULL: of none here. */
world_desk_t *world_desk_of(world_t *w, u64 account);
/* True if both stand at one venue. */
static inline bool world_stand_together(const world_desk_t *a, const world_desk_t *b)
{
    return a->venue == b->venue;
}
static inline bool world_shares(const world_desk_t *d)
{
    return d->venue->count > 1;
}
/* What the accounts of a venue hold together, their house included. */
void world_books(world_t *w, const world_venue_t *v, check_books_t *out);

/* ---- orders of several (world_bunch.c) ---- */

MUST_USE err_t world_bunches_open(world_t *w);
void world_bunches_close(world_t *w);
/* The rows, over the accounts as they are now. */
bunch_books_t world_books_all(world_t *w);
/* No orders, of these accounts. */
void world_bunches_make(world_t *w);
/* The process died: the table that trades knows nothing. */
void world_bunches_forget(world_t *w);
/* A word of the door or the broker that is none to one account: about an order of several, or about nothing.
 * False: it is to the account whose turn it is. */
bool world_bunch_take(world_t *w, const event_t *in);
/* Such an order became durable. */
void world_bunch_durable(world_t *w, const ev_BUNCH_t *f);
/* The shadow hears an input, and what of it is for an account follows into that account's shadow. */
void world_bunch_hear_again(world_t *w, bunch_table_t *t, const event_t *in);
MUST_USE err_t world_bunch_words_again(world_t *w, world_desk_t *d, const event_t *in);
bool world_bunches_equal(world_t *w);
/* The corporate action that an input tells of; false if it is none. */
bool world_action_of(const event_t *input, action_t *out);
/* A split of shares, in a table. */
void world_bunch_action(bunch_table_t *t, const event_t *in);
/* What the venue's broker tells, as far as it is about this account; and what a difference means to those who
 * share it. */
void world_told_part(world_t *w, broker_told_t *told);
void world_compared(world_t *w, const broker_told_t *told);

/* A broken invariant of the account whose turn it is. */
void world_fail(world_t *w, const char *what);
/* True once any account broke one. */
bool world_failed(const world_t *w);
/* The world as it begins, all but its disk. */
void world_make(world_t *w, u64 seed, const world_hooks_t *hooks);

/* A fresh door with the accounts' words, and an empty inbox. */
void world_door_start(world_t *w);
/* The account is told by its word that it is stopped, or that it goes on. */
void world_publish(world_t *w, u64 epoch, bool killed);
/* An intent became durable: "may be sent from now on". */
void world_intent_durable(world_t *w, const ev_INTENT_t *f);
bool world_books_equal(world_t *w, const account_t *a, const account_t *b);

/* Begins to apply the journal's facts, from an account as it was at the start of the run. */
void world_replay_into(world_t *w, world_desk_t *d, account_t *a);
/* Applies an event there; a corporate action by its input, as recover.h has it. */
MUST_USE err_t world_replay_input(world_t *w, world_desk_t *d, const event_t *e);
MUST_USE err_t world_journal_start(world_t *w, bool resume);
void world_journal_stop(world_t *w);
/* The machine died: power, store, accounts, brokers, and the first words of the new life. */
MUST_USE err_t world_restart(world_t *w);

#endif
