/* The indicators without a peer: cases worked by hand, plain formulas in long double, known laws. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "tests/quant/indicators/series.h"

/* Open, high, low, close, volume, session, reference of each bar, in every lane. */
typedef struct {
    f64 v[SERIES_COLUMNS];
} row_t;

static runner_t run_rows(const char *name, const f64 *params, const row_t *rows, u32 count)
{
    const indicator_desc_t *d = indicator_find(str_from(name));
    CHECK(d != NULL);
    series_t s = series_make(1, count);
    for (u32 i = 0; i < count * INDICATOR_LANES; i++) {
        for (u32 k = 0; k < SERIES_COLUMNS; k++) {
            s.column[k][i] = rows[i / INDICATOR_LANES].v[k];
        }
    }
    runner_t r = runner_make(d, params, count);
    runner_run(&r, &s, 0, count, indicator_level_best());
    series_free(&s);
    return r;
}

static void expect(const runner_t *r, u32 output, u32 bar, f64 want)
{
    for (u32 l = 0; l < INDICATOR_LANES; l++) {
        f64 got = r->out[output][(size_t)bar * INDICATOR_LANES + l];
        if (!(fabs(got - want) <= 1e-12 * fmax(1, fabs(want)))) {
            print_message("# %s output %u bar %u: %.17g, expected %.17g\n", r->desc->name, output, bar, got,
                          want);
        }
        CHECK(fabs(got - want) <= 1e-12 * fmax(1, fabs(want)));
    }
}

/* A session of two bars: high 110, low 100, close 104. Pivot 314 / 3. */
static const row_t TWO_SESSIONS[] = {
    {{102, 108, 101, 103, 10, 1, 1}},
    {{103, 110, 100, 104, 20, 0, 1}},
    {{105, 106, 103, 105, 30, 1, 1}},
    {{105, 107, 104, 106, 40, 0, 1}},
};

TEST(pivots_by_hand)
{
    UNUSED_STATE;
    f64 p = 314.0 / 3;
    const f64 classic[] = {p,      2 * p - 100,        p + 10, 110 + 2 * (p - 100), 2 * p - 110,
                           p - 10, 100 - 2 * (110 - p)};
    const f64 fibonacci[] = {p, p + 3.82, p + 6.18, p + 10, p - 3.82, p - 6.18, p - 10};
    const f64 camarilla[] = {p,     104 + 11.0 / 12, 104 + 11.0 / 6, 104 + 11.0 / 4,
                             109.5, 104 - 11.0 / 12, 104 - 11.0 / 6, 104 - 11.0 / 4,
                             98.5};
    static const char *const NAMES[] = {"pivots_classic", "pivots_fibonacci", "pivots_camarilla"};
    const f64 *const want[] = {classic, fibonacci, camarilla};
    for (u32 k = 0; k < 3; k++) {
        runner_t r = run_rows(NAMES[k], NULL, TWO_SESSIONS, 4);
        for (u32 o = 0; o < r.desc->output_count; o++) {
            expect(&r, o, 0, 0);
            expect(&r, o, 1, 0); /* no session has ended yet */
            expect(&r, o, 2, want[k][o]);
            expect(&r, o, 3, want[k][o]);
        }
        runner_free(&r);
    }
}

TEST(volume_profile_by_hand)
{
    UNUSED_STATE;
    /* Range 0..10 in five bins of 2. Volumes by bin: bar 1 gives 10 a bin; bar 2 (4..6) gives 40 to the
     * third; bar 3 (6..8) gives 20 to the fourth; bar 4 stands at 4 without range and gives 5 to the third.
     */
    static const row_t ROWS[] = {{{5, 10, 0, 5, 50, 1, 1}},
                                 {{5, 6, 4, 5, 40, 0, 1}},
                                 {{7, 8, 6, 7, 20, 0, 1}},
                                 {{4, 4, 4, 4, 5, 0, 1}}};
    /* 10 10 55 30 10 of 115: the third holds 55, with the fourth 85 >= 80.5. */
    runner_t r = run_rows("volume_profile", (const f64[4]){4, 5, 0.7}, ROWS, 4);
    expect(&r, 0, 3, 5);
    expect(&r, 1, 3, 8);
    expect(&r, 2, 3, 4);
    runner_free(&r);
    /* 0.75 of 115 is 86.25: one more; below and above hold 10 each, the tie goes up. */
    r = run_rows("volume_profile", (const f64[4]){4, 5, 0.75}, ROWS, 4);
    expect(&r, 1, 3, 10);
    expect(&r, 2, 3, 4);
    runner_free(&r);
    r = run_rows("volume_profile", (const f64[4]){4, 5, 1}, ROWS, 4);
    expect(&r, 1, 3, 10);
    expect(&r, 2, 3, 0);
    runner_free(&r);
}

TEST(rvol_by_time_of_day_by_hand)
{
    UNUSED_STATE;
    /* Sessions of 3, 2 (a half day) and 3 bars. */
    static const f64 VOLUME[] = {10, 20, 30, 30, 20, 40, 80, 90};
    static const f64 BEGINS[] = {1, 0, 0, 1, 0, 1, 0, 0};
    static const f64 BAR[] = {0, 0, 0, 3, 1, 2, 4, 3}; /* the half day has no third bar */
    static const f64 RUNNING[] = {0, 0, 0, 3, 50 / 30.0, 2, 120 / 40.0, 210 / 60.0};
    row_t rows[8];
    for (u32 i = 0; i < 8; i++) {
        rows[i] = (row_t){{1, 1, 1, 1, VOLUME[i], BEGINS[i], 1}};
    }
    runner_t r = run_rows("rvol_time", (const f64[4]){5, 4}, rows, 8);
    for (u32 i = 0; i < 8; i++) {
        expect(&r, 0, i, BAR[i]);
        expect(&r, 1, i, RUNNING[i]);
    }
    runner_free(&r);
    /* One day back: the third session sees the half day alone. Two slots: the third bar is beyond. */
    r = run_rows("rvol_time", (const f64[4]){1, 2}, rows, 8);
    expect(&r, 0, 2, 0);
    expect(&r, 0, 5, 40 / 30.0);
    expect(&r, 0, 6, 4);
    expect(&r, 0, 7, 0);
    runner_free(&r);
}

TEST(supertrend_by_hand)
{
    UNUSED_STATE;
    /* Period 1, width 1: the range of each bar is its average. */
    static const row_t ROWS[] = {
        {{10, 11, 9, 10, 1, 1, 1}},
        {{10, 11, 9, 10, 1, 0, 1}},   /* 10 +- 2, starts falling: 12 */
        {{10, 14, 10, 13, 1, 0, 1}},  /* range 4: 16 and 8; 12 stays, 13 passes it: 8 */
        {{13, 15, 13, 15, 1, 0, 1}},  /* range 2: 14 +- 2, lower 12 */
        {{15, 15, 11, 11, 1, 0, 1}}}; /* range 4: 13 +- 4: lower stays 12, 11 breaks it:
                                         upper was let go to 16 when 13 > 12, now 17: 16 */
    runner_t r = run_rows("supertrend", (const f64[4]){1, 1}, ROWS, 5);
    static const f64 LINE[] = {0, 12, 8, 12, 16}, SIDE[] = {0, -1, 1, 1, -1};
    for (u32 i = 0; i < 5; i++) {
        expect(&r, 0, i, LINE[i]);
        expect(&r, 1, i, SIDE[i]);
    }
    runner_free(&r);
}

/* Plain formulas over one lane. */
static long double plain_volatility(const char *name, const series_t *s, u32 lane, u32 n, u32 p)
{
#define V(c, i) ((long double)s->column[c][(size_t)(i)*INDICATOR_LANES + lane])
    long double a = 0, b = 0, c = 0, aa = 0, bb = 0, k = 0.34L / (1.34L + (p + 1.0L) / (p - 1.0L));
    for (u32 i = n + 1 - p; i <= n; i++) {
        long double hl = logl(V(1, i) / V(2, i)), co = logl(V(3, i) / V(0, i));
        if (strcmp(name, "vol_parkinson") == 0) {
            a += hl * hl / (4 * logl(2));
        } else if (strcmp(name, "vol_garman_klass") == 0) {
            a += hl * hl / 2 - (2 * logl(2) - 1) * co * co;
        } else {
            a += logl(V(1, i) / V(3, i)) * logl(V(1, i) / V(0, i)) +
                 logl(V(2, i) / V(3, i)) * logl(V(2, i) / V(0, i));
        }
        long double over =
            strcmp(name, "vol_close") == 0 ? logl(V(3, i) / V(3, i - 1)) : logl(V(0, i) / V(3, i - 1));
        b += over;
        bb += over * over;
        c += co;
        aa += co * co;
    }
    long double night = (bb - b * b / p) / (p - 1), day = (aa - c * c / p) / (p - 1);
    if (strcmp(name, "vol_close") == 0) {
        return sqrtl(252 * night);
    }
    return sqrtl(252 * (strcmp(name, "vol_yang_zhang") == 0 ? night + k * day + (1 - k) * a / p : a / p));
#undef V
}

TEST(volatility_agrees_with_plain_formulas)
{
    UNUSED_STATE;
    static const char *const NAMES[] = {"vol_close", "vol_parkinson", "vol_garman_klass",
                                        "vol_rogers_satchell", "vol_yang_zhang"};
    series_t s = series_make(11, 300);
    for (u32 k = 0; k < COUNT_OF(NAMES); k++) {
        runner_t r = runner_make(indicator_find(str_from(NAMES[k])), NULL, 300);
        runner_run(&r, &s, 0, 300, indicator_level_best());
        for (u32 n = 20; n < 300; n++) {
            for (u32 l = 0; l < INDICATOR_LANES; l++) {
                long double want = plain_volatility(NAMES[k], &s, l, n, 20);
                f64 got = r.out[0][(size_t)n * INDICATOR_LANES + l];
                /* A flat window's variance is what rounding leaves of it. */
                CHECK(fabsl(got - want) <= 1e-11L * want + 1e-8L);
            }
        }
        runner_free(&r);
    }
    series_free(&s);
}

/* Closes of a random walk whose next step repeats the sign of the last one with that chance. */
static f64 mean_hurst(f64 repeat, u64 seed, f64 *spread)
{
    enum { N = 2048, P = 256 };
    series_t s = series_make(1, N);
    for (u32 l = 0; l < INDICATOR_LANES; l++) {
        rng_key_t key = {.seed = seed, .purpose = RNG_TEST, .entity = l};
        f64 x = 100, sign = 1;
        for (u32 i = 0; i < N; i++) {
            sign = rng_unit(key, 2 * i) < repeat ? sign : -sign;
            x *= 1 + 0.01 * sign * rng_unit(key, 2 * i + 1);
            s.column[3][(size_t)i * INDICATOR_LANES + l] = x;
        }
    }
    runner_t r = runner_make(indicator_find(STR("hurst")), (const f64[4]){P}, N);
    runner_run(&r, &s, 0, N, indicator_level_best());
    f64 sum = 0, squares = 0;
    u32 count = 0;
    for (u32 i = P; i < N; i += P) { /* windows apart from each other */
        for (u32 l = 0; l < INDICATOR_LANES; l++, count++) {
            f64 h = r.out[0][(size_t)i * INDICATOR_LANES + l];
            sum += h;
            squares += h * h;
        }
    }
    runner_free(&r);
    series_free(&s);
    *spread = sqrt(squares / count - sum / count * (sum / count));
    return sum / count;
}

TEST(hurst_tells_persistence)
{
    UNUSED_STATE;
    f64 spread = 0, walk = mean_hurst(0.5, 1, &spread);
    print_message("# independent returns: %.3f, spread %.3f\n", walk, spread);
    CHECK(fabs(walk - 0.5) < 4 * spread / sqrt(56) && spread < 0.12);
    f64 trend = mean_hurst(0.7, 2, &spread), back = mean_hurst(0.3, 3, &spread);
    print_message("# repeating 0.7: %.3f, 0.3: %.3f\n", trend, back);
    CHECK(trend > walk + 0.1 && back < walk - 0.1);
}

TEST(ends_of_the_scales)
{
    UNUSED_STATE;
    row_t up[80], flat[80];
    for (u32 i = 0; i < 80; i++) {
        f64 x = 100 + i;
        up[i] = (row_t){{x, x + 1, x - 1, x, 1000, i % 10 == 0, 2 * x}};
        flat[i] = (row_t){{17.3, 17.3, 17.3, 17.3, 0, i % 10 == 0, 17.3}};
    }
    static const struct {
        const char *name;
        f64 params[4], up, flat;
    } CASES[] = {{"efficiency", {10}, 1, 0},         {"mfi", {14}, 100, 50},
                 {"correlation", {20}, 1, 0},        {"beta", {20}, 1, 0},
                 {"hurst", {32}, -1, 0.5},           {"zscore", {5}, 2 / 1.41421356237309504880, 0},
                 {"cci", {5}, 2 / (0.015 * 1.2), 0}, {"williams", {3}, -25, 0},
                 {"wma", {3}, 179 - 2 / 3.0, 17.3},  {"roc", {10}, 1000 / 169.0, 0},
                 {"vol_parkinson", {5, 1}, -1, 0},   {"vol_close", {5, 1}, -1, 0},
                 {"vol_yang_zhang", {5, 1}, -1, 0},  {"volume_profile", {10, 5, 0.7}, -1, 17.3},
                 {"keltner", {5, 5, 2}, -1, 17.3},   {"psar", {0.02, 0.2}, -1, 17.3}};
    for (size_t k = 0; k < COUNT_OF(CASES); k++) {
        runner_t r = run_rows(CASES[k].name, CASES[k].params, up, 80);
        if (CASES[k].up != -1) {
            expect(&r, 0, 79, CASES[k].up);
        }
        runner_free(&r);
        r = run_rows(CASES[k].name, CASES[k].params, flat, 80);
        expect(&r, 0, 79, CASES[k].flat);
        runner_free(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pivots_by_hand),
        cmocka_unit_test(volume_profile_by_hand),
        cmocka_unit_test(rvol_by_time_of_day_by_hand),
        cmocka_unit_test(supertrend_by_hand),
        cmocka_unit_test(volatility_agrees_with_plain_formulas),
        cmocka_unit_test(hurst_tells_persistence),
        cmocka_unit_test(ends_of_the_scales),
    };
    return RUN_TESTS(tests);
}
