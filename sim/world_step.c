/* One step of a world: what the door and its broker see, what becomes durable, what is sent. See world.h. */
#include <string.h>

#include "base/assert.h"
#include "base/hash.h"
#include "sim/world_inner.h"

enum { WORLD_MESSAGES = 64, TRACE_BYTES = 4096 };

static err_t port_submit(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    world_t *w = self;
    ASSERT(i->account_id == w->d->setup.account_id);
    world_fail(w, w->now > i->send_before ? "I13: an order left when the time to send it was over" : NULL);
    check_submit(&w->d->check, i, w->d->killed);
    broker_port_t port = wb_port(&w->d->venue->broker);
    err_t err = port.submit(port.self, i, now, out);
    if (side_is_opening((side_t)i->side)) {
        check_limits(&w->d->check);
    }
    return err;
}

/* Each member's own intent is what risk saw, and each one's limits hold with its own part. */
static err_t port_submit_bunch(void *self, const effect_t *e, i64 now, broker_msgs_t *out)
{
    world_t *w = self;
    for (u32 i = 0; i < e->member_count; i++) {
        world_desk_t *d = world_desk_of(w, e->member[i].intent.account_id);
        ASSERT(d != NULL && world_stand_together(d, w->d));
        check_submit(&d->check, &e->member[i].intent, d->killed);
    }
    w->bunches_made++;
    broker_port_t port = wb_port(&w->d->venue->broker);
    err_t err = port.submit_bunch(port.self, e, now, out);
    for (u32 i = 0; i < e->member_count && side_is_opening((side_t)e->intent.side); i++) {
        check_limits(&world_desk_of(w, e->member[i].intent.account_id)->check);
    }
    return err;
}

static err_t port_cancel(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    broker_port_t port = wb_port(&((world_t *)self)->d->venue->broker);
    return port.cancel(port.self, i, now, out);
}

static err_t port_replace(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    check_replace(&((world_t *)self)->d->check, i);
    broker_port_t port = wb_port(&((world_t *)self)->d->venue->broker);
    return port.replace(port.self, i, now, out);
}

static err_t port_lookup(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    broker_port_t port = wb_port(&((world_t *)self)->d->venue->broker);
    ((world_t *)self)->d->lookups++;
    return port.lookup(port.self, i, now, out);
}

void world_publish(world_t *w, u64 epoch, bool killed)
{
    door_publish(&w->words[w->d - w->own_desks], epoch, killed && !w->hooks->door_deaf);
}

void world_door_start(world_t *w)
{
    broker_port_t port = {.self = w,
                          .submit = port_submit,
                          .cancel = port_cancel,
                          .replace = port_replace,
                          .lookup = port_lookup,
                          .submit_bunch = port_submit_bunch};
    for (u32 k = 0; k < w->desk_count; k++) {
        world_turn(w, k);
        w->words[k].account = w->d->setup.account_id;
    }
    order_door_open(&w->door, port, w->words, w->desk_count);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_turn(w, k);
        world_publish(w, w->d->account->epoch, w->d->killed);
    }
    w->inbox_from = 0;
    w->inbox_count = 0;
}

world_desk_t *world_desk_of(world_t *w, u64 account)
{
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        if (d->setup.account_id == account || d->venue->account == account) {
            return d;
        }
    }
    return NULL;
}

static void inbox_put(world_t *w, const event_t *e)
{
    ASSERT(w->inbox_count < WORLD_INBOX);
    w->inbox[(w->inbox_from + w->inbox_count++) % WORLD_INBOX] =
        (world_mail_t){.desk = (u32)(w->d - w->own_desks), .e = *e};
}

static void remember(world_t *w, const event_t *e)
{
    event_t *to = &w->last[w->last_count++ % WORLD_LAST];
    *to = *e;
    if (e->head.kind == EV_ALERT) {
        to->as.ALERT.text = (blob_t){0}; /* lives in the outbox */
    } else if (e->head.kind == EV_BUNCH) {
        to->as.BUNCH.members = (blob_t){0};
    }
}

static void die(world_t *w)
{
    w->crashed = true;
}

/* A person pulls the switch between the commit and the send: the door must see it, the engine hears of it
 * later. */
static void maybe_kill(world_t *w, const effect_t *e)
{
    bool opens = e->kind == EFFECT_SUBMIT && side_is_opening((side_t)e->intent.side);
    if (!opens || w->d->killed || w->d->venue->faults.stopped || world_below(w, 40) != 0) {
        return;
    }
    w->d->killed = true;
    w->d->kill_due = true;
    w->d->t_release = w->now + 10 * NS_PER_SEC;
    if (!w->hooks->door_deaf) {
        world_publish(w, w->d->account->epoch + 1, true);
    }
}

/* One of those whose order it is. */
static void maybe_kill_one(world_t *w, const effect_t *e)
{
    u32 mine = (u32)(w->d - w->own_desks);
    if (e->member_count > 0) {
        u64 pick = world_below(w, e->member_count);
        world_turn(w, (u32)(world_desk_of(w, e->member[pick].intent.account_id) - w->own_desks));
    }
    maybe_kill(w, e);
    world_turn(w, mine);
}

/* True if the process dies here. */
static bool dies(world_t *w, fault_t how)
{
    return !w->hooks->apart && fault_fires(&w->d->venue->faults, how);
}

/* An order of one, or the first one's part of an order of several. */
static const intent_t *first_intent(const effect_t *e)
{
    return e->member_count > 0 ? &e->member[0].intent : &e->intent;
}

static bool may_leave(const world_t *w, const world_desk_t *d, const intent_t *i, u64 epoch)
{
    return w->now <= i->send_before && !d->killed && d->account->epoch == epoch;
}

/* What nobody stopped must leave, whatever became of the other accounts; of several, what nobody stopped one
 * of. */
static void isolation_check(world_t *w, const effect_t *e, u64 submits)
{
    bool free_ = e->kind == EFFECT_SUBMIT;
    const intent_t *first = first_intent(e);
    world_desk_t *d = world_desk_of(w, first->account_id);
    for (u32 i = 0; i < e->member_count && free_; i++) {
        const effect_member_t *m = &e->member[i];
        free_ = may_leave(w, world_desk_of(w, m->intent.account_id), &m->intent, m->epoch);
    }
    free_ = free_ && (e->member_count > 0 || may_leave(w, d, first, e->epoch));
    bool left = d->check.submits > submits || check_sent(&d->check, first->id);
    world_fail(w, free_ && !left ? "isolation: the door kept back an order of an account that nobody stopped"
                                 : NULL);
}

static void effect_send(world_t *w, const effect_t *e)
{
    maybe_kill_one(w, e);
    if (dies(w, FAULT_KILL_SEND)) {
        die(w);
        return;
    }
    ev_BROKER_t messages[WORLD_MESSAGES];
    ev_SEND_RESULT_t results[4];
    door_out_t box = {.broker = {.v = messages, .cap = WORLD_MESSAGES}, .results = results, .result_cap = 4};
    u64 submits = world_desk_of(w, first_intent(e)->account_id)->check.submits;
    bool late = e->kind == EFFECT_SUBMIT && w->now > e->intent.send_before;
    w->held_back += late ? 1 : 0;
    order_door_send(&w->door, e, late && w->hooks->door_late ? e->intent.send_before : w->now, &box);
    isolation_check(w, e, submits);
    if (dies(w, FAULT_KILL_SEND)) {
        die(w);
        return;
    }
    for (u32 i = 0; i < box.result_count; i++) {
        event_t in = world_input(w, EV_SEND_RESULT);
        in.as.SEND_RESULT = results[i];
        inbox_put(w, &in);
    }
    for (u32 i = 0; i < box.broker.count; i++) {
        event_t in = world_input(w, EV_BROKER);
        in.as.BROKER = messages[i];
        inbox_put(w, &in);
    }
}

/* Each effect in the turn of its account. */
static void effects_send(world_t *w)
{
    u32 mine = (u32)(w->d - w->own_desks);
    u32 n = w->out.effect_count;
    memcpy(w->sending, w->out.effects, n * sizeof w->sending[0]);
    w->out.effect_count = 0;
    for (u32 i = 0; i < n && !w->crashed; i++) {
        const world_desk_t *d = world_desk_of(w, w->sending[i].intent.account_id);
        ASSERT(d != NULL);
        world_turn(w, (u32)(d - w->own_desks));
        effect_send(w, &w->sending[i]);
    }
    world_turn(w, mine);
}

void world_intent_durable(world_t *w, const ev_INTENT_t *f)
{
    intent_t i;
    recover_intent(f, &i);
    world_desk_t *d = world_desk_of(w, f->account);
    ASSERT(d != NULL);
    ref_durable(&d->venue->reference, wb_ref_id(f->id), wb_payload(&i), d->check.ledger);
}

bool world_books_equal(world_t *w, const account_t *a, const account_t *b)
{
    writer_t x = writer_of(w->bytes[0], WORLD_BYTES);
    writer_t y = writer_of(w->bytes[1], WORLD_BYTES);
    err_t err = account_encode_facts(a, &x);
    err = err == ERR_OK ? account_encode_facts(b, &y) : err;
    ASSERT(err == ERR_OK);
    return x.used == y.used && memcmp(x.p, y.p, x.used) == 0;
}

/* Everything that an account hears and does, in one number: payloads only, since the numbers of events are
 * moved by those of other accounts. */
static void trace_add(world_desk_t *d, const event_t *e)
{
    u8 bytes[TRACE_BYTES];
    writer_t out = writer_of(bytes, sizeof bytes);
    err_t err = event_encode_payload(e, &out);
    ASSERT(err == ERR_OK);
    d->trace = hash64_seed(bytes, out.used, d->trace + e->head.kind);
}

/* Whose fact it is; a permit is its order's. */
static bool fact_is_of(const world_desk_t *d, const event_t *f)
{
    const ref_order_t *o =
        f->head.kind == EV_PERMIT ? ref_find(&d->venue->reference, wb_ref_id(f->as.PERMIT.intent)) : NULL;
    return o != NULL ? o->ledger == d->check.ledger : event_account(f) == d->setup.account_id;
}

/* True if a step may be of several accounts: actions, halts, the first words after a restart. */
static bool is_of_all(const world_t *w, const event_t *input)
{
    bool action = input->head.kind == EV_TIMER && input->as.TIMER.timer != 0;
    return action || input->head.kind == EV_HALT || w->returning;
}

/* The durable facts alone must give the same account (I20); and the facts of one account must leave every
 * other one as it was. */
static void replay_step(world_t *w, world_desk_t *d, const event_t *input)
{
    err_t err = world_replay_input(w, d, input);
    err = err == ERR_OK ? world_bunch_words_again(w, d, input) : err;
    for (u32 i = 0; i < w->out.fact_count && err == ERR_OK; i++) {
        const event_t *f = &w->out.facts[i];
        bool of_it = fact_is_of(d, f);
        if (of_it) {
            trace_add(d, f);
        }
        check_note(&d->check, !world_stand_together(d, w->d) && of_it && !is_of_all(w, input)
                                  ? "isolation: the step of one account wrote a fact of another"
                                  : NULL);
        err = recover_apply(&d->replay, f);
    }
    if (err != ERR_OK) {
        check_note(&d->check, "I20: a fact cannot be applied again");
    } else if (!world_books_equal(w, d->account, d->shadow)) {
        check_note(&d->check, world_stand_together(d, w->d)
                                  ? "I20: the facts lead to another account"
                                  : "isolation: the step of one account changed another");
    }
}

/* The same of orders of several. */
static void replay_bunches(world_t *w)
{
    err_t err = ERR_OK;
    for (u32 i = 0; i < w->out.fact_count && err == ERR_OK; i++) {
        err = bunch_fact_again(&w->bunches_shadow, &w->out.facts[i]);
    }
    world_fail(w, err == ERR_OK ? NULL : "I20: a fact of an order of several cannot be applied again");
    world_fail(w, world_bunches_equal(w) ? NULL : "I20: the facts lead to other orders of several");
}

/* What became durable, in the order in which it was written. */
static void facts_durable(world_t *w)
{
    for (u32 i = 0; i < w->out.fact_count; i++) {
        const event_t *f = &w->out.facts[i];
        if (f->head.kind == EV_INTENT) {
            world_intent_durable(w, &f->as.INTENT);
        } else if (f->head.kind == EV_BUNCH) {
            world_bunch_durable(w, &f->as.BUNCH);
        }
    }
}

/* Every invariant, of every account. */
static void step_check(world_t *w, const event_t *input, i64 waited)
{
    world_bunch_hear_again(w, &w->bunches_shadow, input);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        bool own = world_stand_together(d, w->d) || is_of_all(w, input);
        check_facts(&d->check, input, &w->out, d->account);
        check_stood_still(&d->check, waited); /* what this step tells was heard after it */
        check_isolated(&d->check, d->account, own);
        replay_step(w, d, input);
    }
    replay_bunches(w);
}

/* The sums of those who share an account (I16): they stand at the first venue, if anybody shares. */
static void shared_check(world_t *w)
{
    const world_venue_t *v = &w->own_venues[0];
    if (v->count == 1 || w->action.timer != 0) {
        return; /* the market is a step ahead */
    }
    w->shared.house = bunch_house(&w->bunches, v->account)->v;
    for (u32 k = 0; k < v->count; k++) {
        w->shared.ledger[k] = w->own_desks[v->first + k].account;
    }
    world_turn(w, v->first);
    world_fail(w, check_shared(&w->shared));
}

static err_t journal_write(world_t *w, event_t *input)
{
    TRY(journal_append(w->journal, input));
    for (u32 i = 0; i < w->out.fact_count; i++) {
        event_t *f = &w->out.facts[i];
        f->head.t_engine = w->now;
        f->head.t_event = w->now;
        f->head.cause_seq = input->head.seq;
        TRY(journal_append(w->journal, f));
    }
    return journal_step_end(w->journal, NULL);
}

/* The disk took its time (F7): all but the process went on. What was decided before is what stands in the
 * journal; what follows from it leaves now, if it still may. */
static void stand_still(world_t *w, i64 ns)
{
    if (ns <= 0) {
        return;
    }
    w->stalls++;
    w->now += ns;
    w->t_stop += ns;
    w->t_end += ns;
    for (u32 k = 0; k < w->venue_count; k++) {
        world_broker_t *b = &w->own_venues[k].broker;
        b->now = w->now;
        wb_step(b, w->now);
    }
}

bool world_commit(world_t *w, event_t *input)
{
    ASSERT(w != NULL && input != NULL && !w->crashed);
    w->steps++;
    bunch_gather(&w->bunches, &w->out);
    if (w->hooks->on_step != NULL) {
        w->hooks->on_step(w->hooks->self, w);
    }
    remember(w, input);
    for (u32 i = 0; i < w->out.fact_count; i++) {
        remember(w, &w->out.facts[i]);
    }
    if (dies(w, FAULT_KILL_WRITE)) {
        disk_crash_at(w->disk, disk_points(w->disk) + 1 + world_below(w, 4));
    }
    if (w->hooks->send_early) {
        effects_send(w);
    }
    i64 from = disk_waited(w->disk);
    if (journal_write(w, input) != ERR_OK) {
        if (!disk_is_crashed(w->disk)) {
            world_fail(w, "I17: the journal does not take an event");
        }
        die(w);
        return false;
    }
    i64 waited = disk_waited(w->disk) - from;
    stand_still(w, waited);
    w->acknowledged = journal_durable_seq(w->journal);
    facts_durable(w);
    trace_add(w->d, input);
    step_check(w, input, waited);
    effects_send(w);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        check_event(&d->check, d->account, w->now);
    }
    u32 mine = (u32)(w->d - w->own_desks);
    shared_check(w);
    world_turn(w, mine);
    return !w->crashed;
}
