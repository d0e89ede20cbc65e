/* The court lets a planted edge through, noise at no more than the stated rate, and the best of many noises
 * neither, as long as the tries are counted. */
#include "tests/test.h"

#include <stdlib.h>

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/court.h"
#include "quant/stats/pbo.h"

enum { DAYS = 250, CASES = 400, SCRATCH = 1 << 17, MANY = 50 };

typedef struct {
    arena_t arena;
    f64 challenger[DAYS], incumbent[DAYS];
} bench_t;

static f64 normal(u32 entity, u64 cycle, u64 n)
{
    rng_key_t key = {.seed = 77, .purpose = RNG_TEST, .entity = entity, .cycle = cycle};
    return q_norm_inv(q_clamp(rng_unit(key, n), 1e-12, 1.0 - 1e-12));
}

/* Both share the market; the challenger adds noise of 0.5 % a day and `edge`. Returns the mean difference. */
static f64 fill(bench_t *b, u64 seed, u64 variant, f64 edge)
{
    f64 sum = 0;
    for (u32 i = 0; i < DAYS; i++) {
        b->incumbent[i] = 0.0003 + 0.01 * normal(1, seed, i);
        f64 d = edge + 0.005 * normal(2, seed * MANY + variant, i);
        b->challenger[i] = b->incumbent[i] + d;
        sum += d;
    }
    return sum / DAYS;
}

static court_verdict_t judge(bench_t *b, u32 days, u32 trades, u64 trials)
{
    court_verdict_t v;
    court_case_t c = {.challenger = b->challenger,
                      .incumbent = b->incumbent,
                      .days = days,
                      .trades = trades,
                      .trials = trials,
                      .seed = 1,
                      .year = 252};
    arena_reset(&b->arena);
    CHECK_OK(court_judge(&b->arena, &c, &v));
    CHECK(v.promoted == (v.grounds == 0));
    return v;
}

static bench_t *bench_open(void)
{
    bench_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    CHECK_OK(arena_open(&b->arena, SCRATCH));
    return b;
}

static void bench_close(bench_t *b)
{
    arena_close(&b->arena);
    free(b);
}

/* The yearly Sharpe that is recorded; what decides is of days. */
TEST(a_verdict_knows_its_markets_year)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    court_verdict_t v[2];
    (void)fill(b, 1, 0, 0.001);
    for (u32 i = 0; i < 2; i++) {
        court_case_t c = {.challenger = b->challenger,
                          .incumbent = b->incumbent,
                          .days = DAYS,
                          .trades = 200,
                          .trials = 4,
                          .seed = 1,
                          .year = i == 0 ? 252 : 365};
        arena_reset(&b->arena);
        CHECK_OK(court_judge(&b->arena, &c, &v[i]));
    }
    CHECK(q_abs(v[1].sharpe / v[0].sharpe - 1.2035002) < 1e-6); /* sqrt(365 / 252) */
    CHECK(q_abs(v[1].dsr - v[0].dsr) < 1e-15 && v[1].grounds == v[0].grounds);
    bench_close(b);
}

/* Of 400 the rate's error at 5 % is 1.1 %; three of them are allowed. */
TEST(noise_wins_at_no_more_than_the_stated_rate)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    u32 won = 0;
    for (u64 seed = 0; seed < CASES; seed++) {
        (void)fill(b, seed, 0, 0.0);
        won += judge(b, DAYS, 200, 1).promoted ? 1 : 0;
    }
    print_message("# of %d worthless challengers %u won\n", CASES, won);
    CHECK(won > 0 && (f64)won / CASES < COURT_ALPHA + 3.0 * 0.011);
    bench_close(b);
}

/* 0.001 a day on noise of 0.005 is a yearly Sharpe of 3.2: in a year its mean lies 3.2 errors above zero. */
TEST(a_planted_edge_wins)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    u32 won = 0, worse = 0;
    for (u64 seed = 0; seed < 100; seed++) {
        (void)fill(b, seed, 0, 0.001);
        won += judge(b, DAYS, 200, 1).promoted ? 1 : 0;
        (void)fill(b, seed, 0, -0.001);
        court_verdict_t v = judge(b, DAYS, 200, 1);
        worse += (v.grounds & COURT_WORSE) != 0 ? 1 : 0;
        CHECK(!v.promoted && ((v.grounds & COURT_WORSE) != 0) == (v.high < 0));
        CHECK(((v.grounds & COURT_INTERVAL) != 0) == (v.high >= 0));
    }
    CHECK(won >= 85 && worse >= 85); /* one that loses as surely is told so, not that nothing is known */
    bench_close(b);
}

/* The best of fifty noises on the very days they are judged on: counted it loses, uncounted it nearly always
 * wins; that is what counting is for. */
TEST(the_best_of_many_is_deflated)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    u32 counted = 0, uncounted = 0;
    for (u64 seed = 0; seed < 60; seed++) {
        u64 best = 0;
        f64 most = -1;
        for (u64 i = 0; i < MANY; i++) {
            f64 mean = fill(b, seed + 1000, i, 0.0);
            best = mean > most ? i : best;
            most = q_max(most, mean);
        }
        (void)fill(b, seed + 1000, best, 0.0);
        counted += judge(b, DAYS, 200, MANY).promoted ? 1 : 0;
        uncounted += judge(b, DAYS, 200, 1).promoted ? 1 : 0;
    }
    print_message("# best of %d noises: %u of 60 win counted, %u uncounted\n", MANY, counted, uncounted);
    CHECK(counted <= 6 && uncounted >= 50);
    bench_close(b);
}

/* What the ground of overfitting is worth and what it costs, over searches of twenty settings: worthless
 * ones, one good among worthless ones, and all alike good, among which any choice is chance. */
TEST(overfitting_is_no_matter_of_chance_alone)
{
    UNUSED_STATE;
    enum { TRIES = 20, LONG = 1000, SEARCHES = 40 };
    static const char *const names[] = {"worthless", "one good", "all alike good"};
    static f64 ret[TRIES * LONG];
    arena_t a;
    u32 over[3] = {0};
    CHECK_OK(arena_open(&a, SCRATCH));
    for (u32 kind = 0; kind < 3; kind++) {
        for (u64 seed = 0; seed < SEARCHES; seed++) {
            pbo_t p;
            for (u32 k = 0; k < TRIES; k++) {
                bool good = kind == 2 || (kind == 1 && k == 0);
                for (u32 t = 0; t < LONG; t++) {
                    ret[k * LONG + t] = normal(10 + k, 5000 + seed, t) + (good ? 0.1 : 0.0);
                }
            }
            arena_reset(&a);
            CHECK_OK(pbo_compute(&a, ret, TRIES, LONG, &p));
            over[kind] += p.pbo > COURT_PBO_MAX && p.loss > COURT_PBO_MAX ? 1 : 0;
        }
        print_message("# %s: %u of %d searches are overfitted\n", names[kind], over[kind], SEARCHES);
    }
    CHECK(over[0] >= 10 && over[1] <= 4 && over[2] == 0);
    arena_close(&a);
}

TEST(each_ground_is_named)
{
    UNUSED_STATE;
    bench_t *b = bench_open();
    (void)fill(b, 3, 0, 0.003);
    CHECK(judge(b, DAYS, COURT_TRADES_MIN, 1).promoted);
    CHECK_EQ(judge(b, DAYS, COURT_TRADES_MIN - 1, 1).grounds, COURT_FEW_TRADES);
    CHECK(judge(b, COURT_DAYS_MIN, 200, 1).promoted);
    CHECK_EQ(judge(b, COURT_DAYS_MIN - 1, 200, 1).grounds, COURT_FEW_DAYS);
    CHECK((judge(b, 0, 0, 1).grounds & (COURT_FEW_DAYS | COURT_FEW_TRADES)) != 0);
    CHECK(!judge(b, 1, 200, 1).promoted);
    for (u32 i = 0; i < DAYS; i++) {
        b->challenger[i] = b->incumbent[i];
    }
    CHECK_EQ(judge(b, DAYS, 200, 1).grounds, COURT_SAME | COURT_INTERVAL | COURT_DEFLATED);
    (void)fill(b, 3, 0, 0.003); /* one that wins, chosen by searches of which one knows more or less */
    static const struct {
        bool known;
        f64 pbo, loss;
        u32 grounds;
    } searches[] = {{true, 0.2, 0.9, 0},  {true, COURT_PBO_MAX, 0.9, 0}, {true, 0.51, 0.51, COURT_OVERFIT},
                    {true, 0.51, 0.5, 0}, {true, 0.9, 0.1, 0},           {false, 0.9, 0.9, 0}};
    for (u32 i = 0; i < COUNT_OF(searches); i++) {
        court_verdict_t v;
        court_case_t c = {.challenger = b->challenger,
                          .incumbent = b->incumbent,
                          .days = DAYS,
                          .trades = 200,
                          .trials = 1,
                          .seed = 1,
                          .year = 252,
                          .pbo_known = searches[i].known,
                          .pbo = searches[i].pbo,
                          .loss = searches[i].loss};
        arena_reset(&b->arena);
        CHECK_OK(court_judge(&b->arena, &c, &v));
        CHECK_EQ(v.grounds, searches[i].grounds);
        CHECK(v.promoted == (searches[i].grounds == 0));
        CHECK(v.noise > 0.0045 && v.noise < 0.0055);
    }
    for (u32 i = 0; i < COURT_GROUNDS; i++) {
        CHECK(court_ground(1U << i)[0] != '?');
    }
    CHECK(court_ground(0)[0] == '?');
    bench_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_knows_its_markets_year),
        cmocka_unit_test(noise_wins_at_no_more_than_the_stated_rate),
        cmocka_unit_test(a_planted_edge_wins),
        cmocka_unit_test(the_best_of_many_is_deflated),
        cmocka_unit_test(overfitting_is_no_matter_of_chance_alone),
        cmocka_unit_test(each_ground_is_named),
    };
    return RUN_TESTS(tests);
}
