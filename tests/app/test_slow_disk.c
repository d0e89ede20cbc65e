/* A disk that takes its time (F7), the real program on real SQLite: syncs of the database's log that last a
 * second and more. The demo waits, decides what it decides on a fast disk, says that it waited, and at every
 * order that leaves, slow disk or fast, its intent stands in the database, and nothing of the log is
 * unsynced. Killed in the middle of a sync it goes on.
 *
 * This program's own fdatasync and pwrite64 stand before the C library's, for SQLite too; the linker puts
 * __wrap_order_door_send before the door (meson.build). Minutes, and a broker that goes on meanwhile, are
 * tests/sim/test_slow_disk.c's. */
#include "tests/test.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "drivers/order_door.h"
#include "tests/app/child.h"

enum { SLOW_MS = 1200 };

/* What parent and child both see. */
typedef struct {
    u64 every; /* each so many-th sync of a log is slow; 0: none */
    i64 ms;
    _Atomic u64 syncs, slow, in_sync; /* in_sync: one is slow at this moment */
    u64 unsynced; /* writes to the log since its last sync */
    u64 sent;     /* orders at the door */
    u64 early;    /* of them, not durable */
    char home[HOME_SIZE];
} disk_t;
static disk_t *disk;

static bool is_log(int fd)
{
    char link[64];
    char path[HOME_SIZE + 64];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    return n > 4 && strcmp(path + n - 4, "-wal") == 0;
}

int fdatasync(int fd);
int fdatasync(int fd)
{
    bool log = disk != NULL && is_log(fd);
    if (log && disk->every != 0 && ++disk->syncs % disk->every == 0) {
        disk->slow++;
        disk->in_sync = 1;
        os_sleep_ms(disk->ms);
        disk->in_sync = 0;
    }
    long rc = syscall(SYS_fdatasync, fd);
    if (log && rc == 0) {
        disk->unsynced = 0;
    }
    return (int)rc;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at);
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
    if (disk != NULL && is_log(fd)) {
        disk->unsynced++;
    }
    return syscall(SYS_pwrite64, fd, p, n, at);
}

/* Whether a second connection, which sees what is committed, finds the order's intent. */
static bool stands_in_database(id128_t intent)
{
    char path[HOME_SIZE + 16];
    sql_db_t *db = NULL;
    sql_stmt_t *q = NULL;
    bool row = false;
    (void)snprintf(path, sizeof path, "%s/vitrine.db", disk->home);
    sql_options_t o = {.path = path, .read_only = true};
    bool ok = sql_open(&o, NULL, &db) == ERR_OK &&
              sql_prepare(db, "SELECT 1 FROM orders WHERE intent = ?1", NULL, &q) == ERR_OK;
    if (ok) {
        sql_bind_blob(q, 1, intent.b, sizeof intent.b);
        ok = sql_step(q, NULL, &row) == ERR_OK;
    }
    sql_finalize(q);
    sql_close(db);
    return ok && row;
}

void __real_order_door_send(order_door_t *d, const effect_t *e, i64 now, door_out_t *out);
void __wrap_order_door_send(order_door_t *d, const effect_t *e, i64 now, door_out_t *out);
void __wrap_order_door_send(order_door_t *d, const effect_t *e, i64 now, door_out_t *out)
{
    bool drill = e->intent.account_id == 0; /* of the kill switch: at a door that leads nowhere */
    if (disk != NULL && e->kind == EFFECT_SUBMIT && !drill) {
        disk->sent++;
        disk->early += disk->unsynced > 0 || !stands_in_database(e->intent.id) ? 1 : 0;
    }
    __real_order_door_send(d, e, now, out);
}

static const char demo[] = "demo --headless --sessions 5 --stocks 20 --warmup 4 --seed 5 --edge momentum"
                           " --set risk.min_confidence=0.05 --set comp.min_composite_score=0"
                           " --set ai.min_conviction=0 --set cost.min_profit_multiple=0";

static void disk_make(const char *home, u64 every, i64 ms)
{
    memset(disk, 0, sizeof *disk);
    disk->every = every;
    disk->ms = ms;
    (void)snprintf(disk->home, sizeof disk->home, "%s", home);
}

static void hash_of(const child_t *c, char out[65])
{
    static const char key[] = "decision_hash ";
    const char *at = strstr(c->text, key);
    assert_non_null(at);
    (void)snprintf(out, 65, "%.64s", at + sizeof key - 1);
    CHECK_EQ(strlen(out), 64);
}

typedef struct {
    char home[HOME_SIZE];
    char hash[65]; /* of the demo on a fast disk */
    u64 sent;
    child_t c;
} world_t;

static int world_setup(void **state)
{
    world_t *w = calloc(1, sizeof *w);
    disk = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(w != NULL && disk != MAP_FAILED);
    home_make(w->home);
    disk_make(w->home, 0, 0);
    child_ok(&w->c, w->home, demo);
    hash_of(&w->c, w->hash);
    CHECK(strstr(w->c.text, "took") == NULL); /* a fast disk is no news */
    w->sent = disk->sent;
    CHECK_EQ(disk->early, 0);
    *state = w;
    return 0;
}

static int world_teardown(void **state)
{
    world_t *w = *state;
    home_remove(w->home);
    free(w);
    (void)munmap(disk, sizeof *disk);
    disk = NULL;
    return 0;
}

TEST(the_demo_waits_and_says_so)
{
    world_t *w = *state_;
    char home[HOME_SIZE];
    char hash[65];
    print_message("# %llu orders on a fast disk\n", (unsigned long long)w->sent);
    CHECK(w->sent >= 10);
    home_make(home);
    disk_make(home, 40, SLOW_MS);
    child_ok(&w->c, home, demo);
    hash_of(&w->c, hash);
    CHECK(disk->slow >= 2);
    CHECK_STR(hash, w->hash);
    CHECK_EQ(disk->sent, w->sent); /* none lost, none doubled */
    CHECK_EQ(disk->early, 0);
    CHECK(strstr(w->c.text, "a write of the journal took 1.") != NULL);
    CHECK(strstr(w->c.text, "writes of the journal took a second or longer, the longest 1.") != NULL);
    CHECK(strstr(w->c.text, "replay matches") != NULL);
    print_message("# %llu orders, %llu syncs, %llu of them slow\n", (unsigned long long)disk->sent,
                  (unsigned long long)disk->syncs, (unsigned long long)disk->slow);
    child_ok(&w->c, home, "audit verify");
    home_remove(home);
}

TEST(status_tells_it)
{
    world_t *w = *state_;
    child_t *asks = calloc(1, sizeof *asks);
    char home[HOME_SIZE];
    char line[sizeof demo + 32];
    bool told = false;
    assert_non_null(asks);
    home_make(home);
    disk_make(home, 12, SLOW_MS);
    (void)snprintf(line, sizeof line, "%s --quiet --speed 3000", demo);
    child_start(&w->c, home, line);
    for (u32 k = 0; k < 100 && !told; k++) {
        os_sleep_ms(100);
        told = child_run(asks, home, "status --json") == 0 &&
               strstr(asks->text, "\"slow_writes\":0") == NULL &&
               strstr(asks->text, "\"slowest_write_seconds\":1.") != NULL;
    }
    CHECK(told);
    child_kill(&w->c);
    home_remove(home);
    free(asks);
}

TEST(killed_in_the_middle_of_a_sync)
{
    world_t *w = *state_;
    u32 same = 0;
    for (u32 k = 0; k < 4; k++) {
        char home[HOME_SIZE];
        char hash[65];
        home_make(home);
        disk_make(home, 25 + 11 * k, 60000);
        child_start(&w->c, home, demo);
        for (u32 i = 0; i < 6000 && disk->in_sync == 0; i++) {
            os_sleep_ms(5);
        }
        CHECK_EQ(disk->in_sync, 1);
        CHECK_EQ(disk->early, 0);
        child_kill(&w->c);
        disk_make(home, 0, 0);
        child_ok(&w->c, home, "audit verify");
        child_ok(&w->c, home, "demo --headless --resume");
        hash_of(&w->c, hash);
        CHECK(strstr(w->c.text, "replay matches") != NULL);
        CHECK_EQ(disk->early, 0);
        if (!was_in_the_air(home)) {
            CHECK_STR(hash, w->hash);
            same++;
        }
        home_remove(home);
    }
    print_message("# %u of 4 ended with the hash of the whole run\n", same);
}

TEST(an_import_waits_too)
{
    world_t *w = *state_;
    char home[HOME_SIZE];
    char line[2 * HOME_SIZE + 96];
    home_make(home);
    disk_make(home, 0, 0);
    (void)snprintf(line, sizeof line, "demo --bars %s/bars.csv --stocks 4 --history 120 --events 0", home);
    child_ok(&w->c, home, line);
    (void)snprintf(line, sizeof line, "data import %s/bars.csv --format plain_daily --source own", home);
    disk_make(home, 1, 300);
    child_ok(&w->c, home, line);
    CHECK(disk->slow > 0);
    child_ok(&w->c, home, line); /* and finds all of it there */
    CHECK(strstr(w->c.text, "stored") != NULL);
    child_ok(&w->c, home, "data check");
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demo_waits_and_says_so),
        cmocka_unit_test(status_tells_it),
        cmocka_unit_test(killed_in_the_middle_of_a_sync),
        cmocka_unit_test(an_import_waits_too),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
