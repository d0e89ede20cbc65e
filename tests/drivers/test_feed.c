/* The feed: slices in known order, the same rows as the store holds, actions before their bars, one series
 * per symbol, and a mutator that cannot reach the past. */
#include "tests/test.h"

#include <string.h>

#include "base/rng.h"
#include "drivers/feed.h"
#include "drivers/run_spec.h"
#include "model/calendar.h"
#include "store/bars.h"
#include "tests/store/home.h"

enum { SYMBOLS = 5, DAYS = 600 };

static i64 draw(u32 entity, u64 n, u64 bound)
{
    return (i64)rng_below((rng_key_t){31, RNG_TEST, entity, 0}, n, bound);
}

/* One bar a session with holes; prices in cents. Returns the count. */
static u32 daily(u32 symbol, bar_t *out)
{
    u32 n = 0;
    date_t d = date_from_ymd(2014, 1, 1);
    for (u32 i = 0; i < DAYS; i++) {
        session_t s = calendar_next(CAL_NYSE, d, I64_MAX);
        d = s.date;
        if (draw(symbol, i, 10) == 0 || i < symbol * 40) {
            continue; /* a hole, and later listings */
        }
        i64 price = (1000 + draw(symbol, i + 10000, 500)) * 10000000;
        out[n++] = (bar_t){.t_event = s.open, .t_known = s.close, .open = {price}, .high = {price + 50000000},
                           .low = {price - 50000000}, .close = {price}, .volume = draw(symbol, i + 20000,
                                   100000) + 1};
    }
    return n;
}

static bars_series_t series(const char *source, u32 symbol, timeframe_t tf)
{
    bars_series_t s = {.timeframe = tf};
    (void)snprintf(s.source, sizeof s.source, "%s", source);
    (void)snprintf(s.symbol, sizeof s.symbol, "S%u", symbol);
    return s;
}

/* Sources "raw" (all symbols) and "adj" (S0 adjusted, more rows would not help it), a revision and two
 * actions. */
static u64 store_make(const char *home)
{
    static bar_t rows[DAYS];
    bars_t *b = NULL;
    diag_t diag = {0};
    bars_put_t io = {0};
    CHECK_OK(bars_open(home, false, &diag, &b));
    CHECK_OK(bars_begin(b, &diag));
    for (u32 i = 0; i < SYMBOLS; i++) {
        u32 n = daily(i, rows);
        bars_series_t s = series("raw", i, TF_1D);
        CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows, n, 0}, &io, &diag));
    }
    bars_series_t adjusted = series("adj", 0, TF_1D);
    adjusted.adjusted_to = 20000;
    bars_put_t other = {0};
    CHECK_OK(bars_put(b, &adjusted, &(bars_rows_t){rows, 10, 0}, &other, &diag));
    u32 n = daily(1, rows);
    bars_series_t s = series("raw", 1, TF_1D);
    bar_t fixed = rows[20];
    fixed.volume++;
    CHECK_OK(bars_put(b, &s, &(bars_rows_t){&fixed, 1, rows[30].t_known}, &io, &diag));
    CHECK(n > 100);
    /* One of S0 at a moment when S0 itself has no new bar: the others' new bars still come first. */
    static bar_t first[DAYS];
    u32 count = daily(0, first);
    u32 k = 0;
    u32 i = 100;
    for (; i < n; i++) {
        while (k < count && first[k].t_event < rows[i].t_event) {
            k++;
        }
        if (k < count && first[k].t_event != rows[i].t_event) {
            break;
        }
    }
    CHECK(i < n && k > 3);
    bars_series_t zero = series("raw", 0, TF_1D);
    bar_t late = first[k - 3];
    late.volume++;
    CHECK_OK(bars_put(b, &zero, &(bars_rows_t){&late, 1, rows[i].t_known}, &io, &diag));
    const action_t actions[] = {{.t_known = rows[50].t_event, .ratio_num = 2, .ratio_den = 1,
                                 .kind = ACTION_SPLIT,
                                 .ex_date = (date_t)(rows[50].t_event / NS_PER_DAY)},
                                {.t_known = rows[70].t_event, .ratio_num = 1, .ratio_den = 1,
                                 .kind = ACTION_DIVIDEND,
                                 .amount = {5}, .ex_date = (date_t)(rows[70].t_event / NS_PER_DAY)}};
    CHECK_OK(bars_put_actions(b, &s, actions, 2, &diag));
    CHECK_OK(bars_commit(b, &diag));
    bars_close(b);
    return io.rows_new;
}

TEST(slices_in_order)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    u64 stored = store_make(home);
    feed_spec_t spec = {.home = home, .timeframe = TF_1D};
    diag_t diag = {0};
    feed_t *f = NULL;
    CHECK_OK(feed_open(&spec, &diag, &f));
    u32 count = 0;
    const instrument_t *inst = feed_instruments(f, &count);
    CHECK_EQ(count, SYMBOLS);
    CHECK_STR(inst[0].symbol, "S0");
    CHECK_STR(inst[4].symbol, "S4");
    CHECK_EQ(feed_info(f)->adjusted_to, 0); /* raw is taken before adjusted */
    CHECK_STR(feed_info(f)->sources, "raw");
    slice_t s;
    i64 known = 0;
    i64 open = 0;
    u64 rows = 0;
    u64 ordinal = 0;
    u32 late = 0;
    u32 actions = 0;
    err_t err = ERR_OK;
    while ((err = feed_next(f, &s, &diag)) == ERR_OK) {
        CHECK(s.t_known > known || (s.t_known == known && s.t_open < open));
        CHECK(s.count > 0);
        open = s.t_open;
        CHECK_EQ(s.ordinal, ordinal++);
        CHECK(s.session_last);
        for (u32 i = 0; i < s.count; i++) {
            CHECK(i == 0 || s.inst[i - 1] < s.inst[i]);
            CHECK_EQ(s.bar[i].t_known, s.t_known);
            CHECK_EQ(s.bar[i].t_event, s.t_open);
            late += (s.bar[i].flags & BAR_LATE) != 0 ? 1 : 0;
        }
        for (u32 i = 0; i < s.action_count; i++) {
            CHECK(s.action[i].t_known <= s.t_known && s.action[i].t_known > known);
            CHECK_EQ(s.action[i].inst, 1);
            CHECK_EQ(s.action[i].ex_date, s.session); /* with the bars of its day, not a day later */
            actions++;
        }
        known = s.t_known;
        rows += s.count;
    }
    CHECK_EQ(err, ERR_EMPTY);
    CHECK_EQ(feed_next(f, &s, &diag), ERR_EMPTY);
    CHECK_EQ(rows, stored);
    CHECK_EQ(late, 2);
    CHECK_EQ(actions, 2);
    feed_close(f);
    home_remove(home);
}

/* A run has passed the moment: a bar that nobody had told before is a correction to it, and a session never
 * comes back. */
TEST(a_bar_known_behind_newer_ones_is_late)
{
    UNUSED_STATE;
    enum { SOME = 8, HELD = 3 };
    char home[HOME_SIZE];
    bar_t rows[2][DAYS];
    bars_t *b = NULL;
    diag_t diag = {0};
    bars_put_t io = {0};
    home_make(home);
    CHECK_OK(bars_open(home, false, &diag, &b));
    CHECK_OK(bars_begin(b, &diag));
    for (u32 i = 0; i < 2; i++) {
        bars_series_t s = series("raw", i, TF_1D);
        (void)daily(0, rows[i]); /* the same days for both */
        if (i == 0) {
            rows[0][HELD].t_known = rows[0][HELD + 2].t_known;
        }
        CHECK_OK(bars_put(b, &s, &(bars_rows_t){rows[i], SOME, 0}, &io, &diag));
    }
    CHECK_OK(bars_commit(b, &diag));
    bars_close(b);
    feed_spec_t spec = {.home = home, .timeframe = TF_1D};
    feed_t *f = NULL;
    CHECK_OK(feed_open(&spec, &diag, &f));
    slice_t s;
    i64 newest = 0;
    u32 told = 0;
    u32 late = 0;
    while (feed_next(f, &s, &diag) == ERR_OK) {
        bool is_late = (s.bar[0].flags & BAR_LATE) != 0;
        for (u32 i = 0; i < s.count; i++) {
            CHECK_EQ((s.bar[i].flags & BAR_LATE) != 0, is_late);
        }
        CHECK(is_late == (s.t_open < newest));
        newest = MAX_OF(newest, s.t_open);
        told += is_late ? 0 : s.count;
        late += is_late ? s.count : 0;
        CHECK(!is_late || (s.inst[0] == 0 && s.t_open == rows[0][HELD].t_event));
    }
    CHECK_EQ(late, 1);
    CHECK_EQ(told, 2 * SOME - 1);
    feed_close(f);
    feed_history_t h;
    feed_history_spec_t hs = {.home = home, .symbol = "S0", .timeframe = TF_1D};
    CHECK_OK(feed_history(&hs, &diag, &h));
    CHECK_EQ(h.bar_count, SOME);
    for (u32 i = 0; i < h.bar_count; i++) {
        CHECK_EQ((h.own_bars[i].flags & BAR_LATE) != 0, h.own_bars[i].t_event == rows[0][HELD].t_event);
    }
    feed_history_free(&h);
    home_remove(home);
}

/* Fold of all slices known before `until`. */
static u64 fold(const feed_spec_t *spec, i64 until)
{
    diag_t diag = {0};
    feed_t *f = NULL;
    slice_t s;
    u64 h = 0;
    CHECK_OK(feed_open(spec, &diag, &f));
    while (feed_next(f, &s, &diag) == ERR_OK && s.t_known < until) {
        h = h * 31 + slice_hash(&s);
    }
    feed_close(f);
    return h;
}

static void scramble(void *ctx, const slice_t *s, bar_t *bars)
{
    const i64 *after = ctx;
    for (u32 i = 0; i < s->count && s->t_known >= *after; i++) {
        bars[i].close.v = bars[i].low.v;
        bars[i].volume ^= 1;
    }
}

TEST(scramble_reaches_the_future_only)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    (void)store_make(home);
    feed_spec_t plain = {.home = home, .timeframe = TF_1D};
    for (u32 k = 0; k < 10; k++) {
        i64 at = ((i64)date_from_ymd(2014, 2, 1) + draw(77, k, 700)) * NS_PER_DAY;
        feed_mutator_t m = {.apply = scramble, .ctx = &at};
        feed_spec_t changed = plain;
        changed.mutator = &m;
        CHECK(fold(&plain, at) == fold(&changed, at));
        CHECK(fold(&plain, I64_MAX) != fold(&changed, I64_MAX));
    }
    CHECK(fold(&plain, I64_MAX) == fold(&plain, I64_MAX));
    home_remove(home);
}

/* A feed that starts or ends inside the range gives exactly those slices. */
TEST(ranges_and_history)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    (void)store_make(home);
    diag_t diag = {0};
    i64 from = (i64)date_from_ymd(2014, 9, 9) * NS_PER_DAY;
    session_t end;
    CHECK(calendar_session(CAL_NYSE, date_from_ymd(2015, 3, 3), I64_MAX, &end));
    i64 to = end.close; /* exclusive: the bar known at that moment does not belong */
    static const char *const names[] = {"S3", "S1"};
    feed_spec_t spec = {.home = home, .timeframe = TF_1D, .symbols = names, .symbol_count = 2, .from = from,
                        .to = to,
                        .proxy_symbol = "S0", .proxy_timeframe = TF_1D};
    feed_t *f = NULL;
    CHECK_OK(feed_open(&spec, &diag, &f));
    u32 count = 0;
    CHECK_STR(feed_instruments(f, &count)[0].symbol, "S1");
    CHECK_EQ(count, 2);
    CHECK(feed_proxy(f, &count) != NULL && count > 400);
    u32 rows[2] = {0, 0};
    slice_t s;
    while (feed_next(f, &s, &diag) == ERR_OK) {
        CHECK(s.t_known >= from && s.t_known < to);
        CHECK_EQ(s.action_count, 0); /* both are older */
        for (u32 i = 0; i < s.count; i++) {
            rows[s.inst[i]]++;
        }
    }
    feed_close(f);
    for (u32 i = 0; i < 2; i++) {
        feed_history_spec_t h = {.home = home, .symbol = i == 0 ? "S1" : "S3", .timeframe = TF_1D,
                                 .from = from, .to = to};
        feed_history_t own;
        CHECK_OK(feed_history(&h, &diag, &own));
        CHECK_EQ(own.bar_count, rows[i]);
        CHECK_STR(own.source, "raw");
        feed_history_free(&own);
    }
    home_remove(home);
}

TEST(errors)
{
    UNUSED_STATE;
    char home[HOME_SIZE];
    home_make(home);
    diag_t diag = {0};
    feed_t *f = NULL;
    feed_spec_t spec = {.home = home, .timeframe = TF_1D};
    CHECK_EQ(feed_open(&spec, &diag, &f), ERR_NOT_FOUND);
    (void)store_make(home);
    static const char *const names[] = {"S9"};
    spec.symbols = names;
    spec.symbol_count = 1;
    diag = (diag_t){0};
    CHECK_EQ(feed_open(&spec, &diag, &f), ERR_UNKNOWN_SYMBOL);
    CHECK(strstr(diag.text, "'S9'") != NULL && strstr(diag.text, "S0") != NULL);
    spec.symbols = NULL;
    spec.from = 5;
    spec.to = 5;
    CHECK_EQ(feed_open(&spec, &diag, &f), ERR_PARAM_RANGE);
    spec.to = 6;
    diag = (diag_t){0};
    CHECK_EQ(feed_open(&spec, &diag, &f), ERR_EMPTY);
    CHECK(strstr(diag.text, "2014-") != NULL); /* says what there is */
    spec = (feed_spec_t){.home = home, .timeframe = TF_5M};
    diag = (diag_t){0};
    CHECK_EQ(feed_open(&spec, &diag, &f), ERR_EMPTY);
    CHECK(strstr(diag.text, "5m") != NULL);
    home_remove(home);
}

/* A run's list of symbols may come with a capsule: commas alone are no names, and no list of all. */
TEST(a_list_of_commas_names_nothing)
{
    UNUSED_STATE;
    static char lists[][64] = {",", ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", ",S0,,,,,,,,,,S1,",
                               "S0"};
    static const u32 counts[] = {0, 0, 2, 1};
    char home[HOME_SIZE];
    home_make(home);
    (void)store_make(home);
    for (u32 i = 0; i < COUNT_OF(lists); i++) {
        diag_t diag = {0};
        feed_source_t *f = NULL;
        run_spec_t spec = {.kind = RUN_BACKTEST, .timeframe = TF_1D, .symbols = lists[i]};
        CHECK_EQ(feed_source_open(&spec, home, &diag, &f), counts[i] > 0 ? ERR_OK : ERR_UNKNOWN_SYMBOL);
        CHECK(counts[i] > 0 || strstr(diag.text, "names none") != NULL);
        if (f != NULL) {
            CHECK_EQ(feed_source_of(f).instrument_count, counts[i]);
        }
        feed_source_close(f);
    }
    home_remove(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_list_of_commas_names_nothing),
                                       cmocka_unit_test(slices_in_order),
        cmocka_unit_test(a_bar_known_behind_newer_ones_is_late),
                                       cmocka_unit_test(scramble_reaches_the_future_only),
                                       cmocka_unit_test(ranges_and_history), cmocka_unit_test(errors)};
    return RUN_TESTS(tests);
}
