/* See records_check.h. */
#include "drivers/records_check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

enum {
    PAIRS_MIN = 5,   /* straddles to judge a chain by */
    STALE_MIN = 100, /* contracts to call a chain a repeat */
    ZERO_MIN = 1000, /* bars to call a volume an artefact */
    DAYS_MIN = 7,    /* an expiring straddle is no measure of volatility */
    DAYS_MAX = 90,
    STILL_ROWS = 20 /* to call quotes frozen, or to know how often they come */
};
/* Half an hour without news of a name that is quoted by the minute or faster. */
#define STILL_NS (30 * NS_PER_MIN)

typedef struct {
    records_t *r;
    const records_check_sink_t *sink;
    records_check_t *out;
    const char *source;
    const record_kind_desc_t *kind;
    const record_table_t *t;
} check_t;

static void give(check_t *c, str_t series, const quality_fault_t *f)
{
    records_fault_t fault = {.fault = *f};
    (void)snprintf(fault.source, sizeof fault.source, "%s", c->source);
    (void)snprintf(fault.series, sizeof fault.series, "%.*s", (int)MIN_OF(series.n, 63u),
                   (const char *)series.p);
    c->out->count[f->rule]++;
    if (c->sink->fault != NULL) {
        c->sink->fault(c->sink->ctx, &fault);
    }
}

/* ---- chains ---- */

typedef struct {
    i64 underlying; /* text number */
    i64 t_event;
    i64 expiry;
    i64 strike;
    bool put;
    u32 row;
} leg_t;

static int by_leg(const void *pa, const void *pb)
{
    const leg_t *a = pa;
    const leg_t *b = pb;
    const i64 x[] = {a->underlying, a->t_event, a->expiry, a->strike, a->put};
    const i64 y[] = {b->underlying, b->t_event, b->expiry, b->strike, b->put};
    for (u32 i = 0; i < COUNT_OF(x); i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

static int by_f64(const void *pa, const void *pb)
{
    f64 a = *(const f64 *)pa;
    f64 b = *(const f64 *)pb;
    return a < b ? -1 : a > b ? 1 : 0;
}

static f64 cell(const check_t *c, u32 row, const char *column)
{
    return record_value(c->t, c->kind, row, column);
}

/* Price of the underlying in a group of legs: the column, else its own row (a leg without expiry). */
static f64 spot_of(const check_t *c, const leg_t *leg, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        f64 spot = cell(c, leg[i].row, "spot");
        if (spot > 0) {
            return spot;
        }
        if (leg[i].expiry == CELL_NONE) {
            return cell(c, leg[i].row, "close");
        }
    }
    return 0;
}

/* Stated over implied volatility of straddles near the money. A straddle at the money is worth
 * S x sigma x sqrt(2 T / pi) (Brenner and Subrahmanyam, Financial Analysts Journal 44(5), 1988). */
static u32 ratios(const check_t *c, const leg_t *leg, u32 n, f64 *out)
{
    u32 count = 0;
    f64 spot = spot_of(c, leg, n);
    for (u32 i = 0; spot > 0 && i + 1 < n; i++) {
        const leg_t *call = &leg[i];
        const leg_t *put = &leg[i + 1];
        bool pair = call->expiry != CELL_NONE && call->expiry == put->expiry && call->strike == put->strike &&
                    !call->put && put->put;
        f64 days = (f64)call->expiry - (f64)(call->t_event / NS_PER_DAY);
        f64 strike = (f64)call->strike / (f64)PRICE_SCALE;
        bool near = strike > 0.98 * spot && strike < 1.02 * spot;
        if (!pair || !near || days < DAYS_MIN || days > DAYS_MAX) {
            continue;
        }
        f64 a = record_price(c->t, c->kind, call->row);
        f64 b = record_price(c->t, c->kind, put->row);
        f64 stated = (cell(c, call->row, "iv") + cell(c, put->row, "iv")) / 2;
        if (a > 0 && b > 0) {
            f64 implied = (a + b) / (spot * sqrt(2 * days / 365 / 3.14159265358979));
            out[count++] = stated / implied;
        }
    }
    return count;
}

static err_t check_volatility(check_t *c, const leg_t *leg, u32 n)
{
    f64 *own = malloc(((size_t)n + 1) * sizeof *own);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    u32 count = ratios(c, leg, n, own);
    if (count >= PAIRS_MIN) {
        qsort(own, count, sizeof *own, by_f64);
        f64 middle = own[count / 2];
        if (middle < 0.85 || middle > 1.15) {
            quality_fault_t f = {.rule = RULE_GREEKS_WRONG,
                                 .date = (date_t)(leg[0].t_event / NS_PER_DAY),
                                 .a = middle,
                                 .b = count};
            give(c, record_text(c->t, (u32)leg[0].underlying), &f);
        }
    }
    free(own);
    return ERR_OK;
}

static bool same_figures(const check_t *c, u32 a, u32 b)
{
    static const char *const names[] = {"open", "high", "low", "close", "volume", "open_interest"};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        u32 at = record_column_find(c->kind, names[i]);
        if (record_row(c->t, a)[at] != record_row(c->t, b)[at]) {
            return false;
        }
    }
    return cell(c, a, "close") > 0;
}

/* Legs of two sessions, both by contract: how many are in both, and how many of these did not move. */
static void check_repeat(check_t *c, const leg_t *old, u32 old_n, const leg_t *leg, u32 n)
{
    u32 both = 0;
    u32 same = 0;
    u32 k = 0;
    for (u32 i = 0; i < n; i++) {
        leg_t key = leg[i];
        key.t_event = old[0].t_event;
        while (k < old_n && by_leg(&old[k], &key) < 0) {
            k++;
        }
        if (k < old_n && by_leg(&old[k], &key) == 0 && key.expiry != CELL_NONE &&
            cell(c, leg[i].row, "close") > 0) {
            both++;
            same += same_figures(c, old[k].row, leg[i].row) ? 1 : 0;
        }
    }
    if (both >= STALE_MIN && same > both / 10 * 9) {
        quality_fault_t f = {
            .rule = RULE_STALE_CHAIN, .date = (date_t)(leg[0].t_event / NS_PER_DAY), .a = same, .b = both};
        give(c, record_text(c->t, (u32)leg[0].underlying), &f);
    }
}

static err_t check_chain(check_t *c)
{
    u32 underlying = record_column_find(c->kind, "underlying");
    u32 expiry = record_column_find(c->kind, "expiry");
    u32 strike = record_column_find(c->kind, "strike");
    u32 right = record_column_find(c->kind, "right");
    leg_t *own = malloc(((size_t)c->t->rows + 1) * sizeof *own);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    u32 n = 0;
    for (u32 i = 0; i < c->t->rows; i++) {
        const i64 *v = record_row(c->t, i);
        if (v[underlying] != CELL_NONE) {
            bool put = v[right] != CELL_NONE && str_eq_c(record_text(c->t, (u32)v[right]), "P");
            own[n++] = (leg_t){v[underlying], c->t->own_head[i].t_event, v[expiry], v[strike], put, i};
        }
    }
    qsort(own, n, sizeof *own, by_leg);
    err_t err = ERR_OK;
    u32 before = 0;
    for (u32 from = 0, to = 0; err == ERR_OK && from < n; before = from, from = to) {
        for (to = from;
             to < n && own[to].underlying == own[from].underlying && own[to].t_event == own[from].t_event;) {
            to++;
        }
        err = check_volatility(c, own + from, to - from);
        if (before < from && own[before].underlying == own[from].underlying) {
            check_repeat(c, own + before, from - before, own + from, to - from);
        }
    }
    free(own);
    return err;
}

/* ---- volume ---- */

/* A tenth of a series' bars without volume although their prices move: the column is an artefact. */
static void check_volume(check_t *c)
{
    u32 from = 0;
    for (u32 i = 0; i <= c->t->rows; i++) {
        if (i < c->t->rows && c->t->own_head[i].series == c->t->own_head[from].series) {
            continue;
        }
        u32 zero = 0;
        for (u32 k = from; k < i; k++) {
            zero += cell(c, k, "volume") == 0 && cell(c, k, "high") > cell(c, k, "low") ? 1 : 0;
        }
        if (i - from >= ZERO_MIN && zero > (i - from) / 10) {
            quality_fault_t f = {.rule = RULE_ZERO_VOLUME,
                                 .date = (date_t)(c->t->own_head[from].t_event / NS_PER_DAY),
                                 .a = zero,
                                 .b = i - from};
            give(c, record_text(c->t, c->t->own_head[from].series), &f);
        }
        from = i;
    }
}

/* ---- quotes ---- */

/* Spells of one kind in a series. */
typedef struct {
    u32 count;
    i64 longest;
    i64 first; /* moment */
} spells_t;

static void spells_add(spells_t *s, i64 from, i64 to)
{
    s->first = s->count == 0 ? from : s->first;
    s->longest = MAX_OF(s->longest, to - from);
    s->count++;
}

static void spells_tell(check_t *c, u32 row, quality_rule_t rule, const spells_t *s)
{
    if (s->count > 0) {
        quality_fault_t f = {.rule = rule,
                             .date = (date_t)(s->first / NS_PER_DAY),
                             .a = s->count,
                             .b = (f64)(s->longest / NS_PER_MIN)};
        give(c, record_text(c->t, c->t->own_head[row].series), &f);
    }
}

/* Every figure of both sides, sizes among them. */
static bool same_quote(const check_t *c, u32 a, u32 b)
{
    for (u32 i = 0; i < c->kind->count; i++) {
        const char *name = c->kind->column[i].name;
        bool side = strncmp(name, "bid", 3) == 0 || strncmp(name, "ask", 3) == 0;
        if (side && record_row(c->t, a)[i] != record_row(c->t, b)[i]) {
            return false;
        }
    }
    return true;
}

static bool same_day(i64 a, i64 b)
{
    return a / NS_PER_DAY == b / NS_PER_DAY;
}

/* No quote for half an hour, and thirty times as long as they took before: scale-free, so that a name that
 * is quoted twice a day is not called stale. */
static bool is_stale(const record_head_t *h, u32 from, u32 i)
{
    i64 gap = h[i].t_event - h[i - 1].t_event;
    if (gap <= STILL_NS || i < from + STILL_ROWS || !same_day(h[i - STILL_ROWS].t_event, h[i].t_event)) {
        return false;
    }
    i64 usual = (h[i - 1].t_event - h[i - STILL_ROWS].t_event) / (STILL_ROWS - 1);
    return gap >= 30 * usual;
}

/* Of one series, rows [from, to) in order of time: quotes that do not move though they keep coming, and
 * quotes that stop coming. */
static void check_quotes_of(check_t *c, u32 from, u32 to)
{
    const record_head_t *h = c->t->own_head;
    spells_t frozen = {0};
    spells_t stale = {0};
    u32 start = from;
    for (u32 i = from + 1; i <= to; i++) {
        bool goes_on =
            i < to && same_day(h[i - 1].t_event, h[i].t_event) && same_quote(c, i - 1, i);
        if (!goes_on) {
            i64 span = h[i - 1].t_event - h[start].t_event;
            if (i - start >= STILL_ROWS && span >= STILL_NS) {
                spells_add(&frozen, h[start].t_event, h[i - 1].t_event);
            }
            start = i;
        }
        if (i < to && is_stale(h, from, i)) {
            spells_add(&stale, h[i - 1].t_event, h[i].t_event);
        }
    }
    spells_tell(c, from, RULE_FROZEN_QUOTE, &frozen);
    spells_tell(c, from, RULE_STALE_QUOTE, &stale);
}

static void check_quotes(check_t *c)
{
    for (u32 from = 0, to = 0; from < c->t->rows; from = to) {
        for (to = from + 1;
             to < c->t->rows && c->t->own_head[to].series == c->t->own_head[from].series;) {
            to++;
        }
        check_quotes_of(c, from, to);
    }
}

/* ---- sets ---- */

static err_t check_set(check_t *c, const records_chunk_t *chunk, u32 n, diag_t *diag)
{
    record_table_t t = {0};
    records_query_t q = {
        .source = c->source, .kind = c->kind, .as_of = I64_MAX, .from = I64_MIN, .all_versions = true};
    for (u32 i = 0; i < n; i++) {
        c->out->chunks++;
        c->out->rows += chunk[i].rows;
        c->out->suspects += chunk[i].suspects;
        c->out->count[RULE_REVISION] += chunk[i].revisions;
    }
    err_t err = record_table_open(&t, c->kind->count);
    err = err == ERR_OK ? records_read(c->r, &q, diag, &t) : err;
    c->t = &t;
    if (err == ERR_OK && strcmp(c->kind->name, "option_quote") == 0) {
        err = check_chain(c);
    } else if (err == ERR_OK && strcmp(c->kind->name, "trade_bar") == 0) {
        check_volume(c);
    } else if (err == ERR_OK && (strcmp(c->kind->name, "quote_bar") == 0 ||
                                 strcmp(c->kind->name, "tick_quote") == 0)) {
        check_quotes(c);
    }
    record_table_close(&t);
    c->out->sets++;
    return err;
}

err_t records_check(const char *home, const char *source, const records_check_sink_t *sink, diag_t *diag,
                    records_check_t *out)
{
    ASSERT(home != NULL && sink != NULL);
    ASSERT(out != NULL);
    records_check_t result = {0};
    check_t c = {.sink = sink, .out = &result};
    records_chunk_t *own = NULL;
    u32 n = 0;
    TRY(records_open(home, true, diag, &c.r));
    err_t err = records_chunks(c.r, source, diag, &own, &n);
    err = err == ERR_OK && n == 0 ? ERR_EMPTY : err;
    for (u32 from = 0, to = 0; err == ERR_OK && from < n; from = to) {
        to = from;
        while (to < n && own[to].kind == own[from].kind && strcmp(own[to].source, own[from].source) == 0) {
            to++;
        }
        c.source = own[from].source;
        c.kind = record_kind_find(own[from].kind);
        err = c.kind == NULL ? diag_fail(diag, ERR_VERSION,
                                         "%.32s holds records of a kind not known here\n"
                                         "do: use the newer program",
                                         c.source)
                             : check_set(&c, own + from, to - from, diag);
    }
    free(own);
    records_close(c.r);
    if (err == ERR_OK) {
        *out = result;
    }
    return err;
}
