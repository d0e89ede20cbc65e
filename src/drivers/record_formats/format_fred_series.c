/* Series of the St. Louis Fed, latest revision; known by a release rule. */
#include "drivers/import_records.h"

#include "base/assert.h"

/* Days from the date of the period (its first day) to a day on which every first release had come, from the
 * publishers' calendars: rates and spreads next day (H.15, ICE); claims on Thursday after the week's
 * Saturday, the Fed's balance sheet on Thursday after its Wednesday; prices, jobs and permits within the
 * month after, money and income by the end of it (H.6, BEA), Europe's later; national accounts a month after
 * the quarter, Europe's two. */
typedef struct {
    const char *series;
    i32 days;
} lag_t;

static const lag_t lags[] = {
    {"DGS", 1},       {"T10Y", 1},    {"T5Y", 1},     {"DFII", 1},  {"BAML", 2},
    {"RRPONTSYD", 1}, {"DEX", 8},     {"DTWEX", 8},   {"ICSA", 6},  {"WALCL", 2},
    {"FEDFUNDS", 35}, {"UNRATE", 40}, {"PERMIT", 50}, {"CPI", 50},  {"PCEPI", 65},
    {"M2", 60},       {"CP0000", 55}, {"GDPC1", 125}, {"CLV", 160}, {"LRUN", 180},
};
enum { LAG_UNKNOWN = 180 };

static i32 lag_of(str_t series)
{
    for (u32 i = 0; i < COUNT_OF(lags); i++) {
        if (str_starts(series, str_from(lags[i].series))) {
            return lags[i].days;
        }
    }
    return LAG_UNKNOWN;
}

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(record_date(ri, "date", record_key(ri, 1), &day));
    h->t_event = (i64)day * NS_PER_DAY;
    h->t_known = (i64)(day + lag_of(record_key(ri, 0)) + 1) * NS_PER_DAY;
    return record_series(ri, record_key(ri, 0), h);
}

/* What the file holds is the last revision: series that are revised say so on every row. */
static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    if (cell[record_at(ri, "value")] == CELL_NONE) {
        return record_reject(ri, RULE_BAD_NUMBER);
    }
    if (lag_of(record_key(ri, 0)) > 8) {
        record_note(ri, RULE_LATEST_REVISION, h);
    }
    return ERR_OK;
}

const record_format_desc_t format_fred_series = {
    .name = "fred_series",
    .about = "Series of the St. Louis Fed, latest revision; known by a release rule.",
    .known = "a rule per series: next day (rates) to 180 days after the period began (quarterly)",
    .kind = "number",
    .shape = RECORDS_CSV,
    .need = {"series", "date", "value"},
    .key = {"series", "date"},
    .map = {{"value", "value"}},
    .round = true,
    .head = head,
    .row = row,
};
