/* See report_shelf.h. */
#include "faces/report/report_shelf.h"

#include <stdlib.h>

#include "base/assert.h"
#include "drivers/feed.h"
#include "faces/report/report_parts.h"

enum { NO_VOLUME = BAR_VOLUME_UNKNOWN | BAR_PARTIAL_VENUE };

void shelf_free(shelf_t *s)
{
    ASSERT(s != NULL);
    free(s->own);
    free(s->own_session);
    free(s->own_opens);
    free(s->own_volume);
    *s = (shelf_t){0};
}

err_t shelf_room(shelf_t *s, u32 n)
{
    ASSERT(s != NULL);
    s->count = 0;
    if (n <= s->room && s->own != NULL) {
        return ERR_OK;
    }
    shelf_free(s);
    s->own = calloc((size_t)n * 4 + 1, sizeof *s->own);
    s->own_session = calloc((size_t)n + 1, sizeof *s->own_session);
    s->own_opens = calloc((size_t)n + 1, sizeof *s->own_opens);
    s->own_volume = calloc((size_t)n + 1, sizeof *s->own_volume);
    if (s->own == NULL || s->own_session == NULL || s->own_opens == NULL || s->own_volume == NULL) {
        shelf_free(s);
        return ERR_NO_MEMORY;
    }
    s->bars = (twin_bars_t){s->own, s->own + n, s->own + 2 * (size_t)n, s->own + 3 * (size_t)n};
    s->room = n;
    return ERR_OK;
}

void shelf_put(shelf_t *s, const forward_t *factor, date_t day, const bar_t *b)
{
    ASSERT(s != NULL && s->count < s->room);
    size_t n = s->room;
    u32 i = s->count++;
    s->own[i] = forward_price(factor, b->open);
    s->own[n + i] = forward_price(factor, b->high);
    s->own[2 * n + i] = forward_price(factor, b->low);
    s->own[3 * n + i] = forward_price(factor, b->close);
    s->own_session[i] = day;
    s->own_opens[i] = b->t_event;
    s->own_volume[i] = (b->flags & NO_VOLUME) != 0 ? 0 : b->volume;
}

/* The first bar whose session, or whose opening, is not before `from`; `count` if there is none. */
static u32 first_from(const shelf_t *s, i64 from, bool by_session)
{
    u32 lo = 0;
    u32 hi = s->count;
    while (lo < hi) {
        u32 mid = lo + (hi - lo) / 2;
        if ((by_session ? s->own_session[mid] : s->own_opens[mid]) < from) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

u32 shelf_session(const shelf_t *s, date_t day)
{
    ASSERT(s != NULL);
    return first_from(s, day, true);
}

i64 shelf_volume(const shelf_t *s, i64 t)
{
    ASSERT(s != NULL);
    u32 at = first_from(s, t, false);
    return at < s->count && s->own_opens[at] == t ? s->own_volume[at] : 0;
}

/* ERR_EMPTY: nothing of it is stored. */
static err_t shelf_open(const char *home, const report_facts_t *f, u32 inst, shelf_t *s)
{
    diag_t diag = {0};
    feed_history_t h = {0};
    feed_history_spec_t spec = {.home = home,
                                .symbol = f->own_insts[inst].symbol,
                                .source = f->source[0] != '\0' ? f->source : NULL,
                                .timeframe = f->timeframe,
                                .as_run = true,
                                .from = (i64)(f->own_days[0].session - 2) * NS_PER_DAY,
                                .to = (i64)(f->own_days[f->day_count - 1].session + 2) * NS_PER_DAY};
    if (feed_history(&spec, &diag, &h) != ERR_OK || h.bar_count < 2) {
        feed_history_free(&h);
        return ERR_EMPTY;
    }
    forward_t factor = forward_start();
    u32 next = 0;
    err_t err = shelf_room(s, h.bar_count);
    for (u32 i = 0; i < h.bar_count && err == ERR_OK; i++) {
        const bar_t *b = &h.own_bars[i];
        date_t day = report_bar_day(report_calendar(f), b->t_event);
        while (next < h.action_count && h.own_actions[next].ex_date <= day) {
            (void)forward_action(&factor, &h.own_actions[next++]);
        }
        shelf_put(s, &factor, day, b);
        forward_bar(&factor, b);
    }
    feed_history_free(&h);
    return err;
}

static err_t visit_name(const char *home, const report_facts_t *f, u32 inst, const report_visit_t *v)
{
    shelf_t s = {0};
    bool open = false;
    err_t err = ERR_OK;
    for (u32 i = 0; i < f->trade_count && err == ERR_OK; i++) {
        if (f->own_trades[i].l.inst != inst) {
            continue;
        }
        if (!open) {
            err = shelf_open(home, f, inst, &s);
            open = true;
        }
        err = err == ERR_OK ? v->trade(v->ctx, &s, i) : err;
    }
    shelf_free(&s);
    return err == ERR_EMPTY ? ERR_OK : err;
}

err_t report_shelves(const char *home, const report_facts_t *f, const report_visit_t *v)
{
    ASSERT(home != NULL && f != NULL && v != NULL);
    for (u32 i = 0; i < f->inst_count && f->day_count > 0; i++) {
        TRY(visit_name(home, f, i, v));
    }
    return ERR_OK;
}
