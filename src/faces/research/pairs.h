/* Days on which two sets of settings ran beside each other: what a case of the court is judged by after its
 * filing.
 *
 * Promises: both sides of a day saw the same data, names, money, users and seed. Days count in the order in
 * which pairs became whole, and each only once: the first word on a day stands, and what ran again, or ran on
 * days before those that are there, adds nothing. So the days of a case only grow at their end, and what was
 * said of the first of them is never unsaid. Leaves to others: what they mean (docket.h). */
#ifndef VITRINE_FACES_RESEARCH_PAIRS_H
#define VITRINE_FACES_RESEARCH_PAIRS_H

#include "faces/report/report_facts.h"
#include "store/cases.h"

enum {
    PAIR_SIDES = 2,
    PAIRS_RUNS_MAX = 4096
}; /* challenger, incumbent; runs since a filing that are looked at */

/* Daily returns of two runs on the sessions after `after`. */
typedef struct {
    u32 count;
    date_t *own_day;
    f64 *own_ret[PAIR_SIDES];
} paired_t;
/* ERR_USAGE: not the same sessions, or a curve that touched zero, which has no returns. Free with
 * paired_free, also after an error. */
MUST_USE err_t paired_days(const report_facts_t *const f[PAIR_SIDES], date_t after, diag_t *diag,
                           paired_t *out);
void paired_free(paired_t *p);

typedef struct {
    money_t cash; /* both began with it */
    paired_t days;
} pair_t;

typedef struct {
    pair_t *own_v; /* as they became whole */
    u32 count;
    u32 early; /* runs of these settings since the filing that traded on days up to it: they prove nothing */
    u32 alone; /* that no run of the other settings stands beside */
    u32 another; /* pairs on other bars or names than the case's */
} pairs_t;

/* All pairs of back-tests stored since the case was filed. `scope` is that of its runs. Errors of the
 * journal. */
MUST_USE err_t pairs_read(store_t *s, const case_row_t *row, const digest_t *scope, diag_t *diag,
                          pairs_t *out);
void pairs_free(pairs_t *p);

/* Days of one kind, one after another. */
typedef struct {
    date_t *own_day;
    f64 *own_diff; /* challenger less incumbent */
    u32 count;
} stretch_t;
/* The days after `after` of the pairs with this cash, at most `max`. ERR_NO_MEMORY. Free with stretch_free,
 * also after an error. */
MUST_USE err_t pairs_stretch(const pairs_t *p, money_t cash, date_t after, u32 max, stretch_t *out);
void stretch_free(stretch_t *s);

#endif
