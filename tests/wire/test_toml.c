/* Every leaf of a TOML document arrives once, with its key, its kind and its place; faults name line and
 * column. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "wire/toml.h"

typedef struct {
    char text[1024];
    u32 count;
    u32 stop_at; /* the visit that returns an error, 0: none */
} seen_t;

static err_t see(void *ctx, const toml_item_t *item, diag_t *diag)
{
    seen_t *s = ctx;
    size_t n = strlen(s->text);
    char *at = s->text + n;
    size_t room = sizeof s->text - n;
    if (item->kind == TOML_STRING) {
        (void)snprintf(at, room, "%s[%d]@%u=" STR_FMT ";", item->key, item->index, item->line,
                       STR_ARG(item->text));
    } else {
        (void)snprintf(at, room, "%s[%d]@%u=%g;", item->key, item->index, item->line,
                       item->kind == TOML_BOOL ? (item->yes ? 1.0 : 0.0) : item->real);
    }
    s->count++;
    return s->count == s->stop_at ? diag_fail(diag, ERR_CONFIG, "stopped by the test") : ERR_OK;
}

TEST(leaves_with_place)
{
    UNUSED_STATE;
    seen_t s = {0};
    diag_t d = {0};
    CHECK_OK(toml_read(STR("a = 1\n[t]\nb = true\nc = \"x\" # no\n[t.u]\nd = [1.5, 2]\n"), "f", see, &s, &d));
    CHECK_STR(s.text, "a[-1]@1=1;t.b[-1]@3=1;t.c[-1]@4=x;t.u.d[0]@6=1.5;t.u.d[1]@6=2;");
    s = (seen_t){0};
    CHECK_OK(toml_read(STR("[a]\n# b = 1\n[c.d]\n[e]\nf = {}\n"), "f", see, &s, &d));
    CHECK_STR(s.text, "a[-1]@1=0;c.d[-1]@3=0;e.f[-1]@5=0;");
}

typedef struct {
    const char *text;
    err_t err;
    const char *said;
} case_t;

TEST(faults_are_named)
{
    UNUSED_STATE;
    static const case_t cases[] = {
        {"", ERR_OK, ""},
        {"# nothing\n", ERR_OK, ""},
        {"a = \n", ERR_SYNTAX, "f:1"},
        {"a = 1\na = 2\n", ERR_SYNTAX, "f:2"},
        {"\n\n[t\n", ERR_SYNTAX, "f:3"},
        {"a = nan\n", ERR_NUMBER, "f:1"},
        {"a = inf\n", ERR_NUMBER, "f:1"},
        {"a = 2024-03-28\n", ERR_CONFIG, "a date"},
        {"a = [[1]]\n", ERR_CONFIG, "nested table"},
        {"a = [{b = 1}]\n", ERR_CONFIG, "nested table"},
        {"a.b.c.d.e.f.g.h.i = 1\n", ERR_DEPTH, "deeper"},
        {"a = 99999999999999999999\n", ERR_SYNTAX, "f:1"},
        {"a = \"\xff\"\n", ERR_UTF8, "UTF-8"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        seen_t s = {0};
        diag_t d = {0};
        CHECK_EQ(toml_read(str_from(cases[i].text), "f", see, &s, &d), cases[i].err);
        CHECK(strstr(d.text, cases[i].said) != NULL);
    }
}

TEST(size_is_bounded)
{
    UNUSED_STATE;
    static u8 big[TOML_SIZE_MAX + 1];
    memset(big, ' ', sizeof big);
    seen_t s = {0};
    diag_t d = {0};
    CHECK_EQ(toml_read((str_t){.p = big, .n = sizeof big}, "f", see, &s, &d), ERR_BUFFER_FULL);
    CHECK_OK(toml_read((str_t){.p = big, .n = sizeof big - 1}, "f", see, &s, NULL));
}

TEST(a_visit_can_stop_it)
{
    UNUSED_STATE;
    seen_t s = {.stop_at = 2};
    diag_t d = {0};
    CHECK_EQ(toml_read(STR("a = 1\nb = 2\nc = 3\n"), "f", see, &s, &d), ERR_CONFIG);
    CHECK_EQ(s.count, 2);
    CHECK_STR(d.text, "stopped by the test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_with_place),
        cmocka_unit_test(faults_are_named),
        cmocka_unit_test(size_is_bounded),
        cmocka_unit_test(a_visit_can_stop_it),
    };
    return RUN_TESTS(tests);
}
