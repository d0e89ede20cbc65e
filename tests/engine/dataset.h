/* A run over slices held in memory, and the tape of all its events: what the tests of determinism, of the
 * fence and of replay share. A data set is read once from any source; tests change copies of it and look at
 * what the engine did. */
#ifndef VITRINE_TESTS_ENGINE_DATASET_H
#define VITRINE_TESTS_ENGINE_DATASET_H

#include <stdlib.h>
#include <string.h>

#include "drivers/import.h"
#include "drivers/run_spec.h"
#include "drivers/runner.h"
#include "model/calendar.h"
#include "quant/indicators/indicators.h"
#include "sim/market.h"
#include "tests/store/home.h"
#include "tests/test.h"

/* Slices with rows of their own. `rows` and `acts` are where a slice's rows begin. */
typedef struct {
    source_t like; /* instruments, proxy: borrowed */
    instrument_t *own_instruments;
    slice_t *own_slice;
    bar_t *own_bar;
    inst_t *own_inst;
    action_t *own_action;
    bool *own_gone; /* the slice is left out */
    size_t *own_rows, *own_acts;
    u32 count;
    size_t bars, actions, slice_cap, bar_cap, action_cap;
    date_t trade_from;
    u32 at;
} dataset_t;

static inline void *grown(void *p, size_t size, size_t need, size_t *cap)
{
    if (need > *cap) {
        *cap = need * 2;
        p = realloc(p, *cap * size);
        assert_non_null(p);
    }
    return p;
}

static inline void dataset_add(dataset_t *d, const slice_t *s)
{
    size_t cap = d->slice_cap;
    d->own_slice = grown(d->own_slice, sizeof *d->own_slice, d->count + 1, &d->slice_cap);
    if (cap != d->slice_cap) {
        d->own_gone = realloc(d->own_gone, d->slice_cap * sizeof(bool));
        d->own_rows = realloc(d->own_rows, d->slice_cap * sizeof(size_t));
        d->own_acts = realloc(d->own_acts, d->slice_cap * sizeof(size_t));
    }
    cap = d->bar_cap;
    d->own_bar = grown(d->own_bar, sizeof(bar_t), d->bars + s->count, &d->bar_cap);
    if (cap != d->bar_cap) {
        d->own_inst = realloc(d->own_inst, d->bar_cap * sizeof(inst_t));
    }
    d->own_action = grown(d->own_action, sizeof(action_t), d->actions + s->action_count, &d->action_cap);
    for (u32 i = 0; i < s->count; i++) {
        d->own_bar[d->bars + i] = s->bar[i];
        d->own_inst[d->bars + i] = s->inst[i];
    }
    for (u32 i = 0; i < s->action_count; i++) {
        d->own_action[d->actions + i] = s->action[i];
    }
    d->own_gone[d->count] = false;
    d->own_rows[d->count] = d->bars;
    d->own_acts[d->count] = d->actions;
    d->own_slice[d->count++] = *s;
    d->bars += s->count;
    d->actions += s->action_count;
}

static inline void dataset_read(const source_t *source, dataset_t *d)
{
    diag_t diag = {0};
    slice_t s;
    *d = (dataset_t){.like = *source};
    d->own_instruments = calloc(source->instrument_count, sizeof(instrument_t));
    memcpy(d->own_instruments, source->instruments, source->instrument_count * sizeof(instrument_t));
    d->like.instruments = d->own_instruments;
    err_t err = source->next(source->ctx, &s, &diag);
    while (err == ERR_OK) {
        dataset_add(d, &s);
        err = source->next(source->ctx, &s, &diag);
    }
    CHECK_EQ(err, ERR_EMPTY);
    CHECK(d->count > 0);
}

static inline void dataset_free(dataset_t *d)
{
    free(d->own_instruments);
    free(d->own_slice);
    free(d->own_bar);
    free(d->own_inst);
    free(d->own_action);
    free(d->own_gone);
    free(d->own_rows);
    free(d->own_acts);
    *d = (dataset_t){0};
}

static inline dataset_t dataset_copy(const dataset_t *from)
{
    dataset_t d = {.like = from->like, .trade_from = from->trade_from};
    d.own_instruments = calloc(from->like.instrument_count, sizeof(instrument_t));
    memcpy(d.own_instruments, from->own_instruments, from->like.instrument_count * sizeof(instrument_t));
    d.like.instruments = d.own_instruments;
    for (u32 i = 0; i < from->count; i++) {
        slice_t s = from->own_slice[i];
        s.bar = from->own_bar + from->own_rows[i];
        s.inst = from->own_inst + from->own_rows[i];
        s.action = from->own_action + from->own_acts[i];
        dataset_add(&d, &s);
    }
    return d;
}

static inline err_t dataset_next(void *ctx, slice_t *out, diag_t *diag)
{
    dataset_t *d = ctx;
    (void)diag;
    while (d->at < d->count && d->own_gone[d->at]) {
        d->at++;
    }
    if (d->at == d->count) {
        return ERR_EMPTY;
    }
    *out = d->own_slice[d->at];
    out->bar = d->own_bar + d->own_rows[d->at];
    out->inst = d->own_inst + d->own_rows[d->at];
    out->action = d->own_action + d->own_acts[d->at];
    d->at++;
    return ERR_OK;
}

static inline source_t dataset_source(dataset_t *d)
{
    source_t s = d->like;
    s.ctx = d;
    s.next = dataset_next;
    d->at = 0;
    return s;
}

/* ---- where the slices come from ---- */

static inline void dataset_simulated(u64 seed, u32 stocks, u32 warmup, u32 sessions, dataset_t *d)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.stocks = stocks;
    spec.history_sessions = 300;
    spec.warmup_sessions = warmup;
    spec.sessions = sessions;
    spec.edge = SIM_EDGE_MOMENTUM;
    spec.edge_strength = 2.0;
    sim_market_t *m = NULL;
    diag_t diag = {0};
    CHECK_OK(sim_market_open(&spec, &diag, &m));
    source_t s = sim_market_source(m);
    date_t from = sim_market_trading_from(m);
    dataset_read(&s, d);
    d->trade_from = from;
    sim_market_close(m);
}

typedef struct {
    const char *file;
    const char *source;
    const char *symbols; /* comma separated, "" all */
    const char *proxy;
    timeframe_t timeframe;
    date_t from, trade_from, to;
} stored_t;

/* False if the recorded data is not here. */
static inline bool dataset_stored(const stored_t *w, dataset_t *d)
{
    char path[512];
    char home[HOME_SIZE];
    diag_t diag = {0};
    import_report_t report;
    if (!data_path(w->file, path, sizeof path)) {
        return false;
    }
    home_make(home);
    import_spec_t is = {.home = home, .path = path, .lenient = true, .now_ns = 1790000000LL * NS_PER_SEC};
    CHECK_OK(import_file(&is, &diag, &report));
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    run_spec_t spec = {.kind = RUN_BACKTEST,
                       .timeframe = w->timeframe,
                       .from = (i64)w->from * NS_PER_DAY,
                       .to = (i64)w->to * NS_PER_DAY,
                       .symbols = symbols};
    (void)snprintf(spec.source, sizeof spec.source, "%s", w->source);
    (void)snprintf(spec.proxy, sizeof spec.proxy, "%s", w->proxy);
    (void)snprintf(symbols, RUN_SPEC_SYMBOLS, "%s", w->symbols);
    feed_source_t *f = NULL;
    err_t err = feed_source_open(&spec, home, &diag, &f);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
    source_t s = feed_source_of(f);
    dataset_read(&s, d);
    d->trade_from = w->trade_from;
    d->like.proxy_bars = NULL; /* the proxy's own slices serve */
    d->like.proxy_bar_count = 0;
    feed_source_close(f);
    free(symbols);
    home_remove(home);
    return true;
}

/* ---- a run and its tape ---- */

enum { TAPE_MARKS = 1 << 16 };

/* All events as encoded, where each ends, and after each slice how many there were. */
typedef struct {
    u8 *own_bytes;
    size_t used, cap;
    u64 events;
    u64 kind[128];
    i64 stop_after; /* t_known; 0: to the end */
    bool past;
    u32 marks;
    struct {
        i64 t_known, t_open;
        size_t used;
        u64 events;
        bool decided;
    } * own_mark;
    struct {
        inst_t inst;
        i8 direction;
        i64 entry, stop;
    } was[LIMIT_POSITIONS]; /* after the slice before */
    u64 tightened;
} tape_t;

static inline err_t tape_append(void *ctx, event_t *e)
{
    tape_t *t = ctx;
    if (t->cap - t->used < LIMIT_EVENT_BYTES) {
        t->cap = t->cap * 2 + 2 * (size_t)LIMIT_EVENT_BYTES;
        t->own_bytes = realloc(t->own_bytes, t->cap);
        assert_non_null(t->own_bytes);
    }
    writer_t w = writer_of(t->own_bytes + t->used, t->cap - t->used);
    CHECK_OK(event_encode(e, &w));
    t->used += w.used;
    t->events++;
    t->kind[e->head.kind & 127U]++;
    return ERR_OK;
}

/* A position's stop never moves away from the market while the position is the same one; splits are left out.
 */
static inline void stops_only_tighten(tape_t *t, const account_t *a, bool split)
{
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &a->positions[i];
        bool same = p->direction != 0 && p->direction == t->was[i].direction && p->inst == t->was[i].inst &&
                    p->avg.v == t->was[i].entry && !split && t->was[i].stop != 0;
        if (same) {
            CHECK((p->stop.v - t->was[i].stop) * p->direction >= 0);
            t->tightened += p->stop.v != t->was[i].stop ? 1 : 0;
        }
        t->was[i].inst = p->inst;
        t->was[i].direction = (i8)p->direction;
        t->was[i].entry = p->avg.v;
        t->was[i].stop = p->stop.v;
    }
}

static inline void tape_watch(void *ctx, const runner_view_t *v)
{
    tape_t *t = ctx;
    stops_only_tighten(t, engine_account(v->engine), v->slice->action_count > 0);
    CHECK(t->marks < TAPE_MARKS);
    t->own_mark[t->marks].t_known = v->slice->t_known;
    t->own_mark[t->marks].t_open = v->slice->t_open;
    t->own_mark[t->marks].used = t->used;
    t->own_mark[t->marks].decided = v->slot >= 0;
    t->own_mark[t->marks++].events = t->events;
    t->past = t->stop_after != 0 && v->slice->t_known > t->stop_after;
    CHECK(account_check(engine_account(v->engine)));
}

static inline bool tape_stop(void *ctx)
{
    return ((tape_t *)ctx)->past;
}

static inline void tape_free(tape_t *t)
{
    free(t->own_bytes);
    free(t->own_mark);
    *t = (tape_t){0};
}

typedef struct {
    u32 kernel_level;
    u32 threads;
    bool no_lookahead;
    i64 stop_after;
} how_t;

/* Gates as open as they go, so that runs of a few weeks trade. */
static inline config_t config_open(profile_t profile)
{
    config_t c = config_default(profile, PRESET_AGGRESSIVE);
    c.risk_min_confidence = 0.2;
    c.confidence_evidence = 0;
    c.gate_adaptive = 0;
    return c;
}

static inline config_t run_config(const dataset_t *d)
{
    return config_open(d->like.timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY);
}

static inline runner_result_t run_once(dataset_t *d, const how_t *how, tape_t *t)
{
    diag_t diag = {0};
    runner_result_t result;
    source_t source = dataset_source(d);
    config_t config = run_config(d);
    *t = (tape_t){.stop_after = how->stop_after};
    t->own_mark = calloc(TAPE_MARKS, sizeof *t->own_mark);
    assert_non_null(t->own_mark);
    runner_spec_t spec = {.source = &source,
                          .config = &config,
                          .tap = {.ctx = t, .append = tape_append},
                          .run_spec = STR("test"),
                          .seed = 7,
                          .incarnation = {{1, 2, 3}},
                          .cash = {100000 * (i64)MONEY_SCALE},
                          .profile = config.profile,
                          .trade_from = d->trade_from,
                          .lookahead = !how->no_lookahead,
                          .untradable_proxy = true,
                          .kernel_level = how->kernel_level,
                          .threads = how->threads,
                          .ctx = t,
                          .watch = tape_watch,
                          .stop = tape_stop};
    err_t err = runner_run(&spec, &diag, &result);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
    return result;
}

#endif
