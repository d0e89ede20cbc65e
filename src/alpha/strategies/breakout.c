/* Breakout: a first close beyond the extreme of the prior 20 bars on expanding range and volume (trading.md
 * 8). */
#include "alpha/strategies/strategy.h"
#include "quant/math/qmath.h"

static f64 level_of(const setup_t *s, i32 d)
{
    return setup_get(s, d > 0 ? FEATURE_HIGH20 : FEATURE_LOW20);
}

/* The level as the bar before saw it: its own high is part of today's level, so that one would never tell. */
static f64 level_before(const setup_t *s, i32 d)
{
    return setup_get(s, d > 0 ? FEATURE_HIGH20_BEFORE : FEATURE_LOW20_BEFORE);
}

static f64 volume_min(const setup_t *s)
{
    return s->profile == PROFILE_DAY ? 2.0 : 1.5;
}

static bool breakout_holds(const setup_t *s, i32 d)
{
    f64 level = level_of(s, d);
    f64 sign = (f64)d;
    if (!(sign * (setup_get(s, FEATURE_CLOSE) - level) > 0)) {
        return false; /* most bars, and the processor learns it */
    }
    bool first = sign * (setup_get(s, FEATURE_CLOSE_PREV) - level_before(s, d)) <= 0;
    bool wide = setup_get(s, FEATURE_BAR_VOLUME) >= volume_min(s) &&
                setup_get(s, FEATURE_ATR) > setup_get(s, FEATURE_ATR_AGO);
    bool vwap =
        s->profile != PROFILE_DAY || sign * (setup_get(s, FEATURE_CLOSE) - setup_get(s, FEATURE_VWAP)) > 0;
    return level > 0 && first && wide && vwap;
}

static void breakout_gates(const setup_t *s, i32 d, gates_t *out)
{
    f64 level = level_of(s, d);
    f64 sign = (f64)d;
    f64 factor = setup_get(s, FEATURE_FACTOR); /* raw dollars: what a person can check on a chart */
    (void)gate_check(out, RULE_BRK_LEVEL, sign * (setup_get(s, FEATURE_CLOSE) - level) / factor, 0.0);
    (void)gate_check(out, RULE_BRK_FIRST,
                     sign * (setup_get(s, FEATURE_CLOSE_PREV) - level_before(s, d)) / factor, 0.0);
    (void)gate_check(out, RULE_BRK_VOLUME, setup_get(s, FEATURE_BAR_VOLUME), volume_min(s));
    (void)gate_check(out, RULE_BRK_ATR_EXPANDS, setup_get(s, FEATURE_ATR) / factor,
                     setup_get(s, FEATURE_ATR_AGO) / factor);
    if (s->profile == PROFILE_DAY) {
        f64 beyond = sign * (setup_get(s, FEATURE_CLOSE) - setup_get(s, FEATURE_VWAP)) / factor;
        (void)gate_check(out, RULE_BRK_VWAP, beyond, 0.0);
    }
}

static void breakout_plan(const setup_t *s, i32 d, strategy_plan_t *out)
{
    static const f64 weight[3] = {0.38, 0.31, 0.31};
    f64 sign = (f64)d;
    f64 a = setup_get(s, FEATURE_A);
    f64 c = setup_get(s, FEATURE_CLOSE);
    bool day = s->profile == PROFILE_DAY;
    *out = (strategy_plan_t){.level = level_of(s, d),
                             .component_name = {"bar volume", "relative volume", "fresh"}};
    out->stop = out->level - sign * (day ? 1.0 : 1.5) * a;
    out->target = c + sign * (day ? 3.0 : 4.0) * a;
    out->component[0] = (setup_get(s, FEATURE_BAR_VOLUME) - volume_min(s)) / 3.0;
    out->component[1] = (setup_get(s, FEATURE_RVOL) - 1.0) / 1.5;
    out->component[2] = a > 0 ? 1.0 - sign * (c - out->level) / a : 0.0;
    out->score = strategy_score(out->component, weight);
}

static bool breakout_invalid(const setup_t *s, i32 d, const held_t *h)
{
    f64 slack = (s->profile == PROFILE_DAY ? 0.25 : 0.5) * setup_get(s, FEATURE_A);
    return (f64)d * (setup_get(s, FEATURE_CLOSE) - h->level) < -slack;
}

const strategy_desc_t strategy_breakout = {
    .id = STRATEGY_BREAKOUT,
    .name = "breakout",
    .title = "Breakout of the 20-bar range",
    .rules = 720,
    .indicators = {"highest", "lowest", "rvol", "atr", "vwap"},
    .text = {.does = "Takes the first close beyond the highest high (short: the lowest low) of the 20 "
                     "bars before, if the bar has volume and ranges are growing.",
             .formula = "stop    level - 1 A by day, 1.5 A in swing;  target entry + 3 A, 4 A\n"
                        "score   38 % bar volume, 31 % relative volume, 31 % fresh (close still near "
                        "the level)\n"
                        "leaves  close back through the level by more than 0.25 A, 0.5 A in swing",
             .edge = "The level of the bar before is asked too, so that a break counts once.",
             .wrong = "Most breaks of a range fail; it lives on the few that run. In a range that "
                      "many watch, stops beyond its edge are filled first and price comes back.",
             .source = "R. Donchian's channel rule; W. Brock, J. Lakonishok and B. LeBaron, Journal "
                       "of Finance 47, 1992, tested it on a century of the Dow, before costs."},
    .family = FAMILY_TREND,
    .day = true,
    .swing = true,
    .swing_hold_days = 15,
    .holds = breakout_holds,
    .gates = breakout_gates,
    .plan = breakout_plan,
    .invalid = breakout_invalid,
};
