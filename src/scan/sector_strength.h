/* Sector strength: the analyst's row of trading.md 6, "sector ETF agrees, relative strength vs sector over 5
 * days in top/bottom third".
 *
 * Promises: read off the bars of the view alone. Leaves to others: its points (ai/analyst). */
#ifndef VITRINE_SCAN_SECTOR_STRENGTH_H
#define VITRINE_SCAN_SECTOR_STRENGTH_H

#include "scan/scan.h"

enum { SECTOR_DAYS = 5, SECTOR_PEERS = 3 };

/* +1: the sector's fund stands on the trade's side (of its VWAP; swing: of its 20-day mean) and the name is
 * in the third of its sector's names that moved most that way in five sessions. -1: the fund stands on the
 * other side and the name is in the third that moved most against it. 0: neither. False: the name has no
 * sector, the run has not its fund or fewer than SECTOR_PEERS names of it with a history. */
bool sector_strength(const scan_shared_t *s, profile_t profile, inst_t inst, i32 d, f64 *value);

#endif
