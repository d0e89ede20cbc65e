/* The configuration as it was found, layer by layer, each value with its origin.
 *
 * Layers, later over earlier: the table's defaults, profile, preset, config.toml, VITRINE__SECTION__KEY from
 * the environment, options. What decides a trade is config_t; what belongs to this process alone (threads,
 * port, seed) is process_t and in no hash. A key that does not exist stops the program and names the nearest
 * that does. */
#ifndef VITRINE_FACES_CLI_SETTINGS_H
#define VITRINE_FACES_CLI_SETTINGS_H

#include "base/limits.h"
#include "faces/cli/args.h"
#include "model/config.h"
#include "wire/toml.h"

typedef enum {
    ORIGIN_DEFAULT,
    ORIGIN_PROFILE,
    ORIGIN_PRESET,
    ORIGIN_FILE,
    ORIGIN_ENV,
    ORIGIN_OPTION
} origin_t;

enum {
    SETTINGS_KEYS_MAX = 256, /* key_count() is near 170 */
    SETTINGS_REMEDY = 64
};

/* Keys that decide nothing: [process] in the file. */
typedef struct {
    i64 threads; /* 0: one per processor */
    i64 port;
    i64 seed;
} process_t;

typedef struct {
    const char *name; /* "process.threads" */
    const char *option;
    const char *help;
    i64 dflt, lo, hi;
    size_t offset;
} process_key_t;

typedef struct {
    config_t config;
    process_t process;
    u8 origin[SETTINGS_KEYS_MAX]; /* origin_t by key index */
    u8 process_origin[8];
    origin_t profile_origin;
    origin_t preset_origin;
    char path[LIMIT_PATH]; /* of the file, whether it exists or not */
    bool file_found;
} settings_t;

u32 process_key_count(void);
const process_key_t *process_key_at(u32 index);
i64 process_get(const process_t *p, const process_key_t *k);
const char *origin_name(origin_t o);
origin_t settings_origin(const settings_t *s, const key_desc_t *k);

/* `home` is resolved already. `environment` is a NULL-ended list of NAME=VALUE. --config, --preset and
 * --profile come from `args`, which may be NULL. A missing file is no error unless --config named it.
 * ERR_CONFIG (a file that is no TOML, too), ERR_UNKNOWN_KEY, ERR_NOT_FOUND, ERR_USAGE. */
MUST_USE err_t settings_load(const char *home, char *const *environment, const args_t *args, diag_t *diag,
                             settings_t *out);
/* Home folder: --home, VITRINE_HOME, HOME/.vitrine. ERR_CONFIG if none of them is there. */
MUST_USE err_t settings_home(const args_t *args, char *const *environment, diag_t *diag,
                             char out[LIMIT_PATH]);
/* True of a number, or of true or false, in quotes, which TOML calls text: then `remedy` says how to write
 * it. */
bool settings_quoted(const toml_item_t *item, char remedy[SETTINGS_REMEDY]);
/* Value of NAME in a NULL-ended list, or NULL. */
const char *settings_env(char *const *environment, const char *name);

#endif
