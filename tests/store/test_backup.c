/* Backups: whole or none, the newest stay, and none of a home in which somebody writes. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "os/os.h"
#include "store/backup.h"
#include "store/journal.h"
#include "store/sqlite.h"
#include "tests/store/home.h"

#define T0 1700000000000000000LL /* 2023-11-14T22:13:20Z */
#define AT0 HOME_BACKUPS "/vitrine-20231114T221320Z.db"

typedef struct {
    char root[HOME_SIZE];
    home_t home;
    char database[LIMIT_PATH];
} world_t;

/* A database with a table that is not the program's: a copy must hold whatever stands there. */
static void fill(const world_t *w)
{
    sql_db_t *db = NULL;
    sql_options_t o = {.path = w->database};
    CHECK_OK(sql_open(&o, NULL, &db));
    CHECK_OK(sql_exec(db, "CREATE TABLE made (a INTEGER PRIMARY KEY, b TEXT)", NULL));
    CHECK_OK(sql_exec(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)"
                          " INSERT INTO made SELECT i, hex(randomblob(50)) FROM n", NULL));
    sql_close(db);
}

static void world_open(world_t *w)
{
    store_t *s = NULL;
    home_make(w->root);
    CHECK_OK(home_open(w->root, HOME_CREATE | HOME_OWN, NULL, &w->home));
    home_path(&w->home, HOME_DB, w->database);
    CHECK_OK(store_open_home(&w->home, false, false, NULL, &s));
    store_close(s);
    fill(w);
}

static void world_close(world_t *w)
{
    home_close(&w->home);
    home_remove(w->root);
}

static i64 ask(const char *path, const char *sql)
{
    sql_db_t *db = NULL;
    sql_stmt_t *q = NULL;
    bool row = false;
    sql_options_t o = {.path = path, .read_only = true};
    CHECK_OK(sql_open(&o, NULL, &db));
    CHECK_OK(sql_prepare(db, sql, NULL, &q));
    CHECK_OK(sql_step(q, NULL, &row));
    CHECK(row);
    i64 out = sql_column_i64(q, 0);
    sql_finalize(q);
    sql_close(db);
    return out;
}

static u32 files_in_backups(const world_t *w)
{
    char folder[LIMIT_PATH];
    os_names_t names = {0};
    home_path(&w->home, HOME_BACKUPS, folder);
    if (os_dir_list(folder, NULL, &names) != ERR_OK) {
        return 0;
    }
    u32 n = names.count;
    os_names_free(&names);
    return n;
}

TEST(a_copy_holds_what_the_database_held)
{
    UNUSED_STATE;
    world_t w;
    backup_t b;
    char left[LIMIT_PATH];
    world_open(&w);
    CHECK_OK(os_dir_make((home_path(&w.home, HOME_BACKUPS, left), left), 0700, NULL));
    home_path(&w.home, HOME_BACKUPS "/vitrine.db.part", left); /* of a try that was cut off */
    CHECK_OK(os_file_write(left, STR("half"), 0600, NULL));
    sql_db_t *other = NULL; /* keeps the log where it is */
    sql_options_t o = {.path = w.database};
    CHECK_OK(sql_open(&o, NULL, &other));
    CHECK_OK(sql_exec(other, "DELETE FROM made WHERE a > 3000", NULL));
    CHECK_OK(backup_make(&w.home, 3, T0, NULL, &b));
    CHECK(strstr(b.path, AT0) != NULL);
    CHECK(b.log > 0 && b.bytes > 0 && b.bytes < b.database); /* without the room of what was deleted */
    CHECK_EQ(b.kept, 1);
    CHECK_EQ(files_in_backups(&w), 1);
    CHECK_EQ(ask(b.path, "SELECT count(*) FROM made"), 3000);
    CHECK(ask(b.path, "SELECT count(*) FROM sqlite_master WHERE name = 'journal_block'") == 1);
    home_path(&w.home, HOME_DB "-wal", left);
    CHECK_EQ(os_file_size(left), 0);
    sql_close(other);
    CHECK_EQ(ask(w.database, "SELECT count(*) FROM made"), 3000);
    diag_t diag = {0};
    CHECK_EQ(backup_make(&w.home, 3, T0 + 1, &diag, &b), ERR_EXISTS); /* of this second there is one */
    CHECK_EQ(files_in_backups(&w), 1);
    world_close(&w);
}

TEST(the_newest_stay)
{
    UNUSED_STATE;
    world_t w;
    backup_t b;
    char path[LIMIT_PATH];
    world_open(&w);
    for (u32 i = 0; i < 4; i++) {
        CHECK_OK(backup_make(&w.home, 3, T0 + i * NS_PER_DAY, NULL, &b));
    }
    CHECK(b.kept == 3 && b.removed == 1);
    CHECK(!os_exists((home_path(&w.home, AT0, path), path)));
    home_path(&w.home, HOME_BACKUPS "/minevit-20231114T221320Z.db", path); /* somebody's own stays */
    CHECK_OK(os_file_write(path, STR("x"), 0600, NULL));
    CHECK_OK(backup_make(&w.home, 1, T0 + 9 * NS_PER_DAY, NULL, &b));
    CHECK(b.kept == 1 && b.removed == 3);
    CHECK(os_exists(path) && os_exists(b.path));
    CHECK_EQ(files_in_backups(&w), 2);
    world_close(&w);
}

/* A run whose maker lives is waited for; of one that was cut off there is nothing to wait for. */
TEST(not_while_a_run_is_made)
{
    UNUSED_STATE;
    world_t w;
    backup_t b;
    diag_t diag = {0};
    store_t *s = NULL;
    journal_t *j = NULL;
    os_lock_t held;
    char path[LIMIT_PATH];
    world_open(&w);
    CHECK_OK(store_open_home(&w.home, false, false, NULL, &s));
    run_start_t start = {.kind = RUN_BACKTEST, .incarnation = {{7}}, .config = STR("x")};
    journal_options_t jo = {0};
    CHECK_OK(journal_create(s, &start, &jo, NULL, &j));
    run_id_t id = run_id_of(start.incarnation);
    home_path(&w.home, HOME_RUNS_LOCK, path);
    CHECK_OK(run_hold(path, id, NULL, &held));
    CHECK_EQ(backup_make(&w.home, 3, T0, &diag, &b), ERR_BUSY);
    CHECK(strstr(diag.text, id.text) != NULL);
    CHECK_EQ(files_in_backups(&w), 0);
    os_lock_release(&held);
    journal_close(j);
    store_close(s);
    CHECK_OK(backup_make(&w.home, 3, T0, NULL, &b));
    world_close(&w);
}

/* Pages that no table knows of any more: a copy would leave them out and say nothing. */
TEST(damage_that_a_copy_would_hide)
{
    UNUSED_STATE;
    world_t w;
    backup_t b;
    diag_t diag = {0};
    sql_db_t *db = NULL;
    world_open(&w);
    sql_options_t o = {.path = w.database};
    CHECK_OK(sql_open(&o, NULL, &db));
    CHECK_OK(sql_exec(db, "CREATE INDEX made_b ON made (b); PRAGMA writable_schema=ON;"
                          " DELETE FROM sqlite_master WHERE name = 'made_b'", NULL));
    sql_close(db);
    CHECK_EQ(backup_make(&w.home, 1, T0, &diag, &b), ERR_CORRUPT);
    CHECK(strstr(diag.text, "the database is damaged: ") != NULL);
    CHECK_EQ(files_in_backups(&w), 0);
    world_close(&w);
}

/* What is damaged is not copied, and no earlier copy goes for it. */
TEST(damage_is_found_and_costs_no_backup)
{
    UNUSED_STATE;
    world_t w;
    backup_t b;
    diag_t diag = {0};
    u8 bytes[512];
    world_open(&w);
    CHECK_OK(backup_make(&w.home, 1, T0, NULL, &b));
    FILE *f = fopen(w.database, "r+b");
    assert_non_null(f);
    memset(bytes, 0xA5, sizeof bytes);
    CHECK_EQ(fseek(f, (long)(os_file_size(w.database) / 4096 - 20) * 4096, SEEK_SET), 0);
    CHECK_EQ(fwrite(bytes, 1, sizeof bytes, f), sizeof bytes);
    CHECK_EQ(fclose(f), 0);
    CHECK_EQ(backup_make(&w.home, 1, T0 + NS_PER_DAY, &diag, &b), ERR_CORRUPT);
    CHECK(strstr(diag.text, "do: ") != NULL);
    CHECK_EQ(files_in_backups(&w), 1);
    char path[LIMIT_PATH];
    CHECK(os_exists((home_path(&w.home, AT0, path), path)));
    world_close(&w);
}

TEST(nothing_to_copy)
{
    UNUSED_STATE;
    char root[HOME_SIZE];
    home_t home;
    backup_t b;
    diag_t diag = {0};
    home_make(root);
    CHECK_OK(home_open(root, HOME_CREATE | HOME_OWN, NULL, &home));
    CHECK_EQ(backup_make(&home, 3, T0, &diag, &b), ERR_EMPTY);
    home_close(&home);
    home_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_holds_what_the_database_held),
        cmocka_unit_test(the_newest_stay),
        cmocka_unit_test(not_while_a_run_is_made),
        cmocka_unit_test(damage_is_found_and_costs_no_backup),
        cmocka_unit_test(damage_that_a_copy_would_hide),
        cmocka_unit_test(nothing_to_copy),
    };
    return RUN_TESTS(tests);
}
