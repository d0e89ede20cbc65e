/* Currency pairs and crypto markets: BASE/QUOTE, then :SETTLE, -YYMMDD, -STRIKE-C or -P. See symbol.h.
 *
 * The grammar of derivatives is the unified symbol of the CCXT manual ("Contract naming conventions").
 * Contract sizes and price steps belong to each venue, so the defaults here are one unit and a coarse step.
 */
#include "model/symbol_internal.h"

#include <string.h>

#include "base/assert.h"
#include "model/currency.h"

enum { CODE_MAX = 12, STRIKE_SCALE = 9, COIN_TICK = PRICE_SCALE / 1000000 };

typedef struct { str_t base, quote, settle, date, strike, right; bool option; } pair_t;

static err_t bad_code(str_t text, const char *part, str_t code, diag_t *diag)
{
    return diag_fail(diag, ERR_SYNTAX,
                     "\"" STR_FMT "\": the %s \"" STR_FMT "\" must be 1 to %d capital letters or "
                     "digits",
                     STR_ARG(text), part, STR_ARG(code), (int)CODE_MAX);
}

static bool is_code(str_t code)
{
    return code.n <= CODE_MAX && symbol_is_code(code, true);
}

/* Cuts the text into its parts; absent ones are empty. */
static err_t cut(str_t text, diag_t *diag, pair_t *out)
{
    pair_t p = {0};
    str_t rest;
    str_t tail;
    (void)str_cut(text, '/', &p.base, &rest);
    bool derivative = str_cut(rest, ':', &p.quote, &tail);
    if (derivative && str_cut(tail, '-', &p.settle, &tail)) {
        p.option = str_cut(tail, '-', &p.date, &tail);
        if (p.option && !str_cut(tail, '-', &p.strike, &p.right)) {
            return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": an option ends in -STRIKE-C or -STRIKE-P",
                             STR_ARG(text));
        }
        if (p.date.n != 6) {
            return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": the expiry \"" STR_FMT "\" must be YYMMDD",
                             STR_ARG(text), STR_ARG(p.date));
        }
    }
    if (!is_code(p.base)) {
        return bad_code(text, "base", p.base, diag);
    }
    if (!is_code(p.quote)) {
        return bad_code(text, "quote", p.quote, diag);
    }
    if (derivative && !is_code(p.settle)) {
        return bad_code(text, "settlement currency", p.settle, diag);
    }
    if (str_eq(p.base, p.quote)) {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": base and quote are the same", STR_ARG(text));
    }
    *out = p;
    return ERR_OK;
}

static err_t parse_forex(str_t text, const pair_t *p, diag_t *diag, instrument_t *out)
{
    if (p->settle.n > 0) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": a pair of state currencies takes no settlement part; "
                         "write " STR_FMT "/" STR_FMT,
                         STR_ARG(text), STR_ARG(p->base), STR_ARG(p->quote));
    }
    out->cls = CLASS_FOREX;
    out->calendar = CAL_FOREX;
    out->tick.v =
        currency_find(p->quote)->decimals == 0 ? PRICE_SCALE / 1000 : PRICE_SCALE / 100000; /* 0.1 pip */
    return str_copy(out->symbol, sizeof out->symbol, text);
}

/* Expiry, strike and right of a dated contract; appends their canonical text to out->symbol. */
static err_t parse_terms(str_t text, const pair_t *p, diag_t *diag, instrument_t *out)
{
    u8 iso[8] = {'2', '0'};
    memcpy(iso + 2, p->date.p, 6);
    if (date_parse((str_t){iso, sizeof iso}, &out->expiry) != ERR_OK) {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\": the expiry \"" STR_FMT "\" is no day (YYMMDD)",
                         STR_ARG(text), STR_ARG(p->date));
    }
    size_t n = strlen(out->symbol);
    out->symbol[n++] = '-';
    memcpy(out->symbol + n, p->date.p, 6);
    n += 6;
    if (!p->option) {
        return ERR_OK;
    }
    bool plain = p->strike.n > 0 && p->strike.p[0] >= '0' && p->strike.p[0] <= '9';
    for (u32 i = 0; i < p->strike.n; i++) {
        plain = plain && p->strike.p[i] != 'E';
    }
    if (!plain || str_to_scaled(p->strike, STRIKE_SCALE, true, &out->strike.v) != ERR_OK ||
        out->strike.v == 0) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": the strike \"" STR_FMT "\" must be a positive decimal "
                         "number",
                         STR_ARG(text), STR_ARG(p->strike));
    }
    if (!str_eq(p->right, STR("C")) && !str_eq(p->right, STR("P"))) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": the option's right \"" STR_FMT "\" must be C or P", STR_ARG(text),
                         STR_ARG(p->right));
    }
    out->right = (char)p->right.p[0];
    char strike[32];
    u32 length = fixed_print(strike, sizeof strike, out->strike.v, STRIKE_SCALE, 0);
    if (n + length + 4 > sizeof out->symbol) {
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\" is too long", STR_ARG(text));
    }
    out->symbol[n++] = '-';
    memcpy(out->symbol + n, strike, length);
    n += length;
    out->symbol[n++] = '-';
    out->symbol[n] = out->right;
    return ERR_OK;
}

static bool in_dollars(str_t quote)
{
    return str_eq_c(quote, "USD") || str_eq_c(quote, "USDT") || str_eq_c(quote, "USDC");
}

static err_t parse_crypto(str_t text, const pair_t *p, diag_t *diag, instrument_t *out)
{
    bool dollars = in_dollars(p->quote);
    out->cls = CLASS_CRYPTO;
    out->calendar = CAL_CRYPTO;
    out->qty_exponent = QTY_EXPONENT_MIN;
    out->tick.v = dollars ? PRICE_SCALE / 100 : PRICE_SCALE / 100000000;
    str_t spot = {text.p, p->base.n + 1 + p->quote.n};
    if (p->settle.n == 0) {
        return str_copy(out->symbol, sizeof out->symbol, spot);
    }
    TRY(str_copy(out->underlying, sizeof out->underlying, spot));
    str_t head = {text.p, spot.n + 1 + p->settle.n};
    if (p->date.n > 0 && head.n + 8 > sizeof out->symbol) { /* room for -YYMMDD */
        return diag_fail(diag, ERR_SYNTAX, "\"" STR_FMT "\" is too long", STR_ARG(text));
    }
    TRY(str_copy(out->symbol, sizeof out->symbol, head));
    return p->date.n > 0 ? parse_terms(text, p, diag, out) : ERR_OK;
}

err_t symbol_parse_pair(str_t text, diag_t *diag, instrument_t *out)
{
    ASSERT(out != NULL);
    ASSERT(text.n < LIMIT_SYMBOL);
    pair_t p = {0};
    TRY(cut(text, diag, &p));
    const currency_t *base = currency_find(p.base);
    const currency_t *quote = currency_find(p.quote);
    if ((base != NULL && base->kind == CURRENCY_METAL) || (quote != NULL && quote->kind == CURRENCY_METAL)) {
        return diag_fail(diag, ERR_SYNTAX,
                         "\"" STR_FMT "\": metals are not traded as a currency pair here; use the "
                         "future (GC, SI, PL, PA)",
                         STR_ARG(text));
    }
    bool forex = base != NULL && quote != NULL && base->kind == CURRENCY_FIAT && quote->kind == CURRENCY_FIAT;
    return forex ? parse_forex(text, &p, diag, out) : parse_crypto(text, &p, diag, out);
}

bool symbol_coin(str_t text, instrument_t *out)
{
    ASSERT(out != NULL);
    diag_t diag = {0};
    pair_t p = {0};
    instrument_t coin;
    memset(&coin, 0, sizeof coin);
    coin.multiplier = 1;
    if (text.n >= LIMIT_SYMBOL || memchr(text.p, '/', text.n) == NULL || cut(text, &diag, &p) != ERR_OK ||
        p.settle.n > 0 || !in_dollars(p.quote)) {
        return false;
    }
    const currency_t *base = currency_find(p.base);
    if ((base != NULL && base->kind != CURRENCY_DIGITAL) || parse_crypto(text, &p, &diag, &coin) != ERR_OK) {
        return false;
    }
    coin.tick.v = COIN_TICK;
    *out = coin;
    return true;
}
