/* See roll_build.h. */
#include "market/roll_build.h"

#include "base/assert.h"

err_t roll_add(roll_factors_t *f, const roll_t *r)
{
    ASSERT(f != NULL && r != NULL);
    ASSERT(f->count <= ROLLS_MAX);
    bool later = f->count == 0 || r->t_known > f->t_known[f->count - 1];
    if (r->old_price.v <= 0 || r->new_price.v <= 0 || !later) {
        return ERR_PARAM_RANGE;
    }
    if (f->count == ROLLS_MAX) {
        return ERR_POOL_FULL;
    }
    f64 before = f->count == 0 ? 1.0 : f->factor[f->count - 1];
    f->t_known[f->count] = r->t_known;
    f->factor[f->count] = before * ((f64)r->old_price.v / (f64)r->new_price.v);
    f->count++;
    return ERR_OK;
}

f64 roll_factor(const roll_factors_t *f, i64 t)
{
    ASSERT(f != NULL);
    ASSERT(f->count <= ROLLS_MAX);
    u32 low = 0;
    u32 high = f->count;
    while (low < high) {
        u32 middle = low + (high - low) / 2;
        if (f->t_known[middle] <= t) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? 1.0 : f->factor[low - 1];
}
