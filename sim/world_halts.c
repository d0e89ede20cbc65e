/* Halts of the order simulation: names, or all of them, stop trading for a while. The broker fills nothing
 * meanwhile; the engine is told at once, and again after a restart that lost the word. Chance of its own, so
 * that a world without halts is the one it was. */
#include "base/assert.h"
#include "base/rng.h"
#include "sim/world.h"

/* What leaves halts oftener: there the order of things matters. With accounts at several venues it is one
 * rate for all names, so that no account's doings reach another by way of a halt. */
enum {
    NAME_EVERY_S = 300,
    LEAVING_EVERY_S = 8,
    SHARED_EVERY_S = 90,
    ALL_EVERY_S = 900,
    SHORTEST_S = 5,
    SPAN_S = 40,
    MARKET = REF_NAMES
};

static u64 draw(world_t *w, u64 bound)
{
    return rng_below((rng_key_t){.seed = w->seed, .purpose = RNG_WORLD, .entity = 1}, w->halt_draws++, bound);
}

/* What the checkers may hold the engine to: what does not trade, and has been told durably. */
static void checks_agree(world_t *w, bool told)
{
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        for (u32 n = 0; n < w->names; n++) {
            bool stands = !wb_trades(&d->venue->broker, (inst_t)n);
            bool known = told ? account_is_halted(d->account, (inst_t)n) : d->check.halted[n];
            d->check.halted[n] = stands && known;
        }
    }
}

/* One message, one step, and every account does its part of it. */
static void tell(world_t *w, u32 n, bool halted)
{
    event_t input = world_input(w, EV_HALT);
    halt_t h = {.t_event = w->now, .inst = n == MARKET ? INST_NONE : (inst_t)n, .halted = halted ? 1 : 0};
    h.kind = n == MARKET ? HALT_MARKET_1 : HALT_NEWS;
    input.as.HALT = (ev_HALT_t){.inst = h.inst, .kind = h.kind, .halted = h.halted, .t_event = h.t_event};
    outbox_reset(&w->out);
    checks_agree(w, false);
    for (u32 k = 0; k < w->desk_count; k++) {
        exec_on_halt(w->own_desks[k].account, &h, w->now, &w->out);
    }
    w->halts += halted ? 1 : 0;
    if (world_commit(w, &input)) {
        checks_agree(w, true);
    }
}

static void market_set(world_t *w, u32 n, bool halted)
{
    for (u32 k = 0; k < w->venue_count; k++) {
        w->own_venues[k].broker.halted[n] = halted;
    }
    tell(w, n, halted);
}

static void turn(world_t *w, u32 n, u64 every)
{
    bool active = w->now < w->t_stop && !w->hooks->plain;
    i64 *until = &w->halt_until[n];
    if (*until != 0 && (w->now >= *until || w->d->venue->faults.stopped)) {
        *until = 0;
        market_set(w, n, false);
    } else if (*until == 0 && active && draw(w, every) == 0) {
        *until = w->now + (i64)(SHORTEST_S + draw(w, SPAN_S)) * NS_PER_SEC;
        market_set(w, n, true);
    }
}

/* Any of those at the first venue. */
static bool leaves(const world_t *w, inst_t name)
{
    bool any = false;
    for (u32 k = 0; k < w->d->venue->count; k++) {
        const position_t *p = account_position_const(w->own_desks[k].account, name);
        any = any || (p != NULL && p->exiting != EXITING_NO);
    }
    return any;
}

static u64 every_of(const world_t *w, inst_t name)
{
    bool apart = w->desk_count > w->d->venue->count;
    return apart ? SHARED_EVERY_S : leaves(w, name) ? LEAVING_EVERY_S : NAME_EVERY_S;
}

static void waits_count(world_desk_t *d)
{
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &d->account->positions[i];
        bool waits = p->inst != INST_NONE && p->exiting == EXITING_CANCEL;
        d->halt_waits += waits && account_is_halted(d->account, p->inst) ? 1 : 0;
    }
}

void world_halts_turn(world_t *w)
{
    ASSERT(w != NULL && !w->crashed);
    for (u32 n = 0; n < w->names && !w->crashed; n++) {
        turn(w, n, every_of(w, (inst_t)n));
    }
    if (!w->crashed) {
        turn(w, MARKET, ALL_EVERY_S);
    }
    for (u32 k = 0; k < w->desk_count; k++) {
        waits_count(&w->own_desks[k]);
    }
}

void world_halts_again(world_t *w)
{
    ASSERT(w != NULL);
    bool market = w->d->account->halt_market != HALT_NONE;
    if (!w->crashed && market != w->d->venue->broker.halted[MARKET]) {
        tell(w, MARKET, !market);
    }
    for (u32 n = 0; n < w->names && !w->crashed; n++) {
        bool known = w->d->account->halts[n] != HALT_NONE;
        if (known != w->d->venue->broker.halted[n]) {
            tell(w, n, !known);
        }
    }
}
