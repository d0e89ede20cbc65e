/* Fixed point: price, quantity, money, and the only doors between them and double.
 *
 * price_t is 1e-9 of a currency unit, money_t 1e-6 of the account's base currency, qty_t counts units of the
 * instrument's own exponent (0 for whole shares, -8 for satoshis). Struct wrappers keep them apart: a price
 * cannot be added to money by mistake. Products go through 128 bits; every rounding names its mode. */
#ifndef VITRINE_BASE_FIXED_H
#define VITRINE_BASE_FIXED_H

#include "base/err.h"
#include "base/types.h"

typedef struct {
    i64 v;
} price_t; /* 1e-9 */
typedef struct {
    i64 v;
} qty_t; /* 10^exponent of the instrument */
typedef struct {
    i64 v;
} money_t; /* 1e-6 of the base currency */

/* An amount in any currency; crosses to money_t only through a recorded conversion rate. */
typedef struct {
    i64 v;        /* 1e-6 fiat, 1e-8 crypto */
    u16 currency; /* model/currency.h */
} amount_t;

#define PRICE_SCALE 1000000000LL
#define MONEY_SCALE 1000000LL
#define QTY_EXPONENT_MIN (-8)

typedef enum { ROUND_DOWN, ROUND_UP, ROUND_NEAREST } round_t; /* toward zero, away from zero, half away */

/* a x b / c through 128 bits. ERR_PARAM_RANGE if c == 0, ERR_OVERFLOW if the result does not fit. */
MUST_USE err_t fixed_mul_div(i64 a, i64 b, i64 c, round_t mode, i64 *out);
/* Checked sums. ERR_OVERFLOW. */
MUST_USE err_t fixed_add(i64 a, i64 b, i64 *out);
MUST_USE err_t fixed_sub(i64 a, i64 b, i64 *out);
/* 10^n for 0 <= n <= 18. */
i64 fixed_pow10(u32 n);

/* A sum that money may not hold, as near as it can: for figures that are shown or compared. */
static inline money_t money_saturated(i128 v)
{
    return (money_t){(i64)(v > I64_MAX ? I64_MAX : v < -(i128)I64_MAX ? -I64_MAX : v)};
}
/* price x quantity as money; `exponent` is the instrument's (0 to -8), `multiplier` its contract size. */
MUST_USE err_t money_of(price_t price, qty_t quantity, i32 exponent, i64 multiplier, round_t mode,
                        money_t *out);

/* The one way back from analytics: finite, in range, rounded half away from zero. ERR_NUMBER, ERR_OVERFLOW.
 */
MUST_USE err_t fixed_from_f64(f64 value, i64 scale, i64 *out);
static inline f64 price_to_f64(price_t p)
{
    return (f64)p.v / (f64)PRICE_SCALE;
}
static inline f64 money_to_f64(money_t m)
{
    return (f64)m.v / (f64)MONEY_SCALE;
}

/* Decimal text without an exponent: value at 10^-scale, at least `decimals_min` decimals, trailing zeros cut.
 * Returns the length written; out gets a NUL. out_size >= 32. */
u32 fixed_print(char *out, size_t out_size, i64 value, u32 scale, u32 decimals_min);

#endif
