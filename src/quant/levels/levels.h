/* Support and resistance (trading.md 4).
 *
 * Promises: only what was known at the decision: completed daily bars, pivots two bars later, an opening
 * range only when the caller says it is complete. No allocation. Prices in one adjusted unit throughout.
 * Leaves to others: adjustment, ATR, VWAP, whether an entry is allowed. */
#ifndef VITRINE_QUANT_LEVELS_LEVELS_H
#define VITRINE_QUANT_LEVELS_LEVELS_H

#include "base/units.h"

enum { LEVELS_SIDE = 3, LEVELS_PIVOT_DAYS = 120, LEVELS_NODE_DAYS = 60 };

#define LEVELS_MIN_STRENGTH 3.0
/* levels_room when nothing stands in the way. */
#define LEVELS_ROOM_OPEN 99.0

/* Origins of a level, a mask. */
enum {
    LEVEL_DAY_HIGH = 1 << 0,
    LEVEL_DAY_LOW = 1 << 1,
    LEVEL_DAY_CLOSE = 1 << 2,
    LEVEL_WEEK_HIGH = 1 << 3,
    LEVEL_WEEK_LOW = 1 << 4,
    LEVEL_RANGE_HIGH = 1 << 5,
    LEVEL_RANGE_LOW = 1 << 6,
    LEVEL_VWAP = 1 << 7,
    LEVEL_SMA20 = 1 << 8,
    LEVEL_SMA50 = 1 << 9,
    LEVEL_SMA200 = 1 << 10,
    LEVEL_PIVOT_HIGH = 1 << 11,
    LEVEL_PIVOT_LOW = 1 << 12,
    LEVEL_NODE = 1 << 13,
    LEVEL_ROUND = 1 << 14
};

typedef struct {
    /* Completed sessions, oldest first; the last one is the prior day. 200 or more give every origin. */
    const date_t *day;
    const f64 *high;
    const f64 *low;
    const f64 *close;
    const f64 *volume; /* NULL: no volume nodes */
    u32 count;         /* >= 1 */
    date_t today;      /* session of the decision, after the last bar */
    f64 price;         /* last price known */
    f64 atr_day;       /* ATRd > 0, Wilder ATR(14) of the days */
    f64 a;             /* unit A of the profile > 0 */
    bool intraday;     /* merge within 0.5 A instead of 0.25 ATRd */
    f64 range_high;    /* today's opening range; 0: none yet */
    f64 range_low;
    f64 vwap;          /* session VWAP; 0: undefined */
    const f64 *recent; /* today's bar closes up to now, oldest first, for the role rule; NULL: none */
    u32 recent_count;
} levels_input_t;

typedef struct {
    f64 price;
    f64 strength; /* >= 3 */
    u32 origin;   /* mask */
} level_t;

typedef struct {
    level_t support[LEVELS_SIDE]; /* nearest first */
    level_t resistance[LEVELS_SIDE];
    u32 support_count;
    u32 resistance_count;
} levels_t;

/* Role: a level is support once a close stood more than 0.25 A above it and none since more than 0.25 A
 * below; within that band the last close outside decides, so a level just crossed keeps its role. */
void levels_find(const levels_input_t *in, levels_t *out);

/* Distance from entry to the next counting level in trade direction d (+1, -1), in units of r (entry to stop,
 * > 0); LEVELS_ROOM_OPEN if there is none. */
f64 levels_room(const levels_t *l, f64 entry, i32 d, f64 r);

/* Name of one origin bit, "prior day high". */
const char *level_origin_name(u32 bit);

#endif

