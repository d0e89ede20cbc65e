/* Gap-fill: a quiet gap of fair size that turns back through the opening range, on its way to the prior close
 * (trading.md 8). By day only. */
#include "alpha/strategies/strategy.h"
#include "quant/math/qmath.h"

static const f64 SIZE_PCT = 2.0, ATR_MIN = 0.3, ATR_MAX = 1.0, ROOM_A = 0.75, RVOL_MAX = 2.5,
                 UNTIL_MINUTES = 120.0;

/* Of today's open from the prior close, positive where the trade goes against it. */
static f64 gap_of(const setup_t *s, i32 d)
{
    return (f64)d * (setup_get(s, FEATURE_DAY_CLOSE) - setup_get(s, FEATURE_DAY_OPEN));
}

static f64 gap_pct(const setup_t *s, i32 d)
{
    f64 prior = setup_get(s, FEATURE_DAY_CLOSE);
    return prior > 0 && setup_get(s, FEATURE_DAY_OPEN) > 0 ? 100.0 * gap_of(s, d) / prior : 0.0;
}

static f64 gap_atr(const setup_t *s, i32 d)
{
    f64 atr = setup_get(s, FEATURE_ATRD);
    return atr > 0 ? gap_of(s, d) / atr : 0.0;
}

/* Beyond the opening range in the trade's direction; unknown before the range is over. */
static f64 turn_of(const setup_t *s, i32 d)
{
    f64 level = setup_get(s, d > 0 ? FEATURE_RANGE_HIGH : FEATURE_RANGE_LOW);
    return level > 0 ? (f64)d * (setup_get(s, FEATURE_CLOSE) - level) : setup_unknown(s);
}

/* Way left to the prior close, in A. */
static f64 room_of(const setup_t *s, i32 d)
{
    f64 a = setup_get(s, FEATURE_A);
    f64 way = (f64)d * (setup_get(s, FEATURE_DAY_CLOSE) - setup_get(s, FEATURE_CLOSE));
    return a > 0 ? way / a : 0.0;
}

/* Unknown volume is not a quiet one. */
static f64 rvol_of(const setup_t *s)
{
    f64 rvol = setup_get(s, FEATURE_RVOL);
    return rvol > 0 ? rvol : 99.0;
}

static bool reported(const setup_t *s)
{
    return s->news != NULL && s->news->report_known && s->news->report;
}

static bool gap_holds(const setup_t *s, i32 d)
{
    bool sized = gap_pct(s, d) >= SIZE_PCT && gap_atr(s, d) >= ATR_MIN && gap_atr(s, d) <= ATR_MAX;
    return sized && turn_of(s, d) > 0 && setup_minutes(s) <= UNTIL_MINUTES && room_of(s, d) >= ROOM_A &&
           rvol_of(s) < RVOL_MAX && !reported(s);
}

static void gap_gates(const setup_t *s, i32 d, gates_t *out)
{
    (void)gate_check(out, RULE_GAP_SIZE, gap_pct(s, d), SIZE_PCT);
    (void)gate_check(out, RULE_GAP_ATR_MIN, gap_atr(s, d), ATR_MIN);
    (void)gate_check(out, RULE_GAP_ATR_MAX, gap_atr(s, d), ATR_MAX);
    (void)gate_check(out, RULE_GAP_TURN, setup_dollars(s, turn_of(s, d)), 0.0);
    (void)gate_check(out, RULE_GAP_UNTIL, setup_minutes(s), UNTIL_MINUTES);
    (void)gate_check(out, RULE_GAP_ROOM, room_of(s, d), ROOM_A);
    (void)gate_check(out, RULE_GAP_RVOL, rvol_of(s), RVOL_MAX);
    if (s->news != NULL && s->news->report_known) {
        (void)gate_check(out, RULE_GAP_REPORT, s->news->report ? 0.0 : 1.0, 1.0);
    }
}

static void gap_plan(const setup_t *s, i32 d, strategy_plan_t *out)
{
    static const f64 weight[3] = {0.46, 0.31, 0.23};
    f64 a = setup_get(s, FEATURE_A);
    *out = (strategy_plan_t){.level = setup_get(s, d > 0 ? FEATURE_DAY_LOW : FEATURE_DAY_HIGH),
                             .component_name = {"quiet", "distance", "fresh"}};
    out->stop = out->level; /* not farther than the common clamp of two A */
    out->target = setup_get(s, FEATURE_DAY_CLOSE);
    out->component[0] = 1.0 - (rvol_of(s) - 0.8) / 1.7;
    out->component[1] = room_of(s, d) / 3.0;
    out->component[2] = a > 0 ? 1.0 - turn_of(s, d) / a : 0.0;
    out->score = strategy_score(out->component, weight);
}

/* A new extreme of the day against the trade. */
static bool gap_invalid(const setup_t *s, i32 d, const held_t *h)
{
    f64 extreme = setup_get(s, d > 0 ? FEATURE_LOW : FEATURE_HIGH);
    return (f64)d * (extreme - h->level) < 0;
}

const strategy_desc_t strategy_gap_fill = {
    .id = STRATEGY_GAP_FILL,
    .name = "gap_fill",
    .title = "Quiet gap on its way back",
    .rules = 760,
    .indicators = {"atr", "rvol"},
    .keys = {"orb.range_minutes"},
    .text = {.does = "Takes a quiet gap of fair size that turns back through the opening range, on "
                     "its way to the close before. By day only.",
             .formula = "stop    extreme of the day (not farther than 2 A);  target the prior close\n"
                        "score   46 % quiet, 31 % distance left, 23 % fresh\n"
                        "leaves  new extreme of the day against the trade",
             .edge = "Volume that is not known is not quiet. Where there is a source of news, "
                     "earnings or guidance since the close forbid it.",
             .wrong = "Gaps with news stay open or widen. Without a source of news, quiet volume is "
                      "the only sign that there is none, and it is a weak one.",
             .source = "Common practice; no study that this project trusts shows that it pays after "
                       "costs."},
    .family = FAMILY_REVERSAL,
    .day = true,
    .swing = false,
    .holds = gap_holds,
    .gates = gap_gates,
    .plan = gap_plan,
    .invalid = gap_invalid,
};
