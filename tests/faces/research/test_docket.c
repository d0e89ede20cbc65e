/* A thousand worthless challengers and some good ones go the whole way of the court, sitting, filing, shadow,
 * canary, signature, promotion, in a real store: the worthless are promoted at no more than the stated rate,
 * the good with the stated power, and every refused one is still there. */
#include "tests/budget.h"
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "faces/research/docket.h"
#include "quant/stats/court.h"
#include "tests/quant/stats/share.h"
#include "tests/store/home.h"

enum {
    SITTING = 250,
    SHADOW = 60,
    CANARY = 20,
    AFTER = 250,
    FILED = 20000, /* a day */
    SCRATCH = 1 << 17,
    WORTHLESS = 1000,
    GOOD = 400
};
#define NOISE 0.005

typedef struct {
    char home[HOME_SIZE];
    home_t h;
    store_t *store;
    arena_t arena;
    f64 challenger[SITTING], incumbent[SITTING];
} world_t;

static void world_open(world_t *w)
{
    home_make(w->home);
    CHECK_OK(home_open(w->home, HOME_CREATE, NULL, &w->h));
    CHECK_OK(store_open_home(&w->h, false, false, NULL, &w->store));
    CHECK_OK(arena_open(&w->arena, SCRATCH));
}

static void world_close(world_t *w)
{
    arena_close(&w->arena);
    store_close(w->store);
    home_close(&w->h);
    home_remove(w->home);
    free(w);
}

static f64 normal(u32 entity, u64 seed, u64 n)
{
    rng_key_t key = {.seed = 4711, .purpose = RNG_TEST, .entity = entity, .cycle = seed};
    return q_norm_inv(q_clamp(rng_unit(key, n), 1e-12, 1.0 - 1e-12));
}

/* The sitting, as `research court file` holds it. */
static case_row_t sit(world_t *w, u64 seed, f64 edge)
{
    court_verdict_t v;
    case_row_t r = {.t_filed = (i64)FILED * NS_PER_DAY,
                    .filed = FILED,
                    .hypothesis = "it is better",
                    .after = FILED - 400,
                    .shadow_days = SHADOW,
                    .canary_days = CANARY,
                    .canary_part = 0.05,
                    .signature = true,
                    .days = SITTING,
                    .trades = 200,
                    .trials = 1,
                    .origin = "drawn by chance"};
    for (u32 i = 0; i < SITTING; i++) {
        w->incumbent[i] = 0.0003 + 0.01 * normal(1, seed, i);
        w->challenger[i] = w->incumbent[i] + edge + NOISE * normal(2, seed, i);
    }
    court_case_t c = {.challenger = w->challenger,
                      .incumbent = w->incumbent,
                      .days = r.days,
                      .trades = r.trades,
                      .trials = r.trials,
                      .seed = 1,
                      .year = 252};
    arena_reset(&w->arena);
    CHECK_OK(court_judge(&w->arena, &c, &v));
    (void)snprintf(r.challenger.text, sizeof r.challenger.text, "C%llu", (unsigned long long)seed);
    (void)snprintf(r.incumbent.text, sizeof r.incumbent.text, "I");
    r.challenger_config = digest_of(r.challenger.text, strlen(r.challenger.text));
    r.incumbent_config = digest_of("I", 1);
    r.grounds = v.grounds;
    r.mean = v.mean;
    r.low = v.low;
    r.high = v.high;
    r.noise = v.noise;
    r.dsr = v.dsr;
    return r;
}

/* Days as two pairs of runs leave them: with the case's money from the filing on, and with the canary's. From
 * day `turn` on the edge is another. */
typedef struct {
    f64 edge, later;
    u32 turn;
} truth_t;

static pair_t make_pair(u64 seed, u32 entity, money_t cash, u32 days, truth_t t)
{
    pair_t p = {.cash = cash, .days = {.count = days}};
    p.days.own_day = calloc(days, sizeof *p.days.own_day);
    p.days.own_ret[0] = calloc(days, sizeof(f64));
    p.days.own_ret[1] = calloc(days, sizeof(f64));
    assert_non_null(p.days.own_day);
    assert_non_null(p.days.own_ret[0]);
    assert_non_null(p.days.own_ret[1]);
    for (u32 i = 0; i < days; i++) {
        p.days.own_day[i] = FILED + 1 + (date_t)i;
        p.days.own_ret[1][i] = 0.01 * normal(entity, seed, i);
        p.days.own_ret[0][i] =
            p.days.own_ret[1][i] + (i < t.turn ? t.edge : t.later) + NOISE * normal(entity + 1, seed, i);
    }
    return p;
}

static pairs_t make_pairs(u64 seed, const case_row_t *row, money_t cash, truth_t t)
{
    pairs_t p = {.own_v = calloc(2, sizeof *p.own_v), .count = 2};
    assert_non_null(p.own_v);
    p.own_v[0] = make_pair(seed, 3, cash, SHADOW + CANARY + AFTER, t);
    p.own_v[1] = make_pair(seed, 5, docket_part(row, cash), SHADOW + CANARY, t);
    return p;
}

static void act(world_t *w, case_t *c, case_act_t a)
{
    case_deed_t deed = {0};
    a.t = c->row.t_filed + 1;
    CHECK_OK(cases_in_force(w->store, NULL, &deed.in_force));
    CHECK_OK(cases_act(w->store, c, &a, deed, NULL));
    CHECK_OK(cases_find(w->store, c->row.number, NULL, c));
}

static void by_rules(world_t *w, case_t *c, const docket_t *d)
{
    case_act_t a;
    while (docket_next(c, d, &a)) {
        act(w, c, a);
    }
}

/* From the filing to the end, with a person who signs and promotes whatever may be. `after` false: the days
 * end with the canary's, so that the promotion itself is what is looked at. */
static case_act_kind_t whole_way(world_t *w, u64 seed, truth_t t, bool after)
{
    static const money_t cash = {100000 * MONEY_SCALE};
    case_row_t row = sit(w, seed, t.edge);
    case_act_t first = {.kind = row.grounds == 0 ? CASE_WON : CASE_REFUSED, .t = row.t_filed, .who = "court"};
    case_t c;
    docket_t d;
    CHECK_OK(cases_file(w->store, &row, &first, NULL));
    CHECK_OK(cases_find(w->store, row.number, NULL, &c));
    if (row.grounds != 0) {
        return case_state(&c);
    }
    pairs_t p = make_pairs(seed, &row, cash, t);
    p.own_v[0].days.count -= after ? 0 : AFTER;
    CHECK_OK(docket_open(&row, &p, cash, &d));
    CHECK_EQ(d.shadow.count, SHADOW);
    CHECK_EQ(d.canary.count, CANARY);
    CHECK_EQ(d.after.count, after ? AFTER : 0);
    u32 live = d.after.count;
    d.after.count = 0; /* nothing after the canary is known when it is promoted */
    docket_t early;
    pairs_t until = p;
    until.own_v[0].days.count = SHADOW + CANARY;
    CHECK_OK(docket_open(&row, &until, cash, &early));
    by_rules(w, &c, &early);
    docket_free(&early);
    d.after.count = live;
    if (case_state(&c) == CASE_TRIED) {
        act(w, &c, (case_act_t){.kind = CASE_SIGNED, .who = "ann"});
        act(w, &c, (case_act_t){.kind = CASE_PROMOTED, .who = "ann"});
        by_rules(w, &c, &d);
    }
    docket_free(&d);
    pairs_free(&p);
    return case_state(&c);
}

static world_t *world_new(void)
{
    world_t *w = calloc(1, sizeof *w);
    assert_non_null(w);
    world_open(w);
    return w;
}

TEST(worthless_challengers_are_seldom_promoted)
{
    UNUSED_STATE;
    world_t *w = world_new();
    budget_t b = budget_start(WORTHLESS);
    u32 promoted = 0, won = 0, count = 0;
    case_t *cases = NULL;
    u64 seed = 0;
    while (budget_next(&b, &seed)) {
        case_act_kind_t end = whole_way(w, seed, (truth_t){0}, false);
        promoted += end == CASE_PROMOTED ? 1 : 0;
    }
    budget_say(&b, "worthless challengers");
    CHECK_OK(cases_list(w->store, NULL, &cases, &count));
    CHECK_EQ(count, b.done); /* the archive keeps every one */
    u32 refused = 0;
    for (u32 i = 0; i < count; i++) {
        won += cases[i].row.grounds == 0 ? 1 : 0;
        refused += case_state(&cases[i]) == CASE_REFUSED ? 1 : 0;
    }
    CHECK_EQ(refused + promoted, count);
    print_message(
        "# of %u worthless challengers %u win the sitting and %u are promoted, %.1f %%; at most %.1f %%\n",
        count, won, promoted, 100.0 * promoted / count, 100.0 * share_at_most(promoted, count));
    CHECK(share_at_least(promoted, count) <= COURT_ALPHA);
    CHECK(count < WORTHLESS || (promoted > 0 && share_at_most(promoted, count) <= COURT_ALPHA));
    free(cases);
    world_close(w);
}

/* 0.2 deviations of the difference a day: a yearly Sharpe of 3.2 of the difference alone. */
TEST(a_planted_edge_is_promoted)
{
    UNUSED_STATE;
    world_t *w = world_new();
    budget_t b = budget_start(GOOD);
    u32 promoted = 0;
    u64 seed = 0;
    while (budget_next(&b, &seed)) {
        truth_t t = {.edge = 0.2 * NOISE, .turn = UINT32_MAX};
        promoted += whole_way(w, 100000 + seed, t, false) == CASE_PROMOTED ? 1 : 0;
    }
    budget_say(&b, "good challengers");
    print_message(
        "# of %llu with an edge of 0.2 deviations a day %u are promoted, %.1f %%; at least %.1f %%\n",
        (unsigned long long)b.done, promoted, 100.0 * promoted / (f64)b.done,
        100.0 * share_at_least(promoted, b.done));
    CHECK(share_at_most(promoted, b.done) >= 0.8);
    CHECK(b.done < GOOD || share_at_least(promoted, b.done) >= 0.8);
    world_close(w);
}

/* One whose edge turns into a loss twice as large with its promotion is rolled back by the rule; one that
 * stays good is not. */
TEST(the_rule_rolls_back_what_decays)
{
    UNUSED_STATE;
    world_t *w = world_new();
    u32 promoted[2] = {0}, back[2] = {0};
    for (u64 seed = 0; seed < 60; seed++) {
        for (u32 bad = 0; bad < 2; bad++) {
            truth_t t = {
                .edge = 0.3 * NOISE, .later = bad != 0 ? -0.6 * NOISE : 0.3 * NOISE, .turn = SHADOW + CANARY};
            case_act_kind_t end = whole_way(w, 200000 + seed + 1000 * bad, t, true);
            promoted[bad] += end == CASE_PROMOTED || end == CASE_ROLLED_BACK ? 1 : 0;
            back[bad] += end == CASE_ROLLED_BACK ? 1 : 0;
        }
    }
    print_message("# rolled back: %u of %u that decay, %u of %u that stay good\n", back[1], promoted[1],
                  back[0], promoted[0]);
    CHECK(promoted[0] > 40 && promoted[1] > 40);
    CHECK(back[1] == promoted[1] && back[0] == 0);
    world_close(w);
}

/* Refused by each rule of the days, at the day it names. */
TEST(each_rule_refuses)
{
    UNUSED_STATE;
    static const money_t cash = {100000 * MONEY_SCALE};
    static const struct {
        f64 shadow, canary;
        case_act_kind_t end;
        const char *says;
    } cases[] = {{0.001, 0.001, CASE_TRIED, "the canary days hold"},
                 {-0.0005, 0.001, CASE_REFUSED, "no better in its shadow days: 60 sessions"},
                 {-0.02, 0.001, CASE_REFUSED, "worse in its shadow days"},
                 {0.001, -0.02, CASE_REFUSED, "worse in its canary days"}};
    world_t *w = world_new();
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        case_row_t row = sit(w, 900 + i, 0.003);
        case_act_t first = {.kind = CASE_WON, .t = row.t_filed, .who = "court"};
        case_t c;
        docket_t d;
        CHECK_EQ(row.grounds, 0);
        CHECK_OK(cases_file(w->store, &row, &first, NULL));
        CHECK_OK(cases_find(w->store, row.number, NULL, &c));
        pairs_t p = make_pairs(i, &row, cash, (truth_t){0});
        for (u32 k = 0; k < SHADOW + CANARY; k++) { /* differences that are what they are */
            p.own_v[0].days.own_ret[0][k] = p.own_v[0].days.own_ret[1][k] + cases[i].shadow;
            p.own_v[1].days.own_ret[0][k] = p.own_v[1].days.own_ret[1][k] + cases[i].canary;
        }
        p.own_v[0].days.count = SHADOW + CANARY;
        CHECK_OK(docket_open(&row, &p, cash, &d));
        by_rules(w, &c, &d);
        CHECK_EQ(case_state(&c), cases[i].end);
        CHECK(strstr(c.act[c.acts - 1].text, cases[i].says) != NULL);
        docket_free(&d);
        pairs_free(&p);
    }
    world_close(w);
}

/* A day less than asked for moves nothing; the days of one kind are not the other's; a second pair on days
 * that are there already, however good, changes nothing. */
TEST(days_are_counted_once_and_all_are_needed)
{
    UNUSED_STATE;
    static const money_t cash = {100000 * MONEY_SCALE};
    world_t *w = world_new();
    case_row_t row = sit(w, 950, 0.003);
    case_act_t first = {.kind = CASE_WON, .t = row.t_filed, .who = "court"};
    case_act_t a;
    case_t c;
    docket_t d;
    CHECK_OK(cases_file(w->store, &row, &first, NULL));
    CHECK_OK(cases_find(w->store, row.number, NULL, &c));
    pairs_t p = make_pairs(1, &row, cash, (truth_t){.edge = 0.003, .turn = UINT32_MAX});
    CHECK_EQ(p.own_v[1].cash.v, 5000 * MONEY_SCALE);
    p.own_v[0].days.count = SHADOW - 1;
    CHECK_OK(docket_open(&row, &p, cash, &d));
    CHECK_EQ(d.shadow.count, SHADOW - 1);
    CHECK_EQ(d.canary.count, 0); /* its days come after the shadow's, and those are not over */
    CHECK(!docket_next(&c, &d, &a));
    docket_free(&d);
    p.own_v[0].days.count = SHADOW;
    CHECK_OK(docket_open(&row, &p, cash, &d));
    CHECK(docket_next(&c, &d, &a) && a.kind == CASE_SHADOWED);
    f64 mean = d.shadow_watch.mean;
    CHECK_EQ(d.canary.own_day[0], FILED + SHADOW + 1);
    docket_free(&d);
    /* The same days again, stored later, a hundred times as good. */
    pair_t again[3] = {p.own_v[0], p.own_v[1],
                       make_pair(2, 9, cash, SHADOW + 5, (truth_t){.edge = 0.3, .turn = 99})};
    pairs_t more = {.own_v = again, .count = 3};
    CHECK_OK(docket_open(&row, &more, cash, &d));
    CHECK(d.shadow_watch.mean == mean);
    docket_free(&d);
    /* Where the first ends early, of the second count the days behind it alone. */
    again[0].days.count = SHADOW - 3;
    CHECK_OK(docket_open(&row, &more, cash, &d));
    CHECK_EQ(d.shadow.count, SHADOW);
    for (u32 i = 0; i < SHADOW; i++) {
        CHECK_EQ(d.shadow.own_day[i], FILED + 1 + (date_t)i);
        CHECK((d.shadow.own_diff[i] > 0.2) == (i >= SHADOW - 3));
    }
    docket_free(&d);
    paired_free(&again[2].days);
    pairs_free(&p);
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worthless_challengers_are_seldom_promoted),
        cmocka_unit_test(a_planted_edge_is_promoted),
        cmocka_unit_test(the_rule_rolls_back_what_decays),
        cmocka_unit_test(each_rule_refuses),
        cmocka_unit_test(days_are_counted_once_and_all_are_needed),
    };
    return RUN_TESTS(tests);
}
