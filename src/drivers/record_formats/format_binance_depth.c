/* Order book of a Binance future: snapshot and increments. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    i64 ms = 0;
    if (str_to_i64(record_key(ri, 1), &ms) != ERR_OK || ms < 0 || ms > 4102444800000LL) {
        return record_fault(ri, ERR_NUMBER, "timestamp",
                            "is not a time in milliseconds\n"
                            "do: correct the file, or import with --lenient");
    }
    h->t_event = ms * NS_PER_MS;
    h->t_known = h->t_event;
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_binance_depth = {
    .name = "binance_depth",
    .about = "Order book of a Binance future: snapshot and increments.",
    .known = "the stamp",
    .kind = "book_level",
    .shape = RECORDS_CSV,
    .need = {"symbol", "timestamp", "last_update_id", "side", "update_type", "price", "qty"},
    .key = {"symbol", "timestamp"},
    .map = {{"side", "side"},
            {"update", "update_type"},
            {"price", "price"},
            {"size", "qty"},
            {"sequence", "last_update_id"}},
    .head = head,
};
