/* Black's formula and its inverse on vectors of contracts, compiled once per processor level.
 *
 * Everything is written in x = ln(smaller / larger of discounted spot and strike) <= 0 and s = sigma
 * sqrt(years): with h = x / s, t = s / 2, the out-of-the-money value over sqrt(spot x strike), both
 * discounted, is  b = e^{x/2} N(h + t) - e^{-x/2} N(h - t).  Both terms share the factor E = exp(-(h^2 + t^2)
 * / 2) / sqrt(2 pi), which is also db/ds; what is left of each is a Mills ratio. For small t their difference
 * is a Taylor series in t, since subtracting would cancel. */
#include "quant/options/black.h"

#include "base/assert.h"
#include "quant/math/lane_math.h"

#define INV_SQRT_2PI 0.39894228040143267794
/* Of t: four terms of the series are then exact to 3e-17, and above it subtracting costs 2e-14 at most. */
#define SERIES_BELOW 0.02
#define FARTHEST_H -1000.0 /* the density is 0 long before; without it powers of h would overflow */
#define LEAST_S 1e-100     /* stands for no time or no volatility, so that nothing divides by zero */

/* What is common to all contracts of one x: root = e^{x/2} = sqrt(smaller / larger). */
typedef struct {
    v_t x, root;
} moneyness_t;

typedef struct {
    v_t near;    /* e^{x/2} N(h + t) */
    v_t far;     /* e^{-x/2} N(h - t) */
    v_t value;   /* near - far without cancellation */
    v_t lacking; /* e^{x/2} - value, likewise: what the upper bound has more */
    v_t slope;   /* E, the derivative by s */
    v_t h, t;
    v_t inverse; /* 1 / s */
} black_t;

/* Half of [Y(h+t) - Y(h-t)] for Y(z) = N(z) / density(z): t Y' + t^3/6 Y''' + ... up to the seventh, with
 * Y' = 1 + h Y and Y^(n+1) = n Y^(n-1) + h Y^(n). */
LANE_INLINE v_t black_series(v_t h, v_t t)
{
    static const f64 OVER_FACTORIAL[4] = {1.0, 1.0 / 6, 1.0 / 120, 1.0 / 5040};
    v_t even = v_mills(v_zero() - h), odd = v_all(1.0) + h * even;
    v_t square = t * t, power = t, sum = power * odd;
    for (u32 k = 1; k < 4; k++) {
        even = v_all((f64)(2 * k - 1)) * even + h * odd;
        odd = v_all((f64)(2 * k)) * odd + h * even;
        power = power * square;
        sum = sum + v_all(OVER_FACTORIAL[k]) * power * odd;
    }
    return sum;
}

/* x <= 0, s >= LEAST_S. */
LANE_INLINE black_t black_at(moneyness_t m, v_t s)
{
    black_t b = {.t = v_all(0.5) * s, .inverse = v_all(1.0) / s};
    b.h = v_max(m.x * b.inverse, v_all(FARTHEST_H));
    v_t up = b.h + b.t, limit = v_all(SERIES_BELOW);
    b.slope = v_all(INV_SQRT_2PI) * v_exp(v_all(-0.5) * (b.h * b.h + b.t * b.t));
    b.far = b.slope * v_mills(b.t - b.h);
    v_t tail = b.slope * v_mills(v_abs(up));
    b.near = v_pick(up, v_zero(), m.root - tail, tail);
    b.value = b.near - b.far;
    b.lacking = v_pick(up, v_zero(), tail, m.root - tail) + b.far;
    if (v_any(limit, b.t)) {
        v_t series = v_all(2.0) * (b.slope * black_series(b.h, b.t));
        b.value = v_pick(limit, b.t, series, b.value);
    }
    return b;
}

/* Loads contract i and those after it; beyond the end the last contract is repeated. */
LANE_INLINE v_t take(const f64 *column, u32 i, u32 count)
{
    f64 part[LANES];
    if (count - i >= LANES) {
        return v_load(column + i);
    }
    for (u32 l = 0; l < LANES; l++) {
        part[l] = column[i + l < count ? i + l : count - 1];
    }
    return v_load(part);
}

LANE_INLINE void give(f64 *column, u32 i, u32 count, v_t x)
{
    f64 part[LANES];
    if (count - i >= LANES) {
        v_store(column + i, x);
        return;
    }
    v_store(part, x);
    for (u32 l = 0; i + l < count; l++) {
        column[i + l] = part[l];
    }
}

/* A vector of contracts: discounted spot and strike, the root of their product, how they lie. */
typedef struct {
    v_t spot, years, rate, yield, side;
    v_t forward, strike; /* both discounted */
    v_t root_years, per_spot;
    v_t scale;
    v_t above; /* 1 where the forward is above the strike, else 0 */
    v_t intrinsic;
    moneyness_t m;
} contract_t;

LANE_INLINE contract_t contract_at(const option_cols_t *in, u32 i)
{
    contract_t c = {.spot = take(in->spot, i, in->count),
                    .years = take(in->years, i, in->count),
                    .rate = take(in->rate, i, in->count),
                    .yield = take(in->yield, i, in->count),
                    .side = take(in->side, i, in->count)};
    c.forward = c.spot * v_exp(v_zero() - c.yield * c.years);
    c.strike = take(in->strike, i, in->count) * v_exp(v_zero() - c.rate * c.years);
    v_t ratio = v_min(c.forward, c.strike) / v_max(c.forward, c.strike);
    c.m = (moneyness_t){.x = v_min(v_log(ratio), v_zero()), .root = v_sqrt(ratio)};
    c.scale = v_max(c.forward, c.strike) * c.m.root;
    c.root_years = v_sqrt(c.years);
    c.per_spot = v_all(1.0) / c.spot;
    c.above = v_pick(c.forward, c.strike, v_all(1.0), v_zero());
    c.intrinsic = v_max(c.side * (c.forward - c.strike), v_zero());
    return c;
}

/* Discounted forward x N(+-d1) and strike x N(+-d2), with the sign of the side: what delta and rho are made
 * of. */
LANE_INLINE void exercise_parts(const contract_t *c, const black_t *b, v_t *forward, v_t *strike)
{
    v_t near = c->scale * b->near, far = c->scale * b->far, zero = v_zero();
    v_t call_f = v_pick(c->above, zero, c->forward - far, near);
    v_t call_k = v_pick(c->above, zero, c->strike - near, far);
    v_t put_f = v_pick(c->above, zero, zero - far, near - c->forward);
    v_t put_k = v_pick(c->above, zero, zero - near, far - c->strike);
    *forward = v_pick(c->side, zero, call_f, put_f);
    *strike = v_pick(c->side, zero, call_k, put_k);
}

/* The sensitivities that carry the density. */
LANE_INLINE void give_second(const contract_t *c, const black_t *b, v_t sigma, const option_out_t *out,
                             const u32 at[2])
{
    u32 i = at[0], n = at[1];
    v_t s = b->t + b->t, zero = v_zero(), mass = c->scale * b->slope, live = s - v_all(2 * LEAST_S);
    v_t x = v_pick(c->above, zero, zero - c->m.x, c->m.x);
    v_t d1 = x * b->inverse + b->t, d2 = x * b->inverse - b->t, vega = mass * c->root_years;
    if (out->gamma != NULL) {
        give(out->gamma, i, n, v_pick(live, zero, mass * b->inverse * c->per_spot * c->per_spot, zero));
    }
    if (out->vega != NULL) {
        give(out->vega, i, n, v_pick(live, zero, vega, zero));
    }
    if (out->vanna != NULL) {
        give(out->vanna, i, n, v_pick(live, zero, zero - mass * d2 / (c->spot * sigma), zero));
    }
    if (out->volga != NULL) {
        give(out->volga, i, n, v_pick(live, zero, vega * d1 * d2 / sigma, zero));
    }
}

/* The sensitivities that carry the chance of exercise. */
LANE_INLINE void give_first(const contract_t *c, const black_t *b, v_t sigma, const option_out_t *out,
                            const u32 at[2])
{
    u32 i = at[0], n = at[1];
    v_t forward, strike, s = b->t + b->t, zero = v_zero(), two = v_all(2.0);
    v_t mass = c->scale * b->slope, live = s - v_all(2 * LEAST_S);
    exercise_parts(c, b, &forward, &strike);
    if (out->delta != NULL) {
        give(out->delta, i, n, forward * c->per_spot);
    }
    if (out->rho != NULL) {
        give(out->rho, i, n, c->years * strike);
    }
    if (out->rho_yield != NULL) {
        give(out->rho_yield, i, n, zero - c->years * forward);
    }
    if (out->theta != NULL) {
        v_t decay = v_pick(live, zero, v_all(0.5) * mass * sigma * (sigma * b->inverse), zero);
        give(out->theta, i, n, c->yield * forward - c->rate * strike - decay);
    }
    if (out->charm != NULL) {
        v_t x = v_pick(c->above, zero, zero - c->m.x, c->m.x), d2 = x * b->inverse - b->t;
        v_t drift = (two * (c->rate - c->yield) * c->years - d2 * s) / (two * c->years * s);
        v_t turn = v_pick(live, zero, mass * drift, zero);
        give(out->charm, i, n, (c->yield * forward - turn) * c->per_spot);
    }
}

/* Vectors that go through each stage together: one alone is a single long chain of operations, and the
 * processor would wait for it. */
enum { BATCH = 8 };

/* How many vectors the batch that begins at contract i has. */
LANE_INLINE u32 batch_at(u32 i, u32 count)
{
    u32 vectors = (count - i + LANES - 1) / LANES;
    return vectors < BATCH ? vectors : BATCH;
}

static void run_value(const option_cols_t *in, const option_out_t *out)
{
    ASSERT(in != NULL && out != NULL);
    ASSERT(in->sigma != NULL || in->count == 0);
    option_out_t to = *out;
    contract_t c[BATCH];
    black_t b[BATCH];
    v_t sigma[BATCH];
    for (u32 i = 0; i < in->count; i += BATCH * LANES) {
        u32 vectors = batch_at(i, in->count);
        for (u32 j = 0; j < vectors; j++) {
            c[j] = contract_at(in, i + j * LANES);
            sigma[j] = take(in->sigma, i + j * LANES, in->count);
        }
        for (u32 j = 0; j < vectors; j++) {
            b[j] = black_at(c[j].m, v_max(sigma[j] * c[j].root_years, v_all(LEAST_S)));
        }
        for (u32 j = 0; j < vectors; j++) {
            const u32 at[2] = {i + j * LANES, in->count};
            if (to.value != NULL) {
                give(to.value, at[0], in->count, c[j].intrinsic + c[j].scale * b[j].value);
            }
            give_first(&c[j], &b[j], sigma[j], &to, at);
            give_second(&c[j], &b[j], sigma[j], &to, at);
        }
    }
}

/* The search for s: the target as a share, its distance from the upper bound, the bracket. */
typedef struct {
    moneyness_t m;
    v_t target, lacking;
    v_t per_wanted; /* 1 / what is matched */
    v_t upper;      /* 1 where the distance from the bound is what is matched */
    v_t lo, hi, s;
    v_t busy; /* 1 while the lane is not done */
} search_t;

/* Normal tail quantile: z with N(-z) = p for 0 < p <= 1/2, absolute error 5e-4 (M. Abramowitz and I. Stegun,
 * 26.2.23, after C. Hastings). */
LANE_INLINE v_t rough_quantile(v_t p)
{
    v_t t = v_sqrt(v_all(-2.0) * v_log(p));
    v_t above = v_all(2.515517) + t * (v_all(0.802853) + t * v_all(0.010328));
    v_t below = v_all(1.0) + t * (v_all(1.432788) + t * (v_all(0.189269) + t * v_all(0.001308)));
    return v_max(t - above / below, v_zero());
}

/* The inverse of Bachelier's formula, to 1.4e-4: s = straddle x sqrt(eta) x R(sqrt(eta)), eta = v / atanh(v),
 * v = |x| / straddle, straddle = 2 target + |x| (the variable of J. Choi, K. Kim and M. Kwak, Applied
 * Mathematical Finance 16, 2009; R is our own polynomial through 8 Chebyshev nodes). The other start is that
 * of a single normal tail at the upper bound. */
LANE_INLINE v_t search_start(const search_t *q)
{
    static const f64 R[8] = {0.500880787, -0.01443765654, 1.690850693, -4.733856077,
                             12.61781726, -17.21573266,   11.27887778, -2.87113573};
    v_t distance = v_zero() - q->m.x, straddle = q->target + q->target + distance, v = distance / straddle;
    v_t eta = v_all(2.0) * v / v_log(v_all(1.0) + distance / q->target);
    eta = v_pick(v, v_all(1e-6), v_min(eta, v_all(1.0)), v_all(1.0));
    v_t u = v_sqrt(eta), r = v_all(R[7]);
    for (u32 k = 7; k-- > 0;) {
        r = r * u + v_all(R[k]);
    }
    v_t low = straddle * u * r;
    v_t tail = q->lacking / (q->m.root + v_all(1.0) / q->m.root);
    v_t high = v_all(2.0) * rough_quantile(v_min(tail, v_all(0.5)));
    return v_max(v_pick(q->upper, v_zero(), high, low), v_all(LEAST_S));
}

/* One step; a lane that is done keeps its s. */
LANE_INLINE void search_step(search_t *q, const black_t *at)
{
    v_t one = v_all(1.0), zero = v_zero();
    black_t b = *at;
    /* f grows with s on the lower side and falls on the upper. */
    v_t have = v_pick(q->upper, zero, b.lacking, b.value);
    v_t slope = v_pick(q->upper, zero, zero - b.slope, b.slope);
    v_t f = v_log(have * q->per_wanted), f1 = slope * (one / have), steep = b.h * b.inverse;
    v_t curl = b.h * steep - v_all(0.25) * q->s; /* b'' / b' */
    v_t curl3 = curl * curl - v_all(3.0) * steep * steep - v_all(0.25);
    v_t h2 = curl - f1, h3 = curl3 - v_all(3.0) * f1 * curl + v_all(2.0) * f1 * f1;
    v_t newton = zero - f * have / slope;
    v_t next = q->s + newton * (one + v_all(0.5) * h2 * newton) /
                          (one + newton * (h2 + h3 * newton * v_all(1.0 / 6.0)));
    v_t over = v_pick(q->upper, zero, zero - f, f); /* positive: s is too large */
    v_t lo = v_pick(over, zero, q->lo, q->s), hi = v_pick(over, zero, q->s, q->hi);
    v_t inside = v_pick(next, lo, v_pick(hi, next, one, zero), zero);
    v_t close = v_pick(v_all(1e-4) * q->s, v_abs(next - q->s), one, zero);
    v_t middle = v_all(0.5) * (lo + hi);
    /* A step this small has an error of its fourth power, even if it left the bracket by rounding. */
    v_t moved = v_pick(close, zero, next, v_pick(inside, zero, next, middle));
    v_t stuck = v_pick(hi - lo, v_all(1e-15) * hi, zero, one);
    q->lo = v_pick(q->busy, zero, lo, q->lo);
    q->hi = v_pick(q->busy, zero, hi, q->hi);
    q->s = v_pick(q->busy, zero, moved, q->s);
    q->busy = v_pick(close + stuck, zero, zero, q->busy);
}

enum { STEPS_MOST = 100 };

/* 1 where there is a solution, else 0; *code is minus the reason. Written so that a comparison with NaN ends
 * at the input. */
LANE_INLINE v_t search_sound(const contract_t *c, v_t share, v_t *code)
{
    v_t one = v_all(1.0), zero = v_zero(), input = v_all(-(f64)IV_INPUT);
    v_t sound = v_pick(c->years, zero, v_pick(c->m.root, zero, one, zero), zero);
    sound = v_pick(c->forward, zero, v_pick(c->strike, zero, sound, zero), zero);
    sound = v_pick(v_abs(c->side), v_all(0.5), v_pick(c->scale, zero, sound, zero), zero);
    v_t why = v_pick(share, zero, v_pick(c->m.root, share, zero, v_all(-(f64)IV_ABOVE)), input);
    why = v_pick(zero, share, v_all(-(f64)IV_BELOW), why);
    why = v_pick(v_all(0x1p-1022), v_abs(share), v_all(-(f64)IV_AT_INTRINSIC), why);
    *code = v_pick(sound, zero, why, input);
    return one + v_max(*code, v_all(-1.0));
}

/* What a search needs to know of its contracts at the end. */
typedef struct {
    v_t fine, code, years;
} verdict_t;

LANE_INLINE search_t search_open(const option_cols_t *in, u32 i, verdict_t *v)
{
    v_t one = v_all(1.0), zero = v_zero();
    contract_t c = contract_at(in, i);
    v_t share = (take(in->price, i, in->count) - c.intrinsic) / c.scale;
    v->years = c.years;
    v->fine = search_sound(&c, share, &v->code);
    search_t q = {.m = {v_pick(v->fine, zero, c.m.x, zero), v_pick(v->fine, zero, c.m.root, one)},
                  .target = v_pick(v->fine, zero, share, v_all(0.25)),
                  .hi = v_all(400.0),
                  .busy = v->fine};
    q.lacking = q.m.root - q.target;
    q.upper = v_pick(q.target + q.target, q.m.root, one, zero);
    q.per_wanted = one / v_pick(q.upper, zero, q.lacking, q.target);
    return q;
}

/* Until every lane of the batch is done; lanes that are keep what they have. */
LANE_INLINE void search_run(search_t *q, u32 vectors)
{
    black_t b[BATCH];
    for (u32 k = 0; k < STEPS_MOST; k++) {
        v_t busy = v_zero();
        for (u32 j = 0; j < vectors; j++) {
            b[j] = black_at(q[j].m, q[j].s);
        }
        for (u32 j = 0; j < vectors; j++) {
            search_step(&q[j], &b[j]);
            busy = v_max(busy, q[j].busy);
        }
        if (!v_any(busy, v_zero())) {
            return;
        }
    }
}

static void run_implied(const option_cols_t *in, f64 *sigma)
{
    ASSERT(in != NULL);
    ASSERT((in->price != NULL && sigma != NULL) || in->count == 0);
    search_t q[BATCH];
    verdict_t v[BATCH];
    for (u32 i = 0; i < in->count; i += BATCH * LANES) {
        u32 vectors = batch_at(i, in->count);
        for (u32 j = 0; j < vectors; j++) {
            q[j] = search_open(in, i + j * LANES, &v[j]);
        }
        for (u32 j = 0; j < vectors; j++) {
            q[j].s = search_start(&q[j]);
        }
        search_run(q, vectors);
        for (u32 j = 0; j < vectors; j++) {
            v_t found = v_pick(v[j].fine, v_zero(), q[j].s / v_sqrt(v[j].years), v[j].code);
            give(sigma, i + j * LANES, in->count, found);
        }
    }
}

static void run_exp(f64 *out, const f64 *x, u32 count)
{
    for (u32 i = 0; i < count; i += LANES) {
        give(out, i, count, v_exp(take(x, i, count)));
    }
}

static void run_log(f64 *out, const f64 *x, u32 count)
{
    for (u32 i = 0; i < count; i += LANES) {
        give(out, i, count, v_log(take(x, i, count)));
    }
}

static void run_mills(f64 *out, const f64 *x, u32 count)
{
    for (u32 i = 0; i < count; i += LANES) {
        give(out, i, count, v_mills(take(x, i, count)));
    }
}

extern const black_kernels_t LANE_NAME(black_kernels);
const black_kernels_t LANE_NAME(black_kernels) = {
    .value = run_value,
    .implied = run_implied,
    .exp_n = run_exp,
    .log_n = run_log,
    .mills_n = run_mills,
};
