/* Every strategy is its own mirror: with prices reflected (p becomes 2c - p) long and short set-ups change
 * places one for one, with the same scores and reflected stops and targets; what `holds` says is what the
 * gates say. */
#include "tests/alpha/row.h"

#include <string.h>

#include "alpha/strategies/strategy.h"
#include "base/rng.h"

enum { ROWS = 40000 };
static const f64 CENTRE = 128.0;

/* Prices in 64ths, so that reflecting is exact. */
static f64 draw(u64 n, u32 what, f64 lo, f64 hi)
{
    f64 u = rng_unit((rng_key_t){.seed = 77, .purpose = RNG_TEST, .entity = what}, n);
    return (f64)(i64)((lo + (hi - lo) * u) * 64.0) / 64.0;
}

typedef struct {
    feature_t f, mirror;
} pair_t;
/* Features that are prices, each with the one it becomes. */
static const pair_t prices[] = {
    {FEATURE_RAW, FEATURE_RAW},
    {FEATURE_OPEN, FEATURE_OPEN},
    {FEATURE_CLOSE, FEATURE_CLOSE},
    {FEATURE_HIGH, FEATURE_LOW},
    {FEATURE_CLOSE_PREV, FEATURE_CLOSE_PREV},
    {FEATURE_HIGH_PREV, FEATURE_LOW_PREV},
    {FEATURE_DAY_CLOSE, FEATURE_DAY_CLOSE},
    {FEATURE_DAY_OPEN, FEATURE_DAY_OPEN},
    {FEATURE_HIGH252, FEATURE_LOW252},
    {FEATURE_SMA20, FEATURE_SMA20},
    {FEATURE_SMA50, FEATURE_SMA50},
    {FEATURE_SMA200, FEATURE_SMA200},
    {FEATURE_EMA9, FEATURE_EMA9},
    {FEATURE_EMA21, FEATURE_EMA21},
    {FEATURE_BAND_MID, FEATURE_BAND_MID},
    {FEATURE_VWAP, FEATURE_VWAP},
    {FEATURE_HIGH20, FEATURE_LOW20},
    {FEATURE_HIGH20_BEFORE, FEATURE_LOW20_BEFORE},
    {FEATURE_HIGH3, FEATURE_LOW3},
    {FEATURE_HIGH3_BEFORE, FEATURE_LOW3_BEFORE},
    {FEATURE_DAY_HIGH, FEATURE_DAY_LOW},
};

static void fill(row_t *r, u64 n)
{
    row_init(r);
    for (u32 i = 0; i < COUNT_OF(prices); i++) {
        row_set(r, prices[i].f, draw(n, i, 124, 132));
        row_set(r, prices[i].mirror,
                prices[i].f == prices[i].mirror ? r->cell[prices[i].f][0] : draw(n, 100 + i, 124, 132));
    }
    row_set(r, FEATURE_FACTOR, 1.0);
    row_set(r, FEATURE_PRESENT, 1.0);
    row_set(r, FEATURE_DAYS, 252.0);
    row_set(r, FEATURE_ATRD, draw(n, 200, 1, 6));
    row_set(r, FEATURE_RVOL, draw(n, 201, 0.5, 4));
    row_set(r, FEATURE_BAR_VOLUME, draw(n, 202, 0.5, 6));
    row_set(r, FEATURE_RSI, draw(n, 203, 5, 95));
    row_set(r, FEATURE_RSI_DAY, draw(n, 204, 5, 95));
    row_set(r, FEATURE_ATR, draw(n, 205, 0.5, 2));
    row_set(r, FEATURE_ATR_AGO, draw(n, 206, 0.5, 2));
    row_set(r, FEATURE_A, draw(n, 207, 0.5, 2));
    row_set(r, FEATURE_BAND_SD, draw(n, 208, 0.5, 2));
    row_set(r, FEATURE_SETUP_LONG, (f64)(i64)draw(n, 209, 0, 4));
    row_set(r, FEATURE_SETUP_SHORT, (f64)(i64)draw(n, 210, 0, 4));
    row_set(r, FEATURE_TREND15, (f64)((i64)draw(n, 211, 0, 4.9) - 2));
}

static void reflect(const row_t *from, row_t *to)
{
    row_init(to);
    memcpy(to->cell, from->cell, sizeof to->cell);
    for (u32 i = 0; i < COUNT_OF(prices); i++) {
        row_set(to, prices[i].f, 2.0 * CENTRE - from->cell[prices[i].mirror][0]);
        row_set(to, prices[i].mirror, 2.0 * CENTRE - from->cell[prices[i].f][0]);
    }
    row_set(to, FEATURE_RSI, 100.0 - from->cell[FEATURE_RSI][0]);
    row_set(to, FEATURE_RSI_DAY, 100.0 - from->cell[FEATURE_RSI_DAY][0]);
    row_set(to, FEATURE_SETUP_LONG, from->cell[FEATURE_SETUP_SHORT][0]);
    row_set(to, FEATURE_SETUP_SHORT, from->cell[FEATURE_SETUP_LONG][0]);
    row_set(to, FEATURE_TREND15, -from->cell[FEATURE_TREND15][0]);
}

static bool gates_hold(const strategy_desc_t *st, const setup_t *s, i32 d)
{
    gates_t g = {0};
    st->gates(s, d, &g);
    CHECK(g.count > 0);
    return g.failed == 0;
}

static void mirror_of(const strategy_desc_t *st, const setup_t *a, const setup_t *b, i32 d, u32 *held)
{
    strategy_plan_t pa;
    strategy_plan_t pb;
    CHECK_EQ(st->holds(a, d), st->holds(b, -d));
    CHECK_EQ(gates_hold(st, a, d), gates_hold(st, b, -d));
    CHECK_EQ(st->holds(a, d), gates_hold(st, a, d));
    st->plan(a, d, &pa);
    st->plan(b, -d, &pb);
    CHECK_NEAR(pa.score, pb.score);
    CHECK_NEAR(pa.stop, 2.0 * CENTRE - pb.stop);
    CHECK_NEAR(pa.target, 2.0 * CENTRE - pb.target);
    CHECK_NEAR(pa.level, 2.0 * CENTRE - pb.level);
    for (u32 k = 0; k < 3; k++) {
        CHECK_NEAR(pa.component[k], pb.component[k]);
    }
    CHECK(pa.score >= 0.15 && pa.score <= 1.0);
    held_t ha = {.level = pa.level,
                 .entry = setup_get(a, FEATURE_CLOSE_PREV),
                 .mfe_a = 0.25,
                 .low3 = 126,
                 .held_minutes = 45,
                 .held_days = 3};
    held_t hb = ha;
    hb.level = 2.0 * CENTRE - ha.level;
    hb.entry = 2.0 * CENTRE - ha.entry;
    hb.low3 = 2.0 * CENTRE - ha.low3;
    CHECK_EQ(st->invalid(a, d, &ha), st->invalid(b, -d, &hb));
    *held += st->holds(a, d) ? 1 : 0;
}

TEST(long_and_short_change_places)
{
    UNUSED_STATE;
    for (u32 k = 0; k < strategy_count(); k++) {
        const strategy_desc_t *st = strategy_at(k);
        for (u32 profile = PROFILE_DAY; profile <= PROFILE_SWING; profile++) {
            u32 held = 0;
            if (profile == PROFILE_DAY ? !st->day : !st->swing) {
                continue;
            }
            for (u64 n = 0; n < ROWS; n++) {
                row_t ra;
                row_t rb;
                fill(&ra, n);
                reflect(&ra, &rb);
                setup_t a = {.view = &ra.view, .profile = (profile_t)profile};
                setup_t b = {.view = &rb.view, .profile = (profile_t)profile};
                mirror_of(st, &a, &b, 1, &held);
                mirror_of(st, &a, &b, -1, &held);
            }
            print_message("# %s, profile %u: held %u times\n", st->name, profile, held);
            CHECK(held > 0);
        }
    }
}

/* One breakout by hand, and each of its gates closed alone. */
TEST(breakout_gates_by_hand)
{
    UNUSED_STATE;
    static const struct {
        feature_t f;
        f64 v;
        rule_t rule;
    } closed[] = {
        {FEATURE_CLOSE, 100.0, RULE_BRK_LEVEL},     {FEATURE_CLOSE_PREV, 100.5, RULE_BRK_FIRST},
        {FEATURE_BAR_VOLUME, 1.9, RULE_BRK_VOLUME}, {FEATURE_ATR_AGO, 1.0, RULE_BRK_ATR_EXPANDS},
        {FEATURE_VWAP, 101.5, RULE_BRK_VWAP},
    };
    for (u32 i = 0; i <= COUNT_OF(closed); i++) {
        row_t r;
        gates_t g = {0};
        row_init(&r);
        row_set(&r, FEATURE_FACTOR, 1.0);
        row_set(&r, FEATURE_HIGH20, 100.0);
        row_set(&r, FEATURE_HIGH20_BEFORE, 100.0);
        row_set(&r, FEATURE_CLOSE, 101.0);
        row_set(&r, FEATURE_CLOSE_PREV, 99.5);
        row_set(&r, FEATURE_BAR_VOLUME, 3.5);
        row_set(&r, FEATURE_RVOL, 1.75);
        row_set(&r, FEATURE_ATR, 1.0);
        row_set(&r, FEATURE_ATR_AGO, 0.75);
        row_set(&r, FEATURE_VWAP, 99.0);
        row_set(&r, FEATURE_A, 2.0);
        if (i < COUNT_OF(closed)) {
            row_set(&r, closed[i].f, closed[i].v);
        }
        setup_t s = {.view = &r.view, .profile = PROFILE_DAY};
        const strategy_desc_t *st = strategy_find(STRATEGY_BREAKOUT);
        st->gates(&s, 1, &g);
        CHECK_EQ(g.count, 5);
        CHECK_EQ(st->holds(&s, 1), i == COUNT_OF(closed));
        if (i < COUNT_OF(closed)) {
            bool found = false;
            for (u32 k = 0; k < g.count; k++) {
                found = found || (g.v[k].rule == closed[i].rule && !gate_holds(&g.v[k]));
            }
            CHECK(found);
            continue;
        }
        strategy_plan_t p;
        CHECK_EQ(g.failed, 0);
        st->plan(&s, 1, &p);
        CHECK_NEAR(p.stop, 98.0);    /* level - 1 A */
        CHECK_NEAR(p.target, 107.0); /* close + 3 A */
        /* (3.5-2)/3, (1.75-1)/1.5, 1-1/2: all 0.5 */
        CHECK_NEAR(p.score, 0.15 + 0.85 * 0.5);
    }
}

/* What a journal calls a strategy by number keeps its name. */
TEST(numbers_and_names_stand)
{
    UNUSED_STATE;
    static const struct {
        u16 id;
        const char *name;
    } cases[] = {{STRATEGY_BREAKOUT, "breakout"}, {STRATEGY_MEAN_REVERSION, "mean_reversion"}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        const strategy_desc_t *s = strategy_find(cases[i].id);
        CHECK(s != NULL);
        CHECK_EQ(s->id, cases[i].id);
        CHECK_STR(s->name, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_and_short_change_places),
                                       cmocka_unit_test(breakout_gates_by_hand),
                                       cmocka_unit_test(numbers_and_names_stand)};
    return RUN_TESTS(tests);
}
