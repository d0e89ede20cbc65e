/* Cover page of a 13F report. */
#include "drivers/import_sec.h"

#include "base/assert.h"

enum { DEADLINE_DAYS = 45 /* 17 CFR 240.13f-1(a) */ };

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    date_t period;
    date_t signature;
    str_t element;
} cover_t;

static err_t value(record_import_t *ri, str_t v, cover_t *c)
{
    date_t d = 0;
    if (str_eq_c(c->element, "submissionType")) {
        return sec_put(ri, "form", v, c->cell);
    }
    if (str_eq_c(c->element, "cik") && c->h.series == UINT32_MAX) {
        return sec_filer(ri, v, &c->h, c->cell);
    }
    if (str_eq_c(c->element, "name") && c->cell[record_at(ri, "name")] == CELL_NONE) {
        return sec_put(ri, "name", v, c->cell);
    }
    if (str_eq_c(c->element, "periodOfReport") && sec_date(v, &d) == ERR_OK) {
        c->period = d;
        c->cell[record_at(ri, "period")] = d;
    }
    if (str_eq_c(c->element, "signatureDate") && sec_date(v, &d) == ERR_OK) {
        c->signature = d;
    }
    return ERR_OK;
}

static err_t finish(record_import_t *ri, cover_t *c)
{
    if (c->h.series == UINT32_MAX || c->period == 0) {
        ri->report.rows_read++;
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    c->h.t_event = (i64)c->period * NS_PER_DAY;
    c->h.t_known = record_filing_end(MAX_OF(c->signature, c->period + DEADLINE_DAYS));
    return record_import_add(ri, &c->h, c->cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    xmlpull_t x;
    cover_t c = {.h = {.series = UINT32_MAX}};
    record_cells_clear(ri, c.cell);
    xmlpull_begin(&x, all.p, all.n);
    for (;;) {
        err_t err = xmlpull_next(&x);
        ri->line = x.line;
        if (err != ERR_OK) {
            return text_xml_fail(ri, &x, err);
        }
        bool end = x.kind == XMLPULL_CLOSE && str_eq_c(x.name, "edgarSubmission");
        if (x.kind == XMLPULL_END || end) {
            return end ? finish(ri, &c) : text_xml_fail(ri, &x, ERR_TRUNCATED);
        }
        c.element = x.kind == XMLPULL_OPEN ? x.name : x.kind == XMLPULL_CLOSE ? STR("") : c.element;
        err = x.kind == XMLPULL_TEXT_NODE ? value(ri, x.text, &c) : ERR_OK;
        TRY(err == ERR_EMPTY ? ERR_OK : err);
    }
}

const record_format_desc_t format_sec_13f_cover = {
    .name = "sec_13f_cover",
    .about = "Cover page of a 13F report.",
    .known = "22:00 New York on the later of signature and 45 days after the quarter",
    .kind = "filing",
    .shape = RECORDS_TEXT,
    .need = {"thirteenffiler", "<headerData"},
    .text = text,
};
