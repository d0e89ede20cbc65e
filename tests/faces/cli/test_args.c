/* Options before and after the verb, values joined or apart, and a way forward in every refusal. */
#include "tests/test.h"

#include <string.h>

#include "faces/cli/args.h"

enum { WORDS = 12 };

typedef struct {
    const char *argv[WORDS];
    err_t err;
    const char *verb;
    u32 words;
    u32 options;
    const char *said; /* part of the refusal */
} case_t;

static err_t parse(const char *const *words, diag_t *d, args_t *out)
{
    char *argv[WORDS + 1] = {(char *)(uintptr_t) "vitrine"};
    int argc = 1;
    for (int i = 0; i < WORDS && words[i] != NULL; i++) {
        argv[argc++] = (char *)(uintptr_t)words[i];
    }
    return args_parse(argc, argv, d, out);
}

TEST(command_lines)
{
    UNUSED_STATE;
    static const case_t cases[] = {
        {{NULL}, ERR_OK, NULL, 0, 0, NULL},
        {{"config"}, ERR_OK, "config", 0, 0, NULL},
        {{"--json", "config"}, ERR_OK, "config", 0, 1, NULL},
        {{"config", "--json"}, ERR_OK, "config", 0, 1, NULL},
        {{"--home", "config", "config"}, ERR_OK, "config", 0, 1, NULL},
        {{"--home=/x", "config", "--preset", "growth", "-q"}, ERR_OK, "config", 0, 3, NULL},
        {{"show-config"}, ERR_OK, "config", 0, 0, NULL},
        {{"modules", "--", "--rules"}, ERR_OK, "modules", 1, 0, NULL},
        {{"modules", "-"}, ERR_OK, "modules", 1, 0, NULL},
        {{"config", "x"}, ERR_USAGE, NULL, 0, 0, "too many"},
        {{"confg"}, ERR_USAGE, NULL, 0, 0, "did you mean config"},
        {{"config", "--preest", "x"}, ERR_USAGE, NULL, 0, 0, "did you mean --preset"},
        {{"config", "--zzzzzzzzzz"}, ERR_USAGE, NULL, 0, 0, "vitrine config --help"},
        {{"config", "--home"}, ERR_USAGE, NULL, 0, 0, "needs a value"},
        {{"config", "--home", "--json"}, ERR_USAGE, NULL, 0, 0, "needs a value"},
        {{"config", "--json=1"}, ERR_USAGE, NULL, 0, 0, "takes no value"},
        {{"config", "-x"}, ERR_USAGE, NULL, 0, 0, "two dashes"},
        {{"config", "--"}, ERR_OK, "config", 0, 0, NULL},
        {{"config", "x", "--help"}, ERR_OK, "config", 1, 1, NULL},
        {{"--preset", "growth", "config"}, ERR_USAGE, NULL, 0, 0, "--preset growth: before the verb"},
        {{"--sed", "4", "config"}, ERR_USAGE, NULL, 0, 0, "did you mean --seed"},
        {{"--vers"}, ERR_USAGE, NULL, 0, 0, "did you mean --version"},
        {{"config", "--xyz"}, ERR_USAGE, NULL, 0, 0, "unknown option --xyz\ndo: vitrine config --help"},
        {{"conf"}, ERR_USAGE, NULL, 0, 0, "did you mean config"},
        {{"walk"}, ERR_USAGE, NULL, 0, 0, "did you mean walk-forward"},
        {{"hyperop"}, ERR_USAGE, NULL, 0, 0, "did you mean optimize"},
        {{"frob"}, ERR_USAGE, NULL, 0, 0, "lists them all"},
        {{"data", "check", "--apart", "5"}, ERR_OK, "data", 1, 1, NULL},
        {{"data", "--apart", "5", "check"}, ERR_OK, "data", 1, 1, NULL},
        {{"data", "list", "--source", "a"}, ERR_OK, "data", 1, 1, NULL},
        {{"data", "list", "--apart", "5"}, ERR_USAGE, NULL, 0, 0, "--apart is an option of `data check`"},
        {{"audit", "export", "--redact", "FILL"}, ERR_USAGE, NULL, 0, 0, "is an option of `audit publish`"},
        {{"audit", "export", "--redact", "FILL", "--help"}, ERR_OK, "audit", 1, 2, NULL},
        {{"research", "court", "--seeds", "3"}, ERR_USAGE, NULL, 0, 0, "do: leave --seeds out"},
        {{"config", "--home", ""}, ERR_USAGE, NULL, 0, 0, "do: give one, or leave --home out"},
        {{"config", "--home="}, ERR_USAGE, NULL, 0, 0, "--home: the value is empty"},
        {{"--home=", "config"}, ERR_USAGE, NULL, 0, 0, "--home: the value is empty"},
        {{"demo", "--bars", ""}, ERR_USAGE, NULL, 0, 0, "do: give one, or leave --bars out"},
        {{"demo", "--users", ""}, ERR_USAGE, NULL, 0, 0, "do: give one, or leave --users out"},
        {{"report", ""}, ERR_USAGE, NULL, 0, 0, "argument 1 is empty"},
        {{"modules", "rules", ""}, ERR_USAGE, NULL, 0, 0, "argument 2 is empty\ndo: vitrine modules --help"},
        {{"report", "--csv", "x", "--csv", "y"}, ERR_USAGE, NULL, 0, 0, "given twice\nas x and as y\ndo:"},
        {{"report", "--csv=x", "latest", "--csv=x"}, ERR_USAGE, NULL, 0, 0, "--csv is given twice"},
        {{"--home", "a", "report", "--home", "b"}, ERR_USAGE, NULL, 0, 0, "--home is given twice"},
        {{"demo", "--set", "a=1", "--set", "b=1"}, ERR_OK, "demo", 0, 2, NULL},
        {{"optimize", "--param", "a=1", "--param=b=1"}, ERR_OK, "optimize", 0, 2, NULL},
        {{"report", "--json", "--first", "--json"}, ERR_OK, "report", 0, 3, NULL}, /* a flag says the same */
        {{"kill", "--why", ""}, ERR_OK, "kill", 0, 1, NULL}, /* nothing stands before this switch */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        args_t a;
        diag_t d = {0};
        err_t err = parse(cases[i].argv, &d, &a);
        CHECK_EQ(err, cases[i].err);
        if (err != ERR_OK) {
            CHECK(strstr(d.text, cases[i].said) != NULL);
            continue;
        }
        CHECK(cases[i].verb == NULL ? a.verb == NULL : strcmp(a.verb->name, cases[i].verb) == 0);
        CHECK_EQ(a.word_count, cases[i].words);
        CHECK_EQ(a.option_count, cases[i].options);
    }
}

TEST(values)
{
    UNUSED_STATE;
    static const char *const line[WORDS] = {"config", "--seed=9", "--home", "a", "--preset", "2024-03-28"};
    static const char *const sets[WORDS] = {"demo", "--set", "a=7", "--set=b=9"};
    args_t a;
    diag_t d = {0};
    i64 v = -1;
    date_t day = 0;
    CHECK_OK(parse(line, &d, &a));
    CHECK_STR(args_value(&a, "seed"), "9");
    CHECK(args_value_at(&a, "seed", 1) == NULL);
    CHECK_OK(parse(sets, &d, &a));
    CHECK_STR(args_value(&a, "set"), "a=7");
    CHECK_STR(args_value_at(&a, "set", 1), "b=9");
    CHECK(args_value_at(&a, "set", 2) == NULL);
    CHECK_OK(parse(line, &d, &a));
    CHECK(args_value(&a, "port") == NULL);
    CHECK(args_has(&a, "home") && !args_has(&a, "json"));
    CHECK_OK(args_i64(&a, "seed", 0, 10, &d, &v));
    CHECK_EQ(v, 9);
    CHECK_EQ(args_i64(&a, "seed", 0, 8, &d, &v), ERR_USAGE);
    CHECK(strstr(d.text, "from 0 to 8") != NULL);
    CHECK_EQ(args_i64(&a, "home", 0, 8, &d, &v), ERR_USAGE);
    CHECK_OK(args_i64(&a, "port", 0, 8, &d, &v));
    CHECK_EQ(v, 9);
    CHECK_OK(args_date(&a, "preset", &d, &day));
    CHECK_EQ(day, date_from_ymd(2024, 3, 28));
    CHECK_EQ(args_date(&a, "home", &d, &day), ERR_USAGE);
    static const char *const far[] = {"1699-12-31", "2200-01-01", "9999-12-31", "0001-01-01"};
    for (u32 i = 0; i < COUNT_OF(far); i++) { /* beyond what a time can hold: it would come to another day */
        const char *const words[WORDS] = {"config", "--preset", far[i]};
        diag_t e = {0};
        CHECK_OK(parse(words, &e, &a));
        CHECK_EQ(args_date(&a, "preset", &e, &day), ERR_USAGE);
        CHECK(strstr(e.text, "do: name one of them") != NULL && day == date_from_ymd(2024, 3, 28));
    }
    CHECK_OK(parse(line, &d, &a));
    CHECK_EQ(args_scaled(&a, "seed", 2, &d, &v), ERR_OK);
    CHECK_EQ(v, 900);
}

TEST(too_many_are_refused)
{
    UNUSED_STATE;
    static char word[] = "--json";
    static char verb[] = "config";
    char *argv[ARGS_OPTIONS_MAX + 3] = {verb, verb};
    args_t a;
    for (int i = 0; i <= ARGS_OPTIONS_MAX; i++) {
        argv[2 + i] = word;
    }
    CHECK_OK(args_parse(ARGS_OPTIONS_MAX + 2, argv, NULL, &a));
    CHECK_EQ(args_parse(ARGS_OPTIONS_MAX + 3, argv, NULL, &a), ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(command_lines),
        cmocka_unit_test(values),
        cmocka_unit_test(too_many_are_refused),
    };
    return RUN_TESTS(tests);
}
