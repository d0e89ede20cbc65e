/* See sector_strength.h. */
#include "scan/sector_strength.h"

#include <string.h>

#include "base/assert.h"
#include "model/sector.h"

/* The move of five sessions up to now, false without so many. */
static bool moved(const market_view_t *v, profile_t profile, inst_t inst, f64 *move)
{
    u32 count = 0;
    u32 back = SECTOR_DAYS + (profile == PROFILE_SWING ? 1 : 0); /* there the last day is today's */
    const series_t *day = market_daily(v, inst, &count);
    if (count < back || view_get(v, FEATURE_PRESENT, inst) == 0.0) {
        return false;
    }
    f64 then = day->close[count - back];
    *move = then > 0 ? view_get(v, FEATURE_CLOSE, inst) / then - 1.0 : 0.0;
    return then > 0;
}

/* +1 or -1, 0 where it stands on neither side or has no bar. */
static i32 fund_side(const market_view_t *v, profile_t profile, inst_t fund)
{
    f64 mean = view_get(v, profile == PROFILE_DAY ? FEATURE_VWAP : FEATURE_SMA20, fund);
    f64 gap = view_get(v, FEATURE_CLOSE, fund) - mean;
    if (view_get(v, FEATURE_PRESENT, fund) == 0.0 || mean <= 0) {
        return 0;
    }
    return gap > 0 ? 1 : gap < 0 ? -1 : 0;
}

static inst_t fund_of(const market_t *m, u16 sector)
{
    const char *symbol = sector_fund(sector);
    for (u32 i = 0; symbol != NULL && i < m->count; i++) {
        if (strcmp(m->instruments[i].symbol, symbol) == 0) {
            return (inst_t)i;
        }
    }
    return INST_NONE;
}

bool sector_strength(const scan_shared_t *s, profile_t profile, inst_t inst, i32 d, f64 *value)
{
    ASSERT(s != NULL && value != NULL && (d == 1 || d == -1));
    const market_t *m = s->market;
    const instrument_t *own = &m->instruments[inst];
    inst_t fund = own->cls == CLASS_STOCK ? fund_of(m, own->sector) : INST_NONE;
    f64 mine = 0;
    u32 peers = 0, ahead = 0,
        behind = 0; /* of the peers those that moved further the trade's way, and less far */
    *value = 0.0;
    if (fund == INST_NONE || !moved(&s->view, profile, inst, &mine)) {
        return false;
    }
    for (u32 i = 0; i < m->count; i++) {
        f64 theirs = 0;
        if (m->instruments[i].cls != CLASS_STOCK || m->instruments[i].sector != own->sector ||
            !moved(&s->view, profile, (inst_t)i, &theirs)) {
            continue;
        }
        f64 further = (theirs - mine) * d;
        peers++;
        ahead += further > 0 ? 1 : 0;
        behind += further < 0 ? 1 : 0;
    }
    if (peers < SECTOR_PEERS) {
        return false;
    }
    i32 side = fund_side(&s->view, profile, fund) * d;
    bool strong = 3 * ahead < peers;
    bool weak = 3 * behind < peers;
    *value = side > 0 && strong && !weak ? 1.0 : side < 0 && weak && !strong ? -1.0 : 0.0;
    return true;
}
