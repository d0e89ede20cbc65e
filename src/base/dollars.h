/* Money and prices in texts for people: the one way they are written, "-$1,234.56" and "92.2623". Tables of
 * figures under a heading and files for programs have plain numbers. */
#ifndef VITRINE_BASE_DOLLARS_H
#define VITRINE_BASE_DOLLARS_H

#include "base/types.h"

enum { DOLLARS_TEXT = 32 };
enum {
    DOLLARS_WHOLE = 0,
    DOLLARS_CENTS = 1 << 0, /* "$1,234.56", else "$1,235" */
    DOLLARS_SIGN = 1 << 1   /* "+$5.00" for what is not below zero, where a change is told */
};

/* Rounded half away from zero; what rounds to nothing has no minus. Beyond 9e13 it is cut. Returns `out`. */
const char *dollars_text(char out[DOLLARS_TEXT], f64 v, u32 form);

enum { PRICE_TEXT = 32 };
/* Four decimals. Of what costs under a dollar, and is no share, as many as there are, up to nine. Returns
 * `out`. */
const char *price_text(char out[PRICE_TEXT], f64 price, bool coin);

#endif
