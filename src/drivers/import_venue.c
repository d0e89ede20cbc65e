/* The first pass over an intraday file: volume per symbol and day, to see whether the feed changed its
 * venue. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_inner.h"

enum { VENUE_SYMBOLS = 512, VENUE_DAYS = 4096 };

typedef struct {
    f64 *own_volume; /* VENUE_DAYS x VENUE_SYMBOLS, by day since the first */
    date_t first;
    u32 days;
    u32 symbols;
    char name[VENUE_SYMBOLS][LIMIT_SYMBOL];
} venue_t;

static u32 venue_symbol(venue_t *v, str_t s, u32 last)
{
    if (v->symbols > 0 && str_eq_c(s, v->name[last])) {
        return last;
    }
    for (u32 i = 0; i < v->symbols; i++) {
        if (str_eq_c(s, v->name[i])) {
            return i;
        }
    }
    if (v->symbols == VENUE_SYMBOLS || str_copy(v->name[v->symbols], LIMIT_SYMBOL, s) != ERR_OK) {
        return UINT32_MAX;
    }
    return v->symbols++;
}

/* Faulty rows are passed over here: the second pass names them. */
static err_t venue_read(importer_t *im, csv_t *c, venue_t *v)
{
    u32 last = 0;
    err_t err = ERR_OK;
    while ((err = csv_next(c, im->diag)) == ERR_OK) {
        str_t stamp = csv_field(c, im->col.time);
        date_t d = 0;
        i64 volume = 0;
        if (stamp.n < 10 || date_parse(str_slice(stamp, 0, 10), &d) != ERR_OK
            || str_to_i64(csv_field(c, im->col.volume), &volume) != ERR_OK || volume < 0) {
            continue;
        }
        if (v->days == 0) {
            v->first = d - VENUE_DAYS / 2; /* files sorted by symbol may go back */
            v->days = VENUE_DAYS;
        }
        u32 s = venue_symbol(v, csv_field(c, im->col.symbol), last);
        if (s == UINT32_MAX || d < v->first || d >= v->first + VENUE_DAYS) {
            continue;
        }
        last = s;
        v->own_volume[(size_t)(d - v->first) * VENUE_SYMBOLS + s] += (f64)volume;
    }
    return err == ERR_EMPTY ? ERR_OK : err;
}

/* Leaves out days without any data and finds the change. */
static void venue_judge(importer_t *im, venue_t *v)
{
    u32 sessions = 0;
    date_t *day = malloc(VENUE_DAYS * sizeof *day);
    if (day == NULL) {
        return;
    }
    for (u32 d = 0; d < VENUE_DAYS; d++) {
        const f64 *row = v->own_volume + (size_t)d * VENUE_SYMBOLS;
        bool any = false;
        for (u32 s = 0; s < v->symbols; s++) {
            any |= row[s] > 0;
        }
        if (any) {
            memmove(v->own_volume + (size_t)sessions * v->symbols, row, v->symbols * sizeof *row);
            day[sessions++] = v->first + (date_t)d;
        }
    }
    u32 at = 0;
    if (quality_venue_change(v->own_volume, sessions, v->symbols, &at)) {
        im->report.partial_before = day[at];
        im->report.rule_count[RULE_VOLUME_REGIME] = 1;
    }
    free(day);
}

err_t import_venue(importer_t *im)
{
    ASSERT(im != NULL);
    ASSERT(im->col.volume != CSV_NO_COLUMN && im->col.symbol != CSV_NO_COLUMN);
    venue_t *v = calloc(1, sizeof *v);
    csv_t *c = NULL;
    if (v != NULL) {
        v->own_volume = calloc((size_t)VENUE_DAYS * VENUE_SYMBOLS, sizeof *v->own_volume);
    }
    err_t err = v == NULL || v->own_volume == NULL ? diag_fail(im->diag, ERR_NO_MEMORY,
                                                               "no memory to import") : ERR_OK;
    if (err == ERR_OK) {
        const import_spec_t *s = im->spec;
        err = s->bytes != NULL ? csv_open_bytes(s->bytes, s->byte_count, s->path, im->diag, &c)
                               : csv_open(s->path, im->diag, &c);
    }
    if (err == ERR_OK) {
        err = venue_read(im, c, v);
        csv_close(c);
    }
    if (err == ERR_OK) {
        venue_judge(im, v);
    }
    if (v != NULL) {
        free(v->own_volume);
    }
    free(v);
    return err;
}
