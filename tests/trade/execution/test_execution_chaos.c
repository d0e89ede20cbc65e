/* Random trading over a faulty broker: whatever is refused, lost, repeated or silent, the books balance
 * after every message, positions are the sums of fills, exits never turn a position over, and everything
 * ends flat and known. */
#include <stdio.h>

#include "base/rng.h"
#include "model/tick.h"
#include "tests/trade/bench_account.h"

enum { SLICES = 400, SEEDS = 24 };

typedef struct {
    desk_t *d;
    u64 seed;
    u64 draws;
    bool calm;
    u32 faults;
} chaos_t;

static u64 draw(chaos_t *c, u64 bound)
{
    return rng_below((rng_key_t){.seed = c->seed, .purpose = RNG_TEST}, c->draws++, bound);
}

/* A call that may be refused, never leave, or end in silence with or without its effect. */
static err_t faulty(chaos_t *c, err_t (*call)(paper_t *, const intent_t *, i64, broker_msgs_t *),
                    const intent_t *i, broker_msgs_t *out)
{
    u64 luck = c->calm ? 99 : draw(c, 100);
    u32 before = out->count;
    c->faults += luck < 24 ? 1 : 0;
    if (luck < 6) {
        return ERR_BROKER_REFUSED;
    }
    if (luck < 12) {
        return ERR_IO;
    }
    if (luck < 18) {
        return ERR_BROKER_SILENT;
    }
    err_t err = call(&c->d->paper, i, c->d->now, out);
    if (luck < 24) {
        out->count = before; /* it happened, and nobody tells */
        return ERR_BROKER_SILENT;
    }
    return err;
}

static err_t chaos_submit(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)now;
    return faulty(self, paper_submit, i, out);
}

static err_t chaos_cancel(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)now;
    return faulty(self, paper_cancel, i, out);
}

static err_t chaos_replace(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)now;
    return faulty(self, paper_replace, i, out);
}

static err_t chaos_lookup(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    chaos_t *c = self;
    return !c->calm && draw(c, 4) == 0 ? ERR_TIMEOUT : paper_lookup(&c->d->paper, i, now, out);
}

/* A request that the state of things may refuse: both answers are right. */
static void either(err_t e) { CHECK(e == ERR_OK || e == ERR_ORDER_STATE); }

static void act(chaos_t *c, inst_t inst, f64 price)
{
    desk_t *d = c->d;
    position_t *p = account_position(&d->account, inst);
    u64 luck = draw(c, 10);
    if (p == NULL) {
        if (luck < 4 && !account_entry_working(&d->account, inst) && d->account.reconcile == 0) {
            bool buy = draw(c, 2) == 0;
            f64 sign = buy ? 1 : -1;
            permit_request_t r = desk_request(d, buy ? SIDE_BUY : SIDE_SELL_SHORT, 50 + (i64)draw(c, 400),
                                              price, price - sign * 0.8, price + sign * 1.2);
            r.draft.inst = inst;
            price_t *levels[] = {&r.draft.bracket_stop, &r.draft.bracket_target};
            for (u32 i = 0; i < COUNT_OF(levels); i++) {
                *levels[i] = tick_round(&d->instruments[inst], *levels[i], !buy);
            }
            (void)desk_submit(d, &r);
        }
        return;
    }
    if (luck == 0) {
        either(exec_exit(&d->account, p, EXIT_USER, d->now, &d->out));
    } else if (luck < 3 && p->stop.v > 0) {
        price_t closer = {p->stop.v + p->direction * (i64)draw(c, 200000000)};
        closer = tick_round(&d->instruments[inst], closer, p->direction < 0);
        if (p->direction * (p->mark.v - closer.v) > 0) {
            either(exec_replace_stop(&d->account, p, closer, d->now, &d->out));
        }
    } else if (luck == 3) {
        either(exec_cancel(&d->account, p->entry_id, d->now, &d->out));
    }
}

static void slice_step(chaos_t *c, f64 *prices, bool trade)
{
    static const inst_t inst[] = {0, 1, 2, 3};
    desk_t *d = c->d;
    bar_t bars[4];
    for (u32 i = 0; i < 4; i++) {
        f64 open = prices[i];
        f64 close = open + ((f64)draw(c, 2001) - 1000) / 1000.0;
        f64 high = (open > close ? open : close) + (f64)draw(c, 500) / 1000.0;
        f64 low = (open < close ? open : close) - (f64)draw(c, 500) / 1000.0;
        bars[i] = desk_bar(d, open, high, low, close);
        bars[i].volume = (i64)draw(c, 6000);
        prices[i] = close;
    }
    bool last = draw(c, 40) == 0;
    slice_t s = {.t_known = bars[0].t_known,
                 .t_open = bars[0].t_event,
                 .session = DESK_DAY,
                 .timeframe = TF_5M,
                 .ordinal = d->ordinal++,
                 .count = 4,
                 .inst = inst,
                 .bar = bars,
                 .session_last = last};
    d->bar_open += 5 * NS_PER_MIN;
    d->now = s.t_known;
    door_out_t box = desk_box(d);
    paper_on_slice(&d->paper, &s, &box.broker);
    if (box.broker.count > 0 && draw(c, 3) == 0) {
        box.broker.v[box.broker.count] = box.broker.v[draw(c, box.broker.count)];
        box.broker.count++; /* a message comes twice */
    }
    desk_pump(d, &box);
    for (u32 i = 0; i < 4; i++) {
        desk_mark(&d->account, inst[i], &bars[i], true);
        if (trade) {
            act(c, inst[i], prices[i]);
        }
    }
    (void)exec_lookup_unknown(&d->account, d->now, NS_PER_SEC, &d->out);
    desk_flush(d);
}

/* Positions and cash counted again from FILL facts alone. */
typedef struct {
    i64 cash;
    i64 qty[4];
    u32 fills;
} count_t;

static void count_facts(desk_t *d, count_t *n)
{
    for (u32 i = 0; i < d->log_count; i++) {
        if (d->log[i].head.kind != EV_FILL) {
            continue;
        }
        const ev_FILL_t *f = &d->log[i].as.FILL;
        bool buy = side_is_buy((side_t)f->side);
        i128 value = (i128)f->price * f->qty;
        i64 micros = (i64)((value + 500) / 1000);
        n->cash += (buy ? -micros : micros) - f->fee;
        n->qty[f->inst] += buy ? f->qty : -f->qty;
        n->fills++;
        CHECK_EQ(f->cash_after, n->cash);
        CHECK_EQ(f->position_after, n->qty[f->inst]);
    }
}

/* With VITRINE_FACTS set, the facts go there as lines for the independent recount. */
static void dump_facts(desk_t *d)
{
    const char *path = getenv("VITRINE_FACTS");
    FILE *f = path == NULL ? NULL : fopen(path, "w");
    for (u32 i = 0; f != NULL && i < d->log_count; i++) {
        char text[4096];
        writer_t w = writer_of(text, sizeof text);
        if (d->log[i].head.kind != EV_ALERT && event_print_json(&d->log[i], NULL, &w) == ERR_OK) {
            fprintf(f, "%.*s\n", (int)w.used, text);
        }
    }
    if (f != NULL) {
        fclose(f);
    }
}

static void drain(desk_t *d, count_t *n)
{
    count_facts(d, n);
    d->log_count = 0;
}

/* A copy of what is used is the whole account, whatever stood in its place before. */
static void copy_is_whole(const account_t *a)
{
    static account_t copy;
    account_copy(&copy, a);
    CHECK(memcmp(&copy, a, sizeof copy) == 0);
}

static u32 run_seed(u64 seed, bool faults)
{
    desk_t *d = desk_open(1000000);
    chaos_t c = {.d = d, .seed = seed, .calm = !faults};
    broker_port_t port = {.self = &c,
                          .submit = chaos_submit,
                          .cancel = chaos_cancel,
                          .replace = chaos_replace,
                          .lookup = chaos_lookup};
    d->word.account = d->account.account_id;
    order_door_open(&d->door, port, &d->word, 1);
    d->config.cost_fee_per_share = 0.0035;
    d->config.cost_fee_min = 0.35;
    paper_session(&d->paper, DESK_OPEN, DESK_OPEN + 1000 * NS_PER_DAY); /* one long session for all slices */
    f64 prices[4] = {100, 60, 150, 80};
    count_t n = {.cash = d->account.cash.v};
    i64 net = 0;
    u32 trades = 0;
    for (u32 i = 0; i < SLICES + 60; i++) {
        c.calm = !faults || i >= SLICES;
        slice_step(&c, prices, i < SLICES);
        for (u32 k = 0; i >= SLICES && k < LIMIT_POSITIONS; k++) {
            position_t *p = &d->account.positions[k];
            if (p->inst != INST_NONE && p->exiting == EXITING_NO) {
                either(exec_exit(&d->account, p, EXIT_RUN_END, d->now, &d->out));
            }
        }
        desk_flush(d);
        CHECK(account_check(&d->account));
        if (i % 7 == 0) {
            copy_is_whole(&d->account);
        }
        for (u32 k = 0; k < d->closed.count; k++) {
            net += d->closed.v[k].net.v;
            static const id128_t none = {{0}};
            CHECK(d->closed.v[k].qty.v > 0 && d->closed.v[k].hold_ns >= 0);
            CHECK(!id128_eq(d->closed.v[k].entry_id,
                            none)); /* no position that an exit opened by going too far */
        }
        trades += d->closed.count;
        d->closed.count = 0;
        if (i % 50 == 49) {
            account_day_begin(&d->account, DESK_DAY + (date_t)(i / 50) + 1, DESK_DAY + (date_t)(i / 50) + 2);
            CHECK(account_check(&d->account));
        }
        if (seed != 1) {
            drain(d, &n);
        }
    }
    if (seed == 1) {
        CHECK(d->log_count < COUNT_OF(d->log));
        dump_facts(d);
    }
    drain(d, &n);
    CHECK_EQ(account_position_count(&d->account), 0);
    CHECK_EQ(n.cash, d->account.cash.v);
    CHECK_EQ(d->account.cash.v, CASHES(1000000).v + net);
    for (u32 k = 0; k < 4; k++) {
        CHECK_EQ(n.qty[k], 0);
    }
    for (u32 k = 0; k < d->account.orders_used; k++) {
        CHECK(d->account.orders[k].state == 0 ||
              order_state_is_terminal((order_state_t)d->account.orders[k].state));
    }
    CHECK_EQ(d->paper.count, 0);
    CHECK(!faults || c.faults > 20);
    CHECK_EQ(d->account.reconcile, 0); /* these faults are all within the protocol: none needs a person */
    desk_close(d);
    return trades;
}

TEST(calm_markets_balance)
{
    UNUSED_STATE;
    u32 trades = 0;
    for (u64 s = 1; s <= SEEDS / 4; s++) {
        trades += run_seed(s, false);
    }
    CHECK(trades > 100);
}

TEST(chaos_balances)
{
    UNUSED_STATE;
    u32 trades = 0;
    for (u64 s = 1; s <= SEEDS; s++) {
        trades += run_seed(1000 + s, true);
    }
    CHECK(trades > 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(calm_markets_balance),
                                       cmocka_unit_test(chaos_balances)};
    return RUN_TESTS(tests);
}
