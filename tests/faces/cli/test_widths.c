/* Reports and stories of real runs, as people read them: no line is wider than a hundred columns. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/faces/line_world.h"
#include "tests/faces/research/made_store.h"

enum { COLUMNS = 100, NAMES = 40, NAME = 48 };

#define OPEN                                                                                                 \
    " --set risk.min_confidence=0.05 --set comp.min_composite_score=0 --set ai.min_conviction=0"             \
    " --set cost.min_profit_multiple=0"

static u32 columns(const char *line, size_t n)
{
    u32 count = 0;
    for (size_t i = 0; i < n; i++) {
        count += ((u8)line[i] & 0xC0) != 0x80 ? 1 : 0;
    }
    return count;
}

/* How many lines were said, each of which fits. */
static u32 fits(world_t *w, const char *line)
{
    u32 lines = 0;
    exit_code_t code = run(w, line);
    if (code != EXIT_CODE_OK) {
        print_message("# %s: %s\n", line, w->err);
    }
    CHECK_EQ(code, EXIT_CODE_OK);
    for (const char *at = w->out; *at != '\0'; lines++) {
        size_t n = strcspn(at, "\n");
        bool command = at[strspn(at, " ")] == '`'; /* never broken */
        if (columns(at, n) > COLUMNS && !command) {
            print_message("# %s: \"%.*s\"\n", line, (int)n, at);
        }
        CHECK(columns(at, n) <= COLUMNS || command);
        at += n + (at[n] == '\n' ? 1 : 0);
    }
    return lines;
}

/* Distinct words behind `key` in what was said last. */
static u32 words(const world_t *w, const char *key, char out[NAMES][NAME])
{
    u32 count = 0;
    for (const char *at = w->out; count < NAMES && (at = strstr(at, key)) != NULL;) {
        at += strlen(key);
        (void)snprintf(out[count], NAME, "%.*s", (int)strcspn(at, "\""), at);
        u32 k = 0;
        while (strcmp(out[k], out[count]) != 0) {
            k++;
        }
        count += k == count ? 1 : 0;
    }
    return count;
}

/* The report of the newest run, and what it tells of names and of trades. */
static void run_fits(world_t *w)
{
    static char name[NAMES][NAME];
    char line[128];
    CHECK(fits(w, "report latest") > 60);
    CHECK(fits(w, "report latest --tax 30,15 --dearest-lots") > 60);
    CHECK_EQ(run(w, "why --export latest --quiet"), EXIT_CODE_OK);
    u32 symbols = words(w, "\"symbol\":\"", name);
    CHECK(symbols > 5);
    for (u32 i = 0; i < symbols; i++) {
        (void)snprintf(line, sizeof line, "why %.47s", name[i]);
        CHECK(fits(w, line) > 3);
    }
    CHECK_EQ(run(w, "audit export latest --kind fill --quiet"), EXIT_CODE_OK);
    u32 trades = words(w, "\"intent\":\"", name);
    CHECK(trades > 5);
    for (u32 i = 0; i < trades; i++) {
        (void)snprintf(line, sizeof line, "why %.47s --tax 30,15", name[i]);
        CHECK(fits(w, line) > 20);
    }
}

TEST(a_day_of_minutes)
{
    world_t *w = *state_;
    CHECK_EQ(run(w, "demo --headless --quiet --sessions 6 --stocks 20 --warmup 6 --seed 5 --time --vix" OPEN
                    " --edge momentum"),
             EXIT_CODE_OK);
    run_fits(w);
}

TEST(years_of_days)
{
    world_t *w = *state_;
    made_store_from(w->home, date_from_ymd(2017, 1, 3));
    CHECK_EQ(run(w, "backtest --source made --quiet" OPEN), EXIT_CODE_OK);
    CHECK(fits(w, "backtest --source made --from 2017-01-03" OPEN) > 20);
    run_fits(w);
}

/* Of every name, whoever asks: what the house handed on is told by the user's own cycle, also where that was
 * stopped before it came to any name. */
static void everybody_has_a_story(world_t *w)
{
    static const char *const users[] = {"anna_of_the_first_long_name", "bert", "carl"};
    static char name[NAMES][NAME];
    char line[128];
    u32 stopped = 0;
    CHECK_EQ(run(w, "why --export latest --quiet"), EXIT_CODE_OK);
    u32 symbols = words(w, "\"symbol\":\"", name);
    for (u32 i = 0; i < symbols * COUNT_OF(users); i++) {
        (void)snprintf(line, sizeof line, "why %.40s --user %s --json", name[i / COUNT_OF(users)],
                       users[i % COUNT_OF(users)]);
        CHECK_EQ(run(w, line), EXIT_CODE_OK);
        CHECK(strstr(w->out, "\"stage\":0,") == NULL && strstr(w->out, "handed on") == NULL);
        stopped += strstr(w->out, "\"user\":\"the house\"") == NULL &&
                           strstr(w->out, "\"outcome\":\"stopped\"") != NULL
                       ? 1
                       : 0;
    }
    CHECK(stopped > 0);
}

TEST(many_users)
{
    world_t *w = *state_;
    char line[LIMIT_PATH + 256];
    (void)snprintf(line, sizeof line, "%s/users.toml", w->home);
    FILE *f = fopen(line, "w");
    assert_non_null(f);
    CHECK(
        fputs("mode = \"global\"\n[user.anna_of_the_first_long_name]\nid = 1\nowner = 9\naccount = \"main\"\n"
              "cash = 100000\n[user.bert]\nid = 2\nowner = 9\naccount = \"main\"\ncash = 50000\n"
              "preset = \"aggressive\"\n[user.carl]\nid = 3\ncash = 5000\nmargin = 0\n",
              f) >= 0);
    CHECK_EQ(fclose(f), 0);
    (void)snprintf(
        line, sizeof line,
        "demo --headless --quiet --sessions 6 --stocks 20 --warmup 6 --seed 11 --users %s/users.toml" OPEN,
        w->home);
    CHECK_EQ(run(w, line), EXIT_CODE_OK);
    run_fits(w);
    CHECK(fits(w, "report latest --user carl") > 60);
    everybody_has_a_story(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_day_of_minutes, world_open, world_close),
        cmocka_unit_test_setup_teardown(years_of_days, world_open, world_close),
        cmocka_unit_test_setup_teardown(many_users, world_open, world_close),
    };
    return RUN_TESTS(tests);
}
