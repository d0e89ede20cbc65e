/* See run_users.h. */
#include "drivers/run_users.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

err_t run_users_add(run_users_t *u, user_row_t **row)
{
    ASSERT(u != NULL && row != NULL);
    if (u->count == LIMIT_USERS) {
        return ERR_BUFFER_FULL;
    }
    if (u->count == u->cap) {
        u32 cap = MIN_OF(MAX_OF(u->cap * 2, 8U), (u32)LIMIT_USERS);
        user_row_t *rows = realloc(u->rows, (size_t)cap * sizeof *rows);
        if (rows == NULL) {
            return ERR_NO_MEMORY;
        }
        u->rows = rows;
        u->cap = cap;
    }
    *row = &u->rows[u->count++];
    memset(*row, 0, sizeof **row);
    return ERR_OK;
}

void run_users_free(run_users_t *u)
{
    ASSERT(u != NULL);
    free(u->rows);
    *u = (run_users_t){0};
}

/* Each row begins with its "user" line. */
static u32 rows_in(str_t text)
{
    u32 n = 0;
    str_t one;
    while (text.n > 0) {
        (void)str_cut(text, '\n', &one, &text);
        n += str_starts(one, STR("user =")) ? 1 : 0;
    }
    return n;
}

err_t run_users_decode(str_t text, diag_t *diag, run_users_t *out)
{
    ASSERT(out != NULL);
    *out = (run_users_t){0};
    u32 cap = rows_in(text);
    if (text.n == 0) {
        return ERR_OK;
    }
    if (cap == 0 || cap > LIMIT_USERS) {
        return diag_fail(diag, ERR_CONFIG, "recorded users: %u rows, 1 to %d are served", cap, LIMIT_USERS);
    }
    out->rows = calloc(cap, sizeof *out->rows);
    if (out->rows == NULL) {
        return ERR_NO_MEMORY;
    }
    out->cap = cap;
    err_t err = users_decode(text, diag, &out->mode, out->rows, cap, &out->count);
    if (err != ERR_OK) {
        run_users_free(out);
    }
    return err;
}
