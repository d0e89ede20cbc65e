/* See report_twin.h. */
#include "faces/report/report_twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "base/rng.h"
#include "faces/report/report_parts.h"
#include "quant/math/qmath.h"

struct twins {
    const report_facts_t *f;
    f64 sum[TWINS];
    f64 own;
    f64 held; /* what the twins' exits would have made of the run's own entries */
    u32 trades;
    f64 longs;       /* part of the trades */
    f64 *own_result; /* of one trade, by the bar that it may begin with: long, then short */
    u32 room;
};

f64 report_twin_result(const twin_bars_t *b, u32 at, u32 end, const twin_trade_t *t)
{
    ASSERT(b != NULL && t != NULL && at < end);
    ASSERT(t->stop > 0 && t->hold > 0 && (t->direction == 1 || t->direction == -1));
    f64 d = t->direction;
    f64 entry = b->open[at];
    f64 stop = entry * (1.0 - d * t->stop);
    f64 target = entry * (1.0 + d * t->target);
    u32 last = (u32)q_min((f64)at + (f64)t->hold, (f64)end) - 1;
    f64 exit = t->to_open && last + 1 < end ? b->open[last + 1] : b->close[last];
    for (u32 i = at; i <= last; i++) {
        f64 worst = d > 0 ? b->low[i] : b->high[i];
        f64 best = d > 0 ? b->high[i] : b->low[i];
        bool past = t->target > 0 && d * (b->open[i] - target) >= 0;
        bool gap = i > at && (past || d * (b->open[i] - stop) <= 0);
        if (gap || d * (worst - stop) <= 0) {
            exit = gap ? b->open[i] : stop;
            break;
        }
        if (t->target > 0 && d * (best - target) >= 0) {
            exit = target;
            break;
        }
    }
    return d * (exit / entry - 1.0) / t->stop - t->cost_r;
}

typedef struct {
    u32 from, to; /* a twin may begin with these bars, [from, to) */
    u32 end;      /* and ends before this one */
    u32 own;      /* the bar that the trade itself began with */
} window_t;

static u32 bar_at(const shelf_t *s, u32 first, u32 behind, i64 t)
{
    u32 i = first;
    while (i + 1 < behind && s->own_opens[i + 1] <= t) {
        i++;
    }
    return i;
}

/* False if the bars do not hold the day. */
static bool window_of(const twins_t *w, const shelf_t *s, const lesson_record_t *l, window_t *out)
{
    u32 first = shelf_session(s, (date_t)l->entry_date);
    u32 behind = shelf_session(s, (date_t)l->entry_date + 1);
    if (first == behind) {
        return false;
    }
    if (w->f->timeframe != TF_1D) {
        *out = (window_t){first, behind, behind, bar_at(s, first, behind, l->t_entry)};
        return true;
    }
    *out = (window_t){first, MIN_OF(first + TWIN_SWING_BEHIND + 1, s->count), s->count, first};
    return true;
}

static twin_trade_t twin_of(const twins_t *w, const shelf_t *s, const lesson_record_t *l, f64 risk)
{
    i64 costs = l->spread_cost + l->slippage_cost + l->impact_cost + l->fees;
    i64 tf = timeframe_ns(w->f->timeframe);
    i64 bars = (l->t_exit - l->t_entry + tf - 1) / tf;
    bool to_open = false;
    if (w->f->timeframe == TF_1D) {
        u32 left = shelf_session(s, (date_t)l->exit_date);
        to_open = left < s->count && l->t_exit <= s->own_opens[left];
        bars = (i64)left - (i64)shelf_session(s, (date_t)l->entry_date) + (to_open ? 0 : 1);
    }
    i64 way = (l->target - l->entry) * l->direction;
    return (twin_trade_t){.stop = (f64)l->r / (f64)l->entry,
                          .target = l->target > 0 && way > 0 ? (f64)way / (f64)l->entry : 0.0,
                          .hold = bars < 1 ? 1 : (u32)bars,
                          .to_open = to_open,
                          .cost_r = money_to_f64((money_t){costs}) / risk};
}

err_t twins_trade(twins_t *w, const shelf_t *s, u32 trade)
{
    ASSERT(w != NULL && s != NULL && trade < w->f->trade_count);
    const lesson_record_t *l = &w->f->own_trades[trade].l;
    f64 risk = report_risk_money(w->f, l);
    window_t x;
    bool sound = l->r > 0 && l->entry > 0 && risk > 0;
    if (!sound || !window_of(w, s, l, &x)) {
        return ERR_OK;
    }
    u32 n = x.to - x.from;
    TRY(list_room(&w->own_result, &w->room, 2 * (size_t)n, sizeof *w->own_result));
    twin_trade_t t = twin_of(w, s, l, risk);
    for (u32 i = 0; i < 2 * n; i++) {
        t.direction = i < n ? 1 : -1;
        w->own_result[i] = report_twin_result(&s->bars, x.from + i % n, x.end, &t);
    }
    rng_key_t key = {.seed = w->f->run.seed, .purpose = RNG_TWIN, .entity = trade};
    for (u32 k = 0; k < TWINS; k++) {
        u64 bar = rng_below(key, 2 * (u64)k, n);
        bool is_long = rng_unit(key, 2 * (u64)k + 1) < w->longs;
        w->sum[k] += w->own_result[is_long ? bar : n + bar];
    }
    t.direction = (i32)l->direction;
    w->held += report_twin_result(&s->bars, x.own, x.end, &t);
    w->own += (f64)l->net_r / 1e6;
    w->trades++;
    return ERR_OK;
}

static int ascending(const void *a, const void *b)
{
    f64 x = *(const f64 *)a;
    f64 y = *(const f64 *)b;
    return (x > y) - (x < y);
}

static void tell(twins_t *w, report_twin_t *out)
{
    f64 n = w->trades;
    *out = (report_twin_t){.known = true,
                           .by_session = w->f->timeframe == TF_1D,
                           .trades = w->trades,
                           .own = w->own / n,
                           .held = w->held / n};
    for (u32 k = 0; k < TWINS; k++) {
        w->sum[k] /= n;
        out->mean += w->sum[k] / TWINS;
        out->beaten += w->sum[k] < out->own ? 1.0 / TWINS : 0.0;
    }
    qsort(w->sum, TWINS, sizeof *w->sum, ascending);
    out->low = w->sum[TWINS / 20];
    out->high = w->sum[TWINS - TWINS / 20 - 1];
}

err_t twins_open(const report_facts_t *f, twins_t **out)
{
    ASSERT(f != NULL && out != NULL);
    twins_t *w = calloc(1, sizeof *w);
    *out = w;
    if (w == NULL) {
        return ERR_NO_MEMORY;
    }
    w->f = f;
    for (u32 i = 0; i < f->trade_count; i++) {
        w->longs += f->own_trades[i].l.direction > 0 ? 1.0 / (f64)f->trade_count : 0.0;
    }
    return ERR_OK;
}

void twins_close(twins_t *w, report_twin_t *out)
{
    ASSERT(w != NULL && out != NULL);
    *out = (report_twin_t){.why = "no bars of what was traded are stored"};
    if (w->trades > 0) {
        tell(w, out);
    } else if (w->f->trade_count == 0 || w->f->day_count == 0) {
        (void)snprintf(out->why, sizeof out->why, "%s",
                       w->f->trade_count > 0 ? "no session has ended" : "nothing was traded");
    }
    free(w->own_result);
    free(w);
}
