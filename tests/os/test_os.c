/* The doors to the machine: threads wait and wake, sockets keep their deadlines, listings are sorted. */
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/units.h"
#include "os/os.h"
#include "tests/store/temp_home.h"

typedef struct {
    os_mutex_t *m;
    os_cond_t *c;
    u32 value;
    int fd;
} shared_t;

static void counter(void *arg)
{
    shared_t *s = arg;
    for (u32 i = 0; i < 1000; i++) {
        os_mutex_lock(s->m);
        s->value++;
        os_cond_broadcast(s->c);
        os_mutex_unlock(s->m);
    }
}

TEST(threads_share_and_wait)
{
    UNUSED_STATE;
    shared_t s = {0};
    os_thread_t *t[4];
    CHECK_OK(os_mutex_open(&s.m));
    CHECK_OK(os_cond_open(&s.c));
    for (u32 i = 0; i < COUNT_OF(t); i++) {
        CHECK_OK(os_thread_start("counter", counter, &s, &t[i]));
    }
    os_mutex_lock(s.m);
    while (s.value < 4000) {
        os_cond_wait(s.c, s.m);
    }
    i64 from = os_mono();
    CHECK(!os_cond_wait_ns(s.c, s.m, 20 * NS_PER_MS)); /* nobody is left to wake us */
    CHECK(os_mono() - from >= 20 * NS_PER_MS);
    os_mutex_unlock(s.m);
    for (u32 i = 0; i < COUNT_OF(t); i++) {
        os_thread_join(t[i]);
    }
    os_cond_close(s.c);
    os_mutex_close(s.m);
}

static void echo(void *arg)
{
    shared_t *s = arg;
    int fd = -1;
    char line[64];
    size_t n = 0;
    if (os_accept(s->fd, 2000, &fd) == ERR_OK && os_socket_read(fd, line, sizeof line, 2000, &n) == ERR_OK &&
        os_socket_write(fd, line, n, 2000) == ERR_OK) {
        s->value = (u32)n;
    }
    os_fd_close(fd);
}

TEST(a_local_socket_answers)
{
    UNUSED_STATE;
    char root[64];
    char path[128];
    char line[16] = {0};
    temp_home_make(root);
    (void)snprintf(path, sizeof path, "%s/control.sock", root);
    shared_t s = {.fd = -1};
    int fd = -1;
    size_t n = 0;
    diag_t diag = {0};
    CHECK_EQ(os_unix_connect(path, &diag, &fd), ERR_NOT_RUNNING);
    CHECK_OK(os_unix_listen(path, NULL, &s.fd));
    struct stat st;
    CHECK_EQ(stat(path, &st), 0);
    CHECK_EQ(st.st_mode & 0777, 0600);
    int other = -1;
    CHECK_EQ(os_accept(s.fd, 10, &other), ERR_TIMEOUT);
    os_thread_t *t = NULL;
    CHECK_OK(os_thread_start("echo", echo, &s, &t));
    CHECK_OK(os_unix_connect(path, NULL, &fd));
    CHECK_EQ(os_socket_read(fd, line, sizeof line, 10, &n), ERR_TIMEOUT);
    CHECK_OK(os_socket_write(fd, "status", 6, 1000));
    CHECK_OK(os_socket_read(fd, line, sizeof line, 2000, &n));
    CHECK_EQ(n, 6);
    CHECK_STR(line, "status");
    CHECK_OK(os_socket_read(fd, line, sizeof line, 2000, &n)); /* the other side closed */
    CHECK_EQ(n, 0);
    os_thread_join(t);
    CHECK_EQ(s.value, 6);
    os_fd_close(fd);
    CHECK_EQ(os_unix_listen(path, NULL, &other), ERR_BUSY); /* a living listener keeps its name */
    os_fd_close(s.fd);
    CHECK_OK(os_unix_listen(path, NULL, &s.fd)); /* what a dead process left is replaced */
    os_fd_close(s.fd);
    char much[200];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = 0;
    CHECK_EQ(os_unix_listen(much, NULL, &fd), ERR_BUFFER_FULL);
    temp_home_remove(root);
}

TEST(a_tcp_listener_stays_on_this_machine)
{
    UNUSED_STATE;
    int a = -1;
    int b = -1;
    u16 port = 0;
    u16 again = 0;
    CHECK_OK(os_tcp_listen_local(0, NULL, &a, &port));
    CHECK(port != 0);
    CHECK_EQ(os_tcp_listen_local(port, NULL, &b, &again), ERR_BUSY);
    os_fd_close(a);
}

TEST(a_wake_and_a_signal_make_readable)
{
    UNUSED_STATE;
    int fds[2] = {-1, -1};
    bool ready[2];
    CHECK_OK(os_wake_open(&fds[0]));
    CHECK_OK(os_signals_open(&fds[1]));
    CHECK_EQ(os_wait_readable(fds, ready, 2, 10), ERR_TIMEOUT);
    os_wake(fds[0]);
    os_wake(fds[0]);
    CHECK_OK(os_wait_readable(fds, ready, 2, 1000));
    CHECK(ready[0] && !ready[1]);
    os_wake_clear(fds[0]);
    CHECK_EQ(os_signals_take(fds[1]), 0);
    CHECK_EQ(raise(SIGTERM), 0);
    CHECK_OK(os_wait_readable(fds, ready, 2, 1000));
    CHECK(!ready[0] && ready[1]);
    CHECK_EQ(os_signals_take(fds[1]), SIGTERM);
    CHECK_EQ(os_wait_readable(fds, ready, 2, 0), ERR_TIMEOUT);
    os_fd_close(fds[0]);
    os_fd_close(fds[1]);
}

TEST(the_host_has_figures)
{
    UNUSED_STATE;
    char root[64];
    char path[128];
    u8 a[32] = {0};
    u8 b[32] = {0};
    CHECK_OK(os_entropy(a, sizeof a));
    CHECK_OK(os_entropy(b, sizeof b));
    CHECK(memcmp(a, b, sizeof a) != 0);
    CHECK(os_processor_count() >= 1);
    CHECK(os_memory_peak() > 1 << 20);
    u32 columns = 0;
    u32 rows = 0;
    CHECK(!os_terminal_size(-1, &columns, &rows));
    CHECK(columns == 80 && rows == 24);
    temp_home_make(root);
    static const char *const names[] = {"b", "a10", "a2", "B"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", root, names[i]);
        CHECK_OK(os_file_write(path, STR("x"), 0600, NULL));
    }
    os_names_t list;
    CHECK_OK(os_dir_list(root, NULL, &list));
    CHECK_EQ(list.count, 4);
    CHECK_STR(list.own_v[0], "B");
    CHECK_STR(list.own_v[1], "a10");
    CHECK_STR(list.own_v[2], "a2");
    CHECK_STR(list.own_v[3], "b");
    os_names_free(&list);
    (void)snprintf(path, sizeof path, "%s/none", root);
    CHECK_EQ(os_dir_list(path, NULL, &list), ERR_NOT_FOUND);
    temp_home_remove(root);
}

/* What stopped a stream is what its first write met, whatever else failed until it was closed. */
TEST(a_stream_tells_the_first_failure)
{
    UNUSED_STATE;
    enum { ALLOWED = 4096 };
    static u8 bytes[64 * ALLOWED];
    char root[64];
    char path[128];
    struct rlimit kept;
    diag_t diag = {0};
    os_stream_t s;
    temp_home_make(root);
    (void)snprintf(path, sizeof path, "%s/table.csv", root);
    CHECK_OK(os_file_write(path, STR("before"), 0600, NULL));
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &kept), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit small = {.rlim_cur = ALLOWED, .rlim_max = kept.rlim_max};
    CHECK_OK(os_stream_open(path, &diag, &s));
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    (void)fwrite(bytes, 1, sizeof bytes, s.own_file);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &kept), 0);
    (void)signal(SIGXFSZ, handler);
    CHECK(!os_exists("/nowhere/at/all")); /* a later call, with an error of its own */
    CHECK_EQ(os_stream_close(&s, path, ERR_OK, &diag), ERR_DISK_FULL);
    CHECK(strstr(diag.text, "File too large") != NULL && strstr(diag.text, path) != NULL);
    CHECK_EQ(os_file_size(path), 6);
    temp_home_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_tells_the_first_failure),
        cmocka_unit_test(threads_share_and_wait), cmocka_unit_test(a_local_socket_answers),
        cmocka_unit_test(a_tcp_listener_stays_on_this_machine),
        cmocka_unit_test(a_wake_and_a_signal_make_readable), cmocka_unit_test(the_host_has_figures)};
    return RUN_TESTS(tests);
}
