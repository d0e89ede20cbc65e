/* The state of the simulated market, shared by its files and by nobody else.
 *
 * Rows are the instruments in order of symbol; a factor is the market or a sector. All per-row numbers stand
 * in arrays of their own, so that the minute's arithmetic is plain loops over rows. */
#ifndef VITRINE_SIM_MARKET_INTERNAL_H
#define VITRINE_SIM_MARKET_INTERNAL_H

#include "base/rng.h"
#include "model/calendar.h"
#include "quant/options/chain_digest.h"
#include "sim/market.h"
#include "trade/risk/halts.h"

enum {
    SIM_ROWS_MAX = SIM_STOCKS_MAX + 1,
    SIM_SECTORS = 11,
    SIM_FACTORS = 1 + SIM_SECTORS, /* 0 is the market, then the sectors by number */
    SIM_MINUTES_MAX = 400,
    SIM_HISTORY_MAX = 2000,
    SIM_SESSIONS_MAX = 100000,
    SIM_ENTITY_FACTOR = 1 << 16 /* entities of factors stand above every row */
};

/* Which draw of a (purpose, entity, session) key is what. Minutes take n = 0..SIM_MINUTES_MAX - 1. */
enum {
    DRAW_GAP = 1000,
    DRAW_SLOW,
    DRAW_ACTIVITY,
    DRAW_DAY,
    DRAW_DAY_RANGE,
    DRAW_EVENT,
    DRAW_REGIME,
    DRAW_JUMP = 2000, /* + minute */
    DRAW_PLANT = 3000,
    DRAW_PLANT_TIME,
    DRAW_PLANT_SIDE,
    DRAW_HALT = 4000, /* and a few behind it */
    DRAW_COMPANY = 5000
};

/* A shock that may stop trading: a sudden move, news that is waited for, or the whole market's. */
typedef struct {
    i32 minute; /* -1: none today */
    i32 length; /* news: minutes of halt */
    f64 up;     /* the move as a fraction of the price, signed */
} sim_shock_t;

/* One row's halts. */
typedef struct {
    u8 kind; /* halt_kind_t that stands */
    i8 side; /* of the band that was met */
    u32 extensions;
    i32 until;        /* minute of the session at which it may trade again */
    luld_band_t band; /* that was met */
    luld_reference_t reference;
    price_t close_previous;
    sim_shock_t jump, news;
    bool first; /* its next bar is the first of the session or after a halt */
} sim_halt_t;

/* What is fixed of a company, in days from the first of the market. */
typedef struct {
    i32 first_day;               /* -1: there from the beginning */
    i32 deal_day;                /* its end is announced */
    i32 last_day;                /* last one with bars */
    i32 report_phase, pay_phase; /* day of the quarter */
    f64 yield;                   /* dividends of a year against the price, 0: none */
    bool takeover;               /* that end; else it fails */
} sim_company_t;

/* One state of the market's regime: what it multiplies volatility by, and its chances to go down or up by
 * one. */
typedef struct {
    f64 volatility;
    f64 down;
    f64 up;
} sim_regime_t;
enum { SIM_REGIMES = 3 };
extern const sim_regime_t sim_market_regimes[SIM_REGIMES];

/* The logarithm of a day's volatility: what it keeps of the day before, what chance and what the last return
 * add, and what is taken off so that the mean variance stays about that of the long run. */
#define SIM_SLOW_KEEP 0.94
#define SIM_SLOW_NOISE 0.10
#define SIM_SLOW_LEVER 0.06
#define SIM_SLOW_MEAN 0.12
/* The standard deviations of the overnight gap and of the trading hours, of a whole day's. */
#define SIM_GAP_SHARE 0.5
#define SIM_HOURS_SHARE 0.866025 /* sqrt(1 - 0.25) */
/* One surprise a quarter, where none has a day of its own. */
#define SIM_SURPRISE_CHANCE (1.0 / 63.0)

/* What options cost beyond the variance that the model expects follows this. */
typedef struct {
    f64 fear;   /* the falls of the market in its daily deviations, the recent ones most */
    f64 belief; /* logarithm of the index fund's variance over 21 sessions, learnt bit by bit */
} sim_mood_t;

/* A report moves by this many daily standard deviations of the stock's own part. */
#define SIM_REPORT_SIZE 2.5

/* One source of returns, a factor or a row's own part: slow volatility by the day, fast by the minute. */
typedef struct {
    f64 slow;  /* logarithm of the day's volatility multiplier, mean-reverting */
    f64 fast;  /* variance multiplier of the next minute, about 1 */
    f64 sigma; /* standard deviation of today's trading hours */
    f64 last;  /* last session's standardised return, for the leverage effect */
    f64 sum;   /* return of the session so far */
} vol_t;

struct sim_market {
    sim_market_spec_t spec;
    session_t first_history;
    session_t first_minute;
    date_t trading_from;
    u32 rows;
    inst_t proxy;

    /* What a row is. */
    instrument_t instruments[SIM_ROWS_MAX];
    inst_t ids[SIM_ROWS_MAX];
    f64 beta[SIM_ROWS_MAX];        /* load on the market */
    f64 sector_load[SIM_ROWS_MAX]; /* load on its sector, 0 for the proxy */
    f64 sigma_own[SIM_ROWS_MAX];   /* daily, long-run, own part */
    f64 sigma_all[SIM_ROWS_MAX];   /* daily, long-run, all parts */
    f64 sigma_factor[SIM_FACTORS]; /* daily, long-run */
    f64 price_start[SIM_ROWS_MAX];
    f64 dollars[SIM_ROWS_MAX]; /* of a median day */

    /* Where it stands. */
    u32 history_done;
    u32 sessions_done;
    u64 ordinal;
    session_t session;
    i32 minute;  /* next minute of the session */
    i32 minutes; /* of the session; 0 before the first */
    u32 regime;
    sim_mood_t mood; /* as the session before left it */
    f64 market_gap;  /* of the market's factor before this session */
    vol_t factor[SIM_FACTORS];
    vol_t own[SIM_ROWS_MAX];
    f64 price[SIM_ROWS_MAX];           /* unrounded */
    i64 cents[SIM_ROWS_MAX];           /* last close as printed */
    f64 activity[SIM_ROWS_MAX];        /* logarithm of the day's volume multiplier */
    f64 flow[SIM_ROWS_MAX];            /* the same by the minute, persistent */
    f64 shares[SIM_ROWS_MAX];          /* of a median day at today's opening price */
    f64 shape_vol[SIM_MINUTES_MAX];    /* squares sum to 1 */
    f64 shape_volume[SIM_MINUTES_MAX]; /* sums to 1 */
    i32 plant_minute[SIM_ROWS_MAX];    /* of t_lead, -1 if none today */
    f64 plant_move[SIM_ROWS_MAX];      /* log return of one minute of the sign, signed */
    f64 plant_volume[SIM_ROWS_MAX];    /* added to the logarithm of a minute of the sign */
    f64 plant_follow[SIM_ROWS_MAX];

    /* Companies, if they do anything. */
    sim_company_t company[SIM_ROWS_MAX];
    action_t actions[3 * SIM_ROWS_MAX]; /* of the session; handed out with its first slice */
    u32 action_count;
    sim_news_t news[4 * SIM_ROWS_MAX];
    u32 news_count;
    bulletin_t bulletins[10 * SIM_ROWS_MAX + 16]; /* with the first slice of the session */
    u32 bulletin_count;
    chain_digest_t digests[SIM_ROWS_MAX]; /* of the session that has ended */
    f64 jump[SIM_ROWS_MAX]; /* overnight, as a logarithm */
    bool absent[SIM_ROWS_MAX];
    u32 absent_count;

    /* Halts, if there are any. */
    sim_halt_t halt[SIM_ROWS_MAX];
    sim_shock_t crash; /* of the whole market */
    u8 market_kind;    /* market-wide halt that stands, 0 none */
    u32 market_level;  /* highest level that has stopped today */
    i32 market_until;
    price_t index_close; /* of the session before */
    halt_t told[2 * SIM_ROWS_MAX + 4];
    u32 told_count;
    bool dark[SIM_ROWS_MAX]; /* no bar this minute */
    u32 dark_count;
    inst_t lit_ids[SIM_ROWS_MAX];
    bar_t lit_bars[SIM_ROWS_MAX];

    /* The slice being handed out, and scratch of one minute. */
    bar_t bars[SIM_ROWS_MAX];
    f64 factor_return[SIM_FACTORS];
    f64 ret[SIM_ROWS_MAX];
    f64 spread[SIM_ROWS_MAX]; /* standard deviation of the bar, for its range */
    f64 growth[SIM_ROWS_MAX];
    f64 range_hi[SIM_ROWS_MAX];
    f64 range_lo[SIM_ROWS_MAX];
    f64 volume[SIM_ROWS_MAX];
    i32 bounce[SIM_ROWS_MAX]; /* -1, 0, +1 cents of the open against the last close */
};

/* market_setup.c: everything that is fixed by the specification alone. */
void sim_market_setup_rows(sim_market_t *m);

/* market_day.c: the beginning of a session (regime, volatility, gap), and a whole session as one bar a row.
 * */
void sim_market_day_begin(sim_market_t *m, const session_t *session);
void sim_market_day_bars(sim_market_t *m);
/* A source's return of the session in (about) its own deviations: what moves the volatility of the next. */
f64 sim_market_standard(const vol_t *v);
/* The planted move of one row in one session; false if there is none. */
bool sim_market_day_plant(const sim_market_t *m, inst_t row, const session_t *session, planted_t *out);

/* market_minute.c: the next minute of the session into m->bars. */
void sim_market_minute_bars(sim_market_t *m);
static inline i64 sim_market_cents(f64 price)
{
    return MAX_OF((i64)(price * 100.0 + 0.5), 1);
}

/* market_events.c: what is fixed at the beginning, and what happens before the open of a session; the latter
 * is not called in a market without events. */
void sim_market_events_setup(sim_market_t *m);
void sim_market_events_begin(sim_market_t *m, const session_t *session);

/* Whether row i reports in the session `day` of the market, by what is known in the session `known`. */
bool sim_market_reports(const sim_market_t *m, u32 i, i32 day, i32 known);

/* The price of row i behind the dividends of the next sessions, over the present one: nothing else moves it
 * in the mean, and money earns nothing in this market. */
f64 sim_market_forward(const sim_market_t *m, u32 i, u32 sessions);

/* market_variance.c: the mood as of now, with the session so far. */
sim_mood_t sim_market_mood(const sim_market_t *m);

/* What the market's part of variance costs over what it is worth, and how many of its days each factor's
 * variance over `sessions` comes to: the same for all rows. sim_market_priced_variance by them, to the bit;
 * `shared` may be NULL. */
f64 sim_market_premium(const sim_market_t *m);
void sim_market_factor_days(const sim_market_t *m, u32 sessions, f64 out[SIM_FACTORS]);
f64 sim_market_priced(const sim_market_t *m, u32 i, u32 sessions, f64 premium, const f64 *shared);

/* Sessions of a quarter in this market. */
i32 sim_market_quarter(const sim_market_t *m);
/* market_bulletins.c: what a session's chains say at its end; what is heard of companies before a minute
 * session, after its events. */
void sim_market_bulletins_end(sim_market_t *m);
void sim_market_bulletins_begin(sim_market_t *m);
/* market_halts.c: what the shocks behind halts add to the variance of a minute session of row i. */
f64 sim_market_halts_variance(const sim_market_t *m, u32 i);
/* Nothing of the rest is called in a market without halts. The session begins, before its gaps;
 * what trades again at the minute's begin; the shocks of the minute, before its bars are printed; what stops
 * at its end. */
void sim_market_halts_begin(sim_market_t *m);
void sim_market_halts_open(sim_market_t *m);
void sim_market_halts_move(sim_market_t *m);
void sim_market_halts_close(sim_market_t *m);
/* What has been told of halts since the slice before. */
void sim_market_halts_slice(sim_market_t *m, slice_t *out);

/* Turns m->ret, spread, range_*, volume and bounce into bars over [t_open, t_close). Shared with the daily
 * bars. */
void sim_market_print_bars(sim_market_t *m, i64 t_open, i64 t_close);

/* A unit-variance draw with kurtosis 4.5: a normal one bent by a cubic (after E. Cornish and R. Fisher,
 * 1937). */
static inline f64 sim_market_fat(f64 normal)
{
    /* The variance of z + k z^3 is 1 + 6k + 15k^2; k = 0.05 gives kurtosis 4.53. */
    return normal * (1.0 + 0.05 * (normal * normal)) * 0.86469;
}

f64 sim_market_normal(const sim_market_t *m, u32 purpose, u32 entity, u64 n);
f64 sim_market_unit(const sim_market_t *m, u32 purpose, u32 entity, u64 n);

#endif
