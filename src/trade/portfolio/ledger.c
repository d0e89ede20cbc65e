/* See ledger.h. */
#include "trade/portfolio/ledger.h"

#include "base/assert.h"

void ledger_init(ledger_t *l)
{
    ASSERT(l != NULL);
    *l = (ledger_t){0};
}

static void add_to(money_t *m, i64 amount)
{
    bool lost = __builtin_add_overflow(m->v, amount, &m->v);
    ASSERT(!lost);
}

void ledger_post(ledger_t *l, ledger_account_t debit, ledger_account_t credit, money_t amount)
{
    ASSERT(l != NULL && debit < LEDGER_ACCOUNTS && credit < LEDGER_ACCOUNTS);
    ASSERT(debit != credit && amount.v != I64_MIN);
    if (amount.v == 0) {
        return;
    }
    if (amount.v < 0) {
        ledger_account_t swap = debit;
        debit = credit;
        credit = swap;
        amount.v = -amount.v;
    }
    add_to(&l->balance[debit], amount.v);
    add_to(&l->balance[credit], -amount.v);
    add_to(&l->debits, amount.v);
    add_to(&l->credits, amount.v);
    l->transactions++;
}

bool ledger_balanced(const ledger_t *l)
{
    ASSERT(l != NULL);
    i128 sum = 0;
    for (u32 i = 0; i < LEDGER_ACCOUNTS; i++) {
        sum += l->balance[i].v;
    }
    return sum == 0 && l->debits.v == l->credits.v;
}

money_t ledger_book_value(const ledger_t *l)
{
    ASSERT(l != NULL);
    i64 sum = 0;
    for (u32 i = LEDGER_FEES; i < LEDGER_ACCOUNTS; i++) {
        sum -= l->balance[i].v;
    }
    return (money_t){sum};
}
