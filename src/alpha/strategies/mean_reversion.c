/* Mean reversion: stretched beyond the band within three bars, then a bar that turns (trading.md 8). */
#include "alpha/strategies/strategy.h"
#include "quant/math/qmath.h"

/* Distance by which the bar turned: day, beyond the previous extreme; swing, beyond the previous close. */
static f64 turn_of(const setup_t *s, i32 d)
{
    feature_t before =
        s->profile == PROFILE_SWING ? FEATURE_CLOSE_PREV : (d > 0 ? FEATURE_HIGH_PREV : FEATURE_LOW_PREV);
    return (f64)d * (setup_get(s, FEATURE_CLOSE) - setup_get(s, before));
}

static f64 setup_age(const setup_t *s, i32 d)
{
    return setup_get(s, d > 0 ? FEATURE_SETUP_LONG : FEATURE_SETUP_SHORT);
}

static f64 gap_atr(const setup_t *s)
{
    f64 atr = setup_get(s, FEATURE_ATRD);
    return atr > 0 ? q_abs(setup_get(s, FEATURE_DAY_OPEN) - setup_get(s, FEATURE_DAY_CLOSE)) / atr : 99.0;
}

/* Swing only: long above the 200-day average, short below; an unknown average does not pass. */
static f64 trend_of(const setup_t *s, i32 d)
{
    f64 sma = setup_get(s, FEATURE_SMA200);
    return sma > 0 ? (f64)d * (setup_get(s, FEATURE_CLOSE) - sma) : setup_unknown(s);
}

/* No news is good news only where there is a source of it. */
static bool news_clear(const setup_t *s)
{
    return s->news == NULL || !s->news->known || s->news->strongest <= 0.6;
}

static bool reversion_holds(const setup_t *s, i32 d)
{
    if (!(setup_age(s, d) <= 2.0)) {
        return false; /* most bars, and the processor learns it */
    }
    f64 c = setup_get(s, FEATURE_CLOSE);
    bool turned = (f64)d * (c - setup_get(s, FEATURE_OPEN)) > 0 && turn_of(s, d) > 0;
    bool room = (f64)d * (c - setup_get(s, FEATURE_BAND_MID)) < 0;
    bool calm = s->profile == PROFILE_DAY ? gap_atr(s) < 1.5 : trend_of(s, d) > 0;
    return turned && room && calm && news_clear(s);
}

static void reversion_gates(const setup_t *s, i32 d, gates_t *out)
{
    f64 factor = setup_get(s, FEATURE_FACTOR);
    f64 c = setup_get(s, FEATURE_CLOSE);
    (void)gate_check(out, RULE_REV_SETUP, setup_age(s, d) <= 2.0 ? 1.0 : 0.0, 1.0);
    (void)gate_check(out, RULE_REV_TURN_BAR, (f64)d * (c - setup_get(s, FEATURE_OPEN)) / factor, 0.0);
    (void)gate_check(out, RULE_REV_TURN_PREV, turn_of(s, d) / factor, 0.0);
    (void)gate_check(out, RULE_REV_ROOM, (f64)d * (c - setup_get(s, FEATURE_BAND_MID)) / factor, 0.0);
    if (s->profile == PROFILE_DAY) {
        (void)gate_check(out, RULE_REV_GAP, gap_atr(s), 1.5);
    } else {
        (void)gate_check(out, RULE_REV_TREND, trend_of(s, d) / factor, 0.0);
    }
    if (s->news != NULL && s->news->known) {
        (void)gate_check(out, RULE_REV_NEWS, s->news->strongest, 0.6);
    }
}

static void reversion_plan(const setup_t *s, i32 d, strategy_plan_t *out)
{
    static const f64 weight[3] = {0.46, 0.31, 0.23};
    f64 sign = (f64)d;
    f64 a = setup_get(s, FEATURE_A);
    f64 c = setup_get(s, FEATURE_CLOSE);
    f64 rsi = d > 0 ? setup_get(s, FEATURE_RSI) : 100.0 - setup_get(s, FEATURE_RSI);
    bool day = s->profile == PROFILE_DAY;
    f64 extreme = setup_get(s, d > 0 ? FEATURE_LOW3 : FEATURE_HIGH3);
    *out =
        (strategy_plan_t){.level = extreme, .component_name = {"distance to the mean", "bar volume", "RSI"}};
    out->stop = extreme - sign * (day ? 0.25 : 0.5) * a;
    out->target = setup_get(s, FEATURE_BAND_MID);
    out->component[0] = a > 0 ? sign * (out->target - c) / (1.5 * a) : 0.0;
    out->component[1] = (setup_get(s, FEATURE_BAR_VOLUME) - 1.0) / 2.0;
    out->component[2] = (35.0 - rsi) / 20.0;
    out->score = strategy_score(out->component, weight);
}

static bool reversion_invalid(const setup_t *s, i32 d, const held_t *h)
{
    bool new_low = (f64)d * (setup_get(s, FEATURE_CLOSE) - h->level) < 0;
    bool stuck = s->profile == PROFILE_DAY && h->held_minutes >= 30 && h->mfe_a < 0.5;
    return new_low || stuck;
}

const strategy_desc_t strategy_mean_reversion = {
    .id = STRATEGY_MEAN_REVERSION,
    .name = "mean_reversion",
    .title = "Return to the mean after a stretch",
    .rules = 730,
    .indicators = {"bollinger", "rsi", "atr", "sma", "rvol", "highest", "lowest"},
    .text = {.does = "Waits for price to stretch beyond its band with RSI stretched too, and takes "
                     "the bar that turns, with the mean as its target.",
             .formula = "stop    extreme of the last three bars - 0.25 A by day, 0.5 A in swing;  "
                        "target the mean\n"
                        "score   46 % distance to the mean, 31 % bar volume, 23 % RSI\n"
                        "leaves  close beyond that extreme; by day also after 30 minutes without half "
                        "an A",
             .edge = "Where there is a source of news, strong news of the last day forbids it; "
                     "without one the rule is not asked.",
             .wrong = "A stretch with a reason does not come back. Gaps beyond 1.5 daily ranges are "
                      "refused, a slow slide is not: there it buys one step after the other. Its "
                      "gains are small and its losses are not, so a high share of winners says "
                      "little.",
             .source = "J. Bollinger, Bollinger on Bollinger Bands, 2001; B. Lehmann, Quarterly "
                       "Journal of Economics 105, 1990, on weekly reversals, most of which costs "
                       "take."},
    .family = FAMILY_REVERSAL,
    .day = true,
    .swing = true,
    .swing_hold_days = 7,
    .holds = reversion_holds,
    .gates = reversion_gates,
    .plan = reversion_plan,
    .invalid = reversion_invalid,
};
