/* Beside a replay: an engine that only recovers, for the places where the recorded run did.
 *
 * It starts where the snapshot stood that the resume began from, as a copy of the deciding engine, and is
 * shown every event after it. At the resume the deciding engine is thrown away and becomes a copy of this
 * one. */
#ifndef VITRINE_DRIVERS_OBSERVER_H
#define VITRINE_DRIVERS_OBSERVER_H

#include "engine/recovery.h"

/* Zeroed: a run without resumes, for which every call returns at once. */
typedef struct {
    const u64 *resume_from; /* of the resumes in order, 0: from the start of the run */
    u32 resume_count;
    u32 resumed; /* so many have passed */
    u64 from;
    engine_t *engine; /* NULL: not watching */
    recovery_t *recovery;
} observer_t;

/* Between two steps: begins to watch if the next resume went on from here. */
MUST_USE err_t observer_begin(observer_t *o, const engine_t *now, const engine_spec_t *spec, diag_t *diag);
/* Shows the next recorded event; slice and slot for SLICE events. */
MUST_USE err_t observer_see(observer_t *o, const event_t *e, const slice_t *slice, i32 slot);
/* A resume has passed. */
void observer_resumed(observer_t *o);
void observer_close(observer_t *o);
/* Another engine with the same fact state. */
MUST_USE err_t observer_copy(const engine_t *from, const engine_spec_t *spec, diag_t *diag, engine_t **out);

#endif
