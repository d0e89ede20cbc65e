/* The one door to the clocks.
 *
 * Only drivers, faces and this folder read a clock; the engine knows the time of its events alone. The wall
 * clock may step; the monotonic one never goes back and has no meaning outside this process. */
#ifndef VITRINE_OS_CLOCK_H
#define VITRINE_OS_CLOCK_H

#include "base/types.h"

/* UTC nanoseconds since 1970-01-01. */
i64 os_now(void);
/* Nanoseconds of the monotonic clock. */
i64 os_mono(void);
/* Processor time of the calling thread, nanoseconds: for measuring work on a shared machine. */
i64 os_cpu(void);
/* Returns after at least this long, interrupted or not; 0 or less returns at once. */
void os_sleep_ms(i64 ms);

#endif
