/* The E step of the hidden Markov model, built once per processor level; every level gives the same bits.
 *
 * Private to this folder (and to the test that compares the levels). */
#ifndef VITRINE_QUANT_REGIME_HMM_LANES_H
#define VITRINE_QUANT_REGIME_HMM_LANES_H

#include "quant/regime/hmm.h"

enum { HMM_LANES = 4, HMM_ROWS = HMM_D_MAX + 3 * HMM_K_MAX, HMM_PAD = 16 };

/* Rows of one series, `stride` apart. x is read up to t rounded up to 8 and must be 0 beyond t; alpha and w
 * are written with 1 beyond t; e holds emissions, then (full E step) the smoothed probabilities with 0 beyond
 * t. */
typedef struct {
    u32 t;
    u32 k;
    u32 d;
    f64 *x[HMM_D_MAX];
    f64 *e[HMM_K_MAX];
    f64 *alpha[HMM_K_MAX];
    f64 *w[HMM_K_MAX];
} hmm_rows_t;

/* Expected counts; first and second moments are about the state's old mean. */
typedef struct {
    f64 log_likelihood;
    f64 first[HMM_K_MAX];
    f64 moves[HMM_K_MAX][HMM_K_MAX];
    f64 weight[HMM_K_MAX];
    f64 s1[HMM_K_MAX][HMM_D_MAX];
    f64 s2[HMM_K_MAX][HMM_D_MAX];
} hmm_sums_t;

/* Smoothed counts if `full`; otherwise only the log-likelihood and alpha (unnormalised: proportional to the
 * filtered probabilities of each bar). t >= HMM_T_MIN. */
typedef void hmm_e_step_fn(const hmm_rows_t *rows, const hmm_params_t *p, bool full, hmm_sums_t *out);

hmm_e_step_fn hmm_e_step_sse2;
hmm_e_step_fn hmm_e_step_avx2;
hmm_e_step_fn hmm_e_step_avx512;

#endif

