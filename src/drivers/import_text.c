/* See import_text.h. */
#include "drivers/import_text.h"

#include <string.h>

#include "base/assert.h"

err_t text_json_fail(record_import_t *ri, const jsonpull_t *j, err_t e)
{
    ASSERT(ri != NULL && j != NULL);
    ASSERT(e != ERR_OK);
    return diag_fail(ri->diag, e,
                     "%.200s:%llu: %s in the JSON text\n"
                     "do: fetch the file again; nothing of it was kept",
                     ri->in->name, (unsigned long long)j->line, err_text(e));
}

err_t text_xml_fail(record_import_t *ri, const xmlpull_t *x, err_t e)
{
    ASSERT(ri != NULL && x != NULL);
    ASSERT(e != ERR_OK);
    return diag_fail(ri->diag, e,
                     "%.200s:%llu: %s in the XML text\n"
                     "do: fetch the file again; nothing of it was kept",
                     ri->in->name, (unsigned long long)x->line, err_text(e));
}

err_t text_json(record_import_t *ri, jsonpull_t *j)
{
    ASSERT(ri != NULL && j != NULL);
    err_t e = jsonpull_next(j);
    ri->line = j->line;
    return e == ERR_OK ? ERR_OK : text_json_fail(ri, j, e);
}

err_t text_xml(record_import_t *ri, xmlpull_t *x)
{
    ASSERT(ri != NULL && x != NULL);
    err_t err = xmlpull_next(x);
    ri->line = x->line;
    return err == ERR_OK ? ERR_OK : text_xml_fail(ri, x, err);
}

err_t text_json_each(record_import_t *ri, jsonpull_t *j, const text_elements_t *e)
{
    ASSERT(ri != NULL && j != NULL && e != NULL && e->take != NULL);
    for (;;) {
        TRY(text_json(ri, j));
        if (j->kind == e->end) {
            return ERR_OK;
        }
        if (j->kind == JSONPULL_END || (e->each != TEXT_ANY && j->kind != e->each)) {
            return text_json_fail(ri, j, j->kind == JSONPULL_END ? ERR_TRUNCATED : ERR_SYNTAX);
        }
        TRY(past_refusal(e->take(ri, j, e->ctx)));
    }
}

err_t text_json_members(record_import_t *ri, jsonpull_t *j, text_take_t take, void *ctx)
{
    return text_json_each(ri, j, &(text_elements_t){TEXT_ANY, JSONPULL_OBJECT_END, take, ctx});
}

err_t text_xml_each(record_import_t *ri, xmlpull_t *x, const char *end, text_xml_take_t take, void *ctx)
{
    ASSERT(ri != NULL && x != NULL && take != NULL);
    for (;;) {
        TRY(text_xml(ri, x));
        if (x->kind == XMLPULL_END) {
            return end == NULL ? ERR_OK : text_xml_fail(ri, x, ERR_TRUNCATED);
        }
        if (end != NULL && x->kind == XMLPULL_CLOSE && str_eq_c(x->name, end)) {
            return ERR_OK;
        }
        TRY(past_refusal(take(ri, x, ctx)));
    }
}

err_t text_json_want(record_import_t *ri, jsonpull_t *j, jsonpull_kind_t kind)
{
    TRY(text_json(ri, j));
    return j->kind == kind ? ERR_OK
                           : text_json_fail(ri, j, j->kind == JSONPULL_END ? ERR_TRUNCATED : ERR_SYNTAX);
}

err_t text_json_value(record_import_t *ri, jsonpull_t *j, str_t *out)
{
    ASSERT(ri != NULL && j != NULL);
    ASSERT(out != NULL);
    bool text = j->kind == JSONPULL_STRING || j->kind == JSONPULL_NUMBER;
    *out = text ? j->text : STR("");
    err_t e = jsonpull_skip(j);
    return e == ERR_OK ? ERR_OK : text_json_fail(ri, j, e);
}

static bool digits(str_t s, u32 from, u32 n, i32 *out)
{
    i32 v = 0;
    if (from + n > s.n) {
        return false;
    }
    for (u32 i = from; i < from + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
        v = v * 10 + s.p[i] - '0';
    }
    *out = v;
    return true;
}

err_t text_stamp(str_t s, i64 *out)
{
    ASSERT(out != NULL);
    ASSERT(s.p != NULL || s.n == 0);
    i64 t = 0;
    i32 h = 0;
    i32 m = 0;
    u32 end = MIN_OF(s.n, 19u);
    TRY(time_parse(str_slice(s, 0, end), &t));
    if (!record_date_fits((date_t)(t / NS_PER_DAY))) {
        return ERR_SYNTAX;
    }
    u32 at = end;
    if (at < s.n && s.p[at] == '.') {
        at++;
        while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9') {
            at++;
        }
    }
    str_t zone = str_slice(s, at, s.n);
    if (zone.n == 0 || str_eq_c(zone, "Z")) {
        *out = t;
        return ERR_OK;
    }
    bool fits = zone.n == 6 && (zone.p[0] == '+' || zone.p[0] == '-') && zone.p[3] == ':' &&
                digits(zone, 1, 2, &h) && digits(zone, 4, 2, &m) && h < 16 && m < 60;
    if (!fits) {
        return ERR_SYNTAX;
    }
    i64 offset = ((i64)h * 60 + m) * NS_PER_MIN;
    *out = zone.p[0] == '-' ? t + offset : t - offset;
    return ERR_OK;
}

err_t text_acceptance(str_t s, i64 *out)
{
    ASSERT(out != NULL);
    ASSERT(s.p != NULL || s.n == 0);
    date_t d = 0;
    i32 h = 0;
    i32 m = 0;
    i32 sec = 0;
    bool fits = s.n == 14 && digits(s, 8, 2, &h) && digits(s, 10, 2, &m) && digits(s, 12, 2, &sec) &&
                h < 24 && m < 60 && sec < 60;
    if (!fits || date_parse(str_slice(s, 0, 8), &d) != ERR_OK || !record_date_fits(d)) {
        return ERR_SYNTAX;
    }
    *out = zone_to_utc(ZONE_NEW_YORK, d, h * 3600 + m * 60 + sec);
    return ERR_OK;
}

err_t text_us_date(str_t s, date_t *out)
{
    ASSERT(out != NULL);
    ASSERT(s.p != NULL || s.n == 0);
    if (s.n != 10 || (s.p[2] != '/' && s.p[2] != '-') || s.p[5] != s.p[2]) {
        return ERR_SYNTAX;
    }
    u8 iso[8];
    memcpy(iso, s.p + 6, 4);
    memcpy(iso + 4, s.p, 2);
    memcpy(iso + 6, s.p + 3, 2);
    date_t d = 0;
    TRY(date_parse((str_t){.p = iso, .n = 8}, &d));
    if (!record_date_fits(d)) {
        return ERR_SYNTAX;
    }
    *out = d;
    return ERR_OK;
}

err_t text_keep(record_import_t *ri, str_t s, i64 *cell)
{
    return record_text_cell(ri, str_slice(s, 0, MIN_OF(s.n, (u32)RECORD_TEXT_MAX)), cell);
}

bool text_line(str_t *rest, str_t *line)
{
    ASSERT(rest != NULL);
    ASSERT(line != NULL);
    if (rest->n == 0) {
        return false;
    }
    str_t all = *rest;
    (void)str_cut(all, '\n', line, rest);
    return true;
}

str_t text_after(str_t all, const char *label)
{
    ASSERT(label != NULL);
    size_t n = strlen(label);
    const u8 *at = all.n == 0 ? NULL : memmem(all.p, all.n, label, n);
    if (at == NULL) {
        return STR("");
    }
    u32 from = (u32)(at - all.p) + (u32)n;
    str_t line;
    str_t rest;
    (void)str_cut(str_slice(all, from, all.n), '\n', &line, &rest);
    return str_trim(line);
}
