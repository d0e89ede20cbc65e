/* Price and split factors of Lean, each up to its day. */
#include "drivers/import_records.h"

#include "base/assert.h"

enum { END_OPEN = 29584 /* 2050-12-31: no end yet */ };

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "date", record_key(ri, 0), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = day >= END_OPEN ? ri->written : record_open_after(day);
    return record_series(ri, record_key(ri, 1), h);
}

const record_format_desc_t format_lean_factor_files = {
    .name = "lean_factor_files",
    .about = "Price and split factors of Lean, each up to its day.",
    .known = "open of the session after the day",
    .kind = "price_factor",
    .shape = RECORDS_CSV,
    .need = {"file", "date", "price_factor", "split_factor", "reference_price"},
    .key = {"date", "file"},
    .map = {{"price_factor", "price_factor"},
            {"split_factor", "split_factor"},
            {"reference", "reference_price"}},
    .round = true,
    .head = head,
};
