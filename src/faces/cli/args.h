/* The option parser: long options only, "--name value", "--name=value" or "--flag", anywhere on the line.
 *
 * Common options stand before or after the verb. "--" ends options. An unknown option names the nearest one.
 * A value may not start with "--" unless it is joined by "=". An option with a value stands once, unless its
 * row says repeatable. Short forms: -h and -q only. */
#ifndef VITRINE_FACES_CLI_ARGS_H
#define VITRINE_FACES_CLI_ARGS_H

#include "base/units.h"
#include "faces/cli/verb.h"

enum { ARGS_OPTIONS_MAX = 64 };

struct args {
    const verb_desc_t *verb; /* NULL: none was named */
    const char *words[VERB_WORDS_MAX];
    u32 word_count;
    struct {
        const option_desc_t *desc;
        const char *value; /* NULL for a flag */
    } options[ARGS_OPTIONS_MAX];
    u32 option_count;
};

/* --home, --config, --json, --quiet, --threads, --seed, --port, --help; ended by a row without name. */
const option_desc_t *args_common(void);

/* Reads argv[1..]. ERR_USAGE with the offending word, its nearest neighbour and where to look. The number of
 * words is checked unless --help was given. argv must outlive the result. */
MUST_USE err_t args_parse(int argc, char *const *argv, diag_t *diag, args_t *out);

bool args_has(const args_t *a, const char *name);
/* The value given, or NULL; of an option that may be repeated the first. */
const char *args_value(const args_t *a, const char *name);
/* Value of the n-th appearance of an option that may be repeated, or NULL. */
const char *args_value_at(const args_t *a, const char *name, u32 n);
/* Word i, or NULL. */
const char *args_word(const args_t *a, u32 i);
/* These leave *out as it is when the option is absent. ERR_USAGE with option, value and what is wanted. */
MUST_USE err_t args_i64(const args_t *a, const char *name, i64 lo, i64 hi, diag_t *diag, i64 *out);
MUST_USE err_t args_date(const args_t *a, const char *name, diag_t *diag, date_t *out);
MUST_USE err_t args_scaled(const args_t *a, const char *name, u32 scale, diag_t *diag, i64 *out);

#endif
