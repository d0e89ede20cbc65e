/* Made bars of coins: sessions of a whole day of UTC at five minutes, seven days a week, behind days of
 * history, with moves that momentum and breakouts are defined to see. The first coin leads the others. */
#ifndef VITRINE_TESTS_ENGINE_COINS_H
#define VITRINE_TESTS_ENGINE_COINS_H

#include <math.h>

#include "base/rng.h"
#include "model/symbol.h"
#include "tests/engine/dataset.h"

enum { COINS = 8, COINS_DAY = 288, COINS_MOVE = 36 };

typedef struct {
    u64 seed;
    u32 history, sessions;
    date_t first;
} coins_t;

static inline f64 coins_unit(const coins_t *k, u32 coin, u32 what, u64 n)
{
    return rng_unit((rng_key_t){.seed = k->seed, .purpose = RNG_TEST, .entity = coin * 16 + what}, n);
}

/* Of a triangle's width two: near enough to a bell for a price. */
static inline f64 coins_step(const coins_t *k, u32 coin, u64 n)
{
    return coins_unit(k, coin, 1, n) + coins_unit(k, coin, 2, n) - 1.0;
}

/* In each day a coin may move one way for three hours. */
static inline f64 coins_push(const coins_t *k, u32 coin, u64 n)
{
    u64 day = n / COINS_DAY;
    u64 from = (u64)(coins_unit(k, coin, 3, day) * (COINS_DAY - COINS_MOVE));
    u64 at = n % COINS_DAY;
    bool moves = coins_unit(k, coin, 4, day) < 0.6 && at >= from && at < from + COINS_MOVE;
    return moves ? (coins_unit(k, coin, 5, day) < 0.55 ? 0.002 : -0.002) : 0.0;
}

/* The bar of one step; `price` moves on. */
static inline bar_t coins_bar(const coins_t *k, u32 coin, u64 n, f64 *price)
{
    f64 push = coins_push(k, coin, n);
    f64 step = 0.004 * coins_step(k, coin, n) + 0.003 * coins_step(k, COINS, n) + push;
    f64 open = *price;
    f64 close = open * exp(step);
    f64 wick = 0.001 * coins_unit(k, coin, 6, n);
    f64 units = (push != 0 ? 900000.0 : 200000.0) * (0.6 + 0.8 * coins_unit(k, coin, 7, n)) / open;
    i64 t = (i64)k->first * NS_PER_DAY + (i64)n * 5 * NS_PER_MIN;
    bar_t b = {.t_event = t, .t_known = t + 5 * NS_PER_MIN, .volume = (i64)(units * 1e8)};
    *price = close;
    b.open = (price_t){(i64)(open * 1e9)};
    b.close = (price_t){(i64)(close * 1e9)};
    b.high = (price_t){(i64)(fmax(open, close) * (1 + wick) * 1e9)};
    b.low = (price_t){(i64)(fmin(open, close) * (1 - wick) * 1e9)};
    CHECK(bar_is_sane(&b));
    return b;
}

static inline void coins_fold(bar_t *day, const bar_t *b)
{
    if (day->volume == 0) {
        *day = *b;
        return;
    }
    day->high.v = MAX_OF(day->high.v, b->high.v);
    day->low.v = MIN_OF(day->low.v, b->low.v);
    day->close = b->close;
    day->volume += b->volume;
}

/* Coins whose bit is set did not trade; the first always does. */
static inline void coins_slice(dataset_t *d, const bar_t *all, timeframe_t tf, bool last, u32 silent)
{
    inst_t inst[COINS];
    bar_t bar[COINS];
    u32 n = 0;
    for (u32 i = 0; i < COINS; i++) {
        if (i == 0 || (silent >> i & 1U) == 0) {
            bar[n] = all[i];
            inst[n++] = (inst_t)i;
        }
    }
    slice_t s = {.t_known = bar[0].t_known,
                 .t_open = bar[0].t_event,
                 .session = (date_t)(bar[0].t_event / NS_PER_DAY),
                 .timeframe = tf,
                 .ordinal = d->count,
                 .count = n,
                 .inst = inst,
                 .bar = bar,
                 .session_last = last};
    dataset_add(d, &s);
}

/* One of the five minutes of a step: its way is a fifth of the step's. */
static inline bar_t coins_minute(const bar_t *five, u32 minute)
{
    i64 way = five->close.v - five->open.v;
    bar_t b = *five;
    b.t_event += (i64)minute * NS_PER_MIN;
    b.t_known = b.t_event + NS_PER_MIN;
    b.open.v = five->open.v + way * minute / 5;
    b.close.v = five->open.v + way * (minute + 1) / 5;
    b.high.v = MAX_OF(b.open.v, b.close.v);
    b.low.v = MIN_OF(b.open.v, b.close.v);
    b.volume = five->volume / 5;
    return b;
}

/* The last minute of a third of all steps saw no trade at all: those steps end with the minute behind them,
 * and nothing is decided on them. In each step some coins do not trade. */
static inline void coins_minutes(const coins_t *k, dataset_t *d, const bar_t *five, u64 n)
{
    bool last = n % COINS_DAY + 1 == COINS_DAY;
    bool silent = !last && coins_unit(k, COINS, 8, n) < 0.33;
    u32 quiet = 0;
    for (u32 i = 1; i < COINS; i++) {
        quiet |= coins_unit(k, i, 9, n) < 0.15 ? 1U << i : 0;
    }
    for (u32 minute = 0; minute < (silent ? 4U : 5U); minute++) {
        bar_t bar[COINS];
        for (u32 i = 0; i < COINS; i++) {
            bar[i] = coins_minute(&five[i], minute);
        }
        coins_slice(d, bar, TF_1M, last && minute == 4, quiet);
    }
}

/* Daily runs get days alone. */
static inline void dataset_coins(const coins_t *k, timeframe_t timeframe, dataset_t *d)
{
    static const char *const names[COINS] = {"AAA/USD", "BBB/USD", "CCC/USD", "DDD/USD",
                                             "EEE/USD", "FFF/USD", "GGG/USDT", "HHH/USDC"};
    instrument_t coin[COINS];
    f64 price[COINS] = {61000, 2400, 140, 95, 12, 7, 2.5, 0.08};
    for (u32 i = 0; i < COINS; i++) {
        CHECK(symbol_coin(str_from(names[i]), &coin[i]));
    }
    source_t like = {.instruments = coin, .instrument_count = COINS, .timeframe = timeframe, .proxy = 0};
    dataset_like(&like, d);
    for (u64 day = 0; day < k->history + k->sessions; day++) {
        bar_t whole[COINS] = {0};
        for (u64 at = 0; at < COINS_DAY; at++) {
            bar_t bar[COINS];
            for (u32 i = 0; i < COINS; i++) {
                bar[i] = coins_bar(k, i, day * COINS_DAY + at, &price[i]);
                coins_fold(&whole[i], &bar[i]);
            }
            if (day >= k->history && timeframe == TF_5M) {
                coins_slice(d, bar, TF_5M, at + 1 == COINS_DAY, 0);
            } else if (day >= k->history && timeframe == TF_1M) {
                coins_minutes(k, d, bar, day * COINS_DAY + at);
            }
        }
        for (u32 i = 0; i < COINS; i++) {
            whole[i].t_known = whole[i].t_event + NS_PER_DAY;
        }
        if (day < k->history || timeframe == TF_1D) {
            coins_slice(d, whole, TF_1D, true, 0);
        }
    }
    d->trade_from = k->first + (date_t)k->history;
}

#endif
