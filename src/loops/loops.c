/* See loops.h. The table is put together from the lists of the groups' folders. */
#include "loops/loops.h"

#include <stdio.h>

#include "base/assert.h"

#define X(kind, name) extern const loop_desc_t name;
#include "loops/crypto/list.def"
#include "loops/execution/list.def"
#include "loops/futures/list.def"
#include "loops/improvement/list.def"
#include "loops/intelligence/list.def"
#include "loops/monitoring/list.def"
#include "loops/options/list.def"
#include "loops/platform/list.def"
#include "loops/portfolio/list.def"
#include "loops/strategy/list.def"
#undef X

static const loop_desc_t *const table[] = {
#define X(kind, name) &name,
#include "loops/intelligence/list.def"
#include "loops/monitoring/list.def"
#include "loops/options/list.def"
#include "loops/strategy/list.def"
#include "loops/execution/list.def"
#include "loops/improvement/list.def"
#include "loops/portfolio/list.def"
#include "loops/crypto/list.def"
#include "loops/futures/list.def"
#include "loops/platform/list.def"
#undef X
};

_Static_assert(COUNT_OF(table) <= LOOPS_MAX, "more loops than the scheduler holds");

u32 loop_count(void) { return (u32)COUNT_OF(table); }

const loop_desc_t *loop_at(u32 index)
{
    ASSERT(index < COUNT_OF(table));
    return table[index];
}

u32 loops_all(const loop_desc_t *out[LOOPS_MAX])
{
    ASSERT(out != NULL);
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        u32 at = i;
        for (; at > 0 && out[at - 1]->order > table[i]->order; at--) {
            out[at] = out[at - 1];
        }
        out[at] = table[i];
    }
    return (u32)COUNT_OF(table);
}

const char *loop_group_name(loop_group_t group)
{
    static const char *const names[LOOP_GROUPS] = {
        "Market Intelligence", "Real-Time Monitoring", "Strategy Engine", "Trade Execution",
        "Self-Improvement", "Portfolio Health", "Options", "Crypto", "Futures & Forex", "Platform"};
    ASSERT(group >= 1 && group <= LOOP_GROUPS);
    return names[group - 1];
}

static const char *input_name(u32 bit)
{
    static const char *const names[LOOP_INPUTS] = {"slice",   "decision bar", "broker", "session",
                                                   "day end", "command",      "close",  "halt",
                                                   "bulletin"};
    ASSERT(bit < LOOP_INPUTS);
    return names[bit];
}

const char *loop_wakes_name(const loop_desc_t *loop)
{
    ASSERT(loop != NULL);
    return loop->wakes == 0 ? NULL : input_name((u32)__builtin_ctz(loop->wakes));
}

void loop_print_rest(const loop_desc_t *loop, char *out, size_t size)
{
    static const char *const leases[LEASE_KINDS] = {"none", "process", "user", "cluster"};
    ASSERT(loop != NULL && out != NULL && size > 0);
    int used = snprintf(out, size, "reads");
    const char *sep = " ";
    for (u32 k = 0; k < LOOP_INPUTS; k++) {
        if ((loop->inputs & (1U << k)) != 0 && used > 0 && (size_t)used < size) {
            used += snprintf(out + used, size - (size_t)used, "%s%s", sep, input_name(k));
            sep = ", ";
        }
    }
    if (used > 0 && (size_t)used < size) {
        (void)snprintf(out + used, size - (size_t)used, "%s; lease %s; budget %u ms; by %s",
                       loop->time_only ? ", the time" : "", leases[loop->lease], loop->budget_ms,
                       loop->owner);
    }
}

void loop_print(const loop_desc_t *loop, char *out, size_t size)
{
    ASSERT(loop != NULL && out != NULL && size > 0);
    int used = snprintf(out, size, "%s;", loop_group_name(loop->group));
    u32 any = 0;
    for (u32 k = 0; k < LOOP_PHASES; k++) {
        any |= loop_period_of(loop, (loop_phase_t)k);
    }
    for (u32 k = 0; any != 0 && k < LOOP_PHASES && used > 0 && (size_t)used < size; k++) {
        u32 s = loop_period_of(loop, (loop_phase_t)k) / 1000;
        const char *sep = k == 0 ? " " : "/";
        used += s > 0 ? snprintf(out + used, size - (size_t)used, "%s%u", sep, s)
                      : snprintf(out + used, size - (size_t)used, "%s-", sep);
    }
    if (any != 0 && (size_t)used < size) {
        used += snprintf(out + used, size - (size_t)used, " s");
    }
    if (loop->wakes != 0 && (size_t)used < size) {
        const char *sep = any != 0 ? "," : "";
        (void)snprintf(out + used, size - (size_t)used, "%s on %s", sep, loop_wakes_name(loop));
    }
}
