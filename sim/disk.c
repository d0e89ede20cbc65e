/* See disk.h. Each file has two images: `seen`, what the process reads back, and `platter`, what is certain
 * to be there after a crash. Unsynced operations wait in order in a log; a sync folds them into the platter.
 */
#include "sim/disk.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "base/units.h"
#include "store/sqlite_vfs.h"

enum { FILES = 16, SECTOR = 512, NAME = 64 };

typedef struct {
    u8 *own_p;
    u64 size;
    u64 capacity;
} image_t;

/* An unsynced operation: a write of n bytes at offset, or (own_p NULL) a truncation to `offset`. */
typedef struct {
    u8 *own_p;
    u64 offset;
    u32 n;
} op_t;

typedef struct {
    char name[NAME];
    bool exists;       /* as the process sees it */
    bool durable_name; /* the platter's file is found under this name after a crash */
    bool fresh; /* made since, and the folder not synced: a crash may bring back what was there before */
    u32 opened;
    image_t seen;
    image_t platter;
    op_t *own_ops;
    u32 op_count;
    u32 op_capacity;
} file_t;

struct disk {
    u64 seed;
    u64 points;
    u64 crash_at;
    u64 fail_sync_at;
    u64 full_at;
    u32 slow_one_in;
    i64 waited_ns;
    bool fail_for_ever;
    bool crashed;
    u64 restarts;
    u64 draws;
    i64 now_ns;
    sql_vfs_t *own_vfs;
    file_t files[FILES];
};

static void image_resize(image_t *m, u64 size)
{
    if (size > m->capacity) {
        u64 capacity = MAX_OF(size, m->capacity * 2);
        u8 *p = realloc(m->own_p, capacity);
        ASSERT(p != NULL); /* a simulation that runs out of memory has no answer to give */
        m->own_p = p;
        m->capacity = capacity;
    }
    if (size > m->size) {
        memset(m->own_p + m->size, 0, size - m->size);
    }
    m->size = size;
}

static void image_write(image_t *m, const u8 *p, u64 n, u64 offset)
{
    if (offset + n > m->size) {
        image_resize(m, offset + n);
    }
    memcpy(m->own_p + offset, p, n);
}

static void image_copy(image_t *to, const image_t *from)
{
    image_resize(to, from->size);
    if (from->size > 0) {
        memcpy(to->own_p, from->own_p, from->size);
    }
}

static void ops_clear(file_t *f)
{
    for (u32 i = 0; i < f->op_count; i++) {
        free(f->own_ops[i].own_p);
    }
    f->op_count = 0;
}

static void ops_push(file_t *f, const u8 *p, u32 n, u64 offset)
{
    if (f->op_count == f->op_capacity) {
        f->op_capacity = f->op_capacity == 0 ? 64 : f->op_capacity * 2;
        f->own_ops = realloc(f->own_ops, f->op_capacity * sizeof *f->own_ops);
        ASSERT(f->own_ops != NULL);
    }
    op_t op = {.offset = offset, .n = n};
    if (p != NULL) {
        op.own_p = malloc(n == 0 ? 1 : n);
        ASSERT(op.own_p != NULL);
        memcpy(op.own_p, p, n);
    }
    f->own_ops[f->op_count++] = op;
}

static file_t *file_find(const disk_t *d, const char *name)
{
    for (u32 i = 0; i < FILES; i++) {
        if (strcmp(d->files[i].name, name) == 0) {
            return (file_t *)&d->files[i];
        }
    }
    return NULL;
}

/* Counts a point. ERR_IO if the machine is down, or goes down here. */
static err_t disk_point(disk_t *d)
{
    if (d->crashed) {
        return ERR_IO;
    }
    d->points++;
    rng_key_t key = {.seed = d->seed, .purpose = RNG_DISK, .entity = 3, .cycle = d->points};
    if (d->slow_one_in != 0 && rng_below(key, 0, d->slow_one_in) == 0) {
        i64 took = (i64)(1 + rng_below(key, 1, 300)) * NS_PER_SEC;
        d->waited_ns += took;
        d->now_ns += took;
    }
    d->crashed = d->points == d->crash_at;
    return d->crashed ? ERR_IO : ERR_OK;
}

static err_t op_open(void *ctx, const char *name, bool create, int *file)
{
    disk_t *d = ctx;
    ASSERT(strlen(name) < NAME);
    if (d->crashed) {
        return ERR_IO;
    }
    file_t *f = file_find(d, name);
    if (f == NULL || !f->exists) {
        if (!create) {
            return ERR_NOT_FOUND;
        }
        f = f == NULL ? file_find(d, "") : f;
        ASSERT(f != NULL);
        memcpy(f->name, name, strlen(name) + 1);
        f->exists = true;
        f->fresh = true;
        image_resize(&f->seen, 0);
        ops_clear(f);
    }
    f->opened++;
    *file = (int)(f - d->files);
    return ERR_OK;
}

static void op_close(void *ctx, int file)
{
    disk_t *d = ctx;
    ASSERT(file >= 0 && file < FILES);
    ASSERT(d->files[file].opened > 0);
    d->files[file].opened--;
}

static err_t op_read(void *ctx, int file, void *p, u32 n, u64 offset, u32 *got)
{
    disk_t *d = ctx;
    const image_t *m = &d->files[file].seen;
    if (d->crashed) {
        return ERR_IO;
    }
    *got = offset >= m->size ? 0 : (u32)MIN_OF((u64)n, m->size - offset);
    if (*got > 0) {
        memcpy(p, m->own_p + offset, *got);
    }
    return ERR_OK;
}

static err_t op_write(void *ctx, int file, const void *p, u32 n, u64 offset)
{
    disk_t *d = ctx;
    file_t *f = &d->files[file];
    bool was_up = !d->crashed;
    err_t err = disk_point(d);
    if (was_up && err == ERR_OK && d->full_at != 0 && d->points >= d->full_at) {
        return ERR_DISK_FULL;
    }
    if (was_up) { /* the write in which the machine dies may still land, whole or torn */
        ops_push(f, p, n, offset);
    }
    if (err == ERR_OK) {
        image_write(&f->seen, p, n, offset);
    }
    return err;
}

static err_t op_truncate(void *ctx, int file, u64 size)
{
    disk_t *d = ctx;
    file_t *f = &d->files[file];
    bool was_up = !d->crashed;
    err_t err = disk_point(d);
    if (was_up) {
        ops_push(f, NULL, 0, size);
    }
    if (err == ERR_OK) {
        image_resize(&f->seen, size);
    }
    return err;
}

/* Names become what the process sees: made files stay, removed ones are gone. */
static void folder_sync(disk_t *d)
{
    for (u32 i = 0; i < FILES; i++) {
        file_t *f = &d->files[i];
        if (f->exists && f->fresh) {
            image_resize(&f->platter, 0); /* the new file's name is safe, its bytes are not */
        }
        if (!f->exists) {
            image_resize(&f->platter, 0);
            ops_clear(f);
        }
        f->durable_name = f->exists;
        f->fresh = false;
    }
}

/* What was written since the last sync goes to the platter. Of a new file that is all of it: the platter may
 * still hold the one that it took the place of. */
static void ops_fold(file_t *f)
{
    if (f->fresh) {
        image_copy(&f->platter, &f->seen);
        return;
    }
    for (u32 i = 0; i < f->op_count; i++) {
        const op_t *op = &f->own_ops[i];
        if (op->own_p == NULL) {
            image_resize(&f->platter, op->offset);
        } else {
            image_write(&f->platter, op->own_p, op->n, op->offset);
        }
    }
    ASSERT(f->platter.size == f->seen.size);
}

static err_t op_sync(void *ctx, int file)
{
    disk_t *d = ctx;
    file_t *f = &d->files[file];
    TRY(disk_point(d));
    if (d->fail_sync_at != 0 &&
        (d->fail_for_ever ? d->points >= d->fail_sync_at : d->points == d->fail_sync_at)) {
        return ERR_IO;
    }
    ops_fold(f);
    ops_clear(f);
    if (f->fresh) { /* SQLite's own VFS syncs the folder with the first sync of a new journal or WAL */
        f->fresh = false;
        folder_sync(d);
    }
    return ERR_OK;
}

static u64 op_size(void *ctx, int file)
{
    return ((disk_t *)ctx)->files[file].seen.size;
}

static err_t op_remove(void *ctx, const char *name, bool sync_folder)
{
    disk_t *d = ctx;
    file_t *f = file_find(d, name);
    if (f == NULL || !f->exists) {
        return ERR_NOT_FOUND;
    }
    TRY(disk_point(d));
    f->exists = false;
    image_resize(&f->seen, 0);
    if (f->fresh) { /* never was there for a crash; what it replaced may still be */
        f->fresh = false;
        ops_clear(f);
    }
    if (sync_folder) {
        folder_sync(d);
    }
    return ERR_OK;
}

static bool op_exists(void *ctx, const char *name)
{
    const file_t *f = file_find(ctx, name);
    return f != NULL && f->exists;
}

static void op_chance(void *ctx, void *p, u32 n)
{
    disk_t *d = ctx;
    u8 *out = p;
    for (u32 i = 0; i < n; i++) {
        out[i] = (u8)rng_at((rng_key_t){.seed = d->seed, .purpose = RNG_DISK, .entity = 1}, d->draws++);
    }
}

static i64 op_now(void *ctx)
{
    return ((disk_t *)ctx)->now_ns;
}
static void op_sleep(void *ctx, i64 ns)
{
    ((disk_t *)ctx)->now_ns += ns;
}

static const sql_vfs_ops_t disk_ops = {
    .open = op_open,
    .close = op_close,
    .read = op_read,
    .write = op_write,
    .truncate = op_truncate,
    .sync = op_sync,
    .size = op_size,
    .remove = op_remove,
    .exists = op_exists,
    .chance = op_chance,
    .now = op_now,
    .sleep = op_sleep,
};

err_t disk_open(u64 seed, disk_t **out)
{
    ASSERT(out != NULL);
    disk_t *d = calloc(1, sizeof *d);
    if (d == NULL) {
        return ERR_NO_MEMORY;
    }
    d->seed = seed;
    d->now_ns = 1700000000 * NS_PER_SEC;
    err_t err = sql_vfs_open(DISK_VFS, &disk_ops, d, true, &d->own_vfs);
    if (err != ERR_OK) {
        free(d);
        return err;
    }
    sql_chance_reset((u32)seed);
    *out = d;
    return ERR_OK;
}

void disk_close(disk_t *d)
{
    if (d == NULL) {
        return;
    }
    sql_vfs_close(d->own_vfs);
    for (u32 i = 0; i < FILES; i++) {
        file_t *f = &d->files[i];
        ASSERT(f->opened == 0);
        ops_clear(f);
        free(f->own_ops);
        free(f->seen.own_p);
        free(f->platter.own_p);
    }
    free(d);
}

u64 disk_points(const disk_t *d)
{
    return d->points;
}
void disk_crash_at(disk_t *d, u64 point)
{
    d->crash_at = point;
}
void disk_slow(disk_t *d, u32 one_in)
{
    d->slow_one_in = one_in;
}
i64 disk_waited(const disk_t *d)
{
    return d->waited_ns;
}
bool disk_is_crashed(const disk_t *d)
{
    return d->crashed;
}
void disk_full_at(disk_t *d, u64 point)
{
    d->full_at = point;
}
void disk_set_now(disk_t *d, i64 now_ns)
{
    d->now_ns = now_ns;
}

void disk_fail_sync_at(disk_t *d, u64 point, bool for_ever)
{
    ASSERT(d != NULL);
    d->fail_sync_at = point;
    d->fail_for_ever = for_ever;
}

static bool survives(const disk_t *d, disk_loss_t loss, u64 *draw)
{
    if (loss != DISK_BY_SEED) {
        return loss == DISK_KEEP_ALL;
    }
    rng_key_t key = {.seed = d->seed, .purpose = RNG_DISK, .entity = 2, .cycle = d->restarts};
    return rng_below(key, (*draw)++, 2) == 1;
}

/* Applies what survives of one unsynced operation to the platter, sector by sector. */
static void op_settle(const disk_t *d, file_t *f, const op_t *op, disk_loss_t loss, u64 *draw)
{
    if (op->own_p == NULL) {
        if (survives(d, loss, draw)) {
            image_resize(&f->platter, op->offset);
        }
        return;
    }
    u64 at = op->offset;
    u64 end = op->offset + op->n;
    while (at < end) {
        u64 stop = MIN_OF((at / SECTOR + 1) * SECTOR, end);
        if (survives(d, loss, draw)) {
            image_write(&f->platter, op->own_p + (at - op->offset), stop - at, at);
        }
        at = stop;
    }
}

/* What a crash leaves of one file. */
static void file_settle(const disk_t *d, file_t *f, disk_loss_t loss, u64 *draw)
{
    bool lost_birth = f->exists && f->fresh && !survives(d, loss, draw);
    bool removed = !f->exists && f->durable_name && survives(d, loss, draw);
    bool named = f->exists ? !lost_birth || f->durable_name : f->durable_name && !removed;
    if (f->exists && f->fresh && !lost_birth) {
        image_resize(&f->platter, 0);
    }
    for (u32 k = 0; k < f->op_count && named && !lost_birth; k++) {
        op_settle(d, f, &f->own_ops[k], loss, draw);
    }
    ops_clear(f);
    if (!named) {
        image_resize(&f->platter, 0);
    }
    f->exists = named;
    f->durable_name = named;
    f->fresh = false;
    image_copy(&f->seen, &f->platter);
}

void disk_restart(disk_t *d, disk_loss_t loss)
{
    ASSERT(d != NULL);
    u64 draw = 0;
    d->restarts++;
    for (u32 i = 0; i < FILES; i++) {
        file_t *f = &d->files[i];
        ASSERT(f->opened == 0);
        if (f->name[0] == 0) {
            continue;
        }
        file_settle(d, f, loss, &draw);
    }
    d->crashed = false;
    d->crash_at = 0;
    d->fail_sync_at = 0;
    d->full_at = 0;
}

bool disk_flip(disk_t *d, const char *name, u64 offset, u32 bit)
{
    ASSERT(d != NULL && name != NULL);
    file_t *f = file_find(d, name);
    if (f == NULL || offset >= f->seen.size || offset >= f->platter.size) {
        return false;
    }
    f->seen.own_p[offset] ^= (u8)(1u << (bit & 7u));
    f->platter.own_p[offset] ^= (u8)(1u << (bit & 7u));
    return true;
}

u64 disk_file_size(const disk_t *d, const char *name)
{
    const file_t *f = file_find(d, name);
    return f == NULL || !f->exists ? 0 : f->seen.size;
}
