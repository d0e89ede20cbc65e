/* The four functions of a descriptor, from its first bar and the size of its state.
 *
 * INDICATOR_PLUMBING(roc, first, vectors) defines roc_lookback, roc_state_size, roc_reset and roc_run;
 * `first` and `vectors` are expressions in P(i), parameter i as a whole number. Every state starts as zero
 * bytes. Only the files of single indicators include this. */
#ifndef VITRINE_QUANT_INDICATORS_PLUMBING_H
#define VITRINE_QUANT_INDICATORS_PLUMBING_H

#include <string.h>

#include "base/assert.h"
#include "quant/indicators/kernels.h"

#define P(i) ((u32)params[i])

#define INDICATOR_PLUMBING(name, first, vectors)                                                             \
    static u32 name##_lookback(const f64 *params)                                                            \
    {                                                                                                        \
        ASSERT(params != NULL);                                                                              \
        return (first);                                                                                      \
    }                                                                                                        \
    static size_t name##_state_size(const f64 *params)                                                       \
    {                                                                                                        \
        ASSERT(params != NULL);                                                                              \
        return INDICATOR_STATE_BYTES((size_t)(vectors));                                                     \
    }                                                                                                        \
    static void name##_reset(void *state, const f64 *params)                                                 \
    {                                                                                                        \
        ASSERT(state != NULL);                                                                               \
        memset(state, 0, name##_state_size(params));                                                         \
    }                                                                                                        \
    static void name##_run(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out,      \
                           u32 level)                                                                        \
    {                                                                                                        \
        const indicator_kernels_t *k = indicator_kernels_at(level);                                          \
        ASSERT(k != NULL);                                                                                   \
        k->name(state, params, in, out);                                                                     \
    }

#endif
