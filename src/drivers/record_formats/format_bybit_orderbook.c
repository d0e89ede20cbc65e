/* Order book messages of Bybit: a snapshot, then changes. */
#include "drivers/import_text.h"

#include "base/assert.h"

/* [["price","size"],...] of one side; the opening bracket is read. */
static err_t side(record_import_t *ri, jsonpull_t *j, record_head_t *h, i64 *cell)
{
    for (;;) {
        str_t v;
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_ARRAY_END) {
            return ERR_OK;
        }
        TRY(text_json_want(ri, j, JSONPULL_STRING));
        TRY(text_json_value(ri, j, &v));
        TRY(record_number_cell(ri, record_at(ri, "price"), v, &cell[record_at(ri, "price")]));
        TRY(text_json_want(ri, j, JSONPULL_STRING));
        TRY(text_json_value(ri, j, &v));
        TRY(record_number_cell(ri, record_at(ri, "size"), v, &cell[record_at(ri, "size")]));
        TRY(text_json_want(ri, j, JSONPULL_ARRAY_END));
        TRY(record_import_add(ri, h, cell));
    }
}

/* "data": {"s": ..., "b": [...], "a": [...], ...}; the opening brace is read. */
static err_t data(record_import_t *ri, jsonpull_t *j, record_head_t *h, i64 *cell)
{
    for (;;) {
        str_t v;
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        bool bids = str_eq_c(str_from(j->key), "b");
        if (j->kind == JSONPULL_ARRAY && (bids || str_eq_c(str_from(j->key), "a"))) {
            TRY(record_text_cell(ri, bids ? STR("b") : STR("a"), &cell[record_at(ri, "side")]));
            TRY(side(ri, j, h, cell));
            continue;
        }
        bool symbol = str_eq_c(str_from(j->key), "s");
        TRY(text_json_value(ri, j, &v));
        if (symbol) {
            TRY(record_series(ri, v, h));
        }
    }
}

static err_t message(record_import_t *ri, jsonpull_t *j)
{
    record_head_t h = {0};
    i64 cell[RECORD_COLUMNS];
    i64 ms = 0;
    record_cells_clear(ri, cell);
    for (;;) {
        str_t v;
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_OBJECT_END) {
            return ERR_OK;
        }
        if (j->kind == JSONPULL_OBJECT && str_eq_c(str_from(j->key), "data")) {
            TRY(data(ri, j, &h, cell));
            continue;
        }
        bool stamp = str_eq_c(str_from(j->key), "ts");
        bool type = str_eq_c(str_from(j->key), "type");
        TRY(text_json_value(ri, j, &v));
        if (stamp && (str_to_i64(v, &ms) != ERR_OK || ms < 0 || ms > 4102444800000LL)) {
            return text_json_fail(ri, j, ERR_NUMBER);
        }
        h.t_event = ms * NS_PER_MS;
        h.t_known = h.t_event;
        if (type) {
            TRY(record_text_cell(ri, v, &cell[record_at(ri, "update")]));
        }
    }
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    for (;;) {
        TRY(text_json(ri, &j));
        if (j.kind == JSONPULL_END) {
            return ERR_OK;
        }
        if (j.kind != JSONPULL_OBJECT) {
            return text_json_fail(ri, &j, ERR_SYNTAX);
        }
        TRY(message(ri, &j));
    }
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
