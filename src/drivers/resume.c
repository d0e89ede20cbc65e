/* See resume.h. */
#include "drivers/resume.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/resume_bunch.h"
#include "engine/recovery.h"
#include "engine/snapshot.h"
#include "trade/execution/exec_steps.h"
#include "trade/execution/recover.h"

enum { RESUME_EFFECTS = 2048 }; /* of one desk */

typedef struct {
    runner_t *r;
    recovery_t *recovery;
    u64 from; /* seq of the snapshot; facts after it are applied */
    resume_sent_t sent;
    id128_t replacing; /* the last fact moved this order to PENDING_REPLACE */
    bool is_replacing;
    const slice_t *at; /* the slice behind the event in hand, or NULL */
    slice_t part;
    i32 slot;
    u64 seq;
} resume_t;

static err_t lost(const resume_t *x, const char *what)
{
    return diag_fail(x->r->diag, ERR_CORRUPT,
                     "resume: event %llu: %s\n  do: check the journal with `vitrine audit "
                     "verify`",
                     (unsigned long long)x->seq, what);
}

/* ---- the broker made again ---------------------------------------------------------------------------- */

static void broker_apply(resume_t *x, const effect_t *e)
{
    runner_t *r = x->r;
    if (r->message_at == r->message_count) {
        r->message_at = 0;
        r->message_count = 0;
    }
    ASSERT(r->message_count + 64 < r->message_cap);
    broker_msgs_t out = {.v = r->messages + r->message_count, .cap = r->message_cap - r->message_count};
    err_t err = ERR_OK;
    switch (e->kind) {
    case EFFECT_SUBMIT:
        err = e->member_count > 0 ? paper_submit_bunch(&r->paper, e, e->due, &out)
                                  : paper_submit(&r->paper, &e->intent, e->due, &out);
        break;
    case EFFECT_CANCEL:
        err = paper_cancel(&r->paper, &e->intent, e->due, &out);
        break;
    case EFFECT_REPLACE:
        err = paper_replace(&r->paper, &e->intent, e->due, &out);
        break;
    default:
        break;
    }
    (void)err; /* a refusal was told by the door then, and is in the record */
    r->message_count += out.count;
}

static err_t broker_sent(resume_t *x, const ev_SEND_RESULT_t *s)
{
    if (x->sent.count == 0 || !id128_eq(x->sent.v[0].effect.intent.id, s->intent)) {
        return lost(x, "an order was sent that no fact asks for");
    }
    if (s->sent != 0) {
        broker_apply(x, &x->sent.v[0].effect);
    }
    resume_sent_pop(&x->sent);
    return ERR_OK;
}

/* The process ended here: what the record does not prove sent arrived, or did not. */
static void broker_settle(resume_t *x)
{
    while (x->sent.count > 0) {
        if ((x->sent.v[0].effect.intent.id.b[0] & 1) != 0) {
            broker_apply(x, &x->sent.v[0].effect);
        }
        resume_sent_pop(&x->sent);
    }
}

/* One cancel a step of a bunched order, whoever of its members asked for it. */
static void cancel_push(resume_t *x, const event_t *f)
{
    u64 account = f->as.ORDER_STATE.account;
    intent_t i = {.t_decided = f->head.t_engine};
    i.id = resume_sent_id(&x->sent, f->as.ORDER_STATE.intent, &account);
    i.account_id = account;
    for (u32 k = 0; k < x->sent.count; k++) {
        const resume_row_t *row = &x->sent.v[k];
        if (row->effect.kind == EFFECT_CANCEL && id128_eq(row->effect.intent.id, i.id) &&
            row->step == f->head.cause_seq) {
            return;
        }
    }
    resume_sent_push(&x->sent, EFFECT_CANCEL, &i, f);
}

/* Effects are not recorded; each follows from one fact. */
static err_t effects_of(resume_t *x, const event_t *f)
{
    if (f->head.kind == EV_ORDER_STATE) {
        const ev_ORDER_STATE_t *s = &f->as.ORDER_STATE;
        x->is_replacing = s->to == ORDER_PENDING_REPLACE && s->proof == 0;
        x->replacing = s->intent;
        if (s->to == ORDER_PENDING_CANCEL && s->proof == 0 && s->from != s->to) {
            cancel_push(x, f);
        }
        return ERR_OK;
    }
    if (f->head.kind == EV_BUNCH) {
        order_door_note(&x->r->door, f->as.BUNCH.id);
        return resume_sent_bunch(&x->sent, &f->as.BUNCH);
    }
    if (f->head.kind != EV_INTENT) {
        x->is_replacing = false;
        return ERR_OK;
    }
    intent_t i;
    recover_intent(&f->as.INTENT, &i);
    if (x->is_replacing && id128_eq(x->replacing, i.id)) {
        resume_sent_push(&x->sent, EFFECT_REPLACE, &i, f);
    } else if ((i.flags & (INTENT_OCO | INTENT_SLICED)) == 0) {
        order_door_note(&x->r->door, i.id); /* no later step may send it a second time */
        resume_sent_push(&x->sent, EFFECT_SUBMIT, &i, f);
    }
    x->is_replacing = false;
    return ERR_OK;
}

static bool same_word(const ev_BROKER_t *a, const ev_BROKER_t *b)
{
    return a->kind == b->kind && id128_eq(a->intent, b->intent) && a->exec_id == b->exec_id &&
           a->qty == b->qty && a->price == b->price && a->fee == b->fee;
}

/* Said by the door, or an answer to a look: the broker's book does not depend on it. */
static bool is_aside(const ev_BROKER_t *m)
{
    return m->kind == BROKER_REJECT || m->kind == BROKER_NOT_SENT || m->kind == BROKER_SILENT ||
           m->kind == BROKER_LOOKUP_FOUND || m->kind == BROKER_LOOKUP_ABSENT;
}

/* The broker meets the slice that comes next: after what stopped before its bars, before what stopped in
 * them. */
static err_t broker_meets(resume_t *x, const slice_t *s)
{
    runner_t *r = x->r;
    if (r->told.last > s->t_open) {
        return lost(x, "something within the bars was told before the broker had met them");
    }
    broker_msgs_t out = {.v = r->messages, .cap = r->message_cap};
    paper_on_slice(&r->paper, s, &out);
    r->message_at = 0;
    r->message_count = out.count;
    r->broker_ahead = true;
    return ERR_OK;
}

/* The slice ahead, NULL behind the last one; those that the run passed over without a word are passed. */
static err_t slice_ahead(runner_t *r, const slice_t **out)
{
    i32 slot = -1;
    TRY(runner_peek(r, out, &slot));
    while (*out != NULL && (*out)->count == 0 && (*out)->action_count == 0 && (*out)->session == r->session) {
        r->block_at++;
        TRY(runner_peek(r, out, &slot));
    }
    return ERR_OK;
}

/* A halt or a bulletin of before the bars of the slice ahead that has not been told yet. */
static bool told_ahead(const runner_t *r, const slice_t *s)
{
    const halt_t *h = NULL;
    const bulletin_t *b = NULL;
    return told_next(&r->told, s, &h, &b) <= s->t_open;
}

/* A loop's timer inside a session comes after the broker has met the slice that ends behind it; one of the
 * night, before the session is told, comes before, and so does one before what is told before the bars. */
static err_t loop_timer(resume_t *x)
{
    runner_t *r = x->r;
    const slice_t *s = NULL;
    TRY(slice_ahead(r, &s));
    if (s != NULL && s->session == r->session && !told_ahead(r, s) && !r->broker_ahead &&
        r->message_at == r->message_count) {
        TRY(broker_meets(x, s));
    }
    return ERR_OK;
}

/* Something of moment t is told: what lies behind the open after the broker has met the bars. */
static err_t told_at(resume_t *x, const slice_t *s, i64 t)
{
    runner_t *r = x->r;
    bool behind = t > s->t_open;
    if (behind && !r->broker_ahead && r->message_at == r->message_count) {
        TRY(broker_meets(x, s));
    }
    return behind || !r->broker_ahead
               ? ERR_OK
               : lost(x, "what was told before the bars stands after the broker had met them");
}

/* Bulletins come from the source alone, in its order. */
static err_t bulletin_told(resume_t *x, const ev_BULLETIN_t *b)
{
    const slice_t *s = NULL;
    TRY(slice_ahead(x->r, &s));
    const bulletin_t *next = told_bulletin(&x->r->told, s);
    if (next == NULL || next->inst != b->inst || next->kind != b->kind || next->t_known != b->t_known ||
        next->t_event != b->t_event || next->value != b->value || !str_eq_c(b->text, next->text)) {
        return lost(x, "the source does not bring the bulletin that is recorded");
    }
    TRY(told_at(x, s, next->t_known));
    told_bulletin_pass(&x->r->told, s);
    return ERR_OK;
}

/* A halt that the slice ahead brings, in its order, or the driver's own word that one is over. */
static err_t halt_told(resume_t *x, const ev_HALT_t *h)
{
    runner_t *r = x->r;
    const slice_t *s = NULL;
    TRY(slice_ahead(r, &s));
    const halt_t *next = told_halt(&r->told, s);
    if (next != NULL && next->t_event == h->t_event && next->inst == h->inst && next->kind == h->kind &&
        next->halted == h->halted) {
        TRY(told_at(x, s, h->t_event));
        told_halt_pass(&r->told, s);
    }
    runner_halt(r, h);
    return ERR_OK;
}

static err_t broker_said(resume_t *x, const ev_BROKER_t *m)
{
    runner_t *r = x->r;
    if (r->message_at == r->message_count && !is_aside(m) && !r->broker_ahead) {
        const slice_t *s = NULL;
        i32 slot = -1;
        TRY(runner_peek(r, &s, &slot));
        if (s == NULL) {
            return lost(x, "the broker speaks after the last slice");
        }
        TRY(broker_meets(x, s));
    }
    if (r->message_at < r->message_count && same_word(&r->messages[r->message_at], m)) {
        r->message_at++;
        return ERR_OK;
    }
    return is_aside(m) ? ERR_OK : lost(x, "the broker made again does not say what is recorded");
}

/* ---- source and engine -------------------------------------------------------------------------------- */

static err_t slice_find(resume_t *x, const ev_SLICE_t *e)
{
    runner_t *r = x->r;
    const slice_t *s = NULL;
    TRY(runner_peek(r, &s, &x->slot));
    while (s != NULL && s->count == 0 && s->action_count == 0 && s->session == r->session) {
        r->block_at++; /* the run passed over it without a word */
        TRY(runner_peek(r, &s, &x->slot));
    }
    if (s == NULL) {
        return lost(x, "the source has fewer slices than the record");
    }
    x->part = *s;
    if (e->rows == 0) {
        x->part.count = 0;
        x->part.t_known = e->t_known;
        x->part.session_last = false;
        x->slot = -1;
    } else {
        x->part.action_count = 0;
    }
    if (slice_hash(&x->part) != e->content) {
        return lost(x, "the slice read now is not the one recorded");
    }
    x->at = s;
    return ERR_OK;
}

static err_t slice_before(resume_t *x, const ev_SLICE_t *e)
{
    runner_t *r = x->r;
    TRY(slice_find(x, e));
    if (e->rows == 0) {
        if (runner_session(r, x->at)) {
            resume_sent_session(&x->sent, &r->paper);
        }
        return ERR_OK;
    }
    if (!r->broker_ahead) {
        TRY(broker_meets(x, x->at));
    }
    if (r->message_at != r->message_count) {
        return lost(x, "the broker made again says more than is recorded");
    }
    r->broker_ahead = false;
    return ERR_OK;
}

static void slice_after(resume_t *x, const ev_SLICE_t *e)
{
    runner_t *r = x->r;
    r->session_ahead = e->rows == 0 && x->at->count > 0;
    if (e->rows == 0 && x->seq > x->from) {
        runner_actions(r, &x->part);
    }
    if (e->rows > 0) {
        runner_passed(r, &x->part, x->slot, e->content);
        told_slice_over(&r->told);
    }
    r->block_at += e->rows > 0 || x->at->count == 0 ? 1 : 0;
}

static err_t on_event(resume_t *x, const event_t *e)
{
    x->seq = e->head.seq;
    x->at = NULL;
    bool is_slice = e->head.kind == EV_SLICE;
    if (is_slice) {
        TRY(slice_before(x, &e->as.SLICE));
    } else if (e->head.kind == EV_SEND_RESULT) {
        TRY(broker_sent(x, &e->as.SEND_RESULT));
    } else if (e->head.kind == EV_TIMER && e->as.TIMER.timer == ENGINE_TIMER_LOOP) {
        TRY(loop_timer(x));
    } else if (e->head.kind == EV_HALT) {
        TRY(halt_told(x, &e->as.HALT));
    } else if (e->head.kind == EV_BULLETIN) {
        TRY(bulletin_told(x, &e->as.BULLETIN));
    } else if (e->head.kind == EV_BROKER) {
        TRY(broker_said(x, &e->as.BROKER));
    } else if (e->head.kind == EV_COMMAND && e->as.COMMAND.code == COMMAND_RESUME) {
        broker_settle(x);
    }
    x->r->ended = e->head.kind == EV_RUN_END;
    if (e->head.seq > x->from) {
        if (e->head.kind == EV_BROKER) {
            runner_broker_count(x->r, &e->as.BROKER);
        }
        if (recovery_observe(x->recovery, e, is_slice ? &x->part : NULL, is_slice ? x->slot : -1) != ERR_OK) {
            return lost(x, "it does not follow from the state before it");
        }
    }
    if (is_slice) {
        slice_after(x, &e->as.SLICE);
    }
    if (!event_is_input((event_kind_t)e->head.kind)) {
        err_t err = effects_of(x, e);
        return err == ERR_CORRUPT ? lost(x, "orders became one that nobody had placed") : err;
    }
    return ERR_OK;
}

static err_t read_record(resume_t *x)
{
    journal_reader_t *reader = NULL;
    TRY(journal_reader_open(x->r->spec->resume->store, x->r->spec->resume->id, x->r->diag, &reader));
    event_t e;
    bool more = true;
    err_t err = ERR_OK;
    while (err == ERR_OK && more) {
        err = journal_next(reader, x->r->diag, &e, &more);
        if (err == ERR_OK && more) {
            err = on_event(x, &e);
        }
    }
    journal_reader_close(reader);
    return err;
}

/* The newest snapshot, if there is one that loads: recovery can do without. */
static err_t load_newest(resume_t *x)
{
    runner_t *r = x->r;
    run_row_t row;
    snapshot_t s;
    TRY(run_find(r->spec->resume->store, r->spec->resume->id, r->diag, &row));
    diag_t quiet = {0};
    err_t err = snapshot_latest(r->spec->resume->store, row.number, &quiet, &s);
    if (err != ERR_OK) {
        return err == ERR_EMPTY || err == ERR_CORRUPT ? ERR_OK : err;
    }
    snapshot_part_t part[SNAPSHOT_SECTIONS_MAX];
    for (u32 i = 0; i < s.count; i++) {
        part[i] = (snapshot_part_t){
            .name = s.sections[i].name, .version = s.sections[i].version, .bytes = s.sections[i].bytes};
    }
    if (engine_snapshot_load(r->engine, part, s.count, &quiet) == ERR_OK) {
        x->from = s.seq;
    }
    free(s.own_memory);
    return ERR_OK;
}

/* What is not fact state must not outlive the recovery: a replay that meets the resume has only that. */
static err_t engine_again(runner_t *r)
{
    engine_snapshot_t s;
    engine_t *fresh = NULL;
    TRY(engine_snapshot_save(r->engine, &s));
    err_t err = runner_engine(r, &fresh);
    if (err == ERR_OK) {
        err = engine_snapshot_load(fresh, s.part, s.count, r->diag);
    }
    engine_snapshot_free(&s);
    if (err != ERR_OK) {
        engine_close(fresh);
        return err;
    }
    engine_close(r->engine);
    r->engine = fresh;
    return ERR_OK;
}

static err_t command(runner_t *r, command_t code, u64 account, u64 arg)
{
    event_t e = {.head = {.kind = EV_COMMAND, .t_event = engine_now(r->engine)}};
    e.as.COMMAND = (ev_COMMAND_t){
        .code = (u16)code, .account = account, .arg = (i64)arg, .who = STR("restart")};
    TRY(runner_take(r, &e, NULL, -1));
    return runner_drain(r);
}

static void broker_positions(runner_t *r)
{
    for (u32 k = 0; k < r->desks; k++) {
        const account_t *a = engine_desk(r->engine, k).account;
        i64 *held = runner_broker_qty(r, k);
        for (u32 i = 0; i < a->positions_used; i++) {
            if (a->positions[i].inst != INST_NONE) {
                held[a->positions[i].inst] = a->positions[i].qty.v;
            }
        }
    }
}

static err_t resume_inner(resume_t *x)
{
    runner_t *r = x->r;
    TRY(resume_sent_open(&x->sent, RESUME_EFFECTS * r->desks));
    TRY(load_newest(x));
    broker_positions(r);
    TRY(recovery_open(r->engine, &x->recovery));
    TRY(read_record(x));
    if (x->seq < x->from || x->seq == 0 || engine_next_seq(r->engine) != x->seq + 1) {
        return lost(x, "the record ends before its snapshot");
    }
    if (r->ended) {
        return ERR_OK; /* all was recorded but the end of the run's row */
    }
    broker_settle(x);
    TRY(engine_again(r));
    TRY(command(r, COMMAND_RESUME, COMMAND_ALL, x->from));
    r->was_killed = true; /* the switch is all accounts': one that is not killed is a switch that is off */
    for (u32 i = 0; i < r->desks; i++) {
        r->was_killed = r->was_killed && engine_desk(r->engine, i).account->killed != 0;
        r->reconcile[i] = r->spec->resume->isolate ? 0 : 1;
    }
    if (r->spec->resume->isolate) {
        TRY(command(r, COMMAND_ISOLATE, COMMAND_ALL, 0));
    }
    TRY(runner_snapshot(r));
    return resume_reconcile(r);
}

err_t resume_run(runner_t *r)
{
    ASSERT(r != NULL && r->spec->resume != NULL);
    ASSERT(r->engine != NULL);
    resume_t *x = calloc(1, sizeof *x);
    if (x == NULL) {
        return ERR_NO_MEMORY;
    }
    x->r = r;
    err_t err = resume_inner(x);
    recovery_close(x->recovery);
    resume_sent_close(&x->sent);
    free(x);
    return err;
}

err_t resume_look(store_t *store, str_t id, diag_t *diag, resume_seen_t *out)
{
    ASSERT(store != NULL && out != NULL);
    journal_reader_t *reader = NULL;
    event_t e;
    bool more = true;
    *out = (resume_seen_t){0};
    TRY(journal_reader_open(store, id, diag, &reader));
    err_t err = journal_next(reader, diag, &e, &more);
    while (err == ERR_OK && more) {
        bool resumed = e.head.kind == EV_COMMAND && e.as.COMMAND.code == COMMAND_RESUME;
        out->stood_still = resumed || (out->stood_still && e.head.kind != EV_SLICE);
        out->timed = out->timed || e.head.kind == EV_TIMING;
        err = journal_next(reader, diag, &e, &more);
    }
    journal_reader_close(reader);
    return err;
}

/* Whether all that rests at the broker lives here too (decision 0028); a bunch is known by its members. */
static bool lists_agree(const runner_t *r, const account_t *a)
{
    for (u32 i = 0; i < r->paper.count; i++) {
        const paper_order_t *p = &r->paper.orders[i];
        if (p->dead != 0 || p->intent.account_id != a->account_id) {
            continue;
        }
        const order_t *o = account_order_const(a, p->intent.id);
        if (o == NULL || !order_is_live(o)) {
            return false;
        }
    }
    return true;
}

static bool agrees(const runner_t *r, u32 desk)
{
    const account_t *a = engine_desk(r->engine, desk).account;
    const i64 *held = runner_broker_qty(r, desk);
    for (u32 i = 0; i < a->orders_used; i++) {
        if (a->orders[i].state == ORDER_UNKNOWN) {
            return false;
        }
    }
    for (u32 i = 0; i < r->spec->source->instrument_count; i++) {
        const position_t *p = account_position_const(a, (inst_t)i);
        if ((p == NULL ? 0 : p->qty.v) != held[i]) {
            return false;
        }
    }
    return lists_agree(r, a);
}

err_t resume_reconcile(runner_t *r)
{
    ASSERT(r != NULL);
    for (u32 i = 0; i < r->desks; i++) {
        if (r->reconcile[i] != 0 && agrees(r, i)) {
            r->reconcile[i] = 0;
            TRY(command(r, COMMAND_CLEAR_RECONCILE, r->word[i].account, RECONCILE_BROKER));
        }
    }
    return ERR_OK;
}
