/* See file.h. */
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/limits.h"

static err_t file_error(int code, const char *doing, const char *path, diag_t *diag)
{
    ASSERT(doing != NULL && path != NULL);
    const char *why = strerrordesc_np(code);
    switch (code) {
    case ENOENT:
        return diag_fail(diag, ERR_NOT_FOUND, "%s: %s\n%s\ndo: check the path", doing, why, path);
    case EACCES:
    case EPERM:
    case EROFS:
        return diag_fail(diag, ERR_PERMISSION,
                         "%s: %s\n%s\ndo: give this user the right, or name another folder", doing, why,
                         path);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return diag_fail(diag, ERR_DISK_FULL, "%s: %s\n%s\n"
                                  "do: free some space or raise the limit, then try again", doing, why, path);
    case EISDIR:
        return diag_fail(diag, ERR_NOT_FILE, "%s: %s\n%s\ndo: name a file in it", doing, why, path);
    case EEXIST:
        return diag_fail(diag, ERR_EXISTS, "%s: %s\n%s\ndo: choose another name", doing, why, path);
    default:
        return diag_fail(diag, ERR_IO, "%s: %s\n%s\ndo: check the path and the device", doing,
                         why == NULL ? "input or output failed" : why, path);
    }
}

/* The neighbour that `path` is written under first. False if the name is too long. */
static bool neighbour(const char *path, char out[LIMIT_PATH])
{
    int n = snprintf(out, LIMIT_PATH, "%s.new.%ld", path, (long)getpid());
    return n > 0 && n < LIMIT_PATH;
}

/* The name of `path` without detours: of a file that is not there, that of its folder and its own. */
static bool real_name(const char *path, char out[PATH_MAX])
{
    if (realpath(path, out) != NULL) {
        return true;
    }
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    int n = snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path) + 1,
                     slash == NULL ? "." : path);
    if (n < 0 || (size_t)n >= sizeof folder || realpath(folder, out) == NULL) {
        return false;
    }
    size_t used = strlen(out);
    n = snprintf(out + used, PATH_MAX - used, "/%s", name);
    return n > 0 && (size_t)n < PATH_MAX - used;
}

bool os_same_file(const char *a, const char *b)
{
    ASSERT(a != NULL && b != NULL);
    char name[2][PATH_MAX];
    struct stat st[2];
    if (stat(a, &st[0]) == 0 && stat(b, &st[1]) == 0) { /* two names of one file are one */
        return st[0].st_dev == st[1].st_dev && st[0].st_ino == st[1].st_ino;
    }
    return strcmp(a, b) == 0 ||
           (real_name(a, name[0]) && real_name(b, name[1]) && strcmp(name[0], name[1]) == 0);
}

/* Reads until the end or until `size` bytes are there. Returns the count, or -1 with errno set. */
static ssize_t read_fully(int fd, u8 *p, size_t size)
{
    size_t used = 0;
    while (used < size) {
        ssize_t n = read(fd, p + used, size - used);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return -1;
        }
        if (n == 0) {
            break;
        }
        used += (size_t)n;
    }
    ASSERT(used <= size);
    return (ssize_t)used;
}

static err_t read_open_file(arena_t *a, int fd, const char *path, diag_t *diag, str_t *out)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        return file_error(errno, "cannot read", path, diag);
    }
    if (!S_ISREG(st.st_mode)) {
        return diag_fail(diag, ERR_NOT_FILE, "not a plain file\n%s\ndo: name a file", path);
    }
    if (st.st_size > FILE_SMALL_MAX) {
        return diag_fail(diag, ERR_BUFFER_FULL,
                         "the file is larger than %d bytes\n%s\ndo: name the right file", (int)FILE_SMALL_MAX,
                         path);
    }
    size_t size = (size_t)st.st_size;
    u8 *p = arena_alloc(a, size + 1, 16);
    if (p == NULL) {
        return diag_fail(diag, ERR_ARENA_FULL, "no room for %zu bytes\n%s\n"
                                               "do: name a smaller file", size, path);
    }
    ssize_t n = read_fully(fd, p, size);
    if (n < 0) {
        return file_error(errno, "cannot read", path, diag);
    }
    p[n] = 0;
    *out = (str_t){.p = p, .n = (u32)n};
    return ERR_OK;
}

err_t os_file_read(arena_t *a, const char *path, diag_t *diag, str_t *out)
{
    ASSERT(a != NULL && path != NULL);
    ASSERT(out != NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return file_error(errno, "cannot read", path, diag);
    }
    err_t err = read_open_file(a, fd, path, diag, out);
    (void)close(fd);
    return err;
}

static bool write_fully(int fd, str_t text)
{
    u32 used = 0;
    while (used < text.n) {
        ssize_t n = write(fd, text.p + used, text.n - used);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        used += (u32)n;
    }
    return true;
}

/* -1: in place, then; that also says what is wrong with the path. */
static int open_neighbour(const char *path, char next[LIMIT_PATH])
{
    struct stat st = {.st_mode = 0};
    bool there = lstat(path, &st) == 0;
    bool replaced = there && S_ISREG(st.st_mode) && access(path, W_OK) == 0;
    if (!(replaced || (!there && errno == ENOENT)) || !neighbour(path, next)) {
        return -1;
    }
    int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd >= 0 && there && fchmod(fd, st.st_mode & 07777U) != 0) {
        (void)close(fd);
        (void)unlink(next);
        fd = -1;
    }
    return fd;
}

/* What the library writes with. It would try again what has failed, and its errno is anybody's by the time
 * the stream is closed: the first failure ends the writing, and stays. */
static ssize_t stream_write(void *ctx, const char *p, size_t n)
{
    os_stream_t *s = ctx;
    ASSERT(n <= UINT32_MAX);
    if (s->code == 0 && !write_fully(s->fd, (str_t){.p = (const u8 *)p, .n = (u32)n})) {
        s->code = errno != 0 ? errno : EIO;
    }
    errno = s->code;
    return s->code == 0 ? (ssize_t)n : 0; /* 0 is how such a stream is told of a failure */
}

err_t os_stream_open(const char *path, diag_t *diag, os_stream_t *out)
{
    ASSERT(path != NULL && out != NULL);
    out->code = 0;
    out->fd = open_neighbour(path, out->next);
    out->apart = out->fd >= 0;
    if (!out->apart) {
        out->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    if (out->fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "cannot be written: %s\n%s\ndo: make its folder first, or name a file in another",
                         strerrordesc_np(errno), path);
    }
    if (out->fd < 0) {
        return file_error(errno, "cannot be written", path, diag);
    }
    out->own_file = fopencookie(out, "w", (cookie_io_functions_t){.write = stream_write});
    if (out->own_file == NULL) {
        (void)close(out->fd);
        if (out->apart) {
            (void)unlink(out->next);
        }
        return ERR_NO_MEMORY;
    }
    return ERR_OK;
}

err_t os_stream_close(os_stream_t *s, const char *path, err_t wrote, diag_t *diag)
{
    ASSERT(s != NULL && s->own_file != NULL && path != NULL);
    if (fclose(s->own_file) != 0 && s->code == 0) {
        s->code = errno;
    }
    s->own_file = NULL;
    bool kept = s->code == 0 && wrote == ERR_OK;
    if (!s->apart && !kept) {
        int emptied = ftruncate(s->fd, 0); /* of a pipe there is nothing to empty */
        (void)emptied;
    }
    if (close(s->fd) != 0 && s->code == 0) {
        s->code = errno;
    }
    if (s->apart && kept && s->code == 0 && rename(s->next, path) != 0) {
        s->code = errno;
    }
    if (s->apart && !(kept && s->code == 0)) {
        (void)unlink(s->next);
    }
    return s->code == 0 ? wrote : file_error(s->code, "writing failed", path, diag);
}

/* Without a sync of the folder a power cut may undo the rename. */
static void sync_folder_of(const char *path)
{
    char dir[LIMIT_PATH];
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - path);
    ASSERT(n < sizeof dir);
    memcpy(dir, path, n);
    dir[n] = 0;
    int fd = open(slash == NULL ? "." : n == 0 ? "/" : dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

/* The neighbour gets its name: over what is there, or (fresh) only if nothing is. File systems without hard
 * links cannot do the second in one step; there the last one wins. */
static bool take_name(const char *next, const char *path, bool fresh)
{
    if (fresh && link(next, path) == 0) {
        (void)unlink(next);
        return true;
    }
    bool no_links = errno == EPERM || errno == ENOTSUP || errno == ENOSYS;
    return (!fresh || no_links) && rename(next, path) == 0;
}

err_t os_file_name(const char *next, const char *path, diag_t *diag)
{
    ASSERT(next != NULL && path != NULL);
    int fd = open(next, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return file_error(errno, "cannot open", next, diag);
    }
    int code = fsync(fd) == 0 ? 0 : errno;
    (void)close(fd);
    if (code == 0 && !take_name(next, path, true)) {
        code = errno;
    }
    if (code != 0) {
        return file_error(code, "cannot write", path, diag);
    }
    sync_folder_of(path);
    return ERR_OK;
}

static err_t file_put(const char *path, str_t text, u32 mode, bool fresh, diag_t *diag)
{
    ASSERT(path != NULL);
    ASSERT((mode & ~0777u) == 0);
    char next[LIMIT_PATH];
    struct stat st;
    if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) {
        return diag_fail(diag, ERR_NOT_FILE, "cannot write: not a plain file\n%s\ndo: name a file", path);
    }
    if (!neighbour(path, next)) {
        return diag_fail(diag, ERR_BUFFER_FULL, "the path is too long\n%s\ndo: choose a shorter one", path);
    }
    int fd = open(next, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) {
        return file_error(errno, "cannot write", path, diag);
    }
    bool ok = write_fully(fd, text) && fsync(fd) == 0;
    int code = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        code = errno;
    }
    if (ok && !take_name(next, path, fresh)) {
        ok = false;
        code = errno;
    }
    if (!ok) {
        (void)unlink(next);
        return file_error(code, "cannot write", path, diag);
    }
    sync_folder_of(path);
    return ERR_OK;
}

err_t os_file_write(const char *path, str_t text, u32 mode, diag_t *diag)
{
    ASSERT(path != NULL && (text.p != NULL || text.n == 0));
    return file_put(path, text, mode, false, diag);
}

err_t os_file_create(const char *path, str_t text, u32 mode, diag_t *diag)
{
    ASSERT(path != NULL && (text.p != NULL || text.n == 0));
    return file_put(path, text, mode, true, diag);
}

err_t os_dir_make(const char *path, u32 mode, diag_t *diag)
{
    ASSERT(path != NULL);
    char part[LIMIT_PATH];
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof part) {
        return diag_fail(diag, ERR_PARAM_RANGE, "the folder's name is empty or too long\n%s\n"
                                                "do: choose a shorter one", path);
    }
    memcpy(part, path, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (part[i] != '/' && part[i] != 0) {
            continue;
        }
        char kept = part[i];
        part[i] = 0;
        if (mkdir(part, (mode_t)mode) != 0 && errno != EEXIST && kept == 0) {
            return file_error(errno, "cannot create the folder", path, diag);
        }
        part[i] = kept;
    }
    struct stat st;
    if (stat(path, &st) != 0) {
        return file_error(errno, "cannot create the folder", path, diag);
    }
    return S_ISDIR(st.st_mode) ? ERR_OK
                               : diag_fail(diag, ERR_EXISTS,
                                           "a file stands where a folder is needed\n%s\ndo: name "
                                           "another folder",
                                           path);
}

bool os_exists(const char *path)
{
    ASSERT(path != NULL);
    struct stat st;
    return stat(path, &st) == 0;
}

bool os_is_folder(const char *path)
{
    ASSERT(path != NULL);
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

err_t os_remove(const char *path, diag_t *diag)
{
    ASSERT(path != NULL);
    if (os_is_folder(path)) {
        return diag_fail(diag, ERR_EXISTS, "cannot remove: a folder, not a file\n%s\ndo: remove it by hand",
                         path);
    }
    return unlink(path) == 0 ? ERR_OK : file_error(errno, "cannot remove", path, diag);
}

err_t os_disk_free(const char *path, diag_t *diag, u64 *out)
{
    ASSERT(path != NULL && out != NULL);
    struct statvfs v;
    if (statvfs(path, &v) != 0) {
        return file_error(errno, "cannot ask for free space", path, diag);
    }
    *out = (u64)v.f_bavail * (u64)v.f_frsize;
    return ERR_OK;
}

err_t os_path_join(char *out, size_t out_size, const char *dir, const char *name)
{
    ASSERT(out != NULL && dir != NULL && name != NULL);
    int n = snprintf(out, out_size, "%s/%s", dir, name);
    return n > 0 && (size_t)n < out_size ? ERR_OK : ERR_BUFFER_FULL;
}

/* The file of a lock, made if it is not there. */
static err_t open_lock(const char *path, diag_t *diag, int *fd)
{
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0 && errno == EISDIR) {
        return diag_fail(diag, ERR_EXISTS,
                         "a folder stands where a lock file is needed\n%s\ndo: move it away, or name another "
                         "--home",
                         path);
    }
    return *fd < 0 ? file_error(errno, "cannot lock", path, diag) : ERR_OK;
}

err_t os_lock_take(const char *path, diag_t *diag, os_lock_t *out)
{
    ASSERT(path != NULL && out != NULL);
    int fd = -1;
    TRY(open_lock(path, diag, &fd));
    char owner[32] = "";
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int code = errno;
        ssize_t n = read_fully(fd, (u8 *)owner, sizeof owner - 1);
        (void)close(fd);
        if (code != EWOULDBLOCK) {
            return file_error(code, "cannot lock", path, diag);
        }
        owner[n > 0 ? strcspn(owner, "\n") : 0] = 0;
        return diag_fail(diag, ERR_BUSY,
                         "an engine (process %s) already runs in this home\n%s\ndo: `vitrine stop`, or "
                         "give this one its own --home",
                         owner, path);
    }
    int n = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || !write_fully(fd, (str_t){.p = (const u8 *)owner, .n = (u32)n})) {
        int code = errno;
        (void)close(fd);
        return file_error(code, "cannot lock", path, diag);
    }
    out->fd = fd;
    return ERR_OK;
}

i64 os_file_size(const char *path)
{
    ASSERT(path != NULL);
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (i64)st.st_size : -1;
}

/* Of an open file, not of the process: closing another descriptor of the file must not let it go. */
static struct flock place_lock(u64 place)
{
    return (struct flock){.l_type = F_WRLCK,
                          .l_whence = SEEK_SET,
                          .l_start = (off_t)(place & (u64)(I64_MAX >> 1)),
                          .l_len = 1};
}

err_t os_lock_place(const char *path, u64 place, diag_t *diag, os_lock_t *out)
{
    ASSERT(path != NULL && out != NULL);
    struct flock l = place_lock(place);
    int fd = -1;
    TRY(open_lock(path, diag, &fd));
    if (fcntl(fd, F_OFD_SETLK, &l) != 0) {
        int code = errno;
        (void)close(fd);
        return code == EAGAIN || code == EACCES
                   ? diag_fail(diag, ERR_BUSY, "another process holds this place\n%s\ndo: wait for it", path)
                   : file_error(code, "cannot lock", path, diag);
    }
    out->fd = fd;
    return ERR_OK;
}

bool os_lock_place_is_held(const char *path, u64 place)
{
    ASSERT(path != NULL);
    struct flock l = place_lock(place);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool held = fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
    (void)close(fd);
    return held;
}

void os_lock_release(os_lock_t *l)
{
    ASSERT(l != NULL);
    ASSERT(l->fd >= 0);
    (void)close(l->fd);
    l->fd = -1;
}

bool os_lock_is_held(const char *path)
{
    ASSERT(path != NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool held = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    (void)close(fd);
    return held;
}
