/* W2, S2: RSI under 30 in, over 55 out, 1 % stop, one symbol, a million minute bars, event by event, through
 * the engine's own path (w2_path.h). The RSI comes from the lane kernel with one lane at work. Costs are the
 * paper broker's spread, slippage and impact, not a flat rate. What stands beside it: plain C without an
 * order path. */
#include <stdlib.h>
#include <string.h>

#include "app/bench/bench.h"
#include "app/bench/gen.h"
#include "app/bench/w2_path.h"
#include "base/assert.h"
#include "model/calendar.h"
#include "os/clock.h"
#include "quant/indicators/indicators.h"

enum { WARM = 14, SESSIONS = GEN_MINUTES / GEN_SESSION + 1 };
#define S2_STOP 0.99
#define S2_IN 30.0
#define S2_OUT 55.0

typedef struct {
    f64 *close; /* [GEN_MINUTES] */
    f64 *lanes; /* [GEN_MINUTES][INDICATOR_LANES]: closes, one lane of meaning */
    f64 *rsi;   /* the same shape */
    bar_t *bars;
    session_t *days; /* [SESSIONS] */
    path_t p;
    instrument_t instrument;
    paper_context_t context;
} s2_t;

static void s2_rsi(s2_t *s)
{
    u64 state[4096];
    f64 params[INDICATOR_PARAMS_MAX] = {WARM};
    const f64 *v = s->lanes;
    indicator_cols_t cols = {
        .open = v, .high = v, .low = v, .close = v, .volume = v, .session = v, .count = GEN_MINUTES};
    ASSERT(indicator_rsi.state_size(params) <= sizeof state);
    indicator_rsi.reset(state, params);
    indicator_rsi.run(state, params, &cols, (f64 *const[3]){s->rsi}, indicator_level_best());
}

/* The session's begin and end are the broker's and the account's business; minutes between are one slice
 * each. */
static void s2_bar(s2_t *s, u32 i)
{
    static const inst_t only[1] = {0};
    path_t *p = &s->p;
    const bar_t *b = &s->bars[i];
    const session_t *hours = &s->days[i / GEN_SESSION];
    if (i % GEN_SESSION == 0) {
        p->session = hours->date;
        paper_session(&p->paper, hours->open, hours->close);
        account_day_begin(p->account, hours->date, hours->date + 1);
    }
    p->now = b->t_known;
    slice_t slice = {.t_known = b->t_known,
                     .t_open = b->t_event,
                     .session = hours->date,
                     .timeframe = TF_1M,
                     .ordinal = i,
                     .count = 1,
                     .inst = only,
                     .bar = b,
                     .session_last = i % GEN_SESSION == GEN_SESSION - 1};
    paper_on_slice(&p->paper, &slice, &p->box.broker);
    path_pump(p);
    account_mark_slice(p->account, &slice);
    position_t *held = account_position(p->account, 0);
    f64 rsi = s->rsi[(size_t)i * INDICATOR_LANES];
    if (i < WARM) {
        return;
    }
    if (held == NULL && rsi < S2_IN) {
        path_enter(p, 0, s->close[i], S2_STOP);
    } else if (held != NULL && held->direction != 0 && rsi > S2_OUT) {
        err_t err = exec_exit(p->account, held, EXIT_FLIP, p->now, &p->out);
        (void)err; /* an exit is under way already */
        path_pump(p);
    }
}

static f64 s2_measure(void *ctx)
{
    s2_t *s = ctx;
    if (path_begin(&s->p) != ERR_OK) {
        return -1.0;
    }
    i64 start = os_cpu();
    s2_rsi(s);
    for (u32 i = 0; i < GEN_MINUTES; i++) {
        s2_bar(s, i);
    }
    i64 ns = os_cpu() - start;
    path_end(&s->p);
    return (f64)GEN_MINUTES * 1e9 / (f64)MAX_OF(ns, 1);
}

static f64 s2_trades(void *ctx)
{
    const s2_t *s = ctx;
    return (f64)s->p.trades;
}

static f64 s2_asked(void *ctx)
{
    const s2_t *s = ctx;
    return (f64)s->p.asked;
}

static void s2_fill(s2_t *s, f64 *series)
{
    u64 random = 42;
    gen_series_t g = {series, series + GEN_MINUTES, series + 2 * GEN_MINUTES, series + 3 * GEN_MINUTES,
                      series + 4 * GEN_MINUTES};
    date_t day = date_from_ymd(2010, 1, 1);
    for (u32 k = 0; k < SESSIONS; k++) {
        s->days[k] = calendar_next(CAL_NYSE, day, I64_MAX);
        day = s->days[k].date;
    }
    gen_series(&random, GEN_MINUTES, 400.0, 0.0006, &g);
    s->instrument = (instrument_t){.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}, .multiplier = 1};
    s->context = (paper_context_t){.sigma_d_bps = 120, .dollar_vol20 = 1e10};
    for (u32 i = 0; i < GEN_MINUTES; i++) {
        i64 t = s->days[i / GEN_SESSION].open + (i64)(i % GEN_SESSION) * NS_PER_MIN;
        s->close[i] = g.close[i];
        for (u32 lane = 0; lane < INDICATOR_LANES; lane++) {
            s->lanes[(size_t)i * INDICATOR_LANES + lane] = g.close[i];
        }
        s->bars[i] = (bar_t){.t_event = t,
                             .t_known = t + NS_PER_MIN,
                             .open = path_price(g.open[i]),
                             .high = path_price(g.high[i]),
                             .low = path_price(g.low[i]),
                             .close = path_price(g.close[i]),
                             .volume = (i64)g.volume[i]};
    }
}

static err_t s2_memory(arena_t *a, s2_t *s)
{
    s->close = arena_array(a, f64, GEN_MINUTES);
    s->lanes = arena_array(a, f64, (size_t)GEN_MINUTES * INDICATOR_LANES);
    s->rsi = arena_array(a, f64, (size_t)GEN_MINUTES * INDICATOR_LANES);
    s->bars = arena_array(a, bar_t, GEN_MINUTES);
    s->days = arena_array(a, session_t, SESSIONS);
    s->p.instruments = &s->instrument;
    s->p.context = &s->context;
    s->p.count = 1;
    s->p.order_usd = 14000;
    s->p.config = path_config(PROFILE_DAY);
    return s->days == NULL || s->bars == NULL || s->rsi == NULL ? ERR_ARENA_FULL : path_open(a, &s->p);
}

static err_t s2_rows(bench_t *b, s2_t *s)
{
    bench_row_t row = {
        .name = "S2 minute, engine's order path",
        .unit = "bars/s",
        .more_is_better = true,
        .ctx = s,
        .ours = s2_measure,
        .target = 50e6,
        .peer = "plain_w2 minute",
        .peer_title = "plain C, no order path",
        .note = "brackets, spread, impact, every entry through stage 12; vectorbt 4.5 M and backtrader "
                "0.015 M\n    bars/s are the design's measured figures of another day"};
    TRY(bench_row(b, &row));
    row = (bench_row_t){.name = "  trades closed in it", .unit = "trades", .ctx = s, .ours = s2_trades};
    TRY(bench_row(b, &row));
    row = (bench_row_t){.name = "  entries asked of stage 12", .unit = "entries", .ctx = s, .ours = s2_asked};
    return bench_row(b, &row);
}

static err_t w2m_run(bench_t *b)
{
    arena_t a = {0};
    s2_t *s = calloc(1, sizeof *s);
    f64 *series = calloc(5 * (size_t)GEN_MINUTES, sizeof *series);
    err_t err = s == NULL || series == NULL ? ERR_NO_MEMORY : arena_open(&a, 320U << 20);
    if (err == ERR_OK) {
        err = s2_memory(&a, s);
    }
    if (err == ERR_OK) {
        s2_fill(s, series);
        err = s2_rows(b, s);
        path_close(&s->p);
    }
    arena_close(&a);
    free(series);
    free(s);
    return err;
}

const bench_desc_t bench_w2m = {
    .name = "W2m",
    .title = "backtest of an RSI rule, one symbol, 1,000,000 minutes, orders through the engine's path",
    .run = w2m_run,
};
