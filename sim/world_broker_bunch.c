/* Orders of several ledgers at the simulated broker: one order there, with each member's own protective
 * orders, which wait for what falls to that member. The rule by which executions are dealt out is written
 * apart from the engine's own. See world_broker.h. */
#include "base/assert.h"
#include "sim/world_broker_inner.h"

static i64 total_of(const wb_bunch_t *u)
{
    i64 all = 0;
    for (u32 i = 0; i < u->count; i++) {
        all += u->member[i].qty;
    }
    return all;
}

static i64 filled_of(const wb_bunch_t *u)
{
    i64 filled = 0;
    for (u32 i = 0; i < u->count; i++) {
        filled += u->member[i].filled;
    }
    return filled;
}

wb_seen_t wb_see(const world_broker_t *b, id128_t id)
{
    const wb_order_t *o = wb_find(b, id);
    if (o != NULL) {
        return (wb_seen_t){.order = o, .open = o->state <= WB_WORKING, .live = o->live, .filled = o->filled};
    }
    for (u32 i = b->bunch_count; i > 0; i--) {
        const wb_bunch_t *u = &b->bunches[i - 1];
        for (u32 k = 0; k < u->count; k++) {
            if (id128_eq(u->member[k].id, id)) {
                o = &b->orders[u->order];
                return (wb_seen_t){.order = o,
                                   .open = o->state <= WB_WORKING,
                                   .live = u->member[k].qty,
                                   .filled = u->member[k].filled};
            }
        }
    }
    return (wb_seen_t){0};
}

/* A ledger's share of what an order may still fill. */
static i64 open_of(const world_broker_t *b, const wb_order_t *o, u32 ledger)
{
    const wb_bunch_t *u = wb_bunch(b, o);
    i64 open = u == NULL && (ledger == WB_ALL || ledger == o->ledger) ? o->live - o->filled : 0;
    for (u32 i = 0; u != NULL && i < u->count; i++) {
        const wb_member_t *m = &u->member[i];
        open += ledger == WB_ALL || ledger == m->ledger ? m->qty - m->filled : 0;
    }
    return open;
}

i64 wb_covered(const world_broker_t *b, u32 ledger, inst_t name)
{
    i64 covered = 0;
    for (u32 i = 0; i < b->order_count; i++) {
        const wb_order_t *o = &b->orders[i];
        bool closes = o->intent.role == ROLE_STOP || o->intent.role == ROLE_EXIT;
        if (o->intent.inst == name && closes && o->state == WB_WORKING) {
            covered += open_of(b, o, ledger);
        }
    }
    return covered;
}

void wb_bunch_take(world_broker_t *b, const effect_t *e)
{
    ASSERT(b->bunch_count < WB_BUNCHES && e->member_count <= REF_LEDGERS);
    wb_order_t *o = &b->orders[b->order_count - 1];
    wb_bunch_t *u = &b->bunches[b->bunch_count++];
    *u = (wb_bunch_t){.order = b->order_count - 1, .count = e->member_count};
    o->bunch = b->bunch_count;
    for (u32 i = 0; i < e->member_count; i++) {
        const intent_t *m = &e->member[i].intent;
        u32 ledger = (u32)(m->account_id - b->ledger_first);
        u->member[i] = (wb_member_t){.id = m->id, .ledger = ledger, .qty = m->qty.v};
        ref_taken_t t = {.id = wb_ref_id(m->id),
                         .ledger = ledger,
                         .name = m->inst,
                         .sign = side_is_buy((side_t)m->side) ? 1 : -1,
                         .opens = side_is_opening((side_t)m->side),
                         .limit = order_type_has_limit((order_type_t)m->type) ? m->limit.v : 0,
                         .qty = m->qty.v};
        wb_note(b, ref_taken(b->reference, &t));
    }
    wb_note(b, total_of(u) == o->live ? NULL : "I16: an order of several is not what its members want");
}

/* The member that one more unit of the total falls to: of those that stand at the whole units of their part,
 * and have a fraction, the one whose part is first to reach its next. */
static wb_member_t *next_of(wb_bunch_t *u, i64 all, i64 total)
{
    wb_member_t *best = NULL;
    i64 best_due = 0;
    i64 best_rest = 0;
    for (u32 i = 0; i < u->count; i++) {
        wb_member_t *m = &u->member[i];
        i64 floor = m->qty * total / all;
        i64 rest = m->qty * total % all;
        i64 due = m->qty > 0 ? ((floor + 1) * all + m->qty - 1) / m->qty : 0;
        bool first = best == NULL || due < best_due || (due == best_due && rest > best_rest);
        if (rest > 0 && m->filled <= floor && first) {
            best = m;
            best_due = due;
            best_rest = rest;
        }
    }
    return best;
}

/* Everybody's whole units first, then what is left over, one by one. */
static void deal(wb_bunch_t *u, i64 qty)
{
    i64 all = total_of(u);
    i64 total = filled_of(u) + qty;
    i64 left = total;
    ASSERT(all > 0 && total <= all);
    i64 before[REF_LEDGERS];
    for (u32 i = 0; i < u->count; i++) {
        wb_member_t *m = &u->member[i];
        before[i] = m->filled;
        m->filled = MAX_OF(m->filled, m->qty * total / all);
        left -= m->filled;
    }
    for (; left > 0; left--) {
        wb_member_t *m = next_of(u, all, total);
        ASSERT(m != NULL); /* the parts together are the total */
        m->filled++;
    }
    /* After a split of shares some may have more than their part: the last ones wait. */
    i64 over = -left;
    for (u32 i = u->count; i > 0 && over > 0; i--) {
        i64 less = MIN_OF(u->member[i - 1].filled - before[i - 1], over);
        u->member[i - 1].filled -= less;
        over -= less;
    }
    ASSERT(over <= 0);
}

void wb_bunch_fill(world_broker_t *b, const wb_order_t *o, const ref_part_t *whole)
{
    if (o->bunch == 0) {
        return;
    }
    wb_bunch_t *u = &b->bunches[o->bunch - 1];
    wb_bunch_t was = *u;
    deal(u, whole->qty);
    for (u32 i = 0; i < u->count; i++) {
        const wb_member_t *m = &u->member[i];
        ref_part_t part = *whole;
        part.qty = m->filled - was.member[i].filled;
        if (part.qty > 0) {
            wb_note(b, ref_part(b->reference, wb_ref_id(m->id), &part));
            wb_family_grow(b, m->id, part.qty);
        }
    }
}

void wb_bunch_end(world_broker_t *b, const wb_order_t *o)
{
    const wb_bunch_t *u = wb_bunch(b, o);
    for (u32 i = 0; u != NULL && i < u->count; i++) {
        ref_ended(b->reference, wb_ref_id(u->member[i].id));
    }
}

void wb_entry_settle(world_broker_t *b, const wb_order_t *entry)
{
    const wb_bunch_t *u = wb_bunch(b, entry);
    for (u32 i = 0; u != NULL && i < u->count; i++) {
        wb_family_settle(b, u->member[i].id);
    }
    if (u == NULL) {
        wb_family_settle(b, entry->intent.id);
    }
}

/* Each member's shares change for themselves, and their fractions fall away so. */
void wb_bunch_split(world_broker_t *b, wb_order_t *o, i64 num, i64 den)
{
    if (o->bunch == 0) {
        return;
    }
    wb_bunch_t *u = &b->bunches[o->bunch - 1];
    for (u32 i = 0; i < u->count; i++) {
        wb_member_t *m = &u->member[i];
        i64 had = m->qty - m->filled;
        i64 left = had * num / den;
        m->filled = m->filled * num / den;
        m->qty = m->filled + left;
        if (had > 0 && left == 0) { /* less than a share: nothing works for this one any more */
            ref_ended(b->reference, wb_ref_id(m->id));
        }
    }
    o->filled = filled_of(u);
    o->live = total_of(u);
    o->intent.qty.v = o->live;
}
