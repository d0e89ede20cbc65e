/* A file of users: read as written, and refused with its line where it is wrong. */
#include "faces/cli/users_file.h"

#include <string.h>

#include "tests/test.h"

TEST(a_book_is_read)
{
    UNUSED_STATE;
    run_users_t u;
    diag_t why = {0};
    CHECK_OK(users_file_parse(
        STR("mode = \"global\"\n[user.carl]\nid = 7\ncash = 900.5\nwatch = [\"AAPL\", \"BRK.B\"]\n"
            "exclude_sectors = [\"energy\", \"health care\"]\nallow_short = false\n"
            "[user.anna]\nid = 2\nowner = 7\npreset = \"growth\"\nmax_open_positions = 4\n"),
        "book", &why, &u));
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

TEST(what_is_wrong_is_named_with_its_line)
{
    UNUSED_STATE;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "no user"},
        {"mode = \"both\"\n", "line 1, mode"},
        {"mode = 1\n", "line 1, mode"},
        {"users = 3\n", "[user.NAME]"},
        {"[user]\nid = 1\n", "[user.NAME]"},
        {"[user.a]\ncash = 1\n", "has no id"},
        {"[user.a]\nid = 0\n", "line 2"},
        {"[user.a]\nid = 1.5\n", "line 2"},
        {"[user.a]\nid = \"one\"\n", "line 2"},
        {"[user.a]\nid = 1\ncash = -5\n", "line 3"},
        {"[user.a]\nid = 1\ncash = nan\n", "book:3"},
        {"[user.a]\nid = 1\ncash = inf\n", "book:3"},
        {"[user.a]\nid = 1\nrisk_per_trade_pct = nan\n", "book:3"},
        {"[user.a]\nid = 1\nmax_open_positions = 1e300\n", "line 3"},
        {"[user.a]\nid = 1\nmax_open_position = 3\n", "max_open_positions"},
        {"[user.a]\nid = 1\nmax_open_positions = \"3\"\n", "line 3"},
        {"[user.a]\nid = 1\npreset = \"wild\"\n", "ultra_conservative"},
        {"[user.a]\nid = 1\nwatch = \"AAPL\"\n", "list of symbols"},
        {"[user.a]\nid = 1\nwatch = [\"aapl\"]\n", "no symbol"},
        {"[user.a]\nid = 1\nexclude_sectors = [\"e\"]\n", "no such sector"},
        {"[user.a]\nid = 1\nexclude_sectors = [\"con\"]\n", "no such sector"},
        {"[user.a]\nid = 1\n[user.b]\nid = 1\n", "one id"},
        {"[user.a]\nid = 1\n[user.b]\nid = 2\naccount = 1\n", "one id"},
        {"[user.\"a b\"]\nid = 1\n", "a name has"},
        {"[user.abcdefghijklmnopqrstuvwxyzabcdefghijkl]\nid = 1\n", "31 letters"},
        {"[user.a\n", "book:1"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        run_users_t u = {0};
        diag_t why = {0};
        err_t err = users_file_parse(str_from(cases[i].text), "book", &why, &u);
        if (err != ERR_CONFIG || strstr(why.text, cases[i].says) == NULL) {
            print_message("case %u: %d, %s\n", i, (int)err, why.text);
        }
        CHECK_EQ(err, ERR_CONFIG);
        CHECK(strstr(why.text, cases[i].says) != NULL);
        CHECK(u.rows == NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_is_read),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
    };
    return RUN_TESTS(tests);
}
