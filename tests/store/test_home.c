/* A home: one owner, private folders, and a kill switch that needs no engine. */
#include "tests/test.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/home.h"
#include "store/sqlite.h"
#include "tests/store/temp_home.h"

TEST(a_home_has_one_owner)
{
    UNUSED_STATE;
    char root[64];
    temp_home_make(root);
    home_t first;
    home_t second;
    diag_t diag = {0};
    CHECK_OK(home_open(root, HOME_CREATE | HOME_OWN, NULL, &first));
    CHECK_EQ(home_open(root, HOME_OWN, &diag, &second), ERR_BUSY);
    char mine[32];
    (void)snprintf(mine, sizeof mine, "%llu", (unsigned long long)os_process_id());
    CHECK(strstr(diag.text, mine) != NULL);      /* who holds it */
    CHECK_OK(home_open(root, 0, NULL, &second)); /* looking is free */
    home_close(&second);
    home_close(&first);
    CHECK_OK(home_open(root, HOME_OWN, NULL, &second));
    home_close(&second);
    temp_home_remove(root);
}

TEST(folders_are_private)
{
    UNUSED_STATE;
    char root[64];
    char deep[128];
    char path[LIMIT_PATH];
    temp_home_make(root);
    (void)snprintf(deep, sizeof deep, "%s/inner/", root);
    home_t h;
    diag_t diag = {0};
    CHECK_EQ(home_open(deep, 0, &diag, &h), ERR_NOT_FOUND);
    CHECK(strstr(diag.text, "--home") != NULL);
    CHECK_OK(home_open(deep, HOME_CREATE, NULL, &h));
    static const char *const names[] = {HOME_BARS, HOME_REPORTS, "."};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct stat st;
        home_path(&h, names[i], path);
        CHECK_EQ(stat(path, &st), 0);
        CHECK_EQ(st.st_mode & 0777, 0700);
    }
    home_close(&h);
    temp_home_remove(h.root);
    temp_home_remove(root);
}

TEST(the_kill_switch_stays)
{
    UNUSED_STATE;
    char root[64];
    temp_home_make(root);
    home_t h;
    CHECK_OK(home_open(root, HOME_CREATE, NULL, &h));
    CHECK(!home_is_killed(&h));
    CHECK_OK(home_unkill(&h, NULL)); /* nothing to remove is fine */
    CHECK_OK(home_kill(&h, "by hand", NULL));
    CHECK(home_is_killed(&h));
    CHECK_OK(home_kill(&h, "again", NULL));
    home_close(&h);
    CHECK_OK(home_open(root, HOME_OWN, NULL, &h));
    CHECK(home_is_killed(&h));
    CHECK_OK(home_unkill(&h, NULL));
    CHECK(!home_is_killed(&h));
    home_t nowhere = h;
    (void)snprintf(nowhere.root, sizeof nowhere.root, "%s/run.lock/x",
                   root); /* a file in the way: cannot be known */
    CHECK(home_is_killed(&nowhere));
    home_close(&h);
    temp_home_remove(root);
}

/* A database that cannot be written is none: a file of no bytes would be taken for one that was emptied, and
 * refused from then on. Whoever dies while one is made leaves as little. */
TEST(what_finds_no_room_leaves_no_empty_database)
{
    UNUSED_STATE;
    char root[64];
    char path[LIMIT_PATH];
    temp_home_make(root);
    home_t h;
    CHECK_OK(home_open(root, HOME_CREATE, NULL, &h));
    home_path(&h, HOME_DB, path);
    sql_options_t o = {.path = path};
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct rlimit none = {0, 0};
        sql_db_t *db = NULL;
        (void)signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &none) != 0) {
            _exit(2);
        }
        err_t err = sql_open(&o, NULL, &db);
        err = err == ERR_OK ? sql_exec(db, "CREATE TABLE t (a)", NULL) : err;
        _exit(err != ERR_OK ? 0 : 1);
    }
    int status = 0;
    CHECK_EQ(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(!os_exists(path));
    sql_db_t *db = NULL;
    CHECK_OK(sql_open(&o, NULL, &db));
    CHECK_OK(sql_exec(db, "CREATE TABLE t (a)", NULL));
    sql_close(db);
    home_close(&h);
    temp_home_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_home_has_one_owner),
                                       cmocka_unit_test(folders_are_private),
                                       cmocka_unit_test(the_kill_switch_stays),
                                       cmocka_unit_test(what_finds_no_room_leaves_no_empty_database)};
    return RUN_TESTS(tests);
}
