/* The court of settings: whether a challenger may take an incumbent's place, on days neither was tuned on.
 *
 * Promises: a pure function of the two series, the number of tries and the seed. All of these must hold:
 * enough days and trades; the paired mean daily difference, by stationary bootstrap over days, above 0 at the
 * stated one-sided level; its Sharpe, deflated by all tries that were counted, above 0 with the same
 * confidence; and, where the search is known that chose it, not both that its choice is no better
 * than chance and that what it chooses loses on other days (pbo.h). The first alone is true of settings that
 * are all alike good. Pairing takes off what both share, the market. Every ground of refusal is named, not
 * the first alone. Leaves to others: that the days are out of sample, and counting tries. Sources: D.
 * Politis, J. Romano, JASA 89 (1994); D. Bailey, M. Lopez de Prado, "The deflated Sharpe ratio", J. Portfolio
 * Management 40 (2014). */
#ifndef VITRINE_QUANT_STATS_COURT_H
#define VITRINE_QUANT_STATS_COURT_H

#include "base/arena.h"
#include "base/err.h"

enum { COURT_DAYS_MIN = 60, COURT_TRADES_MIN = 100 };
#define COURT_PBO_MAX 0.5 /* what a choice among worthless tries comes to (pbo.h) */
#define COURT_ALPHA 0.05  /* one-sided: how often a worthless challenger may win */

/* Grounds of refusal, a set. */
enum {
    COURT_FEW_DAYS = 1 << 0,
    COURT_FEW_TRADES = 1 << 1,
    COURT_SAME = 1 << 2,     /* the series do not differ */
    COURT_INTERVAL = 1 << 3, /* the bootstrap's bounds hold 0 between them */
    COURT_WORSE = 1 << 4,    /* both bounds lie below 0 */
    COURT_DEFLATED = 1 << 5, /* deflated by the tries it may be luck */
    COURT_OVERFIT = 1 << 6,  /* the search that chose it chooses by chance, and what loses */
    COURT_GROUNDS = 7
};

typedef struct {
    const f64 *challenger, *incumbent; /* [days] daily returns on the same days */
    u32 days;
    u32 trades; /* of the challenger on these days */
    u64 trials; /* all tries on this data, this one included; >= 1 */
    u64 seed;
    f64 year;       /* sessions a year, of `sharpe` alone; >= 1 */
    bool pbo_known; /* a search of which enough is kept chose the challenger */
    f64 pbo, loss;  /* of that search (pbo.h) */
} court_case_t;

typedef struct {
    bool promoted;
    u32 grounds;   /* 0 if promoted */
    f64 mean;      /* daily difference, challenger less incumbent */
    f64 low, high; /* of the mean: the one-sided bound each way; 0 with under 2 days */
    f64 sharpe;    /* yearly, of the difference */
    f64 noise;     /* deviation of the daily difference */
    f64 dsr;       /* probability that it is above what the best of so many worthless tries shows */
} court_verdict_t;

/* Scratch: 8 bytes a day and what the bootstrap takes. ERR_ARENA_FULL. */
MUST_USE err_t court_judge(arena_t *scratch, const court_case_t *c, court_verdict_t *out);
/* One ground (a single bit) in words. */
const char *court_ground(u32 ground);

#endif
