/* From facts to figures. See report.h. */
#include "faces/report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/report/report_parts.h"
#include "quant/math/qmath.h"

enum { SCRATCH_BASE = 1 << 20, SCRATCH_DRAW = 3 * 8 };

static f64 dollars(i64 v)
{
    return money_to_f64((money_t){v});
}

static i64 costs_of(const lesson_record_t *l)
{
    return l->spread_cost + l->slippage_cost + l->impact_cost + l->fees;
}

static f64 traded_value(const report_facts_t *f, const lesson_record_t *l)
{
    const report_inst_t *t = &f->own_insts[l->inst];
    f64 units = (f64)l->qty / (f64)fixed_pow10((u32)-t->exponent) * (f64)t->multiplier;
    return units * ((f64)l->entry + (f64)l->exit) / (f64)PRICE_SCALE;
}

/* The waterfall. Fill prices hold spread, slippage and impact, so gross is what the mid prices alone would
 * have paid. */
static void waterfall(report_t *r)
{
    f64 turned = 0;
    for (u32 i = 0; i < r->facts.trade_count; i++) {
        const lesson_record_t *l = &r->facts.own_trades[i].l;
        r->spread += dollars(l->spread_cost);
        r->slippage += dollars(l->slippage_cost);
        r->impact += dollars(l->impact_cost);
        r->fees += dollars(l->fees);
        r->dividends += dollars(l->dividends);
        r->net += dollars(l->net);
        r->gross += dollars(l->gross + l->spread_cost + l->slippage_cost + l->impact_cost);
        r->gross_r += (f64)l->gross_r / 1e6;
        r->net_r += (f64)l->net_r / 1e6;
        turned += traded_value(&r->facts, l);
    }
    f64 costs = r->spread + r->slippage + r->impact + r->fees;
    if (r->gross > 0) {
        r->cost_share = (metric_t){.value = costs / r->gross, .ok = true};
    }
    if (turned > 0) {
        r->break_even_bps = (metric_t){.value = 1e4 * (r->gross + r->dividends) / turned, .ok = true};
    }
    if (r->gross > 0 && r->impact > 0) { /* impact grows with the square root of size, gross in proportion */
        f64 x = 0.5 * r->gross / r->impact;
        r->capacity = (metric_t){.value = dollars(r->facts.start.v) * x * x, .ok = true};
    }
    f64 equity = 0;
    for (u32 i = 0; i < r->facts.day_count; i++) {
        equity += dollars(r->facts.own_days[i].equity) / (f64)r->facts.day_count;
    }
    if (equity > 0) {
        f64 years = (f64)r->facts.day_count / report_year(&r->facts);
        r->turnover = (metric_t){.value = turned / equity / years, .ok = true};
    }
}

/* Costs at other sizes by arithmetic: decisions stay, every cost is scaled. R of a trade moves with its
 * money. */
static void at_costs(report_t *r)
{
    static const f64 factor[REPORT_COSTS] = {0.0, 0.5, 1.0, 2.0};
    for (u32 k = 0; k < REPORT_COSTS; k++) {
        report_cost_t *c = &r->cost[k];
        *c = (report_cost_t){.factor = factor[k]};
        for (u32 i = 0; i < r->facts.trade_count; i++) {
            const lesson_record_t *l = &r->facts.own_trades[i].l;
            f64 saved = (1.0 - factor[k]) * dollars(costs_of(l));
            f64 one_r = report_risk_money(&r->facts, l);
            c->net += dollars(l->net) + saved;
            c->r += (f64)l->net_r / 1e6 + (one_r > 0 ? saved / one_r : 0.0);
        }
        c->r = r->facts.trade_count > 0 ? c->r / (f64)r->facts.trade_count : 0.0;
    }
}

static err_t trade_metrics(report_t *r)
{
    u32 n = r->facts.trade_count;
    metrics_trade_t *own = calloc((size_t)n + 1, sizeof *own);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < n; i++) {
        const lesson_record_t *l = &r->facts.own_trades[i].l;
        own[i] = (metrics_trade_t){.net = dollars(l->net),
                                   .r = (f64)l->net_r / 1e6,
                                   .opened_ns = l->t_entry,
                                   .closed_ns = l->t_exit};
    }
    if (n > 0) {
        metrics_trades(own, n, &r->trades);
    }
    r->enough = n >= METRICS_MIN_TRADES;
    free(own);
    return ERR_OK;
}

/* Equity with its start in front: day 0 is the eve of the first session. */
static err_t equity_metrics(report_t *r, arena_t *a)
{
    const report_facts_t *f = &r->facts;
    u32 n = f->day_count + 1;
    f64 *equity = arena_array(a, f64, n);
    f64 *gross = arena_array(a, f64, n);
    f64 *net = arena_array(a, f64, n);
    f64 *ret = arena_array(a, f64, n);
    date_t *day = arena_array(a, date_t, n);
    if (equity == NULL || gross == NULL || net == NULL || ret == NULL || day == NULL) {
        return ERR_ARENA_FULL;
    }
    equity[0] = dollars(f->start.v);
    day[0] = f->day_count > 0 ? f->own_days[0].session - 1 : 0;
    bool above = equity[0] > 0;
    for (u32 i = 1; i < n; i++) {
        equity[i] = dollars(f->own_days[i - 1].equity);
        day[i] = f->own_days[i - 1].session;
        above = above && equity[i] > 0;
    }
    r->final = equity[n - 1];
    r->net_total = r->final - equity[0];
    r->equity_known = above && n >= 3;
    if (!r->equity_known) {
        return ERR_OK;
    }
    for (u32 i = 1; i < n; i++) {
        gross[i - 1] = dollars(f->own_days[i - 1].gross) / equity[i];
        net[i - 1] = dollars(f->own_days[i - 1].net) / equity[i];
        ret[i - 1] = equity[i] / equity[i - 1] - 1.0;
    }
    metrics_terms_t terms = {.year = report_year(f), .rf = REPORT_RF};
    TRY(metrics_equity(a, equity, day, n, &terms, &r->equity));
    metrics_exposure(gross, net, n - 1, &r->exposure);
    bootstrap_spec_t spec = {.seed = f->run.seed, .entity = 1, .draws = r->resamples, .year = terms.year};
    TRY(bootstrap_mean(a, &spec, ret, n - 1, &r->day));
    spec.entity = 2;
    TRY(bootstrap_sharpe(a, &spec, ret, n - 1, &r->sharpe));
    r->day_known = true;
    r->dsr = metrics_dsr(&r->equity, MAX_OF(f->trials, 1U), 0.0);
    if (r->bench.own_proxy != NULL && n >= 4) { /* the proxy's first return is of the second session */
        metrics_benchmark(ret + 1, r->bench.own_proxy, n - 2, &terms, &r->against);
        r->against_known = true;
    }
    return ERR_OK;
}

typedef struct {
    i64 t_entry;
    u32 inst;
    i32 direction;
    u32 trade;
} origin_t;

static int origin_order(const void *a, const void *b)
{
    const origin_t *x = a;
    const origin_t *y = b;
    return x->t_entry != y->t_entry       ? (x->t_entry < y->t_entry ? -1 : 1)
           : x->inst != y->inst           ? (x->inst < y->inst ? -1 : 1)
           : x->direction != y->direction ? (x->direction < y->direction ? -1 : 1)
                                          : 0;
}

/* What each trade weighs among its copies: users who took the same decision together weigh one. */
static err_t weigh(report_t *r, f64 **own_weight)
{
    u32 n = r->facts.trade_count;
    origin_t *own = calloc((size_t)n + 1, sizeof *own);
    f64 *weight = calloc((size_t)n + 1, sizeof *weight);
    if (own == NULL || weight == NULL) {
        free(own);
        free(weight);
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < n; i++) {
        const lesson_record_t *l = &r->facts.own_trades[i].l;
        own[i] = (origin_t){l->t_entry, (u32)l->inst, (i32)l->direction, i};
    }
    qsort(own, n, sizeof *own, origin_order);
    r->distinct = 0;
    for (u32 from = 0, to = 0; from < n; from = to) {
        for (to = from + 1; to < n && origin_order(&own[from], &own[to]) == 0;) {
            to++;
        }
        for (u32 i = from; i < to; i++) {
            weight[own[i].trade] = 1.0 / (f64)(to - from);
        }
        r->distinct++;
    }
    free(own);
    *own_weight = weight;
    return ERR_OK;
}

/* Days are resampled, each with all trades that closed on it; copies of one trade count as one. */
static err_t trade_interval(report_t *r, arena_t *a)
{
    const report_facts_t *f = &r->facts;
    f64 *weight = NULL;
    TRY(weigh(r, &weight));
    if (f->trade_count < 2 || f->day_count < 2) {
        free(weight);
        return ERR_OK;
    }
    f64 *sum = arena_array(a, f64, f->day_count);
    f64 *count = arena_array(a, f64, f->day_count);
    if (sum == NULL || count == NULL) {
        free(weight);
        return ERR_ARENA_FULL;
    }
    for (u32 i = 0; i < f->trade_count; i++) {
        const lesson_record_t *l = &f->own_trades[i].l;
        u32 at = MIN_OF(report_facts_day(f, (date_t)l->exit_date), f->day_count - 1);
        sum[at] += weight[i] * (f64)l->net_r / 1e6;
        count[at] += weight[i];
    }
    free(weight);
    bootstrap_spec_t spec = {.seed = f->run.seed, .entity = 3, .draws = r->resamples};
    const f64 *const num_den[2] = {sum, count};
    TRY(bootstrap_ratio(a, &spec, num_den, f->day_count, &r->r));
    r->r_known = true;
    return ERR_OK;
}

static bool holds_zero(const bootstrap_t *b)
{
    return b->low <= 0.0 && b->high >= 0.0;
}

static void calibrate(report_t *r)
{
    for (u32 i = 0; i < r->facts.trade_count; i++) {
        const lesson_record_t *l = &r->facts.own_trades[i].l;
        f64 p = (f64)l->confidence / 1e4;
        f64 x = (f64)l->net_r / 1e6;
        bool won = l->net > 0;
        report_bin_t *b = &r->bin[(u32)q_clamp(p * REPORT_BINS, 0.0, REPORT_BINS - 1)];
        b->n++;
        b->wins += won ? 1 : 0;
        b->confidence += p;
        b->r += x;
        b->r2 += x * x;
        r->brier += (p - (won ? 1.0 : 0.0)) * (p - (won ? 1.0 : 0.0)) / (f64)r->facts.trade_count;
    }
    for (u32 i = 0; i < REPORT_BINS; i++) {
        r->bin[i].confidence = r->bin[i].n > 0 ? r->bin[i].confidence / (f64)r->bin[i].n : 0.0;
    }
}

err_t report_compute(report_t *r)
{
    ASSERT(r != NULL);
    ASSERT(r->facts.trade_count == 0 || r->facts.own_insts != NULL);
    arena_t a;
    size_t draws = (size_t)r->resamples * SCRATCH_DRAW;
    TRY(arena_open(&a, SCRATCH_BASE + (size_t)r->facts.day_count * 128 + draws));
    waterfall(r);
    at_costs(r);
    calibrate(r);
    err_t err = trade_metrics(r);
    err = err == ERR_OK ? equity_metrics(r, &a) : err;
    err = err == ERR_OK ? trade_interval(r, &a) : err;
    err = err == ERR_OK ? report_group(r) : err;
    err = err == ERR_OK ? report_work(r) : err;
    arena_close(&a);
    TRY(err);
    r->rest = r->net_total - r->net;
    r->distinguishable = r->r_known && r->day_known && !holds_zero(&r->r) && !holds_zero(&r->day);
    ASSERT(r->facts.trade_count > 0 || !r->distinguishable);
    return ERR_OK;
}

err_t report_read(const char *home, const char *run, const char *user, diag_t *diag, report_facts_t *out)
{
    ASSERT(home != NULL && run != NULL && out != NULL);
    home_t h;
    store_t *s = NULL;
    TRY(home_open(home, 0, diag, &h));
    err_t err = store_open_home(&h, true, false, diag, &s);
    if (err == ERR_OK) {
        err = report_facts_read(s, str_from(run), user, diag, out);
        err = err == ERR_OK ? report_searched(s, diag, out) : err;
        store_close(s);
        out->interrupted = err == ERR_OK && run_is_cut(&h, &out->run);
    }
    home_close(&h);
    return err;
}

typedef struct {
    report_t *r;
    twins_t *twins;
} beside_t;

static err_t trade_beside(void *ctx, const shelf_t *s, u32 trade)
{
    beside_t *b = ctx;
    const report_trade_t *t = &b->r->facts.own_trades[trade];
    report_share_add(&b->r->share, &t->l, shelf_volume(s, t->bar));
    return twins_trade(b->twins, s, trade);
}

err_t report_beside(const report_ask_t *ask, diag_t *diag, report_t *out)
{
    ASSERT(ask != NULL && ask->home != NULL && out != NULL);
    const report_facts_t *f = &out->facts;
    report_made_t made = {0};
    beside_t b = {.r = out};
    report_visit_t visit = {trade_beside, &b};
    out->share = (report_share_t){0};
    TRY(twins_open(f, &b.twins));
    err_t err = ERR_OK;
    if (report_makes(f, ask->market)) {
        err = report_made(f, ask->market, &visit, diag, &made);
    } else if (f->trade_count > 0) {
        err = report_shelves(ask->home, f, &visit);
    }
    twins_close(b.twins, &out->twin);
    err = err == ERR_OK ? report_benchmarks(ask->home, f, &made, &out->bench) : err;
    free(made.own_close);
    return err;
}

err_t report_build(const report_ask_t *ask, diag_t *diag, report_t *out)
{
    ASSERT(ask != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    out->resamples = ask->resamples;
    TRY(report_read(ask->home, ask->run, ask->user, diag, &out->facts));
    TRY(report_beside(ask, diag, out));
    return report_compute(out);
}

void report_free(report_t *r)
{
    ASSERT(r != NULL);
    report_facts_free(&r->facts);
    free(r->bench.own_proxy);
    r->bench.own_proxy = NULL;
    for (u32 d = 0; d < DIM_COUNT; d++) {
        free(r->by[d].own_v);
        r->by[d].own_v = NULL;
    }
}
