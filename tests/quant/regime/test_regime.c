/* The regime: rules by hand, live equals rebuilt, and how often a day changes its name on real data. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/regime/regime.h"

enum { DAYS_MOST = 12000 };

static f64 closes[DAYS_MOST];
static i32 month_of[DAYS_MOST];
static regime_work_t work;

/* Geometric walk whose drift and volatility change every 90 days: +10 bps at 0.6 %, 0 at 1 %, -20 bps at 2.2
 * %. */
static void make_closes(u32 n, u64 seed)
{
    static const f64 drift[3] = {0.001, 0.0, -0.002};
    static const f64 vol[3] = {0.006, 0.010, 0.022};
    rng_key_t key = {.seed = seed, .purpose = RNG_TEST, .entity = 77};
    f64 log_price = 5.0;
    for (u32 i = 0; i < n; i++) {
        u32 s = (u32)rng_below(key, 1000000 + i / 90, 3);
        log_price += drift[s] + vol[s] * q_norm_inv(0.0005 + 0.999 * rng_unit(key, i));
        closes[i] = q_exp(log_price);
    }
}

TEST(multiplier_cases)
{
    UNUSED_STATE;
    /* 1 + 0.2 t d (bull - bear) - 0.3 stress, clamped to 0.5..1.2. */
    static const struct {
        f64 bull, bear, stress;
        i32 d;
        f64 trust, want;
    } cases[] = {
        {1.0, 0.0, 0.0, 1, 0.5, 1.1},  {1.0, 0.0, 0.0, -1, 0.5, 0.9}, {0.0, 1.0, 1.0, 1, 0.5, 0.6},
        {0.0, 1.0, 1.0, -1, 0.5, 0.8}, {0.0, 1.0, 1.0, 1, 1.0, 0.5},  {1.0, 0.0, 0.0, 1, 1.0, 1.2},
        {0.5, 0.3, 0.2, 1, 0.5, 0.96}, {0.2, 0.2, 0.0, 1, 1.0, 1.0},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        regime_view_t v = {.label = REGIME_BULL,
                           .p_bull = cases[i].bull,
                           .p_bear = cases[i].bear,
                           .p_stress = cases[i].stress};
        CHECK(q_abs(regime_multiplier(&v, cases[i].d, cases[i].trust) - cases[i].want) < 1e-12);
    }
    regime_view_t unknown = {.label = REGIME_UNKNOWN, .p_bull = 1.0};
    CHECK(q_abs(regime_multiplier(&unknown, 1, 0.5) - 0.8) < 1e-12);
}

TEST(short_and_bad_history)
{
    UNUSED_STATE;
    make_closes(700, 1);
    regime_state_t s;
    regime_view_t v;
    regime_init(&s);
    for (u32 n = 1; n <= 100; n++) {
        regime_input_t in = {
            .closes = closes, .count = n, .day = (date_t)n, .quarter_first = n == 30, .seed = 3};
        regime_update(&s, &work, &in, &v);
        CHECK_EQ(v.why == REGIME_WHY_SHORT, n < 80); /* 60 days of features need 80 closes */
        CHECK(n < 80 ? v.label == REGIME_UNKNOWN : s.anchored);
    }
    regime_init(&s);
    regime_input_t late = {.closes = closes, .count = 400, .day = 1, .seed = 3};
    regime_update(&s, &work, &late, &v);
    CHECK_EQ(v.why, REGIME_WHY_UNANCHORED);
    late.quarter_first = true;
    closes[390] = -1.0;
    regime_update(&s, &work, &late, &v);
    CHECK_EQ(v.why, REGIME_WHY_BAD_DATA);
    for (u32 i = 0; i < 700; i++) {
        closes[i] = 100.0;
    }
    regime_update(&s, &work, &late, &v);
    CHECK_EQ(v.why, REGIME_WHY_BAD_DATA);
    CHECK_EQ(v.label, REGIME_UNKNOWN);
}

/* Live, day by day over several quarters from two different beginnings, and rebuilt from nothing: the same
 * bits. */
TEST(anchored)
{
    UNUSED_STATE;
    make_closes(900, 2);
    regime_state_t live;
    regime_state_t later;
    regime_init(&live);
    regime_init(&later);
    u32 compared = 0;
    for (u32 t = 378; t < 900; t++) {
        regime_input_t in = {
            .closes = closes, .count = t + 1, .day = (date_t)t, .quarter_first = t % 63 == 0, .seed = 11};
        regime_view_t v;
        regime_view_t other;
        regime_update(&live, &work, &in, &v);
        if (t >= 504) {
            regime_update(&later, &work, &in, &other);
            CHECK_EQ(memcmp(&v, &other, sizeof v), 0);
        }
        if (t % 41 == 0) {
            u32 need = REGIME_CLOSES_ANCHOR + t % 63; /* just enough bars, nothing older */
            regime_state_t rebuilt;
            regime_input_t cut = in;
            cut.closes = closes + t + 1 - need;
            cut.count = need;
            regime_rebuild(&rebuilt, &work, &cut, t % 63, &other);
            CHECK_EQ(memcmp(&live, &rebuilt, sizeof live), 0);
            CHECK_EQ(memcmp(&v, &other, sizeof v), 0);
            compared++;
        }
    }
    CHECK(compared >= 12);
}

typedef struct {
    u32 flips, transition;
    regime_label_t last;
} held_t;

/* Three years of days in which labels come and go, under other rules of holding them. */
static held_t walk_held(u32 hold_days, f64 post_min)
{
    held_t h = {0};
    regime_state_t s;
    regime_init(&s);
    make_closes(1100, 2);
    for (u32 t = 378; t < 1100; t++) {
        regime_view_t v;
        regime_input_t in = {.closes = closes, .count = t + 1, .day = (date_t)t, .quarter_first = t % 63 == 0,
                             .seed = 11, .hold_days = hold_days, .post_min = post_min};
        regime_update(&s, &work, &in, &v);
        h.flips += v.flipped ? 1 : 0;
        h.transition += v.transition ? 1 : 0;
        h.last = v.label;
    }
    return h;
}

TEST(how_long_a_label_holds_is_set)
{
    UNUSED_STATE;
    held_t none = walk_held(0, 0.0);
    held_t same = walk_held(REGIME_HOLD_DAYS, REGIME_POST_MIN);
    CHECK(none.flips == same.flips && none.transition == same.transition && none.last == same.last);
    held_t quick = walk_held(1, 0.0);
    held_t slow = walk_held(20, 0.0);
    held_t sure = walk_held(0, 0.99);
    print_message("# flips %u, at once %u, slowly %u; transition %u, of the sure %u\n", none.flips,
                  quick.flips, slow.flips, none.transition, sure.transition);
    CHECK(quick.flips > none.flips && none.flips > slow.flips);
    CHECK(sure.transition > none.transition && sure.flips < none.flips);
}

/* A wild falling spell between calm rising ones is named, and no label contradicts the sign of its return. */
TEST(labels_follow_what_was_planted)
{
    UNUSED_STATE;
    for (u32 i = 0; i < 700; i++) { /* 420 calm rising days, 100 wild falling ones, calm again */
        bool fall = i >= 420 && i < 520;
        rng_key_t key = {.seed = 5, .purpose = RNG_TEST, .entity = 78};
        f64 step =
            (fall ? -0.006 : 0.001) + (fall ? 0.02 : 0.005) * q_norm_inv(0.001 + 0.998 * rng_unit(key, i));
        closes[i] = i == 0 ? 100.0 : closes[i - 1] * q_exp(step);
    }
    regime_state_t s;
    regime_init(&s);
    u32 bears = 0;
    for (u32 t = 378; t < 700; t++) {
        regime_input_t in = {
            .closes = closes, .count = t + 1, .day = (date_t)t, .quarter_first = t % 63 == 0, .seed = 1};
        regime_view_t v;
        regime_update(&s, &work, &in, &v);
        CHECK(v.p_bull >= 0.0 && v.p_bear >= 0.0 && v.p_bull + v.p_bear <= 1.0 + 1e-9);
        if (t >= 460 && t < 520) {
            bears += v.label == REGIME_BEAR ? 1 : 0;
            CHECK(v.p_bear < 0.9 || v.p_stress > 0.5);
            CHECK(regime_multiplier(&v, 1, 0.5) <= 1.0 || v.label != REGIME_BEAR);
        }
        for (u32 i = 0; i < REGIME_STATES; i++) {
            CHECK(v.state_label[i] != REGIME_BULL || v.state_return[i] > 0.0);
            CHECK(v.state_label[i] != REGIME_BEAR || v.state_return[i] < 0.0);
        }
    }
    CHECK(bears >= 55);
}

TEST(intraday_cases)
{
    UNUSED_STATE;
    f64 open[100];
    f64 close[100];
    bool first[100] = {0};
    for (u32 i = 0; i < 100; i++) {
        close[i] = 100.0 + (f64)i;
        open[i] = close[i] - 1.0;
    }
    /* A straight line: ER 1, z = sqrt(78) = 8.831760866. */
    CHECK(q_abs(intraday_efficiency_z(open, close, first, 100) - 8.8317608663) < 1e-9);
    CHECK(intraday_efficiency_z(open, close, first, 23) < 1e-12);
    /* Up and down by 1: of 24 steps the first is open to close. Net 0 of 24. */
    for (u32 i = 0; i < 24; i++) {
        close[i] = i % 2 ? 100.0 : 101.0;
        open[i] = i % 2 ? 101.0 : 100.0;
    }
    CHECK(intraday_efficiency_z(open, close, first, 24) < 1e-12);
    /* A gap of 50 overnight is not movement: steps +1 x 12, jump, +1 x 12: ER 1, z = sqrt(24). */
    for (u32 i = 0; i < 24; i++) {
        close[i] = 101.0 + (f64)i + (i >= 12 ? 50.0 : 0.0);
        open[i] = close[i] - 1.0;
    }
    first[12] = true;
    CHECK(q_abs(intraday_efficiency_z(open, close, first, 24) - 4.8989794856) < 1e-9);
    /* Bounds are inclusive; two equal bars change it; too few bars forget everything. */
    static const struct {
        f64 z;
        u32 n;
        intraday_regime_t want;
    } steps[] = {
        {2.0, 23, INTRADAY_NEUTRAL},  {2.0, 24, INTRADAY_NEUTRAL},  {1.5, 25, INTRADAY_TRENDING},
        {0.6, 26, INTRADAY_TRENDING}, {1.6, 27, INTRADAY_TRENDING}, {0.5, 28, INTRADAY_TRENDING},
        {0.6, 29, INTRADAY_CHOPPY},   {1.0, 30, INTRADAY_CHOPPY},   {1.0, 31, INTRADAY_NEUTRAL},
        {9.0, 10, INTRADAY_NEUTRAL},
    };
    intraday_state_t s = {0};
    for (u32 i = 0; i < COUNT_OF(steps); i++) {
        CHECK_EQ(intraday_regime_update(&s, steps[i].z, steps[i].n), steps[i].want);
    }
}

static u32 read_spy(void)
{
    const char *data = getenv("VITRINE_DATA");
    const char *root = getenv("VITRINE_TEST_ROOT");
    char path[512];
    char command[640];
    if (data != NULL) {
        (void)snprintf(path, sizeof path, "%s/daily/yahoo_SPY_daily.csv.zst", data);
    } else {
        (void)snprintf(path, sizeof path, "%s/../shared/data/daily/yahoo_SPY_daily.csv.zst",
                       root != NULL ? root : ".");
    }
    FILE *there = fopen(path, "rb");
    if (there == NULL) {
        return 0;
    }
    (void)fclose(there);
    (void)snprintf(command, sizeof command, "zstdcat '%s'", path);
    FILE *f = popen(command, "r");
    char line[512];
    u32 n = 0;
    if (f == NULL || fgets(line, sizeof line, f) == NULL) {
        return 0;
    }
    while (n < DAYS_MOST && fgets(line, sizeof line, f) != NULL) {
        f64 ohl[3];
        if (sscanf(line, "%*d-%d-%*[^,],%lf,%lf,%lf,%lf", &month_of[n], &ohl[0], &ohl[1], &ohl[2],
                   &closes[n]) == 5) {
            n++;
        }
    }
    (void)pclose(f);
    return n;
}

typedef struct {
    u32 days, changed, acting, acting_changed, flips, unknown, transition;
} relabel_t;

/* Walks the whole history; counts from `from` on. */
static void walk_spy(u32 n, u32 from, u64 seed, relabel_t *r)
{
    regime_state_t s;
    regime_init(&s);
    regime_view_t v = {0};
    for (u32 t = 400; t < n; t++) {
        bool quarter = (month_of[t] - 1) / 3 != (month_of[t - 1] - 1) / 3;
        if (!quarter && !s.anchored) {
            continue;
        }
        bool counts = s.anchored && t >= from;
        regime_label_t before = v.raw;
        bool acts = v.best >= REGIME_POST_MIN;
        regime_input_t in = {
            .closes = closes, .count = t + 1, .day = (date_t)t, .quarter_first = quarter, .seed = seed};
        regime_update(&s, &work, &in, &v);
        if (!counts) {
            continue;
        }
        f64 best;
        bool other = regime_raw_label_back(&v, &work, 1, &best) != before;
        r->days++;
        r->changed += other ? 1 : 0;
        r->acting += acts ? 1 : 0;
        r->acting_changed += acts && other ? 1 : 0;
        r->flips += v.flipped ? 1 : 0;
        r->unknown += v.label == REGIME_UNKNOWN ? 1 : 0;
        r->transition += v.transition ? 1 : 0;
    }
}

/* The same day under the next day's fit, five seeds together, from 2005 (SPYD of trading.md, where decision
 * 32 asks for at most 2 %) and from the beginning, where the bound only holds what has been reached. */
TEST(relabel_rate_spy)
{
    UNUSED_STATE;
    u32 n = read_spy();
    if (n < 3500) {
        skip();
    }
    static const struct {
        const char *name;
        u32 from; /* row: 3,005 sessions from 1993-01-29 to the end of 2004 */
        f64 all, acting;
    } spans[] = {{"2005 on", 3005, 0.020, 0.017}, {"1994 on", 0, 0.0215, 0.018}};
    for (u32 i = 0; i < COUNT_OF(spans); i++) {
        relabel_t r = {0};
        for (u64 seed = 1; seed <= 5; seed++) {
            walk_spy(n, spans[i].from, seed, &r);
        }
        f64 days = (f64)r.days;
        f64 all = (f64)r.changed / days;
        f64 acting = (f64)r.acting_changed / (f64)r.acting;
        f64 a_year = (f64)r.flips * 252.0 / days;
        print_message(
            "# SPY %s: relabelled %.2f %% of all, %.2f %% of labels that may act; %.1f flips a year, "
            "transition %.1f %%, unknown %.2f %%\n",
            spans[i].name, 100.0 * all, 100.0 * acting, a_year, 100.0 * (f64)r.transition / days,
            100.0 * (f64)r.unknown / days);
        CHECK(all <= spans[i].all);
        CHECK(acting <= spans[i].acting);
        CHECK(a_year > 6.0 && a_year < 14.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiplier_cases), cmocka_unit_test(short_and_bad_history),
        cmocka_unit_test(anchored),         cmocka_unit_test(labels_follow_what_was_planted),
        cmocka_unit_test(intraday_cases),   cmocka_unit_test(relabel_rate_spy),
        cmocka_unit_test(how_long_a_label_holds_is_set),
    };
    return RUN_TESTS(tests);
}
