/* Sector strength by hand: the fund's side, the thirds of five sessions, both directions, and when it is not
 * known. */
#include "tests/loops/tell_stand.h"

#include "model/sector.h"
#include "scan/sector_strength.h"

enum { FUND = 0, FIRST = 1, PEERS = 6, DAYS = 20 };

static void day_put(tell_stand_t *s, u32 inst, f64 close)
{
    series_row_t row = {.open = close,
                        .high = close,
                        .low = close,
                        .close = close,
                        .factor = 1,
                        .t_known = s->day[inst].count,
                        .session = (date_t)s->day[inst].count,
                        .slot = -1};
    series_append(&s->day[inst], &row);
}

/* Technology's fund above its VWAP, and six of its names that moved 0, 1, ... 5 % in five sessions. */
static tell_stand_t *stand(void)
{
    tell_stand_t *s = tell_open(1000);
    (void)snprintf(s->instruments[FUND].symbol, sizeof s->instruments[FUND].symbol, "XLK");
    for (u32 i = 0; i < STAND_NAMES; i++) {
        bool own = i >= FIRST && i < FIRST + PEERS;
        s->instruments[i].cls = i == FUND ? CLASS_ETF : CLASS_STOCK;
        s->instruments[i].sector = own || i == FUND ? SECTOR_TECHNOLOGY : SECTOR_ENERGY;
        for (u32 k = 0; k < DAYS; k++) {
            day_put(s, i,
                    k == DAYS - SECTOR_DAYS
                        ? 100
                        : 50 + 10 * (f64)i); /* five sessions back, and days that do not count */
        }
        *tell_feature(s, FEATURE_CLOSE, i) = own ? 100 + (f64)(i - FIRST) : 150;
    }
    *tell_feature(s, FEATURE_VWAP, FUND) = 149;
    *tell_feature(s, FEATURE_SMA20, FUND) = 149;
    return s;
}

static f64 value_of(tell_stand_t *s, u32 inst, i32 d)
{
    f64 v = 9;
    CHECK(sector_strength(&s->shared, PROFILE_DAY, (inst_t)inst, d, &v));
    return v;
}

TEST(thirds_on_the_funds_side)
{
    UNUSED_STATE;
    tell_stand_t *s = stand();
    static const f64 with[PEERS] = {0, 0, 0, 0, 1, 1}; /* long: the fund is with it, the best third leads */
    static const f64 against[PEERS] = {0, 0, 0, 0, -1, -1}; /* short of them: the fund is against it */
    for (u32 i = 0; i < PEERS; i++) {
        CHECK_EQ(value_of(s, FIRST + i, 1), with[i]);
        CHECK_EQ(value_of(s, FIRST + i, -1), against[i]);
    }
    *tell_feature(s, FEATURE_VWAP, FUND) = 151; /* now it falls: mirrored */
    for (u32 i = 0; i < PEERS; i++) {
        CHECK_EQ(value_of(s, FIRST + i, -1), with[PEERS - 1 - i]);
        CHECK_EQ(value_of(s, FIRST + i, 1), against[PEERS - 1 - i]);
    }
    *tell_feature(s, FEATURE_VWAP, FUND) = 150; /* on its mean it says nothing */
    CHECK_EQ(value_of(s, FIRST + 5, 1), 0);
    *tell_feature(s, FEATURE_VWAP, FUND) = 149;
    *tell_feature(s, FEATURE_PRESENT, FUND) = 0; /* nor without a bar */
    CHECK_EQ(value_of(s, FIRST + 5, 1), 0);
    tell_close(s);
}

TEST(all_alike_lead_nothing)
{
    UNUSED_STATE;
    tell_stand_t *s = stand();
    for (u32 i = 0; i < PEERS; i++) {
        *tell_feature(s, FEATURE_CLOSE, FIRST + i) = 103;
    }
    for (u32 i = 0; i < PEERS; i++) {
        CHECK_EQ(value_of(s, FIRST + i, 1), 0);
        CHECK_EQ(value_of(s, FIRST + i, -1), 0);
    }
    tell_close(s);
}

TEST(it_is_not_known_without_fund_sector_history_or_peers)
{
    UNUSED_STATE;
    tell_stand_t *s = stand();
    f64 v = 9;
    CHECK(!sector_strength(&s->shared, PROFILE_DAY, FIRST + PEERS, 1, &v)); /* energy: no fund here */
    CHECK_EQ(v, 0);
    CHECK(!sector_strength(&s->shared, PROFILE_DAY, FUND, 1, &v)); /* the fund is its own sector */
    s->instruments[FIRST].sector = SECTOR_UNKNOWN;
    CHECK(!sector_strength(&s->shared, PROFILE_DAY, FIRST, 1, &v));
    s->instruments[FIRST].sector = SECTOR_TECHNOLOGY;
    s->day[FIRST].count = SECTOR_DAYS - 1;
    CHECK(!sector_strength(&s->shared, PROFILE_DAY, FIRST, 1, &v));
    for (u32 i = 2; i < PEERS; i++) {
        *tell_feature(s, FEATURE_PRESENT, FIRST + i) = 0;
    }
    CHECK(!sector_strength(&s->shared, PROFILE_DAY, FIRST + 1, 1, &v)); /* alone in its sector now */
    tell_close(s);
}

/* Of days the last is today's own, and the fund is held against its 20-day mean. */
TEST(on_daily_bars_five_sessions_end_today)
{
    UNUSED_STATE;
    tell_stand_t *s = stand();
    f64 v = 9;
    for (u32 i = 0; i < STAND_NAMES; i++) {
        day_put(s, i, *tell_feature(s, FEATURE_CLOSE, i));
    }
    *tell_feature(s, FEATURE_VWAP, FUND) = 999;
    CHECK(sector_strength(&s->shared, PROFILE_SWING, FIRST + 5, 1, &v));
    CHECK_EQ(v, 1);
    *tell_feature(s, FEATURE_SMA20, FUND) = 151;
    CHECK(sector_strength(&s->shared, PROFILE_SWING, FIRST, 1, &v));
    CHECK_EQ(v, -1);
    tell_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(thirds_on_the_funds_side),
                                       cmocka_unit_test(all_alike_lead_nothing),
                                       cmocka_unit_test(it_is_not_known_without_fund_sector_history_or_peers),
                                       cmocka_unit_test(on_daily_bars_five_sessions_end_today)};
    return RUN_TESTS(tests);
}
