/* A disk that forgets what was not synced: SQLite's files in memory, with crashes and faults by seed (F1
 * to F7).
 *
 * Every write, truncation, sync and removal is a point, numbered from 1. At a crash point the operation
 * and all that follow fail; disk_restart then decides, per 512-byte sector of every unsynced write,
 * whether it reached the platter (which drops, tears and reorders), and brings the disk up again. Made and
 * removed names are durable once the folder is synced, which SQLite does with the first sync of a new
 * file; until then a removed one may come back. Promises: a function of the seed alone. Leaves to others:
 * what must hold afterwards (the checkers). */
#ifndef VITRINE_SIM_DISK_H
#define VITRINE_SIM_DISK_H

#include "base/err.h"
#include "base/types.h"

typedef struct disk disk_t;

#define DISK_VFS "vitrine-disk"

typedef enum {
    DISK_LOSE_ALL = 1, /* nothing unsynced survives: the plainest power cut */
    DISK_KEEP_ALL = 2, /* everything does: like kill -9 */
    DISK_BY_SEED = 3   /* each sector by chance */
} disk_loss_t;

/* Makes an empty disk and registers it as SQLite's default VFS. One at a time in a process. */
MUST_USE err_t disk_open(u64 seed, disk_t **out);
void disk_close(disk_t *d);
/* Points passed so far. */
u64 disk_points(const disk_t *d);
/* The crash happens at this point instead of the operation; 0: never. */
void disk_crash_at(disk_t *d, u64 point);
bool disk_is_crashed(const disk_t *d);
/* After a crash (or at any moment: a power cut between two operations). All connections must be closed.
 * Counts as the `nth` restart of this disk for the chance that decides. */
void disk_restart(disk_t *d, disk_loss_t loss);
/* Syncs fail from this point on: once, or for ever. 0: never. */
void disk_fail_sync_at(disk_t *d, u64 point, bool for_ever);
/* Writes find the disk full from this point on. 0: never. */
void disk_full_at(disk_t *d, u64 point);
/* From now on one of `one_in` points, by chance, takes one second to five minutes; 0: none. */
void disk_slow(disk_t *d, u32 one_in);
/* What all of them have taken so far. */
i64 disk_waited(const disk_t *d);
/* Flips one bit of a file's durable bytes (damage of the medium). False if the file is not that long. */
bool disk_flip(disk_t *d, const char *name, u64 offset, u32 bit);
/* Bytes of a file as an open connection sees them; 0 if there is none. */
u64 disk_file_size(const disk_t *d, const char *name);
/* Engine time of the world, for SQLite's clock. */
void disk_set_now(disk_t *d, i64 now_ns);

#endif
