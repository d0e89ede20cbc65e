/* See rule_counts.h. */
#include "faces/cli/rule_counts.h"

#include "base/assert.h"

void rule_counts_print(app_t *app, const u64 count[QUALITY_RULES])
{
    ASSERT(app != NULL && count != NULL);
    for (u32 i = 1; i < QUALITY_RULES; i++) {
        quality_rule_t rule = (quality_rule_t)i;
        if (count[i] > 0) {
            app_print(app, "  %-18s %8llu  %s\n", quality_rule_name(rule), (unsigned long long)count[i],
                      verdict_name(quality_rule_verdict(rule)));
        }
    }
}

void rule_counts_put(jsonw_t *w, const u64 count[QUALITY_RULES])
{
    ASSERT(w != NULL && count != NULL);
    jsonw_key(w, "rules");
    jsonw_object(w);
    for (u32 i = 1; i < QUALITY_RULES; i++) {
        if (count[i] > 0) {
            jsonw_put_u64(w, quality_rule_name((quality_rule_t)i), count[i]);
        }
    }
    jsonw_end(w);
}
