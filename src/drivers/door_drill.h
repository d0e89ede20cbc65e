/* The door's half of a kill drill: a door of its own, behind which nobody stands, is shown orders as they
 * would come after the switch was pulled.
 *
 * Promises: nothing reaches a broker; what is counted is what would have. Leaves to others: the engine's half
 * (trade/execution/kill_drill.h). */
#ifndef VITRINE_DRIVERS_DOOR_DRILL_H
#define VITRINE_DRIVERS_DOOR_DRILL_H

#include "drivers/order_door.h"

enum { DOOR_DRILL_BYTES = 4 };

/* Into `out`, a byte each: opening orders shown, of them let through, reducing orders and cancels shown, of
 * them let through. ERR_NO_MEMORY. */
MUST_USE err_t door_drill(u64 epoch, i64 now, u8 out[DOOR_DRILL_BYTES]);

#endif
