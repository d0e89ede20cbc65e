/* One-minute slices make the five-minute bars that five-minute slices are, when minutes are missing and when
 * the feed is late. */
#include "tests/test.h"

#include <string.h>

#include "market/market.h"
#include "model/calendar.h"
#include "tests/market/plain.h"

enum { MINUTES = 390, FIVES = 78 };

typedef struct {
    f64 cell[FIVES][FEATURE_COUNT];
    bool decided[FIVES];
} day_rows_t;

static bar_t minute_of(i64 open, u32 k, i64 delay)
{
    i64 price = (100 + (i64)(k * 7 % 13)) * (i64)PRICE_SCALE;
    return (bar_t){.t_event = open + (i64)k * NS_PER_MIN, .t_known = open + (i64)(k + 1) * NS_PER_MIN + delay,
                   .open = {price}, .high = {price + (i64)PRICE_SCALE}, .low = {price - (i64)PRICE_SCALE},
                   .close = {price}, .volume = 100 + k};
}

static void merge(bar_t *into, const bar_t *b)
{
    if (into->volume < 0) {
        *into = *b;
        return;
    }
    into->high.v = MAX_OF(into->high.v, b->high.v);
    into->low.v = MIN_OF(into->low.v, b->low.v);
    into->close = b->close;
    into->volume += b->volume;
}

static void feed(market_t *m, const session_t *x, timeframe_t tf, const bar_t *b, day_rows_t *out)
{
    inst_t inst = 0;
    i32 slot = -1;
    bool full = false;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    slice_t s = {.t_known = b->t_known, .t_open = b->t_event, .session = x->date, .timeframe = tf, .count = 1,
                 .inst = &inst, .bar = b};
    market_block_begin(m);
    market_append(m, &s, &slot, &full);
    market_block_compute(m, &c);
    if (slot >= 0) {
        market_view_t v = market_view(m, (u32)slot);
        CHECK(v.clock >= 0 && v.clock < FIVES);
        if (m->bar[0].count >= 60 && view_get(&v, FEATURE_PRESENT, 0) != 0.0) {
            extremes_are_plain(&v, 0, &m->bar[0], m->bar[0].count);
        }
        out->decided[v.clock] = true;
        for (u32 f = 0; f < FEATURE_COUNT; f++) {
            out->cell[v.clock][f] = view_get(&v, (feature_t)f, 0);
        }
    }
}

/* Days of one symbol without the minutes that `gone` names, as slices of `tf`; the rows of the last day. */
static void run(timeframe_t tf, i64 delay, bool (*gone)(u32 minute), day_rows_t *out)
{
    instrument_t t = {.tick = {PRICE_SCALE / 100}, .multiplier = 1};
    market_spec_t spec = {.instruments = &t, .count = 1, .timeframe = tf, .profile = PROFILE_DAY};
    market_t m;
    CHECK_OK(market_open(&spec, &m));
    date_t day = date_from_ymd(2024, 3, 4);
    for (u32 d = 0; d < 4; d++) {
        session_t x = calendar_next(CAL_NYSE, day - 1, I64_MAX);
        memset(out, 0, sizeof *out);
        for (u32 k = 0; k < MINUTES; k += 5) {
            bar_t five = {.volume = -1};
            for (u32 i = k; i < k + 5; i++) {
                bar_t b = minute_of(x.open, i, delay);
                if (gone(i)) {
                    continue;
                }
                merge(&five, &b);
                if (tf == TF_1M) {
                    feed(&m, &x, tf, &b, out);
                }
            }
            five.t_event = x.open + (i64)k * NS_PER_MIN;
            five.t_known = five.t_event + 5 * NS_PER_MIN + delay;
            if (tf == TF_5M) {
                feed(&m, &x, tf, &five, out);
            }
        }
        day = x.date + 1;
    }
    market_close(&m);
}

static bool none(u32 minute) { return minute > MINUTES; }
static bool some_last(u32 minute) { return minute % 35 == 4; }

static void compare(i64 delay, bool (*gone)(u32 minute))
{
    static day_rows_t fives;
    static day_rows_t ones;
    u32 decided = 0;
    run(TF_5M, delay, gone, &fives);
    run(TF_1M, delay, gone, &ones);
    for (u32 k = 0; k < FIVES; k++) {
        CHECK(fives.decided[k]);
        CHECK_EQ(ones.decided[k], !gone(k * 5 + 4)); /* its moment never came */
        decided += ones.decided[k] ? 1 : 0;
        if (ones.decided[k]) {
            CHECK_EQ(memcmp(fives.cell[k], ones.cell[k], sizeof fives.cell[k]), 0);
        }
    }
    CHECK(decided > FIVES / 2);
}

TEST(minutes_make_the_same_bars)
{
    UNUSED_STATE;
    compare(0, none);
}

TEST(a_missing_last_minute_moves_no_border)
{
    UNUSED_STATE;
    compare(0, some_last);
}

TEST(a_late_feed_decides_on_the_same_bars)
{
    UNUSED_STATE;
    compare(15 * NS_PER_SEC, some_last);
}

/* A whole session in one block: each view is asked for the closes of today when all later bars are stored. */
static void closes_of_a_block(i64 delay)
{
    instrument_t t = {.tick = {PRICE_SCALE / 100}, .multiplier = 1};
    market_spec_t spec = {.instruments = &t, .count = 1, .timeframe = TF_1M, .profile = PROFILE_DAY};
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    session_t x = calendar_next(CAL_NYSE, date_from_ymd(2024, 3, 3), I64_MAX);
    market_t m;
    u32 views = 0;
    CHECK_OK(market_open(&spec, &m));
    market_block_begin(&m);
    for (u32 k = 0; k < MINUTES; k++) {
        inst_t inst = 0;
        i32 slot = -1;
        bool full = false;
        bar_t b = minute_of(x.open, k, delay);
        slice_t s = {.t_known = b.t_known, .t_open = b.t_event, .session = x.date, .timeframe = TF_1M,
                     .count = 1, .inst = &inst, .bar = &b};
        if (!some_last(k)) {
            market_append(&m, &s, &slot, &full);
        }
    }
    market_block_compute(&m, &c);
    for (u32 slot = 0; slot < m.block_count; slot++) {
        market_view_t v = market_view(&m, slot);
        u32 n = 0;
        const f64 *close = market_closes_today(&v, 0, &n);
        CHECK_EQ(n, (u32)v.clock + 1);
        for (u32 k = 0; k < n; k++) {
            u32 last = some_last(k * 5 + 4) ? k * 5 + 3 : k * 5 + 4;
            CHECK(close[k] == price_to_f64(minute_of(x.open, last, 0).close));
        }
        views++;
    }
    CHECK_EQ(views, FIVES - 12);
    market_close(&m);
}

TEST(closes_of_today_end_with_the_view)
{
    UNUSED_STATE;
    closes_of_a_block(0);
    closes_of_a_block(15 * NS_PER_SEC);
    closes_of_a_block(15 * NS_PER_MIN); /* what a view's moment has seen end, it need not have heard of */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minutes_make_the_same_bars),
        cmocka_unit_test(a_missing_last_minute_moves_no_border),
        cmocka_unit_test(a_late_feed_decides_on_the_same_bars),
        cmocka_unit_test(closes_of_today_end_with_the_view),
    };
    return RUN_TESTS(tests);
}
