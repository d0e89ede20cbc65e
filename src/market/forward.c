/* See forward.h. */
#include "market/forward.h"

#include "base/assert.h"

forward_t forward_start(void)
{
    return forward_start_in(0);
}

forward_t forward_start_in(i32 exponent)
{
    ASSERT(exponent <= 0 && exponent >= QTY_EXPONENT_MIN);
    f64 lots = (f64)fixed_pow10((u32)-exponent);
    return (forward_t){.price = 1.0, .split = lots, .lots = lots};
}

bool forward_action(forward_t *f, const action_t *a)
{
    ASSERT(f != NULL && a != NULL);
    ASSERT(f->price > 0 && f->split > 0);
    if (a->kind == ACTION_SPLIT && a->ratio_num > 0 && a->ratio_den > 0) {
        f64 ratio = (f64)a->ratio_num / (f64)a->ratio_den;
        i64 close = f->close_last;
        if (close > 0 && fixed_mul_div(close, a->ratio_den, a->ratio_num, ROUND_NEAREST, &close) != ERR_OK) {
            close = 0;
        }
        f->price *= ratio;
        f->split *= ratio;
        f->close_last = close; /* a dividend of the same day is per new share */
        f->actions++;
        return true;
    }
    if (a->kind == ACTION_DIVIDEND && f->close_last > 0 && a->amount.v > 0 && a->amount.v < f->close_last) {
        f->price *= (f64)f->close_last / (f64)(f->close_last - a->amount.v);
        f->actions++;
        return true;
    }
    if (a->kind == ACTION_PAYOUT && a->amount.v >= 0) {
        return true; /* no price follows that would have to be compared */
    }
    f->refused++;
    return false;
}

void forward_bar(forward_t *f, const bar_t *b)
{
    ASSERT(f != NULL && b != NULL);
    ASSERT(b->close.v > 0 && (b->flags & BAR_LATE) == 0);
    f->close_last = b->close.v;
}

err_t forward_level(const forward_t *f, f64 adjusted, price_t *out)
{
    ASSERT(f != NULL && out != NULL);
    ASSERT(f->price > 0);
    return fixed_from_f64(adjusted / f->price, PRICE_SCALE, &out->v);
}
