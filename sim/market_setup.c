/* See market_internal.h: who is listed, how it moves in the long run, what it costs and how much of it
 * trades. */
#include "sim/market_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

static const char PROXY_SYMBOL[] = "SPY";

/* Daily standard deviations of a large US stock's parts, after the orders of magnitude in J. Campbell, M.
 * Lettau, B. Malkiel and Y. Xu, "Have individual stocks become more volatile?", Journal of Finance, 2001. */
static const f64 SIGMA_MARKET = 0.0108;
static const f64 SIGMA_SECTOR = 0.0055;
static const f64 SIGMA_OWN = 0.0200;
static const f64 SIGMA_TRACKING = 0.0003;
static const f64 DOLLARS_MEDIAN = 6.0e7;
static const f64 DOLLARS_MIN = 8.0e6;
static const f64 DOLLARS_MAX = 2.5e9;
static const f64 PRICE_MIN = 5.0;
static const f64 PRICE_MAX = 400.0;

f64 sim_market_unit(const sim_market_t *m, u32 purpose, u32 entity, u64 n)
{
    u64 cycle = (u64)(u32)m->session.date;
    rng_key_t key = {.seed = m->spec.seed, .purpose = purpose, .entity = entity, .cycle = cycle};
    return ((f64)(rng_at(key, n) >> 12) + 0.5) * 0x1.0p-52; /* never 0 and never 1 */
}

f64 sim_market_normal(const sim_market_t *m, u32 purpose, u32 entity, u64 n)
{
    return q_norm_inv(sim_market_unit(m, purpose, entity, n));
}

/* The k-th made-up name: four letters, pronounceable up to a last letter that real names seldom have. The
 * stride is prime to the number of names, so no name comes twice and neighbours do not look alike. */
static void name_of(u32 k, char out[LIMIT_SYMBOL])
{
    static const char first[] = "BDFGHKLMNPRTVZ";
    static const char vowel[] = "AEIOU";
    static const char last[] = "QXZV";
    enum { FIRSTS = sizeof first - 1, VOWELS = sizeof vowel - 1, LASTS = sizeof last - 1 };
    enum { NAMES = FIRSTS * VOWELS * FIRSTS * LASTS, STRIDE = 1009 };
    _Static_assert((int)NAMES > (int)SIM_STOCKS_MAX && NAMES % STRIDE != 0, "more names than stocks");
    ASSERT(k < NAMES);
    u32 n = (k * STRIDE + 377) % NAMES;
    memset(out, 0, LIMIT_SYMBOL);
    out[0] = first[n % FIRSTS];
    out[1] = vowel[n / FIRSTS % VOWELS];
    out[2] = first[n / (FIRSTS * VOWELS) % FIRSTS];
    out[3] = last[n / (FIRSTS * VOWELS * FIRSTS)];
}

static int by_symbol(const void *a, const void *b)
{
    return strcmp(((const instrument_t *)a)->symbol, ((const instrument_t *)b)->symbol);
}

static void list_instruments(sim_market_t *m)
{
    for (u32 i = 0; i < m->rows; i++) {
        instrument_t *x = &m->instruments[i];
        bool proxy = i == m->spec.stocks;
        *x = (instrument_t){.cls = proxy ? CLASS_ETF : CLASS_STOCK,
                            .calendar = CAL_NYSE,
                            .tick = {PRICE_SCALE / 100},
                            .multiplier = 1,
                            .sector = (u16)(proxy ? 0 : 1 + i % SIM_SECTORS),
                            .flags = proxy ? INST_OWN_SECTOR : 0};
        if (proxy) {
            memcpy(x->symbol, PROXY_SYMBOL, sizeof PROXY_SYMBOL);
        } else {
            name_of(i, x->symbol);
        }
    }
    qsort(m->instruments, m->rows, sizeof m->instruments[0], by_symbol);
}

static f64 setup_normal(const sim_market_t *m, u32 row, u64 n)
{
    return sim_market_normal(m, RNG_MARKET_SETUP, row, n);
}

static void describe_stock(sim_market_t *m, u32 i)
{
    f64 log_low = q_log(PRICE_MIN);
    f64 log_high = q_log(PRICE_MAX);
    m->beta[i] = q_clamp(1.0 + 0.3 * setup_normal(m, i, 0), 0.4, 1.8);
    m->sector_load[i] = q_clamp(1.0 + 0.3 * setup_normal(m, i, 1), 0.3, 1.7);
    m->sigma_own[i] = SIGMA_OWN * q_exp(q_clamp(0.45 * setup_normal(m, i, 2), -0.7, 1.0));
    m->price_start[i] = q_exp(log_low + (log_high - log_low) * sim_market_unit(m, RNG_MARKET_SETUP, i, 3));
    m->dollars[i] = q_clamp(DOLLARS_MEDIAN * q_exp(1.2 * setup_normal(m, i, 4)), DOLLARS_MIN, DOLLARS_MAX);
}

static void describe_proxy(sim_market_t *m, u32 i)
{
    m->proxy = (inst_t)i;
    m->beta[i] = 1.0;
    m->sector_load[i] = 0.0;
    m->sigma_own[i] = SIGMA_TRACKING;
    m->price_start[i] = PRICE_MAX;
    m->dollars[i] = DOLLARS_MAX;
}

void sim_market_setup_rows(sim_market_t *m)
{
    ASSERT(m != NULL);
    ASSERT(m->spec.stocks >= 1 && m->spec.stocks <= SIM_STOCKS_MAX);
    m->rows = m->spec.stocks + 1;
    m->proxy = INST_NONE;
    m->session = (session_t){0}; /* the long run does not depend on a day */
    list_instruments(m);
    for (u32 i = 0; i < m->rows; i++) {
        m->ids[i] = (inst_t)i;
        if (m->instruments[i].cls == CLASS_ETF) {
            describe_proxy(m, i);
        } else {
            describe_stock(m, i);
        }
        if (m->spec.plain_gaussian) {
            m->beta[i] = 0.0;
            m->sector_load[i] = 0.0;
            m->sigma_own[i] = SIGMA_OWN;
        }
        f64 market = m->beta[i] * SIGMA_MARKET;
        f64 sector = m->sector_load[i] * SIGMA_SECTOR;
        m->sigma_all[i] = q_sqrt(market * market + sector * sector + m->sigma_own[i] * m->sigma_own[i]);
    }
    m->sigma_factor[0] = SIGMA_MARKET;
    for (u32 f = 1; f < SIM_FACTORS; f++) {
        m->sigma_factor[f] = SIGMA_SECTOR;
    }
    ASSERT(m->proxy != INST_NONE);
}
