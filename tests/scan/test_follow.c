/* Shadows, the breaker, the lock and the plan of a set-up, each alone on numbers worked by hand. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "engine/engine_inner.h"
#include "scan/leave.h"
#include "scan/user_state.h"

enum { PADDED = 8 };
static const i64 OPEN = 1000 * NS_PER_HOUR;

/* One symbol whose features are written by the test. */
typedef struct {
    arena_t arena;
    market_t market;
    instrument_t instrument;
    series_t day, bar; /* none of today: no bar of it is asked for */
    f64 row[FEATURE_COUNT * PADDED];
    f64 spread[PADDED];
    config_t config;
    account_t account;
    user_t user;
    scan_shared_t shared;
    outbox_t out;
    scan_t scan[2];
    scan_scratch_t scratch;
} bed_t;

static bed_t *bed_open(profile_t profile)
{
    bed_t *b = calloc(1, sizeof *b);
    assert_non_null(b);
    CHECK_OK(arena_open(&b->arena, 32U << 20));
    CHECK_OK(outbox_open(&b->out, 1U << 20));
    b->config = config_default(profile, PRESET_MODERATE);
    account_setup_t setup = {
        .account_id = 1, .owner_id = 1, .risk_group_id = 1, .cash = {100000 * (i64)MONEY_SCALE}};
    account_init(&b->account, &setup);
    CHECK_OK(user_init(&b->user, &b->arena, 1, &b->config, &b->account));
    CHECK_OK(series_init(&b->day, &b->arena, 64));
    forward_t forward = forward_start();
    bar_t yesterday = {.open = {90 * (i64)PRICE_SCALE},
                       .high = {92 * (i64)PRICE_SCALE},
                       .low = {86 * (i64)PRICE_SCALE},
                       .close = {90 * (i64)PRICE_SCALE},
                       .volume = 1000};
    series_row_t row = series_row(&yesterday, &forward, 99, -1);
    series_append(&b->day, &row);
    b->market = (market_t){
        .profile = profile, .instruments = &b->instrument, .count = 1, .padded = PADDED, .day = &b->day,
        .bar = &b->bar};
    b->shared = (scan_shared_t){.market = &b->market,
                                .now = OPEN + NS_PER_HOUR,
                                .session = 100,
                                .session_open = OPEN,
                                .session_close = OPEN + 390 * NS_PER_MIN,
                                .proxy = INST_NONE,
                                .spread_bps = b->spread,
                                .view = {.market = &b->market, .row = b->row, .session = 100}};
    CHECK_OK(scan_scratch_init(&b->scratch, &b->arena, 1));
    for (u32 i = 0; i < 2; i++) {
        CHECK_OK(scan_init(&b->scan[i], &b->arena, i, 1, &b->scratch));
    }
    return b;
}

static void bed_close(bed_t *b)
{
    outbox_close(&b->out);
    arena_close(&b->arena);
    free(b);
}

/* A long shadow of 100 $, stop 90, target 120, decided in session 100. */
static shadow_t *shadow(bed_t *b)
{
    cand_record_t c = {.d = 1, .strategy = strategy_at(0)->id, .entry = 1000000, .stop = 900000,
                       .target = 1200000, .a = 50000};
    b->user.shadowed[0] = 0;
    memset(b->user.shadow, 0, sizeof b->user.shadow);
    leave_shadow(&b->user, &c, b->shared.session);
    CHECK_EQ(b->user.shadow[0].open, 1);
    return &b->user.shadow[0];
}

static void bar(bed_t *b, date_t session, f64 open, f64 high, f64 low, f64 close)
{
    inst_t inst = 0;
    f64 v[4] = {open, high, low, close};
    i64 p[4];
    for (u32 i = 0; i < 4; i++) {
        CHECK_OK(fixed_from_f64(v[i], PRICE_SCALE, &p[i]));
    }
    bar_t x = {.t_event = b->shared.now,
               .t_known = b->shared.now + 5 * NS_PER_MIN,
               .open = {p[0]},
               .high = {p[1]},
               .low = {p[2]},
               .close = {p[3]},
               .volume = 1000};
    slice_t s = {.session = session, .count = 1, .inst = &inst, .bar = &x, .t_known = x.t_known};
    shadow_on_slice(&b->user, &b->shared, &s);
}

static void act(bed_t *b, action_t a)
{
    slice_t s = {.session = 101, .action_count = 1, .action = &a};
    shadow_on_actions(&b->user, &s);
}

static f64 result(const bed_t *b)
{
    return b->user.health_pnl[strategy_at(0)->id];
}

TEST(a_split_is_no_loss_of_a_shadow)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_SWING);
    shadow_t *h = shadow(b);
    bar(b, 101, 100, 104, 99, 103);
    CHECK_EQ(h->open, 2);
    act(b, (action_t){.inst = 0, .kind = ACTION_SPLIT, .ratio_num = 2, .ratio_den = 1});
    bar(b, 102, 51, 52, 50, 51);
    CHECK_EQ(h->open, 2); /* 51 after two for one is 102 before it */
    bar(b, 103, 55, 61, 54, 60);
    CHECK_EQ(h->open, 0);
    CHECK(result(b) > 1.99 && result(b) < 2.01); /* 20 $ of gain over 10 $ of risk */
    bed_close(b);
}

TEST(a_dividend_belongs_to_the_shadow)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_SWING);
    shadow_t *h = shadow(b);
    bar(b, 101, 100, 104, 99, 103);
    act(b, (action_t){.inst = 0, .kind = ACTION_DIVIDEND, .amount = {5 * (i64)PRICE_SCALE}});
    bar(b, 102, 100, 121, 99, 120);
    CHECK_EQ(h->open, 0);
    CHECK(result(b) > 2.49 && result(b) < 2.51); /* 20 $ and 5 $ over 10 $ */
    bed_close(b);
}

TEST(a_payout_ends_a_shadow)
{
    UNUSED_STATE;
    for (u32 entered = 0; entered < 2; entered++) {
        bed_t *b = bed_open(PROFILE_SWING);
        shadow_t *h = shadow(b);
        if (entered != 0) {
            bar(b, 101, 100, 104, 99, 103);
        }
        act(b, (action_t){.inst = 1, .kind = ACTION_PAYOUT, .amount = {110 * (i64)PRICE_SCALE}});
        CHECK(h->open != 0); /* of another name */
        act(b, (action_t){.inst = 0, .kind = ACTION_PAYOUT, .amount = {110 * (i64)PRICE_SCALE}});
        CHECK_EQ(h->open, 0);
        f64 r = entered != 0 ? 1.0 : 0.0; /* 10 $ over 10 $; an order that never filled has no result */
        CHECK(result(b) > r - 0.01 && result(b) < r + 0.01);
        bed_close(b);
    }
}

TEST(a_shadow_waits_no_longer_than_its_order)
{
    UNUSED_STATE;
    slice_t empty = {.session = 101};
    bed_t *b = bed_open(PROFILE_SWING);
    shadow_t *h = shadow(b);
    shadow_on_slice(&b->user, &b->shared, &empty); /* the next session did not trade */
    CHECK_EQ(h->open, 0);
    bed_close(b);
    b = bed_open(PROFILE_DAY);
    h = shadow(b);
    empty.session = 100;
    shadow_on_slice(&b->user, &b->shared, &empty); /* a bar without a trade: the order still works */
    CHECK_EQ(h->open, 1);
    bar(b, 101, 100, 104, 99, 103); /* a day later it does not */
    CHECK_EQ(h->open, 0);
    bed_close(b);
}

TEST(only_evidence_makes_a_shadow)
{
    UNUSED_STATE;
    static const struct {
        f64 confidence, degraded, positions;
        i64 c0;
        bool due;
    } cases[] = {{0.5, 0, 0, 7000, true},  {0.8, 1, 0, 7000, true},  {0.5, 1, 0, 7000, true},
                 {0.8, 0, 0, 7000, false}, {0.5, 0, 9, 7000, false}, {0.5, 0, 0, 5999, false}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        gates_t g = {0};
        (void)gate_check(&g, RULE_CONFIDENCE, cases[i].confidence, 0.7);
        (void)gate_check(&g, RULE_NOT_SHADOW_ONLY, cases[i].degraded > 0 ? 0 : 1, 1);
        (void)gate_check(&g, RULE_POSITIONS_MAX, cases[i].positions, 5);
        CHECK_EQ(shadow_is_due(g.v, g.count, cases[i].c0), cases[i].due);
    }
}

/* Of the stages behind the fifth each reads the copy that it makes. */
static stage_result_t stage(bed_t *b, u32 number)
{
    if (number > 5) {
        CHECK_EQ(stage_at(5)->step(&b->scan[0], NULL), STAGE_DONE);
    }
    return stage_at(number)->step(&b->scan[0], NULL);
}

static void begin(bed_t *b)
{
    b->scan[0].active = false;
    scan_begin(&b->scan[0], &b->user, &b->shared, &b->out, 1);
}

TEST(the_breaker_lasts_and_says_so_but_a_release_opens)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    b->account.day.equity_start = account_equity(&b->account);
    begin(b);
    CHECK_EQ(stage(b, 2), STAGE_DONE);
    risk_kill(&b->account);
    begin(b);
    CHECK_EQ(stage(b, 2), STAGE_STOPPED);
    risk_release(&b->account);
    begin(b);
    CHECK_EQ(stage(b, 2), STAGE_DONE); /* what a person took back is over */
    b->account.day.losses_in_row = 2;
    begin(b);
    CHECK_EQ(stage(b, 2), STAGE_STOPPED);
    b->account.day.losses_in_row = 0; /* a win of a position that was still open */
    begin(b);
    CHECK_EQ(stage(b, 2), STAGE_STOPPED);
    CHECK(b->scan[0].stop_gates.failed > 0); /* the record holds the gate that stopped it */
    bed_close(b);
}

TEST(a_scan_gives_back_its_own_lock_only)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    begin(b);
    CHECK_EQ(stage(b, 1), STAGE_DONE);
    scan_begin(&b->scan[1], &b->user, &b->shared, &b->out, 2);
    CHECK(scan_step(&b->scan[1], NULL));
    CHECK_EQ(b->scan[1].stopped_stage, 1);
    CHECK(b->user.lock_held); /* the first one still runs */
    bed_close(b);
}

/* A long mean reversion that holds: stretched a bar ago, turning up, far from the mean. */
static void reversion(bed_t *b, f64 a)
{
    static const struct {
        feature_t f;
        f64 v;
    } set[] = {
        {FEATURE_PRESENT, 1},    {FEATURE_RAW, 90},         {FEATURE_FACTOR, 1},     {FEATURE_OPEN, 88},
        {FEATURE_CLOSE, 90},     {FEATURE_CLOSE_PREV, 88},  {FEATURE_HIGH_PREV, 89}, {FEATURE_LOW_PREV, 86},
        {FEATURE_SETUP_LONG, 1}, {FEATURE_SETUP_SHORT, 99}, {FEATURE_LOW3, 86},      {FEATURE_HIGH3, 91},
        {FEATURE_BAND_MID, 100}, {FEATURE_ATRD, 4},         {FEATURE_DAY_OPEN, 89},  {FEATURE_DAY_CLOSE, 90},
        {FEATURE_DAYS, 200},     {FEATURE_BAR_VOLUME, 2},   {FEATURE_RSI, 28},       {FEATURE_DOLLAR20, 1e8}};
    memset(b->row, 0, sizeof b->row);
    for (u32 i = 0; i < COUNT_OF(set); i++) {
        b->row[(u32)set[i].f * PADDED] = set[i].v;
    }
    b->row[(u32)FEATURE_A * PADDED] = a;
    for (u32 k = 0; k < strategy_count(); k++) {
        signal_of(&b->user, 0, k, 1)->fresh = 1;
    }
    begin(b);
    b->scan[0].cand_count = 1;
    b->scan[0].cand[0] = (candidate_t){.inst = 0, .d = 1, .spread_bps = 5};
}

TEST(without_unit_a_there_is_no_plan)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    const candidate_t *c = &b->scan[0].cand[0];
    reversion(b, 1.0);
    CHECK_EQ(stage(b, 7), STAGE_DONE);
    CHECK_EQ(c->refused_stage, 0);
    CHECK_EQ(strategy_at(c->strategy_index)->id, STRATEGY_MEAN_REVERSION);
    reversion(b, 0.0);
    CHECK_EQ(stage(b, 7), STAGE_DONE);
    CHECK_EQ(c->refused_stage, 7);
    CHECK(!gates_pass(&c->gates)); /* and the record shows a gate for it */
    b->user.config.eval_min_reward_risk_reversal = 0;
    reversion(b, 0.0);
    CHECK_EQ(stage(b, 7), STAGE_DONE);
    CHECK_EQ(c->refused_stage, 7);
    bed_close(b);
}

TEST(an_entry_that_never_filled_keeps_its_symbol_out)
{
    UNUSED_STATE;
    static const struct {
        order_state_t to;
        u8 role;
        i64 filled;
        bool backs_off;
    } cases[] = {{ORDER_REJECTED, ROLE_ENTRY, 0, true}, {ORDER_CANCELED, ROLE_ENTRY, 0, true},
                 {ORDER_CANCELED, ROLE_ENTRY, 5, false}, {ORDER_NEW, ROLE_ENTRY, 0, false},
                 {ORDER_CANCELED, ROLE_STOP, 0, false}};
    bed_t *b = bed_open(PROFILE_DAY);
    engine_t *e = aligned_alloc(64, (sizeof *e + 63U) & ~(size_t)63U);
    desk_t *d = aligned_alloc(64, (sizeof *d + 63U) & ~(size_t)63U);
    assert_non_null(e);
    assert_non_null(d);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        i64 backoff = 0;
        u64 account = 0;
        memset(e, 0, sizeof *e);
        memset(d, 0, sizeof *d);
        e->spec.market = &b->market;
        e->desk = d;
        e->account = &account;
        e->desk_count = 1;
        e->desk_all = 1;
        d->engine = e;
        d->user.backoff_from = &backoff;
        e->now = OPEN;
        d->account.orders_used = 1;
        d->account.orders[0] = (order_t){.state = (u8)cases[i].to, .filled = {cases[i].filled},
                                         .intent = {.id = {{7}}, .role = cases[i].role}};
        event_t f = {.head = {.kind = EV_ORDER_STATE}};
        f.as.ORDER_STATE.intent = d->account.orders[0].intent.id;
        f.as.ORDER_STATE.to = (u8)cases[i].to;
        engine_note_order(e, &f);
        CHECK_EQ(backoff, cases[i].backs_off ? OPEN : 0);
    }
    free(d);
    free(e);
    bed_close(b);
}

TEST(a_loaded_user_follows_its_shadows)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    u8 *bytes = malloc(user_state_bytes(1));
    assert_non_null(bytes);
    (void)shadow(b);
    writer_t w = writer_of(bytes, user_state_bytes(1));
    CHECK_OK(user_save(&b->user, 1, &w));
    memset(b->user.shadow, 0, sizeof b->user.shadow);
    b->user.shadows_used = 0;
    reader_t r = reader_of(bytes, w.used);
    CHECK_OK(user_load(&r, USER_STATE_VERSION, 1, &b->user));
    bar(b, 100, 100, 101, 89, 100); /* to its stop */
    CHECK_EQ(b->user.shadow[0].open, 0);
    CHECK_EQ(b->user.shadows_used, 0);
    free(bytes);
    bed_close(b);
}

TEST(a_shadow_is_filed_under_the_conviction_it_was_asked_with)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    cand_record_t c = {.d = 1, .strategy = strategy_at(0)->id, .entry = 1000000, .stop = 900000,
                       .target = 1200000, .conviction = 70,
                       .conviction_model = 30};
    leave_shadow(&b->user, &c, b->shared.session);
    CHECK_EQ(b->user.shadow[0].conviction, 30);
    bed_close(b);
}

TEST(commissions_are_part_of_the_cost)
{
    UNUSED_STATE;
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    size_in_t in = {.equity = 900,
                    .entry = 30,
                    .stop_distance = 0.3,
                    .target_distance = 0.6,
                    .atr_d = 0.9,
                    .dollar_vol20 = 1e8,
                    .buying_power = 900,
                    .lot = 1,
                    .micro = true,
                    .regime_mult = 1,
                    .conviction = 60,
                    .quality = 3,
                    .correlation_factor = 1,
                    .spread_bps = 5,
                    .sigma_d_bps = 250};
    size_out_t out;
    gates_t g = {0};
    c.micro_max_position_pct = 4;
    size_position(&c, &in, &out, &g);
    CHECK_EQ(g.failed, 0);
    CHECK(out.quantity > 0.99 && out.quantity < 1.01);
    f64 free_of_fees = out.cost_bps;
    c.cost_fee_min = 0.35; /* each way on one share of 30 $: 2.3 % */
    g = (gates_t){0};
    size_position(&c, &in, &out, &g);
    CHECK(out.cost_bps - free_of_fees > 233.3 && out.cost_bps - free_of_fees < 233.4);
    CHECK_EQ(g.failed, 1);
    CHECK_EQ(out.quantity, 0);
}

TEST(beta_is_of_the_last_sixty_days)
{
    UNUSED_STATE;
    enum { BEFORE = 20, DAYS = BEFORE + 61 };
    bed_t *b = bed_open(PROFILE_SWING);
    instrument_t two[2] = {0};
    series_t day[2] = {0};
    forward_t forward = forward_start();
    f64 price[2] = {100, 100};
    for (u32 i = 0; i < 2; i++) {
        CHECK_OK(series_init(&day[i], &b->arena, 128));
    }
    for (u32 n = 0; n < DAYS; n++) {
        f64 r = n % 2 == 0 ? 0.01 : -0.008;
        price[0] *= 1 + (n <= BEFORE ? -3 : 2) * r; /* it went against the index until sixty days ago */
        price[1] *= 1 + r;
        for (u32 i = 0; i < 2; i++) {
            i64 p = 0;
            CHECK_OK(fixed_from_f64(price[i], PRICE_SCALE, &p));
            bar_t bar = {.open = {p}, .high = {p}, .low = {p}, .close = {p}, .volume = 1000};
            series_row_t row = series_row(&bar, &forward, (date_t)(10 + n), -1);
            series_append(&day[i], &row);
        }
    }
    b->market.instruments = two;
    b->market.count = 2;
    b->market.day = day;
    b->shared.proxy = 1;
    begin(b);
    f64 beta = scan_beta(&b->scan[0], 0);
    CHECK(beta > 1.999 && beta < 2.001);
    bed_close(b);
}

TEST(a_failure_is_refused_under_its_own_name)
{
    UNUSED_STATE;
    static const struct {
        err_t err;
        u8 reconcile;
        u32 rule;
    } cases[] = {{ERR_KILLED, 0, RULE_KILL_OFF},      {ERR_POOL_FULL, 0, RULE_ORDER_ROOM},
                 {ERR_PARAM_RANGE, 0, RULE_ORDER_SOUND}, {ERR_PERMIT, 1, RULE_RECONCILED},
                 {ERR_PERMIT, 0, RULE_PERMIT_GOOD}};
    account_t *a = calloc(1, sizeof *a);
    assert_non_null(a);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        gates_t g = {0};
        a->reconcile = cases[i].reconcile;
        CHECK_EQ(scan_submit_rule(cases[i].err, a), cases[i].rule);
        CHECK(!gate_check(&g, scan_submit_rule(cases[i].err, a), 0.0, 1.0));
    }
    free(a);
}

/* A closed trade of the first strategy, long, in the test's symbol. */
static void close_trade(bed_t *b, f64 net_r)
{
    closed_trade_t t = {.inst = 0,
                        .direction = 1,
                        .net_r = net_r,
                        .tag = {.strategy = strategy_at(0)->id, .conviction = 60, .score = 70}};
    outbox_reset(&b->out);
    reflect_trade(&b->user, &b->shared, &t, &b->out);
}

TEST(a_lesson_holds_what_its_entry_was)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    b->row[(u32)FEATURE_RVOL * PADDED] = 0.3; /* at the exit */
    close_trade(b, 1.0);
    CHECK(!b->user.lesson[0].measured); /* a position of before this was kept */
    b->user.entered[0] = (measure_t){.score = 0.8, .rvol = 2.5};
    close_trade(b, 1.0);
    CHECK(b->user.lesson[1].measured);
    CHECK(b->user.lesson[1].at_entry.score == 0.8 && b->user.lesson[1].at_entry.rvol == 2.5);
    bed_close(b);
}

TEST(similar_trades_are_alike_at_their_entries)
{
    UNUSED_STATE;
    static const struct {
        measure_t at;
        f64 net_r;
    } past[] = {{{0.80, 2.5}, 1.0}, {{0.70, 2.5}, -1.0}, {{0.80, 3.3}, -1.0}, {{0.80, 0.0}, 1.0}};
    bed_t *b = bed_open(PROFILE_DAY);
    for (u32 i = 0; i < 30; i++) { /* as near as any, but of the other side, of another strategy, not known */
        b->user.entered[0] = past[0].at;
        close_trade(b, -5.0);
        lesson_t *l = &b->user.lesson[i];
        CHECK(l->measured);
        l->d = i < 10 ? (i8)-l->d : l->d;
        l->strategy = i / 10 == 1 ? (u16)(l->strategy + 1) : l->strategy;
        l->measured = i < 20;
    }
    for (u32 i = 0; i < 40; i++) {
        u32 k = i % COUNT_OF(past);
        b->user.entered[0] = past[k].at;
        b->row[(u32)FEATURE_RVOL * PADDED] = 0.1 * i; /* at the exit: says nothing */
        close_trade(b, past[k].net_r);
    }
    for (u32 i = 0; i < 20; i++) {
        b->user.entered[0] = (measure_t){0};
        close_trade(b, -5.0); /* unmeasured: compared with nothing */
    }
    b->row[(u32)FEATURE_RVOL * PADDED] = 2.5;
    begin(b);
    b->scan[0].cand_count = 1;
    candidate_t *c = &b->scan[0].cand[0];
    *c = (candidate_t){.inst = 0, .d = 1, .score = 0.80, .spread_bps = 5, .room = 3};
    (void)stage(b, 9);
    CHECK_EQ(c->ai.lessons_n, 10);
    CHECK(c->ai.lessons_r > 0.999 && c->ai.lessons_r < 1.001); /* of 20 at no distance the first ten */
    bed_close(b);
}

TEST(results_of_a_kind_fade)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    u32 id = strategy_at(0)->id;
    b->user.session_ordinal = 10;
    for (u32 i = 0; i < 40; i++) {
        close_trade(b, i < 10 ? 1.5 : -1.0);
    }
    kind_sum_t k = kind_today(&b->user, id, 1);
    CHECK(k.n == 40 && k.wins == 10 && k.win_sum == 15 && k.loss_sum == 30);
    b->user.session_ordinal += b->config.confidence_half_life;
    k = kind_today(&b->user, id, 1);
    CHECK(k.n > 19.999 && k.n < 20.001 && k.wins > 4.999 && k.wins < 5.001);
    CHECK(k.win_sum / k.wins > 1.4999 && k.win_sum / k.wins < 1.5001); /* what one is worth does not fade */
    close_trade(b, -1.0);
    k = kind_today(&b->user, id, 1);
    CHECK(k.n > 20.999 && k.n < 21.001);
    CHECK(kind_today(&b->user, id, -1).n == 0);
    bed_close(b);
}

static candidate_t *sized(bed_t *b)
{
    b->row[(u32)FEATURE_FACTOR * PADDED] = 1;
    b->row[(u32)FEATURE_ATRD * PADDED] = 3;
    b->row[(u32)FEATURE_DOLLAR20 * PADDED] = 1e9;
    b->instrument.qty_exponent = 0;
    begin(b);
    b->scan[0].cand_count = 1;
    b->scan[0].cand[0] = (candidate_t){.inst = 0, .d = 1, .entry = 100, .stop = 98, .target = 105,
                                       .stop_distance = 2, .a = 2, .spread_bps = 2, .regime_mult = 1,
                                       .conviction = {.conviction = 70}, .conviction_model = 70,
                                       .final_gate = 65};
    return &b->scan[0].cand[0];
}

TEST(what_kelly_alone_refuses_is_followed_and_reopens)
{
    UNUSED_STATE;
    bed_t *b = bed_open(PROFILE_DAY);
    b->user.config.confidence_probes_per_day = 0;
    candidate_t *c = sized(b);
    (void)stage(b, 11);
    CHECK_EQ(c->refused_stage, 0); /* nothing is known of the kind */
    for (u32 i = 0; i < 60; i++) {
        close_trade(b, -1.0);
    }
    c = sized(b);
    (void)stage(b, 11);
    CHECK_EQ(c->refused_stage, 11);
    CHECK_EQ(c->gates.v[0].rule, RULE_KELLY_EDGE);
    CHECK(c->shadowed && b->user.shadow[0].open == 1 && b->user.shadow[0].reference == 100);
    CHECK(b->user.shadow[0].cost_bps > 12); /* spread and slippage of both ways, as if it were traded */
    b->user.shadow[0] = (shadow_t){0};
    b->user.shadowed[0] = 0;
    c = sized(b);
    c->target = 100.2; /* the costs stand in the way as well: not evidence alone */
    (void)stage(b, 11);
    CHECK(c->refused_stage == 11 && !c->shadowed && b->user.shadow[0].open == 0);
    c = sized(b);
    c->final_gate = 55; /* not worth following */
    (void)stage(b, 11);
    CHECK(c->refused_stage == 11 && !c->shadowed && b->user.shadow[0].open == 0);
    b->user.session_ordinal += 2 * b->config.confidence_half_life; /* 60 have become 15 */
    c = sized(b);
    (void)stage(b, 11);
    CHECK_EQ(c->refused_stage, 0);
    bed_close(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_split_is_no_loss_of_a_shadow),
        cmocka_unit_test(a_dividend_belongs_to_the_shadow), cmocka_unit_test(a_payout_ends_a_shadow),
        cmocka_unit_test(a_shadow_waits_no_longer_than_its_order),
        cmocka_unit_test(only_evidence_makes_a_shadow),
        cmocka_unit_test(the_breaker_lasts_and_says_so_but_a_release_opens),
        cmocka_unit_test(a_scan_gives_back_its_own_lock_only),
        cmocka_unit_test(without_unit_a_there_is_no_plan),
        cmocka_unit_test(an_entry_that_never_filled_keeps_its_symbol_out),
        cmocka_unit_test(a_loaded_user_follows_its_shadows),
        cmocka_unit_test(a_shadow_is_filed_under_the_conviction_it_was_asked_with),
        cmocka_unit_test(commissions_are_part_of_the_cost),
        cmocka_unit_test(a_lesson_holds_what_its_entry_was),
        cmocka_unit_test(beta_is_of_the_last_sixty_days),
        cmocka_unit_test(a_failure_is_refused_under_its_own_name),
        cmocka_unit_test(similar_trades_are_alike_at_their_entries),
        cmocka_unit_test(results_of_a_kind_fade),
        cmocka_unit_test(what_kelly_alone_refuses_is_followed_and_reopens),
    };
    return RUN_TESTS(tests);
}
