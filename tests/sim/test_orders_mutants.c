/* Wrong versions of the engine, made from outside by the world's hooks: each must be caught by a checker.
 *
 * None is a switch in the program: they change messages, facts, effects, permits or the account between the
 * real functions. Each runs in a process of its own, since an assertion of the engine may be what catches it.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/world.h"
#include "trade/risk/permit.h"

enum { MUTANT_SEEDS = 200 };

static bool is_new(const order_t *o)
{
    return o != NULL && (o->state == ORDER_INTENT || o->state == ORDER_PENDING_NEW);
}

static bool resend(void *self, world_t *w, ev_BROKER_t *m)
{
    (void)self;
    const order_t *o = account_order_const(w->d->account, m->intent);
    if (m->kind == BROKER_SILENT && is_new(o)) {
        broker_port_t port = wb_port(&w->d->venue->broker);
        (void)port.submit(port.self, &o->intent, w->now, NULL);
    }
    return true;
}

static bool silence_is_no(void *self, world_t *w, ev_BROKER_t *m)
{
    (void)self;
    if (m->kind == BROKER_SILENT && is_new(account_order_const(w->d->account, m->intent))) {
        m->kind = BROKER_REJECT;
    }
    return true;
}

static bool every_fill_is_new(void *self, world_t *w, ev_BROKER_t *m)
{
    u64 *n = self;
    (void)w;
    m->exec_id += m->exec_id != 0 ? ++*n << 32 : 0;
    return true;
}

static bool no_fees(void *self, world_t *w, ev_BROKER_t *m)
{
    (void)self;
    (void)w;
    m->fee = 0;
    return true;
}

/* Cancelled means cancelled, whatever the broker says. */
static bool cancel_always_works(void *self, world_t *w, ev_BROKER_t *m)
{
    (void)self;
    const order_t *o = account_order_const(w->d->account, m->intent);
    if (m->kind == BROKER_SILENT && o != NULL && o->state == ORDER_PENDING_CANCEL) {
        m->kind = BROKER_CANCELED;
    }
    return true;
}

static void unknown_times_out(void *self, world_t *w)
{
    (void)self;
    for (u32 i = 0; i < w->d->account->orders_used && !w->crashed; i++) {
        order_t *o = &w->d->account->orders[i];
        if (o->state != ORDER_UNKNOWN || w->now - o->t_state < 10 * NS_PER_SEC) {
            continue;
        }
        event_t input = world_input(w, EV_TIMER);
        outbox_reset(&w->out);
        ev_ORDER_STATE_t *f = &outbox_fact(&w->out, EV_ORDER_STATE)->as.ORDER_STATE;
        *f = (ev_ORDER_STATE_t){.intent = o->intent.id,
                                .account = w->d->account->account_id,
                                .from = o->state,
                                .to = ORDER_CANCELED,
                                .proof = BROKER_LOOKUP_ABSENT};
        o->state = ORDER_CANCELED;
        (void)world_commit(w, &input);
    }
}

static void believe_absence(void *self, world_t *w)
{
    (void)self;
    w->d->account->visibility_delay_ns = 0;
}

/* What orders without an answer may still do is left out of the sums. */
static void reservations_hide(void *self, world_t *w)
{
    i64 *kept = self;
    for (u32 i = 0; i < w->d->account->orders_used; i++) {
        order_t *o = &w->d->account->orders[i];
        kept[i] = o->live.v;
        bool hidden = o->state == ORDER_UNKNOWN || o->state == ORDER_PENDING_NEW || o->state == ORDER_INTENT;
        o->live.v = hidden ? o->filled.v : o->live.v;
    }
}

static void reservations_show(void *self, world_t *w)
{
    const i64 *kept = self;
    for (u32 i = 0; i < w->d->account->orders_used; i++) {
        w->d->account->orders[i].live.v = kept[i];
    }
}

static void forge(void *self, world_t *w, risk_permit_t *permit)
{
    (void)self;
    (void)w;
    permit->intent.qty.v *= 2;
    permit->payload = intent_digest(&permit->intent);
}

/* One permit, two orders. */
static void use_twice(void *self, world_t *w)
{
    (void)self;
    for (u32 i = 0; i < w->out.effect_count; i++) {
        if (w->out.effects[i].kind == EFFECT_SUBMIT) {
            effect_t again = w->out.effects[i];
            again.intent.id.b[0] ^= 1;
            *outbox_effect(&w->out, EFFECT_SUBMIT) = again;
            return;
        }
    }
}

static void facts_without(world_t *w, event_kind_t kind)
{
    u32 kept = 0;
    for (u32 i = 0; i < w->out.fact_count; i++) {
        if (w->out.facts[i].head.kind != (u16)kind) {
            w->out.facts[kept++] = w->out.facts[i];
        }
    }
    w->out.fact_count = kept;
}

static void fills_unwritten(void *self, world_t *w)
{
    (void)self;
    facts_without(w, EV_FILL);
}

static void intents_unwritten(void *self, world_t *w)
{
    (void)self;
    facts_without(w, EV_INTENT);
}

static void effects_without(world_t *w, effect_kind_t kind, u8 role)
{
    u32 kept = 0;
    for (u32 i = 0; i < w->out.effect_count; i++) {
        const effect_t *e = &w->out.effects[i];
        if (e->kind != kind || (role != 0 && e->intent.role != role)) {
            w->out.effects[kept++] = *e;
        }
    }
    w->out.effect_count = kept;
}

static void stops_unsent(void *self, world_t *w)
{
    (void)self;
    effects_without(w, EFFECT_SUBMIT, ROLE_STOP);
}

static void nothing_looked_up(void *self, world_t *w)
{
    (void)self;
    effects_without(w, EFFECT_LOOKUP, 0);
}

/* Children keep the quantity that their sibling has closed, in the books and in what the facts lead to. */
static void children_unshrunk(void *self, world_t *w)
{
    (void)self;
    account_t *both[] = {w->d->account, w->d->shadow};
    for (u32 k = 0; k < COUNT_OF(both); k++) {
        for (u32 i = 0; i < both[k]->orders_used; i++) {
            order_t *o = &both[k]->orders[i];
            const order_t *entry = account_order_const(both[k], o->intent.parent);
            bool live = o->state == ORDER_NEW || o->state == ORDER_PARTIAL;
            if ((o->flags & ORDER_FLAG_CHILD) != 0 && live && entry != NULL) {
                o->live.v = entry->filled.v;
            }
        }
    }
}

/* The market exit does not wait until the protective orders are proven dead. */
static void exit_does_not_wait(void *self, world_t *w)
{
    (void)self;
    for (u32 i = 0; i < w->d->account->orders_used && !w->crashed; i++) {
        order_t *o = &w->d->account->orders[i];
        const position_t *p = account_position_const(w->d->account, o->intent.inst);
        if (o->state != ORDER_UNKNOWN || p == NULL || p->exiting != EXITING_CANCEL) {
            continue;
        }
        event_t in = world_input(w, EV_BROKER);
        in.as.BROKER = (ev_BROKER_t){.kind = BROKER_CANCELED,
                                     .intent = o->intent.id,
                                     .account = w->d->account->account_id,
                                     .t_event = w->now};
        outbox_reset(&w->out);
        w->closed.count = 0;
        exec_on_broker(w->d->account, &in.as.BROKER, w->loss_min_r, w->now, &w->closed, &w->out);
        (void)world_commit(w, &in);
    }
}

static void restart_forgets(void *self, world_t *w)
{
    (void)self;
    account_t *both[] = {w->d->account, w->d->shadow};
    for (u32 k = 0; k < COUNT_OF(both); k++) {
        for (u32 i = 0; i < both[k]->orders_used; i++) {
            order_t *o = &both[k]->orders[i];
            o->state = is_new(o) ? ORDER_CANCELED : o->state;
        }
    }
}

/* The engine trades on after a restart as if nothing had happened meanwhile. */
static void restart_trusts(void *self, world_t *w)
{
    (void)self;
    w->d->account->reconcile = 0;
    effects_without(w, EFFECT_LOOKUP, 0);
}

/* The engine knows of a halt for less than a second. */
static void halts_forgotten(void *self, world_t *w)
{
    (void)self;
    account_t *both[] = {w->d->account, w->d->shadow};
    for (u32 k = 0; k < COUNT_OF(both); k++) {
        both[k]->halt_market = HALT_NONE;
        memset(both[k]->halts, HALT_NONE, sizeof both[k]->halts);
    }
}

/* What protects a position is between two steps, as it was after a split: so is a stop that is sent anew. */
static void stops_between_steps(void *self, world_t *w)
{
    (void)self;
    account_t *both[] = {w->d->account, w->d->shadow};
    for (u32 k = 0; k < COUNT_OF(both); k++) {
        for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
            position_t *p = &both[k]->positions[i];
            p->stop.v -= p->inst != INST_NONE && p->stop.v > 0 && p->stop.v % 10 == 0 ? 5 : 0;
        }
    }
}

/* One account's kill stops the orders of all. */
static void one_kill_for_all(void *self, world_t *w)
{
    (void)self;
    for (u32 k = 0; w->d->killed && k < w->desk_count; k++) {
        door_publish(&w->words[k], door_epoch(&w->words[k]), true);
    }
}

static account_t *neighbour(world_t *w)
{
    u32 next = (u32)(w->d - w->own_desks + 1) % w->desk_count;
    return w->desk_count > 1 ? w->own_desks[next].account : NULL;
}

/* One account that does not agree with its broker takes the next one along. */
static void one_reconcile_for_all(void *self, world_t *w)
{
    (void)self;
    account_t *next = neighbour(w);
    if (next != NULL && w->d->account->reconcile != 0) {
        next->reconcile = 1;
    }
}

/* The very step that stops one account stops the next one too. */
static void kill_reaches_next(void *self, world_t *w)
{
    u8 *seen = self;
    u32 mine = (u32)(w->d - w->own_desks);
    u8 now = w->d->account->killed;
    account_t *next = neighbour(w);
    if (next != NULL && now != 0 && seen[mine] == 0) {
        next->killed = 1;
    }
    seen[mine] = now;
}

/* A fee is taken from the next account. */
static void fee_from_another(void *self, world_t *w)
{
    (void)self;
    account_t *next = neighbour(w);
    if (next != NULL && w->out.fact_count > 0 && w->out.facts[0].head.kind == EV_FILL) {
        next->cash.v -= MONEY_SCALE;
    }
}

/* A fact of one account is written under the next one's name. */
static void fact_of_another(void *self, world_t *w)
{
    (void)self;
    const account_t *next = neighbour(w);
    for (u32 i = 0; next != NULL && i < w->out.fact_count; i++) {
        if (w->out.facts[i].head.kind == EV_ALERT) {
            w->out.facts[i].as.ALERT.account = next->account_id;
        }
    }
}

static void medium_rots(void *self, world_t *w)
{
    u64 *n = self;
    for (u32 i = 0; i < 64; i++) {
        (void)disk_flip(w->disk, "vitrine.db", 8192 + ++*n * 7919 % 65536, 3);
    }
}

/* What does not divide is nobody's. */
static void remainder_dropped(void *self, world_t *w, bunch_words_t *words)
{
    (void)self;
    (void)w;
    words->residue.v = 0;
}

/* The first of those who share gets a unit that is another's. */
static void unit_moved(void *self, world_t *w, bunch_words_t *words)
{
    (void)self;
    (void)w;
    for (u32 i = 1; i < words->count; i++) {
        ev_BROKER_t *from = &words->word[i];
        ev_BROKER_t *to = &words->word[0];
        if (to->kind == BROKER_FILL && from->kind == BROKER_FILL && to->exec_id != 0 && from->qty > 1) {
            from->qty--;
            to->qty++;
            return;
        }
    }
}

/* The last of those who share does not hear of an end. */
static void last_unheard(void *self, world_t *w, bunch_words_t *words)
{
    (void)self;
    (void)w;
    u8 kind = words->count > 0 ? words->word[words->count - 1].kind : 0;
    bool end = kind == BROKER_CANCELED || kind == BROKER_EXPIRED || kind == BROKER_REJECT;
    words->count -= end ? 1 : 0;
}

/* An order of several leaves without its members' names: the record does not say whose it is. */
static void bunches_unwritten(void *self, world_t *w)
{
    (void)self;
    facts_without(w, EV_BUNCH);
}

static u64 counter;
static i64 kept[LIMIT_ORDERS];
static u8 kills[WORLD_DESKS];

typedef struct {
    const char *name;
    world_hooks_t hooks;
} mutant_t;

static const mutant_t mutants[] = {
    {"effects leave before the commit", {.send_early = true}},
    {"silence is answered by sending again", {.on_message = resend}},
    {"silence counts as a rejection", {.on_message = silence_is_no}},
    {"executions are not recognised again", {.self = &counter, .on_message = every_fill_is_new}},
    {"fees are not booked", {.on_message = no_fees}},
    {"a silent cancel counts as done", {.on_message = cancel_always_works}},
    {"UNKNOWN ends by a timer", {.on_second = unknown_times_out}},
    {"absence is believed at once", {.on_second = believe_absence}},
    {"unanswered orders reserve nothing",
     {.self = kept, .before_gates = reservations_hide, .after_gates = reservations_show}},
    {"a permit's payload is changed", {.on_permit = forge}},
    {"a permit is used twice", {.on_step = use_twice}},
    {"fills are not written", {.on_step = fills_unwritten}},
    {"intents are not written", {.on_step = intents_unwritten}},
    {"new stops are not sent", {.on_step = stops_unsent}},
    {"nothing is looked up", {.on_step = nothing_looked_up}},
    {"a child keeps what its sibling closed", {.on_second = children_unshrunk}},
    {"the exit does not wait for its children", {.on_second = exit_does_not_wait}},
    {"a restart forgets what has no outcome", {.on_recover = restart_forgets}},
    {"a restart trusts its books", {.on_recovered = restart_trusts}},
    {"the journal is not synced", {.not_durable = true}},
    {"the door does not hear of the kill switch", {.door_deaf = true}},
    {"a difference to the broker is passed over", {.trust_sync = true}},
    {"halts are forgotten", {.on_second = halts_forgotten}},
    {"one kill stops every account", {.on_second = one_kill_for_all}},
    {"one kill stops the next account", {.self = kills, .on_step = kill_reaches_next}},
    {"one difference stops every account", {.on_step = one_reconcile_for_all}},
    {"a fee is taken from another account", {.on_step = fee_from_another}},
    {"a fact is written under another's name", {.on_step = fact_of_another}},
    {"what does not divide is dropped", {.shared = true, .on_words = remainder_dropped}},
    {"a unit goes to another sub-ledger", {.shared = true, .on_words = unit_moved}},
    {"the end of an order of several does not reach all", {.shared = true, .on_words = last_unheard}},
    {"orders of several are not written", {.shared = true, .on_step = bunches_unwritten}},
    {"stops stand between two steps", {.on_second = stops_between_steps}},
    {"bits of the journal change", {.self = &counter, .on_second = medium_rots}},
};

/* In the child: runs seeds until one fails, and tells through the pipe. */
static void mutant_run(const mutant_t *m, int to)
{
    world_t *w = NULL;
    world_result_t r = {0};
    err_t err = world_open(&w);
    for (u64 seed = 1; err == ERR_OK && seed <= MUTANT_SEEDS && !r.failed; seed++) {
        r.seed = seed;
        if (write(to, &r, sizeof r) != (ssize_t)sizeof r) {
            break;
        }
        err = world_run(w, seed, &m->hooks, &r);
    }
    if (write(to, &r, sizeof r) != (ssize_t)sizeof r) {
        err = ERR_IO;
    }
    _exit(err == ERR_OK ? 0 : 1);
}

/* True if caught. */
static bool mutant_try(const mutant_t *m)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    (void)fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)close(ends[0]);
        (void)freopen("/dev/null", "w", stderr);
        mutant_run(m, ends[1]);
    }
    (void)close(ends[1]);
    world_result_t r = {0};
    world_result_t next;
    while (read(ends[0], &next, sizeof next) == (ssize_t)sizeof next) {
        r = next;
    }
    (void)close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    bool stopped = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    print_message("# %s: %s%s (seed %llu)\n", m->name,
                  r.failed  ? "caught by "
                  : stopped ? "stopped by "
                            : "NOT CAUGHT",
                  r.failed  ? r.what
                  : stopped ? "an assertion of the engine"
                            : "",
                  (unsigned long long)r.seed);
    return r.failed || stopped;
}

TEST(every_mutant_is_caught)
{
    UNUSED_STATE;
    u32 missed = 0;
    for (size_t i = 0; i < COUNT_OF(mutants); i++) {
        missed += mutant_try(&mutants[i]) ? 0 : 1;
    }
    CHECK_EQ(missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_mutant_is_caught)};
    return RUN_TESTS(tests);
}
