/* The simulated market as a file of bars: the importer reads it back whole, and it is the same every time. */
#include "tests/test.h"

#include <stdlib.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/faces/line.h"
#include "tests/store/home.h"

enum { STOCKS = 3, DAYS = 40, FILE_MAX = 1 << 16 };

static void read_all(const char *path, char text[FILE_MAX])
{
    FILE *f = fopen(path, "r");
    CHECK(f != NULL);
    size_t n = fread(text, 1, FILE_MAX - 1, f);
    CHECK_EQ(fclose(f), 0);
    text[n] = 0;
}

static u32 lines_of(const char *text)
{
    u32 n = 0;
    for (const char *c = text; *c != 0; c++) {
        n += *c == '\n' ? 1 : 0;
    }
    return n;
}

TEST(what_is_written_is_read_back)
{
    (void)state_;
    static char first[FILE_MAX];
    static char again[FILE_MAX];
    static char other[FILE_MAX];
    char home[HOME_SIZE];
    char line[512];
    char *out = NULL;
    char *err = NULL;
    home_make(home);
    for (u32 i = 0; i < 3; i++) {
        (void)snprintf(line, sizeof line, "demo --bars %s/m%u.csv --stocks 3 --history 40 --seed %u", home, i,
                       i == 2 ? 8 : 7);
        CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
        CHECK(strstr(out, "160 daily bars of 3 stocks and SPY") != NULL);
        CHECK(strstr(out, "no splits, dividends, listings or ends: the layout has no place") != NULL);
        (void)snprintf(line, sizeof line, "%s/m%u.csv", home, i);
        read_all(line, i == 0 ? first : i == 1 ? again : other);
    }
    CHECK_EQ(lines_of(first), 1 + (STOCKS + 1) * DAYS);
    CHECK_STR(first, again);
    CHECK(strcmp(first, other) != 0);
    (void)snprintf(line, sizeof line, "data import %s/m0.csv --source mine", home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    CHECK(strstr(out, "plain_daily, 4 symbols") != NULL);
    CHECK(strstr(out, "rows read 160 = stored 160 + rejected 0") != NULL);
    CHECK_EQ(line_run(home, "data check --source mine", &out, &err), EXIT_CODE_OK);
    CHECK(strncmp(out, "4 series, 160 rows", strlen("4 series, 160 rows")) == 0); /* no empty line first */
    CHECK_EQ(line_run(home, "demo --bars /nowhere/m.csv", &out, &err), EXIT_CODE_NOT_FOUND);
    CHECK(strstr(err, "do: make its folder") != NULL);
    CHECK_EQ(line_run(home, "demo --bars m.csv --events 3", &out, &err), EXIT_CODE_USAGE);
    CHECK(strstr(err, "do: leave --events out") != NULL && access("m.csv", F_OK) != 0);
    CHECK_EQ(line_run(home, "demo --bars m.csv --history 2001", &out, &err), EXIT_CODE_USAGE);
    home_remove(home);
    free(out);
    free(err);
}

/* A disk that is full in the middle: the remedy is that of a full disk, and no part passes for the whole. */
TEST(nothing_is_kept_of_a_part)
{
    (void)state_;
    static char text[FILE_MAX];
    char home[HOME_SIZE];
    char line[512];
    char *out = NULL;
    char *err = NULL;
    struct rlimit was;
    home_make(home);
    (void)signal(SIGXFSZ, SIG_IGN);
    CHECK_EQ(getrlimit(RLIMIT_FSIZE, &was), 0);
    struct rlimit small = {.rlim_cur = 5000, .rlim_max = was.rlim_max};
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
    (void)snprintf(line, sizeof line, "demo --bars %s/m.csv --stocks 3 --history 40", home);
    exit_code_t code = line_run(home, line, &out, &err);
    CHECK_EQ(setrlimit(RLIMIT_FSIZE, &was), 0);
    CHECK_EQ(code, EXIT_CODE_ERROR);
    CHECK(strstr(err, "writing failed: File too large") != NULL && strstr(err, "m.csv") != NULL);
    CHECK(strstr(err, "do: free some space") != NULL);
    (void)snprintf(line, sizeof line, "%s/m.csv", home);
    read_all(line, text);
    CHECK_STR(text, "");
    home_remove(home);
    free(out);
    free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(nothing_is_kept_of_a_part),
    };
    return RUN_TESTS(tests);
}
