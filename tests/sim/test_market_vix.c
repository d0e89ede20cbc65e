/* The volatility index of the simulated market: what the model says it expects is what comes on the average,
 * by the day and by the minute; the index moves, clusters and answers falls as the recorded one does, inside
 * bands that the recorded one is held to as well; a market of one volatility has an index that stands still.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quant/math/qmath.h"
#include "quant/stats/correlation.h"
#include "sim/market.h"
#include "tests/store/home.h"
#include "tests/sim/made_market.h"

enum { DAYS = 1000, AHEAD = SIM_VIX_SESSIONS, DAYS_READ = 10000, STOCKS_TRIED = 5 };

/* Of nine blocks of 1,000 days (cboe_vix_daily and yahoo_GSPC_daily, 1990 to 2026) the smallest and the
 * largest, widened by a quarter of itself; of what is near 1 its distance from 1 is widened. */
typedef enum {
    VIX_MEAN,
    VIX_MOVE,     /* deviation of the daily change of its logarithm */
    VIX_TAIL,     /* kurtosis of that change */
    VIX_SKEW,     /* skewness of that change */
    VIX_LEVERAGE, /* correlation of that change with the return of the day */
    VIX_KEEP_1,   /* autocorrelation of the logarithm, by lag */
    VIX_KEEP_5,
    VIX_KEEP_20,
    VIX_PREMIUM,  /* mean square over mean realised variance of the next 21 sessions */
    VIX_FORECAST, /* correlation of both logarithms */
    VIX_FACTS
} vix_fact_t;

static const struct {
    const char *name;
    f64 low, high;
} bands[VIX_FACTS] = {
    [VIX_MEAN] = {"mean", 10.9, 31.1},
    [VIX_MOVE] = {"daily move", 0.0374, 0.109},
    [VIX_TAIL] = {"kurtosis of moves", 2.7, 14.7},
    [VIX_SKEW] = {"skewness of moves", 0.135, 2.0},
    [VIX_LEVERAGE] = {"correlation with returns", -1.0, -0.403},
    [VIX_KEEP_1] = {"level after 1 day", 0.931, 0.993},
    [VIX_KEEP_5] = {"level after 5 days", 0.7, 0.976},
    [VIX_KEEP_20] = {"level after 20 days", 0.352, 0.928},
    [VIX_PREMIUM] = {"square over realised variance", 0.765, 2.65},
    [VIX_FORECAST] = {"correlation with realised", 0.36, 0.905},
};

typedef struct {
    f64 vix[DAYS];
    f64 close[DAYS];
} block_t;

static f64 moment(const f64 *v, u32 n, u32 power)
{
    f64 mean = 0;
    f64 square = 0;
    f64 high = 0;
    for (u32 i = 0; i < n; i++) {
        mean += v[i] / n;
    }
    for (u32 i = 0; i < n; i++) {
        f64 x = v[i] - mean;
        square += x * x / n;
        high += (power == 3 ? x * x * x : x * x * x * x) / n;
    }
    f64 sd = q_sqrt(square);
    return power == 2 ? sd : sd > 0 ? high / (power == 3 ? sd * square : square * square) : 0;
}

static f64 correlate(const f64 *a, const f64 *b, u32 n)
{
    f64 r = 0;
    return correlation_pearson(a, b, n, &r) ? r : 0;
}

static void measure(const block_t *b, f64 out[VIX_FACTS])
{
    static f64 level[DAYS], move[DAYS], ret[DAYS], real[DAYS];
    f64 square = 0;
    f64 realised = 0;
    memset(out, 0, VIX_FACTS * sizeof *out);
    for (u32 i = 0; i < DAYS; i++) {
        out[VIX_MEAN] += b->vix[i] / DAYS;
        level[i] = q_log(b->vix[i]);
        if (i > 0) {
            move[i - 1] = level[i] - level[i - 1];
            ret[i - 1] = q_log(b->close[i] / b->close[i - 1]);
        }
    }
    for (u32 i = 0; i + AHEAD < DAYS; i++) {
        f64 sum = 0;
        for (u32 k = 0; k < AHEAD; k++) {
            sum += ret[i + k] * ret[i + k];
        }
        realised += sum * (1e4 * 252.0 / AHEAD);
        square += b->vix[i] * b->vix[i];
        real[i] = 0.5 * q_log(sum);
    }
    out[VIX_MOVE] = moment(move, DAYS - 1, 2);
    out[VIX_TAIL] = moment(move, DAYS - 1, 4);
    out[VIX_SKEW] = moment(move, DAYS - 1, 3);
    out[VIX_LEVERAGE] = correlate(move, ret, DAYS - 1);
    out[VIX_KEEP_1] = correlate(level, level + 1, DAYS - 1);
    out[VIX_KEEP_5] = correlate(level, level + 5, DAYS - 5);
    out[VIX_KEEP_20] = correlate(level, level + 20, DAYS - 20);
    out[VIX_PREMIUM] = square / realised;
    out[VIX_FORECAST] = correlate(level, real, DAYS - AHEAD);
}

static u32 outside(const char *what, const f64 f[VIX_FACTS])
{
    u32 n = 0;
    for (u32 k = 0; k < VIX_FACTS; k++) {
        bool in = f[k] >= bands[k].low && f[k] <= bands[k].high;
        printf("# %s: %-30s %8.4f in %g..%g%s\n", what, bands[k].name, f[k], bands[k].low, bands[k].high,
               in ? "" : "  OUTSIDE");
        n += in ? 0 : 1;
    }
    return n;
}

static void simulate(u64 seed, bool plain, block_t *b)
{
    sim_market_spec_t spec = market_of(seed, (made_days_t){DAYS + 200, 0, 0}, 0, 0);
    spec.stocks = 1;
    spec.plain_gaussian = plain;
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    for (u32 d = 0; source.next(source.ctx, &s, NULL) == ERR_OK; d++) {
        if (d >= 200) {
            b->vix[d - 200] = sim_market_vix(m);
            b->close[d - 200] = price_to_f64(s.bar[source.proxy].close);
        }
    }
    sim_market_close(m);
}

TEST(the_index_lies_in_the_bands)
{
    UNUSED_STATE;
    static block_t b;
    f64 f[VIX_FACTS];
    u32 bad = 0;
    for (u64 seed = 1; seed <= 6; seed++) {
        simulate(seed, false, &b);
        measure(&b, f);
        bad += outside("simulated", f);
    }
    CHECK_EQ(bad, 0);
}

TEST(one_volatility_has_an_index_that_stands_still)
{
    UNUSED_STATE;
    static block_t b;
    f64 f[VIX_FACTS];
    simulate(1, true, &b);
    measure(&b, f);
    CHECK(outside("plain", f) >= VIX_FACTS - 1); /* all but its premium, which lies at 1 */
}

static FILE *set_open(const char *name)
{
    char path[512];
    char command[640];
    if (!data_path(name, path, sizeof path)) {
        return NULL;
    }
    (void)snprintf(command, sizeof command, "zstd -dcq '%s'", path);
    return popen(command, "r");
}

static date_t date_of(const char *text)
{
    return date_from_ymd((i32)strtol(text, NULL, 10), (i32)strtol(text + 5, NULL, 10),
                         (i32)strtol(text + 8, NULL, 10));
}

/* The fifth column, close, by day since 1990. */
static void read_closes(const char *name, f64 *out)
{
    FILE *f = set_open(name);
    char line[512];
    if (f == NULL) {
        skip();
    }
    while (fgets(line, sizeof line, f) != NULL) {
        i64 d = line[0] < '1' || line[0] > '2' ? -1 : (i64)date_of(line) - date_from_ymd(1990, 1, 1);
        char *rest = line;
        for (u32 i = 0; i < 4; i++) {
            (void)strsep(&rest, ",");
        }
        if (d >= 0 && d < 2 * DAYS_READ && rest != NULL) {
            out[d] = strtod(rest, NULL);
        }
    }
    (void)pclose(f);
}

TEST(the_recorded_index_lies_in_the_bands)
{
    UNUSED_STATE;
    static f64 vix[2 * DAYS_READ];
    static f64 close[2 * DAYS_READ];
    static block_t b;
    f64 f[VIX_FACTS];
    u32 n = 0;
    u32 blocks = 0;
    u32 bad = 0;
    read_closes("daily/cboe_vix_daily.csv.zst", vix);
    read_closes("daily/yahoo_GSPC_daily.csv.zst", close);
    for (u32 d = 0; d < 2 * DAYS_READ; d++) {
        if (vix[d] > 0 && close[d] > 0) {
            b.vix[n] = vix[d];
            b.close[n++] = close[d];
        }
        if (n == DAYS) {
            measure(&b, f);
            bad += outside("recorded", f);
            blocks++;
            n = 0;
        }
    }
    CHECK_EQ(blocks, 9);
    CHECK_EQ(bad, 0);
}

/* Sums over time of what was expected and of what came, of the fund and of some stocks; of the fund also
 * behind days of a fall and of a rise. */
enum { OF_FUND, OF_STOCKS, OF_FALLS, OF_RISES, TRUTHS };
static const f64 LARGE = 0.015; /* of a day of the fund */

typedef struct {
    f64 expected[TRUTHS];
    f64 came[TRUTHS];
    f64 close[STOCKS_TRIED + 1][3000];
    f64 ahead[STOCKS_TRIED + 1][3000];
    u32 days;
} truth_t;

static void truth_day(truth_t *t, const sim_market_t *m, const source_t *source, const slice_t *s)
{
    CHECK(t->days < 3000);
    for (u32 k = 0; k <= STOCKS_TRIED; k++) {
        u32 i = k == 0 ? source->proxy : k - 1;
        CHECK_EQ(s->count, source->instrument_count);
        t->close[k][t->days] = q_log(price_to_f64(s->bar[i].close));
        t->ahead[k][t->days] = sim_market_variance(m, (inst_t)i, AHEAD);
    }
    t->days++;
}

static void truth_add(truth_t *t, u32 which, u32 k, u32 d)
{
    t->expected[which] += t->ahead[k][d];
    for (u32 j = 0; j < AHEAD; j++) {
        f64 r = t->close[k][d + j + 1] - t->close[k][d + j];
        t->came[which] += r * r;
    }
}

static void truth_sum(truth_t *t)
{
    for (u32 k = 0; k <= STOCKS_TRIED; k++) {
        for (u32 d = 1; d + AHEAD < t->days; d++) {
            f64 r = t->close[k][d] - t->close[k][d - 1];
            truth_add(t, k > 0 ? OF_STOCKS : OF_FUND, k, d);
            if (k == 0 && q_abs(r) > LARGE) {
                truth_add(t, r < 0 ? OF_FALLS : OF_RISES, k, d);
            }
        }
    }
    t->days = 0;
}

/* What came over what was expected. */
static f64 truth_of(const truth_t *t, u32 which)
{
    CHECK(t->expected[which] > 0);
    return t->came[which] / t->expected[which];
}

static void truth_run(truth_t *t, const sim_market_spec_t *spec)
{
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        if (s.session_last || s.timeframe == TF_1D) {
            truth_day(t, m, &source, &s);
        }
    }
    truth_sum(t);
    sim_market_close(m);
}

TEST(what_is_expected_comes_on_the_average)
{
    UNUSED_STATE;
    truth_t *t = calloc(1, sizeof *t);
    CHECK(t != NULL);
    for (u64 seed = 1; seed <= 24; seed++) {
        sim_market_spec_t spec = market_of(seed, (made_days_t){2000, 0, 0}, 0, 0);
        spec.stocks = STOCKS_TRIED;
        truth_run(t, &spec);
    }
    printf(
        "# by the day, came over expected: fund %.3f, stocks %.3f; fund after falls %.3f, after rises %.3f\n",
        truth_of(t, OF_FUND), truth_of(t, OF_STOCKS), truth_of(t, OF_FALLS), truth_of(t, OF_RISES));
    CHECK(q_abs(truth_of(t, OF_FUND) - 1) < 0.04 && q_abs(truth_of(t, OF_STOCKS) - 1) < 0.04);
    CHECK(q_abs(truth_of(t, OF_FALLS) - truth_of(t, OF_RISES)) < 0.08);
    memset(t, 0, sizeof *t);
    for (u64 seed = 1; seed <= 24; seed++) {
        sim_market_spec_t spec = market_of(seed, (made_days_t){0, 0, 150}, 0, 0);
        spec.stocks = STOCKS_TRIED;
        truth_run(t, &spec);
    }
    printf("# by the minute, came over expected: fund %.3f, stocks %.3f\n", truth_of(t, OF_FUND),
           truth_of(t, OF_STOCKS));
    CHECK(q_abs(truth_of(t, OF_FUND) - 1) < 0.06 && q_abs(truth_of(t, OF_STOCKS) - 1) < 0.03);
    free(t);
}

/* Within a session as far is looked ahead as between them, so nothing jumps when a session ends. */
TEST(the_index_is_there_by_the_minute)
{
    UNUSED_STATE;
    sim_market_spec_t spec = market_of(4, (made_days_t){50, 0, 20}, 1, 1);
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    f64 before = 0;
    f64 most = 0;
    f64 at_close = 0;
    f64 ahead_before = 1;
    u32 moved = 0;
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        f64 vix = sim_market_vix(m);
        f64 ahead = sim_market_variance(m, source.proxy, AHEAD);
        CHECK(vix > 5 && vix < 150);
        if (s.timeframe == TF_1M && s.ordinal > 0 && before > 0) {
            most = q_max(most, q_abs(q_log(vix / before)));
            moved += vix != before ? 1 : 0;
            at_close += s.session_last ? q_log(ahead / ahead_before) / 20 : 0;
        }
        before = s.session_last ? 0 : vix;
        ahead_before = ahead;
    }
    printf("# largest move of a minute %.4f; variance expected at the close over a minute before %.4f\n",
           most, q_exp(at_close));
    CHECK(q_abs(at_close) < 0.005);
    CHECK(most < 0.1);
    CHECK(moved > 19 * 380);
    sim_market_close(m);
}

/* One bar a session, known a quarter of an hour after the close, its close the index at the last minute. */
TEST(bars_of_the_index_are_those_of_the_market)
{
    UNUSED_STATE;
    sim_market_spec_t spec = market_of(4, (made_days_t){10, 2, 4}, 20, 0);
    bar_t *bars = NULL;
    u32 count = 0;
    u32 at = 0;
    u32 wide = 0;
    sim_market_t *m = NULL;
    slice_t s;
    CHECK_OK(sim_market_vix_bars(&spec, NULL, &bars, &count));
    CHECK_EQ(count, 16);
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        const bar_t *b = &bars[at];
        f64 vix = sim_market_vix(m);
        CHECK(b->t_event <= s.t_open && s.t_known < b->t_known);
        CHECK(price_to_f64(b->low) <= vix + 0.006 && vix <= price_to_f64(b->high) + 0.006);
        if (s.session_last || s.timeframe == TF_1D) {
            CHECK(q_abs(price_to_f64(b->close) - vix) < 0.006);
            CHECK(b->low.v <= b->open.v && b->open.v <= b->high.v);
            wide += b->low.v < b->high.v ? 1 : 0;
            at++;
        }
    }
    CHECK_EQ(at, count);
    CHECK_EQ(wide, 6);
    sim_market_close(m);
    free(bars);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_lies_in_the_bands),
        cmocka_unit_test(one_volatility_has_an_index_that_stands_still),
        cmocka_unit_test(the_recorded_index_lies_in_the_bands),
        cmocka_unit_test(what_is_expected_comes_on_the_average),
        cmocka_unit_test(the_index_is_there_by_the_minute),
        cmocka_unit_test(bars_of_the_index_are_those_of_the_market),
    };
    return RUN_TESTS(tests);
}
