/* Currencies: a stored id, its code, the decimals its amounts are quoted with.
 *
 * Fiat ids are the ISO 4217 numeric codes; metals keep their ISO code but are not money here; digital
 * currencies that an account can be kept in have ids from 10001 on. Ids are stored and never change their
 * meaning. */
#ifndef VITRINE_MODEL_CURRENCY_H
#define VITRINE_MODEL_CURRENCY_H

#include "base/str.h"

typedef enum { CURRENCY_FIAT = 1, CURRENCY_METAL = 2, CURRENCY_DIGITAL = 3 } currency_kind_t;

enum { CURRENCY_NONE = 0, CURRENCY_USD = 840 };

typedef struct {
    u16 id;
    char code[6];
    u8 decimals; /* of the smallest unit: 2 for cents, 0 for yen */
    currency_kind_t kind;
} currency_t;

/* NULL if unknown. Codes are compared byte by byte, in capitals. */
const currency_t *currency_find(str_t code);
const currency_t *currency_by_id(u16 id);
/* The whole table, for listings and tests. */
const currency_t *currency_all(u32 *count);

#endif
