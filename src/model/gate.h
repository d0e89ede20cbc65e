/* Gates: a rule, the value met and the threshold, both on the rule's declared grid.
 *
 * Every refusal is a list of gates of one stage, all evaluated; the verdict is a function of the gridded
 * integers alone, so a record re-evaluates to the same verdict anywhere (decisions 27 and 28). */
#ifndef VITRINE_MODEL_GATE_H
#define VITRINE_MODEL_GATE_H

#include "base/err.h"
#include "base/limits.h"
#include "base/str.h"

typedef enum { GATE_GE = 1, GATE_LE = 2, GATE_GT = 3, GATE_LT = 4, GATE_EQ = 5 } gate_op_t;

typedef enum {
#define X(id, NAME, op, step, unit, text, keys) RULE_##NAME = id,
#include "model/rule.def"
#undef X
    RULE_NONE = 0
} rule_t;

typedef struct {
    u16 rule;      /* rule_t */
    u8 group;      /* alternatives: the stage passes if one group holds whole; 0 where there is only one */
    i64 value;     /* in steps of the rule */
    i64 threshold; /* in steps of the rule */
} gate_t;

typedef struct {
    gate_t v[LIMIT_GATES];
    u32 count;
    u32 failed;
    u8 group; /* given to gates that are checked from now on */
} gates_t;

typedef struct {
    u16 id;
    gate_op_t op;
    f64 step;
    const char *name;
    const char *unit;
    const char *text;
    const char *keys; /* settings that move its threshold, with blanks between; "" */
} rule_desc_t;

/* NULL for an unknown id. */
const rule_desc_t *rule_find(u16 id);
const rule_desc_t *rule_find_name(str_t name);
u32 rule_count(void);
const rule_desc_t *rule_at(u32 index);
static inline u32 rule_stage(u16 id)
{
    return id / 100;
}

/* Rounds to the grid, half away from zero, saturating at +-2^62. NaN is a broken invariant. */
i64 gate_grid(const rule_desc_t *r, f64 value);
bool gate_holds(const gate_t *g);
/* The same verdict where the rule's descriptor is at hand. */
bool rule_holds(const rule_desc_t *r, i64 value, i64 threshold);
/* Evaluates, appends, counts failures; returns whether it holds. A full list is a broken invariant. */
bool gate_check(gates_t *g, rule_t rule, f64 value, f64 threshold);
/* The single change that would make a failed gate hold: signed distance in the rule's unit, on the grid. */
f64 gate_distance(const gate_t *g);
/* True if at least one group has gates and all of them hold. */
bool gates_pass(const gates_t *g);
/* The smallest single change that makes the list pass: index of the gate, or -1 when no single change does
 * (several failures in every group). "Smallest" is the distance over the threshold's size, ties by position.
 */
i32 gates_smallest_change(const gates_t *g);
f64 gate_value(const gate_t *g);
f64 gate_threshold(const gate_t *g);
const char *gate_op_text(gate_op_t op);

#endif
