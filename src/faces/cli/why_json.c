/* The chain of one decision for programs, and a whole run for independent scripts. See why_story.h. */
#include <string.h>

#include "alpha/scoring/tier.h"
#include "base/assert.h"
#include "faces/cli/why_law.h"
#include "faces/cli/why_story.h"

static void put_steps(jsonw_t *w, const char *key, u16 rule, i64 steps)
{
    char text[48];
    i64 v = 0;
    jsonw_key(w, key);
    why_number(text, rule, steps);
    if (str_to_scaled(str_from(text), 9, true, &v) == ERR_OK) {
        jsonw_fixed(w, v, 9);
    } else {
        jsonw_f64(w, (f64)steps * rule_find(rule)->step);
    }
}

static void put_fixed(jsonw_t *w, const char *key, i64 v, u32 scale)
{
    jsonw_key(w, key);
    jsonw_fixed(w, v, scale);
}

static void put_time(jsonw_t *w, const char *key, i64 t)
{
    char text[36];
    time_print(text, t);
    jsonw_put_text(w, key, text);
}

static void put_id(jsonw_t *w, const char *key, const u8 id[16])
{
    char text[33];
    hex_print(text, id, 16);
    jsonw_put_text(w, key, text);
}

static void json_gate(jsonw_t *w, const why_story_t *s, const gate_t *g, u32 stage)
{
    why_law_t law;
    const rule_desc_t *d = rule_find(g->rule);
    jsonw_object(w);
    jsonw_put_text(w, "rule", d->name);
    jsonw_put_i64(w, "id", d->id);
    const strategy_desc_t *st = stage == 7 ? strategy_find((u16)(g->group / 2U)) : NULL;
    if (st != NULL) {
        jsonw_put_text(w, "strategy", st->name);
        jsonw_put_text(w, "side", g->group % 2 == 0 ? "long" : "short");
    }
    put_steps(w, "value", g->rule, g->value);
    jsonw_put_text(w, "op", gate_op_text(d->op));
    put_steps(w, "threshold", g->rule, g->threshold);
    jsonw_put_text(w, "unit", d->unit);
    jsonw_put_bool(w, "holds", gate_holds(g));
    const cycle_record_t *r = s->own_cycle;
    if (!gate_holds(g) && s->run.own_insts[s->inst].cls != CLASS_CRYPTO &&
        why_law_of(g, &s->config, (date_t)r->session, r->t, &law)) {
        jsonw_put_text(w, "law", law.citation);
        jsonw_put_text(w, "do", law.remedy);
    }
    jsonw_end(w);
}

static void json_took(jsonw_t *w, const why_story_t *s)
{
    if (s->took.wall == 0) {
        return;
    }
    jsonw_key(w, "took_ns");
    jsonw_object(w);
    jsonw_put_u64(w, "wall", s->took.wall);
    for (u32 i = 1; i < PROBE_PLACES; i++) {
        jsonw_put_u64(w, flight_place_name(i), s->took.place[i]);
    }
    jsonw_end(w);
}

static void json_heard(jsonw_t *w, const why_story_t *s)
{
    jsonw_key(w, "heard");
    jsonw_array(w);
    for (u32 i = 0; i < s->heard_count; i++) {
        const bulletin_t *b = &s->heard[i];
        jsonw_object(w);
        jsonw_put_text(w, "kind", bulletin_kind_name((bulletin_kind_t)b->kind));
        jsonw_put_i64(w, "t_known", b->t_known);
        jsonw_put_i64(w, "t_event", b->t_event);
        if (b->value != BULLETIN_NO_VALUE) {
            jsonw_put_f64(w, "value", bulletin_value(b));
        }
        jsonw_put_text(w, "text", b->text);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_verdict(jsonw_t *w, const why_story_t *s)
{
    const why_t *y = &s->why;
    static const char *const outcome[] = {"absent", "stopped", "refused", "traded", "handed on"};
    jsonw_put_text(w, "outcome", outcome[y->outcome]);
    jsonw_put_i64(w, "stage", y->stage);
    jsonw_put_text(w, "stage_name", y->stage > 0 ? stage_at(y->stage)->name : NULL);
    jsonw_key(w, "gates");
    jsonw_array(w);
    for (u32 i = 0; i < y->gates.count; i++) {
        json_gate(w, s, &y->gates.v[i], y->stage);
    }
    jsonw_end(w);
    jsonw_key(w, "failed_without_value");
    jsonw_array(w);
    for (u32 bit = 0; bit < 15; bit++) {
        if ((y->mask & (1U << bit)) != 0 && (u32)(RULE_HISTORY + bit) != y->gates.v[0].rule) {
            jsonw_text(w, rule_find((u16)(RULE_HISTORY + bit))->name);
        }
    }
    jsonw_end(w);
    if (s->halted) {
        jsonw_key(w, "halt");
        jsonw_object(w);
        jsonw_put_text(w, "kind", halt_kind_name((halt_kind_t)s->halt.kind));
        jsonw_put_i64(w, "since", s->halt.t_event);
        jsonw_put_i64(w, "resumes", s->halt.resumes);
        jsonw_put_text(w, "law", why_halt_law((halt_kind_t)s->halt.kind, (date_t)s->own_cycle->session));
        jsonw_end(w);
    }
    json_heard(w, s);
    json_took(w, s);
    jsonw_key(w, "smallest_change");
    if (y->change < 0) {
        jsonw_null(w);
    } else {
        const gate_t *g = &y->gates.v[y->change];
        jsonw_object(w);
        jsonw_put_text(w, "rule", rule_find(g->rule)->name);
        jsonw_put_i64(w, "gate", y->change);
        put_steps(w, "from", g->rule, g->value);
        put_steps(w, "to", g->rule, y->needed);
        jsonw_end(w);
    }
    bool beyond = (y->outcome == WHY_REFUSED || y->outcome == WHY_STOPPED) && y->stage < SCAN_STAGES;
    jsonw_put_text(w, "next_not_evaluated", beyond ? stage_at(y->stage + 1)->name : NULL);
}

static void json_setup(jsonw_t *w, const cand_record_t *c)
{
    const strategy_desc_t *st = strategy_find((u16)c->strategy);
    jsonw_put_text(w, "strategy", st != NULL ? st->name : NULL);
    put_fixed(w, "score", c->score, 4);
    jsonw_put_text(w, "tier", signal_tier_name(signal_tier((f64)c->d * (f64)c->score / 1e4)));
    jsonw_key(w, "components");
    jsonw_array(w);
    for (u32 i = 0; i < 3; i++) {
        jsonw_fixed(w, c->component[i], 4);
    }
    jsonw_end(w);
    put_fixed(w, "level", c->level, 4);
    put_fixed(w, "entry", c->entry, 4);
    put_fixed(w, "stop", c->stop, 4);
    put_fixed(w, "target", c->target, 4);
    put_fixed(w, "a", c->a, 4);
    put_fixed(w, "room_r", c->room, 2);
    put_fixed(w, "spread_bps", c->spread_bps, 2);
    put_fixed(w, "composite", c->composite, 2);
    put_fixed(w, "bonus", c->bonus, 2);
    put_fixed(w, "regime_mult", c->regime_mult, 4);
}

static void json_conviction(jsonw_t *w, const cand_record_t *c)
{
    jsonw_key(w, "evidence");
    jsonw_array(w);
    for (u32 i = 0; i < c->evidence_count; i++) {
        jsonw_object(w);
        jsonw_put_text(w, "name", evidence_name((u8)c->evidence[i].id));
        jsonw_put_bool(w, "known", c->evidence[i].known != 0);
        put_fixed(w, "value", c->evidence[i].value, 4);
        put_fixed(w, "points", c->evidence[i].points, 2);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_put_i64(w, "conviction", c->conviction);
    jsonw_put_i64(w, "conviction_model", c->conviction_model);
    jsonw_put_bool(w, "model_unasked", (c->flags & CAND_UNASKED) != 0);
    put_fixed(w, "team", c->team, 4);
    put_fixed(w, "final_rank", c->final_rank, 2);
    put_fixed(w, "final_gate", c->final_gate, 2);
}

static void json_size(jsonw_t *w, const cand_record_t *c)
{
    jsonw_key(w, "waterfall");
    jsonw_object(w);
    for (u32 i = 1; i < SIZE_STEPS; i++) {
        put_fixed(w, size_step_name((size_step_t)i), c->shares[i], 4);
    }
    jsonw_end(w);
    jsonw_put_text(w, "binding",
                   c->binding > 0 && c->binding < SIZE_STEPS ? size_step_name((size_step_t)c->binding)
                                                             : NULL);
    put_fixed(w, "quantity", c->quantity, 4);
    put_fixed(w, "factor", c->factor, 4);
    put_fixed(w, "risk_used_pct", c->risk_used, 4);
    put_fixed(w, "kelly", c->kelly, 6);
    put_fixed(w, "cost_bps", c->cost_bps, 2);
    put_fixed(w, "profit_bps", c->profit_bps, 2);
    jsonw_put_i64(w, "quality", c->quality);
}

static void json_confidence(jsonw_t *w, const cand_record_t *c)
{
    jsonw_key(w, "confidence_card");
    jsonw_object(w);
    put_fixed(w, "prior", c->c0, 4);
    put_fixed(w, "confidence", c->confidence, 4);
    put_fixed(w, "evidence_n", c->n_kind, 2);
    put_fixed(w, "delta", c->delta, 4);
    put_fixed(w, "delta_kind", c->dk, 4);
    put_fixed(w, "gate", c->threshold, 4);
    put_fixed(w, "expected_r", c->ev_r, 4);
    if ((c->flags & CAND_WEIGHTED) != 0) {
        put_fixed(w, "strategy_weight", c->weight, 4);
    }
    jsonw_end(w);
}

static void json_candidate(jsonw_t *w, const cand_record_t *c)
{
    u64 reached = c->traded ? 13 : c->refused_stage;
    jsonw_key(w, "candidate");
    jsonw_object(w);
    jsonw_put_text(w, "side", c->d > 0 ? "long" : "short");
    put_fixed(w, "screener", c->s, 2);
    jsonw_key(w, "screener_parts");
    jsonw_object(w);
    for (u32 i = 0; i < SCREEN_PARTS; i++) {
        put_fixed(w, screen_part_name(i), c->part[i], 2);
    }
    jsonw_end(w);
    if (reached >= 8) {
        json_setup(w, c);
    }
    if (reached >= 9) {
        json_conviction(w, c);
    }
    if (reached >= 11) {
        json_size(w, c);
    }
    if (reached >= 12) {
        json_confidence(w, c);
    }
    jsonw_end(w);
}

/* The order that it left in, if it left as one with those of other users. */
static void json_bunch(jsonw_t *w, const why_story_t *s, u32 order)
{
    u32 scale = (u32)-s->run.own_insts[s->inst].exponent;
    for (u32 i = 0; i < s->bunch_count; i++) {
        const bunch_t *b = &s->bunch[i].of;
        if (s->bunch[i].intent != order) {
            continue;
        }
        jsonw_key(w, "bunch");
        jsonw_object(w);
        put_id(w, "id", b->id.b);
        put_fixed(w, "qty", bunch_qty(b), scale);
        jsonw_key(w, "members");
        jsonw_array(w);
        for (u32 k = 0; k < b->count; k++) {
            const report_user_t *u =
                report_user_of((report_users_t *)(uintptr_t)&s->run.users, b->member[k].account);
            jsonw_object(w);
            jsonw_put_text(w, "user", u == NULL ? NULL : u->name);
            put_fixed(w, "qty", b->member[k].qty, scale);
            jsonw_end(w);
        }
        jsonw_end(w);
        jsonw_end(w);
        return;
    }
}

static void json_orders(jsonw_t *w, const why_story_t *s)
{
    jsonw_key(w, "orders");
    jsonw_array(w);
    for (u32 i = 0; i < s->intent_count; i++) {
        const ev_INTENT_t *e = &s->intent[i];
        jsonw_object(w);
        put_id(w, "id", e->id.b);
        put_time(w, "t", e->t_decided);
        jsonw_put_text(w, "role", order_role_name((order_role_t)e->role));
        jsonw_put_text(w, "side", side_name((side_t)e->side));
        jsonw_put_text(w, "type", order_type_name((order_type_t)e->type));
        put_fixed(w, "qty", e->qty, (u32)-s->run.own_insts[s->inst].exponent);
        put_fixed(w, "limit", e->limit, 9);
        put_fixed(w, "stop", e->stop, 9);
        jsonw_put_bool(w, "probe", (e->flags & INTENT_PROBE) != 0);
        jsonw_put_text(w, "state", s->state[i] != 0 ? order_state_name((order_state_t)s->state[i]) : NULL);
        json_bunch(w, s, i);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "fills");
    jsonw_array(w);
    for (u32 i = 0; i < s->fill_count; i++) {
        const ev_FILL_t *e = &s->fill[i];
        jsonw_object(w);
        put_id(w, "order", e->intent.b);
        put_time(w, "t", e->t_event);
        put_fixed(w, "qty", e->qty, (u32)-s->run.own_insts[s->inst].exponent);
        put_fixed(w, "price", e->price, 9);
        put_fixed(w, "fee", e->fee, 6);
        put_fixed(w, "realised", e->realised, 6);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_cash(jsonw_t *w, const why_story_t *s)
{
    u32 scale = (u32)-s->run.own_insts[s->inst].exponent;
    jsonw_key(w, "cash");
    jsonw_array(w);
    for (u32 i = 0; i < s->cash_count; i++) {
        const why_cash_t *c = &s->cash[i];
        jsonw_object(w);
        put_time(w, "t", c->from);
        put_time(w, "t_last", c->to);
        jsonw_put_text(w, "kind", cash_kind_name((cash_kind_t)c->c.kind));
        put_fixed(w, "amount", c->c.amount, 6);
        put_fixed(w, "qty_before", c->c.qty_before, scale);
        put_fixed(w, "qty_after", c->c.qty_after, scale);
        jsonw_put_u64(w, "bookings", c->bookings);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_tax(jsonw_t *w, const why_story_t *s, u32 i)
{
    const lots_sale_t *x = &s->tax[i].sale;
    char day[11];
    jsonw_key(w, "tax");
    if (!s->tax[i].known) {
        jsonw_null(w);
        return;
    }
    date_print(day, x->wash_until);
    jsonw_object(w);
    put_fixed(w, "qty", s->tax[i].qty, (u32)-s->run.own_insts[s->inst].exponent);
    put_fixed(w, "proceeds", x->proceeds.v, 6);
    put_fixed(w, "short_term", x->gain_short.v, 6);
    put_fixed(w, "long_term", x->gain_long.v, 6);
    put_fixed(w, "deferred", x->disallowed.v, 6);
    put_fixed(w, "deferred_if_bought_back", x->at_risk.v, 6);
    jsonw_put_text(w, "bought_back_by", day);
    if (s->rates_known) {
        put_fixed(w, "tax", x->tax.v, 6);
        put_fixed(w, "after_tax", x->after_tax.v, 6);
    }
    jsonw_end(w);
}

static void json_sliced(jsonw_t *w, const why_story_t *s)
{
    jsonw_key(w, "sliced");
    if (s->sliced_at < s->sliced.order_count) {
        report_slices_json(w, &s->sliced, s->sliced_at, s->run.own_insts[s->inst].symbol);
    } else {
        jsonw_null(w);
    }
}

static void json_end(jsonw_t *w, const why_story_t *s)
{
    jsonw_key(w, "exits");
    jsonw_array(w);
    for (u32 i = 0; i < s->exit_count; i++) {
        const exit_record_t *x = &s->exit[i];
        jsonw_object(w);
        put_time(w, "t", x->t);
        jsonw_put_text(w, "reason",
                       x->reason < EXIT_REASON_COUNT ? exit_reason_name((exit_reason_t)x->reason) : NULL);
        jsonw_key(w, "fired");
        jsonw_array(w);
        for (u32 k = 1; k < EXIT_REASON_COUNT; k++) {
            if ((x->fired & (1ULL << k)) != 0) {
                jsonw_text(w, exit_reason_name((exit_reason_t)k));
            }
        }
        jsonw_end(w);
        put_fixed(w, "mark", x->mark, 4);
        json_tax(w, s, i);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "lesson");
    if (!s->has_lesson) {
        jsonw_null(w);
        return;
    }
    const lesson_record_t *l = &s->lesson;
    jsonw_object(w);
    jsonw_put_text(w, "reason",
                   l->reason < EXIT_REASON_COUNT ? exit_reason_name((exit_reason_t)l->reason) : NULL);
    put_fixed(w, "net", l->net, 6);
    put_fixed(w, "net_r", l->net_r, 6);
    put_fixed(w, "gross", l->gross, 6);
    put_fixed(w, "fees", l->fees, 6);
    put_fixed(w, "spread", l->spread_cost, 6);
    put_fixed(w, "slippage", l->slippage_cost, 6);
    put_fixed(w, "impact", l->impact_cost, 6);
    jsonw_end(w);
}

void why_json(app_t *app, const why_story_t *s)
{
    ASSERT(app != NULL && s != NULL && s->own_cycle != NULL);
    jsonw_t *w = &app->jw;
    const cycle_record_t *r = s->own_cycle;
    jsonw_object(w);
    jsonw_put_text(w, "run_id", s->run.run.id.text);
    jsonw_put_text(w, "symbol", s->run.own_insts[s->inst].symbol);
    jsonw_put_u64(w, "cycle", r->cycle);
    jsonw_put_text(w, "user", s->user[0] != '\0' ? s->user : NULL);
    put_time(w, "t", r->t);
    jsonw_put_text(w, "regime",
                   r->regime < REGIME_LABELS ? regime_label_name((regime_label_t)r->regime) : NULL);
    json_verdict(w, s);
    if (s->stopped_count > 0) { /* cycles of the session behind this one that came to nothing of the symbol */
        jsonw_key(w, "stopped_later");
        jsonw_object(w);
        jsonw_put_u64(w, "cycles", s->stopped_count);
        jsonw_put_u64(w, "stage", s->stopped_stage);
        put_time(w, "t", s->stopped_t);
        jsonw_end(w);
    }
    if (s->why.cand != NULL) {
        json_candidate(w, s->why.cand);
    }
    if (s->traded) {
        json_orders(w, s);
        json_cash(w, s);
        json_sliced(w, s);
        json_end(w, s);
    }
    jsonw_end(w);
    jsonw_line(w);
}

/* ---- export ---- */

/* One user's export is headed by the configuration that this user's decisions read. */
static void export_head(jsonw_t *w, const why_run_t *r)
{
    const config_t *config = r->only != NULL ? &r->own_configs[r->only - r->users.own_v] : &r->config;
    jsonw_object(w);
    jsonw_put_text(w, "run", r->run.id.text);
    if (r->only != NULL) {
        jsonw_put_text(w, "user", r->only->name);
    }
    jsonw_put_text(w, "profile", profile_name(config->profile));
    jsonw_put_text(w, "members_of", r->members_of[0] != '\0' ? r->members_of : NULL);
    jsonw_key(w, "rules");
    jsonw_object(w);
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *d = rule_at(i);
        char id[16];
        (void)snprintf(id, sizeof id, "%u", d->id);
        jsonw_key(w, id);
        jsonw_array(w);
        jsonw_text(w, d->name);
        jsonw_text(w, gate_op_text(d->op));
        jsonw_f64(w, d->step);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "config");
    jsonw_object(w);
    for (u32 i = 0; i < key_count(); i++) {
        char name[96];
        (void)snprintf(name, sizeof name, "%s.%s", key_at(i)->section, key_at(i)->name);
        jsonw_put_f64(w, name, key_get(config, key_at(i)));
    }
    jsonw_end(w);
    jsonw_end(w);
    jsonw_line(w);
}

static void export_refusals(jsonw_t *w, const why_run_t *run, const cycle_record_t *r)
{
    jsonw_key(w, "refusals");
    jsonw_array(w);
    for (u64 i = 0; i < r->refusal_count; i++) {
        const screen_refusal_t *x = &r->refusal[i];
        jsonw_array(w);
        jsonw_text(w, x->inst < run->inst_count ? run->own_insts[x->inst].symbol : NULL);
        jsonw_i64(w, x->mask);
        jsonw_i64(w, x->value);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void export_candidates(jsonw_t *w, const why_run_t *run, const cycle_record_t *r)
{
    jsonw_key(w, "candidates");
    jsonw_array(w);
    for (u64 i = 0; i < r->cand_count; i++) {
        const cand_record_t *c = &r->cand[i];
        jsonw_object(w);
        jsonw_put_text(w, "symbol", c->inst < run->inst_count ? run->own_insts[c->inst].symbol : NULL);
        jsonw_put_i64(w, "d", c->d);
        jsonw_put_u64(w, "stage", c->refused_stage);
        jsonw_put_bool(w, "traded", c->traded != 0);
        jsonw_put_i64(w, "s", c->s);
        jsonw_key(w, "gates");
        jsonw_array(w);
        for (u64 k = 0; k < c->gate_count; k++) {
            jsonw_array(w);
            jsonw_i64(w, c->gate[k].rule);
            jsonw_i64(w, c->gate[k].group);
            jsonw_i64(w, c->gate[k].value);
            jsonw_i64(w, c->gate[k].threshold);
            jsonw_end(w);
        }
        jsonw_end(w);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static err_t export_step(void *ctx, const why_step_t *s)
{
    jsonw_t *w = &((app_t *)ctx)->jw;
    if (s->event->head.kind == EV_RUN_START) {
        export_head(w, s->run);
    }
    const cycle_record_t *r = s->cycle;
    if (r == NULL) {
        return ERR_OK;
    }
    char session[11];
    date_print(session, (date_t)r->session);
    jsonw_object(w);
    jsonw_put_u64(w, "cycle", r->cycle);
    if (s->run->users.count > 1 && s->user != NULL) {
        jsonw_put_text(w, "user", s->user->name);
    }
    put_time(w, "t", r->t);
    jsonw_put_text(w, "session", session);
    jsonw_put_u64(w, "stopped", r->stopped_stage);
    jsonw_put_bool(w, "micro", s->micro);
    jsonw_put_u64(w, "universe", r->universe);
    jsonw_put_i64(w, "rank_cut", r->rank_cut);
    jsonw_key(w, "stages");
    jsonw_array(w);
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        jsonw_array(w);
        jsonw_u64(w, r->stage_in[i]);
        jsonw_u64(w, r->stage_out[i]);
        jsonw_u64(w, r->stage_refused[i]);
        jsonw_end(w);
    }
    jsonw_end(w);
    export_refusals(w, s->run, r);
    export_candidates(w, s->run, r);
    jsonw_end(w);
    jsonw_line(w);
    return ERR_OK;
}

err_t why_export(app_t *app, const char *run, const char *user)
{
    ASSERT(app != NULL && run != NULL);
    why_run_t r;
    why_visitor_t v = {.cycles = true, .user = user, .take = export_step, .ctx = app};
    err_t err = why_walk(app, run, &v, &r);
    why_run_free(&r);
    if (err == ERR_OK && !app->json) { /* an export is JSON lines, whether asked for with --json or not */
        err = jsonw_done(&app->jw);
    }
    return err;
}
