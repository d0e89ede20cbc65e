/* See regime.h. */
#include "quant/regime/regime.h"

#include <string.h>

#include "base/assert.h"
#include "quant/math/qmath.h"

#define STRESS_RATIO 1.25
/* In standard deviations of a 20-day return: what a state's score must pass by before its label changes
 * (docs/decisions/0015). */
#define LABEL_MARGIN 0.25
#define MULTIPLIER_LOW 0.5
#define MULTIPLIER_HIGH 1.2
#define MULTIPLIER_UNKNOWN 0.8

_Static_assert(sizeof(regime_state_t) < 1024, "a state is a small value");

/* What one session's window looks like in feature units and standardised. */
typedef struct {
    u32 days;
    f64 mean[REGIME_FEATURES];
    f64 deviation[REGIME_FEATURES];
} window_t;

void regime_init(regime_state_t *s)
{
    ASSERT(s != NULL);
    memset(s, 0, sizeof *s);
}

const char *regime_label_name(regime_label_t l)
{
    static const char *const names[REGIME_LABELS] = {"unknown", "bear", "sideways", "bull"};
    ASSERT((u32)l < REGIME_LABELS);
    return names[l];
}

/* x1 and x2 of the day whose close is closes[i]. False when 20 days did not move at all: then there is no
 * logarithm of a volatility. */
static bool feature_of_day(regime_work_t *w, u32 i)
{
    f64 total = w->log_price[i] - w->log_price[i - REGIME_SPAN];
    f64 mean = total / REGIME_SPAN;
    f64 squares = 0.0;
    for (u32 j = i - REGIME_SPAN + 1; j <= i; j++) {
        f64 z = w->log_price[j] - w->log_price[j - 1] - mean;
        squares += z * z;
    }
    if (!(squares > 1e-18)) {
        return false;
    }
    w->feature[0][i - REGIME_SPAN] = total / q_sqrt((f64)REGIME_SPAN);
    w->feature[1][i - REGIME_SPAN] = 0.5 * q_log(squares / (REGIME_SPAN - 1));
    return true;
}

/* The window moved by one day: everything known of the days that stayed moves along. */
static bool slide(const f64 *closes, u32 count, regime_work_t *w)
{
    bool moved = w->seen == REGIME_CLOSES && count == REGIME_CLOSES &&
                 memcmp(w->close + 1, closes, (REGIME_CLOSES - 1) * sizeof *closes) == 0;
    if (moved) {
        memmove(w->log_price, w->log_price + 1, (REGIME_CLOSES - 1) * sizeof *w->log_price);
        for (u32 f = 0; f < REGIME_FEATURES; f++) {
            memmove(w->feature[f], w->feature[f] + 1, (REGIME_WINDOW - 1) * sizeof *w->feature[f]);
        }
    }
    return moved;
}

/* x1 and x2 of every day that has 20 returns behind it; the days already worked out for the window before are
 * the same numbers and are kept. False on a close that is no price, or on 20 days without movement. */
static bool features(const f64 *closes, u32 count, regime_work_t *w)
{
    u32 from = slide(closes, count, w) ? count - 1 : 0;
    w->seen = 0;
    for (u32 i = from; i < count; i++) {
        if (!(closes[i] > 0.0) || !q_is_finite(closes[i])) {
            return false;
        }
        w->log_price[i] = q_log(closes[i]);
    }
    for (u32 i = MAX_OF(from, (u32)REGIME_SPAN); i < count; i++) {
        if (!feature_of_day(w, i)) {
            return false;
        }
    }
    memcpy(w->close, closes, count * sizeof *closes);
    w->seen = count;
    return true;
}

static bool standardise(regime_work_t *w, u32 days, window_t *out)
{
    out->days = days;
    for (u32 f = 0; f < REGIME_FEATURES; f++) {
        f64 sum = 0.0;
        f64 squares = 0.0;
        for (u32 t = 0; t < days; t++) {
            sum += w->feature[f][t];
        }
        out->mean[f] = sum / (f64)days;
        for (u32 t = 0; t < days; t++) {
            f64 z = w->feature[f][t] - out->mean[f];
            squares += z * z;
        }
        out->deviation[f] = q_sqrt(squares / (f64)days);
        if (!(out->deviation[f] > 1e-12)) {
            return false;
        }
        for (u32 t = 0; t < days; t++) {
            w->z[f][t] = (w->feature[f][t] - out->mean[f]) / out->deviation[f];
        }
    }
    return true;
}

static void to_window(const window_t *win, const hmm_prior_t *prior, hmm_params_t *p)
{
    for (u32 i = 0; i < p->k; i++) {
        for (u32 f = 0; f < REGIME_FEATURES; f++) {
            p->mean[i][f] = (p->mean[i][f] - win->mean[f]) / win->deviation[f];
            p->var[i][f] = q_max(p->var[i][f] / (win->deviation[f] * win->deviation[f]), prior->var_floor);
        }
    }
}

static void to_raw(const window_t *win, hmm_params_t *p)
{
    for (u32 i = 0; i < p->k; i++) {
        for (u32 f = 0; f < REGIME_FEATURES; f++) {
            p->mean[i][f] = p->mean[i][f] * win->deviation[f] + win->mean[f];
            p->var[i][f] = p->var[i][f] * (win->deviation[f] * win->deviation[f]);
        }
    }
}

/* Which of the states is the extreme one in direction `sign` (+1 highest, -1 lowest score). The state that
 * was it under yesterday's fit stays it until another passes it by the margin. */
static u32 extreme(const f64 *score, f64 sign, const u8 *before, regime_label_t label)
{
    u32 top = 0;
    u32 held = REGIME_STATES;
    for (u32 i = 0; i < REGIME_STATES; i++) {
        top = sign * score[i] > sign * score[top] ? i : top;
        held = before[i] == (u8)label ? i : held;
    }
    bool stays = held < REGIME_STATES && sign * (score[top] - score[held]) <= LABEL_MARGIN;
    return stays ? held : top;
}

/* Lowest mean return per unit of volatility is bear, highest bull, unless the sign of its return objects.
 * Each of these tests gives way to yesterday's answer within LABEL_MARGIN: else a state whose mean lies at
 * zero would rename its days with every fit. */
static void label_states(regime_state_t *s, regime_view_t *v)
{
    f64 score[REGIME_STATES];
    for (u32 i = 0; i < REGIME_STATES; i++) {
        v->state_return[i] = s->raw.mean[i][0];
        v->state_vol[i] = q_exp(s->raw.mean[i][1]);
        v->state_label[i] = REGIME_SIDEWAYS;
        score[i] = v->state_return[i] / v->state_vol[i];
    }
    u32 low = extreme(score, -1.0, s->state_label, REGIME_BEAR);
    u32 high = extreme(score, 1.0, s->state_label, REGIME_BULL);
    if (score[low] < (s->state_label[low] == REGIME_BEAR ? LABEL_MARGIN : 0.0)) {
        v->state_label[low] = REGIME_BEAR;
    }
    if (score[high] > (s->state_label[high] == REGIME_BULL ? -LABEL_MARGIN : 0.0)) {
        v->state_label[high] = REGIME_BULL;
    }
    memcpy(s->state_label, v->state_label, sizeof s->state_label);
}

/* Posterior of each label on one day: two sideways states are one label. */
static regime_label_t best_label(const regime_view_t *v, const f64 *posterior, f64 *p_label, f64 *best)
{
    f64 p[REGIME_LABELS] = {0};
    for (u32 i = 0; i < REGIME_STATES; i++) {
        p[v->state_label[i]] += posterior[i];
    }
    regime_label_t top = REGIME_SIDEWAYS;
    for (u32 l = REGIME_BEAR; l <= REGIME_BULL; l++) {
        top = p[l] > p[top] ? (regime_label_t)l : top;
    }
    if (p_label != NULL) {
        memcpy(p_label, p, sizeof p);
    }
    *best = p[top];
    return p[top] >= REGIME_POST_UNKNOWN ? top : REGIME_UNKNOWN;
}

static u32 hold_days(const regime_input_t *in)
{
    return in->hold_days > 0 ? in->hold_days : REGIME_HOLD_DAYS;
}

static f64 post_min(const regime_input_t *in)
{
    return in->post_min > 0.0 ? in->post_min : REGIME_POST_MIN;
}

/* One close of the hysteresis: true if the held label changed. The very first label is no flip. */
static bool hold_label(regime_state_t *s, const regime_input_t *in, regime_label_t top, f64 best)
{
    s->since_flip += s->since_flip < UINT32_MAX ? 1 : 0;
    if (top == REGIME_UNKNOWN || best < post_min(in) || top == (regime_label_t)s->label) {
        s->streak = 0;
        return false;
    }
    s->streak = s->candidate == (u8)top && s->streak > 0 ? (u8)(s->streak + 1) : 1;
    s->candidate = (u8)top;
    if (s->streak < hold_days(in)) {
        return false;
    }
    bool first = s->label == REGIME_UNKNOWN;
    s->label = (u8)top;
    s->streak = 0;
    if (first) {
        return false;
    }
    s->since_flip = 0;
    s->flips++;
    return true;
}

/* Fits the standardised window: cold (matched to the run if there is one) or warm. */
static f64 fit_window(regime_state_t *s, regime_work_t *w, const window_t *win, bool cold, u64 seed)
{
    hmm_work_t work;
    hmm_work_init(&work, w->block, REGIME_WINDOW);
    hmm_series_t series = {.x = {w->z[0], w->z[1]}, .d = REGIME_FEATURES, .t = win->days};
    hmm_prior_t prior = hmm_prior_default();
    hmm_fit_t fit = {0};
    if (cold) {
        hmm_fit_cold(&work, &series, REGIME_STATES, &prior, seed, &fit);
    } else {
        fit.params = s->raw;
        to_window(win, &prior, &fit.params);
        hmm_fit_warm(&work, &series, &prior, REGIME_WARM_ITERATIONS, &fit);
    }
    if (cold && s->anchored) {
        hmm_params_t before = s->raw;
        to_window(win, &prior, &before);
        u32 perm[HMM_K_MAX];
        (void)hmm_match(&before, &fit.params, perm);
        hmm_permute(&fit.params, perm);
    }
    f64 log_likelihood = hmm_filter(&work, &series, &fit.params, w->posterior);
    s->raw = fit.params;
    to_raw(win, &s->raw);
    return log_likelihood;
}

static f64 stress(const regime_view_t *v, const window_t *win)
{
    u32 wild = 0;
    for (u32 i = 1; i < REGIME_STATES; i++) {
        wild = v->state_vol[i] > v->state_vol[wild] ? i : wild;
    }
    return v->state_vol[wild] > STRESS_RATIO * q_exp(win->mean[1]) ? v->posterior[wild] : 0.0;
}

static void say_unknown(regime_view_t *v, regime_why_t why, u32 days)
{
    memset(v, 0, sizeof *v);
    v->why = why;
    v->days = days;
}

/* Folds in the last close. A cold fit (the first of a quarter) of a run that has none yet also sets the held
 * label by walking the hysteresis through the whole window, so that it does not start blind. */
static void step(regime_state_t *s, regime_work_t *w, const regime_input_t *in, regime_view_t *v)
{
    const f64 *closes = in->closes;
    u32 count = in->count;
    if (count > REGIME_CLOSES) {
        closes += count - REGIME_CLOSES;
        count = REGIME_CLOSES;
    }
    u32 days = count > REGIME_SPAN ? count - REGIME_SPAN : 0;
    window_t win;
    if (days < REGIME_MIN_DAYS) {
        say_unknown(v, REGIME_WHY_SHORT, days);
        return;
    }
    if (!features(closes, count, w) || !standardise(w, days, &win)) {
        say_unknown(v, REGIME_WHY_BAD_DATA, days);
        return;
    }
    memset(v, 0, sizeof *v);
    v->days = days;
    bool fresh = !s->anchored;
    v->log_likelihood = fit_window(s, w, &win, in->quarter_first || fresh, in->seed);
    s->anchored = true;
    label_states(s, v);
    for (u32 t = fresh ? 0 : days - 1; t + 1 < days; t++) {
        f64 best;
        regime_label_t top = best_label(v, w->posterior + (size_t)t * REGIME_STATES, NULL, &best);
        (void)hold_label(s, in, top, best);
    }
    s->flips = fresh ? 0 : s->flips;
    const f64 *today = w->posterior + (size_t)(days - 1) * REGIME_STATES;
    f64 p[REGIME_LABELS];
    memcpy(v->posterior, today, sizeof v->posterior);
    v->raw = best_label(v, today, p, &v->best);
    v->flipped = hold_label(s, in, v->raw, v->best);
    v->p_bull = p[REGIME_BULL];
    v->p_bear = p[REGIME_BEAR];
    v->p_stress = stress(v, &win);
    bool known = v->raw != REGIME_UNKNOWN && s->label != REGIME_UNKNOWN;
    v->label = known ? (regime_label_t)s->label : REGIME_UNKNOWN;
    v->why = known ? REGIME_KNOWN_OK : REGIME_WHY_UNCERTAIN;
    v->transition = s->since_flip < hold_days(in) || v->best < post_min(in);
}

/* The run of a new quarter: from nothing, 63 sessions earlier (or as many as there are), up to yesterday. */
static void burn_in(regime_state_t *s, regime_work_t *w, const regime_input_t *in, regime_view_t *v)
{
    regime_init(s);
    s->since_flip = hold_days(in);
    u32 back = MIN_OF((u32)REGIME_BURN_IN, in->count - 1);
    for (u32 i = back; i >= 1; i--) {
        regime_input_t day = *in;
        day.count = in->count - i;
        day.quarter_first = false;
        step(s, w, &day, v);
    }
}

void regime_update(regime_state_t *s, regime_work_t *w, const regime_input_t *in, regime_view_t *out)
{
    ASSERT(s != NULL && w != NULL && in != NULL && out != NULL);
    ASSERT(in->closes != NULL && in->count >= 1);
    if (in->quarter_first) {
        regime_input_t cut = *in;
        if (cut.count > REGIME_CLOSES_ANCHOR) {
            cut.closes += cut.count - REGIME_CLOSES_ANCHOR;
            cut.count = REGIME_CLOSES_ANCHOR;
        }
        burn_in(s, w, &cut, out);
    } else if (!s->anchored && in->count >= REGIME_CLOSES) {
        say_unknown(out, REGIME_WHY_UNANCHORED, REGIME_WINDOW);
        return;
    } else if (!s->anchored) {
        s->since_flip = hold_days(in);
    }
    step(s, w, in, out);
    s->day = in->day;
    ASSERT(out->best >= 0.0 && out->best <= 1.0 + 1e-9);
}

void regime_rebuild(regime_state_t *s, regime_work_t *w, const regime_input_t *in, u32 since_quarter,
                    regime_view_t *out)
{
    ASSERT(s != NULL && in != NULL && in->count >= 1);
    regime_init(s);
    u32 back = MIN_OF(since_quarter, in->count - 1);
    for (u32 i = back + 1; i >= 1; i--) {
        regime_input_t day = *in;
        day.count = in->count - (i - 1);
        day.quarter_first = i == since_quarter + 1;
        regime_update(s, w, &day, out);
    }
    ASSERT(s->day == in->day);
}

f64 regime_multiplier(const regime_view_t *v, i32 d, f64 trust)
{
    ASSERT(d == 1 || d == -1);
    ASSERT(trust >= 0.0 && trust <= 1.0);
    if (v->label == REGIME_UNKNOWN) {
        return MULTIPLIER_UNKNOWN;
    }
    f64 m = 1.0 + 0.2 * trust * (f64)d * (v->p_bull - v->p_bear) - 0.3 * v->p_stress;
    return q_clamp(m, MULTIPLIER_LOW, MULTIPLIER_HIGH);
}

regime_label_t regime_raw_label_back(const regime_view_t *v, const regime_work_t *w, u32 back, f64 *best)
{
    ASSERT(v->days >= REGIME_MIN_DAYS && back < v->days && best != NULL);
    return best_label(v, w->posterior + (size_t)(v->days - 1 - back) * REGIME_STATES, NULL, best);
}
