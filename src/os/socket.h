/* Local sockets, signals as a descriptor, and waking a thread that waits.
 *
 * Promises: every wait has a deadline; a closed peer is an error, never a signal; nothing listens beyond this
 * machine. Leaves to others: what is said over the socket. */
#ifndef VITRINE_OS_SOCKET_H
#define VITRINE_OS_SOCKET_H

#include "base/err.h"
#include "base/types.h"

/* Unix stream socket at `path` (0600); a leftover of a dead process is replaced. Path up to 107 bytes
 * (sun_path of unix(7)): ERR_BUFFER_FULL. */
MUST_USE err_t os_unix_listen(const char *path, diag_t *diag, int *out);
/* ERR_NOT_RUNNING if nobody listens. */
MUST_USE err_t os_unix_connect(const char *path, diag_t *diag, int *out);
/* Listens on 127.0.0.1 only; port 0 lets the kernel choose, *port_out tells. ERR_BUSY if taken. */
MUST_USE err_t os_tcp_listen_local(u16 port, diag_t *diag, int *out, u16 *port_out);
/* A connection within timeout_ms (-1 for ever): ERR_TIMEOUT, ERR_IO. */
MUST_USE err_t os_accept(int listener, i32 timeout_ms, int *out);
/* Up to n bytes; *got = 0 at the end of the stream. ERR_TIMEOUT, ERR_IO. */
MUST_USE err_t os_socket_read(int fd, void *p, size_t n, i32 timeout_ms, size_t *got);
/* All n bytes, or ERR_TIMEOUT, ERR_IO. A closed peer is an error, never a signal. */
MUST_USE err_t os_socket_write(int fd, const void *p, size_t n, i32 timeout_ms);
/* Which of the descriptors can be read: ready[i] set. ERR_TIMEOUT if none within timeout_ms. */
MUST_USE err_t os_wait_readable(const int *fds, bool *ready, u32 count, i32 timeout_ms);
void os_fd_close(int fd);

/* Blocks SIGINT, SIGTERM and SIGHUP for this thread (call before starting others) and ignores SIGPIPE; the
 * descriptor becomes readable when one comes. */
MUST_USE err_t os_signals_open(int *fd);
/* The next signal's number; 0 if none waits. */
i32 os_signals_take(int fd);
/* Descriptor that another thread can make readable: os_wake from anywhere, os_wake_clear by its owner. */
MUST_USE err_t os_wake_open(int *fd);
void os_wake(int fd);
void os_wake_clear(int fd);

#endif
