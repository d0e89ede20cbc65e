/* Features of a block: the same bits for any number of workers, and for blocks of one slice; a view kept over
 * the end of its block still shows its own bar. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "drivers/workers.h"
#include "model/calendar.h"
#include "tests/market/plain.h"

enum { SYMBOLS = 21, SESSIONS = 330 };

static void slice_make(date_t day, u64 ordinal, bar_t *bar, inst_t *inst, slice_t *out)
{
    session_t hours;
    CHECK(calendar_session(CAL_NYSE, day, I64_MAX, &hours));
    u32 n = 0;
    for (u32 i = 0; i < SYMBOLS; i++) {
        rng_key_t key = {.seed = 6, .purpose = RNG_TEST, .entity = i, .cycle = ordinal};
        if (rng_unit(key, 0) < 0.03) {
            continue; /* did not trade */
        }
        i64 mid = (i64)((50.0 + i + 5.0 * rng_unit(key, 1)) * 1e9);
        i64 half = (i64)(1e9 * (0.1 + rng_unit(key, 2)));
        inst[n] = (inst_t)i;
        bar[n++] = (bar_t){.t_event = hours.open,
                           .t_known = hours.close,
                           .open = {mid - half / 2},
                           .high = {mid + half},
                           .low = {mid - half},
                           .close = {mid + half / 2},
                           .volume = 1000 + (i64)(1e6 * rng_unit(key, 3))};
    }
    *out = (slice_t){.t_known = hours.close,
                     .t_open = hours.open,
                     .session = day,
                     .timeframe = TF_1D,
                     .ordinal = ordinal,
                     .count = n,
                     .inst = inst,
                     .bar = bar,
                     .session_last = true};
}

/* Figures that are made for eight symbols at once or from the end, as they are defined: from the first bar
 * on, one after the other. */
static void figures_are_plain(const market_view_t *v, inst_t inst)
{
    u32 n = 0;
    const series_t *s = market_daily(v, inst, &n);
    if (view_get(v, FEATURE_PRESENT, inst) == 0.0) {
        return;
    }
    u32 days = MIN_OF(n, 20U);
    f64 dollars = 0;
    for (u32 k = n - days; k < n; k++) {
        dollars += s->dollar[k];
    }
    CHECK(view_get(v, FEATURE_DOLLAR20, inst) == dollars / days);
    if (n < 60) {
        return;
    }
    extremes_are_plain(v, inst, s, n);
    f64 run = 0;
    for (u32 k = n - 9; k < n - 1; k++) {
        f64 traded = 0;
        f64 volume = 0;
        for (u32 b = k - 19; b <= k; b++) {
            traded += (s->high[b] + s->low[b] + s->close[b]) / 3.0 * s->volume[b];
            volume += s->volume[b];
        }
        f64 side = s->close[k] > traded / volume ? 1.0 : (s->close[k] < traded / volume ? -1.0 : 0.0);
        run = side * run > 0 ? run + side : side;
    }
    CHECK(view_get(v, FEATURE_VWAP_RUN, inst) == run);
}

/* All rows of all slices, chained. */
static digest_t features_of(u32 threads, bool single, u64 *rows)
{
    static bar_t bar[SYMBOLS];
    static inst_t inst[SYMBOLS];
    static instrument_t instruments[SYMBOLS];
    config_t config = config_default(PROFILE_SWING, PRESET_MODERATE);
    workers_t workers;
    market_t m;
    digest_state_t all;
    CHECK_OK(workers_open(&workers, threads));
    market_spec_t spec = {.instruments = instruments,
                          .count = SYMBOLS,
                          .timeframe = TF_1D,
                          .profile = PROFILE_SWING,
                          .config = &config,
                          .workers = workers.lent};
    CHECK_OK(market_open(&spec, &m));
    digest_begin(&all);
    date_t day = date_from_ymd(2014, 1, 2);
    u64 ordinal = 0;
    *rows = 0;
    market_view_t kept = {0};
    f64 close = 0;
    while (ordinal < SESSIONS) {
        bool full = false;
        market_block_begin(&m);
        while (!full && ordinal < SESSIONS) {
            slice_t s;
            i32 slot = -1;
            slice_make(day, ordinal++, bar, inst, &s);
            day = calendar_next(CAL_NYSE, day, I64_MAX).date;
            market_append(&m, &s, &slot, &full);
            full = full || single;
        }
        market_block_compute(&m, &config);
        if (kept.row != NULL) {
            market_view_keep(&kept);
            CHECK(view_get(&kept, FEATURE_CLOSE, 0) == close);
        }
        for (u32 slot = 0; slot < m.block_count; slot++) {
            market_view_t v = market_view(&m, slot);
            digest_add(&all, v.row, sizeof(f64) * FEATURE_COUNT * m.padded);
            for (u32 i = 0; i < SYMBOLS; i++) {
                figures_are_plain(&v, (inst_t)i);
            }
            kept = v;
            close = view_get(&v, FEATURE_CLOSE, 0);
            (*rows)++;
        }
    }
    market_close(&m);
    workers_close(&workers);
    return digest_end(&all);
}

TEST(features_do_not_depend_on_workers_or_blocks)
{
    UNUSED_STATE;
    u64 rows = 0;
    digest_t base = features_of(0, false, &rows);
    CHECK_EQ(rows, SESSIONS);
    static const u32 threads[] = {1, 2, 3, 8};
    for (u32 i = 0; i < COUNT_OF(threads) * 2; i++) {
        digest_t got = features_of(threads[i / 2], i % 2 == 1, &rows);
        CHECK_EQ(rows, SESSIONS);
        CHECK(digest_eq(&got, &base));
    }
}

/* An early close that was called during the session is not known at its open, and is known at its end. */
TEST(half_day_counts_when_announced)
{
    UNUSED_STATE;
    static instrument_t one[1];
    config_t config = config_default(PROFILE_DAY, PRESET_MODERATE);
    market_spec_t spec = {
        .instruments = one, .count = 1, .timeframe = TF_5M, .profile = PROFILE_DAY, .config = &config};
    market_t m;
    CHECK_OK(market_open(&spec, &m));
    date_t snow = date_from_ymd(1994, 2, 11);
    session_t hours;
    CHECK(calendar_session(CAL_NYSE, snow, I64_MAX, &hours) && hours.half_day);
    bar_t bar = {.t_event = hours.open,
                 .t_known = hours.open + 5 * NS_PER_MIN,
                 .open = {NS_PER_SEC},
                 .high = {NS_PER_SEC},
                 .low = {NS_PER_SEC},
                 .close = {NS_PER_SEC},
                 .volume = 1};
    inst_t inst = 0;
    slice_t s = {.t_known = bar.t_known,
                 .t_open = bar.t_event,
                 .session = snow,
                 .timeframe = TF_5M,
                 .count = 1,
                 .inst = &inst,
                 .bar = &bar};
    i32 slot = -1;
    bool full = false;
    market_block_begin(&m);
    market_append(&m, &s, &slot, &full);
    CHECK_EQ(slot, 0);
    CHECK(!m.half_day && !full);
    bar.t_event = hours.close - 5 * NS_PER_MIN;
    bar.t_known = hours.close;
    s.t_open = bar.t_event;
    s.t_known = bar.t_known;
    s.session_last = true;
    market_append(&m, &s, &slot, &full);
    CHECK(full);
    market_block_begin(&m);
    CHECK(m.half_day);
    CHECK_EQ(m.curve_days[0], 0);
    market_close(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(features_do_not_depend_on_workers_or_blocks),
                                       cmocka_unit_test(half_day_counts_when_announced)};
    return RUN_TESTS(tests);
}
