/* The flight recorder: where the time of each decision went (beyond paper, item 12).
 *
 * From the moment the next slice is looked for until its orders have left and been answered, every place
 * counts its own time by the monotonic clock, without what other places inside it count; what no place counts
 * is the driver's. The parts are recorded behind the slice as an input (TIMING), which decides nothing and
 * enters no hash: a run with it decides the same. Features that are made for a whole block are in the
 * decision that made the block. Under a virtual clock there is no feed to wait for, and an order's answer
 * takes no time; what it cost against the price at the decision stands with the fills. Leaves to others:
 * showing it (faces). */
#ifndef VITRINE_DRIVERS_FLIGHT_H
#define VITRINE_DRIVERS_FLIGHT_H

#include "base/probe.h"
#include "model/bar.h"
#include "model/event.h"

enum { FLIGHT_BYTES = 10 * PROBE_PLACES };

typedef struct {
    probe_t probe;
    u64 before[PROBE_PLACES];
    probe_mark_t whole;
    i64 began;
} flight_t;

/* Nanoseconds by place, and the whole by a clock of its own. */
typedef struct {
    u64 place[PROBE_PLACES];
    u64 wall;
} flight_parts_t;

/* What the places count into. */
probe_t *flight_open(flight_t *f);
void flight_begin(flight_t *f);
/* The event of a decision that is over; its blob is in `bytes`. */
void flight_end(flight_t *f, const slice_t *s, u8 bytes[FLIGHT_BYTES], event_t *out);
/* ERR_TRUNCATED, ERR_CORRUPT: a blob of another number of places. */
MUST_USE err_t flight_read(const ev_TIMING_t *t, flight_parts_t *out);
/* "stage 6 screen", "features of a block"; never NULL. */
const char *flight_place_name(u32 place);

#endif
