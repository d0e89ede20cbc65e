/* Transactions that US senators reported; the report's day is not in the file. */
#include "drivers/import_text.h"

#include "base/assert.h"

enum { LAW_DAYS = 45 /* Stop Trading on Congressional Knowledge Act, section 6 */ };

/* "$1,001 - $15,000", "Over $50,000,000", "$250". */
static err_t amount(record_import_t *ri, str_t s, i64 *cell)
{
    i64 v[2] = {CELL_NONE, CELL_NONE};
    u32 n = 0;
    for (u32 i = 0; i < s.n && n < 2; i++) {
        if (s.p[i] != '$') {
            continue;
        }
        i64 x = 0;
        u32 k = i + 1;
        for (; k < s.n && (s.p[k] == ',' || (s.p[k] >= '0' && s.p[k] <= '9')); k++) {
            x = s.p[k] == ',' || x > 1000000000000LL ? x : x * 10 + s.p[k] - '0';
        }
        v[n++] = x * 100;
        i = k - 1;
    }
    cell[record_at(ri, "amount_from")] = v[0];
    cell[record_at(ri, "amount_to")] = v[1];
    return ERR_OK;
}

typedef struct {
    const char *key;
    const char *column;
} member_t;

static err_t member(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    static const member_t all[] = {{"owner", "owner"},           {"asset_description", "asset"},
                                   {"asset_type", "asset_type"}, {"type", "type"},
                                   {"senator", "senator"},       {"ptr_link", "link"},
                                   {"comment", "comment"}};
    text_row_t *r = ctx;
    str_t key = str_from(j->key);
    str_t v;
    date_t day = 0;
    bool date = str_eq_c(key, "transaction_date");
    bool ticker = str_eq_c(key, "ticker");
    bool money = str_eq_c(key, "amount");
    TRY(text_json_value(ri, j, &v));
    for (u32 i = 0; i < COUNT_OF(all); i++) {
        if (str_eq_c(str_from(j->key), all[i].key)) {
            return text_keep(ri, str_eq_c(v, "--") ? STR("") : v, &r->cell[record_at(ri, all[i].column)]);
        }
    }
    if (ticker) {
        bool named = v.n > 0 && v.n < 24 && !str_eq_c(v, "--");
        return record_series(ri, named ? v : STR("(NONE)"), &r->h);
    }
    if (date && text_us_date(v, &day) == ERR_OK) {
        r->dated = true;
        r->h.t_event = (i64)day * NS_PER_DAY;
        r->h.t_known = (i64)(day + LAW_DAYS + 1) * NS_PER_DAY;
    }
    return money ? amount(ri, v, r->cell) : ERR_OK;
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
    return r.dated ? record_import_add(ri, &r.h, r.cell) : record_reject(ri, RULE_BAD_SHAPE);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    jsonpull_begin(&j, all.p, all.n);
    TRY(text_json_want(ri, &j, JSONPULL_ARRAY));
    return text_json_each(ri, &j, &(text_elements_t){JSONPULL_OBJECT, JSONPULL_ARRAY_END, object, NULL});
}

const record_format_desc_t format_senate_trades = {
    .name = "senate_trades",
    .about = "Transactions that US senators reported; the report's day is not in the file.",
    .known = "45 days after the transaction, the longest the law allows",
    .kind = "senate_trade",
    .shape = RECORDS_TEXT,
    .need = {"transaction_date", "senator", "ptr_link"},
    .text = text,
};
