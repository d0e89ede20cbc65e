/* The terminal face of a running demo: one frame of plain numbers in, one screen of text out.
 *
 * Promises: a pure function of the frame and the screen. Every line has exactly the screen's width or less,
 * whatever stands in the frame: text that could move the cursor is shown as '?'. Nothing is told by colour
 * alone; signs, arrows and words carry it too. Sizes from 40 x 10 up to 200 x 60 are laid out, larger ones
 * use that much, smaller ones get the plain line. A redraw starts at the cursor's home and needs no memory of
 * the last one.
 * Leaves to others: reading the terminal's size, writing the bytes, keys, and filling the frame. */
#ifndef VITRINE_FACES_CLI_TERM_VIEW_H
#define VITRINE_FACES_CLI_TERM_VIEW_H

#include "base/bytes.h"

enum { TERM_POSITIONS = 16, TERM_STAGES = 13, TERM_LOGS = 12, TERM_EQUITY = 512, TERM_TEXT = 96 };

typedef enum { TERM_KILL_OFF = 0, TERM_KILL_PAUSED = 1, TERM_KILL_ON = 2 } term_kill_t;
typedef enum { TERM_NOTE = 0, TERM_ENTRY, TERM_EXIT, TERM_REFUSAL, TERM_ALARM } term_kind_t;

typedef struct {
    char symbol[12];
    i32 side;     /* +1 long, -1 short */
    f64 quantity; /* unsigned */
    f64 entry;
    f64 mark;
    f64 stop; /* 0 if there is none, which is shown */
    f64 pnl;  /* account currency, open */
    f64 r;    /* open result in units of the first risk */
} term_position_t;

typedef struct {
    char name[16];
    u32 in; /* of the last cycle */
    u32 out;
    u64 day_in; /* since the session began */
    u64 day_out;
    bool reached; /* false: the last cycle ended before this stage */
} term_stage_t;

typedef struct {
    char time[9]; /* "10:42:07", exchange time */
    char symbol[12];
    char what[24];           /* "entry long", "refused spread" */
    char numbers[TERM_TEXT]; /* what decided: "spread 41 bps > 25 bps" */
    term_kind_t kind;
} term_log_t;

typedef struct {
    char run[24];
    char date[11];
    char clock[9];
    char zone[8];
    char phase[12]; /* "open", "quiet open", "closed" */
    f64 speed;      /* simulated seconds in a second; 0 is "max" */
    term_kill_t kill;
    u64 cycle;
    f64 equity_start;        /* of the day: the base of the day's result and the dotted line of the chart */
    f64 equity[TERM_EQUITY]; /* oldest first, evenly spaced */
    u32 equity_count;
    term_position_t positions[TERM_POSITIONS];
    u32 position_count; /* in the table */
    u32 position_total; /* open in all */
    term_stage_t stages[TERM_STAGES];
    u32 stage_count;
    term_log_t logs[TERM_LOGS]; /* oldest first; shown newest first */
    u32 log_count;
    u64 trades; /* closed today */
    u64 wins;
    u64 refusals;
    f64 day_pnl;
    char hint[TERM_TEXT]; /* "q quit  space pause", or what went wrong */
} term_frame_t;

typedef struct {
    i32 width;  /* columns */
    i32 height; /* rows */
    bool color;
    bool unicode;
} term_screen_t;

enum { TERM_WIDTH_MIN = 40, TERM_HEIGHT_MIN = 10, TERM_WIDTH_MAX = 200, TERM_HEIGHT_MAX = 60 };
/* Enough for the largest screen with a colour change and three bytes in every cell. */
enum { TERM_BYTES_MAX = TERM_WIDTH_MAX * TERM_HEIGHT_MAX * 12 + 256 };

/* Draws the frame. Running out of `out` sets its `full` and leaves half a screen: give it TERM_BYTES_MAX. */
void term_render(const term_frame_t *frame, const term_screen_t *screen, writer_t *out);
/* One line for logs and pipes, ended by a newline. */
void term_plain_line(const term_frame_t *frame, writer_t *out);
/* What to write once before the first frame (other screen, no cursor) and once after the last (all back). */
const char *term_enter(void);
const char *term_leave(void);

#endif
