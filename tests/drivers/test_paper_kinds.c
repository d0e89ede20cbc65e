/* Kinds of orders and times in force in the simulated broker: each a row of bars with the fill worked out by
 * hand, at 5 bps of slippage and no other cost. */
#include "tests/trade/bench_account.h"

static desk_t *desk_plain(void)
{
    desk_t *d = desk_open(100000);
    d->config.cost_spread_mult = 0;
    d->config.cost_impact_y = 0;
    d->config.fill_stop_depth = 0;
    return d;
}

static i64 micros_of(const order_t *o)
{
    return o->filled.v > 0 ? o->value.v / o->filled.v : 0;
}

typedef struct {
    const char *what;
    side_t side;
    order_type_t type;
    tif_t tif;
    u32 flags;
    f64 limit, stop;
    u32 bars;
    f64 bar[2][4]; /* open, high, low, close */
    i64 volume;    /* of each bar; 0: plenty */
    i64 filled;
    i64 micros; /* average price of the fills */
    order_state_t state;
} kind_case_t;

static void kind_check(const kind_case_t *c)
{
    desk_t *d = desk_plain();
    permit_request_t r = desk_request(d, c->side, 10, 100, 0, 0);
    r.draft.type = (u8)c->type;
    r.draft.tif = (u8)c->tif;
    r.draft.flags |= c->flags;
    r.draft.limit = USD(c->limit);
    r.draft.stop = USD(c->stop);
    id128_t id = desk_submit(d, &r);
    desk_flush(d);
    for (u32 k = 0; k < c->bars; k++) {
        bar_t b = desk_bar(d, c->bar[k][0], c->bar[k][1], c->bar[k][2], c->bar[k][3]);
        b.volume = c->volume > 0 ? c->volume : b.volume;
        desk_slice(d, &b, false, NULL);
    }
    const order_t *o = account_order_const(&d->account, id);
    if (o->filled.v != c->filled || micros_of(o) != c->micros || desk_state(d, id) != c->state) {
        fail_msg("%s: filled %lld at %lld, %s", c->what, (long long)o->filled.v, (long long)micros_of(o),
                 order_state_name(desk_state(d, id)));
    }
    desk_close(d);
}

TEST(stop_limits)
{
    UNUSED_STATE;
    static const kind_case_t cases[] = {
        {"fires inside the bar, within its limit", SIDE_BUY, ORDER_STOP_LIMIT, TIF_DAY, 0, 101.5, 101, 1,
         {{100.5, 101.2, 100.4, 101.1}}, 0, 10, 101050500, ORDER_FILLED},
        {"never beyond its limit", SIDE_BUY, ORDER_STOP_LIMIT, TIF_DAY, 0, 101.02, 101, 1,
         {{100.5, 101.2, 100.4, 101.1}}, 0, 10, 101020000, ORDER_FILLED},
        {"a gap over the limit leaves it resting", SIDE_BUY, ORDER_STOP_LIMIT, TIF_GTC, 0, 101.5, 101, 1,
         {{102, 102.2, 101.4, 102.1}}, 0, 0, 0, ORDER_NEW},
        {"a later bar trades through it", SIDE_BUY, ORDER_STOP_LIMIT, TIF_GTC, 0, 101.5, 101, 2,
         {{102, 102.2, 101.4, 102.1}, {102, 102.1, 101.49, 101.6}}, 0, 10, 101500000, ORDER_FILLED},
        {"a touch is not enough", SIDE_BUY, ORDER_STOP_LIMIT, TIF_GTC, 0, 101.5, 101, 2,
         {{102, 102.2, 101.4, 102.1}, {102, 102.1, 101.5, 101.6}}, 0, 0, 0, ORDER_NEW},
        {"short", SIDE_SELL_SHORT, ORDER_STOP_LIMIT, TIF_DAY, 0, 98.5, 99, 1, {{99.5, 99.6, 98.8, 98.9}}, 0,
         10, 98950500, ORDER_FILLED},
        {"untouched", SIDE_SELL_SHORT, ORDER_STOP_LIMIT, TIF_DAY, 0, 98.5, 99, 1, {{99.5, 99.6, 99.01, 99.2}},
         0, 0, 0, ORDER_NEW},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        kind_check(&cases[i]);
    }
}

TEST(trailing_stops)
{
    UNUSED_STATE;
    static const kind_case_t cases[] = {
        /* 1.00 above the lowest trade: 101, after the first bar 99.9. */
        {"follows by amount", SIDE_BUY, ORDER_TRAIL, TIF_DAY, 0, 0, 101, 2,
         {{100, 100.5, 98.9, 99}, {99, 100, 98.95, 99.8}}, 0, 10, 99950000, ORDER_FILLED},
        {"does not fire below", SIDE_BUY, ORDER_TRAIL, TIF_DAY, 0, 0, 101, 2,
         {{100, 100.5, 98.9, 99}, {99, 99.89, 99, 99.8}}, 0, 0, 0, ORDER_NEW},
        {"the bar that moves it meets the old stop", SIDE_BUY, ORDER_TRAIL, TIF_DAY, 0, 0, 101, 1,
         {{100, 100.9, 98, 98}}, 0, 0, 0, ORDER_NEW},
        {"opens beyond the moved stop", SIDE_BUY, ORDER_TRAIL, TIF_DAY, 0, 0, 101, 2,
         {{100, 100.9, 98, 98}, {99.5, 99.6, 99.4, 99.5}}, 0, 10, 99549800, ORDER_FILLED},
        /* One percent above 90 is 90.9; an amount would stand at 91. */
        {"follows by percent", SIDE_BUY, ORDER_TRAIL, TIF_DAY, INTENT_TRAIL_PCT, 0, 101, 2,
         {{100, 100.5, 90, 90}, {90.5, 90.95, 90.4, 90.6}}, 0, 10, 90945500, ORDER_FILLED},
        {"short", SIDE_SELL_SHORT, ORDER_TRAIL, TIF_DAY, 0, 0, 99, 2,
         {{100, 102, 99.5, 102}, {101.5, 101.6, 100.9, 101.2}}, 0, 10, 100949500, ORDER_FILLED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        kind_check(&cases[i]);
    }
}

TEST(times_in_force)
{
    UNUSED_STATE;
    static const kind_case_t cases[] = {
        {"all at once", SIDE_BUY, ORDER_LIMIT, TIF_FOK, 0, 100.5, 0, 1, {{100, 100.5, 99.5, 100}}, 200, 10,
         100050000, ORDER_FILLED},
        {"or nothing", SIDE_BUY, ORDER_LIMIT, TIF_FOK, 0, 100.5, 0, 1, {{100, 100.5, 99.5, 100}}, 180, 0, 0,
         ORDER_CANCELED},
        {"nothing beyond the limit", SIDE_BUY, ORDER_LIMIT, TIF_FOK, 0, 100.5, 0, 1,
         {{100.6, 100.7, 99.5, 100}}, 0, 0, 0, ORDER_CANCELED},
        {"what there is", SIDE_BUY, ORDER_MARKET, TIF_IOC, 0, 0, 0, 1, {{100, 100.5, 99.5, 100}}, 80, 4,
         100050000, ORDER_CANCELED},
        {"limit on open", SIDE_BUY, ORDER_LIMIT, TIF_OPEN, 0, 100.5, 0, 1, {{100, 101, 99, 100}}, 0, 10,
         100020000, ORDER_FILLED},
        {"limit on open, opens beyond", SIDE_BUY, ORDER_LIMIT, TIF_OPEN, 0, 100.5, 0, 1,
         {{100.6, 101, 99, 100}}, 0, 0, 0, ORDER_EXPIRED},
        /* 1000 dollars at 125.0625 pay for 7 units, at 80.04 for all 10. */
        {"notional, dearer", SIDE_BUY, ORDER_MARKET, TIF_DAY, INTENT_NOTIONAL, 0, 0, 1,
         {{125, 126, 124, 125}}, 0, 7, 125062500, ORDER_CANCELED},
        {"notional, cheaper", SIDE_BUY, ORDER_MARKET, TIF_DAY, INTENT_NOTIONAL, 0, 0, 1, {{80, 81, 79, 80}},
         0, 10, 80040000, ORDER_FILLED},
        /* 5 x 100.05 leave 499.75: 4 x 110.055. */
        {"notional over two bars", SIDE_BUY, ORDER_MARKET, TIF_DAY, INTENT_NOTIONAL, 0, 0, 2,
         {{100, 101, 99, 100}, {110, 111, 109, 110}}, 100, 9, 104496666, ORDER_CANCELED},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        kind_check(&cases[i]);
    }
}

/* What asks for the first price waits for the first one after its decision. */
TEST(an_open_before_the_decision_is_no_price)
{
    UNUSED_STATE;
    static const tif_t tifs[] = {TIF_IOC, TIF_FOK, TIF_BAR};
    for (size_t i = 0; i < COUNT_OF(tifs); i++) {
        desk_t *d = desk_plain();
        d->now = d->bar_open + NS_PER_MIN;
        permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 0, 0);
        r.draft.type = ORDER_LIMIT;
        r.draft.tif = (u8)tifs[i];
        r.draft.limit = USD(100.5);
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        desk_step(d, 101, 102, 100, 101.5); /* its open was a minute before; so may its low have been */
        CHECK_EQ(desk_state(d, id), ORDER_NEW);
        desk_step(d, 100, 100.5, 99.5, 100);
        CHECK_EQ(micros_of(account_order_const(&d->account, id)), 100050000);
        desk_close(d);
    }
}

TEST(terms_that_no_broker_takes)
{
    UNUSED_STATE;
    static const struct { u8 type, side, tif; i64 stop, limit, reference; u32 flags; bool ok; } cases[] = {
        {ORDER_STOP_LIMIT, SIDE_BUY, TIF_DAY, 10, 9, 0, 0, false},
        {ORDER_STOP_LIMIT, SIDE_SELL, TIF_DAY, 10, 9, 0, 0, true},
        {ORDER_STOP_LIMIT, SIDE_SELL, TIF_DAY, 10, 0, 0, 0, false},
        {ORDER_TRAIL, SIDE_SELL, TIF_GTC, 10, 0, 11, 0, true},
        {ORDER_TRAIL, SIDE_BUY, TIF_GTC, 10, 0, 11, 0, false},
        {ORDER_STOP, SIDE_SELL, TIF_IOC, 10, 0, 0, 0, false},
        {ORDER_MARKET, SIDE_BUY, TIF_FOK, 0, 0, 0, 0, true},
        {ORDER_MARKET, SIDE_BUY, TIF_DAY, 0, 0, 0, INTENT_EXTENDED, false},
        {ORDER_LIMIT, SIDE_BUY, TIF_DAY, 0, 1, 0, INTENT_EXTENDED, true},
        {ORDER_LIMIT, SIDE_BUY, TIF_DAY, 0, 1, 9, INTENT_NOTIONAL, false},
        {ORDER_MARKET, SIDE_BUY, TIF_DAY, 0, 0, 0, INTENT_TRAIL_PCT, false},
        {ORDER_TRAIL + 1, SIDE_BUY, TIF_DAY, 0, 0, 0, 0, false},
        {ORDER_MARKET, SIDE_BUY, TIF_FOK + 1, 0, 0, 0, 0, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        intent_t in = {.type = cases[i].type, .side = cases[i].side, .tif = cases[i].tif,
                       .stop = {cases[i].stop}, .limit = {cases[i].limit}, .reference = {cases[i].reference},
                       .flags = cases[i].flags};
        CHECK_EQ(intent_terms_ok(&in), cases[i].ok);
    }
}

TEST(limit_on_close)
{
    UNUSED_STATE;
    static const struct { f64 limit; i64 micros; } cases[] = {
        {101, 100520100}, {100.51, 100510000}, {100.4, 0}, /* the auction is at 100.50 */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_plain();
        permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 0, 0);
        r.draft.type = ORDER_LIMIT;
        r.draft.tif = TIF_CLOSE;
        r.draft.limit = USD(cases[i].limit);
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        desk_step(d, 100, 101, 99, 100); /* through every limit, but no auction */
        CHECK_EQ(account_order_const(&d->account, id)->filled.v, 0);
        bar_t b = desk_bar(d, 100.6, 101, 100, 100.5);
        desk_slice(d, &b, true, NULL);
        CHECK_EQ(desk_state(d, id), cases[i].micros > 0 ? ORDER_FILLED : ORDER_EXPIRED);
        CHECK_EQ(micros_of(account_order_const(&d->account, id)), cases[i].micros);
        desk_close(d);
    }
}

TEST(cut_offs_of_the_auctions)
{
    UNUSED_STATE;
    static const struct { i64 minute; tif_t tif; bool taken; } cases[] = {
        {379, TIF_CLOSE, true}, {380, TIF_CLOSE, false}, {389, TIF_CLOSE, false}, {390, TIF_CLOSE, true},
        {-3, TIF_OPEN, true},   {-2, TIF_OPEN, false},   {0, TIF_OPEN, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_plain();
        intent_t in = desk_request(d, SIDE_BUY, 10, 100, 0, 0).draft;
        in.id.b[0] = 1;
        in.tif = (u8)cases[i].tif;
        door_out_t box = desk_box(d);
        err_t err = paper_submit(&d->paper, &in, DESK_OPEN + cases[i].minute * NS_PER_MIN, &box.broker);
        CHECK_EQ(err == ERR_OK, cases[i].taken);
        if (err == ERR_OK && cases[i].tif == TIF_CLOSE) { /* what is in the auction stays there */
            box.broker.count = 0;
            CHECK_OK(paper_cancel(&d->paper, &in, DESK_OPEN + 385 * NS_PER_MIN, &box.broker));
            CHECK_EQ(box.broker.v[0].kind, BROKER_CANCEL_REFUSED);
        }
        desk_close(d);
    }
}

TEST(outside_the_session_only_who_asked)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 2; k++) {
        desk_t *d = desk_plain();
        permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 0, 0);
        r.draft.type = ORDER_LIMIT;
        r.draft.tif = TIF_GTC;
        r.draft.limit = USD(99);
        r.draft.flags |= k == 0 ? 0 : INTENT_EXTENDED;
        id128_t id = desk_submit(d, &r);
        desk_flush(d);
        d->bar_open = DESK_OPEN + 395 * NS_PER_MIN;
        desk_step(d, 99.5, 99.6, 98.9, 99.2);
        CHECK_EQ(account_order_const(&d->account, id)->filled.v, k == 0 ? 0 : 10);
        desk_close(d);
    }
}

TEST(nobody_lends_it)
{
    UNUSED_STATE;
    desk_t *d = desk_plain();
    d->context[0].no_locate = true;
    permit_request_t r = desk_request(d, SIDE_SELL_SHORT, 10, 100, 101, 95);
    id128_t id = desk_submit(d, &r);
    desk_flush(d);
    CHECK_EQ(desk_state(d, id), ORDER_REJECTED);
    CHECK_EQ(desk_state(d, intent_child_id(id, ROLE_STOP)), ORDER_CANCELED);
    id = desk_enter(d, SIDE_BUY, 10, 100, 99, 105);
    CHECK_EQ(desk_state(d, id), ORDER_NEW);
    desk_close(d);
}

/* 0.37 shares: quantities are hundredths everywhere. */
TEST(fractions_of_a_share)
{
    UNUSED_STATE;
    desk_t *d = desk_plain();
    d->instruments[0].qty_exponent = -2;
    permit_request_t r = desk_request(d, SIDE_BUY, 37, 100, 99, 105);
    r.exponent = -2;
    id128_t id = desk_submit(d, &r);
    desk_flush(d);
    desk_step(d, 100, 100.2, 99.9, 100);
    CHECK_EQ(account_order_const(&d->account, id)->value.v, 37018500); /* 0.37 x 100.05 */
    desk_step(d, 104, 105.5, 104, 105);
    CHECK_EQ(d->closed.count, 1);
    CHECK_EQ(d->closed.v[0].net.v, 1830609); /* 0.37 x (105 - 100.05), less 2016's fees on a sale: 891 */
    desk_close(d);
}

/* Two orders of one parent, neither held: the fill of one ends the other. */
TEST(one_cancels_the_other)
{
    UNUSED_STATE;
    static const struct { f64 low, high; u32 winner; } cases[] = {
        {99.5, 100.4, 2}, {98.9, 100.4, 0}, {99.5, 101.1, 1},
    };
    static const inst_t one[] = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_plain();
        door_out_t box = desk_box(d);
        intent_t two[2];
        for (u32 k = 0; k < 2; k++) {
            two[k] = desk_request(d, SIDE_SELL, 10, 100, 0, 0).draft;
            two[k].id.b[0] = (u8)(1 + k);
            two[k].parent.b[0] = 9;
            two[k].role = k == 0 ? ROLE_STOP : ROLE_TARGET;
            two[k].flags = INTENT_REDUCING | INTENT_OCO;
            two[k].type = k == 0 ? ORDER_STOP : ORDER_LIMIT;
            two[k].tif = TIF_GTC;
            two[k].stop = k == 0 ? USD(99) : (price_t){0};
            two[k].limit = k == 1 ? USD(101) : (price_t){0};
            CHECK_OK(paper_submit(&d->paper, &two[k], d->now, &box.broker));
        }
        box.broker.count = 0;
        bar_t b = desk_bar(d, 100, cases[i].high, cases[i].low, 100);
        slice_t s = {.t_known = b.t_known, .t_open = b.t_event, .session = DESK_DAY, .timeframe = TF_5M,
                     .count = 1, .inst = one, .bar = &b};
        paper_on_slice(&d->paper, &s, &box.broker);
        u32 fills = 0;
        u32 canceled = 0;
        for (u32 k = 0; k < box.broker.count; k++) {
            const ev_BROKER_t *m = &box.broker.v[k];
            fills += m->kind == BROKER_FILL && id128_eq(m->intent, two[cases[i].winner % 2].id) ? 1 : 0;
            canceled += m->kind == BROKER_CANCELED && m->reason == PAPER_OCO ? 1 : 0;
        }
        CHECK_EQ(box.broker.count, cases[i].winner < 2 ? 2 : 0);
        CHECK_EQ(fills, cases[i].winner < 2 ? 1 : 0);
        CHECK_EQ(canceled, fills);
        desk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stop_limits), cmocka_unit_test(trailing_stops), cmocka_unit_test(times_in_force),
        cmocka_unit_test(terms_that_no_broker_takes),
        cmocka_unit_test(an_open_before_the_decision_is_no_price), cmocka_unit_test(limit_on_close),
        cmocka_unit_test(cut_offs_of_the_auctions), cmocka_unit_test(outside_the_session_only_who_asked),
        cmocka_unit_test(nobody_lends_it), cmocka_unit_test(fractions_of_a_share),
        cmocka_unit_test(one_cancels_the_other),
    };
    return RUN_TESTS(tests);
}
