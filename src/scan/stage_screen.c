/* Stage 6: every symbol meets the filters and the rank; at most ten go on. */
#include "base/assert.h"
#include "market/cost.h"
#include "quant/math/qmath.h"
#include "scan/adopt.h"

enum {
    SCREEN_ENTERED = 0x8000,
    FIRST_RULE = RULE_HISTORY,
    SCREEN_RULES = RULE_MEMBER - RULE_HISTORY + 1
};

/* What is the same for every symbol of a cycle: the rules' descriptors, and who is held or has an entry
 * working. */
typedef struct {
    scan_t *scan;
    const rule_desc_t *rule[SCREEN_RULES];
    f64 threshold[SCREEN_RULES]; /* asked last, and where it lies on the grid: the same for all symbols */
    i64 gridded[SCREEN_RULES];
    const position_t *held[LIMIT_POSITIONS]; /* positions, open or not yet */
    u32 held_count;
    bool entries_work; /* some entry works somewhere: ask for each symbol */
    bool micro;
} screen_t;

/* The raw figures decide where they can: rounding to the grid never turns an order of two numbers round, so a
 * value that holds raw holds on the grid. */
static bool holds_raw(gate_op_t op, f64 value, f64 threshold)
{
    return (op == GATE_GE && value >= threshold) || (op == GATE_LE && value <= threshold) ||
           (op == GATE_EQ && value == threshold);
}

/* A row of zeros is right from the start: 0 lies at 0 on every grid. */
static i64 on_grid(screen_t *k, u32 place, f64 threshold)
{
    if (k->threshold[place] != threshold) {
        k->threshold[place] = threshold;
        k->gridded[place] = gate_grid(k->rule[place], threshold);
    }
    return k->gridded[place];
}

/* One filter: sets its bit and keeps the value of the first that failed. Returns whether it holds. */
static bool filter(screen_t *k, u32 inst, rule_t rule, f64 value, f64 threshold)
{
    scan_t *s = k->scan;
    const rule_desc_t *r = k->rule[(u32)rule - FIRST_RULE];
    if (holds_raw(r->op, value, threshold)) {
        return true;
    }
    i64 gridded = gate_grid(r, value);
    if (rule_holds(r, gridded, on_grid(k, (u32)rule - FIRST_RULE, threshold))) {
        return true;
    }
    if ((s->mask[inst] & ~SCREEN_ENTERED) == 0) {
        s->value[inst] = gridded;
    }
    s->mask[inst] = (u16)(s->mask[inst] | (1U << ((u32)rule - FIRST_RULE)));
    return false;
}

static void screen_prepare(scan_t *s, screen_t *k)
{
    const account_t *a = s->user->account;
    *k = (screen_t){.scan = s, .micro = s->micro};
    for (u32 i = 0; i < SCREEN_RULES; i++) {
        k->rule[i] = rule_find((u16)(FIRST_RULE + i));
        ASSERT(k->rule[i] != NULL);
    }
    for (u32 i = 0; i < a->positions_used; i++) {
        if (a->positions[i].inst != INST_NONE) {
            k->held[k->held_count++] = &a->positions[i];
        }
    }
    for (u32 i = 0; i < a->orders_used && !k->entries_work; i++) {
        const order_t *o = &a->orders[i];
        k->entries_work = o->state != 0 && side_is_opening((side_t)o->intent.side) &&
                          !order_state_is_terminal((order_state_t)o->state);
    }
}

static bool is_held(const screen_t *k, u32 inst)
{
    for (u32 i = 0; i < k->held_count; i++) {
        if (k->held[i]->inst == inst) {
            return true;
        }
    }
    return false;
}

bool screen_twin_held(const scan_t *s, u32 inst)
{
    ASSERT(s != NULL && s->user != NULL);
    const instrument_t *table = s->shared->market->instruments;
    const char *mine = table[inst].underlying[0] != '\0' ? table[inst].underlying : table[inst].symbol;
    for (u32 i = 0; i < s->user->account->positions_used; i++) {
        const position_t *p = &s->user->account->positions[i];
        if (p->inst == INST_NONE || p->direction == 0 || p->inst == inst) {
            continue;
        }
        const instrument_t *t = &table[p->inst];
        const char *theirs = t->underlying[0] != '\0' ? t->underlying : t->symbol;
        if (mine[0] == theirs[0] && str_eq_c(str_from(mine), theirs)) {
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

static void account_filters(scan_t *s, screen_t *k, u32 inst)
{
    const user_t *u = s->user;
    bool held = is_held(k, inst) || (k->entries_work && account_entry_working(u->account, (inst_t)inst));
    (void)filter(k, inst, RULE_NO_POSITION, held ? 0.0 : 1.0, 1.0);
    (void)filter(k, inst, RULE_NOT_EXCLUDED, u->excluded[inst] ? 0.0 : 1.0, 1.0);
    f64 since =
        u->backoff_from[inst] == 0 ? 1e9 : (f64)((s->shared->now - u->backoff_from[inst]) / NS_PER_SEC);
    (void)filter(k, inst, RULE_BACKOFF, since, (f64)s->config.screen_entry_backoff);
    (void)filter(k, inst, RULE_NO_TWIN, k->held_count > 0 && screen_twin_held(s, inst) ? 0.0 : 1.0, 1.0);
}

static void market_filters(scan_t *s, screen_t *k, u32 inst)
{
    bool micro = k->micro;
    const config_t *c = &s->config;
    const market_view_t *v = &s->shared->view;
    f64 raw = view_get(v, FEATURE_RAW, inst);
    bool present = filter(k, inst, RULE_BAR_PRESENT, view_get(v, FEATURE_PRESENT, inst), 1.0);
    bool seasoned =
        filter(k, inst, RULE_HISTORY, view_get(v, FEATURE_DAYS, inst), (f64)c->screen_min_daily_bars);
    if (!present || !seasoned) {
        return; /* nothing else is known of it */
    }
    if (!s->shared->levels_barred) {
        (void)filter(k, inst, RULE_PRICE_MIN, raw, micro ? c->micro_min_price : c->screen_min_price);
        if (micro && s->shared->market->calendar != CAL_CRYPTO) { /* parts of a coin may be bought */
            (void)filter(k, inst, RULE_PRICE_MAX, raw, c->micro_max_price);
        }
    }
    (void)filter(k, inst, RULE_DOLLAR_VOLUME, view_get(v, FEATURE_DOLLAR20, inst),
                 micro ? c->screen_min_dollar_vol_micro : c->screen_min_dollar_vol);
    (void)filter(k, inst, RULE_SPREAD_MAX, s->shared->spread_bps[inst], c->screen_max_spread_bps);
    (void)filter(k, inst, RULE_ACTION_CLEAR, view_get(v, FEATURE_ACTION_UNCLEAR, inst) == 0.0 ? 1.0 : 0.0,
                 1.0);
    (void)filter(k, inst, RULE_NOT_PINNED, pinned(v, inst) ? 0.0 : 1.0, 1.0);
}

static void score_symbol(scan_t *s, u32 inst)
{
    screen_score_t score;
    screen_score_with(&s->config, &s->shared->view, inst, &s->shared->logs[inst], &score);
    u32 side = score.score[1] > score.score[0] ? 1 : 0;
    f64 boost = s->user->watched[inst] ? s->config.screen_watchlist_boost : 0.0;
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
        *c = (candidate_t){.inst = (inst_t)best[i],
                           .d = s->side[best[i]],
                           .s = s->score[best[i]],
                           .spread_bps = s->shared->spread_bps[best[i]],
                           .team = 1.0,
                           .watched = s->user->watched[best[i]] != 0};
        c->boost = c->watched ? s->config.screen_watchlist_boost : 0.0;
        screen_score_with(&s->config, &s->shared->view, best[i], &s->shared->logs[best[i]], &c->screen);
    }
    s->cand_count = count;
}

/* Of what is halted, or no member, nothing else was asked. */
static bool unscored(const scan_t *s, u32 inst)
{
    return (s->mask[inst] &
            (1U << ((u32)RULE_NOT_HALTED - FIRST_RULE) | 1U << ((u32)RULE_MEMBER - FIRST_RULE))) != 0;
}

/* Everybody who was not taken meets the rank as a gate; being inside the ten by tie-break counts as holding.
 */
static void refuse_rest(scan_t *s, screen_t *k, const u32 *best, u32 count)
{
    s->rank_cut = count > 0 ? s->score[best[count - 1]] : 0.0;
    u32 limit = (u32)s->config.screen_max_results;
    f64 need = count < limit ? 0.0 : s->rank_cut + 0.01;
    for (u32 i = 0; i < s->shared->market->count; i++) {
        if ((s->mask[i] & SCREEN_ENTERED) == 0) {
            continue;
        }
        bool taken = false;
        for (u32 n = 0; n < count && s->mask[i] == SCREEN_ENTERED; n++) { /* who was taken failed nothing */
            taken = taken || best[n] == i;
        }
        if (!taken && !unscored(s, i)) {
            (void)filter(k, i, RULE_RANK, s->score[i], need);
            if (s->mask[i] == SCREEN_ENTERED) { /* equal to the cut on the grid: the tie-break refused it */
                s->value[i] = gate_grid(k->rule[RULE_RANK - FIRST_RULE], need) - 1;
                s->mask[i] |= (u16)(1U << ((u32)RULE_RANK - FIRST_RULE));
            }
        }
        s->count[6].refused += taken ? 0 : 1;
    }
}

static stage_result_t screen_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    u32 best[LIMIT_CANDIDATES];
    u32 count = 0;
    u32 limit = (u32)s->config.screen_max_results;
    screen_t k;
    const heard_t *heard = s->shared->heard;
    screen_prepare(s, &k);
    for (u32 i = 0; i < s->shared->market->count; i++) {
        if (view_get(&s->shared->view, FEATURE_PRESENT, i) == 0.0 &&
            !market_listed(&s->shared->view, (inst_t)i)) {
            continue; /* not listed yet: it never entered */
        }
        s->mask[i] = SCREEN_ENTERED;
        s->score[i] = 0;
        s->universe++;
        if (!filter(&k, i, RULE_NOT_HALTED, account_is_halted(s->user->account, (inst_t)i) ? 0.0 : 1.0,
                    1.0)) {
            continue; /* it may have no bar, and none that it has is a price to be had */
        }
        bool member = heard == NULL || heard_is_member(heard, (inst_t)i);
        if (!filter(&k, i, RULE_MEMBER, member ? 1.0 : 0.0, 1.0)) {
            continue; /* whatever else may be said of it, on this day it was no part of the universe */
        }
        market_filters(s, &k, i);
        account_filters(s, &k, i);
        if (view_get(&s->shared->view, FEATURE_DAYS, i) >= 2.0) {
            score_symbol(s, i);
        }
        if (s->mask[i] == SCREEN_ENTERED) {
            insert(s, i, best, &count, limit);
        }
    }
    take(s, best, count);
    refuse_rest(s, &k, best, count);
    s->count[6].in = s->universe;
    s->count[6].out = count;
    ASSERT(s->count[6].in == s->count[6].out + s->count[6].refused);
    return STAGE_DONE;
}

const stage_desc_t stage_screen = {
    .number = 6,
    .name = "screen",
    .title = "Candidate screening",
    .text = {.does = "Holds every symbol of the universe to the filters, ranks what is left, and lets "
                     "at most ten go on.",
             .formula = "score = sum of weight x how far it is fulfilled (0 to 1), over relative volume,\n"
                        "        daily range, gap, RSI, liquidity and place in the year;  + watchlist_boost\n"
                        "the larger side counts",
             .edge = "A symbol below the cut is refused by `RANK`, with the score that would have "
                     "been needed.",
             .wrong = "It prefers what moves. On a day when everything moves, the tenth place is "
                      "decided by fractions of a point."},
    .input = "universe, quotes, a year of bars",
    .output = "at most ten ranked candidates",
    .market_wide = true,
    .step = screen_step,
};
