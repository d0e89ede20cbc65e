/* Symbols of the New York exchange, with names. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    h->t_event = ri->written;
    h->t_known = ri->written;
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_nyse_listed = {
    .name = "nyse_listed",
    .about = "Symbols of the New York exchange, with names.",
    .known = "when the file was written, or --known",
    .kind = "listing",
    .shape = RECORDS_CSV,
    .hint = "nyse-listed",
    .need = {"ACT Symbol", "Company Name"},
    .key = {"ACT Symbol"},
    .map = {{"name", "Company Name"}},
    .head = head,
};
