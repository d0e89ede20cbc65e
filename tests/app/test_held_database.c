/* The database held by another process (F10): for a moment it is waited for; for ever it is told, with what
 * to do, nothing is lost, and the same line ends well when it is free. And the files that SQLite keeps beside
 * it, left by a kill, damaged, old, or of another database: a run goes on from what was durable, or somebody
 * is told that the database is not the newest. */
#include "tests/test.h"

#include <sys/stat.h>

#include "os/file.h"
#include "tests/app/child.h"

static const char small_demo[] =
    "demo --headless --quiet --sessions 2 --stocks 6 --warmup 2 --history 60 --seed 5";
static const char long_demo[] = "demo --headless --quiet --sessions 6 --stocks 16 --warmup 3 --seed 5"
                                " --edge momentum --set risk.min_confidence=0.05"
                                " --set comp.min_composite_score=0 --set ai.min_conviction=0"
                                " --set cost.min_profit_multiple=0";
static const char resume[] = "demo --headless --quiet --resume";

typedef struct {
    char home[HOME_SIZE];
    char bars[HOME_SIZE + 32];
    char import[2 * HOME_SIZE + 96];
    char replay[64]; /* of the run that is there: the newest may be one that just begins */
    char report[64];
} place_t;

/* A home with bars and an ended run, and a file to import. */
static void place_open(place_t *p, child_t *c)
{
    char line[HOME_SIZE + 128];
    home_make(p->home);
    (void)snprintf(p->bars, sizeof p->bars, "%s/bars.csv", p->home);
    (void)snprintf(p->import, sizeof p->import, "data import %s --format plain_daily --source own", p->bars);
    (void)snprintf(line, sizeof line, "demo --bars %s --stocks 4 --history 120 --events 0", p->bars);
    child_ok(c, p->home, line);
    child_ok(c, p->home, p->import);
    child_ok(c, p->home, small_demo);
    const char *run = strstr(c->text, "run ");
    assert_non_null(run);
    (void)snprintf(p->replay, sizeof p->replay, "replay %.26s", run + 4);
    (void)snprintf(p->report, sizeof p->report, "report %.26s --quiet", run + 4);
}

static void place_close(place_t *p)
{
    home_remove(p->home);
}

typedef struct {
    const char *line; /* or the place's, by its name */
    bool writes;
} command_line_t;

static const command_line_t commands[] = {
    {small_demo, true},
    {"IMPORT", true},
    {"backtest --source own", true},
    {"REPORT", false},
    {"audit verify", false},
    {"audit seal", false},
    {"data check", false},
    {"data list", false},
    {"REPLAY", false},
    {"data check --source own", false},
};

static const char *line_of(const place_t *p, const command_line_t *c)
{
    return strcmp(c->line, "IMPORT") == 0   ? p->import
           : strcmp(c->line, "REPORT") == 0 ? p->report
           : strcmp(c->line, "REPLAY") == 0 ? p->replay
                                            : c->line;
}

/* All at once beside one holder; how long they took, ms. */
static i64 all_beside(place_t *p, child_t *c, bool readers, i64 hold_ms)
{
    pid_t holder = holder_start(p->home, readers, hold_ms);
    i64 from = os_mono();
    for (u32 i = 0; i < COUNT_OF(commands); i++) {
        child_start(&c[i], p->home, line_of(p, &commands[i]));
    }
    for (u32 i = 0; i < COUNT_OF(commands); i++) {
        (void)child_end(&c[i]);
    }
    i64 took = (os_mono() - from) / NS_PER_MS;
    holder_end(holder, hold_ms < 0);
    return took;
}

TEST(held_for_a_moment_is_waited_for)
{
    UNUSED_STATE;
    child_t *c = calloc(COUNT_OF(commands), sizeof *c);
    assert_non_null(c);
    for (u32 readers = 0; readers < 2; readers++) {
        place_t p;
        place_open(&p, &c[0]);
        i64 took = all_beside(&p, c, readers != 0, 1500);
        CHECK(took >= 1400); /* it stood in the way */
        for (u32 i = 0; i < COUNT_OF(commands); i++) {
            if (c[i].code != 0) {
                print_error("%s: exit code %d: %s\n", line_of(&p, &commands[i]), c[i].code, c[i].text);
            }
            CHECK_EQ(c[i].code, 0);
        }
        place_close(&p);
    }
    free(c);
}

TEST(held_for_ever_is_told_and_loses_nothing)
{
    UNUSED_STATE;
    child_t *c = calloc(COUNT_OF(commands), sizeof *c);
    assert_non_null(c);
    for (u32 readers = 0; readers < 2; readers++) {
        place_t p;
        place_open(&p, &c[0]);
        i64 took = all_beside(&p, c, readers != 0, -1);
        CHECK(took < 60000); /* bounded: five seconds of waiting, and a busy machine */
        for (u32 i = 0; i < COUNT_OF(commands); i++) {
            bool stuck = commands[i].writes || readers != 0;
            bool told = strstr(c[i].text, "vitrine.db") != NULL &&
                        strstr(c[i].text, "another process") != NULL && strstr(c[i].text, "do: ") != NULL;
            if ((c[i].code == 0) == stuck || told != stuck) {
                print_error("%s: exit code %d: %s\n", line_of(&p, &commands[i]), c[i].code, c[i].text);
            }
            CHECK_EQ(c[i].code == 0, !stuck); /* who only reads is not in the way of who writes */
            CHECK_EQ(told, stuck);
        }
        for (u32 i = 0; i < COUNT_OF(commands); i++) {
            child_ok(&c[0], p.home, line_of(&p, &commands[i]));
        }
        child_ok(&c[0], p.home, "audit verify");
        CHECK(strstr(c[0].text, "all whole") != NULL);
        place_close(&p);
    }
    free(c);
}

/* ---- in the middle of a run ---- */

static bool has_blocks(const char *home)
{
    char path[HOME_SIZE + 16];
    sql_db_t *db = NULL;
    sql_stmt_t *q = NULL;
    bool row = false;
    (void)snprintf(path, sizeof path, "%s/vitrine.db", home);
    sql_options_t o = {.path = path, .read_only = true};
    if (sql_open(&o, NULL, &db) != ERR_OK) {
        return false;
    }
    bool some = sql_prepare(db, "SELECT 1 FROM journal_block LIMIT 1 OFFSET 40", NULL, &q) == ERR_OK &&
                sql_step(q, NULL, &row) == ERR_OK && row;
    sql_finalize(q);
    sql_close(db);
    return some;
}

/* A demo that has journaled some of its blocks; it runs on, slowly enough for what is to come to it. */
static void demo_at_work(child_t *c, const char *home)
{
    bool there = false;
    char line[sizeof long_demo + 16];
    (void)snprintf(line, sizeof line, "%s --speed 60000", long_demo);
    child_start(c, home, line);
    for (u32 k = 0; k < 6000 && !there; k++) {
        os_sleep_ms(5);
        there = has_blocks(home);
    }
    CHECK(there);
}

static void hash_of(const child_t *c, char out[65])
{
    static const char key[] = "decision_hash ";
    const char *at = strstr(c->text, key);
    assert_non_null(at);
    (void)snprintf(out, 65, "%.64s", at + sizeof key - 1);
    CHECK_EQ(strlen(out), 64);
}

TEST(held_in_the_middle_of_a_run)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    child_t *c = calloc(2, sizeof *c);
    assert_non_null(c);
    home_make(home);
    demo_at_work(&c[0], home);
    pid_t holder = holder_start(home, false, -1);
    CHECK(child_end(&c[0]) != 0);
    CHECK(strstr(c[0].text, "vitrine.db") != NULL && strstr(c[0].text, "another process") != NULL);
    CHECK(strstr(c[0].text, "`vitrine demo --resume") != NULL);
    CHECK(child_run(&c[1], home, "status") != 0); /* who only reads sees it */
    CHECK(strstr(c[1].text, "was cut short") != NULL);
    holder_end(holder, true);
    child_ok(&c[0], home, resume);
    CHECK(strstr(c[0].text, "replay matches") != NULL);
    child_ok(&c[0], home, "audit verify");
    home_remove(home);
    /* Held for a moment, the run waits, says so, and decides what it decides undisturbed. */
    char whole[65];
    char held[65];
    home_make(home);
    child_ok(&c[0], home, long_demo);
    hash_of(&c[0], whole);
    home_remove(home);
    home_make(home);
    demo_at_work(&c[0], home);
    holder = holder_start(home, false, 1500);
    holder_end(holder, false);
    CHECK_EQ(child_end(&c[0]), 0);
    hash_of(&c[0], held);
    CHECK_STR(held, whole);
    CHECK(strstr(c[0].text, "writes of the journal took a second or longer") != NULL);
    home_remove(home);
    free(c);
}

/* ---- what stands beside the database ---- */

static void copy_file(const char *from, const char *to)
{
    char buffer[1 << 16];
    FILE *in = fopen(from, "r");
    FILE *out = fopen(to, "w");
    assert_true(in != NULL && out != NULL);
    for (size_t n; (n = fread(buffer, 1, sizeof buffer, in)) > 0;) {
        CHECK_EQ(fwrite(buffer, 1, n, out), n);
    }
    CHECK_EQ(fclose(in), 0);
    CHECK_EQ(fclose(out), 0);
}

typedef struct {
    char db[HOME_SIZE + 24], wal[HOME_SIZE + 24], shm[HOME_SIZE + 24], kept[HOME_SIZE + 24];
} files_t;

static files_t files_of(const char *home)
{
    files_t f;
    (void)snprintf(f.db, sizeof f.db, "%s/vitrine.db", home);
    (void)snprintf(f.wal, sizeof f.wal, "%s/vitrine.db-wal", home);
    (void)snprintf(f.shm, sizeof f.shm, "%s/vitrine.db-shm", home);
    (void)snprintf(f.kept, sizeof f.kept, "%s/kept-wal", home);
    return f;
}

static void killed_demo(child_t *c, char home[HOME_SIZE])
{
    home_make(home);
    demo_at_work(c, home);
    child_kill(c);
    files_t f = files_of(home);
    CHECK(os_file_size(f.wal) > 100000); /* the run stands in its log */
}

static void fill(const char *path, i64 bytes, u32 seed)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (i64 i = 0; i < bytes; i++) {
        seed = seed * 1664525 + 1013904223;
        CHECK(fputc((int)(seed >> 24), f) != EOF);
    }
    CHECK_EQ(fclose(f), 0);
}

typedef enum { SHM_GARBAGE, SHM_GONE, WAL_GROWN, WAL_CUT, LEFTOVERS } leftover_t;

static void leave(const char *home, leftover_t what)
{
    files_t f = files_of(home);
    FILE *log = NULL;
    switch (what) {
    case SHM_GARBAGE:
        fill(f.shm, 32768, 7);
        break;
    case SHM_GONE:
        CHECK_EQ(unlink(f.shm), 0);
        break;
    case WAL_GROWN: /* what a torn write leaves behind the last commit */
        log = fopen(f.wal, "a");
        assert_non_null(log);
        for (u32 i = 0; i < 9000; i++) {
            CHECK(fputc((int)(i * 37 & 255), log) != EOF);
        }
        CHECK_EQ(fclose(log), 0);
        break;
    case WAL_CUT:
        CHECK_EQ(truncate(f.wal, os_file_size(f.wal) - 5000), 0);
        break;
    case LEFTOVERS:
        break;
    }
}

TEST(what_a_kill_leaves_is_gone_on_from)
{
    UNUSED_STATE;
    char whole[65];
    char home[HOME_SIZE];
    child_t *c = calloc(1, sizeof *c);
    u32 compared = 0;
    assert_non_null(c);
    home_make(home);
    child_ok(c, home, long_demo);
    hash_of(c, whole);
    home_remove(home);
    for (u32 what = 0; what < LEFTOVERS; what++) {
        char hash[65];
        killed_demo(c, home);
        leave(home, (leftover_t)what);
        child_ok(c, home, "audit verify");
        child_ok(c, home, resume);
        hash_of(c, hash);
        CHECK(strstr(c->text, "replay matches") != NULL);
        /* A log that was cut lost what was durable: that is no crash, and may cost a message. */
        if (what != WAL_CUT && !was_in_the_air(home)) {
            CHECK_STR(hash, whole);
            compared++;
        }
        child_ok(c, home, "audit verify");
        home_remove(home);
    }
    print_message("# %u of %u ended with the hash of the whole run\n", compared, (u32)LEFTOVERS - 1);
    free(c);
}

/* Every line that would write, and the two that judge, say that the database is not the newest. */
static void all_refuse(child_t *c, const place_t *p, const char *home)
{
    static const char *const lines[] = {resume, small_demo, "audit verify", "doctor", NULL};
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        const char *line = lines[i] == NULL ? p->import : lines[i];
        int code = child_run(c, home, line);
        bool told = strstr(c->text, "older than this home has been") != NULL &&
                    strstr(c->text, "do: put the newer one back") != NULL;
        if (code == 0 || !told) {
            print_error("%s: exit code %d: %s\n", line, code, c->text);
        }
        CHECK(code != 0 && told);
    }
}

typedef enum { LOG_OF_ANOTHER, LOG_OF_BEFORE, LOG_OF_NOISE, LOG_GONE, WRONG_LOGS } wrong_log_t;

/* A log that does not belong there: SQLite takes one of another database of the same page size for its own.
 * Nobody writes on it, so that with the right one in its place all is as it was. */
TEST(a_wrong_log_is_found_and_nothing_is_written_over)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char other[HOME_SIZE];
    child_t *c = calloc(1, sizeof *c);
    assert_non_null(c);
    place_t p;
    place_open(&p, c);
    killed_demo(c, other);
    for (u32 what = 0; what < WRONG_LOGS; what++) {
        killed_demo(c, home);
        files_t f = files_of(home);
        files_t o = files_of(other);
        if (what == LOG_OF_BEFORE) { /* and the run went on since */
            copy_file(f.wal, f.kept);
            child_ok(c, home, resume);
        }
        char right[HOME_SIZE + 24];
        (void)snprintf(right, sizeof right, "%s/right-wal", home);
        copy_file(f.wal, right);
        if (what == LOG_OF_ANOTHER || what == LOG_OF_BEFORE) {
            copy_file(what == LOG_OF_ANOTHER ? o.wal : f.kept, f.wal);
        } else if (what == LOG_OF_NOISE) {
            fill(f.wal, os_file_size(right), 99);
        } else {
            CHECK_EQ(unlink(f.wal), 0);
        }
        (void)unlink(f.shm);
        all_refuse(c, &p, home);
        copy_file(right, f.wal);
        (void)unlink(f.shm);
        child_ok(c, home, "audit verify");
        child_ok(c, home, what == LOG_OF_BEFORE ? small_demo : resume);
        home_remove(home);
    }
    home_remove(other);
    place_close(&p);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_for_a_moment_is_waited_for),
        cmocka_unit_test(held_for_ever_is_told_and_loses_nothing),
        cmocka_unit_test(held_in_the_middle_of_a_run),
        cmocka_unit_test(what_a_kill_leaves_is_gone_on_from),
        cmocka_unit_test(a_wrong_log_is_found_and_nothing_is_written_over),
    };
    return RUN_TESTS(tests);
}
