/* The screener's points against values worked by hand from the table of trading rules: each part at its
 * start, its middle and its end, the sum, the clamp at 100 with the raw sum kept. */
#include "tests/alpha/row.h"

#include "alpha/screener/screener.h"

typedef struct {
    f64 rvol, atr, open, prior, rsi, dollars, high, low, close, days;
    f64 part[SCREEN_PARTS]; /* long */
    f64 place_short;
} case_t;

static const case_t cases[] = {
    /* all at zero: usual volume, 1 % range, no gap, RSI 50, 10 million, middle of the year */
    {1, 1, 100, 100, 50, 1e7, 110, 90, 100, 252, {0, 0, 0, 0, 0, 0}, 0},
    /* log2(2)/2; (3-1)/4; (2/3-0.25)/1.25; (15-5)/20; log10(10)/2; (0.75-0.5)/0.5 */
    {2, 3, 102, 100, 65, 1e8, 110, 90, 105, 252, {12.5, 10, 20.0 / 3.0, 7.5, 5, 7.5}, 0},
    /* everything full: 105 raw */
    {4, 5, 110, 100, 25, 1e9, 110, 90, 110, 252, {25, 20, 20, 15, 10, 15}, 0},
    /* beyond full stays full; a gap down counts as one up; the short side owns the low */
    {64, 8, 80, 100, 99, 1e11, 110, 90, 90, 252, {25, 20, 20, 15, 10, 0}, 15},
    /* ranges over 8 % fade out: half at 12 %, nothing from 16 % */
    {1, 12, 100, 100, 50, 1e7, 110, 90, 100, 252, {0, 10, 0, 0, 0, 0}, 0},
    {1, 16, 100, 100, 50, 1e7, 110, 90, 100, 252, {0, 0, 0, 0, 0, 0}, 0},
    /* below the starts: nothing negative */
    {0.25, 0.2, 100.01, 100, 54, 1e6, 110, 90, 96, 252, {0, 0, 0, 0, 0, 0}, 6},
    /* under 120 days the year says nothing */
    {1, 1, 100, 100, 50, 1e7, 110, 90, 110, 119, {0, 0, 0, 0, 0, 0}, 0},
    {1, 1, 100, 100, 50, 1e7, 110, 90, 110, 120, {0, 0, 0, 0, 0, 15}, 0},
    /* unknown inputs are worth nothing */
    {0, 0, 0, 0, 50, 0, 0, 0, 0, 0, {0, 0, 0, 0, 0, 0}, 0},
};

static void fill(row_t *r, const case_t *c)
{
    row_init(r);
    row_set(r, FEATURE_RVOL, c->rvol);
    row_set(r, FEATURE_ATR_PCT, c->atr);
    row_set(r, FEATURE_DAY_OPEN, c->open);
    row_set(r, FEATURE_DAY_CLOSE, c->prior);
    row_set(r, FEATURE_RSI_DAY, c->rsi);
    row_set(r, FEATURE_DOLLAR20, c->dollars);
    row_set(r, FEATURE_HIGH252, c->high);
    row_set(r, FEATURE_LOW252, c->low);
    row_set(r, FEATURE_CLOSE, c->close);
    row_set(r, FEATURE_DAYS, c->days);
}

TEST(points_by_hand)
{
    UNUSED_STATE;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        row_t r;
        screen_score_t s;
        f64 sum = 0;
        fill(&r, &cases[i]);
        screen_score(&c, &r.view, 0, &s);
        for (u32 k = 0; k < SCREEN_PARTS; k++) {
            f64 d = s.part[0][k] - cases[i].part[k];
            if (d > 1e-6 || d < -1e-6) {
                print_message("case %zu, %s: %.6f, by hand %.6f\n", i, screen_part_name(k), s.part[0][k],
                              cases[i].part[k]);
            }
            CHECK(d <= 1e-6 && d >= -1e-6);
            sum += cases[i].part[k];
        }
        CHECK(s.raw[0] - sum < 1e-6 && sum - s.raw[0] < 1e-6);
        CHECK_NEAR(s.part[1][SCREEN_52W], cases[i].place_short);
        CHECK(s.score[0] <= 100.0 && s.score[1] <= 100.0);
        CHECK_NEAR(s.score[0], s.raw[0] > 100.0 ? 100.0 : s.raw[0]);
    }
}

/* Turning the year and RSI upside down gives the other side the same points. */
TEST(sides_mirror)
{
    UNUSED_STATE;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    for (u32 i = 0; i <= 40; i++) {
        row_t r;
        screen_score_t up;
        screen_score_t down;
        case_t x = cases[1];
        x.close = 90.0 + 0.5 * i;
        x.rsi = 20.0 + i;
        fill(&r, &x);
        screen_score(&c, &r.view, 0, &up);
        x.close = 200.0 - x.close;
        x.rsi = 100.0 - x.rsi;
        fill(&r, &x);
        screen_score(&c, &r.view, 0, &down);
        CHECK_NEAR(up.raw[0], down.raw[1]);
        CHECK_NEAR(up.raw[1], down.raw[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(points_by_hand), cmocka_unit_test(sides_mirror)};
    return RUN_TESTS(tests);
}
