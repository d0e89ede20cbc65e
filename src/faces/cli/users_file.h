/* A file of users, TOML: who trades in this process, with what money, preset and preferences.
 *
 *   mode = "per_user"            # or "global"
 *   [user.anna]
 *   id = 1                       # user, account, owner and risk group, unless account, owner or group say
 *                                # otherwise
 *   cash = 25000                 # without it the run's own
 *   preset = "growth"
 *   max_open_positions = 4       # any preference: vitrine modules preferences
 *   watch = ["AAPL", "MSFT"]
 *   exclude = ["TSLA"]
 *   exclude_sectors = ["energy"]
 *
 * Promises: a row that is not sound refuses the whole file, since nobody trades by half a file; every error
 * names the file, the line of what is wrong or the first of its user, and a remedy. Leaves to others: what a
 * preference may be (model/user_row), which symbols there are (users_args.h). */
#ifndef VITRINE_FACES_CLI_USERS_FILE_H
#define VITRINE_FACES_CLI_USERS_FILE_H

#include "drivers/run_users.h"

/* What a user has who names no cash, and how many took it. */
typedef struct {
    money_t cash;
    u32 taken;
} users_default_t;

/* From `path`; *out is the caller's to free, rows in ascending order of their accounts. ERR_NOT_FOUND,
 * ERR_NOT_FILE, ERR_PERMISSION, ERR_IO, ERR_NO_MEMORY; ERR_CONFIG for what the file says wrongly. */
MUST_USE err_t users_file_read(const char *path, users_default_t *dflt, diag_t *diag, run_users_t *out);
/* The same from text; `name` stands in messages. */
MUST_USE err_t users_file_parse(str_t text, const char *name, users_default_t *dflt, diag_t *diag,
                                run_users_t *out);

#endif
