/* The daily run of eight symbols, carried from block to block.
 *
 * A recursive indicator is the run begun MARKET_WARM bars before the quarter (decision 21). Within a quarter
 * every block asks the same run for more bars, so the run is kept where it stands and goes on there: the same
 * operations on the same bars, the same bits as the run made anew. It is made anew when the anchor or a first
 * bar changes. A lane that has fewer bars than the others is filled up with its last one, and what was made
 * from filling must not be kept: the run is kept at the last bar that all lanes have. */
#include <string.h>

#include "base/assert.h"
#include "market/market_internal.h"
#include "quant/indicators/indicators.h"

enum { ROW_BYTES = W1_COLUMNS * COMPUTE_LANES * sizeof(f64), VWAP_DAYS = 20 };

size_t market_carry_bytes(u32 groups)
{
    return (size_t)groups * sizeof(market_carry_t);
}

/* Which bars each lane has; returns how many of them all lanes have. */
static u32 lanes_find(const market_t *m, u32 group, day_group_t *d)
{
    compute_group_t *g = &d->g;
    u32 common = COMPUTE_LEN;
    for (u32 lane = 0; lane < COMPUTE_LANES && group * COMPUTE_LANES + lane < m->count; lane++) {
        const series_t *s = &m->day[group * COMPUTE_LANES + lane];
        g->series[lane] = s;
        g->start[lane] = compute_start(s, m->quarter);
        g->len[lane] = s->count - g->start[lane];
        ASSERT(g->len[lane] <= COMPUTE_LEN);
        g->len_max = MAX_OF(g->len_max, g->len[lane]);
        common = g->len[lane] > 0 ? MIN_OF(common, g->len[lane]) : common;
    }
    return MIN_OF(common, g->len_max);
}

/* Starts the run anew unless it is the one that this block asks for. */
static void carry_check(const market_t *m, const day_group_t *d, market_carry_t *c)
{
    bool same = c->anchor == m->quarter;
    date_t first[COMPUTE_LANES] = {0};
    for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
        if (d->g.len[lane] > 0) {
            first[lane] = d->g.series[lane]->session[d->g.start[lane]];
        }
        same = same && first[lane] == c->first[lane];
    }
    if (same) {
        return;
    }
    c->anchor = m->quarter;
    memcpy(c->first, first, sizeof first);
    c->done = 0;
    indicator_w1_reset(&c->run.w1);
    memset(c->run.ema, 0, sizeof c->run.ema);
}

static void run_ema(const market_t *m, carry_run_t *run, u32 which, const indicator_cols_t *in, f64 *out)
{
    static const f64 PERIODS[CARRY_EMAS] = {9, 21};
    f64 params[INDICATOR_PARAMS_MAX] = {PERIODS[which]};
    f64 *outs[INDICATOR_OUTPUTS_MAX] = {out};
    ASSERT(indicator_ema.state_size(params) <= sizeof run->ema[which]);
    indicator_ema.run(run->ema[which], params, in, outs, m->kernel_level);
}

/* Bars [from, to) through all kernels. */
static void advance(const market_t *m, const day_group_t *d, carry_run_t *run, u32 from, u32 to)
{
    const compute_group_t *g = &d->g;
    if (from == to) {
        return;
    }
    indicator_cols_t in = compute_span(g, 0, to);
    indicator_w1_run(m->kernel_level, &run->w1, &in, to, d->rows + (size_t)from * W1_ROW);
    size_t past = (size_t)from * COMPUTE_LANES;
    indicator_cols_t rest = compute_span(g, from, to);
    run_ema(m, run, 0, &rest, d->ema9 + past);
    run_ema(m, run, 1, &rest, d->ema21 + past);
}

void compute_day_group(market_t *m, u32 group, f64 *scratch, day_group_t *d)
{
    ASSERT(m != NULL && scratch != NULL && d != NULL);
    market_carry_t *c = &m->carry[group];
    carry_run_t *ahead = (carry_run_t *)(void *)scratch;
    *d = (day_group_t){.rows = scratch + CARRY_RUN_COUNT};
    d->ema9 = d->rows + (size_t)COMPUTE_LEN * W1_ROW;
    d->ema21 = d->ema9 + (size_t)COMPUTE_LEN * COMPUTE_LANES;
    u32 common = lanes_find(m, group, d);
    if (d->g.len_max == 0) {
        return;
    }
    carry_check(m, d, c);
    ASSERT(c->done <= common);
    d->g.open = c->open[0];
    d->g.high = c->high[0];
    d->g.low = c->low[0];
    d->g.close = c->close[0];
    d->g.volume = c->volume[0];
    d->g.session = c->session[0];
    compute_columns(&d->g, c->done);
    for (u32 k = c->done; k < d->g.len_max; k++) { /* the daily average price starts anew every 20 bars */
        for (u32 lane = 0; lane < COMPUTE_LANES; lane++) {
            c->session[k][lane] = k % VWAP_DAYS == 0 ? 1.0 : 0.0;
        }
    }
    u32 tail = MIN_OF(c->done, (u32)CARRY_TAIL);
    memcpy(d->rows + (size_t)(c->done - tail) * W1_ROW, c->tail[CARRY_TAIL - tail], tail * ROW_BYTES);
    advance(m, d, &c->run, c->done, common);
    c->done = common;
    if (common < d->g.len_max) {
        memcpy(ahead, &c->run, sizeof *ahead);
        advance(m, d, ahead, common, d->g.len_max);
    }
    tail = MIN_OF(common, (u32)CARRY_TAIL);
    memcpy(c->tail[CARRY_TAIL - tail], d->rows + (size_t)(common - tail) * W1_ROW, tail * ROW_BYTES);
}
