/* See records_build.h. */
#include "drivers/records_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/chain_build.h"
#include "drivers/coin_build.h"
#include "drivers/import_records.h"
#include "market/roll_build.h"
#include "market/tick_build.h"
#include "model/calendar.h"
#include "store/bars.h"

typedef struct {
    const records_build_spec_t *spec;
    const record_kind_desc_t *kind;
    record_table_t *t;
    records_build_t *out;
    diag_t *diag;
    bool no_volume; /* what the set's layout says of its volumes */
} build_t;

/* ---- bars out of prints ---- */

static i64 shares(const build_t *b, u32 row)
{
    u32 at = record_column_find(b->kind, "size");
    return record_row(b->t, row)[at] / fixed_pow10(b->kind->column[at].scale);
}

/* Conditions are bits in hexadecimal; text that is none says nothing. */
static u32 condition(const build_t *b, u32 row)
{
    i64 v = record_row(b->t, row)[record_column_find(b->kind, "condition")];
    u32 bits = 0;
    str_t s = v == CELL_NONE ? STR("") : record_text(b->t, (u32)v);
    for (u32 i = 0; i < s.n && s.n <= 8; i++) {
        u32 c = s.p[i] | 32u;
        u32 digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
        if (digit == 16) {
            return 0;
        }
        bits = bits << 4 | digit;
    }
    return bits;
}

static bool in_session(const bar_t *bar)
{
    session_t s;
    date_t day = calendar_date_at(CAL_NYSE, bar->t_event);
    return calendar_session(CAL_NYSE, day, I64_MAX, &s) && bar->t_event >= s.open &&
           bar->t_event + NS_PER_MIN <= s.close;
}

/* Bars of one series, rows [from, to). */
static err_t build_series(build_t *b, bars_t *store, u32 from, u32 to)
{
    bars_series_t series = {.timeframe = TF_1M, .built = true};
    bar_t *own = malloc(((size_t)(to - from) + 1) * sizeof *own);
    tick_build_t build = {0};
    bar_t bar;
    u32 n = 0;
    str_t name = record_text(b->t, b->t->own_head[from].series);
    if (own == NULL || str_copy(series.symbol, sizeof series.symbol, name) != ERR_OK) {
        free(own);
        return diag_fail(b->diag, ERR_NO_MEMORY, "%.32s: no memory, or a symbol too long", b->spec->source);
    }
    (void)snprintf(series.source, sizeof series.source, "%s", b->spec->source);
    u32 price = record_column_find(b->kind, "price");
    u32 flag = record_column_find(b->kind, "suspicious");
    for (u32 i = from; i <= to; i++) {
        bool ended = false;
        if (i < to) {
            tick_t t = {.t = b->t->own_head[i].t_event,
                        .price = {record_row(b->t, i)[price]},
                        .size = shares(b, i),
                        .condition = condition(b, i),
                        .suspicious = record_row(b->t, i)[flag] == 1};
            b->out->rows_used += tick_counts_price(&t) || tick_counts_volume(&t) ? 1 : 0;
            ended = tick_build_add(&build, &t, TF_1M, 0, &bar);
        } else {
            ended = tick_build_end(&build, &bar);
        }
        b->out->rows_made += ended ? 1 : 0;
        b->out->rows_outside += ended && !in_session(&bar) ? 1 : 0;
        if (ended && in_session(&bar)) {
            own[n++] = bar;
        }
    }
    bars_put_t put = {0};
    err_t err =
        n == 0 ? ERR_OK : bars_put(store, &series, &(bars_rows_t){own, n, b->spec->now_ns}, &put, b->diag);
    free(own);
    return err;
}

static err_t build_bars(build_t *b)
{
    bars_t *store = NULL;
    TRY(bars_open(b->spec->home, false, b->diag, &store));
    err_t err = bars_begin(store, b->diag);
    for (u32 from = 0, to = 0; err == ERR_OK && from < b->t->rows; from = to) {
        for (to = from; to < b->t->rows && b->t->own_head[to].series == b->t->own_head[from].series;) {
            to++;
        }
        err = build_series(b, store, from, to);
    }
    err = err == ERR_OK ? bars_commit(store, b->diag) : err;
    bars_close(store);
    (void)snprintf(b->out->made, sizeof b->out->made, "%s", b->spec->source);
    return err;
}

/* ---- a continuous future ---- */

typedef struct {
    str_t root;
    i32 month; /* of the contract: year x 12 + month */
    u32 row;
    i64 t;
} contract_bar_t;

/* "ESZ2013". */
static bool contract_of(str_t s, str_t *root, i32 *month)
{
    static const char letters[] = "FGHJKMNQUVXZ";
    i64 year = 0;
    if (s.n < 6 || str_to_i64(str_slice(s, s.n - 4, s.n), &year) != ERR_OK || year < 1900) {
        return false;
    }
    const char *at = memchr(letters, s.p[s.n - 5], sizeof letters - 1);
    *root = str_slice(s, 0, s.n - 5);
    *month = at == NULL ? 0 : (i32)year * 12 + (i32)(at - letters);
    return at != NULL;
}

static int by_day(const void *pa, const void *pb)
{
    const contract_bar_t *a = pa;
    const contract_bar_t *b = pb;
    int c = str_cmp(a->root, b->root);
    if (c != 0) {
        return c;
    }
    if (a->t != b->t) {
        return a->t < b->t ? -1 : 1;
    }
    return a->month - b->month;
}

static i64 at(const build_t *b, const contract_bar_t *c, const char *column)
{
    return record_row(b->t, c->row)[record_column_find(b->kind, column)];
}

/* Of one day: the bar of that contract, NULL if it did not trade. */
static const contract_bar_t *find(const contract_bar_t *c, u32 n, i32 month)
{
    for (u32 i = 0; i < n; i++) {
        if (c[i].month == month) {
            return &c[i];
        }
    }
    return NULL;
}

/* The latest contract after `front` that traded more than it; NULL to stay. */
static const contract_bar_t *rival(const build_t *b, const contract_bar_t *c, u32 n,
                                   const contract_bar_t *front)
{
    const contract_bar_t *best = NULL;
    for (u32 i = 0; i < n; i++) {
        i64 most = at(b, best == NULL ? front : best, "volume");
        best = c[i].month > front->month && at(b, &c[i], "volume") > most ? &c[i] : best;
    }
    return best;
}

static err_t number_add(build_t *b, record_table_t *to, const char *series, const record_head_t *when,
                        f64 value)
{
    record_head_t h = {.t_event = when->t_event, .t_known = when->t_known};
    i64 cell = 0;
    TRY(fixed_from_f64(value, PRICE_SCALE, &cell));
    TRY(record_text_add(to, str_from(series), &h.series));
    TRY(record_row_add(to, &h, &cell));
    b->out->rows_made++;
    return ERR_OK;
}

typedef struct {
    roll_factors_t factors;
    i32 front;
} chain_t;

static err_t chain_day(build_t *b, chain_t *c, const contract_bar_t *day, u32 n, record_table_t *to)
{
    char name[48];
    const contract_bar_t *front = find(day, n, c->front);
    if (front == NULL && c->front != 0 && day[n - 1].month >= c->front && day[0].month <= c->front) {
        return ERR_OK; /* the front contract did not trade: no price that day */
    }
    if (front == NULL) { /* the first day, or the front is gone: begin with what trades most */
        front = &day[0];
        for (u32 i = 1; i < n; i++) {
            front = at(b, &day[i], "volume") > at(b, front, "volume") ? &day[i] : front;
        }
        c->front = front->month;
    }
    const record_head_t *h = &b->t->own_head[front->row];
    const contract_bar_t *next = rival(b, day, n, front);
    if (next != NULL) {
        roll_t roll = {.t_known = MAX_OF(h->t_known, b->t->own_head[next->row].t_known),
                       .old_price = {at(b, front, "close")},
                       .new_price = {at(b, next, "close")}};
        TRY(roll_add(&c->factors, &roll));
        b->out->rolls++;
        front = next;
        c->front = next->month;
    }
    f64 factor = roll_factor(&c->factors, h->t_known);
    b->out->rows_used++;
    (void)snprintf(name, sizeof name, "%.*s", (int)MIN_OF(front->root.n, 24u), (const char *)front->root.p);
    TRY(number_add(b, to, name, h, (f64)at(b, front, "close") / (f64)PRICE_SCALE * factor));
    (void)snprintf(name, sizeof name, "%.*s/FACTOR", (int)MIN_OF(front->root.n, 24u),
                   (const char *)front->root.p);
    TRY(number_add(b, to, name, h, factor));
    (void)snprintf(name, sizeof name, "%.*s/FRONT", (int)MIN_OF(front->root.n, 24u),
                   (const char *)front->root.p);
    return number_add(b, to, name, h, front->month / 12 * 100 + front->month % 12 + 1);
}

static err_t chain_days(build_t *b, const contract_bar_t *bar, u32 n, record_table_t *to)
{
    chain_t *own = calloc(1, sizeof *own);
    err_t err = own == NULL ? ERR_NO_MEMORY : ERR_OK;
    for (u32 from = 0, end = 0; err == ERR_OK && from < n; from = end) {
        for (end = from; end < n && bar[end].t == bar[from].t && str_eq(bar[end].root, bar[from].root);) {
            end++;
        }
        if (from > 0 && !str_eq(bar[from].root, bar[from - 1].root)) {
            *own = (chain_t){0};
        }
        err = chain_day(b, own, bar + from, end - from, to);
    }
    free(own);
    return err;
}

static err_t store_made(build_t *b, const char *kind, record_table_t *t)
{
    records_t *r = NULL;
    records_put_t put = {0};
    records_target_t to = {
        .source = b->out->made, .kind = record_kind_named(str_from(kind)), .revision_known = b->spec->now_ns};
    TRY(records_open(b->spec->home, false, b->diag, &r));
    err_t err = records_begin(r, b->diag);
    err = err == ERR_OK ? records_put(r, &to, t, &put, b->diag) : err;
    err = err == ERR_OK ? records_commit(r, b->diag) : err;
    records_close(r);
    return err;
}

static err_t build_chain(build_t *b)
{
    record_table_t numbers = {0};
    contract_bar_t *own = malloc(((size_t)b->t->rows + 1) * sizeof *own);
    u32 n = 0;
    if (own == NULL) {
        return diag_fail(b->diag, ERR_NO_MEMORY, "no memory to build");
    }
    for (u32 i = 0; i < b->t->rows; i++) {
        contract_bar_t c = {.row = i, .t = b->t->own_head[i].t_event};
        if (contract_of(record_text(b->t, b->t->own_head[i].series), &c.root, &c.month)) {
            own[n++] = c;
        }
    }
    qsort(own, n, sizeof *own, by_day);
    (void)snprintf(b->out->made, sizeof b->out->made, "%.23s.forward", b->spec->source);
    err_t err = n == 0 ? diag_fail(b->diag, ERR_USAGE,
                                   "%.32s: its series are no contracts of a future (ESZ2013)\n"
                                   "do: name a set of daily bars of futures",
                                   b->spec->source)
                       : record_table_open(&numbers, 1);
    err = err == ERR_OK ? chain_days(b, own, n, &numbers) : err;
    err = err == ERR_OK ? store_made(b, "number", &numbers) : err;
    record_table_close(&numbers);
    free(own);
    return err == ERR_OK ? ERR_OK
                         : diag_fail(b->diag, err, "%.32s: the contracts cannot be joined: %s",
                                     b->spec->source, err_text(err));
}

/* ---- volatilities of a chain ---- */

static err_t build_volatilities(build_t *b)
{
    record_table_t made = {0};
    chain_build_t c = {0};
    (void)snprintf(b->out->made, sizeof b->out->made, "%.27s.own", b->spec->source);
    err_t err = record_table_open(&made, b->kind->count);
    err = err == ERR_OK ? chain_build(b->kind, b->t, &made, &c) : err;
    b->out->rows_used = c.made;
    b->out->rows_made = c.made + c.without;
    err = err == ERR_OK ? store_made(b, b->kind->name, &made) : err;
    record_table_close(&made);
    return err == ERR_OK ? ERR_OK
                         : diag_fail(b->diag, err, "%.32s: its volatilities cannot be computed: %s",
                                     b->spec->source, err_text(err));
}

/* ---- bars of coins ---- */

static err_t build_coins(build_t *b)
{
    coin_build_spec_t spec = {.home = b->spec->home,
                              .source = b->spec->source,
                              .now_ns = b->spec->now_ns,
                              .kind = b->kind,
                              .t = b->t,
                              .no_volume = b->no_volume};
    coin_build_t made = {0};
    TRY(coin_build(&spec, b->diag, &made));
    if (made.used == 0) {
        return diag_fail(b->diag, ERR_USAGE,
                         "%.32s: none of its %u rows is a bar of 1m, 5m, 15m, 1h or 1d of a coin in dollars\n"
                         "do: name a set that has such bars",
                         b->spec->source, b->t->rows);
    }
    b->out->coins = true;
    b->out->rows_other = made.other;
    b->out->no_volume = b->no_volume;
    (void)snprintf(b->out->made, sizeof b->out->made, "%s", b->spec->source);
    b->out->rows_used = made.used;
    b->out->rows_made = made.used + made.days;
    return ERR_OK;
}

/* ---- the set ---- */

/* What the layouts of the set say of it. Names do not tell: a swap on a coin is called like the coin. */
static err_t ask_layouts(records_t *r, build_t *b)
{
    const records_build_spec_t *spec = b->spec;
    const record_format_desc_t *f = NULL;
    for (u32 i = 0; (f = record_format_at(i)) != NULL; i++) {
        bool has = false;
        if (f->unbuilt == NULL && !f->no_volume) {
            continue;
        }
        TRY(records_has_format(r, spec->source, f->name, b->diag, &has));
        b->no_volume = b->no_volume || (has && f->no_volume);
        if (has && f->unbuilt != NULL) {
            return diag_fail(b->diag, ERR_USAGE,
                             "nothing is built out of %.48s: %s\noption --source\n"
                             "do: name another set, or import bars with `vitrine data import`",
                             spec->source, f->unbuilt);
        }
    }
    return ERR_OK;
}

static err_t read_set(build_t *b, bool all_versions)
{
    records_t *r = NULL;
    records_chunk_t *own = NULL;
    u32 n = 0;
    TRY(records_open(b->spec->home, true, b->diag, &r));
    err_t err = records_chunks(r, b->spec->source, b->diag, &own, &n);
    b->kind = err == ERR_OK && n > 0 ? record_kind_find(own[0].kind) : NULL;
    free(own);
    if (err == ERR_OK && b->kind == NULL) {
        err = diag_fail(b->diag, ERR_NOT_FOUND,
                        "there is no set of records '%.48s'\noption --source\n"
                        "do: `vitrine data list` shows what is stored",
                        b->spec->source);
    }
    err = err == ERR_OK ? ask_layouts(r, b) : err;
    err = err == ERR_OK ? record_table_open(b->t, b->kind->count) : err;
    if (err == ERR_OK) {
        records_query_t q = {.source = b->spec->source,
                             .kind = b->kind,
                             .as_of = I64_MAX,
                             .from = I64_MIN,
                             .all_versions = all_versions};
        err = records_read(r, &q, b->diag, b->t);
    }
    records_close(r);
    return err;
}

err_t records_build(const records_build_spec_t *spec, diag_t *diag, records_build_t *out)
{
    ASSERT(spec != NULL && spec->home != NULL && spec->source != NULL);
    ASSERT(out != NULL);
    record_table_t t = {0};
    records_build_t result = {0};
    build_t b = {.spec = spec, .t = &t, .out = &result, .diag = diag};
    err_t err = read_set(&b, false);
    bool coins = err == ERR_OK && strcmp(b.kind->name, "trade_bar") == 0 && coin_build_fits(&t);
    if (coins) { /* a bar of a coin is known as it was told, and its correction when that came */
        record_table_close(&t);
        t = (record_table_t){0};
        err = read_set(&b, true);
    }
    if (err == ERR_OK) {
        result.rows_read = t.rows;
        (void)snprintf(result.kind, sizeof result.kind, "%s", b.kind->name);
        bool ticks = strcmp(b.kind->name, "tick_trade") == 0;
        bool bars = strcmp(b.kind->name, "trade_bar") == 0;
        bool chains = strcmp(b.kind->name, "option_quote") == 0;
        err = ticks    ? build_bars(&b)
              : coins  ? build_coins(&b)
              : bars   ? build_chain(&b)
              : chains ? build_volatilities(&b)
                       : diag_fail(diag, ERR_USAGE,
                                   "nothing is built out of %s\noption --source\n"
                                   "do: name a set of tick_trade, trade_bar or option_quote",
                                   b.kind->name);
    }
    record_table_close(&t);
    if (err == ERR_OK) {
        *out = result;
    }
    return err;
}
