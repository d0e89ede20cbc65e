/* See research_court.h. */
#include "faces/cli/research_court.h"

#include <stdlib.h>

#include "base/assert.h"
#include "faces/report/report.h"
#include "os/clock.h"
#include "quant/stats/court.h"
#include "store/home.h"
#include "store/trials.h"

enum { SIDES = 2, COURT_ARENA = 1 << 16, COURT_DAY = 8 };

typedef struct {
    report_facts_t facts[SIDES]; /* challenger, incumbent */
    f64 *own_ret[SIDES];
    u32 days, trades;
    u32 tries;     /* on this data without this very question */
    bool asked;    /* before */
    bool compares; /* the runs differ: something was looked at */
    char question[128];
    date_t after;
    court_verdict_t verdict;
} court_t;

static err_t read_runs(app_t *app, const args_t *args, court_t *k)
{
    for (u32 i = 0; i < SIDES; i++) {
        TRY(report_read(app->home, args_word(args, 1 + i), NULL, &app->diag, &k->facts[i]));
    }
    const report_facts_t *a = &k->facts[0];
    const report_facts_t *b = &k->facts[1];
    static const digest_t none = {0};
    if (digest_eq(&a->run.input, &none) || !digest_eq(&a->run.input, &b->run.input) ||
        a->day_count != b->day_count) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "court: the two runs are no backtests of the same data\n"
                         "do: run both with the same --source, --symbols, --from and --to");
    }
    return ERR_OK;
}

/* Days behind the runs judge nothing, and a day before them is not the last that anybody tuned on. */
static err_t check_after(app_t *app, const court_t *k)
{
    const report_facts_t *f = &k->facts[0];
    char day[11];
    char first[11];
    char last[11];
    if (f->day_count == 0) {
        return diag_fail(&app->diag, ERR_EMPTY, "court: the runs have no session\ndo: run a longer range");
    }
    date_print(day, k->after);
    date_print(first, f->own_days[0].session);
    date_print(last, f->own_days[f->day_count - 1].session);
    if (k->after >= f->own_days[f->day_count - 1].session) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "court: no day is left to judge behind --after %s\nthe runs end with %s\n"
                         "do: name an earlier day, the last that anybody tuned on",
                         day, last);
    }
    return k->after >= f->own_days[0].session
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "court: --after %s lies before the runs\nthey begin with %s\n"
                           "do: name the last day that anybody tuned on, at the earliest the first session",
                           day, first);
}

/* Daily returns on the sessions after `after`. A curve that touched zero has none. */
static err_t pair_days(app_t *app, court_t *k)
{
    u32 n = k->facts[0].day_count;
    for (u32 s = 0; s < SIDES; s++) {
        k->own_ret[s] = calloc((size_t)n + 1, sizeof(f64));
        if (k->own_ret[s] == NULL) {
            return ERR_NO_MEMORY;
        }
    }
    for (u32 i = 1; i < n; i++) {
        const report_day_t *first = &k->facts[0].own_days[i];
        if (first->session <= k->after) {
            continue;
        }
        for (u32 s = 0; s < SIDES; s++) {
            const report_day_t *d = &k->facts[s].own_days[i];
            if (d->session != first->session || d[-1].equity <= 0) {
                return diag_fail(&app->diag, ERR_USAGE,
                                 "court: the two runs have no equity on the same sessions\n"
                                 "do: run both on the same data, with cash that lasts");
            }
            k->own_ret[s][k->days] = (f64)d->equity / (f64)d[-1].equity - 1.0;
        }
        k->days++;
    }
    const report_facts_t *f = &k->facts[0];
    for (u32 i = 0; i < f->trade_count; i++) {
        k->trades += f->own_trades[i].l.entry_date > (i64)k->after ? 1 : 0;
    }
    return ERR_OK;
}

static err_t judge(app_t *app, court_t *k)
{
    arena_t a;
    TRY(arena_open(&a, COURT_ARENA + (size_t)k->days * COURT_DAY));
    court_case_t c = {.challenger = k->own_ret[0],
                      .incumbent = k->own_ret[1],
                      .days = k->days,
                      .trades = k->trades,
                      .trials = MAX_OF(k->tries, 1U),
                      .seed = (u64)app->settings.process.seed};
    err_t err = court_judge(&a, &c, &k->verdict);
    arena_close(&a);
    bool itself = k->facts[0].run.number == k->facts[1].run.number;
    k->compares = !itself && (k->verdict.grounds & COURT_SAME) == 0;
    return err;
}

/* A question is who against whom, on which days, with which seed of the resamples: asked again it gets the
 * answer it got, so it counts once. */
static err_t find_question(app_t *app, court_t *k)
{
    char day[11];
    home_t home;
    store_t *store = NULL;
    u32 asked = 0;
    date_print(day, k->after);
    (void)snprintf(k->question, sizeof k->question, "%s against %s after %s seed %llu:",
                   k->facts[0].run.id.text, k->facts[1].run.id.text, day,
                   (unsigned long long)app->settings.process.seed);
    trial_question_t ask = {
        .input = k->facts[0].run.input, .study = STR("court"), .head = str_from(k->question)};
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, true, false, &app->diag, &store);
    if (err == ERR_OK) {
        err = trials_asked(store, &ask, &app->diag, &asked);
        store_close(store);
    }
    home_close(&home);
    k->asked = asked > 0;
    k->tries = k->facts[0].trials - MIN_OF(asked, k->facts[0].trials);
    return err;
}

/* The sitting itself has looked at these days: the next one is deflated by one try more. */
static err_t record(app_t *app, const court_t *k)
{
    char params[160];
    const run_row_t *a = &k->facts[0].run;
    if (k->asked || !k->compares) {
        return ERR_OK;
    }
    (void)snprintf(params, sizeof params, "%s %s", k->question, k->verdict.promoted ? "promoted" : "refused");
    trial_row_t row = {.t_created = os_now(),
                       .input = a->input,
                       .decisions = a->decisions,
                       .study = STR("court"),
                       .params = str_from(params),
                       .locked = true,
                       .sharpe = k->verdict.sharpe,
                       .total = k->verdict.mean * (f64)k->days};
    home_t home;
    store_t *store = NULL;
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, false, false, &app->diag, &store);
    if (err == ERR_OK) {
        err = trials_add(store, &row, 1, &app->diag);
        store_close(store);
    }
    home_close(&home);
    return err;
}

/* Whether the runs had other money or other users: then more than settings is compared. */
static bool other_money(const court_t *k)
{
    return k->facts[0].start.v != k->facts[1].start.v;
}

static bool other_users(const court_t *k)
{
    return !digest_eq(&k->facts[0].users.rows, &k->facts[1].users.rows);
}

static void print_json(app_t *app, const court_t *k)
{
    jsonw_t *w = &app->jw;
    const court_verdict_t *v = &k->verdict;
    jsonw_object(w);
    jsonw_put_text(w, "challenger", k->facts[0].run.id.text);
    jsonw_put_text(w, "incumbent", k->facts[1].run.id.text);
    jsonw_put_bool(w, "promoted", v->promoted);
    jsonw_put_u64(w, "days", k->days);
    jsonw_put_u64(w, "trades", k->trades);
    jsonw_put_u64(w, "trials", k->tries);
    jsonw_put_bool(w, "counted", k->compares && !k->asked);
    jsonw_put_bool(w, "other_money", other_money(k));
    jsonw_put_bool(w, "other_users", other_users(k));
    jsonw_put_f64(w, "daily_difference", v->mean);
    jsonw_put_f64(w, "low", v->low);
    jsonw_put_f64(w, "high", v->high);
    jsonw_put_f64(w, "dsr", v->dsr);
    jsonw_key(w, "grounds");
    jsonw_array(w);
    for (u32 i = 0; i < COURT_GROUNDS; i++) {
        if ((v->grounds & (1U << i)) != 0) {
            jsonw_text(w, court_ground(1U << i));
        }
    }
    jsonw_end(w);
    jsonw_end(w);
    jsonw_line(w);
}

static void print_text(app_t *app, const court_t *k)
{
    const court_verdict_t *v = &k->verdict;
    char day[11];
    date_print(day, k->after);
    app_print(app, "%s against %s: %s\n", k->facts[0].run.id.text, k->facts[1].run.id.text,
              v->promoted ? "PROMOTED" : "refused");
    app_print(app, "  after %s: %u days (%d needed), %u trades of the challenger (%d needed)\n", day,
              k->days, (int)COURT_DAYS_MIN, k->trades, (int)COURT_TRADES_MIN);
    app_print(app, "  difference of a day %+.2f bps, from %+.2f to %+.2f (5 %% beyond each side)\n",
              1e4 * v->mean, 1e4 * v->low, 1e4 * v->high);
    app_print(app, "  deflated by %u tries on this data: %.3f (0.95 needed)\n", k->tries, v->dsr);
    if (other_money(k)) {
        app_print(app, "  not settings alone: the challenger began with %.2f, the incumbent with %.2f\n",
                  money_to_f64(k->facts[0].start), money_to_f64(k->facts[1].start));
    }
    if (other_users(k)) {
        app_print(app, "  not settings alone: the runs had not the same users (%u, %s; %u, %s)\n",
                  k->facts[0].users.count, users_mode_name(k->facts[0].users.mode), k->facts[1].users.count,
                  users_mode_name(k->facts[1].users.mode));
    }
    app_print(app, "  %s\n",
              k->asked       ? "asked before: the same question counts once"
              : !k->compares ? "nothing differs: this is no try"
                             : "this sitting counts as one try from now on");
    for (u32 i = 0; i < COURT_GROUNDS; i++) {
        if ((v->grounds & (1U << i)) != 0) {
            app_print(app, "  ground: %s\n", court_ground(1U << i));
        }
    }
}

err_t research_court(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    if (args_word(args, 2) == NULL || args_value(args, "after") == NULL) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "court: two runs and --after DATE, the last day that anybody tuned on\n"
                         "do: vitrine research court CHALLENGER INCUMBENT --after 2018-12-31");
    }
    court_t *k = calloc(1, sizeof *k);
    if (k == NULL) {
        return ERR_NO_MEMORY;
    }
    err_t err = args_date(args, "after", &app->diag, &k->after);
    err = err == ERR_OK ? read_runs(app, args, k) : err;
    err = err == ERR_OK ? check_after(app, k) : err;
    err = err == ERR_OK ? find_question(app, k) : err;
    err = err == ERR_OK ? pair_days(app, k) : err;
    err = err == ERR_OK ? judge(app, k) : err;
    err = err == ERR_OK ? record(app, k) : err;
    if (err == ERR_OK) {
        app->json ? print_json(app, k) : print_text(app, k);
    }
    for (u32 i = 0; i < SIDES; i++) {
        report_facts_free(&k->facts[i]);
        free(k->own_ret[i]);
    }
    free(k);
    return err;
}
