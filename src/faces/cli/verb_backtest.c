/* `vitrine backtest`: the engine on stored bars. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/run_spec.h"
#include "drivers/runner.h"
#include "faces/cli/args.h"
#include "faces/cli/run_result.h"
#include "os/os.h"
#include "quant/indicators/indicators.h"

static err_t read_symbols(app_t *app, const char *text, run_spec_t *s)
{
    if (text == NULL || strcmp(text, "all") == 0) {
        return ERR_OK;
    }
    if (text[0] == '@') {
        return symbols_from_file(app, text + 1, s->symbols, RUN_SPEC_SYMBOLS);
    }
    if (str_trim(str_from(text)).n == 0) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--symbols: the list is empty\ndo: name symbols, a @FILE of them, or all");
    }
    return str_copy(s->symbols, RUN_SPEC_SYMBOLS, str_from(text)) == ERR_OK
               ? ERR_OK
               : diag_fail(
                     &app->diag, ERR_USAGE,
                     "--symbols: the list is too long\ndo: put it into a file and name it with @FILE");
}

static err_t name_from(app_t *app, const args_t *args, const char *option, char *out, size_t size)
{
    const char *text = args_value(args, option);
    return str_copy(out, size, str_from(text == NULL ? "" : text)) == ERR_OK
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "--%s %.48s...: the name is longer than %zu letters\n"
                           "do: `vitrine data list` shows the names", option, text, size - 1);
}

static err_t kernels_fit(app_t *app, const args_t *args)
{
    const char *name = args_value(args, "kernels");
    u32 level = kernel_level_from(name);
    return name == NULL || strcmp(kernel_level_name(level), name) == 0
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "--kernels %.16s: this processor or this program has no such kernels\n"
                           "do: choose sse2, avx2 or avx512, or leave it out", name);
}

/* A range too short for the history that the screen wants refuses everything, which looks like a fault. */
static void say_history(app_t *app, const config_t *c, const feed_source_t *feed)
{
    date_t first = feed_source_first(feed);
    date_t last = feed_source_last(feed);
    i64 wanted = c->screen_min_daily_bars;
    if ((last - first) * 5 / 7 < wanted) {
        app_say(app,
                "the first %lld sessions of a symbol only fill its history, and this range has hardly more:\n"
                "give an earlier --from, and --trade-from for the first session to trade\n",
                (long long)wanted);
    }
}

/* Sessions that only fill the history must leave some to trade. */
static err_t trade_from_fits(app_t *app, const run_spec_t *s, const feed_source_t *feed)
{
    date_t last = feed_source_last(feed);
    char text[11];
    if (s->trade_from == 0 || s->trade_from <= last) {
        return ERR_OK;
    }
    date_print(text, last);
    return diag_fail(&app->diag, ERR_EMPTY,
                     "no session is left to trade\n--trade-from is after the last stored session, %s\n"
                     "do: give an earlier --trade-from", text);
}

static err_t spec_from_args(app_t *app, const args_t *args, run_spec_t *s)
{
    date_t from = 0;
    date_t to = 0;
    i64 cash = 100000;
    TRY(args_date(args, "from", &app->diag, &from));
    TRY(args_date(args, "to", &app->diag, &to));
    TRY(args_date(args, "trade-from", &app->diag, &s->trade_from));
    TRY(args_date(args, "members-of", &app->diag, &s->members_of));
    TRY(args_i64(args, "cash", 1, 1000000000, &app->diag, &cash));
    if (from != 0 && to != 0 && from > to) {
        return diag_fail(&app->diag, ERR_USAGE, "--from %.10s is after --to %.10s\ndo: swap them",
                         args_value(args, "from"), args_value(args, "to"));
    }
    s->kind = RUN_BACKTEST;
    s->from = (i64)from * NS_PER_DAY;
    s->to = to == 0 ? 0 : ((i64)to + 1) * NS_PER_DAY;
    s->cash.v = cash * MONEY_SCALE;
    s->seed = (u64)app->settings.process.seed;
    const char *tf = args_value(args, "timeframe");
    if (timeframe_parse(str_from(tf == NULL ? "1d" : tf), &s->timeframe) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE, "--timeframe %.16s is none of 1m, 5m, 1d\n"
                                                "do: name one of them", tf);
    }
    TRY(kernels_fit(app, args));
    TRY(name_from(app, args, "source", s->source, sizeof s->source));
    TRY(name_from(app, args, "proxy", s->proxy, sizeof s->proxy));
    TRY(name_from(app, args, "proxy-source", s->proxy_source, sizeof s->proxy_source));
    return read_symbols(app, args_value(args, "symbols"), s);
}

static err_t profile_fits(app_t *app, const run_spec_t *s)
{
    profile_t natural = s->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY;
    if (app->settings.profile_origin != ORIGIN_OPTION || app->settings.config.profile == natural) {
        return ERR_OK;
    }
    return diag_fail(&app->diag, ERR_USAGE,
                     "the %s profile does not run on %s bars\ndo: leave --profile out, or choose %s",
                     profile_name(app->settings.config.profile), timeframe_name(s->timeframe),
                     natural == PROFILE_SWING ? "--timeframe 5m" : "--timeframe 1d");
}

/* The daily bar clock belongs to the swing profile, finer ones to the day profile, unless --profile said
 * otherwise. */
static config_t run_config(const app_t *app, const run_spec_t *s)
{
    config_t c = app->settings.config;
    profile_t natural = s->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY;
    return c.profile == natural ? c : settings_with_profile(&app->settings, natural);
}

static err_t backtest_run(app_t *app, const args_t *args)
{
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    feed_source_t *feed = NULL;
    run_spec_t spec = {.symbols = symbols};
    err_t err = symbols == NULL ? ERR_NO_MEMORY : spec_from_args(app, args, &spec);
    if (err == ERR_OK) {
        err = profile_fits(app, &spec);
    }
    if (err == ERR_OK) {
        err = feed_source_open(&spec, app->home, &app->diag, &feed);
    }
    if (err == ERR_OK) {
        err = trade_from_fits(app, &spec, feed);
    }
    if (err == ERR_OK) {
        source_t source = feed_source_of(feed);
        config_t config = run_config(app, &spec);
        if (source.proxy == INST_NONE && source.proxy_bars == NULL) {
            app_say(app, "no --proxy: the regime stays unknown, scores are multiplied by 0.8\n");
        }
        err = config_from_sets(app, args, &config);
        say_history(app, &config, feed);
        run_job_t job = {.spec = &spec,
                         .source = &source,
                         .config = &config,
                         .durable = false,
                         .lookahead = !args_has(args, "no-lookahead"),
                         .kernel_level = kernel_level_from(args_value(args, "kernels"))};
        err = err == ERR_OK ? run_and_report(app, &job) : err;
    }
    feed_source_close(feed);
    free(symbols);
    return err;
}

const verb_desc_t verb_backtest = {
    .name = "backtest",
    .aliases = {"backtesting"},
    .summary = "run the engine on stored bars",
    .usage = "[--from DATE] [--to DATE] [--symbols LIST] [--timeframe 1d]",
    .detail = "Daily bars run the swing profile, finer ones the day profile. The run is journaled: replay, "
              "why and report\n"
              "read it. Same data, configuration and seed give the same decision_hash.",
    .example = "vitrine backtest --source sp500_daily --proxy SPY --from 2000-01-01 --to 2019-12-31",
    .options = {{"from", "DATE", "first session"},
                {"to", "DATE", "last session"},
                {"trade-from", "DATE", "sessions before it only fill the history"},
                {"symbols", "LIST", "comma separated, @FILE, or all"},
                {"source", "NAME", "data set in the bar store (data list shows them)"},
                {"timeframe", "TF", "1d, 5m or 1m"},
                {"cash", "USD", "start with this (100000)"},
                {"proxy", "SYMBOL", "regime proxy, usually SPY"},
                {"proxy-source", "NAME", "data set of the proxy"},
                {"members-of", "DATE", "the symbol list is the membership of this day: stamps the report"},
                {"profile", "NAME", "day or swing"},
                {"preset", "NAME", "risk preset"},
                {"set", "KEY=VALUE", "any setting, repeatable"},
                {"kernels", "LEVEL", "sse2, avx2 or avx512; the best by default, the bits are the same"},
                {"no-lookahead", NULL,
                 "compute features slice by slice, as live does; the bits are the same"},
                {NULL, NULL, NULL}},
    .words_max = 0,
    .run = backtest_run,
};
