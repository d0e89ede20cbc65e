/* See verb_data_backup.h. */
#include "faces/cli/verb_data_backup.h"

#include "base/assert.h"
#include "os/clock.h"
#include "store/backup.h"

static void say(app_t *app, const backup_t *b)
{
    if (app->json) {
        jsonw_t *w = &app->jw;
        jsonw_object(w);
        jsonw_put_text(w, "backup", b->path);
        jsonw_put_i64(w, "bytes", b->bytes);
        jsonw_put_i64(w, "database_bytes", b->database);
        jsonw_put_i64(w, "log_bytes", b->log);
        jsonw_put_u64(w, "kept", b->kept);
        jsonw_put_u64(w, "removed", b->removed);
        jsonw_end(w);
        jsonw_line(w);
        return;
    }
    app_print(app, "%s\n", b->path);
    app_print(app, "  database whole, %.1f MB and %.1f MB of log; its copy whole, %.1f MB\n",
              (f64)b->database / 1e6, (f64)b->log / 1e6, (f64)b->bytes / 1e6);
    app_print(app, "  %u backup%s kept, %u removed\n", b->kept, b->kept == 1 ? "" : "s", b->removed);
}

err_t data_backup(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    home_t h;
    backup_t made;
    i64 keep = BACKUPS_KEPT;
    TRY(args_i64(args, "keep", 1, BACKUPS_MOST, &app->diag, &keep));
    TRY(home_open(app->home, HOME_OWN, &app->diag, &h));
    err_t err = backup_make(&h, (u32)keep, os_now(), &app->diag, &made);
    if (err == ERR_EXISTS) { /* one of this very second: its name is the time */
        os_sleep_ms(1000);
        err = backup_make(&h, (u32)keep, os_now(), &app->diag, &made);
    }
    home_close(&h);
    if (err == ERR_OK) {
        say(app, &made);
    }
    return err;
}
