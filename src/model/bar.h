/* Bars, corporate actions and slices.
 *
 * A bar carries the start of its interval (t_event) and the moment it could be known (t_known: its end plus
 * the feed's delay). Prices are raw, as traded; adjustment is done by dated actions (decision 22). A slice is
 * all bars with one t_known: the event of a backtest and of a live scan alike (decision 24). */
#ifndef VITRINE_MODEL_BAR_H
#define VITRINE_MODEL_BAR_H

#include "model/bulletin.h"
#include "model/halt.h"
#include "model/instrument.h"

/* Stored ids. */
typedef enum { TF_1M = 1, TF_5M = 2, TF_15M = 3, TF_1H = 4, TF_1D = 5 } timeframe_t;

enum {
    BAR_LATE = 1 << 0,           /* arrived after its slice */
    BAR_SUSPECT = 1 << 1,        /* passed the gates with a remark (data check verdict "mark") */
    BAR_VOLUME_UNKNOWN = 1 << 2, /* volume column blanked by data check */
    BAR_PARTIAL_VENUE = 1 << 3   /* one venue only: volume rules do not apply */
};

typedef struct {
    i64 t_event;
    i64 t_known;
    price_t open;
    price_t high;
    price_t low;
    price_t close;
    i64 volume; /* in units of the instrument's exponent */
    u32 flags;
    u32 spare; /* zero */
} bar_t;
_Static_assert(sizeof(bar_t) == 64, "a bar is one cache line");

/* Stored ids. PAYOUT: the shares cease to be and each is paid in cash: a takeover's price, what a liquidation
 * leaves, nothing. */
typedef enum { ACTION_SPLIT = 1, ACTION_DIVIDEND = 2, ACTION_PAYOUT = 3 } action_kind_t;

/* A corporate action: known at the open of its ex-date unless announced earlier. */
typedef struct {
    i64 t_known;
    i64 ratio_num;  /* split: new shares per... */
    i64 ratio_den;  /* ...old shares (2:1 is 2 / 1) */
    price_t amount; /* dividend or payout per share, raw, >= 0 */
    date_t ex_date;
    inst_t inst;
    u16 kind; /* action_kind_t */
} action_t;

typedef struct {
    i64 t_known;
    i64 t_open;     /* start of the bars */
    date_t session; /* exchange session they belong to */
    timeframe_t timeframe;
    u64 ordinal; /* counts slices of the run from 0 */
    u32 count;
    const inst_t *inst; /* ascending */
    const bar_t *bar;
    u32 action_count;
    const action_t *action; /* known by t_known and not before the previous slice */
    bool session_last;      /* the last slice of its session */
    u32 halt_count;         /* a slice without rows brings none, and no bulletin */
    const halt_t *halt; /* known by t_known and not before the previous slice, in order of t_event, an end at
                           the open of the first bar behind it; no part of the slice's hash: each becomes an
                           event of its own */
    u32 bulletin_count;
    const bulletin_t *bulletin; /* known by t_known and not before the previous slice, in order of t_known; no
                                   part of the slice's hash either, and an event of its own each */
} slice_t;

/* Length in nanoseconds; a day counts 24 h. */
i64 timeframe_ns(timeframe_t tf);
const char *timeframe_name(timeframe_t tf); /* "1m", "5m", "15m", "1h", "1d" */
MUST_USE err_t timeframe_parse(str_t s, timeframe_t *out);
/* XXH3 over the canonical encoding of rows and actions: what the journal keeps of a slice. */
u64 slice_hash(const slice_t *s);

/* The row of an instrument, NULL if it has none. O(log count): rows ascend by instrument. */
const bar_t *slice_bar(const slice_t *s, inst_t inst);
/* A bar that may enter: low <= open, close <= high, prices > 0, volume >= 0, t_event < t_known. */
bool bar_is_sane(const bar_t *b);

#endif
