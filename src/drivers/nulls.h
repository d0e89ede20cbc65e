/* The seven null tests (trading.md 12): what a rule set must look like where there is nothing to find, and
 * where something was put there to be found.
 *
 * Promises: a pure function of the data, the configuration, the seed and the number of seeds; each test over
 * whatever strategies the binary holds. Every line says its figure, its bound and how many trades stand
 * behind it; a strategy with too few of them is called thin and judged by nothing. Leaves to others:
 * evidence, gates and sizes, which act behind the signals (lab.h). */
#ifndef VITRINE_DRIVERS_NULLS_H
#define VITRINE_DRIVERS_NULLS_H

#include "drivers/lab.h"

typedef enum { NULL_HOLDS, NULL_FAILS, NULL_THIN } null_verdict_t;

typedef struct {
    const char *test; /* "shuffled together", "sign", ... */
    const char *who;  /* strategy, or "all" */
    u64 n;            /* trades or signals behind it */
    u64 least;        /* of them, below which nothing is judged; 0: NULLS_LEAST */
    f64 value;        /* what was measured */
    f64 bound;        /* what it may be at most in size */
    const char *unit;
    null_verdict_t verdict;
} null_line_t;

enum { NULLS_LEAST = 100 };

typedef struct {
    const config_t *config; /* of the profile that fits the data's bars */
    u64 seed;
    u32 seeds;                   /* shuffles of each kind; 20 in full */
    const strategy_desc_t *only; /* tests: judge this one; NULL: those of the binary */
    void *ctx;
    void (*say)(void *ctx, const null_line_t *line);
    bool (*enough)(void *ctx); /* time is up: asked between seeds; may be NULL */
} nulls_spec_t;

/* *failed counts lines that do not hold. ERR_NO_MEMORY. */
MUST_USE err_t nulls_run(const lab_t *data, const nulls_spec_t *spec, diag_t *diag, u32 *failed);

#endif
