/* See faults.h. */
#include "sim/faults.h"

#include <string.h>

#include "base/assert.h"
#include "base/rng.h"

/* The stream that turns faults off. It stands between those of the faults, so that a seed keeps what it turns
 * off when faults are added behind. */
enum { SWARM = 13 };

typedef struct {
    const char *name;
    f64 probability; /* each time it could happen */
} fault_desc_t;

/* High enough that one seed meets several, low enough that orders still get somewhere. */
static const fault_desc_t faults[FAULT_COUNT] = {
    [FAULT_KILL_WRITE] = {"F1 kill at a write", 0.004},
    [FAULT_KILL_SEND] = {"F1 kill at a send", 0.01},
    [FAULT_TIMEOUT_BEFORE] = {"F20 timeout before acceptance", 0.08},
    [FAULT_TIMEOUT_AFTER] = {"F21 timeout after acceptance", 0.08},
    [FAULT_REJECT_LATE] = {"F22 accepted then rejected", 0.08},
    [FAULT_FILL_TWICE] = {"F23 fill told twice", 0.15},
    [FAULT_FILL_LATE] = {"F23 fill late", 0.08},
    [FAULT_FILL_REORDER] = {"F23 fills reordered", 0.15},
    [FAULT_FILL_LOST] = {"F23 fill lost", 0.1},
    [FAULT_FILL_FIRST] = {"F24 fill before ack", 0.15},
    [FAULT_REPLACE_RACE] = {"F25 partial fill against replace", 0.3},
    [FAULT_CANCEL_FILLED] = {"F26 cancel of a filled order", 0.2},
    [FAULT_NOT_FOUND] = {"F31 existing order not found", 0.3},
    [FAULT_REQUEST_LOST] = {"F20 request lost, counted as sent", 0.05},
    [FAULT_WORD_LOST] = {"F21 answer lost", 0.08},
    [FAULT_HAND] = {"F36 trade by hand", 0.003},                   /* each second */
    [FAULT_LIQUIDATION] = {"F40 liquidated by the broker", 0.002}, /* each second */
    [FAULT_RESTRICTED] = {"F39 closing only", 0.006},              /* each second */
    [FAULT_TOKEN] = {"F38 session lost", 0.02},                    /* each request */
    [FAULT_BURST] = {"F48 burst of messages", 0.001},              /* each second */
    [FAULT_ABSURD] = {"F41 absurd numbers", 0.05},                 /* each execution */
    [FAULT_END_UNHEARD] = {"F22 ended without a word", 0.003},     /* each second */
    [FAULT_SPLIT] = {"F43 split", 0.05},       /* each second and name at rest, see world_actions.c */
    [FAULT_DELISTED] = {"F43 delisted", 0.01}, /* the same */
    [FAULT_STOP_FIRST] = {"F37 stop fills while we exit", 0.3},
};

void faults_open(faults_t *f, u64 seed, bool plain)
{
    ASSERT(f != NULL);
    memset(f, 0, sizeof *f);
    f->seed = seed;
    for (u32 i = 0; i < FAULT_COUNT; i++) {
        ASSERT(faults[i].probability > 0);
        bool on = (rng_at((rng_key_t){.seed = seed, .purpose = RNG_FAULT, .entity = SWARM}, i) & 1) != 0;
        on = on && (!plain || i < FAULT_LATER);
        f->probability[i] = on ? faults[i].probability : 0;
    }
}

bool fault_fires(faults_t *f, fault_t which)
{
    ASSERT(f != NULL && which < FAULT_COUNT);
    u64 n = f->asked[which]++;
    u32 stream = (u32)which + ((u32)which >= SWARM ? 1 : 0);
    rng_key_t key = {.seed = f->seed, .purpose = RNG_FAULT, .entity = stream};
    bool fires = !f->stopped && rng_unit(key, n) < f->probability[which];
    f->fired[which] += fires ? 1 : 0;
    return fires;
}

const char *fault_name(fault_t which)
{
    ASSERT(which < FAULT_COUNT);
    return faults[which].name;
}
