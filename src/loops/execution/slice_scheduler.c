/* Sends the slices of a sliced entry when they are due, and ends what is over. A slice needs a price of its
 * instrument, so it leaves with the first bar at or after its time, and not while a halt stands. */
#include "base/assert.h"
#include "loops/loops.h"
#include "trade/execution/slicing.h"
#include "trade/risk/gates.h"

/* Volume-weighted price of the bars since the decision, by their closes; 0 without volume. *last gets the
 * newest close. */
static price_t market_price(const scan_shared_t *s, const order_t *o, i64 now, price_t *last)
{
    const series_t *b = s->market->bar == NULL ? NULL : &s->market->bar[o->intent.inst];
    f64 dollars = 0;
    f64 shares = 0;
    for (u32 k = b == NULL ? 0 : b->count; k > 0 && b->t_known[k - 1] > o->intent.t_decided; k--) {
        if (b->t_known[k - 1] > now) {
            continue; /* computed ahead, not known yet */
        }
        last->v = last->v == 0 ? b->raw_close[k - 1] : last->v;
        dollars += b->dollar[k - 1];
        shares += b->dollar[k - 1] / price_to_f64((price_t){b->raw_close[k - 1]});
    }
    i64 grid = 0;
    bool known = shares > 0 && fixed_from_f64(dollars / shares, PRICE_SCALE, &grid) == ERR_OK;
    return (price_t){known ? grid : 0};
}

/* What has stopped entries since the order was decided stops its slices too. */
static bool entries_stand(const loop_env_t *env)
{
    return env->shared->clock_unsteady || env->user->breaker_open;
}

static slice_market_t market_of(const loop_env_t *env, const order_t *o)
{
    slice_market_t m = {.cancel_r = env->user->config.exec_slice_cancel_r};
    const bar_t *bar = slice_bar(env->slice, o->intent.inst);
    m.mid = bar == NULL ? (price_t){0} : bar->close;
    m.last = m.mid;
    m.market = market_price(env->shared, o, env->now, &m.last);
    m.last = m.mid.v > 0 ? m.mid : m.last;
    intent_t slice = o->intent;
    slice.reference = m.mid; /* what has woken since, the price of the decision cannot tell */
    f64 band = risk_limit(CEILING_PRICE_BAND_BPS, env->user->config.risk_price_band_bps);
    m.asked = SLICE_RULES;
    m.failed = (u8)((entries_stand(env) ? SLICE_ENTRIES_STAND : 0) |
                    (risk_band_bps(&o->intent, m.mid) > band ? SLICE_OUT_OF_BAND : 0) |
                    (scan_crosses_own(env->shared, env->user->account, &slice) ? SLICE_CROSSES_OWN : 0));
    m.no_short = o->intent.side == SIDE_SELL_SHORT && env->shared->view.row != NULL &&
                 scan_short_restricted(env->shared, (profile_t)env->user->config.profile, o->intent.inst);
    return m;
}

static bool slice_scheduler_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    account_t *a = env->user->account;
    bool wrote = false;
    if (env->slice == NULL || exec_slice_next(a) > env->now) {
        return false;
    }
    for (u32 i = 0; i < ACCOUNT_PLANS; i++) {
        if (a->plans[i].schedule.count == 0) {
            continue;
        }
        const order_t *o = account_order_const(a, a->plans[i].parent);
        slice_market_t m = {0};
        if (o != NULL) {
            m = market_of(env, o);
        }
        wrote = exec_slice_step(a, i, &m, env->now, env->out) || wrote;
    }
    return wrote;
}

const loop_desc_t loop_slice_scheduler = {
    .name = "slice_scheduler",
    .text = {.does = "Sends the slices of a large entry when they are due, and ends what is over.",
             .wrong = "A slice leaves with the first bar at or after its time: under a halt it waits, "
                      "and the plan gets late."},
    .group = LOOP_EXECUTION, .lease = LEASE_PER_USER, .order = 250,
    .why = "a large entry leaves in parts that the market's volume can take",
    .owner = "trade/execution", .budget_ms = 20,
    .inputs = LOOP_IN_BARS | LOOP_IN_BROKER, .wakes = LOOP_IN_BARS, .writes = LOOP_IN_BROKER,
    .run = slice_scheduler_run,
};
