/* Loops: what a descriptor of one says about itself.
 *
 * A loop fires on a grid of times, by phase of the market, or when an input that wakes it changes, or both.
 * It declares what it reads; a firing in which nothing of that has changed can have no effect, and under a
 * virtual clock it is skipped (decision 18). Leaves to others: when loops fire (loops/scheduler.h), what they
 * may touch (loops/loops.h). */
#ifndef VITRINE_MODEL_LOOP_H
#define VITRINE_MODEL_LOOP_H

#include "base/types.h"
#include "model/part.h"

enum { LOOPS_MAX = 128 }; /* the full list has 87 */

/* Stored ids, in the order of the product's list. */
typedef enum {
    LOOP_MARKET = 1, LOOP_MONITORING = 2, LOOP_STRATEGY = 3, LOOP_EXECUTION = 4, LOOP_IMPROVEMENT = 5,
    LOOP_PORTFOLIO = 6, LOOP_OPTIONS = 7, LOOP_CRYPTO = 8, LOOP_FUTURES = 9, LOOP_PLATFORM = 10,
    LOOP_GROUPS = 10
} loop_group_t;

/* Who else must not run it at the same time. */
typedef enum { LEASE_NONE, LEASE_PER_PROCESS, LEASE_PER_USER, LEASE_CLUSTER, LEASE_KINDS } loop_lease_t;

/* Where a loop of LEASE_PER_USER runs in global mode: at the users' desks, at the house's too, or at the
 * house's instead. */
typedef enum { LOOP_GLOBAL_USERS, LOOP_GLOBAL_BOTH, LOOP_GLOBAL_HOUSE } loop_global_t;

typedef enum { LOOP_OPEN, LOOP_EXTENDED, LOOP_OVERNIGHT, LOOP_WEEKEND, LOOP_PHASES } loop_phase_t;

/* What a loop can read, one bit each. */
enum {
    LOOP_IN_BARS = 1 << 0,     /* the bars of a slice, marks with them */
    LOOP_IN_DECISION = 1 << 1, /* a decision bar: all columns of the market's view */
    LOOP_IN_BROKER = 1 << 2,   /* orders, positions, cash */
    LOOP_IN_DAY = 1 << 3,      /* a new session */
    LOOP_IN_DAY_END = 1 << 4,  /* the last slice of a session has been seen */
    LOOP_IN_COMMAND = 1 << 5,  /* a person said something */
    LOOP_IN_CLOSE = 1 << 6,    /* a position has become a closed trade */
    LOOP_IN_HALT = 1 << 7,     /* trading stopped or goes on, somewhere */
    LOOP_IN_BULLETIN = 1 << 8, /* something was heard that is no price */
    LOOP_INPUTS = 9
};

typedef struct {
    u32 open, extended, overnight, weekend; /* ms; 0: does not fire by time in this phase */
} loop_period_t;

typedef struct loop_env loop_env_t;

typedef struct {
    const char *name;
    part_text_t text;
    const char *why;         /* what would be missing without it, as a sentence */
    const char *owner;       /* the module that does the work, "trade/execution" */
    loop_group_t group;
    loop_lease_t lease;
    u16 order;               /* of loops that fire at one moment the smaller comes first; unique */
    loop_period_t period_ms; /* it fires at the multiples of the period since 1970 that lie in the phase */
    u32 budget_ms;           /* of one firing; beyond it the loop rests (scheduler.h) */
    u8 in_global;            /* loop_global_t */
    bool protects;           /* it keeps money safe: over its budget it is told of and goes on */
    u32 inputs;              /* LOOP_IN_* it reads */
    u32 wakes;               /* those of them whose change makes it fire at once */
    u32 writes;              /* LOOP_IN_* it changes when it does something */
    bool time_only;          /* it depends on time itself: an unchanged input proves nothing */
    bool observes;           /* it only takes in what came, without facts or effects: recovery runs it too */
    bool (*run)(loop_env_t *env);        /* true if it changed something */
    bool (*busy)(const loop_env_t *env); /* its last firing is not over; may be NULL */
    i64 (*next)(const loop_env_t *env);  /* time-only: when time alone will give it something to do, I64_MAX
                                            never as its inputs stand; NULL: at every point of its grid */
} loop_desc_t;

static inline u32 loop_period_of(const loop_desc_t *d, loop_phase_t phase)
{
    const u32 by_phase[LOOP_PHASES] = {d->period_ms.open, d->period_ms.extended, d->period_ms.overnight,
                                       d->period_ms.weekend};
    return by_phase[phase];
}

/* Counts of one loop. A firing by time is one of these. */
typedef struct {
    u64 runs;
    u64 skipped; /* nothing it reads had changed */
    u64 late;    /* its time passed while nobody could fire it, or its last firing was not over */
    u64 lost;    /* another process held its lease */
    u64 rested;  /* it had been over its budget */
    u64 blocked; /* of `late`: its last firing was not over, and no next point makes up for it */
    u64 overruns; /* told as over its budget */
} loop_count_t;

#endif
