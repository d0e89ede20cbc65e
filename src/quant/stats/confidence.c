/* See confidence.h. */
#include "quant/stats/confidence.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

#define C0_MIN 0.01
#define SHIFT_PER_Z 0.05
#define Z_MAX 2.0
#define Z_LOWER_90 1.2815515655446004 /* one-sided */

confidence_params_t confidence_params_default(void)
{
    return (confidence_params_t){
        .tau = 0.10, .sigma = 0.93, .pool = 100.0, .kind = 50.0, .half_life = 120.0, .c0_max = 0.90};
}

void confidence_init(confidence_t *c, const confidence_params_t *params)
{
    ASSERT(c != NULL && params != NULL);
    ASSERT(params->tau > 0.0 && params->sigma > 0.0 && params->half_life > 0.0);
    ASSERT(params->pool >= 0.0 && params->kind >= 0.0 && params->c0_max > C0_MIN && params->c0_max < 1.0);
    memset(c, 0, sizeof *c);
    c->params = *params;
}

static u32 side_index(i32 side)
{
    ASSERT(side == 1 || side == -1);
    return side == 1 ? 0 : 1;
}

static u32 band_of(i32 conviction)
{
    ASSERT(conviction >= 0 && conviction <= 100);
    return conviction < 40 ? 0 : (u32)MIN_OF(conviction / 20 - 1, 3);
}

f64 confidence_fade(const confidence_t *c, i32 from, i32 to)
{
    ASSERT(c != NULL);
    ASSERT(from <= to);
    return to == from ? 1.0 : q_exp(-Q_LN2 * (f64)(to - from) / c->params.half_life);
}

static confidence_sum_t faded(const confidence_t *c, const confidence_sum_t *s, i32 session)
{
    confidence_sum_t now = *s;
    f64 w = confidence_fade(c, s->session, session);
    now.n *= w;
    now.sum_e *= w;
    now.sum_r *= w;
    now.sum_r2 *= w;
    now.session = session;
    return now;
}

static void sum_add(const confidence_t *c, confidence_sum_t *s, const confidence_result_t *r)
{
    *s = faded(c, s, s->count == 0 ? s->session : r->session);
    s->session = r->session;
    s->n += 1.0;
    s->sum_e += r->r_net - r->m0;
    s->sum_r += r->r_net;
    s->sum_r2 += r->r_net * r->r_net;
    s->count++;
    s->wins += r->r_net > 0.0 ? 1 : 0;
}

void confidence_add(confidence_t *c, const confidence_result_t *r)
{
    ASSERT(c != NULL && r != NULL && r->strategy < LIMIT_STRATEGIES);
    ASSERT(q_is_finite(r->r_net) && q_is_finite(r->m0));
    ASSERT(c->all.count == 0 || r->session >= c->session);
    u32 side = side_index(r->side);
    sum_add(c, &c->all, r);
    sum_add(c, &c->kind[r->strategy][side], r);
    sum_add(c, &c->band[r->strategy][side][band_of(r->conviction)], r);
    c->session = r->session;
    if (!r->shadow) {
        u32 at = c->recent_count % CONFIDENCE_RECENT;
        c->recent_e[at] = r->r_net - r->m0;
        c->recent_r[at] = r->r_net;
        c->recent_count++;
    }
}

/* Spread of one trade: the default until 200 results, then what they show (about their mean). */
static f64 sigma_now(const confidence_t *c, const confidence_sum_t *all)
{
    if (all->count < CONFIDENCE_SIGMA_MIN || !(all->n > 1.0)) {
        return c->params.sigma;
    }
    f64 mean = all->sum_r / all->n;
    f64 var = all->sum_r2 / all->n - mean * mean;
    /* A tenth of the prior spread at least: results that are all alike are no reason for certainty. */
    return q_sqrt(q_max(var, 0.01 * c->params.sigma * c->params.sigma));
}

void confidence_ask(const confidence_t *c, const confidence_query_t *q, confidence_answer_t *out)
{
    ASSERT(c != NULL && q != NULL && out != NULL && q->strategy < LIMIT_STRATEGIES);
    ASSERT(c->all.count == 0 || q->session >= c->session);
    memset(out, 0, sizeof *out);
    u32 side = side_index(q->side);
    const confidence_sum_t *base = &c->kind[q->strategy][side];
    out->banded = base->count >= CONFIDENCE_BAND_MIN;
    const confidence_sum_t *own = out->banded ? &c->band[q->strategy][side][band_of(q->conviction)] : base;
    confidence_sum_t all = faded(c, &c->all, c->all.count == 0 ? c->all.session : q->session);
    confidence_sum_t kind = faded(c, own, own->count == 0 ? own->session : q->session);
    const confidence_params_t *p = &c->params;
    out->c0 = q_clamp(q->final_gate / 100.0, C0_MIN, p->c0_max);
    out->m0 = p->tau * q_norm_inv(out->c0);
    out->delta = all.n > 0.0 ? all.sum_e / (all.n + p->pool) : 0.0;
    out->dk = kind.n > 0.0 ? (kind.sum_e - kind.n * out->delta) / (kind.n + p->kind) : 0.0;
    out->n_kind = kind.n;
    out->n_all = all.n;
    out->count = kind.count;
    out->wins = kind.wins;
    out->sigma = sigma_now(c, &all);
    f64 precision = q_sqrt(out->sigma * out->sigma / (p->tau * p->tau) + kind.n) / out->sigma;
    out->confidence = q_norm_cdf((out->m0 + out->delta + out->dk) * precision);
    ASSERT(out->confidence >= 0.0 && out->confidence <= 1.0);
}

static f64 mean_and_error(const f64 *v, u32 n, f64 *error)
{
    f64 mean = 0.0;
    f64 squares = 0.0;
    for (u32 i = 0; i < n; i++) {
        mean += v[i] / (f64)n;
    }
    for (u32 i = 0; i < n; i++) {
        squares += (v[i] - mean) * (v[i] - mean);
    }
    *error = q_sqrt(squares / (f64)(n - 1) / (f64)n);
    return mean;
}

f64 confidence_gate_shift(const confidence_t *c)
{
    ASSERT(c != NULL);
    if (c->recent_count < CONFIDENCE_RECENT) {
        return 0.0;
    }
    f64 e[CONFIDENCE_RECENT];
    f64 r[CONFIDENCE_RECENT];
    for (u32 i = 0; i < CONFIDENCE_RECENT; i++) { /* oldest first */
        u32 at = (c->recent_count + i) % CONFIDENCE_RECENT;
        e[i] = c->recent_e[at];
        r[i] = c->recent_r[at];
    }
    f64 error;
    f64 mean = mean_and_error(e, CONFIDENCE_RECENT, &error);
    f64 z = mean / q_max(error, 1e-12); /* fifty equal surprises: the clamp decides */
    f64 shift = -SHIFT_PER_Z * q_clamp(z, -Z_MAX, Z_MAX);
    f64 error_r;
    f64 mean_r = mean_and_error(r, CONFIDENCE_RECENT, &error_r);
    bool proven = mean_r - Z_LOWER_90 * error_r > 0.0;
    ASSERT(shift >= -0.1 - 1e-12 && shift <= 0.1 + 1e-12);
    return shift < 0.0 && !proven ? 0.0 : shift;
}

