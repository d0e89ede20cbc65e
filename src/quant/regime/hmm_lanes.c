/* See hmm_lanes.h. Three passes over a series:
 *   emissions  exp of log densities relative to the largest one of the bar, four or eight bars at a time;
 *   chains     the forward and the backward recursion in the two halves of one register: they are the same
 *              recursion with the matrix transposed, run from both ends, so one dependent chain does both;
 *   counts     transitions and moments, four bars at a time, in four partial sums added in a fixed order.
 * The chains are scaled every eighth bar by a power of two, which is exact. Because the largest emission of a
 * bar is 1, no transition is below 1e-12 and a relative emission below e^-200 is raised to it, eight unscaled
 * bars cannot fall below about 1e-200. */
#include "quant/regime/hmm_lanes.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

#define HMM_INLINE static inline __attribute__((always_inline))
#define HMM_JOIN2(a, b) a##b
#define HMM_JOIN(a, b) HMM_JOIN2(a, b)
#ifndef LANE_LEVEL
#error "built through src/lanes.list only"
#endif

enum { RESCALE_EVERY = 8 };
#define EMISSION_FLOOR (-200.0)

typedef f64 v4 __attribute__((vector_size(32)));
typedef u64 v4u __attribute__((vector_size(32)));
typedef f64 v2 __attribute__((vector_size(16)));
typedef u64 v2u __attribute__((vector_size(16)));

HMM_INLINE v4 load4(const f64 *p)
{
    v4 v;
    memcpy(&v, p, sizeof v);
    return v;
}

HMM_INLINE void store4(f64 *p, v4 v)
{
    memcpy(p, &v, sizeof v);
}

HMM_INLINE v4 all4(f64 x)
{
    return (v4){x, x, x, x};
}

HMM_INLINE f64 sum4(v4 v)
{
    return (v[0] + v[1]) + (v[2] + v[3]);
}

/* Element by element work uses the widest register of the level; sums keep to four lanes, so that every level
 * adds in the same order. */
#ifdef LANE_AVX512
enum { WIDE = 8 };
typedef f64 vw __attribute__((vector_size(64)));
typedef u64 vwu __attribute__((vector_size(64)));
#else
enum { WIDE = 4 };
typedef v4 vw;
typedef v4u vwu;
#endif

HMM_INLINE vw loadw(const f64 *p)
{
    vw v;
    memcpy(&v, p, sizeof v);
    return v;
}

HMM_INLINE void storew(f64 *p, vw v)
{
    memcpy(p, &v, sizeof v);
}

HMM_INLINE vw allw(f64 x)
{
#ifdef LANE_AVX512
    return (vw){x, x, x, x, x, x, x, x};
#else
    return (vw){x, x, x, x};
#endif
}

HMM_INLINE vw maxw(vw a, vw b)
{
    vwu mask = (vwu)(a > b);
    return (vw)((mask & (vwu)a) | (~mask & (vwu)b));
}

/* e^x for x in [-200, 0]: x = n ln 2 + r by Cody and Waite's two-part ln 2, abs(r) <= 0.3466, then
 * e^r = 1 + r + r^2 P(r) with P of degree 9 through the Chebyshev points (error of e^r below 3e-17, before
 * rounding). e^0 is exactly 1. */
HMM_INLINE vw expw(vw x)
{
    const vw shift = allw(0x1.8p52);
    vw shifted = x * allw(0x1.71547652b82fep0) + shift;
    vw n = shifted - shift;
    vw r = (x - n * allw(0x1.62e42feep-1)) - n * allw(0x1.a39ef35793c76p-33);
    vw r2 = r * r;
    vw r4 = r2 * r2;
    vw a = allw(0x1.0p-1) + r * allw(0x1.5555555555556p-3);
    vw b = allw(0x1.5555555553d4fp-5) + r * allw(0x1.11111111109adp-7);
    vw c = allw(0x1.6c16c17893af7p-10) + r * allw(0x1.a01a01a7c8efbp-13);
    vw d = allw(0x1.a019b8eebc08ap-16) + r * allw(0x1.71de0d9baab4ap-19);
    vw e = allw(0x1.2891a98de7fcbp-22) + r * allw(0x1.af38d6336c037p-26);
    vw p = (a + r2 * b) + r4 * ((c + r2 * d) + r4 * e);
    vw y = (allw(1.0) + r) + r2 * p;
    return (vw)((vwu)y + ((vwu)shifted << 52));
}

typedef struct {
    f64 c[HMM_K_MAX];            /* log normalising constant */
    f64 h[HMM_K_MAX][HMM_D_MAX]; /* -1 / (2 var) */
    f64 mean[HMM_K_MAX][HMM_D_MAX];
} density_t;

static void density_prepare(const hmm_params_t *p, density_t *out)
{
    memset(out, 0, sizeof *out);
    for (u32 i = 0; i < p->k; i++) {
        f64 logs = (f64)p->d * 1.83787706640934548356; /* ln 2 pi */
        for (u32 j = 0; j < p->d; j++) {
            logs += q_log(p->var[i][j]);
            out->h[i][j] = -0.5 / p->var[i][j];
            out->mean[i][j] = p->mean[i][j];
        }
        out->c[i] = -0.5 * logs;
    }
}

/* Log densities of WIDE bars from t relative to the largest one of the bar into e; returns those largest
 * ones. */
HMM_INLINE vw densities(const hmm_rows_t *rows, const density_t *q, u32 t, const u32 k, const u32 d)
{
    vw l[HMM_K_MAX];
    vw x[HMM_D_MAX];
    for (u32 j = 0; j < d; j++) {
        x[j] = loadw(rows->x[j] + t);
    }
    for (u32 i = 0; i < k; i++) {
        l[i] = allw(q->c[i]);
        for (u32 j = 0; j < d; j++) {
            vw z = x[j] - allw(q->mean[i][j]);
            l[i] = l[i] + z * z * allw(q->h[i][j]);
        }
    }
    vw top = l[0];
    for (u32 i = 1; i < k; i++) {
        top = maxw(l[i], top);
    }
    for (u32 i = 0; i < k; i++) {
        storew(rows->e[i] + t, maxw(l[i] - top, allw(EMISSION_FLOOR)));
    }
    return top;
}

/* Fills e; returns the sum of the bars' largest log densities, which pass through the alpha row that the
 * chains fill later. Separate loops, because together their dependent chain is longer than a processor looks
 * ahead. */
HMM_INLINE f64 emissions(const hmm_rows_t *rows, const density_t *q, const u32 k, const u32 d)
{
    for (u32 t = 0; t < rows->t; t += WIDE) {
        storew(rows->alpha[0] + t, densities(rows, q, t, k, d));
    }
    for (u32 i = 0; i < k; i++) {
        for (u32 t = 0; t < rows->t; t += WIDE) {
            storew(rows->e[i] + t, expw(loadw(rows->e[i] + t)));
        }
    }
    v4 sum = all4(0.0);
    u32 whole = rows->t & ~3u;
    for (u32 t = 0; t < whole; t += HMM_LANES) {
        sum += load4(rows->alpha[0] + t);
    }
    f64 total = sum4(sum);
    for (u32 t = whole; t < rows->t; t++) {
        total += rows->alpha[0][t];
    }
    return total;
}

/* Bar t forward, and the bar as far from the end backward. */
HMM_INLINE void chain_bar(const hmm_rows_t *rows, v2 m[][HMM_K_MAX], v2 *s, const u32 k, const u32 t)
{
    const u32 back = rows->t - 1 - t;
    v2 u[HMM_K_MAX];
    for (u32 j = 0; j < k; j++) { /* emission x matrix is off the dependent chain */
        v2 e = {rows->e[j][t], rows->e[j][back]};
        u[j] = s[0] * (m[0][j] * e) + s[1] * (m[1][j] * e);
        for (u32 i = 2; i < k; i++) {
            u[j] = u[j] + s[i] * (m[i][j] * e);
        }
    }
    for (u32 j = 0; j < k; j++) {
        s[j] = u[j];
        rows->alpha[j][t] = s[j][0];
        rows->w[j][back] = s[j][1];
    }
}

/* Both recursions; half 0 goes forward (alpha), half 1 backward (w = emission x beta). Returns the log of the
 * sum of the last alpha with the scales taken out. */
HMM_INLINE f64 chains(const hmm_rows_t *rows, const hmm_params_t *p, const u32 k)
{
    v2 m[HMM_K_MAX][HMM_K_MAX];
    v2 s[HMM_K_MAX];
    u32 n = rows->t;
    for (u32 i = 0; i < k; i++) {
        for (u32 j = 0; j < k; j++) {
            m[i][j] = (v2){p->trans[i][j], p->trans[j][i]};
        }
        s[i] = (v2){p->start[i] * rows->e[i][0], rows->e[i][n - 1]};
        rows->alpha[i][0] = s[i][0];
        rows->w[i][n - 1] = s[i][1];
    }
    i64 exponents = 0;
    for (u32 t = 1; t < n;) {
        u32 stop = MIN_OF(n, t + RESCALE_EVERY);
        for (; t < stop; t++) {
            chain_bar(rows, m, s, k, t);
        }
        v2 total = s[0] + s[1];
        for (u32 i = 2; i < k; i++) {
            total = total + s[i];
        }
        v2u exponent = (v2u)total >> 52;
        v2 scale = (v2)(((v2u){2046, 2046} - exponent) << 52);
        for (u32 i = 0; i < k; i++) {
            s[i] = s[i] * scale;
        }
        exponents += (i64)exponent[0] - 1023;
    }
    f64 last = s[0][0] + s[1][0];
    for (u32 i = 2; i < k; i++) {
        last += s[i][0];
    }
    return q_log(last) + (f64)exponents * Q_LN2;
}

static void pad_rows(const hmm_rows_t *rows)
{
    for (u32 i = 0; i < rows->k; i++) {
        for (u32 t = rows->t; t < rows->t + HMM_LANES + 1; t++) {
            rows->alpha[i][t] = 1.0;
            rows->w[i][t] = 1.0;
        }
    }
}

/* Expected transitions; leaves the smoothed probabilities in e. The last bar has no successor: its four are
 * masked out of the transitions and set from alpha alone. */
HMM_INLINE void count_moves(const hmm_rows_t *rows, const hmm_params_t *p, const u32 k, hmm_sums_t *out)
{
    v4 acc[HMM_K_MAX][HMM_K_MAX];
    u32 n = rows->t;
    for (u32 i = 0; i < k; i++) {
        for (u32 j = 0; j < k; j++) {
            acc[i][j] = all4(0.0);
        }
    }
    for (u32 t = 0; t < n; t += HMM_LANES) {
        v4 one = all4(1.0);
        if (t + HMM_LANES > n - 1) {
            for (u32 i = 0; i < HMM_LANES; i++) {
                one[i] = t + i < n - 1 ? 1.0 : 0.0;
            }
        }
        v4 a[HMM_K_MAX];
        v4 w[HMM_K_MAX];
        v4 b[HMM_K_MAX];
        for (u32 i = 0; i < k; i++) {
            a[i] = load4(rows->alpha[i] + t);
            w[i] = load4(rows->w[i] + t + 1);
        }
        v4 total = all4(0.0);
        for (u32 i = 0; i < k; i++) {
            b[i] = w[0] * all4(p->trans[i][0]) + w[1] * all4(p->trans[i][1]);
            for (u32 j = 2; j < k; j++) {
                b[i] = b[i] + w[j] * all4(p->trans[i][j]);
            }
            total = total + a[i] * b[i];
        }
        v4 inverse = one / total;
        for (u32 i = 0; i < k; i++) {
            a[i] = a[i] * inverse;
            store4(rows->e[i] + t, a[i] * b[i]);
            for (u32 j = 0; j < k; j++) {
                acc[i][j] = acc[i][j] + a[i] * w[j];
            }
        }
    }
    for (u32 i = 0; i < k; i++) {
        for (u32 j = 0; j < k; j++) {
            out->moves[i][j] = sum4(acc[i][j]) * p->trans[i][j];
        }
    }
    f64 last = 0.0;
    for (u32 i = 0; i < k; i++) {
        last += rows->alpha[i][n - 1];
    }
    for (u32 i = 0; i < k; i++) {
        rows->e[i][n - 1] = rows->alpha[i][n - 1] / last;
        out->first[i] = rows->e[i][0];
    }
}

HMM_INLINE void count_moments(const hmm_rows_t *rows, const hmm_params_t *p, const u32 d, hmm_sums_t *out)
{
    for (u32 i = 0; i < p->k; i++) {
        v4 weight = all4(0.0);
        v4 s1[HMM_D_MAX];
        v4 s2[HMM_D_MAX];
        for (u32 j = 0; j < d; j++) {
            s1[j] = all4(0.0);
            s2[j] = all4(0.0);
        }
        for (u32 t = 0; t < rows->t; t += HMM_LANES) {
            v4 g = load4(rows->e[i] + t);
            weight = weight + g;
            for (u32 j = 0; j < d; j++) {
                v4 z = load4(rows->x[j] + t) - all4(p->mean[i][j]);
                v4 gz = g * z;
                s1[j] = s1[j] + gz;
                s2[j] = s2[j] + gz * z;
            }
        }
        out->weight[i] = sum4(weight);
        for (u32 j = 0; j < d; j++) {
            out->s1[i][j] = sum4(s1[j]);
            out->s2[i][j] = sum4(s2[j]);
        }
    }
}

static f64 emissions_by_shape(const hmm_rows_t *rows, const density_t *q)
{
    switch (rows->k * 4 + rows->d) {
    case 2 * 4 + 1:
        return emissions(rows, q, 2, 1);
    case 2 * 4 + 2:
        return emissions(rows, q, 2, 2);
    case 2 * 4 + 3:
        return emissions(rows, q, 2, 3);
    case 3 * 4 + 1:
        return emissions(rows, q, 3, 1);
    case 3 * 4 + 2:
        return emissions(rows, q, 3, 2);
    case 3 * 4 + 3:
        return emissions(rows, q, 3, 3);
    case 4 * 4 + 1:
        return emissions(rows, q, 4, 1);
    case 4 * 4 + 2:
        return emissions(rows, q, 4, 2);
    default:
        return emissions(rows, q, 4, 3);
    }
}

static f64 chains_by_shape(const hmm_rows_t *rows, const hmm_params_t *p)
{
    switch (rows->k) {
    case 2:
        return chains(rows, p, 2);
    case 3:
        return chains(rows, p, 3);
    default:
        return chains(rows, p, 4);
    }
}

static void counts_by_shape(const hmm_rows_t *rows, const hmm_params_t *p, hmm_sums_t *out)
{
    switch (rows->k) {
    case 2:
        count_moves(rows, p, 2, out);
        break;
    case 3:
        count_moves(rows, p, 3, out);
        break;
    default:
        count_moves(rows, p, 4, out);
        break;
    }
    switch (rows->d) {
    case 1:
        count_moments(rows, p, 1, out);
        break;
    case 2:
        count_moments(rows, p, 2, out);
        break;
    default:
        count_moments(rows, p, 3, out);
        break;
    }
}

void HMM_JOIN(hmm_e_step_, LANE_LEVEL)(const hmm_rows_t *rows, const hmm_params_t *p, bool full,
                                       hmm_sums_t *out)
{
    ASSERT(rows->t >= HMM_T_MIN && rows->t <= HMM_T_MAX);
    ASSERT(rows->k == p->k && p->k >= 2 && p->k <= HMM_K_MAX);
    ASSERT(rows->d == p->d && p->d >= 1 && p->d <= HMM_D_MAX);
    density_t q;
    density_prepare(p, &q);
    f64 top = emissions_by_shape(rows, &q);
    f64 rest = chains_by_shape(rows, p);
    out->log_likelihood = top + rest;
    if (full) {
        pad_rows(rows);
        counts_by_shape(rows, p, out);
    }
}

