/* Support and resistance: each source alone, merging, roles, room, and nothing from the future. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "quant/levels/levels.h"
#include "quant/levels/levels_sources.h"
#include "quant/math/qmath.h"

enum { N = 260 };

static date_t day[N];
static f64 high[N];
static f64 low[N];
static f64 close_[N];
static f64 volume[N];

/* Monday 2024-01-01 on, weekdays only, all bars the same: high 1003, low 997, close 1000, so that every
 * derived level is known. 1000 is no accident of the tests below: ATRd 8 makes the merge reach 2. */
static levels_input_t flat_days(u32 count)
{
    date_t d = date_from_ymd(2024, 1, 1);
    for (u32 i = 0; i < N; i++) {
        day[i] = d;
        high[i] = 1003.0;
        low[i] = 997.0;
        close_[i] = 1000.0;
        volume[i] = 0.0;
        d += date_weekday(d) == 5 ? 3 : 1;
    }
    date_t today = count < N ? day[count] : d;
    return (levels_input_t){.day = day,
                            .high = high,
                            .low = low,
                            .close = close_,
                            .volume = NULL,
                            .count = count,
                            .today = today,
                            .price = 1000.5,
                            .atr_day = 8.0,
                            .a = 1.0};
}

static const level_t *at(const levels_t *l, f64 price)
{
    for (u32 i = 0; i < LEVELS_SIDE; i++) {
        if (i < l->support_count && q_abs(l->support[i].price - price) < 0.51) {
            return &l->support[i];
        }
        if (i < l->resistance_count && q_abs(l->resistance[i].price - price) < 0.51) {
            return &l->resistance[i];
        }
    }
    return NULL;
}

/* Ten flat days: at 1003 prior day high 3 + week high 2 = 5; at 997 the same; at 1000 close 2 + round 1 = 3
 * (step at 1000.5 is 10, so 1000 = 100 steps counts as the largest: 1.0). No pivots: equal neighbours. */
TEST(prior_day_week_round)
{
    UNUSED_STATE;
    levels_input_t in = flat_days(10);
    levels_t l;
    levels_find(&in, &l);
    CHECK(l.support_count == 2 && l.resistance_count == 1);
    CHECK(q_abs(l.resistance[0].price - 1003.0) < 1e-9 && q_abs(l.resistance[0].strength - 5.0) < 1e-9);
    CHECK_EQ(l.resistance[0].origin, LEVEL_DAY_HIGH | LEVEL_WEEK_HIGH);
    CHECK(q_abs(l.support[0].price - 1000.0) < 1e-9 && q_abs(l.support[0].strength - 3.0) < 1e-9);
    CHECK_EQ(l.support[0].origin, LEVEL_DAY_CLOSE | LEVEL_ROUND);
    CHECK(q_abs(l.support[1].price - 997.0) < 1e-9);
    CHECK(q_abs(levels_room(&l, 1000.5, 1, 0.5) - 5.0) < 1e-9);   /* 2.5 to 1003 */
    CHECK(q_abs(levels_room(&l, 1000.5, -1, 0.25) - 2.0) < 1e-9); /* 0.5 to 1000 */
    CHECK(q_abs(levels_room(&l, 1003.0, 1, 1.0) - LEVELS_ROOM_OPEN) < 1e-9);
}

/* On Monday 2024-01-15 (10 bars before: two weeks) the prior week is that of the 8th; an extreme on Friday
 * the 5th is not in it, one on Tuesday the 9th is. On Wednesday the 17th the days of the own week do not
 * count. */
TEST(weeks)
{
    UNUSED_STATE;
    levels_input_t in = flat_days(10);
    high[4] = 1100.0; /* Friday 5th */
    levels_t l;
    levels_find(&in, &l);
    CHECK(at(&l, 1100.0) == NULL);
    in = flat_days(10);
    high[6] = 1040.0; /* Tuesday 9th: 2 (week) + pivot 2^(-3/40) = 0.949 + round 1040 = 104 steps 0.5 */
    levels_find(&in, &l);
    const level_t *x = at(&l, 1040.0);
    CHECK(x != NULL && q_abs(x->strength - (2.0 + 0.5 + 0.9493421210)) < 1e-9);
    CHECK_EQ(x->origin, LEVEL_WEEK_HIGH | LEVEL_PIVOT_HIGH | LEVEL_ROUND);
    in = flat_days(12);
    high[11] = 1040.0; /* Tuesday 16th, the prior day: day high 3 + round 0.5, not the week's */
    levels_find(&in, &l);
    x = at(&l, 1040.0);
    CHECK(x != NULL && q_abs(x->strength - 3.5) < 1e-9 && x->origin == (LEVEL_DAY_HIGH | LEVEL_ROUND));
}

/* A pivot high needs two completed bars after it: with one it adds nothing. */
TEST(pivot_two_bars_later)
{
    UNUSED_STATE;
    for (u32 after = 1; after <= 3; after++) {
        levels_input_t in = flat_days(60);
        u32 i = 59 - after;
        high[i] = 1005.0;
        levels_t l;
        levels_find(&in, &l);
        const level_t *x = at(&l, 1003.5);
        CHECK(x != NULL);
        CHECK_EQ((x->origin & LEVEL_PIVOT_HIGH) != 0, after >= 2);
    }
}

/* Whatever stands behind the last completed bar must not matter. */
/* 220 days of a random walk from `p` on. */
static levels_input_t walked_days(u64 seed, f64 p)
{
    rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
    levels_input_t in = flat_days(220);
    for (u32 i = 0; i < N; i++) {
        p *= 1.0 + 0.03 * (rng_unit(key, 4 * (u64)i) - 0.5);
        close_[i] = p;
        high[i] = p * (1.0 + 0.01 * rng_unit(key, 4 * (u64)i + 1));
        low[i] = p * (1.0 - 0.01 * rng_unit(key, 4 * (u64)i + 2));
        volume[i] = 1e6 * (1.0 + rng_unit(key, 4 * (u64)i + 3));
    }
    in.volume = volume;
    in.price = close_[219] * 1.001;
    return in;
}

TEST(no_future)
{
    UNUSED_STATE;
    levels_input_t in = walked_days(3, 100.0);
    in.atr_day = 0.018 * in.price;
    in.a = 0.15 * in.atr_day;
    levels_t before;
    levels_t after;
    levels_find(&in, &before);
    for (u32 i = 220; i < N; i++) {
        high[i] = 1e6;
        low[i] = 1e-3;
        close_[i] = -1.0;
        volume[i] = 1e12;
    }
    levels_find(&in, &after);
    CHECK_EQ(memcmp(&before, &after, sizeof before), 0);
    CHECK(before.support_count + before.resistance_count >= 3);
    for (u32 i = 0; i < LEVELS_SIDE; i++) {
        CHECK(i >= before.support_count || before.support[i].strength >= 3.0 - 1e-9);
        CHECK(i == 0 || i >= before.resistance_count ||
              before.resistance[i].price >= before.resistance[i - 1].price);
        CHECK(i == 0 || i >= before.support_count || before.support[i].price <= before.support[i - 1].price);
    }
}

/* The level of the strongest candidate left, by the letter of the rule. What it took weighs 0. */
static level_t plain_level(candidates_t *c, f64 reach)
{
    level_t l = {0};
    u32 top = 0;
    for (u32 i = 1; i < c->count; i++) {
        const candidate_t *x = &c->item[i];
        const candidate_t *t = &c->item[top];
        top = x->weight > t->weight || (x->weight >= t->weight && x->price < t->price) ? i : top;
    }
    f64 centre = c->item[top].price;
    for (u32 i = 0; i < c->count; i++) {
        candidate_t *x = &c->item[i];
        if (x->weight > 0.0 && q_abs(x->price - centre) <= reach) {
            l.price += x->weight * x->price;
            l.strength += x->weight;
            l.origin |= x->origin;
            x->weight = 0.0;
        }
    }
    l.price = l.strength > 0.0 ? l.price / l.strength : 0.0;
    return l;
}

static bool is_one_of(const level_t *list, u32 count, const level_t *l)
{
    for (u32 i = 0; i < count; i++) {
        if (list[i].price == l->price && list[i].strength == l->strength && list[i].origin == l->origin) {
            return true;
        }
    }
    return false;
}

/* Of a level that counts, found by walking over all candidates: it is among the three of a side, or a side
 * has three that are at least as near. */
static void check_kept(const levels_input_t *in, const levels_t *found, const level_t *l)
{
    f64 far = q_abs(l->price - in->price);
    bool crowded_below = found->support_count == LEVELS_SIDE &&
                         q_abs(found->support[LEVELS_SIDE - 1].price - in->price) <= far;
    bool crowded_above = found->resistance_count == LEVELS_SIDE &&
                         q_abs(found->resistance[LEVELS_SIDE - 1].price - in->price) <= far;
    CHECK(is_one_of(found->support, found->support_count, l) ||
          is_one_of(found->resistance, found->resistance_count, l) || crowded_below || crowded_above);
}

/* What is left out before the merging changes nothing: to the last bit the levels are those of a walk over
 * all candidates, whether they stand alone (a wide step of round numbers) or in a row. */
TEST(nothing_that_counts_is_left_out)
{
    UNUSED_STATE;
    u32 kept = 0;
    for (u64 seed = 1; seed <= 400; seed++) {
        levels_input_t in = walked_days(seed, 3.0 + 0.9 * (f64)seed);
        in.atr_day = (0.005 + 0.0001 * (f64)(seed % 200)) * in.price;
        in.a = 0.15 * in.atr_day;
        levels_t found;
        candidates_t all = {0};
        levels_find(&in, &found);
        levels_collect(&in, &all);
        u32 same = 0;
        for (level_t l = plain_level(&all, 0.25 * in.atr_day); l.strength > 0.0;
             l = plain_level(&all, 0.25 * in.atr_day)) {
            if (l.strength >= LEVELS_MIN_STRENGTH - 1e-9) {
                check_kept(&in, &found, &l);
            }
            same += is_one_of(found.support, found.support_count, &l) ? 1 : 0;
            same += is_one_of(found.resistance, found.resistance_count, &l) ? 1 : 0;
        }
        CHECK_EQ(same, found.support_count + found.resistance_count);
        kept += same;
    }
    CHECK(kept > 800);
}

/* Nodes: bins of 2 (0.25 x 8) from 996. Flat bars spread 60 x 6 over bins 996..1004; one bar with 600 on
 * 1020..1021.9 makes that bin a lone peak: middle 1021, weight 2, with the pivot of that bar's high (1021.9,
 * 1 x 2^(-30/40)) and round 1020. */
TEST(volume_node)
{
    UNUSED_STATE;
    levels_input_t in = flat_days(60);
    for (u32 i = 0; i < 60; i++) {
        volume[i] = 6.0;
    }
    in.volume = volume;
    high[29] = 1021.9;
    low[29] = 1020.1;
    volume[29] = 600.0;
    levels_t l;
    levels_find(&in, &l);
    const level_t *x = at(&l, 1021.0);
    CHECK(x != NULL && (x->origin & LEVEL_NODE) != 0);
    CHECK(q_abs(x->strength - (2.0 + 0.5 + 0.5946035575)) < 1e-9);
    f64 mean = (2.0 * 1021.0 + 0.5 * 1020.0 + 0.5946035575 * 1021.9) / (2.5 + 0.5946035575);
    CHECK(q_abs(x->price - mean) < 1e-6);
    volume[29] = 6.0; /* an ordinary bar is no node; what is left is under 3 */
    levels_find(&in, &l);
    CHECK(at(&l, 1021.0) == NULL);
}

/* 1003 with A = 1: inside 1002.75..1003.25 the last close outside decides, else the price. */
TEST(roles_flip_beyond_a_quarter_a)
{
    UNUSED_STATE;
    static const struct {
        f64 price, recent[2];
        bool support;
    } cases[] = {
        {1003.2, {1001.0, 1003.1}, false}, /* just through it: still resistance */
        {1003.3, {1001.0, 1003.1}, true},  /* more than 0.25 A beyond: flipped */
        {1002.9, {1001.0, 1003.4}, true},  /* closed beyond, came back a little: still support */
        {1002.7, {1001.0, 1003.4}, false}, /* closed back below */
        {1003.1, {1003.0, 1003.1}, false}, /* today says nothing: yesterday closed at 1000 */
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        levels_input_t in = flat_days(10);
        in.price = cases[i].price;
        in.recent = cases[i].recent;
        in.recent_count = 2;
        levels_t l;
        levels_find(&in, &l);
        const level_t *list = cases[i].support ? l.support : l.resistance;
        u32 count = cases[i].support ? l.support_count : l.resistance_count;
        bool found = false;
        for (u32 j = 0; j < count; j++) {
            found = found || q_abs(list[j].price - 1003.0) < 1e-9;
        }
        CHECK(found);
    }
}

/* Intraday: reach 0.5 A = 0.5. Range high 1002.6 joins 1003 (5 + 2 = 7 at the mean 1002.8857143); VWAP 1001.5
 * stays alone with 2 and does not count. With ATRd reach 2 the VWAP joins too. */
TEST(intraday_sources_and_reach)
{
    UNUSED_STATE;
    levels_input_t in = flat_days(10);
    in.intraday = true;
    in.range_high = 1002.6;
    in.vwap = 1001.5;
    levels_t l;
    levels_find(&in, &l);
    CHECK(q_abs(l.resistance[0].price - 1002.8857142857) < 1e-6 &&
          q_abs(l.resistance[0].strength - 7.0) < 1e-9);
    CHECK_EQ(l.resistance[0].origin, LEVEL_DAY_HIGH | LEVEL_WEEK_HIGH | LEVEL_RANGE_HIGH);
    in.intraday = false;
    levels_find(&in, &l);
    CHECK(q_abs(l.resistance[0].strength - 9.0) < 1e-9 && (l.resistance[0].origin & LEVEL_VWAP) != 0);
}

/* Step by price: 25 -> 1 (20..199.99), 199 -> 1, 200 -> 10, 5 -> 0.1, 2.5 -> 0.1; weight of 30, 25, 26 at
 * price 25. */
TEST(round_numbers)
{
    UNUSED_STATE;
    static const struct {
        f64 price, level, want;
    } cases[] = {
        {25.3, 25.0, 0.75}, {25.3, 26.0, 0.5},   {29.7, 30.0, 1.0},    {5.02, 5.0, 1.0},
        {2.52, 2.5, 0.75},  {301.0, 300.0, 1.0}, {349.0, 350.0, 0.75}, {341.0, 340.0, 0.5},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        levels_input_t in = flat_days(10);
        for (u32 j = 0; j < 10; j++) { /* the close stands on the level: 2 + its weight, unless under 3 */
            close_[j] = cases[i].level;
            high[j] = cases[i].level * 1.04;
            low[j] = cases[i].level * 0.96;
        }
        in.price = cases[i].price;
        in.atr_day = 0.02 * in.price;
        in.a = 0.2 * in.atr_day;
        in.intraday = true;
        in.vwap = cases[i].level; /* 2 more, so that it always counts */
        levels_t l;
        levels_find(&in, &l);
        bool found = false;
        for (u32 j = 0; j < LEVELS_SIDE; j++) {
            found =
                found || (j < l.support_count && q_abs(l.support[j].strength - 4.0 - cases[i].want) < 1e-9);
            found = found ||
                    (j < l.resistance_count && q_abs(l.resistance[j].strength - 4.0 - cases[i].want) < 1e-9);
        }
        CHECK(found);
    }
    CHECK_STR(level_origin_name(LEVEL_DAY_HIGH), "prior day high");
    CHECK_STR(level_origin_name(LEVEL_ROUND), "round number");
}

/* 200 closes: averages stand where they should (all at 1000): 1 + 1.5 + 2 join close and round: 7.5. */
TEST(averages)
{
    UNUSED_STATE;
    static const struct {
        u32 count;
        f64 want;
    } cases[] = {{19, 3.0}, {20, 4.0}, {50, 5.5}, {200, 7.5}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        levels_input_t in = flat_days(cases[i].count);
        levels_t l;
        levels_find(&in, &l);
        const level_t *x = at(&l, 1000.0);
        CHECK(x != NULL && q_abs(x->strength - cases[i].want) < 1e-9);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prior_day_week_round),
        cmocka_unit_test(weeks),
        cmocka_unit_test(pivot_two_bars_later),
        cmocka_unit_test(no_future),
        cmocka_unit_test(nothing_that_counts_is_left_out),
        cmocka_unit_test(volume_node),
        cmocka_unit_test(roles_flip_beyond_a_quarter_a),
        cmocka_unit_test(intraday_sources_and_reach),
        cmocka_unit_test(round_numbers),
        cmocka_unit_test(averages),
    };
    return RUN_TESTS(tests);
}

