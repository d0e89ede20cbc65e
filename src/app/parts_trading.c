/* Strategies, stages and loops (see parts.h). */
#include "app/parts.h"

#include <string.h>

#include "alpha/strategies/strategy.h"
#include "base/assert.h"
#include "faces/cli/part_doc.h"
#include "loops/loops.h"
#include "loops/plan.h"
#include "scan/scan.h"

/* The conditions of a strategy in one profile, asked of a symbol of which nothing is known but a factor: the
 * thresholds are what counts. */
static void ask_gates(const strategy_desc_t *s, profile_t profile, gates_t *out)
{
    static const setup_news_t news = {.known = true, .report_known = true};
    f64 row[FEATURE_TILE] = {[FEATURE_FACTOR * FEATURE_LANES] = 1.0};
    market_t market = {.count = 1};
    market_view_t view = {.market = &market, .row = row};
    setup_t setup = {.view = &view, .profile = profile, .news = &news};
    *out = (gates_t){0};
    if (profile == PROFILE_DAY ? s->day : s->swing) {
        s->gates(&setup, 1, out);
    }
}

static void threshold_cell(part_doc_t *d, const gates_t *g, u16 rule)
{
    for (u32 i = 0; i < g->count; i++) {
        if (g->v[i].rule == rule) {
            gate_op_t op = rule_find(rule)->op;
            op == GATE_EQ ? doc_cell(d, "yes")
                          : doc_cell(d, "%s %.10g", gate_op_text(op), gate_threshold(&g->v[i]));
            return;
        }
    }
    doc_cell(d, "not asked");
}

static bool asks(const gates_t *g, u16 rule)
{
    bool found = false;
    for (u32 i = 0; i < g->count; i++) {
        found = found || g->v[i].rule == rule;
    }
    return found;
}

static void strategy_rules(const strategy_desc_t *s, part_doc_t *d)
{
    static const char *const head[] = {"rule", "asks for", "unit", "day", "swing"};
    gates_t day;
    gates_t swing;
    ask_gates(s, PROFILE_DAY, &day);
    ask_gates(s, PROFILE_SWING, &swing);
    doc_table(d, "rules", head, COUNT_OF(head));
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *r = rule_at(i);
        if (!asks(&day, r->id) && !asks(&swing, r->id)) {
            continue;
        }
        ASSERT(r->id / 10 == s->rules / 10);
        doc_cell_name(d, "rules", r->name);
        doc_cell(d, "%s", r->text);
        doc_cell(d, "%s", r->unit);
        threshold_cell(d, &day, r->id);
        threshold_cell(d, &swing, r->id);
    }
    doc_table_end(d);
}

static void name_list(part_doc_t *d, const char *key, const char *kind, const char *const names[])
{
    doc_list(d, key);
    for (u32 i = 0; i < STRATEGY_NAMES && names[i] != NULL; i++) {
        doc_name(d, kind, names[i]);
    }
    doc_list_end(d);
}

void strategy_doc(u32 index, part_doc_t *d)
{
    const strategy_desc_t *s = strategy_at(index);
    ASSERT(s->text.does != NULL && s->text.wrong != NULL);
    doc_lead(d, s->text.does);
    doc_fact(d, "family", "%s", s->family == FAMILY_TREND ? "trend" : "reversal");
    doc_fact(d, "profiles", "%s", s->day && s->swing ? "day and swing" : s->day ? "day" : "swing");
    doc_fact(d, "sides", "long as described; short is its mirror");
    if (s->swing) {
        doc_fact(d, "longest_hold", "swing: %d sessions; day: `exit.max_hold_min`", s->swing_hold_days);
    }
    name_list(d, "indicators", "indicators", s->indicators);
    doc_list(d, "settings");
    for (u32 i = 0; i < STRATEGY_NAMES && s->keys[i] != NULL; i++) {
        doc_name(d, "keys", s->keys[i]);
    }
    doc_name(d, "keys", "eval.valid_bars");
    doc_name(d, "keys", s->family == FAMILY_TREND ? "eval.min_reward_risk" : "eval.min_reward_risk_reversal");
    doc_name(d, "keys", "comp.min_strategy_score");
    doc_list_end(d);
    doc_list(d, "asked_by");
    doc_name(d, "stages", "evaluate");
    doc_list_end(d);
    strategy_rules(s, d);
    doc_part_text(d, &s->text, "plan");
}

part_page_t strategy_page(u32 index)
{
    return (part_page_t){.file = strategy_at(index)->name, .alone = true};
}

/* The sections of settings that this stage reads most of; each stands at its first key, and some come twice
 * in the table of keys. */
static void stage_sections(u32 number, part_doc_t *d)
{
    static const char *const head[] = {"settings", "what they are about"};
    doc_table(d, "settings", head, COUNT_OF(head));
    for (u32 i = 0; i < key_count(); i++) {
        const section_desc_t *s = section_find(key_at(i)->section);
        bool first = true;
        for (u32 k = 0; k < i; k++) {
            first = first && strcmp(key_at(k)->section, key_at(i)->section) != 0;
        }
        ASSERT(s != NULL);
        if (s->stage == number && first) {
            doc_cell_link(d, "keys", key_dotted(i), s->name);
            doc_cell(d, "%s", s->about);
        }
    }
    doc_table_end(d);
}

void stage_doc(u32 index, part_doc_t *d)
{
    static const char *const head[] = {"rule", "asks for", "settings"};
    const stage_desc_t *s = stage_at(index + 1);
    ASSERT(s != NULL && s->text.does != NULL && s->text.wrong != NULL);
    doc_lead(d, s->text.does);
    doc_fact(d, "number", "%u of %d", s->number, SCAN_STAGES);
    doc_fact(d, "reads", "%s", s->input);
    doc_fact(d, "gives", "%s", s->output);
    doc_fact(d, "for_many_users", "%s",
             s->market_wide ? "once for the house in global mode, else for each user" : "for each user");
    doc_list(d, "strategies");
    for (u32 i = 0; s->number == 7 && i < strategy_count(); i++) {
        doc_name(d, "strategies", strategy_at(i)->name);
    }
    doc_list_end(d);
    doc_part_text(d, &s->text, "formula");
    doc_table(d, "rules", head, COUNT_OF(head));
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *r = rule_at(i);
        if (rule_stage(r->id) == s->number && (s->number != 7 || r->id < 710)) {
            doc_cell_name(d, "rules", r->name);
            doc_cell(d, "%s", r->text);
            doc_cell_names(d, "keys", r->keys);
        }
    }
    doc_table_end(d);
    stage_sections(s->number, d);
}

part_page_t stage_page(u32 index)
{
    return (part_page_t){.file = stage_at(index + 1)->name, .alone = true};
}

/* "every 5 s in the session, 60 s at weekends; when a slice comes". */
static void fires_print(const loop_desc_t *l, char out[160])
{
    static const char *const phases[LOOP_PHASES] = {"in the session", "in extended hours", "at night",
                                                    "at weekends"};
    char when[80];
    size_t used = 0;
    loop_print(l, when, sizeof when);
    const char *wakes = strstr(when, "on ");
    out[0] = 0;
    for (u32 k = 0; k < LOOP_PHASES && used < 160; k++) {
        u32 s = loop_period_of(l, (loop_phase_t)k) / 1000;
        if (s > 0) {
            used += (size_t)snprintf(out + used, 160 - used, "%s%u s %s", used == 0 ? "every " : ", ", s,
                                     phases[k]);
        }
    }
    if (wakes != NULL && used < 160) {
        (void)snprintf(out + used, 160 - used, "%s%s", used == 0 ? "" : "; and ", wakes);
    }
}

void loop_doc(u32 index, part_doc_t *d)
{
    const loop_desc_t *l = loop_at(index);
    char text[160];
    doc_lead(d, l->text.does != NULL ? l->text.does : l->why); /* a test asks for both */
    doc_fact(d, "what_for", "%s", l->why);
    fires_print(l, text);
    doc_fact(d, "fires", "%s", text);
    loop_print_rest(l, text, sizeof text);
    for (char *at = text; *at != 0;) { /* "reads X; lease Y; budget Z; by W" */
        char key[16];
        size_t n = strcspn(at, ";");
        size_t word = strcspn(at, " ");
        (void)snprintf(key, sizeof key, "%.*s", (int)word, at);
        doc_fact(d, strcmp(key, "by") == 0 ? "done_by" : key, "%.*s", (int)(n - word - 1), at + word + 1);
        at += n + (at[n] == ';' ? 2 : 0);
    }
    doc_fact(d, "over_budget", "%s",
             l->protects ? "told of, and it goes on: it keeps money safe" : "it rests");
    doc_part_text(d, &l->text, "formula");
}

const char *const loop_head[] = {"loop", "what for", "fires", NULL};

void loop_summary(u32 index, part_doc_t *d)
{
    const loop_desc_t *l = loop_at(index);
    char text[160];
    fires_print(l, text);
    doc_cell_name(d, "loops", l->name);
    doc_cell(d, "%s", l->why);
    doc_cell(d, "%s", text);
}

part_page_t loop_page(u32 index)
{
    static const char *const leads[LOOP_GROUPS] = {
        [LOOP_MARKET - 1] = "What happens outside: news, filings, sentiment, calendars.",
        [LOOP_OPTIONS - 1] = "What options need beside their underlying.",
        [LOOP_CRYPTO - 1] = "Markets that never close.",
        [LOOP_FUTURES - 1] = "Contracts that roll, margins that move, currencies.",
        [LOOP_MONITORING - 1] = "What the market is like, kept up to date.",
        [LOOP_STRATEGY - 1] = "Where entries are looked for and positions are left.",
        [LOOP_EXECUTION - 1] = "Orders, from sending to the last word of the broker.",
        [LOOP_IMPROVEMENT - 1] = "What results teach.",
        [LOOP_PORTFOLIO - 1] = "The account and what protects it.",
        [LOOP_PLATFORM - 1] = "The program's own housekeeping."};
    loop_group_t group = loop_at(index)->group;
    const char *lead = leads[group - 1];
    ASSERT(lead != NULL);
    const char *name = loop_group_name(group);
    return (part_page_t){.file = name, .title = name, .lead = lead};
}

void plan_doc(u32 index, part_doc_t *d)
{
    const plan_row_t *row = plan_at(index);
    char text[160];
    plan_print(row, text, sizeof text);
    doc_fact(d, "number", "%u", row->id);
    doc_fact(d, "group", "%s", loop_group_name(row->group));
    doc_fact(d, "here", "%s", text);
}
