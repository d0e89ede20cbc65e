/* The product's list of 87 loops, and where each row stands in this binary: as a loop of that name, under
 * another name, or not at all, and then what it needs.
 *
 * Promises: data alone (plan.def), tested against the loops, the stages and the tree. The ids name loops in
 * NOTICE facts. */
#ifndef VITRINE_LOOPS_PLAN_H
#define VITRINE_LOOPS_PLAN_H

#include "loops/loops.h"

enum {
#define P(id, group, ID, name, as, text) PLAN_##ID = id,
#include "loops/plan.def"
#undef P
    PLAN_ROWS = 87
};

typedef struct {
    u16 id;
    loop_group_t group;
    const char *name;
    const char *as;   /* "" or where its work is done */
    const char *text; /* "", what is done there, or what it needs */
} plan_row_t;

const plan_row_t *plan_at(u32 index);
u32 plan_count(void);
/* The row with this id; NULL: none. */
const plan_row_t *plan_find(u16 id);
/* The loop that has the row's name; NULL if there is none. */
const loop_desc_t *plan_loop(const plan_row_t *row);
/* "stands", "stands as loop strategy_exit: ...", "needs ...". 240 bytes are enough for all. */
void plan_print(const plan_row_t *row, char *out, size_t size);
/* How many rows stand, under their own name or another. */
u32 plan_standing(void);

#endif
