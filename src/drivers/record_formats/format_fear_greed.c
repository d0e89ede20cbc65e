/* Fear and greed of the US market, 0 to 100, by the day. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "Date", record_key(ri, 0), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = (i64)(day + 1) * NS_PER_DAY;
    return record_series(ri, STR("FEAR_GREED"), h);
}

/* The index runs from 0 to 100; 0 itself is a gap of its maker's, not a mood. */
static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    i64 v = cell[record_at(ri, "value")];
    if (v == CELL_NONE || v < 0 || v > 100 * PRICE_SCALE) {
        return record_reject(ri, RULE_BAD_NUMBER);
    }
    if (v == 0) {
        record_note(ri, RULE_OUT_OF_RANGE, h);
    }
    return ERR_OK;
}

const record_format_desc_t format_fear_greed = {
    .name = "fear_greed",
    .about = "Fear and greed of the US market, 0 to 100, by the day.",
    .known = "midnight UTC after the day",
    .kind = "number",
    .shape = RECORDS_CSV,
    .need = {"Date", "Fear Greed", "Rating"},
    .key = {"Date"},
    .map = {{"value", "Fear Greed"}},
    .round = true,
    .head = head,
    .row = row,
};
