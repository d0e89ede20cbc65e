/* Freshness of a set-up, bar by bar: valid for three bars while it holds, armed again after six bars without,
 * at most twice a day and side; a new session counts anew. */
#include "tests/alpha/row.h"

#include "scan/scan.h"

typedef struct {
    const char *what;
    const char *holds; /* one character a bar: 1 holds, 0 not, | the next session begins */
    const char *fresh; /* what is expected, in the same places */
} case_t;

static const case_t cases[] = {
    {"valid for three bars", "1111", "1110"},
    {"gone when it stops holding", "1101", "1100"},
    {"five bars without do not arm", "1000001", "1000000"},
    {"six do", "10000001", "10000001"},
    {"twice a day", "1000000100000010000001", "1000000100000000000000"},
    {"a new session counts anew", "10000001000000|0000001", "10000001000000|0000001"},
    {"a long hold does not arm by itself", "11111111111111", "11100000000000"},
};

static void breakout_row(row_t *r, bool holds, i32 d)
{
    row_init(r);
    row_set(r, FEATURE_PRESENT, 1.0);
    row_set(r, FEATURE_DAYS, 252.0);
    row_set(r, FEATURE_FACTOR, 1.0);
    row_set(r, FEATURE_HIGH20, 100.0);
    row_set(r, FEATURE_LOW20, 90.0);
    row_set(r, FEATURE_HIGH20_BEFORE, 100.0);
    row_set(r, FEATURE_LOW20_BEFORE, 90.0);
    row_set(r, FEATURE_CLOSE, !holds ? 95.0 : (d > 0 ? 101.0 : 89.0));
    row_set(r, FEATURE_CLOSE_PREV, 95.0);
    row_set(r, FEATURE_VWAP, 95.0);
    row_set(r, FEATURE_BAR_VOLUME, 4.0);
    row_set(r, FEATURE_ATR, 2.0);
    row_set(r, FEATURE_ATR_AGO, 1.0);
    row_set(r, FEATURE_A, 1.0);
}

static void walk(const case_t *c, i32 d)
{
    static u8 memory[1 << 16];
    static user_t user;
    static account_t account;
    arena_t arena;
    config_t config = config_default(PROFILE_DAY, PRESET_MODERATE);
    config.eval_valid_bars = 3;
    config.eval_rearm_bars = 6;
    config.eval_max_per_day = 2;
    arena_init(&arena, memory, sizeof memory);
    CHECK_OK(user_init(&user, &arena, 1, &config, &account));
    u32 k = STRATEGY_BREAKOUT;
    for (u32 i = 0; c->holds[i] != '\0'; i++) {
        if (c->holds[i] == '|') {
            user_session_begin(&user, 1);
            continue;
        }
        row_t r;
        breakout_row(&r, c->holds[i] == '1', d);
        screen_logs_t logs[1];
        u16 set_ups[1];
        scan_shared_t shared = {.market = &r.market, .view = r.view, .logs = logs, .set_ups = set_ups};
        shared.view.market = &r.market;
        scan_bar_note(&shared, &config);
        signals_update(&user, &shared);
        const signal_t *mine = signal_of(&user, 0, k, d);
        const signal_t *other = signal_of(&user, 0, k, -d);
        if (mine->fresh != (c->fresh[i] == '1')) {
            print_message("%s, side %d, bar %u\n", c->what, d, i);
        }
        CHECK_EQ(mine->fresh, c->fresh[i] == '1');
        CHECK_EQ(other->fresh, 0);
    }
}

TEST(freshness)
{
    UNUSED_STATE;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        walk(&cases[i], 1);
        walk(&cases[i], -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(freshness)};
    return RUN_TESTS(tests);
}
