/* Lean futures chains of a day. */
#include "drivers/import_records.h"
#include "drivers/import_lean.h"

#include "base/assert.h"

enum { KEY_DATE, KEY_EXPIRY };

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "file_date", record_key(ri, KEY_DATE), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = record_open_after(day);
    return lean_contract(ri, STR("ES"), record_key(ri, KEY_EXPIRY), h);
}

const record_format_desc_t format_lean_future_chain_eod = {
    .name = "lean_future_chain_eod",
    .about = "Lean futures chains of a day.",
    .known = "open of the next session",
    .kind = "futures_quote",
    .shape = RECORDS_CSV,
    .hint = "es_chain",
    .need = {"file_date", "expiry", "open", "volume", "open_interest"},
    .key = {"file_date", "expiry"},
    .map = {{"expiry", "expiry"},
            {"open", "open"},
            {"high", "high"},
            {"low", "low"},
            {"close", "close"},
            {"volume", "volume"},
            {"open_interest", "open_interest"}},
    .head = head,
    .row = lean_row_chain,
};
