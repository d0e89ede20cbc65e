/* Header of a submission alone. */
#include "drivers/import_sec.h"

#include "base/assert.h"

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    record_head_t h = {0};
    i64 cell[RECORD_COLUMNS];
    date_t d = 0;
    record_row_begin(ri, cell, NULL);
    h.t_event = sec_accepted(all);
    h.t_known = h.t_event;
    str_t issuer = text_after(all, "<ISSUER>\n<COMPANY-DATA>\n<CONFORMED-NAME>");
    str_t from = issuer.n > 0 ? str_slice(all, (u32)(issuer.p - all.p), all.n) : all;
    str_t cik = text_after(from, "<CIK>");
    if (h.t_event == 0) {
        return record_fault(ri, ERR_HEADER, "<ACCEPTANCE-DATETIME>",
                            "is missing\ndo: fetch the whole header");
    }
    TRY(sec_filer(ri, cik, &h, cell));
    TRY(sec_put(ri, "name", issuer.n > 0 ? issuer : text_after(all, "<CONFORMED-NAME>"), cell));
    TRY(sec_put(ri, "form", text_after(all, "<TYPE>"), cell));
    TRY(sec_put(ri, "accession", text_after(all, "<ACCESSION-NUMBER>"), cell));
    if (sec_date(text_after(all, "<PERIOD>"), &d) == ERR_OK) {
        cell[record_at(ri, "period")] = d;
    }
    return record_import_add(ri, &h, cell);
}

const record_format_desc_t format_sec_header = {
    .name = "sec_header",
    .about = "Header of a submission alone.",
    .known = "acceptance",
    .kind = "filing",
    .shape = RECORDS_TEXT,
    .need = {"<SEC-HEADER>", "<ACCEPTANCE-DATETIME>", "<ACCESSION-NUMBER>"},
    .text = text,
};
