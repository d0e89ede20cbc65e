/* Stage 11: how many. Holdings that move alike shrink it; the cost must be earned three times over. */
#include "base/assert.h"
#include "quant/math/qmath.h"
#include "scan/daily_returns.h"
#include "scan/leave.h"
#include "scan/scan.h"

f64 scan_beta(const scan_t *s, inst_t inst)
{
    daily_returns_t mine;
    daily_returns_t index;
    f64 xy = 0;
    f64 xx = 0;
    u32 n = 0;
    if (s->shared->proxy == INST_NONE) {
        return 1.0;
    }
    daily_returns(&s->shared->view, inst, &mine);
    daily_returns(&s->shared->view, s->shared->proxy, &index);
    u32 k = index.count;
    for (u32 i = mine.count; i-- > 0 && n < CORRELATION_DAYS;) { /* the latest common days */
        while (k > 0 && index.day[k - 1] > mine.day[i]) {
            k--;
        }
        if (k > 0 && index.day[k - 1] == mine.day[i]) {
            xy += mine.ret[i] * index.ret[k - 1];
            xx += index.ret[k - 1] * index.ret[k - 1];
            n++;
        }
    }
    return n >= CORRELATION_MIN && xx > 0 ? xy / xx : 1.0;
}

bool scan_high_beta(const scan_t *s, inst_t inst)
{
    return scan_beta(s, inst) > 1.5;
}

/* The worst holding decides. Unknown correlation does not shrink: too little common history is said
 * elsewhere. */
f64 scan_correlation(const scan_t *s, const candidate_t *c, bool *same)
{
    daily_returns_t mine;
    daily_returns_t theirs;
    f64 worst = 1.0;
    const instrument_t *table = s->shared->market->instruments;
    daily_returns(&s->shared->view, c->inst, &mine);
    *same = false;
    for (u32 i = 0; i < s->user->account->positions_used; i++) {
        const position_t *p = &s->user->account->positions[i];
        if (p->direction == 0 || p->inst == INST_NONE) {
            continue;
        }
        const instrument_t *a = &table[c->inst];
        const instrument_t *b = &table[p->inst];
        const char *ua = a->underlying[0] != '\0' ? a->underlying : a->symbol;
        const char *ub = b->underlying[0] != '\0' ? b->underlying : b->symbol;
        *same = *same || str_eq(str_from(ua), str_from(ub));
        daily_returns(&s->shared->view, p->inst, &theirs);
        f64 rho = 0;
        const config_t *cfg = &s->config;
        if (daily_returns_alike(&mine, &theirs, c->d * p->direction, (u32)cfg->corr_days, &rho)) {
            worst = q_min(worst, correlation_size_factor_at(rho, cfg->corr_threshold, cfg->corr_floor));
        }
    }
    return worst;
}

/* Logistic baseline of signal quality: the two structural terms only (trading.md 8.3), with fixed cuts. Mean
 * and deviation of cost / risk and ln(reward / risk) stand for the day profile's set-ups on five-minute bars.
 */
static i32 signal_quality(f64 cost_bps, f64 stop_bps, f64 reward_risk)
{
    static const f64 cut[4] = {0.36, 0.38, 0.40, 0.43};
    f64 x1 = (cost_bps / stop_bps - 0.18) / 0.10;
    f64 x2 = (q_log(q_max(reward_risk, 0.1)) - 0.60) / 0.35;
    f64 p = 1.0 / (1.0 + q_exp(0.50 + 0.15 * q_clamp(x1, -3, 3) + 0.10 * q_clamp(x2, -3, 3)));
    i32 quality = 1;
    for (u32 i = 0; i < 4; i++) {
        quality += p >= cut[i] ? 1 : 0;
    }
    return quality;
}

/* What may buy in a cash account: settled cash, and money on its way where that is wanted, not barred, and
 * not a violation for certain. */
static f64 cash_left(const scan_t *s)
{
    const account_t *a = s->user->account;
    bool all = s->config.account_unsettled_buys != 0 && a->law.cash != 0 && account_frozen_days(a) == 0 &&
               !risk_sold_today(&s->config);
    u32 next = 0;
    for (const account_t *b = all ? scan_beside(s->shared, a, &next) : NULL; b != NULL;
         b = scan_beside(s->shared, a, &next)) {
        all = all && account_frozen_days(b) == 0; /* the broker freezes the account, not a part of it */
    }
    return money_to_f64(all ? a->cash : account_settled(a));
}

static f64 power_left(const scan_t *s)
{
    const user_t *u = s->user;
    f64 equity = money_to_f64(account_equity(u->account));
    f64 used = money_to_f64(account_gross(u->account));
    risk_summary_t held;
    intent_t none = {.inst = INST_NONE};
    reserve_summary(u->account, &none, 0, 0, &held);
    used += money_to_f64(held.long_reserved) + money_to_f64(held.short_reserved);
    f64 limit = s->config.account_margin ? equity * s->config.risk_max_gross_pct / 100.0 : cash_left(s);
    return s->config.account_margin ? limit - used : limit - money_to_f64(held.long_reserved);
}

static void size_inputs(const scan_t *s, candidate_t *c, size_in_t *in)
{
    const user_t *u = s->user;
    const config_t *cfg = &s->config;
    const market_view_t *v = &s->shared->view;
    const instrument_t *t = &s->shared->market->instruments[c->inst];
    u32 id = strategy_at(c->strategy_index)->id;
    kind_sum_t kind = kind_today(u, id, c->d);
    f64 losses = kind.n - kind.wins;
    f64 factor = view_get(v, FEATURE_FACTOR, c->inst);
    f64 atr = view_get(v, FEATURE_ATRD, c->inst) / factor;
    f64 equity = money_to_f64(account_equity(u->account));
    *in = (size_in_t){.equity = equity,
                      .entry = c->entry,
                      .dearest = price_to_f64(scan_entry_limit(s, c)),
                      .stop_distance = c->stop_distance,
                      .target_distance = q_abs(c->target - c->entry),
                      .atr_d = atr,
                      .dollar_vol20 = view_get(v, FEATURE_DOLLAR20, c->inst),
                      .buying_power = power_left(s),
                      .lot = 1.0 / (f64)fixed_pow10((u32)-t->qty_exponent),
                      .micro = s->micro,
                      .transition = s->shared->regime.transition,
                      .choppy = cfg->profile == PROFILE_DAY && s->shared->intraday == INTRADAY_CHOPPY,
                      .regime_mult = c->regime_mult,
                      .conviction = q_min(c->conviction_model, (f64)c->conviction.conviction),
                      .kelly_n = kind.n,
                      .kelly_wins = kind.wins,
                      .kelly_win_mean = kind.wins > 0 ? kind.win_sum / kind.wins : 0.0,
                      .kelly_loss_mean = losses > 0 ? kind.loss_sum / losses : 0.0,
                      .spread_bps = c->spread_bps,
                      .cls = t->cls,
                      .day = s->shared->session,
                      .sigma_d_bps = 1e4 * atr / c->entry / 1.16};
    in->correlation_factor = scan_correlation(s, c, &in->same_underlying);
    f64 cost = c->spread_bps + 2.0 * cfg->cost_slippage_bps;
    in->quality =
        signal_quality(cost, 1e4 * c->stop_distance / c->entry, in->target_distance / in->stop_distance);
}

/* Realised results say "no edge": outside live, a probe may still learn whether that holds
 * (docs/decisions/0003). Only if Kelly is the one thing that stands in the way and the prior alone would
 * pass. Without a probe the trade is followed as a shadow. */
static void try_probe(scan_t *s, candidate_t *c)
{
    const config_t *cfg = &s->config;
    bool kelly = c->gates.v[0].rule == RULE_KELLY_EDGE && !gate_holds(&c->gates.v[0]);
    bool prior = c->final_gate / 100.0 >= cfg->risk_min_confidence;
    bool probe = prior && s->user->probes_today < (u32)cfg->confidence_probes_per_day;
    if (!kelly) {
        return;
    }
    size_in_t in = c->size_in;
    size_out_t size;
    gates_t gates = {0};
    in.kelly_waived = true;
    size_position(cfg, &in, &size, &gates);
    if (gates.failed == 0 && !probe) {
        c->size.cost_bps = size.cost_bps; /* what the kind is worth stays known while it is closed */
        leave_follow(s->user, c, 11, s->shared->session);
    } else if (gates.failed == 0) { /* otherwise the first refusal stands as it was recorded */
        c->size_in = in;
        c->size = size;
        c->gates = gates;
        c->probe = true;
    }
}

static stage_result_t size_step(scan_t *s, const answer_t *answer)
{
    (void)answer;
    s->count[11].in = scan_alive(s);
    for (u32 i = 0; i < s->cand_count; i++) {
        candidate_t *c = &s->cand[i];
        if (c->refused_stage != 0) {
            continue;
        }
        c->gates = (gates_t){0};
        size_inputs(s, c, &c->size_in);
        size_position(&s->config, &c->size_in, &c->size, &c->gates);
        if (c->gates.failed > 0) {
            try_probe(s, c);
        }
        if (c->gates.failed > 0) {
            scan_refuse(s, c, 11);
        }
    }
    s->count[11].out = scan_alive(s);
    return STAGE_DONE;
}

const stage_desc_t stage_size = {
    .number = 11,
    .name = "size",
    .title = "Position sizing",
    .text = {.does = "Says how many shares: the smallest of several methods, then factors, then caps, "
                     "then whole lots.",
             .formula = "shares = equity x risk_pct / distance to the stop\n"
                        "         not above equity x risk_pct / (atr_multiplier x daily range), nor the "
                        "Kelly part\n"
                        "         x regime x transition x choppy x conviction x quality x correlation\n"
                        "         not above the caps in %, in $, of daily volume and of buying power",
             .edge = "What costs more than a third of its planned profit is not worth it "
                     "(`COST_MULTIPLE`).",
             .wrong = "The risk is that to the stop. A gap through it loses more; nothing here limits a "
                      "gap but the caps.",
             .source = "J. Kelly, Bell System Technical Journal 35, 1956, for the Kelly part, halved "
                       "and shrunk."},
    .input = "opportunities and equity",
    .output = "quantity with its waterfall",
    .step = size_step,
};
