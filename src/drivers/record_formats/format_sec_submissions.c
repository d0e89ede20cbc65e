/* Filings of one company, as the regulator's data service lists them. */
#include "drivers/import_sec.h"

#include <stdlib.h>

#include "base/assert.h"

/* The service gives one array per column: each is read by its own cursor, all in step. */
enum { ARRAYS = 6 };
static const char *const arrays[ARRAYS] = {"accessionNumber", "reportDate",     "acceptanceDateTime", "form",
                                           "items",           "primaryDocument"};
static const char *const columns[ARRAYS] = {"accession", "period", NULL, "form", "items", "url"};

typedef struct {
    jsonpull_t at[ARRAYS];
    bool there[ARRAYS];
    str_t cik;
    char cik_text[16];
    i64 name;
} service_t;

static err_t find_arrays(record_import_t *ri, jsonpull_t *j, service_t *s)
{
    for (;;) {
        TRY(text_json(ri, j));
        if (j->kind == JSONPULL_END) {
            return ERR_OK;
        }
        str_t key = str_from(j->key);
        if (str_eq_c(key, "cik") && j->kind == JSONPULL_STRING && s->cik.n == 0 &&
            j->text.n < sizeof s->cik_text) {
            TRY(str_copy(s->cik_text, sizeof s->cik_text, j->text));
            s->cik = str_from(s->cik_text);
        }
        if (str_eq_c(key, "name") && j->kind == JSONPULL_STRING && s->name == CELL_NONE) {
            TRY(text_keep(ri, j->text, &s->name));
        }
        for (u32 i = 0; j->kind == JSONPULL_ARRAY && i < ARRAYS; i++) {
            if (!s->there[i] && str_eq_c(key, arrays[i])) {
                s->there[i] = true;
                s->at[i] = *j;
            }
        }
    }
}

static err_t row(record_import_t *ri, service_t *s, bool *end)
{
    record_head_t h = {0};
    i64 cell[RECORD_COLUMNS];
    record_row_begin(ri, cell, NULL);
    for (u32 i = 0; i < ARRAYS; i++) {
        str_t v;
        TRY(text_json(ri, &s->at[i]));
        if (s->at[i].kind == JSONPULL_ARRAY_END) {
            *end = true;
            return ERR_OK;
        }
        TRY(text_json_value(ri, &s->at[i], &v));
        if (columns[i] == NULL && text_stamp(v, &h.t_event) != ERR_OK) {
            return text_json_fail(ri, &s->at[i], ERR_SYNTAX);
        }
        TRY(columns[i] == NULL ? ERR_OK : past_refusal(sec_put(ri, columns[i], v, cell)));
    }
    h.t_known = h.t_event;
    TRY(sec_filer(ri, s->cik, &h, cell));
    cell[record_at(ri, "name")] = s->name;
    return record_import_add(ri, &h, cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    service_t *own = calloc(1, sizeof *own);
    jsonpull_t j;
    bool end = false;
    if (own == NULL) {
        return diag_fail(ri->diag, ERR_NO_MEMORY, "no memory to import");
    }
    own->name = CELL_NONE;
    jsonpull_begin(&j, all.p, all.n);
    err_t err = find_arrays(ri, &j, own);
    for (u32 i = 0; err == ERR_OK && i < ARRAYS; i++) {
        err = own->there[i] ? ERR_OK
                            : record_fail(ri, ERR_COLUMN, arrays[i], "is missing\ndo: fetch the file again");
    }
    while (err == ERR_OK && !end) {
        err = past_refusal(row(ri, own, &end));
    }
    free(own);
    return err;
}

const record_format_desc_t format_sec_submissions = {
    .name = "sec_submissions",
    .about = "Filings of one company, as the regulator's data service lists them.",
    .known = "acceptance",
    .kind = "filing",
    .shape = RECORDS_TEXT,
    .need = {"\"cik\"", "\"filings\"", "accessionNumber"},
    .text = text,
};
