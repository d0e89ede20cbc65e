/* See strategy.h. The table is list.def. */
#include "alpha/strategies/strategy.h"

#include "base/assert.h"
#include "quant/math/qmath.h"

#define X(kind, name) extern const kind##_desc_t name;
#include "alpha/strategies/list.def"
#undef X

static const strategy_desc_t *const table[] = {
#define X(kind, name) &name,
#include "alpha/strategies/list.def"
#undef X
};

u32 strategy_count(void)
{
    return (u32)COUNT_OF(table);
}

const strategy_desc_t *strategy_at(u32 index)
{
    ASSERT(index < COUNT_OF(table));
    return table[index];
}

const strategy_desc_t *strategy_find(u16 id)
{
    for (u32 i = 0; i < COUNT_OF(table); i++) {
        if (table[i]->id == id) {
            return table[i];
        }
    }
    return NULL;
}

f64 strategy_score(const f64 component[3], const f64 weight[3])
{
    f64 sum = 0;
    for (u32 i = 0; i < 3; i++) {
        sum += weight[i] * q_clamp(component[i], 0.0, 1.0);
    }
    ASSERT(sum >= 0.0 && sum <= 1.0 + 1e-9);
    return q_min(0.15 + 0.85 * sum, 1.0);
}
