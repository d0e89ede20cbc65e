/* Symbols of all US exchanges but Nasdaq: name, venue, funds, tests. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    h->t_event = ri->written;
    h->t_known = ri->written;
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_other_listed = {
    .name = "other_listed",
    .about = "Symbols of all US exchanges but Nasdaq: name, venue, funds, tests.",
    .known = "when the file was written, or --known",
    .kind = "listing",
    .shape = RECORDS_CSV,
    .need = {"ACT Symbol", "Exchange", "ETF", "Round Lot Size", "Test Issue"},
    .key = {"ACT Symbol"},
    .map = {{"name", "Security Name"},
            {"exchange", "Exchange"},
            {"etf", "ETF"},
            {"lot", "Round Lot Size"},
            {"test", "Test Issue"}},
    .head = head,
};
