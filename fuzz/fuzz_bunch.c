/* Orders of several from a record and from a snapshot: any bytes are refused, or members whose own bytes are
 * the same again; what a broker may then say of them is dealt out whole; a saved table gives the same table
 * again. The first byte picks what the rest is. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "trade/execution/bunch_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { USERS = 4, TABLE_BYTES = 1 << 20 };

static bunch_table_t tables[2];

/* Three sub-ledgers of one account, and one who has an account alone. */
static void tables_open(void)
{
    static arena_t memory;
    static user_row_t rows[USERS];
    err_t err = ERR_OK;
    if (memory.base == NULL) {
        for (u32 i = 0; i < USERS; i++) {
            user_row_init(&rows[i], i + 1, "user", (money_t){MONEY_SCALE});
            rows[i].owner_id = 1;
            (void)snprintf(rows[i].shared, sizeof rows[i].shared, "%s", i < 3 ? "main" : "");
        }
        err = arena_open(&memory, 2 * bunch_table_room(USERS));
        ASSERT(err == ERR_OK);
    }
    arena_reset(&memory);
    for (u32 k = 0; k < 2; k++) {
        err = bunch_table_open(&tables[k], rows, USERS, &memory);
        ASSERT(err == ERR_OK && tables[k].sharing == 3);
    }
}

static i64 filled(const bunch_t *b)
{
    i64 sum = 0;
    for (u32 i = 0; i < b->count; i++) {
        ASSERT(b->member[i].filled >= 0);
        sum += b->member[i].filled;
    }
    return sum;
}

/* Words of a broker made of what bytes are left: parts are the whole, and it goes back for nobody. */
static void hear_all(bunch_t *b, reader_t *r)
{
    static const instrument_t share = {.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}, .multiplier = 1};
    while (reader_left(r) >= 8 * 5 + 1) {
        bunch_t before = *b;
        bunch_words_t w;
        ev_BROKER_t m = {.intent = b->id, .account = b->account};
        m.kind = (u8)(1 + get_u8(r) % BROKER_BUST);
        m.exec_id = get_u64(r) % 64;
        m.qty = get_i64(r);
        m.price = get_i64(r);
        m.cum_qty = get_i64(r);
        m.fee = get_i64(r);
        bunch_hear(b, &m, &share, &w);
        ASSERT(filled(b) == b->filled && b->filled >= before.filled && b->told >= before.told);
        i64 parts = 0;
        for (u32 i = 0; i < w.count; i++) {
            parts += w.word[i].exec_id == m.exec_id && m.kind == BROKER_FILL ? w.word[i].qty : 0;
        }
        bool dealt = b->filled > before.filled && m.exec_id != 0 && w.word[0].qty != 0;
        ASSERT(!dealt || parts == b->filled - before.filled);
        for (u32 i = 0; i < b->count; i++) {
            ASSERT(b->member[i].filled >= before.member[i].filled);
        }
    }
}

static void as_fact(const uint8_t *data, size_t size)
{
    u8 bytes[BUNCH_BYTES];
    size_t n = size < 2 ? size : 2 + (size_t)data[0] * 32;
    n = MIN_OF(n, size);
    ev_BUNCH_t f = {.id = {{7}},
                    .account = USER_SHARED + 1,
                    .side = SIDE_BUY,
                    .reference = 25 * PRICE_SCALE,
                    .members = {.p = data, .n = (u32)n}};
    bunch_t b;
    err_t err = bunch_of_fact(&f, &b);
    ASSERT(err == ERR_OK || err == ERR_CORRUPT || err == ERR_TRUNCATED);
    err_t known = bunch_table_recover(&tables[0], &f);
    ASSERT(known == ERR_OK || known == err || known == ERR_CORRUPT);
    ASSERT(known != ERR_OK || (err == ERR_OK && tables[0].count == 1));
    if (err != ERR_OK) {
        return;
    }
    writer_t w = writer_of(bytes, sizeof bytes);
    err = bunch_members_encode(&b, &w);
    ASSERT(err == ERR_OK && w.used == n && memcmp(bytes, data, n) == 0);
    reader_t rest = reader_of(data + n, size - n);
    hear_all(&b, &rest);
}

static void as_table(u32 version, const uint8_t *data, size_t size)
{
    static u8 bytes[2][TABLE_BYTES];
    reader_t r = reader_of(data, size);
    err_t err = bunch_table_load(&r, version, &tables[0]);
    ASSERT(err == ERR_OK || err == ERR_VERSION || err == ERR_TRUNCATED || err == ERR_CORRUPT);
    if (err != ERR_OK) {
        return;
    }
    ASSERT(bunch_table_bytes(&tables[0]) <= TABLE_BYTES);
    writer_t w[2] = {writer_of(bytes[0], bunch_table_bytes(&tables[0])), writer_of(bytes[1], TABLE_BYTES)};
    err = bunch_table_save(&tables[0], &w[0]);
    ASSERT(err == ERR_OK);
    reader_t saved = reader_of(bytes[0], w[0].used);
    err = bunch_table_load(&saved, BUNCH_TABLE_VERSION, &tables[1]);
    ASSERT(err == ERR_OK && reader_left(&saved) == 0);
    err = bunch_table_save(&tables[1], &w[1]);
    ASSERT(err == ERR_OK && w[0].used == w[1].used && memcmp(bytes[0], bytes[1], w[0].used) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    tables_open();
    if (data[0] % 4 != 0) {
        as_fact(data + 1, size - 1);
    } else {
        as_table(data[0] == 4 ? BUNCH_TABLE_VERSION + 1 : BUNCH_TABLE_VERSION, data + 1, size - 1);
    }
    return 0;
}
