/* Freshness of set-ups: a signal starts on the bar where its condition becomes true, stays valid for a few
 * bars while it holds, and re-arms only after a pause (trading.md 8, Common). Followed for every present
 * symbol, so that entering the ten late does not make an old signal look new. */
#include "base/assert.h"
#include "scan/scan.h"

/* A symbol's set-ups by strategy and side: the place in its row of signals, and the bit in `set_ups`. */
static u32 place_of(u32 strategy, i32 d)
{
    ASSERT(strategy < LIMIT_STRATEGIES);
    return strategy * 2 + (d > 0 ? 0 : 1);
}

static signal_t *signals_of(const user_t *u, u32 inst)
{
    return &u->signal[(size_t)inst * LIMIT_STRATEGIES * 2];
}

signal_t *signal_of(const user_t *u, u32 inst, u32 strategy, i32 d)
{
    return &signals_of(u, inst)[place_of(strategy, d)];
}

setup_t scan_setup(const scan_shared_t *shared, u32 inst, profile_t profile)
{
    ASSERT(shared != NULL && inst < shared->market->count);
    return (setup_t){.view = &shared->view,
                     .inst = inst,
                     .profile = profile,
                     .news = shared->heard != NULL ? &shared->news[inst] : NULL};
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

/* The strategies of a profile. */
static u32 strategies_of(profile_t profile, const strategy_desc_t *out[LIMIT_STRATEGIES])
{
    u32 n = 0;
    ASSERT(strategy_count() <= LIMIT_STRATEGIES);
    for (u32 k = 0; k < strategy_count(); k++) {
        const strategy_desc_t *st = strategy_at(k);
        if (profile == PROFILE_DAY ? st->day : st->swing) {
            out[n++] = st;
        }
    }
    return n;
}

/* Without a bar or a history nothing is said of a symbol's set-ups: its signals stay as they are. */
static bool is_followed(const scan_shared_t *shared, u32 inst, const config_t *c)
{
    const market_view_t *v = &shared->view;
    return view_get(v, FEATURE_PRESENT, inst) != 0.0 &&
           view_get(v, FEATURE_DAYS, inst) >= (f64)c->screen_min_daily_bars;
}

_Static_assert(LIMIT_STRATEGIES * 2 <= 16, "a bit for each strategy and side");

void scan_bar_note(scan_shared_t *shared, const config_t *house)
{
    ASSERT(shared != NULL && shared->logs != NULL && shared->set_ups != NULL && house != NULL);
    const strategy_desc_t *st[LIMIT_STRATEGIES];
    u32 n = strategies_of(house->profile, st);
    u32 count = shared->market->count;
    for (u32 i = 0; i < count; i += SCREEN_LOGS) {
        screen_logs(&shared->view, i, MIN_OF(count - i, (u32)SCREEN_LOGS), shared->logs + i);
    }
    for (u32 i = 0; i < count; i++) {
        u32 hold = 0;
        setup_t setup = scan_setup(shared, i, house->profile);
        u32 asked = is_followed(shared, i, house) ? n : 0;
        for (u32 k = 0; k < asked; k++) {
            hold |= (st[k]->holds(&setup, 1) ? 1U : 0U) << place_of(st[k]->id, 1);
            hold |= (st[k]->holds(&setup, -1) ? 1U : 0U) << place_of(st[k]->id, -1);
        }
        shared->set_ups[i] = (u16)hold;
    }
}

void signals_update(user_t *u, const scan_shared_t *shared)
{
    ASSERT(u != NULL && shared != NULL && shared->set_ups != NULL);
    const strategy_desc_t *st[LIMIT_STRATEGIES];
    u32 n = strategies_of(u->config.profile, st);
    u32 place[LIMIT_STRATEGIES * 2];
    for (u32 k = 0; k < n; k++) {
        place[2 * k] = place_of(st[k]->id, 1);
        place[2 * k + 1] = place_of(st[k]->id, -1);
    }
    for (u32 i = 0; i < shared->market->count; i++) {
        if (!is_followed(shared, i, &u->config)) {
            continue;
        }
        u32 hold = shared->set_ups[i];
        signal_t *row = signals_of(u, i);
        for (u32 k = 0; k < 2 * n; k++) {
            signal_step(&row[place[k]], (hold >> place[k] & 1) != 0, &u->config);
        }
    }
}
