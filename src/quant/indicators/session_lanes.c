/* Kernels that know sessions or price levels: pivots, volume profile, relative volume by time of day. */
#include "quant/indicators/call.h"

enum { RUNNING_HIGH, RUNNING_LOW, LAST_CLOSE, PAST_HIGH, PAST_LOW, PAST_CLOSE, PAST_EXISTS, PIVOT_VECTORS };

/* High, low and close of the session before. */
typedef struct {
    v_t h, l, c;
} past_t;

/* Writes the levels; `exists` is 1 once there is a session before, else 0. */
typedef void pivot_levels_t(past_t x, v_t *level);

STEP v_t pivot_of(past_t x)
{
    return (x.h + x.l + x.c) / v_all(3.0);
}

STEP void levels_classic(past_t x, v_t *level)
{
    v_t p = pivot_of(x), two = v_all(2.0), range = x.h - x.l;
    level[0] = p;
    level[1] = two * p - x.l;
    level[2] = p + range;
    level[3] = x.h + two * (p - x.l);
    level[4] = two * p - x.h;
    level[5] = p - range;
    level[6] = x.l - two * (x.h - p);
}

STEP void levels_fibonacci(past_t x, v_t *level)
{
    static const f64 SHARE[3] = {0.382, 0.618, 1.0};
    level[0] = pivot_of(x);
    for (u32 k = 0; k < 3; k++) {
        level[1 + k] = level[0] + v_all(SHARE[k]) * (x.h - x.l);
        level[4 + k] = level[0] - v_all(SHARE[k]) * (x.h - x.l);
    }
}

STEP void levels_camarilla(past_t x, v_t *level)
{
    static const f64 PART[4] = {12.0, 6.0, 4.0, 2.0};
    level[0] = pivot_of(x);
    for (u32 k = 0; k < 4; k++) {
        level[1 + k] = x.c + v_all(1.1 / PART[k]) * (x.h - x.l);
        level[5 + k] = x.c - v_all(1.1 / PART[k]) * (x.h - x.l);
    }
}

/* v as PIVOT_VECTORS name them. */
STEP void run_pivots(const call_t *c, u32 levels, pivot_levels_t *compute)
{
    const indicator_cols_t *in = c->in;
    FOR_VECTORS(g)
    {
        v_t s[PIVOT_VECTORS], level[INDICATOR_OUTPUTS_MAX], zero = v_zero();
        for (u32 k = 0; k < PIVOT_VECTORS; k++) {
            s[k] = v_load(STATE(*c, k, g));
        }
        for (u32 i = 0, n = c->first; i < in->count; i++, n++) {
            v_t begins = n == 0 ? v_all(1.0) : IN(in->session, i, g), h = IN(in->high, i, g);
            v_t l = IN(in->low, i, g), ends = n == 0 ? zero : begins;
            s[PAST_HIGH] = v_pick(ends, zero, s[RUNNING_HIGH], s[PAST_HIGH]);
            s[PAST_LOW] = v_pick(ends, zero, s[RUNNING_LOW], s[PAST_LOW]);
            s[PAST_CLOSE] = v_pick(ends, zero, s[LAST_CLOSE], s[PAST_CLOSE]);
            s[PAST_EXISTS] = v_pick(ends, zero, v_all(1.0), s[PAST_EXISTS]);
            s[RUNNING_HIGH] = v_pick(begins, zero, h, v_max(h, s[RUNNING_HIGH]));
            s[RUNNING_LOW] = v_pick(begins, zero, l, v_min(l, s[RUNNING_LOW]));
            s[LAST_CLOSE] = IN(in->close, i, g);
            compute((past_t){s[PAST_HIGH], s[PAST_LOW], s[PAST_CLOSE]}, level);
            for (u32 k = 0; k < levels; k++) {
                OUT(*c, k, i, g, v_pick(s[PAST_EXISTS], zero, level[k], zero), 0);
            }
        }
        for (u32 k = 0; k < PIVOT_VECTORS; k++) {
            v_store(STATE(*c, k, g), s[k]);
        }
    }
    call_end(c);
}

KERNEL(pivots_classic)
{
    (void)params;
    call_t c = call_begin(state, in, out);
    run_pivots(&c, 7, levels_classic);
}

KERNEL(pivots_fibonacci)
{
    (void)params;
    call_t c = call_begin(state, in, out);
    run_pivots(&c, 7, levels_fibonacci);
}

KERNEL(pivots_camarilla)
{
    (void)params;
    call_t c = call_begin(state, in, out);
    run_pivots(&c, 9, levels_camarilla);
}

enum { BINS_MOST = 64 };

/* The window's price range in equal bins, and the volume of each. */
typedef struct {
    v_t low, width;
    u32 count;
    v_t volume[BINS_MOST];
} profile_t;

/* A bar's volume lies evenly over its range; that of a bar without range lies in the one bin it stands in. */
STEP void profile_add(profile_t *f, v_t h, v_t l, v_t volume)
{
    v_t range = h - l, zero = v_zero(), last = v_all((f64)(f->count - 1));
    v_t density = step_ratio(volume, range, zero), from = f->low;
    for (u32 k = 0; k < f->count; k++) {
        v_t to = f->low + v_all((f64)(k + 1)) * f->width;
        v_t overlap = v_max(v_min(h, to) - v_max(l, from), zero);
        /* 1 if l is in [from, to); the last bin holds its upper end. */
        v_t under = v_pick(v_all((f64)(k + 1)), last, v_all(1.0), v_pick(to, l, v_all(1.0), zero));
        v_t point = v_pick(from, l, zero, under);
        f->volume[k] = f->volume[k] + v_pick(range, zero, overlap * density, point * volume);
        from = to;
    }
}

/* The volume of bin `at` of each lane, 0 outside. */
STEP v_t profile_at(const profile_t *f, v_t at)
{
    v_t found = v_zero();
    for (u32 k = 0; k < f->count; k++) {
        found = v_pick(v_abs(at - v_all((f64)k)), v_all(0.5), found, f->volume[k]);
    }
    return found;
}

/* Steps out from the fullest bin, to the fuller neighbour first, until `share` of the volume is inside.
 * area[0] its middle price, area[1] and area[2] the upper and lower end. */
STEP void profile_area(const profile_t *f, f64 share, v_t area[3])
{
    v_t total = v_zero(), best = v_all(-1.0), peak = v_zero(), zero = v_zero(), one = v_all(1.0);
    for (u32 k = 0; k < f->count; k++) {
        total = total + f->volume[k];
        peak = v_pick(f->volume[k], best, v_all((f64)k), peak);
        best = v_max(f->volume[k], best);
    }
    v_t top = peak, bottom = peak, inside = best, wanted = total * v_all(share),
        last = v_all((f64)(f->count - 1));
    for (u32 k = 1; k < f->count; k++) {
        v_t above = v_pick(last, top, profile_at(f, top + one), v_all(-1.0));
        v_t below = v_pick(bottom, zero, profile_at(f, bottom - one), v_all(-1.0));
        v_t more = v_pick(wanted, inside, one, zero), down = v_pick(below, above, one, zero);
        top = top + more * (one - down);
        bottom = bottom - more * down;
        inside = inside + more * v_pick(down, zero, below, above);
    }
    area[0] = f->low + (peak + v_all(0.5)) * f->width;
    area[1] = f->low + (top + one) * f->width;
    area[2] = f->low + bottom * f->width;
}

typedef struct {
    window_t h, l, v;
} bars_t;

STEP void profile_of(bars_t w, u32 bins, f64 share, v_t area[3])
{
    v_t top = window_at(w.h, 0), bottom = window_at(w.l, 0);
    for (u32 j = 1; j < w.h.p; j++) {
        top = v_max(window_at(w.h, j), top);
        bottom = v_min(window_at(w.l, j), bottom);
    }
    profile_t f = {.low = bottom, .width = (top - bottom) * v_all(1.0 / (f64)bins), .count = bins};
    for (u32 j = 0; j < w.h.p; j++) {
        profile_add(&f, window_at(w.h, j), window_at(w.l, j), window_at(w.v, j));
    }
    profile_area(&f, share, area);
}

/* Rings of p highs, p lows, p volumes. */
KERNEL(volume_profile)
{
    call_t c = call_begin(state, in, out);
    u32 p = whole_period(params[0]), bins = whole_period(params[1]);
    ASSERT(bins >= 2 && bins <= BINS_MOST);
    FOR_VECTORS(g)
    {
        window_t h = {STATE(c, 0, g), 0, p}, l = {STATE(c, p, g), 0, p}, v = {STATE(c, 2 * p, g), 0, p};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            window_push(&h, n, IN(in->high, i, g));
            window_push(&l, n, IN(in->low, i, g));
            window_push(&v, n, IN(in->volume, i, g));
            v_t area[3] = {v_zero(), v_zero(), v_zero()};
            if (n + 1 >= p) {
                profile_of((bars_t){h, l, v}, bins, params[2], area);
            }
            for (u32 k = 0; k < 3; k++) {
                OUT(c, k, i, g, area[k], p - 1);
            }
        }
    }
    call_end(&c);
}

/* One lane of rvol_time: volumes and running volumes of the last sessions, a row of days to each slot. */
typedef struct {
    f64 (*head)[INDICATOR_LANES]; /* slot of the bar, sessions begun, running volume */
    f64 (*bars)[INDICATOR_LANES];
    f64 (*sums)[INDICATOR_LANES];
    u32 lane, slots, days;
} day_clock_t;

enum { ABSENT = -1 };

/* Volume over the mean of the other days' at the same slot; 0 without such a day. */
static f64 against_days(const day_clock_t *k, f64 (*ring)[INDICATOR_LANES], u32 slot, f64 volume)
{
    f64 sum = 0, begun = k->head[1][k->lane];
    u32 have = 0, today = ((u32)begun - 1) % k->days, known = begun < (f64)k->days ? (u32)begun : k->days;
    for (u32 d = 0; d < known; d++) {
        f64 x = ring[(size_t)slot * k->days + d][k->lane];
        if (d != today && x >= 0) {
            sum += x;
            have++;
        }
    }
    return sum > 0 ? volume * (f64)have / sum : 0;
}

static void clock_session(const day_clock_t *k)
{
    f64 *begun = &k->head[1][k->lane];
    *begun += 1;
    u32 today = ((u32)*begun - 1) % k->days;
    for (u32 s = 0; s < k->slots; s++) {
        k->bars[(size_t)s * k->days + today][k->lane] = ABSENT;
        k->sums[(size_t)s * k->days + today][k->lane] = ABSENT;
    }
    k->head[0][k->lane] = 0;
    k->head[2][k->lane] = 0;
}

/* Each lane has a clock of its own, so the lanes go one by one. A day more than asked is kept: today.
 * v[0..2] head, then slots x days volumes, then as many running volumes. */
KERNEL(rvol_time)
{
    call_t c = call_begin(state, in, out);
    u32 days = whole_period(params[0]) + 1, slots = whole_period(params[1]);
    for (u32 l = 0; l < INDICATOR_LANES; l++) {
        day_clock_t k = {c.state->v, c.state->v + 3, c.state->v + 3 + (size_t)slots * days, l, slots, days};
        for (u32 i = 0, n = c.first; i < in->count; i++, n++) {
            size_t at = (size_t)i * INDICATOR_LANES + l;
            if (n == 0 || in->session[at] > 0) {
                clock_session(&k);
            } else {
                k.head[0][l] += 1;
            }
            u32 slot = (u32)k.head[0][l], today = ((u32)k.head[1][l] - 1) % days;
            k.head[2][l] += in->volume[at];
            bool inside = slot < slots;
            out[0][at] = inside ? against_days(&k, k.bars, slot, in->volume[at]) : 0;
            out[1][at] = inside ? against_days(&k, k.sums, slot, k.head[2][l]) : 0;
            if (inside) {
                k.bars[(size_t)slot * days + today][l] = in->volume[at];
                k.sums[(size_t)slot * days + today][l] = k.head[2][l];
            }
        }
    }
    call_end(&c);
}
