/* Bytes as contracts, also absurd ones: nothing traps, every answer is a number or a reason, and a volatility
 * that is found reproduces the price. */
#include <string.h>

#include "base/assert.h"
#include "quant/indicators/kernels.h"
#include "quant/math/qmath.h"
#include "quant/options/american.h"

int LLVMFuzzerTestOneInput(const u8 *p, size_t n);

/* A found volatility gives the price back, as far as the price's digits and those of the discounted amounts
 * reach. */
static void check_found(const option_t *o, f64 price)
{
    option_greeks_t g;
    f64 scale = price + o->spot * q_exp(-o->yield * o->years) + o->strike * q_exp(-o->rate * o->years);
    if (option_value(o, &g, NULL) == ERR_OK && q_is_finite(g.value) && scale > 1e-280 && scale < 1e280) {
        ASSERT(q_abs(g.value - price) <= 1e-10 * scale);
    }
}

static void check_american(const option_t *o)
{
    static u8 memory[1 << 12];
    arena_t arena;
    american_t a;
    f64 flat = 0;
    arena_init(&arena, memory, sizeof memory);
    bool market = o->spot > 1e-3 && o->spot < 1e6 && o->strike > 1e-3 && o->strike < 1e6 && o->years < 30 &&
                  o->sigma > 0.01 && o->sigma < 5 && q_abs(o->rate) < 1 && q_abs(o->yield) < 1;
    if (market && american_tree(o, 51, &arena, &a, NULL) == ERR_OK) {
        ASSERT(a.value >= q_max(o->side * (o->spot - o->strike), 0));
    }
    if (market && american_approximate(o, &flat, NULL) == ERR_OK) {
        ASSERT(q_is_finite(flat));
    }
}

int LLVMFuzzerTestOneInput(const u8 *p, size_t n)
{
    f64 v[8];
    if (n < sizeof v) {
        return 0;
    }
    memcpy(v, p, sizeof v);
    option_t o = {v[0], v[1], v[2], v[3], v[4], v[5], v[6] > 0 ? 1 : -1};
    option_cols_t in = {&o.spot, &o.strike, &o.years, &o.rate, &o.yield, &o.sigma, &v[7], &v[6], 1};
    f64 sigma = 0, best = 0;
    options_implied(INDICATOR_SSE2, &in, &sigma);
    options_implied(indicator_level_best(), &in, &best);
    ASSERT(memcmp(&sigma, &best, sizeof sigma) == 0);
    ASSERT(options_reason(sigma) <= IV_INPUT);
    if (option_implied(&o, v[7], &sigma, NULL) == ERR_OK) {
        option_t found = o;
        found.sigma = sigma;
        check_found(&found, v[7]);
    }
    option_greeks_t g;
    if (option_value(&o, &g, NULL) == ERR_OK) {
        check_american(&o);
    }
    return 0;
}
