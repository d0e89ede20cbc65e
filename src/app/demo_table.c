/* See demo_table.h. */
#include "app/demo_table.h"

#include <stdlib.h>

#include "base/assert.h"
#include "os/file.h"

static void count(demo_written_t *w, const slice_t *s, u32 rows, date_t trading_from)
{
    if (rows == 0) {
        return;
    }
    bool another = w->rows == 0 || s->session != w->last;
    w->first = w->rows == 0 ? s->session : w->first;
    w->last = s->session;
    w->sessions += another ? 1 : 0;
    w->warmup += another && s->timeframe != TF_1D && s->session < trading_from ? 1 : 0;
    w->rows += rows;
}

static err_t write_all(const demo_table_t *table, const run_source_t *market, FILE *f, diag_t *diag,
                       demo_written_t *out)
{
    const source_t *source = &market->source;
    date_t trading_from = sim_market_trading_from(market->own_market);
    void *memory = calloc(1, table->memory + 1);
    err_t err = memory == NULL ? ERR_NO_MEMORY : ERR_OK;
    if (table->header != NULL) {
        (void)fprintf(f, "%s\n", table->header);
    }
    while (err == ERR_OK) {
        slice_t s;
        err = source->next(source->ctx, &s, diag);
        if (err == ERR_OK && table->daily && s.timeframe != TF_1D) {
            err = ERR_EMPTY;
        }
        if (err == ERR_OK) {
            count(out, &s, table->slice(market, &s, memory, f), trading_from);
        }
    }
    free(memory);
    return err == ERR_EMPTY ? ERR_OK : err;
}

err_t demo_table_write(app_t *app, run_spec_t *spec, const demo_table_t *table, const char *path,
                       demo_written_t *out)
{
    ASSERT(app != NULL && spec != NULL && table != NULL);
    ASSERT(path != NULL && out != NULL);
    run_source_t source = {0};
    *out = (demo_written_t){0};
    spec->events = table->no_events ? 0 : spec->events;
    TRY(app_may_write(app, path));
    TRY(run_source_open(spec, app->home, &app->diag, &source));
    os_stream_t stream;
    err_t err = os_stream_open(path, &app->diag, &stream);
    if (err == ERR_OK) {
        err = write_all(table, &source, stream.own_file, &app->diag, out);
        err = os_stream_close(&stream, path, err, &app->diag);
    }
    run_source_close(&source);
    return err;
}
