/* Made-up price series for benches: the same numbers for our side and for the peers' programs, which include
 * this header as it is. No library functions, so any compiler gives the same bits. */
#ifndef VITRINE_APP_BENCH_GEN_H
#define VITRINE_APP_BENCH_GEN_H

#include <stdint.h>

enum { GEN_OPTIONS = 100000, GEN_SYMBOLS = 500, GEN_DAYS = 1260, GEN_MINUTES = 1000000, GEN_SESSION = 390 };

/* SplitMix64 (S. Vigna, public domain algorithm of 2015). */
static inline uint64_t gen_next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static inline double gen_unit(uint64_t *state)
{
    return (double)(gen_next(state) >> 11) * 0x1p-53;
}

/* Near enough to normal: twelve uniform numbers less six. */
static inline double gen_normal(uint64_t *state)
{
    double sum = -6.0;
    for (int i = 0; i < 12; i++) {
        sum += gen_unit(state);
    }
    return sum;
}

static inline double gen_cent(double x)
{
    return (double)(int64_t)(x * 100.0 + 0.5) / 100.0;
}

typedef struct {
    double *open, *high, *low, *close, *volume;
} gen_series_t;

/* n bars that start near `price` and move about `vol` of it each. */
static inline void gen_series(uint64_t *state, int n, double price, double vol, const gen_series_t *out)
{
    double busy = 0.0;
    for (int i = 0; i < n; i++) {
        double at = price * (1.0 + 0.3 * vol * gen_normal(state));
        double open = at;
        double hi = at;
        double lo = at;
        for (int k = 0; k < 4; k++) {
            at *= 1.0 + 0.5 * vol * gen_normal(state);
            hi = at > hi ? at : hi;
            lo = at < lo ? at : lo;
        }
        at = at < 2.0 ? 2.0 + at - (double)(int64_t)at : at;
        busy = 0.9 * busy + 0.1 * gen_unit(state);
        out->open[i] = gen_cent(open);
        out->close[i] = gen_cent(at);
        out->high[i] = gen_cent(hi > at ? hi : at);
        out->low[i] = gen_cent(lo < at ? lo : at);
        out->volume[i] = (double)(int64_t)(1e5 * (1.0 + 4.0 * busy));
        price = at;
    }
}

static inline void gen_daily(uint64_t *state, const gen_series_t *out)
{
    double price = 10.0 + 290.0 * gen_unit(state);
    gen_series(state, GEN_DAYS, price, 0.012 + 0.02 * gen_unit(state), out);
}

/* A European contract of workload W4 on a spot of 100. The caller drops those whose time value is below 1e-6
 * and draws again. */
typedef struct {
    double strike, years, sigma, side;
} gen_option_t;

static inline gen_option_t gen_option(uint64_t *state)
{
    gen_option_t o;
    o.strike = 60.0 + 80.0 * gen_unit(state);
    o.years = 5.0 / 365.0 + (2.0 - 5.0 / 365.0) * gen_unit(state);
    o.sigma = 0.08 + 1.12 * gen_unit(state);
    o.side = gen_unit(state) < 0.5 ? -1.0 : 1.0;
    return o;
}

#endif
