/* See dollars.h. */
#include "base/dollars.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

static const f64 MOST = 9e13; /* in cents a whole number that a double still holds */

const char *dollars_text(char out[DOLLARS_TEXT], f64 v, u32 form)
{
    ASSERT(out != NULL && v == v);
    ASSERT((form & ~(u32)(DOLLARS_CENTS | DOLLARS_SIGN)) == 0);
    bool cents = (form & DOLLARS_CENTS) != 0;
    f64 size = v < 0 ? -v : v;
    i64 whole = (i64)((size < MOST ? size : MOST) * (cents ? 100.0 : 1.0) + 0.5);
    char digits[DOLLARS_TEXT];
    (void)snprintf(digits, sizeof digits, "%lld", (long long)(cents ? whole / 100 : whole));
    u32 n = (u32)strlen(digits);
    u32 at = 0;
    if (v < 0 && whole > 0) {
        out[at++] = '-';
    } else if ((form & DOLLARS_SIGN) != 0) {
        out[at++] = '+';
    }
    out[at++] = '$';
    for (u32 i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[i];
    }
    out[at] = 0;
    if (cents) {
        (void)snprintf(out + at, DOLLARS_TEXT - at, ".%02lld", (long long)(whole % 100));
    }
    return out;
}

const char *price_text(char out[PRICE_TEXT], f64 price, bool coin)
{
    enum { FEWEST = 4, MOST_PLACES = 9 };
    ASSERT(out != NULL && price == price);
    bool fine = coin && price > -1.0 && price < 1.0;
    (void)snprintf(out, PRICE_TEXT, "%.*f", fine ? (int)MOST_PLACES : (int)FEWEST, price);
    size_t n = strlen(out);
    for (u32 i = 0; fine && i < MOST_PLACES - FEWEST && out[n - 1] == '0'; i++) {
        out[--n] = '\0';
    }
    return out;
}
