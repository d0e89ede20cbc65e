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
    {FEATURE_RANGE_HIGH, FEATURE_RANGE_LOW},
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
    /* powers of two: a quotient of two 64ths then never lies between a rule's threshold and its grid */
    row_set(r, FEATURE_ATRD, (f64)(1U << (u32)draw(n, 200, 0, 3.9)));
    row_set(r, FEATURE_RVOL, draw(n, 201, 0.5, 4));
    row_set(r, FEATURE_BAR_VOLUME, draw(n, 202, 0.5, 6));
    row_set(r, FEATURE_RSI, draw(n, 203, 5, 95));
    row_set(r, FEATURE_RSI_DAY, draw(n, 204, 5, 95));
    row_set(r, FEATURE_ATR, draw(n, 205, 0.5, 2));
    row_set(r, FEATURE_ATR_AGO, draw(n, 206, 0.5, 2));
    row_set(r, FEATURE_A, 0.5 * (f64)(1U << (u32)draw(n, 207, 0, 2.9)));
    row_set(r, FEATURE_BAND_SD, draw(n, 208, 0.5, 2));
    row_set(r, FEATURE_SETUP_LONG, (f64)(i64)draw(n, 209, 0, 4));
    row_set(r, FEATURE_SETUP_SHORT, (f64)(i64)draw(n, 210, 0, 4));
    row_set(r, FEATURE_TREND15, (f64)((i64)draw(n, 211, 0, 4.9) - 2));
    row_set(r, FEATURE_RANGE_ABOVE, (f64)(i64)draw(n, 212, 0, 2.9));
    row_set(r, FEATURE_RANGE_BELOW, (f64)(i64)draw(n, 213, 0, 2.9));
    row_set(r, FEATURE_VWAP_RUN, (f64)((i64)draw(n, 214, 0, 16.9) - 8));
    row_set(r, FEATURE_WEEK_LAST, (f64)(i64)draw(n, 215, 0, 1.9));
    row_set(r, FEATURE_DAY_CLOSE, CENTRE); /* a percentage of the prior close is its own mirror only there */
    r->view.clock = (i32)draw(n, 216, 3, 78);
}

static void reflect(const row_t *from, row_t *to)
{
    row_init(to);
    memcpy(to->cell, from->cell, sizeof to->cell);
    to->view.clock = from->view.clock;
    for (u32 i = 0; i < COUNT_OF(prices); i++) {
        row_set(to, prices[i].f, 2.0 * CENTRE - from->cell[prices[i].mirror][0]);
        row_set(to, prices[i].mirror, 2.0 * CENTRE - from->cell[prices[i].f][0]);
    }
    row_set(to, FEATURE_RSI, 100.0 - from->cell[FEATURE_RSI][0]);
    row_set(to, FEATURE_RSI_DAY, 100.0 - from->cell[FEATURE_RSI_DAY][0]);
    row_set(to, FEATURE_SETUP_LONG, from->cell[FEATURE_SETUP_SHORT][0]);
    row_set(to, FEATURE_SETUP_SHORT, from->cell[FEATURE_SETUP_LONG][0]);
    row_set(to, FEATURE_TREND15, -from->cell[FEATURE_TREND15][0]);
    row_set(to, FEATURE_VWAP_RUN, -from->cell[FEATURE_VWAP_RUN][0]);
    row_set(to, FEATURE_RANGE_ABOVE, from->cell[FEATURE_RANGE_BELOW][0]);
    row_set(to, FEATURE_RANGE_BELOW, from->cell[FEATURE_RANGE_ABOVE][0]);
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

/* One set-up of each strategy by hand, and each of its rules broken alone: that rule refuses and no other,
 * long and in the mirror. Prices lie about the mirror's centre. */
typedef struct {
    feature_t f;
    f64 v;
} cell_t;
typedef struct {
    rule_t rule;
    cell_t broken; /* f FEATURE_COUNT: v is the clock bar */
} break_t;
typedef struct {
    u16 id;
    profile_t profile;
    cell_t row[24];
    i32 clock;
    break_t breaks[10];
    f64 stop, target, level;
    f64 component[3];
} hand_t;
#define CLOCK FEATURE_COUNT

static const hand_t by_hand[] = {
    {STRATEGY_MOMENTUM,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 130},
      {FEATURE_EMA9, 129},
      {FEATURE_EMA21, 128},
      {FEATURE_RSI, 65},
      {FEATURE_RVOL, 2.25},
      {FEATURE_HIGH3, 131},
      {FEATURE_LOW3, 128},
      {FEATURE_HIGH3_BEFORE, 130},
      {FEATURE_LOW3_BEFORE, 127},
      {FEATURE_VWAP, 127},
      {FEATURE_A, 2}},
     20,
     {{RULE_MOM_ABOVE_FAST, {FEATURE_CLOSE, 129}},
      {RULE_MOM_FAST_SLOW, {FEATURE_EMA21, 129}},
      {RULE_MOM_RSI_MIN, {FEATURE_RSI, 54.99}},
      {RULE_MOM_RSI_MAX, {FEATURE_RSI, 75.01}},
      {RULE_MOM_RVOL, {FEATURE_RVOL, 1.499}},
      {RULE_MOM_STEPS, {FEATURE_LOW3_BEFORE, 128}},
      {RULE_MOM_STEPS, {FEATURE_HIGH3_BEFORE, 131}},
      {RULE_MOM_VWAP, {FEATURE_VWAP, 130}}},
     127,
     136,
     128,
     {0.5, 0.5, 0.5}},
    {STRATEGY_MOMENTUM,
     PROFILE_SWING,
     {{FEATURE_CLOSE, 130},
      {FEATURE_EMA9, 129},
      {FEATURE_EMA21, 128},
      {FEATURE_SMA50, 126},
      {FEATURE_RSI, 65},
      {FEATURE_RVOL, 2.25},
      {FEATURE_HIGH252, 132},
      {FEATURE_LOW252, 120},
      {FEATURE_VWAP, 127},
      {FEATURE_A, 2}},
     0,
     {{RULE_MOM_SLOW_BASE, {FEATURE_SMA50, 128}},
      {RULE_MOM_RANGE_HALF, {FEATURE_HIGH252, 140.01}},
      {RULE_MOM_RVOL, {FEATURE_RVOL, 1.499}}},
     126,
     138,
     128,
     {0.5, 0.5, 0.5}},
    {STRATEGY_VWAP,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 129},
      {FEATURE_OPEN, 127},
      {FEATURE_VWAP, 128},
      {FEATURE_VWAP_RUN, -6},
      {FEATURE_BAR_VOLUME, 2.5},
      {FEATURE_RVOL, 1.75},
      {FEATURE_A, 2}},
     8,
     {{RULE_VWP_RUN, {FEATURE_VWAP_RUN, -5}},
      {RULE_VWP_CROSS, {FEATURE_VWAP, 129}},
      {RULE_VWP_TURN_BAR, {FEATURE_OPEN, 129}},
      {RULE_VWP_VOLUME, {FEATURE_BAR_VOLUME, 1.499}},
      {RULE_VWP_FROM, {CLOCK, 7}}},
     126,
     134,
     128,
     {0.5, 0.5, 0.5}},
    {STRATEGY_VWAP,
     PROFILE_SWING,
     {{FEATURE_CLOSE, 129},
      {FEATURE_VWAP, 128},
      {FEATURE_VWAP_RUN, -3},
      {FEATURE_BAR_VOLUME, 2.3},
      {FEATURE_RVOL, 1.75},
      {FEATURE_A, 2}},
     0,
     {{RULE_VWP_RUN, {FEATURE_VWAP_RUN, -2}},
      {RULE_VWP_CROSS, {FEATURE_VWAP, 129}},
      {RULE_VWP_VOLUME, {FEATURE_BAR_VOLUME, 1.299}}},
     125,
     135,
     128,
     {0.5, 0.5, 0.5}},
    {STRATEGY_ORB,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 130},
      {FEATURE_RANGE_HIGH, 129},
      {FEATURE_RANGE_LOW, 127.3},
      {FEATURE_RVOL, 2.1},
      {FEATURE_ATRD, 4},
      {FEATURE_A, 2}},
     23,
     {{RULE_ORB_LEVEL, {FEATURE_CLOSE, 129}},
      {RULE_ORB_FIRST, {FEATURE_RANGE_ABOVE, 1}},
      {RULE_ORB_UNTIL, {CLOCK, 24}},
      {RULE_ORB_RVOL, {FEATURE_RVOL, 1.199}},
      {RULE_ORB_WIDTH_MIN, {FEATURE_RANGE_LOW, 128.41}},
      {RULE_ORB_WIDTH_MAX, {FEATURE_RANGE_LOW, 126.19}}},
     128.15,
     133,
     128.15,
     {0.5, 0.5, 0.5}},
    {STRATEGY_ORB,
     PROFILE_SWING,
     {{FEATURE_CLOSE, 130},
      {FEATURE_RANGE_HIGH, 129},
      {FEATURE_RANGE_LOW, 126.5},
      {FEATURE_RVOL, 2.1},
      {FEATURE_ATRD, 2},
      {FEATURE_A, 2}},
     0,
     {{RULE_ORB_LEVEL, {FEATURE_CLOSE, 129}},
      {RULE_ORB_FIRST, {FEATURE_RANGE_ABOVE, 1}},
      {RULE_ORB_WEEK, {FEATURE_WEEK_LAST, 1}}},
     127.75,
     132.5,
     127.75,
     {0.5, 0.5, 0.5}},
    {STRATEGY_GAP_FILL,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 126},
      {FEATURE_DAY_CLOSE, 128},
      {FEATURE_DAY_OPEN, 125},
      {FEATURE_DAY_LOW, 124},
      {FEATURE_RANGE_HIGH, 125},
      {FEATURE_RANGE_LOW, 124},
      {FEATURE_RVOL, 1.65},
      {FEATURE_ATRD, 6},
      {FEATURE_A, 2}},
     23,
     {{RULE_GAP_SIZE, {FEATURE_DAY_OPEN, 125.45}},
      {RULE_GAP_ATR_MIN, {FEATURE_ATRD, 10.1}},
      {RULE_GAP_ATR_MAX, {FEATURE_ATRD, 2.99}},
      {RULE_GAP_TURN, {FEATURE_RANGE_HIGH, 126}},
      {RULE_GAP_UNTIL, {CLOCK, 24}},
      {RULE_GAP_ROOM, {FEATURE_A, 2.7}},
      {RULE_GAP_RVOL, {FEATURE_RVOL, 2.5}},
      {RULE_GAP_RVOL, {FEATURE_RVOL, 0}}},
     124,
     128,
     124,
     {0.5, 1.0 / 3.0, 0.5}},
};

static void by_hand_row(const hand_t *h, const break_t *b, row_t *r)
{
    row_init(r);
    row_set(r, FEATURE_FACTOR, 1.0);
    for (u32 i = 0; i < COUNT_OF(h->row) && h->row[i].v != 0; i++) {
        row_set(r, h->row[i].f, h->row[i].v);
    }
    r->view.clock = h->clock;
    if (b != NULL && b->broken.f == CLOCK) {
        r->view.clock = (i32)b->broken.v;
    } else if (b != NULL) {
        row_set(r, b->broken.f, b->broken.v);
    }
}

static void by_hand_refuses(const hand_t *h, const break_t *b, const setup_t *s, i32 d)
{
    const strategy_desc_t *st = strategy_find(h->id);
    gates_t g = {0};
    st->gates(s, d, &g);
    if (g.failed != (b != NULL ? 1U : 0U)) {
        print_message("%s, profile %d, side %d, broken %s: %u failed\n", st->name, (int)h->profile, d,
                      b != NULL ? rule_find((u16)b->rule)->name : "nothing", g.failed);
    }
    CHECK_EQ(g.failed, b != NULL ? 1 : 0);
    CHECK_EQ(st->holds(s, d), b == NULL);
    for (u32 i = 0; i < g.count; i++) {
        CHECK_EQ(gate_holds(&g.v[i]), b == NULL || g.v[i].rule != b->rule);
    }
}

TEST(each_rule_refuses_alone)
{
    UNUSED_STATE;
    for (u32 i = 0; i < COUNT_OF(by_hand); i++) {
        const hand_t *h = &by_hand[i];
        for (u32 k = 0; k <= COUNT_OF(h->breaks) && (k == 0 || h->breaks[k - 1].rule != RULE_NONE); k++) {
            const break_t *b = k == 0 ? NULL : &h->breaks[k - 1];
            row_t row;
            row_t mirror;
            by_hand_row(h, b, &row);
            reflect(&row, &mirror);
            setup_t on_long = {.view = &row.view, .profile = h->profile};
            setup_t on_short = {.view = &mirror.view, .profile = h->profile};
            by_hand_refuses(h, b, &on_long, 1);
            by_hand_refuses(h, b, &on_short, -1);
        }
        row_t row;
        strategy_plan_t p;
        by_hand_row(h, NULL, &row);
        setup_t s = {.view = &row.view, .profile = h->profile};
        strategy_find(h->id)->plan(&s, 1, &p);
        CHECK_NEAR(p.stop, h->stop);
        CHECK_NEAR(p.target, h->target);
        CHECK_NEAR(p.level, h->level);
        for (u32 k = 0; k < 3; k++) {
            CHECK_NEAR(p.component[k], h->component[k]);
        }
    }
}

/* News: unknown is not asked, quiet passes, loud refuses. */
TEST(news_where_it_is_known)
{
    UNUSED_STATE;
    static const setup_news_t none = {.strongest = 0.9, .report = true},
                              quiet = {.known = true, .report_known = true, .strongest = 0.6},
                              loud = {.known = true, .report_known = true, .strongest = 0.61, .report = true},
                              news = {.known = true, .strongest = 0.61, .report = true},
                              reports = {.report_known = true, .strongest = 0.61, .report = true};
    static const struct {
        const setup_news_t *news;
        u32 asked[2], failed[2]; /* of mean reversion, of gap-fill */
    } cases[] = {{NULL, {0, 0}, {0, 0}},   {&none, {0, 0}, {0, 0}}, {&quiet, {1, 1}, {0, 0}},
                 {&loud, {1, 1}, {1, 1}},  {&news, {1, 0}, {1, 0}}, {&reports, {0, 1}, {0, 1}}};
    static const hand_t reversion = {.id = STRATEGY_MEAN_REVERSION,
                                     .profile = PROFILE_DAY,
                                     .row = {{FEATURE_CLOSE, 127},
                                             {FEATURE_OPEN, 126},
                                             {FEATURE_HIGH_PREV, 126.5},
                                             {FEATURE_BAND_MID, 129},
                                             {FEATURE_SETUP_LONG, 1},
                                             {FEATURE_DAY_OPEN, 128},
                                             {FEATURE_DAY_CLOSE, 128},
                                             {FEATURE_ATRD, 4},
                                             {FEATURE_A, 1}}};
    const hand_t *of[] = {&reversion, &by_hand[COUNT_OF(by_hand) - 1]};
    static const rule_t rule[] = {RULE_REV_NEWS, RULE_GAP_REPORT};
    for (u32 k = 0; k < COUNT_OF(of); k++) {
        for (u32 i = 0; i < COUNT_OF(cases); i++) {
            row_t row;
            gates_t g = {0};
            u32 asked = 0;
            by_hand_row(of[k], NULL, &row);
            setup_t s = {.view = &row.view, .profile = PROFILE_DAY, .news = cases[i].news};
            const strategy_desc_t *st = strategy_find(of[k]->id);
            st->gates(&s, 1, &g);
            for (u32 n = 0; n < g.count; n++) {
                asked += g.v[n].rule == rule[k] ? 1 : 0;
            }
            CHECK_EQ(asked, cases[i].asked[k]);
            CHECK_EQ(g.failed, cases[i].failed[k]);
            CHECK_EQ(st->holds(&s, 1), cases[i].failed[k] == 0);
        }
    }
}

/* When an open trade has lost its reason. */
static const struct {
    u16 id;
    profile_t profile;
    cell_t row[5];
    f64 level;
    bool invalid;
} lost[] = {
    {STRATEGY_MOMENTUM,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 130}, {FEATURE_EMA21, 129}, {FEATURE_VWAP, 128}},
     0,
     false},
    {STRATEGY_MOMENTUM,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 128.5}, {FEATURE_EMA21, 129}, {FEATURE_VWAP, 128}},
     0,
     true},
    {STRATEGY_MOMENTUM,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 130}, {FEATURE_EMA21, 129}, {FEATURE_VWAP, 131}},
     0,
     true},
    {STRATEGY_MOMENTUM,
     PROFILE_SWING,
     {{FEATURE_CLOSE, 130}, {FEATURE_EMA21, 129}, {FEATURE_VWAP, 131}},
     0,
     false},
    {STRATEGY_VWAP,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 127}, {FEATURE_VWAP, 128}, {FEATURE_VWAP_RUN, -1}},
     0,
     true},
    {STRATEGY_VWAP,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 127}, {FEATURE_VWAP, 128}, {FEATURE_VWAP_RUN, 4}},
     0,
     false},
    {STRATEGY_VWAP,
     PROFILE_SWING,
     {{FEATURE_CLOSE, 129}, {FEATURE_VWAP, 128}, {FEATURE_VWAP_RUN, -2}},
     0,
     false},
    {STRATEGY_ORB, PROFILE_DAY, {{FEATURE_CLOSE, 128}, {FEATURE_WEEK_LAST, 1}}, 128, false},
    {STRATEGY_ORB, PROFILE_DAY, {{FEATURE_CLOSE, 127.99}}, 128, true},
    {STRATEGY_ORB, PROFILE_SWING, {{FEATURE_CLOSE, 131}, {FEATURE_WEEK_LAST, 1}}, 128, true},
    {STRATEGY_GAP_FILL,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 127}, {FEATURE_LOW, 126}, {FEATURE_HIGH, 127}},
     126,
     false},
    {STRATEGY_GAP_FILL,
     PROFILE_DAY,
     {{FEATURE_CLOSE, 127}, {FEATURE_LOW, 125.9}, {FEATURE_HIGH, 127}},
     126,
     true},
};

TEST(invalidation_by_hand)
{
    UNUSED_STATE;
    for (u32 i = 0; i < COUNT_OF(lost); i++) {
        row_t row;
        row_t mirror;
        row_init(&row);
        for (u32 k = 0; k < COUNT_OF(lost[i].row) && lost[i].row[k].v != 0; k++) {
            row_set(&row, lost[i].row[k].f, lost[i].row[k].v);
        }
        reflect(&row, &mirror);
        setup_t a = {.view = &row.view, .profile = lost[i].profile};
        setup_t b = {.view = &mirror.view, .profile = lost[i].profile};
        held_t h = {.level = lost[i].level, .held_minutes = 10};
        CHECK_EQ(strategy_find(lost[i].id)->invalid(&a, 1, &h), lost[i].invalid);
        h.level = 2.0 * CENTRE - h.level;
        CHECK_EQ(strategy_find(lost[i].id)->invalid(&b, -1, &h), lost[i].invalid);
    }
}

/* What a journal calls a strategy by number keeps its name. */
TEST(numbers_and_names_stand)
{
    UNUSED_STATE;
    static const struct {
        u16 id;
        const char *name;
    } cases[] = {{1, "momentum"}, {2, "breakout"}, {3, "mean_reversion"},
                 {4, "vwap"},     {5, "orb"},      {6, "gap_fill"}};
    CHECK_EQ(strategy_count(), COUNT_OF(cases));
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        const strategy_desc_t *s = strategy_find(cases[i].id);
        CHECK(s != NULL);
        CHECK_EQ(s->id, cases[i].id);
        CHECK_STR(s->name, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_and_short_change_places), cmocka_unit_test(breakout_gates_by_hand),
        cmocka_unit_test(each_rule_refuses_alone),      cmocka_unit_test(news_where_it_is_known),
        cmocka_unit_test(invalidation_by_hand),         cmocka_unit_test(numbers_and_names_stand)};
    return RUN_TESTS(tests);
}
