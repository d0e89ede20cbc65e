/* Assertions that stay on in production: stopping is safer than trading on a broken belief.
 *
 * ASSERT is for programmer errors only, never for outside input (that is an err_t). ASSERT_SLOW costs
 * more than constant time and is compiled in for tests and simulation (-DVITRINE_SLOW_ASSERTS). */
#ifndef VITRINE_BASE_ASSERT_H
#define VITRINE_BASE_ASSERT_H

#include "base/types.h"

__attribute__((noreturn, cold)) void assert_failed(const char *what, const char *file, int line);

#define ASSERT(cond) ((cond) ? (void)0 : assert_failed(#cond, __FILE__, __LINE__))

#ifdef VITRINE_SLOW_ASSERTS
#define ASSERT_SLOW(cond) ASSERT(cond)
#else
#define ASSERT_SLOW(cond) ((void)0)
#endif

#endif
