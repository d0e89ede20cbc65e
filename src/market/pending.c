/* See pending.h. */
#include "market/pending.h"

#include <string.h>

#include "base/assert.h"

size_t pending_bytes(u32 series_count, u32 cap)
{
    return (size_t)cap * (sizeof(series_row_t) + 2 * sizeof(u32)) + (size_t)series_count * sizeof(u32) + 1024;
}

err_t pending_init(pending_t *p, arena_t *arena, series_t *series, u32 series_count, u32 cap)
{
    ASSERT(p != NULL && arena != NULL && series != NULL);
    ASSERT(series_count > 0 && cap > 0);
    *p = (pending_t){.series = series, .series_count = series_count, .cap = cap};
    p->row = arena_array(arena, series_row_t, cap);
    p->to = arena_array(arena, u32, cap);
    p->order = arena_array(arena, u32, cap);
    p->end = arena_array(arena, u32, series_count);
    return p->row == NULL || p->to == NULL || p->order == NULL || p->end == NULL ? ERR_ARENA_FULL : ERR_OK;
}

void pending_add(pending_t *p, u32 to, const series_row_t *row)
{
    ASSERT(p != NULL && row != NULL);
    ASSERT(to < p->series_count);
    if (p->count == p->cap) {
        pending_flush(p);
    }
    p->row[p->count] = *row;
    p->to[p->count++] = to;
}

/* Counting sort: stable, so each series keeps the order of arrival. */
void pending_sort(pending_t *p)
{
    ASSERT(p != NULL);
    ASSERT(p->count <= p->cap);
    memset(p->end, 0, p->series_count * sizeof *p->end);
    for (u32 i = 0; i < p->count; i++) {
        p->end[p->to[i]]++;
    }
    u32 sum = 0;
    for (u32 s = 0; s < p->series_count; s++) {
        u32 n = p->end[s];
        p->end[s] = sum;
        sum += n;
    }
    for (u32 i = 0; i < p->count; i++) {
        p->order[p->end[p->to[i]]++] = i; /* from its beginning on: it ends up as its end */
    }
}

void pending_enter(const pending_t *p, u32 from, u32 to)
{
    ASSERT(p != NULL);
    ASSERT(from <= to && to <= p->series_count);
    u32 at = from > 0 ? p->end[from - 1] : 0;
    for (u32 s = from; s < to; s++) {
        for (; at < p->end[s]; at++) {
            series_append(&p->series[s], &p->row[p->order[at]]);
        }
    }
}

void pending_clear(pending_t *p)
{
    ASSERT(p != NULL);
    p->count = 0;
}

void pending_flush(pending_t *p)
{
    ASSERT(p != NULL);
    if (p->count > 0) {
        pending_sort(p);
        pending_enter(p, 0, p->series_count);
        pending_clear(p);
    }
}
