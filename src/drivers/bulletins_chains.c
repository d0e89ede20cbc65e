/* What stored option chains tell: a digest of each (quant/options/chain_digest), by their prices alone. No
 * volatility, sensitivity or spot of a source is read. See bulletins.h. */
#include "base/assert.h"
#include "drivers/bulletins_inner.h"
#include "drivers/chain_rows.h"
#include "drivers/chain_told.h"
#include "model/calendar.h"

/* The middle of a quote that does not cross; only where the source quotes nothing at all, the last price. */
static f64 price_of(const bulletin_make_t *m, u32 row)
{
    const i64 *cells = record_row(m->table, row);
    i64 bid = cells[record_column_find(m->kind, "bid")];
    i64 ask = cells[record_column_find(m->kind, "ask")];
    bool quoted = bid != CELL_NONE || ask != CELL_NONE;
    bool sound = bid != CELL_NONE && ask != CELL_NONE && bid > 0 && ask >= bid;
    f64 price = quoted && !sound ? 0.0 : record_price(m->table, m->kind, row);
    return price > 0 ? price : 0.0; /* a cell that is empty is no number */
}

static bool is_same(const record_table_t *t, const chain_row_t *a, const chain_row_t *b)
{
    return t->own_head[a->row].series == t->own_head[b->row].series;
}

/* Of the rows [from, end) those that count, from `from` on: none that a rule has marked, and of one contract
 * the word that was known last. Returns their end. */
static u32 chain_clean(const bulletin_make_t *m, chain_rows_t *r, u32 from, u32 end)
{
    const record_head_t *head = m->table->own_head;
    u32 n = from;
    for (u32 i = from; i < end; i++) {
        u32 at = n;
        if ((head[r->own_row[i].row].flags & RECORD_SUSPECT) != 0) {
            continue;
        }
        for (u32 k = n; k > from && chain_leg_order(&r->own_leg[k - 1], &r->own_leg[i]) == 0; k--) {
            at = is_same(m->table, &r->own_row[k - 1], &r->own_row[i]) ? k - 1 : at;
        }
        bool older = at < n && head[r->own_row[i].row].t_known < head[r->own_row[at].row].t_known;
        if (!older) {
            r->own_row[at] = r->own_row[i];
            r->own_leg[at] = r->own_leg[i];
            r->own_leg[at].price = price_of(m, r->own_row[at].row);
        }
        n += at == n ? 1 : 0;
    }
    return n;
}

/* The nearest day of results behind session `day`, by the dates known then; 0. */
static date_t due_of(const bulletin_make_t *m, inst_t inst, date_t day, i64 t_known)
{
    date_t due = 0;
    for (u32 i = 0; i < m->dates; i++) {
        const bulletin_t *b = &m->out->own_v[i];
        if (b->kind == BULLETIN_CALENDAR && b->inst == inst && b->t_known <= t_known) {
            date_t on = calendar_date_at(CAL_NYSE, b->t_event);
            due = on > day && (due == 0 || on < due) ? on : due;
        }
    }
    return due;
}

/* Some sources write the underlying in small letters. */
static inst_t underlying_of(const bulletin_make_t *m, i64 cell)
{
    char symbol[LIMIT_SYMBOL];
    str_t text = cell == CELL_NONE ? (str_t){0} : record_text(m->table, (u32)cell);
    if (text.n == 0 || text.n >= sizeof symbol) {
        return INST_NONE;
    }
    for (u32 i = 0; i < text.n; i++) {
        char c = (char)text.p[i];
        symbol[i] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return bulletin_inst(m, (str_t){.p = (const u8 *)symbol, .n = text.n});
}

/* Known when the last of its rows was, and never before its own moment. */
static err_t chain_tell(bulletin_make_t *m, chain_rows_t *r, u32 from, u32 end)
{
    bulletin_t told[CHAIN_BULLETINS];
    chain_digest_t d;
    i64 t_event = r->own_row[from].t_event;
    chain_told_t of = {
        .t_event = t_event, .t_known = t_event, .inst = underlying_of(m, r->own_row[from].underlying)};
    end = of.inst == INST_NONE ? from : chain_clean(m, r, from, end);
    for (u32 i = from; i < end; i++) {
        of.t_known = MAX_OF(of.t_known, m->table->own_head[r->own_row[i].row].t_known);
    }
    if (end == from || !bulletin_is_inside(m, of.t_known)) {
        return ERR_OK;
    }
    date_t day = calendar_date_at(CAL_NYSE, t_event);
    chain_digest(r->own_leg + from, end - from, day, due_of(m, of.inst, day, of.t_known), &d);
    u32 n = chain_told(&d, &of, told);
    for (u32 i = 0; i < n; i++) {
        TRY(bulletin_put(m, &told[i]));
    }
    return ERR_OK;
}

err_t bulletins_chains(bulletin_make_t *m)
{
    ASSERT(m != NULL && m->table != NULL && m->kind != NULL);
    chain_rows_t r;
    TRY(chain_rows_open(m->kind, m->table, &r));
    err_t err = ERR_OK;
    for (u32 from = 0, end = 0; err == ERR_OK && from < r.count; from = end) {
        end = chain_rows_end(&r, from);
        err = chain_tell(m, &r, from, end);
    }
    chain_rows_close(&r);
    return err;
}
