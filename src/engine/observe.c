/* The market as slices show it: session, marks, spreads, regime. Nothing here decides; recovery calls it
 * as well as the live step. */
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "market/cost.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"

static bool regime_refresh(void *ctx)
{
    engine_t *e = ctx;
    if (e->regime.day_seen == e->session) {
        return false;
    }
    regime_daily_input_t in = {.view = &e->shared.view,
                               .proxy = e->spec.proxy,
                               .bars = e->spec.proxy_bars,
                               .bar_count = e->spec.proxy_bar_count,
                               .now = e->now,
                               .calendar = e->spec.market->calendar,
                               .session = e->session,
                               .seed = e->spec.seed,
                               .hold_days = (u32)e->config.regime_hold_days,
                               .post_min = e->config.regime_post_min};
    probe_mark_t mark = probe_begin(e->spec.probe);
    regime_daily_update(&e->regime, &in, &e->shared.regime);
    probe_end(e->spec.probe, PROBE_REGIME, mark);
    return true;
}

static bool intraday_overlay(void *ctx)
{
    engine_t *e = ctx;
    inst_t proxy = e->spec.proxy;
    const market_view_t *v = &e->shared.view;
    if (proxy == INST_NONE || e->config.profile != PROFILE_DAY ||
        view_get(v, FEATURE_PRESENT, proxy) == 0.0) {
        return false;
    }
    u32 n = REGIME_INTRADAY_BARS;
    if (e->proxy_bars == n) {
        memmove(e->proxy_open, e->proxy_open + 1, (n - 1) * sizeof *e->proxy_open);
        memmove(e->proxy_close, e->proxy_close + 1, (n - 1) * sizeof *e->proxy_close);
        memmove(e->proxy_first, e->proxy_first + 1, (n - 1) * sizeof *e->proxy_first);
        e->proxy_bars--;
    }
    e->proxy_open[e->proxy_bars] = view_get(v, FEATURE_OPEN, proxy);
    e->proxy_close[e->proxy_bars] = view_get(v, FEATURE_CLOSE, proxy);
    f64 of_session = view_get(v, FEATURE_SESSION_BARS, proxy);
    e->proxy_first[e->proxy_bars++] = of_session <= 1.0; /* whichever minute it first traded in */
    f64 z = intraday_efficiency_z(e->proxy_open, e->proxy_close, e->proxy_first, e->proxy_bars);
    intraday_bounds_t bounds = {.trending = e->config.regime_er_z_trending,
                                .choppy = e->config.regime_er_z_choppy};
    e->shared.intraday = intraday_regime_step(&e->intraday, z, e->proxy_bars, &bounds);
    f64 vwap = view_get(v, FEATURE_VWAP, proxy);
    f64 gap = view_get(v, FEATURE_CLOSE, proxy) - vwap;
    e->shared.proxy_side = vwap > 0 && of_session > 3.0 ? (gap > 0 ? 1.0 : (gap < 0 ? -1.0 : 0.0)) : 0.0;
    return true;
}

static f64 proxy_volatility(void *ctx)
{
    engine_t *e = ctx;
    regime_daily_input_t in = {
        .view = &e->shared.view, .proxy = e->spec.proxy, .bars = e->spec.proxy_bars, .now = e->now,
        .calendar = e->spec.market->calendar};
    return regime_daily_volatility(&e->regime, &in);
}

static u32 loop_faults(void *ctx, loop_faults_t out[LOOPS_MAX])
{
    engine_loop_t all[LOOPS_MAX];
    u32 n = engine_loops(ctx, all);
    for (u32 i = 0; i < n; i++) {
        const loop_count_t *c = &all[i].counts;
        out[i] = (loop_faults_t){.loop = all[i].loop,
                                 .blocked = c->blocked,
                                 .lost = c->lost,
                                 .rested = c->rested,
                                 .overruns = c->overruns};
    }
    return n;
}

loop_env_t market_env(engine_t *e, const slice_t *s, i32 slot)
{
    ASSERT(e != NULL);
    return (loop_env_t){.now = e->now,
                        .shared = &e->shared,
                        .out = &e->out,
                        .memory = &e->memory,
                        .slice = s,
                        .bar_close = slot >= 0,
                        .session_before = e->session,
                        .ctx = e,
                        .faults = loop_faults,
                        .proxy_volatility = proxy_volatility,
                        .regime_update = regime_refresh,
                        .intraday_update = intraday_overlay};
}

u32 engine_inputs_of(i32 slot)
{
    return (u32)LOOP_IN_BARS | (slot >= 0 ? (u32)LOOP_IN_DECISION : 0U);
}

void engine_loops_hear(engine_t *e, loop_hear_fn hear, const loop_word_t *w)
{
    ASSERT(e != NULL && hear != NULL && w != NULL);
    loop_env_t env = market_env(e, w->slice, w->slot);
    env.session_before = w->session_before;
    env.bulletin = w->bulletin;
    hear(&e->loops, &env, w->inputs);
    for (u32 i = 0; i < e->desk_all; i++) {
        env = desk_env(&e->desk[i], w->slice, w->slot);
        env.session_before = w->session_before;
        env.bulletin = w->bulletin;
        hear(&e->desk[i].loops, &env, w->inputs);
    }
}

void engine_loops_due(engine_t *e, const loop_word_t *w)
{
    ASSERT(e != NULL && w != NULL && w->inputs == 0);
    loop_env_t env = market_env(e, w->slice, w->slot);
    scheduler_run(&e->loops, &env, 0);
    for (u32 i = 0; i < e->desk_all; i++) {
        i = e->spec.desks_unskipped ? i : moments_due(&e->due, i, e->now);
        if (i < e->desk_all) {
            env = desk_env(&e->desk[i], w->slice, w->slot);
            desk_touch(&e->desk[i]);
            scheduler_run(&e->desk[i].loops, &env, 0);
        }
    }
}

/* Loops that only take in what came. */
static void observe(engine_t *e, const slice_t *s, i32 slot, u32 inputs)
{
    engine_loops_hear(e, scheduler_observe, &(loop_word_t){s, slot, e->session, inputs});
}

static void spreads(engine_t *e)
{
    const market_view_t *v = &e->shared.view;
    bool always = e->spec.market->calendar == CAL_CRYPTO; /* no bell rings */
    bool timed = e->config.profile == PROFILE_DAY && !always;
    f64 minute = timed ? (f64)((e->now - e->shared.session_open) / NS_PER_MIN) : -1.0;
    for (u32 first = 0; first < e->spec.market->count; first += COST_COLUMN) {
        cost_column_t in;
        f64 *out = e->shared.spread_bps + first;
        u32 n = MIN_OF(e->spec.market->count - first, (u32)COST_COLUMN);
        for (u32 i = 0; i < n; i++) {
            in.price[i] = view_get(v, FEATURE_RAW, first + i);
            in.tick[i] = price_to_f64(e->spec.market->instruments[first + i].tick);
            in.dollar_vol20[i] = view_get(v, FEATURE_DOLLAR20, first + i);
        }
        cost_spreads(&in, n, minute, out);
        for (u32 i = 0; i < n; i++) {
            out[i] *= e->config.cost_spread_mult;
        }
    }
}

/* The level is the last close that is known. A change counts on the day it happened: yesterday's jump is no
 * reason to pause today. */
static void vix_refresh(engine_t *e)
{
    const bar_t *b = e->spec.vix_bars;
    u32 n = e->spec.vix_bar_count;
    while (e->vix_at < n && b[e->vix_at].t_known <= e->now) {
        e->vix_at++;
    }
    e->shared.vix_known = e->vix_at > 1;
    if (e->vix_at < 2) {
        return;
    }
    const bar_t *last = &b[e->vix_at - 1];
    f64 before = price_to_f64(b[e->vix_at - 2].close);
    bool today = calendar_date_at(e->spec.market->calendar, last->t_known - 1) == e->shared.session;
    e->shared.vix = price_to_f64(last->close);
    e->shared.vix_move_pct = before > 0 ? 100.0 * (e->shared.vix / before - 1.0) : 0.0;
    e->shared.vix_t = last->t_known;
    e->shared.vix_change_pct = today ? e->shared.vix_move_pct : 0.0;
}

void engine_heard(engine_t *e, const bulletin_t *b)
{
    ASSERT(e != NULL && b != NULL);
    heard_take(&e->heard, b);
    e->shared.heard = &e->heard;
}

/* What strategies see of the news, once for all users. */
static void news_refresh(engine_t *e)
{
    if (e->shared.heard == NULL) {
        return;
    }
    i64 close = calendar_previous(e->spec.market->calendar, e->shared.session, e->now).close;
    for (u32 i = 0; i < e->heard.count; i++) {
        e->shared.news[i] = heard_setup(&e->heard, (inst_t)i, e->now, close);
    }
}

static void decision_bar(engine_t *e, const slice_t *s, i32 slot)
{
    e->shared.view = market_view(e->spec.market, (u32)slot);
    e->shared.view.session = s->session;
    e->counts.symbol_bars += s->count;
    vix_refresh(e);
    news_refresh(e);
    probe_mark_t mark = probe_begin(e->spec.probe);
    spreads(e);
    probe_end(e->spec.probe, PROBE_SPREADS, mark);
    mark = probe_begin(e->spec.probe);
    scan_bar_note(&e->shared, &e->config);
    probe_end(e->spec.probe, PROBE_SIGNALS, mark);
}

void engine_observe_session(engine_t *e, const slice_t *s)
{
    ASSERT(e != NULL && s != NULL);
    if (s->session != e->session) {
        session_t hours;
        /* as announced by then (decision 23) */
        if (calendar_session(e->spec.market->calendar, s->session, s->t_open, &hours)) {
            e->shared.session_open = hours.open;
            e->shared.session_close = hours.close;
        }
        e->shared.session = s->session;
        observe(e, s, -1, LOOP_IN_DAY); /* before the first fills: they belong to today */
        bunch_session_begins(e);
        e->session = s->session;
    }
    for (u32 i = 0; i < e->desk_all; i++) {
        shadow_on_actions(&e->desk[i].user, s);
    }
}

void engine_observe_rows(engine_t *e, const slice_t *s, i32 slot)
{
    ASSERT(e != NULL && s != NULL && s->count > 0);
    e->shared.now = e->now;
    for (u32 i = 0; i < e->desk_all; i++) {
        account_mark_slice(&e->desk[i].account, s);
    }
    if (slot >= 0) {
        decision_bar(e, s, slot);
    }
    observe(e, s, slot, engine_inputs_of(slot));
}

void engine_observe_end(engine_t *e, const slice_t *s, i32 slot)
{
    ASSERT(e != NULL && s != NULL && s->session_last);
    observe(e, s, slot, LOOP_IN_DAY_END);
}
