/* Momentum: price beyond two averages in order, RSI strong but not spent, more volume than usual, steps in
 * the trade's direction (trading.md 8). */
#include "alpha/strategies/strategy.h"
#include "quant/math/qmath.h"

static const f64 RSI_MIN = 55.0, RSI_MAX = 75.0, RVOL_MIN = 1.5;

static f64 rsi_of(const setup_t *s, i32 d)
{
    f64 rsi = setup_get(s, FEATURE_RSI);
    return d > 0 ? rsi : 100.0 - rsi;
}

/* Extremes of the last three bars both beyond those of the three before. */
static bool steps(const setup_t *s, i32 d)
{
    f64 high = setup_get(s, FEATURE_HIGH3) - setup_get(s, FEATURE_HIGH3_BEFORE);
    f64 low = setup_get(s, FEATURE_LOW3) - setup_get(s, FEATURE_LOW3_BEFORE);
    return (f64)d * high > 0 && (f64)d * low > 0;
}

/* Distance beyond a price; one that is not known is no support. */
static f64 beyond(const setup_t *s, i32 d, feature_t price, feature_t base)
{
    f64 b = setup_get(s, base);
    return b > 0 ? (f64)d * (setup_get(s, price) - b) : setup_unknown(s);
}

/* Place in the year's range in the trade's direction, 1 its far end; unknown without a range. */
static f64 year_place(const setup_t *s, i32 d)
{
    f64 hi = setup_get(s, FEATURE_HIGH252);
    f64 lo = setup_get(s, FEATURE_LOW252);
    if (!(hi > lo)) {
        return -1.0;
    }
    f64 place = (setup_get(s, FEATURE_CLOSE) - lo) / (hi - lo);
    return d > 0 ? place : 1.0 - place;
}

static bool momentum_holds(const setup_t *s, i32 d)
{
    if (!(setup_get(s, FEATURE_RVOL) >= RVOL_MIN)) {
        return false; /* most bars, and the processor learns it */
    }
    f64 rsi = rsi_of(s, d);
    bool strong = rsi >= RSI_MIN && rsi <= RSI_MAX;
    bool ordered = strong && beyond(s, d, FEATURE_CLOSE, FEATURE_EMA9) > 0 &&
                   beyond(s, d, FEATURE_EMA9, FEATURE_EMA21) > 0;
    if (setup_is_day(s)) {
        return ordered && steps(s, d) && beyond(s, d, FEATURE_CLOSE, FEATURE_VWAP) > 0;
    }
    return ordered && beyond(s, d, FEATURE_EMA21, FEATURE_SMA50) > 0 && year_place(s, d) >= 0.5;
}

static void check_beyond(const setup_t *s, i32 d, gates_t *out, rule_t rule, const feature_t pair[2])
{
    (void)gate_check(out, rule, setup_dollars(s, beyond(s, d, pair[0], pair[1])), 0.0);
}

static void momentum_gates(const setup_t *s, i32 d, gates_t *out)
{
    f64 rsi = rsi_of(s, d);
    check_beyond(s, d, out, RULE_MOM_ABOVE_FAST, (const feature_t[2]){FEATURE_CLOSE, FEATURE_EMA9});
    check_beyond(s, d, out, RULE_MOM_FAST_SLOW, (const feature_t[2]){FEATURE_EMA9, FEATURE_EMA21});
    (void)gate_check(out, RULE_MOM_RSI_MIN, rsi, RSI_MIN);
    (void)gate_check(out, RULE_MOM_RSI_MAX, rsi, RSI_MAX);
    (void)gate_check(out, RULE_MOM_RVOL, setup_get(s, FEATURE_RVOL), RVOL_MIN);
    if (setup_is_day(s)) {
        (void)gate_check(out, RULE_MOM_STEPS, steps(s, d) ? 1.0 : 0.0, 1.0);
        check_beyond(s, d, out, RULE_MOM_VWAP, (const feature_t[2]){FEATURE_CLOSE, FEATURE_VWAP});
    } else {
        check_beyond(s, d, out, RULE_MOM_SLOW_BASE, (const feature_t[2]){FEATURE_EMA21, FEATURE_SMA50});
        (void)gate_check(out, RULE_MOM_RANGE_HALF, year_place(s, d), 0.5);
    }
}

static void momentum_plan(const setup_t *s, i32 d, strategy_plan_t *out)
{
    static const f64 weight[3] = {0.38, 0.31, 0.31};
    f64 sign = (f64)d;
    f64 a = setup_get(s, FEATURE_A);
    f64 c = setup_get(s, FEATURE_CLOSE);
    bool day = setup_is_day(s);
    *out = (strategy_plan_t){.level = setup_get(s, FEATURE_EMA21),
                             .component_name = {"relative volume", "slope", "not stretched"}};
    out->stop = c - sign * (day ? 1.5 : 2.0) * a;
    out->target = c + sign * (day ? 3.0 : 4.0) * a;
    out->component[0] = (setup_get(s, FEATURE_RVOL) - RVOL_MIN) / 1.5;
    if (a > 0) {
        out->component[1] = sign * (setup_get(s, FEATURE_EMA9) - setup_get(s, FEATURE_EMA21)) / a;
        out->component[2] = 1.0 - sign * (c - setup_get(s, FEATURE_VWAP)) / (3.0 * a);
    }
    out->score = strategy_score(out->component, weight);
}

/* The averages move on, so the level of the decision is not asked again. */
static bool momentum_invalid(const setup_t *s, i32 d, const held_t *h)
{
    (void)h;
    f64 c = setup_get(s, FEATURE_CLOSE);
    bool under_slow = (f64)d * (c - setup_get(s, FEATURE_EMA21)) < 0;
    bool under_vwap = setup_is_day(s) && (f64)d * (c - setup_get(s, FEATURE_VWAP)) < 0;
    return under_slow || under_vwap;
}

const strategy_desc_t strategy_momentum = {
    .id = STRATEGY_MOMENTUM,
    .name = "momentum",
    .title = "Momentum with volume behind it",
    .rules = 710,
    .indicators = {"ema", "rsi", "rvol", "vwap", "atr", "sma", "highest", "lowest"},
    .text = {.does = "Goes with a move that is already under way: price beyond two averages that "
                     "stand in order, RSI strong but not spent, and more volume than usual.",
             .formula = "stop    entry - 1.5 A by day, 2 A in swing;  target entry + 3 A, 4 A\n"
                        "score   38 % relative volume, 31 % distance of the averages, 31 % not "
                        "stretched beyond VWAP\n"
                        "leaves  close back beyond the slow average; by day also beyond VWAP",
             .edge = "An average that is not known yet does not hold.",
             .wrong = "It buys late by design. Where moves end as soon as they are seen, in a choppy "
                      "market, every entry is near the end of one; and it pays the spread when "
                      "volume, and with it the spread, is high.",
             .source = "N. Jegadeesh and S. Titman, Journal of Finance 48, 1993, found that months of "
                       "strength go on; that it holds for days or minutes after costs is not shown, "
                       "here neither."},
    .family = FAMILY_TREND,
    .day = true,
    .swing = true,
    .swing_hold_days = 10,
    .holds = momentum_holds,
    .gates = momentum_gates,
    .plan = momentum_plan,
    .invalid = momentum_invalid,
};
