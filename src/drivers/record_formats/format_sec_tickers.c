/* Symbols, names and numbers of all filers with a ticker. */
#include "drivers/import_sec.h"

#include "base/assert.h"

static err_t row(record_import_t *ri, jsonpull_t *j)
{
    record_head_t h = {.series = UINT32_MAX, .t_event = ri->written, .t_known = ri->written};
    i64 cell[RECORD_COLUMNS];
    record_cells_clear(ri, cell);
    for (;;) {
        str_t v;
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_OBJECT_END) {
            break;
        }
        TRY(text_json_value(ri, j, &v));
        str_t key = str_from(j->key);
        if (str_eq_c(key, "ticker")) {
            TRY(record_series(ri, v, &h));
        }
        TRY(str_eq_c(key, "title") ? sec_put(ri, "name", v, cell) : ERR_OK);
        TRY(str_eq_c(key, "cik_str") ? sec_put(ri, "cik", v, cell) : ERR_OK);
    }
    if (h.series == UINT32_MAX) {
        ri->report.rows_read++;
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    TRY(sec_put(ri, "group", STR("SEC"), cell));
    return record_import_add(ri, &h, cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    TRY(text_json_want(ri, &j, JSONPULL_OBJECT));
    for (;;) {
        TRY(text_json(ri, &j));
        if (j.kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        if (j.kind != JSONPULL_OBJECT) {
            return text_json_fail(ri, &j, ERR_SYNTAX);
        }
        err_t err = row(ri, &j);
        TRY(err == ERR_EMPTY ? ERR_OK : err);
    }
}

const record_format_desc_t format_sec_tickers = {
    .name = "sec_tickers",
    .about = "Symbols, names and numbers of all filers with a ticker.",
    .known = "when the file was written, or --known",
    .kind = "membership",
    .shape = RECORDS_TEXT,
    .need = {"\"cik_str\"", "\"ticker\"", "\"title\""},
    .text = text,
};
