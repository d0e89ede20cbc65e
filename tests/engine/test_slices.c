/* Runs whose entries leave in slices: one outcome whatever computes it, slices that add up, and each sliced
 * order's story from its facts. */
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "tests/engine/users.h"
#include "trade/execution/reconcile.h"
#include "trade/execution/slicing.h"

enum { STORIES = 512 };

typedef struct {
    ev_INTENT_t parent;
    slice_schedule_t plan;
    i64 asked;  /* of all slices */
    i64 filled; /* of all slices */
    i64 out;    /* now with the broker */
    u32 slices, looks;
    bool ended;
    ev_SLICE_END_t end;
} story_t;

typedef struct {
    story_t v[STORIES];
    u32 count;
    u64 fills; /* a hash of all fills, in their order */
    u64 vwap; /* plans by volume */
} tale_t;

static story_t *story_of(tale_t *t, id128_t parent)
{
    for (u32 i = 0; i < t->count; i++) {
        if (id128_eq(t->v[i].parent.id, parent)) {
            return &t->v[i];
        }
    }
    return NULL;
}

static story_t *slice_story(tale_t *t, id128_t slice)
{
    for (u32 i = 0; i < t->count; i++) {
        for (u32 k = 1; k <= t->v[i].slices; k++) {
            if (id128_eq(intent_slice_id(t->v[i].parent.id, k), slice)) {
                return &t->v[i];
            }
        }
    }
    return NULL;
}

static void on_intent(tale_t *t, const ev_INTENT_t *e)
{
    if ((e->flags & INTENT_SLICED) != 0) {
        assert_true(t->count < STORIES);
        t->v[t->count++] = (story_t){.parent = *e};
        return;
    }
    story_t *s = e->role == ROLE_ENTRY ? story_of(t, e->parent) : NULL;
    if (s == NULL) {
        return;
    }
    s->slices++;
    s->asked += e->qty;
    s->out += e->qty;
    CHECK(!s->ended);
    CHECK(id128_eq(e->id, intent_slice_id(s->parent.id, s->slices)));
    CHECK(s->filled + s->out <= s->parent.qty); /* I1 */
    CHECK(s->filled + s->out <= slice_due(&s->plan, e->t_decided));
    CHECK(e->t_decided < s->plan.t_end);
    CHECK_EQ(e->limit, s->parent.limit);
}

static err_t tale_append(void *ctx, event_t *e)
{
    tale_t *t = ctx;
    if (e->head.kind == EV_INTENT) {
        on_intent(t, &e->as.INTENT);
    } else if (e->head.kind == EV_SLICE_PLAN) {
        story_t *s = story_of(t, e->as.SLICE_PLAN.parent);
        assert_non_null(s);
        CHECK_OK(slicing_schedule(&e->as.SLICE_PLAN, &s->plan));
        CHECK_EQ(s->plan.until[s->plan.count - 1], s->parent.qty);
        CHECK(s->plan.count >= SLICES_MIN);
        t->vwap += s->plan.algo == SLICING_VWAP ? 1 : 0;
    } else if (e->head.kind == EV_FILL) {
        const i64 now[] = {e->as.FILL.inst, e->as.FILL.qty, e->as.FILL.price, e->as.FILL.cash_after};
        t->fills = hash64_seed(now, sizeof now, t->fills);
        story_t *s = slice_story(t, e->as.FILL.intent);
        if (s != NULL) {
            s->filled += e->as.FILL.qty;
            s->out -= e->as.FILL.qty;
        }
    } else if (e->head.kind == EV_ORDER_STATE && e->as.ORDER_STATE.to >= ORDER_FILLED) {
        story_t *s = slice_story(t, e->as.ORDER_STATE.intent);
        if (s != NULL) {
            s->out = 0; /* one slice is out at a time here: entries are immediate */
        }
    } else if (e->head.kind == EV_SLICE_END) {
        story_t *s = story_of(t, e->as.SLICE_END.parent);
        assert_non_null(s);
        CHECK(!s->ended);
        s->ended = true;
        s->end = e->as.SLICE_END;
    }
    return ERR_OK;
}

static runner_result_t run(const config_t *config, tale_t *tale, bool lookahead, bool unskipped)
{
    busy_wishes_t wish = {.sequential = !lookahead,
                          .unskipped = unskipped,
                          .tap = {.ctx = tale, .append = tale_append}};
    return busy_run(21, 4, config, &wish);
}

TEST(slices_add_up)
{
    UNUSED_STATE;
    for (i32 algo = SLICING_TWAP; algo <= SLICING_VWAP; algo++) {
        tale_t *t = calloc(1, sizeof *t);
        assert_non_null(t);
        config_t config = busy_config();
        busy_slices(&config);
        config.exec_slicing = algo;
        runner_result_t r = run(&config, t, true, false);
        u32 whole = 0;
        u32 many = 0;
        u32 rest = 0;
        u32 known = 0;
        for (u32 i = 0; i < t->count; i++) {
            const story_t *s = &t->v[i];
            CHECK(s->ended); /* none is forgotten, also over the session's end */
            CHECK_EQ(s->end.filled, s->filled);
            CHECK_EQ(s->end.qty, s->parent.qty);
            CHECK_EQ(s->end.sent, s->slices);
            CHECK((s->end.reason == SLICE_END_FILLED) == (s->filled == s->parent.qty));
            CHECK(s->end.price > 0);
            known += s->end.market > 0 ? 1 : 0; /* not where it ended before the next five minutes did */
            whole += s->filled == s->parent.qty ? 1 : 0;
            many += s->slices > 1 ? 1 : 0;
            rest += s->filled < s->parent.qty ? 1 : 0;
        }
        print_message("# %s: %u sliced orders, %u whole, %u cut short, %u of several slices, %llu trades\n",
                      slicing_name((slicing_t)algo), t->count, whole, rest, many,
                      (unsigned long long)r.counts.trades);
        CHECK(t->count > 20 && many > 10 && whole > 0 && rest > 0);
        CHECK(known > t->count / 2);
        CHECK(algo == SLICING_VWAP ? t->vwap > 20 : t->vwap == 0);
        free(t);
    }
}

TEST(one_outcome)
{
    UNUSED_STATE;
    config_t config = busy_config();
    tale_t *t = calloc(1, sizeof *t);
    assert_non_null(t);
    runner_result_t off = run(&config, t, true, false);
    u64 fills = t->fills;
    CHECK_EQ(t->count, 0);
    busy_slices(&config);
    runner_result_t on = run(&config, t, true, false);
    CHECK(t->count > 0);
    CHECK(!digest_eq(&off.decisions, &on.decisions));
    for (u32 i = 0; i < 3; i++) { /* slice by slice, and with every loop fired at every point */
        *t = (tale_t){0};
        runner_result_t again = run(&config, t, i == 1, i == 2);
        CHECK(digest_eq(&again.decisions, &on.decisions));
    }
    /* Above every order's value nothing is sliced, whatever the setting. */
    *t = (tale_t){0};
    config.exec_slice_usd = 1e9;
    config.exec_slice_adv_pct = 100;
    runner_result_t high = run(&config, t, true, false);
    CHECK_EQ(t->count, 0);
    CHECK(memcmp(&off.counts, &high.counts, sizeof off.counts) == 0);
    CHECK_EQ(t->fills, fills); /* the decision hash also holds the settings, and those differ */
    free(t);
}

static err_t count_alive(void *ctx, event_t *e)
{
    u32 *alive = ctx;
    *alive += e->head.kind == EV_ALERT && e->as.ALERT.code == EXEC_ALERT_ALIVE ? 1 : 0;
    return ERR_OK;
}

/* Both targets of a sliced position fill in one bar, the stop of the second ends with them, and the cancel
 * that the engine had sent for it is refused. While that word is on its way the list of orders must not hold
 * it: the account would be told that an order which ended lives, and enter nothing. */
TEST(a_refusal_on_its_way_keeps_no_order_alive)
{
    UNUSED_STATE;
    config_t c = busy_config();
    u32 alive = 0;
    busy_slices(&c);
    c.ai_models = 0;
    c.strategy_weights = 0;
    run_users_t users = book_of(3);
    users.mode = USERS_GLOBAL;
    busy_wishes_t wish = {.users = &users, .tap = {.ctx = &alive, .append = count_alive}};
    runner_result_t r = busy_run(10, 2, &c, &wish);
    CHECK(r.counts.trades > 10);
    CHECK_EQ(alive, 0);
    run_users_free(&users);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_add_up),
        cmocka_unit_test(a_refusal_on_its_way_keeps_no_order_alive),
        cmocka_unit_test(one_outcome),
    };
    return RUN_TESTS(tests);
}
