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
#include "app/bench/w2_path.h"
#include "base/assert.h"
#include "model/calendar.h"
#include "os/clock.h"
#include "quant/indicators/indicators.h"

enum { ORDER_USD = 14000, SLOW = 50, GROUP = INDICATOR_LANES };
#define S1_STOP 0.95

typedef struct {
    f64 *close;       /* [GEN_DAYS][GEN_SYMBOLS] */
    f64 *fast, *slow; /* the same shape */
    bar_t *bars;      /* [GEN_DAYS][GEN_SYMBOLS] */
    inst_t *inst;     /* [GEN_SYMBOLS] */
    f64 *lanes;       /* scratch: [3][GEN_DAYS][GROUP] */
    session_t *days;  /* [GEN_DAYS] */
    path_t p;
} s1_t;

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
        position_t *p = account_position(s->p.account, (inst_t)i);
        if (above && p == NULL) {
            path_enter(&s->p, (inst_t)i, s->close[(size_t)day * GEN_SYMBOLS + i], S1_STOP);
        } else if (!above && p != NULL && p->direction != 0) {
            err_t err = exec_exit(s->p.account, p, EXIT_FLIP, s->p.now, &s->p.out);
            (void)err; /* an exit is under way already */
            path_pump(&s->p);
        }
    }
}

static void s1_day(s1_t *s, u32 day)
{
    const session_t *hours = &s->days[day];
    s->p.session = hours->date;
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
    paper_session(&s->p.paper, hours->open, hours->close);
    account_day_begin(s->p.account, hours->date, hours->date + 1);
    s->p.now = hours->close;
    paper_on_slice(&s->p.paper, &slice, &s->p.box.broker);
    path_pump(&s->p);
    account_mark_slice(s->p.account, &slice);
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

static f64 s1_measure(void *ctx)
{
    s1_t *s = ctx;
    if (path_begin(&s->p) != ERR_OK) {
        return -1.0;
    }
    i64 start = os_cpu();
    s1_averages(s, indicator_level_best());
    for (u32 day = 0; day < GEN_DAYS; day++) {
        s1_day(s, day);
    }
    i64 ns = os_cpu() - start;
    path_end(&s->p);
    return (f64)GEN_SYMBOLS * GEN_DAYS * 1e9 / (f64)MAX_OF(ns, 1);
}

static f64 s1_trades(void *ctx)
{
    const s1_t *s = ctx;
    return (f64)s->p.trades;
}

static f64 s1_asked(void *ctx)
{
    const s1_t *s = ctx;
    return (f64)s->p.asked;
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
        s->p.instruments[i] =
            (instrument_t){.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}, .multiplier = 1};
        s->p.context[i] = (paper_context_t){.sigma_d_bps = 200, .dollar_vol20 = 1e9};
        for (u32 k = 0; k < GEN_DAYS; k++) {
            s->close[(size_t)k * GEN_SYMBOLS + i] = g.close[k];
            s->bars[(size_t)k * GEN_SYMBOLS + i] = (bar_t){.t_event = s->days[k].open,
                                                           .t_known = s->days[k].close,
                                                           .open = path_price(g.open[k]),
                                                           .high = path_price(g.high[k]),
                                                           .low = path_price(g.low[k]),
                                                           .close = path_price(g.close[k]),
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
    s->p.instruments = arena_array(a, instrument_t, GEN_SYMBOLS);
    s->p.context = arena_array(a, paper_context_t, GEN_SYMBOLS);
    s->p.count = GEN_SYMBOLS;
    s->p.order_usd = ORDER_USD;
    s->p.config = path_config(PROFILE_SWING);
    return s->p.context == NULL ? ERR_ARENA_FULL : path_open(a, &s->p);
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
        s1_fill(s, series);
        err = s1_rows(b, s);
        path_close(&s->p);
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
