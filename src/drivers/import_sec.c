/* See import_sec.h. */
#include "drivers/import_sec.h"

#include <stdio.h>

#include "base/assert.h"

err_t sec_filer(record_import_t *ri, str_t cik, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL);
    ASSERT(cell != NULL);
    char name[24];
    u64 v = 0;
    if (str_to_u64(str_trim(cik), &v) != ERR_OK || v > 9999999999ULL) {
        return record_fault(ri, ERR_NUMBER, "CIK",
                            "is not the number of a filer\n"
                            "do: correct the file, or import with --lenient");
    }
    u32 at = record_column_find(ri->kind, "cik");
    if (at != UINT32_MAX) {
        cell[at] = (i64)v;
    }
    (void)snprintf(name, sizeof name, "CIK%010llu", (unsigned long long)v);
    return record_series(ri, str_from(name), h);
}

err_t sec_date(str_t s, date_t *out)
{
    ASSERT(out != NULL);
    ASSERT(s.p != NULL || s.n == 0);
    s = str_trim(s);
    date_t d = 0;
    bool us = s.n == 10 && (s.p[2] == '/' || s.p[2] == '-');
    TRY(us ? text_us_date(s, &d) : date_parse(s.n > 10 ? str_slice(s, 0, 10) : s, &d));
    if (!record_date_fits(d)) {
        return ERR_SYNTAX;
    }
    *out = d;
    return ERR_OK;
}

i64 sec_accepted(str_t all)
{
    i64 t = 0;
    str_t head = str_slice(all, 0, MIN_OF(all.n, 16384u));
    str_t stamp = text_after(head, "<ACCEPTANCE-DATETIME>");
    return stamp.n >= 14 && text_acceptance(str_slice(stamp, 0, 14), &t) == ERR_OK ? t : 0;
}

date_t sec_days_after(date_t d, u32 days)
{
    ASSERT(days < 100);
    ASSERT(d > -1000000 && d < 1000000);
    for (u32 i = 0; i < days; i++) {
        d = calendar_next(CAL_NYSE, d, I64_MAX).date;
    }
    return d;
}

err_t sec_put(record_import_t *ri, const char *column, str_t s, i64 *cell)
{
    ASSERT(ri != NULL && column != NULL);
    ASSERT(cell != NULL);
    u32 at = record_at(ri, column);
    date_t d = 0;
    if (ri->kind->column[at].type == CELL_TEXT) {
        return text_keep(ri, s, &cell[at]);
    }
    if (ri->kind->column[at].type == CELL_DATE) {
        cell[at] = sec_date(s, &d) == ERR_OK ? d : CELL_NONE;
        return ERR_OK;
    }
    return record_number_cell(ri, at, s, &cell[at]);
}

typedef struct {
    sec_value_t value;
    void *ctx;
    str_t element;
} submission_t;

static err_t submission_token(record_import_t *ri, const xmlpull_t *x, void *ctx)
{
    submission_t *s = ctx;
    if (x->kind == XMLPULL_TEXT_NODE) {
        return s->value(ri, s->element, x->text, s->ctx);
    }
    s->element = x->kind == XMLPULL_OPEN ? x->name : x->kind == XMLPULL_CLOSE ? STR("") : s->element;
    return ERR_OK;
}

err_t sec_submission(record_import_t *ri, str_t all, sec_value_t value, void *ctx)
{
    ASSERT(ri != NULL && value != NULL);
    xmlpull_t x;
    submission_t s = {.value = value, .ctx = ctx};
    xmlpull_begin(&x, all.p, all.n);
    return text_xml_each(ri, &x, "edgarSubmission", submission_token, &s);
}
