/* A file of users, TOML: who trades in this process, with what money, preset and preferences.
 *
 *   mode = "per_user"            # or "global"
 *   [user.anna]
 *   id = 1                       # user, account, owner and risk group, unless account, owner or group say
 * otherwise cash = 25000 preset = "growth" max_open_positions = 4       # any preference: vitrine modules
 * preferences watch = ["AAPL", "MSFT"] exclude = ["TSLA"] exclude_sectors = ["energy"]
 *
 * Leaves to others: what a preference may be (model/user_row). */
#ifndef VITRINE_FACES_CLI_USERS_FILE_H
#define VITRINE_FACES_CLI_USERS_FILE_H

#include "drivers/run_users.h"

/* From `path`; *out is the caller's to free, rows in ascending order of their accounts. A row that is not
 * sound refuses the whole file, with its line: nobody trades by half a file. ERR_CONFIG, ERR_IO,
 * ERR_NO_MEMORY. */
MUST_USE err_t users_file_read(const char *path, diag_t *diag, run_users_t *out);
/* The same from text; `name` stands in messages. */
MUST_USE err_t users_file_parse(str_t text, const char *name, diag_t *diag, run_users_t *out);

#endif
