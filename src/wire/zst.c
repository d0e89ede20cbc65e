/* See zst.h. */
#include "wire/zst.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/assert.h"
#include "base/limits.h"

enum { ZST_INPUT = 1 << 17, ZST_WINDOW_LOG = 27 };

struct zst_reader {
    char name[LIMIT_PATH];
    int fd; /* -1: bytes */
    const u8 *bytes;
    size_t bytes_left;
    u8 *input; /* ZST_INPUT bytes, NULL for bytes */
    ZSTD_inBuffer in;
    ZSTD_DCtx *ctx; /* NULL: plain */
    size_t frame_left; /* hint of libzstd: 0 between frames */
    u64 position;      /* bytes taken from the source */
    bool ended;        /* the source is exhausted */
};

/* Takes the next piece of the source into in; sets ended when there is none. */
static err_t source_fill(zst_reader_t *r, diag_t *diag)
{
    ASSERT(r->in.pos == r->in.size);
    if (r->fd < 0) {
        r->in = (ZSTD_inBuffer){.src = r->bytes, .size = r->bytes_left, .pos = 0};
        r->ended = r->bytes_left == 0;
        r->position += r->bytes_left;
        r->bytes_left = 0;
        return ERR_OK;
    }
    ssize_t got = 0;
    do {
        got = read(r->fd, r->input, ZST_INPUT);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return diag_fail(diag, ERR_IO, "%s: cannot be read at byte %llu: %s\n"
                                       "do: name a file that can be read", r->name,
                         (unsigned long long)r->position, strerror(errno));
    }
    r->in = (ZSTD_inBuffer){.src = r->input, .size = (size_t)got, .pos = 0};
    r->position += (u64)got;
    r->ended = got == 0;
    return ERR_OK;
}

static err_t reader_start(zst_reader_t *r, diag_t *diag)
{
    TRY(source_fill(r, diag));
    static const u8 magic[4] = {0x28, 0xB5, 0x2F, 0xFD};
    if (r->in.size < sizeof magic || memcmp(r->in.src, magic, sizeof magic) != 0) {
        size_t n = strlen(r->name);
        bool packed = r->fd >= 0 && n >= 4 && memcmp(r->name + n - 4, ".zst", 4) == 0;
        return !packed ? ERR_OK
                       : diag_fail(diag, ERR_CORRUPT,
                                   "%s: does not begin as zstd data does\ndo: fetch the file again, or "
                                   "name it without .zst if it is plain text", r->name);
    }
    r->ctx = ZSTD_createDCtx();
    if (r->ctx == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "%s: no memory to unpack", r->name);
    }
    size_t rc = ZSTD_DCtx_setParameter(r->ctx, ZSTD_d_windowLogMax, ZST_WINDOW_LOG);
    ASSERT(!ZSTD_isError(rc));
    return ERR_OK;
}

static zst_reader_t *reader_new(const char *name)
{
    zst_reader_t *r = calloc(1, sizeof *r);
    if (r != NULL) {
        size_t n = strlen(name);
        n = MIN_OF(n, sizeof r->name - 1);
        memcpy(r->name, name, n);
        r->fd = -1;
    }
    return r;
}

err_t zst_open(const char *path, diag_t *diag, zst_reader_t **out)
{
    ASSERT(path != NULL);
    ASSERT(out != NULL);
    /* Without O_NONBLOCK a named pipe that nobody writes to would hold us here. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        err_t e = errno == ENOENT ? ERR_NOT_FOUND : errno == EACCES ? ERR_PERMISSION : ERR_IO;
        return diag_fail(diag, e, "%s: cannot be opened: %s\ndo: check the path", path, strerror(errno));
    }
    zst_reader_t *r = fcntl(fd, F_SETFL, 0) == 0 ? reader_new(path) : NULL;
    if (r == NULL) {
        close(fd);
        return diag_fail(diag, ERR_NO_MEMORY, "%s: no memory to read", path);
    }
    r->fd = fd;
    r->input = malloc(ZST_INPUT);
    err_t e = r->input == NULL ? diag_fail(diag, ERR_NO_MEMORY, "%s: no memory to read", path)
                               : reader_start(r, diag);
    if (e != ERR_OK) {
        zst_close(r);
        return e;
    }
    *out = r;
    return ERR_OK;
}

err_t zst_open_bytes(const void *p, size_t n, const char *name, diag_t *diag, zst_reader_t **out)
{
    ASSERT(p != NULL || n == 0);
    ASSERT(name != NULL && out != NULL);
    zst_reader_t *r = reader_new(name);
    if (r == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "%s: no memory to read", name);
    }
    r->bytes = n == 0 ? (const u8 *)"" : p;
    r->bytes_left = n;
    err_t e = reader_start(r, diag);
    if (e != ERR_OK) {
        zst_close(r);
        return e;
    }
    *out = r;
    return ERR_OK;
}

static err_t unpack_some(zst_reader_t *r, ZSTD_outBuffer *o, diag_t *diag)
{
    while (o->pos == 0) {
        if (r->in.pos == r->in.size && !r->ended) {
            TRY(source_fill(r, diag));
        }
        if (r->ended && r->frame_left == 0) {
            return ERR_OK;
        }
        size_t before = r->in.pos;
        size_t rc = ZSTD_decompressStream(r->ctx, o, &r->in);
        if (ZSTD_isError(rc)) {
            u64 at = r->position - (r->in.size - r->in.pos);
            return diag_fail(diag, ERR_CORRUPT,
                             "%s: damaged zstd data near byte %llu (%s)\ndo: fetch the file again",
                             r->name, (unsigned long long)at, ZSTD_getErrorName(rc));
        }
        r->frame_left = rc;
        if (r->ended && o->pos == 0 && r->in.pos == before && rc != 0) {
            return diag_fail(diag, ERR_TRUNCATED, "%s: the zstd data stops at byte %llu inside a frame\n"
                             "do: fetch the file again", r->name, (unsigned long long)r->position);
        }
    }
    return ERR_OK;
}

err_t zst_read(zst_reader_t *r, void *p, size_t n, size_t *got, diag_t *diag)
{
    ASSERT(r != NULL && p != NULL && n > 0);
    ASSERT(got != NULL);
    if (r->ctx != NULL) {
        ZSTD_outBuffer o = {.dst = p, .size = n, .pos = 0};
        TRY(unpack_some(r, &o, diag));
        *got = o.pos;
        return ERR_OK;
    }
    if (r->in.pos == r->in.size && !r->ended) {
        TRY(source_fill(r, diag));
    }
    size_t take = MIN_OF(n, r->in.size - r->in.pos);
    if (take > 0) {
        memcpy(p, (const u8 *)r->in.src + r->in.pos, take);
    }
    r->in.pos += take;
    *got = take;
    return ERR_OK;
}

void zst_close(zst_reader_t *r)
{
    if (r == NULL) {
        return;
    }
    ZSTD_freeDCtx(r->ctx);
    if (r->fd >= 0) {
        close(r->fd);
    }
    free(r->input);
    free(r);
}

size_t zst_bound(size_t n)
{
    return ZSTD_compressBound(n);
}

err_t zst_pack(const void *p, size_t n, i32 level, zst_room_t room, size_t *used)
{
    ASSERT(p != NULL && room.p != NULL && used != NULL);
    ASSERT(level >= 1 && level <= 19);
    size_t rc = ZSTD_compress(room.p, room.size, p, n, level);
    if (ZSTD_isError(rc)) {
        return ERR_BUFFER_FULL;
    }
    *used = rc;
    return ERR_OK;
}

err_t zst_unpack(const void *p, size_t n, void *out, size_t out_size)
{
    ASSERT(p != NULL);
    ASSERT(out != NULL);
    size_t rc = ZSTD_decompress(out, out_size, p, n);
    return ZSTD_isError(rc) || rc != out_size ? ERR_CORRUPT : ERR_OK;
}
