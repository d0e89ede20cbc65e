/* A simulated stock market: seeded, endless, cheap, and without an edge unless one is named.
 *
 * Promises: a `source_t` of daily history followed by one-minute sessions on the NYSE calendar, every bar a
 * pure function of (seed, parameters): the same specification gives the same bytes on every machine. Memory
 * does not grow with the run. Every bar is sane (low <= open, close <= high, volume >= 1) and stands on whole
 * cents. Prices are martingales up to rounding: no rule of the past earns anything before costs, except what
 * `edge` plants, and what it plants can be asked for as ground truth.
 *
 * The returns have the well-known facts of real ones (R. Cont, "Empirical properties of asset returns",
 * 2001): fat tails, clustered and persistent volatility, the leverage effect, jumps, overnight gaps, a
 * U-shaped day, volume that moves with volatility, and common movement through a market and a sector factor.
 * How near they come to recorded ones stands in market_facts.h.
 * With `halts` there are trading halts as the law of the day has them (trade/risk/halts.h): pauses where a
 * price would leave its band, news halts without an announced end, and now and then a day on which the whole
 * market stops. Minutes of a halt have no bar, the first bar after it opens at an auction, and the slices
 * tell each halt: that is the ground truth. The moves behind them are as likely up as down and fair, like all
 * others.
 * With `events` companies report each quarter (the overnight surprise comes with a headline), pay dividends,
 * split their shares when the price is far out, are listed during the run, are bought for a price that then
 * pins them, or fail; a stock that ends has no bars any more and its holders are paid its last price.
 * Quotes at each minute's end are computed when asked, by draws of their own: no bar is another for them.
 * Leaves to others: trades inside the minute, the book behind the best quote. */
#ifndef VITRINE_SIM_MARKET_H
#define VITRINE_SIM_MARKET_H

#include "drivers/source.h"

/* Stored ids. */
typedef enum { SIM_EDGE_NONE = 0, SIM_EDGE_MOMENTUM = 1 } sim_market_edge_t;

enum { SIM_STOCKS_MAX = 512 };
#define SIM_EDGE_MOST 4.0 /* A */

typedef struct {
    u64 seed;
    date_t start;         /* the first minute session is the first NYSE session on or after this day */
    u32 stocks;           /* 1..SIM_STOCKS_MAX beside the proxy fund */
    u32 history_sessions; /* daily slices before the first minute session, 0..2000 */
    u32 warmup_sessions;  /* minute sessions before trading is meant to begin */
    u32 sessions;         /* minute sessions after them */
    sim_market_edge_t edge;
    f64 edge_strength;   /* planted drift in A (see planted_t), 0..4 */
    f64 halts;           /* how often trading stops: 0 never, 1 on one stock-day of seventy, at most 100 */
    f64 events;          /* pace at which companies report, pay, split, are listed, bought and wound up:
                            0 never, 1 as in life, at most 20 */
    bool tells;          /* with `events`: slices bring what is heard of companies as bulletins, and what
                            option chains said at each close of a year before trading and later */
    bool plain_gaussian; /* tests only: independent normal returns, flat volume */
} sim_market_spec_t;

/* One planted move, momentum: within one minute the stock moves by one and a half A, on so much volume that
 * at the end of SIM_LEAD_MIN minutes three and a half times as much as usual has been traded in the session.
 * That is the sign: what the strategy of that name asks for, once three five-minute bars stand beyond the
 * three before. Then it drifts `drift_a` times A in the same direction over SIM_FOLLOW_MIN minutes, which is
 * twelve five-minute bars. The sign itself is fair, for the minute that moves comes without a warning: the
 * drift alone pays. A is the day profile's unit, about 0.22 of the stock's long-run daily standard deviation.
 * */
typedef struct {
    inst_t inst;
    date_t session;
    i64 t_lead;   /* start of the sign */
    i64 t_follow; /* end of the sign, start of the drift */
    i64 t_end;
    i32 direction; /* +1 or -1 */
    f64 a;         /* A as a fraction of the price */
    f64 drift_a;   /* the whole drift after t_follow, in A */
} planted_t;

enum { SIM_LEAD_MIN = 20, SIM_LEAD_MOVE = 4, SIM_FOLLOW_MIN = 60 }; /* SIM_LEAD_MOVE: the minute that moves */

/* What was heard before the open of a session, and the overnight move that goes with it. */
typedef enum {
    SIM_NEWS_REPORT = 1,   /* quarterly figures; size: the surprise as a logarithm */
    SIM_NEWS_TAKEOVER = 2, /* a price is agreed; size: the premium */
    SIM_NEWS_FAILURE = 3,  /* size: the fall, negative */
    SIM_NEWS_SPLIT = 4,    /* size: new shares for one old */
    SIM_NEWS_LISTED = 5,
    SIM_NEWS_GONE = 6 /* its holders are paid out */
} sim_news_kind_t;

typedef struct {
    i64 t_known;
    f64 size;
    sim_news_kind_t kind;
    inst_t inst;
} sim_news_t;

enum { SIM_NEWS_BEFORE_MIN = 90 }; /* of the open */

typedef struct sim_market sim_market_t;

/* 50 stocks, 300 daily sessions, 25 minute sessions of warm-up and 5 of trading from 2 January 2025, no edge.
 * */
sim_market_spec_t sim_market_spec_default(u64 seed);
/* "none", "momentum". ERR_UNKNOWN_KEY. */
/* "momentum", or "momentum:1.5" with its strength; without one *strength stays. ERR_UNKNOWN_KEY,
 * ERR_PARAM_RANGE: of a strength from above 0 to SIM_EDGE_MOST. */
MUST_USE err_t sim_market_edge_parse(str_t text, sim_market_edge_t *out, f64 *strength);
const char *sim_market_edge_name(sim_market_edge_t edge);

/* 2 January 1998 to 1 January 2100. */
bool sim_market_may_start(date_t start);
/* Builds a market at the beginning of its history. ERR_PARAM_RANGE (with the field in diag), ERR_NO_MEMORY.
 * */
MUST_USE err_t sim_market_open(const sim_market_spec_t *spec, diag_t *diag, sim_market_t **out);
void sim_market_close(sim_market_t *m);
/* The source of slices over this market; it borrows the market, which keeps the one place of reading.
 * Slices: history as TF_1D (known at the session's close), then TF_1M. ERR_EMPTY after the last minute. */
source_t sim_market_source(sim_market_t *m);
/* Goes back to the first slice; what follows is the same as before. */
void sim_market_rewind(sim_market_t *m);
/* The session in which trading is meant to begin: the first one after the warm-up. */
date_t sim_market_trading_from(const sim_market_t *m);
/* The news of the present session, in order of instrument: the ground truth of its events. None without
 * `events`. Returns how many; *out is good until the next session. */
u32 sim_market_news(const sim_market_t *m, const sim_news_t **out);
/* The same in words, cut to `size`; returns the length as snprintf does. */
i32 sim_market_headline(const sim_market_t *m, const sim_news_t *n, char *out, size_t size);
/* The ground truth of one minute session, in order of instrument: a pure function of the specification and
 * the day, so it may be asked at any time and in any order. Returns how many there are and writes at most
 * `capacity`. */
u32 sim_market_planted(const sim_market_t *m, date_t session, planted_t *out, u32 capacity);

/* The best quote of one instrument at the end of a minute. A side of price 0 is absent. */
typedef struct {
    price_t bid, ask;
    i64 bid_size, ask_size; /* shares */
} sim_quote_t;

enum { SIM_QUOTE_LOT = 100 };

/* Quotes at the end of the minute of the last slice, one a row (out holds all instruments); both sides are 0
 * for what is not listed or halted, one side for what ends the minute in the limit state. bid <= last price
 * <= ask. Returns the rows, 0 if the last slice was none of a minute. A pure function of the specification
 * and the minute.
 */
u32 sim_market_quotes(const sim_market_t *m, sim_quote_t *out);
/* The spread that price and dollars of a day say, in bps, and the size in lots; each name, day and minute
 * differs. */
f64 sim_quote_law_bps(f64 price, f64 dollars);
f64 sim_quote_law_lots(f64 price, f64 dollars);

/* ---- variance and what options cost ---- */

enum { SIM_VIX_SESSIONS = 21 }; /* of the volatility index: 30 days */

/* The variance of an instrument's return that the model itself expects, as a sum over `sessions`: those that
 * come, or within one what is left of it, whole ones, and of the last as much as has passed of this one (so
 * that it looks as far ahead at noon as at night). The ground truth: nobody sees it. 0 for what is not
 * listed. */
f64 sim_market_variance(const sim_market_t *m, inst_t inst, u32 sessions);
/* The same as options are priced from it: the part that comes from the market costs more than it is worth, by
 * a premium of 1.3 that grows with the falls of the last sessions. */
f64 sim_market_priced_variance(const sim_market_t *m, inst_t inst, u32 sessions);
/* The volatility index: 100 times the root of the index fund's priced variance over SIM_VIX_SESSIONS, a year
 * being 252 sessions. It is what the strip of its options gives (sim/chain.h). */
f64 sim_market_vix(const sim_market_t *m);

enum { SIM_VIX_LATE_MIN = 15 }; /* a day's bar is known so long after the close: options trade until then */

/* The index of every session of a market as daily bars, of its minutes where there are some; *own is the
 * caller's to free. Takes as long as the market itself. ERR_PARAM_RANGE as sim_market_open, ERR_NO_MEMORY. */
MUST_USE err_t sim_market_vix_bars(const sim_market_spec_t *spec, diag_t *diag, bar_t **own, u32 *count);

#endif
