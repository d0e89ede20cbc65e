/* Headlines with the symbols they name; prices of the day after are not read. */
#include "drivers/import_text.h"

#include <string.h>

#include "base/assert.h"

static err_t companies(record_import_t *ri, jsonpull_t *j, char *out, u32 size, record_head_t *h)
{
    u32 n = 0;
    for (;;) {
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_ARRAY_END) {
            out[n] = '\0';
            return ERR_OK;
        }
        str_t v;
        TRY(text_json_value(ri, j, &v));
        if (v.n == 0 || v.n > 20) {
            continue;
        }
        if (n == 0) {
            TRY(record_series(ri, v, h)); /* the first named symbol is the row's series */
        }
        if (n + v.n + 2 < size) {
            n += n > 0 ? 1 : 0;
            if (n > 0) {
                out[n - 1] = ' ';
            }
            memcpy(out + n, v.p, v.n);
            n += v.n;
        }
    }
}

static err_t sentiment(record_import_t *ri, jsonpull_t *j, i64 *cell)
{
    for (;;) {
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        u32 at = record_column_find(ri->kind, j->key);
        str_t v;
        TRY(text_json_value(ri, j, &v));
        if (at != UINT32_MAX && v.n > 0) {
            TRY(record_number_cell(ri, at, v, &cell[at]));
        }
    }
}

static err_t member(record_import_t *ri, jsonpull_t *j, record_head_t *h, i64 *cell, bool *dated)
{
    str_t key = str_from(j->key);
    char names[256];
    str_t v;
    if (j->kind == JSONPULL_ARRAY && str_eq_c(key, "mentioned_companies")) {
        TRY(companies(ri, j, names, sizeof names, h));
        return record_text_cell(ri, str_from(names), &cell[record_at(ri, "symbols")]);
    }
    if (j->kind == JSONPULL_OBJECT && str_eq_c(key, "sentiment")) {
        return sentiment(ri, j, cell);
    }
    bool date = str_eq_c(key, "date_publish");
    const char *column = str_eq_c(key, "title")         ? "title"
                         : str_eq_c(key, "url")         ? "url"
                         : str_eq_c(key, "news_outlet") ? "outlet"
                                                        : NULL;
    TRY(text_json_value(ri, j, &v));
    if (date && text_stamp(v, &h->t_event) == ERR_OK) {
        h->t_known = h->t_event;
        *dated = true;
    }
    return column == NULL ? ERR_OK : text_keep(ri, v, &cell[record_at(ri, column)]);
}

static err_t object(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    record_head_t h = {.series = UINT32_MAX};
    i64 cell[RECORD_COLUMNS];
    bool dated = false;
    record_cells_clear(ri, cell);
    for (;;) {
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_OBJECT_END) {
            break;
        }
        TRY(member(ri, j, &h, cell, &dated));
    }
    if (h.series == UINT32_MAX) {
        TRY(record_series(ri, STR("(NONE)"), &h));
    }
    if (!dated || cell[record_at(ri, "title")] == CELL_NONE) {
        ri->report.rows_read++;
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    return record_import_add(ri, &h, cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    return text_json_each(ri, &j, &(text_elements_t){JSONPULL_OBJECT, JSONPULL_END, object, NULL});
}

const record_format_desc_t format_yahoo_headlines = {
    .name = "yahoo_headlines",
    .about = "Headlines with the symbols they name; prices of the day after are not read.",
    .known = "publication",
    .kind = "headline",
    .shape = RECORDS_TEXT,
    .need = {"date_publish", "mentioned_companies", "title"},
    .round = true,
    .text = text,
};
