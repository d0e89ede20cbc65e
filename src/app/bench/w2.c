/* W2: a strategy of two averages over 500 symbols, event-ordered, through the engine's own path: permit,
 * execution, order door, simulated broker, account and ledger. Signals come from the lane kernels, as
 * features do.
 *
 * Not the published S1 to the letter: every entry passes the whole of stage 12, whose limits on positions,
 * trades a day and heat refuse most crosses; costs are the paper broker's, not a flat rate. What stands
 * beside it: plain C with 500 places and no order path. backtrader, vectorbt and backtesting.py live on PyPI
 * and are not fetched. */
#include <stdlib.h>
#include <string.h>

#include "app/bench/bench.h"
#include "app/bench/gen.h"
#include "base/assert.h"
#include "drivers/paper.h"
#include "model/calendar.h"
#include "os/clock.h"
#include "quant/indicators/indicators.h"
#include "scan/rules_today.h"
#include "trade/execution/execution.h"
#include "trade/risk/gates.h"

enum { MESSAGES = 4096, ORDER_USD = 14000, SLOW = 50, GROUP = INDICATOR_LANES };
#define S1_STOP 0.95

typedef struct {
    f64 *close;       /* [GEN_DAYS][GEN_SYMBOLS] */
    f64 *fast, *slow; /* the same shape */
    bar_t *bars;      /* [GEN_DAYS][GEN_SYMBOLS] */
    inst_t *inst;     /* [GEN_SYMBOLS] */
    f64 *lanes;       /* scratch: [3][GEN_DAYS][GROUP] */
    session_t *days;  /* [GEN_DAYS] */
    instrument_t *instruments;
    paper_context_t *context;
    ev_BROKER_t *messages;
    ev_SEND_RESULT_t *results;
    effect_t *effects;
    account_t *account;
    config_t config;
    outbox_t out;
    paper_t paper;
    order_door_t door;
    door_word_t word;
    door_out_t box;
    closed_trades_t closed;
    u64 trades, asked;
    u32 day;
    i64 now;
} s1_t;

/* Facts go nowhere here, effects through the door, answers back, until nothing moves: the runner's loop. */
static void s1_pump(s1_t *s)
{
    static const exec_policy_t policy = {.loss_min_r = 0.1, .exit_tif = TIF_DAY};
    while (s->box.result_count > 0 || s->box.broker.count > 0 || s->out.effect_count > 0) {
        for (u32 i = 0; i < s->box.result_count; i++) {
            exec_on_send_result(s->account, &s->box.results[i], s->now, &s->out);
        }
        for (u32 i = 0; i < s->box.broker.count; i++) {
            s->closed.count = 0;
            exec_on_broker(s->account, &s->box.broker.v[i], &policy, s->now, &s->closed, &s->out);
            s->trades += s->closed.count;
        }
        s->box.result_count = 0;
        s->box.broker.count = 0;
        u32 n = s->out.effect_count;
        memcpy(s->effects, s->out.effects, n * sizeof *s->effects);
        outbox_reset(&s->out);
        door_publish(&s->word, s->account->epoch, s->account->killed != 0);
        for (u32 i = 0; i < n; i++) {
            order_door_send(&s->door, &s->effects[i], s->now, &s->box);
        }
    }
    outbox_reset(&s->out);
}

static price_t price_of(f64 usd)
{
    return (price_t){(i64)(usd * 100.0 + 0.5) * (PRICE_SCALE / 100)};
}

/* Stage 12 whole: every rule is evaluated, and the account's limits bind as they do in a run. */
static bool s1_permit(s1_t *s, const permit_request_t *r, risk_permit_t *permit)
{
    gates_t gates = {0};
    risk_input_t in = {.config = &s->config,
                       .rules = rules_today(&s->config, s->days[s->day].date),
                       .draft = r->draft,
                       .atr_d = r->tag.atr_d,
                       .multiplier = 1,
                       .own_sector = true,
                       .easy_to_borrow = true,
                       .short_price_ok = true,
                       .confidence = 0.9,
                       .min_confidence = 0.7,
                       .mid = r->draft.reference,
                       .pace_allowed = LIMIT_ORDERS};
    risk_input_account(&in, s->account, 0, s->now);
    risk_gates(&in, &gates);
    s->asked++;
    return permit_open(s->account, r, &gates, permit) == ERR_OK;
}

static void s1_enter(s1_t *s, inst_t inst, f64 close)
{
    i64 shares = (i64)(ORDER_USD / close);
    risk_permit_t permit;
    if (shares < 1) {
        return;
    }
    permit_request_t r = {.multiplier = 1};
    r.tag = (trade_tag_t){.strategy = 1,
                          .a = price_of(0.05 * close),
                          .r = price_of(0.05 * close),
                          .atr_d = price_of(0.02 * close),
                          .quality = 3};
    r.draft = (intent_t){.t_decided = s->now,
                         .send_before = s->now + 2 * NS_PER_SEC,
                         .qty = {shares},
                         .reference = price_of(close),
                         .bracket_stop = price_of(S1_STOP * close),
                         .bracket_target = price_of(10.0 * close),
                         .inst = inst,
                         .side = SIDE_BUY,
                         .type = ORDER_MARKET,
                         .tif = TIF_DAY,
                         .role = ROLE_ENTRY,
                         .strategy = 1};
    if (s1_permit(s, &r, &permit)) {
        err_t err = exec_submit(s->account, &permit, s->now, &s->out);
        (void)err; /* a full pool: the cross is dropped, as one that a limit refused */
        s1_pump(s);
    }
}

/* Crosses of this close become orders of the next open. */
static void s1_decide(s1_t *s, u32 day)
{
    const f64 *f = s->fast + (size_t)day * GEN_SYMBOLS;
    const f64 *l = s->slow + (size_t)day * GEN_SYMBOLS;
    for (u32 i = 0; i < GEN_SYMBOLS; i++) {
        bool above = f[i] > l[i];
        bool before = f[(i64)i - GEN_SYMBOLS] > l[(i64)i - GEN_SYMBOLS];
        if (above == before) {
            continue;
        }
        position_t *p = account_position(s->account, (inst_t)i);
        if (above && p == NULL) {
            s1_enter(s, (inst_t)i, s->close[(size_t)day * GEN_SYMBOLS + i]);
        } else if (!above && p != NULL && p->direction != 0) {
            err_t err = exec_exit(s->account, p, EXIT_FLIP, s->now, &s->out);
            (void)err; /* an exit is under way already */
            s1_pump(s);
        }
    }
}

static void s1_day(s1_t *s, u32 day)
{
    const session_t *hours = &s->days[day];
    s->day = day;
    const bar_t *bars = s->bars + (size_t)day * GEN_SYMBOLS;
    slice_t slice = {.t_known = hours->close,
                     .t_open = hours->open,
                     .session = hours->date,
                     .timeframe = TF_1D,
                     .ordinal = day,
                     .count = GEN_SYMBOLS,
                     .inst = s->inst,
                     .bar = bars,
                     .session_last = true};
    paper_session(&s->paper, hours->open, hours->close);
    account_day_begin(s->account, hours->date, hours->date + 1);
    s->now = hours->close;
    paper_on_slice(&s->paper, &slice, &s->box.broker);
    s1_pump(s);
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &s->account->positions[i];
        if (p->inst != INST_NONE && p->direction != 0) {
            account_mark_bar(s->account, p->inst, &bars[p->inst], p->t_entry <= bars[p->inst].t_event);
        }
    }
    account_watch(s->account);
    if (day >= SLOW) {
        s1_decide(s, day);
    }
}

/* Both averages of all symbols, eight a register, inside the measured time. */
static void s1_averages(s1_t *s, u32 level)
{
    u64 state[4096];
    for (u32 g = 0; g < GEN_SYMBOLS / GROUP + 1; g++) {
        f64 *const in = s->lanes;
        f64 *const out[2] = {in + (size_t)GEN_DAYS * GROUP, in + 2 * (size_t)GEN_DAYS * GROUP};
        u32 used = MIN_OF(GROUP, GEN_SYMBOLS - g * GROUP);
        for (u32 k = 0; k < GEN_DAYS; k++) {
            memcpy(in + (size_t)k * GROUP, s->close + (size_t)k * GEN_SYMBOLS + (size_t)g * GROUP,
                   used * sizeof *in);
        }
        indicator_cols_t cols = {
            .open = in, .high = in, .low = in, .close = in, .volume = in, .session = in, .count = GEN_DAYS};
        for (u32 a = 0; a < 2; a++) {
            f64 params[INDICATOR_PARAMS_MAX] = {a == 0 ? 20.0 : 50.0};
            ASSERT(indicator_sma.state_size(params) <= sizeof state);
            indicator_sma.reset(state, params);
            indicator_sma.run(state, params, &cols, (f64 *const[3]){out[a]}, level);
            f64 *to = (a == 0 ? s->fast : s->slow) + (size_t)g * GROUP;
            for (u32 k = 0; k < GEN_DAYS; k++) {
                memcpy(to + (size_t)k * GEN_SYMBOLS, out[a] + (size_t)k * GROUP, used * sizeof *to);
            }
        }
    }
}

static u32 best_level(void)
{
    u32 best = 0;
    for (u32 i = 0; i < INDICATOR_LEVELS; i++) {
        best = indicator_kernels_at(i) != NULL ? i : best;
    }
    return best;
}

static f64 s1_measure(void *ctx)
{
    s1_t *s = ctx;
    account_setup_t setup = {
        .account_id = 1, .owner_id = 1, .risk_group_id = 1, .cash = {1000000 * MONEY_SCALE}};
    setup.incarnation.b[0] = 1;
    account_init(s->account, &setup);
    paper_setup_t ps = {.instruments = s->instruments,
                        .context = s->context,
                        .instrument_count = GEN_SYMBOLS,
                        .config = &s->config};
    if (paper_open(&s->paper, &ps) != ERR_OK) {
        return -1.0;
    }
    order_door_open(&s->door, paper_port(&s->paper), &s->word);
    s->box = (door_out_t){
        .broker = {.v = s->messages, .cap = MESSAGES}, .results = s->results, .result_cap = MESSAGES};
    s->trades = 0;
    s->asked = 0;
    i64 start = os_cpu();
    s1_averages(s, best_level());
    for (u32 day = 0; day < GEN_DAYS; day++) {
        s1_day(s, day);
    }
    i64 ns = os_cpu() - start;
    paper_close(&s->paper);
    ASSERT(account_check(s->account));
    return (f64)GEN_SYMBOLS * GEN_DAYS * 1e9 / (f64)MAX_OF(ns, 1);
}

static f64 s1_trades(void *ctx)
{
    const s1_t *s = ctx;
    return (f64)s->trades;
}

static f64 s1_asked(void *ctx)
{
    const s1_t *s = ctx;
    return (f64)s->asked;
}

static void s1_fill(s1_t *s, f64 *series)
{
    u64 random = 42;
    gen_series_t g = {series, series + GEN_DAYS, series + 2 * GEN_DAYS, series + 3 * GEN_DAYS,
                      series + 4 * GEN_DAYS};
    date_t day = date_from_ymd(2015, 1, 1);
    for (u32 k = 0; k < GEN_DAYS; k++) {
        s->days[k] = calendar_next(CAL_NYSE, day, I64_MAX);
        day = s->days[k].date;
    }
    for (u32 i = 0; i < GEN_SYMBOLS; i++) {
        gen_daily(&random, &g);
        s->inst[i] = (inst_t)i;
        s->instruments[i] = (instrument_t){.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}, .multiplier = 1};
        s->context[i] = (paper_context_t){.sigma_d_bps = 200, .dollar_vol20 = 1e9};
        for (u32 k = 0; k < GEN_DAYS; k++) {
            s->close[(size_t)k * GEN_SYMBOLS + i] = g.close[k];
            s->bars[(size_t)k * GEN_SYMBOLS + i] = (bar_t){.t_event = s->days[k].open,
                                                           .t_known = s->days[k].close,
                                                           .open = price_of(g.open[k]),
                                                           .high = price_of(g.high[k]),
                                                           .low = price_of(g.low[k]),
                                                           .close = price_of(g.close[k]),
                                                           .volume = (i64)g.volume[k]};
        }
    }
}

static err_t s1_memory(arena_t *a, s1_t *s)
{
    size_t cells = (size_t)GEN_DAYS * GEN_SYMBOLS;
    s->close = arena_array(a, f64, cells);
    s->fast = arena_array(a, f64, cells);
    s->slow = arena_array(a, f64, cells);
    s->bars = arena_array(a, bar_t, cells);
    s->inst = arena_array(a, inst_t, GEN_SYMBOLS);
    s->lanes = arena_array(a, f64, 3 * (size_t)GEN_DAYS * GROUP);
    s->days = arena_array(a, session_t, GEN_DAYS);
    s->instruments = arena_array(a, instrument_t, GEN_SYMBOLS);
    s->context = arena_array(a, paper_context_t, GEN_SYMBOLS);
    s->messages = arena_array(a, ev_BROKER_t, MESSAGES);
    s->results = arena_array(a, ev_SEND_RESULT_t, MESSAGES);
    s->effects = arena_array(a, effect_t, OUTBOX_EFFECTS);
    s->account = arena_array(a, account_t, 1);
    return s->account == NULL ? ERR_ARENA_FULL : outbox_open(&s->out, 1U << 20);
}

/* Limits as wide as their hard ceilings let them be. */
static config_t s1_config(void)
{
    config_t c = config_default(PROFILE_SWING, PRESET_AGGRESSIVE);
    c.risk_max_open_positions = LIMIT_POSITIONS;
    c.risk_max_trades_per_day = 1000;
    c.risk_portfolio_heat_pct = 100;
    c.risk_max_orders_per_minute = 1000;
    c.risk_max_gross_pct = 400;
    c.risk_max_per_sector = 64;
    c.pace_per_cycle = 100;
    return c;
}

static err_t s1_rows(bench_t *b, s1_t *s)
{
    bench_row_t row = {
        .name = "S1 daily, engine's order path",
        .unit = "bars/s",
        .more_is_better = true,
        .ctx = s,
        .ours = s1_measure,
        .target = 50e6,
        .peer = "plain_w2 daily",
        .peer_title = "plain C, no order path",
        .note = "stage 12's limits refuse most crosses; brackets, spread, impact; vectorbt 6.1 M and "
                "backtrader 0.009 M bars/s\n"
                "    are the design's measured figures of another day: PyPI is not fetched from here"};
    TRY(bench_row(b, &row));
    row = (bench_row_t){.name = "  trades closed in it", .unit = "trades", .ctx = s, .ours = s1_trades};
    TRY(bench_row(b, &row));
    row = (bench_row_t){.name = "  entries asked of stage 12", .unit = "entries", .ctx = s, .ours = s1_asked};
    return bench_row(b, &row);
}

static err_t w2_run(bench_t *b)
{
    arena_t a = {0};
    s1_t *s = calloc(1, sizeof *s);
    f64 *series = calloc(5 * GEN_DAYS, sizeof *series);
    err_t err = s == NULL || series == NULL ? ERR_NO_MEMORY : arena_open(&a, 256U << 20);
    if (err == ERR_OK) {
        err = s1_memory(&a, s);
    }
    if (err == ERR_OK) {
        s->config = s1_config();
        s1_fill(s, series);
        err = s1_rows(b, s);
        outbox_close(&s->out);
    }
    arena_close(&a);
    free(series);
    free(s);
    return err;
}

const bench_desc_t bench_w2 = {
    .name = "W2",
    .title = "backtest of two averages, 500 symbols, orders through the engine's path",
    .run = w2_run,
};
