/* The pictures of the tear sheet. See html_parts.h. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "faces/report/html_parts.h"
#include "quant/math/qmath.h"
#include "scan/scan.h"

enum { DOTS_MAX = 3000, MONTHS = 12, TIP = 160 };

static void range_of(const f64 *v, u32 n, f64 *low, f64 *high)
{
    for (u32 i = 0; i < n; i++) {
        *low = q_min(*low, v[i]);
        *high = q_max(*high, v[i]);
    }
}

void html_chart_equity(const report_t *r, const curves_t *s, FILE *out)
{
    svg_plot_t p;
    f64 low = 0;
    f64 high = 0;
    range_of(s->growth, s->n, &low, &high);
    bool held = s->proxy != NULL && r->bench.proxy.known;
    if (held) {
        range_of(s->proxy, s->n, &low, &high);
    }
    svg_begin(&p, out, 320, "Growth of equity and of the proxy held, in percent of the start");
    svg_range(&p, 0, (f64)s->n - 1.0, low, high);
    svg_axis_y(&p, SVG_PERCENT);
    svg_axis_days(&p, s->day, s->n);
    if (held) {
        svg_line(&p, s->proxy, s->n, "other");
    }
    svg_line(&p, s->growth, s->n, "own");
    svg_end(&p);
}

void html_chart_under(const curves_t *s, FILE *out)
{
    svg_plot_t p;
    f64 low = 0;
    f64 high = 0;
    range_of(s->under, s->n, &low, &high);
    svg_begin(&p, out, 170, "Drawdown: distance below the highest equity so far");
    svg_range(&p, 0, (f64)s->n - 1.0, low, high);
    svg_axis_y(&p, SVG_PERCENT);
    svg_axis_days(&p, s->day, s->n);
    svg_area(&p, s->under, s->n, "loss");
    svg_line(&p, s->under, s->n, "lost");
    svg_end(&p);
}

static void one_rolling(const curves_t *s, FILE *out, const f64 *v, const char *name)
{
    u32 skip = ROLLING_DAYS - 1;
    svg_plot_t p;
    f64 low = 0;
    f64 high = 0;
    range_of(v + skip, s->n - skip, &low, &high);
    svg_begin(&p, out, 170, name);
    svg_range(&p, 0, (f64)(s->n - skip) - 1.0, low, high);
    svg_axis_y(&p, SVG_PLAIN);
    svg_axis_days(&p, s->day + skip, s->n - skip);
    svg_line(&p, v + skip, s->n - skip, "own");
    svg_end(&p);
}

void html_chart_rolling(const curves_t *s, FILE *out)
{
    ASSERT(s->n >= ROLLING_DAYS);
    (void)fputs("<h3>Sharpe of the last 126 sessions</h3>", out);
    one_rolling(s, out, s->sharpe, "Rolling Sharpe");
    if (s->beta != NULL) {
        (void)fputs("<h3>Beta to the proxy, last 126 sessions</h3>", out);
        one_rolling(s, out, s->beta, "Rolling beta");
    }
}

void html_chart_fan(const curves_t *s, FILE *out)
{
    ASSERT(s->fan_known);
    svg_plot_t p;
    f64 low = 0;
    f64 high = 0;
    range_of(s->fan[0], FAN_POINTS, &low, &high);
    range_of(s->fan[FAN_LINES - 1], FAN_POINTS, &low, &high);
    svg_begin(&p, out, 220, "Equity of resampled histories: 5, 25, 50, 75 and 95 percent");
    svg_range(&p, 0, FAN_POINTS - 1.0, low, high);
    svg_axis_y(&p, SVG_PERCENT);
    svg_band(&p, s->fan[0], s->fan[4], FAN_POINTS, "wide");
    svg_band(&p, s->fan[1], s->fan[3], FAN_POINTS, "narrow");
    svg_line(&p, s->fan[2], FAN_POINTS, "own");
    svg_label(&p, p.left, p.bottom + 18.0, "start", "first session");
    svg_label(&p, p.right, p.bottom + 18.0, "end", "as many sessions as the run has");
    svg_end(&p);
}

/* ---- months ------------------------------------------------------------------------------------------- */

/* Seven steps of loss and gain; the middle is nothing. */
static const char *heat_of(f64 v, f64 full)
{
    static const char *const names[] = {"l3", "l2", "l1", "n0", "g1", "g2", "g3"};
    f64 x = full > 0 ? q_clamp(v / full, -1.0, 1.0) : 0.0;
    i32 step = (i32)(q_abs(x) * 2.999) + (q_abs(x) > 1e-9 ? 1 : 0);
    step = MIN_OF(step, 3);
    return names[x < 0 ? 3 - step : 3 + step];
}

static void heat_cell(FILE *out, const f64 *growth, f64 full)
{
    if (growth == NULL) {
        (void)fputs("<td></td>", out);
        return;
    }
    f64 v = *growth - 1.0;
    f64 shown = q_abs(v) < 5e-4 ? 0.0 : 100.0 * v; /* no minus before a nought */
    (void)fprintf(out, "<td class=\"%s\">%.1f</td>", heat_of(v, full), shown);
}

static void heat_row(FILE *out, i32 year, const f64 *month, const bool *any)
{
    f64 whole = 1.0;
    (void)fprintf(out, "<tr><th>%d</th>", year);
    for (u32 m = 0; m < MONTHS; m++) {
        whole *= any[m] ? month[m] : 1.0;
        heat_cell(out, any[m] ? &month[m] : NULL, 0.04);
    }
    heat_cell(out, &whole, 0.12);
    (void)fputs("</tr>\n", out);
}

void html_heat_map(const curves_t *s, FILE *out)
{
    f64 month[MONTHS];
    bool any[MONTHS] = {false};
    i32 open = 0;
    (void)fputs(
        "<div class=\"wide\"><table class=\"heat\">"
        "<tr><th></th><th>Jan</th><th>Feb</th><th>Mar</th><th>Apr</th><th>May</th>"
        "<th>Jun</th><th>Jul</th><th>Aug</th><th>Sep</th><th>Oct</th><th>Nov</th><th>Dec</th>"
        "<th>Year</th></tr>\n",
        out);
    for (u32 i = 0; i < s->n; i++) {
        i32 y;
        i32 m;
        i32 unused;
        date_to_ymd(s->day[i], &y, &m, &unused);
        if (i > 0 && y != open) {
            heat_row(out, open, month, any);
            memset(any, 0, sizeof any);
        }
        open = y;
        month[m - 1] = any[m - 1] ? month[m - 1] * (1.0 + s->ret[i]) : 1.0 + s->ret[i];
        any[m - 1] = true;
    }
    if (s->n > 0) {
        heat_row(out, open, month, any);
    }
    (void)fputs("</table></div>\n", out);
}

/* ---- trades -------------------------------------------------------------------------------------------- */

#define R_SHOWN 4.0
#define R_BIN 0.25
enum { R_BINS = (int)(2 * R_SHOWN / R_BIN) };

void html_chart_results(const report_t *r, FILE *out)
{
    u32 count[R_BINS] = {0};
    u32 most = 1;
    for (u32 i = 0; i < r->facts.trade_count; i++) {
        f64 v = q_clamp((f64)r->facts.own_trades[i].l.net_r / 1e6, -R_SHOWN, R_SHOWN - 1e-9);
        u32 bin = MIN_OF((u32)((v + R_SHOWN) / R_BIN), (u32)R_BINS - 1U);
        count[bin]++;
        most = MAX_OF(most, count[bin]);
    }
    svg_plot_t p;
    svg_begin(&p, out, 220, "How many trades ended where, in R");
    svg_range(&p, -R_SHOWN, R_SHOWN, 0, most);
    p.y0 = 0;
    svg_axis_y(&p, SVG_PLAIN);
    svg_axis_x(&p, SVG_R);
    for (u32 i = 0; i < R_BINS; i++) {
        f64 from = -R_SHOWN + i * R_BIN;
        f64 box[4] = {from + 0.02, 0, from + R_BIN - 0.02, count[i]};
        char tip[TIP];
        (void)snprintf(tip, sizeof tip, "%.2f to %.2f R: %u trades", from, from + R_BIN, count[i]);
        if (count[i] > 0) {
            svg_box(&p, box, from < 0 ? "lost" : "won", tip);
        }
    }
    f64 mean = r->facts.trade_count > 0 ? r->net_r / r->facts.trade_count : 0.0;
    f64 ends[4] = {mean, 0, mean, most};
    svg_segment(&p, ends, "mean");
    svg_end(&p);
}

void html_chart_excursions(const report_t *r, FILE *out)
{
    u32 n = r->facts.trade_count;
    u32 stride = n > DOTS_MAX ? (n + DOTS_MAX - 1) / DOTS_MAX : 1;
    svg_plot_t p;
    f64 deep = 1.0;
    for (u32 i = 0; i < n; i++) {
        const lesson_record_t *l = &r->facts.own_trades[i].l;
        deep = l->r > 0 ? q_max(deep, q_abs((f64)l->mae) / (f64)l->r) : deep;
    }
    deep = q_min(deep, 2.5);
    svg_begin(&p, out, 300, "Worst and best point of each trade while it was open, in R");
    svg_range(&p, 0, deep, 0, 4);
    p.y0 = 0;
    svg_axis_y(&p, SVG_R);
    svg_axis_x(&p, SVG_R);
    for (u32 i = 0; i < n; i += stride) {
        const lesson_record_t *l = &r->facts.own_trades[i].l;
        if (l->r > 0) {
            f64 worst = q_clamp(q_abs((f64)l->mae) / (f64)l->r, 0, deep);
            f64 best = q_clamp(q_abs((f64)l->mfe) / (f64)l->r, 0, 4);
            svg_dot(&p, worst, best, l->net_r < 0 ? "dot lost" : "dot won");
        }
    }
    svg_end(&p);
}

void html_chart_costs(const report_t *r, FILE *out)
{
    const struct {
        const char *name;
        f64 v;
        bool total;
    } step[] = {{"gross", r->gross, true},
                {"spread", -r->spread, false},
                {"slippage", -r->slippage, false},
                {"impact", -r->impact, false},
                {"fees, borrow", -r->fees, false},
                {"dividends", r->dividends, false},
                {"net of trades", r->net, true},
                {"open, cash", r->rest, false},
                {"change of equity", r->net_total, true}};
    f64 low = 0;
    f64 high = 0;
    f64 at = 0;
    for (u32 i = 0; i < COUNT_OF(step); i++) {
        at = step[i].total ? step[i].v : at + step[i].v;
        low = q_min(low, at);
        high = q_max(high, at);
    }
    svg_plot_t p;
    svg_begin(&p, out, 250, "From gross to net, in dollars");
    svg_range(&p, 0, COUNT_OF(step), low, high);
    svg_axis_y(&p, SVG_MONEY);
    at = 0;
    for (u32 i = 0; i < COUNT_OF(step); i++) {
        f64 from = step[i].total ? 0.0 : at;
        at = from + step[i].v;
        f64 box[4] = {i + 0.14, from, i + 0.86, at};
        char usd[32];
        char tip[TIP];
        (void)snprintf(tip, sizeof tip, "%s %s", step[i].name, dollars_text(usd, step[i].v, DOLLARS_CENTS));
        svg_box(&p, box, step[i].total ? "total" : step[i].v < 0 ? "lost" : "won", tip);
        svg_label(&p, svg_x(&p, i + 0.5), p.bottom + 18.0, "middle", step[i].name);
    }
    svg_end(&p);
}

void html_chart_calibration(const report_t *r, FILE *out)
{
    f64 low = 0;
    f64 high = 0;
    f64 mean[REPORT_BINS] = {0};
    f64 error[REPORT_BINS] = {0};
    for (u32 i = 0; i < REPORT_BINS; i++) {
        const report_bin_t *b = &r->bin[i];
        if (b->n < 2) {
            continue;
        }
        report_mean_t m = report_mean(b->n, b->r, b->r2);
        mean[i] = m.mean;
        error[i] = 1.96 * m.error;
        low = q_min(low, mean[i] - error[i]);
        high = q_max(high, mean[i] + error[i]);
    }
    svg_plot_t p;
    svg_begin(&p, out, 220, "Stated confidence against mean result, with intervals of 95 percent");
    svg_range(&p, 0, 1, low, high);
    svg_axis_y(&p, SVG_R);
    svg_axis_x(&p, SVG_PLAIN);
    for (u32 i = 0; i < REPORT_BINS; i++) {
        if (r->bin[i].n >= 2) {
            f64 x = r->bin[i].confidence;
            f64 ends[4] = {x, mean[i] - error[i], x, mean[i] + error[i]};
            svg_segment(&p, ends, "whisker");
            svg_dot(&p, x, mean[i], "dot total");
        }
    }
    svg_end(&p);
}

void html_chart_funnel(const report_t *r, FILE *out)
{
    const report_facts_t *f = &r->facts;
    f64 most = 1;
    for (u32 i = 6; i < SCAN_STAGES; i++) {
        most = q_max(most, (f64)f->in[i]);
    }
    svg_plot_t p;
    svg_begin(&p, out, 250, "Candidates that entered and left stages 6 to 12, on a scale of powers of ten");
    svg_range(&p, 0, 1.35 * q_log10(most) + 0.35, 0, 7);
    p.y0 = 0;
    p.y1 = 7;
    p.left = 190;
    for (u32 i = 6; i < SCAN_STAGES; i++) {
        f64 y = 12.0 - i;
        f64 in = f->in[i] > 0 ? q_log10((f64)f->in[i]) : 0.0;
        f64 left = f->out[i] > 0 ? q_log10((f64)f->out[i]) : 0.0;
        char text[TIP];
        f64 whole[4] = {0, y + 0.15, in, y + 0.85};
        f64 kept[4] = {0, y + 0.15, left, y + 0.85};
        (void)snprintf(text, sizeof text, "%llu in, %llu out", (unsigned long long)f->in[i],
                       (unsigned long long)f->out[i]);
        svg_box(&p, whole, "pale", text);
        svg_box(&p, kept, "total", text);
        svg_label(&p, svg_x(&p, in) + 8.0, svg_y(&p, y + 0.5) + 4.0, "start", text);
        svg_label(&p, p.left - 10.0, svg_y(&p, y + 0.5) + 4.0, "end", stage_at(i)->title);
    }
    svg_end(&p);
}
