/* See report_users.h. */
#include "faces/report/report_users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "trade/portfolio/account.h"

/* Each account that several rows share, once, at its first row. */
static void accounts_open(report_users_t *u, const run_users_t *rows)
{
    for (u32 i = 0; i < rows->count; i++) {
        u64 there = users_account_at(rows->rows, rows->count, i);
        u->own_v[i].there = there;
        report_account_t *a = report_account_of(u, there);
        if (a == NULL && there >= USER_SHARED) {
            a = &u->own_shared[u->shared_count++];
            *a = (report_account_t){.number = there};
            (void)snprintf(a->name, sizeof a->name, "%s", rows->rows[i].shared);
        }
        if (a != NULL) {
            a->users++;
        }
    }
}

report_account_t *report_account_of(const report_users_t *u, u64 number)
{
    ASSERT(u != NULL);
    for (u32 i = 0; i < u->shared_count; i++) {
        if (u->own_shared[i].number == number) {
            return &u->own_shared[i];
        }
    }
    return NULL;
}

void report_accounts_take(report_users_t *u, const event_t *e)
{
    ASSERT(u != NULL && e != NULL);
    bool cash = e->head.kind == EV_CASH && e->as.CASH.kind == CASH_BUNCH;
    report_account_t *a = cash || e->head.kind == EV_BUNCH ? report_account_of(u, event_account(e)) : NULL;
    if (a != NULL && cash) {
        a->house.v = e->as.CASH.cash_after;
    } else if (a != NULL) {
        a->bunches++;
    }
}

void report_account_text(const report_account_t *a, char out[160])
{
    ASSERT(a != NULL && out != NULL);
    (void)snprintf(out, 160,
                   "account %s, shared by %u: %llu orders of several at once; %.6f did not divide "
                   "(its house)",
                   a->name, a->users, (unsigned long long)a->bunches, money_to_f64(a->house));
}

err_t report_users_open(str_t text, money_t cash, diag_t *diag, report_users_t *out)
{
    ASSERT(out != NULL);
    run_users_t rows = {0};
    TRY(run_users_decode(text, diag, &rows));
    u32 n = MAX_OF(rows.count, 1U);
    *out = (report_users_t){.mode = rows.mode,
                            .own_v = calloc(n, sizeof *out->own_v),
                            .own_shared = calloc(n, sizeof *out->own_shared),
                            .count = n,
                            .rows = digest_of(text.p, text.n)};
    if (out->own_v == NULL || out->own_shared == NULL) {
        report_users_free(out);
        run_users_free(&rows);
        return ERR_NO_MEMORY;
    }
    out->own_v[0] = (report_user_t){.account = 1, .owner = 1, .start = cash, .cash = cash, .equity = cash};
    for (u32 i = 0; i < rows.count; i++) {
        const user_row_t *r = &rows.rows[i];
        report_user_t *u = &out->own_v[i];
        *u = (report_user_t){.account = r->account_id,
                             .owner = r->owner_id,
                             .start = r->cash,
                             .cash = r->cash,
                             .equity = r->cash,
                             .barred = r->barred};
        (void)snprintf(u->name, sizeof u->name, "%s", r->name);
        (void)snprintf(u->preset, sizeof u->preset, "%s", r->has_preset ? preset_name(r->preset) : "house");
    }
    accounts_open(out, &rows);
    run_users_free(&rows);
    return ERR_OK;
}

void report_users_free(report_users_t *u)
{
    ASSERT(u != NULL);
    free(u->own_v);
    free(u->own_shared);
    *u = (report_users_t){0};
}

report_user_t *report_user_of(report_users_t *u, u64 account)
{
    ASSERT(u != NULL && u->count > 0);
    for (u32 i = 0; i < u->count; i++) {
        if (u->own_v[i].account == account || account == 0) {
            return &u->own_v[i];
        }
    }
    return NULL;
}

err_t report_user_named(const report_users_t *u, const char *name, const char *run, diag_t *diag,
                        const report_user_t **out)
{
    ASSERT(u != NULL && name != NULL && run != NULL && out != NULL);
    for (u32 i = 0; i < u->count; i++) {
        if (name[0] != '\0' && str_eq_c(str_from(name), u->own_v[i].name)) {
            *out = &u->own_v[i];
            return ERR_OK;
        }
    }
    if (u->count == 1 && u->own_v[0].name[0] == '\0') {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "run %s has no user %.64s: it is of one, who has no name\ndo: leave --user out", run,
                         name);
    }
    return diag_fail(diag, ERR_NOT_FOUND,
                     "run %s has no user %.64s\ndo: `vitrine report` without --user lists them", run, name);
}

err_t report_user_config(str_t text, u64 account, config_t *house)
{
    ASSERT(house != NULL);
    run_users_t rows = {0};
    err_t err = ERR_NOT_FOUND;
    TRY(run_users_decode(text, NULL, &rows));
    for (u32 i = 0; i < rows.count; i++) {
        if (rows.rows[i].account_id == account) {
            config_t c = *house;
            err = user_resolve(&c, &rows.rows[i], NULL, house);
        }
    }
    run_users_free(&rows);
    return err;
}
