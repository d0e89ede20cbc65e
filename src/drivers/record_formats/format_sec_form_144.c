/* Form 144: notice of an intended sale. */
#include "drivers/import_sec.h"

#include "base/assert.h"

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    date_t notice;
} notice_t;

static err_t value(record_import_t *ri, str_t element, str_t v, void *ctx)
{
    notice_t *n = ctx;
    static const sec_map_t leaves[] = {{"issuerName", "issuer"},
                                       {"nameOfPersonForWhoseAccountTheSecuritiesAreToBeSold", "owner"},
                                       {"relationshipToIssuer", "role"},
                                       {"noOfUnitsSold", "shares"},
                                       {"securitiesClassTitle", "security"}};
    date_t d = 0;
    if (str_eq_c(element, "issuerCik")) {
        return sec_filer(ri, v, &n->h, n->cell);
    }
    if (str_eq_c(element, "noticeDate") && sec_date(v, &d) == ERR_OK) {
        n->notice = d;
    }
    for (u32 i = 0; i < COUNT_OF(leaves); i++) {
        if (str_eq_c(element, leaves[i].element) && n->cell[record_at(ri, leaves[i].column)] == CELL_NONE) {
            return sec_put(ri, leaves[i].column, v, n->cell);
        }
    }
    return ERR_OK;
}

static err_t finish(record_import_t *ri, notice_t *n)
{
    if (n->h.series == UINT32_MAX || n->notice == 0) {
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
    notice_t n = {.h = {.series = UINT32_MAX}};
    record_row_begin(ri, n.cell, NULL);
    TRY(sec_submission(ri, all, value, &n));
    return finish(ri, &n);
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
