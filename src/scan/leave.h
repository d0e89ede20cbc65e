/* What a candidate leaves behind when its cycle is over: a tag on its order, the level and the measures of
 * its symbol, or a shadow.
 *
 * Promises: everything is made from the candidate's record and from the market as it then stands, by the
 * live step as by recovery, which has nothing else: what outlasts a cycle lies on the record's grid, and a
 * run that a crash interrupted decides the same afterwards to the bit. Leaves to others: making the record,
 * when something is left. */
#ifndef VITRINE_SCAN_LEAVE_H
#define VITRINE_SCAN_LEAVE_H

#include "scan/record.h"

/* The user's belief in a candidate as recorded. */
void leave_ask(const user_t *u, const cand_record_t *c, confidence_answer_t *out);
/* The order's copy of what it was decided on. `high_beta`: above the bound of the risk gates. */
trade_tag_t leave_tag(const user_t *u, const scan_shared_t *shared, const cand_record_t *c, u64 cycle,
                      bool high_beta);
/* An entry was sent: counts it, and keeps the level and the measures of its symbol. */
void leave_entry(user_t *u, const cand_record_t *c);
/* Follows the candidate without money, unless its kind is followed on this symbol today already. */
void leave_shadow(user_t *u, const cand_record_t *c, date_t session);
/* A candidate that comes no further than stage `reached`: asks for the belief in it, and follows it where the
 * prior alone would pass. */
void leave_follow(user_t *u, candidate_t *c, u32 reached, date_t session);

#endif
