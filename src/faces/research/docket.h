/* What the days since its filing say of a case, and which act follows from them.
 *
 * The rules, stated with each case and the same for all. Shadow: `shadow_days` sessions beside the incumbent
 * with the case's money; refused at once if the watch (quant/stats/watch.h) crosses its bound, and at the end
 * unless the mean daily difference is above 0. Canary: then `canary_days` sessions with `canary_part` of it;
 * refused if the watch, begun anew, crosses. After: the same watch goes on over every later session with the
 * case's money; before the promotion it refuses, after it the case is rolled back.
 *
 * Promises: a pure function of the case and the days; days that are added change nothing that was said of
 * those before. Leaves to others: days (pairs.h), writing acts (store/cases.h), settings.
 */
#ifndef VITRINE_FACES_RESEARCH_DOCKET_H
#define VITRINE_FACES_RESEARCH_DOCKET_H

#include "faces/research/pairs.h"
#include "quant/stats/watch.h"

/* The most sessions after the canary that are watched. */
enum { DOCKET_DAYS_MAX = 20000 };

typedef struct {
    stretch_t shadow, canary, after;
    money_t cash, part; /* the case's, and the canary's */
    watch_t shadow_watch;
    watch_t watch; /* over canary and after together */
} docket_t;

/* The money of the canary: whole dollars, one at least, as `--cash` takes them. */
money_t docket_part(const case_row_t *row, money_t cash);
/* Lays the days of the pairs out. Free with docket_free, also after an error. ERR_NO_MEMORY. */
MUST_USE err_t docket_open(const case_row_t *row, const pairs_t *pairs, money_t cash, docket_t *out);
void docket_free(docket_t *d);
/* The act that follows by the rules from where the case stands, without anybody's word; false: none does yet.
 * `t` of the act is left to the caller. */
bool docket_next(const case_t *c, const docket_t *d, case_act_t *out);

#endif
