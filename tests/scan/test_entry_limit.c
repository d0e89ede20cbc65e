/* The limit of an entry: on the step of the price that it names, never passive, never beyond what the entry
 * may pay; also where the step changes between the decision and the limit. */
#include "tests/test.h"

#include "market/market.h"
#include "model/tick.h"
#include "scan/scan.h"

static price_t at(f64 usd)
{
    return (price_t){(i64)(usd * 10000.0 + 0.5) * (PRICE_SCALE / 10000)};
}

static price_t limit_of(f64 entry, i32 d, f64 moved_r, f64 stop_distance)
{
    static scan_t s;
    instrument_t share = {.cls = CLASS_STOCK, .tick = {PRICE_SCALE / 100}, .multiplier = 1};
    market_t market = {.instruments = &share, .count = 1};
    scan_shared_t shared = {.market = &market};
    candidate_t c = {.d = (i8)d, .entry = entry, .stop_distance = stop_distance};
    s.shared = &shared;
    s.config = config_default(PROFILE_DAY, PRESET_MODERATE);
    s.config.eval_skip_if_moved_r = moved_r;
    s.config.eval_entry_limit_tight = 0;
    price_t limit = scan_entry_limit(&s, &c);
    CHECK(tick_fits(&share, limit));
    i64 from = at(entry).v;
    i64 step = MAX_OF(tick_at(&share, limit).v, tick_at(&share, at(entry)).v);
    f64 room = MIN_OF(moved_r * stop_distance, entry * s.config.risk_price_band_bps / 1e4);
    CHECK(d * (limit.v - from) >= 0 || limit.v == step); /* a step is the least that a price can be */
    CHECK((f64)(d * (limit.v - from)) <= room * PRICE_SCALE + (f64)step);
    return limit;
}

TEST(a_limit_stands_on_the_step_of_its_own_price)
{
    UNUSED_STATE;
    CHECK_EQ(limit_of(0.9999, 1, 1.0, 0.0003).v, PRICE_SCALE);              /* 1.0002 is between two cents */
    CHECK_EQ(limit_of(1.004, -1, 1.0, 0.0061).v, PRICE_SCALE / 10000 * 9979); /* finer below a dollar */
    CHECK_EQ(limit_of(50.004, 1, 1.0, 0.02).v, PRICE_SCALE / 100 * 5002);
    CHECK_EQ(limit_of(50.004, -1, 1.0, 0.02).v, PRICE_SCALE / 100 * 4999);
    CHECK_EQ(limit_of(50.004, 1, 0.0, 0.02).v, PRICE_SCALE / 100 * 5001); /* no room is no passive limit */
    u64 state = 3;
    for (u32 i = 0; i < 20000; i++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        f64 entry = 0.0002 + (f64)((state >> 33) % 30000) / 10000.0;
        (void)limit_of(entry, (state >> 20) % 2 == 0 ? 1 : -1, (f64)((state >> 22) % 5) / 4.0,
                       (f64)((state >> 40) % 700) / 10000.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_limit_stands_on_the_step_of_its_own_price)};
    return RUN_TESTS(tests);
}
