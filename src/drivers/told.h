/* What a source tells beside bars, in order of time: the halts and bulletins that the slice ahead brings, and
 * before them the bulletins of history, which decides nothing but still holds.
 *
 * Promises: each is handed out once; halts before bulletins of the same moment. Leaves to others: telling
 * (runner), and finding a recorded run's place again (resume). */
#ifndef VITRINE_DRIVERS_TOLD_H
#define VITRINE_DRIVERS_TOLD_H

#include "model/bar.h"

typedef struct {
    u32 halt_at, bulletin_at; /* of the slice ahead */
    i64 last;                 /* moment of the last of it that was told, 0 none */
    bulletin_t *own_early;    /* of history */
    u32 early_count, early_room, early_at;
    u64 bulletins; /* told ever, but for who is covered or a member */
} told_t;

/* The next one that has not been told, NULL: none. `s` may be NULL: there is no slice ahead. */
const halt_t *told_halt(const told_t *t, const slice_t *s);
const bulletin_t *told_bulletin(const told_t *t, const slice_t *s);
/* The earlier of the two and its moment; I64_MAX: neither. The other pointer is NULL. */
i64 told_next(const told_t *t, const slice_t *s, const halt_t **halt, const bulletin_t **bulletin);
/* It has been told. */
void told_halt_pass(told_t *t, const slice_t *s);
void told_bulletin_pass(told_t *t, const slice_t *s);
/* Keeps the bulletins of a slice that is history. ERR_NO_MEMORY. */
MUST_USE err_t told_history(told_t *t, const slice_t *s);
/* The slice ahead is over. */
void told_slice_over(told_t *t);
void told_free(told_t *t);

#endif
