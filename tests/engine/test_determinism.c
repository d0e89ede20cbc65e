/* One run, whatever computes it: every kernel level, any number of threads, features of a block at once or
 * slice by slice give the same events byte for byte, on a simulated market and on recorded bars of both
 * profiles. */
#include "tests/engine/coins.h"
#include "tests/engine/dataset.h"

#include "base/hash.h"
#include "tests/budget.h"

#define SYMBOLS_DAILY                                                                                        \
    "AAPL,ABT,ADBE,AIG,AMZN,AXP,CAT,CSCO,CVX,GIS,HD,IBM,INTC,JNJ,KO,MMM,MRK,MSFT,NKE,ORCL,PFE,PG,T,TGT,WMT," \
    "XOM"
#define SYMBOLS_INTRADAY                                                                                     \
    "AAPL,AMZN,BAC,CAT,CRM,GOOG,INTC,JPM,META,MSFT,NKE,NVDA,ORCL,PLTR,SPY,TQQQ,TSLA,UBER,WMT,XLF,XOM"
#define FROM_INTRADAY date_from_ymd(2025, 5, 12)

static const char *const levels[] = {"sse2", "avx2", "avx512"};

static void same_again(dataset_t *d, const how_t *how, const tape_t *base, const runner_result_t *expected)
{
    tape_t t;
    runner_result_t r = run_once(d, how, &t);
    if (t.used != base->used || memcmp(t.own_bytes, base->own_bytes, base->used) != 0) {
        print_message("# %s, %u threads, %s look-ahead differs\n", levels[how->kernel_level], how->threads,
                      how->no_lookahead ? "without" : "with");
    }
    CHECK_EQ(t.used, base->used);
    CHECK_EQ(memcmp(t.own_bytes, base->own_bytes, base->used), 0);
    CHECK(digest_eq(&r.decisions, &expected->decisions));
    CHECK(digest_eq(&r.input, &expected->input));
    tape_free(&t);
}

static void same_run(dataset_t *d, const char *what)
{
    static const u32 threads[] = {8, 2, 1};
    tape_t base;
    how_t plain = {0};
    runner_result_t expected = run_once(d, &plain, &base);
    print_message(
        "# %s: %u instruments, %u slices, %llu events, %llu cycles, %llu trades, %llu stops tightened\n",
        what, d->like.instrument_count, d->count, (unsigned long long)base.events,
        (unsigned long long)expected.counts.cycles, (unsigned long long)expected.counts.trades,
        (unsigned long long)base.tightened);
    CHECK(expected.counts.cycles > 0 && base.kind[EV_DECISION] > 0);
    u32 ways = COUNT_OF(threads) * 2;
    budget_t runs = budget_start(COUNT_OF(levels) * ways);
    for (u64 next; budget_next(&runs, &next);) {
        u32 level = (u32)next / ways;
        u32 k = (u32)next % ways;
        if (indicator_kernels_at(level) == NULL) {
            print_message("# %s: this processor has no %s, left out\n", what, levels[level]);
            continue;
        }
        how_t how = {.kernel_level = level, .threads = threads[k / 2], .no_lookahead = k % 2 == 1};
        same_again(d, &how, &base, &expected);
    }
    budget_say(&runs, "runs");
    tape_free(&base);
}

TEST(simulated_market)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(11, 20, 25, 6, &d);
    same_run(&d, "simulated minutes");
    dataset_free(&d);
}

static void same_coins(const coins_t *k, timeframe_t timeframe, const char *what)
{
    dataset_t d;
    dataset_coins(k, timeframe, &d);
    same_run(&d, what);
    dataset_free(&d);
}

/* Sessions of a whole day, which take several blocks. */
TEST(coins_five_minutes)
{
    UNUSED_STATE;
    coins_t k = {.seed = 4, .history = 70, .sessions = 16, .first = date_from_ymd(2024, 3, 1)};
    same_coins(&k, TF_5M, "coins, five minutes");
}

/* Steps that end without a decision lie between those of a block. */
TEST(coins_by_the_minute)
{
    UNUSED_STATE;
    coins_t k = {.seed = 6, .history = 70, .sessions = 5, .first = date_from_ymd(2024, 3, 1)};
    same_coins(&k, TF_1M, "coins, minutes");
}

TEST(coins_days)
{
    UNUSED_STATE;
    coins_t k = {.seed = 5, .history = 70, .sessions = 400, .first = date_from_ymd(2023, 3, 1)};
    same_coins(&k, TF_1D, "coins, days");
}

TEST(recorded_days)
{
    UNUSED_STATE;
    dataset_t d;
    stored_t w = {.file = "daily/sp500_daily.csv.zst",
                  .source = "sp500_daily",
                  .proxy = "",
                  .symbols = SYMBOLS_DAILY,
                  .timeframe = TF_1D,
                  .from = date_from_ymd(2005, 1, 3),
                  .trade_from = date_from_ymd(2006, 1, 3),
                  .to = date_from_ymd(2009, 7, 1)};
    if (!dataset_stored(&w, &d)) {
        skip();
    }
    same_run(&d, "recorded days");
    dataset_free(&d);
}

TEST(recorded_five_minutes)
{
    UNUSED_STATE;
    dataset_t d;
    stored_t w = {.file = "intraday/us_5min.csv.zst",
                  .source = "us_5min",
                  .symbols = SYMBOLS_INTRADAY,
                  .proxy = "SPY",
                  .timeframe = TF_5M,
                  .from = FROM_INTRADAY,
                  .trade_from = FROM_INTRADAY + 100,
                  .to = FROM_INTRADAY + 107};
    if (!dataset_stored(&w, &d)) {
        skip();
    }
    same_run(&d, "recorded five minutes");
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(simulated_market),
                                       cmocka_unit_test(coins_five_minutes),
                                       cmocka_unit_test(coins_by_the_minute), cmocka_unit_test(coins_days),
                                       cmocka_unit_test(recorded_days),
                                       cmocka_unit_test(recorded_five_minutes)};
    return RUN_TESTS(tests);
}
