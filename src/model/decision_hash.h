/* decision_hash: one digest over everything that was decided, in order (decision 4).
 *
 * It chains the facts marked as hashed in event.def: u16 kind (little-endian), then the canonical payload.
 * Headers, durations, run ids, thread counts and cache hits never enter, so that equal decisions give equal
 * hashes. */
#ifndef VITRINE_MODEL_DECISION_HASH_H
#define VITRINE_MODEL_DECISION_HASH_H

#include "base/hash.h"
#include "model/event.h"

typedef struct {
    digest_state_t state;
    u64 count; /* facts that entered */
} decision_hash_t;

void decision_hash_begin(decision_hash_t *h);
/* Ignores events that are not hashed. `payload` is the canonical payload of an event of that kind. */
void decision_hash_add(decision_hash_t *h, u16 kind, const void *payload, size_t n);
/* The hash so far; more may be added afterwards. */
digest_t decision_hash_value(const decision_hash_t *h);

#endif
