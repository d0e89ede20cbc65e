/* The tables of the tear sheet. See html_parts.h. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/report/figures.h"
#include "faces/report/html_parts.h"
#include "quant/math/qmath.h"
#include "scan/scan.h"
#include "trade/portfolio/account.h"

enum { TRADES_SHOWN = 2000, SYMBOLS_SHOWN = 8, RULES_SHOWN = 6 };

static void row(FILE *out, const char *name, const char *text)
{
    (void)fputs("<tr><th>", out);
    html_text(out, name);
    (void)fputs("</th><td>", out);
    html_text(out, text);
    (void)fputs("</td></tr>\n", out);
}

/* ---- before any curve ---------------------------------------------------------------------------------- */

static void first_bench(const report_t *r, FILE *out)
{
    char text[240];
    const report_benchmarks_t *b = &r->bench;
    if (b->proxy.known) {
        (void)snprintf(text, sizeof text, "%+.2f %%", 100.0 * b->proxy.total);
    } else {
        (void)snprintf(text, sizeof text, "%s", b->proxy.why);
    }
    char name[64];
    (void)snprintf(name, sizeof name, "%.24s held", b->proxy_symbol);
    row(out, name, text);
    if (b->equal.known) {
        (void)snprintf(text, sizeof text, "%+.2f %%, %u names rebalanced daily", 100.0 * b->equal.total,
                       b->equal.names);
    } else {
        (void)snprintf(text, sizeof text, "%s", b->equal.why);
    }
    row(out, "its names alike", text);
    const report_twin_t *t = &r->twin;
    if (t->known) {
        (void)snprintf(text, sizeof text,
                       "%.1f %% of %d do worse: %+.4f R against %+.4f (90 %%: %+.4f to %+.4f), %u "
                       "trades, %s and side drawn; these entries without ratchets and flips: %+.4f R",
                       100.0 * t->beaten, TWINS, t->own, t->mean, t->low, t->high, t->trades,
                       t->by_session ? "session" : "hour", t->held);
    } else {
        (void)snprintf(text, sizeof text, "%s", t->why);
    }
    row(out, figure_label(FIGURE_TWIN), text);
}

static void first_flaws(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    char text[320];
    row(out, "data flaws", f->flaws[0] != '\0' ? f->flaws : "none recorded by the run");
    if (f->adjusted_to[0] != '\0') {
        (void)snprintf(text, sizeof text, "adjusted to %s, barred from price gates", f->adjusted_to);
        row(out, "prices", text);
    }
    if (f->members_of[0] != '\0') {
        (void)snprintf(text, sizeof text, "members of %s", f->members_of);
        row(out, "survivorship", text);
    }
    u32 warm = report_facts_warmup(f);
    if (warm > 0) {
        char day[11];
        date_print(day, f->first_candidate);
        (void)snprintf(text, sizeof text,
                       "%u of %u sessions before any name came past the screen, in every figure; "
                       "--trade-from %s leaves them out",
                       warm, f->day_count, day);
        row(out, "warm-up", text);
    }
    for (u32 i = 0; i < f->alert_count; i++) {
        const report_alert_t *a = &f->alert[i];
        (void)snprintf(text, sizeof text, "%s, %llu time%s", report_alert_name(a->code),
                       (unsigned long long)a->count, a->count == 1 ? "" : "s");
        row(out, i == 0 ? "alerts" : "", text);
    }
}

static void first_result(const report_t *r, FILE *out)
{
    char text[240];
    char usd[32];
    f64 start = money_to_f64(r->facts.start);
    f64 year = report_year(&r->facts);
    (void)snprintf(text, sizeof text, "%+.2f R, %+.2f %%, %s", r->net_r,
                   start > 0 ? 100.0 * r->net_total / start : 0.0,
                   dollars_text(usd, r->net_total, DOLLARS_CENTS));
    row(out, "net result", text);
    if (r->r_known) {
        (void)snprintf(text, sizeof text, "%+.4f R; 95 %% of %u resamples of days %+.4f to %+.4f R",
                       r->r.point, r->r.draws, r->r.low, r->r.high);
    }
    row(out, "mean trade, net", r->r_known ? text : "too few trades or days for an interval");
    if (r->day_known) {
        (void)snprintf(text, sizeof text, "%+.2f %%; 95 %% %+.2f to %+.2f %%", 100.0 * year * r->day.point,
                       100.0 * year * r->day.low, 100.0 * year * r->day.high);
    }
    char label[40];
    (void)snprintf(label, sizeof label, "a year (mean day x %.0f)", year);
    row(out, label, r->day_known ? text : "too few sessions for an interval");
    if (r->cost_share.ok) {
        (void)snprintf(text, sizeof text, "%.1f %% of gross", 100.0 * r->cost_share.value);
    } else {
        (void)snprintf(text, sizeof text, "gross is not above zero, so there is no share; %s paid",
                       dollars_text(usd, r->spread + r->slippage + r->impact + r->fees, DOLLARS_CENTS));
    }
    row(out, "costs", text);
}

void html_first(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    char text[240];
    const report_facts_t *f = &r->facts;
    u32 probes = 0;
    for (u32 i = 0; i < f->trade_count; i++) {
        probes += (f->own_trades[i].l.flags & TAG_PROBE) != 0 ? 1 : 0;
    }
    const char *verdict = report_verdict(r);
    if (verdict != NULL) {
        (void)fputs("<p class=\"verdict\">", out);
        html_text(out, verdict);
        (void)fputs("</p>\n", out);
    }
    (void)fputs("<div class=\"wide\"><table class=\"facts\">\n", out);
    first_result(r, out);
    char distinct[96] = "";
    if (r->distinct < f->trade_count) {
        (void)snprintf(distinct, sizeof distinct,
                       ", of %u distinct by name, moment and side, each of which counts once", r->distinct);
    }
    (void)snprintf(text, sizeof text,
                   "%u closed, %u of them probes, %u open; smallest edge that shows %.3f R%s", f->trade_count,
                   probes, f->open_positions,
                   metrics_detectable_edge(MAX_OF(r->distinct, 1U), METRICS_TRADE_SD), distinct);
    row(out, "trades", text);
    first_bench(r, out);
    report_facts_trials(f, text);
    row(out, "trials", text);
    if (report_facts_elsewhere(f, text)) {
        row(out, "", text);
    }
    if (report_searched_text(f, text)) {
        row(out, "searches", text);
    }
    if (report_planted(r, text)) {
        row(out, "planted", text);
    }
    for (u32 line = 0; report_found(r, line, text); line++) {
        row(out, "", text);
    }
    first_flaws(r, out);
    (void)fputs("</table></div>\n", out);
}

/* ---- figures ------------------------------------------------------------------------------------------- */

static void figure(FILE *out, const char *name, const char *hidden, metric_t m, bool percent)
{
    char text[48];
    if (hidden == NULL && m.ok) {
        (void)snprintf(text, sizeof text, percent ? "%.2f %%" : "%.2f", percent ? 100.0 * m.value : m.value);
    }
    row(out, name, hidden != NULL ? hidden : m.ok ? text : "n/a");
}

static metric_t some(f64 v)
{
    return (metric_t){.value = v, .ok = true};
}

void html_figures(const report_t *r, FILE *out)
{
    const metrics_equity_t *e = &r->equity;
    const char *less = report_hides(r, true, false);
    const char *both = report_hides(r, true, true);
    const char *few = report_hides(r, false, true);
    const char *bench = both != NULL                    ? both
                        : r->against_known              ? NULL
                        : r->bench.proxy.why[0] != '\0' ? r->bench.proxy.why
                                                        : "under 3 sessions";
    char text[96];
    (void)fputs("<div class=\"pair\"><div class=\"wide\"><table class=\"facts\">\n", out);
    figure(out, figure_label(FIGURE_CAGR), less, e->cagr, true);
    figure(out, figure_label(FIGURE_SHARPE), both, e->sharpe, false);
    figure(out, "Sharpe, standard error", both, e->sharpe_error_moments, false);
    figure(out, figure_label(FIGURE_SORTINO), both, e->sortino, false);
    figure(out, figure_label(FIGURE_CALMAR), both, e->calmar, false);
    figure(out, figure_label(FIGURE_PSR), both, e->psr, false);
    figure(out, figure_label(FIGURE_DSR), both, (metric_t){.value = r->dsr, .ok = e->sharpe.ok}, false);
    figure(out, figure_label(FIGURE_VOLATILITY), less, some(e->volatility), true);
    figure(out, figure_label(FIGURE_DRAWDOWN), less, some(e->drawdown.fraction), true);
    figure(out, figure_label(FIGURE_ULCER), less, some(e->drawdown.ulcer), false);
    figure(out, "Value at risk 95 %, a day", less, some(e->var95), true);
    (void)fputs("</table></div><div class=\"wide\"><table class=\"facts\">\n", out);
    u32 told = r->trades.wins + r->trades.losses;
    metrics_interval_t w = metrics_wilson(r->trades.wins, told, 0.95);
    (void)snprintf(text, sizeof text, "%u of %u; 95 %% %.1f to %.1f %%", r->trades.wins, told, 100.0 * w.low,
                   100.0 * w.high);
    row(out, "Won", text);
    figure(out, figure_label(FIGURE_PROFIT_FACTOR), few, r->trades.profit_factor, false);
    figure(out, figure_label(FIGURE_SQN), few, r->trades.sqn, false);
    figure(out, figure_label(FIGURE_KELLY), few, r->trades.kelly, false);
    figure(out, "Days held at the close", less, some(r->exposure.in_market), true);
    figure(out, "Gross at the close, mean", less, some(r->exposure.mean_gross), true);
    figure(out, "Net at the close, mean", less, some(r->exposure.mean_net), true);
    const char *no_work = r->work.known ? NULL : "by day only";
    figure(out, "Time in the market", no_work, some(r->work.time), true);
    figure(out, "Net over capital at work", no_work, some(r->work.gain), true);
    figure(out, "Beta to the proxy", bench, r->against.beta, false);
    figure(out, "Alpha, a year", bench, r->against.alpha, true);
    figure(out, "Information ratio", bench, r->against.information_ratio, false);
    figure(out, "Turnover, x equity a year", NULL, r->turnover, false);
    (void)fputs("</table></div></div>\n", out);
}

void html_costs_table(const report_t *r, FILE *out)
{
    char usd[32];
    char text[120];
    (void)fputs("<div class=\"wide\"><table class=\"facts\">\n", out);
    for (u32 k = 0; k < REPORT_COSTS; k++) {
        char name[48];
        (void)snprintf(name, sizeof name, "at costs x %.1f", r->cost[k].factor);
        (void)snprintf(text, sizeof text, "%s, %+.4f R a trade",
                       dollars_text(usd, r->cost[k].net, DOLLARS_CENTS), r->cost[k].r);
        row(out, name, text);
    }
    if (r->break_even_bps.ok && r->break_even_bps.value > 0) {
        (void)snprintf(text, sizeof text, "%.2f bps of the value traded", r->break_even_bps.value);
        row(out, "costs that eat it all", text);
    }
    if (r->capacity.ok) {
        row(out, "impact takes half at", dollars_text(usd, r->capacity.value, DOLLARS_WHOLE));
    }
    (void)fputs("</table></div>\n", out);
}

void html_robust(const report_t *r, FILE *out)
{
    char day[11] = "none";
    if (r->best_day != 0) {
        date_print(day, r->best_day);
    }
    char name[80];
    char usd[32];
    char text[96];
    const struct {
        const char *fmt, *what;
        f64 net, net_r;
    } part[] = {{"all closed trades", "", r->net, r->net_r},
                {"without the best five trades", "", r->without_best5, r->without_best5_r},
                {"without the best day, %s", day, r->without_day, r->without_day_r},
                {"without the best name, %s", r->best_symbol[0] != '\0' ? r->best_symbol : "none",
                 r->without_symbol, r->without_symbol_r}};
    (void)fputs("<div class=\"wide\"><table class=\"facts\">\n", out);
    for (u32 i = 0; i < COUNT_OF(part); i++) {
        if (i < 2) {
            (void)snprintf(name, sizeof name, "%s", part[i].fmt);
        } else {
            (void)snprintf(name, sizeof name,
                           i == 2 ? "without the best day, %s" : "without the best name, %s", part[i].what);
        }
        (void)snprintf(text, sizeof text, "%s, %+.2f R", dollars_text(usd, part[i].net, DOLLARS_CENTS),
                       part[i].net_r);
        row(out, name, text);
    }
    (void)fputs("</table></div>\n", out);
}

/* ---- users --------------------------------------------------------------------------------------------- */

void html_users(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    char cell[USER_CELL];
    (void)fputs("<div class=\"wide\"><table class=\"parts\"><tr>", out);
    for (u32 c = 0; c < USER_COLUMNS; c++) {
        (void)fprintf(out, "<th%s>%s</th>", c < 2 ? " class=\"name\"" : "", report_user_heads[c]);
    }
    (void)fputs("</tr>\n", out);
    for (u32 i = 0; i < f->users.count; i++) {
        const report_user_t *v = &f->users.own_v[i];
        if (!report_facts_of(f, v->account)) {
            continue;
        }
        (void)fputs("<tr>", out);
        for (u32 c = 0; c < USER_COLUMNS; c++) {
            report_user_cell(v, c, cell);
            (void)fputs(c < 2 ? "<th class=\"name\">" : "<td>", out);
            html_text(out, cell);
            (void)fputs(c == 1 && v->barred ? ", barred" : "", out);
            (void)fputs(c < 2 ? "</th>" : "</td>", out);
        }
        (void)fputs("</tr>\n", out);
    }
    (void)fputs("</table></div>\n", out);
    for (u32 i = 0; f->account == 0 && i < f->users.shared_count; i++) {
        char text[160];
        report_account_text(&f->users.own_shared[i], text);
        (void)fputs("<p>", out);
        html_text(out, text);
        (void)fputs("</p>\n", out);
    }
}

/* ---- parts --------------------------------------------------------------------------------------------- */

/* Mean R with its interval as a bar around a zero line in the middle of the cell; one R wide on each side. */
static void part(FILE *out, const char *dim, const report_group_t *g)
{
    report_mean_t m = report_mean(g->n, g->r, g->r2);
    f64 low = 50.0 + 50.0 * q_clamp(m.mean - 1.96 * m.error, -1.0, 1.0);
    f64 high = 50.0 + 50.0 * q_clamp(m.mean + 1.96 * m.error, -1.0, 1.0);
    f64 at = 50.0 + 50.0 * q_clamp(m.mean, -1.0, 1.0);
    metrics_interval_t w = metrics_wilson(g->wins, g->wins + g->losses, 0.95);
    char usd[32];
    (void)fputs("<tr><th>", out);
    html_text(out, dim);
    (void)fputs("</th><th class=\"name\">", out);
    html_text(out, g->name);
    (void)fprintf(out, "</th><td>%u</td><td>%s</td><td>%+.4f</td>", g->n,
                  dollars_text(usd, money_to_f64((money_t){g->net}), DOLLARS_WHOLE), m.mean);
    (void)fprintf(out, g->n > 1 ? "<td>%.4f</td>" : "<td></td>", m.error); /* one trade tells of no error */
    (void)fprintf(out, "<td>%.0f to %.0f %%</td>", 100.0 * w.low, 100.0 * w.high);
    (void)fprintf(out,
                  "<td class=\"spark\"><svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\">"
                  "<line class=\"rule\" x1=\"50\" x2=\"50\" y1=\"0\" y2=\"10\"/>"
                  "<line class=\"whisker\" x1=\"%.1f\" x2=\"%.1f\" y1=\"5\" y2=\"5\"/>"
                  "<rect class=\"%s\" x=\"%.1f\" y=\"1.5\" width=\"2\" height=\"7\"/></svg></td></tr>\n",
                  low, high, m.mean < 0 ? "lost" : "won", at - 1.0);
}

static void symbols(const report_t *r, FILE *out)
{
    const report_groups_t *g = &r->by[DIM_SYMBOL];
    report_group_t *own = report_names_by_net(r);
    for (u32 i = 0; own != NULL && i < g->count; i++) {
        if (i < SYMBOLS_SHOWN || i + SYMBOLS_SHOWN >= g->count) {
            part(out, i == 0 ? "symbol" : "", &own[i]);
        } else if (i == SYMBOLS_SHOWN) {
            (void)fprintf(out, "<tr><th></th><th class=\"name\">%u more</th><td colspan=\"6\"></td></tr>\n",
                          g->count - 2 * SYMBOLS_SHOWN);
        }
    }
    free(own);
}

void html_groups(const report_t *r, FILE *out)
{
    (void)fputs("<div class=\"wide\"><table class=\"parts\">"
                "<tr><th>by</th><th></th><th>trades</th><th>net</th><th>mean R</th>"
                "<th>error</th><th>won, 95 %</th><th>-1 R &nbsp; 0 &nbsp; +1 R</th></tr>\n",
                out);
    for (u32 d = 0; d < DIM_SYMBOL; d++) {
        for (u32 i = 0; i < r->by[d].count; i++) {
            part(out, i == 0 ? report_dim_name((report_dim_t)d) : "", &r->by[d].own_v[i]);
        }
    }
    symbols(r, out);
    (void)fputs("</table></div>\n", out);
}

/* ---- windows ------------------------------------------------------------------------------------------- */

/* Spans of SPY's closes: from the highest close before the fall to its lowest. */
static const struct {
    const char *name;
    i32 from, to; /* yyyymmdd */
} windows[] = {{"dot-com bust", 20000324, 20021009},
               {"credit crisis", 20071009, 20090309},
               {"flash crash and Greece", 20100423, 20100702},
               {"downgrade of the US", 20110429, 20111003},
               {"yuan and oil", 20150721, 20160211},
               {"winter of 2018", 20180920, 20181224},
               {"pandemic", 20200219, 20200323},
               {"rates of 2022", 20220103, 20221012},
               {"tariffs of 2025", 20250219, 20250408}};

void html_windows(const curves_t *s, FILE *out)
{
    u32 shown = 0;
    for (u32 k = 0; k < COUNT_OF(windows); k++) {
        date_t from =
            date_from_ymd(windows[k].from / 10000, windows[k].from / 100 % 100, windows[k].from % 100);
        date_t to = date_from_ymd(windows[k].to / 10000, windows[k].to / 100 % 100, windows[k].to % 100);
        f64 own = 1.0;
        f64 held = 1.0;
        u32 days = 0;
        for (u32 i = 1; i < s->n; i++) {
            if (s->day[i] > from && s->day[i] <= to) {
                own *= 1.0 + s->ret[i];
                held *= s->proxy != NULL ? (1.0 + s->proxy[i]) / (1.0 + s->proxy[i - 1]) : 1.0;
                days++;
            }
        }
        if (days == 0) {
            continue;
        }
        (void)fputs(shown++ == 0
                        ? "<div class=\"wide\"><table class=\"parts\">"
                          "<tr><th>window</th><th>sessions of it</th><th>run</th>"
                          "<th>proxy</th></tr>\n"
                        : "",
                    out);
        (void)fprintf(out, "<tr><th>%s</th><td>%u</td><td>%+.2f %%</td>", windows[k].name, days,
                      100.0 * (own - 1.0));
        (void)fprintf(out, s->proxy != NULL ? "<td>%+.2f %%</td></tr>\n" : "<td></td></tr>\n",
                      100.0 * (held - 1.0));
    }
    (void)fputs(shown > 0 ? "</table></div>\n" : "<p>No window of the list lies in this run.</p>\n", out);
}

/* ---- refusals ------------------------------------------------------------------------------------------ */

static void stage_rules(const report_facts_t *f, u32 stage, FILE *out)
{
    const rule_desc_t *rule[REPORT_STAGE_RULES];
    u32 n = report_stage_rules(f, stage, rule);
    for (u32 i = 0; i < MIN_OF(n, (u32)RULES_SHOWN); i++) {
        (void)fprintf(
            out, "<tr><th>%s</th><th class=\"name\">%s</th><td>%llu</td><td>%llu</td><td class=\"text\">",
            i == 0 ? stage_at(stage)->title : "", rule[i]->name,
            (unsigned long long)f->rule_decided[rule[i]->id],
            (unsigned long long)f->rule_failed[rule[i]->id]);
        html_text(out, rule[i]->text);
        (void)fputs("</td></tr>\n", out);
    }
}

void html_rules(const report_t *r, FILE *out)
{
    (void)fputs("<div class=\"wide\"><table class=\"parts\"><tr><th>stage</th><th "
                "class=\"name\">rule</th><th>decided</th><th>failed in</th>"
                "<th class=\"text\">asks</th></tr>\n",
                out);
    for (u32 i = 1; i <= SCAN_STAGES; i++) {
        stage_rules(&r->facts, i, out);
    }
    (void)fputs("</table></div>\n", out);
}

/* ---- told ---------------------------------------------------------------------------------------------- */

void html_told(const report_t *r, FILE *out)
{
    ASSERT(r != NULL && out != NULL);
    const report_facts_t *f = &r->facts;
    (void)fputs("<div class=\"wide\"><table class=\"parts\"><tr><th>loop</th><th>times</th>"
                "<th class=\"text\">last</th></tr>\n",
                out);
    for (u32 i = 0; i < f->told_count; i++) {
        (void)fprintf(out, "<tr><th>%s</th><td>%llu</td><td class=\"text\">", report_told_name(&f->told[i]),
                      (unsigned long long)f->told[i].count);
        const char *user = report_told_user(f, &f->told[i]);
        if (user != NULL) {
            html_text(out, user);
            (void)fputs(": ", out);
        }
        html_text(out, f->told[i].text);
        (void)fputs("</td></tr>\n", out);
    }
    (void)fputs("</table></div>\n", out);
}

/* ---- trades -------------------------------------------------------------------------------------------- */

void html_trades(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    u32 from = f->trade_count > TRADES_SHOWN ? f->trade_count - TRADES_SHOWN : 0;
    bool many = f->users.count > 1 && f->account == 0; /* else it is said once, at the head */
    (void)fprintf(out,
                  "<details><summary>%s %u trades</summary><div class=\"wide\"><table class=\"parts\">\n"
                  "<tr>%s<th>entry</th><th>exit</th><th>symbol</th><th>side</th><th>strategy</th><th>in</th>"
                  "<th>out</th><th>net</th><th>R</th><th>reason</th></tr>\n",
                  from > 0 ? "The last" : "All", f->trade_count - from,
                  many ? "<th class=\"name\">user</th>" : "");
    for (u32 i = from; i < f->trade_count; i++) {
        const lesson_record_t *l = &f->own_trades[i].l;
        char entry[36];
        char exit_time[36];
        char usd[32];
        time_print(entry, l->t_entry);
        time_print(exit_time, l->t_exit);
        (void)fputs("<tr>", out);
        if (many) {
            const report_user_t *u = report_facts_user(f, f->own_trades[i].account);
            (void)fputs("<th class=\"name\">", out);
            html_text(out, u != NULL ? u->name : "");
            (void)fputs("</th>", out);
        }
        (void)fprintf(out, "<td>%.16s</td><td>%.16s</td><th class=\"name\">", entry, exit_time);
        html_text(out, f->own_insts[l->inst].symbol);
        (void)fprintf(out,
                      "</th><td>%s%s</td><td>%s</td><td>%.2f</td><td>%.2f</td><td>%s</td><td>%+.2f</"
                      "td><td>%s</td></tr>\n",
                      l->direction > 0 ? "long" : "short", (l->flags & TAG_PROBE) != 0 ? ", probe" : "",
                      report_strategy_name(l->strategy), (f64)l->entry / PRICE_SCALE,
                      (f64)l->exit / PRICE_SCALE,
                      dollars_text(usd, money_to_f64((money_t){l->net}), DOLLARS_CENTS),
                      (f64)l->net_r / 1e6,
                      l->reason < EXIT_REASON_COUNT ? exit_reason_name((exit_reason_t)l->reason) : "?");
    }
    (void)fputs("</table></div></details>\n", out);
}
