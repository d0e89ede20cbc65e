/* The report for programs: one JSON object, and trades as CSV. See report.h. */
#include <string.h>

#include "base/assert.h"
#include "faces/report/report_parts.h"
#include "loops/plan.h"
#include "model/gate.h"
#include "scan/scan.h"
#include "trade/portfolio/account.h"

static void put_metric(jsonw_t *w, const char *key, bool shown, metric_t m)
{
    jsonw_key(w, key);
    if (shown && m.ok) {
        jsonw_f64(w, m.value);
    } else {
        jsonw_null(w);
    }
}

static void put_text(jsonw_t *w, const char *key, const char *text)
{
    jsonw_put_text(w, key, text[0] != '\0' ? text : NULL);
}

static void put_date(jsonw_t *w, const char *key, date_t d)
{
    char text[11];
    date_print(text, d);
    jsonw_put_text(w, key, d != 0 ? text : NULL);
}

void report_json_metrics(const report_t *r, jsonw_t *w)
{
    ASSERT(r != NULL && w != NULL);
    const metrics_equity_t *e = &r->equity;
    bool shown = r->enough && r->equity_known;
    f64 start = money_to_f64(r->facts.start);
    metric_t known = {.ok = r->equity_known};
    metric_t share = {.ok = start > 0};
#define VALUE(base, x) ((metric_t){.value = (x), .ok = (base).ok})
    put_metric(w, "total_return", true, VALUE(share, start > 0 ? r->net_total / start : 0.0));
    put_metric(w, "cagr", r->equity_known, e->cagr);
    put_metric(w, "sharpe", shown, e->sharpe);
    put_metric(w, "sharpe_error", shown, e->sharpe_error_moments);
    put_metric(w, "sortino", shown, e->sortino);
    put_metric(w, "calmar", shown, e->calmar);
    put_metric(w, "psr", shown, e->psr);
    put_metric(w, "dsr", shown, VALUE(e->sharpe, r->dsr));
    put_metric(w, "volatility", true, VALUE(known, e->volatility));
    put_metric(w, "max_drawdown", true, VALUE(known, e->drawdown.fraction));
    put_metric(w, "max_drawdown_abs", true, VALUE(known, e->drawdown.absolute));
    put_metric(w, "ulcer_index", true, VALUE(known, e->drawdown.ulcer));
    put_metric(w, "value_at_risk_95", true, VALUE(known, e->var95));
    put_metric(w, "best_day", true, VALUE(known, e->best_day));
    put_metric(w, "worst_day", true, VALUE(known, e->worst_day));
    put_metric(w, "profit_factor", r->enough, r->trades.profit_factor);
    put_metric(w, "expectancy", r->enough, (metric_t){r->trades.expectancy, true});
    put_metric(w, "expectancy_ratio", r->enough, r->trades.expectancy_ratio);
    put_metric(w, "win_rate", r->enough, r->trades.win_rate);
    put_metric(w, "sqn", r->enough, r->trades.sqn);
    put_metric(w, "kelly", r->enough, r->trades.kelly);
    put_metric(w, "exposure", true, VALUE(known, r->exposure.in_market));
    put_metric(w, "exposure_gross", true, VALUE(known, r->exposure.mean_gross));
    put_metric(w, "exposure_net", true, VALUE(known, r->exposure.mean_net));
    put_metric(w, "time_in_market", r->work.known, (metric_t){r->work.time, true});
    put_metric(w, "capital_at_work", r->work.known, (metric_t){r->work.capital, true});
    put_metric(w, "return_on_capital_at_work", r->work.known, (metric_t){r->work.gain, true});
    put_metric(w, "fees", true, VALUE(share, start > 0 ? r->fees / start : 0.0));
    put_metric(w, "slippage", true,
               VALUE(share, start > 0 ? (r->spread + r->slippage + r->impact) / start : 0.0));
#undef VALUE
    put_metric(w, "turnover", true, r->turnover);
    put_metric(w, "alpha", shown && r->against_known, r->against.alpha);
    put_metric(w, "beta", shown && r->against_known, r->against.beta);
    put_metric(w, "information_ratio", shown && r->against_known, r->against.information_ratio);
    report_json_more(r, w);
    jsonw_put_i64(w, "annualisation", report_year(&r->facts));
    jsonw_put_f64(w, "risk_free_rate", REPORT_RF);
    jsonw_put_text(w, "sampling", "daily equity returns incl. flat days");
    jsonw_put_text(w, "fees_and_slippage_of", "starting equity; slippage holds spread, slippage and impact");
    jsonw_put_i64(w, "ratios_from_trades", METRICS_MIN_TRADES);
}

static void json_interval(jsonw_t *w, const char *key, bool known, const bootstrap_t *b)
{
    jsonw_key(w, key);
    if (!known) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_put_f64(w, "mean", b->point);
    jsonw_put_f64(w, "low", b->low);
    jsonw_put_f64(w, "high", b->high);
    jsonw_put_i64(w, "draws", b->draws);
    jsonw_end(w);
}

static void json_twin(jsonw_t *w, const report_twin_t *t)
{
    jsonw_key(w, "random_twin");
    if (!t->known) {
        jsonw_null(w);
        return;
    }
    jsonw_object(w);
    jsonw_put_u64(w, "trades", t->trades);
    jsonw_put_u64(w, "twins", TWINS);
    jsonw_put_f64(w, "mean_r", t->own);
    jsonw_put_f64(w, "own_entries_twin_exits_r", t->held);
    jsonw_put_f64(w, "twins_mean_r", t->mean);
    jsonw_put_f64(w, "twins_low_r", t->low);
    jsonw_put_f64(w, "twins_high_r", t->high);
    jsonw_put_f64(w, "part_of_twins_below", t->beaten);
    jsonw_end(w);
}

static void json_bench(jsonw_t *w, const char *key, const report_bench_t *b)
{
    jsonw_key(w, key);
    jsonw_object(w);
    put_metric(w, "total_return", true, (metric_t){b->total, b->known});
    jsonw_put_i64(w, "names", b->names);
    put_text(w, "why", b->why);
    jsonw_end(w);
}

static void json_first(const report_t *r, jsonw_t *w)
{
    const report_facts_t *f = &r->facts;
    bool any = f->day_count > 0;
    jsonw_put_text(w, "run_id", f->run.id.text);
    jsonw_put_text(w, "kind", run_kind_name(f->run.kind));
    jsonw_put_text(w, "status", report_status(f));
    jsonw_put_bool(w, "same_logic", !f->origin.other_logic);
    jsonw_put_bool(w, "settings_read", !f->origin.config_unread);
    jsonw_put_bool(w, "spec_read", !f->origin.spec_unread);
    const report_user_t *user = report_facts_user(f, f->account);
    if (user != NULL) {
        jsonw_put_text(w, "user", user->name);
    }
    put_date(w, "from", any ? f->own_days[0].session : 0);
    put_date(w, "to", any ? f->own_days[f->day_count - 1].session : 0);
    jsonw_put_i64(w, "sessions", f->day_count);
    jsonw_put_i64(w, "symbols", f->inst_count);
    jsonw_put_u64(w, "bars", f->symbol_bars);
    jsonw_put_f64(w, "start", money_to_f64(f->start));
    jsonw_put_f64(w, "final", r->final);
    jsonw_put_f64(w, "net", r->net_total);
    jsonw_put_f64(w, "net_r", r->net_r);
    put_metric(w, "cost_share_of_gross", true, r->cost_share);
    jsonw_put_i64(w, "trades", f->trade_count);
    jsonw_put_u64(w, "distinct_trades", r->distinct);
    jsonw_put_i64(w, "open_positions", f->open_positions);
    jsonw_put_u64(w, "booked_since_equity", f->unmarked);
    json_interval(w, "interval_r_per_trade", r->r_known, &r->r);
    json_interval(w, "interval_daily_return", r->day_known, &r->day);
    json_interval(w, "interval_sharpe", r->day_known && r->enough, &r->sharpe);
    jsonw_put_bool(w, "distinguishable_from_zero", r->distinguishable);
    put_metric(
        w, "detectable_edge_r", f->trade_count > 0,
        (metric_t){f->trade_count > 0 ? metrics_detectable_edge(r->distinct, METRICS_TRADE_SD) : 0.0,
                   true});
    put_date(w, "first_candidate", f->first_candidate);
    jsonw_put_i64(w, "warmup_sessions", report_facts_warmup(f));
    jsonw_put_i64(w, "trials", f->trials);
    jsonw_put_i64(w, "trials_searched", f->searched);
    jsonw_put_i64(w, "trials_elsewhere", f->elsewhere);
    put_text(w, "survivorship_members_of", f->members_of);
    put_text(w, "adjusted_to", f->adjusted_to);
    put_text(w, "data_flaws", f->flaws);
    put_text(w, "planted_edge", f->edge);
    report_json_found(r, w);
    jsonw_put_text(w, "proxy", r->bench.proxy_symbol);
    json_bench(w, "benchmark_proxy", &r->bench.proxy);
    json_bench(w, "benchmark_equal_weight", &r->bench.equal);
    json_twin(w, &r->twin);
    report_json_searched(f, w);
}

static void json_costs(const report_t *r, jsonw_t *w)
{
    jsonw_key(w, "waterfall");
    jsonw_object(w);
    jsonw_put_f64(w, "gross", r->gross);
    jsonw_put_f64(w, "spread", r->spread);
    jsonw_put_f64(w, "slippage", r->slippage);
    jsonw_put_f64(w, "impact", r->impact);
    jsonw_put_f64(w, "fees", r->fees);
    jsonw_put_f64(w, "dividends", r->dividends);
    jsonw_put_f64(w, "net_closed", r->net);
    jsonw_put_f64(w, "open_and_cash", r->rest);
    jsonw_put_f64(w, "net", r->net_total);
    jsonw_end(w);
    jsonw_key(w, "at_costs");
    jsonw_array(w);
    for (u32 k = 0; k < REPORT_COSTS; k++) {
        jsonw_object(w);
        jsonw_put_f64(w, "factor", r->cost[k].factor);
        jsonw_put_f64(w, "net", r->cost[k].net);
        jsonw_put_f64(w, "r_per_trade", r->cost[k].r);
        jsonw_end(w);
    }
    jsonw_end(w);
    put_metric(w, "break_even_bps", true, r->break_even_bps);
    put_metric(w, "capacity_equity", true, r->capacity);
    jsonw_key(w, "without");
    jsonw_object(w);
    jsonw_put_f64(w, "best_five_trades", r->without_best5);
    jsonw_put_f64(w, "best_five_trades_r", r->without_best5_r);
    jsonw_put_f64(w, "best_day", r->without_day);
    jsonw_put_f64(w, "best_day_r", r->without_day_r);
    jsonw_put_f64(w, "best_symbol", r->without_symbol);
    jsonw_put_f64(w, "best_symbol_r", r->without_symbol_r);
    jsonw_end(w);
}

static void json_groups(const report_t *r, jsonw_t *w)
{
    jsonw_key(w, "by");
    jsonw_object(w);
    for (u32 d = 0; d < DIM_COUNT; d++) {
        jsonw_key(w, report_dim_name((report_dim_t)d));
        jsonw_array(w);
        for (u32 i = 0; i < r->by[d].count; i++) {
            const report_group_t *g = &r->by[d].own_v[i];
            metrics_interval_t hit = metrics_wilson(g->wins, g->wins + g->losses, 0.95);
            jsonw_object(w);
            jsonw_put_text(w, "name", g->name);
            jsonw_put_i64(w, "trades", g->n);
            jsonw_put_i64(w, "wins", g->wins);
            jsonw_put_i64(w, "losses", g->losses);
            jsonw_put_f64(w, "net", money_to_f64((money_t){g->net}));
            jsonw_put_f64(w, "costs", money_to_f64((money_t){g->costs}));
            jsonw_put_f64(w, "r", g->r);
            jsonw_put_f64(w, "hit_low", hit.low);
            jsonw_put_f64(w, "hit_high", hit.high);
            jsonw_end(w);
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_calibration(const report_t *r, jsonw_t *w)
{
    jsonw_key(w, "calibration");
    jsonw_array(w);
    for (u32 i = 0; i < REPORT_BINS; i++) {
        const report_bin_t *b = &r->bin[i];
        if (b->n > 0) {
            jsonw_object(w);
            jsonw_put_f64(w, "confidence", b->confidence);
            jsonw_put_i64(w, "n", b->n);
            jsonw_put_i64(w, "gained", b->wins);
            jsonw_put_f64(w, "mean_r", b->r / (f64)b->n);
            jsonw_end(w);
        }
    }
    jsonw_end(w);
    put_metric(w, "brier", r->facts.trade_count > 0, (metric_t){r->brier, true});
}

static void json_funnel(const report_facts_t *f, jsonw_t *w)
{
    jsonw_put_u64(w, "cycles", f->cycles);
    jsonw_put_u64(w, "candidates", f->entered);
    jsonw_put_u64(w, "traded", f->traded);
    jsonw_put_u64(w, "filled", f->filled);
    jsonw_put_u64(w, "refused", f->entered - f->traded - f->handed);
    jsonw_put_u64(w, "handed_on", f->handed);
    jsonw_key(w, "funnel");
    jsonw_array(w);
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        jsonw_object(w);
        jsonw_put_i64(w, "stage", i);
        jsonw_put_text(w, "name", stage_at(i)->name);
        jsonw_put_u64(w, "in", f->in[i]);
        jsonw_put_u64(w, "out", f->out[i]);
        jsonw_put_u64(w, "refused", f->refused[i]);
        jsonw_put_u64(w, "stopped", f->stopped[i]);
        jsonw_key(w, "rules");
        jsonw_object(w);
        for (u32 k = 0; k < rule_count(); k++) {
            const rule_desc_t *d = rule_at(k);
            if (rule_stage(d->id) == i && d->id < REPORT_RULES && f->rule_decided[d->id] > 0) {
                jsonw_put_u64(w, d->name, f->rule_decided[d->id]);
            }
        }
        jsonw_end(w);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* Of one user asked for alone nothing is known of the others: their rows are left out, not shown empty. */
static void json_told(const report_facts_t *f, jsonw_t *w)
{
    jsonw_key(w, "told");
    jsonw_array(w);
    for (u32 i = 0; i < f->told_count; i++) {
        const plan_row_t *row = plan_find(f->told[i].row);
        jsonw_object(w);
        jsonw_put_text(w, "loop", row == NULL ? "of another version" : row->name);
        jsonw_put_u64(w, "count", f->told[i].count);
        jsonw_put_text(w, "last", f->told[i].text);
        if (f->users.count > 1) {
            jsonw_put_text(w, "user", report_told_user(f, &f->told[i]));
        }
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_users(const report_facts_t *f, jsonw_t *w)
{
    const report_users_t *u = &f->users;
    jsonw_key(w, "users");
    jsonw_array(w);
    for (u32 i = 0; i < u->count && u->count > 1; i++) {
        const report_user_t *v = &u->own_v[i];
        if (!report_facts_of(f, v->account)) {
            continue;
        }
        jsonw_object(w);
        jsonw_put_text(w, "name", v->name);
        jsonw_put_u64(w, "account", v->account);
        const report_account_t *shared = report_account_of(u, v->there);
        if (shared != NULL) {
            jsonw_put_text(w, "shares", shared->name);
        }
        jsonw_put_text(w, "preset", v->preset);
        jsonw_put_f64(w, "start", money_to_f64(v->start));
        jsonw_put_f64(w, "equity", money_to_f64(v->equity));
        jsonw_put_f64(w, "net", money_to_f64(v->net));
        jsonw_put_f64(w, "fees", money_to_f64(v->fees));
        jsonw_put_u64(w, "cycles", v->cycles);
        jsonw_put_u64(w, "trades", v->closed);
        jsonw_end(w);
    }
    jsonw_end(w);
}

/* Accounts that several users share; nothing where there are none. */
static void json_accounts(const report_facts_t *f, jsonw_t *w)
{
    if (f->users.shared_count == 0 || f->account != 0) {
        return;
    }
    jsonw_key(w, "shared_accounts");
    jsonw_array(w);
    for (u32 i = 0; i < f->users.shared_count; i++) {
        const report_account_t *a = &f->users.own_shared[i];
        jsonw_object(w);
        jsonw_put_text(w, "name", a->name);
        jsonw_put_u64(w, "users", a->users);
        jsonw_put_u64(w, "bunched_orders", a->bunches);
        jsonw_put_f64(w, "house", money_to_f64(a->house));
        jsonw_end(w);
    }
    jsonw_end(w);
}

void report_json(const report_t *r, jsonw_t *w)
{
    ASSERT(r != NULL && w != NULL);
    jsonw_object(w);
    json_first(r, w);
    json_users(&r->facts, w);
    json_accounts(&r->facts, w);
    jsonw_key(w, "metrics");
    jsonw_object(w);
    report_json_metrics(r, w);
    jsonw_end(w);
    json_costs(r, w);
    json_groups(r, w);
    report_json_tax(r, w);
    json_calibration(r, w);
    json_funnel(&r->facts, w);
    report_json_slices(&r->facts, w);
    report_json_share(r, w);
    json_told(&r->facts, w);
    report_json_time(&r->facts, w);
    jsonw_end(w);
}

static void csv_row(const report_t *r, const report_trade_t *trade, FILE *out)
{
    const lesson_record_t *l = &trade->l;
    char text[2][36];
    char n[6][32];
    const report_inst_t *t = &r->facts.own_insts[l->inst];
    f64 value =
        (f64)l->qty / (f64)fixed_pow10((u32)-t->exponent) * (f64)t->multiplier * (f64)l->entry / PRICE_SCALE;
    time_print(text[0], l->t_entry);
    time_print(text[1], l->t_exit);
    (void)fixed_print(n[0], sizeof n[0], l->qty, (u32)-t->exponent, 0);
    i64 const price[] = {l->entry, l->exit, l->price_max, l->price_min};
    for (u32 i = 0; i < COUNT_OF(price); i++) {
        (void)fixed_print(n[1 + i], sizeof n[1 + i], price[i], 9, 2);
    }
    char fee[32];
    (void)fixed_print(fee, sizeof fee, l->fees, 6, 2);
    (void)fixed_print(n[5], sizeof n[5], l->net, 6, 2);
    (void)fprintf(out, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%.6f,%s%s,%s,%s,%s", text[0], text[1], t->symbol,
                  l->direction > 0 ? "long" : "short", n[0], n[1], n[2], fee, n[5],
                  value > 0 ? money_to_f64((money_t){l->net}) / value : 0.0,
                  report_strategy_name(l->strategy), (l->flags & TAG_PROBE) != 0 ? " probe" : "",
                  l->reason < EXIT_REASON_COUNT ? exit_reason_name((exit_reason_t)l->reason) : "?", n[3],
                  n[4]);
    const report_user_t *user = report_facts_user(&r->facts, trade->account);
    (void)fprintf(out, "%s%s\n", user != NULL ? "," : "", user != NULL ? user->name : "");
}

err_t report_csv(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    (void)fputs(
        "open_date,close_date,symbol,side,qty,open_rate,close_rate,fee,profit_abs,profit_ratio,enter_tag,"
        "exit_reason,max_rate,min_rate",
        out);
    (void)fputs(r->facts.users.count > 1 ? ",user\n" : "\n", out);
    for (u32 i = 0; i < r->facts.trade_count; i++) {
        csv_row(r, &r->facts.own_trades[i], out);
    }
    return fflush(out) == 0 && ferror(out) == 0 ? ERR_OK : ERR_IO;
}
