/* Every indicator gives the same bits at every processor level, however the run is cut, and never looks
 * ahead; the fused W1 set gives the bits of the single indicators; values agree with plain formulas in long
 * double. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "tests/quant/indicators/series.h"

static const u32 LENGTHS[] = {1, 2, 13, 14, 27, 28, 34, 100, 251, 252, 253, 257, 700};

static bool same_bits(const runner_t *a, const runner_t *b, u32 bars)
{
    for (u32 o = 0; o < a->desc->output_count; o++) {
        if (memcmp(a->out[o], b->out[o], (size_t)bars * INDICATOR_LANES * sizeof(f64)) != 0) {
            return false;
        }
    }
    return true;
}

/* A second set of parameters within range, so that windows are not only the default ones. */
static void params_variant(const indicator_desc_t *d, u64 seed, f64 *params)
{
    indicator_params_default(d, params);
    for (u32 i = 0; i < d->param_count && seed > 0; i++) {
        f64 span = MIN_OF(d->params[i].hi, 60.0) - d->params[i].lo;
        params[i] =
            d->params[i].lo + floor(rng_unit((rng_key_t){.seed = seed, .purpose = RNG_TEST}, i) * span);
    }
}

static void check_one(const indicator_desc_t *d, const series_t *s, const f64 *params, u64 seed)
{
    runner_t whole = runner_make(d, params, s->count);
    runner_run(&whole, s, 0, s->count, INDICATOR_SSE2);
    for (u32 level = 0; level < INDICATOR_LEVELS; level++) {
        if (indicator_kernels_at(level) == NULL) {
            continue;
        }
        runner_t one = runner_make(d, params, s->count), pieces = runner_make(d, params, s->count);
        runner_t bars = runner_make(d, params, s->count);
        runner_run(&one, s, 0, s->count, level);
        CHECK(same_bits(&whole, &one, s->count));
        rng_key_t key = {.seed = seed, .purpose = RNG_TEST, .entity = 99, .cycle = level};
        for (u32 from = 0, n = 0; from < s->count; n++) {
            u32 to = from + (u32)rng_below(key, n, 70); /* empty pieces too */
            to = MIN_OF(to, s->count);
            runner_run(&pieces, s, from, to, level);
            from = to;
        }
        CHECK(same_bits(&whole, &pieces, s->count));
        for (u32 i = 0; i < s->count; i++) { /* the state moves from level to level */
            u32 other = (i + level) % INDICATOR_LEVELS;
            runner_run(&bars, s, i, i + 1, indicator_kernels_at(other) != NULL ? other : INDICATOR_SSE2);
        }
        CHECK(same_bits(&whole, &bars, s->count));
        runner_free(&one);
        runner_free(&pieces);
        runner_free(&bars);
    }
    u32 first = d->lookback(whole.params);
    for (u32 i = 0; i < MIN_OF(first, s->count) * INDICATOR_LANES; i++) {
        CHECK(whole.out[0][i] == 0);
    }
    for (u32 i = first * INDICATOR_LANES; i < s->count * INDICATOR_LANES; i++) {
        CHECK(isfinite(whole.out[0][i]));
    }
    runner_free(&whole);
}

TEST(levels_and_pieces_give_the_same_bits)
{
    UNUSED_STATE;
    for (size_t n = 0; n < COUNT_OF(LENGTHS); n++) {
        series_t s = series_make(100 + n, LENGTHS[n]);
        for (u32 k = 0; k < indicator_count(); k++) {
            f64 params[INDICATOR_PARAMS_MAX];
            for (u64 variant = 0; variant < 4; variant++) {
                params_variant(indicator_at(k), variant, params);
                check_one(indicator_at(k), &s, params, 7 * n + variant);
            }
        }
        series_free(&s);
    }
}

static void spoil(series_t *s, u32 from, f64 value)
{
    for (u32 k = 0; k < SERIES_COLUMNS; k++) {
        for (size_t i = (size_t)from * INDICATOR_LANES; i < (size_t)s->count * INDICATOR_LANES; i++) {
            s->column[k][i] = value;
        }
    }
}

TEST(prefix_knows_nothing_of_later_bars)
{
    UNUSED_STATE;
    static const f64 ABSURD[] = {1e300, -1e300, 0, 5e-324, INFINITY, NAN};
    for (u32 k = 0; k < indicator_count(); k++) {
        for (u32 cut = 1; cut < 600; cut += 37) {
            series_t s = series_make(5, 600);
            runner_t alone = runner_make(indicator_at(k), NULL, 600),
                     absurd = runner_make(indicator_at(k), NULL, 600);
            u32 level = indicator_level_best();
            runner_run(&alone, &s, 0, cut, level);
            spoil(&s, cut, ABSURD[(cut / 37) % COUNT_OF(ABSURD)]);
            runner_run(&absurd, &s, 0, 600, level);
            CHECK(same_bits(&alone, &absurd, cut));
            runner_free(&alone);
            runner_free(&absurd);
            series_free(&s);
        }
    }
}

typedef struct {
    const char *name;
    f64 params[INDICATOR_PARAMS_MAX];
    u32 output;
} w1_source_t;

static const w1_source_t W1_SOURCE[W1_COLUMNS] = {
    [W1_SMA20] = {"sma", {20}, 0},
    [W1_SMA50] = {"sma", {50}, 0},
    [W1_SMA200] = {"sma", {200}, 0},
    [W1_EMA12] = {"ema", {12}, 0},
    [W1_EMA26] = {"ema", {26}, 0},
    [W1_RSI14] = {"rsi", {14}, 0},
    [W1_ATR14] = {"atr", {14}, 0},
    [W1_MACD] = {"macd", {12, 26, 9}, 0},
    [W1_MACD_SIGNAL] = {"macd", {12, 26, 9}, 1},
    [W1_MACD_HIST] = {"macd", {12, 26, 9}, 2},
    [W1_BB_UPPER] = {"bollinger", {20, 2}, 0},
    [W1_BB_LOWER] = {"bollinger", {20, 2}, 2},
    [W1_ADX14] = {"adx", {14}, 0},
    [W1_VWAP] = {"vwap", {0}, 0},
    [W1_OBV] = {"obv", {0}, 0},
    [W1_STOCH_K] = {"stochastic", {14, 3, 3}, 0},
    [W1_STOCH_D] = {"stochastic", {14, 3, 3}, 1},
    [W1_HIGH252] = {"highest", {252}, 0},
    [W1_LOW252] = {"lowest", {252}, 0},
    [W1_RVOL20] = {"rvol", {20}, 0},
};

/* Fused rows of all bars, in chunks of `chunk` bars. */
static f64 *w1_rows(const series_t *s, u32 level, u32 chunk)
{
    size_t row = (size_t)W1_COLUMNS * INDICATOR_LANES;
    f64 *out = series_array(s->count * row);
    w1_state_t *state = aligned_alloc(64, (sizeof *state + 63) / 64 * 64);
    indicator_w1_reset(state);
    indicator_cols_t in = series_cols(s, 0, s->count);
    for (u32 from = 0; from < s->count; from += chunk) {
        indicator_w1_run(level, state, &in, MIN_OF(from + chunk, s->count), out + from * row);
    }
    free(state);
    return out;
}

static void check_fused(const series_t *s, u32 level, u32 chunk)
{
    size_t row = (size_t)W1_COLUMNS * INDICATOR_LANES;
    f64 *rows = w1_rows(s, level, chunk), last[W1_COLUMNS * INDICATOR_LANES];
    for (u32 c = 0; c < W1_COLUMNS; c++) {
        const indicator_desc_t *d = indicator_find(str_from(W1_SOURCE[c].name));
        CHECK(d != NULL);
        runner_t one = runner_make(d, W1_SOURCE[c].params, s->count);
        CHECK_EQ(d->lookback(one.params), indicator_w1_lookback((w1_column_t)c));
        runner_run(&one, s, 0, s->count, level);
        for (u32 i = 0; i < s->count; i++) {
            CHECK(memcmp(&rows[i * row + (size_t)c * INDICATOR_LANES],
                         &one.out[W1_SOURCE[c].output][(size_t)i * INDICATOR_LANES], 64) == 0);
        }
        runner_free(&one);
    }
    indicator_cols_t in = series_cols(s, 0, s->count);
    indicator_w1_last(level, &in, last);
    CHECK(memcmp(last, rows + (s->count - 1) * row, sizeof last) == 0);
    free(rows);
}

TEST(fused_set_gives_the_bits_of_the_single_ones)
{
    UNUSED_STATE;
    static const u32 CHUNKS[] = {1, 7, 64, 1000};
    for (size_t n = 0; n < COUNT_OF(LENGTHS); n++) {
        series_t s = series_make(300 + n, LENGTHS[n]);
        for (u32 level = 0; level < INDICATOR_LEVELS; level++) {
            for (size_t k = 0; k < COUNT_OF(CHUNKS) && indicator_kernels_at(level) != NULL; k++) {
                check_fused(&s, level, CHUNKS[k]);
            }
        }
        series_free(&s);
    }
}

/* Plain formulas over one lane, long double, no rolling. */
static long double plain_value(u32 column, const series_t *s, u32 lane, u32 n)
{
#define V(c, i) ((long double)s->column[c][(size_t)(i)*INDICATOR_LANES + lane])
    u32 w = column == W1_SMA20 || column == W1_BB_UPPER || column == W1_RVOL20 ? 20
            : column == W1_SMA50                                               ? 50
            : column == W1_SMA200                                              ? 200
                                                                               : 252;
    long double sum = 0, squares = 0, top = V(1, n), bottom = V(2, n), volume = 0, traded = 0, volumes = 0;
    for (u32 i = n + 1 - w; i <= n; i++) {
        sum += V(3, i);
        top = fmaxl(top, V(1, i));
        bottom = fminl(bottom, V(2, i));
    }
    for (u32 i = n + 1 - w; i <= n; i++) {
        squares += (V(3, i) - sum / w) * (V(3, i) - sum / w);
        volumes += V(4, i - 1);
    }
    for (u32 i = n;; i--) {
        traded += V(4, i) * (V(1, i) + V(2, i) + V(3, i)) / 3;
        volume += V(4, i);
        if (V(5, i) > 0) {
            break;
        }
    }
    switch (column) {
    case W1_BB_UPPER:
        return sum / w + 2 * sqrtl(squares / w);
    case W1_RVOL20:
        return volumes > 0 ? V(4, n) * w / volumes : 0;
    case W1_HIGH252:
        return top;
    case W1_LOW252:
        return bottom;
    case W1_VWAP:
        return volume > 0 ? traded / volume : (V(1, n) + V(2, n) + V(3, n)) / 3;
    default:
        return sum / w;
    }
#undef V
}

TEST(values_agree_with_plain_formulas)
{
    UNUSED_STATE;
    static const u32 COLUMNS[] = {W1_SMA20,  W1_SMA50,   W1_SMA200, W1_BB_UPPER,
                                  W1_RVOL20, W1_HIGH252, W1_LOW252, W1_VWAP};
    series_t s = series_make(1, 1000);
    f64 *rows = w1_rows(&s, indicator_level_best(), 64);
    for (size_t k = 0; k < COUNT_OF(COLUMNS); k++) {
        for (u32 lane = 0; lane < INDICATOR_LANES; lane++) {
            for (u32 n = 252; n < s.count; n++) {
                f64 got = rows[((size_t)n * W1_COLUMNS + COLUMNS[k]) * INDICATOR_LANES + lane];
                long double want = plain_value(COLUMNS[k], &s, lane, n);
                /* A flat window's true deviation is 0; rolling squares leave sqrt(ulp) of the price. */
                f64 bound = COLUMNS[k] == W1_BB_UPPER ? 1e-6 : 1e-12;
                CHECK(fabsl(got - want) <= bound * fmaxl(1, fabsl(want)));
            }
        }
    }
    free(rows);
    series_free(&s);
}

TEST(a_constant_series_is_itself)
{
    UNUSED_STATE;
    series_t s = series_make(1, 400);
    for (u32 k = 0; k < 4; k++) {
        for (size_t i = 0; i < 400u * INDICATOR_LANES; i++) {
            s.column[k][i] = 17.3;
        }
    }
    f64 *rows = w1_rows(&s, indicator_level_best(), 64);
    for (u32 n = 252; n < 400; n++) {
        const f64 *row = rows + (size_t)n * W1_COLUMNS * INDICATOR_LANES;
        CHECK(row[W1_SMA200 * INDICATOR_LANES] == 17.3 && row[W1_BB_UPPER * INDICATOR_LANES] == 17.3);
        CHECK(row[W1_RSI14 * INDICATOR_LANES] == 50 && row[W1_ATR14 * INDICATOR_LANES] == 0);
        CHECK(row[W1_ADX14 * INDICATOR_LANES] == 0 && row[W1_STOCH_K * INDICATOR_LANES] == 0);
        CHECK(fabs(row[W1_EMA26 * INDICATOR_LANES] - 17.3) < 1e-14 &&
              fabs(row[W1_MACD * INDICATOR_LANES]) < 1e-14);
    }
    free(rows);
    series_free(&s);
}

TEST(table_and_parameters)
{
    UNUSED_STATE;
    CHECK_EQ(indicator_count(), 38);
    CHECK(indicator_find(STR("nothing")) == NULL && indicator_find(STR("rsi")) == &indicator_rsi);
    for (u32 k = 0; k < indicator_count(); k++) {
        const indicator_desc_t *d = indicator_at(k);
        f64 p[INDICATOR_PARAMS_MAX];
        indicator_params_default(d, p);
        CHECK(indicator_find(str_from(d->name)) == d && d->output_count >= 1 && d->inputs != 0);
        CHECK_OK(indicator_params_check(d, p, NULL));
        CHECK_EQ(d->state_size(p) % 64, 0);
        for (u32 i = 0; i < d->param_count; i++) {
            static const f64 BAD[] = {-1, 0, 1e9, NAN, INFINITY};
            for (size_t j = 0; j < COUNT_OF(BAD); j++) {
                f64 keep = p[i];
                diag_t diag = {0};
                p[i] = BAD[j];
                CHECK_EQ(indicator_params_check(d, p, &diag), ERR_PARAM_RANGE);
                CHECK(diag.set);
                p[i] = keep;
            }
        }
    }
    f64 half[INDICATOR_PARAMS_MAX] = {14.5};
    CHECK_EQ(indicator_params_check(&indicator_rsi, half, NULL), ERR_PARAM_RANGE);
    CHECK(indicator_kernels_at(99) == NULL && indicator_kernels_at(INDICATOR_SSE2) != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_and_pieces_give_the_same_bits),
        cmocka_unit_test(prefix_knows_nothing_of_later_bars),
        cmocka_unit_test(fused_set_gives_the_bits_of_the_single_ones),
        cmocka_unit_test(values_agree_with_plain_formulas),
        cmocka_unit_test(a_constant_series_is_itself),
        cmocka_unit_test(table_and_parameters),
    };
    return RUN_TESTS(tests);
}
