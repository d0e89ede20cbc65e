/* The scheduler: fires loops in virtual time, by due time and by changed inputs (decision 18).
 *
 * Promises: firings are a function of the calls made, in order; of loops due at one moment the smaller
 * `order` runs first; a loop never runs inside itself; what was missed is counted, never piled up. A firing
 * in which nothing the loop reads has changed is skipped by moving its due time; with skipping off it runs
 * all the same, and changes nothing if the loop's declaration is true. A loop that depends on time itself is
 * never skipped: if its time passed between two calls it fires at the next one, once. A firing without its
 * lease is lost, and told once; a lease of a smaller token than the last one is refused (decision 37). A loop
 * that was over its budget rests, longer each time, unless it protects money.
 * Leaves to others: what loops do, and telling what has changed. */
#ifndef VITRINE_LOOPS_SCHEDULER_H
#define VITRINE_LOOPS_SCHEDULER_H

#include "loops/loops.h"

enum { SCHEDULER_DAYS = 8 }; /* remembered: a long weekend and room */

typedef void (*loop_day_fn)(i64 t, loop_day_t *out);

/* A lease as last granted. Until the first grant this process is alone and holds all. */
typedef struct {
    u64 token;
    i64 until; /* engine time; at it the lease is over */
    bool own;  /* ours; else another process has it */
    bool told; /* that firings are lost */
} loop_hold_t;

/* A firing that took too long, as measured outside. */
typedef struct {
    u16 order;
    u32 ms;
} loop_over_t;

typedef struct {
    const loop_desc_t *loop[LOOPS_MAX]; /* by order */
    u32 count;
    bool skip;
    bool started;
    i64 now;                            /* whatever was due before this has been dealt with */
    loop_day_fn day_of;
    u64 stamp;                          /* grows with every change of an input */
    u64 changed_at[LOOP_INPUTS];
    u64 seen[LOOPS_MAX];                /* stamp at the start of the last run */
    i64 due[LOOPS_MAX];                 /* I64_MAX: not by time */
    u8 overdue[LOOPS_MAX];              /* time-only: `due` is no point of its grid, its time has passed */
    u8 running[LOOPS_MAX];
    u32 heap[LOOPS_MAX];                /* indices of loops, smallest (due, index) first */
    u32 place[LOOPS_MAX];               /* of a loop in the heap */
    loop_count_t counts[LOOPS_MAX];
    i64 last[LOOPS_MAX];                /* time of the last run, 0 none */
    i64 lag[LOOPS_MAX];                 /* the longest that a firing came behind its time */
    i64 want[LOOPS_MAX];                /* what its `next` said since its last run, if it was asked */
    u8 wanted[LOOPS_MAX];
    loop_hold_t hold[LEASE_KINDS];
    i64 rest_until[LOOPS_MAX];
    u8 rest_step[LOOPS_MAX];
    u8 over[LOOPS_MAX];                 /* its last run was over its budget */
    i64 (*mono)(void *ctx);             /* NULL: runs are not measured */
    void *mono_ctx;
    loop_over_t overrun;                /* the worst since it was taken; ms 0 none */
    loop_day_t day[SCHEDULER_DAYS];
    u32 day_next;
} scheduler_t;

/* `loops` by order, each order once (ASSERT), every `wakes` among its `inputs`, observing loops without a
 * period. */
void scheduler_open(scheduler_t *s, const loop_desc_t *const *loops, u32 count, loop_day_fn day_of,
                    bool skip);
/* Inputs (LOOP_IN_*) have changed; nothing fires. */
void scheduler_note(scheduler_t *s, u32 inputs);
/* Fires what was due strictly before env->now, each at its own time: call before an input of that time is
 * applied. env->now is as it was afterwards. Time never goes back (ASSERT). */
void scheduler_advance(scheduler_t *s, loop_env_t *env);
/* Fires the observing loops that `inputs` wake, at env->now, in order; the calls below leave them out.
 * Recovery calls nothing else. */
void scheduler_observe(scheduler_t *s, loop_env_t *env, u32 inputs);
/* Fires only the loops that `inputs` wake, in order. */
void scheduler_signal(scheduler_t *s, loop_env_t *env, u32 inputs);
/* Inputs have changed at env->now: fires the loops they wake and those that are due, in order. */
void scheduler_run(scheduler_t *s, loop_env_t *env, u32 inputs);
/* When a loop will next do something by time alone, as things stand now: points at which it would be skipped,
 * or has said that it has nothing to do, do not count. I64_MAX: none. The same with skipping on and off. */
i64 scheduler_next_due(scheduler_t *s, const loop_env_t *env);
/* When the first loop's time comes: before it advancing does nothing. I64_MIN until there was a first moment,
 * I64_MAX: none goes by time. */
i64 scheduler_first_due(const scheduler_t *s);
/* Time has come to `now`, and nothing was due before: the same as advancing, without looking (ASSERT). */
void scheduler_pass(scheduler_t *s, i64 now);
/* The next point of loop i's grid, whether or not there is something to do; I64_MAX: not by time. */
i64 scheduler_next_point(scheduler_t *s, u32 i);

/* The phase of the day at the present moment; LOOP_PHASES before the first one. */
loop_phase_t scheduler_phase(scheduler_t *s);

/* A grant. False if its token is smaller than the last one's, the word of an owner that has been replaced, or
 * the same for another owner. */
bool scheduler_lease(scheduler_t *s, loop_lease_t kind, u64 token, i64 until, bool own);
/* Loop i took too long at `at`: unless it protects it rests, one period or second first, twice as long each
 * time in a row, an hour at most. */
void scheduler_rest(scheduler_t *s, u32 i, i64 at);
/* The firing furthest over its budget since the last call, if runs are measured. */
bool scheduler_overrun(scheduler_t *s, loop_over_t *out);

#endif
