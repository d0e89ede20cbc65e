/* Stage 9: conviction. The built-in analyst always speaks; a model, when one is asked, may only lower what
 * the gates see (decision 30). Asks go out together and are used in ask order. */
#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"
#include "scan/adopt.h"
#include "scan/ask.h"
#include "scan/sector_strength.h"

enum { CONVICTION_DEADLINE_S = 10 };

/* Scores lie within one another by tenths, volumes by multiples: four times the day's usual count like a
 * whole point of score. Unknown volume on either side says nothing about distance. */
static f64 apart(const measure_t *a, const measure_t *b)
{
    f64 volume = a->rvol > 0 && b->rvol > 0 ? q_abs(a->rvol - b->rvol) / 4.0 : 0.0;
    return q_abs(a->score - b->score) + volume;
}

/* Mean net R of the ten nearest lessons of the same strategy and side, each as it was at its entry. */
static void similar_lessons(const user_t *u, const candidate_t *c, ai_input_t *in)
{
    enum { NEAREST = 10 };
    f64 distance[NEAREST];
    f64 result[NEAREST];
    u32 n = 0;
    u32 have = MIN_OF(u->lesson_count, (u32)LESSONS);
    u16 id = strategy_at(c->strategy_index)->id;
    measure_t now = {.score = c->score, .rvol = in->rvol};
    for (u32 i = 0; i < have; i++) {
        const lesson_t *l = &u->lesson[i];
        if (((l->strategy ^ id) | (l->d ^ c->d) | (i32)!l->measured) != 0) {
            continue; /* one branch for the three: most lessons are of another kind */
        }
        f64 x = apart(&l->at_entry, &now);
        u32 k = n < NEAREST ? n++ : NEAREST;
        if (k == NEAREST && x >= distance[NEAREST - 1]) {
            continue;
        }
        k = MIN_OF(k, (u32)NEAREST - 1);
        while (k > 0 && distance[k - 1] > x) {
            distance[k] = distance[k - 1];
            result[k] = result[k - 1];
            k--;
        }
        distance[k] = x;
        result[k] = l->net_r;
    }
    f64 sum = 0;
    for (u32 i = 0; i < n; i++) {
        sum += result[i];
    }
    in->lessons_n = n;
    in->lessons_r = n > 0 ? sum / (f64)n : 0.0;
}

static void gather(const scan_t *s, const candidate_t *c, ai_input_t *in)
{
    const market_view_t *v = &s->shared->view;
    const strategy_desc_t *st = strategy_at(c->strategy_index);
    bool day = s->config.profile == PROFILE_DAY;
    bool coins = s->shared->market->calendar == CAL_CRYPTO;
    f64 a = view_get(v, FEATURE_A, c->inst);
    f64 vwap = view_get(v, FEATURE_VWAP, c->inst);
    const health_view_t *h = &s->user->health_view[st->id];
    *in = (ai_input_t){.d = c->d,
                       .reversal = st->family == FAMILY_REVERSAL,
                       .day = day,
                       .score = c->score,
                       .trend15 = view_get(v, FEATURE_TREND15, c->inst),
                       .trend15_known = view_get(v, FEATURE_TREND15_KNOWN, c->inst) != 0.0,
                       .index_side = s->shared->proxy_side,
                       .index_known = day && s->shared->proxy_side != 0,
                       .intraday = (i32)s->shared->intraday,
                       .intraday_known = day,
                       .rvol = view_get(v, FEATURE_RVOL, c->inst),
                       .rvol_known = view_get(v, FEATURE_RVOL, c->inst) > 0,
                       .room_r = c->room,
                       .room_known = true,
                       .spread_bps = c->spread_bps,
                       .beyond_vwap_a =
                           a > 0 ? (f64)c->d * (view_get(v, FEATURE_CLOSE, c->inst) - vwap) / a : 0.0,
                       .vwap_known = day && vwap > 0,
                       .vix = s->shared->vix,
                       .vix_change_pct = s->shared->vix_change_pct,
                       .vix_known = s->shared->vix_known,
                       .minutes = (f64)((s->shared->now - s->shared->session_open) / NS_PER_MIN),
                       .clock_known = day && !coins, /* hours of an exchange */
                       .health_sharpe = h->shrunk,
                       .health_results = h->results,
                       .health_degraded = h->status == HEALTH_DEGRADED};
    similar_lessons(s->user, c, in);
    in->sector_known = sector_strength(s->shared, s->config.profile, c->inst, c->d, &in->sector);
    const heard_t *heard = s->shared->heard;
    if (heard != NULL) {
        in->news_known = heard_mood(heard, c->inst, s->shared->now, &in->news);
        in->earnings_known = heard_earnings(heard, c->inst, s->shared->session, &in->earnings_days);
        heard_iv_t iv;
        in->iv_rank_known = heard_iv(heard, c->inst, s->shared->session, 0, &iv);
        in->iv_rank = iv.rank;
    }
}

void conviction_gates(const config_t *k, candidate_t *c)
{
    ASSERT(k != NULL && c != NULL);
    f64 seen = q_min(c->conviction_model, (f64)c->conviction.conviction);
    c->gates = (gates_t){0};
    (void)gate_check(&c->gates, RULE_CONVICTION_FLOOR, seen, k->ai_conviction_disqualify);
    (void)gate_check(&c->gates, RULE_CONVICTION_MIN, seen, k->ai_min_conviction);
}

static void conclude(scan_t *s, candidate_t *c)
{
    const config_t *cfg = &s->config;
    f64 analyst = (f64)c->conviction.conviction;
    c->final_rank = composite_final(c->composite.composite, c->conviction_model, 1.0);
    c->final_gate = composite_final(c->composite.composite, q_min(c->conviction_model, analyst), 1.0);
    conviction_gates(cfg, c);
    if (c->ai.earnings_known) {
        (void)gate_check(&c->gates, RULE_EARNINGS_CLEAR, c->ai.earnings_days,
                         (f64)cfg->monk_pre_earnings_days);
    }
    if (c->gates.failed > 0) {
        scan_refuse(s, c, 9);
    }
}

static void ask(scan_t *s, u32 index)
{
    const candidate_t *c = &s->cand[index];
    i32 body[4] = {c->inst, c->d, c->strategy_index, c->conviction.conviction};
    ask_t what = {.ask = index,
                  .kind = ASK_CONVICTION,
                  .deadline = s->shared->now + CONVICTION_DEADLINE_S * NS_PER_SEC,
                  .body = {.p = (const u8 *)body, .n = sizeof body}};
    scan_ask(s, &what);
}

/* A model's word: i32 conviction 0..100; anything else is worth nothing and the analyst stands alone. */
static void take_answer(scan_t *s, const answer_t *answer)
{
    if (!scan_ask_close(s, answer->ask)) {
        return; /* said twice, or never asked: the first word stands */
    }
    ASSERT(answer->ask < s->cand_count);
    candidate_t *c = &s->cand[answer->ask];
    i32 said = 0;
    if (answer->err == ERR_OK && answer->body.n == sizeof said) {
        memcpy(&said, answer->body.p, sizeof said);
        if (said >= 0 && said <= 100) {
            c->conviction_model = (f64)said;
        }
    }
}

/* One question more stays within what a cycle may cost, each at its dearest. Candidates come in order of
 * rank, so the best are asked about first. */
static bool affordable(const scan_t *s)
{
    f64 most = s->config.ai_cycle_cents;
    return most <= 0.0 || (f64)(s->asked + 1) * s->config.ai_ask_cents <= most;
}

/* The analyst's word on a living candidate; a model is asked besides if the run has any. */
static void judge(scan_t *s, u32 index)
{
    candidate_t *c = &s->cand[index];
    if (c->refused_stage != 0) {
        return;
    }
    gather(s, c, &c->ai);
    analyst_run(&c->ai, &c->conviction);
    c->conviction_model = (f64)c->conviction.conviction;
    c->unasked = s->config.ai_models != 0 && !affordable(s);
    if (s->config.ai_models != 0 && !c->unasked) {
        s->asked++;
        ask(s, index);
    }
}

static stage_result_t conviction_step(scan_t *s, const answer_t *answer)
{
    if (answer != NULL) {
        take_answer(s, answer);
    } else {
        s->count[9].in = scan_alive(s);
        for (u32 i = 0; i < s->cand_count; i++) {
            judge(s, i);
        }
    }
    if (s->asks_out > 0) {
        return STAGE_WAITING;
    }
    for (u32 i = 0; i < s->cand_count; i++) {
        if (s->cand[i].refused_stage == 0) {
            conclude(s, &s->cand[i]);
        }
    }
    s->count[9].out = scan_alive(s);
    return STAGE_DONE;
}

const stage_desc_t stage_conviction = {
    .number = 9,
    .name = "conviction",
    .title = "Conviction",
    .text =
        {.does = "Lets the built-in analyst weigh named evidence for and against, each point "
                 "shown; a model, where one is asked, may only lower it.",
         .edge =
             "Evidence without a source (options flow; news and IV rank where none is heard) is listed as "
             "unknown and counts nothing.",
         .wrong = "Points are judgement written down, not estimates from data."},
    .input = "set-up and context sources",
    .output = "conviction, evidence, three risks",
    .market_wide = true,
    .step = conviction_step,
};
