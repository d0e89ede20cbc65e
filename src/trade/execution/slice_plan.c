/* See slice_plan.h. */
#include "trade/execution/slice_plan.h"

#include "base/assert.h"
#include "base/fixed.h"
#include "base/units.h"

/* Without a curve the brief's own number. */
enum { SLICES_UNKNOWN = 5 };

f64 slice_volume(const slice_ask_t *a, i64 from, i64 to)
{
    ASSERT(a != NULL && a->bar_ns > 0);
    f64 sum = 0;
    for (u32 i = 0; a->curve != NULL && i < a->bars; i++) {
        i64 begin = a->open + (i64)i * a->bar_ns;
        i64 inside = MIN_OF(to, begin + a->bar_ns) - MAX_OF(from, begin);
        sum += inside > 0 ? a->curve[i] * ((f64)inside / (f64)a->bar_ns) : 0.0;
    }
    ASSERT(sum >= 0);
    return sum;
}

static bool ask_is_usable(const slice_ask_t *a)
{
    bool curve = a->curve == NULL || a->bars > 0;
    for (u32 i = 0; a->curve != NULL && i < a->bars; i++) {
        curve = curve && a->curve[i] >= 0 && a->curve[i] < 1e15;
    }
    return curve && (a->algo == SLICING_TWAP || a->algo == SLICING_VWAP) && a->qty > 0 && a->lot > 0 &&
           a->least > 0 && a->step_ns > 0 && a->bar_ns > 0 && a->open <= a->now && a->now < a->close &&
           a->participation > 0 && a->participation <= 1;
}

/* How many slices: by volume, and no more than time, lots and the least quantity leave room for. */
static u32 slices_of(const slice_ask_t *a)
{
    f64 usual = slice_volume(a, a->now, MIN_OF(a->now + a->step_ns, a->close));
    i64 n = SLICES_UNKNOWN;
    if (usual > 0) {
        f64 wanted = (f64)a->qty / (a->participation * usual);
        n = wanted >= SLICES_MAX ? SLICES_MAX : (i64)wanted + (wanted > (f64)(i64)wanted ? 1 : 0);
        n = MAX_OF(n, (i64)SLICES_MIN);
    }
    i64 time = (a->close - a->now - 1) / a->step_ns + 1; /* t_i = now + i step stays before the close */
    i64 most = MIN_OF(MIN_OF(time, a->qty / a->lot), a->qty / a->least);
    return (u32)MAX_OF(MIN_OF(n, most), 1);
}

/* Weights of the slices as whole numbers; false where the curve says nothing of these hours. */
static bool weights_of(const slice_ask_t *a, u32 count, i64 weight[SLICES_MAX])
{
    i64 sum = 0;
    for (u32 i = 0; i < count; i++) {
        i64 from = a->now + (i64)i * a->step_ns;
        f64 v = slice_volume(a, from, MIN_OF(from + a->step_ns, a->close));
        weight[i] = (i64)(v + 0.5);
        sum += weight[i];
    }
    return sum > 0;
}

/* Lots by weight: each its whole part, what is left over to the largest remainders, the earlier first. */
static void share_out(i64 lots, u32 count, const i64 weight[SLICES_MAX], i64 share[SLICES_MAX])
{
    i64 rest[SLICES_MAX];
    i64 sum = 0;
    i64 left = lots;
    for (u32 i = 0; i < count; i++) {
        sum += weight[i];
    }
    ASSERT(sum > 0);
    for (u32 i = 0; i < count; i++) {
        i128 part = (i128)lots * weight[i];
        share[i] = (i64)(part / sum);
        rest[i] = (i64)(part % sum);
        left -= share[i];
    }
    ASSERT(left >= 0 && left <= (i64)count);
    for (; left > 0; left--) {
        u32 best = 0;
        for (u32 i = 1; i < count; i++) {
            best = rest[i] > rest[best] ? i : best;
        }
        share[best]++;
        rest[best] = -1;
    }
}

/* Slices under the least quantity go with the next one, at its time; what the end leaves goes with the last
 * one. */
static void gather(const slice_ask_t *a, u32 count, const i64 share[SLICES_MAX], slice_schedule_t *out)
{
    i64 due = 0;
    i64 told = 0;
    for (u32 i = 0; i < count; i++) {
        due += share[i] * a->lot;
        if (due - told >= a->least) {
            out->t[out->count] = a->now + (i64)i * a->step_ns;
            out->until[out->count++] = due;
            told = due;
        }
    }
    out->count = out->count > 0 ? out->count : 1;
    out->until[out->count - 1] = a->qty;
}

err_t slice_plan(const slice_ask_t *a, slice_schedule_t *out)
{
    ASSERT(a != NULL && out != NULL);
    if (!ask_is_usable(a)) {
        return ERR_PARAM_RANGE;
    }
    i64 weight[SLICES_MAX];
    i64 share[SLICES_MAX];
    u32 count = slices_of(a);
    ASSERT(count >= 1 && count <= SLICES_MAX);
    slice_schedule_t s = {.algo = (u8)a->algo, .least = MAX_OF(a->least, a->lot)};
    if (a->algo == SLICING_TWAP || !weights_of(a, count, weight)) {
        s.algo = SLICING_TWAP;
        for (u32 i = 0; i < count; i++) {
            weight[i] = 1;
        }
    }
    i64 lots = a->qty / a->lot;
    if (lots == 0) {
        s.count = 1;
        s.t[0] = a->now;
        s.until[0] = a->qty;
    } else {
        share_out(lots, count, weight, share);
        gather(a, count, share, &s);
    }
    if (s.t[0] == 0) {
        s.t[0] = a->now; /* everything was under the least quantity: the order stays whole */
    }
    s.t_end = MIN_OF(s.t[s.count - 1] + a->step_ns, a->close);
    ASSERT(s.until[s.count - 1] == a->qty && s.t[0] >= a->now);
    *out = s;
    return ERR_OK;
}
