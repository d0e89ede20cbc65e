/* Forward factors (decision 22): raw prices made continuous across splits and dividends without ever being
 * revised.
 *
 * adjusted(t) = raw(t) x price factor(t), the product of factors of all actions known up to t from the
 * series' start, where it is 1. A split of n new for d old multiplies it by n / d; a dividend D after a
 * last raw close P by P / (P - D). Volume is continuous as raw / split factor. A level found on the
 * adjusted series is turned back to raw by dividing by the factor of that moment. Nothing here looks
 * ahead: append-only by construction. Pure values; multiplication and division only, so the bits are the
 * same everywhere. */
#ifndef VITRINE_MARKET_FORWARD_H
#define VITRINE_MARKET_FORWARD_H

#include "model/bar.h"

typedef struct {
    f64 price;      /* multiplies raw prices */
    f64 split;      /* divides raw volume: units of the series' start, in lots */
    f64 lots;       /* lots in a unit: what a volume is counted in (1 for shares) */
    i64 close_last; /* last raw close, price_t units; 0: none yet */
    u32 actions;    /* applied */
    u32 refused;    /* dividends that could not be applied: no close before, or D >= P */
} forward_t;

forward_t forward_start(void); /* of shares */
/* Of what is counted in 10^exponent of a unit (0 to -8): volumes come out in units. */
forward_t forward_start_in(i32 exponent);
/* Applies an action before the bars of its ex-date. False (and counted) if it cannot be applied; the
 * factor stays. */
bool forward_action(forward_t *f, const action_t *a);
/* Takes note of a raw bar's close, after its actions. Late corrections are not passed in. */
void forward_bar(forward_t *f, const bar_t *b);
static inline f64 forward_price(const forward_t *f, price_t raw) { return price_to_f64(raw) * f->price; }
static inline f64 forward_volume(const forward_t *f, i64 raw) { return (f64)raw / f->split; }
/* Level of the adjusted series as a raw price of this moment. ERR_NUMBER, ERR_OVERFLOW. */
MUST_USE err_t forward_level(const forward_t *f, f64 adjusted, price_t *out);

#endif
