/* See plan.h. */
#include "scan/plan.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

static bool is_a_strategys(u16 rule)
{
    return rule == RULE_CONFIDENCE || rule == RULE_NOT_SHADOW_ONLY || rule == RULE_PACING ||
           rule == RULE_PER_CYCLE;
}

static f64 share_of(f64 part, f64 equity)
{
    return equity > 0 ? 100.0 * part / equity : 0.0;
}

static void exposures(const risk_input_t *in, plan_answer_t *out)
{
    const risk_summary_t *h = &in->held;
    bool buy = side_is_buy((side_t)in->draft.side);
    f64 e = out->equity;
    f64 longs = money_to_f64(h->long_value) + money_to_f64(h->long_reserved);
    f64 shorts = money_to_f64(h->short_value) + money_to_f64(h->short_reserved);
    f64 heat = money_to_f64(h->heat);
    f64 more = money_to_f64(reserve_heat(&in->draft, in->atr_d, in->exponent, in->multiplier));
    f64 sector = money_to_f64(h->sector_value);
    f64 n = out->notional;
    out->gross = (plan_pair_t){share_of(longs + shorts, e), share_of(longs + shorts + n, e)};
    out->net = (plan_pair_t){share_of(longs - shorts, e), share_of(longs - shorts + (buy ? n : -n), e)};
    out->heat = (plan_pair_t){share_of(heat, e), share_of(heat + more, e)};
    out->sector = (plan_pair_t){share_of(sector, e), share_of(sector + n, e)};
}

/* The plan as the candidate that stages 11 and 12 would see. False if no order can have these figures. */
static bool candidate_of(const scan_t *s, const plan_t *p, candidate_t *c)
{
    const market_view_t *v = &s->shared->view;
    f64 factor = view_get(v, FEATURE_FACTOR, p->inst);
    f64 price = p->price > 0 ? p->price : view_get(v, FEATURE_CLOSE, p->inst) / factor;
    f64 distance = p->stop > 0 ? (f64)p->d * (price - p->stop) : view_get(v, FEATURE_ATRD, p->inst) / factor;
    bool sound = p->units > 0 && p->units < 1e9 && price > 0 && price < 1e7 && p->stop >= 0 &&
                 p->stop < 1e7 && distance > 0 && distance < 1e7;
    *c = (candidate_t){.inst = p->inst,
                       .d = p->d,
                       .entry = price,
                       .stop = p->stop,
                       .stop_distance = distance,
                       .spread_bps = s->shared->spread_bps[p->inst]};
    c->size_in.micro = s->micro;
    return sound;
}

static price_t market_price(const scan_t *s, inst_t inst)
{
    const market_view_t *v = &s->shared->view;
    price_t p = {0};
    err_t err = fixed_from_f64(view_get(v, FEATURE_CLOSE, inst) / view_get(v, FEATURE_FACTOR, inst),
                               PRICE_SCALE, &p.v);
    return err == ERR_OK ? p : (price_t){0};
}

err_t plan_ask(const user_t *user, const scan_shared_t *shared, const plan_t *plan, scan_t *spare,
               plan_answer_t *out)
{
    ASSERT(user != NULL && shared != NULL && plan != NULL && spare != NULL && out != NULL);
    ASSERT(plan->inst < shared->market->count && (plan->d == 1 || plan->d == -1));
    candidate_t c;
    intent_t draft;
    risk_input_t in;
    gates_t all = {0};
    plan_answer_t a = {.t = shared->now};
    memset(spare, 0, sizeof *spare);
    spare->user = (user_t *)(uintptr_t)user; /* only read */
    spare->shared = shared;
    spare->config = user->config;
    a.equity = money_to_f64(account_equity(user->account));
    spare->micro = a.equity < user->config.micro_equity_threshold;
    if (!(view_get(&shared->view, FEATURE_CLOSE, plan->inst) > 0) || shared->spread_bps == NULL) {
        return ERR_EMPTY;
    }
    if (!candidate_of(spare, plan, &c)) {
        return ERR_PARAM_RANGE;
    }
    scan_draft(spare, &c, plan->units, &draft);
    if (draft.qty.v <= 0) {
        return ERR_PARAM_RANGE; /* less than the smallest part of a share */
    }
    scan_risk_inputs(spare, &c, &draft, &in);
    in.mid = market_price(spare, plan->inst); /* a price that was named is held against the market's */
    risk_gates(&in, &all);
    a.price = c.entry;
    a.notional = money_to_f64(reserve_notional(&draft, in.exponent, in.multiplier));
    exposures(&in, &a);
    a.correlation = scan_correlation(spare, &c, &a.same_underlying);
    for (u32 i = 0; i < all.count; i++) {
        if (!is_a_strategys(all.v[i].rule)) {
            a.gates.v[a.gates.count++] = all.v[i];
            a.gates.failed += gate_holds(&all.v[i]) ? 0 : 1;
        }
    }
    if (account_is_halted(user->account, plan->inst)) { /* risk makes no permit for it */
        (void)gate_check(&a.gates, RULE_STILL_TRADING, 0.0, 1.0);
    }
    a.passes = a.gates.failed == 0 && !a.same_underlying;
    *out = a;
    return ERR_OK;
}
