/* SQLite on files of our own: the seam that the simulated disk fits into (decision 29).
 *
 * The table holds everything SQLite asks of a system but shared memory: files, time, chance, sleep. Without
 * shared memory WAL needs locking_mode=EXCLUSIVE first (sql_options_t.exclusive); SQLite would otherwise
 * silently fall back to another journal mode, which sql_open refuses. Registered as the default, because WAL
 * salts and rowids come from the default VFS's chance whatever VFS a file is opened with. With sqlite.c the
 * only file that names sqlite3. */
#ifndef VITRINE_STORE_SQLITE_VFS_H
#define VITRINE_STORE_SQLITE_VFS_H

#include "base/err.h"
#include "base/types.h"

typedef struct sql_vfs sql_vfs_t;

/* Files are small integers >= 0 given by open. Every function may fail with ERR_IO or ERR_DISK_FULL. */
typedef struct {
    err_t (*open)(void *ctx, const char *name, bool create, int *file); /* ERR_NOT_FOUND */
    void (*close)(void *ctx, int file);
    /* *got < n at the end of the file. */
    err_t (*read)(void *ctx, int file, void *p, u32 n, u64 offset, u32 *got);
    err_t (*write)(void *ctx, int file, const void *p, u32 n, u64 offset);
    err_t (*truncate)(void *ctx, int file, u64 size);
    err_t (*sync)(void *ctx, int file);
    u64 (*size)(void *ctx, int file);
    err_t (*remove)(void *ctx, const char *name, bool sync_folder);
    bool (*exists)(void *ctx, const char *name);
    void (*chance)(void *ctx, void *p, u32 n);
    i64 (*now)(void *ctx); /* UTC nanoseconds */
    void (*sleep)(void *ctx, i64 ns);
} sql_vfs_ops_t;

/* Registers under `name` (borrowed, as `ops` and `ctx` are, until close). ERR_NO_MEMORY, ERR_STORE. */
MUST_USE err_t sql_vfs_open(const char *name, const sql_vfs_ops_t *ops, void *ctx, bool as_default,
                            sql_vfs_t **out);
/* No file may be open. The system's own VFS becomes the default again. */
void sql_vfs_close(sql_vfs_t *v);
/* SQLite keeps one chance generator a process: this starts it anew, so that several worlds can follow each
 * other. */
void sql_chance_reset(u32 seed);

#endif
