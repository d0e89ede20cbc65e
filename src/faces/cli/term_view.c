/* See term_view.h. From top to bottom: header, equity beside the thirteen stages, positions, decisions, the
 * day. */
#include "faces/cli/term_view.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "faces/cli/term_grid.h"

enum {
    GLYPH_UP = 0x25B2,
    GLYPH_DOWN = 0x25BC,
    GLYPH_ARROW = 0x2192,
    GLYPH_BAR = 0x2501,
    GLYPH_BAR_REST = 0x2504,
    TOP_SMALL = 7,  /* stages in two columns */
    TOP_TALL = 13,  /* a stage a row */
    TALL_FROM = 32, /* screen rows from which the tall form leaves enough for the rest */
    TABLE_W = 78,   /* the whole table of positions; below it, size and entry give way to the stop */
    TABLE_LESS = 20,
    STAGE_HALF = 20,
    NAME_W = 10
};

static term_box_t box_of(i32 x, i32 y, i32 w)
{
    return (term_box_t){.x = x, .y = y, .w = w, .h = 1};
}

static ink_t ink_of(f64 value)
{
    return value > 0 ? INK_UP : value < 0 ? INK_DOWN : INK_PLAIN;
}

static u16 arrow_of(const term_grid_t *g, f64 value)
{
    if (value == 0) {
        return '=';
    }
    if (value > 0) {
        return g->unicode ? GLYPH_UP : '^';
    }
    return g->unicode ? GLYPH_DOWN : 'v';
}

static f64 equity_last(const term_frame_t *f)
{
    u32 n = MIN_OF(f->equity_count, TERM_EQUITY);
    return n > 0 ? f->equity[n - 1] : f->equity_start;
}

static const char *kill_text(term_kill_t kill)
{
    switch (kill) {
    case TERM_KILL_OFF:
        return "kill off";
    case TERM_KILL_PAUSED:
        return "PAUSED";
    case TERM_KILL_ON:
        return "KILL ON";
    }
    return "KILL ?";
}

static ink_t kill_ink(term_kill_t kill)
{
    return kill == TERM_KILL_OFF ? INK_DIM : kill == TERM_KILL_PAUSED ? INK_WARN : INK_ALARM;
}

static void speed_text(char out[24], f64 speed)
{
    if (speed > 0) {
        snprintf(out, 24, "x%.0f", speed);
    } else {
        memcpy(out, "max", 4);
    }
}

static void draw_header(term_grid_t *g, const term_frame_t *f)
{
    char speed[24];
    i32 w = g->width;
    const char *kill = kill_text(f->kill);
    i32 kill_w = (i32)strlen(kill) + 2;
    i32 x = term_text(g, box_of(1, 0, 8), INK_STRONG, "VITRINE") + 2;
    speed_text(speed, f->speed);
    x = term_print(g, box_of(x, 0, MIN_OF(23, w / 4)), INK_DIM, "%s", f->run) + 2;
    i32 room = w - kill_w - x - 1;
    x = term_print(g, box_of(x, 0, room), INK_PLAIN, "%s %s %s", f->date, f->clock, f->zone) + 2;
    room = w - kill_w - x - 1;
    if (room >= 12) {
        x = term_print(g, box_of(x, 0, room), INK_ACCENT, "%s", f->phase) + 2;
        room = w - kill_w - x - 1;
        (void)term_print(g, box_of(x, 0, room), INK_DIM, room >= 20 ? "%s  cycle %llu" : "%s", speed,
                         (unsigned long long)f->cycle);
    }
    const char *form = f->kill == TERM_KILL_OFF ? "%s" : " %s ";
    (void)term_print(g, box_of(w - kill_w, 0, kill_w), kill_ink(f->kill), form, kill);
}

static void draw_equity(term_grid_t *g, term_box_t box, const term_frame_t *f)
{
    char text[32];
    char title[64];
    f64 now = equity_last(f);
    f64 change = f->equity_start > 0 ? 100.0 * (now / f->equity_start - 1.0) : 0.0;
    snprintf(title, sizeof title, "Equity %s", term_money(text, now, true, false));
    term_rule(g, box, title);
    i32 x = box.x + (i32)strlen(title) + 3;
    f64 sign = now - f->equity_start;
    if (x + 12 < box.x + box.w) {
        term_glyph(g, x, box.y, arrow_of(g, sign), ink_of(sign));
        term_glyph(g, x + 1, box.y, ' ', INK_PLAIN);
        x = term_print(g, box_of(x + 2, box.y, 10), ink_of(sign), "%+.2f%%", change);
        term_glyph(g, x, box.y, ' ', INK_PLAIN);
    }
    term_box_t plot = {.x = box.x, .y = box.y + 1, .w = box.w, .h = box.h - 1};
    term_chart(g, plot, f);
}

static void stage_counts(term_grid_t *g, term_box_t at, const term_stage_t *s)
{
    if (!s->reached) {
        term_print_right(g, at, INK_DIM, "not reached");
        return;
    }
    ink_t ink = s->out == 0 && s->in > 0 ? INK_WARN : INK_PLAIN;
    term_print_right(g, box_of(at.x, at.y, 4), INK_PLAIN, "%u", s->in);
    term_glyph(g, at.x + 5, at.y, g->unicode ? GLYPH_ARROW : '>', INK_DIM);
    (void)term_print(g, box_of(at.x + 7, at.y, 4), ink, "%u", s->out);
}

/* What part of the day's input went on: a line as long as the part. */
static void stage_bar(term_grid_t *g, term_box_t at, const term_stage_t *s)
{
    u64 passed = MIN_OF(s->day_out, s->day_in);
    i32 full = passed > 0 ? (i32)((f64)at.w * (f64)passed / (f64)s->day_in + 0.5) : 0;
    full = passed > 0 ? MAX_OF(full, 1) : full;
    for (i32 k = 0; k < at.w; k++) {
        bool on = k < full;
        u16 glyph = g->unicode ? (on ? GLYPH_BAR : GLYPH_BAR_REST) : (on ? '#' : '.');
        term_glyph(g, at.x + k, at.y, glyph, on ? INK_ACCENT : INK_DIM);
    }
}

static void compact(char out[24], u64 value)
{
    if (value < 100000) {
        snprintf(out, 24, "%llu", (unsigned long long)value);
    } else if (value < 10000000) {
        snprintf(out, 24, "%.0fk", (f64)value / 1e3);
    } else {
        snprintf(out, 24, "%.0fM", (f64)value / 1e6);
    }
}

static void draw_stages_tall(term_grid_t *g, term_box_t box, const term_frame_t *f)
{
    bool wide = box.w >= 56;
    term_rule(g, box, wide ? "Stages: last cycle, passed and dropped today" : "Stages, dropped today");
    for (u32 k = 0; k < MIN_OF(f->stage_count, TERM_STAGES); k++) {
        const term_stage_t *s = &f->stages[k];
        char dropped[24];
        i32 y = box.y + 1 + (i32)k;
        compact(dropped, s->day_in > s->day_out ? s->day_in - s->day_out : 0);
        term_print_right(g, box_of(box.x, y, 2), INK_DIM, "%u", k + 1);
        (void)term_text(g, box_of(box.x + 3, y, NAME_W), s->reached ? INK_PLAIN : INK_DIM, s->name);
        stage_counts(g, box_of(box.x + 4 + NAME_W, y, 11), s);
        i32 bar_x = box.x + 4 + NAME_W + 12;
        stage_bar(g, box_of(bar_x, y, box.x + box.w - 7 - bar_x), s);
        term_print_right(g, box_of(box.x + box.w - 6, y, 6), INK_DIM, "%s", dropped);
    }
}

static void draw_stages_small(term_grid_t *g, term_box_t box, const term_frame_t *f)
{
    term_rule(g, box, "Stages, last cycle");
    for (u32 k = 0; k < MIN_OF(f->stage_count, TERM_STAGES); k++) {
        const term_stage_t *s = &f->stages[k];
        i32 x = box.x + (i32)(k / TOP_SMALL) * (STAGE_HALF + 1);
        i32 y = box.y + 1 + (i32)(k % TOP_SMALL);
        i32 name_w = STAGE_HALF - 10;
        (void)term_text(g, box_of(x, y, name_w), s->reached ? INK_PLAIN : INK_DIM, s->name);
        if (!s->reached) {
            term_glyph(g, x + name_w + 4, y, '-', INK_DIM);
            continue;
        }
        ink_t ink = s->out == 0 && s->in > 0 ? INK_WARN : INK_PLAIN;
        term_print_right(g, box_of(x + name_w, y, 4), INK_PLAIN, "%u", s->in);
        term_glyph(g, x + name_w + 4, y, g->unicode ? GLYPH_ARROW : '>', INK_DIM);
        (void)term_print(g, box_of(x + name_w + 5, y, 5), ink, "%u", s->out);
    }
}

static void draw_position(term_grid_t *g, i32 y, const term_position_t *p)
{
    char text[32];
    f64 way = p->mark > 0 ? 100.0 * (p->side > 0 ? p->mark - p->stop : p->stop - p->mark) / p->mark : 0.0;
    i32 back = g->width < TABLE_W ? TABLE_LESS : 0;
    (void)term_text(g, box_of(1, y, 8), INK_STRONG, p->symbol);
    (void)term_text(g, box_of(10, y, 5), INK_PLAIN, p->side > 0 ? "long" : "short");
    if (back == 0) {
        term_print_right(g, box_of(15, y, 8), INK_PLAIN, "%s", term_money(text, p->quantity, false, false));
        term_print_right(g, box_of(24, y, 10), INK_PLAIN, "%s", term_money(text, p->entry, true, false));
    }
    term_print_right(g, box_of(35 - back, y, 10), INK_PLAIN, "%s", term_money(text, p->mark, true, false));
    term_glyph(g, 46 - back, y, arrow_of(g, p->pnl), ink_of(p->pnl));
    term_print_right(g, box_of(47 - back, y, 11), ink_of(p->pnl), "%s", term_money(text, p->pnl, true, true));
    term_print_right(g, box_of(59 - back, y, 7), ink_of(p->r), "%+.2f", p->r);
    if (p->stop > 0) {
        term_print_right(g, box_of(67 - back, y, 10), way < 0 ? INK_WARN : INK_PLAIN, "%.2f%%", way);
    } else {
        term_print_right(g, box_of(67 - back, y, 10), INK_ALARM, "no stop");
    }
}

static void draw_heading(term_grid_t *g, i32 y)
{
    static const char *const names[] = {"qty", "entry", "mark", "P&L", "R", "to stop"};
    static const i32 right[] = {23, 34, 45, 58, 66, 77};
    bool less = g->width < TABLE_W;
    (void)term_text(g, box_of(1, y, 6), INK_DIM, "symbol");
    (void)term_text(g, box_of(10, y, 4), INK_DIM, "side");
    for (u32 k = less ? 2 : 0; k < COUNT_OF(names); k++) {
        i32 n = (i32)strlen(names[k]);
        (void)term_text(g, box_of(right[k] - n - (less ? TABLE_LESS : 0), y, n), INK_DIM, names[k]);
    }
}

/* Rows of the table, the heading not counted. */
static void draw_positions(term_grid_t *g, i32 y, i32 rows, const term_frame_t *f)
{
    char title[64];
    u32 count = MIN_OF(f->position_count, TERM_POSITIONS);
    u32 total = MAX_OF(f->position_total, count);
    u32 shown = MIN_OF(count, (u32)rows);
    if (shown < total) {
        snprintf(title, sizeof title, "Positions %u, first %u", total, shown);
    } else {
        snprintf(title, sizeof title, "Positions %u", total);
    }
    term_rule(g, box_of(0, y, g->width), title);
    draw_heading(g, y + 1);
    for (u32 k = 0; k < shown; k++) {
        draw_position(g, y + 2 + (i32)k, &f->positions[k]);
    }
    if (shown == 0 && rows > 0) {
        (void)term_text(g, box_of(1, y + 2, g->width - 2), INK_DIM, "none open");
    }
}

static void draw_log(term_grid_t *g, i32 y, const term_log_t *l)
{
    static const char marks[] = {' ', '+', '-', 'x', '!'};
    static const ink_t ink_by_kind[] = {INK_DIM, INK_UP, INK_PLAIN, INK_WARN, INK_ALARM};
    u32 kind = (u32)l->kind < COUNT_OF(marks) ? (u32)l->kind : TERM_ALARM;
    (void)term_text(g, box_of(1, y, 8), INK_DIM, l->time);
    term_glyph(g, 10, y, (u16)marks[kind], ink_by_kind[kind]);
    (void)term_text(g, box_of(12, y, 6), INK_STRONG, l->symbol);
    (void)term_text(g, box_of(19, y, 18), ink_by_kind[kind], l->what);
    (void)term_text(g, box_of(38, y, g->width - 39), INK_PLAIN, l->numbers);
}

static void draw_logs(term_grid_t *g, i32 y, i32 rows, const term_frame_t *f)
{
    term_rule(g, box_of(0, y, g->width), "Decisions and refusals");
    u32 count = MIN_OF(f->log_count, TERM_LOGS);
    for (i32 k = 0; k < rows && (u32)k < count; k++) {
        draw_log(g, y + 1 + k, &f->logs[count - 1 - (u32)k]);
    }
}

/* The hint whole, or what stands before its semicolon: a command that is cut would be another one. */
static void draw_hint(term_grid_t *g, term_box_t at, const char *hint)
{
    size_t whole = strnlen(hint, TERM_TEXT);
    const char *end = memchr(hint, ';', whole);
    size_t n = (i32)whole > at.w && end != NULL ? (size_t)(end - hint) : whole;
    term_print_right(g, at, INK_DIM, "%.*s", (int)n, hint);
}

static void draw_bottom(term_grid_t *g, i32 y, const term_frame_t *f)
{
    char text[32];
    f64 rate = f->trades > 0 ? 100.0 * (f64)f->wins / (f64)f->trades : 0.0;
    term_rule(g, box_of(0, y, g->width), "");
    i32 x = term_text(g, box_of(1, y + 1, 6), INK_DIM, "today");
    x = term_print(g, box_of(x + 2, y + 1, 24), INK_PLAIN, "trades %llu", (unsigned long long)f->trades);
    if (f->trades > 0) {
        x = term_print(g, box_of(x + 1, y + 1, 12), INK_DIM, "(%.0f%% won)", rate);
    }
    x = term_print(g, box_of(x + 3, y + 1, 24), INK_PLAIN, "refusals %llu", (unsigned long long)f->refusals);
    x = term_text(g, box_of(x + 3, y + 1, 4), INK_PLAIN, "P&L");
    term_glyph(g, x + 1, y + 1, arrow_of(g, f->day_pnl), ink_of(f->day_pnl));
    (void)term_money(text, f->day_pnl, true, true);
    x = term_text(g, box_of(x + 3, y + 1, 16), ink_of(f->day_pnl), text);
    if (g->width - x > 6) {
        draw_hint(g, box_of(x + 3, y + 1, g->width - x - 4), f->hint);
    }
}

/* The middle of the screen: what is left between the top block and the bottom line goes to positions as far
 * as they need it, but the decisions keep at least a third. */
static void draw_middle(term_grid_t *g, i32 y, i32 rows, const term_frame_t *f)
{
    i32 need = MAX_OF((i32)MIN_OF(f->position_count, TERM_POSITIONS), 1);
    i32 room = rows - 3; /* two rules and a heading */
    if (room < 2) {
        draw_logs(g, y, rows - 1, f);
        return;
    }
    i32 table = MIN_OF(need, room - MAX_OF(room / 3, 1));
    draw_positions(g, y, table, f);
    draw_logs(g, y + 2 + table, room - table, f);
}

void term_render(const term_frame_t *frame, const term_screen_t *screen, writer_t *out)
{
    ASSERT(frame != NULL && screen != NULL);
    ASSERT(out != NULL);
    if (screen->width < TERM_WIDTH_MIN || screen->height < TERM_HEIGHT_MIN) {
        term_plain_line(frame, out);
        return;
    }
    term_grid_t g;
    term_grid_init(&g, screen);
    draw_header(&g, frame);
    i32 y = 1;
    i32 top = g.height >= TALL_FROM ? TOP_TALL : TOP_SMALL;
    i32 stages_w = top == TOP_TALL ? MAX_OF(40, g.width * 9 / 20) : 2 * STAGE_HALF + 1;
    if (g.height >= 18 && g.width >= 76) {
        i32 left = g.width - stages_w - 2;
        term_box_t stages = {.x = left + 2, .y = y, .w = stages_w, .h = top + 1};
        draw_equity(&g, (term_box_t){.x = 0, .y = y, .w = left, .h = top + 1}, frame);
        if (top == TOP_TALL) {
            draw_stages_tall(&g, stages, frame);
        } else {
            draw_stages_small(&g, stages, frame);
        }
        y += top + 1;
    } else if (g.height >= 18) {
        draw_equity(&g, (term_box_t){.x = 0, .y = y, .w = g.width, .h = 6}, frame);
        y += 6;
    }
    draw_middle(&g, y, g.height - 2 - y, frame);
    draw_bottom(&g, g.height - 2, frame);
    term_grid_emit(&g, screen->color, out);
}

static void put_clean(writer_t *out, const char *text)
{
    for (size_t k = 0; text[k] != '\0'; k++) {
        u8 c = (u8)text[k];
        put_u8(out, c >= 0x20 && c < 0x7F ? c : '?');
    }
}

void term_plain_line(const term_frame_t *frame, writer_t *out)
{
    ASSERT(frame != NULL && out != NULL);
    char line[320];
    char equity[32];
    char pnl[32];
    u32 open = MAX_OF(frame->position_total, frame->position_count);
    (void)term_money(equity, equity_last(frame), true, false);
    (void)term_money(pnl, frame->day_pnl, true, true);
    snprintf(line, sizeof line,
             "%.10s %.8s %.7s %.11s cycle=%llu equity=%s day=%s positions=%u trades=%llu refusals=%llu %s",
             frame->date, frame->clock, frame->zone, frame->phase, (unsigned long long)frame->cycle, equity,
             pnl, open, (unsigned long long)frame->trades, (unsigned long long)frame->refusals,
             kill_text(frame->kill));
    put_clean(out, line);
    put_u8(out, '\n');
}

const char *term_enter(void)
{
    return "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H";
}

const char *term_leave(void)
{
    return "\x1b[0m\x1b[?25h\x1b[?1049l";
}
