/* The null tests on recorded bars, and that they bite: a rule whose sides are not each other's mirror, and a
 * market that shows the next bar's close, are each found by the test that is there for it. */
#include "tests/engine/coins.h"

#include "drivers/nulls.h"
#include "tests/budget.h"

typedef struct {
    u32 lines, thin;
    char failed[512]; /* "test/who;" of each that does not hold */
    i64 until;
} told_so_t;

static void hear(void *ctx, const null_line_t *l)
{
    told_so_t *h = ctx;
    h->lines++;
    h->thin += l->verdict == NULL_THIN ? 1 : 0;
    if (l->verdict == NULL_FAILS) {
        size_t used = strlen(h->failed);
        (void)snprintf(h->failed + used, sizeof h->failed - used, "%s/%s;", l->test, l->who);
    }
    print_message("# %s %-18s %-16s %9.4f, bound %.4f %s, n %llu\n",
                  l->verdict == NULL_HOLDS ? "holds" : (l->verdict == NULL_FAILS ? "FAILS" : "thin "),
                  l->test, l->who, l->value, l->bound, l->unit, (unsigned long long)l->n);
}

static bool time_is_up(void *ctx)
{
    const told_so_t *h = ctx;
    return h->until != 0 && budget_now_ns() > h->until;
}

static told_so_t listen(void)
{
    told_so_t h = {0};
    budget_t b = budget_start(2);
    h.until = b.until_ns;
    return h;
}

static told_so_t nulls_on(lab_t *data, u32 seeds, const strategy_desc_t *only)
{
    diag_t diag = {0};
    told_so_t h = listen();
    u32 failed = 0;
    config_t config = config_default(data->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY, PRESET_MODERATE);
    nulls_spec_t spec = {.config = &config,
                         .seed = 11,
                         .seeds = seeds,
                         .only = only,
                         .ctx = &h,
                         .say = hear,
                         .enough = time_is_up};
    CHECK_OK(nulls_run(data, &spec, &diag, &failed));
    CHECK_EQ(failed == 0, h.failed[0] == '\0');
    return h;
}

static void lab_of(dataset_t *d, lab_t *out)
{
    diag_t diag = {0};
    source_t s = dataset_source(d);
    CHECK_OK(lab_read(&s, &diag, out));
}

static bool five_minutes(const char *symbols, lab_t *out)
{
    dataset_t d;
    stored_t w = {.file = "intraday/us_5min.csv.zst",
                  .source = "us_5min",
                  .proxy = "",
                  .symbols = symbols,
                  .timeframe = TF_5M,
                  .from = date_from_ymd(2025, 5, 12),
                  .to = date_from_ymd(2026, 2, 14)};
    if (!dataset_stored(&w, &d)) {
        return false;
    }
    lab_of(&d, out);
    dataset_free(&d);
    return true;
}

TEST(five_minute_bars)
{
    UNUSED_STATE;
    lab_t l;
    if (!five_minutes(
            "AAPL,AFRM,AMZN,BAC,CAT,CVX,GOOG,GS,HOOD,INTC,IONQ,JPM,META,MSFT,NVDA,PLTR,SOFI,TSLA,UBER,"
            "XOM",
            &l)) {
        skip();
    }
    told_so_t h = nulls_on(&l, 4, NULL);
    CHECK(h.lines > 10 && h.failed[0] == '\0');
    lab_free(&l);
}

TEST(days)
{
    UNUSED_STATE;
    dataset_t d;
    lab_t l;
    stored_t w = {.file = "daily/sp500_daily.csv.zst",
                  .source = "sp500_daily",
                  .proxy = "",
                  .symbols =
                      "AAPL,ABT,ADBE,AIG,AMAT,AMZN,AXP,BAC,CAT,COST,CSCO,CVX,DE,GS,HD,HON,IBM,INTC,JNJ,"
                      "JPM,KO,LMT,MMM,MRK,MSFT,NKE,ORCL,PEP,PFE,PG,T,TGT,UNH,WMT,XOM",
                  .timeframe = TF_1D,
                  .from = date_from_ymd(2000, 1, 3),
                  .to = date_from_ymd(2008, 1, 1)};
    if (!dataset_stored(&w, &d)) {
        skip();
    }
    lab_of(&d, &l);
    dataset_free(&d);
    told_so_t h = nulls_on(&l, 4, NULL);
    CHECK(h.lines > 10 && h.failed[0] == '\0');
    lab_free(&l);
}

/* ---- that they bite ---- */

static bool lopsided_holds(const setup_t *s, i32 d)
{
    f64 move = (f64)d * (setup_get(s, FEATURE_CLOSE) - setup_get(s, FEATURE_OPEN));
    f64 least = (d > 0 ? 0.5 : 0.6) * setup_get(s, FEATURE_ATR);
    return move > least;
}

static void with_the_bar(const setup_t *s, i32 d, strategy_plan_t *out)
{
    f64 c = setup_get(s, FEATURE_CLOSE);
    f64 a = setup_get(s, FEATURE_A);
    *out = (strategy_plan_t){.level = c, .stop = c - (f64)d * a, .target = c + (f64)d * 2.0 * a};
}

static bool fair_holds(const setup_t *s, i32 d)
{
    f64 move = (f64)d * (setup_get(s, FEATURE_CLOSE) - setup_get(s, FEATURE_OPEN));
    return move > 0.5 * setup_get(s, FEATURE_ATR);
}

static const strategy_desc_t lopsided = {.name = "lopsided",
                                         .day = true,
                                         .swing = true,
                                         .swing_hold_days = 5,
                                         .holds = lopsided_holds,
                                         .plan = with_the_bar};
static const strategy_desc_t fair = {.name = "fair",
                                     .day = true,
                                     .swing = true,
                                     .swing_hold_days = 5,
                                     .holds = fair_holds,
                                     .plan = with_the_bar};

/* Somebody sold a coin for next to nothing, as happened in 2017: who buys everything holds on. */
TEST(a_crash_of_a_moment_stops_nobody)
{
    UNUSED_STATE;
    dataset_t d;
    lab_t l;
    coins_t k = {.seed = 41, .history = 70, .sessions = 300, .first = 19500};
    dataset_coins(&k, TF_1D, &d);
    lab_of(&d, &l);
    dataset_free(&d);
    for (size_t i = 0; i < l.bars; i++) {
        l.own_bar[i].low.v = i % 50 == 0 ? l.own_bar[i].low.v / 20000 + 1 : l.own_bar[i].low.v;
    }
    told_so_t h = nulls_on(&l, 2, &fair);
    CHECK(h.lines > 3 && strstr(h.failed, "buy everything") == NULL);
    lab_free(&l);
}

/* The close shown is that of the bar after: whoever buys at the next open knows where that bar ends. */
static void show_the_next_close(lab_t *l)
{
    i64 next[LIMIT_CANDIDATES] = {0};
    CHECK(l->instruments <= COUNT_OF(next));
    for (size_t i = l->bars; i-- > 0;) {
        bar_t *b = &l->own_bar[i];
        i64 close = b->close.v;
        b->close.v = next[l->own_inst[i]] != 0 ? next[l->own_inst[i]] : close;
        next[l->own_inst[i]] = close;
        b->high.v = MAX_OF(b->high.v, b->close.v);
        b->low.v = MIN_OF(b->low.v, b->close.v);
    }
}

TEST(wrong_ones_are_found)
{
    UNUSED_STATE;
    lab_t l;
    if (!five_minutes("AAPL,CVX,GS,INTC,MSFT,NVDA,TSLA,XOM", &l)) {
        skip();
    }
    told_so_t h = nulls_on(&l, 2, &fair);
    CHECK(strstr(h.failed, "mirror") == NULL && strstr(h.failed, "delay") == NULL);
    CHECK(strstr(h.failed, "shuffled") == NULL && strstr(h.failed, "sign") == NULL);
    h = nulls_on(&l, 2, &lopsided);
    CHECK(strstr(h.failed, "mirror/lopsided;") != NULL);
    show_the_next_close(&l);
    h = nulls_on(&l, 2, &fair);
    CHECK(strstr(h.failed, "delay/fair;") != NULL);
    lab_free(&l);
}

/* ---- series made over ---- */

TEST(made_over_series_keep_what_they_must)
{
    UNUSED_STATE;
    dataset_t d;
    lab_t l;
    lab_t a;
    lab_t b;
    dataset_simulated(3, 4, 0, 4, &d);
    for (u32 i = 0; i < d.count; i++) { /* its days alone */
        d.own_gone[i] = d.own_slice[i].timeframe != TF_1D;
    }
    d.like.timeframe = TF_1D;
    lab_of(&d, &l);
    dataset_free(&d);
    for (u32 each = 0; each < 2; each++) {
        CHECK_OK(lab_copy(&l, &a));
        CHECK_OK(lab_copy(&l, &b));
        CHECK_OK(lab_shuffle(&a, 5, each == 1));
        CHECK_OK(lab_shuffle(&b, 5, each == 1));
        CHECK(memcmp(a.own_bar, b.own_bar, a.bars * sizeof *a.own_bar) == 0);
        i64 sum = 0;
        i64 shuffled = 0;
        u32 moved = 0;
        for (size_t i = 0; i < a.bars; i++) {
            CHECK(bar_is_sane(&a.own_bar[i]));
            CHECK_EQ(a.own_bar[i].t_known, l.own_bar[i].t_known);
            sum += l.own_bar[i].volume;
            shuffled += a.own_bar[i].volume;
            moved += a.own_bar[i].volume != l.own_bar[i].volume ? 1 : 0;
        }
        CHECK_EQ(sum, shuffled); /* every step is used once */
        CHECK(moved > a.bars / 2);
        lab_free(&a);
        lab_free(&b);
    }
    CHECK_OK(lab_copy(&l, &a)); /* turned twice, each day is as it was, to rounding */
    CHECK_OK(lab_flip(&a, 9, false));
    CHECK_OK(lab_flip(&a, 9, false));
    for (size_t i = 0; i < a.bars; i++) {
        f64 was = price_to_f64(l.own_bar[i].close);
        CHECK(price_to_f64(a.own_bar[i].close) / was < 1.0 + 1e-6);
        CHECK(was / price_to_f64(a.own_bar[i].close) < 1.0 + 1e-6);
    }
    lab_free(&a);
    lab_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_over_series_keep_what_they_must),
        cmocka_unit_test(five_minute_bars),
        cmocka_unit_test(days),
        cmocka_unit_test(a_crash_of_a_moment_stops_nobody),
        cmocka_unit_test(wrong_ones_are_found),
    };
    return RUN_TESTS(tests);
}
