/* The fill model bar by bar: each rule of the simulated broker with a case that would show its absence. */
#include "drivers/paper_price.h"
#include "market/cost.h"
#include "tests/trade/bench_account.h"

static void plain_costs(desk_t *d)
{
    d->config.cost_spread_mult = 0;
    d->config.cost_impact_y = 0;
}

static const order_t *last_fill_order(const desk_t *d, id128_t id)
{
    return account_order_const(&d->account, id);
}

/* Average price of an order's fills in 1e-6. */
static i64 fill_micros(const desk_t *d, id128_t id)
{
    const order_t *o = last_fill_order(d, id);
    assert_true(o != NULL && o->filled.v > 0);
    return o->value.v / o->filled.v;
}

TEST(spread_table)
{
    UNUSED_STATE;
    static const struct { f64 price, volume, minute, low, high; } cases[] = {
        {100, 1e9, 100, 1.99, 2.01},   /* 2 bps at a billion a day */
        {100, 1e9, 0, 5.99, 6.01},     /* three times at the open */
        {100, 1e9, 389, 1.79, 1.81},   {100, 1e9, 2, 4.79, 4.81},   {100, 1e9, 10, 3.39, 3.41},
        {100, 1e9, 20, 2.69, 2.71},    {100, 1e9, 45, 2.29, 2.31},  {100, 1e9, 310, 1.89, 1.91},
        {100, 1e9, -1, 1.99, 2.01},    {7, 3e8, 100, 14.2, 14.3},   /* one tick of a cheap name */
        {100, 5e6, 100, 16.5, 16.8},   {1, 1e3, 0, 149.9, 150.1},   /* clamped */
        {100, 1e13, 100, 0.99, 1.01}, {100, 0, 100, 149.9, 150.1}, /* unknown: the widest */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        f64 s = cost_spread_bps(cases[i].price, 0.01, cases[i].volume, cases[i].minute);
        CHECK(s >= cases[i].low && s <= cases[i].high);
    }
}

/* The gate and the fill ask one model, also where the volume is not known. */
TEST(a_fill_costs_what_the_gate_was_told)
{
    UNUSED_STATE;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    c.cost_slippage_bps = 0;
    static const f64 volumes[] = {0, 1e5, 1e7, 1e9};
    for (size_t i = 0; i < COUNT_OF(volumes); i++) {
        paper_context_t x = {.sigma_d_bps = 200, .dollar_vol20 = volumes[i]};
        paper_ask_t a = {.direction = 1, .base = USD(100), .notional = 1000, .minute = 100, .tick = 0.01};
        paper_fill_price_t f = paper_price(&c, &x, &a);
        f64 half = cost_spread_bps(100, 0.01, volumes[i], 100) / 2;
        f64 impact = cost_impact_bps(c.cost_impact_y, 200, 1000, volumes[i]);
        CHECK(price_to_f64(f.spread) * 100 > half - 0.01 && price_to_f64(f.spread) * 100 < half + 0.01);
        CHECK(price_to_f64(f.impact) * 100 > impact - 0.01 && price_to_f64(f.impact) * 100 < impact + 0.01);
    }
}

TEST(price_parts_add_up_against_us)
{
    UNUSED_STATE;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    paper_context_t x = {.sigma_d_bps = 200, .dollar_vol20 = 1e9};
    paper_ask_t a = {.direction = 1, .base = USD(100), .notional = 10000, .minute = 100, .tick = 0.01};
    paper_fill_price_t f = paper_price(&c, &x, &a);
    /* half of 2 bps + 5 bps + 0.7 x 200 x sqrt(1e4 / 1e9) = 0.4427 bps: 6.4427 bps, rounded up to a
     * hundredth cent. */
    CHECK_EQ(f.price.v, 100064500000LL);
    CHECK_EQ(f.spread.v + f.slippage.v + f.impact.v, f.price.v - a.base.v);
    CHECK_EQ(f.spread.v, 10000000LL);
    a.direction = -1;
    f = paper_price(&c, &x, &a);
    CHECK_EQ(f.price.v, 99935500000LL);
    a.direction = 1;
    a.cap = USD(100.03);
    f = paper_price(&c, &x, &a);
    CHECK_EQ(f.price.v, USD(100.03).v);
    CHECK_EQ(f.spread.v + f.slippage.v + f.impact.v, f.price.v - a.base.v);
    a.flat_bps = 2;
    a.cap = (price_t){0};
    CHECK_EQ(paper_price(&c, &x, &a).price.v, USD(100.02).v);
    c.cost_mult = 2;
    CHECK_EQ(paper_price(&c, &x, &a).price.v, USD(100.04).v);
}

TEST(market_meets_the_next_open)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    plain_costs(d);
    id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 99, 105);
    desk_step(d, 100.2, 100.9, 100.1, 100.8);
    CHECK_EQ(fill_micros(d, id), 100250100); /* 100.20 + 5 bps */
    const position_t *p = account_position(&d->account, 0);
    CHECK_EQ(p->slippage_cost.v, 501000);
    desk_close(d);
}

/* The order alone carries the condition: its limit, one bar, and its own protective stop. */
TEST(entry_limit_of_one_bar)
{
    UNUSED_STATE;
    static const struct { f64 open, low; i64 micros; } cases[] = {
        {100.34, 100.34, 100350000}, /* 5 bps more would be past the limit */
        {100.20, 100.20, 100250100}, /* open + 5 bps */
        {100.36, 100.36, 0},         /* the bar stays beyond */
        {100.36, 100.35, 0},         /* a touch is not enough */
        {100.36, 100.34, 100350000}, /* comes back by a tick: passive, at the limit */
        {99.01, 99.01, 99059600},    /* 99.059505, against us */
        {99.0, 99.0, 0},             /* at its own stop: void */
        {98.5, 98.5, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        plain_costs(d);
        permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 105);
        r.draft.type = ORDER_LIMIT;
        r.draft.tif = TIF_BAR;
        r.draft.limit = USD(100.35);
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        desk_step(d, cases[i].open, cases[i].open + 0.2, cases[i].low, cases[i].open + 0.1);
        bool fills = cases[i].micros > 0;
        CHECK_EQ(desk_state(d, id), fills ? ORDER_FILLED : ORDER_CANCELED);
        CHECK_EQ(fills ? fill_micros(d, id) : 0, cases[i].micros);
        CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_STOP)), fills ? ORDER_NEW : ORDER_CANCELED);
        CHECK_EQ(d->paper.count, fills ? 2 : 0); /* children that wait in vain are not kept for ever */
        desk_close(d);
    }
}

TEST(short_entry_limit_of_one_bar)
{
    UNUSED_STATE;
    static const struct { f64 open; i64 micros; } cases[] = {
        {99.64, 0}, {99.66, 99650000}, {100.99, 100939500}, {101.0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        plain_costs(d);
        permit_request_t r = desk_request(d, SIDE_SELL_SHORT, 10, 100, 101, 95);
        r.draft.type = ORDER_LIMIT;
        r.draft.tif = TIF_BAR;
        r.draft.limit = USD(99.65);
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        desk_step(d, cases[i].open, cases[i].open, cases[i].open - 0.2, cases[i].open - 0.1);
        CHECK_EQ(desk_state(d, id), cases[i].micros > 0 ? ORDER_FILLED : ORDER_CANCELED);
        CHECK_EQ(cases[i].micros > 0 ? fill_micros(d, id) : 0, cases[i].micros);
        desk_close(d);
    }
}

TEST(what_one_bar_left_may_use_one_more)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    permit_request_t r = desk_request(d, SIDE_BUY, 1000, 100, 99, 105);
    r.draft.type = ORDER_LIMIT;
    r.draft.tif = TIF_BAR;
    r.draft.limit = USD(100.35);
    id128_t id = desk_submit(d, &r);
    desk_flush(d);
    for (u32 k = 0; k < 3; k++) {
        bar_t b = desk_bar(d, 100, 100.1, 99.9, 100);
        b.volume = 4000;
        desk_slice(d, &b, false, NULL);
        CHECK_EQ(last_fill_order(d, id)->filled.v, k == 0 ? 200 : 400);
        CHECK_EQ(desk_state(d, id), k == 0 ? ORDER_PARTIAL : ORDER_CANCELED);
    }
    desk_close(d);
}

TEST(immediate_or_cancel)
{
    UNUSED_STATE;
    static const struct { f64 open; i64 volume, filled; } cases[] = {
        {100.2, 1000000, 10}, {100.2, 80, 4}, {100.36, 1000000, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 105);
        r.draft.type = ORDER_LIMIT;
        r.draft.tif = TIF_IOC;
        r.draft.limit = USD(100.35);
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        bar_t b = desk_bar(d, cases[i].open, cases[i].open + 0.2, 99.9, 100);
        b.volume = cases[i].volume;
        desk_slice(d, &b, false, NULL);
        CHECK_EQ(last_fill_order(d, id)->filled.v, cases[i].filled);
        CHECK_EQ(desk_state(d, id), cases[i].filled == 10 ? ORDER_FILLED : ORDER_CANCELED);
        CHECK_EQ(desk_covered(d), cases[i].filled);
        desk_close(d);
    }
}

TEST(stop_pays_gap_and_depth)
{
    UNUSED_STATE;
    static const struct { f64 o, h, l, c; i64 micros; } cases[] = {
        /* 99 - 5 bps x 99 - 0.1 x (99 - 98.9) */
        {99.5, 99.6, 98.9, 99.2, 98940500},
        /* opens beyond: 98.5 - 5 bps - 0.1 x (99 - 98) */
        {98.5, 98.7, 98.0, 98.1, 98350700},
        /* a touch fires: stops are not spared */
        {99.5, 99.6, 99.0, 99.2, 98950500},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        plain_costs(d);
        id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 99, 105);
        desk_step(d, 100, 100.2, 99.9, 100);
        desk_step(d, cases[i].o, cases[i].h, cases[i].l, cases[i].c);
        CHECK_EQ(fill_micros(d, intent_child_id(id, ROLE_STOP)), cases[i].micros);
        desk_close(d);
    }
}

TEST(target_needs_a_tick_through)
{
    UNUSED_STATE;
    static const struct { f64 o, h, l; i64 micros; } cases[] = {
        {101, 102.00, 100.9, 0}, {101, 102.01, 100.9, 102000000}, {102.5, 102.6, 102.3, 102500000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 99, 102);
        desk_step(d, 100, 100.2, 99.9, 100);
        desk_step(d, cases[i].o, cases[i].h, cases[i].l, cases[i].o);
        CHECK_EQ(d->closed.count, cases[i].micros > 0 ? 1 : 0);
        if (cases[i].micros > 0) {
            CHECK_EQ(fill_micros(d, intent_child_id(id, ROLE_TARGET)), cases[i].micros);
        }
        desk_close(d);
    }
}

TEST(both_in_one_bar_is_the_stop)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    desk_enter(d, SIDE_BUY, 10, 100, 99, 102);
    desk_step(d, 100, 103, 98, 101); /* the entry's own bar */
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].reason, EXIT_STOP);
    desk_enter(d, SIDE_SELL_SHORT, 10, 100, 101, 98);
    desk_step(d, 100, 100.1, 99.9, 100);
    desk_step(d, 100, 103, 97, 101);
    CHECK_EQ(d->closed.count, 2);
    CHECK_EQ(d->closed.v[1].reason, EXIT_STOP);
    desk_close(d);
}

/* A resting entry that fills inside a bar exposes its stop to that bar, never its target. */
TEST(passive_entry_takes_the_worse_path)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 2; k++) {
        desk_t *d = desk_open(100000);
        permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 98, 100.5);
        r.draft.type = ORDER_LIMIT;
        r.draft.limit = USD(99.5);
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        desk_step(d, 100, 101, 99.5, 100.8); /* a touch only */
        CHECK_EQ(last_fill_order(d, id)->filled.v, 0);
        desk_step(d, 100, 101, k == 0 ? 99.4 : 97.9, 100.8);
        CHECK_EQ(fill_micros(d, id), 99500000);
        CHECK_EQ(d->closed.count, k);
        CHECK(k == 0 || d->closed.v[0].reason == EXIT_STOP);
        desk_close(d);
    }
}

TEST(marketable_limit_is_capped)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 105);
    r.draft.type = ORDER_LIMIT;
    r.draft.limit = USD(100.06);
    id128_t id = desk_submit(d, &r);
    desk_flush(d);
    desk_step(d, 100.05, 100.3, 100.02, 100.2);
    CHECK_EQ(fill_micros(d, id), 100060000);
    permit_request_t far = desk_request(d, SIDE_BUY, 10, 100, 99, 105);
    far.draft.type = ORDER_LIMIT;
    far.draft.limit = USD(100.06);
    far.draft.inst = 1; /* never trades: bars do not count against it */
    id128_t idle = desk_submit(d, &far);
    desk_flush(d);
    for (u32 i = 0; i < 3; i++) {
        desk_step(d, 100.2, 100.3, 100.1, 100.2);
    }
    CHECK_EQ(desk_state(d, idle), ORDER_NEW);
    desk_close(d);
}

TEST(participation_and_two_bars)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    id128_t id = desk_enter(d, SIDE_BUY, 1000, 100, 99, 105);
    bar_t b = desk_bar(d, 100, 100.1, 99.9, 100);
    b.volume = 4000; /* 5 % are 200 */
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 200);
    CHECK_EQ(desk_covered(d), 200);
    CHECK_EQ(desk_state(d, id), ORDER_PARTIAL);
    b = desk_bar(d, 100, 100.1, 99.9, 100);
    b.volume = 4000;
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 400);
    CHECK_EQ(desk_state(d, id), ORDER_CANCELED); /* two bars at most */
    b = desk_bar(d, 98.9, 99, 98, 98.5); /* stop: 10 % of the bar, the rest goes on */
    b.volume = 2000;
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(account_position(&d->account, 0)->qty.v, 200);
    b = desk_bar(d, 103, 106, 103, 105); /* no target any more: the stop has fired */
    b.volume = 10000;
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].reason, EXIT_STOP);
    CHECK_EQ(d->closed.v[0].qty.v, 400);
    id = desk_enter(d, SIDE_BUY, 1000, 100, 99, 105);
    b = desk_bar(d, 100, 100.1, 99.9, 100);
    b.volume = 0;
    b.flags = BAR_VOLUME_UNKNOWN; /* volume is no measure here */
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(desk_state(d, id), ORDER_FILLED);
    desk_close(d);
}

TEST(day_orders_end_with_the_session)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 95, 120);
    r.draft.type = ORDER_LIMIT;
    r.draft.limit = USD(96);
    id128_t day = desk_submit(d, &r);
    r.draft.tif = TIF_GTC;
    r.draft.limit = USD(97);
    id128_t gtc = desk_submit(d, &r);
    desk_flush(d);
    bar_t b = desk_bar(d, 100, 100.1, 99.9, 100);
    desk_slice(d, &b, true, NULL);
    CHECK_EQ(desk_state(d, day), ORDER_EXPIRED);
    CHECK_EQ(desk_state(d, gtc), ORDER_NEW);
    CHECK_EQ(desk_state(d, intent_child_id(day, ROLE_STOP)), ORDER_CANCELED);
    desk_close(d);
}

TEST(auctions_cost_two_bps)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 95, 120);
    r.draft.tif = TIF_OPEN;
    id128_t open = desk_submit(d, &r);
    r.draft.inst = 0;
    r.draft.qty.v = 11;
    r.draft.tif = TIF_CLOSE;
    id128_t close = desk_submit(d, &r);
    desk_flush(d);
    desk_step(d, 100, 101, 99.9, 100.5);
    CHECK_EQ(fill_micros(d, open), 100020000);
    CHECK_EQ(desk_state(d, close), ORDER_NEW);
    bar_t b = desk_bar(d, 100.6, 101, 100.5, 100.5);
    desk_slice(d, &b, true, NULL);
    CHECK_EQ(fill_micros(d, close), 100520100);
    /* Sent inside the session: waits for the next one. */
    d->paper.session = DESK_DAY;
    r.draft.tif = TIF_OPEN;
    r.draft.qty.v = 12;
    r.draft.t_decided = d->now;
    r.draft.send_before = d->now + NS_PER_SEC;
    id128_t late = desk_submit(d, &r);
    desk_flush(d);
    desk_step(d, 100, 101, 99.9, 100.5);
    CHECK_EQ(desk_state(d, late), ORDER_NEW);
    desk_close(d);
}

TEST(split_keeps_book_and_broker_together)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 15, 100, 90, 120);
    desk_step(d, 100, 100.1, 99.9, 100);
    action_t a = {.ratio_num = 3, .ratio_den = 2, .inst = 0, .kind = ACTION_SPLIT};
    bar_t b = desk_bar(d, 66.7, 67, 66.5, 66.8);
    desk_slice(d, &b, false, &a);
    const position_t *p = account_position(&d->account, 0);
    CHECK_EQ(p->qty.v, 22); /* 22.5: half a share in cash */
    CHECK_EQ(p->stop.v, 60000000000LL);
    CHECK_EQ(desk_covered(d), 22);
    CHECK_EQ(desk_count(d, EV_CASH), 1);
    b = desk_bar(d, 66, 66.1, 59, 60);
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(d->closed.count, 1);
    CHECK(d->closed.v[0].adjusted);
    CHECK_EQ(d->account.reconcile, 0);
    CHECK_EQ(desk_state(d, id), ORDER_FILLED);
    CHECK_EQ(d->account.cash.v, CASHES(100000).v + d->closed.v[0].net.v);
    desk_close(d);
}

/* A liquid name that is silent for a bar was halted: nothing fills, and the first bar after it is dear. */
/* A payout ends every order of the instrument, waiting children too, and of no other. */
TEST(a_payout_ends_the_orders)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 99, 105);
    desk_step(d, 100, 100.5, 99.5, 100.2);
    CHECK_EQ(d->paper.count, 2);
    action_t a = {.kind = ACTION_PAYOUT, .inst = 1, .ratio_num = 1, .ratio_den = 1, .amount = USD(120)};
    bar_t b = desk_bar(d, 100, 100.5, 99.5, 100.2);
    desk_slice(d, &b, false, &a);
    CHECK_EQ(d->paper.count, 2);
    a.inst = 0;
    b = desk_bar(d, 100, 100.5, 99.5, 100.2);
    desk_slice(d, &b, false, &a);
    CHECK_EQ(d->paper.count, 0);
    CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_STOP)), ORDER_CANCELED);
    CHECK_EQ(account_gross(&d->account).v, 0);
    desk_close(d);
}

TEST(halts_cost_three_spreads)
{
    UNUSED_STATE;
    static const inst_t other[] = {3};
    i64 micros[2];
    for (u32 k = 0; k < 2; k++) {
        desk_t *d = desk_open(100000);
        d->context[0].dollar_vol20 = k == 0 ? 1e9 : 4e7;
        d->config.cost_impact_y = 0;
        d->paper.session = DESK_DAY;
        id128_t id = desk_enter(d, SIDE_BUY, 10, 100, 99, 105);
        bar_t b = desk_bar(d, 20, 21, 19, 20);
        slice_t s = {.t_known = b.t_known, .t_open = b.t_event, .session = DESK_DAY, .timeframe = TF_5M,
                     .count = 1, .inst = other, .bar = &b};
        door_out_t box = desk_box(d);
        paper_on_slice(&d->paper, &s, &box.broker);
        CHECK_EQ(box.broker.count, 0);
        d->bar_open += 5 * NS_PER_MIN;
        desk_step(d, 100, 100.2, 99.9, 100);
        micros[k] = fill_micros(d, id);
        desk_close(d);
    }
    CHECK_EQ(micros[0], 100080000); /* 5 bps and three half spreads of 1 bp */
    CHECK_EQ(micros[1], 100086300); /* thin: one half spread of 3.62 bps, no halt seen */
}

static void no_bar(desk_t *d)
{
    static const inst_t other[] = {3};
    bar_t b = desk_bar(d, 20, 21, 19, 20);
    slice_t s = {.t_known = b.t_known, .t_open = b.t_event, .session = DESK_DAY, .timeframe = TF_5M,
                 .count = 1, .inst = other, .bar = &b};
    door_out_t box = desk_box(d);
    paper_on_slice(&d->paper, &s, &box.broker);
    CHECK_EQ(box.broker.count, 0);
    d->bar_open += 5 * NS_PER_MIN;
}

static void told(desk_t *d, inst_t inst, halt_kind_t kind, bool halted)
{
    halt_t h = {.t_event = d->bar_open, .inst = inst, .kind = (u8)kind, .halted = halted ? 1 : 0};
    paper_on_halt(&d->paper, &h);
}

/* Where halts are told they are not guessed: silence alone costs one spread, the first bar after a halt
 * three, and the bar after that one again. */
TEST(told_halts_cost_three_spreads_and_silence_one)
{
    UNUSED_STATE;
    static const struct {
        inst_t inst; /* that halts */
        halt_kind_t kind;
        u32 bars;    /* after the halt, before the order is sent */
        i64 micros;
    } cases[] = {
        {INST_NONE, HALT_NONE, 0, 100060000},     /* no halt: 5 bps and half a spread of 2 bps */
        {0, HALT_PAUSE, 0, 100080000},            {INST_NONE, HALT_MARKET_1, 0, 100080000},
        {1, HALT_PAUSE, 0, 100060000},            {0, HALT_NEWS, 1, 100060000},
        {INST_NONE, HALT_MARKET_2, 1, 100060000},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        d->paper.setup.halts_told = true;
        d->config.cost_impact_y = 0;
        d->paper.session = DESK_DAY;
        id128_t id = {{0}};
        if (cases[i].bars == 0) {
            id = desk_enter(d, SIDE_BUY, 10, 100, 99, 105);
        }
        if (cases[i].kind != HALT_NONE) {
            told(d, cases[i].inst, cases[i].kind, true);
            told(d, cases[i].inst, cases[i].kind, true); /* twice is once */
        }
        no_bar(d);
        if (cases[i].kind != HALT_NONE) {
            told(d, cases[i].inst, cases[i].kind, false);
        }
        if (cases[i].bars > 0) {
            desk_step(d, 100, 100.2, 99.9, 100);
            id = desk_enter(d, SIDE_BUY, 10, 100, 99, 105);
        }
        desk_step(d, 100, 100.2, 99.9, 100);
        CHECK_EQ(fill_micros(d, id), cases[i].micros);
        desk_close(d);
    }
}

/* A stop that rests through a halt leaves at the auction's price, wherever that is. */
TEST(a_stop_does_not_protect_across_a_halt)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->paper.setup.halts_told = true;
    desk_enter(d, SIDE_BUY, 10, 100, 99, 0);
    desk_step(d, 100, 100.2, 99.9, 100);
    told(d, 0, HALT_NEWS, true);
    no_bar(d);
    told(d, 0, HALT_NEWS, false);
    desk_step(d, 80, 81, 79, 80);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].reason, EXIT_STOP);
    CHECK(d->closed.v[0].exit.v < USD(80).v && d->closed.v[0].exit.v > USD(79).v);
    desk_close(d);
}

/* A bar of before the halt says nothing; one that begins in it says that it is over. */
TEST(a_bar_disproves_a_halt)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    bar_t b = desk_bar(d, 100, 100, 100, 100);
    CHECK(!paper_halt_is_over(&d->paper, 0, &b));
    told(d, 0, HALT_PAUSE, true);
    CHECK(paper_halt_is_over(&d->paper, 0, &b));
    CHECK(!paper_halt_is_over(&d->paper, 1, &b));
    b.t_event--;
    CHECK(!paper_halt_is_over(&d->paper, 0, &b));
    CHECK(!paper_halt_is_over(&d->paper, INST_NONE, &b));
    b.t_event++;
    CHECK(!paper_market_is_open(&d->paper, 1, &b));
    told(d, INST_NONE, HALT_MARKET_1, true);
    CHECK(paper_market_is_open(&d->paper, 1, &b));
    CHECK(!paper_halt_is_over(&d->paper, 1, &b)); /* which has none of its own */
    b.t_event--;
    CHECK(!paper_market_is_open(&d->paper, 1, &b));
    b.t_event++;
    d->instruments[1].cls = CLASS_INDEX;
    CHECK(!paper_market_is_open(&d->paper, 1, &b));
    CHECK(!paper_market_is_open(&d->paper, DESK_INSTRUMENTS, &b));
    told(d, 0, HALT_NEWS, true);
    told(d, 0, HALT_PAUSE, false); /* the news halt that came meanwhile stands, here as in the account */
    CHECK(paper_halt_is_over(&d->paper, 0, &b));
    told(d, INST_NONE, HALT_MARKET_2, true);
    told(d, INST_NONE, HALT_MARKET_1, false);
    d->instruments[1].cls = CLASS_STOCK;
    CHECK(paper_market_is_open(&d->paper, 1, &b));
    halt_t any = {.inst = 0};
    paper_on_halt(&d->paper, &any);
    CHECK(!paper_halt_is_over(&d->paper, 0, &b));
    halt_t bad = {.inst = DESK_INSTRUMENTS, .kind = HALT_NEWS, .halted = 1};
    paper_on_halt(&d->paper, &bad); /* names nothing here */
    desk_close(d);
}

TEST(fees_once_per_order)
{
    UNUSED_STATE;
    desk_t *d = desk_open(1000000);
    d->config.cost_fee_min = 1.0;
    d->config.cost_fee_per_share = 0.005;
    desk_enter(d, SIDE_BUY, 400, 100, 99, 0);
    bar_t b = desk_bar(d, 100, 100.1, 99.9, 100);
    b.volume = 4000;
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(account_position(&d->account, 0)->fees.v, 1000000); /* 200 shares: the minimum */
    b = desk_bar(d, 100, 100.1, 99.9, 100);
    b.volume = 4000;
    desk_slice(d, &b, false, NULL);
    CHECK_EQ(account_position(&d->account, 0)->fees.v, 2000000); /* 400 x 0.005 */
    desk_step(d, 99.5, 99.6, 98.9, 99);
    CHECK_EQ(d->closed.count, 1);
    i64 duty = d->closed.v[0].fees.v - 4000000;
    CHECK(duty > 910000 && duty < 911000); /* 2016: 21.80 a million of 39,576, and 400 x 0.000119 */
    desk_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spread_table),
        cmocka_unit_test(a_fill_costs_what_the_gate_was_told),
        cmocka_unit_test(price_parts_add_up_against_us),
        cmocka_unit_test(market_meets_the_next_open), cmocka_unit_test(entry_limit_of_one_bar),
        cmocka_unit_test(short_entry_limit_of_one_bar), cmocka_unit_test(what_one_bar_left_may_use_one_more),
        cmocka_unit_test(immediate_or_cancel),
        cmocka_unit_test(stop_pays_gap_and_depth), cmocka_unit_test(target_needs_a_tick_through),
        cmocka_unit_test(both_in_one_bar_is_the_stop), cmocka_unit_test(passive_entry_takes_the_worse_path),
        cmocka_unit_test(marketable_limit_is_capped), cmocka_unit_test(participation_and_two_bars),
        cmocka_unit_test(day_orders_end_with_the_session), cmocka_unit_test(auctions_cost_two_bps),
        cmocka_unit_test(split_keeps_book_and_broker_together),
        cmocka_unit_test(a_payout_ends_the_orders), cmocka_unit_test(halts_cost_three_spreads),
        cmocka_unit_test(fees_once_per_order),
        cmocka_unit_test(told_halts_cost_three_spreads_and_silence_one),
        cmocka_unit_test(a_stop_does_not_protect_across_a_halt), cmocka_unit_test(a_bar_disproves_a_halt),
    };
    return RUN_TESTS(tests);
}
