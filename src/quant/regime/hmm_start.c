/* See hmm_start.h. */
#include "quant/regime/hmm_start.h"

#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "quant/math/qmath.h"

enum { LLOYD_ROUNDS = 20 };
#define START_STAY 0.9

static f64 distance2(const hmm_rows_t *rows, u32 t, const f64 centre[HMM_D_MAX])
{
    f64 sum = 0.0;
    for (u32 j = 0; j < rows->d; j++) {
        f64 z = rows->x[j][t] - centre[j];
        sum += z * z;
    }
    return sum;
}

static void take_point(const hmm_rows_t *rows, u32 t, f64 centre[HMM_D_MAX])
{
    for (u32 j = 0; j < rows->d; j++) {
        centre[j] = rows->x[j][t];
    }
}

/* Index drawn with weight v[t]; any index if all weights are 0. */
static u32 draw_weighted(const f64 *v, u32 n, rng_key_t key, u64 draw)
{
    f64 total = 0.0;
    for (u32 t = 0; t < n; t++) {
        total += v[t];
    }
    if (!(total > 0.0)) {
        return (u32)rng_below(key, draw, n);
    }
    f64 left = rng_unit(key, draw) * total;
    u32 t = 0;
    while (t + 1 < n && left >= v[t]) {
        left -= v[t];
        t++;
    }
    return t;
}

static void seed_centres(const hmm_rows_t *rows, rng_key_t key, f64 centre[HMM_K_MAX][HMM_D_MAX])
{
    f64 *near = rows->e[0];
    take_point(rows, (u32)rng_below(key, 0, rows->t), centre[0]);
    for (u32 t = 0; t < rows->t; t++) {
        near[t] = distance2(rows, t, centre[0]);
    }
    for (u32 i = 1; i < rows->k; i++) {
        take_point(rows, draw_weighted(near, rows->t, key, i), centre[i]);
        for (u32 t = 0; t < rows->t; t++) {
            near[t] = q_min(near[t], distance2(rows, t, centre[i]));
        }
    }
}

/* Nearest centre of every bar into own[t]; true if any changed. Ties go to the lower centre. */
static bool assign(const hmm_rows_t *rows, f64 centre[HMM_K_MAX][HMM_D_MAX], f64 *own)
{
    bool changed = false;
    for (u32 t = 0; t < rows->t; t++) {
        u32 best = 0;
        f64 least = distance2(rows, t, centre[0]);
        for (u32 i = 1; i < rows->k; i++) {
            f64 far = distance2(rows, t, centre[i]);
            if (far < least) {
                least = far;
                best = i;
            }
        }
        changed = changed || own[t] != (f64)best;
        own[t] = (f64)best;
    }
    return changed;
}

/* Means and variances of the clusters; an empty one keeps its centre and gets variance `wide`. */
static void describe(const hmm_rows_t *rows, const f64 *own, f64 wide, hmm_params_t *out)
{
    for (u32 i = 0; i < rows->k; i++) {
        f64 n = 0.0;
        f64 sum[HMM_D_MAX] = {0};
        f64 square[HMM_D_MAX] = {0};
        for (u32 t = 0; t < rows->t; t++) {
            if (own[t] != (f64)i) {
                continue;
            }
            n += 1.0;
            for (u32 j = 0; j < rows->d; j++) {
                f64 z = rows->x[j][t] - out->mean[i][j];
                sum[j] += z;
                square[j] += z * z;
            }
        }
        for (u32 j = 0; j < rows->d; j++) {
            f64 move = n > 0.0 ? sum[j] / n : 0.0;
            out->mean[i][j] += move;
            out->var[i][j] = n > 0.0 ? square[j] / n - move * move : wide;
        }
    }
}

void hmm_start(const hmm_rows_t *rows, const hmm_prior_t *prior, u64 seed, u32 restart, hmm_params_t *out)
{
    ASSERT(rows->t >= HMM_T_MIN && rows->k >= 2 && rows->k <= HMM_K_MAX);
    ASSERT(restart < HMM_RESTARTS);
    memset(out, 0, sizeof *out);
    out->k = rows->k;
    out->d = rows->d;
    rng_key_t key = {.seed = seed, .purpose = RNG_HMM_START, .entity = rows->k, .cycle = restart};
    seed_centres(rows, key, out->mean);
    f64 *own = rows->alpha[0];
    for (u32 t = 0; t < rows->t; t++) {
        own[t] = -1.0;
    }
    f64 wide = q_max(1.0, prior->var_floor);
    for (u32 round = 0; round < LLOYD_ROUNDS && assign(rows, out->mean, own); round++) {
        describe(rows, own, wide, out);
    }
    for (u32 i = 0; i < rows->k; i++) {
        out->start[i] = 1.0 / (f64)rows->k;
        for (u32 j = 0; j < rows->k; j++) {
            out->trans[i][j] = i == j ? START_STAY : (1.0 - START_STAY) / (f64)(rows->k - 1);
        }
        for (u32 j = 0; j < rows->d; j++) {
            out->var[i][j] = q_max(out->var[i][j], prior->var_floor);
        }
    }
}

