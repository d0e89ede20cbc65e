/* See host.h. */
#include "os/host.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/grow.h"

void os_process_guard(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            /* Opened for reading only, standard output still fails to be written, as it should. */
            int held = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
            ASSERT(held == fd || held < 0);
        }
    }
    (void)signal(SIGXFSZ, SIG_IGN);
}

err_t os_entropy(void *out, size_t n)
{
    ASSERT(out != NULL || n == 0);
    u8 *p = out;
    size_t got = 0;
    while (got < n) {
        ssize_t k = getrandom(p + got, n - got, 0);
        if (k < 0 && errno == EINTR) {
            continue;
        }
        if (k <= 0) {
            return ERR_IO;
        }
        got += (size_t)k;
    }
    ASSERT(got == n);
    return ERR_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static err_t names_push(os_names_t *n, u32 *capacity, const char *name)
{
    TRY(list_room(&n->own_v, capacity, (size_t)n->count + 1, sizeof *n->own_v));
    char *copy = strdup(name);
    if (copy == NULL) {
        return ERR_NO_MEMORY;
    }
    n->own_v[n->count++] = copy;
    return ERR_OK;
}

err_t os_dir_list(const char *path, diag_t *diag, os_names_t *out)
{
    ASSERT(path != NULL);
    ASSERT(out != NULL);
    DIR *d = opendir(path);
    if (d == NULL) {
        return diag_fail(diag, errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO,
                         "cannot open the folder: %s\n%s"
                         "\ndo: check the path",
                         strerrordesc_np(errno), path);
    }
    os_names_t names = {0};
    u32 capacity = 0;
    err_t err = ERR_OK;
    for (struct dirent *e = readdir(d); e != NULL && err == ERR_OK; e = readdir(d)) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            err = names_push(&names, &capacity, e->d_name);
        }
    }
    (void)closedir(d);
    if (err != ERR_OK) {
        os_names_free(&names);
        return err;
    }
    if (names.count > 1) {
        qsort(names.own_v, names.count, sizeof *names.own_v, compare_names);
    }
    *out = names;
    return ERR_OK;
}

void os_names_free(os_names_t *n)
{
    ASSERT(n != NULL);
    for (u32 i = 0; i < n->count; i++) {
        free(n->own_v[i]);
    }
    free((void *)n->own_v);
    *n = (os_names_t){0};
}

u32 os_processor_count(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (u32)n;
}

u64 os_memory_peak(void)
{
    struct rusage r;
    int rc = getrusage(RUSAGE_SELF, &r);
    ASSERT(rc == 0);
    return (u64)r.ru_maxrss * 1024; /* getrusage(2): kilobytes on Linux */
}

void os_memory_dense(void *memory, size_t size)
{
    const uintptr_t page = 4096;
    uintptr_t from = ((uintptr_t)memory + page - 1) & ~(page - 1);
    uintptr_t to = ((uintptr_t)memory + size) & ~(page - 1);
    if (from < to) {
        int rc = madvise((void *)from, to - from, MADV_HUGEPAGE); /* advice: refused, nothing is lost */
        (void)rc;
    }
}

u64 os_process_id(void)
{
    return (u64)getpid();
}

bool os_terminal_size(int fd, u32 *columns, u32 *rows)
{
    ASSERT(columns != NULL && rows != NULL);
    struct winsize w = {0};
    bool ok = ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 && w.ws_row > 0;
    *columns = ok ? w.ws_col : 80;
    *rows = ok ? w.ws_row : 24;
    return ok;
}
