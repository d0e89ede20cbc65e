/* See tick.h. */
#include "model/tick.h"

#include "base/assert.h"

enum { FINE = 1000000 }; /* a millionth: finer than any tick, coarser than what scaling leaves behind */

price_t tick_at(const instrument_t *t, price_t p)
{
    ASSERT(t != NULL);
    const price_t small = {PRICE_SCALE / 10000};
    bool share = t->cls == CLASS_STOCK || t->cls == CLASS_ETF;
    return t->tick.v <= 0 || (share && p.v < PRICE_SCALE) ? small : t->tick;
}

bool tick_fits(const instrument_t *t, price_t p)
{
    return p.v % tick_at(t, p).v == 0;
}

price_t tick_round(const instrument_t *t, price_t p, bool up)
{
    ASSERT(t != NULL && p.v >= 0);
    i64 step = tick_at(t, p).v;
    i64 down = p.v / step * step;
    i64 v = up && down != p.v ? down + step : down;
    return (price_t){MAX_OF(v, step)};
}

price_t tick_beyond(const instrument_t *t, f64 price, bool up)
{
    ASSERT(t != NULL);
    i64 fine = 0;
    err_t err = fixed_from_f64(price, FINE, &fine);
    ASSERT(err == ERR_OK && fine < I64_MAX / (PRICE_SCALE / FINE));
    return tick_round(t, (price_t){fine * (PRICE_SCALE / FINE)}, up);
}
