/* The merge of all lanes into slices (see feed.h). */
#include <string.h>

#include "base/assert.h"
#include "drivers/feed_inner.h"

/* The block is used up: unpacks the next one, of the next chunk if need be. */
static err_t lane_refill(feed_t *f, feed_lane_t *lane, diag_t *diag)
{
    for (;;) {
        if (lane->loaded) {
            err_t err = bars_cursor_next(&lane->cursor, lane->block, &lane->count);
            if (err == ERR_OK) {
                lane->at = 0;
                return ERR_OK;
            }
            if (err != ERR_EMPTY) {
                return diag_fail(diag, err, "bars of %s: damaged chunk of period %d; import the data again",
                                 lane->cursor.head.symbol, lane->cursor.head.period);
            }
            lane->loaded = false;
        }
        if (lane->chunk_next == lane->chunk_end) {
            lane->count = 0;
            lane->at = 0;
            return ERR_OK;
        }
        TRY(bars_load(f->own_store, &f->own_chunk[lane->chunk_next], &lane->buffer, diag, &lane->cursor));
        lane->chunk_next++;
        lane->loaded = true;
    }
}

static void key_set(feed_t *f, u32 i)
{
    const feed_lane_t *lane = &f->own_lane[i];
    bool there = lane->at < lane->count && lane->block[lane->at].t_known < f->to;
    f->own_known[i] = there ? lane->block[lane->at].t_known : I64_MAX;
    f->own_event[i] = there ? lane->block[lane->at].t_event : I64_MIN;
}

/* Smallest t_known first; at one moment the newest bar first, so that corrections of older ones come after
 * it. */
static void key_lower(feed_t *f, u32 i)
{
    if (f->own_known[i] < f->next_known) {
        f->next_known = f->own_known[i];
        f->next_event = f->own_event[i];
    } else if (f->own_known[i] == f->next_known) {
        f->next_event = MAX_OF(f->next_event, f->own_event[i]);
    }
}

err_t feed_prime(feed_t *f, diag_t *diag)
{
    ASSERT(f != NULL);
    ASSERT(f->own_lane != NULL);
    f->next_known = I64_MAX;
    f->next_event = I64_MIN;
    for (u32 i = 0; i < f->lanes; i++) {
        feed_lane_t *lane = &f->own_lane[i];
        do {
            TRY(lane_refill(f, lane, diag));
            while (lane->at < lane->count && lane->block[lane->at].t_known < f->from) {
                lane->at++;
            }
        } while (lane->count > 0 && lane->at == lane->count);
        key_set(f, i);
        key_lower(f, i);
    }
    return ERR_OK;
}

static err_t slice_gather(feed_t *f, slice_t *s, diag_t *diag)
{
    i64 known = f->next_known;
    i64 event = f->next_event;
    u32 n = 0;
    f->next_known = I64_MAX;
    f->next_event = I64_MIN;
    for (u32 i = 0; i < f->lanes; i++) {
        if (f->own_known[i] == known && f->own_event[i] == event) {
            feed_lane_t *lane = &f->own_lane[i];
            f->own_bar[n] = lane->block[lane->at++];
            f->own_inst[n++] = (inst_t)i;
            if (lane->at == lane->count) {
                TRY(lane_refill(f, lane, diag));
            }
            key_set(f, i);
        }
        key_lower(f, i);
    }
    ASSERT(n > 0);
    ASSERT(f->next_known >= known);
    *s = (slice_t){.t_known = known,
                   .t_open = event,
                   .timeframe = f->timeframe,
                   .ordinal = f->ordinal++,
                   .count = n,
                   .inst = f->own_inst,
                   .bar = f->own_bar};
    return ERR_OK;
}

/* What lies behind a newer bar is late as a whole, first told or not: the run has passed that moment. Of new
 * bars those that correct one of the same moment are left out. */
static void slice_lateness(feed_t *f, slice_t *s)
{
    bool behind = s->t_open < f->newest;
    u32 n = 0;
    for (u32 i = 0; i < s->count; i++) {
        if (behind) {
            f->own_bar[i].flags |= BAR_LATE;
        } else if ((f->own_bar[i].flags & BAR_LATE) == 0) {
            f->own_bar[n] = f->own_bar[i];
            f->own_inst[n++] = f->own_inst[i];
        }
    }
    s->count = n > 0 ? n : s->count;
    f->newest = MAX_OF(f->newest, s->t_open);
}

static void slice_session(feed_t *f, slice_t *s)
{
    session_t *x = &f->session;
    if (s->t_open < x->open || s->t_open >= x->close) {
        calendar_id_t cal = f->own_instrument[0].calendar;
        date_t day = calendar_date_at(cal, s->t_open);
        if (!calendar_session(cal, day, I64_MAX, x)) {
            *x = (session_t){.date = day, .open = s->t_open, .close = s->t_open + 1};
        }
    }
    s->session = x->date;
    s->session_last = f->timeframe == TF_1D || s->t_open + timeframe_ns(f->timeframe) >= x->close;
}

/* Whether bars follow at all: those behind the range count. */
static bool goes_on(const feed_t *f)
{
    bool more = f->next_known != I64_MAX;
    for (u32 i = 0; i < f->lanes && !more; i++) {
        more = f->own_lane[i].at < f->own_lane[i].count;
    }
    return more;
}

/* A day of coins ends at midnight though nothing traded in its last minutes, or its figures, its orders and
 * what must be sold by then would wait for the next day. An empty bar says so, known when that could be
 * known: behind its end, as late as the bars before it, and before whatever comes next. */
static bool day_end_missed(const feed_t *f, i64 *known)
{
    if (f->timeframe == TF_1D || f->running.close == 0 || f->running_ended ||
        f->own_instrument[0].calendar != CAL_CRYPTO || !goes_on(f) ||
        (f->next_known != I64_MAX && f->next_event < f->running.close)) {
        return false;
    }
    i64 late = f->last.t_known - f->last.t_event - timeframe_ns(f->timeframe);
    *known = MIN_OF(f->running.close + MAX_OF(late, 0), f->next_known - 1);
    return *known >= f->last.t_known && *known < f->to;
}

static void day_end(feed_t *f, i64 known, slice_t *s)
{
    price_t close = f->last.close;
    f->own_bar[0] = (bar_t){.t_event = f->running.close - timeframe_ns(f->timeframe),
                            .t_known = known,
                            .open = close,
                            .high = close,
                            .low = close,
                            .close = close};
    f->own_inst[0] = f->last_inst;
    *s = (slice_t){.t_known = known,
                   .t_open = f->own_bar[0].t_event,
                   .timeframe = f->timeframe,
                   .ordinal = f->ordinal++,
                   .count = 1,
                   .inst = f->own_inst,
                   .bar = f->own_bar};
}

err_t feed_next(feed_t *f, slice_t *out, diag_t *diag)
{
    i64 known = 0;
    ASSERT(f != NULL);
    ASSERT(out != NULL);
    slice_t s;
    if (day_end_missed(f, &known)) {
        day_end(f, known, &s);
    } else if (f->next_known == I64_MAX) {
        return ERR_EMPTY;
    } else {
        TRY(slice_gather(f, &s, diag));
    }
    slice_lateness(f, &s);
    slice_session(f, &s);
    s.action = f->own_action == NULL ? NULL : f->own_action + f->action_next;
    bool late = s.count > 0 &&
                (s.bar[0].flags & BAR_LATE) != 0; /* actions wait for new bars: corrections may be left out */
    while (!late && f->action_next < f->actions && f->own_action[f->action_next].t_known <= s.t_known) {
        f->action_next++;
        s.action_count++;
    }
    if (!late) {
        f->running = f->session;
        f->running_ended = s.session_last;
        f->last = s.bar[0];
        f->last_inst = s.inst[0];
    }
    if (f->mutator.apply != NULL) {
        f->mutator.apply(f->mutator.ctx, &s, f->own_bar);
        for (u32 i = 0; i < s.count; i++) {
            ASSERT(f->own_bar[i].t_known == s.t_known && f->own_bar[i].t_event == s.t_open);
        }
    }
    *out = s;
    return ERR_OK;
}
