/* `vitrine doctor`: checks the machine, the home and the settings, and says what to do about each fault. */
#include "faces/cli/app.h"

#include <stdarg.h>
#include <string.h>

#include "base/assert.h"
#include "model/zone.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/host.h"
#include "quant/indicators/kernels.h"
#include "store/head.h"
#include "store/home.h"
#include "store/migrations.h"

#define READ_MOST (1LL << 29) /* bytes of a database that are read while somebody waits: seconds, cold */
#define DISK_LEAST (1ULL << 30) /* a year of minute bars of 500 symbols is 0.4 GiB */

typedef enum { HEALTH_OK, HEALTH_REMARK, HEALTH_FAULT } health_t;

typedef struct {
    health_t health;
    err_t err;
    char text[640];
} finding_t;

typedef struct {
    const char *name;
    finding_t (*look)(app_t *app, const args_t *args);
} check_t;

PRINTF_LIKE(3, 4)
static finding_t found(health_t health, err_t err, const char *fmt, ...)
{
    finding_t f = {.health = health, .err = err};
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(f.text, sizeof f.text, fmt, ap);
    va_end(ap);
    return f;
}

static finding_t look_build(app_t *app, const args_t *args)
{
    (void)args;
#if defined(__clang__)
    const char *compiler = "clang " __clang_version__;
#else
    const char *compiler = "gcc " __VERSION__;
#endif
    size_t n = strlen(compiler);
    while (n > 0 && compiler[n - 1] == ' ') { /* clang's version ends with one */
        n--;
    }
    return found(HEALTH_OK, ERR_OK, "vitrine %s, %.*s", app->parts->version, (int)n, compiler);
}

static finding_t look_processor(app_t *app, const args_t *args)
{
    (void)app;
    (void)args;
    return found(HEALTH_OK, ERR_OK, "%u processors, kernels for %s", os_processor_count(),
                 indicator_level_name(indicator_level_best()));
}

static finding_t look_zones(app_t *app, const args_t *args)
{
    (void)app;
    (void)args;
    i64 probes = 0;
    i64 at = 0;
    if (!zone_check_tzdata(2000, 2030, 6, &probes, &at)) {
        char when[36];
        time_print(when, at);
        return found(HEALTH_FAULT, ERR_ZONE,
                     "the time zone rules of this program and of this machine part at %s\n"
                     "do: update tzdata, and vitrine if the law has changed",
                     when);
    }
    if (probes == 0) {
        return found(HEALTH_REMARK, ERR_OK, "no tz database; our own rules hold\ndo: apt-get install tzdata");
    }
    return found(HEALTH_OK, ERR_OK, "New York and Chicago agree with the tz database at %lld moments",
                 (long long)probes);
}

static finding_t look_clock(app_t *app, const args_t *args)
{
    (void)app;
    (void)args;
    i64 a = os_mono();
    i64 now = os_now();
    i64 b = os_mono();
    char when[36];
    time_print(when, now / NS_PER_SEC * NS_PER_SEC);
    bool sane = now > (i64)date_from_ymd(2025, 1, 1) * NS_PER_DAY &&
                now < (i64)date_from_ymd(2100, 1, 1) * NS_PER_DAY;
    if (!sane || b < a) {
        return found(HEALTH_FAULT, ERR_STALE, "the clock says %s\ndo: set it, and let ntp or chrony keep it",
                     when);
    }
    return found(HEALTH_OK, ERR_OK, "%s", when);
}

static finding_t look_home(app_t *app, const args_t *args)
{
    (void)args;
    diag_t d = {0};
    char probe[LIMIT_PATH];
    if (!os_exists(app->home)) {
        return found(HEALTH_REMARK, ERR_OK, "%s is not there yet\ndo: vitrine init", app->home);
    }
    const char *wanted = NULL;
    if (home_is_odd(app->home, probe, &wanted)) {
        return found(HEALTH_FAULT, ERR_EXISTS, "%.400s is no %s\ndo: move it away", probe, wanted);
    }
    if (os_path_join(probe, sizeof probe, app->home, "doctor.probe") != ERR_OK) {
        return found(HEALTH_FAULT, ERR_CONFIG, "%s: the name is too long\ndo: choose a shorter --home",
                     app->home);
    }
    err_t err = os_file_write(probe, STR("written by vitrine doctor\n"), 0600, &d);
    if (err == ERR_OK) {
        err = os_remove(probe, &d);
    }
    return err == ERR_OK ? found(HEALTH_OK, ERR_OK, "%s can be written", app->home)
                         : found(HEALTH_FAULT, err, "%s", d.text);
}

/* Free space where the home is or will be. */
static finding_t look_disk(app_t *app, const args_t *args)
{
    (void)args;
    diag_t d = {0};
    char at[LIMIT_PATH];
    u64 bytes = 0;
    err_t err = str_copy(at, sizeof at, str_from(app->home));
    while (err == ERR_OK && !os_exists(at)) {
        char *slash = strrchr(at, '/');
        if (slash == NULL || slash == at) {
            (void)snprintf(at, sizeof at, "%s", slash == NULL ? "." : "/");
        } else {
            *slash = 0;
        }
    }
    if (err == ERR_OK) {
        err = os_disk_free(at, &d, &bytes);
    }
    if (err != ERR_OK) {
        return found(HEALTH_FAULT, err, "%s", d.text);
    }
    f64 gib = (f64)bytes / (f64)(1ULL << 30);
    return bytes >= DISK_LEAST
               ? found(HEALTH_OK, ERR_OK, "%.1f GiB free", gib)
               : found(HEALTH_FAULT, ERR_DISK_FULL,
                       "%.2f GiB free\ndo: free at least 1 GiB, or move the home with --home", gib);
}

/* Whether every page can be read as what it is; the first that cannot in *diag. */
static err_t pages_whole(sql_db_t *db, const char *path, diag_t *diag)
{
    sql_stmt_t *s = NULL;
    bool row = false;
    TRY(sql_prepare(db, "PRAGMA quick_check(1)", diag, &s));
    err_t err = sql_step(s, diag, &row);
    if (err == ERR_OK && row && !str_eq_c(sql_column_text(s, 0), "ok")) {
        str_t what = sql_column_text(s, 0);
        err = diag_fail(diag, ERR_CORRUPT,
                        "%.300s is damaged: %.*s\n"
                        "do: put a copy of it back; `vitrine audit verify` tells which runs are whole",
                        path, (int)MIN_OF(what.n, 120U), (const char *)what.p);
    }
    sql_finalize(s);
    return err;
}

static finding_t look_database(app_t *app, const args_t *args)
{
    (void)args;
    diag_t d = {0};
    char path[LIMIT_PATH];
    sql_db_t *db = NULL;
    if (os_path_join(path, sizeof path, app->home, HOME_DB) != ERR_OK || !os_exists(path)) {
        err_t lost = head_check(app->home, &d); /* runs stood in one */
        if (lost != ERR_OK) {
            return found(HEALTH_FAULT, lost, "%s", d.text);
        }
        return found(HEALTH_REMARK, ERR_OK, "none yet; the first import or run makes it (schema %u)",
                     migrations_last());
    }
    sql_options_t o = {.path = path, .read_only = true};
    bool large = os_file_size(path) > READ_MOST;
    err_t err = sql_open(&o, &d, &db);
    if (err == ERR_OK) {
        err = migrations_check(db, &d);
        err = err == ERR_OK && !large ? pages_whole(db, path, &d) : err;
        sql_close(db);
    }
    diag_t old = {0};
    err_t lost = err == ERR_OK || err == ERR_EMPTY ? head_check(app->home, &old) : ERR_OK;
    if (lost != ERR_OK) {
        return found(HEALTH_FAULT, lost, "%s", old.text);
    }
    if (err == ERR_EMPTY) {
        return found(HEALTH_REMARK, ERR_OK, "%s is empty", path);
    }
    return err == ERR_OK ? found(HEALTH_OK, ERR_OK, "%s %s, schema up to %u%s", path,
                                 large ? "opens" : "is whole", migrations_last(),
                                 large ? "; too large to be read here, `vitrine audit verify` reads it" : "")
                         : found(HEALTH_FAULT, err, "%s", d.text);
}

static finding_t look_settings(app_t *app, const args_t *args)
{
    diag_t d = {0};
    err_t err = settings_load(app->home, app->environment, args, &d, &app->settings);
    if (err != ERR_OK) {
        return found(HEALTH_FAULT, ERR_CONFIG, "%s", d.text);
    }
    const settings_t *s = &app->settings;
    u32 own = 0;
    for (u32 i = 0; i < key_count(); i++) {
        own += s->origin[i] >= ORIGIN_FILE ? 1 : 0;
    }
    return found(HEALTH_OK, ERR_OK, "profile %s, preset %s, %u of %u keys set by you%s",
                 profile_name(s->config.profile), preset_name(s->config.preset), own, key_count(),
                 s->file_found ? "" : " (no file; defaults hold)");
}

static finding_t look_engine(app_t *app, const args_t *args)
{
    (void)args;
    char lock[LIMIT_PATH];
    char kill_file[LIMIT_PATH];
    if (os_path_join(lock, sizeof lock, app->home, HOME_LOCK_FILE) != ERR_OK ||
        os_path_join(kill_file, sizeof kill_file, app->home, HOME_KILL_FILE) != ERR_OK) {
        return found(HEALTH_FAULT, ERR_CONFIG,
                     "the home folder's name is too long\ndo: choose a shorter --home");
    }
    if (os_exists(kill_file)) {
        return found(HEALTH_REMARK, ERR_OK,
                     "the kill switch is on: no order that adds risk goes out\n"
                     "do: when you know why, `vitrine kill --off`");
    }
    return found(HEALTH_OK, ERR_OK, "%s",
                 os_lock_is_held(lock) ? "one runs in this home" : "none runs in this home");
}

static const check_t checks[] = {
    {"build", look_build},       {"processor", look_processor}, {"time zones", look_zones},
    {"clock", look_clock},       {"home", look_home},           {"disk", look_disk},
    {"database", look_database}, {"settings", look_settings},   {"engine", look_engine},
};

static const char *const health_names[] = {"ok", "remark", "FAULT"};

static void print_finding(app_t *app, const char *name, const finding_t *f)
{
    const char *text = app_remedy(app, f->text);
    if (app->json) {
        jsonw_t *w = &app->jw;
        const char *remedy = strstr(text, "\ndo: ");
        u32 n = remedy == NULL ? (u32)strlen(text) : (u32)(remedy - text);
        jsonw_object(w);
        jsonw_put_text(w, "check", name);
        jsonw_put_text(w, "health", f->health == HEALTH_FAULT ? "fault" : health_names[f->health]);
        jsonw_put_str(w, "text", (str_t){.p = (const u8 *)text, .n = n});
        jsonw_put_text(w, "do", remedy == NULL ? NULL : remedy + 5);
        jsonw_end(w);
        return;
    }
    size_t n = strcspn(text, "\n");
    app_print(app, "%-7s %-11s %.*s\n", health_names[f->health], name, (int)n, text);
    while (text[n] == '\n') {
        text += n + 1;
        n = strcspn(text, "\n");
        app_print(app, "%20s%.*s\n", "", (int)n, text);
    }
}

static err_t doctor_run(app_t *app, const args_t *args)
{
    ASSERT(app != NULL && args != NULL);
    err_t first = ERR_OK;
    u32 faults = 0;
    if (app->json) {
        jsonw_object(&app->jw);
        jsonw_key(&app->jw, "checks");
        jsonw_array(&app->jw);
    }
    for (u32 i = 0; i < COUNT_OF(checks); i++) {
        finding_t f = checks[i].look(app, args);
        ASSERT((f.health == HEALTH_FAULT) == (f.err != ERR_OK));
        print_finding(app, checks[i].name, &f);
        if (f.health == HEALTH_FAULT) {
            faults++;
            first = first == ERR_OK ? f.err : first;
        }
    }
    if (app->json) {
        jsonw_end(&app->jw);
        jsonw_put_u64(&app->jw, "faults", faults);
        jsonw_end(&app->jw);
        jsonw_line(&app->jw);
    }
    if (faults > 0) {
        return diag_fail(&app->diag, first, "%u of %zu checks found a fault\ndo: what stands beside each",
                         faults, COUNT_OF(checks));
    }
    return ERR_OK;
}

const verb_desc_t verb_doctor = {
    .name = "doctor",
    .aliases = {"troubleshoot"},
    .summary = "check machine, home and settings, and say what to do",
    .usage = "",
    .example = "vitrine doctor --json",
    .words_max = 0,
    .bare = true,
    .run = doctor_run,
};
