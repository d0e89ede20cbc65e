/* See engine.h. What a desk does is in desk.c, what slices show in observe.c, the inputs in handle.c. */
#include "engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "engine/engine_inner.h"
#include "scan/record.h"

enum { ENGINE_ARENA = 64 << 20, ENGINE_BLOBS = 8 << 20,
       ENGINE_DRILL_BLOBS = 1 << 16, ENGINE_PAYLOAD = 1 << 20, LOGIC_VERSION = 14 };

digest_t engine_logic_id(const config_t *config)
{
    ASSERT(config != NULL);
    digest_t c = config_hash(config);
    u32 version = LOGIC_VERSION;
    return digest_chain(&c, &version, sizeof version);
}

/* Whether a user's loop stands at this desk: in global mode some run at the house's, instead or as well. */
static bool serves(const engine_t *e, const desk_t *d, const loop_desc_t *l)
{
    bool at_house = l->in_global == LOOP_GLOBAL_HOUSE || l->in_global == LOOP_GLOBAL_BOTH;
    return e->house == NULL || (d == e->house ? at_house : l->in_global != LOOP_GLOBAL_HOUSE);
}

/* Those of `all` that stand at desk d, or, for NULL, in the market. */
static void desk_loops_open(engine_t *e, desk_t *d, const loop_desc_t *const *all, u32 total)
{
    const loop_desc_t *own[LOOPS_MAX];
    u32 count = 0;
    for (u32 i = 0; i < total; i++) {
        bool mine = d == NULL ? all[i]->lease != LEASE_PER_USER
                              : all[i]->lease == LEASE_PER_USER && serves(e, d, all[i]);
        if (mine) {
            own[count++] = all[i];
        }
    }
    scheduler_t *s = d == NULL ? &e->loops : &d->loops;
    bool always = e->spec.market->calendar == CAL_CRYPTO;
    scheduler_open(s, own, count, always ? loop_day_always : loop_day_nyse, !e->spec.loops_unskipped);
    s->mono = e->spec.mono;
    s->mono_ctx = e->spec.mono_ctx;
}

/* Loops that serve one user stand at each desk, the others once. */
static void loops_open(engine_t *e)
{
    const loop_desc_t *all[LOOPS_MAX];
    u32 total = loops_all(all);
    desk_loops_open(e, NULL, all, total);
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_loops_open(e, &e->desk[i], all, total);
    }
}

static err_t desks_build(engine_t *e)
{
    e->desk = arena_array(&e->arena, desk_t, e->desk_all);
    e->account = arena_array(&e->arena, u64, e->desk_all);
    e->intent_desk = arena_array(&e->arena, u16, ENGINE_INTENTS);
    TRY(moments_init(&e->asks, &e->arena, e->desk_all));
    TRY(moments_init(&e->due, &e->arena, e->desk_all));
    TRY(moments_init(&e->next, &e->arena, e->desk_all));
    if (e->desk == NULL || e->account == NULL || e->intent_desk == NULL) {
        return ERR_ARENA_FULL;
    }
    e->house = e->desk_all > e->desk_count ? &e->desk[e->desk_count] : NULL;
    for (u32 i = 0; i < e->desk_all; i++) {
        TRY(desk_open(e, i));
        e->account[i] = e->desk[i].account.account_id;
        moments_set(&e->asks, i, I64_MAX); /* nobody has asked */
    }
    engine_touch_all(e);
    e->unasked = e->touched;
    return ERR_OK;
}

/* Every user's account, for what the law looks at across them. */
static err_t book_build(engine_t *e)
{
    account_t **book = arena_array(&e->arena, account_t *, e->desk_count);
    if (book == NULL) {
        return ERR_ARENA_FULL;
    }
    for (u32 i = 0; i < e->desk_count; i++) {
        book[i] = &e->desk[i].account;
    }
    e->books = (bunch_books_t){&e->bunches, book, e->desk_count};
    e->shared.book = (const account_t *const *)book;
    e->shared.book_count = e->desk_count;
    e->shared.sharing = e->bunches.sharing > 0 ? &e->books : NULL;
    return ERR_OK;
}

static err_t engine_build(engine_t *e)
{
    u32 n = e->spec.market->count;
    size_t desk = sizeof(desk_t) + (size_t)n * 512 + ((size_t)2 << 20);
    u32 users = e->spec.users != NULL && e->spec.mode == USERS_GLOBAL ? e->spec.user_count : 0;
    size_t bunches = bunch_table_room(users);
    TRY(arena_open(&e->arena, ENGINE_ARENA + (size_t)n * 4096 + desk * e->desk_all + bunches));
    TRY(bunch_table_open(&e->bunches, e->spec.users, users, &e->arena));
    TRY(outbox_open_for(&e->out, ENGINE_BLOBS, e->desk_all));
    e->shared.spread_bps = arena_array(&e->arena, f64, n);
    e->shared.logs = arena_array(&e->arena, screen_logs_t, n);
    e->shared.set_ups = arena_array(&e->arena, u16, n);
    e->shared.news = arena_array(&e->arena, setup_news_t, n);
    TRY(heard_init(&e->heard, &e->arena, n));
    e->payload = arena_array(&e->arena, u8, ENGINE_PAYLOAD);
    e->drill_account = arena_array(&e->arena, account_t, 1);
    TRY(outbox_open(&e->drill_out, ENGINE_DRILL_BLOBS));
    TRY(scan_scratch_init(&e->scratch, &e->arena, n));
    if (e->shared.spread_bps == NULL || e->shared.logs == NULL || e->shared.set_ups == NULL ||
        e->shared.news == NULL || e->payload == NULL || e->drill_account == NULL) {
        return ERR_ARENA_FULL;
    }
    TRY(desks_build(e));
    TRY(book_build(e));
    loops_open(e);
    return ERR_OK;
}

err_t engine_open(const engine_spec_t *spec, diag_t *diag, engine_t **out)
{
    ASSERT(spec != NULL && spec->config != NULL && spec->market != NULL && out != NULL);
    engine_t *e = aligned_alloc(64, (sizeof *e + 63U) & ~(size_t)63U);
    if (e == NULL) {
        return diag_fail(diag, ERR_NO_MEMORY, "engine: out of memory");
    }
    memset(e, 0, sizeof *e);
    e->spec = *spec;
    e->config = *spec->config;
    config_for_market(&e->config, spec->market->calendar);
    e->desk_count = spec->users != NULL ? spec->user_count : 1;
    e->desk_all = e->desk_count + (spec->users != NULL && spec->mode == USERS_GLOBAL ? 1 : 0);
    ASSERT(e->desk_count > 0 && e->desk_count <= LIMIT_USERS);
    for (u32 i = 1; i < e->desk_count; i++) {
        ASSERT(spec->users[i - 1].account_id < spec->users[i].account_id);
    }
    e->shared.market = spec->market;
    e->shared.proxy = spec->proxy;
    e->shared.levels_barred = spec->levels_barred;
    e->shared.probe = spec->probe;
    e->shared.seed = spec->seed;
    err_t err = engine_build(e);
    if (err != ERR_OK) {
        u32 users = e->desk_count;
        engine_close(e);
        return diag_fail(diag, err, "engine: no memory for %u instruments and %u users", spec->market->count,
                         users);
    }
    regime_daily_init(&e->regime);
    digest_begin(&e->hash);
    *out = e;
    return ERR_OK;
}

void engine_close(engine_t *e)
{
    if (e != NULL) {
        outbox_close(&e->out);
        outbox_close(&e->drill_out);
        arena_close(&e->arena);
        free(e);
    }
}

void engine_hash_fact(engine_t *e, const event_t *f)
{
    ASSERT(e != NULL && event_is_hashed((event_kind_t)f->head.kind));
    writer_t w = writer_of(e->payload, ENGINE_PAYLOAD);
    err_t err = event_encode_payload(f, &w);
    ASSERT(err == ERR_OK);
    u16 kind = f->head.kind;
    digest_add(&e->hash, &kind, sizeof kind);
    digest_add(&e->hash, e->payload, w.used);
}

void engine_note_order(engine_t *e, const event_t *f)
{
    ASSERT(e != NULL && f != NULL);
    if (f->head.kind == EV_INTENT) {
        desk_note_intent(e, f->as.INTENT.account, f->as.INTENT.id);
    }
    if (f->head.kind != EV_ORDER_STATE || !order_state_is_terminal((order_state_t)f->as.ORDER_STATE.to)) {
        return;
    }
    desk_t *d = desk_of_account(e, f->as.ORDER_STATE.account);
    if (d != NULL) {
        desk_note_order(d, f);
    }
}

static void notice_keep(engine_t *e, const event_t *f)
{
    const ev_NOTICE_t *n = &f->as.NOTICE;
    engine_notice_t *to = &e->notice[e->notice_count++ % ENGINE_NOTICES];
    *to = (engine_notice_t){.t = e->now, .account = n->account, .row = n->loop, .state = n->state};
    size_t size = MIN_OF(n->text.n, (u32)ENGINE_NOTICE_TEXT - 1);
    memcpy(to->text, n->text.p, size); /* zeroed behind it */
}

void engine_note_loops(engine_t *e, const event_t *f)
{
    ASSERT(e != NULL && f != NULL);
    u64 account = event_account(f);
    desk_t *d = account == 0 ? NULL : desk_of_account(e, account);
    if (d != NULL) {
        desk_touch(d);
    }
    if (d != NULL || account == 0) {
        loop_memory_note(d != NULL ? &d->memory : &e->memory, f, e->shared.session);
    }
    if (f->head.kind == EV_NOTICE) {
        notice_keep(e, f);
    }
}

static void count_fact(engine_t *e, const event_t *f)
{
    engine_counts_t *c = &e->counts;
    c->facts++;
    c->exits += f->head.kind == EV_DECISION && f->as.DECISION.form == RECORD_EXIT ? 1 : 0;
}

static err_t drain(engine_t *e, u64 cause)
{
    for (u32 i = 0; i < e->out.fact_count; i++) {
        event_t *f = &e->out.facts[i];
        f->head.seq = ++e->seq;
        f->head.t_engine = e->now;
        f->head.t_event = e->now;
        f->head.cause_seq = cause;
        if (event_is_hashed((event_kind_t)f->head.kind)) {
            engine_hash_fact(e, f);
        }
        count_fact(e, f);
        engine_note_order(e, f);
        engine_note_loops(e, f);
        TRY(e->spec.sink.append(e->spec.sink.ctx, f));
    }
    return ERR_OK;
}

err_t engine_take(engine_t *e, event_t *input, const slice_t *slice, i32 slot)
{
    ASSERT(e != NULL && input != NULL);
    ASSERT(event_is_input((event_kind_t)input->head.kind));
    ASSERT((input->head.kind == EV_SLICE) == (slice != NULL));
    outbox_reset(&e->out);
    e->now = MAX_OF(e->now, input->head.t_event);
    input->head.seq = ++e->seq;
    input->head.t_engine = e->now;
    input->head.cause_seq = 0;
    e->counts.inputs++;
    TRY(e->spec.sink.append(e->spec.sink.ctx, input));
    market_view_keep(&e->shared.view);
    engine_handle(e, input, slice, slot);
    bunch_gather(&e->bunches, &e->out);
    for (u32 i = 0; i < e->desk_all; i++) {
        ASSERT_SLOW(account_check(&e->desk[i].account));
    }
    err_t err = drain(e, input->head.seq);
    engine_settle(e);
    return err;
}

const effect_t *engine_effects(const engine_t *e, u32 *count)
{
    ASSERT(e != NULL && count != NULL);
    *count = e->out.effect_count;
    return e->out.effects;
}

u64 engine_next_seq(const engine_t *e)
{
    return e->seq + 1;
}
i64 engine_now(const engine_t *e)
{
    return e->now;
}

i64 engine_ask_deadline(const engine_t *e)
{
    ASSERT(e != NULL);
    return moments_first(&e->asks);
}

static u32 next_unasked(const engine_t *e, u32 from)
{
    return e->spec.desks_unskipped ? from : desk_set_next(&e->unasked, from, e->desk_all);
}

i64 engine_next_due(engine_t *e)
{
    ASSERT(e != NULL);
    loop_env_t env = market_env(e, NULL, -1);
    i64 first = scheduler_next_due(&e->loops, &env);
    for (u32 i = next_unasked(e, 0); i < e->desk_all; i = next_unasked(e, i + 1)) {
        env = desk_env(&e->desk[i], NULL, -1);
        moments_set(&e->next, i, scheduler_next_due(&e->desk[i].loops, &env));
    }
    e->unasked = (desk_set_t){{0}};
    return MIN_OF(first, moments_first(&e->next));
}

bool engine_waits(const engine_t *e)
{
    ASSERT(e != NULL);
    for (u32 i = 0; i < e->desk_all; i++) {
        for (u32 k = 0; k < ENGINE_SCANS; k++) {
            if (e->desk[i].scan[k].active) {
                return true;
            }
        }
    }
    return false;
}

bool engine_loop_overrun(engine_t *e, ev_LOOP_OVER_t *out)
{
    ASSERT(e != NULL && out != NULL);
    loop_over_t over;
    *out = (ev_LOOP_OVER_t){0};
    if (scheduler_overrun(&e->loops, &over)) {
        *out = (ev_LOOP_OVER_t){.loop = over.order, .ms = over.ms};
    }
    for (u32 i = desk_set_next(&e->measured, 0, e->desk_all); i < e->desk_all;
         i = desk_set_next(&e->measured, i + 1, e->desk_all)) {
        if (scheduler_overrun(&e->desk[i].loops, &over) && over.ms > out->ms) {
            *out = (ev_LOOP_OVER_t){
                .loop = over.order, .ms = over.ms, .account = e->desk[i].account.account_id};
        }
    }
    e->measured = (desk_set_t){{0}};
    return out->ms > 0;
}

u32 engine_changed(const engine_t *e, u32 from)
{
    ASSERT(e != NULL);
    return desk_set_next(&e->changed, from, e->desk_count);
}

/* What a scheduler did: of all together the last run of a loop is the latest, the next the first. Both lists
 * are by order, `all` holds every loop. */
static void loops_add(scheduler_t *s, engine_loop_t *all)
{
    engine_loop_t *out = all;
    for (u32 i = 0; i < s->count; i++) {
        const loop_count_t *c = &s->counts[i];
        while (out->loop != s->loop[i]) {
            out++;
        }
        out->counts.runs += c->runs;
        out->counts.skipped += c->skipped;
        out->counts.late += c->late;
        out->counts.lost += c->lost;
        out->counts.rested += c->rested;
        out->counts.blocked += c->blocked;
        out->counts.overruns += c->overruns;
        out->lag = MAX_OF(out->lag, s->lag[i]);
        out->last = MAX_OF(out->last, s->last[i]);
        out->next = MIN_OF(out->next, scheduler_next_point(s, i));
    }
}

u32 engine_loops(engine_t *e, engine_loop_t out[LOOPS_MAX])
{
    ASSERT(e != NULL && out != NULL);
    const loop_desc_t *all[LOOPS_MAX];
    u32 total = loops_all(all);
    for (u32 n = 0; n < total; n++) {
        out[n] = (engine_loop_t){.loop = all[n], .next = I64_MAX};
    }
    loops_add(&e->loops, out);
    for (u32 i = 0; i < e->desk_all; i++) {
        desk_pass(&e->desk[i]);
        loops_add(&e->desk[i].loops, out);
    }
    return total;
}

loop_phase_t engine_phase(engine_t *e)
{
    ASSERT(e != NULL);
    desk_pass(&e->desk[0]);
    return scheduler_phase(&e->desk[0].loops);
}

u32 engine_notices(const engine_t *e, engine_notice_t out[ENGINE_NOTICES])
{
    ASSERT(e != NULL && out != NULL);
    u32 n = (u32)MIN_OF(e->notice_count, (u64)ENGINE_NOTICES);
    for (u32 i = 0; i < n; i++) {
        out[i] = e->notice[(e->notice_count - n + i) % ENGINE_NOTICES];
    }
    return n;
}

bool engine_snapshot_asked(engine_t *e)
{
    ASSERT(e != NULL);
    bool asked = e->memory.snapshot_due != 0;
    e->memory.snapshot_due = 0;
    return asked;
}

const engine_counts_t *engine_counts(const engine_t *e)
{
    return &e->counts;
}

u32 engine_desks(const engine_t *e)
{
    ASSERT(e != NULL);
    return e->desk_count;
}

engine_desk_t engine_desk(const engine_t *e, u32 index)
{
    ASSERT(e != NULL && index < e->desk_count);
    const desk_t *d = &e->desk[index];
    return (engine_desk_t){.row = &d->row,
                           .user = &d->user,
                           .account = &d->account,
                           .last_drill = d->t_drill != 0 ? &d->last_drill : NULL,
                           .t_drill = d->t_drill};
}

u32 engine_desk_of(const engine_t *e, u64 account)
{
    ASSERT(e != NULL);
    const desk_t *d = desk_of_account(e, account);
    return d != NULL && d != e->house ? d->index : e->desk_count;
}

const account_t *engine_account(const engine_t *e)
{
    return &e->desk[0].account;
}
const scan_shared_t *engine_shared(const engine_t *e)
{
    return &e->shared;
}

money_t engine_equity(const engine_t *e)
{
    ASSERT(e != NULL);
    i128 sum = 0;
    for (u32 i = 0; i < e->desk_count; i++) {
        sum += account_equity(&e->desk[i].account).v;
    }
    return money_saturated(sum);
}

const closed_trade_t *engine_last_closed(const engine_t *e)
{
    return e->any_closed ? &e->last_closed : NULL;
}

const scan_t *engine_last_scan(const engine_t *e)
{
    return e->last_scan;
}

digest_t engine_decision_hash(const engine_t *e)
{
    digest_state_t copy = e->hash;
    return digest_end(&copy);
}
