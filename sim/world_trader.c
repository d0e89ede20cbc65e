/* The trader of the order simulation: random wishes through the real gates, permits and execution. */
#include "base/assert.h"
#include "sim/world_inner.h"

trade_tag_t world_tag(void)
{
    return (trade_tag_t){.atr_d = {PRICE_SCALE / 2}, .r = {PRICE_SCALE / 10}};
}

static price_t on_tick(const world_t *w, i64 v)
{
    return (price_t){v - v % w->d->venue->broker.tick};
}

/* Every kind of entry that this world can meet: stops and trailing stops wait beyond the price. */
static void draft_kind(world_t *w, intent_t *d, i64 sign)
{
    static const tif_t tifs[] = {TIF_DAY, TIF_GTC, TIF_IOC, TIF_FOK, TIF_BAR};
    i64 mid = d->reference.v;
    u64 kind = world_below(w, 8);
    if (kind < 5) {
        d->tif = (u8)tifs[kind];
        return;
    }
    i64 away = mid / 4000 * (i64)(1 + world_below(w, 4));
    d->type = (u8)(kind == 5 ? ORDER_STOP : kind == 6 ? ORDER_STOP_LIMIT : ORDER_TRAIL);
    d->stop = on_tick(w, mid + sign * away + (sign > 0 ? w->d->venue->broker.tick : 0));
    d->limit = kind == 6 ? on_tick(w, d->stop.v + sign * away) : (price_t){0};
    d->limit.v = kind == 6 && sign * (d->limit.v - d->stop.v) < 0 ? d->stop.v : d->limit.v;
    d->flags = kind == 7 && world_below(w, 2) == 0 ? INTENT_TRAIL_PCT : 0;
}

static void draft_make(world_t *w, intent_t *d)
{
    inst_t inst = (inst_t)world_below(w, w->names);
    i64 mid = w->d->venue->broker.price[inst];
    i64 sign = world_below(w, 3) == 0 ? -1 : 1;
    i64 risk = mid / 1000 * (i64)(3 + world_below(w, 8));
    bool limit = world_below(w, 2) == 0;
    i64 price = limit ? mid - sign * mid / 2000 * (i64)world_below(w, 5) : mid;
    *d = (intent_t){.t_decided = w->now,
                    .send_before = w->now + 2 * NS_PER_SEC,
                    .qty = {(i64)(2 + world_below(w, 90))},
                    .limit = limit ? on_tick(w, price) : (price_t){0},
                    .reference = {mid},
                    .bracket_stop = on_tick(w, price - sign * risk),
                    .inst = inst,
                    .side = sign > 0 ? SIDE_BUY : SIDE_SELL_SHORT,
                    .type = limit ? ORDER_LIMIT : ORDER_MARKET,
                    .tif = TIF_DAY,
                    .role = ROLE_ENTRY,
                    .strategy = 1};
    draft_kind(w, d, sign);
    if (world_below(w, 5) != 0) {
        d->bracket_target = on_tick(w, price + sign * risk * (i64)(1 + world_below(w, 2)));
    }
}

static void gates_ask(world_t *w, const intent_t *d, gates_t *gates)
{
    risk_input_t in = {.config = &w->d->config,
                       .draft = *d,
                       .multiplier = 1,
                       .own_sector = true,
                       .easy_to_borrow = true,
                       .short_price_ok = true,
                       .confidence = 0.9,
                       .min_confidence = 0.5,
                       .mid = {w->d->venue->broker.price[d->inst]},
                       .pace_allowed = LIMIT_ORDERS,
                       .atr_d = {d->reference.v / 100}};
    in.rules = (rules_t){.initial_bps = 5000,
                         .maintenance_long_bps = 2500,
                         .maintenance_short_bps = 3000,
                         .margin_equity = {2000 * MONEY_SCALE}};
    if (w->hooks->before_gates != NULL) {
        w->hooks->before_gates(w->hooks->self, w);
    }
    risk_input_account(&in, w->d->account, 0, w->now);
    bunch_books_t books = world_books_all(w);
    u32 next = 0;
    for (const account_t *a = bunch_beside(&books, w->d->account, &next); a != NULL;
         a = bunch_beside(&books, w->d->account, &next)) {
        risk_input_beside(&in, a);
    }
    risk_gates(&in, gates);
    if (w->hooks->after_gates != NULL) {
        w->hooks->after_gates(w->hooks->self, w);
    }
}

/* Who shares an account goes the same way in a name: rule NO_SELF_CROSS, asked before the gates. */
static bool opposes(world_t *w, const intent_t *draft)
{
    bunch_books_t books = world_books_all(w);
    u32 next = 0;
    for (const account_t *a = bunch_beside(&books, w->d->account, &next); a != NULL;
         a = bunch_beside(&books, w->d->account, &next)) {
        if (reserve_opposes(a, draft)) {
            return true;
        }
    }
    return false;
}

/* Nothing stands or works there already. */
static bool is_free(const world_t *w, const world_desk_t *d, const intent_t *draft)
{
    return !w->d->venue->broker.gone[draft->inst] && !account_entry_working(d->account, draft->inst) &&
           account_position_const(d->account, draft->inst) == NULL;
}

/* The draft through the gates of the account whose turn it is. True if it went into the step. */
static bool draft_submit(world_t *w, const intent_t *draft)
{
    permit_request_t r = {.multiplier = 1, .tag = world_tag(), .draft = *draft};
    if (!is_free(w, w->d, draft) || opposes(w, draft)) {
        return false;
    }
    gates_t gates;
    gates_ask(w, &r.draft, &gates);
    risk_permit_t permit;
    if (permit_open(w->d->account, &r, &gates, &permit) != ERR_OK) {
        return false;
    }
    check_issued(&w->d->check, permit.intent.id, &permit.payload);
    if (w->hooks->on_permit != NULL) {
        w->hooks->on_permit(w->hooks->self, w, &permit);
    }
    return exec_submit(w->d->account, &permit, w->now, &w->out) == ERR_OK;
}

static void trade_open(world_t *w)
{
    intent_t draft;
    draft_make(w, &draft);
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    if (draft_submit(w, &draft)) {
        (void)world_commit(w, &input);
    }
}

static bool is_free_to_all(const world_t *w, const intent_t *draft)
{
    bool all = true;
    for (u32 k = 0; k < w->d->venue->count && all; k++) {
        all = is_free(w, &w->own_desks[w->d->venue->first + k], draft);
    }
    return all;
}

enum { TOGETHER_TRIES = 4 };

/* One decision for all that share the account, each with a size of its own: in a name that all are free to
 * enter, if there seems to be one. */
static void trade_together(world_t *w)
{
    const world_venue_t *v = w->d->venue;
    intent_t draft;
    draft_make(w, &draft);
    for (u32 i = 1; i < TOGETHER_TRIES && !is_free_to_all(w, &draft); i++) {
        draft_make(w, &draft);
    }
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    bool any = false;
    for (u32 k = 0; k < v->count; k++) {
        world_turn(w, v->first + k);
        draft.qty.v = 1 + (i64)world_below(w, world_below(w, 3) == 0 ? 6 : 60);
        any = draft_submit(w, &draft) || any;
    }
    world_turn(w, v->first);
    if (any) {
        (void)world_commit(w, &input);
    }
}

static position_t *pick_position(world_t *w)
{
    u32 n = account_position_count(w->d->account);
    u64 k = n == 0 ? 0 : world_below(w, n);
    for (u32 i = 0; i < LIMIT_POSITIONS && n > 0; i++) {
        if (w->d->account->positions[i].inst != INST_NONE && k-- == 0) {
            return &w->d->account->positions[i];
        }
    }
    return NULL;
}

static void trade_cancel(world_t *w)
{
    for (u32 i = 0; i < w->d->account->orders_used; i++) {
        order_t *o = &w->d->account->orders[i];
        if (o->intent.role != ROLE_ENTRY || o->state == 0 ||
            order_state_is_terminal((order_state_t)o->state)) {
            continue;
        }
        event_t input = world_input(w, EV_COMMAND);
        outbox_reset(&w->out);
        if (exec_cancel(w->d->account, o->intent.id, w->now, &w->out) == ERR_OK) {
            (void)world_commit(w, &input);
            return;
        }
    }
}

static void trade_ratchet(world_t *w)
{
    position_t *p = pick_position(w);
    if (p == NULL || p->stop.v <= 0) {
        return;
    }
    i64 gap = p->direction * (w->d->venue->broker.price[p->inst] - p->stop.v);
    price_t to = on_tick(w, p->stop.v + p->direction * gap / 3);
    if (gap <= 0 || p->direction * (to.v - p->stop.v) <= 0) {
        return;
    }
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    if (exec_replace_stop(w->d->account, p, to, w->now, &w->out) == ERR_OK) {
        (void)world_commit(w, &input);
    }
}

static void trade_exit(world_t *w)
{
    position_t *p = pick_position(w);
    if (p == NULL) {
        return;
    }
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    if (exec_exit(w->d->account, p, EXIT_USER, w->now, &w->out) == ERR_OK) {
        (void)world_commit(w, &input);
    }
}

void world_kill(world_t *w)
{
    ASSERT(w != NULL && w->d->killed);
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    exec_kill(w->d->account, w->now, &w->out);
    (void)world_commit(w, &input);
}

static void trade_kill(world_t *w)
{
    w->d->killed = true;
    w->d->t_release = w->now + (i64)(5 + world_below(w, 20)) * NS_PER_SEC;
    if (!w->hooks->door_deaf) {
        world_publish(w, w->d->account->epoch + 1, true);
    }
    world_kill(w);
}

/* All that hold it leave a name in one step. */
static void leave_together(world_t *w)
{
    const world_venue_t *v = w->d->venue;
    const position_t *one = pick_position(w);
    inst_t inst = one == NULL ? INST_NONE : one->inst;
    event_t input = world_input(w, EV_COMMAND);
    outbox_reset(&w->out);
    bool any = false;
    for (u32 k = 0; k < v->count && inst != INST_NONE; k++) {
        account_t *a = w->own_desks[v->first + k].account;
        position_t *p = account_position(a, inst);
        any = (p != NULL && exec_exit(a, p, EXIT_USER, w->now, &w->out) == ERR_OK) || any;
    }
    if (any) {
        (void)world_commit(w, &input);
    }
}

void world_trade(world_t *w)
{
    ASSERT(w != NULL && !w->crashed);
    bool shares = world_shares(w->d);
    bool leads = shares && w->d == &w->own_desks[w->d->venue->first];
    if (leads && world_below(w, 4) == 0) {
        trade_together(w);
        return;
    }
    if (leads && world_below(w, 16) == 0) {
        leave_together(w);
        return;
    }
    u64 dice = world_below(w, 100);
    if (dice < (shares ? 3U : 30U)) { /* who shares decides together, most often */
        trade_open(w);
    } else if (dice >= 30 && dice < 36) {
        trade_cancel(w);
    } else if (dice >= 36 && dice < 44) {
        trade_ratchet(w);
    } else if (dice >= 44 && dice < 50) {
        trade_exit(w);
    } else if (dice == 50 && !w->d->killed) {
        trade_kill(w);
    }
}
