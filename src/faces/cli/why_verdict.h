/* What a cycle decided about one symbol, and the smallest single change that would have turned it (decisions
 * 27, 28).
 *
 * Promises: pure; the verdict is recomputed from the record's gridded integers alone, and a named change is
 * only ever one that passes the failing stage when it alone is applied. What lies beyond that stage is not
 * evaluated here. Leaves to others: where the record comes from (why_walk.h), words for people (why_text.c).
 */
#ifndef VITRINE_FACES_CLI_WHY_VERDICT_H
#define VITRINE_FACES_CLI_WHY_VERDICT_H

#include "scan/record.h"

typedef enum {
    WHY_ABSENT =
        0, /* did not enter: not listed yet, or the cycle stopped before the screen with no stage named */
    WHY_STOPPED = 1, /* the whole cycle was stopped */
    WHY_REFUSED = 2,
    WHY_TRADED = 3,
    WHY_HANDED = 4 /* the house handed it on: its fate stands in the users' own records */
} why_outcome_t;

/* What thresholds of the screen come from: the record holds values, the configuration holds limits. */
typedef struct {
    const config_t *config;
    bool micro; /* the account was under the micro threshold */
} why_limits_t;

typedef struct {
    why_outcome_t outcome;
    u32 stage;                 /* that refused or stopped; 12 for a trade */
    const cand_record_t *cand; /* NULL if the screen refused it, or nothing did */
    u16 mask;                  /* stage 6: bit i: rule 601 + i failed */
    gates_t gates; /* of that stage; stage 6: the first failed rule alone, its value is the one recorded */
    i32 change;    /* index into gates of the smallest single change, -1: no single change */
    i64 needed;    /* grid value that gate needs */
} why_t;

void why_of(const cycle_record_t *r, u16 inst, const why_limits_t *limits, why_t *out);
/* True if the stage passes as the gates stand. */
bool why_passes(const why_t *w);
/* True if the stage passes with the value of gate `index` replaced and everything else left. */
bool why_passes_with(const why_t *w, u32 index, i64 value);
/* Smallest grid value with which a failed gate holds. */
i64 why_needed(const gate_t *g);
/* Half of the way from the value to what is needed, cut toward the side that fails: one step's half is none.
 */
i64 why_half(const gate_t *g, i64 needed);
/* `what if`: every gate of `rule` takes the value; *out says whether the stage passes then. ERR_UNKNOWN_KEY
 * if the failing stage has no such gate, ERR_PARAM_RANGE if there was no refusal. */
MUST_USE err_t why_what_if(const why_t *w, const rule_desc_t *rule, f64 value, bool *out);
/* The property of a named change: alone it turns the verdict, half of it does not, and where none is named no
 * single gate moved to where it holds turns it. True if it holds, and for everything that is not a refusal or
 * stop. */
bool why_check(const why_t *w);

#endif
