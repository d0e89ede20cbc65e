/* Bunched orders: one order at the broker for equal intents of several sub-ledgers of one account.
 *
 * Promises: the members' fills are the bunch's fills, always (I16); every member stays between the floor and
 * the ceiling of its exact part, never goes back, and depends on nothing but quantities; what does not divide
 * has one place, the account's `house`. What the broker says of the bunch becomes a word for each member,
 * such as a broker would say of an order of its own: repeats are dropped, executions are dealt out in the
 * order in which the broker counts them, an end is held back until all that it counts are there. No account
 * is touched here.
 * Leaves to others: permits and the members' orders (execution.h), the door, facts and desks (engine/).
 * docs/decisions/0029. */
#ifndef VITRINE_TRADE_EXECUTION_BUNCH_H
#define VITRINE_TRADE_EXECUTION_BUNCH_H

#include "base/bytes.h"
#include "model/user_row.h"
#include "trade/execution/execution.h"

enum { BUNCH_MEMBERS = 16 }; /* more equal intents make another bunch */

typedef struct {
    id128_t intent;
    u64 account; /* the sub-ledger */
    i64 qty;
    i64 filled;
} bunch_member_t;

typedef struct {
    id128_t id;  /* a hash of its members' */
    u64 account; /* the shared one */
    inst_t inst;
    u8 side;
    u8 held; /* a word of its end that is kept back while executions are missing; 0 none */
    u8 held_reason;
    u32 count;
    price_t reference; /* at the decision */
    i64 filled;
    i64 told; /* the most that the broker said it filled */
    u32 exec_count;
    u64 exec[ORDER_EXEC_IDS];
    bunch_member_t member[BUNCH_MEMBERS]; /* ascending accounts */
} bunch_t;

/* What the sub-ledgers hear of one message, in the order in which it is to be applied. */
typedef struct {
    ev_BROKER_t word[2 * BUNCH_MEMBERS];
    u32 count;
    bool doubt;      /* the broker counts more than it told: each member is to be looked up */
    money_t residue; /* what the account's cash changed by beyond its sub-ledgers': the house's */
} bunch_words_t;

/* Quantity of all members; saturates. */
i64 bunch_qty(const bunch_t *b);
/* Makes a member's intent that of the one order at the broker: the terms stay. */
void bunch_intent(const bunch_t *b, intent_t *i);
/* How `more` units (> 0) on top of what is filled fall to the members: out[i] >= 0, their sum is `more`. */
void bunch_split(const bunch_t *b, i64 more, i64 out[BUNCH_MEMBERS]);
/* The same, and books it on the members. */
void bunch_deal(bunch_t *b, i64 more, i64 out[BUNCH_MEMBERS]);
/* Takes a broker's (or the door's) message about the bunch. What no account could book is strange to each
 * member, and dealt out to none. */
void bunch_hear(bunch_t *b, const ev_BROKER_t *m, const instrument_t *in, bunch_words_t *out);
/* A split changes every member as it changes its order. Members that cannot be changed stay. */
void bunch_on_split(bunch_t *b, const action_t *action);

/* Bytes of the members in a BUNCH fact. ERR_BUFFER_FULL. */
enum { BUNCH_BYTES = 2 + BUNCH_MEMBERS * 32 };
MUST_USE err_t bunch_members_encode(const bunch_t *b, writer_t *w);
/* A fresh bunch from its fact. ERR_CORRUPT: no members, too many, not ascending, without a quantity. */
MUST_USE err_t bunch_of_fact(const ev_BUNCH_t *f, bunch_t *out);

#endif
