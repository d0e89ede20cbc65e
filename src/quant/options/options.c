/* Which processor level runs, and the checked calls for a single contract. */
#include "quant/options/options.h"

#include "base/assert.h"
#include "quant/indicators/kernels.h"
#include "quant/math/qmath.h"
#include "quant/options/black.h"

extern const black_kernels_t black_kernels_sse2, black_kernels_avx2, black_kernels_avx512;

const black_kernels_t *black_kernels_at(u32 level)
{
    static const black_kernels_t *const TABLES[INDICATOR_LEVELS] = {
        [INDICATOR_SSE2] = &black_kernels_sse2,
        [INDICATOR_AVX2] = &black_kernels_avx2,
        [INDICATOR_AVX512] = &black_kernels_avx512,
    };
    return indicator_kernels_at(level) != NULL ? TABLES[level] : NULL;
}

void options_value(u32 level, const option_cols_t *in, const option_out_t *out)
{
    const black_kernels_t *k = black_kernels_at(level);
    ASSERT(k != NULL);
    k->value(in, out);
}

void options_implied(u32 level, const option_cols_t *in, f64 *sigma)
{
    const black_kernels_t *k = black_kernels_at(level);
    ASSERT(k != NULL);
    k->implied(in, sigma);
}

iv_reason_t options_reason(f64 sigma)
{
    ASSERT(sigma >= -(f64)IV_INPUT);
    return sigma > 0 ? IV_FOUND : (iv_reason_t)(u32)(-sigma);
}

const char *iv_reason_text(iv_reason_t reason)
{
    static const char *const TEXT[] = {
        [IV_FOUND] = "found",
        [IV_BELOW] = "the price is below the discounted intrinsic value",
        [IV_AT_INTRINSIC] = "the price holds no time value",
        [IV_ABOVE] = "the price is not below what an endless volatility gives",
        [IV_INPUT] = "an input is not positive or not a number",
    };
    ASSERT((u32)reason < COUNT_OF(TEXT));
    return TEXT[reason];
}

static err_t option_check(const option_t *o, bool sigma, diag_t *d)
{
    ASSERT(o != NULL);
    const struct {
        const char *name;
        f64 value;
        bool fine;
    } fields[] = {
        {"spot", o->spot, o->spot > 0},
        {"strike", o->strike, o->strike > 0},
        {"years", o->years, o->years >= 0},
        {"rate", o->rate, true},
        {"yield", o->yield, true},
        {"sigma", sigma ? o->sigma : 0, !sigma || o->sigma >= 0},
        {"side", o->side, o->side == 1 || o->side == -1},
    };
    for (u32 i = 0; i < COUNT_OF(fields); i++) {
        if (!fields[i].fine || !q_is_finite(fields[i].value)) {
            return diag_fail(d, ERR_PARAM_RANGE, "option: %s is %g, outside its range", fields[i].name,
                             fields[i].value);
        }
    }
    return ERR_OK;
}

static option_cols_t one_contract(const option_t *o)
{
    return (option_cols_t){.spot = &o->spot,
                           .strike = &o->strike,
                           .years = &o->years,
                           .rate = &o->rate,
                           .yield = &o->yield,
                           .sigma = &o->sigma,
                           .side = &o->side,
                           .count = 1};
}

err_t option_value(const option_t *o, option_greeks_t *out, diag_t *d)
{
    ASSERT(out != NULL);
    TRY(option_check(o, true, d));
    option_cols_t in = one_contract(o);
    option_out_t to = {&out->value, &out->delta,     &out->gamma, &out->vega,  &out->theta,
                       &out->rho,   &out->rho_yield, &out->vanna, &out->volga, &out->charm};
    options_value(INDICATOR_SSE2, &in, &to);
    return ERR_OK;
}

err_t option_value_forward(const option_t *o, option_greeks_t *out, diag_t *d)
{
    ASSERT(o != NULL && out != NULL);
    option_t same = *o;
    same.yield = o->rate;
    TRY(option_value(&same, out, d));
    out->rho += out->rho_yield; /* the yield moves with the rate, so that the forward stays */
    out->rho_yield = 0;
    return ERR_OK;
}

err_t option_implied(const option_t *o, f64 price, f64 *out, diag_t *d)
{
    ASSERT(out != NULL);
    TRY(option_check(o, false, d));
    option_cols_t in = one_contract(o);
    f64 sigma = 0;
    in.price = &price;
    options_implied(INDICATOR_SSE2, &in, &sigma);
    if (!(sigma > 0)) {
        return diag_fail(d, ERR_PARAM_RANGE, "no implied volatility at %g: %s", price,
                         iv_reason_text(options_reason(sigma)));
    }
    *out = sigma;
    return ERR_OK;
}
