/* Every figure worked out by hand on series short enough to follow. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/metrics.h"

static u8 memory[1 << 20];

static bool near(f64 a, f64 b, f64 within)
{
    return q_abs(a - b) <= within;
}

static metrics_equity_t measure_by(const f64 *equity, u32 n, const metrics_terms_t *terms)
{
    arena_t a;
    arena_init(&a, memory, sizeof memory);
    date_t day[64];
    for (u32 i = 0; i < n; i++) {
        day[i] = 20000 + (date_t)i;
    }
    metrics_equity_t m;
    CHECK_OK(metrics_equity(&a, equity, day, n, terms, &m));
    return m;
}

static metrics_equity_t measure(const f64 *equity, u32 n, f64 rf)
{
    return measure_by(equity, n, &(metrics_terms_t){.year = 252, .rf = rf});
}

/* Equity 100, 110, 99, 108.9, 98.01: returns +.1 -.1 +.1 -.1.
 *   total -0.0199; mean 0; sum of squares 0.04, sample deviation sqrt(0.04/3) = 0.1154700538, yearly x
 *   sqrt(252) = 1.8330302780; Sharpe 0; skew 0; kurtosis = (0.0001)/(0.01^2) = 1
 *   drawdown: peak 110; 108.9 is 1 % below, 98.01 is 10.9 % below: absolute 11.99, fraction 0.109, peak 1,
 *   trough 4 ulcer: percents 0, 0, 10, 1, 10.9: sqrt((100 + 1 + 118.81)/5) = sqrt(43.962) = 6.6303846042
 *   Sortino: downside sqrt(0.02/4): mean 0, so 0; VaR: sorted -.1 -.1 .1 .1, place 0.15: -0.1, so 0.1
 *   CAGR: 0.9801^(365.25/4) - 1 = exp(91.3125 x ln 0.9801) - 1, ln 0.9801 = -0.02010067171:
 *   exp(-1.8354425854) - 1 = -0.8404572...; Calmar = that / 0.109
 *   error of Sharpe: sqrt(252 x 1/4) = 7.9372539332; PSR = 0.5 */
TEST(zigzag)
{
    UNUSED_STATE;
    const f64 equity[] = {100.0, 110.0, 99.0, 108.9, 98.01};
    metrics_equity_t m = measure(equity, 5, 0.0);
    CHECK_EQ(m.days, 4);
    CHECK(near(m.total_return, -0.0199, 1e-12));
    CHECK(near(m.mean, 0.0, 1e-12) && near(m.deviation, 0.1154700538, 1e-9) &&
          near(m.volatility, 1.8330302780, 1e-9));
    CHECK(m.sharpe.ok && near(m.sharpe.value, 0.0, 1e-9) && m.sortino.ok && near(m.sortino.value, 0.0, 1e-9));
    CHECK(near(m.skew, 0.0, 1e-9) && near(m.kurtosis, 1.0, 1e-9));
    CHECK(near(m.drawdown.absolute, 11.99, 1e-9) && near(m.drawdown.fraction, 0.109, 1e-9));
    CHECK(m.drawdown.peak == 1 && m.drawdown.trough == 4 && m.drawdown.recovered == 5);
    CHECK(near(m.drawdown.ulcer, 6.6303846042, 1e-9));
    CHECK(near(m.var95, 0.1, 1e-9) && near(m.best_day, 0.1, 1e-9) && near(m.worst_day, -0.1, 1e-9));
    CHECK(m.best_index == 1 || m.best_index == 3);
    CHECK(m.cagr.ok && near(m.cagr.value, q_exp(-1.8354425854) - 1.0, 1e-7));
    CHECK(m.calmar.ok && near(m.calmar.value, m.cagr.value / 0.109, 1e-9));
    CHECK(near(m.sharpe_error.value, 7.9372539332, 1e-9) && near(m.psr.value, 0.5, 1e-9));
}

/* Returns +.02, 0, -.01, +.03 (a flat day counts): mean 0.01; deviations .01 -.01 -.02 .02: squares .0010,
 * sample variance .001/3, deviation 0.0182574186; Sharpe = 0.5477225575 x sqrt(252) = 8.6948260477.
 *   with 5.04 % risk-free (0.0002 a day): 0.0098/0.0182574186 x sqrt(252) = 8.5209295268
 *   Sortino: downside sqrt(.0001/4) = 0.005: 2 x sqrt(252) = 31.7490157328
 *   moments: m2 = .00025, m3 = (1 - 1 - 8 + 8)e-6/4 = 0, m4 = (1 + 1 + 16 + 16)e-8/4 = 8.5e-8: kurtosis 1.36
 *   PSR: sr 0.5477225575, spread 1 + 0.09 x 0.3 = 1.027; x = 0.5477225575 x sqrt(3)/sqrt(1.027) =
 *   0.9361378...; errors: sqrt(252 (1 + .15)/4) = 8.5117566; with moments sqrt(252 x 1.027/4) = 8.0436932 */
TEST(flat_day_and_risk_free)
{
    UNUSED_STATE;
    f64 equity[5] = {50.0};
    const f64 ret[] = {0.02, 0.0, -0.01, 0.03};
    for (u32 i = 0; i < 4; i++) {
        equity[i + 1] = equity[i] * (1.0 + ret[i]);
    }
    metrics_equity_t m = measure(equity, 5, 0.0);
    CHECK(near(m.sharpe.value, 8.6948260477, 1e-7));
    CHECK(near(m.sortino.value, 31.7490157328, 1e-7));
    CHECK(near(m.skew, 0.0, 1e-7) && near(m.kurtosis, 1.36, 1e-7));
    CHECK(near(m.sharpe_error.value, 8.5117566, 1e-6) && near(m.sharpe_error_moments.value, 8.0436932, 1e-6));
    CHECK(near(m.psr.value, q_norm_cdf(0.5477225575 * 1.7320508076 / q_sqrt(1.027)), 1e-8));
    CHECK(m.best_index == 4 && m.worst_index == 3);
    CHECK(m.drawdown.peak == 1 && m.drawdown.trough == 3 && m.drawdown.recovered == 4);
    CHECK(near(m.drawdown.fraction, 0.01, 1e-9) && near(m.drawdown.absolute, 0.51, 1e-9));
    CHECK(near(measure(equity, 5, 0.0504).sharpe.value, 8.5209295268, 1e-7));
    const f64 still[] = {7.0, 7.0, 7.0};
    m = measure(still, 3, 0.0);
    CHECK(!m.sharpe.ok && !m.sortino.ok && !m.calmar.ok && m.drawdown.fraction < 1e-12);
    CHECK(m.cagr.ok && near(m.cagr.value, 0.0, 1e-12));
}

/* The same days by 365 a year, as coins trade: +.02, 0, -.01, +.03 with deviation 0.0182574186 have a
 * volatility of 0.0182574186 x sqrt(365) = 0.3488074923 and a Sharpe of 0.5477225575 x sqrt(365)
 * = 10.4642247682; with 7.3 % risk-free (0.0002 a day) 0.0098 / 0.0182574186 x sqrt(365) = 10.2549402728.
 * Sortino 2 x sqrt(365) = 38.2099463491; errors sqrt(365 x 1.15 / 4) = 10.2439006, with moments sqrt(365
 * x 1.027 / 4) = 9.6805862. What is of the days alone, PSR and DSR among it, knows no year. */
TEST(days_of_another_year)
{
    UNUSED_STATE;
    f64 equity[5] = {50.0};
    const f64 ret[] = {0.02, 0.0, -0.01, 0.03};
    for (u32 i = 0; i < 4; i++) {
        equity[i + 1] = equity[i] * (1.0 + ret[i]);
    }
    metrics_equity_t m = measure_by(equity, 5, &(metrics_terms_t){.year = 365});
    metrics_equity_t shares = measure(equity, 5, 0.0);
    CHECK(near(m.volatility, 0.3488074923, 1e-9) && near(m.sharpe.value, 10.4642247682, 1e-9));
    CHECK(near(m.sortino.value, 38.2099463491, 1e-8));
    CHECK(near(m.sharpe_error.value, 10.2439006, 1e-6) &&
          near(m.sharpe_error_moments.value, 9.6805862, 1e-6));
    CHECK(near(m.psr.value, shares.psr.value, 1e-12));
    CHECK(near(metrics_dsr(&m, 5, 0.0), metrics_dsr(&shares, 5, 0.0), 1e-12));
    CHECK(near(measure_by(equity, 5, &(metrics_terms_t){365, 0.073}).sharpe.value, 10.2549402728, 1e-7));
}

/* Bailey and Lopez de Prado's worked example of the deflated Sharpe ratio (2014): yearly 2.5 over 1,250 days
 * of 250 a year, 100 trials of yearly variance 1/2, skew -3, kurtosis 10: expected largest 0.1132 a day, DSR
 * 0.9004. */
TEST(deflated_sharpe)
{
    UNUSED_STATE;
    f64 top = metrics_expected_max_sharpe(100, 0.5 / 250.0);
    CHECK(near(top, 0.1132, 5e-5));
    CHECK(near(metrics_psr(2.5 / q_sqrt(250.0), top, 1250, -3.0, 10.0), 0.9004, 1e-4));
    CHECK(near(metrics_expected_max_sharpe(1, 1.0), 0.0, 1e-15));
    metrics_equity_t m = {.days = 101,
                          .year = 252.0,
                          .skew = 0.0,
                          .kurtosis = 3.0,
                          .sharpe = {.value = q_sqrt(252.0) * 0.2, .ok = true}};
    f64 last = 1.0;
    for (u64 trials = 1; trials <= 100000; trials *= 10) { /* more tries, less belief */
        f64 dsr = metrics_dsr(&m, trials, 0.0);
        CHECK(dsr < last && dsr > 0.0);
        last = dsr;
    }
    CHECK(near(metrics_dsr(&m, 1, 0.0), q_norm_cdf(0.2 * 10.0 / q_sqrt(1.02)), 1e-12));
}

/* Nets 100, -50, 200, -50, 0.005: 2 wins, 2 losses, 1 scratch. Net 200.005, gross 300/100, profit factor 3,
 * win rate 0.5, mean win 150, mean loss 50: expectancy ratio (1 + 3) x 0.5 - 1 = 1, Kelly 0.5 - 0.5/3 = 1/3.
 * R: 1, -1, 2, -1, 0: mean 0.2, squares .64 + 1.44 + 3.24 + 1.44 + .04 = 6.8, sd sqrt(1.7) = 1.3038404810,
 * SQN = sqrt(5) x 0.2/1.3038404810 = 0.3429971703. Durations: wins 10 s and 30 s, losses 20 s each. */
TEST(trade_list)
{
    UNUSED_STATE;
    const i64 s = NS_PER_SEC;
    const metrics_trade_t t[] = {
        {100.0, 1.0, 0, 10 * s},  {-50.0, -1.0, 0, 20 * s}, {200.0, 2.0, 5, 30 * s + 5},
        {-50.0, -1.0, 0, 20 * s}, {0.005, 0.0, 0, s},
    };
    metrics_trades_t m;
    metrics_trades(t, 5, &m);
    CHECK(m.trades == 5 && m.wins == 2 && m.losses == 2 && m.scratches == 1 && !m.enough);
    CHECK(near(m.net, 200.005, 1e-9) && near(m.expectancy, 40.001, 1e-9));
    CHECK(m.profit_factor.ok && near(m.profit_factor.value, 3.0, 1e-12) &&
          near(m.win_rate.value, 0.5, 1e-12));
    CHECK(near(m.expectancy_ratio.value, 1.0, 1e-12) && near(m.kelly.value, 1.0 / 3.0, 1e-12));
    CHECK(near(m.mean_r, 0.2, 1e-12) && near(m.sd_r, 1.3038404810, 1e-9) &&
          near(m.sqn.value, 0.3429971703, 1e-9));
    CHECK(near(m.win_seconds, 20.0, 1e-9) && near(m.loss_seconds, 20.0, 1e-9));
    CHECK(near(m.best, 200.0, 1e-12) && near(m.worst, -50.0, 1e-12));
    metrics_trades(t, 1, &m);
    CHECK(!m.profit_factor.ok && !m.kelly.ok && !m.sqn.ok && m.win_rate.ok &&
          near(m.win_rate.value, 1.0, 1e-12));
    metrics_trades(NULL, 0, &m);
    CHECK(!m.win_rate.ok && m.trades == 0);
    const metrics_trade_t cent[] = {{0.01, 0.1, 0, 1}, {-0.01, -0.1, 0, 1}, {0.0099, 0.0, 0, 1}};
    metrics_trades(cent, 3, &m);
    CHECK(m.wins == 1 && m.losses == 1 && m.scratches == 1); /* one cent decides, less does not */
}

/* Benchmark b = .01 -.01 .02 0, r = .015 -.005 .025 .005 (beta 1, alpha .005 a day): alpha 1.26 a year, no
 * tracking error, so no information ratio. r = 2b: beta 2, alpha 0, correlation 1; difference = b: mean .005,
 * squares .000025 + .000225 + .000225 + .000025 = .0005, sd sqrt(.0005/3) = .0129099445, x sqrt(252) =
 * 0.2049390153; information ratio .005/.0129099445 x sqrt(252) = 6.1481704... */
TEST(benchmark)
{
    UNUSED_STATE;
    const f64 b[] = {0.01, -0.01, 0.02, 0.0};
    f64 shifted[4];
    f64 twice[4];
    for (u32 i = 0; i < 4; i++) {
        shifted[i] = b[i] + 0.005;
        twice[i] = 2.0 * b[i];
    }
    metrics_benchmark_t m;
    const metrics_terms_t shares = {.year = 252};
    metrics_benchmark(shifted, b, 4, &shares, &m);
    CHECK(near(m.beta.value, 1.0, 1e-9) && near(m.alpha.value, 1.26, 1e-9) &&
          near(m.tracking_error, 0.0, 1e-9));
    CHECK(!m.information_ratio.ok);
    metrics_benchmark(twice, b, 4, &shares, &m);
    CHECK(near(m.beta.value, 2.0, 1e-9) && near(m.alpha.value, 0.0, 1e-9) &&
          near(m.correlation.value, 1.0, 1e-9));
    CHECK(near(m.tracking_error, 0.2049390153, 1e-9));
    CHECK(near(m.information_ratio.value, 0.005 / 0.0129099445 * q_sqrt(252.0), 1e-6));
    metrics_benchmark(twice, b, 4, &(metrics_terms_t){252, 0.0252},
                      &m); /* alpha = (2m - rf) - 2(m - rf) = rf */
    CHECK(near(m.alpha.value, 0.0252, 1e-9));
    metrics_benchmark(twice, b, 4, &(metrics_terms_t){365, 0.0365}, &m); /* by 365 a year */
    CHECK(near(m.alpha.value, 0.0365, 1e-9));
    CHECK(near(m.tracking_error, 0.0129099445 * 19.1049731745, 1e-9));
    CHECK(near(m.information_ratio.value, 0.005 / 0.0129099445 * 19.1049731745, 1e-6));
    const f64 none[4] = {0};
    metrics_benchmark(b, none, 4, &shares, &m);
    CHECK(!m.beta.ok && !m.alpha.ok && !m.correlation.ok);
}

/* Wilson for 8 of 10 at 95 %: z = 1.959964, z^2 = 3.841459: centre (0.8 + .1920729)/1.3841459 = 0.7167402,
 * half 1.959964/1.3841459 x sqrt(.016 + .00960365) = 0.2265755: 0.490162..0.943318. */
TEST(intervals_and_power)
{
    UNUSED_STATE;
    metrics_interval_t w = metrics_wilson(8, 10, 0.95);
    CHECK(near(w.low, 0.490162, 2e-6) && near(w.high, 0.943318, 2e-6));
    w = metrics_wilson(0, 0, 0.95);
    CHECK(w.low < 1e-12 && w.high > 1.0 - 1e-12);
    w = metrics_wilson(0, 20, 0.95); /* upper end z^2/(n + z^2) = 3.841459/23.841459 */
    CHECK(w.low < 1e-12 && near(w.high, 0.161125, 1e-6));
    static const struct {
        u32 n;
        f64 edge, within;
    } table[] = {
        /* trading.md 12 */
        {100, 0.23, 0.005},  {250, 0.15, 0.005},  {500, 0.10, 0.005},
        {1000, 0.073, 5e-4}, {2000, 0.052, 5e-4}, {5000, 0.033, 5e-4},
    };
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        CHECK(near(metrics_detectable_edge(table[i].n, METRICS_TRADE_SD), table[i].edge, table[i].within));
    }
    const f64 gross[] = {0.0, 0.5, 1.0, 0.0};
    const f64 net[] = {0.0, -0.5, 0.2, 0.0};
    metrics_exposure_t e;
    metrics_exposure(gross, net, 4, &e);
    CHECK(near(e.in_market, 0.5, 1e-12) && near(e.mean_gross, 0.375, 1e-12) &&
          near(e.mean_net, -0.075, 1e-12));
}

TEST(sort_and_quantile)
{
    UNUSED_STATE;
    f64 v[257];
    rng_key_t key = {.seed = 4, .purpose = RNG_TEST};
    for (u32 n = 0; n <= 257; n += 1 + n / 9) {
        f64 sum = 0.0;
        for (u32 i = 0; i < n; i++) {
            v[i] = (f64)rng_below(key, n * 1000 + i, 50);
            sum += v[i];
        }
        metrics_sort(v, n);
        for (u32 i = 0; i < n; i++) {
            sum -= v[i];
            CHECK(i == 0 || v[i - 1] <= v[i]);
        }
        CHECK(near(sum, 0.0, 1e-9));
    }
    const f64 s[] = {1.0, 2.0, 4.0, 8.0};
    CHECK(near(metrics_quantile_sorted(s, 4, 0.5), 3.0, 1e-12) &&
          near(metrics_quantile_sorted(s, 4, 0.05), 1.15, 1e-12));
    CHECK(near(metrics_quantile_sorted(s, 4, 1.0), 8.0, 1e-12) &&
          near(metrics_quantile_sorted(s, 1, 0.3), 1.0, 1e-12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zigzag),
        cmocka_unit_test(flat_day_and_risk_free),
        cmocka_unit_test(days_of_another_year),
        cmocka_unit_test(deflated_sharpe),
        cmocka_unit_test(trade_list),
        cmocka_unit_test(benchmark),
        cmocka_unit_test(intervals_and_power),
        cmocka_unit_test(sort_and_quantile),
    };
    return RUN_TESTS(tests);
}

