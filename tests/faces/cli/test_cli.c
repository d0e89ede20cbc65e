/* The verbs as a user meets them: exit codes, one JSON document on stdout, prose on stderr, help with an
 * example. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/faces/line.h"
#include "os/file.h"
#include "wire/json.h"

typedef struct {
    char home[64];
    char *out;
    char *err;
    exit_code_t code;
} world_t;

static int open_home(void **state)
{
    world_t *w = calloc(1, sizeof *w);
    (void)snprintf(w->home, sizeof w->home, "/tmp/vitrine-test-XXXXXX");
    *state = w;
    return mkdtemp(w->home) == NULL ? -1 : 0;
}

static int close_home(void **state)
{
    static const char *const names[] = {"config.toml", "KILL", "bars", "reports"};
    world_t *w = *state;
    char path[128];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", w->home, names[i]);
        (void)remove(path);
    }
    int rc = rmdir(w->home);
    free(w->out);
    free(w->err);
    free(w);
    return rc;
}

static void run(world_t *w, const char *line)
{
    w->code = line_run(w->home, line, &w->out, &w->err);
}

static bool is_one_json_line(const char *text)
{
    static u8 memory[1 << 21];
    arena_t a;
    const json_t *j = NULL;
    size_t n = strlen(text);
    arena_init(&a, memory, sizeof memory);
    return n > 0 && text[n - 1] == '\n' && strchr(text, '\n') == text + n - 1 &&
           json_parse(&a, str_from(text), NULL, &j) == ERR_OK;
}

typedef struct {
    const char *line;
    exit_code_t code;
    const char *out;
    const char *err;
} case_t;

TEST(exit_codes_and_words)
{
    world_t *w = *state_;
    static const case_t cases[] = {
        {"", EXIT_CODE_USAGE, "", "vitrine VERB"},
        {"--help", EXIT_CODE_OK, "exit codes", ""},
        {"help", EXIT_CODE_OK, "exit codes", ""},
        {"help", EXIT_CODE_OK, "docs/tutorial.md", ""},
        {"help backtest", EXIT_CODE_OK, "run the engine on stored bars", ""},
        {"help hyperopt", EXIT_CODE_OK, "vitrine optimize", ""},
        {"help help", EXIT_CODE_USAGE, "", "unknown verb help"},
        {"help confg", EXIT_CODE_USAGE, "", "did you mean config?"},
        {"research optimize", EXIT_CODE_USAGE, "", "do: vitrine optimize --help"},
        {"confg", EXIT_CODE_USAGE, "", "did you mean config?"},
        {"config --nope", EXIT_CODE_USAGE, "", "do: vitrine config --help"},
        {"config", EXIT_CODE_OK, "preset = \"moderate\"", ""},
        {"config --port 99999", EXIT_CODE_USAGE, "", "0 to 65535"},
        {"config --config /nowhere/c.toml", EXIT_CODE_NOT_FOUND, "", "/nowhere/c.toml"},
        {"modules", EXIT_CODE_OK, "verbs (", ""},
        {"modules nonsense", EXIT_CODE_NOT_FOUND, "", "there are: "},
        {"modules keys", EXIT_CODE_OK, "size.risk_pct", ""},
        {"status", EXIT_CODE_NOT_RUNNING, "", "no engine runs"},
        {"stop", EXIT_CODE_NOT_RUNNING, "", "no engine runs"},
        {"init", EXIT_CODE_OK, "config.toml", ""},
        {"init", EXIT_CODE_ERROR, "", "--force"},
        {"init --force --preset growth", EXIT_CODE_OK, "config.toml", ""},
        {"init --preset brave", EXIT_CODE_USAGE, "", "ultra_conservative"},
        {"config", EXIT_CODE_OK, "preset = \"growth\"", ""},
        {"doctor", EXIT_CODE_OK, "settings", ""},
        {"audit", EXIT_CODE_USAGE, "", "an argument is missing"},
        {"audit prove", EXIT_CODE_USAGE, "", "audit verify"},
        {"audit verify", EXIT_CODE_NOT_FOUND, "", "no runs"},
        {"kill --why tested", EXIT_CODE_OK, "", "kill switch is ON"},
        {"kill --off", EXIT_CODE_OK, "", "kill switch is off"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        run(w, cases[i].line);
        if (w->code != cases[i].code || strstr(w->err, cases[i].err) == NULL) {
            print_message("# %s: %d\n# %s\n", cases[i].line, (int)w->code, w->err);
        }
        CHECK_EQ(w->code, cases[i].code);
        CHECK(strstr(w->out, cases[i].out) != NULL);
        CHECK(strstr(w->err, cases[i].err) != NULL);
    }
}

TEST(json_is_one_document_and_nothing_else)
{
    world_t *w = *state_;
    static const char *const lines[] = {"config --json",    "modules --json", "modules rules --json",
                                        "doctor --json",    "init --json",    "kill --json",
                                        "kill --off --json"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        run(w, lines[i]);
        CHECK_EQ(w->code, EXIT_CODE_OK);
        CHECK(is_one_json_line(w->out));
    }
    run(w, "status --json");
    CHECK_EQ(w->code, EXIT_CODE_NOT_RUNNING);
    CHECK(is_one_json_line(w->out) && strstr(w->out, "{\"error\":\"ERR_NOT_RUNNING\",\"what\":") == w->out);
    run(w, "report --json -- --json"); /* behind -- it is no option */
    CHECK(is_one_json_line(w->out));
    run(w, "report -- --json");
    CHECK(w->code != EXIT_CODE_OK && w->out[0] == 0);
}

TEST(quiet_says_nothing_but_errors)
{
    world_t *w = *state_;
    run(w, "init --quiet");
    CHECK_EQ(w->code, EXIT_CODE_OK);
    CHECK_STR(w->err, "");
    run(w, "init --quiet");
    CHECK(strstr(w->err, "do: ") != NULL);
}

/* What stops an engine or repairs the settings works while they are broken; what would trade does not. */
TEST(broken_settings_stop_only_what_needs_them)
{
    world_t *w = *state_;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/config.toml", w->home);
    CHECK_OK(os_file_write(path, STR("[size\n"), 0600, NULL));
    for (u32 i = 0; i < verb_count(); i++) {
        const verb_desc_t *v = verb_at(i);
        if (!v->bare && v->words_min == 0) {
            run(w, v->name);
            CHECK_EQ(w->code, EXIT_CODE_USAGE);
            CHECK(strstr(w->err, "config.toml:1") != NULL);
        }
    }
    run(w, "kill");
    CHECK_EQ(w->code, EXIT_CODE_OK);
    run(w, "config");
    CHECK_EQ(w->code, EXIT_CODE_USAGE);
    run(w, "doctor");
    CHECK_EQ(w->code, EXIT_CODE_USAGE);
    CHECK(strstr(w->out, "FAULT   settings") != NULL);
    run(w, "init --force");
    CHECK_EQ(w->code, EXIT_CODE_OK);
}

TEST(every_verb_has_help_with_an_example_that_parses)
{
    world_t *w = *state_;
    for (u32 i = 0; i < verb_count(); i++) {
        const verb_desc_t *v = verb_at(i);
        char line[64];
        (void)snprintf(line, sizeof line, "%s --help", v->name);
        run(w, line);
        CHECK_EQ(w->code, EXIT_CODE_OK);
        CHECK(strstr(w->out, "example:\n  ") != NULL);
        CHECK(strstr(w->out, v->summary) != NULL);
        CHECK(strstr(v->example, "vitrine ") != NULL && strstr(v->example, v->name) != NULL);
        CHECK(v->words_min <= v->words_max && v->words_max <= VERB_WORDS_MAX);
        CHECK(verb_find(v->name) == v);
        for (u32 j = 0; j < VERB_ALIASES_MAX && v->aliases[j] != NULL; j++) {
            CHECK(verb_find(v->aliases[j]) == v);
        }
        for (u32 j = 0; j < i; j++) {
            CHECK(strcmp(verb_at(j)->name, v->name) != 0);
        }
    }
}

/* What `init` writes is read back as exactly the defaults, and with every # before a key removed too. */
TEST(init_writes_what_config_reads)
{
    world_t *w = *state_;
    static u8 memory[1 << 18];
    arena_t a;
    str_t text = {0};
    char path[128];
    arena_init(&a, memory, sizeof memory);
    run(w, "config --json --preset growth");
    char *before = strstr(w->out, "\"config_hash\"");
    CHECK(before != NULL);
    char hash[100];
    (void)snprintf(hash, sizeof hash, "%.80s", before);
    run(w, "init --preset growth");
    (void)snprintf(path, sizeof path, "%s/config.toml", w->home);
    CHECK_OK(os_file_read(&a, path, NULL, &text));
    char *bare = calloc(1, text.n + 1);
    size_t used = 0;
    for (u32 i = 0; i < text.n; i++) {
        const char *at = (const char *)text.p + i;
        bool start = i == 0 || at[-1] == '\n';
        bool key = start && at[0] == '#' && at[1] >= 'a' && at[1] <= 'z';
        if (!key) {
            bare[used++] = *at;
        }
    }
    CHECK_OK(os_file_write(path, (str_t){.p = (const u8 *)bare, .n = (u32)used}, 0600, NULL));
    free(bare);
    run(w, "config --json");
    CHECK_EQ(w->code, EXIT_CODE_OK);
    CHECK(strstr(w->out, hash) != NULL);
    CHECK(strstr(w->out, "\"origin\":\"preset\"") == NULL);
    CHECK(strstr(w->out, "\"key\":\"size.risk_pct\",\"origin\":\"file\",\"value\":1.5") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(exit_codes_and_words, open_home, close_home),
        cmocka_unit_test_setup_teardown(json_is_one_document_and_nothing_else, open_home, close_home),
        cmocka_unit_test_setup_teardown(quiet_says_nothing_but_errors, open_home, close_home),
        cmocka_unit_test_setup_teardown(every_verb_has_help_with_an_example_that_parses, open_home,
                                        close_home),
        cmocka_unit_test_setup_teardown(broken_settings_stop_only_what_needs_them, open_home, close_home),
        cmocka_unit_test_setup_teardown(init_writes_what_config_reads, open_home, close_home),
    };
    return RUN_TESTS(tests);
}
