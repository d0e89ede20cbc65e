/* A user's trading state as bytes, for snapshots (decision 8).
 *
 * Promises: all of user_t but the configuration (an input) and the account (its own part); canonical; save,
 * load, save gives equal bytes; nothing loaded is out of range. Leaves to others: where the bytes are kept.
 */
#ifndef VITRINE_SCAN_USER_STATE_H
#define VITRINE_SCAN_USER_STATE_H

#include "scan/scan.h"

enum { USER_STATE_VERSION = 2 };

/* Bytes that any user with so many instruments fits into. */
size_t user_state_bytes(u32 instruments);
/* ERR_BUFFER_FULL. */
MUST_USE err_t user_save(const user_t *u, u32 instruments, writer_t *w);
/* Into a spare user made by user_init; after an error it is of no use. Version 1 kept neither what an entry
 * was when it was sent (its lessons come back unmeasured and are compared with nothing) nor when a kind's
 * results were made (they begin to fade on the day it was saved). ERR_VERSION, ERR_TRUNCATED. */
MUST_USE err_t user_load(reader_t *r, u32 version, u32 instruments, user_t *spare);
/* All that user_save writes, from one user to another of the same size. */
void user_copy_state(user_t *to, const user_t *from, u32 instruments);

#endif
