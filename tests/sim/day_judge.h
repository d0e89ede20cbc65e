/* A judge over the record of whole days: it reads the events as they come, in order, and knows nothing of the
 * engine but what they say. Books, halts, switches and leases are its own, in plain integers. */
#ifndef VITRINE_TESTS_SIM_DAY_JUDGE_H
#define VITRINE_TESTS_SIM_DAY_JUDGE_H

#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "model/calendar.h"
#include "tests/test.h"

enum { JUDGE_NAMES = 64, JUDGE_ACCOUNTS = 8, JUDGE_ORDERS = 1 << 14, JUDGE_STEP = 4096, JUDGE_DAYS = 16,
       JUDGE_TEXT = 160 };

/* A decision bar: what had none in it has no price. */
#define JUDGE_STALE_NS (5 * NS_PER_MIN)

typedef struct {
    u64 account, owner;
    bool margin, killed;
    i64 cash;
    i64 qty[JUDGE_NAMES];
    u32 names_max; /* positions and entries at work together */
    i64 settled;   /* of a cash account */
    i64 fees; /* this session: of positions that close within the day they may come from unsettled money */
    struct {
        date_t due;
        i64 amount;
    } coming[JUDGE_DAYS];
    u32 coming_count;
} judge_account_t;

typedef struct {
    id128_t id;
    i64 qty, limit, stop, filled;
    u64 execs[8];
    u32 exec_count;
    u32 account; /* index */
    u16 inst;
    u8 side, role, type, state, permits;
    bool sliced, split;
} judge_order_t;

typedef struct {
    judge_account_t account[JUDGE_ACCOUNTS];
    u32 account_count;
    judge_order_t *order; /* [JUDGE_ORDERS], open addressing */
    u32 order_count;
    u32 step[JUDGE_STEP]; /* orders that the present step has made */
    u32 step_count;
    u8 halted[JUDGE_NAMES + 1]; /* halt_kind_t; the market's own last */
    const u64 *present;         /* by ordinal of the slice: the names that had a bar */
    i64 t_bar[JUDGE_NAMES];     /* of the last bar */
    bool was_split[JUDGE_NAMES]; /* prices of before fit no grid any more */
    u32 names;
    bool clock_unsteady;
    bool lease_lost;     /* of the users' loops: nothing is scanned */
    i64 now, band_bps;
    date_t session;
    u64 events, checks, entries, fills;
    u64 cash_entries; /* of entries */
    char broken[JUDGE_TEXT];
} judge_t;

static inline void judge_note(judge_t *j, bool holds, const char *what)
{
    j->checks++;
    if (!holds && j->broken[0] == 0) {
        (void)snprintf(j->broken, sizeof j->broken, "%s (event %llu)", what, (unsigned long long)j->events);
    }
}

static inline judge_account_t *judge_account(judge_t *j, u64 id)
{
    for (u32 i = 0; i < j->account_count; i++) {
        if (j->account[i].account == id) {
            return &j->account[i];
        }
    }
    return NULL;
}

/* The place of an id, or of the free slot where it belongs. */
static inline judge_order_t *judge_slot(judge_t *j, id128_t id)
{
    static const id128_t none = {{0}};
    u64 h;
    memcpy(&h, id.b, sizeof h);
    for (u32 i = (u32)(h % JUDGE_ORDERS);; i = (i + 1) % JUDGE_ORDERS) {
        judge_order_t *o = &j->order[i];
        if (id128_eq(o->id, id) || id128_eq(o->id, none)) {
            return o;
        }
    }
}

static inline judge_order_t *judge_order(judge_t *j, id128_t id)
{
    judge_order_t *o = judge_slot(j, id);
    return id128_eq(o->id, id) ? o : NULL;
}

static inline bool judge_live(const judge_order_t *o)
{
    return o->state != 0 && !order_state_is_terminal((order_state_t)o->state);
}

static inline bool judge_is_halted(const judge_t *j, u16 inst)
{
    return j->halted[inst] != HALT_NONE || j->halted[j->names] != HALT_NONE;
}

/* I15: an order at work of the same owner with which this entry could trade at once. */
static inline bool judge_crosses(const judge_t *j, const ev_INTENT_t *i, const judge_account_t *a)
{
    for (u32 k = 0; k < JUDGE_ORDERS; k++) {
        const judge_order_t *o = &j->order[k];
        if (!judge_live(o) || o->inst != i->inst || o->sliced || o->state == ORDER_HELD ||
            &j->account[o->account] == a || j->account[o->account].owner != a->owner ||
            side_is_buy((side_t)o->side) == side_is_buy((side_t)i->side) || o->type > ORDER_LIMIT) {
            continue;
        }
        bool market = i->limit == 0 || o->type == ORDER_MARKET;
        bool meets = side_is_buy((side_t)i->side) ? i->limit >= o->limit : i->limit <= o->limit;
        if (market || meets) {
            return true;
        }
    }
    return false;
}

/* I3: names that are held or may be, this order's among them. */
static inline u32 judge_names(const judge_t *j, const judge_account_t *a)
{
    bool named[JUDGE_NAMES] = {false};
    u32 count = 0;
    for (u32 i = 0; i < j->names; i++) {
        named[i] = a->qty[i] != 0;
    }
    for (u32 k = 0; k < JUDGE_ORDERS; k++) {
        const judge_order_t *o = &j->order[k];
        bool made = judge_live(o) || (o->qty != 0 && o->state == 0); /* its state is told later in the step */
        if (made && &j->account[o->account] == a && side_is_opening((side_t)o->side)) {
            named[o->inst] = true;
        }
    }
    for (u32 i = 0; i < j->names; i++) {
        count += named[i] ? 1 : 0;
    }
    return count;
}

/* What may open: I3, I4, I13, I14, I15, I24. */
static inline void judge_opening(judge_t *j, const ev_INTENT_t *i, const judge_account_t *a)
{
    session_t hours;
    bool open = calendar_session(CAL_NYSE, j->session, j->now, &hours) && j->now > hours.open &&
                j->now <= hours.close;
    judge_note(j, judge_names(j, a) <= a->names_max, "I3: more names than the user's limit");
    judge_note(j, !a->killed, "I4: an opening order under the kill switch");
    judge_note(j, !judge_is_halted(j, i->inst), "I13: an opening order in a halt");
    judge_note(j, open, "I24: an opening order outside the session");
    judge_note(j, !j->clock_unsteady, "I24: an opening order after a step of the clock");
    judge_note(j, !j->lease_lost, "I21: an opening order while another process has the lease");
    bool slice = !id128_eq(i->parent, (id128_t){{0}});
    judge_note(j, slice || j->now - j->t_bar[i->inst] < JUDGE_STALE_NS, "I13: an entry at a stale price");
    i64 price = i->limit != 0 ? i->limit : i->reference;
    i64 away = price > i->reference ? price - i->reference : i->reference - price;
    judge_note(j, (f64)away <= (f64)i->reference * (f64)j->band_bps / 1e4, "I13: an entry outside its band");
    judge_note(j, a->margin || i->side == SIDE_BUY, "I14: a short in a cash account");
    judge_note(j, !judge_crosses(j, i, a), "I15: an entry against an order of the same owner");
    j->entries++;
    j->cash_entries += a->margin ? 0 : 1;
}

/* I13: cents from a dollar on, hundredths of one below. */
static inline bool judge_on_grid(i64 price)
{
    return price % (price >= PRICE_SCALE ? PRICE_SCALE / 100 : PRICE_SCALE / 10000) == 0;
}

static inline void judge_intent(judge_t *j, const ev_INTENT_t *i)
{
    judge_account_t *a = judge_account(j, i->account);
    judge_note(j, a != NULL && i->inst < j->names && i->qty > 0, "an intent of nobody, or of nothing");
    if (a == NULL || i->inst >= j->names) {
        return;
    }
    bool grid = judge_on_grid(i->limit) && judge_on_grid(i->stop) && judge_on_grid(i->bracket_stop) &&
                judge_on_grid(i->bracket_target);
    judge_note(j, grid || j->was_split[i->inst], "I13: a price between two ticks");
    judge_order_t *o = judge_slot(j, i->id);
    if (id128_eq(o->id, i->id)) { /* a new price */
        judge_note(j, o->side == i->side && o->inst == i->inst && (o->qty == i->qty || o->split),
                   "I12: one id, two payloads");
        i64 tighter = (i->stop - o->stop) * (side_is_buy((side_t)i->side) ? -1 : 1);
        judge_note(j, o->split || tighter > 0, "a stop was loosened");
        o->stop = i->stop;
        return;
    }
    CHECK(++j->order_count < JUDGE_ORDERS / 2);
    *o = (judge_order_t){.id = i->id, .qty = i->qty, .limit = i->limit, .stop = i->stop,
                         .account = (u32)(a - j->account), .inst = i->inst, .side = i->side, .role = i->role,
                         .type = i->type, .sliced = (i->flags & INTENT_SLICED) != 0};
    CHECK(j->step_count < JUDGE_STEP);
    j->step[j->step_count++] = (u32)(o - j->order);
    if (side_is_opening((side_t)i->side)) {
        judge_opening(j, i, a);
    }
}

/* I2, once a step is over: what was made in it had a permit of its own; legs come with their entry. */
static inline void judge_step_end(judge_t *j)
{
    for (u32 k = 0; k < j->step_count; k++) {
        const judge_order_t *o = &j->order[j->step[k]];
        bool leg = o->role == ROLE_STOP || o->role == ROLE_TARGET;
        bool own = o->permits == 1 || (leg && o->permits == 0);
        judge_note(j, own, "I2: an order without a permit of its own");
    }
    j->step_count = 0;
}

static inline void judge_state(judge_t *j, const ev_ORDER_STATE_t *s)
{
    judge_order_t *o = judge_order(j, s->intent);
    judge_note(j, o != NULL, "I17: a state of an order that no intent made");
    if (o == NULL) {
        return;
    }
    judge_note(j, o->state == 0 || o->state == s->from,
               "I10: a state that does not follow from the last one");
    judge_note(j, !order_state_is_terminal((order_state_t)s->from) || s->correction != 0,
               "I10: an ended order moved");
    judge_note(j, s->from != ORDER_UNKNOWN || s->to == ORDER_UNKNOWN || s->proof != 0,
               "I11: UNKNOWN was left without proof");
    o->state = s->to;
}

/* T+1 money of a cash account. */
static inline void judge_settle(judge_t *j, judge_account_t *a)
{
    u32 kept = 0;
    for (u32 i = 0; i < a->coming_count; i++) {
        if (a->coming[i].due <= j->session) {
            a->settled += a->coming[i].amount;
        } else {
            a->coming[kept++] = a->coming[i];
        }
    }
    a->coming_count = kept;
}

static inline void judge_cash_fill(judge_t *j, judge_account_t *a, bool buy, i64 amount)
{
    judge_settle(j, a);
    if (buy) {
        a->settled -= amount;
        judge_note(j, a->settled >= -a->fees, "I14: a cash account bought with money that has not settled");
        return;
    }
    date_t due = calendar_next(CAL_NYSE, j->session, j->now).date;
    for (u32 i = 0; i < a->coming_count; i++) {
        if (a->coming[i].due == due) {
            a->coming[i].amount += amount;
            return;
        }
    }
    CHECK(a->coming_count < JUDGE_DAYS);
    a->coming[a->coming_count].due = due;
    a->coming[a->coming_count++].amount = amount;
}

/* I6, I7, I9. */
static inline void judge_fill(judge_t *j, const ev_FILL_t *f)
{
    judge_order_t *o = judge_order(j, f->intent);
    judge_account_t *a = judge_account(j, f->account);
    judge_note(j, o != NULL && a != NULL && &j->account[o->account] == a, "I17: a fill of nobody's order");
    if (o == NULL || a == NULL) {
        return;
    }
    for (u32 i = 0; i < MIN_OF(o->exec_count, (u32)COUNT_OF(o->execs)); i++) {
        judge_note(j, o->execs[i] != f->exec_id, "I7: one execution was booked twice");
    }
    o->execs[o->exec_count++ % COUNT_OF(o->execs)] = f->exec_id;
    o->filled += f->qty;
    judge_note(j, o->filled <= o->qty || o->split, "I7: more was filled than was ordered");
    bool buy = side_is_buy((side_t)f->side);
    i64 before = a->qty[f->inst];
    a->qty[f->inst] += buy ? f->qty : -f->qty;
    i64 after = a->qty[f->inst];
    judge_note(j, f->position_after == after, "I9: a position that is not the sum of its fills");
    judge_note(j, (before >= 0 && after >= 0) || (before <= 0 && after <= 0), "I6: a position turned over");
    i64 value = (i64)(((i128)f->price * f->qty + 500) / 1000);
    a->cash += (buy ? -value : value) - f->fee;
    a->fees += f->fee;
    judge_note(j, f->cash_after == a->cash, "I9: cash that is not the sum of its bookings");
    if (!a->margin) {
        judge_cash_fill(j, a, buy, buy ? value + f->fee : value - f->fee);
    }
    j->fills++;
}

static inline void judge_cash(judge_t *j, const ev_CASH_t *c)
{
    judge_account_t *a = judge_account(j, c->account);
    judge_note(j, a != NULL, "I9: cash of nobody");
    if (a == NULL) {
        return;
    }
    a->cash += c->amount;
    a->settled += c->amount;
    judge_note(j, c->cash_after == a->cash, "I9: cash that is not the sum of its bookings");
    if (c->qty_before != c->qty_after && c->inst < j->names) {
        judge_note(j, c->qty_before == a->qty[c->inst], "I9: a position before its split is another");
        a->qty[c->inst] = c->qty_after;
        j->was_split[c->inst] = true;
        for (u32 k = 0; k < JUDGE_ORDERS; k++) {
            j->order[k].split = j->order[k].split || j->order[k].inst == c->inst;
        }
    }
}

static inline void judge_halt(judge_t *j, const ev_HALT_t *h)
{
    halt_t halt = {
        .t_event = h->t_event, .resumes = h->resumes, .inst = h->inst, .kind = h->kind, .halted = h->halted};
    if (!halt_is_sound(&halt, j->names)) {
        return;
    }
    u8 *stands = &j->halted[h->inst == INST_NONE ? j->names : h->inst];
    if (h->halted != 0) {
        *stands = h->kind;
    } else if (halt_ends(h->kind, *stands)) {
        *stands = HALT_NONE;
    }
}

static inline void judge_command(judge_t *j, const ev_COMMAND_t *c)
{
    j->clock_unsteady = j->clock_unsteady && c->code != COMMAND_CLEAR_CLOCK;
    for (u32 i = 0; i < j->account_count; i++) {
        judge_account_t *a = &j->account[i];
        if (c->account != COMMAND_ALL && c->account != a->account) {
            continue;
        }
        a->killed = c->code == COMMAND_KILL || (a->killed && c->code != COMMAND_RELEASE);
    }
}

static inline void judge_input(judge_t *j, const event_t *e)
{
    judge_step_end(j);
    j->now = MAX_OF(j->now, e->head.t_event);
    switch ((event_kind_t)e->head.kind) {
    case EV_SLICE:
        for (u32 k = 0; k < j->account_count && j->session != (date_t)e->as.SLICE.session; k++) {
            j->account[k].fees = 0;
        }
        j->session = (date_t)e->as.SLICE.session;
        if (e->as.SLICE.rows > 0) {
            for (u32 k = 0; k < j->names; k++) {
                bool has = (j->present[e->as.SLICE.ordinal] >> k & 1) != 0;
                j->t_bar[k] = has ? j->now : j->t_bar[k];
            }
        }
        break;
    case EV_COMMAND:
        judge_command(j, &e->as.COMMAND);
        break;
    case EV_CLOCK_STEP:
        j->clock_unsteady = true;
        break;
    case EV_HALT:
        judge_halt(j, &e->as.HALT);
        break;
    default:
        break;
    }
}

static inline err_t judge_event(void *ctx, event_t *e)
{
    judge_t *j = ctx;
    j->events++;
    switch ((event_kind_t)e->head.kind) {
    case EV_INTENT:
        judge_intent(j, &e->as.INTENT);
        break;
    case EV_PERMIT: {
        judge_order_t *o = judge_order(j, e->as.PERMIT.intent);
        judge_note(j, o != NULL, "I2: a permit for nothing");
        if (o != NULL) {
            o->permits++;
        }
        break;
    }
    case EV_ORDER_STATE:
        judge_state(j, &e->as.ORDER_STATE);
        break;
    case EV_FILL:
        judge_fill(j, &e->as.FILL);
        break;
    case EV_CASH:
        judge_cash(j, &e->as.CASH);
        break;
    case EV_EQUITY: {
        const judge_account_t *a = judge_account(j, e->as.EQUITY.account);
        judge_note(j, a != NULL && e->as.EQUITY.cash == a->cash, "I9: cash of a day's end is another");
        break;
    }
    default:
        if (event_is_input((event_kind_t)e->head.kind)) {
            judge_input(j, e);
        }
        break;
    }
    return j->broken[0] == 0 ? ERR_OK : ERR_CORRUPT;
}

#endif
