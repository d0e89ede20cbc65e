/* Holidays and early closes of markets. */
#include "drivers/import_text.h"

#include "base/assert.h"

/* "7/3/2000" (month first). */
static bool us_day(str_t s, date_t *out)
{
    str_t m;
    str_t d;
    str_t y;
    u64 v[3] = {0};
    if (!str_cut(s, '/', &m, &d) || !str_cut(d, '/', &d, &y) || str_to_u64(m, &v[0]) != ERR_OK ||
        str_to_u64(d, &v[1]) != ERR_OK || str_to_u64(y, &v[2]) != ERR_OK || v[0] < 1 || v[0] > 12 ||
        v[1] < 1 || v[1] > 31 || v[2] < 1900 || v[2] > 2099) {
        return false;
    }
    *out = date_from_ymd((i32)v[2], (i32)v[0], (i32)v[1]);
    return true;
}

static err_t day_row(record_import_t *ri, i64 market, str_t day, str_t close)
{
    record_head_t h = {.t_known = ri->written};
    i64 cell[RECORD_COLUMNS];
    date_t d = 0;
    record_row_begin(ri, cell, NULL);
    if (!us_day(day, &d)) {
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    h.t_event = (i64)d * NS_PER_DAY;
    h.series = (u32)market;
    cell[record_at(ri, "market")] = market;
    TRY(record_text_cell(ri, close, &cell[record_at(ri, "close")]));
    return record_import_add(ri, &h, cell);
}

/* An element of "holidays": [...]. */
static err_t holiday(record_import_t *ri, jsonpull_t *j, void *market)
{
    str_t v;
    TRY(text_json_value(ri, j, &v));
    return day_row(ri, *(const i64 *)market, v, STR("closed"));
}

/* A member of "earlyCloses": {...}. */
static err_t early_close(record_import_t *ri, jsonpull_t *j, void *market)
{
    str_t v;
    TRY(text_json_value(ri, j, &v));
    return day_row(ri, *(const i64 *)market, str_from(j->key), v);
}

static err_t market_member(record_import_t *ri, jsonpull_t *j, void *market)
{
    str_t key = str_from(j->key);
    str_t v;
    if (j->kind == JSONPULL_ARRAY && str_eq_c(key, "holidays")) {
        return text_json_each(ri, j, &(text_elements_t){TEXT_ANY, JSONPULL_ARRAY_END, holiday, market});
    }
    if (j->kind == JSONPULL_OBJECT && str_eq_c(key, "earlyCloses")) {
        return text_json_members(ri, j, early_close, market);
    }
    return text_json_value(ri, j, &v);
}

static err_t market(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    text_row_t r = {0};
    record_row_begin(ri, r.cell, NULL);
    err_t err = record_series(ri, str_from(j->key), &r.h);
    if (err == ERR_EMPTY) { /* no name to keep its days under */
        str_t v;
        TRY(text_json_value(ri, j, &v));
    }
    TRY(err);
    i64 name = r.h.series;
    return text_json_members(ri, j, market_member, &name);
}

static err_t member(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    str_t v;
    if (j->kind == JSONPULL_OBJECT && str_eq_c(str_from(j->key), "entries")) {
        return text_json_each(ri, j,
                              &(text_elements_t){JSONPULL_OBJECT, JSONPULL_OBJECT_END, market, NULL});
    }
    return text_json_value(ri, j, &v);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    TRY(text_json_want(ri, &j, JSONPULL_OBJECT));
    return text_json_members(ri, &j, member, NULL);
}

const record_format_desc_t format_lean_market_hours = {
    .name = "lean_market_hours",
    .about = "Holidays and early closes of markets.",
    .known = "when the file was written, or --known",
    .kind = "market_hours",
    .shape = RECORDS_TEXT,
    .need = {"\"entries\"", "exchangeTimeZone"},
    .text = text,
};
