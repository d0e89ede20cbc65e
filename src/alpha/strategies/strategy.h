/* Strategies: one file and one descriptor each; the long rule is written, the short one is its mirror by `d`.
 *
 * A strategy says whether its set-up holds (every condition as a gate), how strong it is (0..1), where stop
 * and target lie, and when an open position has lost its reason. Prices are on the forward scale. Pure. */
#ifndef VITRINE_ALPHA_STRATEGIES_STRATEGY_H
#define VITRINE_ALPHA_STRATEGIES_STRATEGY_H

#include "market/market.h"
#include "model/gate.h"
#include "model/part.h"

/* Stored ids. */
typedef enum {
    STRATEGY_MOMENTUM = 1,
    STRATEGY_BREAKOUT = 2,
    STRATEGY_MEAN_REVERSION = 3,
    STRATEGY_VWAP = 4,
    STRATEGY_ORB = 5,
    STRATEGY_GAP_FILL = 6
} strategy_id_t;
enum { STRATEGY_NAMES = 12 };

typedef enum { FAMILY_TREND = 1, FAMILY_REVERSAL = 2 } family_t;

typedef struct {
    f64 level; /* what the set-up is about: invalidation looks at it */
    f64 stop;  /* before clamping */
    f64 target;
    f64 score; /* 0.15 + 0.85 x weighted components */
    f64 component[3];
    const char *component_name[3];
} strategy_plan_t;

/* What is known of a symbol's news. Without a source nothing is, and the rules about it are not asked. */
typedef struct {
    bool known, report_known; /* a source covers its headlines, its reports */
    f64 strongest;            /* largest size of a sentiment of the last 24 hours, 0..1 */
    bool report;              /* earnings or guidance since the last close */
} setup_news_t;

typedef struct {
    const market_view_t *view;
    u32 inst;
    profile_t profile;
    const setup_news_t *news; /* NULL: unknown */
} setup_t;

typedef struct {
    f64 level;
    f64 entry;        /* average fill, forward scale of now */
    f64 mfe_a;        /* best excursion in A */
    f64 low3;         /* low (short: high) of the three bars at the decision */
    i32 held_minutes; /* trading minutes since the entry */
    i32 held_days;
} held_t;

typedef struct {
    u16 id;
    const char *name;
    const char *title;
    u16 rules; /* its conditions are rules of this ten: 710 to 719 */
    const char *indicators[STRATEGY_NAMES]; /* whose values it reads, ended by NULL */
    const char *keys[STRATEGY_NAMES];       /* settings of its own, ended by NULL */
    part_text_t text;
    family_t family;
    bool day;
    bool swing;
    i32 swing_hold_days;
    /* The conditions without their numbers: must agree with gates up to the grid. */
    bool (*holds)(const setup_t *s, i32 d);
    void (*gates)(const setup_t *s, i32 d, gates_t *out);
    void (*plan)(const setup_t *s, i32 d, strategy_plan_t *out);
    bool (*invalid)(const setup_t *s, i32 d, const held_t *h);
} strategy_desc_t;

u32 strategy_count(void);
const strategy_desc_t *strategy_at(u32 index);
const strategy_desc_t *strategy_find(u16 id);
static inline f64 setup_get(const setup_t *s, feature_t f)
{
    return view_get(s->view, f, s->inst);
}
static inline bool setup_is_day(const setup_t *s)
{
    return s->profile == PROFILE_DAY;
}
/* From the bell to the end of the decision bar (day profile). */
static inline f64 setup_minutes(const setup_t *s)
{
    return 5.0 * (f64)(s->view->clock + 1);
}
/* Dollars of today from a difference on the forward scale: what a person can check on a chart. */
static inline f64 setup_dollars(const setup_t *s, f64 difference)
{
    return difference / setup_get(s, FEATURE_FACTOR);
}
/* In the place of a difference that is not known: a dollar on the wrong side. */
static inline f64 setup_unknown(const setup_t *s)
{
    return -setup_get(s, FEATURE_FACTOR);
}
/* Weighted components, each clamped to 0..1; weights sum to 1. */
f64 strategy_score(const f64 component[3], const f64 weight[3]);

#endif
