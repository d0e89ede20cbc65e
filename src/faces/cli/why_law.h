/* Behind a refusal by the law: which law of that day, and what the user can do.
 *
 * Promises: the text is the rule book's row in force on the session; days are those of the calendar. Leaves
 * to others: whether a gate failed (why_verdict.h). */
#ifndef VITRINE_FACES_CLI_WHY_LAW_H
#define VITRINE_FACES_CLI_WHY_LAW_H

#include "model/config.h"
#include "model/gate.h"
#include "model/halt.h"
#include "base/units.h"

enum { WHY_REMEDY = 200 };

typedef struct {
    const char *citation;
    char remedy[WHY_REMEDY];
} why_law_t;

/* The law that a halt of this kind follows in a session; NULL: none, or a kind that is not known. */
const char *why_halt_law(halt_kind_t kind, date_t session);

/* Rules that ask nothing but what the law of securities does. */
bool why_law_alone(u16 rule);

/* Of a gate that failed in `session`, decided with `config` at `t`. False if its rule is none of the law's.
 * Not asked for coins: the laws that the rule book holds are of securities. */
bool why_law_of(const gate_t *g, const config_t *config, date_t session, i64 t, why_law_t *out);

#endif
