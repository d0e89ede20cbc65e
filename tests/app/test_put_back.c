/* The database put back from an earlier copy (F13), beside what the newer one has left outside: the note of
 * where its newest run stood, the seals of its days, a capsule. What each of them finds, that nothing is
 * written on the old one until a person decides, and what nobody can find. */
#include "tests/test.h"

#include <dirent.h>
#include <sys/stat.h>

#include "os/file.h"
#include "store/journal.h"
#include "tests/app/child.h"

enum { COMMAND = 1024, LARGE = 100000 };

static const char demo[] = "demo --headless --quiet --sessions 3 --stocks 6 --warmup 2 --history 60 --seed 5";
static const char told[] = "older than this home has been";

static void shell(const char *line)
{
    pid_t pid = fork();
    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* The database with its log, as a backup of these files alone has it. */
static void database_copy(const char *from, const char *to)
{
    char line[COMMAND];
    int n = snprintf(line, sizeof line,
                     "rm -f %s/vitrine.db* && cp %s/vitrine.db* %s/ && rm -f %s/vitrine.db-shm", to, from, to,
                     to);
    CHECK(n > 0 && n < COMMAND);
    shell(line);
}

typedef struct {
    char home[HOME_SIZE];
    char yesterday[HOME_SIZE];
    child_t c;
} world_t;

static world_t *world_open(void)
{
    world_t *w = calloc(1, sizeof *w);
    assert_non_null(w);
    home_make(w->home);
    home_make(w->yesterday);
    return w;
}

static void world_close(world_t *w)
{
    home_remove(w->home);
    home_remove(w->yesterday);
    free(w);
}

static bool refused(world_t *w, const char *line)
{
    int code = child_run(&w->c, w->home, line);
    bool clear = strstr(w->c.text, told) != NULL && strstr(w->c.text, "do: put the newer one back") != NULL;
    if (code == 0 || !clear) {
        print_message("# %s: exit code %d: %s\n", line, code, w->c.text);
    }
    return code != 0 && clear;
}

static u64 runs_in(world_t *w)
{
    u64 n = 0;
    child_ok(&w->c, w->home, "audit verify");
    for (const char *at = w->c.text; (at = strstr(at, "whole   ")) != NULL; at++) {
        n++;
    }
    return n;
}

/* A run that the copy knows not at all. */
TEST(a_run_is_missing)
{
    UNUSED_STATE;
    world_t *w = world_open();
    child_ok(&w->c, w->home, demo);
    database_copy(w->home, w->yesterday);
    child_ok(&w->c, w->home, demo);
    char *newer = strdup(strstr(w->c.text, "run "));
    assert_non_null(newer);
    newer[4 + RUN_ID_LENGTH] = 0;
    char today[HOME_SIZE];
    home_make(today);
    database_copy(w->home, today);
    database_copy(w->yesterday, w->home);
    CHECK(refused(w, "audit verify"));
    CHECK(strstr(w->c.text, newer + 4) != NULL); /* which run it is */
    CHECK(refused(w, demo));
    CHECK(refused(w, "demo --headless --resume"));
    CHECK(child_run(&w->c, w->home, "doctor") != 0 && strstr(w->c.text, told) != NULL);
    child_ok(&w->c, w->home, "report latest --quiet"); /* who only looks may */
    database_copy(today, w->home);
    CHECK_EQ(runs_in(w), 2);
    child_ok(&w->c, w->home, demo);
    CHECK_EQ(runs_in(w), 3);
    free(newer);
    home_remove(today);
    world_close(w);
}

static u64 events_of(const char *home)
{
    char *out = NULL;
    char *err = NULL;
    u64 n = 0;
    (void)line_run(home, "audit export latest --quiet", &out, &err);
    for (const char *at = out; (at = strchr(at, '\n')) != NULL; at++) {
        n++;
    }
    free(out);
    free(err);
    return n;
}

/* A paper account whose run went on after the copy: it goes on from there when a person says so. */
TEST(a_run_went_on_since)
{
    UNUSED_STATE;
    world_t *w = world_open();
    child_t *at_work = calloc(1, sizeof *at_work);
    assert_non_null(at_work);
    char line[sizeof demo + 32];
    (void)snprintf(line, sizeof line, "%s --speed 20000", demo);
    child_start(at_work, w->home, line);
    for (u32 k = 0; k < 6000 && events_of(w->home) < 60; k++) {
        os_sleep_ms(5);
    }
    CHECK_EQ(kill(at_work->pid, SIGSTOP), 0); /* a copy of files that move would be none */
    database_copy(w->home, w->yesterday);
    CHECK_EQ(kill(at_work->pid, SIGCONT), 0);
    CHECK_EQ(child_end(at_work), 0);
    database_copy(w->yesterday, w->home);
    u64 before = events_of(w->home);
    CHECK(before >= 60);
    CHECK(refused(w, "demo --headless --quiet --resume"));
    CHECK(refused(w, "audit verify"));
    CHECK_EQ(events_of(w->home), before);
    char *note = strstr(w->c.text, "remove ");
    assert_non_null(note);
    note += 7;
    note[strcspn(note, "\n")] = 0;
    CHECK_EQ(unlink(note), 0); /* what was told as remedy: the newer one is lost */
    child_ok(&w->c, w->home, "demo --headless --quiet --resume");
    CHECK_EQ(runs_in(w), 1);
    free(at_work);
    world_close(w);
}

/* The seals of the home, and what was handed out: they hold without the database. */
TEST(what_was_handed_out_stands)
{
    UNUSED_STATE;
    char line[3 * HOME_SIZE];
    world_t *w = world_open();
    child_ok(&w->c, w->home, demo);
    database_copy(w->home, w->yesterday);
    child_ok(&w->c, w->home, demo);
    char run[RUN_ID_LENGTH + 1];
    (void)snprintf(run, sizeof run, "%s", strstr(w->c.text, "run ") + 4);
    (void)snprintf(line, sizeof line, "audit seal %s", run);
    child_ok(&w->c, w->home, line);
    (void)snprintf(line, sizeof line, "capsule pack %s %s/run.capsule", run, w->yesterday);
    child_ok(&w->c, w->home, line);
    database_copy(w->yesterday, w->home);
    (void)snprintf(line, sizeof line, "audit seal %s", run);
    CHECK(child_run(&w->c, w->home, line) != 0); /* it is not there to be sealed */
    CHECK(strstr(w->c.text, "was sealed") != NULL && strstr(w->c.text, "do: ") != NULL);
    (void)snprintf(line, sizeof line, "capsule verify %s/run.capsule", w->yesterday);
    child_ok(&w->c, w->home, line);
    CHECK(strstr(w->c.text, run) != NULL);
    world_close(w);
}

/* Whoever puts the whole folder back, note and seals too, or the copy of before the first note, is told
 * nothing: no file of a home can know what is gone from it (docs/not-modelled.md). */
TEST(a_whole_folder_put_back_tells_nothing)
{
    UNUSED_STATE;
    char line[COMMAND];
    world_t *w = world_open();
    child_ok(&w->c, w->home, demo);
    (void)snprintf(line, sizeof line, "cp -a %s/. %s/", w->home, w->yesterday);
    shell(line);
    child_ok(&w->c, w->home, demo);
    (void)snprintf(line, sizeof line, "rm -rf %s && cp -a %s %s", w->home, w->yesterday, w->home);
    shell(line);
    CHECK_EQ(runs_in(w), 1);
    child_ok(&w->c, w->home, demo);
    world_close(w);
}

/* A note that was damaged is an error with a remedy. */
TEST(a_damaged_note_is_told)
{
    UNUSED_STATE;
    static const char *const texts[] = {
        "", "vitrine-head 1 \n", "vitrine-head 2 X 1 1 00\n", "nonsense",
        /* whole, but the name of the run would steer a terminal */
        ("vitrine-head 1 9P3KYB5GRDVVP7NDHBK4E\033[2J8 396 7 "
         "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n")};
    char path[2 * HOME_SIZE];
    world_t *w = world_open();
    child_ok(&w->c, w->home, demo);
    (void)snprintf(path, sizeof path, "%s/vitrine.head", w->home);
    CHECK(os_file_size(path) > 0);
    for (u32 i = 0; i < COUNT_OF(texts); i++) {
        CHECK_OK(os_file_write(path, str_from(texts[i]), 0600, NULL));
        CHECK(child_run(&w->c, w->home, "audit verify") != 0);
        CHECK(strstr(w->c.text, path) != NULL && strstr(w->c.text, "do: restore it from a backup") != NULL);
    }
    char *large = calloc(1, LARGE);
    assert_non_null(large);
    CHECK_OK(os_file_write(path, (str_t){.p = (const u8 *)large, .n = LARGE}, 0600, NULL));
    free(large);
    CHECK(child_run(&w->c, w->home, "audit verify") != 0);
    CHECK(strstr(w->c.text, path) != NULL && strstr(w->c.text, "do: restore it from a backup") != NULL);
    CHECK_EQ(unlink(path), 0);
    child_ok(&w->c, w->home, "audit verify");
    CHECK_EQ(mkdir(path, 0700), 0);
    CHECK(child_run(&w->c, w->home, "audit verify") != 0);
    CHECK(strstr(w->c.text, path) != NULL && strstr(w->c.text, "do: restore it from a backup") != NULL);
    CHECK_EQ(rmdir(path), 0);
    world_close(w);
}

/* The note moves from run to run: what a check costs does not grow with a home, and a person whose database
 * is lost removes one file, not one a run. */
TEST(one_note_stands_for_all_runs)
{
    UNUSED_STATE;
    world_t *w = world_open();
    char line[COMMAND];
    child_ok(&w->c, w->home, demo);
    database_copy(w->home, w->yesterday);
    for (u32 i = 0; i < 3; i++) {
        child_ok(&w->c, w->home, demo);
    }
    database_copy(w->yesterday, w->home);
    CHECK(refused(w, "audit verify"));
    CHECK(refused(w, "audit seal")); /* it would call the newer one sealed otherwise */
    (void)snprintf(line, sizeof line, "test ! -e %s/seals && rm %s/vitrine.head", w->home, w->home);
    shell(line);
    CHECK_EQ(runs_in(w), 1);
    child_ok(&w->c, w->home, "audit seal");
    world_close(w);
}

TEST(a_database_that_is_gone_is_called_that)
{
    UNUSED_STATE;
    static const char *const lines[] = {"audit verify", "doctor", demo};
    world_t *w = world_open();
    char line[COMMAND];
    child_ok(&w->c, w->home, demo);
    (void)snprintf(line, sizeof line, "rm %s/vitrine.db*", w->home);
    shell(line);
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        CHECK(child_run(&w->c, w->home, lines[i]) != 0);
        CHECK(strstr(w->c.text, "vitrine.db is gone: event ") != NULL);
        CHECK(strstr(w->c.text, "do: put it back") != NULL && strstr(w->c.text, told) == NULL);
    }
    (void)snprintf(line, sizeof line, "rm %s/vitrine.head", w->home);
    shell(line);
    child_ok(&w->c, w->home, demo);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_missing),
        cmocka_unit_test(a_run_went_on_since),
        cmocka_unit_test(what_was_handed_out_stands),
        cmocka_unit_test(a_whole_folder_put_back_tells_nothing),
        cmocka_unit_test(a_damaged_note_is_told),
        cmocka_unit_test(one_note_stands_for_all_runs),
        cmocka_unit_test(a_database_that_is_gone_is_called_that),
    };
    return RUN_TESTS(tests);
}
