/* The scheduler: due order, phases, skipping, lateness, loops that are busy; and by property: skipping on and
 * off give the same firings that matter, and every point of a grid is accounted for once. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "loops/scheduler.h"
#include "model/calendar.h"

/* A world of six inputs, one number each; a loop with an effect mixes what it reads into its own record. */
typedef struct {
    u64 world[LOOP_INPUTS];
    u64 last[LOOPS_MAX];  /* what loop i saw at its last run with effect */
    u64 trace;            /* of all effects, with their times */
    u32 effects, fired;
    u32 order[64];        /* loops in the order they ran */
    i64 at[64];
    bool busy;
} world_t;

static void log_run(world_t *w, u32 loop, i64 now)
{
    if (w->fired < COUNT_OF(w->order)) {
        w->order[w->fired] = loop;
        w->at[w->fired] = now;
    }
    w->fired++;
}

static const loop_desc_t *desc_of(u32 loop);

static rng_key_t key_of(u64 seed, u32 what)
{
    return (rng_key_t){.seed = seed, .purpose = RNG_TEST, .entity = what};
}

/* Honest by construction: the effect depends on the declared inputs alone, and an unchanged sight has none.
 */
static bool look(loop_env_t *env, u32 loop)
{
    world_t *w = env->ctx;
    const loop_desc_t *d = desc_of(loop);
    log_run(w, loop, env->now);
    u64 sight = 1469598103934665603ULL;
    for (u32 k = 0; k < LOOP_INPUTS; k++) {
        sight = (d->inputs & (1U << k)) != 0 ? (sight ^ w->world[k]) * 1099511628211ULL : sight;
    }
    if (sight == w->last[loop] && !d->time_only) {
        return false;
    }
    w->last[loop] = sight;
    w->trace = (w->trace ^ sight ^ (u64)env->now ^ loop) * 1099511628211ULL;
    w->effects++;
    bool wrote = sight % 3 == 0;
    for (u32 k = 0; wrote && k < LOOP_INPUTS; k++) {
        w->world[k] += (d->writes & (1U << k)) != 0 ? sight >> 8 : 0;
    }
    return wrote;
}

static bool run0(loop_env_t *e) { return look(e, 0); }
static bool run1(loop_env_t *e) { return look(e, 1); }
static bool run2(loop_env_t *e) { return look(e, 2); }
static bool run3(loop_env_t *e) { return look(e, 3); }
static bool run4(loop_env_t *e) { return look(e, 4); }
static bool run5(loop_env_t *e) { return look(e, 5); }
static bool busy(const loop_env_t *e) { return ((const world_t *)e->ctx)->busy; }

/* Plain: two clocks, an event, one that writes, one of time alone. */
static const loop_desc_t plain[] = {
    {.name = "a", .order = 1, .period_ms = {10000, 20000, 0, 60000}, .inputs = LOOP_IN_BARS, .run = run0},
    {.name = "b", .order = 2, .inputs = LOOP_IN_BARS, .wakes = LOOP_IN_BARS, .writes = LOOP_IN_BROKER,
     .run = run1},
    {.name = "c", .order = 3, .period_ms = {10000, 10000, 10000, 10000}, .inputs = LOOP_IN_BROKER,
     .writes = LOOP_IN_COMMAND, .run = run2},
    {.name = "d", .order = 4, .period_ms = {5000, 5000, 5000, 5000}, .time_only = true, .run = run3},
    {.name = "e", .order = 9, .period_ms = {7000, 7000, 7000, 7000}, .inputs = LOOP_IN_COMMAND | LOOP_IN_DAY,
     .wakes = LOOP_IN_DAY, .writes = LOOP_IN_BROKER, .run = run4, .busy = busy},
    {.name = "f", .order = 10, .inputs = LOOP_IN_BARS, .wakes = LOOP_IN_BARS, .observes = true,
     .run = run5},
};

static const loop_desc_t *desc_of(u32 loop) { return &plain[loop]; }

/* A day of ten minutes: two open, three extended, five overnight; every fifth day none. */
static void small_day(i64 t, loop_day_t *out)
{
    i64 n = t / (10 * NS_PER_MIN);
    i64 from = n * 10 * NS_PER_MIN;
    *out = (loop_day_t){.from = from, .until = from + 10 * NS_PER_MIN, .count = 3};
    out->span[0].until = from + 2 * NS_PER_MIN;
    out->span[0].phase = LOOP_OPEN;
    out->span[1].until = from + 5 * NS_PER_MIN;
    out->span[1].phase = LOOP_EXTENDED;
    out->span[2].until = out->until;
    out->span[2].phase = LOOP_OVERNIGHT;
    if (n % 5 == 4) {
        out->count = 1;
        out->span[0].until = out->until;
        out->span[0].phase = LOOP_WEEKEND;
    }
}

typedef struct {
    scheduler_t s;
    world_t w;
    loop_env_t env;
} bench_t;

static void bench_open(bench_t *b, u64 mask, bool skip)
{
    memset(b, 0, sizeof *b);
    const loop_desc_t *use[COUNT_OF(plain)];
    u32 n = 0;
    for (u32 i = 0; i < COUNT_OF(plain); i++) {
        if ((mask & (1ULL << i)) != 0) {
            use[n++] = &plain[i];
        }
    }
    scheduler_open(&b->s, use, n, small_day, skip);
    b->env.ctx = &b->w;
}

static void step(bench_t *b, i64 now, u32 inputs)
{
    b->env.now = now;
    scheduler_advance(&b->s, &b->env);
    CHECK_EQ(b->env.now, now);
    for (u32 k = 0; k < LOOP_INPUTS; k++) {
        b->w.world[k] += (inputs & (1U << k)) != 0 ? (u64)now + 17 * k + 1 : 0;
    }
    scheduler_run(&b->s, &b->env, inputs);
    CHECK_EQ(b->env.now, now);
}

TEST(fires_in_order_of_time_then_order)
{
    UNUSED_STATE;
    bench_t b;
    bench_open(&b, 0xF, false);
    step(&b, 0, LOOP_IN_BARS);
    const u32 first[] = {0, 1, 2, 3};
    CHECK_EQ(b.w.fired, 4);
    CHECK(memcmp(b.w.order, first, sizeof first) == 0);
    b.w.fired = 0;
    step(&b, 15 * NS_PER_SEC, 0); /* a and c were due at 10 s, in this order; d was late and fires now */
    const u32 second[] = {0, 2, 3};
    const i64 at[] = {10 * NS_PER_SEC, 10 * NS_PER_SEC, 15 * NS_PER_SEC};
    CHECK_EQ(b.w.fired, 3);
    CHECK(memcmp(b.w.order, second, sizeof second) == 0);
    CHECK(memcmp(b.w.at, at, sizeof at) == 0);
    CHECK_EQ(scheduler_next_due(&b.s, &b.env), 20 * NS_PER_SEC);
}

TEST(skips_what_has_not_changed_in_one_move)
{
    UNUSED_STATE;
    bench_t b;
    bench_open(&b, 0x1, true);
    step(&b, 0, LOOP_IN_BARS);
    CHECK_EQ(b.w.fired, 1);
    step(&b, 95 * NS_PER_SEC, 0); /* 10..90: nine firings without news */
    CHECK_EQ(b.w.fired, 1);
    CHECK_EQ(b.s.counts[0].skipped, 9);
    step(&b, 96 * NS_PER_SEC, LOOP_IN_BARS); /* news, but not due: it is seen at 100 */
    CHECK_EQ(b.w.fired, 1);
    step(&b, 119 * NS_PER_SEC, 0);
    CHECK_EQ(b.w.fired, 2);
    CHECK_EQ(b.w.at[1], 100 * NS_PER_SEC);
    CHECK_EQ(b.s.counts[0].skipped, 10); /* 110 */
}

TEST(periods_follow_the_phase)
{
    UNUSED_STATE;
    static const struct { i64 from_s, to_s; u64 points; } cases[] = {
        {0, 120, 12}, {120, 300, 9}, {300, 600, 0}, {600, 720, 12}, {2400, 3000, 10}, {0, 3000, 4 * 21 + 10},
        {110, 141, 3}, /* 110, 120, 140 */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_t b;
        bench_open(&b, 0x1, false);
        b.env.now = cases[i].from_s * NS_PER_SEC;
        scheduler_advance(&b.s, &b.env);
        b.env.now = cases[i].to_s * NS_PER_SEC;
        scheduler_advance(&b.s, &b.env);
        CHECK_EQ(b.w.fired, cases[i].points);
        CHECK_EQ(b.s.counts[0].runs, cases[i].points);
    }
}

TEST(late_loops_fire_once_and_are_counted)
{
    UNUSED_STATE;
    bench_t b;
    bench_open(&b, 0x8, true);
    step(&b, 0, 0);
    CHECK_EQ(b.w.fired, 1);
    step(&b, 58 * NS_PER_SEC, 0); /* 5..55: eleven points, the last of them fires now */
    CHECK_EQ(b.w.fired, 2);
    CHECK_EQ(b.w.at[1], 58 * NS_PER_SEC);
    CHECK_EQ(b.s.counts[0].late, 10);
    step(&b, 60 * NS_PER_SEC, 0);
    CHECK_EQ(b.w.fired, 3);
    step(&b, 70 * NS_PER_SEC, 0); /* 65 was missed, 70 fires for itself */
    CHECK_EQ(b.w.fired, 4);
    CHECK_EQ(b.s.counts[0].late, 11);
    CHECK_EQ(b.s.counts[0].runs + b.s.counts[0].late, 15);
}

TEST(a_busy_loop_is_not_entered_again)
{
    UNUSED_STATE;
    bench_t b;
    bench_open(&b, 0x10, true);
    b.w.busy = true;
    step(&b, 0, LOOP_IN_DAY);
    CHECK_EQ(b.w.fired, 0);
    CHECK_EQ(b.s.counts[0].late, 1);
    b.w.busy = false;
    step(&b, 7 * NS_PER_SEC, 0); /* what it missed is still new to it */
    CHECK_EQ(b.w.fired, 1);
}

TEST(a_signal_wakes_and_leaves_the_clock_alone)
{
    UNUSED_STATE;
    bench_t b;
    bench_open(&b, 0x1F, true);
    b.env.now = 10 * NS_PER_SEC;
    scheduler_signal(&b.s, &b.env, LOOP_IN_DAY);
    CHECK_EQ(b.w.fired, 1);
    CHECK_EQ(b.w.order[0], 4);
    CHECK_EQ(scheduler_next_due(&b.s, &b.env), 10 * NS_PER_SEC);
}

TEST(observers_fire_when_told_and_only_then)
{
    UNUSED_STATE;
    bench_t b;
    bench_open(&b, 0x3F, true);
    scheduler_observe(&b.s, &b.env, LOOP_IN_BARS);
    CHECK_EQ(b.w.fired, 1);
    CHECK_EQ(b.w.order[0], 5);
    scheduler_observe(&b.s, &b.env, LOOP_IN_DAY);
    CHECK_EQ(b.w.fired, 1);
    scheduler_run(&b.s, &b.env, LOOP_IN_BARS);
    CHECK_EQ(b.w.fired, 6); /* all but f */
    for (u32 i = 1; i < 6; i++) {
        CHECK_EQ(b.w.order[i], i - 1);
    }
}

/* Steps of random length with random changes, the same for both. */
static void wander(bench_t *b, u64 seed, u32 steps)
{
    i64 now = (i64)(rng_at(key_of(seed, 1), 0) % 1000) * NS_PER_SEC;
    for (u32 i = 1; i <= steps; i++) {
        u64 draw = rng_at(key_of(seed, 2), i);
        i64 jump = (i64)(draw >> 8) % (draw % 7 == 0 ? 40 * NS_PER_MIN : 20 * NS_PER_SEC);
        now += draw % 3 == 0 ? jump / NS_PER_SEC * NS_PER_SEC : jump;
        b->w.busy = draw % 11 == 0;
        u64 news = rng_at(key_of(seed, 3), i) & rng_at(key_of(seed, 4), i);
        step(b, now, (u32)news & ((1U << LOOP_INPUTS) - 1));
    }
}

TEST(skipping_changes_no_effect)
{
    UNUSED_STATE;
    u64 effects = 0;
    u64 saved = 0;
    for (u64 seed = 1; seed <= 400; seed++) {
        bench_t on;
        bench_t off;
        bench_open(&on, 0x1F, true);
        bench_open(&off, 0x1F, false);
        wander(&on, seed, 120);
        wander(&off, seed, 120);
        CHECK(on.w.trace == off.w.trace);
        CHECK_EQ(on.w.effects, off.w.effects);
        CHECK(memcmp(on.w.world, off.w.world, sizeof on.w.world) == 0);
        CHECK(on.w.fired <= off.w.fired);
        for (u32 i = 0; i < on.s.count; i++) {
            CHECK_EQ(off.s.counts[i].skipped, 0);
            CHECK(on.s.counts[i].runs <= off.s.counts[i].runs);
            u64 a = on.s.counts[i].runs + on.s.counts[i].skipped + on.s.counts[i].late;
            u64 c = off.s.counts[i].runs + off.s.counts[i].late;
            CHECK_EQ(a, c); /* each point of the grid once, with or without skipping */
        }
        effects += on.w.effects;
        saved += off.w.fired - on.w.fired;
    }
    CHECK(effects > 10000 && saved > 10000); /* the property was not about nothing */
}

static i64 want_of_f;
static i64 says_when(const loop_env_t *e)
{
    (void)e;
    return want_of_f;
}

/* What the driver asks for: nothing while there is nothing to do, else the point at which there will be. */
TEST(the_next_due_is_of_work_only)
{
    UNUSED_STATE;
    static const loop_desc_t two[] = {
        {.name = "a", .order = 1, .period_ms = {10000, 10000, 10000, 10000}, .inputs = LOOP_IN_BARS,
         .run = run0},
        {.name = "b", .order = 2, .period_ms = {1000, 1000, 1000, 1000}, .inputs = LOOP_IN_BROKER,
         .time_only = true, .run = run3, .next = says_when},
    };
    static const struct { i64 now_s; u32 news; i64 want_s, due_s; } cases[] = {
        {0, 0, -1, -1},             /* nothing new, nothing to wait for */
        {0, LOOP_IN_BARS, -1, 10},  /* it has had its turn at 0 */
        {3, LOOP_IN_BARS, -1, 10},  {3, 0, 5, 5}, {3, 0, 0, 4}, {3, LOOP_IN_BARS, 20, 10},
        {3, LOOP_IN_BROKER, -1, -1}, /* a time-only loop has fired for its news */
        {10, LOOP_IN_BARS, 11, 11},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (u32 skip = 0; skip < 2; skip++) {
            bench_t b;
            memset(&b, 0, sizeof b);
            const loop_desc_t *use[] = {&two[0], &two[1]};
            scheduler_open(&b.s, use, 2, small_day, skip != 0);
            b.env.ctx = &b.w;
            want_of_f = cases[i].want_s < 0 ? I64_MAX : cases[i].want_s * NS_PER_SEC;
            CHECK_EQ(scheduler_next_due(&b.s, &b.env), I64_MAX);
            step(&b, 0, 0);
            step(&b, cases[i].now_s * NS_PER_SEC, cases[i].news);
            i64 due = cases[i].due_s < 0 ? I64_MAX : cases[i].due_s * NS_PER_SEC;
            CHECK_EQ(scheduler_next_due(&b.s, &b.env), due);
        }
    }
}

/* A lease that is over or in other hands fires nothing, which is told once; an old token comes too late. */
TEST(without_its_lease_a_loop_is_lost)
{
    UNUSED_STATE;
    static const loop_desc_t one[] = {
        {.name = "a", .order = 1, .period_ms = {1000, 1000, 1000, 1000}, .lease = LEASE_PER_USER,
         .time_only = true, .run = run3},
        {.name = "o", .order = 2, .inputs = LOOP_IN_BARS, .wakes = LOOP_IN_BARS, .lease = LEASE_PER_USER,
         .observes = true, .run = run1},
    };
    bench_t b;
    outbox_t out;
    CHECK_OK(outbox_open(&out, 1 << 12));
    memset(&b, 0, sizeof b);
    const loop_desc_t *use[] = {&one[0], &one[1]};
    scheduler_open(&b.s, use, 2, small_day, true);
    b.env.ctx = &b.w;
    b.env.out = &out;
    step(&b, 0, 0);
    CHECK_EQ(b.s.counts[0].runs, 1); /* nobody has spoken of leases: we are alone */
    CHECK(scheduler_lease(&b.s, LEASE_PER_USER, 5, 3 * NS_PER_SEC, true));
    CHECK(!scheduler_lease(&b.s, LEASE_PER_USER, 4, 900 * NS_PER_SEC, true));
    CHECK(!scheduler_lease(&b.s, LEASE_PER_USER, 5, 900 * NS_PER_SEC, false)); /* one token, one owner */
    for (i64 t = 1; t <= 4; t++) {
        step(&b, t * NS_PER_SEC, 0);
    }
    CHECK_EQ(b.s.counts[0].runs, 3); /* at 0, 1, 2: at 3 it is over */
    CHECK_EQ(b.s.counts[0].lost, 2);
    CHECK_EQ(out.fact_count, 1);
    CHECK_EQ(out.facts[0].as.ALERT.code, LOOP_ALERT_LEASE);
    CHECK_EQ(scheduler_next_due(&b.s, &b.env), I64_MAX);
    scheduler_observe(&b.s, &b.env, LOOP_IN_BARS); /* what only takes in goes on */
    CHECK_EQ(b.s.counts[1].runs, 1);
    CHECK(scheduler_lease(&b.s, LEASE_PER_USER, 5, 7 * NS_PER_SEC, true)); /* renewed */
    step(&b, 5 * NS_PER_SEC, 0);
    CHECK_EQ(b.s.counts[0].runs, 4);
    CHECK(scheduler_lease(&b.s, LEASE_PER_USER, 6, 99 * NS_PER_SEC, false)); /* another took it */
    CHECK(!scheduler_lease(&b.s, LEASE_PER_USER, 5, 99 * NS_PER_SEC, true));
    step(&b, 6 * NS_PER_SEC, 0);
    CHECK_EQ(b.s.counts[0].runs, 4);
    CHECK_EQ(b.s.counts[0].lost, 3);
    CHECK_EQ(out.fact_count, 2);
    CHECK(scheduler_lease(&b.s, LEASE_PER_USER, 7, 99 * NS_PER_SEC, true));
    step(&b, 7 * NS_PER_SEC, 0);
    CHECK_EQ(b.s.counts[0].runs, 5);
    outbox_close(&out);
}

typedef struct {
    i64 now, cost;
} meter_t;

static i64 meter(void *ctx)
{
    meter_t *m = ctx;
    m->now += m->cost;
    return m->now;
}

/* Over its budget a loop is told of and rests, twice as long each time; one that protects goes on. */
TEST(over_its_budget_a_loop_rests)
{
    UNUSED_STATE;
    for (u32 protects = 0; protects < 2; protects++) {
        const loop_desc_t one = {.name = "a", .order = 41, .period_ms = {1000, 1000, 1000, 1000},
                                 .budget_ms = 10, .protects = protects != 0, .time_only = true, .run = run3};
        const loop_desc_t *use[] = {&one};
        meter_t m = {.cost = 10 * NS_PER_MS};
        bench_t b;
        loop_over_t over;
        memset(&b, 0, sizeof b);
        scheduler_open(&b.s, use, 1, small_day, true);
        b.s.mono = meter;
        b.s.mono_ctx = &m;
        b.env.ctx = &b.w;
        step(&b, 0, 0);
        CHECK(!scheduler_overrun(&b.s, &over)); /* just within */
        m.cost = 11 * NS_PER_MS;
        i64 t = 1;
        static const u32 rests[] = {1, 2, 4, 8};
        for (size_t k = 0; k < COUNT_OF(rests); k++) {
            step(&b, t++ * NS_PER_SEC, 0);
            CHECK(scheduler_overrun(&b.s, &over));
            CHECK(over.order == 41 && over.ms == 11);
            CHECK(!scheduler_overrun(&b.s, &over)); /* told once */
            scheduler_rest(&b.s, 0, b.env.now);
            u64 runs = b.s.counts[0].runs;
            for (u32 n = 0; n < rests[k]; n++) {
                step(&b, t++ * NS_PER_SEC, 0);
                CHECK(protects != 0 || !scheduler_overrun(&b.s, &over));
            }
            CHECK_EQ(b.s.counts[0].runs - runs, protects != 0 ? rests[k] : 0);
            (void)scheduler_overrun(&b.s, &over);
            if (protects != 0) {
                scheduler_rest(&b.s, 0, b.env.now);
            }
        }
        CHECK_EQ(b.s.counts[0].rested, protects != 0 ? 0 : 15);
        m.cost = 0;
        step(&b, t++ * NS_PER_SEC, 0);
        step(&b, t++ * NS_PER_SEC, 0);
        CHECK_EQ(b.s.rest_step[0], 0); /* forgiven */
    }
}

/* Of the real descriptors: unique orders, sane declarations, names and reasons. */
TEST(the_table_is_sound)
{
    UNUSED_STATE;
    const loop_desc_t *all[LOOPS_MAX];
    u32 n = loops_all(all);
    CHECK_EQ(n, loop_count());
    CHECK(n >= 12);
    scheduler_t s;
    scheduler_open(&s, all, n, loop_day_nyse, true); /* asserts orders and wakes */
    for (u32 i = 0; i < n; i++) {
        CHECK(all[i]->name != NULL && all[i]->why != NULL && strlen(all[i]->why) > 20);
        CHECK(strlen(loop_group_name(all[i]->group)) > 0);
        CHECK(all[i]->budget_ms > 0 && all[i]->owner != NULL);
        u32 periods = all[i]->period_ms.open | all[i]->period_ms.extended | all[i]->period_ms.overnight |
                      all[i]->period_ms.weekend;
        CHECK(periods != 0 || all[i]->wakes != 0); /* something makes it fire */
        CHECK(!all[i]->time_only || periods != 0);
        for (u32 k = 0; k < i; k++) {
            CHECK(strcmp(all[i]->name, all[k]->name) != 0);
        }
    }
}

TEST(days_of_the_exchange)
{
    UNUSED_STATE;
    static const struct { i32 y, m, d, hour, minute; loop_phase_t phase; } cases[] = {
        {2025, 1, 3, 3, 59, LOOP_OVERNIGHT}, {2025, 1, 3, 4, 0, LOOP_EXTENDED},
        {2025, 1, 3, 9, 30, LOOP_OPEN},
        {2025, 1, 3, 15, 59, LOOP_OPEN},     {2025, 1, 3, 16, 0, LOOP_EXTENDED},
        {2025, 1, 3, 20, 0, LOOP_OVERNIGHT},
        {2025, 1, 4, 12, 0, LOOP_WEEKEND},   {2025, 7, 4, 12, 0, LOOP_WEEKEND},
        {2025, 7, 3, 13, 0, LOOP_EXTENDED},
        {2025, 3, 9, 12, 0, LOOP_WEEKEND},   {2025, 3, 10, 9, 30, LOOP_OPEN},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        date_t day = date_from_ymd(cases[i].y, cases[i].m, cases[i].d);
        i64 t = zone_to_utc(ZONE_NEW_YORK, day, cases[i].hour * 3600 + cases[i].minute * 60);
        loop_day_t out;
        loop_day_nyse(t, &out);
        u32 k = 0;
        while (t >= out.span[k].until) {
            k++;
            CHECK(k < out.count);
        }
        CHECK_EQ(out.span[k].phase, cases[i].phase);
        CHECK_EQ(out.span[out.count - 1].until, out.until);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_in_order_of_time_then_order),
        cmocka_unit_test(skips_what_has_not_changed_in_one_move),
        cmocka_unit_test(periods_follow_the_phase),
        cmocka_unit_test(late_loops_fire_once_and_are_counted),
        cmocka_unit_test(a_busy_loop_is_not_entered_again),
        cmocka_unit_test(a_signal_wakes_and_leaves_the_clock_alone),
        cmocka_unit_test(observers_fire_when_told_and_only_then),
        cmocka_unit_test(skipping_changes_no_effect),
        cmocka_unit_test(the_next_due_is_of_work_only),
        cmocka_unit_test(without_its_lease_a_loop_is_lost),
        cmocka_unit_test(over_its_budget_a_loop_rests),
        cmocka_unit_test(the_table_is_sound),
        cmocka_unit_test(days_of_the_exchange),
    };
    return RUN_TESTS(tests);
}
