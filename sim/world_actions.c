/* Splits, reverse splits and delistings (F43). They come in the night, so to speak: to a name of which every
 * account knows all that its broker knows. The input that tells of one is a timer, which the engine's own
 * recovery passes over: the caller applies actions where their input stands (recover.h). */
#include <string.h>

#include "base/assert.h"
#include "base/rng.h"
#include "sim/world_inner.h"

enum { STREAM_ACTIONS = 6, PAYOUT = 1 << 28, EVERY_S = 2 };

static u64 draw(world_t *w, u64 bound)
{
    rng_key_t key = {.seed = w->seed, .purpose = RNG_WORLD, .entity = STREAM_ACTIONS};
    return rng_below(key, w->action_draws++, bound);
}

/* An order whose next word would be of the old shares. */
static bool waits(const world_desk_t *d, const order_t *o)
{
    wb_seen_t there = wb_see(&d->venue->broker, o->intent.id);
    if (!order_state_is_terminal((order_state_t)o->state)) {
        bool plain = o->state == ORDER_NEW || o->state == ORDER_PARTIAL || o->state == ORDER_HELD;
        bool same = there.open && there.live == o->live.v && there.filled == o->filled.v;
        return !plain || !same || o->t_doubt != 0;
    }
    return there.open;
}

static bool at_rest(const world_desk_t *d, inst_t name)
{
    const position_t *p = account_position_const(d->account, name);
    bool same = ref_own(&d->venue->reference, d->check.ledger, name) == (p == NULL ? 0 : p->qty.v);
    if (!same || !wb_is_settled(&d->venue->broker, name) || !wb_trades(&d->venue->broker, name)) {
        return false;
    }
    for (u32 i = 0; i < d->account->orders_used; i++) {
        const order_t *o = &d->account->orders[i];
        if (o->state != 0 && o->intent.inst == name && waits(d, o)) {
            return false;
        }
    }
    return true;
}

bool world_action_of(const event_t *input, action_t *out)
{
    u32 code = input->as.TIMER.timer;
    if (input->head.kind != EV_TIMER || code == 0) {
        return false;
    }
    *out = (action_t){.inst = (inst_t)(code & 0xFFFF), .t_known = input->head.t_engine};
    out->kind = (code & PAYOUT) != 0 ? ACTION_PAYOUT : ACTION_SPLIT;
    out->ratio_num = code >> 20 & 15;
    out->ratio_den = code >> 16 & 15;
    out->amount.v = input->as.TIMER.due;
    return true;
}

bool world_action_apply(world_t *w, const event_t *input, account_t *a, outbox_t *out)
{
    action_t action;
    if (!world_action_of(input, &action)) {
        return false;
    }
    price_t price = {input->as.TIMER.due};
    err_t err = account_on_action(a, &action, &w->instruments[action.inst], price, out);
    world_fail(w, err == ERR_OK ? NULL : "I9: a corporate action could not be booked");
    return true;
}

/* What the checkers saw of orders is in new shares too. */
static void checks_follow(world_t *w)
{
    u32 code = w->action.timer;
    for (u32 k = 0; k < w->desk_count && (code & PAYOUT) == 0; k++) {
        check_split(&w->own_desks[k].check, (inst_t)(code & 0xFFFF), code >> 20 & 15, code >> 16 & 15);
    }
}

/* One input, and every account follows it. */
static void follow(world_t *w)
{
    checks_follow(w);
    event_t input = world_input(w, EV_TIMER);
    input.as.TIMER = w->action;
    outbox_reset(&w->out);
    w->closed.count = 0;
    world_bunch_action(&w->bunches, &input);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_turn(w, k);
        (void)world_action_apply(w, &input, w->d->account, &w->out);
        exec_end_flat(w->d->account, w->loss_min_r, w->now, &w->closed, &w->out);
    }
    world_turn(w, 0);
    (void)world_commit(w, &input);
    if (w->acknowledged >= input.head.seq && input.head.seq != 0) {
        w->action = (ev_TIMER_t){0};
    }
}

static void act(world_t *w, inst_t name, u32 code, i64 price)
{
    for (u32 k = 0; k < w->desk_count; k++) {
        w->actions_held += account_position(w->own_desks[k].account, name) != NULL ? 1 : 0;
    }
    w->action = (ev_TIMER_t){.timer = code | name, .due = price};
    follow(w);
}

void world_actions_again(world_t *w)
{
    ASSERT(w != NULL);
    if (!w->crashed && w->action.timer != 0) {
        follow(w);
    }
}

static void split(world_t *w, inst_t name)
{
    static const u8 ratios[][2] = {{2, 1}, {3, 1}, {3, 2}, {1, 2}, {1, 5}};
    const u8 *ratio = ratios[draw(w, COUNT_OF(ratios))];
    i64 before = w->d->venue->broker.price[name];
    i64 price = (before * ratio[1] + ratio[0] / 2) / ratio[0];
    for (u32 k = 0; k < w->venue_count; k++) {
        wb_split(&w->own_venues[k].broker, name, ratio[0], ratio[1]);
    }
    act(w, name, (u32)ratio[0] << 20 | (u32)ratio[1] << 16, price);
}

static void delist(world_t *w, inst_t name)
{
    i64 price = w->d->venue->broker.price[name];
    for (u32 k = 0; k < w->venue_count; k++) {
        wb_payout(&w->own_venues[k].broker, name);
    }
    act(w, name, PAYOUT, price);
}

/* Rather one that an account holds. */
static inst_t pick(world_t *w)
{
    const world_desk_t *d = &w->own_desks[draw(w, w->desk_count)];
    u32 from = (u32)draw(w, w->names);
    bool any = draw(w, 4) == 0;
    for (u32 i = 0; i < w->names && !any; i++) {
        inst_t name = (inst_t)((from + i) % w->names);
        if (d->venue->reference.position[name] != 0) {
            return name;
        }
    }
    return (inst_t)from;
}

void world_actions_turn(world_t *w)
{
    ASSERT(w != NULL && !w->crashed);
    if (w->hooks->plain || w->hooks->apart || w->inbox_count > 0 || w->now >= w->t_stop ||
        draw(w, EVERY_S) != 0) {
        return;
    }
    inst_t name = pick(w);
    for (u32 k = 0; k < w->desk_count; k++) {
        if (!at_rest(&w->own_desks[k], name)) {
            return;
        }
    }
    if (fault_fires(&w->d->venue->faults, FAULT_SPLIT)) {
        split(w, name);
    } else if (fault_fires(&w->d->venue->faults, FAULT_DELISTED)) {
        delist(w, name);
    }
}
