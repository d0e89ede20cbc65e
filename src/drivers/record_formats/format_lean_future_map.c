/* The contract a continuous future of Lean rolls to, by rule of rolling. */
#include "drivers/import_records.h"

#include "base/assert.h"

/* The list begins with a row of 1899-12-30, "before everything". */
static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    str_t date = record_key(ri, 0);
    TRY(record_date(ri, "date", str_eq_c(date, "18991230") ? STR("19000101") : date, &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = h->t_event;
    return record_series(ri, STR("ES"), h);
}

const record_format_desc_t format_lean_future_map = {
    .name = "lean_future_map",
    .about = "The contract a continuous future of Lean rolls to, by rule of rolling.",
    .known = "the day itself",
    .kind = "ticker_map",
    .shape = RECORDS_CSV,
    .hint = "es_map_files",
    .header = "date,contract,exchange,mode",
    .key = {"date"},
    .map = {{"ticker", "contract"}, {"exchange", "exchange"}, {"mode", "?mode"}},
    .ragged = true,
    .head = head,
};
