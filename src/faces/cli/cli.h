/* The command line: arguments in, exit code out.
 *
 * Exit codes: 0 ok, 1 error, 2 not found, 3 not running, 4 bad configuration or usage, 5 timed out. Results
 * go to `out`, everything for people to `err`. Composition (which parts exist) is handed in by app/. */
#ifndef VITRINE_FACES_CLI_CLI_H
#define VITRINE_FACES_CLI_CLI_H

#include <stdio.h>

#include "base/err.h"
#include "faces/cli/app.h"

typedef enum {
    EXIT_CODE_OK = 0,
    EXIT_CODE_ERROR = 1,
    EXIT_CODE_NOT_FOUND = 2,
    EXIT_CODE_NOT_RUNNING = 3,
    EXIT_CODE_USAGE = 4,
    EXIT_CODE_TIMEOUT = 5
} exit_code_t;

/* Where a command line writes. */
typedef struct {
    FILE *out;
    FILE *err;
} streams_t;

exit_code_t cli_exit_code(err_t e);
/* Runs one command line. `environment` is NULL-ended. Never prompts. */
exit_code_t cli_run(int argc, char *const *argv, char *const *environment, const parts_t *parts,
                    streams_t streams);

#endif
