/* See modules.h. Each kind is a count and a row by index; both come from the kind's own table. */
#include "app/modules.h"

#include <stdio.h>

#include "base/assert.h"
#include "model/config.h"
#include "model/event.h"
#include "model/gate.h"
#include "model/user_row.h"
#include "alpha/strategies/strategy.h"
#include "loops/plan.h"
#include "quant/indicators/indicators.h"
#include "scan/scan.h"

static part_t verb_row(u32 i)
{
    const verb_desc_t *v = verb_at(i);
    return (part_t){.name = v->name, .title = v->summary};
}

#define K(type, section, name, dflt, lo, hi, unit, help) {#section "." #name, help},
static const part_t key_rows[] = {
#include "model/config.def"
};
#undef K

static u32 key_row_count(void)
{
    return (u32)COUNT_OF(key_rows);
}

static part_t key_row(u32 i)
{
    ASSERT(i < COUNT_OF(key_rows));
    return key_rows[i];
}

static part_t preference_row(u32 i)
{
    const preference_desc_t *d = preference_at(i);
    part_t p = {.name = d->name, .title = d->help};
    (void)snprintf(p.detail, sizeof p.detail, "%s.%s, %g to %g", d->section, d->key, d->lo, d->hi);
    return p;
}

static part_t rule_row(u32 i)
{
    const rule_desc_t *r = rule_at(i);
    return (part_t){.name = r->name, .title = r->text};
}

#define EV_BEGIN(NAME, id, class_, hashed) #NAME,
#define F(type, field)
#define EV_END(NAME)
static const char *const event_names[] = {
#include "model/event.def"
};
#undef EV_BEGIN
#undef F
#undef EV_END

static u32 event_row_count(void)
{
    return (u32)COUNT_OF(event_names);
}

static part_t event_row(u32 i)
{
    ASSERT(i < COUNT_OF(event_names));
    return (part_t){.name = event_names[i]};
}

static part_t indicator_row(u32 i)
{
    const indicator_desc_t *d = indicator_at(i);
    return (part_t){.name = d->name, .title = d->title};
}

static part_t strategy_row(u32 i)
{
    const strategy_desc_t *s = strategy_at(i);
    return (part_t){.name = s->name, .title = s->title};
}

static part_t loop_row(u32 i)
{
    const loop_desc_t *l = loop_at(i);
    part_t p = {.name = l->name, .title = l->why};
    loop_print(l, p.detail, sizeof p.detail);
    loop_print_rest(l, p.more, sizeof p.more);
    return p;
}

static part_t plan_part(u32 i)
{
    const plan_row_t *row = plan_at(i);
    part_t p = {.name = row->name, .title = ""};
    plan_print(row, p.more, sizeof p.more);
    (void)snprintf(p.detail, sizeof p.detail, "%u; %s", row->id, loop_group_name(row->group));
    return p;
}

static u32 stage_row_count(void)
{
    return SCAN_STAGES;
}

static part_t stage_row(u32 i)
{
    const stage_desc_t *s = stage_at(i + 1);
    ASSERT(s != NULL);
    return (part_t){.name = s->name, .title = s->title};
}

static const part_kind_t kinds[] = {
    {"stages", stage_row_count, stage_row},
    {"loops", loop_count, loop_row},
    {"loop-plan", plan_count, plan_part},
    {"strategies", strategy_count, strategy_row},
    {"indicators", indicator_count, indicator_row},
    {"verbs", verb_count, verb_row},
    {"keys", key_row_count, key_row},
    {"preferences", preference_count, preference_row},
    {"rules", rule_count, rule_row},
    {"events", event_row_count, event_row},
};

const parts_t app_parts = {.kinds = kinds, .kind_count = (u32)COUNT_OF(kinds), .version = "0.1.0"};
