/* Holdings of a fund on a day, with weights. */
#include "drivers/import_records.h"

#include <stdio.h>

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    date_t file = 0;
    char name[64];
    TRY(record_date(ri, "constituent_date", record_key(ri, 0), &day));
    TRY(record_date(ri, "file_date", record_key(ri, 3), &file));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = record_close(ri, file);
    str_t etf = record_key(ri, 2);
    str_t symbol = record_key(ri, 1);
    symbol = symbol.n > 0 ? symbol : record_key(ri, 4);
    int n = snprintf(name, sizeof name, STR_FMT "/" STR_FMT, STR_ARG(etf), STR_ARG(symbol));
    return record_series(ri, n > 0 && n < (int)sizeof name ? str_from(name) : STR(""), h);
}

const record_format_desc_t format_lean_etf_universe = {
    .name = "lean_etf_universe",
    .about = "Holdings of a fund on a day, with weights.",
    .known = "close of the day of the file",
    .kind = "membership",
    .shape = RECORDS_CSV,
    .need = {"etf", "file_date", "symbol", "weight", "shares"},
    .key = {"constituent_date", "symbol", "etf", "file_date", "sid"},
    .map = {{"group", "etf"},
            {"name", "sid"},
            {"weight", "weight"},
            {"shares", "shares"},
            {"market_value", "market_value"}},
    .round = true,
    .head = head,
};
