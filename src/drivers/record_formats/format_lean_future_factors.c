/* Back-adjustment of continuous futures at each roll, by rule of rolling. */
#include "drivers/import_text.h"

#include "base/assert.h"

static err_t list(record_import_t *ri, jsonpull_t *j, const char *const *column, i64 *cell)
{
    for (u32 i = 0;; i++) {
        str_t v;
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_ARRAY_END) {
            return ERR_OK;
        }
        TRY(text_json_value(ri, j, &v));
        if (i < 3) {
            u32 at = record_at(ri, column[i]);
            TRY(record_number_cell(ri, at, v, &cell[at]));
        }
    }
}

static err_t object(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    static const char *const ratio[] = {"ratio_1", "ratio_2", "ratio_3"};
    static const char *const back[] = {"back_1", "back_2", "back_3"};
    static const char *const forward[] = {"forward_1", "forward_2", "forward_3"};
    record_head_t h = {0};
    i64 cell[RECORD_COLUMNS];
    bool dated = false;
    record_cells_clear(ri, cell);
    for (;;) {
        TRY(text_json(ri, j));
        str_t key = str_from(j->key);
        str_t v;
        if (j->kind == JSONPULL_OBJECT_END) {
            break;
        }
        if (j->kind == JSONPULL_ARRAY) {
            TRY(list(ri, j,
                     str_starts(key, STR("BackwardsRatio")) ? ratio
                     : str_starts(key, STR("Backwards"))    ? back
                                                            : forward,
                     cell));
            continue;
        }
        bool date = str_eq_c(key, "Date");
        bool mode = str_eq_c(key, "DataMappingMode");
        TRY(text_json_value(ri, j, &v));
        if (date && text_stamp(v, &h.t_event) == ERR_OK) {
            dated = true;
            h.t_known = h.t_event + NS_PER_DAY;
        }
        if (mode) {
            TRY(record_number_cell(ri, record_at(ri, "mode"), v, &cell[record_at(ri, "mode")]));
        }
    }
    if (!dated) {
        ri->report.rows_read++;
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    TRY(record_series(ri, STR("ES"), &h));
    return record_import_add(ri, &h, cell);
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
