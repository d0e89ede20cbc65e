/* Deadlines of questions (decision 10): exactly one answer each, made by time where nobody else gave one. A
 * port answers early, at the very moment, too late, twice, never or at random; whole runs go on, count what
 * time had to answer, and decide the same when run again. */
#include "tests/engine/dataset.h"

#include "base/rng.h"
#include "scan/ask.h"

typedef enum { WHEN_EARLY, WHEN_AT, WHEN_LATE, WHEN_NEVER, WHEN_TWICE, WHEN_RANDOM, WHENS } when_t;

enum { WAITING_MAX = 512 };

typedef struct {
    when_t when;
    u64 asked, answered;
    struct {
        ask_t ask;
        i64 at;
    } waiting[WAITING_MAX];
    u32 count;
    i32 said;
} port_t;

static void port_add(port_t *p, const ask_t *ask, i64 at)
{
    CHECK(p->count < WAITING_MAX);
    u32 i = p->count++;
    for (; i > 0 && p->waiting[i - 1].at > at; i--) {
        p->waiting[i] = p->waiting[i - 1];
    }
    p->waiting[i].ask = *ask;
    p->waiting[i].at = at;
}

static void port_ask(void *ctx, const ask_t *ask, i64 now)
{
    port_t *p = ctx;
    u64 r = rng_at((rng_key_t){.seed = 8, .purpose = RNG_TEST, .entity = 3}, p->asked++);
    CHECK(ask->deadline > now && !ask->mutation);
    if (p->when == WHEN_EARLY || p->when == WHEN_TWICE) {
        port_add(p, ask, ask->deadline - 1);
    }
    if (p->when == WHEN_AT || p->when == WHEN_TWICE) {
        port_add(p, ask, ask->deadline);
    }
    if (p->when == WHEN_LATE) {
        port_add(p, ask, ask->deadline + 1);
    }
    if (p->when == WHEN_RANDOM && r % 5 != 0) {
        port_add(p, ask, now + (i64)((r >> 8) % (u64)(2 * (ask->deadline - now))));
    }
}

static bool port_next(void *ctx, i64 until, event_t *out)
{
    port_t *p = ctx;
    if (p->count == 0 || p->waiting[0].at > until) {
        return false;
    }
    ask_t ask = p->waiting[0].ask;
    *out = (event_t){.head = {.kind = EV_ANSWER, .t_event = p->waiting[0].at}};
    p->said = 90;
    out->as.ANSWER = (ev_ANSWER_t){.slot = ask.slot,
                                   .generation = ask.generation,
                                   .ask = ask.ask,
                                   .kind = ask.kind,
                                   .body = {.p = (const u8 *)&p->said, .n = sizeof p->said}};
    p->count--;
    memmove(p->waiting, p->waiting + 1, p->count * sizeof p->waiting[0]);
    p->answered++;
    return true;
}

typedef struct {
    engine_counts_t counts;
    digest_t decisions;
    u64 timers;
} outcome_t;

static outcome_t run_with(dataset_t *d, port_t *port)
{
    diag_t diag = {0};
    runner_result_t result;
    tape_t tape = {0};
    source_t source = dataset_source(d);
    config_t config = run_config(d);
    config.ai_models = 1;
    model_port_t models = {.ctx = port, .ask = port_ask, .next = port_next};
    runner_spec_t spec = {.source = &source,
                          .config = &config,
                          .tap = {.ctx = &tape, .append = tape_append},
                          .run_spec = STR("test"),
                          .seed = 7,
                          .cash = {100000 * (i64)MONEY_SCALE},
                          .profile = config.profile,
                          .trade_from = d->trade_from,
                          .lookahead = true,
                          .models = port != NULL ? &models : NULL,
                          .untradable_proxy = true};
    CHECK_OK(runner_run(&spec, &diag, &result));
    outcome_t o = {.counts = result.counts, .decisions = result.decisions, .timers = tape.kind[EV_TIMER]};
    tape_free(&tape);
    return o;
}

TEST(every_question_gets_one_answer)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(11, 20, 25, 3, &d);
    for (when_t when = WHEN_EARLY; when < WHENS; when++) {
        port_t one = {.when = when};
        port_t two = {.when = when};
        outcome_t a = run_with(&d, &one);
        outcome_t b = run_with(&d, &two);
        print_message("# kind %u: %llu asked, %llu answered by time, %llu late, %llu timers, %llu traded\n",
                      when, (unsigned long long)one.asked, (unsigned long long)a.counts.expired_asks,
                      (unsigned long long)a.counts.late_answers, (unsigned long long)a.timers,
                      (unsigned long long)a.counts.trades);
        CHECK(one.asked > 0 && a.counts.trades > 0);
        CHECK(digest_eq(&a.decisions, &b.decisions));
        bool in_time = when == WHEN_EARLY || when == WHEN_AT || when == WHEN_TWICE;
        u64 late = when == WHEN_LATE ? one.asked : 0;
        if (when != WHEN_RANDOM) {
            CHECK_EQ(a.counts.expired_asks, in_time ? 0 : one.asked);
        }
        if (when != WHEN_RANDOM &&
            when != WHEN_TWICE) { /* said twice to a scan that still waits is not late */
            CHECK_EQ(a.counts.late_answers, late);
        }
        CHECK_EQ(one.count, 0);
        CHECK(when != WHEN_RANDOM || (a.counts.expired_asks > 0 && a.counts.late_answers > 0));
    }
    dataset_free(&d);
}

/* Nobody stands behind the door: time answers all, and the analyst alone decides. */
TEST(without_a_door_time_answers)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(11, 20, 25, 3, &d);
    port_t never = {.when = WHEN_NEVER};
    outcome_t a = run_with(&d, &never);
    outcome_t b = run_with(&d, NULL);
    CHECK(digest_eq(&a.decisions, &b.decisions));
    CHECK_EQ(a.counts.expired_asks, never.asked);
    CHECK(a.timers > 0);
    dataset_free(&d);
}

/* The registry of one scan, without an engine. */
TEST(registry)
{
    UNUSED_STATE;
    static scan_t s;
    outbox_t out;
    answer_t answer;
    CHECK_OK(outbox_open(&out, 1 << 16));
    s = (scan_t){.slot = 1, .generation = 9, .active = true, .out = &out};
    CHECK_EQ(scan_ask_deadline(&s), I64_MAX);
    CHECK(!scan_ask_expired(&s, I64_MAX, &answer));
    CHECK(!scan_ask_close(&s, 0));
    CHECK(!scan_ask_close(&s, LIMIT_CANDIDATES + 5));
    scan_ask(&s, &(ask_t){.ask = 3, .deadline = 200, .kind = ASK_CONVICTION});
    scan_ask(&s, &(ask_t){.ask = 1, .deadline = 200, .kind = ASK_POSITIONS, .mutation = true});
    scan_ask(&s, &(ask_t){.ask = 2, .deadline = 100, .kind = ASK_CONVICTION});
    CHECK_EQ(out.effect_count, 3);
    CHECK(out.effects[0].ask.slot == 1 && out.effects[0].ask.generation == 9);
    CHECK_EQ(scan_ask_deadline(&s), 100);
    CHECK(!scan_ask_expired(&s, 99, &answer));
    CHECK(scan_ask_expired(&s, 100, &answer) && answer.ask == 2 && answer.err == ERR_TIMEOUT);
    CHECK(scan_ask_close(&s, 2) && !scan_ask_close(&s, 2));
    CHECK(!scan_ask_expired(&s, 199, &answer));
    CHECK(scan_ask_expired(&s, 250, &answer) && answer.ask == 1 && answer.err == ERR_BROKER_SILENT);
    CHECK(scan_ask_close(&s, 1));
    CHECK(scan_ask_expired(&s, 250, &answer) && answer.ask == 3 && answer.err == ERR_TIMEOUT);
    CHECK(scan_ask_close(&s, 3));
    CHECK_EQ(s.asks_out, 0);
    CHECK_EQ(scan_ask_deadline(&s), I64_MAX);
    outbox_close(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_question_gets_one_answer),
                                       cmocka_unit_test(without_a_door_time_answers),
                                       cmocka_unit_test(registry)};
    return RUN_TESTS(tests);
}
