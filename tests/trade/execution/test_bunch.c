/* The split of a bunched order and what its members hear: sums, bounds and order of the parts over random
 * quantities and random histories, and the cases that a plain largest remainder gets wrong. */
#include "base/rng.h"
#include "tests/test.h"
#include "trade/execution/bunch.h"

enum { SEEDS = 3000, SENT = 64 };

static u64 draw(u64 seed, u64 *n, u64 bound)
{
    return rng_below((rng_key_t){.seed = seed, .purpose = RNG_TEST}, (*n)++, bound);
}

static const instrument_t share = {.qty_exponent = 0, .multiplier = 1};

static const instrument_t coin = {.qty_exponent = -8, .multiplier = 1}; /* where quantities are large */

static bunch_t bunch_make(const i64 *qty, u32 count)
{
    bunch_t b = {.id = {{7}},
                 .account = USER_SHARED + 1,
                 .inst = 3,
                 .side = SIDE_BUY,
                 .count = count,
                 .reference = {25 * PRICE_SCALE}};
    for (u32 i = 0; i < count; i++) {
        b.member[i] = (bunch_member_t){.account = i + 1, .intent = {{(u8)(i + 1)}}, .qty = qty[i]};
    }
    return b;
}

static bunch_t bunch_random(u64 seed, u64 *n)
{
    i64 qty[BUNCH_MEMBERS];
    u32 count = 2 + (u32)draw(seed, n, BUNCH_MEMBERS - 1);
    u64 most = (u64[]){3, 20, 400, 1000000000000}[draw(seed, n, 4)];
    for (u32 i = 0; i < count; i++) {
        qty[i] = 1 + (i64)draw(seed, n, most);
        qty[i] = draw(seed, n, 3) == 0 && i > 0 ? qty[i - 1] : qty[i];
    }
    return bunch_make(qty, count);
}

static void take(bunch_t *b, i64 more)
{
    i64 part[BUNCH_MEMBERS];
    i64 sum = 0;
    bunch_split(b, more, part);
    for (u32 i = 0; i < b->count; i++) {
        CHECK(part[i] >= 0);
        b->member[i].filled += part[i];
        sum += part[i];
    }
    CHECK_EQ(sum, more);
    b->filled += more;
}

/* Each within one unit of its exact part. */
static void check_near(const bunch_t *b)
{
    i128 all = bunch_qty(b);
    for (u32 i = 0; i < b->count; i++) {
        i128 off = (i128)b->member[i].filled * all - (i128)b->member[i].qty * b->filled;
        CHECK(off < all && off > -all);
    }
}

TEST(parts_are_near_and_never_go_back)
{
    UNUSED_STATE;
    for (u64 s = 0; s < SEEDS; s++) {
        u64 n = 0;
        bunch_t b = bunch_random(s, &n);
        i64 all = bunch_qty(&b);
        u64 steps = 1 + draw(s, &n, 60);
        while (b.filled < all) {
            i64 left = all - b.filled;
            i64 more = 1 + (i64)draw(s, &n, (u64)MAX_OF(all / (i64)steps, 1));
            take(&b, MIN_OF(more, left));
            check_near(&b);
        }
        for (u32 i = 0; i < b.count; i++) {
            CHECK_EQ(b.member[i].filled, b.member[i].qty);
        }
    }
}

/* All quantities of up to four members, unit by unit: the hardest way to fill. */
TEST(unit_by_unit_of_all_small_ones)
{
    UNUSED_STATE;
    for (i64 code = 0; code < 8 * 8 * 8 * 8; code++) {
        const i64 qty[] = {1 + code % 8, 1 + code / 8 % 8, 1 + code / 64 % 8, 1 + code / 512};
        bunch_t b = bunch_make(qty, 4);
        while (b.filled < bunch_qty(&b)) {
            take(&b, 1);
            check_near(&b);
        }
    }
}

TEST(largest_remainder_would_go_back)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){6, 6, 2}, 3);
    take(&b, 10); /* exactly 4.29, 4.29 and 1.43 */
    i64 third = b.member[2].filled;
    take(&b, 1); /* 4.71, 4.71 and 1.57: by remainder 5, 5 and 1 */
    CHECK(b.member[2].filled >= third);
    check_near(&b);
}

TEST(ties_go_to_the_lowest)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){5, 5, 5}, 3);
    for (u32 i = 0; i < 6; i++) {
        take(&b, 1);
        CHECK_EQ(b.member[i % 3].filled, 1 + i / 3);
    }
    b = bunch_make((const i64[]){60, 30, 10},
                   3); /* the first is due at 4 as the second is, and has less over */
    take(&b, 2);
    CHECK_EQ(b.member[0].filled, 1);
    CHECK_EQ(b.member[1].filled, 1);
}

TEST(an_overfill_is_dealt_out_too)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){3, 7}, 2);
    take(&b, 25);
    CHECK_EQ(b.member[0].filled + b.member[1].filled, 25);
    check_near(&b);
}

TEST(a_split_of_shares_leaves_whole_members)
{
    UNUSED_STATE;
    for (u64 s = 0; s < SEEDS; s++) {
        u64 n = 0;
        bunch_t b = bunch_random(s, &n);
        take(&b, 1 + (i64)draw(s, &n, (u64)bunch_qty(&b)));
        action_t a = {
            .kind = ACTION_SPLIT, .ratio_num = 1 + (i64)draw(s, &n, 4), .ratio_den = 1 + (i64)draw(s, &n, 9)};
        b.told = b.filled;
        bunch_on_split(&b, &a);
        CHECK_EQ(b.told, b.filled); /* or executions would be missing for ever, or not be missed */
        i64 sum = 0;
        for (u32 i = 0; i < b.count; i++) {
            sum += b.member[i].filled;
            CHECK(b.member[i].filled <= b.member[i].qty);
        }
        CHECK_EQ(sum, b.filled);
        i64 left = bunch_qty(&b) - b.filled;
        if (left > 0) { /* whoever is ahead by the fractions that fell away waits */
            take(&b, 1 + (i64)draw(s, &n, (u64)left));
            take(&b, 1 + left);
        }
    }
}

/* ---- words ----------------------------------------------------------------------------------------------
 */

static ev_BROKER_t fill_of(u64 exec, i64 qty, i64 cum)
{
    return (ev_BROKER_t){.kind = BROKER_FILL,
                         .intent = {{7}},
                         .account = USER_SHARED + 1,
                         .exec_id = exec,
                         .qty = qty,
                         .price = 25 * PRICE_SCALE + 333,
                         .cum_qty = cum,
                         .fee = 1000003,
                         .spread_cost = 77,
                         .slippage_cost = 5,
                         .impact_cost = 11};
}

TEST(a_fill_is_dealt_with_its_fee_and_the_rest_is_the_houses)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){1, 1, 1}, 3);
    bunch_words_t w;
    ev_BROKER_t m = fill_of(1, 3, 3);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.count, 3);
    for (u32 i = 0; i < 3; i++) {
        CHECK_EQ(w.word[i].qty, 1);
        CHECK_EQ(w.word[i].fee, 333334);
        CHECK_EQ(w.word[i].price, m.price);
        CHECK_EQ(w.word[i].account, i + 1);
        CHECK_EQ(w.word[i].cum_qty, 1);
        CHECK_EQ(w.word[i].spread_cost, 25);
    }
    /* 3 shares cost 75.000001 (0.999 of a millionth rounds up), one costs 25.000000 three times. */
    CHECK_EQ(w.residue.v, -1 - 1);
    b = bunch_make((const i64[]){1, 1, 1}, 3);
    b.side = SIDE_SELL;
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.residue.v, 1 - 1);
}

TEST(a_repeat_deals_nothing)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){4, 8}, 2);
    bunch_words_t w;
    ev_BROKER_t m = fill_of(1, 6, 6);
    bunch_hear(&b, &m, &share, &w);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(b.filled, 6);
    CHECK_EQ(w.count, 2);
    CHECK_EQ(w.word[0].exec_id, 0); /* as a repeat by its count, whatever execution it knows */
    CHECK_EQ(w.word[0].cum_qty, 1);
    CHECK_EQ(w.residue.v, 0);
}

/* Parts of more than two depend by a unit on the order of executions, and the members' own orders at the
 * broker were woken by its order: what overtakes others waits for them. */
TEST(executions_are_dealt_in_the_brokers_order)
{
    UNUSED_STATE;
    static const i64 fills[] = {2, 3, 4, 6};
    bunch_t broker = bunch_make((const i64[]){26, 13, 2, 2}, 4);
    bunch_t late = broker;
    bunch_t turned = broker; /* as it would be dealt as it comes */
    ev_BROKER_t m[4];
    bunch_words_t w;
    i64 part[BUNCH_MEMBERS];
    for (u32 i = 0; i < 4; i++) {
        bunch_deal(&broker, fills[i], part);
        bunch_deal(&turned, fills[3 - i], part);
        m[i] = fill_of(i + 1, fills[i], broker.filled);
    }
    CHECK(memcmp(broker.member, turned.member, sizeof broker.member) != 0);
    for (u32 i = 4; i > 1; i--) {
        bunch_hear(&late, &m[i - 1], &share, &w);
        CHECK_EQ(w.count, 0);
        CHECK_EQ(w.doubt, i == 4); /* once: who asks goes on asking until it is answered */
        CHECK_EQ(late.filled, 0);
    }
    ev_BROKER_t end = {.kind = BROKER_CANCELED, .cum_qty = 15};
    bunch_hear(&late, &end, &share, &w);
    CHECK(w.count == 0 && w.doubt);
    for (u32 i = 0; i < 4; i++) {
        bunch_hear(&late, &m[i], &share, &w);
    }
    CHECK_EQ(w.word[w.count - 1].kind, BROKER_CANCELED);
    for (u32 i = 0; i < 4; i++) {
        CHECK_EQ(late.member[i].filled, broker.member[i].filled);
    }
    m[3].cum_qty = 1000; /* nothing stands behind such a count: it is dealt as it comes */
    late = bunch_make((const i64[]){26, 13, 2, 2}, 4);
    bunch_hear(&late, &m[3], &share, &w);
    CHECK_EQ(late.filled, 6);
}

/* A reverse split leaves one member nothing: it ends when the others are whole, however that is told. */
TEST(a_member_without_a_unit_ends_with_the_others)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){2, 40}, 2);
    bunch_words_t w;
    action_t a = {.kind = ACTION_SPLIT, .ratio_num = 1, .ratio_den = 5};
    bunch_on_split(&b, &a);
    CHECK_EQ(b.member[0].qty, 0);
    ev_BROKER_t m = fill_of(1, 3, 3);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.count, 1);
    m = fill_of(2, 5, 8);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.count, 2);
    CHECK_EQ(w.word[0].account, 2);
    CHECK_EQ(w.word[1].kind, BROKER_CANCELED);
    CHECK_EQ(w.word[1].account, 1);
    bunch_hear(&b, &m, &share, &w); /* again: an answer to a look, since the first was not heard */
    CHECK_EQ(w.word[w.count - 1].kind, BROKER_CANCELED);
    CHECK_EQ(w.word[w.count - 1].account, 1);
}

TEST(an_end_waits_for_executions_that_are_missing)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){4, 8}, 2);
    bunch_words_t w;
    ev_BROKER_t first = fill_of(1, 3, 3);
    ev_BROKER_t lost = fill_of(2, 3, 6);
    ev_BROKER_t end = {.kind = BROKER_CANCELED, .reason = 9, .cum_qty = 6};
    ev_BROKER_t found = {.kind = BROKER_LOOKUP_FOUND, .cum_qty = 6};
    bunch_hear(&b, &first, &share, &w);
    CHECK(!w.doubt);
    bunch_hear(&b, &end, &share, &w);
    CHECK_EQ(w.count, 0);
    CHECK(w.doubt);
    bunch_hear(&b, &found, &share, &w);
    CHECK_EQ(w.count, 0);
    bunch_hear(&b, &lost, &share, &w);
    CHECK_EQ(b.filled, 6);
    CHECK_EQ(w.word[w.count - 1].kind, BROKER_CANCELED);
    CHECK_EQ(w.word[w.count - 1].reason, 9);
    CHECK_EQ(w.word[w.count - 1].cum_qty, b.member[1].filled);
    CHECK(!w.doubt);
}

TEST(a_count_ahead_of_its_executions_is_doubted_once)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){4, 8}, 2);
    bunch_words_t w;
    ev_BROKER_t found = {.kind = BROKER_LOOKUP_FOUND, .cum_qty = 5};
    ev_BROKER_t refused = {.kind = BROKER_CANCEL_REFUSED, .cum_qty = 5};
    bunch_hear(&b, &found, &share, &w);
    CHECK(w.doubt && w.count == 0);
    bunch_hear(&b, &found, &share, &w);
    CHECK(!w.doubt && w.count == 0);
    bunch_hear(&b, &refused, &share, &w);
    CHECK_EQ(w.count, 2);
    ev_BROKER_t absurd = {.kind = BROKER_LOOKUP_FOUND, .cum_qty = I64_MAX};
    bunch_hear(&b, &absurd, &share, &w);
    CHECK_EQ(b.told, 5); /* nothing stands behind it */
}

TEST(what_no_sum_can_hold_is_strange_to_all)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){4, 8}, 2);
    bunch_words_t w;
    ev_BROKER_t m = fill_of(1, 1, 1);
    bunch_hear(&b, &m, &share, &w);
    m = fill_of(2, I64_MAX, 12);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(b.filled, 1);
    CHECK_EQ(w.count, 2);
    CHECK_EQ(w.word[0].qty, 0);
    CHECK_EQ(w.word[1].qty, 0);
    m = fill_of(3, 5, 6);
    m.price = I64_MAX; /* no account could book it; the true one has the same id */
    m.qty = I64_MAX / 2;
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(b.filled, 1);
    CHECK_EQ(b.told, 1);
    CHECK_EQ(w.word[0].qty, 0);
    m = fill_of(3, 5, 6);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(b.filled, 6);
}

/* One limit for what is dealt out and what is booked, and a fee is paid once whatever is told again. */
TEST(what_no_account_could_book_is_not_dealt)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){100, 100}, 2);
    bunch_words_t w;
    ev_BROKER_t m = fill_of(1, 200, 200);
    m.price = ACCOUNT_FILL_MAX / 200 * 1000 + 1000000; /* a little more than one account holds */
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(b.filled, 0);
    CHECK(w.count == 2 && w.word[0].qty == 0);
    m = fill_of(1, 200, 200);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(b.filled, 200);
    CHECK_EQ(w.word[0].fee + w.word[1].fee, m.fee - 1); /* the odd one is the house's */
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.count, 2);
    CHECK(w.word[0].fee == 0 && w.word[1].fee == 0 && w.word[0].spread_cost == 0);
}

/* Who gets nothing of a fill knows from it that the order lives: what "never left" says of it later is heard
 * by an order that has left. */
TEST(a_fill_tells_all_members_that_the_order_lives)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){4, 2}, 2);
    bunch_words_t w;
    ev_BROKER_t m = fill_of(1, 1, 1);
    m.broker_order = 77;
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.count, 2);
    CHECK(w.word[0].kind == BROKER_FILL && w.word[0].qty == 1);
    CHECK(w.word[1].kind == BROKER_ACK && w.word[1].account == 2 && w.word[1].broker_order == 77);
    m = fill_of(2, 4, 5);
    bunch_hear(&b, &m, &share, &w);
    m = fill_of(3, 1, 6);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.count, 1); /* who has all of his hears nothing more */
}

/* What was told and is missing stays missing: the end waits for all of it. */
TEST(a_split_keeps_what_is_missing)
{
    UNUSED_STATE;
    bunch_t b = bunch_make((const i64[]){6, 6}, 2);
    bunch_words_t w;
    ev_BROKER_t m = fill_of(1, 4, 4);
    bunch_hear(&b, &m, &share, &w);
    ev_BROKER_t end = {.kind = BROKER_CANCELED, .intent = {{7}}, .account = USER_SHARED + 1, .cum_qty = 10};
    bunch_hear(&b, &end, &share, &w);
    action_t two = {.kind = ACTION_SPLIT, .ratio_num = 2, .ratio_den = 1};
    bunch_on_split(&b, &two);
    CHECK_EQ(b.filled, 8);
    CHECK_EQ(b.told, 20);
    m = fill_of(2, 6, 14);
    bunch_hear(&b, &m, &share, &w);
    for (u32 i = 0; i < w.count; i++) {
        CHECK(w.word[i].kind == BROKER_FILL);
    }
    m = fill_of(3, 6, 20);
    bunch_hear(&b, &m, &share, &w);
    CHECK_EQ(w.word[w.count - 1].kind, BROKER_CANCELED);
}

/* Executions repeated, lost, late and out of order: members have what the bunch has, which is each execution
 * once, those that overtook others when they come again behind them; with all of them known the end is told,
 * however they came. */
TEST(random_histories_sum_up)
{
    UNUSED_STATE;
    u32 held = 0;
    for (u64 s = 0; s < SEEDS; s++) {
        u64 n = 0;
        bunch_t b = bunch_random(s, &n);
        ev_BROKER_t sent[SENT];
        bool heard[SENT] = {false};
        i64 all = bunch_qty(&b);
        i64 cum = 0;
        u32 count = 0;
        u64 pieces = 1 + draw(s, &n, 20); /* fewer than the ids that a bunch remembers */
        while (count < pieces && cum < all) {
            i64 qty = 1 + (i64)draw(s, &n, (u64)MAX_OF((all - cum) / 2, 1));
            cum += qty;
            sent[count] = fill_of(count + 1, qty, draw(s, &n, 4) == 0 ? 0 : cum);
            count++;
        }
        bool ended = false;
        i64 known = 0;
        bunch_words_t w;
        for (u32 step = 0; step < 200; step++) {
            u64 what = draw(s, &n, count + 1);
            ev_BROKER_t m = {.kind = BROKER_EXPIRED, .cum_qty = cum};
            if (what < count) {
                m = sent[what];
                bool waits = m.cum_qty - m.qty > known; /* for those that it overtook */
                known += heard[what] || waits ? 0 : m.qty;
                heard[what] = heard[what] || !waits;
            }
            bunch_hear(&b, &m, &coin, &w);
            CHECK_EQ(b.filled, known);
            check_near(&b);
            i64 sum = 0;
            for (u32 i = 0; i < b.count; i++) {
                sum += b.member[i].filled;
            }
            CHECK_EQ(sum, known);
            for (u32 i = 0; i < w.count; i++) {
                ended = ended || w.word[i].kind == BROKER_EXPIRED;
            }
            CHECK(!ended || known == cum || b.told < cum);
            held += b.held != 0 ? 1 : 0;
        }
        CHECK(known < cum || (ended && b.held == 0));
    }
    CHECK(held > SEEDS);
}

TEST(the_fact_holds_the_members)
{
    UNUSED_STATE;
    u8 bytes[BUNCH_BYTES];
    bunch_t b = bunch_make((const i64[]){4, 8, 1}, 3);
    bunch_t back;
    writer_t w = writer_of(bytes, sizeof bytes);
    CHECK_OK(bunch_members_encode(&b, &w));
    ev_BUNCH_t f = {.id = b.id,
                    .account = b.account,
                    .inst = 3,
                    .side = SIDE_BUY,
                    .members = {.p = bytes, .n = (u32)w.used}};
    CHECK_OK(bunch_of_fact(&f, &back));
    CHECK_EQ(back.count, 3);
    CHECK_EQ(back.member[2].account, 3);
    CHECK_EQ(back.member[1].qty, 8);
    f.members.n--;
    CHECK(bunch_of_fact(&f, &back) != ERR_OK);
    f.members.n = 2;
    bytes[0] = BUNCH_MEMBERS + 1;
    CHECK_EQ(bunch_of_fact(&f, &back), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_near_and_never_go_back),
        cmocka_unit_test(unit_by_unit_of_all_small_ones),
        cmocka_unit_test(largest_remainder_would_go_back),
        cmocka_unit_test(ties_go_to_the_lowest),
        cmocka_unit_test(an_overfill_is_dealt_out_too),
        cmocka_unit_test(a_split_of_shares_leaves_whole_members),
        cmocka_unit_test(a_fill_is_dealt_with_its_fee_and_the_rest_is_the_houses),
        cmocka_unit_test(a_repeat_deals_nothing),
        cmocka_unit_test(executions_are_dealt_in_the_brokers_order),
        cmocka_unit_test(a_member_without_a_unit_ends_with_the_others),
        cmocka_unit_test(an_end_waits_for_executions_that_are_missing),
        cmocka_unit_test(a_count_ahead_of_its_executions_is_doubted_once),
        cmocka_unit_test(what_no_sum_can_hold_is_strange_to_all),
        cmocka_unit_test(what_no_account_could_book_is_not_dealt),
        cmocka_unit_test(a_fill_tells_all_members_that_the_order_lives),
        cmocka_unit_test(a_split_keeps_what_is_missing),
        cmocka_unit_test(random_histories_sum_up),
        cmocka_unit_test(the_fact_holds_the_members)};
    return RUN_TESTS(tests);
}
