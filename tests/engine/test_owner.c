/* Accounts of one owner do not trade with each other. In virtual time no order of one account is alive while
 * another decides (each fills at the next bar), so that the other's order is put into its book here. */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "tests/engine/users.h"
#include "trade/risk/gates.h"

enum { USERS = 3 };

typedef struct {
    const config_t *config;
    account_t *other; /* of whom the candidate's account is asked */
    u32 asked, crossed, strangers;
} seen_t;

/* An exit at market on the other side of the draft. */
static void plant(account_t *a, const intent_t *draft)
{
    side_t side = side_is_buy((side_t)draft->side) ? SIDE_SELL : SIDE_BUY_TO_COVER;
    a->orders_used = 1;
    a->orders[0] = (order_t){.state = ORDER_NEW, .live = {10}};
    a->orders[0].intent = (intent_t){.inst = draft->inst, .side = (u8)side, .type = ORDER_MARKET,
                                     .role = ROLE_EXIT, .qty = {10}};
}

static bool crosses(const scan_t *s, const candidate_t *c, const config_t *config, const account_t *other)
{
    scan_t scan = *s;
    scan_shared_t shared = *s->shared;
    const account_t *book[] = {s->user->account, other};
    intent_t draft;
    risk_input_t in;
    scan.config = *config;
    scan.shared = &shared;
    shared.book = book;
    shared.book_count = COUNT_OF(book);
    scan_draft(&scan, c, 10, &draft);
    scan_risk_inputs(&scan, c, &draft, &in);
    return in.crosses;
}

static void watch(void *ctx, const runner_view_t *v)
{
    seen_t *s = ctx;
    const scan_shared_t *shared = engine_shared(v->engine);
    const scan_t *scan = engine_last_scan(v->engine);
    CHECK_EQ(shared->book_count, USERS);
    for (u32 i = 0; i < USERS; i++) {
        CHECK(shared->book[i] == engine_desk(v->engine, i).account);
    }
    for (u32 i = 0; scan != NULL && v->slot >= 0 && i < scan->cand_count; i++) {
        const candidate_t *c = &scan->cand[i];
        if (!c->traded) {
            continue;
        }
        intent_t draft = {.inst = c->inst, .side = c->d > 0 ? SIDE_BUY : SIDE_SELL_SHORT};
        plant(s->other, &draft);
        s->other->owner_id = scan->user->account->owner_id;
        s->asked++;
        s->crossed += crosses(scan, c, s->config, s->other) ? 1 : 0;
        s->other->owner_id++;
        s->strangers += crosses(scan, c, s->config, s->other) ? 1 : 0;
        s->other->owner_id--;
        s->other->orders[0].state = ORDER_FILLED;
        CHECK(!crosses(scan, c, s->config, s->other));
    }
}

TEST(an_order_of_the_owners_other_account_is_not_traded_with)
{
    UNUSED_STATE;
    config_t config = busy_config();
    seen_t s = {.config = &config, .other = calloc(1, sizeof(account_t))};
    assert_non_null(s.other);
    run_users_t users = book_of(USERS);
    busy_wishes_t wish = {.users = &users, .ctx = &s, .watch = watch};
    (void)busy_run(5, 2, &config, &wish);
    print_message("# %u entries asked\n", s.asked);
    CHECK(s.asked > 20);
    CHECK_EQ(s.crossed, s.asked);
    CHECK_EQ(s.strangers, 0);
    run_users_free(&users);
    free(s.other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_of_the_owners_other_account_is_not_traded_with),
    };
    return RUN_TESTS(tests);
}
