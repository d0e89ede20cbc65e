/* Words of people to a running engine: each in its turn, and no half of one. */
#include "tests/test.h"

#include <string.h>

#include "app/demo_words.h"

static arena_t memory;

/* The answer stands in *text. */
static err_t clear(demo_words_t *w, const run_users_t *users, const char *ask, diag_t *diag, char text[256])
{
    const json_t *in = NULL;
    jsonw_t out;
    memset(text, 0, 256);
    *diag = (diag_t){0};
    CHECK_OK(json_parse(&memory, str_from(ask), NULL, &in));
    jsonw_init(&out, (u8 *)text, 255);
    jsonw_object(&out);
    static status_page_t page; /* anna waits for the broker, bert for a person and the breaker */
    page = (status_page_t){.users = users, .stopped_count = 2};
    page.stopped[0].account = 10;
    page.stopped[0].why = STOPPED_BROKER | STOPPED_KILLED;
    page.stopped[1].account = 20;
    page.stopped[1].why = STOPPED_PERSON | STOPPED_BREAKER;
    err_t err = demo_words_clear(w, in, &page, &out, diag);
    jsonw_end(&out);
    return err;
}

static run_users_t two_users(void)
{
    run_users_t u = {0};
    for (u64 id = 1; id <= 2; id++) {
        user_row_t *row = NULL;
        CHECK_OK(run_users_add(&u, &row));
        user_row_init(row, 10 * id, id == 1 ? "anna" : "bert", (money_t){MONEY_SCALE});
    }
    return u;
}

TEST(each_word_comes_out_as_it_was_said)
{
    UNUSED_STATE;
    demo_words_t w = {0};
    ev_COMMAND_t c;
    diag_t d;
    char text[256];
    run_users_t users = two_users();
    CHECK(!demo_words_next(&w, &c));
    for (u32 round = 0; round < 3; round++) { /* round the queue more than once */
        for (u32 i = 0; i < DEMO_WORDS / 4; i++) {
            CHECK_OK(clear(&w, &users,
                           "{\"what\":\"reconcile\",\"user\":\"bert\",\"why\":\"the statement\"}", &d, text));
            CHECK(strstr(text, "\"of\":\"bert\"") != NULL);
            CHECK_OK(clear(&w, &users, "{\"what\":\"breaker\",\"why\":\"x\"}", &d, text));
            CHECK(strstr(text, "\"of\":\"all\"") != NULL);
            CHECK_OK(clear(&w, &users, "{\"what\":\"clock\",\"why\":\"ntp\"}", &d, text));
        }
        for (u32 i = 0; i < DEMO_WORDS / 4; i++) {
            CHECK(demo_words_next(&w, &c));
            CHECK(c.code == COMMAND_CLEAR_RECONCILE && c.account == 20 && c.arg == 0);
            CHECK(c.who.n == 13 && memcmp(c.who.p, "the statement", 13) == 0);
            CHECK(demo_words_next(&w, &c) && c.code == COMMAND_RESET_BREAKER && c.account == COMMAND_ALL);
            CHECK(demo_words_next(&w, &c) && c.code == COMMAND_CLEAR_CLOCK && c.account == COMMAND_ALL);
        }
        CHECK(!demo_words_next(&w, &c));
    }
    run_users_free(&users);
}

TEST(the_answer_says_who_waited)
{
    UNUSED_STATE;
    static const struct {
        const char *ask;
        const char *says;
    } cases[] = {
        {"{\"what\":\"reconcile\",\"why\":\"x\"}", "\"waited\":2"},
        {"{\"what\":\"reconcile\",\"user\":\"anna\",\"why\":\"x\"}", "\"waited\":1"},
        {"{\"what\":\"breaker\",\"why\":\"x\"}", "\"waited\":1"},
        {"{\"what\":\"breaker\",\"user\":\"anna\",\"why\":\"x\"}", "\"waited\":0"},
        {"{\"what\":\"clock\",\"why\":\"x\"}", "\"waited\":0"},
    };
    demo_words_t w = {0};
    diag_t d;
    char text[256];
    run_users_t users = two_users();
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK_OK(clear(&w, &users, cases[i].ask, &d, text));
        CHECK(strstr(text, cases[i].says) != NULL);
    }
    run_users_free(&users);
}

TEST(what_is_wrong_says_nothing)
{
    UNUSED_STATE;
    static const struct {
        const char *ask;
        err_t err;
        const char *says;
    } cases[] = {
        {"{\"what\":\"tea\",\"why\":\"x\"}", ERR_USAGE, "reconcile, breaker or clock"},
        {"{\"why\":\"x\"}", ERR_USAGE, "reconcile, breaker or clock"},
        {"{\"what\":7,\"why\":\"x\"}", ERR_USAGE, "reconcile, breaker or clock"},
        {"{\"what\":\"clock\"}", ERR_USAGE, "reason"},
        {"{\"what\":\"clock\",\"why\":\"\"}", ERR_USAGE, "reason"},
        {"{\"what\":\"clock\",\"user\":\"anna\",\"why\":\"x\"}", ERR_USAGE, "everybody's"},
        {"{\"what\":\"breaker\",\"user\":\"ana\",\"why\":\"x\"}", ERR_NOT_FOUND, "did you mean anna"},
        {"{\"what\":\"breaker\",\"user\":\"nobody\",\"why\":\"x\"}", ERR_NOT_FOUND, "no user nobody\ndo: "},
    };
    demo_words_t w = {0};
    ev_COMMAND_t c;
    diag_t d;
    char text[256];
    run_users_t users = two_users();
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(clear(&w, &users, cases[i].ask, &d, text), cases[i].err);
        CHECK(strstr(d.text, cases[i].says) != NULL);
        CHECK(!demo_words_next(&w, &c));
    }
    CHECK_EQ(clear(&w, NULL, "{\"what\":\"breaker\",\"user\":\"anna\",\"why\":\"x\"}", &d, text),
             ERR_NOT_FOUND);
    CHECK(strstr(d.text, "leave --user out") != NULL);
    for (u32 i = 0; i < DEMO_WORDS; i++) {
        CHECK_OK(clear(&w, &users, "{\"what\":\"clock\",\"why\":\"x\"}", &d, text));
    }
    CHECK_EQ(clear(&w, &users, "{\"what\":\"clock\",\"why\":\"x\"}", &d, text), ERR_BUSY);
    run_users_free(&users);
}

int main(void)
{
    CHECK_OK(arena_open(&memory, 1 << 20));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_comes_out_as_it_was_said),
        cmocka_unit_test(the_answer_says_who_waited),
        cmocka_unit_test(what_is_wrong_says_nothing),
    };
    int failed = RUN_TESTS(tests);
    arena_close(&memory);
    return failed;
}
