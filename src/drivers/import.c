/* See import.h: the flow of one import. Fields are import_parse.c, layouts import_formats.c. */
#include "drivers/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/hash.h"
#include "drivers/import_inner.h"
#include "market/daily_build.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* ---- recognising a layout ---- */

static bool header_fits(const csv_t *c, const import_format_t *f)
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

static const import_format_t *format_guess(importer_t *im, u32 *fitting)
{
    const import_format_t *best = NULL;
    u32 count = 0;
    const import_format_t *all = import_formats(&count);
    *fitting = 0;
    for (u32 i = 0; i < count; i++) {
        if (!header_fits(im->own_csv, &all[i])) {
            continue;
        }
        (*fitting)++;
        if (all[i].file_hint == NULL || strstr(base_name(im->spec->path), all[i].file_hint) != NULL) {
            /* The layout that needs more columns says more about the file. */
            bool more = best == NULL || (all[i].file_day != NULL && best->file_day == NULL);
            best = more ? &all[i] : best;
        }
    }
    return best;
}

static u32 header_missing(const csv_t *c, const import_format_t *f, const char **first)
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

/* A header that lacks a column or two of a layout is a slip; one that lacks more is another kind of file. */
static err_t header_unknown(importer_t *im)
{
    u32 count = 0;
    u32 least = UINT32_MAX;
    const char *column = "";
    const import_format_t *near = NULL;
    const import_format_t *all = import_formats(&count);
    for (u32 i = 0; i < count; i++) {
        const char *first = "";
        u32 n = header_missing(im->own_csv, &all[i], &first);
        if (n < least) {
            least = n;
            column = first;
            near = &all[i];
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
                         "do: rename the column, or name another layout with "
                         "--format", inner.text, near->name);
    }
    return diag_fail(im->diag, ERR_HEADER,
                     "%.200s:1: the header fits no layout of bars that is known\n"
                     "do: `vitrine data --help` lists the layouts; rename the columns to one of them",
                     im->spec->path);
}

/* The name of a set is a key of the store: cut short it would name another set. */
static bool source_fits(const char *name)
{
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
    if (s->source != NULL && !source_fits(s->source)) {
        return diag_fail(im->diag, ERR_USAGE,
                         "--source %.48s: not a name for a set\n"
                         "do: choose up to %d letters, digits, _, - and .", s->source, BARS_SOURCE - 1);
    }
    u32 fitting = 0;
    const import_format_t *f =
        s->format != NULL ? import_format_find(str_from(s->format)) : format_guess(im, &fitting);
    if (f == NULL && s->format != NULL) {
        return diag_fail(im->diag, ERR_USAGE, "there is no layout '%.48s'\noption --format\n"
                                              "do: `vitrine data --help` lists them",
                         s->format);
    }
    if (f == NULL && fitting > 0) {
        return diag_fail(im->diag, ERR_HEADER,
                         "%.200s:1: the header fits several layouts\n"
                         "do: name one with --format, us_5min, us_1min "
                         "or lean_equity_daily", s->path);
    }
    if (f == NULL) {
        return header_unknown(im);
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
    const import_format_t *f = &im->format;
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

/* ---- symbols and actions ---- */

/* "yahoo_SPY_daily.csv.zst" -> "SPY", "SPY.csv" -> "SPY". */
static str_t symbol_of_file(const char *path)
{
    str_t s = str_from(base_name(path));
    str_t head;
    str_t rest;
    (void)str_cut(s, '.', &head, &rest);
    if (str_starts(head, STR("yahoo_"))) {
        head = str_slice(head, 6, head.n);
    }
    if (str_ends(head, STR("_daily"))) {
        head = str_slice(head, 0, head.n - 6);
    }
    return head;
}

static bool symbol_clean(str_t text, char out[LIMIT_SYMBOL])
{
    if (text.n == 0 || text.n >= LIMIT_SYMBOL) {
        return false;
    }
    for (u32 i = 0; i < text.n; i++) {
        u8 c = text.p[i];
        bool lower = c >= 'a' && c <= 'z';
        bool fair = lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                    c == '/' || c == ':' || c == '^' || c == '=';
        if (!fair) {
            return false;
        }
        out[i] = (char)(lower ? c - 32 : c);
    }
    out[text.n] = '\0';
    /* No symbol begins with a separator or holds two in a row; a path does. */
    bool path = strchr("./:=-", out[0]) != NULL || strstr(out, "..") != NULL || strstr(out, "//") != NULL;
    return !path;
}

err_t import_symbol(importer_t *im, str_t text, u32 *out)
{
    ASSERT(im != NULL);
    ASSERT(out != NULL);
    if (im->col.symbol == CSV_NO_COLUMN) {
        text = im->spec->symbol != NULL         ? str_from(im->spec->symbol)
               : im->format.file_symbol != NULL ? str_from(im->format.file_symbol)
                                                : symbol_of_file(im->spec->path);
    }
    if (im->symbols > 0 && str_eq_c(text, im->own_symbol[im->symbol_last].name)) {
        *out = im->symbol_last;
        return ERR_OK;
    }
    char name[LIMIT_SYMBOL] = {0};
    if (!symbol_clean(text, name)) {
        u32 column = im->col.symbol == CSV_NO_COLUMN ? 0 : im->col.symbol;
        return import_fault(im, ERR_SYNTAX, column,
                            "does not give a symbol (1 to 23 letters, digits, . - / : ^ =)\n"
                            "do: correct the file, or name its one symbol with --symbol");
    }
    u32 slot = (u32)(hash64(name, sizeof name) % IMPORT_SLOTS);
    while (im->own_slot[slot] != 0 && strcmp(im->own_symbol[im->own_slot[slot] - 1].name, name) != 0) {
        slot = (slot + 1) % IMPORT_SLOTS;
    }
    if (im->own_slot[slot] == 0) {
        if (im->symbols == IMPORT_SYMBOLS - 1) {
            return diag_fail(im->diag, ERR_POOL_FULL, "%.200s: more than %d symbols\n"
                                                      "do: split the file", im->spec->path,
                             (int)IMPORT_SYMBOLS - 1);
        }
        memcpy(im->own_symbol[im->symbols].name, name, sizeof name);
        im->own_slot[slot] = (u16)(++im->symbols);
    }
    im->symbol_last = (u32)im->own_slot[slot] - 1;
    *out = im->symbol_last;
    return ERR_OK;
}

err_t import_add_action(importer_t *im, u32 symbol, const action_t *a)
{
    ASSERT(im != NULL && a != NULL);
    ASSERT(symbol < im->symbols);
    if (im->actions == im->action_room) {
        u32 room = im->action_room == 0 ? 1024 : im->action_room * 2;
        import_action_t *p = realloc(im->own_action, room * sizeof *p);
        if (p == NULL) {
            return diag_fail(im->diag, ERR_NO_MEMORY, "no memory for %u corporate actions", room);
        }
        im->own_action = p;
        im->action_room = room;
    }
    im->own_action[im->actions++] = (import_action_t){.action = *a, .symbol = symbol};
    return ERR_OK;
}

/* ---- rows into the store ---- */

static int by_symbol(const void *pa, const void *pb)
{
    const import_row_t *a = pa;
    const import_row_t *b = pb;
    if (a->symbol != b->symbol) {
        return a->symbol < b->symbol ? -1 : 1;
    }
    if (a->bar.t_event != b->bar.t_event) {
        return a->bar.t_event < b->bar.t_event ? -1 : 1;
    }
    if (a->bar.t_known != b->bar.t_known) {
        return a->bar.t_known < b->bar.t_known ? -1 : 1;
    }
    return a->line < b->line ? -1 : a->line > b->line ? 1 : 0;
}

/* Brings the batch in order; counts rows whose time went back inside a symbol. */
static void batch_sort(importer_t *im)
{
    bool sorted = true;
    for (u32 i = 1; i < im->rows; i++) {
        const import_row_t *a = &im->own_row[i - 1];
        const import_row_t *b = &im->own_row[i];
        if (by_symbol(a, b) > 0) {
            sorted = false;
            if (a->symbol == b->symbol && b->bar.t_event < a->bar.t_event) {
                im->report.rule_count[RULE_OUT_OF_ORDER]++;
            }
        }
    }
    if (!sorted) {
        qsort(im->own_row, im->rows, sizeof *im->own_row, by_symbol);
    }
}

static bars_series_t series_of(const importer_t *im, u32 symbol)
{
    bars_series_t s = {.timeframe = im->format.timeframe, .adjusted_to = im->format.adjusted_to};
    if (im->format.adjusted_last) {
        s.adjusted_to = MAX_OF(s.adjusted_to, im->day_last + 1);
    }
    memcpy(s.source, im->report.source, sizeof s.source);
    memcpy(s.symbol, im->own_symbol[symbol].name, sizeof s.symbol);
    return s;
}

static int by_action_symbol(const void *pa, const void *pb)
{
    const import_action_t *a = pa;
    const import_action_t *b = pb;
    if (a->symbol != b->symbol) {
        return a->symbol < b->symbol ? -1 : 1;
    }
    if (a->action.ex_date != b->action.ex_date) {
        return a->action.ex_date < b->action.ex_date ? -1 : 1;
    }
    return (i32)a->action.kind - (i32)b->action.kind;
}

static void mark_bar(void *ctx, const quality_fault_t *f)
{
    importer_t *im = ctx;
    if (quality_rule_verdict(f->rule) == VERDICT_MARK) {
        im->report.rule_count[f->rule]++;
        im->report.rows_marked += (im->own_bars[f->bar].flags & BAR_SUSPECT) == 0 ? 1 : 0;
        im->own_bars[f->bar].flags |= BAR_SUSPECT;
    }
}

/* First action of the symbol in the list sorted by by_action_symbol. */
static u32 action_first(const importer_t *im, u32 symbol)
{
    u32 low = 0;
    u32 high = im->actions;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (im->own_action[middle].symbol < symbol) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Marks the bars of one symbol at which a fault of the series could first be known. */
static void batch_mark(importer_t *im, u32 symbol, u32 count)
{
    action_t action[IMPORT_MARK_ACTIONS];
    u32 n = 0;
    u32 from = action_first(im, symbol);
    while (from < im->actions && im->own_action[from].symbol == symbol && n < IMPORT_MARK_ACTIONS) {
        action[n++] = im->own_action[from++].action;
    }
    quality_series_t s = {.bar = im->own_bars,
                          .count = count,
                          .action = action,
                          .action_count = n,
                          .calendar = CAL_NYSE,
                          .timeframe = im->format.timeframe,
                          .adjusted = im->format.adjusted_to != 0 || im->format.adjusted_last,
                          .index = true};
    for (u32 i = 0; i < count; i++) {
        s.index &= im->own_bars[i].volume == 0;
    }
    quality_sink_t sink = {.fault = mark_bar, .ctx = im};
    quality_daily(&s, &sink);
}

static err_t batch_flush(importer_t *im)
{
    batch_sort(im);
    if (im->actions > 0) {
        qsort(im->own_action, im->actions, sizeof *im->own_action, by_action_symbol);
    }
    u32 from = 0;
    while (from < im->rows) {
        u32 to = from;
        u32 n = 0;
        for (; to < im->rows && im->own_row[to].symbol == im->own_row[from].symbol; to++) {
            const import_row_t *r = &im->own_row[to];
            if (n > 0 && im->own_bars[n - 1].t_event == r->bar.t_event &&
                im->own_bars[n - 1].t_known == r->bar.t_known) {
                import_reject(im, RULE_DUPLICATE, r->line);
                continue;
            }
            im->own_bars[n++] = r->bar;
        }
        bars_series_t series = series_of(im, im->own_row[from].symbol);
        if (im->format.timeframe == TF_1D && im->col.file_day == CSV_NO_COLUMN && !im->format.factor_file) {
            batch_mark(im, im->own_row[from].symbol, n);
        }
        TRY(bars_put(im->own_store, &series, &(bars_rows_t){im->own_bars, n, im->spec->now_ns}, &im->put,
                     im->diag));
        from = to;
    }
    im->rows = 0;
    return ERR_OK;
}

static err_t read_rows(importer_t *im)
{
    err_t err = ERR_OK;
    u32 last = UINT32_MAX;
    while ((err = csv_next(im->own_csv, im->diag)) == ERR_OK) {
        import_row_t row;
        im->report.rows_read++;
        err = import_parse(im, &row);
        if (err == ERR_EMPTY) {
            continue;
        }
        TRY(err);
        if ((im->rows >= IMPORT_BATCH && row.symbol != last) || im->rows == IMPORT_BATCH_MAX) {
            TRY(batch_flush(im));
        }
        last = row.symbol;
        im->own_row[im->rows++] = row;
    }
    return err == ERR_EMPTY ? batch_flush(im) : err;
}

static err_t put_actions(importer_t *im)
{
    if (im->format.factor_file) {
        TRY(import_factors(im));
    }
    if (im->actions > 0) {
        qsort(im->own_action, im->actions, sizeof *im->own_action, by_action_symbol);
    }
    for (u32 i = 0; i < im->actions; i++) {
        bars_series_t series = series_of(im, im->own_action[i].symbol);
        TRY(bars_put_actions(im->own_store, &series, &im->own_action[i].action, 1, im->diag));
    }
    im->report.actions = im->actions;
    for (u32 i = 0; i < im->faults; i++) {
        TRY(bars_put_fault(im->own_store, &im->own_fault[i], im->diag));
    }
    return ERR_OK;
}

/* Daily bars of every session this import has touched, from what is now stored (not only from this file). */
static err_t build_daily(importer_t *im, u32 symbol)
{
    bars_series_t series = series_of(im, symbol);
    const import_symbol_t *s = &im->own_symbol[symbol];
    bars_query_t q = {.source = series.source, .symbol = series.symbol, .timeframe = series.timeframe};
    bar_t *own = NULL;
    u32 n = 0;
    TRY(bars_read_all(im->own_store, &q, im->diag, &own, &n));
    err_t err = ERR_OK;
    u32 days = 0;
    u32 day_room = (u32)(s->last - s->first + 2);
    bar_t *daily = malloc(day_room * sizeof *daily);
    if (daily == NULL) {
        err = diag_fail(im->diag, ERR_NO_MEMORY, "no memory for daily bars of %s", series.symbol);
    }
    daily_build_t build = {0};
    for (u32 i = 0; err == ERR_OK && i < n; i++) {
        date_t d = (date_t)(own[i].t_event / NS_PER_DAY);
        const import_day_t *day = import_day(im, d);
        if ((own[i].flags & BAR_LATE) != 0 || d < s->first || d > s->last || day == NULL || day->close == 0) {
            continue;
        }
        if (daily_build_add(&build, &own[i], day->open, day->close + im->spec->feed_delay_ns, &daily[days])) {
            days++;
        }
    }
    if (err == ERR_OK && daily_build_end(&build, &daily[days])) {
        days++;
    }
    series.timeframe = TF_1D;
    series.built = true;
    bars_put_t put = {0};
    if (err == ERR_OK && days > 0) {
        err = bars_put(im->own_store, &series, &(bars_rows_t){daily, days, im->spec->now_ns}, &put, im->diag);
        im->report.daily_built += days;
    }
    free(daily);
    free(own);
    return err;
}

static void rules_text(const import_report_t *r, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (u32 i = 1; i < QUALITY_RULES; i++) {
        if (r->rule_count[i] > 0 && used < size) {
            int n = snprintf(out + used, size - used, "%s%s=%llu", used > 0 ? " " : "",
                             quality_rule_name((quality_rule_t)i), (unsigned long long)r->rule_count[i]);
            used += n > 0 ? (size_t)n : 0;
        }
    }
}

static err_t import_finish(importer_t *im)
{
    import_report_t *r = &im->report;
    TRY(put_actions(im));
    for (u32 i = 0; i < im->symbols && im->format.timeframe != TF_1D; i++) {
        TRY(build_daily(im, i));
    }
    r->rows_stored = r->rows_read - r->rows_rejected;
    r->rows_same = im->put.rows_same;
    r->rows_revision = im->put.rows_revision;
    r->rule_count[RULE_REVISION] = im->put.rows_revision;
    r->symbols = im->symbols;
    r->adjusted_to = im->symbols > 0 ? series_of(im, 0).adjusted_to : 0;
    ASSERT(r->rows_stored == im->put.rows_new + im->put.rows_same);
    if (r->rows_stored == 0) {
        return diag_fail(im->diag, ERR_EMPTY,
                         "%.200s: none of its %llu rows can be stored\nread as %s\n"
                         "do: fetch a file with rows, or name the right layout with --format",
                         im->spec->path, (unsigned long long)r->rows_read, r->format);
    }
    bars_import_t log = {.t_import = im->spec->now_ns,
                         .rows_read = r->rows_read,
                         .rows_stored = r->rows_stored,
                         .rows_rejected = r->rows_rejected,
                         .rows_same = r->rows_same};
    (void)snprintf(log.file, sizeof log.file, "%s", base_name(im->spec->path));
    memcpy(log.source, r->source, sizeof log.source);
    rules_text(r, log.rules, sizeof log.rules);
    return bars_log_import(im->own_store, &log, im->diag);
}

static err_t import_run(importer_t *im)
{
    TRY(csv_open(im->spec->path, im->diag, &im->own_csv));
    TRY(import_recognise(im));
    if (im->format.venue_rule && im->spec->partial_before == 0) {
        TRY(import_venue(im));
    }
    TRY(bars_open(im->spec->home, false, im->diag, &im->own_store));
    TRY(bars_begin(im->own_store, im->diag));
    TRY(read_rows(im));
    TRY(import_finish(im));
    return bars_commit(im->own_store, im->diag);
}

static bool import_allocate(importer_t *im)
{
    im->own_day = calloc(IMPORT_DAYS, sizeof *im->own_day);
    im->own_symbol = calloc(IMPORT_SYMBOLS, sizeof *im->own_symbol);
    im->own_slot = calloc(IMPORT_SLOTS, sizeof *im->own_slot);
    im->own_row = malloc((size_t)IMPORT_BATCH_MAX * sizeof *im->own_row);
    im->own_bars = malloc((size_t)IMPORT_BATCH_MAX * sizeof *im->own_bars);
    return im->own_day != NULL && im->own_symbol != NULL && im->own_slot != NULL && im->own_row != NULL &&
           im->own_bars != NULL;
}

static void import_free(importer_t *im)
{
    csv_close(im->own_csv);
    bars_close(im->own_store); /* rolls back what was not committed */
    free(im->own_day);
    free(im->own_symbol);
    free(im->own_slot);
    free(im->own_row);
    free(im->own_bars);
    free(im->own_action);
    free(im->own_fault);
}

err_t import_file(const import_spec_t *spec, diag_t *diag, import_report_t *out)
{
    ASSERT(spec != NULL && spec->home != NULL && spec->path != NULL);
    ASSERT(out != NULL);
    importer_t *im = calloc(1, sizeof *im);
    if (im == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory to import");
    }
    im->spec = spec;
    im->diag = diag;
    err_t err = import_allocate(im) ? import_run(im) : diag_fail(diag, ERR_NO_MEMORY, "no memory to import");
    if (err == ERR_OK) {
        *out = im->report;
        ASSERT(out->rows_read == out->rows_stored + out->rows_rejected);
    }
    import_free(im);
    free(im);
    return err;
}
