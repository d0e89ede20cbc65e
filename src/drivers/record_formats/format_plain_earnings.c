/* A calendar of earnings dates of any source: what a person writes down, one announcement a line. */
#include "drivers/import_records.h"

#include "base/assert.h"

enum { KEY_SYMBOL, KEY_DUE, KEY_ANNOUNCED };

/* A row is about the announcement: a company that moves its date announces again. */
static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t due = 0;
    date_t announced = 0;
    TRY(record_date(ri, "due", record_key(ri, KEY_DUE), &due));
    TRY(record_date(ri, "announced", record_key(ri, KEY_ANNOUNCED), &announced));
    if (due < announced) {
        return record_fault(ri, ERR_NUMBER, "due",
                            "lies before the day on which it was announced\n"
                            "do: correct the file, or import with --lenient");
    }
    h->t_event = (i64)announced * NS_PER_DAY;
    h->t_known = record_close(ri, announced);
    return record_series(ri, record_key(ri, KEY_SYMBOL), h);
}

const record_format_desc_t format_plain_earnings = {
    .name = "plain_earnings",
    .about = "A calendar of earnings dates of any source, one announcement a line.",
    .known = "close of the session on which it was announced",
    .kind = "earnings_date",
    .shape = RECORDS_CSV,
    .need = {"symbol", "due", "announced"},
    .key = {"symbol", "due", "announced"},
    .map = {{"due", "due"}},
    .head = head,
};
