/* A run whose process died reads as cut short, and not as running for ever; one at work reads as running. A
 * database of no bytes is called what it is, and one with damaged pages what it is. */
#include "tests/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "store/journal.h"
#include "tests/faces/line_world.h"

/* A back-test that has begun and has not ended. */
static run_id_t begin(const char *root)
{
    home_t home;
    store_t *s = NULL;
    journal_t *j = NULL;
    u64 seed = 3;
    run_start_t start = {.kind = RUN_BACKTEST, .incarnation = id128_of(&seed, sizeof seed), .seed = seed};
    CHECK_OK(home_open(root, HOME_CREATE, NULL, &home));
    CHECK_OK(store_open_home(&home, false, false, NULL, &s));
    CHECK_OK(journal_create(s, &start, &(journal_options_t){0}, NULL, &j));
    run_id_t id = journal_run_id(j);
    journal_close(j);
    store_close(s);
    home_close(&home);
    return id;
}

TEST(a_backtest_runs_while_somebody_makes_it)
{
    world_t *w = *state_;
    run_id_t id = begin(w->home);
    char path[HOME_SIZE + 16];
    os_lock_t held;
    os_lock_t second;
    diag_t diag = {0};
    (void)snprintf(path, sizeof path, "%s/" HOME_RUNS_LOCK, w->home);
    CHECK_OK(run_hold(path, id, &diag, &held));
    CHECK_EQ(run_hold(path, id, &diag, &second), ERR_BUSY);
    u64 other = 4;
    CHECK_OK(run_hold(path, run_id_of(id128_of(&other, sizeof other)), &diag, &second));
    os_lock_release(&second);
    CHECK_EQ(run(w, "audit verify"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "backtest, running:") != NULL && strstr(w->err, "cut short") == NULL);
    CHECK_EQ(run(w, "status"), EXIT_CODE_NOT_RUNNING);
    CHECK(strstr(w->err, "is at work; it answers no questions") != NULL);
    os_lock_release(&held);
    CHECK_EQ(run(w, "audit verify"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "backtest, interrupted:") != NULL && strstr(w->err, "1 cut short") != NULL);
    CHECK_EQ(run(w, "audit verify --json"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "\"status\":\"interrupted\"") != NULL);
    CHECK_EQ(run(w, "status"), EXIT_CODE_NOT_RUNNING);
    CHECK(strstr(w->err, "was cut short") != NULL && strstr(w->err, "do: run it again") != NULL);
    CHECK(strstr(w->err, id.text) != NULL);
}

/* Until the home's record holds a run of some events. */
static void wait_for_run(world_t *w)
{
    for (u32 i = 0; i < 600; i++) {
        os_sleep_ms(100);
        if (run(w, "audit export latest --kind slice") == EXIT_CODE_OK && w->out[0] != 0) {
            return;
        }
    }
    CHECK(false);
}

/* The same in a process of its own, which says nothing. */
static pid_t run_beside(world_t *w, const char *line)
{
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        (void)dup2(null, 1);
        (void)dup2(null, 2);
        (void)run(w, line);
        _exit(0);
    }
    return child;
}

TEST(a_killed_demo_is_told_as_cut_short)
{
    world_t *w = *state_;
    pid_t child = run_beside(w, "demo --headless --sessions 900 --stocks 4 --warmup 2 --history 60");
    wait_for_run(w);
    CHECK_EQ(run(w, "audit verify"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "demo, running:") != NULL);
    CHECK_EQ(kill(child, SIGKILL), 0);
    CHECK_EQ(waitpid(child, NULL, 0), child);
    CHECK_EQ(run(w, "audit verify"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "demo, interrupted:") != NULL);
    CHECK_EQ(run(w, "report --first"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "demo, interrupted, seed") != NULL);
    CHECK_EQ(run(w, "status"), EXIT_CODE_NOT_RUNNING);
    CHECK(strstr(w->err, "was cut short") != NULL && strstr(w->err, "`vitrine demo --resume`") != NULL);
}

/* A person's words reach the engine between two slices and stand in the record with their reasons. */
TEST(a_word_of_a_person_is_recorded)
{
    world_t *w = *state_;
    CHECK_EQ(run(w, "clear clock --why right"), EXIT_CODE_NOT_RUNNING);
    static const struct {
        const char *line;
        const char *says;
    } wrong[] = {{"clear tea --why x", "do: use reconcile, breaker or clock"},
                 {"clear breakr --why x", "did you mean breaker?"},
                 {"clear Clock --why x", "did you mean clock?"},
                 {"clear clock --user anna --why x", "do: leave --user out"}};
    for (u32 i = 0; i < COUNT_OF(wrong); i++) { /* no engine runs, and yet it is the word that is wrong */
        CHECK_EQ(run(w, wrong[i].line), EXIT_CODE_USAGE);
        CHECK(strstr(w->err, wrong[i].says) != NULL);
    }
    CHECK_EQ(run(w, "clear clock"), EXIT_CODE_USAGE);
    CHECK(strstr(w->err, "--why") != NULL);
    pid_t child =
        run_beside(w, "demo --headless --sessions 900 --speed 600 --stocks 4 --warmup 2 --history 60");
    for (u32 i = 0; i < 600 && run(w, "status") != EXIT_CODE_OK; i++) {
        os_sleep_ms(20);
    }
    CHECK_EQ(run(w, "clear tea --why x"), EXIT_CODE_USAGE);
    CHECK_EQ(run(w, "clear breaker --user nobody --why x"), EXIT_CODE_NOT_FOUND);
    CHECK_EQ(run(w, "clear clock --why ntp"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "cleared: clock") != NULL && strstr(w->out, "waited: 0") != NULL);
    for (u32 i = 0; i < 600; i++) {
        os_sleep_ms(20);
        (void)run(w, "audit export latest --kind command");
        if (strstr(w->out, "\"who\":\"ntp\"") != NULL) {
            break;
        }
    }
    CHECK(strstr(w->out, "\"who\":\"ntp\"") != NULL);
    CHECK_EQ(run(w, "stop"), EXIT_CODE_OK);
    CHECK_EQ(waitpid(child, NULL, 0), child);
}

static f64 number_in(const char *json, const char *key)
{
    char name[64];
    (void)snprintf(name, sizeof name, "\"%s\":", key);
    const char *at = strstr(json, name);
    CHECK(at != NULL);
    return strtod(at + strlen(name), NULL);
}

/* Of a run of many users the figures are everybody's, and the switch that stops the next run is told too. */
TEST(the_status_of_many_is_of_all_of_them)
{
    static const char users[] = "mode = \"per_user\"\n[user.anna]\nid = 1\ncash = 1000\n"
                                "[user.bert]\nid = 2\ncash = 500000\n[user.carl]\nid = 3\ncash = 20000\n";
    world_t *w = *state_;
    char path[HOME_SIZE + 16];
    char line[2 * HOME_SIZE + 160];
    (void)snprintf(path, sizeof path, "%s/users.toml", w->home);
    CHECK_OK(os_file_write(path, str_from(users), 0600, NULL));
    (void)snprintf(line, sizeof line,
                   "demo --headless --sessions 900 --speed 60 --stocks 4 --warmup 2 --history 60 --users %s",
                   path);
    pid_t child = run_beside(w, line);
    for (u32 i = 0; i < 600; i++) { /* before its first bar it knows of nobody */
        if (run(w, "status --json") == EXIT_CODE_OK && strstr(w->out, "\"users\":3") != NULL) {
            break;
        }
        os_sleep_ms(20);
    }
    CHECK(strstr(w->out, "\"users\":3") != NULL);
    CHECK(number_in(w->out, "equity") > 500000 && number_in(w->out, "equity") < 540000);
    CHECK(number_in(w->out, "cash") > 400000);
    CHECK_EQ(run(w, "kill"), EXIT_CODE_OK);
    for (u32 i = 0; i < 600 && strstr(w->out, "entries of carl are stopped: the kill switch") == NULL; i++) {
        os_sleep_ms(20);
        CHECK_EQ(run(w, "status"), EXIT_CODE_OK);
    }
    CHECK(strstr(w->out, "entries of carl are stopped: the kill switch is on") != NULL);
    CHECK_EQ(run(w, "stop"), EXIT_CODE_OK);
    CHECK_EQ(waitpid(child, NULL, 0), child);
    CHECK_EQ(run(w, "status"), EXIT_CODE_NOT_RUNNING);
    CHECK(strstr(w->err, "the kill switch of this home is on") != NULL);
    CHECK_EQ(run(w, "kill --off"), EXIT_CODE_OK);
    CHECK_EQ(run(w, "status"), EXIT_CODE_NOT_RUNNING);
    CHECK(strstr(w->err, "kill switch") == NULL);
}

/* No room for the file of the kill switch: a running engine hears of it all the same, and the person that it
 * will not outlast it. */
TEST(a_full_disk_does_not_keep_a_kill_from_the_engine)
{
    world_t *w = *state_;
    struct rlimit kept;
    pid_t child =
        run_beside(w, "demo --headless --sessions 900 --speed 600 --stocks 4 --warmup 2 --history 60");
    for (u32 i = 0; i < 600 && run(w, "status") != EXIT_CODE_OK; i++) {
        os_sleep_ms(20);
    }
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &kept), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = kept.rlim_max};
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
    exit_code_t code = run(w, "kill");
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &kept), 0);
    (void)signal(SIGXFSZ, handler);
    CHECK_EQ(code, EXIT_CODE_ERROR);
    CHECK(strstr(w->err, "the running engine has been told") != NULL);
    CHECK(strstr(w->err, "/" HOME_KILL_FILE) != NULL && strstr(w->err, "do: free some space") != NULL);
    bool killed = false;
    for (u32 i = 0; i < 600 && !killed; i++) {
        os_sleep_ms(20);
        CHECK_EQ(run(w, "status --json"), EXIT_CODE_OK);
        killed = strstr(w->out, "\"killed\":true") != NULL;
    }
    CHECK(killed);
    CHECK_EQ(kill(child, SIGKILL), 0);
    CHECK_EQ(waitpid(child, NULL, 0), child);
}

TEST(a_file_of_no_bytes_is_no_home_without_runs)
{
    world_t *w = *state_;
    static const char *const lines[] = {"report", "audit verify", "why AAPL"};
    static const char *const all[] = {
        "report", "audit verify", "why AAPL", "replay latest", "data list",
        "data check", "scan", "backtest", "optimize", "capsule pack latest /nowhere/x",
        "demo --headless --sessions 1"};
    char path[HOME_SIZE + 16];
    char bars[HOME_SIZE + 16];
    (void)snprintf(path, sizeof path, "%s/" HOME_DB, w->home);
    (void)snprintf(bars, sizeof bars, "%s/" HOME_BARS, w->home);
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        CHECK(run(w, lines[i]) != EXIT_CODE_OK);
        CHECK(strstr(w->err, "no runs in this home yet") != NULL);
    }
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fclose(f) == 0);
    CHECK_OK(os_dir_make(bars, 0700, NULL));
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        exit_code_t code = run(w, all[i]);
        bool told = strstr(w->err, "a file of no bytes") != NULL && strstr(w->err, "do: put a copy") != NULL;
        if (code != EXIT_CODE_ERROR || !told) {
            print_message("# %s: exit %d\n# %s\n", all[i], (int)code, w->err);
        }
        CHECK(code == EXIT_CODE_ERROR && told);
        CHECK_EQ(os_file_size(path), 0);
    }
    CHECK_EQ(run(w, "doctor"), EXIT_CODE_ERROR);
    CHECK(strstr(w->out, "FAULT   database") != NULL && strstr(w->out, "a file of no bytes") != NULL);
}

/* Pages that were written over: the database opens, and what it holds cannot be read. */
TEST(doctor_finds_damaged_pages)
{
    world_t *w = *state_;
    char path[HOME_SIZE + 16];
    static const char junk[1 << 14] = {1, 2, 3};
    CHECK_EQ(run(w, "demo --headless --sessions 1 --stocks 3 --history 60 --warmup 0"), EXIT_CODE_OK);
    CHECK_EQ(run(w, "doctor"), EXIT_CODE_OK);
    (void)snprintf(path, sizeof path, "%s/vitrine.db", w->home);
    FILE *f = fopen(path, "r+");
    assert_non_null(f);
    CHECK_EQ(fseek(f, 0, SEEK_END), 0);
    long size = ftell(f);
    CHECK(size > 8L * (long)sizeof junk);
    CHECK_EQ(fseek(f, size * 3 / 4 / 4096 * 4096, SEEK_SET), 0);
    CHECK_EQ(fwrite(junk, sizeof junk, 1, f), 1);
    CHECK_EQ(fclose(f), 0);
    CHECK_EQ(run(w, "doctor"), EXIT_CODE_ERROR);
    CHECK(strstr(w->out, "FAULT   database") != NULL && strstr(w->out, "vitrine.db is damaged: ") != NULL);
    CHECK(strstr(w->out, "do: put a copy of it back") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_backtest_runs_while_somebody_makes_it, world_open, world_close),
        cmocka_unit_test_setup_teardown(a_killed_demo_is_told_as_cut_short, world_open, world_close),
        cmocka_unit_test_setup_teardown(a_word_of_a_person_is_recorded, world_open, world_close),
        cmocka_unit_test_setup_teardown(the_status_of_many_is_of_all_of_them, world_open, world_close),
        cmocka_unit_test_setup_teardown(a_full_disk_does_not_keep_a_kill_from_the_engine, world_open,
                                        world_close),
        cmocka_unit_test_setup_teardown(a_file_of_no_bytes_is_no_home_without_runs, world_open, world_close),
        cmocka_unit_test_setup_teardown(doctor_finds_damaged_pages, world_open, world_close),
    };
    return RUN_TESTS(tests);
}
