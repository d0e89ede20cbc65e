/* A continuous future, forward: decision 22 for rolls.
 *
 * Stored are the contracts' own prices and the dated rolls. The continuous price at t is the front contract's
 * price times F(t), F the product over the rolls known by t of (old contract's price) / (new contract's
 * price) at the roll: append-only, never revised. The first contract's prices stand as traded. A
 * back-adjusted series, in contrast, moves every past price with each roll and is for charts only. Levels
 * divide by F(as_of). Pure. */
#ifndef VITRINE_MARKET_ROLL_BUILD_H
#define VITRINE_MARKET_ROLL_BUILD_H

#include "model/bar.h"

enum { ROLLS_MAX = 512 /* four a year for a century, and room */ };

/* Both contracts' last prices at the roll, and when both were known. */
typedef struct {
    i64 t_known;
    price_t old_price;
    price_t new_price;
} roll_t;

typedef struct {
    u32 count;
    i64 t_known[ROLLS_MAX];
    f64 factor[ROLLS_MAX]; /* after that roll */
} roll_factors_t;

/* Adds a roll; rolls come in order of t_known. ERR_PARAM_RANGE for a price that is not above zero or an older
 * roll, ERR_POOL_FULL. */
MUST_USE err_t roll_add(roll_factors_t *f, const roll_t *r);
/* F as known at t: 1 before the first roll. */
f64 roll_factor(const roll_factors_t *f, i64 t);

#endif
