/* `vitrine report RUN`: what a run was worth, with its error bars, before any curve. */
#include "faces/cli/app.h"

#include <stdlib.h>

#include "base/assert.h"
#include "faces/cli/args.h"
#include "faces/report/report.h"
#include "os/file.h"

/* One of the forms that go to a file of their own. */
static err_t write_file(app_t *app, const report_t *r, const char *path,
                        err_t (*print)(const report_t *, FILE *))
{
    os_stream_t stream;
    TRY(app_may_write(app, path));
    TRY(os_stream_open(path, &app->diag, &stream));
    return os_stream_close(&stream, path, print(r, stream.own_file), &app->diag);
}

/* Two forms in one file: the second would write over the first. */
static err_t files_differ(app_t *app, const args_t *args)
{
    static const char *const options[] = {"csv", "lots", "html"};
    for (u32 i = 0; i < COUNT_OF(options); i++) {
        for (u32 k = 0; k < i; k++) {
            const char *a = args_value(args, options[k]);
            const char *b = args_value(args, options[i]);
            if (a != NULL && b != NULL && os_same_file(a, b)) {
                return diag_fail(&app->diag, ERR_USAGE,
                                 "report: --%s and --%s name the same file\n%s\ndo: name two", options[k],
                                 options[i], a);
            }
        }
    }
    return ERR_OK;
}

static err_t report_say(app_t *app, const args_t *args, const report_t *r)
{
    const char *csv = args_value(args, "csv");
    if (csv != NULL) {
        TRY(write_file(app, r, csv, report_csv));
        app_say(app, "%u closed trades written to %s\n", r->facts.trade_count, csv);
    }
    const char *lots = args_value(args, "lots");
    if (lots != NULL) {
        TRY(write_file(app, r, lots, report_lots_csv));
        app_say(app, "%u closed and %u open tax lots written to %s\n", r->facts.tax.lots.closed_count,
                r->facts.tax.lots.open_count, lots);
    }
    const char *html = args_value(args, "html");
    if (html != NULL) {
        TRY(write_file(app, r, html, report_html));
        app_say(app, "one page, whole in itself, written to %s\n", html);
        if (!app->json) {
            return ERR_OK;
        }
    }
    if (app->json) {
        report_json(r, &app->jw);
        jsonw_line(&app->jw);
        return ERR_OK;
    }
    bool colour = app->terminal && !args_has(args, "no-colour");
    app_progress_end(app);
    if (args_has(args, "first")) {
        report_print_first(r, app->out, colour);
    } else {
        report_print(r, app->out, colour);
    }
    return ERR_OK;
}

static err_t read_rates(app_t *app, const args_t *args, lots_rates_t *out)
{
    const char *text = args_value(args, "tax");
    if (text == NULL || tax_rates_parse(text, out) == ERR_OK) {
        return ERR_OK;
    }
    return diag_fail(&app->diag, ERR_USAGE,
                     "report --tax %.40s: two rates are wanted\ndo: write SHORT,LONG in percent, as in 32,15",
                     text);
}

static err_t report_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    const char *run = args_word(args, 0);
    report_t *own = calloc(1, sizeof *own);
    if (own == NULL) {
        return ERR_NO_MEMORY;
    }
    i64 resamples = BOOTSTRAP_DRAWS;
    report_ask_t ask = {.home = app->home,
                        .run = run != NULL ? run : "latest",
                        .user = args_value(args, "user"),
                        .market = app->parts->market};
    lots_rates_t rates = {0};
    err_t err = read_rates(app, args, &rates);
    err = err != ERR_OK ? err : files_differ(app, args);
    err = err != ERR_OK ? err : args_i64(args, "resamples", 100, 100000, &app->diag, &resamples);
    ask.resamples = (u32)resamples;
    err = err != ERR_OK ? err : report_build(&ask, &app->diag, own);
    err = err != ERR_OK ? err : report_plants(own, app->parts->plants, &app->diag);
    if (err == ERR_OK) {
        own->rates = rates;
        err = args_has(args, "dearest-lots") ? tax_ledger_again(&own->facts.tax, LOTS_DEAREST) : ERR_OK;
    }
    if (err == ERR_OK) {
        own->rates_known = args_value(args, "tax") != NULL;
        err = report_say(app, args, own);
    }
    report_free(own);
    free(own);
    return err;
}

const verb_desc_t verb_report = {
    .name = "report",
    .aliases = {"tearsheet"},
    .summary = "the tear sheet of a run",
    .usage = "[RUN]",
    .detail = "  RUN is an id or the first letters of one; without it the newest run.\n"
              "  Intervals are of resamples of days in blocks of five; what includes zero is said to.",
    .example = "vitrine report latest --csv trades.csv",
    .options =
        {
            {"user", "NAME", "one user of the run alone; without it all together"},
            {"csv", "FILE", "write the closed trades too, with the columns that freqtrade uses"},
            {"lots", "FILE", "write the tax lots too: basis, term, what wash sales defer"},
            {"dearest-lots", NULL, "sales take the dearest lots, as by a standing order; else the oldest"},
            {"resamples", "N", "how often days are drawn anew for the intervals, 100 to 100,000 (2000)"},
            {"tax", "SHORT,LONG", "rates in percent: taxes by year, and prices after tax in the lots"},
            {"html", "FILE", "write the tear sheet as one page with pictures, whole in itself"},
            {"first", NULL, "the first screen only"},
            {"no-colour", NULL, "plain text on a terminal too"},
        },
    .words_min = 0,
    .words_max = 1,
    .run = report_run,
};
