/* See court_case.h: filing a case. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/court_case.h"
#include "faces/cli/court_print.h"
#include "faces/cli/court_sitting.h"
#include "os/clock.h"
#include "store/home.h"

static err_t read_terms(app_t *app, const args_t *args, case_row_t *row)
{
    i64 shadow = 60;
    i64 canary = 20;
    i64 percent = 5;
    TRY(court_words(app, args, "hypothesis", row->hypothesis, sizeof row->hypothesis));
    TRY(args_i64(args, "shadow-days", 20, 2000, &app->diag, &shadow));
    TRY(args_i64(args, "canary-days", 5, 2000, &app->diag, &canary));
    TRY(args_i64(args, "canary", 1, 50, &app->diag, &percent));
    row->shadow_days = (u32)shadow;
    row->canary_days = (u32)canary;
    row->canary_part = (f64)percent / 100.0;
    row->signature = !args_has(args, "no-signature");
    return ERR_OK;
}

/* A case is about one set of settings that can be written down as such. */
static err_t can_be_promoted(app_t *app, const court_t *k)
{
    const report_facts_t *f = k->facts;
    bool read = f[0].config_known && f[1].config_known;
    digest_t side[PAIR_SIDES] = {{{0}}};
    for (u32 i = 0; i < PAIR_SIDES && read; i++) {
        side[i] = config_hash(&f[i].config);
    }
    if (!read) {
        return diag_fail(&app->diag, ERR_VERSION,
                         "court file: the settings of these runs cannot be read by this version\n"
                         "do: run both again");
    }
    if (digest_eq(&side[0], &side[1])) {
        return diag_fail(
            &app->diag, ERR_USAGE,
            "court file: both runs had the same settings\ndo: name two that differ in a setting");
    }
    if (court_other_money(k) || f[0].users.count != 1 || f[1].users.count != 1) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "court file: the runs differ in more than settings, or had many users\n"
                         "do: run both with the same --cash and without --users");
    }
    return ERR_OK;
}

static case_row_t row_of(const court_t *k, const case_row_t *terms)
{
    const court_verdict_t *v = &k->verdict;
    const report_facts_t *f = &k->facts[0];
    case_row_t r = *terms;
    r.t_filed = os_now();
    r.filed = MAX_OF((date_t)(r.t_filed / NS_PER_DAY), f->own_days[f->day_count - 1].session);
    r.challenger = k->facts[0].run.id;
    r.incumbent = k->facts[1].run.id;
    r.challenger_config = config_hash(&k->facts[0].config);
    r.incumbent_config = config_hash(&k->facts[1].config);
    r.after = k->after;
    r.days = k->days.count;
    r.trades = k->trades;
    r.trials = k->tries;
    r.grounds = v->grounds;
    r.mean = v->mean;
    r.low = v->low;
    r.high = v->high;
    r.noise = v->noise;
    r.dsr = v->dsr;
    r.pbo_known = k->origin.pbo_known;
    r.pbo = k->origin.pbo;
    report_origin_text(&k->origin, r.origin, sizeof r.origin);
    return r;
}

static err_t file(app_t *app, const court_t *k, case_row_t *row, case_t *out)
{
    home_t home;
    store_t *store = NULL;
    char seen[128];
    case_act_t act = {
        .kind = k->verdict.promoted ? CASE_WON : CASE_REFUSED, .t = row->t_filed, .who = "court"};
    bool looked = court_seen_print(k, seen, sizeof seen);
    (void)snprintf(act.text, sizeof act.text, "%u days, %u trades, %+.2f bps a day, DSR %.3f%s%s", row->days,
                   row->trades, 1e4 * row->mean, row->dsr, looked ? "; " : "", looked ? seen : "");
    TRY(home_open(app->home, 0, &app->diag, &home));
    err_t err = store_open_home(&home, false, true, &app->diag, &store);
    if (err == ERR_OK) {
        err = cases_file(store, row, &act, &app->diag);
        err = err == ERR_OK ? cases_find(store, row->number, &app->diag, out) : err;
        store_close(store);
    }
    home_close(&home);
    return err;
}

err_t court_file(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    case_row_t terms = {0};
    case_t *c = calloc(1, sizeof *c);
    court_t *k = calloc(1, sizeof *k);
    err_t err = k == NULL || c == NULL ? ERR_NO_MEMORY : ERR_OK;
    if (err == ERR_OK && (args_word(args, 3) == NULL || args_value(args, "after") == NULL)) {
        err =
            diag_fail(&app->diag, ERR_USAGE,
                      "court file: two runs, --after DATE and --hypothesis TEXT\n"
                      "do: vitrine research court file CHALLENGER INCUMBENT --after 2018-12-31 --hypothesis "
                      "\"a nearer trail keeps more\"");
    }
    err = err == ERR_OK ? read_terms(app, args, &terms) : err;
    err = err == ERR_OK ? court_open(app, args, 2, k) : err;
    err = err == ERR_OK ? can_be_promoted(app, k) : err;
    err = err == ERR_OK ? court_record(app, k) : err;
    if (err == ERR_OK) {
        case_row_t row = row_of(k, &terms);
        err = file(app, k, &row, c);
    }
    if (err == ERR_OK) {
        court_show_case(app, c, NULL);
    }
    if (k != NULL) {
        court_close(k);
    }
    free(k);
    free(c);
    return err;
}
