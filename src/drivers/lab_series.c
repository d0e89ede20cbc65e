/* See lab.h: series made over. A bar is taken apart into steps from the close before it and put together
 * again in the order of time. */
#include "drivers/lab.h"

#include <stdlib.h>

#include "base/assert.h"
#include "base/rng.h"
#include "quant/math/qmath.h"

typedef struct {
    f64 open, high, low, close; /* over the close before; 0: the symbol's first bar, which stays */
    i64 volume;
} step_t;

static step_t *take_apart(const lab_t *l)
{
    step_t *step = calloc(l->bars, sizeof *step);
    f64 *before = calloc(l->instruments, sizeof *before);
    if (step == NULL || before == NULL) {
        free(step);
        free(before);
        return NULL;
    }
    for (size_t i = 0; i < l->bars; i++) {
        const bar_t *b = &l->own_bar[i];
        f64 c = before[l->own_inst[i]];
        if (c > 0) {
            step[i] = (step_t){.open = price_to_f64(b->open) / c,
                               .high = price_to_f64(b->high) / c,
                               .low = price_to_f64(b->low) / c,
                               .close = price_to_f64(b->close) / c,
                               .volume = b->volume};
        }
        before[l->own_inst[i]] = price_to_f64(b->close);
    }
    free(before);
    return step;
}

/* Rounded to the grid of the store; a price stays between a hundredth of a cent and a hundred million. */
static i64 price_units(f64 p)
{
    i64 v = 0;
    err_t err = fixed_from_f64(q_clamp(p, 1e-4, 1e8), PRICE_SCALE, &v);
    ASSERT(err == ERR_OK && v > 0);
    return v;
}

static err_t put_together(lab_t *l, const step_t *step)
{
    f64 *before = calloc(l->instruments, sizeof *before);
    if (before == NULL) {
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < l->bars; i++) {
        bar_t *b = &l->own_bar[i];
        f64 c = before[l->own_inst[i]];
        if (step[i].close > 0 && c > 0) {
            b->open.v = price_units(c * step[i].open);
            b->close.v = price_units(c * step[i].close);
            b->high.v = MAX_OF(price_units(c * step[i].high), MAX_OF(b->open.v, b->close.v));
            b->low.v = MIN_OF(price_units(c * step[i].low), MIN_OF(b->open.v, b->close.v));
            b->volume = step[i].volume;
        }
        before[l->own_inst[i]] = price_to_f64(b->close);
    }
    free(before);
    return ERR_OK;
}

/* Where each bar stands: session and clock time of each slice, and the bar of (symbol, session, clock). */
typedef struct {
    u32 *session, *clock; /* of each slice */
    u32 *bar;             /* [instruments][sessions][clocks]; UINT32_MAX: none, or the first one */
    u32 sessions, clocks;
} grid_t;

static void grid_free(grid_t *g)
{
    free(g->session);
    free(g->clock);
    free(g->bar);
}

static u32 *cell(const grid_t *g, u32 inst, u32 session, u32 clock)
{
    return &g->bar[((size_t)inst * g->sessions + session) * g->clocks + clock];
}

static err_t grid_make(const lab_t *l, const step_t *step, grid_t *g)
{
    *g = (grid_t){.session = malloc(l->slices * sizeof(u32)), .clock = malloc(l->slices * sizeof(u32))};
    if (g->session == NULL || g->clock == NULL) {
        return ERR_NO_MEMORY;
    }
    i64 open = 0;
    for (u32 i = 0; i < l->slices; i++) {
        const slice_t *s = &l->own_slice[i];
        if (i == 0 || s->session != s[-1].session) {
            open = s->t_open;
            g->sessions++;
        }
        g->session[i] = g->sessions - 1;
        g->clock[i] = (u32)((s->t_open - open) / timeframe_ns(l->timeframe));
        g->clocks = MAX_OF(g->clocks, g->clock[i] + 1);
    }
    size_t cells = (size_t)l->instruments * g->sessions * g->clocks;
    g->bar = malloc(cells * sizeof *g->bar);
    if (g->bar == NULL) {
        return ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < cells; i++) {
        g->bar[i] = UINT32_MAX;
    }
    for (u32 i = 0; i < l->slices; i++) {
        for (size_t k = l->own_row[i]; k < l->own_row[i + 1]; k++) {
            if (step[k].close > 0) {
                *cell(g, l->own_inst[k], g->session[i], g->clock[i]) = (u32)k;
            }
        }
    }
    return ERR_OK;
}

static void permute(u32 *p, u32 n, rng_key_t key)
{
    for (u32 i = 0; i < n; i++) {
        p[i] = i;
    }
    for (u32 i = n; i > 1; i--) {
        u32 j = (u32)rng_below(key, i, i);
        u32 x = p[i - 1];
        p[i - 1] = p[j];
        p[j] = x;
    }
}

typedef struct {
    const step_t *from;
    step_t *to;
} shuffle_t;

/* One symbol at one clock time: each session gets the step of the session that the permutation leads to, past
 * those in which the symbol has none. The mean of the way to the open and that of the way from open to close,
 * 1 for a martingale, are taken out apart: shares have risen overnight, and who enters at an open misses
 * that. */
static void shuffle_one(const grid_t *g, u32 inst, u32 clock, const u32 *p, const shuffle_t *x)
{
    f64 gaps = 0;
    f64 ways = 0;
    u32 n = 0;
    for (u32 s = 0; s < g->sessions; s++) {
        u32 at = *cell(g, inst, s, clock);
        gaps += at != UINT32_MAX ? x->from[at].open : 0.0;
        ways += at != UINT32_MAX ? x->from[at].close / x->from[at].open : 0.0;
        n += at != UINT32_MAX ? 1 : 0;
    }
    f64 gap = n > 0 ? gaps / (f64)n : 1.0;
    f64 mean = n > 0 ? gap * ways / (f64)n : 1.0;
    for (u32 s = 0; s < g->sessions; s++) {
        u32 at = *cell(g, inst, s, clock);
        if (at == UINT32_MAX) {
            continue;
        }
        u32 other = p[s];
        while (*cell(g, inst, other, clock) == UINT32_MAX) {
            other = p[other];
        }
        step_t y = x->from[*cell(g, inst, other, clock)];
        x->to[at] = (step_t){.open = y.open / gap,
                             .high = y.high / mean,
                             .low = y.low / mean,
                             .close = y.close / mean,
                             .volume = y.volume};
    }
}

err_t lab_shuffle(lab_t *l, u64 seed, bool each)
{
    ASSERT(l != NULL && l->slices > 0);
    grid_t g = {0};
    step_t *from = take_apart(l);
    step_t *to = calloc(l->bars, sizeof *to);
    u32 *p = NULL;
    err_t err = from == NULL || to == NULL ? ERR_NO_MEMORY : grid_make(l, from, &g);
    if (err == ERR_OK) {
        p = malloc(g.sessions * sizeof *p);
        err = p == NULL ? ERR_NO_MEMORY : ERR_OK;
    }
    for (u32 clock = 0; err == ERR_OK && clock < g.clocks; clock++) {
        for (u32 inst = 0; inst < l->instruments; inst++) {
            if (each || inst == 0) {
                permute(p, g.sessions,
                        (rng_key_t){.seed = seed, .purpose = RNG_LAB, .entity = inst, .cycle = clock});
            }
            shuffle_one(&g, inst, clock, p, &(shuffle_t){from, to});
        }
    }
    if (err == ERR_OK) {
        err = put_together(l, to);
    }
    grid_free(&g);
    free(p);
    free(from);
    free(to);
    return err;
}

err_t lab_flip(lab_t *l, u64 seed, bool others)
{
    ASSERT(l != NULL && l->slices > 0);
    step_t *step = take_apart(l);
    if (step == NULL) {
        return ERR_NO_MEMORY;
    }
    for (u32 i = 0; i < l->slices; i++) {
        rng_key_t key = {.seed = seed, .purpose = RNG_LAB, .entity = UINT32_MAX};
        bool turned = rng_unit(key, (u64)l->own_slice[i].session) < 0.5;
        for (size_t k = l->own_row[i]; turned != others && k < l->own_row[i + 1]; k++) {
            step_t *x = &step[k];
            if (x->close > 0) {
                *x = (step_t){.open = 1.0 / x->open,
                              .high = 1.0 / x->low,
                              .low = 1.0 / x->high,
                              .close = 1.0 / x->close,
                              .volume = x->volume};
            }
        }
    }
    err_t err = put_together(l, step);
    free(step);
    return err;
}

void lab_reflect(lab_t *l, bool down)
{
    ASSERT(l != NULL && l->slices > 0);
    i64 top[LIMIT_UNIVERSE] = {0};
    ASSERT(l->instruments <= LIMIT_UNIVERSE);
    for (size_t i = 0; i < l->bars; i++) {
        top[l->own_inst[i]] = MAX_OF(top[l->own_inst[i]], l->own_bar[i].high.v);
    }
    for (size_t i = 0; i < l->bars; i++) {
        bar_t *b = &l->own_bar[i];
        bar_t was = *b;
        i64 base = 20 * top[l->own_inst[i]];
        i64 sign = down ? -1 : 1;
        b->open.v = base + sign * was.open.v;
        b->close.v = base + sign * was.close.v;
        b->high.v = base + sign * (down ? was.low.v : was.high.v);
        b->low.v = base + sign * (down ? was.high.v : was.low.v);
    }
}

static int by_slice(const void *pa, const void *pb)
{
    const lab_push_t *a = pa;
    const lab_push_t *b = pb;
    if (a->slice != b->slice) {
        return a->slice < b->slice ? -1 : 1;
    }
    return a->inst < b->inst ? -1 : (a->inst > b->inst ? 1 : 0);
}

void lab_push_sort(lab_push_t *push, u32 count)
{
    ASSERT(push != NULL || count == 0);
    if (count > 0) {
        qsort(push, count, sizeof *push, by_slice);
    }
}

err_t lab_push(lab_t *l, const lab_push_t *push, u32 count, u32 bars)
{
    ASSERT(l != NULL && (push != NULL || count == 0) && bars > 0);
    step_t *step = take_apart(l);
    f64 *each =
        calloc(l->instruments * (size_t)bars, sizeof *each); /* ring of pushes per bar still to come */
    u32 *at = calloc(l->instruments, sizeof *at);
    if (step == NULL || each == NULL || at == NULL) {
        free(step);
        free(each);
        free(at);
        return ERR_NO_MEMORY;
    }
    u32 next = 0;
    for (u32 i = 0; i < l->slices; i++) {
        for (size_t k = l->own_row[i]; k < l->own_row[i + 1]; k++) {
            u32 who = l->own_inst[k];
            f64 *mine = &each[(size_t)who * bars];
            f64 by = 1.0 + mine[at[who]];
            mine[at[who]] = 0;
            at[who] = (at[who] + 1) % bars;
            step[k].high *= q_max(by, 1.0);
            step[k].low *= q_min(by, 1.0);
            step[k].close *= by;
        }
        for (; next < count && push[next].slice == i; next++) {
            f64 *mine = &each[(size_t)push[next].inst * bars];
            for (u32 n = 0; n < bars; n++) {
                mine[n] += push[next].a / (f64)bars;
            }
        }
        ASSERT(next == count || push[next].slice > i);
    }
    err_t err = put_together(l, step);
    free(step);
    free(each);
    free(at);
    return err;
}
