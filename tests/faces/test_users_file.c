/* A file of users: read as written, and refused with its line where it is wrong. */
#include "faces/cli/users_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/test.h"

/* What the run itself gives to who names no cash. */
static err_t parse(const char *text, diag_t *why, run_users_t *u)
{
    users_default_t dflt = {.cash = {100000 * MONEY_SCALE}};
    return users_file_parse(str_from(text), "book", &dflt, why, u);
}

TEST(a_book_is_read)
{
    UNUSED_STATE;
    run_users_t u;
    diag_t why = {0};
    CHECK_OK(parse("mode = \"global\"\n[user.carl]\nid = 7\ncash = 900.5\nwatch = [\"AAPL\", \"BRK.B\"]\n"
                   "exclude_sectors = [\"energy\", \"health care\"]\nallow_short = false\n"
                   "[user.anna]\nid = 2\nowner = 7\npreset = \"growth\"\nmax_open_positions = 4\n",
                   &why, &u));
    CHECK_EQ(u.count, 2);
    CHECK_EQ(u.mode, USERS_GLOBAL);
    const user_row_t *a = &u.rows[0];
    const user_row_t *c = &u.rows[1];
    f64 v = -1;
    assert_string_equal(a->name, "anna");
    CHECK(a->account_id == 2 && a->owner_id == 7 && a->risk_group_id == 7 && a->has_preset);
    CHECK(user_preferred(a, preference_find(STR("max_open_positions")), &v) && v == 4);
    assert_string_equal(c->watch, "AAPL,BRK.B");
    CHECK_EQ(c->cash.v, 900500000);
    CHECK(c->excluded_sectors == (1U << 1 | 1U << 6));
    CHECK(user_preferred(c, preference_find(STR("allow_short")), &v) && v == 0);
    run_users_free(&u);
}

TEST(an_account_has_a_name_where_it_is_shared)
{
    UNUSED_STATE;
    run_users_t u;
    diag_t why = {0};
    CHECK_OK(parse("mode = \"global\"\n[user.a]\nid = 1\naccount = \"main\"\n"
                   "[user.b]\nid = 2\nowner = 1\naccount = \"main\"\n[user.c]\nid = 3\naccount = 9\n",
                   &why, &u));
    CHECK_STR(u.rows[0].shared, "main");
    CHECK_STR(u.rows[1].shared, "main");
    CHECK_STR(u.rows[2].shared, "");
    CHECK(u.rows[1].account_id == 2 && u.rows[2].account_id == 9);
    run_users_free(&u);
}

/* Each message is searched for both words; the remedy is never the last resort of app.c. */
typedef struct {
    const char *text, *says, *remedy;
} wrong_t;

static void check_wrong(const wrong_t *cases, u32 count)
{
    for (u32 i = 0; i < count; i++) {
        run_users_t u = {0};
        diag_t why = {0};
        err_t err = parse(cases[i].text, &why, &u);
        const char *remedy = strstr(why.text, "\ndo: ");
        if (err != ERR_CONFIG || strstr(why.text, cases[i].says) == NULL || remedy == NULL ||
            strstr(remedy, cases[i].remedy) == NULL) {
            print_message("case %u: %d, %s\n", i, (int)err, why.text);
        }
        CHECK_EQ(err, ERR_CONFIG);
        CHECK(strncmp(why.text, "book", 4) == 0 && strstr(why.text, cases[i].says) != NULL);
        CHECK(remedy != NULL && strstr(remedy, cases[i].remedy) != NULL);
        CHECK(u.rows == NULL);
    }
}

TEST(a_shared_account_has_one_owner_and_one_mode)
{
    UNUSED_STATE;
    static const wrong_t cases[] = {
        {"[user.a]\nid = 1\naccount = \"main\"\n", "line 2, [user.a]: account \"main\": accounts are shared",
         "mode = \"global\""},
        {"mode = \"global\"\n[user.a]\nid = 1\naccount = \"main\"\n[user.b]\nid = 2\naccount = \"main\"\n",
         "line 6, [user.b]: account \"main\" is also a's, who has another owner", "one owner"},
        {"[user.a]\nid = 1\naccount = \"a b\"\n", "line 2, [user.a]", "account = \"main\""},
        {"[user.a]\nid = 1\naccount = \"\"\n", "line 3, user.a.account", "another name"},
        {"[user.a]\nid = 1\naccount = \"house\"\n", "line 3, user.a.account", "another name"},
    };
    check_wrong(cases, COUNT_OF(cases));
}

TEST(what_is_wrong_is_named_with_its_line)
{
    UNUSED_STATE;
    static const wrong_t cases[] = {
        {"", "no user", "[user.NAME]"},
        {"mode = \"both\"\n", "line 1, mode", "\"global\""},
        {"mode = 1\n", "line 1, mode", "\"per_user\""},
        {"users = 3\n", "[user.NAME]", "[user.anna]"},
        {"[user]\nid = 1\n", "[user.NAME]", "[user.anna]"},
        {"[user.a]\ncash = 1\n", "line 2, [user.a]: it has no id", "id = 1"},
        {"[user.a]\nid = 1\n[user.b]\n", "line 3, [user.b]: it has no id", "id = 1"},
        {"[user]\n", "line 1, user: only mode and tables [user.NAME] stand in this file", "[user.anna]"},
        {"[user.a]\nid = 0\n", "line 2", "id = 1"},
        {"[user.a]\nid = 1.5\n", "line 2", "id = 1"},
        {"[user.a]\nid = \"one\"\n", "line 2", "id = 1"},
        {"[user.a]\nid = 9000000000000000000\n", "line 2, [user.a]", "2^61 - 1"},
        {"[user.a]\nid = 1\ncash = -5\n", "line 3", "at least 0.01"},
        {"[user.a]\nid = 1\ncash = 0\n", "line 3, user.a.cash: under one cent", "run's own, 100000.00"},
        {"[user.a]\nid = 1\ncash = 1e-9\n", "line 3, user.a.cash: under one cent", "at least 0.01"},
        {"[user.a]\nid = 1\ncash = 0.009\n", "line 3, user.a.cash: under one cent", "at least 0.01"},
        {"[user.a]\nid = 1\ncash = \"much\"\n", "line 3", "0.01 to 1e12"},
        {"[user.a]\nid = 1\ncash = 1.1e12\n", "line 3", "0.01 to 1e12"},
        {"[user.a]\nid = 1\ncash = 1e300\n", "line 3", "0.01 to 1e12"},
        {"[user.a]\nid = 1\ncash = nan\n", "book:3", "users.md"},
        {"[user.a]\nid = 1\ncash = inf\n", "book:3", "users.md"},
        {"[user.a]\nid = 1\nrisk_per_trade_pct = nan\n", "book:3", "users.md"},
        {"[user.a]\nid = 1\nmin_confidence = 7\n", "line 3", "do: choose a value from 0.5 to 1,"},
        {"[user.a]\nid = 1\nmax_open_positions = 1e300\n", "line 3", "from 1 to 30"},
        {"[user.a]\nid = 1\nmax_open_positions = 2.5\n", "line 3", "from 1 to 30"},
        {"[user.a]\nid = 1\nmax_open_position = 3\n", "did you mean max_open_positions?", "preferences"},
        {"[user.a]\nid = 1\ncsh = 3\n", "did you mean cash?", "preferences"},
        {"[user.a]\nid = 1\nexclude_sector = [\"energy\"]\n", "did you mean exclude_sectors?", "preferences"},
        {"[user.a]\nid = 1\nzzzzzzzz = 3\n", "there is no such preference\ndo:", "preferences"},
        {"[user.a]\nid = 1\nmax_open_positions = \"many\"\n", "line 3", "do: write a number, or true"},
        {"[user.a]\nid = 1\nmax_open_positions = \"3\"\n", "line 3, user.a.max_open_positions: what stands",
         "do: write 3 without quotes"},
        {"[user.a]\nid = \"7\"\n", "line 2, user.a.id: what stands in quotes is text", "write 7 without"},
        {"[user.a]\nid = 1\ncash = \"1e6\"\n", "line 3, user.a.cash: what stands in quotes is text",
         "do: write 1e6 without quotes"},
        {"[user.a]\nid = 1\npreset = \"wild\"\n", "line 3", "ultra_conservative"},
        {"[user.a]\nid = 1\nwatch = \"AAPL\"\n", "list of symbols", "[\"AAPL\""},
        {"[user.a]\nid = 1\nwatch = [\"aapl\"]\n", "no symbol", "capital"},
        {"[user.a]\nid = 1\nwatch = [\"A\", \"B\"]\nexclude = [\"C\", \"B\"]\n",
         "line 2, [user.a]: B stands in watch and in exclude", "one of them"},
        {"[user.a]\nid = 1\nexclude_sectors = [\"e\"]\n", "no such sector", "GICS"},
        {"[user.a]\nid = 1\nexclude_sectors = [\"con\"]\n", "no such sector", "GICS"},
        {"[user.a]\nid = 1\naccount = 7\n[user.b]\nid = 2\naccount = 7\n",
         "line 5, [user.b]: b and a (line 2) have one account", "do: give each one of its own"},
        {"[user.a]\nid = 1\n[user.b]\nid = 1\n", "line 4, [user.b]: b and a (line 2) have one id",
         "one of its own"},
        {"[user.a]\nid = 1\n[user.b]\nid = 2\naccount = 1\n", "one account", "one of its own"},
        {"[user.\"a b\"]\nid = 1\n", "line 2, [user.a b]", "[user.anna]"},
        {"[user.abcdefghijklmnopqrstuvwxyzabcdefghijkl]\nid = 1\n", "line 2", "another name"},
        {"[user.\"--json\"]\nid = 1\n", "line 2, user.--json.id: a name that begins with -", "a letter"},
        {"[user.house]\nid = 1\n", "line 2, user.house.id", "another name"},
        {"[user.a\n", "book:1", "users.md"},
        {"[user.a]\nid = 1\ncash = 6e11\n[user.b]\nid = 2\ncash = 6e11\n", "2 users together", "in parts"},
    };
    check_wrong(cases, COUNT_OF(cases));
}

/* Who names no cash has the run's; how many did is told, so that a --cash for nobody can be. */
TEST(cash_that_nobody_names_is_the_runs)
{
    UNUSED_STATE;
    run_users_t u;
    diag_t why = {0};
    users_default_t dflt = {.cash = {25000 * MONEY_SCALE}};
    CHECK_OK(
        users_file_parse(STR("[user.a]\nid = 1\n[user.b]\nid = 2\ncash = 0.01\n"), "book", &dflt, &why, &u));
    CHECK_EQ(u.rows[0].cash.v, 25000 * MONEY_SCALE);
    CHECK_EQ(u.rows[1].cash.v, MONEY_SCALE / 100);
    CHECK_EQ(dflt.taken, 1);
    run_users_free(&u);
}

/* A thousand and twenty-four are served; one more is a fault of the file and of none of its users. */
TEST(one_too_many_is_nobodys_fault)
{
    UNUSED_STATE;
    for (u32 n = LIMIT_USERS; n <= LIMIT_USERS + 1; n++) {
        char *own = NULL;
        size_t size = 0;
        run_users_t u = {0};
        diag_t why = {0};
        FILE *f = open_memstream(&own, &size);
        assert_non_null(f);
        for (u32 i = 1; i <= n; i++) {
            (void)fprintf(f, "[user.u%u]\nid = %u\ncash = 1000\n", i, i);
        }
        CHECK_EQ(fclose(f), 0);
        err_t err = parse(own, &why, &u);
        CHECK_EQ(err, n > LIMIT_USERS ? ERR_CONFIG : ERR_OK);
        CHECK(err == ERR_OK || strncmp(why.text, "book: more than 1024 users\ndo: ", 30) == 0);
        CHECK(strstr(why.text, "letters") == NULL && strstr(why.text, "line") == NULL);
        run_users_free(&u);
        free(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_is_read),
        cmocka_unit_test(an_account_has_a_name_where_it_is_shared),
        cmocka_unit_test(a_shared_account_has_one_owner_and_one_mode),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(cash_that_nobody_names_is_the_runs),
        cmocka_unit_test(one_too_many_is_nobodys_fault),
    };
    return RUN_TESTS(tests);
}
