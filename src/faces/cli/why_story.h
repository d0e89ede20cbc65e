/* Everything a run's journal tells about one symbol at one moment, or about one trade. See verb_why.c.
 *
 * Promises: the cycle is the last one at or before the asked moment; where a day is asked for, or nothing,
 * cycles that were stopped before they came to the symbol do not stand in the way of one of the same session
 * that did. For a trade the whole life is gathered,
 * from the decision to the lesson. Leaves to others: words (why_text.c) and JSON (why_json.c). */
#ifndef VITRINE_FACES_CLI_WHY_STORY_H
#define VITRINE_FACES_CLI_WHY_STORY_H

#include "drivers/flight.h"
#include "faces/cli/why_walk.h"
#include "faces/report/tax_ledger.h"
#include "trade/execution/bunch.h"

#define WHY_HOUSE "the house" /* no user: asked for by naming none */
enum { WHY_ROWS = 64, WHY_ID_MIN = 4, WHY_BUNCHES = 16, WHY_HEARD = 6,
       WHY_CHAIN = BULLETIN_MOVE - BULLETIN_IV + 1 };

typedef struct {
    const char *target; /* a symbol, or the beginning of an order's id: hex, or as brokers see it */
    const char *run;
    const char *user; /* whose decision; NULL: on a symbol the first user's, of an id its owner's */
    i64 at; /* last moment that counts; I64_MAX: the end */
    bool exact; /* that cycle and no other, whatever it knows of the symbol */
    lots_rates_t rates;
    bool rates_known;
} why_ask_t;

/* A booking that no fill made: a dividend, a split, a payout, what a short paid for its loan. */
typedef struct {
    ev_CASH_t c;   /* `amount` is the sum, quantities are those of the last */
    i64 from, to;  /* of the first and the last */
    u32 bookings;
} why_cash_t;

typedef struct {
    why_run_t run;
    u16 inst;
    cycle_record_t *own_cycle;
    screen_refusal_t *own_refusals;
    bool micro;
    char user[USER_NAME]; /* whose; empty in a run of one */
    config_t config;      /* that it was decided with */
    why_t why;
    bool traded;
    i64 t_entered, t_traded; /* of the last cycle that came to the symbol and of the last that traded it; 0 */
    u32 stopped_count; /* later cycles of the session that were stopped before they came to it, */
    u32 stopped_stage; /* the last of them here, */
    i64 stopped_t;     /* and when */
    bool halted;    /* at that cycle the symbol did not trade, */
    ev_HALT_t halt; /* by this message */
    /* of the symbol in the day before that cycle, oldest first; of its options what their last chain said */
    bulletin_t heard[WHY_HEARD + WHY_CHAIN];
    u32 heard_count;
    flight_parts_t took; /* of the slice that the cycle belongs to; wall 0: not recorded */
    id128_t entry;
    ev_INTENT_t intent[WHY_ROWS];
    ev_FILL_t fill[WHY_ROWS];
    exit_record_t exit[WHY_ROWS];
    struct {
        bool known;
        i64 qty;
        lots_sale_t sale;
    } tax[WHY_ROWS]; /* beside exit[i]: what leaving at its mark comes to, before it is done */
    bool rates_known;
    struct {
        u32 intent;  /* which of them left in a bunched order, */
        bunch_t of;  /* and that order */
    } bunch[WHY_BUNCHES];
    u32 bunch_count;
    u8 state[WHY_ROWS]; /* last state of intent[i], 0 unknown */
    why_cash_t cash[WHY_ROWS]; /* what was booked while it was held; fees of borrowing in a row are one */
    u32 intent_count, fill_count, exit_count, cash_count;
    report_slices_t sliced; /* of the run up to the end of the walk; the trade's own order is sliced_at */
    u32 sliced_at;          /* order_count or more: it was not sliced */
    u32 more; /* rows beyond WHY_ROWS, counted and left off */
    lesson_record_t lesson;
    bool has_lesson;
} why_story_t;

/* Free with why_story_free, also after an error. ERR_UNKNOWN_SYMBOL, ERR_NOT_FOUND (no cycle that early, no
 * such id or user, another user's), ERR_USAGE (the beginning of several ids). */
MUST_USE err_t why_story_read(app_t *app, const why_ask_t *ask, why_story_t *out);
void why_story_free(why_story_t *s);

void why_text(app_t *app, const why_story_t *s);
void why_json(app_t *app, const why_story_t *s);
/* Who had a part in a bunched order beside the one that is asked for: "with bert 120, carl 33; 353 in all".
 * Quantities have `scale` decimals. */
void why_bunch_text(char out[512], const why_story_t *s, u32 index, u32 scale);
/* "split, 10 became 70", "dividend +12.50 on 10"; quantities have `scale` decimals. */
void why_cash_text(char out[120], const why_cash_t *c, u32 scale);
/* "2025-01-30T13:00:00Z  report +0.66  the words of it". */
enum { WHY_HEARD_TEXT = BULLETIN_TEXT + 80 };
void why_heard_text(char out[WHY_HEARD_TEXT], const bulletin_t *b);
/* One gate's value and threshold in its unit's decimals, e.g. "31.22". */
void why_number(char out[48], u16 rule, i64 steps);
/* A candidate's evidence: indices of known rows by size, largest first. Returns how many. */
u32 why_evidence_order(const cand_record_t *c, u32 order[EVIDENCE_COUNT]);
/* JSON lines of a run for independent scripts: a head, then one line a cycle; of `user` alone if one is
 * named, NULL everybody's and the house's. ERR_NOT_FOUND for a user that the run has not. */
MUST_USE err_t why_export(app_t *app, const char *run, const char *user);
/* Checks `count` refusals, chosen by `seed`, for the property of the smallest change; `user` as above.
 * ERR_DIVERGED if any fails. */
typedef struct {
    const char *run, *user;
    u64 count, seed;
} why_check_t;
MUST_USE err_t why_self_check(app_t *app, const why_check_t *ask);

#endif
