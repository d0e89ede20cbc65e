/* See control.h. */
#include "drivers/control.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/limits.h"
#include "os/socket.h"

enum {
    CONTROL_TREE_MAX = 1 << 17
}; /* the tree of one ask: 4 KiB of text make at most 2048 nodes of 64 bytes */

typedef struct {
    int fd; /* -1: free */
    u32 used;
    u8 line[CONTROL_ASK_MAX];
} client_t;

struct control {
    int listener;
    client_t clients[CONTROL_CLIENTS_MAX];
    char path[LIMIT_PATH];
    u8 answer[CONTROL_ANSWER_MAX];
    u8 tree[CONTROL_TREE_MAX];
};

err_t control_open(const char *path, diag_t *diag, control_t **out)
{
    ASSERT(path != NULL && out != NULL);
    control_t *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "no memory for the control socket");
    }
    for (u32 i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        c->clients[i].fd = -1;
    }
    err_t err = str_copy(c->path, sizeof c->path, str_from(path));
    if (err == ERR_OK) {
        err = os_unix_listen(path, diag, &c->listener);
    }
    if (err != ERR_OK) {
        free(c);
        return err;
    }
    *out = c;
    return ERR_OK;
}

static void client_drop(client_t *k)
{
    os_fd_close(k->fd);
    k->fd = -1;
    k->used = 0;
}

void control_close(control_t *c)
{
    if (c == NULL) {
        return;
    }
    for (u32 i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i].fd >= 0) {
            client_drop(&c->clients[i]);
        }
    }
    os_fd_close(c->listener);
    (void)unlink(c->path);
    free(c);
}

/* Runs the ask; the answer's members stand in the writer when it returns ERR_OK. */
static err_t ask_run(control_t *c, str_t line, control_answer_t answer, void *ctx, diag_t *diag)
{
    arena_t tree;
    arena_init(&tree, c->tree, sizeof c->tree);
    const json_t *in = NULL;
    str_t ask = {0};
    TRY(json_parse(&tree, line, diag, &in));
    if (json_to_str(json_get(in, "ask"), &ask) != ERR_OK) {
        return diag_fail(diag, ERR_SYNTAX, "an ask is an object with the text member \"ask\"");
    }
    jsonw_t w;
    jsonw_init(&w, c->answer, sizeof c->answer - 1);
    jsonw_object(&w);
    jsonw_put_bool(&w, "ok", true);
    jsonw_key(&w, "result");
    jsonw_object(&w);
    TRY(answer(ctx, ask, in, &w, diag));
    jsonw_end(&w);
    jsonw_end(&w);
    jsonw_line(&w);
    TRY(jsonw_done(&w));
    c->answer[w.used] = 0;
    return ERR_OK;
}

static void answer_line(control_t *c, client_t *k, str_t line, control_answer_t answer, void *ctx)
{
    diag_t diag = {0};
    err_t err = ask_run(c, line, answer, ctx, &diag);
    if (err != ERR_OK) {
        jsonw_t w;
        jsonw_init(&w, c->answer, sizeof c->answer - 1);
        jsonw_object(&w);
        jsonw_put_bool(&w, "ok", false);
        jsonw_put_text(&w, "error", err_name(err));
        jsonw_put_text(&w, "text", diag.set ? diag.text : err_text(err));
        jsonw_end(&w);
        jsonw_line(&w);
        err_t fits = jsonw_done(&w);
        ASSERT(fits == ERR_OK);
        c->answer[w.used] = 0;
    }
    size_t n = strlen((const char *)c->answer);
    ASSERT(n > 0 && n < sizeof c->answer);
    if (os_socket_write(k->fd, c->answer, n, 0) != ERR_OK) {
        client_drop(k);
    }
}

/* Answers every whole line that the client's buffer holds. */
static u32 client_lines(control_t *c, client_t *k, control_answer_t answer, void *ctx)
{
    u32 answered = 0;
    u32 start = 0;
    while (k->fd >= 0 && start < k->used) {
        const u8 *end = memchr(k->line + start, '\n', k->used - start);
        if (end == NULL) {
            break;
        }
        u32 n = (u32)(end - (k->line + start));
        answer_line(c, k, (str_t){.p = k->line + start, .n = n}, answer, ctx);
        start += n + 1;
        answered++;
    }
    if (k->fd < 0) {
        return answered;
    }
    k->used -= start;
    memmove(k->line, k->line + start, k->used);
    if (k->used == CONTROL_ASK_MAX) {
        client_drop(k);
    }
    return answered;
}

static u32 client_serve(control_t *c, client_t *k, control_answer_t answer, void *ctx)
{
    ASSERT(k->fd >= 0 && k->used < CONTROL_ASK_MAX);
    size_t got = 0;
    err_t err = os_socket_read(k->fd, k->line + k->used, CONTROL_ASK_MAX - k->used, 0, &got);
    if (err == ERR_TIMEOUT) {
        return 0;
    }
    if (err != ERR_OK || got == 0) {
        client_drop(k);
        return 0;
    }
    k->used += (u32)got;
    return client_lines(c, k, answer, ctx);
}

/* One new client a tick is enough; with all places taken the newcomer waits in the kernel's queue. */
static void accept_one(control_t *c)
{
    for (u32 i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i].fd < 0) {
            int fd = -1;
            if (os_accept(c->listener, 0, &fd) == ERR_OK) {
                c->clients[i].fd = fd;
                c->clients[i].used = 0;
            }
            return;
        }
    }
}

u32 control_wait(control_t *c, i32 timeout_ms, control_answer_t answer, void *ctx)
{
    ASSERT(c != NULL && answer != NULL);
    int fds[CONTROL_CLIENTS_MAX + 1];
    bool ready[CONTROL_CLIENTS_MAX + 1] = {false};
    u32 owner[CONTROL_CLIENTS_MAX + 1] = {0};
    u32 count = 1;
    fds[0] = c->listener;
    for (u32 i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (c->clients[i].fd >= 0) {
            owner[count] = i;
            fds[count++] = c->clients[i].fd;
        }
    }
    if (os_wait_readable(fds, ready, count, timeout_ms) != ERR_OK) {
        return 0;
    }
    u32 answered = 0;
    for (u32 i = 1; i < count; i++) {
        if (ready[i]) {
            answered += client_serve(c, &c->clients[owner[i]], answer, ctx);
        }
    }
    if (ready[0]) {
        accept_one(c);
    }
    return answered;
}

u32 control_poll(control_t *c, control_answer_t answer, void *ctx)
{
    return control_wait(c, 0, answer, ctx);
}

/* One line of answer. */
static err_t read_line(int fd, u8 *p, size_t size, diag_t *diag, str_t *out)
{
    size_t used = 0;
    while (used < size) {
        size_t got = 0;
        err_t err = os_socket_read(fd, p + used, size - used, CONTROL_TIMEOUT_MS, &got);
        if (err == ERR_TIMEOUT) {
            return diag_fail(diag, ERR_TIMEOUT,
                             "the engine does not answer\nit had %d seconds\ndo: `vitrine kill` works "
                             "without it",
                             CONTROL_TIMEOUT_MS / 1000);
        }
        if (err != ERR_OK || got == 0) { /* a connection that breaks is an engine that ends */
            return diag_fail(diag, ERR_NOT_RUNNING, "the engine went away before it answered\n"
                             "do: `vitrine doctor`, then start it again");
        }
        const u8 *end = memchr(p + used, '\n', got);
        used += got;
        if (end != NULL) {
            *out = (str_t){.p = p, .n = (u32)(end - p)};
            return ERR_OK;
        }
    }
    return diag_fail(diag, ERR_BUFFER_FULL, "the engine's answer is too long\n"
                     "do: `vitrine report` shows the run");
}

static err_t named_error(str_t name)
{
    for (u32 e = 1; e < ERR_COUNT; e++) {
        if (str_eq_c(name, err_name((err_t)e))) {
            return (err_t)e;
        }
    }
    return ERR_SYNTAX;
}

static err_t ask_on(int fd, str_t line, arena_t *arena, diag_t *diag, const json_t **out)
{
    str_t text = {0};
    if (os_socket_write(fd, line.p, line.n, CONTROL_TIMEOUT_MS) != ERR_OK
        || os_socket_write(fd, "\n", 1, CONTROL_TIMEOUT_MS) != ERR_OK) {
        return diag_fail(diag, ERR_NOT_RUNNING, "the engine went away before it was asked\n"
                         "do: `vitrine doctor`, then start it again");
    }
    u8 *p = arena_alloc(arena, CONTROL_ANSWER_MAX, 16);
    if (p == NULL) {
        return ERR_ARENA_FULL;
    }
    TRY(read_line(fd, p, CONTROL_ANSWER_MAX, diag, &text));
    const json_t *answer = NULL;
    bool ok = false;
    TRY(json_parse(arena, text, diag, &answer));
    if (json_to_bool(json_get(answer, "ok"), &ok) != ERR_OK) {
        return diag_fail(diag, ERR_SYNTAX, "what listens in this home does not speak as an engine\n"
                         "do: use the program that started it, or name another home with --home");
    }
    if (!ok) {
        str_t name = {0};
        str_t what = {0};
        TRY(json_to_str(json_get(answer, "error"), &name));
        TRY(json_to_str(json_get(answer, "text"), &what));
        return diag_fail(diag, named_error(name), STR_FMT, STR_ARG(what));
    }
    *out = json_get(answer, "result");
    return *out != NULL ? ERR_OK : ERR_SYNTAX;
}

err_t control_ask(const char *path, str_t line, arena_t *arena, diag_t *diag, const json_t **out)
{
    ASSERT(path != NULL && arena != NULL && out != NULL);
    ASSERT(line.n > 0 && line.n < CONTROL_ASK_MAX);
    int fd = -1;
    diag_t inner = {0};
    err_t err = os_unix_connect(path, &inner, &fd);
    /* In a home whose path is too long for a socket no engine can run. */
    if (err != ERR_OK && err != ERR_NOT_FOUND && err != ERR_NOT_RUNNING && err != ERR_BUFFER_FULL) {
        return diag_fail(diag, err, "%s", inner.text);
    }
    if (err != ERR_OK) {
        return diag_fail(
            diag, ERR_NOT_RUNNING,
            "no engine runs in this home\n%s\ndo: start one with `vitrine demo`, or name its home with "
            "--home",
            path);
    }
    err = ask_on(fd, line, arena, diag, out);
    os_fd_close(fd);
    return err;
}
