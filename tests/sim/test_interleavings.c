/* Two users with an order each, and every way in which submit, acknowledge, fill, cancel, replace, a crash
 * and the return from it can follow one another: depth first, equal states once, what must hold checked after
 * every move.
 *
 * Each user enters two units with a protective stop, may ask for a cancel and may tighten the stop; the
 * broker fills one unit at a time and may fill the stop; once a request may vanish on its way, once any word
 * may be told before those that were said before it; once ten minutes may pass, once the kill switch may be
 * pressed, and once the process may die and go on from its durable facts. The side model below is plain
 * integers and knows nothing of the engine. What is checked: I1, I2, I6, I7, I8, I10, I11, I12, I16, I17,
 * I18, and that of a killed user no entry leaves, nor does one work at the broker once all is told.
 *
 * VITRINE_INTERLEAVE_ONE and _TWO are the most moves that are followed, of one user and of two; 0 means to
 * the end, until no state is new. VITRINE_INTERLEAVE_OVERTAKES is how often a word may overtake, and
 * with VITRINE_INTERLEAVE_KILLS=0 nobody presses the switch. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/budget.h"
#include "trade/execution/recover.h"
#include "trade/risk/gates.h"
#include "trade/risk/permit.h"

enum { USERS = 2, QTY = 2, BOOK = 8, QUEUE = 24, DEPTH_MAX = 200 };
#define T0 ((i64)20000 * NS_PER_DAY)
#define STOP_AT (PRICE_SCALE * 9)
#define STOP_NEXT (PRICE_SCALE * 95 / 10)
#define ENTRY_AT (PRICE_SCALE * 10)

typedef enum {
    MOVE_SUBMIT,
    MOVE_DOOR,
    MOVE_ARRIVE,
    MOVE_VANISH,
    MOVE_TIMEOUT, /* nobody knows: it may still arrive */
    MOVE_FILL,
    MOVE_STOP_FILLS,
    MOVE_CANCEL,
    MOVE_REPLACE,
    MOVE_KILL,
    MOVE_DELIVER, /* + which: words overtake one another freely */
    MOVE_USER_COUNT = MOVE_DELIVER + QUEUE
} move_t;

/* An order as the broker has it. */
typedef struct {
    id128_t id, parent;
    i64 qty, live, filled, price;
    i64 at[QTY]; /* what each unit was filled at */
    i8 sign;
    u8 state; /* 0 never seen, 1 held, 2 working, 3 over */
    u8 role;
    u8 arrivals;
} held_t;

typedef struct {
    effect_kind_t kind;
    intent_t intent;
    u64 epoch;
} request_t;

typedef struct {
    account_t account;
    account_t shadow; /* from the durable facts alone */
    recover_t replay;
    id128_t entry;
    held_t book[BOOK];
    request_t asked[QUEUE]; /* effects that wait for the door */
    request_t wire[QUEUE];  /* on their way */
    ev_BROKER_t word[QUEUE];
    u32 book_count, asked_count, wire_count, word_count;
    i64 position, cash; /* the broker's truth */
    u64 execs;
    u32 overtakes; /* words that were told before earlier ones */
    bool submitted, cancelled, replaced, vanished, killed;
} user_side_t;

typedef struct {
    user_side_t u[USERS];
    i64 now;
    u32 users;
    bool crashed, waited;
    u64 key[USERS]; /* of each user, when the state was met */
} side_t_all;

typedef struct {
    outbox_t out;
    closed_trades_t closed;
    side_t_all *stack; /* [DEPTH_MAX] */
    u64 *seen;         /* state hash, open addressing */
    u8 *left;          /* depth that was left when it was seen; NULL: the search has no limit */
    u64 slots;
    u64 states, moves, leaves, crashes, repeats;
    u32 deepest;
    char trail[DEPTH_MAX + 4][24]; /* the moves to where it is: for people */
    budget_t budget;
    bool whole;
} search_t;

#define LOSS_MIN_R 0.1
static const instrument_t instruments[1] = {{.cls = CLASS_STOCK, .multiplier = 1}};

/* ---- the broker ---- */

static held_t *held_find(user_side_t *u, id128_t id)
{
    for (u32 i = 0; i < u->book_count; i++) {
        if (id128_eq(u->book[i].id, id)) {
            return &u->book[i];
        }
    }
    return NULL;
}

static ev_BROKER_t *say(user_side_t *u, broker_msg_kind_t kind, id128_t id, i64 now)
{
    assert_true(u->word_count < QUEUE);
    ev_BROKER_t *w = &u->word[u->word_count++];
    *w = (ev_BROKER_t){.kind = (u8)kind, .intent = id, .account = u->account.account_id, .t_event = now};
    return w;
}

static held_t *held_add(user_side_t *u, const intent_t *i, u8 state)
{
    assert_true(u->book_count < BOOK);
    held_t *h = &u->book[u->book_count++];
    *h = (held_t){.id = i->id,
                  .parent = i->parent,
                  .qty = i->qty.v,
                  .live = state == 1 ? 0 : i->qty.v,
                  .price = i->stop.v,
                  .sign = side_is_buy((side_t)i->side) ? 1 : -1,
                  .state = state,
                  .role = i->role};
    return h;
}

static void over(held_t *h)
{
    h->state = 3;
}

static void tell_fill(user_side_t *u, const held_t *h, u64 exec, i64 price, i64 now)
{
    ev_BROKER_t *w = say(u, BROKER_FILL, h->id, now);
    w->exec_id = exec;
    w->qty = 1;
    w->price = price;
    w->cum_qty = h->filled;
}

/* One unit. The execution's number is a function of the order and the unit, so that it can be told again. */
static void fill_unit(user_side_t *u, held_t *h, i64 price, i64 now)
{
    h->at[h->filled++] = price;
    u->execs++;
    u->position += h->sign;
    u->cash -= h->sign * (price / (PRICE_SCALE / MONEY_SCALE));
    tell_fill(u, h, (u64)h->filled + 10 * (u64)(h - u->book + 1), price, now);
    for (u32 i = 0; i < u->book_count; i++) {
        held_t *c = &u->book[i];
        if (h->role == ROLE_ENTRY && id128_eq(c->parent, h->id) && c->state != 3) {
            c->live = MIN_OF(c->live + 1, c->qty);
            c->state = 2;
        }
    }
    if (h->filled == h->live && (h->role != ROLE_ENTRY || h->filled == h->qty)) {
        over(h);
    }
}

static void arrive_submit(user_side_t *u, const intent_t *i, i64 now)
{
    held_t *h = held_find(u, i->id);
    if (h != NULL) {
        h->arrivals++;
    }
    CHECK(h == NULL); /* I1: no order comes twice */
    h = held_add(u, i, 2);
    h->arrivals = 1;
    say(u, BROKER_ACK, i->id, now);
    if (i->role == ROLE_ENTRY && i->bracket_stop.v > 0) {
        intent_t child;
        intent_child(i, ROLE_STOP, &child);
        held_add(u, &child, 1);
    }
}

/* A cancelled entry leaves its stop for what was filled; without a fill the stop goes with it. */
static void arrive_cancel(user_side_t *u, id128_t id, i64 now)
{
    held_t *h = held_find(u, id);
    if (h == NULL || h->state != 2) {
        say(u, BROKER_CANCEL_REFUSED, id, now);
        return;
    }
    over(h);
    say(u, BROKER_CANCELED, id, now)->cum_qty = h->filled;
    for (u32 i = 0; i < u->book_count && h->role == ROLE_ENTRY; i++) {
        held_t *c = &u->book[i];
        if (id128_eq(c->parent, h->id) && c->state == 1) {
            over(c);
        }
    }
}

static void arrive_replace(user_side_t *u, const intent_t *i, i64 now)
{
    held_t *h = held_find(u, i->id);
    if (h == NULL || h->state != 2) {
        say(u, BROKER_REPLACE_REFUSED, i->id, now);
        return;
    }
    h->price = i->stop.v;
    say(u, BROKER_REPLACED, i->id, now);
}

/* What an order came to, told again from its beginning. */
static void answer_lookup(user_side_t *u, id128_t id, i64 now)
{
    held_t *h = held_find(u, id);
    if (h == NULL) {
        say(u, BROKER_LOOKUP_ABSENT, id, now);
        return;
    }
    for (i64 k = 1; k <= h->filled; k++) {
        held_t part = *h;
        part.filled = k;
        tell_fill(u, &part, (u64)k + 10 * (u64)(h - u->book + 1), h->at[k - 1], now);
    }
    if (h->state == 3 && h->filled < h->qty) {
        say(u, BROKER_CANCELED, id, now)->cum_qty = h->filled;
    } else if (h->state != 3) {
        say(u, BROKER_LOOKUP_FOUND, id, now);
    }
}

/* ---- one step of an engine ---- */

/* account_copy without the parts that stay empty here: a move copies a few KiB instead of a hundred. */
static void copy_account(account_t *to, const account_t *from)
{
    assert_true(from->halt_market == 0 && from->plans[0].schedule.count == 0);
    u32 had = to->account_id == 0 ? LIMIT_POSITIONS : to->positions_used;
    for (u32 i = from->positions_used; i < had; i++) {
        to->positions[i] = (position_t){.inst = INST_NONE};
    }
    for (u32 i = from->orders_used; i < to->orders_used; i++) {
        to->orders[i] = (order_t){0};
    }
    memcpy(to->positions, from->positions, from->positions_used * sizeof to->positions[0]);
    memcpy(to->orders, from->orders, from->orders_used * sizeof to->orders[0]);
    memcpy(to, from, offsetof(account_t, positions));
}

/* Facts are durable before an effect is seen by anybody (I17). */
static void keep(search_t *x, user_side_t *u, event_t *input)
{
    CHECK_OK(recover_apply(&u->replay, input));
    for (u32 i = 0; i < x->out.fact_count; i++) {
        CHECK_OK(recover_apply(&u->replay, &x->out.facts[i]));
    }
    for (u32 i = 0; i < x->out.effect_count; i++) {
        const effect_t *e = &x->out.effects[i];
        assert_true(u->asked_count < QUEUE);
        u->asked[u->asked_count++] = (request_t){.kind = e->kind, .intent = e->intent, .epoch = e->epoch};
    }
    CHECK(account_check(&u->account));
    CHECK(exec_check(&u->account)); /* I1, I6, I7 inside the account */
}

static event_t input_of(const side_t_all *s, event_kind_t kind)
{
    return (event_t){.head = {.kind = (u16)kind, .t_event = s->now, .t_engine = s->now}};
}

static void facts_equal(const user_side_t *u)
{
    static u8 a[1 << 16];
    static u8 b[1 << 16];
    writer_t wa = writer_of(a, sizeof a);
    writer_t wb = writer_of(b, sizeof b);
    CHECK_OK(account_encode_facts(&u->account, &wa));
    CHECK_OK(account_encode_facts(&u->shadow, &wb));
    CHECK(wa.used == wb.used && memcmp(a, b, wa.used) == 0); /* I18: facts lead to the same account */
}

static void submit(search_t *x, side_t_all *s, user_side_t *u)
{
    gates_t gates = {0};
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *r = rule_at(i);
        if (rule_stage(r->id) == 12) {
            f64 at = r->op == GATE_LT ? -1.0 : r->op == GATE_GT ? 1.0 : 0.0;
            (void)gate_check(&gates, (rule_t)r->id, at * r->step, 0);
        }
    }
    permit_request_t r = {.multiplier = 1};
    r.draft = (intent_t){.t_decided = s->now,
                         .send_before = s->now + NS_PER_SEC,
                         .qty = {QTY},
                         .reference = {ENTRY_AT},
                         .bracket_stop = {STOP_AT},
                         .side = SIDE_BUY,
                         .type = ORDER_MARKET,
                         .tif = TIF_DAY,
                         .role = ROLE_ENTRY};
    risk_permit_t permit;
    CHECK_OK(permit_open(&u->account, &r, &gates, &permit));
    CHECK_OK(exec_submit(&u->account, &permit, s->now, &x->out));
    CHECK(exec_submit(&u->account, &permit, s->now, &x->out) != ERR_OK); /* I2: once */
    u->entry = permit.intent.id;
    u->submitted = true;
}

static void door(search_t *x, side_t_all *s, user_side_t *u)
{
    request_t q = u->asked[0];
    u->asked_count--;
    memmove(&u->asked[0], &u->asked[1], u->asked_count * sizeof q);
    if (q.kind == EFFECT_LOOKUP) {
        answer_lookup(u, q.intent.id, s->now);
        return;
    }
    bool opens = q.kind == EFFECT_SUBMIT && side_is_opening((side_t)q.intent.side);
    bool barred = opens && (u->account.killed != 0 || u->account.epoch != q.epoch); /* as at the order door */
    bool late = q.kind == EFFECT_SUBMIT && (barred || s->now > q.intent.send_before);
    CHECK(!opens || late || !u->killed);
    ev_SEND_RESULT_t sent = {.intent = q.intent.id, .sent = late ? 0 : 1};
    exec_on_send_result(&u->account, &sent, s->now, &x->out);
    if (late) {
        say(u, BROKER_NOT_SENT, q.intent.id, s->now);
    } else {
        assert_true(u->wire_count < QUEUE);
        u->wire[u->wire_count++] = q;
    }
    event_t e = input_of(s, EV_SEND_RESULT);
    e.as.SEND_RESULT = sent;
    keep(x, u, &e);
    outbox_reset(&x->out);
}

static request_t wire_take(user_side_t *u)
{
    request_t q = u->wire[0];
    u->wire_count--;
    memmove(&u->wire[0], &u->wire[1], u->wire_count * sizeof q);
    return q;
}

static void arrive(side_t_all *s, user_side_t *u)
{
    request_t q = wire_take(u);
    switch (q.kind) {
    case EFFECT_SUBMIT:
        arrive_submit(u, &q.intent, s->now);
        break;
    case EFFECT_CANCEL:
        arrive_cancel(u, q.intent.id, s->now);
        break;
    default:
        arrive_replace(u, &q.intent, s->now);
        break;
    }
}

static void deliver(search_t *x, side_t_all *s, user_side_t *u, u32 which)
{
    ev_BROKER_t w = u->word[which];
    u->overtakes += which > 0 ? 1 : 0;
    u->word_count--;
    memmove(&u->word[which], &u->word[which + 1], (u->word_count - which) * sizeof w);
    const order_t *o = account_order_const(&u->account, w.intent);
    u8 before = o != NULL ? o->state : 0;
    i64 filled = o != NULL ? o->filled.v : 0;
    x->closed.count = 0;
    exec_on_broker(&u->account, &w, LOSS_MIN_R, s->now, &x->closed, &x->out);
    o = account_order_const(&u->account, w.intent);
    if (before != 0 && o != NULL) {
        CHECK(o->filled.v >= filled);                                                           /* I7 */
        CHECK(!order_state_is_terminal((order_state_t)before) || o->state == before);           /* I10 */
        CHECK(before != ORDER_UNKNOWN || o->state == ORDER_UNKNOWN || w.kind != BROKER_SILENT); /* I11 */
        CHECK(before != ORDER_UNKNOWN || o->state == ORDER_UNKNOWN || w.kind != BROKER_NOT_SENT);
    }
    event_t e = input_of(s, EV_BROKER);
    e.as.BROKER = w;
    keep(x, u, &e);
    outbox_reset(&x->out);
}

static void ask(search_t *x, side_t_all *s, user_side_t *u, move_t move)
{
    event_t e = input_of(s, EV_COMMAND);
    if (move == MOVE_SUBMIT) {
        submit(x, s, u);
    } else if (move == MOVE_CANCEL) {
        u->cancelled = true;
        (void)(exec_cancel(&u->account, u->entry, s->now, &x->out) == ERR_OK);
    } else if (move == MOVE_KILL) {
        u->killed = true;
        exec_kill(&u->account, s->now, &x->out);
        risk_kill(&u->shadow); /* what the engine does with the command in recovery */
    } else {
        position_t *p = account_position(&u->account, 0);
        u->replaced = true;
        (void)(p != NULL &&
               exec_replace_stop(&u->account, p, (price_t){STOP_NEXT}, s->now, &x->out) == ERR_OK);
    }
    keep(x, u, &e);
    outbox_reset(&x->out);
}

/* The process dies: effects that had not left and words that were not taken are gone; what is on the wire is
 * lost (that it arrived is the path on which it arrived before). It goes on from the durable facts. */
static void crash(search_t *x, side_t_all *s)
{
    s->crashed = true;
    s->now += 10 * NS_PER_MIN;
    for (u32 i = 0; i < s->users; i++) {
        user_side_t *u = &s->u[i];
        u->asked_count = 0;
        u->word_count = 0;
        u->wire_count = 0;
        facts_equal(u);
        copy_account(&u->account, &u->shadow);
        recover_t r = u->replay;
        r.account = &u->account;
        recover_finish(&r, s->now, &x->out);
        CHECK(u->account.reconcile != 0 && (u->account.killed != 0) == u->killed);
        copy_account(&u->shadow, &u->account); /* from here on it follows the recovered account */
        for (u32 k = 0; k < x->out.effect_count; k++) {
            const effect_t *e = &x->out.effects[k];
            assert_true(u->asked_count < QUEUE);
            u->asked[u->asked_count++] = (request_t){.kind = e->kind, .intent = e->intent, .epoch = e->epoch};
        }
        CHECK(account_check(&u->account) && exec_check(&u->account));
        for (u32 k = 0; k < x->out.effect_count; k++) { /* I18: nothing that may have left is sent again */
            CHECK(x->out.effects[k].kind != EFFECT_SUBMIT || x->out.effects[k].intent.role != ROLE_ENTRY);
        }
        outbox_reset(&x->out);
    }
    x->crashes++;
}

/* Ten minutes pass: what is unknown is looked up again, and what waits too long is asked for. */
static void wait_long(search_t *x, side_t_all *s)
{
    s->now += 10 * NS_PER_MIN;
    s->waited = true;
    for (u32 i = 0; i < s->users; i++) {
        user_side_t *u = &s->u[i];
        (void)exec_lookup_unknown(&u->account, s->now, 5 * NS_PER_SEC, &x->out);
        event_t e = input_of(s, EV_TIMER);
        keep(x, u, &e);
        outbox_reset(&x->out);
    }
}

/* ---- the search ---- */

static held_t *working(user_side_t *u, order_role_t role)
{
    for (u32 i = 0; i < u->book_count; i++) {
        held_t *h = &u->book[i];
        if (h->state == 2 && h->role == role && h->filled < h->live) {
            return h;
        }
    }
    return NULL;
}

static bool word_equal(const ev_BROKER_t *a, const ev_BROKER_t *b)
{
    return a->kind == b->kind && id128_eq(a->intent, b->intent) && a->exec_id == b->exec_id &&
           a->cum_qty == b->cum_qty && a->price == b->price && a->t_event == b->t_event;
}

static u32 overtakes_max; /* set by main, as is the next */
static bool kills;

/* Of equal words one is as good as another. */
static bool word_is_first(const user_side_t *u, u32 which)
{
    for (u32 i = 0; i < which && which < u->word_count; i++) {
        if (word_equal(&u->word[i], &u->word[which])) {
            return false;
        }
    }
    return which < u->word_count && (which == 0 || u->overtakes < overtakes_max);
}

static bool possible(side_t_all *s, u32 user, move_t move)
{
    user_side_t *u = &s->u[user];
    switch (move) {
    case MOVE_SUBMIT:
        return !u->submitted && !s->crashed && !u->killed;
    case MOVE_DOOR:
        return u->asked_count > 0;
    case MOVE_ARRIVE:
        return u->wire_count > 0;
    case MOVE_VANISH:
    case MOVE_TIMEOUT:
        return u->wire_count > 0 && !u->vanished;
    case MOVE_FILL:
        return working(u, ROLE_ENTRY) != NULL;
    case MOVE_STOP_FILLS:
        return working(u, ROLE_STOP) != NULL;
    case MOVE_CANCEL:
        return u->submitted && !u->cancelled;
    case MOVE_KILL:
        return kills && u->submitted && !u->killed;
    case MOVE_REPLACE:
        return !u->replaced && account_position_const(&u->account, 0) != NULL;
    default:
        return word_is_first(u, move - MOVE_DELIVER);
    }
}

static void trail_say(const search_t *x)
{
    for (u32 i = 0; i < DEPTH_MAX + 4 && x->trail[i][0] != '\0'; i++) {
        print_message("# %u %s\n", i, x->trail[i]);
    }
}

static void make(search_t *x, side_t_all *s, u32 user, move_t move)
{
    user_side_t *u = &s->u[user];
    switch (move) {
    case MOVE_DOOR:
        door(x, s, u);
        break;
    case MOVE_ARRIVE:
        arrive(s, u);
        break;
    case MOVE_VANISH:
        u->vanished = true;
        say(u, BROKER_SILENT, wire_take(u).intent.id, s->now);
        break;
    case MOVE_TIMEOUT:
        u->vanished = true;
        say(u, BROKER_SILENT, u->wire[0].intent.id, s->now);
        break;
    case MOVE_FILL:
        fill_unit(u, working(u, ROLE_ENTRY), ENTRY_AT, s->now);
        break;
    case MOVE_STOP_FILLS:
        fill_unit(u, working(u, ROLE_STOP), working(u, ROLE_STOP)->price, s->now);
        break;
    case MOVE_SUBMIT:
    case MOVE_CANCEL:
    case MOVE_REPLACE:
    case MOVE_KILL:
        ask(x, s, u, move);
        break;
    default:
        deliver(x, s, u, move - MOVE_DELIVER);
        break;
    }
    if (u->position < 0) {
        trail_say(x);
    }
    CHECK(u->position >= 0); /* I6: stops never turn it over */
}

/* All is told: what the engine believes is what the broker has (I8), and the sum of the users is the broker's
 * (I16). */
static void judge_rest(search_t *x, side_t_all *s)
{
    i64 fills = 0;
    for (u32 round = 0; round < 4; round++) { /* what is unknown is settled by a look, never by time alone */
        wait_long(x, s);
        for (u32 i = 0; i < s->users; i++) {
            user_side_t *u = &s->u[i];
            while (u->asked_count > 0 || u->wire_count > 0 || u->word_count > 0) {
                move_t m = u->asked_count > 0 ? MOVE_DOOR : u->wire_count > 0 ? MOVE_ARRIVE : MOVE_DELIVER;
                make(x, s, i, m);
            }
        }
    }
    for (u32 i = 0; i < s->users; i++) {
        user_side_t *u = &s->u[i];
        const position_t *p = account_position_const(&u->account, 0);
        if ((p == NULL ? 0 : p->qty.v) != u->position || u->account.cash.v != u->cash) {
            trail_say(x);
        }
        CHECK_EQ(p == NULL ? 0 : p->qty.v, u->position);
        CHECK_EQ(u->account.cash.v, u->cash);
        facts_equal(u);
        const held_t *entry = held_find(u, u->entry);
        CHECK(!u->killed || entry == NULL || entry->state == 3);
        for (u32 k = 0; k < u->account.orders_used; k++) {
            const order_t *o = &u->account.orders[k];
            CHECK(o->state != ORDER_UNKNOWN && o->state != ORDER_PENDING_NEW && o->state != ORDER_INTENT);
            held_t *h = held_find(u, o->intent.id);
            CHECK_EQ(o->filled.v, h == NULL ? 0 : h->filled); /* I7 */
            fills += o->filled.v;
        }
    }
    CHECK_EQ(fills, (i64)(s->u[0].execs + (s->users > 1 ? s->u[1].execs : 0)));
}

/* What is under way between the engine and the broker. */
static void put_under_way(const user_side_t *u, writer_t *w)
{
    for (u32 k = 0; k < u->asked_count; k++) {
        put_u8(w, (u8)u->asked[k].kind);
        put_bytes(w, u->asked[k].intent.id.b, 16);
    }
    for (u32 k = 0; k < u->wire_count; k++) {
        put_u8(w, (u8)(u->wire[k].kind + 50));
        put_bytes(w, u->wire[k].intent.id.b, 16);
    }
    for (u32 k = 0; k < u->word_count; k++) {
        const ev_BROKER_t *m = &u->word[k];
        const i64 parts[] = {m->kind, (i64)m->exec_id, m->cum_qty, m->price, m->t_event};
        put_bytes(w, m->intent.b, sizeof m->intent.b);
        put_bytes(w, (const u8 *)parts, sizeof parts);
    }
}

/* An account, and what facts alone do not hold of it. */
static void put_account(const account_t *a, writer_t *w)
{
    CHECK_OK(account_encode_facts(a, w));
    put_u8(w, a->reconcile);
    for (u32 k = 0; k < a->orders_used; k++) {
        const order_t *o = &a->orders[k];
        const i64 numbers[] = {o->before,  o->flags,  o->want_stop.v, o->end,       o->told.v,
                               o->t_doubt, o->t_sent, o->t_state,     o->t_replace, (i64)o->broker_order};
        put_bytes(w, (const u8 *)numbers, sizeof numbers);
    }
    const position_t *p = account_position_const(a, 0);
    if (p != NULL) {
        const i64 numbers[] = {p->exiting,      p->exit_reason, p->exit_failures, p->cancel_tries,
                               p->protect_tries, p->t_exit_sent, p->t_exit_failed};
        put_bytes(w, (const u8 *)numbers, sizeof numbers);
        put_bytes(w, p->stop_id.b, sizeof p->stop_id.b);
        put_bytes(w, p->exit_id.b, sizeof p->exit_id.b);
    }
}

/* All of one user that decides what can follow. */
static u64 user_key(const side_t_all *s, const user_side_t *u)
{
    static u8 bytes[1 << 16];
    writer_t w = writer_of(bytes, sizeof bytes);
    put_account(&u->account, &w);
    if (!s->crashed) {
        put_account(&u->shadow, &w); /* a crash goes on from it */
    }
    put_bytes(&w, (const u8 *)u->book, u->book_count * sizeof u->book[0]);
    put_under_way(u, &w);
    put_u32(&w, u->overtakes);
    const bool flags[] = {u->submitted, u->cancelled, u->replaced, u->vanished, u->killed};
    for (u32 k = 0; k < COUNT_OF(flags); k++) {
        put_u8(&w, flags[k] ? 1 : 0);
    }
    CHECK_OK(writer_done(&w));
    return hash64(bytes, w.used);
}

static u64 state_key(side_t_all *s)
{
    u64 h = (s->crashed ? 1U : 0U) + (s->waited ? 2U : 0U);
    for (u32 i = 0; i < s->users; i++) {
        s->key[i] = user_key(s, &s->u[i]);
        h = hash64_seed(&s->key[i], sizeof s->key[i], h);
    }
    return h == 0 ? 1 : h;
}

/* True if the state was not seen with as much depth left. */
static bool fresh(search_t *x, u64 key, u8 left)
{
    u64 at = key % x->slots;
    while (x->seen[at] != 0 && x->seen[at] != key) {
        at = (at + 1) % x->slots;
    }
    if (x->seen[at] == key && (x->left == NULL || x->left[at] >= left)) {
        x->repeats++;
        return false;
    }
    x->states += x->seen[at] == 0 ? 1 : 0;
    assert_true(x->states < x->slots / 4 * 3);
    x->seen[at] = key;
    if (x->left != NULL) {
        x->left[at] = left;
    }
    return true;
}

static void side_copy(side_t_all *to, const side_t_all *from)
{
    for (u32 i = 0; i < from->users; i++) {
        user_side_t *u = &to->u[i];
        const user_side_t *f = &from->u[i];
        copy_account(&u->account, &f->account);
        copy_account(&u->shadow, &f->shadow);
        memcpy(&u->replay, &f->replay, offsetof(recover_t, closed));
        u->replay.account = &u->shadow;
        u->replay.closed.count = 0;
        u->entry = f->entry;
        memcpy(u->book, f->book, f->book_count * sizeof u->book[0]);
        memcpy(u->asked, f->asked, f->asked_count * sizeof u->asked[0]);
        memcpy(u->wire, f->wire, f->wire_count * sizeof u->wire[0]);
        memcpy(u->word, f->word, f->word_count * sizeof u->word[0]);
        memcpy((u8 *)u + offsetof(user_side_t, book_count), (const u8 *)f + offsetof(user_side_t, book_count),
               sizeof *u - offsetof(user_side_t, book_count));
    }
    to->now = from->now;
    to->users = from->users;
    to->crashed = from->crashed;
    to->waited = from->waited;
}

static void explore(search_t *x, u32 depth, u32 limit);

static void branch(search_t *x, u32 depth, u32 limit, u32 user, move_t move, bool dies)
{
    side_t_all *next = &x->stack[depth + 1];
    static const char *const names[] = {"submit", "door",       "arrive", "vanish",  "timeout",
                                        "fill",   "stop fills", "cancel", "replace", "kill",   "deliver"};
    u32 which = move > MOVE_DELIVER ? move - MOVE_DELIVER : 0;
    (void)snprintf(x->trail[depth], sizeof x->trail[depth], "%u %s %u", user + 1,
                   dies ? "crash" : names[move - which], which + 1);
    x->trail[depth + 1][0] = '\0';
    side_copy(next, &x->stack[depth]);
    if (dies) {
        crash(x, next);
    } else {
        make(x, next, user, move);
        for (u32 other = 0; other < next->users; other++) { /* I16: a move of one is nothing to another */
            CHECK(other == user || user_key(next, &next->u[other]) == x->stack[depth].key[other]);
        }
    }
    x->moves++;
    explore(x, depth + 1, limit);
}

static void explore(search_t *x, u32 depth, u32 limit)
{
    side_t_all *s = &x->stack[depth];
    u32 tried = 0;
    u64 k;
    if (!fresh(x, state_key(s), (u8)(limit - depth))) {
        return;
    }
    x->deepest = MAX_OF(x->deepest, depth);
    if ((x->states & 1023) == 0 && !budget_next(&x->budget, &k)) {
        x->whole = false;
    }
    if (depth == limit || !x->whole) {
        return;
    }
    bool rest = true;
    for (u32 user = 0; user < s->users; user++) {
        for (u32 m = 0; m < MOVE_USER_COUNT; m++) {
            if (possible(s, user, (move_t)m)) {
                bool own = m == MOVE_SUBMIT || m == MOVE_FILL || m == MOVE_STOP_FILLS || m == MOVE_CANCEL ||
                           m == MOVE_REPLACE || m == MOVE_KILL;
                rest = rest && own;
                tried++;
                branch(x, depth, limit, user, (move_t)m, false);
            }
        }
    }
    if (!s->crashed) {
        branch(x, depth, limit, 0, MOVE_SUBMIT, true);
    }
    bool still =
        true; /* a request arrives or is lost within the broker's visibility delay: that is what it means */
    for (u32 user = 0; user < s->users; user++) {
        still = still && s->u[user].wire_count == 0;
    }
    if (!s->waited && still) {
        side_copy(&x->stack[depth + 1], s);
        (void)snprintf(x->trail[depth], sizeof x->trail[depth], "ten minutes");
        x->trail[depth + 1][0] = '\0';
        wait_long(x, &x->stack[depth + 1]);
        x->moves++;
        explore(x, depth + 1, limit);
    }
    if (rest) { /* nothing is on its way: both books must agree */
        side_copy(&x->stack[depth + 1], s);
        judge_rest(x, &x->stack[depth + 1]);
        x->leaves++;
    }
}

static void begin(search_t *x, u32 users)
{
    side_t_all *s = &x->stack[0];
    s->users = users;
    s->now = T0;
    for (u32 i = 0; i < s->users; i++) {
        user_side_t *u = &s->u[i];
        account_setup_t setup = {.account_id = i + 1,
                                 .owner_id = i + 1,
                                 .risk_group_id = i + 1,
                                 .cash = {1000 * MONEY_SCALE},
                                 .visibility_delay_ns = NS_PER_MIN};
        account_init(&u->account, &setup);
        account_day_begin(&u->account, 20000, 20001);
        u->cash = u->account.cash.v;
        u->shadow = u->account;
        u->replay = (recover_t){.account = &u->shadow,
                                .instruments = instruments,
                                .instrument_count = 1,
                                .loss_min_r = LOSS_MIN_R};
    }
}

/* Up to `limit` moves; 0: to the end, and the end must be there. */
static void search(u32 users, u32 limit)
{
    bool all = limit == 0;
    u64 slots = 1ULL << (all ? 28 : 23);
    search_t x = {.stack = calloc(DEPTH_MAX + 2, sizeof *x.stack),
                  .seen = calloc(slots, sizeof *x.seen),
                  .left = all ? NULL : calloc(slots, 1),
                  .slots = slots,
                  .whole = true};
    limit = all ? DEPTH_MAX : limit;
    assert_true(x.stack != NULL && x.seen != NULL && (all || x.left != NULL) && limit <= DEPTH_MAX);
    CHECK_OK(outbox_open(&x.out, 1 << 16));
    x.budget = budget_start(UINT32_MAX);
    begin(&x, users);
    explore(&x, 0, limit);
    bool closed = x.deepest < limit;
    print_message(
        "# %u user%s, depth %u%s: %llu states, %llu moves, %llu crashes, %llu at rest, %llu met again\n",
        users, users > 1 ? "s" : "", x.deepest,
        !x.whole ? " (the time budget ended it)"
        : closed ? ", there are no more"
                 : ", all up to it",
        (unsigned long long)x.states, (unsigned long long)x.moves, (unsigned long long)x.crashes,
        (unsigned long long)x.leaves, (unsigned long long)x.repeats);
    CHECK(x.crashes > 100 && x.leaves > 10);
    CHECK(!all || !x.whole || closed);
    outbox_close(&x.out);
    free(x.stack);
    free(x.seen);
    free(x.left);
}

static u32 depth_from(const char *name, u32 otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? (u32)strtoul(text, NULL, 10) : otherwise;
}

/* One user followed to the end (VITRINE_INTERLEAVE_ONE=0) is two followed to theirs: a move of one leaves all
 * of the other as it was (checked at each of them in the search over two), and what they share, the crash and
 * the ten minutes, is a loop over users here, and may come at any time. So a state of two is a pair of states
 * of one. */
TEST(every_way_of_one_order)
{
    UNUSED_STATE;
    search(1, depth_from("VITRINE_INTERLEAVE_ONE", 14));
}

TEST(every_interleaving_of_two_orders_of_two_users)
{
    UNUSED_STATE;
    search(2, depth_from("VITRINE_INTERLEAVE_TWO", 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_one_order),
        cmocka_unit_test(every_interleaving_of_two_orders_of_two_users),
    };
    overtakes_max = depth_from("VITRINE_INTERLEAVE_OVERTAKES", 1);
    kills = depth_from("VITRINE_INTERLEAVE_KILLS", 1) != 0;
    return RUN_TESTS(tests);
}
