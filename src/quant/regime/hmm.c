/* See hmm.h. The E step is in hmm_lanes.c, starts in hmm_start.c, matching in hmm_match.c. */
#include "quant/regime/hmm.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"
#include "quant/regime/hmm_lanes.h"
#include "quant/regime/hmm_start.h"

#define PROBABILITY_FLOOR 1e-12
#define WEIGHT_MIN 1e-8

static u32 stride_of(u32 t_max)
{
    return (t_max + 3u) / 4u * 4u + HMM_PAD;
}

size_t hmm_work_bytes(u32 t_max)
{
    ASSERT(t_max >= HMM_T_MIN && t_max <= HMM_T_MAX);
    return (size_t)stride_of(t_max) * HMM_ROWS * sizeof(f64);
}

void hmm_work_init(hmm_work_t *w, void *memory, u32 t_max)
{
    ASSERT(w != NULL && memory != NULL && (uintptr_t)memory % sizeof(f64) == 0);
    ASSERT(t_max >= HMM_T_MIN && t_max <= HMM_T_MAX);
    *w = (hmm_work_t){.t_max = t_max, .stride = stride_of(t_max), .block = memory};
}

hmm_prior_t hmm_prior_default(void)
{
    return (hmm_prior_t){.diagonal = 5.0, .off = 0.2, .start = 0.2, .var_floor = 0.02};
}

/* The widest level that this processor has; the bits do not depend on it. */
static hmm_e_step_fn *e_step(void)
{
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
        return hmm_e_step_avx512;
    }
    return __builtin_cpu_supports("avx2") ? hmm_e_step_avx2 : hmm_e_step_sse2;
}

void hmm_rows_init(const hmm_work_t *w, const hmm_series_t *s, u32 k, hmm_rows_t *out)
{
    ASSERT(s->t >= HMM_T_MIN && s->t <= w->t_max);
    ASSERT(s->d >= 1 && s->d <= HMM_D_MAX && k >= 2 && k <= HMM_K_MAX);
    *out = (hmm_rows_t){.t = s->t, .k = k, .d = s->d};
    f64 *row = w->block;
    for (u32 j = 0; j < s->d; j++, row += w->stride) {
        memcpy(row, s->x[j], s->t * sizeof *row);
        memset(row + s->t, 0, (w->stride - s->t) * sizeof *row);
        out->x[j] = row;
    }
    for (u32 i = 0; i < k; i++) {
        out->e[i] = row + (size_t)(3 * i) * w->stride;
        out->alpha[i] = row + (size_t)(3 * i + 1) * w->stride;
        out->w[i] = row + (size_t)(3 * i + 2) * w->stride;
    }
}

bool hmm_params_valid(const hmm_params_t *p)
{
    if (p->k < 2 || p->k > HMM_K_MAX || p->d < 1 || p->d > HMM_D_MAX) {
        return false;
    }
    f64 start = 0.0;
    bool ok = true;
    for (u32 i = 0; i < p->k; i++) {
        f64 row = 0.0;
        for (u32 j = 0; j < p->k; j++) {
            ok = ok && p->trans[i][j] >= PROBABILITY_FLOOR * 0.5;
            row += p->trans[i][j];
        }
        ok = ok && q_abs(row - 1.0) < 1e-6 && p->start[i] >= PROBABILITY_FLOOR * 0.5;
        start += p->start[i];
        for (u32 j = 0; j < p->d; j++) {
            ok = ok && q_is_finite(p->mean[i][j]) && p->var[i][j] > 0.0 && q_is_finite(p->var[i][j]);
        }
    }
    return ok && q_abs(start - 1.0) < 1e-6;
}

static void floor_and_normalise(f64 *v, u32 k)
{
    f64 total = 0.0;
    for (u32 i = 0; i < k; i++) {
        v[i] = q_max(v[i], PROBABILITY_FLOOR);
        total += v[i];
    }
    for (u32 i = 0; i < k; i++) {
        v[i] = v[i] / total;
    }
}

/* A state that explains nothing keeps its emissions: dividing by its weight would invent some. */
static void m_step(const hmm_sums_t *sums, const hmm_prior_t *prior, hmm_params_t *p)
{
    for (u32 i = 0; i < p->k; i++) {
        f64 total = 0.0;
        for (u32 j = 0; j < p->k; j++) {
            p->trans[i][j] = sums->moves[i][j] + (i == j ? prior->diagonal : prior->off);
            total += p->trans[i][j];
        }
        for (u32 j = 0; j < p->k; j++) {
            p->trans[i][j] = total > 0.0 ? p->trans[i][j] / total : 1.0 / (f64)p->k;
        }
        floor_and_normalise(p->trans[i], p->k);
        p->start[i] = (sums->first[i] + prior->start) / (1.0 + (f64)p->k * prior->start);
        if (sums->weight[i] < WEIGHT_MIN) {
            continue;
        }
        for (u32 j = 0; j < p->d; j++) {
            f64 move = sums->s1[i][j] / sums->weight[i];
            f64 var = sums->s2[i][j] / sums->weight[i] - move * move;
            p->mean[i][j] += move;
            p->var[i][j] = q_max(var, prior->var_floor);
        }
    }
    floor_and_normalise(p->start, p->k);
}

static void iterate(const hmm_rows_t *rows, const hmm_prior_t *prior, u32 most, f64 tolerance, hmm_fit_t *io)
{
    hmm_e_step_fn *step = e_step();
    f64 before = 0.0;
    u32 done = 0;
    bool settled = false;
    while (done < most && !settled) {
        hmm_sums_t sums;
        step(rows, &io->params, true, &sums);
        m_step(&sums, prior, &io->params);
        settled = done > 0 && q_abs(sums.log_likelihood - before) < tolerance;
        before = sums.log_likelihood;
        done++;
    }
    io->log_likelihood = before;
    io->iterations = done;
}

void hmm_fit_cold(hmm_work_t *w, const hmm_series_t *s, u32 k, const hmm_prior_t *prior, u64 seed,
                  hmm_fit_t *out)
{
    ASSERT(w != NULL && s != NULL && prior != NULL && out != NULL);
    ASSERT(prior->var_floor > 0.0 && prior->diagonal >= 0.0 && prior->off >= 0.0 && prior->start >= 0.0);
    hmm_rows_t rows;
    hmm_rows_init(w, s, k, &rows);
    hmm_fit_t best = {0};
    for (u32 restart = 0; restart < HMM_RESTARTS; restart++) {
        hmm_fit_t fit = {.restart = restart};
        hmm_start(&rows, prior, seed, restart, &fit.params);
        iterate(&rows, prior, HMM_ITERATIONS, HMM_TOLERANCE, &fit);
        if (restart == 0 || fit.log_likelihood > best.log_likelihood) {
            best = fit;
        }
    }
    ASSERT(hmm_params_valid(&best.params));
    *out = best;
}

void hmm_fit_warm(hmm_work_t *w, const hmm_series_t *s, const hmm_prior_t *prior, u32 iterations,
                  hmm_fit_t *io)
{
    ASSERT(hmm_params_valid(&io->params) && io->params.d == s->d);
    ASSERT(iterations >= 1 && prior->var_floor > 0.0);
    hmm_rows_t rows;
    hmm_rows_init(w, s, io->params.k, &rows);
    iterate(&rows, prior, iterations, 0.0, io);
    ASSERT(hmm_params_valid(&io->params));
}

f64 hmm_filter(hmm_work_t *w, const hmm_series_t *s, const hmm_params_t *p, f64 *posterior)
{
    ASSERT(hmm_params_valid(p) && p->d == s->d);
    hmm_rows_t rows;
    hmm_rows_init(w, s, p->k, &rows);
    hmm_sums_t sums;
    e_step()(&rows, p, false, &sums);
    for (u32 t = 0; posterior != NULL && t < s->t; t++) {
        f64 total = 0.0;
        for (u32 i = 0; i < p->k; i++) {
            total += rows.alpha[i][t];
        }
        ASSERT(total > 0.0);
        for (u32 i = 0; i < p->k; i++) {
            posterior[(size_t)t * p->k + i] = rows.alpha[i][t] / total;
        }
    }
    return sums.log_likelihood;
}

