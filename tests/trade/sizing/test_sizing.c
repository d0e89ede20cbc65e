/* The sizing waterfall, worked by hand: which step binds and what each leaves; then for random inputs: no
 * step enlarges, a lower conviction never buys more, and a closed gate leaves nothing. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "trade/sizing/sizing.h"

enum { DRAWS = 20000 };

/* 100,000 $, 1 % at risk, a share of 100 $ with a stop 2 $ away: 500 shares, were nothing in the way. */
static config_t plain(void)
{
    config_t c = config_default(PROFILE_DAY, PRESET_MODERATE);
    c.size_risk_pct = 1.0;
    c.size_atr_multiplier = 2.0;
    c.size_max_position_pct = 100.0;
    c.size_max_position_usd = 1e9;
    c.size_max_adv_pct = 100.0;
    c.size_min_factor = 0.1;
    c.size_kelly_min_n = 30;
    c.size_kelly_fraction = 0.5;
    c.size_choppy_mult = 0.6;
    c.monk_transition_size_mult = 0.5;
    c.cost_min_profit_multiple = 1.0;
    return c;
}

static size_in_t big(void)
{
    return (size_in_t){.equity = 100000,
                       .entry = 100,
                       .stop_distance = 2,
                       .target_distance = 6,
                       .dollar_vol20 = 1e10,
                       .buying_power = 1e9,
                       .lot = 1,
                       .regime_mult = 1,
                       .conviction = 70,
                       .quality = 3,
                       .correlation_factor = 1,
                       .spread_bps = 2,
                       .sigma_d_bps = 100};
}

static void check(const config_t *c, const size_in_t *in, size_step_t binding, f64 quantity)
{
    size_out_t o;
    gates_t g = {0};
    size_position(c, in, &o, &g);
    if (o.binding != binding || o.quantity != quantity) {
        print_message("bound by %s at %.4f, by hand %s at %.4f\n", size_step_name(o.binding), o.quantity,
                      size_step_name(binding), quantity);
    }
    CHECK_EQ(o.binding, binding);
    CHECK(o.quantity == quantity);
}

TEST(steps_by_hand)
{
    UNUSED_STATE;
    config_t c = plain();
    size_in_t in = big();
    check(&c, &in, SIZE_RISK, 500);
    c.size_max_position_usd = 10100; /* a cap counts at what the order may pay */
    in.dearest = 101;
    check(&c, &in, SIZE_CAP_USD, 100);
    in.dearest = 99;
    check(&c, &in, SIZE_CAP_USD, 101);
    c = plain();
    in = big();
    in.atr_d = 4; /* 1000 / (2 x 4) */
    check(&c, &in, SIZE_ATR, 125);
    in = big();
    in.regime_mult = 0.5;
    check(&c, &in, SIZE_REGIME, 250);
    in.regime_mult = 1.2; /* never enlarges */
    check(&c, &in, SIZE_RISK, 500);
    in = big();
    in.transition = true;
    check(&c, &in, SIZE_TRANSITION, 250);
    in = big();
    in.choppy = true;
    check(&c, &in, SIZE_CHOPPY, 300);
    in = big();
    in.conviction = 59;
    check(&c, &in, SIZE_CONVICTION, 375);
    in.conviction = 39;
    check(&c, &in, SIZE_CONVICTION, 250);
    in = big();
    in.quality = 2;
    check(&c, &in, SIZE_QUALITY, 250);
    in = big();
    in.correlation_factor = 0.3;
    check(&c, &in, SIZE_CORRELATION, 150);
    in = big();
    in.buying_power = 1234;
    check(&c, &in, SIZE_LOT, 12);
    in = big();
    in.dollar_vol20 = 10000;
    in.sigma_d_bps = 0;
    check(&c, &in, SIZE_CAP_ADV, 100);
    c.size_max_position_pct = 20;
    in = big();
    check(&c, &in, SIZE_CAP_PCT, 200);
    c.size_max_position_usd = 1000;
    check(&c, &in, SIZE_CAP_USD, 10);
}

/* 40 results, 24 won of 1.5 R, lost of 1 R: p = (24+4)/50 = 0.56, less sqrt(0.56 x 0.44 / 50) = 0.0702; b =
 * (60+20)/60 = 1.3333; half of (p b - (1-p)) / b = 0.0536: far above the 1 % at risk, so Kelly does not bind.
 */
TEST(kelly)
{
    UNUSED_STATE;
    config_t c = plain();
    size_in_t in = big();
    size_out_t o;
    gates_t g = {0};
    in.kelly_n = 40;
    in.kelly_wins = 24;
    in.kelly_win_mean = 1.5;
    in.kelly_loss_mean = 1.0;
    size_position(&c, &in, &o, &g);
    CHECK(o.kelly > 0.0535 && o.kelly < 0.0537);
    CHECK_EQ(o.binding, SIZE_RISK);
    in.kelly_wins = 8; /* no edge: refused */
    g = (gates_t){0};
    size_position(&c, &in, &o, &g);
    CHECK(o.kelly < 0 && o.quantity == 0 && g.failed > 0);
    in.kelly_n = 29; /* too few to be asked */
    g = (gates_t){0};
    size_position(&c, &in, &o, &g);
    CHECK(o.kelly == 0 && o.quantity == 500);
}

static f64 u(u64 n, u32 what, f64 lo, f64 hi)
{
    return lo + (hi - lo) * rng_unit((rng_key_t){.seed = 4, .purpose = RNG_TEST, .entity = what}, n);
}

/* 500 shares of 100 $ on 2026-06-01, both ways: the regulators take 20.60 a million and 0.000195 a share of
 * the sale, IBKR half a cent a share each way, Alpaca passes the audit trail on. */
TEST(a_trade_pays_the_spread_once_and_the_rest_both_ways)
{
    UNUSED_STATE;
    config_t c = plain();
    size_in_t in = big();
    size_out_t o;
    gates_t g = {0};
    c.cost_slippage_bps = 5;
    size_position(&c, &in, &o, &g);
    f64 want = in.spread_bps + 2.0 * (5.0 + o.impact_bps); /* no instrument class, no fees */
    CHECK(o.cost_bps > want - 1e-9 && o.cost_bps < want + 1e-9);
}

TEST(fees_are_in_the_cost)
{
    UNUSED_STATE;
    static const struct { i32 schedule; asset_class_t cls; f64 dollars; } cases[] = {
        {0, 0, 0}, {0, CLASS_STOCK, 1.03 + 0.0975}, {2, CLASS_STOCK, 5 + 1.03 + 0.0975},
        {1, CLASS_ETF, 0.003 + 1.03 + 0.0975},
    };
    config_t c = plain();
    size_in_t in = big();
    in.day = date_from_ymd(2026, 6, 1);
    f64 without = 0;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_out_t o;
        gates_t g = {0};
        c.broker_fees = cases[i].schedule;
        in.cls = cases[i].cls;
        size_position(&c, &in, &o, &g);
        CHECK(o.quantity == 500);
        without = i == 0 ? o.cost_bps : without;
        f64 fees = (o.cost_bps - without) / 1e4 * 50000;
        CHECK(fees > cases[i].dollars - 1e-6 && fees < cases[i].dollars + 1e-6);
    }
}

TEST(no_step_enlarges)
{
    UNUSED_STATE;
    u32 traded = 0;
    for (u64 n = 0; n < DRAWS; n++) {
        config_t c = config_default((profile_t)(n % 2), (preset_t)(n % 5));
        size_in_t in = {.equity = u(n, 1, 1e3, 1e6),
                        .entry = u(n, 2, 3, 500),
                        .dollar_vol20 = u(n, 3, 1e6, 1e9),
                        .buying_power = u(n, 4, 0, 2e6),
                        .lot = 1,
                        .regime_mult = u(n, 5, 0, 1.5),
                        .conviction = u(n, 6, 0, 100),
                        .quality = 1 + (i32)u(n, 7, 0, 4.99),
                        .correlation_factor = u(n, 8, 0, 1),
                        .kelly_n = (u32)u(n, 9, 0, 80),
                        .kelly_win_mean = u(n, 10, 0.5, 3),
                        .kelly_loss_mean = u(n, 11, 0.5, 1.5),
                        .spread_bps = u(n, 12, 0.5, 40),
                        .sigma_d_bps = u(n, 13, 50, 400),
                        .micro = n % 7 == 0,
                        .transition = n % 3 == 0,
                        .choppy = n % 11 == 0};
        in.stop_distance = in.entry * u(n, 14, 0.002, 0.05);
        in.target_distance = in.stop_distance * u(n, 15, 0.5, 4);
        in.atr_d = in.entry * u(n, 16, 0, 0.06);
        in.kelly_wins = (u32)(in.kelly_n * u(n, 17, 0, 1));
        size_out_t o;
        size_out_t less;
        gates_t g = {0};
        size_position(&c, &in, &o, &g);
        f64 before = o.shares[SIZE_RISK];
        for (u32 s = SIZE_ATR; s < SIZE_STEPS; s++) {
            CHECK(o.shares[s] <= before || (o.shares[s] == 0 && s <= SIZE_KELLY));
            before = o.shares[s] > 0 || s > SIZE_KELLY ? o.shares[s] : before;
        }
        CHECK(o.factor >= 0 && o.factor <= 1);
        CHECK(g.failed == 0 ? o.quantity >= 1 : o.quantity == 0);
        CHECK(o.quantity * in.entry <= in.buying_power * (1 + 1e-9));
        CHECK(o.quantity * in.stop_distance <= in.equity * c.size_risk_pct / 100.0 * (1 + 1e-9) || in.micro);
        in.conviction *= u(n, 18, 0, 1);
        g = (gates_t){0};
        size_position(&c, &in, &less, &g);
        CHECK(less.quantity <= o.quantity);
        traded += o.quantity > 0 ? 1 : 0;
    }
    CHECK(traded > DRAWS / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(steps_by_hand), cmocka_unit_test(kelly),
                                       cmocka_unit_test(a_trade_pays_the_spread_once_and_the_rest_both_ways),
        cmocka_unit_test(fees_are_in_the_cost),
                                       cmocka_unit_test(no_step_enlarges)};
    return RUN_TESTS(tests);
}
