/* The symbols and corporate actions of one import (see import.h). */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/grow.h"
#include "base/hash.h"
#include "drivers/coin_build.h"
#include "drivers/import_inner.h"
#include "model/currency.h"

/* "yahoo_SPY_daily.csv.zst" -> "SPY", "SPY.csv" -> "SPY". */
static str_t symbol_of_file(const char *path)
{
    str_t s = str_from(import_base_name(path));
    str_t head;
    str_t rest;
    (void)str_cut(s, '.', &head, &rest);
    if (str_starts(head, STR("yahoo_"))) {
        head = str_slice(head, 6, head.n);
    }
    if (str_ends(head, STR("_daily"))) {
        head = str_slice(head, 0, head.n - 6);
    }
    return head;
}

static bool symbol_clean(str_t text, char out[LIMIT_SYMBOL])
{
    if (text.n == 0 || text.n >= LIMIT_SYMBOL) {
        return false;
    }
    for (u32 i = 0; i < text.n; i++) {
        u8 c = text.p[i];
        bool lower = c >= 'a' && c <= 'z';
        bool fair = lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                    c == '/' || c == ':' || c == '^' || c == '=';
        if (!fair) {
            return false;
        }
        out[i] = (char)(lower ? c - 32 : c);
    }
    out[text.n] = '\0';
    /* No symbol begins with a separator or holds two in a row; a path does. */
    bool path = strchr("./:=-", out[0]) != NULL || strstr(out, "..") != NULL || strstr(out, "//") != NULL;
    return !path;
}

enum { SHARE_NAME = 5, CODE = 3 };

/* What vendors call a coin becomes the pair that it is: BTC-USD, and BTCUSDT where a name is too long for a
 * share's. `name` in capitals. */
static bool coin_of(const char *name, char pair[LIMIT_SYMBOL])
{
    size_t n = strlen(name);
    const char *dollars = n > 3 ? strstr(name + 1, "USD") : NULL;
    return dollars != NULL && (n > SHARE_NAME || strpbrk(name, "-/") != NULL) &&
           coin_named(str_from(name), pair) == COIN_NAMED;
}

/* A long name that is one coin or another, or none. */
static bool unclear(const char *name)
{
    char pair[LIMIT_SYMBOL];
    return strlen(name) > SHARE_NAME && coin_named(str_from(name), pair) == COIN_UNCLEAR;
}

/* "ETHBTC": two names of money, one behind the other. */
static bool is_two_of_money(str_t name)
{
    bool two = false;
    for (u32 at = CODE; name.n > SHARE_NAME && at + CODE <= name.n && !two; at++) {
        str_t tail = str_slice(name, at, name.n);
        two = currency_find(str_slice(name, 0, at)) != NULL &&
              (currency_find(tail) != NULL || str_ends(tail, STR("USD")));
    }
    return two;
}

/* Money, and coins in other money, are no shares, though their names would do. */
static bool pair_of_money(const char *name)
{
    str_t base;
    str_t quote;
    str_t settle;
    if (str_cut(str_from(name), '-', &base, &quote)) { /* BRK-B is a share */
        return quote.n >= CODE && currency_find(quote) != NULL;
    }
    if (!str_cut(str_from(name), '/', &base, &quote)) {
        return is_two_of_money(str_from(name));
    }
    (void)str_cut(quote, ':', &quote, &settle);
    return currency_find(quote) != NULL || str_ends(quote, STR("USD"));
}

bool import_coin_text(str_t text, char pair[LIMIT_SYMBOL])
{
    char name[LIMIT_SYMBOL];
    ASSERT(pair != NULL);
    return symbol_clean(text, name) && coin_of(name, pair);
}

str_t import_symbol_text(const importer_t *im)
{
    ASSERT(im != NULL);
    if (im->col.symbol != CSV_NO_COLUMN) {
        return csv_field(im->own_csv, im->col.symbol);
    }
    return im->spec->symbol != NULL         ? str_from(im->spec->symbol)
           : im->format.file_symbol != NULL ? str_from(im->format.file_symbol)
                                            : symbol_of_file(im->spec->path);
}

err_t import_symbol(importer_t *im, u32 *out)
{
    ASSERT(im != NULL);
    ASSERT(out != NULL);
    str_t text = import_symbol_text(im);
    if (im->symbols > 0 && str_eq_c(text, im->own_symbol[im->symbol_last].name)) {
        *out = im->symbol_last;
        return ERR_OK;
    }
    char name[LIMIT_SYMBOL] = {0};
    if (!symbol_clean(text, name)) {
        u32 column = im->col.symbol == CSV_NO_COLUMN ? 0 : im->col.symbol;
        return import_fault(im, ERR_SYNTAX, column,
                            "does not give a symbol (1 to 23 letters, digits, . - / : ^ =)\n"
                            "do: correct the file, or name its one symbol with --symbol");
    }
    char pair[LIMIT_SYMBOL] = {0};
    if (coin_of(name, pair)) {
        memcpy(name, pair, sizeof name);
    } else if (unclear(name)) {
        return import_fault(im, ERR_SYNTAX, im->col.symbol == CSV_NO_COLUMN ? 0 : im->col.symbol,
                            "can be read as a coin in dollars or in other money\n"
                            "do: write the parts apart (DOT-USD), or import with --lenient to reject it");
    } else if (pair_of_money(name)) {
        return import_fault(im, ERR_SYNTAX, im->col.symbol == CSV_NO_COLUMN ? 0 : im->col.symbol,
                            "is neither a share nor a coin in dollars (BTC/USD, BTC/USDT, BTC/USDC)\n"
                            "do: leave it out, or import with --lenient to reject such rows");
    }
    u32 slot = (u32)(hash64(name, sizeof name) % IMPORT_SLOTS);
    while (im->own_slot[slot] != 0 && strcmp(im->own_symbol[im->own_slot[slot] - 1].name, name) != 0) {
        slot = (slot + 1) % IMPORT_SLOTS;
    }
    if (im->own_slot[slot] == 0) {
        if (im->symbols == IMPORT_SYMBOLS - 1) {
            return diag_fail(im->diag, ERR_POOL_FULL, "%.200s: more than %d symbols\n"
                                                      "do: split the file", im->spec->path,
                             (int)IMPORT_SYMBOLS - 1);
        }
        memcpy(im->own_symbol[im->symbols].name, name, sizeof name);
        im->own_slot[slot] = (u16)(++im->symbols);
    }
    im->symbol_last = (u32)im->own_slot[slot] - 1;
    *out = im->symbol_last;
    return ERR_OK;
}

err_t import_add_action(importer_t *im, u32 symbol, const action_t *a)
{
    ASSERT(im != NULL && a != NULL);
    ASSERT(symbol < im->symbols);
    if (list_room(&im->own_action, &im->action_room, (size_t)im->actions + 1, sizeof *im->own_action) !=
        ERR_OK) {
        return diag_fail(im->diag, ERR_NO_MEMORY, "no memory for more than %u corporate actions",
                         im->actions);
    }
    im->own_action[im->actions++] = (import_action_t){.action = *a, .symbol = symbol};
    return ERR_OK;
}
