/* See american.h. */
#include "quant/options/american.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

/* What early exercise must earn a year to be considered; below it the boundary is beyond all prices. */
#define LEAST_INCOME 1e-9

static err_t american_check(const option_t *o, diag_t *d)
{
    ASSERT(o != NULL);
    option_greeks_t unused;
    TRY(option_value(o, &unused, d));
    if (!(o->years > 0 && o->sigma > 0)) {
        return diag_fail(d, ERR_PARAM_RANGE,
                         "an American option needs years and sigma above 0, has %g and %g", o->years,
                         o->sigma);
    }
    return ERR_OK;
}

/* The binomial probability whose sum over an odd number of steps is N(z) (Peizer and Pratt's second method).
 */
static f64 peizer_pratt(f64 z, u32 steps)
{
    ASSERT(steps % 2 == 1);
    f64 n = (f64)steps, at = z / (n + 1.0 / 3.0 + 0.1 / (n + 1.0));
    f64 half = q_sqrt(0.25 - 0.25 * q_exp(-at * at * (n + 1.0 / 6.0)));
    ASSERT(half >= 0 && half <= 0.5);
    return z >= 0 ? 0.5 + half : 0.5 - half;
}

/* The tree's constants, and by powers: price of node j at level m is spot x down[m] x ratio[j]. */
typedef struct {
    f64 up, down, rise, fall; /* rise and fall carry the discount of a step */
    f64 *value, *downs, *ratios;
} tree_t;

static f64 node_price(const tree_t *t, const option_t *o, u32 level, u32 j)
{
    return o->spot * t->downs[level] * t->ratios[j];
}

static f64 exercised(const option_t *o, f64 price)
{
    return q_max(o->side * (price - o->strike), 0.0);
}

static err_t tree_open(const option_t *o, u32 steps, arena_t *arena, tree_t *out, diag_t *d)
{
    f64 dt = o->years / (f64)steps, growth = q_exp((o->rate - o->yield) * dt),
        s = o->sigma * q_sqrt(o->years);
    f64 d2 = (q_log(o->spot / o->strike) + (o->rate - o->yield) * o->years) / s - 0.5 * s;
    f64 p = peizer_pratt(d2, steps), share = peizer_pratt(d2 + s, steps), discount = q_exp(-o->rate * dt);
    if (!(p > 0 && p < 1.0 && share > 0 && share < 1.0)) {
        return diag_fail(d, ERR_PARAM_RANGE, "the tree cannot reach the strike: spot %g, strike %g, sigma %g",
                         o->spot, o->strike, o->sigma);
    }
    *out = (tree_t){.up = growth * share / p,
                    .down = growth * (1.0 - share) / (1.0 - p),
                    .rise = discount * p,
                    .fall = discount * (1.0 - p),
                    .value = arena_array(arena, f64, steps + 1),
                    .downs = arena_array(arena, f64, steps + 1),
                    .ratios = arena_array(arena, f64, steps + 1)};
    if (out->value == NULL || out->downs == NULL || out->ratios == NULL) {
        return diag_fail(d, ERR_ARENA_FULL, "a tree of %u steps needs %u doubles", steps, 3 * (steps + 1));
    }
    out->downs[0] = out->ratios[0] = 1.0;
    for (u32 k = 1; k <= steps; k++) {
        out->downs[k] = out->downs[k - 1] * out->down;
        out->ratios[k] = out->ratios[k - 1] * (out->up / out->down);
    }
    return ERR_OK;
}

/* One level back: continuation or exercise, whichever is worth more. */
static void tree_back(tree_t *t, const option_t *o, u32 level)
{
    for (u32 j = 0; j <= level; j++) {
        f64 hold = t->rise * t->value[j + 1] + t->fall * t->value[j];
        t->value[j] = q_max(hold, exercised(o, node_price(t, o, level, j)));
    }
}

err_t american_tree(const option_t *o, u32 steps, arena_t *arena, american_t *out, diag_t *d)
{
    ASSERT(arena != NULL && out != NULL);
    TRY(american_check(o, d));
    if (steps % 2 == 0 || steps < AMERICAN_STEPS_LEAST || steps > AMERICAN_STEPS_MOST) {
        return diag_fail(d, ERR_PARAM_RANGE, "a tree has an odd number of steps from %d to %d, not %u",
                         AMERICAN_STEPS_LEAST, AMERICAN_STEPS_MOST, steps);
    }
    tree_t t;
    TRY(tree_open(o, steps, arena, &t, d));
    for (u32 j = 0; j <= steps; j++) {
        t.value[j] = exercised(o, node_price(&t, o, steps, j));
    }
    for (u32 level = steps; level-- > 2;) {
        tree_back(&t, o, level);
    }
    f64 s0 = node_price(&t, o, 2, 0), s1 = node_price(&t, o, 2, 1), s2 = node_price(&t, o, 2, 2);
    f64 slope_up = (t.value[2] - t.value[1]) / (s2 - s1), slope_down = (t.value[1] - t.value[0]) / (s1 - s0);
    out->gamma = 2.0 * (slope_up - slope_down) / (s2 - s0);
    tree_back(&t, o, 1);
    out->delta = (t.value[1] - t.value[0]) / (node_price(&t, o, 1, 1) - node_price(&t, o, 1, 0));
    tree_back(&t, o, 0);
    out->value = t.value[0];
    out->exercise = out->value <= exercised(o, o->spot);
    if (out->exercise) {
        out->delta = o->side;
        out->gamma = out->theta = 0;
        return ERR_OK;
    }
    f64 diffusion = 0.5 * o->sigma * o->sigma * o->spot * o->spot * out->gamma;
    out->theta = o->rate * out->value - (o->rate - o->yield) * o->spot * out->delta - diffusion;
    return ERR_OK;
}

/* A call in Bjerksund and Stensland's letters: b is the cost of carry, s2 the variance per year. */
typedef struct {
    f64 spot, strike, years, rate, b, s2, trigger;
} flat_t;

/* Value of a claim of S^gamma at expiry above `level`, lost at the trigger. */
static f64 flat_claim(const flat_t *f, f64 gamma, f64 level)
{
    f64 s = q_sqrt(f->s2 * f->years), kappa = 2.0 * f->b / f->s2 + (2.0 * gamma - 1.0);
    f64 growth = (-f->rate + gamma * f->b + 0.5 * gamma * (gamma - 1.0) * f->s2) * f->years;
    f64 d = -(q_log(f->spot / level) + (f->b + (gamma - 0.5) * f->s2) * f->years) / s;
    f64 away = q_log(f->trigger / f->spot);
    /* Powers and growth in one exponent: apart, a large power may overflow where the product is small. */
    f64 plain = q_exp(growth + gamma * q_log(f->spot));
    f64 mirrored = q_exp(growth + gamma * q_log(f->spot) + kappa * away);
    return plain * q_norm_cdf(d) - mirrored * q_norm_cdf(d - 2.0 * away / s);
}

/* Value of the call with a yield, that is rate > b. */
static f64 flat_call(flat_t f)
{
    ASSERT(f.rate > f.b && f.s2 > 0);
    f64 shift = f.b / f.s2 - 0.5;
    f64 beta = -shift + q_sqrt(shift * shift + 2.0 * f.rate / f.s2);
    f64 far = beta / (beta - 1.0) * f.strike, near = q_max(f.strike, f.rate / (f.rate - f.b) * f.strike);
    f64 rush = -(f.b * f.years + 2.0 * q_sqrt(f.s2 * f.years)) * near / (far - near);
    f.trigger = near + (far - near) * (1.0 - q_exp(rush));
    if (f.spot >= f.trigger) {
        return f.spot - f.strike;
    }
    f64 i = f.trigger;
    flat_t unit = f; /* beta may be large: its claim is taken with the trigger as the unit of money */
    unit.spot = f.spot / i;
    unit.trigger = 1.0;
    f64 reach = (i - f.strike) * (q_exp(beta * q_log(unit.spot)) - flat_claim(&unit, beta, 1.0));
    return reach + flat_claim(&f, 1.0, i) - flat_claim(&f, 1.0, f.strike) -
           f.strike * flat_claim(&f, 0.0, i) + f.strike * flat_claim(&f, 0.0, f.strike);
}

err_t american_approximate(const option_t *o, f64 *out, diag_t *d)
{
    ASSERT(out != NULL);
    TRY(american_check(o, d));
    if (!(o->rate >= 0 && o->yield >= 0)) {
        return diag_fail(d, ERR_PARAM_RANGE,
                         "the flat boundary needs a rate and a yield of 0 or more, has %g and %g", o->rate,
                         o->yield);
    }
    option_greeks_t european;
    TRY(option_value(o, &european, d));
    bool call = o->side > 0;
    /* A put is the call with spot and strike, rate and yield in each other's place. */
    flat_t f = {.spot = call ? o->spot : o->strike,
                .strike = call ? o->strike : o->spot,
                .years = o->years,
                .rate = call ? o->rate : o->yield,
                .b = call ? o->rate - o->yield : o->yield - o->rate,
                .s2 = o->sigma * o->sigma};
    f64 income = call ? o->yield : o->rate;
    *out = european.value; /* nothing is gained by an early exercise that earns nothing */
    if (income > LEAST_INCOME) {
        *out = q_max(flat_call(f), european.value);
    }
    *out = q_max(*out, exercised(o, o->spot));
    ASSERT(*out >= 0);
    return ERR_OK;
}
