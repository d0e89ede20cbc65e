/* Stage 8: screener and strategy in one score, under the regime's multiplier; the floor that asks little. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "scan/adopt.h"

static f64 trend_in_direction(const scan_t *s, const candidate_t *c)
{
    f64 t = view_get(&s->shared->view, FEATURE_TREND15, c->inst) * (f64)c->d;
    bool known = view_get(&s->shared->view, FEATURE_TREND15_KNOWN, c->inst) != 0.0; /* never in swing */
    return !known ? 0.0 : (t >= 2.0 ? 2.0 : (t > -2.0 ? 1.0 : 0.0));
}

void composite_gates(const config_t *k, candidate_t *c)
{
    ASSERT(k != NULL && c != NULL);
    f64 penalty = c->degraded ? k->comp_health_penalty : 0.0;
    c->gates = (gates_t){0};
    (void)gate_check(&c->gates, RULE_COMPOSITE_MIN, c->composite.composite, k->comp_min_composite_score);
    (void)gate_check(&c->gates, RULE_STRATEGY_MIN, q_max(c->score - penalty, 0.0),
                     k->comp_min_strategy_score);
}

static void composite_candidate(scan_t *s, candidate_t *c)
{
    const config_t *cfg = &s->config;
    u32 id = strategy_at(c->strategy_index)->id;
    c->degraded = s->user->health_view[id].status == HEALTH_DEGRADED;
    c->regime_mult = regime_multiplier(&s->shared->regime, c->d, cfg->regime_trust);
    composite_in_t in = {.screener = c->s,
                         .strategy = c->score,
                         .degraded = c->degraded,
                         .regime_mult = c->regime_mult,
                         .trend15 = trend_in_direction(s, c)};
    composite_score(cfg, &in, &c->composite);
    composite_gates(cfg, c);
    if (c->gates.failed > 0) {
        scan_refuse(s, c, 8);
    }
}

static stage_result_t composite_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    s->count[8].in = scan_alive(s);
    for (u32 i = 0; i < s->cand_count; i++) {
        if (s->cand[i].refused_stage == 0) {
            composite_candidate(s, &s->cand[i]);
        }
    }
    s->count[8].out = scan_alive(s);
    return STAGE_DONE;
}

const stage_desc_t stage_composite = {
    .number = 8,
    .name = "composite",
    .title = "Composite score",
    .text = {.does = "Makes one score of screener and strategy, under the regime, and asks a little "
                     "of it.",
             .formula = "composite = (w_screener x screener + w_strategy x 100 x strategy) x regime\n"
                        "            + bonus where the 15-minute frame agrees;  0 to 100",
             .edge = "A degraded strategy loses `comp.health_penalty` first.",
             .wrong = "It is no probability. 80 is not twice as good as 40; stage 12 asks what such "
                      "trades really made."},
    .input = "screener and strategy scores",
    .output = "scored opportunities",
    .market_wide = true,
    .step = composite_step,
};
