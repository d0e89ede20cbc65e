/* See gate.h. */
#include "model/gate.h"

#include "base/assert.h"

static const rule_desc_t rules[] = {
#define X(id_, NAME, op_, step_, unit_, text_, keys_)                                                        \
    {.id = id_, .op = GATE_##op_, .step = step_, .name = #NAME, .unit = unit_, .text = text_, .keys = keys_},
#include "model/rule.def"
#undef X
};

/* Where a rule stands in the table above, by its id: a candidate has a hundred gates, and a search for each
 * of them costs more than the comparison that it is for. */
enum {
#define X(id_, NAME, op_, step_, unit_, text_, keys_) PLACE_##NAME,
#include "model/rule.def"
#undef X
};
enum { RULE_IDS = 1 << 11 }; /* above the largest id: the compiler refuses a rule that has no room */
static const u16 place_of[RULE_IDS] = {
#define X(id_, NAME, op_, step_, unit_, text_, keys_) [id_] = PLACE_##NAME + 1,
#include "model/rule.def"
#undef X
};

const rule_desc_t *rule_find(u16 id)
{
    u32 place = id < RULE_IDS ? place_of[id] : 0;
    return place > 0 ? &rules[place - 1] : NULL;
}

const rule_desc_t *rule_find_name(str_t name)
{
    for (u32 i = 0; i < COUNT_OF(rules); i++) {
        if (str_eq_nocase(name, str_from(rules[i].name))) {
            return &rules[i];
        }
    }
    return NULL;
}

u32 rule_count(void)
{
    return (u32)COUNT_OF(rules);
}

const rule_desc_t *rule_at(u32 index)
{
    ASSERT(index < COUNT_OF(rules));
    return &rules[index];
}

i64 gate_grid(const rule_desc_t *r, f64 value)
{
    ASSERT(r != NULL);
    ASSERT(value == value);
    f64 steps = value / r->step;
    if (steps >= 0x1p62) {
        return (i64)1 << 62;
    }
    if (steps <= -0x1p62) {
        return -((i64)1 << 62);
    }
    return steps < 0 ? -(i64)(-steps + 0.5) : (i64)(steps + 0.5);
}

bool rule_holds(const rule_desc_t *r, i64 value, i64 threshold)
{
    ASSERT(r != NULL);
    switch (r->op) {
    case GATE_GE:
        return value >= threshold;
    case GATE_LE:
        return value <= threshold;
    case GATE_GT:
        return value > threshold;
    case GATE_LT:
        return value < threshold;
    case GATE_EQ:
        return value == threshold;
    }
    return false;
}

bool gate_holds(const gate_t *g)
{
    return rule_holds(rule_find(g->rule), g->value, g->threshold);
}

bool gate_check(gates_t *g, rule_t rule, f64 value, f64 threshold)
{
    ASSERT(g != NULL);
    ASSERT(g->count < LIMIT_GATES);
    const rule_desc_t *r = rule_find((u16)rule);
    ASSERT(r != NULL);
    gate_t gate = {.rule = (u16)rule,
                   .group = g->group,
                   .value = gate_grid(r, value),
                   .threshold = gate_grid(r, threshold)};
    bool holds = rule_holds(r, gate.value, gate.threshold);
    g->v[g->count++] = gate;
    g->failed += holds ? 0 : 1;
    return holds;
}

f64 gate_distance(const gate_t *g)
{
    const rule_desc_t *r = rule_find(g->rule);
    ASSERT(r != NULL);
    i64 want = g->threshold + (r->op == GATE_GT ? 1 : 0) - (r->op == GATE_LT ? 1 : 0);
    return gate_holds(g) ? 0.0 : (f64)(want - g->value) * r->step;
}

enum { GATE_GROUPS = 256 };

static void group_failures(const gates_t *g, u8 seen[GATE_GROUPS], u8 failed[GATE_GROUPS])
{
    for (u32 i = 0; i < GATE_GROUPS; i++) {
        seen[i] = 0;
        failed[i] = 0;
    }
    for (u32 i = 0; i < g->count; i++) {
        seen[g->v[i].group] = 1;
        failed[g->v[i].group] = (u8)(failed[g->v[i].group] + (gate_holds(&g->v[i]) ? 0 : 1));
    }
}

bool gates_pass(const gates_t *g)
{
    ASSERT(g != NULL);
    u8 seen[GATE_GROUPS];
    u8 failed[GATE_GROUPS];
    group_failures(g, seen, failed);
    for (u32 i = 0; i < GATE_GROUPS; i++) {
        if (seen[i] != 0 && failed[i] == 0) {
            return true;
        }
    }
    return false;
}

i32 gates_smallest_change(const gates_t *g)
{
    ASSERT(g != NULL);
    u8 seen[GATE_GROUPS];
    u8 failed[GATE_GROUPS];
    group_failures(g, seen, failed);
    i32 best = -1;
    f64 best_size = 0;
    for (u32 i = 0; i < g->count; i++) {
        const gate_t *v = &g->v[i];
        if (gate_holds(v) || failed[v->group] != 1) {
            continue;
        }
        f64 distance = gate_distance(v);
        f64 scale = gate_threshold(v) < 0 ? -gate_threshold(v) : gate_threshold(v);
        f64 size = (distance < 0 ? -distance : distance) / (scale > 0 ? scale : 1.0);
        if (best < 0 || size < best_size) {
            best = (i32)i;
            best_size = size;
        }
    }
    return best;
}

f64 gate_value(const gate_t *g)
{
    return (f64)g->value * rule_find(g->rule)->step;
}
f64 gate_threshold(const gate_t *g)
{
    return (f64)g->threshold * rule_find(g->rule)->step;
}

const char *gate_op_text(gate_op_t op)
{
    static const char *const texts[] = {"?", ">=", "<=", ">", "<", "="};
    ASSERT((u32)op < COUNT_OF(texts));
    return texts[op];
}
