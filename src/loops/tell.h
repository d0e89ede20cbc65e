/* What loops tell, and what they remember of having told it.
 *
 * Promises: what a loop tells is a NOTICE fact; a state is told when it is entered and when it is left, once,
 * whatever happens in between and whether or not the process was restarted: what is remembered is a function
 * of the facts alone (loop_memory_note), so recovery finds it and a snapshot keeps it. Nothing told here
 * enters a decision or its hash. Leaves to others: when loops look (scheduler.h), who reads it (faces). */
#ifndef VITRINE_LOOPS_TELL_H
#define VITRINE_LOOPS_TELL_H

#include "base/bytes.h"
#include "loops/loops.h"

/* LOOP_SAID: the state of what has none, a day's recap. LOOP_MEMORY_BYTES: at most, saved. */
enum { TELL_TEXT = 160, LOOP_SAID = 255, LOOP_MEMORY_VERSION = 1, LOOP_MEMORY_BYTES = 8192 };

typedef struct {
    u16 row;      /* of the plan, NOTICE.loop */
    u32 about;    /* an instrument, a sector, a loop...; 0 where there is one thing only */
    u8 state;     /* 0: nothing to tell of, or no longer */
    date_t since; /* what was told before this session does not count; 0: it does */
    f64 value, limit; /* in the fact on a grid of 1e-4 */
} notice_t;

/* The state last told of this thing since `since`; 0 none. */
u8 loop_told(const loop_memory_t *m, u16 row, u32 about, date_t since);
/* How many things this row has told of in a session. */
u32 loop_told_of(const loop_memory_t *m, u16 row, date_t session);
/* Tells the state if it is another than the one last told. True if it was told. */
bool loop_tell(loop_env_t *env, const notice_t *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Tells what has no state (LOOP_SAID): nothing is remembered. */
void loop_say(loop_env_t *env, const notice_t *n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The user's positions that hold something: how many. */
u32 loop_held(loop_env_t *env);
const position_t *loop_held_at(const loop_env_t *env, u32 index);
/* False where nothing is held and no entry of today can be under way. */
bool loop_exposed(loop_env_t *env);
/* The account's equity, from its cash alone where nothing is held. */
money_t loop_equity(loop_env_t *env);

/* Which of two rising bounds a value has reached, 0 to 2. A bound that was reached (`before`) is left only
 * below `LEVEL_SLACK` of it, so that a value that trembles is told once. */
#define LEVEL_SLACK 0.95
u8 loop_level(f64 value, f64 watch, f64 limit, u8 before);

/* Takes note of a fact of `session`. Facts of other accounts are not for this memory: the caller sees to it.
 */
void loop_memory_note(loop_memory_t *m, const event_t *fact, date_t session);
/* ERR_BUFFER_FULL; ERR_VERSION, ERR_TRUNCATED, ERR_CORRUPT. */
MUST_USE err_t loop_memory_save(const loop_memory_t *m, writer_t *w);
MUST_USE err_t loop_memory_load(reader_t *r, u32 version, loop_memory_t *m);

#endif
