/* Increments of an order book, Tardis.dev layout. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t micros(record_import_t *ri, u32 key, i64 *out)
{
    i64 us = 0;
    if (str_to_i64(record_key(ri, key), &us) != ERR_OK || us < 0 || us > 4102444800000000LL) {
        return record_fault(ri, ERR_NUMBER, "timestamp",
                            "is not a time in microseconds\n"
                            "do: correct the file, or import with --lenient");
    }
    *out = us * NS_PER_US;
    return ERR_OK;
}

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    TRY(micros(ri, 1, &h->t_event));
    TRY(micros(ri, 2, &h->t_known));
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_tardis_book = {
    .name = "tardis_book",
    .about = "Increments of an order book, Tardis.dev layout.",
    .known = "the receiver's stamp",
    .kind = "book_level",
    .shape = RECORDS_CSV,
    .need = {"exchange", "symbol", "timestamp", "local_timestamp", "is_snapshot", "side", "amount"},
    .key = {"symbol", "timestamp", "local_timestamp"},
    .map = {{"side", "side"}, {"update", "is_snapshot"}, {"price", "price"}, {"size", "amount"}},
    .head = head,
};
