/* See chain_rows.h. */
#include "drivers/chain_rows.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/fixed.h"
#include "base/str.h"

typedef struct {
    chain_row_t row;
    chain_leg_t leg;
    i64 strike; /* as it is stored */
} both_t;

static int by_chain(const void *pa, const void *pb)
{
    const both_t *a = pa;
    const both_t *b = pb;
    const i64 x[] = {a->row.underlying, a->row.t_event, a->leg.expiry, a->strike, -a->leg.side, a->row.row};
    const i64 y[] = {b->row.underlying, b->row.t_event, b->leg.expiry, b->strike, -b->leg.side, b->row.row};
    for (u32 i = 0; i < COUNT_OF(x); i++) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

static i64 cell_of(const record_kind_desc_t *kind, const record_table_t *t, u32 row, const char *name)
{
    u32 at = record_column_find(kind, name);
    ASSERT(at != UINT32_MAX);
    return record_row(t, row)[at];
}

/* False: the row is no contract's. */
static bool both_of(const record_kind_desc_t *kind, const record_table_t *t, u32 row, both_t *out)
{
    i64 right = cell_of(kind, t, row, "right");
    i64 expiry = cell_of(kind, t, row, "expiry");
    i64 open = cell_of(kind, t, row, "open_interest");
    out->strike = cell_of(kind, t, row, "strike");
    if (expiry == CELL_NONE || out->strike == CELL_NONE || right == CELL_NONE) {
        return false;
    }
    bool put = str_eq_c(record_text(t, (u32)right), "P");
    out->row = (chain_row_t){
        .underlying = cell_of(kind, t, row, "underlying"), .t_event = t->own_head[row].t_event, .row = row};
    out->leg = (chain_leg_t){.expiry = (date_t)expiry,
                             .side = put ? -1 : 1,
                             .strike = (f64)out->strike / (f64)PRICE_SCALE,
                             .price = record_price(t, kind, row),
                             .open_interest = open > 0 && open != CELL_NONE ? (f64)open : 0.0};
    return true;
}

err_t chain_rows_open(const record_kind_desc_t *kind, const record_table_t *t, chain_rows_t *out)
{
    ASSERT(kind != NULL && t != NULL && out != NULL);
    chain_rows_t r = {.own_row = malloc(((size_t)t->rows + 1) * sizeof *r.own_row),
                      .own_leg = malloc(((size_t)t->rows + 1) * sizeof *r.own_leg)};
    both_t *own = malloc(((size_t)t->rows + 1) * sizeof *own);
    if (r.own_row == NULL || r.own_leg == NULL || own == NULL) {
        free(own);
        chain_rows_close(&r);
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < t->rows; i++) {
        r.count += both_of(kind, t, i, &own[r.count]) ? 1 : 0;
    }
    if (r.count > 0) {
        qsort(own, r.count, sizeof *own, by_chain);
    }
    for (u32 i = 0; i < r.count; i++) {
        r.own_row[i] = own[i].row;
        r.own_leg[i] = own[i].leg;
    }
    free(own);
    *out = r;
    return ERR_OK;
}

void chain_rows_close(chain_rows_t *r)
{
    ASSERT(r != NULL);
    free(r->own_row);
    free(r->own_leg);
    *r = (chain_rows_t){0};
}

u32 chain_rows_end(const chain_rows_t *r, u32 from)
{
    ASSERT(r != NULL && from < r->count);
    u32 end = from;
    while (end < r->count && r->own_row[end].underlying == r->own_row[from].underlying &&
           r->own_row[end].t_event == r->own_row[from].t_event) {
        end++;
    }
    return end;
}
