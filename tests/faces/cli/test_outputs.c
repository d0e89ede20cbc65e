/* Files that a verb is told to write: two forms never go to one file, and where writing is not to be had the
 * error says why and what to do. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/file.h"
#include "tests/faces/line_world.h"

static int open_run(void **state)
{
    const char *line = "demo --headless --sessions 1 --stocks 6 --warmup 2 --history 60";
    return world_open(state) == 0 && run(*state, line) == EXIT_CODE_OK ? 0 : -1;
}

/* `line` with the home for every %. */
static exit_code_t run_in(world_t *w, const char *line)
{
    char whole[1024];
    size_t used = 0;
    for (const char *c = line; *c != 0; c++) {
        CHECK(used + HOME_SIZE < sizeof whole);
        used += (size_t)snprintf(whole + used, sizeof whole - used, "%.*s", *c == '%' ? HOME_SIZE : 1,
                                 *c == '%' ? w->home : c);
    }
    return run(w, whole);
}

TEST(two_forms_never_share_a_file)
{
    world_t *w = *state_;
    static const char *const lines[] = {
        "report --csv %/x.csv --html %/x.csv",
        "report --csv %/x.csv --lots %/./x.csv",
        "report --html %/reports/../x.csv --lots %/x.csv --csv %/y.csv",
    };
    char path[HOME_SIZE + 8];
    (void)snprintf(path, sizeof path, "%s/x.csv", w->home);
    char folder[HOME_SIZE + 8];
    (void)snprintf(folder, sizeof folder, "%s/reports", w->home);
    CHECK_OK(os_dir_make(folder, 0700, NULL));
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        CHECK_EQ(run_in(w, lines[i]), EXIT_CODE_USAGE);
        CHECK(strstr(w->err, "name the same file") != NULL && strstr(w->err, "do: name two") != NULL);
        CHECK(!os_exists(path)); /* refused before anything is written */
    }
    CHECK_EQ(run_in(w, "report --csv %/x.csv --html %/y.csv"), EXIT_CODE_OK);
    char other[HOME_SIZE + 8];
    (void)snprintf(other, sizeof other, "%s/z.csv", w->home);
    CHECK_EQ(link(path, other), 0);
    CHECK_EQ(run_in(w, "report --csv %/x.csv --html %/z.csv"), EXIT_CODE_USAGE);
}

TEST(what_cannot_be_written_says_why)
{
    world_t *w = *state_;
    static const struct {
        const char *line;
        exit_code_t code;
        const char *why, *remedy;
    } cases[] = {
        {"report --csv %/none/x.csv", EXIT_CODE_NOT_FOUND, "No such file or directory",
         "do: make its folder"},
        {"report --lots %/vitrine.db/x", EXIT_CODE_NOT_FOUND, "Not a directory", "do: make its folder"},
        {"report --html %", EXIT_CODE_USAGE, "Is a directory", "do: name a file in it"},
        {"report --html /dev/full", EXIT_CODE_ERROR, "No space left on device", "do: free some space"},
        {"report --csv /dev/full", EXIT_CODE_ERROR, "No space left on device", "do: free some space"},
        {"report --lots /dev/full", EXIT_CODE_ERROR, "No space left on device", "do: free some space"},
        {"capsule pack latest %/none/x.tar", EXIT_CODE_NOT_FOUND, "No such file or directory",
         "do: make its folder"},
        {"demo --stocks 2 --history 30 --bars %/none/x.csv", EXIT_CODE_NOT_FOUND,
         "No such file or directory", "do: make its folder"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        exit_code_t code = run_in(w, cases[i].line);
        if (code != cases[i].code || strstr(w->err, cases[i].why) == NULL) {
            print_message("%s: %d, %s\n", cases[i].line, (int)code, w->err);
        }
        CHECK_EQ(code, cases[i].code);
        CHECK(strstr(w->err, cases[i].why) != NULL && strstr(w->err, cases[i].remedy) != NULL);
    }
}

/* What the home lives by is not written over, by whatever name it is called. */
TEST(the_homes_own_files_are_not_written_over)
{
    world_t *w = *state_;
    static const char *const lines[] = {
        "report --html %/vitrine.db",
        "report --csv %/./vitrine.db-wal",
        "report --lots %/reports/../run.lock",
        "report --csv %/bars/aa/x.csv",
        "report --html %/control.sock",
        "demo --bars %/vitrine.db",
        "demo --quotes %/bars/q.csv",
        "capsule pack latest %/bars/x.tar",
        "init --force --config %/vitrine.db",
    };
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        exit_code_t code = run_in(w, lines[i]);
        if (code != EXIT_CODE_USAGE || strstr(w->err, "belongs to the home") == NULL) {
            print_message("# %s: %d %s\n", lines[i], (int)code, w->err);
        }
        CHECK_EQ(code, EXIT_CODE_USAGE);
        CHECK(strstr(w->err, "belongs to the home") != NULL);
        CHECK(strstr(w->err, "do: name another file") != NULL);
    }
    CHECK_EQ(run_in(w, "audit verify"), EXIT_CODE_OK);
    CHECK_EQ(run_in(w, "report --html %/reports/x.html --csv %/x.csv"), EXIT_CODE_OK);
}

/* Nothing on the output and a good end would read as "there was none". */
TEST(json_is_never_silent_where_text_is_not)
{
    world_t *w = *state_;
    static const struct {
        const char *line;
        const char *says;
    } cases[] = {
        {"capsule pack latest %/x.tar --json", "\"other_tries\":"},
        {"capsule verify %/x.tar --json", "\"run_id\":"},
        {"audit verify --json", "\"run_id\":"},
        {"audit seal --json", "\"seal\":"},
        {"audit export --json", "\"kind\":"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        CHECK_EQ(run_in(w, cases[i].line), EXIT_CODE_OK);
        CHECK(w->out[0] == '{' && strstr(w->out, cases[i].says) != NULL);
    }
    CHECK_EQ(run_in(w, "audit publish"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "vitrine-ledger 1 ") == w->out);
    CHECK_EQ(run_in(w, "audit publish --json"), EXIT_CODE_USAGE);
    CHECK(strstr(w->out, "{\"error\":\"ERR_USAGE\",") == w->out);
    CHECK(strstr(w->err, "do: leave --json out") != NULL);
    CHECK_EQ(run(w, "demo --headless --resume --json"), EXIT_CODE_NOT_FOUND);
    CHECK(strstr(w->out, "first event\",\"remedy\":\"`vitrine demo") != NULL); /* behind blanks there */
}

/* As many lines as in text, one object each. */
TEST(signals_are_json_lines_too)
{
    world_t *w = *state_;
    u32 lines = 0;
    u32 objects = 0;
    CHECK_EQ(run(w, "demo --headless --sessions 1 --seed 5"), EXIT_CODE_OK);
    CHECK_EQ(run(w, "audit seal"), EXIT_CODE_OK);
    CHECK_EQ(run(w, "audit signals"), EXIT_CODE_OK);
    for (const char *at = w->out; (at = strstr(at, "signal ")) != NULL; at++) {
        lines++;
    }
    CHECK_EQ(run(w, "audit signals --json"), EXIT_CODE_OK);
    for (const char *at = w->out; (at = strstr(at, "{\"run_id\":")) != NULL; at++) {
        objects++;
    }
    CHECK(lines > 0 && objects == lines && strstr(w->out, "\"leaf\":") != NULL);
}

/* Bars and quotes of a made market beside the run of the demo, and a back-test of them. */
static int open_stored(void **state)
{
    static const char *const lines[] = {
        "demo --bars %/bars.csv --stocks 8 --history 400 --seed 3",
        "data import %/bars.csv --format plain_daily --source own",
        "demo --quotes %/q.csv --stocks 2 --history 2 --warmup 0 --sessions 2 --halts 60 --seed 7",
        "data import %/q.csv --format lean_equity_minute_quote --source q",
        "backtest --source own --preset aggressive --profile swing --proxy SPY",
    };
    if (open_run(state) != 0) {
        return -1;
    }
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        if (run_in(*state, lines[i]) != EXIT_CODE_OK) {
            print_message("# %s: %s\n", lines[i], ((world_t *)*state)->err);
            return -1;
        }
    }
    return 0;
}

/* Blanks at a line's end are seen by whoever copies, compares or pastes it. */
TEST(no_line_ends_with_blanks)
{
    world_t *w = *state_;
    static const char *const lines[] = {
        "data list", "data check", "data check --notes", "data show --source q", "report",
        "report --tax 30,15", "report latest", "modules", "modules loops", "modules keys",
        "modules layouts", "modules rules", "modules records", "config", "doctor", "audit verify",
        "audit seal", "audit signals", "scan", "backtest --source own", "help", "help report",
        "demo --help", "data --help", "bench --help", "sim --seeds 2", "why SPY",
        "research check --source own", "what-if buy 5 SPY",
        "optimize --source own --profile swing --param gate.adaptive=0,1",
        "walk-forward --source own --profile swing --train 100 --test 50",
        "walk-forward --source own --profile swing --train 200 --test 150 --param gate.adaptive=0,1",
    };
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        exit_code_t code = run_in(w, lines[i]);
        if (code != EXIT_CODE_OK) {
            print_message("# %s: %s\n", lines[i], w->err);
        }
        CHECK(code == EXIT_CODE_OK && w->out[0] != 0);
        for (const char *at = w->out; *at != 0; at += *at == '\n') {
            size_t n = strcspn(at, "\n");
            if (n > 0 && at[n - 1] == ' ') {
                print_message("# %s: \"%.*s\"\n", lines[i], (int)n, at);
            }
            CHECK(n == 0 || at[n - 1] != ' ');
            at += n;
        }
    }
}

/* A terminal's own width, whatever is adjusted, built or marked. */
TEST(what_is_stored_fits_eighty_columns)
{
    world_t *w = *state_;
    static const char adjusted[] =
        "data import %/bars.csv --format plain_daily --source adjusted --adjusted-to 2024-06-03";
    CHECK_EQ(run_in(w, adjusted), EXIT_CODE_OK);
    CHECK_EQ(run_in(w, "data list"), EXIT_CODE_OK);
    CHECK(strstr(w->out, "source             bars symbols      rows first      last       adjusted\n")
          == w->out);
    CHECK(strstr(w->out, "\nown                1d         9      3600 ") != NULL);
    CHECK(strstr(w->out, " raw\n") != NULL);
    CHECK(strstr(w->out, "\nadjusted           1d         9      3600 ") != NULL);
    CHECK(strstr(w->out, " 2024-06-03\n") != NULL);
    CHECK(strstr(w->out, "\nrecords            kind           series      rows known from to\n") != NULL);
    for (const char *at = w->out; *at != 0; at += *at == '\n') {
        size_t n = strcspn(at, "\n");
        CHECK(n <= 80);
        at += n;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_forms_never_share_a_file, open_run, world_close),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_says_why, open_run, world_close),
        cmocka_unit_test_setup_teardown(json_is_never_silent_where_text_is_not, open_run, world_close),
        cmocka_unit_test_setup_teardown(no_line_ends_with_blanks, open_stored, world_close),
        cmocka_unit_test_setup_teardown(what_is_stored_fits_eighty_columns, open_stored, world_close),
        cmocka_unit_test_setup_teardown(signals_are_json_lines_too, open_run, world_close),
        cmocka_unit_test_setup_teardown(the_homes_own_files_are_not_written_over, open_run, world_close),
    };
    return RUN_TESTS(tests);
}
