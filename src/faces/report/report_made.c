/* See report_made.h. */
#include "faces/report/report_made.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "model/calendar.h"

enum { SESSION_BARS = 24 * 60 }; /* of a minute, at most */

typedef struct {
    date_t day;
    u32 trade;
} entered_t;

typedef struct {
    const report_facts_t *f;
    const report_visit_t *v;
    report_made_t *out;
    forward_t *own_factor; /* by instrument */
    shelf_t *own_shelf;    /* by instrument; of those entered in the present session */
    bool *own_wanted;
    entered_t *own_entered; /* by day */
    u32 from, to;           /* in own_entered: those of the present session */
    date_t session;
    bool checked;
} made_t;

static int by_day(const void *a, const void *b)
{
    const entered_t *x = a;
    const entered_t *y = b;
    return x->day != y->day ? (x->day < y->day ? -1 : 1) : (x->trade > y->trade) - (x->trade < y->trade);
}

bool report_makes(const report_facts_t *f, report_market_fn market)
{
    ASSERT(f != NULL);
    bool read = !f->origin.other_logic && !f->origin.spec_unread;
    return market != NULL && read && f->made_of.kind == RUN_DEMO && f->day_count > 0;
}

static bool names_agree(const report_facts_t *f, const source_t *of)
{
    bool same = of->instrument_count == f->inst_count;
    for (u32 i = 0; i < f->inst_count && same; i++) {
        same = strcmp(of->instruments[i].symbol, f->own_insts[i].symbol) == 0;
    }
    return same;
}

static err_t session_end(made_t *m)
{
    for (; m->from < m->to; m->from++) {
        u32 trade = m->own_entered[m->from].trade;
        u64 inst = m->f->own_trades[trade].l.inst;
        m->own_wanted[inst] = false;
        if (m->own_shelf[inst].count > 0) {
            TRY(m->v->trade(m->v->ctx, &m->own_shelf[inst], trade));
        }
    }
    return ERR_OK;
}

static err_t session_begin(made_t *m, date_t session)
{
    m->session = session;
    while (m->to < m->f->trade_count && m->own_entered[m->to].day < session) {
        m->to++; /* of a day that the market has not: nothing to be shown */
    }
    m->from = m->to;
    for (; m->to < m->f->trade_count && m->own_entered[m->to].day == session; m->to++) {
        u64 inst = m->f->own_trades[m->own_entered[m->to].trade].l.inst;
        m->own_wanted[inst] = true;
        TRY(shelf_room(&m->own_shelf[inst], SESSION_BARS));
    }
    return ERR_OK;
}

static void rows(made_t *m, const slice_t *s)
{
    const report_facts_t *f = m->f;
    u32 day = report_facts_day(f, s->session);
    bool of_run = day < f->day_count && f->own_days[day].session == s->session;
    for (u32 i = 0; i < s->action_count; i++) {
        (void)forward_action(&m->own_factor[s->action[i].inst], &s->action[i]);
    }
    for (u32 i = 0; i < s->count; i++) {
        inst_t inst = s->inst[i];
        const forward_t *factor = &m->own_factor[inst];
        if (m->own_wanted[inst] && m->own_shelf[inst].count < SESSION_BARS) {
            shelf_put(&m->own_shelf[inst], factor, s->session, &s->bar[i]);
        }
        if (of_run) {
            m->out->own_close[(size_t)day * f->inst_count + inst] = forward_price(factor, s->bar[i].close);
        }
        forward_bar(&m->own_factor[inst], &s->bar[i]);
    }
}

static err_t take(void *ctx, const source_t *of, const slice_t *slice)
{
    made_t *m = ctx;
    const report_facts_t *f = m->f;
    if (!m->checked) {
        m->checked = names_agree(f, of);
        m->out->proxy = of->proxy;
        m->out->proxy_known = of->proxy < f->inst_count;
    }
    if (!m->checked || slice->session > f->own_days[f->day_count - 1].session) {
        return ERR_EMPTY;
    }
    if (slice->session != m->session) {
        TRY(session_end(m));
        TRY(session_begin(m, slice->session));
    }
    rows(m, slice);
    return ERR_OK;
}

static err_t room(made_t *m)
{
    const report_facts_t *f = m->f;
    size_t n = (size_t)f->inst_count + 1;
    m->own_factor = calloc(n, sizeof *m->own_factor);
    m->own_shelf = calloc(n, sizeof *m->own_shelf);
    m->own_wanted = calloc(n, sizeof *m->own_wanted);
    m->own_entered = calloc((size_t)f->trade_count + 1, sizeof *m->own_entered);
    m->out->own_close = calloc(n * f->day_count, sizeof *m->out->own_close);
    if (m->own_factor == NULL || m->own_shelf == NULL || m->own_wanted == NULL || m->own_entered == NULL ||
        m->out->own_close == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < f->inst_count; i++) {
        m->own_factor[i] = forward_start();
    }
    for (u32 i = 0; i < f->trade_count; i++) {
        m->own_entered[i] = (entered_t){(date_t)f->own_trades[i].l.entry_date, i};
    }
    qsort(m->own_entered, f->trade_count, sizeof *m->own_entered, by_day);
    return ERR_OK;
}

err_t report_made(const report_facts_t *f, report_market_fn market, const report_visit_t *v, diag_t *diag,
                  report_made_t *out)
{
    ASSERT(f != NULL && market != NULL && v != NULL && out != NULL);
    ASSERT(f->day_count > 0);
    made_t m = {.f = f, .v = v, .out = out};
    *out = (report_made_t){0};
    err_t err = room(&m);
    err = err == ERR_OK ? market(&f->made_of, diag, take, &m) : err;
    err = err == ERR_OK ? session_end(&m) : err;
    for (u32 i = 0; i < f->inst_count && m.own_shelf != NULL; i++) {
        shelf_free(&m.own_shelf[i]);
    }
    free(m.own_factor);
    free(m.own_shelf);
    free(m.own_wanted);
    free(m.own_entered);
    if (err != ERR_OK || !m.checked) {
        free(out->own_close);
        *out = (report_made_t){0};
    }
    return err;
}
