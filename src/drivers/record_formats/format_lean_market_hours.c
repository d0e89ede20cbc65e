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
    record_cells_clear(ri, cell);
    if (!us_day(day, &d)) {
        ri->report.rows_read++;
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    h.t_event = (i64)d * NS_PER_DAY;
    h.series = (u32)market;
    cell[record_at(ri, "market")] = market;
    TRY(record_text_cell(ri, close, &cell[record_at(ri, "close")]));
    return record_import_add(ri, &h, cell);
}

/* "holidays": [...] or "earlyCloses": {...}; the opening token is read. */
static err_t days(record_import_t *ri, jsonpull_t *j, i64 market)
{
    bool array = j->kind == JSONPULL_ARRAY;
    for (;;) {
        str_t v;
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_ARRAY_END || j->kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        TRY(text_json_value(ri, j, &v));
        err_t err = array ? day_row(ri, market, v, STR("closed")) : day_row(ri, market, str_from(j->key), v);
        TRY(err == ERR_EMPTY ? ERR_OK : err);
    }
}

static err_t entry(record_import_t *ri, jsonpull_t *j, i64 market)
{
    for (;;) {
        str_t v;
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        str_t key = str_from(j->key);
        if ((j->kind == JSONPULL_ARRAY && str_eq_c(key, "holidays")) ||
            (j->kind == JSONPULL_OBJECT && str_eq_c(key, "earlyCloses"))) {
            TRY(days(ri, j, market));
            continue;
        }
        TRY(text_json_value(ri, j, &v));
    }
}

static err_t entries(record_import_t *ri, jsonpull_t *j)
{
    for (;;) {
        i64 market = 0;
        record_head_t h = {0};
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        if (j->kind != JSONPULL_OBJECT) {
            return text_json_fail(ri, j, ERR_SYNTAX);
        }
        TRY(record_series(ri, str_from(j->key), &h));
        market = h.series;
        TRY(entry(ri, j, market));
    }
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    TRY(text_json_want(ri, &j, JSONPULL_OBJECT));
    for (;;) {
        str_t v;
        TRY(text_json(ri, &j));
        if (j.kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        if (j.kind == JSONPULL_OBJECT && str_eq_c(str_from(j.key), "entries")) {
            TRY(entries(ri, &j));
            continue;
        }
        TRY(text_json_value(ri, &j, &v));
    }
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
