/* Idle: how fast the program is there, and how small. Each measurement is a process of its own. */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/bench/bench.h"
#include "base/assert.h"
#include "os/os.h"

typedef struct {
    const bench_t *b;
    const char *verb;
    i64 ns;
    long peak_kib;
} idle_bench_t;

static void child(const idle_bench_t *c)
{
    char program[] = "/proc/self/exe";
    char home_flag[] = "--home";
    char home[LIMIT_PATH];
    char verb[32];
    (void)snprintf(home, sizeof home, "%s", c->b->work);
    (void)snprintf(verb, sizeof verb, "%s", c->verb);
    char *argv[] = {program, home_flag, home, verb, NULL};
    if (freopen("/dev/null", "w", stdout) != NULL && freopen("/dev/null", "w", stderr) != NULL) {
        (void)execv(program, argv);
    }
    _exit(127);
}

/* Starts `vitrine VERB` and waits for its end. False if it could not be started. */
static bool start_once(idle_bench_t *c)
{
    (void)fflush(NULL);
    i64 start = os_mono();
    pid_t pid = fork();
    if (pid == 0) {
        child(c);
    }
    struct rusage u;
    int status = 0;
    if (pid < 0 || wait4(pid, &status, 0, &u) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 127) {
        return false;
    }
    c->ns = os_mono() - start;
    c->peak_kib = u.ru_maxrss;
    return true;
}

static f64 start_ms(void *ctx)
{
    idle_bench_t *c = ctx;
    return start_once(c) ? (f64)c->ns / 1e6 : -1.0;
}

static f64 start_mib(void *ctx)
{
    const idle_bench_t *c = ctx;
    return (f64)c->peak_kib / 1024.0;
}

static err_t idle_run(bench_t *b)
{
    static const char *const verbs[] = {"status", "modules", "doctor"};
    for (u32 i = 0; i < COUNT_OF(verbs); i++) {
        char name[48];
        idle_bench_t c = {.b = b, .verb = verbs[i]};
        (void)snprintf(name, sizeof name, "vitrine %s, start to end", verbs[i]);
        bench_row_t row = {.name = name, .unit = "ms", .ctx = &c, .ours = start_ms, .target = 50.0};
        TRY(bench_row(b, &row));
        row = (bench_row_t){
            .name = "  its peak resident size", .unit = "MiB", .ctx = &c, .ours = start_mib, .target = 30.0};
        TRY(bench_row(b, &row));
    }
    return ERR_OK;
}

const bench_desc_t bench_idle = {
    .name = "idle",
    .title = "start: ready in 50 ms, under 30 MiB",
    .run = idle_run,
};
