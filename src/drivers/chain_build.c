/* See chain_build.h. */
#include "drivers/chain_build.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fixed.h"
#include "quant/math/qmath.h"
#include "quant/options/options.h"

enum { COLUMNS_MAX = 32 };
static const f64 YEAR_DAYS = 365.0;
static const f64 POINT = 0.01;

typedef struct {
    i64 underlying, t_event, expiry, strike;
    bool put;
    u32 row;
} leg_t;

typedef struct {
    const record_kind_desc_t *kind;
    const record_table_t *t;
    record_table_t *to;
    chain_build_t *out;
} made_t;

static int by_leg(const void *pa, const void *pb)
{
    const leg_t *a = pa;
    const leg_t *b = pb;
    const i64 x[] = {a->underlying, a->t_event, a->expiry, a->strike, a->put, a->row};
    const i64 y[] = {b->underlying, b->t_event, b->expiry, b->strike, b->put, b->row};
    for (u32 i = 0; i < COUNT_OF(x); i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

static u32 column(const made_t *m, const char *name)
{
    u32 at = record_column_find(m->kind, name);
    ASSERT(at != UINT32_MAX);
    return at;
}

static bool is_pair(const leg_t *call, const leg_t *put)
{
    return call->strike == put->strike && !call->put && put->put;
}

static f64 strike_of(const leg_t *l)
{
    return (f64)l->strike / (f64)PRICE_SCALE;
}

/* By parity at the strike whose call and put are nearest in price; 0: no strike has both. */
static f64 forward_of(const made_t *m, const leg_t *leg, u32 n)
{
    f64 best = 0;
    f64 nearest = 1e300;
    for (u32 i = 0; i + 1 < n; i++) {
        f64 c = record_price(m->t, m->kind, leg[i].row);
        f64 p = record_price(m->t, m->kind, leg[i + 1].row);
        if (is_pair(&leg[i], &leg[i + 1]) && c > 0 && p > 0 && q_abs(c - p) < nearest) {
            nearest = q_abs(c - p);
            best = strike_of(&leg[i]) + c - p;
        }
    }
    return best;
}

/* Of a strike: its legs are one, or a call and a put. 0: there is none. */
static f64 volatility(const made_t *m, const leg_t *leg, u32 n, f64 forward, f64 years)
{
    f64 k = strike_of(leg);
    for (u32 i = 0; i < n; i++) {
        option_t o = {.spot = forward, .strike = k, .years = years, .side = leg[i].put ? -1 : 1};
        bool outside = leg[i].put ? k <= forward : k >= forward;
        f64 sigma = 0;
        if (outside && record_price(m->t, m->kind, leg[i].row) > 0 &&
            option_implied(&o, record_price(m->t, m->kind, leg[i].row), &sigma, NULL) == ERR_OK) {
            return sigma;
        }
    }
    return 0;
}

static void put_cell(const made_t *m, i64 *cells, const char *name, f64 v)
{
    u32 at = column(m, name);
    i64 fixed = 0;
    cells[at] =
        fixed_from_f64(v, fixed_pow10(m->kind->column[at].scale), &fixed) == ERR_OK ? fixed : CELL_NONE;
}

static err_t write_leg(made_t *m, const leg_t *leg, f64 forward, f64 years, f64 sigma)
{
    static const char *const own[] = {"iv", "delta", "gamma", "vega", "theta", "rho"};
    i64 cells[COLUMNS_MAX];
    record_head_t head = m->t->own_head[leg->row];
    option_greeks_t g;
    option_t o = {
        .spot = forward, .strike = strike_of(leg), .years = years, .sigma = sigma, .side = leg->put ? -1 : 1};
    TRY(record_text_add(m->to, record_text(m->t, head.series), &head.series));
    for (u32 i = 0; i < m->kind->count; i++) {
        cells[i] = record_row(m->t, leg->row)[i];
        if (m->kind->column[i].type == CELL_TEXT && cells[i] != CELL_NONE) {
            u32 text = 0;
            TRY(record_text_add(m->to, record_text(m->t, (u32)cells[i]), &text));
            cells[i] = text;
        }
    }
    for (u32 i = 0; i < COUNT_OF(own); i++) {
        cells[column(m, own[i])] = CELL_NONE;
    }
    bool known = sigma > 0 && option_value(&o, &g, NULL) == ERR_OK;
    if (known) {
        put_cell(m, cells, "spot", forward);
        put_cell(m, cells, "iv", sigma);
        put_cell(m, cells, "delta", g.delta);
        put_cell(m, cells, "gamma", g.gamma);
        put_cell(m, cells, "vega", g.vega * POINT);
        put_cell(m, cells, "theta", g.theta / YEAR_DAYS);
        put_cell(m, cells, "rho", g.rho * POINT);
    }
    m->out->made += known ? 1 : 0;
    m->out->without += known ? 0 : 1;
    return record_row_add(m->to, &head, cells);
}

/* Legs of one underlying, session and expiry. */
static err_t expiry_build(made_t *m, const leg_t *leg, u32 n)
{
    f64 years = (f64)(leg->expiry - leg->t_event / NS_PER_DAY) / YEAR_DAYS;
    f64 forward = years > 0 ? forward_of(m, leg, n) : 0;
    for (u32 from = 0, end = 0; from < n; from = end) {
        for (end = from; end < n && leg[end].strike == leg[from].strike;) {
            end++;
        }
        f64 sigma = forward > 0 ? volatility(m, leg + from, end - from, forward, years) : 0;
        for (u32 i = from; i < end; i++) {
            TRY(write_leg(m, &leg[i], forward, years, sigma));
        }
    }
    return ERR_OK;
}

err_t chain_build(const record_kind_desc_t *kind, const record_table_t *t, record_table_t *to,
                  chain_build_t *out)
{
    ASSERT(kind != NULL && t != NULL && to != NULL && out != NULL && kind->count <= COLUMNS_MAX);
    *out = (chain_build_t){0};
    made_t m = {.kind = kind, .t = t, .to = to, .out = out};
    leg_t *own = malloc(((size_t)t->rows + 1) * sizeof *own);
    u32 n = 0;
    err_t err = own == NULL ? ERR_NO_MEMORY : ERR_OK;
    for (u32 i = 0; err == ERR_OK && i < t->rows; i++) {
        const i64 *row = record_row(t, i);
        i64 right = row[column(&m, "right")];
        leg_t l = {.underlying = row[column(&m, "underlying")],
                   .t_event = t->own_head[i].t_event,
                   .expiry = row[column(&m, "expiry")],
                   .strike = row[column(&m, "strike")],
                   .row = i};
        l.put = right != CELL_NONE && str_eq_c(record_text(t, (u32)right), "P");
        if (l.expiry != CELL_NONE && l.strike != CELL_NONE &&
            right != CELL_NONE) { /* the underlying's has none */
            own[n++] = l;
        }
    }
    if (n > 0) {
        qsort(own, n, sizeof *own, by_leg);
    }
    for (u32 from = 0, end = 0; err == ERR_OK && from < n; from = end) {
        for (end = from; end < n && own[end].underlying == own[from].underlying &&
                         own[end].t_event == own[from].t_event && own[end].expiry == own[from].expiry;) {
            end++;
        }
        err = expiry_build(&m, own + from, end - from);
    }
    free(own);
    return err;
}
