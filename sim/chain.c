/* See chain.h. */
#include "sim/chain.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"
#include "sim/market_internal.h"

/* The world of the fall: what part of a term's variance it makes, how far it goes and how unsure that is, in
 * deviations of 21 sessions. Set so that the index fund's skew lies among recorded ones
 * (docs/simulated-market.md). */
static const f64 FALL_SHARE_FUND = 0.50;
static const f64 FALL_SHARE_STOCK = 0.30;
static const f64 FALL_SIZE = 3.5;
static const f64 FALL_UNSURE = 1.4;
static const f64 FALL_MOST = 1.2; /* of a logarithm */
static const f64 LIKELY_MOST = 0.9;

static const f64 DAYS_OF_YEAR = 365.0;
static const f64 DEVIATIONS_BELOW = 4.0;
static const f64 DEVIATIONS_ABOVE = 4.0;
static const f64 BEHIND_THE_FALL = 1.8;
static const f64 WORTH_LISTING = 0.0005; /* of the side out of the money */

/* Width of a quote by value and price, after two recorded stocks; a fund's is a tenth of it. */
static const f64 WIDTH = 0.0054;
static const f64 WIDTH_FUND = 0.1;
static const f64 WIDTH_MOST = 0.01; /* of the price */
static const f64 FINE_BELOW = 3.0;
static const i64 FINE_TICK = PRICE_SCALE / 100;
static const i64 COARSE_TICK = PRICE_SCALE / 20;

enum { WEEKS = 4, FRIDAY = 5, BISECTIONS = 60, WORLDS = 2 };
_Static_assert((int)WEEKS + 3 == (int)SIM_CHAIN_EXPIRIES, "four weeks and three months");

typedef struct {
    date_t expiry;
    u32 sessions;
    f64 years;
    f64 forward; /* over spot */
    f64 variance;
    f64 part[WORLDS]; /* calm, fall: how likely, mean over the forward, variance */
    f64 mean[WORLDS];
    f64 own[WORLDS];
} term_t;

/* The session on a Friday, else the last before it. */
static session_t session_of_friday(date_t friday)
{
    session_t s;
    bool held = calendar_session(CAL_NYSE, friday, I64_MAX, &s);
    return held ? s : calendar_previous(CAL_NYSE, friday, I64_MAX);
}

static date_t third_friday(i32 year, i32 month)
{
    date_t first = date_from_ymd(year, month, 1);
    return first + (FRIDAY - date_weekday(first) + 7) % 7 + 14;
}

/* Sessions after the one at hand up to `last`. */
static u32 sessions_to(const sim_market_t *m, date_t last)
{
    u32 n = 0;
    for (session_t s = calendar_next(CAL_NYSE, m->session.date, I64_MAX); s.date <= last;
         s = calendar_next(CAL_NYSE, s.date, I64_MAX)) {
        n++;
    }
    return n;
}

static void term_add(const sim_market_t *m, date_t friday, term_t *terms, u32 *count)
{
    session_t s = session_of_friday(friday);
    bool later = s.date > (*count == 0 ? m->session.date : terms[*count - 1].expiry);
    if (!later) {
        return;
    }
    ASSERT(*count < SIM_CHAIN_EXPIRIES);
    terms[(*count)++] = (term_t){.expiry = s.date,
                                 .sessions = sessions_to(m, s.date),
                                 .years = (f64)(s.close - m->session.close) / (f64)NS_PER_DAY / DAYS_OF_YEAR};
}

static u32 terms_of(const sim_market_t *m, term_t terms[SIM_CHAIN_EXPIRIES])
{
    u32 count = 0;
    date_t today = m->session.date;
    date_t friday = today + (FRIDAY - date_weekday(today) + 7) % 7;
    i32 y = 0;
    i32 mo = 0;
    i32 d = 0;
    for (i32 k = 0; count < WEEKS; k++) { /* on the last session of a week, that week's are over */
        term_add(m, friday + 7 * k, terms, &count);
    }
    date_to_ymd(today, &y, &mo, &d);
    for (i32 k = 1; k <= 3; k++) {
        term_add(m, third_friday(y + (mo - 1 + k) / 12, (mo - 1 + k) % 12 + 1), terms, &count);
    }
    return count;
}

/* Minus twice the mean logarithm of a price whose mean is 1 and that falls to `j`, unsure by variance c, with
 * chance p. It grows with p. */
static f64 fall_variance(f64 p, f64 j, f64 c)
{
    f64 calm = q_log((1.0 - p * j) / (1.0 - p));
    return -2.0 * ((1.0 - p) * calm + p * (q_log(j) - 0.5 * c));
}

/* The two worlds of a term. The fall is the same for all terms and its chance grows with the variance, as
 * does what is left for both worlds: so a longer term's distribution is wider than a shorter one's in every
 * respect, and no call of it is cheaper. */
static void term_worlds(f64 share, f64 month, term_t *t)
{
    f64 j = q_exp(-q_min(FALL_SIZE * q_sqrt(month), FALL_MOST));
    f64 c = q_min(FALL_UNSURE * FALL_UNSURE * month, 1.0);
    f64 want = share * t->variance;
    f64 low = 0.0;
    f64 high = LIKELY_MOST;
    for (u32 k = 0; k < BISECTIONS; k++) {
        f64 p = 0.5 * (low + high);
        *(fall_variance(p, j, c) < want ? &low : &high) = p;
    }
    f64 rest = t->variance - fall_variance(low, j, c);
    ASSERT(rest > 0.0);
    t->part[0] = 1.0 - low;
    t->part[1] = low;
    t->mean[0] = (1.0 - low * j) / (1.0 - low);
    t->mean[1] = j;
    t->own[0] = rest;
    t->own[1] = rest + c;
}

static f64 step_of(bool fund, f64 spot)
{
    return fund ? 1.0 : spot < 25.0 ? 0.5 : spot < 100.0 ? 1.0 : spot < 250.0 ? 2.5 : 5.0;
}

/* Strikes of a term: fine near the money, at every second and fourth step further out, and down to behind the
 * fall, on a grid that a coarser one is a part of. */
static u32 strikes_of(const term_t *t, bool fund, f64 spot, f64 strike[SIM_CHAIN_STRIKES])
{
    f64 sd = q_sqrt(t->variance);
    f64 low = spot * q_exp(-q_max(DEVIATIONS_BELOW * sd, -BEHIND_THE_FALL * q_log(t->mean[1])));
    f64 high = spot * q_exp(q_min(DEVIATIONS_ABOVE * sd, 1.5));
    u32 n = 0;
    for (f64 step = step_of(fund, spot);; step *= 2.0) {
        i64 first = MAX_OF((i64)(q_min(low, spot - 2.0 * step) / step), 1);
        i64 last = (i64)(q_max(high, spot + step) / step);
        n = 0;
        for (i64 k = first; k <= last && n < SIM_CHAIN_STRIKES; k++) {
            f64 off = q_abs(q_log((f64)k * step / spot)) / sd;
            i64 every = off < 2.0 ? 1 : off < 4.0 ? 2 : 4;
            if (k % every == 0) {
                strike[n++] = (f64)k * step;
            }
        }
        if (n < SIM_CHAIN_STRIKES) {
            return n;
        }
    }
}

static f64 value_of(const term_t *t, const option_t *o)
{
    f64 sum = 0.0;
    for (u32 w = 0; w < WORLDS; w++) {
        option_t world = *o;
        f64 value = 0.0;
        world.spot *= t->mean[w];
        world.sigma = q_sqrt(t->own[w] / t->years);
        option_cols_t in = {&world.spot, &world.strike, &world.years,
                            &world.rate, &world.yield,  &world.sigma,
                            NULL,        &world.side,   1};
        options_value(INDICATOR_SSE2, &in, &(option_out_t){.value = &value});
        sum += t->part[w] * value;
    }
    return sum;
}

static void quote(bool fund, sim_option_t *o)
{
    f64 value = o->greeks.value;
    f64 spot = o->contract.spot;
    f64 width = WIDTH * q_exp(0.95 * q_log(q_max(value, 0.01))) * q_sqrt(spot) * (fund ? WIDTH_FUND : 1.0);
    i64 tick = value < FINE_BELOW || fund ? FINE_TICK : COARSE_TICK;
    f64 half = 0.5 * q_min(width, WIDTH_MOST * spot);
    f64 ticks = (f64)PRICE_SCALE / (f64)tick;
    i64 bid = (i64)(q_max(value - half, 0.0) * ticks);
    i64 ask = (i64)((value + half) * ticks) + 1;
    o->bid.v = bid * tick;
    o->ask.v = ask * tick;
}

/* Call and put of one strike, or nothing if the side out of the money is worth nothing. */
static u32 pair(const term_t *t, bool fund, f64 spot, f64 strike, sim_option_t *out)
{
    option_t o = {.spot = spot,
                  .strike = strike,
                  .years = t->years,
                  .yield = -q_log(t->forward) / t->years,
                  .side = strike >= spot * t->forward ? 1.0 : -1.0};
    f64 value = value_of(t, &o);
    if (value < WORTH_LISTING || option_implied(&o, value, &o.sigma, NULL) != ERR_OK) {
        return 0;
    }
    for (u32 k = 0; k < 2; k++) {
        f64 side = k == 0 ? 1.0 : -1.0;
        f64 parity = side * (spot * t->forward - strike); /* of the side in the money, over the other */
        bool found = false;
        out[k] = (sim_option_t){
            .expiry = t->expiry, .sessions = t->sessions, .contract = o, .variance = t->variance};
        out[k].contract.side = side;
        found = option_value(&out[k].contract, &out[k].greeks, NULL) == ERR_OK;
        ASSERT(found);
        out[k].greeks.value = side == o.side ? value : value + parity;
        quote(fund, &out[k]);
    }
    return 2;
}

u32 sim_chain(const sim_market_t *m, inst_t inst, sim_option_t *out)
{
    ASSERT(m != NULL && out != NULL);
    ASSERT(inst < m->rows);
    bool halted = m->spec.halts > 0 && m->halt[inst].kind != HALT_NONE; /* so are its options */
    if (m->minutes == 0 || m->minute < m->minutes || m->absent[inst] || halted) {
        return 0;
    }
    bool fund = inst == m->proxy;
    term_t terms[SIM_CHAIN_EXPIRIES];
    f64 strike[SIM_CHAIN_STRIKES];
    u32 count = terms_of(m, terms);
    f64 spot = (f64)m->cents[inst] / 100.0;
    f64 month = sim_market_priced_variance(m, inst, SIM_VIX_SESSIONS);
    f64 share = m->spec.plain_gaussian ? 0.0 : fund ? FALL_SHARE_FUND : FALL_SHARE_STOCK;
    u32 n = 0;
    for (u32 k = 0; k < count; k++) {
        terms[k].variance = sim_market_priced_variance(m, inst, terms[k].sessions);
        terms[k].forward = sim_market_forward(m, inst, terms[k].sessions);
        term_worlds(share, month, &terms[k]);
        u32 strikes = strikes_of(&terms[k], fund, spot, strike);
        for (u32 i = 0; i < strikes; i++) {
            n += pair(&terms[k], fund, spot, strike[i], &out[n]);
        }
    }
    ASSERT(n <= SIM_CHAIN_MAX);
    return n;
}
