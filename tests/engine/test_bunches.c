/* Sub-ledgers that share an account, in whole runs: what leaves, what the broker does and what each one
 * books, counted again from the tape of events. Each execution of a bunch is its members', at its price; a
 * member stays within one share of its part; the account's cash at the broker is that of its sub-ledgers and
 * its house, to the millionth; orders of different accounts are never one. */
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine_inner.h"
#include "tests/engine/users.h"

enum { USERS = 6, BOOKED = 4096 };

typedef struct {
    bunch_t v[BOOKED];
    u32 count;
    ev_BROKER_t said;           /* the last input, if the broker spoke */
    i64 dealt;                  /* of it, booked by its members */
    i64 at_broker, here, house; /* cash of the account since the run began */
    u32 partial, uneven, residues, legs, cancels;
    u64 next_side; /* of an order by id: how many intents there are */
    struct {
        id128_t id;
        u64 account;
        u8 side, role;
    } order[BOOKED * 8];
    u32 orders;
    i64 held[USERS + 1][LIMIT_INSTRUMENTS];
    i64 since[USERS + 1][LIMIT_INSTRUMENTS]; /* day on which it was opened */
    u32 sides[2];                            /* openings, by side */
    u32 day_trades;                          /* of those that may share */
} book_t;

static const bunch_t *bunch_in(const book_t *b, id128_t id)
{
    for (u32 i = b->count; i > 0; i--) {
        if (id128_eq(b->v[i - 1].id, id)) {
            return &b->v[i - 1];
        }
    }
    return NULL;
}

static bool is_shared(u64 account)
{
    return account <= USERS && account % 4 != 0; /* book_shared */
}

/* Cash that an execution moves. */
static i64 moved(u8 side, i64 price, i64 qty, i64 fee)
{
    money_t value;
    CHECK_OK(money_of((price_t){price}, (qty_t){qty}, 0, 1, ROUND_NEAREST, &value));
    return (side_is_buy((side_t)side) ? -value.v : value.v) - fee;
}

static void on_bunch(book_t *b, const ev_BUNCH_t *f)
{
    bunch_t one;
    i64 sum = 0;
    CHECK_OK(bunch_of_fact(f, &one));
    CHECK(one.count > 1 && b->count < BOOKED);
    for (u32 i = 0; i < one.count; i++) {
        CHECK(is_shared(one.member[i].account));
        sum += one.member[i].qty;
    }
    CHECK_EQ(sum, f->qty);
    b->v[b->count++] = one;
}

/* What was said before is booked now, all of it and nothing else (I16). */
static void settle(book_t *b)
{
    if (b->said.kind == BROKER_FILL) {
        CHECK_EQ(b->dealt, b->said.qty);
    }
    CHECK_EQ(b->at_broker, b->here + b->house);
    b->dealt = 0;
    b->said = (ev_BROKER_t){0};
}

static u8 side_of(const book_t *b, id128_t id)
{
    const bunch_t *bunch = bunch_in(b, id);
    for (u32 i = b->orders; bunch == NULL && i > 0; i--) {
        if (id128_eq(b->order[i - 1].id, id)) {
            return b->order[i - 1].side;
        }
    }
    assert_non_null(bunch);
    return bunch->side;
}

static void on_said(book_t *b, const ev_BROKER_t *m)
{
    b->said = *m;
    if (m->kind == BROKER_FILL && (m->account >= USER_SHARED || is_shared(m->account))) {
        b->at_broker += moved(side_of(b, m->intent), m->price, m->qty, m->fee);
    }
}

/* Near its part of what filled so far, after each execution. */
static void on_dealt(book_t *b, const ev_FILL_t *f)
{
    bunch_t *bunch = (bunch_t *)(uintptr_t)bunch_in(b, b->said.intent);
    bool mine = false;
    for (u32 i = 0; bunch != NULL && i < bunch->count; i++) {
        bunch_member_t *m = &bunch->member[i];
        bool here = id128_eq(m->intent, f->intent) && m->account == f->account;
        m->filled += here ? f->qty : 0;
        mine = mine || here;
    }
    CHECK(bunch != NULL ? mine : id128_eq(f->intent, b->said.intent));
    CHECK_EQ(f->price, b->said.price);
    CHECK_EQ(f->exec_id, b->said.exec_id);
    b->dealt += f->qty;
    if (bunch == NULL || b->dealt < b->said.qty) {
        return;
    }
    bunch->filled += b->said.qty;
    i64 all = bunch_qty(bunch);
    b->partial += bunch->filled < all ? 1 : 0;
    for (u32 i = 0; i < bunch->count; i++) {
        i128 off = (i128)bunch->member[i].filled * all - (i128)bunch->member[i].qty * bunch->filled;
        CHECK(off < all && off > -all);
        b->uneven += off != 0 ? 1 : 0;
    }
}

static void on_intent(book_t *b, const ev_INTENT_t *f)
{
    assert_true(b->orders < COUNT_OF(b->order));
    b->order[b->orders].id = f->id;
    b->order[b->orders].side = f->side;
    b->order[b->orders].role = f->role;
    b->order[b->orders++].account = f->account;
}

/* One account at the broker holds one side of a name, or it would have one sell what is another's. */
static void on_held(book_t *b, const ev_FILL_t *f)
{
    i64 *mine = &b->held[f->account][f->inst];
    bool buys = side_is_buy((side_t)f->side);
    i64 day = f->t_event / NS_PER_DAY; /* no session here runs over midnight in UTC */
    if (*mine == 0) {
        b->sides[buys ? 1 : 0]++;
        b->since[f->account][f->inst] = day;
    }
    *mine += buys ? f->qty : -f->qty;
    b->day_trades += *mine == 0 && is_shared(f->account) && b->since[f->account][f->inst] == day ? 1 : 0;
    for (u64 k = 1; k <= USERS && is_shared(f->account) && *mine != 0; k++) {
        CHECK(!is_shared(k) || b->held[k][f->inst] == 0 || (b->held[k][f->inst] > 0) == (*mine > 0));
    }
}

static err_t book_append(void *ctx, event_t *e)
{
    book_t *b = ctx;
    if (event_is_input((event_kind_t)e->head.kind)) {
        settle(b);
    }
    switch ((event_kind_t)e->head.kind) {
    case EV_BROKER:
        on_said(b, &e->as.BROKER);
        break;
    case EV_INTENT:
        on_intent(b, &e->as.INTENT);
        break;
    case EV_BUNCH:
        on_bunch(b, &e->as.BUNCH);
        break;
    case EV_FILL:
        on_held(b, &e->as.FILL);
        on_dealt(b, &e->as.FILL);
        b->here += is_shared(e->as.FILL.account)
                       ? moved(e->as.FILL.side, e->as.FILL.price, e->as.FILL.qty, e->as.FILL.fee)
                       : 0;
        b->legs += e->as.FILL.role == ROLE_STOP || e->as.FILL.role == ROLE_TARGET ? 1 : 0;
        break;
    case EV_CASH:
        if (e->as.CASH.kind == CASH_BUNCH) {
            CHECK(e->as.CASH.account >= USER_SHARED);
            b->house += e->as.CASH.amount;
            CHECK_EQ(e->as.CASH.cash_after, b->house);
            b->residues++;
        }
        break;
    case EV_ORDER_STATE:
        b->cancels += e->as.ORDER_STATE.to == ORDER_PENDING_CANCEL ? 1 : 0;
        break;
    default:
        break;
    }
    return ERR_OK;
}

static void run_shared(const config_t *config, u64 seed, u32 sessions, book_t *b)
{
    run_users_t users = book_shared(USERS);
    memset(b, 0, sizeof *b);
    busy_wishes_t wish = {.users = &users, .tap = {.ctx = b, .append = book_append}, .lists_whole = true};
    (void)busy_run(seed, sessions, config, &wish);
    settle(b);
    run_users_free(&users);
}

TEST(what_the_broker_did_is_what_members_have)
{
    UNUSED_STATE;
    book_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    config_t c = busy_config();
    c.cost_fee_per_share = 0.0035;
    c.cost_fee_min = 0.35;
    c.fill_participation_pct = 0.02; /* bars give less than an order asks for */
    c.eval_entry_limit_tight = 1;
    run_shared(&c, 5, 4, b);
    print_message("# %u bunches, %u executions in part, %u parts off by less than a share, %u residues\n",
                  b->count, b->partial, b->uneven, b->residues);
    CHECK(b->count > 40 && b->partial > 20 && b->uneven > 20 && b->residues > 10);
    CHECK(b->legs > 20);
    CHECK(b->sides[0] > 20 && b->sides[1] > 20); /* both sides, if not of one name at once */
    CHECK(b->house != 0 && b->house > -1000 && b->house < 1000); /* a thousandth of a dollar in four days */
    free(b);
}

TEST(slices_are_bunched_too)
{
    UNUSED_STATE;
    book_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    config_t c = busy_config();
    busy_slices(&c);
    run_shared(&c, 5, 3, b);
    CHECK(b->count > 20);
    free(b);
}

/* Five small accounts may each make three day trades in five days; one that they share may make three. */
TEST(the_count_of_day_trades_is_the_shared_accounts)
{
    UNUSED_STATE;
    book_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    config_t c = busy_config();
    c.account_legacy_pdt = 1;
    c.size_max_position_pct = 20;
    u32 made[2] = {0};
    for (u32 apart = 0; apart < 2; apart++) {
        run_users_t users = book_shared(USERS);
        for (u32 i = 0; i < USERS; i++) {
            users.rows[i].owner_id = apart != 0 ? i + 1 : 1;
            users.rows[i].cash = (money_t){(i64)4000 * MONEY_SCALE};
        }
        memset(b, 0, sizeof *b);
        busy_wishes_t wish = {.users = &users, .tap = {.ctx = b, .append = book_append}, .lists_whole = true};
        (void)busy_run(5, 4, &c, &wish);
        made[apart] = b->day_trades;
        run_users_free(&users);
    }
    print_message("# %u day trades of five that share, %u of five apart\n", made[0], made[1]);
    CHECK(made[0] > 0 && made[0] <= 3);
    CHECK(made[1] > 6 && made[1] <= 15);
    free(b);
}

/* Without a shared account nothing is bunched, whoever owns the accounts. */
TEST(owners_apart_are_never_bunched)
{
    UNUSED_STATE;
    book_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    config_t c = busy_config();
    run_users_t users = book_shared(USERS);
    for (u32 i = 0; i < USERS; i++) {
        users.rows[i].owner_id = i + 1;
    }
    busy_wishes_t wish = {.users = &users, .tap = {.ctx = b, .append = book_append}};
    (void)busy_run(5, 2, &c, &wish);
    CHECK_EQ(b->count, 0);
    CHECK_EQ(b->residues, 0);
    CHECK(b->orders > 100);
    run_users_free(&users);
    free(b);
}

/* ---- comparison with the broker ------------------------------------------------------------------------ */

typedef struct {
    const source_t *source;
    const config_t *config;
    const run_users_t *users;
    u32 looked, with_bunch, bunches;
} look_t;

static void told_position(broker_told_t *t, inst_t inst, i64 qty)
{
    for (u32 i = 0; i < t->count; i++) {
        if (t->positions[i].inst == inst) {
            t->positions[i].qty.v += qty;
            return;
        }
    }
    assert_true(t->count < LIMIT_POSITIONS);
    t->positions[t->count++] = (broker_position_t){.inst = inst, .qty = {qty}};
}

static void told_order(look_t *k, const engine_t *e, broker_told_t *t, id128_t id)
{
    const bunch_t *b = bunch_of_member(&e->bunches, id);
    id = b != NULL ? b->id : id;
    k->with_bunch += b != NULL ? 1 : 0;
    for (u32 i = 0; i < t->order_count; i++) {
        if (id128_eq(t->orders[i], id)) {
            return;
        }
    }
    t->orders[t->order_count++] = id;
}

/* What a true broker tells of the shared account. */
static void told_all(look_t *k, const engine_t *e, broker_told_t *t)
{
    *t = (broker_told_t){0};
    for (u32 i = 0; i < e->desk_count; i++) {
        const account_t *a = &e->desk[i].account;
        for (u32 p = 0; is_shared(a->account_id) && p < LIMIT_POSITIONS; p++) {
            if (a->positions[p].inst != INST_NONE && a->positions[p].qty.v != 0) {
                told_position(t, a->positions[p].inst, a->positions[p].qty.v);
            }
        }
        for (u32 o = 0; is_shared(a->account_id) && o < a->orders_used; o++) {
            if (a->orders[o].state != 0 && !order_state_is_terminal((order_state_t)a->orders[o].state)) {
                told_order(k, e, t, a->orders[o].intent.id);
            }
        }
    }
}

static void answer(engine_t *e, u32 desk, const broker_told_t *t)
{
    static u8 body[BROKER_VIEW_BYTES];
    writer_t w = writer_of(body, sizeof body);
    desk_t *d = &e->desk[desk];
    CHECK_OK(broker_view_encode(t, &w));
    d->positions = (loop_ask_t){.generation = 77, .deadline = e->now + 10 * NS_PER_SEC, .out = true};
    event_t a = {.head = {.kind = EV_ANSWER, .t_event = e->now}};
    a.as.ANSWER = (ev_ANSWER_t){.slot = desk * ENGINE_SLOTS + ENGINE_SLOT_POSITIONS,
                                .generation = 77,
                                .kind = ASK_POSITIONS,
                                .body = {.p = body, .n = (u32)w.used}};
    CHECK_OK(engine_take(e, &a, NULL, -1));
}

static u32 reconciling(const engine_t *e)
{
    u32 n = 0;
    for (u32 i = 0; i < USERS; i++) {
        n += e->desk[i].account.reconcile != 0 ? 1 : 0;
    }
    return n;
}

static err_t nowhere(void *ctx, event_t *e)
{
    (void)ctx;
    (void)e;
    return ERR_OK;
}

static void compare(void *ctx, const runner_view_t *v)
{
    enum { SHARING = USERS - 1 };
    look_t *k = ctx;
    engine_snapshot_t s;
    static broker_told_t told;
    bool held = account_position_count(engine_desk(v->engine, 1).account) > 0;
    if (!held || v->engine->bunches.count == k->bunches) {
        return; /* where orders have just become one, most of all */
    }
    k->bunches = v->engine->bunches.count;
    CHECK_OK(engine_snapshot_save(v->engine, &s));
    engine_t *e = busy_engine(v->market, k->source, k->config, k->users);
    CHECK_OK(engine_snapshot_load(e, s.part, s.count, NULL));
    engine_snapshot_free(&s);
    e->spec.sink.append = nowhere;
    told_all(k, e, &told);
    if (told.count > 0 && reconciling(e) == 0) {
        k->looked++;
        for (u32 i = 0; i < SHARING;
             i++) { /* the account's whole, and nobody's part of it, agrees with each */
            answer(e, i == 3 ? 4 : i, &told);
            CHECK_EQ(reconciling(e), 0);
        }
        told.positions[0].qty.v++;
        answer(e, 2,
               &told); /* a share that nobody has: nothing opens for any of them, but for the other user */
        CHECK_EQ(reconciling(e), SHARING);
        CHECK_EQ(e->desk[3].account.reconcile, 0);
        told.positions[0].qty.v--;
        for (u32 i = 0; i < USERS; i++) {
            if (i != 3) {
                answer(e, i, &told);
            }
        }
        CHECK_EQ(reconciling(e), 0);
    }
    engine_close(e);
}

TEST(a_difference_closes_all_that_share)
{
    UNUSED_STATE;
    config_t c = busy_config();
    c.fill_participation_pct = 0.02;
    run_users_t users = book_shared(USERS);
    sim_market_t *m = busy_market(5, 2);
    source_t source = sim_market_source(m);
    look_t k = {.source = &source, .config = &c, .users = &users};
    runner_spec_t spec = busy_spec(m, &source, &c);
    runner_result_t result;
    spec.users = users.rows;
    spec.user_count = users.count;
    spec.mode = users.mode;
    spec.ctx = &k;
    spec.watch = compare;
    CHECK_OK(runner_run(&spec, NULL, &result));
    print_message("# %u comparisons, %u orders in bunches\n", k.looked, k.with_bunch);
    CHECK(k.looked > 5 && k.with_bunch > 5);
    sim_market_close(m);
    run_users_free(&users);
}

/* ---- words that are nobody's --------------------------------------------------------------------------- */

TEST(a_stranger_at_the_shared_account_closes_it)
{
    UNUSED_STATE;
    config_t c = busy_config();
    run_users_t users = book_shared(USERS);
    sim_market_t *m = busy_market(5, 1);
    source_t source = sim_market_source(m);
    market_t market;
    busy_columns(&source, &c, &market);
    engine_t *e = busy_engine(&market, &source, &c, &users);
    e->spec.sink.append = nowhere;
    event_t in = {.head = {.kind = EV_BROKER, .t_event = NS_PER_DAY}};
    in.as.BROKER = (ev_BROKER_t){.kind = BROKER_FILL,
                                 .intent = {{5}},
                                 .account = USER_SHARED + 1,
                                 .exec_id = 9,
                                 .qty = 3,
                                 .price = PRICE_SCALE};
    CHECK_OK(engine_take(e, &in, NULL, -1));
    CHECK_EQ(reconciling(e), USERS - 1);
    CHECK_EQ(e->desk[3].account.reconcile, 0);
    engine_close(e);
    market_close(&market);
    sim_market_close(m);
    run_users_free(&users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_the_broker_did_is_what_members_have),
                                       cmocka_unit_test(slices_are_bunched_too),
                                       cmocka_unit_test(the_count_of_day_trades_is_the_shared_accounts),
        cmocka_unit_test(owners_apart_are_never_bunched),
                                       cmocka_unit_test(a_difference_closes_all_that_share),
                                       cmocka_unit_test(a_stranger_at_the_shared_account_closes_it)};
    return RUN_TESTS(tests);
}
