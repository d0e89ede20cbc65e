/* Inputs, one by one: what is the market's first, then each desk in order of its account. */
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"

static void on_slice(engine_t *e, const slice_t *s, i32 slot)
{
    date_t before = e->session;
    engine_observe_session(e, s);
    if (s->session != before) {
        engine_loops_hear(e, scheduler_signal, &(loop_word_t){s, -1, before, LOOP_IN_DAY});
    }
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_actions(&e->desk[i], s);
        if (s->action_count > 0) {
            desk_end_flat(&e->desk[i]);
        }
        scheduler_note(&e->desk[i].loops, s->action_count > 0 ? (u32)LOOP_IN_BROKER : 0U);
    }
    bunch_on_slice(e, s);
    if (s->count == 0) {
        return;
    }
    engine_observe_rows(e, s, slot);
    loop_word_t word = {s, slot, e->session, engine_inputs_of(slot)};
    engine_loops_hear(e, scheduler_run, &word);
    if (s->session_last) { /* the day's figures are those after its last decisions */
        engine_observe_end(e, s, slot);
        word.inputs = LOOP_IN_DAY_END;
        engine_loops_hear(e, scheduler_signal, &word);
    }
}

/* Loops that time alone makes due (live: the driver's timer; a backtest has its slices). */
static void on_timer(engine_t *e)
{
    e->shared.now = e->now;
    engine_loops_due(e, &(loop_word_t){NULL, -1, e->session, 0});
}

/* Trading stops or goes on: every desk hears of it at once, before anything else is decided. */
static void on_halt(engine_t *e, const event_t *in)
{
    halt_t h;
    if (!event_halt(in, e->spec.market->count, &h)) {
        outbox_alert(&e->out, ENGINE_ALERT_HALT, 0, "a message about a halt that names nothing we know");
        return;
    }
    e->shared.now = e->now;
    for (u32 i = 0; i < e->desk_all; i++) {
        exec_on_halt(&e->desk[i].account, &h, e->now, &e->out);
    }
    engine_loops_hear(e, scheduler_signal, &(loop_word_t){NULL, -1, e->session, LOOP_IN_HALT});
}

/* Something was heard: nothing is decided by it at once, but loops may tell people. */
static void on_bulletin(engine_t *e, const event_t *in)
{
    bulletin_t b;
    if (!event_bulletin(in, e->spec.market->count, &b)) {
        outbox_alert(&e->out, ENGINE_ALERT_BULLETIN, 0, "a bulletin that names nothing we know");
        return;
    }
    e->shared.now = e->now;
    engine_heard(e, &b);
    engine_loops_hear(e, scheduler_signal,
                      &(loop_word_t){NULL, -1, e->session, LOOP_IN_BULLETIN, &b});
}

static void on_command(engine_t *e, const ev_COMMAND_t *c)
{
    e->shared.clock_unsteady = e->shared.clock_unsteady && c->code != COMMAND_CLEAR_CLOCK;
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_t *d = &e->desk[i];
        if (!desk_is_meant(d, c->account)) {
            continue;
        }
        switch ((command_t)c->code) {
        case COMMAND_KILL:
            exec_kill(&d->account, e->now, &e->out);
            break;
        case COMMAND_RESUME:
            desk_recovery_end(d);
            break;
        case COMMAND_ISOLATE:
            if (d != e->house) {
                desk_isolate(d);
            }
            break;
        default:
            desk_note_command(d, c);
            break;
        }
    }
}

/* Inputs that change one desk, and those whose time has come; the others may change all. */
static bool concerns_one(event_kind_t kind)
{
    return kind == EV_TIMER || kind == EV_BROKER || kind == EV_SEND_RESULT || kind == EV_ANSWER ||
           kind == EV_USER_SET;
}

/* The next desk to look at, for what is due. */
static u32 next_due(const engine_t *e, const moments_t *m, u32 from, i64 until)
{
    return e->spec.desks_unskipped ? from : moments_due(m, from, until);
}

/* The one desk that an input speaks of; NULL: none, or several (commands, leases). */
static desk_t *desk_of_input(engine_t *e, const event_t *in)
{
    switch ((event_kind_t)in->head.kind) {
    case EV_BROKER:
        return desk_that_trades(e, in->as.BROKER.account);
    case EV_SEND_RESULT:
        return desk_of_order(e, in->as.SEND_RESULT.intent);
    case EV_ANSWER:
        return desk_of_slot(e, in->as.ANSWER.slot);
    case EV_LOOP_OVER:
        return desk_of_account(e, in->as.LOOP_OVER.account);
    case EV_USER_SET:
        return desk_that_trades(e, in->as.USER_SET.account);
    default:
        return NULL;
    }
}

/* What an input brings to a desk's loops: news of its books, or a person's word. */
static u32 news_of(const desk_t *d, const desk_t *of, const event_t *in)
{
    switch ((event_kind_t)in->head.kind) {
    case EV_BROKER:
    case EV_SEND_RESULT:
        return d == of ? (u32)LOOP_IN_BROKER : 0U;
    case EV_ANSWER: /* that we agree is no news */
        return d == of && in->as.ANSWER.slot % ENGINE_SLOTS < ENGINE_SCANS ? (u32)LOOP_IN_BROKER : 0U;
    case EV_HALT: /* entries may be cancelled, exits may go on */
        return (u32)(LOOP_IN_BROKER | LOOP_IN_HALT);
    case EV_BULLETIN:
        return (u32)LOOP_IN_BULLETIN;
    case EV_COMMAND:
        return desk_is_meant(d, in->as.COMMAND.account) ? (u32)(LOOP_IN_BROKER | LOOP_IN_COMMAND) : 0U;
    default:
        return 0U;
    }
}

/* What was due before this input fires first, on the state as it was; then what it brings counts as new. */
static void loops_before(engine_t *e, desk_t *of, const event_t *in)
{
    event_kind_t kind = (event_kind_t)in->head.kind;
    bool moves = kind == EV_SLICE || kind == EV_TIMER || kind == EV_BROKER ||
                 kind == EV_HALT || kind == EV_BULLETIN; /* time moves with these alone */
    if (moves) {
        loop_env_t env = market_env(e, NULL, -1);
        scheduler_advance(&e->loops, &env);
    }
    scheduler_note(&e->loops, kind == EV_COMMAND ? (u32)LOOP_IN_COMMAND : 0U);
    for (u32 i = next_due(e, &e->due, 0, e->now - 1); moves && i < e->desk_all;
         i = next_due(e, &e->due, i + 1, e->now - 1)) {
        desk_t *d = &e->desk[i];
        loop_env_t env = desk_env(d, NULL, -1);
        desk_touch(d);
        scheduler_advance(&d->loops, &env);
        moments_set(&e->due, i, scheduler_first_due(&d->loops)); /* what is due now is looked for next */
    }
    if (concerns_one(kind)) {
        if (of != NULL) {
            scheduler_note(&of->loops, news_of(of, of, in));
        } else {
            bunch_news(e, in);
        }
        return;
    }
    for (u32 i = 0; i < e->desk_all; i++) {
        scheduler_note(&e->desk[i].loops, news_of(&e->desk[i], of, in));
    }
}

/* A lease per user is granted for one account, or for all that this process serves. */
static bool lease_taken(engine_t *e, const ev_LEASE_t *l)
{
    bool taken = true;
    if (l->lease != LEASE_PER_USER) {
        return scheduler_lease(&e->loops, (loop_lease_t)l->lease, l->token, l->until, l->own != 0);
    }
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_t *d = &e->desk[i];
        if (desk_is_meant(d, l->account)) {
            bool one = scheduler_lease(&d->loops, LEASE_PER_USER, l->token, l->until, l->own != 0);
            taken = one && taken;
        }
    }
    return taken;
}

static void on_lease(engine_t *e, const ev_LEASE_t *l)
{
    bool known = l->lease > LEASE_NONE && l->lease < LEASE_KINDS;
    if (!known || !lease_taken(e, l)) {
        outbox_alert(&e->out, LOOP_ALERT_LEASE, l->account, NULL); /* a replaced owner speaks */
    }
}

/* The loop of that order, of the market or of one desk, rests; a person is told. */
static bool rest_of(engine_t *e, scheduler_t *s, const ev_LOOP_OVER_t *l)
{
    for (u32 i = 0; i < s->count; i++) {
        const loop_desc_t *d = s->loop[i];
        if (d->order != l->loop) {
            continue;
        }
        scheduler_rest(s, i, e->now);
        outbox_alert(&e->out, LOOP_ALERT_BUDGET, l->account, d->name);
        return true;
    }
    return false;
}

static void on_loop_over(engine_t *e, desk_t *d, const ev_LOOP_OVER_t *l)
{
    if (!rest_of(e, &e->loops, l) && d != NULL) {
        (void)rest_of(e, &d->loops, l);
    }
}

/* Told with the run's first input: before it nothing can be told. */
static void on_start(engine_t *e)
{
    for (u32 i = 0; i < e->desk_all; i++) {
        if (e->desk[i].unsound) {
            e->desk[i].unsound = false;
            desk_alert(&e->desk[i], ENGINE_ALERT_USER, "the row cannot be read; nothing opens for this user");
        }
    }
}

/* A word to one desk. */
static void on_word(engine_t *e, desk_t *d, const event_t *in)
{
    diag_t why = {0};
    switch ((event_kind_t)in->head.kind) {
    case EV_BROKER:
        desk_on_broker(d, &in->as.BROKER);
        break;
    case EV_SEND_RESULT:
        exec_on_send_result(&d->account, &in->as.SEND_RESULT, e->now, &e->out);
        break;
    case EV_ANSWER:
        desk_on_answer(d, &in->as.ANSWER);
        break;
    case EV_USER_SET:
        if (desk_row_set(d, in->as.USER_SET.row, &why) != ERR_OK) {
            desk_alert(d, ENGINE_ALERT_USER, why.text);
        }
        break;
    default:
        break;
    }
}

/* A word to a desk that is not here: nobody's money moves. */
static void on_stray(engine_t *e, const event_t *in)
{
    if (in->head.kind == EV_BROKER) {
        outbox_alert(&e->out, EXEC_ALERT_STRANGER, in->as.BROKER.account, NULL);
        bunch_stray(e, in->as.BROKER.account);
    }
    e->counts.late_answers += in->head.kind == EV_ANSWER ? 1 : 0;
}

void engine_handle(engine_t *e, const event_t *in, const slice_t *slice, i32 slot)
{
    ASSERT(e != NULL && in != NULL);
    /* An answer of the very moment still counts, so the moment itself is over only when a TIMER says so. */
    i64 until = in->head.kind == EV_TIMER ? e->now : e->now - 1;
    for (u32 i = next_due(e, &e->asks, 0, until); i < e->desk_all; i = next_due(e, &e->asks, i + 1, until)) {
        desk_touch(&e->desk[i]);
        desk_answer_expired(&e->desk[i], until);
    }
    desk_t *of = desk_of_input(e, in);
    if (of != NULL) {
        desk_touch(of);
    }
    if (!concerns_one((event_kind_t)in->head.kind)) {
        engine_touch_all(e);
    }
    loops_before(e, of, in);
    switch ((event_kind_t)in->head.kind) {
    case EV_SLICE:
        on_slice(e, slice, slot);
        break;
    case EV_TIMER:
        on_timer(e);
        break;
    case EV_BROKER:
    case EV_SEND_RESULT:
    case EV_ANSWER:
    case EV_USER_SET:
        if (of != NULL) {
            on_word(e, of, in);
        } else if (!bunch_take_word(e, in)) {
            on_stray(e, in);
        }
        break;
    case EV_COMMAND:
        on_command(e, &in->as.COMMAND);
        break;
    case EV_HALT:
        on_halt(e, in);
        break;
    case EV_BULLETIN:
        on_bulletin(e, in);
        break;
    case EV_CLOCK_STEP:
        e->shared.clock_unsteady = true;
        break;
    case EV_LEASE:
        on_lease(e, &in->as.LEASE);
        break;
    case EV_LOOP_OVER:
        on_loop_over(e, of, &in->as.LOOP_OVER);
        break;
    case EV_RUN_START:
        on_start(e);
        break;
    default:
        break;
    }
}
