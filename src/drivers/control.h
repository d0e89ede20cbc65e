/* The control socket of a running engine: home/control.sock, one JSON object a line in, one out.
 *
 *   {"ask":"status"}            -> {"ok":true,"result":{...}}
 *   {"ask":"kill","why":"..."}  -> {"ok":true,"result":{...}}
 *   anything wrong              -> {"ok":false,"error":"ERR_NOT_FOUND","text":"..."}
 *
 * The server belongs to the driver's thread and is served between ticks: it never waits, reads a bounded
 * amount per tick and drops a client that sends too much or does not read its answer. What an ask means is
 * the driver's. The client half is used by the faces. Only the owner of the home can connect (0600). */
#ifndef VITRINE_DRIVERS_CONTROL_H
#define VITRINE_DRIVERS_CONTROL_H

#include "base/arena.h"
#include "wire/json.h"
#include "wire/jsonw.h"

enum {
    CONTROL_CLIENTS_MAX = 8,      /* people and scripts, not a public door */
    CONTROL_ASK_MAX = 4096,       /* bytes of one line */
    CONTROL_ANSWER_MAX = 1 << 16, /* fits the socket's own buffer, so that writing does not wait */
    CONTROL_TIMEOUT_MS = 5000     /* a tick of the engine is far shorter */
};

typedef struct control control_t;

/* Answers one ask: `in` is the whole object, `out` stands inside the "result" object and takes members. An
 * error becomes {"ok":false}; what was written before it is thrown away. */
typedef err_t (*control_answer_t)(void *ctx, str_t ask, const json_t *in, jsonw_t *out, diag_t *diag);

/* `path` is the socket's. ERR_BUSY if another process listens there, ERR_BUFFER_FULL (path), ERR_NO_MEMORY.
 */
MUST_USE err_t control_open(const char *path, diag_t *diag, control_t **out);
/* Closes all clients and removes the socket. */
void control_close(control_t *c);
/* Takes what has come and answers it; returns at once. Returns the number of asks answered. */
u32 control_poll(control_t *c, control_answer_t answer, void *ctx);
/* The same, but waits up to timeout_ms for something to come: for a driver with nothing else to do. */
u32 control_wait(control_t *c, i32 timeout_ms, control_answer_t answer, void *ctx);

/* Client: asks and waits. `line` is one JSON object without a line break. The answer's "result" is returned,
 * in `arena`. ERR_NOT_RUNNING, ERR_TIMEOUT, ERR_SYNTAX (not an answer), or the error that the engine named.
 */
MUST_USE err_t control_ask(const char *path, str_t line, arena_t *arena, diag_t *diag, const json_t **out);

#endif
