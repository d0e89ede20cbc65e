/* What bulletins leave behind: how sentiments fade, what is covered, when results were told and are due, and
 * that it is the same after being saved. */
#include "scan/heard.h"

#include "base/rng.h"
#include "model/calendar.h"
#include "tests/test.h"

enum { NAMES = 5, BYTES = 1 << 13 };
#define CHECK_NEAR(a, b, most) CHECK((a) - (b) <= (most) && (b) - (a) <= (most))
static arena_t arena;

static heard_t opened(void)
{
    heard_t h;
    CHECK_OK(heard_init(&h, &arena, NAMES));
    return h;
}

static void hear(heard_t *h, bulletin_kind_t kind, inst_t inst, i64 t, f64 value)
{
    bulletin_t b = {.kind = (u8)kind,
                    .inst = inst,
                    .t_known = t,
                    .t_event = t,
                    .value = (i64)(value * BULLETIN_SCALE + (value < 0 ? -0.5 : 0.5))};
    heard_take(h, &b);
}

static void covers(heard_t *h, bulletin_kind_t kind, inst_t inst, bool on)
{
    bulletin_t b = {.kind = BULLETIN_COVERS, .inst = inst, .value = on ? (i64)kind : -(i64)kind};
    heard_take(h, &b);
}

static i64 at(i32 day, i32 minute) /* of 2025-01, New York */
{
    return zone_to_utc(ZONE_NEW_YORK, date_from_ymd(2025, 1, day), minute * 60);
}

static f64 mood(const heard_t *h, inst_t inst, i64 now)
{
    f64 m = 0;
    (void)heard_mood(h, inst, now, &m);
    return m;
}

/* As the engine asks: since the close of the session before `day`. */
static setup_news_t setup_on(const heard_t *h, inst_t inst, i64 now, date_t day)
{
    return heard_setup(h, inst, now, calendar_previous(CAL_NYSE, day, now).close);
}

TEST(sentiments_fade_by_half_in_six_hours_and_add_up_to_one)
{
    UNUSED_STATE;
    heard_t h = opened();
    i64 t = at(13, 600);
    hear(&h, BULLETIN_NEWS, 1, t, 0.8);
    CHECK_NEAR(mood(&h, 1, t), 0.8, 1e-12);
    CHECK_NEAR(mood(&h, 1, t + 6 * NS_PER_HOUR), 0.4, 1e-12);
    CHECK_NEAR(mood(&h, 1, t + 24 * NS_PER_HOUR), 0.05, 1e-12);
    CHECK_EQ(mood(&h, 2, t), 0.0);
    hear(&h, BULLETIN_NEWS, 1, t + 6 * NS_PER_HOUR, -0.9);
    CHECK_NEAR(mood(&h, 1, t + 6 * NS_PER_HOUR), -0.5, 1e-12);
    hear(&h, BULLETIN_REPORT, 1, t + 6 * NS_PER_HOUR, -0.9); /* results are a headline too */
    CHECK_NEAR(mood(&h, 1, t + 6 * NS_PER_HOUR), -1.0, 1e-12);
    bulletin_t unjudged = {
        .kind = BULLETIN_NEWS, .inst = 1, .t_known = t + 7 * NS_PER_HOUR, .value = BULLETIN_NO_VALUE};
    heard_take(&h, &unjudged);
    CHECK_NEAR(mood(&h, 1, t + 12 * NS_PER_HOUR), -0.5, 1e-12);
}

/* Against a list of all of them. Where more than are kept would count, what is said is never too little. */
TEST(the_strongest_of_a_day)
{
    UNUSED_STATE;
    enum { HEARD = 400 };
    u32 more = 0;
    for (u64 seed = 0; seed < 20; seed++) {
        heard_t h = opened();
        i64 when[HEARD];
        f64 size[HEARD];
        i64 t = at(13, 0);
        covers(&h, BULLETIN_NEWS, INST_NONE, true);
        for (u32 i = 0; i < HEARD; i++) {
            rng_key_t key = {.seed = seed, .purpose = RNG_TEST, .entity = i};
            f64 span = seed % 2 == 0 ? 20.0 : 4.0; /* hours: two a day on the mean, or twelve */
            t += (i64)(rng_unit(key, 0) * span * (f64)NS_PER_HOUR);
            f64 v = 2.0 * rng_unit(key, 1) - 1.0;
            v = (f64)(i64)(v * 1e6) / 1e6;
            hear(&h, BULLETIN_NEWS, 0, t, v);
            when[i] = t;
            size[i] = v < 0 ? -v : v;
            i64 now = t + (i64)(rng_unit(key, 2) * (f64)NS_PER_DAY);
            f64 most = 0;
            for (u32 k = 0; k <= i; k++) {
                most = when[k] > now - NS_PER_DAY && size[k] > most ? size[k] : most;
            }
            f64 said = setup_on(&h, 0, now, date_from_ymd(2025, 1, 14)).strongest;
            CHECK(said >= most - 1e-12);
            more += said > most + 1e-12 ? 1 : 0;
        }
    }
    print_message("# %u of 8000 say more than the day held\n", more);
    CHECK(more < 400);
}

TEST(only_what_is_covered_is_known)
{
    UNUSED_STATE;
    heard_t h = opened();
    i64 t = at(13, 600);
    date_t day = date_from_ymd(2025, 1, 13);
    f64 x = 0;
    hear(&h, BULLETIN_NEWS, 0, t, 0.9);
    hear(&h, BULLETIN_REPORT, 0, t, 0.9);
    setup_news_t s = setup_on(&h, 0, t, day);
    CHECK(!s.known && !s.report_known && !s.report && s.strongest == 0.0);
    CHECK(!heard_mood(&h, 0, t, &x));
    covers(&h, BULLETIN_NEWS, 0, true);
    s = setup_on(&h, 0, t, day);
    CHECK(s.known && !s.report_known && s.strongest > 0.8);
    CHECK(!setup_on(&h, 1, t, day).known);
    covers(&h, BULLETIN_REPORT, INST_NONE, true);
    CHECK(setup_on(&h, 0, t, day).report && setup_on(&h, 1, t, day).report_known);
    CHECK(!setup_on(&h, 1, t, day).report);
    covers(&h, BULLETIN_NEWS, INST_NONE, false); /* of nobody any more, whoever was named */
    CHECK(!setup_on(&h, 0, t, day).known && setup_on(&h, 0, t, day).report_known);
    covers(&h, BULLETIN_NEWS, 0, true);
    covers(&h, BULLETIN_NEWS, 0, false);
    CHECK(!heard_mood(&h, 0, t, &x));
}

/* Friday the 10th closed at 16:00; Monday is the 13th. */
TEST(a_report_counts_from_the_last_close_on)
{
    UNUSED_STATE;
    static const struct {
        i32 day, minute, of;
        bool since;
    } cases[] = {{10, 15 * 60 + 59, 13, false}, {10, 16 * 60, 13, true}, {11, 0, 13, true},
                 {13, 8 * 60, 13, true},        {13, 8 * 60, 14, false}, {13, 16 * 60 + 5, 14, true}};
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        heard_t h = opened();
        covers(&h, BULLETIN_REPORT, INST_NONE, true);
        hear(&h, BULLETIN_REPORT, 3, at(cases[i].day, cases[i].minute), 0);
        setup_news_t s = setup_on(&h, 3, at(cases[i].of, 600), date_from_ymd(2025, 1, cases[i].of));
        CHECK_EQ(s.report, cases[i].since);
    }
}

static bool due_in(const heard_t *h, i32 day, f64 days)
{
    f64 x = -1;
    return heard_earnings(h, 2, date_from_ymd(2025, 1, day), &x) && x == days;
}

TEST(results_are_so_many_trading_days_away)
{
    UNUSED_STATE;
    heard_t h = opened();
    f64 x = 0;
    bulletin_t b = {.kind = BULLETIN_CALENDAR,
                    .inst = 2,
                    .t_known = at(8, 600),
                    .t_event = at(15, 720),
                    .value = BULLETIN_NO_VALUE};
    heard_take(&h, &b);
    CHECK(!heard_earnings(&h, 2, date_from_ymd(2025, 1, 10), &x)); /* nobody covers it */
    covers(&h, BULLETIN_CALENDAR, INST_NONE, true);
    CHECK(due_in(&h, 10, 3)); /* Friday to Wednesday */
    CHECK(due_in(&h, 14, 1));
    CHECK(due_in(&h, 15, 0));
    CHECK(!heard_earnings(&h, 2, date_from_ymd(2025, 1, 16), &x)); /* past */
    CHECK(!heard_earnings(&h, 1, date_from_ymd(2025, 1, 10), &x));
    b.t_event = at(17, 720);
    heard_take(&h, &b); /* moved */
    CHECK(due_in(&h, 15, 2));
    hear(&h, BULLETIN_REPORT, 2, at(10, 480), 0); /* of something else, a week before */
    CHECK(due_in(&h, 15, 2));
    hear(&h, BULLETIN_REPORT, 2, at(17, 480), 0);
    CHECK(!heard_earnings(&h, 2, date_from_ymd(2025, 1, 17), &x));
}

/* The next quarter's date is told before this one's has come, or behind it: the nearer one counts. */
TEST(the_nearer_date_counts)
{
    UNUSED_STATE;
    for (u32 first = 0; first < 2; first++) {
        heard_t h = opened();
        f64 x = 0;
        covers(&h, BULLETIN_CALENDAR, INST_NONE, true);
        for (u32 k = 0; k < 2; k++) {
            i64 near = at(15, 720);
            i64 due = k == first ? near : near + 90 * NS_PER_DAY;
            bulletin_t b = {.kind = BULLETIN_CALENDAR,
                            .inst = 2,
                            .t_known = at(8, 600),
                            .t_event = due,
                            .value = BULLETIN_NO_VALUE};
            heard_take(&h, &b);
        }
        CHECK(due_in(&h, 14, 1));
        bulletin_t moved = {.kind = BULLETIN_CALENDAR,
                            .inst = 2,
                            .t_known = at(9, 600),
                            .t_event = at(17, 720),
                            .value = BULLETIN_NO_VALUE};
        heard_take(&h, &moved);
        CHECK(due_in(&h, 14, 3));
        CHECK(heard_earnings(&h, 2, date_from_ymd(2025, 1, 21), &x) && x > 50); /* behind it the next one's */
        hear(&h, BULLETIN_REPORT, 2, at(17, 480), 0);
        CHECK(heard_earnings(&h, 2, date_from_ymd(2025, 1, 17), &x) && x > 50);
    }
}

TEST(purchases_of_a_month_are_counted)
{
    UNUSED_STATE;
    heard_t h = opened();
    hear(&h, BULLETIN_INSIDER, 1, at(2, 600), 5000);
    hear(&h, BULLETIN_INSIDER, 1, at(3, 600), -5000);
    hear(&h, BULLETIN_INSIDER, 1, at(6, 600), 5000);
    CHECK_EQ(heard_buys(&h, 1, at(6, 600)), 2);
    hear(&h, BULLETIN_INSIDER, 1, at(7, 600), 5000);
    hear(&h, BULLETIN_INSIDER, 1, at(8, 600), 5000);
    CHECK_EQ(heard_buys(&h, 1, at(8, 600)), HEARD_BUYS);
    CHECK_EQ(heard_buys(&h, 1, at(6, 600) + HEARD_BUYS_SPAN), 2);
    CHECK_EQ(heard_buys(&h, 1, at(8, 600) + HEARD_BUYS_SPAN), 0);
    CHECK_EQ(heard_buys(&h, 0, at(8, 600)), 0);
}

static str_t saved(const heard_t *h, u8 bytes[BYTES])
{
    writer_t w = writer_of(bytes, BYTES);
    CHECK_OK(heard_save(h, &w));
    CHECK(w.used <= heard_bytes(NAMES));
    return (str_t){.p = bytes, .n = (u32)w.used};
}

/* Anything heard, saved and loaded is the same to the byte, and goes on the same. */
TEST(saved_and_loaded_it_is_the_same)
{
    UNUSED_STATE;
    u8 a[BYTES];
    u8 b[BYTES];
    for (u64 seed = 0; seed < 50; seed++) {
        heard_t h = opened();
        heard_t back = opened();
        for (u32 i = 0; i < 60; i++) {
            rng_key_t key = {.seed = seed, .purpose = RNG_TEST, .entity = i};
            bulletin_kind_t kind = (bulletin_kind_t)(1 + rng_below(key, 0, BULLETIN_KINDS - 1));
            inst_t inst = (inst_t)rng_below(key, 1, NAMES);
            if (kind == BULLETIN_COVERS) {
                bulletin_kind_t of = (bulletin_kind_t)(2 + rng_below(key, 2, BULLETIN_KINDS - 2));
                covers(&h, of, inst, rng_below(key, 3, 2) == 0);
            } else {
                f64 v = 2 * rng_unit(key, 4) - (kind == BULLETIN_MOOD ? 0 : 1);
                v = kind == BULLETIN_IV || kind == BULLETIN_MOVE ? 0.01 + v * v : v;
                v = kind == BULLETIN_MEMBER ? (v < 0 ? -1.0 : 1.0) : v;
                hear(&h, kind, bulletin_is_of_market(kind) ? INST_NONE : inst,
                     at(13, 0) + (i64)i * NS_PER_HOUR, v);
            }
            if (i == 40) {
                str_t bytes = saved(&h, a);
                reader_t r = reader_of(bytes.p, bytes.n);
                CHECK_OK(heard_load(&r, HEARD_VERSION, &back));
                CHECK_EQ(r.at, r.size);
                CHECK(str_eq(saved(&back, b), bytes));
                heard_copy(&h, &back); /* from here on it is the loaded one */
            }
        }
        CHECK(h.taken == 60);
    }
    heard_t h = opened();
    heard_t bad = opened();
    hear(&h, BULLETIN_NEWS, 0, 5, 0.5);
    str_t bytes = saved(&h, a);
    for (u32 n = 0; n < bytes.n; n++) {
        reader_t r = reader_of(bytes.p, n);
        CHECK(heard_load(&r, HEARD_VERSION, &bad) != ERR_OK);
    }
    reader_t r = reader_of(bytes.p, bytes.n);
    CHECK_EQ(heard_load(&r, HEARD_VERSION + 1, &bad), ERR_VERSION);
    heard_t fewer = {.name = bad.name, .count = NAMES - 1};
    r = reader_of(bytes.p, bytes.n);
    CHECK(heard_load(&r, HEARD_VERSION, &fewer) != ERR_OK);
}

TEST(members_are_those_of_the_list)
{
    UNUSED_STATE;
    heard_t h = opened();
    hear(&h, BULLETIN_MEMBER, 1, 5, 1);
    CHECK(heard_is_member(&h, 1) && heard_is_member(&h, 2)); /* there is no list */
    covers(&h, BULLETIN_MEMBER, INST_NONE, true);
    CHECK(heard_is_member(&h, 1) && !heard_is_member(&h, 2));
    hear(&h, BULLETIN_MEMBER, 1, 6, -1);
    hear(&h, BULLETIN_MEMBER, 2, 6, 1);
    CHECK(!heard_is_member(&h, 1) && heard_is_member(&h, 2));
}

TEST(numbers_of_the_market_keep_the_one_before)
{
    UNUSED_STATE;
    heard_t h = opened();
    hear(&h, BULLETIN_YIELD, INST_NONE, 1, 4.1);
    CHECK_EQ(h.yield.count, 1);
    hear(&h, BULLETIN_YIELD, INST_NONE, 2, 4.3);
    hear(&h, BULLETIN_DOLLAR, INST_NONE, 2, 120);
    CHECK_EQ(h.yield.count, 2);
    CHECK_NEAR(h.yield.last - h.yield.before, 0.2, 1e-9);
    CHECK_NEAR(h.dollar.last, 120, 1e-9);
    CHECK_EQ(h.mood.count, 0);
}

/* ---- option chains ---- */

static const date_t first_day = 20080; /* 2024-12-23, a Monday */

/* The k-th session from there. */
static session_t session_at(u32 k)
{
    session_t s = calendar_next(CAL_NYSE, first_day - 1, I64_MAX);
    while (k-- > 0) {
        s = calendar_next(CAL_NYSE, s.date, I64_MAX);
    }
    return s;
}

/* Told a quarter of an hour after the close of session k. */
static void chain(heard_t *h, bulletin_kind_t kind, u32 k, f64 value)
{
    i64 close = session_at(k).close;
    bulletin_t b = {.kind = (u8)kind,
                    .inst = 1,
                    .t_known = close + 15 * NS_PER_MIN,
                    .t_event = close,
                    .value = (i64)(value * BULLETIN_SCALE + (value < 0 ? -0.5 : 0.5))};
    heard_take(h, &b);
}

/* In session k; rank -1: not known. */
static heard_iv_t rank(const heard_t *h, u32 k, u32 back)
{
    heard_iv_t iv;
    if (!heard_iv(h, 1, session_at(k).date, back, &iv)) {
        CHECK(iv.rank == 0 && iv.sessions == 0);
        iv.rank = -1;
    }
    return iv;
}

TEST(a_volatility_ranks_among_those_of_a_year)
{
    UNUSED_STATE;
    heard_t h = opened();
    covers(&h, BULLETIN_IV, INST_NONE, true);
    for (u32 k = 0; k < HEARD_IV_LEAST - 1; k++) { /* 0.20, 0.30, 0.20, ... */
        chain(&h, BULLETIN_IV, k, k % 2 == 0 ? 0.20 : 0.30);
    }
    CHECK_EQ(rank(&h, HEARD_IV_LEAST - 1, 0).rank, -1); /* one too few */
    chain(&h, BULLETIN_IV, HEARD_IV_LEAST - 1, 0.2250);
    heard_iv_t iv = rank(&h, HEARD_IV_LEAST, 0);
    CHECK_NEAR(iv.rank, 25, 1e-9);
    CHECK_NEAR(iv.percentile, 100.0 * 30 / 59, 1e-9);
    CHECK_NEAR(iv.iv, 0.2250, 1e-9);
    CHECK_EQ(iv.sessions, HEARD_IV_LEAST);
    CHECK_EQ(rank(&h, HEARD_IV_LEAST, 1).rank, -1); /* the day before there was one too few */
    chain(&h, BULLETIN_IV, HEARD_IV_LEAST, 0.40);
    CHECK_EQ(rank(&h, HEARD_IV_LEAST + 1, 0).rank, 100);
    CHECK_EQ(rank(&h, HEARD_IV_LEAST + 1, 0).percentile, 100);
    CHECK_NEAR(rank(&h, HEARD_IV_LEAST + 1, 1).rank, 25, 1e-9); /* as it was then, without the last */
    chain(&h, BULLETIN_IV, HEARD_IV_LEAST + 1, 0.10);
    CHECK_EQ(rank(&h, HEARD_IV_LEAST + 2, 0).rank, 0);
    CHECK_EQ(rank(&h, HEARD_IV_LEAST + 2, 0).percentile, 0);
    covers(&h, BULLETIN_IV, INST_NONE, false);
    CHECK_EQ(rank(&h, HEARD_IV_LEAST + 2, 0).rank, -1);
    heard_t same = opened();
    covers(&same, BULLETIN_IV, 1, true);
    for (u32 k = 0; k < 2 * HEARD_IV_LEAST; k++) {
        chain(&same, BULLETIN_IV, k, 0.20);
    }
    CHECK_EQ(rank(&same, 2 * HEARD_IV_LEAST, 0).rank, -1); /* there is no range to stand in */
}

/* The highest leaves with its session, after 252, however many of those had a chain. */
TEST(what_is_older_than_a_year_of_sessions_has_left)
{
    UNUSED_STATE;
    for (u32 every = 1; every <= 3; every++) {
        heard_t h = opened();
        covers(&h, BULLETIN_IV, INST_NONE, true);
        chain(&h, BULLETIN_IV, 0, 0.90);
        for (u32 k = every; k < HEARD_IV_SESSIONS; k += every) {
            chain(&h, BULLETIN_IV, k, k % 2 == 0 ? 0.20 : 0.30);
        }
        chain(&h, BULLETIN_IV, HEARD_IV_SESSIONS - 1, 0.30);
        CHECK_NEAR(rank(&h, HEARD_IV_SESSIONS, 0).rank, 100.0 / 7, 1e-9); /* 0.10 of 0.70 */
        CHECK_EQ(rank(&h, HEARD_IV_SESSIONS, 0).sessions,
                 1 + (HEARD_IV_SESSIONS - 1) / every + ((HEARD_IV_SESSIONS - 1) % every != 0 ? 1 : 0));
        chain(&h, BULLETIN_IV, HEARD_IV_SESSIONS, 0.30);
        CHECK_EQ(rank(&h, HEARD_IV_SESSIONS + 1, 0).rank, 100);
    }
}

TEST(an_old_volatility_is_none_and_a_late_word_finds_its_session)
{
    UNUSED_STATE;
    heard_t h = opened();
    enum { N = 100 };
    covers(&h, BULLETIN_IV, INST_NONE, true);
    for (u32 k = 0; k < N; k++) {
        if (k != 80) {
            chain(&h, BULLETIN_IV, k, 0.20 + 0.001 * k);
        }
    }
    CHECK_EQ(rank(&h, N, 0).rank, 100);
    CHECK_EQ(rank(&h, N - 1 + HEARD_IV_OLD, 0).rank, 100);
    CHECK_EQ(rank(&h, N + HEARD_IV_OLD, 0).rank, -1);
    CHECK_EQ(rank(&h, N - 2, 0).rank, -1); /* of a session that has not come */
    CHECK_EQ(rank(&h, N, 0).sessions, N - 1);
    CHECK_EQ(rank(&h, N, 19).rank, -1); /* it is missing there */
    chain(&h, BULLETIN_IV, 80, 0.50);  /* told after all */
    CHECK_EQ(rank(&h, N, 0).sessions, N);
    CHECK_EQ(rank(&h, N, 19).rank, 100);
    CHECK_NEAR(rank(&h, N, 0).rank, 33, 1e-9);
    chain(&h, BULLETIN_IV, N - 1, 0.21); /* corrected: it does not count twice */
    CHECK_EQ(rank(&h, N, 0).sessions, N);
    CHECK_NEAR(rank(&h, N, 0).rank, 100.0 / 30, 1e-9);
    chain(&h, BULLETIN_IV, N + 400, 0.21); /* after a year and more all others have left */
    CHECK_EQ(rank(&h, N + 401, 0).rank, -1);
    chain(&h, BULLETIN_IV, 10, 5.0); /* and so has this one */
    for (u32 i = 1; i < HEARD_IV_SESSIONS; i++) {
        CHECK_EQ(h.name[1].iv[i], 0);
    }
}

TEST(figures_of_two_chains_in_a_row)
{
    UNUSED_STATE;
    heard_t h = opened();
    heard_figure_t x;
    covers(&h, BULLETIN_GAMMA, INST_NONE, true);
    chain(&h, BULLETIN_GAMMA, 5, 1000);
    CHECK(!heard_figure(&h, 1, BULLETIN_GAMMA, &x));
    chain(&h, BULLETIN_GAMMA, 6, -500);
    CHECK(heard_figure(&h, 1, BULLETIN_GAMMA, &x) && x.before == 1000 && x.last == -500);
    chain(&h, BULLETIN_GAMMA, 6, -600); /* corrected */
    chain(&h, BULLETIN_GAMMA, 4, 9);    /* too late to matter */
    CHECK(heard_figure(&h, 1, BULLETIN_GAMMA, &x) && x.before == 1000 && x.last == -600);
    CHECK(!heard_figure(&h, 1, BULLETIN_FLIP, &x)); /* nobody covers it */
    covers(&h, BULLETIN_FLIP, INST_NONE, true);
    chain(&h, BULLETIN_FLIP, 5, -0.02);
    chain(&h, BULLETIN_FLIP, 20, 0.02);
    CHECK(!heard_figure(&h, 1, BULLETIN_FLIP, &x)); /* three weeks apart */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentiments_fade_by_half_in_six_hours_and_add_up_to_one),
        cmocka_unit_test(the_strongest_of_a_day),
        cmocka_unit_test(only_what_is_covered_is_known),
        cmocka_unit_test(a_report_counts_from_the_last_close_on),
        cmocka_unit_test(results_are_so_many_trading_days_away),
        cmocka_unit_test(the_nearer_date_counts),
        cmocka_unit_test(purchases_of_a_month_are_counted),
        cmocka_unit_test(saved_and_loaded_it_is_the_same),
        cmocka_unit_test(members_are_those_of_the_list),
        cmocka_unit_test(numbers_of_the_market_keep_the_one_before),
        cmocka_unit_test(a_volatility_ranks_among_those_of_a_year),
        cmocka_unit_test(what_is_older_than_a_year_of_sessions_has_left),
        cmocka_unit_test(an_old_volatility_is_none_and_a_late_word_finds_its_session),
        cmocka_unit_test(figures_of_two_chains_in_a_row)};
    CHECK_OK(arena_open(&arena, 1 << 20));
    int failed = RUN_TESTS(tests);
    arena_close(&arena);
    return failed;
}
