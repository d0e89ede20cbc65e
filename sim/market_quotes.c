/* See market.h: bid, ask and sizes at the end of a minute. They are computed when asked, from the state
 * behind the minute's bars and from draws of a purpose of their own, so that nobody who does not ask pays,
 * and no bar is another for it. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "sim/market_internal.h"

/* How wide by price and volume, and how deep: fitted by hand to the recorded quotes of seven US stocks
 * (docs/simulated-market.md has them and how far they lie from it). */
static const f64 LAW_BPS = 1.26;
static const f64 LAW_VOLUME = -0.5;
static const f64 LAW_PRICE = 0.72;
static const f64 LAW_LOTS = 2.5;
static const f64 LAW_SHARES = 0.4;
static const f64 DEEPEST = 0.02; /* cents: what is narrower than that is not deeper */

static const f64 LEVEL = 0.98;      /* what clock, noise and rounding add to a day's mean is taken off */
static const f64 NAME_SD = 0.12;    /* of a name against the law, for good */
static const f64 NOISE_SD = 0.46;   /* of a minute, as a logarithm, where the tick is no bound */
static const f64 NOISE_CENTS = 3.0; /* and that is from here on */
static const f64 NOISE_KEEP = 0.12;
static const f64 SIZE_NAME = 0.9; /* a name's depth against the law, as a logarithm, at most */
static const f64 SIZE_LEVEL = 0.05;
static const f64 SIZE_SD = 0.72;
static const f64 SIZE_KEEP = 0.5;
static const f64 FUND_CENTS = 0.8; /* a fund is quoted within a tick */
static const f64 PLAIN_BPS = 7.0;
static const f64 PLAIN_LOTS = 5.0;
static const f64 PLAIN_SD = 0.2;

enum { QUOTE_DRAWS = 4, QUOTE_NAME = 1 << 20, QUOTE_DEPTH };
enum { QUOTE_WIDTH, QUOTE_BID, QUOTE_ASK, QUOTE_SIDE };

f64 sim_quote_law_bps(f64 price, f64 dollars)
{
    ASSERT(price > 0 && dollars > 0);
    return LAW_BPS * q_exp(LAW_VOLUME * q_log(dollars / 1e9) + LAW_PRICE * q_log(price / 100.0));
}

f64 sim_quote_law_lots(f64 price, f64 dollars)
{
    f64 cents = sim_quote_law_bps(price, dollars) * price / 100.0;
    f64 lots = LAW_LOTS * q_exp(LAW_SHARES * q_log(dollars / price / 1e6)) / q_max(cents, DEEPEST);
    return q_max(lots, 1.0);
}

/* A normal number of this minute that remembers the minute before: `keep` of it. */
static f64 noise(const sim_market_t *m, u32 i, u32 which, f64 keep)
{
    u64 n = (u64)((m->bars[0].t_event - m->session.open) / NS_PER_MIN);
    f64 now = sim_market_normal(m, RNG_MARKET_QUOTE, i, n * QUOTE_DRAWS + which);
    f64 before = n == 0 ? 0.0 : sim_market_normal(m, RNG_MARKET_QUOTE, i, (n - 1) * QUOTE_DRAWS + which);
    return (now + keep * before) / q_sqrt(1.0 + keep * keep);
}

/* Wide at the open, narrow before the close. */
static f64 clock_of(const sim_market_t *m)
{
    f64 since = (f64)((m->bars[0].t_event - m->session.open) / NS_PER_MIN);
    f64 left = (f64)m->minutes - 1.0 - since;
    return (1.0 + 2.0 * q_exp(since / -20.0)) * (1.0 - 0.6 * q_exp(left / -25.0));
}

/* What is wilder than usual, by day or by minute, is quoted wider. */
static f64 stress_of(const sim_market_t *m, u32 i)
{
    f64 day = q_clamp(m->own[i].sigma / m->sigma_own[i], 0.3, 4.0);
    return q_exp(0.2 * q_log(day) + 0.36 * q_log(m->own[i].fast));
}

static i64 width_of(const sim_market_t *m, u32 i, f64 *lots)
{
    f64 price = m->price[i];
    f64 dollars = m->dollars[i];
    if (m->spec.plain_gaussian) {
        f64 bps = PLAIN_BPS * (1.0 + PLAIN_SD * noise(m, i, QUOTE_WIDTH, 0.0));
        *lots = PLAIN_LOTS;
        return MAX_OF((i64)(price * bps / 100.0 + 0.5), 1);
    }
    rng_key_t key = {.seed = m->spec.seed, .purpose = RNG_MARKET_QUOTE, .entity = i};
    f64 name = q_exp(NAME_SD * (2.0 * rng_unit(key, QUOTE_NAME) - 1.0) * 1.7320508075688772);
    f64 cents = sim_quote_law_bps(price, dollars) * price / 100.0;
    cents = (i == m->proxy ? q_min(cents, FUND_CENTS) : cents) * name;
    f64 depth = SIZE_NAME * (2.0 * rng_unit(key, QUOTE_DEPTH) - 1.0) - SIZE_LEVEL;
    *lots = sim_quote_law_lots(price, dollars) * q_exp(depth);
    f64 sd = NOISE_SD * q_min(cents / NOISE_CENTS, 1.0);
    f64 wide =
        LEVEL * cents * clock_of(m) * stress_of(m, i) * q_exp(sd * noise(m, i, QUOTE_WIDTH, NOISE_KEEP));
    return MAX_OF((i64)(wide + 0.5), 1);
}

static i64 size_of(const sim_market_t *m, u32 i, u32 side, f64 lots)
{
    f64 size = m->spec.plain_gaussian ? lots * (1.0 + PLAIN_SD * noise(m, i, side, 0.0))
                                      : lots * q_exp(SIZE_SD * noise(m, i, side, SIZE_KEEP));
    return MAX_OF((i64)(size + 0.5), 1) * SIM_QUOTE_LOT;
}

/* The last price lies anywhere between bid and ask, both included: so whoever crosses the spread pays no less
 * and earns no more than the price is worth. */
static void quote_row(const sim_market_t *m, u32 i, sim_quote_t *q)
{
    f64 lots = 1.0;
    i64 width = width_of(m, i, &lots);
    u64 n = (u64)((m->bars[0].t_event - m->session.open) / NS_PER_MIN);
    f64 u = sim_market_unit(m, RNG_MARKET_QUOTE, i, n * QUOTE_DRAWS + QUOTE_SIDE);
    i64 below = MIN_OF((i64)(u * (f64)(width + 1)), m->cents[i] - 1);
    i64 bid = m->cents[i] - MAX_OF(below, 0);
    q->bid.v = bid * (PRICE_SCALE / 100);
    q->ask.v = (bid + width) * (PRICE_SCALE / 100);
    q->bid_size = size_of(m, i, QUOTE_BID, lots);
    q->ask_size = size_of(m, i, QUOTE_ASK, lots);
}

/* Nobody quotes what is halted. In the minute that ends in the limit state, who would trade at the band is
 * there and who would have to cross it is not. */
static void quote_halted(const sim_market_t *m, u32 i, sim_quote_t *q)
{
    const sim_halt_t *h = &m->halt[i];
    bool limit = h->kind == HALT_PAUSE && !m->dark[i] && m->market_kind == HALT_NONE;
    if (limit && h->side < 0) {
        q->ask.v = m->cents[i] * (PRICE_SCALE / 100);
        q->bid = (price_t){0};
        q->bid_size = 0;
    } else if (limit) {
        q->bid.v = m->cents[i] * (PRICE_SCALE / 100);
        q->ask = (price_t){0};
        q->ask_size = 0;
    } else if (m->dark[i] || h->kind != HALT_NONE || m->market_kind != HALT_NONE) {
        *q = (sim_quote_t){0};
    }
}

u32 sim_market_quotes(const sim_market_t *m, sim_quote_t *out)
{
    ASSERT(m != NULL && out != NULL);
    if (m->minutes == 0 || m->bars[0].t_known - m->bars[0].t_event != NS_PER_MIN) {
        return 0;
    }
    for (u32 i = 0; i < m->rows; i++) {
        out[i] = (sim_quote_t){0};
        if (m->absent[i]) {
            continue;
        }
        quote_row(m, i, &out[i]);
        if (m->spec.halts > 0) {
            quote_halted(m, i, &out[i]);
        }
        ASSERT(out[i].bid.v == 0 || out[i].ask.v == 0 || out[i].bid.v < out[i].ask.v);
    }
    return m->rows;
}
