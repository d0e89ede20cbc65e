/* The screener's score of one symbol (trading.md 3): six parts, both sides, clamped, raw kept.
 *
 * Pure: reads one row of features. Filters, boosts and ranking are stage 6's. */
#ifndef VITRINE_ALPHA_SCREENER_SCREENER_H
#define VITRINE_ALPHA_SCREENER_SCREENER_H

#include "market/market.h"

enum { SCREEN_RVOL, SCREEN_ATR, SCREEN_GAP, SCREEN_RSI, SCREEN_LIQUIDITY, SCREEN_52W, SCREEN_PARTS };

typedef struct {
    f64 part[2][SCREEN_PARTS]; /* [0] long, [1] short; points */
    f64 raw[2];                /* sum, up to 105 */
    f64 score[2];              /* clamped to 100 */
} screen_score_t;

/* Logarithms that the score reads, made for many symbols at once. */
typedef struct {
    f64 rvol;      /* log2 of relative volume; read above 1 only */
    f64 liquidity; /* log10 of dollar volume over 1e7; read above 1e7 only */
} screen_logs_t;

enum { SCREEN_LOGS = 64 };

/* Of the symbols [first, first + count), count <= SCREEN_LOGS: out[count]. */
void screen_logs(const market_view_t *v, u32 first, u32 count, screen_logs_t *out);
/* screen_score with the logarithms at hand: the same bits. */
void screen_score_with(const config_t *c, const market_view_t *v, u32 inst, const screen_logs_t *logs,
                       screen_score_t *out);
/* Points of a symbol with at least two completed days; parts whose input is unknown are 0. */
void screen_score(const config_t *c, const market_view_t *v, u32 inst, screen_score_t *out);
const char *screen_part_name(u32 part);

#endif
