/* See lab.h: the data set. */
#include "drivers/lab.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "market/forward.h"

static err_t grow(void **p, size_t size, size_t need, size_t *cap)
{
    if (need > *cap) {
        size_t room = need * 2;
        void *q = realloc(*p, room * size);
        if (q == NULL) {
            return ERR_NO_MEMORY;
        }
        *p = q;
        *cap = room;
    }
    return ERR_OK;
}

static err_t make_room(lab_t *l, u32 rows)
{
    size_t cap = l->slice_cap;
    size_t rows_cap = l->slice_cap;
    TRY(grow((void **)&l->own_slice, sizeof *l->own_slice, (size_t)l->slices + 2, &cap));
    TRY(grow((void **)&l->own_row, sizeof *l->own_row, (size_t)l->slices + 2, &rows_cap));
    l->slice_cap = MIN_OF(cap, rows_cap);
    cap = l->bar_cap;
    rows_cap = l->bar_cap;
    TRY(grow((void **)&l->own_bar, sizeof *l->own_bar, l->bars + rows, &cap));
    TRY(grow((void **)&l->own_inst, sizeof *l->own_inst, l->bars + rows, &rows_cap));
    l->bar_cap = MIN_OF(cap, rows_cap);
    return ERR_OK;
}

static err_t add(lab_t *l, const slice_t *s)
{
    TRY(make_room(l, s->count));
    if (s->count > 0) {
        memcpy(l->own_bar + l->bars, s->bar, s->count * sizeof *s->bar);
        memcpy(l->own_inst + l->bars, s->inst, s->count * sizeof *s->inst);
    }
    l->own_row[l->slices] = l->bars;
    l->own_slice[l->slices] = *s;
    l->own_slice[l->slices].action_count = 0;
    l->own_slice[l->slices].action = NULL;
    l->own_slice[l->slices].ordinal = l->slices;
    l->slices++;
    l->bars += s->count;
    l->own_row[l->slices] = l->bars;
    return ERR_OK;
}

static err_t forward_scale(forward_t *f, bar_t *b)
{
    bar_t raw = *b;
    TRY(fixed_from_f64(forward_price(f, raw.open), PRICE_SCALE, &b->open.v));
    TRY(fixed_from_f64(forward_price(f, raw.high), PRICE_SCALE, &b->high.v));
    TRY(fixed_from_f64(forward_price(f, raw.low), PRICE_SCALE, &b->low.v));
    TRY(fixed_from_f64(forward_price(f, raw.close), PRICE_SCALE, &b->close.v));
    b->volume = (i64)forward_volume(f, raw.volume);
    forward_bar(f, &raw);
    return ERR_OK;
}

static err_t read_all(lab_t *l, const source_t *source, forward_t *fw, diag_t *diag)
{
    for (;;) {
        slice_t s;
        err_t err = source->next(source->ctx, &s, diag);
        if (err == ERR_EMPTY) {
            return l->slices > 0 ? ERR_OK : ERR_EMPTY;
        }
        TRY(err);
        for (u32 i = 0; i < s.action_count; i++) {
            (void)forward_action(&fw[s.action[i].inst], &s.action[i]);
        }
        if (s.count == 0 || s.timeframe != source->timeframe) {
            continue; /* daily bars that warm an intraday run up: the series here are of one frame */
        }
        size_t from = l->bars;
        TRY(add(l, &s));
        for (size_t i = from; i < l->bars; i++) {
            TRY(forward_scale(&fw[l->own_inst[i]], &l->own_bar[i]));
        }
    }
}

err_t lab_read(const source_t *source, diag_t *diag, lab_t *out)
{
    ASSERT(source != NULL && source->instrument_count > 0 && out != NULL);
    u32 n = source->instrument_count;
    lab_t l = {.instruments = n, .timeframe = source->timeframe};
    forward_t *fw = malloc(n * sizeof *fw);
    l.own_instruments = malloc(n * sizeof *l.own_instruments);
    err_t err = fw == NULL || l.own_instruments == NULL ? ERR_NO_MEMORY : ERR_OK;
    if (err == ERR_OK) {
        memcpy(l.own_instruments, source->instruments, n * sizeof *l.own_instruments);
        for (u32 i = 0; i < n; i++) {
            fw[i] = forward_start();
        }
        err = read_all(&l, source, fw, diag);
    }
    free(fw);
    if (err != ERR_OK) {
        lab_free(&l);
        return diag_fail(diag, err, "the bars cannot be read into memory");
    }
    *out = l;
    return ERR_OK;
}

static void *duplicate(const void *p, size_t bytes)
{
    void *q = malloc(bytes);
    if (q != NULL) {
        memcpy(q, p, bytes);
    }
    return q;
}

err_t lab_copy(const lab_t *from, lab_t *out)
{
    ASSERT(from != NULL && from->slices > 0 && out != NULL);
    lab_t l = *from;
    l.slice_cap = from->slices + 1;
    l.bar_cap = from->bars;
    l.own_instruments = duplicate(from->own_instruments, from->instruments * sizeof *l.own_instruments);
    l.own_slice = duplicate(from->own_slice, from->slices * sizeof *l.own_slice);
    l.own_row = duplicate(from->own_row, ((size_t)from->slices + 1) * sizeof *l.own_row);
    l.own_bar = duplicate(from->own_bar, from->bars * sizeof *l.own_bar);
    l.own_inst = duplicate(from->own_inst, from->bars * sizeof *l.own_inst);
    if (l.own_instruments == NULL || l.own_slice == NULL || l.own_row == NULL || l.own_bar == NULL ||
        l.own_inst == NULL) {
        lab_free(&l);
        return ERR_NO_MEMORY;
    }
    *out = l;
    return ERR_OK;
}

void lab_free(lab_t *l)
{
    ASSERT(l != NULL);
    free(l->own_instruments);
    free(l->own_slice);
    free(l->own_row);
    free(l->own_bar);
    free(l->own_inst);
    *l = (lab_t){0};
}

static err_t next(void *ctx, slice_t *out, diag_t *diag)
{
    lab_t *l = ctx;
    (void)diag;
    if (l->at == l->slices) {
        return ERR_EMPTY;
    }
    *out = l->own_slice[l->at];
    out->bar = l->own_bar + l->own_row[l->at];
    out->inst = l->own_inst + l->own_row[l->at];
    l->at++;
    return ERR_OK;
}

source_t lab_source(lab_t *l)
{
    ASSERT(l != NULL && l->slices > 0);
    l->at = 0;
    return (source_t){.ctx = l,
                      .next = next,
                      .instruments = l->own_instruments,
                      .instrument_count = l->instruments,
                      .timeframe = l->timeframe,
                      .proxy = INST_NONE};
}
