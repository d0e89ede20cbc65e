/* Tickers of a listing in Lean, each up to its day. */
#include "drivers/import_records.h"

#include "base/assert.h"

enum { END_OPEN = 29584 /* 2050-12-31: no end yet */ };

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "date", record_key(ri, 0), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = day >= END_OPEN ? ri->written : (i64)(day + 1) * NS_PER_DAY;
    return record_series(ri, record_key(ri, 1), h);
}

const record_format_desc_t format_lean_map_files = {
    .name = "lean_map_files",
    .about = "Tickers of a listing in Lean, each up to its day.",
    .known = "the day after",
    .kind = "ticker_map",
    .shape = RECORDS_CSV,
    .need = {"file", "date", "ticker"},
    .key = {"date", "file"},
    .map = {{"ticker", "ticker"}, {"exchange", "?exchange"}},
    .ragged = true,
    .head = head,
};
