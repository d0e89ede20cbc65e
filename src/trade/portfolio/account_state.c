/* See account_state.h. */
#include "trade/portfolio/account_state.h"

#include <string.h>

#include "base/assert.h"
#include "model/state_io.h"

/* Fields that nobody read are gone from memory and stay in the form: versions read each other. */

static void io_tag(state_io_t *io, trade_tag_t *t)
{
    u16 *const words[] = {&t->strategy, &t->kind, &t->sector};
    u8 *const small[] = {&t->quality, &t->conviction, &t->regime, &t->intraday_regime};
    price_t *const prices[] = {&t->a, &t->r, &t->atr_d};
    f64 *const numbers[] = {&t->c0, &t->m0, &t->confidence, &t->score, &t->ev_r};
    state_u64(io, &t->cycle);
    for (u32 i = 0; i < COUNT_OF(words); i++) {
        state_u16(io, words[i]);
    }
    for (u32 i = 0; i < COUNT_OF(small); i++) {
        state_u8(io, small[i]);
    }
    state_u32(io, &t->flags);
    for (u32 i = 0; i < COUNT_OF(prices); i++) {
        state_price(io, prices[i]);
    }
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_f64(io, numbers[i]);
    }
    state_bad(io, t->strategy >= LIMIT_STRATEGIES || t->conviction > 100);
}

static void io_position_money(state_io_t *io, position_t *p)
{
    i64 *const v[] = {&p->multiplier,    &p->qty.v,           &p->cost.v,         &p->avg.v,
                      &p->mark.v,        &p->t_entry,         &p->t_exit_sent,    &p->t_exit_failed,
                      &p->r.v,           &p->stop.v,          &p->stop_initial.v, &p->target.v,
                      &p->best.v,        &p->price_max.v,     &p->price_min.v,    &p->mfe.v,
                      &p->mae.v,         &p->opened.v,        &p->closed.v,       &p->open_value.v,
                      &p->close_value.v, &p->fees.v,          &p->realised.v,     &p->dividends.v,
                      &p->spread_cost.v, &p->slippage_cost.v, &p->impact_cost.v,  &p->risk_money.v};
    for (u32 i = 0; i < COUNT_OF(v); i++) {
        state_i64(io, v[i]);
    }
}

static void io_position(state_io_t *io, position_t *p, u32 instruments)
{
    u8 *const small[] = {&p->exiting,      &p->exit_reason, &p->exit_failures,
                         &p->cancel_tries, &p->adjusted,    &p->protect_tries};
    id128_t *const ids[] = {&p->entry_id, &p->stop_id, &p->target_id, &p->exit_id};
    state_u16(io, &p->inst);
    state_bad(io, p->inst != INST_NONE && p->inst >= instruments);
    if (p->inst == INST_NONE) {
        return; /* a free slot holds nothing */
    }
    state_i8(io, &p->direction);
    state_i8(io, &p->exponent);
    for (u32 i = 0; i < COUNT_OF(small); i++) {
        state_u8(io, small[i]);
    }
    io_position_money(io, p);
    state_i32(io, &p->entry_date);
    state_u32(io, &p->flags);
    io_tag(io, &p->tag);
    for (u32 i = 0; i < COUNT_OF(ids); i++) {
        state_id(io, ids[i]);
    }
    state_bad(io, p->exiting > EXITING_SENT || p->exit_reason >= EXIT_REASON_COUNT);
    state_bad(io, p->direction != 1 && p->direction != -1);
}

static void io_intent(state_io_t *io, intent_t *t)
{
    u64 *const numbers[] = {&t->sequence, &t->account_id, &t->risk_group_id, &t->owner_id};
    i64 *const values[] = {&t->t_decided, &t->send_before, &t->qty.v,          &t->limit.v,
                           &t->stop.v,    &t->reference.v, &t->bracket_stop.v, &t->bracket_target.v};
    u8 *const small[] = {&t->side, &t->type, &t->tif, &t->role};
    state_id(io, &t->id);
    state_id(io, &t->parent);
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_u64(io, numbers[i]);
    }
    for (u32 i = 0; i < COUNT_OF(values); i++) {
        state_i64(io, values[i]);
    }
    state_u16(io, &t->inst);
    for (u32 i = 0; i < COUNT_OF(small); i++) {
        state_u8(io, small[i]);
    }
    state_u16(io, &t->strategy);
    state_u32(io, &t->flags);
}

static void io_order(state_io_t *io, order_t *o, u32 instruments, u32 version)
{
    i64 *const values[] = {&o->multiplier, &o->t_sent,  &o->t_state,     &o->live.v,
                           &o->filled.v,   &o->value.v, &o->want_stop.v, &o->t_replace};
    u8 lookups = 0; /* how often it was looked up */
    io_intent(io, &o->intent);
    io_tag(io, &o->tag);
    state_u8(io, &o->state);
    state_u8(io, &o->before);
    state_u8(io, &lookups);
    state_i8(io, &o->exponent);
    state_u32(io, &o->flags);
    state_u64(io, &o->epoch);
    state_u64(io, &o->broker_order);
    for (u32 i = 0; i < COUNT_OF(values); i++) {
        state_i64(io, values[i]);
    }
    state_u32(io, &o->exec_count);
    for (u32 i = 0; i < MIN_OF(o->exec_count, (u32)ORDER_EXEC_IDS); i++) {
        state_u64(io, &o->exec[i]);
    }
    if (version >= 3) {
        state_i64(io, &o->t_doubt);
        state_i64(io, &o->told.v);
        state_u8(io, &o->end);
        state_bad(io, o->end > ORDER_EXPIRED || (o->end != 0 && o->end < ORDER_FILLED));
        state_bad(io, o->end != 0 && o->state != ORDER_UNKNOWN && o->state < ORDER_FILLED);
    }
    const intent_t *t = &o->intent;
    state_bad(io, t->inst >= instruments || o->state < ORDER_INTENT || o->state > ORDER_EXPIRED);
    state_bad(io, t->side < SIDE_BUY || t->side > SIDE_BUY_TO_COVER || t->role < ROLE_ENTRY ||
                      t->role > ROLE_EXIT);
    state_bad(io, o->before > ORDER_EXPIRED || t->qty.v <= 0);
}

static void io_day(state_io_t *io, account_day_t *d)
{
    money_t worst = {0}; /* until version 2 the day's smallest margin excess, which nobody read */
    money_t *const money[] = {&d->equity_start, &d->equity_high, &d->equity_low, &d->realised, &worst};
    u32 probes = 0; /* of the entries */
    u32 *const counts[] = {&d->entries, &d->losses_in_row, &d->closed, &d->day_trades, &probes};
    for (u32 i = 0; i < COUNT_OF(money); i++) {
        state_money(io, money[i]);
    }
    for (u32 i = 0; i < COUNT_OF(counts); i++) {
        state_u32(io, counts[i]);
    }
}

static void io_ledger(state_io_t *io, ledger_t *l)
{
    money_t *const money[] = {&l->debits, &l->credits, &l->spread, &l->slippage, &l->impact};
    for (u32 i = 0; i < LEDGER_ACCOUNTS; i++) {
        state_money(io, &l->balance[i]);
    }
    for (u32 i = 0; i < COUNT_OF(money); i++) {
        state_money(io, money[i]);
    }
    state_u64(io, &l->transactions);
}

static void io_head(state_io_t *io, account_t *a)
{
    u64 fencing = 0; /* a token of the writer's */
    u64 *const numbers[] = {&a->account_id,  &a->owner_id,        &a->risk_group_id,
                            &fencing,        &a->intent_sequence, &a->permit_serial,
                            &a->permit_open, &a->epoch,           &a->sent_count};
    for (u32 i = 0; i < COUNT_OF(numbers); i++) {
        state_u64(io, numbers[i]);
    }
    state_id(io, &a->incarnation);
    a->killed = (u8)state_upto(io, a->killed, 1);
    a->reconcile = (u8)state_upto(io, a->reconcile, RECONCILE_ALL);
    state_i64(io, &a->visibility_delay_ns);
    state_i32(io, &a->today);
    state_i32(io, &a->settles);
    state_money(io, &a->cash);
    state_money(io, &a->settled);
    for (u32 i = 0; i < ACCOUNT_SETTLE; i++) {
        state_i32(io, &a->settle[i].date);
        state_money(io, &a->settle[i].amount);
    }
    state_u32s(io, a->day_trades, ACCOUNT_PDT_DAYS);
    for (u32 i = 0; i < ACCOUNT_RATE; i++) {
        state_i64(io, &a->sent[i]);
    }
}

/* Since version 2. */
static void io_plans(state_io_t *io, account_t *a)
{
    static const id128_t none = {{0}};
    u32 used = 0;
    for (u32 i = 0; i < ACCOUNT_PLANS; i++) {
        used |= id128_eq(a->plans[i].parent, none) ? 0U : 1U << i;
    }
    state_u32(io, &used);
    for (u32 i = 0; i < ACCOUNT_PLANS && !state_is_bad(io); i++) {
        account_plan_t *p = &a->plans[i];
        slice_schedule_t *s = &p->schedule;
        if ((used >> i & 1) == 0) {
            continue;
        }
        state_id(io, &p->parent);
        state_u32(io, &p->sent);
        s->algo = (u8)state_upto(io, s->algo, SLICING_VWAP);
        s->count = (u8)state_upto(io, s->count, SLICES_MAX);
        state_i64(io, &s->least);
        state_i64(io, &s->t_end);
        for (u32 k = 0; k < s->count && k < SLICES_MAX; k++) {
            state_i64(io, &s->t[k]);
            state_i64(io, &s->until[k]);
        }
        state_bad(io, s->count == 0 || id128_eq(p->parent, none));
    }
}

/* A day of the law, 0 none. Sums of days are made of it: damage must not bring one that overflows them. */
static void io_law_day(state_io_t *io, date_t *day)
{
    enum { DAYS_MAX = 1000000 }; /* the year 4707 */
    state_i32(io, day);
    state_bad(io, *day < 0 || *day > DAYS_MAX);
}

/* Since version 3. */
static void io_law(state_io_t *io, account_t *a)
{
    account_law_t *l = &a->law;
    l->cash = (u8)state_upto(io, l->cash, 1);
    io_law_day(io, &l->freeze_days);
    state_u32(io, &l->good_faith_max);
    io_law_day(io, &l->good_faith_from);
    for (u32 i = 0; i < ACCOUNT_GOOD_FAITH; i++) {
        io_law_day(io, &a->good_faith[i]);
    }
    state_u32(io, &a->good_faith_ever);
    state_u32(io, &a->freerides_ever);
    io_law_day(io, &a->frozen_until);
    for (u32 i = 0; i < a->positions_used && !state_is_bad(io); i++) {
        if (a->positions[i].inst != INST_NONE) {
            io_law_day(io, &a->positions[i].funds_due);
        }
    }
}

/* Since version 4: the halted instruments, ascending. */
static void io_halts(state_io_t *io, account_t *a, u32 instruments)
{
    u32 count = 0;
    for (u32 i = 0; io->w != NULL && i < LIMIT_UNIVERSE; i++) {
        count += a->halts[i] != HALT_NONE ? 1 : 0;
    }
    a->halt_market = (u8)state_upto(io, a->halt_market, HALT_KINDS - 1);
    state_bad(io, a->halt_market != HALT_NONE && !halt_is_of_market((halt_kind_t)a->halt_market));
    count = (u32)state_upto(io, count, LIMIT_UNIVERSE);
    for (u32 n = 0, at = 0; n < count && !state_is_bad(io); n++, at++) {
        while (io->w != NULL && a->halts[at] == HALT_NONE) {
            at++;
        }
        u32 from = at;
        at = (u32)state_upto(io, at, LIMIT_UNIVERSE - 1);
        state_bad(io, at < from || at >= instruments);
        a->halts[at] = (u8)state_upto(io, a->halts[at], HALT_KINDS - 1);
        state_bad(io, a->halts[at] == HALT_NONE || halt_is_of_market((halt_kind_t)a->halts[at]));
    }
}

static void io_account(state_io_t *io, account_t *a, u32 instruments, u32 version)
{
    io_head(io, a);
    io_day(io, &a->day);
    io_ledger(io, &a->ledger);
    for (u32 i = 0; i < LIMIT_POSITIONS && !state_is_bad(io); i++) {
        io_position(io, &a->positions[i], instruments);
    }
    if (io->r != NULL) {
        account_positions_count(a);
    }
    a->orders_used = (u32)state_upto(io, a->orders_used, LIMIT_ORDERS);
    for (u32 i = 0; i < a->orders_used && !state_is_bad(io); i++) {
        io_order(io, &a->orders[i], instruments, version);
    }
    if (version >= 2) {
        io_plans(io, a);
    }
    if (version >= 3) {
        io_law(io, a);
    }
    if (version >= 4) {
        io_halts(io, a, instruments);
    }
}

err_t account_save(const account_t *a, writer_t *w)
{
    ASSERT(a != NULL && w != NULL);
    ASSERT(a->orders_used <= LIMIT_ORDERS);
    state_io_t io = {.w = w};
    io_account(&io, (account_t *)(uintptr_t)a, LIMIT_INSTRUMENTS,
               ACCOUNT_STATE_VERSION); /* a writer changes nothing */
    return writer_done(w);
}

err_t account_load(reader_t *r, u32 version, u32 instruments, account_t *spare)
{
    ASSERT(r != NULL && spare != NULL);
    ASSERT(instruments <= LIMIT_INSTRUMENTS);
    if (version < 1 || version > ACCOUNT_STATE_VERSION) {
        return ERR_VERSION;
    }
    account_setup_t nothing = {0};
    account_init(spare, &nothing);
    state_io_t io = {.r = r};
    io_account(&io, spare, instruments, version);
    TRY(reader_done(r));
    return account_check(spare) ? ERR_OK : ERR_CORRUPT;
}
