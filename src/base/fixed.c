/* See fixed.h. */
#include "base/fixed.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"

/* The quotient away from zero where the mode says so; `remainder` has the product's sign. */
static bool rounds_away(u64 remainder, u64 divisor, round_t mode)
{
    return remainder != 0 &&
           (mode == ROUND_UP || (mode == ROUND_NEAREST && remainder >= divisor - remainder));
}

static u64 size_of(i64 v)
{
    return v < 0 ? (u64)0 - (u64)v : (u64)v;
}

/* Products of money seldom need the 128 bits that they get, and dividing 128 bits costs several times what
 * dividing 64 does: the sizes are divided, as short as they are, and the sign is put on afterwards. Inline,
 * so that a divisor that is known where it is called is not divided by at all. */
static inline err_t mul_div(i64 a, i64 b, i64 c, round_t mode, i64 *out)
{
    u128 product = (u128)size_of(a) * size_of(b);
    u64 divisor = size_of(c);
    bool is_short = product <= UINT64_MAX;
    u128 quotient = is_short ? (u64)product / divisor : product / divisor;
    u64 remainder = (u64)(product - quotient * divisor);
    quotient += rounds_away(remainder, divisor, mode) ? 1 : 0;
    if (quotient > (u128)I64_MAX) {
        return ERR_OVERFLOW;
    }
    bool negative = ((a ^ b) ^ c) < 0;
    *out = negative ? -(i64)quotient : (i64)quotient;
    return ERR_OK;
}

err_t fixed_mul_div(i64 a, i64 b, i64 c, round_t mode, i64 *out)
{
    ASSERT(out != NULL);
    return c == 0 ? ERR_PARAM_RANGE : mul_div(a, b, c, mode, out);
}

err_t fixed_add(i64 a, i64 b, i64 *out)
{
    ASSERT(out != NULL);
    i64 sum;
    if (__builtin_add_overflow(a, b, &sum)) {
        return ERR_OVERFLOW;
    }
    *out = sum;
    return ERR_OK;
}

err_t fixed_sub(i64 a, i64 b, i64 *out)
{
    ASSERT(out != NULL);
    i64 difference;
    if (__builtin_sub_overflow(a, b, &difference)) {
        return ERR_OVERFLOW;
    }
    *out = difference;
    return ERR_OK;
}

i64 fixed_pow10(u32 n)
{
    ASSERT(n <= 18);
    i64 p = 1;
    for (u32 i = 0; i < n; i++) {
        p *= 10;
    }
    return p;
}

err_t money_of(price_t price, qty_t quantity, i32 exponent, i64 multiplier, round_t mode, money_t *out)
{
    ASSERT(out != NULL);
    ASSERT(exponent <= 0 && exponent >= QTY_EXPONENT_MIN);
    i128 units = (i128)quantity.v * (i128)multiplier;
    if (units > I64_MAX || units < -(i128)I64_MAX) {
        return ERR_OVERFLOW;
    }
    if (exponent == 0) { /* whole shares: nearly all there is */
        return mul_div(price.v, (i64)units, PRICE_SCALE / MONEY_SCALE, mode, &out->v);
    }
    i64 divisor = (PRICE_SCALE / MONEY_SCALE) * fixed_pow10((u32)-exponent);
    return mul_div(price.v, (i64)units, divisor, mode, &out->v);
}

err_t fixed_from_f64(f64 value, i64 scale, i64 *out)
{
    ASSERT(out != NULL);
    ASSERT(scale > 0);
    if (!isfinite(value)) {
        return ERR_NUMBER;
    }
    f64 scaled = value * (f64)scale;
    if (scaled >= 9.2e18 || scaled <= -9.2e18) {
        return ERR_OVERFLOW;
    }
    f64 whole = scaled < 0 ? -__builtin_floor(-scaled + 0.5) : __builtin_floor(scaled + 0.5);
    *out = (i64)whole;
    return ERR_OK;
}

u32 fixed_print(char *out, size_t out_size, i64 value, u32 scale, u32 decimals_min)
{
    ASSERT(out != NULL && out_size >= 32);
    ASSERT(scale <= 18 && decimals_min <= scale);
    char digits[40];
    u64 rest = value < 0 ? (u64)0 - (u64)value : (u64)value;
    u32 count = 0;
    while (rest > 0 || count <= scale) {
        digits[count++] = (char)('0' + (char)(rest % 10));
        rest /= 10;
    }
    u32 cut = 0;
    while (scale - cut > decimals_min && digits[cut] == '0') {
        cut++;
    }
    u32 n = 0;
    if (value < 0) {
        out[n++] = '-';
    }
    for (u32 i = count; i > cut; i--) {
        if (i == scale && cut < scale) {
            out[n++] = '.';
        }
        out[n++] = digits[i - 1];
    }
    out[n] = '\0';
    ASSERT(n < out_size);
    return n;
}
