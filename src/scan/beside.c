/* Sub-ledgers of one account at the broker, as the law sees them: together. See scan.h. */
#include "base/assert.h"
#include "scan/scan.h"

const account_t *scan_beside(const scan_shared_t *shared, const account_t *mine, u32 *next)
{
    ASSERT(shared != NULL && mine != NULL && next != NULL);
    return shared->sharing == NULL ? NULL : bunch_beside(shared->sharing, mine, next);
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
