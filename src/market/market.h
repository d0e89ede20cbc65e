/* The market of a run: series of all instruments, and the features of a block of slices behind a fence.
 *
 * A driver appends slices to a block, computes the block, and lets the engine read it slice by slice through
 * market_view: a view of slice i shows nothing that became known later (decisions 6, 24). A block ends at the
 * latest at an anchor (quarter for daily bars, session for intraday ones), where recursive indicators start
 * anew 252 bars earlier (decision 21): every feature is a function of bars and t alone, whatever the block
 * length. A block never holds bars of two intraday sessions, nor days and minutes: the driver ends it there.
 * Leaves to others: where slices come from, what is done with them. */
#ifndef VITRINE_MARKET_MARKET_H
#define VITRINE_MARKET_MARKET_H

#include "market/feature.h"
#include "market/pending.h"
#include "market/series.h"
#include "model/config.h"

enum {
    MARKET_BLOCK = 128, /* slices of a block: a session of 78 or a part of a longer one, a quarter of 64 and
                           room, or days of history */
    MARKET_WARM = 252,  /* bars before the anchor */
    MARKET_DAY_CAP = 1024,
    MARKET_BAR_CAP = 1024,       /* of a series of five-minute bars; twice that where days are longer */
    MARKET_CLOCK = 78,           /* five-minute bars of a full session... */
    MARKET_CLOCK_ALWAYS = 288,   /* ...and of one that lasts a day */
    MARKET_CURVE_DAYS = 20,
    MARKET_CURVE_MIN = 10,
    MARKET_WORKERS = 64 /* threads that compute a block, at most */
};

/* Other threads for a block, lent by the driver (this layer knows none). `each` calls fn once with each of
 * `count` values `size` bytes apart from `args`, and returns when all have ended. Groups of symbols do not
 * touch one another, so the features are the same bits for any count. */
typedef struct {
    void *ctx;
    void (*each)(void *ctx, void (*fn)(void *arg), void *args, size_t size,
                 u32 count); /* NULL: the caller's thread */
    u32 count;
} market_workers_t;

typedef struct market_carry market_carry_t;

typedef struct {
    arena_t arena;
    profile_t profile;
    timeframe_t timeframe; /* of arriving slices */
    calendar_id_t calendar; /* of every instrument: a run has one */
    const instrument_t *instruments;
    u32 count;
    u32 padded; /* multiple of 8 */
    u32 kernel_level;
    forward_t *forward;
    series_t *day;     /* completed sessions (swing: every slice) */
    series_t *bar;     /* five-minute bars; day profile only, right behind `day` */
    pending_t pending; /* rows of the block that have not entered their series; none while it is read */
    bar_t *building;   /* five-minute bar in progress (one-minute slices), volume -1 if none */
    i64 building_end;  /* none of them ends before */
    bar_t *today;      /* session bar in progress: its five-minute bars that are over */
    u32 clocks;        /* five-minute bars of a full session */
    u32 bar_cap;       /* of each five-minute series */
    f64 *curve_volume; /* [count][20][clocks] volume of the clock bar on the last full days */
    u32 *curve_days;   /* full days recorded per symbol, ever */
    u32 *curve_parts;  /* bits of the ring's days that hold a volume which is no whole number */
    f64 *today_volume; /* [count][clocks] */
    f64 *features;     /* [MARKET_BLOCK] rows, see feature.h */
    u8 *unclear;             /* [MARKET_BLOCK][padded] FEATURE_ACTION_UNCLEAR of the block's slots */
    date_t *unclear_session; /* [count] last session with an action that gave no factor */
    date_t unclear_last;     /* of any symbol */
    f64 *kept;         /* last row of the block before, for views that outlive it */
    u64 block_number;
    f64 *day_features; /* row: daily part of the session (day profile) */
    market_carry_t *carry; /* [padded / 8]: daily runs since the quarter's anchor */
    f64 *scratch;          /* [workers][scratch_count] */
    size_t scratch_count;
    market_workers_t workers;
    i64 block_t[MARKET_BLOCK];     /* t_known of the decision slices */
    i32 block_clock[MARKET_BLOCK]; /* clock bar of the session, day profile */
    date_t block_session[MARKET_BLOCK];
    bool block_week_last[MARKET_BLOCK]; /* swing: no session of the same week is to come, as known then */
    u32 block_count;
    u32 block_days; /* daily slices of the block, whether or not they decide */
    date_t session;
    i64 session_start; /* its opening bell */
    i64 t_last;        /* t_known of the last slice appended */
    date_t quarter;
    bool half_day;
    bool session_open;
    bool session_over;
} market_t;

typedef struct {
    const market_t *market;
    const f64 *row; /* see feature.h */
    u64 block;      /* block_number of the row */
    i64 t_known;
    i32 clock; /* clock bar of the session from 0; swing 0 */
    u32 slot;
    date_t session;
} market_view_t;

typedef struct {
    const instrument_t *instruments;
    u32 count;
    timeframe_t timeframe;
    profile_t profile;
    const config_t *config;
    u32 kernel_level;         /* quant/indicators */
    market_workers_t workers; /* zero: none */
    void (*dense)(void *memory, size_t size); /* told of memory that a run will fill; NULL: nobody is */
} market_spec_t;

MUST_USE err_t market_open(const market_spec_t *spec, market_t *out);
void market_close(market_t *m);

/* Starts a block: makes room, forgets the old rows. */
void market_block_begin(market_t *m);
/* Appends a slice (actions first). *decision gets the block slot if this slice completes a decision bar, else
 * -1. *full turns true when the block must be computed before the next slice. */
void market_append(market_t *m, const slice_t *s, i32 *decision, bool *full);
/* Computes the features of all slots appended since the block began. */
void market_block_compute(market_t *m, const config_t *c);
market_view_t market_view(const market_t *m, u32 slot);
/* Before a view of an earlier slice is read again: if its block is over, its rows belong to bars that are not
 * known yet, and the view turns to the kept copy. Only the last view of a block may be kept. */
void market_view_keep(market_view_t *v);

static inline f64 view_get(const market_view_t *v, feature_t f, u32 inst)
{
    return v->row[feature_at(f, inst)];
}
/* True if the symbol had its first daily bar by this slice. */
bool market_listed(const market_view_t *v, inst_t inst);
/* Daily series of one instrument; *count is how many of its bars the fence lets through. */
const series_t *market_daily(const market_view_t *v, inst_t inst, u32 *count);
/* Closes of the session's five-minute bars up to the view, oldest first, on the series' scale; *count 0 in
 * the swing profile. */
const f64 *market_closes_today(const market_view_t *v, inst_t inst, u32 *count);

#endif
