/* What has been heard: the state that bulletins (model/bulletin.h) leave behind, and what stages see of it.
 *
 * Promises: a function of the bulletins taken, in order; what no source covers is unknown. Sentiments fade
 * with a half-life of six hours and add up to at most one (trading.md 6); the strongest of a day is kept
 * beside them (trading.md 8, mean reversion). Implied volatilities are kept session by session for a year: a
 * word about a session that has one replaces it, whenever it comes. Market-wide, the same for every user.
 * Leaves to others: who tells people (loops/intelligence), what is made of it (alpha, ai). */
#ifndef VITRINE_SCAN_HEARD_H
#define VITRINE_SCAN_HEARD_H

#include "alpha/strategies/strategy.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "model/bulletin.h"

enum { HEARD_STRONG = 6, HEARD_BUYS = 3, HEARD_DUE = 2, HEARD_VERSION = 2 };
/* An implied volatility ranks among those of a year's sessions. Of fewer than a quarter's nothing is said: in
 * each quarter there is one report before which it rises, and lowest and highest of less would be those of
 * one mood. After a week without a chain it is an old one. */
enum { HEARD_IV_SESSIONS = 252, HEARD_IV_LEAST = 60, HEARD_IV_OLD = 5, HEARD_IV_UNIT = 10000 };
#define HEARD_HALF_LIFE (6 * NS_PER_HOUR)
#define HEARD_BUYS_SPAN (30 * NS_PER_DAY)

typedef struct {
    i64 t;
    f64 size; /* of a sentiment, 0..1 */
} heard_strong_t;

/* A figure of a chain at the end of a session and of the one before that had it; day 0: none. */
typedef struct {
    f64 last, before;
    date_t day, day_before;
} heard_figure_t;

/* Where an implied volatility stands among those of up to HEARD_IV_SESSIONS. */
typedef struct {
    f64 iv;         /* of thirty days, a year */
    f64 rank;       /* 0 the lowest, 100 the highest */
    f64 percentile; /* % of the others that are lower */
    u32 sessions;   /* that are known */
} heard_iv_t;

/* Of one instrument. */
typedef struct {
    u32 covered; /* bit of each kind */
    f64 mood;    /* sum of the sentiments as of t_mood, -1..1 */
    i64 t_mood;
    u32 strong_count;
    heard_strong_t strong[HEARD_STRONG]; /* later ones are weaker: what they could hide has left */
    i64 t_report;                        /* of the last one, 0 none */
    date_t due[HEARD_DUE];               /* when the next ones are due, ascending, 0 not known */
    bool member;                         /* of the list of who may be traded, where there is one */
    i64 buys[HEARD_BUYS];                /* when insiders bought last, newest first */
    heard_figure_t gamma, flip;
    date_t iv_day;             /* of iv[0]; 0: none is known */
    u16 iv[HEARD_IV_SESSIONS]; /* session by session back from there, in HEARD_IV_UNIT; 0: not known */
} heard_name_t;

/* A number of the market's and the one before it. */
typedef struct {
    f64 last, before;
    u32 count;
} heard_number_t;

typedef struct heard {
    heard_name_t *name; /* [count] */
    u32 count;
    u32 covered; /* of every instrument */
    u64 taken;   /* bulletins ever; 0: nothing else is set */
    heard_number_t mood, yield, dollar;
    struct {
        i64 t_event;
        date_t day, from;
        i32 passed;
    } last; /* what the calendar said of the last chain: all names of a session ask the same */
} heard_t;

MUST_USE err_t heard_init(heard_t *h, arena_t *arena, u32 instruments);
/* The bulletin is sound. */
void heard_take(heard_t *h, const bulletin_t *b);
/* What the strategies see at `now`; `close` is that of the session before. */
setup_news_t heard_setup(const heard_t *h, inst_t inst, i64 now, i64 close);
/* Sentiment at `now`, faded, -1..1. False: no source covers the name. */
bool heard_mood(const heard_t *h, inst_t inst, i64 now, f64 *mood);
/* Trading days from session `day` to the next results. False: no date is known. */
bool heard_earnings(const heard_t *h, inst_t inst, date_t day, f64 *days);
/* How many of the kept purchases of insiders lie within HEARD_BUYS_SPAN before `now`. */
u32 heard_buys(const heard_t *h, inst_t inst, i64 now);

/* The rank in session `day` of the implied volatility heard last. False: no source covers the name, too few
 * sessions are known, the last is old, or all are the same. `back` sessions earlier instead: as it was then.
 */
bool heard_iv(const heard_t *h, inst_t inst, date_t day, u32 back, heard_iv_t *out);
/* BULLETIN_GAMMA or BULLETIN_FLIP at the ends of the last two sessions that had it. False: not two of them,
 * less than a week apart, or no source covers the name. */
bool heard_figure(const heard_t *h, inst_t inst, bulletin_kind_t kind, heard_figure_t *out);

/* Whether a name may be traded by the list of members, if there is one: before its first list nobody may. */
bool heard_is_member(const heard_t *h, inst_t inst);

/* A date of results among those that are known, the nearest first: within half a quarter of one it moves that
 * one; any other is of another quarter, and the nearer ones go on to count. */
void heard_due_take(date_t due[HEARD_DUE], const bulletin_t *b);
/* Bytes that any such state fits into. */
size_t heard_bytes(u32 instruments);
MUST_USE err_t heard_save(const heard_t *h, writer_t *w);
/* Into a spare one made by heard_init. ERR_VERSION, ERR_TRUNCATED, ERR_CORRUPT. */
MUST_USE err_t heard_load(reader_t *r, u32 version, heard_t *spare);
/* From one to another of the same size. */
void heard_copy(heard_t *to, const heard_t *from);

#endif
