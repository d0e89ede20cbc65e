/* A small simulated market with open gates, so that many orders are under way at any moment: what the tests
 * of snapshots and of recovery run on. */
#ifndef VITRINE_TESTS_ENGINE_BUSY_H
#define VITRINE_TESTS_ENGINE_BUSY_H

#include "base/hash.h"
#include "drivers/run_users.h"
#include "drivers/runner.h"
#include "engine/snapshot.h"
#include "sim/market.h"
#include "tests/test.h"

enum { BUSY_STOCKS = 20 };
static const id128_t busy_incarnation = {{7, 1, 9}};

/* Entries of any size leave in slices. */
static inline void busy_slices(config_t *c)
{
    c->exec_slicing = 2;
    c->exec_slice_usd = 200;
    c->exec_slice_min_usd = 50;
    c->exec_slice_participation_pct = 0.5;
    c->exec_slice_cancel_r = 2;
}

static inline config_t busy_config(void)
{
    static const struct {
        const char *name;
        f64 value;
    } set[] = {{"risk.min_confidence", 0.05},
               {"comp.min_composite_score", 0},
               {"comp.min_strategy_score", 0},
               {"ai.min_conviction", 0},
               {"ai.conviction_disqualify", 0},
               {"cost.min_profit_multiple", 0},
               {"cost.slippage_bps", 0},
               {"cost.spread_mult", 0.1},
               {"size.min_factor", 0},
               {"size.max_position_pct", 2},
               {"eval.rearm_bars", 0},
               {"eval.valid_bars", 100},
               {"eval.max_per_day", 100},
               {"eval.min_reward_risk", 0},
               {"eval.min_reward_risk_reversal", 0},
               {"eval.skip_if_moved_r", 10},
               {"screen.entry_backoff", 0},
               {"screen.max_spread_bps", 1000},
               {"screen.min_price", 0.01},
               {"screen.min_dollar_vol", 0},
               {"breaker.max_consecutive_losses", 20},
               {"breaker.daily_drawdown_pct", 20},
               {"risk.daily_loss_limit_pct", 20},
               {"risk.max_open_positions", 40},
               {"risk.max_trades_per_day", 1000},
               {"risk.max_sector_pct", 100},
               {"risk.max_per_sector", 64},
               {"risk.portfolio_heat_pct", 100},
               {"risk.max_gross_pct", 400},
               {"risk.high_beta_max", 64},
               {"pace.enabled", 0},
               {"pace.per_cycle", 100},
               {"monk.quiet_open_min", 0},
               {"monk.quiet_close_min", 0},
               {"exit.max_hold_min", 120},
               {"confidence.probes_per_day", 100}};
    config_t c = config_default(PROFILE_DAY, PRESET_AGGRESSIVE);
    for (u32 i = 0; i < COUNT_OF(set); i++) {
        const key_desc_t *k = key_find(str_from(set[i].name));
        assert_non_null(k);
        CHECK_OK(key_set(&c, k, set[i].value, NULL));
    }
    return c;
}

/* `halts`: how often trading stops, `events`: the pace of its companies (sim/market.h). */
static inline sim_market_t *busy_market_events(u64 seed, u32 sessions, f64 halts, f64 events)
{
    sim_market_spec_t ms = sim_market_spec_default(seed);
    sim_market_t *m = NULL;
    ms.stocks = BUSY_STOCKS;
    ms.warmup_sessions = 12;
    ms.sessions = sessions;
    ms.edge = SIM_EDGE_MOMENTUM;
    ms.edge_strength = 1.0;
    ms.halts = halts;
    ms.events = events;
    ms.tells = events > 0;
    CHECK_OK(sim_market_open(&ms, NULL, &m));
    return m;
}

static inline sim_market_t *busy_market_halts(u64 seed, u32 sessions, f64 halts)
{
    return busy_market_events(seed, sessions, halts, 0);
}

static inline sim_market_t *busy_market(u64 seed, u32 sessions)
{
    return busy_market_halts(seed, sessions, 0);
}

/* The columns of a market, empty; the caller closes them. */
static inline void busy_columns(const source_t *source, const config_t *config, market_t *out)
{
    market_spec_t ms = {.instruments = source->instruments,
                        .count = source->instrument_count,
                        .timeframe = source->timeframe,
                        .profile = PROFILE_DAY,
                        .config = config};
    CHECK_OK(market_open(&ms, out));
}

/* The days of a market alone; `ctx`: its source. */
static inline err_t busy_days_next(void *ctx, slice_t *out, diag_t *diag)
{
    const source_t *all = ctx;
    err_t err = all->next(all->ctx, out, diag);
    return err == ERR_OK && out->timeframe != TF_1D ? ERR_EMPTY : err;
}

/* What a run may have besides. */
typedef struct {
    const run_users_t *users; /* NULL: one */
    bool sequential;          /* nothing is prepared ahead */
    bool each_desk;           /* every user is looked at, at every input */
    bool lists_whole;         /* the broker lists the orders of a whole account */
    bool unskipped;           /* every loop runs when due, with or without news */
    f64 halts;                /* how often trading stops */
    f64 events;               /* the pace of companies, who are heard */
    engine_sink_t tap;
    void *ctx;
    void (*watch)(void *ctx, const runner_view_t *v);
    bool (*word)(void *ctx, ev_COMMAND_t *out);
} busy_wishes_t;

/* A runner's specification over it; the caller adds what it watches. `source` and `config` stay the caller's.
 */
static inline runner_spec_t busy_spec(const sim_market_t *m, const source_t *source, const config_t *config)
{
    return (runner_spec_t){.source = source,
                           .config = config,
                           .run_spec = STR("test"),
                           .seed = 7,
                           .incarnation = busy_incarnation,
                           .cash = {100000 * (i64)MONEY_SCALE},
                           .profile = PROFILE_DAY,
                           .trade_from = sim_market_trading_from(m),
                           .lookahead = true,
                           .untradable_proxy = true};
}

/* One run over a market of its own, with what busy_spec gives and what `wish` adds. */
static inline runner_result_t busy_run(u64 seed, u32 sessions, const config_t *config,
                                       const busy_wishes_t *wish)
{
    sim_market_t *m = busy_market_events(seed, sessions, wish->halts, wish->events);
    source_t source = sim_market_source(m);
    runner_spec_t spec = busy_spec(m, &source, config);
    runner_result_t result;
    if (wish->users != NULL) {
        spec.users = wish->users->rows;
        spec.user_count = wish->users->count;
        spec.mode = wish->users->mode;
    }
    spec.lookahead = !wish->sequential;
    spec.loops_unskipped = wish->unskipped;
    spec.desks_unskipped = wish->each_desk;
    spec.tap = wish->tap;
    spec.ctx = wish->ctx;
    spec.watch = wish->watch;
    spec.word = wish->word;
    spec.lists_whole = wish->lists_whole;
    diag_t diag = {0};
    err_t err = runner_run(&spec, &diag, &result);
    if (err != ERR_OK) {
        print_message("%s\n", diag.text);
    }
    CHECK_OK(err);
    sim_market_close(m);
    return result;
}

/* An engine before its first input, over a market that somebody else fills; `users` may be NULL. */
static inline engine_t *busy_engine(const market_t *market, const source_t *source, const config_t *config,
                                    const run_users_t *users)
{
    engine_t *e = NULL;
    engine_spec_t es = {.config = config,
                        .market = (market_t *)(uintptr_t)market,
                        .seed = 7,
                        .incarnation = busy_incarnation,
                        .cash = {100000 * (i64)MONEY_SCALE},
                        .proxy = source->proxy,
                        .proxy_bars = source->proxy_bars,
                        .proxy_bar_count = source->proxy_bar_count,
                        .untradable_proxy = true};
    if (users != NULL) {
        es.users = users->rows;
        es.user_count = users->count;
        es.mode = users->mode;
    }
    CHECK_OK(engine_open(&es, NULL, &e));
    return e;
}

/* An engine of one user and no proxy that is told things by hand; what it says goes to `sink`. */
static inline engine_t *busy_hand_engine(market_t *market, const config_t *config, engine_sink_t sink)
{
    engine_t *e = NULL;
    engine_spec_t es = {.config = config,
                        .market = market,
                        .cash = {1000 * (i64)MONEY_SCALE},
                        .proxy = INST_NONE,
                        .sink = sink};
    CHECK_OK(engine_open(&es, NULL, &e));
    return e;
}

#endif
