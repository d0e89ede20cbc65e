/* The scheduler's page of `vitrine status`: every loop with its last firing, its next point, what it missed,
 * and what loops told last.
 *
 * Promises: taken from the engine after a step, shown later without it. Leaves to others: when it is asked
 * for. */
#ifndef VITRINE_APP_STATUS_PAGE_H
#define VITRINE_APP_STATUS_PAGE_H

#include "drivers/run_users.h"
#include "engine/engine.h"
#include "wire/jsonw.h"

enum { STATUS_ACCOUNTS = 16, STATUS_STOPPED = 16 /* told by name; of more only how many */ };

/* Why a user enters nothing. */
typedef enum {
    STOPPED_KILLED = 1 << 0,
    STOPPED_BROKER = 1 << 1, /* its books and the broker's may differ: ends with a comparison that agrees */
    STOPPED_PERSON = 1 << 2, /* until a person has looked: so do the next two */
    STOPPED_BREAKER = 1 << 3,
    STOPPED_CLOCK = 1 << 4
} stopped_t;

typedef struct {
    engine_loop_t loop[LOOPS_MAX];
    u32 loop_count;
    loop_phase_t phase;
    engine_notice_t notice[ENGINE_NOTICES];
    u32 notice_count;
    struct {
        char name[USER_NAME];
        u64 number;
        u32 users, live; /* sub-ledgers; bunched orders at work */
        money_t house;
    } account[STATUS_ACCOUNTS]; /* those that several users share; more are left off */
    u32 account_count;
    struct {
        u64 account;
        u32 why; /* stopped_t */
    } stopped[LIMIT_USERS];
    u32 stopped_count;
    u32 desks;
    f64 equity, cash; /* of all users together; what the house holds is not in them */
    const run_users_t *users; /* borrowed: their names stand beside account numbers; NULL none */
} status_page_t;

void status_page_take(status_page_t *p, engine_t *e);
/* How many wait for one of the reasons (stopped_t): of all (COMMAND_ALL), or that one account. */
u32 status_page_waiting(const status_page_t *p, u64 account, u32 reasons);
/* Keys market_phase, loops and told of an open object; shared_accounts, stopped and stopped_more where there
 * are any. */
void status_page_put(const status_page_t *p, jsonw_t *out);
/* "2024-01-08T14:30:00Z" or why there is no time. */
void status_put_time(jsonw_t *out, const char *key, i64 t, const char *none);

#endif
