/* Command lines in processes of their own, and another process that holds the home's database. */
#ifndef VITRINE_TESTS_APP_CHILD_H
#define VITRINE_TESTS_APP_CHILD_H

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/order.h"
#include "os/clock.h"
#include "store/sqlite.h"
#include "tests/faces/line.h"
#include "tests/store/home.h"

enum { CHILD_TEXT = 1 << 14 };

typedef struct {
    pid_t pid;
    FILE *own_said;
    int code; /* of the program; -1: it died of a signal */
    char text[CHILD_TEXT]; /* what it said on both streams, once it was waited for */
} child_t;

/* Begins `line` in `home`. */
static inline void child_start(child_t *c, const char *home, const char *line)
{
    c->own_said = tmpfile();
    assert_non_null(c->own_said);
    (void)fflush(NULL);
    c->pid = fork();
    CHECK(c->pid >= 0);
    if (c->pid == 0) {
        char *out = NULL;
        char *err = NULL;
        exit_code_t code = line_run(home, line, &out, &err);
        (void)fprintf(c->own_said, "%s%s", out, err);
        (void)fflush(c->own_said);
        _exit((int)code);
    }
}

/* Waits for its end; returns the exit code. */
static inline int child_end(child_t *c)
{
    int status = 0;
    CHECK_EQ(waitpid(c->pid, &status, 0), c->pid);
    rewind(c->own_said);
    size_t n = fread(c->text, 1, sizeof c->text - 1, c->own_said);
    c->text[n] = 0;
    CHECK_EQ(fclose(c->own_said), 0);
    c->code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return c->code;
}

static inline int child_run(child_t *c, const char *home, const char *line)
{
    child_start(c, home, line);
    return child_end(c);
}

/* A line that must end well. */
static inline void child_ok(child_t *c, const char *home, const char *line)
{
    if (child_run(c, home, line) != 0) {
        print_error("%s: exit code %d: %s\n", line, c->code, c->text);
    }
    CHECK_EQ(c->code, 0);
}

static inline void child_kill(child_t *c)
{
    CHECK_EQ(kill(c->pid, SIGKILL), 0);
    (void)child_end(c);
}

/* Another process opens the home's database and holds it for `ms` milliseconds (-1: until it is killed).
 * `readers`: against readers too, else only against who would write. Returns once it holds it. */
static inline pid_t holder_start(const char *home, bool readers, i64 ms)
{
    int ends[2];
    char byte = 0;
    CHECK_EQ(pipe(ends), 0);
    (void)fflush(NULL);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        char path[HOME_SIZE + 16];
        sql_db_t *db = NULL;
        (void)snprintf(path, sizeof path, "%s/vitrine.db", home);
        sql_options_t o = {.path = path};
        bool ok = sql_open(&o, NULL, &db) == ERR_OK;
        ok = ok && (!readers || sql_exec(db, "PRAGMA locking_mode=EXCLUSIVE", NULL) == ERR_OK);
        ok = ok && sql_exec(db, "BEGIN EXCLUSIVE", NULL) == ERR_OK;
        byte = ok ? 1 : 2;
        ok = write(ends[1], &byte, 1) == 1 && ok;
        while (ok && ms < 0) {
            os_sleep_ms(1000);
        }
        os_sleep_ms(ms);
        _exit(ok ? 0 : 1); /* its locks go with it */
    }
    CHECK_EQ(read(ends[0], &byte, 1), 1);
    CHECK_EQ(byte, 1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return pid;
}

/* It lets go: by its own end, or killed. */
static inline void holder_end(pid_t pid, bool killed)
{
    int status = 0;
    if (killed) {
        CHECK_EQ(kill(pid, SIGKILL), 0);
    }
    CHECK_EQ(waitpid(pid, &status, 0), pid);
    CHECK(killed ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* What an unproven send leaves lawfully different (tests/app/test_demo_resume.c has the rule). */
static inline bool was_in_the_air(const char *home)
{
    static const order_state_t asked[] = {ORDER_INTENT, ORDER_PENDING_CANCEL, ORDER_PENDING_REPLACE};
    char *out = NULL;
    char *err = NULL;
    bool found = false;
    CHECK_EQ(line_run(home, "audit export latest --quiet --kind ORDER_STATE", &out, &err), EXIT_CODE_OK);
    for (u32 i = 0; i < COUNT_OF(asked); i++) {
        char fact[48];
        (void)snprintf(fact, sizeof fact, "\"from\":%d,\"to\":%d,\"proof\":%d,", (int)asked[i],
                       (int)ORDER_UNKNOWN, (int)BROKER_SILENT);
        found = found || strstr(out, fact) != NULL;
    }
    free(out);
    free(err);
    return found;
}

#endif
