/* See run_result.h. */
#include "faces/cli/run_result.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "faces/cli/args.h"
#include "faces/report/report.h"
#include "os/os.h"
#include "quant/indicators/indicators.h"
#include "store/home.h"
#include "store/trials.h"

enum { COUNTS_JSON = 1 << 14, PROGRESS_EVERY = 16 };

u32 kernel_level_from(const char *name)
{
    for (u32 i = 0; name != NULL && i < INDICATOR_LEVELS; i++) {
        if (strcmp(name, indicator_level_name(i)) == 0 && indicator_kernels_at(i) != NULL) {
            return i;
        }
    }
    return indicator_level_best();
}

u32 run_threads(const app_t *app)
{
    ASSERT(app != NULL && app->settings.process.threads >= 0);
    i64 asked = app->settings.process.threads;
    return asked == 0 ? os_processor_count() : (u32)asked;
}

config_t settings_with_profile(const settings_t *s, profile_t profile)
{
    ASSERT(s != NULL);
    config_t c = config_default(profile, s->config.preset);
    for (u32 i = 0; i < key_count(); i++) {
        const key_desc_t *k = key_at(i);
        if (settings_origin(s, k) >= ORIGIN_FILE) {
            err_t err = key_set(&c, k, key_get(&s->config, k), NULL);
            ASSERT(err == ERR_OK);
        }
    }
    return c;
}

/* What `vitrine config` lists beside the settings of a run has an option of its own. */
static err_t unknown_set(app_t *app, str_t name)
{
    const char *own = str_eq_c(name, "profile") ? "profile" : str_eq_c(name, "preset") ? "preset" : NULL;
    for (u32 i = 0; i < process_key_count(); i++) {
        own = str_eq_c(name, process_key_at(i)->name) ? process_key_at(i)->option : own;
    }
    if (own != NULL) {
        return diag_fail(&app->diag, ERR_UNKNOWN_KEY,
                         "--set " STR_FMT ": it is no setting of a run\ndo: write --%s", STR_ARG(name), own);
    }
    char near[96];
    char meant[STR_MEANT];
    const key_desc_t *k = key_nearest(name);
    (void)snprintf(near, sizeof near, "%s.%s", k->section, k->name);
    return diag_fail(&app->diag, ERR_UNKNOWN_KEY,
                     "no key %.*s\noption --set%s\ndo: `vitrine modules keys` lists them all",
                     (int)MIN_OF(name.n, 64U), (const char *)name.p, str_meant(name, near, meant));
}

/* The same setting in an earlier --set: of two values one would be passed over. */
static err_t check_set_once(app_t *app, const args_t *args, u32 n, str_t name)
{
    for (u32 i = 0; i < n; i++) {
        str_t before;
        str_t value;
        (void)str_cut(str_from(args_value_at(args, "set", i)), '=', &before, &value);
        if (str_eq(before, name)) {
            return diag_fail(&app->diag, ERR_USAGE, "--set %.*s is given twice\ndo: give it once",
                             (int)MIN_OF(name.n, 64U), (const char *)name.p);
        }
    }
    return ERR_OK;
}

err_t config_from_sets(app_t *app, const args_t *args, config_t *c)
{
    ASSERT(app != NULL && args != NULL && c != NULL);
    const char *text = NULL;
    for (u32 n = 0; (text = args_value_at(args, "set", n)) != NULL; n++) {
        str_t name;
        str_t value;
        f64 v = 0;
        if (!str_cut(str_from(text), '=', &name, &value)) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "--set %.64s: there is no = in it\n"
                             "do: write --set SECTION.NAME=VALUE",
                             text);
        }
        const key_desc_t *k = key_find(name);
        if (k == NULL) {
            return unknown_set(app, name);
        }
        TRY(check_set_once(app, args, n, name));
        bool word = k->type == KEY_BOOL && (str_eq_c(value, "true") || str_eq_c(value, "false"));
        if (word) { /* as `vitrine config` prints it */
            v = str_eq_c(value, "true") ? 1 : 0;
        } else if (str_to_f64(value, &v) != ERR_OK) {
            return diag_fail(&app->diag, ERR_CONFIG,
                             "--set %.64s: the value is not a finite number\n%s\n"
                             "do: choose one from %.12g to %.12g %s",
                             text, k->help, k->lo, k->hi, k->unit);
        }
        diag_t inner = {0};
        if (key_set(c, k, v, &inner) != ERR_OK) {
            return diag_fail(&app->diag, ERR_CONFIG,
                             "%s\noption --set\n%s\ndo: choose a value within these bounds", inner.text,
                             k->help);
        }
    }
    return ERR_OK;
}

void symbols_tidy(str_t text, char *out)
{
    ASSERT(out != NULL);
    size_t w = 0;
    for (u32 i = 0; i < text.n; i++) {
        char c = (char)text.p[i];
        bool gap = c == '\n' || c == '\r' || c == ' ' || c == ',' || c == '\t';
        if (!gap) {
            out[w++] = c;
        } else if (w > 0 && out[w - 1] != ',') {
            out[w++] = ',';
        }
    }
    w -= w > 0 && out[w - 1] == ',' ? 1 : 0;
    out[w] = '\0';
}

static err_t symbols_from_text(app_t *app, const char *path, str_t text, char *out, size_t out_size)
{
    if (text.n >= out_size) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--symbols @%.200s: more than %zu bytes\ndo: name fewer symbols", path, out_size);
    }
    if (memchr(text.p, 0, text.n) != NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--symbols @%.200s: not a text file\n"
                         "do: name a file with a symbol on each line",
                         path);
    }
    symbols_tidy(text, out);
    return out[0] != '\0' ? ERR_OK
                          : diag_fail(&app->diag, ERR_USAGE,
                                      "--symbols @%.200s: the file names no symbol\n"
                                      "do: write a symbol on each line",
                                      path);
}

err_t symbols_from_file(app_t *app, const char *path, char *out, size_t out_size)
{
    ASSERT(path != NULL && out != NULL);
    arena_t memory;
    diag_t why = {0};
    str_t text;
    TRY(arena_open(&memory, FILE_SMALL_MAX + 64));
    err_t err = os_file_read(&memory, path, &why, &text);
    if (err == ERR_OK) {
        err = symbols_from_text(app, path, text, out, out_size);
    } else {
        err = diag_fail(&app->diag, err == ERR_BUFFER_FULL ? ERR_USAGE : err,
                        "--symbols @%.200s: cannot be read\n%.200s", path, why.text);
    }
    arena_close(&memory);
    return err;
}

id128_t run_incarnation(u64 seed, const config_t *config, const source_t *source)
{
    u8 bytes[128];
    writer_t w = writer_of(bytes, sizeof bytes);
    digest_t c = config_hash(config);
    put_u64(&w, seed);
    put_bytes(&w, c.b, sizeof c.b);
    put_bytes(&w, source->content.b, sizeof source->content.b);
    return id128_of(bytes, w.used);
}

/* In global mode what the house let through is no refusal and not yet an entry: its users judge it once more.
 * Every candidate is one of the three, once (scan/record.c holds each cycle to it). */
static u64 handed_on(const engine_counts_t *c)
{
    ASSERT(c->candidates >= c->trades + c->refusals);
    return c->candidates - c->trades - c->refusals;
}

static void put_counts(jsonw_t *w, const run_done_t *d)
{
    const engine_counts_t *c = &d->result.counts;
    jsonw_put_u64(w, "bars", d->result.bars);
    jsonw_put_u64(w, "bulletins", d->result.bulletins);
    jsonw_put_u64(w, "cycles", c->cycles);
    jsonw_put_u64(w, "candidates", c->candidates);
    jsonw_put_u64(w, "entries", c->trades);
    jsonw_put_u64(w, "refusals_total", c->refusals);
    jsonw_put_u64(w, "handed_on", handed_on(c));
    jsonw_put_u64(w, "trades", c->closed);
    jsonw_put_u64(w, "probes", c->probes_closed);
    jsonw_key(w, "refusals");
    jsonw_object(w);
    for (u32 i = 6; i < SCAN_STAGES; i++) {
        jsonw_put_u64(w, stage_at(i)->name, c->refused_by_stage[i]);
    }
    jsonw_end(w);
    jsonw_key(w, "refusals_by_rule");
    jsonw_object(w);
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *r = rule_at(i);
        if (c->refused_by_rule[r->id] > 0) {
            jsonw_put_u64(w, r->name, c->refused_by_rule[r->id]);
        }
    }
    jsonw_end(w);
    jsonw_key(w, "stopped");
    jsonw_object(w);
    for (u32 i = 1; i < 6; i++) {
        jsonw_put_u64(w, stage_at(i)->name, c->stopped_by_stage[i]);
    }
    jsonw_end(w);
    jsonw_key(w, "entries_by_strategy");
    jsonw_object(w);
    for (u32 i = 0; i < strategy_count(); i++) {
        jsonw_put_u64(w, strategy_at(i)->name, c->trades_by_strategy[strategy_at(i)->id]);
    }
    jsonw_end(w);
}

static void put_date(jsonw_t *w, const char *key, i64 t)
{
    char text[36];
    time_print(text, t);
    jsonw_put_text(w, key, text);
}

static void put_hex(jsonw_t *w, const char *key, const digest_t *d)
{
    char text[65];
    hex_print(text, d->b, sizeof d->b);
    jsonw_put_text(w, key, text);
}

static err_t finish(app_t *app, const run_job_t *job, journal_t *j, run_done_t *d)
{
    u8 *memory = malloc(COUNTS_JSON);
    if (memory == NULL) {
        return ERR_NO_MEMORY;
    }
    jsonw_t w;
    char date[11];
    jsonw_init(&w, memory, COUNTS_JSON);
    jsonw_object(&w);
    put_counts(&w, d);
    if (job->spec->members_of != 0) {
        date_print(date, job->spec->members_of);
        jsonw_put_text(&w, "members_of", date);
    } else if (job->source->members != NULL) {
        jsonw_put_text(&w, "members_of", job->source->members);
    } else if (job->spec->kind == RUN_BACKTEST) {
        jsonw_put_text(&w, "members_of", "a list without dates: whoever left it earlier is missing");
    }
    if (d->result.suspect_bars > 0) {
        char flaws[96];
        (void)snprintf(flaws, sizeof flaws,
                       "%llu bars marked by the data rules (`vitrine data check` lists them)",
                       (unsigned long long)d->result.suspect_bars);
        jsonw_put_text(&w, "data_flaws", flaws);
    }
    if (job->source->adjusted_to != 0) {
        date_print(date, job->source->adjusted_to);
        jsonw_put_text(&w, "adjusted_to", date);
    }
    jsonw_put_i64(&w, "instruments", job->source->instrument_count);
    jsonw_end(&w);
    run_end_t end = {.status = d->result.stopped ? RUN_STOPPED : RUN_ENDED,
                     .t_ended = os_now(),
                     .decisions = d->result.decisions,
                     .counts = {.p = memory, .n = (u32)w.used}};
    err_t err = journal_finish(j, &end, &app->diag);
    free(memory);
    return err;
}

typedef struct {
    app_t *app;
    const run_job_t *job;
    u64 slices;
} watcher_t;

static void watch(void *ctx, const runner_view_t *v)
{
    watcher_t *w = ctx;
    if (w->job->watch != NULL) {
        w->job->watch(w->job->ctx, v);
    } else if (++w->slices % PROGRESS_EVERY == 0) {
        app_progress(w->app, "bars", engine_counts(v->engine)->symbol_bars, 0);
    }
}

static bool stop(void *ctx)
{
    const watcher_t *w = ctx;
    return w->job->stop != NULL && w->job->stop(w->job->ctx);
}

static bool killed(void *ctx)
{
    const watcher_t *w = ctx;
    return w->job->killed != NULL && w->job->killed(w->job->ctx);
}

static bool word(void *ctx, ev_COMMAND_t *out)
{
    const watcher_t *w = ctx;
    return w->job->word != NULL && w->job->word(w->job->ctx, out);
}

/* A new run's journal, or that of the run that goes on. */
static err_t journal_for(app_t *app, const run_job_t *job, store_t *store, const run_start_t *start,
                         journal_t **out)
{
    journal_options_t jo = {.batch_bytes = job->durable ? 1U << 14 : 0,
                            .threaded = !job->durable,
                            .home = job->durable ? app->home : NULL,
                            .slow = job->slow,
                            .slow_ctx = job->ctx};
    return job->resume != NULL ? journal_resume(store, job->resume->id, &jo, &app->diag, out)
                               : journal_create(store, start, &jo, &app->diag, out);
}

/* So that a run whose process died can be told from one at work. */
static err_t run_hold_here(app_t *app, run_id_t id, os_lock_t *out)
{
    char path[LIMIT_PATH];
    TRY(app_path(app, HOME_RUNS_LOCK, path));
    return run_hold(path, id, &app->diag, out);
}

/* Whoever tries again on some of these days is told of this one. */
static err_t count_data(app_t *app, const run_job_t *job, store_t *store)
{
    const source_t *s = job->source;
    if (job->spec->kind != RUN_BACKTEST || s->market == NULL || job->resume != NULL) {
        return ERR_OK;
    }
    trial_data_t data = {.input = s->content,
                         .market = str_from(s->market),
                         .first = MAX_OF(s->first, job->spec->trade_from),
                         .last = s->last};
    return trials_data(store, &data, &app->diag);
}

static err_t run_in_journal(app_t *app, const run_job_t *job, store_t *store, run_done_t *d)
{
    u8 config[32768];
    writer_t cw = writer_of(config, sizeof config);
    u8 *spec = malloc(RUN_SPEC_TEXT);
    journal_t *j = NULL;
    os_lock_t hold = {.fd = -1};
    run_start_t start = {.kind = job->spec->kind,
                         .seed = job->spec->seed,
                         .t_created = os_now(),
                         .logic = engine_logic_id(job->config),
                         .input = job->source->content};
    err_t err = spec == NULL ? ERR_NO_MEMORY : ERR_OK;
    writer_t sw = writer_of(spec, RUN_SPEC_TEXT);
    TRY_DONE(err);
    TRY_DONE(os_entropy(&start.incarnation, sizeof start.incarnation));
    TRY_DONE(config_encode(job->config, &cw));
    TRY_DONE(run_spec_encode(job->spec, &sw));
    start.config = (str_t){.p = config, .n = (u32)cw.used};
    runner_spec_t fits = {.source = job->source, .config = job->config, .trade_from = job->spec->trade_from};
    TRY_DONE(runner_fits(&fits, &app->diag)); /* before anything of it is recorded */
    TRY_DONE(count_data(app, job, store));
    TRY_DONE(journal_for(app, job, store, &start, &j));
    d->id = journal_run_id(j);
    TRY_DONE(run_hold_here(app, d->id, &hold));
    watcher_t w = {.app = app, .job = job};
    runner_spec_t rs = {.source = job->source,
                        .config = job->config,
                        .journal = j,
                        .run_spec = {.p = spec, .n = (u32)sw.used},
                        .seed = job->spec->seed,
                        .incarnation = run_incarnation(job->spec->seed, job->config, job->source),
                        .users = job->users != NULL ? job->users->rows : NULL,
                        .user_count = job->users != NULL ? job->users->count : 0,
                        .mode = job->users != NULL ? job->users->mode : USERS_EACH,
                        .cash = job->spec->cash,
                        .profile = job->config->profile,
                        .trade_from = job->spec->trade_from,
                        .lookahead = job->lookahead,
                        .durable = job->durable,
                        .untradable_proxy = true,
                        .kernel_level = job->kernel_level,
                        .threads = run_threads(app),
                        .resume = job->resume,
                        .ctx = &w,
                        .watch = watch,
                        .stop = stop,
                        .killed = killed,
                        .word = word,
                        .probe = job->probe,
                        .flight = job->flight};
    TRY_DONE(runner_run(&rs, &app->diag, &d->result));
    TRY_DONE(finish(app, job, j, d));
    d->journal = journal_counts(j);
done:
    if (err != ERR_OK && j != NULL &&
        !job->durable) { /* a demo that broke off can be resumed; a backtest is run again */
        run_end_t failed = {.status = RUN_FAILED, .t_ended = os_now(), .counts = STR("{}")};
        err_t ignored = journal_finish(j, &failed, NULL);
        (void)ignored;
    }
    journal_close(j);
    if (hold.fd >= 0) {
        os_lock_release(&hold);
    }
    free(spec);
    return err;
}

err_t run_journaled(app_t *app, const run_job_t *job, run_done_t *out)
{
    ASSERT(app != NULL && job != NULL && out != NULL);
    home_t home;
    store_t *store = NULL;
    config_t config = *job->config;
    run_job_t own = *job;
    *out = (run_done_t){0};
    runner_config(job->source, &config);
    own.config = &config;
    TRY(home_open(app->home, HOME_CREATE, &app->diag, &home));
    err_t err = store_open_home(&home, false, job->durable, &app->diag, &store);
    i64 start = os_mono();
    if (err == ERR_OK) {
        err = run_in_journal(app, &own, store, out);
    }
    out->wall_ns = os_mono() - start;
    app_progress_end(app);
    store_close(store);
    home_close(&home);
    return err;
}

static void run_json(app_t *app, const run_job_t *job, const run_done_t *d, const report_t *report)
{
    jsonw_t *w = &app->jw;
    f64 seconds = (f64)d->wall_ns / 1e9;
    jsonw_object(w);
    jsonw_put_text(w, "run_id", d->id.text);
    put_hex(w, "decision_hash", &d->result.decisions);
    put_hex(w, "input_hash", &d->result.input);
    put_date(w, "from", d->result.t_first);
    put_date(w, "to", d->result.t_last);
    jsonw_put_i64(w, "symbols", job->source->instrument_count);
    put_counts(w, d);
    jsonw_put_f64(w, "equity", money_to_f64(d->result.equity));
    jsonw_put_f64(w, "wall_seconds", seconds);
    jsonw_put_f64(w, "bars_per_second", seconds > 0 ? (f64)d->result.bars / seconds : 0.0);
    jsonw_put_u64(w, "peak_memory_bytes", os_memory_peak());
    jsonw_put_u64(w, "journal_bytes", d->journal.bytes_kept);
    jsonw_put_u64(w, "slow_writes", d->journal.slow);
    jsonw_put_f64(w, "slowest_write_seconds", (f64)d->journal.slowest_ns / 1e9);
    if (report != NULL) {
        jsonw_key(w, "metrics");
        jsonw_object(w);
        report_json_metrics(report, w);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_line(w);
}

static void run_text_of(app_t *app, const run_job_t *job, const run_done_t *d)
{
    const engine_counts_t *c = &d->result.counts;
    char from[36];
    char to[36];
    char hash[65];
    f64 seconds = (f64)d->wall_ns / 1e9;
    time_print(from, d->result.t_first);
    time_print(to, d->result.t_last);
    hex_print(hash, d->result.decisions.b, sizeof d->result.decisions.b);
    app_print(app, "run %s  %s to %s  %u symbols\n", d->id.text, from, to, job->source->instrument_count);
    app_print(app, "%llu cycles, %llu candidates = %llu entries + %llu refusals",
              (unsigned long long)c->cycles, (unsigned long long)c->candidates, (unsigned long long)c->trades,
              (unsigned long long)c->refusals);
    if (handed_on(c) > 0) {
        app_print(app, " + %llu handed on by the house", (unsigned long long)handed_on(c));
    }
    app_print(app, "; %llu trades closed\n", (unsigned long long)c->closed);
    for (u32 i = 6; i < SCAN_STAGES; i++) {
        app_print(app, "  stage %2u %-10s in %10llu  out %10llu  refused %10llu\n", i, stage_at(i)->name,
                  (unsigned long long)c->stage_in[i], (unsigned long long)c->stage_out[i],
                  (unsigned long long)c->refused_by_stage[i]);
    }
    if (c->trades > c->closed) {
        app_print(app, "%llu entries were given up unfilled (the market had moved) or are still open\n",
                  (unsigned long long)(c->trades - c->closed));
    }
    if (d->result.bulletins > 0) {
        app_print(app, "%llu bulletins were heard (`vitrine audit export --kind bulletin`)\n",
                  (unsigned long long)d->result.bulletins);
    } else if (job->spec->news[0] != '\0') {
        app_print(app, "nothing was heard: --news says nothing of these names and days\n");
    }
    app_print(app, "equity %.2f   decision_hash %s\n", money_to_f64(d->result.equity), hash);
    app_print(app, "%.2f s, %.2f M symbol-bars/s, journal %.1f MB\n", seconds,
              (f64)d->result.bars / seconds / 1e6, (f64)d->journal.bytes_kept / 1e6);
    if (d->journal.slow > 0) {
        app_print(app, "%llu writes of the journal took a second or longer, the longest %.1f s: the disk, or "
                       "another process in the database\n",
                  (unsigned long long)d->journal.slow, (f64)d->journal.slowest_ns / 1e9);
    }
}

void run_print(app_t *app, const run_job_t *job, const run_done_t *done)
{
    ASSERT(app != NULL && job != NULL && done != NULL);
    if (app->json) {
        run_json(app, job, done, NULL);
    } else {
        run_text_of(app, job, done);
    }
}

err_t run_and_report(app_t *app, const run_job_t *job)
{
    run_done_t done;
    TRY(run_journaled(app, job, &done));
    report_t *report = calloc(1, sizeof *report);
    report_ask_t ask = {.home = app->home, .run = done.id.text, .market = app->parts->market};
    err_t err = report == NULL ? ERR_NO_MEMORY : report_build(&ask, &app->diag, report);
    if (err == ERR_OK && app->json) {
        run_json(app, job, &done, report);
    } else if (err == ERR_OK) {
        report_print_first(report, app->out, isatty(fileno(app->out)) == 1);
        run_text_of(app, job, &done);
    }
    if (report != NULL) {
        report_free(report);
    }
    free(report);
    return err;
}
