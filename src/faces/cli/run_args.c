/* See run_args.h. */
#include "faces/cli/run_args.h"

#include <string.h>

#include "base/assert.h"
#include "faces/cli/run_result.h"
#include "quant/indicators/indicators.h"

static err_t read_symbols(app_t *app, const char *text, run_spec_t *s)
{
    if (text == NULL || strcmp(text, "all") == 0) {
        return ERR_OK;
    }
    if (text[0] == '@') {
        return symbols_from_file(app, text + 1, s->symbols, RUN_SPEC_SYMBOLS);
    }
    if (strlen(text) >= RUN_SPEC_SYMBOLS) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--symbols: the list is too long\ndo: put it into a file and name it with @FILE");
    }
    symbols_tidy(str_from(text), s->symbols);
    return s->symbols[0] != '\0'
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "--symbols: the list is empty\ndo: name symbols, a @FILE of them, or all");
}

static err_t name_from(app_t *app, const args_t *args, const char *option, char *out, size_t size)
{
    const char *text = args_value(args, option);
    return str_copy(out, size, str_from(text == NULL ? "" : text)) == ERR_OK
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "--%s %.48s...: the name is longer than %zu letters\n"
                           "do: `vitrine data list` shows the names",
                           option, text, size - 1);
}

err_t run_args_kernels_fit(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *name = args_value(args, "kernels");
    u32 level = kernel_level_from(name);
    return name == NULL || strcmp(indicator_level_name(level), name) == 0
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "--kernels %.16s: this processor or this program has no such kernels\n"
                           "do: choose sse2, avx2 or avx512, or leave it out",
                           name);
}

err_t run_args_sets(app_t *app, const args_t *args, run_spec_t *s)
{
    ASSERT(app != NULL && s != NULL);
    TRY(name_from(app, args, "source", s->source, sizeof s->source));
    TRY(name_from(app, args, "proxy", s->proxy, sizeof s->proxy));
    TRY(name_from(app, args, "proxy-source", s->proxy_source, sizeof s->proxy_source));
    TRY(name_from(app, args, "vix", s->vix, sizeof s->vix));
    TRY(name_from(app, args, "vix-source", s->vix_source, sizeof s->vix_source));
    TRY(name_from(app, args, "news", s->news, sizeof s->news));
    TRY(name_from(app, args, "members", s->members, sizeof s->members));
    if (s->vix_source[0] != '\0' && s->vix[0] == '\0') {
        return diag_fail(&app->diag, ERR_USAGE, "--vix-source %.31s: no --vix is named\ndo: add --vix SYMBOL",
                         s->vix_source);
    }
    return ERR_OK;
}

err_t run_args_spec(app_t *app, const args_t *args, run_spec_t *s)
{
    ASSERT(app != NULL && s != NULL && s->symbols != NULL);
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
        return diag_fail(&app->diag, ERR_USAGE,
                         "--timeframe %.16s is none of 1m, 5m, 1d\n"
                         "do: name one of them",
                         tf);
    }
    TRY(run_args_kernels_fit(app, args));
    TRY(run_args_sets(app, args, s));
    if (s->members[0] != '\0' && s->members_of != 0) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "--members %.48s and --members-of together\ndo: name a list or its day",
                         s->members);
    }
    return read_symbols(app, args_value(args, "symbols"), s);
}

err_t run_args_profile_fits(app_t *app, const run_spec_t *s)
{
    ASSERT(app != NULL && s != NULL);
    profile_t natural = s->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY;
    if (app->settings.profile_origin != ORIGIN_OPTION || app->settings.config.profile == natural) {
        return ERR_OK;
    }
    return diag_fail(&app->diag, ERR_USAGE,
                     "the %s profile does not run on %s bars\ndo: leave --profile out, or choose %s",
                     profile_name(app->settings.config.profile), timeframe_name(s->timeframe),
                     natural == PROFILE_SWING ? "--timeframe 5m" : "--timeframe 1d");
}

config_t run_args_config(const app_t *app, const run_spec_t *s)
{
    ASSERT(app != NULL && s != NULL);
    config_t c = app->settings.config;
    profile_t natural = s->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY;
    return c.profile == natural ? c : settings_with_profile(&app->settings, natural);
}
