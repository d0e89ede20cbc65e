/* The cycle counter of the processor, for finding out where time goes; it counts at a fixed rate. */
#ifndef VITRINE_OS_CYCLES_H
#define VITRINE_OS_CYCLES_H

#include "base/types.h"

/* Time stamp counter on x86-64; nanoseconds of the monotonic clock elsewhere. */
u64 os_cycles(void);

#endif
