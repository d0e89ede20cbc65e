/* How much of a long simulation is run. Without VITRINE_SIM_SECONDS: all of it. With it (the sanitizer runs,
 * where everything is ten times slower) each loop stops after so many seconds, has then met its cases spread
 * over the whole range instead of its first ones, and says how many it did of how many. */
#ifndef VITRINE_TESTS_BUDGET_H
#define VITRINE_TESTS_BUDGET_H

#include "tests/test.h"

#include <stdlib.h>
#include <time.h>

#include "base/str.h"

typedef struct {
    u64 all;
    u64 done;
    u64 step;     /* without a common divisor with `all` */
    i64 until_ns; /* 0: no end */
} budget_t;

static inline i64 budget_now_ns(void)
{
    struct timespec t;
    CHECK_EQ(clock_gettime(CLOCK_MONOTONIC, &t), 0);
    return (i64)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline bool budget_given(void)
{
    const char *text = getenv("VITRINE_SIM_SECONDS");
    return text != NULL && *text != '\0';
}

/* For a loop over `all` cases. */
static inline budget_t budget_start(u64 all)
{
    CHECK(all > 0);
    budget_t b = {.all = all, .step = 1};
    if (!budget_given()) {
        return b;
    }
    u64 seconds = 0;
    CHECK_OK(str_to_u64(str_from(getenv("VITRINE_SIM_SECONDS")), &seconds));
    CHECK(seconds > 0 && seconds < 100000);
    b.until_ns = budget_now_ns() + (i64)seconds * 1000000000;
    for (b.step = all * 5 / 8 + 1;;
         b.step++) { /* near the golden section, so that any stretch spreads evenly */
        u64 x = all;
        for (u64 y = b.step; y != 0;) {
            u64 rest = x % y;
            x = y;
            y = rest;
        }
        if (x == 1) {
            return b;
        }
    }
}

/* The next case in *out, 0 .. all - 1, each once; false at the end. */
static inline bool budget_next(budget_t *b, u64 *out)
{
    if (b->done == b->all || (b->until_ns != 0 && b->done > 0 && budget_now_ns() >= b->until_ns)) {
        return false;
    }
    *out = b->done++ * b->step % b->all;
    return true;
}

static inline void budget_say(const budget_t *b, const char *what)
{
    if (b->done < b->all) {
        print_message("# VITRINE_SIM_SECONDS: %llu of %llu %s\n", (unsigned long long)b->done,
                      (unsigned long long)b->all, what);
    }
}

#endif
