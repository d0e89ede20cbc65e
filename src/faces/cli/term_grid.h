/* A screen of cells: text is put at a place and clipped there, so that no content can bend the layout.
 *
 * Promises: every cell is one column wide; bytes outside printable ASCII in texts become '?', so no escape
 * sequence of a symbol, a reason or a headline reaches the terminal. Drawing characters are given as code
 * points.
 * Leaves to others: what to draw where (term_view.c), curves (term_chart.c). */
#ifndef VITRINE_FACES_CLI_TERM_GRID_H
#define VITRINE_FACES_CLI_TERM_GRID_H

#include "faces/cli/term_view.h"

typedef enum {
    INK_PLAIN = 0,
    INK_DIM,
    INK_STRONG,
    INK_UP,
    INK_DOWN,
    INK_WARN,
    INK_ACCENT,
    INK_ALARM,
    INK_COUNT
} ink_t;

typedef struct {
    u16 glyph; /* code point, 0 is a blank */
    u8 ink;
    u8 spare;
} cell_t;

typedef struct {
    i32 width;
    i32 height;
    bool unicode;
    cell_t cells[TERM_HEIGHT_MAX][TERM_WIDTH_MAX];
} term_grid_t;

typedef struct {
    i32 x;
    i32 y;
    i32 w;
    i32 h;
} term_box_t;

void term_grid_init(term_grid_t *g, const term_screen_t *screen);
/* Nothing happens outside the grid. */
void term_glyph(term_grid_t *g, i32 x, i32 y, u16 glyph, ink_t ink);
/* Puts at most `width` columns of text from x on and returns the column after the last one. A longer text is
 * cut with a mark. */
i32 term_text(term_grid_t *g, term_box_t at, ink_t ink, const char *text);
/* Same, formatted; `at.h` is ignored. */
i32 term_print(term_grid_t *g, term_box_t at, ink_t ink, const char *format, ...) PRINTF_LIKE(4, 5);
/* Same, ending at the right edge of the box. */
void term_print_right(term_grid_t *g, term_box_t at, ink_t ink, const char *format, ...) PRINTF_LIKE(4, 5);
/* A thin horizontal rule with a title in it. */
void term_rule(term_grid_t *g, term_box_t at, const char *title);
/* The curve of the frame's equity in a box: braille dots, or stars without Unicode; the day's base is dotted.
 * */
void term_chart(term_grid_t *g, term_box_t box, const term_frame_t *frame);
/* Home, every row, the rest of the screen cleared. */
void term_grid_emit(const term_grid_t *g, bool color, writer_t *out);

/* Dollars with thousands separated: "1,234,567.89", or without cents. Returns out. */
const char *term_money(char out[32], f64 value, bool cents, bool sign);

#endif
