/* See settings.h. */
#include "faces/cli/settings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "os/file.h"

#define ENV_PREFIX "VITRINE__"

static const process_key_t process_keys[] = {
    {"process.threads", "threads", "worker threads; 0 is one per processor", 0, 0, 256,
     offsetof(process_t, threads)},
    {"process.port", "port", "reserved: there is no dashboard and no API yet", 8787, 0, 65535,
     offsetof(process_t, port)},
    {"process.seed", "seed", "seed of everything that is drawn by chance", 1, 0, I64_MAX,
     offsetof(process_t, seed)},
};

static const char *const origin_names[] = {"default", "profile", "preset", "file", "env", "option"};

u32 process_key_count(void)
{
    return (u32)COUNT_OF(process_keys);
}

const process_key_t *process_key_at(u32 index)
{
    ASSERT(index < COUNT_OF(process_keys));
    return &process_keys[index];
}

i64 process_get(const process_t *p, const process_key_t *k)
{
    ASSERT(p != NULL && k != NULL);
    i64 v;
    memcpy(&v, (const u8 *)p + k->offset, sizeof v);
    return v;
}

static void process_set(settings_t *s, u32 index, i64 v, origin_t origin)
{
    ASSERT(index < COUNT_OF(process_keys));
    memcpy((u8 *)&s->process + process_keys[index].offset, &v, sizeof v);
    s->process_origin[index] = (u8)origin;
}

const char *origin_name(origin_t o)
{
    ASSERT((u32)o < COUNT_OF(origin_names));
    return origin_names[o];
}

static u32 key_index(const key_desc_t *k)
{
    for (u32 i = 0; i < key_count(); i++) {
        if (key_at(i) == k) {
            return i;
        }
    }
    ASSERT(false);
    return 0;
}

origin_t settings_origin(const settings_t *s, const key_desc_t *k)
{
    ASSERT(s != NULL && k != NULL);
    return (origin_t)s->origin[key_index(k)];
}

const char *settings_env(char *const *environment, const char *name)
{
    ASSERT(name != NULL);
    size_t n = strlen(name);
    for (size_t i = 0; environment != NULL && environment[i] != NULL; i++) {
        if (strncmp(environment[i], name, n) == 0 && environment[i][n] == '=') {
            return environment[i] + n + 1;
        }
    }
    return NULL;
}

err_t settings_home(const args_t *args, char *const *environment, diag_t *diag, char out[LIMIT_PATH])
{
    ASSERT(out != NULL);
    const char *given = args == NULL ? NULL : args_value(args, "home");
    if (given == NULL) {
        given = settings_env(environment, "VITRINE_HOME");
    }
    if (given != NULL && given[0] != 0) {
        return str_copy(out, LIMIT_PATH, str_from(given)) == ERR_OK
                   ? ERR_OK
                   : diag_fail(diag, ERR_CONFIG, "the home folder's name is too long\n"
                                                 "do: give a shorter --home");
    }
    const char *user = settings_env(environment, "HOME");
    if (user == NULL || user[0] == 0) {
        return diag_fail(diag, ERR_CONFIG,
                         "no home folder is known\nneither --home nor VITRINE_HOME nor HOME is set\n"
                         "do: give --home DIR");
    }
    return os_path_join(out, LIMIT_PATH, user, ".vitrine") == ERR_OK
               ? ERR_OK
               : diag_fail(diag, ERR_CONFIG, "the home folder's name is too long\ndo: give a shorter --home");
}

/* A setting as it came, before anybody knows its key. */
typedef struct {
    const char *where; /* "config.toml:12:3" or "VITRINE__SIZE__RISK_PCT" */
    const char *key;
    bool is_text;
    f64 number;
    str_t text;
} raw_t;

static err_t unknown_key(const raw_t *r, diag_t *diag)
{
    str_t name = str_from(r->key);
    const key_desc_t *near = key_nearest(name);
    char dotted[TOML_KEY_MAX];
    (void)snprintf(dotted, sizeof dotted, "%s.%s", near->section, near->name);
    const char *best = dotted;
    u32 least = str_distance(name, str_from(dotted));
    for (u32 i = 0; i < COUNT_OF(process_keys); i++) {
        best = str_nearer(name, str_from(process_keys[i].name), &least) ? process_keys[i].name : best;
    }
    char meant[STR_MEANT];
    return diag_fail(diag, ERR_UNKNOWN_KEY,
                     "no key %.*s\n%s%s\ndo: `vitrine modules keys` lists them all", 96, r->key, r->where,
                     str_meant(name, best, meant));
}

static err_t set_process(settings_t *s, u32 index, const raw_t *r, origin_t origin, diag_t *diag)
{
    const process_key_t *k = &process_keys[index];
    i64 v = 0;
    bool ok = r->is_text ? str_to_i64(r->text, &v) == ERR_OK
                         : floor(r->number) == r->number && fabs(r->number) < 9e18;
    if (ok && !r->is_text) {
        v = (i64)r->number;
    }
    if (!ok || v < k->lo || v > k->hi) {
        return diag_fail(
            diag, ERR_CONFIG,
            "%s must be a whole number from %lld to %lld\n%s\n%s\ndo: choose a value within these bounds",
            k->name, (long long)k->lo, (long long)k->hi, r->where, k->help);
    }
    process_set(s, index, v, origin);
    return ERR_OK;
}

static err_t set_key(settings_t *s, const key_desc_t *k, const raw_t *r, origin_t origin, diag_t *diag)
{
    f64 v = r->number;
    if (r->is_text) {
        bool yes = str_eq_c(r->text, "true");
        bool no = str_eq_c(r->text, "false");
        if (k->type == KEY_BOOL && (yes || no)) {
            v = yes ? 1 : 0;
        } else if (str_to_f64(r->text, &v) != ERR_OK) {
            return diag_fail(diag, ERR_CONFIG, "%s must be %s\n%s\n%s\ndo: write it so", r->key,
                             k->type == KEY_BOOL ? "true or false" : "a number", r->where, k->help);
        }
    }
    diag_t inner = {0};
    if (key_set(&s->config, k, v, &inner) != ERR_OK) {
        return diag_fail(diag, ERR_CONFIG, "%s\n%s\n%s\ndo: choose a value within these bounds", inner.text,
                         r->where, k->help);
    }
    s->origin[key_index(k)] = (u8)origin;
    return ERR_OK;
}

static err_t set_raw(settings_t *s, const raw_t *r, origin_t origin, diag_t *diag)
{
    ASSERT(r->key != NULL && r->where != NULL);
    if (strcmp(r->key, "profile") == 0 || strcmp(r->key, "preset") == 0) {
        return ERR_OK; /* read before all others: they are the ground the keys stand on */
    }
    for (u32 i = 0; i < COUNT_OF(process_keys); i++) {
        if (strcmp(r->key, process_keys[i].name) == 0) {
            return set_process(s, i, r, origin, diag);
        }
    }
    const key_desc_t *k = key_find(str_from(r->key));
    return k == NULL ? unknown_key(r, diag) : set_key(s, k, r, origin, diag);
}

/* "VITRINE__SIZE__RISK_PCT=2" to key "size.risk_pct". False if the variable is not ours. */
static bool env_key(const char *variable, char key[TOML_KEY_MAX], const char **value)
{
    size_t prefix = sizeof ENV_PREFIX - 1;
    const char *equals = strchr(variable, '=');
    if (strncmp(variable, ENV_PREFIX, prefix) != 0 || equals == NULL) {
        return false;
    }
    u32 used = 0;
    for (const char *c = variable + prefix; c < equals && used + 1 < TOML_KEY_MAX; c++) {
        if (c[0] == '_' && c[1] == '_') {
            key[used++] = '.';
            c++;
        } else {
            key[used++] = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        }
    }
    key[used] = 0;
    *value = equals + 1;
    return true;
}

static err_t read_environment(settings_t *s, char *const *environment, diag_t *diag)
{
    for (size_t i = 0; environment != NULL && environment[i] != NULL; i++) {
        char key[TOML_KEY_MAX];
        char where[TOML_KEY_MAX + 32];
        const char *value = NULL;
        if (!env_key(environment[i], key, &value)) {
            continue;
        }
        (void)snprintf(where, sizeof where, "environment variable %.*s",
                       (int)MIN_OF(strcspn(environment[i], "="), 100U), environment[i]);
        raw_t r = {.where = where, .key = key, .is_text = true, .text = str_from(value)};
        TRY(set_raw(s, &r, ORIGIN_ENV, diag));
    }
    return ERR_OK;
}

static err_t read_options(settings_t *s, const args_t *args, diag_t *diag)
{
    for (u32 i = 0; args != NULL && i < COUNT_OF(process_keys); i++) {
        const char *value = args_value(args, process_keys[i].option);
        if (value == NULL) {
            continue;
        }
        char where[64];
        (void)snprintf(where, sizeof where, "option --%s", process_keys[i].option);
        raw_t r = {.where = where, .key = process_keys[i].name, .is_text = true, .text = str_from(value)};
        err_t err = set_process(s, i, &r, ORIGIN_OPTION, diag);
        if (err != ERR_OK) {
            return ERR_USAGE;
        }
    }
    return ERR_OK;
}

/* First pass over the file: profile and preset. Second: all keys. */
typedef struct {
    settings_t *s;
    const char *file;
    bool ground;
} file_pass_t;

static err_t visit_ground(settings_t *s, const toml_item_t *item, const char *where, diag_t *diag)
{
    if (strcmp(item->key, "profile") == 0) {
        s->profile_origin = ORIGIN_FILE;
        return item->kind == TOML_STRING && profile_parse(item->text, &s->config.profile) == ERR_OK
                   ? ERR_OK
                   : diag_fail(diag, ERR_CONFIG, "profile must be \"day\" or \"swing\"\n%s\n"
                                                 "do: write one of them",
                               where);
    }
    if (strcmp(item->key, "preset") == 0) {
        s->preset_origin = ORIGIN_FILE;
        return item->kind == TOML_STRING && preset_parse(item->text, &s->config.preset) == ERR_OK
                   ? ERR_OK
                   : diag_fail(diag, ERR_CONFIG,
                               "preset must be \"ultra_conservative\", \"conservative\", \"moderate\", "
                               "\"growth\" or \"aggressive\"\n%s\ndo: write one of them",
                               where);
    }
    return ERR_OK;
}

static bool is_section(const char *name)
{
    for (u32 i = 0; i < key_count(); i++) {
        if (strcmp(key_at(i)->section, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "process") == 0;
}

bool settings_quoted(const toml_item_t *item, char remedy[SETTINGS_REMEDY])
{
    ASSERT(item != NULL && remedy != NULL);
    f64 number = 0;
    bool quoted = item->kind == TOML_STRING && item->text.n < 40 &&
                  (str_to_f64(item->text, &number) == ERR_OK || str_eq_c(item->text, "true") ||
                   str_eq_c(item->text, "false"));
    (void)snprintf(remedy, SETTINGS_REMEDY, "write " STR_FMT " without quotes",
                   STR_ARG(quoted ? item->text : STR("it")));
    return quoted;
}

/* A value of a form that the key does not have: no setting but profile and preset is text. */
static err_t check_form(const toml_item_t *item, const char *where, diag_t *diag)
{
    const key_desc_t *k = key_find(str_from(item->key));
    const char *help = k == NULL ? NULL : k->help;
    for (u32 i = 0; i < COUNT_OF(process_keys); i++) {
        help = strcmp(item->key, process_keys[i].name) == 0 ? process_keys[i].help : help;
    }
    bool boolean = k != NULL && k->type == KEY_BOOL;
    if (help == NULL || (item->kind != TOML_STRING && boolean == (item->kind == TOML_BOOL))) {
        return ERR_OK; /* an unknown key is told as that */
    }
    char remedy[SETTINGS_REMEDY];
    bool quoted = settings_quoted(item, remedy);
    return diag_fail(diag, ERR_CONFIG, "%s must be %s%s\n%s\n%s\ndo: %s", item->key,
                     boolean ? "true or false" : "a number",
                     item->kind == TOML_STRING ? ", and what stands there is text" : "", where, help,
                     quoted ? remedy : "write it so");
}

static err_t visit_item(void *ctx, const toml_item_t *item, diag_t *diag)
{
    file_pass_t *pass = ctx;
    char where[LIMIT_PATH + 32];
    (void)snprintf(where, sizeof where, "%s:%u:%u", pass->file, item->line, item->column);
    if (item->kind == TOML_EMPTY && is_section(item->key)) {
        return ERR_OK; /* its keys are all commented out */
    }
    if (pass->ground) {
        return visit_ground(pass->s, item, where, diag);
    }
    if (item->index >= 0) {
        return diag_fail(diag, ERR_CONFIG, "%s takes one value, not a list\n%s\n"
                                           "do: write one value", item->key,
                         where);
    }
    raw_t r = {.where = where,
               .key = item->key,
               .number = item->kind == TOML_BOOL ? (item->yes ? 1 : 0) : item->real,
               .is_text = item->kind == TOML_STRING, /* profile, preset, or no key at all */
               .text = item->text};
    TRY(check_form(item, where, diag));
    return set_raw(pass->s, &r, ORIGIN_FILE, diag);
}

/* Profile and preset as one layer names them; NULL where it does not. */
typedef struct {
    const char *where;
    const char *profile;
    const char *preset;
    origin_t origin;
} ground_t;

static err_t ground_value(settings_t *s, ground_t g, diag_t *diag)
{
    if (g.profile != NULL) {
        s->profile_origin = g.origin;
        if (profile_parse(str_from(g.profile), &s->config.profile) != ERR_OK) {
            return diag_fail(diag, ERR_CONFIG, "no profile %.48s; there are day and swing\n%sprofile\n"
                             "do: choose one of them", g.profile, g.where);
        }
    }
    if (g.preset != NULL) {
        s->preset_origin = g.origin;
        if (preset_parse(str_from(g.preset), &s->config.preset) != ERR_OK) {
            return diag_fail(diag, ERR_CONFIG,
                             "no preset %.48s; there are ultra_conservative, conservative, moderate, "
                             "growth and aggressive\n%spreset\ndo: choose one of them",
                             g.preset, g.where);
        }
    }
    return ERR_OK;
}

/* Values of the chosen profile and preset, each marked with the layer that gave it. */
static void lay_ground(settings_t *s)
{
    config_t plain = config_default(PROFILE_DAY, PRESET_MODERATE);
    config_t profiled = config_default(s->config.profile, PRESET_MODERATE);
    config_t whole = config_default(s->config.profile, s->config.preset);
    ASSERT(key_count() <= SETTINGS_KEYS_MAX);
    for (u32 i = 0; i < key_count(); i++) {
        const key_desc_t *k = key_at(i);
        f64 base = key_get(&plain, k);
        f64 middle = key_get(&profiled, k);
        f64 top = key_get(&whole, k);
        s->origin[i] = (u8)(top != middle ? ORIGIN_PRESET : middle != base ? ORIGIN_PROFILE : ORIGIN_DEFAULT);
    }
    s->config = whole;
    for (u32 i = 0; i < COUNT_OF(process_keys); i++) {
        process_set(s, i, process_keys[i].dflt, ORIGIN_DEFAULT);
    }
}

static err_t read_layers(settings_t *s, str_t file, char *const *environment, const args_t *args,
                         diag_t *diag)
{
    file_pass_t pass = {.s = s, .file = s->path, .ground = true};
    TRY(toml_read(file, s->path, visit_item, &pass, diag));
    ground_t env = {.where = "environment variable " ENV_PREFIX ", in capitals: ",
                    .profile = settings_env(environment, ENV_PREFIX "PROFILE"),
                    .preset = settings_env(environment, ENV_PREFIX "PRESET"),
                    .origin = ORIGIN_ENV};
    TRY(ground_value(s, env, diag));
    if (args != NULL) {
        ground_t option = {.where = "option --",
                           .profile = args_value(args, "profile"),
                           .preset = args_value(args, "preset"),
                           .origin = ORIGIN_OPTION};
        TRY(ground_value(s, option, diag));
    }
    lay_ground(s);
    pass.ground = false;
    TRY(toml_read(file, s->path, visit_item, &pass, diag));
    TRY(read_environment(s, environment, diag));
    return read_options(s, args, diag);
}

err_t settings_load(const char *home, char *const *environment, const args_t *args, diag_t *diag,
                    settings_t *out)
{
    ASSERT(home != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    out->config.preset = PRESET_MODERATE;
    const char *named = args == NULL ? NULL : args_value(args, "config");
    err_t err = named != NULL ? str_copy(out->path, sizeof out->path, str_from(named))
                              : os_path_join(out->path, sizeof out->path, home, "config.toml");
    if (err != ERR_OK) {
        return diag_fail(diag, ERR_CONFIG, "the settings file's name is too long\n"
                                           "do: give a shorter --config");
    }
    out->file_found = os_exists(out->path);
    arena_t memory;
    str_t text = STR("");
    TRY(arena_open(&memory, FILE_SMALL_MAX + 64));
    if (named == NULL && out->file_found && os_is_folder(out->path)) {
        err = diag_fail(diag, ERR_CONFIG,
                        "a folder, and no file of settings\n%s\n"
                        "do: move it away, or name a file with --config",
                        out->path);
    } else if (out->file_found || named != NULL) {
        err = os_file_read(&memory, out->path, diag, &text);
    }
    if (err == ERR_OK) {
        err = read_layers(out, text, environment, args, diag);
    }
    arena_close(&memory);
    /* How the file is wrong is in the message; what it means for the caller is one thing. */
    bool unreadable = err == ERR_SYNTAX || err == ERR_UTF8 || err == ERR_NUMBER || err == ERR_DEPTH
                      || err == ERR_BUFFER_FULL || err == ERR_NOT_FILE || err == ERR_IO;
    return unreadable ? ERR_CONFIG : err;
}
