/* See tell.h. */
#include "loops/tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/hash.h"
#include "model/state_io.h"

static u32 told_find(const loop_memory_t *m, u16 row, u32 about)
{
    u32 i = 0;
    while (i < m->told_count && (m->told[i].row != row || m->told[i].about != about)) {
        i++;
    }
    return i;
}

u8 loop_told(const loop_memory_t *m, u16 row, u32 about, date_t since)
{
    ASSERT(m != NULL && m->told_count <= LOOP_TOLD);
    u32 i = told_find(m, row, about);
    return i < m->told_count && m->told[i].session >= since ? m->told[i].state : 0;
}

u32 loop_told_of(const loop_memory_t *m, u16 row, date_t session)
{
    ASSERT(m != NULL);
    u32 n = 0;
    for (u32 i = 0; i < m->told_count; i++) {
        n += m->told[i].row == row && m->told[i].session == session ? 1 : 0;
    }
    return n;
}

u8 loop_level(f64 value, f64 watch, f64 limit, u8 before)
{
    ASSERT(watch <= limit);
    bool over_limit = value >= limit * (before > 1 ? LEVEL_SLACK : 1.0);
    bool over_watch = value >= watch * (before > 0 ? LEVEL_SLACK : 1.0);
    return over_limit ? 2 : over_watch ? 1 : 0;
}

/* What is not remembered may be told again. Where the table is full the row that holds most of it makes room,
 * by its oldest: a loop with much to tell costs another one nothing, and one with little does not forget what
 * it has just told. */
static u32 told_room(loop_memory_t *m)
{
    if (m->told_count < LOOP_TOLD) {
        return m->told_count++;
    }
    u32 most = 0;
    u32 out = 0;
    for (u32 i = 0; i < LOOP_TOLD; i++) {
        u32 held = 0;
        u32 oldest = i;
        for (u32 k = 0; k < LOOP_TOLD; k++) {
            bool own = m->told[k].row == m->told[i].row;
            held += own ? 1 : 0;
            oldest = own && m->told[k].session < m->told[oldest].session ? k : oldest;
        }
        out = held > most ? oldest : out;
        most = MAX_OF(most, held);
    }
    return out;
}

static void told_note(loop_memory_t *m, const loop_told_t *t)
{
    u32 i = told_find(m, t->row, t->about);
    if (t->state != 0) {
        m->told[i < m->told_count ? i : told_room(m)] = *t;
    } else if (i < m->told_count) {
        m->told[i] = m->told[--m->told_count];
        m->told[m->told_count] = (loop_told_t){0};
    }
}

/* On the grid of 1e-4; what no grid holds is told as 0, the text says it all the same. */
static i64 on_grid(f64 v)
{
    i64 grid = 0;
    return fixed_from_f64(v, 10000, &grid) == ERR_OK ? grid : 0;
}

__attribute__((format(printf, 3, 0))) static void put_notice(loop_env_t *env, const notice_t *n,
                                                             const char *format, va_list args)
{
    char text[TELL_TEXT];
    blob_t blob = {0};
    int used = vsnprintf(text, sizeof text, format, args);
    size_t length = used < 0 ? 0 : MIN_OF((size_t)used, sizeof text - 1);
    ev_NOTICE_t *f = &outbox_fact(env->out, EV_NOTICE)->as.NOTICE;
    *f = (ev_NOTICE_t){.account = env->user == NULL ? 0 : env->user->account->account_id,
                       .loop = n->row,
                       .about = n->about,
                       .state = n->state,
                       .session = (u32)env->shared->session,
                       .value = on_grid(n->value),
                       .limit = on_grid(n->limit)};
    if (outbox_blob(env->out, text, length, &blob) == ERR_OK) {
        f->text = blob;
    }
}

bool loop_tell(loop_env_t *env, const notice_t *n, const char *format, ...)
{
    ASSERT(env != NULL && n != NULL && n->row != 0);
    if (loop_told(env->memory, n->row, n->about, n->since) == n->state) {
        return false;
    }
    va_list args;
    va_start(args, format);
    put_notice(env, n, format, args);
    va_end(args);
    told_note(env->memory, &(loop_told_t){n->row, n->about, n->state, env->shared->session});
    return true;
}

void loop_say(loop_env_t *env, const notice_t *n, const char *format, ...)
{
    ASSERT(env != NULL && n != NULL && n->row != 0 && n->state == LOOP_SAID);
    va_list args;
    va_start(args, format);
    put_notice(env, n, format, args);
    va_end(args);
}

/* ---- what is held ----------------------------------------------------------------------------------- */

u32 loop_held(loop_env_t *env)
{
    ASSERT(env != NULL && env->user != NULL);
    loop_held_t *h = &env->held;
    for (u32 i = 0; !h->known && i < env->user->account->positions_used; i++) {
        const position_t *p = &env->user->account->positions[i];
        if (p->inst != INST_NONE && p->qty.v != 0) {
            h->place[h->count++] = (u8)i;
        }
    }
    h->known = true;
    return h->count;
}

const position_t *loop_held_at(const loop_env_t *env, u32 index)
{
    ASSERT(env != NULL && env->held.known && index < env->held.count);
    return &env->user->account->positions[env->held.place[index]];
}

bool loop_exposed(loop_env_t *env)
{
    return loop_held(env) > 0 || env->user->account->day.entries > 0;
}

money_t loop_equity(loop_env_t *env)
{
    return loop_held(env) > 0 ? account_equity(env->user->account) : env->user->account->cash;
}

/* ---- what facts leave ------------------------------------------------------------------------------- */

static void note_fill(loop_memory_t *m, const ev_FILL_t *f)
{
    u32 n = MIN_OF(m->intent_count, (u32)LOOP_INTENTS);
    for (u32 i = 0; f->role == ROLE_ENTRY && i < n; i++) {
        const loop_intent_t *from = &m->intent[i];
        if (!id128_eq(from->id, f->intent) || from->reference <= 0) {
            continue;
        }
        f64 away = 1e4 * ((f64)f->price / (f64)from->reference - 1.0);
        m->fill[m->fill_count++ % LOOP_FILLS] =
            (loop_fill_t){.t = f->t_event,
                          .tag = (u32)hash64(f->intent.b, sizeof f->intent.b),
                          .bps = side_is_buy((side_t)f->side) ? away : -away};
        return;
    }
}

void loop_memory_note(loop_memory_t *m, const event_t *fact, date_t session)
{
    ASSERT(m != NULL && fact != NULL);
    switch ((event_kind_t)fact->head.kind) {
    case EV_NOTICE: {
        const ev_NOTICE_t *n = &fact->as.NOTICE;
        if (n->state != LOOP_SAID) {
            told_note(m, &(loop_told_t){n->loop, n->about, n->state, (date_t)n->session});
        }
        return;
    }
    case EV_EQUITY:
        m->equity[m->equity_count++ % LOOP_DAYS] = fact->as.EQUITY.equity;
        return;
    case EV_INTENT:
        if (fact->as.INTENT.role == ROLE_ENTRY) {
            m->intent[m->intent_count++ % LOOP_INTENTS] =
                (loop_intent_t){.id = fact->as.INTENT.id, .reference = fact->as.INTENT.reference};
        }
        return;
    case EV_ALERT:
        m->breaker_told = fact->as.ALERT.code == LOOP_ALERT_BREAKER ? session : m->breaker_told;
        return;
    case EV_FILL:
        note_fill(m, &fact->as.FILL);
        return;
    default:
        return;
    }
}

/* ---- snapshot ---------------------------------------------------------------------------------------- */

static void io_told(state_io_t *io, loop_told_t *t)
{
    state_u16(io, &t->row);
    state_u32(io, &t->about);
    state_u8(io, &t->state);
    state_i32(io, &t->session);
    state_bad(io, t->row == 0 || t->state == 0);
}

static void io_memory(state_io_t *io, loop_memory_t *m)
{
    m->told_count = (u32)state_upto(io, m->told_count, LOOP_TOLD);
    for (u32 i = 0; i < m->told_count && !state_is_bad(io); i++) {
        io_told(io, &m->told[i]);
    }
    state_i32(io, &m->breaker_told);
    state_u32(io, &m->equity_count);
    for (u32 i = 0; i < MIN_OF(m->equity_count, (u32)LOOP_DAYS) && !state_is_bad(io); i++) {
        state_i64(io, &m->equity[i]);
    }
    state_u32(io, &m->fill_count);
    for (u32 i = 0; i < MIN_OF(m->fill_count, (u32)LOOP_FILLS) && !state_is_bad(io); i++) {
        state_i64(io, &m->fill[i].t);
        state_u32(io, &m->fill[i].tag);
        state_f64(io, &m->fill[i].bps);
    }
    state_u32(io, &m->intent_count);
    for (u32 i = 0; i < MIN_OF(m->intent_count, (u32)LOOP_INTENTS) && !state_is_bad(io); i++) {
        state_id(io, &m->intent[i].id);
        state_i64(io, &m->intent[i].reference);
    }
}

err_t loop_memory_save(const loop_memory_t *m, writer_t *w)
{
    ASSERT(m != NULL && w != NULL);
    loop_memory_t copy = *m;
    state_io_t io = {.w = w};
    io_memory(&io, &copy);
    return writer_done(w);
}

err_t loop_memory_load(reader_t *r, u32 version, loop_memory_t *m)
{
    ASSERT(r != NULL && m != NULL);
    if (version != LOOP_MEMORY_VERSION) {
        return ERR_VERSION;
    }
    state_io_t io = {.r = r};
    *m = (loop_memory_t){0};
    io_memory(&io, m);
    return reader_done(r);
}
