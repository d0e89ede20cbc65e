/* `vitrine scan`: one cycle now, on what the bar store knows; nothing is journaled and nothing is sent. */
#include "faces/cli/app.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "drivers/feed.h"
#include "drivers/run_spec.h"
#include "drivers/runner.h"
#include "faces/cli/args.h"
#include "faces/cli/run_args.h"
#include "faces/cli/run_result.h"

/* The last cycle seen: counts and candidates, copied because the engine goes on. */
typedef struct {
    candidate_t *cand; /* LIMIT_CANDIDATES */
    u32 cand_count;
    stage_count_t count[SCAN_STAGES + 1];
    u8 stopped_stage;
    gates_t stop_gates;
    u32 universe;
    u64 by_rule[16]; /* stage 6, rule 601 + i */
    i64 now;
    regime_label_t regime;
    i64 cycle_ns;
    bool hears; /* it was asked to */
    u32 heard[BULLETIN_KINDS];
} last_t;

static void keep(last_t *k, const scan_t *s)
{
    k->cand_count = s->cand_count;
    memcpy(k->cand, s->cand, s->cand_count * sizeof *k->cand);
    memcpy(k->count, s->count, sizeof k->count);
    k->stopped_stage = s->stopped_stage;
    k->stop_gates = s->stop_gates;
    k->universe = s->universe;
    k->now = s->shared->now;
    k->regime = s->shared->regime.label;
    memset(k->by_rule, 0, sizeof k->by_rule);
    for (u32 i = 0; s->universe > 0 && i < s->shared->market->count; i++) {
        u32 mask = s->mask[i] & 0x7FFFU;
        if (mask != 0) {
            k->by_rule[__builtin_ctz(mask)]++;
        }
    }
}

static void watch(void *ctx, const runner_view_t *v)
{
    last_t *k = ctx;
    const scan_t *s = engine_last_scan(v->engine);
    if (s != NULL && v->slot >= 0) {
        keep(k, s);
        k->cycle_ns = v->step_ns;
    }
}

static err_t last_date(app_t *app, const run_spec_t *spec, date_t *out)
{
    feed_spec_t fs = {.home = app->home,
                      .timeframe = spec->timeframe,
                      .source = spec->source[0] != '\0' ? spec->source : NULL};
    feed_t *feed = NULL;
    TRY(feed_open(&fs, &app->diag, &feed));
    *out = (date_t)((feed_info(feed)->fresh_last - 1) / NS_PER_DAY); /* midnight ends a day */
    feed_close(feed);
    return ERR_OK;
}

static err_t spec_from_args(app_t *app, const args_t *args, run_spec_t *s)
{
    date_t at = 0;
    const char *tf = args_value(args, "timeframe");
    s->kind = RUN_BACKTEST;
    s->cash.v = 100000 * MONEY_SCALE;
    if (timeframe_parse(str_from(tf == NULL ? "1d" : tf), &s->timeframe) != ERR_OK) {
        return diag_fail(&app->diag, ERR_USAGE, "--timeframe %s is none of 1m, 5m, 1d", tf);
    }
    TRY(run_args_sets(app, args, s));
    TRY(args_date(args, "at", &app->diag, &at));
    if (at == 0) {
        TRY(last_date(app, s, &at));
    }
    s->trade_from = at;
    s->to = ((i64)at + 1) * NS_PER_DAY;
    s->from =
        s->to - (s->timeframe == TF_1D ? 600 : 140) * NS_PER_DAY; /* a year of daily bars, or 60 sessions */
    return ERR_OK;
}

static void print_candidate(app_t *app, const candidate_t *c, const instrument_t *table)
{
    const char *fate = c->traded ? "would be bought or sold short" : "refused";
    app_print(app, "  %-8s %-5s S %5.1f  ", table[c->inst].symbol, c->d > 0 ? "long" : "short", c->s);
    if (c->traded) {
        app_print(app, "%s: %s, stop %.2f, target %.2f\n", fate, strategy_at(c->strategy_index)->name,
                  c->stop, c->target);
        return;
    }
    for (u32 i = 0; i < c->gates.count; i++) {
        const gate_t *g = &c->gates.v[i];
        const rule_desc_t *r = rule_find(g->rule);
        if (!gate_holds(g)) {
            app_print(app, "refused at %s: %s %.6g, needs %s %.6g%s%s\n", stage_at(c->refused_stage)->name,
                      r->text, gate_value(g), gate_op_text(r->op), gate_threshold(g),
                      r->unit[0] != '\0' ? " " : "", r->unit);
            return;
        }
    }
}

static void print_heard(app_t *app, const last_t *k)
{
    u32 kinds = 0;
    for (u32 i = 0; i < BULLETIN_KINDS; i++) {
        if (k->heard[i] > 0) {
            app_print(app, "%s%u %s", kinds++ == 0 ? "heard by then: " : ", ", k->heard[i],
                      bulletin_kind_name((bulletin_kind_t)i));
        }
    }
    app_print(app, "%s\n", kinds > 0 ? "" : "heard by then: nothing of these sets and names was known");
}

static void print_text(app_t *app, const last_t *k, const source_t *source)
{
    char at[36];
    time_print(at, k->now);
    app_print(app, "one cycle at %s, regime %s, %u symbols, %.2f ms\n", at, regime_label_name(k->regime),
              k->universe, (f64)k->cycle_ns / 1e6);
    if (k->hears) {
        print_heard(app, k);
    }
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        app_print(app, "%3u  %-34s in %6u  out %6u  refused %6u%s\n", i, stage_at(i)->title, k->count[i].in,
                  k->count[i].out, k->count[i].refused, k->stopped_stage == i ? "  stopped here" : "");
    }
    for (u32 i = 0; i < COUNT_OF(k->by_rule); i++) {
        const rule_desc_t *r = rule_find((u16)(RULE_HISTORY + i));
        if (k->by_rule[i] > 0 && r != NULL) {
            app_print(app, "     %-40s %6llu\n", r->text, (unsigned long long)k->by_rule[i]);
        }
    }
    for (u32 i = 0; i < k->stop_gates.count && k->stopped_stage != 0; i++) {
        const gate_t *g = &k->stop_gates.v[i];
        const rule_desc_t *r = rule_find(g->rule);
        app_print(app, "     %s: %.6g, needs %s %.6g %s%s\n", r->text, gate_value(g), gate_op_text(r->op),
                  gate_threshold(g), r->unit, gate_holds(g) ? "" : "  <- stops the cycle");
    }
    for (u32 i = 0; i < k->cand_count; i++) {
        print_candidate(app, &k->cand[i], source->instruments);
    }
}

static void print_json(app_t *app, const last_t *k, const source_t *source)
{
    char at[36];
    jsonw_t *w = &app->jw;
    time_print(at, k->now);
    jsonw_object(w);
    jsonw_put_text(w, "at", at);
    jsonw_put_text(w, "regime", regime_label_name(k->regime));
    jsonw_put_i64(w, "universe", k->universe);
    jsonw_put_i64(w, "stopped_stage", k->stopped_stage);
    jsonw_put_f64(w, "cycle_ms", (f64)k->cycle_ns / 1e6);
    if (k->hears) {
        jsonw_key(w, "heard");
        jsonw_object(w);
        for (u32 i = 0; i < BULLETIN_KINDS; i++) {
            if (k->heard[i] > 0) {
                jsonw_put_i64(w, bulletin_kind_name((bulletin_kind_t)i), k->heard[i]);
            }
        }
        jsonw_end(w);
    }
    jsonw_key(w, "stages");
    jsonw_array(w);
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        jsonw_object(w);
        jsonw_put_text(w, "name", stage_at(i)->name);
        jsonw_put_i64(w, "in", k->count[i].in);
        jsonw_put_i64(w, "out", k->count[i].out);
        jsonw_put_i64(w, "refused", k->count[i].refused);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key(w, "candidates");
    jsonw_array(w);
    for (u32 i = 0; i < k->cand_count; i++) {
        const candidate_t *c = &k->cand[i];
        jsonw_object(w);
        jsonw_put_text(w, "symbol", source->instruments[c->inst].symbol);
        jsonw_put_i64(w, "direction", c->d);
        jsonw_put_f64(w, "screen", c->s);
        jsonw_put_i64(w, "refused_stage", c->refused_stage);
        jsonw_put_bool(w, "traded", c->traded);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
    jsonw_line(w);
}

static err_t scan_with(app_t *app, const args_t *args, run_spec_t *spec, last_t *k)
{
    feed_source_t *feed = NULL;
    runner_result_t result;
    TRY(spec_from_args(app, args, spec));
    TRY(feed_source_open(spec, app->home, &app->diag, &feed));
    source_t source = feed_source_of(feed);
    config_t config =
        settings_with_profile(&app->settings, spec->timeframe == TF_1D ? PROFILE_SWING : PROFILE_DAY);
    err_t err = config_from_sets(app, args, &config);
    runner_spec_t rs = {.source = &source,
                        .config = &config,
                        .seed = (u64)app->settings.process.seed,
                        .incarnation = run_incarnation(0, &config, &source),
                        .cash = spec->cash,
                        .profile = config.profile,
                        .trade_from = spec->trade_from,
                        .untradable_proxy = true,
                        .lookahead = true,
                        .kernel_level = kernel_level_from(NULL),
                        .ctx = k,
                        .watch = watch};
    if (err == ERR_OK) {
        err = runner_run(&rs, &app->diag, &result);
    }
    if (err == ERR_OK && k->now == 0) {
        err = diag_fail(&app->diag, ERR_EMPTY,
                        "no bar on the asked day\ndo: `vitrine data list` shows the range");
    }
    k->hears = spec->news[0] != '\0';
    feed_source_heard(feed, k->now, k->heard);
    if (err == ERR_OK && app->json) {
        print_json(app, k, &source);
    } else if (err == ERR_OK) {
        print_text(app, k, &source);
    }
    feed_source_close(feed);
    return err;
}

static err_t scan_run(app_t *app, const args_t *args)
{
    char *symbols = calloc(1, RUN_SPEC_SYMBOLS);
    last_t k = {.cand = calloc(LIMIT_CANDIDATES, sizeof(candidate_t))};
    run_spec_t spec = {.symbols = symbols};
    err_t err = symbols == NULL || k.cand == NULL ? ERR_NO_MEMORY : scan_with(app, args, &spec, &k);
    free(symbols);
    free(k.cand);
    return err;
}

const verb_desc_t verb_scan = {
    .name = "scan",
    .summary = "one cycle now: the thirteen stages with counts and refusals",
    .usage = "[--at DATE] [--source NAME]",
    .detail = "Works on the newest day of the bar store, or on --at. Nothing is journaled, nothing is sent.",
    .example =
        "vitrine scan --source sp500_daily --proxy SPY --proxy-source lean_equity_daily --at 2019-10-01",
    .options = {{"at", "DATE", "the day to scan"},
                {"source", "NAME", "data set in the bar store"},
                {"timeframe", "TF", "1d, 5m or 1m"},
                {"proxy", "SYMBOL", "regime proxy"},
                {"proxy-source", "NAME", "data set of the proxy"},
                {"news", "SETS", "hear records of these sets (docs/data.md), or all"},
                {"members", "SET", "trade a name while it is in this list: a set of records, or SET/LIST"},
                {"vix", "SYMBOL", "volatility index, usually VIX"},
                {"vix-source", "NAME", "data set of the index"},
                {"set", "KEY=VALUE", "any setting, repeatable", .repeatable = true},
                {NULL, NULL, NULL}},
    .words_max = 0,
    .run = scan_run,
};
