/* Which of four factors leads among the run's own names: what the best fifth by it earned in the last month
 * beyond the worst fifth, both as they stood when that month began. With the first session of a month. */
#include <stdlib.h>

#include "base/assert.h"
#include "loops/plan.h"
#include "loops/tell.h"
#include "quant/math/qmath.h"

enum { FACTORS = 4, MONTH = 21, YEAR = 252, CALM = 60, LEAST = 25, FIFTHS = 5 };
#define LEAD_PCT 2.0 /* below it nothing leads */

static const char *const names[FACTORS] = {"momentum", "reversal", "calm", "liquidity"};

typedef struct {
    f64 score, gain;
    u32 inst; /* of equals the first of the table comes first, on every machine */
    u32 at;   /* its bar of a month ago */
} name_t;

static int by_score(const void *pa, const void *pb)
{
    const name_t *a = pa;
    const name_t *b = pb;
    if (a->score != b->score) {
        return a->score < b->score ? -1 : 1;
    }
    return a->inst < b->inst ? -1 : a->inst > b->inst;
}

/* Mean absolute step of the days before bar `at`, as a part of the price: the less, the calmer. */
static f64 unrest(const f64 *close, u32 at)
{
    f64 sum = 0;
    for (u32 i = at - CALM; i < at; i++) {
        sum += q_abs(close[i + 1] / close[i] - 1.0);
    }
    return sum / (f64)CALM;
}

/* What a name was worth by a factor a month ago. */
static f64 score_of(const series_t *d, u32 at, u32 factor)
{
    switch (factor) {
    case 0:
        return d->close[at - MONTH] / d->close[at - YEAR] - 1.0; /* its last month is the reversal's */
    case 1:
        return -(d->close[at] / d->close[at - MONTH] - 1.0);
    case 2:
        return -unrest(d->close, at);
    default:
        return d->dollar[at];
    }
}

/* Names with a year of days that still trade, and what each earned in the month. Returns how many. */
static u32 names_of(const market_view_t *v, name_t *out)
{
    u32 count = 0;
    date_t last = 0;
    u32 n = 0;
    for (u32 i = 0; i < v->market->count; i++) {
        const series_t *d = market_daily(v, (inst_t)i, &n);
        last = n > 0 ? MAX_OF(last, d->session[n - 1]) : last;
    }
    for (u32 i = 0; i < v->market->count; i++) {
        const series_t *d = market_daily(v, (inst_t)i, &n);
        if (n <= YEAR + MONTH || d->session[n - 1] != last) {
            continue;
        }
        u32 at = n - 1 - MONTH;
        out[count++] =
            (name_t){.gain = 100.0 * (d->close[n - 1] / d->close[at] - 1.0), .inst = i, .at = at};
    }
    return count;
}

/* Best fifth less worst fifth by a factor, %. */
static f64 spread_of(const market_view_t *v, u32 factor, name_t *all, u32 count)
{
    u32 fifth = count / FIFTHS;
    f64 sum = 0;
    for (u32 i = 0; i < count; i++) {
        u32 n = 0;
        all[i].score = score_of(market_daily(v, (inst_t)all[i].inst, &n), all[i].at, factor);
    }
    qsort(all, count, sizeof *all, by_score);
    for (u32 i = 0; i < fifth; i++) {
        sum += all[count - 1 - i].gain - all[i].gain;
    }
    return sum / (f64)fifth;
}

static i32 month_of(date_t day)
{
    return date_number(day) / 100;
}

static bool factor_rotation_run(loop_env_t *env)
{
    ASSERT(env != NULL && env->memory != NULL);
    const scan_shared_t *s = env->shared;
    f64 spread[FACTORS];
    u32 lead = 0;
    if (s->view.row == NULL || env->session_before == 0 ||
        month_of(s->session) == month_of(env->session_before)) {
        return false;
    }
    name_t all[LIMIT_UNIVERSE];
    u32 count = names_of(&s->view, all);
    if (count < LEAST) {
        return false;
    }
    for (u32 k = 0; k < FACTORS; k++) {
        spread[k] = spread_of(&s->view, k, all, count);
        lead = spread[k] > spread[lead] ? k : lead;
    }
    bool leads = spread[lead] >= LEAD_PCT;
    notice_t n = {.row = PLAN_FACTOR_ROTATION, .state = leads ? (u8)(lead + 1) : 0, .value = spread[lead],
                  .limit = LEAD_PCT};
    (void)loop_tell(env, &n, "%s%s: best less worst fifth of %u names %+.1f %% in a month",
                    leads ? "" : "nothing leads; nearest is ", names[lead], count, spread[lead]);
    return false;
}

const loop_desc_t loop_factor_rotation = {
    .name = "factor_rotation",
    .text = {.does = "Tells which of momentum, reversal, calm and liquidity paid in the last month, among "
                     "the run's own names.",
             .wrong = "A month of one spread is mostly chance; what led is no promise. No size follows it."},
    .group = LOOP_STRATEGY, .lease = LEASE_CLUSTER, .order = 330,
    .owner = "market",
    .why = "when what paid changes, somebody should know", .budget_ms = 50,
    .inputs = LOOP_IN_DAY | LOOP_IN_DECISION, .wakes = LOOP_IN_DAY, .run = factor_rotation_run,
};
