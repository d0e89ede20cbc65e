/* XML and HTML token by token. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "wire/xmlpull.h"

static void tokens(const char *text, char *out, size_t size)
{
    xmlpull_t x;
    size_t n = 0;
    xmlpull_begin(&x, text, strlen(text));
    out[0] = '\0';
    for (;;) {
        err_t err = xmlpull_next(&x);
        if (err != ERR_OK) {
            (void)snprintf(out + n, size - n, "!%s", err_name(err));
            return;
        }
        if (x.kind == XMLPULL_END) {
            return;
        }
        const char *mark = x.kind == XMLPULL_OPEN    ? (x.empty ? "<-" : "<")
                           : x.kind == XMLPULL_CLOSE ? ">"
                                                     : "'";
        str_t s = x.kind == XMLPULL_TEXT_NODE ? x.text : x.name;
        n += (size_t)snprintf(out + n, size - n, "%s" STR_FMT, mark, STR_ARG(s));
    }
}

TEST(table)
{
    UNUSED_STATE;
    static const char *const cases[][2] = {
        {"", ""},
        {"<a>x</a>", "<a'x>a"},
        {"<?xml version=\"1.0\"?><!-- c --><!DOCTYPE x><ns:a b='1>2'> x &amp; y </ns:a>", "<a'x & y>a"},
        {"<a/>", "<-a"},
        {"<a b=\"/\"></a>", "<a>a"},
        {"<a>&#233;&lt;&nope;</a>", "<a'\xC3\xA9<&nope;>a"},
        {"<a><![CDATA[x<y]]></a>", "<a'x<y>a"},
        {"text only", "'text only"},
        {"<a", "!ERR_TRUNCATED"},
        {"<a b='", "!ERR_TRUNCATED"},
        {"<!-- c", "!ERR_TRUNCATED"},
        {"<>", "!ERR_SYNTAX"},
        {"<br><p>x", "<br<p'x"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[256];
        tokens(cases[i][0], out, sizeof out);
        CHECK_STR(out, cases[i][1]);
    }
}

TEST(attributes)
{
    UNUSED_STATE;
    static const char text[] = "<link rel=\"alternate\" href='x?a=1'/>";
    xmlpull_t x;
    xmlpull_begin(&x, text, sizeof text - 1);
    CHECK_OK(xmlpull_next(&x));
    CHECK(str_eq_c(xmlpull_attribute(&x, "rel"), "alternate"));
    CHECK(str_eq_c(xmlpull_attribute(&x, "href"), "x?a=1"));
    CHECK_EQ(xmlpull_attribute(&x, "el").n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(table), cmocka_unit_test(attributes)};
    return RUN_TESTS(tests);
}
