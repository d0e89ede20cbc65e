/* What tests over seeds share: numbers from the environment, and a world's trace for people. */
#ifndef VITRINE_TESTS_SIM_SEEDS_H
#define VITRINE_TESTS_SIM_SEEDS_H

#include "tests/test.h"

#include <stdlib.h>

#include "base/str.h"

static inline u64 number_of(const char *name, u64 otherwise)
{
    const char *text = getenv(name);
    u64 v = otherwise;
    if (text != NULL && str_to_u64(str_from(text), &v) != ERR_OK) {
        fail_msg("%s is not a number", name);
    }
    return v;
}

static inline void line(void *ctx, const char *text)
{
    (void)ctx;
    print_error("    %s\n", text);
}

#endif
