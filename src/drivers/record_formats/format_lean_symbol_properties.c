/* How symbols are traded: multiplier, steps, lot, currency. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    h->t_event = ri->written;
    h->t_known = ri->written;
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_lean_symbol_properties = {
    .name = "lean_symbol_properties",
    .about = "How symbols are traded: multiplier, steps, lot, currency.",
    .known = "when the file was written, or --known",
    .kind = "contract",
    .shape = RECORDS_CSV,
    .need = {"market", "symbol", "type", "contract_multiplier", "minimum_price_variation"},
    .key = {"symbol"},
    .map = {{"market", "market"},
            {"type", "type"},
            {"description", "description"},
            {"currency", "quote_currency"},
            {"multiplier", "contract_multiplier"},
            {"tick", "minimum_price_variation"},
            {"lot", "lot_size"},
            {"ticker", "?market_ticker"},
            {"min_order", "?minimum_order_size"},
            {"magnifier", "?price_magnifier"},
            {"strike_multiplier", "?strike_multiplier"}},
    .ragged = true,
    .round = true,
    .head = head,
};
