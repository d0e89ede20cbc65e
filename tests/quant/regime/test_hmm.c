/* The hidden Markov model against other programs' figures, against itself on every processor level, and
 * against what the theory promises. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "quant/math/qmath.h"
#include "quant/regime/hmm.h"
#include "quant/regime/hmm_lanes.h"

enum { T_MOST = 6400, LEVELS = 3 };

static f64 memory[HMM_ROWS * (T_MOST + 32)];
static f64 features[HMM_D_MAX][T_MOST];
static f64 expected[T_MOST * HMM_K_MAX];
static f64 posterior[T_MOST * HMM_K_MAX];

/* Three sticky states; feature j of state i is normal around centre[i] (j even) or -centre[i] (odd). */
static hmm_series_t planted(u32 t, u32 d, u64 seed, const f64 centre[3])
{
    rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
    u32 state = 0;
    for (u32 i = 0; i < t; i++) {
        if (rng_unit(key, 10 * (u64)i) < 0.03) {
            state = (u32)rng_below(key, 10 * (u64)i + 1, 3);
        }
        for (u32 j = 0; j < d; j++) {
            f64 z = q_norm_inv(0.0005 + 0.999 * rng_unit(key, 10 * (u64)i + 2 + j));
            features[j][i] = (j % 2 ? -1.0 : 1.0) * centre[state] + 0.6 * z;
        }
    }
    return (hmm_series_t){.x = {features[0], features[1], features[2]}, .d = d, .t = t};
}

static void read_numbers(FILE *f, f64 *v, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        CHECK_EQ(fscanf(f, "%lf", &v[i]), 1);
    }
}

static f64 read_golden(FILE *f, hmm_params_t *p, hmm_series_t *s)
{
    char line[256];
    CHECK(fgets(line, sizeof line, f) != NULL);
    CHECK(fgets(line, sizeof line, f) != NULL);
    memset(p, 0, sizeof *p);
    CHECK_EQ(fscanf(f, "%u %u %u", &p->k, &p->d, &s->t), 3);
    CHECK(p->k <= HMM_K_MAX && p->d <= HMM_D_MAX && s->t <= T_MOST);
    s->d = p->d;
    read_numbers(f, p->start, p->k);
    for (u32 i = 0; i < p->k; i++) {
        read_numbers(f, p->trans[i], p->k);
    }
    for (u32 i = 0; i < p->k; i++) {
        read_numbers(f, p->mean[i], p->d);
    }
    for (u32 i = 0; i < p->k; i++) {
        read_numbers(f, p->var[i], p->d);
    }
    f64 log_likelihood;
    read_numbers(f, &log_likelihood, 1);
    for (u32 t = 0; t < s->t; t++) {
        for (u32 j = 0; j < p->d; j++) {
            read_numbers(f, &features[j][t], 1);
            s->x[j] = features[j];
        }
        read_numbers(f, &expected[t * p->k], p->k);
    }
    return log_likelihood;
}

static void check_golden(const char *path)
{
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    hmm_params_t p;
    hmm_series_t s = {0};
    f64 want = read_golden(f, &p, &s);
    (void)fclose(f);
    CHECK(hmm_params_valid(&p));
    hmm_work_t w;
    hmm_work_init(&w, memory, T_MOST);
    f64 got = hmm_filter(&w, &s, &p, posterior);
    f64 worst = 0.0;
    for (u32 i = 0; i < s.t * p.k; i++) {
        worst = q_max(worst, q_abs(posterior[i] - expected[i]));
    }
    print_message("# %s: log-likelihood off by %.1e, worst probability by %.1e\n", path, q_abs(got - want),
                  worst);
    CHECK(q_abs(got - want) < 1e-8);
    CHECK(worst < 1e-8);
}

TEST(golden_filter)
{
    UNUSED_STATE;
    const char *root = getenv("VITRINE_TEST_ROOT");
    char path[512];
    const char *names[] = {"hmm_one.txt", "hmm_two.txt"};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/tests/golden/%s", root != NULL ? root : ".", names[i]);
        check_golden(path);
    }
    const char *more = getenv("VITRINE_HMM_GOLDEN"); /* output of tools/golden-hmm --real */
    if (more != NULL) {
        check_golden(more);
    }
}

/* Forward-backward as the textbook has it, normalised on every bar: another road to the same counts. */
static f64 plain_counts(const hmm_series_t *s, const hmm_params_t *p, hmm_sums_t *out)
{
    static f64 e[T_MOST][HMM_K_MAX], a[T_MOST][HMM_K_MAX], b[T_MOST][HMM_K_MAX], c[T_MOST];
    memset(out, 0, sizeof *out);
    f64 ll = 0.0;
    for (u32 t = 0; t < s->t; t++) {
        c[t] = 0.0;
        for (u32 i = 0; i < p->k; i++) {
            f64 q = 0.0;
            for (u32 j = 0; j < p->d; j++) {
                f64 z = s->x[j][t] - p->mean[i][j];
                q += q_log(2.0 * Q_PI * p->var[i][j]) + z * z / p->var[i][j];
            }
            e[t][i] = q_exp(-0.5 * q);
            a[t][i] = t == 0 ? p->start[i] : 0.0;
            for (u32 j = 0; t > 0 && j < p->k; j++) {
                a[t][i] += a[t - 1][j] * p->trans[j][i];
            }
            a[t][i] *= e[t][i];
            c[t] += a[t][i];
        }
        for (u32 i = 0; i < p->k; i++) {
            a[t][i] /= c[t];
        }
        ll += q_log(c[t]);
    }
    for (u32 t = s->t; t-- > 0;) {
        for (u32 i = 0; i < p->k; i++) {
            b[t][i] = t + 1 == s->t ? 1.0 : 0.0;
            for (u32 j = 0; t + 1 < s->t && j < p->k; j++) {
                f64 move = p->trans[i][j] * e[t + 1][j] * b[t + 1][j] / c[t + 1];
                b[t][i] += move;
                out->moves[i][j] += a[t][i] * move;
            }
            f64 g = a[t][i] * b[t][i];
            out->weight[i] += g;
            out->first[i] = g;
            for (u32 j = 0; j < p->d; j++) {
                f64 z = s->x[j][t] - p->mean[i][j];
                out->s1[i][j] += g * z;
                out->s2[i][j] += g * z * z;
            }
        }
    }
    out->log_likelihood = ll;
    return ll;
}

static hmm_params_t rough_params(u32 k, u32 d)
{
    hmm_params_t p = {.k = k, .d = d};
    for (u32 i = 0; i < k; i++) {
        p.start[i] = 1.0 / (f64)k;
        for (u32 j = 0; j < k; j++) {
            p.trans[i][j] = i == j ? 0.9 : 0.1 / (f64)(k - 1);
        }
        for (u32 j = 0; j < d; j++) {
            p.mean[i][j] = (f64)i - 1.0 + 0.1 * (f64)j;
            p.var[i][j] = 0.5 + 0.25 * (f64)i;
        }
    }
    return p;
}

static void rows_of(const hmm_series_t *s, u32 k, hmm_rows_t *r)
{
    *r = (hmm_rows_t){.t = s->t, .k = k, .d = s->d};
    f64 *row = memory;
    u32 stride = T_MOST + 32;
    memset(memory, 0, sizeof memory);
    for (u32 j = 0; j < s->d; j++, row += stride) {
        memcpy(row, s->x[j], s->t * sizeof *row);
        r->x[j] = row;
    }
    for (u32 i = 0; i < k; i++, row += 3 * stride) {
        r->e[i] = row;
        r->alpha[i] = row + stride;
        r->w[i] = row + 2 * stride;
    }
}

static void check_close(const f64 *a, const f64 *b, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        CHECK(q_abs(a[i] - b[i]) < 1e-8 * (1.0 + q_abs(b[i])));
    }
}

static u32 levels_here(hmm_e_step_fn *steps[LEVELS])
{
    u32 n = 0;
    steps[n++] = hmm_e_step_sse2;
    if (__builtin_cpu_supports("avx2")) {
        steps[n++] = hmm_e_step_avx2;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        steps[n++] = hmm_e_step_avx512;
    }
    return n;
}

/* Every shape and every remainder of the lane width, every level: textbook counts, and the same bits. */
TEST(counts_and_levels)
{
    UNUSED_STATE;
    const f64 centre[3] = {1.0, 0.0, -1.2};
    hmm_e_step_fn *steps[LEVELS];
    u32 levels = levels_here(steps);
    print_message("# processor levels compared: %u\n", levels);
    for (u32 shape = 0; shape < 9 * 10; shape++) {
        u32 k = 2 + shape / 3 % 3;
        u32 d = 1 + shape % 3;
        hmm_series_t s = planted(HMM_T_MIN + shape / 9 + 40 * (shape % 2), d, shape, centre);
        hmm_params_t p = rough_params(k, d);
        hmm_sums_t want;
        (void)plain_counts(&s, &p, &want);
        hmm_sums_t got[LEVELS];
        memset(got, 0, sizeof got);
        for (u32 l = 0; l < levels; l++) {
            hmm_rows_t rows;
            rows_of(&s, k, &rows);
            steps[l](&rows, &p, true, &got[l]);
            CHECK_EQ(memcmp(&got[l], &got[0], sizeof got[0]), 0);
        }
        check_close(&got[0].log_likelihood, &want.log_likelihood, 1);
        check_close(got[0].first, want.first, k);
        check_close(got[0].weight, want.weight, k);
        for (u32 i = 0; i < k; i++) {
            check_close(got[0].moves[i], want.moves[i], k);
            check_close(got[0].s1[i], want.s1[i], d);
            check_close(got[0].s2[i], want.s2[i], d);
        }
    }
}

/* Without priors and floors no step of Baum-Welch may lower the likelihood. */
TEST(likelihood_never_falls)
{
    UNUSED_STATE;
    const f64 centre[3] = {1.0, 0.0, -1.2};
    const hmm_prior_t none = {.var_floor = 1e-9};
    for (u64 seed = 0; seed < 10; seed++) {
        hmm_series_t s = planted(300, 1 + (u32)seed % 3, seed, centre);
        hmm_work_t w;
        hmm_work_init(&w, memory, 300);
        hmm_fit_t fit = {.params = rough_params(3, s.d)};
        f64 before = hmm_filter(&w, &s, &fit.params, NULL);
        for (u32 i = 0; i < 40; i++) {
            hmm_fit_warm(&w, &s, &none, 1, &fit);
            CHECK(fit.log_likelihood >= before - 1e-9);
            before = fit.log_likelihood;
        }
    }
}

TEST(cold_fit_finds_what_was_planted)
{
    UNUSED_STATE;
    const f64 centre[3] = {2.0, 0.0, -2.0};
    hmm_series_t s = planted(3000, 2, 9, centre);
    hmm_prior_t prior = hmm_prior_default();
    hmm_work_t w;
    hmm_work_init(&w, memory, T_MOST);
    hmm_fit_t fit;
    hmm_fit_t again;
    hmm_fit_cold(&w, &s, 3, &prior, 5, &fit);
    memset(memory, 0x5A, sizeof memory);
    hmm_fit_cold(&w, &s, 3, &prior, 5, &again);
    CHECK_EQ(memcmp(&fit, &again, sizeof fit), 0);
    u32 seen = 0;
    for (u32 i = 0; i < 3; i++) {
        for (u32 j = 0; j < 3; j++) {
            if (q_abs(fit.params.mean[i][0] - centre[j]) < 0.1 &&
                q_abs(fit.params.mean[i][1] + centre[j]) < 0.1) {
                seen |= 1u << j;
            }
        }
        CHECK(q_abs(fit.params.var[i][0] - 0.36) < 0.05);
        CHECK(q_abs(fit.params.trans[i][i] - 0.98) < 0.015); /* leaves with 0.03 x 2/3 */
    }
    CHECK_EQ(seen, 7);
}

/* Sixteen equal bars: rows still sum to one, the variance stands on its floor; an outlier breaks nothing. */
TEST(degenerate_series)
{
    UNUSED_STATE;
    for (u32 i = 0; i < 16; i++) {
        features[0][i] = 3.0;
    }
    hmm_series_t s = {.x = {features[0]}, .d = 1, .t = 16};
    hmm_prior_t prior = hmm_prior_default();
    hmm_work_t w;
    hmm_work_init(&w, memory, 16);
    hmm_fit_t fit;
    hmm_fit_cold(&w, &s, 3, &prior, 1, &fit);
    CHECK(hmm_params_valid(&fit.params));
    CHECK(q_abs(fit.params.var[0][0] - 0.02) < 1e-12);
    features[0][7] = 1e4; /* an outlier of 10,000 deviations */
    hmm_fit_cold(&w, &s, 3, &prior, 1, &fit);
    CHECK(hmm_params_valid(&fit.params));
    (void)hmm_filter(&w, &s, &fit.params, posterior);
    for (u32 i = 0; i < 48; i++) {
        CHECK(q_is_finite(posterior[i]));
    }
}

/* Equal means, variances 1 and 4: BC = sqrt(2 x 1 x 2 / 5) = 0.894427191, H = sqrt(1 - BC) = 0.3249196962.
 * Equal variances 1, means 0 and 2: BC = exp(-4/8) = 0.6065306597, H = 0.6272713450. */
TEST(hellinger_and_match)
{
    UNUSED_STATE;
    hmm_params_t a = rough_params(3, 1);
    hmm_params_t b = a;
    a.mean[0][0] = b.mean[0][0] = 0.0;
    a.var[0][0] = 1.0;
    b.var[0][0] = 4.0;
    CHECK(q_abs(hmm_hellinger(&a, 0, &b, 0) - 0.3249196962) < 1e-9);
    b.var[0][0] = 1.0;
    b.mean[0][0] = 2.0;
    CHECK(q_abs(hmm_hellinger(&a, 0, &b, 0) - 0.6272713450) < 1e-9);
    const u32 shuffle[6][HMM_K_MAX] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    hmm_params_t base = rough_params(3, 2);
    base.trans[0][1] = 0.07;
    base.trans[0][2] = 0.03;
    for (u32 i = 0; i < 6; i++) {
        hmm_params_t mixed = base;
        hmm_permute(&mixed, shuffle[i]);
        u32 perm[HMM_K_MAX];
        CHECK(hmm_match(&base, &mixed, perm) < 1e-6);
        hmm_permute(&mixed, perm);
        CHECK_EQ(memcmp(&mixed, &base, sizeof base), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_filter),          cmocka_unit_test(counts_and_levels),
        cmocka_unit_test(likelihood_never_falls), cmocka_unit_test(cold_fit_finds_what_was_planted),
        cmocka_unit_test(degenerate_series),      cmocka_unit_test(hellinger_and_match),
    };
    return RUN_TESTS(tests);
}

