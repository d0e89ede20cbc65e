/* Continuing the states of one model in the next. See hmm.h. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "quant/regime/hmm.h"

f64 hmm_hellinger(const hmm_params_t *a, u32 i, const hmm_params_t *b, u32 j)
{
    ASSERT(a->d == b->d && i < a->k && j < b->k);
    f64 same = 1.0; /* Bhattacharyya coefficient: the product over independent features */
    for (u32 f = 0; f < a->d; f++) {
        f64 sum = a->var[i][f] + b->var[j][f];
        f64 gap = a->mean[i][f] - b->mean[j][f];
        ASSERT(sum > 0.0);
        same *=
            q_sqrt(2.0 * q_sqrt(a->var[i][f]) * q_sqrt(b->var[j][f]) / sum) * q_exp(-0.25 * gap * gap / sum);
    }
    return q_sqrt(q_max(0.0, 1.0 - same));
}

/* Next permutation in lexicographic order; false after the last. */
static bool next_permutation(u32 *v, u32 n)
{
    u32 i = n - 1;
    while (i > 0 && v[i - 1] >= v[i]) {
        i--;
    }
    if (i == 0) {
        return false;
    }
    u32 j = n - 1;
    while (v[j] <= v[i - 1]) {
        j--;
    }
    u32 t = v[i - 1];
    v[i - 1] = v[j];
    v[j] = t;
    for (u32 lo = i, hi = n - 1; lo < hi; lo++, hi--) {
        t = v[lo];
        v[lo] = v[hi];
        v[hi] = t;
    }
    return true;
}

f64 hmm_match(const hmm_params_t *previous, const hmm_params_t *next, u32 perm[HMM_K_MAX])
{
    ASSERT(previous->k == next->k && previous->d == next->d);
    ASSERT(next->k >= 2 && next->k <= HMM_K_MAX);
    u32 k = next->k;
    f64 cost[HMM_K_MAX][HMM_K_MAX];
    for (u32 i = 0; i < k; i++) {
        for (u32 j = 0; j < k; j++) {
            cost[i][j] = hmm_hellinger(previous, i, next, j);
        }
    }
    u32 trial[HMM_K_MAX] = {0, 1, 2, 3};
    f64 least = (f64)(k + 1);
    do {
        f64 sum = 0.0;
        for (u32 i = 0; i < k; i++) {
            sum += cost[i][trial[i]];
        }
        if (sum < least) {
            least = sum;
            for (u32 i = 0; i < k; i++) {
                perm[i] = trial[i];
            }
        }
    } while (next_permutation(trial, k));
    ASSERT(least <= (f64)k);
    return least;
}

void hmm_permute(hmm_params_t *p, const u32 perm[HMM_K_MAX])
{
    hmm_params_t old = *p;
    u32 seen = 0;
    for (u32 i = 0; i < p->k; i++) {
        ASSERT(perm[i] < p->k);
        seen |= 1u << perm[i];
        p->start[i] = old.start[perm[i]];
        for (u32 j = 0; j < p->k; j++) {
            p->trans[i][j] = old.trans[perm[i]][perm[j]];
        }
        for (u32 f = 0; f < p->d; f++) {
            p->mean[i][f] = old.mean[perm[i]][f];
            p->var[i][f] = old.var[perm[i]][f];
        }
    }
    ASSERT(seen == (1u << p->k) - 1u);
}

