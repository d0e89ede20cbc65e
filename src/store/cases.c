/* See cases.h. */
#include "store/cases.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "store/journal_internal.h"

enum { COUNTED_MAX = 1 << 24, DAY_MAX = 1 << 20 };
#define MEAN_SCALE 1e9
#define RATIO_SCALE 1e6

bool cases_follows(const case_row_t *row, case_act_kind_t before, case_act_kind_t next)
{
    ASSERT(row != NULL);
    switch (next) {
    case CASE_WON:
        return before == 0 && row->grounds == 0;
    case CASE_REFUSED:
        return before == 0 ? row->grounds != 0
                           : before == CASE_WON || (before >= CASE_SHADOWED && before <= CASE_SIGNED);
    case CASE_SHADOWED:
        return before == CASE_WON;
    case CASE_TRIED:
        return before == CASE_SHADOWED;
    case CASE_SIGNED:
        return before == CASE_TRIED && row->signature;
    case CASE_PROMOTED:
        return before == (row->signature ? CASE_SIGNED : CASE_TRIED);
    case CASE_ROLLED_BACK:
        return before == CASE_PROMOTED;
    }
    return false;
}

case_act_kind_t case_state(const case_t *c)
{
    ASSERT(c != NULL && c->acts > 0 && c->acts <= CASE_ACTS_MAX);
    return c->act[c->acts - 1].kind;
}

const char *case_state_name(const case_t *c)
{
    switch (case_state(c)) {
    case CASE_WON:
        return "in its shadow days";
    case CASE_REFUSED:
        return "refused";
    case CASE_SHADOWED:
        return "in its canary days";
    case CASE_TRIED:
        return c->row.signature ? "waits for a signature" : "ready to be promoted";
    case CASE_SIGNED:
        return "signed, ready to be promoted";
    case CASE_PROMOTED:
        return "promoted";
    case CASE_ROLLED_BACK:
        return "rolled back";
    }
    return "?";
}

static err_t damaged(i64 number, const char *what, diag_t *diag)
{
    return diag_fail(diag, ERR_CORRUPT,
                     "case %lld of the court: %s is nothing that this program writes\n"
                     "do: restore the home from a backup",
                     (long long)number, what);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

static i64 scaled(f64 v, f64 scale)
{
    f64 x = v * scale;
    ASSERT(x == x);
    return x > 9e15 ? (i64)9e15 : x < -9e15 ? -(i64)9e15 : (i64)(x < 0 ? x - 0.5 : x + 0.5);
}

static err_t insert_act(store_t *s, u32 number, const case_act_t *a, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_ACT_INSERT, diag, &q));
    sql_bind_i64(q, 1, number);
    sql_bind_i64(q, 2, a->kind);
    sql_bind_i64(q, 3, a->t);
    sql_bind_text(q, 4, str_from(a->who));
    sql_bind_text(q, 5, str_from(a->text));
    return store_run(q, diag);
}

static err_t insert_case(store_t *s, const case_row_t *r, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_CASE_INSERT, diag, &q));
    const i64 number[] = {r->shadow_days,
                          r->canary_days,
                          scaled(r->canary_part, RATIO_SCALE),
                          r->signature ? 1 : 0,
                          r->days,
                          r->trades,
                          r->trials,
                          r->grounds,
                          scaled(r->mean, MEAN_SCALE),
                          scaled(r->low, MEAN_SCALE),
                          scaled(r->high, MEAN_SCALE),
                          scaled(r->noise, MEAN_SCALE),
                          scaled(r->dsr, RATIO_SCALE)};
    sql_bind_i64(q, 1, r->t_filed);
    sql_bind_i64(q, 2, r->filed);
    sql_bind_text(q, 3, str_from(r->hypothesis));
    sql_bind_text(q, 4, str_from(r->challenger.text));
    sql_bind_text(q, 5, str_from(r->incumbent.text));
    sql_bind_blob(q, 6, r->challenger_config.b, sizeof r->challenger_config.b);
    sql_bind_blob(q, 7, r->incumbent_config.b, sizeof r->incumbent_config.b);
    sql_bind_i64(q, 8, r->after);
    for (u32 i = 0; i < COUNT_OF(number); i++) {
        sql_bind_i64(q, 9 + (int)i, number[i]);
    }
    if (r->pbo_known) { /* unbound it is NULL */
        sql_bind_i64(q, 22, scaled(r->pbo, RATIO_SCALE));
    }
    sql_bind_text(q, 23, str_from(r->origin));
    return store_run(q, diag);
}

static err_t file_case(store_t *s, case_row_t *row, const case_act_t *first, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    i64 same = 0;
    TRY(store_sql(s, SQL_CASE_SAME, diag, &q));
    sql_bind_text(q, 1, str_from(row->challenger.text));
    sql_bind_text(q, 2, str_from(row->incumbent.text));
    sql_bind_i64(q, 3, row->after);
    TRY(store_ask(q, diag, &same));
    if (same != 0) {
        return diag_fail(diag, ERR_EXISTS,
                         "case %lld is about these two runs and these days already\n"
                         "do: vitrine research court show %lld",
                         (long long)same, (long long)same);
    }
    TRY(insert_case(s, row, diag));
    row->number = (u32)sql_last_rowid(s->own_db);
    return insert_act(s, row->number, first, diag);
}

err_t cases_file(store_t *s, case_row_t *row, const case_act_t *first, diag_t *diag)
{
    ASSERT(s != NULL && row != NULL && first != NULL);
    ASSERT(cases_follows(row, 0, first->kind));
    TRY(sql_exec(s->own_db, "BEGIN IMMEDIATE", diag));
    return store_end(s, file_case(s, row, first, diag), diag);
}

/* ---- reading ------------------------------------------------------------------------------------------- */

bool cases_text_fits(str_t t)
{
    for (u32 i = 0; i < t.n; i++) {
        bool second = i > 0 && t.p[i - 1] == 0xc2 && t.p[i] < 0xa0; /* the control codes of Latin-1 */
        if (t.p[i] < 0x20 || t.p[i] == 0x7f || second) {
            return false;
        }
    }
    return str_is_utf8(t);
}

static bool text_of(sql_stmt_t *q, int column, char *out, size_t size)
{
    str_t t = sql_column_text(q, column);
    return cases_text_fits(t) && str_copy(out, size, t) == ERR_OK;
}

static bool digest_column(sql_stmt_t *q, int column, digest_t *out)
{
    str_t b = sql_column_blob(q, column);
    if (b.n != sizeof out->b) {
        return false;
    }
    memcpy(out->b, b.p, sizeof out->b);
    return true;
}

static bool within(sql_stmt_t *q, int column, i64 hi, u32 *out)
{
    i64 v = sql_column_i64(q, column);
    *out = v >= 0 && v <= hi ? (u32)v : 0;
    return v >= 0 && v <= hi;
}

/* The columns of CASE_COLUMNS in journal_sql.def. */
static err_t read_case(sql_stmt_t *q, void *row, diag_t *diag)
{
    case_t *c = row;
    case_row_t *r = &c->row;
    u32 number = 0, filed = 0, after = 0, part = 0, signature = 0, dsr = 0, pbo = 0;
    memset(c, 0, sizeof *c);
    i64 named = sql_column_i64(q, 0);
    r->t_filed = sql_column_i64(q, 1);
    bool days = within(q, 0, COUNTED_MAX, &number) && within(q, 2, DAY_MAX, &filed) &&
                within(q, 8, DAY_MAX, &after) && within(q, 9, COUNTED_MAX, &r->shadow_days) &&
                within(q, 10, COUNTED_MAX, &r->canary_days) && within(q, 11, (i64)RATIO_SCALE, &part) &&
                within(q, 12, 1, &signature) && number > 0 && r->shadow_days > 0 && r->canary_days > 0 &&
                part > 0;
    bool figures = within(q, 13, COUNTED_MAX, &r->days) && within(q, 14, COUNTED_MAX, &r->trades) &&
                   within(q, 15, COUNTED_MAX, &r->trials) && within(q, 16, 0xffff, &r->grounds) &&
                   within(q, 21, (i64)RATIO_SCALE, &dsr) && within(q, 22, (i64)RATIO_SCALE, &pbo);
    bool texts = text_of(q, 3, r->hypothesis, sizeof r->hypothesis) &&
                 text_of(q, 4, r->challenger.text, sizeof r->challenger.text) &&
                 text_of(q, 5, r->incumbent.text, sizeof r->incumbent.text) &&
                 text_of(q, 23, r->origin, sizeof r->origin) && digest_column(q, 6, &r->challenger_config) &&
                 digest_column(q, 7, &r->incumbent_config);
    if (!days || !figures || !texts) {
        return damaged(named, !days ? "a day or a term" : !figures ? "a figure" : "a text", diag);
    }
    r->number = number;
    r->filed = (date_t)filed;
    r->after = (date_t)after;
    r->canary_part = part / RATIO_SCALE;
    r->signature = signature == 1;
    r->mean = (f64)sql_column_i64(q, 17) / MEAN_SCALE;
    r->low = (f64)sql_column_i64(q, 18) / MEAN_SCALE;
    r->high = (f64)sql_column_i64(q, 19) / MEAN_SCALE;
    r->noise = (f64)sql_column_i64(q, 20) / MEAN_SCALE;
    if (r->grounds == 0 && !(r->noise > 0)) {
        return damaged(named, "a figure", diag);
    }
    r->dsr = dsr / RATIO_SCALE;
    r->pbo_known = !sql_column_is_null(q, 22);
    r->pbo = pbo / RATIO_SCALE;
    return ERR_OK;
}

/* Each act must follow from the one before: a promotion that somebody wrote into the table follows from none.
 */
static err_t read_acts(store_t *s, case_t *c, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    bool row = false;
    case_act_kind_t before = 0;
    TRY(store_sql(s, SQL_ACTS, diag, &q));
    sql_bind_i64(q, 1, c->row.number);
    err_t err = sql_step(q, diag, &row);
    while (err == ERR_OK && row && c->acts < CASE_ACTS_MAX) {
        case_act_t *a = &c->act[c->acts++];
        i64 kind = sql_column_i64(q, 0);
        a->kind = kind >= CASE_WON && kind <= CASE_ROLLED_BACK ? (case_act_kind_t)kind : 0;
        a->t = sql_column_i64(q, 1);
        bool fits = text_of(q, 2, a->who, sizeof a->who) && text_of(q, 3, a->text, sizeof a->text);
        if (!fits || !cases_follows(&c->row, before, a->kind)) {
            err = damaged(c->row.number, "an act", diag);
            break;
        }
        before = a->kind;
        err = sql_step(q, diag, &row);
    }
    sql_reset(q);
    return err == ERR_OK && (c->acts == 0 || row) ? damaged(c->row.number, "the list of its acts", diag)
                                                  : err;
}

err_t cases_find(store_t *s, u32 number, diag_t *diag, case_t *out)
{
    ASSERT(s != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    bool table = false;
    bool row = false;
    err_t err = store_has_table(s, "court_case", diag, &table);
    if (err == ERR_OK && table) {
        TRY(store_sql(s, SQL_CASE, diag, &q));
        sql_bind_i64(q, 1, number);
        err = sql_step(q, diag, &row);
        err = err == ERR_OK && row ? read_case(q, out, diag) : err;
        sql_reset(q);
    }
    TRY(err);
    return row ? read_acts(s, out, diag)
               : diag_fail(diag, ERR_NOT_FOUND,
                           "there is no case %u in this home\ndo: vitrine research court list", number);
}

err_t cases_list(store_t *s, diag_t *diag, case_t **own_out, u32 *count)
{
    ASSERT(s != NULL && own_out != NULL && count != NULL);
    sql_stmt_t *q = NULL;
    bool table = false;
    void *own = NULL;
    *own_out = NULL;
    *count = 0;
    TRY(store_has_table(s, "court_case", diag, &table));
    if (!table) {
        return ERR_OK;
    }
    TRY(store_sql(s, SQL_CASES, diag, &q));
    err_t err = sql_collect(q, (sql_row_t){read_case, sizeof(case_t)}, &own, count, diag);
    sql_reset(q);
    case_t *cases = own;
    for (u32 i = 0; err == ERR_OK && i < *count; i++) {
        err = read_acts(s, &cases[i], diag);
    }
    if (err != ERR_OK) {
        free(own);
        return err;
    }
    *own_out = cases;
    return ERR_OK;
}

err_t cases_in_force(store_t *s, diag_t *diag, u32 *out)
{
    ASSERT(s != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    bool table = false;
    i64 number = 0;
    *out = 0;
    TRY(store_has_table(s, "court_act", diag, &table));
    if (!table) {
        return ERR_OK;
    }
    TRY(store_sql(s, SQL_CASE_IN_FORCE, diag, &q));
    sql_bind_i64(q, 1, CASE_PROMOTED);
    TRY(store_ask(q, diag, &number));
    *out = number > 0 && number <= COUNTED_MAX ? (u32)number : 0;
    return ERR_OK;
}

static err_t add_act(store_t *s, const case_t *c, const case_act_t *act, case_deed_t deed, diag_t *diag)
{
    case_t now;
    TRY(cases_find(s, c->row.number, diag, &now));
    if (now.acts != c->acts) {
        return diag_fail(diag, ERR_BUSY,
                         "case %u: another process was first, it is %s by now\n"
                         "do: vitrine research court show %u",
                         c->row.number, case_state_name(&now), c->row.number);
    }
    if (!cases_follows(&now.row, case_state(&now), act->kind)) {
        return diag_fail(diag, ERR_USAGE, "case %u is %s\ndo: vitrine research court show %u", c->row.number,
                         case_state_name(&now), c->row.number);
    }
    u32 in_force = 0;
    TRY(cases_in_force(s, diag, &in_force));
    bool moves = act->kind == CASE_PROMOTED || act->kind == CASE_ROLLED_BACK;
    if (moves && in_force != deed.in_force) {
        return diag_fail(diag, ERR_BUSY,
                         "case %u: another process was first, other settings are in force by now\n"
                         "do: vitrine research court list",
                         c->row.number);
    }
    TRY(insert_act(s, c->row.number, act, diag));
    return deed.run != NULL ? deed.run(deed.ctx, diag) : ERR_OK;
}

err_t cases_act(store_t *s, const case_t *c, const case_act_t *act, case_deed_t deed, diag_t *diag)
{
    ASSERT(s != NULL && c != NULL && act != NULL);
    TRY(sql_exec(s->own_db, "BEGIN IMMEDIATE", diag));
    return store_end(s, add_act(s, c, act, deed, diag), diag);
}
