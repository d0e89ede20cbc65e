/* Stage 7: every strategy of the profile, both sides, on each candidate; the best that holds whole goes on.
 */
#include "base/assert.h"
#include "model/tick.h"
#include "quant/math/qmath.h"
#include "scan/scan.h"

typedef struct {
    bool holds;
    u32 strategy_index;
    i32 d;
    strategy_plan_t plan;
    f64 stop_distance; /* adjusted scale */
} offer_t;

/* Stop distance clamped to [0.75, 2.0] A and at least three spreads. */
static f64 stop_distance(const setup_t *s, const strategy_plan_t *p, f64 spread)
{
    f64 a = setup_get(s, FEATURE_A);
    f64 raw = q_abs(setup_get(s, FEATURE_CLOSE) - p->stop);
    return q_max(q_clamp(raw, 0.75 * a, 2.0 * a), 3.0 * spread);
}

/* Without unit A there is neither a stop nor a target to speak of, and a price below the venue's grid would
 * leave as none at all: a position without a stop. */
static bool plan_can_be_sent(const setup_t *s, i32 d, const offer_t *o)
{
    f64 least = 1e-4 * setup_get(s, FEATURE_FACTOR);
    f64 stop = setup_get(s, FEATURE_CLOSE) - (f64)d * o->stop_distance;
    return setup_get(s, FEATURE_A) > 0 && o->stop_distance > 0 && stop >= least && o->plan.target >= least;
}

static void evaluate_one(scan_t *s, candidate_t *c, u32 index, i32 d, offer_t *offer)
{
    const strategy_desc_t *st = strategy_at(index);
    const config_t *cfg = &s->config;
    setup_t setup = scan_setup(s->shared, c->inst, cfg->profile);
    gates_t *g = &c->gates;
    g->group = (u8)(st->id * 2U + (d > 0 ? 0U : 1U)); /* by id: the record outlives the table's order */
    u32 failed = g->failed;
    f64 close = setup_get(&setup, FEATURE_CLOSE);
    f64 spread = close * c->spread_bps / 1e4;
    *offer = (offer_t){.strategy_index = index, .d = d};
    st->gates(&setup, d, g);
    st->plan(&setup, d, &offer->plan);
    offer->stop_distance = stop_distance(&setup, &offer->plan, spread);
    f64 reward = (f64)d * (offer->plan.target - close);
    f64 least =
        st->family == FAMILY_REVERSAL ? cfg->eval_min_reward_risk_reversal : cfg->eval_min_reward_risk;
    bool sized = reward > 0 && plan_can_be_sent(&setup, d, offer);
    (void)gate_check(g, RULE_REWARD_RISK, sized ? reward / offer->stop_distance : -1.0,
                     least); /* least may be 0 */
    if (g->failed ==
        failed) { /* freshness is a property of a set-up that holds; of no set-up it says nothing */
        (void)gate_check(g, RULE_FRESH, signal_of(s->user, c->inst, st->id, d)->fresh ? 1.0 : 0.0, 1.0);
    }
    offer->holds = g->failed == failed && sized;
}

/* Two families on one side agree (+0.05), opposite sides oppose (-0.10): both are in the record's groups. */
static f64 family_shift(const config_t *cfg, const offer_t *offers, u32 count, const offer_t *best)
{
    f64 shift = 0;
    family_t family = strategy_at(best->strategy_index)->family;
    for (u32 i = 0; i < count; i++) {
        const offer_t *o = &offers[i];
        if (!o->holds || o == best) {
            continue;
        }
        if (o->d != best->d) {
            return -cfg->comp_family_oppose;
        }
        if (strategy_at(o->strategy_index)->family != family) {
            shift = cfg->comp_family_agree;
        }
    }
    return shift;
}

static void candidate_levels(scan_t *s, candidate_t *c)
{
    u32 n = 0;
    const series_t *day = market_daily(&s->shared->view, c->inst, &n);
    u32 from = n > 252 ? n - 252 : 0;
    u32 closes = 0;
    const market_view_t *v = &s->shared->view;
    bool intraday = s->config.profile == PROFILE_DAY;
    f64 factor = view_get(v, FEATURE_FACTOR, c->inst);
    levels_input_t in = {.day = day->session + from,
                         .high = day->high + from,
                         .low = day->low + from,
                         .close = day->close + from,
                         .volume = day->volume + from,
                         .count = n - from,
                         .today = s->shared->session + (intraday ? 0 : 1),
                         .price = view_get(v, FEATURE_CLOSE, c->inst),
                         .atr_day = view_get(v, FEATURE_ATRD, c->inst),
                         .a = view_get(v, FEATURE_A, c->inst),
                         .intraday = intraday,
                         .range_high = intraday ? view_get(v, FEATURE_RANGE_HIGH, c->inst) : 0.0,
                         .range_low = intraday ? view_get(v, FEATURE_RANGE_LOW, c->inst) : 0.0,
                         .vwap = intraday ? view_get(v, FEATURE_VWAP, c->inst) : 0.0,
                         .recent = market_closes_today(v, c->inst, &closes)};
    in.recent_count = closes;
    levels_find(&in, &c->levels);
    c->room = levels_room(&c->levels, in.price, c->d, c->stop_distance * factor);
}

static void accept(scan_t *s, candidate_t *c, const offer_t *best, f64 shift)
{
    const market_view_t *v = &s->shared->view;
    f64 factor = view_get(v, FEATURE_FACTOR, c->inst);
    c->d = (i8)best->d;
    c->strategy_index = (u8)best->strategy_index;
    c->plan = best->plan;
    c->score = q_clamp(best->plan.score + shift, 0.0, 1.0);
    c->s = q_min(c->screen.raw[best->d > 0 ? 0 : 1] + c->boost, 100.0);
    c->entry = view_get(v, FEATURE_CLOSE, c->inst) / factor;
    const instrument_t *t = &s->shared->market->instruments[c->inst];
    bool buys = best->d > 0; /* both as the venue takes them, rounded away from the price (decision 0031) */
    f64 stop = c->entry - (f64)best->d * best->stop_distance / factor;
    c->stop = price_to_f64(tick_beyond(t, stop, !buys));
    c->target = price_to_f64(tick_beyond(t, best->plan.target / factor, buys));
    c->stop_distance = (f64)best->d * (c->entry - c->stop);
    c->a = view_get(v, FEATURE_A, c->inst) / factor;
    candidate_levels(s, c);
}

static void evaluate_candidate(scan_t *s, candidate_t *c)
{
    offer_t offers[LIMIT_STRATEGIES * 2];
    u32 count = 0;
    const config_t *cfg = &s->config;
    c->gates.count = 0;
    c->gates.failed = 0;
    for (u32 k = 0; k < strategy_count(); k++) {
        const strategy_desc_t *st = strategy_at(k);
        if (cfg->profile == PROFILE_DAY ? !st->day : !st->swing) {
            continue;
        }
        evaluate_one(s, c, k, 1, &offers[count++]);
        if (cfg->risk_allow_short) {
            evaluate_one(s, c, k, -1, &offers[count++]);
        }
    }
    const offer_t *best = NULL;
    for (u32 i = 0; i < count; i++) {
        if (offers[i].holds && (best == NULL || offers[i].plan.score > best->plan.score)) {
            best = &offers[i];
        }
    }
    if (best == NULL) {
        scan_refuse(s, c, 7);
        return;
    }
    accept(s, c, best, family_shift(cfg, offers, count, best));
}

static stage_result_t evaluate_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    s->count[7].in = scan_alive(s);
    for (u32 i = 0; i < s->cand_count; i++) {
        if (s->cand[i].refused_stage == 0) {
            evaluate_candidate(s, &s->cand[i]);
        }
    }
    s->count[7].out = scan_alive(s);
    return STAGE_DONE;
}

const stage_desc_t stage_evaluate = {
    .number = 7,
    .name = "evaluate",
    .title = "Strategy evaluation",
    .text = {.does = "Asks every strategy of the profile, both sides, and takes the strongest set-up "
                     "whose conditions all hold.",
             .edge = "Agreement of a strategy of the other family adds `comp.family_agree`, an "
                     "opposite set-up takes `comp.family_oppose`. A set-up is taken once, while it is "
                     "fresh.",
             .wrong = "Strategies that share inputs agree by construction: two of them are not two "
                      "opinions."},
    .input = "candidates, bars, indicators",
    .output = "the best set-up of each",
    .market_wide = true,
    .step = evaluate_step,
};
