/* Settings, rules and preferences (see parts.h). */
#include "app/parts.h"

#include <string.h>

#include "base/assert.h"
#include "faces/cli/part_doc.h"
#include "model/gate.h"
#include "model/user_row.h"
#include "scan/scan.h"

enum { PRESETS = PRESET_AGGRESSIVE + 1, VALUE_TEXT = 24, PRESET_TEXT = 5 * VALUE_TEXT };

#define K(type, section, name, dflt, lo, hi, unit, help) #section "." #name,
static const char *const dotted[] = {
#include "model/config.def"
};
#undef K

const char *key_dotted(u32 index)
{
    ASSERT(index < COUNT_OF(dotted));
    return dotted[index];
}

static void value_print(const key_desc_t *k, f64 v, char out[VALUE_TEXT])
{
    if (k->type == KEY_BOOL) {
        (void)snprintf(out, VALUE_TEXT, "%s", v != 0 ? "on" : "off");
    } else {
        (void)snprintf(out, VALUE_TEXT, "%.12g", v);
    }
}

static void of_profile(const key_desc_t *k, profile_t profile, char out[VALUE_TEXT])
{
    config_t c = config_default(profile, PRESET_MODERATE);
    value_print(k, key_get(&c, k), out);
}

/* "0.25, 0.5, 1, 1.5, 2" from the most careful preset to the boldest; "" where they agree. */
static void of_presets(const key_desc_t *k, char out[PRESET_TEXT])
{
    bool differ = false;
    size_t used = 0;
    config_t first = config_default(PROFILE_DAY, (preset_t)0);
    out[0] = 0;
    for (u32 p = 0; p < PRESETS && used < PRESET_TEXT; p++) {
        char value[VALUE_TEXT];
        config_t c = config_default(PROFILE_DAY, (preset_t)p);
        differ = differ || key_get(&c, k) != key_get(&first, k);
        value_print(k, key_get(&c, k), value);
        used += (size_t)snprintf(out + used, PRESET_TEXT - used, "%s%s", p == 0 ? "" : ", ", value);
    }
    out[0] = differ ? out[0] : 0;
}

static void range_print(const key_desc_t *k, char out[2 * VALUE_TEXT + 8])
{
    if (k->type == KEY_BOOL) {
        (void)snprintf(out, 2 * VALUE_TEXT + 8, "on or off");
    } else {
        (void)snprintf(out, 2 * VALUE_TEXT + 8, "%.12g to %.12g", k->lo, k->hi);
    }
}

/* Settings that a rule names, one by one: "a b" as list. */
static bool next_word(const char **at, char out[64])
{
    size_t n = strcspn(*at, " ");
    (void)snprintf(out, 64, "%.*s", (int)n, *at);
    *at += n + ((*at)[n] == ' ' ? 1 : 0);
    return n > 0;
}

static bool names_key(const rule_desc_t *r, const char *key)
{
    char word[64];
    for (const char *at = r->keys; next_word(&at, word);) {
        if (strcmp(word, key) == 0) {
            return true;
        }
    }
    return false;
}

void key_doc(u32 index, part_doc_t *d)
{
    const key_desc_t *k = key_at(index);
    const section_desc_t *s = section_find(k->section);
    char day[VALUE_TEXT];
    char swing[VALUE_TEXT];
    char presets[PRESET_TEXT];
    char range[2 * VALUE_TEXT + 8];
    ASSERT(s != NULL);
    of_profile(k, PROFILE_DAY, day);
    of_profile(k, PROFILE_SWING, swing);
    of_presets(k, presets);
    range_print(k, range);
    doc_fact(d, "section", "%s: %s", s->title, s->about);
    doc_fact(d, "default", "%s by day, %s in swing", day, swing);
    if (presets[0] != 0) {
        doc_fact(d, "by_preset", "%s (from ultra-conservative to aggressive)", presets);
    }
    doc_fact(d, "range", "%s", range);
    if (k->unit[0] != 0) {
        doc_fact(d, "unit", "%s", k->unit);
    }
    doc_fact(d, "in_the_file", "[%s]  %s = ...", k->section, k->name);
    doc_list(d, "rules");
    for (u32 i = 0; i < rule_count(); i++) {
        if (names_key(rule_at(i), key_dotted(index))) {
            doc_name(d, "rules", rule_at(i)->name);
        }
    }
    doc_list_end(d);
    doc_list(d, "stage");
    if (s->stage > 0) {
        doc_name(d, "stages", stage_at(s->stage)->name);
    }
    doc_list_end(d);
}

const char *const key_head[] = {
    "setting", "what it does", "day", "swing", "by preset, from ultra-conservative to aggressive",
    "range",   "unit",         NULL};

void key_summary(u32 index, part_doc_t *d)
{
    const key_desc_t *k = key_at(index);
    char value[VALUE_TEXT];
    char presets[PRESET_TEXT];
    char range[2 * VALUE_TEXT + 8];
    doc_cell_anchor(d, key_dotted(index));
    doc_cell(d, "%s", k->help);
    of_profile(k, PROFILE_DAY, value);
    doc_cell(d, "%s", value);
    of_profile(k, PROFILE_SWING, value);
    doc_cell(d, "%s", value);
    of_presets(k, presets);
    doc_cell(d, "%s", presets);
    range_print(k, range);
    doc_cell(d, "%s", range);
    doc_cell(d, "%s", k->unit);
}

part_page_t key_page(u32 index)
{
    const section_desc_t *s = section_find(key_at(index)->section);
    ASSERT(s != NULL);
    return (part_page_t){.file = s->name,
                         .title = s->title,
                         .lead = s->about,
                         .see_how = "Read by",
                         .see_kind = "stages",
                         .see = s->stage > 0 ? stage_at(s->stage)->name : NULL};
}

/* Which page a rule stands on: those of stage 7 by strategy, a ten each. */
typedef struct {
    u16 first;
    const char *file, *title, *lead;
} rule_group_t;

static const rule_group_t groups[] = {
    {100, "lock", "Rules of the lock", "One cycle of a user at a time."},
    {200, "breaker", "Rules of the circuit breaker", "What stops new entries for the rest of the day."},
    {400, "monk", "Rules of monk mode", "When the engine keeps still."},
    {600, "screen", "Rules of the screener", "What a symbol must be to be looked at."},
    {700, "evaluate", "Rules of every set-up", "What is asked of each strategy's plan."},
    {710, "momentum", "Rules of momentum",
     "The conditions of the long side; those of the short side are its mirror."},
    {720, "breakout", "Rules of breakout",
     "The conditions of the long side; those of the short side are its mirror."},
    {730, "mean_reversion", "Rules of mean reversion",
     "The conditions of the long side; those of the short side are its mirror."},
    {740, "vwap", "Rules of VWAP",
     "The conditions of the long side; those of the short side are its mirror."},
    {750, "orb", "Rules of the opening range",
     "The conditions of the long side; those of the short side are its mirror."},
    {760, "gap_fill", "Rules of gap-fill",
     "The conditions of the long side; those of the short side are its mirror."},
    {800, "composite", "Rules of the composite score", "The floor under the scores."},
    {900, "conviction", "Rules of conviction", "What the analyst's word must come to."},
    {1100, "size", "Rules of size",
     "When a position is too small, too dear or too much alike to be worth it."},
    {1200, "execute", "Rules of risk", "Every limit of an account, asked of each order before it may exist."},
};

static const rule_group_t *group_of(u16 rule)
{
    const rule_group_t *found = &groups[0];
    for (u32 i = 0; i < COUNT_OF(groups); i++) {
        found = groups[i].first <= rule ? &groups[i] : found;
    }
    ASSERT(rule_stage(found->first) == rule_stage(rule));
    return found;
}

static bool is_yes_no(const rule_desc_t *r)
{
    return r->op == GATE_EQ;
}

void rule_doc(u32 index, part_doc_t *d)
{
    const rule_desc_t *r = rule_at(index);
    char word[64];
    doc_fact(d, "number", "%u", r->id);
    if (is_yes_no(r)) {
        doc_fact(d, "holds_if", "yes");
    } else {
        doc_fact(d, "holds_if", "value %s threshold", gate_op_text(r->op));
        doc_fact(d, "measured_in", "steps of %g%s%s", r->step, r->unit[0] != 0 ? " " : "", r->unit);
    }
    doc_list(d, "stage");
    doc_name(d, "stages", stage_at(rule_stage(r->id))->name);
    doc_list_end(d);
    doc_list(d, "settings");
    for (const char *at = r->keys; next_word(&at, word);) {
        doc_name(d, "keys", word);
    }
    doc_list_end(d);
}

const char *const rule_head[] = {"rule", "number", "asks for", "holds if the value is", "settings", NULL};

void rule_summary(u32 index, part_doc_t *d)
{
    const rule_desc_t *r = rule_at(index);
    doc_cell_anchor(d, r->name);
    doc_cell(d, "%u", r->id);
    doc_cell(d, "%s", r->text);
    if (is_yes_no(r)) {
        doc_cell(d, "yes");
    } else {
        doc_cell(d, "%s the threshold, in steps of %g%s%s", gate_op_text(r->op), r->step,
                 r->unit[0] != 0 ? " " : "", r->unit);
    }
    doc_cell_names(d, "keys", r->keys);
}

part_page_t rule_page(u32 index)
{
    const rule_group_t *g = group_of(rule_at(index)->id);
    bool strategy = g->first > 700 && g->first < 800;
    return (part_page_t){.file = g->file,
                         .title = g->title,
                         .lead = g->lead,
                         .see_how = "Asked by",
                         .see_kind = strategy ? "strategies" : "stages",
                         .see = g->file};
}

void preference_doc(u32 index, part_doc_t *d)
{
    const preference_desc_t *p = preference_at(index);
    char key[64];
    (void)snprintf(key, sizeof key, "%s.%s", p->section, p->key);
    doc_fact(d, "range", "%.12g to %.12g", p->lo, p->hi);
    doc_list(d, "setting");
    doc_name(d, "keys", key);
    doc_list_end(d);
}

const char *const preference_head[] = {"preference", "what it does", "from", "to", "setting", NULL};

void preference_summary(u32 index, part_doc_t *d)
{
    const preference_desc_t *p = preference_at(index);
    char key[64];
    (void)snprintf(key, sizeof key, "%s.%s", p->section, p->key);
    doc_cell_anchor(d, p->name);
    doc_cell(d, "%s", p->help);
    doc_cell(d, "%.12g", p->lo);
    doc_cell(d, "%.12g", p->hi);
    doc_cell_name(d, "keys", key);
}

part_page_t preference_page(u32 index)
{
    (void)index;
    return (part_page_t){.file = "preferences",
                         .title = "What a user may set",
                         .lead = "In a run of many users each may set these for themselves, within the "
                                 "house's ceilings ([users.md](../../users.md))."};
}
