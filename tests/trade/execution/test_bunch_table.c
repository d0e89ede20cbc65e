/* Who shares an account, which orders of a step become one, whose cancel is asked for once, and the table as
 * bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"
#include "trade/execution/bunch_table.h"

enum { USERS = 20 };

typedef struct {
    bunch_table_t table;
    arena_t memory;
    outbox_t out;
} bench_t;

/* Users 1 to 19 are owner 1's in "main", but 5 is in "other" alone, 6 is owner 2's and 7 has its own. */
static bench_t *bench_open(void)
{
    bench_t *b = calloc(1, sizeof *b);
    user_row_t *rows = calloc(USERS, sizeof *rows);
    assert_true(b != NULL && rows != NULL);
    for (u32 i = 0; i < USERS; i++) {
        user_row_init(&rows[i], i + 1, "user", (money_t){MONEY_SCALE});
        rows[i].owner_id = i + 1 == 6 ? 2 : 1;
        (void)snprintf(rows[i].shared, USER_NAME, "%s", i + 1 == 7 ? "" : i + 1 == 5 ? "other" : "main");
    }
    CHECK_OK(arena_open(&b->memory, bunch_table_room(USERS)));
    CHECK_OK(outbox_open(&b->out, 1 << 16));
    CHECK_OK(bunch_table_open(&b->table, rows, USERS, &b->memory));
    free(rows);
    return b;
}

static void bench_close(bench_t *b)
{
    outbox_close(&b->out);
    arena_close(&b->memory);
    free(b);
}

static intent_t order_of(u64 account, i64 qty)
{
    return (intent_t){.id = {{(u8)account, (u8)qty}},
                      .account_id = account,
                      .qty = {qty},
                      .limit = {100 * PRICE_SCALE},
                      .reference = {99 * PRICE_SCALE},
                      .bracket_stop = {90 * PRICE_SCALE},
                      .bracket_target = {110 * PRICE_SCALE},
                      .t_decided = 5,
                      .send_before = 9,
                      .inst = 3,
                      .side = SIDE_BUY,
                      .type = ORDER_LIMIT,
                      .tif = TIF_BAR,
                      .role = ROLE_ENTRY};
}

static effect_t *send(bench_t *b, const intent_t *i, u64 epoch)
{
    effect_t *e = outbox_effect(&b->out, EFFECT_SUBMIT);
    e->intent = *i;
    e->epoch = epoch;
    return e;
}

static void send_plain(bench_t *b, u64 account, i64 qty)
{
    intent_t i = order_of(account, qty);
    (void)send(b, &i, account);
}

static void ask(bench_t *b, effect_kind_t kind, id128_t id, u64 account)
{
    effect_t *e = outbox_effect(&b->out, kind);
    e->intent.id = id;
    e->intent.account_id = account;
}

TEST(who_shares_with_whom)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    CHECK_EQ(b->table.sharing, USERS - 3);
    CHECK_EQ(bunch_shared(&b->table, 1), USER_SHARED + 1);
    CHECK_EQ(bunch_shared(&b->table, 20), USER_SHARED + 1);
    CHECK_EQ(bunch_shared(&b->table, 5), 5); /* nobody is with it */
    CHECK_EQ(bunch_shared(&b->table, 6), 6); /* another owner */
    CHECK_EQ(bunch_shared(&b->table, 7), 7);
    CHECK_EQ(bunch_shared(&b->table, 77), 77);
    CHECK(bunch_house(&b->table, USER_SHARED + 1) != NULL && bunch_house(&b->table, 5) == NULL);
    bench_close(b);
}

TEST(equal_orders_become_one)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    bunch_t back;
    send_plain(b, 1, 10);
    ask(b, EFFECT_CANCEL, (id128_t){{200}}, 1);
    send_plain(b, 2, 20);
    send_plain(b, 5, 5);
    send_plain(b, 6, 6);
    send_plain(b, 7, 7);
    send_plain(b, 8, 30);
    bunch_gather(&b->table, &b->out);
    CHECK_EQ(b->out.effect_count, 5); /* the one, the cancel, and three that share with nobody */
    const effect_t *e = &b->out.effects[0];
    CHECK_EQ(e->member_count, 3);
    CHECK_EQ(e->intent.qty.v, 60);
    CHECK_EQ(e->intent.account_id, USER_SHARED + 1);
    CHECK_EQ(e->member[2].intent.account_id, 8);
    CHECK_EQ(e->member[2].epoch, 8);
    CHECK_EQ(b->out.effects[1].kind, EFFECT_CANCEL);
    CHECK_EQ(b->out.effects[4].intent.account_id, 7);
    CHECK_EQ(b->out.fact_count, 1);
    CHECK_EQ(b->out.facts[0].head.kind, EV_BUNCH);
    CHECK_OK(bunch_of_fact(&b->out.facts[0].as.BUNCH, &back));
    CHECK(id128_eq(back.id, e->intent.id) && back.count == 3 && back.member[1].qty == 20);
    CHECK(bunch_find(&b->table, back.id) != NULL);
    CHECK(bunch_of_member(&b->table, back.member[1].intent) == bunch_find(&b->table, back.id));
    bench_close(b);
}

/* Each of the terms apart keeps two orders apart. */
TEST(unequal_orders_stay_apart)
{
    UNUSED_STATE;
    for (u32 k = 0; k < 14; k++) {
        bench_t *b = bench_open();
        intent_t i = order_of(2, 20);
        i64 *const numbers[] = {&i.limit.v,          &i.stop.v,    &i.reference.v, &i.bracket_stop.v,
                                &i.bracket_target.v, &i.t_decided, &i.send_before};
        u8 *const words[] = {&i.side, &i.type, &i.tif, &i.role};
        if (k < COUNT_OF(numbers)) {
            *numbers[k] += 1;
        } else if (k < COUNT_OF(numbers) + COUNT_OF(words)) {
            *words[k - COUNT_OF(numbers)] += 1;
        } else if (k == 11) {
            i.inst++;
        } else if (k == 12) {
            i.flags = INTENT_PROBE;
        } else {
            i.account_id = 1; /* the same account twice: two orders of its own */
        }
        send_plain(b, 1, 10);
        (void)send(b, &i, 1);
        bunch_gather(&b->table, &b->out);
        CHECK_EQ(b->out.effect_count, 2);
        CHECK_EQ(b->out.fact_count, 0);
        CHECK_EQ(b->out.effects[0].member_count + b->out.effects[1].member_count, 0);
        CHECK_EQ(b->table.count, 0);
        bench_close(b);
    }
}

TEST(protective_orders_are_each_ones_own)
{
    UNUSED_STATE;
    static const struct {
        u8 role;
        u32 left;
    } cases[] = {{ROLE_STOP, 2}, {ROLE_TARGET, 2}, {ROLE_EXIT, 1}, {ROLE_ENTRY, 1}};
    for (u32 k = 0; k < COUNT_OF(cases); k++) {
        bench_t *b = bench_open();
        for (u64 account = 1; account <= 2; account++) {
            intent_t i = order_of(account, 10);
            i.role = cases[k].role;
            (void)send(b, &i, 1);
        }
        bunch_gather(&b->table, &b->out);
        CHECK_EQ(b->out.effect_count, cases[k].left);
        bench_close(b);
    }
}

TEST(more_than_fit_make_another)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    for (u64 account = 1; account <= USERS; account++) {
        send_plain(b, account, 10);
    }
    bunch_gather(&b->table, &b->out);
    CHECK_EQ(b->out.effect_count, 5); /* sixteen and one of the seventeen, and three apart */
    CHECK_EQ(b->out.effects[0].member_count, BUNCH_MEMBERS);
    CHECK_EQ(b->out.fact_count, 1);
    bench_close(b);
}

/* Between two that become one another of the first account's stays behind: its company is not to be had
 * twice. */
TEST(an_order_goes_into_one_bunch)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    send_plain(b, 2, 10);
    send_plain(b, 3, 20);
    send_plain(b, 2, 30);
    send_plain(b, 4, 40);
    bunch_gather(&b->table, &b->out);
    CHECK_EQ(b->out.effect_count, 2);
    CHECK_EQ(b->out.effects[0].intent.qty.v, 70);
    CHECK_EQ(b->out.effects[1].member_count, 0);
    CHECK_EQ(b->out.effects[1].intent.qty.v, 30);
    CHECK_EQ(b->table.count, 1);
    bench_close(b);
}

TEST(a_full_table_sends_each_alone)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    b->table.cap = 1;
    for (i64 k = 0; k < 2; k++) {
        send_plain(b, 1, 10 + k);
        send_plain(b, 2, 10 + k);
        bunch_gather(&b->table, &b->out);
        CHECK_EQ(b->out.effect_count, k == 0 ? 1 : 2);
        CHECK_EQ(b->out.fact_count, k == 0 ? 1 : 0);
        outbox_reset(&b->out);
    }
    bench_close(b);
}

/* Two members and a stranger cancel and look: the broker is asked once for what it knows. */
TEST(the_broker_is_asked_once)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    send_plain(b, 1, 10);
    send_plain(b, 2, 20);
    bunch_gather(&b->table, &b->out);
    id128_t first = b->out.effects[0].member[0].intent.id;
    id128_t second = b->out.effects[0].member[1].intent.id;
    id128_t whole = b->out.effects[0].intent.id;
    outbox_reset(&b->out);
    ask(b, EFFECT_LOOKUP, second, 2);
    ask(b, EFFECT_CANCEL, first, 1);
    ask(b, EFFECT_CANCEL, (id128_t){{99}}, 3);
    ask(b, EFFECT_CANCEL, second, 2);
    ask(b, EFFECT_LOOKUP, first, 1);
    bunch_gather(&b->table, &b->out);
    CHECK_EQ(b->out.effect_count, 3);
    CHECK_EQ(b->out.effects[0].kind, EFFECT_LOOKUP);
    CHECK(id128_eq(b->out.effects[0].intent.id, whole));
    CHECK_EQ(b->out.effects[1].kind, EFFECT_CANCEL);
    CHECK(id128_eq(b->out.effects[1].intent.id, whole));
    CHECK_EQ(b->out.effects[1].intent.account_id, USER_SHARED + 1);
    CHECK_EQ(b->out.effects[2].intent.account_id, 3);
    bench_close(b);
}

TEST(bytes_read_back)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    bench_t *other = bench_open();
    for (i64 k = 0; k < 3; k++) {
        send_plain(b, 1, 10 + k);
        send_plain(b, 2, 20 + k);
        send_plain(b, 9, 30 + k);
        bunch_gather(&b->table, &b->out);
        outbox_reset(&b->out);
    }
    CHECK_EQ(b->table.count, 3);
    bunch_words_t words;
    const instrument_t share = {.multiplier = 1};
    ev_BROKER_t m = {.kind = BROKER_FILL, .exec_id = 4, .qty = 7, .cum_qty = 9, .price = PRICE_SCALE};
    bunch_hear(&b->table.row[1], &m, &share, &words);
    m = (ev_BROKER_t){.kind = BROKER_CANCELED, .cum_qty = 9, .reason = 3};
    bunch_hear(&b->table.row[1], &m, &share, &words);
    bunch_house(&b->table, USER_SHARED + 1)->v = -5;
    size_t room = bunch_table_bytes(&b->table);
    u8 *bytes = malloc(room);
    assert_non_null(bytes);
    writer_t w = writer_of(bytes, room);
    CHECK_OK(bunch_table_save(&b->table, &w));
    reader_t r = reader_of(bytes, w.used);
    CHECK_OK(bunch_table_load(&r, BUNCH_TABLE_VERSION, &other->table));
    CHECK_EQ(reader_left(&r), 0);
    CHECK_EQ(other->table.count, 3);
    CHECK(memcmp(other->table.row, b->table.row, 3 * sizeof *b->table.row) == 0);
    CHECK_EQ(bunch_house(&other->table, USER_SHARED + 1)->v, -5);
    r = reader_of(bytes, w.used);
    CHECK_EQ(bunch_table_load(&r, BUNCH_TABLE_VERSION + 1, &other->table), ERR_VERSION);
    for (size_t n = 0; n < w.used; n++) { /* cut anywhere it is refused */
        r = reader_of(bytes, n);
        CHECK(bunch_table_load(&r, BUNCH_TABLE_VERSION, &other->table) != ERR_OK);
    }
    free(bytes);
    bench_close(b);
    bench_close(other);
}

TEST(a_fact_that_names_strangers_is_refused)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    bench_t *other = bench_open();
    send_plain(b, 1, 10);
    send_plain(b, 2, 20);
    bunch_gather(&b->table, &b->out);
    ev_BUNCH_t f = b->out.facts[0].as.BUNCH;
    CHECK_OK(bunch_table_recover(&other->table, &f));
    CHECK_EQ(bunch_table_recover(&other->table, &f), ERR_CORRUPT); /* an id is one order's */
    f.id.b[0]++;
    f.account++;
    CHECK_EQ(bunch_table_recover(&other->table, &f), ERR_CORRUPT);
    bench_close(b);
    bench_close(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_shares_with_whom),
                                       cmocka_unit_test(equal_orders_become_one),
                                       cmocka_unit_test(unequal_orders_stay_apart),
                                       cmocka_unit_test(protective_orders_are_each_ones_own),
                                       cmocka_unit_test(more_than_fit_make_another),
                                       cmocka_unit_test(an_order_goes_into_one_bunch),
        cmocka_unit_test(a_full_table_sends_each_alone),
                                       cmocka_unit_test(the_broker_is_asked_once),
                                       cmocka_unit_test(bytes_read_back),
                                       cmocka_unit_test(a_fact_that_names_strangers_is_refused)};
    return RUN_TESTS(tests);
}
