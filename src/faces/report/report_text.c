/* The tear sheet as text, 100 columns. See report.h. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/report/figures.h"
#include "faces/report/report_parts.h"
#include "faces/wrap.h"
#include "loops/plan.h"
#include "quant/math/qmath.h"
#include "scan/scan.h"

enum { WIDTH = 100, ROWS_SHOWN = 5, RULES_SHOWN = 12, VALUE_COLUMN = 22, TOLD_COLUMN = 28, RULE_COLUMN = 60 };
#define RED "\033[1;31m"
#define PLAIN "\033[0m"

void report_head(FILE *out, const char *title)
{
    ASSERT(out != NULL && title != NULL);
    i32 left = WIDTH - 4 - (i32)strlen(title);
    (void)fprintf(out, "\n-- %s ", title);
    for (i32 i = 0; i < left; i++) {
        (void)fputc('-', out);
    }
    (void)fputc('\n', out);
}

void report_put_value(FILE *out, const char *label, const char *format, ...)
{
    ASSERT(out != NULL && label != NULL && format != NULL);
    char text[2 * REPORT_SENTENCE];
    va_list ap;
    va_start(ap, format);
    (void)vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    (void)fprintf(out, "%-*s", VALUE_COLUMN, label);
    put_wrapped(out, text, VALUE_COLUMN, WIDTH);
}

/* Dollars with groups of three, cents and always a sign. */
static const char *usd(char b[DOLLARS_TEXT], f64 v)
{
    return dollars_text(b, v, DOLLARS_CENTS | DOLLARS_SIGN);
}

const char *report_status(const report_facts_t *f)
{
    ASSERT(f != NULL);
    if (f->interrupted && f->origin.other_logic) { /* which may hold no place in runs.lock */
        return "interrupted or at work in another version";
    }
    return f->interrupted ? "interrupted" : run_status_name(f->run.status);
}

const char *report_hides(const report_t *r, bool of_equity, bool of_trades)
{
    ASSERT(r != NULL);
    if (of_trades && !r->enough) {
        return "under 30 trades";
    }
    if (of_equity && !r->equity_known) {
        return r->facts.day_count < 2 ? "under 2 sessions" : "equity at zero";
    }
    return NULL;
}

/* A figure or why there is none. */
static const char *figure(char b[32], const char *hidden, metric_t m, const char *fmt)
{
    if (hidden != NULL || !m.ok) {
        return hidden != NULL ? hidden : "n/a";
    }
    (void)snprintf(b, 32, fmt[0] == '%' && fmt[1] == 'p' ? "%.2f %%" : "%.2f",
                   fmt[1] == 'p' ? 100.0 * m.value : m.value);
    return b;
}

static void print_title(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    char a[11] = "";
    char b[11] = "";
    if (f->day_count > 0) {
        date_print(a, f->own_days[0].session);
        date_print(b, f->own_days[f->day_count - 1].session);
    }
    char start[32];
    (void)fprintf(out, "run %s  %s, %s, seed %llu\n", f->run.id.text, run_kind_name(f->run.kind),
                  report_status(f), (unsigned long long)f->run.seed);
    if (f->day_count > 0) {
        (void)fprintf(out, "%s to %s  %u session%s, %u symbols", a, b, f->day_count,
                      f->day_count == 1 ? "" : "s", f->inst_count);
    } else {
        (void)fprintf(out, "no session has ended, %u symbols", f->inst_count);
    }
    if (f->config_known) {
        (void)fprintf(out, ", %s, %s", profile_name(f->config.profile), preset_name(f->config.preset));
    }
    (void)fprintf(out, ", start %s\n", usd(start, money_to_f64(f->start)) + 1);
    char whose[REPORT_TEXT];
    report_facts_whose(f, whose);
    if (whose[0] != '\0') {
        char text[2 * REPORT_TEXT];
        (void)snprintf(text, sizeof text, "%s%s", whose,
                       f->account == 0 ? "; --user NAME shows one alone" : "");
        put_wrapped(out, text, 0, WIDTH);
    }
    const char *line;
    for (u32 i = 0; (line = report_origin_line(&f->origin, i)) != NULL; i++) {
        put_wrapped(out, line, 0, WIDTH);
    }
    char moments[REPORT_SENTENCE];
    if (report_facts_moments(f, moments)) {
        put_wrapped(out, moments, 0, WIDTH);
    }
}

static void print_bench(const report_t *r, FILE *out)
{
    const report_benchmarks_t *b = &r->bench;
    char held[REPORT_SENTENCE];
    if (b->proxy.known) {
        (void)snprintf(held, sizeof held, "%s held %+.2f %%", b->proxy_symbol, 100.0 * b->proxy.total);
    } else {
        (void)snprintf(held, sizeof held, "%s held: %s", b->proxy_symbol, b->proxy.why);
    }
    if (b->equal.known) {
        report_put_value(out, "benchmark", "%s;  its %u names alike, rebalanced daily %+.2f %%", held,
                         b->equal.names, 100.0 * b->equal.total);
    } else {
        report_put_value(out, "benchmark", "%s;  names alike: %s", held, b->equal.why);
    }
}

static void print_twin(const report_t *r, FILE *out)
{
    const report_twin_t *t = &r->twin;
    if (!t->known) {
        report_put_value(out, figure_label(FIGURE_TWIN), "%s", t->why);
        return;
    }
    report_put_value(out, figure_label(FIGURE_TWIN),
                     "%.1f %% of %d do worse than this run: %+.4f R against %+.4f", 100.0 * t->beaten, TWINS,
                     t->own, t->mean);
    report_put_value(out, "", "(90 %%: %+.4f to %+.4f); %u trades, same names, stops, targets, times,",
                     t->low, t->high, t->trades);
    report_put_value(out, "", "costs, %s and side drawn, no ratchets, no flips;",
                     t->by_session ? "session (of 21 from the entry)" : "hour of the same day");
    report_put_value(out, "", "the run's own entries, left like that, bring %+.4f R", t->held);
}

/* Alerts by code: engine 1xx, loops 15x, execution 12xx (their headers hold the numbers). */
const char *report_alert_name(u32 code)
{
    static const struct {
        u32 code;
        const char *name;
    } names[] = {{101, "a scan found no free slot"},
                 {102, "a corporate action could not be applied"},
                 {103, "the engine stopped twice at one place"},
                 {104, "a user's row could not be taken"},
                 {105, "a message about a halt named nothing known"},
                 {151, "a position stayed without a stop and was left at market"},
                 {152, "the circuit breaker stopped entries"},
                 {153, "the account's books did not agree"},
                 {154, "a loop went without its lease"},
                 {155, "a loop was over its budget"},
                 {156, "the kill switch did not pass its drill"},
                 {1201, "a fill came after its order had ended"},
                 {1202, "the broker spoke of an order that is not ours"},
                 {1203, "an execution was taken back"},
                 {1204, "more was filled than was ordered"},
                 {1205, "an exit failed"},
                 {1206, "a position stood without a stop"},
                 {1207, "a pool was full"},
                 {1208, "cash or positions were not the broker's"},
                 {1209, "the outcome of an order stayed unknown"},
                 {1210, "a position stood without a live stop"},
                 {1211, "what unsettled money had bought was sold too early"},
                 {1212, "what was not paid for was sold: the account froze"},
                 {1213, "an order that ended here lived at the broker"}};
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        if (names[i].code == code) {
            return names[i].name;
        }
    }
    return "an alert of another version";
}

static void print_flaws(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    bool any = f->flaws[0] != '\0';
    char adjusted[2 * REPORT_TEXT] = "";
    if (f->adjusted_to[0] != '\0') {
        (void)snprintf(adjusted, sizeof adjusted, "%sprices adjusted to %s, barred from price gates",
                       any ? "; " : "", f->adjusted_to);
        any = true;
    }
    report_put_value(out, "data flaws", "%s%s", any ? f->flaws : "none recorded by the run", adjusted);
    if (f->members_of[0] != '\0') {
        report_put_value(out, "", "survivorship: members of %s", f->members_of);
    }
    u32 warm = report_facts_warmup(f);
    if (warm > 0) {
        char day[11];
        date_print(day, f->first_candidate);
        report_put_value(out, "warm-up", "%u of %u sessions before any name came past the screen;", warm,
                         f->day_count);
        report_put_value(out, "", "every figure holds them; --trade-from %s leaves them out", day);
    }
    for (u32 i = 0; i < f->alert_count; i++) {
        const report_alert_t *a = &f->alert[i];
        report_put_value(out, i == 0 ? "alerts" : "", "%s, %llu time%s%s%s", report_alert_name(a->code),
                         (unsigned long long)a->count, a->count == 1 ? "" : "s", a->text[0] ? ": " : "",
                         a->text);
    }
}

const char *report_verdict(const report_t *r)
{
    ASSERT(r != NULL);
    bool trade_proven = r->r_known && (r->r.low > 0 || r->r.high < 0);
    if (r->distinguishable) {
        return NULL;
    }
    if (trade_proven) {
        return r->r.high < 0 ? "the year is not distinguishable from zero; the mean trade is below it"
                             : "the year is not distinguishable from zero; the mean trade is above it";
    }
    return "not distinguishable from zero";
}

static void print_verdict(const report_t *r, FILE *out, bool colour)
{
    const char *text = report_verdict(r);
    if (text != NULL) {
        (void)fprintf(out, "%s%-22s%s%s\n", colour ? RED : "", "", text, colour ? PLAIN : "");
    }
}

static void print_intervals(const report_t *r, FILE *out)
{
    f64 year = report_year(&r->facts);
    if (r->r_known) {
        report_put_value(out, figure_label(FIGURE_PER_TRADE),
                         "%+.4f R mean net;  95 %% of %u resamples of days: %+.4f to %+.4f R", r->r.point,
                         r->r.draws, r->r.low, r->r.high);
    } else {
        report_put_value(out, figure_label(FIGURE_PER_TRADE), "too few trades or days for an interval");
    }
    if (r->day_known) {
        report_put_value(out, "per year", "%+.2f %% mean daily return x %.0f;  95 %%: %+.2f to %+.2f %%",
                         100.0 * year * r->day.point, year, 100.0 * year * r->day.low,
                         100.0 * year * r->day.high);
    } else {
        report_put_value(out, "per year", "too few sessions for an interval");
    }
}

void report_print_first(const report_t *r, FILE *out, bool colour)
{
    ASSERT(r != NULL && out != NULL);
    char b[32];
    const report_facts_t *f = &r->facts;
    f64 start = money_to_f64(f->start);
    u64 probes = r->by[DIM_KIND].count > 0 && r->by[DIM_KIND].own_v[r->by[DIM_KIND].count - 1].key == 1
                     ? r->by[DIM_KIND].own_v[r->by[DIM_KIND].count - 1].n
                     : 0;
    print_title(r, out);
    report_head(out, "before any curve");
    report_put_value(out, "net result", "%+.2f R   %+.2f %%   %s", r->net_r,
                     start > 0 ? 100.0 * r->net_total / start : 0.0, usd(b, r->net_total));
    print_intervals(r, out);
    if (r->cost_share.ok) {
        report_put_value(out, "costs", "%.1f %% of gross", 100.0 * r->cost_share.value);
    } else {
        report_put_value(out, "costs", "gross is not above zero, so there is no share; %s paid",
                         usd(b, r->spread + r->slippage + r->impact + r->fees) + 1);
    }
    (void)fprintf(out, "%-22s%u closed, %llu of them probes, %u open", "trades", f->trade_count,
                  (unsigned long long)probes, f->open_positions);
    if (f->trade_count > 0) {
        (void)fprintf(out, ";  smallest edge that shows: %.3f R",
                      metrics_detectable_edge(r->distinct, METRICS_TRADE_SD));
    }
    (void)fputc('\n', out);
    if (r->distinct < f->trade_count) {
        report_put_value(out, "",
                         "of %u distinct by name, moment and side: per trade and edge count each once",
                         r->distinct);
    }
    print_bench(r, out);
    print_twin(r, out);
    char trials[REPORT_SENTENCE];
    report_facts_trials(f, trials);
    report_put_value(out, "trials", "%s", trials);
    if (report_facts_elsewhere(f, trials)) {
        report_put_value(out, "", "%s", trials);
    }
    if (report_searched_text(f, trials)) {
        report_put_value(out, "searches", "%s", trials);
    }
    if (report_planted(r, trials)) {
        report_put_value(out, "planted", "%s", trials);
    }
    for (u32 line = 0; report_found(r, line, trials); line++) {
        report_put_value(out, "", "%s", trials);
    }
    print_flaws(r, out);
    print_verdict(r, out, colour);
}

static void print_waterfall(const report_t *r, FILE *out)
{
    char b[32];
    struct {
        const char *name;
        f64 v;
    } const step[] = {{"gross at mid prices", r->gross},      {"- spread", -r->spread},
                      {"- slippage", -r->slippage},           {"- impact", -r->impact},
                      {"- fees, borrow, interest", -r->fees}, {"+ dividends", r->dividends},
                      {"= net of closed trades", r->net},     {"+ open positions, cash", r->rest},
                      {"= change of equity", r->net_total}};
    report_head(out, "from gross to net");
    for (u32 i = 0; i < COUNT_OF(step); i++) {
        (void)fprintf(out, "%-26s%20s", step[i].name, usd(b, step[i].v));
        if (i > 0 && i < 5 && r->gross > 0) {
            (void)fprintf(out, "   %6.2f %% of gross", -100.0 * step[i].v / r->gross);
        }
        (void)fputc('\n', out);
    }
    (void)fputc('\n', out);
    for (u32 k = 0; k < REPORT_COSTS; k++) {
        (void)fprintf(out, "at costs x %-4.1f            %20s   %+.4f R a trade\n", r->cost[k].factor,
                      usd(b, r->cost[k].net), r->cost[k].r);
    }
    if (r->break_even_bps.ok && r->break_even_bps.value > 0) {
        (void)fprintf(out, "%-26s%17.2f bps of the value traded\n", figure_label(FIGURE_BREAK_EVEN),
                      r->break_even_bps.value);
    }
    if (r->turnover.ok) {
        (void)fprintf(out, "%-26s%17.2f x mean equity a year\n", figure_label(FIGURE_TURNOVER),
                      r->turnover.value);
    }
    if (r->capacity.ok) {
        (void)fprintf(out, "%-26s%20s of equity\n", figure_label(FIGURE_CAPACITY),
                      usd(b, r->capacity.value) + 1);
    }
}

static void print_work(const report_t *r, FILE *out)
{
    char b[DOLLARS_TEXT];
    if (r->work.known) {
        (void)dollars_text(b, r->work.capital, DOLLARS_CENTS);
        report_put_value(out, "In the market",
                         "%.1f %% of the sessions' time, %s at work then; net is %+.2f %% of that",
                         100.0 * r->work.time, b, 100.0 * r->work.gain);
    }
}

static void print_ratios(const report_t *r, FILE *out)
{
    char b[6][32];
    const metrics_equity_t *e = &r->equity;
    const char *less = report_hides(r, true, false);
    const char *both = report_hides(r, true, true);
    const char *few = report_hides(r, false, true);
    report_head(out, "figures");
    (void)fprintf(out, "%-22s%-16s %-22s%s\n", figure_label(FIGURE_CAGR), figure(b[0], less, e->cagr, "%p"),
                  figure_label(FIGURE_SHARPE), figure(b[1], both, e->sharpe, "%f"));
    (void)fprintf(out, "%-22s%-16s %-22s%s\n", figure_label(FIGURE_SORTINO),
                  figure(b[0], both, e->sortino, "%f"), figure_label(FIGURE_CALMAR),
                  figure(b[1], both, e->calmar, "%f"));
    (void)fprintf(out, "%-22s%-16s %-22s%s\n", figure_label(FIGURE_SHARPE_ERROR),
                  figure(b[0], both, e->sharpe_error_moments, "%f"), figure_label(FIGURE_PSR),
                  figure(b[1], both, e->psr, "%f"));
    metric_t dsr = {.value = r->dsr, .ok = e->sharpe.ok};
    (void)fprintf(out, "%-22s%-16s %-22s%s\n", figure_label(FIGURE_DSR), figure(b[0], both, dsr, "%f"),
                  figure_label(FIGURE_PROFIT_FACTOR), figure(b[1], few, r->trades.profit_factor, "%f"));
    (void)fprintf(out, "%-22s%-16s %-22s%s\n", figure_label(FIGURE_SQN),
                  figure(b[0], few, r->trades.sqn, "%f"), figure_label(FIGURE_KELLY),
                  figure(b[1], few, r->trades.kelly, "%f"));
    if (r->equity_known) {
        (void)fprintf(out, "%-22s%-16s %-22s%.2f %%, %s\n", figure_label(FIGURE_VOLATILITY),
                      figure(b[0], NULL, (metric_t){e->volatility, true}, "%p"),
                      figure_label(FIGURE_DRAWDOWN), 100.0 * e->drawdown.fraction,
                      usd(b[1], -e->drawdown.absolute));
        (void)fprintf(out, "%-22s%+.2f %% / %+.2f %%   %-22s%.2f %%\n", "Best / worst day",
                      100.0 * e->best_day, 100.0 * e->worst_day, figure_label(FIGURE_VAR), 100.0 * e->var95);
        report_put_value(out, "Held at the close",
                         "%.1f %% of days, gross %.1f %%, net %+.1f %% of equity;  %s %.2f",
                         100.0 * r->exposure.in_market, 100.0 * r->exposure.mean_gross,
                         100.0 * r->exposure.mean_net, figure_label(FIGURE_ULCER), e->drawdown.ulcer);
    }
    print_work(r, out);
    u32 told = r->trades.wins + r->trades.losses;
    metrics_interval_t w = metrics_wilson(r->trades.wins, told, 0.95);
    report_put_value(out, figure_label(FIGURE_HIT_RATE), "%u of %u won, 95 %%: %.1f to %.1f %% (Wilson)",
                     r->trades.wins, told, 100.0 * w.low, 100.0 * w.high);
    if (r->against_known && both == NULL) {
        report_put_value(
            out, "Against the proxy", "beta %s, alpha %s, information ratio %s, tracking error %.2f %%",
            figure(b[0], NULL, r->against.beta, "%f"), figure(b[1], NULL, r->against.alpha, "%p"),
            figure(b[2], NULL, r->against.information_ratio, "%f"), 100.0 * r->against.tracking_error);
    }
    report_print_more(r, out);
    (void)fprintf(
        out,
        "conventions: daily equity returns incl. flat days, %u a year, risk-free rate %.1f %%; drawdown on"
        "\n  each session's last marks; win rate without results under 1 cent; no ratio under 30 trades\n",
        report_year(&r->facts), 100.0 * REPORT_RF);
}

static void print_robust(const report_t *r, FILE *out)
{
    char b[32];
    char day[11] = "none";
    if (r->best_day != 0) {
        date_print(day, r->best_day);
    }
    report_head(out, "what it hangs on");
    (void)fprintf(out, "%-34s%18s %+10.2f R\n", "all closed trades", usd(b, r->net), r->net_r);
    (void)fprintf(out, "%-34s%18s %+10.2f R\n", "without the best five trades", usd(b, r->without_best5),
                  r->without_best5_r);
    (void)fprintf(out, "without the best day, %-12s%18s %+10.2f R\n", day, usd(b, r->without_day),
                  r->without_day_r);
    (void)fprintf(out, "without the best name, %-11s%18s %+10.2f R\n",
                  r->best_symbol[0] ? r->best_symbol : "none", usd(b, r->without_symbol),
                  r->without_symbol_r);
    (void)fprintf(out, "\nsmallest edge found with 80 %% power, 5 %% one-sided, by number of trades:\n");
    static const u32 counts[] = {100, 250, 500, 1000, 2000, 5000};
    for (u32 i = 0; i < COUNT_OF(counts); i++) {
        (void)fprintf(out, "%s%u: %.3f R", i > 0 ? "   " : "  ", counts[i],
                      metrics_detectable_edge(counts[i], METRICS_TRADE_SD));
    }
    (void)fputc('\n', out);
}

static void print_part(FILE *out, const char *dim, const report_group_t *g)
{
    char b[32];
    report_mean_t m = report_mean(g->n, g->r, g->r2);
    metrics_interval_t w = metrics_wilson(g->wins, g->wins + g->losses, 0.95);
    (void)fprintf(out, "%-11s%-17.17s%7u %17s %+9.4f R", dim, g->name, g->n,
                  usd(b, money_to_f64((money_t){g->net})), m.mean);
    if (g->n > 1) {
        (void)fprintf(out, " +-%7.4f   %5.1f-%5.1f %%\n", m.error, 100.0 * w.low, 100.0 * w.high);
    } else {
        (void)fprintf(out, "\n");
    }
}

/* Names are many: the best and the worst few. */
static void print_symbols(const report_t *r, FILE *out)
{
    const report_groups_t *g = &r->by[DIM_SYMBOL];
    report_group_t *own = report_names_by_net(r);
    for (u32 i = 0; own != NULL && i < g->count; i++) {
        if (i < ROWS_SHOWN || i + ROWS_SHOWN >= g->count) {
            print_part(out, i == 0 ? "symbol" : "", &own[i]);
        } else if (i == ROWS_SHOWN) {
            (void)fprintf(out, "%-11s... %u more\n", "", g->count - 2 * ROWS_SHOWN);
        }
    }
    free(own);
}

static void print_groups(const report_t *r, FILE *out)
{
    report_head(out, "in parts");
    (void)fprintf(out, "%-11s%-17s%7s%18s%12s  %8s   %s\n", "by", "", "trades", "net", "mean", "se",
                  "hit rate 95 %");
    for (u32 d = 0; d < DIM_SYMBOL; d++) {
        for (u32 i = 0; i < r->by[d].count; i++) {
            print_part(out, i == 0 ? report_dim_name((report_dim_t)d) : "", &r->by[d].own_v[i]);
        }
    }
    print_symbols(r, out);
}

static void print_calibration(const report_t *r, FILE *out)
{
    report_head(out, "confidence against results");
    (void)fprintf(
        out, "confidence is the probability that the mean net result of this kind of trade is above zero, not"
             " the\nchance to win; if it means anything, mean R rises down this table\n");
    for (u32 i = 0; i < REPORT_BINS; i++) {
        const report_bin_t *b = &r->bin[i];
        if (b->n == 0) {
            continue;
        }
        report_mean_t m = report_mean(b->n, b->r, b->r2);
        metrics_interval_t w = metrics_wilson(b->wins, b->n, 0.95);
        (void)fprintf(out, "%.1f to %.1f   n %6u   said %.3f   gained %5.1f %% (%.1f to %.1f)   mean %+.4f R",
                      (f64)i / REPORT_BINS, (f64)(i + 1) / REPORT_BINS, b->n, b->confidence,
                      100.0 * b->wins / b->n, 100.0 * w.low, 100.0 * w.high, m.mean);
        (void)fprintf(out, b->n > 1 ? " +- %.4f\n" : "\n", m.error); /* one trade tells of no error */
    }
    if (r->facts.trade_count > 0) {
        (void)fprintf(out, "Brier score against \"the trade gained\": %.4f\n", r->brier);
    }
}

static void print_rules(const report_facts_t *f, u32 stage, FILE *out)
{
    const rule_desc_t *rule[REPORT_STAGE_RULES];
    u32 n = report_stage_rules(f, stage, rule);
    for (u32 i = 0; i < MIN_OF(n, (u32)RULES_SHOWN); i++) {
        (void)fprintf(out, "        %-20s%10llu  failed in %-9llu ", rule[i]->name,
                      (unsigned long long)f->rule_decided[rule[i]->id],
                      (unsigned long long)f->rule_failed[rule[i]->id]);
        put_wrapped(out, rule[i]->text, RULE_COLUMN, WIDTH);
    }
}

static void print_funnel(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    report_head(out, "funnel");
    char sum[REPORT_SENTENCE];
    report_facts_funnel(f, sum);
    (void)fprintf(out, "%llu cycles, %llu of them stopped\n", (unsigned long long)f->cycles,
                  (unsigned long long)f->cycles_stopped);
    put_wrapped(out, sum, 0, WIDTH);
    (void)fprintf(out, "%-4s%-28s%12s%12s%12s%12s\n", "", "stage", "in", "out", "refused", "stopped");
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        (void)fprintf(out, "%2u  %-28s%12llu%12llu%12llu%12llu\n", i, stage_at(i)->title,
                      (unsigned long long)f->in[i], (unsigned long long)f->out[i],
                      (unsigned long long)f->refused[i], (unsigned long long)f->stopped[i]);
        print_rules(f, i, out);
    }
}

/* ---- users --------------------------------------------------------------------------------------------- */

const char *const report_user_heads[USER_COLUMNS] = {"",  "preset", "start", "equity",
                                                     "%", "trades", "net",   "fees"};

void report_user_cell(const report_user_t *v, u32 column, char out[USER_CELL])
{
    ASSERT(v != NULL && column < USER_COLUMNS);
    f64 start = money_to_f64(v->start);
    f64 equity = money_to_f64(v->equity);
    f64 const amount[USER_COLUMNS] = {[2] = start,
                                      [3] = equity,
                                      [4] = start > 0 ? 100.0 * (equity / start - 1.0) : 0.0,
                                      [6] = money_to_f64(v->net),
                                      [7] = money_to_f64(v->fees)};
    if (column < 2) {
        (void)snprintf(out, USER_CELL, "%s", column == 0 ? v->name : v->preset);
    } else if (column == 5) {
        (void)snprintf(out, USER_CELL, "%llu", (unsigned long long)v->closed);
    } else {
        (void)snprintf(out, USER_CELL, "%.2f", amount[column]);
    }
}

/* As wide as the widest cell: names are told whole, and no amount runs into the next. */
static u32 user_width(const report_facts_t *f, u32 column)
{
    char cell[USER_CELL];
    u32 width = (u32)strlen(report_user_heads[column]);
    for (u32 i = 0; i < f->users.count; i++) {
        if (report_facts_of(f, f->users.own_v[i].account)) {
            report_user_cell(&f->users.own_v[i], column, cell);
            width = MAX_OF(width, (u32)strlen(cell));
        }
    }
    return width;
}

/* Words begin at the left, amounts end at the right. */
static void print_cell(FILE *out, u32 column, u32 width, const char *text)
{
    (void)fprintf(out, "%s%*s", column == 0 ? "" : "  ", column < 2 ? -(i32)width : (i32)width, text);
}

/* Who had what, and what became of it. A run of one has no such table; where one user is asked for, nothing
 * is known of the others. */
static void print_users(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    u32 width[USER_COLUMNS];
    char cell[USER_CELL];
    if (f->users.count < 2) {
        return;
    }
    report_head(out, "users");
    for (u32 c = 0; c < USER_COLUMNS; c++) {
        width[c] = user_width(f, c);
        print_cell(out, c, width[c], report_user_heads[c]);
    }
    (void)fputc('\n', out);
    for (u32 i = 0; i < f->users.count; i++) {
        const report_user_t *v = &f->users.own_v[i];
        for (u32 c = 0; report_facts_of(f, v->account) && c < USER_COLUMNS; c++) {
            report_user_cell(v, c, cell);
            print_cell(out, c, width[c], cell);
        }
        if (report_facts_of(f, v->account)) {
            (void)fprintf(out, "%s\n", v->barred ? "  barred" : "");
        }
    }
    for (u32 i = 0; f->account == 0 && i < f->users.shared_count; i++) {
        char text[160];
        report_account_text(&f->users.own_shared[i], text);
        put_wrapped(out, text, 2, WIDTH);
    }
}

const char *report_told_name(const report_told_t *t)
{
    ASSERT(t != NULL);
    const plan_row_t *row = plan_find(t->row);
    return row == NULL ? "of another version" : row->name;
}

const char *report_told_user(const report_facts_t *f, const report_told_t *t)
{
    ASSERT(f != NULL && t != NULL);
    const report_user_t *user = f->users.count > 1 ? report_facts_user(f, t->account) : NULL;
    return user == NULL ? NULL : user->name;
}

/* What loops told, how often, and the last of it: the whole is in the journal (audit export --kind
 * notice). */
static void print_told(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    if (f->told_count == 0) {
        return;
    }
    report_head(out, "told by loops, how often and what last");
    for (u32 i = 0; i < f->told_count; i++) {
        const report_told_t *t = &f->told[i];
        const char *user = report_told_user(f, t);
        char text[REPORT_SENTENCE + USER_NAME];
        (void)snprintf(text, sizeof text, "%s%s%s", user == NULL ? "" : user, user == NULL ? "" : ": ",
                       t->text);
        (void)fprintf(out, "%-20s%6llu  ", report_told_name(t), (unsigned long long)t->count);
        put_wrapped(out, text, TOLD_COLUMN, WIDTH);
    }
}

void report_print(const report_t *r, FILE *out, bool colour)
{
    ASSERT(r != NULL && out != NULL);
    report_print_first(r, out, colour);
    print_users(r, out);
    print_waterfall(r, out);
    print_ratios(r, out);
    report_print_slices(r, out);
    report_print_share(r, out);
    print_robust(r, out);
    print_groups(r, out);
    report_head(out, "tax lots");
    report_print_tax(r, out);
    print_calibration(r, out);
    print_funnel(r, out);
    print_told(r, out);
    report_print_time(r, out);
}
