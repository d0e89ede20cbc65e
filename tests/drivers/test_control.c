/* The control socket answers whole lines only, survives bad clients and never waits for them. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/control.h"
#include "os/socket.h"
#include "os/thread.h"

typedef struct {
    char dir[64];
    char path[96];
    control_t *server;
    _Atomic bool stop;
    os_thread_t *thread;
} world_t;

static err_t answer(void *ctx, str_t ask, const json_t *in, jsonw_t *out, diag_t *diag)
{
    (void)ctx;
    jsonw_put_text(out, "before", "thrown away on error");
    if (str_eq_c(ask, "status")) {
        jsonw_put_i64(out, "cycle", 7);
        return ERR_OK;
    }
    if (str_eq_c(ask, "echo")) {
        str_t why = {0};
        TRY(json_to_str(json_get(in, "why"), &why));
        jsonw_put_str(out, "why", why);
        return ERR_OK;
    }
    if (str_eq_c(ask, "big")) {
        jsonw_key(out, "list");
        jsonw_array(out);
        for (int i = 0; i < 30000; i++) {
            jsonw_i64(out, i);
        }
        jsonw_end(out);
        return ERR_OK;
    }
    return diag_fail(diag, ERR_NOT_FOUND, "no ask " STR_FMT, STR_ARG(ask));
}

static void serve(void *arg)
{
    world_t *w = arg;
    while (!w->stop) {
        (void)control_wait(w->server, 10, answer, NULL);
    }
}

static void world_open(world_t *w)
{
    memset(w, 0, sizeof *w);
    (void)snprintf(w->dir, sizeof w->dir, "/tmp/vitrine-test-XXXXXX");
    CHECK(mkdtemp(w->dir) != NULL);
    (void)snprintf(w->path, sizeof w->path, "%s/control.sock", w->dir);
    CHECK_OK(control_open(w->path, NULL, &w->server));
}

static void world_close(world_t *w)
{
    if (w->thread != NULL) {
        w->stop = true;
        os_thread_join(w->thread);
    }
    control_close(w->server);
    CHECK(access(w->path, F_OK) != 0);
    CHECK_EQ(rmdir(w->dir), 0);
}

TEST(asks_are_answered)
{
    UNUSED_STATE;
    world_t w;
    arena_t a;
    diag_t d = {0};
    const json_t *j = NULL;
    i64 cycle = 0;
    str_t why = {0};
    struct stat st;
    world_open(&w);
    CHECK_EQ(stat(w.path, &st), 0);
    CHECK_EQ(st.st_mode & 0777, 0600);
    CHECK_OK(os_thread_start("control", serve, &w, &w.thread));
    CHECK_OK(arena_open(&a, 1 << 22));
    CHECK_OK(control_ask(w.path, STR("{\"ask\":\"status\"}"), &a, &d, &j));
    CHECK_OK(json_to_i64(json_get(j, "cycle"), &cycle));
    CHECK_EQ(cycle, 7);
    CHECK_OK(control_ask(w.path, STR("{\"ask\":\"echo\",\"why\":\"\\u20ac\"}"), &a, &d, &j));
    CHECK_OK(json_to_str(json_get(j, "why"), &why));
    CHECK(str_eq_c(why, "\xe2\x82\xac"));
    CHECK_EQ(control_ask(w.path, STR("{\"ask\":\"dance\"}"), &a, &d, &j), ERR_NOT_FOUND);
    CHECK_STR(d.text, "no ask dance");
    CHECK_EQ(control_ask(w.path, STR("{\"ask\":"), &a, NULL, &j), ERR_SYNTAX);
    CHECK_EQ(control_ask(w.path, STR("[1]"), &a, NULL, &j), ERR_SYNTAX);
    CHECK_EQ(control_ask(w.path, STR("{\"ask\":\"big\"}"), &a, NULL, &j), ERR_BUFFER_FULL);
    CHECK_OK(control_ask(w.path, STR("{\"ask\":\"status\"}"), &a, NULL, &j));
    arena_close(&a);
    world_close(&w);
}

TEST(nobody_there)
{
    UNUSED_STATE;
    u8 memory[1024];
    arena_t a;
    const json_t *j = NULL;
    diag_t d = {0};
    arena_init(&a, memory, sizeof memory);
    CHECK_EQ(control_ask("/tmp/vitrine-test-no-such-socket", STR("{}"), &a, &d, &j), ERR_NOT_RUNNING);
    CHECK(strstr(d.text, "do: ") != NULL);
}

TEST(a_second_server_is_refused)
{
    UNUSED_STATE;
    world_t w;
    control_t *second = NULL;
    world_open(&w);
    CHECK_EQ(control_open(w.path, NULL, &second), ERR_BUSY);
    CHECK(second == NULL);
    world_close(&w);
}

/* Lets the server run until it has nothing more to do. */
static u32 drain(control_t *c)
{
    u32 n = 0;
    for (int i = 0; i < 50; i++) {
        n += control_poll(c, answer, NULL);
    }
    return n;
}

TEST(lines_may_come_in_pieces_and_together)
{
    UNUSED_STATE;
    world_t w;
    int fd = -1;
    size_t got = 0;
    u8 text[512];
    world_open(&w);
    CHECK_OK(os_unix_connect(w.path, NULL, &fd));
    CHECK_OK(os_socket_write(fd, "{\"ask\":\"st", 10, 1000));
    CHECK_EQ(drain(w.server), 0);
    CHECK_OK(os_socket_write(fd, "atus\"}\n{\"ask\":\"status\"}\n{", 26, 1000));
    CHECK_EQ(drain(w.server), 2);
    CHECK_OK(os_socket_read(fd, text, sizeof text, 1000, &got));
    CHECK(got > 0 && text[got - 1] == '\n');
    os_fd_close(fd);
    CHECK_EQ(drain(w.server), 0);
    world_close(&w);
}

TEST(too_much_text_ends_the_client_alone)
{
    UNUSED_STATE;
    world_t w;
    int bad = -1;
    int good = -1;
    size_t got = 1;
    u8 text[CONTROL_ASK_MAX];
    memset(text, 'x', sizeof text);
    world_open(&w);
    CHECK_OK(os_unix_connect(w.path, NULL, &bad));
    CHECK_OK(os_unix_connect(w.path, NULL, &good));
    CHECK_OK(os_socket_write(bad, text, sizeof text, 1000));
    CHECK_EQ(drain(w.server), 0);
    CHECK_OK(os_socket_read(bad, text, sizeof text, 1000, &got));
    CHECK_EQ(got, 0);
    CHECK_OK(os_socket_write(good, "{\"ask\":\"status\"}\n", 17, 1000));
    CHECK_EQ(drain(w.server), 1);
    os_fd_close(bad);
    os_fd_close(good);
    world_close(&w);
}

TEST(a_reader_that_does_not_read_is_dropped)
{
    UNUSED_STATE;
    world_t w;
    int fd = -1;
    err_t err = ERR_OK;
    world_open(&w);
    CHECK_OK(os_unix_connect(w.path, NULL, &fd));
    for (int i = 0; i < 100000 && err == ERR_OK; i++) {
        err = os_socket_write(fd, "{\"ask\":\"status\"}\n", 17, 0);
        (void)control_poll(w.server, answer, NULL);
    }
    CHECK(err != ERR_OK);
    os_fd_close(fd);
    world_close(&w);
}

TEST(more_clients_than_places_wait)
{
    UNUSED_STATE;
    world_t w;
    int fds[CONTROL_CLIENTS_MAX + 2];
    world_open(&w);
    for (size_t i = 0; i < COUNT_OF(fds); i++) {
        CHECK_OK(os_unix_connect(w.path, NULL, &fds[i]));
        CHECK_OK(os_socket_write(fds[i], "{\"ask\":\"status\"}\n", 17, 1000));
    }
    CHECK_EQ(drain(w.server), CONTROL_CLIENTS_MAX);
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        os_fd_close(fds[i]);
    }
    CHECK_EQ(drain(w.server), 2);
    os_fd_close(fds[CONTROL_CLIENTS_MAX]);
    os_fd_close(fds[CONTROL_CLIENTS_MAX + 1]);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_are_answered),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(a_second_server_is_refused),
        cmocka_unit_test(lines_may_come_in_pieces_and_together),
        cmocka_unit_test(too_much_text_ends_the_client_alone),
        cmocka_unit_test(a_reader_that_does_not_read_is_dropped),
        cmocka_unit_test(more_clients_than_places_wait),
    };
    return RUN_TESTS(tests);
}
