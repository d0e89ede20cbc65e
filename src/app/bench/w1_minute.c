/* W1 on one series: a million minute bars through the sixteen indicators, batch and bar by bar.
 *
 * A recurrence of one series is bound by its latency: no width helps it. So the series is cut into stretches,
 * and eight of them run side by side in the lanes, each begun OVERLAP bars early: what the recurrences
 * remember of anything older is below 1e-30 (13/14 to the 1024th), windows and the session's volume-weighted
 * price reach less far, and on-balance volume, a sum, gets the sum of what lies before. Compared with one run
 * from the first bar before anything is measured. Bar by bar there is nothing to cut: one lane works, seven
 * idle. */
#include <stdlib.h>
#include <string.h>

#include "app/bench/bench.h"
#include "app/bench/gen.h"
#include "base/assert.h"
#include "os/clock.h"
#include "quant/indicators/indicators.h"
#include "quant/math/qmath.h"

enum { LANES = INDICATOR_LANES, COLUMNS = 6, CHUNK = 64, OVERLAP = 1024, GROUPS = 8 };
enum { STRETCH = GEN_MINUTES / (GROUPS * LANES), ROWS = STRETCH + OVERLAP, STREAM = 100000 };
_Static_assert(STRETCH *GROUPS *LANES == GEN_MINUTES, "stretches cover the series");

typedef struct {
    f64 *series;  /* [COLUMNS][GEN_MINUTES] */
    f64 *columns; /* [COLUMNS][ROWS][LANES] of one group of stretches */
    f64 *rows;    /* [CHUNK][W1_COLUMNS][LANES] */
    f64 *ends;    /* [GROUPS * LANES][W1_COLUMNS]: last row of each stretch, for the comparison */
    f64 *obv;     /* [GROUPS * LANES]: on-balance volume of a stretch at its first own bar */
    w1_state_t *state;
    u32 level;
    f64 sum;
} minute_t;

static const f64 *series_of(const minute_t *m, u32 column)
{
    return m->series + (size_t)column * GEN_MINUTES;
}

static indicator_cols_t columns_of(const f64 *v, size_t each, u32 count)
{
    return (indicator_cols_t){.open = v,
                              .high = v + each,
                              .low = v + 2 * each,
                              .close = v + 3 * each,
                              .volume = v + 4 * each,
                              .session = v + 5 * each,
                              .count = count};
}

/* Eight stretches, each with the bars before it; the very first repeats its first bar there and is started
 * late. */
static void interleave(minute_t *m, u32 group)
{
    for (u32 c = 0; c < COLUMNS; c++) {
        const f64 *from = series_of(m, c);
        f64 *to = m->columns + (size_t)c * ROWS * LANES;
        for (u32 lane = 0; lane < LANES; lane++) {
            i64 first = (i64)(group * LANES + lane) * STRETCH - OVERLAP;
            for (i64 i = 0; i < ROWS; i++) {
                to[i * LANES + lane] = from[MAX_OF(first + i, (i64)0)];
            }
        }
    }
}

/* Keeps what the comparison needs; `done` rows were just made. */
static void keep(minute_t *m, u32 group, u32 to, u32 done)
{
    for (u32 lane = 0; lane < LANES; lane++) {
        u32 s = group * LANES + lane;
        if (to - done <= OVERLAP && OVERLAP < to) {
            m->obv[s] = m->rows[((size_t)(OVERLAP - (to - done)) * W1_COLUMNS + W1_OBV) * LANES + lane];
        }
        for (u32 c = 0; to == ROWS && c < W1_COLUMNS; c++) {
            m->ends[(size_t)s * W1_COLUMNS + c] =
                m->rows[((size_t)(done - 1) * W1_COLUMNS + c) * LANES + lane];
        }
    }
}

static void batch(minute_t *m, bool kept)
{
    for (u32 g = 0; g < GROUPS; g++) {
        interleave(m, g);
        indicator_cols_t in = columns_of(m->columns, (size_t)ROWS * LANES, ROWS);
        indicator_w1_reset(m->state);
        for (u32 n = 0; n < ROWS; n += CHUNK) {
            u32 to = MIN_OF(n + CHUNK, (u32)ROWS);
            indicator_w1_run(m->level, m->state, &in, to, m->rows);
            m->sum += m->rows[0];
            if (kept) {
                keep(m, g, to, to - n);
            }
        }
    }
}

static f64 batch_measure(void *ctx)
{
    minute_t *m = ctx;
    i64 start = os_cpu();
    batch(m, false);
    return (f64)(os_cpu() - start) / GEN_MINUTES;
}

/* One bar a call, as a stream brings them. The first bars only fill the windows. */
static f64 stream_measure(void *ctx)
{
    minute_t *m = ctx;
    interleave(m, 1);
    indicator_cols_t in = columns_of(m->columns, (size_t)ROWS * LANES, ROWS);
    i64 spent = 0;
    for (u32 done = 0; done < STREAM; done += STRETCH) {
        indicator_w1_reset(m->state);
        indicator_w1_run(m->level, m->state, &in, CHUNK, m->rows);
        for (u32 to = 2 * CHUNK; to <= OVERLAP; to += CHUNK) {
            indicator_w1_run(m->level, m->state, &in, to, m->rows);
        }
        i64 start = os_cpu();
        for (u32 to = OVERLAP + 1; to <= ROWS; to++) {
            indicator_w1_run(m->level, m->state, &in, to, m->rows);
            m->sum += m->rows[0];
        }
        spent += os_cpu() - start;
    }
    u32 rounds = (STREAM + STRETCH - 1) / STRETCH;
    return (f64)spent / ((f64)rounds * STRETCH);
}

static f64 stream_eight(void *ctx)
{
    f64 one = stream_measure(ctx);
    return one < 0 ? one : one / LANES;
}

static bool near(f64 a, f64 b)
{
    return q_abs(a - b) <= 1e-8 * q_max(1.0, q_abs(b));
}

/* One run from the first bar, all lanes alike, against the stretches' last rows. ERR_DIVERGED. */
static err_t compare(bench_t *b, minute_t *m)
{
    size_t size = (size_t)COLUMNS * GEN_MINUTES * LANES * sizeof(f64);
    f64 *alike = aligned_alloc(64, size);
    if (alike == NULL) {
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < (size_t)COLUMNS * GEN_MINUTES; i++) {
        for (u32 lane = 0; lane < LANES; lane++) {
            alike[i * LANES + lane] = m->series[i];
        }
    }
    batch(m, true);
    indicator_cols_t in = columns_of(alike, (size_t)GEN_MINUTES * LANES, GEN_MINUTES);
    f64 obv = 0;
    u32 wrong = 0;
    indicator_w1_reset(m->state);
    for (u32 n = 0; n < GEN_MINUTES; n++) {
        bool first = n % STRETCH == 0;
        bool last = n % STRETCH == STRETCH - 1;
        indicator_w1_run(m->level, m->state, &in, n + 1, m->rows);
        obv = first ? m->rows[(size_t)W1_OBV * LANES] : obv;
        for (u32 c = 0; last && c < W1_COLUMNS; c++) {
            u32 s = n / STRETCH;
            f64 own = m->ends[(size_t)s * W1_COLUMNS + c] - (c == W1_OBV ? m->obv[s] : 0.0);
            f64 whole = m->rows[(size_t)c * LANES] - (c == W1_OBV ? obv : 0.0);
            wrong += s > 0 && !near(own, whole) ? 1 : 0;
        }
    }
    free(alike);
    return wrong == 0
               ? ERR_OK
               : diag_fail(&b->app->diag, ERR_DIVERGED,
                           "W1 minute: %u ends of stretches differ from one run by more than 1e-8", wrong);
}

static err_t minute_open(minute_t *m)
{
    m->series = calloc((size_t)COLUMNS * GEN_MINUTES, sizeof(f64));
    m->columns = aligned_alloc(64, (size_t)COLUMNS * ROWS * LANES * sizeof(f64));
    m->rows = aligned_alloc(64, (size_t)CHUNK * W1_COLUMNS * LANES * sizeof(f64));
    m->ends = calloc((size_t)GROUPS * LANES * W1_COLUMNS, sizeof(f64));
    m->obv = calloc((size_t)GROUPS * LANES, sizeof(f64));
    m->state = aligned_alloc(64, (sizeof *m->state + 63) / 64 * 64);
    if (m->series == NULL || m->columns == NULL || m->rows == NULL || m->ends == NULL || m->obv == NULL ||
        m->state == NULL) {
        return ERR_NO_MEMORY;
    }
    u64 random = 42;
    f64 *s = m->series;
    gen_series_t out = {s, s + GEN_MINUTES, s + 2 * GEN_MINUTES, s + 3 * GEN_MINUTES, s + 4 * GEN_MINUTES};
    gen_series(&random, GEN_MINUTES, 400.0, 0.0006, &out);
    for (u32 i = 0; i < GEN_MINUTES; i++) {
        s[5 * (size_t)GEN_MINUTES + i] = i % GEN_SESSION == 0 ? 1.0 : 0.0;
    }
    return ERR_OK;
}

static err_t minute_rows(bench_t *b, minute_t *m)
{
    bench_row_t row = {
        .name = "one series, batch",
        .unit = "ns/bar",
        .ctx = m,
        .ours = batch_measure,
        .target = 15.0,
        .peer = "w1_talib minute",
        .peer_title = "TA-Lib C, batch, 15 of 16",
        .note = "eight stretches side by side, each begun 1024 bars early; equal to one run within 1e-8"};
    TRY(bench_row(b, &row));
    row = (bench_row_t){.name = "bar by bar, one symbol a call",
                        .unit = "ns/bar",
                        .ctx = m,
                        .ours = stream_measure,
                        .target = 30.0,
                        .note = "seven of eight lanes idle"};
    TRY(bench_row(b, &row));
    row = (bench_row_t){.name = "bar by bar, eight symbols a call",
                        .unit = "ns/symbol-bar",
                        .ctx = m,
                        .ours = stream_eight,
                        .target = 4.0};
    return bench_row(b, &row);
}

static err_t minute_run(bench_t *b)
{
    minute_t m = {.level = indicator_level_best()};
    err_t err = minute_open(&m);
    if (err == ERR_OK) {
        err = compare(b, &m);
    }
    if (err == ERR_OK) {
        err = minute_rows(b, &m);
    }
    free(m.series);
    free(m.columns);
    free(m.rows);
    free(m.ends);
    free(m.obv);
    free(m.state);
    return err;
}

const bench_desc_t bench_w1m = {
    .name = "W1m",
    .title = "indicators: 16 of them over one series of 1,000,000 minute bars",
    .run = minute_run,
};
