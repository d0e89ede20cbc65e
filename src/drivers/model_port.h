/* The models door as a driver sees it: takes questions, gives answers with their times.
 *
 * In virtual time an answer has the moment at which it would have come. Promises asked of a port: `next`
 * hands out answers in order of time, each once. An answer after its question's deadline may come; the engine
 * drops it. */
#ifndef VITRINE_DRIVERS_MODEL_PORT_H
#define VITRINE_DRIVERS_MODEL_PORT_H

#include "model/outbox.h"

typedef struct {
    void *ctx;
    void (*ask)(void *ctx, const ask_t *ask, i64 now);
    /* The next answer at or before `until`, with its moment in head.t_event; its body lives until the next
     * call. */
    bool (*next)(void *ctx, i64 until, event_t *out);
} model_port_t;

#endif
