/* Where levels may come from. Private to this folder. */
#ifndef VITRINE_QUANT_LEVELS_LEVELS_SOURCES_H
#define VITRINE_QUANT_LEVELS_LEVELS_SOURCES_H

#include "quant/levels/levels.h"

enum { LEVELS_CANDIDATES = 384 };

typedef struct {
    f64 price;
    f64 weight;
    u32 origin;
} candidate_t;

typedef struct {
    candidate_t item[LEVELS_CANDIDATES];
    u32 count;
} candidates_t;

/* Fills `out` with every candidate of trading.md 4. Room for all: 9 marks, 3 averages, at most 232 pivots, 60
 * nodes and 80 round numbers. */
void levels_collect(const levels_input_t *in, candidates_t *out);

#endif

