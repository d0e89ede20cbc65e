/* Cold starts by k-means++. Private to this folder. */
#ifndef VITRINE_QUANT_REGIME_HMM_START_H
#define VITRINE_QUANT_REGIME_HMM_START_H

#include "quant/regime/hmm_lanes.h"

/* Lays a series out in the work block. */
void hmm_rows_init(const hmm_work_t *w, const hmm_series_t *s, u32 k, hmm_rows_t *out);

/* Parameters of start number `restart`; uses the rows e, alpha as scratch. */
void hmm_start(const hmm_rows_t *rows, const hmm_prior_t *prior, u64 seed, u32 restart, hmm_params_t *out);

#endif

