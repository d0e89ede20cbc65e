/* `vitrine optimize`: many settings on one set of days, and what the best of so many is worth. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/run_args.h"
#include "faces/cli/search_args.h"
#include "store/home.h"
#include "store/trials.h"

enum { ROWS_SHOWN = 10 };

typedef struct {
    search_args_t args;
    study_t study;
    try_t as_is; /* the configuration without any of the changes */
    try_t locked;
    bool opened;
    u32 openings, openings_here; /* in this home: of any data, of this */
    u32 looked;                  /* back-tests that traded on the days kept back */
    date_t lock;    /* last day that was searched */
    u32 *own_order; /* tries, best first */
} optimize_t;

static f64 worth(const optimize_t *o, u32 i)
{
    return study_goal(&o->study.own_try[i], o->args.goal);
}

/* Best first; ties by index, as the choice of the best does. */
static void sort_tries(optimize_t *o)
{
    for (u32 i = 0; i < o->study.trials; i++) {
        u32 at = i;
        for (; at > 0 && worth(o, o->own_order[at - 1]) < worth(o, i); at--) {
            o->own_order[at] = o->own_order[at - 1];
        }
        o->own_order[at] = i;
    }
}

/* Under so many trades a ratio says nothing (trading paper 12), here as in a report. */
static bool has_ratio(const try_t *t)
{
    return t->trades >= METRICS_MIN_TRADES;
}

static void put_try(jsonw_t *w, const try_t *t)
{
    if (has_ratio(t)) {
        jsonw_put_f64(w, "sharpe", t->sharpe);
    }
    jsonw_put_f64(w, "total_return", t->total);
    jsonw_put_f64(w, "max_drawdown", t->drawdown);
    jsonw_put_f64(w, "mean_r", t->r);
    jsonw_put_u64(w, "trades", t->trades);
}

static void print_json(app_t *app, const optimize_t *o)
{
    jsonw_t *w = &app->jw;
    char day[11];
    char params[SPACE_TEXT];
    const study_t *s = &o->study;
    jsonw_object(w);
    jsonw_put_text(w, "goal", goal_name(o->args.goal));
    jsonw_put_u64(w, "trials", s->trials + 1ULL);
    jsonw_put_u64(w, "trials_before", s->before);
    date_print(day, o->lock);
    jsonw_put_text(w, "searched_to", day);
    space_print(&o->args.space, s->best, params);
    jsonw_put_text(w, "best", params);
    jsonw_put_f64(w, "expected_best_sharpe", s->expected);
    if (has_ratio(&s->own_try[s->best])) {
        jsonw_put_f64(w, "dsr", s->dsr.value);
    }
    if (s->pbo_known) {
        jsonw_put_f64(w, "pbo", s->pbo.pbo);
        jsonw_put_f64(w, "pbo_slope", s->pbo.slope);
    }
    jsonw_key(w, "as_is");
    jsonw_object(w);
    put_try(w, &o->as_is);
    jsonw_end(w);
    jsonw_key(w, "tries");
    jsonw_array(w);
    for (u32 i = 0; i < s->trials; i++) {
        space_print(&o->args.space, o->own_order[i], params);
        jsonw_object(w);
        jsonw_put_text(w, "params", params);
        put_try(w, &s->own_try[o->own_order[i]]);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_put_u64(w, "backtests_on_days_kept_back", o->looked);
    if (o->opened) {
        jsonw_key(w, "locked");
        jsonw_object(w);
        put_try(w, &o->locked);
        jsonw_put_u64(w, "openings", o->openings);
        jsonw_put_u64(w, "openings_of_this_data", o->openings_here);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_line(w);
}

static void print_row(app_t *app, const char *name, const try_t *t)
{
    char sharpe[16] = "n/a";
    if (has_ratio(t)) {
        (void)snprintf(sharpe, sizeof sharpe, "%.2f", t->sharpe);
    }
    app_print(app, "%-52.52s %7s %9.2f %9.2f %+9.4f %7u\n", name, sharpe, 100.0 * t->total,
              100.0 * t->drawdown, t->r, t->trades);
}

static void print_worth(app_t *app, const optimize_t *o)
{
    const study_t *s = &o->study;
    if (!has_ratio(&s->own_try[s->best])) {
        app_print(app, "\nbest of %u tries; it has %u trades, and under %d no ratio means anything\n",
                  s->trials, s->own_try[s->best].trades, (int)METRICS_MIN_TRADES);
        return;
    }
    char before[64] = "";
    if (s->before > 0) {
        (void)snprintf(before, sizeof before, " and of %u before them on these days", s->before);
    }
    app_print(app,
              "\nbest of %u tr%s%s; as many worthless tries\nwould show a Sharpe of %.2f at their best\n",
              s->trials, s->trials == 1 ? "y" : "ies", before, s->expected);
    app_print(app, "deflated Sharpe       %.3f  (probability that the true one is above that)\n",
              s->dsr.value);
    if (s->pbo_known) {
        app_print(app,
                  "overfitting           %.2f  of %u partings of the days: the best in one half is below the "
                  "middle "
                  "in the other;\n                      it loses there in %.2f of them\n",
                  s->pbo.pbo, s->pbo.combinations, s->pbo.loss);
    } else {
        app_print(app, "overfitting           not known: under %d tries or %d sessions\n",
                  (int)PBO_TRIALS_MIN, PBO_BLOCKS * PBO_BLOCK_DAYS_MIN);
    }
    if (s->dsr.value < 0.95 || (s->pbo_known && s->pbo.pbo > 0.5)) {
        app_print(app, "                      this choice is not distinguishable from luck\n");
    }
}

static void print_text(app_t *app, const optimize_t *o)
{
    char params[SPACE_TEXT];
    char a[11];
    char b[11];
    date_print(a, o->args.first);
    date_print(b, o->lock);
    app_progress_end(app);
    app_print(app, "%s to %s, goal %s\n\n%-52s %7s %9s %9s %9s %7s\n", a, b, goal_name(o->args.goal), "",
              "Sharpe", "total %", "depth %", "mean R", "trades");
    print_row(app, "as it stands", &o->as_is);
    for (u32 i = 0; i < MIN_OF(o->study.trials, (u32)ROWS_SHOWN); i++) {
        space_print(&o->args.space, o->own_order[i], params);
        print_row(app, params, &o->study.own_try[o->own_order[i]]);
    }
    print_worth(app, o);
    date_print(b, o->args.last);
    if (o->opened) {
        app_print(app, "\n");
        print_row(app, "the best on the days kept back", &o->locked);
        app_print(app,
                  "days kept back were opened %u time%s in this home, by optimize and by research court, "
                  "%u of them\nof this data; each opening makes them worth less\n",
                  o->openings, o->openings == 1 ? "" : "s", o->openings_here);
    } else if (o->lock < o->args.last) {
        app_print(app, "\nkept back: the days up to %s. --open-locked looks at them, once and recorded\n", b);
    }
    if (o->lock < o->args.last && o->looked > 0) {
        app_print(app,
                  "%u back-test%s of this home traded on days kept back: for whoever saw that they are no "
                  "test\n",
                  o->looked, o->looked == 1 ? "" : "s");
    }
}

/* The last part of the range, with the choice made: opened at most by a flag, and counted. */
static err_t open_locked(app_t *app, optimize_t *o)
{
    run_spec_t spec;
    home_t home;
    store_t *store = NULL;
    span_t span = {.from = o->args.first, .to = o->args.last, .trade_from = o->lock + 1};
    study_spec_t s = search_study(app, &o->args, &span, &spec);
    TRY(study_try(&s, o->study.best, &app->diag, &o->locked));
    search_mark_t mark = {.study = "optimize", .point = o->study.best, .locked = true};
    TRY(search_record_one(app, &o->args, &mark, &o->locked));
    o->opened = true;
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, true, false, &app->diag, &store);
    if (err == ERR_OK) {
        err = trials_openings(store, NULL, &app->diag, &o->openings);
        err = err == ERR_OK ? trials_openings(store, &o->locked.input, &app->diag, &o->openings_here) : err;
        store_close(store);
    }
    home_close(&home);
    return err;
}

static err_t search(app_t *app, const args_t *args, optimize_t *o)
{
    i64 percent = 20;
    run_spec_t spec;
    TRY(search_args_read(app, args, &o->args));
    TRY(args_i64(args, "lock", 0, 50, &app->diag, &percent));
    if (o->args.space.count == 0) {
        return diag_fail(
            &app->diag, ERR_USAGE,
            "optimize: nothing to vary\ndo: name a setting, as in --param confidence.tau=0.05:0.2:0.05");
    }
    o->lock = o->args.last - (date_t)((o->args.last - o->args.first) * percent / 100);
    span_t span = {.from = o->args.first, .to = o->lock};
    study_spec_t s = search_study(app, &o->args, &span, &spec);
    TRY(search_before(app, &o->args, &s.before));
    TRY(search_looked(app, &o->args, o->lock + 1, &o->looked));
    app_say(app, "%u tr%s and the configuration as it stands, %u at a time\n", o->args.space.trials,
            o->args.space.trials == 1 ? "y" : "ies", s.threads);
    TRY(study_run(&s, o->args.goal, &app->diag, &o->study));
    TRY(search_record(app, &o->args, "optimize", &o->study));
    s.space = NULL;
    TRY(study_try(&s, 0, &app->diag, &o->as_is));
    search_mark_t mark = {.study = "optimize", .as_is = true};
    TRY(search_record_one(app, &o->args, &mark, &o->as_is));
    o->own_order = calloc(o->study.trials, sizeof *o->own_order);
    if (o->own_order == NULL) {
        return ERR_NO_MEMORY;
    }
    sort_tries(o);
    return args_has(args, "open-locked") && o->lock < o->args.last ? open_locked(app, o) : ERR_OK;
}

static err_t optimize_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    optimize_t *o = calloc(1, sizeof *o);
    if (o == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = search(app, args, o);
    if (err == ERR_OK && app->json) {
        print_json(app, o);
    } else if (err == ERR_OK) {
        print_text(app, o);
    }
    study_free(&o->study);
    try_free(&o->as_is);
    try_free(&o->locked);
    search_args_free(&o->args);
    free(o->own_order);
    free(o);
    return err;
}

const verb_desc_t verb_optimize = {
    .name = "optimize",
    .aliases = {"hyperopt"},
    .summary = "try many settings, and say what the best of so many is worth",
    .usage = "--param KEY=VALUES [--param ...] [--source NAME] ...",
    .detail = "  The last 20 % of the days are kept back (--lock); --open-locked runs the best on them and "
              "records\n"
              "  that it was done. Every try is counted: in the deflated Sharpe here, and in every later "
              "report on\n"
              "  the same data.",
    .example = "vitrine optimize --source sp500_daily --param confidence.tau=0.05:0.2:0.05",
    .options = {RUN_ARGS_DATA,
                SEARCH_ARGS,
                {"lock", "PERCENT", "of the range to keep back (20)"},
                {"open-locked", NULL, "run the best on the days kept back, recorded"},
                {NULL, NULL, NULL}},
    .words_max = 0,
    .run = optimize_run,
};
