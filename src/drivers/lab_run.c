/* See lab.h: signals and their trades.
 *
 * A trade enters at the open of the bar after its signal (and delay), leaves at its stop, its target, the end
 * of the session (day) or the open after its holding time (swing). Ideal fills: a bar that meets stop or
 * target is held to its close. So the whole way of every bar counts, and on shuffled bars the mean is zero
 * whatever the inside of a real bar looks like (real bars turn back from their lows, and gaps are faded).
 * With costs the stop comes first, gaps fill at the open, and every fill pays what the paper broker takes. */
#include "drivers/lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "drivers/block.h"
#include "drivers/paper_price.h"
#include "market/cost.h"
#include "os/host.h"
#include "quant/math/qmath.h"

enum { LAB_WARM_BARS = 60, LAB_FIRST_CLOCK = 3, LAB_LAST_CLOCK = 68, LAB_NOTIONAL = 10000 };

typedef struct {
    u8 active; /* bars for which the condition has held */
    u8 idle;
    u8 today;
    u8 state; /* 0 nothing, 1 waits for its open, 2 open */
    u32 wait; /* bars until it may fill */
    u32 held; /* bars since the fill */
    f64 stop, target;
    lab_trade_t trade;
} lane_t;

typedef struct {
    lab_t *lab;
    const lab_how_t *how;
    lab_result_t *out;
    lane_t *lane;            /* [instruments][strategies][2] */
    f64 *sigma_bps, *dollar; /* of each instrument, as of the last decision bar */
    profile_t profile;
    u32 at; /* slice */
    u32 clock;
    date_t session;
} run_t;

static lane_t *lane_of(const run_t *r, u32 inst, u32 strategy, i32 d)
{
    return &r->lane[((size_t)inst * r->how->strategy_count + strategy) * 2 + (d > 0 ? 0 : 1)];
}

static f64 fill_cost(const run_t *r, u32 inst, i32 direction, f64 base, f64 depth)
{
    if (!r->how->costs) {
        return 0;
    }
    price_t at = {0};
    err_t err = fixed_from_f64(base, PRICE_SCALE, &at.v);
    ASSERT(err == ERR_OK && at.v > 0);
    paper_context_t x = {.sigma_d_bps = r->sigma_bps[inst], .dollar_vol20 = r->dollar[inst]};
    paper_ask_t ask = {.direction = direction,
                       .base = at,
                       .notional = LAB_NOTIONAL,
                       .minute = r->profile == PROFILE_DAY ? 5.0 * (f64)r->clock : -1.0,
                       .tick = price_to_f64(r->lab->own_instruments[inst].tick)};
    paper_fill_price_t f = paper_price(r->how->config, &x, &ask);
    return price_to_f64(f.spread) + price_to_f64(f.slippage) + price_to_f64(f.impact) + q_abs(depth);
}

static err_t close_trade(run_t *r, lane_t *x, f64 price, f64 depth)
{
    lab_result_t *o = r->out;
    x->trade.exit = price;
    x->trade.cost += fill_cost(r, x->trade.inst, -x->trade.d, price, depth);
    x->state = 0;
    TRY(list_room(&o->own_trade, &o->cap, (size_t)o->count + 1, sizeof *o->own_trade));
    o->own_trade[o->count++] = x->trade;
    return ERR_OK;
}

/* The open position meets a bar. */
static err_t meet(run_t *r, lane_t *x, const bar_t *b, bool last, u32 hold)
{
    f64 d = (f64)x->trade.d;
    f64 open = price_to_f64(b->open);
    f64 far = price_to_f64(x->trade.d > 0 ? b->low : b->high);
    f64 near = price_to_f64(x->trade.d > 0 ? b->high : b->low);
    bool entry = x->held == 0;
    if (!entry && hold > 0 && x->held >= hold) {
        return close_trade(r, x, open, 0);
    }
    x->held++;
    bool stopped = d * (far - x->stop) <= 0;
    bool reached = d * (near - x->target) >= 0;
    if (!r->how->costs) {
        return stopped || reached || last ? close_trade(r, x, price_to_f64(b->close), 0) : ERR_OK;
    }
    if (d * (open - x->stop) <= 0 || d * (open - x->target) >= 0) {
        return close_trade(r, x, open,
                           0); /* a gap, or an entry that is past its target: it is worth its open */
    }
    if (stopped) {
        f64 depth = r->how->config->fill_stop_depth * (x->stop - far);
        return close_trade(r, x, x->stop, depth);
    }
    if (reached) {
        return close_trade(r, x, x->target, 0);
    }
    return last ? close_trade(r, x, price_to_f64(b->close), 0) : ERR_OK;
}

static err_t meet_all(run_t *r, const slice_t *s)
{
    bool day = r->profile == PROFILE_DAY;
    for (u32 k = 0; k < s->count; k++) {
        for (u32 n = 0; n < r->how->strategy_count * 2; n++) {
            u32 hold = day ? 0 : (u32)r->how->strategies[n / 2]->swing_hold_days;
            lane_t *x = lane_of(r, s->inst[k], n / 2, n % 2 == 0 ? 1 : -1);
            if (x->state == 1 && x->wait-- == 0) {
                x->state = 2;
                x->held = 0;
                x->trade.session = s->session;
                x->trade.entry = price_to_f64(s->bar[k].open);
                x->trade.cost = fill_cost(r, s->inst[k], x->trade.d, x->trade.entry, 0);
            }
            if (x->state == 2) {
                TRY(meet(r, x, &s->bar[k], day && s->session_last, hold));
            }
        }
    }
    return ERR_OK;
}

/* As signals.c counts freshness. */
static bool fresh(lane_t *x, bool holds, const config_t *c)
{
    if (!holds) {
        x->idle = x->active > 0 ? 1 : (u8)MIN_OF(x->idle + 1, UINT8_MAX);
        x->active = 0;
        return false;
    }
    bool first = x->active == 0 && x->idle >= c->eval_rearm_bars && x->today < c->eval_max_per_day;
    x->today = (u8)(x->today + (first ? 1 : 0));
    x->active = (u8)MIN_OF(x->active + 1, UINT8_MAX);
    return first;
}

static void plan(run_t *r, lane_t *x, const setup_t *s, u32 strategy, i32 d)
{
    strategy_plan_t p;
    f64 a = setup_get(s, FEATURE_A);
    f64 close = setup_get(s, FEATURE_CLOSE);
    r->how->strategies[strategy]->plan(s, d, &p);
    f64 raw = q_abs(close - p.stop);
    f64 risk = r->how->always ? raw : q_clamp(raw, 0.75 * a, 2.0 * a);
    if (!(risk > 0) || (f64)d * (p.target - close) <= 0) {
        return;
    }
    x->state = 1;
    x->wait = r->how->delay;
    x->stop = close - (f64)d * risk;
    x->target = p.target;
    x->trade = (lab_trade_t){.strategy = (u8)strategy,
                             .d = (i8)d,
                             .inst = (inst_t)s->inst,
                             .slice = r->at,
                             .a = a,
                             .rvol = setup_get(s, FEATURE_RVOL),
                             .risk = risk};
}

static err_t ask(run_t *r, const setup_t *s, u32 strategy, i32 d)
{
    lane_t *x = lane_of(r, s->inst, strategy, d);
    bool holds = r->how->strategies[strategy]->holds(s, d);
    bool window = r->how->always || r->profile != PROFILE_DAY ||
                  (r->clock >= LAB_FIRST_CLOCK && r->clock <= LAB_LAST_CLOCK);
    if (r->how->always ? !holds : !fresh(x, holds, r->how->config)) {
        return ERR_OK;
    }
    if (window && x->state == 0) {
        plan(r, x, s, strategy, d);
    }
    lab_result_t *o = r->out;
    TRY(list_room(&o->own_signal, &o->signal_cap, (size_t)o->signals + 1, sizeof *o->own_signal));
    o->own_signal[o->signals++] = lab_signal(r->at, s->inst, strategy, d);
    return ERR_OK;
}

static err_t decide(run_t *r, const market_t *m, i32 slot)
{
    market_view_t v = market_view(m, (u32)slot);
    r->clock = (u32)v.clock;
    for (u32 i = 0; i < m->count; i++) {
        f64 atr = view_get(&v, FEATURE_ATR_PCT, i);
        r->sigma_bps[i] = atr > 0 ? 100.0 * atr / 1.16 : r->sigma_bps[i];
        r->dollar[i] = view_get(&v, FEATURE_DOLLAR20, i);
        bool ready = view_get(&v, FEATURE_PRESENT, i) != 0.0 &&
                     (r->how->always || view_get(&v, FEATURE_DAYS, i) >= (f64)LAB_WARM_BARS);
        setup_t s = {.view = &v, .inst = i, .profile = r->profile};
        for (u32 k = 0; ready && k < r->how->strategy_count; k++) {
            const strategy_desc_t *st = r->how->strategies[k];
            if (r->profile == PROFILE_DAY ? st->day : st->swing) {
                TRY(ask(r, &s, k, 1));
                TRY(ask(r, &s, k, -1));
            }
        }
    }
    return ERR_OK;
}

/* A new session: what waited for an open of the day before is dropped by day traders, counts begin anew. */
static void session_first(run_t *r, const slice_t *s)
{
    if (s->session == r->session) {
        return;
    }
    r->session = s->session;
    for (size_t i = 0; i < (size_t)r->lab->instruments * r->how->strategy_count * 2; i++) {
        r->lane[i].today = 0;
        if (r->profile == PROFILE_DAY) {
            r->lane[i].state = 0; /* a symbol that had no last bar leaves nothing behind either */
        }
    }
}

static err_t run_block(run_t *r, const block_t *b, const market_t *m)
{
    for (u32 i = 0; i < b->count; i++, r->at++) {
        session_first(r, &b->v[i]);
        TRY(meet_all(r, &b->v[i]));
        if (b->slot[i] >= 0) {
            TRY(decide(r, m, b->slot[i]));
        }
    }
    return ERR_OK;
}

err_t lab_run(lab_t *l, const lab_how_t *how, diag_t *diag, lab_result_t *out)
{
    ASSERT(l != NULL && how != NULL && how->config != NULL && out != NULL);
    ASSERT(how->strategy_count > 0 && how->strategy_count <= LIMIT_STRATEGIES);
    u32 n = l->instruments;
    source_t source = lab_source(l);
    run_t r = {.lab = l,
               .how = how,
               .out = out,
               .lane = calloc((size_t)n * how->strategy_count * 2, sizeof *r.lane),
               .sigma_bps = calloc(n, sizeof(f64)),
               .dollar = calloc(n, sizeof(f64)),
               .profile = how->config->profile};
    market_t market = {0};
    block_t block = {0};
    bool end = false;
    *out = (lab_result_t){0};
    market_spec_t ms = {.instruments = source.instruments,
                        .count = n,
                        .timeframe = source.timeframe,
                        .profile = how->config->profile,
                        .config = how->config,
                        .dense = os_memory_dense};
    err_t err = r.lane == NULL || r.sigma_bps == NULL || r.dollar == NULL ? ERR_NO_MEMORY : ERR_OK;
    TRY_DONE(err);
    TRY_DONE(market_open(&ms, &market));
    TRY_DONE(block_open(&block, n, true));
    while (!end) {
        TRY_DONE(block_fill(&block, &source, &market, how->config, diag, &end));
        TRY_DONE(run_block(&r, &block, &market));
    }
done:
    block_close(&block);
    market_close(&market);
    free(r.lane);
    free(r.sigma_bps);
    free(r.dollar);
    if (err != ERR_OK) {
        lab_result_free(out);
    }
    return err;
}

void lab_result_free(lab_result_t *r)
{
    ASSERT(r != NULL);
    free(r->own_trade);
    free(r->own_signal);
    *r = (lab_result_t){0};
}
