/* Cover page of a 13F report. */
#include "drivers/import_sec.h"

#include "base/assert.h"

enum { DEADLINE_DAYS = 45 /* 17 CFR 240.13f-1(a) */ };

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    date_t period;
    date_t signature;
} cover_t;

static err_t value(record_import_t *ri, str_t element, str_t v, void *ctx)
{
    cover_t *c = ctx;
    date_t d = 0;
    if (str_eq_c(element, "submissionType")) {
        return sec_put(ri, "form", v, c->cell);
    }
    if (str_eq_c(element, "cik") && c->h.series == UINT32_MAX) {
        return sec_filer(ri, v, &c->h, c->cell);
    }
    if (str_eq_c(element, "name") && c->cell[record_at(ri, "name")] == CELL_NONE) {
        return sec_put(ri, "name", v, c->cell);
    }
    if (str_eq_c(element, "periodOfReport") && sec_date(v, &d) == ERR_OK) {
        c->period = d;
        c->cell[record_at(ri, "period")] = d;
    }
    if (str_eq_c(element, "signatureDate") && sec_date(v, &d) == ERR_OK) {
        c->signature = d;
    }
    return ERR_OK;
}

static err_t finish(record_import_t *ri, cover_t *c)
{
    if (c->h.series == UINT32_MAX || c->period == 0) {
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    c->h.t_event = (i64)c->period * NS_PER_DAY;
    c->h.t_known = record_filing_end(MAX_OF(c->signature, c->period + DEADLINE_DAYS));
    return record_import_add(ri, &c->h, c->cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    cover_t c = {.h = {.series = UINT32_MAX}};
    record_row_begin(ri, c.cell, NULL);
    TRY(sec_submission(ri, all, value, &c));
    return finish(ri, &c);
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
