/* A set-up planted in bars is found at its bar, through the market's own features and fence; turned over
 * (p becomes 2c - p) the same bar is a short. What the opening range, the runs beyond VWAP, the first bar of
 * a session and the unknown 15-minute frame look like is checked on the way. */
#include "tests/test.h"

#include <stdlib.h>

#include "alpha/scoring/tier.h"
#include "alpha/strategies/strategy.h"
#include "model/calendar.h"
#include "model/config.h"
#include "quant/math/qmath.h"

enum { QUIET_DAYS = 24, BARS = 78, NEVER = -1 };
static const f64 CENTRE = 128.0;

/* One bar of the planted day in dollars and as a multiple of the usual volume; the rest of the day follows
 * the last one. */
typedef struct {
    f64 open, high, low, close, volume;
} shape_t;

typedef struct {
    market_t market;
    config_t config;
    f64 sign; /* -1: every price turned over about the centre */
    bar_t bar;
    inst_t inst;
    u64 ordinal;
} stage_t;

static price_t money(const stage_t *st, f64 v)
{
    f64 p = st->sign > 0 ? v : 2.0 * CENTRE - v;
    return (price_t){(i64)(p * 10000.0 + 0.5) * (PRICE_SCALE / 10000)};
}

/* A quiet day swings by two dollars about the centre and ends on it; its range is the daily ATR, about 4. */
static shape_t quiet_bar(u32 clock)
{
    u32 phase = clock % 26;
    f64 at = phase < 13 ? 2.0 - (f64)phase * 4.0 / 13.0 : -2.0 + (f64)(phase - 13) * 4.0 / 13.0;
    f64 mid = clock >= 75 ? 0.0 : at;
    return (shape_t){CENTRE + mid - 0.05, CENTRE + mid + 0.1, CENTRE + mid - 0.1, CENTRE + mid + 0.05, 1.0};
}

static slice_t slice_of(stage_t *st, const session_t *day, u32 clock, const shape_t *s)
{
    i64 open = day->open + (i64)clock * 5 * NS_PER_MIN;
    st->bar = (bar_t){.t_event = open,
                      .t_known = open + 5 * NS_PER_MIN,
                      .open = money(st, s->open),
                      .high = money(st, st->sign > 0 ? s->high : s->low),
                      .low = money(st, st->sign > 0 ? s->low : s->high),
                      .close = money(st, s->close),
                      .volume = (i64)(s->volume * 1000.0)};
    return (slice_t){.t_known = st->bar.t_known,
                     .t_open = open,
                     .session = day->date,
                     .timeframe = TF_5M,
                     .ordinal = st->ordinal++,
                     .count = 1,
                     .inst = &st->inst,
                     .bar = &st->bar,
                     .session_last = clock + 1 == BARS};
}

static void stage_open(stage_t *st, f64 sign, instrument_t *one)
{
    *st = (stage_t){.sign = sign, .config = config_default(PROFILE_DAY, PRESET_MODERATE)};
    market_spec_t spec = {
        .instruments = one, .count = 1, .timeframe = TF_5M, .profile = PROFILE_DAY, .config = &st->config};
    CHECK_OK(market_open(&spec, &st->market));
}

/* Plays the quiet days and then the planted one, which has `missing` bars cut from its start; leaves its
 * block computed. */
static void play(stage_t *st, const shape_t *shape, u32 count, u32 missing)
{
    session_t day = calendar_next(CAL_NYSE, date_from_ymd(2019, 1, 31), I64_MAX);
    for (u32 n = 0; n <= QUIET_DAYS; n++) {
        bool planted = n == QUIET_DAYS;
        market_block_begin(&st->market);
        for (u32 clock = planted ? missing : 0; clock < BARS; clock++) {
            shape_t s = planted ? shape[MIN_OF(clock, count - 1)] : quiet_bar(clock);
            slice_t slice = slice_of(st, &day, clock, &s);
            i32 slot = NEVER;
            bool full = false;
            market_append(&st->market, &slice, &slot, &full);
            CHECK(slot >= 0);
        }
        market_block_compute(&st->market, &st->config);
        day = calendar_next(CAL_NYSE, day.date, I64_MAX);
    }
}

static f64 at_clock(const stage_t *st, i32 clock, feature_t f)
{
    market_view_t v = market_view(&st->market, (u32)clock);
    CHECK_EQ(v.clock, clock);
    return view_get(&v, f, 0);
}

/* First and only clock bar from 09:45 on where the set-up holds on side d; NEVER if none, -2 if several. */
static i32 found_at(const stage_t *st, u16 id, i32 d)
{
    i32 at = NEVER;
    for (u32 slot = 3; slot < st->market.block_count; slot++) {
        market_view_t v = market_view(&st->market, slot);
        setup_t s = {.view = &v, .profile = PROFILE_DAY};
        gates_t g = {0};
        strategy_find(id)->gates(&s, d, &g);
        CHECK_EQ(strategy_find(id)->holds(&s, d), g.failed == 0);
        if (g.failed == 0) {
            at = at == NEVER ? v.clock : -2;
        }
    }
    return at;
}

/* Days made by a few strokes: `flat` keeps a price, then the planted bars. */
static u32 flat(shape_t *out, u32 n, f64 price, f64 volume)
{
    for (u32 i = 0; i < n; i++) {
        out[i] = (shape_t){price, price + 0.2, price - 0.2, price, volume};
    }
    return n;
}

static u32 orb_day(shape_t *out)
{
    u32 n = flat(out, 3, 128.0, 2.0);
    out[1].high = 128.6;
    out[2].low = 127.4; /* the range: 127.4 to 128.6, 0.3 of the day's */
    n += flat(out + n, 7, 128.0, 2.0);
    out[n++] = (shape_t){128.1, 128.9, 128.0, 128.8, 2.0}; /* clock 10 */
    return n + flat(out + n, 3, 128.8, 1.0);
}

static u32 vwap_day(shape_t *out)
{
    u32 n = flat(out, 3, 128.5, 1.0);
    n += flat(out + n, 9, 127.5, 1.0);                     /* below from clock 3 to 11 */
    out[n++] = (shape_t){127.6, 128.6, 127.5, 128.4, 2.0}; /* clock 12 */
    return n + flat(out + n, 3, 128.4, 1.0);
}

static u32 gap_day(shape_t *out)
{
    u32 n = flat(out, 3, 125.2, 1.0); /* 2.8 under the prior close of 128 */
    n += flat(out + n, 4, 125.0, 1.0);
    out[n++] = (shape_t){125.1, 125.8, 125.0, 125.7, 1.0}; /* clock 7 */
    return n + flat(out + n, 3, 125.0, 1.0);
}

/* Two steps up, one down: the RSI stays under 75. */
static u32 momentum_day(shape_t *out)
{
    f64 p = 127.8;
    u32 n = 0;
    for (u32 i = 0; i < 24; i++) {
        f64 step = i % 3 == 2 ? -0.14 : 0.12;
        out[n++] = (shape_t){p, q_max(p, p + step) + 0.02, q_min(p, p + step) - 0.02, p + step, 2.0};
        p += step;
    }
    return n + flat(out + n, 3, 126.0, 1.0);
}

typedef struct {
    u16 id;
    u32 (*day)(shape_t *out);
    i32 clock; /* of the set-up; NEVER: on some bars of the day, several in a row */
} planted_t;

static const planted_t planted[] = {{STRATEGY_ORB, orb_day, 10},
                                    {STRATEGY_VWAP, vwap_day, 12},
                                    {STRATEGY_GAP_FILL, gap_day, 7},
                                    {STRATEGY_MOMENTUM, momentum_day, NEVER}};

TEST(what_is_planted_is_found)
{
    UNUSED_STATE;
    static instrument_t one[1];
    for (u32 i = 0; i < COUNT_OF(planted) * 2; i++) {
        const planted_t *p = &planted[i / 2];
        i32 d = i % 2 == 0 ? 1 : -1;
        shape_t shape[BARS];
        stage_t st;
        stage_open(&st, (f64)d, one);
        play(&st, shape, p->day(shape), 0);
        i32 at = found_at(&st, p->id, d);
        print_message("# %s, side %d: at clock %d\n", strategy_find(p->id)->name, d, at);
        CHECK_EQ(at, p->clock == NEVER ? -2 : p->clock);
        CHECK_EQ(found_at(&st, p->id, -d), NEVER);
        for (u32 k = 0; k < COUNT_OF(planted); k++) { /* a quiet day holds none of the rare ones */
            if (planted[k].id != p->id && planted[k].id == STRATEGY_GAP_FILL) {
                CHECK_EQ(found_at(&st, planted[k].id, d), NEVER);
            }
        }
        market_close(&st.market);
    }
}

/* The range ends when its minutes are over, with 5, 15 or 30 of them; closes beyond it are counted after. */
TEST(opening_range_of_every_length)
{
    UNUSED_STATE;
    static instrument_t one[1];
    static const struct {
        i32 minutes, known;
        f64 high, low;
    } cases[] = {{5, 1, 128.2, 127.8}, {15, 3, 128.6, 127.4}, {30, 6, 128.6, 127.4}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        shape_t shape[BARS];
        stage_t st;
        stage_open(&st, 1.0, one);
        st.config.orb_range_minutes = cases[i].minutes;
        play(&st, shape, orb_day(shape), 0);
        CHECK(at_clock(&st, cases[i].known - 1, FEATURE_RANGE_HIGH) == 0.0);
        CHECK(at_clock(&st, cases[i].known, FEATURE_RANGE_HIGH) == cases[i].high);
        CHECK(at_clock(&st, 40, FEATURE_RANGE_LOW) == cases[i].low);
        CHECK(at_clock(&st, 10, FEATURE_RANGE_ABOVE) == 0.0);
        CHECK(at_clock(&st, 11, FEATURE_RANGE_ABOVE) == 1.0);
        CHECK(at_clock(&st, 40, FEATURE_RANGE_BELOW) == 0.0);
        market_close(&st.market);
    }
}

/* A session whose first bars did not trade begins with the first that did. */
TEST(first_bar_is_the_first_that_traded)
{
    UNUSED_STATE;
    static instrument_t one[1];
    for (u32 missing = 0; missing < 3; missing++) {
        shape_t shape[BARS];
        stage_t st;
        stage_open(&st, 1.0, one);
        play(&st, shape, orb_day(shape), missing);
        market_view_t v = market_view(&st.market, 0);
        CHECK_EQ(v.clock, (i32)missing);
        CHECK(view_get(&v, FEATURE_SESSION_BARS, 0) == 1.0);
        v = market_view(&st.market, 5);
        CHECK(view_get(&v, FEATURE_SESSION_BARS, 0) == 6.0);
        CHECK(view_get(&v, FEATURE_TREND15_KNOWN, 0) == 1.0);
        market_close(&st.market);
    }
}

/* A run counts closes of the session on one side, from the fourth bar on, and ends at a change. */
TEST(run_beyond_vwap)
{
    UNUSED_STATE;
    static instrument_t one[1];
    shape_t shape[BARS];
    stage_t st;
    stage_open(&st, 1.0, one);
    play(&st, shape, vwap_day(shape), 0);
    static const struct {
        i32 clock;
        f64 run;
    } cases[] = {{0, 0}, {3, 0}, {4, -1}, {9, -6}, {12, -8}, {13, 1}, {14, 2}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK(at_clock(&st, cases[i].clock, FEATURE_VWAP_RUN) == cases[i].run);
    }
    market_close(&st.market);
}

/* Before the 15-minute frame has its 21 bars its trend is unknown, and says so. */
TEST(young_frame_is_unknown)
{
    UNUSED_STATE;
    static instrument_t one[1];
    stage_t st;
    stage_open(&st, 1.0, one);
    session_t day = calendar_next(CAL_NYSE, date_from_ymd(2019, 1, 31), I64_MAX);
    market_block_begin(&st.market);
    for (u32 clock = 0; clock < BARS; clock++) {
        shape_t s = quiet_bar(clock);
        slice_t slice = slice_of(&st, &day, clock, &s);
        i32 slot = NEVER;
        bool full = false;
        market_append(&st.market, &slice, &slot, &full);
    }
    market_block_compute(&st.market, &st.config);
    CHECK(at_clock(&st, 61, FEATURE_TREND15_KNOWN) == 0.0);
    CHECK(at_clock(&st, 61, FEATURE_TREND15) == 0.0);
    CHECK(at_clock(&st, 62, FEATURE_TREND15_KNOWN) == 1.0);
    market_close(&st.market);
}

/* ---- by days ---- */

enum { WEEKS = 30, SYMBOLS = 8 };

/* Day `n` of a series that ends with `count` planted bars. */
static shape_t day_bar(u32 n, u32 total, const shape_t *shape, u32 count)
{
    f64 up = n % 2 == 0 ? 0.25 : -0.25;
    shape_t quiet = {CENTRE - up, CENTRE + 1.0, CENTRE - 1.0, CENTRE + up, 1.0};
    return n + count >= total ? shape[n + count - total] : quiet;
}

/* `symbols` alike, one slice a session, from a Monday on; the last slot's view in *out. Eight fill a group of
 * lanes, which is computed in one go; one is computed by itself. */
static void play_days(stage_t *st, u32 symbols, u32 sessions, const shape_t *shape, u32 count)
{
    static instrument_t one[SYMBOLS];
    *st = (stage_t){.sign = st->sign, .config = config_default(PROFILE_SWING, PRESET_MODERATE)};
    market_spec_t spec = {.instruments = one,
                          .count = symbols,
                          .timeframe = TF_1D,
                          .profile = PROFILE_SWING,
                          .config = &st->config};
    CHECK_OK(market_open(&spec, &st->market));
    bool full = true;
    session_t day = calendar_next(CAL_NYSE, date_from_ymd(2018, 3, 4), I64_MAX);
    for (u32 n = 0; n < sessions; n++) {
        bar_t bar[SYMBOLS];
        inst_t inst[SYMBOLS];
        shape_t s = day_bar(n, sessions, shape, count);
        if (full) {
            market_block_begin(&st->market);
        }
        slice_t slice = slice_of(st, &day, 0, &s);
        slice.timeframe = TF_1D;
        slice.session_last = true;
        for (u32 i = 0; i < symbols; i++) {
            bar[i] = st->bar;
            inst[i] = (inst_t)i;
        }
        slice.inst = inst;
        slice.bar = bar;
        slice.count = symbols;
        i32 slot = NEVER;
        market_append(&st->market, &slice, &slot, &full);
        if (full || n + 1 == sessions) {
            market_block_compute(&st->market, &st->config);
        }
        day = calendar_next(CAL_NYSE, day.date, I64_MAX);
    }
}

/* Days ago, from the last session of the series, on which the set-up held. */
static bool held_ago(const stage_t *st, u16 id, i32 d, u32 ago)
{
    market_view_t v = market_view(&st->market, st->market.block_count - 1 - ago);
    setup_t s = {.view = &v, .profile = PROFILE_SWING};
    return strategy_find(id)->holds(&s, d);
}

/* Monday's range 127 to 129; Tuesday closes above it, Wednesday too, which is no first time. */
static const shape_t orb_week[] = {
    {128, 129, 127, 128, 1}, {128, 130, 128, 129.5, 1}, {129.5, 131, 129, 130, 1}};
/* Three closes below the twenty-day price, then one above it with twice the volume. */
static const shape_t vwap_days[] = {
    {127, 128, 126, 127, 1}, {127, 128, 126, 127, 1}, {127, 128, 126, 127, 1}, {127, 129, 127, 128.75, 2}};

TEST(what_is_planted_by_days_is_found)
{
    UNUSED_STATE;
    for (u32 i = 0; i < 4; i++) {
        stage_t st = {.sign = i % 2 == 0 ? 1.0 : -1.0};
        i32 d = (i32)st.sign;
        u32 symbols = i < 2 ? 1 : SYMBOLS;
        play_days(&st, symbols, 5 * WEEKS - 6, orb_week,
                  COUNT_OF(orb_week)); /* a Wednesday, after the holidays */
        market_view_t v = market_view(&st.market, st.market.block_count - 1);
        CHECK_EQ(date_weekday(v.session), 3);
        CHECK(view_get(&v, FEATURE_WEEK_LAST, symbols - 1) == 0.0);
        CHECK(held_ago(&st, STRATEGY_ORB, d, 1));
        CHECK(!held_ago(&st, STRATEGY_ORB, d, 0) && !held_ago(&st, STRATEGY_ORB, d, 2));
        CHECK(!held_ago(&st, STRATEGY_ORB, -d, 1));
        market_close(&st.market);
        play_days(&st, symbols, 5 * WEEKS, vwap_days, COUNT_OF(vwap_days));
        CHECK(held_ago(&st, STRATEGY_VWAP, d, 0) && !held_ago(&st, STRATEGY_VWAP, d, 1));
        CHECK(!held_ago(&st, STRATEGY_VWAP, -d, 0));
        market_close(&st.market);
    }
}

/* A week that ends on a Thursday ends there. */
TEST(week_ends_with_its_last_session)
{
    UNUSED_STATE;
    stage_t st = {.sign = 1.0};
    play_days(&st, SYMBOLS, 19, orb_week, 1); /* to 2018-03-29, before Good Friday */
    market_view_t v = market_view(&st.market, 18);
    CHECK_EQ(v.session, date_from_ymd(2018, 3, 29));
    CHECK(st.market.block_week_last[18] && !st.market.block_week_last[17]);
    CHECK(st.market.block_week_last[14] && !st.market.block_week_last[15]);
    market_close(&st.market);
}

/* An action that gives no factor bars the symbol for its session, and only for that one. */
TEST(unclear_action_shows_for_its_session)
{
    UNUSED_STATE;
    static instrument_t one[1];
    stage_t st;
    stage_open(&st, 1.0, one);
    session_t day = calendar_next(CAL_NYSE, date_from_ymd(2019, 1, 31), I64_MAX);
    for (u32 n = 0; n < 3; n++) {
        market_block_begin(&st.market);
        for (u32 clock = 0; clock < BARS; clock++) {
            shape_t s = quiet_bar(clock);
            slice_t slice = slice_of(&st, &day, clock, &s);
            action_t bad = {.inst = 0, .kind = ACTION_DIVIDEND, .amount = {1000 * PRICE_SCALE}};
            i32 slot = NEVER;
            bool full = false;
            slice.action = &bad;
            slice.action_count = n == 1 && clock == 5 ? 1 : 0;
            market_append(&st.market, &slice, &slot, &full);
        }
        market_block_compute(&st.market, &st.config);
        CHECK(at_clock(&st, 4, FEATURE_ACTION_UNCLEAR) == 0.0);
        CHECK(at_clock(&st, 5, FEATURE_ACTION_UNCLEAR) == (n == 1 ? 1.0 : 0.0));
        CHECK(at_clock(&st, 77, FEATURE_ACTION_UNCLEAR) == (n == 1 ? 1.0 : 0.0));
        day = calendar_next(CAL_NYSE, day.date, I64_MAX);
    }
    market_close(&st.market);
}

TEST(tiers)
{
    UNUSED_STATE;
    static const struct {
        f64 score;
        signal_tier_t tier;
        const char *name;
    } cases[] = {{1.0, TIER_STRONG_BUY, "Strong Buy"},
                 {0.70, TIER_STRONG_BUY, "Strong Buy"},
                 {0.6999, TIER_BUY, "Buy"},
                 {0.35, TIER_BUY, "Buy"},
                 {0.3499, TIER_HOLD, "Hold"},
                 {-0.3499, TIER_HOLD, "Hold"},
                 {-0.35, TIER_SELL, "Sell"},
                 {-0.70, TIER_STRONG_SELL, "Strong Sell"}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(signal_tier(cases[i].score), cases[i].tier);
        CHECK_STR(signal_tier_name(cases[i].tier), cases[i].name);
    }
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    CHECK(c.comp_min_strategy_score == TIER_BUY_FROM); /* "Buy" and "may trade" are one thing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_planted_is_found),
                                       cmocka_unit_test(opening_range_of_every_length),
                                       cmocka_unit_test(first_bar_is_the_first_that_traded),
                                       cmocka_unit_test(run_beyond_vwap),
                                       cmocka_unit_test(young_frame_is_unknown),
                                       cmocka_unit_test(what_is_planted_by_days_is_found),
                                       cmocka_unit_test(week_ends_with_its_last_session),
                                       cmocka_unit_test(unclear_action_shows_for_its_session),
                                       cmocka_unit_test(tiers)};
    return RUN_TESTS(tests);
}
