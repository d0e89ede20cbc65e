/* Confidence by hand and by its definition. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/stats/confidence.h"

static confidence_t fresh(void)
{
    confidence_params_t p = confidence_params_default();
    confidence_t c;
    confidence_init(&c, &p);
    return c;
}

static confidence_answer_t ask(const confidence_t *c, u32 strategy, i32 side, f64 final_gate, i32 session)
{
    confidence_query_t q = {
        .strategy = strategy, .side = side, .conviction = 50, .final_gate = final_gate, .session = session};
    confidence_answer_t a;
    confidence_ask(c, &q, &a);
    return a;
}

static void add(confidence_t *c, u32 strategy, f64 r, f64 m0, i32 session)
{
    confidence_result_t result = {
        .strategy = strategy, .side = 1, .conviction = 50, .m0 = m0, .r_net = r, .session = session};
    confidence_add(c, &result);
}

/* With no evidence the confidence is the prior, clamped to 0.01..0.90: final 70 passes a gate of 0.7. */
TEST(no_evidence)
{
    UNUSED_STATE;
    confidence_t c = fresh();
    static const struct {
        f64 final_gate, want;
    } cases[] = {{70.0, 0.7}, {50.0, 0.5}, {100.0, 0.9}, {0.0, 0.01}, {33.0, 0.33}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        confidence_answer_t a = ask(&c, 0, 1, cases[i].final_gate, 5);
        CHECK(q_abs(a.confidence - cases[i].want) < 1e-12);
        CHECK(q_abs(a.c0 - cases[i].want) < 1e-12);
    }
}

/* Prior 0.5, so m0 = 0. 100 results of +0.2 R on one day, one kind, asked that day:
 *   delta = 20/(100 + 100) = 0.1; dk = (20 - 100 x 0.1)/(100 + 50) = 0.0666667
 *   conf = Phi(0.1666667 x sqrt(86.49 + 100)/0.93) = Phi(0.1666667 x 13.6561341/0.93) = Phi(2.4473358)
 * Another kind only has delta: Phi(0.1 x 9.3/0.93) = Phi(1). After 120 days all weights halve: n = 50, e =
 *   10, delta = 10/150 = 0.0666667, dk = (10 - 3.3333333)/100 = 0.0666667, sum 0.1333333,
 *   conf = Phi(0.1333333 x sqrt(136.49)/0.93) = Phi(1.6749668). */
TEST(evidence_by_hand)
{
    UNUSED_STATE;
    confidence_t c = fresh();
    for (u32 i = 0; i < 100; i++) {
        add(&c, 2, 0.2, 0.0, 10);
    }
    confidence_answer_t a = ask(&c, 2, 1, 50.0, 10);
    CHECK(q_abs(a.delta - 0.1) < 1e-12 && q_abs(a.dk - 0.0666666667) < 1e-9);
    CHECK(q_abs(a.confidence - q_norm_cdf(2.4473358)) < 1e-7);
    CHECK(a.count == 100 && a.wins == 100 && q_abs(a.n_kind - 100.0) < 1e-9 && !a.banded);
    CHECK(q_abs(ask(&c, 2, -1, 50.0, 10).confidence - q_norm_cdf(1.0)) < 1e-12);
    a = ask(&c, 2, 1, 50.0, 130);
    CHECK(q_abs(a.n_kind - 50.0) < 1e-9 && q_abs(a.delta - 0.0666666667) < 1e-9);
    CHECK(q_abs(a.confidence - q_norm_cdf(1.6749668)) < 1e-7);
}

/* The sums must be those of the definition, each result weighted by its own age. */
TEST(decay_matches_definition)
{
    UNUSED_STATE;
    confidence_t c = fresh();
    rng_key_t key = {.seed = 6, .purpose = RNG_TEST};
    f64 n = 0.0;
    f64 e = 0.0;
    for (u32 i = 0; i < 150; i++) {
        i32 session = -40 + (i32)(i * 3);
        f64 r = rng_unit(key, i) - 0.5;
        add(&c, i % 3, r, 0.05, session);
        f64 w = q_exp(-Q_LN2 * (f64)(500 - session) / 120.0);
        n += w;
        e += w * (r - 0.05);
    }
    confidence_answer_t a = ask(&c, 1, 1, 60.0, 500);
    CHECK(q_abs(a.n_all - n) < 1e-9);
    CHECK(q_abs(a.delta - e / (n + 100.0)) < 1e-12);
}

/* From 200 results on the conviction band is its own kind, and sigma is what the results show. */
TEST(bands_and_sigma)
{
    UNUSED_STATE;
    confidence_t c = fresh();
    for (u32 i = 0; i < 200; i++) {
        CHECK(q_abs(ask(&c, 1, 1, 50.0, 0).sigma - 0.93) < 1e-12);
        confidence_result_t r = {.strategy = 1,
                                 .side = 1,
                                 .conviction = i % 2 ? 85 : 30,
                                 .r_net = i % 2 ? 0.5 : -0.5,
                                 .session = 0,
                                 .shadow = true};
        confidence_add(&c, &r);
    }
    confidence_answer_t a = ask(&c, 1, 1, 50.0, 0); /* band 40..59 has no result */
    CHECK(a.banded && a.count == 0 && q_abs(a.sigma - 0.5) < 1e-12);
    confidence_query_t q = {.strategy = 1, .side = 1, .conviction = 90, .final_gate = 50.0, .session = 0};
    confidence_ask(&c, &q, &a);
    CHECK(a.count == 100 && a.wins == 100 && a.confidence > 0.99);
    CHECK(q_abs(confidence_gate_shift(&c)) < 1e-15); /* shadows do not move the gate */
}

/* 50 trades: 25 of +1.2, 25 of -0.8, prior 0: mean 0.2, sd 1 x sqrt(50/49), error 1/7 = 0.1428571, z = 1.4,
 * shift -0.07; bound 0.2 - 1.28 x 0.1428571 = 0.017 > 0: allowed. With a prior of 0.5 the surprise is -0.3:
 * z = -2.1, clamped, shift +0.10. With +1.1/-0.9 (mean 0.1, bound below 0) a lower gate is not earned: 0. */
TEST(adaptive_gate)
{
    UNUSED_STATE;
    static const struct {
        f64 win, loss, m0, want;
    } cases[] = {
        {1.2, -0.8, 0.0, -0.07}, {1.2, -0.8, 0.5, 0.10}, {1.1, -0.9, 0.0, 0.0},
        {0.9, -1.1, 0.0, 0.035}, {0.5, 0.5, 0.0, -0.10},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        confidence_t c = fresh();
        for (u32 j = 0; j < 13; j++) { /* older trades that the ring must forget */
            add(&c, 0, -7.0, 0.0, 0);
        }
        for (u32 j = 0; j < 50; j++) {
            add(&c, j % 4, j % 2 ? cases[i].win : cases[i].loss, cases[i].m0, 1);
        }
        CHECK(q_abs(confidence_gate_shift(&c) - cases[i].want) < 1e-9);
    }
    confidence_t c = fresh();
    for (u32 j = 0; j < 49; j++) {
        add(&c, 0, 1.0, 0.0, 0);
    }
    CHECK(q_abs(confidence_gate_shift(&c)) < 1e-15);
}

/* trading.md 7: with every kind at -0.17 R the gate of 0.7 closes for a final of 70; at +0.10 R it stays
 * open. */
TEST(gate_closes_on_losses)
{
    UNUSED_STATE;
    for (u32 good = 0; good < 2; good++) {
        confidence_t c = fresh();
        rng_key_t key = {.seed = 12, .purpose = RNG_TEST, .entity = good};
        f64 m0 = ask(&c, 0, 1, 70.0, 0).m0;
        for (u32 i = 0; i < 300; i++) {
            add(&c, i % 6, (good ? 0.10 : -0.17) + 0.93 * q_norm_inv(0.0005 + 0.999 * rng_unit(key, i)), m0,
                (i32)i / 4);
        }
        f64 conf = ask(&c, 0, 1, 70.0, 75).confidence;
        CHECK(good ? conf > 0.7 : conf < 0.7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_evidence),
        cmocka_unit_test(evidence_by_hand),
        cmocka_unit_test(decay_matches_definition),
        cmocka_unit_test(bands_and_sigma),
        cmocka_unit_test(adaptive_gate),
        cmocka_unit_test(gate_closes_on_losses),
    };
    return RUN_TESTS(tests);
}

