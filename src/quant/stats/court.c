/* See court.h. */
#include "quant/stats/court.h"

#include "base/assert.h"
#include "quant/math/qmath.h"
#include "quant/stats/bootstrap.h"
#include "quant/stats/metrics.h"

const char *court_ground(u32 ground)
{
    static const char *const words[COURT_GROUNDS] = {
        "too few days that nobody tuned on",
        "too few trades on those days",
        "it decides nothing differently",
        "the difference of a day is not distinguishable from zero",
        "it is worse: the difference of a day lies below zero",
        "the best of so many worthless tries would look as good",
        "the search that chose it is overfitted: on other days its best is no better than chance, and loses",
    };
    for (u32 i = 0; i < COURT_GROUNDS; i++) {
        if (ground == 1U << i) {
            return words[i];
        }
    }
    return "?";
}

typedef struct {
    f64 sharpe, skew, kurtosis; /* daily; 3 for a normal */
    f64 sd;
    bool moves;
} shape_t;

static shape_t shape_of(const f64 *d, u32 n, f64 mean)
{
    f64 m2 = 0, m3 = 0, m4 = 0;
    for (u32 i = 0; i < n; i++) {
        f64 z = d[i] - mean;
        m2 += z * z / (f64)n;
        m3 += z * z * z / (f64)n;
        m4 += z * z * z * z / (f64)n;
    }
    if (m2 < 1e-24) {
        return (shape_t){.kurtosis = 3.0};
    }
    f64 sd = q_sqrt(m2 * (f64)n / (f64)(n - 1));
    return (shape_t){.sharpe = mean / sd,
                     .skew = m3 / (m2 * q_sqrt(m2)),
                     .kurtosis = m4 / (m2 * m2),
                     .sd = sd,
                     .moves = true};
}

/* The numbers; at least two days. */
static err_t measure(arena_t *scratch, const court_case_t *c, court_verdict_t *v)
{
    f64 *d = arena_array(scratch, f64, c->days);
    if (d == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 i = 0; i < c->days; i++) {
        d[i] = c->challenger[i] - c->incumbent[i];
    }
    bootstrap_spec_t spec = {.seed = c->seed, .entity = 3, .level = 1.0 - 2.0 * COURT_ALPHA};
    bootstrap_t b;
    TRY(bootstrap_mean(scratch, &spec, d, c->days, &b));
    shape_t s = shape_of(d, c->days, b.point);
    v->mean = b.point;
    v->low = b.low;
    v->high = b.high;
    v->noise = s.sd;
    v->sharpe = s.sharpe * q_sqrt(c->year);
    f64 best = metrics_expected_max_sharpe(c->trials, 1.0 / (f64)(c->days - 1));
    v->dsr = s.moves ? metrics_psr(s.sharpe, best, c->days, s.skew, s.kurtosis) : 0.0;
    v->grounds |= s.moves ? 0U : COURT_SAME;
    return ERR_OK;
}

err_t court_judge(arena_t *scratch, const court_case_t *c, court_verdict_t *out)
{
    ASSERT(scratch != NULL && c != NULL && out != NULL);
    ASSERT(c->trials >= 1 && c->year >= 1.0);
    court_verdict_t v = {0};
    if (c->days >= 2) {
        TRY(measure(scratch, c, &v));
    }
    v.grounds |= c->days < COURT_DAYS_MIN ? COURT_FEW_DAYS : 0U;
    v.grounds |= c->trades < COURT_TRADES_MIN ? COURT_FEW_TRADES : 0U;
    v.grounds |= v.low > 0 ? 0U : v.high < 0 ? COURT_WORSE : COURT_INTERVAL;
    v.grounds |= v.dsr >= 1.0 - COURT_ALPHA ? 0U : COURT_DEFLATED;
    v.grounds |= c->pbo_known && c->pbo > COURT_PBO_MAX && c->loss > COURT_PBO_MAX ? COURT_OVERFIT : 0U;
    v.promoted = v.grounds == 0;
    ASSERT(!v.promoted || v.mean > 0);
    *out = v;
    return ERR_OK;
}
