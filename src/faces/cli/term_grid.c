/* See term_grid.h. Sequences: ECMA-48 (CUP, EL, ED, SGR); private modes 25, 1049 and 2026 are ignored by
 * terminals that do not know them. */
#include "faces/cli/term_grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"

enum { GLYPH_RULE = 0x2500, GLYPH_CUT = 0x2026, LINE_BYTES = 256 };

/* 256-colour palette numbers that read on dark and on light grounds; bold and dim alone where colour adds
 * nothing. */
static const char *const inks[INK_COUNT] = {
    [INK_PLAIN] = "\x1b[0m",          [INK_DIM] = "\x1b[0;38;5;245m",       [INK_STRONG] = "\x1b[0;1m",
    [INK_UP] = "\x1b[0;38;5;71m",     [INK_DOWN] = "\x1b[0;38;5;167m",      [INK_WARN] = "\x1b[0;38;5;172m",
    [INK_ACCENT] = "\x1b[0;38;5;67m", [INK_ALARM] = "\x1b[0;1;7;38;5;167m",
};

void term_grid_init(term_grid_t *g, const term_screen_t *screen)
{
    ASSERT(screen->width > 0 && screen->height > 0);
    memset(g, 0, sizeof *g);
    g->width = MIN_OF(screen->width, TERM_WIDTH_MAX);
    g->height = MIN_OF(screen->height, TERM_HEIGHT_MAX);
    g->unicode = screen->unicode;
}

void term_glyph(term_grid_t *g, i32 x, i32 y, u16 glyph, ink_t ink)
{
    ASSERT(ink < INK_COUNT);
    if (x < 0 || y < 0 || x >= g->width || y >= g->height) {
        return;
    }
    g->cells[y][x] = (cell_t){.glyph = glyph, .ink = (u8)ink};
}

i32 term_text(term_grid_t *g, term_box_t at, ink_t ink, const char *text)
{
    i32 room = MIN_OF(at.w, g->width - at.x);
    i32 n = (i32)strnlen(text, LINE_BYTES);
    if (room <= 0) {
        return at.x;
    }
    i32 shown = MIN_OF(n, room);
    for (i32 k = 0; k < shown; k++) {
        u8 c = (u8)text[k];
        term_glyph(g, at.x + k, at.y, c >= 0x20 && c < 0x7F ? c : '?', ink);
    }
    if (n > room) {
        term_glyph(g, at.x + room - 1, at.y, g->unicode ? GLYPH_CUT : '~', ink);
    }
    return at.x + shown;
}

i32 term_print(term_grid_t *g, term_box_t at, ink_t ink, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    return term_text(g, at, ink, line);
}

void term_print_right(term_grid_t *g, term_box_t at, ink_t ink, const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    i32 n = MIN_OF((i32)strnlen(line, sizeof line), at.w);
    term_box_t right = {.x = at.x + at.w - n, .y = at.y, .w = n};
    (void)term_text(g, right, ink, line);
}

void term_rule(term_grid_t *g, term_box_t at, const char *title)
{
    for (i32 x = at.x; x < at.x + at.w; x++) {
        term_glyph(g, x, at.y, g->unicode ? GLYPH_RULE : '-', INK_DIM);
    }
    i32 n = (i32)strnlen(title, LINE_BYTES);
    if (n > 0 && n + 3 <= at.w) {
        term_glyph(g, at.x + 1, at.y, ' ', INK_PLAIN);
        i32 end = term_text(g, (term_box_t){.x = at.x + 2, .y = at.y, .w = n}, INK_STRONG, title);
        term_glyph(g, end, at.y, ' ', INK_PLAIN);
    }
}

static void put_text(writer_t *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

/* UTF-8 of a code point below 0x10000 (RFC 3629). */
static void put_glyph(writer_t *out, u16 glyph)
{
    if (glyph < 0x80) {
        put_u8(out, (u8)glyph);
    } else if (glyph < 0x800) {
        put_u8(out, (u8)(0xC0 | (glyph >> 6)));
        put_u8(out, (u8)(0x80 | (glyph & 0x3F)));
    } else {
        put_u8(out, (u8)(0xE0 | (glyph >> 12)));
        put_u8(out, (u8)(0x80 | ((glyph >> 6) & 0x3F)));
        put_u8(out, (u8)(0x80 | (glyph & 0x3F)));
    }
}

static void emit_row(const term_grid_t *g, i32 y, bool color, writer_t *out)
{
    i32 used = g->width;
    while (used > 0 && (g->cells[y][used - 1].glyph == 0 || g->cells[y][used - 1].glyph == ' ') &&
           g->cells[y][used - 1].ink != INK_ALARM) {
        used--;
    }
    u8 ink = INK_PLAIN;
    for (i32 x = 0; x < used; x++) {
        const cell_t *c = &g->cells[y][x];
        bool blank = c->glyph == 0 || c->glyph == ' ';
        if (color && c->ink != ink && (!blank || c->ink == INK_ALARM || ink == INK_ALARM)) {
            put_text(out, inks[c->ink]);
            ink = c->ink;
        }
        put_glyph(out, blank ? ' ' : c->glyph);
    }
    if (ink != INK_PLAIN) {
        put_text(out, inks[INK_PLAIN]);
    }
    /* After a full row the cursor waits on its last cell, and clearing to the end would erase that cell. */
    if (used < g->width) {
        put_text(out, "\x1b[K");
    }
}

void term_grid_emit(const term_grid_t *g, bool color, writer_t *out)
{
    put_text(out, "\x1b[?2026h\x1b[H");
    for (i32 y = 0; y < g->height; y++) {
        emit_row(g, y, color, out);
        if (y + 1 < g->height) {
            put_text(out, "\r\n");
        }
    }
    put_text(out, "\x1b[?2026l");
}

const char *term_money(char out[32], f64 value, bool cents, bool sign)
{
    char digits[32];
    f64 size = value < 0 ? -value : value;
    if (!(size < 1e15)) {
        memcpy(out, "?", 2);
        return out;
    }
    i32 n = snprintf(digits, sizeof digits, cents ? "%.2f" : "%.0f", size);
    i32 whole = cents ? n - 3 : n;
    i32 at = 0;
    bool zero = strspn(digits, "0.") == (size_t)n;
    if (value < 0 && !zero) {
        out[at++] = '-';
    } else if (sign && !zero) {
        out[at++] = '+';
    }
    for (i32 k = 0; k < n; k++) {
        if (k > 0 && k < whole && (whole - k) % 3 == 0) {
            out[at++] = ',';
        }
        out[at++] = digits[k];
    }
    ASSERT(at < 32);
    out[at] = '\0';
    return out;
}
