/* What holding would have paid over the same sessions: the proxy, and all names of the set alike. See
 * report.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/feed.h"
#include "faces/report/report_parts.h"
#include "market/forward.h"
#include "model/calendar.h"

enum { LEAD_DAYS = 1 };
#define PROXY_DEFAULT "SPY"
#define PROXY_COINS "BTC/USD"

/* From six in the morning UTC on, New York has the same date: asking its calendar for each bar of a set took
 * a tenth of a report. */
date_t report_bar_day(calendar_id_t calendar, i64 t_event)
{
    bool plain = t_event > 0 && (calendar == CAL_CRYPTO || t_event % NS_PER_DAY >= 6 * NS_PER_HOUR);
    return plain ? (date_t)(t_event / NS_PER_DAY) : calendar_date_at(calendar, t_event);
}

/* Adjusted close at each session of the run, 0 where there is no bar. Actions count before the bar of their
 * ex-date. */
static u32 closes(const report_facts_t *f, const feed_history_t *h, f64 *close)
{
    forward_t factor = forward_start();
    calendar_id_t calendar = report_calendar(f);
    u32 next = 0;
    u32 found = 0;
    for (u32 i = 0; i < h->bar_count; i++) {
        const bar_t *b = &h->own_bars[i];
        date_t day = report_bar_day(calendar, b->t_event);
        while (next < h->action_count && h->own_actions[next].ex_date <= day) {
            (void)forward_action(&factor, &h->own_actions[next++]);
        }
        forward_bar(&factor, b);
        u32 at = report_facts_day(f, day);
        if (at < f->day_count && f->own_days[at].session == day) {
            found += close[at] == 0 ? 1 : 0;
            close[at] = forward_price(&factor, b->close);
        }
    }
    return found;
}

typedef struct {
    const char *home;
    const report_facts_t *f;
    const report_made_t *made; /* own_close NULL: of the bar store */
} closes_t;

static err_t history(const closes_t *of, const char *symbol, const char *source, f64 *close)
{
    const report_facts_t *f = of->f;
    diag_t diag = {0};
    feed_history_t h = {0};
    i64 first = (i64)(f->own_days[0].session - LEAD_DAYS) * NS_PER_DAY;
    i64 last = (i64)(f->own_days[f->day_count - 1].session + 2) * NS_PER_DAY;
    feed_history_spec_t spec = {.home = of->home,
                                .symbol = symbol,
                                .source = source[0] != '\0' ? source : NULL,
                                .timeframe = TF_1D,
                                .as_run = true,
                                .from = first,
                                .to = last};
    TRY(feed_history(&spec, &diag, &h));
    u32 found = closes(f, &h, close);
    feed_history_free(&h);
    return found >= 2 ? ERR_OK : ERR_EMPTY;
}

/* Returns from session to session; a missing bar carries the last close. */
static f64 returns(const f64 *close, u32 n, f64 *ret)
{
    f64 last = 0;
    f64 first = 0;
    for (u32 i = 0; i < n; i++) {
        f64 now = close[i] > 0 ? close[i] : last;
        if (i > 0) {
            ret[i - 1] = last > 0 ? now / last - 1.0 : 0.0;
        }
        first = first == 0 ? now : first;
        last = now;
    }
    return first > 0 ? last / first - 1.0 : 0.0;
}

/* The same of a market made again. */
static err_t history_made(const closes_t *of, u32 inst, f64 *close)
{
    u32 found = 0;
    for (u32 i = 0; i < of->f->day_count; i++) {
        close[i] = of->made->own_close[(size_t)i * of->f->inst_count + inst];
        found += close[i] > 0 ? 1 : 0;
    }
    return found >= 2 ? ERR_OK : ERR_EMPTY;
}

static err_t proxy_history(const closes_t *of, const char *symbol, f64 *close)
{
    if (of->made->own_close == NULL) {
        return history(of, symbol, of->f->proxy_source, close);
    }
    return of->made->proxy_known ? history_made(of, of->made->proxy, close) : ERR_EMPTY;
}

/* The index fund of a simulated market is what its names are measured against, and none of them. */
static err_t name_history(const closes_t *of, u32 inst, f64 *close)
{
    if (of->made->own_close == NULL) {
        return history(of, of->f->own_insts[inst].symbol, of->f->source, close);
    }
    return of->made->proxy_known && inst == of->made->proxy ? ERR_EMPTY : history_made(of, inst, close);
}

static err_t bench_proxy(const closes_t *of, f64 *close, report_benchmarks_t *out)
{
    const report_facts_t *f = of->f;
    memset(close, 0, f->day_count * sizeof *close);
    if (proxy_history(of, out->proxy_symbol, close) != ERR_OK) {
        (void)snprintf(out->proxy.why, sizeof out->proxy.why, "no daily bars of %.31s are stored",
                       out->proxy_symbol);
        return ERR_OK;
    }
    out->own_proxy = calloc(f->day_count, sizeof *out->own_proxy);
    if (out->own_proxy == NULL) {
        return ERR_NO_MEMORY;
    }
    out->proxy.total = returns(close, f->day_count, out->own_proxy);
    out->proxy.known = true;
    out->proxy.names = 1;
    return ERR_OK;
}

typedef struct {
    f64 *close, *ret, *sum, *count;
} equal_t;

/* All names alike, set back to equal parts at every close. */
static void bench_equal(const closes_t *of, const equal_t *e, report_bench_t *out)
{
    const report_facts_t *f = of->f;
    u32 n = f->day_count;
    for (u32 i = 0; i < f->inst_count; i++) {
        memset(e->close, 0, n * sizeof *e->close);
        if (name_history(of, i, e->close) != ERR_OK) {
            continue;
        }
        (void)returns(e->close, n, e->ret);
        for (u32 k = 1; k < n; k++) {
            bool there = e->close[k] > 0 && e->close[k - 1] > 0;
            e->sum[k] += there ? e->ret[k - 1] : 0.0;
            e->count[k] += there ? 1.0 : 0.0;
        }
        out->names++;
    }
    f64 value = 1.0;
    for (u32 k = 1; k < n; k++) {
        value *= 1.0 + (e->count[k] > 0 ? e->sum[k] / e->count[k] : 0.0);
    }
    out->total = value - 1.0;
    out->known = out->names > 0;
    if (!out->known) {
        (void)snprintf(out->why, sizeof out->why, "no daily bars of the run's names are stored");
    }
}

err_t report_benchmarks(const char *home, const report_facts_t *f, const report_made_t *made,
                        report_benchmarks_t *out)
{
    ASSERT(home != NULL && f != NULL && made != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    (void)snprintf(out->proxy_symbol, sizeof out->proxy_symbol, "%.31s",
                   made->proxy_known      ? f->own_insts[made->proxy].symbol
                   : f->proxy[0] != '\0' ? f->proxy
                                         : report_calendar(f) == CAL_CRYPTO ? PROXY_COINS
                                                                            : PROXY_DEFAULT);
    if (f->day_count < 2) {
        (void)snprintf(out->proxy.why, sizeof out->proxy.why, "fewer than two sessions");
        (void)snprintf(out->equal.why, sizeof out->equal.why, "fewer than two sessions");
        return ERR_OK;
    }
    f64 *own = calloc((size_t)f->day_count * 4, sizeof *own);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    equal_t e = {.close = own,
                 .ret = own + f->day_count,
                 .sum = own + 2 * (size_t)f->day_count,
                 .count = own + 3 * (size_t)f->day_count};
    closes_t of = {.home = home, .f = f, .made = made};
    err_t err = bench_proxy(&of, e.close, out);
    if (err == ERR_OK) {
        bench_equal(&of, &e, &out->equal);
    }
    free(own);
    return err;
}
