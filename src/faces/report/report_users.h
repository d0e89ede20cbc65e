/* The users of a run, as a report shows them: who had what, and what became of it.
 *
 * A run of one user without a row has one line without a name. Leaves to others: what the whole house did, or
 * one of them alone (report_facts.h). */
#ifndef VITRINE_FACES_REPORT_REPORT_USERS_H
#define VITRINE_FACES_REPORT_REPORT_USERS_H

#include "drivers/run_users.h"
#include "model/event.h"

typedef struct {
    char name[USER_NAME];
    char preset[24];
    u64 account, owner;
    u64 there; /* its account at the broker: `account`, or one that it shares */
    money_t start, cash, equity, gross, net_held; /* at the last session's end */
    money_t low;                                  /* of that session */
    money_t net, fees;                            /* of closed trades; of all fills */
    u64 cycles, closed;
    bool barred;
} report_user_t;

/* An account at the broker that several of them share. */
typedef struct {
    char name[USER_NAME];
    u64 number;
    u32 users;
    u64 bunches;   /* orders placed as one for several */
    money_t house; /* what did not divide between them */
} report_account_t;

typedef struct {
    users_mode_t mode;
    report_user_t *own_v; /* ascending accounts */
    u32 count;
    report_account_t *own_shared; /* ascending numbers */
    u32 shared_count;
    digest_t rows; /* of all that the run was told of them: equal for the same users, preferences included */
} report_users_t;

/* From RUN_START: its rows, or one account with `cash`. Errors of run_users_decode. */
MUST_USE err_t report_users_open(str_t text, money_t cash, diag_t *diag, report_users_t *out);
void report_users_free(report_users_t *u);
/* NULL if there is none; account 0 (records of version 1) is the first. */
report_user_t *report_user_of(report_users_t *u, u64 account);
/* The shared account of this number; NULL if there is none. */
report_account_t *report_account_of(const report_users_t *u, u64 number);
/* Takes note of a bunched order or of what did not divide; other events leave it as it was. */
void report_accounts_take(report_users_t *u, const event_t *e);
/* "account main, shared by 3: 31 orders of several at once; -0.000012 did not divide (its house)" */
void report_account_text(const report_account_t *a, char out[160]);
/* The one of that name in run `run`. ERR_NOT_FOUND, with the remedy. */
MUST_USE err_t report_user_named(const report_users_t *u, const char *name, const char *run, diag_t *diag,
                                 const report_user_t **out);
/* The configuration of one of them, from the house's. ERR_NOT_FOUND. */
MUST_USE err_t report_user_config(str_t text, u64 account, config_t *house);

#endif
