/* Text in lines for people: where a line ends, where the next begins, and that no word is lost. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "faces/wrap.h"

#define PUT(call)                                                                                            \
    do {                                                                                                     \
        FILE *out = open_memstream(&own, &size);                                                             \
        assert_non_null(out);                                                                                \
        call;                                                                                                \
        CHECK_EQ(fclose(out), 0);                                                                            \
    } while (0)

TEST(a_paragraph_hangs_where_it_began)
{
    UNUSED_STATE;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "\n"},
        {"one two", "one two\n"},
        {"one two three", "one two\n   three\n"},
        {"one  two", "one  two\n"},
        {"one two  three", "one two\n   three\n"},
        {"one abcdefghijklm two", "one\n   abcdefghijklm\n   two\n"},
        {"  one ", "one\n"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char *own = NULL;
        size_t size = 0;
        PUT(put_wrapped(out, cases[i].text, 3, 12));
        CHECK_STR(own, cases[i].want);
        free(own);
    }
}

TEST(lines_that_fit_stay_as_they_are)
{
    UNUSED_STATE;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", ""},
        {"a\n\n  b   c \n", "a\n\n  b   c \n"},
        {"123456789012\n", "123456789012\n"},
        {"12345678 9012\n", "12345678\n  9012\n"},
        {"  1234 5678 90 12\n", "  1234 5678\n    90 12\n"},
        {"  1234  56  7890\nx\n", "  1234  56\n    7890\nx\n"},
        {"1234567890123456\n", "1234567890123456\n"},
        {"one `two three four` five\n", "one\n  `two three four`\n  five\n"},
        {"one `two three\n", "one `two\n  three\n"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char *own = NULL;
        size_t size = 0;
        PUT(put_lines(out, cases[i].text, 2, 12));
        CHECK_STR(own, cases[i].want);
        free(own);
    }
}

/* Whatever the words are: none is lost, and no line is wider than it may be unless it is one word. */
TEST(no_word_is_lost)
{
    UNUSED_STATE;
    for (u64 seed = 0; seed < 400; seed++) {
        rng_key_t key = {.seed = seed, .purpose = RNG_TEST};
        char text[512];
        u32 n = (u32)rng_below(key, 0, sizeof text - 1);
        for (u32 i = 0; i < n; i++) {
            text[i] = rng_below(key, i + 1, 5) == 0 ? ' ' : (char)('a' + (char)(i % 26));
        }
        text[n] = '\0';
        char *own = NULL;
        size_t size = 0;
        PUT(put_lines(out, text, 4, 40));
        const char *said = text;
        const char *at = own;
        for (;; said++, at++) {
            said += strspn(said, " ");
            at += strspn(at, " \n");
            if (*said == '\0' || *at == '\0') {
                break;
            }
            CHECK_EQ(*said, *at);
        }
        CHECK(*said == '\0' && *at == '\0');
        for (const char *line = own; *line != '\0'; line += strcspn(line, "\n") + 1) {
            size_t width = strcspn(line, "\n");
            size_t lead = strspn(line, " ");
            CHECK(width <= 40 || lead + strcspn(line + lead, " \n") == width);
        }
        free(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_paragraph_hangs_where_it_began),
                                       cmocka_unit_test(lines_that_fit_stay_as_they_are),
                                       cmocka_unit_test(no_word_is_lost)};
    return RUN_TESTS(tests);
}
