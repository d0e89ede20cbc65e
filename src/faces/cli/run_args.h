/* The options that say what a backtest runs on, shared by every verb that runs one. */
#ifndef VITRINE_FACES_CLI_RUN_ARGS_H
#define VITRINE_FACES_CLI_RUN_ARGS_H

#include "drivers/run_spec.h"
#include "faces/cli/app.h"
#include "faces/cli/args.h"

/* Rows of a verb's table of options. */
#define RUN_ARGS_DATA                                                                                        \
    {"from", "DATE", "first session"}, {"to", "DATE", "last session"},                                       \
        {"trade-from", "DATE", "sessions before it only fill the history"},                                  \
        {"symbols", "LIST", "comma separated, @FILE, or all"},                                               \
        {"source", "NAME", "data set in the bar store (data list shows them)"},                              \
        {"timeframe", "TF", "1d, 5m or 1m"}, {"cash", "USD", "start with this (100000)"},                    \
        {"proxy", "SYMBOL", "regime proxy, usually SPY; of coins BTC/USD"},                                  \
        {"proxy-source", "NAME", "data set of the proxy"},                                                   \
        {"news", "SETS", "hear records of these sets (docs/data.md), or all"},                               \
        {"members", "SET", "trade a name while it is in this list: a set of records, or SET/LIST"},          \
        {"vix", "SYMBOL", "volatility index, usually VIX"}, {"vix-source", "NAME", "data set of the index"}, \
        {"members-of", "DATE", "the symbol list is the membership of this day: stamps the report"},          \
        {"profile", "NAME", "day or swing"}, {"preset", "NAME", "risk preset"},                              \
    {                                                                                                        \
        "set", "KEY=VALUE", "any setting, repeatable", .repeatable = true                                    \
    }

/* What a run reads beside its symbols: source, proxy, volatility index, news, members. ERR_USAGE. */
MUST_USE err_t run_args_sets(app_t *app, const args_t *args, run_spec_t *s);
/* The data and cash of a run; `s->symbols` is memory of RUN_SPEC_SYMBOLS bytes. ERR_USAGE. */
MUST_USE err_t run_args_spec(app_t *app, const args_t *args, run_spec_t *s);
/* ERR_USAGE if --kernels names none that this processor and this program have. */
MUST_USE err_t run_args_kernels_fit(app_t *app, const args_t *args);
/* ERR_USAGE if --profile does not run on these bars. */
MUST_USE err_t run_args_profile_fits(app_t *app, const run_spec_t *s);
/* The daily bar clock belongs to the swing profile, finer ones to the day profile, unless --profile said
 * otherwise. */
config_t run_args_config(const app_t *app, const run_spec_t *s);

#endif
