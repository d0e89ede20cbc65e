/* See gates.h. */
#include "trade/risk/gates.h"

#include "base/assert.h"

/* Stands for "cannot be measured, refuse": beyond every limit, still exact on every grid. */
#define REFUSE 1e9

typedef struct {
    f64 most;
    const char *reason;
} ceiling_desc_t;

/* No preset, user or file raises a limit above these; each has its reason beside it. */
static const ceiling_desc_t ceilings[CEILING_COUNT] = {
    [CEILING_RISK_PCT] = {3,
                          "2 % is the product's maximum and 3 % the micro account's; nothing asks for more"},
    [CEILING_POSITION_PCT] = {10, "the product's position cap"},
    [CEILING_POSITION_USD] = {25000, "the product's position cap"},
    [CEILING_POSITIONS] = {LIMIT_POSITIONS, "slots of the account"},
    [CEILING_TRADES_DAY] = {200, "ten times the busiest preset and its retries; more is a loop gone wild"},
    [CEILING_LOSS_DAY_PCT] = {10, "twice the aggressive preset: a day that lost a tenth has ended"},
    [CEILING_SECTOR_PCT] = {100, "one sector can be everything only by a wish, never more than everything"},
    [CEILING_SECTOR_COUNT] = {LIMIT_POSITIONS, "slots of the account"},
    [CEILING_HEAT_PCT] = {16, "twice the aggressive preset"},
    [CEILING_PRICE_BAND_BPS] = {1000, "the widest limit-up limit-down band of ordinary hours is 10 %"},
    [CEILING_FAT_FINGER_USD] = {100000, "four times the position cap"},
    [CEILING_GROSS_PCT] = {200, "Regulation T: half of the value must be own money"},
    [CEILING_RATE] = {120, "two a second from one account is no strategy of ours"},
    [CEILING_BETA_SIDE] = {LIMIT_POSITIONS, "slots of the account"},
    [CEILING_PER_CYCLE] = {LIMIT_CANDIDATES, "a cycle ranks no more candidates"},
};

f64 risk_ceiling(ceiling_t which)
{
    ASSERT(which < CEILING_COUNT);
    return ceilings[which].most;
}

const char *risk_ceiling_reason(ceiling_t which)
{
    ASSERT(which < CEILING_COUNT);
    return ceilings[which].reason;
}

f64 risk_limit(ceiling_t which, f64 configured)
{
    ASSERT(which < CEILING_COUNT);
    if (!(configured > 0) || configured - configured != 0) {
        return 0;
    }
    return MIN_OF(configured, ceilings[which].most);
}

/* Working entries, if settled cash does not pay for all of them: each may be bought with what has not
 * settled.
 */
static u32 unsettled_entries(const account_t *a, const risk_summary_t *held)
{
    if (held->settled.v >= held->long_reserved.v) {
        return 0;
    }
    u32 n = 0;
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        n += o->state != 0 && o->intent.role == ROLE_ENTRY &&
                     !order_state_is_terminal((order_state_t)o->state) && o->live.v > o->filled.v
                 ? 1
                 : 0;
    }
    return n;
}

static law_books_t law_books(const account_t *a, const rules_t *rules, const risk_summary_t *held)
{
    law_books_t b = {.equity = held->equity,
                     .equity_day_start = a->day.equity_start,
                     .cash = held->cash,
                     .settled = held->settled,
                     .reserved = money_saturated((i128)held->long_reserved.v + held->short_reserved.v),
                     .day_trades = rules->pdt ? account_day_trades(a, (u32)rules->pdt_window_days) : 0,
                     .opened_today = held->opened_today,
                     .good_faith = account_good_faith(a),
                     .unsettled = account_unsettled_positions(a) + unsettled_entries(a, held),
                     .frozen_days = account_frozen_days(a),
                     .uncounted = a->law.cash == 0};
    reserve_margin_book(a, rules, &b.margin);
    return b;
}

law_books_t risk_law_books(const account_t *a, const rules_t *rules)
{
    ASSERT(a != NULL && rules != NULL);
    static const intent_t none = {.inst = INST_NONE};
    risk_summary_t held;
    reserve_summary(a, &none, UINT16_MAX, 0, &held);
    return law_books(a, rules, &held);
}

void risk_law_add(law_books_t *all, const law_books_t *b)
{
    ASSERT(all != NULL && b != NULL);
    money_t *const sums[] = {&all->equity, &all->equity_day_start, &all->cash, &all->settled, &all->reserved,
                             &all->margin.equity, &all->margin.required, &all->margin.orders_required};
    const money_t more[] = {b->equity, b->equity_day_start, b->cash, b->settled, b->reserved,
                            b->margin.equity, b->margin.required, b->margin.orders_required};
    for (u32 i = 0; i < COUNT_OF(more); i++) {
        *sums[i] = money_saturated((i128)sums[i]->v + more[i].v);
    }
    all->day_trades += b->day_trades;
    all->opened_today += b->opened_today;
    all->good_faith += b->good_faith;
    all->unsettled += b->unsettled;
    all->frozen_days = MAX_OF(all->frozen_days, b->frozen_days);
    all->cash_beside = all->cash_beside || !b->uncounted;
    all->uncounted = all->uncounted || b->uncounted;
}

void risk_input_account(risk_input_t *in, const account_t *a, u16 sector, i64 now)
{
    ASSERT(in != NULL && a != NULL);
    ASSERT(in->draft.inst != INST_NONE);
    reserve_summary(a, &in->draft, sector, now, &in->held);
    in->killed = a->killed != 0;
    in->equity_day_start = a->day.equity_start;
    in->entries_today = a->day.entries;
    in->law = law_books(a, &in->rules, &in->held);
    in->margin = in->law.margin;
}

void risk_input_beside(risk_input_t *in, const account_t *beside)
{
    ASSERT(in != NULL && beside != NULL);
    law_books_t b = risk_law_books(beside, &in->rules);
    risk_law_add(&in->law, &b);
}

/* Figures that several gates share. */
typedef struct {
    f64 equity;
    f64 notional;
    f64 risk;      /* of the draft, to its stop */
    f64 heat;
    f64 held;      /* long and short value */
    f64 reserved;
    bool is_long;
    bool margin;   /* a margin account that may borrow */
} view_t;

static view_t view_of(const risk_input_t *in)
{
    const risk_summary_t *h = &in->held;
    view_t v = {.equity = money_to_f64(h->equity), .is_long = side_is_buy((side_t)in->draft.side)};
    v.notional = money_to_f64(reserve_notional(&in->draft, in->exponent, in->multiplier));
    v.risk = money_to_f64(reserve_heat(&in->draft, (price_t){0}, in->exponent, in->multiplier));
    v.heat = money_to_f64(reserve_heat(&in->draft, in->atr_d, in->exponent, in->multiplier));
    v.held = money_to_f64(h->long_value) + money_to_f64(h->short_value);
    v.reserved = money_to_f64(h->long_reserved) + money_to_f64(h->short_reserved);
    v.margin = in->config->account_margin != 0 && in->law.equity.v >= in->rules.margin_equity.v &&
               !in->law.cash_beside &&
               in->law.frozen_days == 0; /* a freeze is not shaken off by calling the account another */
    return v;
}

static f64 percent(f64 part, f64 whole) { return whole > 0 ? 100.0 * part / whole : REFUSE; }

/* An unset margin rate is no permission: it counts as all of the value. */
static f64 rate_of(i32 bps)
{
    return bps > 0 ? (f64)bps / 1e4 : 1.0;
}

static void gates_of_day(const risk_input_t *in, const view_t *v, gates_t *g)
{
    const config_t *c = in->config;
    const risk_summary_t *h = &in->held;
    /* An unset minimum refuses. Probes are small trades that exist to learn what the gate cannot know yet. */
    f64 confidence = in->min_confidence > 0 ? in->min_confidence : REFUSE;
    gate_check(g, RULE_CONFIDENCE, in->confidence, in->probe ? 0.0 : confidence);
    gate_check(g, RULE_NOT_SHADOW_ONLY, in->shadow_only ? 0 : 1, 1);
    f64 start = money_to_f64(in->equity_day_start);
    f64 loss = start - v->equity + money_to_f64(h->open_risk) + v->risk;
    gate_check(g, RULE_LOSS_DAY, percent(loss, start),
               risk_limit(CEILING_LOSS_DAY_PCT, c->risk_daily_loss_limit_pct));
    gate_check(g, RULE_POSITIONS_MAX, h->positions,
               risk_limit(CEILING_POSITIONS, c->risk_max_open_positions));
    gate_check(g, RULE_TRADES_DAY, in->entries_today,
               risk_limit(CEILING_TRADES_DAY, c->risk_max_trades_per_day));
    gate_check(g, RULE_PACING, in->entries_today, in->pace_allowed);
    gate_check(g, RULE_PER_CYCLE, in->entries_cycle, risk_limit(CEILING_PER_CYCLE, c->pace_per_cycle));
    f64 sector = money_to_f64(h->sector_value) + v->notional;
    gate_check(g, RULE_SECTOR_PCT, in->own_sector ? 0.0 : percent(sector, v->equity),
               risk_limit(CEILING_SECTOR_PCT, c->risk_max_sector_pct));
    gate_check(g, RULE_SECTOR_COUNT, in->own_sector ? 0 : h->sector_positions,
               risk_limit(CEILING_SECTOR_COUNT, c->risk_max_per_sector));
}

bool risk_sold_today(const config_t *c)
{
    ASSERT(c != NULL);
    return c->profile == PROFILE_DAY && c->exit_eod_flatten != 0;
}

/* Intraday margin: what is left when this draft is filled too, of the account at the broker and of the part
 * of it that is this one's; -REFUSE if the sum cannot be held. */
static f64 margin_left(const risk_input_t *in, const view_t *v)
{
    const intent_t *d = &in->draft;
    i64 price = MAX_OF(d->reference.v, MAX_OF(d->stop.v, d->limit.v));
    margin_ask_t ask = {{v->is_long && d->limit.v > 0 ? d->limit.v : price},
                        d->qty.v,
                        in->exponent,
                        in->multiplier,
                        v->is_long,
                        in->leveraged};
    money_t change = reserve_margin(&ask, &in->rules);
    money_t own;
    money_t all;
    bool held = intraday_margin_after(&in->margin, change, &own) == ERR_OK &&
                intraday_margin_after(&in->law.margin, change, &all) == ERR_OK;
    return held ? money_to_f64((money_t){MIN_OF(own.v, all.v)}) : -REFUSE;
}

/* Settled cash that is left after the draft, and what is on its way besides, if that may pay. */
typedef struct {
    f64 left, on_its_way;
} cash_view_t;

static cash_view_t cash_view(money_t cash, money_t settled, f64 used, bool lets)
{
    f64 s = money_to_f64(settled);
    return (cash_view_t){s - used, lets ? MAX_OF(money_to_f64(cash) - s, 0.0) : 0.0};
}

/* Cash accounts (Regulation T, 12 CFR 220.8). Settled cash pays; where the user lets money on its way pay
 * too, a purchase with it is asked whether its sale could be one good-faith violation too many. A position
 * that is sold before the night in any case would be one for certain. Exits are never stopped by this. Of an
 * account of several both must hold: this one's own money, and the account's, of which another may have used
 * what had not settled. */
static void gates_of_cash(const risk_input_t *in, const view_t *v, gates_t *g)
{
    const config_t *c = in->config;
    const law_books_t *l = &in->law;
    bool lets = c->account_margin == 0 && c->account_unsettled_buys != 0 && !l->uncounted;
    cash_view_t own = cash_view(in->held.cash, in->held.settled, v->reserved, lets);
    cash_view_t all = cash_view(l->cash, l->settled, money_to_f64(l->reserved), lets);
    own.left -= v->notional;
    all.left -= v->notional;
    const cash_view_t *least = all.left + all.on_its_way < own.left + own.on_its_way ? &all : &own;
    bool unsettled = MIN_OF(own.left, all.left) < 0 && (lets || l->frozen_days > 0);
    gate_check(g, RULE_SETTLED_CASH, v->margin ? 0.0 : least->left, v->margin ? 0.0 : -least->on_its_way);
    gate_check(g, RULE_GOOD_FAITH, unsettled ? l->good_faith + l->unsettled + 1 : 0,
               unsettled && risk_sold_today(c) ? 0 : in->rules.good_faith_max);
    gate_check(g, RULE_NOT_FROZEN, unsettled ? l->frozen_days : 0, 0);
}

static void gates_of_money(const risk_input_t *in, const view_t *v, gates_t *g)
{
    const risk_summary_t *h = &in->held;
    const rules_t *r = &in->rules;
    /* What was opened today may have to be closed today, so it counts as a day trade to come. */
    bool pdt = v->margin && pdt_binds(in->law.equity_day_start, r);
    gate_check(g, RULE_DAY_TRADES, pdt ? in->law.day_trades + in->law.opened_today : 0,
               pdt ? r->pdt_day_trades : 1);
    gate_check(g, RULE_INTRADAY_MARGIN, v->margin ? margin_left(in, v) : 0.0, 0.0);
    gates_of_cash(in, v, g);
    f64 reserved = v->reserved + v->notional;
    f64 power = v->margin ? v->equity / rate_of(r->initial_bps) - v->held - reserved
                          : money_to_f64(h->cash) - reserved;
    gate_check(g, RULE_BUYING_POWER, power, 0.0);
    gate_check(g, RULE_HEAT, percent(money_to_f64(h->heat) + v->heat, v->equity),
               risk_limit(CEILING_HEAT_PCT, in->config->risk_portfolio_heat_pct));
}

f64 risk_band_bps(const intent_t *d, price_t mid)
{
    ASSERT(d != NULL);
    i64 price = d->limit.v > 0 ? d->limit.v : d->stop.v > 0 ? d->stop.v : d->reference.v;
    if (mid.v <= 0 || price <= 0) {
        return REFUSE;
    }
    f64 away = (f64)(price - mid.v) / (f64)mid.v * 1e4;
    return away < 0 ? -away : away;
}

static void gates_of_order(const risk_input_t *in, const view_t *v, gates_t *g)
{
    const config_t *c = in->config;
    const risk_summary_t *h = &in->held;
    gate_check(g, RULE_PRICE_BAND, risk_band_bps(&in->draft, in->mid),
               risk_limit(CEILING_PRICE_BAND_BPS, c->risk_price_band_bps));
    gate_check(g, RULE_FAT_FINGER, v->notional, risk_limit(CEILING_FAT_FINGER_USD, c->risk_fat_finger_usd));
    gate_check(g, RULE_NOT_DUPLICATE, h->duplicate ? 0 : 1, 1);
    gate_check(g, RULE_NO_SELF_CROSS, in->crosses ? 0 : 1, 1);
    gate_check(g, RULE_KILL_OFF, in->killed ? 0 : 1, 1);
    gate_check(g, RULE_NONE_UNKNOWN, h->unknown_same_side == 0 ? 1 : 0, 1);
    bool may_short = in->easy_to_borrow && c->risk_allow_short != 0 && v->margin;
    gate_check(g, RULE_LOCATE, v->is_long || may_short ? 1 : 0, 1);
    gate_check(g, RULE_SHORT_PRICE, v->is_long || in->short_price_ok ? 1 : 0, 1);
}

static void gates_of_size(const risk_input_t *in, const view_t *v, gates_t *g)
{
    const config_t *c = in->config;
    const risk_summary_t *h = &in->held;
    gate_check(g, RULE_GROSS_MAX, percent(v->held + v->reserved + v->notional, v->equity),
               risk_limit(CEILING_GROSS_PCT, c->risk_max_gross_pct));
    f64 inst = money_to_f64(h->inst_value) + v->notional;
    f64 most_pct =
        in->micro ? MIN_OF(c->size_max_position_pct, c->micro_max_position_pct) : c->size_max_position_pct;
    f64 most_usd =
        in->micro ? MIN_OF(c->size_max_position_usd, c->micro_max_position_usd) : c->size_max_position_usd;
    gate_check(g, RULE_POSITION_PCT, percent(inst, v->equity), risk_limit(CEILING_POSITION_PCT, most_pct));
    gate_check(g, RULE_POSITION_USD, inst, risk_limit(CEILING_POSITION_USD, most_usd));
    f64 risk = in->micro ? c->micro_risk_pct : MIN_OF(c->size_risk_pct, 2.0);
    gate_check(g, RULE_RISK_PCT, percent(v->risk, v->equity), risk_limit(CEILING_RISK_PCT, risk));
    u32 side = v->is_long ? h->high_beta_long : h->high_beta_short;
    gate_check(g, RULE_BETA_SIDE, in->high_beta ? side : 0,
               risk_limit(CEILING_BETA_SIDE, c->risk_high_beta_max));
    gate_check(g, RULE_RATE, h->sent_last_minute, risk_limit(CEILING_RATE, c->risk_max_orders_per_minute));
}

void risk_gates(const risk_input_t *in, gates_t *out)
{
    ASSERT(in != NULL && out != NULL && in->config != NULL);
    ASSERT(in->multiplier > 0 && in->draft.qty.v > 0 && side_is_opening((side_t)in->draft.side));
    *out = (gates_t){0};
    view_t v = view_of(in);
    gates_of_day(in, &v, out);
    gates_of_money(in, &v, out);
    gates_of_order(in, &v, out);
    gates_of_size(in, &v, out);
    ASSERT(out->count == 30);
}

void risk_kill(account_t *a)
{
    ASSERT(a != NULL);
    a->killed = 1;
    a->epoch++;
    ASSERT(a->epoch != 0);
}

void risk_release(account_t *a)
{
    ASSERT(a != NULL);
    ASSERT(a->killed != 0);
    a->killed = 0;
    a->epoch++;
}
