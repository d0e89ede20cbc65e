/* Internal: what every kernel of a single indicator is made of: the call, the columns, windows in rings.
 *
 * Only *_lanes.c files include this. Lane l of vector i of a state is v[i][l]. */
#ifndef VITRINE_QUANT_INDICATORS_CALL_H
#define VITRINE_QUANT_INDICATORS_CALL_H

#include "base/assert.h"
#include "quant/indicators/kernels.h"
#include "quant/indicators/steps.h"

enum { BARS_MAX = 1 << 30 }; /* counts fit in u32 with room for the sums of periods */

/* One call: where it reads, where it writes, how far it has come. */
typedef struct {
    indicator_state_t *state;
    const indicator_cols_t *in;
    f64 *const *out;
    u32 first; /* index of this call's first bar in the run */
} call_t;

STEP call_t call_begin(void *state, const indicator_cols_t *in, f64 *const *out)
{
    ASSERT(state != NULL && in != NULL && out != NULL);
    indicator_state_t *s = state;
    ASSERT(s->head.n <= BARS_MAX && in->count <= BARS_MAX - s->head.n);
    return (call_t){.state = s, .in = in, .out = out, .first = (u32)s->head.n};
}

STEP void call_end(const call_t *c)
{
    c->state->head.n += c->in->count;
    ASSERT(c->state->head.n <= BARS_MAX);
}

STEP u32 whole_period(f64 p)
{
    ASSERT(p >= 1.0);
    ASSERT(p <= 4096.0);
    return (u32)p;
}

#define FOR_VECTORS(g) for (u32 g = 0; g < INDICATOR_LANES; g += LANES)
#define IN(column, i, g) v_load((column) + (size_t)(i)*INDICATOR_LANES + (g))
#define OUT(c, o, i, g, value, from)                                                                         \
    v_store((c).out[o] + (size_t)(i)*INDICATOR_LANES + (g), bar_ready(n, from) ? (value) : v_zero())
#define STATE(c, i, g) (&(c).state->v[i][g])

/* Rolling extreme by blocks of the window's length: the maximum of the block's beginning and of the tail of
 * the block before, three comparisons a bar whatever the window (M. van Herk, Pattern Recognition Letters 13,
 * 1992; J. Gil and M. Werman, IEEE PAMI 15, 1993). `ring` holds raw values up to `slot` and tail maxima after
 * it. */
STEP v_t extreme_push(f64 *ring, u32 slot, u32 w, v_t x, v_t *head)
{
    *head = slot == 0 ? x : v_max(*head, x);
    v_t top = slot + 1 < w ? v_max(v_load(ring + (size_t)(slot + 1) * INDICATOR_LANES), *head) : *head;
    v_store(ring + (size_t)slot * INDICATOR_LANES, x);
    if (slot + 1 == w) {
        v_t m = x;
        for (u32 j = w - 1; j-- > 0;) {
            f64 *at = ring + (size_t)j * INDICATOR_LANES;
            m = v_max(v_load(at), m);
            v_store(at, m);
        }
    }
    return top;
}

/* Mean of the ring's p values, oldest first; `slot` is where the newest stands. */
STEP v_t ring_mean(const f64 *ring, u32 slot, u32 p)
{
    v_t sum = v_zero();
    for (u32 j = 1; j <= p; j++) {
        u32 at = slot + j < p ? slot + j : slot + j - p;
        v_t x = v_load(ring + (size_t)at * INDICATOR_LANES);
        sum = j == 1 ? x : sum + x;
    }
    return sum * v_all(1.0 / (f64)p);
}

/* The last p values of something, in a ring. */
typedef struct {
    f64 *ring;
    u32 slot, p; /* where the newest stands */
} window_t;

/* Bar n's value takes the place of the oldest. */
STEP void window_push(window_t *w, u32 n, v_t x)
{
    w->slot = n % w->p;
    v_store(w->ring + (size_t)w->slot * INDICATOR_LANES, x);
}

/* Before the push of bar n: the value of bar n - p. */
STEP v_t window_leaving(window_t w, u32 n)
{
    return v_load(w.ring + (size_t)(n % w.p) * INDICATOR_LANES);
}

/* Value j of the window, 0 the oldest. Windows are always read oldest first, so that a value is a function of
 * the window alone and not of where its ring began. */
STEP v_t window_at(window_t w, u32 j)
{
    u32 at = w.slot + 1 + j;
    at = at < w.p ? at : at - w.p;
    return v_load(w.ring + (size_t)at * INDICATOR_LANES);
}

/* Sum of (value - origin) over the window. */
STEP v_t window_sum(window_t w, v_t origin)
{
    v_t sum = v_zero();
    for (u32 j = 0; j < w.p; j++) {
        sum = sum + (window_at(w, j) - origin);
    }
    return sum;
}

/* Kernels outside kernels_lanes.c: KERNEL(wma) is the head of wma's kernel at this processor level. */
#define KERNEL(name)                                                                                         \
    void LANE_PASTE(run_##name, LANE_LEVEL)(void *state, const f64 *params, const indicator_cols_t *in,      \
                                            f64 *const *out)
#define X(name) indicator_kernel_t LANE_PASTE(run_##name, LANE_LEVEL);
INDICATOR_MORE(X)
#undef X

#endif
