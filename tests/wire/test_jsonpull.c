/* JSON token by token: the grammar, its one loosening, and the errors. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "wire/jsonpull.h"

/* Tokens in short: {}[] for containers, s n t f 0 for values, key= in front; "!" and the error at the end. */
static void tokens(const char *text, char *out, size_t size)
{
    static const char letter[] = "E{}[]sntf0";
    jsonpull_t j;
    size_t n = 0;
    jsonpull_begin(&j, text, strlen(text));
    out[0] = '\0';
    for (;;) {
        err_t err = jsonpull_next(&j);
        if (err != ERR_OK) {
            (void)snprintf(out + n, size - n, "!%s", err_name(err));
            return;
        }
        if (j.kind == JSONPULL_END) {
            return;
        }
        int k = snprintf(out + n, size - n, "%s%s%c" STR_FMT, j.key, j.key[0] != '\0' ? "=" : "",
                         letter[j.kind], STR_ARG(j.text));
        n += (size_t)k;
    }
}

TEST(table)
{
    UNUSED_STATE;
    static const char *const cases[][2] = {
        {"", ""},
        {"{}", "{}"},
        {"[1,-2.5e3,\"x\"]", "[n1n-2.5e3sx]"},
        {"{\"a\":1,\"b\":[true,false,null]}", "a=n1b=[tf0]}"},
        {"[NaN, Infinity]", "[00]"},
        {"{\"a\":1}\n{\"a\":2}\n", "{a=n1}{a=n2}"},
        {"\"\\u00e9\\n\\ud83d\\ude00\"", "s\xC3\xA9\n\xF0\x9F\x98\x80"},
        {"\"\\ud83d\"", "s\xEF\xBF\xBD"},
        {"[1 2]", "[n1!ERR_SYNTAX"},
        {"{\"a\" 1}", "{!ERR_SYNTAX"},
        {"{1:2}", "{!ERR_SYNTAX"},
        {"[1,", "[n1!ERR_TRUNCATED"},
        {"[\"x", "[!ERR_TRUNCATED"},
        {"{\"a\":", "{!ERR_TRUNCATED"},
        {"\"a\nb\"", "!ERR_SYNTAX"},
        {"\"\\x\"", "!ERR_SYNTAX"},
        {"[x]", "[!ERR_SYNTAX"},
        {"[}", "[!ERR_SYNTAX"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[512];
        tokens(cases[i][0], out, sizeof out);
        const char *want = cases[i][1];
        /* The key of a nested object stands before its brace. */
        char fixed[512];
        (void)snprintf(fixed, sizeof fixed, "%s%s", cases[i][0][0] == '{' && want[0] != '{' ? "{" : "", want);
        if (strcmp(out, fixed) != 0) {
            print_message("case %zu: %s\n", i, out);
        }
        CHECK_STR(out, fixed);
    }
}

TEST(deep_and_long)
{
    UNUSED_STATE;
    char deep[JSONPULL_DEPTH + 2];
    static char text[JSONPULL_TEXT + 64];
    jsonpull_t j;
    err_t err = ERR_OK;
    memset(deep, '[', sizeof deep);
    jsonpull_begin(&j, deep, sizeof deep);
    while ((err = jsonpull_next(&j)) == ERR_OK) {
    }
    CHECK_EQ(err, ERR_DEPTH);
    memset(text, 'x', sizeof text);
    text[0] = '"';
    text[sizeof text - 1] = '"';
    jsonpull_begin(&j, text, sizeof text);
    CHECK_OK(jsonpull_next(&j));
    CHECK(j.cut);
    CHECK(j.text.n <= JSONPULL_TEXT);
    CHECK_OK(jsonpull_next(&j));
    CHECK_EQ(j.kind, JSONPULL_END);
}

TEST(skip_goes_to_the_end_of_its_container)
{
    UNUSED_STATE;
    static const char text[] = "{\"a\":{\"b\":[1,{\"c\":2}]},\"d\":3}";
    jsonpull_t j;
    jsonpull_begin(&j, text, sizeof text - 1);
    CHECK_OK(jsonpull_next(&j));
    CHECK_OK(jsonpull_next(&j));
    CHECK_OK(jsonpull_skip(&j));
    CHECK_OK(jsonpull_next(&j));
    CHECK_STR(j.key, "d");
    CHECK_EQ(j.line, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(deep_and_long),
                                       cmocka_unit_test(skip_goes_to_the_end_of_its_container)};
    return RUN_TESTS(tests);
}
