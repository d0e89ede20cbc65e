/* The built-in analyst row by row against the table of trading rules, the debate's factors, the two readings
 * of the composite. */
#include "tests/test.h"

#include "ai/analyst.h"
#include "ai/debate.h"
#include "alpha/scoring/composite.h"

/* Nothing known but the score, which at 0.75 gives 16 x 0.5 - 8 = 0 points. */
static ai_input_t quiet(void)
{
    return (ai_input_t){.d = 1, .day = true, .score = 0.75};
}

static f64 points_of(const ai_input_t *in, evidence_id_t id, bool *known)
{
    conviction_t c;
    analyst_run(in, &c);
    for (u32 i = 0; i < c.count; i++) {
        if (c.row[i].id == id) {
            *known = c.row[i].known;
            return c.row[i].points;
        }
    }
    fail();
    return 0;
}

#define ROW(id_, points_, ...)                                                                               \
    {                                                                                                        \
        id_, points_,                                                                                        \
        {                                                                                                    \
            .d = 1, .day = true, .score = 0.75, __VA_ARGS__                                                  \
        }                                                                                                    \
    }

static const struct {
    evidence_id_t id;
    f64 points;
    ai_input_t in;
} rows[] = {
    {EVIDENCE_SCORE, 8, {.d = 1, .score = 1.0}},
    {EVIDENCE_SCORE, -24, {.d = 1, .score = 0.0}},
    {EVIDENCE_SCORE, -8, {.d = -1, .score = 0.5}},
    ROW(EVIDENCE_TREND15, 8, .trend15 = 2, .trend15_known = true),
    ROW(EVIDENCE_TREND15, 0, .trend15 = 1, .trend15_known = true),
    ROW(EVIDENCE_TREND15, -8, .trend15 = -2, .trend15_known = true),
    ROW(EVIDENCE_TREND15, -4, .trend15 = 2, .trend15_known = true, .reversal = true),
    ROW(EVIDENCE_TREND15, 4, .trend15 = -2, .trend15_known = true, .reversal = true),
    {EVIDENCE_TREND15, 8, {.d = -1, .score = 0.75, .trend15 = -2, .trend15_known = true}},
    ROW(EVIDENCE_INDEX_SIDE, 6, .index_side = 1, .index_known = true),
    ROW(EVIDENCE_INDEX_SIDE, -6, .index_side = -1, .index_known = true),
    {EVIDENCE_INDEX_SIDE, 6, {.d = -1, .score = 0.75, .index_side = -1, .index_known = true}},
    ROW(EVIDENCE_REGIME_FIT, 4, .intraday = 1, .intraday_known = true),
    ROW(EVIDENCE_REGIME_FIT, -4, .intraday = 2, .intraday_known = true),
    ROW(EVIDENCE_REGIME_FIT, 4, .intraday = 2, .intraday_known = true, .reversal = true),
    ROW(EVIDENCE_REGIME_FIT, -4, .intraday = 1, .intraday_known = true, .reversal = true),
    ROW(EVIDENCE_REGIME_FIT, 0, .intraday = 0, .intraday_known = true),
    ROW(EVIDENCE_RVOL, 5, .rvol = 2.0, .rvol_known = true),
    ROW(EVIDENCE_RVOL, 0, .rvol = 1.99, .rvol_known = true),
    ROW(EVIDENCE_RVOL, -5, .rvol = 0.99, .rvol_known = true),
    ROW(EVIDENCE_ROOM, 5, .room_r = 2.0, .room_known = true),
    ROW(EVIDENCE_ROOM, 0, .room_r = 1.0, .room_known = true),
    ROW(EVIDENCE_ROOM, -8, .room_r = 0.99, .room_known = true),
    ROW(EVIDENCE_STRETCHED, -8, .beyond_vwap_a = 3.01, .vwap_known = true),
    ROW(EVIDENCE_STRETCHED, 0, .beyond_vwap_a = 3.0, .vwap_known = true),
    ROW(EVIDENCE_STRETCHED, 0, .beyond_vwap_a = 5.0, .vwap_known = true, .reversal = true),
    ROW(EVIDENCE_SECTOR, 5, .sector = 1, .sector_known = true),
    ROW(EVIDENCE_SECTOR, -5, .sector = -1, .sector_known = true),
    ROW(EVIDENCE_NEWS, 5, .news = 0.5, .news_known = true),
    {EVIDENCE_NEWS, -5, {.d = -1, .score = 0.75, .news = 0.5, .news_known = true}},
    ROW(EVIDENCE_IV_RANK, -3, .iv_rank = 80.1, .iv_rank_known = true),
    ROW(EVIDENCE_IV_RANK, 0, .iv_rank = 80, .iv_rank_known = true),
    ROW(EVIDENCE_IV_RANK, 0, .iv_rank = 0, .iv_rank_known = true),
    ROW(EVIDENCE_EARNINGS, -15, .earnings_days = 2, .earnings_known = true),
    ROW(EVIDENCE_EARNINGS, -5, .earnings_days = 3, .earnings_known = true),
    ROW(EVIDENCE_EARNINGS, -5, .earnings_days = 5, .earnings_known = true),
    ROW(EVIDENCE_EARNINGS, 0, .earnings_days = 6, .earnings_known = true),
    ROW(EVIDENCE_VIX, -6, .vix = 30.1, .vix_known = true),
    ROW(EVIDENCE_VIX, 0, .vix = 30.0, .vix_known = true),
    ROW(EVIDENCE_VIX, -6, .vix = 15, .vix_change_pct = 10.1, .vix_known = true),
    {EVIDENCE_VIX, 0, {.d = -1, .score = 0.75, .vix = 15, .vix_change_pct = 10.1, .vix_known = true}},
    ROW(EVIDENCE_HEALTH, 5, .health_sharpe = 1.0, .health_results = 40),
    ROW(EVIDENCE_HEALTH, 0, .health_sharpe = 1.0, .health_results = 39),
    ROW(EVIDENCE_HEALTH, -10, .health_sharpe = 2.0, .health_results = 40, .health_degraded = true),
    ROW(EVIDENCE_LESSONS, 4, .lessons_r = 0.5, .lessons_n = 10), /* 16 x 0.5 x 10/20 */
    ROW(EVIDENCE_LESSONS, 8, .lessons_r = 3.0, .lessons_n = 10),
    ROW(EVIDENCE_LESSONS, -8, .lessons_r = -3.0, .lessons_n = 10),
    ROW(EVIDENCE_SPREAD, -5, .spread_bps = 10.1),
    ROW(EVIDENCE_SPREAD, 0, .spread_bps = 10.0),
    ROW(EVIDENCE_CLOCK, 3, .minutes = 119, .clock_known = true), /* before 11:30 */
    ROW(EVIDENCE_CLOCK, 0, .minutes = 120, .clock_known = true),
    ROW(EVIDENCE_CLOCK, -4, .minutes = 150, .clock_known = true), /* 12:00 */
    ROW(EVIDENCE_CLOCK, -4, .minutes = 239, .clock_known = true),
    ROW(EVIDENCE_CLOCK, 0, .minutes = 240, .clock_known = true), /* 13:30 */
};

TEST(rows_of_the_table)
{
    UNUSED_STATE;
    ai_input_t base = quiet();
    conviction_t none;
    analyst_run(&base, &none);
    CHECK_EQ(none.conviction, 50);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool known = false;
        f64 p = points_of(&rows[i].in, rows[i].id, &known);
        if (p > rows[i].points + 1e-9 || p < rows[i].points - 1e-9 || !known) {
            print_message("case %zu, %s: %.3f, table %.3f, known %d\n", i, evidence_name((u8)rows[i].id), p,
                          rows[i].points, known);
        }
        CHECK(known && p <= rows[i].points + 1e-9 && p >= rows[i].points - 1e-9);
    }
}

/* What is not known gives nothing, whatever stands in its field, and says so. */
TEST(unknown_is_never_good)
{
    UNUSED_STATE;
    ai_input_t in = {.d = 1,
                     .score = 0.75,
                     .trend15 = 2,
                     .index_side = 1,
                     .intraday = 1,
                     .rvol = 9,
                     .room_r = 9,
                     .news = 1,
                     .sector = 1,
                     .iv_rank = 100,
                     .minutes = 5};
    conviction_t c;
    analyst_run(&in, &c);
    CHECK_EQ(c.conviction, 50);
    for (u32 i = 0; i < c.count; i++) {
        bool always = c.row[i].id == EVIDENCE_SCORE || c.row[i].id == EVIDENCE_SPREAD;
        CHECK(c.row[i].known == always);
        CHECK(c.row[i].known || (c.row[i].points == 0.0 && c.row[i].value == 0.0));
    }
}

TEST(conviction_is_the_sum_rounded_and_clamped)
{
    UNUSED_STATE;
    ai_input_t best = {.d = 1,
                       .day = true,
                       .score = 1.0,
                       .trend15 = 2,
                       .trend15_known = true,
                       .index_side = 1,
                       .index_known = true,
                       .intraday = 1,
                       .intraday_known = true,
                       .rvol = 3,
                       .rvol_known = true,
                       .room_r = 3,
                       .room_known = true,
                       .news = 1,
                       .news_known = true,
                       .health_sharpe = 2,
                       .health_results = 50,
                       .lessons_r = 3,
                       .lessons_n = 100,
                       .minutes = 30,
                       .clock_known = true};
    conviction_t c;
    analyst_run(&best, &c); /* 50+8+8+6+4+5+5+10+5+8+3 = 112 */
    CHECK_EQ(c.conviction, 100);
    CHECK(c.bull > 61.9 && c.bull < 62.1 && c.bear == 0.0);
    ai_input_t half = quiet();
    half.news = 0.05; /* 50.5 rounds away from zero */
    half.news_known = true;
    analyst_run(&half, &c);
    CHECK_EQ(c.conviction, 51);
    ai_input_t bad = {.d = 1,
                      .score = 0.0,
                      .room_r = 0.5,
                      .room_known = true,
                      .news = -1,
                      .news_known = true,
                      .earnings_days = 1,
                      .earnings_known = true,
                      .vix = 40,
                      .vix_known = true,
                      .spread_bps = 30};
    analyst_run(&bad, &c); /* 50-24-8-10-15-6-5 < 0 */
    CHECK_EQ(c.conviction, 0);
    CHECK_EQ(c.risk[0], EVIDENCE_SCORE);
    CHECK_EQ(c.risk[1], EVIDENCE_EARNINGS);
    CHECK_EQ(c.risk[2], EVIDENCE_NEWS);
}

TEST(debate)
{
    UNUSED_STATE;
    static const struct {
        f64 bull, bear, neutral, factor;
    } cases[] = {
        {30, 10, 60, 1.15}, {29.9, 10, 60, 1.0},
        {20, 10, 60, 1.0},  {14.9, 10, 60, 0.85}, /* less than 5 apart */
        {30, 10, 40, 0.85}, {10, 30, 60, 0.85},   /* the signs differ */
        {10, 30, 40, 0.85},                       /* agreed against the trade */
        {30, 10, 50, 0.85}, {10, 10, 50, 0.85},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        conviction_t c = {.bull = cases[i].bull, .bear = cases[i].bear, .neutral = cases[i].neutral};
        f64 f = debate_factor(debate_run(&c), 1.15, 0.85);
        if (f > cases[i].factor + 1e-12 || f < cases[i].factor - 1e-12) {
            print_message("case %zu: %.3f\n", i, f);
        }
        CHECK(f <= cases[i].factor + 1e-12 && f >= cases[i].factor - 1e-12);
    }
}

TEST(composite)
{
    UNUSED_STATE;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    static const struct {
        composite_in_t in;
        f64 composite;
    } cases[] = {
        {{.screener = 50, .strategy = 0.5, .regime_mult = 1.0}, 50}, /* 20 + 30 */
        {{.screener = 50, .strategy = 0.5, .regime_mult = 1.0, .trend15 = 2}, 60},
        {{.screener = 50, .strategy = 0.5, .regime_mult = 1.0, .trend15 = 1}, 55},
        {{.screener = 50, .strategy = 0.5, .regime_mult = 1.0, .degraded = true}, 41}, /* 20 + 21 */
        {{.screener = 50, .strategy = 0.1, .regime_mult = 1.0, .degraded = true}, 20}, /* not below 0 */
        {{.screener = 50, .strategy = 0.5, .regime_mult = 0.5}, 25},
        {{.screener = 100, .strategy = 1.0, .regime_mult = 1.2, .trend15 = 2}, 100},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        composite_t out;
        composite_score(&c, &cases[i].in, &out);
        if (out.composite > cases[i].composite + 1e-9 || out.composite < cases[i].composite - 1e-9) {
            print_message("case %zu: %.6f\n", i, out.composite);
        }
        CHECK(out.composite <= cases[i].composite + 1e-9 && out.composite >= cases[i].composite - 1e-9);
    }
    CHECK(composite_final(60, 50, 1.0) == 60.0);
    CHECK(composite_final(60, 0, 1.0) == 30.0);
    CHECK(composite_final(90, 100, 1.15) == 100.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_the_table),
                                       cmocka_unit_test(unknown_is_never_good),
                                       cmocka_unit_test(conviction_is_the_sum_rounded_and_clamped),
                                       cmocka_unit_test(debate), cmocka_unit_test(composite)};
    return RUN_TESTS(tests);
}
