/* Headlines with the symbols they name; prices of the day after are not read. */
#include "drivers/import_text.h"

#include <string.h>

#include "base/assert.h"

typedef struct {
    record_head_t *h;
    char text[256];
    u32 n;
} names_t;

static err_t company(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    names_t *c = ctx;
    str_t v;
    TRY(text_json_value(ri, j, &v));
    if (v.n == 0 || v.n > 20) {
        return ERR_OK;
    }
    if (c->n == 0) {
        TRY(record_series(ri, v, c->h)); /* the first named symbol is the row's series */
    }
    if (c->n + v.n + 2 < sizeof c->text) {
        if (c->n > 0) {
            c->text[c->n++] = ' ';
        }
        memcpy(c->text + c->n, v.p, v.n);
        c->n += v.n;
    }
    return ERR_OK;
}

static err_t mood(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    text_row_t *r = ctx;
    u32 at = record_column_find(ri->kind, j->key);
    str_t v;
    TRY(text_json_value(ri, j, &v));
    return at != UINT32_MAX && v.n > 0 ? record_number_cell(ri, at, v, &r->cell[at]) : ERR_OK;
}

static err_t member(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    text_row_t *r = ctx;
    str_t key = str_from(j->key);
    str_t v;
    if (j->kind == JSONPULL_ARRAY && str_eq_c(key, "mentioned_companies")) {
        names_t c = {.h = &r->h};
        TRY(text_json_each(ri, j, &(text_elements_t){TEXT_ANY, JSONPULL_ARRAY_END, company, &c}));
        return record_text_cell(ri, (str_t){.p = (const u8 *)c.text, .n = c.n},
                                &r->cell[record_at(ri, "symbols")]);
    }
    if (j->kind == JSONPULL_OBJECT && str_eq_c(key, "sentiment")) {
        return text_json_members(ri, j, mood, r);
    }
    bool date = str_eq_c(key, "date_publish");
    const char *column = str_eq_c(key, "title")         ? "title"
                         : str_eq_c(key, "url")         ? "url"
                         : str_eq_c(key, "news_outlet") ? "outlet"
                                                        : NULL;
    TRY(text_json_value(ri, j, &v));
    if (date && text_stamp(v, &r->h.t_event) == ERR_OK) {
        r->h.t_known = r->h.t_event;
        r->dated = true;
    }
    return column == NULL ? ERR_OK : text_keep(ri, v, &r->cell[record_at(ri, column)]);
}

static err_t object(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    text_row_t r = {.h = {.series = UINT32_MAX}};
    record_row_begin(ri, r.cell, NULL);
    TRY(text_json_members(ri, j, member, &r));
    if (r.h.series == UINT32_MAX) {
        TRY(record_series(ri, STR("(NONE)"), &r.h));
    }
    bool whole = r.dated && r.cell[record_at(ri, "title")] != CELL_NONE;
    return whole ? record_import_add(ri, &r.h, r.cell) : record_reject(ri, RULE_BAD_SHAPE);
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
