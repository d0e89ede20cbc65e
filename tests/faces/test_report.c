/* The report on made facts whose figures are worked out by hand, and on a journal that was really written. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "engine/engine.h"
#include "faces/report/report.h"
#include "faces/report/report_parts.h"
#include "faces/report/svg.h"
#include "loops/plan.h"
#include "model/event.h"
#include "scan/record.h"
#include "tests/faces/made_report.h"
#include "tests/store/home.h"
#include "trade/portfolio/account.h"

TEST(figures_worked_out_by_hand)
{
    UNUSED_STATE;
    f64 const net[] = {100, -50, 25, -75, 10, 40};
    report_t *r = report_of(net, COUNT_OF(net));
    NEAR(r->net, 50.0);
    NEAR(r->net_total, 50.0);
    NEAR(r->rest, 0.0);
    NEAR(r->net_r, 1.0);
    NEAR(r->gross, 50.0 + 6 * 6.5); /* every cost given back */
    NEAR(r->spread, 12.0);
    NEAR(r->slippage, 18.0);
    NEAR(r->impact, 6.0);
    NEAR(r->fees, 3.0);
    NEAR(r->gross - r->spread - r->slippage - r->impact - r->fees + r->dividends, r->net);
    CHECK(r->cost_share.ok);
    NEAR(r->cost_share.value, 39.0 / 89.0);
    NEAR(r->cost[0].net, 89.0);
    NEAR(r->cost[1].net, 69.5);
    NEAR(r->cost[2].net, 50.0);
    NEAR(r->cost[3].net, 50.0 - 39.0); /* doubling the costs lowers net by the costs */
    NEAR(r->cost[3].r, (50.0 - 39.0) / 50.0 / 6.0);
    NEAR(r->without_best5, -125.0); /* 100, 40, 25, 10 are all that gained: losers are not "best" */
    NEAR(r->without_day, -50.0);
    NEAR(r->without_symbol, 50.0 - 135.0); /* A: 100 + 25 + 10; B: -50 - 75 + 40 */
    CHECK_STR(r->best_symbol, "A");
    CHECK_EQ(r->trades.wins, 4);
    CHECK_EQ(r->trades.losses, 2);
    drop(r);
}

/* R of 2, -1, 0.5, -1.5, 0.2, 0.8: mean 1/6, squares 8.18, so the error is sqrt((8.18 - 6/36) / 5 / 6). */
TEST(errors_of_means_by_hand)
{
    UNUSED_STATE;
    f64 const net[] = {100, -50, 25, -75, 10, 40};
    report_t *r = report_of(net, COUNT_OF(net));
    char *own = text_of(r, false);
    char *part = strstr(own, "\nstrategy ");
    assert_non_null(part);
    char *end = strchr(part + 1, '\n');
    assert_non_null(end);
    *end = '\0';
    CHECK(strstr(part, "+0.1667 R +- 0.5168") != NULL);
    CHECK(strstr(end + 1, "mean +0.1667 R +- 0.5168") != NULL); /* the bin that confidence 0.75 falls into */
    free(own);
    drop(r);
}

/* Names stand by what they made, not by name; rules by how often they decided, ties by id. */
TEST(lists_have_an_order)
{
    UNUSED_STATE;
    f64 const net[] = {-50, 100};
    report_t *r = report_of(net, COUNT_OF(net));
    char *own = text_of(r, false);
    char *best = strstr(own, "\nsymbol     B ");
    assert_non_null(best);
    CHECK(strstr(best, "\n           A ") != NULL);
    free(own);

    const rule_desc_t *rule[REPORT_STAGE_RULES];
    u32 stage = rule_stage(RULE_BRK_LEVEL);
    CHECK_EQ(report_stage_rules(&r->facts, stage, rule), 0);
    r->facts.rule_decided[RULE_BRK_LEVEL] = 3;
    r->facts.rule_decided[RULE_BRK_FIRST] = 9;
    r->facts.rule_decided[RULE_BRK_VOLUME] = 3;
    r->facts.rule_decided[RULE_BRK_ATR_EXPANDS] = 5;
    static const u32 want[] = {RULE_BRK_FIRST, RULE_BRK_ATR_EXPANDS, RULE_BRK_LEVEL, RULE_BRK_VOLUME};
    CHECK_EQ(report_stage_rules(&r->facts, stage, rule), COUNT_OF(want));
    for (u32 i = 0; i < COUNT_OF(want); i++) {
        CHECK_EQ(rule[i]->id, want[i]);
    }
    drop(r);
}

/* Every trade is over by the close: that is what is measured, and no more is said of it. */
TEST(exposure_is_told_as_what_it_is)
{
    UNUSED_STATE;
    f64 net[40];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 2 == 0 ? 60.0 : -40.0;
    }
    report_t *r = report_of(net, COUNT_OF(net));
    char *own = text_of(r, false);
    CHECK(strstr(own, "Held at the close     0.0 % of days") != NULL);
    CHECK(strstr(own, "in market") == NULL);
    CHECK(strstr(own, "- fees, borrow, interest") != NULL); /* what a night costs is among them */
    free(own);
    drop(r);
}

TEST(parts_add_up_to_the_whole)
{
    UNUSED_STATE;
    f64 net[200];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = 100.0 * rng_unit((rng_key_t){.seed = 5, .purpose = RNG_TEST}, i) - 50.0;
    }
    report_t *r = report_of(net, COUNT_OF(net));
    for (u32 d = 0; d < DIM_COUNT; d++) {
        i64 sum = 0;
        u32 n = 0;
        for (u32 i = 0; i < r->by[d].count; i++) {
            sum += r->by[d].own_v[i].net;
            n += r->by[d].own_v[i].n;
            CHECK(i == 0 || r->by[d].own_v[i - 1].key < r->by[d].own_v[i].key);
        }
        CHECK_EQ(n, COUNT_OF(net));
        NEAR((f64)sum / 1e6, r->net);
    }
    CHECK_EQ(r->by[DIM_KIND].count, 2);
    CHECK_EQ(r->by[DIM_KIND].own_v[1].n, 1); /* the probe stands apart */
    CHECK_STR(r->by[DIM_KIND].own_v[1].name, "probe");
    CHECK_EQ(r->by[DIM_SIDE].own_v[0].n + r->by[DIM_SIDE].own_v[1].n, COUNT_OF(net));
    drop(r);
}

TEST(noise_is_said_to_be_noise_and_an_edge_is_not)
{
    UNUSED_STATE;
    f64 noise[300];
    f64 edge[300];
    for (u32 i = 0; i < COUNT_OF(noise); i++) {
        f64 x = rng_unit((rng_key_t){.seed = 9, .purpose = RNG_TEST}, i) - 0.5;
        noise[i] = 100.0 * x;
        edge[i] = 100.0 * x + 30.0;
    }
    report_t *r = report_of(noise, COUNT_OF(noise));
    char *own = text_of(r, true);
    CHECK(!r->distinguishable);
    CHECK(strstr(own, "not distinguishable from zero") != NULL);
    CHECK(r->r.low < 0 && r->r.high > 0);
    free(own);
    drop(r);
    r = report_of(edge, COUNT_OF(edge));
    own = text_of(r, true);
    CHECK(r->distinguishable);
    CHECK(strstr(own, "not distinguishable from zero") == NULL);
    CHECK(r->r.low > 0.3 && r->r.high < 0.9);
    free(own);
    drop(r);
}

TEST(no_ratio_is_shown_under_thirty_trades)
{
    UNUSED_STATE;
    static u8 memory[1 << 16];
    f64 net[30];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 2 == 0 ? 60.0 : -40.0;
    }
    for (u32 n = 29; n <= 30; n++) {
        report_t *r = report_of(net, n);
        jsonw_t w;
        jsonw_init(&w, memory, sizeof memory - 1);
        report_json(r, &w);
        CHECK_OK(jsonw_done(&w));
        memory[w.used] = 0;
        CHECK_EQ(strstr((char *)memory, "\"sharpe\":null") != NULL, n == 29);
        CHECK_EQ(strstr((char *)memory, "\"win_rate\":null") != NULL, n == 29);
        CHECK(strstr((char *)memory, "\"metrics\":{\"total_return\":null") == NULL);
        CHECK(strstr((char *)memory, "\"annualisation\":252") != NULL);
        char *own = text_of(r, false);
        CHECK_EQ(strstr(own, "SQN                   under 30 trades") != NULL, n == 29);
        free(own);
        drop(r);
    }
}

TEST(nothing_traded_is_a_report_too)
{
    UNUSED_STATE;
    report_t *r = report_of(NULL, 0);
    char *own = text_of(r, false);
    CHECK(!r->distinguishable && !r->r_known && !r->cost_share.ok);
    CHECK(strstr(own, "not distinguishable from zero") != NULL);
    CHECK(strstr(own, "nan") == NULL && strstr(own, "inf ") == NULL);
    CHECK(strstr(own, "\nno session has ended, 2 symbols") != NULL);
    free(own);
    drop(r);
}

TEST(no_line_is_wider_than_a_hundred)
{
    UNUSED_STATE;
    f64 net[60];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 3 == 0 ? 12345.67 : -2345.6;
    }
    report_t *r = report_of(net, COUNT_OF(net));
    char *own = text_of(r, false);
    u32 width = 0;
    for (const char *p = own; *p != '\0'; p++) {
        width = *p == '\n' ? 0 : width + 1;
        CHECK(width <= 100);
    }
    free(own);
    drop(r);
}

/* Every tag that is opened is closed in its order, but for those that have no end. False names the place. */
static bool is_nested(const char *page)
{
    static const char *const void_tags[] = {"meta", "br", "!doctype"};
    char open[64][16];
    u32 depth = 0;
    for (const char *c = strchr(page, '<'); c != NULL; c = strchr(c + 1, '<')) {
        char name[16] = "";
        bool closing = c[1] == '/';
        const char *end = strchr(c, '>');
        CHECK(end != NULL);
        (void)sscanf(c + (closing ? 2 : 1), "%15[a-z0-9!]", name);
        bool alone = end[-1] == '/';
        for (u32 i = 0; i < COUNT_OF(void_tags); i++) {
            alone = alone || strcmp(name, void_tags[i]) == 0;
        }
        if (closing) {
            if (depth == 0 || strcmp(open[depth - 1], name) != 0) {
                print_error("</%s> after <%s>: %.60s\n", name, depth > 0 ? open[depth - 1] : "", c);
                return false;
            }
            depth--;
        } else if (!alone) {
            CHECK(depth < COUNT_OF(open));
            (void)snprintf(open[depth++], sizeof open[0], "%s", name);
        }
    }
    return depth == 0;
}

static char *page_of(const report_t *r)
{
    char *page = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&page, &size);
    CHECK(f != NULL);
    CHECK_OK(report_html(r, f));
    CHECK_EQ(fclose(f), 0);
    return page;
}

/* The page needs nothing from outside, carries what the text carries, and treats names as text. */
TEST(one_page_whole_in_itself)
{
    UNUSED_STATE;
    f64 net[400];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 3 == 0 ? 150.0 : -60.0;
    }
    static const u32 counts[] = {0, 1, 29, 400};
    for (u32 k = 0; k < COUNT_OF(counts); k++) {
        report_t *r = report_of(net, counts[k]);
        if (r->facts.inst_count > 0) {
            (void)snprintf(r->facts.own_insts[0].symbol, sizeof r->facts.own_insts[0].symbol, "<b>&'\"");
        }
        char *page = page_of(r);
        CHECK(is_nested(page));
        CHECK(strstr(page, "<script") == NULL && strstr(page, "http") == NULL &&
              strstr(page, "url(") == NULL);
        CHECK(strstr(page, "nan") == NULL && strstr(page, "inf<") == NULL && strstr(page, "-nan") == NULL);
        CHECK(strstr(page, "<b>") == NULL);
        CHECK_EQ(strstr(page, "<h1>No session has ended</h1>") != NULL, counts[k] == 0);
        CHECK(counts[k] == 0 || strstr(page, "&lt;b&gt;&amp;&#39;&quot;") != NULL);
        CHECK(strstr(page, "under 30 trades") != NULL || counts[k] >= METRICS_MIN_TRADES);
        char *again = page_of(r);
        assert_string_equal(page, again);
        free(again);
        free(page);
        drop(r);
    }
}

static u32 count_in(const char *page, const char *text)
{
    u32 n = 0;
    for (const char *at = strstr(page, text); at != NULL; at = strstr(at + 1, text)) {
        n++;
    }
    return n;
}

/* What the text tells of taxes and loops the page tells too. */
TEST(the_page_has_lots_and_what_was_told)
{
    UNUSED_STATE;
    f64 net[40] = {10.0};
    report_t *r = report_of(net, COUNT_OF(net));
    static lot_closed_t closed[2];
    closed[0] = (lot_closed_t){.account = 1, .closed = date_from_ymd(2010, 3, 1), .basis = {dollars(1000)},
                               .proceeds = {dollars(900)}, .disallowed = {dollars(40)}};
    closed[1] = (lot_closed_t){.account = 1, .closed = date_from_ymd(2011, 3, 1), .basis = {dollars(1000)},
                               .proceeds = {dollars(3234.5)}, .long_term = true,
                               .carried = {dollars(30)}};
    r->facts.tax.lots.closed = closed;
    r->facts.tax.lots.closed_count = 2;
    r->rates = (lots_rates_t){.short_pct = 32, .long_pct = 10};
    r->rates_known = true;
    r->facts.told_count = 2;
    r->facts.told[0] = (report_told_t){.row = 999, .count = 3};
    (void)snprintf(r->facts.told[0].text, sizeof r->facts.told[0].text, "of <tomorrow>");
    r->facts.told[1] = (report_told_t){.row = plan_at(0)->id, .count = 7};
    char *page = page_of(r);
    CHECK(is_nested(page));
    CHECK(strstr(page, "<h2>Tax lots</h2>") != NULL);
    CHECK(strstr(page, "<tr><th>2010</th><td>1</td><td>-$60.00</td><td>$0.00</td><td>$40.00</td>"
                       "<td>$0.00</td><td>-$60.00</td><td>-$19.20</td></tr>") != NULL);
    CHECK(strstr(page, "<tr><th>2011</th><td>1</td><td>$0.00</td><td>$2,234.50</td><td>$0.00</td>"
                       "<td>$30.00</td>") != NULL);
    CHECK(strstr(page, "$40.00 deferred by washes = $30.00 used in lots closed later + $0.00 in open lots "
                       "+ $10.00 of other accounts.</p>") != NULL);
    CHECK(strstr(json_of(r), "\"deferred\":40,\"deferred_used\":0") != NULL);
    CHECK(strstr(json_of(r), "\"deferred\":0,\"deferred_used\":30") != NULL);
    char *own = text_of(r, false);
    CHECK(strstr(own, "\nyear    lots     short-term      long-term      deferred  used of before") != NULL);
    CHECK(strstr(page, "0 lots open, with $0.00 of deferred losses in them") != NULL);
    CHECK(strstr(page, "<h2>Told by loops</h2>") != NULL);
    CHECK(strstr(page, "<tr><th>of another version</th><td>3</td>"
                       "<td class=\"text\">of &lt;tomorrow&gt;</td>") != NULL);
    CHECK(strstr(page, plan_at(0)->name) != NULL);
    free(own);
    free(page);
    r->facts.tax.broken = true;
    (void)snprintf(r->facts.tax.why, sizeof r->facts.tax.why, "a <fill> too many");
    r->facts.told_count = 0;
    page = page_of(r);
    CHECK(strstr(page, "Not known: a &lt;fill&gt; too many<") != NULL && strstr(page, "Told by") == NULL);
    r->facts.tax.lots.closed = NULL;
    free(page);
    drop(r);
}

/* On a narrow screen a table or a picture scrolls in its own box, and nothing else is wider than the page. */
TEST(what_is_wide_scrolls_in_its_box)
{
    UNUSED_STATE;
    f64 net[400];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 3 == 0 ? 150.0 : -60.0;
    }
    report_t *r = report_of(net, COUNT_OF(net));
    char *page = page_of(r);
    u32 pictures = count_in(page, "<svg viewBox=\"0 0 1000 ");
    CHECK(pictures > 5 && count_in(page, "<table") > 8 && strstr(page, ".wide{overflow-x:auto") != NULL);
    CHECK_EQ(count_in(page, "<div class=\"wide\"><table"), count_in(page, "<table"));
    CHECK_EQ(count_in(page, "<div class=\"wide\"><svg"), pictures);
    free(page);
    drop(r);
}

/* What is missing is named as what it is: sessions, money or the proxy, and not trades that are there. */
TEST(a_figure_says_what_it_lacks)
{
    UNUSED_STATE;
    f64 net[40];
    for (u32 i = 0; i < COUNT_OF(net); i++) {
        net[i] = i % 2 == 0 ? 60.0 : -40.0;
    }
    report_t *r = report_of(net, COUNT_OF(net));
    (void)snprintf(r->bench.proxy.why, sizeof r->bench.proxy.why, "no daily bars of SPY are stored");
    char *own = page_of(r);
    CHECK(strstr(own, ">Beta to the proxy</th><td>no daily bars of SPY are stored<") != NULL);
    CHECK(strstr(own, ">under ") == NULL);
    free(own);
    drop(r);
    r = report_of_days(net, COUNT_OF(net), 1, -1);
    own = text_of(r, false);
    CHECK(strstr(own, "CAGR                  under 2 sessions Sharpe    ") != NULL);
    CHECK(strstr(own, " under 30 trades ") == NULL);
    free(own);
    own = page_of(r);
    CHECK(strstr(own, "<td>under 2 sessions<") != NULL && strstr(own, ">under 30 trades<") == NULL);
    free(own);
    drop(r);
    r = report_of_days(net, COUNT_OF(net), 2, 0);
    own = text_of(r, false);
    CHECK(strstr(own, "CAGR                  equity at zero ") != NULL);
    free(own);
    drop(r);
}

TEST(one_trade_has_no_error)
{
    UNUSED_STATE;
    static const f64 net[] = {60.0};
    report_t *r = report_of(net, 1);
    char *own = text_of(r, false);
    CHECK(strstr(own, "mean +1.2000 R\n") != NULL && strstr(own, "0.0000") == NULL);
    free(own);
    own = page_of(r);
    CHECK(strstr(own, "<td>+1.2000</td><td></td>") != NULL && strstr(own, "<td>0.0000</td>") == NULL);
    free(own);
    drop(r);
}

TEST(a_proxy_that_is_not_known_has_its_name)
{
    UNUSED_STATE;
    report_facts_t facts = {.day_count = 1};
    report_benchmarks_t bench;
    report_made_t made = {0};
    CHECK_OK(report_benchmarks("/nowhere", &facts, &made, &bench));
    assert_string_equal(bench.proxy_symbol, "SPY");
    assert_string_equal(bench.proxy.why, "fewer than two sessions");
}

/* Whose a trade was stands beside it where several users traded, and only there. */
TEST(trades_of_many_name_their_user)
{
    UNUSED_STATE;
    static const f64 net[4] = {10, -5, 20, -7};
    for (u32 users = 1; users <= 2; users++) {
        report_t *r = report_of(net, COUNT_OF(net));
        r->facts.users.own_v = calloc(2, sizeof *r->facts.users.own_v);
        assert_non_null(r->facts.users.own_v);
        r->facts.users.count = users;
        for (u64 i = 0; i < users; i++) {
            report_user_t *u = &r->facts.users.own_v[i];
            u->account = i + 1;
            (void)snprintf(u->name, sizeof u->name, "%s", i == 0 ? "anna" : "b<b");
        }
        for (u32 i = 0; i < COUNT_OF(net); i++) {
            r->facts.own_trades[i].account = 1 + i % users;
        }
        char *own = page_of(r);
        CHECK(is_nested(own));
        const char *trades = strstr(own, "All 4 trades");
        CHECK(trades != NULL);
        CHECK_EQ(strstr(trades, "<th class=\"name\">user</th>") != NULL, users == 2);
        CHECK_EQ(strstr(trades, "<tr><th class=\"name\">b&lt;b</th>") != NULL, users == 2);
        free(own);
        drop(r);
    }
}

TEST(trades_as_csv)
{
    UNUSED_STATE;
    f64 const net[] = {100, -50};
    report_t *r = report_of(net, COUNT_OF(net));
    char *own = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&own, &n);
    CHECK_OK(report_csv(r, f));
    CHECK_EQ(fclose(f), 0);
    CHECK_STR(
        own,
        "open_date,close_date,symbol,side,qty,open_rate,close_rate,fee,profit_abs,profit_ratio,enter_tag,"
        "exit_reason,max_rate,min_rate\n"
        "2010-01-01T00:00:00Z,2010-01-01T01:00:00Z,A,short,100,20.00,21.00,0.50,100.00,0.050000,breakout "
        "probe,target,0.00,0.00\n"
        "2010-01-02T00:00:00Z,2010-01-02T01:00:00Z,B,long,100,20.00,19.50,0.50,-50.00,-0.025000,breakout,"
        "stop,0.00,0.00\n");
    free(own);
    drop(r);
}

/* ---- many users ---- */

enum { MANY = 3 };

/* The facts of `account` alone, or of all together (0), in a run of three with the most there may be. */
static report_t *many_of(u64 account)
{
    static const char *const names[MANY] = {"anna", "bert", "a_name_of_thirty_one_letters_ab"};
    f64 const net[] = {100, -50};
    report_t *r = report_of(net, COUNT_OF(net));
    r->facts.users.own_v = calloc(MANY, sizeof *r->facts.users.own_v);
    r->facts.users.count = MANY;
    assert_non_null(r->facts.users.own_v);
    for (u32 i = 0; i < MANY; i++) {
        i64 cash = i == 0 ? (i64)1000000000000 * MONEY_SCALE : dollars(50000);
        report_user_t *u = &r->facts.users.own_v[i];
        *u = (report_user_t){.account = i + 1, .start.v = cash, .equity.v = cash, .closed = i};
        u->net.v = -cash;
        u->fees.v = cash;
        (void)snprintf(u->name, sizeof u->name, "%s", names[i]);
        (void)snprintf(u->preset, sizeof u->preset, "ultra_conservative");
    }
    r->facts.account = account;
    r->facts.own_trades[0].account = 2;
    r->facts.own_trades[1].account = account == 0 ? 1 : 2;
    return r;
}

/* Lots as a file look like the trades as a file: money exact with cents at least, and whose by name. */
TEST(lots_as_csv)
{
    UNUSED_STATE;
    lot_closed_t closed[1];
    lot_open_t open[1];
    closed[0] = (lot_closed_t){.account = 2, .qty = 100, .acquired = DAY0, .held_from = DAY0,
                               .closed = DAY0 + 3, .basis = {dollars(1000)}, .proceeds = {dollars(900.5)},
                               .disallowed = {123456}};
    open[0] = (lot_open_t){.account = 1, .inst = 1, .qty = 5, .acquired = DAY0, .held_from = DAY0,
                           .basis = {dollars(77.25)}};
    for (u32 many = 0; many < 2; many++) {
        report_t *r = many != 0 ? many_of(0) : report_of((f64[]){10.0}, 1);
        r->facts.tax.lots.closed = closed;
        r->facts.tax.lots.closed_count = 1;
        r->facts.tax.lots.open = open;
        r->facts.tax.lots.open_count = 1;
        char *own = printed(r, report_lots_csv);
        CHECK(strncmp(own, "symbol,side,qty,acquired,", 25) == 0);
        CHECK(strstr(own, many != 0 ? "price_after_tax,user\n" : "price_after_tax\n") != NULL);
        CHECK(strstr(own, ",long,100,2010-01-01,2010-01-01,2010-01-04,1000.00,0.00,900.50,-99.50,0.123456,"
                          "short,9.005000,") != NULL);
        CHECK(strstr(own, many != 0 ? "short,9.005000,,bert\n" : "short,9.005000,\n") != NULL);
        CHECK(strstr(own, many != 0 ? ",77.25,0.00,,,,,,,anna\n" : ",77.25,0.00,,,,,,\n") != NULL);
        free(own);
        r->facts.tax.lots = (lots_t){0};
        drop(r);
    }
}

/* Who is asked for alone stands alone: of the others nothing was read, so nothing may be shown. */
TEST(one_of_many_stands_alone)
{
    UNUSED_STATE;
    report_t *r = many_of(2);
    char *own = text_of(r, false);
    CHECK(strstr(own, "user bert alone, of 3") != NULL && strstr(own, "\nbert  ultra") != NULL);
    CHECK(strstr(own, "anna") == NULL && strstr(own, "a_name") == NULL);
    free(own);
    const char *json = json_of(r);
    CHECK(strstr(json, "\"user\":\"bert\"") != NULL && strstr(json, "\"name\":\"bert\"") != NULL);
    CHECK(strstr(json, "anna") == NULL && strstr(json, "a_name") == NULL);
    own = printed(r, report_html);
    CHECK(strstr(own, "Bars are on a scale of powers of ten.") != NULL); /* the eye reads a share else */
    CHECK(strstr(own, "user bert alone, of 3") != NULL && strstr(own, ", bert</title>") != NULL);
    CHECK(strstr(own, "<th class=\"name\">bert</th><th class=\"name\">ultra") != NULL);
    CHECK(strstr(own, "anna") == NULL && strstr(own, "a_name") == NULL);
    free(own);
    drop(r);
    r = many_of(0);
    CHECK(strstr(json_of(r), "\"user\":") == NULL && strstr(json_of(r), "anna") != NULL);
    own = printed(r, report_html);
    CHECK(strstr(own, "3 users together, per_user") != NULL);
    CHECK(strstr(own, "<th class=\"name\">anna</th><th class=\"name\">ultra") != NULL);
    free(own);
    drop(r);
}

TEST(trades_of_many_tell_whose)
{
    UNUSED_STATE;
    report_t *r = many_of(0);
    char *own = printed(r, report_csv);
    CHECK(strstr(own, "max_rate,min_rate,user\n") != NULL);
    CHECK(strstr(own, "probe,target,0.00,0.00,bert\n") != NULL && strstr(own, ",0.00,anna\n") != NULL);
    free(own);
    drop(r);
}

/* What loops told last is somebody's, in each form; in a run of one it needs no name. */
TEST(what_was_told_says_to_whom)
{
    UNUSED_STATE;
    for (u32 many = 0; many < 2; many++) {
        report_t *r = many != 0 ? many_of(0) : report_of((f64[]){10.0}, 1);
        r->facts.told_count = 2;
        r->facts.told[0] = (report_told_t){.row = 999, .count = 3, .account = many != 0 ? 2 : 0};
        (void)snprintf(r->facts.told[0].text, sizeof r->facts.told[0].text, "open risk 3 %%");
        r->facts.told[1] = (report_told_t){.row = 998, .count = 1};
        (void)snprintf(r->facts.told[1].text, sizeof r->facts.told[1].text, "of everybody");
        char *own = text_of(r, false);
        CHECK(strstr(own, many != 0 ? "  bert: open risk 3 %" : "  open risk 3 %") != NULL);
        free(own);
        own = printed(r, report_html);
        CHECK(strstr(own, many != 0 ? ">bert: open risk 3 %<" : ">open risk 3 %<") != NULL);
        free(own);
        CHECK((strstr(json_of(r), "\"last\":\"open risk 3 %\",\"user\":\"bert\"") != NULL) == (many != 0));
        drop(r);
    }
}

/* Eight columns of each user, a blank between any two, at a trillion dollars and thirty-one letters too. */
TEST(columns_do_not_run_together)
{
    UNUSED_STATE;
    report_t *r = many_of(0);
    char *own = text_of(r, false);
    const char *row = strstr(own, "\nanna ");
    for (u32 i = 0; i < MANY; i++) {
        u32 words = 0;
        assert_non_null(row);
        for (const char *c = row + 1; *c != '\n'; c++) {
            words += *c != ' ' && (c[-1] == ' ' || c[-1] == '\n') ? 1 : 0;
        }
        CHECK_EQ(words, 8);
        row = strchr(row + 1, '\n');
    }
    CHECK(strstr(own, "  1000000000000.00  ") != NULL);
    CHECK(strstr(own, "\na_name_of_thirty_one_letters_ab  ") != NULL);
    r->by[DIM_SIDE].own_v[0].net = (i64)1000000000000 * MONEY_SCALE;
    r->by[DIM_SIDE].own_v[0].n = 9999999;
    free(own);
    own = text_of(r, false);
    CHECK(strstr(own, "9999999 +$1,000,000,000,000.00 ") != NULL);
    free(own);
    drop(r);
}

/* What the house handed on is neither refused nor traded: the page's sum says so too. */
TEST(the_sum_of_candidates_is_true_in_each_form)
{
    UNUSED_STATE;
    char sum[] = "10 entered = 2 sent + 5 refused + 3 handed on by the house; of the sent 1 filled";
    report_t *r = many_of(0);
    r->facts.entered = 10;
    r->facts.traded = 2;
    r->facts.filled = 1;
    r->facts.handed = 3;
    char *own = text_of(r, false);
    CHECK(strstr(own, sum) != NULL);
    free(own);
    own = printed(r, report_html);
    CHECK(strstr(own, sum) != NULL);
    free(own);
    CHECK(strstr(json_of(r), "\"traded\":2,\"filled\":1,\"refused\":5,\"handed_on\":3") != NULL);
    drop(r);
}

/* ---- a journal ---- */

static void append(journal_t *j, event_t e)
{
    CHECK_OK(journal_append(j, &e));
}

static void write_start(journal_t *j, const config_t *c)
{
    static u8 config[1 << 15];
    u8 table[256];
    writer_t cw = writer_of(config, sizeof config);
    writer_t tw = writer_of(table, sizeof table);
    CHECK_OK(c == NULL ? ERR_OK : config_encode(c, &cw));
    put_varint(&tw, 1);
    put_str(&tw, STR("ZZ"));
    put_u8(&tw, CLASS_STOCK);
    put_u8(&tw, 1);
    put_u8(&tw, 0);
    put_i64(&tw, 1);
    event_t e = {.head = {.kind = EV_RUN_START}};
    e.as.RUN_START.config_text = (blob_t){.p = config, .n = (u32)cw.used};
    if (c == NULL) { /* of a version to come */
        e.as.RUN_START.config_text = (blob_t){.p = (const u8 *)"nonesuch.key = 1\n", .n = 17};
        e.as.RUN_START.run_spec = e.as.RUN_START.config_text;
    }
    e.as.RUN_START.instrument_table = (blob_t){.p = table, .n = (u32)tw.used};
    e.as.RUN_START.instruments = 1;
    append(j, e);
}

/* One cycle: two entered, one refused by price and rank, one at stage 8. */
static void write_cycle(journal_t *j)
{
    static u8 bytes[4096];
    screen_refusal_t refusal = {.inst = 1, .mask = (1U << 2) | (1U << 12), .value = 10};
    cycle_record_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->version = RECORD_VERSION;
    r->cycle = 1;
    r->universe = 2;
    r->refusal = &refusal;
    r->refusal_count = 1;
    r->cand_count = 1;
    r->stage_in[6] = 2;
    r->cand[0] = (cand_record_t){.inst = 0, .d = 1, .refused_stage = 8, .gate_count = 2};
    r->cand[0].gate[0] = (gate_t){.rule = RULE_COMPOSITE_MIN, .value = 3900, .threshold = 4000};
    r->cand[0].gate[1] = (gate_t){.rule = RULE_STRATEGY_MIN, .value = 10, .threshold = 3500};
    writer_t w = writer_of(bytes, sizeof bytes);
    CHECK_OK(record_cycle_encode(r, &w));
    event_t e = {.head = {.kind = EV_DECISION}};
    e.as.DECISION.form = RECORD_CYCLE;
    e.as.DECISION.record = (blob_t){.p = bytes, .n = (u32)w.used};
    append(j, e);
    free(r);
}

/* Two of a row that is known, one of a row that is not. */
static void write_notices(journal_t *j)
{
    static const struct {
        u16 row;
        const char *text;
    } told[] = {{50, "open risk 3.90 % of equity"},
                {999, "of tomorrow"},
                {50, "open risk 1.00 % of equity, and more of it than one line of this report can hold"}};
    for (u32 i = 0; i < COUNT_OF(told); i++) {
        event_t e = {.head = {.kind = EV_NOTICE}};
        str_t text = str_from(told[i].text);
        e.as.NOTICE = (ev_NOTICE_t){.loop = told[i].row, .text = {.p = text.p, .n = text.n}};
        append(j, e);
    }
}

/* Another entry, whose two slices fill in three parts. */
static void write_sliced(journal_t *j, event_t buy)
{
    static const u8 slice_of[] = {7, 3, 7};
    event_t e = {.head = {.kind = EV_INTENT}};
    e.as.INTENT = (ev_INTENT_t){.id = {{9}}, .flags = INTENT_SLICED, .role = ROLE_ENTRY, .side = SIDE_BUY,
                                .qty = 30, .reference = 20 * PRICE_SCALE};
    append(j, e);
    for (u32 i = 0; i < 2; i++) {
        e.as.INTENT = (ev_INTENT_t){.id = {{slice_of[i]}}, .parent = {{9}}, .role = ROLE_ENTRY,
                                    .side = SIDE_BUY, .qty = i == 0 ? 20 : 10, .reference = 20 * PRICE_SCALE};
        append(j, e);
    }
    for (u32 i = 0; i < COUNT_OF(slice_of); i++) {
        buy.as.FILL.exec_id = 3 + i;
        buy.as.FILL.intent.b[0] = slice_of[i];
        append(j, buy);
    }
}

/* A trade and three sessions; `within` buys once more behind the last of them. */
static void write_trade(journal_t *j, const lesson_record_t *l, bool within)
{
    u8 bytes[LESSON_BYTES_MAX];
    writer_t w = writer_of(bytes, sizeof bytes);
    CHECK_OK(lesson_encode(l, &w));
    event_t buy = {.head = {.kind = EV_FILL}};
    buy.as.FILL = (ev_FILL_t){.exec_id = 1,
                              .side = SIDE_BUY,
                              .role = ROLE_ENTRY,
                              .qty = 10,
                              .price = 20 * PRICE_SCALE,
                              .fee = dollars(1),
                              .cash_after = dollars(4799),
                              .position_after = 10};
    event_t sell = buy;
    sell.as.FILL = (ev_FILL_t){.exec_id = 2,
                               .side = SIDE_SELL,
                               .role = ROLE_EXIT,
                               .qty = 10,
                               .price = 21 * PRICE_SCALE,
                               .fee = dollars(1),
                               .cash_after = dollars(5008),
                               .position_after = 0};
    sell.as.FILL.intent.b[0] = 5;
    event_t lesson = {.head = {.kind = EV_LESSON}};
    lesson.as.LESSON.record = (blob_t){.p = bytes, .n = (u32)w.used};
    event_t slice = {.head = {.kind = EV_SLICE}};
    slice.as.SLICE = (ev_SLICE_t){.t_open = 100, .t_known = 160, .timeframe = TF_1M};
    append(j, slice);
    append(j, buy); /* the slice of its bar comes behind it, and here behind all of the trade */
    append(j, sell);
    append(j, lesson);
    slice.as.SLICE = (ev_SLICE_t){.t_open = 160, .t_known = 220, .timeframe = TF_1M};
    append(j, slice);
    for (u32 i = 0; i < 3; i++) {
        event_t day = {.head = {.kind = EV_EQUITY}};
        day.as.EQUITY = (ev_EQUITY_t){.session = DAY0 + i, .cash = dollars(5008), .equity = dollars(5008)};
        append(j, day);
    }
    if (within) {
        write_sliced(j, buy);
    }
}

static void write_run(const char *root, bool within)
{
    home_t home;
    store_t *s = NULL;
    journal_t *j = NULL;
    config_t c = config_default(PROFILE_SWING, PRESET_MODERATE);
    CHECK_OK(home_open(root, HOME_CREATE, NULL, &home));
    CHECK_OK(store_open_home(&home, false, false, NULL, &s));
    u64 seed = 3;
    run_start_t start = {.kind = RUN_BACKTEST, .incarnation = id128_of(&seed, sizeof seed), .seed = 3};
    journal_options_t o = {0};
    CHECK_OK(journal_create(s, &start, &o, NULL, &j));
    lesson_record_t l = {.version = 1,
                         .direction = 1,
                         .strategy = 2,
                         .qty = 10,
                         .entry = 20 * PRICE_SCALE,
                         .exit = 21 * PRICE_SCALE,
                         .gross = dollars(10),
                         .fees = dollars(2),
                         .net = dollars(8),
                         .r = PRICE_SCALE,
                         .net_r = 800000,
                         .exit_date = DAY0,
                         .reason = EXIT_TARGET};
    write_start(j, &c);
    write_cycle(j);
    write_notices(j);
    write_trade(j, &l, within);
    run_end_t end = {.status = within ? RUN_STOPPED : RUN_ENDED,
                     .counts = STR("{\"members_of\":\"2009-12-31\"}")};
    CHECK_OK(journal_finish(j, &end, NULL));
    journal_close(j);
    store_close(s);
    home_close(&home);
}

TEST(a_written_run_is_read)
{
    UNUSED_STATE;
    char root[HOME_SIZE];
    home_make(root);
    write_run(root, false);
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    diag_t diag = {0};
    CHECK_OK(report_build(&(report_ask_t){.home = root, .run = "latest"}, &diag, r));
    CHECK_EQ(r->facts.start.v, dollars(5000)); /* cash before the first fill: 4799 + 200 + 1 */
    CHECK_EQ(r->facts.trade_count, 1);
    CHECK_EQ(r->facts.own_trades[0].bar, 160);
    CHECK_EQ(r->facts.day_count, 3);
    CHECK_EQ(r->facts.fills, 2);
    CHECK_EQ(r->facts.filled, 1); /* the exit's fill proves no entry */
    CHECK_EQ(r->facts.open_positions, 0);
    NEAR(r->net_total, 8.0);
    NEAR(r->net, 8.0);
    CHECK_EQ(r->facts.cycles, 1);
    CHECK_EQ(r->facts.refused[6], 1);
    CHECK_EQ(r->facts.refused[8], 1);
    CHECK_EQ(r->facts.rule_decided[RULE_PRICE_MIN], 1);
    CHECK_EQ(r->facts.rule_decided[RULE_RANK], 0);
    CHECK_EQ(r->facts.rule_failed[RULE_RANK], 1);
    CHECK_EQ(r->facts.rule_decided[RULE_COMPOSITE_MIN], 1);
    CHECK_EQ(r->facts.rule_failed[RULE_STRATEGY_MIN], 1);
    CHECK_STR(r->facts.members_of, "2009-12-31");
    CHECK_EQ(r->facts.trials, 1);
    CHECK(!r->bench.proxy.known && r->bench.proxy.why[0] != '\0');
    char *own = text_of(r, true);
    CHECK(strstr(own, "survivorship: members of 2009-12-31") != NULL);
    CHECK(strstr(own, "told by loops") == NULL); /* the first screen is for what was made */
    CHECK_EQ(r->facts.unmarked, 0);
    CHECK(strstr(own, "within a session") == NULL);
    free(own);
    own = text_of(r, false);
    CHECK(strstr(own, "\nrisk                     2  open risk 1.00 % of equity, and more of it than one "
                      "line of this report\n                            can hold\n") != NULL);
    CHECK(strstr(own, "\nof another version       1  of tomorrow\n") != NULL);
    free(own);
    CHECK(strstr(json_of(r), "\"count\":2,\"last\":\"open risk 1.00 % of equity, and") != NULL);
    drop(r);
    r = calloc(1, sizeof *r);
    assert_non_null(r);
    CHECK_EQ(report_build(&(report_ask_t){.home = root, .run = "nosuchrun"}, &diag, r), ERR_NOT_FOUND);
    drop(r);
    home_remove(root);
}

/* What another program wrote is read, and told to be that, in each form. */
TEST(a_record_of_another_version_says_so)
{
    UNUSED_STATE;
    static const char *const said[] = {"recorded by other decision code", "its settings cannot be read",
                                       "what it ran on cannot be read"};
    for (u32 known = 0; known < 2; known++) {
        char root[HOME_SIZE];
        home_make(root);
        home_t home;
        store_t *s = NULL;
        journal_t *j = NULL;
        config_t c = config_default(PROFILE_SWING, PRESET_MODERATE);
        u64 seed = 5;
        run_start_t start = {.kind = RUN_BACKTEST, .incarnation = id128_of(&seed, sizeof seed)};
        start.logic = known != 0 ? engine_logic_id(&c) : start.logic;
        CHECK_OK(home_open(root, HOME_CREATE, NULL, &home));
        CHECK_OK(store_open_home(&home, false, false, NULL, &s));
        CHECK_OK(journal_create(s, &start, &(journal_options_t){0}, NULL, &j));
        write_start(j, known != 0 ? &c : NULL);
        CHECK_OK(journal_finish(j, &(run_end_t){.status = RUN_ENDED, .counts = STR("{}")}, NULL));
        journal_close(j);
        store_close(s);
        home_close(&home);
        report_t *r = calloc(1, sizeof *r);
        assert_non_null(r);
        CHECK_OK(report_build(&(report_ask_t){.home = root, .run = "latest"}, NULL, r));
        char *own[] = {text_of(r, true), printed(r, report_html)};
        for (u32 i = 0; i < COUNT_OF(own); i++) {
            for (u32 k = 0; k < COUNT_OF(said); k++) {
                CHECK_EQ(strstr(own[i], said[k]) != NULL, known == 0);
            }
            free(own[i]);
        }
        CHECK(strstr(json_of(r), known != 0 ? "\"same_logic\":true,\"settings_read\":true,\"spec_read\":true"
                                            : "\"same_logic\":false,\"settings_read\":false,"
                                              "\"spec_read\":false") != NULL);
        drop(r);
        home_remove(root);
    }
}

/* Fills behind the last mark are counted while equity does not hold them: that is said where both stand. */
TEST(a_run_that_ends_within_a_session_says_so)
{
    UNUSED_STATE;
    char root[HOME_SIZE];
    diag_t diag = {0};
    home_make(root);
    write_run(root, true);
    report_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    CHECK_OK(report_build(&(report_ask_t){.home = root, .run = "latest"}, &diag, r));
    CHECK_EQ(r->facts.unmarked, 3);
    CHECK_EQ(r->facts.filled, 2);
    char *own = text_of(r, true);
    CHECK(strstr(own, "ends within a session: equity is of the end of 2010-01-03, ") != NULL);
    free(own);
    own = printed(r, report_html);
    CHECK(strstr(own, "ends within a session: equity is of the end of 2010-01-03, trades") != NULL);
    free(own);
    CHECK(strstr(json_of(r), "\"booked_since_equity\":3") != NULL);
    drop(r);
    home_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_worked_out_by_hand),
        cmocka_unit_test(errors_of_means_by_hand),
        cmocka_unit_test(lists_have_an_order),
        cmocka_unit_test(exposure_is_told_as_what_it_is),
        cmocka_unit_test(parts_add_up_to_the_whole),
        cmocka_unit_test(noise_is_said_to_be_noise_and_an_edge_is_not),
        cmocka_unit_test(no_ratio_is_shown_under_thirty_trades),
        cmocka_unit_test(nothing_traded_is_a_report_too),
        cmocka_unit_test(no_line_is_wider_than_a_hundred),
        cmocka_unit_test(one_page_whole_in_itself),
        cmocka_unit_test(lots_as_csv),
        cmocka_unit_test(the_page_has_lots_and_what_was_told),
        cmocka_unit_test(what_is_wide_scrolls_in_its_box),
        cmocka_unit_test(a_figure_says_what_it_lacks),
        cmocka_unit_test(one_trade_has_no_error),
        cmocka_unit_test(a_proxy_that_is_not_known_has_its_name),
        cmocka_unit_test(trades_of_many_name_their_user),
        cmocka_unit_test(trades_as_csv),
        cmocka_unit_test(one_of_many_stands_alone),
        cmocka_unit_test(trades_of_many_tell_whose),
        cmocka_unit_test(what_was_told_says_to_whom),
        cmocka_unit_test(columns_do_not_run_together),
        cmocka_unit_test(the_sum_of_candidates_is_true_in_each_form),
        cmocka_unit_test(a_written_run_is_read),
        cmocka_unit_test(a_record_of_another_version_says_so),
        cmocka_unit_test(a_run_that_ends_within_a_session_says_so),
    };
    return RUN_TESTS(tests);
}
