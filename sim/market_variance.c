/* See market.h: what variance the model expects, from the state of its sources. Nothing is drawn. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "sim/market_internal.h"

/* What minutes add to a stock's own trading hours: a jump in 4096 minutes, of 0.8 of the hours' deviation,
 * and the wilder minutes behind it (market_minute.c). */
static const f64 JUMPS = 0.8 * 0.8 / 4096.0;
static const f64 AFTER_JUMPS = 3.0 / (1.0 - 0.975) / 4096.0;

/* What options cost: dearer than variance is worth, after falls most of all, and slow to believe that it is
 * calm or wild. Set by eye so that the index lies among the recorded ones (docs/simulated-market.md). */
static const f64 PREMIUM = 0.26236; /* log 1.3 */
static const f64 FEAR_KEEP = 0.955;
static const f64 FEAR_PRICE = 1.9;
static const f64 FALLS_COUNT = 1.3;
static const f64 RISES_COUNT = 0.8;
static const f64 FEAR_MEAN = 0.2; /* of a fall so counted */
static const f64 BELIEF_KEEP = 0.915;

enum { YEAR = 252 };

/* How far to look: whole sessions, then a part of one more. */
typedef struct {
    u32 sessions;
    f64 more;
    f64 left; /* of this session's trading hours */
} ahead_t;

typedef enum { REGIME_FULL, REGIME_PART } regime_load_t;

static ahead_t ahead_of(const sim_market_t *m, u32 sessions)
{
    ahead_t a = {.sessions = sessions};
    if (m->minute == m->minutes) { /* between sessions, all of them are whole */
        return a;
    }
    for (i32 k = m->minute; k < m->minutes; k++) {
        a.left += m->shape_vol[k] * m->shape_vol[k];
    }
    f64 gap = SIM_GAP_SHARE * SIM_GAP_SHARE;
    a.sessions--;
    a.more = gap + (1.0 - gap) * (1.0 - a.left);
    return a;
}

/* The regime's distribution one session on, and what it does to variance in the mean. */
static f64 regime_next(f64 p[SIM_REGIMES], regime_load_t load)
{
    f64 q[SIM_REGIMES] = {0.0};
    f64 mean = 0.0;
    for (u32 k = 0; k < SIM_REGIMES; k++) {
        const sim_regime_t *r = &sim_market_regimes[k];
        q[k] += p[k] * (1.0 - r->down - r->up);
        if (k > 0) {
            q[k - 1] += p[k] * r->down;
        }
        if (k + 1 < SIM_REGIMES) {
            q[k + 1] += p[k] * r->up;
        }
    }
    for (u32 k = 0; k < SIM_REGIMES; k++) {
        f64 v = sim_market_regimes[k].volatility;
        p[k] = q[k];
        mean += q[k] * (load == REGIME_FULL ? v * v : v);
    }
    return mean;
}

/* Variance of one source, in units of its long-run daily variance, from the next session on. */
static f64 source_variance(const sim_market_t *m, const vol_t *v, regime_load_t load, const ahead_t *a)
{
    f64 p[SIM_REGIMES] = {0.0};
    f64 standard = 1.0 / SIM_HOURS_SHARE; /* deviation of sim_market_standard */
    f64 lever = SIM_SLOW_LEVER * standard;
    f64 mean = SIM_SLOW_KEEP * v->slow - SIM_SLOW_LEVER * sim_market_standard(v);
    f64 variance = SIM_SLOW_NOISE * SIM_SLOW_NOISE;
    f64 sum = 0.0;
    p[m->regime] = 1.0;
    for (u32 k = 0; k <= a->sessions; k++) {
        f64 weight = k < a->sessions ? 1.0 : a->more;
        f64 regime = regime_next(p, load);
        if (weight > 0.0) {
            sum += weight * regime * q_exp(2.0 * (mean - SIM_SLOW_MEAN + variance));
        }
        mean *= SIM_SLOW_KEEP;
        variance = SIM_SLOW_KEEP * SIM_SLOW_KEEP * variance + SIM_SLOW_NOISE * SIM_SLOW_NOISE + lever * lever;
    }
    return sum;
}

/* The session of the market `k` from now; history has no minutes, so neither halts nor jumps. */
static bool has_minutes(const sim_market_t *m, u32 k)
{
    return m->history_done + k >= m->spec.history_sessions;
}

/* Sessions ahead that have minutes, this one's rest among them. */
static f64 minute_sessions(const sim_market_t *m, const ahead_t *a)
{
    bool within = m->sessions_done > 0 && m->minute < m->minutes;
    f64 n = within ? a->left : 0.0;
    for (u32 k = 0; k <= a->sessions; k++) {
        n += has_minutes(m, k) ? (k < a->sessions ? 1.0 : a->more) : 0.0;
    }
    return n;
}

/* What reports add: on their days where these are known, else a chance on each. Own part only. */
static f64 surprises(const sim_market_t *m, u32 i, f64 own, const ahead_t *a)
{
    f64 size = SIM_REPORT_SIZE * SIM_REPORT_SIZE;
    i32 next = (i32)(m->history_done + m->sessions_done);
    if (m->spec.plain_gaussian || i == m->proxy) {
        return 0.0;
    }
    if (m->spec.events == 0.0) {
        return size * SIM_SURPRISE_CHANCE * own;
    }
    f64 sum = 0.0;
    for (u32 k = 0; k < a->sessions; k++) {
        sum += sim_market_reports(m, i, next + (i32)k, next - 1) ? size * m->sigma_own[i] * m->sigma_own[i]
                                                                 : 0.0;
    }
    return sum;
}

static f64 days_of(const sim_market_t *m, const vol_t *v, u32 source, const ahead_t *a)
{
    return m->spec.plain_gaussian ? a->sessions + a->more
                                  : source_variance(m, v, source == 0 ? REGIME_FULL : REGIME_PART, a);
}

void sim_market_factor_days(const sim_market_t *m, u32 sessions, f64 out[SIM_FACTORS])
{
    ASSERT(m != NULL && out != NULL);
    ahead_t a = ahead_of(m, sessions);
    for (u32 f = 0; f < SIM_FACTORS; f++) {
        out[f] = days_of(m, &m->factor[f], f, &a);
    }
}

/* The parts of an instrument's variance: what comes from the market, and the rest. `shared`: what
 * sim_market_factor_days says, NULL: not asked yet. */
static void parts(const sim_market_t *m, u32 i, u32 sessions, const f64 *shared, f64 out[2])
{
    ahead_t a = ahead_of(m, sessions);
    f64 hours = 1.0 - SIM_GAP_SHARE * SIM_GAP_SHARE;
    u32 sector = m->instruments[i].sector;
    f64 loads[3] = {m->beta[i], i == m->proxy ? 0.0 : m->sector_load[i], 1.0};
    const vol_t *vol[3] = {&m->factor[0], &m->factor[sector], &m->own[i]};
    f64 sigma[3] = {m->sigma_factor[0], m->sigma_factor[sector], m->sigma_own[i]};
    f64 minutes = minute_sessions(m, &a);
    f64 part[3];
    for (u32 k = 0; k < 3; k++) {
        f64 days = shared == NULL || k == 2 ? days_of(m, vol[k], k, &a) : shared[k == 0 ? 0 : sector];
        f64 ahead = days * sigma[k] * sigma[k];
        f64 today = m->minute < m->minutes ? a.left * vol[k]->sigma * vol[k]->sigma : 0.0;
        part[k] = loads[k] * loads[k] * (ahead + today);
    }
    f64 jumps = m->minutes * JUMPS + AFTER_JUMPS;
    f64 share = minutes / q_max(a.sessions + a.more + a.left, 1e-9);
    out[1] = part[1] + part[2] + surprises(m, i, part[2], &a);
    out[1] += m->spec.plain_gaussian ? 0.0 : part[2] * hours * jumps * share;
    out[0] = part[0];
    if (m->spec.halts > 0) {
        f64 crash = i == m->proxy ? 1.0 : 0.0;
        f64 halts = sim_market_halts_variance(m, i) * minutes;
        out[0] += crash * halts;
        out[1] += (1.0 - crash) * halts;
    }
}

f64 sim_market_variance(const sim_market_t *m, inst_t inst, u32 sessions)
{
    ASSERT(m != NULL && inst < m->rows);
    ASSERT(sessions > 0 && sessions < SIM_SESSIONS_MAX);
    f64 part[2];
    if (m->absent[inst]) {
        return 0.0;
    }
    parts(m, inst, sessions, NULL, part);
    return part[0] + part[1];
}

sim_mood_t sim_market_mood(const sim_market_t *m)
{
    ASSERT(m != NULL && m->proxy != INST_NONE);
    const vol_t *v = &m->factor[0];
    f64 day = v->sigma / SIM_HOURS_SHARE;
    f64 fall = day > 0.0 ? q_clamp(-(v->sum + m->market_gap) / day, -4.0, 4.0) : 0.0;
    f64 now = q_log(sim_market_variance(m, m->proxy, SIM_VIX_SESSIONS));
    bool first = m->minutes == 0;
    fall *= fall > 0.0 ? FALLS_COUNT : RISES_COUNT;
    return (sim_mood_t){.fear = FEAR_KEEP * m->mood.fear + (1.0 - FEAR_KEEP) * (fall - FEAR_MEAN),
                        .belief = first ? now : BELIEF_KEEP * m->mood.belief + (1.0 - BELIEF_KEEP) * now};
}

f64 sim_market_premium(const sim_market_t *m)
{
    ASSERT(m != NULL);
    if (m->spec.plain_gaussian) {
        return 1.0;
    }
    sim_mood_t mood = sim_market_mood(m);
    f64 now = q_log(sim_market_variance(m, m->proxy, SIM_VIX_SESSIONS));
    return q_exp(PREMIUM + FEAR_PRICE * mood.fear + mood.belief - now);
}

f64 sim_market_priced(const sim_market_t *m, u32 i, u32 sessions, f64 premium, const f64 *shared)
{
    ASSERT(m != NULL && i < m->rows);
    ASSERT(sessions > 0 && sessions < SIM_SESSIONS_MAX);
    f64 part[2];
    if (m->absent[i]) {
        return 0.0;
    }
    parts(m, i, sessions, shared, part);
    return part[0] * premium + part[1];
}

f64 sim_market_priced_variance(const sim_market_t *m, inst_t inst, u32 sessions)
{
    ASSERT(m != NULL);
    return sim_market_priced(m, inst, sessions, sim_market_premium(m), NULL);
}

f64 sim_market_vix(const sim_market_t *m)
{
    ASSERT(m != NULL);
    f64 sum = sim_market_priced_variance(m, m->proxy, SIM_VIX_SESSIONS);
    return 100.0 * q_sqrt(sum * YEAR / SIM_VIX_SESSIONS);
}
