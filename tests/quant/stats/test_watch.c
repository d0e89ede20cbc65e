/* The watch calls back at most the stated share of challengers that are no worse, over years of days and
 * whatever the days are like, and one that has become worse within the stated days. */
#include "tests/budget.h"
#include "tests/test.h"

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/watch.h"
#include "tests/quant/stats/share.h"

enum { DAYS = 1000, CASES = 2000 };
#define NOISE 0.002

typedef enum { NORMAL, HEAVY, SPELLS, KINDS } kind_t;

static f64 normal(u64 seed, u64 n)
{
    rng_key_t key = {.seed = seed, .purpose = RNG_TEST, .entity = 5};
    return q_norm_inv(q_clamp(rng_unit(key, n), 1e-12, 1.0 - 1e-12));
}

/* A day's difference around 0: normal; a ratio of normals with wild days; or calm and storm in turn. */
static f64 day_of(kind_t kind, u64 seed, u32 i)
{
    f64 z = normal(seed, i);
    if (kind == HEAVY) {
        return NOISE * z / q_max(q_abs(normal(seed + 1000000, i)), 0.05);
    }
    return kind == SPELLS && i / 50 % 2 == 1 ? 4.0 * NOISE * z : NOISE * z;
}

/* Of challengers without any difference in the mean. The bound is for all their days together, so that
 * looking every day costs nothing; noise that was thought five times larger or smaller changes days, not the
 * share. */
TEST(equals_are_seldom_called_back)
{
    UNUSED_STATE;
    static const char *const names[KINDS] = {"normal", "heavy tails", "calm and storm"};
    static const f64 thought[] = {1.0, 0.2, 5.0};
    static f64 diff[DAYS];
    for (kind_t kind = NORMAL; kind < KINDS; kind++) {
        budget_t b = budget_start(CASES);
        u32 out[COUNT_OF(thought)] = {0};
        u64 seed = 0;
        while (budget_next(&b, &seed)) {
            for (u32 i = 0; i < DAYS; i++) {
                diff[i] = day_of(kind, seed, i);
            }
            for (u32 t = 0; t < COUNT_OF(thought); t++) {
                out[t] += watch_over(diff, DAYS, thought[t] * NOISE).alarm ? 1 : 0;
            }
        }
        budget_say(&b, "equal challengers");
        print_message("# %s: of %llu equals %u, %u and %u are called back in %d days; at most %.1f %%\n",
                      names[kind], (unsigned long long)b.done, out[0], out[1], out[2], DAYS,
                      100.0 * share_at_most(out[0], b.done));
        for (u32 t = 0; t < COUNT_OF(thought); t++) {
            CHECK(share_at_least(out[t], b.done) <= WATCH_ALPHA);
        }
        CHECK(b.done < 1000 ||
              (share_at_most(out[0], b.done) < 0.06 && out[0] > 0)); /* neither does it sleep */
    }
}

static int by_size(const void *a, const void *b)
{
    u32 x = *(const u32 *)a;
    u32 y = *(const u32 *)b;
    return x < y ? -1 : x > y;
}

/* A challenger that was as good for twenty days and then loses 0.2 and 0.4 deviations a day. */
TEST(a_decay_is_seen_in_time)
{
    UNUSED_STATE;
    static const struct {
        f64 loss;
        u32 median, most; /* days from its beginning */
    } cases[] = {{0.2, 205, 540}, {0.4, 72, 155}};
    static f64 diff[DAYS];
    static u32 delay[CASES];
    for (u32 c = 0; c < COUNT_OF(cases); c++) {
        budget_t b = budget_start(CASES);
        u64 seed = 0;
        u32 n = 0;
        while (budget_next(&b, &seed)) {
            for (u32 i = 0; i < DAYS; i++) {
                diff[i] = day_of(NORMAL, seed, i) - (i < 20 ? 0.0 : cases[c].loss * NOISE);
            }
            watch_t w = watch_over(diff, DAYS, NOISE);
            delay[n++] = w.alarm ? MAX_OF(w.day, 20U) - 20U : DAYS;
        }
        budget_say(&b, "decays");
        qsort(delay, n, sizeof delay[0], by_size);
        print_message("# a loss of %.1f deviations a day: half are seen within %u days, 95 %% within %u\n",
                      cases[c].loss, delay[n / 2], delay[n * 95 / 100]);
        CHECK(delay[n / 2] <= cases[c].median && delay[n * 95 / 100] <= cases[c].most);
        CHECK(delay[n / 2] > 0);
    }
}

/* What was said of the first days stands, whatever comes after; and who is better is never called back. */
TEST(later_days_unsay_nothing)
{
    UNUSED_STATE;
    static f64 diff[DAYS];
    for (u64 seed = 0; seed < 50; seed++) {
        for (u32 i = 0; i < DAYS; i++) {
            diff[i] = day_of(NORMAL, seed, i) + (i < 400 ? -0.5 : 2.0) * NOISE;
        }
        watch_t all = watch_over(diff, DAYS, NOISE);
        CHECK(all.alarm && all.day <= 400);
        CHECK(!watch_over(diff, all.day - 1, NOISE).alarm);
        watch_t then = watch_over(diff, all.day, NOISE);
        CHECK(then.alarm && then.day == all.day && then.evidence == all.evidence);
        CHECK(then.evidence >= 1.0 / WATCH_ALPHA * (1.0 - 1e-9));
        for (u32 i = 0; i < DAYS; i++) {
            diff[i] = -diff[i];
        }
        CHECK(!watch_over(diff, 400, NOISE).alarm);
    }
    watch_t none = watch_over(NULL, 0, NOISE);
    CHECK(!none.alarm && none.day == 0 && none.evidence == 1.0 && none.mean == 0.0);
}

/* The bound worked out by hand: one day of -3 deviations. */
TEST(the_evidence_is_the_formula)
{
    UNUSED_STATE;
    f64 day = -3.0 * NOISE;
    f64 r = WATCH_DAYS;
    f64 v = 9.0 + r;
    f64 want = 2.0 * q_sqrt(r / v) * q_exp(9.0 / (2.0 * v)) * q_norm_cdf(3.0 / q_sqrt(v));
    f64 got = watch_over(&day, 1, NOISE).evidence;
    CHECK(q_abs(got / want - 1.0) < 1e-12);
    f64 worst = -1e6; /* a day beyond all bounds is finite evidence */
    CHECK(watch_over(&worst, 1, NOISE).evidence < 2.0 && watch_over(&worst, 1, NOISE).evidence > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_are_seldom_called_back),
        cmocka_unit_test(a_decay_is_seen_in_time),
        cmocka_unit_test(later_days_unsay_nothing),
        cmocka_unit_test(the_evidence_is_the_formula),
    };
    return RUN_TESTS(tests);
}
