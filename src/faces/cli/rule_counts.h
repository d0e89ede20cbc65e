/* How often each rule of market/quality.h was met, as text and as a member of JSON. Rules that were not met
 * are left out. */
#ifndef VITRINE_FACES_CLI_RULE_COUNTS_H
#define VITRINE_FACES_CLI_RULE_COUNTS_H

#include "faces/cli/app.h"
#include "market/quality.h"

/* A line each: the rule, how often, what follows from it. */
void rule_counts_print(app_t *app, const u64 count[QUALITY_RULES]);
/* "rules": {"rule": how often, ...} of the object that is open. */
void rule_counts_put(jsonw_t *w, const u64 count[QUALITY_RULES]);

#endif
