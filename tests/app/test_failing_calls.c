/* Memory that is refused and calls that fail, the n-th of them for every n (F8, F9, F5): the command ends
 * with one of its exit codes and words for a person, never by a signal; and the same command run again in the
 * same home, with nothing failing, ends well.
 *
 * The linker puts the functions below in the place of the C library's wherever this program's own code calls
 * them (meson.build names them); SQLite and the others keep theirs, their disk is test_durability's. A run of
 * the tests takes so many n, spread over all; VITRINE_CALLS=N takes N. */
#include "tests/test.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/modules.h"
#include "faces/cli/cli.h"
#include "tests/budget.h"

enum { CALLS = 6, WORDS = 24, PATH = 512 };

typedef enum { FAIL_MEMORY, FAIL_FILES, FAILS } fail_t;

/* Of the process that tries. */
static struct {
    fail_t what;
    u64 at; /* 0: only counted */
    u64 seen;
    bool armed;
} plan;

static bool fails(fail_t what, int error)
{
    if (!plan.armed || plan.what != what || ++plan.seen != plan.at) {
        return false;
    }
    errno = error;
    return true;
}

/* What may go wrong at a file, in turn. */
static int file_error(void)
{
    static const int errors[] = {ENOSPC, EIO, EMFILE, EINTR, EACCES};
    return errors[plan.at % COUNT_OF(errors)];
}

#define WRAPPED(ret, name, what, error, bad, params, args)                                                   \
    extern ret __real_##name params;                                                                         \
    ret __wrap_##name params;                                                                                \
    ret __wrap_##name params                                                                                 \
    {                                                                                                        \
        return fails(what, error) ? (bad) : __real_##name args;                                              \
    }

WRAPPED(void *, malloc, FAIL_MEMORY, ENOMEM, NULL, (size_t n), (n))
WRAPPED(void *, calloc, FAIL_MEMORY, ENOMEM, NULL, (size_t n, size_t size), (n, size))
WRAPPED(void *, realloc, FAIL_MEMORY, ENOMEM, NULL, (void *p, size_t n), (p, n))
WRAPPED(void *, aligned_alloc, FAIL_MEMORY, ENOMEM, NULL, (size_t align, size_t n), (align, n))
WRAPPED(char *, strdup, FAIL_MEMORY, ENOMEM, NULL, (const char *s), (s))
WRAPPED(FILE *, fopen64, FAIL_FILES, file_error(), NULL, (const char *path, const char *mode), (path, mode))
WRAPPED(size_t, fwrite, FAIL_FILES, file_error(), 0, (const void *p, size_t size, size_t n, FILE *f),
        (p, size, n, f))
WRAPPED(size_t, fread, FAIL_FILES, file_error(), 0, (void *p, size_t size, size_t n, FILE *f),
        (p, size, n, f))
WRAPPED(int, fflush, FAIL_FILES, file_error(), EOF, (FILE *f), (f))
WRAPPED(ssize_t, read, FAIL_FILES, file_error(), -1, (int fd, void *p, size_t n), (fd, p, n))
WRAPPED(ssize_t, write, FAIL_FILES, file_error(), -1, (int fd, const void *p, size_t n), (fd, p, n))
WRAPPED(int, rename, FAIL_FILES, file_error(), -1, (const char *from, const char *to), (from, to))
WRAPPED(int, link, FAIL_FILES, file_error(), -1, (const char *from, const char *to), (from, to))
WRAPPED(int, mkdir, FAIL_FILES, file_error(), -1, (const char *path, mode_t mode), (path, mode))
WRAPPED(int, fsync, FAIL_FILES, EIO, -1, (int fd), (fd))
WRAPPED(int, ftruncate64, FAIL_FILES, file_error(), -1, (int fd, off64_t n), (fd, n))
WRAPPED(DIR *, opendir, FAIL_FILES, file_error(), NULL, (const char *path), (path))
WRAPPED(int, stat64, FAIL_FILES, EACCES, -1, (const char *path, struct stat64 *st), (path, st))
WRAPPED(int, fstat64, FAIL_FILES, EIO, -1, (int fd, struct stat64 *st), (fd, st))
WRAPPED(int, flock, FAIL_FILES, EINTR, -1, (int fd, int op), (fd, op))
WRAPPED(int, statvfs64, FAIL_FILES, EIO, -1, (const char *path, struct statvfs64 *st), (path, st))
WRAPPED(int, access, FAIL_FILES, EACCES, -1, (const char *path, int mode), (path, mode))

extern int __real_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode);
int __wrap_open64(const char *path, int flags, mode_t mode)
{
    return fails(FAIL_FILES, file_error()) ? -1 : __real_open64(path, flags, mode);
}

/* What fails here has closed the file all the same. */
extern int __real_fclose(FILE *f);
int __wrap_fclose(FILE *f);
int __wrap_fclose(FILE *f)
{
    bool failed = fails(FAIL_FILES, file_error());
    int error = errno;
    int closed = __real_fclose(f);
    errno = failed ? error : errno;
    return failed ? EOF : closed;
}

/* ---- the commands ---- */

typedef struct {
    const char *words[WORDS]; /* HOME and DATA stand for paths */
    bool fresh;               /* begins in an empty home; else in one that has bars and a run */
} command_line_t;

static const command_line_t commands[] = {
    {{"data", "import", "DATA", "--format", "plain_daily", "--source", "own", "--home", "HOME"}, true},
    {{"backtest", "--source", "own", "--json", "--home", "HOME"}, false},
    {{"demo", "--headless", "--sessions", "1", "--stocks", "4", "--history", "80", "--warmup", "2", "--home",
      "HOME"},
     true},
    {{"report", "latest", "--home", "HOME"}, false},
    {{"report", "latest", "--html", "OUT", "--home", "HOME"}, false},
    {{"replay", "latest", "--verify", "--home", "HOME"}, false},
    {{"audit", "verify", "--home", "HOME"}, false},
    {{"capsule", "pack", "latest", "OUT", "--home", "HOME"}, false},
    {{"why", "--self-check", "5", "--home", "HOME"}, false},
    {{"data", "check", "--home", "HOME"}, false},
    {{"doctor", "--home", "HOME"}, false},
    {{"walk-forward", "--source", "own", "--train", "300", "--test", "120", "--param",
      "confidence.tau=0.1,0.2", "--home", "HOME"},
     false},
};

static char root[PATH];

static void say_path(char *out, const char *name)
{
    CHECK(snprintf(out, PATH, "%s/%s", root, name) < PATH);
}

/* What one try told its parent, in memory that both see. */
typedef struct {
    u64 seen;
    int code;
    u64 words; /* bytes on the error stream */
    char told[400];
} try_t;

static int command_run(const command_line_t *c, const char *home, try_t *t)
{
    char data[PATH];
    char out_path[PATH];
    char *argv[WORDS + 2] = {"vitrine"};
    int argc = 1;
    char home_word[PATH];
    say_path(data, "bars.csv");
    say_path(out_path, "out");
    CHECK(snprintf(home_word, sizeof home_word, "%s", home) < (int)sizeof home_word);
    for (u32 i = 0; i < WORDS && c->words[i] != NULL; i++) {
        const char *w = c->words[i];
        argv[argc++] = strcmp(w, "HOME") == 0   ? home_word
                       : strcmp(w, "DATA") == 0 ? data
                       : strcmp(w, "OUT") == 0  ? out_path
                                                : (char *)(uintptr_t)w;
    }
    char *environment[] = {"HOME=/nonexistent", NULL};
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    assert_true(out != NULL && err != NULL);
    plan.armed = true;
    exit_code_t code = cli_run(argc, argv, environment, &app_parts, (streams_t){.out = out, .err = err});
    plan.armed = false;
    t->seen = plan.seen;
    t->code = (int)code;
    t->words = (u64)ftell(err);
    rewind(err);
    size_t n = fread(t->told, 1, sizeof t->told - 1, err);
    t->told[n] = 0;
    return (int)code;
}

/* One try in a process of its own. Returns its signal, 0 if it ended by itself. */
static int try_run(const command_line_t *c, const char *home, fail_t what, u64 at, try_t *told)
{
    (void)fflush(NULL);
    *told = (try_t){.code = -1};
    pid_t pid = fork();
    if (pid == 0) {
        plan.what = what;
        plan.at = at;
        (void)command_run(c, home, told);
        _exit(0);
    }
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void shell(const char *format, const char *a, const char *b)
{
    char line[2 * PATH + 64];
    CHECK(snprintf(line, sizeof line, format, a, b) < (int)sizeof line);
    pid_t pid = fork();
    if (pid == 0) {
        (void)execl("/bin/sh", "sh", "-c", line, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Three names over two years, each a slow wave: enough for a walk forward. */
static void bars_write(const char *path)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f, "symbol,date,open,high,low,close,volume\n");
    i32 day = 0;
    for (u32 i = 0; i < 730; i++) {
        static const u8 months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        u32 year = 2021 + i / 365;
        u32 left = i % 365;
        u32 month = 0;
        while (left >= months[month]) {
            left -= months[month++];
        }
        bool weekend = (i + 5) % 7 >= 5; /* 2021-01-01 was a Friday */
        day += weekend ? 0 : 1;
        for (u32 k = 0; k < 3 && !weekend; k++) {
            u32 wave = (u32)day * (7 + k) % 60;
            u32 price = 5000 + 900 * k + (wave < 30 ? wave : 60 - wave) * 20 + (u32)day;
            (void)fprintf(f, "%c%c%c,%u-%02u-%02u,%u.%02u,%u.%02u,%u.%02u,%u.%02u,%u\n", 'A' + k, 'A' + k,
                          'A' + k, year, month + 1, left + 1, price / 100, price % 100, (price + 60) / 100,
                          (price + 60) % 100, (price - 60) / 100, (price - 60) % 100, (price + 10) / 100,
                          (price + 10) % 100, 1000000 + wave * 1000);
        }
    }
    CHECK_EQ(fclose(f), 0);
}

static u64 calls_wanted(void)
{
    u64 n = CALLS;
    if (getenv("VITRINE_CALLS") != NULL) {
        CHECK_OK(str_to_u64(str_from(getenv("VITRINE_CALLS")), &n));
    }
    return n;
}

typedef struct {
    char home[PATH], ready[PATH], out[PATH];
    try_t *told; /* shared with the process that tries */
} place_t;

static void home_again(const place_t *p, const command_line_t *c)
{
    shell("rm -rf '%s' '%s'", p->home, p->out);
    if (c->fresh) {
        shell("mkdir -p '%s'%s", p->home, "");
    } else {
        shell("cp -a '%s' '%s'", p->ready, p->home);
    }
}

/* All that went wrong is told; returns how often. */
static u32 try_all(const place_t *p, const command_line_t *c, fail_t what, u64 wanted)
{
    static const char *const names[] = {"memory", "files"};
    u32 wrong = 0;
    home_again(p, c);
    CHECK_EQ(try_run(c, p->home, what, 0, p->told), 0);
    if (p->told->code != 0) {
        print_message("# %s %s: exit code %d with nothing failing: %s\n", c->words[0], c->words[1],
                      p->told->code, p->told->told);
        return 1;
    }
    u64 all = p->told->seen;
    u64 tries = MIN_OF(all, wanted);
    u64 k = 0;
    u64 done = 0;
    for (budget_t b = budget_start(MAX_OF(tries, 1)); tries > 0 && budget_next(&b, &k); done++) {
        u64 at = 1 + k * all / tries;
        home_again(p, c);
        int ended = try_run(c, p->home, what, at, p->told);
        try_t t = *p->told;
        bool bad = ended != 0 || t.code < 0 || t.code > EXIT_CODE_TIMEOUT ||
                   (what == FAIL_MEMORY && t.code != 0 && t.words == 0);
        if (!bad && k % 5 == 0) { /* what was begun can be done again */
            shell("rm -rf '%s'%s", p->out, "");
            ended = try_run(c, p->home, what, 0, p->told);
            bad = ended != 0 || p->told->code != 0;
            t = bad ? *p->told : t;
        }
        if (bad) {
            print_message("# %s %s: %s call %llu of %llu: ended %d, exit code %d, %s\n", c->words[0],
                          c->words[1], names[what], (unsigned long long)at, (unsigned long long)all, ended,
                          t.code, t.told);
            wrong++;
        }
    }
    print_message("# %s %s: %llu of %llu calls of %s\n", c->words[0], c->words[1], (unsigned long long)done,
                  (unsigned long long)all, names[what]);
    return wrong;
}

static void place_open(place_t *p)
{
    CHECK(snprintf(root, sizeof root, "/tmp/vitrine-calls-XXXXXX") > 0);
    assert_non_null(mkdtemp(root));
    char data[PATH];
    say_path(data, "bars.csv");
    say_path(p->home, "home");
    say_path(p->ready, "ready");
    say_path(p->out, "out");
    bars_write(data);
    p->told = mmap(NULL, sizeof *p->told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(p->told != MAP_FAILED);
    for (u32 i = 0; i < 2; i++) { /* a home with bars, and a run */
        CHECK_EQ(try_run(&commands[i], p->ready, FAIL_MEMORY, 0, p->told), 0);
        if (p->told->code != 0) {
            print_message("# %s\n", p->told->told);
        }
        CHECK_EQ(p->told->code, 0);
    }
}

static void place_close(place_t *p)
{
    (void)munmap(p->told, sizeof *p->told);
    shell("rm -rf '%s'%s", root, "");
}

static void each_command(fail_t what)
{
    place_t p;
    place_open(&p);
    u32 wrong = 0;
    for (u32 i = 0; i < COUNT_OF(commands); i++) {
        wrong += try_all(&p, &commands[i], what, calls_wanted());
    }
    place_close(&p);
    CHECK_EQ(wrong, 0);
}

TEST(no_memory_is_told_and_nothing_is_lost)
{
    UNUSED_STATE;
    each_command(FAIL_MEMORY);
}

TEST(a_call_that_fails_is_told_and_nothing_is_lost)
{
    UNUSED_STATE;
    each_command(FAIL_FILES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_memory_is_told_and_nothing_is_lost),
        cmocka_unit_test(a_call_that_fails_is_told_and_nothing_is_lost),
    };
    return RUN_TESTS(tests);
}
