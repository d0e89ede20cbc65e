/* Reading TOML 1.0: every leaf of a document, with its dotted key and its place; a table with nothing in it
 * is a leaf too, so that nobody has to guess why it did nothing.
 *
 * toml.cpp is the one file that names toml++. What a key means and whether it exists is the caller's. Dates
 * and tables inside arrays are refused: no setting has that form. */
#ifndef VITRINE_WIRE_TOML_H
#define VITRINE_WIRE_TOML_H

#include "base/err.h"
#include "base/str.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TOML_SIZE_MAX = 1 << 20, /* a settings file with every key and comment is 20 KiB */
    TOML_DEPTH_MAX = 8,      /* tables in tables */
    TOML_KEY_MAX = 128       /* dotted key */
};

typedef enum {
    TOML_BOOL,
    TOML_INT,
    TOML_FLOAT,
    TOML_STRING,
    TOML_EMPTY /* a table without keys */
} toml_kind_t;

typedef struct {
    const char *key; /* "section.name"; borrowed for the call, like everything here */
    u32 line;
    u32 column;
    i32 index; /* element of an array, -1 for a single value */
    toml_kind_t kind;
    bool yes;
    i64 whole;
    f64 real; /* TOML_INT too */
    str_t text;
} toml_item_t;

/* Called once per leaf, in the order of the sorted keys; an error ends the reading and is passed up. */
typedef err_t (*toml_visit_t)(void *ctx, const toml_item_t *item, diag_t *diag);

/* `name` (the file's) stands in messages. ERR_BUFFER_FULL, ERR_UTF8, ERR_SYNTAX (with line and column),
 * ERR_DEPTH, ERR_CONFIG (a date or a table in an array), ERR_NO_MEMORY, and what `visit` returns. */
MUST_USE err_t toml_read(str_t text, const char *name, toml_visit_t visit, void *ctx, diag_t *diag);

#ifdef __cplusplus
}
#endif

#endif
