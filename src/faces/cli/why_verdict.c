/* See why_verdict.h. */
#include "faces/cli/why_verdict.h"

#include <string.h>

#include "base/assert.h"

enum { SCREEN_BITS = 15 };

/* The order in which the screen asks: a bar, then history, then the rest by number. */
static u16 first_rule(u16 mask)
{
    ASSERT(mask != 0);
    if ((mask & (1U << (RULE_BAR_PRESENT - RULE_HISTORY))) != 0) {
        return RULE_BAR_PRESENT;
    }
    for (u32 bit = 0; bit < SCREEN_BITS; bit++) {
        if ((mask & (1U << bit)) != 0) {
            return (u16)(RULE_HISTORY + bit);
        }
    }
    return RULE_NONE;
}

static f64 screen_limit(const cycle_record_t *r, u16 rule, const why_limits_t *l, bool micro)
{
    const config_t *c = l->config;
    switch (rule) {
    case RULE_HISTORY:
        return (f64)c->screen_min_daily_bars;
    case RULE_PRICE_MIN:
        return micro ? c->micro_min_price : c->screen_min_price;
    case RULE_PRICE_MAX:
        return c->micro_max_price;
    case RULE_DOLLAR_VOLUME:
        return micro ? c->screen_min_dollar_vol_micro : c->screen_min_dollar_vol;
    case RULE_SPREAD_MAX:
        return c->screen_max_spread_bps;
    case RULE_BACKOFF:
        return (f64)c->screen_entry_backoff;
    case RULE_RANK:
        return r->cand_count < (u64)c->screen_max_results ? 0.0 : (f64)r->rank_cut / 100.0 + 0.01;
    default:
        return 1.0; /* yes or no */
    }
}

/* The recorded value is a fact, and so is that it failed: a limit that it would meet is the wrong one of the
 * two. */
static gate_t screen_gate(const cycle_record_t *r, const screen_refusal_t *refusal, const why_limits_t *l)
{
    u16 rule = first_rule(refusal->mask);
    const rule_desc_t *d = rule_find(rule);
    ASSERT(d != NULL);
    gate_t g = {.rule = rule, .value = refusal->value};
    g.threshold = gate_grid(d, screen_limit(r, rule, l, l->micro));
    if (gate_holds(&g)) {
        g.threshold = gate_grid(d, screen_limit(r, rule, l, !l->micro));
    }
    if (gate_holds(&g)) { /* a limit rounded on its way through the record */
        g.threshold = d->op == GATE_LE ? g.value - 1 : g.value + 1;
    }
    return g;
}

static bool single_bit(u16 mask)
{
    return mask != 0 && (mask & (mask - 1U)) == 0;
}

i64 why_needed(const gate_t *g)
{
    ASSERT(g != NULL && rule_find(g->rule) != NULL);
    gate_op_t op = rule_find(g->rule)->op;
    return g->threshold + (op == GATE_GT ? 1 : 0) - (op == GATE_LT ? 1 : 0);
}

i64 why_half(const gate_t *g, i64 needed)
{
    ASSERT(g != NULL);
    return g->value + (needed - g->value) / 2;
}

bool why_passes(const why_t *w)
{
    ASSERT(w != NULL);
    if (w->mask != 0) {
        return single_bit(w->mask) && gates_pass(&w->gates);
    }
    return w->gates.count == 0 ? w->outcome == WHY_TRADED : gates_pass(&w->gates);
}

bool why_passes_with(const why_t *w, u32 index, i64 value)
{
    ASSERT(w != NULL && index < w->gates.count);
    why_t copy = *w;
    copy.gates.v[index].value = value;
    return why_passes(&copy);
}

static void take_gates(const gate_t *gate, u64 count, gates_t *out)
{
    ASSERT(count <= LIMIT_GATES);
    out->count = (u32)count;
    memcpy(out->v, gate, (size_t)count * sizeof *gate);
    for (u32 i = 0; i < out->count; i++) {
        out->failed += gate_holds(&out->v[i]) ? 0 : 1;
    }
}

static bool find_candidate(const cycle_record_t *r, u16 inst, why_t *w)
{
    for (u64 i = 0; i < r->cand_count; i++) {
        const cand_record_t *c = &r->cand[i];
        if (c->inst == inst) {
            w->cand = c;
            w->outcome = c->traded ? WHY_TRADED : c->refused_stage == 0 ? WHY_HANDED : WHY_REFUSED;
            w->stage = c->traded ? 12 : (u32)c->refused_stage;
            take_gates(c->gate, c->gate_count, &w->gates);
            return true;
        }
    }
    return false;
}

/* Refusals are ascending by instrument. */
static bool find_refusal(const cycle_record_t *r, u16 inst, const why_limits_t *limits, why_t *w)
{
    u64 lo = 0;
    u64 hi = r->refusal_count;
    while (lo < hi) {
        u64 mid = (lo + hi) / 2;
        if (r->refusal[mid].inst < inst) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    if (lo == r->refusal_count || r->refusal[lo].inst != inst || r->refusal[lo].mask == 0) {
        return false;
    }
    w->outcome = WHY_REFUSED;
    w->stage = 6;
    w->mask = r->refusal[lo].mask;
    gate_t g = screen_gate(r, &r->refusal[lo], limits);
    take_gates(&g, 1, &w->gates);
    return true;
}

void why_of(const cycle_record_t *r, u16 inst, const why_limits_t *limits, why_t *out)
{
    ASSERT(r != NULL && limits != NULL && limits->config != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    out->change = -1;
    if (!find_candidate(r, inst, out) && !find_refusal(r, inst, limits, out) && r->stopped_stage != 0) {
        out->outcome = WHY_STOPPED;
        out->stage = (u32)r->stopped_stage;
        take_gates(r->gate, r->gate_count, &out->gates);
    }
    if (out->outcome == WHY_REFUSED || out->outcome == WHY_STOPPED) {
        bool by_mask = out->mask != 0; /* in global mode a user's own filters leave gates at stage 6 too */
        out->change = !by_mask ? gates_smallest_change(&out->gates) : (single_bit(out->mask) ? 0 : -1);
        out->needed = out->change >= 0 ? why_needed(&out->gates.v[out->change]) : 0;
    }
    ASSERT(out->change < (i32)out->gates.count);
}

err_t why_what_if(const why_t *w, const rule_desc_t *rule, f64 value, bool *out)
{
    ASSERT(w != NULL && rule != NULL && out != NULL);
    if (w->outcome != WHY_REFUSED && w->outcome != WHY_STOPPED) {
        return ERR_PARAM_RANGE;
    }
    why_t copy = *w;
    bool found = false;
    for (u32 i = 0; i < copy.gates.count; i++) {
        if (copy.gates.v[i].rule == rule->id) {
            copy.gates.v[i].value = gate_grid(rule, value);
            found = true;
        }
    }
    if (!found) {
        return ERR_UNKNOWN_KEY;
    }
    *out = why_passes(&copy);
    return ERR_OK;
}

bool why_check(const why_t *w)
{
    ASSERT(w != NULL);
    if (w->outcome != WHY_REFUSED && w->outcome != WHY_STOPPED) {
        return true;
    }
    if (why_passes(w)) {
        return false; /* refused, and its own gates say otherwise */
    }
    if (w->change >= 0) {
        const gate_t *g = &w->gates.v[w->change];
        bool half = why_passes_with(w, (u32)w->change, why_half(g, w->needed));
        return !half && why_passes_with(w, (u32)w->change, w->needed);
    }
    for (u32 i = 0; i < w->gates.count; i++) {
        if (why_passes_with(w, i, why_needed(&w->gates.v[i]))) {
            return false;
        }
    }
    return true;
}
