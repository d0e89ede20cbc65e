/* What companies do in the simulated market: every action fits the prices around it, nothing is gained by
 * knowing that it will happen, and what ends has no bars any more. */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/market.h"
#include "tests/sim/made_market.h"

enum { STOCKS = 120, HISTORY = 700, MINUTE_DAYS = 3 };

typedef struct {
    bool there, ended;
    f64 close;
    f64 split, dividend; /* of today */
} row_t;

typedef struct {
    row_t row[STOCKS + 1];
    u32 splits, dividends, payouts, listed, news[8], agree, differ;
    f64 sum, squares; /* of simple returns, dividends included */
    f64 paid, ex;     /* dividends, and the opens that pay them, in parts of the last price */
    u64 returns;
} tale_t;

static sim_market_t *market(u64 seed, f64 events)
{
    sim_market_spec_t ms = market_of(seed, (made_days_t){HISTORY, 0, MINUTE_DAYS}, 0, events);
    sim_market_t *m = NULL;
    ms.stocks = STOCKS;
    CHECK_OK(sim_market_open(&ms, NULL, &m));
    return m;
}

static void on_action(tale_t *t, const action_t *a)
{
    row_t *r = &t->row[a->inst];
    CHECK(r->there);
    if (a->kind == ACTION_SPLIT) {
        r->split = (f64)a->ratio_num / (f64)a->ratio_den;
        t->splits++;
    } else if (a->kind == ACTION_DIVIDEND) {
        r->dividend = price_to_f64(a->amount);
        t->dividends++;
    } else {
        CHECK_EQ(a->kind, ACTION_PAYOUT);
        CHECK(fabs(price_to_f64(a->amount) - r->close) < 1e-9);
        r->there = false;
        r->ended = true;
        t->payouts++;
    }
}

static void on_bar(tale_t *t, inst_t inst, const bar_t *b, bool first)
{
    row_t *r = &t->row[inst];
    f64 close = price_to_f64(b->close);
    CHECK(!r->ended);
    if (r->there) {
        f64 gain = (close * r->split + r->dividend * r->split) / r->close - 1.0;
        if (r->dividend > 0) {
            t->paid += r->dividend * r->split / r->close;
            t->ex += (price_to_f64(b->open) + r->dividend) * r->split / r->close - 1.0;
        }
        t->sum += gain;
        t->squares += gain * gain;
        t->returns++;
    } else {
        t->listed += first ? 0 : 1;
        r->there = true;
    }
    r->close = close;
    r->split = 1.0;
    r->dividend = 0.0;
}

static void see(tale_t *t, sim_market_t *m)
{
    source_t s = sim_market_source(m);
    slice_t x;
    for (u32 i = 0; i < COUNT_OF(t->row); i++) {
        t->row[i].split = 1.0;
    }
    for (u32 day = 0; s.next(s.ctx, &x, NULL) == ERR_OK && x.timeframe == TF_1D; day++) {
        const sim_news_t *news = NULL;
        u32 n = sim_market_news(m, &news);
        for (u32 i = 0; i < x.action_count; i++) {
            on_action(t, &x.action[i]);
        }
        for (u32 i = 0; i < n; i++) {
            char text[120];
            CHECK(sim_market_headline(m, &news[i], text, sizeof text) > 8);
            CHECK(news[i].t_known < x.t_open);
            t->news[news[i].kind]++;
            const bar_t *b = slice_bar(&x, news[i].inst);
            const row_t *r = &t->row[news[i].inst];
            if (news[i].kind <= SIM_NEWS_FAILURE && fabs(news[i].size) > 0.05) {
                CHECK(b != NULL);
                bool up = price_to_f64(b->open) * r->split > r->close;
                *(up == (news[i].size > 0) ? &t->agree : &t->differ) += 1;
            }
        }
        for (u32 i = 0; i < x.count; i++) {
            on_bar(t, x.inst[i], &x.bar[i], day == 0);
        }
    }
}

TEST(every_event_fits_the_prices_and_is_fair)
{
    UNUSED_STATE;
    f64 mean[2];
    f64 error = 0.0;
    for (u32 k = 0; k < 2; k++) { /* the same factors without events and with them */
        tale_t *t = calloc(1, sizeof *t);
        assert_non_null(t);
        for (u64 seed = 1; seed <= 4; seed++) {
            sim_market_t *m = market(seed, k == 0 ? 0.0 : 1.0);
            memset(t->row, 0, sizeof t->row);
            see(t, m);
            sim_market_close(m);
        }
        mean[k] = t->sum / (f64)t->returns;
        error = sqrt(t->squares) / (f64)t->returns;
        print_message("# %u splits, %u dividends, %u paid out, %u listed, %u reports, %u deals, %u failures; "
                      "the open went with the news %u times, against it %u\n",
                      t->splits, t->dividends, t->payouts, t->listed, t->news[SIM_NEWS_REPORT],
                      t->news[SIM_NEWS_TAKEOVER], t->news[SIM_NEWS_FAILURE], t->agree, t->differ);
        if (k == 1) {
            CHECK(t->splits > 50 && t->dividends > 1500 && t->payouts > 30 && t->listed > 10);
            CHECK(t->news[SIM_NEWS_TAKEOVER] > 20 && t->news[SIM_NEWS_FAILURE] > 5);
            CHECK_EQ(t->news[SIM_NEWS_GONE], t->payouts);
            CHECK(t->agree > 100 * t->differ);
            CHECK(t->paid > 0.002 * t->dividends);
            CHECK(fabs(t->ex) < 0.2 * t->paid); /* what is paid is no longer in the price */
        } else {
            CHECK_EQ(t->splits + t->dividends + t->payouts + t->news[SIM_NEWS_REPORT], 0);
        }
        free(t);
    }
    print_message("# mean daily return %.6f without, %.6f with; error of one %.6f\n", mean[0], mean[1],
                  error);
    CHECK(fabs(mean[1] - mean[0]) < 4.0 * error); /* of two: 2.8 standard errors of the difference */
}

/* The same slices again after going back, actions and news included; another pace is another market. */
TEST(the_same_again)
{
    UNUSED_STATE;
    sim_market_t *m = market(3, 5.0);
    source_t s = sim_market_source(m);
    u64 first = 0;
    for (u32 pass = 0; pass < 2; pass++) {
        u64 sum = 0;
        slice_t x;
        while (s.next(s.ctx, &x, NULL) == ERR_OK) {
            const sim_news_t *news = NULL;
            sum = sum * 31 + slice_hash(&x) + x.action_count * 7 + sim_market_news(m, &news);
        }
        CHECK(pass == 0 || sum == first);
        first = sum;
        sim_market_rewind(m);
    }
    sim_market_t *other = market(3, 4.0);
    source_t o = sim_market_source(other);
    CHECK(!digest_eq(&o.content, &s.content));
    sim_market_close(other);
    sim_market_close(m);
    diag_t d = {0};
    sim_market_spec_t bad = sim_market_spec_default(1);
    bad.events = NAN;
    CHECK_EQ(sim_market_open(&bad, &d, &m), ERR_PARAM_RANGE);
    bad.events = 21;
    CHECK_EQ(sim_market_open(&bad, &d, &m), ERR_PARAM_RANGE);
}

/* Minutes too: an action comes with the first of the session, once, and what is absent has no bar. */
TEST(by_the_minute)
{
    UNUSED_STATE;
    sim_market_spec_t ms = market_of(8, (made_days_t){40, 0, 12}, 1, 20);
    sim_market_t *m = NULL;
    ms.stocks = 60;
    CHECK_OK(sim_market_open(&ms, NULL, &m));
    source_t s = sim_market_source(m);
    slice_t x;
    date_t session = 0;
    u32 acts = 0;
    u32 late = 0;
    u32 ended = 0;
    bool gone[64] = {false};
    while (s.next(s.ctx, &x, NULL) == ERR_OK) {
        if (x.timeframe != TF_1M) {
            continue;
        }
        late += x.action_count > 0 && x.session == session ? 1 : 0;
        session = x.session;
        for (u32 i = 0; i < x.action_count; i++) {
            acts++;
            ended += x.action[i].kind == ACTION_PAYOUT ? 1 : 0;
            gone[x.action[i].inst] = gone[x.action[i].inst] || x.action[i].kind == ACTION_PAYOUT;
        }
        for (u32 i = 0; i < x.count; i++) {
            CHECK(!gone[x.inst[i]]);
            CHECK(i == 0 || x.inst[i] > x.inst[i - 1]);
        }
    }
    CHECK_EQ(late, 0);
    CHECK(acts > 20 && ended > 2);
    sim_market_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_fits_the_prices_and_is_fair),
        cmocka_unit_test(the_same_again),
        cmocka_unit_test(by_the_minute),
    };
    return RUN_TESTS(tests);
}
