/* Tells a person that what is held does not trade, once, and that the halt is over, once. A stop does not
 * protect across a halt: the first price after it may be anywhere, and nobody can act before it. */
#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"

static const char *symbol_of(const loop_env_t *env, u32 inst)
{
    ASSERT(inst < env->shared->market->count);
    return env->shared->market->instruments[inst].symbol;
}

/* Held or not: somebody waits for the word. */
static void tell_ended(loop_env_t *env)
{
    const loop_memory_t *m = env->memory;
    for (u32 i = m->told_count; i-- > 0;) { /* what is told leaves the table, the last takes its place */
        u32 inst = m->told[i].about;
        notice_t n = {.row = PLAN_HALT_WATCH, .about = inst};
        if (m->told[i].row == n.row && !account_is_halted(env->user->account, (inst_t)inst)) {
            (void)loop_tell(env, &n, "%s: no halt stands any more", symbol_of(env, inst));
        }
    }
}

static void tell_halted(loop_env_t *env, inst_t inst)
{
    const account_t *a = env->user->account;
    halt_kind_t kind = (halt_kind_t)(a->halts[inst] != HALT_NONE ? a->halts[inst] : a->halt_market);
    notice_t n = {.row = PLAN_HALT_WATCH, .about = inst, .state = 1};
    (void)loop_tell(env, &n, "%s: %s; no stop protects until it trades again", symbol_of(env, inst),
                    halt_kind_name(kind));
}

static bool halt_watch_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL && env->memory != NULL);
    tell_ended(env);
    u32 count = loop_held(env);
    for (u32 i = 0; i < count; i++) {
        inst_t inst = loop_held_at(env, i)->inst;
        if (account_is_halted(env->user->account, inst)) {
            tell_halted(env, inst);
        }
    }
    return false;
}

const loop_desc_t loop_halt_watch = {
    .name = "halt_watch",
    .text = {.does = "Tells when something that is held stops trading, and when the halt is over.",
             .wrong = "It tells what the market has told. On stored bars nothing is told, and silence of "
                      "five minutes is only guessed to be a halt."},
    .group = LOOP_MONITORING,
    .lease = LEASE_PER_USER,
    .order = 407,
    .why = "what is held and does not trade is told, and that the halt is over",
    .owner = "trade/portfolio",
    .protects = true,
    .period_ms = {.open = 15000, .extended = 60000, .overnight = 300000, .weekend = 600000},
    .budget_ms = 20,
    .inputs = LOOP_IN_HALT | LOOP_IN_BROKER,
    .wakes = LOOP_IN_HALT,
    .run = halt_watch_run,
};
