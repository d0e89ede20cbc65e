/* Double entry in one currency: every transaction moves one amount from a credit to a debit (I9).
 *
 * Promises: the sum of all balances is zero after every call, and the running totals of debits and credits
 * are equal.
 * Balances are debit-positive: cash, positions at cost, fees and losses grow by debits; equity paid in,
 * dividends, interest received and gains grow by credits (their balances are negative). Spread, slippage
 * and impact are parts of prices already paid, kept beside the books for the cost waterfall and never
 * posted.
 * Leaves to others: which currency (one ledger per currency; money_t is the account's base currency). */
#ifndef VITRINE_TRADE_PORTFOLIO_LEDGER_H
#define VITRINE_TRADE_PORTFOLIO_LEDGER_H

#include "base/fixed.h"

typedef enum { /* stored ids */
    LEDGER_CASH = 0, LEDGER_POSITIONS = 1, LEDGER_FEES = 2, LEDGER_DIVIDENDS = 3, LEDGER_INTEREST = 4,
    LEDGER_REALISED = 5, LEDGER_EQUITY_IN = 6, LEDGER_ACCOUNTS = 7
} ledger_account_t;

typedef struct {
    money_t balance[LEDGER_ACCOUNTS]; /* debits minus credits */
    money_t debits;                   /* running totals: equal at all times */
    money_t credits;
    money_t spread;                   /* information only */
    money_t slippage;
    money_t impact;
    u64 transactions;
} ledger_t;

void ledger_init(ledger_t *l);
/* Debits one account and credits another; a negative amount swaps them, zero posts nothing. Overflow is a
 * broken invariant: amounts come from bounded orders. */
void ledger_post(ledger_t *l, ledger_account_t debit, ledger_account_t credit, money_t amount);
/* I9: balances sum to zero and total debits equal total credits. */
bool ledger_balanced(const ledger_t *l);
/* Equity in plus everything earned or lost: what cash plus positions at cost must be. */
money_t ledger_book_value(const ledger_t *l);

#endif
