/* Where the time of a run's decisions went, where it was recorded (drivers/flight.h).
 *
 * Figures of the machine that ran it, and of no other: nothing of the result depends on them. */
#ifndef VITRINE_FACES_REPORT_REPORT_TIME_H
#define VITRINE_FACES_REPORT_REPORT_TIME_H

#include "drivers/flight.h"

typedef struct {
    u64 *own_wall; /* ns of each decision; ascending once report_time_end was called */
    u32 count, room;
    u64 place[PROBE_PLACES]; /* sums */
    u64 wall;
} report_time_t;

/* ERR_NO_MEMORY; a record that cannot be read is passed over. */
MUST_USE err_t report_time_take(report_time_t *t, const event_t *e);
void report_time_end(report_time_t *t);
void report_time_free(report_time_t *t);
/* Of decisions, the wall that `part` (0..1) of them stay within, ns; 0 of none. */
u64 report_time_within(const report_time_t *t, f64 part);
/* The place with the `rank`-th largest sum, from 0; 0: no more that took anything. */
u32 report_time_place(const report_time_t *t, u32 rank);

#endif
