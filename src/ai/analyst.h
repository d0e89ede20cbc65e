/* The built-in analyst: conviction from named evidence by transparent rules (trading.md 6).
 *
 * Needs nothing: no model, no network. Pure and deterministic; it is the reference that no model may exceed
 * at a gate (decision 30). */
#ifndef VITRINE_AI_ANALYST_H
#define VITRINE_AI_ANALYST_H

#include "ai/evidence.h"

/* Starts at 50, adds every row, rounds half away from zero, clamps to 0..100. */
void analyst_run(const ai_input_t *in, conviction_t *out);

#endif
