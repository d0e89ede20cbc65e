/* Lines and fields: what RFC 4180 says, and one clear error with a place for what it does not. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "wire/csv.h"
#include "wire/zst.h"

/* Reads all records and joins their fields as "a|b\n". Returns the last error. */
static err_t join(const void *text, size_t n, char *out, size_t size, diag_t *diag)
{
    csv_t *c = NULL;
    out[0] = '\0';
    err_t err = csv_open_bytes(text, n, "case.csv", diag, &c);
    if (err != ERR_OK) {
        return err;
    }
    size_t used = 0;
    while ((err = csv_next(c, diag)) == ERR_OK) {
        for (u32 i = 0; i < csv_field_count(c); i++) {
            str_t f = csv_field(c, i);
            if (used + f.n + 2 < size) {
                memcpy(out + used, f.p, f.n);
                used += f.n;
                out[used++] = i + 1 == csv_field_count(c) ? '\n' : '|';
            }
        }
    }
    out[used] = '\0';
    csv_close(c);
    return err;
}

TEST(records)
{
    UNUSED_STATE;
    static const struct { const char *text; const char *want; err_t err; } cases[] = {
        {"a,b\n1,2\n", "1|2\n", ERR_EMPTY},
        {"a,b\r\n1,2\r\n3,4", "1|2\n3|4\n", ERR_EMPTY},
        {"\xEF\xBB\xBF" "a,b\n1,2\n", "1|2\n", ERR_EMPTY},
        {"a,b\n\n1,\n\n,2\n", "1|\n|2\n", ERR_EMPTY},
        {"a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "x,y|say \"hi\"\n", ERR_EMPTY},
        {"a,b\n\"line\nbreak\",2\n3,4\n", "line\nbreak|2\n3|4\n", ERR_EMPTY},
        {"a,b\n1,2,3\n1\n", "1|2|3\n1\n", ERR_EMPTY},
        {"a,b\n\"open,2\n", "", ERR_SYNTAX},
        {"a,b", "", ERR_EMPTY},
        {"", "", ERR_HEADER},
        {"\n\n", "", ERR_HEADER},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[256];
        diag_t diag = {0};
        CHECK_EQ(join(cases[i].text, strlen(cases[i].text), out, sizeof out, &diag), cases[i].err);
        CHECK_STR(out, cases[i].want);
        CHECK_EQ(diag.set, cases[i].err != ERR_EMPTY);
    }
}

TEST(names_and_places)
{
    UNUSED_STATE;
    static const char text[] = "symbol, close ,volume\nA,1.5,\"7\n8\"\nB,x,9\n";
    csv_t *c = NULL;
    diag_t diag = {0};
    CHECK_OK(csv_open_bytes(text, sizeof text - 1, "case.csv", &diag, &c));
    CHECK_EQ(csv_find(c, "close"), 1);
    CHECK_EQ(csv_find(c, "Close"), CSV_NO_COLUMN);
    u32 column = 99;
    CHECK_EQ(csv_column(c, "clse", &diag, &column), ERR_COLUMN);
    CHECK_EQ(column, 99);
    CHECK(strstr(diag.text, "case.csv:1") != NULL && strstr(diag.text, "'close'") != NULL);
    CHECK_OK(csv_next(c, &diag));
    CHECK_EQ(csv_line(c), 2);
    CHECK_OK(csv_next(c, &diag));
    CHECK_EQ(csv_line(c), 4);
    diag = (diag_t){0};
    CHECK_EQ(csv_fail(c, &diag, ERR_NUMBER, 1, "is no price"), ERR_NUMBER);
    CHECK_STR(diag.text, "case.csv:4, column close (2): 'x' is no price");
    csv_close(c);
}

/* What stands in a message is text, whatever the file is. */
TEST(bytes_stay_in_their_file)
{
    UNUSED_STATE;
    static const char twice[] = "a,\001\377,b,\001\377\n";
    static const char value[] = "a,b\n\302\233,\377\n";
    csv_t *c = NULL;
    diag_t diag = {0};
    CHECK_EQ(csv_open_bytes(twice, sizeof twice - 1, "case.csv", &diag, &c), ERR_HEADER);
    CHECK(strstr(diag.text, "columns 2 and 4 are both called '?\?'\n") != NULL);
    diag = (diag_t){0};
    CHECK_OK(csv_open_bytes(value, sizeof value - 1, "case.csv", &diag, &c));
    CHECK_OK(csv_next(c, &diag));
    CHECK_EQ(csv_fail(c, &diag, ERR_NUMBER, 1, "is no price"), ERR_NUMBER);
    CHECK_STR(diag.text, "case.csv:2, column b (2): '?' is no price");
    csv_close(c);
}

TEST(limits)
{
    UNUSED_STATE;
    size_t n = LIMIT_CSV_LINE + 100;
    char *text = malloc(n + 8);
    char out[64];
    diag_t diag = {0};
    CHECK(text != NULL);
    memset(text, 'x', n);
    memcpy(text, "a,b\n", 4);
    CHECK_EQ(join(text, n, out, sizeof out, &diag), ERR_BUFFER_FULL);
    memset(text + 4, ',', 200);
    memcpy(text + 204, "\n", 1);
    diag = (diag_t){0};
    CHECK_EQ(join(text, 205, out, sizeof out, &diag), ERR_SYNTAX);
    free(text);
}

/* A file larger than every buffer reads the same plain and packed; each cut of the packed one is told. */
TEST(packed_and_cut)
{
    UNUSED_STATE;
    enum { LINES = 40000 };
    size_t size = (size_t)LINES * 24;
    char *text = malloc(size);
    CHECK(text != NULL);
    size_t n = (size_t)snprintf(text, size, "a,b\n");
    u64 sum = 0;
    for (u32 i = 0; i < LINES; i++) {
        u32 v = (u32)rng_below((rng_key_t){7, RNG_TEST, 0, 0}, i, 1000000);
        sum += v;
        n += (size_t)snprintf(text + n, size - n, "%u,%u\n", i, v);
    }
    u8 *packed = malloc(zst_bound(n));
    size_t used = 0;
    CHECK(packed != NULL);
    CHECK_OK(zst_pack(text, n, 3, (zst_room_t){packed, zst_bound(n)}, &used));
    for (u32 pass = 0; pass < 2; pass++) {
        csv_t *c = NULL;
        diag_t diag = {0};
        u64 got = 0;
        CHECK_OK(csv_open_bytes(pass == 0 ? (const void *)text : packed, pass == 0 ? n : used, "big", &diag,
                                &c));
        err_t err = ERR_OK;
        while ((err = csv_next(c, &diag)) == ERR_OK) {
            i64 v = 0;
            CHECK_OK(str_to_i64(csv_field(c, 1), &v));
            got += (u64)v;
        }
        CHECK_EQ(err, ERR_EMPTY);
        CHECK_EQ(csv_line(c), LINES + 1);
        CHECK_EQ(got, sum);
        csv_close(c);
    }
    for (u32 i = 0; i < 40; i++) {
        size_t cut = 5 + (size_t)rng_below((rng_key_t){7, RNG_TEST, 1, 0}, i, used - 6);
        char out[64];
        diag_t diag = {0};
        CHECK_EQ(join(packed, cut, out, sizeof out, &diag), ERR_TRUNCATED);
        CHECK(strstr(diag.text, "byte") != NULL);
    }
    free(packed);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records), cmocka_unit_test(names_and_places),
        cmocka_unit_test(bytes_stay_in_their_file), cmocka_unit_test(limits),
        cmocka_unit_test(packed_and_cut)};
    return RUN_TESTS(tests);
}
