/* Layouts of files, kinds of records, verbs (see parts.h). */
#include "app/parts.h"

#include <string.h>

#include "base/assert.h"
#include "drivers/import.h"
#include "drivers/import_records.h"
#include "faces/cli/part_doc.h"
#include "faces/cli/verb.h"
#include "store/records.h"

static u32 bar_layouts(void)
{
    u32 n = 0;
    while (import_format_at(n) != NULL) {
        n++;
    }
    return n;
}

u32 layout_count(void)
{
    u32 n = 0;
    while (record_format_at(n) != NULL) {
        n++;
    }
    return bar_layouts() + n;
}

part_t layout_row(u32 index)
{
    u32 bars = bar_layouts();
    if (index < bars) {
        const bar_format_desc_t *f = import_format_at(index);
        return (part_t){.name = f->name, .title = f->about};
    }
    const record_format_desc_t *f = record_format_at(index - bars);
    return (part_t){.name = f->name, .title = f->about};
}

static void column_row(part_doc_t *d, const char *from, const char *to)
{
    if (from != NULL) {
        doc_cell_code(d, from);
        doc_cell(d, "%s", to);
    }
}

static void bar_layout_doc(const bar_format_desc_t *f, part_doc_t *d)
{
    static const char *const head[] = {"column", "becomes"};
    doc_lead(d, f->about);
    doc_fact(d, "order_of_columns", "free");
    doc_fact(d, "bars", "%s", timeframe_name(f->timeframe));
    doc_fact(d, "stamps", "the start of the bar, %s", f->zone);
    if (f->file_hint != NULL) {
        doc_fact(d, "file_name", "holds `%s`", f->file_hint);
    }
    if (f->symbol == NULL) {
        doc_fact(d, "symbol", "%s", f->file_symbol != NULL ? f->file_symbol : "--symbol, or the file's name");
    }
    doc_fact(d, "prices", "%s%s", f->price_scale == 10000 ? "USD x 10,000, " : "",
             f->adjusted_last      ? "adjusted up to the last row"
             : f->adjusted_to != 0 ? "adjusted for splits; barred from rules about price levels"
                                   : "as traded");
    doc_fact(d, "actions", "%s",
             f->factor_file                             ? "from a Lean factor file (`--factors`)"
             : f->dividend != NULL && !f->adjusted_last ? "dividends and splits of the rows"
                                                        : "none");
    doc_fact(d, "import", "`vitrine data import FILE --format %s`", f->name);
    doc_table(d, "columns", head, COUNT_OF(head));
    column_row(d, f->symbol, "symbol");
    column_row(d, f->time, "time");
    column_row(d, f->open, "open");
    column_row(d, f->high, "high");
    column_row(d, f->low, "low");
    column_row(d, f->close, "close");
    column_row(d, f->volume, "volume");
    column_row(d, f->dividend, "dividend on the ex-date, USD a share");
    column_row(d, f->split, "split on the ex-date, new shares for one old");
    column_row(d, f->adjusted, "checked against our own adjustment, not stored");
    column_row(d, f->file_day, "the day on whose evening the row was known");
    doc_table_end(d);
}

static void record_layout_doc(const record_format_desc_t *f, part_doc_t *d)
{
    static const char *const head[] = {"column", "becomes"};
    bool csv = f->shape == RECORDS_CSV;
    doc_lead(d, f->about);
    doc_fact(d, "shape", "%s", csv ? "columns, in any order" : "a text, read as a whole");
    doc_list(d, "record_kind");
    doc_name(d, "records", f->kind);
    doc_list_end(d);
    doc_fact(d, "known_from", "%s", f->known);
    if (f->hint != NULL) {
        doc_fact(d, "file_name", "holds `%s`", f->hint);
    }
    if (f->header != NULL) {
        doc_fact(d, "header", "none in the file; it is `%s`", f->header);
    }
    doc_list(d, csv ? "told_by_columns" : "told_by_words");
    for (u32 i = 0; i < RECORDS_NEED && f->need[i] != NULL; i++) {
        doc_name(d, "", f->need[i]);
    }
    doc_list_end(d);
    doc_fact(d, "import", "`vitrine data import FILE --format %s`", f->name);
    doc_table(d, "columns", head, COUNT_OF(head));
    for (u32 i = 0; i < RECORDS_KEYS && f->key[i] != NULL; i++) {
        column_row(d, f->key[i] + (f->key[i][0] == '?'), "series and time");
    }
    for (u32 i = 0; i < RECORD_COLUMNS && f->map[i].column != NULL; i++) {
        column_row(d, f->map[i].from + (f->map[i].from[0] == '?'), f->map[i].column);
    }
    doc_table_end(d);
}

void layout_doc(u32 index, part_doc_t *d)
{
    u32 bars = bar_layouts();
    if (index < bars) {
        bar_layout_doc(import_format_at(index), d);
    } else {
        record_layout_doc(record_format_at(index - bars), d);
    }
}

part_page_t layout_page(u32 index)
{
    return (part_page_t){.file = layout_row(index).name, .alone = true};
}

u32 record_kind_count(void)
{
    u32 n = 0;
    while (record_kind_at(n) != NULL) {
        n++;
    }
    return n;
}

part_t record_kind_row(u32 index)
{
    const record_kind_desc_t *k = record_kind_at(index);
    return (part_t){.name = k->name, .title = k->about};
}

static const char *cell_type_name(const record_column_t *c)
{
    static const char *const names[] = {"?",    "whole number", "decimal", "date", "moment (UTC)",
                                        "text", "yes or no"};
    ASSERT(c->type < COUNT_OF(names));
    return names[c->type];
}

void record_kind_doc(u32 index, part_doc_t *d)
{
    static const char *const head[] = {"column", "type", "digits"};
    const record_kind_desc_t *k = record_kind_at(index);
    doc_lead(
        d,
        "Every row has a series, the moment it speaks of, the moment it could be known, and these columns.");
    doc_fact(d, "rows_at_one_moment", "%s",
             k->many ? "several are normal: none corrects another" : "a later one corrects the earlier");
    doc_fact(d, "show", "`vitrine data show --source SET --as-of DATE`");
    doc_list(d, "layouts");
    for (u32 i = 0; record_format_at(i) != NULL; i++) {
        if (strcmp(record_format_at(i)->kind, k->name) == 0) {
            doc_name(d, "layouts", record_format_at(i)->name);
        }
    }
    doc_list_end(d);
    doc_table(d, "columns", head, COUNT_OF(head));
    for (u32 i = 0; i < k->count; i++) {
        const record_column_t *c = &k->column[i];
        doc_cell_code(d, c->name);
        doc_cell(d, "%s", cell_type_name(c));
        c->type == CELL_DECIMAL ? doc_cell(d, "%u behind the point", c->scale) : doc_cell(d, "%s", "");
    }
    doc_table_end(d);
}

part_page_t record_kind_page(u32 index)
{
    return (part_page_t){.file = record_kind_at(index)->name, .alone = true};
}

/* Text that is broken into lines for a terminal, in one. */
static void prose_of(const char *text, char *out, size_t size)
{
    size_t n = 0;
    for (const char *c = text; *c != 0 && n + 1 < size; c++) {
        bool blank = *c == ' ' || *c == '\n';
        if (!blank) {
            out[n++] = *c;
        } else if (n > 0 && out[n - 1] != ' ') {
            out[n++] = ' ';
        }
    }
    out[n] = 0;
}

void verb_doc(u32 index, part_doc_t *d)
{
    static const char *const head[] = {"option", "what it does"};
    const verb_desc_t *v = verb_at(index);
    char text[96];
    char lead[1024];
    prose_of(v->detail != NULL ? v->detail : v->summary, lead, sizeof lead);
    doc_lead(d, lead);
    doc_fact(d, "usage", "`vitrine %s%s%s`", v->name, v->usage != NULL ? " " : "",
             v->usage != NULL ? v->usage : "");
    doc_fact(d, "example", "`%s`", v->example);
    doc_list(d, "also_called");
    for (u32 i = 0; i < VERB_ALIASES_MAX && v->aliases[i] != NULL; i++) {
        doc_name(d, "", v->aliases[i]);
    }
    doc_list_end(d);
    doc_fact(d, "settings", "%s",
             v->bare ? "not read: it works when they are broken" : "read, with --config and --home");
    doc_table(d, "options", head, COUNT_OF(head));
    for (u32 i = 0; i < VERB_OPTIONS_MAX && v->options[i].name != NULL; i++) {
        const option_desc_t *o = &v->options[i];
        (void)snprintf(text, sizeof text, "--%s%s%s", o->name, o->value != NULL ? " " : "",
                       o->value != NULL ? o->value : "");
        doc_cell_code(d, text);
        doc_cell(d, "%s", o->help);
    }
    doc_table_end(d);
    doc_para(d, "everywhere",
             "`--home`, `--config`, `--json`, `--quiet`, `--threads`, `--seed` and `--help`; exit codes "
             "0 ok, 1 error, 2 not found, 3 not running, 4 wrong usage or settings, 5 timed out.");
}

part_page_t verb_page(u32 index)
{
    return (part_page_t){.file = verb_at(index)->name, .alone = true};
}
