/* See term_grid.h: the equity curve. A braille character holds two by four dots (Unicode, block U+2800),
 * which gives a small box eight times the resolution of its letters. */
#include "faces/cli/term_grid.h"

#include <string.h>

#include "base/assert.h"

enum { DOTS_W = 2, DOTS_H = 4, BRAILLE = 0x2800, SCALE_W = 11 };
enum { COLUMNS_MAX = TERM_WIDTH_MAX * DOTS_W };

typedef struct {
    i32 columns; /* of dots */
    i32 rows;
    f64 lo;
    f64 hi;
    i32 count;
    i32 row[COLUMNS_MAX]; /* 0 is the top */
} curve_t;

static i32 row_of(const curve_t *c, f64 value)
{
    f64 part = (c->hi - value) / (c->hi - c->lo);
    part = part > 0 ? part : 0; /* also what is not a number */
    part = part < 1 ? part : 1;
    return (i32)(part * (f64)(c->rows - 1) + 0.5);
}

/* A short history takes the same place as a long one would: a column a point until the box is full. */
static void curve_fit(curve_t *c, const term_frame_t *frame)
{
    u32 n = MIN_OF(frame->equity_count, TERM_EQUITY);
    c->lo = frame->equity_start;
    c->hi = frame->equity_start;
    for (u32 k = 0; k < n; k++) {
        c->lo = MIN_OF(c->lo, frame->equity[k]);
        c->hi = MAX_OF(c->hi, frame->equity[k]);
    }
    f64 least = 0.0005 * (c->hi < 0 ? -c->hi : c->hi) + 0.01; /* a quiet day must not look like a storm */
    if (c->hi - c->lo < least) {
        f64 middle = 0.5 * (c->hi + c->lo);
        c->lo = middle - 0.5 * least;
        c->hi = middle + 0.5 * least;
    }
    c->count = MIN_OF((i32)n, c->columns);
    for (i32 k = 0; k < c->count; k++) {
        u32 at = (u32)(((u64)(u32)(k + 1) * n) / (u32)c->count) - 1;
        c->row[k] = row_of(c, frame->equity[at]);
    }
}

static void dot(term_grid_t *g, term_box_t box, i32 x, i32 y)
{
    /* Bits of the dots by row: left column, then right column (Unicode Standard, section 21.1). */
    static const u8 bits[DOTS_H][DOTS_W] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    i32 cx = box.x + x / DOTS_W;
    i32 cy = box.y + y / DOTS_H;
    if (cx < 0 || cy < 0 || cx >= g->width || cy >= g->height) {
        return;
    }
    cell_t *cell = &g->cells[cy][cx];
    u16 before = cell->glyph >= BRAILLE && cell->glyph < BRAILLE + 256 ? cell->glyph : BRAILLE;
    term_glyph(g, cx, cy, (u16)(before | bits[y % DOTS_H][x % DOTS_W]), INK_ACCENT);
}

static void draw_curve(term_grid_t *g, term_box_t box, const curve_t *c)
{
    for (i32 k = 0; k < c->count; k++) {
        i32 from = k > 0 ? c->row[k - 1] : c->row[k];
        i32 to = c->row[k];
        i32 step = to > from ? 1 : -1;
        if (!g->unicode) {
            term_glyph(g, box.x + k, box.y + to, '*', INK_ACCENT);
            continue;
        }
        /* The upright part belongs to the new column, without the old level itself. */
        for (i32 y = from == to ? to : from + step; y != to; y += step) {
            dot(g, box, k, y);
        }
        dot(g, box, k, to);
    }
}

static void draw_base(term_grid_t *g, term_box_t box, const curve_t *c, f64 value)
{
    i32 y = box.y + row_of(c, value) / (g->unicode ? DOTS_H : 1);
    for (i32 x = box.x; x < box.x + box.w; x += 2) {
        term_glyph(g, x, y, g->unicode ? 0x00B7 : '.', INK_DIM);
    }
}

void term_chart(term_grid_t *g, term_box_t box, const term_frame_t *frame)
{
    ASSERT(box.w > SCALE_W && box.h > 0);
    curve_t c;
    memset(&c, 0, sizeof c);
    term_box_t plot = {.x = box.x + SCALE_W, .y = box.y, .w = box.w - SCALE_W, .h = box.h};
    c.columns = MIN_OF(plot.w * (g->unicode ? DOTS_W : 1), COLUMNS_MAX);
    c.rows = plot.h * (g->unicode ? DOTS_H : 1);
    curve_fit(&c, frame);
    draw_base(g, plot, &c, frame->equity_start);
    draw_curve(g, plot, &c);
    char text[32];
    term_box_t label = {.x = box.x, .y = box.y, .w = SCALE_W - 1};
    term_print_right(g, label, INK_DIM, "%s", term_money(text, c.hi, false, false));
    label.y = box.y + box.h - 1;
    term_print_right(g, label, INK_DIM, "%s", term_money(text, c.lo, false, false));
}
