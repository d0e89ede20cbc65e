/* See calendar.h.
 *
 * A day is planned in two steps: the ordinary rule of its calendar, then the dated exceptions already public
 * at the moment of asking. Everything is arithmetic on the date, so there is nothing to load and nothing to
 * keep.
 *
 * Rules: NYSE Rule 7.2 (holidays; a Saturday holiday moves to Friday unless that Friday ends a month or year
 * of business, a Sunday one to Monday), half days by the custom of each era; CME Globex equity index holiday
 * schedules. Before 1990 the same rules answer, unverified. */
#include "model/calendar.h"

#include "base/assert.h"

enum {
    WEEKDAY_MONDAY = 1, WEEKDAY_THURSDAY = 4, WEEKDAY_FRIDAY = 5,
    GAP_DAYS_MAX = 14, /* the longest closing since 1990 is six days (September 2001) */
    MIN_PRE = 240, MIN_POST_LENGTH = 240,
    NYSE_OPEN = 570, NYSE_CLOSE = 960, NYSE_HALF = 780, NYSE_HALF_OLD = 840,
    CME_OPEN = -420, CME_CLOSE = 960, CME_HALF = 735, CME_HOLIDAY = 720, CME_HOLIDAY_OLD = 630,
    FOREX_OPEN = -420, FOREX_CLOSE = 1020, MIN_PER_DAY = 1440
};

/* Minutes after local midnight; open == close means closed. `known_ymd`: end of the local day on which the
 * rule behind this plan became public, 0 for "always". */
typedef struct {
    i32 open;
    i32 close;
    i32 known_ymd;
    const char *reason;
} plan_t;

typedef struct { i32 y, m, d, weekday; date_t date; } day_t;

typedef struct {
    calendar_id_t cal;
    i32 ymd;
    i32 open;
    i32 close;
    i32 known_ymd;
    i32 known_minute;
    const char *reason;
} exception_t;

static const exception_t exceptions[] = {
#define X(cal, ymd, open, close, known_ymd, known_minute, reason) \
    {cal, ymd, open, close, known_ymd, known_minute, reason},
#include "model/calendar_exceptions.def"
#undef X
};

static day_t day_of(date_t date)
{
    day_t r = {.date = date, .weekday = date_weekday(date)};
    date_to_ymd(date, &r.y, &r.m, &r.d);
    return r;
}

static i32 day_ymd(const day_t *day)
{
    return day->y * 10000 + day->m * 100 + day->d;
}

static date_t date_from_ymd_number(i32 ymd)
{
    return date_from_ymd(ymd / 10000, ymd / 100 % 100, ymd % 100);
}

/* Easter Sunday, Gregorian: the anonymous algorithm of 1876 (J. Meeus, Astronomical Algorithms, chapter 8).
 */
static date_t easter(i32 year)
{
    i32 a = year % 19;
    i32 b = year / 100;
    i32 c = year % 100;
    i32 h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    i32 l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    i32 m = (a + 11 * h + 22 * l) / 451;
    i32 n = h + l - 7 * m + 114;
    ASSERT(n / 31 == 3 || n / 31 == 4);
    return date_from_ymd(year, n / 31, n % 31 + 1);
}

static bool is_good_friday(const day_t *day)
{
    return day->weekday == WEEKDAY_FRIDAY && (day->m == 3 || day->m == 4) && day->date == easter(day->y) - 2;
}

static bool is_weekend(const day_t *day)
{
    return day->weekday == 0 || day->weekday == 6;
}

/* The n-th given weekday of the month. */
static bool is_nth(const day_t *day, i32 month, i32 weekday, i32 n)
{
    return day->m == month && day->weekday == weekday && (day->d - 1) / 7 == n - 1;
}

/* A holiday of fixed date as it is kept: on the day, on Friday before a Saturday, on Monday after a Sunday.
 */
static bool is_kept(const day_t *day, i32 month, i32 d)
{
    if (day->m != month || is_weekend(day)) {
        return false;
    }
    return day->d == d || (day->d == d - 1 && day->weekday == WEEKDAY_FRIDAY) ||
           (day->d == d + 1 && day->weekday == WEEKDAY_MONDAY);
}

/* Holidays that stop the stock market but leave futures a short session. The day by which the two youngest
 * were certainly public stands in known_ymd. */
static const char *us_holiday(const day_t *day, i32 *known_ymd)
{
    *known_ymd = 0;
    if (is_nth(day, 1, WEEKDAY_MONDAY, 3) && day->y >= 1998) {
        *known_ymd = 19971231;
        return "Martin Luther King Jr. Day";
    }
    if (is_nth(day, 2, WEEKDAY_MONDAY, 3)) {
        return "Presidents Day";
    }
    if (day->m == 5 && day->weekday == WEEKDAY_MONDAY && day->d > 24) {
        return "Memorial Day";
    }
    if (is_kept(day, 6, 19) && day->y >= 2022) {
        *known_ymd = 20211231;
        return "Juneteenth";
    }
    if (is_kept(day, 7, 4)) {
        return "Independence Day";
    }
    if (is_nth(day, 9, WEEKDAY_MONDAY, 1)) {
        return "Labor Day";
    }
    return is_nth(day, 11, WEEKDAY_THURSDAY, 4) ? "Thanksgiving" : NULL;
}

/* Holidays that stop everything. New Year on a Saturday is not kept on Friday, the last business day of the
 * year. */
static const char *full_holiday(const day_t *day)
{
    if (day->m == 1 && !is_weekend(day) && (day->d == 1 || (day->d == 2 && day->weekday == WEEKDAY_MONDAY))) {
        return "New Year's Day";
    }
    if (is_good_friday(day)) {
        return "Good Friday";
    }
    return is_kept(day, 12, 25) ? "Christmas" : NULL;
}

/* Scheduled half days; close gets the minute. The day after Thanksgiving is short since 1992 (14:00 in that
 * year), the days around Independence Day since 1995 (the Friday after a Thursday holiday until 2012, the
 * Wednesday before it since 2013), Christmas Eve since 1990 (14:00 until 1992). */
static const char *half_day(const day_t *day, i32 *close)
{
    i32 early = day->y < 1993 ? NYSE_HALF_OLD : NYSE_HALF;
    *close = early;
    if (day->m == 11 && day->y >= 1992 && day->weekday == WEEKDAY_FRIDAY && day->d >= 23 && day->d <= 29) {
        return "day after Thanksgiving";
    }
    if (day->m == 12 && day->d == 24 && day->y >= 1990 && day->weekday >= 1 &&
        day->weekday <= WEEKDAY_THURSDAY) {
        return "Christmas Eve";
    }
    if (day->m != 7 || day->y < 1995) {
        return NULL;
    }
    bool wednesday_eve = day->weekday == 3 && day->y >= 2013;
    bool eve_weekday =
        day->weekday == 1 || day->weekday == 2 || day->weekday == WEEKDAY_THURSDAY || wednesday_eve;
    if (day->d == 3 && eve_weekday) {
        return "Independence Day eve";
    }
    return day->d == 5 && day->weekday == WEEKDAY_FRIDAY && day->y < 2013 ? "day after Independence Day"
                                                                          : NULL;
}

static plan_t plan_closed(const char *reason, i32 known_ymd)
{
    return (plan_t){.open = 0, .close = 0, .known_ymd = known_ymd, .reason = reason};
}

static plan_t nyse_plan(const day_t *day)
{
    i32 known = 0;
    i32 close = 0;
    const char *reason = full_holiday(day);
    if (reason == NULL) {
        reason = us_holiday(day, &known);
    }
    if (reason != NULL) {
        return plan_closed(reason, known);
    }
    reason = half_day(day, &close);
    return (plan_t){.open = NYSE_OPEN, .close = reason != NULL ? close : NYSE_CLOSE, .reason = reason};
}

/* Until 2008 the sources at hand know only closed days; short holiday sessions stand from 2009 on. The
 * holiday close moved from 10:30 to 12:00 on Memorial Day 2014. */
static plan_t cme_plan(const day_t *day)
{
    i32 known = 0;
    i32 close = 0;
    const char *reason = full_holiday(day);
    if (reason != NULL) {
        return plan_closed(reason, 0);
    }
    reason = us_holiday(day, &known);
    if (reason != NULL && day->y < 2009) {
        return plan_closed(reason, known);
    }
    if (reason != NULL) {
        close = day_ymd(day) >= 20140526 ? CME_HOLIDAY : CME_HOLIDAY_OLD;
        return (plan_t){.open = CME_OPEN, .close = close, .known_ymd = known, .reason = reason};
    }
    reason = half_day(day, &close);
    return (plan_t){.open = CME_OPEN, .close = reason != NULL ? CME_HALF : CME_CLOSE, .reason = reason};
}

static plan_t forex_plan(const day_t *day)
{
    if ((day->m == 12 && day->d == 25) || (day->m == 1 && day->d == 1)) {
        return plan_closed(day->m == 1 ? "New Year's Day" : "Christmas", 0);
    }
    return (plan_t){.open = FOREX_OPEN, .close = FOREX_CLOSE};
}

static plan_t rule_plan(calendar_id_t cal, const day_t *day)
{
    if (cal == CAL_CRYPTO) {
        return (plan_t){.open = 0, .close = MIN_PER_DAY};
    }
    if (is_weekend(day)) {
        return plan_closed("weekend", 0);
    }
    if (cal == CAL_NYSE) {
        return nyse_plan(day);
    }
    return cal == CAL_CME ? cme_plan(day) : forex_plan(day);
}

static plan_t ordinary_plan(calendar_id_t cal)
{
    return cal == CAL_NYSE ? (plan_t){.open = NYSE_OPEN, .close = NYSE_CLOSE}
                           : (plan_t){.open = CME_OPEN, .close = CME_CLOSE};
}

static zone_t zone_of(calendar_id_t cal)
{
    static const zone_t zones[CAL_COUNT] = {ZONE_NEW_YORK, ZONE_CHICAGO, ZONE_NEW_YORK, ZONE_UTC};
    ASSERT((u32)cal < CAL_COUNT);
    return zones[cal];
}

static bool is_public(calendar_id_t cal, i32 known_ymd, i32 known_minute, i64 as_of)
{
    return as_of == I64_MAX ||
           as_of >= zone_to_utc(zone_of(cal), date_from_ymd_number(known_ymd), known_minute * 60);
}

static const exception_t *exception_find(calendar_id_t cal, const day_t *day)
{
    i32 ymd = day_ymd(day);
    for (u32 i = 0; i < COUNT_OF(exceptions); i++) {
        if (exceptions[i].ymd == ymd && exceptions[i].cal == cal) {
            return &exceptions[i];
        }
    }
    return NULL;
}

static plan_t plan_of(calendar_id_t cal, date_t date, i64 as_of)
{
    ASSERT((u32)cal < CAL_COUNT);
    day_t day = day_of(date);
    plan_t plan = rule_plan(cal, &day);
    if (plan.known_ymd != 0 && !is_public(cal, plan.known_ymd, MIN_PER_DAY, as_of)) {
        plan = ordinary_plan(cal);
    }
    const exception_t *x = exception_find(cal, &day);
    if (x != NULL && is_public(cal, x->known_ymd, x->known_minute, as_of)) {
        plan = (plan_t){.open = x->open, .close = x->close, .reason = x->reason};
    }
    ASSERT(plan.open <= plan.close);
    return plan;
}

static i32 ordinary_close(calendar_id_t cal)
{
    static const i32 close[CAL_COUNT] = {NYSE_CLOSE, CME_CLOSE, FOREX_CLOSE, MIN_PER_DAY};
    return close[cal];
}

bool calendar_session(calendar_id_t cal, date_t day, i64 as_of, session_t *out)
{
    ASSERT((u32)cal < CAL_COUNT);
    ASSERT(out != NULL);
    plan_t plan = plan_of(cal, day, as_of);
    if (plan.open == plan.close) {
        return false;
    }
    zone_t z = zone_of(cal);
    *out = (session_t){
        .date = day,
        .open = zone_to_utc(z, day, plan.open * 60),
        .close = zone_to_utc(z, day, plan.close * 60),
        .half_day = plan.close < ordinary_close(cal),
    };
    ASSERT(out->open < out->close);
    return true;
}

static session_t calendar_step(calendar_id_t cal, date_t day, i64 as_of, i32 direction)
{
    session_t s = {0};
    bool found = false;
    for (i32 i = 1; i <= GAP_DAYS_MAX && !found; i++) {
        found = calendar_session(cal, day + i * direction, as_of, &s);
    }
    ASSERT(found);
    return s;
}

session_t calendar_next(calendar_id_t cal, date_t day, i64 as_of)
{
    session_t s = calendar_step(cal, day, as_of, 1);
    ASSERT(s.date > day);
    return s;
}

session_t calendar_previous(calendar_id_t cal, date_t day, i64 as_of)
{
    session_t s = calendar_step(cal, day, as_of, -1);
    ASSERT(s.date < day);
    return s;
}

i32 calendar_count(calendar_id_t cal, date_t from, date_t to)
{
    ASSERT(from <= to);
    i32 count = 0;
    for (date_t d = from + 1; d <= to; d++) {
        plan_t plan = plan_of(cal, d, I64_MAX);
        count += plan.open != plan.close ? 1 : 0;
    }
    ASSERT(count >= 0 && count <= to - from);
    return count;
}

u32 calendar_year(calendar_id_t cal)
{
    ASSERT((u32)cal < CAL_COUNT);
    return cal == CAL_CRYPTO ? 365 : 252;
}

/* The session that holds t, if any: its own date is the local date or, for evening openings, the one after.
 */
static bool session_at(calendar_id_t cal, i64 t, date_t *local, session_t *out)
{
    i32 seconds = 0;
    zone_from_utc(zone_of(cal), t, local, &seconds);
    for (date_t d = *local; d <= *local + 1; d++) {
        if (calendar_session(cal, d, I64_MAX, out) && t >= out->open && t < out->close) {
            return true;
        }
    }
    return false;
}

date_t calendar_date_at(calendar_id_t cal, i64 t)
{
    date_t local = 0;
    session_t s;
    return session_at(cal, t, &local, &s) ? s.date : local;
}

phase_t calendar_phase(calendar_id_t cal, i64 t)
{
    date_t local = 0;
    session_t s;
    if (session_at(cal, t, &local, &s)) {
        return PHASE_OPEN;
    }
    if (cal != CAL_NYSE || !calendar_session(cal, local, I64_MAX, &s)) {
        return PHASE_CLOSED;
    }
    if (t < s.open) {
        return t >= zone_to_utc(ZONE_NEW_YORK, local, MIN_PRE * 60) ? PHASE_PRE : PHASE_CLOSED;
    }
    return t < s.close + MIN_POST_LENGTH * NS_PER_MIN ? PHASE_POST : PHASE_CLOSED; /* 17:00 on half days */
}

const char *calendar_reason(calendar_id_t cal, date_t day)
{
    return plan_of(cal, day, I64_MAX).reason;
}

date_t calendar_quarter_start(calendar_id_t cal, date_t day)
{
    day_t at = day_of(day);
    date_t first = date_from_ymd(at.y, (at.m - 1) / 3 * 3 + 1, 1);
    date_t start = calendar_next(cal, first - 1, I64_MAX).date;
    ASSERT(start >= first);
    return start;
}
