/* The kernels of options.h, one table per processor level. Leaves to others: which level (options.c). */
#ifndef VITRINE_QUANT_OPTIONS_BLACK_H
#define VITRINE_QUANT_OPTIONS_BLACK_H

#include "quant/options/options.h"

typedef struct {
    void (*value)(const option_cols_t *in, const option_out_t *out);
    void (*implied)(const option_cols_t *in, f64 *sigma);
    /* e^x, ln x and Mills' ratio of count values, count a multiple of eight: what the tests hold the vectors
     * to. */
    void (*exp_n)(f64 *out, const f64 *x, u32 count);
    void (*log_n)(f64 *out, const f64 *x, u32 count);
    void (*mills_n)(f64 *out, const f64 *x, u32 count);
} black_kernels_t;

/* NULL if this processor lacks the level. */
const black_kernels_t *black_kernels_at(u32 level);

#endif
