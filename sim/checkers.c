/* See checkers.h. */
#include "sim/checkers.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "trade/execution/reconcile.h"
#include "trade/risk/permit.h"

void checkers_open(checkers_t *c, const world_broker_t *broker, const config_t *config, u32 ledger)
{
    ASSERT(c != NULL && broker != NULL && config != NULL && ledger < REF_LEDGERS);
    memset(c, 0, sizeof *c);
    c->ledger = ledger;
    c->broker = broker;
    c->reference = broker->reference;
    c->config = config;
}

void check_note(checkers_t *c, const char *what)
{
    ASSERT(c != NULL);
    if (what != NULL && c->broken[0] == 0) {
        (void)snprintf(c->broken, sizeof c->broken, "%s", what);
    }
}

static check_permit_t *permit_find(checkers_t *c, id128_t id)
{
    for (u32 i = c->permit_count; i > 0; i--) {
        if (id128_eq(c->permits[i - 1].id, id)) {
            return &c->permits[i - 1];
        }
    }
    return NULL;
}

static check_permit_t *permit_add(checkers_t *c, id128_t id, const digest_t *payload)
{
    ASSERT(c->permit_count < CHECK_PERMITS);
    check_permit_t *p = &c->permits[c->permit_count++];
    *p = (check_permit_t){.id = id, .payload = *payload};
    return p;
}

void check_issued(checkers_t *c, id128_t id, const digest_t *payload)
{
    check_permit_t *p = permit_find(c, id); /* a number that no crash survived is given again */
    if (p == NULL || p->used) {
        p = permit_add(c, id, payload);
    }
    p->payload = *payload;
    p->issued = true;
}

static check_order_t *order_of(checkers_t *c, id128_t id)
{
    const ref_order_t *r = ref_find(c->reference, wb_ref_id(id));
    bool own = r != NULL && r->ledger == c->ledger && !r->several;
    return own ? &c->orders[r - c->reference->orders] : NULL;
}

static void fact_permit(checkers_t *c, const ev_PERMIT_t *f)
{
    check_permit_t *p = permit_find(c, f->intent);
    if (p == NULL) {
        p = permit_add(c, f->intent, &f->payload);
    } else if (!digest_eq(&p->payload, &f->payload)) {
        check_note(c, "I2: a permit was taken for a payload that risk did not see");
    }
    if (p->epoch != 0) {
        check_note(c, "I2: a permit was used twice");
    }
    p->epoch = f->epoch;
}

static bool is_end(u8 kind)
{
    return kind == BROKER_CANCELED || kind == BROKER_EXPIRED || kind == BROKER_REJECT;
}

/* Said of the order, or of the order of several that it is a part of: there an end that was told while
 * executions were missing is passed on with the last of them. */
static bool is_proof(const checkers_t *c, const ev_BROKER_t *m, const ev_ORDER_STATE_t *f)
{
    if (m->kind == BROKER_SILENT || m->kind == BROKER_NOT_SENT) {
        return false;
    }
    if (id128_eq(m->intent, f->intent)) {
        return m->kind == f->proof;
    }
    const ref_order_t *part = ref_find(c->reference, wb_ref_id(f->intent));
    const wb_order_t *whole = wb_find(c->broker, m->intent);
    ref_id_t id = wb_ref_id(m->intent);
    bool of_it = part != NULL && part->bunch.hi == id.hi && part->bunch.lo == id.lo;
    bool passed_on = m->kind == BROKER_FILL && is_end(f->proof) && whole != NULL && whole->state > WB_WORKING;
    bool lives = m->kind == BROKER_FILL && f->proof == BROKER_ACK; /* who got nothing of it hears so much */
    return of_it && (m->kind == f->proof || passed_on || lives);
}

/* Terminal states end; UNKNOWN needs a proof that stands in the journal as the input of this very step. */
static void fact_state(checkers_t *c, const ev_ORDER_STATE_t *f, const event_t *input, const account_t *a)
{
    check_order_t *o = order_of(c, f->intent);
    if (o == NULL) {
        check_note(c, "I10: a state change of an order without intent");
        return;
    }
    if (o->state != f->from) {
        check_note(c, "I10: a state change that does not start where the order stood");
    }
    if (f->from >= ORDER_FILLED && f->to != f->from) {
        check_note(c, "I10: a terminal state was left");
    }
    if (f->from == ORDER_UNKNOWN && f->to != ORDER_UNKNOWN) {
        bool proven = input->head.kind == EV_BROKER && is_proof(c, &input->as.BROKER, f);
        const order_t *own = account_order_const(a, f->intent);
        bool early = f->proof == BROKER_LOOKUP_ABSENT && own != NULL &&
                     input->head.t_engine < own->intent.send_before + c->broker->visibility_ns;
        check_note(c, !proven ? "I11: UNKNOWN was left without recorded proof" : NULL);
        check_note(c, early ? "I11: absence was believed before the broker's visibility delay" : NULL);
    }
    const order_t *entry =
        f->to == ORDER_REJECTED && f->from != f->to ? account_order_const(a, f->intent) : NULL;
    c->entries -= entry != NULL && entry->intent.role == ROLE_ENTRY && entry->filled.v == 0 ? 1 : 0;
    c->unknowns += f->to == ORDER_UNKNOWN && f->from != ORDER_UNKNOWN ? 1 : 0;
    o->state = f->to;
}

static void fact_intent(checkers_t *c, const ev_INTENT_t *f)
{
    check_order_t *o = order_of(c, f->id);
    ASSERT(o != NULL); /* the world told the reference first */
    if (o->state == 0) {
        c->entries += f->role == ROLE_ENTRY ? 1 : 0;
        o->state = (f->flags & INTENT_OCO) != 0 ? ORDER_HELD : ORDER_INTENT;
    }
}

static bool tells_of_protection(u16 code)
{
    return code == EXEC_ALERT_NAKED || code == EXEC_ALERT_UNPROTECTED || code == EXEC_ALERT_EXIT_FAILED ||
           code == EXEC_ALERT_DIFFERS;
}

void check_facts(checkers_t *c, const event_t *input, const outbox_t *out, const account_t *a)
{
    ASSERT(c != NULL && input != NULL && out != NULL && a != NULL);
    for (u32 i = 0; i < out->fact_count; i++) {
        const event_t *e = &out->facts[i];
        bool mine = e->head.kind == EV_PERMIT ? order_of(c, e->as.PERMIT.intent) != NULL
                                              : event_account(e) == a->account_id;
        if (!mine) {
            continue;
        }
        if (e->head.kind == EV_INTENT) {
            fact_intent(c, &e->as.INTENT);
        } else if (e->head.kind == EV_PERMIT) {
            fact_permit(c, &e->as.PERMIT);
        } else if (e->head.kind == EV_ORDER_STATE) {
            fact_state(c, &e->as.ORDER_STATE, input, a);
        } else if (e->head.kind == EV_ALERT && tells_of_protection(e->as.ALERT.code)) {
            c->last_alert = input->head.t_engine;
        }
    }
}

void check_isolated(checkers_t *c, const account_t *a, bool own)
{
    ASSERT(c != NULL && a != NULL);
    const u64 now[] = {a->epoch, a->killed, a->reconcile};
    bool same = memcmp(now, c->kept, sizeof now) == 0;
    check_note(c, own || same ? NULL : "isolation: the step of one account stopped or released another");
    memcpy(c->kept, now, sizeof now);
}

void check_split(checkers_t *c, inst_t name, i64 num, i64 den)
{
    ASSERT(c != NULL && name < REF_NAMES && num > 0 && den > 0);
    c->split[name] = true;
    for (u32 i = 0; i < c->reference->count; i++) {
        order_state_t state = (order_state_t)c->orders[i]
                                  .state; /* 0 where it is another's; the broker may have ended it already */
        if (c->reference->orders[i].name == name && state != 0 && !order_state_is_terminal(state)) {
            c->orders[i].filled = c->orders[i].filled * num / den;
        }
    }
}

static bool off_tick(const checkers_t *c, price_t p)
{
    return p.v % (p.v < PRICE_SCALE ? PRICE_SCALE / 10000 : c->broker->tick) != 0;
}

static void check_tick(checkers_t *c, const intent_t *i)
{
    bool off = off_tick(c, i->limit) || off_tick(c, i->stop) || off_tick(c, i->bracket_stop) ||
               off_tick(c, i->bracket_target);
    check_note(c, off ? "I13: a price off the tick" : NULL);
}

static void check_halted(checkers_t *c, const intent_t *i)
{
    ASSERT(i->inst < REF_NAMES);
    check_note(c, c->halted[i->inst] ? "I13: an order left for a name that does not trade" : NULL);
}

bool check_sent(checkers_t *c, id128_t id)
{
    ASSERT(c != NULL);
    const check_permit_t *p = permit_find(c, id);
    return p != NULL && p->used;
}

void check_replace(checkers_t *c, const intent_t *i)
{
    ASSERT(c != NULL && i != NULL);
    check_halted(c, i);
    check_tick(c, i);
}

void check_submit(checkers_t *c, const intent_t *i, bool killed)
{
    ASSERT(c != NULL && i != NULL);
    c->submits++;
    bool opens = side_is_opening((side_t)i->side);
    check_permit_t *p = permit_find(c, i->id);
    digest_t digest = intent_digest(i);
    bool permitted =
        p != NULL && p->epoch != 0 && !p->used && digest_eq(&digest, &p->payload) && (p->issued || !opens);
    check_note(c, permitted ? NULL : "I2: an order left without a permit for exactly this payload");
    if (p != NULL) {
        p->used = true;
    }
    check_note(c, opens && c->differs ? "I8: an opening order left an account that differs from the broker's"
                                      : NULL);
    check_note(c, opens && killed ? "I4: an opening order left under the kill switch" : NULL);
    check_halted(c, i);
    i64 mid = c->broker->price[i->inst];
    i64 price = i->limit.v > 0 ? i->limit.v : i->stop.v > 0 ? i->stop.v : i->reference.v;
    f64 away = (f64)(price > mid ? price - mid : mid - price) / (f64)mid * 1e4;
    check_note(c, opens && away > c->config->risk_price_band_bps ? "I13: an order outside its price band"
                                                                 : NULL);
    check_note(c, c->broker->gone[i->inst] ? "I13: an order left for a name that is no more" : NULL);
    check_tick(c, i);
    f64 notional = (f64)i->qty.v * (f64)mid / (f64)PRICE_SCALE;
    check_note(c, i->qty.v <= 0 || (opens && notional > c->config->risk_fat_finger_usd)
                      ? "I13: a size out of bounds"
                      : NULL);
}

/* What our own orders made and may still make at the broker, at present prices or the worst that an order
 * allows; and what the account is worth without the doings of others. Money in 1e-6, prices in 1e-9. */
static void exposure_of(const checkers_t *c, f64 *gross, f64 *equity)
{
    const reference_t *r = c->reference;
    *gross = 0;
    *equity = (f64)r->ledger[c->ledger].cash / MONEY_SCALE;
    for (u32 n = 0; n < REF_NAMES; n++) {
        f64 value = (f64)ref_own(r, c->ledger, n) * (f64)c->broker->price[n] / PRICE_SCALE;
        *equity += value;
        *gross += value < 0 ? -value : value;
    }
    for (u32 i = 0; i < r->count; i++) {
        const ref_order_t *o = &r->orders[i];
        i64 price = o->limit > 0 ? o->limit : c->broker->price[o->name];
        bool may = o->working && o->opens && o->ledger == c->ledger && !o->several;
        *gross += may ? (f64)(o->qty - o->filled) * (f64)price / PRICE_SCALE : 0;
    }
}

void check_limits(checkers_t *c)
{
    ASSERT(c != NULL);
    f64 gross;
    f64 equity;
    exposure_of(c, &gross, &equity);
    /* The engine reserves at the price of its decision; what moved since may be a little more. */
    bool beyond = gross > c->config->risk_max_gross_pct / 100.0 * equity * 1.05;
    check_note(c, beyond ? "I3: more value at the broker than the limit of gross exposure" : NULL);
    bool over = ref_names(c->reference, c->ledger) > (u32)c->config->risk_max_open_positions;
    check_note(c, over ? "I3: more positions and orders at the broker than the limit allows" : NULL);
}

static i64 size_of(i64 v)
{
    return v < 0 ? -v : v;
}

static void check_order(checkers_t *c, const order_t *o)
{
    const ref_order_t *r = ref_find(c->reference, wb_ref_id(o->intent.id));
    if (r == NULL) {
        check_note(c, "I17: an order whose intent is not durable");
        return;
    }
    check_order_t *seen = &c->orders[r - c->reference->orders];
    if (o->filled.v < seen->filled || o->value.v < seen->value) {
        check_note(c, "I7: filled quantity or value went back");
    }
    if (o->filled.v > r->filled || o->value.v > r->value || o->exec_count > r->fills) {
        check_note(c, "I7: more was booked than the distinct executions of the broker");
    }
    seen->filled = o->filled.v;
    seen->value = o->value.v;
    bool dead = o->state == ORDER_CANCELED || o->state == ORDER_REJECTED || o->state == ORDER_EXPIRED;
    check_note(c, dead && r->working ? "I11: an order was declared dead that lives at the broker" : NULL);
}

/* What no live order of the account's own would close. */
static bool is_naked(const checkers_t *c, u32 n)
{
    return size_of(ref_own(c->reference, c->ledger, n)) > wb_covered(c->broker, c->ledger, (inst_t)n);
}

/* Truth at the broker: what is open and what covers it. In a halt nothing protects. */
static void check_protection(checkers_t *c, const account_t *a, i64 now)
{
    for (u32 n = 0; n < REF_NAMES; n++) {
        bool naked = is_naked(c, n);
        if (!naked || c->blind[n] || !wb_trades(c->broker, (inst_t)n)) {
            c->naked_since[n] = 0;
            continue;
        }
        if (c->naked_since[n] == 0) {
            c->naked_since[n] = now;
        }
        /* Told again every ten seconds while it lasts, so an older one speaks of something else. */
        /* The pauses between two tellings grow with how long it lasts by the clock, which goes on while the
         * process stands still. */
        i64 pause = CHECK_ALERT_NS + c->stood_still;
        bool told = c->last_alert >= now - pause || a->reconcile != 0;
        check_note(c, now - c->naked_since[n] > CHECK_NAKED_NS && !told
                          ? "I5: a position is unprotected and nobody was told"
                          : NULL);
    }
}

static void note_blind(checkers_t *c)
{
    bool down = !wb_is_up(c->broker);
    for (u32 n = 0; n < REF_NAMES; n++) {
        u32 unheard = c->broker->unheard[n];
        c->blind[n] = c->blind[n] || down || c->unheard[n] != unheard;
        c->unheard[n] = unheard;
    }
}

void check_event(checkers_t *c, const account_t *a, i64 now)
{
    ASSERT(c != NULL && a != NULL);
    c->checks++;
    c->now = now;
    note_blind(c);
    check_note(c, c->broker->broken);
    check_note(c, account_check(a) ? NULL : "I9: the books do not balance, or cash is not the ledger's");
    check_note(c, exec_check(a) ? NULL : "I6: exits exceed the position, or an order its quantity");
    for (u32 i = 0; i < a->orders_used; i++) {
        if (a->orders[i].state != 0) {
            check_order(c, &a->orders[i]);
        }
    }
    check_note(c, a->day.entries == c->entries
                      ? NULL
                      : "I3: the day's entries are not those that were sent and not refused");
    check_protection(c, a, now);
}

/* The account has what its own orders did at the broker, whatever others traded there. */
static bool equal_own(const checkers_t *c, const account_t *a)
{
    bool same = a->cash.v == c->reference->ledger[c->ledger].cash;
    for (u32 n = 0; n < REF_NAMES; n++) {
        const position_t *p = account_position_const(a, (inst_t)n);
        same = same && ref_own(c->reference, c->ledger, n) == (p == NULL ? 0 : p->qty.v);
    }
    return same;
}

void check_books_add(check_books_t *b, const account_t *a)
{
    ASSERT(b != NULL && a != NULL);
    b->cash += a->cash.v;
    for (u32 n = 0; n < REF_NAMES; n++) {
        const position_t *p = account_position_const(a, (inst_t)n);
        b->position[n] += p == NULL ? 0 : p->qty.v;
    }
}

/* As far as the broker tells. */
static bool equal(const checkers_t *c, const check_books_t *together)
{
    bool same = c->cash_untold || together->cash == c->reference->cash;
    return same && memcmp(together->position, c->reference->position, sizeof together->position) == 0;
}

void check_compared(checkers_t *c, const account_t *a, const check_books_t *together)
{
    ASSERT(c != NULL && a != NULL && together != NULL);
    c->differs = !equal(c, together);
    memset(c->blind, 0, sizeof c->blind);
    check_note(c, !c->differs || a->reconcile != 0
                      ? NULL
                      : "I8: the account differs from the broker's and trades on");
}

static const char *order_open(const order_t *o)
{
    switch (o->state) {
    case ORDER_UNKNOWN:
        return "liveness: an order stays UNKNOWN";
    case ORDER_INTENT:
    case ORDER_PENDING_NEW:
        return "liveness: an order was never answered";
    case ORDER_PENDING_CANCEL:
        return "liveness: a cancel was never answered";
    case ORDER_PENDING_REPLACE:
        return "liveness: a replace was never answered";
    default:
        return NULL;
    }
}

/* A working order that the broker has forgotten, or one whose stop is not where we believe. */
static const char *order_agrees(const checkers_t *c, const order_t *o)
{
    wb_seen_t there = wb_see(c->broker, o->intent.id);
    bool live =
        o->state == ORDER_NEW || o->state == ORDER_PARTIAL || (o->state == ORDER_HELD && o->live.v > 0);
    if (live && !there.open) {
        return "liveness: an order that is dead at the broker still counts as live";
    }
    bool moved = live && o->intent.role == ROLE_STOP && there.order->intent.stop.v != o->intent.stop.v;
    return moved ? "I5: the broker holds another stop price than the account" : NULL;
}

/* Every position of ours is protected. Where others took away what we hold, no stop can be had: then somebody
 * is told, again and again. */
static const char *names_quiet(const checkers_t *c)
{
    bool told = c->last_alert >= c->now - CHECK_ALERT_NS;
    for (u32 n = 0; n < REF_NAMES; n++) {
        if (is_naked(c, n) && !(c->reference->outside[n] != 0 && told)) {
            return "liveness: a position stays unprotected";
        }
    }
    return NULL;
}

bool check_quiet(checkers_t *c, const account_t *a, const check_books_t *together, char *why, size_t why_size)
{
    ASSERT(c != NULL && a != NULL && together != NULL && why != NULL);
    const char *open = NULL;
    for (u32 i = 0; i < a->orders_used && open == NULL; i++) {
        open = order_open(&a->orders[i]);
        open = open == NULL ? order_agrees(c, &a->orders[i]) : open;
    }
    bool outside = c->reference->outside_trades > 0;
    bool same = equal_own(c, a) && (outside || equal(c, together));
    open = open == NULL && !same ? "I8: cash or positions are not the broker's in the end" : open;
    open = open == NULL && !outside && a->reconcile != 0 ? "liveness: the account stays in RECONCILE" : open;
    open = open == NULL && outside && a->reconcile == 0 && !equal(c, together)
               ? "I8: others traded in the account, and it goes on"
               : open;
    open = open == NULL ? names_quiet(c) : open;
    (void)snprintf(why, why_size, "%s", open == NULL ? "" : open);
    return open == NULL;
}

void check_restarted(checkers_t *c, const account_t *a)
{
    ASSERT(c != NULL && a != NULL);
    memset(c->naked_since, 0, sizeof c->naked_since);
    c->differs = true;
    c->entries = a->day.entries; /* of what was sent and never acknowledged, the facts may have it or not */
    /* Permits that died with the process were never used, and their numbers are given again. */
    u32 kept = 0;
    for (u32 i = 0; i < c->permit_count; i++) {
        if (c->permits[i].epoch != 0) {
            c->permits[kept++] = c->permits[i];
        }
    }
    c->permit_count = kept;
    /* Facts of a batch that was durable but never acknowledged are in the account; take them as seen. */
    for (u32 i = 0; i < a->orders_used; i++) {
        check_order_t *o = order_of(c, a->orders[i].intent.id);
        if (o != NULL) {
            o->state = a->orders[i].state;
            o->filled = a->orders[i].filled.v;
            o->value = a->orders[i].value.v;
        }
    }
}

void check_stood_still(checkers_t *c, i64 ns)
{
    ASSERT(c != NULL && ns >= 0);
    for (u32 n = 0; n < REF_NAMES; n++) {
        c->naked_since[n] += c->naked_since[n] != 0 ? ns : 0;
    }
    c->stood_still += ns;
}
