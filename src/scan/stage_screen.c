/* Stage 6: every symbol meets the filters and the rank; at most ten go on. */
#include "base/assert.h"
#include "market/cost.h"
#include "quant/math/qmath.h"
#include "scan/scan.h"

enum { SCREEN_ENTERED = 0x8000, FIRST_RULE = RULE_HISTORY };

/* One filter: sets its bit and keeps the value of the first that failed. Returns whether it holds. */
static bool filter(scan_t *s, u32 inst, rule_t rule, f64 value, f64 threshold)
{
    const rule_desc_t *r = rule_find((u16)rule);
    gate_t g = {.rule = (u16)rule, .value = gate_grid(r, value), .threshold = gate_grid(r, threshold)};
    if (gate_holds(&g)) {
        return true;
    }
    if ((s->mask[inst] & ~SCREEN_ENTERED) == 0) {
        s->value[inst] = g.value;
    }
    s->mask[inst] = (u16)(s->mask[inst] | (1U << ((u32)rule - FIRST_RULE)));
    return false;
}

static bool is_micro(const user_t *u)
{
    return money_to_f64(account_equity(u->account)) < u->config.micro_equity_threshold;
}

static bool twin_held(const scan_t *s, u32 inst)
{
    const instrument_t *table = s->shared->market->instruments;
    const char *mine = table[inst].underlying[0] != '\0' ? table[inst].underlying : table[inst].symbol;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &s->user->account->positions[i];
        if (p->inst == INST_NONE || p->direction == 0 || p->inst == inst) {
            continue;
        }
        const instrument_t *t = &table[p->inst];
        const char *theirs = t->underlying[0] != '\0' ? t->underlying : t->symbol;
        if (str_eq_c(str_from(mine), theirs)) {
            return true;
        }
    }
    return false;
}

static bool pinned(const market_view_t *v, u32 inst)
{
    f64 open = view_get(v, FEATURE_DAY_OPEN, inst);
    f64 prior = view_get(v, FEATURE_DAY_CLOSE, inst);
    f64 range = view_get(v, FEATURE_DAY_HIGH, inst) - view_get(v, FEATURE_DAY_LOW, inst);
    bool gapped = prior > 0 && q_abs(open / prior - 1.0) >= 0.08;
    return gapped && range < 0.25 * view_get(v, FEATURE_ATRD, inst);
}

static void account_filters(scan_t *s, u32 inst)
{
    const user_t *u = s->user;
    bool held = account_position_const(u->account, (inst_t)inst) != NULL ||
                account_entry_working(u->account, (inst_t)inst);
    (void)filter(s, inst, RULE_NO_POSITION, held ? 0.0 : 1.0, 1.0);
    (void)filter(s, inst, RULE_NOT_EXCLUDED, u->excluded[inst] ? 0.0 : 1.0, 1.0);
    f64 since = u->backoff_from[inst] == 0 ? 1e9 : (f64)((s->shared->now - u->backoff_from[inst]) / NS_PER_SEC);
    (void)filter(s, inst, RULE_BACKOFF, since, (f64)u->config.screen_entry_backoff);
    (void)filter(s, inst, RULE_NO_TWIN, twin_held(s, inst) ? 0.0 : 1.0, 1.0);
}

static void market_filters(scan_t *s, u32 inst, bool micro)
{
    const config_t *c = &s->user->config;
    const market_view_t *v = &s->shared->view;
    f64 raw = view_get(v, FEATURE_RAW, inst);
    bool present = filter(s, inst, RULE_BAR_PRESENT, view_get(v, FEATURE_PRESENT, inst), 1.0);
    bool seasoned = filter(s, inst, RULE_HISTORY, view_get(v, FEATURE_DAYS, inst), (f64)c->screen_min_daily_bars);
    if (!present || !seasoned) {
        return; /* nothing else is known of it */
    }
    if (!s->shared->levels_barred) {
        (void)filter(s, inst, RULE_PRICE_MIN, raw, micro ? c->micro_min_price : c->screen_min_price);
        if (micro) {
            (void)filter(s, inst, RULE_PRICE_MAX, raw, c->micro_max_price);
        }
    }
    (void)filter(s, inst, RULE_DOLLAR_VOLUME, view_get(v, FEATURE_DOLLAR20, inst),
                 micro ? c->screen_min_dollar_vol_micro : c->screen_min_dollar_vol);
    (void)filter(s, inst, RULE_SPREAD_MAX, s->shared->spread_bps[inst], c->screen_max_spread_bps);
    (void)filter(s, inst, RULE_NOT_PINNED, pinned(v, inst) ? 0.0 : 1.0, 1.0);
}

static void score_symbol(scan_t *s, u32 inst)
{
    screen_score_t score;
    screen_score(&s->user->config, &s->shared->view, inst, &score);
    u32 side = score.score[1] > score.score[0] ? 1 : 0;
    f64 boost = s->user->watched[inst] ? s->user->config.screen_watchlist_boost : 0.0;
    s->score[inst] = q_min(score.raw[side] + boost, 100.0);
    s->side[inst] = side == 0 ? 1 : -1;
}

/* Larger score first, then dollar volume, then symbol order: no tie depends on memory. */
static bool better(const scan_t *s, u32 a, u32 b)
{
    if (s->score[a] != s->score[b]) {
        return s->score[a] > s->score[b];
    }
    f64 da = view_get(&s->shared->view, FEATURE_DOLLAR20, a);
    f64 db = view_get(&s->shared->view, FEATURE_DOLLAR20, b);
    return da != db ? da > db : a < b;
}

static void insert(scan_t *s, u32 inst, u32 *best, u32 *count, u32 limit)
{
    u32 k = *count;
    if (k == limit) {
        if (!better(s, inst, best[k - 1])) {
            return;
        }
        k--;
    } else {
        (*count)++;
    }
    while (k > 0 && better(s, inst, best[k - 1])) {
        best[k] = best[k - 1];
        k--;
    }
    best[k] = inst;
}

static void take(scan_t *s, const u32 *best, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        candidate_t *c = &s->cand[i];
        *c = (candidate_t){.inst = (inst_t)best[i], .d = s->side[best[i]], .s = s->score[best[i]],
                           .spread_bps = s->shared->spread_bps[best[i]], .team = 1.0,
                           .watched = s->user->watched[best[i]] != 0};
        c->boost = c->watched ? s->user->config.screen_watchlist_boost : 0.0;
        screen_score(&s->user->config, &s->shared->view, best[i], &c->screen);
    }
    s->cand_count = count;
}

/* Everybody who was not taken meets the rank as a gate; being inside the ten by tie-break counts as holding. */
static void refuse_rest(scan_t *s, const u32 *best, u32 count, u32 limit)
{
    s->rank_cut = count > 0 ? s->score[best[count - 1]] : 0.0;
    f64 need = count < limit ? 0.0 : s->rank_cut + 0.01;
    for (u32 i = 0; i < s->shared->market->count; i++) {
        if ((s->mask[i] & SCREEN_ENTERED) == 0) {
            continue;
        }
        bool taken = false;
        for (u32 k = 0; k < count; k++) {
            taken = taken || best[k] == i;
        }
        if (!taken) {
            (void)filter(s, i, RULE_RANK, s->score[i], need);
            if (s->mask[i] == SCREEN_ENTERED) { /* equal to the cut on the grid: the tie-break refused it */
                const rule_desc_t *r = rule_find(RULE_RANK);
                s->value[i] = gate_grid(r, need) - 1;
                s->mask[i] |= (u16)(1U << ((u32)RULE_RANK - FIRST_RULE));
            }
            s->count[6].refused++;
        }
    }
}

static stage_result_t screen_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    u32 best[LIMIT_CANDIDATES];
    u32 count = 0;
    u32 limit = (u32)s->user->config.screen_max_results;
    bool micro = is_micro(s->user);
    for (u32 i = 0; i < s->shared->market->count; i++) {
        if (view_get(&s->shared->view, FEATURE_PRESENT, i) == 0.0 && !market_listed(&s->shared->view, (inst_t)i)) {
            continue; /* not listed yet: it never entered */
        }
        s->mask[i] = SCREEN_ENTERED;
        s->score[i] = 0;
        s->universe++;
        market_filters(s, i, micro);
        account_filters(s, i);
        if (view_get(&s->shared->view, FEATURE_DAYS, i) >= 2.0) {
            score_symbol(s, i);
        }
        if (s->mask[i] == SCREEN_ENTERED) {
            insert(s, i, best, &count, limit);
        }
    }
    take(s, best, count);
    refuse_rest(s, best, count, limit);
    s->count[6].in = s->universe;
    s->count[6].out = count;
    ASSERT(s->count[6].in == s->count[6].out + s->count[6].refused);
    return STAGE_DONE;
}

const stage_desc_t stage_screen = {
    .number = 6, .name = "screen", .title = "Candidate screening", .input = "universe, quotes, a year of bars",
    .output = "at most ten ranked candidates", .market_wide = true, .step = screen_step,
};
