/* See decision_hash.h. */
#include "model/decision_hash.h"

#include "base/assert.h"

void decision_hash_begin(decision_hash_t *h)
{
    ASSERT(h != NULL);
    digest_begin(&h->state);
    h->count = 0;
}

void decision_hash_add(decision_hash_t *h, u16 kind, const void *payload, size_t n)
{
    ASSERT(h != NULL);
    ASSERT(payload != NULL || n == 0);
    if (!event_is_hashed((event_kind_t)kind)) {
        return;
    }
    digest_add(&h->state, &kind, sizeof kind);
    if (n > 0) {
        digest_add(&h->state, payload, n);
    }
    h->count++;
}

digest_t decision_hash_value(const decision_hash_t *h)
{
    ASSERT(h != NULL);
    digest_state_t copy = h->state; /* ending a state consumes it */
    return digest_end(&copy);
}
