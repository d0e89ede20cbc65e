/* Information table of a 13F report: what a manager holds. */
#include "drivers/import_sec.h"

#include <string.h>

#include "base/assert.h"

static const sec_map_t leaves[] = {{"nameOfIssuer", "issuer"}, {"titleOfClass", "class"},
                                   {"cusip", "cusip"},         {"value", "value"},
                                   {"sshPrnamt", "amount"},    {"sshPrnamtType", "type"},
                                   {"putCall", "put_call"},    {"investmentDiscretion", "discretion"}};

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    str_t element;
    bool in;
} row_t;

static err_t token(record_import_t *ri, const xmlpull_t *x, void *ctx)
{
    row_t *r = ctx;
    if (x->kind == XMLPULL_OPEN) {
        r->element = x->name;
        if (str_eq_c(x->name, "infoTable")) {
            r->in = true;
            r->h.series = UINT32_MAX;
            record_row_begin(ri, r->cell, NULL);
        }
        return ERR_OK;
    }
    if (x->kind == XMLPULL_CLOSE) {
        r->element = STR("");
        if (!r->in || !str_eq_c(x->name, "infoTable")) {
            return ERR_OK;
        }
        r->in = false;
        if (r->h.series == UINT32_MAX) {
            return record_reject(ri, RULE_BAD_SHAPE);
        }
        return record_import_add(ri, &r->h, r->cell);
    }
    for (u32 i = 0; r->in && i < COUNT_OF(leaves); i++) {
        if (str_eq_c(r->element, leaves[i].element)) {
            TRY(sec_put(ri, leaves[i].column, x->text, r->cell));
            return str_eq_c(r->element, "cusip") ? record_series(ri, x->text, &r->h) : ERR_OK;
        }
    }
    return ERR_OK;
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    xmlpull_t x;
    date_t period = 0;
    i64 accepted = sec_accepted(all);
    i64 known = accepted != 0 ? accepted : ri->written;
    str_t quarter = text_after(str_slice(all, 0, MIN_OF(all.n, 16384u)), "CONFORMED PERIOD OF REPORT:");
    bool dated = sec_date(quarter, &period) == ERR_OK;
    row_t r = {.h = {.t_event = dated ? (i64)period * NS_PER_DAY : known, .t_known = known}};
    const u8 *from = memmem(all.p, all.n, "informationTable", 16);
    size_t skip = from == NULL ? 0 : (size_t)(from - all.p);
    while (skip > 0 && all.p[skip] != '<') {
        skip--;
    }
    xmlpull_begin(&x, all.p + skip, all.n - skip);
    return text_xml_each(ri, &x, "informationTable", token, &r);
}

const record_format_desc_t format_sec_13f_table = {
    .name = "sec_13f_table",
    .about = "Information table of a 13F report: what a manager holds.",
    .known = "acceptance of the submission; a bare table: when the file was written",
    .kind = "holding",
    .shape = RECORDS_TEXT,
    .need = {"nformationTable", "infoTable>", "nameOfIssuer>"},
    .round = true,
    .text = text,
};
