/* The users of a run: their rows with the mode they are served in, in memory of their own.
 *
 * The first event of a run holds them as text, so that replay and resume serve the same users again. Leaves
 * to others: reading a person's file of users (faces), keeping users between runs (store). */
#ifndef VITRINE_DRIVERS_RUN_USERS_H
#define VITRINE_DRIVERS_RUN_USERS_H

#include "model/user_row.h"

typedef struct {
    users_mode_t mode;
    user_row_t *rows; /* ascending account ids; NULL: the run has one user without a row */
    u32 count;
    u32 cap;
} run_users_t;

/* A fresh row at the end, zeroed. ERR_NO_MEMORY, ERR_BUFFER_FULL beyond LIMIT_USERS. */
MUST_USE err_t run_users_add(run_users_t *u, user_row_t **row);
void run_users_free(run_users_t *u);
/* From RUN_START.users_text; empty text gives no rows. The errors of users_decode, ERR_NO_MEMORY. */
MUST_USE err_t run_users_decode(str_t text, diag_t *diag, run_users_t *out);

#endif
