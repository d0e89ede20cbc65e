/* Money per contract that the clearing house asks for, from the day on. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "date", record_key(ri, 0), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = (i64)day * NS_PER_DAY;
    return record_series(ri, record_key(ri, 1), h);
}

const record_format_desc_t format_lean_cme_margins = {
    .name = "lean_cme_margins",
    .about = "Money per contract that the clearing house asks for, from the day on.",
    .known = "the day itself",
    .kind = "margin",
    .shape = RECORDS_CSV,
    .need = {"symbol", "date", "initial", "maintenance"},
    .key = {"date", "symbol"},
    .map = {{"initial", "initial"}, {"maintenance", "maintenance"}},
    .head = head,
};
