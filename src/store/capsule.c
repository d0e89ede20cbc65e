/* See capsule.h. */
#include "store/capsule.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "store/bars.h"
#include "store/journal_internal.h"

/* Rows of one run, table by table; ?1 is its number. */
static const char *const run_tables[] = {"INSERT INTO run SELECT * FROM old.run WHERE run = ?1",
                                         "INSERT INTO run_head SELECT * FROM old.run_head WHERE run = ?1",
                                         "INSERT INTO journal_block (id, first_seq, last_seq, t_first, "
                                         "t_last, events, raw_size, codec, hash, bytes)"
                                         " SELECT id, first_seq, last_seq, t_first, t_last, events, "
                                         "raw_size, codec, hash, bytes FROM old.journal_block"
                                         " WHERE id >= (?1 << 32) AND id < ((?1 + 1) << 32)",
                                         "INSERT INTO orders SELECT * FROM old.orders WHERE run = ?1",
                                         "INSERT INTO fill SELECT * FROM old.fill WHERE run = ?1",
                                         "INSERT INTO position SELECT * FROM old.position WHERE run = ?1",
                                         "INSERT INTO ledger SELECT * FROM old.ledger WHERE run = ?1",
                                         "INSERT INTO equity SELECT * FROM old.equity WHERE run = ?1",
                                         "INSERT INTO alert SELECT * FROM old.alert WHERE run = ?1",
                                         "INSERT INTO lesson SELECT * FROM old.lesson WHERE run = ?1",
                                         "INSERT INTO snapshot SELECT * FROM old.snapshot WHERE run = ?1"};

/* Tries on some of the same days, and other backtests on them as tries: a result taken out of its home was
 * still found among so many. */
static const char days_table[] =
    "INSERT INTO trial_data SELECT d.* FROM old.trial_data m JOIN old.trial_data d ON d.market = m.market"
    " AND d.first_day <= m.last_day AND d.last_day >= m.first_day"
    " WHERE m.input = (SELECT input FROM run WHERE run = ?1)";
#define ALIKE "(SELECT input FROM run WHERE run = ?1 UNION SELECT input FROM trial_data)"
static const char *const trial_tables[] = {
    "INSERT INTO trial SELECT * FROM old.trial WHERE input IN " ALIKE,
    "INSERT INTO trial (t_created, input, decisions, study, params, locked, sharpe, total)"
    " SELECT t_created, input, coalesce(decisions, x''), 'backtest', '', 0, 0, 0 FROM old.run"
    " WHERE run <> ?1 AND kind = 1 AND input IN " ALIKE};

static const char *const series_tables[] = {"INSERT OR IGNORE INTO bar_chunk SELECT * FROM old.bar_chunk "
                                            "WHERE symbol = ?1 AND (?2 = '' OR source = ?2)",
                                            "INSERT OR IGNORE INTO bar_action SELECT * FROM old.bar_action "
                                            "WHERE symbol = ?1 AND (?2 = '' OR source = ?2)",
                                            "INSERT OR IGNORE INTO bar_fault SELECT * FROM old.bar_fault "
                                            "WHERE symbol = ?1 AND (?2 = '' OR source = ?2)"};

static err_t copy_run(sql_db_t *db, const char *sql, u64 run, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(sql_prepare(db, sql, diag, &q));
    sql_bind_i64(q, 1, (i64)run);
    err_t err = sql_step(q, diag, &row);
    sql_finalize(q);
    return err;
}

static err_t copy_series(sql_db_t *db, const char *sql, const capsule_spec_t *spec, diag_t *diag)
{
    sql_stmt_t *q = NULL;
    err_t err = sql_prepare(db, sql, diag, &q);
    for (u32 i = 0; err == ERR_OK && i < spec->series_count; i++) {
        bool row = false;
        sql_bind_text(q, 1, spec->series[i].symbol);
        sql_bind_text(q, 2, spec->series[i].source);
        err = sql_step(q, diag, &row);
        sql_reset(q);
    }
    sql_finalize(q);
    return err;
}

static err_t count_i64(sql_db_t *db, const char *sql, diag_t *diag, u64 *out)
{
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(sql_prepare(db, sql, diag, &q));
    err_t err = sql_step(q, diag, &row);
    if (err == ERR_OK && row) {
        *out = (u64)sql_column_i64(q, 0);
    }
    sql_finalize(q);
    return err;
}

static err_t attach(sql_db_t *db, const home_t *from, diag_t *diag)
{
    char path[LIMIT_PATH];
    sql_stmt_t *q = NULL;
    bool row = false;
    home_path(from, HOME_DB, path);
    TRY(sql_prepare(db, "ATTACH DATABASE ?1 AS old", diag, &q));
    sql_bind_text(q, 1, str_from(path));
    err_t err = sql_step(q, diag, &row);
    sql_finalize(q);
    return err;
}

static err_t copy_rows(sql_db_t *db, const capsule_spec_t *spec, diag_t *diag)
{
    u64 bars = 0;
    u64 trials = 0;
    TRY(count_i64(db, "SELECT count(*) FROM old.sqlite_schema WHERE name = 'bar_chunk'", diag, &bars));
    TRY(count_i64(db, "SELECT count(*) FROM old.sqlite_schema WHERE name = 'trial'", diag, &trials));
    for (u32 i = 0; i < COUNT_OF(run_tables); i++) {
        TRY(copy_run(db, run_tables[i], spec->run->number, diag));
    }
    u64 days = 0;
    TRY(count_i64(db, "SELECT count(*) FROM old.sqlite_schema WHERE name = 'trial_data'", diag, &days));
    if (days > 0) {
        TRY(copy_run(db, days_table, spec->run->number, diag));
    }
    for (u32 i = 0; i < COUNT_OF(trial_tables); i++) {
        if (i > 0 || trials > 0) {
            TRY(copy_run(db, trial_tables[i], spec->run->number, diag));
        }
    }
    for (u32 i = 0; bars > 0 && i < COUNT_OF(series_tables); i++) {
        TRY(copy_series(db, series_tables[i], spec, diag));
    }
    return ERR_OK;
}

static err_t copy_file(const char *from, const char *to, diag_t *diag, u64 *bytes)
{
    u8 part[1 << 14];
    FILE *in = fopen(from, "rb");
    if (in == NULL) {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "%s: a chunk of the bar store is missing\ndo: import its data again", from);
    }
    FILE *out = fopen(to, "wb");
    size_t n = 0;
    bool ok = out != NULL;
    while (ok && (n = fread(part, 1, sizeof part, in)) > 0) {
        ok = fwrite(part, 1, n, out) == n;
        *bytes += n;
    }
    ok = ok && ferror(in) == 0;
    (void)fclose(in);
    ok = out != NULL && fclose(out) == 0 && ok;
    return ok ? ERR_OK : diag_fail(diag, ERR_IO, "%s: cannot be written\ndo: free some space", to);
}

/* "bars/ab/HASH.bars" below both homes. */
static err_t copy_chunk(const capsule_spec_t *spec, str_t hash, diag_t *diag, capsule_copied_t *out)
{
    char hex[2 * sizeof(digest_t) + 1];
    char name[sizeof hex + 32];
    char from[LIMIT_PATH];
    char to[LIMIT_PATH];
    ASSERT(hash.n == sizeof(digest_t));
    hex_print(hex, hash.p, hash.n);
    (void)snprintf(name, sizeof name, HOME_BARS "/%.2s", hex);
    home_path(spec->to, name, to);
    TRY(os_dir_make(to, 0700, diag));
    (void)snprintf(name, sizeof name, HOME_BARS "/%.2s/%s.bars", hex, hex);
    home_path(spec->from, name, from);
    home_path(spec->to, name, to);
    out->chunks++;
    return copy_file(from, to, diag, &out->bytes);
}

static err_t copy_chunks(sql_db_t *db, const capsule_spec_t *spec, diag_t *diag, capsule_copied_t *out)
{
    sql_stmt_t *q = NULL;
    bool row = false;
    TRY(sql_prepare(db, "SELECT DISTINCT hash FROM bar_chunk ORDER BY hash", diag, &q));
    err_t err = sql_step(q, diag, &row);
    while (err == ERR_OK && row) {
        err = copy_chunk(spec, sql_column_blob(q, 0), diag, out);
        err = err == ERR_OK ? sql_step(q, diag, &row) : err;
    }
    sql_finalize(q);
    return err;
}

err_t capsule_copy(const capsule_spec_t *spec, diag_t *diag, capsule_copied_t *out)
{
    ASSERT(spec != NULL && spec->from != NULL && spec->to != NULL && spec->run != NULL && out != NULL);
    store_t *store = NULL;
    bars_t *bars = NULL;
    memset(out, 0, sizeof *out);
    TRY(bars_open(spec->to->root, false, diag, &bars)); /* makes its tables */
    bars_close(bars);
    TRY(store_open_home(spec->to, false, false, diag, &store));
    err_t err = attach(store->own_db, spec->from, diag);
    if (err == ERR_OK) {
        err = sql_exec(store->own_db, "BEGIN IMMEDIATE", diag);
    }
    if (err == ERR_OK) {
        err = store_end(store, copy_rows(store->own_db, spec, diag), diag);
    }
    err = err == ERR_OK ? sql_exec(store->own_db, "DETACH DATABASE old", diag) : err;
    err = err == ERR_OK ? copy_chunks(store->own_db, spec, diag, out) : err;
    err = err == ERR_OK ? count_i64(store->own_db, "SELECT count(*) FROM trial", diag, &out->tries) : err;
    /* One file, without a log beside it: what is wrapped up must be whole. */
    err = err == ERR_OK ? sql_exec(store->own_db, "PRAGMA journal_mode = DELETE", diag) : err;
    store_close(store);
    return err;
}

err_t capsule_is_plain(const home_t *h, diag_t *diag)
{
    ASSERT(h != NULL);
    char path[LIMIT_PATH];
    sql_db_t *db = NULL;
    u64 odd = 0;
    home_path(h, HOME_DB, path);
    sql_options_t plain = {.path = path, .read_only = true};
    TRY(sql_open(&plain, diag, &db));
    err_t err = count_i64(db,
                          "SELECT count(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')"
                          " OR sql LIKE 'CREATE VIRTUAL%'",
                          diag, &odd);
    sql_close(db);
    TRY(err);
    return odd == 0 ? ERR_OK
                    : diag_fail(diag, ERR_CORRUPT,
                                "the database of the capsule holds views, triggers or virtual tables: this "
                                "program makes none\ndo: do not trust where it came from");
}
