/* Stages 8 and 9 hold what a user asks for, in a cycle of one's own and in one that follows the house: who is
 * past them reaches every threshold, and each threshold keeps somebody out by itself. */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "engine/engine.h"
#include "scan/record.h"

enum { ASKED_COMPOSITE = 54, ASKED_STRATEGY_PCT = 52, ASKED_CONVICTION = 58, ASKED = 3 };

typedef struct {
    u64 past, kept[ASKED]; /* of the user who asks: gone on; refused by 801, 802, 902 alone */
    u64 beneath;           /* of the user who asks nothing: past stage 9 below a threshold of the other */
    cycle_record_t record;
    screen_refusal_t refusal[LIMIT_UNIVERSE];
} tale_t;

static bool reaches(const cand_record_t *c, u32 i)
{
    return i == 0   ? c->composite >= ASKED_COMPOSITE * 100
           : i == 1 ? c->score >= ASKED_STRATEGY_PCT * 100
                    : c->conviction >= ASKED_CONVICTION;
}

static void on_candidate(tale_t *t, bool asks, const cand_record_t *c)
{
    bool past = c->traded != 0 || c->refused_stage > 9;
    u32 missed = 0;
    for (u32 i = 0; i < (c->traded != 0 || c->refused_stage >= 9 ? ASKED : ASKED - 1); i++) {
        missed += reaches(c, i) ? 0 : 1;
    }
    if (!asks) {
        CHECK(c->refused_stage != 8 && c->refused_stage != 9);
        t->beneath += past && missed > 0 ? 1 : 0;
        return;
    }
    CHECK(!past || missed == 0);
    t->past += past ? 1 : 0;
    for (u32 i = 0; i < ASKED; i++) {
        bool here = c->refused_stage == (i < 2 ? 8 : 9);
        t->kept[i] += here && missed == 1 && !reaches(c, i) ? 1 : 0;
    }
    CHECK((c->refused_stage != 8 && c->refused_stage != 9) || missed > 0);
}

static err_t tale_append(void *ctx, event_t *e)
{
    tale_t *t = ctx;
    if (e->head.kind != EV_DECISION || e->as.DECISION.form != RECORD_CYCLE || e->as.DECISION.account == 0) {
        return ERR_OK;
    }
    t->record.refusal = t->refusal;
    CHECK_OK(record_cycle_decode(e->as.DECISION.record, &t->record));
    for (u64 i = 0; i < t->record.cand_count; i++) {
        const cand_record_t *c = &t->record.cand[i];
        if (t->record.stopped_stage == 0 && (c->traded != 0 || c->refused_stage >= 8)) {
            on_candidate(t, e->as.DECISION.account == 2, c);
        }
    }
    return ERR_OK;
}

static run_users_t two_users(users_mode_t mode)
{
    static const struct {
        const char *name;
        f64 value;
    } asked[ASKED] = {{"min_composite_score", ASKED_COMPOSITE},
                      {"min_strategy_score", ASKED_STRATEGY_PCT / 100.0},
                      {"min_conviction", ASKED_CONVICTION}};
    run_users_t users = {.mode = mode};
    for (u64 id = 1; id <= 2; id++) {
        user_row_t *row = NULL;
        CHECK_OK(run_users_add(&users, &row));
        user_row_init(row, id, id == 1 ? "modest" : "asking", (money_t){100000 * (i64)MONEY_SCALE});
    }
    for (u32 i = 0; i < ASKED; i++) {
        CHECK_OK(user_prefer(&users.rows[1], preference_find(str_from(asked[i].name)), asked[i].value, NULL));
    }
    return users;
}

TEST(what_is_asked_for_holds)
{
    UNUSED_STATE;
    for (u32 mode = USERS_EACH; mode <= USERS_GLOBAL; mode++) {
        tale_t *t = calloc(1, sizeof *t);
        assert_non_null(t);
        config_t config = busy_config();
        run_users_t users = two_users((users_mode_t)mode);
        busy_wishes_t wish = {.users = &users, .tap = {.ctx = t, .append = tale_append}};
        (void)busy_run(5, 4, &config, &wish);
        print_message("# mode %u: %llu past, kept out by composite %llu, strategy %llu, conviction %llu; "
                      "%llu of the other beneath\n",
                      mode, (unsigned long long)t->past, (unsigned long long)t->kept[0],
                      (unsigned long long)t->kept[1], (unsigned long long)t->kept[2],
                      (unsigned long long)t->beneath);
        CHECK(t->past > 10 && t->beneath > 10);
        CHECK(t->kept[0] > 0 && t->kept[1] > 0 && t->kept[2] > 0);
        run_users_free(&users);
        free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_asked_for_holds)};
    return RUN_TESTS(tests);
}
