/* See chain_build.h. */
#include "drivers/chain_build.h"

#include "base/assert.h"
#include "base/fixed.h"
#include "drivers/chain_rows.h"
#include "quant/options/options.h"

enum { COLUMNS_MAX = 32 };
static const f64 YEAR_DAYS = 365.0;
static const f64 POINT = 0.01;

typedef struct {
    const record_kind_desc_t *kind;
    const record_table_t *t;
    record_table_t *to;
    chain_build_t *out;
} made_t;

static u32 column(const made_t *m, const char *name)
{
    u32 at = record_column_find(m->kind, name);
    ASSERT(at != UINT32_MAX);
    return at;
}

static void put_cell(const made_t *m, i64 *cells, const char *name, f64 v)
{
    u32 at = column(m, name);
    i64 fixed = 0;
    cells[at] =
        fixed_from_f64(v, fixed_pow10(m->kind->column[at].scale), &fixed) == ERR_OK ? fixed : CELL_NONE;
}

/* Of the contract in `o`. */
static err_t write_leg(made_t *m, u32 row, const option_t *o)
{
    static const char *const own[] = {"iv", "delta", "gamma", "vega", "theta", "rho"};
    i64 cells[COLUMNS_MAX];
    record_head_t head = m->t->own_head[row];
    option_greeks_t g;
    TRY(record_text_add(m->to, record_text(m->t, head.series), &head.series));
    for (u32 i = 0; i < m->kind->count; i++) {
        cells[i] = record_row(m->t, row)[i];
        if (m->kind->column[i].type == CELL_TEXT && cells[i] != CELL_NONE) {
            u32 text = 0;
            TRY(record_text_add(m->to, record_text(m->t, (u32)cells[i]), &text));
            cells[i] = text;
        }
    }
    for (u32 i = 0; i < COUNT_OF(own); i++) {
        cells[column(m, own[i])] = CELL_NONE;
    }
    bool known = o->sigma > 0 && option_value(o, &g, NULL) == ERR_OK;
    if (known) {
        put_cell(m, cells, "spot", o->spot);
        put_cell(m, cells, "iv", o->sigma);
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
static err_t expiry_build(made_t *m, const chain_row_t *row, const chain_leg_t *leg, u32 n)
{
    option_t o = {.years = (f64)(leg->expiry - row->t_event / NS_PER_DAY) / YEAR_DAYS};
    o.spot = o.years > 0 ? chain_forward(leg, n) : 0;
    for (u32 from = 0, end = 0; from < n; from = end) {
        for (end = from; end < n && leg[end].strike == leg[from].strike;) {
            end++;
        }
        o.strike = leg[from].strike;
        o.sigma = o.spot > 0 ? chain_volatility(leg + from, end - from, o.spot, o.years) : 0;
        for (u32 i = from; i < end; i++) {
            o.side = leg[i].side;
            TRY(write_leg(m, row[i].row, &o));
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
    chain_rows_t r;
    TRY(chain_rows_open(kind, t, &r));
    err_t err = ERR_OK;
    for (u32 from = 0, chain = 0, end = 0; err == ERR_OK && from < r.count; from = end) {
        chain = from < chain ? chain : chain_rows_end(&r, from);
        for (end = from; end < chain && r.own_leg[end].expiry == r.own_leg[from].expiry;) {
            end++;
        }
        err = expiry_build(&m, r.own_row + from, r.own_leg + from, end - from);
    }
    chain_rows_close(&r);
    return err;
}
