/* From a finished scan to its record: every figure onto its grid. See record.h. */
#include "scan/record.h"

#include <string.h>

#include "base/assert.h"
#include "scan/record_inner.h"
#include "scan/lesson.h"

enum { SCREEN_ENTERED = 0x8000 };

static void fill_setup(const candidate_t *c, cand_record_t *r)
{
    r->strategy = strategy_at(c->strategy_index)->id;
    r->score = record_grid(c->score, 1e4);
    for (u32 i = 0; i < 3; i++) {
        r->component[i] = record_grid(c->plan.component[i], 1e4);
    }
    r->level = record_grid(c->plan.level, 1e4);
    r->entry = record_grid(c->entry, 1e4);
    r->stop = record_grid(c->stop, 1e4);
    r->target = record_grid(c->target, 1e4);
    r->a = record_grid(c->a, 1e4);
    r->room = record_grid(c->room, 100);
    r->spread_bps = record_grid(c->spread_bps, 100);
    r->composite = record_grid(c->composite.composite, 100);
    r->bonus = record_grid(c->composite.bonus, 100);
    r->regime_mult = record_grid(c->regime_mult, 1e4);
}

static void fill_conviction(const candidate_t *c, cand_record_t *r)
{
    r->evidence_count = c->conviction.count;
    for (u32 i = 0; i < c->conviction.count; i++) {
        const evidence_t *e = &c->conviction.row[i];
        r->evidence[i].id = e->id;
        r->evidence[i].known = e->known ? 1 : 0;
        r->evidence[i].value = record_grid(e->value, 1e4);
        r->evidence[i].points = record_grid(e->points, 100);
    }
    r->conviction = c->conviction.conviction;
    r->conviction_model = record_grid(c->conviction_model, 1);
    r->team = record_grid(c->team, 1e4);
    r->final_rank = record_grid(c->final_rank, 100);
    r->final_gate = record_grid(c->final_gate, 100);
    r->debate = c->debate;
}

static void fill_size(const candidate_t *c, cand_record_t *r)
{
    for (u32 i = 1; i < SIZE_STEPS; i++) {
        r->shares[i] = record_grid(c->size.shares[i], 1e4);
    }
    r->binding = (u64)c->size.binding;
    r->quantity = record_grid(c->size.quantity, 1e4);
    r->factor = record_grid(c->size.factor, 1e4);
    r->risk_used = record_grid(c->size.risk_used_pct, 1e4);
    r->kelly = record_grid(c->size.kelly, 1e6);
    r->cost_bps = record_grid(c->size.cost_bps, 100);
    r->profit_bps = record_grid(c->size.profit_bps, 100);
    r->quality = c->size_in.quality;
    r->c0 = record_grid(c->confidence.c0, 1e4);
    r->confidence = record_grid(c->confidence.confidence, 1e4);
    r->delta = record_grid(c->confidence.delta, 1e4);
    r->dk = record_grid(c->confidence.dk, 1e4);
    r->n_kind = record_grid(c->confidence.n_kind, 100);
    r->threshold = record_grid(c->gate_confidence, 1e4);
    r->ev_r = record_grid(c->ev_r, 1e4);
    r->weight = record_grid(c->weight, 1e4);
}

void record_candidate(const candidate_t *c, u32 reached, cand_record_t *r)
{
    ASSERT(c != NULL && r != NULL);
    u32 side = c->d > 0 ? 0 : 1;
    *r = (cand_record_t){.inst = c->inst,
                         .d = c->d,
                         .refused_stage = c->refused_stage,
                         .traded = c->traded ? 1 : 0,
                         .flags = (c->probe ? CAND_PROBE : 0U) | (c->shadowed ? CAND_SHADOW : 0U) |
                                  (c->size_in.micro ? CAND_MICRO : 0U) | (c->handed ? CAND_HANDED : 0U) |
                                  (c->weight > 0 ? CAND_WEIGHTED : 0U) | (c->unasked ? CAND_UNASKED : 0U),
                         .boost = (u64)record_grid(c->boost, 100),
                         .s = record_grid(c->s, 100),
                         .gate_count = c->gates.count};
    for (u32 i = 0; i < SCREEN_PARTS; i++) {
        r->part[i] = record_grid(c->screen.part[side][i], 100);
    }
    memcpy(r->gate, c->gates.v, c->gates.count * sizeof *r->gate);
    if (reached >= 8) {
        fill_setup(c, r);
    }
    if (reached >= 9) {
        fill_conviction(c, r);
    }
    if (reached >= 11) {
        fill_size(c, r);
    }
    memcpy(r->intent, c->intent.b, sizeof r->intent);
}

static void fill_head(const scan_t *s, cycle_record_t *r)
{
    const scan_shared_t *sh = s->shared;
    r->version = RECORD_VERSION;
    r->cycle = s->cycle;
    r->t = sh->now;
    r->session = (u64)sh->session;
    r->profile = (u64)s->user->config.profile;
    r->config_tag = s->config_tag;
    r->stopped_stage = s->stopped_stage;
    r->universe = s->universe;
    r->regime = (u64)sh->regime.label;
    r->intraday = (u64)sh->intraday;
    r->transition = sh->regime.transition ? 1 : 0;
    r->p_bull = record_grid(sh->regime.p_bull, 1e4);
    r->p_bear = record_grid(sh->regime.p_bear, 1e4);
    r->p_stress = record_grid(sh->regime.p_stress, 1e4);
    r->rank_cut = record_grid(s->rank_cut, 100);
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        r->stage_in[i] = s->count[i].in;
        r->stage_out[i] = s->count[i].out;
        r->stage_refused[i] = s->count[i].refused;
    }
    r->gate_count = s->stopped_stage != 0 ? s->stop_gates.count : 0;
    memcpy(r->gate, s->stop_gates.v, (size_t)r->gate_count * sizeof *r->gate);
}

static void fill_refusals(const scan_t *s, cycle_record_t *r)
{
    u64 n = 0;
    for (u32 i = 0; s->universe > 0 && i < s->shared->market->count; i++) {
        u16 mask = s->mask[i];
        if ((mask & SCREEN_ENTERED) != 0 && mask != SCREEN_ENTERED) {
            r->refusal[n++] = (screen_refusal_t){
                .inst = (u16)i, .mask = (u16)(mask & ~SCREEN_ENTERED), .value = s->value[i]};
        }
    }
    r->refusal_count = n;
}

/* Conservation: every symbol that entered is refused once, traded once or, by the house, handed on once. */
static bool conserved(const cycle_record_t *r)
{
    u64 refused = r->refusal_count;
    u64 traded = 0;
    for (u64 i = 0; i < r->cand_count; i++) {
        refused += r->cand[i].refused_stage != 0 ? 1 : 0;
        traded += r->cand[i].traded + ((r->cand[i].flags & CAND_HANDED) != 0 ? 1 : 0);
    }
    return refused + traded == r->universe;
}

void record_cycle(scan_t *s)
{
    ASSERT(s != NULL && s->shared != NULL);
    cycle_record_t *r = s->scratch->cycle_record;
    screen_refusal_t *memory = r->refusal;
    memset(r, 0, offsetof(cycle_record_t, cand));
    r->refusal = memory;
    fill_head(s, r);
    fill_refusals(s, r);
    r->cand_count = s->cand_count;
    for (u32 i = 0; i < s->cand_count; i++) {
        const candidate_t *c = &s->cand[i];
        record_candidate(c, c->traded ? 13 : (c->handed ? 10 : c->refused_stage), &r->cand[i]);
    }
    ASSERT(conserved(r));
    writer_t w = writer_of(s->scratch->record, s->scratch->record_size);
    err_t err = record_cycle_encode(r, &w);
    ASSERT(err == ERR_OK);
    event_t *e = outbox_fact(s->out, EV_DECISION);
    e->as.DECISION.cycle = s->cycle;
    e->as.DECISION.form = RECORD_CYCLE;
    e->as.DECISION.account = s->user->account->account_id;
    err = outbox_blob(s->out, s->scratch->record, w.used, &e->as.DECISION.record);
    ASSERT(err == ERR_OK);
}

static void fill_lesson(const closed_trade_t *t, lesson_record_t *l)
{
    *l = (lesson_record_t){.version = LESSON_VERSION,
                           .inst = t->inst,
                           .direction = t->direction,
                           .strategy = t->tag.strategy,
                           .reason = t->reason,
                           .flags = t->flags,
                           .qty = t->qty.v,
                           .entry = t->entry.v,
                           .exit = t->exit.v,
                           .t_entry = t->t_entry,
                           .t_exit = t->t_exit,
                           .gross = t->gross.v,
                           .fees = t->fees.v,
                           .dividends = t->dividends.v,
                           .net = t->net.v,
                           .spread_cost = t->spread_cost.v,
                           .slippage_cost = t->slippage_cost.v,
                           .impact_cost = t->impact_cost.v,
                           .a = t->a.v,
                           .r = t->r.v,
                           .stop_initial = t->stop_initial.v,
                           .stop_last = t->stop_last.v,
                           .target = t->target.v,
                           .mfe = t->mfe.v,
                           .mae = t->mae.v,
                           .price_max = t->price_max.v,
                           .price_min = t->price_min.v,
                           .gross_r = record_grid(t->gross_r, 1e6),
                           .net_r = record_grid(t->net_r, 1e6),
                           .c0 = record_grid(t->tag.c0, 1e4),
                           .confidence = record_grid(t->tag.confidence, 1e4),
                           .conviction = t->tag.conviction,
                           .regime = t->tag.regime,
                           .intraday_regime = t->tag.intraday_regime,
                           .score = record_grid(t->tag.score, 100),
                           .cycle = (i64)t->tag.cycle,
                           .entry_date = t->entry_date,
                           .exit_date = t->exit_date};
}

void record_lesson(const user_t *u, const scan_shared_t *sh, const closed_trade_t *t, outbox_t *out)
{
    ASSERT(u != NULL && sh != NULL && t != NULL && out != NULL);
    u8 bytes[LESSON_BYTES_MAX];
    writer_t w = writer_of(bytes, sizeof bytes);
    lesson_record_t l;
    fill_lesson(t, &l);
    err_t err = lesson_encode(&l, &w);
    ASSERT(err == ERR_OK);
    event_t *e = outbox_fact(out, EV_LESSON);
    e->as.LESSON.account = t->account_id;
    e->as.LESSON.entry = t->entry_id;
    err = outbox_blob(out, bytes, w.used, &e->as.LESSON.record);
    ASSERT(err == ERR_OK);
}
