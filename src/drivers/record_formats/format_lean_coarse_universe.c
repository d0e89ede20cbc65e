/* A row for each US share and day: price, volume, factors. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "file_date", record_key(ri, 0), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = record_close(ri, day);
    return record_series(ri, record_key(ri, 1), h);
}

static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    i64 close = cell[record_at(ri, "close")];
    i64 volume = cell[record_at(ri, "volume")];
    if (close <= 0 || volume < 0) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    return ERR_OK;
}

const record_format_desc_t format_lean_coarse_universe = {
    .name = "lean_coarse_universe",
    .about = "A row for each US share and day: price, volume, factors.",
    .known = "close of the session",
    .kind = "screen_row",
    .shape = RECORDS_CSV,
    .need = {"file_date", "sid", "symbol", "dollar_volume", "price_factor"},
    .key = {"file_date", "symbol"},
    .map = {{"sid", "sid"},
            {"close", "close"},
            {"volume", "volume"},
            {"dollar_volume", "dollar_volume"},
            {"fundamental", "has_fundamental_data"},
            {"price_factor", "price_factor"},
            {"split_factor", "split_factor"}},
    .zone = ZONE_NEW_YORK,
    .round = true,
    .head = head,
    .row = row,
};
