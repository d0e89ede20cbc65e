/* A run of several users as a person reads it: each one's report is its own, together they are the whole, and
 * an explanation is of the one who is asked for. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/faces/line.h"
#include "tests/faces/research/made_store.h"
#include "model/event.h"
#include "store/journal.h"
#include "tests/store/home.h"
#include "wire/json.h"

enum { USERS = 3 };

static const char book[] = "[user.anna]\nid = 1\ncash = 100000\n"
                           "[user.bert]\nid = 2\ncash = 30000\nallow_short = false\nmax_open_positions = 2\n"
                           "[user.carl]\nid = 3\ncash = 700\n";
/* Gates wide open: each of them trades. */
static const char gates[] = " --set risk.min_confidence=0.05 --set comp.min_composite_score=0"
                            " --set comp.min_strategy_score=0 --set ai.min_conviction=0"
                            " --set ai.conviction_disqualify=0 --set cost.min_profit_multiple=0"
                            " --set eval.min_reward_risk=0 --set screen.max_spread_bps=1000"
                            " --set size.min_factor=0";
static const char *const names[USERS] = {"anna", "bert", "carl"};

typedef struct {
    char home[HOME_SIZE];
    char *out, *err;
    exit_code_t code;
} world_t;

typedef struct {
    f64 start, final, trades, fees;
} figures_t;

static void run(world_t *w, const char *line)
{
    w->code = line_run(w->home, line, &w->out, &w->err);
}

static f64 number(const json_t *j, const char *key)
{
    const json_t *v = json_get(j, key);
    f64 out = 0;
    assert_non_null(v);
    CHECK_OK(json_to_f64(v, &out));
    return out;
}

static const json_t *parsed(arena_t *a, const world_t *w)
{
    const json_t *j = NULL;
    if (w->code != EXIT_CODE_OK) {
        print_error("%s\n", w->err);
    }
    CHECK_EQ(w->code, EXIT_CODE_OK);
    CHECK_OK(json_parse(a, str_from(w->out), NULL, &j));
    return j;
}

static figures_t report_of(world_t *w, const char *user)
{
    static u8 memory[1 << 20];
    arena_t a;
    char line[64];
    arena_init(&a, memory, sizeof memory);
    (void)snprintf(line, sizeof line, "report --json --quiet%s%s", user != NULL ? " --user " : "",
                   user != NULL ? user : "");
    run(w, line);
    const json_t *j = parsed(&a, w);
    return (figures_t){.start = number(j, "start"),
                       .final = number(j, "final"),
                       .trades = number(j, "trades"),
                       .fees = number(json_get(j, "waterfall"), "fees")};
}

static void whole_is_sum(world_t *w)
{
    static const f64 cash[USERS] = {100000, 30000, 700};
    figures_t all = report_of(w, NULL);
    figures_t sum = {0};
    f64 first = 0;
    for (u32 i = 0; i < USERS; i++) {
        figures_t f = report_of(w, names[i]);
        CHECK(f.start == cash[i]);
        sum.start += f.start;
        sum.final += f.final;
        sum.trades += f.trades;
        sum.fees += f.fees;
        first = i == 0 ? f.trades : first;
    }
    print_message("# %.0f trades of %u users, %.0f of the first\n", all.trades, USERS, first);
    CHECK(all.start == sum.start && all.trades == sum.trades);
    CHECK(all.trades > first && first > 0); /* at least two of them traded */
    CHECK(sum.final - all.final < 1e-6 && all.final - sum.final < 1e-6);
    CHECK(sum.fees - all.fees < 1e-6 && all.fees - sum.fees < 1e-6);
}

/* What was entered is an entry, a refusal or, in global mode, handed on: as the run itself tells it. */
static void candidates_add_up(world_t *w, bool global)
{
    static u8 memory[1 << 20];
    arena_t a;
    arena_init(&a, memory, sizeof memory);
    const json_t *j = parsed(&a, w);
    CHECK(number(j, "candidates") ==
          number(j, "entries") + number(j, "refusals_total") + number(j, "handed_on"));
    CHECK((number(j, "handed_on") > 0) == global);
}

/* In global mode what the house refused is the house's. */
static void explained_apart(world_t *w, bool global)
{
    for (u32 i = 0; i < USERS; i++) {
        static u8 memory[1 << 20];
        arena_t a;
        char line[64];
        str_t said = {0};
        arena_init(&a, memory, sizeof memory);
        (void)snprintf(line, sizeof line, "why S03 --user %s --json --quiet", names[i]);
        run(w, line);
        CHECK_OK(json_to_str(json_get(parsed(&a, w), "user"), &said));
        CHECK(str_eq_c(said, names[i]) || (global && str_eq_c(said, "the house")));
    }
}

static u32 count_of(const char *text, const char *word)
{
    u32 n = 0;
    for (const char *at = strstr(text, word); at != NULL; at = strstr(at + 1, word)) {
        n++;
    }
    return n;
}

/* Cycles that an export tells, with `user` or everybody's; each names whose it is. */
static u32 exported(world_t *w, const char *user)
{
    char line[96];
    char own[64];
    (void)snprintf(line, sizeof line, "why --export latest --quiet%s%s", user != NULL ? " --user " : "",
                   user != NULL ? user : "");
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_OK);
    u32 cycles = count_of(w->out, "{\"cycle\":");
    for (u32 i = 0; i < USERS && user != NULL; i++) {
        (void)snprintf(own, sizeof own, ",\"user\":\"%s\"", names[i]);
        CHECK_EQ(count_of(w->out, own), strcmp(names[i], user) == 0 ? cycles + 1 : 0); /* the head too */
    }
    return cycles;
}

static f64 self_checked(world_t *w, const char *user)
{
    static u8 memory[1 << 16];
    arena_t a;
    char line[96];
    (void)snprintf(line, sizeof line, "why --self-check 50 --json --quiet%s%s",
                   user != NULL ? " --user " : "", user != NULL ? user : "");
    arena_init(&a, memory, sizeof memory);
    run(w, line);
    const json_t *j = parsed(&a, w);
    CHECK(number(j, "failed") == 0 && number(j, "checked") == 50);
    return number(j, "decisions");
}

/* In global mode the house's cycles are nobody's. */
static void parts_are_of_one(world_t *w, bool global)
{
    u32 cycles = 0;
    f64 decisions = 0;
    for (u32 i = 0; i < USERS; i++) {
        cycles += exported(w, names[i]);
        decisions += i == 0 || !global ? self_checked(w, names[i]) : 0;
    }
    u32 all = exported(w, NULL);
    CHECK(global ? cycles < all : cycles == all);
    CHECK(global ? decisions < self_checked(w, NULL) : decisions == self_checked(w, NULL));
}

/* The newest order of a user, as the store holds it. */
static void order_of(const world_t *w, u64 account, char id[40])
{
    home_t home;
    store_t *s = NULL;
    journal_reader_t *r = NULL;
    run_row_t row;
    event_t e;
    bool more = true;
    id[0] = '\0';
    CHECK_OK(home_open(w->home, 0, NULL, &home));
    CHECK_OK(store_open_home(&home, true, false, NULL, &s));
    CHECK_OK(run_find(s, STR("latest"), NULL, &row));
    CHECK_OK(journal_reader_open(s, str_from(row.id.text), NULL, &r));
    while (more) {
        CHECK_OK(journal_next(r, NULL, &e, &more));
        if (more && e.head.kind == EV_INTENT && e.as.INTENT.account == account) {
            hex_print(id, e.as.INTENT.id.b, sizeof e.as.INTENT.id.b);
        }
    }
    journal_reader_close(r);
    store_close(s);
    home_close(&home);
    CHECK(id[0] != '\0');
}

/* An id is one user's: asked for as another's it is refused, with whose it is. */
static void ids_have_an_owner(world_t *w)
{
    char id[40];
    char line[96];
    order_of(w, 1, id);
    (void)snprintf(line, sizeof line, "why %s --user bert --quiet", id);
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_NOT_FOUND);
    CHECK(strstr(w->err, "that decision is not bert's, it is anna's") != NULL);
    CHECK(strstr(w->err, "do: leave --user out, or ask with --user anna") != NULL);
    CHECK_EQ(w->out[0], '\0');
    (void)snprintf(line, sizeof line, "why %s --user anna --quiet", id);
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_OK);
    CHECK(strstr(w->out, "\norder ") != NULL && strstr(w->out, " limit ") != NULL);
    CHECK(strstr(w->out, "limit 0.0000") == NULL && strstr(w->out, "stop 0.0000") == NULL);
    (void)snprintf(line, sizeof line, "why %s --user dora --quiet", id);
    run(w, line);
    CHECK_EQ(w->code, EXIT_CODE_NOT_FOUND);
    CHECK(strstr(w->err, "no user dora") != NULL);
}

static void strangers_are_refused(world_t *w)
{
    static const char *const lines[] = {"report --user dora --quiet", "why S03 --user dora --quiet",
                                        "why --export latest --user dora --quiet",
                                        "why --self-check 5 --user dora --quiet"};
    for (u32 i = 0; i < COUNT_OF(lines); i++) {
        run(w, lines[i]);
        CHECK_EQ(w->code, EXIT_CODE_NOT_FOUND);
        CHECK(strstr(w->err, "dora") != NULL);
        CHECK_EQ(w->out[0], '\0');
    }
}

TEST(each_has_its_own_and_the_whole_is_their_sum)
{
    UNUSED_STATE;
    static const char *const modes[] = {"per_user", "global"};
    for (u32 m = 0; m < COUNT_OF(modes); m++) {
        world_t w = {0};
        char line[HOME_SIZE + 64 + sizeof gates];
        char path[HOME_SIZE + 16];
        home_make(w.home);
        made_store(w.home);
        (void)snprintf(path, sizeof path, "%s/users.toml", w.home);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        CHECK(fprintf(f, "mode = \"%s\"\n%s", modes[m], book) > 0);
        CHECK_EQ(fclose(f), 0);
        (void)snprintf(line, sizeof line, "backtest --users %s --json --quiet%s", path, gates);
        run(&w, line);
        candidates_add_up(&w, m == 1);
        whole_is_sum(&w);
        explained_apart(&w, m == 1);
        parts_are_of_one(&w, m == 1);
        ids_have_an_owner(&w);
        strangers_are_refused(&w);
        (void)snprintf(line, sizeof line, "backtest --users %s --quiet%s", path, gates);
        run(&w, line);
        CHECK_EQ(w.code, EXIT_CODE_OK);
        CHECK((strstr(w.out, " handed on by the house; ") != NULL) == (m == 1));
        free(w.out);
        free(w.err);
        home_remove(w.home);
    }
}

static void book_write(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    CHECK(fputs(text, f) >= 0);
    CHECK_EQ(fclose(f), 0);
}

/* --cash is for who names none; a --cash that is for nobody, and a list of symbols that the data has not, are
 * told rather than passed over. */
TEST(what_changes_nothing_is_told)
{
    UNUSED_STATE;
    world_t w = {0};
    char line[HOME_SIZE + 128];
    char path[HOME_SIZE + 16];
    home_make(w.home);
    made_store(w.home);
    (void)snprintf(path, sizeof path, "%s/users.toml", w.home);
    book_write(path, "[user.anna]\nid = 1\ncash = 50000\n[user.bert]\nid = 2\nwatch = [\"S01\", \"NOPE\"]\n"
                     "exclude = [\"GONE\"]\n");
    (void)snprintf(line, sizeof line, "backtest --users %s --cash 7000", path);
    run(&w, line);
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.err, "user bert, watch: NOPE is not among the symbols of this run\n") != NULL);
    CHECK(strstr(w.err, "user bert, exclude: GONE is not among the symbols of this run\n") != NULL);
    CHECK(strstr(w.err, "S01") == NULL && strstr(w.err, "--cash") == NULL);
    CHECK(report_of(&w, "anna").start == 50000 && report_of(&w, "bert").start == 7000);
    (void)snprintf(line, sizeof line, "backtest --quiet --users %s", path);
    run(&w, line);
    CHECK(report_of(&w, "bert").start == 100000);
    book_write(path, book);
    (void)snprintf(line, sizeof line, "backtest --users %s --cash 7000", path);
    run(&w, line);
    CHECK_EQ(w.code, EXIT_CODE_OK);
    CHECK(strstr(w.err, "--cash changes nothing") != NULL);
    free(w.out);
    free(w.err);
    home_remove(w.home);
}

/* Sub-ledgers of one account: the report tells their account, `why` the order that the broker knows, from
 * either side, and the broker's id finds each one's part. */
TEST(a_shared_account_is_told)
{
    UNUSED_STATE;
    static u8 memory[1 << 20];
    arena_t a;
    world_t w = {0};
    char line[HOME_SIZE + 64 + sizeof gates];
    char path[HOME_SIZE + 16];
    home_make(w.home);
    made_store(w.home);
    (void)snprintf(path, sizeof path, "%s/users.toml", w.home);
    book_write(path, "mode = \"global\"\n[user.anna]\nid = 1\naccount = \"main\"\n[user.bert]\nid = 2\n"
                     "owner = 1\naccount = \"main\"\ncash = 30000\n[user.carl]\nid = 3\n");
    (void)snprintf(line, sizeof line, "backtest --users %s --json --quiet%s", path, gates);
    run(&w, line);
    CHECK_EQ(w.code, EXIT_CODE_OK);
    run(&w, "report --quiet");
    CHECK(strstr(w.out, "\naccount main, shared by 2: ") != NULL);
    run(&w, "report --quiet --user anna");
    CHECK(strstr(w.out, "account main") == NULL);
    run(&w, "report --json --quiet");
    arena_init(&a, memory, sizeof memory);
    const json_t *shared = json_get(parsed(&a, &w), "shared_accounts");
    assert_non_null(shared);
    CHECK_EQ(shared->count, 1);
    CHECK(number(shared->first, "bunched_orders") > 0 && number(shared->first, "users") == 2);
    CHECK(strstr(w.out, "\"shares\":\"main\"") != NULL);
    run(&w, "audit export latest --quiet");
    const char *bunch = strstr(w.out, "\"kind\":\"BUNCH\",\"id\":\"");
    assert_non_null(bunch);
    char id[33];
    (void)snprintf(id, sizeof id, "%.32s", bunch + strlen("\"kind\":\"BUNCH\",\"id\":\""));
    for (u32 i = 0; i < 2; i++) {
        (void)snprintf(line, sizeof line, "why %s --quiet --user %s", id, names[i]);
        run(&w, line);
        CHECK_EQ(w.code, EXIT_CODE_OK);
        CHECK(strstr(w.out, i == 0 ? " with bert " : " with anna ") != NULL);
        CHECK(strstr(w.out, " in all\n") != NULL);
        (void)snprintf(line, sizeof line, "why %s --quiet --json --user %s", id, names[i]);
        run(&w, line);
        CHECK(strstr(w.out, id) != NULL && strstr(w.out, "\"members\":[{\"user\":\"anna\",") != NULL);
    }
    free(w.out);
    free(w.err);
    home_remove(w.home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_has_its_own_and_the_whole_is_their_sum),
                                       cmocka_unit_test(what_changes_nothing_is_told),
                                       cmocka_unit_test(a_shared_account_is_told)};
    return RUN_TESTS(tests);
}
