/* Daily bars out of intraday ones, where there are no others.
 *
 * Bars of regular hours, in time order, late ones left out. The daily bar starts at the session's open and
 * is known when the caller says so (the session's close and the feed's delay). Flags of its bars are
 * carried over. Pure. */
#ifndef VITRINE_MARKET_DAILY_BUILD_H
#define VITRINE_MARKET_DAILY_BUILD_H

#include "model/bar.h"

typedef struct {
    bar_t bar;  /* the day so far; t_event = session open */
    bool open;  /* holds a day */
} daily_build_t;

/* Adds an intraday bar of the session that opens at `session_open`. True if that ended the day before,
 * which is then written to *out. Volume saturates instead of overflowing. */
bool daily_build_add(daily_build_t *d, const bar_t *b, i64 session_open, i64 known, bar_t *out);
/* Ends the last day. False if there is none. */
bool daily_build_end(daily_build_t *d, bar_t *out);

#endif
