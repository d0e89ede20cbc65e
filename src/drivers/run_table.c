/* See run_table.h. */
#include "drivers/run_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

enum { TABLE_ROW = 128, TABLE_BAR = 16 };

static void put_known(writer_t *w, const instrument_t *t)
{
    put_str(w, str_from(t->symbol));
    put_u8(w, (u8)t->cls);
    put_u8(w, (u8)t->sector);
    put_u8(w, (u8)-t->qty_exponent);
    put_i64(w, t->multiplier);
}

static void put_more(writer_t *w, const instrument_t *t)
{
    put_u8(w, (u8)t->calendar);
    put_svarint(w, t->tick.v);
    put_varint(w, t->flags);
    put_str(w, str_from(t->underlying));
    put_svarint(w, t->expiry);
    put_svarint(w, t->strike.v);
    put_u8(w, (u8)t->right);
}

static u32 bar_print(const bar_t *b)
{
    return (u32)hash64(b, sizeof *b);
}

static i64 seconds_of(i64 t_ns)
{
    return t_ns / NS_PER_SEC;
}

/* The series beside the slices: 0 the regime proxy, 1 the volatility index. */
static const bar_t *series_of(const source_t *s, u32 k, u32 *count)
{
    ASSERT(k < RUN_TABLE_SERIES);
    *count = k == 0 ? s->proxy_bar_count : s->vix_bar_count;
    const bar_t *b = k == 0 ? s->proxy_bars : s->vix_bars;
    ASSERT(b != NULL || *count == 0);
    return b;
}

void run_table_encode(const source_t *s, writer_t *w)
{
    ASSERT(s != NULL && s->instruments != NULL && w != NULL);
    put_varint(w, s->instrument_count);
    for (u32 i = 0; i < s->instrument_count; i++) {
        put_known(w, &s->instruments[i]);
    }
    for (u32 i = 0; i < s->instrument_count; i++) {
        put_more(w, &s->instruments[i]);
    }
    for (u32 k = 0; k < RUN_TABLE_SERIES; k++) {
        u32 n = 0;
        const bar_t *b = series_of(s, k, &n);
        i64 before = 0;
        put_varint(w, n);
        for (u32 i = 0; i < n; i++) {
            i64 known = seconds_of(b[i].t_known);
            put_svarint(w, known - before);
            put_u32(w, bar_print(&b[i]));
            before = known;
        }
    }
}

err_t run_table_digest(const source_t *s, digest_t *out)
{
    ASSERT(s != NULL && out != NULL);
    size_t room = 64 + (size_t)s->instrument_count * TABLE_ROW +
                  ((size_t)s->proxy_bar_count + s->vix_bar_count) * TABLE_BAR;
    u8 *bytes = malloc(room);
    if (bytes == NULL) {
        return ERR_NO_MEMORY;
    }
    writer_t w = writer_of(bytes, room);
    run_table_encode(s, &w);
    ASSERT(!w.full);
    *out = digest_of(bytes, w.used);
    free(bytes);
    return ERR_OK;
}

/* Which of the two halves of one instrument's row differ, as words; NULL: none. */
static const char *row_differs(reader_t *known, reader_t *more, const instrument_t *t)
{
    u8 bytes[2][TABLE_ROW];
    writer_t w = writer_of(bytes[0], TABLE_ROW);
    writer_t x = writer_of(bytes[1], TABLE_ROW);
    put_known(&w, t);
    put_more(&x, t);
    ASSERT(!w.full && !x.full);
    const u8 *from = known->p + known->at;
    str_t symbol = get_str(known);
    (void)get_view(known, 3 + sizeof(i64));
    size_t size = (size_t)(known->p + known->at - from);
    const char *what = NULL;
    if (!known->bad && (size != w.used || memcmp(from, bytes[0], size) != 0)) {
        what = str_eq(symbol, str_from(t->symbol)) ? "class, sector, exponent or multiplier" : "symbol";
    }
    from = more->p + more->at;
    (void)get_u8(more);
    (void)get_svarint(more);
    (void)get_varint(more);
    (void)get_str(more);
    (void)get_svarint(more);
    (void)get_svarint(more);
    (void)get_u8(more);
    size = (size_t)(more->p + more->at - from);
    if (what == NULL && !more->bad && (size != x.used || memcmp(from, bytes[1], size) != 0)) {
        what = "tick, calendar, flags, underlying or contract";
    }
    return what;
}

err_t run_table_open(blob_t recorded, const source_t *s, run_table_t *out, char what[128], bool *differs)
{
    ASSERT(s != NULL && out != NULL && what != NULL && differs != NULL);
    reader_t known = reader_of(recorded.p, recorded.n);
    u64 n = get_varint(&known);
    reader_t more = known;
    *out = (run_table_t){0};
    *differs = false;
    for (u64 i = 0; i < n && !more.bad; i++) {
        (void)get_str(&more);
        (void)get_view(&more, 3 + sizeof(i64));
    }
    if (more.bad) {
        return ERR_CORRUPT;
    }
    if (more.at == more.size) {
        out->told = true; /* a record of before the extension */
        return ERR_OK;
    }
    if (n != s->instrument_count) {
        (void)snprintf(what, 128, "%u instruments, the record has %llu", s->instrument_count,
                       (unsigned long long)n);
        out->told = *differs = true;
        return ERR_OK;
    }
    for (u32 i = 0; i < n; i++) {
        const char *part = row_differs(&known, &more, &s->instruments[i]);
        if (part != NULL && !*differs) {
            (void)snprintf(what, 128, "%s of instrument %s is not the one recorded", part,
                           s->instruments[i].symbol);
            *differs = true;
        }
    }
    for (u32 k = 0; k < RUN_TABLE_SERIES; k++) {
        u64 bars = get_varint(&more);
        if (more.bad || known.bad || bars > UINT32_MAX) {
            return ERR_CORRUPT;
        }
        out->series[k] = (run_table_series_t){.recorded = (u32)bars, .rest = more};
        for (u64 i = 0; i < bars && !more.bad; i++) {
            (void)get_svarint(&more);
            (void)get_u32(&more);
        }
    }
    return more.bad ? ERR_CORRUPT : ERR_OK;
}

static bool series_says(run_table_t *t, const char *name, i64 t_known, const char *how, char what[128])
{
    char at[36];
    time_print(at, t_known);
    (void)snprintf(what, 128, "the bar of the %.41s known at %.20s %.36s", name, at, how);
    t->told = true;
    return true;
}

static bool series_differs(run_table_t *t, u32 k, const source_t *s, const run_table_ask_t *ask,
                           char what[128])
{
    run_table_series_t *c = &t->series[k];
    char name[64];
    u32 n = 0;
    const bar_t *bars = series_of(s, k, &n);
    i64 until = seconds_of(ask->t_known);
    (void)snprintf(name, sizeof name, "%s %.24s", k == 0 ? "regime proxy" : "volatility index",
                   k == 0 ? ask->proxy : ask->vix);
    while (!t->told) {
        reader_t rest = c->rest;
        bool here = c->at < n && bars[c->at].t_known <= ask->t_known;
        i64 then = c->at < c->recorded ? c->t_recorded + get_svarint(&rest) : I64_MAX;
        u32 print = c->at < c->recorded ? get_u32(&rest) : 0;
        bool there = !rest.bad && then <= until;
        if (!here && !there) {
            return false;
        }
        const bar_t *b = here ? &bars[c->at] : NULL;
        if (!there || (here && seconds_of(b->t_known) < then)) {
            return series_says(t, name, b->t_known, "is not in the record", what);
        }
        if (!here || seconds_of(b->t_known) > then) {
            return series_says(t, name, then * NS_PER_SEC, "is in the record and no longer here", what);
        }
        if (bar_print(b) != print) {
            return series_says(t, name, b->t_known, "is not the one recorded", what);
        }
        c->rest = rest;
        c->t_recorded = then;
        c->at++;
    }
    return false;
}

bool run_table_outside(run_table_t *t, const source_t *s, const run_table_ask_t *ask, char what[128])
{
    ASSERT(t != NULL && s != NULL && ask != NULL && what != NULL);
    for (u32 k = 0; k < RUN_TABLE_SERIES; k++) {
        if (series_differs(t, k, s, ask, what)) {
            return true;
        }
    }
    return false;
}
