/* A study: the same backtest under many settings, and what the best of so many is worth.
 *
 * A try runs the engine as any backtest does, but keeps no journal: its daily equity and its counts are all
 * that stays, and a row in the store, so that no later report forgets that it was tried. Promises: equal
 * data, space and seed give equal results for any number of threads. Leaves to others: what is varied
 * (space.h), pages. */
#ifndef VITRINE_FACES_RESEARCH_STUDY_H
#define VITRINE_FACES_RESEARCH_STUDY_H

#include "drivers/run_spec.h"
#include "faces/research/space.h"
#include "quant/stats/metrics.h"
#include "quant/stats/pbo.h"

typedef enum { GOAL_SHARPE, GOAL_RETURN, GOAL_CALMAR, GOAL_R, GOAL_COUNT } goal_t;
const char *goal_name(goal_t g);
/* ERR_NOT_FOUND. */
MUST_USE err_t goal_parse(const char *name, goal_t *out);

/* What is left of one try. */
typedef struct {
    u32 days;
    f64 *own_ret;    /* [days] daily returns of equity; free() */
    date_t *own_day; /* [days] */
    f64 total;       /* return */
    f64 year;        /* sessions a year of its market */
    f64 sharpe;      /* yearly */
    f64 drawdown;    /* fraction */
    f64 cagr, r;     /* r: mean net R of a trade */
    f64 skew, kurtosis;
    u32 trades;
    digest_t decisions, input;
} try_t;
void try_free(try_t *t);

typedef struct {
    const char *home;
    const run_spec_t *spec; /* data, range and cash of every try */
    const config_t *config; /* what is not varied */
    const space_t *space;   /* NULL: the configuration alone, one try */
    u32 threads;
    u32 kernel_level;
    u32 before; /* what was tried on these data before: the best is the best of those too */
    void *ctx;
    void (*progress)(void *ctx, u32 done, u32 total); /* may be NULL; any thread, one at a time */
} study_spec_t;

/* Runs point i of the space (0 without one). Errors of the source and of the run. */
MUST_USE err_t study_try(const study_spec_t *s, u32 i, diag_t *diag, try_t *out);

typedef struct {
    u32 trials;
    u32 before;     /* of the specification: `expected` and `dsr` know them */
    try_t *own_try; /* [trials] */
    u32 best;
    f64 goal_best;
    f64 sharpe_var; /* of the tries' daily Sharpe */
    f64 expected;   /* yearly Sharpe that the best of so many worthless tries would be expected to show */
    metric_t dsr;   /* of the best */
    bool pbo_known;
    pbo_t pbo;
} study_t;

f64 study_goal(const try_t *t, goal_t g);
/* Runs every point. The first error ends it. Free with study_free, also after an error. */
MUST_USE err_t study_run(const study_spec_t *s, goal_t goal, diag_t *diag, study_t *out);
void study_free(study_t *s);

#endif
