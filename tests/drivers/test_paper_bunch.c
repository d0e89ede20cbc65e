/* Orders of several sub-ledgers at the door and at the simulated broker: one that may not go holds back all,
 * each one's protective orders wake by its own part, and what ends the entry ends it for all. */
#include "tests/trade/bench_account.h"

typedef struct {
    u32 submits, bunches;
} fake_t;

static err_t fake_order(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    (void)i;
    (void)now;
    (void)out;
    ((fake_t *)self)->submits++;
    return ERR_OK;
}

static err_t fake_bunch(void *self, const effect_t *e, i64 now, broker_msgs_t *out)
{
    (void)e;
    (void)now;
    (void)out;
    ((fake_t *)self)->bunches++;
    return ERR_OK;
}

/* Three members, 10, 5 and 1 shares; the entry's id is 99. */
static effect_t bunch_effect(effect_member_t member[3], u64 epoch)
{
    effect_t e = {.kind = EFFECT_SUBMIT, .member = member, .member_count = 3};
    static const i64 qty[] = {10, 5, 1};
    for (u32 i = 0; i < 3; i++) {
        member[i] = (effect_member_t){.epoch = epoch};
        member[i].intent = (intent_t){.id = {{(u8)(i + 1)}},
                                      .account_id = i + 1,
                                      .send_before = I64_MAX,
                                      .qty = {qty[i]},
                                      .reference = USD(100),
                                      .bracket_stop = USD(99),
                                      .bracket_target = USD(105),
                                      .side = SIDE_BUY,
                                      .type = ORDER_MARKET,
                                      .tif = TIF_DAY,
                                      .role = ROLE_ENTRY};
    }
    e.intent = member[0].intent;
    e.intent.id = (id128_t){{99}};
    e.intent.account_id = USER_SHARED + 1;
    e.intent.qty.v = 16;
    return e;
}

TEST(one_that_may_not_go_holds_back_all)
{
    UNUSED_STATE;
    static const struct {
        const char *name;
        u64 epoch;   /* of the third account, 5 is the permit's */
        bool killed; /* the third */
        bool late, file, port;
        u32 leaves;
    } cases[] = {{"all may", 5, false, false, false, true, 1},
                 {"a kill raised the epoch of one", 6, false, false, false, true, 0},
                 {"one is killed", 5, true, false, false, true, 0},
                 {"too late", 5, false, true, false, true, 0},
                 {"the broker takes none", 5, false, false, false, false, 0}};
    order_door_t *door = calloc(1, sizeof *door);
    assert_non_null(door);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        fake_t f = {0};
        door_word_t word[3] = {{.account = 1}, {.account = 2}, {.account = 3}};
        effect_member_t member[3];
        ev_BROKER_t words[4];
        ev_SEND_RESULT_t results[4];
        door_out_t out = {.broker = {.v = words, .cap = 4}, .results = results, .result_cap = 4};
        broker_port_t port = {.self = &f,
                              .submit = fake_order,
                              .cancel = fake_order,
                              .replace = fake_order,
                              .lookup = fake_order,
                              .submit_bunch = cases[i].port ? fake_bunch : NULL};
        door_publish(&word[0], 5, false);
        door_publish(&word[1], 5, false);
        door_publish(&word[2], cases[i].epoch, cases[i].killed);
        order_door_open(door, port, word, 3);
        effect_t e = bunch_effect(member, 5);
        for (u32 k = 0; k < 3; k++) {
            member[k].intent.send_before = 100;
        }
        order_door_send(door, &e, cases[i].late ? 101 : 100, &out);
        CHECK_EQ(f.bunches, cases[i].leaves);
        CHECK_EQ(f.submits, 0);
        CHECK_EQ(out.result_count, 1);
        CHECK_EQ(results[0].sent, cases[i].leaves);
        CHECK_EQ(out.broker.count, cases[i].leaves != 0 ? 0 : 1);
        CHECK(cases[i].leaves != 0 ||
              (words[0].kind == BROKER_NOT_SENT && words[0].account == USER_SHARED + 1 &&
               id128_eq(words[0].intent, e.intent.id)));
        order_door_send(door, &e, 100, &out); /* never twice */
        CHECK_EQ(f.bunches, cases[i].leaves);
    }
    free(door);
}

/* After a resume the door knows what was sent before it was opened, and goes on forgetting in order. */
TEST(what_was_sent_before_is_not_sent_again)
{
    UNUSED_STATE;
    static order_door_t door;
    fake_t f = {0};
    door_word_t word = {0};
    door_publish(&word, 1, false);
    broker_port_t port = {
        .self = &f, .submit = fake_order, .cancel = fake_order, .replace = fake_order, .lookup = fake_order};
    order_door_open(&door, port, &word, 1);
    for (u32 n = 0; n < 3 * DOOR_SEEN; n++) {
        ev_BROKER_t words[4];
        ev_SEND_RESULT_t results[4];
        door_out_t out = {.broker = {.v = words, .cap = 4}, .results = results, .result_cap = 4};
        effect_t e = {.kind = EFFECT_SUBMIT, .epoch = 1};
        e.intent = (intent_t){.id = id128_of(&n, sizeof n), .side = SIDE_BUY, .send_before = 100};
        if (n < 100) {
            order_door_note(&door, e.intent.id);
        }
        order_door_send(&door, &e, 1, &out);
        CHECK_EQ(f.submits, n < 100 ? 0 : n - 99);
    }
}

/* ---- the simulated broker ------------------------------------------------------------------------------ */

typedef struct {
    paper_t paper;
    config_t config;
    instrument_t instrument;
    paper_context_t context;
    ev_BROKER_t said[256];
    broker_msgs_t out;
    i64 open;
    f64 price;
} broker_t;

static broker_t *broker_open(void)
{
    broker_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->config = config_default(PROFILE_DAY, PRESET_MODERATE);
    b->instrument = (instrument_t){.cls = CLASS_STOCK, .tick = USD(0.01), .multiplier = 1};
    b->context = (paper_context_t){.sigma_d_bps = 200, .dollar_vol20 = 1e9};
    paper_setup_t s = {
        .instruments = &b->instrument, .context = &b->context, .instrument_count = 1, .config = &b->config};
    CHECK_OK(paper_open(&b->paper, &s));
    paper_session(&b->paper, DESK_OPEN, DESK_OPEN + 390 * NS_PER_MIN);
    b->out = (broker_msgs_t){.v = b->said, .cap = COUNT_OF(b->said)};
    b->open = DESK_OPEN + 60 * NS_PER_MIN;
    b->price = 100;
    return b;
}

static void broker_close(broker_t *b)
{
    paper_close(&b->paper);
    free(b);
}

/* One bar that gives `takes` shares to each order. */
static void broker_bar(broker_t *b, f64 low, f64 high, i64 takes, const action_t *action)
{
    static const inst_t inst[] = {0};
    bar_t bar = {.t_event = b->open,
                 .t_known = b->open + 5 * NS_PER_MIN,
                 .open = USD(b->price),
                 .high = USD(high),
                 .low = USD(low),
                 .close = USD(b->price),
                 .volume = (i64)((f64)takes * 100.0 / b->config.fill_participation_pct)};
    slice_t s = {.t_known = bar.t_known,
                 .t_open = bar.t_event,
                 .session = DESK_DAY,
                 .timeframe = TF_5M,
                 .count = 1,
                 .inst = inst,
                 .bar = &bar,
                 .action = action,
                 .action_count = action ? 1 : 0};
    b->out.count = 0;
    b->open += 5 * NS_PER_MIN;
    paper_on_slice(&b->paper, &s, &b->out);
}

static i64 live_of(const broker_t *b, u8 member, order_role_t role)
{
    id128_t id = intent_child_id((id128_t){{member}}, role);
    for (u32 i = 0; i < b->paper.count; i++) {
        const paper_order_t *o = &b->paper.orders[i];
        if (id128_eq(o->intent.id, id)) {
            return o->held != 0 ? 0 : o->live.v - o->filled.v;
        }
    }
    return -1;
}

static u32 said(const broker_t *b, broker_msg_kind_t kind, id128_t id)
{
    u32 n = 0;
    for (u32 i = 0; i < b->out.count; i++) {
        n += b->said[i].kind == kind && id128_eq(b->said[i].intent, id) ? 1 : 0;
    }
    return n;
}

TEST(each_ones_stop_wakes_by_its_part)
{
    UNUSED_STATE;
    broker_t *b = broker_open();
    effect_member_t member[3];
    effect_t e = bunch_effect(member, 1);
    CHECK_OK(paper_submit_bunch(&b->paper, &e, b->open, &b->out));
    CHECK_EQ(b->paper.count, 7); /* the entry, and a stop and a target for each */
    CHECK_EQ(paper_submit_bunch(&b->paper, &e, b->open, &b->out), ERR_BROKER_REFUSED);
    broker_bar(b, 99.5, 100.5, 9, NULL);
    CHECK_EQ(said(b, BROKER_FILL, e.intent.id), 1);
    CHECK_EQ(b->said[0].qty, 9); /* 5.6, 2.8 and 0.6 */
    i64 first = live_of(b, 1, ROLE_STOP);
    i64 second = live_of(b, 2, ROLE_STOP);
    i64 third = live_of(b, 3, ROLE_STOP);
    CHECK_EQ(first + second + third, 9);
    CHECK(first >= 5 && first <= 6 && second >= 2 && second <= 3 && third <= 1);
    CHECK_EQ(live_of(b, 1, ROLE_TARGET), first);
    broker_bar(b, 99.5, 100.5, 9, NULL);
    CHECK_EQ(live_of(b, 1, ROLE_STOP), 10);
    CHECK_EQ(live_of(b, 2, ROLE_STOP), 5);
    CHECK_EQ(live_of(b, 3, ROLE_STOP), 1);
    CHECK_EQ(b->paper.count, 6); /* the entry is whole */
    CHECK_EQ(b->paper.bunch_count, 0);
    broker_bar(b, 98, 100.5, 100, NULL);
    CHECK_EQ(b->paper.count, 0);
    broker_close(b);
}

TEST(a_stop_that_fires_ends_what_is_left_for_all)
{
    UNUSED_STATE;
    broker_t *b = broker_open();
    effect_member_t member[3];
    effect_t e = bunch_effect(member, 1);
    CHECK_OK(paper_submit_bunch(&b->paper, &e, b->open, &b->out));
    broker_bar(b, 99.5, 100.5, 9, NULL);
    intent_t raised = {.inst = 0,
                       .side = SIDE_SELL,
                       .type = ORDER_STOP,
                       .stop = USD(99.9),
                       .qty = {1},
                       .id = intent_child_id(member[1].intent.id, ROLE_STOP),
                       .role = ROLE_STOP,
                       .tif = TIF_GTC,
                       .flags = INTENT_REDUCING | INTENT_OCO};
    CHECK_OK(paper_replace(&b->paper, &raised, b->open, &b->out));
    CHECK_EQ(b->said[b->out.count - 1].kind, BROKER_REPLACED);
    broker_bar(b, 99.85, 100.1, 3, NULL); /* fills three more at the open, then the raised stop is met */
    CHECK_EQ(said(b, BROKER_FILL, raised.id), 1);
    CHECK_EQ(said(b, BROKER_CANCELED, e.intent.id), 1);
    for (u32 i = 0; i < b->out.count; i++) {
        CHECK(b->said[i].kind != BROKER_CANCELED || b->said[i].reason == PAPER_OCO);
    }
    CHECK(live_of(b, 1, ROLE_STOP) > 0); /* the others' stand */
    CHECK_EQ(live_of(b, 2, ROLE_TARGET), -1);
    broker_close(b);
}

TEST(an_end_takes_those_who_wait_along)
{
    UNUSED_STATE;
    broker_t *b = broker_open();
    effect_member_t member[3];
    effect_t e = bunch_effect(member, 1);
    CHECK_OK(paper_submit_bunch(&b->paper, &e, b->open, &b->out));
    broker_bar(b, 99.5, 100.5, 1, NULL); /* one share: the first member's */
    CHECK_EQ(live_of(b, 1, ROLE_STOP), 1);
    CHECK_EQ(live_of(b, 2, ROLE_STOP), 0);
    CHECK_OK(paper_cancel(&b->paper, &e.intent, b->open, &b->out));
    paper_lookup(&b->paper, &e.intent, b->open, &b->out) == ERR_OK ? (void)0 : fail();
    CHECK_EQ(b->said[b->out.count - 1].kind, BROKER_LOOKUP_ABSENT);
    broker_bar(b, 99.5, 100.5, 1, NULL);
    CHECK_EQ(live_of(b, 1, ROLE_STOP), 1);
    CHECK_EQ(live_of(b, 2, ROLE_STOP), -1);
    CHECK_EQ(live_of(b, 3, ROLE_TARGET), -1);
    broker_close(b);
}

TEST(a_split_of_shares_is_each_ones_own)
{
    UNUSED_STATE;
    broker_t *b = broker_open();
    effect_member_t member[3];
    effect_t e = bunch_effect(member, 1);
    CHECK_OK(paper_submit_bunch(&b->paper, &e, b->open, &b->out));
    action_t third = {.kind = ACTION_SPLIT, .inst = 0, .ratio_num = 1, .ratio_den = 3};
    b->price = 300;
    broker_bar(b, 299, 301, 100, &third);
    CHECK_EQ(b->said[0].qty, 3 + 1); /* 10, 5 and 1 become 3, 1 and 0: no sub-ledger has a third of a share */
    CHECK_EQ(live_of(b, 1, ROLE_STOP), 3);
    CHECK_EQ(live_of(b, 2, ROLE_STOP), 1);
    CHECK(live_of(b, 3, ROLE_STOP) <= 0);
    broker_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_that_may_not_go_holds_back_all),
                                       cmocka_unit_test(what_was_sent_before_is_not_sent_again),
                                       cmocka_unit_test(each_ones_stop_wakes_by_its_part),
                                       cmocka_unit_test(a_stop_that_fires_ends_what_is_left_for_all),
                                       cmocka_unit_test(an_end_takes_those_who_wait_along),
                                       cmocka_unit_test(a_split_of_shares_is_each_ones_own)};
    return RUN_TESTS(tests);
}
