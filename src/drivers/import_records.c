/* See import_records.h. */
#include "drivers/import_records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_inner.h"
#include "model/calendar.h"

enum { DATE_FIRST = -25567 /* 1900-01-01 */, DATE_END = 47482 /* 2100-01-01 */, HEAD_BYTES = 16384 };

#define X(kind, name) extern const kind##_desc_t name;
#include "drivers/record_formats/list.def"
#undef X

static const record_format_desc_t *const formats[] = {
#define X(kind, name) &name,
#include "drivers/record_formats/list.def"
#undef X
};

const record_format_desc_t *record_format_at(u32 index)
{
    ASSERT(COUNT_OF(formats) > 0);
    return index < COUNT_OF(formats) ? formats[index] : NULL;
}

const record_format_desc_t *record_format_find(str_t name)
{
    ASSERT(name.p != NULL || name.n == 0);
    for (u32 i = 0; i < COUNT_OF(formats); i++) {
        if (str_eq_c(name, formats[i]->name)) {
            return formats[i];
        }
    }
    return NULL;
}

/* ---- telling a layout ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* Alternatives are parted by '|'. */
static bool hint_stands(const char *name, const char *hint)
{
    str_t rest = str_from(hint);
    while (rest.n > 0) {
        str_t one;
        (void)str_cut(rest, '|', &one, &rest);
        if (one.n > 0 && memmem(name, strlen(name), one.p, one.n) != NULL) {
            return true;
        }
    }
    return false;
}

static bool words_stand(const import_input_t *in, const record_format_desc_t *f)
{
    for (u32 i = 0; i < RECORDS_NEED && f->need[i] != NULL; i++) {
        if (memmem(in->p, MIN_OF(in->n, (size_t)HEAD_BYTES), f->need[i], strlen(f->need[i])) == NULL) {
            return false;
        }
    }
    return f->need[0] != NULL || f->hint != NULL;
}

static bool columns_stand(const csv_t *c, const record_format_desc_t *f)
{
    for (u32 i = 0; i < RECORDS_NEED && f->need[i] != NULL; i++) {
        if (csv_find(c, f->need[i]) == CSV_NO_COLUMN) {
            return false;
        }
    }
    return f->need[0] != NULL;
}

static u32 weight(const record_format_desc_t *f)
{
    u32 n = f->hint != NULL ? 1 + (u32)strlen(f->hint) : 0;
    for (u32 i = 0; i < RECORDS_NEED && f->need[i] != NULL; i++) {
        n += 100;
    }
    return n;
}

const record_format_desc_t *record_format_guess(const import_spec_t *spec, const import_input_t *in)
{
    ASSERT(spec != NULL && in != NULL);
    ASSERT(in->name != NULL);
    if (spec->format != NULL) {
        return record_format_find(str_from(spec->format));
    }
    const record_format_desc_t *best = NULL;
    csv_t *c = NULL;
    diag_t ignored = {0};
    err_t err = csv_open_bytes(in->p, in->n, in->name, &ignored, &c);
    for (u32 i = 0; i < COUNT_OF(formats); i++) {
        const record_format_desc_t *f = formats[i];
        if (f->hint != NULL && !hint_stands(base_name(in->name), f->hint)) {
            continue;
        }
        bool fits = f->shape == RECORDS_TEXT ? words_stand(in, f)
                    : f->header != NULL      ? f->hint != NULL
                                             : err == ERR_OK && columns_stand(c, f);
        best = fits && (best == NULL || weight(f) > weight(best)) ? f : best;
    }
    if (err == ERR_OK) {
        csv_close(c);
    }
    return best;
}

/* ---- faults ---- */

static u64 line_now(const record_import_t *ri)
{
    return ri->own_csv != NULL ? csv_line(ri->own_csv) : ri->line;
}

/* A row counts as read when it ends; those of a CSV file when their line is read. */
static void count_read(record_import_t *ri)
{
    ri->report.rows_read += ri->own_csv == NULL ? 1 : 0;
}

err_t record_reject(record_import_t *ri, quality_rule_t rule)
{
    ASSERT(ri != NULL);
    ASSERT(quality_rule_verdict(rule) == VERDICT_REJECT);
    if (ri->refused) {
        return ERR_EMPTY;
    }
    ri->refused = true;
    count_read(ri);
    ri->report.rows_rejected++;
    if (ri->report.rule_count[rule]++ == 0) {
        ri->report.rule_line[rule] = line_now(ri);
    }
    return ERR_EMPTY;
}

void record_note(record_import_t *ri, quality_rule_t rule, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    ASSERT(quality_rule_verdict(rule) != VERDICT_REJECT);
    if (ri->report.rule_count[rule]++ == 0) {
        ri->report.rule_line[rule] = line_now(ri);
    }
    if (quality_rule_verdict(rule) == VERDICT_MARK) {
        ri->report.rows_marked += (h->flags & RECORD_SUSPECT) == 0 ? 1 : 0;
        h->flags |= RECORD_SUSPECT;
    }
}

err_t record_fault(record_import_t *ri, err_t e, const char *column, const char *what)
{
    ASSERT(ri != NULL && column != NULL);
    ASSERT(e != ERR_OK && what != NULL);
    if (ri->spec->lenient) {
        return record_reject(ri, e == ERR_COLUMN ? RULE_BAD_SHAPE : RULE_BAD_NUMBER);
    }
    return record_fail(ri, e, column, what);
}

err_t record_fail(record_import_t *ri, err_t e, const char *column, const char *what)
{
    ASSERT(ri != NULL && column != NULL);
    ASSERT(e != ERR_OK && what != NULL);
    u32 at = ri->own_csv != NULL ? csv_find(ri->own_csv, column) : CSV_NO_COLUMN;
    if (at != CSV_NO_COLUMN) {
        return csv_fail(ri->own_csv, ri->diag, e, at, what);
    }
    return diag_fail(ri->diag, e, "%.200s:%llu, %.60s %.300s", ri->in->name, (unsigned long long)line_now(ri),
                     column, what);
}

/* ---- cells ---- */

str_t record_key(const record_import_t *ri, u32 i)
{
    ASSERT(ri != NULL && ri->own_csv != NULL);
    ASSERT(i < RECORDS_KEYS);
    return ri->key_at[i] == CSV_NO_COLUMN ? STR("") : csv_field(ri->own_csv, ri->key_at[i]);
}

u32 record_at(const record_import_t *ri, const char *column)
{
    ASSERT(ri != NULL);
    u32 at = record_column_find(ri->kind, column);
    ASSERT(at != UINT32_MAX);
    return at;
}

void record_row_begin(record_import_t *ri, i64 *cell, const i64 *common)
{
    ASSERT(ri != NULL && cell != NULL);
    ASSERT(ri->kind->count <= RECORD_COLUMNS);
    ri->refused = false;
    for (u32 i = 0; i < ri->kind->count; i++) {
        cell[i] = common == NULL ? CELL_NONE : common[i];
    }
}

static err_t text_add(record_import_t *ri, str_t s, u32 *out)
{
    err_t err = record_text_add(&ri->table, s, out);
    return err == ERR_OK ? ERR_OK : diag_fail(ri->diag, err, "%.200s: no memory for its texts", ri->in->name);
}

err_t record_series(record_import_t *ri, str_t s, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    char name[64];
    s = str_trim(s);
    if (s.n == 0 || s.n >= sizeof name || !str_is_utf8(s)) {
        return record_fault(ri, ERR_SYNTAX, "series",
                            "is empty or longer than 63 bytes\n"
                            "do: correct the file, or import with --lenient");
    }
    for (u32 i = 0; i < s.n; i++) {
        u8 c = s.p[i];
        if (c < 0x20) {
            return record_fault(ri, ERR_SYNTAX, "series",
                                "holds control characters\n"
                                "do: correct the file, or import with --lenient");
        }
        name[i] = (char)(c >= 'a' && c <= 'z' ? c - 32 : c);
    }
    return text_add(ri, (str_t){.p = (const u8 *)name, .n = s.n}, &h->series);
}

err_t record_text_cell(record_import_t *ri, str_t s, i64 *cell)
{
    ASSERT(ri != NULL && cell != NULL);
    u32 number = 0;
    s = str_trim(s);
    if (s.n > RECORD_TEXT_MAX) {
        return record_fault(ri, ERR_BUFFER_FULL, "text",
                            "is longer than 4,096 bytes\n"
                            "do: shorten it, or import with --lenient");
    }
    *cell = CELL_NONE;
    if (s.n > 0) {
        TRY(text_add(ri, s, &number));
        *cell = number;
    }
    return ERR_OK;
}

static const char REMEDY[] =
    "is not a finite number that fits\ndo: correct the file, or import with --lenient to reject such rows";

static err_t decimal(record_import_t *ri, u32 column, str_t s, i64 *cell)
{
    const record_column_t *k = &ri->kind->column[column];
    i64 v = 0;
    i64 by = k->scale == 9 && ri->format->price_scale > 1 ? ri->format->price_scale : 1;
    err_t e = str_to_scaled(s, k->scale, !ri->format->round, &v);
    if (e == ERR_OK && by > 1) {
        e = v % by != 0 ? ERR_NUMBER : ERR_OK;
        v /= by;
    }
    if (e == ERR_OK && v == CELL_NONE) {
        e = ERR_OVERFLOW;
    }
    *cell = v;
    return e == ERR_OK ? ERR_OK : record_fault(ri, e, k->name, REMEDY);
}

static err_t truth(record_import_t *ri, u32 column, str_t s, i64 *cell)
{
    bool yes = str_eq_nocase(s, STR("true")) || str_eq_c(s, "1") || str_eq_c(s, "Y");
    bool no = str_eq_nocase(s, STR("false")) || str_eq_c(s, "0") || str_eq_c(s, "N");
    *cell = yes ? 1 : 0;
    return yes || no
               ? ERR_OK
               : record_fault(ri, ERR_SYNTAX, ri->kind->column[column].name,
                              "is neither true nor false\ndo: correct the file, or import with --lenient");
}

err_t record_number_cell(record_import_t *ri, u32 column, str_t s, i64 *cell)
{
    ASSERT(ri != NULL && cell != NULL);
    ASSERT(column < ri->kind->count);
    const record_column_t *k = &ri->kind->column[column];
    s = str_trim(s);
    *cell = CELL_NONE;
    if (k->type == CELL_TEXT) {
        return record_text_cell(ri, s, cell);
    }
    if (s.n == 0) {
        return ERR_OK;
    }
    if (k->type == CELL_DECIMAL) {
        return decimal(ri, column, s, cell);
    }
    if (k->type == CELL_BOOL) {
        return truth(ri, column, s, cell);
    }
    if (k->type == CELL_DATE) {
        date_t d = 0;
        TRY(record_date(ri, k->name, s, &d));
        *cell = d;
        return ERR_OK;
    }
    err_t e = str_to_scaled(s, 0, !ri->format->round, cell);
    return e == ERR_OK && *cell != CELL_NONE
               ? ERR_OK
               : record_fault(ri, e == ERR_OK ? ERR_OVERFLOW : e, k->name, REMEDY);
}

bool record_date_fits(date_t d)
{
    return d >= DATE_FIRST && d < DATE_END;
}

err_t record_date(record_import_t *ri, const char *column, str_t s, date_t *out)
{
    ASSERT(ri != NULL && out != NULL);
    ASSERT(column != NULL);
    date_t d = 0;
    if (date_parse(str_trim(s), &d) != ERR_OK) {
        return record_fault(ri, ERR_SYNTAX, column,
                            "is not a date\n"
                            "do: correct the file, or import with --lenient");
    }
    if (!record_date_fits(d)) {
        return record_fault(ri, ERR_PARAM_RANGE, column,
                            "is outside 1900 to 2099\n"
                            "do: correct the file, or import with --lenient");
    }
    *out = d;
    return ERR_OK;
}

err_t record_date_ms(record_import_t *ri, str_t date, str_t ms, i64 *out)
{
    ASSERT(ri != NULL);
    ASSERT(out != NULL);
    date_t d = 0;
    i64 v = 0;
    TRY(record_date(ri, "date", date, &d));
    if (str_to_i64(ms, &v) != ERR_OK || v < 0 || v > 86400000) {
        return record_fault(ri, ERR_PARAM_RANGE, "time_ms",
                            "is not a time of day in milliseconds\n"
                            "do: correct the file, or import with --lenient");
    }
    i64 s = v / 1000;
    *out = ri->format->zone == ZONE_UTC
               ? (i64)d * NS_PER_DAY + v * NS_PER_MS
               : zone_to_utc(ri->format->zone, d, (i32)s) + (v - s * 1000) * NS_PER_MS;
    return ERR_OK;
}

i64 record_close(record_import_t *ri, date_t d)
{
    ASSERT(ri != NULL);
    ASSERT(d >= DATE_FIRST && d < DATE_END);
    if (ri->day_close == 0 || ri->day_known != d) {
        session_t s = {0};
        ri->day_known = d;
        ri->day_close =
            calendar_session(CAL_NYSE, d, I64_MAX, &s) ? s.close : zone_to_utc(ZONE_NEW_YORK, d, 57600);
    }
    return ri->day_close;
}

i64 record_open_after(date_t d)
{
    ASSERT(d >= DATE_FIRST && d < DATE_END);
    return calendar_next(CAL_NYSE, d, I64_MAX).open;
}

i64 record_filing_end(date_t d)
{
    ASSERT(d >= DATE_FIRST && d < DATE_END);
    return zone_to_utc(ZONE_NEW_YORK, d, 22 * 3600);
}

/* ---- the flow ---- */

err_t record_import_add(record_import_t *ri, const record_head_t *head, const i64 *cell)
{
    ASSERT(ri != NULL && head != NULL);
    ASSERT(cell != NULL);
    record_head_t h = *head;
    if (ri->refused) {
        return ERR_EMPTY;
    }
    count_read(ri);
    if (h.t_known < h.t_event && !(h.t_known == ri->written)) {
        h.t_known = MAX_OF(h.t_known, h.t_event); /* nothing is known before it happens */
    }
    h.t_known += ri->spec->feed_delay_ns;
    h.line = (u32)MIN_OF(line_now(ri), (u64)UINT32_MAX);
    err_t err = record_row_add(&ri->table, &h, cell);
    return err == ERR_OK ? ERR_OK
                         : diag_fail(ri->diag, err,
                                     "%.200s: more rows than %d, or no memory for them\n"
                                     "do: split the file",
                                     ri->in->name, (int)RECORD_ROWS_MAX);
}

static err_t column_find(record_import_t *ri, const char *name, u32 *out)
{
    *out = CSV_NO_COLUMN;
    if (name == NULL) {
        return ERR_OK;
    }
    if (name[0] == '?') {
        *out = csv_find(ri->own_csv, name + 1);
        return ERR_OK;
    }
    diag_t inner = {0};
    err_t err = csv_column(ri->own_csv, name, &inner, out);
    inner.text[strcspn(inner.text, "\n")] = 0;
    return err == ERR_OK ? ERR_OK
                         : diag_fail(ri->diag, err,
                                     "%.300s\nread as %s\n"
                                     "do: rename the column, or name another layout with --format",
                                     inner.text, ri->format->name);
}

static err_t columns_find(record_import_t *ri)
{
    const record_format_desc_t *f = ri->format;
    for (u32 i = 0; i < RECORDS_KEYS; i++) {
        TRY(column_find(ri, f->key[i], &ri->key_at[i]));
    }
    for (u32 i = 0; i < RECORD_COLUMNS; i++) {
        ri->map_at[i] = CSV_NO_COLUMN;
        if (f->map[i].column != NULL) {
            TRY(column_find(ri, f->map[i].from, &ri->map_at[i]));
            ri->map_to[i] = record_at(ri, f->map[i].column);
        }
    }
    return ERR_OK;
}

static err_t csv_row(record_import_t *ri)
{
    i64 cell[RECORD_COLUMNS];
    record_head_t h = {0};
    record_row_begin(ri, cell, NULL);
    if (!ri->format->ragged && csv_field_count(ri->own_csv) != csv_column_count(ri->own_csv)) {
        return record_fault(ri, ERR_COLUMN, "row",
                            "has not as many fields as the header\n"
                            "do: correct it, or import with --lenient to reject such rows");
    }
    TRY(ri->format->head(ri, &h));
    for (u32 i = 0; i < RECORD_COLUMNS; i++) {
        if (ri->map_at[i] != CSV_NO_COLUMN) {
            TRY(record_number_cell(ri, ri->map_to[i], csv_field(ri->own_csv, ri->map_at[i]),
                                   &cell[ri->map_to[i]]));
        }
    }
    if (ri->format->row != NULL) {
        TRY(ri->format->row(ri, &h, cell));
    }
    return record_import_add(ri, &h, cell);
}

static err_t read_csv(record_import_t *ri)
{
    u8 *own = NULL;
    const u8 *p = ri->in->p;
    size_t n = ri->in->n;
    const char *header = ri->format->header;
    if (header != NULL) {
        size_t k = strlen(header);
        own = malloc(n + k + 2);
        if (own == NULL) {
            return diag_fail(ri->diag, ERR_NO_MEMORY, "%.200s: no memory", ri->in->name);
        }
        memcpy(own, header, k);
        own[k] = '\n';
        memcpy(own + k + 1, p, n);
        p = own;
        n += k + 1;
    }
    err_t err = csv_open_bytes(p, n, ri->in->name, ri->diag, &ri->own_csv);
    err = err == ERR_OK ? columns_find(ri) : err;
    while (err == ERR_OK && (err = csv_next(ri->own_csv, ri->diag)) == ERR_OK) {
        str_t first = csv_field(ri->own_csv, 0);
        if (ri->format->ragged && first.n > 0 && first.p[0] == '#') {
            continue;
        }
        ri->report.rows_read++;
        err = past_refusal(csv_row(ri));
    }
    csv_close(ri->own_csv);
    ri->own_csv = NULL;
    free(own);
    return err == ERR_EMPTY ? ERR_OK : err;
}

static err_t store(record_import_t *ri, records_t *r)
{
    import_report_t *rep = &ri->report;
    records_put_t put = {0};
    records_target_t to = {.source = rep->source, .kind = ri->kind, .revision_known = ri->spec->now_ns};
    TRY(records_put(r, &to, &ri->table, &put, ri->diag));
    if (put.rows_duplicate > 0) {
        rep->rows_rejected += put.rows_duplicate;
        rep->rule_count[RULE_DUPLICATE] += put.rows_duplicate;
        rep->rule_line[RULE_DUPLICATE] = put.duplicate_line;
    }
    rep->rows_stored = rep->rows_read - rep->rows_rejected;
    rep->rows_same = put.rows_same;
    rep->rows_revision = put.rows_revision;
    rep->rule_count[RULE_REVISION] = put.rows_revision;
    ASSERT(rep->rows_stored == put.rows_new + put.rows_same);
    return ERR_OK;
}

static u32 count_series(const record_table_t *t)
{
    u32 n = 0;
    bool *own = calloc((size_t)t->texts + 1, sizeof *own);
    for (u32 i = 0; own != NULL && i < t->rows; i++) {
        n += own[t->own_head[i].series] ? 0 : 1;
        own[t->own_head[i].series] = true;
    }
    free(own);
    return n;
}

static err_t run(record_import_t *ri)
{
    import_report_t *rep = &ri->report;
    err_t err = ri->format->shape == RECORDS_CSV
                    ? read_csv(ri)
                    : ri->format->text(ri, (str_t){.p = ri->in->p, .n = (u32)ri->in->n});
    TRY(past_refusal(err));
    ASSERT(rep->rows_read == ri->table.rows + rep->rows_rejected);
    if (ri->table.rows == 0) {
        return import_nothing(rep, ri->in->name, ri->diag);
    }
    rep->symbols = count_series(&ri->table);
    records_t *r = NULL;
    if (ri->spec->home == NULL) {
        rep->rows_stored = rep->rows_read - rep->rows_rejected;
        return ERR_OK;
    }
    TRY(records_open(ri->spec->home, false, ri->diag, &r));
    err = records_begin(r, ri->diag);
    err = err == ERR_OK ? store(ri, r) : err;
    if (err == ERR_OK) {
        records_file_t log = {.content = import_content(ri->in, ri->format->name),
                              .t_import = ri->spec->now_ns,
                              .rows_read = rep->rows_read,
                              .rows_stored = rep->rows_stored,
                              .rows_rejected = rep->rows_rejected};
        (void)snprintf(log.file, sizeof log.file, "%s", base_name(ri->in->name));
        (void)snprintf(log.format, sizeof log.format, "%s", rep->format);
        (void)snprintf(log.source, sizeof log.source, "%s", rep->source);
        import_rules_text(rep, log.rules, sizeof log.rules);
        err = records_log_file(r, &log, ri->diag);
    }
    err = err == ERR_OK ? records_commit(r, ri->diag) : err;
    records_close(r);
    return err;
}

digest_t import_content(const import_input_t *in, const char *format)
{
    ASSERT(in != NULL);
    ASSERT(format != NULL);
    digest_t d = digest_of(in->p, in->n);
    return digest_chain(&d, format, strlen(format));
}

err_t import_records(const import_spec_t *spec, const import_input_t *in, const record_format_desc_t *format,
                     diag_t *diag, import_report_t *out)
{
    ASSERT(spec != NULL && in != NULL);
    ASSERT(format != NULL && out != NULL);
    record_import_t *ri = calloc(1, sizeof *ri);
    if (ri == NULL || in->n > RECORDS_INPUT_MAX) {
        free(ri);
        return diag_fail(diag, ERR_NO_MEMORY, "%.200s: too large to import at once\ndo: split the file",
                         in->name);
    }
    ri->spec = spec;
    ri->in = in;
    ri->format = format;
    ri->diag = diag;
    ri->kind = record_kind_named(str_from(format->kind));
    ASSERT(ri->kind != NULL);
    if (spec->source != NULL && !import_source_fits(spec->source)) {
        free(ri);
        return diag_fail(diag, ERR_USAGE,
                         "--source %.48s: not a name for a set\n"
                         "do: choose up to %d letters, digits, _, - and .",
                         spec->source, BARS_SOURCE - 1);
    }
    ri->written = spec->known_ns != 0 ? spec->known_ns : in->written_ns;
    (void)snprintf(ri->report.format, sizeof ri->report.format, "%s", format->name);
    (void)snprintf(ri->report.source, sizeof ri->report.source, "%s",
                   spec->source != NULL ? spec->source : format->name);
    err_t err = record_table_open(&ri->table, ri->kind->count);
    err = err == ERR_OK ? run(ri) : diag_fail(diag, err, "no memory to import");
    if (err == ERR_OK) {
        *out = ri->report;
        ASSERT(out->rows_read == out->rows_stored + out->rows_rejected);
    }
    record_table_close(&ri->table);
    free(ri);
    return err;
}
