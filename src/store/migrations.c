/* See migrations.h. Money and prices are the fixed-point integers of base/fixed.h, times UTC nanoseconds,
 * `run` is run.run. Every table is STRICT: a value of another type is refused instead of kept. */
#include "store/migrations.h"

#include <stdio.h>

#include "base/assert.h"

static const char step_1[] =
    "CREATE TABLE run (run INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, format INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, incarnation BLOB NOT NULL UNIQUE, seed INTEGER NOT NULL, t_created"
    " INTEGER NOT NULL,"
    " logic BLOB NOT NULL, input BLOB NOT NULL, root BLOB NOT NULL, config TEXT NOT NULL, decisions BLOB,"
    " counts TEXT) STRICT;"
    /* What every batch writes stands apart and small: SQLite rewrites whole rows, and a configuration is
       long. */
    "CREATE TABLE run_head (run INTEGER PRIMARY KEY REFERENCES run, status INTEGER NOT NULL,"
    " t_ended INTEGER NOT NULL, writer INTEGER NOT NULL, blocks INTEGER NOT NULL, last_seq INTEGER NOT NULL,"
    " head BLOB NOT NULL) STRICT;"
    /* The key is run and block in one integer: a second index would be a second page to sync with every
       batch. */
    "CREATE TABLE journal_block (id INTEGER PRIMARY KEY, run INTEGER GENERATED ALWAYS AS (id >> 32) VIRTUAL,"
    " block INTEGER GENERATED ALWAYS AS (id & 4294967295) VIRTUAL, first_seq INTEGER NOT NULL,"
    " last_seq INTEGER NOT NULL, t_first INTEGER NOT NULL, t_last INTEGER NOT NULL, events INTEGER NOT NULL,"
    " raw_size INTEGER NOT NULL, codec INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE user (user_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, t_created INTEGER NOT NULL) "
    "STRICT;"
    "CREATE TABLE owner (owner_id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;"
    /* All accounts of one beneficial owner and all users of one broker account: never split (decision 35). */
    "CREATE TABLE risk_group (risk_group_id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES owner) "
    "STRICT;"
    "CREATE TABLE account (account_id INTEGER PRIMARY KEY, risk_group_id INTEGER NOT NULL REFERENCES "
    "risk_group,"
    " owner_id INTEGER NOT NULL REFERENCES owner, user_id INTEGER NOT NULL REFERENCES user, broker TEXT NOT "
    "NULL,"
    " currency TEXT NOT NULL, token INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE orders (run INTEGER NOT NULL, intent BLOB NOT NULL, seq INTEGER NOT NULL,"
    " owner_id INTEGER NOT NULL, risk_group_id INTEGER NOT NULL, account_id INTEGER NOT NULL, parent BLOB "
    "NOT NULL,"
    " sequence INTEGER NOT NULL, inst INTEGER NOT NULL, side INTEGER NOT NULL, type INTEGER NOT NULL,"
    " tif INTEGER NOT NULL, role INTEGER NOT NULL, strategy INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " qty INTEGER NOT NULL, limit_price INTEGER NOT NULL, stop_price INTEGER NOT NULL,"
    " reference_price INTEGER NOT NULL, t_decided INTEGER NOT NULL, send_before INTEGER NOT NULL,"
    " state INTEGER NOT NULL, state_seq INTEGER NOT NULL, filled INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (run, intent)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX orders_by_account ON orders (run, account_id, seq);"
    "CREATE TABLE fill (run INTEGER NOT NULL, seq INTEGER NOT NULL, owner_id INTEGER NOT NULL,"
    " risk_group_id INTEGER NOT NULL, account_id INTEGER NOT NULL, intent BLOB NOT NULL, exec_id INTEGER NOT "
    "NULL,"
    " inst INTEGER NOT NULL, side INTEGER NOT NULL, role INTEGER NOT NULL, t_event INTEGER NOT NULL,"
    " qty INTEGER NOT NULL, price INTEGER NOT NULL, fee INTEGER NOT NULL, realised INTEGER NOT NULL,"
    " cash_after INTEGER NOT NULL, position_after INTEGER NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT "
    "ROWID;"
    "CREATE TABLE position (run INTEGER NOT NULL, account_id INTEGER NOT NULL, inst INTEGER NOT NULL,"
    " qty INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, account_id, inst)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE ledger (run INTEGER NOT NULL, seq INTEGER NOT NULL, account_id INTEGER NOT NULL,"
    " kind INTEGER NOT NULL, inst INTEGER NOT NULL, amount INTEGER NOT NULL, qty_before INTEGER NOT NULL,"
    " qty_after INTEGER NOT NULL, cash_after INTEGER NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE equity (run INTEGER NOT NULL, seq INTEGER NOT NULL, account_id INTEGER NOT NULL,"
    " t_engine INTEGER NOT NULL, session INTEGER NOT NULL, cash INTEGER NOT NULL, equity INTEGER NOT NULL,"
    " gross INTEGER NOT NULL, net INTEGER NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE alert (run INTEGER NOT NULL, seq INTEGER NOT NULL, t_engine INTEGER NOT NULL,"
    " code INTEGER NOT NULL, account_id INTEGER NOT NULL, text TEXT NOT NULL, t_acknowledged INTEGER,"
    " PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE lesson (run INTEGER NOT NULL, seq INTEGER NOT NULL, t_engine INTEGER NOT NULL,"
    " account_id INTEGER NOT NULL, entry BLOB NOT NULL, record BLOB NOT NULL,"
    " PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE snapshot (run INTEGER NOT NULL, seq INTEGER NOT NULL, sections INTEGER NOT NULL,"
    " checksum INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (run, seq)) STRICT;";

/* Tries of a search, which keep no journal; ratios in millionths. */
static const char step_2[] =
    "CREATE TABLE trial (trial INTEGER PRIMARY KEY, t_created INTEGER NOT NULL, input BLOB NOT NULL,"
    " decisions BLOB NOT NULL, study TEXT NOT NULL, params TEXT NOT NULL, locked INTEGER NOT NULL,"
    " sharpe INTEGER NOT NULL, total INTEGER NOT NULL) STRICT;"
    "CREATE INDEX trial_by_input ON trial (input);";

/* Records (store/records.h): chunks by source, kind and period, and the files that were read to their end. */
static const char step_3[] =
    "CREATE TABLE record_chunk (source TEXT NOT NULL, kind INTEGER NOT NULL, period INTEGER NOT NULL,"
    " rows INTEGER NOT NULL, revisions INTEGER NOT NULL, suspects INTEGER NOT NULL, series INTEGER NOT NULL,"
    " known_first INTEGER NOT NULL, known_last INTEGER NOT NULL, hash BLOB NOT NULL,"
    " PRIMARY KEY (source, kind, period)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE record_file (content BLOB PRIMARY KEY, t_import INTEGER NOT NULL, file TEXT NOT NULL,"
    " format TEXT NOT NULL, source TEXT NOT NULL, rows_read INTEGER NOT NULL, rows_stored INTEGER NOT NULL,"
    " rows_rejected INTEGER NOT NULL, rules TEXT NOT NULL,"
    " CHECK (rows_read = rows_stored + rows_rejected)) STRICT, WITHOUT ROWID;";

/* Orders in the order of their making: an intent's number is a hash, so that a batch keyed by it wrote a page
 * or two of the table an order. What finds one by its number is small. Nothing asked by account. */
static const char step_4[] =
    "CREATE TABLE orders_4 (run INTEGER NOT NULL, intent BLOB NOT NULL, seq INTEGER NOT NULL,"
    " owner_id INTEGER NOT NULL, risk_group_id INTEGER NOT NULL, account_id INTEGER NOT NULL, parent BLOB "
    "NOT NULL,"
    " sequence INTEGER NOT NULL, inst INTEGER NOT NULL, side INTEGER NOT NULL, type INTEGER NOT NULL,"
    " tif INTEGER NOT NULL, role INTEGER NOT NULL, strategy INTEGER NOT NULL, flags INTEGER NOT NULL,"
    " qty INTEGER NOT NULL, limit_price INTEGER NOT NULL, stop_price INTEGER NOT NULL,"
    " reference_price INTEGER NOT NULL, t_decided INTEGER NOT NULL, send_before INTEGER NOT NULL,"
    " state INTEGER NOT NULL, state_seq INTEGER NOT NULL, filled INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID;"
    "INSERT INTO orders_4 SELECT * FROM orders ORDER BY run, seq;"
    "DROP TABLE orders;"
    "ALTER TABLE orders_4 RENAME TO orders;"
    "CREATE UNIQUE INDEX orders_by_intent ON orders (run, intent);";

/* Which market's days an input is of: what was tried on some of the same days was tried on nearly the same
 * data, a name or a day less or not (store/trials.h). */
static const char step_5[] =
    "CREATE TABLE trial_data (input BLOB PRIMARY KEY, market TEXT NOT NULL, first_day INTEGER NOT NULL,"
    " last_day INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/* Searches and what each of their tries came to in the blocks of its days (store/searches.h); cases of the
 * court and what became of them (store/cases.h). Means and deviations in 1e-9, shares and ratios in 1e-6. */
static const char step_6[] =
    "CREATE TABLE search (search INTEGER PRIMARY KEY, t_created INTEGER NOT NULL, study TEXT NOT NULL,"
    " market TEXT NOT NULL, first_day INTEGER NOT NULL, last_day INTEGER NOT NULL) STRICT;"
    "CREATE TABLE search_try (search INTEGER NOT NULL REFERENCES search, point INTEGER NOT NULL,"
    " config BLOB NOT NULL, blocks BLOB NOT NULL, PRIMARY KEY (search, point)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX search_by_config ON search_try (config);"
    "CREATE TABLE court_case (number INTEGER PRIMARY KEY, t_filed INTEGER NOT NULL, filed_day INTEGER NOT"
    " NULL, hypothesis TEXT NOT NULL, challenger TEXT NOT NULL, incumbent TEXT NOT NULL,"
    " challenger_config BLOB NOT NULL, incumbent_config BLOB NOT NULL, after_day INTEGER NOT NULL,"
    " shadow_days INTEGER NOT NULL, canary_days INTEGER NOT NULL, canary_part INTEGER NOT NULL,"
    " signature INTEGER NOT NULL, days INTEGER NOT NULL, trades INTEGER NOT NULL, trials INTEGER NOT NULL,"
    " grounds INTEGER NOT NULL, mean INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,"
    " noise INTEGER NOT NULL, dsr INTEGER NOT NULL, pbo INTEGER, origin TEXT NOT NULL) STRICT;"
    "CREATE TABLE court_act (act INTEGER PRIMARY KEY, number INTEGER NOT NULL REFERENCES court_case,"
    " kind INTEGER NOT NULL, t INTEGER NOT NULL, who TEXT NOT NULL, text TEXT NOT NULL) STRICT;"
    "CREATE INDEX court_act_by_case ON court_act (number, act);";

static const char *const steps[] = {step_1, step_2, step_3, step_4, step_5, step_6};

u32 migrations_last(void)
{
    return (u32)COUNT_OF(steps);
}

static err_t ask_i64(sql_db_t *db, const char *sql, diag_t *diag, i64 *out)
{
    ASSERT(out != NULL);
    sql_stmt_t *s = NULL;
    bool row = false;
    TRY(sql_prepare(db, sql, diag, &s));
    err_t err = sql_step(s, diag, &row);
    if (err == ERR_OK) {
        *out = row ? sql_column_i64(s, 0) : 0;
    }
    sql_finalize(s);
    return err;
}

/* *step = -1 if nothing of ours was made here yet. */
static err_t migrations_step(sql_db_t *db, diag_t *diag, i64 *step)
{
    i64 id = 0;
    i64 version = 0;
    i64 strangers = 0;
    TRY(ask_i64(db, "PRAGMA application_id", diag, &id));
    TRY(ask_i64(db, "PRAGMA user_version", diag, &version));
    if (id == 0) {
        TRY(ask_i64(db,
                    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'bar_%' AND"
                    " name NOT LIKE 'sqlite_%' AND name <> 'import_log'",
                    diag, &strangers));
    }
    if ((id != 0 && id != MIGRATION_APPLICATION_ID) || strangers > 0) {
        return diag_fail(diag, ERR_VERSION,
                         "the database of this home belongs to another program\nvitrine.db\n"
                         "do: name another home with --home; this one was left as it is");
    }
    if (id != 0 && (version < 1 || version > (i64)migrations_last())) {
        return diag_fail(diag, ERR_VERSION,
                         "the database has schema %lld, this program knows up to %u\nvitrine.db\n"
                         "do: use the newer program, or name another home with --home",
                         (long long)version, (unsigned)migrations_last());
    }
    *step = id == 0 ? -1 : version;
    return ERR_OK;
}

err_t migrations_ours(sql_db_t *db, diag_t *diag)
{
    ASSERT(db != NULL);
    i64 step = 0;
    return migrations_step(db, diag, &step);
}

err_t migrations_check(sql_db_t *db, diag_t *diag)
{
    ASSERT(db != NULL);
    i64 step = 0;
    TRY(migrations_step(db, diag, &step));
    i64 kept = step == 1 ? 1 : 0;
    if (step >= 2) { /* an import of records alone makes the tables too */
        TRY(ask_i64(db, "SELECT (SELECT count(*) FROM run) + (SELECT count(*) FROM trial)", diag, &kept));
    }
    if (kept == 0) {
        return diag_fail(diag, ERR_EMPTY,
                         "there are no runs in this home yet\ndo: make one with `vitrine backtest` or "
                         "`vitrine demo`");
    }
    return ERR_OK;
}

static err_t migrations_apply(sql_db_t *db, diag_t *diag)
{
    char mark[96];
    i64 step = 0;
    TRY(migrations_step(db, diag, &step));
    for (u32 i = step < 0 ? 0 : (u32)step; i < migrations_last(); i++) {
        TRY(sql_exec(db, steps[i], diag));
    }
    int n = snprintf(mark, sizeof mark, "PRAGMA application_id = %d; PRAGMA user_version = %u",
                     (int)MIGRATION_APPLICATION_ID, (unsigned)migrations_last());
    ASSERT(n > 0 && (size_t)n < sizeof mark);
    return sql_exec(db, mark, diag);
}

err_t migrations_run(sql_db_t *db, diag_t *diag)
{
    ASSERT(db != NULL);
    i64 step = 0;
    TRY(migrations_step(db, diag, &step));
    if (step == (i64)migrations_last()) {
        return ERR_OK;
    }
    TRY(sql_exec(db, "BEGIN IMMEDIATE",
                 diag)); /* the step is asked again inside: another process may have been first */
    err_t err = migrations_apply(db, diag);
    if (err == ERR_OK) {
        err = sql_exec(db, "COMMIT", diag);
    }
    if (err != ERR_OK) {
        err_t undone = sql_exec(db, "ROLLBACK", NULL);
        (void)undone;
    }
    return err;
}
