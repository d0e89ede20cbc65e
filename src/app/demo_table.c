/* See demo_table.h. */
#include "app/demo_table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"

err_t demo_table_write(app_t *app, run_spec_t *spec, const demo_table_t *table, const char *path, u64 *rows)
{
    ASSERT(app != NULL && spec != NULL && table != NULL);
    ASSERT(path != NULL && rows != NULL);
    run_source_t source = {0};
    *rows = 0;
    spec->events = table->no_events ? 0 : spec->events;
    TRY(run_source_open(spec, app->home, &app->diag, &source));
    FILE *f = fopen(path, "w");
    err_t err = f == NULL ? ERR_IO : table->write(&source, f, &app->diag, rows);
    int why = errno;
    bool whole = f != NULL && ferror(f) == 0;
    if (f != NULL && fclose(f) != 0) {
        why = errno;
        whole = false;
    }
    run_source_close(&source);
    if (f != NULL && (err != ERR_OK || !whole)) {
        int emptied = truncate(path, 0);
        (void)emptied;
    }
    if (f != NULL && !whole) {
        return diag_fail(&app->diag, ERR_DISK_FULL,
                         "--%s %.400s cannot be written: %s\ndo: free some space or raise the limit",
                         table->option, path, strerror(why));
    }
    if (f == NULL) {
        return diag_fail(&app->diag, ERR_IO,
                         "--%s %.400s cannot be written: %s\ndo: name a file in a folder of yours",
                         table->option, path, strerror(why));
    }
    return err;
}
