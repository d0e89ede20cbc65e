/* Sub-ledgers of one account at the broker, as the law sees them: together. See scan.h. */
#include "base/assert.h"
#include "scan/scan.h"

/* Where an account stands among all users; book_count if it does not (the house has no books). */
static u32 place_of(const scan_shared_t *shared, u64 account)
{
    u32 lo = 0;
    u32 hi = shared->book_count;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if (shared->book[mid]->account_id < account) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo < shared->book_count && shared->book[lo]->account_id == account ? lo : shared->book_count;
}

const account_t *scan_beside(const scan_shared_t *shared, const account_t *mine, u32 *next)
{
    ASSERT(shared != NULL && mine != NULL && next != NULL);
    if (shared->at_broker == NULL) {
        return NULL;
    }
    u32 own = place_of(shared, mine->account_id);
    if (own == shared->book_count || shared->at_broker[own] == mine->account_id) {
        return NULL;
    }
    while (*next < shared->book_count) {
        u32 i = (*next)++;
        if (i != own && shared->at_broker[i] == shared->at_broker[own]) {
            return shared->book[i];
        }
    }
    return NULL;
}

law_books_t scan_law_books(const scan_shared_t *shared, const account_t *mine, const rules_t *rules)
{
    ASSERT(shared != NULL && mine != NULL && rules != NULL);
    law_books_t all = risk_law_books(mine, rules);
    u32 next = 0;
    for (const account_t *a = scan_beside(shared, mine, &next); a != NULL;
         a = scan_beside(shared, mine, &next)) {
        law_books_t b = risk_law_books(a, rules);
        risk_law_add(&all, &b);
    }
    return all;
}
