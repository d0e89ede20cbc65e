/* American options, which may be exercised at any time: a binomial tree and a closed approximation.
 *
 * Promises: the tree (D. Leisen and M. Reimer, Applied Mathematical Finance 3, 1996: the Peizer-Pratt
 * inversion centres an odd tree on the strike, so its error falls with the square of the steps) converges to
 * the exact value; the approximation (P. Bjerksund and G. Stensland, Scandinavian Journal of Management 9,
 * 1993: a flat exercise boundary) is a lower bound and costs a microsecond. Both need no libm. Leaves to
 * others: discrete dividends, memory (the tree takes an arena). */
#ifndef VITRINE_QUANT_OPTIONS_AMERICAN_H
#define VITRINE_QUANT_OPTIONS_AMERICAN_H

#include "base/arena.h"
#include "quant/options/options.h"

enum { AMERICAN_STEPS_LEAST = 3, AMERICAN_STEPS_MOST = 20001 };

typedef struct {
    f64 value;
    f64 delta, gamma, theta; /* theta by the pricing equation from value, delta and gamma */
    bool exercise;           /* worth as much exercised now: then delta is 1 or -1, gamma 0 */
} american_t;

/* `steps` odd, in [AMERICAN_STEPS_LEAST, AMERICAN_STEPS_MOST]; takes 3 (steps + 1) doubles of the arena,
 * which the caller resets. years and sigma > 0. ERR_PARAM_RANGE, ERR_ARENA_FULL. */
MUST_USE err_t american_tree(const option_t *o, u32 steps, arena_t *arena, american_t *out, diag_t *d);
/* Value alone. Rates and yields >= 0 (with a negative one the boundary may be double). Years and sigma > 0.
 * ERR_PARAM_RANGE. */
MUST_USE err_t american_approximate(const option_t *o, f64 *out, diag_t *d);

#endif
