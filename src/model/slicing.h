/* The schedule of a sliced order: when how much of it is due. Recorded as a fact (SLICE_PLAN) when its entry
 * is permitted and never changed afterwards; how far it has come is told by the orders
 * (trade/execution/slicing.h). Leaves to others: how a schedule is made (trade/execution/slice_plan.h). */
#ifndef VITRINE_MODEL_SLICING_H
#define VITRINE_MODEL_SLICING_H

#include "base/types.h"

typedef enum { SLICING_NONE = 0, SLICING_TWAP = 1, SLICING_VWAP = 2 } slicing_t; /* stored ids */

enum { SLICES_MIN = 2, SLICES_MAX = 12 };

typedef struct {
    u8 algo;               /* slicing_t */
    u8 count;              /* of slices; 0: an empty place */
    i64 least;             /* no slice but the last is smaller, in units of the quantity; >= 1 */
    i64 t_end;             /* what is not sent by then never is */
    i64 t[SLICES_MAX];     /* ascending, none before the decision */
    i64 until[SLICES_MAX]; /* quantity due at t[i], all slices up to it; the last is the whole order */
} slice_schedule_t;

/* Quantity due at a moment; 0 before the first slice. */
static inline i64 slice_due(const slice_schedule_t *s, i64 now)
{
    i64 due = 0;
    for (u32 i = 0; i < s->count && i < SLICES_MAX && s->t[i] <= now; i++) {
        due = s->until[i];
    }
    return due;
}

#endif
