/* The simulated market as files of bars, quotes, chains and headlines: the importer reads them back whole,
 * and they are the same every time. */
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

/* Quotes of the same market: every row is taken, bid and ask surround the bars' last price, the check has no
 * fault. */
TEST(quotes_are_read_back)
{
    (void)state_;
    char home[HOME_SIZE];
    char line[512];
    char *out = NULL;
    char *err = NULL;
    home_make(home);
    (void)snprintf(
        line, sizeof line,
        "demo --quotes %s/q.csv --stocks 20 --history 2 --warmup 0 --sessions 2 --halts 60 --seed 7", home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    unsigned long rows = strtoul(out, NULL, 10);
    CHECK(rows > 21 * 390 && rows < 2 * 21 * 390); /* two sessions, less the halts */
    CHECK(strstr(out, "minute quotes of 20 stocks and SPY") != NULL);
    CHECK(strstr(out, "\n2 sessions, 2025-01-02 to 2025-01-03\n") != NULL);
    CHECK(strstr(out, "warm-up") == NULL);
    CHECK(strstr(out, "q.csv --format lean_equity_minute_quote`\n") != NULL); /* its header does not tell */
    (void)snprintf(line, sizeof line, "data import %s/q.csv", home);
    CHECK(line_run(home, line, &out, &err) != EXIT_CODE_OK);
    CHECK(strstr(err, "do: `vitrine modules layouts` lists the layouts; name one with --format") != NULL);
    (void)snprintf(line, sizeof line, "data import %s/q.csv --format lean_equity_minute_quote --source q",
                   home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "rows read %lu = stored %lu + rejected 0", rows, rows);
    CHECK(strstr(out, line) != NULL);
    CHECK(strstr(out, "one_sided") != NULL); /* pauses */
    CHECK(strstr(out, "crossed") == NULL);
    CHECK_EQ(line_run(home, "data check --source q", &out, &err), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "1 set of records, %lu rows (0 marked at import)", rows);
    CHECK(strstr(out, line) != NULL);
    static const char *const idle[] = {"demo --quotes a.csv --resume", "demo --bars a.csv --users b.toml",
                                       "demo --bars a.csv --halts 3", "demo --chains a.csv --vix"};
    for (u32 i = 0; i < COUNT_OF(idle); i++) {
        CHECK_EQ(line_run(home, idle[i], &out, &err), EXIT_CODE_USAGE);
        CHECK(strstr(err, "do: leave --") != NULL && access("a.csv", F_OK) != 0);
    }
    CHECK_EQ(line_run(home, "demo --quotes a.csv --bars b.csv", &out, &err), EXIT_CODE_USAGE);
    CHECK(strstr(err, "do: one file a call") != NULL);
    (void)snprintf(line, sizeof line, "demo --quotes %s/w.csv --stocks 2 --history 2 --warmup 3 --sessions 1",
                   home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    CHECK(strstr(out, "\n4 sessions, 2025-01-02 to 2025-01-07\n3 of them are the warm-up") != NULL);
    CHECK_EQ(line_run(home, "demo --quotes a.csv --start 1800-01-01", &out, &err), EXIT_CODE_USAGE);
    CHECK(strstr(err, "do: name a day from 1998-01-02") != NULL);
    home_remove(home);
    free(out);
    free(err);
}

/* Chains of the same market: every row is taken, and the check finds the volatilities stated to be those of
 * the straddles. */
TEST(chains_are_read_back)
{
    (void)state_;
    char home[HOME_SIZE];
    char line[512];
    char *out = NULL;
    char *err = NULL;
    home_make(home);
    (void)snprintf(line, sizeof line,
                   "demo --chains %s/c.csv --stocks 10 --history 60 --warmup 1 --sessions 3 --seed 7", home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    unsigned long rows = strtoul(out, NULL, 10);
    CHECK(rows > 5000 && strstr(out, "option quotes of 10 stocks and SPY") != NULL);
    (void)snprintf(line, sizeof line, "data import %s/c.csv --source c", home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    CHECK(strstr(out, "plain_chain") != NULL);
    (void)snprintf(line, sizeof line, "rows read %lu = stored %lu + rejected 0", rows, rows);
    CHECK(strstr(out, line) != NULL);
    CHECK(strstr(out, "crossed") == NULL);
    CHECK_EQ(line_run(home, "data check --source c", &out, &err), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "1 set of records, %lu rows (0 marked at import)", rows);
    CHECK(strstr(out, line) != NULL);
    CHECK(strstr(out, "greeks_wrong") == NULL && strstr(out, "stale_chain") == NULL);
    CHECK_EQ(line_run(home, "data show --source c --as-of 2025-01-31 --rows 2", &out, &err), EXIT_CODE_OK);
    home_remove(home);
    free(out);
    free(err);
}

/* What is heard of the same companies: every line is taken, by the moment before the open at which it was
 * known, and nothing is known of it earlier. Its size stays in the file. */
TEST(headlines_are_read_back)
{
    (void)state_;
    static char text[FILE_MAX];
    char home[HOME_SIZE];
    char line[512];
    char *out = NULL;
    char *err = NULL;
    home_make(home);
    (void)snprintf(line, sizeof line,
                   "demo --headlines %s/n.jsonl --stocks 20 --history 2 --warmup 0 --sessions 5 --events 20 "
                   "--seed 7",
                   home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    unsigned long rows = strtoul(out, NULL, 10);
    CHECK(rows > 15 && strstr(out, "headlines of 20 stocks and SPY") != NULL);
    (void)snprintf(line, sizeof line, "%s/n.jsonl", home);
    read_all(line, text);
    CHECK_EQ(lines_of(text), rows);
    CHECK(strncmp(text, "{\"date_publish\":\"2025-01-0", 25) == 0);
    CHECK(strstr(text, "\"size\":-0.") != NULL && strstr(text, "\"size\":0.") != NULL);
    (void)snprintf(line, sizeof line, "data import %s/n.jsonl --source heard", home);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    CHECK(strstr(out, "yahoo_headlines") != NULL);
    (void)snprintf(line, sizeof line, "rows read %lu = stored %lu + rejected 0", rows, rows);
    CHECK(strstr(out, line) != NULL);
    CHECK_EQ(line_run(home, "data show --source heard --as-of 2025-01-01", &out, &err), EXIT_CODE_NOT_FOUND);
    CHECK_EQ(line_run(home, "data show --source heard --as-of 2025-01-31", &out, &err), EXIT_CODE_OK);
    CHECK(strstr(out, "T13:00:00Z") != NULL && strstr(out, "reports its quarter") != NULL);
    CHECK(strstr(out, "size") == NULL);
    CHECK_EQ(line_run(home, "demo --headlines a.jsonl --events 0", &out, &err), EXIT_CODE_USAGE);
    CHECK(strstr(err, "do: leave --events out") != NULL && access("a.jsonl", F_OK) != 0);
    home_remove(home);
    free(out);
    free(err);
}

/* A disk that is full in the middle: the remedy is that of a full disk, what stood there stands, and no part
 * passes for the whole. */
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
    (void)snprintf(line, sizeof line, "%s/m.csv", home);
    FILE *f = fopen(line, "w");
    CHECK(f != NULL && fputs("of before\n", f) >= 0 && fclose(f) == 0);
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
    CHECK_STR(text, "of before\n");
    (void)snprintf(line, sizeof line, "%s/m.csv.new.%ld", home, (long)getpid());
    CHECK(access(line, F_OK) != 0);
    home_remove(home);
    free(out);
    free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back), cmocka_unit_test(quotes_are_read_back),
        cmocka_unit_test(chains_are_read_back),         cmocka_unit_test(headlines_are_read_back),
        cmocka_unit_test(nothing_is_kept_of_a_part),
    };
    return RUN_TESTS(tests);
}
