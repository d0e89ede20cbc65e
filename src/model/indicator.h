/* The descriptor of an indicator and the shape of its kernel.
 *
 * A kernel runs eight symbols side by side. Input and output are interleaved: value k of lane l stands at
 * [k * INDICATOR_LANES + l]. Each lane counts its own bars; lanes past their own end hold any finite value
 * and their output is ignored. The state carries a run from one call to the next: run(state, bars 0..9) then
 * run(state, bars 10..19) gives the bits of run(state, bars 0..19). Values before a lane's lookback are 0 and
 * not to be used. */
#ifndef VITRINE_MODEL_INDICATOR_H
#define VITRINE_MODEL_INDICATOR_H

#include "base/types.h"
#include "model/part.h"

enum { INDICATOR_LANES = 8, INDICATOR_PARAMS_MAX = 4, INDICATOR_OUTPUTS_MAX = 9 };

typedef enum {
    IN_OPEN = 1,
    IN_HIGH = 2,
    IN_LOW = 4,
    IN_CLOSE = 8,
    IN_VOLUME = 16,
    IN_SESSION = 32,
    IN_REFERENCE = 64
} indicator_in_t;

/* What an indicator is about: a page of the reference holds one family. */
typedef enum {
    INDICATOR_TREND = 1,
    INDICATOR_OSCILLATOR,
    INDICATOR_CHANNEL,
    INDICATOR_VOLATILITY,
    INDICATOR_VOLUME,
    INDICATOR_LEVEL,
    INDICATOR_RELATION,
    INDICATOR_FAMILIES = INDICATOR_RELATION
} indicator_family_t;

/* Processor levels a kernel is built for. A level is an argument, not a setting, so that a test may run them
 * all. */
typedef enum {
    INDICATOR_SSE2 = 0,
    INDICATOR_AVX2 = 1,
    INDICATOR_AVX512 = 2,
    INDICATOR_LEVELS
} indicator_level_t;

/* Columns of one block, interleaved by lane; adjusted prices (raw x F), split-adjusted volume. */
typedef struct {
    const f64 *open, *high, *low, *close, *volume;
    const f64 *session; /* 1.0 on the first bar of a session, else 0.0: VWAP starts anew */
    u32 count;          /* bars a lane in this block */
    const f64 *reference; /* closes of the series one is compared with, such as the market's */
} indicator_cols_t;

typedef struct {
    const char *name;
    f64 lo, hi, dflt;
    bool real; /* a number; otherwise a whole one, such as a period */
    f64 shown; /* in the worked example; 0: the default of a number, else 3 or the next that is allowed */
} indicator_param_t;

typedef struct {
    const char *name;  /* "rsi" */
    const char *title; /* "Relative Strength Index" */
    indicator_family_t family;
    const char *range; /* of its values, in words */
    part_text_t text;
    u32 inputs; /* indicator_in_t bits */
    const char *outputs[INDICATOR_OUTPUTS_MAX];
    u32 output_count;
    indicator_param_t params[INDICATOR_PARAMS_MAX];
    u32 param_count;
    /* First bar index with a value. */
    u32 (*lookback)(const f64 *params);
    /* Bytes of state for eight lanes, a multiple of 64. */
    size_t (*state_size)(const f64 *params);
    void (*reset)(void *state, const f64 *params);
    /* Runs `in->count` bars on; out[o] holds count x INDICATOR_LANES values. `level` is an indicator_level_t
     * that this processor has (indicator_level_best()); every level gives the same bits. */
    void (*run)(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out, u32 level);
} indicator_desc_t;

#endif
