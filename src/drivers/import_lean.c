/* See import_lean.h. */
#include "drivers/import_lean.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

enum { KEY_SYMBOL = 0, KEY_DATE = 1, KEY_MS = 2, KEY_CONTRACT = 3 };

static err_t contract_fault(record_import_t *ri)
{
    return record_fault(ri, ERR_SYNTAX, "contract",
                        "is neither YYYYMM of a future nor STYLE_RIGHT_STRIKE_YYYYMMDD\n"
                        "do: correct the file, or import with --lenient");
}

static err_t future(record_import_t *ri, str_t symbol, str_t contract, record_head_t *h)
{
    static const char months[] = "FGHJKMNQUVXZ";
    char name[48];
    u64 v = 0;
    u64 m = str_to_u64(contract, &v) == ERR_OK ? v % 100 : 0;
    if (m < 1 || m > 12 || v / 100 < 1900 || v / 100 > 2099) {
        return contract_fault(ri);
    }
    (void)snprintf(name, sizeof name, "%.*s%c%u", (int)MIN_OF(symbol.n, 24u), (const char *)symbol.p,
                   months[m - 1], (unsigned)(v / 100));
    return record_series(ri, str_from(name), h);
}

err_t lean_contract(record_import_t *ri, str_t symbol, str_t contract, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    str_t style;
    str_t right;
    str_t strike;
    str_t expiry;
    u64 cents = 0;
    date_t day = 0;
    char name[64];
    if (contract.n == 6) {
        return future(ri, symbol, contract, h);
    }
    bool four = str_cut(contract, '_', &style, &right) && str_cut(right, '_', &right, &strike) &&
                str_cut(strike, '_', &strike, &expiry);
    bool call = four && str_eq_c(right, "call");
    if (!four || (!call && !str_eq_c(right, "put")) || str_to_u64(strike, &cents) != ERR_OK ||
        date_parse(expiry, &day) != ERR_OK || cents % 10 != 0 || cents >= 1000000000ULL) {
        return contract_fault(ri);
    }
    i32 y = 0;
    i32 m = 0;
    i32 d = 0;
    date_to_ymd(day, &y, &m, &d);
    (void)snprintf(name, sizeof name, "%.*s%02d%02d%02d%c%08llu", (int)MIN_OF(symbol.n, 24u),
                   (const char *)symbol.p, (int)(y % 100), (int)m, (int)d, call ? 'C' : 'P',
                   (unsigned long long)(cents / 10));
    return record_series(ri, str_from(name), h);
}

static err_t series(record_import_t *ri, record_head_t *h)
{
    str_t contract = record_key(ri, KEY_CONTRACT);
    return contract.n > 0 ? lean_contract(ri, record_key(ri, KEY_SYMBOL), contract, h)
                          : record_series(ri, record_key(ri, KEY_SYMBOL), h);
}

err_t lean_head_ms(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    TRY(record_date_ms(ri, record_key(ri, KEY_DATE), record_key(ri, KEY_MS), &h->t_event));
    h->t_known = h->t_event + ri->format->length_ns;
    return series(ri, h);
}

err_t lean_head_contract_ms(record_import_t *ri, record_head_t *h)
{
    ASSERT(h != NULL);
    return record_key(ri, KEY_CONTRACT).n == 0 ? contract_fault(ri) : lean_head_ms(ri, h);
}

/* Day and milliseconds of "YYYYMMDD HH:MM". */
static err_t stamp(record_import_t *ri, date_t *day, i64 *t)
{
    str_t s = record_key(ri, KEY_DATE);
    str_t date;
    str_t clock;
    i64 h = 0;
    i64 m = 0;
    (void)str_cut(s, ' ', &date, &clock);
    TRY(record_date(ri, "datetime", date, day));
    bool fits = clock.n == 0 ||
                (clock.n == 5 && clock.p[2] == ':' && str_to_i64(str_slice(clock, 0, 2), &h) == ERR_OK &&
                 str_to_i64(str_slice(clock, 3, 5), &m) == ERR_OK && h >= 0 && h < 24 && m >= 0 && m < 60);
    if (!fits) {
        return record_fault(ri, ERR_SYNTAX, "datetime",
                            "is not of the form YYYYMMDD HH:MM\n"
                            "do: correct the file, or import with --lenient");
    }
    *t = zone_to_utc(ri->format->zone, *day, (i32)(h * 3600 + m * 60));
    return ERR_OK;
}

err_t lean_head_stamp(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(stamp(ri, &day, &h->t_event));
    h->t_known = h->t_event + ri->format->length_ns;
    return series(ri, h);
}

err_t lean_head_contract_stamp(record_import_t *ri, record_head_t *h)
{
    ASSERT(h != NULL);
    return record_key(ri, KEY_CONTRACT).n == 0 ? contract_fault(ri) : lean_head_stamp(ri, h);
}

err_t lean_head_contract_day(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(stamp(ri, &day, &h->t_event));
    h->t_known = record_close(ri, day);
    return series(ri, h);
}

err_t lean_head_contract_next(record_import_t *ri, record_head_t *h)
{
    ASSERT(ri != NULL && h != NULL);
    date_t day = 0;
    TRY(stamp(ri, &day, &h->t_event));
    h->t_known = record_open_after(day);
    return series(ri, h);
}

/* ---- rules ---- */

static bool bar_ok(i64 o, i64 h, i64 l, i64 c)
{
    return l <= o && l <= c && o <= h && c <= h;
}

err_t lean_row_trade(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    u32 at = record_at(ri, "open"); /* open, high, low, close, volume stand together */
    const i64 *v = cell + at;
    u32 length = record_column_find(ri->kind, "length");
    if (length != UINT32_MAX) {
        cell[length] = ri->format->length_ns / NS_PER_SEC;
    }
    if (v[0] <= 0 || v[1] <= 0 || v[2] <= 0 || v[3] <= 0 || (v[4] != CELL_NONE && v[4] < 0)) {
        return record_reject(ri, RULE_NON_POSITIVE); /* CELL_NONE, an empty field, is below zero too */
    }
    if (!bar_ok(v[0], v[1], v[2], v[3])) {
        return record_reject(ri, RULE_OHLC_ORDER);
    }
    if (v[4] == 0) {
        record_note(ri, RULE_ZERO_VOLUME, h);
    }
    return ERR_OK;
}

/* A side is whole, or absent (all empty). An option without a bid is quoted at 0. */
static bool side_there(const i64 *v, bool *whole)
{
    u32 n = 0;
    bool above = true;
    for (u32 i = 0; i < 4; i++) {
        n += v[i] != CELL_NONE ? 1 : 0;
        above &= v[i] >= 0;
    }
    *whole = n == 0 || (n == 4 && above);
    return n == 4;
}

err_t lean_row_quote(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    cell[record_at(ri, "length")] = ri->format->length_ns / NS_PER_SEC;
    i64 *bid = cell + record_at(ri, "bid_open");
    i64 *ask = cell + record_at(ri, "ask_open");
    bool bid_whole = false;
    bool ask_whole = false;
    bool bid_there = side_there(bid, &bid_whole);
    bool ask_there = side_there(ask, &ask_whole);
    if (!bid_whole || !ask_whole) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    if (!bid_there && !ask_there) {
        return record_reject(ri, RULE_EMPTY_ROW);
    }
    if ((bid_there && !bar_ok(bid[0], bid[1], bid[2], bid[3])) ||
        (ask_there && !bar_ok(ask[0], ask[1], ask[2], ask[3]))) {
        return record_reject(ri, RULE_OHLC_ORDER);
    }
    if (!bid_there || !ask_there) {
        record_note(ri, RULE_ONE_SIDED, h);
    } else if (bid[0] > ask[0] || bid[3] > ask[3]) { /* highs and lows may be of different moments */
        record_note(ri, RULE_CROSSED_QUOTE, h);
    } else if (bid[3] == ask[3] && bid[3] > 0) {
        record_note(ri, RULE_LOCKED_QUOTE, h);
    }
    return ERR_OK;
}

err_t lean_row_tick_trade(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    i64 price = cell[record_at(ri, "price")];
    i64 size = cell[record_at(ri, "size")];
    if (price <= 0 || size <= 0) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    if (cell[record_at(ri, "suspicious")] == 1) {
        record_note(ri, RULE_SUSPICIOUS, h);
    }
    return ERR_OK;
}

/* A side of 0 is not there. */
err_t lean_row_tick_quote(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    i64 *bid = &cell[record_at(ri, "bid")];
    i64 *ask = &cell[record_at(ri, "ask")];
    *bid = *bid == 0 ? CELL_NONE : *bid;
    *ask = *ask == 0 ? CELL_NONE : *ask;
    bool bid_there = *bid != CELL_NONE;
    bool ask_there = *ask != CELL_NONE;
    if ((!bid_there && !ask_there) || (bid_there && *bid < 0) || (ask_there && *ask < 0)) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    if (!bid_there || !ask_there) {
        record_note(ri, RULE_ONE_SIDED, h);
    } else if (*bid >= *ask) {
        record_note(ri, *bid > *ask ? RULE_CROSSED_QUOTE : RULE_LOCKED_QUOTE, h);
    }
    if (cell[record_at(ri, "suspicious")] == 1) {
        record_note(ri, RULE_SUSPICIOUS, h);
    }
    return ERR_OK;
}

/* A contract without a trade or quote that day has zeros; they are no prices. */
err_t lean_row_chain(record_import_t *ri, record_head_t *h, i64 *cell)
{
    ASSERT(ri != NULL && h != NULL && cell != NULL);
    i64 *v = &cell[record_at(ri, "open")];
    if (v[0] == 0 && v[1] == 0 && v[2] == 0 && v[3] == 0) {
        v[0] = v[1] = v[2] = v[3] = CELL_NONE;
        return ERR_OK;
    }
    if (v[0] < 0 || v[1] <= 0 || v[2] < 0 || v[3] < 0) {
        return record_reject(ri, RULE_NON_POSITIVE);
    }
    bool ok = v[2] <= v[0] && v[2] <= v[3] && v[0] <= v[1] && v[3] <= v[1];
    return ok ? ERR_OK : record_reject(ri, RULE_OHLC_ORDER);
}
