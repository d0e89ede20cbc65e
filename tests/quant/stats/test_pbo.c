/* Overfitting: nought where one try is better everywhere, one where each shines on a few days only, about a
 * half where all are noise. */
#include "tests/test.h"

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/pbo.h"

enum { TRIES = 20, DAYS = 320 };
static f64 ret[TRIES * DAYS];
static u8 memory[1 << 20];

static f64 noise(u32 entity, u64 n)
{
    return q_norm_inv(rng_unit((rng_key_t){.seed = 5, .purpose = RNG_TEST, .entity = entity}, n) * 0.999998 +
                      1e-6);
}

static pbo_t compute(u32 tries, u32 days)
{
    arena_t a;
    pbo_t p;
    arena_init(&a, memory, sizeof memory);
    CHECK_OK(pbo_compute(&a, ret, tries, days, &p));
    CHECK_EQ(p.combinations, 12870); /* 16 over 8 */
    return p;
}

static void fill(f64 (*of)(u32 try, u32 day))
{
    for (u32 k = 0; k < TRIES; k++) {
        for (u32 t = 0; t < DAYS; t++) {
            ret[k * DAYS + t] = of(k, t);
        }
    }
}

static f64 one_better(u32 k, u32 t)
{
    return 0.01 * noise(k, t) + (k == 7 ? 0.02 : 0.0);
}

static f64 only_noise(u32 k, u32 t)
{
    return 0.01 * noise(100 + k, t);
}

/* Try k of the first 16 gains on block k alone and loses elsewhere: whoever is best in sample has spent its
 * luck there. The others earn a little every day. */
static f64 one_block(u32 k, u32 t)
{
    if (k >= 16) {
        return 0.001 * noise(200 + k, t) + 0.00005;
    }
    return 0.001 * noise(200 + k, t) + (t * 16 / DAYS == k ? 0.03 : -0.001);
}

TEST(known_truths)
{
    UNUSED_STATE;
    fill(one_better);
    pbo_t p = compute(TRIES, DAYS);
    CHECK(p.pbo == 0.0 && p.loss == 0.0 && p.logit_mean > 2.0);
    fill(only_noise);
    p = compute(TRIES, DAYS);
    CHECK(p.pbo > 0.25 && p.pbo < 0.75);
    fill(one_block);
    p = compute(TRIES, DAYS);
    CHECK(p.pbo > 0.99 && p.loss > 0.99 && p.logit_mean < 0.0);
}

/* Equal tries share their ranks: the middle, neither below nor above. */
TEST(ties_are_the_middle)
{
    UNUSED_STATE;
    for (u32 k = 0; k < TRIES; k++) {
        for (u32 t = 0; t < DAYS; t++) {
            ret[k * DAYS + t] = only_noise(1, t);
        }
    }
    pbo_t p = compute(TRIES, DAYS);
    CHECK(p.pbo == 0.5 && q_abs(p.logit_mean) < 1e-12);
}

TEST(too_little)
{
    UNUSED_STATE;
    arena_t a;
    pbo_t p;
    arena_init(&a, memory, sizeof memory);
    CHECK_EQ(pbo_compute(&a, ret, PBO_TRIALS_MIN - 1, DAYS, &p), ERR_EMPTY);
    CHECK_EQ(pbo_compute(&a, ret, TRIES, PBO_BLOCKS * PBO_BLOCK_DAYS_MIN - 1, &p), ERR_EMPTY);
    arena_init(&a, memory, 64);
    CHECK_EQ(pbo_compute(&a, ret, TRIES, DAYS, &p), ERR_ARENA_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(known_truths), cmocka_unit_test(ties_are_the_middle),
                                       cmocka_unit_test(too_little)};
    return RUN_TESTS(tests);
}
