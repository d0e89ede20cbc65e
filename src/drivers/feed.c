/* See feed.h: opening and choosing series. The merge is feed_next.c. */
#include "drivers/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "drivers/feed_inner.h"
#include "model/sector.h"
#include "model/symbol.h"

/* ---- choosing one series per symbol ---- */

static bool same_series(const bars_chunk_t *a, const bars_chunk_t *b)
{
    return strcmp(a->series.symbol, b->series.symbol) == 0 && strcmp(a->series.source, b->series.source) == 0;
}

/* Raw before adjusted, stored before built, more rows before fewer; the name decides last. */
static bool run_better(const feed_run_t *a, const feed_run_t *b)
{
    if ((a->adjusted_to != 0) != (b->adjusted_to != 0)) {
        return a->adjusted_to == 0;
    }
    if (a->built != b->built) {
        return !a->built;
    }
    return a->rows != b->rows ? a->rows > b->rows : false; /* runs come sorted by source */
}

/* Chunks are sorted by source, then symbol: one run per series. */
static u32 runs_find(const bars_chunk_t *c, u32 chunks, feed_run_t *out)
{
    u32 runs = 0;
    for (u32 i = 0; i < chunks; i++) {
        if (i == 0 || !same_series(&c[i - 1], &c[i])) {
            out[runs++] = (feed_run_t){.first = i, .symbol = c[i].series.symbol};
        }
        feed_run_t *r = &out[runs - 1];
        r->count++;
        r->rows += c[i].rows;
        r->built |= c[i].series.built;
        r->adjusted_to = MAX_OF(r->adjusted_to, c[i].series.adjusted_to);
    }
    return runs;
}

static int by_symbol(const void *pa, const void *pb)
{
    const feed_run_t *a = pa;
    const feed_run_t *b = pb;
    int c = strcmp(a->symbol, b->symbol);
    return c != 0 ? c : a->first < b->first ? -1 : a->first > b->first ? 1 : 0;
}

/* Sorts by symbol and keeps the best of each. */
static u32 runs_choose(feed_run_t *run, u32 runs)
{
    u32 n = 0;
    qsort(run, runs, sizeof *run, by_symbol);
    for (u32 i = 0; i < runs; i++) {
        if (n > 0 && strcmp(run[n - 1].symbol, run[i].symbol) == 0) {
            run[n - 1] = run_better(&run[i], &run[n - 1]) ? run[i] : run[n - 1];
        } else {
            run[n++] = run[i];
        }
    }
    return n;
}

static err_t unknown_symbol(const feed_run_t *run, u32 runs, const char *symbol, diag_t *diag)
{
    const char *best = "none";
    u32 least = UINT32_MAX;
    for (u32 i = 0; i < runs; i++) {
        best = str_nearer(str_from(symbol), str_from(run[i].symbol), &least) ? run[i].symbol : best;
    }
    return diag_fail(diag, ERR_UNKNOWN_SYMBOL,
                     "no bars of '%.48s' in this range\nthe nearest stored symbol is %s\n"
                     "do: name another, or import its bars with `vitrine data import`", symbol, best);
}

static int run_key(const void *key, const void *element)
{
    return strcmp(key, ((const feed_run_t *)element)->symbol);
}

/* Leaves the asked symbols only, in order of symbol, each once. */
static err_t runs_filter(const feed_spec_t *s, feed_run_t *run, u32 *runs, diag_t *diag)
{
    if (s->symbols == NULL) {
        return ERR_OK;
    }
    for (u32 i = 0; i < s->symbol_count; i++) {
        feed_run_t *found = bsearch(s->symbols[i], run, *runs, sizeof *run, run_key);
        if (found == NULL) {
            return unknown_symbol(run, *runs, s->symbols[i], diag);
        }
        found->wanted = true;
    }
    u32 n = 0;
    for (u32 i = 0; i < *runs; i++) {
        if (run[i].wanted) {
            run[n++] = run[i];
        }
    }
    *runs = n;
    return ERR_OK;
}

/* ---- building the lanes ---- */

static bool is_index(const char *symbol)
{
    static const char *const names[] = {"GSPC", "NDX", "SKEW", "VIX", "VIX1D", "VVIX"};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(symbol, names[i]) == 0) {
            return true;
        }
    }
    return symbol[0] == '^';
}

static instrument_t instrument_of(const char *symbol)
{
    instrument_t coin;
    if (symbol_coin(str_from(symbol), &coin)) {
        return coin;
    }
    instrument_t x = {.cls = is_index(symbol) ? CLASS_INDEX : CLASS_STOCK, .calendar = CAL_NYSE,
                      .tick = {PRICE_SCALE / 100}, .multiplier = 1};
    memcpy(x.symbol, symbol, strnlen(symbol, LIMIT_SYMBOL - 1));
    if (x.cls == CLASS_STOCK) {
        instrument_classify(&x); /* funds, sectors, leveraged products with their underlying */
    }
    return x;
}

static void info_source(feed_info_t *info, const char *source)
{
    size_t n = strlen(info->sources);
    size_t m = strlen(source);
    for (const char *p = info->sources; (p = strstr(p, source)) != NULL; p += m) {
        bool front = p == info->sources || p[-1] == ',';
        if (front && (p[m] == ',' || p[m] == '\0')) {
            return;
        }
    }
    if (n + m + 2 < sizeof info->sources) {
        (void)snprintf(info->sources + n, sizeof info->sources - n, "%s%s", n > 0 ? "," : "", source);
    }
}

static err_t info_fill(feed_t *f, diag_t *diag)
{
    f->info.symbols = f->lanes;
    f->info.known_first = I64_MAX;
    f->info.known_last = I64_MIN;
    f->info.fresh_last = I64_MIN;
    for (u32 i = 0; i < f->lanes; i++) {
        const feed_run_t *r = &f->own_run[i];
        f->info.rows += r->rows;
        f->info.built |= r->built;
        f->info.adjusted_to = MAX_OF(f->info.adjusted_to, r->adjusted_to);
        info_source(&f->info, f->own_chunk[r->first].series.source);
        for (u32 k = r->first; k < r->first + r->count; k++) {
            const bars_chunk_t *c = &f->own_chunk[k];
            f->info.known_first = MIN_OF(f->info.known_first, c->known_first);
            f->info.known_last = MAX_OF(f->info.known_last, c->known_last);
            f->info.content = hash64_seed(c->hash.b, sizeof c->hash.b, f->info.content);
        }
        TRY(bars_fresh_last(f->own_store, &f->own_chunk[r->first], r->count, diag, &f->info.fresh_last));
    }
    if (f->info.fresh_last == I64_MIN) { /* corrections alone */
        f->info.fresh_last = f->info.known_last;
    }
    return ERR_OK;
}

static int by_known(const void *pa, const void *pb)
{
    const action_t *a = pa;
    const action_t *b = pb;
    if (a->t_known != b->t_known) {
        return a->t_known < b->t_known ? -1 : 1;
    }
    if (a->inst != b->inst) {
        return a->inst < b->inst ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1; /* split before dividend: the dividend is per new share */
    }
    return a->ex_date < b->ex_date ? -1 : a->ex_date > b->ex_date ? 1 : 0;
}

/* Actions from `from` on of all symbols, in one list by t_known: a few thousand at most for decades of
 * hundreds. */
static err_t actions_load(feed_t *f, diag_t *diag)
{
    u32 room = 0;
    for (u32 i = 0; i < f->lanes; i++) {
        const bars_series_t *s = &f->own_chunk[f->own_run[i].first].series;
        action_t *own = NULL;
        u32 n = 0;
        TRY(bars_actions(f->own_store, s->source, s->symbol, diag, &own, &n));
        if (list_room(&f->own_action, &room, (size_t)f->actions + n, sizeof *f->own_action) != ERR_OK) {
            free(own);
            return diag_fail(diag, ERR_NO_MEMORY, "no memory for corporate actions");
        }
        for (u32 k = 0; k < n; k++) {
            if (own[k].t_known >= f->from && own[k].t_known < f->to) {
                own[k].inst = (inst_t)i;
                f->own_action[f->actions++] = own[k];
            }
        }
        free(own);
    }
    if (f->actions > 0) {
        qsort(f->own_action, f->actions, sizeof *f->own_action, by_known);
    }
    return ERR_OK;
}

/* Sessions, law and costs are those of one market. */
static err_t mixed(const feed_t *f, u32 i, diag_t *diag)
{
    bool coin = f->own_instrument[0].calendar == CAL_CRYPTO;
    return diag_fail(diag, ERR_USAGE,
                     "coins and shares do not trade in one run\n%.31s keeps the hours of %s, %.31s does not\n"
                     "do: name the symbols or the source of one of them (--symbols, --source)",
                     f->own_run[0].symbol, coin ? "coins" : "the stock exchange", f->own_run[i].symbol);
}

static err_t lanes_allocate(feed_t *f, diag_t *diag)
{
    u32 n = f->lanes;
    f->own_lane = calloc(n, sizeof *f->own_lane);
    f->own_known = malloc(n * sizeof *f->own_known);
    f->own_event = malloc(n * sizeof *f->own_event);
    f->own_instrument = malloc(n * sizeof *f->own_instrument);
    f->own_inst = malloc(n * sizeof *f->own_inst);
    f->own_bar = aligned_alloc(64, n * sizeof *f->own_bar);
    if (f->own_lane == NULL || f->own_known == NULL || f->own_event == NULL || f->own_instrument == NULL
        || f->own_inst == NULL || f->own_bar == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for a feed of %u symbols", n);
    }
    for (u32 i = 0; i < n; i++) {
        f->own_instrument[i] = instrument_of(f->own_run[i].symbol);
        if (f->own_instrument[i].calendar != f->own_instrument[0].calendar) {
            return mixed(f, i, diag);
        }
        f->own_lane[i].chunk_next = f->own_run[i].first;
        f->own_lane[i].chunk_end = f->own_run[i].first + f->own_run[i].count;
    }
    return ERR_OK;
}

/* The data set that is asked for is not there: name the nearest that is. */
static err_t unknown_source(feed_t *f, const feed_spec_t *s, diag_t *diag)
{
    bars_query_t q = {.timeframe = s->timeframe, .from = I64_MIN};
    bars_chunk_t *own = NULL;
    char best[BARS_SOURCE] = "";
    u32 least = UINT32_MAX;
    u32 n = 0;
    TRY(bars_chunks(f->own_store, &q, diag, &own, &n));
    for (u32 i = 0; i < n; i++) {
        if (str_nearer(str_from(s->source), str_from(own[i].series.source), &least)) {
            memcpy(best, own[i].series.source, sizeof best);
        }
    }
    free(own);
    return diag_fail(diag, ERR_NOT_FOUND,
                     "no data set '%.48s' with %s bars\n%.200s\n%s%s\n"
                     "do: `vitrine data list` shows what is stored",
                     s->source, timeframe_name(s->timeframe), s->home,
                     best[0] == '\0' ? "there is none" : "the nearest is ", best);
}

static err_t empty_range(feed_t *f, const feed_spec_t *s, diag_t *diag)
{
    bars_query_t q = {.source = s->source, .timeframe = s->timeframe};
    bars_chunk_t *own = NULL;
    u32 n = 0;
    q.from = I64_MIN;
    TRY(bars_chunks(f->own_store, &q, diag, &own, &n));
    if (n == 0) {
        free(own);
        return s->source != NULL ? unknown_source(f, s, diag)
                                 : diag_fail(diag, ERR_EMPTY,
                                             "there are no %s bars here\n%.200s\ndo: import some with "
                                             "`vitrine data import FILE...`",
                                             timeframe_name(s->timeframe), s->home);
    }
    i64 first = I64_MAX;
    i64 last = I64_MIN;
    for (u32 i = 0; i < n; i++) {
        first = MIN_OF(first, own[i].known_first);
        last = MAX_OF(last, own[i].known_last);
    }
    free(own);
    char a[36];
    char b[36];
    time_print(a, first);
    time_print(b, last);
    return diag_fail(diag, ERR_EMPTY, "no %s bars in the asked range\nstored are %.10s to %.10s\n"
                     "do: give --from and --to within",
                     timeframe_name(s->timeframe), a, b);
}

static err_t feed_build(feed_t *f, const feed_spec_t *s, diag_t *diag)
{
    TRY(bars_open(s->home, true, diag, &f->own_store));
    bars_query_t q = {.source = s->source, .timeframe = s->timeframe, .from = f->from, .to = f->to};
    u32 chunks = 0;
    TRY(bars_chunks(f->own_store, &q, diag, &f->own_chunk, &chunks));
    if (chunks == 0) {
        return empty_range(f, s, diag);
    }
    f->own_run = malloc(chunks * sizeof *f->own_run);
    if (f->own_run == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for the manifest");
    }
    f->lanes = runs_choose(f->own_run, runs_find(f->own_chunk, chunks, f->own_run));
    TRY(runs_filter(s, f->own_run, &f->lanes, diag));
    if (f->lanes > LIMIT_UNIVERSE) {
        return diag_fail(diag, ERR_POOL_FULL, "%u symbols are more than the %d of one run\n"
                                              "do: name fewer with --symbols",
                         f->lanes,
                         (int)LIMIT_UNIVERSE);
    }
    TRY(lanes_allocate(f, diag));
    TRY(info_fill(f, diag));
    TRY(actions_load(f, diag));
    if (s->proxy_symbol != NULL) {
        feed_history_spec_t h = {.home = s->home, .symbol = s->proxy_symbol, .timeframe = s->proxy_timeframe};
        TRY(feed_history(&h, diag, &f->proxy));
    }
    return feed_prime(f, diag);
}

err_t feed_open(const feed_spec_t *spec, diag_t *diag, feed_t **out)
{
    ASSERT(spec != NULL && spec->home != NULL);
    ASSERT(out != NULL);
    i64 to = spec->to == 0 ? I64_MAX : spec->to;
    if (spec->from >= to) {
        return diag_fail(diag, ERR_PARAM_RANGE, "the range is empty: its start is not before its end\n"
                                                "do: give --from and --to in order");
    }
    if (spec->timeframe < TF_1M || spec->timeframe > TF_1D) {
        return diag_fail(diag, ERR_PARAM_RANGE, "the timeframe is none of 1m, 5m, 15m, 1h, 1d\n"
                                                "do: name one of them with --timeframe");
    }
    feed_t *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for a feed");
    }
    f->timeframe = spec->timeframe;
    f->from = spec->from;
    f->to = to;
    f->newest = I64_MIN;
    if (spec->mutator != NULL) {
        f->mutator = *spec->mutator;
    }
    err_t err = feed_build(f, spec, diag);
    if (err != ERR_OK) {
        feed_close(f);
        return err;
    }
    ASSERT(f->lanes > 0);
    *out = f;
    return ERR_OK;
}

void feed_close(feed_t *f)
{
    if (f == NULL) {
        return;
    }
    for (u32 i = 0; f->own_lane != NULL && i < f->lanes; i++) {
        bars_buffer_free(&f->own_lane[i].buffer);
    }
    free(f->own_lane);
    free(f->own_known);
    free(f->own_event);
    free(f->own_instrument);
    free(f->own_inst);
    free(f->own_bar);
    free(f->own_run);
    free(f->own_chunk);
    free(f->own_action);
    feed_history_free(&f->proxy);
    bars_close(f->own_store);
    free(f);
}

const instrument_t *feed_instruments(const feed_t *f, u32 *count)
{
    ASSERT(f != NULL);
    ASSERT(count != NULL);
    *count = f->lanes;
    return f->own_instrument;
}

const feed_info_t *feed_info(const feed_t *f)
{
    ASSERT(f != NULL);
    return &f->info;
}

const bar_t *feed_proxy(const feed_t *f, u32 *count)
{
    ASSERT(f != NULL && count != NULL);
    *count = f->proxy.bar_count;
    return f->proxy.own_bars;
}

/* ---- one symbol's whole series ---- */

static err_t history_read(bars_t *store, const feed_history_spec_t *s, diag_t *diag, feed_history_t *h)
{
    bars_query_t q = {.source = s->source, .symbol = s->symbol, .timeframe = s->timeframe, .from = s->from,
                      .to = s->to};
    bars_chunk_t *own = NULL;
    u32 chunks = 0;
    TRY(bars_chunks(store, &q, diag, &own, &chunks));
    feed_run_t *run = chunks == 0 ? NULL : malloc(chunks * sizeof *run);
    if (run == NULL) {
        free(own);
        return chunks == 0 ? diag_fail(diag, ERR_UNKNOWN_SYMBOL,
                                       "no %s bars of '%.48s' in the asked range\ndo: `vitrine data "
                                       "list` shows what is stored", timeframe_name(s->timeframe), s->symbol)
                           : diag_fail(diag, ERR_NO_MEMORY, "no memory for the bars of %s", s->symbol);
    }
    u32 runs = runs_choose(run, runs_find(own, chunks, run));
    ASSERT(runs == 1);
    memcpy(h->source, own[run[0].first].series.source, sizeof h->source);
    h->adjusted_to = run[0].adjusted_to;
    free(run);
    free(own);
    q.source = h->source;
    TRY(bars_read_all(store, &q, diag, &h->own_bars, &h->bar_count));
    return bars_actions(store, h->source, s->symbol, diag, &h->own_actions, &h->action_count);
}

err_t feed_history(const feed_history_spec_t *spec, diag_t *diag, feed_history_t *out)
{
    ASSERT(spec != NULL && spec->home != NULL && spec->symbol != NULL);
    ASSERT(out != NULL);
    bars_t *store = NULL;
    feed_history_t h = {0};
    i64 to = spec->to == 0 ? I64_MAX : spec->to;
    TRY(bars_open(spec->home, true, diag, &store));
    err_t err = history_read(store, spec, diag, &h);
    bars_close(store);
    u32 n = 0;
    i64 newest = I64_MIN;
    for (u32 i = 0; err == ERR_OK && i < h.bar_count; i++) {
        h.own_bars[i].flags |= h.own_bars[i].t_event < newest ? (u32)BAR_LATE : 0U; /* as in a run */
        newest = MAX_OF(newest, h.own_bars[i].t_event);
        bool left = spec->as_run && (h.own_bars[i].flags & BAR_LATE) != 0;
        if (!left && h.own_bars[i].t_known >= spec->from && h.own_bars[i].t_known < to) {
            h.own_bars[n++] = h.own_bars[i];
        }
    }
    h.bar_count = n;
    n = 0;
    for (u32 i = 0; err == ERR_OK && i < h.action_count; i++) {
        if (h.own_actions[i].t_known >= spec->from && h.own_actions[i].t_known < to) {
            h.own_actions[n++] = h.own_actions[i];
        }
    }
    h.action_count = n;
    if (err == ERR_OK && h.bar_count == 0) {
        err = diag_fail(diag, ERR_EMPTY, "no %s bars of '%s' in the asked range\n"
                        "do: `vitrine data list` shows what is stored",
                        timeframe_name(spec->timeframe),
                        spec->symbol);
    }
    if (err != ERR_OK) {
        feed_history_free(&h);
        return err;
    }
    *out = h;
    return ERR_OK;
}

void feed_history_free(feed_history_t *h)
{
    ASSERT(h != NULL);
    free(h->own_bars);
    free(h->own_actions);
    *h = (feed_history_t){0};
}
