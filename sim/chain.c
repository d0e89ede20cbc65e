/* See chain.h. */
#include "sim/chain.h"

#include <string.h>

#include "base/assert.h"
#include "quant/indicators/kernels.h"
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
static const f64 NO_FURTHER = 1e-15;

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

enum { WEEKS = 4, FRIDAY = 5, STEPS_MOST = 60, WORLDS = 2 };
_Static_assert((int)WEEKS + 3 == (int)SIM_CHAIN_EXPIRIES, "four weeks and three months");

/* What is open at a strike: of the contracts that as many shares are as trade on a median day, at its round
 * strike near the money; the rest falls off over widths of the term's deviation, calls above, puts below. */
static const f64 OPEN_SHARE = 0.03;
static const f64 OPEN_WIDTH = 1.2;
static const f64 OPEN_ASIDE = 0.5;
static const f64 OPEN_WIDTHS_MOST = 2.5;
static const f64 OPEN_LEAST = 0.4; /* of the draw that each strike has of its own */
static const f64 OPEN_SPAN = 1.2;
static const f64 OPEN_FADES = 40.0; /* sessions ahead at which half as much is open */

typedef struct {
    date_t expiry;
    u32 sessions;
    f64 years;
    bool held;   /* contracts of it are open */
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

static bool is_monthly(date_t friday)
{
    i32 y = 0;
    i32 mo = 0;
    i32 d = 0;
    date_to_ymd(friday, &y, &mo, &d);
    return friday == third_friday(y, mo);
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
    terms[*count] = (term_t){.expiry = s.date,
                             .sessions = sessions_to(m, s.date),
                             .years = (f64)(s.close - m->session.close) / (f64)NS_PER_DAY / DAYS_OF_YEAR,
                             .held = *count == 0 || is_monthly(friday)};
    *count += 1;
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
 * chance p; and how fast it grows with p. */
static f64 fall_variance(f64 p, f64 j, f64 c, f64 *slope)
{
    f64 calm = q_log((1.0 - p * j) / (1.0 - p));
    f64 fall = q_log(j) - 0.5 * c;
    *slope = -2.0 * (1.0 - (1.0 - p) * j / (1.0 - p * j) - calm + fall);
    return -2.0 * ((1.0 - p) * calm + p * fall);
}

/* The chance at which it is `want`: Newton's step inside a bracket. */
static f64 fall_chance(f64 want, f64 j, f64 c)
{
    f64 low = 0.0;
    f64 high = LIKELY_MOST;
    f64 p = want > 0.0 ? 0.5 * high : 0.0;
    for (u32 k = 0; k < STEPS_MOST && want > 0.0; k++) {
        f64 slope = 0.0;
        f64 over = fall_variance(p, j, c, &slope) - want;
        *(over < 0.0 ? &low : &high) = p;
        f64 next = p - over / slope;
        next = next > low && next < high ? next : 0.5 * (low + high);
        if (q_abs(next - p) <= NO_FURTHER) {
            break;
        }
        p = next;
    }
    return p;
}

/* The two worlds of a term. The fall is the same for all terms and its chance grows with the variance, as
 * does what is left for both worlds: so a longer term's distribution is wider than a shorter one's in every
 * respect, and no call of it is cheaper. */
static void term_worlds(f64 share, f64 month, term_t *t)
{
    f64 j = q_exp(-q_min(FALL_SIZE * q_sqrt(month), FALL_MOST));
    f64 c = q_min(FALL_UNSURE * FALL_UNSURE * month, 1.0);
    f64 slope = 0.0;
    f64 p = fall_chance(share * t->variance, j, c);
    f64 rest = t->variance - fall_variance(p, j, c, &slope);
    ASSERT(rest > 0.0);
    t->part[0] = 1.0 - p;
    t->part[1] = p;
    t->mean[0] = (1.0 - p * j) / (1.0 - p);
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
    f64 near = q_exp(2.0 * sd);
    f64 far = near * near;
    u32 n = 0;
    for (f64 step = step_of(fund, spot);; step *= 2.0) {
        i64 first = MAX_OF((i64)(q_min(low, spot - 2.0 * step) / step), 1);
        i64 last = (i64)(q_max(high, spot + step) / step);
        n = 0;
        for (i64 k = first; k <= last && n < SIM_CHAIN_STRIKES; k++) {
            f64 v = (f64)k * step;
            f64 off = v > spot ? v / spot : spot / v;
            i64 every = off < near ? 1 : off < far ? 2 : 4;
            if (k % every == 0) {
                strike[n++] = v;
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

static void quote(bool fund, f64 spot, f64 value, price_t *bid, price_t *ask)
{
    f64 width = WIDTH * q_exp(0.95 * q_log(q_max(value, 0.01))) * q_sqrt(spot) * (fund ? WIDTH_FUND : 1.0);
    i64 tick = value < FINE_BELOW || fund ? FINE_TICK : COARSE_TICK;
    f64 half = 0.5 * q_min(width, WIDTH_MOST * spot);
    f64 ticks = (f64)PRICE_SCALE / (f64)tick;
    bid->v = (i64)(q_max(value - half, 0.0) * ticks) * tick;
    ask->v = ((i64)((value + half) * ticks) + 1) * tick;
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
        quote(fund, spot, out[k].greeks.value, &out[k].bid, &out[k].ask);
    }
    return 2;
}

/* Where a strike lies, in widths from the money. */
static f64 widths_off(const term_t *t, f64 spot, f64 strike)
{
    return q_abs(q_log(strike / spot)) / (OPEN_WIDTH * q_sqrt(t->variance));
}

/* Contracts that are open: made up. Peaked near the money and at round strikes, more of them the nearer the
 * term; each strike has a draw of its own that stays with it. */
static i64 open_of(const sim_market_t *m, inst_t inst, const term_t *t, f64 spot, const option_t *o)
{
    if (!t->held) {
        return 0;
    }
    f64 off = q_log(o->strike / spot) / (OPEN_WIDTH * q_sqrt(t->variance)) - o->side * OPEN_ASIDE;
    i64 steps = (i64)(o->strike / step_of(inst == m->proxy, spot) + 0.5);
    f64 round = steps % 10 == 0 ? 3.0 : steps % 5 == 0 ? 2.0 : 1.0;
    rng_key_t key = {
        .seed = m->spec.seed, .purpose = RNG_MARKET_OPEN, .entity = inst, .cycle = (u64)(u32)t->expiry};
    u64 n = (u64)(o->strike * 100.0 + 0.5) * 2 + (o->side > 0 ? 1 : 0);
    f64 own = OPEN_LEAST + OPEN_SPAN * rng_unit(key, n);
    f64 most = OPEN_SHARE * m->dollars[inst] / (100.0 * spot) / (1.0 + (f64)t->sessions / OPEN_FADES);
    return q_abs(off) > OPEN_WIDTHS_MOST ? 0 : (i64)(most * round * own * q_exp(-0.5 * off * off));
}

/* What a session's chains have in common. */
typedef struct {
    term_t term[SIM_CHAIN_EXPIRIES];
    u32 count;
    f64 premium;
    f64 month[SIM_FACTORS], days[SIM_CHAIN_EXPIRIES][SIM_FACTORS];
    bool shared[SIM_CHAIN_EXPIRIES]; /* days[i] is known */
} session_terms_t;

static session_terms_t session_terms(const sim_market_t *m)
{
    session_terms_t s = {.premium = sim_market_premium(m)};
    s.count = terms_of(m, s.term);
    sim_market_factor_days(m, SIM_VIX_SESSIONS, s.month);
    return s;
}

/* The variance of 21 sessions, and what part of a term's is the fall's. */
typedef struct {
    bool fund;
    f64 spot, month, share;
} stock_t;

static stock_t stock_of(const sim_market_t *m, inst_t inst, const session_terms_t *s)
{
    bool fund = inst == m->proxy;
    return (stock_t){.fund = fund,
                     .spot = (f64)m->cents[inst] / 100.0,
                     .month = sim_market_priced(m, inst, SIM_VIX_SESSIONS, s->premium, s->month),
                     .share = m->spec.plain_gaussian ? 0.0
                              : fund                 ? FALL_SHARE_FUND
                                                     : FALL_SHARE_STOCK};
}

static term_t term_of(const sim_market_t *m, inst_t inst, const stock_t *k, session_terms_t *s, u32 at)
{
    term_t t = s->term[at];
    if (!s->shared[at]) {
        s->shared[at] = true;
        sim_market_factor_days(m, t.sessions, s->days[at]);
    }
    t.variance = sim_market_priced(m, inst, t.sessions, s->premium, s->days[at]);
    t.forward = sim_market_forward(m, inst, t.sessions);
    term_worlds(k->share, k->month, &t);
    return t;
}

/* A session is over, and the name is listed; who is halted has no options either. */
static bool has_chain(const sim_market_t *m, inst_t inst)
{
    return m->session.date != 0 && m->minute == m->minutes && !m->absent[inst] &&
           !(m->spec.halts > 0 && m->halt[inst].kind != HALT_NONE);
}

u32 sim_chain(const sim_market_t *m, inst_t inst, sim_option_t *out)
{
    ASSERT(m != NULL && out != NULL);
    ASSERT(inst < m->rows);
    if (m->minutes == 0 || !has_chain(m, inst)) {
        return 0;
    }
    session_terms_t s = session_terms(m);
    stock_t k = stock_of(m, inst, &s);
    f64 strike[SIM_CHAIN_STRIKES];
    u32 n = 0;
    for (u32 i = 0; i < s.count; i++) {
        term_t t = term_of(m, inst, &k, &s, i);
        u32 strikes = strikes_of(&t, k.fund, k.spot, strike);
        for (u32 j = 0; j < strikes; j++) {
            u32 added = pair(&t, k.fund, k.spot, strike[j], &out[n]);
            for (u32 o = 0; o < added; o++) {
                out[n + o].open = open_of(m, inst, &t, k.spot, &out[n + o].contract);
            }
            n += added;
        }
    }
    ASSERT(n <= SIM_CHAIN_MAX);
    return n;
}

/* ---- digests: the same quotes, of no more options than they need ---- */

enum { MONTH_DAYS = 30, TENOR_LEAST = 7, AROUND = 2, AHEAD = 10, LEGS_MOST = SIM_CHAIN_MAX };

/* Of the strikes of a term, those that say something: all that contracts are open of, else two on each side
 * of the forward. */
static u32 strikes_told(const term_t *t, bool held, f64 spot, f64 *strike, u32 n)
{
    u32 above = 0;
    u32 kept = 0;
    while (above < n && strike[above] < spot * t->forward) {
        above++;
    }
    u32 from = above > AROUND ? above - AROUND : 0;
    for (u32 i = 0; i < n; i++) {
        bool near = i >= from && i < above + AROUND;
        if (near || (held && widths_off(t, spot, strike[i]) < OPEN_WIDTHS_MOST + OPEN_ASIDE)) {
            strike[kept++] = strike[i];
        }
    }
    return kept;
}

/* Of the side out of the money; those bits that value_of has. */
static void values_of(const term_t *t, f64 spot, const f64 *strike, u32 n, f64 *value)
{
    static const f64 none[SIM_CHAIN_STRIKES] = {0};
    f64 at[SIM_CHAIN_STRIKES], years[SIM_CHAIN_STRIKES], yield[SIM_CHAIN_STRIKES], sigma[SIM_CHAIN_STRIKES],
        side[SIM_CHAIN_STRIKES], part[SIM_CHAIN_STRIKES];
    option_cols_t cols = {at, strike, years, none, yield, sigma, NULL, side, n};
    f64 carry = -q_log(t->forward) / t->years;
    for (u32 w = 0; w < WORLDS; w++) {
        f64 own = q_sqrt(t->own[w] / t->years);
        for (u32 i = 0; i < n; i++) {
            at[i] = spot * t->mean[w];
            years[i] = t->years;
            yield[i] = carry;
            sigma[i] = own;
            side[i] = strike[i] >= spot * t->forward ? 1.0 : -1.0;
        }
        options_value(indicator_level_best(), &cols, &(option_out_t){.value = part});
        for (u32 i = 0; i < n; i++) {
            value[i] = (w == 0 ? 0.0 : value[i]) + t->part[w] * part[i];
        }
    }
}

/* The legs of one term as the digest reads them; nothing is open where `held` is not asked for. */
static u32 legs_of(const sim_market_t *m, inst_t inst, const stock_t *k, const term_t *t, chain_leg_t *leg)
{
    f64 strike[SIM_CHAIN_STRIKES];
    f64 value[SIM_CHAIN_STRIKES];
    u32 n = strikes_told(t, t->held, k->spot, strike, strikes_of(t, k->fund, k->spot, strike));
    u32 legs = 0;
    values_of(t, k->spot, strike, n, value);
    for (u32 i = 0; i < n; i++) {
        f64 own = strike[i] >= k->spot * t->forward ? 1.0 : -1.0;
        for (u32 s = 0; s < 2 && value[i] >= WORTH_LISTING; s++) {
            option_t o = {.strike = strike[i], .side = s == 0 ? 1.0 : -1.0};
            f64 parity = o.side * (k->spot * t->forward - strike[i]);
            price_t bid, ask;
            quote(k->fund, k->spot, o.side == own ? value[i] : value[i] + parity, &bid, &ask);
            leg[legs++] =
                (chain_leg_t){.expiry = t->expiry,
                              .side = s == 0 ? 1 : -1,
                              .strike = strike[i],
                              .price = bid.v > 0 ? (price_to_f64(bid) + price_to_f64(ask)) / 2 : 0.0,
                              .open_interest = t->held ? (f64)open_of(m, inst, t, k->spot, &o) : 0.0};
        }
    }
    return legs;
}

/* The terms next to thirty days. */
static void tenors(const session_terms_t *s, date_t today, u32 near[2])
{
    near[0] = near[1] = s->count;
    for (u32 i = 0; i < s->count; i++) {
        i32 days = s->term[i].expiry - today;
        if (days >= TENOR_LEAST && days <= MONTH_DAYS) {
            near[0] = i;
        }
        if (days > MONTH_DAYS && near[1] == s->count) {
            near[1] = i;
        }
    }
}

/* The day of the next results, if they are among the sessions ahead that a company tells of; 0. */
static date_t due_of(const sim_market_t *m, inst_t inst, const date_t ahead[AHEAD])
{
    i32 next = (i32)(m->history_done + m->sessions_done);
    for (i32 k = 0; m->spec.events > 0 && k < MIN_OF((i32)AHEAD, sim_market_quarter(m) - 1); k++) {
        if (sim_market_reports(m, inst, next + k, next - 1)) {
            return ahead[k];
        }
    }
    return 0;
}

void sim_chain_digests(const sim_market_t *m, bool whole, chain_digest_t *out)
{
    ASSERT(m != NULL && out != NULL);
    chain_leg_t leg[LEGS_MOST];
    session_terms_t s = session_terms(m);
    date_t ahead[AHEAD];
    u32 near[2];
    date_t day = m->session.date;
    for (u32 k = 0; k < AHEAD; k++) {
        ahead[k] = calendar_next(CAL_NYSE, k == 0 ? day : ahead[k - 1], I64_MAX).date;
    }
    tenors(&s, day, near);
    for (u32 i = 0; i < m->rows; i++) {
        u32 n = 0;
        date_t due = whole ? due_of(m, (inst_t)i, ahead) : 0;
        bool asked = due > 0;
        out[i] = (chain_digest_t){0};
        if (!has_chain(m, (inst_t)i)) {
            continue;
        }
        stock_t k = stock_of(m, (inst_t)i, &s);
        for (u32 j = 0; j < s.count; j++) {
            bool moves = asked && s.term[j].expiry > due;
            asked = asked && !moves;
            if (j == near[0] || j == near[1] || moves || (whole && s.term[j].held)) {
                term_t t = term_of(m, (inst_t)i, &k, &s, j);
                t.held = t.held && whole;
                n += legs_of(m, (inst_t)i, &k, &t, leg + n);
            }
        }
        chain_digest(leg, n, day, due, &out[i]);
    }
}
