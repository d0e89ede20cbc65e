/* A source over the bar store's feed, with the regime proxy's daily bars on the forward scale and those of a
 * volatility index. See run_spec.h. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/bulletins.h"
#include "drivers/feed.h"
#include "drivers/run_spec.h"
#include "drivers/run_table.h"
#include "market/forward.h"
#include "model/symbol.h"

struct feed_source {
    feed_t *feed;
    bar_t *own_proxy;
    u32 proxy_count;
    bar_t *own_vix;
    u32 vix_count;
    bulletins_t heard;
    char members[128]; /* in words; "": no list */
    u32 heard_at;
    char *own_names;
    const char **own_symbols;
    u32 symbol_count;
    date_t members_of;
    i64 from, to; /* of the run, both inclusive */
    timeframe_t timeframe;
    char proxy[LIMIT_SYMBOL];
    digest_t content; /* of chunks, instruments and proxy */
    char market[288]; /* sources and bar */
};

/* Adjusted by its actions, so that a dividend is no fall; written once, never revised. */
static err_t proxy_forward(feed_source_t *f, const feed_history_t *h)
{
    forward_t fw = forward_start();
    f->own_proxy = calloc(h->bar_count, sizeof *f->own_proxy);
    if (f->own_proxy == NULL) {
        return ERR_NO_MEMORY;
    }
    u32 a = 0;
    for (u32 i = 0; i < h->bar_count; i++) {
        bar_t b = h->own_bars[i];
        while (a < h->action_count && h->own_actions[a].t_known <= b.t_known) {
            (void)forward_action(&fw, &h->own_actions[a++]);
        }
        forward_bar(&fw, &b);
        TRY(fixed_from_f64(forward_price(&fw, b.close), PRICE_SCALE, &b.close.v));
        f->own_proxy[f->proxy_count++] = b;
    }
    return ERR_OK;
}

/* Its days are the regime's days, and a year has as many of them as the run's market has sessions. */
static err_t proxy_fits(const feed_source_t *f, const char *proxy, diag_t *diag)
{
    u32 n = 0;
    instrument_t coin;
    bool coins = feed_instruments(f->feed, &n)[0].calendar == CAL_CRYPTO;
    if (symbol_coin(str_from(proxy), &coin) == coins) {
        return ERR_OK;
    }
    return coins ? diag_fail(diag, ERR_USAGE,
                             "--proxy %.31s: what coins are measured by is a coin\nit rests at weekends, and "
                             "they do not\ndo: name a coin, as in --proxy BTC/USD, or leave it out",
                             proxy)
                 : diag_fail(diag, ERR_USAGE,
                             "--proxy %.31s: what shares are measured by is a share or an index\nit trades "
                             "at weekends, and they do not\ndo: name a fund, as in --proxy SPY, or leave it "
                             "out",
                             proxy);
}

static err_t proxy_open(feed_source_t *f, const run_spec_t *s, const char *home, diag_t *diag)
{
    feed_history_t h = {0};
    feed_history_spec_t hs = {.home = home,
                              .symbol = s->proxy,
                              .timeframe = TF_1D,
                              .as_run = true,
                              .source = s->proxy_source[0] != '\0' ? s->proxy_source : NULL};
    if (s->proxy[0] == '\0') {
        return ERR_OK;
    }
    TRY(feed_history(&hs, diag, &h));
    err_t err = proxy_fits(f, s->proxy, diag);
    err = err == ERR_OK ? proxy_forward(f, &h) : err;
    feed_history_free(&h);
    return err;
}

/* The index is made of option quotes up to 16:15 New York; stores stamp daily bars with the stocks' close. */
enum { VIX_LATE_MIN = 15 };

/* As it stands: an index has no dividends. */
static err_t vix_open(feed_source_t *f, const run_spec_t *s, const char *home, diag_t *diag)
{
    feed_history_t h = {0};
    feed_history_spec_t hs = {.home = home,
                              .symbol = s->vix,
                              .timeframe = TF_1D,
                              .as_run = true,
                              .source = s->vix_source[0] != '\0' ? s->vix_source : NULL};
    if (s->vix[0] == '\0') {
        return ERR_OK;
    }
    TRY(feed_history(&hs, diag, &h));
    f->own_vix = calloc(h.bar_count, sizeof *f->own_vix);
    err_t err = f->own_vix == NULL ? ERR_NO_MEMORY : ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < h.bar_count; i++) {
        f->own_vix[f->vix_count] = h.own_bars[i];
        f->own_vix[f->vix_count++].t_known += VIX_LATE_MIN * NS_PER_MIN;
    }
    feed_history_free(&h);
    return err;
}

/* A list may come from a record that somebody hands over: nothing between two commas is no name. An empty
 * list is all symbols, one of no names is none. */
static err_t split_symbols(feed_source_t *f, const char *text, diag_t *diag)
{
    size_t n = strlen(text);
    if (n == 0) {
        return ERR_OK;
    }
    f->own_names = malloc(n + 1);
    f->own_symbols = calloc(n / 2 + 2, sizeof *f->own_symbols); /* a letter and a comma each */
    if (f->own_names == NULL || f->own_symbols == NULL) {
        return ERR_NO_MEMORY;
    }
    memcpy(f->own_names, text, n + 1);
    for (char *p = f->own_names; p != NULL;) {
        char *comma = strchr(p, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        if (*p != '\0') {
            ASSERT(f->symbol_count <= n / 2);
            f->own_symbols[f->symbol_count++] = p;
        }
        p = comma == NULL ? NULL : comma + 1;
    }
    return f->symbol_count > 0 ? ERR_OK
                               : diag_fail(diag, ERR_UNKNOWN_SYMBOL,
                                           "the list of symbols names none\n%.48s\ndo: name symbols, or all",
                                           text);
}

/* What is told of the run's names. A replay takes it from the record and names none. */
static err_t heard_open(feed_source_t *f, const run_spec_t *s, const char *home, diag_t *diag)
{
    bulletins_spec_t spec = {.home = home, .to = s->to};
    spec.to = s->to != 0 ? s->to : feed_info(f->feed)->known_last + 1;
    spec.sources = s->news[0] != '\0' ? s->news : NULL;
    spec.members = s->members[0] != '\0' ? s->members : NULL;
    if (spec.sources == NULL && spec.members == NULL) {
        return ERR_OK;
    }
    spec.from = feed_info(f->feed)->known_first;
    spec.from = MAX_OF(spec.from, s->from);
    spec.instruments = feed_instruments(f->feed, &spec.count);
    TRY(bulletins_open(&spec, diag, &f->heard));
    if (spec.members != NULL) {
        (void)snprintf(f->members, sizeof f->members, "%s %s", s->members,
                       f->heard.members_since ? "from the days they joined; whoever left is missing"
                                              : "by its lists, each from its own day on");
    }
    return ERR_OK;
}

/* What became known at midnight was known by the end of the day before: bars of a whole day of UTC belong to
 * it. */
static date_t day_known(i64 t)
{
    return (date_t)((t - 1) / NS_PER_DAY);
}

static err_t open_all(feed_source_t *f, const run_spec_t *s, const char *home, diag_t *diag)
{
    TRY(split_symbols(f, s->symbols, diag));
    feed_spec_t spec = {.home = home,
                        .timeframe = s->timeframe,
                        .symbols = f->own_symbols,
                        .symbol_count = f->symbol_count,
                        .source = s->source[0] != '\0' ? s->source : NULL,
                        .from = s->from != 0 ? s->from + 1 : 0,
                        .to = s->to != 0 ? s->to + 1 : 0};
    TRY(feed_open(&spec, diag, &f->feed));
    TRY(proxy_open(f, s, home, diag));
    TRY(vix_open(f, s, home, diag));
    TRY(heard_open(f, s, home, diag));
    (void)snprintf(f->market, sizeof f->market, "%s %s", feed_info(f->feed)->sources,
                   timeframe_name(f->timeframe));
    source_t made = feed_source_of(f);
    digest_t table;
    TRY(run_table_digest(&made, &table));
    u64 chunks = feed_info(f->feed)->content;
    f->content = digest_chain(&table, &chunks, sizeof chunks);
    if (s->news[0] != '\0' || s->members[0] != '\0') {
        f->content = digest_chain(&f->content, f->heard.content.b, sizeof f->heard.content.b);
    }
    return ERR_OK;
}

err_t feed_source_open(const run_spec_t *spec, const char *home, diag_t *diag, feed_source_t **out)
{
    ASSERT(spec != NULL && home != NULL && out != NULL);
    feed_source_t *f = calloc(1, sizeof *f);
    if (f == NULL) {
        return ERR_NO_MEMORY;
    }
    f->members_of = spec->members_of;
    f->from = spec->from;
    f->to = spec->to == 0 ? I64_MAX : spec->to - 1;
    f->timeframe = spec->timeframe;
    memcpy(f->proxy, spec->proxy, sizeof f->proxy);
    err_t err = open_all(f, spec, home, diag);
    if (err != ERR_OK) {
        feed_source_close(f);
        return err;
    }
    *out = f;
    return ERR_OK;
}

static void hear(feed_source_t *f, slice_t *s)
{
    s->bulletin = f->heard.own_v == NULL ? NULL : f->heard.own_v + f->heard_at;
    while (f->heard_at < f->heard.count && f->heard.own_v[f->heard_at].t_known <= s->t_known) {
        f->heard_at++;
        s->bulletin_count++;
    }
}

static err_t source_next(void *ctx, slice_t *out, diag_t *diag)
{
    feed_source_t *f = ctx;
    for (;;) {
        TRY(feed_next(f->feed, out, diag));
        if (out->count == 0 || (out->bar[0].flags & BAR_LATE) == 0) {
            /* corrections of old bars are rows of their own; decisions were made without them */
            hear(f, out);
            return ERR_OK;
        }
    }
}

source_t feed_source_of(feed_source_t *f)
{
    ASSERT(f != NULL);
    u32 n = 0;
    const instrument_t *table = feed_instruments(f->feed, &n);
    const feed_info_t *info = feed_info(f->feed);
    inst_t proxy = INST_NONE;
    for (u32 i = 0; i < n; i++) {
        if (f->proxy[0] != '\0' && str_eq(str_from(table[i].symbol), str_from(f->proxy))) {
            proxy = (inst_t)i;
        }
    }
    return (source_t){.ctx = f,
                      .market = f->market,
                      .first = feed_source_first(f),
                      .last = feed_source_last(f),
                      .next = source_next,
                      .instruments = table,
                      .instrument_count = n,
                      .timeframe = f->timeframe,
                      .proxy = proxy,
                      .proxy_bars = f->own_proxy,
                      .proxy_bar_count = f->proxy_count,
                      .vix_bars = f->own_vix,
                      .vix_bar_count = f->vix_count,
                      .adjusted_to = info->adjusted_to,
                      .members_of = f->members_of,
                      .members = f->members[0] != '\0' ? f->members : NULL,
                      .content = f->content};
}

date_t feed_source_last(const feed_source_t *f)
{
    ASSERT(f != NULL);
    return MIN_OF(day_known(feed_info(f->feed)->fresh_last), (date_t)(f->to / NS_PER_DAY));
}

date_t feed_source_first(const feed_source_t *f)
{
    ASSERT(f != NULL);
    return MAX_OF(day_known(feed_info(f->feed)->known_first), (date_t)(f->from / NS_PER_DAY));
}

void feed_source_heard(const feed_source_t *f, i64 t, u32 out[BULLETIN_KINDS])
{
    ASSERT(f != NULL && out != NULL);
    memset(out, 0, BULLETIN_KINDS * sizeof *out);
    for (u32 i = 0; i < f->heard.count; i++) {
        const bulletin_t *b = &f->heard.own_v[i];
        bool told = b->kind != BULLETIN_COVERS && b->kind != BULLETIN_MEMBER;
        out[b->kind] += told && b->t_known <= t ? 1 : 0;
    }
}

void feed_source_close(feed_source_t *f)
{
    if (f != NULL) {
        feed_close(f->feed);
        free(f->own_proxy);
        free(f->own_vix);
        bulletins_close(&f->heard);
        free(f->own_names);
        free(f->own_symbols);
        free(f);
    }
}
