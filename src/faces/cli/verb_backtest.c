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
    return str_copy(s->symbols, RUN_SPEC_SYMBOLS, str_from(text)) == ERR_OK
               ? ERR_OK
               : diag_fail(
                     &app->diag, ERR_USAGE,
                     "--symbols: the list is too long\n  do: put it into a file and name it with @FILE");
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
        return diag_fail(&app->diag, ERR_USAGE, "--from %s is after --to %s\n  do: swap them",
                         args_value(args, "from"), args_value(args, "to"));
    }
    s->kind = RUN_BACKTEST;
    s->from = (i64)from * NS_PER_DAY;
    s->to = to == 0 ? 0 : ((i64)to + 1) * NS_PER_DAY;
    s->cash.v = cash * MONEY_SCALE;
    s->seed = (u64)app->settings.process.seed;
    const char *tf = args_value(args, "timeframe");
    if (timeframe_parse(str_from(tf == NULL ? "1d" : tf), &s->timeframe) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE, "--timeframe %s is none of 1m, 5m, 1d", tf);
    }
    const char *source = args_value(args, "source");
    const char *proxy = args_value(args, "proxy");
    const char *proxy_source = args_value(args, "proxy-source");
    TRY(str_copy(s->source, sizeof s->source, str_from(source == NULL ? "" : source)));
    TRY(str_copy(s->proxy, sizeof s->proxy, str_from(proxy == NULL ? "" : proxy)));
    TRY(str_copy(s->proxy_source, sizeof s->proxy_source,
                 str_from(proxy_source == NULL ? "" : proxy_source)));
    return read_symbols(app, args_value(args, "symbols"), s);
}

static err_t profile_fits(app_t *app, const run_spec_t *s)
{
    profile_t natural = s->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY;
    if (app->settings.profile_origin < ORIGIN_FILE || app->settings.config.profile == natural) {
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
        source_t source = feed_source_of(feed);
        config_t config = run_config(app, &spec);
        if (source.proxy == INST_NONE && source.proxy_bars == NULL) {
            app_say(app, "no --proxy: the regime stays unknown, scores are multiplied by 0.8\n");
        }
        err = config_from_sets(app, args, &config);
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
