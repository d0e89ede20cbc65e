/* A simulated market made again: what holding would have paid in it, and the bars beside a demo's trades.
 *
 * The market itself is not known here; who knows it shows its slices. Memory is a close a name and session,
 * and the minutes of one session of the names entered in it. Promises: a market whose names are not the run's
 * is left alone, as one of another program. */
#ifndef VITRINE_FACES_REPORT_REPORT_MADE_H
#define VITRINE_FACES_REPORT_REPORT_MADE_H

#include "faces/report/report_shelf.h"

/* Sees each slice of the market in order, and what it is a slice of; ERR_EMPTY: enough. */
typedef err_t (*report_take_fn)(void *ctx, const source_t *of, const slice_t *slice);
/* Shows the market that `spec` names to `take`, until its end or ERR_EMPTY, which is no error of this
 * function. Errors of the market and of `take`. */
typedef err_t (*report_market_fn)(const run_spec_t *spec, diag_t *diag, report_take_fn take, void *ctx);

typedef struct {
    f64 *own_close; /* [day][instrument] forward-adjusted, 0 where there is no bar; NULL: not known */
    u32 proxy;      /* instrument of the index fund */
    bool proxy_known;
} report_made_t;

/* Whether a run's market can be made again by this program. */
bool report_makes(const report_facts_t *f, report_market_fn market);
/* Makes it, shows `v` each trade of its sessions, and keeps the closes. *out is empty where the names differ.
 * Free out->own_close. Errors of the market and the visitor, ERR_NO_MEMORY. */
MUST_USE err_t report_made(const report_facts_t *f, report_market_fn market, const report_visit_t *v,
                           diag_t *diag, report_made_t *out);

#endif
