/* Every rule of stage 12 fires at its limit and only there; unset limits refuse; ceilings hold for every
 * preset. */
#include "model/calendar.h"
#include "tests/trade/bench_account.h"

/* A draft that passes everything: 20 shares of $100 with a stop at 98 in a margin account of $100,000. */
static risk_input_t good(config_t *c)
{
    *c = config_default(PROFILE_DAY, PRESET_MODERATE);
    risk_input_t in = {.config = c,
                       .multiplier = 1,
                       .atr_d = USD(2),
                       .easy_to_borrow = true,
                       .short_price_ok = true,
                       .confidence = 0.75,
                       .min_confidence = 0.7,
                       .equity_day_start = CASHES(100000),
                       .mid = USD(100),
                       .pace_allowed = 3};
    in.rules = (rules_t){.pdt = true,
                         .pdt_day_trades = 3,
                         .pdt_window_days = 5,
                         .pdt_equity = CASHES(25000),
                         .initial_bps = 5000,
                         .maintenance_long_bps = 2500,
                         .maintenance_short_bps = 3000,
                         .margin_equity = CASHES(2000),
                         .good_faith_max = 2};
    in.margin.equity = CASHES(100000);
    in.held = (risk_summary_t){.equity = CASHES(100000), .cash = CASHES(100000), .settled = CASHES(100000)};
    in.draft = (intent_t){.qty = {20},
                          .reference = USD(100),
                          .bracket_stop = USD(98),
                          .bracket_target = USD(104),
                          .inst = 0,
                          .side = SIDE_BUY,
                          .type = ORDER_MARKET,
                          .tif = TIF_DAY,
                          .role = ROLE_ENTRY};
    return in;
}

/* What the gates say of an account that shares with nobody. */
static void alone(risk_input_t *in, gates_t *g)
{
    law_books_t *l = &in->law;
    l->equity = in->held.equity;
    l->equity_day_start = in->equity_day_start;
    l->cash = in->held.cash;
    l->settled = in->held.settled;
    l->reserved.v = in->held.long_reserved.v + in->held.short_reserved.v;
    l->margin = in->margin;
    l->opened_today = in->held.opened_today;
    risk_gates(in, g);
}

static void loss(risk_input_t *in, config_t *c) { (void)c; in->equity_day_start = CASHES(103100); }
static void open_risk(risk_input_t *in, config_t *c) { (void)c; in->held.open_risk = CASHES(2970); }
static void confidence(risk_input_t *in, config_t *c) { (void)c; in->confidence = 0.6999; }
static void no_confidence(risk_input_t *in, config_t *c) { (void)c; in->min_confidence = 0; }
static void positions(risk_input_t *in, config_t *c) { (void)c; in->held.positions = 5; }
static void trades(risk_input_t *in, config_t *c) { (void)c; in->entries_today = 6; in->pace_allowed = 10; }
static void pacing(risk_input_t *in, config_t *c) { (void)c; in->entries_today = 3; }
static void cycle(risk_input_t *in, config_t *c) { (void)c; in->entries_cycle = 2; }
static void sector(risk_input_t *in, config_t *c) { (void)c; in->held.sector_value = CASHES(28006); }
static void sector_count(risk_input_t *in, config_t *c) { (void)c; in->held.sector_positions = 2; }
static void day_trades(risk_input_t *in, config_t *c)
{
    (void)c;
    in->held.equity = CASHES(24999);
    in->equity_day_start = CASHES(24999);
    in->draft.qty.v = 10;
    in->law.day_trades = 2;
    in->held.opened_today = 1;
}
static void margin(risk_input_t *in, config_t *c)
{
    (void)c;
    in->rules.maintenance_long_bps = 6000;
    in->margin.required = CASHES(90000);
    in->margin.orders_required = CASHES(8801); /* 98,801 and 60 % of 2,000 are a dollar too many */
}
static void settled(risk_input_t *in, config_t *c) { c->account_margin = 0; in->held.settled = CASHES(1999); }
/* A swing account that lets money on its way pay, 2,000 of it settled but for a dollar. */
static void unsettled(risk_input_t *in, config_t *c)
{
    c->account_margin = 0;
    c->account_unsettled_buys = 1;
    c->profile = PROFILE_SWING;
    in->held.settled = CASHES(1999);
}
static void on_its_way(risk_input_t *in, config_t *c)
{
    unsettled(in, c);
    in->held.settled = CASHES(500);
    in->held.cash = CASHES(1999);
}
static void good_faith(risk_input_t *in, config_t *c)
{
    unsettled(in, c);
    in->law.good_faith = 1;
    in->law.unsettled = 1;
}
static void sold_today(risk_input_t *in, config_t *c)
{
    unsettled(in, c);
    c->profile = PROFILE_DAY;
}
static void frozen(risk_input_t *in, config_t *c)
{
    unsettled(in, c);
    in->law.frozen_days = 1;
}
static void power(risk_input_t *in, config_t *c)
{
    in->rules.initial_bps = 10000;
    in->held.long_value = CASHES(50000);
    in->held.long_reserved = CASHES(48001);
    c->risk_max_gross_pct = 200;
}
static void power_unset(risk_input_t *in, config_t *c) /* no permission: counts as all of the value */
{
    power(in, c);
    in->rules.initial_bps = 0;
}
static void heat(risk_input_t *in, config_t *c) { (void)c; in->held.heat = CASHES(3961); }
static void band(risk_input_t *in, config_t *c) { (void)c; in->mid = USD(97); }
static void no_market(risk_input_t *in, config_t *c) { (void)c; in->mid = (price_t){0}; }
static void finger(risk_input_t *in, config_t *c) { (void)in; c->risk_fat_finger_usd = 1999; }
static void duplicate(risk_input_t *in, config_t *c) { (void)c; in->held.duplicate = true; }
static void killed(risk_input_t *in, config_t *c) { (void)c; in->killed = true; }
static void unknown(risk_input_t *in, config_t *c) { (void)c; in->held.unknown_same_side = 1; }
static void crosses(risk_input_t *in, config_t *c) { (void)c; in->crosses = true; }
static void make_short(risk_input_t *in)
{
    in->draft.side = SIDE_SELL_SHORT;
    in->draft.bracket_stop = USD(102);
    in->draft.bracket_target = USD(96);
}
static void locate(risk_input_t *in, config_t *c) { (void)c; make_short(in); in->easy_to_borrow = false; }
static void no_shorts(risk_input_t *in, config_t *c) { make_short(in); c->risk_allow_short = 0; }
static void short_price(risk_input_t *in, config_t *c)
{
    (void)c;
    make_short(in);
    in->short_price_ok = false;
}
static void gross(risk_input_t *in, config_t *c) { (void)c; in->held.short_value = CASHES(98006); }
static void position_pct(risk_input_t *in, config_t *c) { (void)c; in->held.inst_value = CASHES(6001); }
static void position_usd(risk_input_t *in, config_t *c)
{
    (void)c;
    in->held.equity = CASHES(1000000);
    in->equity_day_start = CASHES(1000000);
    in->held.inst_value = CASHES(13001);
}
static void risk_pct(risk_input_t *in, config_t *c) { (void)in; c->size_risk_pct = 0.039; }
static void beta(risk_input_t *in, config_t *c)
{
    (void)c;
    in->high_beta = true;
    in->held.high_beta_long = 3;
}
static void rate(risk_input_t *in, config_t *c) { (void)c; in->held.sent_last_minute = 30; }
static void micro(risk_input_t *in, config_t *c)
{
    (void)c; /* micro accounts are capped at 3 %: 2,000 of 60,000 is more */
    in->micro = true;
    in->held.equity = CASHES(60000);
    in->equity_day_start = CASHES(60000);
    in->draft.qty.v = 19;
    in->held.inst_value = CASHES(0);
}

TEST(each_limit_fires_alone)
{
    UNUSED_STATE;
    static const struct { void (*spoil)(risk_input_t *, config_t *); rule_t rule;
    } cases[] = {
        {confidence, RULE_CONFIDENCE},
        {no_confidence, RULE_CONFIDENCE},
        {loss, RULE_LOSS_DAY},
        {open_risk, RULE_LOSS_DAY},
        {positions, RULE_POSITIONS_MAX},
        {trades, RULE_TRADES_DAY},
        {pacing, RULE_PACING},
        {cycle, RULE_PER_CYCLE},
        {sector, RULE_SECTOR_PCT},
        {sector_count, RULE_SECTOR_COUNT},
        {day_trades, RULE_DAY_TRADES},
        {margin, RULE_INTRADAY_MARGIN},
        {settled, RULE_SETTLED_CASH},
        {on_its_way, RULE_SETTLED_CASH},
        {good_faith, RULE_GOOD_FAITH},
        {sold_today, RULE_GOOD_FAITH},
        {frozen, RULE_NOT_FROZEN},
        {power, RULE_BUYING_POWER},
        {power_unset, RULE_BUYING_POWER},
        {heat, RULE_HEAT},
        {band, RULE_PRICE_BAND},
        {no_market, RULE_PRICE_BAND},
        {finger, RULE_FAT_FINGER},
        {duplicate, RULE_NOT_DUPLICATE},
        {killed, RULE_KILL_OFF},
        {unknown, RULE_NONE_UNKNOWN},
        {crosses, RULE_NO_SELF_CROSS},
        {locate, RULE_LOCATE},
        {no_shorts, RULE_LOCATE},
        {short_price, RULE_SHORT_PRICE},
        {gross, RULE_GROSS_MAX},
        {position_pct, RULE_POSITION_PCT},
        {position_usd, RULE_POSITION_USD},
        {risk_pct, RULE_RISK_PCT},
        {beta, RULE_BETA_SIDE},
        {rate, RULE_RATE},
        {micro, RULE_POSITION_PCT},
    };
    config_t c;
    gates_t g;
    risk_input_t in = good(&c);
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
    bool seen[32] = {false};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        in = good(&c);
        cases[i].spoil(&in, &c);
        alone(&in, &g);
        bool fired = false;
        u32 others = 0;
        for (u32 k = 0; k < g.count; k++) {
            bool failed = !gate_holds(&g.v[k]);
            fired = fired || (failed && g.v[k].rule == cases[i].rule);
            others += failed && g.v[k].rule != cases[i].rule ? 1 : 0;
        }
        bool two = cases[i].spoil == micro || cases[i].spoil == on_its_way;
        if (!fired || (others > 0 && !two)) {
            print_error("case %zu, rule %u: fired %d, others %u\n", i, cases[i].rule, fired, others);
        }
        CHECK(fired && (others == 0 || two));
        seen[cases[i].rule - RULE_CONFIDENCE] = true;
    }
    for (u32 i = 0; i < 30; i++) {
        CHECK(seen[i] || RULE_CONFIDENCE + i == RULE_NOT_SHADOW_ONLY);
    }
}

TEST(just_inside_passes)
{
    UNUSED_STATE;
    config_t c;
    gates_t g;
    risk_input_t in = good(&c);
    in.confidence = 0.7;
    in.held.positions = 4;
    in.entries_today = 2;
    in.entries_cycle = 1;
    in.held.sector_value = CASHES(6000);
    in.held.sector_positions = 1;
    in.held.inst_value = CASHES(6000);
    in.held.long_value = CASHES(98000);
    in.held.heat = CASHES(3960);
    in.held.open_risk = CASHES(2950);
    in.held.sent_last_minute = 29;
    in.high_beta = true;
    in.held.high_beta_long = 2;
    in.held.high_beta_short = 9;
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
    in.own_sector = true;
    in.held.sector_value = CASHES(90000);
    in.held.sector_positions = 9;
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
    in.probe = true;
    in.confidence = 0.1;
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
}

/* An unset limit is zero: with every configured number at nothing, nothing passes that a limit should
 * bound. */
TEST(unset_is_zero)
{
    UNUSED_STATE;
    config_t c;
    gates_t g;
    risk_input_t in = good(&c);
    config_t empty = {.account_margin = 1, .risk_allow_short = 1};
    in.config = &empty;
    alone(&in, &g);
    const rule_t bounded[] = {RULE_LOSS_DAY,   RULE_POSITIONS_MAX, RULE_TRADES_DAY,   RULE_PER_CYCLE,
                              RULE_SECTOR_PCT, RULE_SECTOR_COUNT,  RULE_HEAT,         RULE_FAT_FINGER,
                              RULE_GROSS_MAX,  RULE_POSITION_PCT,  RULE_POSITION_USD, RULE_RISK_PCT,
                              RULE_RATE};
    for (size_t i = 0; i < COUNT_OF(bounded); i++) {
        bool failed = false;
        for (u32 k = 0; k < g.count; k++) {
            failed = failed || (g.v[k].rule == bounded[i] && !gate_holds(&g.v[k]));
        }
        CHECK(failed);
    }
    in = good(&c);
    in.rules = (rules_t){.pdt = true, .pdt_window_days = 5, .pdt_equity = CASHES(1000000)};
    alone(&in, &g);
    CHECK(g.failed > 0); /* no day trades allowed at all */
    in = good(&c);
    in.held.equity = (money_t){0};
    alone(&in, &g);
    CHECK(g.failed >= 5);
    CHECK(risk_limit(CEILING_HEAT_PCT, -1) == 0);
    CHECK(risk_limit(CEILING_HEAT_PCT, __builtin_nan("")) == 0);
    CHECK(risk_limit(CEILING_HEAT_PCT, __builtin_inf()) == 0);
}

TEST(ceilings_hold_over_every_preset)
{
    UNUSED_STATE;
    for (u32 i = 0; i < CEILING_COUNT; i++) {
        CHECK(risk_ceiling((ceiling_t)i) > 0);
        CHECK(risk_ceiling_reason((ceiling_t)i)[0] != '\0');
        CHECK(risk_limit((ceiling_t)i, 1e12) == risk_ceiling((ceiling_t)i));
    }
    for (u32 preset = 0; preset <= PRESET_AGGRESSIVE; preset++) {
        config_t c = config_default(PROFILE_DAY, (preset_t)preset);
        CHECK(c.size_max_position_usd <= risk_ceiling(CEILING_POSITION_USD));
        CHECK(c.size_max_position_pct <= risk_ceiling(CEILING_POSITION_PCT));
        CHECK(c.risk_daily_loss_limit_pct <= risk_ceiling(CEILING_LOSS_DAY_PCT));
        CHECK(c.risk_portfolio_heat_pct <= risk_ceiling(CEILING_HEAT_PCT));
    }
    config_t c;
    risk_input_t in = good(&c);
    c.size_max_position_pct = 100; /* as if a file had gone round the bounds */
    c.size_max_position_usd = 1e9;
    c.risk_fat_finger_usd = 1e9;
    in.draft.qty.v = 150;
    in.draft.bracket_stop = USD(99.5);
    gates_t g;
    alone(&in, &g);
    CHECK(g.failed >= 1); /* 15 % of equity */
}

/* Reservations: a resting entry counts like a position, an unknown one in full. */
static bool rule_fails(const gates_t *g, rule_t rule)
{
    for (u32 k = 0; k < g->count; k++) {
        if (g->v[k].rule == rule && !gate_holds(&g->v[k])) {
            return true;
        }
    }
    return false;
}

TEST(a_rate_that_is_not_set_counts_all_of_the_value)
{
    UNUSED_STATE;
    config_t c;
    gates_t g;
    risk_input_t in = good(&c);
    in.margin.required = CASHES(98001);
    alone(&in, &g);
    CHECK(!rule_fails(&g, RULE_INTRADAY_MARGIN));
    in.rules.maintenance_long_bps = 0;
    alone(&in, &g);
    CHECK(rule_fails(&g, RULE_INTRADAY_MARGIN)); /* 100,001 of value against 100,000 */
    in.margin.required.v = I64_MAX;
    in.margin.orders_required.v = 1;
    alone(&in, &g);
    CHECK(rule_fails(&g, RULE_INTRADAY_MARGIN));
}

/* Unsettled money at its edges: what just passes, and what no margin account ever meets. */
TEST(unsettled_money_within_the_rules)
{
    UNUSED_STATE;
    config_t c;
    gates_t g;
    risk_input_t in = good(&c);
    unsettled(&in, &c);
    in.law.good_faith = 1; /* one violation and this one would be two: the broker lets two pass */
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
    in.rules.good_faith_max = 1;
    alone(&in, &g);
    CHECK(g.failed == 1 && rule_fails(&g, RULE_GOOD_FAITH));
    in.held.settled = CASHES(2000); /* settled money is asked nothing */
    in.law.good_faith = 9;
    in.law.frozen_days = 90;
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
    in.held.settled = CASHES(1999);
    c.account_margin = 1; /* a freeze goes on when the account becomes another */
    alone(&in, &g);
    CHECK(rule_fails(&g, RULE_NOT_FROZEN) && rule_fails(&g, RULE_SETTLED_CASH));
    in.law.frozen_days = 0;
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
    c.account_margin = 0;
    in.law.good_faith = 0;
    alone(&in, &g);
    CHECK_EQ(g.failed, 0);
    in.law.uncounted = true; /* cash account since a moment ago: nobody counts what it buys with */
    alone(&in, &g);
    CHECK(g.failed == 1 && rule_fails(&g, RULE_SETTLED_CASH));
    in = good(&c);
    unsettled(&in, &c);
    in.held.settled = CASHES(0);
    in.held.cash = CASHES(2000);
    alone(&in, &g);
    CHECK(!rule_fails(&g, RULE_SETTLED_CASH) && !rule_fails(&g, RULE_BUYING_POWER));
    c.account_unsettled_buys = 0;
    alone(&in, &g);
    CHECK(rule_fails(&g, RULE_SETTLED_CASH));
}

/* The equity that frees from the count is that of the close before, at $25,000 exactly; and one day trade
 * less passes. */
TEST(day_trades_ask_the_close_before)
{
    UNUSED_STATE;
    static const struct {
        i64 before, now;
        u32 trades;
        bool refused;
    } cases[] = {
        {24999, 26000, 3, true},
        {25000, 24000, 3, false},
        {24999, 26000, 2, false},
        {24999, 24999, 4, true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        config_t c;
        gates_t g;
        risk_input_t in = good(&c);
        in.equity_day_start = CASHES(cases[i].before);
        in.held.equity = CASHES(cases[i].now);
        in.law.day_trades = cases[i].trades;
        alone(&in, &g);
        CHECK_EQ(rule_fails(&g, RULE_DAY_TRADES), cases[i].refused);
    }
}

/* The law's margin by position (FINRA 4210(c)): a cheap short asks for a floor by the share, a fund with a
 * factor for all of its value, a working order as if it were filled. */
TEST(margin_of_what_is_held_and_ordered)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    rules_t r = rulebook_for(date_from_ymd(2026, 7, 1), NULL);
    static const struct {
        i64 qty;
        f64 price;
        u32 flags;
        i64 required;
    } held[] = {
        {100, 50, 0, 1250},
        {-100, 50, 0, 1500},
        {-100, 10, 0, 500},
        {-100, 4, 0, 400},
        {-100, 2, 0, 250},
        {100, 50, TAG_LEVERAGED, 5000},
        {-100, 50, TAG_LEVERAGED, 5000},
    };
    for (size_t i = 0; i < COUNT_OF(held); i++) {
        d->account.positions[0] = (position_t){.inst = 2,
                                               .direction = held[i].qty > 0 ? 1 : -1,
                                               .multiplier = 1,
                                               .qty = {held[i].qty},
                                               .flags = held[i].flags,
                                               .mark = USD(held[i].price)};
        account_positions_count(&d->account);
        margin_book_t b;
        reserve_margin_book(&d->account, &r, &b);
        CHECK_EQ(b.required.v, CASHES(held[i].required).v);
        CHECK_EQ(b.equity.v, account_equity(&d->account).v);
        CHECK_EQ(b.orders_required.v, 0);
    }
    d->account.positions[0] = (position_t){.inst = INST_NONE};
    account_positions_count(&d->account);
    d->drop_all = true;
    (void)desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    margin_book_t b;
    reserve_margin_book(&d->account, &r, &b);
    CHECK_EQ(b.required.v, 0);
    CHECK_EQ(b.orders_required.v, CASHES(2500).v);
    margin_ask_t half = {USD(10), 50000000, -8, 1, false, false}; /* half a share: the floor of a whole one */
    CHECK_EQ(reserve_margin(&half, &r).v, CASHES(5).v);
    margin_ask_t huge = {{I64_MAX}, I64_MAX, 0, 1, false, false};
    CHECK_EQ(reserve_margin(&huge, &r).v, I64_MAX);
    desk_close(d);
}

/* Property: whoever asks the gate before each day trade never has more than three in any five sessions, and
 * is free from the law's equity on. */
TEST(never_flagged_as_pattern_day_trader)
{
    UNUSED_STATE;
    config_t c;
    gates_t g;
    desk_t *d = desk_open(5000);
    date_t trades[400];
    u32 n = 0;
    u64 state = 7;
    date_t from = date_from_ymd(2024, 1, 2);
    d->account.today = 0;
    for (date_t day = from; day < date_from_ymd(2025, 1, 2);
         day = calendar_next(CAL_NYSE, day, I64_MAX).date) {
        account_day_begin(&d->account, day, day + 1);
        for (i32 k = 0; k < 3; k++) {
            risk_input_t in = good(&c);
            in.rules = rulebook_for(day, NULL);
            in.draft.inst = 1;
            risk_input_account(&in, &d->account, 0, d->now);
            risk_gates(&in, &g);
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            if ((state >> 40) % 2 == 0 && !rule_fails(&g, RULE_DAY_TRADES)) {
                trades[n++] = day;
                d->account.day.day_trades++;
            }
        }
        i32 inside = 0; /* an independent count: sessions between trade and day */
        for (u32 i = 0; i < n; i++) {
            inside += calendar_count(CAL_NYSE, trades[i], day) < 5 ? 1 : 0;
        }
        CHECK(inside <= 3);
    }
    CHECK(n > 100);
    desk_close(d);
}

/* ---- several that share an account at the broker ---------------------------------------------------------
 */

/* A sub-ledger of $50,000, all of it settled and nothing done: it makes no difference but in equity. */
static law_books_t sibling(void)
{
    return (law_books_t){.equity = CASHES(50000),
                         .equity_day_start = CASHES(50000),
                         .cash = CASHES(50000),
                         .settled = CASHES(50000),
                         .margin = {.equity = CASHES(50000)},
                         .uncounted = true};
}

static void poor(risk_input_t *in, config_t *c, law_books_t *b)
{
    (void)c;
    in->held.equity = CASHES(10000);
    in->equity_day_start = CASHES(10000);
    in->margin.equity = CASHES(10000);
    in->draft.qty.v = 5;
    b->equity = CASHES(14999);
    b->equity_day_start = CASHES(14999);
    b->margin.equity = CASHES(14999);
}
static void their_day_trades(risk_input_t *in, config_t *c, law_books_t *b)
{
    poor(in, c, b);
    in->law.day_trades = 1;
    b->day_trades = 2;
}
static void their_openings(risk_input_t *in, config_t *c, law_books_t *b)
{
    poor(in, c, b);
    b->opened_today = 3;
}
static void their_margin(risk_input_t *in, config_t *c, law_books_t *b)
{
    (void)in, (void)c;
    b->margin.required = CASHES(149501); /* of 150,000; a quarter of 2,000 is a dollar too many */
}
static void their_orders(risk_input_t *in, config_t *c, law_books_t *b)
{
    (void)in, (void)c;
    b->margin.orders_required = CASHES(149501);
}
static void their_debts(risk_input_t *in, config_t *c, law_books_t *b) /* together under what is lent upon */
{
    (void)c;
    in->held.settled = CASHES(0);
    b->equity = CASHES(-98001);
}
static void their_kind(risk_input_t *in, config_t *c, law_books_t *b)
{
    (void)c;
    in->held.settled = CASHES(0);
    b->uncounted = false; /* a cash account */
}
static void their_settled(risk_input_t *in, config_t *c, law_books_t *b)
{
    settled(in, c);
    in->held.settled = CASHES(2000);
    b->cash = CASHES(0);
    b->settled = CASHES(-1); /* it bought with what is on its way */
}
static void their_reserved(risk_input_t *in, config_t *c, law_books_t *b)
{
    settled(in, c);
    in->held.settled = CASHES(2000);
    b->reserved = CASHES(50001);
}
static void their_violation(risk_input_t *in, config_t *c, law_books_t *b)
{
    unsettled(in, c);
    b->uncounted = false;
    b->good_faith = 1;
    b->unsettled = 1;
}
static void their_freeze(risk_input_t *in, config_t *c, law_books_t *b)
{
    unsettled(in, c);
    b->uncounted = false;
    b->frozen_days = 90;
}

/* The broker knows one account: what its other sub-ledgers did binds this one, under the same rules; and
 * without them, or with one that did nothing, the draft passes. */
TEST(the_law_counts_all_that_share_an_account)
{
    UNUSED_STATE;
    static const struct {
        void (*spoil)(risk_input_t *, config_t *, law_books_t *);
        rule_t rule;
    } cases[] = {
        {their_day_trades, RULE_DAY_TRADES},   {their_openings, RULE_DAY_TRADES},
        {their_margin, RULE_INTRADAY_MARGIN},  {their_orders, RULE_INTRADAY_MARGIN},
        {their_debts, RULE_SETTLED_CASH},      {their_kind, RULE_SETTLED_CASH},
        {their_settled, RULE_SETTLED_CASH},    {their_reserved, RULE_SETTLED_CASH},
        {their_violation, RULE_GOOD_FAITH},    {their_freeze, RULE_NOT_FROZEN},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (u32 k = 0; k < 2; k++) {
            config_t c;
            gates_t g;
            risk_input_t in = good(&c);
            law_books_t b = sibling();
            law_books_t idle = sibling();
            cases[i].spoil(&in, &c, &b);
            idle.uncounted = c.account_margin != 0;
            alone(&in, &g); /* fills in->law */
            risk_law_add(&in.law, k == 0 ? &b : &idle);
            risk_gates(&in, &g);
            if (k == 0) {
                CHECK(rule_fails(&g, cases[i].rule));
            } else {
                CHECK_EQ(g.failed, 0);
            }
        }
    }
}

/* What is lent to one is lent to the account: its equity counts, whoever's. */
TEST(the_equity_of_all_lends_and_frees)
{
    UNUSED_STATE;
    config_t c;
    gates_t g;
    risk_input_t in = good(&c);
    in.held.equity = CASHES(15000);
    in.equity_day_start = CASHES(15000);
    in.margin.equity = CASHES(15000);
    in.draft.qty.v = 7;
    in.law.day_trades = 3;
    alone(&in, &g);
    CHECK(rule_fails(&g, RULE_DAY_TRADES));
    law_books_t b = sibling();
    b.equity_day_start = CASHES(10000);
    risk_law_add(&in.law, &b);
    risk_gates(&in, &g);
    CHECK_EQ(g.failed, 0);
    in.margin.required = CASHES(14999); /* but nobody lives on another's part */
    alone(&in, &g);
    risk_law_add(&in.law, &b);
    risk_gates(&in, &g);
    CHECK(rule_fails(&g, RULE_INTRADAY_MARGIN));
}

/* As above for one: two that share, in turn, never have more than three between them. */
TEST(two_that_share_are_never_flagged_as_one_pattern_day_trader)
{
    UNUSED_STATE;
    config_t c;
    gates_t g;
    desk_t *d[2] = {desk_open(5000), desk_open(5000)};
    date_t trades[800];
    u32 n = 0;
    u32 by[2] = {0};
    u64 state = 9;
    d[0]->account.today = 0;
    d[1]->account.today = 0;
    for (date_t day = date_from_ymd(2024, 1, 2); day < date_from_ymd(2025, 1, 2);
         day = calendar_next(CAL_NYSE, day, I64_MAX).date) {
        account_day_begin(&d[0]->account, day, day + 1);
        account_day_begin(&d[1]->account, day, day + 1);
        for (u32 k = 0; k < 6; k++) {
            risk_input_t in = good(&c);
            in.rules = rulebook_for(day, NULL);
            in.draft.inst = 1;
            account_t *mine = &d[k % 2]->account;
            risk_input_account(&in, mine, 0, d[0]->now);
            risk_input_beside(&in, &d[1 - k % 2]->account);
            risk_gates(&in, &g);
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            if ((state >> 40) % 2 == 0 && !rule_fails(&g, RULE_DAY_TRADES)) {
                trades[n++] = day;
                by[k % 2]++;
                mine->day.day_trades++;
            }
        }
        i32 inside = 0;
        for (u32 i = 0; i < n; i++) {
            inside += calendar_count(CAL_NYSE, trades[i], day) < 5 ? 1 : 0;
        }
        CHECK(inside <= 3);
    }
    CHECK(by[0] > 30 && by[1] > 30);
    desk_close(d[0]);
    desk_close(d[1]);
}

/* One account holds one side of a name. */
TEST(the_other_side_of_a_name_is_seen)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    intent_t draft = {.inst = 2, .side = SIDE_SELL_SHORT, .qty = {10}};
    CHECK(!reserve_opposes(&d->account, &draft));
    d->account.positions[0] = (position_t){.inst = 2, .direction = 1, .multiplier = 1, .qty = {5}};
    account_positions_count(&d->account);
    CHECK(reserve_opposes(&d->account, &draft));
    draft.side = SIDE_BUY;
    CHECK(!reserve_opposes(&d->account, &draft));
    draft.side = SIDE_SELL_SHORT;
    draft.inst = 1;
    CHECK(!reserve_opposes(&d->account, &draft));
    d->account.positions[0] = (position_t){.inst = INST_NONE};
    account_positions_count(&d->account);
    d->drop_all = true; /* of unknown outcome, and it may fill */
    (void)desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    draft.inst = d->account.orders[0].intent.inst;
    CHECK(reserve_opposes(&d->account, &draft));
    draft.side = SIDE_BUY;
    CHECK(!reserve_opposes(&d->account, &draft));
    desk_close(d);
}

TEST(kill_and_release_each_begin_a_new_epoch)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    u64 epoch = d->account.epoch;
    risk_kill(&d->account);
    CHECK_EQ(d->account.epoch, epoch + 1);
    risk_release(&d->account);
    CHECK_EQ(d->account.epoch, epoch + 2);
    desk_close(d);
}

TEST(each_missing_gate_refuses_the_permit)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 104);
    risk_permit_t permit;
    gates_t whole = desk_gates();
    for (u32 i = 0; i < whole.count; i++) {
        gates_t g = whole;
        bool asked = g.v[i].rule < 1250; /* behind it the rules say what became of an order */
        memmove(&g.v[i], &g.v[i + 1], (g.count - i - 1) * sizeof g.v[0]);
        g.count--;
        CHECK_EQ(permit_open(&d->account, &r, &g, &permit) == ERR_OK, !asked);
    }
    desk_close(d);
}

TEST(sums_that_cannot_be_held_saturate)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    for (u32 i = 0; i < 2; i++) { /* each of 6.3e12 $, of which two are more than a sum holds */
        d->account.positions[i] = (position_t){
            .inst = (inst_t)(i + 1), .direction = 1, .multiplier = 1, .qty = {700}, .mark = USD(9e9)};
        account_positions_count(&d->account);
    }
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 104);
    risk_summary_t s;
    reserve_summary(&d->account, &r.draft, 5, d->now, &s);
    CHECK_EQ(s.long_value.v, I64_MAX);
    CHECK_EQ(s.heat.v, I64_MAX);
    CHECK_EQ(s.equity.v, I64_MAX);
    CHECK_EQ(account_gross(&d->account).v, I64_MAX);
    d->account.positions[0].qty.v = -700;
    CHECK_EQ(account_gross(&d->account).v, I64_MAX);
    CHECK_EQ(account_net(&d->account).v, 0);
    CHECK_EQ(account_equity(&d->account).v, d->account.cash.v);
    d->account.positions[0].inst = INST_NONE;
    d->account.positions[1].inst = INST_NONE;
    account_positions_count(&d->account);
    desk_close(d);
}

TEST(a_position_without_a_stop_risks_all)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->account.positions[0] =
        (position_t){.inst = 2, .direction = 1, .multiplier = 1, .qty = {10}, .mark = USD(50)};
    account_positions_count(&d->account);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 104);
    risk_summary_t s;
    reserve_summary(&d->account, &r.draft, 5, d->now, &s);
    CHECK_EQ(s.open_risk.v, CASHES(500).v);
    d->account.positions[0].inst = INST_NONE;
    account_positions_count(&d->account);
    desk_close(d);
}

TEST(reservations_count_open_and_unknown)
{
    UNUSED_STATE;
    desk_t *d = desk_open(100000);
    d->drop_all = true;
    id128_t id = desk_enter(d, SIDE_BUY, 100, 100, 99, 104);
    permit_request_t r = desk_request(d, SIDE_BUY, 10, 100, 99, 104);
    risk_summary_t s;
    reserve_summary(&d->account, &r.draft, 5, d->now, &s);
    CHECK_EQ(s.positions, 1);
    CHECK_EQ(s.long_reserved.v, CASHES(10000).v);
    CHECK_EQ(s.inst_value.v, CASHES(10000).v);
    CHECK_EQ(s.sector_value.v, CASHES(10000).v);
    CHECK_EQ(s.heat.v, CASHES(200).v);      /* one daily range, wider than the stop */
    CHECK_EQ(s.open_risk.v, CASHES(100).v);
    CHECK_EQ(s.sent_last_minute, 1);
    CHECK(!s.duplicate);
    r.draft.qty.v = 100;
    reserve_summary(&d->account, &r.draft, 6, d->now, &s);
    CHECK(s.duplicate);
    CHECK_EQ(s.sector_value.v, 0);
    desk_say(d, BROKER_SILENT, id, 0, (price_t){0}, 0);
    reserve_summary(&d->account, &r.draft, 5, d->now, &s);
    CHECK_EQ(s.unknown_same_side, 1);
    CHECK_EQ(s.long_reserved.v, CASHES(10000).v);
    desk_say(d, BROKER_FILL, id, 40, USD(100), 1);
    reserve_summary(&d->account, &r.draft, 5, d->now, &s);
    CHECK_EQ(s.long_reserved.v, CASHES(6000).v);
    CHECK_EQ(s.long_value.v, CASHES(4000).v);
    CHECK_EQ(s.positions, 1);
    CHECK_EQ(s.inst_value.v, CASHES(10000).v);
    d->now += 61 * NS_PER_SEC;
    desk_say(d, BROKER_CANCELED, id, 0, (price_t){0}, 0);
    reserve_summary(&d->account, &r.draft, 5, d->now, &s);
    CHECK_EQ(s.long_reserved.v, 0);
    CHECK_EQ(s.sent_last_minute, 0);
    CHECK(!s.duplicate);
    desk_close(d);
}

/* What an order of another account could trade with: the other side of the market, at market or with limits
 * that meet; not what rests beside it. */
TEST(an_order_crosses_what_it_could_trade_with)
{
    UNUSED_STATE;
    static const struct {
        side_t mine;
        order_type_t my_type;
        f64 my_price;
        side_t side;
        order_type_t type;
        f64 price;
        inst_t inst;
        bool crosses;
    } cases[] = {
        {SIDE_BUY, ORDER_LIMIT, 100, SIDE_SELL, ORDER_MARKET, 0, 0, true},
        {SIDE_BUY, ORDER_LIMIT, 100, SIDE_SELL_SHORT, ORDER_LIMIT, 100, 0, true},
        {SIDE_BUY, ORDER_LIMIT, 100, SIDE_SELL, ORDER_LIMIT, 100.01, 0, false},
        {SIDE_SELL_SHORT, ORDER_LIMIT, 100, SIDE_BUY, ORDER_LIMIT, 100, 0, true},
        {SIDE_SELL_SHORT, ORDER_LIMIT, 100, SIDE_BUY_TO_COVER, ORDER_LIMIT, 99.99, 0, false},
        {SIDE_SELL_SHORT, ORDER_MARKET, 0, SIDE_BUY, ORDER_LIMIT, 50, 0, true},
        {SIDE_BUY, ORDER_LIMIT, 100, SIDE_BUY, ORDER_MARKET, 0, 0, false},
        {SIDE_BUY, ORDER_LIMIT, 100, SIDE_BUY_TO_COVER, ORDER_MARKET, 0, 0, false},
        {SIDE_BUY, ORDER_LIMIT, 100, SIDE_SELL, ORDER_STOP, 100, 0, false},
        {SIDE_BUY, ORDER_LIMIT, 100, SIDE_SELL, ORDER_MARKET, 0, 1, false},
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        for (order_state_t st = ORDER_INTENT; st <= ORDER_EXPIRED; st++) {
            desk_t *d = desk_open(100000);
            order_t *o = &d->account.orders[0];
            d->account.orders_used = 1;
            *o = (order_t){.state = (u8)st, .live = {10}};
            o->intent = (intent_t){.side = (u8)cases[i].side, .type = (u8)cases[i].type, .qty = {10},
                                   .limit = cases[i].type == ORDER_LIMIT ? USD(cases[i].price) : USD(0),
                                   .stop = cases[i].type == ORDER_STOP ? USD(cases[i].price) : USD(0),
                                   .inst = cases[i].inst};
            intent_t draft = {.side = (u8)cases[i].mine, .type = (u8)cases[i].my_type, .qty = {5},
                              .limit = USD(cases[i].my_price)};
            bool alive = !order_state_is_terminal(st);
            CHECK_EQ(reserve_crosses(&d->account, &draft), alive && cases[i].crosses);
            o->filled = o->live; /* nothing is left of it, or its entry brought nothing yet */
            CHECK(!reserve_crosses(&d->account, &draft));
            desk_close(d);
        }
    }
}

/* A stop rests beside the market until it wakes: by what it has filled, or because the market stands at or
 * beyond it. Then it is a market order, or with a limit an order at that limit. */
TEST(a_stop_that_woke_crosses)
{
    UNUSED_STATE;
    static const struct {
        side_t mine;
        f64 my_limit, reference;
        side_t side;
        order_type_t type;
        f64 stop, limit, wanted;
        i64 filled;
        bool crosses;
    } cases[] = {
        {SIDE_BUY, 100, 100, SIDE_SELL, ORDER_STOP, 95, 0, 0, 0, false},
        {SIDE_BUY, 100, 100, SIDE_SELL, ORDER_STOP, 95, 0, 0, 4, true},
        {SIDE_BUY, 95, 95, SIDE_SELL, ORDER_STOP, 95, 0, 0, 0, true},
        {SIDE_BUY, 95.5, 95.01, SIDE_SELL, ORDER_STOP, 95, 0, 0, 0, false},
        {SIDE_BUY, 95.5, 95.01, SIDE_SELL, ORDER_STOP, 95, 0, 95.5, 0, true}, /* a replace is under way */
        {SIDE_BUY, 100, 100, SIDE_SELL, ORDER_STOP_LIMIT, 95, 94, 0, 0, false},
        {SIDE_BUY, 94, 93, SIDE_SELL, ORDER_STOP_LIMIT, 95, 94, 0, 0, true}, /* jumped: it rests at 94 */
        {SIDE_BUY, 93.99, 93, SIDE_SELL, ORDER_STOP_LIMIT, 95, 94, 0, 0, false},
        {SIDE_BUY, 94.5, 94.5, SIDE_SELL, ORDER_STOP_LIMIT, 95, 94, 0, 4, true},
        {SIDE_SELL_SHORT, 100, 100, SIDE_BUY_TO_COVER, ORDER_STOP, 105, 0, 0, 0, false},
        {SIDE_SELL_SHORT, 106, 105, SIDE_BUY_TO_COVER, ORDER_STOP, 105, 0, 0, 0, true},
        {SIDE_SELL_SHORT, 106, 107, SIDE_BUY_TO_COVER, ORDER_STOP_LIMIT, 105, 106, 0, 0, true},
        {SIDE_SELL_SHORT, 106.01, 107, SIDE_BUY_TO_COVER, ORDER_STOP_LIMIT, 105, 106, 0, 0, false},
        {SIDE_SELL_SHORT, 100, 100, SIDE_BUY_TO_COVER, ORDER_TRAIL, 105, 0, 0, 0, false},
        {SIDE_SELL_SHORT, 100, 100, SIDE_BUY_TO_COVER, ORDER_TRAIL, 105, 0, 0, 4, true},
        {SIDE_BUY, 100, 100, SIDE_BUY_TO_COVER, ORDER_STOP, 95, 0, 0, 0, false}, /* the same side */
    };
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        desk_t *d = desk_open(100000);
        order_t *o = &d->account.orders[0];
        d->account.orders_used = 1;
        *o = (order_t){.state = ORDER_NEW, .live = {10}, .filled = {cases[i].filled}};
        o->want_stop = USD(cases[i].wanted);
        o->intent = (intent_t){.side = (u8)cases[i].side, .type = (u8)cases[i].type, .qty = {10},
                               .limit = USD(cases[i].limit), .stop = USD(cases[i].stop)};
        intent_t draft = {.side = (u8)cases[i].mine, .type = ORDER_LIMIT, .qty = {5},
                          .limit = USD(cases[i].my_limit), .reference = USD(cases[i].reference)};
        if (reserve_crosses(&d->account, &draft) != cases[i].crosses) {
            print_message("# case %u\n", i);
        }
        CHECK_EQ(reserve_crosses(&d->account, &draft), cases[i].crosses);
        desk_close(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_that_woke_crosses),
        cmocka_unit_test(each_limit_fires_alone),
        cmocka_unit_test(just_inside_passes),
        cmocka_unit_test(unset_is_zero),
        cmocka_unit_test(ceilings_hold_over_every_preset),
        cmocka_unit_test(a_rate_that_is_not_set_counts_all_of_the_value),
        cmocka_unit_test(unsettled_money_within_the_rules),
        cmocka_unit_test(day_trades_ask_the_close_before),
        cmocka_unit_test(margin_of_what_is_held_and_ordered),
        cmocka_unit_test(never_flagged_as_pattern_day_trader),
        cmocka_unit_test(kill_and_release_each_begin_a_new_epoch),
        cmocka_unit_test(each_missing_gate_refuses_the_permit),
        cmocka_unit_test(sums_that_cannot_be_held_saturate),
        cmocka_unit_test(a_position_without_a_stop_risks_all),
        cmocka_unit_test(reservations_count_open_and_unknown),
        cmocka_unit_test(an_order_crosses_what_it_could_trade_with),
        cmocka_unit_test(the_law_counts_all_that_share_an_account),
        cmocka_unit_test(the_equity_of_all_lends_and_frees),
        cmocka_unit_test(two_that_share_are_never_flagged_as_one_pattern_day_trader),
        cmocka_unit_test(the_other_side_of_a_name_is_seen),
    };
    return RUN_TESTS(tests);
}
