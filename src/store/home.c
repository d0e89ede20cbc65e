/* See home.h. */
#include "store/home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "base/str.h"

static err_t home_root(const char *path, diag_t *diag, char *out, size_t out_size)
{
    const char *own = getenv("VITRINE_HOME");
    const char *user = getenv("HOME");
    int n = 0;
    if (path != NULL) {
        n = snprintf(out, out_size, "%s", path);
    } else if (own != NULL && own[0] != 0) {
        n = snprintf(out, out_size, "%s", own);
    } else if (user != NULL && user[0] != 0) {
        n = snprintf(out, out_size, "%s/.vitrine", user);
    } else {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "no home folder: neither VITRINE_HOME nor HOME is set\ndo: give --home DIR");
    }
    if (n <= 0 || (size_t)n >= out_size) {
        return diag_fail(diag, ERR_BUFFER_FULL, "the home's path is empty or longer than %zu bytes\n"
                                                "do: give a shorter --home",
                         out_size - 1);
    }
    while (n > 1 && out[n - 1] == '/') {
        out[--n] = 0;
    }
    return ERR_OK;
}

static err_t home_prepare(const home_t *h, diag_t *diag)
{
    char path[LIMIT_PATH];
    TRY(os_dir_make(h->root, 0700, diag));
    home_path(h, HOME_BARS, path);
    TRY(os_dir_make(path, 0700, diag));
    home_path(h, HOME_REPORTS, path);
    return os_dir_make(path, 0700, diag);
}

err_t home_open(const char *path, u32 flags, diag_t *diag, home_t *out)
{
    ASSERT(out != NULL);
    ASSERT((flags & ~(u32)(HOME_CREATE | HOME_OWN)) == 0);
    home_t h = {.lock = {.fd = -1}};
    TRY(home_root(path, diag, h.root, sizeof h.root));
    if ((flags & HOME_CREATE) != 0) {
        TRY(home_prepare(&h, diag));
    }
    struct stat st;
    if (stat(h.root, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return diag_fail(diag, ERR_NOT_FOUND,
                         "%s: no home here\n"
                         "do: make one with `vitrine demo` or `vitrine backtest`, or name another "
                         "with --home",
                         h.root);
    }
    if ((flags & HOME_OWN) != 0) {
        char lock[LIMIT_PATH];
        home_path(&h, HOME_LOCK_FILE, lock);
        TRY(os_lock_take(lock, diag, &h.lock));
        h.owned = true;
    }
    *out = h;
    return ERR_OK;
}

void home_close(home_t *h)
{
    ASSERT(h != NULL);
    if (h->owned) {
        os_lock_release(&h->lock);
        h->owned = false;
    }
}

void home_path(const home_t *h, const char *name, char out[LIMIT_PATH])
{
    ASSERT(h != NULL && name != NULL);
    err_t err = os_path_join(out, LIMIT_PATH, h->root, name);
    ASSERT(err == ERR_OK); /* the root is held below half of it, the names are ours */
}

bool home_is_odd(const char *root, char path[LIMIT_PATH], const char **wanted)
{
    ASSERT(root != NULL && path != NULL && wanted != NULL);
    static const struct {
        const char *name;
        mode_t kind;
    } names[] = {{HOME_DB, S_IFREG},         {HOME_BARS, S_IFDIR},    {HOME_REPORTS, S_IFDIR},
                 {HOME_BACKUPS, S_IFDIR},
                 {HOME_HEAD, S_IFREG},       {HOME_LOCK_FILE, S_IFREG}, {HOME_RUNS_LOCK, S_IFREG},
                 {HOME_CONFIG, S_IFREG},     {HOME_KILL_FILE, S_IFREG}, {HOME_SOCKET, S_IFSOCK}};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct stat st;
        if (os_path_join(path, LIMIT_PATH, root, names[i].name) == ERR_OK && stat(path, &st) == 0 &&
            (st.st_mode & S_IFMT) != names[i].kind) {
            *wanted = names[i].kind == S_IFREG ? "file" : names[i].kind == S_IFDIR ? "folder" : "socket";
            return true;
        }
    }
    return false;
}

/* Whether one of the folders that lead to `path` is the home's folder `name`. */
static bool stands_below(const char *root, const char *name, const char *path)
{
    char own[LIMIT_PATH];
    char above[LIMIT_PATH];
    if (os_path_join(own, sizeof own, root, name) != ERR_OK ||
        str_copy(above, sizeof above, str_from(path)) != ERR_OK) {
        return false;
    }
    for (char *slash = strrchr(above, '/'); slash != NULL && slash != above; slash = strrchr(above, '/')) {
        *slash = 0;
        if (os_same_file(own, above)) {
            return true;
        }
    }
    return false;
}

bool home_owns(const char *root, const char *path)
{
    ASSERT(root != NULL && path != NULL);
    static const char *const names[] = {HOME_DB,        HOME_DB "-wal", HOME_DB "-shm", HOME_LOCK_FILE,
                                        HOME_RUNS_LOCK, HOME_SOCKET,    HOME_KILL_FILE, HOME_SEAL_KEY,
                                        HOME_HEAD,      HOME_PROMOTED};
    char own[LIMIT_PATH];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (os_path_join(own, sizeof own, root, names[i]) == ERR_OK && os_same_file(own, path)) {
            return true;
        }
    }
    return stands_below(root, HOME_BARS, path) || stands_below(root, HOME_SEALS, path) ||
           stands_below(root, HOME_BACKUPS, path);
}

err_t home_kill(const home_t *h, const char *why, diag_t *diag)
{
    ASSERT(h != NULL);
    ASSERT(why != NULL);
    char path[LIMIT_PATH];
    char line[256];
    home_path(h, HOME_KILL_FILE, path);
    int n = snprintf(line, sizeof line, "%s\n", why);
    size_t size = n < 0 ? 0 : MIN_OF((size_t)n, sizeof line - 1);
    return os_file_write(path, (str_t){.p = (const u8 *)line, .n = (u32)size}, 0600, diag);
}

err_t home_unkill(const home_t *h, diag_t *diag)
{
    ASSERT(h != NULL);
    char path[LIMIT_PATH];
    home_path(h, HOME_KILL_FILE, path);
    return os_exists(path) ? os_remove(path, diag) : ERR_OK;
}

bool home_is_killed(const home_t *h)
{
    ASSERT(h != NULL);
    char path[LIMIT_PATH];
    struct stat st;
    home_path(h, HOME_KILL_FILE, path);
    return stat(path, &st) == 0 || errno != ENOENT; /* not knowing is as good as on */
}
