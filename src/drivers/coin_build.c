/* See coin_build.h. */
#include "drivers/coin_build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "market/daily_build.h"
#include "market/quality.h"
#include "model/symbol.h"

/* The longer name first: BUSD and its like end in USD and are no dollars. */
static const char *const quotes[] = {"BUSD", "FDUSD", "PYUSD", "TUSD", "USDT", "USDC", "USD"};

/* "BTC-USD" and "BTC/USD" name the parts, "BTCUSD" ends in the second. False: neither. */
static bool parts_of(str_t name, str_t *base, str_t *quote)
{
    if (str_cut(name, '-', base, quote) || str_cut(name, '/', base, quote)) {
        return base->n > 0;
    }
    for (u32 i = 0; i < COUNT_OF(quotes); i++) {
        u32 n = (u32)strlen(quotes[i]);
        if (name.n > n && str_eq_c(str_slice(name, name.n - n, name.n), quotes[i])) {
            *base = str_slice(name, 0, name.n - n);
            *quote = str_slice(name, name.n - n, name.n);
            return true;
        }
    }
    return false;
}

bool coin_named(str_t name, char out[LIMIT_SYMBOL])
{
    ASSERT(out != NULL);
    str_t base;
    str_t quote;
    instrument_t coin;
    if (name.n + 2 > LIMIT_SYMBOL || !parts_of(name, &base, &quote)) {
        return false;
    }
    (void)snprintf(out, LIMIT_SYMBOL, STR_FMT "/" STR_FMT, STR_ARG(base), STR_ARG(quote));
    return symbol_coin(str_from(out), &coin);
}

bool coin_build_fits(const record_table_t *t)
{
    ASSERT(t != NULL);
    char symbol[LIMIT_SYMBOL];
    bool fits = false;
    for (u32 i = 0; i < t->rows && !fits; i++) {
        bool same = i > 0 && t->own_head[i].series == t->own_head[i - 1].series;
        fits = !same && coin_named(record_text(t, t->own_head[i].series), symbol);
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
                   .volume = cell[j->column[5]]};
    timeframe_t own;
    return timeframe_of(cell[j->column[0]], &own) && own == tf && quality_row(out) == RULE_SOUND;
}

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
    if (!coin_named(record_text(j->spec->t, j->spec->t->own_head[from].series), series.symbol)) {
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
