/* `vitrine demo`: a simulated market, a paper account, the engine at work, and a replay at the end. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/demo_frame.h"
#include "app/demo_resume.h"
#include "app/demo_table.h"
#include "app/replay_home.h"
#include "app/run_source.h"
#include "base/assert.h"
#include "drivers/control.h"
#include "faces/cli/args.h"
#include "faces/cli/run_result.h"
#include "faces/cli/users_args.h"
#include "os/os.h"

enum { FRAME_MS = 66, PLAIN_EVERY_MS = 2000 };

/* The one piece of state that a signal handler may touch. */
static volatile sig_atomic_t demo_interrupted;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    demo_interrupted = 1;
}

/* A terminal that is closed ends the run as ctrl-c does, unless nohup asked that it does not. */
static void listen_for_the_end(void (*heard)(int))
{
    (void)signal(SIGINT, heard);
    (void)signal(SIGTERM, heard);
    if (signal(SIGHUP, heard) == SIG_IGN) {
        (void)signal(SIGHUP, SIG_IGN);
    }
}

typedef struct {
    app_t *app;
    home_t *home;
    control_t *control;
    demo_frame_t *frame;
    bool draw;
    bool plain;
    f64 speed; /* simulated seconds per second; 0: as fast as it goes */
    i64 wall_last;
    i64 sim_last;
    bool stop;
    bool kill;
    const char *run;
} demo_t;

/* Waits so that simulated time runs at the asked speed; never while behind. */
static void pace(demo_t *d, i64 t_known)
{
    i64 step = d->sim_last == 0 ? 0 : t_known - d->sim_last;
    d->sim_last = t_known;
    if (d->speed <= 0 || step <= 0 || step > NS_PER_HOUR) {
        return;
    }
    i64 want = (i64)((f64)step / d->speed / 1e6);
    os_sleep_ms(MIN_OF(want, 1000));
}

static void show(demo_t *d, bool force)
{
    i64 now = os_mono();
    i64 every = (d->draw ? FRAME_MS : PLAIN_EVERY_MS) * NS_PER_MS;
    if ((!force && now - d->wall_last < every) || (!d->draw && !d->plain)) {
        return;
    }
    d->wall_last = now;
    demo_frame_write(d->frame, d->app->err, d->draw);
}

static void watch(void *ctx, const runner_view_t *v)
{
    demo_t *d = ctx;
    demo_frame_follow(d->frame, v);
    pace(d, v->slice->t_known);
    show(d, false);
}

static bool should_stop(void *ctx)
{
    demo_t *d = ctx;
    if (d->control != NULL) {
        demo_control_poll(d->control, d->frame, &d->stop, &d->kill);
    }
    return demo_interrupted != 0 || d->stop;
}

static bool next_word(void *ctx, ev_COMMAND_t *out)
{
    demo_t *d = ctx;
    return d->frame != NULL && demo_frame_word(d->frame, out);
}

/* Told when it is over, and again when there are twice as many: a disk that is always slow is no news. */
static void slow_write(void *ctx, u64 n, i64 took_ns)
{
    demo_t *d = ctx;
    demo_frame_slow(d->frame, n, took_ns);
    if ((n & (n - 1)) == 0) {
        app_say(d->app,
                "a write of the journal took %.1f s (number %llu): a slow disk, or another process in the "
                "database. The run waited for it\n",
                (f64)took_ns / 1e9, (unsigned long long)n);
    }
}

static bool is_killed(void *ctx)
{
    const demo_t *d = ctx;
    return d->kill || home_is_killed(d->home);
}

static err_t spec_from_args(app_t *app, const args_t *args, run_spec_t *s)
{
    i64 sessions = 5;
    i64 stocks = 50;
    i64 warmup = 12;
    i64 halts = 1;
    i64 events = 1;
    i64 history = 300;
    date_t start = date_from_ymd(2025, 1, 2);
    const char *edge = args_value(args, "edge");
    TRY(args_i64(args, "sessions", 1, 2520, &app->diag, &sessions));
    TRY(args_i64(args, "stocks", 1, 512, &app->diag, &stocks));
    TRY(args_i64(args, "warmup", 0, 250, &app->diag, &warmup));
    TRY(args_i64(args, "halts", 0, 100, &app->diag, &halts));
    TRY(args_i64(args, "events", 0, 20, &app->diag, &events));
    TRY(args_i64(args, "history", 0, 2000, &app->diag, &history));
    TRY(args_date(args, "start", &app->diag, &start));
    if (!sim_market_may_start(start)) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--start %.10s: the simulated market knows the rules of 1998 to 2100\n"
                         "do: name a day from 1998-01-02 to 2100-01-01",
                         args_value(args, "start"));
    }
    s->kind = RUN_DEMO;
    s->timeframe = TF_1M;
    s->cash.v = 100000 * MONEY_SCALE;
    s->seed = (u64)app->settings.process.seed;
    s->stocks = (u32)stocks;
    s->history = (u32)history;
    s->warmup = (u32)warmup;
    s->halts = (u32)halts;
    s->events = (u32)events;
    s->sessions = (u32)sessions;
    s->market_start = start;
    const char *news = args_value(args, "news");
    if (news == NULL || strcmp(news, RUN_SOURCE_SIMULATED) == 0) {
        TRY(str_copy(s->news, sizeof s->news, STR(RUN_SOURCE_SIMULATED)));
    } else if (strcmp(news, "none") != 0) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--news %.24s: a demo hears " RUN_SOURCE_SIMULATED " news or none\n"
                         "do: leave it out, or write --news none",
                         news);
    }
    if (args_has(args, "vix")) {
        TRY(str_copy(s->vix, sizeof s->vix, STR(RUN_SOURCE_VIX)));
        TRY(str_copy(s->vix_source, sizeof s->vix_source, STR(RUN_SOURCE_SIMULATED)));
    }
    return str_copy(s->edge, sizeof s->edge, str_from(edge == NULL ? "none" : edge));
}

static err_t speed_from(app_t *app, const args_t *args, f64 *speed, bool headless)
{
    const char *text = args_value(args, "speed");
    *speed = headless ? 0.0 : 600.0;
    if (text == NULL || strcmp(text, "max") == 0) {
        *speed = text == NULL ? *speed : 0.0;
        return ERR_OK;
    }
    if (str_to_f64(str_from(text), speed) != ERR_OK || !(*speed > 0)) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--speed %s is neither max nor a number above 0\n"
                         "do: --speed 60 runs a minute of market in a second",
                         text);
    }
    return ERR_OK;
}

/* Runs, then replays from the journal alone and says so. */
static err_t play(app_t *app, demo_t *d, run_job_t *job, run_done_t *done)
{
    err_t err = run_journaled(app, job, done);
    if (err != ERR_OK) {
        demo_resume_advise(app, d->home, done->id, err);
        return err;
    }
    show(d, true);
    if (d->draw) {
        demo_frame_leave(app->err);
    }
    listen_for_the_end(SIG_DFL); /* the run has ended and is whole: a long replay may be cut short */
    run_print(app, job, done);
    if (done->result.stopped) {
        app_say(app, "stopped early; replaying what was recorded\n");
    }
    replay_done_t r;
    TRY(replay_home_run(app, str_from(done->id.text), NULL, true, &r));
    return replay_print(app, &r);
}

/* Opens what the run is shown by and commanded through, and plays it. */
static err_t demo_play(app_t *app, demo_t *d, run_job_t *job)
{
    char path[LIMIT_PATH];
    run_done_t done;
    TRY(demo_frame_open(
        job, d->speed,
        app_remedy(app, "ctrl-c stops and replays; `vitrine kill` from another terminal"), &d->frame));
    home_path(d->home, HOME_SOCKET, path);
    listen_for_the_end(on_interrupt);
    TRY(control_open(path, &app->diag, &d->control));
    if (d->draw) {
        demo_frame_enter(app->err);
    }
    err_t err = play(app, d, job, &done);
    if (err != ERR_OK && d->draw) {
        demo_frame_leave(app->err);
    }
    return err;
}

/* From the options, or, for a run that goes on, from its own record. */
static err_t demo_config(app_t *app, const args_t *args, config_t *config)
{
    if (app->settings.preset_origin == ORIGIN_DEFAULT) {
        app->settings.config.preset = PRESET_AGGRESSIVE; /* five simulated days should show some trades */
    }
    *config = settings_with_profile(&app->settings, PROFILE_DAY);
    return config_from_sets(app, args, config);
}

/* ERR_USAGE: a run goes on as it was started, and whoever gave it a milder preset believes that it holds. */
static err_t idle_on_resume(app_t *app, const args_t *args)
{
    static const char *const idle[] = {"sessions", "stocks", "warmup", "history", "edge",
                                       "halts",    "events", "vix",    "news",    "start",
                                       "users",    "preset", "set",    "seed"};
    for (u32 i = 0; i < COUNT_OF(idle); i++) {
        if (args_has(args, idle[i])) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "demo --resume --%s: the run goes on as it was started\n"
                             "do: leave --%s out, or begin another run without --resume",
                             idle[i], idle[i]);
        }
    }
    return ERR_OK;
}

static err_t demo_with_home(app_t *app, const args_t *args, home_t *home, run_spec_t *spec)
{
    run_source_t source = {0};
    demo_resume_t resume = {0};
    run_users_t users = {0};
    config_t config;
    bool headless = args_has(args, "headless");
    demo_t d = {.app = app,
                .home = home,
                .draw = !headless && app->terminal && !app->json,
                .plain = !headless && !app->quiet};
    TRY(speed_from(app, args, &d.speed, headless));
    TRY(demo_config(app, args, &config));
    if (args_has(args, "resume")) {
        TRY(demo_resume_open(app, home, spec, &config, &resume));
    }
    err_t err = resume.store == NULL ? users_from_args(app, args, spec->cash, &users) : ERR_OK;
    if (err == ERR_OK) {
        err = run_source_open(spec, app->home, &app->diag, &source);
    }
    if (err == ERR_OK) {
        users_say_unknown(app, &users, &source.source);
    }
    run_job_t job = {.spec = spec,
                     .source = &source.source,
                     .config = &config,
                     .users = resume.store != NULL ? &resume.users : &users,
                     .durable = true,
                     .lookahead = headless,
                     .flight = args_has(args, "time") || resume.timed, /* it goes on as it was started */
                     .kernel_level = kernel_level_from(NULL),
                     .trade_from = spec->trade_from,
                     .resume = resume.store != NULL ? &resume.how : NULL,
                     .ctx = &d,
                     .watch = watch,
                     .stop = should_stop,
                     .killed = is_killed,
                     .word = next_word,
                     .slow = slow_write};
    if (err == ERR_OK) {
        err = demo_play(app, &d, &job);
    }
    control_close(d.control);
    demo_frame_close(d.frame);
    run_source_close(&source);
    run_users_free(&users);
    demo_resume_close(&resume);
    return err;
}

/* Instead of a run: a part of the market into a file. */
static err_t write_table(app_t *app, const demo_table_t *table, const char *path, run_spec_t *spec)
{
    demo_written_t w;
    char first[11];
    char last[11];
    char text[LIMIT_PATH + 256];
    TRY(demo_table_write(app, spec, table, path, &w));
    date_print(first, w.first);
    date_print(last, w.last);
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_put_text(&app->jw, "file", path);
        jsonw_put_u64(&app->jw, table->option, w.rows);
        jsonw_put_u64(&app->jw, "sessions", w.sessions);
        jsonw_put_u64(&app->jw, "warmup_sessions", w.warmup);
        jsonw_put_text(&app->jw, "from", w.rows == 0 ? NULL : first);
        jsonw_put_text(&app->jw, "to", w.rows == 0 ? NULL : last);
        if (table->format != NULL) {
            jsonw_put_text(&app->jw, "format", table->format);
        }
        if (table->no_events) {
            jsonw_put_bool(&app->jw, "events", false);
        }
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    app_print(app, "%llu %s of %u stocks and SPY written to %s\n", (unsigned long long)w.rows, table->rows,
              spec->stocks, path);
    if (w.rows > 0) {
        app_print(app, "%u session%s, %s to %s\n", w.sessions, w.sessions == 1 ? "" : "s", first, last);
    }
    if (w.warmup > 0) {
        app_print(app, "%u of them are the warm-up before trading; --warmup 0 makes none\n", w.warmup);
    }
    if (table->format != NULL) {
        (void)snprintf(text, sizeof text,
                       "its header does not tell the layout: `vitrine data import %s --format %s`\n", path,
                       table->format);
        app_print(app, "%s", app_remedy(app, text));
    }
    if (table->no_events) {
        app_print(app, "no splits, dividends, listings or ends: the layout has no place for them, so this "
                       "market is made without\n");
    }
    return ERR_OK;
}

/* ERR_USAGE for an option that changes nothing of what is written: whoever gave it expects another file. */
static err_t idle_beside(app_t *app, const args_t *args, const demo_table_t *table)
{
    static const char *const idle[] = {"resume", "users", "set", "vix", "news", "time", "halts"};
    for (u32 i = 0; i < COUNT_OF(idle); i++) {
        bool shapes = strcmp(idle[i], "halts") == 0 && !table->no_events;
        if (args_has(args, idle[i]) && !shapes) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "demo --%s --%s: nothing of it reaches the file\ndo: leave --%s out",
                             table->option, idle[i], idle[i]);
        }
    }
    return ERR_OK;
}

/* The table that the options ask for, NULL for a run; ERR_USAGE if they ask for two, or for what it has no
 * place for. */
static err_t table_asked(app_t *app, const args_t *args, u32 events, const demo_table_t **table)
{
    static const demo_table_t *const tables[] = {&demo_bars, &demo_quotes, &demo_chains, &demo_headlines};
    *table = NULL;
    for (u32 i = 0; i < COUNT_OF(tables); i++) {
        bool asked = args_value(args, tables[i]->option) != NULL;
        if (asked && *table != NULL) {
            return diag_fail(&app->diag, ERR_USAGE, "--%s and --%s together\ndo: one file a call",
                             (*table)->option, tables[i]->option);
        }
        *table = asked ? tables[i] : *table;
    }
    if (*table == NULL) {
        return ERR_OK;
    }
    TRY(idle_beside(app, args, *table));
    if (*table == &demo_headlines && events == 0) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "demo --headlines --events 0: of companies that do nothing nothing is heard\n"
                         "do: leave --events out");
    }
    if ((*table)->no_events && args_value(args, "events") != NULL && events > 0) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "demo --%s --events %u: the layout has no place for splits and dividends\n"
                         "do: leave --events out; the market that is written has none",
                         (*table)->option, events);
    }
    return ERR_OK;
}

static err_t demo_run(app_t *app, const args_t *args)
{
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    home_t home;
    run_spec_t spec = {.symbols = symbols};
    const demo_table_t *table = NULL;
    err_t err = symbols == NULL ? ERR_NO_MEMORY : spec_from_args(app, args, &spec);
    err = err == ERR_OK ? table_asked(app, args, spec.events, &table) : err;
    err = err == ERR_OK && args_has(args, "resume") ? idle_on_resume(app, args) : err;
    if (err == ERR_OK && table != NULL) {
        err = write_table(app, table, args_value(args, table->option), &spec);
    } else if (err == ERR_OK) {
        err = home_open(app->home, HOME_CREATE | HOME_OWN, &app->diag, &home);
    }
    if (err == ERR_OK && table == NULL) {
        if (home_is_killed(&home)) {
            err = diag_fail(&app->diag, ERR_KILLED,
                            "the kill switch of %s is on\n%s/%s\ndo: `vitrine kill --off` takes "
                            "it back",
                            app->home, app->home, HOME_KILL_FILE);
        } else {
            err = demo_with_home(app, args, &home, &spec);
        }
        home_close(&home);
    }
    free(symbols);
    return err;
}

const verb_desc_t verb_demo = {
    .name = "demo",
    .summary = "watch the engine trade a simulated market, then replay itself",
    .usage = "[--headless] [--sessions N] [--speed max] [--resume]",
    .detail = "Nothing has to be configured. The market is made from --seed and has no edge unless --edge "
              "names one.\n"
              "Ends by deciding the whole run again from its journal and comparing every fact.",
    .example = "vitrine demo --headless --sessions 1 --seed 7",
    .options = {{"headless", NULL, "no drawing, as fast as it goes"},
                {"sessions", "N", "trading days (5)"},
                {"speed", "X", "simulated seconds per second, or max (600)"},
                {"stocks", "N", "stocks beside the index fund (50)"},
                {"warmup", "N", "sessions of history in minute bars before trading (12)"},
                {"history", "N", "daily sessions before the minute bars (300)"},
                {"bars", "FILE", "trade nothing: write that daily history as CSV, without events"},
                {"quotes", "FILE",
                 "trade nothing: write bid and ask by the minute (lean_equity_minute_quote)"},
                {"chains", "FILE", "trade nothing: write the options of each trading day (plain_chain)"},
                {"headlines", "FILE",
                 "trade nothing: write what is heard of companies, with its size (yahoo_headlines)"},
                {"edge", "NAME[:A]", "plant a pattern: momentum; of A set-up units of drift (0.25)"},
                {"halts", "N", "how often trading stops, 0 to 100; 0: never (1)"},
                {"events", "N", "pace at which companies pay, split, report, end, 0 to 20; 0: never (1)"},
                {"news", "WHAT",
                 "simulated: headlines, results, their dates and option chains are heard; none (simulated)"},
                {"vix", NULL,
                 "the engine knows the market's volatility index (other decisions than without)"},
                {"start", "DATE", "first simulated day"},
                {"resume", NULL, "go on with the run of this home that was interrupted, as it was started"},
                {"time", NULL, "record where the time of each decision went; why and report show it"},
                {"users", "FILE", "many users: cash (else 100000), presets, preferences (docs/users.md)"},
                {"preset", "NAME", "risk preset (aggressive)"},
                {"set", "KEY=VALUE", "any setting, repeatable", .repeatable = true},
                {NULL, NULL, NULL}},
    .words_max = 0,
    .run = demo_run,
};
