/* See ask.h. */
#include "scan/ask.h"

#include "base/assert.h"

void scan_ask(scan_t *s, const ask_t *what)
{
    ASSERT(s != NULL && s->active && what != NULL);
    ASSERT(what->ask < LIMIT_CANDIDATES && !s->pending[what->ask].out);
    effect_t *e = outbox_effect(s->out, EFFECT_ASK);
    e->ask = *what;
    e->ask.slot = s->slot;
    e->ask.generation = s->generation;
    err_t err = outbox_blob(s->out, what->body.p, what->body.n, &e->ask.body);
    ASSERT(err == ERR_OK);
    s->pending[what->ask] =
        (pending_ask_t){.deadline = what->deadline, .mutation = what->mutation, .out = true};
    s->asks_out++;
}

bool scan_ask_close(scan_t *s, u32 ask)
{
    ASSERT(s != NULL);
    if (ask >= LIMIT_CANDIDATES || !s->pending[ask].out) {
        return false;
    }
    ASSERT(s->asks_out > 0);
    s->pending[ask].out = false;
    s->asks_out--;
    return true;
}

i64 scan_ask_deadline(const scan_t *s)
{
    ASSERT(s != NULL);
    i64 first = I64_MAX;
    for (u32 i = 0; s->asks_out > 0 && i < LIMIT_CANDIDATES; i++) {
        first = s->pending[i].out ? MIN_OF(first, s->pending[i].deadline) : first;
    }
    return first;
}

bool scan_ask_expired(const scan_t *s, i64 until, answer_t *out)
{
    ASSERT(s != NULL && out != NULL);
    for (u32 i = 0; s->asks_out > 0 && i < LIMIT_CANDIDATES; i++) {
        const pending_ask_t *p = &s->pending[i];
        if (p->out && p->deadline <= until) {
            *out = (answer_t){.ask = i, .err = p->mutation ? ERR_BROKER_SILENT : ERR_TIMEOUT};
            return true;
        }
    }
    return false;
}
