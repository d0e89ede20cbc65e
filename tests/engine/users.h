/* Books of users that differ in all that a row can say. */
#ifndef VITRINE_TESTS_ENGINE_USERS_H
#define VITRINE_TESTS_ENGINE_USERS_H

#include <stdio.h>

#include "drivers/run_users.h"
#include "scan/record.h"
#include "tests/test.h"

enum { BOOK_USERS = 20, MANY_USERS = 520 };

/* `count` users, account ids from 1, over the gates of busy_config: money, sizes, places, lists and sectors
 * differ; every seventh is a cash account, every fifth a micro account. */
static inline run_users_t book_of(u32 count)
{
    static const char *const lists[] = {"SPY,BRK.B", "SPY", "NOTHERE,SPY,ZZZZ"}; /* few of them trade here */
    run_users_t users = {0};
    for (u32 i = 0; i < count; i++) {
        user_row_t *row = NULL;
        char name[16];
        (void)snprintf(name, sizeof name, "user-%u", i + 1);
        CHECK_OK(run_users_add(&users, &row));
        i64 cash = i % 5 == 4 ? 900 : 20000 + 7000 * (i64)(i % BOOK_USERS);
        user_row_init(row, i + 1, name, (money_t){cash * MONEY_SCALE});
        CHECK_OK(user_prefer(row, preference_find(STR("max_open_positions")), 3 + i % 9, NULL));
        CHECK_OK(user_prefer(row, preference_find(STR("risk_per_trade_pct")), 0.25 + 0.05 * (i % BOOK_USERS),
                             NULL));
        CHECK_OK(user_prefer(row, preference_find(STR("max_hold_min")), 30 + 5 * (i % BOOK_USERS), NULL));
        if (i % 7 == 6) {
            CHECK_OK(user_prefer(row, preference_find(STR("margin")), 0, NULL));
        }
        CHECK_OK(user_prefer(row, preference_find(STR("allow_short")), i % 4 != 3, NULL));
        (void)snprintf(i % 2 == 0 ? row->watch : row->exclude, USER_LIST, "%s", lists[i % 3]);
        row->excluded_sectors = i % 6 == 5 ? 0x7U << (1 + i % 3 * 3) : 0; /* three of them */
    }
    return users;
}

/* The same in global mode with one account for all but every fourth: sub-ledgers of one owner, all of them of
 * one kind. */
static inline run_users_t book_shared(u32 count)
{
    run_users_t users = book_of(count);
    users.mode = USERS_GLOBAL;
    for (u32 i = 0; i < count; i++) {
        users.rows[i].owner_id = 1;
        CHECK_OK(user_prefer(&users.rows[i], preference_find(STR("margin")), 1, NULL));
        (void)snprintf(users.rows[i].shared, USER_NAME, "%s", i % 4 == 3 ? "" : "main");
    }
    return users;
}

#endif
