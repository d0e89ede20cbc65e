/* See why_walk.h. */
#include "faces/cli/why_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/run_spec.h"

typedef struct {
    app_t *app;
    const why_visitor_t *v;
    why_run_t *run;
    cycle_record_t *own_cycle;
    screen_refusal_t *own_refusals;
    bool enough; /* the visitor has what it wants */
} walk_t;

static bool read_spec(why_run_t *r, str_t text, money_t *cash_out)
{
    money_t cash = {0};
    run_spec_t spec = {.symbols = calloc(1, RUN_SPEC_SYMBOLS)};
    bool read = spec.symbols != NULL && run_spec_decode(text, NULL, &spec) == ERR_OK;
    if (read) {
        cash = spec.cash;
        if (spec.members_of != 0) {
            date_print(r->members_of, spec.members_of);
        } else if (spec.members[0] != '\0') {
            (void)snprintf(r->members_of, sizeof r->members_of, "%s", spec.members);
        }
    }
    free(spec.symbols);
    *cash_out = cash;
    return read;
}

/* Each user's configuration, resolved as the engine did. */
static err_t read_users(walk_t *w, str_t rows, money_t cash)
{
    why_run_t *r = w->run;
    TRY(report_users_open(rows, cash, &w->app->diag, &r->users));
    r->own_configs = calloc(r->users.count, sizeof *r->own_configs);
    if (r->own_configs == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < r->users.count; i++) {
        r->own_configs[i] = r->config;
        err_t err = report_user_config(rows, r->users.own_v[i].account, &r->own_configs[i]);
        (void)err; /* a run of one has no rows */
    }
    return ERR_OK;
}

/* A row that was set while the run went: it holds from the next cycle on, and so does this. */
static void on_user_set(why_run_t *r, const ev_USER_SET_t *e)
{
    user_row_t row;
    config_t c;
    report_user_t *u = report_user_of(&r->users, e->account);
    if (e->account != 0 && u != NULL && user_row_decode(e->row, NULL, &row) == ERR_OK && !row.barred &&
        row.account_id == e->account && user_resolve(&r->config, &row, NULL, &c) == ERR_OK) {
        r->own_configs[u - r->users.own_v] = c;
    }
}

static err_t on_start(walk_t *w, const ev_RUN_START_t *e)
{
    why_run_t *r = w->run;
    money_t cash;
    bool spec_read = read_spec(r, e->run_spec, &cash);
    bool known = config_decode(e->config_text, NULL, &r->config) == ERR_OK;
    r->origin = report_origin_of(&r->run, known ? &r->config : NULL, spec_read);
    if (!known) {
        r->config = config_default(PROFILE_DAY, PRESET_MODERATE);
    }
    if (r->own_insts != NULL ||
        report_instruments(e->instrument_table, &r->own_insts, &r->inst_count) != ERR_OK) {
        return diag_fail(&w->app->diag, ERR_CORRUPT, "run %s: its table of instruments cannot be read",
                         r->run.id.text);
    }
    TRY(read_users(w, e->users_text, cash));
    return w->v->user == NULL ? ERR_OK
                              : report_user_named(&r->users, w->v->user, r->run.id.text, &w->app->diag,
                                                  &r->only);
}

/* Whether a visitor who asked for one user must not see it: another user's, or the house's in global mode. */
static bool of_another(const why_run_t *r, const event_t *e, const report_user_t *whose)
{
    return r->only != NULL && event_account(e) != 0 && whose != r->only;
}

static err_t on_event(walk_t *w, const event_t *e)
{
    why_run_t *r = w->run;
    why_step_t s = {.run = r, .event = e};
    if (e->head.kind == EV_RUN_START) {
        TRY(on_start(w, &e->as.RUN_START));
    } else if (r->own_insts == NULL) {
        return diag_fail(&w->app->diag, ERR_CORRUPT, "run %s does not begin with its start", r->run.id.text);
    }
    report_user_t *u = report_user_of(&r->users, event_account(e));
    s.user = u;
    s.config = u != NULL ? &r->own_configs[u - r->users.own_v] : &r->config;
    s.micro = u != NULL && money_to_f64(u->equity) < s.config->micro_equity_threshold;
    if (e->head.kind == EV_EQUITY && u != NULL) {
        u->equity.v = e->as.EQUITY.equity;
    }
    if (e->head.kind == EV_USER_SET) {
        on_user_set(r, &e->as.USER_SET);
    }
    if (of_another(r, e, u)) {
        return ERR_OK;
    }
    if (w->v->cycles && e->head.kind == EV_DECISION && e->as.DECISION.form == RECORD_CYCLE) {
        w->own_cycle->refusal = w->own_refusals;
        err_t err = record_cycle_decode(e->as.DECISION.record, w->own_cycle);
        if (err != ERR_OK) {
            return diag_fail(&w->app->diag, err, "run %s: the record of cycle %llu cannot be read",
                             r->run.id.text, (unsigned long long)e->as.DECISION.cycle);
        }
        s.cycle = w->own_cycle;
    }
    err_t err = w->v->take(w->v->ctx, &s);
    w->enough = err == ERR_EMPTY;
    return w->enough ? ERR_OK : err;
}

static err_t walk_store(walk_t *w, store_t *store, const char *id)
{
    journal_reader_t *r = NULL;
    TRY(run_find(store, str_from(id), &w->app->diag, &w->run->run));
    TRY(journal_reader_open(store, str_from(w->run->run.id.text), &w->app->diag, &r));
    err_t err = ERR_OK;
    bool more = true;
    while (err == ERR_OK && more && !w->enough) {
        event_t e;
        err = journal_next(r, &w->app->diag, &e, &more);
        if (err == ERR_OK && more) {
            err = on_event(w, &e);
        }
    }
    journal_reader_close(r);
    return err;
}

err_t why_walk(app_t *app, const char *id, const why_visitor_t *v, why_run_t *out)
{
    ASSERT(app != NULL && id != NULL && v != NULL && v->take != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    home_t home;
    store_t *store = NULL;
    TRY(home_open(app->home, 0, &app->diag, &home));
    walk_t w = {.app = app, .v = v, .run = out};
    w.own_cycle = calloc(1, sizeof *w.own_cycle);
    w.own_refusals = calloc(LIMIT_UNIVERSE, sizeof *w.own_refusals);
    err_t err = w.own_cycle == NULL || w.own_refusals == NULL
                    ? ERR_NO_MEMORY
                    : store_open_home(&home, true, false, &app->diag, &store);
    if (err == ERR_OK) {
        err = walk_store(&w, store, id);
    }
    store_close(store);
    free(w.own_cycle);
    free(w.own_refusals);
    home_close(&home);
    return err;
}

void why_run_free(why_run_t *r)
{
    ASSERT(r != NULL);
    report_users_free(&r->users);
    free(r->own_configs);
    r->own_configs = NULL;
    r->only = NULL;
    free(r->own_insts);
    r->own_insts = NULL;
}

i32 why_inst(const why_run_t *r, const char *symbol)
{
    ASSERT(r != NULL && symbol != NULL);
    for (u32 i = 0; i < r->inst_count; i++) {
        if (str_eq_nocase(str_from(r->own_insts[i].symbol), str_from(symbol))) {
            return (i32)i;
        }
    }
    return -1;
}
