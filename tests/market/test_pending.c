/* Bars that wait: each series gets its own in the order of arrival, whatever came between them. */
#include "tests/test.h"

#include "base/rng.h"
#include "market/pending.h"

enum { SERIES = 7, ROWS = 900, ROOM = 64 };

static u32 series_of(u32 row)
{
    return (u32)rng_below((rng_key_t){3, RNG_TEST, 1, 0}, row, SERIES - 1); /* the last one gets none */
}

TEST(each_series_gets_its_rows_in_order)
{
    UNUSED_STATE;
    arena_t a;
    series_t series[SERIES];
    pending_t p;
    u32 met[SERIES] = {0};
    CHECK_OK(arena_open(&a, 4U << 20));
    for (u32 i = 0; i < SERIES; i++) {
        CHECK_OK(series_init(&series[i], &a, ROWS));
    }
    CHECK_OK(pending_init(&p, &a, series, SERIES, ROOM)); /* less than there are: it empties itself */
    for (u32 i = 0; i < ROWS; i++) {
        series_row_t row = {.open = i, .high = 2.0 * i, .low = -1.0 * i, .close = i + 0.5, .volume = i + 1.0,
                            .dollar = i * 3.0, .factor = i + 7.0, .raw_close = i + 11, .t_known = i + 13,
                            .session = (date_t)i, .slot = (i32)i};
        pending_add(&p, series_of(i), &row);
        CHECK(p.count <= ROOM);
    }
    pending_flush(&p);
    CHECK_EQ(p.count, 0);
    for (u32 i = 0; i < ROWS; i++) {
        const series_t *s = &series[series_of(i)];
        u32 k = met[series_of(i)]++;
        CHECK(s->open[k] == i && s->high[k] == 2.0 * i && s->low[k] == -1.0 * i && s->close[k] == i + 0.5);
        CHECK(s->volume[k] == i + 1.0 && s->dollar[k] == i * 3.0 && s->factor[k] == i + 7.0);
        CHECK(s->raw_close[k] == i + 11 && s->t_known[k] == i + 13);
        CHECK(s->session[k] == (date_t)i && s->slot[k] == (i32)i);
    }
    for (u32 i = 0; i < SERIES; i++) {
        CHECK_EQ(series[i].count, met[i]);
    }
    CHECK_EQ(met[SERIES - 1], 0);
    pending_flush(&p); /* of nothing, nothing */
    arena_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_series_gets_its_rows_in_order)};
    return RUN_TESTS(tests);
}
