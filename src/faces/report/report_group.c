/* Trades in parts: by year, strategy, side... and what is left without the best. See report.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alpha/strategies/strategy.h"
#include "base/assert.h"
#include "faces/report/report_parts.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "quant/regime/regime.h"
#include "trade/portfolio/account.h"

enum { BEST_TRADES = 5 };

static const char *const dim_names[DIM_COUNT] = {[DIM_YEAR] = "year",
                                                 [DIM_STRATEGY] = "strategy",
                                                 [DIM_SIDE] = "side",
                                                 [DIM_REGIME] = "regime",
                                                 [DIM_EXIT] = "exit",
                                                 [DIM_KIND] = "kind",
                                                 [DIM_CONVICTION] = "conviction",
                                                 [DIM_PRICE] = "price",
                                                 [DIM_HOUR] = "hour",
                                                 [DIM_SYMBOL] = "symbol"};

const char *report_dim_name(report_dim_t d)
{
    ASSERT(d < DIM_COUNT);
    return dim_names[d];
}

const char *report_strategy_name(u64 id)
{
    const strategy_desc_t *s = id <= UINT16_MAX ? strategy_find((u16)id) : NULL;
    return s != NULL ? s->name : "?";
}

report_mean_t report_mean(u32 n, f64 sum, f64 squares)
{
    ASSERT(n >= 1);
    f64 mean = sum / n;
    f64 var = n > 1 ? q_max((squares - n * mean * mean) / (n - 1.0), 0.0) : 0.0;
    return (report_mean_t){.mean = mean, .error = q_sqrt(var / n)};
}

static int by_net(const void *a, const void *b)
{
    const report_group_t *x = a;
    const report_group_t *y = b;
    return x->net != y->net ? (x->net > y->net ? -1 : 1) : (x->key < y->key ? -1 : 1);
}

report_group_t *report_names_by_net(const report_t *r)
{
    ASSERT(r != NULL);
    const report_groups_t *g = &r->by[DIM_SYMBOL];
    report_group_t *own = g->count > 0 ? calloc(g->count, sizeof *own) : NULL;
    if (own != NULL) {
        memcpy(own, g->own_v, g->count * sizeof *own);
        qsort(own, g->count, sizeof *own, by_net);
    }
    return own;
}

u32 report_stage_rules(const report_facts_t *f, u32 stage, const rule_desc_t *out[REPORT_STAGE_RULES])
{
    ASSERT(f != NULL && out != NULL);
    u32 n = 0;
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *d = rule_at(i);
        if (d->id >= REPORT_RULES || rule_stage(d->id) != stage || f->rule_decided[d->id] == 0) {
            continue;
        }
        ASSERT(n < REPORT_STAGE_RULES);
        u32 at = n++;
        for (; at > 0; at--) { /* insertion: a stage has some dozens at most */
            u64 before = f->rule_decided[out[at - 1]->id];
            u64 own = f->rule_decided[d->id];
            if (before > own || (before == own && out[at - 1]->id < d->id)) {
                break;
            }
            out[at] = out[at - 1];
        }
        out[at] = d;
    }
    return n;
}

f64 report_risk_money(const report_facts_t *f, const lesson_record_t *l)
{
    ASSERT(f != NULL && l != NULL && l->inst < f->inst_count);
    const report_inst_t *t = &f->own_insts[l->inst];
    f64 units = (f64)l->qty / (f64)fixed_pow10((u32)-t->exponent) * (f64)t->multiplier;
    return units * (f64)l->r / (f64)PRICE_SCALE;
}

static i64 year_of(date_t d)
{
    i32 y = 0;
    i32 m = 0;
    i32 day = 0;
    date_to_ymd(d, &y, &m, &day);
    return y;
}

/* Where the market of the run is. */
static zone_t zone_of(const report_t *r)
{
    return report_calendar(&r->facts) == CAL_CRYPTO ? ZONE_UTC : ZONE_NEW_YORK;
}

static i64 hour_of(zone_t zone, i64 t)
{
    date_t day = 0;
    i32 seconds = 0;
    zone_from_utc(zone, t, &day, &seconds);
    return seconds / 3600;
}

static const i64 price_from[] = {0, 5, 10, 20, 50, 100, 200, 500};

static i64 price_of(i64 price)
{
    i64 from = 0;
    for (u32 i = 0; i < COUNT_OF(price_from); i++) {
        from = price >= price_from[i] * PRICE_SCALE ? price_from[i] : from;
    }
    return from;
}

static i64 key_of(const report_t *r, report_dim_t dim, const lesson_record_t *l)
{
    (void)r;
    switch (dim) {
    case DIM_YEAR:
        return year_of((date_t)l->exit_date);
    case DIM_STRATEGY:
        return (i64)l->strategy;
    case DIM_SIDE:
        return -l->direction;
    case DIM_REGIME:
        return l->regime;
    case DIM_EXIT:
        return (i64)l->reason;
    case DIM_KIND:
        return (l->flags & TAG_PROBE) != 0 ? 1 : 0;
    case DIM_CONVICTION:
        return l->conviction / 20 * 20;
    case DIM_PRICE:
        return price_of(l->entry);
    case DIM_HOUR:
        return hour_of(zone_of(r), l->t_entry);
    case DIM_SYMBOL:
        return (i64)l->inst;
    case DIM_COUNT:
        break;
    }
    return 0;
}

static void name_of(const report_t *r, report_dim_t dim, i64 key, char out[LIMIT_SYMBOL])
{
    const char *text = NULL;
    switch (dim) {
    case DIM_STRATEGY:
        text = report_strategy_name((u64)key);
        break;
    case DIM_SIDE:
        text = key < 0 ? "long" : "short";
        break;
    case DIM_REGIME:
        text = key >= 0 && key < REGIME_LABELS ? regime_label_name((regime_label_t)key) : "?";
        break;
    case DIM_EXIT:
        text = key >= 0 && key < EXIT_REASON_COUNT ? exit_reason_name((exit_reason_t)key) : "?";
        break;
    case DIM_KIND:
        text = key == 1 ? "probe" : "decided";
        break;
    case DIM_SYMBOL:
        text = r->facts.own_insts[key].symbol;
        break;
    default:
        break;
    }
    if (text != NULL) {
        (void)snprintf(out, LIMIT_SYMBOL, "%.30s", text);
    } else if (dim == DIM_PRICE) {
        (void)snprintf(out, LIMIT_SYMBOL, "from $%lld", (long long)key);
    } else if (dim == DIM_CONVICTION) {
        (void)snprintf(out, LIMIT_SYMBOL, "%lld to %lld", (long long)key, (long long)key + 19);
    } else if (dim == DIM_HOUR) {
        (void)snprintf(out, LIMIT_SYMBOL, "%02lld:00 %s", (long long)key,
                       zone_of(r) == ZONE_UTC ? "UTC" : "New York");
    } else {
        (void)snprintf(out, LIMIT_SYMBOL, "%lld", (long long)key);
    }
}

/* Place of a key among sorted parts; a new part is put in where it belongs. */
static report_group_t *part_of(report_groups_t *g, i64 key)
{
    u32 lo = 0;
    u32 hi = g->count;
    while (lo < hi) {
        u32 mid = (lo + hi) / 2;
        if (g->own_v[mid].key < key) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo == g->count || g->own_v[lo].key != key) {
        memmove(&g->own_v[lo + 1], &g->own_v[lo], (size_t)(g->count - lo) * sizeof *g->own_v);
        g->own_v[lo] = (report_group_t){.key = key};
        g->count++;
    }
    return &g->own_v[lo];
}

static void add(report_group_t *g, const lesson_record_t *l)
{
    f64 x = (f64)l->net_r / 1e6;
    i64 cent = MONEY_SCALE / 100;
    g->n++;
    g->wins += l->net >= cent ? 1 : 0;
    g->losses += l->net <= -cent ? 1 : 0;
    g->net += l->net;
    g->costs += l->spread_cost + l->slippage_cost + l->impact_cost + l->fees;
    g->r += x;
    g->r2 += x * x;
}

/* Keys of a dimension are few, or as many as there are instruments or trades. */
static err_t group_by(report_t *r, report_dim_t dim)
{
    u32 most = MIN_OF(r->facts.trade_count, (u32)LIMIT_INSTRUMENTS);
    report_groups_t *g = &r->by[dim];
    g->own_v = calloc((size_t)most + 1, sizeof *g->own_v);
    if (g->own_v == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < r->facts.trade_count; i++) {
        const lesson_record_t *l = &r->facts.own_trades[i].l;
        i64 key = key_of(r, dim, l);
        report_group_t *part = part_of(g, key);
        ASSERT(g->count <= most);
        if (part->n == 0) {
            name_of(r, dim, key, part->name);
        }
        add(part, l);
    }
    return ERR_OK;
}

static void without_best_trades(report_t *r)
{
    u32 best[BEST_TRADES];
    u32 n = 0;
    for (u32 i = 0; i < r->facts.trade_count; i++) {
        i64 net = r->facts.own_trades[i].l.net;
        u32 k = n < BEST_TRADES ? n++ : BEST_TRADES;
        if (k == BEST_TRADES) {
            if (net <= r->facts.own_trades[best[k - 1]].l.net) {
                continue;
            }
            k--;
        }
        while (k > 0 && r->facts.own_trades[best[k - 1]].l.net < net) {
            best[k] = best[k - 1];
            k--;
        }
        best[k] = i;
    }
    r->without_best5 = r->net;
    r->without_best5_r = r->net_r;
    for (u32 i = 0; i < n; i++) {
        const lesson_record_t *l = &r->facts.own_trades[best[i]].l;
        if (l->net > 0) {
            r->without_best5 -= money_to_f64((money_t){l->net});
            r->without_best5_r -= (f64)l->net_r / 1e6;
        }
    }
}

static void without_best_symbol(report_t *r)
{
    const report_groups_t *g = &r->by[DIM_SYMBOL];
    const report_group_t *best = NULL;
    for (u32 i = 0; i < g->count; i++) {
        best = best == NULL || g->own_v[i].net > best->net ? &g->own_v[i] : best;
    }
    bool gained = best != NULL && best->net > 0;
    r->without_symbol = r->net - (gained ? money_to_f64((money_t){best->net}) : 0.0);
    r->without_symbol_r = r->net_r - (gained ? best->r : 0.0);
    if (gained) {
        memcpy(r->best_symbol, best->name, sizeof r->best_symbol);
    }
}

/* The day on which most was closed; trades are in the order of closing, so a day's stand together. */
static void without_best_day(report_t *r)
{
    i64 best = 0;
    f64 best_r = 0;
    for (u32 i = 0; i < r->facts.trade_count;) {
        i64 day = r->facts.own_trades[i].l.exit_date;
        i64 net = 0;
        f64 sum = 0;
        for (; i < r->facts.trade_count && r->facts.own_trades[i].l.exit_date == day; i++) {
            net += r->facts.own_trades[i].l.net;
            sum += (f64)r->facts.own_trades[i].l.net_r / 1e6;
        }
        if (net > best) {
            best = net;
            best_r = sum;
            r->best_day = (date_t)day;
        }
    }
    r->without_day = r->net - money_to_f64((money_t){best});
    r->without_day_r = r->net_r - best_r;
}

err_t report_group(report_t *r)
{
    ASSERT(r != NULL);
    for (u32 d = 0; d < DIM_COUNT; d++) {
        TRY(group_by(r, (report_dim_t)d));
        u64 n = 0;
        for (u32 i = 0; i < r->by[d].count; i++) {
            n += r->by[d].own_v[i].n;
        }
        ASSERT(n == r->facts.trade_count);
    }
    without_best_trades(r);
    without_best_day(r);
    without_best_symbol(r);
    return ERR_OK;
}
