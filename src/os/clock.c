/* See clock.h. */
#include "os/clock.h"

#include <errno.h>
#include <time.h>

#include "base/assert.h"
#include "base/units.h"

static i64 clock_read(clockid_t id)
{
    struct timespec t;
    int rc = clock_gettime(id, &t);
    ASSERT(rc == 0);
    ASSERT(t.tv_nsec >= 0 && t.tv_nsec < NS_PER_SEC);
    return (i64)t.tv_sec * NS_PER_SEC + (i64)t.tv_nsec;
}

i64 os_now(void)
{
    return clock_read(CLOCK_REALTIME);
}

i64 os_mono(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

i64 os_cpu(void)
{
    return clock_read(CLOCK_THREAD_CPUTIME_ID);
}

void os_sleep_ms(i64 ms)
{
    if (ms <= 0) {
        return;
    }
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000 * NS_PER_MS)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
        /* the rest is in `left` */
    }
}
