/* Reflection: every closed trade becomes a lesson, evidence for its kind, and a cool-down of its symbol. */
#include <string.h>

#include "base/assert.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "scan/record.h"
#include "scan/scan.h"

enum { SHADOW_C0_GRID = (i32)(SHADOW_C0 * 1e4 + 0.5) };

static void evidence(user_t *u, confidence_result_t r)
{
    ASSERT(r.strategy < LIMIT_STRATEGIES);
    r.session = u->session_ordinal;
    confidence_add(&u->confidence, &r);
    u->health_pnl[r.strategy] += r.r_net;
    u->health_results[r.strategy]++;
}

kind_sum_t kind_today(const user_t *u, u32 strategy, i32 d)
{
    ASSERT(u != NULL && strategy < LIMIT_STRATEGIES);
    kind_sum_t k = u->kind[strategy][d > 0 ? 0 : 1];
    ASSERT(u->session_ordinal >= k.session);
    f64 w = confidence_fade(&u->confidence, k.session, u->session_ordinal);
    k.n *= w;
    k.wins *= w;
    k.win_sum *= w;
    k.loss_sum *= w;
    k.session = u->session_ordinal;
    return k;
}

static void kind_add(user_t *u, u32 strategy, i32 d, f64 net_r)
{
    kind_sum_t k = kind_today(u, strategy, d);
    k.n += 1.0;
    if (net_r > 0) {
        k.wins += 1.0;
        k.win_sum += net_r;
    } else {
        k.loss_sum -= net_r;
    }
    u->kind[strategy][d > 0 ? 0 : 1] = k;
}

void reflect_trade(user_t *u, const scan_shared_t *shared, const closed_trade_t *t, outbox_t *out)
{
    ASSERT(u != NULL && t != NULL);
    ASSERT(t->tag.strategy < LIMIT_STRATEGIES);
    u32 id = t->tag.strategy;
    u->backoff_from[t->inst] = shared->now;
    u->lesson[u->lesson_count++ % LESSONS] = (lesson_t){.strategy = t->tag.strategy,
                                                        .d = t->direction,
                                                        .regime = t->tag.regime,
                                                        .measured = u->entered[t->inst].score > 0,
                                                        .at_entry = u->entered[t->inst],
                                                        .conviction = (f64)t->tag.conviction,
                                                        .net_r = t->net_r};
    evidence(u, (confidence_result_t){.strategy = id,
                                      .side = t->direction,
                                      .conviction = t->tag.conviction,
                                      .m0 = t->tag.m0,
                                      .r_net = t->net_r});
    kind_add(u, id, t->direction, t->net_r);
    record_lesson(u, shared, t, out);
}

/* Shadows: the entry bar's open, then stop before target, costs taken off (trading.md 7). Ratchets, flips and
 * the regime exit are left out. */
static void shadow_finish(user_t *u, shadow_t *h, f64 exit)
{
    f64 gross = (f64)h->d * (exit - h->entry) / h->r;
    f64 cost = h->entry * h->cost_bps / 1e4 / h->r;
    evidence(u, (confidence_result_t){.strategy = h->strategy,
                                      .side = h->d,
                                      .conviction = h->conviction,
                                      .m0 = h->m0,
                                      .r_net = gross - cost,
                                      .shadow = true});
    *h = (shadow_t){0};
}

static void shadow_bar(user_t *u, const scan_shared_t *sh, shadow_t *h, const bar_t *b)
{
    f64 d = (f64)h->d;
    f64 open = price_to_f64(b->open);
    if (h->open == 1) {
        bool gone =
            d * (open - h->reference) > u->config.eval_skip_if_moved_r * h->r || d * (open - h->stop) <= 0;
        if (gone) {
            *h = (shadow_t){0};
            return;
        }
        h->entry = open;
        h->t_entry = b->t_event;
        h->open = 2;
    }
    f64 worst = price_to_f64(d > 0 ? b->low : b->high);
    f64 best = price_to_f64(d > 0 ? b->high : b->low);
    if (d * (worst - h->stop) <= 0) {
        shadow_finish(u, h, d * (open - h->stop) < 0 ? open : h->stop);
        return;
    }
    if (d * (best - h->target) >= 0) {
        shadow_finish(u, h, h->target);
        return;
    }
    const config_t *c = &u->config;
    h->days += c->profile == PROFILE_SWING ? 1 : 0;
    i64 flat = sh->session_close - (i64)c->exit_eod_minutes_before_close * NS_PER_MIN;
    bool late = c->exit_max_hold_min > 0 && b->t_known - h->t_entry >= (i64)(c->exit_max_hold_min * 60e9);
    bool over = c->profile == PROFILE_SWING ? h->days >= strategy_find(h->strategy)->swing_hold_days
                                            : late || b->t_known >= flat;
    if (over) {
        shadow_finish(u, h, price_to_f64(b->close));
    }
}

/* The order it stands for is good for a session: the one it was decided in or, decided at a close, the next.
 */
static bool shadow_expired(const user_t *u, const shadow_t *h, const slice_t *slice, bool has_bar)
{
    if (u->config.profile == PROFILE_DAY) {
        return slice->session != h->session || (slice->session_last && !has_bar);
    }
    return !has_bar;
}

void shadow_on_slice(user_t *u, const scan_shared_t *shared, const slice_t *slice)
{
    ASSERT(u != NULL && slice != NULL);
    for (u32 i = 0; i < u->shadows_used; i++) {
        shadow_t *h = &u->shadow[i];
        if (h->open == 0) {
            continue;
        }
        const bar_t *b = slice_bar(slice, h->inst);
        if (h->open == 1 && shadow_expired(u, h, slice, b != NULL)) {
            *h = (shadow_t){0};
        } else if (b != NULL) {
            shadow_bar(u, shared, h, b);
        }
    }
    while (u->shadows_used > 0 && u->shadow[u->shadows_used - 1].open == 0) {
        u->shadows_used--;
    }
}

/* Raw levels follow the shares: a split divides them, a dividend counts as paid back on the entry (by a
 * short: as owed on it). A payout is the exit of one that is held, and the end of one that waits. */
static void shadow_action(user_t *u, shadow_t *h, const action_t *a)
{
    if (a->kind == ACTION_PAYOUT) {
        if (h->open == 2) {
            shadow_finish(u, h, price_to_f64(a->amount));
        }
        *h = (shadow_t){0};
        return;
    }
    if (a->kind == ACTION_SPLIT && a->ratio_num > 0 && a->ratio_den > 0) {
        f64 *const levels[] = {&h->reference, &h->stop, &h->target, &h->entry, &h->best, &h->a, &h->r};
        for (u32 i = 0; i < COUNT_OF(levels); i++) {
            *levels[i] = *levels[i] * (f64)a->ratio_den / (f64)a->ratio_num;
        }
    } else if (a->kind == ACTION_DIVIDEND && h->open == 2) {
        h->entry -= price_to_f64(a->amount);
    }
}

void shadow_on_actions(user_t *u, const slice_t *slice)
{
    ASSERT(u != NULL && slice != NULL);
    for (u32 k = 0; k < slice->action_count; k++) {
        for (u32 i = 0; i < u->shadows_used; i++) {
            if (u->shadow[i].open != 0 && u->shadow[i].inst == slice->action[k].inst) {
                shadow_action(u, &u->shadow[i], &slice->action[k]);
            }
        }
    }
}

bool shadow_is_due(const gate_t *gate, u64 count, i64 c0_grid)
{
    ASSERT(gate != NULL || count == 0);
    u32 evidence_failed = 0;
    for (u64 i = 0; i < count; i++) {
        if (!gate_holds(&gate[i])) {
            u16 rule = gate[i].rule;
            if (rule != RULE_CONFIDENCE && rule != RULE_NOT_SHADOW_ONLY && rule != RULE_KELLY_EDGE) {
                return false;
            }
            evidence_failed++;
        }
    }
    return evidence_failed > 0 && c0_grid >= SHADOW_C0_GRID;
}

void user_session_begin(user_t *u, u32 instruments)
{
    ASSERT(u != NULL);
    u->session_ordinal++;
    u->probes_today = 0;
    u->breaker_open = false;
    memset(u->shadowed, 0, instruments * sizeof *u->shadowed);
    memset(u->health_pnl, 0, sizeof u->health_pnl);
    memset(u->health_results, 0, sizeof u->health_results);
    for (size_t i = 0; i < (size_t)instruments * LIMIT_STRATEGIES * 2; i++) {
        u->signal[i].today = 0;
    }
}

void user_session_end(user_t *u, const scan_shared_t *shared)
{
    ASSERT(u != NULL && shared != NULL && shared->market != NULL);
    for (u32 i = 0; i < strategy_count(); i++) {
        u32 id = strategy_at(i)->id;
        health_bounds_t b = {.degraded_below = u->config.health_min_sharpe,
                             .recovered_above = u->config.health_recover_sharpe,
                             .min_results = (u32)u->config.health_min_n,
                             .window = (u32)u->config.health_window,
                             .year = calendar_year(shared->market->calendar)};
        health_update_at(&u->health[id], u->health_pnl[id], u->health_results[id], &b, &u->health_view[id]);
    }
}
