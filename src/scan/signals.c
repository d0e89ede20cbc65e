/* Freshness of set-ups: a signal starts on the bar where its condition becomes true, stays valid for a few
 * bars while it holds, and re-arms only after a pause (trading.md 8, Common). Followed for every present
 * symbol, so that entering the ten late does not make an old signal look new. */
#include "base/assert.h"
#include "scan/scan.h"

signal_t *signal_of(const user_t *u, u32 inst, u32 strategy, i32 d)
{
    ASSERT(strategy < LIMIT_STRATEGIES);
    return &u->signal[((size_t)inst * LIMIT_STRATEGIES + strategy) * 2 + (d > 0 ? 0 : 1)];
}

setup_t scan_setup(const scan_shared_t *shared, u32 inst, profile_t profile)
{
    ASSERT(shared != NULL && inst < shared->market->count);
    return (setup_t){.view = &shared->view,
                     .inst = inst,
                     .profile = profile,
                     .news = shared->news != NULL ? &shared->news[inst] : NULL};
}

static void signal_step(signal_t *g, bool holds, const config_t *c)
{
    if (!holds) {
        g->idle = g->active > 0 ? 1 : (u8)MIN_OF(g->idle + 1, UINT8_MAX);
        g->active = 0;
        g->fresh = 0;
        return;
    }
    if (g->active == 0) {
        bool armed = g->idle >= c->eval_rearm_bars && g->today < c->eval_max_per_day;
        g->fresh = armed ? 1 : 0;
        g->today = (u8)(g->today + (armed ? 1 : 0));
    }
    g->active = (u8)MIN_OF(g->active + 1, UINT8_MAX);
    if (g->active > c->eval_valid_bars) {
        g->fresh = 0;
    }
}

void signals_update(user_t *u, const scan_shared_t *shared)
{
    ASSERT(u != NULL && shared != NULL);
    const market_view_t *v = &shared->view;
    const strategy_desc_t *mine[LIMIT_STRATEGIES];
    bool day = u->config.profile == PROFILE_DAY;
    f64 least = (f64)u->config.screen_min_daily_bars;
    ASSERT(strategy_count() <= LIMIT_STRATEGIES);
    for (u32 k = 0; k < strategy_count(); k++) {
        const strategy_desc_t *st = strategy_at(k);
        mine[k] = (day ? st->day : st->swing) ? st : NULL;
    }
    for (u32 i = 0; i < shared->market->count; i++) {
        if (view_get(v, FEATURE_PRESENT, i) == 0.0 || view_get(v, FEATURE_DAYS, i) < least) {
            continue;
        }
        setup_t setup = scan_setup(shared, i, u->config.profile);
        for (u32 k = 0; k < strategy_count(); k++) {
            if (mine[k] != NULL) {
                signal_step(signal_of(u, i, mine[k]->id, 1), mine[k]->holds(&setup, 1), &u->config);
                signal_step(signal_of(u, i, mine[k]->id, -1), mine[k]->holds(&setup, -1), &u->config);
            }
        }
    }
}
