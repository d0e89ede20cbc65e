/* The one door to whole small files, folders and locks.
 *
 * Reads and writes of settings, reports and flags. A write is atomic: the new file stands complete under its
 * name, or the old one does. Large data has its own readers (wire/zst.h) and the database its own door
 * (store/sqlite.h). Messages name the path and what to do. */
#ifndef VITRINE_OS_FILE_H
#define VITRINE_OS_FILE_H

#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

enum { FILE_SMALL_MAX = 1 << 22 }; /* no settings file or recorded list comes near 4 MiB */

/* Whole content, in the arena, with a NUL after it that is not counted. ERR_NOT_FOUND, ERR_PERMISSION,
 * ERR_IO, ERR_NOT_FILE, ERR_BUFFER_FULL over FILE_SMALL_MAX, ERR_ARENA_FULL. */
MUST_USE err_t os_file_read(arena_t *a, const char *path, diag_t *diag, str_t *out);
/* Writes to a neighbour, syncs it, renames it over `path`. `mode` is the permission, 0600 for what is
 * private. ERR_NOT_FILE for a device, a pipe or a folder: a name must not take its place. */
MUST_USE err_t os_file_write(const char *path, str_t text, u32 mode, diag_t *diag);
/* The same for what must never be written over: ERR_EXISTS if it is there, whoever was first. */
MUST_USE err_t os_file_create(const char *path, str_t text, u32 mode, diag_t *diag);
/* What another hand wrote beside it as `next` gets the name `path`, durable when this returns. ERR_EXISTS if
 * that is there. */
MUST_USE err_t os_file_name(const char *next, const char *path, diag_t *diag);
/* A stream that writes `path` anew, piece by piece, under the name of a neighbour: until it is closed whole,
 * what stood there stands. What is no plain file (a pipe, a device, a link), or whose folder takes no other
 * file, is written in place. It stays where it was opened: `own_file` knows its address. */
typedef struct {
    FILE *own_file; /* to print into; closed by os_stream_close alone */
    int fd;
    int code; /* errno of the first call that failed, 0: none */
    bool apart;
    char next[LIMIT_PATH]; /* the neighbour, if apart */
} os_stream_t;
/* ERR_NOT_FOUND (its folder), ERR_PERMISSION, ERR_NOT_FILE, ERR_DISK_FULL, ERR_IO, ERR_NO_MEMORY. */
MUST_USE err_t os_stream_open(const char *path, diag_t *diag, os_stream_t *out);
/* Closes it, and gives it its name. `wrote` is what writing came to; if that was an error, or bytes did not
 * reach the file, nothing of them is kept, and the diag says which file and what its first failure was. */
MUST_USE err_t os_stream_close(os_stream_t *s, const char *path, err_t wrote, diag_t *diag);
/* Whether two paths name one file, there or not. */
bool os_same_file(const char *a, const char *b);
/* Creates the folder and its missing parents; an existing folder is fine. */
MUST_USE err_t os_dir_make(const char *path, u32 mode, diag_t *diag);
bool os_exists(const char *path);
bool os_is_folder(const char *path);
/* Bytes of the file; -1 if it is none or cannot be looked at. */
i64 os_file_size(const char *path);
/* ERR_NOT_FOUND if there was none. */
MUST_USE err_t os_remove(const char *path, diag_t *diag);
/* Bytes that an unprivileged process may still write on the file system of `path`. */
MUST_USE err_t os_disk_free(const char *path, diag_t *diag, u64 *out);
/* "dir/name" into out. ERR_BUFFER_FULL. */
MUST_USE err_t os_path_join(char *out, size_t out_size, const char *dir, const char *name);

/* An advisory lock for the life of the process; the file holds the owner's process id for people to read.
 * ERR_BUSY (with that id in the message) if another process holds it. */
typedef struct {
    int fd;
} os_lock_t;
MUST_USE err_t os_lock_take(const char *path, diag_t *diag, os_lock_t *out);
void os_lock_release(os_lock_t *l);
/* True if some process holds the lock now. */
bool os_lock_is_held(const char *path);
/* The same of one place of a file that many share: place is any number, nothing is written there.
 * ERR_BUSY if it is held. Released by os_lock_release, or with the process. */
MUST_USE err_t os_lock_place(const char *path, u64 place, diag_t *diag, os_lock_t *out);
bool os_lock_place_is_held(const char *path, u64 place);

#endif
