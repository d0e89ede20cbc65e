/* CME futures: root, month letter, year. See symbol.h.
 *
 * Last trading days follow the exchange's rule of each family, counted in stock market days. A bank holiday
 * on which the exchange still trades (Columbus Day, Veterans Day) can put the true day of an FX or bond
 * contract one day off. */
#include "model/symbol_internal.h"

#include <string.h>

#include "base/assert.h"
#include "model/calendar.h"

typedef enum {
    EXPIRY_INDEX = 1,   /* third Friday of the contract month */
    EXPIRY_FX,          /* two business days before the third Wednesday */
    EXPIRY_FX_CANADA,   /* one business day before the third Wednesday */
    EXPIRY_CRUDE,       /* three business days before the 25th of the month before */
    EXPIRY_CRUDE_MICRO, /* the business day before EXPIRY_CRUDE */
    EXPIRY_GAS,         /* three business days before the first of the contract month */
    EXPIRY_PRODUCT,     /* last business day of the month before */
    EXPIRY_METAL,       /* third last business day of the contract month */
    EXPIRY_BOND,        /* seven business days before the last business day of the month */
    EXPIRY_MONTH_END,   /* last business day of the contract month */
    EXPIRY_LAST_FRIDAY
} expiry_rule_t;

typedef struct { const char *root; i64 multiplier; i64 tick; expiry_rule_t rule; } root_t;

static const root_t roots[] = {
#define X(root, multiplier, tick, rule) {#root, multiplier, tick, rule},
#include "model/futures.def"
#undef X
};

static const char month_letters[] = "FGHJKMNQUVXZ";

typedef struct { str_t root; i32 month; str_t year; } parts_t;

static bool split(str_t text, parts_t *out)
{
    u32 digits = 0;
    while (digits < text.n && text.p[text.n - 1 - digits] >= '0' && text.p[text.n - 1 - digits] <= '9') {
        digits++;
    }
    if (digits == 0 || digits + 2 > text.n) {
        return false;
    }
    u32 at = text.n - digits - 1;
    const char *letter = memchr(month_letters, text.p[at], sizeof month_letters - 1);
    if (letter == NULL) {
        return false;
    }
    *out = (parts_t){
        .root = str_slice(text, 0, at),
        .month = (i32)(letter - month_letters) + 1,
        .year = str_slice(text, at + 1, text.n),
    };
    return symbol_is_code(out->root, true);
}

bool symbol_is_future_shape(str_t text)
{
    parts_t parts;
    return split(text, &parts);
}

static date_t business_before(date_t day, i32 count)
{
    ASSERT(count >= 0 && count <= 10);
    for (i32 i = 0; i < count; i++) {
        day = calendar_previous(CAL_NYSE, day, I64_MAX).date;
    }
    return day;
}

/* The day itself if it is a session, else the one before. */
static date_t on_or_before(date_t day)
{
    return calendar_previous(CAL_NYSE, day + 1, I64_MAX).date;
}

static date_t nth_weekday(i32 year, i32 month, i32 weekday, i32 n)
{
    date_t first = date_from_ymd(year, month, 1);
    return first + (weekday - date_weekday(first) + 7) % 7 + 7 * (n - 1);
}

static date_t expiry_of(expiry_rule_t rule, i32 year, i32 month)
{
    ASSERT(month >= 1 && month <= 12);
    date_t first = date_from_ymd(year, month, 1);
    date_t next = month == 12 ? date_from_ymd(year + 1, 1, 1) : date_from_ymd(year, month + 1, 1);
    switch (rule) {
    case EXPIRY_INDEX: return on_or_before(nth_weekday(year, month, 5, 3));
    case EXPIRY_FX: return business_before(nth_weekday(year, month, 3, 3), 2);
    case EXPIRY_FX_CANADA: return business_before(nth_weekday(year, month, 3, 3), 1);
    case EXPIRY_CRUDE:
    case EXPIRY_CRUDE_MICRO: {
        i32 y = month == 1 ? year - 1 : year;
        date_t anchor = on_or_before(date_from_ymd(y, month == 1 ? 12 : month - 1, 25));
        return business_before(anchor, rule == EXPIRY_CRUDE ? 3 : 4);
    }
    case EXPIRY_GAS: return business_before(first, 3);
    case EXPIRY_PRODUCT: return business_before(first, 1);
    case EXPIRY_METAL: return business_before(next, 3);
    case EXPIRY_BOND: return business_before(next, 8);
    case EXPIRY_MONTH_END: return business_before(next, 1);
    case EXPIRY_LAST_FRIDAY: return on_or_before(next - 1 - (date_weekday(next - 1) + 2) % 7);
    }
    ASSERT(rule == EXPIRY_INDEX); /* the table names no other rule */
    return first;
}

static const root_t *root_find(str_t root)
{
    for (u32 i = 0; i < COUNT_OF(roots); i++) {
        if (str_eq_c(root, roots[i].root)) {
            return &roots[i];
        }
    }
    return NULL;
}

static err_t year_parse(str_t text, const parts_t *parts, diag_t *diag, i32 *out)
{
    u64 year = 0;
    if (parts->year.n == 1) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": a one-digit year means another contract every decade; "
                         "write the year with two digits, as in ESZ25",
                         STR_ARG(text));
    }
    if ((parts->year.n != 2 && parts->year.n != 4) || str_to_u64(parts->year, &year) != ERR_OK) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": the year \"" STR_FMT "\" must have two or four digits, "
                         "as in ESZ25 or ESZ2025",
                         STR_ARG(text), STR_ARG(parts->year));
    }
    year += parts->year.n == 2 ? 2000 : 0;
    if (year < 2000 || year > 2099) {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": the year %d is outside 2000 to 2099",
                         STR_ARG(text), (int)year);
    }
    *out = (i32)year;
    return ERR_OK;
}

err_t symbol_parse_future(str_t text, diag_t *diag, instrument_t *out)
{
    ASSERT(out != NULL);
    parts_t parts;
    bool shaped = split(text, &parts);
    ASSERT(shaped);
    const root_t *root = root_find(parts.root);
    if (root == NULL) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\" looks like a future, but \"" STR_FMT "\" is not a "
                         "contract this program knows (ES, NQ, CL, GC, ZN, 6E, ...)",
                         STR_ARG(text), STR_ARG(parts.root));
    }
    i32 year = 0;
    TRY(year_parse(text, &parts, diag, &year));
    out->cls = CLASS_FUTURE;
    out->calendar = CAL_CME;
    out->tick.v = root->tick;
    out->multiplier = root->multiplier;
    out->expiry = expiry_of(root->rule, year, parts.month);
    TRY(str_copy(out->underlying, sizeof out->underlying, parts.root));
    u32 n = parts.root.n;
    memcpy(out->symbol, parts.root.p, n);
    out->symbol[n] = month_letters[parts.month - 1];
    out->symbol[n + 1] = (char)('0' + year % 100 / 10);
    out->symbol[n + 2] = (char)('0' + year % 10);
    out->symbol[n + 3] = '\0';
    ASSERT(out->multiplier > 0 && out->tick.v > 0);
    return ERR_OK;
}
