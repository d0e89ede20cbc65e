/* Accounts of one process: what happens to one of them changes nothing for any other.
 *
 * A world without deaths and corporate actions is run twice, the second time with one account in trouble of
 * every kind: killed again and again, told of orders that nobody sent, its acknowledgements lost. Until the
 * faults stop all other accounts must hear and do the same, in every byte. */
#include "tests/test.h"

#include "sim/world.h"
#include "tests/budget.h"

enum { ACCOUNT_SEEDS = 120 };

typedef struct {
    u32 victim;
    u64 kills, strangers, dropped;
} trouble_t;

static bool is_victim(const trouble_t *t, const world_t *w)
{
    return w->d == &w->own_desks[t->victim];
}

static void stranger(trouble_t *t, world_t *w)
{
    event_t in = world_input(w, EV_BROKER);
    in.as.BROKER = (ev_BROKER_t){.kind = BROKER_FILL,
                                 .account = w->d->setup.account_id,
                                 .intent = {.b = {9, 9, 9}},
                                 .exec_id = 77,
                                 .qty = 5,
                                 .price = PRICE_SCALE,
                                 .t_event = w->now};
    outbox_reset(&w->out);
    w->closed.count = 0;
    exec_on_broker(w->d->account, &in.as.BROKER, w->loss_min_r, w->now, &w->closed, &w->out);
    t->strangers++;
    (void)world_commit(w, &in);
}

static void troubled_second(void *self, world_t *w)
{
    trouble_t *t = self;
    if (!is_victim(t, w) || w->d->venue->faults.stopped) {
        return;
    }
    i64 second = w->now / NS_PER_SEC;
    if (second % 7 == 0) {
        stranger(t, w);
    }
    if (second % 20 == 0 && !w->d->killed) {
        w->d->killed = true;
        w->d->t_release = w->now + 6 * NS_PER_SEC;
        door_publish(&w->words[t->victim], w->d->account->epoch + 1, true);
        world_kill(w);
        t->kills++;
    }
}

/* Every third acknowledgement gets lost. */
static bool troubled_message(void *self, world_t *w, ev_BROKER_t *m)
{
    trouble_t *t = self;
    bool may = is_victim(t, w) && !w->d->venue->faults.stopped && m->kind == BROKER_ACK;
    bool drop = may && ++t->dropped % 3 == 0;
    return !drop;
}

TEST(trouble_of_one_account_changes_nothing_for_another)
{
    UNUSED_STATE;
    world_t *w = NULL;
    CHECK_OK(world_open(&w));
    u64 worlds = 0;
    u64 accounts = 0;
    trouble_t sum = {0};
    budget_t seeds = budget_start(ACCOUNT_SEEDS);
    for (u64 next; budget_next(&seeds, &next);) {
        static const world_hooks_t calm = {.apart = true};
        world_result_t alone;
        CHECK_OK(world_run(w, 1 + next, &calm, &alone));
        if (alone.accounts == 1 || alone.failed) {
            CHECK(!alone.failed);
            continue;
        }
        trouble_t t = {.victim = (u32)(next % alone.accounts)};
        world_hooks_t hooks = {
            .self = &t, .apart = true, .on_second = troubled_second, .on_message = troubled_message};
        world_result_t beside;
        CHECK_OK(world_run(w, 1 + next, &hooks, &beside));
        CHECK(!beside.failed);
        CHECK(beside.trace_stop[t.victim] != alone.trace_stop[t.victim]);
        for (u32 k = 0; k < alone.accounts; k++) {
            bool other = k != t.victim;
            CHECK(!other || (alone.trace_stop[k] != 0 && beside.trace_stop[k] == alone.trace_stop[k]));
            accounts += other ? 1 : 0;
        }
        worlds++;
        sum.kills += t.kills;
        sum.strangers += t.strangers;
    }
    world_close(w);
    print_message("# %llu worlds, %llu accounts beside one in trouble: %llu kills, %llu strangers\n",
                  (unsigned long long)worlds, (unsigned long long)accounts, (unsigned long long)sum.kills,
                  (unsigned long long)sum.strangers);
    budget_say(&seeds, "seeds");
    CHECK(worlds < 5 || (sum.kills > worlds && sum.strangers > worlds));
}

/* One to five accounts, three to thirty names, accounts with an owner in common and accounts without. */
TEST(worlds_are_of_every_size)
{
    UNUSED_STATE;
    world_t *w = NULL;
    CHECK_OK(world_open(&w));
    u64 by_accounts[WORLD_DESKS + 1] = {0};
    u64 shared = 0;
    u32 names_least = REF_NAMES;
    u32 names_most = 0;
    budget_t seeds = budget_start(60);
    for (u64 next; budget_next(&seeds, &next);) {
        world_result_t r;
        CHECK_OK(world_run(w, 5000 + next, NULL, &r));
        CHECK(!r.failed);
        by_accounts[r.accounts]++;
        names_least = MIN_OF(names_least, r.names);
        names_most = MAX_OF(names_most, r.names);
        for (u32 k = 1; k < r.accounts; k++) {
            CHECK(w->own_desks[k].setup.account_id != w->own_desks[k - 1].setup.account_id);
            shared += w->own_desks[k].setup.owner_id == w->own_desks[k - 1].setup.owner_id ? 1 : 0;
        }
    }
    world_close(w);
    budget_say(&seeds, "seeds");
    bool enough = seeds.done == 60;
    for (u32 k = 1; k <= WORLD_DESKS; k++) {
        CHECK(!enough || by_accounts[k] > 0);
    }
    CHECK(!enough || (names_least == 3 && names_most > 20 && shared > 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trouble_of_one_account_changes_nothing_for_another),
        cmocka_unit_test(worlds_are_of_every_size),
    };
    return RUN_TESTS(tests);
}
