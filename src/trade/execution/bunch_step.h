/* A step of the accounts that share one at a broker: what is said of their one order reaches every part of
 * it, and what a broker lists is each one's own part of it, live and in recovery.
 *
 * Promises: the engine and the worlds of the simulation run these same functions over accounts of theirs;
 * nothing here knows a desk, a loop or a checker. Accounts that share nothing are looked at by none of them.
 * Leaves to others: the split and the words (bunch.h), the rows (bunch_table.h), who is told besides. */
#ifndef VITRINE_TRADE_EXECUTION_BUNCH_STEP_H
#define VITRINE_TRADE_EXECUTION_BUNCH_STEP_H

#include "trade/execution/bunch_table.h"
#include "trade/execution/reconcile.h"

/* The rows, and every account that may stand in one, in ascending order. */
typedef struct {
    bunch_table_t *table;
    account_t *const *account; /* [count] */
    u32 count;
} bunch_books_t;

/* The account of a number; NULL if there is none. */
account_t *bunch_account(const bunch_books_t *b, u64 account);
/* The other sub-ledgers of the account of `mine`, in ascending order: *next begins at 0. NULL after the
 * last, at once if it shares none. */
account_t *bunch_beside(const bunch_books_t *b, const account_t *mine, u32 *next);
/* The row that a message of a broker or the door is about; NULL if it is about none. */
bunch_t *bunch_of_input(const bunch_table_t *t, const event_t *in);

/* ---- live ---- */

typedef struct {
    bunch_books_t books;
    i64 now;
    outbox_t *out;
    void *self;
    void (*take)(void *self, account_t *a, const ev_BROKER_t *word); /* as any word to that account */
} bunch_step_t;

/* Whether the door sent the order: each member hears it. */
void bunch_step_sent(const bunch_step_t *s, const bunch_t *b, const ev_SEND_RESULT_t *sent);
/* What bunch_hear made of a broker's word: each member takes its own, who is in doubt asks, and what did not
 * divide is booked to the house with a CASH fact. */
void bunch_step_words(const bunch_step_t *s, const bunch_t *b, const bunch_words_t *words);
/* A corporate action on the rows of its instrument; after the accounts' own. */
void bunch_step_action(bunch_table_t *t, const action_t *action);

/* ---- from the record ---- */

/* What bunch_hear made of the same word again: the house follows. The words are to be shown to the members in
 * reverse, since the facts of fills read their costs from the last. */
void bunch_words_again(bunch_table_t *t, const bunch_t *b, const bunch_words_t *words);
/* The door's answer again: `a`, if it is a member, has its order sent `now`. */
void bunch_sent_again(account_t *a, const bunch_t *b, const ev_SEND_RESULT_t *sent, i64 now);
/* A fact about rows or a house; all others are none of theirs. ERR_CORRUPT. */
MUST_USE err_t bunch_fact_again(bunch_table_t *t, const event_t *f);

/* ---- comparison with the broker ---- */

/* Of what a broker told of a shared account, the part of `mine`: less what the others hold, and without the
 * orders that are theirs. An order of several counts as each one's own while its part is not whole. */
void bunch_told_part(const bunch_books_t *b, const account_t *mine, broker_told_t *told);

#endif
