/* Digests of the simulated market's chains: of a few quotes they say what the whole chain says, the
 * volatility they state is the one that the market is priced by, what is open is made up by rule, and each is
 * told once, at its moment. */
#include "tests/test.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/chain_told.h"
#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "sim/chain.h"

enum { ROWS = SIM_STOCKS_MAX + 1 };

static sim_option_t chain[SIM_CHAIN_MAX];
static chain_leg_t legs[SIM_CHAIN_MAX];
static chain_digest_t digests[ROWS];

static sim_market_spec_t spec_of(u64 seed)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.stocks = 30;
    spec.history_sessions = 80;
    spec.warmup_sessions = 1;
    spec.sessions = 12;
    spec.halts = 2;
    spec.events = 4;
    return spec;
}

/* The next end of a session with minutes; false: there is none. */
static bool session_end(source_t *source, slice_t *s)
{
    do {
        if (source->next(source->ctx, s, NULL) != ERR_OK) {
            return false;
        }
    } while (s->timeframe == TF_1D || !s->session_last);
    return true;
}

static f64 middle(const sim_option_t *o)
{
    return o->bid.v > 0 ? (price_to_f64(o->bid) + price_to_f64(o->ask)) / 2 : 0;
}

TEST(a_few_quotes_say_what_the_whole_chain_says)
{
    UNUSED_STATE;
    u32 ivs = 0, gammas = 0, flips = 0, pains = 0, moves = 0, none = 0, other = 0;
    for (u64 seed = 1; seed <= 3; seed++) {
        sim_market_spec_t spec = spec_of(seed);
        sim_market_t *m = NULL;
        CHECK_OK(sim_market_open(&spec, NULL, &m));
        source_t source = sim_market_source(m);
        slice_t s;
        while (session_end(&source, &s)) {
            sim_chain_digests(m, true, digests);
            for (u32 i = 0; i < source.instrument_count; i++) {
                chain_digest_t want;
                u32 n = sim_chain(m, (inst_t)i, chain);
                for (u32 k = 0; k < n; k++) {
                    legs[k] = (chain_leg_t){.expiry = chain[k].expiry,
                                            .side = chain[k].contract.side > 0 ? 1 : -1,
                                            .strike = chain[k].contract.strike,
                                            .price = middle(&chain[k]),
                                            .open_interest = (f64)chain[k].open};
                }
                /* the day before the expiry that it found; where it found none there were no results ahead */
                date_t due = digests[i].move_day != 0 ? digests[i].move_day - 1 : 0;
                chain_digest(legs, n, s.session, due, &want);
                CHECK_EQ(want.iv30, digests[i].iv30);
                CHECK_EQ(want.max_pain, digests[i].max_pain);
                CHECK_EQ(want.move, digests[i].move);
                CHECK(want.held == digests[i].held && want.pain_day == digests[i].pain_day);
                CHECK(q_abs(want.gamma - digests[i].gamma) <= 1e-9 * q_abs(want.gamma));
                CHECK(q_abs(want.flip / want.spot - digests[i].flip / digests[i].spot) <= 1e-9 || n == 0);
                other += n > 0 && want.spot != digests[i].spot ? 1 : 0; /* the nearest expiry has no pair */
                ivs += want.iv30 > 0 ? 1 : 0;
                gammas += want.held ? 1 : 0;
                flips += want.flip > 0 ? 1 : 0;
                pains += want.max_pain > 0 ? 1 : 0;
                moves += want.move > 0 ? 1 : 0;
                none += n > 0 && want.iv30 == 0 ? 1 : 0;
            }
            static chain_digest_t money[ROWS];
            sim_chain_digests(m, false, money);
            for (u32 i = 0; i < source.instrument_count; i++) {
                CHECK_EQ(money[i].iv30, digests[i].iv30);
                CHECK(!money[i].held && money[i].move == 0);
            }
        }
        sim_market_close(m);
    }
    print_message("# %u volatilities (%u chains without), %u exposures, %u flips, %u pains, %u moves\n", ivs,
                  none, gammas, flips, pains, moves);
    CHECK(ivs > 900 && gammas > 900 && flips > 300 && pains > 800 && moves > 100 && none * 50 < ivs &&
          other * 100 < ivs);
}

/* The variance that the market is priced by, at 30 days: read off the two terms next to it. */
static f64 truth(const sim_market_t *m, inst_t inst, date_t today, u32 n)
{
    f64 variance[2] = {0, 0};
    f64 days[2] = {0, 0};
    for (u32 k = 0; k < n; k++) {
        f64 d = chain[k].expiry - today;
        u32 at = d <= 30 ? 0 : 1;
        if (d >= 7 && (at == 0 || days[1] == 0)) {
            days[at] = d;
            variance[at] = sim_market_priced_variance(m, inst, chain[k].sessions);
        }
    }
    f64 w = variance[0] + (30 - days[0]) / (days[1] - days[0]) * (variance[1] - variance[0]);
    return q_sqrt(w * 365 / 30);
}

/* Where there is one volatility at all strikes the middles give it back, as near as ticks allow. */
TEST(the_volatility_is_the_one_that_is_priced)
{
    UNUSED_STATE;
    sim_market_spec_t spec = spec_of(5);
    sim_market_t *m = NULL;
    f64 sum = 0, worst = 0;
    u32 count = 0;
    spec.plain_gaussian = true;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    while (session_end(&source, &s)) {
        sim_chain_digests(m, false, digests);
        for (u32 i = 0; i < source.instrument_count; i++) {
            u32 n = sim_chain(m, (inst_t)i, chain);
            if (n > 0 && digests[i].iv30 > 0 && chain[0].contract.spot > 20) { /* below it is all ticks */
                f64 off = digests[i].iv30 / truth(m, (inst_t)i, s.session, n) - 1;
                sum += off;
                worst = q_max(worst, q_abs(off));
                count++;
            }
        }
    }
    print_message("# %u: mean off by %.5f, farthest %.4f\n", count, sum / count, worst);
    CHECK(count > 200 && q_abs(sum / count) < 0.002 && worst < 0.03);
    sim_market_close(m);
}

/* With a skew: the volatility of the model's own values at the money, not of the quotes. */
TEST(with_a_skew_it_is_the_one_at_the_money)
{
    UNUSED_STATE;
    sim_market_spec_t spec = spec_of(6);
    sim_market_t *m = NULL;
    f64 sum = 0;
    u32 count = 0, far = 0;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    while (session_end(&source, &s)) {
        sim_chain_digests(m, false, digests);
        for (u32 i = 0; i < source.instrument_count; i++) {
            f64 low = 9, high = 0; /* of all contracts of 20 to 45 days within 3 % of the forward */
            u32 n = sim_chain(m, (inst_t)i, chain);
            for (u32 k = 0; k < n; k++) {
                i32 days = chain[k].expiry - s.session;
                f64 forward =
                    chain[k].contract.spot * q_exp(-chain[k].contract.yield * chain[k].contract.years);
                if (days >= 20 && days <= 45 && q_abs(chain[k].contract.strike / forward - 1) < 0.03) {
                    low = q_min(low, chain[k].contract.sigma);
                    high = q_max(high, chain[k].contract.sigma);
                }
            }
            if (high > 0 && digests[i].iv30 > 0 && chain[0].contract.spot > 20) {
                f64 v = digests[i].iv30;
                far += v < 0.95 * low || v > 1.05 * high ? 1 : 0;
                sum += v / (0.5 * (low + high)) - 1;
                count++;
            }
        }
    }
    print_message("# %u: mean off by %.4f, %u outside\n", count, sum / count, far);
    CHECK(count > 200 && q_abs(sum / count) < 0.03 && far * 50 < count);
    sim_market_close(m);
}

TEST(what_is_open_is_made_up_by_rule)
{
    UNUSED_STATE;
    sim_market_spec_t spec = spec_of(7);
    sim_market_t *m = NULL;
    f64 round = 0, other = 0; /* at the money, by the side of each other */
    u32 rounds = 0, others = 0;
    f64 near = 0, aside = 0; /* calls within one width, and beyond two */
    static i64 first[SIM_CHAIN_MAX];
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    while (session_end(&source, &s)) {
        for (u32 i = 0; i < source.instrument_count; i++) {
            u32 n = sim_chain(m, (inst_t)i, chain);
            for (u32 k = 0; k < n; k++) {
                const sim_option_t *o = &chain[k];
                i32 y, mo, d;
                date_to_ymd(o->expiry, &y, &mo, &d);
                bool monthly = d >= 14 && d <= 21; /* the third Friday, or the session before it */
                f64 width = 1.2 * q_sqrt(o->variance);
                f64 off = q_log(o->contract.strike / o->contract.spot) / width;
                i64 cents = (i64)(o->contract.strike * 100 + 0.5);
                CHECK(o->open >= 0);
                CHECK(o->expiry == chain[0].expiry || monthly || o->open == 0);
                CHECK(q_abs(off) < 3.01 || o->open == 0);
                if ((monthly || o->expiry == chain[0].expiry) && o->contract.side > 0 && i == source.proxy) {
                    near += off > -0.5 && off < 1.5 ? (f64)o->open : 0;
                    aside += off < -1.5 ? (f64)o->open : 0;
                    round += q_abs(off) < 0.8 && cents % 1000 == 0 ? (f64)o->open : 0;
                    other += q_abs(off) < 0.8 && cents % 1000 != 0 && cents % 500 != 0 ? (f64)o->open : 0;
                    rounds += q_abs(off) < 0.8 && cents % 1000 == 0 ? 1 : 0;
                    others += q_abs(off) < 0.8 && cents % 1000 != 0 && cents % 500 != 0 ? 1 : 0;
                }
            }
        }
    }
    round /= rounds;
    other /= others;
    print_message("# round %.0f, others %.0f; near %.0f, far %.0f\n", round, other, near, aside);
    CHECK(round > 2 * other && other > 0 && near > 5 * aside);
    sim_market_rewind(m); /* a second walk says the same */
    CHECK(session_end(&source, &s));
    u32 n = sim_chain(m, 3, chain);
    for (u32 k = 0; k < n; k++) {
        first[k] = chain[k].open;
    }
    sim_market_rewind(m);
    CHECK(session_end(&source, &s));
    CHECK(n > 50 && sim_chain(m, 3, chain) == n);
    for (u32 k = 0; k < n; k++) {
        CHECK_EQ(chain[k].open, first[k]);
    }
    sim_market_close(m);
}

/* ---- told ---- */

typedef struct {
    u32 of[BULLETIN_KINDS];
    u64 bars;
} told_count_t;

static told_count_t walk(const sim_market_spec_t *spec)
{
    told_count_t c = {.bars = 0};
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    i64 before = 0;
    date_t session = 0;
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        c.bars ^= slice_hash(&s) + s.ordinal;
        for (u32 i = 0; i < s.bulletin_count; i++) {
            const bulletin_t *b = &s.bulletin[i];
            CHECK(b->t_known >= before && b->t_known <= s.t_known);
            CHECK(bulletin_is_sound(b, source.instrument_count));
            before = b->t_known;
            c.of[b->kind]++;
            if (bulletin_is_of_chain((bulletin_kind_t)b->kind)) {
                session_t last = calendar_previous(CAL_NYSE, s.session, I64_MAX);
                CHECK_EQ(b->t_known, last.close + SIM_VIX_LATE_MIN * NS_PER_MIN);
                CHECK(s.session != session); /* with the first slice of the next session */
                CHECK(b->kind != BULLETIN_IV || b->t_event == last.close);
            }
        }
        session = s.session;
    }
    sim_market_close(m);
    return c;
}

TEST(each_is_told_once_at_its_moment)
{
    UNUSED_STATE;
    sim_market_spec_t spec = spec_of(8);
    spec.stocks = 12;
    spec.history_sessions = 300;
    spec.warmup_sessions = 5;
    spec.sessions = 3;
    spec.halts = 0;
    spec.events = 1;
    told_count_t silent = walk(&spec);
    spec.tells = true;
    told_count_t c = walk(&spec);
    print_message("# %u volatilities, %u exposures, %u flips, %u pains, %u moves\n", c.of[BULLETIN_IV],
                  c.of[BULLETIN_GAMMA], c.of[BULLETIN_FLIP], c.of[BULLETIN_MAX_PAIN], c.of[BULLETIN_MOVE]);
    u32 names = 13;
    u32 sessions = 252 + 2; /* those before trading and all of it but the last, which is told to nobody */
    CHECK(c.of[BULLETIN_IV] <= names * sessions && c.of[BULLETIN_IV] > names * sessions * 9 / 10);
    CHECK(c.of[BULLETIN_GAMMA] <= names * 4 && c.of[BULLETIN_GAMMA] > names * 4 * 8 / 10);
    CHECK(c.of[BULLETIN_MAX_PAIN] > names && c.of[BULLETIN_FLIP] > 0 && c.of[BULLETIN_MOVE] > 0);
    CHECK_EQ(c.of[BULLETIN_COVERS], 8);
    for (u32 k = 0; k < BULLETIN_KINDS; k++) {
        CHECK_EQ(silent.of[k], 0);
    }
    CHECK_EQ(silent.bars, c.bars); /* what is told moves nothing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_few_quotes_say_what_the_whole_chain_says),
                                       cmocka_unit_test(the_volatility_is_the_one_that_is_priced),
                                       cmocka_unit_test(with_a_skew_it_is_the_one_at_the_money),
                                       cmocka_unit_test(what_is_open_is_made_up_by_rule),
                                       cmocka_unit_test(each_is_told_once_at_its_moment)};
    return RUN_TESTS(tests);
}
