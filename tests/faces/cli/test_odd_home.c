/* A home in which a folder stands for a file or a file for a folder: each verb that meets it names it and
 * says what to do, doctor finds it, and the kill switch works whatever stands beside it. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.h"
#include "store/home.h"
#include "tests/faces/line.h"
#include "tests/store/home.h"

#define DEMO "demo --headless --sessions 1 --stocks 3 --history 60 --warmup 1"

typedef struct {
    const char *name; /* in the home */
    bool folder;      /* that it is */
    const char *line;
    exit_code_t code;
    const char *says; /* beside the path */
    const char *remedy;
} case_t;

static void put(const char *home, const char *name, bool folder)
{
    char path[HOME_SIZE + 32];
    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    if (folder) {
        CHECK_EQ(mkdir(path, 0700), 0);
    } else {
        CHECK_OK(os_file_write(path, STR("x"), 0600, NULL));
    }
}

TEST(what_stands_in_the_way_is_named)
{
    UNUSED_STATE;
    static const case_t cases[] = {
        {HOME_LOCK_FILE, true, DEMO, EXIT_CODE_ERROR, "a folder stands where a lock", "move it away"},
        {HOME_DB, true, DEMO, EXIT_CODE_ERROR, "a folder stands where the database", "move it away"},
        {HOME_DB, true, "report", EXIT_CODE_ERROR, "a folder stands where the database", "move it away"},
        {HOME_SOCKET, true, DEMO, EXIT_CODE_ERROR, "stands where the control socket", "move it away"},
        {HOME_SOCKET, false, DEMO, EXIT_CODE_ERROR, "stands where the control socket", "move it away"},
        {HOME_CONFIG, true, "report", EXIT_CODE_USAGE, "no file of settings", "move it away"},
        {HOME_KILL_FILE, true, "kill --off", EXIT_CODE_ERROR, "a folder, not a file", "remove it by hand"},
        {HOME_KILL_FILE, true, DEMO, EXIT_CODE_ERROR, "kill switch", "kill --off"},
        {HOME_BARS, false, DEMO, EXIT_CODE_ERROR, "a file stands where a folder", "another folder"},
        {HOME_REPORTS, false, DEMO, EXIT_CODE_ERROR, "a file stands where a folder", "another folder"},
    };
    char *out = NULL;
    char *err = NULL;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const case_t *c = &cases[i];
        char home[HOME_SIZE];
        char path[HOME_SIZE + 32];
        home_make(home);
        put(home, c->name, c->folder);
        (void)snprintf(path, sizeof path, "%s/%s", home, c->name);
        exit_code_t code = line_run(home, c->line, &out, &err);
        const char *remedy = strstr(err, "do: ");
        bool told = strstr(err, c->says) != NULL && strstr(err, path) != NULL && remedy != NULL &&
                    strstr(remedy, c->remedy) != NULL;
        if (code != c->code || !told) {
            print_message("# %s, %s: exit %d\n# %s\n", c->name, c->line, (int)code, err);
        }
        CHECK(code == c->code && told);
        home_remove(home);
    }
    free(out);
    free(err);
}

TEST(doctor_finds_each)
{
    UNUSED_STATE;
    static const struct {
        const char *name;
        bool folder;
    } odd[] = {{HOME_LOCK_FILE, true}, {HOME_RUNS_LOCK, true}, {HOME_DB, true},     {HOME_CONFIG, true},
               {HOME_SOCKET, true},    {HOME_SOCKET, false},   {HOME_BARS, false},  {HOME_REPORTS, false},
               {HOME_KILL_FILE, true}};
    char *out = NULL;
    char *err = NULL;
    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        char home[HOME_SIZE];
        home_make(home);
        CHECK_EQ(line_run(home, "doctor", &out, &err), EXIT_CODE_OK);
        put(home, odd[i].name, odd[i].folder);
        CHECK(line_run(home, "doctor", &out, &err) != EXIT_CODE_OK);
        const char *fault = strstr(out, "FAULT   home");
        if (fault == NULL || strstr(fault, odd[i].name) == NULL) {
            print_message("# %s\n# %s\n", odd[i].name, out);
        }
        CHECK(fault != NULL && strstr(fault, odd[i].name) != NULL);
        home_remove(home);
    }
    free(out);
    free(err);
}

/* Nothing that is wrong beside it stands between a person and the switch. */
TEST(the_switch_works_in_an_odd_home)
{
    UNUSED_STATE;
    static const struct {
        const char *name;
        bool folder;
    } odd[] = {{HOME_BARS, false}, {HOME_REPORTS, false}, {HOME_DB, true}, {HOME_LOCK_FILE, true},
               {HOME_CONFIG, true}, {HOME_SOCKET, true}};
    char *out = NULL;
    char *err = NULL;
    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        char home[HOME_SIZE];
        char path[HOME_SIZE + 32];
        home_make(home);
        put(home, odd[i].name, odd[i].folder);
        (void)snprintf(path, sizeof path, "%s/" HOME_KILL_FILE, home);
        CHECK_EQ(line_run(home, "kill", &out, &err), EXIT_CODE_OK);
        CHECK(os_exists(path));
        CHECK_EQ(line_run(home, "kill --off", &out, &err), EXIT_CODE_OK);
        CHECK(!os_exists(path));
        home_remove(home);
    }
    free(out);
    free(err);
}

/* A home that was made for something else has no bars yet: no fault of the database's. */
TEST(no_bars_is_not_found)
{
    UNUSED_STATE;
    static const char *const lines[] = {"data list", "data check", "backtest", "scan",
                                        "optimize --param confidence.tau=0.1", "walk-forward"};
    char home[HOME_SIZE];
    char *out = NULL;
    char *err = NULL;
    home_make(home);
    put(home, HOME_BARS, true);
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        exit_code_t code = line_run(home, lines[i], &out, &err);
        if (code != EXIT_CODE_NOT_FOUND || strstr(err, "data import") == NULL) {
            print_message("# %s: exit %d\n# %s\n", lines[i], (int)code, err);
        }
        CHECK(code == EXIT_CODE_NOT_FOUND && strstr(err, "data import") != NULL);
    }
    home_remove(home);
    free(out);
    free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_the_way_is_named),
        cmocka_unit_test(doctor_finds_each),
        cmocka_unit_test(the_switch_works_in_an_odd_home),
        cmocka_unit_test(no_bars_is_not_found),
    };
    return RUN_TESTS(tests);
}
