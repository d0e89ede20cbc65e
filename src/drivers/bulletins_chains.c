/* What stored option chains tell: a digest of each (quant/options/chain_digest), by their prices alone. No
 * volatility, sensitivity or spot of a source is read. See bulletins.h. */
#include <stdlib.h>

#include "base/assert.h"
#include "drivers/bulletins_inner.h"
#include "drivers/chain_rows.h"
#include "drivers/chain_told.h"
#include "model/calendar.h"
#include "scan/heard.h"

enum { MOMENTS_MOST = 8 };

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

/* One chain, and what was known of it at some moment. */
typedef struct {
    const chain_rows_t *all;
    u32 from, end;
    chain_rows_t known;
} view_t;

/* Of its rows those that count by then: none that a rule has marked, and of one contract the last word. */
static void chain_as_of(const bulletin_make_t *m, view_t *v, i64 t_known)
{
    const record_head_t *head = m->table->own_head;
    chain_rows_t *to = &v->known;
    to->count = 0;
    for (u32 i = v->from; i < v->end; i++) {
        const chain_row_t *row = &v->all->own_row[i];
        u32 at = to->count;
        if (head[row->row].t_known > t_known || (head[row->row].flags & RECORD_SUSPECT) != 0) {
            continue;
        }
        for (u32 k = to->count; k > 0 && chain_leg_order(&to->own_leg[k - 1], &v->all->own_leg[i]) == 0;
             k--) {
            at = is_same(m->table, &to->own_row[k - 1], row) ? k - 1 : at;
        }
        bool older = at < to->count && head[row->row].t_known < head[to->own_row[at].row].t_known;
        if (!older) {
            to->own_row[at] = *row;
            to->own_leg[at] = v->all->own_leg[i];
            to->own_leg[at].price = price_of(m, row->row);
        }
        to->count += at == to->count ? 1 : 0;
    }
}

/* The first moment after `t` at which more of it was known; I64_MAX: never. */
static i64 known_after(const bulletin_make_t *m, const view_t *v, i64 t)
{
    i64 next = I64_MAX;
    for (u32 i = v->from; i < v->end; i++) {
        i64 known = m->table->own_head[v->all->own_row[i].row].t_known;
        next = known > t ? MIN_OF(next, known) : next;
    }
    return next;
}

/* The nearest day of results behind session `day`, by the dates known then, as the engine takes them; 0. */
static date_t due_of(const bulletin_make_t *m, inst_t inst, date_t day, i64 t_known)
{
    date_t due[HEARD_DUE] = {0};
    for (u32 i = 0; i < m->dates; i++) {
        const bulletin_t *b = &m->out->own_v[i];
        if (b->kind == BULLETIN_CALENDAR && b->inst == inst && b->t_known <= t_known) {
            heard_due_take(due, b);
        }
    }
    return due[0] > day ? due[0] : due[1] > day ? due[1] : 0;
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

static err_t chain_tell(bulletin_make_t *m, view_t *v, chain_told_t *of)
{
    bulletin_t told[CHAIN_BULLETINS];
    chain_digest_t d;
    date_t day = calendar_date_at(CAL_NYSE, of->t_event);
    chain_as_of(m, v, of->t_known);
    of->t_known = MAX_OF(of->t_known, of->t_event); /* never before its own moment */
    if (!bulletin_is_inside(m, of->t_known)) {
        return ERR_OK;
    }
    chain_digest(v->known.own_leg, v->known.count, day, due_of(m, of->inst, day, of->t_known), &d);
    u32 n = chain_told(&d, of, told);
    for (u32 i = 0; i < n; i++) {
        TRY(bulletin_put(m, &told[i]));
    }
    return ERR_OK;
}

/* Each time that more of it was known; a chain that came bit by bit is heard when it was whole. */
static err_t chain_tell_all(bulletin_make_t *m, view_t *v)
{
    const chain_row_t *row = &v->all->own_row[v->from];
    chain_told_t of = {.t_event = row->t_event, .inst = underlying_of(m, row->underlying)};
    u32 moments = 0;
    i64 t = known_after(m, v, I64_MIN);
    i64 last = t;
    for (u32 i = v->from; i < v->end; i++) {
        last = MAX_OF(last, m->table->own_head[v->all->own_row[i].row].t_known);
    }
    for (i64 k = t; k != I64_MAX && moments <= MOMENTS_MOST; moments++) {
        k = known_after(m, v, k);
    }
    for (t = moments > MOMENTS_MOST ? last : t; of.inst != INST_NONE && t != I64_MAX;) {
        of.t_known = t;
        TRY(chain_tell(m, v, &of));
        t = known_after(m, v, t);
    }
    return ERR_OK;
}

err_t bulletins_chains(bulletin_make_t *m)
{
    ASSERT(m != NULL && m->table != NULL && m->kind != NULL);
    chain_rows_t r;
    TRY(chain_rows_open(m->kind, m->table, &r));
    view_t v = {.all = &r,
                .known = {.own_row = malloc(((size_t)r.count + 1) * sizeof *r.own_row),
                          .own_leg = malloc(((size_t)r.count + 1) * sizeof *r.own_leg)}};
    err_t err = v.known.own_row == NULL || v.known.own_leg == NULL ? ERR_NO_MEMORY : ERR_OK;
    for (; err == ERR_OK && v.from < r.count; v.from = v.end) {
        v.end = chain_rows_end(&r, v.from);
        err = chain_tell_all(m, &v);
    }
    chain_rows_close(&v.known);
    chain_rows_close(&r);
    return err;
}
