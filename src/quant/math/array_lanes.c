/* exp and log of columns, compiled once per processor level; qmath.c chooses one and mends special values. */
#include "quant/math/lane_math.h"

typedef void array_fn(f64 *out, const f64 *x, size_t count);
array_fn LANE_NAME(q_exp_columns), LANE_NAME(q_log_columns);

/* count: a multiple of eight. */
void LANE_NAME(q_exp_columns)(f64 *out, const f64 *x, size_t count)
{
    for (size_t i = 0; i < count; i += LANES) {
        v_store(out + i, v_exp(v_load(x + i)));
    }
}

void LANE_NAME(q_log_columns)(f64 *out, const f64 *x, size_t count)
{
    for (size_t i = 0; i < count; i += LANES) {
        v_store(out + i, v_log(v_load(x + i)));
    }
}
