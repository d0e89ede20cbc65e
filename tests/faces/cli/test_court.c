/* `vitrine research court` about cases, as a user meets it: from the filing to the rollback on real runs,
 * every word in the wrong place, both forms of output, and settings that come back to the bit. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faces/cli/settings_file.h"
#include "quant/stats/court.h"
#include "store/sqlite.h"
#include "tests/faces/line.h"
#include "tests/faces/research/made_store.h"
#include "tests/store/home.h"
#include "wire/json.h"

enum { RUN_ID = 32, MEMORY = 1 << 20 };

/* Many trades, and a challenger that pays less for each: an edge that is there. */
static const struct {
    const char *section, *name;
    f64 value;
} open_gates[] = {
    {"risk", "min_confidence", 0.05},
    {"risk", "max_open_positions", 20},
    {"risk", "max_trades_per_day", 20},
    {"risk", "max_per_sector", 64},
    {"risk", "max_sector_pct", 100},
    {"comp", "min_composite_score", 0},
    {"comp", "min_strategy_score", 0},
    {"ai", "min_conviction", 0},
    {"ai", "conviction_disqualify", 0},
    {"cost", "min_profit_multiple", 0},
    {"eval", "min_reward_risk", 0},
    {"pace", "per_cycle", 10},
    {"confidence", "probes_per_day", 20},
    {"breaker", "max_consecutive_losses", 20},
    {"confidence", "evidence", 0},
    {"eval", "valid_bars", 20},
    {"eval", "rearm_bars", 0},
};
#define CHALLENGER "--set cost.slippage_bps=0"
#define INCUMBENT "--set cost.slippage_bps=40"
/* The bars are of days that nobody has seen: later than any day on which this runs. The last of the case's
 * own: */
#define LAST "2091-02-28"
#define AFTER "2090-04-28"
#define LATER "--from 2090-01-01 --trade-from 2091-03-01"

typedef struct {
    char home[HOME_SIZE];
    char *out, *err;
    exit_code_t code;
    arena_t arena;
    u8 memory[MEMORY];
} world_t;

static void run(world_t *w, const char *line)
{
    w->code = line_run(w->home, line, &w->out, &w->err);
}

static world_t *world_open(void)
{
    char path[LIMIT_PATH];
    world_t *w = calloc(1, sizeof *w);
    assert_non_null(w);
    home_make(w->home);
    made_store_from(w->home, date_from_ymd(2090, 1, 1));
    (void)snprintf(path, sizeof path, "%s/config.toml", w->home);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (u32 i = 0; i < COUNT_OF(open_gates); i++) {
        char value[16] = "false"; /* of the one that is no number */
        if (strcmp(open_gates[i].name, "evidence") != 0) {
            (void)snprintf(value, sizeof value, "%g", open_gates[i].value);
        }
        CHECK(fprintf(f, "%s.%s = %s\n", open_gates[i].section, open_gates[i].name, value) > 0);
    }
    CHECK_EQ(fclose(f), 0);
    return w;
}

static void world_close(world_t *w)
{
    free(w->out);
    free(w->err);
    home_remove(w->home);
    free(w);
}

static const json_t *said(world_t *w, const char *line)
{
    const json_t *j = NULL;
    run(w, line);
    if (w->code != EXIT_CODE_OK) {
        print_error("%s: %s\n", line, w->err);
    }
    CHECK_EQ(w->code, EXIT_CODE_OK);
    arena_init(&w->arena, w->memory, sizeof w->memory);
    CHECK_OK(json_parse(&w->arena, str_from(w->out), NULL, &j));
    return j;
}

static f64 number(const json_t *j, const char *key)
{
    f64 out = 0;
    CHECK(json_get(j, key) != NULL);
    CHECK_OK(json_to_f64(json_get(j, key), &out));
    return out;
}

static bool says(const json_t *j, const char *key, const char *want)
{
    str_t text = {0};
    CHECK(json_get(j, key) != NULL);
    CHECK_OK(json_to_str(json_get(j, key), &text));
    return str_eq_c(text, want);
}

/* Fails with this code and these words, and a remedy, in both forms of output. */
static void refuses(world_t *w, const char *line, exit_code_t code, const char *words)
{
    char json[LINE_BYTES];
    run(w, line);
    if (w->code != code || strstr(w->err, words) == NULL || strstr(w->err, "do: ") == NULL) {
        print_error("%s: %d %s\n", line, (int)w->code, w->err);
    }
    CHECK_EQ(w->code, code);
    CHECK(strstr(w->err, words) != NULL && strstr(w->err, "do: ") != NULL);
    CHECK_EQ(w->out[0], '\0');
    (void)snprintf(json, sizeof json, "%s --json", line);
    run(w, json);
    CHECK_EQ(w->code, code);
    CHECK(strncmp(w->out, "{\"error\":", 9) == 0 && strstr(w->out, "\"remedy\":") != NULL);
}

static void backtest(world_t *w, const char *options, char id[RUN_ID])
{
    char line[LINE_BYTES];
    str_t text = {0};
    (void)snprintf(line, sizeof line, "backtest --json --quiet %s", options);
    const json_t *j = said(w, line);
    CHECK_OK(json_to_str(json_get(j, "run_id"), &text));
    CHECK(text.n < RUN_ID);
    if (id != NULL) {
        (void)snprintf(id, RUN_ID, STR_FMT, STR_ARG(text));
    }
}

/* The two runs of a case, and the words that file it. */
static void two_runs(world_t *w, const char *more, char line[LINE_BYTES])
{
    char id[2][RUN_ID];
    backtest(w, "--to " LAST " " CHALLENGER, id[0]);
    backtest(w, "--to " LAST " " INCUMBENT, id[1]);
    (void)snprintf(line, LINE_BYTES,
                   "research court file %s %s --after " AFTER " --hypothesis cheaper --quiet%s", id[0], id[1],
                   more);
}

/* A list of two of the names, known before the bars. */
static void lists(const char *home)
{
    char path[HOME_SIZE + 16];
    char line[LINE_BYTES];
    char *out = NULL;
    char *err = NULL;
    (void)snprintf(path, sizeof path, "%s/l.csv", home);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    CHECK(fputs("etf,file_date,symbol,sid,constituent_date,weight,shares,market_value\n"
                "own,20220301,S01,A B,20220228,0.01,5,6\nown,20220301,S02,A B,20220228,0.01,5,6\n",
                f) >= 0);
    CHECK_EQ(fclose(f), 0);
    (void)snprintf(line, sizeof line, "data import %s --source lists --format lean_etf_universe", path);
    CHECK_EQ(line_run(home, line, &out, &err), EXIT_CODE_OK);
    free(out);
    free(err);
}

static bool in_state(world_t *w, const char *line, const char *state)
{
    const json_t *j = said(w, line);
    bool is = says(j, "state", state);
    if (!is) {
        print_error("%s: %s\n", line, w->out);
    }
    return is;
}

/* What `config --config` reads of the file. */
static digest_t promoted_hash(world_t *w)
{
    char line[LINE_BYTES];
    str_t text = {0};
    (void)snprintf(line, sizeof line, "config --json --config %s/promoted.toml", w->home);
    const json_t *j = said(w, line);
    CHECK_OK(json_to_str(json_get(j, "config_hash"), &text));
    return digest_of(text.p, text.n);
}

static digest_t hash_of(const config_t *c)
{
    char hex[65];
    digest_t d = config_hash(c);
    hex_print(hex, d.b, sizeof d.b);
    return digest_of(hex, 64);
}

static config_t settings(f64 slippage)
{
    config_t c = config_default(PROFILE_SWING, PRESET_MODERATE);
    for (u32 i = 0; i < COUNT_OF(open_gates); i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "%s.%s", open_gates[i].section, open_gates[i].name);
        CHECK_OK(key_set(&c, key_find(str_from(name)), open_gates[i].value, NULL));
    }
    c.cost_slippage_bps = slippage;
    return c;
}

static void change(world_t *w, const char *sql)
{
    char path[LIMIT_PATH];
    sql_db_t *db = NULL;
    (void)snprintf(path, sizeof path, "%s/vitrine.db", w->home);
    CHECK_OK(sql_open(&(sql_options_t){.path = path}, NULL, &db));
    CHECK_OK(sql_exec(db, sql, NULL));
    sql_close(db);
}

TEST(from_filing_to_rollback)
{
    UNUSED_STATE;
    char line[LINE_BYTES];
    world_t *w = world_open();
    config_t good = settings(0);
    config_t old = settings(40);
    digest_t want_good = hash_of(&good);
    digest_t want_old = hash_of(&old);
    two_runs(w, " --shadow-days 40 --canary-days 10 --json", line);
    const json_t *j = said(w, line);
    CHECK(says(j, "state", "in its shadow days") && number(j, "trials") == 2.0);
    CHECK(says(j, "filed", LAST) &&
          json_get(j, "pbo") == NULL); /* the runs' last day: nobody saw a later one */
    CHECK(number(j, "low") > 0.0 && number(j, "dsr") >= 0.95);
    refuses(w, "research court sign 1 --who ann", EXIT_CODE_USAGE, "in its shadow days");
    refuses(w, "research court promote 1", EXIT_CODE_USAGE, "in its shadow days");
    refuses(w, "research court rollback 1", EXIT_CODE_USAGE, "in its shadow days");
    /* Runs that prove nothing: on days before the filing, with other names, alone, and beside others that
     * began on another day or drew other chances. */
    backtest(w, "--to 2091-06-30 " CHALLENGER, NULL);
    backtest(w, "--to 2091-06-30 " INCUMBENT, NULL);
    backtest(w, LATER " --symbols S01,S02,S03 " CHALLENGER, NULL);
    backtest(w, LATER " --symbols S01,S02,S03 " INCUMBENT, NULL);
    backtest(w, LATER " --to 2091-04-10 " CHALLENGER, NULL);
    backtest(w, "--from 2090-01-01 --trade-from 2091-03-08 --to 2091-04-10 " INCUMBENT, NULL);
    backtest(w, LATER " --to 2091-04-10 --seed 9 " INCUMBENT, NULL);
    j = said(w, "research court watch 1 --json");
    CHECK(says(j, "state", "in its shadow days") && number(json_get(j, "shadow"), "sessions") == 0.0);
    CHECK(number(j, "runs_alone") == 3.0 && number(j, "runs_too_early") == 2.0 &&
          number(j, "pairs_on_other_data") == 1.0);
    /* Beside it now, but too few; then the rest, which is also what comes after the canary. */
    backtest(w, LATER " --to 2091-04-10 " INCUMBENT, NULL);
    j = said(w, "research court watch 1 --json");
    f64 few = number(json_get(j, "shadow"), "sessions");
    CHECK(few > 20.0 && few < 40.0 && says(j, "state", "in its shadow days"));
    backtest(w, LATER " --to 2091-07-31 " CHALLENGER, NULL);
    backtest(w, LATER " --to 2091-07-31 " INCUMBENT, NULL);
    CHECK(in_state(w, "research court watch 1 --json", "in its canary days"));
    backtest(w, LATER " --to 2091-07-31 --cash 5000 " CHALLENGER, NULL);
    backtest(w, LATER " --to 2091-07-31 --cash 5000 " INCUMBENT, NULL);
    CHECK(in_state(w, "research court show 1 --json", "in its canary days")); /* looking moves nothing */
    j = said(w, "research court watch 1 --json");
    CHECK(says(j, "state", "waits for a signature") && number(json_get(j, "canary"), "sessions") == 10.0);
    CHECK(number(json_get(j, "canary"), "cash") == 5000.0 && number(json_get(j, "since"), "sessions") > 20.0);
    refuses(w, "research court promote 1 --who ann", EXIT_CODE_USAGE, "waits for a signature");
    refuses(w, "research court sign 1", EXIT_CODE_USAGE, "--who is missing");
    CHECK(in_state(w, "research court sign 1 --who ann --json", "signed, ready to be promoted"));
    refuses(w, "research court sign 1 --who bert", EXIT_CODE_USAGE, "signed");
    j = said(w, "research court promote 1 --who ann --json");
    CHECK(says(j, "state", "promoted") && strstr(w->out, "\"in_force\":true") != NULL);
    digest_t now = promoted_hash(w);
    CHECK(digest_eq(&now, &want_good) && !digest_eq(&now, &want_old));
    refuses(w, "research court promote 1", EXIT_CODE_USAGE, "promoted");
    CHECK(in_state(w, "research court watch 1 --json", "promoted"));
    run(w, "research court list");
    CHECK(w->code == EXIT_CODE_OK && strstr(w->out, "in force: case 1") != NULL);
    run(w, "research court show 1");
    CHECK(strstr(w->out, "evidence that it is worse") != NULL &&
          strstr(w->out, "ready to be promoted, ann\n") != NULL);
    CHECK(in_state(w, "research court rollback 1 --who bert --why doubts --json", "rolled back"));
    CHECK(strstr(w->out, "doubts") != NULL && strstr(w->out, "\"in_force\":false") != NULL);
    now = promoted_hash(w);
    CHECK(digest_eq(&now, &want_old));
    refuses(w, "research court rollback 1", EXIT_CODE_USAGE, "rolled back");
    refuses(w, "research court promote 1", EXIT_CODE_USAGE, "rolled back");
    world_close(w);
}

/* The settings change places behind the program's back once they are promoted, so that what runs beside the
 * incumbent loses: the rule takes them back by itself, whatever the word was. */
TEST(the_rule_rolls_back)
{
    UNUSED_STATE;
    static const char *const words[] = {"research court watch 1 --json", "research court rollback 1 --json"};
    char line[LINE_BYTES];
    for (u32 i = 0; i < COUNT_OF(words); i++) {
        world_t *w = world_open();
        two_runs(w, " --shadow-days 20 --canary-days 5 --no-signature", line);
        run(w, line);
        CHECK_EQ(w->code, EXIT_CODE_OK);
        backtest(w, LATER " --to 2091-12-20 " CHALLENGER, NULL);
        backtest(w, LATER " --to 2091-12-20 " INCUMBENT, NULL);
        backtest(w, LATER " --to 2091-12-20 --cash 5000 " CHALLENGER, NULL);
        backtest(w, LATER " --to 2091-12-20 --cash 5000 " INCUMBENT, NULL);
        CHECK(in_state(w, "research court watch 1 --json", "ready to be promoted"));
        refuses(w, "research court sign 1 --who ann", EXIT_CODE_USAGE, "without the need");
        CHECK(in_state(w, "research court promote 1 --json", "promoted"));
        CHECK(in_state(w, "research court watch 1 --json", "promoted"));
        change(w,
               "UPDATE court_case SET challenger = incumbent, incumbent = challenger,"
               " challenger_config = incumbent_config, incumbent_config = challenger_config, noise = 20000");
        (void)snprintf(line, sizeof line, "%s/promoted.toml", w->home);
        CHECK_EQ(unlink(line), 0); /* it must be written anew to be there */
        CHECK(in_state(w, words[i], "rolled back"));
        CHECK(strstr(w->out, "worse since its canary days") != NULL &&
              strstr(w->out, "\"who\":\"rule\"") != NULL);
        config_t other = settings(0); /* the incumbent's of the case as it stands now */
        digest_t want = hash_of(&other);
        digest_t now = promoted_hash(w);
        CHECK(digest_eq(&now, &want));
        world_close(w);
    }
}

/* A second case stands on the first: only the newest goes, and only over what it was judged against. */
TEST(cases_stand_on_each_other)
{
    UNUSED_STATE;
    char line[LINE_BYTES];
    world_t *w = world_open();
    two_runs(w, "", line);
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_OK);
    static const char *const ready =
        "INSERT INTO court_act (number, kind, t, who, text) VALUES (%d, 3, 0, '', ''), (%d, 4, 0, '', ''),"
        " (%d, 5, 0, '', '')";
    char sql[512];
    (void)snprintf(sql, sizeof sql, ready, 1, 1, 1);
    change(w, sql);
    CHECK(in_state(w, "research court promote 1 --json", "promoted"));
    /* The same again on other days, against the same incumbent, which is not in force any more. */
    char *after = strstr(line, AFTER);
    CHECK(after != NULL);
    memcpy(after, "2090-05-02", 10);
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_OK);
    (void)snprintf(sql, sizeof sql, ready, 2, 2, 2);
    change(w, sql);
    refuses(w, "research court promote 2", EXIT_CODE_USAGE, "judged against other settings");
    change(w, "UPDATE court_case SET incumbent_config = challenger_config, incumbent = challenger WHERE "
              "number = 2");
    CHECK(in_state(w, "research court promote 2 --json", "promoted"));
    refuses(w, "research court rollback 1", EXIT_CODE_USAGE, "case 2 stands on case 1");
    CHECK(in_state(w, "research court rollback 2 --json", "rolled back"));
    CHECK(in_state(w, "research court rollback 1 --json", "rolled back"));
    world_close(w);
}

/* What is on record about a search is not a matter of belief. */
TEST(a_search_knows_what_it_saw)
{
    UNUSED_STATE;
    char line[LINE_BYTES];
    char id[2][RUN_ID];
    world_t *w = world_open();
    const json_t *j =
        said(w, "optimize --to " LAST " --lock 40 --json --quiet --param cost.slippage_bps=0,10,20,40");
    str_t text = {0};
    char to[16];
    CHECK_OK(json_to_str(json_get(j, "searched_to"), &text));
    (void)snprintf(to, sizeof to, STR_FMT, STR_ARG(text));
    f64 pbo = number(j, "pbo");
    backtest(w, "--to " LAST " " CHALLENGER, id[0]);
    backtest(w, "--to " LAST " " INCUMBENT, id[1]);
    (void)snprintf(line, sizeof line, "report %s --json", id[0]);
    j = json_get(said(w, line), "searches");
    CHECK(number(j, "settings_tried") == 4.0 && number(j, "stretches") == 1.0);
    CHECK(number(j, "walk_forward") == 0.0 && number(j, "pbo") > pbo - 1e-5 && number(j, "pbo") < pbo + 1e-5);
    (void)snprintf(line, sizeof line, "report %s", id[0]);
    run(w, line);
    CHECK(strstr(w->out, "\nsearches              optimize: 4 settings tried on 2090-") != NULL);
    CHECK(strstr(w->out, " chose them\n") != NULL);
    (void)snprintf(line, sizeof line, "research court %s %s --after " AFTER " --quiet", id[0], id[1]);
    refuses(w, line, EXIT_CODE_USAGE, to);
    (void)snprintf(line, sizeof line, "research court file %s %s --after " AFTER " --hypothesis x --quiet",
                   id[0], id[1]);
    refuses(w, line, EXIT_CODE_USAGE, "are not kept back");
    (void)snprintf(line, sizeof line, "research court file %s %s --after %s --hypothesis x --quiet --json",
                   id[0], id[1], to);
    j = said(w, line);
    CHECK(number(j, "pbo") > pbo - 1e-5 && number(j, "pbo") < pbo + 1e-5);
    CHECK(strstr(w->out, "optimize: 4 settings tried on 2090-") != NULL);
    /* Settings that no search tried may be asked about any day, and it is said who saw it. */
    backtest(w, "--to " LAST " --set cost.slippage_bps=3", id[0]);
    run(w, "report latest");
    CHECK(strstr(w->out, "\nsearches              no search of this home tried these settings\n") != NULL);
    (void)snprintf(line, sizeof line, "research court %s %s --after " AFTER " --quiet --json", id[0], id[1]);
    j = said(w, line);
    CHECK(number(j, "searches_of_these_settings") == 0.0 && number(j, "searches_after") == 1.0 &&
          number(j, "backtests_after") == 1.0);
    (void)snprintf(line, sizeof line, "research court %s %s --after " AFTER " --quiet", id[0], id[1]);
    run(w, line);
    CHECK(strstr(w->out, "1 other back-test and 1 search of this home ran on these days") != NULL);
    world_close(w);
}

/* Two runs that are no pair: what they were asked for otherwise, or that somebody changed the store. */
TEST(what_differs_is_said)
{
    UNUSED_STATE;
    static const struct {
        const char *options, *says;
    } cases[] = {
        {"--from 2090-02-01 --to " LAST, "they differ in --from\n"},
        {"--to 2091-02-20", "they differ in --to\n"},
        {"--to " LAST " --proxy S01", "they differ in --proxy S01 against none\n"},
        {"--to " LAST " --symbols S01,S02,S03", "they differ in --symbols\n"},
        {"--to " LAST " --news all --members lists/OWN",
         "they differ in --news all against none, --members lists/OWN against none\n"},
        {"--to " LAST, "they differ in nothing that they were asked for: the store was changed"},
    };
    char id[2][RUN_ID];
    char line[LINE_BYTES];
    world_t *w = world_open();
    lists(w->home);
    backtest(w, "--to " LAST, id[1]);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        if (i + 1 == COUNT_OF(cases)) {
            made_store_from(w->home, date_from_ymd(2090, 1, 8)); /* other bars of the same days */
        }
        backtest(w, cases[i].options, id[0]);
        (void)snprintf(line, sizeof line, "research court %s %s --after " AFTER " --quiet", id[0], id[1]);
        refuses(w, line, EXIT_CODE_USAGE, cases[i].says);
    }
    backtest(w, "--to " LAST, id[1]);
    (void)snprintf(line, sizeof line, "research court %s %s --after " AFTER " --quiet", id[0], id[1]);
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_OK);
    world_close(w);
}

TEST(mistakes_have_remedies)
{
    UNUSED_STATE;
    static const struct {
        const char *line;
        exit_code_t code;
        const char *says;
    } cases[] = {
        {"research court show 7", EXIT_CODE_NOT_FOUND, "no case 7"},
        {"research court watch 7", EXIT_CODE_NOT_FOUND, "no case 7"},
        {"research court sign 7 --who ann", EXIT_CODE_NOT_FOUND, "no case 7"},
        {"research court promote 7", EXIT_CODE_NOT_FOUND, "no case 7"},
        {"research court rollback 7", EXIT_CODE_NOT_FOUND, "no case 7"},
        {"research court show", EXIT_CODE_USAGE, "number of one case"},
        {"research court show 1 2", EXIT_CODE_USAGE, "number of one case"},
        {"research court show one", EXIT_CODE_USAGE, "number of one case"},
        {"research court show 0", EXIT_CODE_USAGE, "number of one case"},
        {"research court show 99999999999", EXIT_CODE_USAGE, "number of one case"},
        {"research court list 1", EXIT_CODE_USAGE, "takes no case"},
        {"research court show 1 --after 2090-04-30", EXIT_CODE_USAGE, "leave --after out"},
        {"research court sign 1 --why x --who y", EXIT_CODE_USAGE, "leave --why out"},
        {"research court latest previous --after 2090-04-30 --canary 5", EXIT_CODE_USAGE,
         "leave --canary out"},
        {"research court file latest previous --after 2090-04-30", EXIT_CODE_USAGE,
         "--hypothesis is missing"},
        {"research court file latest previous --hypothesis x", EXIT_CODE_USAGE, "--after DATE"},
        {"research court file latest --hypothesis x --after 2090-04-30", EXIT_CODE_USAGE, "two runs"},
        {"research court file latest previous --after 2090-04-30 --hypothesis a\x1b[31m", EXIT_CODE_USAGE,
         "no plain text"},
        {"research court file latest previous --after 2090-04-30 --hypothesis x --shadow-days 5",
         EXIT_CODE_USAGE, "20 to"},
        {"research court file latest previous --after 2090-04-30 --hypothesis x --canary 60", EXIT_CODE_USAGE,
         "1 to 50"},
        {"research court file latest latest --after 2090-04-30 --hypothesis x", EXIT_CODE_USAGE,
         "the same settings"},
        {"research court file latest previous --after 2090-04-30 --hypothesis x", EXIT_CODE_USAGE,
         "more than settings"},
        {"report --csv promoted.toml", EXIT_CODE_USAGE, "belongs to the home"}};
    char line[LINE_BYTES];
    world_t *w = world_open();
    refuses(w, "research court list", EXIT_CODE_NOT_FOUND, "no runs");
    two_runs(w, "", line);
    run(w, "research court list");
    CHECK(w->code == EXIT_CODE_OK && strstr(w->out, "no cases yet") != NULL);
    backtest(w, "--to " LAST " --cash 5000 " CHALLENGER, NULL);
    CHECK_EQ(chdir(w->home), 0);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        refuses(w, cases[i].line, cases[i].code, cases[i].says);
    }
    CHECK_EQ(chdir("/"), 0);
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_OK);
    refuses(w, line, EXIT_CODE_ERROR, "case 1 is about these two runs");
    change(w, "UPDATE court_act SET who = char(27)");
    refuses(w, "research court list", EXIT_CODE_ERROR, "nothing that this program writes");
    refuses(w, "research court show 1", EXIT_CODE_ERROR, "restore the home");
    change(w, "UPDATE court_act SET who = 'x'");
    change(w, "UPDATE court_case SET incumbent_config = zeroblob(32); INSERT INTO court_act (number, kind, "
              "t, who, text)"
              " VALUES (1, 3, 0, '', ''), (1, 4, 0, '', ''), (1, 5, 0, '', ''), (1, 6, 0, '', '')");
    refuses(w, "research court rollback 1", EXIT_CODE_ERROR, "not those that were judged");
    world_close(w);
}

/* Every setting at its bounds, and some that no short text holds, read back to the same bits. */
TEST(a_settings_file_is_the_configuration)
{
    UNUSED_STATE;
    static u8 text[SETTINGS_FILE_MAX];
    char path[LIMIT_PATH];
    world_t *w = world_open();
    for (u32 k = 0; k < 4; k++) {
        config_t c =
            config_default(k % 2 == 0 ? PROFILE_DAY : PROFILE_SWING, k < 2 ? PRESET_GROWTH : PRESET_MODERATE);
        for (u32 i = 0; i < key_count() && k > 0; i++) {
            const key_desc_t *d = key_at(i);
            f64 v = k == 1 ? d->lo : k == 2 ? d->hi : d->lo + (d->hi - d->lo) / 3.0;
            if (d->type == KEY_F64 || k < 3) {
                CHECK_OK(key_set(&c, d, v, NULL));
            }
        }
        writer_t writer = writer_of(text, sizeof text);
        CHECK_OK(settings_file_put(&writer, "# made\n", &c));
        (void)snprintf(path, sizeof path, "%s/promoted.toml", w->home);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        CHECK_EQ(fwrite(text, 1, writer.used, f), writer.used);
        CHECK_EQ(fclose(f), 0);
        digest_t want = hash_of(&c);
        digest_t now = promoted_hash(w);
        CHECK(digest_eq(&now, &want));
    }
    world_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_filing_to_rollback),   cmocka_unit_test(the_rule_rolls_back),
        cmocka_unit_test(cases_stand_on_each_other), cmocka_unit_test(a_search_knows_what_it_saw),
        cmocka_unit_test(what_differs_is_said),      cmocka_unit_test(mistakes_have_remedies),
        cmocka_unit_test(a_settings_file_is_the_configuration),
    };
    return RUN_TESTS(tests);
}
