/* Opening range: the first close beyond the range of the first minutes; in the swing profile beyond the range
 * of the week's first session (trading.md 8). */
#include "alpha/strategies/strategy.h"
#include "quant/math/qmath.h"

static const f64 UNTIL_MINUTES = 120.0, RVOL_MIN = 1.2, WIDTH_MIN = 0.15, WIDTH_MAX = 0.7;

static f64 level_of(const setup_t *s, i32 d)
{
    return setup_get(s, d > 0 ? FEATURE_RANGE_HIGH : FEATURE_RANGE_LOW);
}

static f64 width_of(const setup_t *s)
{
    return setup_get(s, FEATURE_RANGE_HIGH) - setup_get(s, FEATURE_RANGE_LOW);
}

static f64 middle_of(const setup_t *s)
{
    return (setup_get(s, FEATURE_RANGE_HIGH) + setup_get(s, FEATURE_RANGE_LOW)) / 2.0;
}

static f64 width_atr(const setup_t *s)
{
    f64 atr = setup_get(s, FEATURE_ATRD);
    return atr > 0 ? width_of(s) / atr : 0.0;
}

/* Distance beyond the range; before the range is over it is unknown and nothing is beyond it. */
static f64 beyond(const setup_t *s, i32 d)
{
    f64 level = level_of(s, d);
    return level > 0 ? (f64)d * (setup_get(s, FEATURE_CLOSE) - level) : setup_unknown(s);
}

static f64 earlier(const setup_t *s, i32 d)
{
    return setup_get(s, d > 0 ? FEATURE_RANGE_ABOVE : FEATURE_RANGE_BELOW);
}

static bool orb_holds(const setup_t *s, i32 d)
{
    bool first = beyond(s, d) > 0 && earlier(s, d) <= 0;
    if (!setup_is_day(s)) {
        return first && setup_get(s, FEATURE_WEEK_LAST) == 0.0;
    }
    f64 width = width_atr(s);
    return first && setup_minutes(s) <= UNTIL_MINUTES && setup_get(s, FEATURE_RVOL) >= RVOL_MIN &&
           width >= WIDTH_MIN && width <= WIDTH_MAX;
}

static void orb_gates(const setup_t *s, i32 d, gates_t *out)
{
    (void)gate_check(out, RULE_ORB_LEVEL, setup_dollars(s, beyond(s, d)), 0.0);
    (void)gate_check(out, RULE_ORB_FIRST, earlier(s, d), 0.0);
    if (!setup_is_day(s)) {
        (void)gate_check(out, RULE_ORB_WEEK, setup_get(s, FEATURE_WEEK_LAST) == 0.0 ? 1.0 : 0.0, 1.0);
        return;
    }
    (void)gate_check(out, RULE_ORB_UNTIL, setup_minutes(s), UNTIL_MINUTES);
    (void)gate_check(out, RULE_ORB_RVOL, setup_get(s, FEATURE_RVOL), RVOL_MIN);
    (void)gate_check(out, RULE_ORB_WIDTH_MIN, width_atr(s), WIDTH_MIN);
    (void)gate_check(out, RULE_ORB_WIDTH_MAX, width_atr(s), WIDTH_MAX);
}

/* A day's range is several times that of its first minutes: "narrow" is measured on a scale of its own. */
static f64 narrow(const setup_t *s)
{
    return setup_is_day(s) ? 1.0 - (width_atr(s) - WIDTH_MIN) / (WIDTH_MAX - WIDTH_MIN)
                           : 1.0 - (width_atr(s) - 0.5) / 1.5;
}

static void orb_plan(const setup_t *s, i32 d, strategy_plan_t *out)
{
    static const f64 weight[3] = {0.46, 0.31, 0.23};
    f64 sign = (f64)d;
    f64 a = setup_get(s, FEATURE_A);
    f64 c = setup_get(s, FEATURE_CLOSE);
    f64 width = width_of(s);
    *out = (strategy_plan_t){.level = middle_of(s), .component_name = {"relative volume", "narrow", "fresh"}};
    out->stop = out->level;
    out->target = c + sign * (setup_is_day(s) ? q_max(width, 1.5 * a) : width);
    out->component[0] = (setup_get(s, FEATURE_RVOL) - RVOL_MIN) / 1.8;
    out->component[1] = narrow(s);
    out->component[2] = a > 0 ? 1.0 - sign * (c - level_of(s, d)) / a : 0.0;
    out->score = strategy_score(out->component, weight);
}

/* Back beyond the middle; by days also when the week ends, whatever the price. */
static bool orb_invalid(const setup_t *s, i32 d, const held_t *h)
{
    bool back = (f64)d * (setup_get(s, FEATURE_CLOSE) - h->level) < 0;
    bool over = !setup_is_day(s) && setup_get(s, FEATURE_WEEK_LAST) != 0.0;
    return back || over;
}

const strategy_desc_t strategy_orb = {
    .id = STRATEGY_ORB,
    .name = "orb",
    .title = "Break of the opening range",
    .rules = 750,
    .indicators = {"rvol", "atr"},
    .keys = {"orb.range_minutes"},
    .text = {.does = "Takes the first close beyond the range of the session's first minutes; in the "
                     "swing profile beyond that of the week's first session.",
             .formula = "stop    middle of the range;  target entry + the larger of the range and 1.5 "
                        "A (swing: the range)\n"
                        "score   46 % relative volume, 31 % narrow range, 23 % fresh\n"
                        "leaves  close back beyond the middle; in swing also with the week",
             .edge = "By day until minute 120, and only if the range is 0.15 to 0.7 of a daily one.",
             .wrong = "The first minutes hold the widest spreads and the most news; without an event "
                      "behind it the break is often just that noise, and both sides of the range are "
                      "touched.",
             .source = "T. Crabel, Day Trading with Short Term Price Patterns and Opening Range "
                       "Breakout, 1990."},
    .family = FAMILY_TREND,
    .day = true,
    .swing = true,
    .swing_hold_days = 5,
    .holds = orb_holds,
    .gates = orb_gates,
    .plan = orb_plan,
    .invalid = orb_invalid,
};
