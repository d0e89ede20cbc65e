/* Any bytes as a person's file of users: refused with a place and a reason, or rows that are sound, in
 * ascending order of their accounts, share accounts as they may, and that a run's first event gives back as
 * they are. */
#include <string.h>

#include "base/assert.h"
#include "faces/cli/users_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void recorded(const run_users_t *u)
{
    static u8 bytes[1 << 20];
    run_users_t again = {0};
    diag_t d = {0};
    writer_t w = writer_of(bytes, sizeof bytes);
    err_t err = users_encode(u->mode, u->rows, u->count, &w);
    if (err == ERR_BUFFER_FULL) {
        return; /* more users than this test has room for */
    }
    ASSERT(err == ERR_OK);
    err = run_users_decode((str_t){.p = bytes, .n = (u32)w.used}, &d, &again);
    ASSERT(err == ERR_OK && again.mode == u->mode && again.count == u->count);
    for (u32 i = 0; i < u->count; i++) {
        ASSERT(memcmp(&again.rows[i], &u->rows[i], sizeof again.rows[i]) == 0);
    }
    run_users_free(&again);
}

/* Who shares an account shares it with one of the same owner, in global mode, by the name that stands there.
 */
static void shared(const run_users_t *u, u32 index)
{
    const user_row_t *row = &u->rows[index];
    u64 at = users_account_at(u->rows, u->count, index);
    u32 with = 0;
    for (u32 i = 0; i < u->count && at != row->account_id; i++) {
        bool same = i != index && users_account_at(u->rows, u->count, i) == at;
        ASSERT(!same ||
               (u->rows[i].owner_id == row->owner_id && strcmp(u->rows[i].shared, row->shared) == 0));
        with += same ? 1 : 0;
    }
    ASSERT(at == row->account_id || (at > USER_SHARED && u->mode == USERS_GLOBAL && with > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_users_t u = {0};
    users_default_t dflt = {.cash = {25000 * (i64)MONEY_SCALE}};
    diag_t d = {0};
    if (size > 1 << 14) {
        return 0;
    }
    err_t err = users_file_parse((str_t){.p = data, .n = (u32)size}, "fuzz", &dflt, &d, &u);
    ASSERT(err == ERR_OK || (d.set && strstr(d.text, "fuzz") != NULL));
    if (err == ERR_OK) {
        for (u32 i = 0; i < u.count; i++) {
            ASSERT(user_row_check(&u.rows[i], NULL) == ERR_OK);
            ASSERT(i == 0 || u.rows[i - 1].account_id < u.rows[i].account_id);
            shared(&u, i);
        }
        recorded(&u);
    }
    run_users_free(&u);
    return 0;
}
