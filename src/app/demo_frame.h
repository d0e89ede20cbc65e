/* The demo's picture: what the terminal view shows and what the control socket answers, followed slice by
 * slice. */
#ifndef VITRINE_APP_DEMO_FRAME_H
#define VITRINE_APP_DEMO_FRAME_H

#include <stdio.h>

#include "drivers/control.h"
#include "drivers/runner.h"
#include "faces/cli/run_result.h"

typedef struct demo_frame demo_frame_t;

/* `hint` stands at the foot of the screen, if there is room for it. */
MUST_USE err_t demo_frame_open(const run_job_t *job, f64 speed, const char *hint, demo_frame_t **out);
void demo_frame_close(demo_frame_t *f);
/* Takes note of the engine after a slice. */
void demo_frame_follow(demo_frame_t *f, const runner_view_t *v);
/* Draws the screen, or one plain line. */
void demo_frame_write(demo_frame_t *f, FILE *out, bool draw);
/* A write of the journal took long, the n-th of this run: for the answer to `status`. */
void demo_frame_slow(demo_frame_t *f, u64 n, i64 took_ns);
void demo_frame_enter(FILE *out);
void demo_frame_leave(FILE *out);
/* Serves the control socket once; asks to stop or to kill come back through the flags, other words of people
 * through demo_frame_word. */
void demo_control_poll(control_t *c, demo_frame_t *f, bool *stop, bool *kill);
/* The next word that somebody has said; false: none. */
bool demo_frame_word(demo_frame_t *f, ev_COMMAND_t *out);

#endif
