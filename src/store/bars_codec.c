/* See bars_codec.h. */
#include "store/bars_codec.h"

#include <string.h>

#include "base/assert.h"
#include "wire/zst.h"

enum {
    CODEC_MAGIC = 0x31524256 /* "VBR1" */,
    CODEC_ROWS_MAX = 1 << 20,
    CODEC_HEAD_MAX = 160,
    CODEC_LEVEL = 3,
    CODEC_BLOCK_MAX = BARS_COLUMNS * (11 + BARS_BLOCK * 8 + 8)
};

/* Columns of a block, in file order. */
enum { COL_EVENT, COL_HOLD, COL_OPEN, COL_CLOSE, COL_HIGH, COL_LOW, COL_VOLUME, COL_FLAGS };

static u64 zigzag(i64 v)
{
    return ((u64)v << 1) ^ (u64)(v >> 63);
}

static i64 unzigzag(u64 v)
{
    return (i64)(v >> 1) ^ -(i64)(v & 1);
}

/* Differences wrap: they come back exactly whatever the values. */
static i64 wrap_sub(i64 a, i64 b)
{
    return (i64)((u64)a - (u64)b);
}

static i64 wrap_add(i64 a, i64 b)
{
    return (i64)((u64)a + (u64)b);
}

static i64 gcd_of(i64 a, i64 b)
{
    u64 x = a < 0 ? 0 - (u64)a : (u64)a;
    u64 y = b < 0 ? 0 - (u64)b : (u64)b;
    while (y != 0) {
        u64 rest = x % y;
        x = y;
        y = rest;
    }
    return x > (u64)I64_MAX ? 1 : (i64)x;
}

static i64 gcd_fold(i64 unit, i64 v)
{
    return unit != 0 && v % unit == 0 ? unit : gcd_of(v, unit);
}

bool bars_row_before(const bar_t *a, const bar_t *b)
{
    ASSERT(a != NULL && b != NULL);
    return a->t_known != b->t_known ? a->t_known < b->t_known : a->t_event > b->t_event;
}

size_t bars_encode_bound(u32 rows)
{
    size_t blocks = ((size_t)rows + BARS_BLOCK - 1) / BARS_BLOCK;
    return CODEC_HEAD_MAX + zst_bound(blocks * CODEC_BLOCK_MAX + BARS_PAD);
}

static u32 bit_width(u64 v)
{
    return v == 0 ? 0 : 64u - (u32)__builtin_clzll(v);
}

/* Base (smallest), width (1 byte) and bits, least significant first. Widths over 56 are written as 64, so
 * that a value is always found in one unaligned 8-byte load. */
static void column_put(writer_t *w, const u64 *v, u32 n)
{
    u64 low = v[0];
    u64 high = v[0];
    for (u32 i = 1; i < n; i++) {
        low = MIN_OF(low, v[i]);
        high = MAX_OF(high, v[i]);
    }
    u32 width = bit_width(high - low);
    width = width > 56 ? 64 : width;
    put_varint(w, low);
    put_u8(w, (u8)width);
    u8 bits[BARS_BLOCK * 8 + 8] = {0};
    for (u32 i = 0; i < n; i++) {
        u64 at = (u64)i * width;
        u64 word = 0;
        memcpy(&word, bits + at / 8, 8);
        word |= (v[i] - low) << (at % 8);
        memcpy(bits + at / 8, &word, 8);
    }
    put_bytes(w, bits, ((size_t)n * width + 7) / 8);
}

static void column_get(reader_t *r, u64 *v, u32 n)
{
    u64 low = get_varint(r);
    u32 width = get_u8(r);
    const u8 *bits = get_view(r, ((size_t)n * width + 7) / 8);
    if (bits == NULL || width > 64 || (width > 56 && width < 64)) {
        r->bad = true;
        memset(v, 0, n * sizeof *v);
        return;
    }
    if (width == 0) {
        for (u32 i = 0; i < n; i++) {
            v[i] = low;
        }
        return;
    }
    u64 mask = width == 64 ? UINT64_MAX : (1ULL << width) - 1;
    for (u32 i = 0; i < n; i++) {
        u32 at = i * width;
        u64 word = 0;
        memcpy(&word, bits + at / 8, 8); /* at most BARS_PAD bytes past the last block */
        v[i] = ((word >> (at % 8)) & mask) + low;
    }
}

static void units_find(bars_head_t *head, const bar_t *rows)
{
    i64 t = 0;
    i64 p = 0;
    i64 v = 0;
    for (u32 i = 0; i < head->rows; i++) {
        const bar_t *b = &rows[i];
        t = gcd_fold(gcd_fold(t, b->t_event), b->t_known - b->t_event);
        p = gcd_fold(gcd_fold(gcd_fold(gcd_fold(p, b->open.v), b->high.v), b->low.v), b->close.v);
        v = gcd_fold(v, b->volume);
    }
    head->unit_time = t == 0 ? 1 : t;
    head->unit_price = p == 0 ? 1 : p;
    head->unit_volume = v == 0 ? 1 : v;
    ASSERT(head->unit_time > 0 && head->unit_price > 0 && head->unit_volume > 0);
}

static void block_put(writer_t *w, const bars_head_t *head, const bar_t *b, u32 n, bars_cursor_t *state)
{
    u64 column[BARS_COLUMNS][BARS_BLOCK];
    for (u32 i = 0; i < n; i++) {
        i64 event = b[i].t_event / head->unit_time;
        i64 open = b[i].open.v / head->unit_price;
        i64 high = b[i].high.v / head->unit_price;
        i64 low = b[i].low.v / head->unit_price;
        i64 close = b[i].close.v / head->unit_price;
        column[COL_EVENT][i] = zigzag(wrap_sub(event, state->event_last));
        column[COL_HOLD][i] = (u64)((b[i].t_known - b[i].t_event) / head->unit_time);
        column[COL_OPEN][i] = zigzag(wrap_sub(open, state->close_last));
        column[COL_CLOSE][i] = zigzag(wrap_sub(close, open));
        column[COL_HIGH][i] = (u64)(high - MAX_OF(open, close));
        column[COL_LOW][i] = (u64)(MIN_OF(open, close) - low);
        column[COL_VOLUME][i] = (u64)(b[i].volume / head->unit_volume);
        column[COL_FLAGS][i] = b[i].flags;
        state->event_last = event;
        state->close_last = close;
    }
    for (u32 k = 0; k < BARS_COLUMNS; k++) {
        column_put(w, column[k], n);
    }
}

static void head_put(writer_t *w, const bars_head_t *h)
{
    put_u32(w, CODEC_MAGIC);
    put_u8(w, (u8)h->timeframe);
    put_u8(w, h->zstd ? 1 : 0);
    put_u32(w, h->rows);
    put_u32(w, h->packed_size);
    put_u32(w, (u32)h->period);
    put_u32(w, (u32)h->adjusted_to);
    put_i64(w, h->unit_time);
    put_i64(w, h->unit_price);
    put_i64(w, h->unit_volume);
    put_str(w, str_from(h->source));
    put_str(w, str_from(h->symbol));
}

err_t bars_encode(bars_head_t *head, const bar_t *rows, void *scratch, writer_t *out)
{
    ASSERT(head != NULL && rows != NULL && scratch != NULL && out != NULL);
    ASSERT(head->rows > 0 && head->rows <= CODEC_ROWS_MAX);
    units_find(head, rows);
    writer_t w = writer_of(scratch, bars_encode_bound(head->rows));
    bars_cursor_t state = {0};
    for (u32 i = 0; i < head->rows; i += BARS_BLOCK) {
        ASSERT(i == 0 || bars_row_before(&rows[i - 1], &rows[i]));
        block_put(&w, head, rows + i, MIN_OF((u32)BARS_BLOCK, head->rows - i), &state);
    }
    TRY(writer_done(&w));
    head->packed_size = (u32)w.used;
    size_t start = out->used;
    head->zstd = true;
    head_put(out, head);
    size_t used = 0;
    zst_room_t room = {.p = out->p + out->used, .size = out->size - out->used};
    if (!out->full && zst_pack(scratch, w.used, CODEC_LEVEL, room, &used) == ERR_OK &&
        used <= w.used - w.used / 8) {
        out->used += used;
        return writer_done(out);
    }
    out->used = start;
    head->zstd = false;
    head_put(out, head);
    put_bytes(out, scratch, w.used);
    return writer_done(out);
}

static bool name_copy(char *out, size_t out_size, str_t s)
{
    return s.n > 0 && str_copy(out, out_size, s) == ERR_OK;
}

err_t bars_head_read(const void *p, size_t n, bars_head_t *out, str_t *body)
{
    ASSERT(p != NULL);
    ASSERT(out != NULL && body != NULL);
    reader_t r = reader_of(p, n);
    if (get_u32(&r) != CODEC_MAGIC) {
        return ERR_VERSION;
    }
    bars_head_t h = {0};
    h.timeframe = (timeframe_t)get_u8(&r);
    u8 packing = get_u8(&r);
    h.zstd = packing == 1;
    h.rows = get_u32(&r);
    h.packed_size = get_u32(&r);
    h.period = (i32)get_u32(&r);
    h.adjusted_to = (date_t)get_u32(&r);
    h.unit_time = get_i64(&r);
    h.unit_price = get_i64(&r);
    h.unit_volume = get_i64(&r);
    str_t source = get_str(&r);
    str_t symbol = get_str(&r);
    TRY(reader_done(&r));
    bool ok = packing <= 1 && h.timeframe >= TF_1M && h.timeframe <= TF_1D && h.rows > 0 &&
              h.rows <= CODEC_ROWS_MAX && h.unit_time > 0 && h.unit_price > 0 && h.unit_volume > 0 &&
              h.packed_size <= bars_encode_bound(h.rows) && (h.zstd || h.packed_size == reader_left(&r)) &&
              name_copy(h.source, sizeof h.source, source) && name_copy(h.symbol, sizeof h.symbol, symbol);
    if (!ok) {
        return ERR_CORRUPT;
    }
    *out = h;
    *body = (str_t){.p = r.p + r.at, .n = (u32)reader_left(&r)};
    return ERR_OK;
}

void bars_cursor_begin(bars_cursor_t *c, const bars_head_t *head, const u8 *blocks)
{
    ASSERT(c != NULL && head != NULL);
    ASSERT(blocks != NULL);
    *c = (bars_cursor_t){.head = *head, .in = reader_of(blocks, head->packed_size)};
}

static i64 scaled(i64 v, i64 unit, bool *bad)
{
    i64 out = 0;
    *bad |= __builtin_mul_overflow(v, unit, &out);
    return out;
}

err_t bars_cursor_next(bars_cursor_t *c, bar_t out[BARS_BLOCK], u32 *count)
{
    ASSERT(c != NULL && out != NULL);
    ASSERT(count != NULL);
    if (c->row_next == c->head.rows) {
        return ERR_EMPTY;
    }
    u32 n = MIN_OF((u32)BARS_BLOCK, c->head.rows - c->row_next);
    u64 column[BARS_COLUMNS][BARS_BLOCK];
    for (u32 k = 0; k < BARS_COLUMNS; k++) {
        column_get(&c->in, column[k], n);
    }
    bool bad = c->in.bad;
    i64 event = c->event_last;
    i64 close = c->close_last;
    for (u32 i = 0; i < n; i++) {
        event = wrap_add(event, unzigzag(column[COL_EVENT][i]));
        i64 open = wrap_add(close, unzigzag(column[COL_OPEN][i]));
        close = wrap_add(open, unzigzag(column[COL_CLOSE][i]));
        i64 high = wrap_add(MAX_OF(open, close), (i64)column[COL_HIGH][i]);
        i64 low = wrap_sub(MIN_OF(open, close), (i64)column[COL_LOW][i]);
        i64 known = wrap_add(event, (i64)column[COL_HOLD][i]);
        out[i] = (bar_t){
            .t_event = scaled(event, c->head.unit_time, &bad),
            .t_known = scaled(known, c->head.unit_time, &bad),
            .open = {scaled(open, c->head.unit_price, &bad)},
            .high = {scaled(high, c->head.unit_price, &bad)},
            .low = {scaled(low, c->head.unit_price, &bad)},
            .close = {scaled(close, c->head.unit_price, &bad)},
            .volume = scaled((i64)column[COL_VOLUME][i], c->head.unit_volume, &bad),
            .flags = (u32)column[COL_FLAGS][i],
        };
        bad |= !bar_is_sane(&out[i]);
    }
    if (bad) {
        return ERR_CORRUPT;
    }
    c->row_next += n;
    c->event_last = event;
    c->close_last = close;
    *count = n;
    return ERR_OK;
}
