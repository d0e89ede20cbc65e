/* VWAP: price comes back through the volume-weighted price after a stay on the other side, on volume. The
 * session's price by day; the one of the last twenty days in the swing profile (trading.md 8). */
#include "alpha/strategies/strategy.h"
#include "quant/math/qmath.h"

static const f64 FROM_MINUTES = 45.0;

static f64 run_min(const setup_t *s)
{
    return setup_is_day(s) ? 6.0 : 3.0;
}

static f64 volume_min(const setup_t *s)
{
    return setup_is_day(s) ? 1.5 : 1.3;
}

/* Closes in a row on the other side, up to the bar before. */
static f64 run_of(const setup_t *s, i32 d)
{
    return -(f64)d * setup_get(s, FEATURE_VWAP_RUN);
}

static f64 cross_of(const setup_t *s, i32 d)
{
    f64 vwap = setup_get(s, FEATURE_VWAP);
    return vwap > 0 ? (f64)d * (setup_get(s, FEATURE_CLOSE) - vwap) : setup_unknown(s);
}

static f64 turn_of(const setup_t *s, i32 d)
{
    return (f64)d * (setup_get(s, FEATURE_CLOSE) - setup_get(s, FEATURE_OPEN));
}

static bool vwap_holds(const setup_t *s, i32 d)
{
    if (!(setup_get(s, FEATURE_BAR_VOLUME) >= volume_min(s))) {
        return false; /* most bars, and the processor learns it */
    }
    bool back = run_of(s, d) >= run_min(s) && cross_of(s, d) > 0;
    return back && (!setup_is_day(s) || (turn_of(s, d) > 0 && setup_minutes(s) >= FROM_MINUTES));
}

static void vwap_gates(const setup_t *s, i32 d, gates_t *out)
{
    (void)gate_check(out, RULE_VWP_RUN, run_of(s, d), run_min(s));
    (void)gate_check(out, RULE_VWP_CROSS, setup_dollars(s, cross_of(s, d)), 0.0);
    (void)gate_check(out, RULE_VWP_VOLUME, setup_get(s, FEATURE_BAR_VOLUME), volume_min(s));
    if (setup_is_day(s)) {
        (void)gate_check(out, RULE_VWP_TURN_BAR, setup_dollars(s, turn_of(s, d)), 0.0);
        (void)gate_check(out, RULE_VWP_FROM, setup_minutes(s), FROM_MINUTES);
    }
}

static void vwap_plan(const setup_t *s, i32 d, strategy_plan_t *out)
{
    static const f64 weight[3] = {0.38, 0.31, 0.31};
    f64 sign = (f64)d;
    f64 a = setup_get(s, FEATURE_A);
    f64 c = setup_get(s, FEATURE_CLOSE);
    *out = (strategy_plan_t){.level = setup_get(s, FEATURE_VWAP),
                             .component_name = {"bar volume", "relative volume", "near"}};
    out->stop = setup_is_day(s) ? out->level - sign * a : c - sign * 2.0 * a;
    out->target = c + sign * (setup_is_day(s) ? 2.5 : 3.0) * a;
    out->component[0] = (setup_get(s, FEATURE_BAR_VOLUME) - volume_min(s)) / 2.0;
    out->component[1] = (setup_get(s, FEATURE_RVOL) - 1.0) / 1.5;
    out->component[2] = a > 0 ? 1.0 - sign * (c - out->level) / a : 0.0;
    out->score = strategy_score(out->component, weight);
}

/* Two closes on the wrong side, each of its own bar's price. */
static bool vwap_invalid(const setup_t *s, i32 d, const held_t *h)
{
    (void)h;
    bool now = (f64)d * (setup_get(s, FEATURE_CLOSE) - setup_get(s, FEATURE_VWAP)) < 0;
    return now && run_of(s, d) >= 1.0;
}

const strategy_desc_t strategy_vwap = {
    .id = STRATEGY_VWAP,
    .name = "vwap",
    .title = "Return through the volume-weighted price",
    .rules = 740,
    .indicators = {"vwap", "rvol", "atr"},
    .text = {.does = "Takes the close that comes back through the volume-weighted price after a stay "
                     "on the other side, on volume.",
             .formula = "stop    VWAP - 1 A by day, entry - 2 A in swing;  target entry + 2.5 A, 3 A\n"
                        "score   38 % bar volume, 31 % relative volume, 31 % near\n"
                        "leaves  second close in a row on the wrong side",
             .edge = "By day from minute 45 on, so that VWAP means something; in swing it is the one "
                     "of the last twenty days.",
             .wrong = "On a day without direction price crosses VWAP again and again; the six closes "
                      "on the other side keep out the fastest of it only.",
             .source = "S. Berkowitz, D. Logue and E. Noser, Journal of Finance 43, 1988, for the "
                       "price; the rule itself is common practice."},
    .family = FAMILY_TREND,
    .day = true,
    .swing = true,
    .swing_hold_days = 10,
    .holds = vwap_holds,
    .gates = vwap_gates,
    .plan = vwap_plan,
    .invalid = vwap_invalid,
};
