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
#include "engine/snapshot.h"
#include "model/calendar.h"
#include "quant/indicators/indicators.h"
#include "scan/record.h"
#include "sim/market.h"
#include "tests/store/home.h"
#include "tests/test.h"

/* Slices with rows of their own. `rows`, `acts`, `stops` and `words` are where a slice's rows begin. */
typedef struct {
    source_t like; /* instruments, proxy: borrowed */
    instrument_t *own_instruments;
    slice_t *own_slice;
    bar_t *own_bar;
    inst_t *own_inst;
    action_t *own_action;
    halt_t *own_halt;
    bulletin_t *own_bulletin;
    bar_t *own_proxy; /* the proxy's daily bars from elsewhere; NULL: its own slices serve */
    bool *own_gone;   /* the slice is left out */
    size_t *own_rows, *own_acts, *own_stops, *own_words;
    u32 count;
    size_t bars, actions, halts, bulletins, slice_cap, bar_cap, action_cap, halt_cap, bulletin_cap;
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
        d->own_stops = realloc(d->own_stops, d->slice_cap * sizeof(size_t));
        d->own_words = realloc(d->own_words, d->slice_cap * sizeof(size_t));
    }
    cap = d->bar_cap;
    d->own_bar = grown(d->own_bar, sizeof(bar_t), d->bars + s->count, &d->bar_cap);
    if (cap != d->bar_cap) {
        d->own_inst = realloc(d->own_inst, d->bar_cap * sizeof(inst_t));
    }
    d->own_action = grown(d->own_action, sizeof(action_t), d->actions + s->action_count, &d->action_cap);
    d->own_halt = grown(d->own_halt, sizeof(halt_t), d->halts + s->halt_count, &d->halt_cap);
    d->own_bulletin =
        grown(d->own_bulletin, sizeof(bulletin_t), d->bulletins + s->bulletin_count, &d->bulletin_cap);
    for (u32 i = 0; i < s->count; i++) {
        d->own_bar[d->bars + i] = s->bar[i];
        d->own_inst[d->bars + i] = s->inst[i];
    }
    for (u32 i = 0; i < s->action_count; i++) {
        d->own_action[d->actions + i] = s->action[i];
    }
    for (u32 i = 0; i < s->halt_count; i++) {
        d->own_halt[d->halts + i] = s->halt[i];
    }
    for (u32 i = 0; i < s->bulletin_count; i++) {
        d->own_bulletin[d->bulletins + i] = s->bulletin[i];
    }
    d->own_gone[d->count] = false;
    d->own_words[d->count] = d->bulletins;
    d->bulletins += s->bulletin_count;
    d->own_stops[d->count] = d->halts;
    d->halts += s->halt_count;
    d->own_rows[d->count] = d->bars;
    d->own_acts[d->count] = d->actions;
    d->own_slice[d->count++] = *s;
    d->bars += s->count;
    d->actions += s->action_count;
}

/* Instruments and the proxy's bars, which the data set then owns. */
static inline void dataset_like(const source_t *source, dataset_t *d)
{
    *d = (dataset_t){.like = *source};
    d->own_instruments = calloc(source->instrument_count, sizeof(instrument_t));
    assert_non_null(d->own_instruments);
    memcpy(d->own_instruments, source->instruments, source->instrument_count * sizeof(instrument_t));
    d->like.instruments = d->own_instruments;
    if (source->proxy_bars != NULL) {
        d->own_proxy = calloc(source->proxy_bar_count, sizeof(bar_t));
        assert_non_null(d->own_proxy);
        memcpy(d->own_proxy, source->proxy_bars, source->proxy_bar_count * sizeof(bar_t));
    }
    d->like.proxy_bars = d->own_proxy;
}

static inline void dataset_read(const source_t *source, dataset_t *d)
{
    diag_t diag = {0};
    slice_t s;
    dataset_like(source, d);
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
    free(d->own_proxy);
    free(d->own_gone);
    free(d->own_rows);
    free(d->own_acts);
    free(d->own_halt);
    free(d->own_stops);
    free(d->own_bulletin);
    free(d->own_words);
    *d = (dataset_t){0};
}

static inline dataset_t dataset_copy(const dataset_t *from)
{
    dataset_t d;
    dataset_like(&from->like, &d);
    d.trade_from = from->trade_from;
    for (u32 i = 0; i < from->count; i++) {
        slice_t s = from->own_slice[i];
        s.bar = from->own_bar + from->own_rows[i];
        s.inst = from->own_inst + from->own_rows[i];
        s.action = from->own_action + from->own_acts[i];
        s.halt = from->own_halt + from->own_stops[i];
        s.bulletin = from->own_bulletin + from->own_words[i];
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
    out->halt = d->own_halt + d->own_stops[d->at];
    out->bulletin = d->own_bulletin + d->own_words[d->at];
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

/* A market with a planted edge, so that runs of a few days trade. */
static inline sim_market_spec_t dataset_market(u64 seed, u32 stocks, u32 warmup, u32 sessions)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.stocks = stocks;
    spec.history_sessions = 300;
    spec.warmup_sessions = warmup;
    spec.sessions = sessions;
    spec.edge = SIM_EDGE_MOMENTUM;
    spec.edge_strength = 2.0;
    return spec;
}

static inline void dataset_of_market(const sim_market_spec_t *spec, dataset_t *d)
{
    sim_market_t *m = NULL;
    diag_t diag = {0};
    CHECK_OK(sim_market_open(spec, &diag, &m));
    source_t s = sim_market_source(m);
    date_t from = sim_market_trading_from(m);
    dataset_read(&s, d);
    d->trade_from = from;
    sim_market_close(m);
}

static inline void dataset_simulated(u64 seed, u32 stocks, u32 warmup, u32 sessions, dataset_t *d)
{
    sim_market_spec_t spec = dataset_market(seed, stocks, warmup, sessions);
    dataset_of_market(&spec, d);
}

typedef struct {
    const char *file;
    const char *source;
    const char *symbols; /* comma separated, "" all */
    const char *proxy;
    timeframe_t timeframe;
    date_t from, trade_from, to;
    const char *proxy_file, *proxy_source; /* the proxy's own set; NULL: its slices serve */
} stored_t;

static inline void dataset_import(const char *home, const char *path)
{
    diag_t diag = {0};
    import_report_t report;
    import_spec_t is = {.home = home, .path = path, .lenient = true, .now_ns = 1790000000LL * NS_PER_SEC};
    CHECK_OK(import_file(&is, &diag, &report));
}

/* False if the recorded data is not here. */
static inline bool dataset_stored(const stored_t *w, dataset_t *d)
{
    char path[512];
    char proxy[512];
    char home[HOME_SIZE];
    diag_t diag = {0};
    bool own_proxy = w->proxy_file != NULL;
    if (!data_path(w->file, path, sizeof path) ||
        (own_proxy && !data_path(w->proxy_file, proxy, sizeof proxy))) {
        return false;
    }
    home_make(home);
    dataset_import(home, path);
    if (own_proxy) {
        dataset_import(home, proxy);
    }
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    run_spec_t spec = {.kind = RUN_BACKTEST,
                       .timeframe = w->timeframe,
                       .from = (i64)w->from * NS_PER_DAY,
                       .to = (i64)w->to * NS_PER_DAY,
                       .symbols = symbols};
    (void)snprintf(spec.source, sizeof spec.source, "%s", w->source);
    (void)snprintf(spec.proxy, sizeof spec.proxy, "%s", w->proxy);
    (void)snprintf(spec.proxy_source, sizeof spec.proxy_source, "%s", own_proxy ? w->proxy_source : "");
    (void)snprintf(symbols, RUN_SPEC_SYMBOLS, "%s", w->symbols);
    feed_source_t *f = NULL;
    err_t err = feed_source_open(&spec, home, &diag, &f);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
    source_t s = feed_source_of(f);
    if (!own_proxy) {
        s.proxy_bars = NULL; /* the proxy's own slices serve */
        s.proxy_bar_count = 0;
    }
    dataset_read(&s, d);
    d->trade_from = w->trade_from;
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
    u64 cycles;     /* records of a cycle that came to its end */
    i64 stop_after; /* t_known; 0: to the end */
    bool past;
    u32 marks;
    struct {
        i64 t_known, t_open;
        size_t used;
        u64 events;
        u64 cycles;
        u64 columns; /* hash of the row of features that the slice was decided on, 0: none */
        u64 block;   /* of the market */
        u64 lessons; /* trades closed so far */
        bool decided;
    } * own_mark;
    bool with_state;
    u64 *own_print; /* of each input: hash of the engine's snapshot just before it, 0 in front of the first
                       mark */
    size_t inputs, print_cap;
    const engine_t *engine;
    bool leak_view; /* planted: between two blocks the view shows rows of the next one */
    market_t *market;
    u64 leak_block;
    u32 leak_slot;
    struct {
        inst_t inst;
        i8 direction;
        i64 entry, stop;
    } was[LIMIT_POSITIONS]; /* after the slice before */
    u64 tightened;
} tape_t;

/* As if market_view_keep were forgotten: what is kept for views that outlive their block is overwritten with
 * what stands now where the view pointed, a row of the block after it. */
static inline void tape_leak(tape_t *t)
{
    if (t->leak_view && t->market != NULL && t->market->block_number != t->leak_block) {
        size_t row = (size_t)FEATURE_COUNT * t->market->padded;
        memcpy(t->market->kept, t->market->features + t->leak_slot * row, row * sizeof(f64));
        t->leak_block = t->market->block_number;
    }
}

/* A cycle that was not stopped before it looked at prices (quiet minutes, guards). */
static inline bool whole_cycle(const event_t *e)
{
    if (e->head.kind != EV_DECISION || e->as.DECISION.form != RECORD_CYCLE) {
        return false;
    }
    cycle_record_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->refusal = calloc(LIMIT_UNIVERSE, sizeof *r->refusal);
    assert_non_null(r->refusal);
    CHECK_OK(record_cycle_decode(e->as.DECISION.record, r));
    bool whole = r->stopped_stage == 0 && r->universe > 0;
    free(r->refusal);
    free(r);
    return whole;
}

/* The engine's state and the row that its view shows now: what the fence lets through counts whether anything
 * reads it at this moment or not. */
static inline u64 engine_print(const engine_t *e)
{
    engine_snapshot_t s;
    const market_view_t *v = &engine_shared(e)->view;
    u64 h = 0;
    if (v->row != NULL) {
        const f64 *row = v->block == v->market->block_number ? v->row : v->market->kept;
        h = hash64(row, (size_t)FEATURE_COUNT * v->market->padded * sizeof *row);
    }
    CHECK_OK(engine_snapshot_save(e, &s));
    for (u32 i = 0; i < s.count; i++) {
        h = hash64_seed(s.part[i].bytes.p, s.part[i].bytes.n, h);
    }
    engine_snapshot_free(&s);
    return h;
}

static inline err_t tape_append(void *ctx, event_t *e)
{
    tape_t *t = ctx;
    tape_leak(t);
    if (t->with_state && event_is_input((event_kind_t)e->head.kind)) {
        t->own_print = grown(t->own_print, sizeof *t->own_print, t->inputs + 1, &t->print_cap);
        t->own_print[t->inputs++] = t->engine != NULL ? engine_print(t->engine) : 0;
    }
    t->cycles += whole_cycle(e) ? 1 : 0;
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
    t->own_mark[t->marks].cycles = t->cycles;
    t->own_mark[t->marks].block = v->market->block_number;
    t->own_mark[t->marks].lessons = t->kind[EV_LESSON];
    t->engine = v->engine;
    if (v->slot >= 0) {
        market_view_t row = market_view(v->market, (u32)v->slot);
        t->own_mark[t->marks].columns =
            hash64(row.row, (size_t)FEATURE_COUNT * v->market->padded * sizeof *row.row);
        t->leak_slot = (u32)v->slot;
    }
    if (t->leak_view) {
        t->leak_block = t->market == NULL ? v->market->block_number : t->leak_block;
        t->market = (market_t *)(uintptr_t)v->market; /* the planted leak writes where nobody may */
    }
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
    free(t->own_print);
    *t = (tape_t){0};
}

typedef struct {
    u32 kernel_level;
    u32 threads;
    bool no_lookahead;
    i64 stop_after;
    bool with_state;
    bool leak_view;
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
    config_t c = config_open(d->like.timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY);
    if (d->like.instruments[0].cls == CLASS_CRYPTO) { /* made ones have no edge that would pay for it */
        c.cost_slippage_bps = 0;
        c.cost_spread_mult = 0.1;
        c.comp_min_composite_score = 0;
        c.comp_min_strategy_score = 0;
        c.risk_min_confidence = 0.05;
        c.account_margin = true; /* asked for, and not to be had */
    }
    return c;
}

static inline runner_result_t run_once(dataset_t *d, const how_t *how, tape_t *t)
{
    diag_t diag = {0};
    runner_result_t result;
    source_t source = dataset_source(d);
    config_t config = run_config(d);
    *t = (tape_t){.stop_after = how->stop_after, .with_state = how->with_state, .leak_view = how->leak_view};
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
