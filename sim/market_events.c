/* See market_internal.h: what companies do. Listings, takeovers and failures are fixed by the seed before the
 * first day; splits follow the price; dividends and reports come each quarter. All of it is fair: what a
 * takeover adds and a failure takes is worth nothing to who holds everything, a dividend leaves the price by
 * what it pays. */
#include <stdio.h>

#include "base/assert.h"
#include "quant/math/qmath.h"
#include "sim/market_internal.h"

enum { QUARTER = 63, YEAR = 252, DEAL_SESSIONS = 40, DAYS_NEVER = 1 << 30 };
static const f64 LISTED_LATER = 0.06; /* part of the stocks */
static const f64 ENDS_A_YEAR = 0.05;
static const f64 IS_TAKEOVER = 0.75;
static const f64 DEAL_UP = 0.20;   /* 3/4 x 20 % up and... */
static const f64 FAIL_DOWN = 0.60; /* ...1/4 x 60 % down come to nothing */
static const f64 DEAL_CALM = 0.08; /* what is left of its movements once a price is agreed */
static const f64 PAYS = 0.5;
static const f64 YIELD_LEAST = 0.005;
static const f64 YIELD_SPAN = 0.035;
static const i64 SPLIT_CENTS = 40000; /* above: four for one, or ten for one */
static const i64 SPLIT_TEN_CENTS = 150000;
static const i64 REVERSE_CENTS = 250; /* below: one for ten */

/* Sessions of a quarter, or of anything else that is that long in a market of ordinary pace. */
static i32 paced(const sim_market_t *m, i32 sessions)
{
    return MAX_OF((i32)((f64)sessions / m->spec.events), 2);
}

/* Draws of the long run; the session is no part of their key. */
static f64 fixed_unit(const sim_market_t *m, u32 row, u64 n)
{
    rng_key_t key = {.seed = m->spec.seed, .purpose = RNG_MARKET_SETUP, .entity = row};
    return rng_unit(key, DRAW_COMPANY + n);
}

i32 sim_market_quarter(const sim_market_t *m)
{
    ASSERT(m != NULL && m->spec.events > 0);
    return paced(m, QUARTER);
}

void sim_market_events_setup(sim_market_t *m)
{
    ASSERT(m != NULL);
    u32 days = m->spec.history_sessions + m->spec.warmup_sessions + m->spec.sessions;
    for (u32 i = 0; i < m->rows; i++) {
        sim_company_t *c = &m->company[i];
        *c = (sim_company_t){.first_day = -1, .last_day = DAYS_NEVER, .deal_day = DAYS_NEVER};
        if (m->spec.events == 0.0 || i == m->proxy) {
            continue;
        }
        if (fixed_unit(m, i, 0) < LISTED_LATER) {
            c->first_day = (i32)(fixed_unit(m, i, 1) * (f64)days);
        }
        f64 years = -q_log(q_max(fixed_unit(m, i, 2), 1e-9)) / (ENDS_A_YEAR * m->spec.events);
        i32 start = MAX_OF(c->first_day, 0);
        if (years * YEAR < (f64)days) {
            c->deal_day = start + (i32)(years * YEAR) + 1;
            c->last_day = c->deal_day + paced(m, DEAL_SESSIONS);
        }
        c->takeover = fixed_unit(m, i, 3) < IS_TAKEOVER;
        c->report_phase = (i32)(fixed_unit(m, i, 4) * paced(m, QUARTER));
        c->pay_phase = (i32)(fixed_unit(m, i, 5) * paced(m, QUARTER));
        c->yield = fixed_unit(m, i, 6) < PAYS ? YIELD_LEAST + YIELD_SPAN * fixed_unit(m, i, 7) : 0.0;
    }
}

static void act(sim_market_t *m, action_kind_t kind, u32 row, const session_t *s, const i64 *n)
{
    ASSERT(m->action_count < COUNT_OF(m->actions));
    m->actions[m->action_count++] = (action_t){.t_known = s->open,
                                               .ratio_num = n[0],
                                               .ratio_den = n[1],
                                               .amount = {n[2]},
                                               .ex_date = s->date,
                                               .inst = (inst_t)row,
                                               .kind = (u16)kind};
}

static void tell(sim_market_t *m, sim_news_kind_t kind, u32 row, const session_t *s, f64 size)
{
    ASSERT(m->news_count < COUNT_OF(m->news));
    m->news[m->news_count++] = (sim_news_t){.inst = (inst_t)row,
                                            .kind = kind,
                                            .t_known = s->open - SIM_NEWS_BEFORE_MIN * NS_PER_MIN,
                                            .size = size};
}

static void split_maybe(sim_market_t *m, u32 i, const session_t *s)
{
    i64 num = m->cents[i] > SPLIT_TEN_CENTS ? 10 : m->cents[i] > SPLIT_CENTS ? 4 : 1;
    i64 den = m->cents[i] > 0 && m->cents[i] < REVERSE_CENTS ? 10 : 1;
    if (num == den) {
        return;
    }
    m->price[i] *= (f64)den / (f64)num;
    m->cents[i] = sim_market_cents(m->price[i]);
    act(m, ACTION_SPLIT, i, s, (i64[3]){num, den, 0});
    tell(m, SIM_NEWS_SPLIT, i, s, (f64)num / (f64)den);
}

/* Cents that row i pays in the session `day` at its present price, by what is known in the session `known`.
 */
static i64 dividend_of(const sim_market_t *m, u32 i, i32 day, i32 known)
{
    const sim_company_t *c = &m->company[i];
    i64 cents = (i64)((f64)m->cents[i] * c->yield / 4.0 + 0.5);
    return i == m->proxy || day % paced(m, QUARTER) != c->pay_phase || known >= c->deal_day ? 0 : cents;
}

f64 sim_market_forward(const sim_market_t *m, u32 i, u32 sessions)
{
    ASSERT(m != NULL && i < m->rows);
    i32 next = (i32)(m->history_done + m->sessions_done);
    f64 forward = 1.0;
    for (u32 k = 0; m->spec.events > 0 && k < sessions; k++) {
        forward *= 1.0 - (f64)dividend_of(m, i, next + (i32)k, next - 1) / (f64)m->cents[i];
    }
    return forward;
}

static void dividend_maybe(sim_market_t *m, u32 i, const session_t *s, i32 day)
{
    i64 cents = dividend_of(m, i, day, day);
    if (cents < 1) {
        return;
    }
    m->price[i] -= (f64)cents / 100.0;
    m->cents[i] = sim_market_cents(m->price[i]);
    act(m, ACTION_DIVIDEND, i, s, (i64[3]){1, 1, cents * (PRICE_SCALE / 100)});
}

bool sim_market_reports(const sim_market_t *m, u32 i, i32 day, i32 known)
{
    const sim_company_t *c = &m->company[i];
    return i != m->proxy && day % paced(m, QUARTER) == c->report_phase && known <= c->deal_day;
}

/* The move that comes with news overnight, as a logarithm: the price opens there. */
static f64 jump_of(sim_market_t *m, u32 i, const session_t *s, i32 day)
{
    const sim_company_t *c = &m->company[i];
    if (day == c->deal_day) {
        f64 calm = c->takeover ? DEAL_CALM : 1.0;
        m->beta[i] *= calm;
        m->sector_load[i] *= calm;
        m->sigma_own[i] *= calm;
        tell(m, c->takeover ? SIM_NEWS_TAKEOVER : SIM_NEWS_FAILURE, i, s, c->takeover ? DEAL_UP : -FAIL_DOWN);
        return q_log(c->takeover ? 1.0 + DEAL_UP : 1.0 - FAIL_DOWN);
    }
    if (!sim_market_reports(m, i, day, day)) {
        return 0.0;
    }
    f64 size = SIM_REPORT_SIZE * m->sigma_own[i];
    rng_key_t key = {
        .seed = m->spec.seed, .purpose = RNG_MARKET_JUMP, .entity = i, .cycle = (u64)(u32)s->date};
    f64 up = size * q_norm_inv(rng_unit(key, DRAW_GAP));
    tell(m, SIM_NEWS_REPORT, i, s, up);
    return up - 0.5 * size * size;
}

void sim_market_events_begin(sim_market_t *m, const session_t *s)
{
    ASSERT(m != NULL && s != NULL && m->spec.events > 0);
    i32 day = (i32)(m->history_done + m->sessions_done);
    m->action_count = 0;
    m->news_count = 0;
    m->absent_count = 0;
    for (u32 i = 0; i < m->rows; i++) {
        const sim_company_t *c = &m->company[i];
        bool was_there = day > 0 && !m->absent[i];
        m->absent[i] = day < c->first_day || day > c->last_day;
        m->absent_count += m->absent[i] ? 1 : 0;
        m->jump[i] = 0.0;
        if (i == m->proxy) {
            continue;
        }
        if (m->absent[i]) {
            if (was_there) { /* paid at the last price: neither gain nor loss for who held to the end */
                act(m, ACTION_PAYOUT, i, s, (i64[3]){1, 1, m->cents[i] * (PRICE_SCALE / 100)});
                tell(m, SIM_NEWS_GONE, i, s, 0.0);
            }
            continue;
        }
        if (day == c->first_day) {
            tell(m, SIM_NEWS_LISTED, i, s, 0.0);
        } else if (day > 0) {
            split_maybe(m, i, s);
            dividend_maybe(m, i, s, day);
            m->jump[i] = jump_of(m, i, s, day);
        }
    }
}

u32 sim_market_news(const sim_market_t *m, const sim_news_t **out)
{
    ASSERT(m != NULL && out != NULL);
    *out = m->news;
    return m->spec.events > 0 ? m->news_count : 0;
}

i32 sim_market_headline(const sim_market_t *m, const sim_news_t *n, char *out, size_t size)
{
    ASSERT(m != NULL && n != NULL && out != NULL && n->inst < m->rows);
    static const char *const words[] = {[SIM_NEWS_REPORT] = "reports its quarter",
                                        [SIM_NEWS_TAKEOVER] = "agrees to be bought",
                                        [SIM_NEWS_FAILURE] = "warns that it may not go on",
                                        [SIM_NEWS_SPLIT] = "splits its shares",
                                        [SIM_NEWS_LISTED] = "is listed",
                                        [SIM_NEWS_GONE] = "is no longer listed"};
    const char *name = m->instruments[n->inst].symbol;
    if (n->kind == SIM_NEWS_REPORT) {
        return snprintf(out, size, "%s %s; the figures are %s than expected", name, words[n->kind],
                        n->size >= 0 ? "better" : "worse");
    }
    return snprintf(out, size, "%s %s", name, words[n->kind]);
}
