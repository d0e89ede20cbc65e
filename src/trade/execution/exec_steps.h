/* Steps shared by the files of execution; nothing outside this folder includes it.
 *
 * Every state change of an order goes through exec_move, which checks the table and writes the fact. */
#ifndef VITRINE_TRADE_EXECUTION_EXEC_STEPS_H
#define VITRINE_TRADE_EXECUTION_EXEC_STEPS_H

#include "trade/execution/execution.h"

enum { EXEC_CANCEL_TRIES = 4, EXEC_PROTECT_TRIES = 3, EXEC_PENDING_LOOKS = 4 };
#define EXEC_SEND_WINDOW_NS (2 * NS_PER_SEC)

typedef struct {
    account_t *a;
    outbox_t *out;
    i64 now;
} exec_t;

static inline bool order_is_live(const order_t *o)
{
    return o->state != 0 && !order_state_is_terminal((order_state_t)o->state);
}
static inline bool order_is_working(const order_t *o)
{
    return o->state == ORDER_NEW || o->state == ORDER_PARTIAL || o->state == ORDER_HELD ||
           o->state == ORDER_SUSPENDED;
}

static inline bool order_is_sliced(const order_t *o)
{
    return (o->intent.flags & INTENT_SLICED) != 0 && o->intent.role == ROLE_ENTRY;
}
/* The sliced order that this one is a slice of, whether or not it lives; NULL if it is none. */
order_t *exec_slice_parent(account_t *a, const order_t *o);
/* The parent's counts after its slice was sent, filled by qty, or ended with the rest unfilled. */
void exec_slice_sent(account_t *a, const order_t *slice);
void exec_slice_filled(account_t *a, const order_t *slice, i64 qty);
void exec_slice_ended(account_t *a, const order_t *slice);
/* Enough is filled: the parent ends. */
void exec_slice_follow(exec_t *x, const order_t *slice);

/* ORDER_STATE fact and the change itself; staying is no fact. `proof` is the message kind or 0 for our own
 * request. */
void exec_move(exec_t *x, order_t *o, order_state_t to, u8 proof);
/* Books one execution on account, order, children and position; writes no fact. Recovery applies FILL facts
 * by it. Errors of account_book: nothing changed. */
MUST_USE err_t exec_fill_apply(account_t *a, order_t *o, const ev_BROKER_t *m, money_t *realised,
                               position_t **position);
void exec_alert(exec_t *x, u16 code, const char *text);
/* A new order and its INTENT fact; the pool has room. */
order_t *exec_add(exec_t *x, const intent_t *intent, const risk_permit_t *permit, order_state_t state);
/* PERMIT fact. */
void exec_permit_fact(exec_t *x, const risk_permit_t *permit);
/* Places in the pool that an order asks for: with its stop and target, and as a whole before its first slice.
 * Recovery asks the same, so that it drops ended orders where the run did. */
enum { EXEC_ORDERS_ENTRY = 3, EXEC_ORDERS_SLICED = 4 };
/* Counts an opening order for the day and the rate. */
void exec_day_count(account_t *a, order_t *o, i64 now);
/* One of this day that was refused before anything filled is no entry of it; nothing for any other. */
void exec_day_uncount(account_t *a, order_t *o);
/* Ends a sliced order at once, which nobody but us holds. Emits EFFECT_CANCEL for a working order;
 * otherwise notes the wish, which the next message fulfils. */
void exec_want_cancel(exec_t *x, order_t *o);
/* Takes back what rests of every opening order. */
void exec_entries_withdraw(exec_t *x);
/* The broker holds the price that was asked for. */
void exec_revise(account_t *a, order_t *o);
/* Asks the broker for the order. From now on an answer is owed: the timer asks again until one comes. */
void exec_lookup(exec_t *x, order_t *o);
/* What the broker holds of it is not known: of unknown outcome, or looked up and not answered. A child whose
 * entry brought nothing yet is left to the look at that entry: many brokers do not answer for it. */
static inline bool order_is_doubted(const order_t *o)
{
    bool waits = o->state == ORDER_HELD && o->live.v == 0;
    return o->state == ORDER_UNKNOWN || (order_is_live(o) && o->t_doubt != 0 && !waits);
}
/* Known to be alive at the broker. One of which something was asked may be dead, its answer on the way or
 * lost. */
static inline bool order_is_proven(const order_t *o)
{
    return order_is_working(o) && !order_is_doubted(o);
}
/* Whether the cancel of an entry gets no answer: if the entry is found alive, it is asked for anew. Who
 * cancels other orders asks by himself. */
static inline bool exec_cancel_unanswered(const order_t *o, order_state_t to)
{
    bool cancelled = o->state == ORDER_PENDING_CANCEL && side_is_opening((side_t)o->intent.side);
    return cancelled && to == ORDER_UNKNOWN;
}
/* Goes on with an exit: cancels what lives, sends the market exit once no exit-side order can fill any more.
 */
void exec_exit_advance(exec_t *x, position_t *p);
/* The exit has failed: counted, told, and the position is protected again. */
void exec_exit_failed(exec_t *x, position_t *p);
/* Sends a new stop for what no live stop covers. */
void exec_protect(exec_t *x, position_t *p);

/* False for numbers that no execution and no count can have. */
static inline bool exec_is_sound(const ev_BROKER_t *m)
{
    bool fill = m->kind == BROKER_FILL;
    return m->cum_qty >= 0 && (!fill || (m->qty > 0 && m->price > 0 && m->fee >= 0));
}

/* Takes note of how much the broker says that it filled: nothing from a message of absurd numbers, and no
 * more than the order asked for, since executions beyond that are booked one by one. A count that nothing
 * stands behind would leave the order of unknown outcome for ever. */
void exec_count_note(order_t *o, const ev_BROKER_t *m);

/* Whether something may stand behind the count of a message about an order of at most so many. */
bool exec_count_is_sound(const ev_BROKER_t *m, i64 most, price_t reference);
/* The last executions that were booked, and the counts that tell a repeat. */
typedef struct {
    const u64 *exec; /* [ORDER_EXEC_IDS], a ring */
    u32 exec_count;
    i64 filled, told;
} exec_seen_t;
/* A repeat of an execution: by its id; where there is none, or ids were already dropped from the ring and the
 * broker counts no more than that without it, by a cumulative count that we have. A count alone proves
 * nothing: an execution that was lost and found again counts less than one that came after it. */
bool exec_is_repeat(const exec_seen_t *s, const ev_BROKER_t *m);

#endif
