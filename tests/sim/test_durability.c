/* Every crash point of a short session, on a disk that forgets (I17, I18; F1 to F7).
 *
 * The session journals slices, intents and outcomes, and sends an order only after its batch is durable. The
 * machine dies at every single write and sync in turn, in three ways of losing what was not synced. After
 * each death the disk comes up again and the session is recovered. What must hold:
 *   1. the journal verifies, and is a prefix of what was appended, cut between batches;
 *   2. nothing acknowledged as durable is missing;
 *   3. every order the broker got is in the journal, and either settled there or found as UNKNOWN;
 *   4. the session can go on from there to its end.
 * Three mutants (synchronous=NORMAL, send before commit, forget the unknown) must each be caught by these
 * checks. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "sim/disk.h"
#include "store/journal.h"
#include "tests/budget.h"
#include "tests/store/make_events.h"

enum { SEEDS = 3, STEPS = 10, EVENTS_MAX = 256, SENT_MAX = 64, CAUGHT_ENOUGH = 10 };

/* The wrong versions. None of them is a switch in the program: they are ways of using it. */
typedef struct {
    bool normal_sync;
    bool send_before_commit;
    bool forget_unknown;
} mutant_t;

typedef struct {
    disk_t *disk;
    mutant_t mutant;
    u64 seed;
    /* What the outside world knows, which no crash takes back. */
    u64 acknowledged;       /* highest sequence reported durable */
    id128_t sent[SENT_MAX]; /* orders that the broker got */
    u32 sent_count;
    u64 checksum[EVENTS_MAX]; /* of every event ever appended, by sequence */
    u64 appended;
    u64 batch_end[EVENTS_MAX]; /* batch_end[s]: s was the last of a batch */
    bool run_made;             /* journal_create returned: the run itself is acknowledged */
} world_t;

static store_options_t options_of(const world_t *w)
{
    return (store_options_t){
        .path = "vitrine.db", .vfs = DISK_VFS, .durable = !w->mutant.normal_sync, .exclusive = true};
}

static err_t append(world_t *w, journal_t *j, event_t e)
{
    TRY(journal_append(j, &e));
    ASSERT(e.head.seq < EVENTS_MAX);
    w->checksum[e.head.seq] = e.head.checksum;
    w->batch_end[e.head.seq] = 0;
    w->appended = e.head.seq;
    return ERR_OK;
}

static void send(world_t *w, id128_t id)
{
    ASSERT(w->sent_count < SENT_MAX);
    w->sent[w->sent_count++] = id;
}

static err_t commit(world_t *w, journal_t *j)
{
    w->batch_end[w->appended] = 1;
    TRY(journal_commit(j, NULL));
    w->acknowledged = journal_durable_seq(j);
    return ERR_OK;
}

/* One step: a slice with some alerts to fill blocks of different sizes, an intent, the send, then the
 * outcome. */
static err_t step(world_t *w, journal_t *j, u64 i)
{
    static const u8 text[3000] = {0};
    id128_t id = make_id(1000 + i);
    i64 t = 100 + (i64)i;
    TRY(append(w, j, make_slice(t)));
    TRY(append(w, j, make_alert((str_t){.p = text, .n = (u32)(draw(w->seed, i) % sizeof text)}, t)));
    TRY(append(w, j, make_intent(id, i, t)));
    if (w->mutant.send_before_commit) {
        send(w, id);
    }
    TRY(commit(w, j));
    if (!w->mutant.send_before_commit) {
        send(w, id); /* the door: after its batch is durable */
    }
    TRY(append(w, j, make_broker(id, BROKER_ACK, t)));
    TRY(append(w, j, make_state(id, ORDER_INTENT, ORDER_NEW, t)));
    return i % 3 == 0 ? ERR_OK : commit(w, j); /* sometimes the outcome waits for the next batch */
}

static err_t session_start(world_t *w, store_t *s, journal_t **j)
{
    run_start_t run = {
        .kind = RUN_DEMO, .incarnation = make_id(1), .seed = w->seed, .config = STR("x = 1\n")};
    TRY(journal_create(s, &run, &(journal_options_t){.batch_bytes = 1}, NULL, j));
    w->run_made = true;
    return ERR_OK;
}

/* From the step after `done` to the end, or until the machine dies. */
static err_t session_run(world_t *w, u64 done, bool resume)
{
    store_t *s = NULL;
    journal_t *j = NULL;
    store_options_t o = options_of(w);
    TRY(store_open(&o, NULL, &s));
    err_t err = resume ? journal_resume(s, STR("latest"), &(journal_options_t){.batch_bytes = 1}, NULL, &j)
                       : session_start(w, s, &j);
    for (u64 i = done + 1; err == ERR_OK && i <= STEPS; i++) {
        err = step(w, j, i);
    }
    if (err == ERR_OK) {
        err = commit(w, j);
    }
    if (err == ERR_OK) {
        err = journal_finish(j, &(run_end_t){.status = RUN_STOPPED, .t_ended = 9}, NULL);
    }
    journal_close(j);
    store_close(s);
    return err;
}

typedef struct {
    const world_t *w;
    u64 steps;
    u64 last;
    bool equal;
    id128_t intents[SENT_MAX];
    bool settled[SENT_MAX];
    u32 count;
} seen_t;

static err_t look(void *ctx, const event_t *e)
{
    seen_t *s = ctx;
    s->equal = s->equal && e->head.seq < EVENTS_MAX && e->head.checksum == s->w->checksum[e->head.seq];
    s->last = e->head.seq;
    if (e->head.kind == EV_INTENT) {
        s->intents[s->count++] = e->as.INTENT.id;
        s->steps = e->as.INTENT.sequence;
    }
    for (u32 i = 0; i < s->count && e->head.kind == EV_BROKER; i++) {
        s->settled[i] = s->settled[i] || id128_eq(s->intents[i], e->as.BROKER.intent);
    }
    return ERR_OK;
}

static bool is_unknown(const world_t *w, const journal_recovered_t *r, id128_t id)
{
    bool found = false;
    for (u32 i = 0; i < r->unknown_count && !w->mutant.forget_unknown; i++) {
        found = found || id128_eq(r->own_unknown[i].intent, id);
    }
    return found;
}

/* NULL, or what is broken. */
static const char *check_recovered(const world_t *w, const seen_t *seen, const journal_recovered_t *r)
{
    if (!seen->equal || r->last_seq != seen->last) {
        return "the journal holds an event that was never appended";
    }
    if (r->last_seq < w->acknowledged) {
        return "an acknowledged event is lost";
    }
    if (r->last_seq > 0 && w->batch_end[r->last_seq] == 0) {
        return "a batch is there in part";
    }
    for (u32 i = 0; i < w->sent_count; i++) {
        bool durable = false;
        bool settled = false;
        for (u32 k = 0; k < seen->count; k++) {
            bool same = id128_eq(seen->intents[k], w->sent[i]);
            durable = durable || same;
            settled = settled || (same && seen->settled[k]);
        }
        if (!durable) {
            return "an order was sent whose intent is not in the journal";
        }
        if (!settled && !is_unknown(w, r, w->sent[i])) {
            return "an order was sent, has no outcome and is not UNKNOWN";
        }
        if (settled && is_unknown(w, r, w->sent[i])) {
            return "a settled order is UNKNOWN";
        }
    }
    return NULL;
}

/* Recovers once and checks; *steps is how far the session had come. */
static const char *recover(world_t *w, u64 *steps, bool *resume)
{
    store_t *s = NULL;
    diag_t diag = {0};
    store_options_t o = options_of(w);
    if (store_open(&o, &diag, &s) != ERR_OK) {
        return "the database does not open";
    }
    seen_t seen = {.w = w, .equal = true};
    journal_recovered_t r = {0};
    const char *broken = NULL;
    err_t err = journal_recover(s, STR("latest"), look, &seen, &r, &diag);
    *resume = err == ERR_OK;
    if (err == ERR_NOT_FOUND) {
        broken = w->run_made ? "the run is lost" : NULL;
    } else if (err != ERR_OK) {
        broken = "the journal does not verify";
    } else {
        broken = check_recovered(w, &seen, &r);
        *steps = seen.steps;
    }
    free(r.own_unknown);
    store_close(s);
    return broken;
}

/* Runs, dies at `point`, recovers, checks, goes on. *ran_out: the session ended before that point. */
static const char *one_crash(mutant_t mutant, u64 point, disk_loss_t loss, u64 seed, bool *ran_out)
{
    world_t w = {.mutant = mutant, .seed = 77}; /* one session; the seed decides what is lost */
    CHECK_OK(disk_open(seed, &w.disk));
    disk_crash_at(w.disk, point);
    err_t err = session_run(&w, 0, false);
    *ran_out = !disk_is_crashed(w.disk);
    CHECK(*ran_out || err != ERR_OK ||
          point > 0); /* closing may be where it dies, after all was acknowledged */
    disk_restart(w.disk, loss);
    u64 done = 0;
    bool resume = false;
    const char *broken = recover(&w, &done, &resume);
    if (broken == NULL && !*ran_out && done < STEPS) {
        err = session_run(&w, done, resume);
        broken = err == ERR_OK ? recover(&w, &done, &resume) : "the session cannot go on";
        broken = broken == NULL && done != STEPS ? "the session went on but did not end" : broken;
    }
    disk_close(w.disk);
    return broken;
}

/* Dies at `first`, then again at the n-th point of coming back, then comes back for good: recovery itself,
 * and the writing that follows it, may be cut off too. */
static const char *two_crashes(u64 first, u64 n, u64 seed)
{
    world_t w = {.seed = 77};
    u64 done = 0;
    bool resume = false;
    CHECK_OK(disk_open(seed, &w.disk));
    disk_crash_at(w.disk, first);
    err_t err = session_run(&w, 0, false);
    CHECK(err != ERR_OK || disk_is_crashed(w.disk));
    disk_restart(w.disk, DISK_BY_SEED);
    disk_crash_at(w.disk, disk_points(w.disk) + n);
    const char *broken = recover(&w, &done, &resume);
    if (broken == NULL && !disk_is_crashed(w.disk) && done < STEPS) {
        err = session_run(&w, done, resume);
    }
    if (disk_is_crashed(
            w.disk)) { /* while the machine is down nothing can be read: only what follows counts */
        broken = NULL;
    }
    disk_restart(w.disk, DISK_BY_SEED);
    broken = broken == NULL ? recover(&w, &done, &resume) : broken;
    if (broken == NULL && done < STEPS) {
        err = session_run(&w, done, resume);
        broken = err == ERR_OK ? recover(&w, &done, &resume) : "the session cannot go on";
    }
    disk_close(w.disk);
    return broken;
}

static u64 session_points(mutant_t mutant, u64 seed)
{
    world_t w = {.mutant = mutant, .seed = seed};
    CHECK_OK(disk_open(seed, &w.disk));
    CHECK_OK(session_run(&w, 0, false));
    u64 points = disk_points(w.disk);
    disk_close(w.disk);
    return points;
}

typedef struct {
    u64 points;
    budget_t met; /* of the points, and one past them */
    u64 crashes;
    u64 broken;
    const char *first; /* what the first break was, and where */
    u64 first_point;
    u64 first_way;
} sweep_t;

/* Three ways of losing at every point, with `seeds` seeds for the third; ends after `enough` breaks. */
static sweep_t sweep(mutant_t mutant, u64 seeds, u64 enough)
{
    sweep_t s = {.points = session_points(mutant, 77)};
    s.met = budget_start(s.points + 1);
    for (u64 next; s.broken < enough && budget_next(&s.met, &next);) {
        u64 point = next + 1;
        for (u64 way = 0; way < 2 + seeds; way++) {
            disk_loss_t loss = way == 0 ? DISK_LOSE_ALL : way == 1 ? DISK_KEEP_ALL : DISK_BY_SEED;
            bool ran_out = false;
            const char *broken = one_crash(mutant, point, loss, 77 + (way > 1 ? way - 2 : 0), &ran_out);
            s.crashes += ran_out ? 0 : 1;
            s.broken += broken != NULL ? 1 : 0;
            if (s.first == NULL && broken != NULL) {
                s.first = broken;
                s.first_point = point;
                s.first_way = way;
            }
        }
    }
    return s;
}

TEST(nothing_acknowledged_is_lost_and_nothing_sent_is_forgotten)
{
    UNUSED_STATE;
    sweep_t s = sweep((mutant_t){0}, SEEDS, UINT64_MAX);
    print_message("# %llu crash points, %llu crashes, %llu violations\n", (unsigned long long)s.points,
                  (unsigned long long)s.crashes, (unsigned long long)s.broken);
    if (s.first != NULL) {
        print_error("point %llu, way %llu: %s\n", (unsigned long long)s.first_point,
                    (unsigned long long)s.first_way, s.first);
    }
    CHECK_EQ(s.broken, 0);
    CHECK(s.points > 100);
    budget_say(&s.met, "crash points");
    CHECK(s.crashes >= (s.met.done - 1) * (2 + SEEDS)); /* every point met, every way */
    CHECK(s.met.done < s.met.all || s.crashes == s.points * (2 + SEEDS));
}

TEST(a_second_crash_changes_nothing)
{
    UNUSED_STATE;
    u64 points = session_points((mutant_t){0}, 77);
    budget_t pairs = budget_start((points + 18) / 23 * 40); /* points 5, 28, ... and 40 of coming back */
    for (u64 pair; budget_next(&pairs, &pair);) {
        u64 first = 5 + pair / 40 * 23;
        u64 n = pair % 40 + 1;
        const char *broken = two_crashes(first, n, first * 100 + n);
        if (broken != NULL) {
            print_error("points %llu and %llu: %s\n", (unsigned long long)first, (unsigned long long)n,
                        broken);
        }
        CHECK(broken == NULL);
    }
    budget_say(&pairs, "pairs of crashes");
    print_message("# %llu pairs of crashes\n", (unsigned long long)pairs.done);
}

TEST(the_mutants_are_caught)
{
    UNUSED_STATE;
    static const struct {
        const char *name;
        mutant_t mutant;
    } cases[] = {
        {"synchronous=NORMAL", {.normal_sync = true}},
        {"send before commit", {.send_before_commit = true}},
        {"forget the unknown", {.forget_unknown = true}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        sweep_t s = sweep(cases[i].mutant, 1, CAUGHT_ENOUGH);
        print_message("# mutant %s: caught by %llu of %llu crashes (%s)\n", cases[i].name,
                      (unsigned long long)s.broken, (unsigned long long)s.crashes,
                      s.first == NULL ? "not caught" : s.first);
        CHECK(s.broken > 0);
    }
}

/* A sync that fails, or a full disk: the commit must say so, nothing may be acknowledged afterwards, and what
 * was acknowledged before must be there. */
static void one_fault(u64 point, u32 fault, disk_loss_t loss)
{
    world_t w = {.seed = 77};
    CHECK_OK(disk_open(77, &w.disk));
    if (fault == 2) {
        disk_full_at(w.disk, point);
    } else {
        disk_fail_sync_at(w.disk, point, fault == 1);
    }
    err_t err = session_run(&w, 0, false);
    if (fault == 2) {
        CHECK(err == ERR_DISK_FULL || err == ERR_OK || err == ERR_IO);
    }
    disk_restart(w.disk, loss);
    u64 done = 0;
    bool resume = false;
    const char *broken = recover(&w, &done, &resume);
    if (broken != NULL) {
        print_error("fault %u at %llu: %s\n", fault, (unsigned long long)point, broken);
    }
    CHECK(broken == NULL);
    disk_close(w.disk);
}

TEST(failing_syncs_and_a_full_disk_lose_nothing_acknowledged)
{
    UNUSED_STATE;
    u64 points = session_points((mutant_t){0}, 77);
    budget_t met = budget_start(points);
    for (u64 next; budget_next(&met, &next);) {
        for (u32 fault = 0; fault < 3; fault++) {
            one_fault(next + 1, fault, DISK_LOSE_ALL);
            one_fault(next + 1, fault, DISK_BY_SEED);
        }
    }
    budget_say(&met, "points of faults");
    print_message("# %llu faults\n", (unsigned long long)met.done * 6);
}

/* A flipped bit anywhere in the database: an error, or the very events that were written; never other ones.
 */
TEST(damage_of_the_medium_is_never_believed)
{
    UNUSED_STATE;
    world_t w = {.seed = 77};
    CHECK_OK(disk_open(77, &w.disk));
    CHECK_OK(session_run(&w, 0, false));
    u64 size = disk_file_size(w.disk, "vitrine.db");
    CHECK(size > 65536);
    u64 found = 0;
    budget_t looks = budget_start((size + 96) / 97);
    for (u64 next; budget_next(&looks, &next);) {
        u64 at = next * 97;
        u32 bit = (u32)draw(5, at) & 7u;
        CHECK(disk_flip(w.disk, "vitrine.db", at, bit));
        store_t *s = NULL;
        store_options_t o = options_of(&w);
        seen_t seen = {.w = &w, .equal = true};
        journal_recovered_t r = {0};
        err_t err = store_open(&o, NULL, &s);
        if (err == ERR_OK) {
            err = journal_recover(s, STR("latest"), look, &seen, &r, NULL);
        }
        CHECK(seen.equal);
        CHECK(err != ERR_OK || (r.last_seq == w.appended && r.unknown_count == 0));
        free(r.own_unknown);
        store_close(s);
        found += err != ERR_OK ? 1 : 0;
        CHECK(disk_flip(w.disk, "vitrine.db", at, bit));
    }
    print_message(
        "# %llu of %llu flipped bits refused; the others lie in rows and free space beside the journal\n",
        (unsigned long long)found, (unsigned long long)looks.done);
    budget_say(&looks, "flipped bits");
    CHECK(found > 0);
    disk_close(w.disk);
}

/* A disk that takes its time (F7) passes the same points, and whatever it keeps when the power goes in the
 * middle of a wait is what it would have kept. */
TEST(a_slow_disk_keeps_what_a_fast_one_keeps)
{
    UNUSED_STATE;
    u64 points = session_points((mutant_t){0}, 77);
    budget_t met = budget_start(points + 1);
    for (u64 next; budget_next(&met, &next);) {
        world_t w = {.seed = 77};
        u64 done = 0;
        bool resume = false;
        CHECK_OK(disk_open(77, &w.disk));
        disk_slow(w.disk, 3);
        disk_crash_at(w.disk, next + 1); /* the last: nowhere */
        err_t err = session_run(&w, 0, false);
        CHECK_EQ(disk_is_crashed(w.disk), next < points);
        CHECK(next < points || (err == ERR_OK && disk_points(w.disk) == points));
        CHECK(next < 20 || disk_waited(w.disk) > NS_PER_MIN);
        disk_restart(w.disk, DISK_BY_SEED);
        const char *broken = recover(&w, &done, &resume);
        if (broken != NULL) {
            print_error("point %llu: %s\n", (unsigned long long)next + 1, broken);
        }
        CHECK(broken == NULL);
        CHECK(next < points || done == STEPS);
        disk_close(w.disk);
    }
    budget_say(&met, "points of a slow disk");
}

/* The same seed, the same disk: points, and what chance decides, do not depend on the process. */
TEST(the_disk_is_a_function_of_the_seed)
{
    UNUSED_STATE;
    CHECK_EQ(session_points((mutant_t){0}, 3), session_points((mutant_t){0}, 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_acknowledged_is_lost_and_nothing_sent_is_forgotten),
        cmocka_unit_test(a_second_crash_changes_nothing),
        cmocka_unit_test(the_mutants_are_caught),
        cmocka_unit_test(failing_syncs_and_a_full_disk_lose_nothing_acknowledged),
        cmocka_unit_test(damage_of_the_medium_is_never_believed),
        cmocka_unit_test(a_slow_disk_keeps_what_a_fast_one_keeps),
        cmocka_unit_test(the_disk_is_a_function_of_the_seed),
    };
    return RUN_TESTS(tests);
}
