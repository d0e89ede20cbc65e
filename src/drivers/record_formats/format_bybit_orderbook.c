/* Order book messages of Bybit: a snapshot, then changes. */
#include "drivers/import_text.h"

#include "base/assert.h"

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS]; /* what all levels of the message share */
    i64 ms;
} message_t;

static err_t number(record_import_t *ri, jsonpull_t *j, const char *column, i64 *cell)
{
    str_t v;
    u32 at = record_at(ri, column);
    TRY(text_json_want(ri, j, JSONPULL_STRING));
    TRY(text_json_value(ri, j, &v));
    return past_refusal(record_number_cell(ri, at, v, &cell[at]));
}

/* ["price","size"]; the opening bracket is read. */
static err_t level(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    const message_t *m = ctx;
    i64 cell[RECORD_COLUMNS];
    record_row_begin(ri, cell, m->cell);
    TRY(number(ri, j, "price", cell));
    TRY(number(ri, j, "size", cell));
    TRY(text_json_want(ri, j, JSONPULL_ARRAY_END));
    return m->h.series == UINT32_MAX ? record_reject(ri, RULE_BAD_SHAPE)
                                     : record_import_add(ri, &m->h, cell);
}

/* "data": {"s": ..., "b": [...], "a": [...], ...}; the opening brace is read. */
static err_t data(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    message_t *m = ctx;
    str_t key = str_from(j->key);
    str_t v;
    bool bids = str_eq_c(key, "b");
    if (j->kind == JSONPULL_ARRAY && (bids || str_eq_c(key, "a"))) {
        TRY(record_text_cell(ri, bids ? STR("b") : STR("a"), &m->cell[record_at(ri, "side")]));
        return text_json_each(ri, j, &(text_elements_t){JSONPULL_ARRAY, JSONPULL_ARRAY_END, level, m});
    }
    bool symbol = str_eq_c(key, "s");
    TRY(text_json_value(ri, j, &v));
    return symbol ? record_series(ri, v, &m->h) : ERR_OK;
}

static err_t member(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    message_t *m = ctx;
    str_t v;
    if (j->kind == JSONPULL_OBJECT && str_eq_c(str_from(j->key), "data")) {
        return text_json_members(ri, j, data, m);
    }
    bool stamp = str_eq_c(str_from(j->key), "ts");
    bool type = str_eq_c(str_from(j->key), "type");
    TRY(text_json_value(ri, j, &v));
    if (stamp && (str_to_i64(v, &m->ms) != ERR_OK || m->ms < 0 || m->ms > 4102444800000LL)) {
        return text_json_fail(ri, j, ERR_NUMBER);
    }
    m->h.t_event = m->ms * NS_PER_MS;
    m->h.t_known = m->h.t_event;
    return type ? record_text_cell(ri, v, &m->cell[record_at(ri, "update")]) : ERR_OK;
}

static err_t message(record_import_t *ri, jsonpull_t *j, void *unused)
{
    (void)unused;
    message_t m = {.h = {.series = UINT32_MAX}};
    record_row_begin(ri, m.cell, NULL);
    return text_json_members(ri, j, member, &m);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    return text_json_each(ri, &j, &(text_elements_t){JSONPULL_OBJECT, JSONPULL_END, message, NULL});
}

const record_format_desc_t format_bybit_orderbook = {
    .name = "bybit_orderbook",
    .about = "Order book messages of Bybit: a snapshot, then changes.",
    .known = "the stamp",
    .kind = "book_level",
    .shape = RECORDS_TEXT,
    .need = {"\"topic\"", "orderbook."},
    .text = text,
};
