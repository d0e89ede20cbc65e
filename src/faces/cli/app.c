/* See app.h. */
#include "faces/cli/app.h"

#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "os/clock.h"
#include "os/file.h"

enum { BAR_WIDTH = 30, BAR_PERIOD_MS = 100, LINE_PERIOD_MS = 5000 };

void app_print(app_t *app, const char *fmt, ...)
{
    ASSERT(app != NULL && fmt != NULL);
    if (app->json) {
        return;
    }
    app_progress_end(app);
    va_list ap;
    va_start(ap, fmt);
    (void)vfprintf(app->out, fmt, ap);
    va_end(ap);
}

void app_say(app_t *app, const char *fmt, ...)
{
    ASSERT(app != NULL && fmt != NULL);
    if (app->quiet) {
        return;
    }
    app_progress_end(app);
    va_list ap;
    va_start(ap, fmt);
    (void)vfprintf(app->err, fmt, ap);
    va_end(ap);
    (void)fflush(app->err);
}

static void draw_bar(app_t *app, const char *what, u64 done, u64 total)
{
    char bar[BAR_WIDTH + 1];
    u32 filled = total == 0 ? 0 : (u32)((u128)MIN_OF(done, total) * BAR_WIDTH / total);
    for (u32 i = 0; i < BAR_WIDTH; i++) {
        bar[i] = i < filled ? '=' : ' ';
    }
    bar[BAR_WIDTH] = 0;
    if (total == 0) {
        (void)fprintf(app->err, "\r\033[K%s %llu", what, (unsigned long long)done);
    } else {
        (void)fprintf(app->err, "\r\033[K%s [%s] %llu of %llu", what, bar, (unsigned long long)done,
                      (unsigned long long)total);
    }
    app->progress.drawn = true;
}

void app_progress(app_t *app, const char *what, u64 done, u64 total)
{
    ASSERT(app != NULL && what != NULL);
    if (app->quiet) {
        return;
    }
    i64 now = os_mono();
    i64 period = (app->terminal ? BAR_PERIOD_MS : LINE_PERIOD_MS) * NS_PER_MS;
    if (app->progress.start_ns == 0) {
        app->progress.start_ns = now;
        app->progress.last_ns = app->terminal ? 0 : now;
    }
    if (now - app->progress.last_ns < period) {
        return;
    }
    app->progress.last_ns = now;
    if (app->terminal) {
        draw_bar(app, what, done, total);
    } else if (total == 0) {
        (void)fprintf(app->err, "%s: %llu\n", what, (unsigned long long)done);
    } else {
        (void)fprintf(app->err, "%s: %llu of %llu\n", what, (unsigned long long)done,
                      (unsigned long long)total);
    }
    (void)fflush(app->err);
}

void app_progress_end(app_t *app)
{
    ASSERT(app != NULL);
    if (app->progress.drawn) {
        (void)fputs("\r\033[K", app->err);
        (void)fflush(app->err);
    }
    memset(&app->progress, 0, sizeof app->progress);
}

err_t app_path(app_t *app, const char *name, char out[LIMIT_PATH])
{
    ASSERT(app != NULL && name != NULL);
    return os_path_join(out, LIMIT_PATH, app->home, name) == ERR_OK
               ? ERR_OK
               : diag_fail(&app->diag, ERR_CONFIG,
                           "the home folder's name is too long\ndo: choose a shorter --home");
}

err_t app_home_make(app_t *app)
{
    ASSERT(app != NULL);
    return os_dir_make(app->home, 0700, &app->diag);
}

static const char *remedy_of(err_t e)
{
    switch (e) {
    case ERR_USAGE:
        return "vitrine --help";
    case ERR_NOT_RUNNING:
        return "start one with `vitrine demo`";
    case ERR_CONFIG:
    case ERR_UNKNOWN_KEY:
        return "vitrine config";
    case ERR_DISK_FULL:
        return "free some space, then run it again";
    case ERR_PERMISSION:
        return "give this user the right, or use another --home";
    case ERR_STORE:
    case ERR_IO:
        return "vitrine doctor";
    default:
        return NULL;
    }
}

void app_print_error(FILE *err, err_t e, const diag_t *diag)
{
    ASSERT(err != NULL && e != ERR_OK);
    const char *text = diag != NULL && diag->set ? diag->text : err_text(e);
    const char *indent = "vitrine: ";
    bool remedy = false;
    while (*text != 0) {
        text += strspn(text, " ");
        size_t n = strcspn(text, "\n");
        remedy = remedy || strncmp(text, "do: ", 4) == 0;
        (void)fprintf(err, "%s%.*s\n", indent, (int)n, text);
        indent = "  ";
        text += n + (text[n] == '\n' ? 1 : 0);
    }
    if (!remedy && remedy_of(e) != NULL) {
        (void)fprintf(err, "  do: %s\n", remedy_of(e));
    }
    (void)fflush(err);
}
