/* Which entries are sliced, and by what schedule: exec.slicing and its thresholds, the usual volume curve.
 *
 * Promises: only what is known at the decision is used. Leaves to others: the arithmetic of a schedule
 * (trade/execution/slice_plan.h), sending (trade/execution/slicing.h). */
#ifndef VITRINE_SCAN_SLICING_H
#define VITRINE_SCAN_SLICING_H

#include "model/slicing.h"
#include "scan/scan.h"

/* True if this entry leaves in slices; *out is then its schedule. False in the swing profile, where a bar is
 * a day, for probes, and for what stays under both thresholds or cannot be cut. */
bool scan_slices(const scan_t *s, const candidate_t *c, const intent_t *draft, slice_schedule_t *out);

#endif
