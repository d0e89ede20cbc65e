/* A stand for loops that tell: one user, positions and features put there by hand, notices read back. */
#ifndef VITRINE_TESTS_LOOPS_TELL_STAND_H
#define VITRINE_TESTS_LOOPS_TELL_STAND_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loops/plan.h"
#include "loops/tell.h"
#include "tests/test.h"

enum { STAND_NAMES = 24, STAND_DAYS = 70, STAND_SESSION = 17000 };

typedef struct {
    arena_t arena;
    outbox_t out;
    config_t config;
    account_t account;
    user_t user;
    scan_shared_t shared;
    market_t market;
    instrument_t instruments[STAND_NAMES];
    series_t day[STAND_NAMES];
    f64 row[FEATURE_COUNT * STAND_NAMES];
    slice_t slice;
    loop_memory_t memory;
    loop_env_t env;
    ev_NOTICE_t told; /* the last */
    char text[256];   /* of the last */
    u32 count;        /* of the last firing */
} tell_stand_t;

static inline f64 *tell_feature(tell_stand_t *s, feature_t f, u32 inst)
{
    return &s->row[feature_at(f, inst)];
}

static inline void tell_names(tell_stand_t *s)
{
    for (u32 i = 0; i < STAND_NAMES; i++) {
        (void)snprintf(s->instruments[i].symbol, sizeof s->instruments[i].symbol, "N%u", i);
        s->instruments[i].multiplier = 1;
        s->instruments[i].sector = (u16)(1 + i % 3);
        *tell_feature(s, FEATURE_PRESENT, i) = 1;
        *tell_feature(s, FEATURE_DAY_CLOSE, i) = 100;
        *tell_feature(s, FEATURE_CLOSE, i) = 100;
        *tell_feature(s, FEATURE_CLOSE_PREV, i) = 100;
        *tell_feature(s, FEATURE_ATR, i) = 1;
        CHECK_OK(series_init(&s->day[i], &s->arena, STAND_DAYS + 2));
    }
    s->market = (market_t){.instruments = s->instruments, .count = STAND_NAMES, .padded = STAND_NAMES,
                           .day = s->day};
}

static inline tell_stand_t *tell_open(i64 cash)
{
    tell_stand_t *s = calloc(1, sizeof *s);
    assert_non_null(s);
    CHECK_OK(arena_open(&s->arena, 16 << 20));
    CHECK_OK(outbox_open(&s->out, 1 << 16));
    s->config = config_default(PROFILE_DAY, PRESET_MODERATE);
    account_setup_t setup = {.account_id = 7, .owner_id = 1, .risk_group_id = 1,
                             .cash = {cash * MONEY_SCALE}};
    account_init(&s->account, &setup);
    account_day_begin(&s->account, STAND_SESSION, STAND_SESSION + 1);
    CHECK_OK(user_init(&s->user, &s->arena, STAND_NAMES, &s->config, &s->account));
    tell_names(s);
    s->shared = (scan_shared_t){.market = &s->market, .session = STAND_SESSION, .proxy = INST_NONE,
                                .session_open = (i64)STAND_SESSION * NS_PER_DAY};
    s->shared.view = (market_view_t){.market = &s->market, .row = s->row, .t_known = I64_MAX};
    s->env = (loop_env_t){.now = s->shared.session_open + NS_PER_HOUR, .user = &s->user, .shared = &s->shared,
                          .out = &s->out, .memory = &s->memory, .slice = &s->slice, .bar_close = true};
    return s;
}

static inline void tell_close(tell_stand_t *s)
{
    outbox_close(&s->out);
    arena_close(&s->arena);
    free(s);
}

/* A position at its mark; direction by the sign of qty. Its cost leaves or enters the cash. */
static inline position_t *tell_hold(tell_stand_t *s, u32 slot, inst_t inst, i64 qty, f64 price)
{
    position_t *p = &s->account.positions[slot];
    *p = (position_t){.inst = inst, .direction = qty > 0 ? 1 : -1, .multiplier = 1, .qty = {qty},
                      .entry_date = STAND_SESSION, .t_entry = s->env.now};
    account_positions_count(&s->account);
    p->mark.v = (i64)(price * 1e9);
    p->avg = p->mark;
    p->tag.sector = s->instruments[inst].sector;
    p->stop.v = (i64)((f64)p->mark.v * (qty > 0 ? 0.99 : 1.01));
    p->stop_initial = p->stop;
    s->account.cash.v -= (i64)((f64)qty * price) * MONEY_SCALE;
    return p;
}

/* Fires once; returns how many notices it left. None may change a decision. */
static inline u32 tell_fire(tell_stand_t *s, const loop_desc_t *loop)
{
    outbox_reset(&s->out);
    s->env.held = (loop_held_t){0}; /* each firing is a step of its own */
    CHECK(!loop->run(&s->env));
    CHECK_EQ(s->out.effect_count, 0);
    s->count = s->out.fact_count;
    for (u32 i = 0; i < s->count; i++) {
        CHECK_EQ(s->out.facts[i].head.kind, EV_NOTICE);
        s->told = s->out.facts[i].as.NOTICE;
        CHECK(s->told.text.n > 0 && s->told.text.n < sizeof s->text);
        memcpy(s->text, s->told.text.p, s->told.text.n);
        s->text[s->told.text.n] = '\0';
        CHECK_STR(plan_find(s->told.loop)->name, loop->name);
    }
    return s->count;
}

#endif
