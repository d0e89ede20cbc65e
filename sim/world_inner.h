/* What the files of the world share with each other: world.c (the loop), world_make.c (birth), world_step.c
 * (one step and its effects), world_restart.c (death and recovery). */
#ifndef VITRINE_SIM_WORLD_INNER_H
#define VITRINE_SIM_WORLD_INNER_H

#include "sim/world.h"

enum { WORLD_DAY = 20000, WORLD_BYTES = 1 << 20 };
#define WORLD_START ((i64)WORLD_DAY * NS_PER_DAY + 15 * NS_PER_HOUR)

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
