/* The engine's state, shared by the files of this folder that step, save and recover it; nothing outside
 * includes it. */
#ifndef VITRINE_ENGINE_ENGINE_INNER_H
#define VITRINE_ENGINE_ENGINE_INNER_H

#include "engine/engine.h"
#include "engine/regime_daily.h"
#include "loops/scheduler.h"
#include "trade/execution/kill_drill.h"

/* A question that a loop has put; one at a time. Its generation is the seq at which it was put: never the
 * same twice, a restart included. */
typedef struct {
    u32 generation;
    i64 deadline;
    bool out;
} loop_ask_t;

struct engine {
    arena_t arena;
    engine_spec_t spec;
    config_t config;
    user_t user;
    account_t account;
    scan_shared_t shared;
    scan_t scan[ENGINE_SCANS];
    const scan_t *last_scan;
    regime_daily_t regime;
    intraday_state_t intraday;
    f64 proxy_open[REGIME_INTRADAY_BARS], proxy_close[REGIME_INTRADAY_BARS];
    bool proxy_first[REGIME_INTRADAY_BARS];
    u32 proxy_bars;
    u32 vix_at; /* bars of the volatility index known so far: a place to go on from, no state */
    outbox_t out;
    closed_trades_t closed;
    closed_trade_t last_closed;
    digest_state_t hash;
    u64 seq;
    i64 now;
    u64 cycle;
    u64 running[ENGINE_SCANS]; /* recovery only: cycles begun whose record has not been seen, 0 none */
    date_t session;
    scheduler_t loops;
    loop_memory_t memory;
    loop_ask_t positions;
    loop_ask_t drill;
    kill_drill_t drill_mine;   /* the engine's half, while the door tries its own */
    account_t *drill_account;  /* memory of the trial */
    outbox_t drill_out;
    ev_KILL_DRILL_t last_drill;
    i64 t_drill;               /* of the last drill, 0 none yet */
    bool differs; /* the last comparison with the broker set `reconcile`: the next one may clear it */
    engine_counts_t counts;
    u8 *payload;
};

/* What a slice shows, without deciding anything: the session's begin, marks, shadows, regime, signals. Taking
 * a slice begins with it, recovery is nothing else. Actions are applied between the two parts, by whoever may
 * emit facts. */
void engine_observe_session(engine_t *e, const slice_t *s);
void engine_observe_rows(engine_t *e, const slice_t *s, i32 slot);
/* The session's last slice, after its decisions. */
void engine_observe_end(engine_t *e, const slice_t *s, i32 slot);
/* Commands that only change state, equal for deciding and recovering. */
void engine_note_command(engine_t *e, command_t code);
/* An entry that ended without a fill keeps its symbol out for a while, as an exit does. */
void engine_note_order(engine_t *e, const event_t *f);
/* Adds a hashed fact to decision_hash. */
void engine_hash_fact(engine_t *e, const event_t *f);

#endif
