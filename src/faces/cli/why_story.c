/* See why_story.h. */
#include "faces/cli/why_story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

/* Intents of one step, of all that may share an order, with room for their protective ones. */
enum { WHY_RECENT = 4 * BUNCH_MEMBERS };
#define WHY_CHAIN_OLD (4 * NS_PER_DAY) /* a weekend and a holiday */

typedef struct {
    app_t *app;
    const why_ask_t *ask;
    why_story_t *out;
    bool by_id;
    bool ambiguous;
    bool found_id, found_cycle;
    bool untimed;  /* the cycle that is kept has just come: its time stands behind it */
    bool last;     /* and none will be kept after it */
    char stranger[USER_NAME]; /* an order is named so, and it is this user's instead of the asked one's */
    u64 cause;                /* input that led to the entry */
    u8 *own_blob;             /* the record of the cycle so far */
    u32 blob_size;
    u64 handed;       /* the cycle in which the house handed the symbol on; 0 none */
    i64 entered;      /* what came to it before that one */
    bool kept_came; /* that cycle came to the symbol, */
    u64 kept_session; /* in this session */
    u64 account; /* of the order that is asked for */
    u64 wanted;  /* account of the user whose decision is asked for; the first, where nobody is named */
    tax_ledger_t tax; /* of the run so far, in the third walk */
    ev_HALT_t own, market; /* halts that stand, in the second walk; `halted` 0: none */
    bulletin_t heard[WHY_HEARD]; /* of the symbol, in the second walk, a ring */
    u64 heard_count;
    bulletin_t chain[WHY_CHAIN]; /* the last of each kind; kind 0: none */
    ev_INTENT_t recent[WHY_RECENT]; /* in the first walk, a ring: those that a bunched order names */
    u64 recent_count;
} search_t;

static bool names(const char *target, id128_t id)
{
    char text[2][40] = {{0}};
    size_t n = strlen(target);
    hex_print(text[0], id.b, sizeof id.b);
    id128_base32(text[1], id);
    for (u32 k = 0; k < 2; k++) {
        str_t head = str_slice(str_from(text[k]), 0, (u32)MIN_OF(n, strlen(text[k])));
        if (str_eq_nocase(head, str_from(target))) {
            return true;
        }
    }
    return false;
}

static bool is_zero(id128_t id)
{
    static const id128_t zero;
    return id128_eq(id, zero);
}

static err_t take_start(search_t *q, const why_run_t *run)
{
    const report_user_t *user = run->users.own_v;
    if (q->ask->user != NULL) {
        TRY(report_user_named(&run->users, q->ask->user, run->run.id.text, &q->app->diag, &user));
    }
    i32 inst = why_inst(run, q->ask->target);
    q->wanted = user->account;
    q->by_id = inst < 0;
    q->out->inst = (u16)(inst < 0 ? 0 : inst);
    return q->by_id ? ERR_OK : ERR_EMPTY; /* a symbol needs no more */
}

static bool terms_of(const void *ctx, inst_t inst, i32 *exponent, i64 *multiplier)
{
    const why_run_t *r = ctx;
    if (inst >= r->inst_count) {
        return false;
    }
    *exponent = r->own_insts[inst].exponent;
    *multiplier = r->own_insts[inst].multiplier;
    return true;
}

/* The order that a slice belongs to, else the order itself: brackets name the slice that brought them. */
static id128_t whole_of(const report_slices_t *r, id128_t entry)
{
    for (u32 i = 0; i < r->slice_count; i++) {
        if (id128_eq(r->own_slices[i].s.id, entry)) {
            return r->own_orders[r->own_slices[i].order].id;
        }
    }
    return entry;
}

static void found(search_t *q, const ev_INTENT_t *e)
{
    id128_t entry = is_zero(e->parent) ? e->id : whole_of(&q->out->sliced, e->parent);
    q->ambiguous = q->ambiguous || (q->found_id && !id128_eq(entry, q->out->entry));
    q->out->entry = entry;
    q->found_id = true;
}

/* The id that the broker knows is a bunched order's: it stands for the part of the user who is asked for,
 * else for the first one's. */
static void take_bunch_target(search_t *q, const ev_BUNCH_t *f)
{
    bunch_t b;
    if (!names(q->ask->target, f->id) || bunch_of_fact(f, &b) != ERR_OK) {
        return;
    }
    for (u32 k = 0; k < b.count; k++) {
        bool wanted = q->ask->user == NULL || b.member[k].account == q->wanted;
        for (u32 i = 0; wanted && i < MIN_OF(q->recent_count, (u64)WHY_RECENT); i++) {
            if (id128_eq(q->recent[i].id, b.member[k].intent)) {
                found(q, &q->recent[i]);
                return;
            }
        }
    }
}

/* First walk: which symbol or which entry is meant. A child order stands for its entry. Where a user is
 * named, an order of another one is none of those that are looked for, but it is remembered whose it is. */
static err_t take_target(void *ctx, const why_step_t *s)
{
    search_t *q = ctx;
    if (s->event->head.kind == EV_RUN_START) {
        return take_start(q, s->run);
    }
    TRY(report_slices_take(&q->out->sliced, s->event, terms_of, s->run));
    if (s->event->head.kind == EV_BUNCH && strlen(q->ask->target) >= WHY_ID_MIN) {
        take_bunch_target(q, &s->event->as.BUNCH);
    }
    if (s->event->head.kind != EV_INTENT || strlen(q->ask->target) < WHY_ID_MIN) {
        return ERR_OK;
    }
    const ev_INTENT_t *e = &s->event->as.INTENT;
    q->recent[q->recent_count++ % WHY_RECENT] = *e;
    if (!names(q->ask->target, e->id)) {
        return ERR_OK;
    }
    if (q->ask->user != NULL && s->user != NULL && s->user->account != q->wanted) {
        (void)snprintf(q->stranger, sizeof q->stranger, "%s", s->user->name);
    } else {
        found(q, e);
    }
    return ERR_OK;
}

/* A cycle that was stopped tells nothing of a symbol: the asker is led to one that does. True if this one
 * came to it. */
static bool take_seen(why_story_t *o, const cycle_record_t *r)
{
    bool came = false;
    for (u64 i = 0; i < r->refusal_count; i++) {
        came = came || r->refusal[i].inst == o->inst;
    }
    for (u64 i = 0; i < r->cand_count; i++) {
        bool own = r->cand[i].inst == o->inst;
        came = came || own;
        o->t_traded = own && r->cand[i].traded ? r->t : o->t_traded;
    }
    o->t_entered = came ? r->t : o->t_entered;
    return came;
}

/* Whether the cycle in hand is passed over, because it was stopped and the one that is kept came to the
 * symbol in the same session. */
static bool passed_over(search_t *q, const cycle_record_t *r, bool came)
{
    why_story_t *o = q->out;
    if (q->by_id || q->ask->exact || came || r->stopped_stage == 0 || !q->kept_came ||
        q->kept_session != r->session) {
        o->stopped_count = 0;
        q->kept_came = came;
        q->kept_session = r->session;
        return false;
    }
    o->stopped_count++;
    o->stopped_stage = (u32)r->stopped_stage;
    o->stopped_t = r->t;
    return true;
}

/* By when it was known, behind those of the same moment. */
static void heard_insert(why_story_t *o, const bulletin_t *b)
{
    u32 at = o->heard_count++;
    while (at > 0 && o->heard[at - 1].t_known > b->t_known) {
        o->heard[at] = o->heard[at - 1];
        at--;
    }
    o->heard[at] = *b;
}

static void keep_heard(search_t *q, i64 t)
{
    why_story_t *o = q->out;
    u64 from = q->heard_count > WHY_HEARD ? q->heard_count - WHY_HEARD : 0;
    o->heard_count = 0;
    for (u64 i = from; i < q->heard_count; i++) {
        const bulletin_t *b = &q->heard[i % WHY_HEARD];
        bool ahead = b->kind == BULLETIN_CALENDAR && b->t_event + NS_PER_DAY / 2 >= t; /* to the day's end */
        if (ahead || b->t_known > t - NS_PER_DAY) {
            o->heard[o->heard_count++] = *b;
        }
    }
    for (u32 i = 0; i < WHY_CHAIN; i++) {
        if (q->chain[i].kind != 0 && q->chain[i].t_known > t - WHY_CHAIN_OLD) {
            heard_insert(o, &q->chain[i]);
        }
    }
}

static void take_bulletin(search_t *q, const why_step_t *s)
{
    bulletin_t b;
    if (event_bulletin(s->event, s->run->inst_count, &b) && b.inst == q->out->inst &&
        b.kind != BULLETIN_COVERS) {
        bool of_chain = bulletin_is_of_chain((bulletin_kind_t)b.kind);
        *(of_chain ? &q->chain[b.kind - BULLETIN_IV] : &q->heard[q->heard_count++ % WHY_HEARD]) = b;
    }
}

static err_t keep_blob(search_t *q, const why_step_t *s)
{
    bool came = take_seen(q->out, s->cycle) || (s->user != NULL && q->handed == s->cycle->cycle);
    if (passed_over(q, s->cycle, came)) {
        return ERR_OK;
    }
    blob_t b = s->event->as.DECISION.record;
    u8 *p = realloc(q->own_blob, (size_t)b.n + 1);
    if (p == NULL) {
        return ERR_NO_MEMORY;
    }
    memcpy(p, b.p, b.n);
    q->own_blob = p;
    q->blob_size = b.n;
    q->out->micro = s->micro;
    q->out->config = *s->config;
    (void)snprintf(q->out->user, sizeof q->out->user, "%s", s->user != NULL ? s->user->name : WHY_HOUSE);
    q->out->halted = q->own.halted != 0 || q->market.halted != 0;
    q->out->halt = q->own.halted != 0 ? q->own : q->market;
    keep_heard(q, s->cycle->t);
    q->untimed = true;
    q->out->took.wall = 0;
    q->found_cycle = true;
    return ERR_OK;
}

static const cand_record_t *candidate(const search_t *q, const cycle_record_t *r)
{
    for (u64 i = 0; i < r->cand_count; i++) {
        if (r->cand[i].inst == q->out->inst) {
            return &r->cand[i];
        }
    }
    return NULL;
}

/* The house judged first: what it refused is told from its record, what it handed on from the user's, whose
 * own cycle may have been stopped before it came to anything. */
static err_t take_global(search_t *q, const why_step_t *s)
{
    const cand_record_t *c = candidate(q, s->cycle);
    if (s->user == NULL) {
        q->handed = c != NULL && c->refused_stage == 0 && !c->traded ? s->cycle->cycle : 0;
        q->entered = q->out->t_entered;
        return keep_blob(q, s);
    }
    if (s->user->account != q->wanted) {
        return ERR_OK;
    }
    if (c == NULL && s->cycle->stopped_stage != 0 && q->handed == s->cycle->cycle) {
        q->out->t_entered = q->entered; /* of which this one is none */
        return keep_blob(q, s);
    }
    return c != NULL ? keep_blob(q, s) : ERR_OK;
}

static void take_halt(search_t *q, const ev_HALT_t *h)
{
    bool market = h->inst == INST_NONE;
    ev_HALT_t *at = market ? &q->market : &q->own;
    if (!market && h->inst != q->out->inst) {
        return;
    }
    if (h->halted != 0) {
        *at = *h;
    } else if (halt_ends(h->kind, at->kind)) {
        *at = (ev_HALT_t){0};
    }
}

/* Second walk: the record of the cycle. */
static err_t take_cycle(void *ctx, const why_step_t *s)
{
    search_t *q = ctx;
    const event_t *e = s->event;
    if (e->head.kind == EV_INTENT && q->by_id && id128_eq(e->as.INTENT.id, q->out->entry)) {
        q->cause = e->head.cause_seq;
        q->account = e->as.INTENT.account;
        q->out->inst = e->as.INTENT.inst;
    }
    if (e->head.kind == EV_TIMING && q->untimed && flight_read(&e->as.TIMING, &q->out->took) != ERR_OK) {
        q->out->took = (flight_parts_t){.wall = 0};
    }
    if (e->head.kind == EV_TIMING || e->head.kind == EV_SLICE) {
        q->untimed = false;
        if (q->last) {
            return ERR_EMPTY;
        }
    }
    if (e->head.kind == EV_HALT) {
        take_halt(q, &e->as.HALT);
    }
    if (e->head.kind == EV_BULLETIN) {
        take_bulletin(q, s);
    }
    if (e->head.kind != EV_DECISION || e->as.DECISION.form != RECORD_CYCLE) {
        return ERR_OK;
    }
    if (q->by_id) {
        bool own = e->as.DECISION.account == q->account || e->as.DECISION.account == 0;
        bool is_it = q->cause != 0 && e->head.cause_seq == q->cause && own;
        TRY(is_it ? keep_blob(q, s) : ERR_OK);
        q->last = q->last || is_it;
        return ERR_OK;
    }
    if (e->head.t_event > q->ask->at) {
        return ERR_EMPTY;
    }
    if (s->run->users.mode == USERS_GLOBAL) {
        return take_global(q, s);
    }
    return s->user != NULL && s->user->account == q->wanted ? keep_blob(q, s) : ERR_OK;
}

static bool belongs(const why_story_t *s, id128_t intent)
{
    for (u32 i = 0; i < s->intent_count; i++) {
        if (id128_eq(s->intent[i].id, intent)) {
            return true;
        }
    }
    return false;
}

static void take_exit(search_t *q, const why_step_t *s)
{
    why_story_t *o = q->out;
    const ev_DECISION_t *e = &s->event->as.DECISION;
    exit_record_t x;
    if (record_exit_decode(e->record, &x) != ERR_OK || memcmp(x.intent, o->entry.b, sizeof x.intent) != 0) {
        return;
    }
    if (o->exit_count == WHY_ROWS) {
        o->more++;
        return;
    }
    tax_ask_t ask = {.account = o->intent_count > 0 ? o->intent[0].account : 0,
                     .inst = o->inst,
                     .mark = {x.mark * (PRICE_SCALE / 10000)},
                     .t = x.t,
                     .unit = &s->run->own_insts[o->inst]};
    u32 i = o->exit_count++;
    o->exit[i] = x;
    o->tax[i].known = tax_ledger_ask(&q->tax, &ask, &q->ask->rates, &o->tax[i].sale, &o->tax[i].qty);
}

static void take_intent(why_story_t *o, const ev_INTENT_t *e)
{
    bool slices = belongs(o, e->parent); /* and the brackets of slices */
    if (!id128_eq(e->id, o->entry) && !id128_eq(e->parent, o->entry) && !slices) {
        return;
    }
    if (o->intent_count == WHY_ROWS) {
        o->more++;
        return;
    }
    o->intent[o->intent_count++] = *e;
}

/* An order of the trade that left as one with those of others. */
static void take_bunch(why_story_t *o, const ev_BUNCH_t *e)
{
    bunch_t b;
    if (bunch_of_fact(e, &b) != ERR_OK) {
        return;
    }
    for (u32 i = 0; i < o->intent_count; i++) {
        for (u32 k = 0; k < b.count && o->bunch_count < WHY_BUNCHES; k++) {
            if (id128_eq(b.member[k].intent, o->intent[i].id)) {
                o->bunch[o->bunch_count].intent = i;
                o->bunch[o->bunch_count++].of = b;
            }
        }
    }
}

/* The account holds one position of a name, so what is booked on it between the entry's first fill and its
 * lesson is this trade's. */
static void take_cash(why_story_t *o, const event_t *e)
{
    const ev_CASH_t *c = &e->as.CASH;
    bool of_it = o->intent_count > 0 && c->account == o->intent[0].account && c->inst == o->inst;
    if (!of_it || o->fill_count == 0 || o->has_lesson) {
        return;
    }
    why_cash_t *last = o->cash_count > 0 ? &o->cash[o->cash_count - 1] : NULL;
    if (last != NULL && c->kind == CASH_BORROW && last->c.kind == CASH_BORROW) {
        i64 sum = last->c.amount + c->amount;
        last->c = *c;
        last->c.amount = sum;
        last->to = e->head.t_event;
        last->bookings++;
    } else if (o->cash_count == WHY_ROWS) {
        o->more++;
    } else {
        o->cash[o->cash_count++] =
            (why_cash_t){.c = *c, .from = e->head.t_event, .to = e->head.t_event, .bookings = 1};
    }
}

/* Third walk: the life of the entry. */
static err_t take_life(void *ctx, const why_step_t *s)
{
    search_t *q = ctx;
    why_story_t *o = q->out;
    const event_t *e = s->event;
    tax_run_t run = {.users = &s->run->users, .insts = s->run->own_insts, .count = s->run->inst_count};
    TRY(tax_ledger_take(&q->tax, e, &run));
    TRY(report_slices_take(&o->sliced, e, terms_of, s->run));
    switch ((event_kind_t)e->head.kind) {
    case EV_INTENT:
        take_intent(o, &e->as.INTENT);
        break;
    case EV_BUNCH:
        take_bunch(o, &e->as.BUNCH);
        break;
    case EV_DECISION:
        if (e->as.DECISION.form == RECORD_EXIT) {
            take_exit(q, s);
        }
        break;
    case EV_FILL:
        if (belongs(o, e->as.FILL.intent)) {
            o->more += o->fill_count == WHY_ROWS ? 1 : 0;
            o->fill[MIN_OF(o->fill_count, (u32)WHY_ROWS - 1)] = e->as.FILL;
            o->fill_count = MIN_OF(o->fill_count + 1, (u32)WHY_ROWS);
        }
        break;
    case EV_CASH:
        take_cash(o, e);
        break;
    case EV_ORDER_STATE:
        for (u32 i = 0; i < o->intent_count; i++) {
            o->state[i] =
                id128_eq(o->intent[i].id, e->as.ORDER_STATE.intent) ? e->as.ORDER_STATE.to : o->state[i];
        }
        break;
    case EV_LESSON:
        if (id128_eq(e->as.LESSON.entry, o->entry)) {
            o->has_lesson = lesson_decode(e->as.LESSON.record, &o->lesson) == ERR_OK;
        }
        break;
    default:
        break;
    }
    return ERR_OK;
}

static err_t walk(search_t *q, err_t (*take)(void *, const why_step_t *))
{
    why_run_free(&q->out->run);
    why_visitor_t v = {.cycles = take == take_cycle, .take = take, .ctx = q};
    return why_walk(q->app, q->ask->run, &v, &q->out->run);
}

static err_t decode(search_t *q)
{
    why_story_t *o = q->out;
    o->own_cycle = calloc(1, sizeof *o->own_cycle);
    o->own_refusals = calloc(LIMIT_UNIVERSE, sizeof *o->own_refusals);
    if (o->own_cycle == NULL || o->own_refusals == NULL) {
        return ERR_NO_MEMORY;
    }
    o->own_cycle->refusal = o->own_refusals;
    err_t err = record_cycle_decode((blob_t){.p = q->own_blob, .n = q->blob_size}, o->own_cycle);
    if (err != ERR_OK) {
        return diag_fail(&q->app->diag, err, "why: the record of the cycle cannot be read");
    }
    why_limits_t limits = {.config = &o->config, .micro = o->micro};
    why_of(o->own_cycle, o->inst, &limits, &o->why);
    o->traded = o->why.outcome == WHY_TRADED;
    if (o->traded) {
        memcpy(o->entry.b, o->why.cand->intent, sizeof o->entry.b);
    }
    return ERR_OK;
}

enum { WHY_NAMES = 160, NAMES_FIT = WHY_NAMES - LIMIT_SYMBOL - 4 }; /* one more always has room */

/* "of its 13 symbols the nearest is AAPL; the first are AAL, AAP, ..." */
static void some_symbols(const why_run_t *r, const char *target, char out[WHY_NAMES])
{
    u32 best = 0;
    u32 least = UINT32_MAX;
    for (u32 i = 0; i < r->inst_count; i++) {
        best = str_nearer(str_from(target), str_from(r->own_insts[i].symbol), &least) ? i : best;
    }
    int n = snprintf(out, WHY_NAMES, "of its %u symbols the nearest is %s; the first are", r->inst_count,
                     r->inst_count > 0 ? r->own_insts[best].symbol : "none");
    for (u32 i = 0; i < r->inst_count && n < (int)NAMES_FIT; i++) {
        n += snprintf(out + n, WHY_NAMES - (size_t)n, "%s %s", i == 0 ? "" : ",", r->own_insts[i].symbol);
        ASSERT(n < WHY_NAMES);
    }
}

/* What the first walk found: nothing, too much, or another user's. */
static err_t check_target(search_t *q)
{
    diag_t *d = &q->app->diag;
    const char *target = q->ask->target;
    if (q->by_id && !q->found_id && q->stranger[0] != '\0') {
        return diag_fail(d, ERR_NOT_FOUND,
                         "why %.40s: that decision is not %s's, it is %s's\n"
                         "do: leave --user out, or ask with --user %s",
                         target, q->ask->user, q->stranger, q->stranger);
    }
    if (q->by_id && !q->found_id) {
        char names[WHY_NAMES];
        some_symbols(&q->out->run, target, names);
        return diag_fail(d, ERR_UNKNOWN_SYMBOL,
                         "why %.40s: run %s has no such symbol and no order whose id begins so\n%s\n"
                         "do: name one of its symbols, or at least %d letters of an id that `vitrine audit "
                         "export %s --kind intent` prints",
                         target, q->out->run.run.id.text, names, WHY_ID_MIN, q->out->run.run.id.text);
    }
    return !q->ambiguous ? ERR_OK
                         : diag_fail(d, ERR_USAGE,
                                     "why %.40s: several trades' orders begin so\ndo: write more of the id",
                                     target);
}

static err_t find(search_t *q)
{
    TRY(walk(q, take_target));
    TRY(check_target(q));
    TRY(walk(q, take_cycle));
    if (!q->found_cycle) {
        const char *user = q->ask->user;
        return diag_fail(&q->app->diag, ERR_NOT_FOUND,
                         "why %.40s: run %s has no cycle%s%.31s at or before that time\n"
                         "do: name a later one; `vitrine report %s` shows from when to when it went",
                         q->ask->target, q->out->run.run.id.text, user != NULL ? " of user " : "",
                         user != NULL ? user : "", q->out->run.run.id.text);
    }
    TRY(decode(q));
    report_slices_free(&q->out->sliced);
    TRY(q->out->traded ? walk(q, take_life) : ERR_OK);
    const report_slices_t *r = &q->out->sliced;
    u32 at = 0;
    while (at < r->order_count && !id128_eq(r->own_orders[at].id, q->out->entry)) {
        at++;
    }
    q->out->sliced_at = at;
    return ERR_OK;
}

err_t why_story_read(app_t *app, const why_ask_t *ask, why_story_t *out)
{
    ASSERT(app != NULL && ask != NULL && ask->target != NULL && ask->run != NULL && out != NULL);
    memset(out, 0, sizeof *out);
    search_t q = {.app = app, .ask = ask, .out = out};
    out->rates_known = ask->rates_known;
    err_t err = find(&q);
    free(q.own_blob);
    tax_ledger_free(&q.tax);
    return err;
}

void why_story_free(why_story_t *s)
{
    ASSERT(s != NULL);
    report_slices_free(&s->sliced);
    why_run_free(&s->run);
    free(s->own_cycle);
    free(s->own_refusals);
    s->own_cycle = NULL;
    s->own_refusals = NULL;
}

void why_bunch_text(char out[512], const why_story_t *s, u32 index, u32 scale)
{
    ASSERT(out != NULL && s != NULL && index < s->bunch_count);
    const bunch_t *b = &s->bunch[index].of;
    id128_t own = s->intent[s->bunch[index].intent].id;
    char qty[32];
    size_t used = 0;
    u32 others = 0;
    for (u32 i = 0; i < b->count && used + 96 < 512; i++) {
        const report_user_t *u = report_user_of((report_users_t *)(uintptr_t)&s->run.users,
                                                b->member[i].account);
        if (id128_eq(b->member[i].intent, own)) {
            continue;
        }
        (void)fixed_print(qty, sizeof qty, b->member[i].qty, scale, 0);
        used += (size_t)snprintf(out + used, 512 - used, "%s%s %s", others++ == 0 ? "with " : ", ",
                                 u == NULL ? "?" : u->name, qty);
    }
    (void)fixed_print(qty, sizeof qty, bunch_qty(b), scale, 0);
    (void)snprintf(out + used, 512 - used, "; %s in all", qty);
}

void why_cash_text(char out[120], const why_cash_t *c, u32 scale)
{
    char before[32];
    char after[32];
    ASSERT(out != NULL && c != NULL && c->bookings > 0);
    cash_kind_t kind = (cash_kind_t)c->c.kind;
    (void)fixed_print(before, sizeof before, c->c.qty_before, scale, 0);
    (void)fixed_print(after, sizeof after, c->c.qty_after, scale, 0);
    int n = snprintf(out, 120, "%s", cash_kind_name(kind));
    if (c->c.amount != 0 || !cash_is_action(kind)) {
        n += snprintf(out + n, 120 - (size_t)n, " %+.2f", (f64)c->c.amount / MONEY_SCALE);
    }
    if (c->c.qty_before != c->c.qty_after) {
        (void)snprintf(out + n, 120 - (size_t)n, ", %s became %s", before, after);
    } else if (c->bookings > 1) {
        (void)snprintf(out + n, 120 - (size_t)n, " in %u bookings on %s", c->bookings, before);
    } else {
        (void)snprintf(out + n, 120 - (size_t)n, " on %s", before);
    }
}

void why_number(char out[48], u16 rule, i64 steps)
{
    const rule_desc_t *d = rule_find(rule);
    ASSERT(d != NULL && out != NULL);
    u32 decimals = 0;
    for (f64 step = d->step; step < 0.999999 && decimals < 9; step *= 10.0) {
        decimals++;
    }
    i64 unit = d->step >= 1.0 ? (i64)(d->step + 0.5) : 1;
    i64 value = steps > I64_MAX / 1000 || steps < I64_MIN / 1000 ? steps : steps * unit;
    (void)fixed_print(out, 48, value, decimals, decimals);
}

u32 why_evidence_order(const cand_record_t *c, u32 order[EVIDENCE_COUNT])
{
    ASSERT(c != NULL && order != NULL && c->evidence_count <= EVIDENCE_COUNT);
    u32 n = 0;
    for (u32 i = 0; i < c->evidence_count; i++) {
        if (!c->evidence[i].known) {
            continue;
        }
        i64 size = c->evidence[i].points < 0 ? -c->evidence[i].points : c->evidence[i].points;
        u32 k = n++;
        while (k > 0) {
            i64 other = c->evidence[order[k - 1]].points;
            if ((other < 0 ? -other : other) >= size) {
                break;
            }
            order[k] = order[k - 1];
            k--;
        }
        order[k] = i;
    }
    return n;
}
