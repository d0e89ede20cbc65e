/* See user_state.h. */
#include "scan/user_state.h"

#include <string.h>

#include "base/assert.h"
#include "model/state_io.h"

static void io_sum(state_io_t *io, confidence_sum_t *s)
{
    f64 *const numbers[] = {&s->n, &s->sum_e, &s->sum_r, &s->sum_r2};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_f64(io, numbers[i]);
    }
    state_i32(io, &s->session);
    state_u32(io, &s->count);
    state_u32(io, &s->wins);
}

/* The parameters are configuration and are not kept. */
static void io_confidence(state_io_t *io, confidence_t *c)
{
    io_sum(io, &c->all);
    for (u32 k = 0; k < LIMIT_STRATEGIES; k++) {
        for (u32 s = 0; s < CONFIDENCE_SIDES; s++) {
            io_sum(io, &c->kind[k][s]);
            for (u32 b = 0; b < CONFIDENCE_BANDS; b++) {
                io_sum(io, &c->band[k][s][b]);
            }
        }
    }
    state_f64s(io, c->recent_e, CONFIDENCE_RECENT);
    state_f64s(io, c->recent_r, CONFIDENCE_RECENT);
    state_u32(io, &c->recent_count);
    state_i32(io, &c->session);
}

static void io_health(state_io_t *io, health_t *h, health_view_t *v)
{
    state_f64s(io, h->pnl, HEALTH_WINDOW);
    state_u32s(io, h->results, HEALTH_WINDOW);
    state_u32(io, &h->days);
    state_u32(io, &h->degraded_days);
    h->status = (u8)state_upto(io, h->status, HEALTH_DEGRADED);
    state_f64(io, &v->sharpe);
    state_f64(io, &v->shrunk);
    state_u32(io, &v->results);
    state_u32(io, &v->days);
    v->status = (health_status_t)state_upto(io, (u64)v->status, HEALTH_DEGRADED);
    state_bool(io, &v->shadow_only);
}

static void io_shadow(state_io_t *io, shadow_t *h, u32 instruments)
{
    h->open = (u8)state_upto(io, h->open, 2);
    if (h->open == 0) {
        return;
    }
    f64 *const numbers[] = {&h->reference, &h->stop, &h->target,   &h->entry, &h->best,
                            &h->a,         &h->r,    &h->cost_bps, &h->m0};
    state_u16(io, &h->inst);
    state_i8(io, &h->d);
    state_u16(io, &h->strategy);
    state_u8(io, &h->conviction);
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_f64(io, numbers[i]);
    }
    state_i64(io, &h->t_entry);
    state_i32(io, &h->days);
    state_i32(io, &h->session);
    state_bad(io, h->inst >= instruments || (h->d != 1 && h->d != -1) || h->conviction > 100);
    state_bad(io, io->r != NULL && strategy_find(h->strategy) == NULL);
}

/* Version 1 held the final score and the volume at the exit in the place of what is kept now. */
static void io_lesson(state_io_t *io, lesson_t *l, u32 version)
{
    state_u16(io, &l->strategy);
    state_i8(io, &l->d);
    state_u8(io, &l->regime);
    if (version > 1) {
        state_bool(io, &l->measured);
    }
    f64 *const numbers[] = {&l->at_entry.score, &l->at_entry.rvol, &l->conviction, &l->net_r};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_f64(io, numbers[i]);
    }
    if (version == 1) {
        l->measured = false;
        l->at_entry = (measure_t){0};
    }
    state_bad(io, l->strategy >= LIMIT_STRATEGIES);
}

/* Of one strategy, both sides, as version 1 wrote them: whole counts without a day. */
static void kinds_before(state_io_t *io, kind_sum_t kind[2], i32 session)
{
    u32 n[2], wins[2], losses[2];
    f64 win_sum[2], loss_sum[2];
    ASSERT(io->r != NULL);
    state_u32s(io, n, 2);
    state_u32s(io, wins, 2);
    state_u32s(io, losses, 2);
    state_f64s(io, win_sum, 2);
    state_f64s(io, loss_sum, 2);
    for (u32 i = 0; i < 2 && !state_is_bad(io); i++) {
        state_bad(io, (u64)wins[i] + losses[i] != n[i]);
        kind[i] = (kind_sum_t){.n = (f64)n[i],
                               .wins = (f64)wins[i],
                               .win_sum = win_sum[i],
                               .loss_sum = loss_sum[i],
                               .session = session};
    }
}

static void io_kind(state_io_t *io, kind_sum_t *k)
{
    f64 *const numbers[] = {&k->n, &k->wins, &k->win_sum, &k->loss_sum};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_f64(io, numbers[i]);
    }
    state_i32(io, &k->session);
    state_bad(io, !(k->n >= 0 && k->wins >= 0 && k->wins <= k->n));
}

static void io_kinds(state_io_t *io, user_t *u, u32 version)
{
    for (u32 k = 0; k < LIMIT_STRATEGIES && !state_is_bad(io); k++) {
        if (version == 1) {
            kinds_before(io, u->kind[k], u->session_ordinal);
        } else {
            io_kind(io, &u->kind[k][0]);
            io_kind(io, &u->kind[k][1]);
        }
    }
    u->lesson_count = (u32)state_upto(io, u->lesson_count, UINT32_MAX);
    for (u32 i = 0; i < MIN_OF(u->lesson_count, (u32)LESSONS) && !state_is_bad(io); i++) {
        io_lesson(io, &u->lesson[i], version);
    }
}

/* Version 1 kept set-ups by their place in the table of that time: breakout, mean reversion. */
static void signals_before(user_t *u, u32 instruments)
{
    static const u8 id_of[2] = {STRATEGY_BREAKOUT, STRATEGY_MEAN_REVERSION};
    for (u32 i = 0; i < instruments; i++) {
        signal_t *g = &u->signal[(size_t)i * LIMIT_STRATEGIES * 2];
        signal_t old[4];
        memcpy(old, g, sizeof old);
        for (u32 k = 0; k < LIMIT_STRATEGIES * 2; k++) {
            g[k] = (signal_t){.idle = UINT8_MAX};
        }
        for (u32 k = 0; k < 2; k++) {
            memcpy(&g[(size_t)id_of[k] * 2], &old[(size_t)k * 2], 2 * sizeof *old);
        }
    }
}

/* Bits of the first four ids, then of the others: those came with version 2. */
static void io_shadowed(state_io_t *io, u16 *bits, u32 version)
{
    u8 low = (u8)*bits;
    u8 high = (u8)(*bits >> 8);
    state_u8(io, &low);
    if (version > 1) {
        state_u8(io, &high);
    }
    *bits = (u16)(low | (u32)high << 8);
}

static void io_columns(state_io_t *io, user_t *u, u32 instruments, u32 version)
{
    for (size_t i = 0; i < (size_t)instruments * LIMIT_STRATEGIES * 2 && !state_is_bad(io); i++) {
        signal_t *g = &u->signal[i];
        u8 v[4] = {g->active, g->idle, g->today, g->fresh};
        state_bytes(io, v, sizeof v);
        *g = (signal_t){.active = v[0], .idle = v[1], .today = v[2], .fresh = v[3]};
        state_bad(io, g->fresh > 1);
    }
    if (version == 1 && !state_is_bad(io)) {
        signals_before(u, instruments);
    }
    for (u32 i = 0; i < instruments && !state_is_bad(io); i++) {
        state_i64(io, &u->backoff_from[i]);
        state_f64(io, &u->level[i]);
        if (version > 1) {
            state_f64(io, &u->entered[i].score);
            state_f64(io, &u->entered[i].rvol);
        }
        state_i32(io, &u->held_bars[i]);
        io_shadowed(io, &u->shadowed[i], version);
        u->watched[i] = (u8)state_upto(io, u->watched[i], 1);
        u->excluded[i] = (u8)state_upto(io, u->excluded[i], 1);
    }
}

static void io_user(state_io_t *io, user_t *u, u32 instruments, u32 version)
{
    u64 n = instruments;
    u8 rule = 0;    /* these two nobody read; they stay in the form, so that versions read each other */
    i32 streak = 0;
    state_u64(io, &n);
    state_bad(io, n != instruments);
    state_u64(io, &u->user_id);
    state_bool(io, &u->lock_held);
    state_i64(io, &u->lock_until);
    state_u64(io, &u->lock_token);
    io_confidence(io, &u->confidence);
    for (u32 i = 0; i < LIMIT_STRATEGIES; i++) {
        io_health(io, &u->health[i], &u->health_view[i]);
    }
    state_f64s(io, u->health_pnl, LIMIT_STRATEGIES);
    state_u32s(io, u->health_results, LIMIT_STRATEGIES);
    state_i32(io, &u->session_ordinal);
    state_u32(io, &u->entries_cycle);
    state_u32(io, &u->probes_today);
    state_bool(io, &u->breaker_open);
    state_u8(io, &rule);
    state_i32(io, &streak);
    for (u32 i = 0; i < SHADOWS && !state_is_bad(io); i++) {
        io_shadow(io, &u->shadow[i], instruments);
        u->shadows_used = io->r != NULL && u->shadow[i].open != 0 ? i + 1 : u->shadows_used;
    }
    io_kinds(io, u, version);
    io_columns(io, u, instruments, version);
}

size_t user_state_bytes(u32 instruments)
{
    ASSERT(instruments <= LIMIT_INSTRUMENTS);
    return (1U << 18) + (size_t)instruments * (LIMIT_STRATEGIES * 2 * 4 + 64);
}

err_t user_save(const user_t *u, u32 instruments, writer_t *w)
{
    ASSERT(u != NULL && w != NULL);
    ASSERT(u->signal != NULL);
    state_io_t io = {.w = w};
    io_user(&io, (user_t *)(uintptr_t)u, instruments, USER_STATE_VERSION); /* a writer changes nothing */
    return writer_done(w);
}

err_t user_load(reader_t *r, u32 version, u32 instruments, user_t *spare)
{
    ASSERT(r != NULL && spare != NULL);
    ASSERT(spare->signal != NULL);
    if (version < 1 || version > USER_STATE_VERSION) {
        return ERR_VERSION;
    }
    state_io_t io = {.r = r};
    io_user(&io, spare, instruments, version);
    return reader_done(r);
}

void user_copy_state(user_t *to, const user_t *from, u32 instruments)
{
    ASSERT(to != NULL && from != NULL);
    ASSERT(to != from);
    user_t now = *from;
    now.config = to->config;
    now.account = to->account;
    now.confidence.params = to->confidence.params;
    now.signal = to->signal;
    now.backoff_from = to->backoff_from;
    now.level = to->level;
    now.entered = to->entered;
    now.held_bars = to->held_bars;
    now.shadowed = to->shadowed;
    now.watched = to->watched;
    now.excluded = to->excluded;
    *to = now;
    memcpy(to->signal, from->signal, (size_t)instruments * LIMIT_STRATEGIES * 2 * sizeof *to->signal);
    memcpy(to->backoff_from, from->backoff_from, instruments * sizeof *to->backoff_from);
    memcpy(to->level, from->level, instruments * sizeof *to->level);
    memcpy(to->entered, from->entered, instruments * sizeof *to->entered);
    memcpy(to->held_bars, from->held_bars, instruments * sizeof *to->held_bars);
    memcpy(to->shadowed, from->shadowed, instruments * sizeof *to->shadowed);
    memcpy(to->watched, from->watched, instruments);
    memcpy(to->excluded, from->excluded, instruments);
}
