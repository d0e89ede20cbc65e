/* The composite score and its two readings (decision 30, trading.md 6). Pure arithmetic on 0..100. */
#ifndef VITRINE_ALPHA_SCORING_COMPOSITE_H
#define VITRINE_ALPHA_SCORING_COMPOSITE_H

#include "model/config.h"

typedef struct {
    f64 screener; /* S, 0..100 */
    f64 strategy; /* 0..1, after family agreement */
    bool degraded;
    f64 regime_mult; /* 0.5..1.2 */
    f64 trend15;     /* agreement in direction: 2 both, 1 one of the two, 0 neither */
} composite_in_t;

typedef struct {
    f64 bonus;
    f64 raw;
    f64 composite; /* clamped to 0..100 */
} composite_t;

void composite_score(const config_t *c, const composite_in_t *in, composite_t *out);
/* min(100, composite x (0.5 + conviction / 100) x team). */
f64 composite_final(f64 composite, f64 conviction, f64 team);

#endif
