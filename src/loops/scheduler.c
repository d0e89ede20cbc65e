/* See scheduler.h. The heap is binary; with some dozens of loops its depth is what counts, not its width. */
#include "loops/scheduler.h"

#include <string.h>

#include "base/assert.h"

enum { OVERDUE_LATE = 1, OVERDUE_IDLE = 2 };
enum { SPANS_AHEAD = 80 }; /* sixteen days: a period that meets its phase less often than that never fires */

static bool before(const scheduler_t *s, u32 a, u32 b)
{
    return s->due[a] != s->due[b] ? s->due[a] < s->due[b] : a < b;
}

static void put_at(scheduler_t *s, u32 place, u32 loop)
{
    s->heap[place] = loop;
    s->place[loop] = place;
}

static void heap_fix(scheduler_t *s, u32 loop)
{
    u32 at = s->place[loop];
    while (at > 0 && before(s, loop, s->heap[(at - 1) / 2])) {
        put_at(s, at, s->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    for (u32 child = 2 * at + 1; child < s->count; child = 2 * at + 1) {
        child += child + 1 < s->count && before(s, s->heap[child + 1], s->heap[child]) ? 1 : 0;
        if (!before(s, s->heap[child], loop)) {
            break;
        }
        put_at(s, at, s->heap[child]);
        at = child;
    }
    put_at(s, at, loop);
}

static void due_set(scheduler_t *s, u32 i, i64 due)
{
    if (s->due[i] != due) {
        s->due[i] = due;
        heap_fix(s, i);
    }
}

static const loop_day_t *day_at(scheduler_t *s, i64 t)
{
    for (u32 k = 0; k < SCHEDULER_DAYS; k++) {
        if (s->day[k].from <= t && t < s->day[k].until) {
            return &s->day[k];
        }
    }
    loop_day_t *d = &s->day[s->day_next++ % SCHEDULER_DAYS];
    s->day_of(t, d);
    ASSERT(d->from <= t && t < d->until && d->count > 0);
    return d;
}

/* Phase at t and the end of its span. */
static loop_phase_t phase_at(scheduler_t *s, i64 t, i64 *until)
{
    const loop_day_t *d = day_at(s, t);
    u32 k = 0;
    while (k + 1 < d->count && t >= d->span[k].until) {
        k++;
    }
    *until = d->span[k].until;
    ASSERT(t < *until);
    return d->span[k].phase;
}

static i64 period_ns(const loop_desc_t *d, loop_phase_t phase)
{
    return (i64)loop_period_of(d, phase) * NS_PER_MS;
}

static bool by_time(const loop_desc_t *d)
{
    return (d->period_ms.open | d->period_ms.extended | d->period_ms.overnight | d->period_ms.weekend) != 0;
}

static i64 grid_from(i64 t, i64 period)
{
    i64 rest = t % period;
    return rest == 0 ? t : t - rest + (rest > 0 ? period : 0);
}

/* The first point of the loop's grid at or after t: a function of t alone, which is what makes skipping
 * exact. */
static i64 due_from(scheduler_t *s, u32 i, i64 t)
{
    const loop_desc_t *d = s->loop[i];
    if (!by_time(d)) {
        return I64_MAX;
    }
    for (u32 k = 0; k < SPANS_AHEAD; k++) {
        i64 until = 0;
        i64 period = period_ns(d, phase_at(s, t, &until));
        i64 at = period > 0 ? grid_from(t, period) : until;
        if (at < until) {
            return at;
        }
        t = until;
    }
    return I64_MAX;
}

/* Points of the grid in [from, to). */
static u64 points_in(scheduler_t *s, u32 i, i64 from, i64 to)
{
    u64 n = 0;
    while (from < to) {
        i64 until = 0;
        i64 period = period_ns(s->loop[i], phase_at(s, from, &until));
        until = MIN_OF(until, to);
        i64 first = period > 0 ? grid_from(from, period) : until;
        n += first < until ? (u64)((until - 1 - first) / period) + 1 : 0;
        from = until;
    }
    return n;
}

void scheduler_open(scheduler_t *s, const loop_desc_t *const *loops, u32 count, loop_day_fn day_of, bool skip)
{
    ASSERT(s != NULL && loops != NULL && day_of != NULL);
    ASSERT(count <= LOOPS_MAX);
    memset(s, 0, sizeof *s);
    s->count = count;
    s->skip = skip;
    s->day_of = day_of;
    for (u32 k = 0; k < LEASE_KINDS; k++) {
        s->hold[k] = (loop_hold_t){.until = I64_MAX, .own = true};
    }
    for (u32 i = 0; i < count; i++) {
        ASSERT(loops[i]->run != NULL && (loops[i]->wakes & ~loops[i]->inputs) == 0);
        ASSERT(loops[i]->inputs >> LOOP_INPUTS == 0 && loops[i]->writes >> LOOP_INPUTS == 0);
        ASSERT(i == 0 || loops[i - 1]->order < loops[i]->order);
        ASSERT(!loops[i]->observes || !by_time(loops[i]));
        ASSERT(loops[i]->lease < LEASE_KINDS && (loops[i]->next == NULL || loops[i]->time_only));
        s->loop[i] = loops[i];
        s->due[i] = I64_MAX;
        put_at(s, i, i);
    }
    scheduler_note(s, (1U << LOOP_INPUTS) - 1); /* to a loop that never ran everything is new */
}

void scheduler_note(scheduler_t *s, u32 inputs)
{
    ASSERT(s != NULL && inputs >> LOOP_INPUTS == 0);
    s->stamp += inputs != 0 ? 1 : 0;
    for (u32 k = 0; k < LOOP_INPUTS; k++) {
        if ((inputs & (1U << k)) != 0) {
            s->changed_at[k] = s->stamp;
        }
    }
}

static bool changed(const scheduler_t *s, u32 i)
{
    for (u32 k = 0; k < LOOP_INPUTS; k++) {
        if ((s->loop[i]->inputs & (1U << k)) != 0 && s->changed_at[k] > s->seen[i]) {
            return true;
        }
    }
    return false;
}

/* Loop `writer` has changed something at `at`: readers that were moved past it come back. */
static void readers_back(scheduler_t *s, u32 writer, i64 at)
{
    for (u32 j = 0; s->skip && j < s->count; j++) {
        const loop_desc_t *d = s->loop[j];
        bool reads = (d->inputs & s->loop[writer]->writes) != 0;
        if (j == writer || !reads || d->time_only || s->due[j] == I64_MAX) {
            continue;
        }
        i64 due = due_from(s, j, j > writer ? at : at + 1);
        if (due < s->due[j]) {
            s->counts[j].skipped -= points_in(s, j, due, s->due[j]);
            due_set(s, j, due);
        }
    }
}

/* What only takes in what came has no effect that two processes could both have. */
static bool held(scheduler_t *s, loop_env_t *env, const loop_desc_t *d, i64 at)
{
    loop_hold_t *h = &s->hold[d->lease];
    if (d->lease == LEASE_NONE || d->observes || (h->own && at < h->until)) {
        return true;
    }
    if (!h->told && env->out != NULL) {
        h->told = true;
        outbox_alert(env->out, LOOP_ALERT_LEASE, 0, NULL);
    }
    return false;
}

/* The run itself, measured if there is something to measure with. */
static bool run_one(scheduler_t *s, loop_env_t *env, u32 i)
{
    const loop_desc_t *d = s->loop[i];
    i64 began = s->mono != NULL ? s->mono(s->mono_ctx) : 0;
    s->rest_step[i] = s->over[i] != 0 ? s->rest_step[i] : 0;
    s->over[i] = 0;
    s->running[i] = 1;
    s->wanted[i] = 0;
    s->counts[i].runs++;
    s->last[i] = env->now;
    bool wrote = d->run(env);
    s->running[i] = 0;
    i64 ms = s->mono != NULL ? (s->mono(s->mono_ctx) - began) / NS_PER_MS : 0;
    if (ms > (i64)d->budget_ms && ms > (i64)s->overrun.ms) {
        s->overrun = (loop_over_t){.order = d->order, .ms = (u32)MIN_OF(ms, (i64)UINT32_MAX)};
    }
    return wrote;
}

static void fire(scheduler_t *s, loop_env_t *env, u32 i, i64 at)
{
    const loop_desc_t *d = s->loop[i];
    ASSERT(s->running[i] == 0);
    i64 next = due_from(s, i, at + 1);
    s->overdue[i] = 0;
    due_set(s, i, next);
    if (d->busy != NULL && d->busy(env)) {
        s->counts[i].late++;
        s->counts[i].blocked += by_time(d) ? 0 : 1; /* the others come again at their next point */
        return;
    }
    env->now = at;
    if (!held(s, env, d, at)) {
        s->counts[i].lost++;
        return;
    }
    if (at < s->rest_until[i]) {
        s->counts[i].rested++;
        return;
    }
    bool fresh = changed(s, i);
    s->seen[i] = s->stamp;
    bool wrote = run_one(s, env, i);
    ASSERT(fresh || d->time_only || !wrote); /* else it reads something that it does not declare */
    if (wrote) {
        scheduler_note(s, d->writes);
        readers_back(s, i, at);
    }
}

static void start(scheduler_t *s, i64 now)
{
    s->started = true;
    s->now = now;
    for (u32 i = 0; i < s->count; i++) {
        due_set(s, i, due_from(s, i, now));
    }
}

void scheduler_advance(scheduler_t *s, loop_env_t *env)
{
    ASSERT(s != NULL && env != NULL);
    i64 now = env->now;
    if (!s->started) {
        start(s, now);
    }
    ASSERT(now >= s->now);
    while (s->count > 0 && s->due[s->heap[0]] < now) {
        u32 i = s->heap[0];
        i64 due = s->due[i];
        if (s->loop[i]->time_only) { /* one that had said it has nothing to do was not late */
            bool idle = s->skip && s->loop[i]->next != NULL && s->overdue[i] == 0 && !changed(s, i);
            u64 points = points_in(s, i, due, now);
            s->counts[i].late += idle ? 0 : points;
            s->lag[i] = idle ? s->lag[i] : MAX_OF(s->lag[i], now - due);
            s->counts[i].skipped += idle ? points : 0;
            s->overdue[i] = idle ? OVERDUE_IDLE : OVERDUE_LATE;
            due_set(s, i, now);
        } else if (s->skip && !changed(s, i)) {
            s->counts[i].skipped += points_in(s, i, due, now);
            due_set(s, i, due_from(s, i, now));
        } else {
            fire(s, env, i, due);
        }
    }
    env->now = now;
    s->now = now;
}

i64 scheduler_first_due(const scheduler_t *s)
{
    ASSERT(s != NULL);
    i64 first = s->count > 0 ? s->due[s->heap[0]] : I64_MAX;
    return s->started ? first : I64_MIN;
}

void scheduler_pass(scheduler_t *s, i64 now)
{
    ASSERT(s != NULL);
    if (s->started) {
        ASSERT(now >= s->now && scheduler_first_due(s) >= now);
        s->now = now;
    }
}

/* One loop at the present moment, if it is woken or due. */
static void turn(scheduler_t *s, loop_env_t *env, u32 i, bool woken)
{
    i64 now = s->now;
    if (s->loop[i]->observes) {
        return;
    }
    if (!woken && s->due[i] > now) {
        return;
    }
    if (!woken && s->skip && !s->loop[i]->time_only && !changed(s, i)) {
        s->counts[i].skipped++;
        due_set(s, i, due_from(s, i, now + 1));
        return;
    }
    if (s->overdue[i] != 0 && points_in(s, i, now, now + 1) == 0) {
        s->counts[i].late -= s->overdue[i] == OVERDUE_LATE ? 1 : 0; /* the last that was missed fires now */
        s->counts[i].skipped -= s->overdue[i] == OVERDUE_IDLE ? 1 : 0;
    }
    fire(s, env, i, now);
    env->now = now;
}

void scheduler_observe(scheduler_t *s, loop_env_t *env, u32 inputs)
{
    ASSERT(s != NULL && env != NULL);
    scheduler_note(s, inputs);
    for (u32 i = 0; i < s->count; i++) {
        if (s->loop[i]->observes && (s->loop[i]->wakes & inputs) != 0) {
            fire(s, env, i, env->now);
        }
    }
}

void scheduler_signal(scheduler_t *s, loop_env_t *env, u32 inputs)
{
    scheduler_advance(s, env);
    scheduler_note(s, inputs);
    for (u32 i = 0; i < s->count; i++) {
        if ((s->loop[i]->wakes & inputs) != 0) {
            turn(s, env, i, true);
        }
    }
}

void scheduler_run(scheduler_t *s, loop_env_t *env, u32 inputs)
{
    scheduler_advance(s, env);
    scheduler_note(s, inputs);
    for (u32 i = 0; i < s->count; i++) {
        turn(s, env, i, (s->loop[i]->wakes & inputs) != 0);
    }
}

/* From when loop i has something to do: at once if news wait for it, else when it says so itself. */
static i64 work_from(scheduler_t *s, const loop_env_t *env, u32 i)
{
    const loop_desc_t *d = s->loop[i];
    if (changed(s, i) || (d->time_only && d->next == NULL)) {
        return s->due[i];
    }
    if (!d->time_only) {
        return I64_MAX;
    }
    if (s->wanted[i] == 0) { /* until it runs again nothing that it reads changes, or news wait for it */
        s->want[i] = d->next(env);
        s->wanted[i] = 1;
    }
    return MAX_OF(s->want[i], s->due[i]);
}

i64 scheduler_next_due(scheduler_t *s, const loop_env_t *env)
{
    ASSERT(s != NULL && env != NULL);
    i64 first = I64_MAX;
    for (u32 i = 0; s->started && i < s->count; i++) {
        const loop_hold_t *h = &s->hold[s->loop[i]->lease];
        if (s->due[i] >= first || (s->loop[i]->lease != LEASE_NONE && !h->own)) {
            continue;
        }
        i64 from = MAX_OF(work_from(s, env, i), s->rest_until[i]);
        if (from < first && from < h->until) {
            i64 at = from == s->due[i] ? from : due_from(s, i, from);
            first = MIN_OF(first, at);
        }
    }
    return first;
}

i64 scheduler_next_point(scheduler_t *s, u32 i)
{
    ASSERT(s != NULL && i < s->count);
    return s->started ? due_from(s, i, s->now + 1) : I64_MAX;
}

loop_phase_t scheduler_phase(scheduler_t *s)
{
    ASSERT(s != NULL);
    i64 until = 0;
    return s->started ? phase_at(s, s->now, &until) : LOOP_PHASES;
}

bool scheduler_lease(scheduler_t *s, loop_lease_t kind, u64 token, i64 until, bool own)
{
    ASSERT(s != NULL && kind > LEASE_NONE && kind < LEASE_KINDS);
    loop_hold_t *h = &s->hold[kind];
    bool other = token == h->token && own != h->own && h->token != 0; /* one token, one owner */
    if (token < h->token || other) {
        return false;
    }
    *h = (loop_hold_t){.token = token, .until = until, .own = own};
    return true;
}

void scheduler_rest(scheduler_t *s, u32 i, i64 at)
{
    enum { REST_STEPS = 12 };
    ASSERT(s != NULL && i < s->count);
    s->over[i] = 1;
    s->counts[i].overruns++;
    if (s->loop[i]->protects) {
        return;
    }
    i64 until = 0;
    i64 unit = MAX_OF(period_ns(s->loop[i], phase_at(s, at, &until)), NS_PER_SEC);
    i64 rest = MIN_OF(unit << MIN_OF(s->rest_step[i], (u8)REST_STEPS), 3600 * NS_PER_SEC);
    s->rest_until[i] = MAX_OF(s->rest_until[i], at + rest + 1);
    s->rest_step[i] = (u8)MIN_OF(s->rest_step[i] + 1, (i32)REST_STEPS);
}

bool scheduler_overrun(scheduler_t *s, loop_over_t *out)
{
    ASSERT(s != NULL && out != NULL);
    *out = s->overrun;
    s->overrun = (loop_over_t){0};
    return out->ms > 0;
}
