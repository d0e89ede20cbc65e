/* See records_table.h. */
#include "store/records_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/fixed.h"

enum { SLOTS_FIRST = 256, TEXTS_FIRST = 128, BYTES_FIRST = 4096, ROWS_FIRST = 256 };

err_t record_table_open(record_table_t *t, u32 columns)
{
    ASSERT(t != NULL);
    ASSERT(columns <= RECORD_COLUMNS);
    *t = (record_table_t){.columns = columns};
    t->own_slot = calloc(SLOTS_FIRST, sizeof *t->own_slot);
    t->own_start = calloc(TEXTS_FIRST + 1, sizeof *t->own_start);
    t->own_bytes = malloc(BYTES_FIRST);
    if (t->own_slot == NULL || t->own_start == NULL || t->own_bytes == NULL) {
        record_table_close(t);
        return ERR_NO_MEMORY;
    }
    t->slots = SLOTS_FIRST;
    t->text_room = TEXTS_FIRST;
    t->byte_room = BYTES_FIRST;
    return ERR_OK;
}

void record_table_close(record_table_t *t)
{
    ASSERT(t != NULL);
    free(t->own_head);
    free(t->own_cell);
    free(t->own_bytes);
    free(t->own_start);
    free(t->own_slot);
    *t = (record_table_t){0};
}

str_t record_text(const record_table_t *t, u32 number)
{
    ASSERT(t != NULL);
    ASSERT(number < t->texts);
    u64 from = t->own_start[number];
    return (str_t){.p = t->own_bytes + from, .n = (u32)(t->own_start[number + 1] - from)};
}

/* Slot of the text, or the empty one where it belongs. */
static u32 slot_of(const record_table_t *t, str_t s)
{
    u32 slot = (u32)(hash64(s.p, s.n) & (t->slots - 1));
    while (t->own_slot[slot] != 0 && !str_eq(record_text(t, t->own_slot[slot] - 1), s)) {
        slot = (slot + 1) & (t->slots - 1);
    }
    return slot;
}

u32 record_text_find(const record_table_t *t, str_t s)
{
    ASSERT(t != NULL && t->slots > 0);
    ASSERT(s.p != NULL || s.n == 0);
    u32 slot = slot_of(t, s);
    return t->own_slot[slot] == 0 ? UINT32_MAX : t->own_slot[slot] - 1;
}

static bool grow_texts(record_table_t *t, u32 more)
{
    if (t->bytes + more > t->byte_room) {
        u64 room = MAX_OF(t->byte_room * 2, t->bytes + more);
        u8 *p = realloc(t->own_bytes, room);
        if (p == NULL) {
            return false;
        }
        t->own_bytes = p;
        t->byte_room = room;
    }
    if (t->texts == t->text_room) {
        u32 room = t->text_room * 2;
        u64 *p = realloc(t->own_start, ((size_t)room + 1) * sizeof *p);
        if (p == NULL) {
            return false;
        }
        t->own_start = p;
        t->text_room = room;
    }
    return true;
}

static bool grow_slots(record_table_t *t)
{
    if (t->texts < t->slots / 2) {
        return true;
    }
    u32 *fresh = calloc((size_t)t->slots * 2, sizeof *fresh);
    if (fresh == NULL) {
        return false;
    }
    free(t->own_slot);
    t->own_slot = fresh;
    t->slots *= 2;
    for (u32 i = 0; i < t->texts; i++) {
        t->own_slot[slot_of(t, record_text(t, i))] = i + 1;
    }
    return true;
}

err_t record_text_add(record_table_t *t, str_t s, u32 *out)
{
    ASSERT(t != NULL && out != NULL);
    ASSERT(t->slots > 0);
    u32 slot = slot_of(t, s);
    if (t->own_slot[slot] == 0) {
        if (!grow_texts(t, s.n) || !grow_slots(t)) {
            return ERR_NO_MEMORY;
        }
        slot = slot_of(t, s);
        if (s.n > 0) {
            memcpy(t->own_bytes + t->bytes, s.p, s.n);
        }
        t->bytes += s.n;
        t->own_start[++t->texts] = t->bytes;
        t->own_slot[slot] = t->texts;
    }
    *out = t->own_slot[slot] - 1;
    return ERR_OK;
}

err_t record_row_add(record_table_t *t, const record_head_t *head, const i64 *cell)
{
    ASSERT(t != NULL && head != NULL);
    ASSERT(head->series < t->texts);
    if (t->rows == RECORD_ROWS_MAX) {
        return ERR_POOL_FULL;
    }
    if (t->rows == t->row_room) {
        u32 room = t->row_room == 0 ? ROWS_FIRST : t->row_room * 2;
        record_head_t *h = realloc(t->own_head, (size_t)room * sizeof *h);
        t->own_head = h != NULL ? h : t->own_head;
        i64 *c = realloc(t->own_cell, ((size_t)room * t->columns + 1) * sizeof *c);
        t->own_cell = c != NULL ? c : t->own_cell;
        if (h == NULL || c == NULL) {
            return ERR_NO_MEMORY;
        }
        t->row_room = room;
    }
    t->own_head[t->rows] = *head;
    if (t->columns > 0) {
        memcpy(t->own_cell + (size_t)t->rows * t->columns, cell, t->columns * sizeof *cell);
    }
    t->rows++;
    return ERR_OK;
}

u32 record_column_find(const record_kind_desc_t *k, const char *name)
{
    ASSERT(k != NULL && name != NULL);
    ASSERT(k->count <= RECORD_COLUMNS);
    for (u32 i = 0; i < k->count; i++) {
        if (strcmp(k->column[i].name, name) == 0) {
            return i;
        }
    }
    return UINT32_MAX;
}

f64 record_value(const record_table_t *t, const record_kind_desc_t *k, u32 row, const char *column)
{
    ASSERT(t != NULL && k != NULL);
    u32 at = record_column_find(k, column);
    ASSERT(at != UINT32_MAX);
    i64 v = record_row(t, row)[at];
    return v == CELL_NONE ? 0 : (f64)v / (f64)fixed_pow10(k->column[at].scale);
}

f64 record_price(const record_table_t *t, const record_kind_desc_t *k, u32 row)
{
    f64 bid = record_value(t, k, row, "bid");
    f64 ask = record_value(t, k, row, "ask");
    return bid > 0 && ask >= bid ? (bid + ask) / 2 : record_value(t, k, row, "close");
}
