/* Market regime from the proxy's daily closes, and the intraday trend/chop measure.
 *
 * Promises: trading.md 5 to the letter. The daily state at t is a function of the closes, the seed and the
 * position of the calendar quarter's first session alone: on that session the run starts again REGIME_BURN_IN
 * sessions earlier with a cold fit, walks forward by one warm fit a session, and fits cold again on the
 * session itself, the states matched to the run's. A live state and a rebuilt one are the same bits, so none
 * is ever stored. Leaves to others: fetching closes, the calendar, what to do with a multiplier. */
#ifndef VITRINE_QUANT_REGIME_REGIME_H
#define VITRINE_QUANT_REGIME_REGIME_H

#include "base/units.h"
#include "quant/regime/hmm.h"

enum {
    REGIME_STATES = 3,
    REGIME_FEATURES = 2,
    REGIME_SPAN = 20,    /* days of return and of realised volatility */
    REGIME_WINDOW = 252, /* days the model sees */
    REGIME_MIN_DAYS = 60,
    REGIME_BURN_IN = 63,
    REGIME_WARM_ITERATIONS = 8,
    REGIME_HOLD_DAYS = 3,
    REGIME_CLOSES = REGIME_WINDOW + REGIME_SPAN,           /* enough for an ordinary session */
    REGIME_CLOSES_ANCHOR = REGIME_CLOSES + REGIME_BURN_IN, /* enough for a quarter's first session */
    REGIME_INTRADAY_BARS = 78,
    REGIME_INTRADAY_MIN = 24
};

#define REGIME_POST_MIN 0.6
#define REGIME_POST_UNKNOWN 0.5

/* Stored ids. */
typedef enum {
    REGIME_UNKNOWN = 0,
    REGIME_BEAR = 1,
    REGIME_SIDEWAYS = 2,
    REGIME_BULL = 3,
    REGIME_LABELS = 4
} regime_label_t;

/* Why a label is unknown (REGIME_KNOWN_OK: it is not). */
typedef enum {
    REGIME_KNOWN_OK = 0,
    REGIME_WHY_SHORT,      /* fewer than 60 bars */
    REGIME_WHY_UNCERTAIN,  /* best filtered posterior below 0.5 */
    REGIME_WHY_UNANCHORED, /* first call of a run is not a quarter's first session: use regime_rebuild */
    REGIME_WHY_BAD_DATA    /* a close that is not a positive finite number, or a window without movement */
} regime_why_t;

typedef struct {
    hmm_params_t raw; /* emissions in feature units (not standardised), so that windows can roll */
    bool anchored;
    u8 state_label[REGIME_STATES]; /* regime_label_t of each state under the last fit */
    u8 label;       /* regime_label_t held by the hysteresis */
    u8 candidate;   /* label that is trying to replace it */
    u8 streak;      /* closes the candidate has held >= 0.6 */
    u32 since_flip; /* closes since the held label changed */
    u32 flips;      /* since the anchor's burn-in began */
    date_t day;     /* last session folded in */
} regime_state_t;

/* Scratch of one run, about 50 KiB: the caller's memory, zeroed before the first update. Between calls it
 * only saves work: what it keeps is compared with the closes given before it is used. */
typedef struct {
    u32 seen; /* closes that log_price and feature belong to */
    f64 close[REGIME_CLOSES];
    f64 log_price[REGIME_CLOSES];
    f64 feature[REGIME_FEATURES][REGIME_WINDOW];
    f64 z[REGIME_FEATURES][REGIME_WINDOW];
    f64 posterior[REGIME_WINDOW * REGIME_STATES];
    f64 block[16 * (REGIME_WINDOW + 32)];
} regime_work_t;

typedef struct {
    regime_label_t label; /* after hysteresis; UNKNOWN by the rules above */
    regime_label_t raw;   /* label of the best posterior today, no hysteresis */
    regime_why_t why;
    bool transition; /* after a flip as long as a label must hold, or best posterior too low: size x 0.5 */
    bool flipped;    /* the label changed at this close */
    f64 p_bull;      /* filtered posterior of the labels; the rest is sideways */
    f64 p_bear;
    f64 p_stress; /* of the most volatile state if its volatility is > 1.25 x the window's, else 0 */
    f64 best;     /* largest label posterior */
    u32 days;     /* feature days in the window */
    f64 log_likelihood;
    f64 state_return[REGIME_STATES]; /* mean x1 of the states: daily-equivalent 20-day return / sqrt(20) */
    f64 state_vol[REGIME_STATES];    /* exp(mean x2): 20-day realised daily volatility */
    u8 state_label[REGIME_STATES];
    f64 posterior[REGIME_STATES];
} regime_view_t;

typedef struct {
    const f64 *closes; /* adjusted, oldest first, the last one is today's */
    u32 count;         /* >= REGIME_CLOSES_ANCHOR if quarter_first, else >= REGIME_CLOSES, or all there is */
    date_t day;
    bool quarter_first; /* today is the first session of its calendar quarter */
    u64 seed;           /* of the run's configuration, not of the day */
    u32 hold_days;      /* closes in a row that a new label must hold; 0: REGIME_HOLD_DAYS */
    f64 post_min;       /* the least posterior of a label that is taken; 0: REGIME_POST_MIN */
} regime_input_t;

void regime_init(regime_state_t *s);

/* Folds one session in, right after the previous one. With history shorter than REGIME_CLOSES the first
 * session that has 60 feature days is an anchor of its own. */
void regime_update(regime_state_t *s, regime_work_t *w, const regime_input_t *in, regime_view_t *out);

/* State and view of the last close, from nothing. `since_quarter` = sessions after the quarter's first one
 * (0: today is it); closes must reach REGIME_CLOSES_ANCHOR + since_quarter back, or be all there is. */
void regime_rebuild(regime_state_t *s, regime_work_t *w, const regime_input_t *in, u32 since_quarter,
                    regime_view_t *out);

/* 0.5..1.2; d = +1 long, -1 short; trust 0..1 (default 0.5). Unknown: 0.8. */
f64 regime_multiplier(const regime_view_t *v, i32 d, f64 trust);

const char *regime_label_name(regime_label_t l);

/* Label of the day `back` closes ago under today's fit (0 = today), from filtered posteriors, no hysteresis:
 * what the relabel rate is measured with. *best is its posterior. Valid right after an update with the same
 * work block. */
regime_label_t regime_raw_label_back(const regime_view_t *v, const regime_work_t *w, u32 back, f64 *best);

typedef enum { INTRADAY_NEUTRAL = 0, INTRADAY_TRENDING = 1, INTRADAY_CHOPPY = 2 } intraday_regime_t;

/* Efficiency ratio x sqrt(n) of five-minute bars of regular hours, oldest first, at most the last 78 used.
 * session_first[i] marks a session's first bar: its step is open-to-close, the overnight jump left out. The
 * very first step is open-to-close too. Fewer than 24 bars: 0. */
f64 intraday_efficiency_z(const f64 *open, const f64 *close, const bool *session_first, u32 n);

typedef struct {
    u8 held; /* intraday_regime_t */
    u8 candidate;
    u8 streak;
} intraday_state_t;

/* One call a bar: z >= 1.5 trending, <= 0.6 choppy, else neutral; the held regime changes after 2 equal bars.
 * n = bars that z was made of; under 24 everything is neutral at once. */
intraday_regime_t intraday_regime_update(intraday_state_t *s, f64 z, u32 n);

/* The same with other bounds (configuration). */
typedef struct {
    f64 trending;
    f64 choppy;
} intraday_bounds_t;
intraday_regime_t intraday_regime_step(intraday_state_t *s, f64 z, u32 n, const intraday_bounds_t *bounds);

#endif
