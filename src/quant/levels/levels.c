/* See levels.h. Candidates are collected in levels_sources.c; here they are merged, judged and sorted. */
#include "quant/levels/levels.h"

#include <string.h>

#include "base/assert.h"
#include "quant/levels/levels_sources.h"
#include "quant/math/qmath.h"

#define MERGE_ATR 0.25
#define MERGE_A 0.5
#define ROLE_A 0.25
#define NEAR_COUNT 1e-9 /* what rounding may cost a level that counts */

enum { RUN_BINS = 512 };
#define RUN_BIN 1.001   /* of the reach: what lies within reach lies in the same bin or the next one */
#define RUN_MARGIN 1e-6 /* sums of the same weights in another order */

/* True if x is taken before y: the stronger, on a tie the lower price, then the one that came first. */
static bool goes_first(const candidate_t *x, const candidate_t *y)
{
    return x->weight > y->weight || (x->weight >= y->weight && x->price < y->price);
}

/* Takes the strongest candidate left, c->item[*top], and all within `reach` of it: a level is as wide as the
 * rule says, however many candidates stand in a row. The others close ranks in their order, and *top becomes
 * the strongest of them: one walk a level. */
static void take_level(candidates_t *c, f64 reach, u32 *top, level_t *out)
{
    ASSERT(c->count > 0 && *top < c->count);
    f64 centre = c->item[*top].price;
    f64 weighted = 0.0;
    u32 kept = 0;
    u32 next = 0;
    memset(out, 0, sizeof *out);
    for (u32 i = 0; i < c->count; i++) {
        candidate_t x = c->item[i];
        if (q_abs(x.price - centre) <= reach) {
            weighted += x.weight * x.price;
            out->strength += x.weight;
            out->origin |= x.origin;
            continue;
        }
        c->item[kept] = x;
        next = kept > 0 && goes_first(&x, &c->item[next]) ? kept : next;
        kept++;
    }
    ASSERT(kept < c->count);
    c->count = kept;
    *top = next;
    out->price = weighted / out->strength;
}

/* For each run of bins that hold something, whether a level that counts may come of it: a level takes from
 * its own bin and the two beside it. weight[0] and weight[used + 1] are 0. */
static void mark_runs(const f64 *weight, u32 used, bool *counts)
{
    for (u32 from = 1; from <= used;) {
        bool any = false;
        u32 to = from;
        for (; weight[to] > 0.0; to++) {
            any = any || weight[to - 1] + weight[to] + weight[to + 1] >= LEVELS_MIN_STRENGTH - RUN_MARGIN;
        }
        for (u32 b = from; b < to; b++) {
            counts[b] = any;
        }
        from = to + 1;
    }
}

/* Lone round numbers and old pivots far from all others: what is left out here would become levels too weak
 * to count, and lies too far from the rest to take anything from them. */
static void drop_weak_runs(candidates_t *c, f64 reach)
{
    f64 weight[RUN_BINS + 2];
    bool counts[RUN_BINS + 2];
    u16 bin[LEVELS_CANDIDATES];
    if (c->count == 0) {
        return;
    }
    f64 low = c->item[0].price;
    f64 high = low;
    for (u32 i = 1; i < c->count; i++) {
        low = q_min(c->item[i].price, low);
        high = q_max(c->item[i].price, high);
    }
    f64 width = RUN_BIN * reach;
    if (!((high - low) / width < RUN_BINS - 1)) {
        return;
    }
    u32 used = (u32)((high - low) / width) + 1;
    memset(weight, 0, (used + 2) * sizeof *weight);
    for (u32 i = 0; i < c->count; i++) {
        bin[i] = (u16)((u32)((c->item[i].price - low) / width) + 1);
        weight[bin[i]] += c->item[i].weight;
    }
    mark_runs(weight, used, counts);
    u32 kept = 0;
    for (u32 i = 0; i < c->count; i++) {
        if (counts[bin[i]]) {
            c->item[kept++] = c->item[i];
        }
    }
    c->count = kept;
}

static u32 strongest(const candidates_t *c)
{
    u32 top = 0;
    for (u32 i = 1; i < c->count; i++) {
        top = goes_first(&c->item[i], &c->item[top]) ? i : top;
    }
    return top;
}

/* True if the level is support: the newest close more than 0.25 A away decides, today's first, then the
 * days'. */
static bool is_support(const levels_input_t *in, f64 level)
{
    f64 band = ROLE_A * in->a;
    if (q_abs(in->price - level) > band) {
        return in->price > level;
    }
    for (u32 i = in->recent != NULL ? in->recent_count : 0; i > 0; i--) {
        if (q_abs(in->recent[i - 1] - level) > band) {
            return in->recent[i - 1] > level;
        }
    }
    for (u32 i = in->count; i > 0; i--) {
        if (q_abs(in->close[i - 1] - level) > band) {
            return in->close[i - 1] > level;
        }
    }
    return in->price >= level;
}

/* Keeps the three nearest, nearest first; on a tie the one met first stays ahead. */
static void insert_nearest(level_t list[LEVELS_SIDE], u32 *count, const level_t *l, f64 price)
{
    u32 at = *count;
    while (at > 0 && q_abs(list[at - 1].price - price) > q_abs(l->price - price)) {
        at--;
    }
    if (at >= LEVELS_SIDE) {
        return;
    }
    u32 last = MIN_OF(*count, (u32)LEVELS_SIDE - 1);
    for (u32 i = last; i > at; i--) {
        list[i] = list[i - 1];
    }
    list[at] = *l;
    *count = last + 1;
}

void levels_find(const levels_input_t *in, levels_t *out)
{
    ASSERT(in != NULL && out != NULL && in->day != NULL && in->high != NULL && in->low != NULL);
    ASSERT(in->close != NULL && in->count >= 1 && in->today > in->day[in->count - 1]);
    ASSERT(in->price > 0.0 && in->atr_day > 0.0 && in->a > 0.0);
    candidates_t c;
    c.count = 0;
    levels_collect(in, &c);
    memset(out, 0, sizeof *out);
    f64 reach = in->intraday ? MERGE_A * in->a : MERGE_ATR * in->atr_day;
    drop_weak_runs(&c, reach);
    level_t l;
    u32 top = strongest(&c);
    while (c.count > 0) {
        take_level(&c, reach, &top, &l);
        if (l.strength < LEVELS_MIN_STRENGTH - NEAR_COUNT) {
            continue;
        }
        if (is_support(in, l.price)) {
            insert_nearest(out->support, &out->support_count, &l, in->price);
        } else {
            insert_nearest(out->resistance, &out->resistance_count, &l, in->price);
        }
    }
    ASSERT(out->support_count <= LEVELS_SIDE && out->resistance_count <= LEVELS_SIDE);
}

static f64 nearest_ahead(const level_t *list, u32 count, f64 entry, i32 d, f64 best)
{
    for (u32 i = 0; i < count; i++) {
        f64 ahead = (list[i].price - entry) * (f64)d;
        best = ahead > 0.0 && ahead < best ? ahead : best;
    }
    return best;
}

f64 levels_room(const levels_t *l, f64 entry, i32 d, f64 r)
{
    ASSERT(l != NULL && (d == 1 || d == -1));
    ASSERT(r > 0.0 && entry > 0.0);
    f64 far = LEVELS_ROOM_OPEN * r;
    far = nearest_ahead(l->support, l->support_count, entry, d, far);
    far = nearest_ahead(l->resistance, l->resistance_count, entry, d, far);
    return far / r;
}

const char *level_origin_name(u32 bit)
{
    static const char *const names[] = {
        "prior day high",
        "prior day low",
        "prior day close",
        "prior week high",
        "prior week low",
        "opening range high",
        "opening range low",
        "session VWAP",
        "SMA 20",
        "SMA 50",
        "SMA 200",
        "pivot high",
        "pivot low",
        "volume node",
        "round number",
    };
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        if (bit == 1u << i) {
            return names[i];
        }
    }
    assert_failed("one origin bit expected", __FILE__, __LINE__);
}
