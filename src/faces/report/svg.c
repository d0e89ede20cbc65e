/* See svg.h. */
#include "faces/report/svg.h"

#include <string.h>

#include "base/assert.h"
#include "faces/report/report_parts.h"
#include "quant/math/qmath.h"

void svg_begin(svg_plot_t *p, FILE *out, f64 height, const char *name)
{
    ASSERT(p != NULL && out != NULL && height > 60.0);
    *p = (svg_plot_t){.out = out,
                      .width = SVG_W,
                      .height = height,
                      .left = 74,
                      .right = SVG_W - 26,
                      .top = 14,
                      .bottom = height - 28,
                      .x1 = 1,
                      .y1 = 1};
    (void)fprintf(out, "<div class=\"wide\"><svg viewBox=\"0 0 %d %.0f\" role=\"img\"><title>", SVG_W,
                  height);
    html_text(out, name);
    (void)fputs("</title>\n", out);
}

void svg_range(svg_plot_t *p, f64 x0, f64 x1, f64 y0, f64 y1)
{
    ASSERT(p != NULL && q_is_finite(x0) && q_is_finite(x1) && q_is_finite(y0) && q_is_finite(y1));
    f64 pad = y1 > y0 ? 0.04 * (y1 - y0) : q_max(0.05 * q_abs(y0), 1e-9);
    p->x0 = x0;
    p->x1 = x1 > x0 ? x1 : x0 + 1.0;
    p->y0 = y0 - pad;
    p->y1 = y1 + pad;
    ASSERT(p->y1 > p->y0);
}

void svg_end(svg_plot_t *p)
{
    ASSERT(p != NULL && p->out != NULL);
    (void)fputs("</svg></div>\n", p->out);
    p->out = NULL;
}

f64 svg_x(const svg_plot_t *p, f64 x)
{
    return p->left + (x - p->x0) / (p->x1 - p->x0) * (p->right - p->left);
}

f64 svg_y(const svg_plot_t *p, f64 y)
{
    return p->bottom - (y - p->y0) / (p->y1 - p->y0) * (p->bottom - p->top);
}

f64 svg_step(f64 span, u32 most)
{
    ASSERT(span > 0.0 && most >= 1);
    f64 least = span / (f64)most;
    f64 step = q_pow(10.0, q_floor(q_log10(least)));
    static const f64 round[] = {1.0, 2.0, 2.5, 5.0, 10.0};
    for (u32 i = 0; i < COUNT_OF(round); i++) {
        if (round[i] * step >= least * (1.0 - 1e-12)) {
            return round[i] * step;
        }
    }
    return 10.0 * step;
}

void svg_number(char out[32], f64 v, f64 step, svg_unit_t unit)
{
    ASSERT(step > 0.0);
    f64 shown = unit == SVG_PERCENT ? 100.0 * v : v;
    f64 grain = unit == SVG_PERCENT ? 100.0 * step : step;
    i32 digits = 0;
    for (f64 g = grain; digits < 6 && q_abs(g - q_round_even(g)) > 1e-6 * g; g *= 10.0) {
        digits++;
    }
    if (unit == SVG_MONEY) {
        dollars_text(out, v, digits > 0);
        return;
    }
    shown = q_abs(shown) < 1e-9 * grain ? 0.0 : shown;
    (void)snprintf(out, 32, "%.*f%s", digits, shown, unit == SVG_PERCENT ? " %" : unit == SVG_R ? " R" : "");
}

void svg_label(const svg_plot_t *p, f64 x, f64 y, const char *anchor, const char *text)
{
    ASSERT(p != NULL && text != NULL);
    (void)fprintf(p->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    html_text(p->out, text);
    (void)fputs("</text>\n", p->out);
}

void svg_axis_y(const svg_plot_t *p, svg_unit_t unit)
{
    f64 step = svg_step(p->y1 - p->y0, 5);
    for (f64 k = q_ceil(p->y0 / step); k * step <= p->y1; k += 1.0) {
        f64 v = k * step;
        char text[32];
        svg_number(text, v, step, unit);
        (void)fprintf(p->out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>\n",
                      k == 0.0 ? "zero" : "rule", p->left, p->right, svg_y(p, v), svg_y(p, v));
        svg_label(p, p->left - 8.0, svg_y(p, v) + 4.0, "end", text);
    }
}

void svg_axis_x(const svg_plot_t *p, svg_unit_t unit)
{
    f64 step = svg_step(p->x1 - p->x0, 10);
    for (f64 k = q_ceil(p->x0 / step - 1e-9); k * step <= p->x1 + 1e-9 * step; k += 1.0) {
        char text[32];
        svg_number(text, k * step, step, unit);
        svg_label(p, svg_x(p, k * step), p->bottom + 18.0, "middle", text);
    }
}

void svg_axis_days(const svg_plot_t *p, const date_t *day, u32 n)
{
    ASSERT(n == 0 || day != NULL);
    bool years = n > 0 && day[n - 1] - day[0] > 500;
    f64 last = -1e9;
    for (u32 i = 1; i < n; i++) {
        i32 y;
        i32 m;
        i32 y0;
        i32 m0;
        i32 unused;
        date_to_ymd(day[i], &y, &m, &unused);
        date_to_ymd(day[i - 1], &y0, &m0, &unused);
        bool turn = years ? y != y0 : m != m0 || y != y0;
        f64 x = svg_x(p, (f64)i);
        if (!turn || x - last < 44.0) {
            continue;
        }
        char text[16];
        (void)snprintf(text, sizeof text, years ? "%04d" : "%04d-%02d", y, m);
        (void)fprintf(p->out, "<line class=\"rule\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>\n", x,
                      x, p->bottom, p->bottom + 4.0);
        svg_label(p, x, p->bottom + 18.0, "middle", text);
        last = x;
    }
}

/* Points of a series: each stretch gives its lowest and highest in the order in which they came. */
static void points(const svg_plot_t *p, const f64 *y, u32 n)
{
    u32 stretch = n > 2 * SVG_POINTS ? (n + SVG_POINTS - 1) / SVG_POINTS : 1;
    for (u32 from = 0; from < n; from += stretch) {
        u32 to = MIN_OF(n, from + stretch);
        u32 low = from;
        u32 high = from;
        for (u32 i = from; i < to; i++) {
            low = y[i] < y[low] ? i : low;
            high = y[i] > y[high] ? i : high;
        }
        u32 first = MIN_OF(low, high);
        u32 second = MAX_OF(low, high);
        (void)fprintf(p->out, "%.1f,%.1f ", svg_x(p, first), svg_y(p, y[first]));
        if (second != first) {
            (void)fprintf(p->out, "%.1f,%.1f ", svg_x(p, second), svg_y(p, y[second]));
        }
    }
}

void svg_line(const svg_plot_t *p, const f64 *y, u32 n, const char *class_name)
{
    ASSERT(p != NULL && (y != NULL || n == 0));
    (void)fprintf(p->out, "<polyline class=\"line %s\" points=\"", class_name);
    points(p, y, n);
    (void)fputs("\"/>\n", p->out);
}

void svg_area(const svg_plot_t *p, const f64 *y, u32 n, const char *class_name)
{
    ASSERT(p != NULL && (y != NULL || n == 0));
    if (n == 0) {
        return;
    }
    (void)fprintf(p->out, "<polygon class=\"area %s\" points=\"%.1f,%.1f ", class_name, svg_x(p, 0),
                  svg_y(p, 0));
    points(p, y, n);
    (void)fprintf(p->out, "%.1f,%.1f\"/>\n", svg_x(p, (f64)(n - 1)), svg_y(p, 0));
}

void svg_band(const svg_plot_t *p, const f64 *low, const f64 *high, u32 n, const char *class_name)
{
    ASSERT(p != NULL && low != NULL && high != NULL);
    (void)fprintf(p->out, "<polygon class=\"area %s\" points=\"", class_name);
    for (u32 i = 0; i < n; i++) {
        (void)fprintf(p->out, "%.1f,%.1f ", svg_x(p, i), svg_y(p, high[i]));
    }
    for (u32 i = n; i > 0; i--) {
        (void)fprintf(p->out, "%.1f,%.1f ", svg_x(p, i - 1), svg_y(p, low[i - 1]));
    }
    (void)fputs("\"/>\n", p->out);
}

void svg_box(const svg_plot_t *p, const f64 box[4], const char *class_name, const char *tip)
{
    f64 x = svg_x(p, q_min(box[0], box[2]));
    f64 y = svg_y(p, q_max(box[1], box[3]));
    f64 w = svg_x(p, q_max(box[0], box[2])) - x;
    f64 h = svg_y(p, q_min(box[1], box[3])) - y;
    (void)fprintf(p->out, "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
                  class_name, x, y, q_max(w, 0.5), q_max(h, 0.5));
    if (tip != NULL) {
        (void)fputs("<title>", p->out);
        html_text(p->out, tip);
        (void)fputs("</title>", p->out);
    }
    (void)fputs("</rect>\n", p->out);
}

void svg_dot(const svg_plot_t *p, f64 x, f64 y, const char *class_name)
{
    (void)fprintf(p->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>\n", class_name,
                  svg_x(p, x), svg_y(p, y));
}

void svg_segment(const svg_plot_t *p, const f64 ends[4], const char *class_name)
{
    (void)fprintf(p->out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
                  class_name, svg_x(p, ends[0]), svg_y(p, ends[1]), svg_x(p, ends[2]), svg_y(p, ends[3]));
}

void html_text(FILE *out, const char *text)
{
    ASSERT(out != NULL && text != NULL);
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            (void)fputs("&amp;", out);
            break;
        case '<':
            (void)fputs("&lt;", out);
            break;
        case '>':
            (void)fputs("&gt;", out);
            break;
        case '"':
            (void)fputs("&quot;", out);
            break;
        case '\'':
            (void)fputs("&#39;", out);
            break;
        default:
            (void)fputc((u8)*c < 0x20 ? ' ' : *c, out);
        }
    }
}
