/* What stored records do to a run, from the command line: news and results are heard at their moments and
 * shown, a list holds the run to its members, times are recorded, and all of it is replayed and packed
 * without the store of records. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/faces/line.h"
#include "tests/store/home.h"

enum { TEXT = 1 << 12 };

static char *out, *err;

static void ok(const char *home, const char *format, const char *a)
{
    char line[1024];
    (void)snprintf(line, sizeof line, format, a);
    exit_code_t code = line_run(home, line, &out, &err);
    if (code != EXIT_CODE_OK) {
        print_message("%s: %s\n", line, err);
    }
    CHECK_EQ(code, EXIT_CODE_OK);
}

static void refused(const char *home, const char *line, exit_code_t code, const char *says)
{
    CHECK_EQ(line_run(home, line, &out, &err), code);
    if (strstr(err, says) == NULL) {
        print_message("%s: %s\n", line, err);
    }
    CHECK(strstr(err, says) != NULL && strstr(err, "do: ") != NULL);
}

static u64 number_of(const char *key)
{
    char name[64];
    (void)snprintf(name, sizeof name, "\"%s\":", key);
    const char *at = strstr(out, name);
    return at == NULL ? 0 : strtoull(at + strlen(name), NULL, 10);
}

static void put(const char *home, const char *name, const char *text)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", home, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    CHECK(fputs(text, f) >= 0);
    CHECK_EQ(fclose(f), 0);
}

/* Six stocks and the fund, three hundred days up to the end of 2024; one of them is talked about. */
static void stock(char home[HOME_SIZE], char talked[16])
{
    char text[TEXT];
    home_make(home);
    ok(home, "demo --bars %s/m.csv --stocks 6 --history 300 --seed 7", home);
    (void)snprintf(text, sizeof text, "%s/m.csv", home);
    FILE *f = fopen(text, "r");
    assert_non_null(f);
    CHECK(fgets(text, sizeof text, f) != NULL && fgets(text, sizeof text, f) != NULL);
    CHECK_EQ(sscanf(text, "%15[^,]", talked), 1);
    CHECK_EQ(fclose(f), 0);
    ok(home, "data import %s/m.csv --source mine", home);
    (void)snprintf(
        text, sizeof text,
        "{\"date_publish\": \"2024-12-02 14:00:00\", \"title\": \"It is praised\", \"url\": \"u\", "
        "\"mentioned_companies\": [\"%s\"], \"sentiment\": {\"negative\": 0.05, \"neutral\": 0.05, "
        "\"positive\": 0.9}}\n"
        "{\"date_publish\": \"2024-12-20 22:00:00\", \"title\": \"And again\", \"url\": \"u\", "
        "\"mentioned_companies\": [\"%s\"]}\n",
        talked, talked);
    put(home, "n.jsonl", text);
    (void)snprintf(text, sizeof text, "symbol,due,announced\n%s,2024-12-12,2024-11-27\n", talked);
    put(home, "e.csv", text);
    (void)snprintf(text, sizeof text,
                   "etf,file_date,symbol,sid,constituent_date,weight,shares,market_value\n"
                   "own,20241202,%s,A B,20241202,0.01,5,6\n",
                   talked);
    put(home, "l.csv", text);
    ok(home, "data import %s/n.jsonl", home);
    ok(home, "data import %s/e.csv", home);
    ok(home, "data import %s/l.csv", home);
}

TEST(what_is_stored_is_heard_shown_replayed_and_packed)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char other[HOME_SIZE];
    char talked[16];
    char line[512];
    stock(home, talked);
    ok(home, "backtest --source mine --proxy SPY --news yahoo_headlines,plain_earnings --time --json%s", "");
    CHECK_EQ(number_of("bulletins"), 3);    /* who is covered is no bulletin of its own */
    CHECK(number_of("EARNINGS_CLEAR") < 5); /* it may have met the two days before the results */
    ok(home, "audit export --kind bulletin%s", "");
    CHECK(strstr(out, "\"value\":null,") != NULL && strstr(out, "\"names\":{\"what\":\"news\"}}") != NULL);
    (void)snprintf(line, sizeof line, "why %s 2024-12-02", talked);
    ok(home, "%s", line);
    CHECK(strstr(out, "results are due on 2024-12-12") != NULL);
    CHECK(strstr(out, "news +0.85  It is praised") != NULL);
    CHECK(strstr(out, "decided in ") != NULL);
    (void)snprintf(line, sizeof line, "why %s 2024-11-26", talked);
    ok(home, "%s", line);
    CHECK(strstr(out, "heard:") == NULL); /* nobody knew it then */
    (void)snprintf(line, sizeof line, "why %s 2024-12-02 --json", talked);
    ok(home, "%s", line);
    CHECK(strstr(out, "\"heard\":[{\"kind\":\"calendar\"") != NULL &&
          strstr(out, "\"took_ns\":{\"wall\":") != NULL);
    ok(home, "report latest%s", "");
    CHECK(strstr(out, "time of decisions, on the machine that ran them") != NULL);
    ok(home, "report latest --json%s", "");
    CHECK(strstr(out, "\"decision_time\":{\"decisions\":") != NULL);
    ok(home, "replay latest%s", "");
    CHECK(strstr(out, "replay matches") != NULL);
    home_make(other);
    (void)snprintf(line, sizeof line, "capsule pack latest %s/c.vcap", other);
    ok(home, "%s", line);
    ok(other, "capsule verify %s/c.vcap", other); /* no record is in it: the journal has what was heard */
    CHECK(strstr(out, "every decision") != NULL);
    home_remove(other);
    home_remove(home);
    free(out);
    free(err);
    out = err = NULL;
}

TEST(a_scan_says_what_it_heard)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char talked[16];
    stock(home, talked);
    ok(home, "scan --source mine --proxy SPY --at 2024-12-03 --news all%s", "");
    CHECK(strstr(out, "\nheard by then: 1 news, 1 calendar\n") != NULL);
    ok(home, "scan --source mine --proxy SPY --at 2024-12-20 --news yahoo_headlines --json%s", "");
    CHECK(strstr(out, "\"heard\":{\"news\":1}") != NULL); /* the second came behind the close */
    ok(home, "scan --source mine --proxy SPY --at 2024-12-30 --news yahoo_headlines --json%s", "");
    CHECK(strstr(out, "\"heard\":{\"news\":2}") != NULL);
    ok(home, "scan --source mine --proxy SPY --at 2024-11-25 --news all%s", "");
    CHECK(strstr(out, "\nheard by then: nothing of these sets and names was known\n") != NULL);
    ok(home, "scan --source mine --proxy SPY --at 2024-12-03 --members lean_etf_universe%s", "");
    CHECK(strstr(out, "heard") == NULL);
    home_remove(home);
}

TEST(a_list_holds_a_run_to_its_members)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char talked[16];
    stock(home, talked);
    ok(home, "backtest --source mine --proxy SPY --json%s", "");
    u64 all = number_of("candidates");
    CHECK(all > 1000 && number_of("MEMBER") == 0 && number_of("bulletins") == 0);
    ok(home, "backtest --source mine --proxy SPY --members lean_etf_universe --json%s", "");
    CHECK_EQ(number_of("candidates"), all);
    u64 days = 21; /* of December 2024 behind the list */
    CHECK(number_of("MEMBER") >= all - days && number_of("MEMBER") < all);
    ok(home, "report latest%s", "");
    CHECK(strstr(out, "by its lists, each from its own day") != NULL);
    home_remove(home);
    free(out);
    free(err);
    out = err = NULL;
}

TEST(what_cannot_be_heard_is_said)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char talked[16];
    stock(home, talked);
    refused(home, "backtest --source mine --news yahoo_headline", EXIT_CODE_NOT_FOUND,
            "did you mean yahoo_headlines?");
    refused(home, "backtest --source mine --news lean_etf_universe", EXIT_CODE_USAGE, "can be heard");
    refused(home, "backtest --source mine --members yahoo_headlines", EXIT_CODE_NOT_FOUND,
            "no such set of members");
    refused(home, "backtest --source mine --members lean_etf_universe --to 2024-06-01", EXIT_CODE_NOT_FOUND,
            "known from 2024-12-02 on");
    refused(home, "backtest --source mine --members a --members-of 2024-01-02", EXIT_CODE_USAGE, "together");
    refused(home, "demo --headless --news maybe", EXIT_CODE_USAGE, "or none");
    refused(home, "demo --bars x.csv --news none", EXIT_CODE_USAGE, "leave --news out");
    ok(home, "backtest --source mine --news yahoo_headlines --to 2024-06-01%s", "");
    CHECK(strstr(out, "nothing was heard") != NULL);
    home_remove(home);
    free(out);
    free(err);
    out = err = NULL;
}

/* Why the first order of the newest run was sent. */
static void first_intent(const char *home, char line[512])
{
    ok(home, "audit export latest --kind intent%s", "");
    const char *id = strstr(out, "\"id\":\"");
    assert_non_null(id);
    (void)snprintf(line, 512, "why %.32s --json", id + 6);
    ok(home, "%s", line);
}

/* A demo hears the chains of its market unless it is to hear nothing: `why` shows what the last one said, and
 * the analyst knows the rank of what is traded. */
TEST(a_demo_hears_option_chains)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char line[512];
    char name[8] = {0};
    home_make(home);
    ok(home, "demo --headless --sessions 3 --seed 5 --json%s", "");
    CHECK(number_of("bulletins") > 10000); /* a year of them */
    ok(home, "audit export latest --kind notice%s", "");
    const char *told = strstr(out, ": IV rank ");
    CHECK(told != NULL && told - out > 6);
    memcpy(name, told - 4, 4);
    (void)snprintf(line, sizeof line, "why %s", name);
    ok(home, "%s", line);
    CHECK(strstr(out, "options expect ") != NULL && strstr(out, "pay least at ") != NULL);
    CHECK(strstr(out, "gamma exposure +$") != NULL || strstr(out, "gamma exposure -$") != NULL);
    (void)snprintf(line, sizeof line, "why %s --json", name);
    ok(home, "%s", line);
    CHECK(strstr(out, "{\"kind\":\"iv\",\"t_known\":") != NULL);
    first_intent(home, line);
    CHECK(strstr(out, "{\"name\":\"IV rank\",\"known\":true") != NULL);
    ok(home, "replay latest%s", "");
    CHECK(strstr(out, "replay matches") != NULL);
    ok(home, "demo --headless --sessions 2 --seed 5 --news none --json%s", "");
    CHECK_EQ(number_of("bulletins"), 0);
    first_intent(home, line);
    CHECK(strstr(out, "{\"name\":\"IV rank\",\"known\":false") != NULL);
    home_remove(home);
    free(out);
    free(err);
    out = err = NULL;
}

/* Bars are older than the rules that are written down. */
TEST(days_without_rules_are_refused)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    put(home, "old.csv",
        "symbol,date,open,high,low,close,volume\n"
        "OLDX,1989-12-28,10,11,9,10,100000\nOLDX,1989-12-29,10,11,9,10,100000\n"
        "OLDX,1990-01-02,10,11,9,10,100000\nOLDX,1990-01-03,10,11,9,10,100000\n");
    ok(home, "data import %s/old.csv --source old", home);
    refused(home, "backtest --source old", EXIT_CODE_USAGE, "known from 1990 on");
    refused(home, "scan --source old --at 1989-12-29", EXIT_CODE_USAGE, "known from 1990 on");
    ok(home, "backtest --source old --trade-from 1990-01-02%s", "");
    home_remove(home);
    free(out);
    free(err);
    out = err = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_stored_is_heard_shown_replayed_and_packed),
                                       cmocka_unit_test(a_scan_says_what_it_heard),
                                       cmocka_unit_test(a_list_holds_a_run_to_its_members),
                                       cmocka_unit_test(what_cannot_be_heard_is_said),
                                       cmocka_unit_test(a_demo_hears_option_chains),
                                       cmocka_unit_test(days_without_rules_are_refused)};
    return RUN_TESTS(tests);
}
