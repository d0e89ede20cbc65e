/* See slicing.h. */
#include "scan/slicing.h"

#include "base/assert.h"
#include "market/curve.h"
#include "trade/execution/slice_plan.h"

enum { CURVE_BAR_NS = 5 * 60 };

static bool is_large(const scan_t *s, const candidate_t *c, f64 value)
{
    const config_t *k = &s->config;
    f64 usual = view_get(&s->shared->view, FEATURE_DOLLAR20, c->inst);
    return value > k->exec_slice_usd || (usual > 0 && value > usual * k->exec_slice_adv_pct / 100.0);
}

bool scan_slices(const scan_t *s, const candidate_t *c, const intent_t *draft, slice_schedule_t *out)
{
    ASSERT(s != NULL && c != NULL && draft != NULL && out != NULL);
    const config_t *k = &s->config;
    const scan_shared_t *g = s->shared;
    const instrument_t *t = &g->market->instruments[c->inst];
    money_t value;
    bool day = k->profile == PROFILE_DAY && g->session_open <= g->now && g->now < g->session_close;
    if (k->exec_slicing == SLICING_NONE || !day || c->probe || account_frozen_days(s->user->account) > 0) {
        return false;
    }
    err_t err =
        money_of(draft->reference, draft->qty, t->qty_exponent, t->multiplier, ROUND_NEAREST, &value);
    if (err != ERR_OK || !is_large(s, c, money_to_f64(value))) {
        return false;
    }
    f64 curve[MARKET_CLOCK_ALWAYS];
    bool known = curve_mean(g->market, c->inst, curve) > 0 && !g->market->half_day;
    f64 scale = forward_volume(&g->market->forward[c->inst], 1); /* a share of today on the curve's scale */
    for (u32 i = 0; known && scale > 0 && i < g->market->clocks; i++) {
        curve[i] /= scale;
    }
    f64 least = k->exec_slice_min_usd / money_to_f64(value) * (f64)draft->qty.v;
    slice_ask_t ask = {.algo = (slicing_t)k->exec_slicing,
                       .qty = draft->qty.v,
                       .lot = 1,
                       .least = least > 1.0 ? (i64)least : 1,
                       .now = g->now,
                       .step_ns = (i64)k->exec_slice_step * NS_PER_SEC,
                       .open = g->session_open,
                       .close = g->session_close,
                       .curve = known ? curve : NULL,
                       .bars = g->market->clocks,
                       .bar_ns = CURVE_BAR_NS * NS_PER_SEC,
                       .participation = k->exec_slice_participation_pct / 100.0};
    return slice_plan(&ask, out) == ERR_OK && out->count >= SLICES_MIN;
}
