/* See permit.h. */
#include "trade/risk/permit.h"

#include "base/assert.h"
#include "base/bytes.h"

enum { PERMIT_WINDOW = 64, INTENT_BYTES = 256 };

id128_t intent_id_make(id128_t incarnation, u64 account_id, u64 sequence)
{
    ASSERT(sequence > 0);
    u8 bytes[32];
    writer_t w = writer_of(bytes, sizeof bytes);
    put_bytes(&w, incarnation.b, sizeof incarnation.b);
    put_u64(&w, account_id);
    put_u64(&w, sequence);
    ASSERT(!w.full && w.used == sizeof bytes);
    return id128_of(bytes, sizeof bytes);
}

id128_t intent_child_id(id128_t entry, order_role_t role)
{
    ASSERT(role == ROLE_STOP || role == ROLE_TARGET);
    u8 bytes[17];
    writer_t w = writer_of(bytes, sizeof bytes);
    put_bytes(&w, entry.b, sizeof entry.b);
    put_u8(&w, (u8)role);
    ASSERT(!w.full && w.used == sizeof bytes);
    return id128_of(bytes, sizeof bytes);
}

id128_t intent_slice_id(id128_t parent, u32 number)
{
    ASSERT(number > 0);
    u8 bytes[21];
    writer_t w = writer_of(bytes, sizeof bytes);
    put_bytes(&w, parent.b, sizeof parent.b);
    put_u8(&w, ROLE_ENTRY);
    put_u32(&w, number);
    ASSERT(!w.full && w.used == sizeof bytes);
    return id128_of(bytes, sizeof bytes);
}

void intent_child(const intent_t *entry, order_role_t role, intent_t *out)
{
    ASSERT(entry != NULL && out != NULL);
    ASSERT(role == ROLE_STOP ? entry->bracket_stop.v > 0 : entry->bracket_target.v > 0);
    intent_t c = *entry;
    c.id = intent_child_id(entry->id, role);
    c.parent = entry->id;
    c.qty = entry->qty;
    c.limit = role == ROLE_TARGET ? entry->bracket_target : (price_t){0};
    c.stop = role == ROLE_STOP ? entry->bracket_stop : (price_t){0};
    c.bracket_stop = (price_t){0};
    c.bracket_target = (price_t){0};
    c.side = side_is_buy((side_t)entry->side) ? SIDE_SELL : SIDE_BUY_TO_COVER;
    c.type = role == ROLE_STOP ? ORDER_STOP : ORDER_LIMIT;
    c.tif = TIF_GTC;
    c.role = (u8)role;
    c.flags = (entry->flags & INTENT_PROBE) | INTENT_REDUCING | INTENT_OCO;
    *out = c;
}

digest_t intent_digest(const intent_t *i)
{
    ASSERT(i != NULL);
    u8 bytes[INTENT_BYTES];
    writer_t w = writer_of(bytes, sizeof bytes);
    put_bytes(&w, i->id.b, sizeof i->id.b);
    put_bytes(&w, i->parent.b, sizeof i->parent.b);
    put_u64(&w, i->sequence);
    put_u64(&w, i->account_id);
    put_u64(&w, i->risk_group_id);
    put_u64(&w, i->owner_id);
    const i64 numbers[] = {i->t_decided, i->send_before, i->qty.v, i->limit.v, i->stop.v, i->reference.v,
                           i->bracket_stop.v, i->bracket_target.v};
    for (u32 k = 0; k < COUNT_OF(numbers); k++) {
        put_i64(&w, numbers[k]);
    }
    put_u16(&w, i->inst);
    put_u8(&w, i->side);
    put_u8(&w, i->type);
    put_u8(&w, i->tif);
    put_u8(&w, i->role);
    put_u16(&w, i->strategy);
    put_u32(&w, i->flags);
    ASSERT(!w.full);
    return digest_of(bytes, w.used);
}

static bool draft_is_usable(const intent_t *d)
{
    bool prices = d->limit.v >= 0 && d->stop.v >= 0 && d->reference.v > 0 && d->bracket_stop.v >= 0 &&
                  d->bracket_target.v >= 0;
    return prices && intent_terms_ok(d) && d->qty.v > 0 && d->inst != INST_NONE && d->side >= SIDE_BUY &&
           d->side <= SIDE_BUY_TO_COVER && d->role >= ROLE_ENTRY && d->role <= ROLE_EXIT;
}

/* A bracket must lie on the right sides of the reference, or its stop would fire at once. */
static bool bracket_is_sane(const intent_t *d)
{
    i64 sign = side_is_buy((side_t)d->side) ? 1 : -1;
    bool stop = d->bracket_stop.v == 0 || sign * (d->reference.v - d->bracket_stop.v) > 0;
    bool target = d->bracket_target.v == 0 || sign * (d->bracket_target.v - d->reference.v) > 0;
    return stop && target;
}

/* From here on the rules of stage 12 say what became of an order; they are asked of no candidate. */
enum { RULE_ORDER_FIRST = 1250 };

/* Every rule of stage 12 must have been looked at: an empty or partial list permits nothing. */
static bool gates_are_whole(const gates_t *g)
{
    for (u32 i = 0; i < rule_count(); i++) {
        const rule_desc_t *r = rule_at(i);
        bool found = rule_stage(r->id) != 12 || r->id >= RULE_ORDER_FIRST;
        for (u32 k = 0; !found && k < g->count; k++) {
            found = g->v[k].rule == r->id;
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void permit_make(account_t *a, const permit_request_t *request, risk_permit_t *out)
{
    risk_permit_t p = {.intent = request->draft, .tag = request->tag, .epoch = a->epoch,
                       .account_id = a->account_id, .multiplier = request->multiplier,
                       .exponent = (i8)request->exponent};
    p.intent.sequence = ++a->intent_sequence;
    p.intent.account_id = a->account_id;
    p.intent.risk_group_id = a->risk_group_id;
    p.intent.owner_id = a->owner_id;
    p.intent.id = intent_id_make(a->incarnation, a->account_id, p.intent.sequence);
    p.payload = intent_digest(&p.intent);
    p.serial = ++a->permit_serial;
    a->permit_open = (a->permit_open << 1) | 1;
    *out = p;
}

err_t permit_open(account_t *a, const permit_request_t *request, const gates_t *gates, risk_permit_t *out)
{
    ASSERT(a != NULL && request != NULL && gates != NULL && out != NULL);
    ASSERT(request->multiplier > 0 && request->exponent <= 0 && request->exponent >= QTY_EXPONENT_MIN);
    const intent_t *d = &request->draft;
    if (a->killed != 0) {
        return ERR_KILLED;
    }
    if (a->reconcile != 0 || (d->inst != INST_NONE && account_outlived(a, d->inst))) {
        return ERR_PERMIT; /* beside the new position's own stop that order could turn it over (I6) */
    }
    if (account_is_halted(a, d->inst)) {
        return ERR_HALTED;
    }
    if (!draft_is_usable(d) || !bracket_is_sane(d) || !side_is_opening((side_t)d->side) ||
        d->role != ROLE_ENTRY || (d->flags & INTENT_REDUCING) != 0) {
        return ERR_PARAM_RANGE;
    }
    if (gates->failed != 0 || !gates_are_whole(gates)) {
        return ERR_RISK_LIMIT;
    }
    permit_make(a, request, out);
    return ERR_OK;
}

err_t permit_slice(account_t *a, const slice_request_t *q, i64 now, risk_permit_t *out)
{
    ASSERT(a != NULL && q != NULL && out != NULL);
    const order_t *o = q->parent;
    ASSERT(o != NULL && (o->intent.flags & INTENT_SLICED) != 0 && o->intent.role == ROLE_ENTRY);
    if (a->killed != 0) {
        return ERR_KILLED;
    }
    if (account_is_halted(a, o->intent.inst)) {
        return ERR_HALTED;
    }
    if (q->asked != SLICE_RULES || q->failed != 0) {
        return ERR_RISK_LIMIT;
    }
    bool lives = o->state != 0 && !order_state_is_terminal((order_state_t)o->state);
    if (a->reconcile != 0 || account_outlived(a, o->intent.inst)) {
        return ERR_PERMIT;
    }
    if (!lives || q->qty.v <= 0 || q->qty.v > o->live.v - o->filled.v) {
        return ERR_PERMIT; /* filled and open of all slices never exceed the parent (I1) */
    }
    permit_request_t r = {.draft = o->intent, .tag = o->tag, .multiplier = o->multiplier,
                          .exponent = o->exponent};
    r.draft.parent = o->intent.id;
    r.draft.t_decided = now;
    r.draft.send_before = now + (o->intent.send_before - o->intent.t_decided);
    r.draft.qty = q->qty;
    r.draft.reference = q->mid;
    r.draft.bracket_stop = q->stop;
    r.draft.flags &= ~(u32)INTENT_SLICED;
    if (!draft_is_usable(&r.draft) || !bracket_is_sane(&r.draft)) {
        return ERR_PARAM_RANGE;
    }
    permit_make(a, &r, out);
    out->intent.id = intent_slice_id(o->intent.id, q->number);
    out->payload = intent_digest(&out->intent);
    return ERR_OK;
}

err_t permit_reduce(account_t *a, const permit_request_t *request, risk_permit_t *out)
{
    ASSERT(a != NULL && request != NULL && out != NULL);
    ASSERT(request->multiplier > 0);
    const intent_t *d = &request->draft;
    if (!draft_is_usable(d) || side_is_opening((side_t)d->side) || d->role == ROLE_ENTRY) {
        return ERR_PARAM_RANGE;
    }
    const position_t *p = account_position_const(a, d->inst);
    if (p == NULL || p->qty.v == 0) {
        return ERR_PERMIT;
    }
    i64 size = p->qty.v < 0 ? -p->qty.v : p->qty.v;
    side_t closing = p->qty.v > 0 ? SIDE_SELL : SIDE_BUY_TO_COVER;
    if (d->side != (u8)closing || d->qty.v > size) {
        return ERR_PERMIT;
    }
    permit_make(a, request, out);
    out->intent.flags |= INTENT_REDUCING;
    out->payload = intent_digest(&out->intent);
    return ERR_OK;
}

err_t permit_take(account_t *a, const risk_permit_t *permit)
{
    ASSERT(a != NULL && permit != NULL);
    u64 age = a->permit_serial - permit->serial;
    if (permit->serial == 0 || permit->serial > a->permit_serial || age >= PERMIT_WINDOW ||
        (a->permit_open >> age & 1) == 0 || permit->account_id != a->account_id) {
        return ERR_PERMIT;
    }
    a->permit_open &= ~((u64)1 << age); /* used up even if it proves wrong below */
    digest_t digest = intent_digest(&permit->intent);
    if (!digest_eq(&digest, &permit->payload)) {
        return ERR_PERMIT;
    }
    bool reducing = !side_is_opening((side_t)permit->intent.side);
    if (!reducing && a->killed != 0) {
        return ERR_KILLED;
    }
    return reducing || permit->epoch == a->epoch ? ERR_OK : ERR_PERMIT;
}
