/* The kernels of all indicators, one table per processor level, chosen at run time.
 *
 * Promises: every level gives the same bits (no fused multiply-add, no reassociation, lanes never mix); a
 * state may even move from one level to another between two runs. No allocation, no clock, no global state.
 * Leaves to others: parameter ranges (the descriptor's table; kernels only assert them), anchoring (decision
 * 21: the caller starts the run where it must start), missing bars (the caller's columns are compacted). */
#ifndef VITRINE_QUANT_INDICATORS_KERNELS_H
#define VITRINE_QUANT_INDICATORS_KERNELS_H

#include "model/indicator.h"

/* Every state starts with this; vectors of eight doubles follow, so its size is 64. */
typedef struct {
    u64 n; /* bars seen */
    u64 spare[7];
} indicator_head_t;
_Static_assert(sizeof(indicator_head_t) == 64, "vectors behind it stay aligned");

/* State of a single indicator: `v` holds vectors of eight doubles, as many as its state_size says. */
typedef struct {
    indicator_head_t head;
    f64 v[][INDICATOR_LANES];
} indicator_state_t;

#define INDICATOR_STATE_BYTES(vectors) (sizeof(indicator_head_t) + (vectors)*INDICATOR_LANES * sizeof(f64))

typedef void indicator_kernel_t(void *state, const f64 *params, const indicator_cols_t *in, f64 *const *out);

/* The W1 set in the order of its columns. The middle Bollinger band is the SMA20 column. */
typedef enum {
    W1_SMA20,
    W1_SMA50,
    W1_SMA200,
    W1_EMA12,
    W1_EMA26,
    W1_RSI14,
    W1_ATR14,
    W1_MACD,
    W1_MACD_SIGNAL,
    W1_MACD_HIST,
    W1_BB_UPPER,
    W1_BB_LOWER,
    W1_ADX14,
    W1_VWAP,
    W1_OBV,
    W1_STOCH_K,
    W1_STOCH_D,
    W1_HIGH252,
    W1_LOW252,
    W1_RVOL20,
    W1_COLUMNS
} w1_column_t;

enum { W1_WINDOW = 252, W1_SCALARS = 32 };

/* State of the fused set for eight lanes. Zero bytes are the start. */
typedef struct {
    indicator_head_t head;
    f64 v[W1_SCALARS][INDICATOR_LANES];
    f64 high[W1_WINDOW][INDICATOR_LANES]; /* suffix extremes of the last full window-long block */
    f64 low[W1_WINDOW][INDICATOR_LANES];
    f64 stoch_high[14][INDICATOR_LANES];
    f64 stoch_low[14][INDICATOR_LANES];
} w1_state_t;

/* Runs bars [state->head.n, to) of `in`, whose columns begin at bar 0 and hold at least `to` bars
 * (in->count): the windows look back into them instead of copying. out is row-major, (to - n) x W1_COLUMNS x
 * INDICATOR_LANES; chunks of 64 rows keep it in the second-level cache. Bits equal those of the single
 * indicators. */
typedef void w1_run_t(w1_state_t *state, const indicator_cols_t *in, u32 to, f64 *out);
/* Only the row of the last bar: out[W1_COLUMNS][INDICATOR_LANES], in->count >= 1, from a zero state inside.
 */
typedef void w1_last_t(const indicator_cols_t *in, f64 *out);

/* The kernels of windows_lanes.c, trend_lanes.c, volatility_lanes.c and session_lanes.c. */
#define INDICATOR_MORE(X)                                                                                    \
    X(wma)                                                                                                   \
    X(roc)                                                                                                   \
    X(zscore)                                                                                                \
    X(efficiency)                                                                                            \
    X(williams)                                                                                              \
    X(donchian)                                                                                              \
    X(cci)                                                                                                   \
    X(mfi)                                                                                                   \
    X(correlation)                                                                                           \
    X(beta)                                                                                                  \
    X(keltner)                                                                                               \
    X(ichimoku)                                                                                              \
    X(psar)                                                                                                  \
    X(supertrend)                                                                                            \
    X(vol_close)                                                                                             \
    X(vol_parkinson)                                                                                         \
    X(vol_garman_klass)                                                                                      \
    X(vol_rogers_satchell)                                                                                   \
    X(vol_yang_zhang)                                                                                        \
    X(hurst)                                                                                                 \
    X(pivots_classic)                                                                                        \
    X(pivots_fibonacci)                                                                                      \
    X(pivots_camarilla)                                                                                      \
    X(volume_profile)                                                                                        \
    X(rvol_time)

typedef struct {
    indicator_kernel_t *sma, *ema, *rsi, *atr, *macd, *bollinger, *adx, *vwap, *obv, *stochastic, *highest,
        *lowest, *rvol;
#define X(name) indicator_kernel_t *name;
    INDICATOR_MORE(X)
#undef X
    w1_run_t *w1_run;
    w1_last_t *w1_last;
} indicator_kernels_t;

/* The fastest level of this processor. SSE2 is part of x86-64, so there always is one. */
u32 indicator_level_best(void);
/* NULL if this processor lacks the level. */
const indicator_kernels_t *indicator_kernels_at(u32 level);
/* "sse2", "avx2", "avx512". */
const char *indicator_level_name(u32 level);

#endif
