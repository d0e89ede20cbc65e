/* Small charts as inline SVG: a frame with axes, and marks in data units.
 *
 * Promises: text and numbers only, no script, no reference outside the page; colours are classes of the page
 * (html_style in html_page.c), so that one sheet serves light and dark. Every chart carries a title for
 * people who cannot see it. Leaves to others: what is drawn. */
#ifndef VITRINE_FACES_REPORT_SVG_H
#define VITRINE_FACES_REPORT_SVG_H

#include <stdio.h>

#include "base/units.h"

enum { SVG_W = 1000, SVG_POINTS = 600 };

typedef enum { SVG_PLAIN, SVG_PERCENT, SVG_MONEY, SVG_R } svg_unit_t;

/* A plot under construction. x grows to the right, y up, both in data units. */
typedef struct {
    FILE *out;
    f64 width, height; /* of the whole drawing, in its own units */
    f64 left, right, top, bottom;
    f64 x0, x1, y0, y1;
} svg_plot_t;

/* Opens a drawing SVG_W wide; ranges that are empty or upside down are widened. `name` is read aloud. */
void svg_begin(svg_plot_t *p, FILE *out, f64 height, const char *name);
void svg_range(svg_plot_t *p, f64 x0, f64 x1, f64 y0, f64 y1);
void svg_end(svg_plot_t *p);

/* Data to drawing. */
f64 svg_x(const svg_plot_t *p, f64 x);
f64 svg_y(const svg_plot_t *p, f64 y);

/* Rules and labels at round values of y, and the zero line. */
void svg_axis_y(const svg_plot_t *p, svg_unit_t unit);
/* Labels at round values of x. */
void svg_axis_x(const svg_plot_t *p, svg_unit_t unit);
/* Years (or months, of a short span) below; x is the index into day[n], ascending. */
void svg_axis_days(const svg_plot_t *p, const date_t *day, u32 n);

/* A line through y[0..n-1] at x = 0..n-1. Long series are drawn by the lowest and highest of each stretch, so
 * that no extreme is lost. */
void svg_line(const svg_plot_t *p, const f64 *y, u32 n, const char *class_name);
/* The same, filled down to y = 0. */
void svg_area(const svg_plot_t *p, const f64 *y, u32 n, const char *class_name);
/* Between two series. */
void svg_band(const svg_plot_t *p, const f64 *low, const f64 *high, u32 n, const char *class_name);
/* A box in data units with a tooltip; `tip` may be NULL. */
void svg_box(const svg_plot_t *p, const f64 box[4], const char *class_name, const char *tip);
void svg_dot(const svg_plot_t *p, f64 x, f64 y, const char *class_name);
/* A segment in data units. */
void svg_segment(const svg_plot_t *p, const f64 ends[4], const char *class_name);
/* Text at drawing units; anchor "start", "middle" or "end". */
void svg_label(const svg_plot_t *p, f64 x, f64 y, const char *anchor, const char *text);

/* A round step that gives at most `most` of them over a span > 0. */
f64 svg_step(f64 span, u32 most);
/* "12.5 %", "-$1,200", "0.25 R" without needless zeros. */
void svg_number(char out[32], f64 v, f64 step, svg_unit_t unit);
/* Text with the five characters escaped that mean something to HTML. */
void html_text(FILE *out, const char *text);

#endif
