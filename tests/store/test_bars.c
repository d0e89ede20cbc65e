/* The bar store: what goes in comes out, twice is once, corrections come later, damage is seen. */
#include "tests/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/rng.h"
#include "os/clock.h"
#include "store/bars_inner.h"
#include "store/sqlite.h"
#include "tests/store/home.h"

enum { ROWS_MAX = 3000 };

static i64 draw(u32 entity, u64 n, u64 bound)
{
    return (i64)rng_below((rng_key_t){11, RNG_TEST, entity, 0}, n, bound);
}

/* Sane bars of wild values: tiny and huge prices, any volume, gaps in time. */
static void wild_rows(bar_t *out, u32 count, u32 entity)
{
    i64 t = 1600000000LL * NS_PER_SEC;
    for (u32 i = 0; i < count; i++) {
        i64 scale = fixed_pow10((u32)draw(entity, i * 9ULL, 15));
        i64 low = 1 + draw(entity, i * 9ULL + 1, 1000) * scale;
        i64 high = low + draw(entity, i * 9ULL + 2, 500) * scale;
        i64 open = low + draw(entity, i * 9ULL + 3, (u64)(high - low) + 1);
        i64 close = low + draw(entity, i * 9ULL + 4, (u64)(high - low) + 1);
        i64 volume = draw(entity, i * 9ULL + 5, 3) == 0 ? draw(entity, i * 9ULL + 6, 1ULL << 62) : 100 * i;
        t += NS_PER_MIN * (1 + draw(entity, i * 9ULL + 7, 3) * draw(entity, i * 9ULL + 8, 1000));
        out[i] = (bar_t){.t_event = t, .t_known = t + NS_PER_MIN, .open = {open}, .high = {high},
                         .low = {low},
                         .close = {close}, .volume = volume, .flags = i % 7 == 0 ? BAR_PARTIAL_VENUE : 0};
    }
}

/* Property: decode(encode(rows)) is rows, for every count around the block size and for odd values. */
TEST(codec_round_trip)
{
    UNUSED_STATE;
    static const u32 counts[] = {1, 2, 63, 64, 65, 127, 128, 129, 1000};
    bar_t *rows = calloc(ROWS_MAX, sizeof *rows);
    size_t bound = bars_encode_bound(1000);
    u8 *image = malloc(bound);
    u8 *scratch = malloc(bound);
    CHECK(rows != NULL && image != NULL && scratch != NULL);
    for (u32 k = 0; k < COUNT_OF(counts); k++) {
        wild_rows(rows, counts[k], k);
        if (counts[k] == 64) {
            rows[5].high.v = I64_MAX; /* the largest difference there is */
            rows[6].low.v = 1;
        }
        bars_head_t head = {.source = "s", .symbol = "WILD", .timeframe = TF_1M, .rows = counts[k]};
        writer_t w = writer_of(image, bound);
        CHECK_OK(bars_encode(&head, rows, scratch, &w));
        bars_head_t back;
        str_t body;
        CHECK_OK(bars_head_read(image, w.used, &back, &body));
        CHECK_EQ(back.rows, counts[k]);
        u8 *blocks = calloc(1, back.packed_size + BARS_PAD);
        CHECK(blocks != NULL);
        memcpy(blocks, body.p, MIN_OF(body.n, back.packed_size));
        if (!back.zstd) {
            bars_cursor_t c;
            bar_t block[BARS_BLOCK];
            u32 n = 0;
            u32 at = 0;
            bars_cursor_begin(&c, &back, blocks);
            while (bars_cursor_next(&c, block, &n) == ERR_OK) {
                CHECK_EQ(memcmp(block, rows + at, n * sizeof *block), 0);
                at += n;
            }
            CHECK_EQ(at, counts[k]);
        }
        free(blocks);
    }
    free(rows);
    free(image);
    free(scratch);
}

static bars_series_t series(void)
{
    return (bars_series_t){.source = "test", .symbol = "AAA", .timeframe = TF_1M};
}

static void put(bars_t *b, const bar_t *rows, u32 n, i64 revision, bars_put_t *io)
{
    bars_series_t s = series();
    diag_t diag = {0};
    *io = (bars_put_t){0};
    CHECK_OK(bars_begin(b, &diag));
    CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows, n, revision}, io, &diag));
    CHECK_OK(bars_commit(b, &diag));
}

static u32 read_back(bars_t *b, bar_t **own)
{
    bars_query_t q = {.source = "test", .symbol = "AAA", .timeframe = TF_1M, .from = I64_MIN};
    diag_t diag = {0};
    u32 n = 0;
    CHECK_OK(bars_read_all(b, &q, &diag, own, &n));
    return n;
}

TEST(store_is_idempotent_and_revises)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    bar_t *rows = calloc(ROWS_MAX, sizeof *rows);
    CHECK(rows != NULL);
    wild_rows(rows, ROWS_MAX, 99);
    bars_t *b = NULL;
    diag_t diag = {0};
    bars_put_t io;
    CHECK_OK(bars_open(home, false, &diag, &b));
    put(b, rows + 1000, 500, 0, &io); /* out of the file's order: middle, all, all again */
    CHECK_EQ(io.rows_new, 500);
    put(b, rows, ROWS_MAX, 0, &io);
    CHECK_EQ(io.rows_new, ROWS_MAX - 500);
    CHECK_EQ(io.rows_same, 500);
    put(b, rows, ROWS_MAX, 0, &io);
    CHECK_EQ(io.rows_same, ROWS_MAX);
    CHECK_EQ(io.chunks_written, 0);
    bar_t *own = NULL;
    CHECK_EQ(read_back(b, &own), ROWS_MAX);
    CHECK_EQ(memcmp(own, rows, ROWS_MAX * sizeof *rows), 0);
    free(own);

    /* A correction of an old row: a later row in the chunk of its own time, next to bars that are there. */
    bar_t fixed = rows[10];
    fixed.volume += 1;
    i64 later = rows[ROWS_MAX - 2].t_known;
    put(b, &fixed, 1, later, &io);
    CHECK_EQ(io.rows_revision, 1);
    put(b, &fixed, 1, later + NS_PER_DAY, &io);
    CHECK_EQ(io.rows_same, 1);
    CHECK_EQ(read_back(b, &own), ROWS_MAX + 1);
    /* the new bar of that moment comes first */
    CHECK_EQ(own[ROWS_MAX - 2].t_event, rows[ROWS_MAX - 2].t_event);
    CHECK_EQ(own[ROWS_MAX - 1].t_event, rows[10].t_event);
    CHECK_EQ(own[ROWS_MAX - 1].t_known, later);
    CHECK_EQ(own[ROWS_MAX - 1].flags & BAR_LATE, BAR_LATE);
    CHECK_EQ(own[10].volume, rows[10].volume);
    free(own);
    u64 removed = 0;
    CHECK_OK(bars_sweep(b, &diag, &removed));
    CHECK(removed > 0); /* chunks that were merged into new ones */
    CHECK_EQ(read_back(b, &own), ROWS_MAX + 1);
    free(own);
    free(rows);
    bars_close(b);
    home_remove(home);
}

TEST(rollback_keeps_nothing)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    bar_t rows[100];
    wild_rows(rows, 100, 3);
    bars_t *b = NULL;
    diag_t diag = {0};
    bars_put_t io = {0};
    bars_series_t s = series();
    CHECK_OK(bars_open(home, false, &diag, &b));
    CHECK_OK(bars_begin(b, &diag));
    CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows, 100, 0}, &io, &diag));
    bars_close(b); /* as after an error: no commit */
    CHECK_OK(bars_open(home, false, &diag, &b));
    bar_t *own = NULL;
    CHECK_EQ(read_back(b, &own), 0);
    put(b, rows, 100, 0, &io); /* the orphans do no harm */
    CHECK_EQ(read_back(b, &own), 100);
    free(own);
    bars_close(b);
    home_remove(home);
}

static void path_of(const char *home, const digest_t *hash, char *out, size_t size)
{
    char hex[65];
    hex_print(hex, hash->b, 32);
    (void)snprintf(out, size, "%s/bars/%.2s/%s.bars", home, hex, hex);
}

/* Every flipped byte of a chunk file is ERR_CORRUPT with the symbol's name; a missing file is told. */
TEST(damage_is_seen)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    bar_t rows[200];
    wild_rows(rows, 200, 5);
    bars_t *b = NULL;
    diag_t diag = {0};
    bars_put_t io;
    CHECK_OK(bars_open(home, false, &diag, &b));
    put(b, rows, 200, 0, &io);
    bars_chunk_t *chunk = NULL;
    u32 n = 0;
    bars_query_t q = {.from = I64_MIN};
    CHECK_OK(bars_chunks(b, &q, &diag, &chunk, &n));
    CHECK(n >= 1);
    char path[512];
    path_of(home, &chunk[0].hash, path, sizeof path);
    struct stat st;
    CHECK_EQ(stat(path, &st), 0);
    bars_buffer_t m = {0};
    bars_cursor_t c;
    int fd = open(path, O_RDWR);
    CHECK(fd >= 0);
    for (off_t at = 0; at < st.st_size; at += 37) {
        u8 byte = 0;
        CHECK_EQ(pread(fd, &byte, 1, at), 1);
        byte ^= 0x10;
        CHECK_EQ(pwrite(fd, &byte, 1, at), 1);
        diag = (diag_t){0};
        CHECK_EQ(bars_load(b, &chunk[0], &m, &diag, &c), ERR_CORRUPT);
        CHECK(strstr(diag.text, "AAA") != NULL);
        byte ^= 0x10;
        CHECK_EQ(pwrite(fd, &byte, 1, at), 1);
    }
    CHECK_OK(bars_load(b, &chunk[0], &m, &diag, &c));
    close(fd);
    CHECK_EQ(unlink(path), 0);
    CHECK_EQ(bars_load(b, &chunk[0], &m, &diag, &c), ERR_NOT_FOUND);
    bars_buffer_free(&m);
    free(chunk);
    bars_close(b);
    home_remove(home);
}

TEST(actions_and_log)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    bars_t *b = NULL;
    diag_t diag = {0};
    bars_series_t s = series();
    CHECK_EQ(bars_open(home, true, &diag, &b), ERR_NOT_FOUND);
    CHECK_OK(bars_open(home, false, &diag, &b));
    const action_t a[] = {{.t_known = 5, .ratio_num = 10, .ratio_den = 1, .ex_date = 2, .kind = ACTION_SPLIT},
                          {.t_known = 3, .ratio_num = 1, .ratio_den = 1, .amount = {250000000}, .ex_date = 1,
                           .kind = ACTION_DIVIDEND}};
    CHECK_OK(bars_begin(b, &diag));
    CHECK_OK(bars_put_actions(b, &s, a, 2, &diag));
    CHECK_OK(bars_put_actions(b, &s, a, 2, &diag));
    const bars_import_t log = {.t_import = 9, .file = "f.csv", .source = "test", .rows_read = 7,
                               .rows_stored = 5,
                               .rows_rejected = 2, .rules = "duplicate=2"};
    CHECK_OK(bars_log_import(b, &log, &diag));
    CHECK_OK(bars_commit(b, &diag));
    action_t *own = NULL;
    u32 n = 0;
    CHECK_OK(bars_actions(b, "test", "AAA", &diag, &own, &n));
    CHECK_EQ(n, 2);
    CHECK_EQ(own[0].amount.v, 250000000);
    CHECK_EQ(own[1].ratio_num, 10);
    free(own);
    bars_import_t *rows = NULL;
    CHECK_OK(bars_imports(b, &diag, &rows, &n));
    CHECK_EQ(n, 1);
    CHECK_STR(rows[0].rules, "duplicate=2");
    free(rows);
    bars_close(b);
    home_remove(home);
}

/* How SQLite would find the chunks of a question: SEARCH by a key, or SCAN of them all. */
static void plan_of(const char *home, const bars_query_t *q, char out[256])
{
    char path[HOME_SIZE + 16];
    char sql[BARS_CHUNKS_SQL];
    char explain[BARS_CHUNKS_SQL + 32];
    sql_db_t *db = NULL;
    sql_stmt_t *s = NULL;
    bool row = false;
    (void)snprintf(path, sizeof path, "%s/vitrine.db", home);
    bars_chunks_sql(q, sql);
    (void)snprintf(explain, sizeof explain, "EXPLAIN QUERY PLAN %s", sql);
    CHECK_OK(sql_open(&(sql_options_t){.path = path}, NULL, &db));
    CHECK_OK(sql_prepare(db, explain, NULL, &s));
    CHECK_OK(sql_step(s, NULL, &row));
    CHECK(row);
    str_t detail = sql_column_text(s, 3);
    (void)snprintf(out, 256, STR_FMT, STR_ARG(detail));
    sql_finalize(s);
    sql_close(db);
}

/* Who reads a store name by name asks its manifest by the key, and does not scan it for each. */
TEST(one_name_is_found_by_its_key)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char plan[256];
    bars_t *b = NULL;
    home_make(home);
    CHECK_OK(bars_open(home, false, NULL, &b));
    bars_close(b);
    plan_of(home, &(bars_query_t){.source = "test", .symbol = "A"}, plan);
    CHECK(strncmp(plan, "SEARCH", 6) == 0 && strstr(plan, "source=? AND symbol=?") != NULL);
    plan_of(home, &(bars_query_t){.source = "test"}, plan);
    CHECK(strncmp(plan, "SEARCH", 6) == 0 && strstr(plan, "source=?") != NULL);
    plan_of(home, &(bars_query_t){0}, plan); /* the test can tell: who asks for all gets a scan */
    CHECK(strncmp(plan, "SCAN", 4) == 0);
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codec_round_trip), cmocka_unit_test(store_is_idempotent_and_revises),
        cmocka_unit_test(rollback_keeps_nothing), cmocka_unit_test(damage_is_seen),
            cmocka_unit_test(actions_and_log), cmocka_unit_test(one_name_is_found_by_its_key)};
    return RUN_TESTS(tests);
}
