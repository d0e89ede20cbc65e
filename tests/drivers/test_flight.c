/* The flight recorder: with it a run decides the same; the parts of each decision add up to the whole that a
 * clock of its own says; damaged records are refused. */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "drivers/flight.h"
#include "faces/report/report_time.h"

typedef struct {
    u64 timed, near, decisions, orders;
    f64 worst; /* part of the wall that no place counted, or that was counted twice */
    report_time_t time;
} seen_t;

static err_t see(void *ctx, event_t *e)
{
    seen_t *s = ctx;
    s->decisions += e->head.kind == EV_DECISION ? 1 : 0;
    s->orders += e->head.kind == EV_INTENT ? 1 : 0;
    if (e->head.kind != EV_TIMING) {
        return ERR_OK;
    }
    flight_parts_t p;
    u64 sum = 0;
    CHECK_OK(flight_read(&e->as.TIMING, &p));
    CHECK_OK(report_time_take(&s->time, e));
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        sum += p.place[i];
    }
    f64 off = p.wall > 0 ? ((f64)p.wall - (f64)sum) / (f64)p.wall : 1.0;
    off = off < 0 ? -off : off;
    s->timed++;
    s->near += off < 0.01 ? 1 : 0;
    s->worst = off > s->worst ? off : s->worst;
    return ERR_OK;
}

static runner_result_t fly(u64 seed, bool flight, seen_t *s)
{
    config_t config = busy_config();
    sim_market_t *m = busy_market_events(seed, 3, 20, 10);
    source_t source = sim_market_source(m);
    runner_spec_t spec = busy_spec(m, &source, &config);
    runner_result_t result;
    spec.flight = flight;
    spec.lookahead = seed % 2 == 0;
    spec.tap = (engine_sink_t){.ctx = s, .append = see};
    CHECK_OK(runner_run(&spec, NULL, &result));
    sim_market_close(m);
    return result;
}

TEST(what_is_measured_decides_nothing)
{
    UNUSED_STATE;
    for (u64 seed = 1; seed <= 2; seed++) {
        seen_t with = {0};
        seen_t without = {0};
        runner_result_t a = fly(seed, true, &with);
        runner_result_t b = fly(seed, false, &without);
        CHECK(with.timed > 100 && without.timed == 0);
        CHECK(digest_eq(&a.decisions, &b.decisions));
        CHECK_EQ(a.counts.facts, b.counts.facts);
        CHECK_EQ(a.counts.inputs, b.counts.inputs + with.timed);
        CHECK_EQ(with.decisions, without.decisions);
        CHECK_EQ(with.orders, without.orders);
        report_time_free(&with.time);
    }
}

/* The parts are counted where they are spent, the whole from outside. Between the two readings of the clock
 * at either end another program may have the processor: one decision in fifty may be off. */
TEST(the_parts_are_the_whole)
{
    UNUSED_STATE;
    seen_t s = {0};
    (void)fly(3, true, &s);
    report_time_end(&s.time);
    print_message("# %llu of %llu decisions within a hundredth, the worst off by %.1f %%\n",
                  (unsigned long long)s.near, (unsigned long long)s.timed, 100.0 * s.worst);
    CHECK(s.near * 50 >= s.timed * 49);
    u64 sum = 0;
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        sum += s.time.place[i];
    }
    CHECK(sum > s.time.wall - s.time.wall / 100 && sum <= s.time.wall + s.time.wall / 100);
    /* what surely happened took some time, and nothing that cannot be left to itself took all of it */
    static const u32 sure[] = {
        6, 13, PROBE_COMPUTE, PROBE_SIGNALS, PROBE_RECORD, PROBE_ENGINE, PROBE_BROKER, PROBE_DRIVER};
    for (u32 i = 0; i < COUNT_OF(sure); i++) {
        CHECK(s.time.place[sure[i]] > 0 && s.time.place[sure[i]] < s.time.wall);
    }
    CHECK_EQ(s.time.count, s.timed);
    CHECK(report_time_within(&s.time, 0.5) <= report_time_within(&s.time, 0.99));
    CHECK(report_time_within(&s.time, 0.99) <= report_time_within(&s.time, 1.0));
    u64 before = UINT64_MAX;
    u32 places = 0;
    for (u32 i = 0; (i = report_time_place(&s.time, places)) != 0; places++) {
        CHECK(s.time.place[i] <= before);
        before = s.time.place[i];
    }
    CHECK(places >= COUNT_OF(sure));
    report_time_free(&s.time);
}

TEST(damaged_records_are_refused)
{
    UNUSED_STATE;
    flight_t f;
    flight_parts_t p;
    event_t e;
    u8 bytes[FLIGHT_BYTES + 1];
    slice_t s = {.ordinal = 7};
    (void)flight_open(&f);
    flight_begin(&f);
    flight_end(&f, &s, bytes, &e);
    CHECK_EQ(e.as.TIMING.ordinal, 7);
    CHECK_OK(flight_read(&e.as.TIMING, &p));
    u32 n = e.as.TIMING.parts.n;
    for (u32 k = 0; k < n; k++) {
        e.as.TIMING.parts.n = k;
        CHECK(flight_read(&e.as.TIMING, &p) != ERR_OK);
    }
    bytes[n] = 0;
    e.as.TIMING.parts.n = n + 1; /* of a version with more places */
    CHECK_EQ(flight_read(&e.as.TIMING, &p), ERR_CORRUPT);
    e.as.TIMING = (ev_TIMING_t){.wall = -5, .parts = {.p = bytes, .n = n}};
    CHECK_OK(flight_read(&e.as.TIMING, &p));
    CHECK_EQ(p.wall, 0);
    report_time_t t = {0};
    e.as.TIMING.parts.n = 3;
    CHECK_OK(report_time_take(&t, &e));
    CHECK_EQ(t.count, 0);
    CHECK_EQ(report_time_within(&t, 0.5), 0);
    CHECK_EQ(report_time_place(&t, 0), 0);
    report_time_end(&t);
    report_time_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_measured_decides_nothing),
                                       cmocka_unit_test(the_parts_are_the_whole),
                                       cmocka_unit_test(damaged_records_are_refused)};
    return RUN_TESTS(tests);
}
