/* See w2_path.h. */
#include "app/bench/w2_path.h"

#include <string.h>

#include "base/assert.h"
#include "scan/rules_today.h"
#include "trade/risk/gates.h"

enum { MESSAGES = 4096 };

void path_pump(path_t *s)
{
    const f64 loss_min_r = 0.1;
    while (s->box.result_count > 0 || s->box.broker.count > 0 || s->out.effect_count > 0) {
        for (u32 i = 0; i < s->box.result_count; i++) {
            exec_on_send_result(s->account, &s->box.results[i], s->now, &s->out);
        }
        for (u32 i = 0; i < s->box.broker.count; i++) {
            s->closed.count = 0;
            exec_on_broker(s->account, &s->box.broker.v[i], loss_min_r, s->now, &s->closed, &s->out);
            s->trades += s->closed.count;
        }
        s->box.result_count = 0;
        s->box.broker.count = 0;
        u32 n = s->out.effect_count;
        memcpy(s->effects, s->out.effects, n * sizeof *s->effects);
        outbox_reset(&s->out);
        door_publish(&s->word, s->account->epoch, s->account->killed != 0);
        for (u32 i = 0; i < n; i++) {
            order_door_send(&s->door, &s->effects[i], s->now, &s->box);
        }
    }
    outbox_reset(&s->out);
}

price_t path_price(f64 usd)
{
    return (price_t){(i64)(usd * 100.0 + 0.5) * (PRICE_SCALE / 100)};
}

/* Stage 12 whole: every rule is evaluated, and the account's limits bind as they do in a run. */
static bool permit_of(path_t *s, const permit_request_t *r, risk_permit_t *permit)
{
    gates_t gates = {0};
    risk_input_t in = {.config = &s->config,
                       .rules = rules_today(&s->config, s->session),
                       .draft = r->draft,
                       .atr_d = r->tag.atr_d,
                       .multiplier = 1,
                       .own_sector = true,
                       .easy_to_borrow = true,
                       .short_price_ok = true,
                       .confidence = 0.9,
                       .min_confidence = 0.7,
                       .mid = r->draft.reference,
                       .pace_allowed = LIMIT_ORDERS};
    risk_input_account(&in, s->account, 0, s->now);
    risk_gates(&in, &gates);
    s->asked++;
    return permit_open(s->account, r, &gates, permit) == ERR_OK;
}

void path_enter(path_t *s, inst_t inst, f64 close, f64 stop)
{
    i64 shares = (i64)(s->order_usd / close);
    risk_permit_t permit;
    if (shares < 1) {
        return;
    }
    permit_request_t r = {.multiplier = 1};
    r.tag = (trade_tag_t){.strategy = 1,
                          .a = path_price((1.0 - stop) * close),
                          .r = path_price((1.0 - stop) * close),
                          .atr_d = path_price(0.02 * close),
                          .quality = 3};
    r.draft = (intent_t){.t_decided = s->now,
                         .send_before = s->now + 2 * NS_PER_SEC,
                         .qty = {shares},
                         .reference = path_price(close),
                         .bracket_stop = path_price(stop * close),
                         .bracket_target = path_price(10.0 * close),
                         .inst = inst,
                         .side = SIDE_BUY,
                         .type = ORDER_MARKET,
                         .tif = TIF_DAY,
                         .role = ROLE_ENTRY,
                         .strategy = 1};
    if (permit_of(s, &r, &permit)) {
        err_t err = exec_submit(s->account, &permit, s->now, &s->out);
        (void)err; /* a full pool: the cross is dropped, as one that a limit refused */
        path_pump(s);
    }
}

config_t path_config(profile_t profile)
{
    config_t c = config_default(profile, PRESET_AGGRESSIVE);
    c.risk_max_open_positions = LIMIT_POSITIONS;
    c.risk_max_trades_per_day = 1000;
    c.risk_portfolio_heat_pct = 100;
    c.risk_max_orders_per_minute = 1000;
    c.risk_max_gross_pct = 400;
    c.risk_max_per_sector = 64;
    c.pace_per_cycle = 100;
    return c;
}

err_t path_open(arena_t *a, path_t *s)
{
    ASSERT(a != NULL && s != NULL && s->instruments != NULL && s->context != NULL);
    s->messages = arena_array(a, ev_BROKER_t, MESSAGES);
    s->results = arena_array(a, ev_SEND_RESULT_t, MESSAGES);
    s->effects = arena_array(a, effect_t, OUTBOX_EFFECTS);
    s->account = arena_array(a, account_t, 1);
    return s->account == NULL ? ERR_ARENA_FULL : outbox_open(&s->out, 1U << 20);
}

void path_close(path_t *s)
{
    ASSERT(s != NULL);
    outbox_close(&s->out);
}

err_t path_begin(path_t *s)
{
    ASSERT(s != NULL && s->count > 0);
    account_setup_t setup = {
        .account_id = 1, .owner_id = 1, .risk_group_id = 1, .cash = {1000000 * MONEY_SCALE}};
    setup.incarnation.b[0] = 1;
    account_init(s->account, &setup);
    paper_setup_t ps = {.instruments = s->instruments,
                        .context = s->context,
                        .instrument_count = s->count,
                        .config = &s->config};
    TRY(paper_open(&s->paper, &ps));
    s->word.account = s->account->account_id;
    order_door_open(&s->door, paper_port(&s->paper), &s->word, 1);
    s->box = (door_out_t){
        .broker = {.v = s->messages, .cap = MESSAGES}, .results = s->results, .result_cap = MESSAGES};
    s->trades = 0;
    s->asked = 0;
    return ERR_OK;
}

void path_end(path_t *s)
{
    ASSERT(s != NULL && account_check(s->account));
    paper_close(&s->paper);
}
