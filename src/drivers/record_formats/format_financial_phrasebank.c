/* Sentences of financial news with labels given by people. */
#include "drivers/import_records.h"

#include "base/assert.h"

enum { DAY_2014_04_01 = 16161 };

/* The set was published with a paper of April 2014 (Malo and others, Journal of the Association for
 * Information Science and Technology 65(4)); its sentences carry no dates. The file is ISO-8859-1. */
static err_t head(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    h->t_event = (i64)DAY_2014_04_01 * NS_PER_DAY;
    h->t_known = h->t_event;
    return record_series(ri, STR("PHRASEBANK"), h);
}

static err_t row(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    u8 utf8[2 * RECORD_TEXT_MAX];
    u32 n = 0;
    str_t s = record_key(ri, 1);
    str_t label = record_key(ri, 0);
    if (!str_eq_c(label, "neutral") && !str_eq_c(label, "positive") && !str_eq_c(label, "negative")) {
        return record_fault(ri, ERR_SYNTAX, "label",
                            "is neither neutral, positive nor negative\n"
                            "do: correct the file, or import with --lenient");
    }
    for (u32 i = 0; i < s.n && n + 2 <= sizeof utf8; i++) {
        if (s.p[i] < 0x80) {
            utf8[n++] = s.p[i];
        } else {
            utf8[n++] = (u8)(0xC0 | s.p[i] >> 6);
            utf8[n++] = (u8)(0x80 | (s.p[i] & 63));
        }
    }
    TRY(record_text_cell(ri, label, &cell[record_at(ri, "label")]));
    return record_text_cell(ri, (str_t){.p = utf8, .n = n}, &cell[record_at(ri, "text")]);
}

const record_format_desc_t format_financial_phrasebank = {
    .name = "financial_phrasebank",
    .about = "Sentences of financial news with labels given by people.",
    .known = "publication of the set, 2014-04",
    .kind = "sentence",
    .shape = RECORDS_CSV,
    .hint = "phrasebank",
    .header = "label,text",
    .key = {"label", "text"},
    .head = head,
    .row = row,
};
