/* Stage 10: the three-agent debate, opt-in, for high scores; its factor re-ranks and may lower what gates
 * see. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "scan/scan.h"

static stage_result_t debate_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    const config_t *cfg = &s->config;
    s->count[10].in = scan_alive(s);
    for (u32 i = 0; i < s->cand_count; i++) {
        candidate_t *c = &s->cand[i];
        if (c->refused_stage != 0 || !cfg->team_team_eval_enabled ||
            c->composite.composite < cfg->team_min_composite) {
            continue;
        }
        c->debate = (u8)debate_run(&c->conviction);
        c->team = debate_factor((debate_t)c->debate, cfg->team_agree_mult, cfg->team_disagree_mult);
        f64 seen = q_min(c->conviction_model, (f64)c->conviction.conviction);
        c->final_rank = composite_final(c->composite.composite, c->conviction_model, c->team);
        c->final_gate = composite_final(c->composite.composite, seen, q_min(c->team, 1.0));
    }
    s->count[10].out = scan_alive(s);
    ASSERT(s->count[10].out == s->count[10].in);
    return STAGE_DONE;
}

const stage_desc_t stage_debate = {
    .number = 10,
    .name = "debate",
    .title = "Three-agent debate",
    .text = {.does = "Bull, bear and arbiter read the same evidence; their verdict re-ranks and may "
                     "lower what the gates see. Opt-in.",
             .edge = "Only candidates above `team.min_composite` are debated. It never opens a gate.",
             .wrong = "All three read the same evidence: what it lacks, they lack."},
    .input = "opportunity and evidence",
    .output = "team factor",
    .market_wide = true,
    .step = debate_step,
};
