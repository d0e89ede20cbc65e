/* One command line as a user types it, run in this process. */
#ifndef VITRINE_TESTS_FACES_LINE_H
#define VITRINE_TESTS_FACES_LINE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/modules.h"
#include "base/limits.h"
#include "faces/cli/cli.h"
#include "tests/test.h"

enum { LINE_WORDS = 32, LINE_BYTES = 1024 };

/* `line` is split at blanks and runs in `home`; what it said before in *own_out and *own_err is freed and
 * replaced. */
static inline exit_code_t line_run(const char *home, const char *line, char **own_out, char **own_err)
{
    char copy[LINE_BYTES];
    char environment_home[LIMIT_PATH];
    char *argv[LINE_WORDS + 2] = {(char *)(uintptr_t) "vitrine"};
    char *environment[] = {environment_home, NULL};
    int argc = 1;
    size_t n = 0;
    CHECK(strlen(line) < sizeof copy);
    (void)snprintf(copy, sizeof copy, "%s", line);
    (void)snprintf(environment_home, sizeof environment_home, "VITRINE_HOME=%s", home);
    for (char *at = copy; *at != 0;) {
        CHECK(argc <= LINE_WORDS);
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at == ' ') {
            *at++ = 0;
        }
    }
    free(*own_out);
    free(*own_err);
    *own_out = NULL;
    *own_err = NULL;
    FILE *out = open_memstream(own_out, &n);
    FILE *err = open_memstream(own_err, &n);
    exit_code_t code = cli_run(argc, argv, environment, &app_parts, (streams_t){.out = out, .err = err});
    CHECK_EQ(fclose(out), 0);
    CHECK_EQ(fclose(err), 0);
    return code;
}

#endif
