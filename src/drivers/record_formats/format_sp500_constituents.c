/* Members of the S&P 500 on the day of the list, with the day each came in. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    return record_text_cell(ri, STR("SP500"), &cell[record_at(ri, "group")]);
}

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    h->t_event = ri->written;
    h->t_known = ri->written;
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_sp500_constituents = {
    .name = "sp500_constituents",
    .about = "Members of the S&P 500 on the day of the list, with the day each came in.",
    .known = "when the file was written, or --known",
    .kind = "membership",
    .shape = RECORDS_CSV,
    .need = {"Symbol", "Security", "GICS Sector", "Date added"},
    .key = {"Symbol", "Date added"},
    .map = {{"name", "Security"}, {"sector", "GICS Sector"}, {"since", "Date added"}, {"cik", "CIK"}},
    .row = row,
    .head = head,
};
