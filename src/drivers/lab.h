/* The laboratory: a data set in memory whose prices may be made over, and the strategies' signals traded on
 * it by themselves.
 *
 * Promises: signals come from the fenced views of the real market module and the real strategies; stop
 * distance, freshness and costs are those of the engine. A made-over series is a pure function of the data
 * and the seed. Leaves out on purpose everything that stands between a signal and an order (screen, scores,
 * conviction, size, evidence): a null test asks the rules themselves. */
#ifndef VITRINE_DRIVERS_LAB_H
#define VITRINE_DRIVERS_LAB_H

#include "alpha/strategies/strategy.h"
#include "drivers/source.h"
#include "model/config.h"

/* Slices with rows of their own, prices and volumes on the forward scale, without actions. */
typedef struct {
    instrument_t *own_instruments;
    u32 instruments;
    timeframe_t timeframe;
    slice_t *own_slice;
    size_t *own_row; /* where a slice's rows begin; one more than there are slices */
    bar_t *own_bar;
    inst_t *own_inst;
    u32 slices;
    size_t bars;
    size_t slice_cap, bar_cap;
    u32 at; /* of lab_source */
} lab_t;

/* Reads a source to its end. ERR_NO_MEMORY, ERR_EMPTY, errors of the source. */
MUST_USE err_t lab_read(const source_t *source, diag_t *diag, lab_t *out);
MUST_USE err_t lab_copy(const lab_t *from, lab_t *out);
void lab_free(lab_t *l);
/* From its first slice on; one reader at a time. */
source_t lab_source(lab_t *l);

/* ---- series made over (in place) ---- */

/* The bars of each clock time change places across sessions, as steps from the close before, with their
 * volume; then prices are put together again. `each`: every symbol by itself, otherwise all together (a
 * symbol that lacks a session passes it over). Each symbol's mean step is taken out: what is left is a
 * martingale. */
MUST_USE err_t lab_shuffle(lab_t *l, u64 seed, bool each);
/* Whole sessions, drawn by the seed, are turned over: each step from the close before becomes its inverse,
 * high and low change places. `others` turns those that the same seed leaves alone. */
MUST_USE err_t lab_flip(lab_t *l, u64 seed, bool others);
/* Prices p become base + p or, `down`, base - p, with base of 20 times a symbol's highest price: the two are
 * each other's reflection, and what is measured in percent is nearly the same in both. */
void lab_reflect(lab_t *l, bool down);

/* A push of `a` (a part of the price, signed) spread over the `bars` bars of a symbol behind slice `slice`;
 * pushes ascend by slice. */
typedef struct {
    u32 slice;
    inst_t inst;
    f64 a;
} lab_push_t;
/* Puts them so; those of one slice by symbol. */
void lab_push_sort(lab_push_t *push, u32 count);
MUST_USE err_t lab_push(lab_t *l, const lab_push_t *push, u32 count, u32 bars);

/* ---- signals and their trades ---- */

typedef struct {
    const config_t *config;
    const strategy_desc_t *const *strategies;
    u32 strategy_count; /* LIMIT_STRATEGIES at most */
    u32 delay;          /* slices that a signal waits before it may be filled at the next open */
    bool costs;  /* spread, slippage, impact and stop depth; stop before target. Without: ideal fills */
    bool always; /* no freshness, window or least history: whatever holds is taken when nothing is open */
} lab_how_t;

typedef struct {
    u8 strategy; /* index into lab_how_t.strategies */
    i8 d;
    inst_t inst;
    u32 slice;      /* of the signal */
    date_t session; /* of the fill */
    f64 a;
    f64 rvol;
    f64 entry, exit; /* before costs */
    f64 risk;        /* stop distance, price units */
    f64 cost;        /* of both fills, price units */
} lab_trade_t;

typedef struct {
    lab_trade_t *own_trade; /* by slice of the exit */
    u32 count, cap;
    u64 *own_signal; /* each fresh signal as lab_signal has it, in no order */
    u32 signals, signal_cap;
} lab_result_t;

MUST_USE err_t lab_run(lab_t *l, const lab_how_t *how, diag_t *diag, lab_result_t *out);
static inline u64 lab_signal(u32 slice, u32 inst, u32 strategy, i32 d)
{
    return (u64)slice << 32 | (u64)inst << 16 | (u64)strategy << 1 | (d > 0 ? 1U : 0U);
}
void lab_result_free(lab_result_t *r);
static inline f64 lab_gross_r(const lab_trade_t *t)
{
    return (f64)t->d * (t->exit - t->entry) / t->risk;
}

#endif
