/* Stage 12: confidence, every risk gate, the permit, the intent. Sorted by rank score (decision 30), gate
 * score, expected value, dollar volume, symbol. Only a permit made by risk leads to execution. */
#include "base/assert.h"
#include "model/calendar.h"
#include "model/tick.h"
#include "quant/math/qmath.h"
#include "scan/leave.h"
#include "scan/rules_today.h"
#include "scan/scan.h"
#include "scan/slicing.h"
#include "scan/weights.h"
#include "trade/execution/slicing.h"
#include "trade/risk/rulebook.h"

enum { SEND_WINDOW_S = 2, PRICE_GRID = PRICE_SCALE / 10000 };

/* Prices that leave are on the venue's grid of 1e-4; rounding is to nearest. */
static price_t price_from(f64 v)
{
    i64 out = 0;
    err_t err = fixed_from_f64(v, 10000, &out);
    ASSERT(err == ERR_OK);
    return (price_t){.v = out * PRICE_GRID};
}

static bool before(const scan_t *s, const candidate_t *a, const candidate_t *b)
{
    if (a->final_rank != b->final_rank) {
        return a->final_rank > b->final_rank;
    }
    if (a->final_gate != b->final_gate) {
        return a->final_gate > b->final_gate;
    }
    if (a->ev_r != b->ev_r) {
        return a->ev_r > b->ev_r;
    }
    f64 da = view_get(&s->shared->view, FEATURE_DOLLAR20, a->inst);
    f64 db = view_get(&s->shared->view, FEATURE_DOLLAR20, b->inst);
    return da != db ? da > db : a->inst < b->inst;
}

static void confidence_of(const scan_t *s, candidate_t *c)
{
    const user_t *u = s->user;
    cand_record_t r;
    record_candidate(c, 11, &r);
    leave_ask(u, &r, &c->confidence);
    if (!s->config.confidence_evidence) {
        c->confidence.confidence = c->confidence.c0;
    }
    f64 shift = s->config.gate_adaptive && s->config.confidence_evidence
                    ? confidence_gate_shift(&u->confidence)
                    : 0.0;
    c->gate_confidence = s->config.risk_min_confidence + shift;
    f64 rr = c->size_in.target_distance / c->size_in.stop_distance;
    f64 win = 0.40; /* the measured win rate of textbook entries; ranks only */
    c->ev_r = win * rr - (1.0 - win) - c->size.cost_bps / (1e4 * c->stop_distance / c->entry);
}

/* Evidence alone closed the gate: outside live, a few quarter-size trades keep learning (trading.md 7). */
static bool is_probe(const scan_t *s, const candidate_t *c)
{
    bool closed = c->confidence.confidence < c->gate_confidence;
    bool prior = c->confidence.c0 >= s->config.risk_min_confidence;
    return closed && prior && s->user->probes_today < (u32)s->config.confidence_probes_per_day;
}

static u32 pace_allowed(const scan_t *s)
{
    const config_t *c = &s->config;
    if (!c->pace_enabled) {
        return LIMIT_ORDERS;
    }
    const scan_shared_t *g = s->shared;
    f64 minutes = (f64)((g->now - g->session_open) / NS_PER_MIN) + 15.0;
    f64 whole = (f64)((g->session_close - g->session_open) / NS_PER_MIN) - 60.0;
    f64 length = g->market->calendar == CAL_CRYPTO ? whole : 330.0; /* on half days too */
    f64 slots = 1.0 + q_floor((f64)c->risk_max_trades_per_day * minutes / length);
    return (u32)q_min(slots, (f64)c->risk_max_trades_per_day);
}

/* How far past the decision an entry may fill. Inside the price band, so that the limit itself is never what
 * the band refuses. */
static f64 entry_room(const scan_t *s, const candidate_t *c)
{
    const config_t *k = &s->config;
    f64 band = c->entry * k->risk_price_band_bps / 1e4;
    f64 tight = c->entry * (c->spread_bps / 2 * k->cost_spread_mult + k->cost_slippage_bps) / 1e4;
    f64 moved = k->eval_skip_if_moved_r * c->stop_distance;
    return q_min(k->eval_entry_limit_tight ? tight : moved, band);
}

/* On the venue's grid, rounded towards the decision but never to its passive side (decisions/0008). */
price_t scan_entry_limit(const scan_t *s, const candidate_t *c)
{
    const instrument_t *t = &s->shared->market->instruments[c->inst];
    price_t to = price_from(q_max(c->entry + (f64)c->d * entry_room(s, c), 0.0));
    i64 limit = tick_round(t, to, c->d < 0).v; /* the step at each price: it changes at a dollar */
    i64 least = tick_round(t, price_from(c->entry), c->d > 0).v;
    return (price_t){c->d > 0 ? MAX_OF(limit, least) : MIN_OF(limit, least)};
}

void scan_draft(const scan_t *s, const candidate_t *c, f64 shares, intent_t *out)
{
    const instrument_t *t = &s->shared->market->instruments[c->inst];
    i64 lots = 0;
    err_t err = fixed_from_f64(shares, fixed_pow10((u32)-t->qty_exponent), &lots);
    ASSERT(err == ERR_OK);
    *out = (intent_t){.t_decided = s->shared->now,
                      .send_before = s->shared->now + SEND_WINDOW_S * NS_PER_SEC,
                      .qty = {lots},
                      .reference = price_from(c->entry),
                      .bracket_stop = price_from(c->stop),
                      .bracket_target = price_from(c->target),
                      .inst = c->inst,
                      .side = c->d > 0 ? SIDE_BUY : SIDE_SELL_SHORT,
                      .type = ORDER_LIMIT,
                      .limit = scan_entry_limit(s, c),
                      .tif = s->config.eval_entry_limit_tight ? TIF_BAR : TIF_IOC,
                      .role = ROLE_ENTRY,
                      .strategy = strategy_at(c->strategy_index)->id,
                      .flags = c->probe ? INTENT_PROBE : 0};
}

static bool easy_to_borrow(const scan_t *s, const candidate_t *c)
{
    const instrument_t *t = &s->shared->market->instruments[c->inst];
    return view_get(&s->shared->view, FEATURE_DOLLAR20, c->inst) >= 5e7 && c->entry >= 5.0 &&
           (t->flags & INST_LEVERAGED) == 0;
}

/* A price of the adjusted scale in today's raw money, 0 if it is not known: the fall of Rule 201 is one of
 * prices as they were traded. A millionth is finer than any tick and coarser than what scaling leaves behind.
 */
static price_t price_traded(f64 adjusted, f64 factor)
{
    i64 out = 0;
    err_t err = factor > 0 ? fixed_from_f64(adjusted / factor, 1000000, &out) : ERR_NUMBER;
    bool fits = err == ERR_OK && out < I64_MAX / (PRICE_SCALE / 1000000);
    return (price_t){fits ? out * (PRICE_SCALE / 1000000) : 0};
}

/* The trigger of Rule 201 binds for the rest of its session and all of the next. A day order goes out in the
 * present session: a fall in it or in the one before counts. A swing order goes out in the session after the
 * last daily bar, so that this bar's fall alone counts. */
bool scan_short_restricted(const scan_shared_t *g, profile_t profile, inst_t inst)
{
    ASSERT(g != NULL && g->view.row != NULL);
    const market_view_t *v = &g->view;
    f64 factor = view_get(v, FEATURE_FACTOR, inst);
    price_t prior = price_traded(view_get(v, FEATURE_DAY_CLOSE, inst), factor);
    price_t low = price_traded(view_get(v, FEATURE_DAY_LOW, inst), factor);
    bool today = prior.v > 0 && low.v > 0 && short_price_triggered(prior, low, g->session);
    if (today || profile == PROFILE_SWING) {
        return today;
    }
    u32 n = 0;
    const series_t *d = market_daily(v, inst, &n);
    date_t before = calendar_previous(g->market->calendar, g->session, g->now).date;
    if (n < 2 || d->session[n - 1] != before) {
        return false; /* it did not trade in the session before */
    }
    prior = price_traded(d->close[n - 2], factor);
    low = price_traded(d->low[n - 1], factor);
    return prior.v > 0 && low.v > 0 && short_price_triggered(prior, low, before);
}

/* The bars bring no quotes: the bid is the decision's price less half of the spread that fills are made with.
 */
static bool short_price_ok(const scan_t *s, const candidate_t *c, const intent_t *draft)
{
    f64 half = c->entry * c->spread_bps / 2e4 * s->config.cost_spread_mult;
    price_t bid = price_from(q_max(c->entry - half, 0.0));
    bool restricted = scan_short_restricted(s->shared, (profile_t)s->config.profile, c->inst);
    return c->d > 0 || short_price_allowed(draft->limit, bid, restricted);
}

bool scan_crosses_own(const scan_shared_t *shared, const account_t *mine, const intent_t *draft)
{
    ASSERT(shared != NULL && mine != NULL && draft != NULL);
    for (u32 i = 0; i < shared->book_count; i++) {
        const account_t *a = shared->book[i];
        if (a != mine && a->owner_id == mine->owner_id && reserve_crosses(a, draft)) {
            return true;
        }
    }
    u32 next = 0;
    for (const account_t *a = scan_beside(shared, mine, &next); a != NULL;
         a = scan_beside(shared, mine, &next)) {
        if (reserve_opposes(a, draft)) {
            return true;
        }
    }
    return false;
}

void scan_risk_inputs(const scan_t *s, const candidate_t *c, const intent_t *draft, risk_input_t *in)
{
    const user_t *u = s->user;
    const instrument_t *t = &s->shared->market->instruments[c->inst];
    f64 factor = view_get(&s->shared->view, FEATURE_FACTOR, c->inst);
    *in = (risk_input_t){.config = &s->config,
                         .rules = rules_today(&s->config, s->shared->session),
                         .draft = *draft,
                         .atr_d = price_from(view_get(&s->shared->view, FEATURE_ATRD, c->inst) / factor),
                         .multiplier = t->multiplier,
                         .exponent = t->qty_exponent,
                         .micro = c->size_in.micro,
                         .high_beta = scan_high_beta(s, c->inst),
                         .leveraged = (t->flags & INST_LEVERAGED) != 0,
                         .own_sector = (t->flags & INST_OWN_SECTOR) != 0,
                         .easy_to_borrow = easy_to_borrow(s, c),
                         .short_price_ok = short_price_ok(s, c, draft),
                         .crosses = scan_crosses_own(s->shared, u->account, draft),
                         .probe = c->probe,
                         .shadow_only = u->health_view[strategy_at(c->strategy_index)->id].shadow_only,
                         .confidence = c->confidence.confidence,
                         .min_confidence = c->gate_confidence,
                         .mid = draft->reference,
                         .pace_allowed = pace_allowed(s),
                         .entries_cycle = u->entries_cycle};
    risk_input_account(in, u->account, t->sector, s->shared->now);
    u32 next = 0;
    for (const account_t *a = scan_beside(s->shared, u->account, &next); a != NULL;
         a = scan_beside(s->shared, u->account, &next)) {
        risk_input_beside(in, a);
    }
}

rule_t scan_submit_rule(err_t err, const account_t *a)
{
    ASSERT(err != ERR_OK && a != NULL);
    switch (err) {
    case ERR_KILLED:
        return RULE_KILL_OFF;
    case ERR_HALTED:
        return RULE_STILL_TRADING;
    case ERR_POOL_FULL:
        return RULE_ORDER_ROOM;
    case ERR_PARAM_RANGE:
        return RULE_ORDER_SOUND;
    default:
        return a->reconcile != 0 ? RULE_RECONCILED : RULE_PERMIT_GOOD;
    }
}

static void submit(scan_t *s, candidate_t *c, const intent_t *draft)
{
    const instrument_t *t = &s->shared->market->instruments[c->inst];
    slice_schedule_t schedule;
    cand_record_t r;
    bool sliced = scan_slices(s, c, draft, &schedule);
    permit_request_t request = {.draft = *draft, .multiplier = t->multiplier, .exponent = t->qty_exponent};
    risk_permit_t permit;
    record_candidate(c, 12, &r);
    request.tag = leave_tag(s->user, s->shared, &r, s->cycle, scan_high_beta(s, c->inst));
    request.draft.flags |= sliced ? (u32)INTENT_SLICED : 0U;
    err_t err = permit_open(s->user->account, &request, &c->gates, &permit);
    if (err == ERR_OK && sliced) {
        err = exec_submit_sliced(s->user->account, &permit, &schedule, s->shared->now, s->out);
    } else if (err == ERR_OK) {
        err = exec_submit(s->user->account, &permit, s->shared->now, s->out);
    }
    if (err != ERR_OK) { /* refused like by any gate, under the rule that says why */
        (void)gate_check(&c->gates, scan_submit_rule(err, s->user->account), 0.0, 1.0);
        scan_refuse(s, c, 12);
        return;
    }
    c->traded = true;
    c->intent = permit.intent.id;
    leave_entry(s->user, &r);
}

static void execute_candidate(scan_t *s, candidate_t *c)
{
    intent_t draft;
    risk_input_t in;
    c->probe = (c->probe || is_probe(s, c)) &&
               s->user->probes_today < (u32)s->config.confidence_probes_per_day;
    if (c->size_in.kelly_waived &&
        !c->probe) { /* the day's probes were used up by better candidates of this cycle */
        c->gates = (gates_t){0};
        (void)gate_check(&c->gates, RULE_KELLY_EDGE, 0.0, 0.0);
        scan_refuse(s, c, 12);
        return;
    }
    f64 shares = c->size.quantity;
    if (c->probe) {
        f64 lots = q_floor(shares * 0.25 / c->size_in.lot);
        shares = q_max(lots, 1.0) * c->size_in.lot;
    }
    scan_draft(s, c, shares, &draft);
    scan_risk_inputs(s, c, &draft, &in);
    c->gates = (gates_t){0};
    risk_gates(&in, &c->gates);
    if (c->gates.failed > 0) {
        cand_record_t r;
        record_candidate(c, 12, &r);
        if (shadow_is_due(r.gate, r.gate_count, r.c0)) {
            leave_shadow(s->user, &r, s->shared->session);
        }
        scan_refuse(s, c, 12);
        return;
    }
    submit(s, c, &draft);
}

static stage_result_t execute_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    candidate_t *order[LIMIT_CANDIDATES];
    u32 n = 0;
    for (u32 i = 0; i < s->cand_count; i++) {
        candidate_t *c = &s->cand[i];
        if (c->refused_stage != 0) {
            continue;
        }
        confidence_of(s, c);
        weight_rank(s, c);
        u32 k = n++;
        while (k > 0 && before(s, c, order[k - 1])) {
            order[k] = order[k - 1];
            k--;
        }
        order[k] = c;
    }
    s->count[12].in = n;
    for (u32 i = 0; i < n; i++) {
        execute_candidate(s, order[i]);
        s->count[12].out += order[i]->traded ? 1 : 0;
    }
    return STAGE_DONE;
}

const stage_desc_t stage_execute = {
    .number = 12,
    .name = "execute",
    .title = "Risk check and execution",
    .text = {.does = "Holds what is left to confidence and to every limit of the account; only a "
                     "permit made here becomes an order.",
             .edge = "The best by rank come first, and each permit reserves what its order may cost, "
                     "so that two orders cannot use one dollar twice.",
             .wrong = "A limit knows the account of this program. What the same owner holds elsewhere "
                      "it does not see."},
    .input = "sized opportunities",
    .output = "permits, intents, refusals",
    .step = execute_step,
};
