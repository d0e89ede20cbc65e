/* What a report says of a run in words, the same in each of its forms. See report_facts.h, which gathers. */
#include <stdio.h>

#include "base/assert.h"
#include "faces/report/report_facts.h"

const char *report_origin_line(const report_origin_t *o, u32 index)
{
    ASSERT(o != NULL);
    const char *line[ORIGIN_LINES];
    u32 n = 0;
    if (o->other_logic) {
        line[n++] =
            "recorded by other decision code: the figures are its own, a replay here may decide otherwise";
    }
    if (o->config_unread) {
        line[n++] =
            "its settings cannot be read by this version: where one is needed, the default stands for it";
    }
    if (o->spec_unread) {
        line[n++] =
            "what it ran on cannot be read by this version: its cash, sources and proxy are not known";
    }
    return index < n ? line[index] : NULL;
}

void report_facts_funnel(const report_facts_t *f, char out[REPORT_SENTENCE])
{
    ASSERT(f != NULL && out != NULL);
    char handed[64] = "";
    if (f->handed > 0) {
        (void)snprintf(handed, sizeof handed, " + %llu handed on by the house",
                       (unsigned long long)f->handed);
    }
    (void)snprintf(out, REPORT_SENTENCE,
                   "%llu entered = %llu sent + %llu refused%s; of the sent %llu filled",
                   (unsigned long long)f->entered, (unsigned long long)f->traded,
                   (unsigned long long)(f->entered - f->traded - f->handed), handed,
                   (unsigned long long)f->filled);
}

void report_facts_whose(const report_facts_t *f, char out[REPORT_TEXT])
{
    ASSERT(f != NULL && out != NULL);
    const report_user_t *u = report_facts_user(f, f->account);
    out[0] = '\0';
    if (u != NULL) {
        (void)snprintf(out, REPORT_TEXT, "user %s alone, of %u", u->name, f->users.count);
    } else if (f->users.count > 1) {
        (void)snprintf(out, REPORT_TEXT, "%u users together, %s", f->users.count,
                       users_mode_name(f->users.mode));
    }
}

void report_facts_trials(const report_facts_t *f, char out[REPORT_SENTENCE])
{
    ASSERT(f != NULL && out != NULL && f->trials >= f->searched);
    u32 runs = f->trials - f->searched;
    char kind[32]; /* a demo counts itself and is no backtest */
    (void)snprintf(kind, sizeof kind, "%s%s", f->run.kind == RUN_BACKTEST ? "backtest" : "run",
                   runs == 1 ? "" : "s");
    if (f->searched == 0) {
        (void)snprintf(out, REPORT_SENTENCE, "%u %s on these days in this store", runs, kind);
    } else {
        (void)snprintf(out, REPORT_SENTENCE,
                       "%u on these days in this store: %u %s, %u of optimize, walk-forward and court",
                       f->trials, runs, kind, f->searched);
    }
}

/* Tries on days that this run has none of, or on the bars of somebody else. */
bool report_facts_elsewhere(const report_facts_t *f, char out[REPORT_SENTENCE])
{
    ASSERT(f != NULL && out != NULL);
    if (f->elsewhere == 0) {
        return false;
    }
    (void)snprintf(out, REPORT_SENTENCE,
                   "%u more on other days or other sources here, which DSR does not count", f->elsewhere);
    return true;
}

bool report_facts_moments(const report_facts_t *f, char out[REPORT_SENTENCE])
{
    ASSERT(f != NULL && out != NULL);
    char day[11] = "";
    if (f->unmarked == 0) {
        return false;
    }
    if (f->day_count > 0) {
        date_print(day, f->own_days[f->day_count - 1].session);
    }
    (void)snprintf(out, REPORT_SENTENCE,
                   "the record ends within a session: equity is of %s%s, trades, their net and costs of its "
                   "last moment, %llu fills and closed trades later",
                   day[0] != '\0' ? "the end of " : "the start", day, (unsigned long long)f->unmarked);
    return true;
}
