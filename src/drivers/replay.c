/* See replay.h. */
#include "drivers/replay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/block.h"
#include "drivers/observer.h"
#include "drivers/run_table.h"
#include "drivers/workers.h"
#include "os/host.h"

enum { REPLAY_BYTES = LIMIT_EVENT_BYTES };

typedef struct {
    const replay_job_t *job;
    diag_t *diag;
    config_t config;
    run_users_t users;
    workers_t workers;
    market_t market;
    engine_t *engine;
    engine_spec_t engine_spec;
    observer_t observer;
    block_t block;
    u32 block_at;
    bool source_end;
    date_t trade_from;
    const char *proxy; /* its name */
    const char *vix;
    run_table_t table;
    u8 *own_table; /* the recorded one: the reader's memory is its own */
    bool first_append; /* the sink sees the input first, then its facts */
    u8 *mine;
    u8 *theirs;
    event_t pending; /* read from the journal and not used yet */
    bool has_pending;
    bool more;
    replay_verdict_t v;
} replay_t;

static err_t next_recorded(replay_t *r, event_t *out)
{
    if (r->has_pending) {
        *out = r->pending;
        r->has_pending = false;
        return ERR_OK;
    }
    return journal_next(r->job->reader, r->diag, out, &r->more);
}

/* The first fact that differs: behind the slice that differs, if one did, else behind its own input. */
static void differs(replay_t *r, const event_t *now, const char *mine, const char *recorded)
{
    if (r->v.seq_fact != 0) {
        return;
    }
    char at[36];
    size_t used = r->v.input_differs ? strlen(r->v.what) : 0;
    r->v.matches = false;
    r->v.seq_fact = now->head.seq;
    if (!r->v.input_differs) {
        r->v.seq_input = now->head.cause_seq;
        r->v.t_input = now->head.t_engine;
    }
    time_print(at, now->head.t_engine);
    (void)snprintf(r->v.what + used, sizeof r->v.what - used,
                   "%sevent %llu at %s: the replay has %s, the record %s", used > 0 ? "; then " : "",
                   (unsigned long long)now->head.seq, at, mine, recorded);
}

static const char *name_of(const event_t *e)
{
    return event_name((event_kind_t)e->head.kind);
}

static bool same_payload(replay_t *r, const event_t *a, const event_t *b)
{
    if (a->head.kind != b->head.kind || a->head.seq != b->head.seq) {
        return false;
    }
    writer_t wa = writer_of(r->mine, REPLAY_BYTES);
    writer_t wb = writer_of(r->theirs, REPLAY_BYTES);
    err_t err = event_encode_payload(a, &wa);
    err_t err2 = event_encode_payload(b, &wb);
    ASSERT(err == ERR_OK && err2 == ERR_OK);
    return wa.used == wb.used && memcmp(r->mine, r->theirs, wa.used) == 0;
}

/* Sink of the engine: the input itself passes; each fact meets the next recorded event. */
static err_t sink_append(void *ctx, event_t *e)
{
    replay_t *r = ctx;
    if (r->first_append) {
        r->first_append = false;
        return ERR_OK;
    }
    r->v.facts++;
    event_t then;
    TRY(next_recorded(r, &then));
    if (!r->more) {
        differs(r, e, name_of(e), "ends");
        return ERR_OK;
    }
    if (!same_payload(r, e, &then)) {
        differs(r, e, name_of(e), then.head.kind == e->head.kind ? "another" : name_of(&then));
        if (event_is_input((event_kind_t)then.head.kind)) { /* the record goes on with an input: keep it */
            r->pending = then;
            r->has_pending = true;
            return ERR_OK;
        }
    }
    return observer_see(&r->observer, &then, NULL, -1);
}

static err_t next_slice(replay_t *r, const slice_t **out, i32 *slot)
{
    for (;;) {
        if (r->block_at == r->block.count) {
            if (r->source_end) {
                return diag_fail(r->diag, ERR_EMPTY,
                                 "replay: the source has fewer slices than the record\n  do: import "
                                 "the data the run was made from again");
            }
            TRY(block_fill(&r->block, r->job->source, &r->market, &r->config, r->diag, &r->source_end));
            r->block_at = 0;
            continue;
        }
        u32 i = r->block_at;
        if (!block_is_history(&r->block, r->config.profile, r->trade_from, i)) {
            *out = &r->block.v[i];
            *slot = r->block.slot[i];
            return ERR_OK;
        }
        r->block_at++;
    }
}

/* The first input that differs; what follows from it is told once more, as the first fact. */
static void input_differs(replay_t *r, const event_t *e, i64 t, const char *what)
{
    if (r->v.input_differs || !r->v.matches) {
        return;
    }
    r->v.input_differs = true;
    r->v.matches = false;
    r->v.seq_input = e->head.seq;
    r->v.t_input = t;
    (void)snprintf(r->v.what, sizeof r->v.what, "input %llu: %s", (unsigned long long)e->head.seq, what);
}

static void slice_differs(replay_t *r, const event_t *e)
{
    char at[36];
    char what[96];
    time_print(at, e->as.SLICE.t_known);
    (void)snprintf(what, sizeof what, "the slice known at %s is not the one recorded", at);
    input_differs(r, e, e->as.SLICE.t_known, what);
}

static err_t take_slice(replay_t *r, event_t *e)
{
    const slice_t *s = NULL;
    i32 slot = -1;
    TRY(next_slice(r, &s, &slot));
    slice_t part = *s;
    if (e->as.SLICE.rows == 0) { /* actions go first, as an input of their own */
        part.count = 0;
        part.t_known = e->as.SLICE.t_known;
        part.session_last = false;
        slot = -1;
        r->block_at += s->count == 0 ? 1 : 0; /* it brought nothing but actions: no other event is its own */
    } else {
        part.action_count = 0;
        r->block_at++;
    }
    char what[128];
    run_table_ask_t ask = {.proxy = r->proxy, .vix = r->vix, .t_known = e->as.SLICE.t_known};
    if (run_table_outside(&r->table, r->job->source, &ask, what)) {
        input_differs(r, e, e->as.SLICE.t_known, what);
    }
    if (slice_hash(&part) != e->as.SLICE.content) {
        slice_differs(r, e);
    }
    r->v.slices++;
    TRY(observer_see(&r->observer, e, &part, slot));
    TRY(engine_take(r->engine, e, &part, slot));
    if (r->job->watch != NULL) {
        runner_view_t view = {.engine = r->engine, .market = &r->market, .slice = &part, .slot = slot};
        r->job->watch(r->job->ctx, &view);
    }
    return ERR_OK;
}

/* A slice in the source that the record passed over (only actions, or none) is skipped the same way the
 * runner did. */
static err_t skip_empty(replay_t *r)
{
    while (r->block_at < r->block.count && r->block.v[r->block_at].count == 0 &&
           r->block.v[r->block_at].action_count == 0) {
        r->block_at++;
    }
    return ERR_OK;
}

/* The process was gone here: what goes on is what recovery made of snapshot and facts, as the observer did.
 */
static err_t take_resume(replay_t *r, event_t *e)
{
    if (r->observer.engine == NULL || r->observer.from != (u64)e->as.COMMAND.arg) {
        return diag_fail(r->diag, ERR_CORRUPT,
                         "replay: the run was resumed at event %llu from a snapshot that nothing "
                         "leads to",
                         (unsigned long long)e->head.seq);
    }
    engine_t *fresh = NULL;
    TRY(observer_copy(r->observer.engine, &r->engine_spec, r->diag, &fresh));
    engine_close(r->engine);
    r->engine = fresh;
    TRY(observer_see(&r->observer, e, NULL, -1));
    observer_resumed(&r->observer);
    return engine_take(r->engine, e, NULL, -1);
}

static err_t take_other(replay_t *r, event_t *e)
{
    if (e->head.kind == EV_COMMAND && e->as.COMMAND.code == COMMAND_RESUME) {
        return take_resume(r, e);
    }
    TRY(observer_see(&r->observer, e, NULL, -1));
    return engine_take(r->engine, e, NULL, -1);
}

static err_t replay_loop(replay_t *r)
{
    for (;;) {
        event_t e;
        TRY(observer_begin(&r->observer, r->engine, &r->engine_spec, r->diag));
        TRY(next_recorded(r, &e));
        if (!r->more) {
            return ERR_OK;
        }
        if (!event_is_input((event_kind_t)e.head.kind)) {
            differs(r, &e, "none", name_of(&e));
            TRY(observer_see(&r->observer, &e, NULL, -1));
            continue;
        }
        r->v.inputs++;
        r->first_append = true;
        TRY(skip_empty(r));
        if (e.head.kind == EV_SLICE) {
            TRY(take_slice(r, &e));
        } else {
            TRY(take_other(r, &e));
        }
    }
}

static err_t table_open(replay_t *r, const event_t *start)
{
    char what[128];
    bool other = false;
    blob_t table = start->as.RUN_START.instrument_table;
    r->own_table = malloc(table.n + 1);
    if (r->own_table == NULL) {
        return ERR_NO_MEMORY;
    }
    if (table.n > 0) {
        memcpy(r->own_table, table.p, table.n);
        table.p = r->own_table;
        if (run_table_open(table, r->job->source, &r->table, what, &other) != ERR_OK) {
            return diag_fail(r->diag, ERR_CORRUPT, "replay: the run's table of instruments cannot be read");
        }
    }
    if (other) {
        input_differs(r, start, start->head.t_engine, what);
    }
    return ERR_OK;
}

static err_t replay_open(replay_t *r, const run_spec_t *spec, const event_t *start)
{
    const source_t *source = r->job->source;
    u32 n = source->instrument_count;
    r->mine = malloc(REPLAY_BYTES);
    r->theirs = malloc(REPLAY_BYTES);
    if (r->mine == NULL || r->theirs == NULL) {
        return ERR_NO_MEMORY;
    }
    TRY(config_decode(start->as.RUN_START.config_text, r->diag, &r->config));
    TRY(run_users_decode(start->as.RUN_START.users_text, r->diag, &r->users));
    digest_t logic = engine_logic_id(&r->config);
    r->v.same_logic = digest_eq(&logic, &start->as.RUN_START.logic);
    r->trade_from = spec->trade_from;
    r->proxy = spec->proxy;
    r->vix = spec->vix;
    TRY(table_open(r, start));
    TRY(block_open(&r->block, n, r->job->lookahead));
    TRY(workers_open(&r->workers, r->job->threads));
    market_spec_t ms = {.instruments = source->instruments,
                        .count = n,
                        .timeframe = source->timeframe,
                        .profile = r->config.profile,
                        .config = &r->config,
                        .kernel_level = r->job->kernel_level,
                        .workers = r->workers.lent,
                        .dense = os_memory_dense};
    TRY(market_open(&ms, &r->market));
    r->engine_spec = (engine_spec_t){.config = &r->config,
                                     .market = &r->market,
                                     .seed = start->as.RUN_START.seed,
                                     .incarnation = start->as.RUN_START.incarnation,
                                     .users = r->users.rows,
                                     .user_count = r->users.count,
                                     .mode = r->users.mode,
                                     .cash = spec->cash,
                                     .proxy = source->proxy,
                                     .proxy_bars = source->proxy_bars,
                                     .proxy_bar_count = source->proxy_bar_count,
                                     .vix_bars = source->vix_bars,
                                     .vix_bar_count = source->vix_bar_count,
                                     .levels_barred = source->adjusted_to != 0,
                                     .untradable_proxy = true,
                                     .sink = {.ctx = r, .append = sink_append}};
    r->observer.resume_from = r->job->resume_from;
    r->observer.resume_count = r->job->resume_count;
    return engine_open(&r->engine_spec, r->diag, &r->engine);
}

err_t replay_run(const replay_job_t *job, const run_spec_t *spec, diag_t *diag, replay_verdict_t *out)
{
    ASSERT(job != NULL && job->reader != NULL && spec != NULL && out != NULL);
    replay_t *r = calloc(1, sizeof *r);
    if (r == NULL) {
        return ERR_NO_MEMORY;
    }
    r->job = job;
    r->diag = diag;
    r->more = true;
    r->v.matches = true;
    event_t start;
    err_t err = journal_next(job->reader, diag, &start, &r->more);
    TRY_DONE(err);
    if (!r->more || start.head.kind != EV_RUN_START) {
        err = diag_fail(diag, ERR_CORRUPT, "replay: the run does not begin with its start");
        goto done;
    }
    TRY_DONE(replay_open(r, spec, &start));
    r->first_append = true;
    TRY_DONE(observer_begin(&r->observer, r->engine, &r->engine_spec, diag));
    TRY_DONE(observer_see(&r->observer, &start, NULL, -1));
    TRY_DONE(engine_take(r->engine, &start, NULL, -1));
    r->v.inputs++;
    TRY_DONE(replay_loop(r));
    r->v.decisions = engine_decision_hash(r->engine);
    r->v.recorded = journal_reader_run(job->reader)->decisions;
    *out = r->v;
done:
    observer_close(&r->observer);
    engine_close(r->engine);
    market_close(&r->market);
    workers_close(&r->workers);
    block_close(&r->block);
    free(r->own_table);
    run_users_free(&r->users);
    free(r->mine);
    free(r->theirs);
    free(r);
    return err;
}

err_t replay_open_spec(store_t *store, str_t id, diag_t *diag, run_spec_t *spec, config_t *config,
                       run_users_t *users)
{
    ASSERT(store != NULL && spec != NULL && config != NULL);
    journal_reader_t *reader = NULL;
    event_t start;
    bool more = false;
    TRY(journal_reader_open(store, id, diag, &reader));
    err_t err = journal_next(reader, diag, &start, &more);
    if (err == ERR_OK && !more) {
        err = diag_fail(diag, ERR_EMPTY,
                        "run " STR_FMT ": it has no event yet: it just began, or was cut short before its "
                        "first\ndo: `vitrine audit verify` lists the runs; name another",
                        STR_ARG(id));
    } else if (err == ERR_OK && start.head.kind != EV_RUN_START) {
        err = diag_fail(diag, ERR_CORRUPT, "run " STR_FMT ": it does not begin with its start", STR_ARG(id));
    }
    if (err == ERR_OK) {
        err = run_spec_decode(start.as.RUN_START.run_spec, diag, spec);
    }
    if (err == ERR_OK) {
        err = config_decode(start.as.RUN_START.config_text, diag, config);
    }
    if (err == ERR_OK && users != NULL) {
        err = run_users_decode(start.as.RUN_START.users_text, diag, users);
    }
    journal_reader_close(reader);
    return err;
}

typedef struct {
    u64 *from;
    u32 count;
    u32 max;
} resumes_t;

static err_t note_resume(void *ctx, const event_t *e)
{
    resumes_t *x = ctx;
    if (e->head.kind == EV_COMMAND && e->as.COMMAND.code == COMMAND_RESUME) {
        if (x->count == x->max) {
            return ERR_OVERFLOW;
        }
        x->from[x->count++] = (u64)e->as.COMMAND.arg;
    }
    return ERR_OK;
}

err_t replay_find_resumes(store_t *store, str_t id, diag_t *diag, u64 out[REPLAY_RESUMES], u32 *count)
{
    ASSERT(store != NULL && out != NULL && count != NULL);
    resumes_t x = {.from = out, .max = REPLAY_RESUMES};
    journal_reader_t *reader = NULL;
    event_t e;
    bool more = true;
    TRY(journal_reader_open(store, id, diag, &reader));
    err_t err = ERR_OK;
    while (err == ERR_OK && more) {
        err = journal_next(reader, diag, &e, &more);
        if (err == ERR_OK && more) {
            err = note_resume(&x, &e);
        }
    }
    journal_reader_close(reader);
    *count = err == ERR_OK ? x.count : 0;
    return err;
}
