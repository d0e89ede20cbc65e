/* A day on which a company has said that it will report. */
#include "store/records.h"

const record_kind_desc_t record_earnings_date = {
    .id = 27,
    .name = "earnings_date",
    .about = "a day on which a company has said that it will report",
    .period = RECORD_BY_DECADE,
    .many = true, /* two quarters' dates may be announced on one day */
    .count = 1,
    .column =
        {
            {"due", CELL_DATE, 0},
        },
};
