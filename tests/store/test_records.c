/* The record store: what goes in comes out, twice is once, corrections come later, nothing later is seen,
 * damage is seen. */
#include "tests/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "store/records.h"
#include "tests/store/home.h"

extern const record_kind_desc_t record_number;
extern const record_kind_desc_t record_tick_trade;

static const i64 DAY = NS_PER_DAY;

static void add(record_table_t *t, const char *series, i64 event, i64 known, i64 value)
{
    record_head_t h = {.t_event = event, .t_known = known, .line = t->rows + 2};
    i64 cell[RECORD_COLUMNS];
    for (u32 i = 0; i < RECORD_COLUMNS; i++) {
        cell[i] = CELL_NONE;
    }
    cell[0] = value;
    CHECK_OK(record_text_add(t, str_from(series), &h.series));
    CHECK_OK(record_row_add(t, &h, cell));
}

static void put(const char *home, const record_kind_desc_t *kind, record_table_t *t, i64 now,
                records_put_t *io)
{
    records_t *r = NULL;
    diag_t diag = {0};
    records_target_t to = {.source = "s", .kind = kind, .revision_known = now};
    CHECK_OK(records_open(home, false, &diag, &r));
    CHECK_OK(records_begin(r, &diag));
    CHECK_OK(records_put(r, &to, t, io, &diag));
    CHECK_OK(records_commit(r, &diag));
    records_close(r);
}

static u32 read_at(const char *home, const record_kind_desc_t *kind, i64 as_of, bool all, record_table_t *out)
{
    records_t *r = NULL;
    diag_t diag = {0};
    records_query_t q = {.source = "s", .kind = kind, .as_of = as_of, .from = I64_MIN, .all_versions = all};
    CHECK_OK(record_table_open(out, kind->count));
    CHECK_OK(records_open(home, true, &diag, &r));
    err_t err = records_read(r, &q, &diag, out);
    CHECK(err == ERR_OK || err == ERR_EMPTY);
    records_close(r);
    return out->rows;
}

static void manifest(const char *home, digest_t *out)
{
    records_t *r = NULL;
    diag_t diag = {0};
    CHECK_OK(records_open(home, true, &diag, &r));
    CHECK_OK(records_manifest_hash(r, &diag, out));
    records_close(r);
}

/* Ids are stored: every kind has its own, names differ, columns differ within a kind. */
TEST(kinds)
{
    UNUSED_STATE;
    static const char *const names[] = {
        "tick_trade",    "tick_quote",  "trade_bar",    "quote_bar", "open_interest", "option_quote",
        "futures_quote", "membership",  "listing",      "number",    "filing",        "insider_trade",
        "holding",       "headline",    "senate_trade", "report",    "price_factor",  "screen_row",
        "margin",        "book_level",  "sentence",     "contract",  "ticker_map",    "roll_factor",
        "xbrl_fact",     "market_hours", "earnings_date"};
    u32 n = 0;
    for (const record_kind_desc_t *k = NULL; (k = record_kind_at(n)) != NULL; n++) {
        CHECK(record_kind_find(k->id) == k);
        CHECK(record_kind_named(str_from(k->name)) == k);
        for (u32 i = 0; i < k->count; i++) {
            CHECK_EQ(record_column_find(k, k->column[i].name), i);
        }
    }
    CHECK_EQ(n, COUNT_OF(names));
    for (u32 i = 0; i < COUNT_OF(names); i++) {
        CHECK_EQ(record_kind_named(str_from(names[i]))->id, i + 1);
    }
}

static i64 draw(u32 entity, u64 n, u64 bound)
{
    return (i64)rng_below((rng_key_t){11, RNG_TEST, entity, 0}, n, bound);
}

/* Property: decode(encode(rows)) is rows, with wild numbers, absent cells and many texts; the order in which
 * texts were numbered does not show. */
TEST(codec_round_trip)
{
    UNUSED_STATE;
    const record_kind_desc_t *k = &record_tick_trade;
    for (u32 round = 0; round < 20; round++) {
        record_table_t t;
        record_table_t back;
        u32 row[200];
        u32 rows = 1 + (u32)draw(round, 0, 200);
        CHECK_OK(record_table_open(&t, k->count));
        CHECK_OK(record_table_open(&back, k->count));
        for (u32 i = 0; i < rows; i++) {
            char name[16];
            i64 cell[RECORD_COLUMNS];
            record_head_t h = {.t_event = draw(round, i * 20ULL, 1ULL << 62) - (1LL << 61), .ord = i};
            h.t_known = h.t_event + draw(round, i * 20ULL + 1, 1ULL << 40);
            (void)snprintf(name, sizeof name, "S%lld", (long long)draw(round, i * 20ULL + 2, 50));
            CHECK_OK(record_text_add(&t, str_from(name), &h.series));
            for (u32 c = 0; c < k->count; c++) {
                cell[c] = draw(round, i * 20ULL + 3 + c, 4) == 0
                              ? CELL_NONE
                              : draw(round, i * 20ULL + 10 + c, 1ULL << 63);
                if (k->column[c].type == CELL_TEXT && cell[c] != CELL_NONE) {
                    cell[c] = h.series;
                }
            }
            CHECK_OK(record_row_add(&t, &h, cell));
            row[i] = i;
        }
        records_bytes_t b = {0};
        records_bytes_t packed = {0};
        records_bytes_t again = {0};
        CHECK_OK(records_encode(k, &t, row, rows, &b));
        CHECK_OK(records_pack(&b, &packed));
        CHECK_OK(records_unpack(packed.own, packed.n, &again));
        CHECK_EQ(again.n, b.n);
        CHECK_EQ(memcmp(again.own, b.own, b.n), 0);
        CHECK_OK(records_decode(k, b.own, b.n, &back));
        CHECK_EQ(back.rows, rows);
        for (u32 i = 0; i < rows; i++) {
            CHECK(str_eq(record_text(&t, t.own_head[i].series), record_text(&back, back.own_head[i].series)));
            CHECK(t.own_head[i].t_event == back.own_head[i].t_event &&
                  t.own_head[i].t_known == back.own_head[i].t_known);
            for (u32 c = 0; c < k->count; c++) {
                i64 x = record_row(&t, i)[c];
                i64 y = record_row(&back, i)[c];
                bool text = k->column[c].type == CELL_TEXT && x != CELL_NONE;
                CHECK(text ? str_eq(record_text(&t, (u32)x), record_text(&back, (u32)y)) : x == y);
            }
        }
        for (size_t cut = 0; cut < b.n; cut += 1 + b.n / 97) { /* cut anywhere: an error */
            record_table_t part;
            CHECK_OK(record_table_open(&part, k->count));
            CHECK(records_decode(k, b.own, cut, &part) != ERR_OK);
            record_table_close(&part);
        }
        free(b.own);
        free(packed.own);
        free(again.own);
        record_table_close(&t);
        record_table_close(&back);
    }
}

TEST(twice_is_once_and_corrections_come_later)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    digest_t first;
    digest_t second;
    home_make(home);
    for (u32 i = 0; i < 2; i++) {
        record_table_t t;
        records_put_t io = {0};
        CHECK_OK(record_table_open(&t, record_number.count));
        add(&t, "GDP", 10 * DAY, 40 * DAY, 1);
        add(&t, "CPI", 10 * DAY, 20 * DAY, 2);
        add(&t, "GDP", 11 * DAY, 41 * DAY, 3);
        add(&t, "GDP", 11 * DAY, 41 * DAY, 4); /* a second row of one moment */
        put(home, &record_number, &t, 1000 * DAY, &io);
        CHECK_EQ(io.rows_new, i == 0 ? 3 : 0);
        CHECK_EQ(io.rows_same, i == 0 ? 0 : 3);
        CHECK_EQ(io.rows_duplicate, i == 0 ? 1 : 1);
        CHECK_EQ(io.duplicate_line, 5);
        record_table_close(&t);
        manifest(home, i == 0 ? &first : &second);
    }
    CHECK(digest_eq(&first, &second));
    record_table_t t;
    records_put_t io = {0};
    CHECK_OK(record_table_open(&t, record_number.count));
    add(&t, "GDP", 10 * DAY, 40 * DAY, 7);
    put(home, &record_number, &t, 1000 * DAY, &io);
    CHECK_EQ(io.rows_revision, 1);
    record_table_close(&t);
    record_table_t v;
    CHECK_EQ(read_at(home, &record_number, 999 * DAY, false, &v), 3);
    CHECK_EQ(record_row(&v, 1)[0], 1); /* GDP of day 10 as it was known then */
    record_table_close(&v);
    CHECK_EQ(read_at(home, &record_number, 1000 * DAY, false, &v), 3);
    CHECK_EQ(record_row(&v, 1)[0], 7);
    CHECK((v.own_head[1].flags & RECORD_LATE) != 0);
    record_table_close(&v);
    CHECK_EQ(read_at(home, &record_number, 1000 * DAY, true, &v), 4);
    record_table_close(&v);
    home_remove(home);
}

/* The fence: at every moment the view holds exactly the rows known by then. */
TEST(nothing_later_is_seen)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    record_table_t t;
    records_put_t io = {0};
    home_make(home);
    CHECK_OK(record_table_open(&t, record_number.count));
    for (u32 i = 0; i < 300; i++) {
        add(&t, i % 3 == 0 ? "A" : "B", i * DAY, i * DAY + draw(1, i, 400) * DAY, i);
    }
    i64 known[300];
    for (u32 i = 0; i < 300; i++) {
        known[i] = t.own_head[i].t_known;
    }
    put(home, &record_number, &t, 9999 * DAY, &io);
    record_table_close(&t);
    for (i64 at = 0; at < 720; at += 37) {
        u32 want = 0;
        for (u32 i = 0; i < 300; i++) {
            want += known[i] <= at * DAY ? 1 : 0;
        }
        record_table_t v;
        CHECK_EQ(read_at(home, &record_number, at * DAY, true, &v), want);
        for (u32 i = 0; i < v.rows; i++) {
            CHECK(v.own_head[i].t_known <= at * DAY);
        }
        record_table_close(&v);
    }
    home_remove(home);
}

/* Ticks: equal prints are many prints, and the same file again adds none. */
TEST(equal_ticks_are_kept)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    for (u32 i = 0; i < 2; i++) {
        record_table_t t;
        records_put_t io = {0};
        CHECK_OK(record_table_open(&t, record_tick_trade.count));
        add(&t, "IBM", DAY, DAY, 5);
        add(&t, "IBM", DAY, DAY, 5);
        add(&t, "IBM", DAY, DAY, 4);
        if (i == 1) {
            add(&t, "IBM", DAY, DAY, 5); /* a third equal one is new */
        }
        put(home, &record_tick_trade, &t, 1000 * DAY, &io);
        CHECK_EQ(io.rows_new, i == 0 ? 3 : 1);
        CHECK_EQ(io.rows_same, i == 0 ? 0 : 3);
        record_table_close(&t);
    }
    record_table_t v;
    CHECK_EQ(read_at(home, &record_tick_trade, 2 * DAY, false, &v), 4);
    CHECK_EQ(record_row(&v, 0)[0], 5); /* the order of the source */
    record_table_close(&v);
    home_remove(home);
}

/* One byte of a chunk file changed: the read says so and names the file. */
TEST(damage_is_seen)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char path[HOME_SIZE + 128];
    records_chunk_t *own = NULL;
    u32 n = 0;
    record_table_t t;
    records_put_t io = {0};
    records_t *r = NULL;
    diag_t diag = {0};
    home_make(home);
    CHECK_OK(record_table_open(&t, record_number.count));
    add(&t, "A", DAY, DAY, 5);
    put(home, &record_number, &t, 1000 * DAY, &io);
    record_table_close(&t);
    CHECK_OK(records_open(home, true, &diag, &r));
    CHECK_OK(records_chunks(r, NULL, &diag, &own, &n));
    records_close(r);
    CHECK_EQ(n, 1);
    char hex[65];
    hex_print(hex, own[0].hash.b, sizeof own[0].hash.b);
    free(own);
    (void)snprintf(path, sizeof path, "%s/records/%.2s/%s.rec", home, hex, hex);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    CHECK_EQ(fseek(f, -3, SEEK_END), 0);
    CHECK(fputc(0x55, f) == 0x55);
    CHECK_EQ(fclose(f), 0);
    records_query_t q = {.source = "s", .kind = &record_number, .as_of = 2 * DAY, .from = I64_MIN};
    CHECK_OK(record_table_open(&t, record_number.count));
    CHECK_OK(records_open(home, true, &diag, &r));
    CHECK_EQ(records_read(r, &q, &diag, &t), ERR_CORRUPT);
    CHECK(strstr(diag.text, ".rec") != NULL && strstr(diag.text, "do: ") != NULL);
    records_close(r);
    record_table_close(&t);
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(kinds),
                                       cmocka_unit_test(codec_round_trip),
                                       cmocka_unit_test(twice_is_once_and_corrections_come_later),
                                       cmocka_unit_test(nothing_later_is_seen),
                                       cmocka_unit_test(equal_ticks_are_kept),
                                       cmocka_unit_test(damage_is_seen)};
    return RUN_TESTS(tests);
}
