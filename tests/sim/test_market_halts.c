/* The simulated market's halts are what its slices say: no bar while one stands, bars at all other times, the
 * law's lengths, and prices that stay fair. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "sim/market.h"
#include "tests/sim/made_market.h"
#include "trade/risk/halts.h"

enum { STOCKS = 40, ROWS = STOCKS + 1, SESSIONS = 60 };

typedef struct {
    i64 since, resumes; /* since 0: trades */
    u8 kind;
} stands_t;

typedef struct {
    stands_t market, row[ROWS];
    i64 close[ROWS]; /* last one printed */
    i64 t_before;    /* the slice before */
    i64 t_market;    /* when the whole market last went on */
    u32 begun[HALT_KINDS], ended[HALT_KINDS];
    u32 extended, over_night, gaps;
} walk_t;

static void ends(walk_t *w, const halt_t *h, const session_t *s)
{
    stands_t *at = h->inst == INST_NONE ? &w->market : &w->row[h->inst];
    i64 lasted = h->t_event - at->since;
    CHECK(at->since > 0 && at->kind == h->kind);
    w->ended[h->kind]++;
    if (h->t_event == s->open) { /* it stood at the close before, or the law let the day end with it */
        w->over_night++;
    } else if (h->kind == HALT_PAUSE) {
        /* one that the whole market's halt fell into goes on from there */
        bool with_market = at->since < w->t_market && (h->t_event - w->t_market) % (5 * NS_PER_MIN) == 0;
        CHECK(lasted >= 5 * NS_PER_MIN && h->t_event >= at->resumes);
        CHECK(with_market || lasted % (5 * NS_PER_MIN) == 0);
        w->extended += !with_market && lasted > 5 * NS_PER_MIN ? 1 : 0;
    } else if (halt_is_of_market((halt_kind_t)h->kind)) {
        CHECK(h->kind != HALT_MARKET_3);
        CHECK_EQ(lasted, 15 * NS_PER_MIN);
        CHECK_EQ(h->t_event, at->resumes);
        w->t_market = h->t_event;
    }
    *at = (stands_t){0};
}

static void begins(walk_t *w, const halt_t *h, const session_t *s)
{
    stands_t *at = h->inst == INST_NONE ? &w->market : &w->row[h->inst];
    bool market = halt_is_of_market((halt_kind_t)h->kind);
    CHECK_EQ(at->since, 0);
    CHECK_EQ(market, h->inst == INST_NONE);
    CHECK(h->t_event > s->open && h->t_event < s->close);
    CHECK(h->kind != HALT_NEWS || h->resumes == 0);
    CHECK(h->kind != HALT_PAUSE || h->resumes == luld_resumes(s->date, h->t_event, s->close));
    CHECK((h->kind != HALT_MARKET_1 && h->kind != HALT_MARKET_2) ||
          (h->resumes == h->t_event + 15 * NS_PER_MIN && h->t_event <= s->close - 35 * NS_PER_MIN));
    *at = (stands_t){.since = h->t_event, .resumes = h->resumes, .kind = h->kind};
    w->begun[h->kind]++;
}

/* What was told up to the slice's open stands while its bars are made. */
static void check_rows(walk_t *w, const slice_t *s)
{
    u32 at = 0;
    CHECK_EQ(w->market.since, 0);
    for (u32 i = 0; i < ROWS; i++) {
        bool has = at < s->count && s->inst[at] == i;
        CHECK_EQ(has, w->row[i].since == 0);
        if (has) {
            CHECK(bar_is_sane(&s->bar[at]));
            w->close[i] = s->bar[at++].close.v;
        }
    }
    CHECK_EQ(at, s->count);
}

static void walk_slice(walk_t *w, const slice_t *s)
{
    session_t day;
    u32 k = 0;
    CHECK(calendar_session(CAL_NYSE, s->session, I64_MAX, &day));
    w->gaps += s->t_open != day.open && s->t_known - w->t_before > NS_PER_MIN ? 1 : 0;
    for (; k < s->halt_count && s->halt[k].t_event <= s->t_open; k++) {
        CHECK(k == 0 || s->halt[k].t_event >= s->halt[k - 1].t_event);
        CHECK(s->halt[k].t_event >= w->t_before && halt_is_sound(&s->halt[k], ROWS));
        CHECK_EQ(s->halt[k].halted, 0);
        ends(w, &s->halt[k], &day);
    }
    check_rows(w, s);
    for (; k < s->halt_count; k++) {
        CHECK_EQ(s->halt[k].t_event, s->t_known); /* nobody knows it earlier */
        CHECK(halt_is_sound(&s->halt[k], ROWS));
        CHECK_EQ(s->halt[k].halted, 1);
        begins(w, &s->halt[k], &day);
        CHECK(s->halt[k].kind != HALT_MARKET_3 || s->session_last);
    }
    w->t_before = s->t_known;
}

static digest_t walk(u64 seed, f64 halts, walk_t *w)
{
    sim_market_spec_t spec = market_of(seed, (made_days_t){5, 0, SESSIONS}, halts, 0);
    sim_market_t *m = NULL;
    digest_t d = {0};
    slice_t s;
    u32 lasts = 0;
    spec.stocks = STOCKS;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    CHECK_EQ(source.tells_halts, halts > 0);
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        u64 hash = slice_hash(&s);
        d = digest_chain(&d, &hash, sizeof hash);
        d = digest_chain(&d, s.halt, s.halt_count * sizeof *s.halt);
        lasts += s.timeframe == TF_1M && s.session_last ? 1 : 0;
        CHECK(s.halt_count == 0 || s.count > 0);
        if (s.timeframe == TF_1M) {
            walk_slice(w, &s);
        } else {
            CHECK_EQ(s.halt_count, 0);
        }
    }
    CHECK_EQ(lasts, SESSIONS);
    sim_market_close(m);
    return d;
}

TEST(bars_are_missing_exactly_while_a_halt_stands)
{
    UNUSED_STATE;
    walk_t *sum = calloc(1, sizeof *sum);
    assert_non_null(sum);
    for (u64 seed = 1; seed <= 6; seed++) {
        walk_t *w = calloc(1, sizeof *w);
        assert_non_null(w);
        (void)walk(seed, seed % 2 == 0 ? 100 : 20, w);
        for (u32 i = 0; i < HALT_KINDS; i++) {
            sum->begun[i] += w->begun[i];
            sum->ended[i] += w->ended[i];
        }
        CHECK_EQ(w->gaps, w->ended[HALT_MARKET_1] + w->ended[HALT_MARKET_2]);
        sum->extended += w->extended;
        sum->over_night += w->over_night;
        free(w);
    }
    print_message(
        "# pauses %u (%u longer than five minutes), news %u, market-wide %u, %u, %u; %u over night\n",
        sum->begun[HALT_PAUSE], sum->extended, sum->begun[HALT_NEWS], sum->begun[HALT_MARKET_1],
        sum->begun[HALT_MARKET_2], sum->begun[HALT_MARKET_3], sum->over_night);
    CHECK(sum->begun[HALT_PAUSE] > 1000 && sum->begun[HALT_NEWS] > 500 && sum->extended > 10);
    CHECK(sum->begun[HALT_MARKET_1] > 5 && sum->begun[HALT_MARKET_2] > 1 && sum->begun[HALT_MARKET_3] > 1);
    CHECK(sum->over_night > 10);
    free(sum);
}

TEST(the_same_seed_halts_the_same)
{
    UNUSED_STATE;
    walk_t *w = calloc(2, sizeof *w);
    assert_non_null(w);
    digest_t a = walk(3, 50, &w[0]);
    digest_t b = walk(3, 50, &w[1]);
    CHECK(digest_eq(&a, &b));
    CHECK(memcmp(&w[0], &w[1], sizeof *w) == 0);
    memset(w, 0, 2 * sizeof *w);
    digest_t c = walk(4, 50, &w[0]);
    CHECK(!digest_eq(&a, &c));
    memset(w, 0, sizeof *w);
    (void)walk(3, 0, &w[0]);
    for (u32 i = 0; i < HALT_KINDS; i++) {
        CHECK_EQ(w[0].begun[i], 0);
    }
    free(w);
}

/* Companies that end while their stock is halted: nobody is told that it trades again, and its first session
 * without it begins with its payout. */
TEST(what_is_gone_does_not_trade_again)
{
    UNUSED_STATE;
    u32 gone_halted = 0;
    u32 ends_told = 0;
    for (u64 seed = 1; seed <= 12; seed++) {
        sim_market_spec_t spec = market_of(seed, (made_days_t){60, 0, SESSIONS}, 100, 20);
        sim_market_t *m = NULL;
        slice_t s;
        u8 halted[ROWS] = {0};
        spec.stocks = STOCKS;
        CHECK_OK(sim_market_open(&spec, NULL, &m));
        source_t source = sim_market_source(m);
        while (source.next(source.ctx, &s, NULL) == ERR_OK) {
            for (u32 i = 0; i < s.action_count; i++) {
                bool gone = s.action[i].kind == ACTION_PAYOUT;
                gone_halted += gone && halted[s.action[i].inst] != 0 ? 1 : 0;
                halted[s.action[i].inst] = gone ? 0 : halted[s.action[i].inst];
            }
            for (u32 i = 0; i < s.halt_count; i++) {
                const halt_t *h = &s.halt[i];
                if (h->inst != INST_NONE) {
                    CHECK(h->halted != 0 || slice_bar(&s, h->inst) != NULL);
                    ends_told += h->halted == 0 ? 1 : 0;
                    halted[h->inst] = h->halted;
                }
            }
        }
        sim_market_close(m);
    }
    CHECK(gone_halted > 0 && ends_told > 100);
}

/* Simple returns from session to session keep a mean of nothing: what stops trading is no edge. */
TEST(halts_leave_prices_fair)
{
    UNUSED_STATE;
    f64 sum = 0;
    f64 squares = 0;
    u32 n = 0;
    for (u64 seed = 11; seed <= 18; seed++) {
        sim_market_spec_t spec = market_of(seed, (made_days_t){0, 0, 30}, 100, 0);
        sim_market_t *m = NULL;
        slice_t s;
        i64 close[ROWS] = {0};
        i64 last[ROWS] = {0};
        spec.stocks = STOCKS;
        CHECK_OK(sim_market_open(&spec, NULL, &m));
        source_t source = sim_market_source(m);
        while (source.next(source.ctx, &s, NULL) == ERR_OK) {
            for (u32 i = 0; i < s.count; i++) {
                close[s.inst[i]] = s.bar[i].close.v;
            }
            f64 day = 0; /* the names of a day move together: one number of it */
            for (u32 i = 0; i < ROWS && s.session_last; i++) {
                day += last[i] > 0 ? (f64)close[i] / (f64)last[i] - 1.0 : 0.0;
                last[i] = close[i];
            }
            if (s.session_last) {
                sum += day / ROWS;
                squares += day / ROWS * day / ROWS;
                n++;
            }
        }
        sim_market_close(m);
    }
    f64 mean = sum / n;
    f64 deviation = q_sqrt(squares / n - mean * mean) / q_sqrt((f64)n);
    print_message("# mean of %u days %+.5f, standard error %.5f\n", n, mean, deviation);
    CHECK(q_abs(mean) < 3.0 * deviation);
}

TEST(what_cannot_be_is_refused)
{
    UNUSED_STATE;
    static const f64 bad[] = {-1.0, 100.1, 1e9};
    sim_market_t *m = NULL;
    for (u32 i = 0; i < COUNT_OF(bad); i++) {
        sim_market_spec_t spec = sim_market_spec_default(1);
        diag_t diag = {0};
        spec.halts = bad[i];
        CHECK_EQ(sim_market_open(&spec, &diag, &m), ERR_PARAM_RANGE);
        CHECK(strstr(diag.text, "halts") != NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_are_missing_exactly_while_a_halt_stands),
        cmocka_unit_test(the_same_seed_halts_the_same),
        cmocka_unit_test(what_is_gone_does_not_trade_again),
        cmocka_unit_test(halts_leave_prices_fair),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return RUN_TESTS(tests);
}
