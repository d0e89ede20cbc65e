/* Inputs, one by one: what is the market's first, then each desk in order of its account. */
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"

static void apply_actions(desk_t *d, const slice_t *s)
{
    for (u32 i = 0; i < s->action_count; i++) {
        const action_t *a = &s->action[i];
        const position_t *p = account_position_const(&d->account, a->inst);
        price_t price =
            p == NULL ? (price_t){PRICE_SCALE} : p->mark; /* without a holding no fraction is paid */
        if (a->kind == ACTION_SPLIT && p != NULL && split_price(p->mark, a, &price) != ERR_OK) {
            price = p->mark;
        }
        err_t err = account_on_action(&d->account, a, price, &d->engine->out);
        if (err != ERR_OK) {
            desk_alert(d, ENGINE_ALERT_ACTION, NULL);
            d->account.reconcile = 1;
        }
    }
    scheduler_note(&d->loops, s->action_count > 0 ? (u32)LOOP_IN_BROKER : 0U);
}

/* `inputs` wake the loops that take them; the scheduler's own time stands at the engine's. */
static void signal_all(engine_t *e, loop_env_t *market, const slice_t *s, i32 slot, u32 inputs)
{
    scheduler_signal(&e->loops, market, inputs);
    for (u32 i = 0; i < e->desk_all; i++) {
        loop_env_t env = desk_env(&e->desk[i], s, slot);
        env.session_before = market->session_before;
        scheduler_signal(&e->desk[i].loops, &env, inputs);
    }
}

static void run_all(engine_t *e, const slice_t *s, i32 slot, u32 inputs)
{
    loop_env_t env = market_env(e, s, slot);
    scheduler_run(&e->loops, &env, inputs);
    for (u32 i = 0; i < e->desk_all; i++) {
        env = desk_env(&e->desk[i], s, slot);
        scheduler_run(&e->desk[i].loops, &env, inputs);
    }
}

static void on_slice(engine_t *e, const slice_t *s, i32 slot)
{
    loop_env_t begins = market_env(e, s, -1);
    bool opens = s->session != e->session;
    engine_observe_session(e, s);
    if (opens) {
        signal_all(e, &begins, s, -1, LOOP_IN_DAY);
    }
    for (u32 i = 0; i < e->desk_all; i++) {
        apply_actions(&e->desk[i], s);
    }
    if (s->count == 0) {
        return;
    }
    engine_observe_rows(e, s, slot);
    run_all(e, s, slot, engine_inputs_of(slot));
    if (s->session_last) { /* the day's figures are those after its last decisions */
        engine_observe_end(e, s, slot);
        loop_env_t ends = market_env(e, s, slot);
        signal_all(e, &ends, s, slot, LOOP_IN_DAY_END);
    }
}

/* Loops that time alone makes due (live: the driver's timer; a backtest has its slices). */
static void on_timer(engine_t *e)
{
    e->shared.now = e->now;
    run_all(e, NULL, -1, 0);
}

static void on_broker(engine_t *e, const ev_BROKER_t *m)
{
    desk_t *d = desk_of_account(e, m->account);
    if (d != NULL) {
        desk_on_broker(d, m);
        return;
    }
    outbox_alert(&e->out, EXEC_ALERT_STRANGER, m->account, NULL); /* not here: nobody's money moves */
}

static void on_answer(engine_t *e, const ev_ANSWER_t *a)
{
    desk_t *d = desk_of_slot(e, a->slot);
    if (d != NULL) {
        desk_on_answer(d, a);
    } else {
        e->counts.late_answers++;
    }
}

static void on_command(engine_t *e, const ev_COMMAND_t *c)
{
    e->shared.clock_unsteady = e->shared.clock_unsteady && c->code != COMMAND_CLEAR_CLOCK;
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_t *d = &e->desk[i];
        if (c->account != COMMAND_ALL && c->account != d->account.account_id) {
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
            desk_note_command(d, (command_t)c->code);
            break;
        }
    }
}

/* Whose books an input concerns: that desk's loops have news, the others' have none. */
static bool concerns(engine_t *e, const desk_t *d, const event_t *in)
{
    switch ((event_kind_t)in->head.kind) {
    case EV_BROKER:
        return in->as.BROKER.account == d->account.account_id;
    case EV_SEND_RESULT:
        return account_order_const(&d->account, in->as.SEND_RESULT.intent) != NULL;
    case EV_ANSWER: /* that we agree is no news */
        return in->as.ANSWER.slot % ENGINE_SLOTS < ENGINE_SCANS && desk_of_slot(e, in->as.ANSWER.slot) == d;
    case EV_COMMAND:
        return in->as.COMMAND.account == COMMAND_ALL || in->as.COMMAND.account == d->account.account_id;
    default:
        return false;
    }
}

/* What was due before this input fires first, on the state as it was; then what it brings counts as new. */
static void loops_before(engine_t *e, const event_t *in)
{
    event_kind_t kind = (event_kind_t)in->head.kind;
    bool moves = kind == EV_SLICE || kind == EV_TIMER || kind == EV_BROKER; /* time moves with these alone */
    if (moves) {
        loop_env_t env = market_env(e, NULL, -1);
        scheduler_advance(&e->loops, &env);
    }
    scheduler_note(&e->loops, kind == EV_COMMAND ? (u32)LOOP_IN_COMMAND : 0U);
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_t *d = &e->desk[i];
        if (moves) {
            loop_env_t env = desk_env(d, NULL, -1);
            scheduler_advance(&d->loops, &env);
        }
        u32 news = concerns(e, d, in) ? (u32)LOOP_IN_BROKER : 0U;
        scheduler_note(&d->loops, news != 0 && kind == EV_COMMAND ? news | (u32)LOOP_IN_COMMAND : news);
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
        if (l->account == COMMAND_ALL || l->account == d->account.account_id) {
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

static void on_loop_over(engine_t *e, const ev_LOOP_OVER_t *l)
{
    desk_t *d = desk_of_account(e, l->account);
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

static void on_user_set(engine_t *e, const ev_USER_SET_t *u)
{
    diag_t why = {0};
    desk_t *d = desk_of_account(e, u->account);
    if (d != NULL && desk_row_set(d, u->row, &why) != ERR_OK) {
        desk_alert(d, ENGINE_ALERT_USER, why.text);
    }
}

void engine_handle(engine_t *e, const event_t *in, const slice_t *slice, i32 slot)
{
    ASSERT(e != NULL && in != NULL);
    /* An answer of the very moment still counts, so the moment itself is over only when a TIMER says so. */
    i64 until = in->head.kind == EV_TIMER ? e->now : e->now - 1;
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_answer_expired(&e->desk[i], until);
    }
    loops_before(e, in);
    switch ((event_kind_t)in->head.kind) {
    case EV_SLICE:
        on_slice(e, slice, slot);
        break;
    case EV_TIMER:
        on_timer(e);
        break;
    case EV_BROKER:
        on_broker(e, &in->as.BROKER);
        break;
    case EV_SEND_RESULT: {
        desk_t *d = desk_of_order(e, in->as.SEND_RESULT.intent);
        exec_on_send_result(&(d != NULL ? d : e->desk)->account, &in->as.SEND_RESULT, e->now, &e->out);
        break;
    }
    case EV_ANSWER:
        on_answer(e, &in->as.ANSWER);
        break;
    case EV_COMMAND:
        on_command(e, &in->as.COMMAND);
        break;
    case EV_CLOCK_STEP:
        e->shared.clock_unsteady = true;
        break;
    case EV_LEASE:
        on_lease(e, &in->as.LEASE);
        break;
    case EV_LOOP_OVER:
        on_loop_over(e, &in->as.LOOP_OVER);
        break;
    case EV_USER_SET:
        on_user_set(e, &in->as.USER_SET);
        break;
    case EV_RUN_START:
        on_start(e);
        break;
    default:
        break;
    }
}
