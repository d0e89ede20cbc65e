/* --users of the verbs that run: the file, the money of those who name none, and what is worth a remark. */
#ifndef VITRINE_FACES_CLI_USERS_ARGS_H
#define VITRINE_FACES_CLI_USERS_ARGS_H

#include "drivers/run_users.h"
#include "drivers/runner.h"
#include "faces/cli/app.h"
#include "faces/cli/args.h"

/* Reads the file that --users names; without the option *out has no rows. `cash` is the run's own, of the
 * verb or of --cash: who names none gets it. The errors of users_file_read, ERR_USAGE for an empty name. */
MUST_USE err_t users_from_args(app_t *app, const args_t *args, money_t cash, run_users_t *out);
/* Names each symbol of a list that the data does not hold: a list that means nothing must not look like one
 * that works. */
void users_say_unknown(app_t *app, const run_users_t *users, const source_t *source);

#endif
