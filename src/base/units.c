/* See units.h. Day arithmetic: Howard Hinnant, "chrono-compatible low-level date algorithms". */
#include "base/units.h"

#include <stdio.h>

#include "base/assert.h"

date_t date_from_ymd(i32 year, i32 month, i32 day)
{
    ASSERT(month >= 1 && month <= 12);
    ASSERT(day >= 1 && day <= 31);
    i32 y = month <= 2 ? year - 1 : year;
    i32 era = (y >= 0 ? y : y - 399) / 400;
    i32 yoe = y - era * 400;
    i32 doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    i32 doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void date_to_ymd(date_t d, i32 *year, i32 *month, i32 *day)
{
    ASSERT(year != NULL && month != NULL && day != NULL);
    i32 z = d + 719468;
    i32 era = (z >= 0 ? z : z - 146096) / 146097;
    i32 doe = z - era * 146097;
    i32 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    i32 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    i32 mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

i32 date_number(date_t d)
{
    i32 year = 0;
    i32 month = 0;
    i32 day = 0;
    date_to_ymd(d, &year, &month, &day);
    return year * 10000 + month * 100 + day;
}

i32 date_weekday(date_t d)
{
    i32 w = (d + 4) % 7;
    return w < 0 ? w + 7 : w;
}

static bool digits(str_t s, u32 at, u32 n, i32 *out)
{
    if (at + n > s.n) {
        return false;
    }
    i32 v = 0;
    for (u32 i = at; i < at + n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
        v = v * 10 + (s.p[i] - '0');
    }
    *out = v;
    return true;
}

err_t date_parse(str_t s, date_t *out)
{
    ASSERT(out != NULL);
    i32 y = 0;
    i32 m = 0;
    i32 d = 0;
    bool dashed = s.n == 10 && s.p[4] == '-' && s.p[7] == '-';
    u32 gap = dashed ? 1 : 0;
    bool ok = (dashed || s.n == 8) && digits(s, 0, 4, &y) && digits(s, 4 + gap, 2, &m) &&
              digits(s, 6 + 2 * gap, 2, &d);
    if (!ok || m < 1 || m > 12 || d < 1 || d > 31) {
        return ERR_SYNTAX;
    }
    date_t result = date_from_ymd(y, m, d);
    i32 y2 = 0;
    i32 m2 = 0;
    i32 d2 = 0;
    date_to_ymd(result, &y2, &m2, &d2);
    if (m2 != m || d2 != d) {
        return ERR_SYNTAX; /* 31 April and its like */
    }
    *out = result;
    return ERR_OK;
}

void date_print(char out[11], date_t d)
{
    i32 y = 0;
    i32 m = 0;
    i32 day = 0;
    date_to_ymd(d, &y, &m, &day);
    ASSERT(y >= 0 && y <= 9999);
    (void)snprintf(out, 11, "%04u-%02u-%02u", (u32)y % 10000, (u32)m % 100, (u32)day % 100);
}

void time_print(char out[36], i64 t_ns)
{
    i64 days = t_ns / NS_PER_DAY - (t_ns % NS_PER_DAY < 0 ? 1 : 0);
    i64 rest = t_ns - days * NS_PER_DAY;
    char date[11];
    date_print(date, (date_t)days);
    i64 sec = rest / NS_PER_SEC;
    i64 frac = rest % NS_PER_SEC;
    u32 h = (u32)(sec / 3600) % 24;
    u32 mi = (u32)(sec / 60 % 60);
    u32 se = (u32)(sec % 60);
    if (frac == 0) {
        (void)snprintf(out, 36, "%sT%02u:%02u:%02uZ", date, h, mi, se);
    } else {
        (void)snprintf(out, 36, "%sT%02u:%02u:%02u.%09uZ", date, h, mi, se, (u32)frac);
    }
}

static err_t fraction_parse(str_t s, i64 *out)
{
    if (s.n < 2 || s.n > 10 || s.p[0] != '.') {
        return ERR_SYNTAX;
    }
    i64 v = 0;
    for (u32 i = 1; i < 10; i++) {
        u8 c = i < s.n ? s.p[i] : (u8)'0';
        if (c < '0' || c > '9') {
            return ERR_SYNTAX;
        }
        v = v * 10 + (c - '0');
    }
    *out = v;
    return ERR_OK;
}

/* A day whose nanoseconds fit: 1677-09-22 to 2262-04-10. */
static err_t day_parse(str_t s, date_t *out)
{
    enum { DAYS_HELD = 106751 };
    TRY(date_parse(s, out));
    return *out > -DAYS_HELD && *out < DAYS_HELD ? ERR_OK : ERR_SYNTAX;
}

err_t time_parse(str_t s, i64 *out)
{
    ASSERT(out != NULL);
    date_t d = 0;
    if (s.n == 8 || s.n == 10) {
        TRY(day_parse(s, &d));
        *out = (i64)d * NS_PER_DAY;
        return ERR_OK;
    }
    if (s.n < 16 || (s.p[10] != ' ' && s.p[10] != 'T')) {
        return ERR_SYNTAX;
    }
    TRY(day_parse(str_slice(s, 0, 10), &d));
    if (s.p[s.n - 1] == 'Z') {
        s = str_slice(s, 0, s.n - 1);
    }
    i32 h = 0;
    i32 m = 0;
    i32 sec = 0;
    i64 frac = 0;
    if (s.n < 16 || !digits(s, 11, 2, &h) || s.p[13] != ':' || !digits(s, 14, 2, &m)) {
        return ERR_SYNTAX;
    }
    if (s.n > 16 && (s.n < 19 || s.p[16] != ':' || !digits(s, 17, 2, &sec))) {
        return ERR_SYNTAX;
    }
    if (s.n > 19) {
        TRY(fraction_parse(str_slice(s, 19, s.n), &frac));
    }
    if (h > 23 || m > 59 || sec > 59) {
        return ERR_SYNTAX;
    }
    *out = (i64)d * NS_PER_DAY + (h * 3600 + m * 60 + sec) * NS_PER_SEC + frac;
    return ERR_OK;
}
