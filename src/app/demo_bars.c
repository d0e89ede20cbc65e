/* See demo_bars.h. */
#include "app/demo_bars.h"

#include <unistd.h>

#include "app/run_source.h"
#include "base/assert.h"
#include "base/fixed.h"
#include "model/calendar.h"
#include "os/file.h"

enum { PRICE_DIGITS = 9, CENTS = 2, PRICES = 4 };

static void row_print(FILE *f, const char *symbol, date_t session, const bar_t *b)
{
    char date[11];
    const price_t price[PRICES] = {b->open, b->high, b->low, b->close};
    date_print(date, session);
    (void)fprintf(f, "%s,%s", symbol, date);
    for (u32 i = 0; i < PRICES; i++) {
        char text[32];
        (void)fixed_print(text, sizeof text, price[i].v, PRICE_DIGITS, CENTS);
        (void)fprintf(f, ",%s", text);
    }
    (void)fprintf(f, ",%lld\n", (long long)b->volume);
}

/* The history comes first, as daily slices; the first minute ends it. */
static err_t write_all(const source_t *source, FILE *f, diag_t *diag, u64 *rows)
{
    (void)fprintf(f, "symbol,date,open,high,low,close,volume\n");
    for (;;) {
        slice_t s;
        err_t err = source->next(source->ctx, &s, diag);
        if (err == ERR_EMPTY || (err == ERR_OK && s.timeframe != TF_1D)) {
            return ERR_OK;
        }
        TRY(err);
        for (u32 i = 0; i < s.count; i++) {
            row_print(f, source->instruments[s.inst[i]].symbol, s.session, &s.bar[i]);
        }
        if (ferror(f) != 0) { /* the rest would be lost too */
            return ERR_IO;
        }
        *rows += s.count;
    }
}

err_t demo_bars_write(app_t *app, run_spec_t *spec, const char *path, u64 *rows)
{
    ASSERT(app != NULL && spec != NULL && path != NULL && rows != NULL);
    run_source_t source = {0};
    *rows = 0;
    spec->events = 0; /* the layout has no column for splits and dividends */
    TRY(run_source_open(spec, app->home, &app->diag, &source));
    FILE *f = NULL;
    err_t err = os_stream_open(path, &app->diag, &f);
    if (err == ERR_OK) {
        err = write_all(&source.source, f, &app->diag, rows);
        err = os_stream_close(f, path, err, &app->diag);
        if (err != ERR_OK) {
            int emptied = truncate(path, 0); /* a part of a market would be imported as a whole one */
            (void)emptied;
        }
    }
    run_source_close(&source);
    return err;
}
