/* Gaussian hidden Markov model with diagonal covariance: fit, filter, match.
 *
 * Promises: the same bits on every processor level and for every call order (fixed summation order, own exp
 * and log, chance only by rng_at); no allocation beyond the block the caller hands in; no clock.
 * Leaves to others: features, labels and the schedule of fits (regime.h).
 * Sources: L. Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77 (1989), for the recursions and
 * Baum-Welch; D. Arthur and S. Vassilvitskii, "k-means++" (SODA 2007), for the cold start. */
#ifndef VITRINE_QUANT_REGIME_HMM_H
#define VITRINE_QUANT_REGIME_HMM_H

#include "base/types.h"

enum {
    HMM_K_MAX = 4,
    HMM_D_MAX = 3,
    HMM_T_MIN = 16,
    HMM_T_MAX = 8192,
    HMM_RESTARTS = 5,
    HMM_ITERATIONS = 100
};

/* Stopping rule of a cold fit: the log-likelihood moved by less than this in one iteration. */
#define HMM_TOLERANCE 1e-4

typedef struct {
    u32 k; /* states, 2..HMM_K_MAX */
    u32 d; /* features, 1..HMM_D_MAX */
    f64 start[HMM_K_MAX];
    f64 trans[HMM_K_MAX][HMM_K_MAX]; /* [from][to], rows sum to 1, no entry below 1e-12 */
    f64 mean[HMM_K_MAX][HMM_D_MAX];
    f64 var[HMM_K_MAX][HMM_D_MAX];
} hmm_params_t;

/* Pseudo-counts added to the expected counts of every M step, and the smallest variance. */
typedef struct {
    f64 diagonal; /* stays in a state */
    f64 off;      /* moves to another */
    f64 start;    /* first bar's state */
    f64 var_floor;
} hmm_prior_t;

/* Decision 32 / trading.md 5: 5, 0.2, 0.2 and 0.02 for standardised features. */
hmm_prior_t hmm_prior_default(void);

/* One array of `t` finite numbers per feature. */
typedef struct {
    const f64 *x[HMM_D_MAX];
    u32 d;
    u32 t;
} hmm_series_t;

/* Scratch for one series at a time; what is inside is nobody's business between calls. */
typedef struct {
    u32 t_max;
    u32 stride;
    f64 *block;
} hmm_work_t;

typedef struct {
    hmm_params_t params;
    f64 log_likelihood; /* of the series under the parameters before the last M step */
    u32 iterations;
    u32 restart; /* which start won (cold) */
} hmm_fit_t;

/* Bytes that a workspace for series of up to t_max bars needs (any k, d). */
size_t hmm_work_bytes(u32 t_max);
/* Takes `memory` (8-byte aligned, hmm_work_bytes(t_max) long, owned by the caller). */
void hmm_work_init(hmm_work_t *w, void *memory, u32 t_max);

/* Five k-means++ starts drawn by rng_at (seed, RNG_HMM_START, entity k, cycle = restart), each at most 100
 * iterations or until the tolerance; the highest log-likelihood wins, the earlier start on a tie. */
void hmm_fit_cold(hmm_work_t *w, const hmm_series_t *s, u32 k, const hmm_prior_t *prior, u64 seed,
                  hmm_fit_t *out);

/* Exactly `iterations` (>= 1) Baum-Welch steps from io->params; no stopping rule, so that the cost and the
 * result are functions of the input alone. */
void hmm_fit_warm(hmm_work_t *w, const hmm_series_t *s, const hmm_prior_t *prior, u32 iterations,
                  hmm_fit_t *io);

/* Filtered probabilities P(state at t | x up to t) into posterior[t * k + state] (NULL: not wanted), returns
 * the log-likelihood of the series (natural log). */
f64 hmm_filter(hmm_work_t *w, const hmm_series_t *s, const hmm_params_t *p, f64 *posterior);

/* Least-cost assignment between two models of the same k, d by the sum of Hellinger distances of the
 * emissions: perm[i] is the state of `next` that continues state i of `previous`. On a tie the first
 * permutation in lexicographic order. Returns the cost (0..k). */
f64 hmm_match(const hmm_params_t *previous, const hmm_params_t *next, u32 perm[HMM_K_MAX]);

/* Hellinger distance (0..1) of the emissions of two states. */
f64 hmm_hellinger(const hmm_params_t *a, u32 i, const hmm_params_t *b, u32 j);

/* Reorders the states in place: new state i is the old state perm[i]. */
void hmm_permute(hmm_params_t *p, const u32 perm[HMM_K_MAX]);

/* Shapes, row sums, floors and finiteness. */
bool hmm_params_valid(const hmm_params_t *p);

#endif

