/* Instruments: what can be traded, named once, indexed densely inside a run.
 *
 * A vendor's symbol becomes an instrument at the edge (symbol.h); inside the engine an instrument is an
 * inst_t. The index is a position in the run's instrument table, sorted by symbol bytes, and is stored only
 * beside that table. */
#ifndef VITRINE_MODEL_INSTRUMENT_H
#define VITRINE_MODEL_INSTRUMENT_H

#include "base/fixed.h"
#include "base/limits.h"
#include "base/units.h"

typedef u16 inst_t;
#define INST_NONE ((inst_t)0xFFFF)

typedef enum {
    CLASS_STOCK = 1,
    CLASS_ETF = 2,
    CLASS_OPTION = 3,
    CLASS_FUTURE = 4,
    CLASS_FOREX = 5,
    CLASS_CRYPTO = 6,
    CLASS_INDEX = 7
} asset_class_t;

/* Stored ids: never used twice. */
typedef enum { CAL_NYSE = 0, CAL_CME = 1, CAL_FOREX = 2, CAL_CRYPTO = 3, CAL_COUNT = 4 } calendar_id_t;

enum {
    INST_LEVERAGED = 1 << 0, /* leveraged or inverse product of `underlying` */
    INST_OWN_SECTOR = 1 << 1 /* SPY, QQQ, sector funds: their own sector */
};

typedef struct {
    char symbol[LIMIT_SYMBOL]; /* canonical text, NUL-ended */
    asset_class_t cls;
    calendar_id_t calendar;
    i32 qty_exponent; /* 0 to -8 */
    price_t tick;     /* smallest price step at or above $1 */
    i64 multiplier;   /* contract size: 1 for stock, 100 for option */
    u16 sector;       /* GICS sector 1..11, 0 unknown */
    u16 flags;
    char underlying[LIMIT_SYMBOL]; /* options, futures roots, leveraged funds; empty otherwise */
    date_t expiry;                 /* options and futures, else 0 */
    price_t strike;                /* options */
    char right;                    /* 'C' or 'P', else 0 */
} instrument_t;

#endif
