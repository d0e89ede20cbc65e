/* See demo_table.h. */
#include "app/demo_table.h"

#include "base/assert.h"
#include "os/file.h"

err_t demo_table_write(app_t *app, run_spec_t *spec, const demo_table_t *table, const char *path, u64 *rows)
{
    ASSERT(app != NULL && spec != NULL && table != NULL);
    ASSERT(path != NULL && rows != NULL);
    run_source_t source = {0};
    *rows = 0;
    spec->events = table->no_events ? 0 : spec->events;
    TRY(run_source_open(spec, app->home, &app->diag, &source));
    os_stream_t stream;
    err_t err = os_stream_open(path, &app->diag, &stream);
    if (err == ERR_OK) {
        err = table->write(&source, stream.own_file, &app->diag, rows);
        err = os_stream_close(&stream, path, err, &app->diag);
    }
    run_source_close(&source);
    return err;
}
