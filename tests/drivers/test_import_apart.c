/* Two sources of one name that disagree (F46): through import and `data check` of the program itself, files
 * written here. Which days are told, which are not, and what can never be compared. */
#include "tests/test.h"

#include "drivers/import_apart.h"
#include "tests/faces/line_world.h"

/* Sessions of one week and the next. */
static const char *const days[] = {"2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08",
                                   "2024-03-11", "2024-03-12", "2024-03-13", "2024-03-14", "2024-03-15"};

/* A source with a close for each day in cents, 0: none. */
static void source_add(world_t *w, const char *source, const char *symbol, const u32 cents[10],
                       const char *more)
{
    char path[HOME_SIZE + 64];
    char line[2 * HOME_SIZE + 128];
    (void)snprintf(path, sizeof path, "%s/%s_%s.csv", w->home, source, symbol);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f, "symbol,date,open,high,low,close,volume\n");
    for (u32 i = 0; i < COUNT_OF(days); i++) {
        u32 c = cents[i];
        if (c > 0) {
            (void)fprintf(f, "%s,%s,%u.%02u,%u.%02u,%u.%02u,%u.%02u,%u\n", symbol, days[i], c / 100, c % 100,
                          c / 100, c % 100, c / 100, c % 100, c / 100, c % 100, 1000 + i);
        }
    }
    CHECK_EQ(fclose(f), 0);
    (void)snprintf(line, sizeof line, "data import %s --format plain_daily --source %s%s", path, source,
                   more);
    if (line_run(w->home, line, &w->out, &w->err) != EXIT_CODE_OK) {
        print_error("%s: %s\n", line, w->err);
        fail();
    }
}

static void check(world_t *w, const char *options)
{
    char line[128];
    (void)snprintf(line, sizeof line, "data check%s", options);
    CHECK_EQ(line_run(w->home, line, &w->out, &w->err), EXIT_CODE_OK);
}

static u32 told(const world_t *w, const char *word)
{
    u32 n = 0;
    for (const char *at = w->out; (at = strstr(at, word)) != NULL; at += strlen(word)) {
        n++;
    }
    return n;
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text);
    size_t size = strlen(end);
    return n >= size && strcmp(text + n - size, end) == 0;
}

static const u32 base[10] = {10000, 10100, 10200, 10300, 10400, 10500, 10400, 10300, 10200, 10100};

TEST(stretches_of_days_are_told)
{
    world_t *w = *state_;
    /* one day, then three days of which the middle one is missing there, with an agreeing one between */
    static const u32 other[10] = {10000, 11615, 10200, 10300, 20800, 0, 20800, 10300, 9271, 10100};
    source_add(w, "aaa", "XYZ", base, "");
    source_add(w, "bbb", "XYZ", other, "");
    check(w, "");
    CHECK(strstr(w->out, "XYZ      2024-03-05  sources_differ") != NULL);
    CHECK(strstr(w->out, "101       116.15  aaa, bbb; 1 day\n") != NULL);
    CHECK(strstr(w->out, "104          208  aaa, bbb; 2 days to 2024-03-12") != NULL);
    CHECK(strstr(w->out, "102        92.71  aaa, bbb; 1 day\n") != NULL);
    CHECK_EQ(told(w, "; 1 day\n") + told(w, "; 2 days to"), 3);
    CHECK(strstr(w->out, "1 pair of sources with a name in common, 9 days: closes more than 10 % apart on "
                         "4") != NULL);
    check(w, " --apart 50"); /* of the smaller one: 208 against 104 is a hundred per cent */
    CHECK_EQ(told(w, "aaa, bbb;"), 1);
    check(w, " --apart 100");
    CHECK_EQ(told(w, "aaa, bbb;"), 0);
    check(w, " --json");
    CHECK(strstr(w->out, "\"rule\":\"sources_differ\",\"verdict\":\"note\",\"a\":101,\"b\":116.15,"
                         "\"source\":\"aaa\",\"other\":\"bbb\",\"days\":1,\"last\":\"2024-03-05\"") != NULL);
    /* and the figures that the text closes with, as the last line */
    CHECK(strstr(w->out, "\n{\"checked\":\"bars\",\"series\":2,\"rows\":19,\"rules\":{") != NULL);
    CHECK(ends_with(w->out,
                    "},\"apart\":{\"percent\":10,\"pairs\":1,\"days\":9,\"differ\":4,"
                    "\"adjusted\":0}}\n"));
    CHECK_EQ(line_run(w->home, "data check --apart 0", &w->out, &w->err), EXIT_CODE_USAGE);
}

/* Ten per cent exactly, either way round, is not more than ten per cent. */
TEST(the_bound_is_of_the_smaller_close)
{
    world_t *w = *state_;
    static const u32 other[10] = {11000, 11111, 11220, 11330, 9454, 9545, 10400, 10300, 10200, 10100};
    source_add(w, "aaa", "XYZ", base, "");
    source_add(w, "bbb", "XYZ", other, "");
    check(w, "");
    /* 110 against 100 no, 111.11 against 101 yes, 94.54 and 95.45 against 104 and 105: 10.006 and 10.005 */
    CHECK(strstr(w->out, "aaa, bbb; 1 day\n") != NULL);
    CHECK(strstr(w->out, "aaa, bbb; 2 days to 2024-03-11") != NULL);
    CHECK(strstr(w->out, "10 days: closes more than 10 % apart on 3") != NULL);
}

TEST(three_sources_are_three_pairs)
{
    world_t *w = *state_;
    static const u32 wrong[10] = {10000, 10100, 10200, 10300, 10400, 10500, 10400, 10300, 10200, 20200};
    source_add(w, "aaa", "XYZ", base, "");
    source_add(w, "bbb", "XYZ", wrong, "");
    source_add(w, "ccc", "XYZ", base, "");
    source_add(w, "ccc", "ONLY", base, "");
    check(w, "");
    CHECK(strstr(w->out, "aaa, bbb; 1 day\n") != NULL && strstr(w->out, "bbb, ccc; 1 day\n") != NULL);
    CHECK(strstr(w->out, "aaa, ccc;") == NULL && strstr(w->out, "ONLY      ") == NULL);
    CHECK(strstr(w->out, "3 pairs") != NULL);
    check(w, " --source ccc"); /* what stands against this one */
    CHECK(strstr(w->out, "aaa, bbb;") == NULL && strstr(w->out, "bbb, ccc; 1 day\n") != NULL);
    check(w, " --symbol ONLY");
    CHECK(strstr(w->out, "pairs") == NULL);
}

/* An adjusted set is on another scale; a name that only one source has is no disagreement. */
TEST(what_cannot_be_compared_is_said)
{
    world_t *w = *state_;
    static const u32 half[10] = {5000, 5050, 5100, 5150, 5200, 5250, 5200, 5150, 5100, 5050};
    source_add(w, "aaa", "XYZ", base, "");
    source_add(w, "bbb", "XYZ", half, " --adjusted-to 2024-06-01");
    check(w, "");
    CHECK_EQ(told(w, "sources_differ"), 0);
    CHECK(strstr(w->out, "compared") == NULL);
    check(w, " --apart 10"); /* who asks is told that there was nothing to compare, and why */
    CHECK(strstr(w->out, "nothing was compared\n1 adjusted series is on another scale") != NULL);
    source_add(w, "ccc", "XYZ", base, "");
    check(w, "");
    CHECK(strstr(w->out, "1 pair of") != NULL);
    CHECK(strstr(w->out, "1 adjusted series is on another scale and was not compared") != NULL);
    CHECK_EQ(told(w, "sources_differ"), 0);
}

/* A correction that came later does not hide what a run was shown: the first close counts. */
TEST(the_first_close_counts)
{
    world_t *w = *state_;
    static const u32 wrong[10] = {10000, 15000, 10200, 10300, 10400, 10500, 10400, 10300, 10200, 10100};
    source_add(w, "aaa", "XYZ", base, "");
    source_add(w, "bbb", "XYZ", wrong, "");
    source_add(w, "bbb", "XYZ", base, ""); /* the vendor takes it back */
    check(w, "");
    CHECK(strstr(w->out, "101          150  aaa, bbb; 1 day\n") != NULL);
}

int main(void)
{
#define WITH_HOME(f) cmocka_unit_test_setup_teardown(f, world_open, world_close)
    const struct CMUnitTest tests[] = {
        WITH_HOME(stretches_of_days_are_told),     WITH_HOME(the_bound_is_of_the_smaller_close),
        WITH_HOME(three_sources_are_three_pairs),  WITH_HOME(what_cannot_be_compared_is_said),
        WITH_HOME(the_first_close_counts),
    };
    return RUN_TESTS(tests);
}
