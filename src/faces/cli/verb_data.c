/* `vitrine data import|list|check`: files of market data in, what is stored, what is wrong with it. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/import.h"
#include "drivers/import_check.h"
#include "drivers/import_path.h"
#include "faces/cli/args.h"
#include "faces/cli/rule_counts.h"
#include "faces/cli/verb_data_backup.h"
#include "faces/cli/verb_data_records.h"
#include "os/clock.h"

static const char *date_or(char out[11], date_t d, const char *none)
{
    if (d == 0) {
        return none;
    }
    date_print(out, d);
    return out;
}

/* ---- import ---- */

static err_t import_options(app_t *app, const args_t *args, import_spec_t *s)
{
    i64 delay_s = 0;
    s->format = args_value(args, "format");
    s->source = args_value(args, "source");
    s->symbol = args_value(args, "symbol");
    s->factors = args_value(args, "factors");
    s->zone = args_value(args, "zone");
    s->resolution = args_value(args, "resolution");
    s->lenient = args_has(args, "lenient");
    TRY(args_i64(args, "price-scale", 1, 1000000000, &app->diag, &s->price_scale));
    TRY(args_i64(args, "delay", 0, 86400, &app->diag, &delay_s));
    TRY(args_date(args, "adjusted-to", &app->diag, &s->adjusted_to));
    TRY(args_date(args, "partial-before", &app->diag, &s->partial_before));
    date_t known = 0;
    TRY(args_date(args, "known", &app->diag, &known));
    s->known_ns = known == 0 ? 0 : (i64)(known + 1) * NS_PER_DAY;
    s->feed_delay_ns = delay_s * NS_PER_SEC;
    s->home = app->home;
    s->now_ns = os_now();
    return ERR_OK;
}

static void import_json(app_t *app, const char *path, const import_report_t *r)
{
    jsonw_t *w = &app->jw;
    char text[11];
    jsonw_object(w);
    jsonw_put_text(w, "file", path);
    jsonw_put_text(w, "format", r->format);
    jsonw_put_text(w, "source", r->source);
    jsonw_put_i64(w, "rows_read", (i64)r->rows_read);
    jsonw_put_i64(w, "rows_stored", (i64)r->rows_stored);
    jsonw_put_i64(w, "rows_rejected", (i64)r->rows_rejected);
    jsonw_put_i64(w, "rows_same", (i64)r->rows_same);
    jsonw_put_i64(w, "rows_revision", (i64)r->rows_revision);
    jsonw_put_i64(w, "symbols", r->symbols);
    jsonw_put_i64(w, "actions", (i64)r->actions);
    jsonw_put_i64(w, "daily_built", (i64)r->daily_built);
    jsonw_put_text(w, "adjusted_to", date_or(text, r->adjusted_to, ""));
    rule_counts_put(w, r->rule_count);
    jsonw_end(w);
    jsonw_line(w);
}

static void import_text(app_t *app, const char *path, const import_report_t *r)
{
    char text[11];
    app_print(app, "%s: %s, %u symbol%s\n", path, r->format, r->symbols, r->symbols == 1 ? "" : "s");
    app_print(app, "  rows read %llu = stored %llu + rejected %llu\n", (unsigned long long)r->rows_read,
              (unsigned long long)r->rows_stored, (unsigned long long)r->rows_rejected);
    app_print(app, "  already there %llu, corrections %llu, actions %llu, daily bars built %llu\n",
              (unsigned long long)r->rows_same, (unsigned long long)r->rows_revision,
              (unsigned long long)r->actions, (unsigned long long)r->daily_built);
    if (r->adjusted_to != 0) {
        app_print(app, "  adjusted to %s: for returns and regimes, barred from price-level gates\n",
                  date_or(text, r->adjusted_to, ""));
    }
    if (r->partial_before != 0) {
        app_print(app, "  one venue only before %s: volume rules do not apply there\n",
                  date_or(text, r->partial_before, ""));
    }
    for (u32 i = 1; i < QUALITY_RULES; i++) {
        quality_rule_t rule = (quality_rule_t)i;
        if (r->rule_count[i] > 0) {
            app_print(app, "  %-18s %8llu  %s", quality_rule_name(rule), (unsigned long long)r->rule_count[i],
                      verdict_name(quality_rule_verdict(rule)));
            app_print(app, r->rule_line[i] > 0 ? ", first at line %llu\n" : "\n",
                      (unsigned long long)r->rule_line[i]);
        }
    }
}

typedef struct {
    app_t *app;
    u64 base; /* of the files before this argument */
} import_ctx_t;

static void import_input(void *ctx, const char *name, import_outcome_t what, const import_report_t *r,
                         const diag_t *d)
{
    app_t *app = ((import_ctx_t *)ctx)->app;
    app_progress_end(app);
    if (what == IMPORT_READ && app->json) {
        import_json(app, name, r);
    } else if (what == IMPORT_READ) {
        import_text(app, name, r);
    } else if (what == IMPORT_DONE) {
        app_print(app, "%s: read before\n", name);
    } else if (what == IMPORT_OTHER) {
        app_print(app, "%s: not read, no layout fits\n", name);
    } else {
        app_print_error(app, ERR_SYNTAX, d);
    }
}

static void import_progress(void *ctx, const char *name, u64 done, u64 total)
{
    app_progress(((import_ctx_t *)ctx)->app, name, done, total);
}

static void import_sum(app_t *app, const import_sum_t *sum)
{
    if (sum->files < 2) {
        return;
    }
    app_print(app, "\n%llu inputs: %llu read before, %llu of no known layout, %llu faulty\n",
              (unsigned long long)sum->files, (unsigned long long)sum->done, (unsigned long long)sum->other,
              (unsigned long long)sum->faulty);
    app_print(app, "rows read %llu = stored %llu + rejected %llu\n", (unsigned long long)sum->rows_read,
              (unsigned long long)sum->rows_stored, (unsigned long long)sum->rows_rejected);
}

/* Each file is one transaction: those before a faulty one stay. */
static err_t data_import(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    import_spec_t s = {0};
    import_sum_t sum = {0};
    import_ctx_t ctx = {.app = app};
    import_sink_t sink = {.input = import_input, .progress = import_progress, .ctx = &ctx};
    TRY(import_options(app, args, &s));
    if (args->word_count < 2) {
        return diag_fail(&app->diag, ERR_USAGE,
                         "data import: no file is named\ndo: vitrine data import PATH...");
    }
    TRY(app_home_make(app));
    for (u32 i = 1; i < args->word_count; i++) {
        s.path = args_word(args, i);
        TRY(import_path(&s, &sink, &app->diag, &sum));
    }
    app_progress_end(app);
    import_sum(app, &sum);
    if (sum.faulty > 0) {
        return diag_fail(&app->diag, sum.first_error, "%llu of %llu inputs are faulty; the first:\n%.400s",
                         (unsigned long long)sum.faulty, (unsigned long long)sum.files, sum.first_diag.text);
    }
    return ERR_OK;
}

/* ---- list ---- */

/* One line per source and resolution. */
typedef struct {
    const bars_chunk_t *head;
    u32 symbols;
    u32 chunks;
    u64 rows;
    i64 first;
    i64 last;
    date_t adjusted_to;
} list_row_t;

static void list_print(app_t *app, const list_row_t *r)
{
    char first[11];
    char last[11];
    char adjusted[11];
    date_print(first, (date_t)((r->first - 1) / NS_PER_DAY)); /* midnight ends a day */
    date_print(last, (date_t)((r->last - 1) / NS_PER_DAY));
    const bars_series_t *s = &r->head->series;
    const char *to = date_or(adjusted, r->adjusted_to, "raw");
    if (!app->json) {
        app_print(app, "%-18s %-4s %7u %9llu %s %s %s%s\n", s->source, timeframe_name(s->timeframe),
                  r->symbols, (unsigned long long)r->rows, first, last, to, s->built ? " built" : "");
        return;
    }
    jsonw_t *w = &app->jw;
    jsonw_object(w);
    jsonw_put_text(w, "source", s->source);
    jsonw_put_text(w, "timeframe", timeframe_name(s->timeframe));
    jsonw_put_i64(w, "symbols", r->symbols);
    jsonw_put_i64(w, "chunks", r->chunks);
    jsonw_put_i64(w, "rows", (i64)r->rows);
    jsonw_put_text(w, "first", first);
    jsonw_put_text(w, "last", last);
    jsonw_put_text(w, "adjusted_to", r->adjusted_to == 0 ? "" : to);
    jsonw_put_bool(w, "built", s->built);
    jsonw_end(w);
    jsonw_line(w);
}

/* Sums the chunks of one source and resolution; they may lie scattered, so the whole manifest is gone
 * through. What is corrected later reaches no further. */
static void list_sum(bars_t *store, const bars_chunk_t *c, u32 n, list_row_t *io)
{
    const bars_chunk_t *head = io->head;
    list_row_t r = {.head = head, .first = I64_MAX, .last = I64_MIN};
    i64 known = I64_MIN;
    const char *symbol = "";
    for (u32 i = 0; i < n; i++) {
        if (strcmp(c[i].series.source, head->series.source) != 0
            || c[i].series.timeframe != head->series.timeframe) {
            continue;
        }
        r.symbols += strcmp(symbol, c[i].series.symbol) != 0 ? 1 : 0;
        symbol = c[i].series.symbol;
        r.chunks++;
        r.rows += c[i].rows;
        r.first = MIN_OF(r.first, c[i].known_first);
        known = MAX_OF(known, c[i].known_last);
        diag_t ignored = {0}; /* `data check` tells of a chunk that cannot be read */
        if (bars_fresh_last(store, &c[i], 1, &ignored, &r.last) != ERR_OK) {
            r.last = MAX_OF(r.last, c[i].known_last);
        }
        r.adjusted_to = MAX_OF(r.adjusted_to, c[i].series.adjusted_to);
    }
    r.last = r.last == I64_MIN ? known : r.last; /* corrections alone */
    *io = r;
}

static bool listed_before(const bars_chunk_t *c, u32 i)
{
    for (u32 k = i; k > 0 && strcmp(c[k - 1].series.source, c[i].series.source) == 0; k--) {
        if (c[k - 1].series.timeframe == c[i].series.timeframe) {
            return true;
        }
    }
    return false;
}

static err_t list_bars(app_t *app, const args_t *args, u32 *sets)
{
    ASSERT(app != NULL && args != NULL);
    bars_t *store = NULL;
    bars_chunk_t *own = NULL;
    u32 n = 0;
    bars_query_t q = {.source = args_value(args, "source"), .symbol = args_value(args, "symbol"),
                      .from = I64_MIN};
    TRY(bars_open(app->home, true, &app->diag, &store));
    err_t err = bars_chunks(store, &q, &app->diag, &own, &n);
    *sets = err == ERR_OK ? n : 0;
    if (err != ERR_OK || (n == 0 && (q.source != NULL || q.symbol != NULL))) {
        bars_close(store);
        free(own);
        return err;
    }
    app_print(app, "%-18s %-4s %7s %9s %-10s %-10s %s\n", "source", "bars", "symbols", "rows", "first",
              "last", "adjusted");
    for (u32 i = 0; i < n; i++) {
        if (!listed_before(own, i)) {
            list_row_t row = {.head = &own[i]};
            list_sum(store, own, n, &row);
            list_print(app, &row);
        }
    }
    bars_close(store);
    free(own);
    return ERR_OK;
}

/* Bars, then records; a home may hold either. */
static err_t data_list(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    u32 bars = 0;
    u32 sets = 0;
    diag_t inner = {0};
    err_t err = list_bars(app, args, &bars);
    inner = app->diag;
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        return err;
    }
    app->diag = (diag_t){0};
    TRY(data_records_list(app, args, &sets));
    const char *source = args_value(args, "source");
    const char *symbol = args_value(args, "symbol");
    if (bars + sets == 0 && err == ERR_OK && (source != NULL || symbol != NULL)) {
        return diag_fail(&app->diag, ERR_NOT_FOUND,
                         "nothing is stored of that name\n--source %.48s --symbol %.48s\n"
                         "do: `vitrine data list` shows what is stored",
                         source == NULL ? "(any)" : source, symbol == NULL ? "(any)" : symbol);
    }
    if (sets == 0 && err != ERR_OK) {
        app->diag = inner;
        return err;
    }
    return ERR_OK;
}

/* ---- check ---- */

/* Vendors differ by cents where both are right, and by a split or another share where one is not. */
enum { APART_PERCENT = 10 };

typedef struct {
    app_t *app;
    bool notes; /* print those too */
    bool told;  /* something stands on the screen already */
} check_ctx_t;

static void check_fault(void *ctx, const bars_series_t *series, const quality_fault_t *f)
{
    check_ctx_t *c = ctx;
    verdict_t verdict = quality_rule_verdict(f->rule);
    if (!c->notes && (verdict == VERDICT_NOTE || verdict == VERDICT_REVISION)) {
        return;
    }
    char date[11];
    date_print(date, f->date);
    c->told = true;
    if (!c->app->json) {
        app_print(c->app, "%-8s %s  %-17s %-13s %12.6g %12.6g  %s %s\n", series->symbol, date,
                  quality_rule_name(f->rule),
                  verdict_name(verdict), f->a, f->b, series->source, timeframe_name(series->timeframe));
        return;
    }
    jsonw_t *w = &c->app->jw;
    jsonw_object(w);
    jsonw_put_text(w, "symbol", series->symbol);
    jsonw_put_text(w, "date", date);
    jsonw_put_text(w, "rule", quality_rule_name(f->rule));
    jsonw_put_text(w, "verdict", verdict_name(verdict));
    jsonw_put_f64(w, "a", f->a);
    jsonw_put_f64(w, "b", f->b);
    jsonw_put_text(w, "source", series->source);
    jsonw_put_text(w, "timeframe", timeframe_name(series->timeframe));
    jsonw_end(w);
    jsonw_line(w);
}

/* Told whatever --notes says: nothing marks these days, so that nobody else speaks of them. */
static void check_apart(void *ctx, const import_apart_t *a)
{
    check_ctx_t *c = ctx;
    char first[11];
    char last[11];
    const char *rule = quality_rule_name(RULE_SOURCES_DIFFER);
    const char *verdict = verdict_name(quality_rule_verdict(RULE_SOURCES_DIFFER));
    date_print(first, a->first);
    date_print(last, a->last);
    c->told = true;
    if (!c->app->json) {
        app_print(c->app, "%-8s %s  %-17s %-13s %12.6g %12.6g  %s, %s", a->symbol, first, rule, verdict,
                  a->close[0], a->close[1], a->source[0], a->source[1]);
        app_print(c->app, a->days > 1 ? "; %u days to %s\n" : "; %u day\n", a->days, last);
        return;
    }
    jsonw_t *w = &c->app->jw;
    jsonw_object(w);
    jsonw_put_text(w, "symbol", a->symbol);
    jsonw_put_text(w, "date", first);
    jsonw_put_text(w, "rule", rule);
    jsonw_put_text(w, "verdict", verdict);
    jsonw_put_f64(w, "a", a->close[0]);
    jsonw_put_f64(w, "b", a->close[1]);
    jsonw_put_text(w, "source", a->source[0]);
    jsonw_put_text(w, "other", a->source[1]);
    jsonw_put_u64(w, "days", a->days);
    jsonw_put_text(w, "last", last);
    jsonw_end(w);
    jsonw_line(w);
}

static void print_apart_sum(app_t *app, const import_apart_sum_t *s, i64 percent, bool asked)
{
    if (s->pairs == 0 && asked) { /* silence would read as agreement */
        app_print(app, "no name has two sources whose daily prices are both unadjusted: "
                       "nothing was compared\n");
    }
    if (s->pairs > 0) {
        app_print(app, "%u pair%s of sources with a name in common, %llu days: closes more than %lld %% "
                       "apart on %llu\n",
                  s->pairs, s->pairs == 1 ? "" : "s", (unsigned long long)s->days,
                  (long long)percent, (unsigned long long)s->differ);
    }
    if ((s->pairs > 0 || asked) && s->adjusted > 0) {
        app_print(app, "%u adjusted series %s on another scale and %s not compared\n", s->adjusted,
                  s->adjusted == 1 ? "is" : "are", s->adjusted == 1 ? "was" : "were");
    }
}

/* The closing figures: a line of its own, told from a fault by "checked". */
static void check_json(jsonw_t *w, const import_check_t *r, i64 percent)
{
    jsonw_object(w);
    jsonw_put_text(w, "checked", "bars");
    jsonw_put_u64(w, "series", r->series);
    jsonw_put_u64(w, "rows", r->rows);
    rule_counts_put(w, r->count);
    jsonw_key(w, "apart");
    jsonw_object(w);
    jsonw_put_i64(w, "percent", percent);
    jsonw_put_u64(w, "pairs", r->apart.pairs);
    jsonw_put_u64(w, "days", r->apart.days);
    jsonw_put_u64(w, "differ", r->apart.differ);
    jsonw_put_u64(w, "adjusted", r->apart.adjusted);
    jsonw_end(w);
    jsonw_end(w);
    jsonw_line(w);
}

static err_t check_bars(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    i64 percent = APART_PERCENT;
    TRY(args_i64(args, "apart", 1, 1000, &app->diag, &percent));
    check_ctx_t ctx = {.app = app, .notes = args_has(args, "notes")};
    import_check_spec_t s = {.home = app->home, .source = args_value(args, "source"),
                             .symbol = args_value(args, "symbol"),
                             .apart_percent = percent};
    import_check_sink_t sink = {.fault = check_fault, .apart = check_apart, .ctx = &ctx};
    import_check_t r;
    TRY(import_check(&s, &sink, &app->diag, &r));
    app_print(app, "%s%u series, %llu rows, every chunk matches its hash\n", ctx.told ? "\n" : "", r.series,
              (unsigned long long)r.rows);
    rule_counts_print(app, r.count);
    print_apart_sum(app, &r.apart, percent, args_has(args, "apart"));
    if (app->json) {
        check_json(&app->jw, &r, percent);
    }
    return ERR_OK;
}

static err_t data_check(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    u32 sets = 0;
    err_t err = check_bars(app, args);
    diag_t inner = app->diag;
    if (err != ERR_OK && err != ERR_NOT_FOUND && err != ERR_EMPTY) {
        return err;
    }
    app->diag = (diag_t){0};
    TRY(data_records_check(app, args, &sets));
    if (sets == 0 && err != ERR_OK) {
        app->diag = inner;
        return err;
    }
    return ERR_OK;
}

static err_t data_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *word = args_word(args, 0);
    ASSERT(word != NULL);
    static const struct {
        const char *word;
        err_t (*run)(app_t *app, const args_t *args);
    } parts[] = {{"import", data_import},
                 {"list", data_list},
                 {"check", data_check},
                 {"show", data_records_show},
                 {"build", data_records_build},
                 {"backup", data_backup}};
    for (u32 i = 0; i < COUNT_OF(parts); i++) {
        if (strcmp(word, parts[i].word) != 0) {
            continue;
        }
        if (parts[i].run != data_import && args->word_count > 1) {
            return diag_fail(&app->diag, ERR_USAGE,
                             "data %s: %.48s is one argument too many\ndo: --source NAME and --symbol SYMBOL "
                             "choose", word, args_word(args, 1));
        }
        return parts[i].run(app, args);
    }
    return diag_fail(&app->diag, ERR_USAGE,
                     "data: there is no '%s'\ndo: use import, list, show, build, check or backup", word);
}

const verb_desc_t verb_data = {
    .name = "data",
    .aliases = {"bars"},
    .summary = "import market data, list what is stored, find what is wrong with it",
    .usage = "import PATH... | list | show | build | check | backup",
    .detail = "  Layouts are told by header and file name (docs/data.md): daily and intraday bars of US\n"
              "  shares and of coins, and as records ticks, quotes, chains, futures, forex, vendors'\n"
              "  files of coins, membership, filings, news, series of numbers. Plain, .zst or .zip; a\n"
              "  folder goes on where it stopped.\n"
              "  Every row is stored or rejected by a named rule; importing a file twice changes nothing.\n"
              "  `backup` proves the database whole and copies it to backups/ in the home.",
    .example = "vitrine data import sp500_daily.csv.zst",
    .options = {
        {"format", "NAME", "layout, when header and file name do not tell it", .part = "import"},
        {"source", "NAME", "name of the set: import under it, list or check it alone"},
        {"symbol", "SYMBOL", "symbol of a file without a symbol column; list or check it alone"},
        {"zone", "ZONE", "of the stamps: UTC, America/New_York, America/Chicago", .part = "import"},
        {"resolution", "TF", "1m, 5m, 15m, 1h or 1d", .part = "import"},
        {"price-scale", "N", "prices in the file are USD x N", .part = "import"},
        {"adjusted-to", "DATE", "prices are adjusted for all actions before this day", .part = "import"},
        {"partial-before", "DATE", "bars before this session are of one venue (default: found by rule)",
         .part = "import"},
        {"factors", "FILE", "Lean factor file (default: ../reference/lean_factor_files.csv beside the data)",
         .part = "import"},
        {"delay", "SECONDS", "a bar is known this long after its end (default 0)", .part = "import"},
        {"known", "DATE", "when a file without any date was known (default: when it was written)",
         .part = "import"},
        {"lenient", NULL, "reject rows with unreadable numbers instead of stopping", .part = "import"},
        {"as-of", "DATE", "show: as it was known at the end of this day (UTC)", .part = "show"},
        {"rows", "N", "show: the last N rows (default 20)", .part = "show"},
        {"notes", NULL, "check: print notes and corrections too", .part = "check"},
        {"keep", "N", "backup: how many stay, the newest (default 3)", .part = "backup"},
        {"apart", "PERCENT", "check: tell where closes of two sources differ by more (default 10)",
         .part = "check"},
    },
    .words_min = 1,
    .words_max = VERB_WORDS_MAX,
    .run = data_run,
};
