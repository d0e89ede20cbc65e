/* W4: 100,000 European options, value with five sensitivities and implied volatility; a few American ones. */
#include <stdlib.h>
#include <string.h>

#include "app/bench/bench.h"
#include "app/bench/gen.h"
#include "base/assert.h"
#include "os/clock.h"
#include "quant/indicators/kernels.h"
#include "quant/options/american.h"

enum { COLUMNS = 8, RESULTS = 6, AMERICANS = 200, TREE_STEPS = 201 };
#define GEN_RATE 0.03
#define GEN_YIELD 0.01
#define GEN_LEAST 1e-6 /* time value */

typedef struct {
    f64 *column[COLUMNS]; /* spot, strike, years, rate, yield, sigma, price, side */
    f64 *result[RESULTS];
    option_cols_t cols;
    arena_t arena;
    u32 level;
    f64 sum; /* read, so that nothing is optimised away */
} w4_bench_t;

static option_t contract_of(const w4_bench_t *w, u32 i)
{
    return (option_t){.spot = w->column[0][i],
                      .strike = w->column[1][i],
                      .years = w->column[2][i],
                      .rate = w->column[3][i],
                      .yield = w->column[4][i],
                      .sigma = w->column[5][i],
                      .side = w->column[7][i]};
}

static err_t w4_fill(w4_bench_t *w)
{
    u64 random = 42;
    for (u32 i = 0; i < GEN_OPTIONS;) {
        gen_option_t g = gen_option(&random);
        const f64 v[COLUMNS] = {100.0, g.strike, g.years, GEN_RATE, GEN_YIELD, g.sigma, 0.0, g.side};
        option_greeks_t here;
        option_greeks_t still; /* the same with hardly any volatility: the discounted intrinsic value */
        for (u32 k = 0; k < COLUMNS; k++) {
            w->column[k][i] = v[k];
        }
        option_t o = contract_of(w, i);
        TRY(option_value(&o, &here, NULL));
        o.sigma = 0.0;
        TRY(option_value(&o, &still, NULL));
        w->column[6][i] = here.value;
        i += here.value - still.value >= GEN_LEAST ? 1 : 0;
    }
    return ERR_OK;
}

static err_t w4_open(w4_bench_t *w)
{
    size_t size = (size_t)GEN_OPTIONS * sizeof(f64);
    bool there = true;
    for (u32 k = 0; k < COLUMNS; k++) {
        w->column[k] = aligned_alloc(64, size);
        there = there && w->column[k] != NULL;
    }
    for (u32 k = 0; k < RESULTS; k++) {
        w->result[k] = aligned_alloc(64, size);
        there = there && w->result[k] != NULL;
    }
    TRY(arena_open(&w->arena, 64U << 10));
    if (!there) {
        return ERR_NO_MEMORY;
    }
    w->cols = (option_cols_t){w->column[0], w->column[1], w->column[2], w->column[3], w->column[4],
                              w->column[5], w->column[6], w->column[7], GEN_OPTIONS};
    return w4_fill(w);
}

static void w4_close(w4_bench_t *w)
{
    for (u32 k = 0; k < COLUMNS; k++) {
        free(w->column[k]);
    }
    for (u32 k = 0; k < RESULTS; k++) {
        free(w->result[k]);
    }
    arena_close(&w->arena);
}

static f64 values(void *ctx)
{
    w4_bench_t *w = ctx;
    option_out_t out = {.value = w->result[0],
                        .delta = w->result[1],
                        .gamma = w->result[2],
                        .vega = w->result[3],
                        .theta = w->result[4],
                        .rho = w->result[5]};
    i64 start = os_cpu();
    options_value(w->level, &w->cols, &out);
    w->sum += w->result[0][0];
    return (f64)(os_cpu() - start) / GEN_OPTIONS;
}

static f64 implied(void *ctx)
{
    w4_bench_t *w = ctx;
    i64 start = os_cpu();
    options_implied(w->level, &w->cols, w->result[0]);
    w->sum += w->result[0][0];
    return (f64)(os_cpu() - start) / GEN_OPTIONS;
}

static f64 tree(void *ctx)
{
    w4_bench_t *w = ctx;
    i64 start = os_cpu();
    for (u32 i = 0; i < AMERICANS; i++) {
        option_t o = contract_of(w, i);
        american_t a;
        arena_reset(&w->arena);
        if (american_tree(&o, TREE_STEPS, &w->arena, &a, NULL) != ERR_OK) {
            return -1.0;
        }
        w->sum += a.value;
    }
    return (f64)(os_cpu() - start) / AMERICANS;
}

static f64 approximate(void *ctx)
{
    w4_bench_t *w = ctx;
    i64 start = os_cpu();
    for (u32 i = 0; i < GEN_OPTIONS; i++) {
        option_t o = contract_of(w, i);
        f64 value = 0.0;
        if (american_approximate(&o, &value, NULL) != ERR_OK) {
            return -1.0;
        }
        w->sum += value;
    }
    return (f64)(os_cpu() - start) / GEN_OPTIONS;
}

static err_t w4_level(bench_t *b, w4_bench_t *w, bool best)
{
    char value[64];
    char iv[64];
    (void)snprintf(value, sizeof value, "value + 5 sensitivities, %s", indicator_level_name(w->level));
    (void)snprintf(iv, sizeof iv, "implied volatility, %s", indicator_level_name(w->level));
    bench_row_t row = {.name = value,
                       .unit = "ns",
                       .ctx = w,
                       .ours = values,
                       .target = best ? 8.0 : 0.0,
                       .peer = "w4_quantlib value",
                       .peer_title = "QuantLib BlackCalculator"};
    TRY(bench_row(b, &row));
    row.name = iv;
    row.ours = implied;
    row.target = best ? 50.0 : 0.0;
    row.peer = "w4_quantlib implied";
    row.peer_title = "QuantLib implied std dev, 1e-10";
    row.note = "ours to 1e-13";
    return bench_row(b, &row);
}

static err_t w4_rows(bench_t *b, w4_bench_t *w)
{
    for (u32 i = 0; i < INDICATOR_LEVELS; i++) {
        w->level = i;
        if (indicator_kernels_at(i) != NULL) {
            TRY(w4_level(b, w, i == indicator_level_best()));
        }
    }
    bench_row_t row = {.name = "American, tree of 201 steps",
                       .unit = "ns",
                       .ctx = w,
                       .ours = tree,
                       .peer = "w4_quantlib tree",
                       .peer_title = "QuantLib Leisen-Reimer"};
    TRY(bench_row(b, &row));
    row.name = "American, Bjerksund-Stensland";
    row.ours = approximate;
    row.peer = "w4_quantlib flat";
    row.peer_title = "QuantLib, same formula";
    return bench_row(b, &row);
}

static err_t w4_run(bench_t *b)
{
    w4_bench_t w = {0};
    err_t err = w4_open(&w);
    if (err == ERR_OK) {
        err = w4_rows(b, &w);
    }
    w4_close(&w);
    return err;
}

const bench_desc_t bench_w4 = {
    .name = "W4",
    .title = "options: 100,000 European contracts, and American ones",
    .run = w4_run,
};
