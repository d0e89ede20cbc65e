/* `vitrine backtest`: the engine on stored bars. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/run_spec.h"
#include "drivers/runner.h"
#include "faces/cli/args.h"
#include "faces/cli/run_args.h"
#include "faces/cli/run_result.h"
#include "faces/cli/users_args.h"
#include "model/calendar.h"
#include "os/os.h"
#include "quant/indicators/indicators.h"

/* A range too short for the history that the screen wants refuses everything, which looks like a fault. */
static void say_history(app_t *app, const config_t *c, feed_source_t *feed)
{
    date_t first = feed_source_first(feed);
    date_t last = feed_source_last(feed);
    i64 wanted = c->screen_min_daily_bars;
    calendar_id_t calendar = feed_source_of(feed).instruments[0].calendar;
    if (calendar_count(calendar, first - 1, MAX_OF(last, first)) <= wanted) {
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
                     "do: give an earlier --trade-from",
                     text);
}

static err_t backtest_run(app_t *app, const args_t *args)
{
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    feed_source_t *feed = NULL;
    run_users_t users = {0};
    run_spec_t spec = {.symbols = symbols};
    err_t err = symbols == NULL ? ERR_NO_MEMORY : run_args_spec(app, args, &spec);
    if (err == ERR_OK) {
        err = run_args_profile_fits(app, &spec);
    }
    if (err == ERR_OK) {
        err = users_from_args(app, args, spec.cash, &users);
    }
    if (err == ERR_OK) {
        err = feed_source_open(&spec, app->home, &app->diag, &feed);
    }
    if (err == ERR_OK) {
        err = trade_from_fits(app, &spec, feed);
    }
    if (err == ERR_OK) {
        source_t source = feed_source_of(feed);
        config_t config = run_args_config(app, &spec);
        if (source.proxy == INST_NONE && source.proxy_bars == NULL) {
            app_say(app, "no --proxy: the regime stays unknown, scores are multiplied by 0.8\n");
        }
        err = config_from_sets(app, args, &config);
        if (source.instruments[0].cls == CLASS_CRYPTO && config.broker_fees == 0) {
            app_say(app, "broker.fees = 0: coins change hands without a fee; venues take 0.15 to 0.8 %%\n"
                         "of the value each way (1 Alpaca, 2 IBKR, 10 Coinbase, 11 Kraken)\n");
        }
        users_say_unknown(app, &users, &source);
        say_history(app, &config, feed);
        run_job_t job = {.spec = &spec,
                         .source = &source,
                         .config = &config,
                         .users = &users,
                         .durable = false,
                         .lookahead = !args_has(args, "no-lookahead"),
                         .flight = args_has(args, "time"),
                         .kernel_level = kernel_level_from(args_value(args, "kernels"))};
        err = err == ERR_OK ? run_and_report(app, &job) : err;
    }
    feed_source_close(feed);
    run_users_free(&users);
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
    .options = {RUN_ARGS_DATA,
                {"users", "FILE",
                 "many users in one run, each with cash (else --cash) and preferences (docs/users.md)"},
                {"kernels", "LEVEL", "sse2, avx2 or avx512; the best by default, the bits are the same"},
                {"time", NULL, "record where the time of each decision went; why and report show it"},
                {"no-lookahead", NULL,
                 "compute features slice by slice, as live does; the bits are the same"},
                {NULL, NULL, NULL}},
    .words_max = 0,
    .run = backtest_run,
};
