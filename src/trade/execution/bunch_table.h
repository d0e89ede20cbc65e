/* The bunched orders of one process: who shares an account with whom, which of a step's orders become one,
 * and what the house of each shared account has come to.
 *
 * Promises: gathering looks at nothing but a step's effects; a step without equal orders of one account
 * leaves as it was. Rows stay while a sub-ledger has its order, so that a late execution finds its members; a
 * full table bunches nothing more and loses nothing. Everything here follows from BUNCH facts and the
 * broker's words, and is saved with the engine's snapshot.
 * Leaves to others: the members' orders (execution.h), their desks (engine/). */
#ifndef VITRINE_TRADE_EXECUTION_BUNCH_TABLE_H
#define VITRINE_TRADE_EXECUTION_BUNCH_TABLE_H

#include "base/arena.h"
#include "model/outbox.h"
#include "trade/execution/bunch.h"

enum {
    BUNCH_ROWS = 64, /* for each sub-ledger of a shared account: as many as it may hold positions */
    BUNCH_TABLE_VERSION = 1
};

/* One user's place. The house of a shared account stands with its first sub-ledger. */
typedef struct {
    u64 account;
    u64 shared; /* number of the account at the broker; 0: it has its own */
    money_t house;
} bunch_ledger_t;

typedef struct {
    bunch_ledger_t *ledger; /* [ledger_count], ascending account */
    u32 ledger_count;
    u32 sharing;  /* of them, those that share; 0: there is nothing to do, ever */
    bunch_t *row; /* [cap] */
    u32 count, cap;
} bunch_table_t;

/* Of these users: those of one owner and one account's name share, if they are two at least. ERR_ARENA_FULL.
 */
MUST_USE err_t bunch_table_open(bunch_table_t *t, const user_row_t *rows, u32 count, arena_t *arena);
/* Bytes of arena that the above needs, and those of a saved table. */
size_t bunch_table_room(u32 users);
size_t bunch_table_bytes(const bunch_table_t *t);

/* The account at the broker of a sub-ledger; its own number if it shares none. */
u64 bunch_shared(const bunch_table_t *t, u64 account);
/* The house of a shared account; NULL if there is no such account. */
money_t *bunch_house(const bunch_table_t *t, u64 shared);
/* By its own id, or by a member's intent; NULL if it is none. */
bunch_t *bunch_find(const bunch_table_t *t, id128_t id);
bunch_t *bunch_of_member(const bunch_table_t *t, id128_t intent);

/* After a step: equal orders of sub-ledgers of one account become one effect at the place of the first, with
 * a BUNCH fact; cancels and look-ups of members become those of their bunch, once. */
void bunch_gather(bunch_table_t *t, outbox_t *out);
/* A row from its fact, in recovery. ERR_CORRUPT. */
MUST_USE err_t bunch_table_recover(bunch_table_t *t, const ev_BUNCH_t *f);
/* Drops the row at `index`; the last one takes its place. */
void bunch_table_drop(bunch_table_t *t, u32 index);

MUST_USE err_t bunch_table_save(const bunch_table_t *t, writer_t *w);
/* The state of another table of the same users. */
void bunch_table_take(bunch_table_t *to, const bunch_table_t *from);
/* Into a table opened for the same users. ERR_VERSION, ERR_CORRUPT, ERR_TRUNCATED; then it is unusable. */
MUST_USE err_t bunch_table_load(reader_t *r, u32 version, bunch_table_t *t);

#endif
