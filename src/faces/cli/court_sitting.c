/* See court_sitting.h. */
#include "faces/cli/court_sitting.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "os/clock.h"
#include "store/home.h"
#include "store/trials.h"

enum { COURT_ARENA = 1 << 16, COURT_DAY = 8 };

enum { APART_TEXT = 240 };

/* What the two runs were asked for otherwise, as options: "--news all against none, --from". Where they were
 * asked for the same, the store has changed between them. */
static void what_differs(const report_facts_t *a, const report_facts_t *b, char out[APART_TEXT])
{
    const run_spec_t *x = &a->made_of;
    const run_spec_t *y = &b->made_of;
    const struct {
        const char *option, *one, *other;
    } texts[] = {{"--source", x->source, y->source},       {"--news", x->news, y->news},
                 {"--members", x->members, y->members},    {"--proxy", x->proxy, y->proxy},
                 {"--proxy-source", x->proxy_source, y->proxy_source}, {"--vix", x->vix, y->vix},
                 {"--vix-source", x->vix_source, y->vix_source}};
    const struct {
        const char *option;
        bool differs;
    } others[] = {{"--timeframe", x->timeframe != y->timeframe},
                  {"--from", x->from != y->from},
                  {"--to", x->to != y->to},
                  {"--trade-from", x->trade_from != y->trade_from},
                  {"--members-of", x->members_of != y->members_of}};
    size_t used = 0;
    for (u32 i = 0; i < COUNT_OF(texts) && used < APART_TEXT; i++) {
        if (strcmp(texts[i].one, texts[i].other) != 0) {
            used += (size_t)snprintf(out + used, APART_TEXT - used, "%s%s %.48s against %.48s",
                                     used > 0 ? ", " : "", texts[i].option,
                                     texts[i].one[0] != '\0' ? texts[i].one : "none",
                                     texts[i].other[0] != '\0' ? texts[i].other : "none");
        }
    }
    for (u32 i = 0; i < COUNT_OF(others) && used < APART_TEXT; i++) {
        if (others[i].differs) {
            used += (size_t)snprintf(out + used, APART_TEXT - used, "%s%s", used > 0 ? ", " : "",
                                     others[i].option);
        }
    }
    if (used == 0) {
        (void)snprintf(out, APART_TEXT, "%s",
                       a->origin.spec_unread || b->origin.spec_unread
                           ? "what one of them ran on cannot be read by this version"
                       : !digest_eq(&a->scope, &b->scope) ? "--symbols"
                       : digest_eq(&a->run.input, &b->run.input)
                           ? "how far they came: one of them was stopped"
                           : "nothing that they were asked for: the store was changed between them");
    }
}

static err_t read_runs(app_t *app, const args_t *args, u32 word, court_t *k)
{
    for (u32 i = 0; i < PAIR_SIDES; i++) {
        TRY(report_read(app->home, args_word(args, word + i), NULL, &app->diag, &k->facts[i]));
    }
    const report_facts_t *a = &k->facts[0];
    const report_facts_t *b = &k->facts[1];
    static const digest_t none = {0};
    if (digest_eq(&a->run.input, &none) || !digest_eq(&a->run.input, &b->run.input) ||
        a->day_count != b->day_count) {
        char apart[APART_TEXT];
        if (a->run.kind != RUN_BACKTEST || b->run.kind != RUN_BACKTEST) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "court: one of the two runs is no backtest\ndo: name two of `vitrine backtest`");
        }
        what_differs(a, b, apart);
        return diag_fail(&app->diag, ERR_USAGE,
                         "court: the two runs are no backtests of the same data\nthey differ in %s\n"
                         "do: run both on the same",
                         apart);
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

static err_t pair_days(app_t *app, court_t *k)
{
    const report_facts_t *f = &k->facts[0];
    const report_facts_t *const both[PAIR_SIDES] = {&k->facts[0], &k->facts[1]};
    TRY(paired_days(both, k->after, &app->diag, &k->days));
    for (u32 i = 0; i < f->trade_count; i++) {
        k->trades += f->own_trades[i].l.entry_date > (i64)k->after ? 1 : 0;
    }
    return ERR_OK;
}

static err_t judge(app_t *app, court_t *k)
{
    arena_t a;
    TRY(arena_open(&a, COURT_ARENA + (size_t)k->days.count * COURT_DAY));
    court_case_t c = {.challenger = k->days.own_ret[0],
                      .incumbent = k->days.own_ret[1],
                      .days = k->days.count,
                      .trades = k->trades,
                      .trials = MAX_OF(k->tries, 1U),
                      .seed = (u64)app->settings.process.seed,
                      .year = report_year(&k->facts[0]),
                      .pbo_known = k->origin.pbo_known,
                      .pbo = k->origin.pbo,
                      .loss = k->origin.loss};
    err_t err = court_judge(&a, &c, &k->verdict);
    arena_close(&a);
    bool itself = k->facts[0].run.number == k->facts[1].run.number;
    k->compares = !itself && (k->verdict.grounds & COURT_SAME) == 0;
    return err;
}

/* A question is who against whom, on which days, with which seed of the resamples: asked again it gets the
 * answer it got, so it counts once. */
static err_t find_question(app_t *app, store_t *store, court_t *k)
{
    char day[11];
    u32 asked = 0;
    date_print(day, k->after);
    (void)snprintf(k->question, sizeof k->question,
                   "%s against %s after %s seed %llu:", k->facts[0].run.id.text, k->facts[1].run.id.text, day,
                   (unsigned long long)app->settings.process.seed);
    trial_question_t ask = {
        .input = k->facts[0].run.input, .study = STR("court"), .head = str_from(k->question)};
    TRY(trials_asked(store, &ask, &app->diag, &asked));
    k->asked = asked > 0;
    k->tries = k->facts[0].trials - MIN_OF(asked, k->facts[0].trials);
    return ERR_OK;
}

/* Where the challenger's settings come from, and who else saw the days that are called kept back. */
static err_t find_origin(app_t *app, store_t *store, court_t *k)
{
    const report_facts_t *f = &k->facts[0];
    char market[TRIALS_MARKET];
    TRY(trials_market(store, &f->run.input, &app->diag, market));
    if (f->config_known) {
        digest_t config = config_hash(&f->config);
        TRY(searches_origin(store, str_from(market), &config, &app->diag, &k->origin));
    }
    if (market[0] == '\0') { /* of an older version: nobody told what its days are */
        return ERR_OK;
    }
    TRY(searches_behind(store, str_from(market), k->after, &app->diag, &k->searched));
    trial_days_t days = {
        .input = f->run.input, .first = k->after + 1, .last = f->own_days[f->day_count - 1].session};
    TRY(trials_runs_on(store, &days, &app->diag, &k->looked));
    u32 own = k->facts[0].run.number == k->facts[1].run.number ? 1 : 2;
    k->looked -= MIN_OF(own, k->looked);
    return ERR_OK;
}

/* Who asks says after which day nobody tuned; a search that is on record knows better. */
static err_t believe_after(app_t *app, const court_t *k)
{
    char day[11];
    char last[11];
    if (k->origin.spans == 0 || k->origin.last <= k->after) {
        return ERR_OK;
    }
    date_print(day, k->after);
    date_print(last, k->origin.last);
    return diag_fail(
        &app->diag, ERR_USAGE,
        "court: the days after %s are not kept back\na search of this home chose among these "
        "settings by days up to %s\ndo: --after %s; where the runs end before, run both on later days",
        day, last, last);
}

static err_t ask_store(app_t *app, court_t *k)
{
    home_t home;
    store_t *store = NULL;
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, true, false, &app->diag, &store);
    if (err == ERR_OK) {
        err = find_question(app, store, k);
        err = err == ERR_OK ? find_origin(app, store, k) : err;
        store_close(store);
    }
    home_close(&home);
    return err == ERR_OK ? believe_after(app, k) : err;
}

/* The sitting itself has looked at these days: the next one is deflated by one try more. */
err_t court_record(app_t *app, const court_t *k)
{
    ASSERT(app != NULL && k != NULL);
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
                       .total = k->verdict.mean * (f64)k->days.count};
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

bool court_other_money(const court_t *k)
{
    ASSERT(k != NULL);
    return k->facts[0].start.v != k->facts[1].start.v;
}

bool court_other_users(const court_t *k)
{
    ASSERT(k != NULL);
    return !digest_eq(&k->facts[0].users.rows, &k->facts[1].users.rows);
}

void court_put_grounds(jsonw_t *w, u32 grounds)
{
    ASSERT(w != NULL);
    jsonw_key(w, "grounds");
    jsonw_array(w);
    for (u32 i = 0; i < COURT_GROUNDS; i++) {
        if ((grounds & (1U << i)) != 0) {
            jsonw_text(w, court_ground(1U << i));
        }
    }
    jsonw_end(w);
}

void court_print_grounds(app_t *app, u32 grounds)
{
    ASSERT(app != NULL);
    for (u32 i = 0; i < COURT_GROUNDS; i++) {
        if ((grounds & (1U << i)) != 0) {
            app_print(app, "  ground: %s\n", court_ground(1U << i));
        }
    }
}

static void put_origin(jsonw_t *w, const court_t *k)
{
    const search_origin_t *o = &k->origin;
    char day[11];
    jsonw_put_u64(w, "searches_of_these_settings", o->spans);
    if (o->spans > 0) {
        date_print(day, o->last);
        jsonw_put_text(w, "searched_to", day);
        jsonw_put_u64(w, "settings_tried", o->tries);
    }
    if (o->pbo_known) {
        jsonw_put_f64(w, "pbo", o->pbo);
        jsonw_put_f64(w, "pbo_loss", o->loss);
    }
    jsonw_put_u64(w, "searches_after", k->searched);
    jsonw_put_u64(w, "backtests_after", k->looked);
}

void court_put(app_t *app, const court_t *k)
{
    ASSERT(app != NULL && k != NULL);
    jsonw_t *w = &app->jw;
    const court_verdict_t *v = &k->verdict;
    jsonw_put_text(w, "challenger", k->facts[0].run.id.text);
    jsonw_put_text(w, "incumbent", k->facts[1].run.id.text);
    jsonw_put_bool(w, "promoted", v->promoted);
    jsonw_put_u64(w, "days", k->days.count);
    jsonw_put_u64(w, "trades", k->trades);
    jsonw_put_u64(w, "trials", k->tries);
    jsonw_put_bool(w, "counted", k->compares && !k->asked);
    jsonw_put_bool(w, "other_money", court_other_money(k));
    jsonw_put_bool(w, "other_users", court_other_users(k));
    jsonw_put_f64(w, "daily_difference", v->mean);
    jsonw_put_f64(w, "low", v->low);
    jsonw_put_f64(w, "high", v->high);
    jsonw_put_f64(w, "dsr", v->dsr);
    put_origin(w, k);
    court_put_grounds(w, v->grounds);
}

bool court_seen_print(const court_t *k, char *out, size_t size)
{
    ASSERT(k != NULL && out != NULL);
    char runs[48] = "";
    char searches[48] = "";
    if (k->looked > 0) {
        (void)snprintf(runs, sizeof runs, "%u other back-test%s", k->looked, k->looked == 1 ? "" : "s");
    }
    if (k->searched > 0) {
        (void)snprintf(searches, sizeof searches, "%u search%s", k->searched, k->searched == 1 ? "" : "es");
    }
    bool both = runs[0] != '\0' && searches[0] != '\0';
    (void)snprintf(out, size, "%s%s%s of this home ran on these days", runs, both ? " and " : "", searches);
    return k->looked + k->searched > 0;
}

static void print_seen(app_t *app, const court_t *k)
{
    char text[CASE_TEXT];
    report_origin_text(&k->origin, text, sizeof text);
    app_print(app, "  from: %s\n", text);
    if (court_seen_print(k, text, sizeof text)) {
        app_print(app, "  not unseen: %s;\n  for whoever saw them they are no test\n", text);
    }
}

void court_print(app_t *app, const court_t *k)
{
    ASSERT(app != NULL && k != NULL);
    const court_verdict_t *v = &k->verdict;
    char day[11];
    date_print(day, k->after);
    app_print(app, "%s against %s: %s\n", k->facts[0].run.id.text, k->facts[1].run.id.text,
              v->promoted ? "PROMOTED" : "refused");
    app_print(app, "  after %s: %u days (%d needed), %u trades of the challenger (%d needed)\n", day,
              k->days.count, (int)COURT_DAYS_MIN, k->trades, (int)COURT_TRADES_MIN);
    app_print(app, "  difference of a day %+.2f bps, from %+.2f to %+.2f (5 %% beyond each side)\n",
              1e4 * v->mean, 1e4 * v->low, 1e4 * v->high);
    app_print(app, "  deflated by %u tries on this data: %.3f (0.95 needed)\n", k->tries, v->dsr);
    print_seen(app, k);
    if (court_other_money(k)) {
        app_print(app, "  not settings alone: the challenger began with %.2f, the incumbent with %.2f\n",
                  money_to_f64(k->facts[0].start), money_to_f64(k->facts[1].start));
    }
    if (court_other_users(k)) {
        app_print(app, "  not settings alone: the runs had not the same users (%u, %s; %u, %s)\n",
                  k->facts[0].users.count, users_mode_name(k->facts[0].users.mode), k->facts[1].users.count,
                  users_mode_name(k->facts[1].users.mode));
    }
    app_print(app, "  %s\n",
              k->asked       ? "asked before: the same question counts once"
              : !k->compares ? "nothing differs: this is no try"
                             : "this sitting counts as one try from now on");
    court_print_grounds(app, v->grounds);
}

err_t court_open(app_t *app, const args_t *args, u32 word, court_t *k)
{
    ASSERT(app != NULL && args != NULL && k != NULL);
    memset(k, 0, sizeof *k);
    TRY(args_date(args, "after", &app->diag, &k->after));
    TRY(read_runs(app, args, word, k));
    TRY(check_after(app, k));
    TRY(ask_store(app, k));
    TRY(pair_days(app, k));
    return judge(app, k);
}

void court_close(court_t *k)
{
    ASSERT(k != NULL);
    for (u32 i = 0; i < PAIR_SIDES; i++) {
        report_facts_free(&k->facts[i]);
    }
    paired_free(&k->days);
}
