/* Rules that find faults in market data, and what each fault means for the rows (the verdict).
 *
 * Rules know no names and no dates: only bars, actions and the calendar. A row rule judges one bar at
 * import; a series rule judges bars against their neighbours and is run by `data check` and after import.
 * Verdicts: reject the row; blank a column (the row stays, the column counts as unknown); mark a segment
 * (indicators restart, no entries near it); revision (a later row corrects an earlier one); note (counted,
 * nothing follows). Pure: no store, no clock, no allocation. */
#ifndef VITRINE_MARKET_QUALITY_H
#define VITRINE_MARKET_QUALITY_H

#include "model/bar.h"

/* Stored ids, X(id, NAME, "text", verdict). */
#define QUALITY_RULE_LIST(X) \
    X(0, SOUND, "none", NOTE) \
    X(1, BAD_SHAPE, "bad_shape", REJECT) \
    X(2, BAD_NUMBER, "bad_number", REJECT) \
    X(3, NON_POSITIVE, "non_positive", REJECT) \
    X(4, OHLC_ORDER, "ohlc_order", REJECT) \
    X(5, OUTSIDE_SESSION, "outside_session", REJECT) \
    X(6, HOLIDAY_DATE, "holiday_date", REJECT) \
    X(7, DUPLICATE, "duplicate", REJECT) \
    X(8, OUT_OF_ORDER, "out_of_order", NOTE) \
    X(9, ZERO_VOLUME, "zero_volume", BLANK) \
    X(10, MISSING_SESSION, "missing_session", MARK) \
    X(11, MISSING_BARS, "missing_bars", NOTE) \
    X(12, SPIKE, "spike", MARK) \
    X(13, STALE_REPEAT, "stale_repeat", BLANK) \
    X(14, UNBOOKED_ACTION, "unbooked_action", MARK) \
    X(15, SPLIT_MISMATCH, "split_mismatch", MARK) \
    X(16, DIVIDEND_LARGE, "dividend_large", MARK) \
    X(17, VOLUME_REGIME, "volume_regime", BLANK) \
    X(18, ADJUSTED_COLUMN, "adjusted_column", BLANK) \
    X(19, REVISION, "revision", REVISION) \
    X(20, BIG_MOVE, "big_move", NOTE) \
    X(21, FLAT_BAR, "flat_bar", NOTE) \
    X(22, DIVIDEND_MISMATCH, "dividend_mismatch", MARK) \
    X(23, CROSSED_QUOTE, "crossed_quote", MARK) \
    X(24, SUSPICIOUS, "suspicious", MARK) \
    X(25, LATEST_REVISION, "latest_revision", NOTE) \
    X(26, NO_DATE, "no_date", NOTE) \
    X(27, GREEKS_WRONG, "greeks_wrong", BLANK) \
    X(28, STALE_CHAIN, "stale_chain", MARK) \
    X(29, ONE_SIDED, "one_sided", NOTE) \
    X(30, OUT_OF_RANGE, "out_of_range", MARK) \
    X(31, EMPTY_ROW, "empty_row", REJECT) \
    X(32, SOURCES_DIFFER, "sources_differ", NOTE) \
    X(33, LOCKED_QUOTE, "locked_quote", NOTE) \
    X(34, FROZEN_QUOTE, "frozen_quote", NOTE) \
    X(35, STALE_QUOTE, "stale_quote", NOTE)

typedef enum {
    VERDICT_NOTE, VERDICT_REJECT, VERDICT_BLANK, VERDICT_MARK, VERDICT_REVISION
} verdict_t;

typedef enum {
#define X(id, name, text, verdict) RULE_##name = id,
    QUALITY_RULE_LIST(X)
#undef X
    QUALITY_RULES
} quality_rule_t;

const char *quality_rule_name(quality_rule_t r);
verdict_t quality_rule_verdict(quality_rule_t r);
const char *verdict_name(verdict_t v);

/* One bar by itself: RULE_SOUND, NON_POSITIVE or OHLC_ORDER. */
quality_rule_t quality_row(const bar_t *b);

/* A fault found in a series. `a` and `b` are the two numbers the rule compared, in the unit its text
 * names. */
typedef struct {
    quality_rule_t rule;
    date_t date;
    u32 bar; /* index of the first bar at which the fault could be known: marks go there, never earlier */
    f64 a;
    f64 b;
} quality_fault_t;

typedef struct {
    void (*fault)(void *ctx, const quality_fault_t *f);
    void *ctx;
} quality_sink_t;

/* Does a vendor's adjusted close agree with raw closes and actions? `ratio` is adjusted now / adjusted
 * before; split and dividend (per new share) are those of the day. Both customs are accepted: (C x S + D x
 * S) / P and C / (P / S - D). True if neither is within 3 %. */
typedef struct { f64 ratio; f64 close_before; f64 close; f64 split; f64 dividend; } quality_adjusted_t;
bool quality_adjusted_wrong(const quality_adjusted_t *q);

/* A whole series: rows by t_event, no late rows; actions by ex-date. adjusted: known adjusted, no actions. */
typedef struct {
    const bar_t *bar;
    u32 count;
    const action_t *action;
    u32 action_count;
    calendar_id_t calendar;
    timeframe_t timeframe;
    bool adjusted;
    bool index; /* no volume by nature */
} quality_series_t;
/* Faults of a daily series; also of an adjusted one, where a jump is a forgotten or doubled adjustment. */
void quality_daily(const quality_series_t *s, const quality_sink_t *sink);
/* Missing bars per session (a: expected, b: there), missing sessions, change of venue (flags set at
 * import). */
void quality_intraday(const quality_series_t *s, const quality_sink_t *sink);

/* Change of venue: `volume` is session-major, symbols wide, 0 = no data, sessions sorted. Finds the first
 * session from which the volume of at least four fifths of the symbols is on another level (median of the
 * five sessions after over the five before, by a factor of 8 or more). False if there is none. */
bool quality_venue_change(const f64 *volume, u32 sessions, u32 symbols, u32 *session);

#endif
