/* Bars out of prints: which count, where intervals end, and agreement with the tape's own minute bars. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/import_path.h"
#include "market/tick_build.h"
#include "tests/store/home.h"

static tick_t tick(i64 second, i64 price, i64 size, u32 condition)
{
    return (tick_t){
        .t = second * NS_PER_SEC, .price = {price * PRICE_SCALE}, .size = size, .condition = condition};
}

TEST(which_prints_count)
{
    UNUSED_STATE;
    static const struct {
        u32 condition;
        bool suspicious;
        bool price;
        bool volume;
    } cases[] = {
        {0, false, true, true},
        {1, false, true, true},
        {TICK_ODD_LOT, false, false, true},
        {TICK_ODD_LOT | 0x20, false, false, true},
        {1u << 26, false, false, false},
        {0, true, false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        tick_t t = tick(1, 10, 5, cases[i].condition);
        t.suspicious = cases[i].suspicious;
        CHECK_EQ(tick_counts_price(&t), cases[i].price);
        CHECK_EQ(tick_counts_volume(&t), cases[i].volume);
    }
}

TEST(intervals)
{
    UNUSED_STATE;
    const tick_t ticks[] = {
        tick(0, 99, 1, TICK_ODD_LOT),  tick(1, 10, 5, 0),  tick(30, 12, 5, 0), tick(59, 9, 5, 0),
        tick(60, 50, 1, TICK_ODD_LOT), tick(180, 11, 7, 0)};
    tick_build_t b = {0};
    bar_t out[4];
    u32 n = 0;
    for (size_t i = 0; i < COUNT_OF(ticks); i++) {
        n += tick_build_add(&b, &ticks[i], TF_1M, 5, &out[n]) ? 1 : 0;
    }
    n += tick_build_end(&b, &out[n]) ? 1 : 0;
    CHECK_EQ(n, 2); /* the minute of an odd lot alone gives none */
    CHECK(out[0].open.v == 10 * PRICE_SCALE && out[0].high.v == 12 * PRICE_SCALE);
    CHECK(out[0].low.v == 9 * PRICE_SCALE && out[0].close.v == 9 * PRICE_SCALE);
    CHECK_EQ(out[0].volume, 16);
    CHECK(out[0].t_known == 60 * NS_PER_SEC + 5);
    CHECK(out[1].t_event == 180 * NS_PER_SEC);
    CHECK(!tick_build_end(&b, &out[0]));
}

/* Share of IBM's minutes (2013-10-07 to 11, regular hours) on which a column is the tape's own. */
static void compare(const record_table_t *bars, const bar_t *built, u32 count, u32 same[5], u32 *both)
{
    u32 at = 0;
    for (u32 i = 0; i < bars->rows; i++) {
        i64 t = bars->own_head[i].t_event;
        while (at < count && built[at].t_event < t) {
            at++;
        }
        i64 clock = t % NS_PER_DAY; /* October: New York is 4 hours behind */
        if (at == count || built[at].t_event != t || clock < 13 * NS_PER_HOUR + 30 * NS_PER_MIN ||
            clock >= 20 * NS_PER_HOUR) {
            continue;
        }
        const i64 *v = record_row(bars, i) + 1; /* behind the length */
        const i64 mine[] = {built[at].open.v, built[at].high.v, built[at].low.v, built[at].close.v,
                            built[at].volume * 100000000};
        for (u32 k = 0; k < 5; k++) {
            same[k] += v[k] == mine[k] ? 1 : 0;
        }
        (*both)++;
    }
}

static void read_set(const char *home, const char *file, const char *source, record_table_t *out)
{
    char path[512];
    records_t *r = NULL;
    diag_t diag = {0};
    import_sum_t sum = {0};
    import_sink_t sink = {0};
    CHECK(data_path(file, path, sizeof path));
    import_spec_t spec = {.home = home, .path = path, .now_ns = 1790000000LL * NS_PER_SEC};
    CHECK_OK(import_path(&spec, &sink, &diag, &sum));
    const record_kind_desc_t *kind = record_kind_named(str_from(record_format_find(str_from(source))->kind));
    records_query_t q = {.source = source, .kind = kind, .series = "IBM", .as_of = I64_MAX, .from = I64_MIN};
    CHECK_OK(record_table_open(out, kind->count));
    CHECK_OK(records_open(home, true, &diag, &r));
    CHECK_OK(records_read(r, &q, &diag, out));
    records_close(r);
}

TEST(agrees_with_the_tape)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    char path[512];
    record_table_t ticks;
    record_table_t bars;
    if (!data_path("ticks/lean_equity_tick_trade.csv.zst", path, sizeof path)) {
        skip();
    }
    home_make(home);
    read_set(home, "ticks/lean_equity_tick_trade.csv.zst", "lean_equity_tick_trade", &ticks);
    read_set(home, "intraday/lean_equity_minute_trade.csv.zst", "lean_equity_minute_trade", &bars);
    bar_t *built = malloc(((size_t)ticks.rows + 1) * sizeof *built);
    assert_non_null(built);
    tick_build_t b = {0};
    u32 n = 0;
    for (u32 i = 0; i < ticks.rows; i++) {
        const i64 *v = record_row(&ticks, i); /* price, size, exchange, condition, suspicious */
        char text[16] = "0";
        if (v[3] != CELL_NONE) {
            CHECK_OK(str_copy(text, sizeof text, record_text(&ticks, (u32)v[3])));
        }
        tick_t t = {.t = ticks.own_head[i].t_event,
                    .price = {v[0]},
                    .size = v[1] / 100000000,
                    .condition = (u32)strtoul(text, NULL, 16),
                    .suspicious = v[4] == 1};
        n += tick_build_add(&b, &t, TF_1M, 0, &built[n]) ? 1 : 0;
    }
    n += tick_build_end(&b, &built[n]) ? 1 : 0;
    u32 same[5] = {0};
    u32 both = 0;
    compare(&bars, built, n, same, &both);
    print_message("%u minutes: open %u high %u low %u close %u volume %u\n", both, same[0], same[1], same[2],
                  same[3], same[4]);
    CHECK(both > 1900);
    for (u32 k = 0; k < 5; k++) {
        CHECK(same[k] * 100 >= both * 96);
    }
    free(built);
    record_table_close(&ticks);
    record_table_close(&bars);
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(which_prints_count), cmocka_unit_test(intervals),
                                       cmocka_unit_test(agrees_with_the_tape)};
    return RUN_TESTS(tests);
}
