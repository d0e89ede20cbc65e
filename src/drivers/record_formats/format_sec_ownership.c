/* Forms 3, 4 and 5: what insiders hold and trade. */
#include "drivers/import_sec.h"

#include <string.h>

#include "base/assert.h"

enum { FORM_4_DAYS = 2 /* Securities Exchange Act, section 16(a)(2)(C) */, ELEMENTS = 8 };

typedef struct {
    const char *element;
    const char *column;
} leaf_t;

/* Values of a transaction or holding: by the element around <value>, or by the element itself. */
static const leaf_t leaves[] = {
    {"securityTitle", "security"},
    {"transactionCode", "code"},
    {"transactionShares", "shares"},
    {"transactionPricePerShare", "price"},
    {"transactionAcquiredDisposedCode", "acquired"},
    {"sharesOwnedFollowingTransaction", "after"},
};

typedef struct {
    i64 common[RECORD_COLUMNS]; /* cells of the whole form */
    i64 cell[RECORD_COLUMNS];
    record_head_t h;
    date_t period;
    date_t signature;
    date_t day; /* of the transaction */
    str_t open[ELEMENTS];
    u32 depth;
    bool in;
    u32 first; /* rows of this form begin here in the table */
} form_t;

static err_t form_value(record_import_t *ri, str_t name, str_t v, form_t *f)
{
    date_t d = 0;
    if (str_eq_c(name, "issuerTradingSymbol") || (str_eq_c(name, "issuerCik") && f->h.series == UINT32_MAX)) {
        bool cik = str_eq_c(name, "issuerCik");
        bool named = v.n > 0 && v.n < 16 && !str_eq_nocase(v, STR("NONE")) && !str_eq_nocase(v, STR("N/A"));
        TRY(cik ? sec_filer(ri, v, &f->h, f->common) : named ? record_series(ri, v, &f->h) : ERR_OK);
        return ERR_OK;
    }
    const char *column = str_eq_c(name, "documentType")   ? "form"
                         : str_eq_c(name, "issuerName")   ? "issuer"
                         : str_eq_c(name, "rptOwnerName") ? "owner"
                         : str_eq_c(name, "officerTitle") ? "role"
                                                          : NULL;
    if (column != NULL && f->common[record_at(ri, column)] == CELL_NONE) {
        return sec_put(ri, column, v, f->common);
    }
    if (str_eq_c(name, "periodOfReport") && sec_date(v, &d) == ERR_OK) {
        f->period = d;
    }
    if (str_eq_c(name, "signatureDate") && sec_date(v, &d) == ERR_OK) {
        f->signature = MAX_OF(f->signature, d);
    }
    return ERR_OK;
}

static err_t row_value(record_import_t *ri, str_t name, str_t v, form_t *f)
{
    date_t d = 0;
    if (str_eq_c(name, "transactionDate") && sec_date(v, &d) == ERR_OK) {
        f->day = d;
    }
    for (u32 i = 0; i < COUNT_OF(leaves); i++) {
        if (str_eq_c(name, leaves[i].element)) {
            return sec_put(ri, leaves[i].column, v, f->cell);
        }
    }
    return ERR_OK;
}

static bool is_row(str_t name)
{
    return str_eq_c(name, "nonDerivativeTransaction") || str_eq_c(name, "nonDerivativeHolding") ||
           str_eq_c(name, "derivativeTransaction") || str_eq_c(name, "derivativeHolding");
}

static err_t open_element(record_import_t *ri, const xmlpull_t *x, form_t *f)
{
    if (!x->empty && f->depth < ELEMENTS) {
        f->open[f->depth] = x->name;
    }
    f->depth += x->empty ? 0 : 1;
    if (is_row(x->name)) {
        f->in = true;
        f->day = 0;
        record_row_begin(ri, f->cell, f->common);
        f->cell[record_at(ri, "derivative")] = str_starts(x->name, STR("derivative")) ? 1 : 0;
    }
    return ERR_OK;
}

static err_t close_element(record_import_t *ri, const xmlpull_t *x, form_t *f)
{
    f->depth -= f->depth > 0 ? 1 : 0;
    if (!is_row(x->name) || !f->in) {
        return ERR_OK;
    }
    f->in = false;
    if (f->h.series == UINT32_MAX || (f->day == 0 && f->period == 0)) {
        return record_reject(ri, RULE_BAD_SHAPE);
    }
    record_head_t h = f->h;
    h.t_event = (i64)(f->day != 0 ? f->day : f->period) * NS_PER_DAY;
    h.t_known = h.t_event; /* set when the whole form is read */
    return record_import_add(ri, &h, f->cell);
}

/* Innermost element that is no <value>. */
static str_t around(const form_t *f)
{
    u32 at = MIN_OF(f->depth, (u32)ELEMENTS);
    if (at > 0 && str_eq_c(f->open[at - 1], "value")) {
        at--;
    }
    return at == 0 ? STR("") : f->open[at - 1];
}

static err_t token(record_import_t *ri, const xmlpull_t *x, void *ctx)
{
    form_t *f = ctx;
    if (x->kind == XMLPULL_OPEN) {
        return open_element(ri, x, f);
    }
    if (x->kind == XMLPULL_CLOSE) {
        return close_element(ri, x, f);
    }
    str_t name = around(f);
    return f->in ? row_value(ri, name, x->text, f) : form_value(ri, name, x->text, f);
}

/* A form without rows (a newcomer who holds nothing) is one row of its own. */
static err_t finish(record_import_t *ri, form_t *f, i64 accepted)
{
    if (ri->table.rows == f->first && f->h.series != UINT32_MAX && f->period != 0) {
        record_head_t h = f->h;
        h.t_event = (i64)f->period * NS_PER_DAY;
        h.t_known = h.t_event;
        TRY(record_import_add(ri, &h, f->common));
    }
    for (u32 i = f->first; i < ri->table.rows; i++) {
        record_head_t *h = &ri->table.own_head[i];
        date_t day = (date_t)(h->t_event / NS_PER_DAY);
        date_t last = MAX_OF(f->period, day);
        i64 rule =
            MAX_OF(record_filing_end(sec_days_after(last, FORM_4_DAYS)), record_filing_end(f->signature));
        h->t_known = accepted != 0 ? accepted : rule;
    }
    return ERR_OK;
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    xmlpull_t x;
    form_t f = {.h = {.series = UINT32_MAX}, .first = ri->table.rows};
    i64 accepted = sec_accepted(all);
    record_row_begin(ri, f.common, NULL);
    const u8 *from = memmem(all.p, all.n, "<ownershipDocument", 18);
    size_t skip = from == NULL ? 0 : (size_t)(from - all.p);
    xmlpull_begin(&x, all.p + skip, all.n - skip);
    TRY(text_xml_each(ri, &x, "ownershipDocument", token, &f));
    return finish(ri, &f, accepted);
}

const record_format_desc_t format_sec_ownership = {
    .name = "sec_ownership",
    .about = "Forms 3, 4 and 5: what insiders hold and trade.",
    .known = "acceptance, else 22:00 New York on the later of signature and two business days after",
    .kind = "insider_trade",
    .shape = RECORDS_TEXT,
    .need = {"<ownershipDocument"},
    .round = true,
    .text = text,
};
