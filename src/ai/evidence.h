/* Evidence: the named rows of a conviction, positive for the trade or negative against it.
 *
 * The stages gather an ai_input_t from what was known; the analyst turns it into rows. A source that is
 * missing gives no points and is listed as unknown, never as good. AI sees no order, no limit and no account.
 */
#ifndef VITRINE_AI_EVIDENCE_H
#define VITRINE_AI_EVIDENCE_H

#include "base/limits.h"
#include "base/types.h"

/* Stored ids. */
typedef enum {
    EVIDENCE_SCORE = 1,
    EVIDENCE_TREND15 = 2,
    EVIDENCE_INDEX_SIDE = 3,
    EVIDENCE_REGIME_FIT = 4,
    EVIDENCE_RVOL = 5,
    EVIDENCE_ROOM = 6,
    EVIDENCE_STRETCHED = 7,
    EVIDENCE_SECTOR = 8,
    EVIDENCE_NEWS = 9,
    EVIDENCE_EARNINGS = 10,
    EVIDENCE_VIX = 11,
    EVIDENCE_IV_RANK = 12,
    EVIDENCE_FLOW = 13,
    EVIDENCE_HEALTH = 14,
    EVIDENCE_LESSONS = 15,
    EVIDENCE_SPREAD = 16,
    EVIDENCE_CLOCK = 17,
    EVIDENCE_COUNT = 18
} evidence_id_t;

typedef struct {
    u8 id;
    bool known;
    f64 value;  /* what was seen */
    f64 points; /* 0 if unknown */
} evidence_t;

typedef struct {
    i32 d;          /* +1 long, -1 short */
    bool reversal;  /* family of the strategy */
    bool day;       /* day profile */
    f64 score;      /* strategy score 0..1 */
    f64 trend15;    /* +2..-2, known flag below */
    f64 index_side; /* the proxy against its VWAP: +1, -1 */
    i32 intraday;   /* 0 neutral, 1 trending, 2 choppy */
    f64 rvol;
    f64 room_r;
    f64 beyond_vwap_a; /* A beyond VWAP in direction */
    f64 vix;
    f64 vix_change_pct;
    f64 spread_bps;
    f64 minutes; /* since the open */
    f64 health_sharpe;
    bool health_degraded;
    u32 health_results;
    f64 lessons_r; /* mean net R of similar trades */
    u32 lessons_n;
    bool trend15_known, index_known, intraday_known, rvol_known, room_known, vwap_known, vix_known,
        clock_known;
    f64 earnings_days;
    bool earnings_known;
    f64 news; /* -1..1, already decayed */
    f64 sector; /* +1 its sector is with the trade and it leads it, -1 the opposite, 0 */
    bool sector_known;
    bool news_known;
    f64 iv_rank; /* 0..100 */
    bool iv_rank_known;
} ai_input_t;

typedef struct {
    evidence_t row[EVIDENCE_COUNT];
    u32 count;
    i32 conviction; /* 0..100 */
    f64 bull;       /* sum of positive rows */
    f64 bear;       /* minus the sum of negative rows */
    f64 neutral;    /* conviction without the last two rows (spread, clock) */
    u8 risk[3];     /* evidence ids of the three largest negative rows, 0 none */
} conviction_t;

const char *evidence_name(u8 id);

#endif
