/* The simulated broker's bunched orders: one order whose fills wake each sub-ledger's own protective orders
 * by the split that the engine deals them out by. See paper.h and trade/execution/bunch.h. */
#include "base/assert.h"
#include "base/grow.h"
#include "drivers/paper_orders.h"

static bunch_t *row_of(paper_t *p, id128_t id)
{
    for (u32 i = 0; i < p->bunch_count; i++) {
        if (id128_eq(p->bunches[i].id, id)) {
            return &p->bunches[i];
        }
    }
    return NULL;
}

bunch_t *paper_bunch_of(paper_t *p, const paper_order_t *o)
{
    ASSERT(p != NULL && o != NULL);
    bool entry = o->bunch != 0 && o->bunch == o->number;
    bunch_t *b = entry ? row_of(p, o->intent.id) : NULL;
    ASSERT(!entry || b != NULL);
    return b;
}

static bunch_t row_made(const effect_t *e)
{
    bunch_t b = {.id = e->intent.id,
                 .account = e->intent.account_id,
                 .inst = e->intent.inst,
                 .side = e->intent.side,
                 .count = e->member_count};
    for (u32 i = 0; i < e->member_count; i++) {
        const intent_t *m = &e->member[i].intent;
        b.member[i] = (bunch_member_t){.intent = m->id, .account = m->account_id, .qty = m->qty.v};
    }
    return b;
}

/* What one member's protective orders name refuses all: it is one order. */
static bool bunch_off_tick(const paper_t *p, const effect_t *e, i64 now, broker_msgs_t *out)
{
    bool off = paper_off_tick(p, &e->intent, BROKER_REJECT, now, out);
    for (u32 i = 0; i < e->member_count && !off; i++) {
        intent_t order = e->member[i].intent;
        order.id = e->intent.id; /* the answer is to the order that was sent */
        order.account_id = e->intent.account_id;
        off = paper_off_tick(p, &order, BROKER_REJECT, now, out);
    }
    return off;
}

err_t paper_submit_bunch(paper_t *p, const effect_t *e, i64 now, broker_msgs_t *out)
{
    ASSERT(p != NULL && e != NULL && out != NULL);
    ASSERT(e->member_count > 1 && e->member_count <= BUNCH_MEMBERS && e->member != NULL);
    TRY(list_room(&p->bunches, &p->bunch_cap, (size_t)p->bunch_count + 1, sizeof *p->bunches));
    if (!paper_takes(p, &e->intent, now, 1 + 2 * e->member_count)) {
        return ERR_BROKER_REFUSED;
    }
    if (bunch_off_tick(p, e, now, out)) {
        return ERR_OK;
    }
    p->bunches[p->bunch_count++] = row_made(e);
    ASSERT(bunch_qty(&p->bunches[p->bunch_count - 1]) == e->intent.qty.v);
    u64 number = p->next_number;
    paper_add(p, &e->intent, false, number);
    (void)paper_say(out, BROKER_ACK, &p->orders[p->count - 1], 0, now);
    for (u32 i = 0; i < e->member_count; i++) {
        paper_legs(p, &e->member[i].intent, number);
    }
    return ERR_OK;
}

i64 paper_entry_part(const bunch_t *b, const i64 *part, const paper_order_t *child)
{
    ASSERT(b != NULL && part != NULL && child != NULL);
    for (u32 i = 0; i < b->count; i++) {
        if (id128_eq(b->member[i].intent, child->intent.parent)) {
            return part[i];
        }
    }
    return 0;
}

void paper_bunch_split(paper_t *p, paper_order_t *o, const action_t *action)
{
    bunch_t *b = paper_bunch_of(p, o);
    if (b != NULL) { /* each sub-ledger's shares change for themselves, and their fractions fall away so */
        bunch_on_split(b, action);
        o->intent.qty.v = bunch_qty(b);
        o->live = o->intent.qty;
        o->filled.v = b->filled;
    }
}

void paper_bunches_compact(paper_t *p)
{
    u32 kept = 0;
    for (u32 i = 0; i < p->bunch_count; i++) {
        bool alive = false;
        for (u32 k = 0; k < p->count && !alive; k++) {
            alive = id128_eq(p->orders[k].intent.id, p->bunches[i].id);
        }
        if (alive) {
            p->bunches[kept++] = p->bunches[i];
        }
    }
    p->bunch_count = kept;
}
