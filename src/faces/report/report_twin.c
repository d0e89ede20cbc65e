/* See report_twin.h. */
#include "faces/report/report_twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "base/rng.h"
#include "drivers/feed.h"
#include "faces/report/report_parts.h"
#include "market/forward.h"
#include "quant/math/qmath.h"

/* One name's bars, adjusted, with the session of each. */
typedef struct {
    f64 *own; /* open, high, low, close, one after the other */
    date_t *own_session;
    i64 *own_opens; /* when each began */
    twin_bars_t bars;
    u32 count;
} shelf_t;

typedef struct {
    const char *home;
    const report_facts_t *f;
    f64 sum[TWINS];
    f64 own;
    f64 held; /* what the twins' exits would have made of the run's own entries */
    u32 trades;
    f64 longs;       /* part of the trades */
    f64 *own_result; /* of one trade, by the bar that it may begin with: long, then short */
    u32 room;
} twins_t;

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

static void shelf_free(shelf_t *s)
{
    free(s->own);
    free(s->own_session);
    free(s->own_opens);
    *s = (shelf_t){0};
}

static err_t shelf_fill(const feed_history_t *h, shelf_t *s)
{
    forward_t factor = forward_start();
    u32 next = 0;
    u32 n = h->bar_count;
    s->own = calloc((size_t)n * 4 + 1, sizeof *s->own);
    s->own_session = calloc((size_t)n + 1, sizeof *s->own_session);
    s->own_opens = calloc((size_t)n + 1, sizeof *s->own_opens);
    if (s->own == NULL || s->own_session == NULL || s->own_opens == NULL) {
        return ERR_NO_MEMORY;
    }
    s->bars = (twin_bars_t){s->own, s->own + n, s->own + 2 * (size_t)n, s->own + 3 * (size_t)n};
    for (u32 i = 0; i < n; i++) {
        const bar_t *b = &h->own_bars[i];
        date_t day = report_bar_day(b->t_event);
        while (next < h->action_count && h->own_actions[next].ex_date <= day) {
            (void)forward_action(&factor, &h->own_actions[next++]);
        }
        s->own[i] = forward_price(&factor, b->open);
        s->own[n + i] = forward_price(&factor, b->high);
        s->own[2 * (size_t)n + i] = forward_price(&factor, b->low);
        s->own[3 * (size_t)n + i] = forward_price(&factor, b->close);
        s->own_session[i] = day;
        s->own_opens[i] = b->t_event;
        forward_bar(&factor, b);
    }
    s->count = n;
    return ERR_OK;
}

/* ERR_EMPTY: nothing of it is stored. */
static err_t shelf_open(const twins_t *w, u32 inst, shelf_t *s)
{
    const report_facts_t *f = w->f;
    diag_t diag = {0};
    feed_history_t h = {0};
    feed_history_spec_t spec = {.home = w->home,
                                .symbol = f->own_insts[inst].symbol,
                                .source = f->source[0] != '\0' ? f->source : NULL,
                                .timeframe = f->timeframe,
                                .from = (i64)(f->own_days[0].session - 2) * NS_PER_DAY,
                                .to = (i64)(f->own_days[f->day_count - 1].session + 2) * NS_PER_DAY};
    *s = (shelf_t){0};
    if (feed_history(&spec, &diag, &h) != ERR_OK || h.bar_count < 2) {
        feed_history_free(&h);
        return ERR_EMPTY;
    }
    err_t err = shelf_fill(&h, s);
    feed_history_free(&h);
    return err;
}

static u32 session_from(const shelf_t *s, date_t day)
{
    u32 lo = 0;
    u32 hi = s->count;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if (s->own_session[mid] < day) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
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
    u32 first = session_from(s, (date_t)l->entry_date);
    u32 behind = session_from(s, (date_t)l->entry_date + 1);
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
        u32 left = session_from(s, (date_t)l->exit_date);
        to_open = left < s->count && l->t_exit <= s->own_opens[left];
        bars = (i64)left - (i64)session_from(s, (date_t)l->entry_date) + (to_open ? 0 : 1);
    }
    i64 way = (l->target - l->entry) * l->direction;
    return (twin_trade_t){.stop = (f64)l->r / (f64)l->entry,
                          .target = l->target > 0 && way > 0 ? (f64)way / (f64)l->entry : 0.0,
                          .hold = bars < 1 ? 1 : (u32)bars,
                          .to_open = to_open,
                          .cost_r = money_to_f64((money_t){costs}) / risk};
}

static err_t trade_twins(twins_t *w, const shelf_t *s, u32 trade)
{
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

static err_t name_twins(twins_t *w, u32 inst)
{
    shelf_t s = {0};
    bool open = false;
    err_t err = ERR_OK;
    for (u32 i = 0; i < w->f->trade_count && err == ERR_OK; i++) {
        if (w->f->own_trades[i].l.inst != inst) {
            continue;
        }
        if (!open) {
            err = shelf_open(w, inst, &s);
            open = true;
        }
        err = err == ERR_OK ? trade_twins(w, &s, i) : err;
    }
    shelf_free(&s);
    return err == ERR_EMPTY ? ERR_OK : err;
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

err_t report_twins(const char *home, const report_facts_t *f, report_twin_t *out)
{
    ASSERT(home != NULL && f != NULL && out != NULL);
    twins_t *w = calloc(1, sizeof *w);
    err_t err = w == NULL ? ERR_NO_MEMORY : ERR_OK;
    *out = (report_twin_t){.why = "no bars of what was traded are stored"};
    if (err == ERR_OK && f->day_count > 0 && f->trade_count > 0) {
        w->home = home;
        w->f = f;
        for (u32 i = 0; i < f->trade_count; i++) {
            w->longs += f->own_trades[i].l.direction > 0 ? 1.0 / (f64)f->trade_count : 0.0;
        }
        for (u32 i = 0; i < f->inst_count && err == ERR_OK; i++) {
            err = name_twins(w, i);
        }
        if (err == ERR_OK && w->trades > 0) {
            tell(w, out);
        }
    } else if (err == ERR_OK) {
        (void)snprintf(out->why, sizeof out->why, "%s",
                       f->trade_count > 0 ? "no session has ended" : "nothing was traded");
    }
    if (w != NULL) {
        free(w->own_result);
    }
    free(w);
    return err;
}
