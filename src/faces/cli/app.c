/* See app.h. */
#include "faces/cli/app.h"

#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/home.h"

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

err_t app_may_write(app_t *app, const char *path)
{
    ASSERT(app != NULL && path != NULL);
    return !home_owns(app->home, path)
               ? ERR_OK
               : diag_fail(&app->diag, ERR_USAGE,
                           "%.400s belongs to the home: nothing is written over it\ndo: name another file",
                           path);
}

/* The last resort: whoever knew the place had no remedy of its own. */
static const char *remedy_of(err_t e)
{
    switch (e) {
    case ERR_USAGE:
        return "vitrine --help";
    case ERR_NO_MEMORY:
        return "end other programs, or ask for fewer symbols, days or --threads";
    case ERR_BUSY:
        return "wait for the other process of this home, or name another with --home";
    case ERR_TIMEOUT:
        return "`vitrine doctor`, then try again";
    case ERR_NOT_FOUND:
    case ERR_UNKNOWN_SYMBOL:
    case ERR_EMPTY:
        return "`vitrine data list` and `vitrine report latest` show what this home holds";
    case ERR_VERSION:
    case ERR_UNKNOWN_KIND:
        return "use the program that wrote it, or name another home with --home";
    case ERR_CORRUPT:
    case ERR_TRUNCATED:
        return "restore it from a backup or make it again; `vitrine doctor` checks the rest";
    case ERR_ARENA_FULL:
    case ERR_POOL_FULL:
    case ERR_QUEUE_FULL:
    case ERR_BUFFER_FULL:
    case ERR_OVERFLOW:
        return "ask for less: fewer symbols, days or shorter names";
    case ERR_NOT_RUNNING:
        return "start one with `vitrine demo`";
    case ERR_CONFIG:
    case ERR_UNKNOWN_KEY:
        return "mend what is named; `vitrine modules keys` says what each setting takes";
    case ERR_DISK_FULL:
        return "free some space, then run it again";
    case ERR_PERMISSION:
        return "give this user the right, or use another --home";
    case ERR_IO:
        return "check the free space and the device, then `vitrine doctor`";
    case ERR_STORE:
        return "vitrine doctor";
    default:
        return err_class(e) == ERRC_INPUT ? "correct it, then try again" : "vitrine doctor";
    }
}

/* Bytes of files and arguments stand in errors; none of them may steer the terminal. */
static void print_line(FILE *err, const char *indent, const char *p, size_t n)
{
    (void)fputs(indent, err);
    for (size_t i = 0; i < n; i++) {
        u8 c = (u8)p[i];
        (void)fputc(c < 0x20 || c == 0x7F ? '?' : c, err);
    }
    (void)fputc('\n', err);
}

const char *app_remedy(app_t *app, const char *text)
{
    ASSERT(app != NULL && text != NULL);
    remedy_fill(text, app->home_named ? app->home : NULL, app->remedy);
    return app->remedy;
}

/* The remedy of a text that has none. */
static const char *last_remedy(app_t *app, err_t e)
{
    char last[128];
    (void)snprintf(last, sizeof last, "do: %s", remedy_of(e));
    return app_remedy(app, last);
}

/* The same for programs: a line of its own, the last of what the command says. What was written of a document
 * that is not whole cannot be taken back; what was not written of it is left out. */
static void put_error(app_t *app, err_t e, const char *whole)
{
    jsonw_t *w = &app->jw;
    if (w->depth > 0) {
        app_json_begin(app);
        (void)fputs(app->json_half ? "\n" : "", app->out);
    } else if (w->filled != 0) {
        jsonw_line(w);
    }
    str_t text = str_from(whole);
    str_t where = {0};
    str_t what;
    const char *act = strchr(whole, '\n'); /* to the line that says what to do */
    while (act != NULL && strncmp(act + 1 + strspn(act + 1, " "), "do: ", 4) != 0) {
        act = strchr(act + 1, '\n');
    }
    if (act != NULL) {
        text.n = (u32)(act - whole);
        act += 1 + strspn(act + 1, " ");
    }
    bool more = str_cut(text, '\n', &what, &where);
    jsonw_object(w);
    jsonw_put_text(w, "error", err_name(e));
    jsonw_put_str(w, "what", what);
    if (more) {
        jsonw_put_str(w, "where", where);
    }
    jsonw_put_text(w, "remedy", (act != NULL ? act : last_remedy(app, e)) + sizeof "do: " - 1);
    jsonw_end(w);
    jsonw_line(w);
    err_t ignored = jsonw_done(w); /* whoever closed the output has the exit code */
    (void)ignored;
    (void)fflush(app->out);
}

static void write_out(void *ctx, const u8 *p, size_t n)
{
    app_t *app = ctx;
    (void)fwrite(p, 1, n, app->out);
    app->json_half = app->jw.depth > 0;
}

void app_json_begin(app_t *app)
{
    ASSERT(app != NULL && app->out != NULL);
    jsonw_init_sink(&app->jw, app->json_buffer, sizeof app->json_buffer, write_out, app);
}

void app_print_error(app_t *app, err_t e, const diag_t *diag)
{
    ASSERT(app != NULL && e != ERR_OK);
    FILE *err = app->err;
    const char *said = diag != NULL && diag->set ? diag->text : err_text(e);
    const char *text = app_remedy(app, said);
    const char *indent = "vitrine: ";
    bool remedy = false;
    while (*text != 0) {
        text += strspn(text, " ");
        size_t n = strcspn(text, "\n");
        remedy = remedy || strncmp(text, "do: ", 4) == 0;
        print_line(err, indent, text, n);
        indent = "  ";
        text += n + (text[n] == '\n' ? 1 : 0);
    }
    if (!remedy) {
        (void)fprintf(err, "  %s\n", last_remedy(app, e));
    }
    (void)fflush(err);
    if (app->json) {
        put_error(app, e, app_remedy(app, said));
    }
}
