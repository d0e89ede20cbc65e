/* Durations in nanoseconds and a UTC civil date that needs no time zone. Local time lives in model/calendar.
 */
#ifndef VITRINE_BASE_UNITS_H
#define VITRINE_BASE_UNITS_H

#include "base/err.h"
#include "base/str.h"
#include "base/types.h"

#define NS_PER_US 1000LL
#define NS_PER_MS 1000000LL
#define NS_PER_SEC 1000000000LL
#define NS_PER_MIN (60 * NS_PER_SEC)
#define NS_PER_HOUR (60 * NS_PER_MIN)
#define NS_PER_DAY (24 * NS_PER_HOUR)

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
typedef i32 date_t;

date_t date_from_ymd(i32 year, i32 month, i32 day);
void date_to_ymd(date_t d, i32 *year, i32 *month, i32 *day);
/* 20261125, as tables of rules write a day. */
i32 date_number(date_t d);
/* 0 = Sunday .. 6 = Saturday. */
i32 date_weekday(date_t d);
/* "YYYY-MM-DD" or "YYYYMMDD", a real day. ERR_SYNTAX. */
MUST_USE err_t date_parse(str_t s, date_t *out);
/* Writes "YYYY-MM-DD" and a NUL. */
void date_print(char out[11], date_t d);
/* RFC 3339 UTC, "2026-11-25T14:30:00Z", with nanoseconds only if not zero. out holds 36. */
void time_print(char out[36], i64 t_ns);
/* "YYYY-MM-DD[ T]HH:MM[:SS[.fffffffff]][Z]" or a bare date, as UTC. ERR_SYNTAX. */
MUST_USE err_t time_parse(str_t s, i64 *out);

#endif
