/* Global mode: the house walks stages 1 to 10 once, each user goes on from what it found.
 *
 * A user's own cycle still begins with its own brakes (stages 1 to 5); where the house has judged (6 to 10)
 * it takes the house's numbers and applies its own filters and thresholds; 11 to 13 are its own. Nobody's
 * numbers are made twice, and no brake is left out. Leaves to others: who walks when (engine). */
#ifndef VITRINE_SCAN_ADOPT_H
#define VITRINE_SCAN_ADOPT_H

#include "scan/scan.h"

enum { SCAN_HOUSE_FIRST = 6, SCAN_HOUSE_LAST = 10 };

/* The stage s->stage of a user's cycle, from s->house, whose scan has ended. */
void scan_adopt(scan_t *s);
/* The house's cycle has come to the end of its stages: who is left is handed on, and followed without money.
 */
void scan_hand_on(scan_t *s);
/* The thresholds of stage 8 and of stage 9 in k, into c->gates (stage_composite.c, stage_conviction.c). */
void composite_gates(const config_t *k, candidate_t *c);
void conviction_gates(const config_t *k, candidate_t *c);
/* Whether a holding of this user follows the same underlying (stage_screen.c). */
bool screen_twin_held(const scan_t *s, u32 inst);

#endif
