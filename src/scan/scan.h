/* A scan: one walk through the thirteen stages, as a value in a slot.
 *
 * A stage is a step function over scan_t that returns DONE, WAITING (asks are out) or STOPPED (with a rule);
 * it keeps no stack, so a waiting scan is only data (decision 10). Every symbol that enters ends as a trade
 * or as a refusal of exactly one stage, with the gates that decided; record.h turns that into the decision
 * record. Leaves to others: when a scan starts (loops, engine), sending orders (execution). */
#ifndef VITRINE_SCAN_SCAN_H
#define VITRINE_SCAN_SCAN_H

#include "ai/analyst.h"
#include "ai/debate.h"
#include "alpha/scoring/composite.h"
#include "alpha/screener/screener.h"
#include "alpha/strategies/strategy.h"
#include "base/probe.h"
#include "market/market.h"
#include "model/outbox.h"
#include "model/part.h"
#include "quant/levels/levels.h"
#include "quant/regime/regime.h"
#include "quant/stats/confidence.h"
#include "quant/stats/correlation.h"
#include "quant/stats/health.h"
#include "scan/heard.h"
#include "trade/execution/bunch_step.h"
#include "trade/risk/gates.h"
#include "trade/sizing/sizing.h"

enum { SCAN_STAGES = 13, SCAN_REFUSED_NOT = 0 };

typedef enum { STAGE_DONE = 1, STAGE_WAITING = 2, STAGE_STOPPED = 3 } stage_result_t;

/* What all users of a cycle share: market-wide and read-only for the stages (decision 35). */
typedef struct {
    const market_t *market;
    market_view_t view;
    i64 now;
    date_t session;
    i64 session_open, session_close;
    inst_t proxy;
    regime_view_t regime;
    intraday_regime_t intraday;
    f64 proxy_side; /* the proxy against its VWAP: +1, -1; 0 unknown */
    f64 vix, vix_change_pct;
    bool vix_known;
    f64 vix_move_pct; /* of its last day, whichever that was... */
    i64 vix_t;        /* ...and when that became known */
    bool clock_unsteady;
    bool levels_barred; /* prices adjusted after as_of: price-level gates are not applied (decision 23) */
    f64 *spread_bps;    /* [count], of this slice */
    screen_logs_t *logs; /* [count], of this decision bar (scan_bar_note) */
    u16 *set_ups; /* [count], of this decision bar: bit (strategy id x 2 + side) if its conditions hold */
    const account_t *const *book; /* [book_count] of all users, ascending; NULL: there is no other */
    u32 book_count;
    const bunch_books_t *sharing; /* who shares an account at the broker; NULL: nobody */
    const heard_t *heard; /* NULL: nothing has been heard, no source speaks */
    setup_news_t *news;   /* [count], of this decision bar, if something has been heard */
    probe_t *probe;           /* NULL: nobody counts cycles */
    u64 seed;                 /* of the run */
} scan_shared_t;

/* Freshness of one set-up (trading.md 8, Common). */
typedef struct {
    u8 active; /* bars it has held, saturating */
    u8 idle;   /* false bars since, saturating */
    u8 today;  /* signals started today */
    u8 fresh;  /* may be taken now */
} signal_t;

/* Shadow of a trade that the evidence gate kept out: followed on the bars, without money (trading.md 7). */
typedef struct {
    inst_t inst;
    i8 d;
    u8 open; /* 0 free, 1 waits for its entry bar, 2 holds */
    u16 strategy;
    u8 conviction;
    u8 spare;
    f64 reference, stop, target, entry, best, a, r, cost_bps; /* raw $ */
    f64 m0;
    i64 t_entry;
    i32 days;
    date_t session;
} shadow_t;

enum { SHADOWS = 256, LESSONS = 512 };
#define SHADOW_C0 0.6 /* a prior below it is not worth following */

/* What a candidate was when it was sent: what a later one is compared with. Both on the record's grid of
 * 1e-4, so that recovery finds the same. */
typedef struct {
    f64 score; /* of the strategy, 0..1 */
    f64 rvol;  /* 0 unknown */
} measure_t;

/* What is remembered of a closed trade, for "similar past trades". */
typedef struct {
    u16 strategy;
    i8 d;
    u8 regime;
    bool measured;     /* `at_entry` is known; not so for trades of before it was kept */
    measure_t at_entry;
    f64 conviction, net_r;
} lesson_t;

/* Real results of one kind (strategy and side), for Kelly: as of its own `session`, fading like evidence. */
typedef struct {
    f64 n, wins;
    f64 win_sum, loss_sum; /* R, both >= 0 */
    i32 session;           /* ordinal, as in user_t */
} kind_sum_t;

/* One user's trading state. Everything in it is fact state: snapshot-able, no derived series. */
typedef struct {
    u64 user_id;
    config_t config; /* resolved; between cycles and for exits. A cycle reads its own copy, from stage 5 on */
    u64 config_tag;  /* first bytes of its hash */
    account_t *account;
    bool lock_held;
    i64 lock_until;
    u64 lock_token;
    confidence_t confidence;
    health_t health[LIMIT_STRATEGIES];
    health_view_t health_view[LIMIT_STRATEGIES];
    f64 health_pnl[LIMIT_STRATEGIES]; /* today, R */
    u32 health_results[LIMIT_STRATEGIES];
    i32 session_ordinal;
    u32 entries_cycle;
    u32 probes_today;
    bool breaker_open; /* stays until the next session or a person */
    signal_t *signal;  /* [count][LIMIT_STRATEGIES][2], by strategy id */
    i64 *backoff_from; /* [count]; engine time of the last exit or failed order, 0 none */
    f64 *level;        /* [count]; level of the open position's set-up, forward scale */
    measure_t *entered; /* [count]; of the open position's set-up; score 0: not known */
    i32 *held_bars;    /* [count]; decision bars since the entry */
    u16 *shadowed;     /* [count]; bit (strategy id x 2 + side) had a shadow today */
    u8 *watched;       /* [count]; 1 on the watch list */
    u8 *excluded;      /* [count]; 1 excluded by the user */
    shadow_t shadow[SHADOWS];
    u32 shadows_used; /* slots at or above are free */
    lesson_t lesson[LESSONS];
    u32 lesson_count; /* ever */
    kind_sum_t kind[LIMIT_STRATEGIES][2];
} user_t;

typedef struct {
    inst_t inst;
    i8 d;
    u8 refused_stage;  /* 0: not refused */
    u8 strategy_index; /* strategy_at() */
    bool traded;
    bool probe;
    bool watched;
    bool shadowed; /* refused by Kelly alone: followed without money */
    bool handed;   /* of the house's cycle: it goes on to the users */
    bool unasked;  /* no model was asked, for want of money: the analyst stands alone */
    f64 boost;
    screen_score_t screen;
    f64 s; /* ranking score of the larger side, with boosts, clamped */
    strategy_plan_t plan;
    f64 score;               /* after family agreement */
    f64 entry, stop, target; /* raw $ */
    f64 stop_distance;
    f64 a; /* raw $ */
    f64 spread_bps;
    f64 room;
    levels_t levels;
    composite_t composite;
    f64 regime_mult;
    bool degraded;
    ai_input_t ai;
    conviction_t conviction; /* of the built-in analyst */
    f64 conviction_model;    /* of the model asked; the analyst's when none */
    u8 debate;
    f64 team;
    f64 weight;     /* of its strategy, from stage 12 on; 0: strategy.weights is fixed */
    f64 final_rank; /* with the model and team: orders the list */
    f64 final_gate; /* min(with model, with analyst), team at most 1: what gates see */
    confidence_answer_t confidence;
    f64 gate_confidence; /* threshold after the adaptive shift */
    f64 ev_r;
    size_in_t size_in;
    size_out_t size;
    gates_t gates; /* of the stage that refused, or of stage 12 */
    id128_t intent;
} candidate_t;

typedef struct {
    u32 in, out, refused;
} stage_count_t;

/* A question that may be out. */
typedef struct {
    i64 deadline;
    bool mutation, out;
} pending_ask_t;

typedef struct scan {
    u32 slot;
    u32 generation; /* of the cycle: never the same twice, a restart included */
    u64 cycle;
    user_t *user;
    const scan_shared_t *shared;
    outbox_t *out;
    u32 stage; /* 1..13: the next one to run */
    bool active;
    bool is_house;             /* global mode: it ends after stage 10 and hands on */
    const struct scan *house;  /* global mode: whose stages 6 to 10 hold for this cycle; NULL: it walks all */
    config_t config; /* from stage 5 on; not a number before it and after the cycle */
    u64 config_tag;
    bool micro;      /* the account's tier, from stage 5 on */
    u8 stopped_stage; /* 0: not stopped */
    gates_t stop_gates;
    u32 universe;      /* symbols that entered */
    u16 *mask;         /* [count] failed rules 601 + bit, 0x8000: entered */
    i64 *value;        /* [count] gridded value of the first failed rule */
    f64 *score;        /* [count] S of the larger side */
    i8 *side;          /* [count] */
    f64 rank_cut;      /* S of the last that was taken */
    candidate_t *cand; /* LIMIT_CANDIDATES */
    u32 cand_count;
    u32 asks_out;
    u32 asked; /* questions of this cycle, answered or not */
    pending_ask_t pending[LIMIT_CANDIDATES]; /* by ordinal of the question, see ask.h */
    u64 lock_token;                          /* of the lock this scan took; 0: none */
    stage_count_t count[SCAN_STAGES + 1];
    const struct scan_scratch *scratch;
} scan_t;

/* Memory that a record is made in, for all scans of an engine: it is whole again when a step ends. */
typedef struct scan_scratch {
    u8 *record;
    size_t record_size;
    struct cycle_record *cycle_record; /* see record.h */
} scan_scratch_t;

/* An answer to an ask, in ask order. */
typedef struct {
    u32 ask;
    err_t err;
    u8 source;
    bool hit;
    i64 age_ns;
    blob_t body;
} answer_t;

typedef struct {
    u8 number;
    const char *name;
    const char *title;
    const char *input;
    const char *output;
    part_text_t text;
    bool market_wide;
    stage_result_t (*step)(scan_t *s, const answer_t *answer);
} stage_desc_t;

/* The table in order 1..13. */
const stage_desc_t *stage_at(u32 number);

/* Memory of a scan slot and a user from the arena. ERR_ARENA_FULL. */
MUST_USE err_t scan_scratch_init(scan_scratch_t *s, arena_t *arena, u32 instruments);
MUST_USE err_t scan_init(scan_t *s, arena_t *arena, u32 slot, u32 instruments, const scan_scratch_t *scratch);
MUST_USE err_t user_init(user_t *u, arena_t *arena, u32 instruments, const config_t *config,
                         account_t *account);
/* The configuration of its next cycles. */
void user_configure(user_t *u, const config_t *config);
/* Starts a cycle; then scan_step runs until it waits or ends. */
void scan_begin(scan_t *s, user_t *u, const scan_shared_t *shared, outbox_t *out, u64 cycle);
/* In global mode, between scan_begin and the first step: the house's own cycle, or a user's after it. */
void scan_for_house(scan_t *s);
void scan_after_house(scan_t *s, const scan_t *house);
/* Runs stages from s->stage on. Returns true when the cycle has ended (record written as a DECISION fact). */
bool scan_step(scan_t *s, const answer_t *answer);
/* Marks a candidate as refused by a stage; its gates stay for the record. */
void scan_refuse(scan_t *s, candidate_t *c, u32 stage);
u32 scan_alive(const scan_t *s);
/* The rule a candidate is refused under when its order could not be made: one for each class of failure. */
rule_t scan_submit_rule(err_t err, const account_t *a);
/* Stage 11: the factor of the worst correlated holding on a candidate's size; *same: it has the same
 * underlying as one. */
f64 scan_correlation(const scan_t *s, const candidate_t *c, bool *same);
/* The limit of a candidate's entry order: what stage 11 sizes by and stage 12 sends. */
price_t scan_entry_limit(const scan_t *s, const candidate_t *c);
/* Stage 12: a candidate's entry order for `shares`, and what the gates are asked about it. */
void scan_draft(const scan_t *s, const candidate_t *c, f64 shares, intent_t *out);
void scan_risk_inputs(const scan_t *s, const candidate_t *c, const intent_t *draft, risk_input_t *in);
/* Beta of the last 60 common daily returns to the proxy; 1 with fewer than 40. */
f64 scan_beta(const scan_t *s, inst_t inst);
/* Above 1.5: counts into risk.high_beta_max. */
bool scan_high_beta(const scan_t *s, inst_t inst);
/* Whether the price restriction of Rule 201 binds an instrument's short sales now. */
bool scan_short_restricted(const scan_shared_t *g, profile_t profile, inst_t inst);
/* The other sub-ledgers of the account at the broker of `mine`, in ascending order: *next begins at 0. NULL
 * after the last, at once if it shares none. */
const account_t *scan_beside(const scan_shared_t *shared, const account_t *mine, u32 *next);
/* What the law sees of that account: `mine` and all beside it. */
law_books_t scan_law_books(const scan_shared_t *shared, const account_t *mine, const rules_t *rules);
/* Own buy against own sell is a wash trade, whichever of the owner's accounts they stand in: true if an order
 * of another account of the owner of `mine` could be what the draft trades with. One account at the broker
 * holds one side of a name: true as well if another sub-ledger has the other or may get it. */
bool scan_crosses_own(const scan_shared_t *shared, const account_t *mine, const intent_t *draft);

/* Stage 13 is also run alone on every slice, whether entries are stopped or not. */
void exits_run(user_t *u, const scan_shared_t *shared, bool bar_close, outbox_t *out);
/* What a stop may lock in by the ratchets of trading.md 9.4, in $ a share in the trade's direction from its
 * entry. Of the rungs that the best price has earned it is the highest that the price has not fallen back
 * through: a stop past the market is none, but the rung below it still protects. False: none. */
typedef struct {
    f64 best, now; /* from the entry in the trade's direction: best price since, close */
    f64 a, cost;   /* A, and the round trip's cost */
    bool shift;    /* the day turned choppy: half the profit is kept from half an A on */
} ratchet_t;
bool exits_ratchet(const config_t *c, const ratchet_t *r, f64 *gain);
/* Results of a kind as they count today: they halve with every half-life of the evidence. */
kind_sum_t kind_today(const user_t *u, u32 strategy, i32 d);
/* A trade has closed: lesson, evidence, health, backoff. */
void reflect_trade(user_t *u, const scan_shared_t *shared, const closed_trade_t *t, outbox_t *out);
/* Shadows against the bars of one slice; their results feed evidence and health. Stop, target, end of day and
 * longest hold are those of a trade; ratchets, flips and the regime exit are not followed. */
void shadow_on_slice(user_t *u, const scan_shared_t *shared, const slice_t *slice);
/* Splits and dividends of a slice, before its rows: raw levels follow the shares, dividends join the result.
 */
void shadow_on_actions(user_t *u, const slice_t *slice);
/* Whether a refusal of stage 12 is followed as a shadow: only evidence failed (the confidence formula, the
 * health of its strategy, Kelly), and the prior (in 1e-4) would do. From the recorded gates, so that recovery
 * finds the same. Stage 11 says in the record itself that it left one. */
bool shadow_is_due(const gate_t *gate, u64 count, i64 c0_grid);
/* Whether stage 2's gates stop entries for the rest of the session. From the recorded gates, as above. */
bool breaker_fires(const gate_t *gate, u64 count);
/* When an exit that failed may be tried again (ns); 0: at once. The first few are; later ones wait, longer
 * each time. The end of the day does not ask. */
i64 scan_exit_again(const config_t *c, const position_t *p);
void user_session_begin(user_t *u, u32 instruments);
void user_session_end(user_t *u, const scan_shared_t *shared);
/* What is the market's at a decision bar, the same for every user: made once, when the view has come. */
void scan_bar_note(scan_shared_t *shared, const config_t *house);
/* Freshness of all set-ups of all present symbols at a decision bar: before the scan. */
void signals_update(user_t *u, const scan_shared_t *shared);
signal_t *signal_of(const user_t *u, u32 inst, u32 strategy, i32 d);
/* A symbol's set-up as the strategies see it. */
setup_t scan_setup(const scan_shared_t *shared, u32 inst, profile_t profile);

#endif
