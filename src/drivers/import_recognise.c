/* Which layout a file has (see import.h). */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import_inner.h"

const char *import_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

static bool header_fits(const csv_t *c, const bar_format_desc_t *f)
{
    const char *const names[] = {f->symbol, f->time,     f->open,  f->high,     f->low,     f->close,
                                 f->volume, f->dividend, f->split, f->adjusted, f->file_day};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        if (names[i] != NULL && csv_find(c, names[i]) == CSV_NO_COLUMN) {
            return false;
        }
    }
    /* A market column in front is the mark of the Lean sets. */
    return f->factor_file == (csv_find(c, "market") != CSV_NO_COLUMN);
}

/* A layout whose few columns many files have, and which says itself whose prices they are: under other
 * spellings nothing tells that a file is one. */
static bool only_exact(const bar_format_desc_t *f) { return f->file_symbol != NULL; }

static const bar_format_desc_t *format_guess(importer_t *im, bool any_case, u32 *fitting)
{
    const bar_format_desc_t *best = NULL;
    *fitting = 0;
    const bar_format_desc_t *f = NULL;
    for (u32 i = 0; (f = import_format_at(i)) != NULL; i++) {
        if (!header_fits(im->own_csv, f) || (any_case && only_exact(f))) {
            continue;
        }
        (*fitting)++;
        if (f->file_hint == NULL || strstr(import_base_name(im->spec->path), f->file_hint) != NULL) {
            /* The layout that needs more columns says more about the file. */
            bool more = best == NULL || (f->file_day != NULL && best->file_day == NULL);
            best = more ? f : best;
        }
    }
    return best;
}

static u32 header_missing(const csv_t *c, const bar_format_desc_t *f, const char **first)
{
    const char *const names[] = {f->symbol, f->time,     f->open,  f->high,     f->low,     f->close,
                                 f->volume, f->dividend, f->split, f->adjusted, f->file_day};
    u32 missing = 0;
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        if (names[i] != NULL && csv_find(c, names[i]) == CSV_NO_COLUMN) {
            *first = missing == 0 ? names[i] : *first;
            missing++;
        }
    }
    return missing;
}

/* As written first; else in any case, if one layout alone fits then: of several, each with columns more than
 * the other, none is the likelier. */
static const bar_format_desc_t *format_by_header(importer_t *im, u32 *fitting)
{
    const bar_format_desc_t *f = format_guess(im, false, fitting);
    if (f == NULL && *fitting == 0) {
        csv_any_case(im->own_csv);
        f = format_guess(im, true, fitting);
        f = *fitting == 1 ? f : NULL;
    }
    return f;
}

/* Another separator makes the header one long name: said before anything is said of columns. */
static err_t header_separator(importer_t *im)
{
    static const struct {
        char c;
        const char *name;
    } others[] = {{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}};
    char head[LIMIT_PATH] = "";
    if (csv_column_count(im->own_csv) > 1) {
        return ERR_OK;
    }
    (void)snprintf(head, sizeof head, STR_FMT, STR_ARG(csv_name(im->own_csv, 0)));
    for (u32 i = 0; i < COUNT_OF(others); i++) {
        if (strchr(head, others[i].c) != NULL) {
            return diag_fail(im->diag, ERR_HEADER,
                             "%.200s:1: its columns are separated by %s, and only commas are read\n"
                             "do: write it with commas between columns and points in numbers, as in "
                             "tr '%s' ',' < IN > OUT where no number has a comma",
                             im->spec->path, others[i].name,
                             others[i].c == '\t' ? "\\t" : (char[2]){others[i].c, 0});
        }
    }
    return ERR_OK;
}

/* A header that lacks a column or two of a layout is a slip; one that lacks more is another kind of file. */
static err_t header_unknown(importer_t *im)
{
    if (!csv_header_is_text(im->own_csv)) {
        return diag_fail(im->diag, ERR_HEADER, "%.200s:1: the header is not text\ndo: name a file of text",
                         im->spec->path);
    }
    TRY(header_separator(im));
    u32 least = UINT32_MAX;
    const char *column = "";
    const bar_format_desc_t *near = NULL;
    const bar_format_desc_t *f = NULL;
    for (u32 i = 0; (f = import_format_at(i)) != NULL; i++) {
        const char *first = "";
        if (only_exact(f)) {
            continue;
        }
        u32 n = header_missing(im->own_csv, f, &first);
        if (n < least) {
            least = n;
            column = first;
            near = f;
        }
    }
    ASSERT(near != NULL);
    if (least > 0 && least <= 2) {
        diag_t inner = {0};
        u32 at = 0;
        err_t err = csv_column(im->own_csv, column, &inner, &at);
        ASSERT(err != ERR_OK);
        inner.text[strcspn(inner.text, "\n")] = 0;
        return diag_fail(im->diag, ERR_COLUMN,
                         "%.300s\nthe nearest layout is %s\n"
                         "do: rename the column or add it, or name another layout with "
                         "--format", inner.text, near->name);
    }
    return diag_fail(im->diag, ERR_HEADER,
                     "%.200s:1: the header fits no layout of bars that is known\n"
                     "do: `vitrine modules layouts` lists the layouts; name one with --format, or rename "
                     "the columns to one of them",
                     im->spec->path);
}

static err_t header_ambiguous(importer_t *im)
{
    char names[256] = "";
    size_t used = 0;
    const bar_format_desc_t *f = NULL;
    for (u32 i = 0; (f = import_format_at(i)) != NULL; i++) {
        if (header_fits(im->own_csv, f) && !only_exact(f) && used < sizeof names) {
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used > 0 ? ", " : "",
                                     f->name);
        }
    }
    return diag_fail(im->diag, ERR_HEADER,
                     "%.200s:1: the header fits several layouts\n"
                     "do: name the right one with --format: %s",
                     im->spec->path, names);
}

/* The name of a set is a key of the store: cut short it would name another set. */
bool import_source_fits(const char *name)
{
    ASSERT(name != NULL);
    size_t n = strlen(name);
    bool fair = n > 0 && n < BARS_SOURCE;
    for (size_t i = 0; fair && i < n; i++) {
        char c = name[i];
        fair = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || (c == '.' && i > 0);
    }
    return fair;
}

static err_t format_choose(importer_t *im)
{
    const import_spec_t *s = im->spec;
    if (s->source != NULL && !import_source_fits(s->source)) {
        return diag_fail(im->diag, ERR_USAGE,
                         "--source %.48s: not a name for a set\n"
                         "do: choose up to %d letters, digits, _, - and .", s->source, BARS_SOURCE - 1);
    }
    u32 fitting = 0;
    const bar_format_desc_t *f =
        s->format != NULL ? import_format_find(str_from(s->format)) : format_by_header(im, &fitting);
    if (f == NULL && s->format != NULL) {
        return diag_fail(im->diag, ERR_USAGE, "there is no layout '%.48s'\noption --format\n"
                                              "do: `vitrine modules layouts` lists them",
                         s->format);
    }
    if (f == NULL && fitting > 0) {
        return header_ambiguous(im);
    }
    if (f == NULL) {
        return header_unknown(im);
    }
    if (s->format != NULL) {
        csv_any_case(im->own_csv);
    }
    if (s->factors != NULL && !f->factor_file) {
        return diag_fail(im->diag, ERR_USAGE,
                         "--factors %.48s: files of the layout %s hold their own actions\n"
                         "do: leave --factors out",
                         s->factors, f->name);
    }
    im->format = *f;
    if (s->price_scale < 0 || s->feed_delay_ns < 0) {
        return diag_fail(im->diag, ERR_PARAM_RANGE, "--price-scale and --delay must not be negative\n"
                                                    "do: leave them out");
    }
    im->format.price_scale = s->price_scale != 0 ? s->price_scale : f->price_scale;
    im->format.adjusted_to = s->adjusted_to != 0 ? s->adjusted_to : f->adjusted_to;
    if (s->resolution != NULL && timeframe_parse(str_from(s->resolution), &im->format.timeframe) != ERR_OK) {
        return diag_fail(im->diag, ERR_USAGE, "--resolution '%.16s' is none of 1m, 5m, 15m, 1h, 1d\n"
                                              "do: name one of them",
                         s->resolution);
    }
    const char *zone = s->zone != NULL ? s->zone : f->zone;
    if (zone_parse(str_from(zone), &im->zone) != ERR_OK) {
        return diag_fail(im->diag, ERR_USAGE,
                         "--zone '%.48s' is none of UTC, America/New_York, America/Chicago\n"
                         "do: name one of them",
                         zone);
    }
    (void)snprintf(im->report.format, sizeof im->report.format, "%s", f->name);
    (void)snprintf(im->report.source, sizeof im->report.source, "%s",
                   s->source != NULL ? s->source : f->name);
    return ERR_OK;
}

err_t import_recognise(importer_t *im)
{
    ASSERT(im != NULL);
    TRY(format_choose(im));
    const bar_format_desc_t *f = &im->format;
    struct {
        const char *name;
        u32 *out;
    } want[] = {
        {f->symbol, &im->col.symbol},     {f->time, &im->col.time},         {f->open, &im->col.open},
        {f->high, &im->col.high},         {f->low, &im->col.low},           {f->close, &im->col.close},
        {f->volume, &im->col.volume},     {f->dividend, &im->col.dividend}, {f->split, &im->col.split},
        {f->adjusted, &im->col.adjusted}, {f->file_day, &im->col.file_day},
    };
    for (u32 i = 0; i < COUNT_OF(want); i++) {
        *want[i].out = CSV_NO_COLUMN;
        if (want[i].name != NULL) {
            TRY(csv_column(im->own_csv, want[i].name, im->diag, want[i].out));
        }
    }
    if (f->adjusted_last) { /* the prices already contain them */
        im->col.dividend = CSV_NO_COLUMN;
        im->col.split = CSV_NO_COLUMN;
    }
    return ERR_OK;
}
