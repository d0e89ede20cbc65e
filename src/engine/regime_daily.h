/* The daily regime as the engine keeps it: one update a session from the proxy's closes that are known by
 * then. */
#ifndef VITRINE_ENGINE_REGIME_DAILY_H
#define VITRINE_ENGINE_REGIME_DAILY_H

#include "base/bytes.h"
#include "market/market.h"
#include "quant/regime/regime.h"

typedef struct {
    regime_state_t state;
    regime_work_t work;
    date_t day_seen;   /* session of the last update */
    date_t last_close; /* day of the last close folded in */
    u32 used;          /* closes kept */
    u32 bars_read;     /* of the bars from elsewhere */
    f64 closes[REGIME_CLOSES_ANCHOR];
    date_t days[REGIME_CLOSES_ANCHOR];
} regime_daily_t;

typedef struct {
    const market_view_t *view;
    inst_t proxy;      /* INST_NONE: unknown regime, unless bars are given */
    const bar_t *bars; /* daily bars from elsewhere, fenced here by t_known */
    u32 bar_count;
    i64 now;
    calendar_id_t calendar; /* of the run, and so of the proxy */
    date_t session;
    u64 seed;
    u32 hold_days; /* as in regime_input_t */
    f64 post_min;
} regime_daily_input_t;

void regime_daily_init(regime_daily_t *r);
void regime_daily_update(regime_daily_t *r, const regime_daily_input_t *in, regime_view_t *out);

/* Realised volatility of the last 20 closes known, % a year; 0 with fewer. */
f64 regime_daily_volatility(const regime_daily_t *r, const regime_daily_input_t *in);

/* What is learnt and where it stands, with the view that holds today; closes and scratch are derived. The
 * view is part of it because no new close makes no new view. ERR_BUFFER_FULL; ERR_VERSION, ERR_TRUNCATED.
 * After an error of loading the values are of no use. */
enum { REGIME_DAILY_VERSION = 2 };
MUST_USE err_t regime_daily_save(const regime_daily_t *r, const regime_view_t *view, writer_t *w);
MUST_USE err_t regime_daily_load(reader_t *in, u32 version, regime_daily_t *r, regime_view_t *view);

#endif
