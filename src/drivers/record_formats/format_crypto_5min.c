/* Crypto pairs in US dollars at five minutes; volume is not to be used. */
#include "drivers/import_records.h"
#include "drivers/import_lean.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    str_t s = record_key(ri, 1);
    i64 t = 0;
    bool utc = s.n == 25 && str_eq_c(str_slice(s, 19, 25), "+00:00");
    if (!utc && s.n > 19) {
        return record_fault(ri, ERR_ZONE, "Datetime",
                            "is in another time zone than UTC\n"
                            "do: convert the stamps to UTC");
    }
    if (time_parse(str_slice(s, 0, MIN_OF(s.n, 19u)), &t) != ERR_OK) {
        return record_fault(ri, ERR_SYNTAX, "Datetime",
                            "is not a time\n"
                            "do: correct the file, or import with --lenient");
    }
    h->t_event = t;
    h->t_known = t + ri->format->length_ns;
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_crypto_5min = {
    .name = "crypto_5min",
    .about = "Crypto pairs in US dollars at five minutes; volume is not to be used.",
    .known = "end of the bar",
    .kind = "trade_bar",
    .shape = RECORDS_CSV,
    .need = {"symbol", "Datetime", "Close", "High", "Low", "Open", "Volume"},
    .key = {"symbol", "Datetime"},
    .map = {{"open", "Open"}, {"high", "High"}, {"low", "Low"}, {"close", "Close"}, {"volume", "Volume"}},
    .length_ns = 5 * NS_PER_MIN,
    .round = true,
    .no_volume = true,
    .head = head,
    .row = lean_row_trade,
};
