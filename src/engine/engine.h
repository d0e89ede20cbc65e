/* The engine: takes one input at a time, changes its state, leaves facts and effects. It never blocks, never
 * calls the system, never reads a clock: time is in the event.
 *
 * Promises: state and output are a function of the inputs taken, in order. Inputs get their seq when taken;
 * facts get the next numbers, with the input as cause. decision_hash chains decision, intent, fill and cash
 * payloads only. Leaves to others: where inputs come from and what effects do (drivers), durability (store).
 * One shard, one thread. */
#ifndef VITRINE_ENGINE_ENGINE_H
#define VITRINE_ENGINE_ENGINE_H

#include "model/loop.h"
#include "model/user_row.h"
#include "scan/scan.h"
#include "trade/execution/bunch.h"

/* The house's account in global mode: it holds nothing, its cycles stand in the record under it. */
#define HOUSE_ACCOUNT ((u64)1 << 62)

/* Slots of questions, by desk: scans first, then what loops ask. Desk i has [4 i, 4 i + 4). */
enum { ENGINE_SCANS = 2, ENGINE_SLOT_POSITIONS = 2, ENGINE_SLOT_DRILL = 3, ENGINE_SLOTS = 4 };
enum { ENGINE_RULES = 1400 };

/* What the engine hands out while it works through one step, in order: the input with its seq, then its
 * facts. */
typedef struct {
    void *ctx;
    err_t (*append)(void *ctx, event_t *e);
} engine_sink_t;

typedef struct {
    const config_t *config;
    market_t *market; /* filled by the driver, read through views */
    u64 seed;
    id128_t incarnation;
    const user_row_t *users; /* ascending account ids; NULL: one, with `cash` and `config` */
    u32 user_count;
    users_mode_t mode;
    money_t cash;
    inst_t proxy;            /* regime proxy inside the universe, or INST_NONE */
    const bar_t *proxy_bars; /* daily bars of the proxy from elsewhere, by t_known; NULL: the market's own */
    u32 proxy_bar_count;
    const bar_t *vix_bars; /* daily bars of a volatility index, by t_known; NULL: unknown */
    u32 vix_bar_count;
    bool levels_barred; /* prices adjusted later than as_of (decision 23) */
    bool untradable_proxy; /* the proxy is not part of the universe that trades */
    bool desks_unskipped;  /* for tests: look at every desk at every input; the same decisions */
    bool loops_unskipped;  /* for tests: also fire loops that have nothing new to read; the same decisions */
    i64 (*mono)(void *ctx); /* how long loops take, for their budgets; NULL: not measured. What it says enters
                               decisions only as a recorded LOOP_OVER */
    void *mono_ctx;
    probe_t *probe; /* counts cycles for a bench; NULL: nobody does */
    engine_sink_t sink;
} engine_spec_t;

/* TIMER.timer: whose time has come. Stored ids. */
enum { ENGINE_TIMER_ASK = 0, ENGINE_TIMER_LOOP = 1 };

typedef struct {
    u64 cycles, candidates, trades, refusals, closed, exits;
    u64 refused_by_stage[SCAN_STAGES + 1];
    u64 stopped_by_stage[SCAN_STAGES + 1];
    u64 stage_in[SCAN_STAGES + 1], stage_out[SCAN_STAGES + 1];
    u64 symbol_bars;
    u64 inputs, facts;
    u64 late_answers;    /* of questions that are not out: recorded, dropped; resumed from a snapshot's */
    u64 expired_asks;    /* questions that time answered, in this process */
    u64 trades_by_strategy[LIMIT_STRATEGIES];
    u64 probes, probes_closed;
    u64 refused_by_rule[ENGINE_RULES]; /* first failed rule of the refusing stage, by rule id */
} engine_counts_t;

typedef struct engine engine_t;

MUST_USE err_t engine_open(const engine_spec_t *spec, diag_t *diag, engine_t **out);
void engine_close(engine_t *e);

/* Takes an input: seq, step, facts to the sink. Effects wait in engine_effects until the next take. `slice`
 * and `slot` belong to SLICE inputs: the rows by reference (their hash is in the event), and the block slot
 * of the decision bar or -1. Errors are those of the sink. */
MUST_USE err_t engine_take(engine_t *e, event_t *input, const slice_t *slice, i32 slot);
const effect_t *engine_effects(const engine_t *e, u32 *count);

u64 engine_next_seq(const engine_t *e);
i64 engine_now(const engine_t *e);
digest_t engine_decision_hash(const engine_t *e);
/* When the first question that is out must be answered; I64_MAX: none is. A driver that has no answer by then
 * sends a TIMER of that moment, and the engine answers itself; if none came, the next input finds the time
 * passed. */
i64 engine_ask_deadline(const engine_t *e);
/* When a loop will have something to do by time alone; I64_MAX: never as things stand. The driver sends a
 * TIMER of that moment unless another input comes first: in virtual time as live. Costs no more than a look
 * at each loop. */
i64 engine_next_due(engine_t *e);
/* True while a cycle waits for answers: no moment for a snapshot. */
bool engine_waits(const engine_t *e);
/* The firing furthest over its budget since the last call, if runs are measured: to be told as LOOP_OVER. */
bool engine_loop_overrun(engine_t *e, ev_LOOP_OVER_t *out);
typedef struct {
    const loop_desc_t *loop;
    loop_count_t counts;
    i64 last; /* 0: it has not run */
    i64 next; /* the next point of its grid; I64_MAX: not by time */
    i64 lag;  /* the longest that a firing came behind its time */
} engine_loop_t;
/* All loops with their counts since the process began; returns how many. */
u32 engine_loops(engine_t *e, engine_loop_t out[LOOPS_MAX]);
/* The phase of the market's day that loops go by now; LOOP_PHASES before the first input. */
loop_phase_t engine_phase(engine_t *e);
/* What loops told last, oldest first: how many, at most ENGINE_NOTICES. Since the process began. */
enum { ENGINE_NOTICES = 16, ENGINE_NOTICE_TEXT = 160 };
typedef struct {
    i64 t;
    u64 account; /* 0: of the market */
    u16 row;     /* of the plan of loops */
    u8 state;
    char text[ENGINE_NOTICE_TEXT];
} engine_notice_t;
u32 engine_notices(const engine_t *e, engine_notice_t out[ENGINE_NOTICES]);
/* True once after a session's end: a snapshot is wanted when nothing is under way. */
bool engine_snapshot_asked(engine_t *e);
const engine_counts_t *engine_counts(const engine_t *e);
/* One user's place, as faces and drivers may look at it. The last drill is NULL before the first. */
typedef struct {
    const user_row_t *row;
    const user_t *user;
    const account_t *account;
    const ev_KILL_DRILL_t *last_drill;
    i64 t_drill;
} engine_desk_t;
/* Desks in order of their accounts; at least one. */
u32 engine_desks(const engine_t *e);
engine_desk_t engine_desk(const engine_t *e, u32 index);
/* The first desk from index `from` on that the last input may have changed; engine_desks() if none. */
u32 engine_changed(const engine_t *e, u32 from);
/* The index of the desk with this account; engine_desks() if none has it. */
u32 engine_desk_of(const engine_t *e, u64 account);
/* The account at the broker of the desk at `index`: its own, or one that it shares. */
u64 engine_account_at_broker(const engine_t *e, u32 index);
/* A bunched order by its id; NULL if there is none (any more). */
const bunch_t *engine_bunch(const engine_t *e, id128_t id);
/* Bunched orders of a shared account that are not at their end. */
u32 engine_bunches_live(const engine_t *e, u64 shared);
/* What a shared account has that did not divide between its sub-ledgers. */
money_t engine_house(const engine_t *e, u64 shared);
/* Of the first desk: all there is where a run has one user. */
const account_t *engine_account(const engine_t *e);
const scan_shared_t *engine_shared(const engine_t *e);
/* Of all desks together. */
money_t engine_equity(const engine_t *e);
/* The trade that closed last at any desk while this engine ran; NULL before the first, so after a resume. */
const closed_trade_t *engine_last_closed(const engine_t *e);
/* The scan that ended last at any desk; NULL before the first. */
const scan_t *engine_last_scan(const engine_t *e);
/* Hash of the decision code's version: same logic, same decisions. */
digest_t engine_logic_id(const config_t *config);

/* Commands (EV_COMMAND), to one account or to all. Stored ids. */
enum { COMMAND_ALL = 0 };
typedef enum {
    COMMAND_KILL = 1,
    COMMAND_RELEASE = 2,
    COMMAND_RESET_BREAKER = 3,
    COMMAND_CLEAR_CLOCK = 4,
    COMMAND_CLEAR_RECONCILE = 5, /* arg: the reasons that end (RECONCILE_*), 0 all */
    COMMAND_RESUME = 6, /* the process was gone; arg: seq of the snapshot recovery began from, 0 none */
    COMMAND_ISOLATE = 7 /* two crashes at one place: no entries until a person clears it */
} command_t;

/* SCAN_STOPPED.reason beside 0 (a stage stopped it). Stored ids. */
enum { SCAN_REASON_RESTART = 1 };
/* ALERT.code of the engine itself. */
enum { ENGINE_ALERT_POOL = 101, ENGINE_ALERT_ACTION = 102, ENGINE_ALERT_ISOLATED = 103,
       ENGINE_ALERT_USER = 104, ENGINE_ALERT_HALT = 105,
       ENGINE_ALERT_BULLETIN = 106 };

#endif
