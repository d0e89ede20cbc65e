/* Back-adjustment of continuous futures at each roll, by rule of rolling. */
#include "drivers/import_text.h"

#include <stdio.h>

#include "base/assert.h"

typedef struct {
    const char *column;
    u32 n;
    i64 *cell;
} scale_t;

/* One array has a factor for each of three rules of rolling: columns COLUMN_1 to COLUMN_3. */
static err_t factor(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    scale_t *s = ctx;
    char name[16];
    str_t v;
    TRY(text_json_value(ri, j, &v));
    if (++s->n > 3) {
        return ERR_OK;
    }
    (void)snprintf(name, sizeof name, "%s_%u", s->column, s->n);
    u32 at = record_at(ri, name);
    return record_number_cell(ri, at, v, &s->cell[at]);
}

static err_t member(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    text_row_t *r = ctx;
    str_t key = str_from(j->key);
    str_t v;
    if (j->kind == JSONPULL_ARRAY) {
        scale_t s = {.column = str_starts(key, STR("BackwardsRatio")) ? "ratio"
                               : str_starts(key, STR("Backwards"))    ? "back"
                                                                      : "forward",
                     .cell = r->cell};
        return text_json_each(ri, j, &(text_elements_t){TEXT_ANY, JSONPULL_ARRAY_END, factor, &s});
    }
    bool date = str_eq_c(key, "Date");
    bool mode = str_eq_c(key, "DataMappingMode");
    TRY(text_json_value(ri, j, &v));
    if (date && text_stamp(v, &r->h.t_event) == ERR_OK) {
        r->dated = true;
        r->h.t_known = r->h.t_event + NS_PER_DAY;
    }
    u32 at = record_at(ri, "mode");
    return mode ? record_number_cell(ri, at, v, &r->cell[at]) : ERR_OK;
}

static err_t object(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    text_row_t r = {0};
    record_row_begin(ri, r.cell, NULL);
    TRY(text_json_members(ri, j, member, &r));
    if (!r.dated) {
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    TRY(record_series(ri, STR("ES"), &r.h));
    return record_import_add(ri, &r.h, r.cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    return text_json_each(ri, &j, &(text_elements_t){JSONPULL_OBJECT, JSONPULL_END, object, NULL});
}

const record_format_desc_t format_lean_future_factors = {
    .name = "lean_future_factors",
    .about = "Back-adjustment of continuous futures at each roll, by rule of rolling.",
    .known = "the day after the roll",
    .kind = "roll_factor",
    .shape = RECORDS_TEXT,
    .need = {"BackwardsRatioScale", "DataMappingMode"},
    .round = true,
    .text = text,
};
