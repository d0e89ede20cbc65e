/* What a plain US symbol is: share or fund, its GICS sector, and for leveraged products what they follow.
 *
 * Facts from public tables (sector.def, funds.def), today's view. Leaves to others: listings from vendors,
 * which may know more and then overwrite these fields. */
#ifndef VITRINE_MODEL_SECTOR_H
#define VITRINE_MODEL_SECTOR_H

#include "base/str.h"
#include "model/instrument.h"

/* Numbers in the order of the GICS codes; stored, never reused. */
typedef enum {
    SECTOR_UNKNOWN = 0,
    SECTOR_ENERGY = 1,
    SECTOR_MATERIALS = 2,
    SECTOR_INDUSTRIALS = 3,
    SECTOR_DISCRETIONARY = 4,
    SECTOR_STAPLES = 5,
    SECTOR_HEALTH = 6,
    SECTOR_FINANCIALS = 7,
    SECTOR_TECHNOLOGY = 8,
    SECTOR_COMMUNICATION = 9,
    SECTOR_UTILITIES = 10,
    SECTOR_REAL_ESTATE = 11,
    SECTOR_COUNT = 12
} sector_t;

/* Official English name, "unknown" for 0, never NULL. */
const char *sector_name(u16 sector);
/* Symbol of the Select Sector SPDR fund of a sector; NULL for SECTOR_UNKNOWN. */
const char *sector_fund(u16 sector);
/* Sector of a share or fund by its canonical symbol, SECTOR_UNKNOWN if not in the tables. */
sector_t sector_of(str_t symbol);
/* Fills cls (stock or ETF), sector, flags and, for leveraged products, underlying of a stock or ETF from its
 * symbol; a symbol in neither table becomes a stock without sector. Options on shares get the sector of
 * their underlying. Other classes are left alone. */
void instrument_classify(instrument_t *inst);

#endif
