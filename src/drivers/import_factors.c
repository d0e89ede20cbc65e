/* Lean factor files to dated actions.
 *
 * A row (date, price_factor, split_factor, reference_price) closes the span of days up to its date; the
 * next row's factors hold from the next session on, which is the ex-date of what lies between. The split
 * ratio is the quotient of the split factors; the dividend is the reference price (the raw close of the
 * row's date) x (1 - quotient of the price factors), per share before a split of the same day. Source:
 * QuantConnect's own description of the format, checked here against known dividends of AAPL and SPY
 * (tests/drivers/test_import.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "drivers/import_inner.h"

typedef struct {
    date_t day;
    i64 price;     /* 1e-9 */
    i64 split;     /* 1e-9 */
    i64 reference; /* price_t */
} factor_t;

enum { DIVIDEND_GRID = 100000 /* the files' seven digits carry a dividend to about 1e-4 USD */ };

/* Split ratio from the quotient of two rounded factors: the smallest fraction within one part in 5,000. */
static bool ratio_of(i64 before, i64 after, i64 *num, i64 *den)
{
    for (i64 q = 1; q <= 100; q++) {
        i64 p = 0;
        i64 back = 0;
        if (fixed_mul_div(after, q, before, ROUND_NEAREST, &p) != ERR_OK || p == 0
            || fixed_mul_div(before, p, q, ROUND_NEAREST, &back) != ERR_OK) {
            continue;
        }
        i64 off = back - after;
        if (off <= after / 5000 && off >= -after / 5000) {
            *num = p;
            *den = q;
            return true;
        }
    }
    return false;
}

static err_t add_between(importer_t *im, u32 symbol, const factor_t *a, const factor_t *b)
{
    session_t ex = calendar_next(CAL_NYSE, a->day, I64_MAX);
    action_t split = {.t_known = ex.open, .ratio_num = 1, .ratio_den = 1, .ex_date = ex.date,
                      .kind = ACTION_SPLIT,
                      .inst = INST_NONE};
    if (a->split != b->split && ratio_of(a->split, b->split, &split.ratio_num, &split.ratio_den)) {
        TRY(import_add_action(im, symbol, &split));
    }
    if (a->price >= b->price || a->reference <= PRICE_SCALE / 100) {
        return ERR_OK;
    }
    i64 kept = 0;
    if (fixed_mul_div(a->reference, a->price, b->price, ROUND_NEAREST, &kept) != ERR_OK
        || kept >= a->reference) {
        return ERR_OK;
    }
    i64 amount = a->reference - kept;
    if (fixed_mul_div(amount, split.ratio_den, split.ratio_num, ROUND_NEAREST, &amount) != ERR_OK) {
        return ERR_OK;
    }
    amount = (amount + DIVIDEND_GRID / 2) / DIVIDEND_GRID * DIVIDEND_GRID;
    action_t dividend = {.t_known = ex.open, .ratio_num = 1, .ratio_den = 1, .amount = {amount},
                         .ex_date = ex.date,
                         .kind = ACTION_DIVIDEND, .inst = INST_NONE};
    return amount > 0 ? import_add_action(im, symbol, &dividend) : ERR_OK;
}

static err_t factor_row(csv_t *c, const u32 col[5], diag_t *diag, factor_t *out)
{
    if (date_parse(csv_field(c, col[1]), &out->day) != ERR_OK) {
        return csv_fail(c, diag, ERR_SYNTAX, col[1], "is not a date");
    }
    i64 *const value[] = {&out->price, &out->split, &out->reference};
    for (u32 i = 0; i < COUNT_OF(value); i++) {
        err_t e = str_to_scaled(csv_field(c, col[i + 2]), 9, false, value[i]);
        if (e != ERR_OK || (i < 2 && *value[i] <= 0)) {
            return csv_fail(c, diag, e != ERR_OK ? e : ERR_NUMBER, col[i + 2], "is not a factor above zero");
        }
    }
    return ERR_OK;
}

static u32 symbol_find(const importer_t *im, str_t file)
{
    for (u32 i = 0; i < im->symbols; i++) {
        if (str_eq_nocase(file, str_from(im->own_symbol[i].name))) {
            return i;
        }
    }
    return UINT32_MAX;
}

static err_t read_factors(importer_t *im, csv_t *c)
{
    static const char *const names[] = {"file", "date", "price_factor", "split_factor", "reference_price"};
    u32 col[5];
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        TRY(csv_column(c, names[i], im->diag, &col[i]));
    }
    factor_t before = {0};
    u32 symbol_before = UINT32_MAX;
    err_t err = ERR_OK;
    while ((err = csv_next(c, im->diag)) == ERR_OK) {
        factor_t f = {0};
        u32 symbol = symbol_find(im, csv_field(c, col[0]));
        TRY(factor_row(c, col, im->diag, &f));
        if (symbol != UINT32_MAX && symbol == symbol_before) {
            TRY(add_between(im, symbol, &before, &f));
        }
        before = f;
        symbol_before = symbol;
    }
    return err == ERR_EMPTY ? ERR_OK : err;
}

/* reference/lean_factor_files.csv beside the folder of the data file. */
static void factors_beside(const char *path, char *out, size_t size)
{
    const char *slash = strrchr(path, '/');
    int dir = slash == NULL ? 1 : (int)(slash - path);
    (void)snprintf(out, size, "%.*s/../reference/lean_factor_files.csv", dir, slash == NULL ? "." : path);
}

err_t import_factors(importer_t *im)
{
    ASSERT(im != NULL);
    ASSERT(im->format.factor_file);
    char path[LIMIT_PATH];
    factors_beside(im->spec->path, path, sizeof path);
    const char *name = im->spec->factors != NULL ? im->spec->factors : path;
    if (im->spec->factors == NULL && access(name, R_OK) != 0) {
        return ERR_OK;
    }
    csv_t *c = NULL;
    TRY(csv_open(name, im->diag, &c));
    err_t err = read_factors(im, c);
    csv_close(c);
    return err;
}
