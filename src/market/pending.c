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
    p->from = arena_array(arena, u32, series_count);
    return p->row == NULL || p->to == NULL || p->order == NULL || p->from == NULL ? ERR_ARENA_FULL : ERR_OK;
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

/* Counting sort by series: stable, so each series keeps the order of arrival. */
void pending_flush(pending_t *p)
{
    ASSERT(p != NULL);
    ASSERT(p->count <= p->cap);
    if (p->count == 0) {
        return;
    }
    memset(p->from, 0, p->series_count * sizeof *p->from);
    for (u32 i = 0; i < p->count; i++) {
        p->from[p->to[i]]++;
    }
    u32 sum = 0;
    for (u32 s = 0; s < p->series_count; s++) {
        u32 n = p->from[s];
        p->from[s] = sum;
        sum += n;
    }
    for (u32 i = 0; i < p->count; i++) {
        p->order[p->from[p->to[i]]++] = i;
    }
    for (u32 i = 0; i < p->count; i++) {
        u32 row = p->order[i];
        series_append(&p->series[p->to[row]], &p->row[row]);
    }
    p->count = 0;
}
