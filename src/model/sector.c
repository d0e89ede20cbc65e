/* See sector.h. */
#include "model/sector.h"

#include "base/assert.h"

typedef struct { const char *symbol; u16 sector; u16 flags; const char *underlying; } entry_t;

static const entry_t shares[] = {
#define X(symbol, sector) {symbol, sector, 0, ""},
#include "model/sector.def"
#undef X
};

static const entry_t funds[] = {
#define X(symbol, sector, flags, underlying) {symbol, sector, flags, underlying},
#include "model/funds.def"
#undef X
};

static const entry_t *entry_find(const entry_t *table, u32 count, str_t symbol)
{
    u32 low = 0;
    u32 high = count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        int order = str_cmp(str_from(table[middle].symbol), symbol);
        if (order == 0) {
            return &table[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return NULL;
}

const char *sector_fund(u16 sector)
{
    static const char *const spdr[SECTOR_COUNT] = {NULL,  "XLE", "XLB", "XLI", "XLY", "XLP",
                                                    "XLV", "XLF", "XLK", "XLC", "XLU", "XLRE"};
    return sector < SECTOR_COUNT ? spdr[sector] : NULL;
}

const char *sector_name(u16 sector)
{
    static const char *const names[] = {
        "unknown",
        "Energy",
        "Materials",
        "Industrials",
        "Consumer Discretionary",
        "Consumer Staples",
        "Health Care",
        "Financials",
        "Information Technology",
        "Communication Services",
        "Utilities",
        "Real Estate",
    };
    _Static_assert(COUNT_OF(names) == SECTOR_COUNT, "one name per sector");
    return sector < SECTOR_COUNT ? names[sector] : names[SECTOR_UNKNOWN];
}

sector_t sector_of(str_t symbol)
{
    const entry_t *e = entry_find(funds, COUNT_OF(funds), symbol);
    if (e == NULL) {
        e = entry_find(shares, COUNT_OF(shares), symbol);
    }
    ASSERT(e == NULL || e->sector < SECTOR_COUNT);
    return e != NULL ? (sector_t)e->sector : SECTOR_UNKNOWN;
}

void instrument_classify(instrument_t *inst)
{
    ASSERT(inst != NULL);
    if (inst->cls == CLASS_OPTION) {
        inst->sector = (u16)sector_of(str_from(inst->underlying));
        return;
    }
    if (inst->cls != CLASS_STOCK && inst->cls != CLASS_ETF) {
        return;
    }
    const entry_t *fund = entry_find(funds, COUNT_OF(funds), str_from(inst->symbol));
    if (fund == NULL) {
        inst->cls = CLASS_STOCK;
        inst->sector = (u16)sector_of(str_from(inst->symbol));
        return;
    }
    inst->cls = CLASS_ETF;
    inst->sector = fund->sector;
    inst->flags = (u16)(inst->flags | fund->flags);
    err_t err = str_copy(inst->underlying, sizeof inst->underlying, str_from(fund->underlying));
    ASSERT(err == ERR_OK);
}
