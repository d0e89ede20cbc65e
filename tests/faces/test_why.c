/* The smallest change: on made records against a search over all single changes, on a recorded run through
 * the verb `vitrine why --self-check`, and what the verb says of a refusal. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "tests/faces/line.h"
#include "base/rng.h"
#include "faces/cli/why_story.h"
#include "faces/cli/why_verdict.h"
#include "sim/market.h"
#include "tests/store/home.h"

enum { ROUNDS = 4000 };

static u64 draw(u64 seed, u64 n, u64 bound)
{
    return rng_below((rng_key_t){.seed = seed, .purpose = RNG_TEST}, n, bound);
}

typedef struct {
    cycle_record_t r;
    screen_refusal_t refusal[4];
    config_t config;
} made_t;

static made_t *made_new(void)
{
    made_t *m = calloc(1, sizeof *m);
    assert_non_null(m);
    m->r.refusal = m->refusal;
    m->config = config_default(PROFILE_SWING, PRESET_MODERATE);
    return m;
}

static bool stage_has(u32 stage, u16 id)
{
    return rule_stage(id) == stage;
}

/* A candidate refused at a stage, its gates drawn near their thresholds, so that one, some or all of them
 * fail. */
static void make_candidate(made_t *m, u64 seed)
{
    static const u32 stages[] = {7, 8, 9, 11, 12};
    cand_record_t *c = &m->r.cand[0];
    u32 stage = stages[draw(seed, 0, COUNT_OF(stages))];
    u32 groups = stage == 7 ? 1 + (u32)draw(seed, 1, 4) : 1;
    memset(c, 0, sizeof *c);
    m->r.cand_count = 1;
    c->inst = 3;
    c->refused_stage = stage;
    for (u32 g = 0; g < groups; g++) {
        for (u32 i = 0; i < rule_count() && c->gate_count < LIMIT_GATES; i++) {
            u64 n = 10 + 400 * (u64)g + 3 * i;
            if (!stage_has(stage, rule_at(i)->id) || draw(seed, n, 4) == 0) {
                continue;
            }
            bool flag = rule_at(i)->op == GATE_EQ;
            i64 threshold = flag ? 1 : (i64)draw(seed, n + 1, 2000) - 1000;
            i64 value = flag ? (i64)draw(seed, n + 2, 8) > 0 : threshold + (i64)draw(seed, n + 2, 9) - 3;
            c->gate[c->gate_count++] =
                (gate_t){.rule = rule_at(i)->id, .group = (u8)g, .value = value, .threshold = threshold};
        }
    }
}

/* Size of a change in the rule's own measure: distance over the threshold. */
static f64 size_of(const gate_t *g)
{
    f64 scale = gate_threshold(g) < 0 ? -gate_threshold(g) : gate_threshold(g);
    f64 d = (f64)(why_needed(g) - g->value) * rule_find(g->rule)->step;
    return (d < 0 ? -d : d) / (scale > 0 ? scale : 1.0);
}

/* Without the code under test: tries every gate alone. Returns the gate of the smallest that passes, or -1.
 */
static i32 search(const cand_record_t *c)
{
    i32 best = -1;
    gates_t g = {.count = (u32)c->gate_count};
    for (u32 i = 0; i < g.count; i++) {
        memcpy(g.v, c->gate, c->gate_count * sizeof *c->gate);
        if (gate_holds(&g.v[i])) {
            continue;
        }
        g.v[i].value = why_needed(&c->gate[i]);
        bool smaller = best < 0 || size_of(&c->gate[i]) < size_of(&c->gate[best]);
        best = gates_pass(&g) && smaller ? (i32)i : best;
    }
    return best;
}

TEST(the_named_change_turns_and_its_half_does_not)
{
    UNUSED_STATE;
    made_t *m = made_new();
    why_limits_t limits = {.config = &m->config};
    u32 named = 0;
    u32 unnamed = 0;
    for (u64 seed = 0; seed < ROUNDS; seed++) {
        why_t w;
        make_candidate(m, seed);
        gates_t g = {.count = (u32)m->r.cand[0].gate_count};
        memcpy(g.v, m->r.cand[0].gate, g.count * sizeof *g.v);
        why_of(&m->r, 3, &limits, &w);
        CHECK_EQ(w.outcome, WHY_REFUSED);
        if (g.count == 0 || gates_pass(&g)) {
            CHECK(g.count == 0 || !why_check(&w)); /* a refusal whose gates all hold is no refusal */
            continue;
        }
        CHECK_EQ(w.change, search(&m->r.cand[0]));
        CHECK(why_check(&w));
        if (w.change >= 0) {
            const gate_t *c = &w.gates.v[w.change];
            named++;
            CHECK(why_passes_with(&w, (u32)w.change, w.needed));
            CHECK(!why_passes_with(&w, (u32)w.change, why_half(c, w.needed)));
            CHECK(!why_passes_with(&w, (u32)w.change, c->value));
            w.needed += w.needed > c->value ? -1 : 1; /* a change one step too small must be found out */
            CHECK(!why_check(&w));
        } else {
            unnamed++;
            w.change = 0; /* and so must a change that is named where none turns */
            w.needed = why_needed(&w.gates.v[0]);
            CHECK(gate_holds(&w.gates.v[0]) || !why_check(&w));
        }
    }
    CHECK(named > ROUNDS / 20 && unnamed > ROUNDS / 20);
    free(m);
}

TEST(half_of_one_step_is_none)
{
    UNUSED_STATE;
    struct {
        u16 rule;
        i64 value, threshold, needed, half;
    } const cases[] = {
        {RULE_RANK, 4, 5, 5, 4},          {RULE_RANK, 3, 5, 5, 4},      {RULE_SPREAD_MAX, 6, 5, 5, 6},
        {RULE_SPREAD_MAX, 9, 5, 5, 7},    {RULE_BRK_LEVEL, 5, 5, 6, 5}, {RULE_POSITIONS_MAX, 5, 5, 4, 5},
        {RULE_POSITIONS_MAX, 8, 5, 4, 6}, {RULE_FRESH, 0, 1, 1, 0},     {RULE_BRK_LEVEL, -7, 0, 1, -3},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        gate_t g = {.rule = cases[i].rule, .value = cases[i].value, .threshold = cases[i].threshold};
        CHECK(!gate_holds(&g));
        CHECK_EQ(why_needed(&g), cases[i].needed);
        CHECK_EQ(why_half(&g, cases[i].needed), cases[i].half);
        g.value = cases[i].half;
        CHECK(!gate_holds(&g));
        g.value = cases[i].needed;
        CHECK(gate_holds(&g));
    }
}

TEST(the_screen_names_a_change_only_for_a_single_rule)
{
    UNUSED_STATE;
    made_t *m = made_new();
    why_limits_t limits = {.config = &m->config};
    struct {
        u16 mask;
        i64 value;
        u16 rule;
        i64 needed;
        bool single;
    } const cases[] = {
        {1U << 12, 4400, RULE_RANK, 4663, true},
        {1U << 2, 49999, RULE_PRICE_MIN, 50000, true},
        {(1U << 2) | (1U << 12), 49999, RULE_PRICE_MIN, 0, false},
        {1U << 1, 0, RULE_BAR_PRESENT, 1, true},
        {(1U << 0) | (1U << 1), 0, RULE_BAR_PRESENT, 0, false},
        {1U << 0, 59, RULE_HISTORY, 60, true},
        {1U << 4, 4999, RULE_DOLLAR_VOLUME, 5000, true},
        {1U << 5, 4001, RULE_SPREAD_MAX, 4000, true},
        {1U << 8, 0, RULE_NO_POSITION, 1, true},
        {1U << 10, 899, RULE_BACKOFF, 900, true},
    };
    m->r.universe = 4;
    m->r.rank_cut = 4662;
    m->r.cand_count = 10;
    for (u32 i = 0; i < 10; i++) {
        m->r.cand[i].inst = (u16)(100 + i);
    }
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        why_t w;
        m->r.refusal_count = 2;
        m->refusal[0] = (screen_refusal_t){.inst = 1, .mask = 1, .value = 3};
        m->refusal[1] = (screen_refusal_t){.inst = 5, .mask = cases[i].mask, .value = cases[i].value};
        why_of(&m->r, 5, &limits, &w);
        CHECK_EQ(w.outcome, WHY_REFUSED);
        CHECK_EQ(w.stage, 6);
        CHECK_EQ(w.gates.v[0].rule, cases[i].rule);
        CHECK_EQ(w.gates.v[0].value, cases[i].value);
        CHECK_EQ(w.change, cases[i].single ? 0 : -1);
        CHECK(!cases[i].single || w.needed == cases[i].needed);
        CHECK(why_check(&w));
        why_of(&m->r, 4, &limits, &w);
        CHECK_EQ(w.outcome, WHY_ABSENT);
    }
    free(m);
}

TEST(a_micro_account_meets_its_own_limits)
{
    UNUSED_STATE;
    made_t *m = made_new();
    why_t w;
    m->r.refusal_count = 1;
    m->refusal[0] = (screen_refusal_t){.inst = 5, .mask = 1U << 2, .value = 20000};
    for (u32 micro = 0; micro < 2; micro++) {
        why_limits_t limits = {.config = &m->config, .micro = micro != 0};
        why_of(&m->r, 5, &limits, &w);
        CHECK_EQ(w.needed, micro ? 25000 : 50000);
    }
    m->refusal[0].value = 30000; /* under $5, over $2.50: only the larger limit can have refused it */
    why_limits_t limits = {.config = &m->config, .micro = true};
    why_of(&m->r, 5, &limits, &w);
    CHECK_EQ(w.needed, 50000);
    free(m);
}

TEST(a_stopped_cycle_and_a_trade_tell_themselves)
{
    UNUSED_STATE;
    made_t *m = made_new();
    why_limits_t limits = {.config = &m->config};
    why_t w;
    bool turns = true;
    m->r.stopped_stage = 2;
    m->r.gate_count = 1;
    m->r.gate[0] = (gate_t){.rule = RULE_LOSSES_IN_ROW, .value = 2, .threshold = 2};
    why_of(&m->r, 0, &limits, &w);
    CHECK_EQ(w.outcome, WHY_STOPPED);
    CHECK_EQ(w.needed, 1);
    CHECK(why_check(&w));
    CHECK_OK(why_what_if(&w, rule_find(RULE_LOSSES_IN_ROW), 1.0, &turns));
    CHECK(turns);
    CHECK_OK(why_what_if(&w, rule_find(RULE_LOSSES_IN_ROW), 2.0, &turns));
    CHECK(!turns);
    CHECK_EQ(why_what_if(&w, rule_find(RULE_RANK), 1.0, &turns), ERR_UNKNOWN_KEY);
    m->r.stopped_stage = 0;
    m->r.cand_count = 1;
    m->r.cand[0] = (cand_record_t){.inst = 2, .d = 1, .traded = 1, .gate_count = 1};
    m->r.cand[0].gate[0] = (gate_t){.rule = RULE_CONFIDENCE, .value = 8000, .threshold = 7000};
    why_of(&m->r, 2, &limits, &w);
    CHECK_EQ(w.outcome, WHY_TRADED);
    CHECK_EQ(w.change, -1);
    CHECK(why_passes(&w) && why_check(&w));
    CHECK_EQ(why_what_if(&w, rule_find(RULE_CONFIDENCE), 0.1, &turns), ERR_PARAM_RANGE);
    m->r.cand[0].traded = 0; /* nor refused: the house decides for nobody */
    why_of(&m->r, 2, &limits, &w);
    CHECK_EQ(w.outcome, WHY_HANDED);
    CHECK(why_check(&w) && w.change == -1);
    free(m);
}

/* ---- the verb on a recorded run ---- */

typedef struct {
    char home[HOME_SIZE];
    char *own_out;
    char *own_err;
} world_t;

static exit_code_t run(world_t *w, const char *line)
{
    return line_run(w->home, line, &w->own_out, &w->own_err);
}

TEST(every_refusal_of_a_recorded_run_turns_as_it_says)
{
    UNUSED_STATE;
    world_t w = {0};
    char path[HOME_SIZE];
    char line[512];
    if (!data_path("daily/sp500_daily.csv.zst", path, sizeof path)) {
        skip();
    }
    home_make(w.home);
    (void)snprintf(line, sizeof line, "data import %s", path);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "backtest --source sp500_daily --from 2012-01-01 --to 2012-12-31"), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "why --self-check 1000000 --json"), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "\"failed\":0") != NULL);
    CHECK(strstr(w.own_out, "\"checked\":0") == NULL &&
          strstr(w.own_out, "\"with_single_change\":0") == NULL);
    CHECK_EQ(run(&w, "why AAPL 2012-06-01"), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "at stage ") != NULL || strstr(w.own_out, "traded") != NULL);
    CHECK(strstr(w.own_out, "2012-06-01T20:00:00Z") != NULL);
    CHECK_EQ(run(&w, "why AAPL 2001-06-01"), EXIT_CODE_NOT_FOUND);
    CHECK_EQ(run(&w, "why NOSUCH"), EXIT_CODE_NOT_FOUND);
    CHECK_EQ(run(&w, "why AAPL soon"), EXIT_CODE_USAGE);
    CHECK_EQ(run(&w, "why"), EXIT_CODE_USAGE);
    CHECK_EQ(run(&w, "report latest --first"), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "not distinguishable from zero") != NULL);
    free(w.own_out);
    free(w.own_err);
    home_remove(w.home);
}

/* Every kind of booking has its words; quantities have their instrument's decimals. */
TEST(a_booking_has_its_words)
{
    UNUSED_STATE;
    static const struct {
        why_cash_t c;
        u32 scale;
        const char *want;
    } cases[] = {
        {{.c = {.kind = CASH_DIVIDEND, .amount = 12500000, .qty_before = 10, .qty_after = 10}, .bookings = 1},
         0, "dividend +12.50 on 10"},
        {{.c = {.kind = CASH_DIVIDEND, .amount = -300000, .qty_before = -15, .qty_after = -15},
          .bookings = 1},
         1, "dividend -0.30 on -1.5"},
        {{.c = {.kind = CASH_SPLIT, .qty_before = 10, .qty_after = 70}, .bookings = 1}, 0,
         "split, 10 became 70"},
        {{.c = {.kind = CASH_SPLIT_FRACTION, .amount = 4250000, .qty_before = 7, .qty_after = 3},
          .bookings = 1},
         0, "split +4.25, 7 became 3"},
        {{.c = {.kind = CASH_PAYOUT, .amount = 530000000, .qty_before = 10}, .bookings = 1}, 0,
         "payout +530.00, 10 became 0"},
        {{.c = {.kind = CASH_BORROW, .amount = -1204000, .qty_before = -9, .qty_after = -9}, .bookings = 31},
         0, "borrow fee -1.20 in 31 bookings on -9"},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char text[120];
        why_cash_text(text, &cases[i].c, cases[i].scale);
        CHECK_STR(text, cases[i].want);
    }
}

/* The entry's id of the trade whose booking `what` the record holds first, and that booking's amount as `why`
 * writes it. */
static void booked(world_t *w, const char *what, char id[33], char amount[32])
{
    char mark[32];
    CHECK_EQ(run(w, "audit export latest --kind cash"), EXIT_CODE_OK);
    (void)snprintf(mark, sizeof mark, "\"what\":%s,\"amount\":", what);
    const char *at = strstr(w->own_out, mark);
    CHECK(at != NULL);
    const char *line = at;
    while (line > w->own_out && line[-1] != '\n') {
        line--;
    }
    i64 seq = atoll(line + strlen("{\"seq\":"));
    i64 inst = atoll(strstr(line, "\"inst\":") + 7);
    (void)snprintf(amount, 32, "%+.2f", (f64)atoll(at + strlen(mark)) / 1e6);
    CHECK_EQ(run(w, "audit export latest --kind intent"), EXIT_CODE_OK);
    (void)snprintf(mark, sizeof mark, "\"inst\":%lld,", (long long)inst);
    for (line = w->own_out; line != NULL && *line != 0; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        const char *has = strstr(line, mark);
        bool entry = strstr(line, "\"parent\":\"00000000000000000000000000000000\"") < end;
        if (has != NULL && has < end && entry && atoll(line + strlen("{\"seq\":")) < seq) {
            (void)snprintf(id, 33, "%.32s", strstr(line, "\"id\":\"") + 6);
        }
    }
}

/* Bookings that no fill made stand in the life of the trade that they fell on, and in no other. */
TEST(the_life_of_a_trade_has_its_dividends_and_fees)
{
    UNUSED_STATE;
    static const char *const kinds[][2] = {{"1", "dividend"}, {"6", "borrow fee"}};
    world_t w = {0};
    char path[HOME_SIZE];
    char line[512];
    if (!data_path("daily/lean_equity_daily_trade.csv.zst", path, sizeof path)) {
        skip();
    }
    home_make(w.home);
    (void)snprintf(line, sizeof line, "data import %s", path);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK_EQ(run(&w, "backtest --source lean_equity_daily --symbols AAPL,IBM,BAC,SPY --preset aggressive "
                     "--from 1998-06-01 --to 2021-03-01"),
             EXIT_CODE_OK);
    for (u32 i = 0; i < COUNT_OF(kinds); i++) {
        char id[33] = {0};
        char amount[32];
        booked(&w, kinds[i][0], id, amount);
        (void)snprintf(line, sizeof line, "why %s", id);
        CHECK_EQ(run(&w, line), EXIT_CODE_OK);
        CHECK(strstr(w.own_out, "\ncash  ") != NULL && strstr(w.own_out, kinds[i][1]) != NULL);
        CHECK(i != 0 || strstr(w.own_out, amount) != NULL);
        (void)snprintf(line, sizeof line, "why %s --json", id);
        CHECK_EQ(run(&w, line), EXIT_CODE_OK);
        CHECK(strstr(w.own_out, "\"cash\":[{\"t\":") != NULL && strstr(w.own_out, kinds[i][1]) != NULL);
    }
    free(w.own_out);
    free(w.own_err);
    home_remove(w.home);
}

/* The first halt of a kind in the traded session that stands at a decision bar: its symbol and that bar. */
static bool halt_find(u64 seed, halt_kind_t kind, char symbol[LIMIT_SYMBOL], i64 *at)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    sim_market_t *m = NULL;
    slice_t s;
    bool found = false;
    spec.warmup_sessions = 2;
    spec.sessions = 1;
    spec.halts = 100;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    while (!found && source.next(source.ctx, &s, NULL) == ERR_OK) {
        for (u32 i = 0; i < s.halt_count && !found; i++) {
            const halt_t *h = &s.halt[i];
            i64 bar = 5 * NS_PER_MIN;
            *at = (h->t_event + bar - 1) / bar * bar;
            found = h->halted != 0 && h->kind == kind && s.session >= sim_market_trading_from(m) &&
                    *at < h->t_event + 4 * NS_PER_MIN;
            memcpy(symbol, source.instruments[h->inst].symbol, LIMIT_SYMBOL);
        }
    }
    sim_market_close(m);
    return found;
}

/* A halted symbol is refused under the rule of halts, with what stood and since when. */
TEST(why_tells_the_halt_that_refused)
{
    UNUSED_STATE;
    static const struct {
        halt_kind_t kind;
        const char *text, *json;
    } cases[] = {
        {HALT_PAUSE, "limit up-limit down pause since ", "\"kind\":\"limit up-limit down pause\",\"since\":"},
        {HALT_NEWS, "no end was named", "\"resumes\":0"},
    };
    world_t w = {0};
    char line[128];
    home_make(w.home);
    CHECK_EQ(run(&w, "demo --headless --seed 4 --warmup 2 --sessions 1 --halts 100"), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "replay matches") != NULL);
    CHECK_EQ(run(&w, "why --self-check 1000000 --json"), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "\"failed\":0") != NULL);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char symbol[LIMIT_SYMBOL];
        char t[36];
        i64 at = 0;
        CHECK(halt_find(4, cases[i].kind, symbol, &at));
        time_print(t, at);
        (void)snprintf(line, sizeof line, "why %s %s", symbol, t);
        CHECK_EQ(run(&w, line), EXIT_CODE_OK);
        CHECK(strstr(w.own_out, t) != NULL);
        CHECK(strstr(w.own_out, "refused at stage 6") != NULL && strstr(w.own_out, "NOT_HALTED") != NULL);
        CHECK(strstr(w.own_out, cases[i].text) != NULL);
        CHECK((strstr(w.own_out, "LULD Plan") != NULL) == (cases[i].kind == HALT_PAUSE));
        CHECK(strstr(w.own_out, "the stage's other rules were not asked") != NULL);
        (void)snprintf(line, sizeof line, "why %s %s --json", symbol, t);
        CHECK_EQ(run(&w, line), EXIT_CODE_OK);
        CHECK(strstr(w.own_out, cases[i].json) != NULL);
    }
    free(w.own_out);
    free(w.own_err);
    home_remove(w.home);
}

/* The last cycle of a day is stopped by the clock: who asks without a time is told what the last one that
 * came to the symbol said, that later ones were stopped, and where the trade is; who names the moment hears
 * of the stopped one. */
TEST(a_stopped_cycle_leads_to_the_trade)
{
    UNUSED_STATE;
    static const char says[] = "it was last traded at ";
    world_t w = {0};
    char line[HOME_SIZE + 128];
    char traded[64];
    char symbol[LIMIT_SYMBOL] = "";
    home_make(w.home);
    CHECK_EQ(run(&w, "demo --headless --seed 1 --sessions 1"), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "report --first --csv %s/t.csv", w.home);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    (void)snprintf(line, sizeof line, "%s/t.csv", w.home);
    FILE *f = fopen(line, "r");
    assert_non_null(f);
    CHECK_EQ(fscanf(f, "%*[^\n]\n%*[^,],%*[^,],%15[^,]", symbol), 1);
    CHECK_EQ(fclose(f), 0);
    (void)snprintf(line, sizeof line, "why %s", symbol);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "the cycle was stopped at") == NULL);
    CHECK(strstr(w.own_out, "\nrefused at stage ") != NULL);
    CHECK(strstr(w.own_out, " were stopped before they came to it, the last at stage 4, ") != NULL);
    const char *at = strstr(w.own_out, says);
    CHECK(at != NULL);
    (void)snprintf(traded, sizeof traded, "why %s %.20s", symbol, at + strlen(says));
    const char *stopped = strstr(w.own_out, "\n`vitrine why ");
    assert_non_null(stopped);
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(stopped + 10, "`"), stopped + 10);
    CHECK_EQ(run(&w, traded), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "\ntraded\n") != NULL && strstr(w.own_out, says) == NULL);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "the cycle was stopped at stage 4") != NULL);
    CHECK(strstr(w.own_out, "the last cycle before that came to it") != NULL);
    CHECK(strstr(w.own_out, says) != NULL);
    (void)snprintf(line, sizeof line, "why %s --json", symbol);
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "\"outcome\":\"refused\"") != NULL);
    CHECK(strstr(w.own_out, "\"stopped_later\":{\"cycles\":") != NULL);
    (void)snprintf(line, sizeof line, "why %s 2025-01-22", symbol); /* a day is no moment */
    CHECK_EQ(run(&w, line), EXIT_CODE_OK);
    CHECK(strstr(w.own_out, "were stopped before they came to it") != NULL);
    free(w.own_out);
    free(w.own_err);
    home_remove(w.home);
}

TEST(sums_that_were_heard_are_told_in_dollars)
{
    UNUSED_STATE;
    static const struct {
        u8 kind;
        i64 dollars;
        const char *said;
    } cases[] = {{BULLETIN_GAMMA, 104795729, "  gamma exposure +$104,795,729 for a move of 1 %"},
                 {BULLETIN_GAMMA, -100, "  gamma exposure -$100 for a move of 1 %"},
                 {BULLETIN_INSIDER, 1250000, "  insider +$1,250,000"},
                 {BULLETIN_INSIDER, -1250000, "  insider -$1,250,000"}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        char text[WHY_HEARD_TEXT];
        bulletin_t b = {.kind = cases[i].kind, .value = cases[i].dollars * BULLETIN_SCALE};
        why_heard_text(text, &b);
        const char *at = strstr(text, "Z  ");
        CHECK(at != NULL);
        CHECK_STR(at + 1, cases[i].said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_named_change_turns_and_its_half_does_not),
        cmocka_unit_test(half_of_one_step_is_none),
        cmocka_unit_test(the_screen_names_a_change_only_for_a_single_rule),
        cmocka_unit_test(a_micro_account_meets_its_own_limits),
        cmocka_unit_test(a_stopped_cycle_and_a_trade_tell_themselves),
        cmocka_unit_test(every_refusal_of_a_recorded_run_turns_as_it_says),
        cmocka_unit_test(a_booking_has_its_words),
        cmocka_unit_test(the_life_of_a_trade_has_its_dividends_and_fees),
        cmocka_unit_test(why_tells_the_halt_that_refused),
        cmocka_unit_test(a_stopped_cycle_leads_to_the_trade),
        cmocka_unit_test(sums_that_were_heard_are_told_in_dollars),
    };
    return RUN_TESTS(tests);
}
