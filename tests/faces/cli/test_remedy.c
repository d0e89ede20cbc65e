/* A command in words for people acts on the home that the user named, and reads back as it was meant. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "faces/cli/remedy.h"
#include "tests/faces/line.h"
#include "tests/store/home.h"

TEST(commands_get_the_home)
{
    UNUSED_STATE;
    static const struct {
        const char *text, *home, *want;
    } cases[] = {
        {"do: `vitrine report` lists them", NULL, "do: `vitrine report` lists them"},
        {"do: `vitrine report` lists them", "h", "do: `vitrine report --home h` lists them"},
        {"what\n  do: vitrine audit seal", "h", "what\n  do: vitrine audit seal --home h"},
        {"vitrine audit seal", "h", "vitrine audit seal --home h"},
        {"do: update tzdata, and vitrine if the law has changed", "h",
         "do: update tzdata, and vitrine if the law has changed"},
        {"do: `vitrine stop`, or `vitrine kill`", "a b",
         "do: `vitrine stop --home 'a b'`, or `vitrine kill --home 'a b'`"},
        {"do: `vitrine stop`", "it's", "do: `vitrine stop --home 'it'\\''s'`"},
        {"do: `vitrine report --home x`", "h", "do: `vitrine report --home x`"},
        {"do: vitrine demo --help", "h", "do: vitrine demo --help"},
        {"do: `vitrine modules keys` lists them", "h", "do: `vitrine modules keys` lists them"},
        {"do: `vitrine VERB` and `latest`", "h", "do: `vitrine VERB` and `latest`"},
        {"do: `vitrine report", "h", "do: `vitrine report"},
        {"", "h", ""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[REMEDY_TEXT];
        remedy_fill(cases[i].text, cases[i].home, out);
        CHECK_STR(out, cases[i].want);
    }
}

/* What has no room keeps its advice rather than half of a path. */
TEST(a_home_without_end)
{
    UNUSED_STATE;
    static char home[REMEDY_TEXT];
    char out[REMEDY_TEXT];
    memset(home, 'h', sizeof home - 1);
    remedy_fill("do: `vitrine stop`", home, out);
    CHECK_STR(out, "do: `vitrine stop`");
}

TEST(every_door_of_words)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char line[HOME_SIZE + 64];
    char want[HOME_SIZE + 64];
    char *out = NULL;
    char *err = NULL;
    static const struct {
        const char *line, *command;
        bool in_out;
    } cases[] = {{"report", "vitrine backtest", false},
                 {"status", "vitrine demo", false},
                 {"init", "vitrine doctor", false},
                 {"kill", "", false},
                 {"doctor", "vitrine kill --off", true},
                 {"demo --headless --sessions 1", "vitrine kill --off", false}};
    home_make(home);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        (void)snprintf(line, sizeof line, "%s --home %s", cases[i].line, home);
        (void)snprintf(want, sizeof want, "`%s --home %s`", cases[i].command, home);
        (void)line_run("/nowhere", line, &out, &err);
        CHECK(cases[i].command[0] == 0 || strstr(cases[i].in_out ? out : err, want) != NULL);
        (void)line_run(home, cases[i].line, &out, &err); /* not named on the line: the shell has it */
        CHECK(strstr(out, "--home /") == NULL && strstr(err, "--home /") == NULL);
    }
    home_remove(home);
    free(out);
    free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_get_the_home),
        cmocka_unit_test(a_home_without_end),
        cmocka_unit_test(every_door_of_words),
    };
    return RUN_TESTS(tests);
}
