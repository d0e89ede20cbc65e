/* Symbols, names and numbers of all filers with a ticker. */
#include "drivers/import_sec.h"

#include "base/assert.h"

static err_t member(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    text_row_t *r = ctx;
    str_t key = str_from(j->key);
    str_t v;
    TRY(text_json_value(ri, j, &v));
    if (str_eq_c(key, "ticker")) {
        return record_series(ri, v, &r->h);
    }
    const char *column = str_eq_c(key, "title") ? "name" : str_eq_c(key, "cik_str") ? "cik" : NULL;
    return column == NULL ? ERR_OK : sec_put(ri, column, v, r->cell);
}

static err_t row(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    text_row_t r = {.h = {.series = UINT32_MAX, .t_event = ri->written, .t_known = ri->written}};
    record_row_begin(ri, r.cell, NULL);
    TRY(text_json_members(ri, j, member, &r));
    if (r.h.series == UINT32_MAX) {
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    TRY(sec_put(ri, "group", STR("SEC"), r.cell));
    return record_import_add(ri, &r.h, r.cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    TRY(text_json_want(ri, &j, JSONPULL_OBJECT));
    return text_json_each(ri, &j, &(text_elements_t){JSONPULL_OBJECT, JSONPULL_OBJECT_END, row, NULL});
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
