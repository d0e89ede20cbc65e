/* Members of the S&P 500 of April 2021. */
#include "drivers/import_records.h"

#include "base/assert.h"

enum { DAY_2021_04_30 = 18747 }; /* the list is of April 2021: known from its last day on */

static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    if (ri->spec->known_ns == 0) {
        h->t_event = (i64)DAY_2021_04_30 * NS_PER_DAY;
        h->t_known = h->t_event + NS_PER_DAY;
    }
    return record_text_cell(ri, STR("SP500"), &cell[record_at(ri, "group")]);
}

static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    h->t_event = ri->written;
    h->t_known = ri->written;
    return record_series(ri, record_key(ri, 0), h);
}

const record_format_desc_t format_sp500_members_2021 = {
    .name = "sp500_members_2021",
    .about = "Members of the S&P 500 of April 2021.",
    .known = "when the file was written, or --known",
    .kind = "membership",
    .shape = RECORDS_CSV,
    .hint = "constituents_2021",
    .need = {"Symbol", "Name", "Sector"},
    .key = {"Symbol"},
    .map = {{"name", "Name"}, {"sector", "Sector"}},
    .row = row,
    .head = head,
};
