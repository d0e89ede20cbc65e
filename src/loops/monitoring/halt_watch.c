/* Tells a person that what is held does not trade, once, and that it trades again, once. A stop does not
 * protect across a halt: the first price after it may be anywhere, and nobody can act before it. */
#include <stdio.h>

#include "base/assert.h"
#include "loops/loops.h"

enum { HALT_WATCH_TEXT = 160 };

static bool was_told(const loop_memory_t *m, inst_t inst)
{
    for (u32 i = 0; i < m->halt_count; i++) {
        if (m->halt_told[i] == inst) {
            return true;
        }
    }
    return false;
}

static void tell(const loop_env_t *env, u16 code, inst_t inst, const char *what)
{
    char text[HALT_WATCH_TEXT];
    ASSERT(inst < env->shared->market->count);
    (void)snprintf(text, sizeof text, "%s: %s", env->shared->market->instruments[inst].symbol, what);
    outbox_alert(env->out, code, env->user->account->account_id, text);
}

static void tell_halted(loop_env_t *env, inst_t inst)
{
    const account_t *a = env->user->account;
    halt_kind_t kind = (halt_kind_t)(a->halts[inst] != HALT_NONE ? a->halts[inst] : a->halt_market);
    char what[HALT_WATCH_TEXT / 2];
    (void)snprintf(what, sizeof what, "%s; no stop protects until it trades again", halt_kind_name(kind));
    tell(env, LOOP_ALERT_HALTED, inst, what);
}

/* What trades again is told, held or not: somebody waits for the word. */
static void tell_ended(loop_env_t *env)
{
    loop_memory_t *m = env->memory;
    u32 kept = 0;
    for (u32 i = 0; i < m->halt_count; i++) {
        if (account_is_halted(env->user->account, m->halt_told[i])) {
            m->halt_told[kept++] = m->halt_told[i];
        } else {
            tell(env, LOOP_ALERT_TRADES, m->halt_told[i], "trades again");
        }
    }
    m->halt_count = kept;
}

static bool halt_watch_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const account_t *a = env->user->account;
    loop_memory_t *m = env->memory;
    tell_ended(env);
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &a->positions[i];
        bool held = p->inst != INST_NONE && p->qty.v != 0;
        if (!held || !account_is_halted(a, p->inst) || was_told(m, p->inst) ||
            m->halt_count == LIMIT_POSITIONS) {
            continue; /* with all places taken by what was sold meanwhile, the next end makes room */
        }
        tell_halted(env, p->inst);
        m->halt_told[m->halt_count++] = p->inst;
    }
    return false;
}

const loop_desc_t loop_halt_watch = {
    .name = "halt_watch",
    .text = {.does = "Tells when something that is held stops trading, and when it trades again.",
             .wrong = "It tells what the market has told. On stored bars nothing is told, and silence of "
                      "five minutes is only guessed to be a halt."},
    .group = LOOP_MONITORING,
    .lease = LEASE_PER_USER,
    .order = 407,
    .why = "what is held and does not trade is told, and that it trades again",
    .owner = "trade/portfolio",
    .protects = true,
    .period_ms = {.open = 15000, .extended = 60000, .overnight = 300000, .weekend = 600000},
    .budget_ms = 20,
    .inputs = LOOP_IN_HALT | LOOP_IN_BROKER,
    .wakes = LOOP_IN_HALT,
    .run = halt_watch_run,
};
