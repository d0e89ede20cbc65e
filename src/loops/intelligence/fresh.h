/* What loops that tell of bulletins have in common: one that was heard since the last close is news, an older
 * one, as at the beginning of a run, is not. */
#ifndef VITRINE_LOOPS_INTELLIGENCE_FRESH_H
#define VITRINE_LOOPS_INTELLIGENCE_FRESH_H

#include "loops/tell.h"
#include "model/calendar.h"

/* The bulletin that has just come, if it is of one of the kinds (a bit each) and news; NULL. */
static inline const bulletin_t *fresh_bulletin(const loop_env_t *env, u32 kinds)
{
    const bulletin_t *b = env->bulletin;
    if (b == NULL || (kinds & 1U << b->kind) == 0) {
        return NULL;
    }
    i64 close = calendar_previous(env->shared->market->calendar, env->shared->session, env->now).close;
    return b->t_known >= close ? b : NULL;
}

/* False once `most` things of this row have been told today. */
static inline bool fresh_room(const loop_env_t *env, u16 row, u32 most)
{
    return loop_told_of(env->memory, row, env->shared->session) < most;
}

static inline const char *fresh_symbol(const loop_env_t *env, inst_t inst)
{
    return env->shared->market->instruments[inst].symbol;
}

#endif
