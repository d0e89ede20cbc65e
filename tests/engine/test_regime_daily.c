/* The daily regime out of a snapshot goes on as the one that was never put away. */
#include "tests/test.h"

#include <string.h>

#include "base/hash.h"
#include "engine/regime_daily.h"
#include "model/calendar.h"

enum { BARS = 420, FIRST = 300, STATE_BYTES = 1 << 14 };

/* Days that turn between rising, falling and standing, so that states are fitted and named anew. */
static void bars_of(bar_t out[BARS])
{
    session_t s = calendar_next(CAL_NYSE, date_from_ymd(2018, 1, 2), INT64_MAX);
    f64 price = 100;
    for (u32 i = 0; i < BARS; i++) {
        f64 noise = (f64)(hash64_seed(&i, sizeof i, 5) % 2001) / 1000.0 - 1.0;
        f64 drift = i / 60 % 3 == 0 ? 0.002 : (i / 60 % 3 == 1 ? -0.003 : 0.0);
        price *= 1.0 + drift + noise * (i / 40 % 2 == 0 ? 0.006 : 0.02);
        i64 close = 0;
        CHECK_OK(fixed_from_f64(price, 10000, &close));
        out[i] = (bar_t){.close = {close * (PRICE_SCALE / 10000)}, .t_event = s.close, .t_known = s.close};
        s = calendar_next(CAL_NYSE, s.date, INT64_MAX);
    }
}

static void step(regime_daily_t *r, const bar_t *bars, u32 last, regime_view_t *view)
{
    regime_daily_input_t in = {.bars = bars,
                               .bar_count = BARS,
                               .now = bars[last].t_known,
                               .session = calendar_date_at(CAL_NYSE, bars[last].t_known - 1),
                               .proxy = INST_NONE,
                               .seed = 3};
    regime_daily_update(r, &in, view);
}

TEST(a_restored_regime_goes_on_as_the_first)
{
    UNUSED_STATE;
    static bar_t bars[BARS];
    static regime_daily_t one;
    static regime_daily_t other;
    static u8 bytes[STATE_BYTES];
    regime_view_t view = {0};
    u32 names = 0;
    bars_of(bars);
    regime_daily_init(&one);
    step(&one, bars, FIRST, &view);
    for (u32 i = FIRST + 1; i < BARS; i++) {
        regime_view_t again = {0};
        regime_view_t before = view;
        writer_t w = writer_of(bytes, sizeof bytes);
        CHECK_OK(regime_daily_save(&one, &view, &w));
        reader_t r = reader_of(bytes, w.used);
        CHECK_OK(regime_daily_load(&r, REGIME_DAILY_VERSION, &other, &again));
        CHECK(memcmp(&one.state, &other.state, sizeof one.state) == 0);
        step(&one, bars, i, &view);
        step(&other, bars, i, &again);
        CHECK(memcmp(&one.state, &other.state, sizeof one.state) == 0);
        CHECK(view.p_bear == again.p_bear && view.p_bull == again.p_bull && view.label == again.label);
        names += memcmp(before.state_label, view.state_label, sizeof view.state_label) != 0 ? 1 : 0;
    }
    print_message("# %u days, states named anew on %u of them\n", BARS - FIRST - 1, names);
    CHECK(names > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_restored_regime_goes_on_as_the_first)};
    return RUN_TESTS(tests);
}
