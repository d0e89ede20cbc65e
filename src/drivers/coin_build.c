/* See coin_build.h. */
#include "drivers/coin_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "market/daily_build.h"
#include "market/quality.h"
#include "model/currency.h"
#include "model/symbol.h"

/* Money that ends in USD and is no dollar, by its own name. */
static const char *const others[] = {"BUSD", "FDUSD", "PYUSD", "TUSD"};

static bool is_coin(str_t base)
{
    const currency_t *c = currency_find(base);
    return c != NULL && c->kind == CURRENCY_DIGITAL;
}

static bool ends_in(str_t name, const char *quote, str_t *base)
{
    u32 n = (u32)strlen(quote);
    bool ends = name.n > n && str_eq_c(str_slice(name, name.n - n, name.n), quote);
    *base = ends ? str_slice(name, 0, name.n - n) : (str_t){0};
    return ends;
}

/* DOTUSD is DOT in dollars or DO in TUSD: the reading whose coin is known is meant, if one is. */
static coin_name_t dollars_of(str_t name, str_t *base)
{
    str_t other = {0};
    bool two = false;
    for (u32 i = 0; i < COUNT_OF(others) && !two; i++) {
        two = ends_in(name, others[i], &other);
    }
    if (!ends_in(name, "USD", base)) {
        return COIN_NONE;
    }
    if (!two || (is_coin(*base) && !is_coin(other))) {
        return COIN_NAMED;
    }
    return is_coin(other) && !is_coin(*base) ? COIN_NONE : COIN_UNCLEAR;
}

/* "BTC-USD" and "BTC/USD" name the parts, "BTCUSD" ends in the second. */
static coin_name_t parts_of(str_t name, str_t *base, str_t *quote)
{
    if (str_cut(name, '-', base, quote) || str_cut(name, '/', base, quote)) {
        return base->n > 0 ? COIN_NAMED : COIN_NONE;
    }
    *quote = STR("USDT");
    if (ends_in(name, "USDT", base)) {
        return COIN_NAMED;
    }
    *quote = STR("USDC");
    if (ends_in(name, "USDC", base)) {
        return COIN_NAMED;
    }
    *quote = STR("USD");
    return dollars_of(name, base);
}

coin_name_t coin_named(str_t name, char out[LIMIT_SYMBOL])
{
    ASSERT(out != NULL);
    str_t base;
    str_t quote;
    instrument_t coin;
    coin_name_t named = name.n + 2 > LIMIT_SYMBOL ? COIN_NONE : parts_of(name, &base, &quote);
    if (named != COIN_NAMED) {
        return named;
    }
    (void)snprintf(out, LIMIT_SYMBOL, STR_FMT "/" STR_FMT, STR_ARG(base), STR_ARG(quote));
    return symbol_coin(str_from(out), &coin) ? COIN_NAMED : COIN_NONE;
}

bool coin_build_fits(const record_table_t *t)
{
    ASSERT(t != NULL);
    char symbol[LIMIT_SYMBOL];
    bool fits = false;
    for (u32 i = 0; i < t->rows && !fits; i++) {
        bool same = i > 0 && t->own_head[i].series == t->own_head[i - 1].series;
        fits = !same && coin_named(record_text(t, t->own_head[i].series), symbol) == COIN_NAMED;
    }
    return fits;
}

static bool timeframe_of(i64 seconds, timeframe_t *out)
{
    for (timeframe_t tf = TF_1M; tf <= TF_1D; tf++) {
        if (timeframe_ns(tf) == seconds * NS_PER_SEC) {
            *out = tf;
            return true;
        }
    }
    return false;
}

typedef struct {
    const coin_build_spec_t *spec;
    bars_t *store;
    u32 column[6]; /* length, open, high, low, close, volume */
    diag_t *diag;
    coin_build_t out;
} job_t;

static bool bar_of(const job_t *j, u32 row, timeframe_t tf, bar_t *out)
{
    const i64 *cell = record_row(j->spec->t, row);
    const record_head_t *h = &j->spec->t->own_head[row];
    if ((h->flags & RECORD_SUSPECT) != 0) {
        return false;
    }
    for (u32 i = 0; i < COUNT_OF(j->column); i++) {
        if (cell[j->column[i]] == CELL_NONE) {
            return false;
        }
    }
    *out = (bar_t){.t_event = h->t_event,
                   .t_known = h->t_known,
                   .open = {cell[j->column[1]]},
                   .high = {cell[j->column[2]]},
                   .low = {cell[j->column[3]]},
                   .close = {cell[j->column[4]]},
                   .volume = j->spec->no_volume ? 0 : cell[j->column[5]],
                   .flags = j->spec->no_volume ? BAR_VOLUME_UNKNOWN : 0};
    timeframe_t own;
    return timeframe_of(cell[j->column[0]], &own) && own == tf && quality_row(out) == RULE_SOUND;
}

/* Out of the rows as they were first told: a correction is known later, and no day of before may hold it. */
static err_t days_put(job_t *j, bars_series_t series, const bar_t *bar, u32 n)
{
    bar_t *own = malloc(((size_t)n + 1) * sizeof *own);
    daily_build_t build = {0};
    bars_put_t put = {0};
    u32 days = 0;
    if (own == NULL) {
        return diag_fail(j->diag, ERR_NO_MEMORY, "no memory for daily bars of %.31s", series.symbol);
    }
    for (u32 i = 0; i < n; i++) {
        if (i > 0 && bar[i].t_event == bar[i - 1].t_event) {
            continue;
        }
        i64 midnight = bar[i].t_event / NS_PER_DAY * NS_PER_DAY;
        i64 late = bar[i].t_known - bar[i].t_event - timeframe_ns(series.timeframe);
        days += daily_build_add(&build, &bar[i], midnight, midnight + NS_PER_DAY + MAX_OF(late, 0),
                                &own[days])
                    ? 1
                    : 0;
    }
    days += daily_build_end(&build, &own[days]) ? 1 : 0;
    series.timeframe = TF_1D;
    series.built = true;
    err_t err =
        bars_put(j->store, &series, &(bars_rows_t){own, days, j->spec->now_ns}, &put, j->diag);
    j->out.days += days;
    free(own);
    return err;
}

/* Rows [from, to) of one series: the bars of one length are one series of the store. */
static err_t series_put(job_t *j, u32 from, u32 to, timeframe_t tf)
{
    bars_series_t series = {.timeframe = tf};
    bars_put_t put = {0};
    u32 n = 0;
    str_t name = record_text(j->spec->t, j->spec->t->own_head[from].series);
    coin_name_t named = coin_named(name, series.symbol);
    if (named == COIN_UNCLEAR) {
        return diag_fail(j->diag, ERR_USAGE,
                         STR_FMT " can be read as a coin in dollars or in other money\n"
                         "do: write the parts apart (DOT-USD) and import the file again",
                         STR_ARG(name));
    }
    if (named != COIN_NAMED) {
        return ERR_OK;
    }
    bar_t *own = malloc(((size_t)(to - from) + 1) * sizeof *own);
    if (own == NULL) {
        return diag_fail(j->diag, ERR_NO_MEMORY, "no memory for bars of %.31s", series.symbol);
    }
    (void)snprintf(series.source, sizeof series.source, "%s", j->spec->source);
    for (u32 i = from; i < to; i++) {
        n += bar_of(j, i, tf, &own[n]) ? 1 : 0;
    }
    err_t err = n == 0 ? ERR_OK
                       : bars_put(j->store, &series, &(bars_rows_t){own, n, j->spec->now_ns}, &put, j->diag);
    if (err == ERR_OK && n > 0 && tf != TF_1D) {
        err = days_put(j, series, own, n);
    }
    j->out.used += n;
    free(own);
    return err;
}

err_t coin_build(const coin_build_spec_t *spec, diag_t *diag, coin_build_t *out)
{
    static const char *const names[] = {"length", "open", "high", "low", "close", "volume"};
    ASSERT(spec != NULL && spec->kind != NULL && spec->t != NULL && out != NULL);
    job_t j = {.spec = spec, .diag = diag};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        j.column[i] = record_column_find(spec->kind, names[i]);
    }
    TRY(bars_open(spec->home, false, diag, &j.store));
    err_t err = bars_begin(j.store, diag);
    for (u32 from = 0, to = 0; err == ERR_OK && from < spec->t->rows; from = to) {
        for (to = from;
             to < spec->t->rows && spec->t->own_head[to].series == spec->t->own_head[from].series;) {
            to++;
        }
        for (timeframe_t tf = TF_1M; tf <= TF_1D && err == ERR_OK; tf++) {
            err = series_put(&j, from, to, tf);
        }
    }
    err = err == ERR_OK ? bars_commit(j.store, diag) : err;
    bars_close(j.store);
    j.out.other = spec->t->rows - j.out.used;
    *out = j.out;
    return err;
}
