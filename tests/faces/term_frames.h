/* Frames for tests of the terminal face: a busy day, and one full of what must not be believed. */
#ifndef VITRINE_TESTS_FACES_TERM_FRAMES_H
#define VITRINE_TESTS_FACES_TERM_FRAMES_H

#include <stdio.h>
#include <string.h>

#include "faces/cli/term_view.h"

static inline void frame_stages(term_frame_t *f)
{
    static const term_stage_t stages[TERM_STAGES] = {
        {"lock", 1, 1, 74, 74, true},          {"breaker", 1, 1, 74, 74, true},
        {"regime", 1, 1, 74, 74, true},        {"monk", 1, 1, 74, 69, true},
        {"snapshot", 1, 1, 69, 69, true},      {"screen", 50, 10, 3450, 684, true},
        {"strategies", 10, 4, 684, 131, true}, {"score", 4, 2, 131, 60, true},
        {"conviction", 2, 2, 60, 41, true},    {"debate", 2, 1, 41, 33, true},
        {"sizing", 1, 1, 33, 22, true},        {"execute", 1, 0, 22, 9, true},
        {"exits", 0, 0, 9, 5, false},
    };
    memcpy(f->stages, stages, sizeof stages);
    f->stage_count = TERM_STAGES;
}

static inline void frame_logs(term_frame_t *f)
{
    static const term_log_t logs[] = {
        {"10:14:00", "BATQ", "exit target", "+2.00 R after 38 min, slippage 1.2 bps", TERM_EXIT},
        {"10:22:00", "", "regime sideways", "p 0.81, volatility 0.9 of the window's", TERM_NOTE},
        {"10:26:00", "FELX", "refused score", "composite 57.1 < 60", TERM_REFUSAL},
        {"10:28:00", "NIRV", "refused spread", "spread 31 bps > 25 bps", TERM_REFUSAL},
        {"10:34:00", "KODZ", "entry short", "212 at 47.31, stop 47.86, score 71, conviction 74", TERM_ENTRY},
        {"10:38:00", "GUPX", "refused sector cap", "sector 4 would hold 31.2% > 30%", TERM_REFUSAL},
        {"10:40:00", "TEBQ", "entry long", "84 at 118.02, stop 116.90, score 66, conviction 81", TERM_ENTRY},
        {"10:42:00", "RAMX", "refused room", "next level 0.7 R away < 1.0 R; it would pass at 104.10",
         TERM_REFUSAL},
    };
    memcpy(f->logs, logs, sizeof logs);
    f->log_count = COUNT_OF(logs);
}

static inline void frame_busy(term_frame_t *f)
{
    static const term_position_t positions[] = {
        {"TEBQ", 1, 84, 118.02, 118.61, 116.90, 49.56, 0.53},
        {"KODZ", -1, 212, 47.31, 47.44, 47.86, -27.56, -0.24},
        {"DIFV", 1, 1450, 6.88, 6.97, 6.74, 130.50, 0.64},
        {"SPY", 1, 25, 401.77, 401.77, 398.20, 0, 0},
        {"ZULQ", -1, 40, 310.55, 302.18, 306.40, 334.80, 2.02},
        {"MOKX", 1, 310, 32.20, 31.97, 0, -71.30, -0.61},
    };
    memset(f, 0, sizeof *f);
    snprintf(f->run, sizeof f->run, "demo 7f3a");
    snprintf(f->date, sizeof f->date, "2025-02-10");
    snprintf(f->clock, sizeof f->clock, "10:42:00");
    snprintf(f->zone, sizeof f->zone, "ET");
    snprintf(f->phase, sizeof f->phase, "open");
    snprintf(f->hint, sizeof f->hint, "q quit");
    f->speed = 600;
    f->cycle = 74;
    memcpy(f->positions, positions, sizeof positions);
    f->position_count = COUNT_OF(positions);
    f->position_total = COUNT_OF(positions);
    frame_stages(f);
    frame_logs(f);
    f->equity_start = 100000;
    f->equity_count = 300;
    for (u32 k = 0; k < f->equity_count; k++) { /* two slow waves on a rising line */
        f64 a = (f64)(k % 120) / 120.0;
        f64 b = (f64)(k % 34) / 34.0;
        f->equity[k] = 100000 + 2.1 * k + 5400.0 * a * (1.0 - a) * (2.0 * a - 1.0) - 260.0 * b * (1.0 - b);
    }
    f->trades = 5;
    f->wins = 3;
    f->refusals = 3391;
    f->day_pnl = 562.90;
}

/* Every text full and hostile, every number absurd, every count beyond its array. */
static inline void frame_hostile(term_frame_t *f)
{
    static const char evil[] = "\x1b[2J\x1b]0;x\a\r\n\xE2\x80\xAE\x9B"
                               "5m%s%n\t\x7F";
    frame_busy(f);
    f->speed = 1e300;
    f->cycle = UINT64_MAX;
    f->trades = UINT64_MAX;
    f->refusals = UINT64_MAX;
    f->day_pnl = -__builtin_inf();
    f->kill = TERM_KILL_ON;
    f->equity_count = 100000;
    f->position_count = 100000;
    f->log_count = 100000;
    f->stage_count = 100000;
    snprintf(f->run, sizeof f->run, "%.20s", evil);
    snprintf(f->phase, sizeof f->phase, "%.10s", evil);
    snprintf(f->hint, sizeof f->hint, "%s%s%s", evil, evil, evil);
    for (u32 k = 0; k < TERM_POSITIONS; k++) {
        f->positions[k] = (term_position_t){.side = -1,
                                            .quantity = 1e18,
                                            .entry = -1e12,
                                            .mark = 1e-9,
                                            .stop = 1e9,
                                            .pnl = __builtin_nan(""),
                                            .r = -1e18};
        snprintf(f->positions[k].symbol, sizeof f->positions[k].symbol, "%.10s", evil);
    }
    for (u32 k = 0; k < TERM_LOGS; k++) {
        snprintf(f->logs[k].what, sizeof f->logs[k].what, "%.20s", evil);
        snprintf(f->logs[k].numbers, sizeof f->logs[k].numbers, "%s%s%s", evil, evil, evil);
        f->logs[k].kind = (term_kind_t)(k + 1);
    }
    for (u32 k = 0; k < TERM_STAGES; k++) {
        f->stages[k] = (term_stage_t){
            .in = UINT32_MAX, .out = UINT32_MAX, .day_in = 1, .day_out = UINT64_MAX, .reached = true};
        snprintf(f->stages[k].name, sizeof f->stages[k].name, "%.12s", evil);
    }
    f->equity[3] = __builtin_nan("");
    f->equity[4] = __builtin_inf();
    f->equity[5] = -1e300;
}

#endif
