/* See market_internal.h: one minute of every row. This is the whole cost of the market, so it is loops over
 * arrays with two random words a bar. */
#include "sim/market_internal.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

/* Asymmetric GARCH on standardised minutes (L. Glosten, R. Jagannathan, D. Runkle, Journal of Finance, 1993):
 * persistence REACT + LEVER / 2 + KEEP = 0.975, a half life of half an hour. */
static const f64 REACT = 0.080;
static const f64 LEVER = 0.050;
static const f64 KEEP = 0.870;
static const f64 FAST_MIN = 0.1;
static const f64 FAST_MAX = 25.0;

static const f64 FLOW_KEEP = 0.90;
static const f64 FLOW_NOISE = 0.20;
static const f64 FLOW_LINK = 0.60;                 /* of the logarithm of volume to the size of the return */

/* A jump once in some ten sessions: the lowest 12 bits of a word are zero. */
static const f64 JUMP_SIZE = 0.8; /* of the day's standard deviation */
static const u64 JUMP_MASK = 0xFFF;
static const f64 JUMP_CHANCE = 1.0 / 4096.0;

static f64 unit_high(u64 word)
{
    return ((f64)(word >> 12) + 0.5) * 0x1.0p-52;
}

/* The next standardised minute of one source, and what it teaches about the one after. */
static inline f64 vol_minute(vol_t *v, f64 normal, bool plain)
{
    if (plain) {
        return normal;
    }
    f64 e = q_sqrt(v->fast) * sim_market_fat(normal);
    f64 reply = e < 0.0 ? REACT + LEVER : REACT;
    f64 next = (1.0 - REACT - 0.5 * LEVER - KEEP) + reply * (e * e) + KEEP * v->fast;
    v->fast = q_clamp(next, FAST_MIN, FAST_MAX);
    return e;
}

static void factors_minute(sim_market_t *m, f64 variance[SIM_FACTORS])
{
    f64 shape = m->shape_vol[m->minute];
    for (u32 f = 0; f < SIM_FACTORS; f++) {
        vol_t *v = &m->factor[f];
        f64 z = sim_market_normal(m, RNG_MARKET_FACTOR, SIM_ENTITY_FACTOR + f, (u64)m->minute);
        f64 sigma = v->sigma * shape;
        variance[f] = sigma * sigma * v->fast;
        m->factor_return[f] = sigma * vol_minute(v, z, m->spec.plain_gaussian);
        v->sum += m->factor_return[f];
    }
}

/* Rare, so it may cost a call. */
static f64 jump_of(sim_market_t *m, u32 i)
{
    u64 n = DRAW_JUMP + (u64)m->minute;
    if (m->spec.plain_gaussian) {
        return 0.0;
    }
    m->own[i].fast = q_min(m->own[i].fast + 3.0, FAST_MAX);
    f64 size = m->own[i].sigma * JUMP_SIZE;
    return size * sim_market_fat(sim_market_normal(m, RNG_MARKET_JUMP, i, n + SIM_MINUTES_MAX));
}

static void returns_minute(sim_market_t *m)
{
    f64 variance[SIM_FACTORS];
    f64 shape = m->shape_vol[m->minute];
    bool plain = m->spec.plain_gaussian;
    factors_minute(m, variance);
    rng_key_t key = {.seed = m->spec.seed, .purpose = RNG_MARKET_STOCK, .cycle = (u64)(u32)m->session.date};
    for (u32 i = 0; i < m->rows; i++) {
        vol_t *v = &m->own[i];
        u32 sector = m->instruments[i].sector;
        key.entity = i;
        u64 word = rng_at(key, (u64)m->minute);
        f64 sigma = v->sigma * shape;
        f64 beta = m->beta[i];
        f64 load = m->sector_load[i];
        f64 total = beta * beta * variance[0] + load * load * variance[sector] + sigma * sigma * v->fast;
        f64 own = sigma * vol_minute(v, q_norm_inv(unit_high(word)), plain);
        if ((word & JUMP_MASK) == 0) {
            own += jump_of(m, i);
        }
        v->sum += own;
        f64 jump = plain ? 0.0 : v->sigma * JUMP_SIZE;
        f64 level = 0.5 * (total + jump * jump * JUMP_CHANCE); /* keeps the price free of drift */
        m->spread[i] = q_sqrt(total);
        m->ret[i] = beta * m->factor_return[0] + load * m->factor_return[sector] + own - level;
    }
}

static void volumes_minute(sim_market_t *m)
{
    bool plain = m->spec.plain_gaussian;
    f64 market = m->factor[0].sigma * m->shape_vol[m->minute];
    rng_key_t key = {.seed = m->spec.seed, .purpose = RNG_MARKET_VOLUME, .cycle = (u64)(u32)m->session.date};
    for (u32 i = 0; i < m->rows; i++) {
        key.entity = i;
        u64 word = rng_at(key, (u64)m->minute);
        /* Two uniforms make a triangle; the persistence of the flow rounds it to a bell. */
        f64 z = ((f64)(word >> 54) + (f64)((word >> 44) & 0x3FF) - 1023.0) * (2.449489742783178 * 0x1.0p-10);
        m->range_hi[i] = ((f64)((word >> 23) & 0x1FFFFF) + 0.5) * 0x1.0p-21;
        m->range_lo[i] = ((f64)((word >> 2) & 0x1FFFFF) + 0.5) * 0x1.0p-21;
        i32 side = (i32)(word & 3);
        m->bounce[i] = (side == 1) - (side == 2);
        f64 own = m->own[i].sigma * m->shape_vol[m->minute];
        f64 usual = own + m->beta[i] * market * 0.5; /* about the root of the squares' sum, cheaply */
        f64 flow = FLOW_KEEP * m->flow[i] + FLOW_NOISE * z;
        f64 size = q_min(q_abs(m->ret[i]) / usual, 6.0);
        m->flow[i] = flow;
        m->volume[i] = plain ? 0.3 * z : flow + FLOW_LINK * (size - 0.8) - 0.2;
    }
}

static void plants_minute(sim_market_t *m)
{
    for (u32 i = 0; i < m->rows; i++) {
        i32 since = m->minute - m->plant_minute[i];
        if (m->plant_minute[i] < 0 || since < 0 || since >= SIM_LEAD_MIN + SIM_FOLLOW_MIN) {
            continue;
        }
        bool lead = since < SIM_LEAD_MIN;
        if (lead) {
            m->ret[i] += since == SIM_LEAD_MOVE ? m->plant_move[i] : 0.0;
            m->volume[i] += m->plant_volume[i];
        } else {
            m->ret[i] += m->plant_follow[i];
        }
    }
}

/* e^x to third order: the extremes of a bar lie so near its open that cents cannot tell the difference. */
static f64 growth_near(f64 x)
{
    return 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6.0)));
}

/* The extremes of a Brownian path of which both ends are known: P(max > h) = exp(-2 h (h - r) / s^2), solved
 * for h with a uniform in place of the probability (A. Borodin and P. Salminen, Handbook of Brownian Motion,
 * 1.2.8). */
void sim_market_print_bars(sim_market_t *m, i64 t_open, i64 t_close)
{
    ASSERT(t_open < t_close);
    f64 share = t_close - t_open > NS_PER_MIN ? 1.0 : m->shape_volume[m->minute];
    q_exp_n(m->growth, m->ret, m->rows);
    q_exp_n(m->volume, m->volume, m->rows);
    q_log_n(m->range_hi, m->range_hi, m->rows);
    q_log_n(m->range_lo, m->range_lo, m->rows);
    for (u32 i = 0; i < m->rows; i++) {
        f64 r = m->ret[i];
        f64 twice = 2.0 * m->spread[i] * m->spread[i];
        f64 hi = 0.5 * (r + q_sqrt(r * r - twice * m->range_hi[i]));
        f64 lo = 0.5 * (r - q_sqrt(r * r - twice * m->range_lo[i]));
        f64 before = m->price[i];
        f64 after = before * m->growth[i];
        i64 open = MAX_OF(m->cents[i] + m->bounce[i], 1);
        i64 close = sim_market_cents(after);
        i64 high = MAX_OF(MAX_OF(open, close), sim_market_cents(before * growth_near(hi)));
        i64 low = MIN_OF(MIN_OF(open, close), sim_market_cents(before * growth_near(lo)));
        i64 volume = MAX_OF((i64)(m->shares[i] * share * m->volume[i] + 0.5), 1);
        m->price[i] = after;
        m->cents[i] = close;
        m->bars[i] = (bar_t){.t_event = t_open,
                             .t_known = t_close,
                             .open = {open * (PRICE_SCALE / 100)},
                             .high = {high * (PRICE_SCALE / 100)},
                             .low = {low * (PRICE_SCALE / 100)},
                             .close = {close * (PRICE_SCALE / 100)},
                             .volume = volume};
        ASSERT_SLOW(bar_is_sane(&m->bars[i]));
    }
}

void sim_market_minute_bars(sim_market_t *m)
{
    ASSERT(m != NULL);
    ASSERT(m->minute < m->minutes);
    bool halts = m->spec.halts > 0;
    if (halts) {
        sim_market_halts_open(m);
    }
    returns_minute(m);
    volumes_minute(m);
    if (m->minute == 0) {
        for (u32 i = 0; i < m->rows; i++) {
            m->bounce[i] = 0; /* the opening auction has one price */
        }
    }
    if (m->spec.edge != SIM_EDGE_NONE) {
        plants_minute(m);
    }
    if (halts) {
        sim_market_halts_move(m);
    }
    i64 t_open = m->session.open + m->minute * NS_PER_MIN;
    sim_market_print_bars(m, t_open, t_open + NS_PER_MIN);
    m->minute++;
    if (halts) {
        sim_market_halts_close(m);
    }
}
