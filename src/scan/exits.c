/* Exits: six triggers in fixed order, ratchets that only tighten, cool-downs that never touch protection
 * (trading.md 9.4, 9.5). Stop and target rest at the broker; here is everything else. */
#include "base/assert.h"
#include "market/cost.h"
#include "model/tick.h"
#include "quant/math/qmath.h"
#include "scan/record.h"
#include "scan/scan.h"

enum { REGIME_SHIFT_MIN = 60, REGIME_FLAT_MIN = 45 };

typedef struct {
    user_t *u;
    const scan_shared_t *sh;
    position_t *p;
    setup_t setup;
    const strategy_desc_t *strategy;
    f64 d, entry, mark, a, factor;
    i32 minutes;
    bool present; /* the symbol has a bar in this decision slice */
} exit_view_t;

static f64 raw(price_t p)
{
    return price_to_f64(p);
}

static i32 days_held(const exit_view_t *e)
{
    return e->u->held_bars[e->p->inst];
}

static bool end_of_day(const exit_view_t *e)
{
    const config_t *c = &e->u->config;
    i64 at = e->sh->session_close - (i64)c->exit_eod_minutes_before_close * NS_PER_MIN;
    return c->exit_eod_flatten && e->sh->now >= at;
}

/* Trending at the entry, choppy within the hour: rules instead of a debate. Loss keeps its stop; flat after
 * 45 minutes leaves; half the profit is kept otherwise (as a ratchet). */
static bool regime_shift(const exit_view_t *e)
{
    bool shifted = e->u->config.profile == PROFILE_DAY && e->p->tag.intraday_regime == INTRADAY_TRENDING &&
                   e->sh->intraday == INTRADAY_CHOPPY && e->minutes <= REGIME_SHIFT_MIN;
    f64 gain = e->d * (e->mark - e->entry);
    return shifted && q_abs(gain) < 0.5 * e->a && e->minutes >= REGIME_FLAT_MIN;
}

static bool flipped(const exit_view_t *e, bool bar_close)
{
    if (!bar_close || !e->present) {
        return false;
    }
    held_t h = {.level = e->u->level[e->p->inst],
                .entry = e->entry * e->factor,
                .mfe_a = e->a > 0 ? raw(e->p->mfe) / e->a : 0.0,
                .held_minutes = e->minutes,
                .held_days = days_held(e)};
    i32 d = e->p->direction;
    strategy_plan_t other;
    if (e->strategy->holds(&e->setup, -d)) {
        e->strategy->plan(&e->setup, -d, &other);
        if (other.score >= e->u->config.comp_min_strategy_score) {
            return true;
        }
    }
    return e->strategy->invalid(&e->setup, d, &h);
}

static bool held_too_long(const exit_view_t *e)
{
    const config_t *c = &e->u->config;
    if (c->profile == PROFILE_SWING) {
        return days_held(e) >= e->strategy->swing_hold_days;
    }
    return c->exit_max_hold_min > 0 && (f64)e->minutes >= c->exit_max_hold_min;
}

/* Bits of exit_reason_t: all that would have fired are recorded, the first in the order of the table acts. */
static u32 fired(const exit_view_t *e, bool bar_close)
{
    u32 mask = 0;
    mask |= end_of_day(e) ? 1U << EXIT_END_OF_DAY : 0;
    mask |= bar_close && regime_shift(e) ? 1U << EXIT_REGIME : 0;
    mask |= flipped(e, bar_close) ? 1U << EXIT_FLIP : 0;
    mask |= held_too_long(e) && bar_close ? 1U << EXIT_MAX_HOLD : 0;
    return mask;
}

i64 scan_exit_again(const config_t *c, const position_t *p)
{
    ASSERT(c != NULL && p != NULL);
    if (p->exit_failures < (u32)c->exit_backoff_after) {
        return 0;
    }
    u32 steps = MIN_OF((u32)p->exit_failures - (u32)c->exit_backoff_after, 8U);
    i64 wait = MIN_OF((i64)c->exit_backoff_min << steps, (i64)c->exit_backoff_max) * NS_PER_SEC;
    return p->t_exit_failed + wait;
}

/* Discretionary retries wait; the end of the day does not (trading.md 9.5). */
static bool cooling(const exit_view_t *e, exit_reason_t reason)
{
    return reason != EXIT_END_OF_DAY && e->sh->now < scan_exit_again(&e->u->config, e->p);
}

static f64 round_trip(const exit_view_t *e)
{
    f64 bps = e->sh->spread_bps[e->p->inst] + 2.0 * e->u->config.cost_slippage_bps;
    return e->entry * bps / 1e4;
}

bool exits_ratchet(const config_t *c, const ratchet_t *r, f64 *gain)
{
    ASSERT(c != NULL && r != NULL && gain != NULL);
    const struct {
        bool earned;
        f64 gain;
    } rung[] = {{r->best >= c->trail_breakeven_atr * r->a, r->cost},
                {r->best >= c->trail_lock_atr * r->a, r->a},
                {r->best >= c->trail_lock_atr * r->a, r->best - c->trail_distance * r->a},
                {r->shift && r->now >= 0.5 * r->a, r->now / 2.0}};
    bool any = false;
    for (u32 i = 0; i < COUNT_OF(rung); i++) {
        if (rung[i].earned && rung[i].gain < r->now && (!any || rung[i].gain > *gain)) {
            *gain = rung[i].gain;
            any = true;
        }
    }
    return any;
}

static bool turned_choppy(const exit_view_t *e)
{
    return e->u->config.profile == PROFILE_DAY && e->p->tag.intraday_regime == INTRADAY_TRENDING &&
           e->sh->intraday == INTRADAY_CHOPPY && e->minutes <= REGIME_SHIFT_MIN;
}

/* Never looser than it is. */
static void tighten(exit_view_t *e, outbox_t *out)
{
    ratchet_t r = {.best = e->d * (raw(e->p->best) - e->entry),
                   .now = e->d * (e->mark - e->entry),
                   .a = e->a,
                   .cost = round_trip(e),
                   .shift = turned_choppy(e)};
    f64 gain = 0.0;
    if (!e->u->config.trail_enabled || !exits_ratchet(&e->u->config, &r, &gain)) {
        return;
    }
    f64 want = e->entry + e->d * gain;
    f64 have = raw(e->p->stop);
    bool better = e->p->stop.v > 0 && e->d * (want - have) > 0.005 && e->d * (e->mark - want) > 0;
    if (!better) {
        return;
    }
    /* As the venue takes it, rounded away from the price: what is less than a step from here waits. */
    price_t stop = tick_beyond(&e->sh->market->instruments[e->p->inst], want, e->d < 0);
    if (e->d * (raw(stop) - have) <= 0) {
        return;
    }
    err_t err = exec_replace_stop(e->u->account, e->p, stop, e->sh->now, out);
    (void)err; /* not plainly working: the next bar asks again */
}

static void look(exit_view_t *e, bool bar_close, outbox_t *out)
{
    static const exit_reason_t order[] = {EXIT_END_OF_DAY, EXIT_REGIME, EXIT_FLIP, EXIT_MAX_HOLD};
    u32 mask = fired(e, bar_close);
    for (u32 i = 0; i < COUNT_OF(order) && e->p->exiting == EXITING_NO; i++) {
        if ((mask & (1U << order[i])) == 0 || cooling(e, order[i])) {
            continue;
        }
        record_exit(e->u, e->sh, e->p, order[i], mask, out);
        err_t err = exec_exit(e->u->account, e->p, order[i], e->sh->now, out);
        if (err == ERR_OK) {
            return;
        }
    }
    if (mask == 0 && bar_close && e->p->exiting == EXITING_NO) {
        tighten(e, out);
    }
}

void exits_run(user_t *u, const scan_shared_t *shared, bool bar_close, outbox_t *out)
{
    ASSERT(u != NULL && shared != NULL && out != NULL);
    for (u32 i = 0; i < u->account->positions_used; i++) {
        position_t *p = &u->account->positions[i];
        if (p->direction == 0 || p->inst == INST_NONE || p->qty.v == 0) {
            continue;
        }
        exit_view_t e = {.u = u,
                         .sh = shared,
                         .p = p,
                         .d = (f64)p->direction,
                         .entry = raw(p->avg),
                         .mark = raw(p->mark),
                         .a = raw(p->tag.a),
                         .factor = 1.0,
                         .minutes = (i32)((shared->now - p->t_entry) / NS_PER_MIN),
                         .setup = scan_setup(shared, p->inst, u->config.profile),
                         .strategy = strategy_find(p->tag.strategy)};
        ASSERT(e.strategy != NULL);
        if (bar_close) {
            e.present = view_get(&shared->view, FEATURE_PRESENT, p->inst) != 0.0;
            e.factor = e.present ? view_get(&shared->view, FEATURE_FACTOR, p->inst) : 1.0;
            u->held_bars[p->inst]++;
        }
        if (account_is_halted(u->account, p->inst)) {
            continue; /* nothing can be sent, and no ratchet helps: looked at again when it trades */
        }
        look(&e, bar_close, out);
    }
}
