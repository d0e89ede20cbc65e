/* See socket.h. */
#include "os/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/units.h"
#include "os/clock.h"

enum { BACKLOG = 16, WAIT_MAX = 64, CONNECT_SECONDS = 5 };

static err_t socket_fail(diag_t *diag, int code, const char *doing, const char *where)
{
    err_t err = code == EACCES || code == EPERM ? ERR_PERMISSION : code == EADDRINUSE ? ERR_BUSY : ERR_IO;
    return diag_fail(diag, err, "%s: %s\n%s\ndo: `vitrine doctor` checks this home", doing,
                     strerrordesc_np(code), where);
}

static err_t unix_address(const char *path, diag_t *diag, struct sockaddr_un *out)
{
    size_t n = strlen(path);
    if (n >= sizeof out->sun_path) {
        return diag_fail(diag, ERR_BUFFER_FULL,
                         "%s: a socket's path holds at most %zu bytes\ndo: use a home with a "
                         "shorter path",
                         path, sizeof out->sun_path - 1);
    }
    memset(out, 0, sizeof *out);
    out->sun_family = AF_UNIX;
    memcpy(out->sun_path, path, n);
    return ERR_OK;
}

err_t os_unix_connect(const char *path, diag_t *diag, int *out)
{
    ASSERT(path != NULL);
    ASSERT(out != NULL);
    struct sockaddr_un a;
    TRY(unix_address(path, diag, &a));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return socket_fail(diag, errno, "no socket", path);
    }
    struct timeval patience = {.tv_sec = CONNECT_SECONDS}; /* a full queue would hold us for ever */
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&a, sizeof a) != 0) {
        int code = errno;
        (void)close(fd);
        if (code == EAGAIN) { /* its queue is full: it has stopped taking calls */
            return diag_fail(diag, ERR_TIMEOUT, "%s: the process that listens takes no calls\n"
                             "do: `vitrine kill` works without it", path);
        }
        if (code == ENOENT || code == ENOTDIR || code == ECONNREFUSED) {
            return diag_fail(diag, ERR_NOT_RUNNING, "%s: nobody listens", path);
        }
        return socket_fail(diag, code, "cannot connect", path);
    }
    *out = fd;
    return ERR_OK;
}

/* What is no socket was put there by somebody: it is not removed. */
static err_t refuse_other(const char *path, diag_t *diag)
{
    struct stat st;
    return lstat(path, &st) != 0 || S_ISSOCK(st.st_mode)
               ? ERR_OK
               : diag_fail(diag, ERR_EXISTS,
                           "a %s stands where the control socket is needed\n%s\ndo: move it away",
                           S_ISDIR(st.st_mode) ? "folder" : "file", path);
}

/* The caller holds the home's lock, so a socket that is there belongs to a process that is gone. A living
 * listener is still refused: removing its name would cut it off silently. */
err_t os_unix_listen(const char *path, diag_t *diag, int *out)
{
    ASSERT(path != NULL);
    ASSERT(out != NULL);
    struct sockaddr_un a;
    TRY(unix_address(path, diag, &a));
    int other = -1;
    if (os_unix_connect(path, NULL, &other) == ERR_OK) {
        os_fd_close(other);
        return diag_fail(diag, ERR_BUSY, "%s: another process listens here", path);
    }
    TRY(refuse_other(path, diag));
    (void)unlink(path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return socket_fail(diag, errno, "no socket", path);
    }
    mode_t before = umask(0177); /* bind has no mode: the name must never exist with more than 0600 */
    int rc = bind(fd, (const struct sockaddr *)&a, sizeof a);
    int code = errno;
    (void)umask(before);
    if (rc == 0) {
        rc = listen(fd, BACKLOG);
        code = errno;
    }
    if (rc != 0) {
        (void)close(fd);
        return socket_fail(diag, code, "cannot listen", path);
    }
    *out = fd;
    return ERR_OK;
}

err_t os_tcp_listen_local(u16 port, diag_t *diag, int *out, u16 *port_out)
{
    ASSERT(out != NULL);
    ASSERT(port_out != NULL);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return socket_fail(diag, errno, "no socket", "127.0.0.1");
    }
    int one = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof a;
    if (bind(fd, (const struct sockaddr *)&a, sizeof a) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &size) != 0) {
        int code = errno;
        (void)close(fd);
        return diag_fail(diag, code == EADDRINUSE ? ERR_BUSY : ERR_IO,
                         "127.0.0.1:%u: cannot listen. Choose another "
                         "port",
                         (unsigned)port);
    }
    *out = fd;
    *port_out = ntohs(a.sin_port);
    return ERR_OK;
}

static i32 left_ms(i64 until_ns)
{
    i64 left = until_ns - os_mono();
    return left <= 0 ? 0 : (i32)MIN_OF((left + NS_PER_MS - 1) / NS_PER_MS, (i64)INT32_MAX);
}

static err_t poll_all(struct pollfd *p, u32 count, i32 timeout_ms)
{
    i64 until = os_mono() + (i64)timeout_ms * NS_PER_MS;
    for (;;) {
        int rc = poll(p, count, timeout_ms < 0 ? -1 : left_ms(until));
        if (rc > 0) {
            return ERR_OK;
        }
        if (rc == 0) {
            return ERR_TIMEOUT;
        }
        if (errno != EINTR) {
            return ERR_IO;
        }
    }
}

static err_t poll_one(int fd, short events, i32 timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = events};
    return poll_all(&p, 1, timeout_ms);
}

err_t os_wait_readable(const int *fds, bool *ready, u32 count, i32 timeout_ms)
{
    ASSERT(fds != NULL && ready != NULL);
    ASSERT(count > 0 && count <= WAIT_MAX);
    struct pollfd p[WAIT_MAX];
    for (u32 i = 0; i < count; i++) {
        p[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
    }
    TRY(poll_all(p, count, timeout_ms));
    for (u32 i = 0; i < count; i++) {
        ready[i] = p[i].revents != 0; /* an error or a hang-up is told by the read that follows */
    }
    return ERR_OK;
}

err_t os_accept(int listener, i32 timeout_ms, int *out)
{
    ASSERT(listener >= 0);
    ASSERT(out != NULL);
    TRY(poll_one(listener, POLLIN, timeout_ms));
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) {
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED ? ERR_TIMEOUT : ERR_IO;
    }
    *out = fd;
    return ERR_OK;
}

err_t os_socket_read(int fd, void *p, size_t n, i32 timeout_ms, size_t *got)
{
    ASSERT(p != NULL && n > 0);
    ASSERT(got != NULL);
    for (;;) {
        TRY(poll_one(fd, POLLIN, timeout_ms));
        ssize_t k = recv(fd, p, n, 0);
        if (k >= 0) {
            *got = (size_t)k;
            return ERR_OK;
        }
        if (errno != EINTR && errno != EAGAIN) {
            return ERR_IO;
        }
    }
}

err_t os_socket_write(int fd, const void *p, size_t n, i32 timeout_ms)
{
    ASSERT(p != NULL || n == 0);
    const u8 *bytes = p;
    size_t at = 0;
    i64 until = os_mono() + (i64)timeout_ms * NS_PER_MS;
    while (at < n) {
        TRY(poll_one(fd, POLLOUT, timeout_ms < 0 ? -1 : left_ms(until)));
        ssize_t k = send(fd, bytes + at, n - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (k < 0 && errno != EINTR && errno != EAGAIN) {
            return ERR_IO;
        }
        at += k > 0 ? (size_t)k : 0;
    }
    ASSERT(at == n);
    return ERR_OK;
}

void os_fd_close(int fd)
{
    if (fd >= 0) {
        (void)close(fd);
    }
}

err_t os_signals_open(int *fd)
{
    ASSERT(fd != NULL);
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) {
        return ERR_IO;
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigaction(SIGPIPE, &ignore, NULL);
    int made = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (made < 0) {
        return ERR_IO;
    }
    *fd = made;
    return ERR_OK;
}

i32 os_signals_take(int fd)
{
    struct signalfd_siginfo s;
    ssize_t k = read(fd, &s, sizeof s);
    return k == (ssize_t)sizeof s ? (i32)s.ssi_signo : 0;
}

err_t os_wake_open(int *fd)
{
    ASSERT(fd != NULL);
    int made = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (made < 0) {
        return ERR_IO;
    }
    *fd = made;
    return ERR_OK;
}

void os_wake(int fd)
{
    u64 one = 1;
    ssize_t k = write(fd, &one, sizeof one); /* a full counter is already readable */
    (void)k;
}

void os_wake_clear(int fd)
{
    u64 count = 0;
    ssize_t k = read(fd, &count, sizeof count);
    (void)k;
}
