/* What was planted in a simulated market, beside what the run found of it. See report_parts.h. */
#include "faces/report/report_parts.h"

#include <string.h>

#include "base/assert.h"

/* The part of the trades that a strategy of this name made; NULL if it made none. */
static const report_group_t *trades_of(const report_t *r, const char *strategy)
{
    const report_groups_t *g = &r->by[DIM_STRATEGY];
    for (u32 i = 0; i < g->count; i++) {
        if (strcmp(g->own_v[i].name, strategy) == 0) {
            return &g->own_v[i];
        }
    }
    return NULL;
}

bool report_planted(const report_t *r, char out[REPORT_SENTENCE])
{
    ASSERT(r != NULL && out != NULL);
    const char *edge = r->facts.edge;
    out[0] = '\0';
    if (edge[0] == '\0') {
        return false;
    }
    if (strcmp(edge, "none") == 0) {
        (void)snprintf(out, REPORT_SENTENCE, "nothing: before costs no rule earns anything in this market");
        return true;
    }
    char name[sizeof r->facts.edge]; /* without its strength */
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(edge, ":"), edge);
    const report_group_t *g = trades_of(r, name);
    if (g == NULL) {
        (void)snprintf(out, REPORT_SENTENCE, "%s; the strategy of that name made no trade", edge);
        return true;
    }
    report_mean_t m = report_mean(g->n, g->r, g->r2);
    bool shows = g->n > 1 && m.mean - 2.0 * m.error > 0;
    (void)snprintf(out, REPORT_SENTENCE,
                   "%s; the strategy of that name: %+.4f R +- %.4f a trade, net, over %u: %s", edge, m.mean,
                   m.error, g->n, shows ? "it shows" : "it does not show");
    return true;
}
