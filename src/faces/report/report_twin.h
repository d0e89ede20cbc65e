/* The random twin of a run: the same names on the same days, the same mix of sides, stops, targets, holding
 * times and costs, but entered at a moment drawn by lot, on a side drawn by lot. What the run earned beyond
 * its twins, its moments and its exits earned.
 *
 * Sides are drawn since a signal looks at what was before it: a twin that entered earlier on the signal's
 * side would be paid for what made the signal. For the same reason a twin of a swing trade begins on one of
 * the 21 sessions from the entry on; one of a day trade begins with any bar of the trade's session and ends
 * with it at the latest. It enters at a bar's open, leaves at its first stop before its target, a gap past
 * either at the open, and after the holding time at the close, or at the open behind it where a swing trade
 * left at one. It pays what the trade paid.
 *
 * Ratchets and flips have no twin. So it is told too what the run's own entries would have brought had they
 * been left as twins leave: from there to the twins is the moment of entry, from there to the run its exits.
 * Prices count with dividends and splits. Trades without a stop have no twins.
 * Promises: a function of the run and its bars. Leaves to others: words. */
#ifndef VITRINE_FACES_REPORT_REPORT_TWIN_H
#define VITRINE_FACES_REPORT_REPORT_TWIN_H

#include "faces/report/report_shelf.h"

enum { TWINS = 1000, TWIN_SWING_BEHIND = 20 };

typedef struct {
    bool known;
    bool by_session;       /* a session is drawn, else a bar of the trade's own */
    u32 trades;            /* that have twins */
    f64 own;               /* mean net R of these trades */
    f64 held;              /* of the same entries on the same sides, left as twins leave */
    f64 mean, low, high;   /* of the twins' means; low and high hold the middle nine tenths */
    f64 beaten;            /* part of the twins whose mean is below */
    char why[REPORT_TEXT]; /* when unknown */
} report_twin_t;

typedef struct {
    i32 direction; /* +1, -1 */
    f64 stop;      /* fraction of the entry, > 0: one R */
    f64 target;    /* fraction of the entry, 0: none */
    u32 hold;      /* bars, at least 1 */
    bool to_open;  /* and then to the next bar's open; without one to the close */
    f64 cost_r;
} twin_trade_t;

/* Net R of that trade entered at the open of bar `at`, before bar `end`. at < end. */
f64 report_twin_result(const twin_bars_t *b, u32 at, u32 end, const twin_trade_t *t);
typedef struct twins twins_t;
/* Twins of the trades of `f`, which must live as long; twins_trade for each that has bars; twins_close frees
 * and tells. ERR_NO_MEMORY only; what is missing is said in `why`. */
MUST_USE err_t twins_open(const report_facts_t *f, twins_t **out);
MUST_USE err_t twins_trade(twins_t *w, const shelf_t *s, u32 trade);
void twins_close(twins_t *w, report_twin_t *out);

#endif
