/* `vitrine research check`: the null tests on stored bars; `research court` is in research_court.h. */
#include "faces/cli/app.h"

#include <stdlib.h>

#include "base/assert.h"
#include "drivers/nulls.h"
#include "drivers/run_spec.h"
#include "faces/cli/args.h"
#include "faces/cli/research_court.h"
#include "faces/cli/run_result.h"

static const char *verdict_name(null_verdict_t v)
{
    return v == NULL_HOLDS ? "holds" : (v == NULL_FAILS ? "FAILS" : "thin");
}

typedef struct {
    app_t *app;
    u32 hold, thin;
} said_t;

static void say_line(void *ctx, const null_line_t *l)
{
    said_t *said = ctx;
    app_t *app = said->app;
    said->hold += l->verdict == NULL_HOLDS ? 1 : 0;
    said->thin += l->verdict != NULL_HOLDS && l->verdict != NULL_FAILS ? 1 : 0;
    if (app->json) {
        jsonw_t *w = &app->jw;
        jsonw_object(w);
        jsonw_put_text(w, "test", l->test);
        jsonw_put_text(w, "who", l->who);
        jsonw_put_u64(w, "n", l->n);
        jsonw_put_f64(w, "value", l->value);
        jsonw_put_f64(w, "bound", l->bound);
        jsonw_put_text(w, "unit", l->unit);
        jsonw_put_text(w, "verdict", verdict_name(l->verdict));
        jsonw_end(w);
        return;
    }
    app_print(app, "%-5s  %-18s %-16s %9.4f  bound %.4f %-18s n %llu\n", verdict_name(l->verdict), l->test,
              l->who, l->value, l->bound, l->unit, (unsigned long long)l->n);
}

static err_t check_data(app_t *app, lab_t *data, i64 seeds)
{
    profile_t natural = data->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY;
    config_t config = app->settings.config.profile == natural
                          ? app->settings.config
                          : settings_with_profile(&app->settings, natural);
    said_t said = {.app = app};
    nulls_spec_t spec = {.config = &config,
                         .seed = (u64)app->settings.process.seed,
                         .seeds = (u32)seeds,
                         .ctx = &said,
                         .say = say_line};
    u32 failed = 0;
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_key(&app->jw, "lines");
        jsonw_array(&app->jw);
    }
    err_t err = nulls_run(data, &spec, &app->diag, &failed);
    if (app->json) {
        jsonw_end(&app->jw);
        jsonw_put_u64(&app->jw, "failed", failed);
        jsonw_put_u64(&app->jw, "hold", said.hold);
        jsonw_put_u64(&app->jw, "thin", said.thin);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    TRY(err);
    if (failed > 0) {
        return diag_fail(&app->diag, ERR_NULL_TEST,
                         "%u of the null tests do not hold\n"
                         "do: read docs/proofs.md on what each of them is a test of",
                         failed);
    }
    if (said.thin == 0) {
        app_say(app, "all null tests hold\n");
    } else { /* what was not measured did not hold: this is no clean bill */
        app_say(app, "%u null tests hold, none fails; %u had too few trades to say anything\n", said.hold,
                said.thin);
    }
    return ERR_OK;
}

static err_t research_check(app_t *app, const args_t *args)
{
    run_spec_t spec = {.symbols = calloc(1, RUN_SPEC_SYMBOLS)};
    feed_source_t *feed = NULL;
    lab_t data = {0};
    date_t from = 0;
    date_t to = 0;
    i64 seeds = 20;
    err_t err = spec.symbols == NULL ? ERR_NO_MEMORY : ERR_OK;
    TRY_DONE(err);
    TRY_DONE(args_date(args, "from", &app->diag, &from));
    TRY_DONE(args_date(args, "to", &app->diag, &to));
    TRY_DONE(args_i64(args, "seeds", 2, 64, &app->diag, &seeds));
    spec.kind = RUN_BACKTEST;
    spec.from = (i64)from * NS_PER_DAY;
    spec.to = to == 0 ? 0 : ((i64)to + 1) * NS_PER_DAY;
    const char *tf = args_value(args, "timeframe");
    if (timeframe_parse(str_from(tf == NULL ? "1d" : tf), &spec.timeframe) != ERR_OK ||
        (spec.timeframe != TF_1D && spec.timeframe != TF_5M)) {
        err = diag_fail(&app->diag, ERR_USAGE, "--timeframe is none of 5m, 1d\ndo: name one of them");
        goto done;
    }
    const char *source = args_value(args, "source");
    const char *symbols = args_value(args, "symbols");
    TRY_DONE(str_copy(spec.source, sizeof spec.source, str_from(source == NULL ? "" : source)));
    TRY_DONE(str_copy(spec.symbols, RUN_SPEC_SYMBOLS, str_from(symbols == NULL ? "" : symbols)));
    TRY_DONE(feed_source_open(&spec, app->home, &app->diag, &feed));
    source_t s = feed_source_of(feed);
    TRY_DONE(lab_read(&s, &app->diag, &data));
    err = check_data(app, &data, seeds);
done:
    lab_free(&data);
    feed_source_close(feed);
    free(spec.symbols);
    return err;
}

static err_t research_run(app_t *app, const args_t *args)
{
    const char *what = args_word(args, 0);
    if (what != NULL && str_eq_c(str_from(what), "court")) {
        return research_court(app, args);
    }
    const verb_desc_t *verb = what != NULL ? verb_find(what) : NULL;
    if (verb != NULL) {
        return diag_fail(&app->diag, ERR_USAGE, "research: %.48s is a verb of its own\ndo: vitrine %s --help",
                         what, verb->name);
    }
    if (what == NULL || !str_eq_c(str_from(what), "check") || args_word(args, 1) != NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "research: what? There are `check` and `court`\ndo: vitrine research check");
    }
    return research_check(app, args);
}

const verb_desc_t verb_research = {
    .name = "research",
    .summary = "null tests, and the court that compares two sets of settings",
    .usage = "check [--source NAME] [--timeframe 1d] [--seeds N] | court CHALLENGER INCUMBENT --after DATE | "
             "court file CHALLENGER INCUMBENT --after DATE --hypothesis TEXT | court list | court "
             "show|watch|sign|promote|rollback CASE",
    .detail =
        "Trades every strategy's signals by themselves on stored bars, on the same bars shuffled, turned "
        "over,\n"
        "reflected and with an edge planted, and says for each test what was measured and what it may be.\n"
        "court compares two stored backtests of the same data on the days after DATE, the last one that\n"
        "anybody tuned on: paired differences, deflated by every try on this data. Where a search of this "
        "home\n"
        "chose the challenger, its overfitting is asked too, and a DATE before its last day is refused. A\n"
        "question counts as one try, however often it is asked; a run against itself as none. A run is an\n"
        "id, the beginning of one, latest or previous.\n"
        "court file keeps the sitting as a case with a hypothesis. If it is won, the challenger must hold "
        "in\n"
        "backtests that are stored later, beside the incumbent's, on days after the filing: first with the "
        "same\n"
        "cash, then with the canary's share of it. court watch looks and takes the steps that follow; court\n"
        "sign is a person's word; court promote writes the settings to promoted.toml in the home, which\n"
        "--config reads. court rollback, or court watch by its rule, puts the incumbent's back. Refused "
        "cases\n"
        "stay in the list.",
    .example = "vitrine research check --source us_5min --timeframe 5m --seeds 20",
    .options = {{"source", "NAME", "data set in the bar store (data list shows them)", .part = "check"},
                {"timeframe", "TF", "1d or 5m", .part = "check"},
                {"symbols", "LIST", "comma separated; all without", .part = "check"},
                {"from", "DATE", "first session", .part = "check"},
                {"to", "DATE", "last session", .part = "check"},
                COURT_ARGS,
                {"seeds", "N", "shuffles of each kind (20)", .part = "check"},
                {NULL, NULL, NULL}},
    .words_min = 1,
    .words_max = 4,
    .run = research_run,
};
