/* The drill of the kill switch: passed on accounts that are flat, hold, have orders out or are killed
 * already; the account it is tried on stays as it is; and each figure that is wrong fails it. */
#include "tests/trade/bench_account.h"

#include "drivers/door_drill.h"
#include "trade/execution/kill_drill.h"

typedef struct {
    account_t scratch;
    outbox_t out;
} trial_t;

static kill_drill_t drill(const account_t *a, i64 now)
{
    trial_t *t = calloc(1, sizeof *t);
    account_t *before = malloc(sizeof *before);
    kill_drill_t k;
    assert_non_null(t);
    assert_non_null(before);
    memcpy(before, a, sizeof *before);
    CHECK_OK(outbox_open(&t->out, 1 << 16));
    exec_kill_drill(a, now, &t->scratch, &t->out, &k);
    CHECK(memcmp(before, a, sizeof *before) == 0);
    CHECK_EQ(t->out.effect_count, 0);
    outbox_close(&t->out);
    free(before);
    free(t);
    return k;
}

TEST(it_is_passed_in_every_state_of_an_account)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    kill_drill_t k = drill(&d->account, d->now);
    CHECK(kill_drill_passed(&k));
    CHECK_EQ(k.working, 1); /* its own */
    desk_enter(d, SIDE_BUY, 100, 50.0, 49.0, 53.0);
    k = drill(&d->account, d->now); /* an entry is out */
    CHECK(kill_drill_passed(&k));
    CHECK_EQ(k.working, 2);
    CHECK_EQ(k.cancelled, 2);
    desk_step(d, 50.0, 50.2, 49.8, 50.0);
    CHECK_EQ(account_position_count(&d->account), 1);
    k = drill(&d->account, d->now);
    CHECK(kill_drill_passed(&k));
    CHECK_EQ(k.working, 1);
    CHECK_EQ(k.exits_left, 1);
    exec_kill(&d->account, d->now, &d->out);
    d->account.reconcile = 1;
    k = drill(&d->account, d->now); /* pulled already: tried as if it were not */
    CHECK(kill_drill_passed(&k));
    CHECK(d->account.killed != 0 && d->account.reconcile != 0);
    desk_close(d);
}

TEST(each_figure_can_fail_it)
{
    UNUSED_STATE;
    static const kill_drill_t good = {.entries_tried = 2, .entries_stopped = 2, .working = 3, .cancelled = 3,
                                      .exits_tried = 1, .exits_left = 1};
    CHECK(kill_drill_passed(&good));
    static const kill_drill_t bad[] = {
        {0}, /* nothing could be tried */
        {2, 1, 3, 3, 1, 1}, {2, 2, 3, 2, 1, 1}, {2, 2, 3, 3, 1, 0}, {2, 2, 3, 3, 0, 0}, {2, 2, 0, 0, 1, 1},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        CHECK(!kill_drill_passed(&bad[i]));
    }
}

TEST(the_door_keeps_entries_in_and_lets_exits_out)
{
    UNUSED_STATE;
    static const u64 epochs[] = {0, 1, 77, (u64)1 << 40};
    for (size_t i = 0; i < COUNT_OF(epochs); i++) {
        u8 got[DOOR_DRILL_BYTES];
        CHECK_OK(door_drill(epochs[i], DESK_OPEN, got));
        CHECK_EQ(got[0], 4);
        CHECK_EQ(got[1], 0);
        CHECK_EQ(got[2], 3);
        CHECK_EQ(got[3], 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_passed_in_every_state_of_an_account),
        cmocka_unit_test(each_figure_can_fail_it),
        cmocka_unit_test(the_door_keeps_entries_in_and_lets_exits_out),
    };
    return RUN_TESTS(tests);
}
