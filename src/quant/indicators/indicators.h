/* The table of indicators (list.def, written by tools/lists) and what callers need around a descriptor.
 *
 * Promises: look-up by name, checked parameters, the fused set of workload W1.
 * Leaves to others: memory (state_size says how much; 64-byte aligned), what a value means for trading. */
#ifndef VITRINE_QUANT_INDICATORS_INDICATORS_H
#define VITRINE_QUANT_INDICATORS_INDICATORS_H

#include "base/err.h"
#include "base/str.h"
#include "quant/indicators/kernels.h"

#define X(kind, name) extern const kind##_desc_t name;
#include "quant/indicators/list.def"
#undef X

/* The descriptor of that name or NULL. */
const indicator_desc_t *indicator_find(str_t name);
u32 indicator_count(void);
/* By position in list.def, index < indicator_count(). */
const indicator_desc_t *indicator_at(u32 index);
/* Parameters in range, periods whole numbers. ERR_PARAM_RANGE; `d` names the parameter and may be NULL. */
MUST_USE err_t indicator_params_check(const indicator_desc_t *desc, const f64 *params, diag_t *d);
/* The default of each parameter. */
void indicator_params_default(const indicator_desc_t *desc, f64 params[INDICATOR_PARAMS_MAX]);

/* The sixteen indicators of workload W1 in one pass; contract at w1_run_t and w1_last_t. `level` must exist.
 */
void indicator_w1_reset(w1_state_t *state);
void indicator_w1_run(u32 level, w1_state_t *state, const indicator_cols_t *in, u32 to, f64 *out);
void indicator_w1_last(u32 level, const indicator_cols_t *in, f64 *out);
/* First bar index at which a column has a value. */
u32 indicator_w1_lookback(w1_column_t column);

#endif
