/* A copy of a home's database, proven before it counts: the database is read whole, copied without the room
 * that nothing uses, the copy is read whole too, and only then gets its name.
 *
 * Promises: no backup is removed before a newer one stands; a crash leaves at most a file that ends in
 * ".part", which the next backup writes over; the database itself is not changed, its log is folded in.
 * Leaves to others: chunks of bars and records, which never change and can be copied as files; seals and the
 * note of the newest run (head.h), which tells of a database that was put back from an older copy.
 */
#ifndef VITRINE_STORE_BACKUP_H
#define VITRINE_STORE_BACKUP_H

#include "store/home.h"

enum { BACKUPS_KEPT = 3, BACKUPS_MOST = 1000 };

typedef struct {
    char path[LIMIT_PATH];
    i64 bytes, database, log; /* of the copy; of the database and of its log before it */
    u32 kept, removed;        /* backups, this one among the kept */
} backup_t;

/* `h` must own its home. `now`: UTC nanoseconds, gives it its name. At most `keep` (>= 1) stay, the newest.
 * ERR_EMPTY (no database), ERR_BUSY (a run is being made, or another process writes), ERR_CORRUPT (the
 * database, or its copy, is damaged; or the note says that it was newer once), ERR_EXISTS (one of this
 * second), ERR_DISK_FULL, ERR_IO, ERR_STORE. */
MUST_USE err_t backup_make(const home_t *h, u32 keep, i64 now, diag_t *diag, backup_t *out);

#endif
