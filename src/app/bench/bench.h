/* What `vitrine bench` measures with: rows of our figure beside a peer's, taken in turn, with their spread.
 *
 * A bench prints rows; a row is a name, a unit, and for each side a function that measures once and returns
 * one figure. The two sides alternate (A B A B), so that a busy neighbour meets both. Peers are separate
 * programs under bench/peers (bench/build-peers makes them); one that is missing is said to be missing. What
 * one thread computes is measured in processor time, by us and by the peers: on a shared machine the wall
 * clock would measure the neighbours. Leaves to others: what is measured (one file and descriptor each), what
 * a good figure is (the design's targets, which a row may name). */
#ifndef VITRINE_APP_BENCH_BENCH_H
#define VITRINE_APP_BENCH_BENCH_H

#include "faces/cli/app.h"

enum { BENCH_RUNS_MAX = 64 };

typedef struct {
    app_t *app;
    u32 runs;
    char peers[LIMIT_PATH]; /* folder of the peers' programs */
    char work[LIMIT_PATH];  /* an empty folder of our own, removed at the end */
} bench_t;

/* One measurement: the figure, or a negative one if it could not be taken (the reason is in
 * bench->app->diag). */
typedef f64 bench_measure_fn(void *ctx);

typedef struct {
    const char *name;
    const char *unit;
    bool more_is_better;
    f64 target; /* 0: none */
    void *ctx;
    bench_measure_fn *ours;
    const char *peer; /* command line under the peers' folder, "w1_talib daily"; NULL: nobody does this */
    const char *peer_title;
    const char *note; /* what the reader must know, or NULL */
} bench_row_t;

typedef struct {
    f64 min, median, max;
    u32 count;
} bench_spread_t;

typedef struct {
    const char *name;
    const char *title;
    err_t (*run)(bench_t *b);
} bench_desc_t;

u32 bench_count(void);
const bench_desc_t *bench_at(u32 index);
/* NULL if there is none. */
const bench_desc_t *bench_find(const char *name);

/* Smallest, middle (of an even number the mean of both) and largest; sorts v. count >= 1. */
bench_spread_t bench_spread(f64 *v, u32 count);
/* How many times better ours is: above 1 we win, whatever direction is good. 0 if either is not positive. */
f64 bench_ratio(const bench_row_t *row, f64 ours, f64 peer);
/* Measures a row and prints it: a line of text, or a JSON object (JSON lines with --json). */
MUST_USE err_t bench_row(bench_t *b, const bench_row_t *row);
/* Processor, load, versions and compiler: what a figure is worth without these is nothing. */
void bench_machine(bench_t *b);

#endif
