/* See trials.h. */
#include "store/trials.h"

#include "base/assert.h"
#include "store/journal_internal.h"

/* Ratios are kept in millionths: the tables hold integers only. */
static i64 millionths(f64 v)
{
    f64 x = v * 1e6;
    ASSERT(x == x);
    return x > 9e15 ? (i64)9e15 : x < -9e15 ? -(i64)9e15 : (i64)x;
}

static err_t insert(store_t *s, const trial_row_t *r, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_TRIAL_INSERT, diag, &q));
    sql_bind_i64(q, 1, r->t_created);
    sql_bind_blob(q, 2, r->input.b, sizeof r->input.b);
    sql_bind_blob(q, 3, r->decisions.b, sizeof r->decisions.b);
    sql_bind_text(q, 4, r->study);
    sql_bind_text(q, 5, r->params);
    sql_bind_i64(q, 6, r->locked ? 1 : 0);
    sql_bind_i64(q, 7, millionths(r->sharpe));
    sql_bind_i64(q, 8, millionths(r->total));
    return store_run(q, diag);
}

err_t trials_add(store_t *s, const trial_row_t *rows, u32 count, diag_t *diag)
{
    ASSERT(s != NULL && (rows != NULL || count == 0));
    err_t err = sql_exec(s->own_db, "BEGIN IMMEDIATE", diag);
    if (err != ERR_OK) {
        return err;
    }
    for (u32 i = 0; err == ERR_OK && i < count; i++) {
        err = insert(s, &rows[i], diag);
    }
    return store_end(s, err, diag);
}

static err_t count_of(sql_stmt_t *q, diag_t *diag, u32 *out)
{
    i64 n = 0;
    TRY(store_ask(q, diag, &n));
    *out = (u32)n;
    return ERR_OK;
}

err_t trials_data(store_t *s, const trial_data_t *data, diag_t *diag)
{
    ASSERT(s != NULL && data != NULL);
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_TRIAL_DATA_INSERT, diag, &q));
    sql_bind_blob(q, 1, data->input.b, sizeof data->input.b);
    sql_bind_text(q, 2, data->market);
    sql_bind_i64(q, 3, data->first);
    sql_bind_i64(q, 4, data->last);
    return store_run(q, diag);
}

static err_t count_runs(store_t *s, store_sql_t which, const digest_t *input, diag_t *diag, u32 *out)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, which, diag, &q));
    sql_bind_blob(q, 1, input->b, sizeof input->b);
    sql_bind_i64(q, 2, RUN_BACKTEST);
    return count_of(q, diag, out);
}

static err_t count_tries(store_t *s, store_sql_t which, const digest_t *input, diag_t *diag, u32 *out)
{
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, which, diag, &q));
    if (which != SQL_TRIAL_COUNT_ALL) {
        sql_bind_blob(q, 1, input->b, sizeof input->b);
    }
    return count_of(q, diag, out);
}

err_t trials_count(store_t *s, const digest_t *input, diag_t *diag, trials_t *out)
{
    ASSERT(s != NULL && input != NULL && out != NULL);
    bool table = false;
    bool days = false;
    u32 runs = 0;
    u32 tries = 0;
    *out = (trials_t){0};
    TRY(store_has_table(s, "trial", diag, &table));
    TRY(store_has_table(s, "trial_data", diag, &days));
    TRY(count_runs(s, days ? SQL_TRIAL_RUNS : SQL_TRIAL_RUNS_SAME, input, diag, &out->runs));
    TRY(count_runs(s, SQL_TRIAL_RUNS_ALL, input, diag, &runs));
    if (table) {
        TRY(count_tries(s, days ? SQL_TRIAL_COUNT : SQL_TRIAL_COUNT_SAME, input, diag, &out->searched));
        TRY(count_tries(s, SQL_TRIAL_COUNT_ALL, input, diag, &tries));
    }
    out->elsewhere = runs - out->runs + tries - out->searched;
    return ERR_OK;
}

err_t trials_runs_on(store_t *s, const trial_days_t *days, diag_t *diag, u32 *out)
{
    ASSERT(s != NULL && days != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_TRIAL_RUNS_ON, diag, &q));
    sql_bind_blob(q, 1, days->input.b, sizeof days->input.b);
    sql_bind_i64(q, 2, RUN_BACKTEST);
    sql_bind_i64(q, 3, days->first);
    sql_bind_i64(q, 4, days->last);
    return count_of(q, diag, out);
}

err_t trials_asked(store_t *s, const trial_question_t *ask, diag_t *diag, u32 *out)
{
    ASSERT(s != NULL && ask != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    bool table = false;
    *out = 0;
    TRY(store_has_table(s, "trial", diag, &table));
    if (!table) {
        return ERR_OK;
    }
    TRY(store_sql(s, SQL_TRIAL_ASKED, diag, &q));
    sql_bind_blob(q, 1, ask->input.b, sizeof ask->input.b);
    sql_bind_text(q, 2, ask->study);
    sql_bind_text(q, 3, ask->head);
    return count_of(q, diag, out);
}

err_t trials_openings(store_t *s, const digest_t *input, diag_t *diag, u32 *out)
{
    ASSERT(s != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    TRY(store_sql(s, SQL_TRIAL_OPENINGS, diag, &q));
    if (input != NULL) { /* unbound it is NULL */
        sql_bind_blob(q, 1, input->b, sizeof input->b);
    }
    return count_of(q, diag, out);
}

err_t trials_market(store_t *s, const digest_t *input, diag_t *diag, char out[TRIALS_MARKET])
{
    ASSERT(s != NULL && input != NULL && out != NULL);
    sql_stmt_t *q = NULL;
    bool table = false;
    bool row = false;
    out[0] = '\0';
    TRY(store_has_table(s, "trial_data", diag, &table));
    if (!table) {
        return ERR_OK;
    }
    TRY(store_sql(s, SQL_TRIAL_MARKET, diag, &q));
    sql_bind_blob(q, 1, input->b, sizeof input->b);
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK && row && str_copy(out, TRIALS_MARKET, sql_column_text(q, 0)) != ERR_OK) {
        err = diag_fail(diag, ERR_CORRUPT,
                        "the name of a market in table trial_data is longer than any\n"
                        "do: restore the home from a backup");
    }
    sql_reset(q);
    return err;
}
