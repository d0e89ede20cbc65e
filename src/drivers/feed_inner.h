/* What the files of the feed share with one another and with nobody else. */
#ifndef VITRINE_DRIVERS_FEED_INNER_H
#define VITRINE_DRIVERS_FEED_INNER_H

#include "drivers/feed.h"
#include "model/calendar.h"
#include "store/bars.h"

/* The chunks of one series, as a span of the sorted manifest. */
typedef struct {
    u32 first;
    u32 count;
    u64 rows;
    const char *symbol;
    date_t adjusted_to;
    bool built;
    bool wanted;
} feed_run_t;

/* One symbol being read: a packed chunk, of it one block unpacked. */
typedef struct {
    bar_t block[BARS_BLOCK];
    bars_cursor_t cursor;
    bars_buffer_t buffer;
    u32 at;
    u32 count;
    u32 chunk_next;
    u32 chunk_end;
    bool loaded;
} feed_lane_t;

struct feed {
    bars_t *own_store;
    bars_chunk_t *own_chunk;
    feed_run_t *own_run;   /* one per lane, sorted by symbol */
    u32 lanes;
    timeframe_t timeframe;
    i64 from;
    i64 to;
    feed_mutator_t mutator; /* apply NULL: none */
    feed_lane_t *own_lane;
    i64 *own_known;        /* of each lane's next row; I64_MAX: at its end */
    i64 *own_event;
    instrument_t *own_instrument;
    inst_t *own_inst;      /* of the slice */
    bar_t *own_bar;
    action_t *own_action;  /* by t_known */
    u32 actions;
    u32 action_next;
    i64 next_known;        /* key of the next slice: smallest t_known, largest t_event at it */
    i64 next_event;
    u64 ordinal;
    i64 newest;            /* start of the newest bars so far */
    session_t session;     /* of the slice before */
    session_t running;     /* of the newest bars */
    bool running_ended;    /* they were its last */
    bar_t last;            /* the first of them */
    inst_t last_inst;      /* whose it is */
    feed_info_t info;
    feed_history_t proxy;
};

/* Brings every lane to its first row in the range. */
MUST_USE err_t feed_prime(feed_t *f, diag_t *diag);

#endif
