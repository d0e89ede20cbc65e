/* Results by how much of the market an entry was: its quantity as a part of the volume of the bar in which it
 * began to fill. What needs more of a bar than the broker's participation fills over several, and stands with
 * all of it over the first.
 *
 * Promises: every closed trade is in one part or counted as unknown (no bar, or a volume of which nothing is
 * known). Leaves to others: where volumes come from (report_shelf.h). */
#ifndef VITRINE_FACES_REPORT_REPORT_SHARE_H
#define VITRINE_FACES_REPORT_REPORT_SHARE_H

#include "faces/report/report_facts.h"

enum { SHARES = 4 };

typedef struct {
    u32 n;
    f64 r, r2; /* sums of net R and its square */
    i64 costs; /* 1e-6 */
} report_share_part_t;

typedef struct {
    report_share_part_t part[SHARES]; /* up to 0.1 %, 1 %, 5 %, more */
    u32 known;
} report_share_t;

/* One trade, and the volume of its bar; 0: not known. */
void report_share_add(report_share_t *s, const lesson_record_t *l, i64 volume);
const char *report_share_name(u32 part);

#endif
