/* European options: value, sensitivities, implied volatility, one at a time or as the columns of a chain.
 *
 * Model: Black and Scholes (1973) with a continuous yield (Merton 1973); Black (1976) is the same with the
 * forward as the spot and the rate as the yield. Units: years, rates and yields per year and continuous,
 * volatility per year as a fraction, all sensitivities per unit (1.00 of volatility or rate, one year of
 * time). Promises: out-of-the-money values are computed as such and the others by parity, so a value keeps
 * its relative precision far from the money (4e-13 down to values of 1e-250, sensitivities likewise where
 * their terms do not cancel); every processor level gives the same bits; only our own exp and log. Leaves to
 * others: discrete dividends, day counts, early exercise (american.h), which price to invert.
 */
#ifndef VITRINE_QUANT_OPTIONS_OPTIONS_H
#define VITRINE_QUANT_OPTIONS_OPTIONS_H

#include "base/err.h"
#include "model/indicator.h"

/* One contract. */
typedef struct {
    f64 spot, strike, years, rate, yield, sigma;
    f64 side; /* 1 a call, -1 a put */
} option_t;

typedef struct {
    f64 value;
    f64 delta;     /* by the spot */
    f64 gamma;     /* second, by the spot */
    f64 vega;      /* by the volatility */
    f64 theta;     /* by passing time: usually negative */
    f64 rho;       /* by the rate, the yield held */
    f64 rho_yield; /* by the yield, the rate held */
    f64 vanna;     /* of delta by the volatility */
    f64 volga;     /* of vega by the volatility */
    f64 charm;     /* of delta by passing time */
} option_greeks_t;

/* The columns of a chain; value i of each belongs to contract i. A column may be used for several roles. */
typedef struct {
    const f64 *spot, *strike, *years, *rate, *yield;
    const f64 *sigma; /* only options_value reads it */
    const f64 *price; /* only options_implied reads it */
    const f64 *side;  /* 1 a call, -1 a put */
    u32 count;
} option_cols_t;

/* Where the results go; NULL is not computed. */
typedef struct {
    f64 *value, *delta, *gamma, *vega, *theta, *rho, *rho_yield, *vanna, *volga, *charm;
} option_out_t;

/* Why there is no implied volatility. */
typedef enum {
    IV_FOUND = 0,
    IV_BELOW = 1,        /* the price is below the discounted intrinsic value */
    IV_AT_INTRINSIC = 2, /* no time value: every small enough volatility gives this price */
    IV_ABOVE = 3,        /* at or above what an endless volatility gives: the discounted spot or strike */
    IV_INPUT = 4         /* an input is not positive or not a number */
} iv_reason_t;

/* Value and sensitivities of every contract. Spot and strike > 0, years and sigma >= 0, all finite (asserted
 * by nobody: a contract outside gives some number or NaN in its own place only). Without time or volatility
 * the value is intrinsic and the sensitivities that would divide by it are 0. `level` is an indicator_level_t
 * that exists. */
void options_value(u32 level, const option_cols_t *in, const option_out_t *out);

/* sigma[i] is the volatility at which contract i is worth price[i], or minus the iv_reason_t. Relative error
 * at most 1e-13 for an out-of-the-money price; for one in the money the price's own rounding counts, in units
 * of its time value. Method: time value as a share of sqrt(forward x strike) discounted, root of its
 * logarithm (or of that of its distance from the upper bound) by Householder's third-order step (P. Jaeckel,
 * Let's Be Rational, Wilmott, 2015, for the normalisation and the step) inside a bracket, from the inverse of
 * Bachelier's formula. */
void options_implied(u32 level, const option_cols_t *in, f64 *sigma);

/* The reason behind what options_implied gave. */
iv_reason_t options_reason(f64 sigma);
const char *iv_reason_text(iv_reason_t reason);

/* One contract, checked: ERR_PARAM_RANGE and `d` names the field. The bits of options_value. */
MUST_USE err_t option_value(const option_t *o, option_greeks_t *out, diag_t *d);
/* Black 1976: o->spot is the forward or future, o->yield is not read. rho is by the rate with the forward
 * held, and rho_yield is 0. */
MUST_USE err_t option_value_forward(const option_t *o, option_greeks_t *out, diag_t *d);
/* The volatility at `price`; o->sigma is not read. ERR_PARAM_RANGE with the reason in `d` when there is none.
 */
MUST_USE err_t option_implied(const option_t *o, f64 price, f64 *out, diag_t *d);

#endif
