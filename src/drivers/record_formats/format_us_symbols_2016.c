/* Symbols and company names of 2016. */
#include "drivers/import_records.h"

#include "base/assert.h"

/* Symbol TAB name; a name may hold commas, so the fields of the line are put together again by position. */
static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    str_t symbol;
    str_t name;
    h->t_event = ri->written;
    h->t_known = ri->written;
    if (!str_cut(record_key(ri, 0), '\t', &symbol, &name)) {
        return record_fault(ri, ERR_SYNTAX, "line",
                            "is not SYMBOL TAB NAME\n"
                            "do: correct the file, or import with --lenient");
    }
    return record_series(ri, symbol, h);
}

static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    str_t symbol;
    str_t name;
    str_t field = record_key(ri, 0);
    (void)str_cut(field, '\t', &symbol, &name);
    u32 last = csv_field_count(ri->own_csv) - 1;
    str_t end = csv_field(ri->own_csv, last);
    if (last > 0) { /* fields of an unquoted line lie back to back in one buffer */
        name.n = (u32)(end.p + end.n - name.p);
    }
    return record_text_cell(ri, name, &cell[record_at(ri, "name")]);
}

const record_format_desc_t format_us_symbols_2016 = {
    .name = "us_symbols_2016",
    .about = "Symbols and company names of 2016.",
    .known = "when the file was written, or --known",
    .kind = "listing",
    .shape = RECORDS_CSV,
    .hint = "us_symbols",
    .header = "line",
    .key = {"line"},
    .ragged = true,
    .head = head,
    .row = row,
};
