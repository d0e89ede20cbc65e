/* W1: sixteen indicators (twenty columns) of 500 symbols x 1260 daily bars, eight symbols a register. */
#include <stdlib.h>
#include <string.h>

#include "app/bench/bench.h"
#include "app/bench/gen.h"
#include "base/assert.h"
#include "os/clock.h"
#include "quant/indicators/indicators.h"

/* Passes over all symbols in one measurement: one would be too short for the clock of a shared machine. */
enum { PASSES = 8 };
enum { LANES = INDICATOR_LANES, GROUPS = (GEN_SYMBOLS + LANES - 1) / LANES, CHUNK = 64, COLUMNS = 6 };

typedef struct {
    f64 *columns; /* [GROUPS][COLUMNS][GEN_DAYS][LANES] */
    f64 *rows;    /* [CHUNK][W1_COLUMNS][LANES] */
    w1_state_t *state;
    u32 level;
    f64 sum; /* read, so that nothing is optimised away */
} w1_bench_t;

static const f64 *column_of(const w1_bench_t *w, u32 group, u32 column)
{
    return w->columns + ((size_t)group * COLUMNS + column) * GEN_DAYS * LANES;
}

static indicator_cols_t group_columns(const w1_bench_t *w, u32 group)
{
    return (indicator_cols_t){.open = column_of(w, group, 0),
                              .high = column_of(w, group, 1),
                              .low = column_of(w, group, 2),
                              .close = column_of(w, group, 3),
                              .volume = column_of(w, group, 4),
                              .session = column_of(w, group, 5),
                              .count = GEN_DAYS};
}

static void fill_lane(w1_bench_t *w, u32 group, u32 lane, f64 *series)
{
    f64 *to = w->columns + (size_t)group * COLUMNS * GEN_DAYS * LANES;
    for (u32 c = 0; c < COLUMNS; c++) {
        for (u32 i = 0; i < GEN_DAYS; i++) {
            f64 v = c < 5 ? series[(size_t)c * GEN_DAYS + i] : (i % 20 == 0 ? 1.0 : 0.0);
            to[((size_t)c * GEN_DAYS + i) * LANES + lane] = v;
        }
    }
}

static err_t w1_open(w1_bench_t *w)
{
    size_t size = (size_t)GROUPS * COLUMNS * GEN_DAYS * LANES * sizeof(f64);
    f64 *series = calloc(5 * GEN_DAYS, sizeof *series);
    w->columns = aligned_alloc(64, size);
    w->rows = aligned_alloc(64, (size_t)CHUNK * W1_COLUMNS * LANES * sizeof(f64));
    w->state = aligned_alloc(64, (sizeof *w->state + 63) / 64 * 64);
    if (series == NULL || w->columns == NULL || w->rows == NULL || w->state == NULL) {
        free(series);
        return ERR_NO_MEMORY;
    }
    u64 random = 42;
    gen_series_t out = {series, series + GEN_DAYS, series + 2 * GEN_DAYS, series + 3 * GEN_DAYS,
                        series + 4 * GEN_DAYS};
    for (u32 s = 0; s < GROUPS * LANES; s++) {
        if (s < GEN_SYMBOLS) {
            gen_daily(&random, &out);
        }
        fill_lane(w, s / LANES, s % LANES, series); /* empty lanes of the last group repeat the last symbol */
    }
    free(series);
    return ERR_OK;
}

static void w1_close(w1_bench_t *w)
{
    free(w->columns);
    free(w->rows);
    free(w->state);
}

static f64 per_bar(i64 ns)
{
    return (f64)ns / ((f64)GEN_SYMBOLS * GEN_DAYS * PASSES);
}

static f64 all_columns(void *ctx)
{
    w1_bench_t *w = ctx;
    i64 start = os_cpu();
    for (u32 n = 0; n < PASSES * GROUPS; n++) {
        indicator_cols_t in = group_columns(w, n % GROUPS);
        indicator_w1_reset(w->state);
        for (u32 to = CHUNK; to < GEN_DAYS + CHUNK; to += CHUNK) {
            indicator_w1_run(w->level, w->state, &in, MIN_OF(to, (u32)GEN_DAYS), w->rows);
            w->sum += w->rows[0];
        }
    }
    return per_bar(os_cpu() - start);
}

static f64 last_row(void *ctx)
{
    w1_bench_t *w = ctx;
    i64 start = os_cpu();
    for (u32 n = 0; n < PASSES * GROUPS; n++) {
        indicator_cols_t in = group_columns(w, n % GROUPS);
        indicator_w1_last(w->level, &in, w->rows);
        w->sum += w->rows[0];
    }
    return per_bar(os_cpu() - start);
}

static err_t w1_level(bench_t *b, w1_bench_t *w, bool best)
{
    char all[48];
    char last[48];
    (void)snprintf(all, sizeof all, "all columns, %s", indicator_level_name(w->level));
    (void)snprintf(last, sizeof last, "last row only, %s", indicator_level_name(w->level));
    bench_row_t row = {.name = all,
                       .unit = "ns/bar",
                       .ctx = w,
                       .ours = all_columns,
                       .target = best ? 3.0 : 0.0,
                       .peer = "w1_talib daily",
                       .peer_title = "TA-Lib C, batch, 15 of 16"};
    TRY(bench_row(b, &row));
    row.name = last;
    row.ours = last_row;
    row.target = best ? 2.0 : 0.0;
    return bench_row(b, &row);
}

static err_t w1_run(bench_t *b)
{
    w1_bench_t w = {0};
    err_t err = w1_open(&w);
    for (u32 i = 0; i < INDICATOR_LEVELS && err == ERR_OK; i++) {
        if (indicator_kernels_at(i) != NULL) {
            w.level = i;
            err = w1_level(b, &w, i == indicator_level_best());
        }
    }
    w1_close(&w);
    return err;
}

const bench_desc_t bench_w1 = {
    .name = "W1",
    .title = "indicators: 16 of them over 500 symbols x 1260 daily bars",
    .run = w1_run,
};
