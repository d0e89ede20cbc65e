/* Bulletins: what a run hears beside prices, one message each.
 *
 * A bulletin becomes known at one moment and speaks of one instrument, or of the whole market. Silence means
 * something only where somebody speaks: a source says itself what it covers from when to when
 * (BULLETIN_COVERS), and what no source covers is unknown, never good. The text is other people's words: no
 * rule reads it, and its control characters are blanks from the first moment on. Leaves to others: what
 * follows from bulletins (scan/heard.h), where they come from (drivers, sim). */
#ifndef VITRINE_MODEL_BULLETIN_H
#define VITRINE_MODEL_BULLETIN_H

#include "base/units.h"
#include "model/instrument.h"

/* Stored ids. `value` is fixed point at BULLETIN_SCALE. */
typedef enum {
    BULLETIN_COVERS = 1,   /* value: the kind that is covered from now on, or minus that kind: no longer */
    BULLETIN_NEWS = 2,     /* a headline; value: its sentiment, -1..1 */
    BULLETIN_REPORT = 3,   /* results or guidance are out; value: the surprise as a sentiment */
    BULLETIN_FILING = 4,   /* any other filing with the regulator */
    BULLETIN_INSIDER = 5,  /* an insider's trade on the market; value: dollars, bought > 0 */
    BULLETIN_CONGRESS = 6, /* a member of Congress' trade; value: dollars of the band's middle, bought > 0 */
    BULLETIN_CALENDAR = 7, /* results are due on the day of t_event */
    BULLETIN_MOOD = 8,     /* fear and greed of the US market; value: 0..100 */
    BULLETIN_YIELD = 9,    /* ten-year Treasury yield; value: % a year */
    BULLETIN_DOLLAR = 10,  /* trade-weighted dollar; value: index */
    BULLETIN_MEMBER = 11,  /* of the list that names who may be traded; value: 1 joins, -1 leaves */
    BULLETIN_IV = 12, /* implied volatility of thirty days at a session's end; value: a year, 0.2 is 20 % */
    BULLETIN_GAMMA = 13,    /* gamma exposure then; value: dollars for a move of 1 % */
    BULLETIN_FLIP = 14,     /* where that changes its sign; value: over the price then, less 1 */
    BULLETIN_MAX_PAIN = 15, /* where options that end on the day of t_event pay least; value: likewise */
    BULLETIN_MOVE =
        16, /* what options that end on the day of t_event expect; value: either way, of the price */
    BULLETIN_KINDS = 17
} bulletin_kind_t;

enum { BULLETIN_TEXT = 120, BULLETIN_SCALE = 1000000, BULLETIN_LAST_DAY = 47482 /* 2100-01-01 */ };
#define BULLETIN_NO_VALUE I64_MIN

typedef struct {
    i64 t_known;
    i64 t_event; /* what it speaks of: publication, period, due day */
    i64 value;
    inst_t inst;              /* INST_NONE: the whole market; of COVERS: every instrument */
    u8 kind;                  /* bulletin_kind_t */
    char text[BULLETIN_TEXT]; /* UTF-8, NUL-ended */
} bulletin_t;

/* "news", never NULL. */
static inline const char *bulletin_kind_name(bulletin_kind_t k)
{
    static const char *const names[BULLETIN_KINDS] = {
        "none",  "coverage", "news",   "report", "filing", "insider", "congress", "calendar", "mood",
        "yield", "dollar",   "member", "iv",     "gamma",  "flip",    "max_pain", "move"};
    return (u32)k < BULLETIN_KINDS ? names[k] : "?";
}

static inline bool bulletin_is_of_market(bulletin_kind_t k)
{
    return k >= BULLETIN_MOOD && k <= BULLETIN_DOLLAR;
}

static inline bool bulletin_is_of_chain(bulletin_kind_t k)
{
    return k >= BULLETIN_IV && k <= BULLETIN_MOVE;
}

static inline f64 bulletin_value(const bulletin_t *b)
{
    return b->value == BULLETIN_NO_VALUE ? 0.0 : (f64)b->value / BULLETIN_SCALE;
}

static inline bool bulletin_has_day(const bulletin_t *b)
{
    return b->t_event > 0 && b->t_event < BULLETIN_LAST_DAY * NS_PER_DAY;
}

static inline bool bulletin_is_of_past(const bulletin_t *b)
{
    return bulletin_has_day(b) && b->t_event <= b->t_known;
}

/* A bulletin that may be believed: a known kind, of an instrument of the run or of the market as its kind
 * says, a value that the kind can have, a day of this century. */
static inline bool bulletin_is_sound(const bulletin_t *b, u32 instruments)
{
    i64 v = b->value;
    i64 unit = BULLETIN_SCALE;
    if (b->t_known < 0) {
        return false;
    }
    if (b->kind == BULLETIN_COVERS) {
        i64 of = v < 0 && v != BULLETIN_NO_VALUE ? -v : v;
        return of > BULLETIN_COVERS && of < BULLETIN_KINDS && (b->inst == INST_NONE || b->inst < instruments);
    }
    if (b->kind == 0 || b->kind >= BULLETIN_KINDS ||
        (bulletin_is_of_market((bulletin_kind_t)b->kind) ? b->inst != INST_NONE : b->inst >= instruments)) {
        return false;
    }
    switch ((bulletin_kind_t)b->kind) {
    case BULLETIN_NEWS:
    case BULLETIN_REPORT:
        return v == BULLETIN_NO_VALUE || (v >= -unit && v <= unit);
    case BULLETIN_IV:
        return v > 0 && v <= 5 * unit && bulletin_is_of_past(b);
    case BULLETIN_GAMMA:
        return v != BULLETIN_NO_VALUE && bulletin_is_of_past(b);
    case BULLETIN_FLIP:
        return v > -unit && v <= unit && bulletin_is_of_past(b);
    case BULLETIN_MAX_PAIN:
        return v > -unit && v <= 10 * unit && bulletin_has_day(b);
    case BULLETIN_MOVE:
        return v > 0 && v <= 2 * unit && bulletin_has_day(b);
    case BULLETIN_CALENDAR:
        return bulletin_has_day(b);
    case BULLETIN_MEMBER:
        return v == unit || v == -unit;
    case BULLETIN_MOOD:
        return v >= 0 && v <= 100 * unit;
    case BULLETIN_YIELD:
    case BULLETIN_DOLLAR:
        return v > -1000 * unit && v < 1000 * unit;
    default:
        return true;
    }
}

#endif
