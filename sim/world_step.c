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
    broker_port_t port = wb_port(&w->d->broker);
    err_t err = port.submit(port.self, i, now, out);
    if (side_is_opening((side_t)i->side)) {
        check_limits(&w->d->check);
    }
    return err;
}

static err_t port_cancel(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    broker_port_t port = wb_port(&((world_t *)self)->d->broker);
    return port.cancel(port.self, i, now, out);
}

static err_t port_replace(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    check_replace(&((world_t *)self)->d->check, i);
    broker_port_t port = wb_port(&((world_t *)self)->d->broker);
    return port.replace(port.self, i, now, out);
}

static err_t port_lookup(void *self, const intent_t *i, i64 now, broker_msgs_t *out)
{
    broker_port_t port = wb_port(&((world_t *)self)->d->broker);
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
                          .lookup = port_lookup};
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
    if (!opens || w->d->killed || w->d->faults.stopped || world_below(w, 40) != 0) {
        return;
    }
    w->d->killed = true;
    w->d->kill_due = true;
    w->d->t_release = w->now + 10 * NS_PER_SEC;
    if (!w->hooks->door_deaf) {
        world_publish(w, w->d->account->epoch + 1, true);
    }
}

/* True if the process dies here. */
static bool dies(world_t *w, fault_t how)
{
    return !w->hooks->apart && fault_fires(&w->d->faults, how);
}

/* What nobody stopped must leave, whatever became of the other accounts. */
static void isolation_check(world_t *w, const effect_t *e, u64 submits)
{
    bool free_ = e->kind == EFFECT_SUBMIT && w->now <= e->intent.send_before && !w->d->killed &&
                 w->d->account->epoch == e->epoch;
    bool left = w->d->check.submits > submits;
    world_fail(w, free_ && !left && !check_sent(&w->d->check, e->intent.id)
                      ? "isolation: the door kept back an order of an account that nobody stopped"
                      : NULL);
}

static void effect_send(world_t *w, const effect_t *e)
{
    maybe_kill(w, e);
    if (dies(w, FAULT_KILL_SEND)) {
        die(w);
        return;
    }
    ev_BROKER_t messages[WORLD_MESSAGES];
    ev_SEND_RESULT_t results[4];
    door_out_t box = {.broker = {.v = messages, .cap = WORLD_MESSAGES}, .results = results, .result_cap = 4};
    u64 submits = w->d->check.submits;
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
        u64 k = w->sending[i].intent.account_id - w->own_desks[0].setup.account_id;
        ASSERT(k < w->desk_count);
        world_turn(w, (u32)k);
        effect_send(w, &w->sending[i]);
    }
    world_turn(w, mine);
}

/* The desk of an account; NULL: of none here. */
static world_desk_t *desk_of(world_t *w, u64 account)
{
    for (u32 k = 0; k < w->desk_count; k++) {
        if (w->own_desks[k].setup.account_id == account) {
            return &w->own_desks[k];
        }
    }
    return NULL;
}

void world_intent_durable(world_t *w, const ev_INTENT_t *f)
{
    intent_t i;
    recover_intent(f, &i);
    world_desk_t *d = desk_of(w, f->account);
    ASSERT(d != NULL);
    ref_durable(&d->reference, wb_ref_id(f->id), wb_payload(&i));
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
    return f->head.kind == EV_PERMIT ? ref_find(&d->reference, wb_ref_id(f->as.PERMIT.intent)) != NULL
                                     : event_account(f) == d->setup.account_id;
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
    for (u32 i = 0; i < w->out.fact_count && err == ERR_OK; i++) {
        const event_t *f = &w->out.facts[i];
        bool of_it = fact_is_of(d, f);
        if (of_it) {
            trace_add(d, f);
        }
        check_note(&d->check, d != w->d && of_it && !is_of_all(w, input)
                                  ? "isolation: the step of one account wrote a fact of another"
                                  : NULL);
        err = recover_apply(&d->replay, f);
    }
    if (err != ERR_OK) {
        check_note(&d->check, "I20: a fact cannot be applied again");
    } else if (!world_books_equal(w, d->account, d->shadow)) {
        check_note(&d->check, d == w->d ? "I20: the facts lead to another account"
                                        : "isolation: the step of one account changed another");
    }
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
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        d->broker.now = w->now;
        wb_step(&d->broker, w->now);
    }
}

bool world_commit(world_t *w, event_t *input)
{
    ASSERT(w != NULL && input != NULL && !w->crashed);
    w->steps++;
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
    for (u32 i = 0; i < w->out.fact_count; i++) {
        if (w->out.facts[i].head.kind == EV_INTENT) {
            world_intent_durable(w, &w->out.facts[i].as.INTENT);
        }
    }
    trace_add(w->d, input);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        check_facts(&d->check, input, &w->out, d->account);
        check_stood_still(&d->check, waited); /* what this step tells was heard after it */
        check_isolated(&d->check, d->account, d == w->d || is_of_all(w, input));
        replay_step(w, d, input);
    }
    effects_send(w);
    for (u32 k = 0; k < w->desk_count; k++) {
        world_desk_t *d = &w->own_desks[k];
        check_event(&d->check, d->account, w->now);
    }
    return !w->crashed;
}
