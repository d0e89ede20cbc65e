/* See sqlite_vfs.h. */
#include "store/sqlite_vfs.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/units.h"

enum { SECTOR = 512, NAME_MAX_BYTES = 255 };

struct sql_vfs {
    sqlite3_vfs base; /* first: SQLite hands its address back */
    const sql_vfs_ops_t *ops;
    void *ctx;
    u64 unnamed; /* temporary files made so far */
};

typedef struct {
    sqlite3_file base;
    sql_vfs_t *vfs;
    int file;
    bool remove_on_close;
    char name[32];
} file_t;

static sql_vfs_t *vfs_of(sqlite3_vfs *v)
{
    return (sql_vfs_t *)v;
}
static file_t *file_of(sqlite3_file *f)
{
    return (file_t *)f;
}

static int io_error(err_t e, int otherwise)
{
    return e == ERR_OK ? SQLITE_OK : e == ERR_DISK_FULL ? SQLITE_FULL : otherwise;
}

static int file_close(sqlite3_file *f)
{
    file_t *x = file_of(f);
    x->vfs->ops->close(x->vfs->ctx, x->file);
    if (x->remove_on_close) {
        err_t err = x->vfs->ops->remove(x->vfs->ctx, x->name, false);
        (void)err; /* a temporary file: nobody will look for it */
    }
    return SQLITE_OK;
}

static int file_read(sqlite3_file *f, void *p, int n, sqlite3_int64 offset)
{
    file_t *x = file_of(f);
    u32 got = 0;
    ASSERT(n >= 0 && offset >= 0);
    err_t err = x->vfs->ops->read(x->vfs->ctx, x->file, p, (u32)n, (u64)offset, &got);
    if (err != ERR_OK) {
        return io_error(err, SQLITE_IOERR_READ);
    }
    if (got == (u32)n) {
        return SQLITE_OK;
    }
    memset((u8 *)p + got, 0, (size_t)n - got); /* the interface asks for zeros behind a short read */
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 offset)
{
    file_t *x = file_of(f);
    ASSERT(n >= 0 && offset >= 0);
    return io_error(x->vfs->ops->write(x->vfs->ctx, x->file, p, (u32)n, (u64)offset), SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    file_t *x = file_of(f);
    return io_error(x->vfs->ops->truncate(x->vfs->ctx, x->file, (u64)size), SQLITE_IOERR_TRUNCATE);
}

static int file_sync(sqlite3_file *f, int flags)
{
    (void)flags;
    file_t *x = file_of(f);
    return io_error(x->vfs->ops->sync(x->vfs->ctx, x->file), SQLITE_IOERR_FSYNC);
}

static int file_size(sqlite3_file *f, sqlite3_int64 *out)
{
    file_t *x = file_of(f);
    *out = (sqlite3_int64)x->vfs->ops->size(x->vfs->ctx, x->file);
    return SQLITE_OK;
}

/* One process, one connection: locks are granted. */
static int file_lock(sqlite3_file *f, int level)
{
    (void)f;
    (void)level;
    return SQLITE_OK;
}
static int file_check_lock(sqlite3_file *f, int *out)
{
    (void)f;
    *out = 0;
    return SQLITE_OK;
}
static int file_control(sqlite3_file *f, int op, void *arg)
{
    (void)f;
    (void)op;
    (void)arg;
    return SQLITE_NOTFOUND;
}
static int file_sector(sqlite3_file *f)
{
    (void)f;
    return SECTOR;
}
/* Nothing is promised beyond one sector: no safe append, no atomic page, no power-safe overwrite. */
static int file_characteristics(sqlite3_file *f)
{
    (void)f;
    return 0;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_characteristics,
};

static int vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
    sql_vfs_t *x = vfs_of(v);
    file_t *file = file_of(f);
    memset(file, 0, sizeof *file);
    file->vfs = x;
    file->remove_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    if (name == NULL) {
        (void)sqlite3_snprintf((int)sizeof file->name, file->name, "temporary-%llu",
                               (unsigned long long)++x->unnamed);
        name = file->name;
    } else if (file->remove_on_close) {
        (void)sqlite3_snprintf((int)sizeof file->name, file->name, "%s", name);
    }
    err_t err = x->ops->open(x->ctx, name, (flags & SQLITE_OPEN_CREATE) != 0, &file->file);
    if (err != ERR_OK) {
        return io_error(err, SQLITE_CANTOPEN);
    }
    f->pMethods = &methods;
    if (out_flags != NULL) {
        *out_flags = flags;
    }
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *v, const char *name, int sync_folder)
{
    sql_vfs_t *x = vfs_of(v);
    err_t err = x->ops->remove(x->ctx, name, sync_folder != 0);
    return err == ERR_NOT_FOUND ? SQLITE_IOERR_DELETE_NOENT : io_error(err, SQLITE_IOERR_DELETE);
}

static int vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
    (void)flags;
    *out = vfs_of(v)->ops->exists(vfs_of(v)->ctx, name) ? 1 : 0;
    return SQLITE_OK;
}

static int vfs_full_name(sqlite3_vfs *v, const char *name, int n, char *out)
{
    (void)v;
    (void)sqlite3_snprintf(n, out, "%s", name);
    return SQLITE_OK;
}

static int vfs_chance(sqlite3_vfs *v, int n, char *out)
{
    ASSERT(n >= 0);
    vfs_of(v)->ops->chance(vfs_of(v)->ctx, out, (u32)n);
    return n;
}

static int vfs_sleep(sqlite3_vfs *v, int us)
{
    vfs_of(v)->ops->sleep(vfs_of(v)->ctx, (i64)us * NS_PER_US);
    return us;
}

static int vfs_now(sqlite3_vfs *v, sqlite3_int64 *out)
{
    /* Milliseconds of the Julian day: 1970-01-01 is 2440587.5 days. */
    *out = vfs_of(v)->ops->now(vfs_of(v)->ctx) / NS_PER_MS + 210866760000000LL;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *v, int n, char *out)
{
    (void)v;
    (void)n;
    (void)out;
    return 0;
}

err_t sql_vfs_open(const char *name, const sql_vfs_ops_t *ops, void *ctx, bool as_default, sql_vfs_t **out)
{
    ASSERT(name != NULL && ops != NULL);
    ASSERT(out != NULL);
    if (sqlite3_initialize() != SQLITE_OK) { /* so that the system's VFS is there to go back to */
        return ERR_STORE;
    }
    sql_vfs_t *v = calloc(1, sizeof *v);
    if (v == NULL) {
        return ERR_NO_MEMORY;
    }
    v->ops = ops;
    v->ctx = ctx;
    v->base = (sqlite3_vfs){.iVersion = 2,
                            .szOsFile = (int)sizeof(file_t),
                            .mxPathname = NAME_MAX_BYTES,
                            .zName = name,
                            .xOpen = vfs_open,
                            .xDelete = vfs_delete,
                            .xAccess = vfs_access,
                            .xFullPathname = vfs_full_name,
                            .xRandomness = vfs_chance,
                            .xSleep = vfs_sleep,
                            .xGetLastError = vfs_last_error,
                            .xCurrentTimeInt64 = vfs_now};
    if (sqlite3_vfs_register(&v->base, as_default ? 1 : 0) != SQLITE_OK) {
        free(v);
        return ERR_STORE;
    }
    *out = v;
    return ERR_OK;
}

void sql_vfs_close(sql_vfs_t *v)
{
    if (v != NULL) {
        int rc = sqlite3_vfs_unregister(&v->base);
        ASSERT(rc == SQLITE_OK);
        free(v);
    }
}

void sql_chance_reset(u32 seed)
{
    int rc = sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, (int)(seed | 1u), NULL);
    ASSERT(rc == SQLITE_OK);
}
