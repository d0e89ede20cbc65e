/* See docket.h. */
#include "faces/research/docket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

money_t docket_part(const case_row_t *row, money_t cash)
{
    ASSERT(row != NULL && cash.v > 0);
    i64 dollars = (i64)((f64)(cash.v / MONEY_SCALE) * row->canary_part + 1e-6);
    return (money_t){MAX_OF(dollars, (i64)1) * MONEY_SCALE};
}

static err_t watch_both(const case_row_t *row, docket_t *d)
{
    u32 n = d->canary.count + d->after.count;
    f64 *diff = calloc((size_t)n + 1, sizeof *diff);
    if (diff == NULL) {
        return ERR_NO_MEMORY;
    }
    memcpy(diff, d->canary.own_diff, d->canary.count * sizeof *diff);
    memcpy(diff + d->canary.count, d->after.own_diff, d->after.count * sizeof *diff);
    d->watch = watch_over(diff, n, row->noise);
    free(diff);
    return ERR_OK;
}

err_t docket_open(const case_row_t *row, const pairs_t *pairs, money_t cash, docket_t *out)
{
    ASSERT(row != NULL && pairs != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    out->cash = cash;
    out->part = docket_part(row, cash);
    if (row->grounds != 0) { /* refused by the court: nothing is counted */
        return ERR_OK;
    }
    TRY(pairs_stretch(pairs, cash, row->filed, row->shadow_days, &out->shadow));
    out->shadow_watch = watch_over(out->shadow.own_diff, out->shadow.count, row->noise);
    bool whole = out->shadow.count == row->shadow_days;
    date_t last = whole ? out->shadow.own_day[row->shadow_days - 1] : INT32_MAX;
    TRY(pairs_stretch(pairs, out->part, last, row->canary_days, &out->canary));
    whole = out->canary.count == row->canary_days;
    last = whole ? out->canary.own_day[row->canary_days - 1] : INT32_MAX;
    TRY(pairs_stretch(pairs, cash, last, DOCKET_DAYS_MAX, &out->after));
    return watch_both(row, out);
}

void docket_free(docket_t *d)
{
    ASSERT(d != NULL);
    stretch_free(&d->shadow);
    stretch_free(&d->canary);
    stretch_free(&d->after);
}

static bool say(case_act_t *out, case_act_kind_t kind, const char *who, const watch_t *w, const char *what)
{
    *out = (case_act_t){.kind = kind};
    (void)snprintf(out->who, sizeof out->who, "%s", who);
    (void)snprintf(out->text, sizeof out->text,
                   "%s: %u sessions, %+.2f bps a day, evidence of worse %.3g of %.0f", what, w->day,
                   1e4 * w->mean, w->evidence, 1.0 / WATCH_ALPHA);
    return true;
}

bool docket_next(const case_t *c, const docket_t *d, case_act_t *out)
{
    ASSERT(c != NULL && d != NULL && out != NULL);
    const watch_t *s = &d->shadow_watch;
    const watch_t *w = &d->watch;
    switch (case_state(c)) {
    case CASE_WON:
        if (s->alarm) {
            return say(out, CASE_REFUSED, "rule", s, "worse in its shadow days");
        }
        if (d->shadow.count < c->row.shadow_days) {
            return false;
        }
        return s->mean > 0 ? say(out, CASE_SHADOWED, "rule", s, "the shadow days hold")
                           : say(out, CASE_REFUSED, "rule", s, "no better in its shadow days");
    case CASE_SHADOWED:
        if (w->alarm) {
            return say(out, CASE_REFUSED, "rule", w, "worse in its canary days");
        }
        return d->canary.count == c->row.canary_days &&
               say(out, CASE_TRIED, "rule", w, "the canary days hold");
    case CASE_TRIED:
    case CASE_SIGNED:
        return w->alarm && say(out, CASE_REFUSED, "rule", w, "worse before it was promoted");
    case CASE_PROMOTED:
        return w->alarm && say(out, CASE_ROLLED_BACK, "rule", w, "worse since its canary days");
    case CASE_REFUSED:
    case CASE_ROLLED_BACK:
        break;
    }
    return false;
}
