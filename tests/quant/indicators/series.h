/* Generated bars for the indicator tests: a random walk per lane, with flat stretches and bars without
 * volume. */
#ifndef VITRINE_TESTS_QUANT_INDICATORS_SERIES_H
#define VITRINE_TESTS_QUANT_INDICATORS_SERIES_H

#include <stdlib.h>

#include "base/rng.h"
#include "quant/indicators/indicators.h"

enum { SERIES_COLUMNS = 7 };

typedef struct {
    f64 *column[SERIES_COLUMNS]; /* open, high, low, close, volume, session, reference */
    u32 count;
} series_t;

static inline f64 *series_array(size_t count)
{
    return aligned_alloc(64, (count * sizeof(f64) + 63) / 64 * 64);
}

static inline series_t series_make(u64 seed, u32 count)
{
    series_t s = {.count = count};
    for (u32 k = 0; k < SERIES_COLUMNS; k++) {
        s.column[k] = series_array((size_t)count * INDICATOR_LANES);
    }
    for (u32 l = 0; l < INDICATOR_LANES; l++) {
        rng_key_t key = {.seed = seed, .purpose = RNG_TEST, .entity = l};
        f64 close = 5 + 300 * rng_unit(key, 0);
        for (u32 i = 0; i < count; i++) {
            u64 d = 1 + 8 * (u64)i;
            bool flat = rng_below(key, d, 400) < 20 || (l == 3 && i % 100 < 40);
            f64 open = flat ? close : close * (1 + 0.01 * (rng_unit(key, d + 1) - 0.5));
            f64 next = flat ? close : open * (1 + 0.05 * (rng_unit(key, d + 2) - 0.495));
            f64 up = flat ? 0 : rng_unit(key, d + 3) * 0.01, down = flat ? 0 : rng_unit(key, d + 4) * 0.01;
            size_t at = (size_t)i * INDICATOR_LANES + l;
            s.column[0][at] = open;
            s.column[1][at] = (open > next ? open : next) * (1 + up);
            s.column[2][at] = (open < next ? open : next) * (1 - down);
            s.column[3][at] = next;
            s.column[4][at] = l == 5 && i % 60 < 30 ? 0 : (f64)rng_below(key, d + 5, 5000000);
            s.column[5][at] = i % (17 + l) == 0 ? 1 : 0;
            s.column[6][at] = 50 + 0.1 * next + (f64)rng_below(key, d + 6, 100) * 0.01;
            close = next;
        }
    }
    return s;
}

static inline void series_free(series_t *s)
{
    for (u32 k = 0; k < SERIES_COLUMNS; k++) {
        free(s->column[k]);
    }
}

/* Columns of bars [from, to). */
static inline indicator_cols_t series_cols(const series_t *s, u32 from, u32 to)
{
    size_t at = (size_t)from * INDICATOR_LANES;
    return (indicator_cols_t){.open = s->column[0] + at,
                              .high = s->column[1] + at,
                              .low = s->column[2] + at,
                              .close = s->column[3] + at,
                              .volume = s->column[4] + at,
                              .session = s->column[5] + at,
                              .reference = s->column[6] + at,
                              .count = to - from};
}

/* A state and three output columns of one indicator. */
typedef struct {
    const indicator_desc_t *desc;
    f64 params[INDICATOR_PARAMS_MAX];
    void *state;
    f64 *out[INDICATOR_OUTPUTS_MAX];
} runner_t;

static inline runner_t runner_make(const indicator_desc_t *desc, const f64 *params, u32 count)
{
    runner_t r = {.desc = desc};
    indicator_params_default(desc, r.params);
    for (u32 i = 0; params != NULL && i < desc->param_count; i++) {
        r.params[i] = params[i];
    }
    size_t size = desc->state_size(r.params);
    r.state = aligned_alloc(64, size);
    desc->reset(r.state, r.params);
    for (u32 o = 0; o < INDICATOR_OUTPUTS_MAX; o++) {
        r.out[o] = series_array((size_t)count * INDICATOR_LANES);
    }
    return r;
}

static inline void runner_run(runner_t *r, const series_t *s, u32 from, u32 to, u32 level)
{
    indicator_cols_t in = series_cols(s, from, to);
    f64 *out[INDICATOR_OUTPUTS_MAX];
    for (u32 o = 0; o < INDICATOR_OUTPUTS_MAX; o++) {
        out[o] = r->out[o] + (size_t)from * INDICATOR_LANES;
    }
    r->desc->run(r->state, r->params, &in, out, level);
}

static inline void runner_free(runner_t *r)
{
    free(r->state);
    for (u32 o = 0; o < INDICATOR_OUTPUTS_MAX; o++) {
        free(r->out[o]);
    }
}

#endif
