/* What a search varies: settings with the values they may take, and the points that a method tries.
 *
 * Promises: points are a function of space, method, seed and index alone, so that a study runs again and in
 * any order of threads; a grid names every combination once, the first parameter slowest; random draws are
 * uniform on each parameter's grid. Leaves to others: what a point is worth. */
#ifndef VITRINE_FACES_RESEARCH_SPACE_H
#define VITRINE_FACES_RESEARCH_SPACE_H

#include "base/err.h"
#include "base/str.h"
#include "model/config.h"

enum { SPACE_PARAMS_MAX = 8, SPACE_VALUES_MAX = 64, SPACE_TEXT = 256 };

typedef struct {
    const key_desc_t *key;
    f64 value[SPACE_VALUES_MAX];
    u32 count;
} space_param_t;

typedef enum { SEARCH_GRID = 1, SEARCH_RANDOM = 2 } search_t;

typedef struct {
    space_param_t param[SPACE_PARAMS_MAX];
    u32 count;
    search_t method;
    u32 trials; /* SEARCH_RANDOM: how many; SEARCH_GRID: set by space_finish */
    u64 seed;
} space_t;

/* Adds "section.key=a,b,c" or "section.key=from:to:step". ERR_UNKNOWN_KEY with the nearest, ERR_CONFIG
 * outside the key's bounds, ERR_USAGE for what is no range, is there twice or has too many values or
 * parameters. */
MUST_USE err_t space_add(space_t *s, str_t text, diag_t *diag);
/* Checks the whole: ERR_USAGE if a grid has more than `most` points. */
MUST_USE err_t space_finish(space_t *s, u32 most, diag_t *diag);
/* Puts the values of point i into a configuration; they are within bounds by construction. */
void space_apply(const space_t *s, u32 i, config_t *c);
/* "section.key=value section.key=value" of point i. */
void space_print(const space_t *s, u32 i, char out[SPACE_TEXT]);

#endif
