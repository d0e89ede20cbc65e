/* See market_internal.h: what changes once a session, and history told by whole days. */
#include "sim/market_internal.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

/* A quarter of a stock's daily variance comes overnight (K. French and R. Roll, "Stock return variances",
 * Journal of Financial Economics, 1986, for the order of magnitude). */
static const f64 PLANT_CHANCE = 0.15;
static const f64 PLANT_MOVE_A = 1.5;
static const f64 PLANT_RVOL = 3.5; /* volume of the session up to the end of the sign, over the usual */
static const f64 PLANT_UNIT = 0.22; /* A in long-run daily standard deviations */
enum { PLANT_FIRST_MIN = 20, PLANT_LAST_MIN = 20, PLANT_STEP_MIN = 5 };

/* Beyond these a price no longer looks like a listed stock; the next gap then leads back inside. */
static const f64 PRICE_FLOOR = 1.5;
static const f64 PRICE_CEILING = 4000.0;

/* Calm, ordinary, stressed. */
const sim_regime_t sim_market_regimes[SIM_REGIMES] = {
    {0.70, 0.0, 0.030}, {1.00, 0.020, 0.015}, {1.90, 0.060, 0.0}};

static void regime_step(sim_market_t *m)
{
    f64 u = sim_market_unit(m, RNG_MARKET_FACTOR, SIM_ENTITY_FACTOR, DRAW_REGIME);
    const sim_regime_t *row = &sim_market_regimes[m->regime];
    if (u < row->down) {
        m->regime--;
    } else if (u > 1.0 - row->up) {
        m->regime++;
    }
    ASSERT(m->regime < SIM_REGIMES);
}

/* Mean-reverting log-volatility with leverage: a fall today makes tomorrow wilder (F. Black, 1976). */
static void vol_step(vol_t *v, f64 normal, f64 sigma_day, f64 regime)
{
    v->slow =
        q_clamp(SIM_SLOW_KEEP * v->slow + SIM_SLOW_NOISE * normal - SIM_SLOW_LEVER * v->last, -0.9, 1.1);
    v->sigma = sigma_day * regime * q_exp(v->slow - SIM_SLOW_MEAN);
}

f64 sim_market_standard(const vol_t *v)
{
    f64 sigma = v->sigma * SIM_HOURS_SHARE;
    return sigma > 0.0 ? q_clamp(v->sum / sigma, -4.0, 4.0) : 0.0;
}

static void vol_close(vol_t *v)
{
    v->last = sim_market_standard(v);
    v->sum = 0.0;
}

static void volatility_begin(sim_market_t *m)
{
    if (m->spec.plain_gaussian) {
        for (u32 i = 0; i < m->rows; i++) {
            m->own[i].sigma = m->sigma_own[i];
        }
        return;
    }
    regime_step(m);
    f64 full = sim_market_regimes[m->regime].volatility;
    f64 part = q_sqrt(full);
    for (u32 f = 0; f < SIM_FACTORS; f++) {
        f64 z = sim_market_normal(m, RNG_MARKET_FACTOR, SIM_ENTITY_FACTOR + f, DRAW_SLOW);
        vol_close(&m->factor[f]);
        vol_step(&m->factor[f], z, m->sigma_factor[f], f == 0 ? full : part);
    }
    for (u32 i = 0; i < m->rows; i++) {
        f64 z = sim_market_normal(m, RNG_MARKET_STOCK, i, DRAW_SLOW);
        vol_close(&m->own[i]);
        vol_step(&m->own[i], z, m->sigma_own[i], part);
    }
}

static f64 gap_of(const sim_market_t *m, u32 i, const f64 *factor)
{
    f64 own = m->own[i].sigma * SIM_GAP_SHARE;
    f64 gap = own * sim_market_fat(sim_market_normal(m, RNG_MARKET_STOCK, i, DRAW_GAP));
    f64 variance = own * own;
    u32 sector = m->instruments[i].sector;
    f64 common = m->beta[i] * m->factor[0].sigma * SIM_GAP_SHARE;
    f64 shared = m->sector_load[i] * m->factor[sector].sigma * SIM_GAP_SHARE;
    gap += m->beta[i] * factor[0] + m->sector_load[i] * factor[sector];
    variance += common * common + shared * shared;
    if (m->spec.events > 0) {
        gap += m->jump[i];
    } else if (i != m->proxy && sim_market_unit(m, RNG_MARKET_JUMP, i, DRAW_EVENT) < SIM_SURPRISE_CHANCE) {
        f64 size = SIM_REPORT_SIZE * m->own[i].sigma;
        gap += size * sim_market_normal(m, RNG_MARKET_JUMP, i, DRAW_GAP);
        variance += size * size;
    }
    gap -= 0.5 * variance; /* keeps the price, not its logarithm, free of drift */
    if (m->price[i] < PRICE_FLOOR || m->price[i] > PRICE_CEILING) {
        gap = m->price[i] < PRICE_FLOOR ? q_abs(gap) : -q_abs(gap);
    }
    return gap;
}

static void gaps_apply(sim_market_t *m)
{
    f64 factor[SIM_FACTORS];
    for (u32 f = 0; f < SIM_FACTORS; f++) {
        f64 z = sim_market_normal(m, RNG_MARKET_FACTOR, SIM_ENTITY_FACTOR + f, DRAW_GAP);
        factor[f] = m->factor[f].sigma * SIM_GAP_SHARE * sim_market_fat(z);
    }
    m->market_gap = factor[0];
    for (u32 i = 0; i < m->rows; i++) {
        m->price[i] *= q_exp(gap_of(m, i, factor));
        m->cents[i] = sim_market_cents(m->price[i]);
    }
}

/* The day's U: busy open, quiet noon, busy close (P. Wood, T. McInish, J. Ord, Journal of Finance, 1985). */
static void shapes_begin(sim_market_t *m)
{
    bool flat = m->spec.plain_gaussian;
    f64 squares = 0.0;
    f64 volumes = 0.0;
    for (i32 k = 0; k < m->minutes; k++) {
        f64 since = (f64)k;
        f64 left = (f64)(m->minutes - 1 - k);
        m->shape_vol[k] = flat ? 1.0 : 0.75 + 1.1 * q_exp(since / -25.0) + 0.30 * q_exp(left / -20.0);
        m->shape_volume[k] = flat ? 1.0 : 0.60 + 2.2 * q_exp(since / -20.0) + 2.6 * q_exp(left / -15.0);
        squares += m->shape_vol[k] * m->shape_vol[k];
        volumes += m->shape_volume[k];
    }
    ASSERT(squares > 0.0);
    f64 scale = 1.0 / q_sqrt(squares);
    for (i32 k = 0; k < m->minutes; k++) {
        m->shape_vol[k] *= scale;
        m->shape_volume[k] /= volumes;
    }
}

static void volumes_begin(sim_market_t *m)
{
    f64 common = 0.5 * q_log(sim_market_regimes[m->regime].volatility) +
                 0.12 * sim_market_normal(m, RNG_MARKET_VOLUME, SIM_ENTITY_FACTOR, DRAW_ACTIVITY);
    for (u32 i = 0; i < m->rows; i++) {
        f64 z = sim_market_normal(m, RNG_MARKET_VOLUME, i, DRAW_ACTIVITY);
        f64 own = m->spec.plain_gaussian ? 0.0 : 0.8 * (m->activity[i]) + 0.18 * z;
        m->activity[i] = own;
        f64 level = m->spec.plain_gaussian ? 0.0 : q_clamp(own + common, -1.5, 1.5);
        m->shares[i] = m->dollars[i] / m->price[i] * q_exp(level);
    }
}

bool sim_market_day_plant(const sim_market_t *m, inst_t row, const session_t *session, planted_t *out)
{
    ASSERT(row < m->rows && session->close > session->open);
    if (m->spec.edge != SIM_EDGE_MOMENTUM || row == m->proxy) {
        return false;
    }
    rng_key_t key = {
        .seed = m->spec.seed, .purpose = RNG_MARKET_STOCK, .entity = row, .cycle = (u64)(u32)session->date};
    if (rng_unit(key, DRAW_PLANT) >= PLANT_CHANCE) {
        return false;
    }
    i64 minutes = (session->close - session->open) / NS_PER_MIN;
    i64 room = minutes - PLANT_FIRST_MIN - SIM_LEAD_MIN - SIM_FOLLOW_MIN - PLANT_LAST_MIN;
    ASSERT(room >= PLANT_STEP_MIN);
    i64 step = (i64)rng_below(key, DRAW_PLANT_TIME, (u64)(room / PLANT_STEP_MIN));
    i64 lead = session->open + (PLANT_FIRST_MIN + PLANT_STEP_MIN * step) * NS_PER_MIN;
    *out = (planted_t){.inst = row,
                       .session = session->date,
                       .t_lead = lead,
                       .t_follow = lead + SIM_LEAD_MIN * NS_PER_MIN,
                       .t_end = lead + (SIM_LEAD_MIN + SIM_FOLLOW_MIN) * NS_PER_MIN,
                       .direction = rng_below(key, DRAW_PLANT_SIDE, 2) == 0 ? -1 : 1,
                       .a = PLANT_UNIT * m->sigma_all[row],
                       .drift_a = m->spec.edge_strength};
    ASSERT(out->t_end <= session->close);
    return true;
}

/* Logarithm of how much more is traded in each minute of a sign that begins with this one. */
static f64 plant_volume(const sim_market_t *m, i32 minute)
{
    f64 before = 0.0;
    f64 sign = 0.0;
    for (i32 k = 0; k < minute + SIM_LEAD_MIN; k++) {
        before += k < minute ? m->shape_volume[k] : 0.0;
        sign += k < minute ? 0.0 : m->shape_volume[k];
    }
    return q_log(1.0 + (PLANT_RVOL - 1.0) * (before + sign) / sign);
}

static void plants_begin(sim_market_t *m)
{
    for (u32 i = 0; i < m->rows; i++) {
        planted_t plant;
        m->plant_minute[i] = -1;
        if (!sim_market_day_plant(m, (inst_t)i, &m->session, &plant)) {
            continue;
        }
        f64 unit = plant.a * (f64)plant.direction;
        m->plant_minute[i] = (i32)((plant.t_lead - m->session.open) / NS_PER_MIN);
        m->plant_move[i] = unit * PLANT_MOVE_A;
        m->plant_volume[i] = plant_volume(m, m->plant_minute[i]);
        m->plant_follow[i] = unit * plant.drift_a / (f64)SIM_FOLLOW_MIN;
    }
}

void sim_market_day_begin(sim_market_t *m, const session_t *session)
{
    ASSERT(m != NULL && session != NULL);
    i64 minutes = (session->close - session->open) / NS_PER_MIN;
    ASSERT(minutes > 0 && minutes <= SIM_MINUTES_MAX);
    m->mood = sim_market_mood(m);
    m->market_gap = 0.0;
    if (m->spec.events > 0) {
        sim_market_events_begin(m, session);
    }
    if (m->spec.halts > 0) {
        sim_market_halts_begin(m);
    }
    m->session = *session;
    m->minute = 0;
    m->minutes = (i32)minutes;
    volatility_begin(m);
    gaps_apply(m);
    shapes_begin(m);
    volumes_begin(m);
    for (u32 f = 0; f < SIM_FACTORS; f++) {
        m->factor[f].sigma *= SIM_HOURS_SHARE;
    }
    for (u32 i = 0; i < m->rows; i++) {
        m->own[i].sigma *= SIM_HOURS_SHARE;
    }
    plants_begin(m);
}

/* One draw for the whole of the trading hours; planted moves belong to minutes alone. */
static f64 day_return(const sim_market_t *m, vol_t *v, u32 purpose, u32 entity)
{
    f64 z = sim_market_normal(m, purpose, entity, DRAW_DAY);
    f64 r = v->sigma * (m->spec.plain_gaussian ? z : sim_market_fat(z));
    v->sum = r;
    return r;
}

void sim_market_day_bars(sim_market_t *m)
{
    ASSERT(m->minutes > 0 && m->minute == 0);
    f64 factor[SIM_FACTORS];
    for (u32 f = 0; f < SIM_FACTORS; f++) {
        factor[f] = day_return(m, &m->factor[f], RNG_MARKET_FACTOR, SIM_ENTITY_FACTOR + f);
    }
    for (u32 i = 0; i < m->rows; i++) {
        u32 sector = m->instruments[i].sector;
        f64 common = m->beta[i] * m->factor[0].sigma;
        f64 shared = m->sector_load[i] * m->factor[sector].sigma;
        f64 own = m->own[i].sigma;
        f64 variance = common * common + shared * shared + own * own;
        m->spread[i] = q_sqrt(variance);
        m->ret[i] = m->beta[i] * factor[0] + m->sector_load[i] * factor[sector] +
                    day_return(m, &m->own[i], RNG_MARKET_STOCK, i) - 0.5 * variance;
        m->range_hi[i] = sim_market_unit(m, RNG_MARKET_STOCK, i, DRAW_DAY_RANGE);
        m->range_lo[i] = sim_market_unit(m, RNG_MARKET_VOLUME, i, DRAW_DAY_RANGE);
        f64 surprise = q_min(q_abs(m->ret[i]) / m->spread[i], 6.0) - 0.8;
        m->volume[i] = m->spec.plain_gaussian ? 0.0 : 0.25 * surprise;
        m->bounce[i] = 0;
    }
    sim_market_print_bars(m, m->session.open, m->session.close);
    m->minute = m->minutes;
}
