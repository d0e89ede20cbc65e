/* See plan.h. */
#include "loops/plan.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"

static const plan_row_t rows[] = {
#define P(id, group, ID, name, as, text) {id, LOOP_##group, name, as, text},
#include "loops/plan.def"
#undef P
};

_Static_assert(COUNT_OF(rows) == PLAN_ROWS, "the product's list has 87 rows");

u32 plan_count(void) { return (u32)COUNT_OF(rows); }

const plan_row_t *plan_at(u32 index)
{
    ASSERT(index < COUNT_OF(rows));
    return &rows[index];
}

const plan_row_t *plan_find(u16 id)
{
    return id >= 1 && id <= COUNT_OF(rows) ? &rows[id - 1] : NULL;
}

const loop_desc_t *plan_loop(const plan_row_t *row)
{
    ASSERT(row != NULL);
    for (u32 i = 0; i < loop_count(); i++) {
        if (strcmp(loop_at(i)->name, row->name) == 0) {
            return loop_at(i);
        }
    }
    return NULL;
}

void plan_print(const plan_row_t *row, char *out, size_t size)
{
    ASSERT(row != NULL && out != NULL && size > 0);
    if (plan_loop(row) != NULL) {
        (void)snprintf(out, size, "stands");
    } else if (row->as[0] != '\0') {
        (void)snprintf(out, size, "stands as %s: %s", row->as, row->text);
    } else {
        (void)snprintf(out, size, "needs %s", row->text);
    }
}

u32 plan_standing(void)
{
    u32 n = 0;
    for (u32 i = 0; i < COUNT_OF(rows); i++) {
        n += plan_loop(&rows[i]) != NULL || rows[i].as[0] != '\0' ? 1 : 0;
    }
    return n;
}
