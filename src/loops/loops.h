/* The loops of this binary, and what they may touch.
 *
 * Promises: the table holds every descriptor below loops/, in order of `order`; a loop reads and changes only
 * what its environment holds. Leaves to others: when they fire (scheduler.h), filling the environment
 * (engine). */
#ifndef VITRINE_LOOPS_LOOPS_H
#define VITRINE_LOOPS_LOOPS_H

#include "model/loop.h"
#include "scan/scan.h"
#include "trade/execution/reconcile.h"

/* Alerts by code, in ALERT facts. */
enum { LOOP_ALERT_LEAVES = 151, LOOP_ALERT_BREAKER = 152, LOOP_ALERT_INCONSISTENT = 153,
       LOOP_ALERT_LEASE = 154, LOOP_ALERT_BUDGET = 155, LOOP_ALERT_DRILL = 156 };

enum { LOOP_TOLD = 128, LOOP_DAYS = 61, LOOP_FILLS = 64, LOOP_INTENTS = 64 };

/* One state that was told (tell.h). */
typedef struct {
    u16 row;
    u32 about;
    u8 state;
    date_t session;
} loop_told_t;

/* How far an entry's fill was from the price it was decided at; positive: to the account's harm. */
typedef struct {
    i64 t;
    u32 tag; /* of the intent */
    f64 bps;
} loop_fill_t;

typedef struct {
    id128_t id;
    i64 reference;
} loop_intent_t;

/* What loops remember between firings. The first part is a function of the facts: recovery finds it, a
 * snapshot keeps it. Without the rest something may be looked at again; it is no part of a snapshot. */
typedef struct {
    loop_told_t told[LOOP_TOLD];
    u32 told_count;
    i64 equity[LOOP_DAYS]; /* at the ends of the last sessions, a ring */
    u32 equity_count;      /* ever */
    loop_fill_t fill[LOOP_FILLS];
    u32 fill_count; /* ever */
    loop_intent_t intent[LOOP_INTENTS];
    u32 intent_count; /* ever */
    date_t breaker_told; /* session in which the open breaker was told */
    /* the rest: */
    u8 inconsistent;       /* told, until it is consistent again */
    u8 snapshot_due;       /* asked for; the driver takes it and clears it */
    exec_watch_t watch;
    i32 drilled;           /* week of the last kill drill */
    u64 paired;            /* what correlation_matrix looked at last, as a hash */
    u32 fills_seen;        /* fill_count when anomaly looked last */
    f64 day_middle, day_spread; /* of the equity's days, for `day_of` */
    date_t day_of;
    u64 faults[LOOPS_MAX]; /* of each loop when loop_supervisor looked last */
} loop_memory_t;

/* What loop_supervisor sees of one loop, at all desks together. */
typedef struct {
    const loop_desc_t *loop;
    u64 blocked, lost, rested, overruns;
} loop_faults_t;

/* Places of the positions that hold something, collected once for all loops of one step: fills are inputs of
 * their own, so none begins or ends between two loops. */
typedef struct {
    bool known;
    u8 count;
    u8 place[LIMIT_POSITIONS];
} loop_held_t;

struct loop_env {
    i64 now;               /* of this firing; set by the scheduler */
    user_t *user;
    scan_shared_t *shared;
    outbox_t *out;
    loop_memory_t *memory;
    loop_held_t held;      /* by loop_held */
    const slice_t *slice;  /* the one that has just come; NULL when time alone fires */
    const bulletin_t *bulletin; /* so of this; NULL: none */
    bool bar_close;        /* it closes a decision bar */
    date_t session_before; /* when a session begins: the one before it in this run, 0 none */
    void *ctx;             /* of the calls */
    void (*scan_start)(void *ctx);
    bool (*scan_waits)(void *ctx); /* a cycle waits for answers */
    bool (*regime_update)(void *ctx); /* true if there was something to take in */
    bool (*intraday_update)(void *ctx); /* true if the proxy has a bar that was taken in */
    void (*ask_positions)(void *ctx); /* the broker is asked for its account; the answer is reconciled */
    bool (*asks_positions)(void *ctx); /* that question is still out */
    u32 (*faults)(void *ctx, loop_faults_t out[LOOPS_MAX]); /* how many loops there are */
    f64 (*proxy_volatility)(void *ctx); /* of the last 20 sessions known, % a year; 0 unknown */
    void (*kill_drill)(void *ctx); /* tries the kill switch on a copy, and asks the door to try its half */
};

/* All loops, by `order`. Returns how many; at most LOOPS_MAX. */
u32 loops_all(const loop_desc_t *out[LOOPS_MAX]);
u32 loop_count(void);
const loop_desc_t *loop_at(u32 index);
/* "Strategy Engine". */
const char *loop_group_name(loop_group_t group);
/* What wakes it, "decision bar"; NULL: time alone. */
const char *loop_wakes_name(const loop_desc_t *loop);
/* Group and cadence, "Trade Execution; 5/5/5/60 s": seconds by phase (open, extended, overnight, weekend), -
 * for never, and what wakes it. Cut if `size` is too small; 80 is enough for all. */
void loop_print(const loop_desc_t *loop, char *out, size_t size);

/* What it reads, whose lease, budget and the module that does the work: "reads broker, the time; lease user;
 * budget 20 ms; by trade/execution". 160 is enough for all. */
void loop_print_rest(const loop_desc_t *loop, char *out, size_t size);

/* The spans of one local day, in order: `phase` holds from the end of the span before (or `from`) to `until`.
 */
enum { LOOP_DAY_SPANS = 6 };
typedef struct {
    i64 from, until;
    u32 count;
    struct {
        i64 until;
        loop_phase_t phase;
    } span[LOOP_DAY_SPANS];
} loop_day_t;

/* The day of New York that holds t, by the NYSE's sessions as known when the day began. */
void loop_day_nyse(i64 t, loop_day_t *out);
/* The day of UTC that holds t: open from its first moment to its last, as markets of coins are. */
void loop_day_always(i64 t, loop_day_t *out);

#endif
