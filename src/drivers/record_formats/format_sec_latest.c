/* Feed of the latest filings. */
#include "drivers/import_sec.h"

#include "base/assert.h"

typedef struct {
    record_head_t h;
    i64 cell[RECORD_COLUMNS];
    bool in;
    bool dated;
    str_t element;
} entry_t;

/* "4 - Perez Daniel Antonio (0002063236) (Reporting)": name and number. */
static err_t title(record_import_t *ri, str_t s, entry_t *e)
{
    str_t form;
    u32 at = 0;
    for (u32 i = 0; i + 11 < s.n; i++) {
        at = s.p[i] == '(' && s.p[i + 11] == ')' ? i : at;
    }
    for (u32 i = 0; i + 3 < s.n; i++) {
        if (s.p[i] == ' ' && s.p[i + 1] == '-' && s.p[i + 2] == ' ') {
            form = str_slice(s, 0, i);
            TRY(sec_put(ri, "form", form, e->cell));
            TRY(sec_put(ri, "name", str_slice(s, i + 3, MAX_OF(at, i + 3)), e->cell));
            break;
        }
    }
    return at == 0 ? ERR_OK : sec_filer(ri, str_slice(s, at + 1, at + 11), &e->h, e->cell);
}

static err_t value(record_import_t *ri, const xmlpull_t *x, entry_t *e)
{
    str_t id;
    str_t accession;
    if (str_eq_c(e->element, "title")) {
        return title(ri, x->text, e);
    }
    if (str_eq_c(e->element, "updated") && text_stamp(x->text, &e->h.t_event) == ERR_OK) {
        e->dated = true;
        e->h.t_known = e->h.t_event;
    }
    if (str_eq_c(e->element, "id") && str_cut(x->text, '=', &id, &accession)) {
        return sec_put(ri, "accession", accession, e->cell);
    }
    return ERR_OK;
}

static err_t token(record_import_t *ri, const xmlpull_t *x, void *ctx)
{
    entry_t *e = ctx;
    if (x->kind == XMLPULL_OPEN && str_eq_c(x->name, "entry")) {
        *e = (entry_t){.in = true, .h = {.series = UINT32_MAX}};
        record_row_begin(ri, e->cell, NULL);
    } else if (x->kind == XMLPULL_OPEN) {
        e->element = x->name;
        return e->in && str_eq_c(x->name, "link") ? sec_put(ri, "url", xmlpull_attribute(x, "href"), e->cell)
                                                  : ERR_OK;
    } else if (x->kind == XMLPULL_TEXT_NODE) {
        return e->in ? value(ri, x, e) : ERR_OK;
    } else if (str_eq_c(x->name, "entry")) {
        e->in = false;
        if (!e->dated || e->h.series == UINT32_MAX) {
            return record_reject(ri, RULE_BAD_SHAPE);
        }
        return record_import_add(ri, &e->h, e->cell);
    } else {
        e->element = STR("");
    }
    return ERR_OK;
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    xmlpull_t x;
    entry_t e = {0};
    xmlpull_begin(&x, all.p, all.n);
    TRY(text_xml_each(ri, &x, NULL, token, &e));
    return e.in ? text_xml_fail(ri, &x, ERR_TRUNCATED) : ERR_OK;
}

const record_format_desc_t format_sec_latest = {
    .name = "sec_latest",
    .about = "Feed of the latest filings.",
    .known = "the stamp of the entry",
    .kind = "filing",
    .shape = RECORDS_TEXT,
    .need = {"<feed", "Latest Filings"},
    .text = text,
};
