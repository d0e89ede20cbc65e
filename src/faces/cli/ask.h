/* What the verbs that speak to a running engine share: the way to its socket and the printing of its answer.
 */
#ifndef VITRINE_FACES_CLI_ASK_H
#define VITRINE_FACES_CLI_ASK_H

#include "faces/cli/app.h"

/* Asks the engine of this home and prints the result: the object as it is with --json, "name: value" lines
 * without. ERR_NOT_RUNNING, ERR_TIMEOUT, and what the engine answers. */
MUST_USE err_t ask_and_print(app_t *app, const char *ask, const char *why);

typedef struct {
    const char *key, *text; /* text NULL: left out */
} ask_field_t;
/* The same with fields of one's own. */
MUST_USE err_t ask_with(app_t *app, const char *ask, const ask_field_t *fields, u32 count);

#endif
