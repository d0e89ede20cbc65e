/* A home for one test, and what the last command line in it said. */
#ifndef VITRINE_TESTS_FACES_LINE_WORLD_H
#define VITRINE_TESTS_FACES_LINE_WORLD_H

#include "tests/faces/line.h"
#include "tests/store/home.h"

typedef struct {
    char home[HOME_SIZE];
    char *out, *err;
} world_t;

/* Set-up and tear-down of cmocka. */
static inline int world_open(void **state)
{
    world_t *w = calloc(1, sizeof *w);
    *state = w;
    home_make(w->home);
    return 0;
}

static inline int world_close(void **state)
{
    world_t *w = *state;
    home_remove(w->home);
    free(w->out);
    free(w->err);
    free(w);
    return 0;
}

static inline exit_code_t run(world_t *w, const char *line)
{
    return line_run(w->home, line, &w->out, &w->err);
}

#endif
