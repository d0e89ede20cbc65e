/* Exchange calendars: known days, both daylight changes, announced exceptions, and the outside references:
 * the Lean market hours file (every difference listed in calendar_differences.def) and the days real data
 * traded on. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "model/calendar.h"
#include "model/zone.h"

static date_t ymd(i32 n)
{
    return date_from_ymd(n / 10000, n / 100 % 100, n % 100);
}

static i32 number(date_t date)
{
    i32 y;
    i32 m;
    i32 d;
    date_to_ymd(date, &y, &m, &d);
    return y * 10000 + m * 100 + d;
}

/* Minutes of the local day at which the session opens and closes; 0 and 0 when closed. */
static void minutes_of(calendar_id_t cal, date_t day, i64 as_of, i32 *open, i32 *close)
{
    session_t s;
    *open = *close = 0;
    if (calendar_session(cal, day, as_of, &s)) {
        i64 midnight = zone_to_utc(cal == CAL_CME      ? ZONE_CHICAGO
                                   : cal == CAL_CRYPTO ? ZONE_UTC
                                                       : ZONE_NEW_YORK,
                                   day, 0);
        *open = (i32)((s.open - midnight) / NS_PER_MIN);
        *close = (i32)((s.close - midnight) / NS_PER_MIN);
    }
}

typedef struct { calendar_id_t cal; i32 day; i32 open; i32 close; } day_case_t;

TEST(known_days)
{
    UNUSED_STATE;
    static const day_case_t cases[] = {
        {CAL_NYSE, 20261125, 570, 960}, {CAL_NYSE, 20261126, 0, 0}, {CAL_NYSE, 20261127, 570, 780},
        {CAL_NYSE, 20250704, 0, 0}, {CAL_NYSE, 20250703, 570, 780}, {CAL_NYSE, 20260703, 0, 0},
        {CAL_NYSE, 20211231, 570, 960}, {CAL_NYSE, 20101231, 570, 960}, {CAL_NYSE, 20230102, 0, 0},
        {CAL_NYSE, 20210618, 570, 960}, {CAL_NYSE, 20220620, 0, 0}, {CAL_NYSE, 20270618, 0, 0},
        {CAL_NYSE, 19970120, 570, 960}, {CAL_NYSE, 19980119, 0, 0}, {CAL_NYSE, 20240329, 0, 0},
        {CAL_NYSE, 20190419, 0, 0}, {CAL_NYSE, 20020703, 570, 960}, {CAL_NYSE, 20020705, 570, 780},
        {CAL_NYSE, 20130703, 570, 780}, {CAL_NYSE, 20130705, 570, 960}, {CAL_NYSE, 19960705, 570, 780},
        {CAL_NYSE, 19911224, 570, 840}, {CAL_NYSE, 19911129, 570, 960}, {CAL_NYSE, 19921127, 570, 840},
        {CAL_NYSE, 19931224, 0, 0}, {CAL_NYSE, 20081226, 570, 960}, {CAL_NYSE, 20250109, 0, 0},
        {CAL_NYSE, 20020911, 720, 960}, {CAL_NYSE, 20260613, 0, 0}, {CAL_NYSE, 20001103, 570, 960},
        {CAL_CME, 20251201, -420, 960}, {CAL_CME, 20251127, -420, 720}, {CAL_CME, 20251128, -420, 735},
        {CAL_CME, 20251225, 0, 0}, {CAL_CME, 20260403, -420, 495}, {CAL_CME, 20250418, 0, 0},
        {CAL_CME, 20130527, -420, 630}, {CAL_CME, 20140526, -420, 720}, {CAL_CME, 20251129, 0, 0},
        {CAL_FOREX, 20251124, -420, 1020}, {CAL_FOREX, 20251122, 0, 0}, {CAL_FOREX, 20251225, 0, 0},
        {CAL_FOREX, 20251127, -420, 1020}, {CAL_CRYPTO, 20251225, 0, 1440}, {CAL_CRYPTO, 20251122, 0, 1440},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        i32 open;
        i32 close;
        minutes_of(cases[i].cal, ymd(cases[i].day), I64_MAX, &open, &close);
        if (open != cases[i].open || close != cases[i].close) {
            fail_msg("%d %d: %d to %d, expected %d to %d", (int)cases[i].cal, cases[i].day, open, close,
                     cases[i].open, cases[i].close);
        }
        session_t s;
        if (calendar_session(cases[i].cal, ymd(cases[i].day), I64_MAX, &s)) {
            i32 full = cases[i].cal == CAL_FOREX ? 1020 : cases[i].cal == CAL_CRYPTO ? 1440 : 960;
            CHECK_EQ(s.half_day, close < full);
            CHECK_EQ(s.date, ymd(cases[i].day));
        }
    }
}

typedef struct {
    calendar_id_t cal;
    i32 day;
    const char *known_from;
    i32 before_close;
    i32 after_close;
} known_case_t;

TEST(exceptions_hide_until_announced)
{
    UNUSED_STATE;
    static const known_case_t cases[] = {
        {CAL_NYSE, 20010911, "2001-09-11T13:30:00Z", 960, 0},
        {CAL_NYSE, 20010914, "2001-09-14T04:00:00Z", 960, 0},
        {CAL_NYSE, 20250109, "2024-12-31T05:00:00Z", 960, 0},
        {CAL_NYSE, 20121030, "2012-10-30T04:00:00Z", 960, 0},
        {CAL_NYSE, 19971027, "1997-10-27T20:30:00Z", 960, 930},
        {CAL_CME, 20181205, "2018-12-04T06:00:00Z", 960, 510},
        {CAL_NYSE, 20220620, "2022-01-01T05:00:00Z", 960, 0},
        {CAL_CME, 20230407, "2023-04-06T05:00:00Z", 0, 495},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        i64 t = 0;
        i32 open;
        i32 close;
        CHECK_OK(time_parse(str_from(cases[i].known_from), &t));
        minutes_of(cases[i].cal, ymd(cases[i].day), t - 1, &open, &close);
        CHECK_EQ(close, cases[i].before_close);
        minutes_of(cases[i].cal, ymd(cases[i].day), t, &open, &close);
        CHECK_EQ(close, cases[i].after_close);
        minutes_of(cases[i].cal, ymd(cases[i].day), I64_MAX, &open, &close);
        CHECK_EQ(close, cases[i].after_close);
    }
}

TEST(next_and_previous_are_inverse)
{
    UNUSED_STATE;
    for (calendar_id_t cal = CAL_NYSE; cal < CAL_COUNT; cal++) {
        i32 count = 0;
        date_t from = ymd(19900101);
        date_t to = ymd(20401231);
        session_t last = {.date = -1000000};
        for (date_t d = from; d <= to; d++) {
            session_t s;
            bool open = calendar_session(cal, d, I64_MAX, &s);
            session_t next = calendar_next(cal, d, I64_MAX);
            session_t previous = calendar_previous(cal, d, I64_MAX);
            CHECK(previous.date < d && d < next.date);
            CHECK(previous.close <= next.open);
            if (!open) {
                CHECK_EQ(calendar_next(cal, previous.date, I64_MAX).date, next.date);
                CHECK(calendar_reason(cal, d) != NULL);
                continue;
            }
            count += d > from ? 1 : 0;
            CHECK_EQ(calendar_next(cal, previous.date, I64_MAX).date, d);
            CHECK_EQ(calendar_previous(cal, next.date, I64_MAX).date, d);
            CHECK(last.close <= s.open || last.date < from);
            CHECK(!s.half_day || calendar_reason(cal, d) != NULL);
            CHECK_EQ(calendar_date_at(cal, s.open), d);
            CHECK_EQ(calendar_date_at(cal, s.close - 1), d);
            CHECK_EQ(calendar_phase(cal, s.open), PHASE_OPEN);
            CHECK_EQ(calendar_phase(cal, s.close - 1), PHASE_OPEN);
            CHECK(cal == CAL_CRYPTO || calendar_phase(cal, s.close) != PHASE_OPEN ||
                  calendar_date_at(cal, s.close) > d);
            last = s;
        }
        CHECK_EQ(calendar_count(cal, from, to), count);
    }
}

/* Trading days a year are public and easy to count by hand: 252 in 2024, 250 in 2025, 251 in 2026. */
TEST(counts)
{
    UNUSED_STATE;
    CHECK_EQ(calendar_year(CAL_NYSE), 252);
    CHECK_EQ(calendar_year(CAL_CRYPTO), 365);
    CHECK_EQ(calendar_count(CAL_CRYPTO, ymd(20241231), ymd(20251231)), 365);
    CHECK_EQ(calendar_count(CAL_NYSE, ymd(20231231), ymd(20241231)), 252);
    CHECK_EQ(calendar_count(CAL_NYSE, ymd(20241231), ymd(20251231)), 250);
    CHECK_EQ(calendar_count(CAL_NYSE, ymd(20251231), ymd(20261231)), 251);
    CHECK_EQ(calendar_count(CAL_NYSE, ymd(20001231), ymd(20011231)), 248);
    CHECK_EQ(calendar_count(CAL_NYSE, ymd(20260101), ymd(20260101)), 0);
}

TEST(phases_and_quarters)
{
    UNUSED_STATE;
    static const struct { calendar_id_t cal; const char *t; phase_t phase; i32 date;
    } cases[] = {
        {CAL_NYSE, "2025-11-26T08:59:59Z", PHASE_CLOSED, 20251126},
        {CAL_NYSE, "2025-11-26T09:00:00Z", PHASE_PRE, 20251126},
        {CAL_NYSE, "2025-11-26T14:29:59Z", PHASE_PRE, 20251126},
        {CAL_NYSE, "2025-11-26T14:30:00Z", PHASE_OPEN, 20251126},
        {CAL_NYSE, "2025-11-26T21:00:00Z", PHASE_POST, 20251126},
        {CAL_NYSE, "2025-11-27T01:00:00Z", PHASE_CLOSED, 20251126},
        {CAL_NYSE, "2025-11-27T15:00:00Z", PHASE_CLOSED, 20251127},
        {CAL_NYSE, "2025-11-28T18:00:00Z", PHASE_POST, 20251128},
        {CAL_NYSE, "2025-11-28T22:00:00Z", PHASE_CLOSED, 20251128},
        {CAL_NYSE, "2025-07-15T13:30:00Z", PHASE_OPEN, 20250715},
        {CAL_CME, "2025-11-23T23:00:00Z", PHASE_OPEN, 20251124},
        {CAL_CME, "2025-11-23T22:59:59Z", PHASE_CLOSED, 20251123},
        {CAL_CME, "2025-11-25T22:30:00Z", PHASE_CLOSED, 20251125},
        {CAL_CME, "2025-11-25T23:00:00Z", PHASE_OPEN, 20251126},
        {CAL_FOREX, "2025-11-23T22:00:00Z", PHASE_OPEN, 20251124},
        {CAL_FOREX, "2025-11-28T22:00:00Z", PHASE_CLOSED, 20251128},
        {CAL_CRYPTO, "2025-11-30T23:59:59Z", PHASE_OPEN, 20251130},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        i64 t = 0;
        CHECK_OK(time_parse(str_from(cases[i].t), &t));
        CHECK_EQ(calendar_phase(cases[i].cal, t), cases[i].phase);
        CHECK_EQ(number(calendar_date_at(cases[i].cal, t)), cases[i].date);
    }
    CHECK_EQ(number(calendar_quarter_start(CAL_NYSE, ymd(20260325))), 20260102);
    CHECK_EQ(number(calendar_quarter_start(CAL_NYSE, ymd(20260102))), 20260102);
    CHECK_EQ(number(calendar_quarter_start(CAL_NYSE, ymd(20260101))), 20260102);
    CHECK_EQ(number(calendar_quarter_start(CAL_NYSE, ymd(20261231))), 20261001);
    CHECK_EQ(number(calendar_quarter_start(CAL_CRYPTO, ymd(20260711))), 20260701);
}

TEST(daylight_saving_both_ways)
{
    UNUSED_STATE;
    static const struct { zone_t z; i32 day; i32 hhmm; const char *utc;
    } cases[] = {
        {ZONE_NEW_YORK, 20260308, 159, "2026-03-08T06:59:00Z"},
        {ZONE_NEW_YORK, 20260308, 230, "2026-03-08T07:30:00Z"},
        {ZONE_NEW_YORK, 20260308, 300, "2026-03-08T07:00:00Z"},
        {ZONE_NEW_YORK, 20261101, 59, "2026-11-01T04:59:00Z"},
        {ZONE_NEW_YORK, 20261101, 130, "2026-11-01T05:30:00Z"},
        {ZONE_NEW_YORK, 20261101, 200, "2026-11-01T07:00:00Z"},
        {ZONE_CHICAGO, 20260308, 230, "2026-03-08T08:30:00Z"},
        {ZONE_CHICAGO, 20261101, 130, "2026-11-01T06:30:00Z"},
        {ZONE_UTC, 20260308, 230, "2026-03-08T02:30:00Z"},
        {ZONE_NEW_YORK, 20060405, 930, "2006-04-05T13:30:00Z"},
        {ZONE_NEW_YORK, 20060328, 930, "2006-03-28T14:30:00Z"},
        {ZONE_NEW_YORK, 19740107, 930, "1974-01-07T13:30:00Z"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        i64 t = 0;
        CHECK_OK(time_parse(str_from(cases[i].utc), &t));
        i32 seconds = cases[i].hhmm / 100 * 3600 + cases[i].hhmm % 100 * 60;
        CHECK_EQ(zone_to_utc(cases[i].z, ymd(cases[i].day), seconds), t);
    }
    for (zone_t z = ZONE_UTC; z <= ZONE_CHICAGO; z++) {
        for (i64 t = (i64)ymd(19670101) * NS_PER_DAY; t < (i64)ymd(20400101) * NS_PER_DAY;
             t += 37 * NS_PER_MIN) {
            date_t day;
            i32 seconds;
            zone_from_utc(z, t, &day, &seconds);
            i64 back = zone_to_utc(z, day, seconds);
            CHECK(back == t ||
                  back == t - NS_PER_HOUR); /* the second pass of a repeated hour maps to the first */
            CHECK_EQ(back, t - (back == t                                   ? 0
                                : zone_offset(z, back) != zone_offset(z, t) ? NS_PER_HOUR
                                                                            : -1));
        }
    }
    zone_t z;
    CHECK_OK(zone_parse(STR("America/Chicago"), &z));
    CHECK_EQ(z, ZONE_CHICAGO);
    CHECK_EQ(zone_parse(STR("Europe/Berlin"), &z), ERR_ZONE);
}

TEST(rules_agree_with_the_tz_database)
{
    UNUSED_STATE;
    i64 probes = 0;
    i64 at = 0;
    CHECK(zone_check_tzdata(1950, 2037, 1, &probes, &at));
    if (probes == 0) {
        skip();
    }
    CHECK(probes > 1500000);
}

/* --- outside references
 * --------------------------------------------------------------------------------------- */

static FILE *data_open(const char *relative)
{
    char command[1024];
    const char *root = getenv("VITRINE_TEST_ROOT");
    const char *data = getenv("VITRINE_DATA");
    char path[800];
    if (data != NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", data, relative);
    } else {
        (void)snprintf(path, sizeof path, "%s/../shared/data/%s", root != NULL ? root : ".", relative);
    }
    FILE *probe = fopen(path, "rb");
    if (probe == NULL) {
        return NULL;
    }
    (void)fclose(probe);
    (void)snprintf(command, sizeof command, "zstdcat '%s'", path);
    return popen(command, "r");
}

/* The whole Lean file; NULL when the data is absent. The caller frees it. */
static char *lean_text(void)
{
    enum { SIZE = 8 << 20 };
    FILE *f = data_open("reference/lean_market_hours_database.json.zst");
    if (f == NULL) {
        return NULL;
    }
    char *text = malloc(SIZE);
    CHECK(text != NULL);
    size_t n = fread(text, 1, SIZE - 1, f);
    text[n] = '\0';
    CHECK(n > 100000);
    CHECK_EQ(pclose(f), 0);
    return text;
}

/* Start and end of the member `key` ("[...]" or "{...}" without nesting) inside the entry `name`. */
static bool lean_member(char *text, const char *name, const char *key, char **from, char **to)
{
    char quoted[64];
    (void)snprintf(quoted, sizeof quoted, "\"%s\":", name);
    char *entry = strstr(text, quoted);
    if (entry == NULL) {
        return false;
    }
    char *end = strstr(entry + 1, "\"dataTimeZone\"");
    end = end != NULL ? strstr(end + 1, "\"dataTimeZone\"") : NULL;
    (void)snprintf(quoted, sizeof quoted, "\"%s\":", key);
    char *member = strstr(entry, quoted);
    if (member == NULL || (end != NULL && member > end)) {
        return false;
    }
    *from = member + strlen(quoted);
    *to = *from + strcspn(*from, "]}");
    return true;
}

enum { LEAN_DAYS = 12000, LEAN_CLOSED = 0 };

/* Marks days[date - base] with the close minute (0 = closed) for every date of the member. */
static i32 lean_mark(char *from, char *to, date_t base, i32 shift_min, i16 *days)
{
    i32 marked = 0;
    for (char *p = strchr(from, '"'); p != NULL && p < to; p = strchr(p + 1, '"')) {
        i32 m;
        i32 d;
        i32 y;
        i32 hour = 0;
        i32 minute = 0;
        i32 got = sscanf(p, "\"%d/%d/%d\": \"%d:%d", &m, &d, &y, &hour, &minute);
        if (got >= 3) {
            date_t at = date_from_ymd(y, m, d) - base;
            if (at >= 0 && at < LEAN_DAYS) {
                days[at] = (i16)(got == 5 ? hour * 60 + minute + shift_min : LEAN_CLOSED);
                marked++;
            }
        }
    }
    return marked;
}

typedef struct { calendar_id_t cal; i32 day; i32 ours; i32 lean; bool met; } difference_t;

static difference_t differences[] = {
#define X(cal, day, ours, lean, reason) {cal, day, ours, lean, false},
#include "tests/model/calendar_differences.def"
#undef X
};

static i32 difference_check(calendar_id_t cal, date_t day, i32 ours, i32 lean)
{
    if (ours == lean) {
        return 0;
    }
    for (size_t i = 0; i < COUNT_OF(differences); i++) {
        difference_t *x = &differences[i];
        if (x->cal == cal && x->day == number(day) && x->ours == ours && x->lean == lean) {
            x->met = true;
            return 0;
        }
    }
    print_message("X(%s, %d, %d, %d, \"\")\n", cal == CAL_NYSE ? "CAL_NYSE" : "CAL_CME", number(day), ours,
                  lean);
    return 1;
}

static i32 differences_unmet(calendar_id_t cal)
{
    i32 unmet = 0;
    for (size_t i = 0; i < COUNT_OF(differences); i++) {
        if (differences[i].cal == cal && !differences[i].met) {
            print_message("no longer a difference: %d\n", differences[i].day);
            unmet++;
        }
    }
    return unmet;
}

/* Every weekday whole, before the file says what it knows; returns the first day. */
static date_t lean_days(i16 days[LEAN_DAYS])
{
    date_t base = ymd(19980101);
    for (i32 i = 0; i < LEAN_DAYS; i++) {
        i32 weekday = date_weekday(base + i);
        days[i] = weekday == 0 || weekday == 6 ? LEAN_CLOSED : 960;
    }
    return base;
}

/* How many days from `from` to `to` close otherwise than Lean says, and are not listed with a reason. */
static i32 lean_unlisted(calendar_id_t cal, date_t from, date_t to, date_t base, const i16 days[LEAN_DAYS])
{
    i32 unlisted = 0;
    for (date_t d = from; d <= to; d++) {
        i32 open;
        i32 close;
        minutes_of(cal, d, I64_MAX, &open, &close);
        unlisted += difference_check(cal, d, close, days[d - base]);
    }
    return unlisted;
}

TEST(nyse_against_lean)
{
    UNUSED_STATE;
    static i16 days[LEAN_DAYS];
    char *text = lean_text();
    if (text == NULL) {
        skip();
        return;
    }
    date_t base = lean_days(days);
    char *from;
    char *to;
    CHECK(lean_member(text, "Equity-usa-[*]", "earlyCloses", &from, &to));
    CHECK_EQ(lean_mark(from, to, base, 0, days), 65);
    days[ymd(20171224) - base] = LEAN_CLOSED; /* an early close on a Sunday: no session either way */
    CHECK(lean_member(text, "Equity-usa-[*]", "holidays", &from, &to));
    CHECK_EQ(lean_mark(from, to, base, 0, days), 293);
    free(text);
    CHECK_EQ(lean_unlisted(CAL_NYSE, base, ymd(20281231), base, days), 0);
    CHECK_EQ(differences_unmet(CAL_NYSE), 0);
}

/* Lean keeps early closes with the ES entry and full closings with the exchange's general one. Its hours are
 * New York's, one hour ahead of Chicago; a "17:00" there is the ordinary end of the day. */
TEST(cme_against_lean)
{
    UNUSED_STATE;
    static i16 days[LEAN_DAYS];
    char *text = lean_text();
    if (text == NULL) {
        skip();
        return;
    }
    date_t base = lean_days(days);
    char *from;
    char *to;
    CHECK(lean_member(text, "Future-cme-[*]", "holidays", &from, &to));
    CHECK(lean_mark(from, to, base, 0, days) > 140);
    CHECK(lean_member(text, "Future-cme-ES", "holidays", &from, &to));
    CHECK_EQ(lean_mark(from, to, base, 0, days), 2);
    CHECK(lean_member(text, "Future-cme-ES", "earlyCloses", &from, &to));
    CHECK(lean_mark(from, to, base, -60, days) > 130);
    free(text);
    /* before 2009 the ES entry is empty */
    CHECK_EQ(lean_unlisted(CAL_CME, ymd(20090101), ymd(20261231), base, days), 0);
    CHECK_EQ(differences_unmet(CAL_CME), 0);
}

/* Every weekday between the first and the last date of the file must be a session exactly if some symbol
 * traded. */
static void check_traded_days(const char *file, i32 rows_min)
{
    static i32 seen[30000];
    char line[512];
    FILE *f = data_open(file);
    if (f == NULL) {
        skip();
        return;
    }
    memset(seen, 0, sizeof seen);
    date_t first = 1 << 30;
    date_t last = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        date_t d;
        char *comma = strchr(line, ',');
        if (comma == NULL || strlen(comma) < 11 ||
            date_parse((str_t){(const u8 *)comma + 1, 10}, &d) != ERR_OK) {
            continue;
        }
        CHECK(d > 0 && d < 30000);
        seen[d]++;
        first = MIN_OF(first, d);
        last = MAX_OF(last, d);
    }
    CHECK_EQ(pclose(f), 0);
    i32 wrong = 0;
    for (date_t d = first; d <= last; d++) {
        session_t s;
        bool open = calendar_session(CAL_NYSE, d, I64_MAX, &s);
        if (open != (seen[d] >= rows_min)) {
            print_message("%s %d: %s, %d rows\n", file, number(d), open ? "session" : "closed", seen[d]);
            wrong++;
        }
    }
    CHECK(last - first > 250);
    CHECK_EQ(wrong, 0);
}

TEST(days_that_daily_data_traded)
{
    UNUSED_STATE;
    check_traded_days("daily/sp500_daily.csv.zst", 100);
}

TEST(days_that_intraday_data_traded)
{
    UNUSED_STATE;
    check_traded_days("intraday/us_5min.csv.zst", 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_days), cmocka_unit_test(exceptions_hide_until_announced),
        cmocka_unit_test(next_and_previous_are_inverse), cmocka_unit_test(counts),
        cmocka_unit_test(phases_and_quarters), cmocka_unit_test(daylight_saving_both_ways),
        cmocka_unit_test(rules_agree_with_the_tz_database), cmocka_unit_test(nyse_against_lean),
        cmocka_unit_test(cme_against_lean), cmocka_unit_test(days_that_daily_data_traded),
        cmocka_unit_test(days_that_intraday_data_traded),
    };
    return RUN_TESTS(tests);
}
