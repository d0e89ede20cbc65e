/* A small desk for tests: one account, the door, the simulated broker, and a pump that carries effects and
 * messages between them in the order the engine does. */
#ifndef VITRINE_TESTS_TRADE_BENCH_ACCOUNT_H
#define VITRINE_TESTS_TRADE_BENCH_ACCOUNT_H

#include <stdlib.h>
#include <string.h>

#include "drivers/paper.h"
#include "tests/test.h"
#include "trade/execution/execution.h"
#include "trade/risk/gates.h"

enum { DESK_INSTRUMENTS = 4, DESK_MESSAGES = 4096 };

typedef struct {
    account_t account;
    outbox_t out;
    paper_t paper;
    order_door_t door;
    door_word_t word;
    config_t config;
    f64 loss_min_r;
    instrument_t instruments[DESK_INSTRUMENTS];
    paper_context_t context[DESK_INSTRUMENTS];
    closed_trades_t closed;
    ev_BROKER_t messages[DESK_MESSAGES];
    ev_SEND_RESULT_t results[DESK_MESSAGES];
    event_t log[65536]; /* every fact, for counting */
    u32 log_count;
    i64 now;
    i64 bar_open;
    u64 ordinal;
    bool drop_all; /* the wire is cut: effects vanish */
} desk_t;

#define USD(x) ((price_t){(i64)((x) * 1e9 + 0.5)})
#define CASHES(x) ((money_t){(i64)(x) * MONEY_SCALE})
enum { DESK_DAY = 17000 };
#define DESK_OPEN ((i64)DESK_DAY * NS_PER_DAY + 14 * NS_PER_HOUR + 30 * NS_PER_MIN)

/* One bar of one instrument; `traded_from`: it began with the position or behind it. */
static inline void desk_mark(account_t *a, inst_t inst, const bar_t *bar, bool traded_from)
{
    bar_t b = *bar;
    const position_t *p = account_position_const(a, inst);
    b.t_event = p == NULL ? b.t_event : p->t_entry - (traded_from ? 0 : 1);
    slice_t s = {.count = 1, .inst = &inst, .bar = &b};
    account_mark_slice(a, &s);
}

static inline desk_t *desk_open(i64 cash)
{
    desk_t *d = calloc(1, sizeof *d);
    assert_non_null(d);
    CHECK_OK(outbox_open(&d->out, 1 << 20));
    d->config = config_default(PROFILE_DAY, PRESET_MODERATE);
    for (u32 i = 0; i < DESK_INSTRUMENTS; i++) {
        d->instruments[i] = (instrument_t){.cls = CLASS_STOCK, .tick = USD(0.01), .multiplier = 1};
        d->context[i] = (paper_context_t){.sigma_d_bps = 200, .dollar_vol20 = 1e9};
    }
    account_setup_t s = {.account_id = 7, .owner_id = 1, .risk_group_id = 1, .cash = CASHES(cash)};
    s.incarnation.b[0] = 9;
    account_init(&d->account, &s);
    account_day_begin(&d->account, DESK_DAY, DESK_DAY + 1);
    paper_setup_t ps = {.instruments = d->instruments,
                        .context = d->context,
                        .instrument_count = DESK_INSTRUMENTS,
                        .config = &d->config};
    CHECK_OK(paper_open(&d->paper, &ps));
    paper_session(&d->paper, DESK_OPEN, DESK_OPEN + 390 * NS_PER_MIN);
    d->word.account = d->account.account_id;
    order_door_open(&d->door, paper_port(&d->paper), &d->word, 1);
    d->loss_min_r = 0.1;
    d->bar_open = DESK_OPEN + 60 * NS_PER_MIN;
    d->now = d->bar_open;
    return d;
}

static inline void desk_close(desk_t *d)
{
    paper_close(&d->paper);
    outbox_close(&d->out);
    free(d);
}

static inline void desk_log(desk_t *d)
{
    for (u32 i = 0; i < d->out.fact_count; i++) {
        if (d->log_count < COUNT_OF(d->log)) {
            d->log[d->log_count++] = d->out.facts[i];
        }
    }
}

static inline u32 desk_count(const desk_t *d, event_kind_t kind)
{
    u32 n = 0;
    for (u32 i = 0; i < d->log_count; i++) {
        n += d->log[i].head.kind == (u16)kind ? 1 : 0;
    }
    return n;
}

static inline void desk_invariants(const desk_t *d)
{
    CHECK(account_check(&d->account));
    CHECK(ledger_balanced(&d->account.ledger));
    CHECK(exec_check(&d->account));
}

/* Carries messages in, effects out, until nothing moves. */
static inline void desk_pump(desk_t *d, door_out_t *box)
{
    u32 rounds = 0;
    while (box->result_count > 0 || box->broker.count > 0 || d->out.effect_count > 0) {
        assert_true(++rounds < 100);
        for (u32 i = 0; i < box->result_count; i++) {
            exec_on_send_result(&d->account, &box->results[i], d->now, &d->out);
        }
        for (u32 i = 0; i < box->broker.count; i++) {
            exec_on_broker(&d->account, &box->broker.v[i], d->loss_min_r, d->now, &d->closed, &d->out);
            desk_invariants(d);
        }
        box->result_count = 0;
        box->broker.count = 0;
        desk_log(d);
        u32 n = d->out.effect_count;
        effect_t *copy = calloc(n + 1, sizeof *copy);
        if (n > 0) {
            memcpy(copy, d->out.effects, n * sizeof *copy);
        }
        outbox_reset(&d->out);
        door_publish(&d->word, d->account.epoch, d->account.killed != 0);
        for (u32 i = 0; i < n && !d->drop_all; i++) {
            order_door_send(&d->door, &copy[i], d->now, box);
        }
        free(copy);
    }
    desk_log(d);
    outbox_reset(&d->out);
}

static inline door_out_t desk_box(desk_t *d)
{
    return (door_out_t){.broker = {.v = d->messages, .cap = DESK_MESSAGES}, .results = d->results,
                        .result_cap = DESK_MESSAGES};
}

static inline void desk_flush(desk_t *d)
{
    door_out_t box = desk_box(d);
    desk_pump(d, &box);
}

static inline void desk_say(desk_t *d, broker_msg_kind_t kind, id128_t id, i64 qty, price_t price, u64 exec)
{
    door_out_t box = desk_box(d);
    intent_t i = {.id = id, .account_id = d->account.account_id};
    ev_BROKER_t *m = broker_msgs_add(&box.broker, kind, &i, d->now);
    m->qty = qty;
    m->price = price.v;
    m->exec_id = exec;
    desk_pump(d, &box);
}

/* One five-minute bar of instrument 0; bars follow each other. */
static inline bar_t desk_bar(desk_t *d, f64 o, f64 h, f64 l, f64 c)
{
    return (bar_t){.t_event = d->bar_open,
                   .t_known = d->bar_open + 5 * NS_PER_MIN,
                   .open = USD(o),
                   .high = USD(h),
                   .low = USD(l),
                   .close = USD(c),
                   .volume = 1000000};
}

static inline void desk_slice(desk_t *d, const bar_t *bar, bool last, const action_t *action)
{
    static const inst_t inst[] = {0};
    slice_t s = {.t_known = bar->t_known,
                 .t_open = bar->t_event,
                 .session = DESK_DAY,
                 .timeframe = TF_5M,
                 .ordinal = d->ordinal++,
                 .count = 1,
                 .inst = inst,
                 .bar = bar,
                 .action_count = action ? 1 : 0,
                 .action = action,
                 .session_last = last};
    d->bar_open += 5 * NS_PER_MIN;
    d->now = bar->t_known;
    door_out_t box = desk_box(d);
    if (action != NULL) {
        CHECK_OK(account_on_action(&d->account, action, &d->instruments[action->inst], bar->open, &d->out));
    }
    paper_on_slice(&d->paper, &s, &box.broker);
    desk_pump(d, &box);
    desk_mark(&d->account, 0, bar, true);
}

static inline void desk_step(desk_t *d, f64 o, f64 h, f64 l, f64 c)
{
    bar_t b = desk_bar(d, o, h, l, c);
    desk_slice(d, &b, false, NULL);
}

static inline permit_request_t desk_request(const desk_t *d, side_t side, i64 qty, f64 ref, f64 stop,
                                            f64 target)
{
    permit_request_t r = {.multiplier = 1};
    r.tag = (trade_tag_t){.strategy = 1, .kind = 3, .sector = 5, .quality = 4, .a = USD(1), .r = USD(1),
                          .atr_d = USD(2), .c0 = 0.75, .m0 = 0.1};
    r.draft = (intent_t){.t_decided = d->now,
                         .send_before = d->now + 2 * NS_PER_SEC,
                         .qty = {qty},
                         .reference = USD(ref),
                         .bracket_stop = USD(stop),
                         .bracket_target = USD(target),
                         .inst = 0,
                         .side = (u8)side,
                         .type = ORDER_MARKET,
                         .tif = TIF_DAY,
                         .role = ROLE_ENTRY,
                         .strategy = 1};
    return r;
}

/* Gates as they must be for a permit: every rule of stage 12 with a value that holds. */
static inline gates_t desk_gates(void)
{
    gates_t g = {0};
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *r = rule_at(i);
        if (rule_stage(r->id) == 12) {
            f64 at = r->op == GATE_LT ? -1.0 : r->op == GATE_GT ? 1.0 : 0.0;
            gate_check(&g, (rule_t)r->id, at * r->step, 0);
        }
    }
    return g;
}

static inline id128_t desk_submit(desk_t *d, const permit_request_t *r)
{
    gates_t g = desk_gates();
    risk_permit_t permit;
    CHECK_OK(permit_open(&d->account, r, &g, &permit));
    CHECK_OK(exec_submit(&d->account, &permit, d->now, &d->out));
    return permit.intent.id;
}

static inline id128_t desk_enter(desk_t *d, side_t side, i64 qty, f64 ref, f64 stop, f64 target)
{
    permit_request_t r = desk_request(d, side, qty, ref, stop, target);
    id128_t id = desk_submit(d, &r);
    desk_flush(d);
    return id;
}

static inline order_state_t desk_state(const desk_t *d, id128_t id)
{
    const order_t *o = account_order_const(&d->account, id);
    assert_non_null(o);
    return (order_state_t)o->state;
}

/* Quantity of instrument 0 that live stops may still close. */
static inline i64 desk_covered(const desk_t *d)
{
    i64 n = 0;
    for (u32 i = 0; i < d->account.orders_used; i++) {
        const order_t *o = &d->account.orders[i];
        bool live = o->state != 0 && !order_state_is_terminal((order_state_t)o->state);
        n += live && o->intent.inst == 0 && o->intent.role == ROLE_STOP ? o->live.v - o->filled.v : 0;
    }
    return n;
}

/* A hundred held from 100, with a stop at 99 and a target at 104 at work. */
static inline position_t *desk_hold(desk_t *d)
{
    desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    position_t *p = account_position(&d->account, 0);
    assert_non_null(p);
    return p;
}

/* What stands in the outbox: effects of one kind for one order. */
static inline u32 desk_effects(const desk_t *d, effect_kind_t kind, id128_t id)
{
    u32 n = 0;
    for (u32 i = 0; i < d->out.effect_count; i++) {
        n += d->out.effects[i].kind == kind && id128_eq(d->out.effects[i].intent.id, id) ? 1 : 0;
    }
    return n;
}

/* And alerts of one code. */
static inline u32 desk_alerts(const desk_t *d, u16 code)
{
    u32 n = 0;
    for (u32 i = 0; i < d->out.fact_count; i++) {
        const event_t *e = &d->out.facts[i];
        n += e->head.kind == EV_ALERT && e->as.ALERT.code == code ? 1 : 0;
    }
    return n;
}

#endif
