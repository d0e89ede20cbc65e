/* Between market.c and its two feature makers; nobody else includes this. */
#ifndef VITRINE_MARKET_MARKET_INTERNAL_H
#define VITRINE_MARKET_MARKET_INTERNAL_H

#include "market/market.h"
#include "quant/indicators/kernels.h"

/* A run before its anchor, and what may follow it: the longest session, or a block of days. */
enum { COMPUTE_LEN = MARKET_WARM + MARKET_CLOCK_ALWAYS, COMPUTE_LANES = FEATURE_LANES };
_Static_assert(MARKET_CLOCK_ALWAYS >= MARKET_BLOCK, "a block of days fits");
enum { W1_ROW = W1_COLUMNS * COMPUTE_LANES };

/* One group of eight symbols, left-aligned: lane l holds bars [start[l], start[l] + len[l]) of its series. */
typedef struct {
    const series_t *series[COMPUTE_LANES]; /* NULL: an empty lane */
    u32 start[COMPUTE_LANES];
    u32 len[COMPUTE_LANES];
    u32 len_max;
    f64 *scratch;                                      /* of this worker */
    f64 *open, *high, *low, *close, *volume, *session; /* interleaved */
} compute_group_t;

/* The daily run of one group as far as all its lanes go; see compute_carry.c. */
enum { CARRY_EMAS = 2, CARRY_EMA_WORDS = 64, CARRY_TAIL = 16 };
typedef struct {
    w1_state_t w1;
    f64 ema[CARRY_EMAS][CARRY_EMA_WORDS];
} carry_run_t;
enum { CARRY_RUN_COUNT = sizeof(carry_run_t) / sizeof(f64) };

typedef f64 carry_column_t[COMPUTE_LEN][COMPUTE_LANES];
struct market_carry {
    carry_run_t run;
    carry_column_t open, high, low, close, volume, session;
    f64 tail[CARRY_TAIL][W1_ROW]; /* the rows before `done`: emitters look back */
    date_t first[COMPUTE_LANES];  /* session of each lane's bar 0; 0: none */
    date_t anchor;
    u32 done; /* bars in the run */
};

/* Columns of the highest high and the lowest low of the last bars, this one counted. */
enum { EMIT_WINDOW = 20, EMIT_SHORT = 3 };
typedef struct {
    f64 *high, *low;             /* of EMIT_WINDOW bars */
    f64 *high_short, *low_short; /* of EMIT_SHORT */
} emit_windows_t;

/* What the emitters read for one group: the W1 rows and the two averages of the strategies. Rows from
 * CARRY_TAIL before the first bar of this block on. */
typedef struct {
    compute_group_t g;
    f64 *rows; /* [k][W1_COLUMNS][8] */
    f64 *ema9;
    f64 *ema21;
    f64 *vwap; /* [k][8]: rolling over twenty days; swing, from VWAP_RUN_MAX before the first new bar on */
    emit_windows_t windows; /* swing */
} day_group_t;

/* The row of a block's slot. */
static inline f64 *market_row(const market_t *m, u32 slot)
{
    return m->features + (size_t)slot * FEATURE_COUNT * m->padded;
}

/* The Monday of a day's week, which names the week. */
static inline date_t market_week(date_t day)
{
    return day - (date_weekday(day) + 6) % 7;
}

enum { VWAP_RUN_MAX = 8 };
/* A run of closes beyond VWAP after one more close: longer, or begun anew on the other side, or none. */
static inline f64 vwap_run_next(f64 run, f64 close, f64 vwap)
{
    if (close > vwap) {
        return run > 0 ? (run < VWAP_RUN_MAX ? run + 1 : run) : 1.0;
    }
    if (close < vwap) {
        return run < 0 ? (run > -VWAP_RUN_MAX ? run - 1 : run) : -1.0;
    }
    return 0.0;
}

size_t market_carry_bytes(u32 groups);
/* Everything daily of one group up to its newest bar; scratch is the worker's. */
void compute_day_group(market_t *m, u32 group, f64 *scratch, day_group_t *d);
/* Interleaves bars [from, len_max) of g's lanes into its columns, the session apart. */
void compute_columns(const compute_group_t *g, u32 from);
/* Columns of the bars [from, to), as kernels take them. */
static inline indicator_cols_t compute_span(const compute_group_t *g, u32 from, u32 to)
{
    size_t past = (size_t)from * COMPUTE_LANES;
    return (indicator_cols_t){.open = g->open + past,
                              .high = g->high + past,
                              .low = g->low + past,
                              .close = g->close + past,
                              .volume = g->volume + past,
                              .session = g->session + past,
                              .count = to - from};
}
/* First bar of a run anchored at this session. */
u32 compute_start(const series_t *s, date_t anchor);
size_t market_scratch_count(void);
/* Daily features for the coming session (day profile). */
void market_compute_session(market_t *m);
void market_compute_daily(market_t *m, const config_t *c);
void market_compute_bars(market_t *m, const config_t *c);
/* Interleaves eight series from MARKET_WARM bars before the anchor session. `out->scratch` is set before.
 * Returns scratch used. */
size_t compute_gather(const market_t *m, const series_t *all, u32 group, date_t anchor, compute_group_t *out);
/* Calls `fn` for each group of eight symbols, on the workers if there are any; `scratch` is the worker's own.
 */
typedef void (*compute_fn_t)(market_t *m, const config_t *c, u32 group, f64 *scratch);
void compute_groups(market_t *m, const config_t *c, compute_fn_t fn);

#endif
