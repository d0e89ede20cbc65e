/* Weights of strategies: they order the list of a cycle and change nothing else; one outcome whatever
 * computes it; the record holds what was drawn. */
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "quant/stats/thompson.h"
#include "scan/record.h"
#include "scan/weights.h"

enum { SESSION_DAYS = 4, STRATEGIES = 8 };

typedef struct {
    cycle_record_t record;
    screen_refusal_t refusal[LIMIT_UNIVERSE];
    i64 drawn[STRATEGIES][2]; /* of the session, 0 none */
    u64 session, weighted, plain, moved;
} tale_t;

static void on_candidate(tale_t *t, const cand_record_t *c)
{
    bool reached = c->traded != 0 || c->refused_stage >= 12;
    CHECK(reached || (c->flags & CAND_WEIGHTED) == 0);
    if ((c->flags & CAND_WEIGHTED) == 0) {
        t->plain += reached ? 1 : 0;
        return;
    }
    assert_true(c->strategy < STRATEGIES);
    t->weighted++;
    CHECK(c->weight >= (i64)(THOMPSON_LOW * 1e4) && c->weight <= (i64)(THOMPSON_HIGH * 1e4));
    i64 *drawn = &t->drawn[c->strategy][c->d > 0 ? 0 : 1];
    t->moved += *drawn != 0 && *drawn != c->weight ? 1 : 0; /* a trade closed since */
    *drawn = c->weight;
}

static err_t tale_append(void *ctx, event_t *e)
{
    tale_t *t = ctx;
    if (e->head.kind != EV_DECISION || e->as.DECISION.form != RECORD_CYCLE) {
        return ERR_OK;
    }
    t->record.refusal = t->refusal;
    CHECK_OK(record_cycle_decode(e->as.DECISION.record, &t->record));
    if (t->record.session != t->session) {
        memset(t->drawn, 0, sizeof t->drawn);
        t->session = t->record.session;
    }
    for (u64 i = 0; i < t->record.cand_count; i++) {
        on_candidate(t, &t->record.cand[i]);
    }
    return ERR_OK;
}

static runner_result_t run(const config_t *config, tale_t *t, bool lookahead, bool unskipped)
{
    busy_wishes_t wish = {.sequential = !lookahead,
                          .unskipped = unskipped,
                          .tap = {.ctx = t, .append = tale_append}};
    *t = (tale_t){0};
    return busy_run(21, SESSION_DAYS, config, &wish);
}

TEST(one_outcome)
{
    UNUSED_STATE;
    tale_t *t = calloc(1, sizeof *t);
    assert_non_null(t);
    config_t config = busy_config();
    runner_result_t off = run(&config, t, true, false);
    CHECK(t->weighted == 0 && t->plain > 0);
    config.strategy_weights = WEIGHTS_THOMPSON;
    runner_result_t on = run(&config, t, true, false);
    print_message("# %llu weighted candidates, %llu weights moved within a session\n",
                  (unsigned long long)t->weighted, (unsigned long long)t->moved);
    CHECK(t->weighted > 100 && t->plain == 0);
    CHECK(t->moved > 0);
    CHECK(!digest_eq(&off.decisions, &on.decisions));
    for (u32 i = 0; i < 3; i++) {
        runner_result_t again = run(&config, t, i == 1, i == 2);
        CHECK(digest_eq(&again.decisions, &on.decisions));
    }
    free(t);
}

/* Every field of a candidate but its weight and its rank stays, whatever the results were: gates, sizes and
 * limits never see a weight (decision 30). */
TEST(a_weight_only_ranks)
{
    UNUSED_STATE;
    user_t *u = calloc(1, sizeof *u);
    scan_t *s = calloc(1, sizeof *s);
    candidate_t *c = calloc(2, sizeof *c);
    scan_shared_t shared = {0};
    assert_true(u != NULL && s != NULL && c != NULL);
    u->config = busy_config();
    confidence_params_t params = confidence_params_default();
    confidence_init(&u->confidence, &params);
    s->user = u;
    s->shared = &shared;
    u32 apart = 0;
    for (u64 i = 0; i < 2000; i++) {
        rng_key_t k = {.seed = 5, .purpose = RNG_TEST, .entity = 70, .cycle = i};
        shared.seed = i;
        s->config = u->config;
        memset(c, 0, 2 * sizeof *c);
        c[0].d = i % 2 ? 1 : -1;
        c[0].final_rank = 100.0 * rng_unit(k, 0);
        c[0].final_gate = c[0].final_rank;
        c[0].size.quantity = 100.0;
        u32 id = strategy_at(0)->id;
        f64 n = 300.0 * rng_unit(k, 1);
        f64 wins = n * rng_unit(k, 2);
        u->kind[id][i % 2 ? 0 : 1] = (kind_sum_t){
            .n = n, .wins = wins, .win_sum = 2.0 * wins, .loss_sum = n - wins, .session = (i32)(i % 7)};
        u->session_ordinal = (i32)(i % 7) + (i32)(i % 40);
        memcpy(&c[1], &c[0], sizeof *c);
        weight_rank(s, &c[1]); /* fixed: nothing at all */
        CHECK_EQ(memcmp(&c[0], &c[1], sizeof *c), 0);
        s->config.strategy_weights = WEIGHTS_THOMPSON;
        weight_rank(s, &c[1]);
        CHECK(c[1].weight >= THOMPSON_LOW && c[1].weight <= THOMPSON_HIGH);
        apart += c[1].final_rank > c[0].final_rank || c[1].final_rank < c[0].final_rank ? 1 : 0;
        c[1].weight = c[0].weight;
        c[1].final_rank = c[0].final_rank;
        CHECK_EQ(memcmp(&c[0], &c[1], sizeof *c), 0);
    }
    CHECK(apart > 1900);
    free(c);
    free(s);
    free(u);
}

/* Of two users with the same results, and of two sessions, each draws its own. */
TEST(each_draws_its_own)
{
    UNUSED_STATE;
    user_t *u = calloc(1, sizeof *u);
    assert_non_null(u);
    confidence_params_t params = confidence_params_default();
    confidence_init(&u->confidence, &params);
    u32 same = 0;
    for (u64 i = 0; i < 500; i++) {
        u->user_id = i;
        f64 a = weight_today(u, 3, 1, 1);
        u->user_id = i + 1000;
        f64 b = weight_today(u, 3, 1, 1);
        u->session_ordinal = 1;
        f64 d = weight_today(u, 3, 1, 1);
        u->session_ordinal = 0;
        same += (a <= b && a >= b) || (b <= d && b >= d) ? 1 : 0;
    }
    CHECK(same > 0 && same < 350); /* only at the bounds: a quarter of the draws lies at each */
    free(u);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_outcome),
        cmocka_unit_test(a_weight_only_ranks),
        cmocka_unit_test(each_draws_its_own),
    };
    return RUN_TESTS(tests);
}
