/* The record of a closed trade (LESSON fact): one description, run in both directions.
 *
 * Promises: what lesson_encode wrote, lesson_decode reads, bit for bit; prices are in 1e-9 of the currency,
 * money in 1e-6, quantities in the instrument's own units, results in 1e-6 R, probabilities in 1e-4, the
 * score in 0.01. Leaves to others: when a trade is closed (trade/portfolio), what is learned from it
 * (reflect.c). */
#ifndef VITRINE_SCAN_LESSON_H
#define VITRINE_SCAN_LESSON_H

#include "base/bytes.h"
#include "model/event.h"

enum { LESSON_VERSION = 1, LESSON_BYTES_MAX = 512 };

typedef struct {
    u64 version, inst, strategy, reason, flags; /* reason: exit_reason_t; flags: TAG_* */
    i64 direction;                              /* +1 long, -1 short */
    i64 qty;                                    /* unsigned, all entry fills */
    i64 entry, exit;                            /* average prices */
    i64 t_entry, t_exit;
    i64 gross, fees, dividends, net;             /* gross: from the fill prices, before fees */
    i64 spread_cost, slippage_cost, impact_cost; /* inside the fill prices, >= 0 against us */
    i64 a, r;                                    /* per share */
    i64 stop_initial, stop_last, target;
    i64 mfe, mae, price_max, price_min;
    i64 gross_r, net_r; /* 1e-6 R */
    i64 c0, confidence; /* 1e-4 */
    i64 conviction, regime, intraday_regime;
    i64 score; /* 0.01 */
    i64 cycle;
    i64 entry_date, exit_date; /* date_t */
} lesson_record_t;

/* ERR_BUFFER_FULL. */
MUST_USE err_t lesson_encode(const lesson_record_t *l, writer_t *w);
/* ERR_TRUNCATED, ERR_VERSION, ERR_CORRUPT (bytes left over, or a direction that is neither side). */
MUST_USE err_t lesson_decode(blob_t bytes, lesson_record_t *out);

#endif
