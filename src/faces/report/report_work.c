/* How long and with how much money a run by day was in the market. See report.h. */
#include <stdlib.h>

#include "base/assert.h"
#include "faces/report/report_parts.h"
#include "model/calendar.h"

/* A trade begins or ends; both at one moment count as ends first, which changes nothing that is summed. */
typedef struct {
    i64 t;
    f64 money; /* at its entry's price; negative: it ends */
} edge_t;

static int edge_order(const void *a, const void *b)
{
    const edge_t *x = a;
    const edge_t *y = b;
    return x->t != y->t ? (x->t < y->t ? -1 : 1) : (x->money > y->money) - (x->money < y->money);
}

static f64 entry_value(const report_facts_t *f, const lesson_record_t *l)
{
    const report_inst_t *t = &f->own_insts[l->inst];
    f64 units = (f64)l->qty / (f64)fixed_pow10((u32)-t->exponent) * (f64)t->multiplier;
    return units * (f64)l->entry / (f64)PRICE_SCALE;
}

/* Edges of one session's trades, in order of time; a trade over several sessions has a pair in each. */
static u32 edges_of(const report_facts_t *f, const session_t *s, edge_t *edge)
{
    u32 n = 0;
    for (u32 i = 0; i < f->trade_count; i++) {
        const lesson_record_t *l = &f->own_trades[i].l;
        i64 from = MAX_OF(l->t_entry, s->open);
        i64 to = MIN_OF(l->t_exit, s->close);
        if (from < to) {
            f64 money = entry_value(f, l);
            edge[n++] = (edge_t){from, money};
            edge[n++] = (edge_t){to, -money};
        }
    }
    qsort(edge, n, sizeof *edge, edge_order);
    return n;
}

err_t report_work(report_t *r)
{
    ASSERT(r != NULL);
    const report_facts_t *f = &r->facts;
    r->work = (report_work_t){0};
    if (f->timeframe == 0 || f->timeframe == TF_1D || f->trade_count == 0) {
        return ERR_OK; /* the closes of days tell it */
    }
    edge_t *edge = calloc(2 * (size_t)f->trade_count, sizeof *edge);
    if (edge == NULL) {
        return ERR_NO_MEMORY;
    }
    f64 all = 0, busy = 0, work = 0; /* seconds, and dollars x seconds */
    for (u32 d = 0; d < f->day_count; d++) {
        session_t s;
        if (!calendar_session(report_calendar(f), f->own_days[d].session, INT64_MAX, &s)) {
            continue;
        }
        all += (f64)(s.close - s.open) / (f64)NS_PER_SEC;
        u32 n = edges_of(f, &s, edge);
        i32 open = 0;
        f64 money = 0;
        for (u32 i = 0; i < n; i++) {
            f64 seconds = open > 0 ? (f64)(edge[i].t - edge[i - 1].t) / (f64)NS_PER_SEC : 0.0;
            busy += seconds;
            work += money * seconds;
            open += edge[i].money > 0 ? 1 : -1;
            money = open > 0 ? money + edge[i].money : 0.0;
        }
        ASSERT(open == 0);
    }
    free(edge);
    if (busy > 0) {
        f64 capital = work / busy;
        r->work = (report_work_t){
            .known = true, .time = busy / all, .capital = capital, .gain = r->net / capital};
    }
    return ERR_OK;
}
