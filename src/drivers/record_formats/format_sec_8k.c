/* The page of a form 8-K, from its inline tags. */
#include "drivers/import_sec.h"

#include <string.h>

#include "base/assert.h"

enum { FORM_8K_DAYS = 4 /* Form 8-K, general instruction B.1 */ };

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    date_t event;
    char tag[48]; /* of the inline element we are in, "" outside */
    char value[256];
    u32 n;
} page_t;

/* "December 14, 2023", "2023-12-14". */
static bool page_date(str_t s, date_t *out)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    str_t month;
    str_t day;
    str_t year;
    u64 d = 0;
    u64 y = 0;
    if (sec_date(s, out) == ERR_OK) {
        return true;
    }
    if (!str_cut(s, ' ', &month, &day) || !str_cut(day, ',', &day, &year)) {
        return false;
    }
    year = str_trim(year);
    if (str_to_u64(str_trim(day), &d) != ERR_OK ||
        str_to_u64(str_slice(year, 0, MIN_OF(year.n, 4u)), &y) != ERR_OK || d < 1 || d > 31 || y < 1990 ||
        y > 2099) {
        return false;
    }
    for (i32 i = 0; i < 12; i++) {
        if (str_eq_nocase(month, str_from(months[i]))) {
            *out = date_from_ymd((i32)y, i + 1, (i32)d);
            return true;
        }
    }
    return false;
}

static err_t take(record_import_t *ri, page_t *p)
{
    str_t v = str_trim((str_t){.p = (const u8 *)p->value, .n = p->n});
    str_t tag = str_from(p->tag);
    if (str_eq_c(tag, "dei:EntityCentralIndexKey")) {
        return sec_filer(ri, v, &p->h, p->cell);
    }
    if (str_eq_c(tag, "dei:EntityRegistrantName")) {
        return sec_put(ri, "name", v, p->cell);
    }
    if (str_eq_c(tag, "dei:DocumentType")) {
        return sec_put(ri, "form", v, p->cell);
    }
    if (str_eq_c(tag, "dei:DocumentPeriodEndDate") && page_date(v, &p->event)) {
        p->cell[record_at(ri, "period")] = p->event;
    }
    return ERR_OK;
}

static err_t token(record_import_t *ri, const xmlpull_t *x, void *ctx)
{
    page_t *p = ctx;
    bool inside = p->tag[0] != '\0';
    if (x->kind == XMLPULL_TEXT_NODE && inside) {
        u32 n = MIN_OF(x->text.n, (u32)sizeof p->value - p->n - 1);
        memcpy(p->value + p->n, x->text.p, n);
        p->n += n;
        if (p->n + 1 < sizeof p->value) {
            p->value[p->n++] = ' ';
        }
    }
    if (x->kind == XMLPULL_OPEN && !inside && str_eq_nocase(x->name, STR("nonNumeric")) && !x->empty) {
        str_t name = xmlpull_attribute(x, "name");
        p->n = 0;
        if (str_copy(p->tag, sizeof p->tag, name) != ERR_OK) {
            p->tag[0] = '\0';
        }
    } else if (x->kind == XMLPULL_CLOSE && inside && str_eq_nocase(x->name, STR("nonNumeric"))) {
        err_t err = take(ri, p);
        p->tag[0] = '\0';
        return err;
    }
    return ERR_OK;
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    xmlpull_t x;
    page_t p = {.h = {.series = UINT32_MAX}};
    record_row_begin(ri, p.cell, NULL);
    xmlpull_begin(&x, all.p, all.n);
    TRY(text_xml_each(ri, &x, NULL, token, &p));
    if (p.h.series == UINT32_MAX || p.event == 0) {
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    p.h.t_event = (i64)p.event * NS_PER_DAY;
    p.h.t_known = record_filing_end(sec_days_after(p.event, FORM_8K_DAYS));
    return record_import_add(ri, &p.h, p.cell);
}

const record_format_desc_t format_sec_8k = {
    .name = "sec_8k",
    .about = "The page of a form 8-K, from its inline tags.",
    .known = "22:00 New York four business days after the event, the deadline",
    .kind = "filing",
    .shape = RECORDS_TEXT,
    .hint = "8k",
    .need = {"<html", "xbrl"},
    .text = text,
};
