/* What a strategy's own results let it weigh in the order of a cycle: strategy.weights.
 *
 * Promises: a pure function of the run's seed, the user, strategy and side, the session, and the sums of real
 * results that the state already keeps for Kelly (they fade like evidence): replay and recovery find the same
 * bits. It orders a list and nothing else (decision 30). Leaves to others: the draw
 * (quant/stats/thompson.h). */
#ifndef VITRINE_SCAN_WEIGHTS_H
#define VITRINE_SCAN_WEIGHTS_H

#include "scan/scan.h"

typedef enum { WEIGHTS_FIXED = 0, WEIGHTS_THOMPSON = 1 } weights_t; /* values of strategy.weights */

/* Weight of a strategy and side for this user in the session, on the record's grid of 1e-4. */
f64 weight_today(const user_t *u, u64 seed, u32 strategy, i32 d);
/* Multiplies the rank of a candidate where the user's setting asks for it, and keeps the weight for the
 * record. */
void weight_rank(const scan_t *s, candidate_t *c);

#endif
