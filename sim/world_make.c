/* Memory for worlds, and a world as its seed has it. See world.h. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "sim/world_inner.h"

#define WORLD_CASH (100000 * MONEY_SCALE)
#define WORLD_SETTLE (5 * NS_PER_MIN) /* liveness */
/* Streams of the world's own chance beside those of accounts (0) and brokers (1). */
enum { STREAM_DESKS = 2, STREAM_SHAPE = 3, SHARED_EVERY = 6, SHARED_FEE = 10007 };

err_t world_open(world_t **out)
{
    ASSERT(out != NULL);
    world_t *w = calloc(1, sizeof *w);
    if (w == NULL) {
        return ERR_NO_MEMORY;
    }
    w->own_desks = calloc(WORLD_DESKS, sizeof *w->own_desks);
    w->own_venues = calloc(WORLD_DESKS, sizeof *w->own_venues);
    w->bytes[0] = calloc(1, WORLD_BYTES);
    w->bytes[1] = calloc(1, WORLD_BYTES);
    w->sending = calloc(WORLD_DESKS * (size_t)OUTBOX_EFFECTS, sizeof *w->sending);
    err_t err = outbox_open_for(&w->out, 1 << 16, WORLD_DESKS);
    err = err == ERR_OK ? outbox_open(&w->scratch, 1 << 16) : err;
    err = err == ERR_OK ? world_bunches_open(w) : err;
    bool whole = w->own_desks != NULL && w->own_venues != NULL && w->bytes[0] != NULL &&
                 w->bytes[1] != NULL && w->sending != NULL && err == ERR_OK;
    for (u32 k = 0; whole && k < WORLD_DESKS; k++) {
        world_desk_t *d = &w->own_desks[k];
        d->account = calloc(1, sizeof *d->account);
        d->shadow = calloc(1, sizeof *d->shadow);
        whole = d->account != NULL && d->shadow != NULL;
    }
    if (!whole) {
        world_close(w);
        return ERR_NO_MEMORY;
    }
    *out = w;
    return ERR_OK;
}

void world_close(world_t *w)
{
    if (w == NULL) {
        return;
    }
    outbox_close(&w->out);
    outbox_close(&w->scratch);
    world_bunches_close(w);
    for (u32 k = 0; w->own_desks != NULL && k < WORLD_DESKS; k++) {
        free(w->own_desks[k].account);
        free(w->own_desks[k].shadow);
    }
    free(w->own_desks);
    free(w->own_venues);
    free(w->bytes[0]);
    free(w->bytes[1]);
    free(w->sending);
    free(w);
}

static u64 shape(const world_t *w, u64 n, u64 bound)
{
    return rng_below((rng_key_t){.seed = w->seed, .purpose = RNG_WORLD, .entity = STREAM_SHAPE}, n, bound);
}

/* How many accounts, and how many names beyond the few of its own chance: most worlds are small, since a
 * fault shows in a small one as well and a hundred of them cost what ten large ones do. */
static void shape_make(world_t *w)
{
    static const u8 accounts[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 5, 5};
    if (w->hooks->plain) {
        return;
    }
    w->desk_count = accounts[shape(w, 0, COUNT_OF(accounts))];
    if (shape(w, 1, 8) == 0) {
        w->names = 9 + (u32)shape(w, 2, 22);
    }
    ASSERT(w->desk_count <= WORLD_DESKS && w->names <= REF_NAMES);
}

/* Who stands where: most have a broker's account of their own, a few the first ones' together. */
static void venues_make(world_t *w)
{
    bool may = w->desk_count > 1 && !w->hooks->lone && !w->hooks->apart;
    bool share = may && (w->hooks->shared || shape(w, 3, SHARED_EVERY) == 0);
    u32 first = share ? 2 + (u32)shape(w, 4, w->desk_count > 2 ? 2 : 1) : 1;
    w->venue_count = 0;
    for (u32 k = 0; k < w->desk_count;) {
        world_venue_t *v = &w->own_venues[w->venue_count++];
        v->first = k;
        v->count = k == 0 ? first : 1;
        v->seed = w->own_desks[k].seed;
        v->outside_draws = 0;
        for (u32 i = 0; i < v->count; i++) {
            w->own_desks[k++].venue = v;
        }
    }
}

/* Limits and setup of one account. Accounts of one owner share a risk group; both are only names today. */
static void desk_limits(world_t *w, u32 k)
{
    world_desk_t *d = w->d;
    d->config = config_default(PROFILE_DAY, PRESET_AGGRESSIVE);
    d->config.risk_max_open_positions = 2 + (i32)world_below(w, 3) + (w->names > 8 ? 4 : 0);
    d->config.risk_max_trades_per_day = 200;
    if (!w->hooks->plain && shape(w, 16 + k, 2) == 0) {
        d->config.risk_max_gross_pct =
            3.0 + (f64)shape(w, 24 + k, 8); /* where it binds before the count does */
    }
    bool together = k > 0 && world_stand_together(d, &w->own_desks[k - 1]);
    bool owns = k > 0 && (together || shape(w, 8 + k, 2) == 0);
    u64 owner = owns ? w->own_desks[k - 1].setup.owner_id : k + 1;
    d->setup = (account_setup_t){.account_id = 7 + k,
                                 .owner_id = owner,
                                 .risk_group_id = owner,
                                 .cash = {WORLD_CASH},
                                 .visibility_delay_ns = (i64)world_below(w, 60) * NS_PER_SEC};
    if (together) { /* one broker, which is as slow for all of them */
        d->setup.visibility_delay_ns = w->own_desks[k - 1].setup.visibility_delay_ns;
    }
}

/* Its broker has the prices of the market, which are the same for all. */
static void venue_open(world_t *w, world_venue_t *v)
{
    const account_setup_t *first = &w->own_desks[v->first].setup;
    bool shared = v->count > 1;
    v->account = first->account_id + (shared ? USER_SHARED : 0);
    faults_open(&v->faults, v->seed, w->hooks->plain);
    ref_open(&v->reference, WORLD_CASH, v->count);
    wb_open(&v->broker, v->seed, &v->faults, &v->reference);
    v->broker.now = w->now;
    v->broker.visibility_ns = first->visibility_delay_ns;
    v->broker.account = v->account;
    v->broker.ledger_first = first->account_id;
    v->broker.fee_each = shared ? SHARED_FEE : 0; /* does not divide */
}

static void desk_start(world_t *w)
{
    world_desk_t *d = w->d;
    d->killed = false;
    d->kill_due = false;
    d->was_down = false;
    d->trace = d->lookups = d->halt_waits = 0;
    u32 ledger = (u32)(d - w->own_desks) - d->venue->first;
    checkers_open(&d->check, &d->venue->broker, &d->config, ledger);
    world_replay_into(w, d, d->account);
    world_replay_into(w, d, d->shadow);
    memset(&d->watch, 0, sizeof d->watch);
    check_isolated(&d->check, d->account, true);
    d->trace_stop = 0;
}

static void seeds_give(world_t *w)
{
    rng_key_t key = {.seed = w->seed, .purpose = RNG_WORLD, .entity = STREAM_DESKS};
    for (u32 k = 0; k < WORLD_DESKS; k++) {
        w->own_desks[k].seed = k == 0 ? w->seed : rng_at(key, k);
        w->own_desks[k].draws = 0;
    }
}

static void prices_make(world_t *w, u32 own)
{
    for (u32 i = 0; i < w->names; i++) {
        u64 above = i < own ? world_below(w, 60) : shape(w, 64 + i, 60);
        i64 price = (i64)(20 + above) * PRICE_SCALE;
        for (u32 k = 0; k < w->venue_count; k++) {
            w->own_venues[k].broker.price[i] = price;
        }
    }
}

void world_make(world_t *w, u64 seed, const world_hooks_t *hooks)
{
    static const world_hooks_t none = {0};
    w->seed = seed;
    w->hooks = hooks == NULL ? &none : hooks;
    w->now = WORLD_START;
    w->desk_count = 1;
    seeds_give(w);
    world_turn(w, 0);
    u32 own = 3 + (u32)world_below(w, 6);
    w->names = own;
    shape_make(w);
    w->t_stop = w->now + (i64)(120 + world_below(w, 240)) * NS_PER_SEC;
    w->t_end = w->t_stop + WORLD_SETTLE;
    w->crashed = false;
    w->loss_min_r = 0.1;
    w->acknowledged = 0;
    w->last_count = 0;
    w->restarts = w->steps = w->price_draws = w->action_draws = 0;
    w->halts = w->halt_draws = w->actions_held = 0;
    w->stalls = w->held_back = 0;
    w->action = (ev_TIMER_t){0};
    memset(w->halt_until, 0, sizeof w->halt_until);
    venues_make(w);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_turn(w, k);
        desk_limits(w, k);
    }
    for (u32 k = 0; k < w->venue_count; k++) {
        venue_open(w, &w->own_venues[k]);
    }
    world_bunches_make(w);
    world_turn(w, 0);
    id128_t incarnation;
    for (u32 i = 0; i < sizeof incarnation.b; i++) {
        incarnation.b[i] = (u8)world_below(w, 256);
    }
    for (u32 i = 0; i < w->names; i++) {
        w->instruments[i] = (instrument_t){.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}, .multiplier = 1};
    }
    prices_make(w, own);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_turn(w, k);
        w->d->setup.incarnation = incarnation;
        desk_start(w);
    }
}
