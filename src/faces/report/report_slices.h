/* The sliced orders of a run and what they cost against their arrival, gathered from its events.
 *
 * Promises: orders and slices in the order of the journal; what an event says is taken as it stands. Leaves
 * to others: the arithmetic (trade/execution/shortfall.h), words. */
#ifndef VITRINE_FACES_REPORT_REPORT_SLICES_H
#define VITRINE_FACES_REPORT_REPORT_SLICES_H

#include <stdio.h>

#include "trade/execution/shortfall.h"
#include "wire/jsonw.h"

typedef struct {
    shortfall_slice_t s;
    u32 order; /* index of its order */
} report_slice_t;

typedef struct {
    shortfall_order_t *own_orders;
    report_slice_t *own_slices;
    u32 order_count, slice_count, order_room, slice_room;
    ev_BROKER_t last; /* the message that the next fill comes from */
} report_slices_t;

/* Of an instrument: exponent of its quantity (0 to -8) and multiplier (> 0). False: no such instrument. */
typedef bool (*report_terms_t)(const void *ctx, inst_t inst, i32 *exponent, i64 *multiplier);

/* Any event of the run, in order. Kinds that say nothing of slices are skipped. ERR_CORRUPT (an instrument
 * that is not there), ERR_NO_MEMORY, ERR_OVERFLOW. */
MUST_USE err_t report_slices_take(report_slices_t *r, const event_t *e, report_terms_t terms,
                                  const void *ctx);
void report_slices_free(report_slices_t *r);
/* Of all orders; *value gets the sum of what they were worth at their decisions. */
shortfall_t report_slices_sum(const report_slices_t *r, i64 *value);
/* Indices of orders by cost in money, dearest first, ties by their order. Returns how many, at most `most`.
 */
u32 report_slices_dearest(const report_slices_t *r, u32 most, u32 *out);

/* "delay +1.2, spread +0.4, impact +0.1, opportunity +0.0, fees +0.0 = +1.7 bps" */
void report_shortfall_print(char *out, size_t size, const shortfall_t *c, i64 value);
/* Parts in money (decimal text) and bps into an object that is open. */
void report_shortfall_json(jsonw_t *w, const shortfall_t *c, i64 value);
/* One order with its slices, whole. */
void report_slices_json(jsonw_t *w, const report_slices_t *r, u32 order, const char *symbol);

#endif
