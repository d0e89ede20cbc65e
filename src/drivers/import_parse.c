/* Records to rows (see import.h). */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "drivers/import_inner.h"
#include "model/symbol.h"

static const char REMEDY_NUMBER[] =
    "is not a finite number that fits\ndo: correct the file, or import with --lenient to reject such rows";

static const char REMEDY_COINS[] =
    "is no volume, or more than the 92,233,720,368 units that a bar of a coin can hold\n"
    "do: correct the file, or import with --lenient to reject such rows";

static const char REMEDY_FRACTION[] =
    "is a part of a share, and volumes are counted in whole ones\n"
    "do: round the column, or import with --lenient to reject such rows";

void import_reject(importer_t *im, quality_rule_t rule, u64 line)
{
    ASSERT(im != NULL);
    ASSERT(quality_rule_verdict(rule) == VERDICT_REJECT);
    im->report.rows_rejected++;
    if (im->report.rule_count[rule]++ == 0) {
        im->report.rule_line[rule] = line;
    }
}

err_t import_fault(importer_t *im, err_t e, u32 column, const char *what)
{
    ASSERT(im != NULL);
    ASSERT(e != ERR_OK);
    if (im->spec->lenient) {
        import_reject(im, e == ERR_COLUMN ? RULE_BAD_SHAPE : RULE_BAD_NUMBER, csv_line(im->own_csv));
        return ERR_EMPTY;
    }
    return csv_fail(im->own_csv, im->diag, e, column, what);
}

/* Plain decimals of up to 9 places and 18 digits, which is nearly all there is. False: take the long way. */
static bool price_quick(str_t s, i64 *out)
{
    static const i64 up[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    i64 v = 0;
    u32 point = s.n;
    if (s.n == 0 || s.n > 18) {
        return false;
    }
    for (u32 i = 0; i < s.n; i++) {
        u32 digit = (u32)s.p[i] - '0';
        if (digit > 9) {
            if (s.p[i] != '.' || point != s.n) {
                return false;
            }
            point = i;
            continue;
        }
        v = v * 10 + (i64)digit;
    }
    u32 places = point == s.n ? 0 : s.n - point - 1;
    return s.n - places - (point != s.n) > 0 && places <= 9 && !__builtin_mul_overflow(v, up[places], out);
}

static err_t parse_price(importer_t *im, u32 column, price_t *out)
{
    str_t s = csv_field(im->own_csv, column);
    i64 v = 0;
    if (!price_quick(s, &v)) {
        err_t e = str_to_scaled(s, 9, !im->format.float_text, &v);
        if (e != ERR_OK) {
            return import_fault(im, e, column, REMEDY_NUMBER);
        }
    }
    if (im->format.price_scale != 1) {
        if (v % im->format.price_scale != 0) {
            return import_fault(im, ERR_NUMBER, column,
                                "has more digits than 1e-9 USD can hold at this price scale\n"
                                "do: name the scale of the file with --price-scale");
        }
        v /= im->format.price_scale;
    }
    out->v = v;
    return ERR_OK;
}

static bool all_digits(str_t s)
{
    bool ok = true;
    for (u32 i = 0; i < s.n; i++) {
        ok &= s.p[i] >= '0' && s.p[i] <= '9';
    }
    return ok;
}

calendar_id_t import_calendar(const char *symbol)
{
    instrument_t coin;
    ASSERT(symbol != NULL);
    return symbol_coin(str_from(symbol), &coin) ? CAL_CRYPTO : CAL_NYSE;
}

import_day_t import_coin_day(date_t d)
{
    i64 midnight = (i64)d * NS_PER_DAY;
    return (import_day_t){
        .open = midnight, .close = midnight + NS_PER_DAY, .midnight = midnight, .known = true};
}

/* Rows of one symbol follow each other as a rule: its name is looked at once. */
static bool row_is_coin(importer_t *im)
{
    char pair[LIMIT_SYMBOL];
    str_t s = import_symbol_text(im);
    if (s.n == 0 || s.n >= LIMIT_SYMBOL) {
        return false;
    }
    if (!str_eq_c(s, im->coin_asked)) {
        im->coin_answer = import_coin_text(s, pair);
        memcpy(im->coin_asked, s.p, s.n);
        im->coin_asked[s.n] = '\0';
    }
    return im->coin_answer;
}

/* What lies behind the eighth decimal is nobody's. */
static err_t coin_volume(str_t s, i64 *out)
{
    str_t whole;
    str_t places;
    if (str_cut(s, '.', &whole, &places) && places.n > (u32)-QTY_EXPONENT_MIN && all_digits(places)) {
        s.n = whole.n + 1 + (u32)-QTY_EXPONENT_MIN;
    }
    return str_to_scaled(s, (u32)-QTY_EXPONENT_MIN, false, out);
}

static err_t parse_volume(importer_t *im, bar_t *b)
{
    str_t s = im->col.volume == CSV_NO_COLUMN ? STR("") : csv_field(im->own_csv, im->col.volume);
    if (s.n == 0) {
        b->flags |= BAR_VOLUME_UNKNOWN;
        return ERR_OK;
    }
    err_t e = im->coin ? coin_volume(s, &b->volume) : str_to_i64(s, &b->volume);
    if (e != ERR_OK && !im->coin) {
        e = str_to_scaled(s, 0, true, &b->volume);
    }
    i64 millionths = 0;
    bool fraction = e == ERR_NUMBER && !im->coin && str_to_scaled(s, 6, false, &millionths) == ERR_OK;
    return e == ERR_OK ? ERR_OK
                       : import_fault(im, e, im->col.volume,
                                      fraction   ? REMEDY_FRACTION
                                      : im->coin ? REMEDY_COINS
                                                 : REMEDY_NUMBER);
}

/* "[+-]HH:MM" or "Z" behind a stamp: seconds east of UTC. */
static bool parse_offset(str_t s, i32 *out)
{
    if (str_eq_c(s, "Z")) {
        *out = 0;
        return true;
    }
    if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':') {
        return false;
    }
    u64 h = 0;
    u64 m = 0;
    if (str_to_u64(str_slice(s, 1, 3), &h) != ERR_OK || str_to_u64(str_slice(s, 4, 6), &m) != ERR_OK
        || h > 15 || m > 59) {
        return false;
    }
    i32 v = (i32)(h * 3600 + m * 60);
    *out = s.p[0] == '-' ? -v : v;
    return true;
}

static i32 two_digits(const u8 *p)
{
    u32 a = (u32)p[0] - '0';
    u32 b = (u32)p[1] - '0';
    return a > 9 || b > 9 ? 99 : (i32)(a * 10 + b);
}

/* "HH:MM[:SS]" at the front of s. Returns its length, 0 if there is none. */
static u32 parse_clock(str_t s, i32 *seconds)
{
    if (s.n < 5 || s.p[2] != ':') {
        return 0;
    }
    bool long_form = s.n >= 8 && s.p[5] == ':';
    i32 h = two_digits(s.p);
    i32 m = two_digits(s.p + 3);
    i32 sec = long_form ? two_digits(s.p + 6) : 0;
    if (h > 23 || m > 59 || sec > 59) {
        return 0;
    }
    *seconds = h * 3600 + m * 60 + sec;
    return long_form ? 8 : 5;
}

typedef struct {
    date_t day;
    i32 seconds;
    i32 offset;
    bool has_offset;
    bool has_time;
} stamp_t;

static bool parse_stamp(str_t s, stamp_t *out)
{
    stamp_t t = {0};
    u32 n = s.n >= 10 && s.p[4] == '-' ? 10 : 8;
    if (s.n < n || date_parse(str_slice(s, 0, n), &t.day) != ERR_OK) {
        return false;
    }
    s = str_slice(s, n, s.n);
    if (s.n > 0) {
        if (s.p[0] != ' ' && s.p[0] != 'T') {
            return false;
        }
        s = str_slice(s, 1, s.n);
        u32 used = parse_clock(s, &t.seconds);
        if (used == 0) {
            return false;
        }
        t.has_time = true;
        s = str_slice(s, used, s.n);
    }
    if (s.n > 0) {
        t.has_offset = parse_offset(s, &t.offset);
        if (!t.has_offset) {
            return false;
        }
    }
    *out = t;
    return true;
}

static bool offset_fits(zone_t z, const stamp_t *t)
{
    i64 by_zone = zone_to_utc(z, t->day, t->seconds);
    i64 by_text = (i64)t->day * NS_PER_DAY + ((i64)t->seconds - t->offset) * NS_PER_SEC;
    return by_zone == by_text;
}

/* The first stamp settles the zone (an offset may pick another of ours for daily data); later ones must
 * agree. */
static err_t check_zone(importer_t *im, const stamp_t *t)
{
    static const zone_t zones[] = {ZONE_NEW_YORK, ZONE_CHICAGO, ZONE_UTC};
    if (!im->zone_seen) {
        im->zone_seen = true;
        im->zone_offset = t->has_offset;
        im->time_of_day = t->has_time;
        for (u32 i = 0; t->has_offset && im->spec->zone == NULL && i < COUNT_OF(zones); i++) {
            if (!offset_fits(im->zone, t) && offset_fits(zones[i], t)) {
                im->zone = zones[i];
            }
        }
    }
    if (t->has_offset != im->zone_offset || t->has_time != im->time_of_day || (t->has_offset
            && !offset_fits(im->zone, t))) {
        return csv_fail(im->own_csv, im->diag, ERR_ZONE, im->col.time,
                        "is in another time zone or form than the rows before\n"
                        "do: split the file by zone, or name the zone with --zone");
    }
    return ERR_OK;
}

const import_day_t *import_day(importer_t *im, date_t d)
{
    ASSERT(im != NULL);
    if (d < IMPORT_DAY_FIRST || d >= IMPORT_DAY_FIRST + IMPORT_DAYS) {
        return NULL;
    }
    import_day_t *day = &im->own_day[d - IMPORT_DAY_FIRST];
    if (!day->known) {
        session_t s = {0};
        day->known = true;
        day->midnight = zone_to_utc(im->zone, d, 43200) - NS_PER_DAY / 2;
        if (calendar_session(CAL_NYSE, d, I64_MAX, &s)) {
            day->open = s.open;
            day->close = s.close;
        } else if (d < IMPORT_RULES_FROM && date_weekday(d) != 0) {
            /* Saturdays to 1952 and closings of the paper crisis are not in the calendar's verified span. */
            day->open = zone_to_utc(ZONE_NEW_YORK, d, 34200);
            day->close = zone_to_utc(ZONE_NEW_YORK, d, 57600);
        }
    }
    return day;
}

static err_t reject_row(importer_t *im, quality_rule_t rule)
{
    import_reject(im, rule, csv_line(im->own_csv));
    return ERR_EMPTY;
}

/* A row of a vendor's daily file was known on the evening of that file. */
static err_t known_by_file(importer_t *im, bar_t *b)
{
    date_t d = 0;
    if (date_parse(csv_field(im->own_csv, im->col.file_day), &d) != ERR_OK) {
        return import_fault(im, ERR_SYNTAX, im->col.file_day, "is not a date\n"
                                                            "do: correct the file, or import with --lenient");
    }
    const import_day_t *day = import_day(im, d);
    if (day == NULL) {
        return import_fault(im, ERR_PARAM_RANGE, im->col.file_day, "is outside 1900 to 2099\n"
                                                            "do: correct the file, or import with --lenient");
    }
    i64 evening = day->close != 0 ? day->close : zone_to_utc(ZONE_NEW_YORK, d, 57600);
    b->t_known = MAX_OF(b->t_known, evening + im->spec->feed_delay_ns);
    return ERR_OK;
}

static err_t parse_time(importer_t *im, bar_t *b, date_t *session)
{
    stamp_t t = {0};
    if (!parse_stamp(csv_field(im->own_csv, im->col.time), &t)) {
        return import_fault(im, ERR_SYNTAX, im->col.time,
                            "is not a date or time of the form YYYY-MM-DD[ HH:MM:SS]\n"
                            "do: correct the file, or import with --lenient to reject such rows");
    }
    TRY(check_zone(im, &t));
    const import_day_t *day = import_day(im, t.day);
    if (day == NULL) {
        return import_fault(im, ERR_PARAM_RANGE, im->col.time, "is outside 1900 to 2099\n"
                                                            "do: correct the file, or import with --lenient");
    }
    import_day_t utc = import_coin_day(t.day);
    if (im->coin && !t.has_offset && im->spec->zone == NULL) {
        day = &utc; /* what trades all day is stamped in UTC unless somebody says otherwise */
    } else if (im->coin) {
        utc.midnight = day->midnight;
        day = &utc;
    }
    i64 stamp = day->midnight + t.seconds * NS_PER_SEC;
    if (im->spec->now_ns > 0 && stamp > im->spec->now_ns) {
        return import_fault(im, ERR_PARAM_RANGE, im->col.time,
                            "is in the future\n"
                            "do: correct the file or this machine's clock, or import with --lenient");
    }
    if (im->format.timeframe == TF_1D && t.seconds != 0) {
        return import_fault(im, ERR_SYNTAX, im->col.time,
                            "has a time of day, but the file is daily\n"
                            "do: name the resolution with --resolution");
    }
    *session = t.day;
    if (day->close == 0) {
        return reject_row(im, RULE_HOLIDAY_DATE);
    }
    if (im->format.timeframe == TF_1D) {
        b->t_event = day->open;
        b->t_known = day->close + im->spec->feed_delay_ns;
        return im->col.file_day == CSV_NO_COLUMN ? ERR_OK : known_by_file(im, b);
    }
    b->t_event = stamp;
    i64 end = b->t_event + timeframe_ns(im->format.timeframe);
    b->t_known = end + im->spec->feed_delay_ns;
    if (im->coin) { /* no moment of the week is outside; the day is the one of UTC */
        *session = (date_t)(b->t_event / NS_PER_DAY);
        return ERR_OK;
    }
    return b->t_event < day->open || end > day->close ? reject_row(im, RULE_OUTSIDE_SESSION) : ERR_OK;
}

static void gcd_reduce(i64 *a, i64 *b)
{
    i64 x = *a;
    i64 y = *b;
    while (y != 0) {
        i64 rest = x % y;
        x = y;
        y = rest;
    }
    *a /= x;
    *b /= x;
}

err_t import_ratio(str_t s, i64 *num, i64 *den)
{
    ASSERT(num != NULL);
    ASSERT(den != NULL);
    i64 v = 0;
    TRY(str_to_scaled(s, 9, false, &v));
    if (v <= 0 || v > 1000000 * PRICE_SCALE) {
        return ERR_NUMBER;
    }
    u32 places = 0;
    for (u32 i = 0; i < s.n; i++) {
        places += s.p[i] == '.' || places > 0 ? 1 : 0;
    }
    i64 p = v;
    i64 q = PRICE_SCALE;
    /* "0.3333" means 1/3: a small fraction that rounds to the same digits is taken. */
    if (places > 4 && places <= 10) { /* four decimals and more; "1.237" means what it says */
        i64 half = fixed_pow10(10 - places) / 2 + 1;
        for (i64 k = 1; k <= 50 && q == PRICE_SCALE; k++) {
            i64 n = (v * k + PRICE_SCALE / 2) / PRICE_SCALE;
            i64 off = n * PRICE_SCALE / k - v;
            if (n > 0 && off <= half && off >= -half) {
                p = n;
                q = k;
            }
        }
    }
    gcd_reduce(&p, &q);
    *num = p;
    *den = q;
    return ERR_OK;
}

static err_t fault_add(importer_t *im, const import_symbol_t *s, date_t session, i64 a, i64 b)
{
    if (list_room(&im->own_fault, &im->fault_room, (size_t)im->faults + 1, sizeof *im->own_fault) != ERR_OK) {
        return diag_fail(im->diag, ERR_NO_MEMORY, "no memory for more than %u faults", im->faults);
    }
    bars_fault_t f = {.date = session, .rule = RULE_ADJUSTED_COLUMN, .a = a, .b = b};
    memcpy(f.source, im->report.source, sizeof f.source);
    memcpy(f.symbol, s->name, sizeof f.symbol);
    im->own_fault[im->faults++] = f;
    if (im->report.rule_count[RULE_ADJUSTED_COLUMN]++ == 0) {
        im->report.rule_line[RULE_ADJUSTED_COLUMN] = csv_line(im->own_csv);
    }
    return ERR_OK;
}

/* The vendor's adjusted close is not stored, so it is judged here, against the row before of the same
 * symbol. */
static err_t check_adjusted(importer_t *im, import_symbol_t *s, const bar_t *b,
                            const quality_adjusted_t *actions,
                            date_t session)
{
    i64 adjusted = 0;
    if (im->col.adjusted == CSV_NO_COLUMN) {
        return ERR_OK;
    }
    str_t text = csv_field(im->own_csv, im->col.adjusted);
    str_t whole;
    str_t places;
    if (str_cut(text, '.', &whole, &places) && places.n > 9 && all_digits(places)) {
        text.n = whole.n + 10; /* the vendor's tenth decimal is below our unit */
    }
    err_t e = price_quick(text, &adjusted) ? ERR_OK : str_to_scaled(text, 9, false, &adjusted);
    if (e != ERR_OK) {
        return import_fault(im, e, im->col.adjusted, REMEDY_NUMBER);
    }
    if (s->adjusted_before > 0 && adjusted > 0) {
        quality_adjusted_t q = *actions;
        q.ratio = (f64)adjusted / (f64)s->adjusted_before;
        q.close_before = (f64)s->close_before / (f64)PRICE_SCALE;
        q.close = price_to_f64(b->close);
        if (quality_adjusted_wrong(&q)) {
            f64 raw = (q.close + q.dividend) * q.split / q.close_before;
            TRY(fault_add(im, s, session, (i64)(q.ratio * 1e6), (i64)(raw * 1e6)));
        }
    }
    s->adjusted_before = adjusted;
    s->close_before = b->close.v;
    return ERR_OK;
}

static err_t parse_dividend(importer_t *im, u32 symbol, date_t session, quality_adjusted_t *q)
{
    i64 known = import_day(im, session)->open;
    if (im->col.dividend != CSV_NO_COLUMN) {
        str_t s = csv_field(im->own_csv, im->col.dividend);
        i64 v = 0;
        err_t e = s.n == 0 || price_quick(s, &v) ? ERR_OK : str_to_scaled(s, 9, false, &v);
        if (e != ERR_OK || v < 0) {
            return import_fault(im, e == ERR_OK ? ERR_NUMBER : e, im->col.dividend, REMEDY_NUMBER);
        }
        action_t a = {.t_known = known, .ratio_num = 1, .ratio_den = 1, .amount = {v}, .ex_date = session,
                      .kind = ACTION_DIVIDEND, .inst = INST_NONE};
        if (v > 0) {
            q->dividend = (f64)v / (f64)PRICE_SCALE;
            TRY(import_add_action(im, symbol, &a));
        }
    }
    return ERR_OK;
}

static err_t parse_split(importer_t *im, u32 symbol, date_t session, quality_adjusted_t *q)
{
    i64 known = import_day(im, session)->open;
    if (im->col.split != CSV_NO_COLUMN) {
        str_t s = csv_field(im->own_csv, im->col.split);
        if (s.n == 0 || str_eq_c(s, "1.0") || str_eq_c(s, "0.0")) {
            return ERR_OK;
        }
        action_t a = {.t_known = known, .ex_date = session, .kind = ACTION_SPLIT, .inst = INST_NONE};
        err_t e = import_ratio(s, &a.ratio_num, &a.ratio_den);
        if (e != ERR_OK) {
            return import_fault(im, e, im->col.split, "is not a split ratio (new shares per old share)\n"
                                "do: correct the file, or import with --lenient to reject such rows");
        }
        if (a.ratio_num != a.ratio_den) {
            q->split = (f64)a.ratio_num / (f64)a.ratio_den;
            TRY(import_add_action(im, symbol, &a));
        }
    }
    return ERR_OK;
}

err_t import_parse(importer_t *im, import_row_t *out)
{
    ASSERT(im != NULL);
    ASSERT(out != NULL);
    import_row_t row = {.line = (u32)MIN_OF(csv_line(im->own_csv), (u64)UINT32_MAX)};
    bar_t *b = &row.bar;
    if (csv_field_count(im->own_csv) != csv_column_count(im->own_csv)) {
        return import_fault(im, ERR_COLUMN, MIN_OF(csv_field_count(im->own_csv),
                                                   csv_column_count(im->own_csv)) - 1,
                            "ends a row that has not as many fields as the header\n"
                            "do: correct it, or import with --lenient to reject such rows");
    }
    date_t session = 0;
    im->coin = row_is_coin(im);
    TRY(parse_price(im, im->col.open, &b->open));
    TRY(parse_price(im, im->col.high, &b->high));
    TRY(parse_price(im, im->col.low, &b->low));
    TRY(parse_price(im, im->col.close, &b->close));
    TRY(parse_volume(im, b));
    TRY(parse_time(im, b, &session));
    quality_rule_t rule = quality_row(b);
    if (rule != RULE_SOUND) {
        return reject_row(im, rule);
    }
    TRY(import_symbol(im, &row.symbol));
    import_symbol_t *s = &im->own_symbol[row.symbol];
    s->first = s->last == 0 ? session : MIN_OF(s->first, session);
    s->last = s->last == 0 ? session : MAX_OF(s->last, session);
    im->day_last = MAX_OF(im->day_last, session);
    if (im->format.timeframe == TF_1D && b->volume == 0 && (b->flags & BAR_VOLUME_UNKNOWN) == 0) {
        b->flags |= BAR_VOLUME_UNKNOWN;
        im->report.rule_line[RULE_ZERO_VOLUME] = im->report.rule_count[RULE_ZERO_VOLUME]++ == 0
                                                     ? row.line : im->report.rule_line[RULE_ZERO_VOLUME];
    }
    if (im->spec->partial_before != 0 || im->report.partial_before != 0) {
        date_t before = MAX_OF(im->spec->partial_before, im->report.partial_before);
        b->flags |= session < before ? BAR_PARTIAL_VENUE : 0;
    }
    quality_adjusted_t actions = {.split = 1.0};
    TRY(parse_dividend(im, row.symbol, session, &actions));
    TRY(parse_split(im, row.symbol, session, &actions));
    TRY(check_adjusted(im, s, b, &actions, session));
    *out = row;
    return ERR_OK;
}
