/* See symbol.h. The shape of the text decides the family; each family then checks its own parts. */
#include "model/symbol.h"

#include <string.h>

#include "base/assert.h"
#include "model/sector.h"
#include "model/symbol_internal.h"

enum {
    STOCK_MAX = 8, /* longest US listing with a class suffix */
    OCC_TAIL = 15, /* YYMMDD, right, strike in thousandths on 8 digits */
    OCC_ROOT_MAX = 6,
    OCC_PADDED = 21,
    OCC_STRIKE_UNIT = 1000000 /* one thousandth of a dollar in price units */
};

/* Option roots that are not spelled like what they are on: shares with a class, and index roots. */
static const struct { const char *root; const char *underlying; } option_roots[] = {
    {"BRKB", "BRK.B"}, {"BFB", "BF.B"}, {"SPX", "^SPX"}, {"SPXW", "^SPX"}, {"XSP", "^XSP"}, {"NDX", "^NDX"},
    {"NDXP", "^NDX"}, {"RUT", "^RUT"}, {"RUTW", "^RUT"}, {"VIX", "^VIX"}, {"VIXW", "^VIX"}, {"DJX", "^DJX"},
};

static bool is_digit(u8 c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(u8 c)
{
    return c >= 'A' && c <= 'Z';
}

bool symbol_is_code(str_t text, bool digits)
{
    for (u32 i = 0; i < text.n; i++) {
        if (!is_letter(text.p[i]) && !(digits && is_digit(text.p[i]))) {
            return false;
        }
    }
    return text.n > 0;
}

/* Refuses what no family can hold, with the remedy for the usual causes. */
static err_t check_bytes(str_t text, diag_t *diag)
{
    if (text.n == 0) {
        return diag_fail(diag, ERR_SYNTAX, "the symbol is empty; write for example AAPL");
    }
    if (text.n >= LIMIT_SYMBOL) {
        return diag_fail(diag, ERR_SYNTAX, "the symbol has %u characters; the longest has %d", text.n,
                         (int)LIMIT_SYMBOL - 1);
    }
    for (u32 i = 0; i < text.n;
         i++) { /* before any message repeats the text: only clean bytes are repeated */
        u8 c = text.p[i];
        bool small = c >= 'a' && c <= 'z';
        if (!small && !is_letter(c) && !is_digit(c) && (c == '\0' || strchr("./:^- =", c) == NULL)) {
            return diag_fail(diag, ERR_SYNTAX, "byte 0x%02X at place %u cannot stand in a symbol", c, i + 1);
        }
    }
    for (u32 i = 0; i < text.n; i++) {
        if (text.p[i] >= 'a' && text.p[i] <= 'z') {
            return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\" has small letters; write symbols in capitals",
                             STR_ARG(text));
        }
        if (text.p[i] == '=') {
            return diag_fail(diag, ERR_SYNTAX,
                             "\"" STR_FMT "\" is one vendor's spelling; write a pair as EUR/USD and a "
                             "future as ESZ25",
                             STR_ARG(text));
        }
    }
    return ERR_OK;
}

static bool is_option_shape(str_t text)
{
    if (text.n <= OCC_TAIL) {
        return false;
    }
    str_t tail = str_slice(text, text.n - OCC_TAIL, text.n);
    for (u32 i = 0; i < OCC_TAIL; i++) {
        if (i == 6 ? !is_letter(tail.p[i]) : !is_digit(tail.p[i])) {
            return false;
        }
    }
    return true;
}

static err_t option_root(str_t text, diag_t *diag, str_t *out)
{
    str_t root = str_trim(str_slice(text, 0, text.n - OCC_TAIL));
    bool padded = text.n == OCC_PADDED;
    if (text.p[0] == ' ' || (!padded && root.n != text.n - OCC_TAIL)) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": an option is written without blanks or padded to exactly "
                         "%d characters",
                         STR_ARG(text), (int)OCC_PADDED);
    }
    if (root.n > 1 && is_digit(root.p[root.n - 1])) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": \"" STR_FMT "\" is an adjusted contract that does not "
                         "deliver 100 shares; it is not supported",
                         STR_ARG(text), STR_ARG(root));
    }
    if (root.n > OCC_ROOT_MAX || !symbol_is_code(root, false)) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": the option root \"" STR_FMT "\" must be 1 to %d letters",
                         STR_ARG(text), STR_ARG(root), (int)OCC_ROOT_MAX);
    }
    *out = root;
    return ERR_OK;
}

static str_t option_underlying(str_t root)
{
    for (u32 i = 0; i < COUNT_OF(option_roots); i++) {
        if (str_eq_c(root, option_roots[i].root)) {
            return str_from(option_roots[i].underlying);
        }
    }
    return root;
}

static err_t parse_option(str_t text, diag_t *diag, instrument_t *out)
{
    str_t root;
    TRY(option_root(text, diag, &root));
    str_t tail = str_slice(text, text.n - OCC_TAIL, text.n);
    u8 iso[8] = {'2', '0'};
    memcpy(iso + 2, tail.p, 6);
    if (date_parse((str_t){iso, sizeof iso}, &out->expiry) != ERR_OK) {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": the expiry \"" STR_FMT "\" is no day (YYMMDD)",
                         STR_ARG(text), STR_ARG(str_slice(tail, 0, 6)));
    }
    if (tail.p[6] != 'C' && tail.p[6] != 'P') {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": the right '%c' must be C or P", STR_ARG(text),
                         tail.p[6]);
    }
    u64 thousandths = 0;
    TRY(str_to_u64(str_slice(tail, 7, OCC_TAIL), &thousandths));
    if (thousandths == 0) {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": the strike is zero", STR_ARG(text));
    }
    out->cls = CLASS_OPTION;
    out->multiplier = 100;
    out->right = (char)tail.p[6];
    out->strike.v = (i64)thousandths * OCC_STRIKE_UNIT;
    TRY(str_copy(out->underlying, sizeof out->underlying, option_underlying(root)));
    memcpy(out->symbol, root.p, root.n);
    memcpy(out->symbol + root.n, tail.p, OCC_TAIL);
    out->symbol[root.n + OCC_TAIL] = '\0';
    instrument_classify(out);
    return ERR_OK;
}

static err_t parse_index(str_t text, diag_t *diag, instrument_t *out)
{
    str_t name = str_slice(text, 1, text.n);
    if (name.n > STOCK_MAX || !symbol_is_code(name, true)) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": an index is ^ and 1 to %d letters or digits, as in ^VIX",
                         STR_ARG(text), (int)STOCK_MAX);
    }
    out->cls = CLASS_INDEX;
    return str_copy(out->symbol, sizeof out->symbol, text);
}

static err_t parse_stock(str_t text, diag_t *diag, instrument_t *out)
{
    u32 marks = 0;
    bool ok = text.n <= STOCK_MAX && is_letter(text.p[0]);
    for (u32 i = 0; i < text.n && ok; i++) {
        u8 c = text.p[i];
        bool mark = c == '.' || c == '-';
        marks += mark ? 1 : 0;
        ok = (mark || is_letter(c) || is_digit(c)) && marks <= 1 && !(mark && i + 1 == text.n);
        out->symbol[i] = mark ? '.' : (char)c;
    }
    if (!ok) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\" is no symbol: a stock has 1 to %d letters or digits, the "
                         "first a letter, with one class mark at most, as in AAPL or BRK.B",
                         STR_ARG(text), (int)STOCK_MAX);
    }
    out->cls = CLASS_STOCK;
    instrument_classify(out);
    return ERR_OK;
}

static err_t parse_family(str_t text, diag_t *diag, instrument_t *out)
{
    if (memchr(text.p, '/', text.n) != NULL) {
        return symbol_parse_pair(text, diag, out);
    }
    if (text.p[0] == '^') {
        return parse_index(text, diag, out);
    }
    if (is_option_shape(text)) {
        return parse_option(text, diag, out);
    }
    return symbol_is_future_shape(text) ? symbol_parse_future(text, diag, out) : parse_stock(text, diag, out);
}

err_t symbol_parse(str_t text, diag_t *diag, instrument_t *out)
{
    ASSERT(out != NULL);
    TRY(check_bytes(text, diag));
    instrument_t inst;
    memset(&inst, 0, sizeof inst); /* padding too: instruments are compared and hashed as bytes */
    inst.calendar = CAL_NYSE;
    inst.tick.v = PRICE_SCALE / 100;
    inst.multiplier = 1;
    TRY(parse_family(text, diag, &inst));
    ASSERT(inst.symbol[0] != '\0' && inst.symbol[LIMIT_SYMBOL - 1] == '\0');
    ASSERT(inst.cls >= CLASS_STOCK && inst.cls <= CLASS_INDEX);
    memcpy(out, &inst, sizeof inst);
    return ERR_OK;
}

void symbol_print(char out[LIMIT_SYMBOL], const instrument_t *inst)
{
    ASSERT(out != NULL && inst != NULL);
    ASSERT(inst->symbol[0] != '\0' && inst->symbol[LIMIT_SYMBOL - 1] == '\0');
    memcpy(out, inst->symbol, LIMIT_SYMBOL);
}

err_t symbol_option(str_t underlying, date_t expiry, char right, price_t strike, instrument_t *out)
{
    ASSERT(out != NULL);
    ASSERT(right == 'C' || right == 'P');
    char text[LIMIT_SYMBOL] = {0};
    u32 n = 0;
    for (u32 i = 0; i < underlying.n; i++) {
        u8 c = underlying.p[i];
        if (c == '.' || c == '^') {
            continue;
        }
        if (n >= OCC_ROOT_MAX) {
            return ERR_SYNTAX;
        }
        text[n++] = (char)c;
    }
    i32 y;
    i32 m;
    i32 d;
    date_to_ymd(expiry, &y, &m, &d);
    i64 thousandths = strike.v / OCC_STRIKE_UNIT;
    if (y < 2000 || y > 2099 || strike.v <= 0 || strike.v % OCC_STRIKE_UNIT != 0 || thousandths > 99999999) {
        return ERR_PARAM_RANGE;
    }
    u32 fields[3] = {(u32)(y % 100), (u32)m, (u32)d};
    for (u32 i = 0; i < 3; i++) {
        text[n++] = (char)('0' + fields[i] / 10);
        text[n++] = (char)('0' + fields[i] % 10);
    }
    text[n++] = right;
    for (i64 unit = 10000000; unit > 0; unit /= 10) {
        text[n++] = (char)('0' + thousandths / unit % 10);
    }
    return symbol_parse((str_t){(const u8 *)text, n}, NULL, out);
}
