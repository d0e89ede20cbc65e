/* Daily index of the regulator, by form or by company. */
#include "drivers/import_sec.h"

#include <string.h>

#include "base/assert.h"

/* The last field of a line and what stands before it. */
static str_t last_word(str_t *line)
{
    str_t s = str_trim(*line);
    u32 from = s.n;
    while (from > 0 && s.p[from - 1] != ' ') {
        from--;
    }
    *line = str_slice(s, 0, from);
    return str_slice(s, from, s.n);
}

/* Two fields parted by two blanks or more. */
static void halves(str_t s, str_t *a, str_t *b)
{
    u32 at = 0;
    s = str_trim(s);
    while (at + 1 < s.n && (s.p[at] != ' ' || s.p[at + 1] != ' ')) {
        at++;
    }
    *a = str_slice(s, 0, at + 1 < s.n ? at : s.n);
    *b = at + 1 < s.n ? str_trim(str_slice(s, at, s.n)) : STR("");
}

static err_t row(record_import_t *ri, str_t line, bool form_first)
{
    record_head_t h = {0};
    i64 cell[RECORD_COLUMNS];
    date_t day = 0;
    str_t a;
    str_t b;
    record_row_begin(ri, cell, NULL);
    str_t url = last_word(&line);
    str_t filed = last_word(&line);
    str_t cik = last_word(&line);
    halves(line, &a, &b);
    if (sec_date(filed, &day) != ERR_OK || a.n == 0 || b.n == 0) {
        return record_fault(ri, ERR_SYNTAX, "line",
                            "is not form, name, number, date and file\n"
                            "do: fetch the index again, or import with --lenient");
    }
    TRY(sec_filer(ri, cik, &h, cell));
    h.t_event = (i64)day * NS_PER_DAY;
    h.t_known = record_filing_end(day);
    TRY(sec_put(ri, "form", form_first ? a : b, cell));
    TRY(sec_put(ri, "name", form_first ? b : a, cell));
    TRY(sec_put(ri, "url", url, cell));
    return record_import_add(ri, &h, cell);
}

static err_t text(record_import_t *ri, str_t all)
{
    ASSERT(ri != NULL);
    str_t rest = all;
    str_t line;
    bool rows = false;
    str_t head = str_slice(all, 0, MIN_OF(all.n, 400u));
    bool form_first = memmem(head.p, head.n, "by Form Type", 12) != NULL;
    ri->line = 0;
    while (text_line(&rest, &line)) {
        ri->line++;
        if (str_starts(line, STR("----------"))) {
            rows = true;
        } else if (rows && str_trim(line).n > 0) {
            TRY(past_refusal(row(ri, line, form_first)));
        }
    }
    return ERR_OK;
}

const record_format_desc_t format_sec_daily_index = {
    .name = "sec_daily_index",
    .about = "Daily index of the regulator, by form or by company.",
    .known = "22:00 New York on the day of filing",
    .kind = "filing",
    .shape = RECORDS_TEXT,
    .need = {"Daily Index of EDGAR", "----------"},
    .text = text,
};
