/* Fundamental integer and float names, and the few macros that every file may use.
 *
 * Promises: fixed widths, two's complement, IEEE-754 doubles, little-endian targets (asserted below).
 * Leaves to others: every domain type (model/), every error code (err.h). */
#ifndef VITRINE_BASE_TYPES_H
#define VITRINE_BASE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
typedef double f64;
__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

#define I64_MAX INT64_MAX
#define I64_MIN INT64_MIN

_Static_assert(sizeof(f64) == 8, "IEEE double expected");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "records are written little-endian in place");

#endif
