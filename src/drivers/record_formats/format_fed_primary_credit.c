/* The discount rate of the Fed, from the day on. */
#include "drivers/import_records.h"

#include "base/assert.h"

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "DATE", record_key(ri, 0), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = (i64)(day + 1) * NS_PER_DAY;
    return record_series(ri, STR("PCREDIT8"), h);
}

const record_format_desc_t format_fed_primary_credit = {
    .name = "fed_primary_credit",
    .about = "The discount rate of the Fed, from the day on.",
    .known = "midnight UTC after the day",
    .kind = "number",
    .shape = RECORDS_CSV,
    .need = {"DATE", "PCREDIT8"},
    .key = {"DATE"},
    .map = {{"value", "PCREDIT8"}},
    .head = head,
};
