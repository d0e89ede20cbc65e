/* Goes through a run's journal and hands out its cycles, each with what is needed to judge it.
 *
 * Promises: events in order, every record decoded or an error with its place. Blobs and records are valid
 * during the call that they are handed to. */
#ifndef VITRINE_FACES_CLI_WHY_WALK_H
#define VITRINE_FACES_CLI_WHY_WALK_H

#include "faces/cli/app.h"
#include "faces/cli/why_verdict.h"
#include "faces/report/report_facts.h"

typedef struct {
    run_row_t run;
    config_t config; /* the house's */
    report_origin_t origin;
    report_users_t users;
    config_t *own_configs; /* [users.count] as they hold at the event in hand */
    char members_of[64];
    report_inst_t *own_insts;
    u32 inst_count;
    const report_user_t *only; /* the visitor's user, in `users`; NULL: everybody */
} why_run_t;

typedef struct {
    const why_run_t *run;
    const event_t *event;
    const cycle_record_t *cycle; /* of a cycle's record, else NULL */
    const report_user_t *user;   /* whose cycle it is, with the equity that was marked last; else NULL */
    const config_t *config;      /* and the configuration it was decided with */
    bool micro;
} why_step_t;

typedef struct {
    bool cycles;      /* decode cycles' records */
    const char *user; /* hand out what is this user's and what is nobody's, no other's; NULL: everything */
    err_t (*take)(void *ctx, const why_step_t *s);
    void *ctx;
} why_visitor_t;

/* Walks run `id` of the home. *out lives until why_run_free; also after an error. ERR_NOT_FOUND for a user
 * that the run has not, errors of the journal and of `take`; ERR_EMPTY from `take`, and from nothing
 * else, ends the walk early without being an error. */
MUST_USE err_t why_walk(app_t *app, const char *id, const why_visitor_t *v, why_run_t *out);
void why_run_free(why_run_t *r);
/* Index of a symbol (any case), or -1. */
i32 why_inst(const why_run_t *r, const char *symbol);

#endif
