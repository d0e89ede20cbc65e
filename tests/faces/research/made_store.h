/* A small store of made daily bars: prices that drift in spells with bursts of volume, something for
 * strategies. */
#ifndef VITRINE_TESTS_FACES_RESEARCH_MADE_STORE_H
#define VITRINE_TESTS_FACES_RESEARCH_MADE_STORE_H

#include <stdio.h>

#include "base/rng.h"
#include "model/calendar.h"
#include "store/bars.h"
#include "tests/test.h"

enum { MADE_SYMBOLS = 24, MADE_DAYS = 500 };

static inline f64 made_noise(u32 symbol, u64 n)
{
    return rng_unit((rng_key_t){.seed = 77, .purpose = RNG_TEST, .entity = symbol}, n) - 0.5;
}

static inline u32 made_daily(u32 symbol, date_t first, bar_t *out)
{
    date_t d = first;
    f64 price = 20.0 + 4.0 * symbol;
    for (u32 i = 0; i < MADE_DAYS; i++) {
        session_t s = calendar_next(CAL_NYSE, d, I64_MAX);
        d = s.date;
        f64 spell = (i / 25 + symbol) % 3 == 0 ? 0.012 : (i / 25 + symbol) % 3 == 1 ? -0.004 : 0.0;
        f64 open = price;
        price *= 1.0 + spell + 0.02 * made_noise(symbol, i);
        f64 high =
            (open > price ? open : price) * (1.0 + 0.004 + 0.01 * (made_noise(symbol, 90000 + i) + 0.5));
        f64 low =
            (open < price ? open : price) * (1.0 - 0.004 - 0.01 * (made_noise(symbol, 70000 + i) + 0.5));
        i64 volume =
            2000000 + (i64)(1e6 * (made_noise(symbol, 50000 + i) + 0.5)) + (i % 25 < 3 ? 6000000 : 0);
        out[i] = (bar_t){.t_event = s.open,
                         .t_known = s.close,
                         .open = {(i64)(open * 100) * 10000000},
                         .high = {(i64)(high * 100 + 1) * 10000000},
                         .low = {(i64)(low * 100) * 10000000},
                         .close = {(i64)(price * 100) * 10000000},
                         .volume = volume};
    }
    return MADE_DAYS;
}

static inline void made_store_from(const char *home, date_t first)
{
    static bar_t rows[MADE_DAYS];
    bars_t *b = NULL;
    diag_t diag = {0};
    bars_put_t io = {0};
    CHECK_OK(bars_open(home, false, &diag, &b));
    CHECK_OK(bars_begin(b, &diag));
    for (u32 i = 0; i < MADE_SYMBOLS; i++) {
        bars_series_t s = {.timeframe = TF_1D};
        (void)snprintf(s.source, sizeof s.source, "made");
        (void)snprintf(s.symbol, sizeof s.symbol, "S%02u", i);
        CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows, made_daily(i, first, rows), 0}, &io, &diag));
    }
    CHECK_OK(bars_commit(b, &diag));
    bars_close(b);
}

static inline void made_store(const char *home)
{
    made_store_from(home, date_from_ymd(2014, 1, 1));
}

#endif
