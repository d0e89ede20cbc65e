/* See market_internal.h: what the simulated companies are heard to say, as the engine hears it
 * (model/bulletin.h). Headlines and results come with the news of the session; a company tells the day of its
 * results two weeks ahead. Sentiments are the sign and the size of what happened, as a reader of the news
 * would judge it: never what the price does later in the day. A quarter of an hour after each close it is
 * known what the options of the market say (chain.h). */
#include "base/assert.h"
#include "drivers/chain_told.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "sim/chain.h"
#include "sim/market_internal.h"

enum { SIM_AHEAD = 10 /* sessions */, CALENDAR_BEFORE_MIN = 95, COVERS_BEFORE_MIN = 100, SIM_RANKED = 252 };
#define FULL_MOVE 0.10 /* of a price: a sentiment of one */

static bulletin_t *add(sim_market_t *m, const bulletin_t *b)
{
    ASSERT(m->bulletin_count < COUNT_OF(m->bulletins));
    bulletin_t *to = &m->bulletins[m->bulletin_count++];
    *to = *b;
    return to;
}

static void cover(sim_market_t *m)
{
    static const bulletin_kind_t kinds[] = {BULLETIN_NEWS,     BULLETIN_REPORT, BULLETIN_CALENDAR,
                                            BULLETIN_IV,       BULLETIN_GAMMA,  BULLETIN_FLIP,
                                            BULLETIN_MAX_PAIN, BULLETIN_MOVE};
    i64 t = m->session.open - COVERS_BEFORE_MIN * NS_PER_MIN;
    for (u32 i = 0; i < COUNT_OF(kinds); i++) {
        (void)add(
            m,
            &(bulletin_t){
                .t_known = t, .t_event = t, .inst = INST_NONE, .kind = BULLETIN_COVERS, .value = kinds[i]});
    }
}

/* Who reports `ahead` sessions from now, in a session of that date. */
static void announce(sim_market_t *m, i32 day, i32 ahead, const session_t *then)
{
    for (u32 i = 0; i < m->rows; i++) {
        if (!m->absent[i] && sim_market_reports(m, i, day + ahead, day)) {
            (void)add(m, &(bulletin_t){.t_known = m->session.open - CALENDAR_BEFORE_MIN * NS_PER_MIN,
                                       .t_event = then->open,
                                       .value = BULLETIN_NO_VALUE,
                                       .inst = (inst_t)i,
                                       .kind = BULLETIN_CALENDAR,
                                       .text = "will report its quarter"});
        }
    }
}

static void calendar(sim_market_t *m, i32 day, bool first)
{
    session_t s = m->session;
    i32 ahead = MIN_OF((i32)SIM_AHEAD, sim_market_quarter(m) - 1); /* not before the results in between */
    for (i32 k = 1; k <= ahead; k++) {
        s = calendar_next(CAL_NYSE, s.date, I64_MAX);
        if (first || k == ahead) {
            announce(m, day, k, &s);
        }
    }
}

static i64 sentiment_of(const sim_news_t *n)
{
    f64 s = 0;
    switch (n->kind) {
    case SIM_NEWS_REPORT:
    case SIM_NEWS_TAKEOVER:
    case SIM_NEWS_FAILURE:
        s = q_clamp(n->size / FULL_MOVE, -1.0, 1.0);
        return (i64)(s * BULLETIN_SCALE);
    case SIM_NEWS_SPLIT:
    case SIM_NEWS_LISTED:
    case SIM_NEWS_GONE:
    default:
        return BULLETIN_NO_VALUE;
    }
}

static void news(sim_market_t *m)
{
    for (u32 i = 0; i < m->news_count; i++) {
        const sim_news_t *n = &m->news[i];
        bool report = n->kind == SIM_NEWS_REPORT;
        bulletin_t *b = add(m, &(bulletin_t){.t_known = n->t_known,
                                             .t_event = n->t_known,
                                             .value = sentiment_of(n),
                                             .inst = n->inst,
                                             .kind = report ? BULLETIN_REPORT : BULLETIN_NEWS});
        (void)sim_market_headline(m, n, b->text, sizeof b->text);
    }
}

/* ---- option chains ---- */

void sim_market_bulletins_end(sim_market_t *m)
{
    ASSERT(m != NULL && m->spec.tells && m->spec.events > 0 && m->minute == m->minutes);
    u32 before = m->spec.history_sessions + m->spec.warmup_sessions;
    i32 left = (i32)before - (i32)(m->history_done + m->sessions_done);
    bool whole = left <= 1; /* what is known when trading begins, and the one before to hold it against */
    m->bulletin_count = 0;
    if (m->session.date == 0 || left >= SIM_RANKED) {
        return;
    }
    sim_chain_digests(m, whole, m->digests);
    for (u32 i = 0; i < m->rows; i++) {
        bulletin_t b[CHAIN_BULLETINS];
        chain_told_t told = {.inst = (inst_t)i,
                             .t_event = m->session.close,
                             .t_known = m->session.close + SIM_VIX_LATE_MIN * NS_PER_MIN};
        u32 n = chain_told(&m->digests[i], &told, b);
        for (u32 k = 0; k < n; k++) {
            (void)add(m, &b[k]);
        }
    }
}

void sim_market_bulletins_begin(sim_market_t *m)
{
    ASSERT(m != NULL && m->spec.tells && m->spec.events > 0);
    bool first = m->sessions_done == 0;
    i32 day = (i32)(m->history_done + m->sessions_done);
    if (first) {
        cover(m);
    }
    calendar(m, day, first);
    news(m);
}
