/* See bars.h: opening, chunk files, reading. The merge of new rows is bars_put.c, the manifest's SQL
 * bars_sql.c. */
#include "store/bars.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "store/bars_inner.h"
#include "store/head.h"
#include "store/home.h"
#include "wire/zst.h"

i32 bars_period(timeframe_t tf, i64 t_known)
{
    i32 y = 0;
    i32 m = 0;
    i32 d = 0;
    i64 day = t_known / NS_PER_DAY - (t_known % NS_PER_DAY < 0 ? 1 : 0);
    date_to_ymd((date_t)day, &y, &m, &d);
    return tf == TF_1D ? y - y % 10 : y * 100 + m;
}

static err_t make_dir(const char *path, diag_t *diag)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) {
        return ERR_OK;
    }
    err_t e = errno == EACCES ? ERR_PERMISSION : errno == ENOSPC ? ERR_DISK_FULL : ERR_IO;
    return diag_fail(diag, e, "%s: cannot make the directory: %s\n"
                              "do: give this user the right, or name another --home", path, strerror(errno));
}

static err_t open_paths(bars_t *b, const char *home, bool read_only, diag_t *diag)
{
    struct stat st;
    (void)snprintf(b->home, sizeof b->home, "%s", home);
    (void)snprintf(b->dir, sizeof b->dir, "%s/bars", home);
    if (read_only) {
        char db[BARS_PATH];
        (void)snprintf(db, sizeof db, "%s/" HOME_DB, home);
        if (stat(b->dir, &st) != 0 || stat(db, &st) != 0) {
            return diag_fail(diag, ERR_NOT_FOUND, "%s: no bar store here\n"
                                                  "do: `vitrine data import FILE...` first",
                             home);
        }
        return ERR_OK;
    }
    TRY(make_dir(home, diag));
    return make_dir(b->dir, diag);
}

err_t bars_open(const char *home, bool read_only, diag_t *diag, bars_t **out)
{
    ASSERT(home != NULL);
    ASSERT(out != NULL);
    if (strlen(home) > BARS_HOME_MAX) {
        return diag_fail(diag, ERR_PARAM_RANGE, "the path of the home is longer than %d bytes\n"
                                                "do: give a shorter --home",
                         (int)BARS_HOME_MAX);
    }
    bars_t *b = calloc(1, sizeof *b);
    if (b == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for the bar store");
    }
    b->read_only = read_only;
    err_t err = open_paths(b, home, read_only, diag);
    err = err == ERR_OK && !read_only ? head_check(home, diag) : err;
    if (err == ERR_OK) {
        err = bars_sql_open(b, diag);
    }
    if (err != ERR_OK) {
        bars_close(b);
        return err;
    }
    *out = b;
    return ERR_OK;
}

void bars_close(bars_t *b)
{
    if (b == NULL) {
        return;
    }
    if (b->in_transaction) {
        bars_rollback(b);
    }
    bars_sql_close(b);
    free(b->own_image);
    free(b->own_scratch);
    bars_buffer_free(&b->buffer);
    free(b);
}

void bars_chunk_path(const bars_t *b, const digest_t *hash, char out[BARS_PATH])
{
    ASSERT(b != NULL);
    ASSERT(hash != NULL);
    char hex[65];
    hex_print(hex, hash->b, sizeof hash->b);
    (void)snprintf(out, BARS_PATH, "%s/%.2s/%s.bars", b->dir, hex, hex);
}

static err_t write_fail(const char *path, int fd, diag_t *diag)
{
    int why = errno;
    if (fd >= 0) {
        close(fd);
        (void)unlink(path);
    }
    bool full = why == ENOSPC || why == EDQUOT || why == EFBIG;
    err_t e = full ? ERR_DISK_FULL : why == EACCES ? ERR_PERMISSION : ERR_IO;
    return diag_fail(diag, e, "%s: cannot be written: %s; nothing of this import is kept\n"
                     "do: free some space or check the right to write, then import again", path,
                     strerror(why));
}

/* Temp file, then rename: the final name never stands for half a chunk. Durability comes with bars_commit. */
err_t bars_file_write(bars_t *b, const void *p, size_t n, digest_t *hash, diag_t *diag)
{
    ASSERT(b != NULL && p != NULL && hash != NULL);
    ASSERT(!b->read_only);
    *hash = digest_of(p, n);
    char path[BARS_PATH];
    char temp[BARS_PATH + 8];
    bars_chunk_path(b, hash, path);
    (void)snprintf(temp, sizeof temp, "%s.tmp", path);
    if (!b->dir_made[hash->b[0]]) {
        char dir[BARS_PATH];
        (void)snprintf(dir, sizeof dir, "%s/%02x", b->dir, hash->b[0]);
        TRY(make_dir(dir, diag));
        b->dir_made[hash->b[0]] = true;
    }
    int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        return write_fail(temp, fd, diag);
    }
    const u8 *at = p;
    for (size_t left = n; left > 0;) {
        ssize_t put = write(fd, at, left);
        if (put < 0 && errno != EINTR) {
            return write_fail(temp, fd, diag);
        }
        left -= put < 0 ? 0 : (size_t)put;
        at += put < 0 ? 0 : put;
    }
    if (close(fd) != 0 || rename(temp, path) != 0) {
        return write_fail(temp, -1, diag);
    }
    if (b->written_count < BARS_SYNC_EACH) {
        b->written[b->written_count] = *hash;
    }
    b->written_count++;
    return ERR_OK;
}

static err_t sync_path(const char *path, int flags, diag_t *diag)
{
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        return diag_fail(diag, ERR_IO, "%s: cannot be opened: %s", path, strerror(errno));
    }
    int rc = fsync(fd);
    int why = errno;
    close(fd);
    return rc == 0 ? ERR_OK : diag_fail(diag, ERR_IO, "%s: cannot be synced: %s", path, strerror(why));
}

static err_t sync_each(bars_t *b, diag_t *diag)
{
    for (u32 i = 0; i < b->written_count; i++) {
        char path[BARS_PATH];
        bars_chunk_path(b, &b->written[i], path);
        TRY(sync_path(path, O_RDONLY, diag));
        char *slash = strrchr(path, '/');
        ASSERT(slash != NULL);
        *slash = '\0';
        TRY(sync_path(path, O_RDONLY | O_DIRECTORY, diag));
    }
    return b->written_count == 0 ? ERR_OK : sync_path(b->dir, O_RDONLY | O_DIRECTORY, diag);
}

/* What counts is that every file and its name are on disk before the manifest names it. A large import
 * syncs the file system once instead of each of thousands of files. */
err_t bars_files_sync(bars_t *b, diag_t *diag)
{
    ASSERT(b != NULL);
    ASSERT(b->in_transaction);
    if (b->written_count <= BARS_SYNC_EACH) {
        return sync_each(b, diag);
    }
    int fd = open(b->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return diag_fail(diag, ERR_IO, "%s: cannot be opened: %s", b->dir, strerror(errno));
    }
    int rc = syncfs(fd);
    int why = errno;
    close(fd);
    return rc == 0 ? ERR_OK : diag_fail(diag, ERR_IO, "%s: cannot be synced: %s", b->dir, strerror(why));
}

void bars_buffer_free(bars_buffer_t *m)
{
    ASSERT(m != NULL);
    free(m->own_file);
    free(m->own_blocks);
    *m = (bars_buffer_t){0};
}

static bool grow(u8 **own, size_t *size, size_t want)
{
    if (*size >= want) {
        return true;
    }
    u8 *p = realloc(*own, want + want / 4);
    if (p == NULL) {
        return false;
    }
    *own = p;
    *size = want + want / 4;
    return true;
}

static err_t read_full(int fd, u8 *p, size_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got == 0) {
            return ERR_TRUNCATED;
        }
        if (got < 0 && errno != EINTR) {
            return ERR_IO;
        }
        p += got < 0 ? 0 : got;
        n -= got < 0 ? 0 : (size_t)got;
    }
    return ERR_OK;
}

static err_t file_read(const char *path, const char *symbol, bars_buffer_t *m, size_t *size, diag_t *diag)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_t e = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
        return diag_fail(diag, e, "%s (bars of %s): %s\ndo: import the data again", path, symbol,
                         strerror(errno));
    }
    struct stat st;
    err_t err = fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < (1 << 30) ? ERR_OK : ERR_CORRUPT;
    if (err == ERR_OK && !grow(&m->own_file, &m->file_size, (size_t)st.st_size + BARS_PAD)) {
        err = ERR_NO_MEMORY;
    }
    if (err == ERR_OK) {
        err = read_full(fd, m->own_file, (size_t)st.st_size);
        *size = (size_t)st.st_size;
    }
    close(fd);
    return err == ERR_OK ? ERR_OK : diag_fail(diag, err, "%s (bars of %s): cannot be read: %s", path, symbol,
                                              err_text(err));
}

err_t bars_load(bars_t *b, const bars_chunk_t *chunk, bars_buffer_t *m, diag_t *diag, bars_cursor_t *out)
{
    ASSERT(b != NULL && chunk != NULL);
    ASSERT(m != NULL && out != NULL);
    char path[BARS_PATH];
    bars_chunk_path(b, &chunk->hash, path);
    const char *symbol = chunk->series.symbol;
    size_t size = 0;
    TRY(file_read(path, symbol, m, &size, diag));
    digest_t hash = digest_of(m->own_file, size);
    if (!digest_eq(&hash, &chunk->hash)) {
        return diag_fail(diag, ERR_CORRUPT,
                         "%s (bars of %s): the contents do not match the name\ndo: remove the file and "
                         "import the data again", path, symbol);
    }
    bars_head_t head;
    str_t body;
    err_t err = bars_head_read(m->own_file, size, &head, &body);
    if (err == ERR_OK && (head.rows != chunk->rows || strcmp(head.symbol, symbol) != 0)) {
        err = ERR_CORRUPT;
    }
    const u8 *blocks = body.p;
    if (err == ERR_OK && head.zstd) {
        if (!grow(&m->own_blocks, &m->blocks_size, (size_t)head.packed_size + BARS_PAD)) {
            return diag_fail(diag, ERR_NO_MEMORY, "no memory for the bars of %s", symbol);
        }
        err = zst_unpack(body.p, body.n, m->own_blocks, head.packed_size);
        blocks = m->own_blocks;
    }
    if (err != ERR_OK) {
        return diag_fail(diag, err, "%s (bars of %s): %s", path, symbol, err_text(err));
    }
    bars_cursor_begin(out, &head, blocks);
    return ERR_OK;
}

err_t bars_chunk_rows(bars_t *b, const bars_chunk_t *chunk, bar_t *out, diag_t *diag)
{
    ASSERT(b != NULL && chunk != NULL);
    ASSERT(out != NULL);
    bars_cursor_t c;
    TRY(bars_load(b, chunk, &b->buffer, diag, &c));
    bar_t block[BARS_BLOCK];
    u32 n = 0;
    u32 done = 0;
    err_t err = ERR_OK;
    while ((err = bars_cursor_next(&c, block, &n)) == ERR_OK) {
        memcpy(out + done, block, n * sizeof *out);
        done += n;
    }
    if (err != ERR_EMPTY) {
        return diag_fail(diag, err, "bars of %s, period %d: damaged chunk", chunk->series.symbol,
                         chunk->period);
    }
    ASSERT(done == chunk->rows);
    return ERR_OK;
}

static err_t fresh_last_of(bars_t *b, const bars_chunk_t *chunk, diag_t *diag, i64 *last)
{
    bars_cursor_t c;
    bar_t block[BARS_BLOCK];
    u32 n = 0;
    err_t err = ERR_OK;
    TRY(bars_load(b, chunk, &b->buffer, diag, &c));
    while ((err = bars_cursor_next(&c, block, &n)) == ERR_OK) {
        for (u32 i = 0; i < n; i++) {
            *last = (block[i].flags & BAR_LATE) == 0 ? MAX_OF(*last, block[i].t_known) : *last;
        }
    }
    return err == ERR_EMPTY ? ERR_OK
                            : diag_fail(diag, err, "bars of %s, period %d: damaged chunk",
                                        chunk->series.symbol, chunk->period);
}

err_t bars_fresh_last(bars_t *b, const bars_chunk_t *chunks, u32 count, diag_t *diag, i64 *last)
{
    ASSERT(b != NULL && (chunks != NULL || count == 0) && last != NULL);
    for (u32 i = 0; i < count; i++) {
        *last = chunks[i].revisions == 0 ? MAX_OF(*last, chunks[i].known_last) : *last;
    }
    for (u32 i = 0; i < count; i++) {
        const bars_chunk_t *c = &chunks[i];
        if (c->revisions > 0 && c->revisions < c->rows && c->known_last > *last) {
            TRY(fresh_last_of(b, c, diag, last));
        }
    }
    return ERR_OK;
}

err_t bars_read_all(bars_t *b, const bars_query_t *one_series, diag_t *diag, bar_t **own_out, u32 *count)
{
    ASSERT(one_series != NULL && own_out != NULL);
    ASSERT(count != NULL);
    bars_chunk_t *own_chunks = NULL;
    bar_t *own_rows = NULL;
    u32 chunks = 0;
    u32 n = 0;
    TRY(bars_chunks(b, one_series, diag, &own_chunks, &chunks));
    for (u32 i = 0; i < chunks; i++) {
        n += own_chunks[i].rows;
    }
    err_t err = ERR_OK;
    own_rows = n == 0 ? NULL : malloc(n * sizeof *own_rows);
    if (n > 0 && own_rows == NULL) {
        err = diag_fail(diag, ERR_NO_MEMORY, "no memory for %u bars", n);
    }
    u32 at = 0;
    for (u32 i = 0; i < chunks && err == ERR_OK; i++) {
        err = bars_chunk_rows(b, &own_chunks[i], own_rows + at, diag);
        at += own_chunks[i].rows;
    }
    free(own_chunks);
    if (err != ERR_OK) {
        free(own_rows);
        return err;
    }
    *own_out = own_rows;
    *count = n;
    return ERR_OK;
}

static err_t sweep_dir(bars_t *b, const char *dir, diag_t *diag, u64 *removed)
{
    DIR *d = opendir(dir);
    if (d == NULL) {
        return errno == ENOENT ? ERR_OK : diag_fail(diag, ERR_IO, "%s: %s", dir, strerror(errno));
    }
    err_t err = ERR_OK;
    for (struct dirent *e; err == ERR_OK && (e = readdir(d)) != NULL;) {
        digest_t hash;
        size_t n = strlen(e->d_name);
        bool chunk = n == 69 && strcmp(e->d_name + 64, ".bars") == 0;
        bool temp = n == 73 && strcmp(e->d_name + 64, ".bars.tmp") == 0;
        if ((!chunk && !temp) || hex_parse(e->d_name, 64, hash.b, sizeof hash.b) != ERR_OK) {
            continue;
        }
        bool named = false;
        err = bars_sql_named(b, &hash, diag, &named);
        if (err == ERR_OK && (temp || !named) && unlinkat(dirfd(d), e->d_name, 0) == 0) {
            *removed += 1;
        }
    }
    closedir(d);
    return err;
}

err_t bars_sweep(bars_t *b, diag_t *diag, u64 *removed)
{
    ASSERT(b != NULL && !b->read_only);
    ASSERT(removed != NULL);
    u64 n = 0;
    for (u32 i = 0; i < 256; i++) {
        char dir[BARS_PATH];
        (void)snprintf(dir, sizeof dir, "%s/%02x", b->dir, i);
        TRY(sweep_dir(b, dir, diag, &n));
    }
    *removed = n;
    return ERR_OK;
}
