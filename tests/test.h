/* The few words that every test file starts from: cmocka and nothing else. */
#ifndef VITRINE_TESTS_TEST_H
#define VITRINE_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/types.h"

#define TEST(name) static void name(void **state_)
#define UNUSED_STATE ((void)state_)
#define CHECK(cond) assert_true(cond)
#define CHECK_EQ(a, b) assert_int_equal((a), (b))
#define CHECK_OK(e) assert_int_equal((e), 0)
#define CHECK_STR(a, b) assert_string_equal((a), (b))
#define RUN_TESTS(tests) cmocka_run_group_tests((tests), NULL, NULL)

#endif
