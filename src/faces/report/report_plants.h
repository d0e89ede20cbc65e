/* Entries beside the moves that a simulated market planted: whether a strategy found them, and what it earned
 * there and elsewhere. The market itself is not known here; who knows it gives the moves. */
#ifndef VITRINE_FACES_REPORT_REPORT_PLANTS_H
#define VITRINE_FACES_REPORT_REPORT_PLANTS_H

#include "drivers/run_spec.h"

typedef struct {
    u32 inst;
    i32 direction; /* +1, -1 */
    i64 from, to;  /* the start of its sign and the end of its drift */
} report_plant_t;

/* The moves planted in the traded sessions of a run, in any order; *own_out is malloc'd, NULL if there are
 * none. Errors of the market. */
typedef err_t (*report_plants_fn)(const run_spec_t *spec, diag_t *diag, report_plant_t **own_out, u32 *count);

typedef struct {
    u32 n;
    f64 sum, squares; /* of net R */
} report_sum_t;

typedef struct {
    bool known;
    u32 moves;
    report_sum_t met;       /* trades of the pattern's strategy entered within a move, on its side */
    report_sum_t elsewhere; /* its other trades */
    report_sum_t others;    /* trades of other strategies entered within a move, on its side */
} report_found_t;

#endif
