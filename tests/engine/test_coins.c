/* Coins under the engine: days of UTC, seven a week, money that settles at once, parts of a unit, nothing
 * borrowed. */
#include "tests/engine/coins.h"

typedef struct {
    bool busy[7];         /* days of the week with fills */
    bool hour[24];        /* hours with fills */
    u64 fills, parts;     /* fills of no whole number of coins */
    u64 shorts, unsettled, borrowed;
    u64 late_volume;      /* relative volumes known behind the first block of a session */
    u64 days_of_trading;  /* sessions whose entries cost more than the account ever had */
    date_t session;
    i64 bought;           /* of this session, money */
    i64 most;             /* equity at the session's start */
    config_t config;      /* as the run recorded it */
    u64 clocks;           /* candidates to whom the hour of the day spoke */
    u64 candidates;
} seen_t;

static void on_fill(seen_t *s, const ev_FILL_t *f)
{
    date_t day = (date_t)(f->t_event / NS_PER_DAY);
    money_t value = {0};
    s->fills++;
    s->busy[date_weekday(day)] = true;
    s->hour[(u32)(f->t_event % NS_PER_DAY / NS_PER_HOUR)] = true;
    s->parts += f->qty % 100000000 != 0 ? 1 : 0;
    s->shorts += f->side == SIDE_SELL_SHORT ? 1 : 0;
    CHECK_OK(money_of((price_t){f->price}, (qty_t){f->qty}, QTY_EXPONENT_MIN, 1, ROUND_NEAREST, &value));
    s->bought += f->side == SIDE_BUY ? value.v : 0;
}

static err_t on_cycle(seen_t *s, blob_t record)
{
    static cycle_record_t r;
    static screen_refusal_t refusal[LIMIT_UNIVERSE];
    r.refusal = refusal;
    TRY(record_cycle_decode(record, &r));
    for (u64 i = 0; i < r.cand_count; i++) {
        s->candidates += r.cand[i].evidence_count > 0 ? 1 : 0;
        for (u64 k = 0; k < r.cand[i].evidence_count; k++) {
            bool clock = r.cand[i].evidence[k].id == EVIDENCE_CLOCK;
            s->clocks += clock && r.cand[i].evidence[k].known != 0 ? 1 : 0;
        }
    }
    return ERR_OK;
}

static err_t append(void *ctx, event_t *e)
{
    seen_t *s = ctx;
    if (e->head.kind == EV_FILL) {
        on_fill(s, &e->as.FILL);
    }
    if (e->head.kind == EV_DECISION && e->as.DECISION.form == RECORD_CYCLE) {
        CHECK_OK(on_cycle(s, e->as.DECISION.record));
    }
    if (e->head.kind == EV_RUN_START) {
        CHECK_OK(config_decode(e->as.RUN_START.config_text, NULL, &s->config));
    }
    return ERR_OK;
}

static void watch(void *ctx, const runner_view_t *v)
{
    seen_t *s = ctx;
    const account_t *a = engine_account(v->engine);
    CHECK(account_check(a));
    s->unsettled += account_settled(a).v != a->cash.v ? 1 : 0;
    s->borrowed += a->cash.v < 0 ? 1 : 0;
    if (v->slot >= 0 && v->slice->timeframe == TF_5M) {
        market_view_t row = market_view(v->market, (u32)v->slot);
        s->late_volume += row.clock > MARKET_BLOCK && view_get(&row, FEATURE_RVOL, 1) > 0 ? 1 : 0;
    }
    if (v->slice->session != s->session) {
        s->days_of_trading += s->bought > s->most && s->most > 0 ? 1 : 0;
        s->session = v->slice->session;
        s->most = account_equity(a).v;
        s->bought = 0;
    }
}

static runner_result_t coins_run(dataset_t *d, config_t *c, seen_t *s)
{
    diag_t diag = {0};
    runner_result_t result;
    source_t source = dataset_source(d);
    runner_spec_t spec = {.source = &source,
                          .config = c,
                          .tap = {.ctx = s, .append = append},
                          .run_spec = STR("test"),
                          .seed = 7,
                          .incarnation = {{1, 2, 3}},
                          .cash = {5000 * (i64)MONEY_SCALE},
                          .profile = c->profile,
                          .trade_from = d->trade_from,
                          .lookahead = true,
                          .untradable_proxy = true,
                          .ctx = s,
                          .watch = watch};
    CHECK_OK(runner_run(&spec, &diag, &result));
    return result;
}

/* Every setting that a share's account would borrow by is asked for. */
static config_t wishes(const dataset_t *d)
{
    config_t c = run_config(d);
    c.account_margin = true;
    c.account_unsettled_buys = true;
    c.risk_allow_short = true;
    c.risk_max_sector_pct = 100;
    c.risk_max_per_sector = 64;
    c.risk_portfolio_heat_pct = 100;
    c.size_max_position_pct = 10;
    c.breaker_max_consecutive_losses = 20;
    c.eval_max_per_day = 100;
    c.pace_enabled = false;
    return c;
}

TEST(all_week_around_the_clock)
{
    UNUSED_STATE;
    dataset_t d;
    coins_t k = {.seed = 21, .history = 70, .sessions = 28, .first = date_from_ymd(2024, 3, 1)};
    dataset_coins(&k, TF_5M, &d);
    config_t c = wishes(&d);
    seen_t s = {0};
    runner_result_t r = coins_run(&d, &c, &s);
    u32 days = 0;
    u32 hours = 0;
    for (u32 i = 0; i < 24; i++) {
        days += i < 7 && s.busy[i] ? 1 : 0;
        hours += s.hour[i] ? 1 : 0;
    }
    print_message("# %llu trades, %llu fills on %u days of the week in %u hours of the day, %llu of parts; "
                  "%llu days bought for more than there was\n",
                  (unsigned long long)r.counts.trades, (unsigned long long)s.fills, days, hours,
                  (unsigned long long)s.parts, (unsigned long long)s.days_of_trading);
    CHECK(r.counts.trades > 30);
    CHECK_EQ(days, 7);
    CHECK(hours >= 20);
    CHECK(s.parts > s.fills / 2);
    CHECK(s.late_volume > 1000);
    CHECK_EQ(s.shorts, 0);
    CHECK_EQ(s.borrowed, 0);
    CHECK_EQ(s.unsettled, 0);
    CHECK(s.candidates > 30);
    CHECK_EQ(s.clocks, 0);        /* morning and noon are an exchange's */
    CHECK(s.days_of_trading > 0); /* what was sold bought again the same day */
    dataset_free(&d);
}

/* What is not to be had is not recorded either, so that a replay reads what the run did. */
TEST(nothing_is_lent_whatever_is_asked)
{
    UNUSED_STATE;
    dataset_t d;
    coins_t k = {.seed = 22, .history = 70, .sessions = 60, .first = date_from_ymd(2023, 3, 1)};
    dataset_coins(&k, TF_1D, &d);
    config_t c = wishes(&d);
    seen_t s = {0};
    runner_result_t r = coins_run(&d, &c, &s);
    CHECK(c.account_margin && r.counts.cycles == 60);
    CHECK(!s.config.account_margin && !s.config.account_unsettled_buys && !s.config.risk_allow_short);
    CHECK_EQ(s.shorts, 0);
    dataset_free(&d);
}

/* A proxy of coins is one of them, and trades; only what costs less than half a dollar is not asked. */
TEST(all_coins_are_asked)
{
    UNUSED_STATE;
    dataset_t d;
    coins_t k = {.seed = 23, .history = 70, .sessions = 40, .first = date_from_ymd(2023, 3, 1)};
    dataset_coins(&k, TF_1D, &d);
    tape_t t;
    u64 excluded = 0;
    u64 cheap = 0;
    u64 cycles = 0;
    (void)run_once(&d, &(how_t){0}, &t);
    cycle_record_t *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->refusal = calloc(LIMIT_UNIVERSE, sizeof *r->refusal);
    assert_non_null(r->refusal);
    for (reader_t in = reader_of(t.own_bytes, t.used); in.at < in.size;) {
        event_t e;
        CHECK_OK(event_decode(&in, &e));
        if (e.head.kind != EV_DECISION || e.as.DECISION.form != RECORD_CYCLE) {
            continue;
        }
        CHECK_OK(record_cycle_decode(e.as.DECISION.record, r));
        cycles++;
        for (u32 i = 0; i < r->refusal_count; i++) {
            excluded += (r->refusal[i].mask >> (RULE_NOT_EXCLUDED - RULE_HISTORY) & 1U) != 0 ? 1 : 0;
            cheap += (r->refusal[i].mask >> (RULE_PRICE_MIN - RULE_HISTORY) & 1U) != 0 ? 1 : 0;
        }
    }
    CHECK_EQ(cycles, 40);
    CHECK_EQ(excluded, 0);
    CHECK_EQ(cheap, 40); /* the one at eight cents, each day; none of those at two dollars and more */
    free(r->refusal);
    free(r);
    tape_free(&t);
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_week_around_the_clock),
                                       cmocka_unit_test(nothing_is_lent_whatever_is_asked),
                                       cmocka_unit_test(all_coins_are_asked)};
    return RUN_TESTS(tests);
}
