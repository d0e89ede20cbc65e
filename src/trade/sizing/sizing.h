/* Position size: three methods, the smallest wins, then factors, then caps; every step kept (trading.md 9.1).
 *
 * Pure. Money in dollars as double inside, crossing back as whole lots by the caller. A step that shrinks
 * records the share of the step before it. Nothing learned or modelled can enlarge: factors are at most 1. */
#ifndef VITRINE_TRADE_SIZING_SIZING_H
#define VITRINE_TRADE_SIZING_SIZING_H

#include "model/config.h"
#include "model/gate.h"
#include "model/instrument.h"

/* Stored ids of waterfall steps, in order. */
typedef enum {
    SIZE_RISK = 1,
    SIZE_ATR = 2,
    SIZE_KELLY = 3,
    SIZE_REGIME = 4,
    SIZE_TRANSITION = 5,
    SIZE_CHOPPY = 6,
    SIZE_CONVICTION = 7,
    SIZE_QUALITY = 8,
    SIZE_CORRELATION = 9,
    SIZE_CAP_PCT = 10,
    SIZE_CAP_USD = 11,
    SIZE_CAP_ADV = 12,
    SIZE_CAP_POWER = 13,
    SIZE_LOT = 14,
    SIZE_STEPS = 15
} size_step_t;

typedef struct {
    f64 equity;
    f64 entry;         /* raw $ */
    f64 dearest;       /* raw $: what the order may pay, as the gates count it; below entry counts as entry */
    f64 stop_distance; /* raw $, > 0 */
    f64 target_distance;
    f64 atr_d; /* raw $ */
    f64 dollar_vol20;
    f64 buying_power; /* $ */
    f64 lot;          /* smallest step of quantity, shares */
    bool micro;
    bool transition;
    bool choppy;
    f64 regime_mult; /* only < 1 shrinks */
    f64 conviction;
    i32 quality; /* 1..5, 3 if unknown */
    f64 correlation_factor;
    bool same_underlying;
    f64 kelly_n; /* real results of the kind, faded */
    f64 kelly_wins;
    f64 kelly_win_mean, kelly_loss_mean; /* in R, both > 0 */
    f64 spread_bps;
    f64 sigma_d_bps;
    asset_class_t cls; /* with the day: which fees are asked for; 0: none */
    date_t day;
    bool kelly_waived; /* a probe: evidence alone closed the gate, so Kelly neither sizes nor refuses it */
} size_in_t;

typedef struct {
    f64 shares[SIZE_STEPS]; /* after each step; 0: the step did not apply */
    f64 quantity;           /* lots x lot, shares */
    size_step_t binding;    /* the step that made it as small as it is */
    f64 factor;             /* product of the factors */
    f64 risk_used_pct;
    f64 kelly;      /* fraction, after shrinking; 0 if off */
    f64 cost_bps;   /* total round trip */
    f64 profit_bps; /* planned at the target */
    f64 impact_bps;
} size_out_t;

/* Evaluates all gates of stage 11 into `gates`. quantity is 0 when a gate fails. */
void size_position(const config_t *c, const size_in_t *in, size_out_t *out, gates_t *gates);
const char *size_step_name(size_step_t s);
f64 size_conviction_factor(f64 conviction);

#endif
