/* The cases of the court: what was claimed of which settings, on what grounds it was judged, and every step
 * since.
 *
 * A case is a row that is never changed and a list of acts that only grows; its state is its last act.
 * Promises: an act is taken only where it follows from the one before (cases_follows), looked up and written
 * in one transaction, so that of two who sign, one does; what is read back was checked again, since the table
 * stands on a disk; refused cases stay. Leaves to others: judging (quant/stats/court.h,
 * faces/research/docket.h). */
#ifndef VITRINE_STORE_CASES_H
#define VITRINE_STORE_CASES_H

#include "store/journal.h"

/* Stored ids. */
typedef enum {
    CASE_WON = 1,      /* before the court; now the shadow days are counted */
    CASE_REFUSED = 2,  /* there or later; the end */
    CASE_SHADOWED = 3, /* the shadow days are over and hold; now those with little money */
    CASE_TRIED = 4,    /* these too; now a signature, if one is asked for */
    CASE_SIGNED = 5,
    CASE_PROMOTED = 6,
    CASE_ROLLED_BACK = 7 /* by a person or by the rule; the end */
} case_act_kind_t;

enum { CASE_TEXT = 512, CASE_WHO = 64, CASE_ACTS_MAX = 8 };

typedef struct {
    u32 number; /* 0 until it is filed */
    i64 t_filed;
    date_t filed; /* no day up to this one was unseen: that of filing, or the runs' last if that is later */
    char hypothesis[CASE_TEXT];
    run_id_t challenger, incumbent;
    digest_t challenger_config, incumbent_config;
    date_t after;
    u32 shadow_days, canary_days;
    f64 canary_part;                   /* of the capital, to a millionth */
    bool signature;                    /* promotion needs one */
    u32 days, trades, trials, grounds; /* of the sitting (court.h) */
    f64 mean, low, high, noise, dsr;
    bool pbo_known;
    f64 pbo;
    char origin[CASE_TEXT]; /* where the challenger came from, for people */
} case_row_t;

typedef struct {
    case_act_kind_t kind;
    i64 t;
    char who[CASE_WHO]; /* "court", "rule" or a person's name */
    char text[CASE_TEXT];
} case_act_t;

typedef struct {
    case_row_t row;
    case_act_t act[CASE_ACTS_MAX]; /* oldest first, at least one */
    u32 acts;
} case_t;

/* Whether an act may follow another (0: none) in this case. */
bool cases_follows(const case_row_t *row, case_act_kind_t before, case_act_kind_t next);
case_act_kind_t case_state(const case_t *c);
/* "waits for a signature" */
const char *case_state_name(const case_t *c);

/* Whether words of a person may be kept: text without what would move a terminal's cursor. */
bool cases_text_fits(str_t text);
/* Files it with its first act (CASE_WON or CASE_REFUSED) and gives it its number. ERR_EXISTS: these two runs
 * were judged on these days in another case, which the diag names. */
MUST_USE err_t cases_file(store_t *s, case_row_t *row, const case_act_t *first, diag_t *diag);
/* ERR_NOT_FOUND; ERR_CORRUPT for what the program never writes. */
MUST_USE err_t cases_find(store_t *s, u32 number, diag_t *diag, case_t *out);
/* In order of filing; *own_out is malloc'd, NULL if there are none. ERR_CORRUPT as above. */
MUST_USE err_t cases_list(store_t *s, diag_t *diag, case_t **own_out, u32 *count);
/* The case whose settings were promoted last and not rolled back; 0: none. */
MUST_USE err_t cases_in_force(store_t *s, diag_t *diag, u32 *out);

/* What an act does besides being written down: done before the transaction ends, undone by none; it must bear
 * being done again. */
typedef struct {
    void *ctx;
    err_t (*run)(void *ctx, diag_t *diag); /* NULL: nothing */
    u32 in_force; /* of a promotion or its end: the case that was in force when it was decided */
} case_deed_t;
/* Adds an act to a case that stands as `c` says. ERR_BUSY if another process was first, ERR_USAGE if it does
 * not follow, errors of the deed: then nothing is written. */
MUST_USE err_t cases_act(store_t *s, const case_t *c, const case_act_t *act, case_deed_t deed, diag_t *diag);

#endif
