/* Worlds in which accounts share one at a broker: what they and their house booked is what the broker did,
 * under every fault and through every death (I16), beside all that holds of accounts of their own.
 *
 * VITRINE_SIM_SEEDS asks for another number of seeds, VITRINE_SIM_FROM for another first one. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "sim/world.h"
#include "tests/budget.h"
#include "tests/sim/seeds.h"

static const world_hooks_t shared = {.shared = true};

typedef struct {
    u64 worlds, failed, sharing, bunches, whole, restarts, outside, splits, houses;
    u64 parts;                  /* members that got something */
    u64 partial;                /* orders of several that ended with a part filled */
    u64 exits;                  /* that left together */
    u64 ended[WB_REJECTED + 1]; /* orders of several by how they ended */
    u64 three;                  /* of three members */
    u64 fired[FAULT_COUNT];
} totals_t;

static void bunches_add(totals_t *t, const world_broker_t *b)
{
    for (u32 i = 0; i < b->bunch_count; i++) {
        const wb_bunch_t *u = &b->bunches[i];
        const wb_order_t *o = &b->orders[u->order];
        t->ended[o->state]++;
        t->partial += o->filled > 0 && o->filled < o->live ? 1 : 0;
        t->exits += o->intent.role == ROLE_EXIT ? 1 : 0;
        t->three += u->count > 2 ? 1 : 0;
        for (u32 k = 0; k < u->count; k++) {
            t->parts += u->member[k].filled > 0 ? 1 : 0;
        }
    }
}

static void totals_add(totals_t *t, const world_t *w, const world_result_t *r)
{
    t->worlds++;
    t->failed += r->failed ? 1 : 0;
    t->sharing += r->sharing;
    t->bunches += r->bunches;
    t->whole += r->shared_whole;
    t->restarts += r->restarts;
    t->outside += r->outside;
    t->splits += r->actions_held;
    t->houses += w->own_venues[0].reference.house != 0 ? 1 : 0;
    for (u32 i = 0; i < FAULT_COUNT; i++) {
        t->fired[i] += w->own_venues[0].faults.fired[i];
    }
    bunches_add(t, &w->own_venues[0].broker);
}

static void say(const totals_t *t)
{
    print_message("# %llu worlds, %llu accounts in them share one, %llu deaths, %llu trades of others\n",
                  (unsigned long long)t->worlds, (unsigned long long)t->sharing,
                  (unsigned long long)t->restarts, (unsigned long long)t->outside);
    print_message("# %llu orders of several (%llu of three, %llu exits), %llu parts; %llu filled, %llu ended "
                  "(%llu in part), %llu refused late\n",
                  (unsigned long long)t->bunches, (unsigned long long)t->three, (unsigned long long)t->exits,
                  (unsigned long long)t->parts, (unsigned long long)t->ended[WB_FILLED],
                  (unsigned long long)t->ended[WB_CANCELED], (unsigned long long)t->partial,
                  (unsigned long long)t->ended[WB_REJECTED]);
    print_message("# %llu times equal to the cent; a house with something in it %llu times\n",
                  (unsigned long long)t->whole, (unsigned long long)t->houses);
}

TEST(sub_ledgers_and_house_booked_what_the_broker_did)
{
    UNUSED_STATE;
    world_t *w = NULL;
    CHECK_OK(world_open(&w));
    totals_t t = {0};
    u64 from = number_of("VITRINE_SIM_FROM", 1);
    budget_t seeds = budget_start(number_of("VITRINE_SIM_SEEDS", 300));
    for (u64 next; budget_next(&seeds, &next);) {
        world_result_t r;
        CHECK_OK(world_run(w, from + next, &shared, &r));
        if (r.sharing == 0 && !r.failed) {
            continue;
        }
        totals_add(&t, w, &r);
        if (r.failed) {
            print_error("seed %llu: account %llu: %s\n", (unsigned long long)(from + next),
                        (unsigned long long)r.broken_account, r.what);
            if (t.failed == 1) {
                world_print_last(w, line, NULL);
            }
        }
    }
    world_close(w);
    say(&t);
    budget_say(&seeds, "seeds");
    CHECK_EQ(t.failed, 0);
    CHECK(t.worlds < 50 || (t.bunches > 2 * t.worlds && t.parts > t.bunches && t.whole > 10 * t.worlds));
    CHECK(t.worlds < 50 || (t.ended[WB_FILLED] > t.worlds && t.partial > 0 && t.three > 0));
    CHECK(t.worlds < 50 || (t.houses * 2 > t.worlds && t.restarts > t.worlds && t.outside > 0));
    for (u32 i = 0; i < FAULT_COUNT && t.worlds >= 150; i++) {
        CHECK(t.fired[i] > 0); /* at the account that they share */
    }
}

static void all_hold(const u64 *seeds, size_t count, const world_hooks_t *hooks)
{
    world_t *w = NULL;
    CHECK_OK(world_open(&w));
    for (size_t i = 0; i < count; i++) {
        world_result_t r;
        CHECK_OK(world_run(w, seeds[i], hooks, &r));
        CHECK(r.sharing > 1);
        if (r.failed) {
            fail_msg("seed %llu: %s", (unsigned long long)seeds[i], r.what);
        }
    }
    world_close(w);
}

/* Worlds that broke while executions were dealt out as they came, in whatever order: what a sub-ledger had
 * was not what the broker woke its stop for, or another's price; while a repeat told each all that it had,
 * though shares had split; while a member that a reverse split left nothing heard of no end. */
TEST(worlds_that_once_broke_a_rule_hold)
{
    UNUSED_STATE;
    static const u64 seeds[] = {81, 180, 209, 249, 458, 520, 618, 625, 713, 754, 881, 202, 265, 1684, 4583};
    all_hold(seeds, COUNT_OF(seeds), &shared);
}

/* Two of the second fifty thousand, where the broker of the worlds was wrong: it kept a stop whose member's
 * part was whole and closed while the order worked on for others, and counted a member whose rest a reverse
 * split had made less than a share. */
TEST(worlds_of_the_second_fifty_thousand_hold)
{
    UNUSED_STATE;
    static const u64 seeds[] = {34740, 39091};
    all_hold(seeds, COUNT_OF(seeds), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sub_ledgers_and_house_booked_what_the_broker_did),
        cmocka_unit_test(worlds_that_once_broke_a_rule_hold),
        cmocka_unit_test(worlds_of_the_second_fifty_thousand_hold),
    };
    return RUN_TESTS(tests);
}
