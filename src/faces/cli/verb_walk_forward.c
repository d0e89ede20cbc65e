/* `vitrine walk-forward`: choose on the past, trade the days behind it, move on. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/run_args.h"
#include "faces/cli/search_args.h"
#include "quant/stats/bootstrap.h"

enum { FOLDS_MAX = 256, HISTORY_DAYS = 420, WALK_ARENA = 4 << 20 };

typedef struct {
    date_t train, test, end; /* first day of each part, last day of the test */
    char params[SPACE_TEXT];
    f64 goal_in;
    try_t test_try;
} fold_t;

typedef struct {
    search_args_t args;
    i64 train_days, test_days;
    bool anchored;
    fold_t *own_fold; /* FOLDS_MAX */
    u32 folds;
    u32 tries; /* in all folds */
    f64 *own_ret;
    u32 days, trades;
    f64 total, sharpe, drawdown, goal_in;
    bootstrap_t year;
    bool year_known;
    f64 sessions; /* a year */
} walk_t;

/* The folds that fit: the first training part begins with the data, the last test ends with it. */
static err_t plan(app_t *app, walk_t *w)
{
    for (date_t test = w->args.first + (date_t)w->train_days; test < w->args.last;
         test += (date_t)w->test_days) {
        if (w->folds == FOLDS_MAX) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "walk-forward: more than %d folds\ndo: give a longer --test", (int)FOLDS_MAX);
        }
        fold_t *f = &w->own_fold[w->folds++];
        f->train = w->anchored ? w->args.first : test - (date_t)w->train_days;
        f->test = test;
        f->end = MIN_OF((date_t)(test + w->test_days - 1), w->args.last);
    }
    fold_t *last = w->folds > 1 ? &w->own_fold[w->folds - 1] : NULL;
    if (last != NULL && last->end - last->test + 1 <
                            w->test_days / 2) { /* a stub says nothing: the fold before it takes it */
        w->folds--;
        w->own_fold[w->folds - 1].end = last->end;
    }
    return w->folds > 0 ? ERR_OK
                        : diag_fail(&app->diag, ERR_EMPTY,
                                    "walk-forward: the range is not longer than --train %lld days\n"
                                    "do: give a shorter --train or a longer range",
                                    (long long)w->train_days);
}

/* Features need a year before the first day that trades, as far as there is one. */
static span_t span_of(const walk_t *w, date_t trade_from, date_t to)
{
    return (span_t){
        .from = MAX_OF(w->args.first, trade_from - (date_t)HISTORY_DAYS), .to = to, .trade_from = trade_from};
}

static err_t run_fold(app_t *app, walk_t *w, fold_t *f)
{
    run_spec_t spec;
    study_t study = {0};
    u32 best = 0;
    if (w->args.space.count > 0) {
        span_t train = span_of(w, f->train, f->test - 1);
        study_spec_t s = search_study(app, &w->args, &train, &spec);
        err_t err = study_run(&s, w->args.goal, &app->diag, &study);
        if (err == ERR_OK) {
            err = search_record(app, &w->args, "walk-forward", &study);
        }
        best = study.best;
        f->goal_in = study.goal_best;
        w->tries += study.trials;
        study_free(&study);
        TRY(err);
        space_print(&w->args.space, best, f->params);
    }
    span_t test = span_of(w, f->test, f->end);
    study_spec_t s = search_study(app, &w->args, &test, &spec);
    TRY(study_try(&s, best, &app->diag, &f->test_try));
    search_mark_t mark = {.study = "walk-forward", .point = best};
    return search_record_one(app, &w->args, &mark, &f->test_try);
}

/* Days of all tests, one after another. */
static err_t stitch(walk_t *w)
{
    u32 n = 0;
    for (u32 i = 0; i < w->folds; i++) {
        n += w->own_fold[i].test_try.days;
        w->trades += w->own_fold[i].test_try.trades;
        w->goal_in += w->own_fold[i].goal_in / w->folds;
    }
    w->own_ret = calloc((size_t)n + 1, sizeof *w->own_ret);
    f64 *equity = calloc((size_t)n + 1, sizeof *equity);
    date_t *day = calloc((size_t)n + 1, sizeof *day);
    w->sessions = w->own_fold[0].test_try.year;
    arena_t a = {0};
    err_t err =
        w->own_ret == NULL || equity == NULL || day == NULL ? ERR_NO_MEMORY : arena_open(&a, WALK_ARENA);
    if (err == ERR_OK) {
        equity[0] = 1.0;
        for (u32 i = 0; i < w->folds; i++) {
            const try_t *t = &w->own_fold[i].test_try;
            day[0] = w->days == 0 && t->days > 0 ? t->own_day[0] - 1 : day[0];
            for (u32 k = 0; k < t->days; k++, w->days++) {
                w->own_ret[w->days] = t->own_ret[k];
                equity[w->days + 1] = equity[w->days] * (1.0 + t->own_ret[k]);
                day[w->days + 1] = t->own_day[k];
            }
        }
        metrics_equity_t m = {0};
        metrics_terms_t terms = {.year = w->sessions};
        err = w->days >= 2 ? metrics_equity(&a, equity, day, w->days + 1, &terms, &m) : ERR_EMPTY;
        w->total = m.total_return;
        w->sharpe = m.sharpe.value;
        w->drawdown = m.drawdown.fraction;
        bootstrap_spec_t b = {.seed = w->args.spec.seed, .entity = 91};
        w->year_known = err == ERR_OK && bootstrap_mean(&a, &b, w->own_ret, w->days, &w->year) == ERR_OK;
    }
    arena_close(&a);
    free(equity);
    free(day);
    return err;
}

static void print_json(app_t *app, const walk_t *w)
{
    jsonw_t *j = &app->jw;
    char day[11];
    jsonw_object(j);
    jsonw_put_text(j, "goal", goal_name(w->args.goal));
    jsonw_put_u64(j, "tries", w->tries);
    jsonw_put_u64(j, "sessions", w->days);
    jsonw_put_u64(j, "trades", w->trades);
    jsonw_put_f64(j, "total_return", w->total);
    if (w->trades >= METRICS_MIN_TRADES) {
        jsonw_put_f64(j, "sharpe", w->sharpe);
    }
    jsonw_put_f64(j, "max_drawdown", w->drawdown);
    if (w->year_known) {
        jsonw_put_f64(j, "year_low", w->sessions * w->year.low);
        jsonw_put_f64(j, "year_high", w->sessions * w->year.high);
    }
    jsonw_key(j, "folds");
    jsonw_array(j);
    for (u32 i = 0; i < w->folds; i++) {
        const fold_t *f = &w->own_fold[i];
        jsonw_object(j);
        date_print(day, f->train);
        jsonw_put_text(j, "train", day);
        date_print(day, f->test);
        jsonw_put_text(j, "test", day);
        date_print(day, f->end);
        jsonw_put_text(j, "end", day);
        jsonw_put_text(j, "params", f->params);
        jsonw_put_f64(j, "goal_in", f->goal_in);
        jsonw_put_f64(j, "goal_out", study_goal(&f->test_try, w->args.goal));
        jsonw_put_f64(j, "total_return", f->test_try.total);
        jsonw_put_u64(j, "trades", f->test_try.trades);
        jsonw_end(j);
    }
    jsonw_end(j);
    jsonw_end(j);
    jsonw_line(j);
}

static void print_text(app_t *app, const walk_t *w)
{
    const char *goal = goal_name(w->args.goal);
    bool chosen = w->args.space.count > 0;
    app_progress_end(app);
    app_print(app, "%-25s %9s %9s %9s %7s%s\n", "tested", chosen ? "chosen at" : "", "came to", "total %",
              "trades", chosen ? "  chosen" : "");
    for (u32 i = 0; i < w->folds; i++) {
        const fold_t *f = &w->own_fold[i];
        char a[11];
        char b[11];
        char in[16] = "";
        date_print(a, f->test);
        date_print(b, f->end);
        if (chosen) {
            (void)snprintf(in, sizeof in, "%.2f", f->goal_in);
        }
        app_print(app, "%s to %s %9s %9.2f %9.2f %7u%s%s\n", a, b, in,
                  study_goal(&f->test_try, w->args.goal), 100.0 * f->test_try.total, f->test_try.trades,
                  chosen ? "  " : "", f->params);
    }
    char sharpe[24] = "n/a under 30 trades";
    if (w->trades >= METRICS_MIN_TRADES) {
        (void)snprintf(sharpe, sizeof sharpe, "%.2f", w->sharpe);
    }
    app_print(app,
              "\nout of sample         %u sessions, %u trades, total %+.2f %%, Sharpe %s, deepest %.2f %%\n",
              w->days, w->trades, 100.0 * w->total, sharpe, 100.0 * w->drawdown);
    if (w->year_known) {
        app_print(app, "a year                %+.2f %%;  95 %%: %+.2f to %+.2f %%%s\n",
                  100.0 * w->sessions * w->year.point, 100.0 * w->sessions * w->year.low,
                  100.0 * w->sessions * w->year.high,
                  w->year.low <= 0 && w->year.high >= 0 ? "   not distinguishable from zero" : "");
    }
    if (chosen) {
        app_print(app, "%u tries in %u folds; the chosen %s was %.2f on the mean where it was chosen\n",
                  w->tries, w->folds, goal, w->goal_in);
    }
    app_print(app, "each fold begins with no positions and no evidence of its own; what is open at its end "
                   "counts at its mark\n");
}

static err_t walk(app_t *app, const args_t *args, walk_t *w)
{
    TRY(search_args_read(app, args, &w->args));
    bool daily = w->args.spec.timeframe == TF_1D;
    w->train_days = daily ? 1095 : 60;
    w->test_days = daily ? 365 : 20;
    w->anchored = args_has(args, "anchored");
    TRY(args_i64(args, "train", 5, 20000, &app->diag, &w->train_days));
    TRY(args_i64(args, "test", 5, 20000, &app->diag, &w->test_days));
    w->own_fold = calloc(FOLDS_MAX, sizeof *w->own_fold);
    if (w->own_fold == NULL) {
        return ERR_NO_MEMORY;
    }
    TRY(plan(app, w));
    for (u32 i = 0; i < w->folds; i++) {
        app_progress(app, "folds", i, w->folds);
        TRY(run_fold(app, w, &w->own_fold[i]));
    }
    return stitch(w);
}

static err_t walk_forward_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    walk_t *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = walk(app, args, w);
    if (err == ERR_OK && app->json) {
        print_json(app, w);
    } else if (err == ERR_OK) {
        print_text(app, w);
    }
    for (u32 i = 0; w->own_fold != NULL && i < w->folds; i++) {
        try_free(&w->own_fold[i].test_try);
    }
    search_args_free(&w->args);
    free(w->own_fold);
    free(w->own_ret);
    free(w);
    return err;
}

const verb_desc_t verb_walk_forward = {
    .name = "walk-forward",
    .summary = "choose on the past, trade the days behind it, move on",
    .usage = "[--param KEY=VALUES ...] [--train DAYS] [--test DAYS] [--source NAME] ...",
    .detail = "  Without --param nothing is chosen and each fold shows the configuration as it stands. Days "
              "are of the\n"
              "  calendar: 1095 and 365 on daily bars, 60 and 20 on finer ones.",
    .example = "vitrine walk-forward --source sp500_daily --param confidence.tau=0.05:0.2:0.05",
    .options = {RUN_ARGS_DATA,
                SEARCH_ARGS,
                {"train", "DAYS", "length of the part that chooses"},
                {"test", "DAYS", "length of the part that trades"},
                {"anchored", NULL, "every training part begins with the data"},
                {NULL, NULL, NULL}},
    .words_max = 0,
    .run = walk_forward_run,
};
