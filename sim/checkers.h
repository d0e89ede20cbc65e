/* The invariants, asked after every event of the order simulation.
 *
 * Promises: each check compares the engine's account and facts with the broker's truth (reference,
 * world_broker) or with what was recorded earlier; none uses a figure of the code that it checks to judge
 * that code, except the engine's own exec_check and account_check, which are asked as well. The first broken
 * invariant is kept. I1, I6, I12, I17 are seen by the reference; I18, I19, I20 by the world when it replays.
 */
#ifndef VITRINE_SIM_CHECKERS_H
#define VITRINE_SIM_CHECKERS_H

#include "model/config.h"
#include "sim/world_broker.h"
#include "trade/execution/bunch_table.h"
#include "trade/execution/execution.h"

enum { CHECK_PERMITS = REF_ORDERS, CHECK_TEXT = 200 };
#define CHECK_NAKED_NS (5 * NS_PER_SEC)
#define CHECK_ALERT_NS (11 * NS_PER_SEC)

typedef struct {
    id128_t id;
    digest_t payload;
    u64 epoch;
    bool used;
    bool issued; /* by risk, to the trader (openings only) */
} check_permit_t;

typedef struct {
    u8 state; /* as the facts tell it */
    i64 filled;
    i64 value;
} check_order_t;

/* What the accounts hold together that stand at one account of a broker: most often one. */
typedef struct {
    i64 cash;
    i64 position[REF_NAMES];
} check_books_t;

typedef struct {
    const world_broker_t *broker;
    const reference_t *reference;
    const config_t *config;
    u32 ledger; /* which one of the account there */
    char broken[CHECK_TEXT]; /* empty: nothing */
    u32 permit_count;
    check_permit_t permits[CHECK_PERMITS];
    check_order_t orders[REF_ORDERS]; /* by index of the reference */
    i64 naked_since[REF_NAMES];
    i64 stood_still; /* in all */
    bool split[REF_NAMES];  /* its shares became others */
    bool halted[REF_NAMES]; /* does not trade, and the engine knows */
    i64 now;                /* of the last event */
    i64 last_alert;
    bool differs; /* the last comparison did, or there was none since the restart */
    bool blind[REF_NAMES]; /* others traded there, an order ended without a word, or there was no session, and
                              nothing was compared since: nobody could know */
    u32 unheard[REF_NAMES]; /* of the first two, what was noted */
    u32 entries;      /* of the day, as the facts have it: sent and not refused */
    bool cash_untold; /* the broker names none, so none can differ */
    u64 unknowns;     /* orders that became UNKNOWN */
    u64 checks;
    u64 submits; /* orders that left */
    u64 kept[3]; /* what no other account's step may change: epoch, kill, RECONCILE */
} checkers_t;

void checkers_open(checkers_t *c, const world_broker_t *broker, const config_t *config, u32 ledger);
void check_books_add(check_books_t *b, const account_t *a);
void check_note(checkers_t *c, const char *what);
static inline bool check_failed(const checkers_t *c)
{
    return c->broken[0] != 0;
}
/* Risk gave an opening permit (I2). */
void check_issued(checkers_t *c, id128_t id, const digest_t *payload);
/* The facts of one step became durable; `input` led to them. Those of other accounts are passed over. I2,
 * I10, I11. */
void check_facts(checkers_t *c, const event_t *input, const outbox_t *out, const account_t *a);
/* A split is about to be: what was seen of orders that work is in new shares from now on. */
void check_split(checkers_t *c, inst_t name, i64 num, i64 den);
/* After a step, which was of this account or not: what stops an account is its own. */
void check_isolated(checkers_t *c, const account_t *a, bool own);
/* An order is about to reach the broker. I2, I4, I13. */
void check_submit(checkers_t *c, const intent_t *i, bool killed);
/* True if an order of this id has left. */
bool check_sent(checkers_t *c, id128_t id);
/* A new price for an order is about to reach the broker. I13. */
void check_replace(checkers_t *c, const intent_t *i);
/* After the broker has it. I3. */
void check_limits(checkers_t *c);
/* After every event. I5, I6, I7, I9, I11. */
void check_event(checkers_t *c, const account_t *a, i64 now);
/* The engine and its broker have just compared. I8. */
void check_compared(checkers_t *c, const account_t *a, const check_books_t *together);
/* Nothing is under way any more. I5, I8 and liveness; false while something is still open. */
bool check_quiet(checkers_t *c, const account_t *a, const check_books_t *together, char *why,
                 size_t why_size);
/* The process stood still for so long, in the middle of a step: nobody could tell anything meanwhile (I5). */
void check_stood_still(checkers_t *c, i64 ns);
/* An account at a broker that several sub-ledgers share (check_shared.c). */
typedef struct {
    const reference_t *reference;
    const world_broker_t *broker;
    const bunch_table_t *bunches;
    const account_t *ledger[REF_LEDGERS];
    const bool *split; /* by name: shares became others there */
    u32 count;
    i64 house;
    u64 whole; /* times that everything done there was heard, and the sums had to be equal to the cent */
} check_shared_t;
/* After every event. NULL, or what broke: I16. */
const char *check_shared(check_shared_t *s);

/* The restarted engine does not answer for the time in which it was dead (I5). */
void check_restarted(checkers_t *c, const account_t *a);

#endif
