/* Snapshots of an order book, Tardis.dev layout: the best levels side by side in one row. */
#include <stdio.h>

#include "base/assert.h"
#include "drivers/import_records.h"
#include "wire/csv.h"

enum { LEVELS = 25 };

static err_t level(record_import_t *ri, const csv_t *c, const record_head_t *h, u32 number, bool ask)
{
    char name[32];
    i64 cell[RECORD_COLUMNS];
    u32 price = record_at(ri, "price");
    u32 size = record_at(ri, "size");
    record_row_begin(ri, cell, NULL);
    (void)snprintf(name, sizeof name, "%s[%u].price", ask ? "asks" : "bids", number);
    u32 at = csv_find(c, name);
    (void)snprintf(name, sizeof name, "%s[%u].amount", ask ? "asks" : "bids", number);
    u32 at_size = csv_find(c, name);
    if (at == CSV_NO_COLUMN || at_size == CSV_NO_COLUMN || csv_field(c, at).n == 0) {
        return ERR_OK; /* a thinner book */
    }
    cell[record_at(ri, "sequence")] = number;
    TRY(record_text_cell(ri, ask ? STR("a") : STR("b"), &cell[record_at(ri, "side")]));
    TRY(record_text_cell(ri, STR("snapshot"), &cell[record_at(ri, "update")]));
    TRY(record_number_cell(ri, price, csv_field(c, at), &cell[price]));
    TRY(record_number_cell(ri, size, csv_field(c, at_size), &cell[size]));
    return record_import_add(ri, h, cell);
}

static err_t snapshot(record_import_t *ri, const csv_t *c, const u32 *key)
{
    record_head_t h = {0};
    i64 cell[RECORD_COLUMNS];
    i64 us[2] = {0};
    record_row_begin(ri, cell, NULL); /* a line without times or name is refused whole, as one row */
    for (u32 i = 0; i < 2; i++) {
        if (str_to_i64(csv_field(c, key[i + 1]), &us[i]) != ERR_OK || us[i] < 0 ||
            us[i] > 4102444800000000LL) {
            return record_fault(ri, ERR_NUMBER, "timestamp",
                                "is not a time in microseconds\n"
                                "do: correct the file, or import with --lenient");
        }
    }
    h.t_event = us[0] * NS_PER_US;
    h.t_known = us[1] * NS_PER_US;
    TRY(record_series(ri, csv_field(c, key[0]), &h));
    for (u32 i = 0; i < LEVELS; i++) {
        TRY(past_refusal(level(ri, c, &h, i, true)));
        TRY(past_refusal(level(ri, c, &h, i, false)));
    }
    return ERR_OK;
}

/* A row of the file becomes a record for each level and side; those are what is counted. */
static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    static const char *const names[] = {"symbol", "timestamp", "local_timestamp"};
    csv_t *c = NULL;
    u32 key[3];
    TRY(csv_open_bytes(all.p, all.n, ri->in->name, ri->diag, &c));
    err_t err = ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < COUNT_OF(names); i++) {
        err = csv_column(c, names[i], ri->diag, &key[i]);
    }
    while (err == ERR_OK && (err = csv_next(c, ri->diag)) == ERR_OK) {
        ri->line = csv_line(c);
        err = past_refusal(snapshot(ri, c, key));
    }
    csv_close(c);
    return err == ERR_EMPTY ? ERR_OK : err;
}

const record_format_desc_t format_tardis_snapshot = {
    .name = "tardis_snapshot",
    .about = "Snapshots of an order book, Tardis.dev layout: a record for each level and side.",
    .known = "the receiver's stamp",
    .kind = "book_level",
    .shape = RECORDS_TEXT,
    .need = {"exchange,symbol,timestamp,local_timestamp", "asks[0].price"},
    .text = text,
};
