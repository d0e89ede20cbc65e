/* See market.h. */
#include "sim/market.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "sim/market_internal.h"

/* Goes into the digest: raise it whenever the same specification would give other bars. */
enum { SIM_VERSION = 2, TELLS_VERSION = 2, EDGE_VERSION = 2 /* of markets with an edge alone */ };

sim_market_spec_t sim_market_spec_default(u64 seed)
{
    return (sim_market_spec_t){.seed = seed,
                               .start = date_from_ymd(2025, 1, 2),
                               .stocks = 50,
                               .history_sessions = 300,
                               .warmup_sessions = 25,
                               .sessions = 5,
                               .edge = SIM_EDGE_NONE,
                               .edge_strength = 0.25};
}

err_t sim_market_edge_parse(str_t text, sim_market_edge_t *out, f64 *strength)
{
    ASSERT(out != NULL && strength != NULL);
    str_t name = text;
    str_t much;
    f64 v = *strength;
    if (str_cut(text, ':', &name, &much)) {
        if (str_to_f64(much, &v) != ERR_OK || !(v > 0.0 && v <= SIM_EDGE_MOST) ||
            str_eq_c(name, sim_market_edge_name(SIM_EDGE_NONE))) {
            return ERR_PARAM_RANGE;
        }
    }
    *strength = v;
    for (sim_market_edge_t e = SIM_EDGE_NONE; e <= SIM_EDGE_MOMENTUM; e++) {
        if (str_eq_c(name, sim_market_edge_name(e))) {
            *out = e;
            return ERR_OK;
        }
    }
    return ERR_UNKNOWN_KEY;
}

const char *sim_market_edge_name(sim_market_edge_t edge)
{
    switch (edge) {
    case SIM_EDGE_NONE:
        return "none";
    case SIM_EDGE_MOMENTUM:
        return "momentum";
    }
    return "unknown";
}

bool sim_market_may_start(date_t start)
{
    return start >= date_from_ymd(1998, 1, 2) && start <= date_from_ymd(2100, 1, 1);
}

static err_t spec_check(const sim_market_spec_t *s, diag_t *diag)
{
    if (s->stocks < 1 || s->stocks > SIM_STOCKS_MAX) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: %u stocks asked, 1 to %d are possible",
                         s->stocks, SIM_STOCKS_MAX);
    }
    if (s->history_sessions > SIM_HISTORY_MAX) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: %u days of history asked, %d are possible",
                         s->history_sessions, SIM_HISTORY_MAX);
    }
    if (s->warmup_sessions > SIM_SESSIONS_MAX || s->sessions > SIM_SESSIONS_MAX) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: at most %d sessions are possible",
                         SIM_SESSIONS_MAX);
    }
    if (!sim_market_may_start(s->start)) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: the start must lie between 1998 and 2100");
    }
    if (s->edge != SIM_EDGE_NONE && s->edge != SIM_EDGE_MOMENTUM) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: no such edge; use none or momentum");
    }
    if (!(s->halts >= 0.0 && s->halts <= 100.0)) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: halts must lie in 0..100");
    }
    if (!(s->events >= 0.0 && s->events <= 20.0)) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: events must lie in 0..20");
    }
    if (!(s->edge_strength >= 0.0 && s->edge_strength <= SIM_EDGE_MOST)) {
        return diag_fail(diag, ERR_PARAM_RANGE, "simulated market: the edge's strength must lie in 0..4 A");
    }
    return ERR_OK;
}

static void plan_sessions(sim_market_t *m)
{
    m->first_minute = calendar_next(CAL_NYSE, m->spec.start - 1, I64_MAX);
    m->first_history = m->first_minute;
    for (u32 k = 0; k < m->spec.history_sessions; k++) {
        m->first_history = calendar_previous(CAL_NYSE, m->first_history.date, I64_MAX);
    }
    session_t s = m->first_minute;
    for (u32 k = 0; k < m->spec.warmup_sessions; k++) {
        s = calendar_next(CAL_NYSE, s.date, I64_MAX);
    }
    m->trading_from = s.date;
}

err_t sim_market_open(const sim_market_spec_t *spec, diag_t *diag, sim_market_t **out)
{
    ASSERT(spec != NULL && out != NULL);
    TRY(spec_check(spec, diag));
    sim_market_t *m = calloc(1, sizeof *m);
    if (m == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "simulated market: no memory for %u stocks", spec->stocks);
    }
    m->spec = *spec;
    plan_sessions(m);
    sim_market_rewind(m);
    *out = m;
    return ERR_OK;
}

void sim_market_close(sim_market_t *m)
{
    free(m);
}

void sim_market_rewind(sim_market_t *m)
{
    ASSERT(m != NULL);
    m->history_done = 0;
    m->sessions_done = 0;
    m->ordinal = 0;
    m->session = (session_t){0};
    m->minute = 0;
    m->minutes = 0;
    m->regime = 1;
    m->mood = (sim_mood_t){0.0, 0.0};
    m->market_gap = 0.0;
    memset(m->factor, 0, sizeof m->factor);
    memset(m->own, 0, sizeof m->own);
    memset(m->activity, 0, sizeof m->activity);
    memset(m->flow, 0, sizeof m->flow);
    sim_market_setup_rows(m); /* companies change it as they go */
    sim_market_events_setup(m);
    memset(m->absent, 0, sizeof m->absent);
    m->absent_count = 0;
    m->action_count = 0;
    m->news_count = 0;
    m->bulletin_count = 0;
    memset(m->halt, 0, sizeof m->halt);
    memset(m->dark, 0, sizeof m->dark);
    m->market_kind = HALT_NONE;
    m->told_count = 0;
    m->dark_count = 0;
    for (u32 f = 0; f < SIM_FACTORS; f++) {
        m->factor[f].fast = 1.0;
    }
    for (u32 i = 0; i < m->rows; i++) {
        m->own[i].fast = 1.0;
        m->price[i] = m->price_start[i];
    }
}

static session_t session_following(const sim_market_t *m)
{
    if (m->minutes == 0) {
        return m->spec.history_sessions > 0 ? m->first_history : m->first_minute;
    }
    return calendar_next(CAL_NYSE, m->session.date, I64_MAX);
}

/* The rows that have a bar: neither absent nor, by the minute, dark. */
static void slice_lit(sim_market_t *m, bool minute, slice_t *out)
{
    u32 n = 0;
    for (u32 i = 0; i < m->rows; i++) {
        if (!m->absent[i] && !(minute && m->dark[i])) {
            m->lit_ids[n] = m->ids[i];
            m->lit_bars[n++] = m->bars[i];
        }
    }
    out->count = n;
    out->inst = m->lit_ids;
    out->bar = m->lit_bars;
}

static void slice_fill(sim_market_t *m, timeframe_t tf, slice_t *out)
{
    *out = (slice_t){.t_known = m->bars[0].t_known,
                     .t_open = m->bars[0].t_event,
                     .session = m->session.date,
                     .timeframe = tf,
                     .ordinal = m->ordinal,
                     .count = m->rows,
                     .inst = m->ids,
                     .bar = m->bars,
                     .session_last = m->minute == m->minutes};
    bool minute = tf == TF_1M;
    if (m->absent_count > 0 || (minute && m->dark_count > 0)) {
        slice_lit(m, minute, out);
    }
    if (m->spec.halts > 0 && minute) {
        sim_market_halts_slice(m, out);
    }
    if (out->count > 0) {
        out->bulletin = m->bulletins;
        out->bulletin_count = m->bulletin_count;
        m->bulletin_count = 0; /* likewise */
    }
    if (m->action_count > 0) {
        out->action = m->actions;
        out->action_count = m->action_count;
        m->action_count = 0; /* with the first slice of the session */
    }
    m->ordinal++;
}

static err_t sim_market_next(void *ctx, slice_t *out, diag_t *diag)
{
    sim_market_t *m = ctx;
    (void)diag; /* nothing outside can go wrong */
    ASSERT(m != NULL && out != NULL);
    bool between = m->minute == m->minutes;
    if (between && m->spec.tells && m->spec.events > 0) {
        sim_market_bulletins_end(m);
    }
    if (between && m->history_done < m->spec.history_sessions) {
        session_t s = session_following(m);
        sim_market_day_begin(m, &s);
        sim_market_day_bars(m);
        m->history_done++;
        slice_fill(m, TF_1D, out);
        return ERR_OK;
    }
    if (between) {
        if (m->sessions_done == m->spec.warmup_sessions + m->spec.sessions) {
            return ERR_EMPTY;
        }
        session_t s = session_following(m);
        sim_market_day_begin(m, &s);
        if (m->spec.tells && m->spec.events > 0) {
            sim_market_bulletins_begin(m);
        }
        m->sessions_done++;
    }
    do {
        sim_market_minute_bars(m);
    } while (m->dark_count == m->rows); /* the whole market is halted: nothing is known of such a minute */
    slice_fill(m, TF_1M, out);
    return ERR_OK;
}

static digest_t spec_digest(const sim_market_spec_t *s)
{
    u8 buffer[128];
    writer_t w = writer_of(buffer, sizeof buffer);
    put_str(&w, STR("simulated market"));
    put_u32(&w, SIM_VERSION);
    put_u64(&w, s->seed);
    put_i64(&w, s->start);
    put_u32(&w, s->stocks);
    put_u32(&w, s->history_sessions);
    put_u32(&w, s->warmup_sessions);
    put_u32(&w, s->sessions);
    put_u32(&w, (u32)s->edge);
    put_f64(&w, s->edge_strength);
    if (s->edge != SIM_EDGE_NONE) {
        put_u32(&w, EDGE_VERSION);
    }
    put_u8(&w, s->plain_gaussian);
    if (s->halts > 0 || s->events > 0) {
        put_f64(&w, s->halts);
    }
    if (s->events > 0) {
        put_f64(&w, s->events);
    }
    if (s->tells) {
        put_u8(&w, TELLS_VERSION);
    }
    ASSERT(!w.full);
    return digest_of(buffer, w.used);
}

source_t sim_market_source(sim_market_t *m)
{
    ASSERT(m != NULL);
    return (source_t){.ctx = m,
                      .next = sim_market_next,
                      .instruments = m->instruments,
                      .instrument_count = m->rows,
                      .timeframe = TF_1M,
                      .proxy = m->proxy,
                      .tells_halts = m->spec.halts > 0,
                      .content = spec_digest(&m->spec)};
}

date_t sim_market_trading_from(const sim_market_t *m)
{
    ASSERT(m != NULL);
    return m->trading_from;
}

u32 sim_market_planted(const sim_market_t *m, date_t session, planted_t *out, u32 capacity)
{
    ASSERT(m != NULL && (out != NULL || capacity == 0));
    session_t s;
    u32 count = 0;
    if (session < m->first_minute.date || !calendar_session(CAL_NYSE, session, I64_MAX, &s)) {
        return 0;
    }
    for (u32 i = 0; i < m->rows; i++) {
        planted_t plant;
        if (!sim_market_day_plant(m, (inst_t)i, &s, &plant)) {
            continue;
        }
        if (count < capacity) {
            out[count] = plant;
        }
        count++;
    }
    ASSERT(count <= m->rows);
    return count;
}
