/* Form 144: notice of an intended sale. */
#include "drivers/import_sec.h"

#include "base/assert.h"

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    date_t notice;
    str_t element;
} notice_t;

static err_t value(record_import_t *ri, str_t v, notice_t *n)
{
    static const sec_map_t leaves[] = {{"issuerName", "issuer"},
                                       {"nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold", "owner"},
                                       {"relationshipToIssuer", "role"},
                                       {"noOfUnitsSold", "shares"},
                                       {"securitiesClassTitle", "security"}};
    date_t d = 0;
    if (str_eq_c(n->element, "issuerCik")) {
        return sec_filer(ri, v, &n->h, n->cell);
    }
    if (str_eq_c(n->element, "noticeDate") && sec_date(v, &d) == ERR_OK) {
        n->notice = d;
    }
    for (u32 i = 0; i < COUNT_OF(leaves); i++) {
        if (str_eq_c(n->element, leaves[i].element) &&
            n->cell[record_at(ri, leaves[i].column)] == CELL_NONE) {
            return sec_put(ri, leaves[i].column, v, n->cell);
        }
    }
    return ERR_OK;
}

static err_t finish(record_import_t *ri, notice_t *n)
{
    if (n->h.series == UINT32_MAX || n->notice == 0) {
        ri->report.rows_read++;
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    TRY(sec_put(ri, "form", STR("144"), n->cell));
    n->h.t_event = (i64)n->notice * NS_PER_DAY;
    n->h.t_known = record_filing_end(n->notice);
    return record_import_add(ri, &n->h, n->cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    xmlpull_t x;
    notice_t n = {.h = {.series = UINT32_MAX}};
    record_cells_clear(ri, n.cell);
    xmlpull_begin(&x, all.p, all.n);
    for (;;) {
        err_t err = xmlpull_next(&x);
        ri->line = x.line;
        if (err != ERR_OK) {
            return text_xml_fail(ri, &x, err);
        }
        bool end = x.kind == XMLPULL_CLOSE && str_eq_c(x.name, "edgarSubmission");
        if (x.kind == XMLPULL_END || end) {
            return end ? finish(ri, &n) : text_xml_fail(ri, &x, ERR_TRUNCATED);
        }
        n.element = x.kind == XMLPULL_OPEN ? x.name : x.kind == XMLPULL_CLOSE ? STR("") : n.element;
        err = x.kind == XMLPULL_TEXT_NODE ? value(ri, x.text, &n) : ERR_OK;
        TRY(err == ERR_EMPTY ? ERR_OK : err);
    }
}

const record_format_desc_t format_sec_form_144 = {
    .name = "sec_form_144",
    .about = "Form 144: notice of an intended sale.",
    .known = "22:00 New York on the day of the notice",
    .kind = "insider_trade",
    .shape = RECORDS_TEXT,
    .need = {"edgarSubmission", "submissionType>144<"},
    .round = true,
    .text = text,
};
