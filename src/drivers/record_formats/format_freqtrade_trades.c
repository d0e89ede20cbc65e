/* Crypto trades as arrays: time, id, type, side, price, amount, cost. */
#include "drivers/import_text.h"

#include <string.h>

#include "base/assert.h"

typedef struct {
    text_row_t row;
    u32 n;
} trade_t;

static err_t field(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    static const char *const columns[] = {NULL, NULL, NULL, "side", "price", "size", NULL};
    trade_t *t = ctx;
    u32 i = t->n++;
    i64 ms = 0;
    str_t v;
    TRY(text_json_value(ri, j, &v));
    if (i == 0 && (str_to_i64(v, &ms) != ERR_OK || ms < 0 || ms > 4102444800000LL)) {
        return record_fault(ri, ERR_NUMBER, "time",
                            "is not in milliseconds\ndo: correct the file, or import with --lenient");
    }
    if (i == 0) {
        t->row.h.t_event = ms * NS_PER_MS;
        t->row.h.t_known = t->row.h.t_event;
    }
    if (i >= COUNT_OF(columns) || columns[i] == NULL) {
        return ERR_OK;
    }
    u32 at = record_at(ri, columns[i]);
    return record_number_cell(ri, at, v, &t->row.cell[at]);
}

/* One trade: [ms, id, type, side, price, amount, cost]; the opening bracket is read. */
static err_t trade(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    trade_t t = {.row = {.h = {.series = *(const u32 *)ctx}}};
    record_row_begin(ri, t.row.cell, NULL);
    TRY(text_json_each(ri, j, &(text_elements_t){TEXT_ANY, JSONPULL_ARRAY_END, field, &t}));
    if (t.row.cell[record_at(ri, "price")] <= 0 || t.row.cell[record_at(ri, "size")] <= 0) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    return record_import_add(ri, &t.row.h, t.row.cell);
}

/* "binance_xrpeth_trades.json", "XRP_ETH-trades.json" -> XRPETH. */
static err_t series_of(record_import_t *ri, u32 *out)
{
    const char *name = strrchr(ri->in->name, '/');
    str_t s = str_from(name == NULL ? ri->in->name : name + 1);
    str_t head;
    str_t rest;
    record_head_t h = {0};
    char text[64];
    u32 n = 0;
    s = str_starts(s, STR("binance_")) ? str_slice(s, 8, s.n) : s;
    (void)str_cut(s, '.', &head, &rest);
    for (u32 i = 0; i < head.n && n + 1 < sizeof text; i++) {
        bool end =
            head.p[i] == '-' || (head.p[i] == '_' && str_starts(str_slice(head, i, head.n), STR("_trades")));
        if (end) {
            break;
        }
        if (head.p[i] != '_') {
            text[n++] = (char)head.p[i];
        }
    }
    TRY(record_series(ri, (str_t){.p = (const u8 *)text, .n = n}, &h));
    *out = h.series;
    return ERR_OK;
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    u32 series = 0;
    TRY(series_of(ri, &series));
    jsonpull_begin(&j, all.p, all.n);
    TRY(text_json_want(ri, &j, JSONPULL_ARRAY));
    return text_json_each(ri, &j, &(text_elements_t){JSONPULL_ARRAY, JSONPULL_ARRAY_END, trade, &series});
}

const record_format_desc_t format_freqtrade_trades = {
    .name = "freqtrade_trades",
    .about = "Crypto trades as arrays: time, id, type, side, price, amount, cost.",
    .known = "the stamp",
    .kind = "tick_trade",
    .shape = RECORDS_TEXT,
    .hint = "trades",
    .need = {"[["},
    .round = true,
    .unbuilt = "prints of coins are not made into bars here, whose days would be those of the stock exchange",
    .text = text,
};
