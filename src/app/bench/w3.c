/* W3: hidden Markov model with three states, Baum-Welch, exactly 100 iterations. */
#include <stdlib.h>

#include "app/bench/bench.h"
#include "app/bench/gen.h"
#include "base/assert.h"
#include "os/clock.h"
#include "quant/regime/hmm.h"

enum { BARS_MOST = 6300, ITERATIONS = 100, STATES = 3 };

typedef struct {
    f64 *x[2];
    void *memory;
    u32 bars, features;
    f64 sum;
} w3_bench_t;

/* Three kinds of day that hold for about 50 days each; the second feature is the size of the last moves. */
static void w3_fill(w3_bench_t *w)
{
    static const f64 drift[STATES] = {0.08, 0.0, -0.12};
    static const f64 size[STATES] = {0.6, 1.0, 2.2};
    u64 random = 42;
    u32 state = 0;
    f64 wide = 1.0;
    for (u32 t = 0; t < BARS_MOST; t++) {
        if (gen_unit(&random) < 0.02) {
            state = (u32)(gen_next(&random) % STATES);
        }
        w->x[0][t] = drift[state] + size[state] * gen_normal(&random);
        f64 move = w->x[0][t] < 0 ? -w->x[0][t] : w->x[0][t];
        wide = 0.9 * wide + 0.1 * move;
        w->x[1][t] = wide - 1.0;
    }
}

static hmm_params_t w3_start(u32 features)
{
    hmm_params_t p = {.k = STATES, .d = features};
    for (u32 i = 0; i < STATES; i++) {
        p.start[i] = 1.0 / STATES;
        for (u32 j = 0; j < STATES; j++) {
            p.trans[i][j] = i == j ? 0.9 : 0.05;
        }
        for (u32 d = 0; d < features; d++) {
            p.mean[i][d] = d == 0 ? 1.0 - (f64)i : 0.0;
            p.var[i][d] = 1.0;
        }
    }
    return p;
}

static f64 w3_measure(void *ctx)
{
    w3_bench_t *w = ctx;
    hmm_work_t work;
    hmm_fit_t fit = {0};
    hmm_prior_t prior = hmm_prior_default();
    hmm_series_t s = {.x = {w->x[0], w->x[1]}, .d = w->features, .t = w->bars};
    hmm_work_init(&work, w->memory, BARS_MOST);
    u32 fits = w->bars < 1000 ? 20 : 2;
    i64 start = os_cpu();
    for (u32 i = 0; i < fits; i++) {
        fit.params = w3_start(w->features);
        hmm_fit_warm(&work, &s, &prior, ITERATIONS, &fit);
        w->sum += fit.log_likelihood;
    }
    return (f64)(os_cpu() - start) / 1e6 / (f64)fits;
}

static err_t w3_rows(bench_t *b, w3_bench_t *w)
{
    static const struct {
        const char *name, *peer;
        u32 bars, features;
        f64 target;
    } shapes[] = {
        {"252 x 1", "plain_w3 252 1", 252, 1, 0.25},
        {"252 x 2", "plain_w3 252 2", 252, 2, 0.25},
        {"6300 x 1", "plain_w3 6300 1", 6300, 1, 6.5},
        {"6300 x 2", "plain_w3 6300 2", 6300, 2, 6.5},
    };
    for (u32 i = 0; i < COUNT_OF(shapes); i++) {
        w->bars = shapes[i].bars;
        w->features = shapes[i].features;
        bench_row_t row = {.name = shapes[i].name,
                           .unit = "ms/fit",
                           .ctx = w,
                           .ours = w3_measure,
                           .target = shapes[i].target,
                           .peer = shapes[i].peer,
                           .peer_title = "plain C, scaled"};
        TRY(bench_row(b, &row));
    }
    bench_row_t numpy = {.name = "252 x 2, against numpy",
                         .unit = "ms/fit",
                         .ctx = w,
                         .ours = w3_measure,
                         .peer = "w3_numpy 252 2",
                         .peer_title = "numpy, loop over bars in Python"};
    w->bars = 252;
    w->features = 2;
    return bench_row(b, &numpy);
}

static err_t w3_run(bench_t *b)
{
    w3_bench_t w = {.memory = aligned_alloc(64, (hmm_work_bytes(BARS_MOST) + 63) / 64 * 64)};
    f64 *x = calloc(2 * BARS_MOST, sizeof *x);
    err_t err = x == NULL || w.memory == NULL ? ERR_NO_MEMORY : ERR_OK;
    if (err == ERR_OK) {
        w.x[0] = x;
        w.x[1] = x + BARS_MOST;
        w3_fill(&w);
        err = w3_rows(b, &w);
    }
    free(x);
    free(w.memory);
    return err;
}

const bench_desc_t bench_w3 = {
    .name = "W3",
    .title = "regime: Baum-Welch, 3 states, 100 iterations",
    .run = w3_run,
};
