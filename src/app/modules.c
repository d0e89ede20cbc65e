/* See modules.h. Each kind is a count and a row by index; both come from the kind's own table. */
#include "app/modules.h"

#include <stdio.h>

#include "app/parts.h"
#include "app/run_source.h"
#include "base/assert.h"
#include "model/config.h"
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

static part_t key_row(u32 i)
{
    return (part_t){.name = key_dotted(i), .title = key_at(i)->help};
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
    {.kind = "stages", .count = stage_row_count, .at = stage_row, .doc = stage_doc, .page = stage_page,
     .about = "The thirteen steps of a cycle, in order: each symbol ends as a trade or as a refusal of one."},
    {.kind = "loops", .count = loop_count, .at = loop_row, .doc = loop_doc, .page = loop_page,
     .head = loop_head, .row = loop_summary, .sentences = true,
     .about = "What happens by the clock or when something changes."},
    {.kind = "loop-plan", .count = plan_count, .at = plan_part, .doc = plan_doc,
     .about = "Every loop of the plan, and whether it stands or what it waits for."},
    {.kind = "strategies", .count = strategy_count, .at = strategy_row, .doc = strategy_doc,
     .page = strategy_page, .story = true, .about = "What looks for trades. Textbook rules, to be beaten."},
    {.kind = "indicators", .count = indicator_count, .at = indicator_row, .doc = indicator_doc,
     .page = indicator_page, .head = indicator_head, .row = indicator_summary,
     .about = "Numbers made of bars, eight symbols at a time, the same bits on every processor."},
    {.kind = "rules", .count = rule_count, .at = rule_row, .doc = rule_doc, .page = rule_page,
     .head = rule_head, .row = rule_summary, .rows_alone = true,
     .about = "Everything that can refuse, stop or shrink; `why` and the report call them by these names."},
    {.kind = "keys", .count = key_count, .at = key_row, .doc = key_doc, .page = key_page,
     .head = key_head, .row = key_summary, .rows_alone = true,
     .about = "The settings, by section of `config.toml`; `vitrine init` writes the file."},
    {.kind = "preferences", .count = preference_count, .at = preference_row, .doc = preference_doc,
     .page = preference_page, .head = preference_head, .row = preference_summary, .rows_alone = true,
     .about = "The settings that one user among many may change."},
    {.kind = "figures", .count = figure_count, .at = figure_row, .doc = figure_doc, .page = figure_page,
     .head = figure_head, .row = figure_summary,
     .about = "What a report says of a run, and what each figure leaves out."},
    {.kind = "layouts", .count = layout_count, .at = layout_row, .doc = layout_doc, .page = layout_page,
     .sentences = true,
     .about = "The files that `data import` reads: bars first, then everything that is no bar."},
    {.kind = "records", .count = record_kind_count, .at = record_kind_row, .doc = record_kind_doc,
     .page = record_kind_page, .about = "The tables that hold what is no bar, and their columns."},
    {.kind = "verbs", .count = verb_count, .at = verb_row, .doc = verb_doc, .page = verb_page,
     .about = "The commands."},
    {.kind = "events", .count = event_row_count, .at = event_row, .doc = event_doc,
     .about = "What a journal is made of."},
};

const parts_t app_parts = {.kinds = kinds,
                           .kind_count = (u32)COUNT_OF(kinds),
                           .version = "0.1.0",
                           .market = run_source_market,
                           .plants = run_source_plants};
