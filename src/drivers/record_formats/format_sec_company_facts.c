/* Reported facts of one company, each with the day of its filing. */
#include "drivers/import_sec.h"

#include "base/assert.h"

typedef struct {
    char cik[16];
    i64 taxonomy;
    i64 tag;
    i64 unit;
} place_t;

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    date_t end;
    date_t filed;
} fact_t;

static err_t member(record_import_t *ri, jsonpull_t *j, void *ctx)
{
    static const sec_map_t members[] = {{"start", "start"}, {"val", "value"}, {"accn", "accession"},
                                        {"form", "form"},   {"fp", "fiscal"}, {"frame", "frame"}};
    fact_t *f = ctx;
    str_t key = str_from(j->key);
    str_t v;
    TRY(text_json_value(ri, j, &v));
    if (str_eq_c(key, "end")) {
        return record_date(ri, "end", v, &f->end);
    }
    if (str_eq_c(key, "filed")) {
        return record_date(ri, "filed", v, &f->filed);
    }
    for (u32 i = 0; i < COUNT_OF(members); i++) {
        if (str_eq_c(key, members[i].element)) {
            return sec_put(ri, members[i].column, v, f->cell);
        }
    }
    return ERR_OK;
}

static err_t fact(record_import_t *ri, jsonpull_t *j, const place_t *p)
{
    fact_t f = {0};
    record_row_begin(ri, f.cell, NULL);
    TRY(text_json_members(ri, j, member, &f));
    if (f.filed == 0 || f.end == 0) {
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    f.h.t_event = (i64)f.end * NS_PER_DAY;
    f.h.t_known = record_filing_end(f.filed);
    f.cell[record_at(ri, "taxonomy")] = p->taxonomy;
    f.cell[record_at(ri, "tag")] = p->tag;
    f.cell[record_at(ri, "unit")] = p->unit;
    TRY(sec_filer(ri, str_from(p->cik), &f.h, f.cell));
    return record_import_add(ri, &f.h, f.cell);
}

/* The names on the way to a fact are keys: "facts" / taxonomy / tag / "units" / unit. */
static err_t token(record_import_t *ri, jsonpull_t *j, place_t *p)
{
    str_t key = str_from(j->key);
    bool open = j->kind == JSONPULL_OBJECT || j->kind == JSONPULL_ARRAY;
    if (j->depth == 1 && str_eq_c(key, "cik") && (j->kind == JSONPULL_STRING || j->kind == JSONPULL_NUMBER)) {
        TRY(j->text.n < sizeof p->cik ? str_copy(p->cik, sizeof p->cik, j->text) : ERR_OK);
    } else if (open && j->depth == 3) {
        TRY(text_keep(ri, key, &p->taxonomy));
    } else if (open && j->depth == 4) {
        TRY(text_keep(ri, key, &p->tag));
    } else if (j->kind == JSONPULL_ARRAY && j->depth == 6) {
        TRY(text_keep(ri, key, &p->unit));
    } else if (j->kind == JSONPULL_OBJECT && j->depth == 7) {
        return fact(ri, j, p);
    }
    return ERR_OK;
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    jsonpull_t j;
    place_t p = {.taxonomy = CELL_NONE, .tag = CELL_NONE, .unit = CELL_NONE};
    jsonpull_begin(&j, all.p, all.n);
    TRY(text_json_want(ri, &j, JSONPULL_OBJECT));
    while (j.kind != JSONPULL_END) {
        TRY(text_json(ri, &j));
        TRY(past_refusal(token(ri, &j, &p)));
    }
    return ERR_OK;
}

const record_format_desc_t format_sec_company_facts = {
    .name = "sec_company_facts",
    .about = "Reported facts of one company, each with the day of its filing.",
    .known = "22:00 New York on the day of filing",
    .kind = "xbrl_fact",
    .shape = RECORDS_TEXT,
    .need = {"\"cik\"", "\"entityName\"", "\"facts\""},
    .round = true,
    .text = text,
};
