/* Bunched orders of a record that is read again: effects are not recorded, and those of several sub-ledgers
 * are one. Nothing outside resume.c includes it. */
#ifndef VITRINE_DRIVERS_RESUME_BUNCH_H
#define VITRINE_DRIVERS_RESUME_BUNCH_H

#include "drivers/runner_inner.h"

typedef struct {
    effect_t effect;
    u64 step; /* seq of the input that it followed from */
} resume_row_t;

/* Order effects of the record whose sending is not yet proved, in order. */
typedef struct {
    resume_row_t *v;         /* [cap] */
    effect_member_t *member; /* [cap], of those that are bunched; reused when nothing is left */
    u32 count, cap, members;
    bunch_t *bunch; /* [bunch_cap], of this session, and those that still rest */
    u32 bunch_count, bunch_cap;
} resume_sent_t;

MUST_USE err_t resume_sent_open(resume_sent_t *s, u32 cap);
void resume_sent_close(resume_sent_t *s);
/* An effect that follows from this fact. */
void resume_sent_push(resume_sent_t *s, effect_kind_t kind, const intent_t *i, const event_t *fact);
void resume_sent_pop(resume_sent_t *s);
/* The members' orders become one, at the place of the first. ERR_CORRUPT, ERR_NO_MEMORY. */
MUST_USE err_t resume_sent_bunch(resume_sent_t *s, const ev_BUNCH_t *f);
/* The id under which the broker knows an order: its bunch's, for a member of one. */
id128_t resume_sent_id(const resume_sent_t *s, id128_t intent, u64 *account);
/* A session begins: forgets bunches that the broker does not hold. */
void resume_sent_session(resume_sent_t *s, const paper_t *p);

#endif
