/* A demo killed in the middle and resumed from the command line ends as the one that nobody killed, with
 * trades that had closed before. Lawfully different is what follows an order, a cancel or a new price whose
 * sending nothing proved when the process died: it may not have arrived, and no order is sent again. Such a
 * kill is told and made again. A signal that asks for the end is no kill. */
#include "tests/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/order.h"
#include "os/clock.h"
#include "tests/budget.h"
#include "tests/faces/line.h"
#include "tests/store/home.h"
#include "wire/json.h"

enum { HASH = 80 };

static const char demo[] = "demo --headless --quiet --json --sessions 12 --stocks 20 --warmup 4 --seed 5"
                           " --edge momentum --set risk.min_confidence=0.05 --set comp.min_composite_score=0"
                           " --set ai.min_conviction=0 --set cost.min_profit_multiple=0 --users ";

typedef struct {
    char home[HOME_SIZE];
    char users[HOME_SIZE + 16];
    const char *more; /* options */
    char hash[HASH];
    char *out, *err;
} world_t;

static void world_open(world_t *w, const char *mode, const char *more)
{
    memset(w, 0, sizeof *w);
    w->more = more;
    home_make(w->home);
    (void)snprintf(w->users, sizeof w->users, "%s/users.toml", w->home);
    FILE *f = fopen(w->users, "w");
    assert_non_null(f);
    bool shared = strcmp(mode, "shared") == 0; /* both are sub-ledgers of one account */
    const char *there = shared ? "owner = 1\naccount = \"main\"\n" : "";
    CHECK(fprintf(f,
                  "mode = \"%s\"\n[user.anna]\nid = 1\ncash = 90000\n%s[user.bert]\nid = 2\ncash = 40000\n%s",
                  shared ? "global" : mode, there, there) > 0);
    CHECK_EQ(fclose(f), 0);
}

static void world_close(world_t *w)
{
    free(w->out);
    free(w->err);
    home_remove(w->home);
}

static exit_code_t run(world_t *w, const char *line)
{
    exit_code_t code = line_run(w->home, line, &w->out, &w->err);
    if (code != EXIT_CODE_OK) {
        print_message("%s: %s\n", line, w->err);
    }
    return code;
}

static exit_code_t play(world_t *w)
{
    char line[sizeof demo + sizeof w->users + 16];
    (void)snprintf(line, sizeof line, "%s%s%s", demo, w->users, w->more);
    return run(w, line);
}

/* Of a finished run: what was decided, as one word. */
static void decided(world_t *w, char out[HASH])
{
    static u8 memory[1 << 18];
    arena_t a;
    const json_t *j = NULL;
    str_t hash = {0};
    arena_init(&a, memory, sizeof memory);
    str_t first = str_slice(str_from(w->out), 0, (u32)strcspn(w->out, "\n")); /* the replay's line follows */
    CHECK_OK(json_parse(&a, first, NULL, &j));
    CHECK_OK(json_to_str(json_get(j, "decision_hash"), &hash));
    CHECK(hash.n > 0 && hash.n < HASH);
    (void)snprintf(out, HASH, STR_FMT, STR_ARG(hash));
}

static f64 trades(world_t *w)
{
    static u8 memory[1 << 20];
    arena_t a;
    const json_t *j = NULL;
    f64 n = 0;
    arena_init(&a, memory, sizeof memory);
    if (line_run(w->home, "report latest --json --quiet", &w->out, &w->err) != EXIT_CODE_OK) {
        return 0; /* killed before its first word */
    }
    CHECK_OK(json_parse(&a, str_from(w->out), NULL, &j));
    CHECK_OK(json_to_f64(json_get(j, "trades"), &n));
    CHECK(strstr(w->out, "\"status\":\"running\"") == NULL); /* whoever asks here, nobody runs it */
    return n;
}

/* Whether the child was killed before it came to its end. */
static bool killed_after(world_t *w, i64 ms)
{
    pid_t child = fork();
    int status = 0;
    CHECK(child >= 0);
    if (child == 0) {
        _exit(play(w) == EXIT_CODE_OK ? 0 : 1);
    }
    os_sleep_ms(ms);
    CHECK_EQ(kill(child, SIGKILL), 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
}

/* The resume found the outcome of an intent, a cancel or a replace unknown. */
static bool was_in_the_air(world_t *w)
{
    static const order_state_t asked[] = {ORDER_INTENT, ORDER_PENDING_CANCEL, ORDER_PENDING_REPLACE};
    char fact[48];
    bool found = false;
    CHECK_EQ(run(w, "audit export latest --quiet"), EXIT_CODE_OK);
    for (u32 i = 0; i < COUNT_OF(asked); i++) {
        (void)snprintf(fact, sizeof fact, "\"from\":%d,\"to\":%d,\"proof\":%d,", (int)asked[i],
                       (int)ORDER_UNKNOWN, (int)BROKER_SILENT);
        found = found || strstr(w->out, fact) != NULL;
    }
    return found;
}

/* Kills demos until one died with trades behind it and nothing in the air; resumes it. The trades before. */
static f64 killed_and_resumed(world_t *w, const char *mode, const char *more, i64 span)
{
    for (u32 k = 0; k < 60; k++) {
        world_open(w, mode, more);
        bool killed = killed_after(w, span * (3 + k % 7) / 20);
        f64 before = killed ? trades(w) : 0;
        bool over = killed && strstr(w->out, "\"status\":\"ended\"") != NULL; /* it died behind its own end */
        if (before > 0 && !over) {
            CHECK_EQ(run(w, "demo --headless --quiet --json --resume"), EXIT_CODE_OK);
            decided(w, w->hash);
            if (!was_in_the_air(w)) {
                return before;
            }
            print_message("# an order was in the air\n");
        }
        world_close(w);
    }
    fail_msg("sixty kills and none with trades behind it");
    return 0;
}

TEST(it_ends_as_if_nobody_had_killed_it)
{
    UNUSED_STATE;
    static const char *const modes[] = {"per_user", "global", "shared"};
    static const char *const more[] = {"", " --vix", ""}; /* the index is made again from the record */
    budget_t b = budget_start(COUNT_OF(modes));
    for (u64 m; budget_next(&b, &m);) {
        world_t whole;
        world_t w;
        world_open(&whole, modes[m], more[m]);
        i64 began = os_mono();
        CHECK_EQ(play(&whole), EXIT_CODE_OK);
        i64 span = (os_mono() - began) / NS_PER_MS;
        decided(&whole, whole.hash);
        f64 before = killed_and_resumed(&w, modes[m], more[m], span);
        print_message("# %s: %.0f trades before the kill, %.0f in all\n", modes[m], before, trades(&w));
        assert_string_equal(w.hash, whole.hash);
        CHECK_EQ(run(&w, "audit export latest --quiet"), EXIT_CODE_OK);
        CHECK_EQ(strstr(w.out, "\"kind\":\"BUNCH\"") != NULL, m == 2);
        world_close(&w);
        world_close(&whole);
    }
    budget_say(&b, "modes");
}

/* A demo killed behind its first event of that kind. */
static void killed_behind(world_t *w, const char *more, const char *kind)
{
    bool killed = false;
    char line[64];
    (void)snprintf(line, sizeof line, "audit export latest --quiet --kind %s", kind);
    for (u32 k = 0; k < 20 && !killed; k++) {
        world_open(w, "per_user", more);
        killed = killed_after(w, 150 + 40 * (i64)k) && run(w, line) == EXIT_CODE_OK && w->out[0] != '\0';
        if (!killed) {
            world_close(w);
        }
    }
    CHECK(killed);
}

/* A resume that failed before it went on is no second crash: what stood in its way was not the run. */
TEST(a_resume_that_was_refused_is_no_crash)
{
    UNUSED_STATE;
    char socket_path[HOME_SIZE + 16];
    world_t w;
    killed_behind(&w, "", "SLICE");
    (void)snprintf(socket_path, sizeof socket_path, "%s/control.sock", w.home);
    (void)unlink(socket_path);
    CHECK_EQ(mkdir(socket_path, 0700), 0);
    for (u32 k = 0; k < 2; k++) {
        CHECK(line_run(w.home, "demo --headless --resume", &w.out, &w.err) != EXIT_CODE_OK);
        CHECK(strstr(w.err, "control.sock") != NULL);
    }
    CHECK_EQ(rmdir(socket_path), 0);
    CHECK_EQ(line_run(w.home, "demo --headless --resume", &w.out, &w.err), EXIT_CODE_OK);
    CHECK(strstr(w.err, "without entries") == NULL);
    CHECK_EQ(run(&w, "audit export latest --quiet"), EXIT_CODE_OK);
    CHECK(strstr(w.out, "\"kind\":\"ALERT\",\"code\":103,") == NULL);
    world_close(&w);
}

static u32 told(world_t *w, const char *kind)
{
    char line[64];
    u32 n = 0;
    (void)snprintf(line, sizeof line, "audit export latest --quiet --kind %s", kind);
    CHECK_EQ(run(w, line), EXIT_CODE_OK);
    for (const char *at = w->out; (at = strchr(at, '\n')) != NULL; at++) {
        n++;
    }
    return n;
}

/* Where the time of each decision went is recorded to the end if it was to the kill, and only then. */
TEST(what_was_timed_stays_timed)
{
    UNUSED_STATE;
    static const char *const more[] = {"", " --time"};
    for (u32 k = 0; k < COUNT_OF(more); k++) {
        world_t w;
        killed_behind(&w, more[k], k == 0 ? "SLICE" : "TIMING");
        u32 slices = told(&w, "SLICE");
        u32 before = told(&w, "TIMING");
        CHECK_EQ(run(&w, "demo --headless --quiet --json --resume"), EXIT_CODE_OK);
        u32 more_slices = told(&w, "SLICE") - slices;
        u32 timed = told(&w, "TIMING") - before;
        CHECK(more_slices > 100);
        CHECK(k == 0 ? timed == 0 : timed * 6 > more_slices); /* each fifth minute decides */
        world_close(&w);
    }
}

/* Without the index, other decisions; with it, a replay from the record alone finds them again, and a run
 * without does not become one with. */
TEST(the_index_is_part_of_the_record)
{
    UNUSED_STATE;
    char without[HASH];
    world_t w;
    world_open(&w, "per_user", "");
    CHECK_EQ(play(&w), EXIT_CODE_OK);
    decided(&w, without);
    w.more = " --vix";
    CHECK_EQ(play(&w), EXIT_CODE_OK);
    decided(&w, w.hash);
    CHECK(strcmp(w.hash, without) != 0);
    CHECK_EQ(run(&w, "replay latest"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "replay previous"), EXIT_CODE_OK);
    world_close(&w);
}

/* The demo's exit code, asked to end by a signal as soon as it could be asked; -1: it died of it. */
static int ended_by(world_t *w, int signal_number, bool nohup)
{
    char socket_path[HOME_SIZE + 16];
    int status = 0;
    (void)snprintf(socket_path, sizeof socket_path, "%s/control.sock", w->home);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        (void)signal(SIGHUP, nohup ? SIG_IGN : SIG_DFL);
        _exit((int)run(w, "demo --headless --quiet --sessions 2 --warmup 1 --stocks 3 --speed 20000"));
    }
    for (u32 k = 0; k < 3000 && access(socket_path, F_OK) != 0; k++) {
        os_sleep_ms(10);
    }
    CHECK_EQ(kill(child, signal_number), 0);
    CHECK_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ctrl-c, a service that is stopped and a window that is closed: the run is closed and told as stopped. */
TEST(a_signal_stops_it_in_order)
{
    UNUSED_STATE;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGHUP};
    for (u32 k = 0; k < COUNT_OF(signals); k++) {
        bool nohup = k == 3;
        world_t w;
        world_open(&w, "per_user", "");
        CHECK_EQ(ended_by(&w, signals[k], nohup), 0);
        CHECK_EQ(run(&w, "report latest --json --quiet"), EXIT_CODE_OK);
        CHECK(strstr(w.out, nohup ? "\"status\":\"ended\"" : "\"status\":\"stopped\"") != NULL);
        world_close(&w);
    }
}

/* The replay behind a long run takes as long again: a second ctrl-c ends it, and the run is whole. */
TEST(a_second_signal_ends_the_replay)
{
    UNUSED_STATE;
    world_t w;
    int status = 0;
    world_open(&w, "per_user", "");
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        _exit((int)run(&w, "demo --headless --quiet --sessions 2520 --stocks 40 --warmup 1"));
    }
    os_sleep_ms(3000);
    CHECK_EQ(kill(child, SIGINT), 0);
    for (u32 k = 0; k < 3000; k++) {
        if (run(&w, "audit verify latest --quiet") == EXIT_CODE_OK && strstr(w.out, "stopped") != NULL) {
            break;
        }
        os_sleep_ms(5);
    }
    CHECK(strstr(w.out, "stopped") != NULL);
    pid_t ended = 0;
    while (ended == 0) { /* a signal that comes before the replay says stop once more, and is nothing */
        CHECK_EQ(kill(child, SIGINT), 0);
        os_sleep_ms(5);
        ended = waitpid(child, &status, WNOHANG);
    }
    CHECK_EQ(ended, child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
    world_close(&w);
}

/* Who gives a milder preset to a run that goes on believes that it holds: refused, and nothing is made. */
TEST(a_run_goes_on_as_it_was_started)
{
    UNUSED_STATE;
    static const char *const more[] = {"--preset conservative", "--set size.risk_pct=0.1", "--users a.toml",
                                       "--sessions 3", "--seed 9", "--vix"};
    world_t w;
    char line[96];
    world_open(&w, "per_user", "");
    for (u32 k = 0; k < COUNT_OF(more); k++) {
        (void)snprintf(line, sizeof line, "demo --headless --resume %s", more[k]);
        CHECK_EQ(line_run(w.home, line, &w.out, &w.err), EXIT_CODE_USAGE);
        CHECK(strstr(w.err, "the run goes on as it was started") != NULL);
        CHECK(strstr(w.err, "do: leave --") != NULL);
    }
    CHECK_EQ(line_run(w.home, "demo --headless --resume --speed max --quiet", &w.out, &w.err),
             EXIT_CODE_NOT_FOUND);
    world_close(&w);
}

static exit_code_t run_with_room(world_t *w, const char *line, u64 bytes)
{
    struct rlimit kept;
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &kept), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = {.rlim_cur = bytes, .rlim_max = kept.rlim_max};
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    exit_code_t code = line_run(w->home, line, &w->out, &w->err);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &kept), 0);
    (void)signal(SIGXFSZ, handler);
    return code;
}

/* A disk that is full: --resume is the remedy of a run that it goes on with, and of no other. */
TEST(no_room_says_how_to_go_on)
{
    (void)state_;
    static const char line[] = "demo --headless --sessions 8 --stocks 6 --warmup 2 --history 60 --home ";
    world_t w = {.more = ""};
    char full[sizeof line + HOME_SIZE];
    char want[HOME_SIZE + 64];
    home_make(w.home);
    (void)snprintf(full, sizeof full, "%s%s", line, w.home);
    CHECK_EQ(run_with_room(&w, full, 40000), EXIT_CODE_ERROR); /* the tables alone fill it */
    CHECK(strstr(w.err, "do: free some space, then run it again") != NULL);
    home_remove(w.home);
    home_make(w.home);
    (void)snprintf(full, sizeof full, "%s%s", line, w.home);
    (void)snprintf(want, sizeof want, "then `vitrine demo --resume --home %s` goes on with it", w.home);
    CHECK_EQ(run_with_room(&w, full, 400000), EXIT_CODE_ERROR);
    CHECK(strstr(w.err, want) != NULL);
    CHECK_EQ(run(&w, "demo --resume --headless"), EXIT_CODE_OK);
    CHECK(strstr(w.out, "replay matches") != NULL);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_as_if_nobody_had_killed_it),
        cmocka_unit_test(a_resume_that_was_refused_is_no_crash),
        cmocka_unit_test(what_was_timed_stays_timed),
        cmocka_unit_test(the_index_is_part_of_the_record),
        cmocka_unit_test(a_signal_stops_it_in_order),
        cmocka_unit_test(a_second_signal_ends_the_replay),
        cmocka_unit_test(a_run_goes_on_as_it_was_started),
        cmocka_unit_test(no_room_says_how_to_go_on),
    };
    return RUN_TESTS(tests);
}
