/* The bars beside the trades of a run: name by name out of the bar store, or session by session out of a
 * simulated market that is made again (report_made.h).
 *
 * Promises: each trade whose name has bars is shown once, with bars that hold the session of its entry.
 * Memory is that of one name's bars, or of one session's. Leaves to others: what is looked for in them. */
#ifndef VITRINE_FACES_REPORT_REPORT_SHELF_H
#define VITRINE_FACES_REPORT_REPORT_SHELF_H

#include "faces/report/report_facts.h"
#include "market/forward.h"

/* Adjusted prices of one name. */
typedef struct {
    const f64 *open, *high, *low, *close;
} twin_bars_t;

typedef struct {
    f64 *own; /* open, high, low, close, one after the other */
    date_t *own_session;
    i64 *own_opens;  /* when each began */
    i64 *own_volume; /* as traded, in units of the instrument; 0: not known */
    twin_bars_t bars;
    u32 count, room;
} shelf_t;

/* Whoever looks; an error ends the walk. */
typedef struct {
    err_t (*trade)(void *ctx, const shelf_t *s, u32 trade);
    void *ctx;
} report_visit_t;

/* Empties it, with room for n bars. ERR_NO_MEMORY. */
MUST_USE err_t shelf_room(shelf_t *s, u32 n);
/* One bar more, behind its actions; there is room. */
void shelf_put(shelf_t *s, const forward_t *factor, date_t day, const bar_t *b);
void shelf_free(shelf_t *s);
/* The first bar whose session is not before `day`; count if there is none. */
u32 shelf_session(const shelf_t *s, date_t day);
/* Units traded in the bar that began at t; 0: no such bar, or not known. */
i64 shelf_volume(const shelf_t *s, i64 t);

/* Every trade whose name is in the bar store of `home`. Errors of the visitor, ERR_NO_MEMORY. */
MUST_USE err_t report_shelves(const char *home, const report_facts_t *f, const report_visit_t *v);

#endif
