/* What happens in an account beside our orders, by chance of its own. See world.h. */
#include "base/assert.h"
#include "base/rng.h"
#include "sim/world.h"

enum { STREAM_OUTSIDE = 5 };

static u64 draw(world_t *w, u64 bound)
{
    rng_key_t key = {.seed = w->d->seed, .purpose = RNG_WORLD, .entity = STREAM_OUTSIDE};
    return rng_below(key, w->d->venue->outside_draws++, bound);
}

static bool holds(const world_t *w)
{
    for (u32 i = 0; i < w->names; i++) {
        if (w->d->venue->reference.position[i] != 0) {
            return true;
        }
    }
    return false;
}

/* A name that the account holds at the broker, if it holds any. */
static inst_t held_name(world_t *w)
{
    inst_t held[REF_NAMES];
    u32 n = 0;
    for (u32 i = 0; i < w->names; i++) {
        held[n] = (inst_t)i;
        n += w->d->venue->reference.position[i] != 0 ? 1 : 0;
    }
    return n == 0 ? INST_NONE : held[draw(w, n)];
}

/* The user buys something new or more, or sells all or a part of what is held. */
static void by_hand(world_t *w)
{
    inst_t name = held_name(w);
    bool more = name == INST_NONE || draw(w, 3) == 0;
    if (name == INST_NONE || draw(w, 4) == 0) {
        name = (inst_t)draw(w, w->names);
    }
    i64 held = w->d->venue->reference.position[name];
    i64 sign = held < 0 ? -1 : 1;
    i64 size = held * sign;
    i64 to = more || size == 0 ? size + 1 + (i64)draw(w, 40) : (i64)draw(w, (u64)size);
    wb_trade_outside(&w->d->venue->broker, name, sign * to, draw(w, 2) == 0);
}

/* A margin call that nobody waits for: the broker closes names, all of them or the first it likes, and tells
 * of it or not. Options do not trade here, so nobody is assigned. */
static void liquidate(world_t *w)
{
    bool all = draw(w, 3) == 0;
    bool told = draw(w, 2) == 0;
    inst_t one = held_name(w);
    for (u32 i = 0; i < w->names; i++) {
        if (w->d->venue->reference.position[i] != 0 && (all || i == one)) {
            wb_trade_outside(&w->d->venue->broker, (inst_t)i, 0, told);
        }
    }
}

void world_outside_turn(world_t *w)
{
    ASSERT(w != NULL);
    if (fault_fires(&w->d->venue->faults, FAULT_RESTRICTED)) {
        wb_restrict(&w->d->venue->broker, w->now + (i64)(10 + draw(w, 80)) * NS_PER_SEC);
    }
    if (w->d->venue->broker.told_count > 0 && fault_fires(&w->d->venue->faults, FAULT_BURST)) {
        wb_burst(&w->d->venue->broker);
    }
    if (fault_fires(&w->d->venue->faults, FAULT_HAND)) {
        by_hand(w);
    }
    if (fault_fires(&w->d->venue->faults, FAULT_END_UNHEARD)) {
        wb_end_unheard(&w->d->venue->broker, draw(w, 1 << 16));
    }
    if (holds(w) && fault_fires(&w->d->venue->faults, FAULT_LIQUIDATION)) {
        liquidate(w);
    }
}
