/* See cycles.h. */
#include "os/cycles.h"

#include "os/clock.h"

u64 os_cycles(void)
{
#ifdef __x86_64__
    return (u64)__builtin_ia32_rdtsc();
#else
    return (u64)os_mono();
#endif
}
