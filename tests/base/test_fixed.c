/* Products in fixed point against the plain way, in 128 bits with signs, at the edges and by chance. */
#include "tests/test.h"

#include "base/fixed.h"
#include "base/rng.h"

enum { CASES = 200000 };

/* As it is defined: the whole quotient, then what the rounding adds. */
static bool plainly(i64 a, i64 b, i64 c, round_t mode, i64 *out)
{
    i128 product = (i128)a * b;
    i128 quotient = product / c;
    i128 rest = product % c;
    i128 twice = rest < 0 ? -rest * 2 : rest * 2;
    i128 size = c < 0 ? -(i128)c : (i128)c;
    bool up = rest != 0 && (mode == ROUND_UP || (mode == ROUND_NEAREST && twice >= size));
    quotient += up ? ((product < 0) == (c < 0) ? 1 : -1) : 0;
    *out = quotient > I64_MAX || quotient < -(i128)I64_MAX ? 0 : (i64)quotient;
    return quotient <= I64_MAX && quotient >= -(i128)I64_MAX;
}

static void agree(i64 a, i64 b, i64 c)
{
    for (u32 mode = ROUND_DOWN; mode <= ROUND_NEAREST; mode++) {
        i64 want;
        i64 got = 77;
        bool fits = plainly(a, b, c, (round_t)mode, &want);
        CHECK_EQ(fixed_mul_div(a, b, c, (round_t)mode, &got), fits ? ERR_OK : ERR_OVERFLOW);
        CHECK_EQ(got, fits ? want : 77);
    }
}

TEST(edges_agree_with_the_plain_way)
{
    UNUSED_STATE;
    static const i64 edge[] = {
        I64_MIN, I64_MIN + 1, -(1LL << 32), -1000,       -3,        -2,          -1,          0,      1, 2, 3,
        7,       1000,        MONEY_SCALE,  PRICE_SCALE, 1LL << 32, I64_MAX / 2, I64_MAX - 1, I64_MAX};
    i64 out = 77;
    for (u32 i = 0; i < COUNT_OF(edge); i++) {
        for (u32 k = 0; k < COUNT_OF(edge); k++) {
            for (u32 n = 0; n < COUNT_OF(edge); n++) {
                if (edge[n] != 0) {
                    agree(edge[i], edge[k], edge[n]);
                }
            }
        }
        CHECK_EQ(fixed_mul_div(edge[i], 1, 0, ROUND_DOWN, &out), ERR_PARAM_RANGE);
    }
    CHECK_EQ(out, 77);
}

/* Of every size, so that short products, long ones and those that overflow all occur. */
static i64 any(u64 n)
{
    rng_key_t key = {.seed = 3};
    u64 v = rng_at(key, 2 * n) >> (rng_at(key, 2 * n + 1) % 64);
    return (i64)(rng_at(key, ~n) % 2 == 0 ? v : (u64)0 - v);
}

TEST(chance_agrees_with_the_plain_way)
{
    UNUSED_STATE;
    for (u64 n = 0; n < CASES; n++) {
        i64 c = any(3 * n);
        agree(any(3 * n + 1), any(3 * n + 2), c == 0 ? 1 : c);
    }
}

TEST(money_is_price_times_quantity)
{
    UNUSED_STATE;
    money_t out;
    for (u64 n = 0; n < CASES; n++) {
        i32 exponent = -(i32)(n % 9);
        round_t mode = (round_t)(n / 9 % 3);
        i64 qty = any(3 * n) / 1000;
        i64 multiplier = n % 5 == 0 ? 100 : 1;
        i64 price = any(3 * n + 1);
        i64 want = 0;
        if (qty > I64_MAX / 100 || qty < -I64_MAX / 100) {
            continue;
        }
        bool fits = plainly(price, qty * multiplier, 1000 * fixed_pow10((u32)-exponent), mode, &want);
        CHECK_EQ(money_of((price_t){price}, (qty_t){qty}, exponent, multiplier, mode, &out),
                 fits ? ERR_OK : ERR_OVERFLOW);
        CHECK(!fits || out.v == want);
    }
    CHECK_OK(money_of((price_t){12345 * PRICE_SCALE / 100}, (qty_t){-200}, 0, 1, ROUND_NEAREST, &out));
    CHECK_EQ(out.v, -24690 * MONEY_SCALE);
    CHECK_OK(money_of((price_t){1}, (qty_t){1500}, 0, 1, ROUND_NEAREST, &out)); /* 1.5e-6 of a unit */
    CHECK_EQ(out.v, 2);
    CHECK_EQ(money_of((price_t){I64_MAX}, (qty_t){I64_MAX}, 0, 1, ROUND_DOWN, &out), ERR_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edges_agree_with_the_plain_way),
        cmocka_unit_test(chance_agrees_with_the_plain_way),
        cmocka_unit_test(money_is_price_times_quantity),
    };
    return RUN_TESTS(tests);
}
