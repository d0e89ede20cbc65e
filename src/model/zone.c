/* See zone.h and the zone functions of calendar.h.
 *
 * US daylight saving since the Uniform Time Act: 15 USC 260a as amended in 1966, 1973 (winter 1974 and
 * 1975), 1986 and 2005; the changes are at 02:00 local time. Both zones followed the federal dates in all
 * those years. */
#include "model/zone.h"

#include "base/assert.h"

enum { YEAR_RULES_FROM = 1967, SEC_PER_HOUR = 3600, SEC_PER_DAY = 86400, CHANGE_S = 2 * SEC_PER_HOUR };
/* int64 nanoseconds reach from 1677 to 2262; whole years inside that. */
enum { DAY_MIN = -106000, DAY_MAX = 106000 };

typedef struct { date_t start; date_t end; } dst_t;

static date_t sunday_on_or_after(i32 year, i32 month, i32 day)
{
    date_t d = date_from_ymd(year, month, day);
    return d + (7 - date_weekday(d)) % 7;
}

/* Days on which the clocks go forward and back. */
static dst_t dst_of_year(i32 year)
{
    ASSERT(year >= YEAR_RULES_FROM);
    dst_t r;
    if (year >= 2007) {
        r = (dst_t){sunday_on_or_after(year, 3, 8), sunday_on_or_after(year, 11, 1)};
    } else {
        r.end = sunday_on_or_after(year, 10, 25);
        if (year >= 1987) {
            r.start = sunday_on_or_after(year, 4, 1);
        } else if (year == 1974) {
            r.start = date_from_ymd(1974, 1, 6);
        } else if (year == 1975) {
            r.start = date_from_ymd(1975, 2, 23);
        } else {
            r.start = sunday_on_or_after(year, 4, 24);
        }
    }
    ASSERT(r.start < r.end);
    return r;
}

static i32 standard_offset(zone_t z)
{
    ASSERT(z == ZONE_NEW_YORK || z == ZONE_CHICAGO);
    return (z == ZONE_NEW_YORK ? -5 : -6) * SEC_PER_HOUR;
}

static i64 floor_div(i64 a, i64 b)
{
    ASSERT(b > 0);
    i64 q = a / b;
    return a % b < 0 ? q - 1 : q;
}

static i32 year_of(date_t d)
{
    i32 y;
    i32 m;
    i32 day;
    date_to_ymd(d, &y, &m, &day);
    return y;
}

const char *zone_name(zone_t z)
{
    static const char *const names[] = {"UTC", "America/New_York", "America/Chicago"};
    ASSERT((u32)z < COUNT_OF(names));
    return names[z];
}

/* Offset by rule at t_s; only the years since 1967. */
static i32 rule_offset(zone_t z, i64 t_s)
{
    i32 standard = standard_offset(z);
    i64 local_s = t_s + standard;
    date_t day = (date_t)floor_div(local_s, SEC_PER_DAY);
    dst_t dst = dst_of_year(year_of(day));
    i64 start_s = (i64)dst.start * SEC_PER_DAY + CHANGE_S;
    i64 end_s = (i64)dst.end * SEC_PER_DAY + CHANGE_S - SEC_PER_HOUR; /* 02:00 daylight is 01:00 standard */
    return local_s >= start_s && local_s < end_s ? standard + SEC_PER_HOUR : standard;
}

static i32 old_offset(zone_t z, i64 t_s)
{
    i32 offset = standard_offset(z);
    (void)zone_tzdata_offset(zone_name(z), t_s, &offset); /* without a database: standard time */
    return offset;
}

static i32 offset_at_second(zone_t z, i64 t_s)
{
    if (z == ZONE_UTC) {
        return 0;
    }
    i64 local_day = floor_div(t_s + standard_offset(z), SEC_PER_DAY);
    return year_of((date_t)local_day) >= YEAR_RULES_FROM ? rule_offset(z, t_s) : old_offset(z, t_s);
}

i32 zone_offset(zone_t z, i64 t)
{
    ASSERT((u32)z <= ZONE_CHICAGO);
    i32 offset = offset_at_second(z, floor_div(t, NS_PER_SEC));
    ASSERT(offset <= 0 && offset >= -8 * SEC_PER_HOUR);
    return offset;
}

i64 zone_to_utc(zone_t z, date_t day, i32 seconds_of_day)
{
    ASSERT((u32)z <= ZONE_CHICAGO);
    ASSERT(day > DAY_MIN && day < DAY_MAX);
    i64 local_s = (i64)day * SEC_PER_DAY + seconds_of_day;
    i32 offset = 0;
    if (z != ZONE_UTC) {
        /* The daylight reading comes first: a repeated hour then means its first pass. If it does not hold,
         * standard time is right, and maps a skipped hour forward. */
        i32 daylight = standard_offset(z) + SEC_PER_HOUR;
        bool holds = offset_at_second(z, local_s - daylight) == daylight;
        offset = holds ? daylight : standard_offset(z);
    }
    return (local_s - offset) * NS_PER_SEC;
}

void zone_from_utc(zone_t z, i64 t, date_t *day, i32 *seconds_of_day)
{
    ASSERT(day != NULL);
    ASSERT(seconds_of_day != NULL);
    i64 t_s = floor_div(t, NS_PER_SEC);
    i64 local_s = t_s + offset_at_second(z, t_s);
    *day = (date_t)floor_div(local_s, SEC_PER_DAY);
    *seconds_of_day = (i32)(local_s - (i64)*day * SEC_PER_DAY);
    ASSERT(*seconds_of_day >= 0 && *seconds_of_day < SEC_PER_DAY);
}

err_t zone_parse(str_t s, zone_t *out)
{
    ASSERT(out != NULL);
    for (zone_t z = ZONE_UTC; z <= ZONE_CHICAGO; z++) {
        if (str_eq_c(s, zone_name(z))) {
            *out = z;
            return ERR_OK;
        }
    }
    return ERR_ZONE;
}

bool zone_check_tzdata(i32 year_from, i32 year_to, i32 step_hours, i64 *probes, i64 *at)
{
    ASSERT(probes != NULL && at != NULL);
    ASSERT(step_hours > 0 && year_from <= year_to);
    i64 from_s = (i64)date_from_ymd(year_from, 1, 1) * SEC_PER_DAY;
    i64 to_s = (i64)date_from_ymd(year_to + 1, 1, 1) * SEC_PER_DAY;
    *probes = 0;
    for (zone_t z = ZONE_NEW_YORK; z <= ZONE_CHICAGO; z++) {
        for (i64 t_s = from_s; t_s < to_s; t_s += (i64)step_hours * SEC_PER_HOUR) {
            i32 theirs = 0;
            if (!zone_tzdata_offset(zone_name(z), t_s, &theirs)) {
                return true;
            }
            ++*probes;
            if (theirs != offset_at_second(z, t_s)) {
                *at = t_s * NS_PER_SEC;
                return false;
            }
        }
    }
    return true;
}
