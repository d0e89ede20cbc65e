/* The engine's state, shared by the files of this folder that step, save and recover it; nothing outside
 * includes it.
 *
 * What is the market's is there once, what is a user's is there once a desk. Nothing of one desk can be
 * reached from another: a desk alone decides what it decides among a hundred (tests/engine/test_users.c). */
#ifndef VITRINE_ENGINE_ENGINE_INNER_H
#define VITRINE_ENGINE_ENGINE_INNER_H

#include "engine/engine.h"
#include "engine/moments.h"
#include "engine/regime_daily.h"
#include "loops/scheduler.h"
#include "loops/tell.h"
#include "scan/record.h"
#include "trade/execution/bunch_step.h"
#include "trade/execution/kill_drill.h"
#include "trade/execution/recover.h"

/* A question that a loop has put; one at a time. Its generation is the seq at which it was put: never the
 * same twice, a restart included. */
typedef struct {
    u32 generation;
    i64 deadline;
    bool out;
} loop_ask_t;

/* One user's place: account, learning, scans, questions, and the loops that serve it alone. */
typedef struct {
    engine_t *engine;
    u32 index;
    user_row_t row;  /* as it holds */
    user_row_t next; /* from the next cycle on, if `changes` */
    bool changes;
    bool unsound;    /* its row cannot be read: nothing opens, and a person has not been told yet */
    user_t user;
    account_t account;
    scan_t scan[ENGINE_SCANS];
    u64 cycle;
    u64 running[ENGINE_SCANS]; /* recovery only: cycles begun whose record has not been seen, 0 none */
    scheduler_t loops;
    loop_memory_t memory;
    loop_ask_t positions;
    loop_ask_t drill;
    kill_drill_t drill_mine; /* the engine's half, while the door tries its own */
    ev_KILL_DRILL_t last_drill;
    i64 t_drill;             /* of the last drill, 0 none yet */
} desk_t;

/* Intents of all desks by their ids, which are hashes: the desk that last put one of a place there. A guess
 * that the desk's own orders confirm. */
enum { ENGINE_INTENTS = 1 << 14 };

struct engine {
    arena_t arena;
    engine_spec_t spec;
    config_t config; /* the house's */
    desk_t *desk;    /* [desk_all], ascending account id: the users', then the house's if there is one */
    u32 desk_count;  /* users */
    u32 desk_all;
    u64 *account;    /* [desk_all] their ids, in one place for looking up */
    u16 *intent_desk; /* [ENGINE_INTENTS] */
    /* Which desks have something to do, so that an input need not look at all of them (desk_touch). */
    moments_t asks;    /* when the first question of each is over */
    moments_t due;     /* when a loop of each is due; I64_MIN until its loops have begun */
    moments_t next;    /* when a loop of each has something to do by time alone, unless `unasked` */
    desk_set_t touched; /* by this input */
    desk_set_t changed; /* by the last one */
    desk_set_t unasked; /* touched since `next` was found */
    desk_set_t measured; /* touched since somebody asked who was over its budget */
    desk_t *house;   /* global mode: it looks for all and trades for nobody; NULL */
    scan_shared_t shared;
    scan_scratch_t scratch;
    const scan_t *last_scan; /* of whichever desk */
    closed_trade_t last_closed; /* at whichever desk, if any_closed */
    bool any_closed;
    regime_daily_t regime;
    intraday_state_t intraday;
    heard_t heard;
    f64 proxy_open[REGIME_INTRADAY_BARS], proxy_close[REGIME_INTRADAY_BARS];
    bool proxy_first[REGIME_INTRADAY_BARS];
    u32 proxy_bars;
    u32 vix_at; /* bars of the volatility index known so far: a place to go on from, no state */
    bunch_table_t bunches; /* orders of several sub-ledgers */
    bunch_books_t books;   /* they, over every user's account */
    outbox_t out;
    closed_trades_t closed;
    digest_state_t hash;
    u64 seq;
    i64 now;
    date_t session;
    scheduler_t loops; /* the market's: those that serve no user */
    loop_memory_t memory;
    engine_notice_t notice[ENGINE_NOTICES]; /* a ring */
    u64 notice_count;                       /* ever */
    account_t *drill_account; /* memory of a trial */
    outbox_t drill_out;
    engine_counts_t counts;
    u8 *payload;
};

/* ---- desks (desk.c) ---- */

MUST_USE err_t desk_open(engine_t *e, u32 index);
desk_t *desk_of_account(const engine_t *e, u64 account);
/* The same but for the house, which has no account at a broker and no row: who speaks of it there, speaks of
 * nobody. */
desk_t *desk_that_trades(engine_t *e, u64 account);
/* Something of the desk may change: its loops, questions or account. Whoever changes one says so, or its
 * moments stay what they were. */
void desk_touch(desk_t *d);
void engine_touch_all(engine_t *e);
/* The moments of what was touched are found anew. */
void engine_settle(engine_t *e);
/* Whether a word to this account, or to all, is to this desk. */
static inline bool desk_is_meant(const desk_t *d, u64 account)
{
    return account == COMMAND_ALL || account == d->account.account_id;
}
/* The desk that has this order; NULL if none has. */
desk_t *desk_of_order(engine_t *e, id128_t intent);
/* Where an order is to be looked for first. */
void desk_note_intent(engine_t *e, u64 account, id128_t intent);
/* Time has come to where the market's loops are, and nothing of this desk was due before. */
void desk_pass(desk_t *d);
/* The desk whose question has this slot; NULL if there is none. */
desk_t *desk_of_slot(engine_t *e, u32 slot);
/* What a desk's loops may touch. Without a slice it is time alone that fires. */
loop_env_t desk_env(desk_t *d, const slice_t *s, i32 slot);
/* Tells a person about a desk: an ALERT with a text (NULL: the code says it). */
void desk_alert(desk_t *d, u16 code, const char *text);
/* A row for this desk from its next cycle on. ERR_CONFIG and others: it is not sound, or another user's. */
MUST_USE err_t desk_row_set(desk_t *d, str_t text, diag_t *diag);
/* A cycle begins: what was set before it holds from now on. */
void desk_row_begin(desk_t *d);
/* A scan has ended: counts, and the word that a stage stopped it. */
void desk_scan_ended(desk_t *d, const scan_t *s);
/* What a cycle adds to the engine's counts, from its record: live and in recovery. */
void desk_count_cycle(engine_counts_t *n, const cycle_record_t *r);
void desk_on_broker(desk_t *d, const ev_BROKER_t *m);
/* The corporate actions of a slice on the desk's account; live and in recovery. One that cannot be booked
 * sets RECONCILE. */
void desk_actions(desk_t *d, const slice_t *s);
/* Trades that an action left without a unit are over. */
void desk_end_flat(desk_t *d);
void desk_on_answer(desk_t *d, const ev_ANSWER_t *a);
/* Questions whose time is over get the answer that time gives. */
void desk_answer_expired(desk_t *d, i64 until);
i64 desk_ask_deadline(const desk_t *d);
/* Commands that only change state, equal for deciding and recovering. */
void desk_note_command(desk_t *d, const ev_COMMAND_t *c);
/* An entry that ended without a fill keeps its symbol out for a while, as an exit does. */
void desk_note_order(desk_t *d, const event_t *f);

/* A desk's part of COMMAND_RESUME and COMMAND_ISOLATE (recovery.c): facts and effects go to the outbox. */
void desk_recovery_end(desk_t *d);
void desk_isolate(desk_t *d);

/* ---- orders of several sub-ledgers (bunches.c) ---- */

/* An input about a bunched order is news to every desk that has a part in it. */
void bunch_news(engine_t *e, const event_t *in);
/* A word about a bunched order, to each that has a part in it. False if it is about none. */
bool bunch_take_word(engine_t *e, const event_t *in);
/* A word to a shared account about an order that nobody has: nothing opens in it. */
void bunch_stray(engine_t *e, u64 account);
/* Splits of shares; after the desks' own. */
void bunch_on_slice(engine_t *e, const slice_t *s);
/* Rows whose orders are forgotten are so too. After the desks' days have begun. */
void bunch_session_begins(engine_t *e);
/* An event of the record; `facts` is each desk's, which have seen it. ERR_CORRUPT and recover_apply's. */
MUST_USE err_t bunch_recover(engine_t *e, recover_t *facts, const event_t *ev);
/* What a broker told of a shared account, less what the others have in it: a desk's own part. */
void bunch_told_to(const desk_t *d, broker_told_t *told);
/* The desk was compared with its part. Shares that differ may be anybody's: nothing opens for those that
 * share the account until each has compared. An order that lives on is its own desk's alone. */
void bunch_compared(desk_t *d, const broker_told_t *told);

/* ---- the market as slices show it (observe.c) ---- */

/* What a slice shows, without deciding anything: the session's begin, marks, shadows, regime, signals. Taking
 * a slice begins with it, recovery is nothing else. Actions are applied between the two parts, by whoever may
 * emit facts. */
void engine_observe_session(engine_t *e, const slice_t *s);
void engine_observe_rows(engine_t *e, const slice_t *s, i32 slot);
/* A sound bulletin, deciding nothing. */
void engine_heard(engine_t *e, const bulletin_t *b);
/* The session's last slice, after its decisions. */
void engine_observe_end(engine_t *e, const slice_t *s, i32 slot);
/* What all loops hear: the market's first, then each desk's in order of its account. */
typedef struct {
    const slice_t *slice;
    i32 slot;
    date_t session_before;
    u32 inputs;
    const bulletin_t *bulletin; /* NULL: this is none */
} loop_word_t;
typedef void (*loop_hear_fn)(scheduler_t *s, loop_env_t *env, u32 inputs); /* scheduler_run and its kin */
void engine_loops_hear(engine_t *e, loop_hear_fn hear, const loop_word_t *w);
/* The market's loops and those of desks for which one is due: what time alone brings concerns no others. */
void engine_loops_due(engine_t *e, const loop_word_t *w);
/* What the market's loops may touch. */
loop_env_t market_env(engine_t *e, const slice_t *s, i32 slot);
u32 engine_inputs_of(i32 slot);

/* ---- inputs (handle.c) ---- */

void engine_handle(engine_t *e, const event_t *in, const slice_t *slice, i32 slot);

/* Adds a hashed fact to decision_hash. */
void engine_hash_fact(engine_t *e, const event_t *f);
/* What loops remember of a fact, and faces show of it: live and in recovery. */
void engine_note_loops(engine_t *e, const event_t *f);
/* Each desk whose order this fact is about. */
void engine_note_order(engine_t *e, const event_t *f);

#endif
