/* Option chains of the simulated market: nothing can be earned against them without risk, the pricer gives
 * back what they were priced from, their strip is the variance that they state and the volatility index, and
 * their skew lies in the bands of recorded chains, where a market of one volatility has none. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "quant/math/qmath.h"
#include "sim/chain.h"
#include "tests/store/home.h"

static sim_option_t chain[SIM_CHAIN_MAX];

static sim_market_spec_t spec_of(u64 seed)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.stocks = 30;
    spec.history_sessions = 120;
    spec.warmup_sessions = 0;
    spec.sessions = 2;
    spec.halts = 2;
    spec.events = 2;
    return spec;
}

/* The rows of one expiry, from `from` on. */
static u32 term_end(u32 from, u32 n)
{
    u32 to = from;
    while (to < n && chain[to].expiry == chain[from].expiry) {
        to++;
    }
    return to;
}

static void hold_pair(const sim_option_t *call, const sim_option_t *put)
{
    f64 spot = call->contract.spot;
    f64 forward = spot * q_exp(-call->contract.yield * call->contract.years);
    f64 strike = call->contract.strike;
    CHECK(call->contract.side == 1.0 && put->contract.side == -1.0);
    CHECK(put->contract.strike == strike && put->contract.spot == spot &&
          put->contract.sigma == call->contract.sigma);
    CHECK(q_abs(call->greeks.value - put->greeks.value - (forward - strike)) < 1e-9 * spot);
    CHECK(call->greeks.value >= 0 && put->greeks.value >= 0);
    CHECK(call->greeks.delta >= 0 && put->greeks.delta <= 0);
    CHECK(call->greeks.gamma > 0 && call->greeks.vega > 0);
    for (u32 k = 0; k < 2; k++) {
        const sim_option_t *o = k == 0 ? call : put;
        CHECK(price_to_f64(o->bid) <= o->greeks.value && price_to_f64(o->ask) >= o->greeks.value);
        CHECK(o->bid.v >= 0 && o->bid.v < o->ask.v && o->ask.v % (PRICE_SCALE / 100) == 0);
        CHECK(o->contract.sigma > 0 && o->contract.sigma < 10);
    }
}

/* What the pricer makes of a value of the side out of the money is the volatility it stands at, and back. */
static void hold_implied(const sim_option_t *call, const sim_option_t *put)
{
    const sim_option_t *out = call->greeks.value < put->greeks.value ? call : put;
    f64 sigma = 0;
    option_greeks_t g;
    CHECK_OK(option_implied(&out->contract, out->greeks.value, &sigma, NULL));
    CHECK(q_abs(sigma / out->contract.sigma - 1) < 1e-10);
    CHECK_OK(option_value(&out->contract, &g, NULL));
    CHECK(q_abs(g.value / out->greeks.value - 1) < 1e-10);
    CHECK_OK(option_value(&call->contract, &g, NULL));
    CHECK(q_abs(g.value - call->greeks.value) < 1e-10 * call->contract.spot);
}

/* Calls fall with the strike, by no more than it rises, and bend upwards; in values, and in what can be
 * traded. */
static void hold_strikes(u32 from, u32 to)
{
    for (u32 i = from; i + 2 < to; i += 2) {
        const sim_option_t *a = &chain[i];
        const sim_option_t *b = &chain[i + 2];
        f64 step = b->contract.strike - a->contract.strike;
        f64 fall = a->greeks.value - b->greeks.value;
        CHECK(step > 0 && fall > -1e-9 && fall < step + 1e-9);
        CHECK(a->ask.v >= b->bid.v);
        if (i + 4 < to) {
            const sim_option_t *c = &chain[i + 4];
            f64 part = step / (c->contract.strike - a->contract.strike);
            f64 line = a->greeks.value + part * (c->greeks.value - a->greeks.value);
            CHECK(b->greeks.value <= line + 1e-9);
        }
    }
}

/* Of terms with one forward the longer costs no less, strike by strike. Returns the strikes compared. */
static u32 hold_terms(u32 from, u32 to, u32 n)
{
    u32 compared = 0;
    for (u32 i = from; i < to; i += 2) {
        f64 forward = q_exp(-chain[i].contract.yield * chain[i].contract.years);
        for (u32 k = to; k < n; k += 2) {
            bool same = chain[k].contract.strike == chain[i].contract.strike;
            f64 later = q_exp(-chain[k].contract.yield * chain[k].contract.years);
            if (same && q_abs(later - forward) < 1e-12) {
                CHECK(chain[k].greeks.value >= chain[i].greeks.value - 1e-9);
                CHECK(chain[k].greeks.value > chain[i].greeks.value || chain[i].greeks.gamma < 1e-6);
                compared++;
            }
        }
    }
    return compared;
}

/* Of the fund: on a Friday too, whose own options are over, four weeks have theirs. */
static void hold_weeks(u32 n, date_t today)
{
    u32 weeks = 0;
    for (u32 from = 0; from < n && weeks < 4; from = term_end(from, n)) {
        weeks++;
        CHECK(chain[from].expiry > today && chain[from].expiry <= today + (i32)(7 * weeks) + 1);
    }
    CHECK(n == 0 || weeks == 4);
}

static void hold_chain(u32 n, u32 seen[4])
{
    u32 terms = 0;
    for (u32 from = 0, to = 0; from < n; from = to) {
        to = term_end(from, n);
        CHECK(to < n ? chain[to].expiry > chain[from].expiry && chain[to].variance > chain[from].variance
                     : true);
        for (u32 i = from; i < to; i += 2) {
            hold_pair(&chain[i], &chain[i + 1]);
            hold_implied(&chain[i], &chain[i + 1]);
            seen[0]++;
        }
        hold_strikes(from, to);
        seen[1] += hold_terms(from, to, n);
        seen[2]++;
        terms++;
    }
    seen[3] = MAX_OF(seen[3], terms);
}

TEST(nothing_is_earned_without_risk)
{
    UNUSED_STATE;
    u32 seen[4] = {0};
    for (u64 seed = 1; seed <= 3; seed++) {
        sim_market_spec_t spec = spec_of(seed);
        sim_market_t *m = NULL;
        slice_t s;
        CHECK_OK(sim_market_open(&spec, NULL, &m));
        source_t source = sim_market_source(m);
        CHECK_EQ(sim_chain(m, 0, chain), 0); /* no session yet */
        for (u32 d = 0; source.next(source.ctx, &s, NULL) == ERR_OK; d++) {
            bool within = s.timeframe == TF_1M && !s.session_last;
            if (within) {
                CHECK_EQ(sim_chain(m, source.proxy, chain), 0);
            } else if (d % 10 == 0 || s.timeframe == TF_1M) {
                for (u32 i = 0; i < source.instrument_count; i++) {
                    u32 n = sim_chain(m, (inst_t)i, chain);
                    hold_chain(n, seen);
                    if (i == source.proxy) {
                        hold_weeks(n, s.session);
                    }
                }
            }
        }
        sim_market_close(m);
    }
    printf("# %u strikes, %u pairs of terms, %u terms\n", seen[0], seen[1], seen[2]);
    CHECK(seen[0] > 30000 && seen[1] > 20000 && seen[2] > 3000);
    CHECK(seen[3] >= 5 && seen[3] <= SIM_CHAIN_EXPIRIES);
}

/* Twice the sum of what is out of the money over the square of its strike: the variance of the term (K.
 * Demeterfi and others, More than you ever wanted to know about volatility swaps, 1999), as far as the
 * strikes reach. */
static f64 strip(u32 from, u32 to)
{
    f64 sum = 0;
    f64 forward = chain[from].contract.spot * q_exp(-chain[from].contract.yield * chain[from].contract.years);
    f64 below = 0;
    for (u32 i = from; i < to; i += 2) {
        f64 strike = chain[i].contract.strike;
        f64 left = i > from ? chain[i - 2].contract.strike : strike - (chain[i + 2].contract.strike - strike);
        f64 right =
            i + 2 < to ? chain[i + 2].contract.strike : strike + (strike - chain[i - 2].contract.strike);
        f64 value = q_min(chain[i].greeks.value, chain[i + 1].greeks.value);
        sum += 2.0 * value * 0.5 * (right - left) / (strike * strike);
        below = strike <= forward ? strike : below;
    }
    f64 rest = forward / below - 1.0;
    return sum - rest * rest; /* the strike below the forward is counted by its put */
}

TEST(the_strip_is_the_variance_and_the_index)
{
    UNUSED_STATE;
    sim_market_spec_t spec = sim_market_spec_default(2);
    spec.history_sessions = 400;
    spec.sessions = 0;
    spec.warmup_sessions = 0;
    sim_market_t *m = NULL;
    slice_t s;
    f64 worst = 0;
    f64 sum = 0;
    u32 terms = 0;
    u32 months = 0;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        u32 n = sim_chain(m, source.proxy, chain);
        for (u32 from = 0, to = 0; from < n; from = to) {
            to = term_end(from, n);
            f64 ratio = strip(from, to) / chain[from].variance;
            bool short_term = chain[from].sessions < 5; /* its strikes are coarse against its moves */
            worst = short_term ? worst : q_max(worst, q_abs(ratio - 1));
            sum += short_term ? 0 : ratio;
            terms += short_term ? 0 : 1;
            if (chain[from].sessions == SIM_VIX_SESSIONS) {
                f64 vix = 100 * q_sqrt(strip(from, to) * 252 / SIM_VIX_SESSIONS);
                CHECK(q_abs(vix / sim_market_vix(m) - 1) < 0.03);
                months++;
            }
        }
    }
    printf("# strip over variance: mean %.4f, farthest %.4f; %u terms, %u of 21 sessions\n", sum / terms,
           worst, terms, months);
    CHECK(terms > 1500 && months >= 15);
    CHECK(worst < 0.06);
    CHECK(q_abs(sum / terms - 1) < 0.02);
    sim_market_close(m);
}

/* What a term's forward lacks is what is paid before its end, in parts of the price. */
TEST(the_forward_lacks_the_dividends_that_come)
{
    UNUSED_STATE;
    enum { DAYS = 66, ROWS = 31 };
    static f64 yield[ROWS], paid[ROWS], before[ROWS], spot[ROWS];
    static date_t end[ROWS];
    sim_market_spec_t spec = spec_of(5);
    spec.history_sessions = 100 + DAYS;
    spec.sessions = 0;
    spec.events = 1;
    sim_market_t *m = NULL;
    slice_t s;
    u32 some = 0;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    CHECK_EQ(source.instrument_count, ROWS);
    for (u32 d = 0; source.next(source.ctx, &s, NULL) == ERR_OK; d++) {
        for (u32 k = 0; k < s.action_count && d > 100; k++) {
            u32 i = s.action[k].inst;
            bool counts = s.action[k].kind == ACTION_DIVIDEND && s.session <= end[i];
            paid[i] += counts ? price_to_f64(s.action[k].amount) / before[i] : 0;
            end[i] = counts || s.action[k].kind == ACTION_DIVIDEND ? end[i]
                                                                   : 0; /* a split or an end: not this one */
        }
        for (u32 k = 0; k < s.count; k++) {
            u32 i = s.inst[k];
            before[i] = price_to_f64(s.bar[k].close);
            u32 n = d == 100 ? sim_chain(m, (inst_t)i, chain) : 0;
            for (u32 at = 0; at < n; at = term_end(at, n)) {
                bool within = chain[at].sessions <= DAYS - 2;
                end[i] = within ? chain[at].expiry : end[i];
                yield[i] =
                    within ? 1 - q_exp(-chain[at].contract.yield * chain[at].contract.years) : yield[i];
                spot[i] = chain[at].contract.spot;
            }
        }
    }
    for (u32 i = 0; i < ROWS; i++) {
        if (end[i] > 0) {
            CHECK(q_abs(yield[i] - paid[i]) < 0.011 / spot[i] + 1e-9); /* paid in whole cents */
            some += paid[i] > 0 ? 1 : 0;
        }
    }
    printf("# %u names paid\n", some);
    CHECK(some >= 5);
    sim_market_close(m);
}

/* ---- skew ---- */

enum { SKEW_DOWN, SKEW_FAR, SKEW_UP, SKEWS, SMILE_MAX = 1200, DAYS_LEAST = 7, DAYS_MOST = 64 };

/* Implied volatility over that at the money, less 1: at 1.5 and 3 deviations below the forward, and 1.5
 * above. Of three chains of one day (Cboe's SPY, SPX and XSP, 14 September 2023), terms of 7 to 64 days, the
 * smallest and the largest, widened by a quarter of itself. */
static const struct {
    const char *name;
    f64 at, low, high;
} skews[SKEWS] = {
    [SKEW_DOWN] = {"1.5 deviations below", -1.5, 0.143, 0.523},
    [SKEW_FAR] = {"3 deviations below", -3.0, 0.43, 1.092},
    [SKEW_UP] = {"1.5 deviations above", 1.5, -0.198, -0.0135},
};

typedef struct {
    f64 strike[SMILE_MAX], sigma[SMILE_MAX];
    u32 count;
    f64 forward, years;
} smile_t;

static f64 sigma_at(const smile_t *x, f64 strike)
{
    for (u32 i = 0; i + 1 < x->count; i++) {
        f64 a = x->strike[i];
        f64 b = x->strike[i + 1];
        if (a <= strike && strike <= b && b > a) {
            return x->sigma[i] + (x->sigma[i + 1] - x->sigma[i]) * (strike - a) / (b - a);
        }
    }
    return 0;
}

/* What lies outside of the bands; `range` keeps the smallest and the largest of each. */
static u32 skew_outside(const smile_t *x, f64 range[SKEWS][2])
{
    f64 money = sigma_at(x, x->forward);
    u32 bad = 0;
    CHECK(money > 0);
    for (u32 k = 0; k < SKEWS; k++) {
        f64 sigma = sigma_at(x, x->forward * q_exp(skews[k].at * money * q_sqrt(x->years)));
        f64 v = sigma / money - 1;
        if (!(sigma > 0)) {
            continue; /* no strike so far out */
        }
        range[k][0] = range[k][0] == 0 ? v : q_min(range[k][0], v);
        range[k][1] = range[k][1] == 0 ? v : q_max(range[k][1], v);
        bad += v < skews[k].low || v > skews[k].high ? 1 : 0;
    }
    return bad;
}

static void skew_tell(const char *what, f64 range[SKEWS][2])
{
    for (u32 k = 0; k < SKEWS; k++) {
        printf("# %s: %-22s %7.3f to %7.3f in %g..%g\n", what, skews[k].name, range[k][0], range[k][1],
               skews[k].low, skews[k].high);
    }
}

static u32 simulate(u64 seed, bool plain, f64 range[SKEWS][2], u32 *terms)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.stocks = 1;
    spec.history_sessions = 300;
    spec.sessions = 0;
    spec.warmup_sessions = 0;
    spec.plain_gaussian = plain;
    sim_market_t *m = NULL;
    slice_t s;
    u32 bad = 0;
    static smile_t x;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    for (u32 d = 0; source.next(source.ctx, &s, NULL) == ERR_OK; d++) {
        u32 n = d % 5 == 0 ? sim_chain(m, source.proxy, chain) : 0;
        for (u32 from = 0, to = 0; from < n; from = to) {
            to = term_end(from, n);
            i32 days = chain[from].expiry - s.session;
            x = (smile_t){.forward = chain[from].contract.spot, .years = chain[from].contract.years};
            for (u32 i = from; i < to && days >= DAYS_LEAST && days <= DAYS_MOST; i += 2) {
                x.strike[x.count] = chain[i].contract.strike;
                x.sigma[x.count++] = chain[i].contract.sigma;
            }
            bad += x.count > 0 ? skew_outside(&x, range) : 0;
            *terms += x.count > 0 ? 1 : 0;
        }
    }
    sim_market_close(m);
    return bad;
}

TEST(the_skew_lies_in_the_bands)
{
    UNUSED_STATE;
    f64 range[SKEWS][2] = {0};
    u32 terms = 0;
    u32 bad = 0;
    for (u64 seed = 1; seed <= 4; seed++) {
        bad += simulate(seed, false, range, &terms);
    }
    skew_tell("simulated", range);
    CHECK(terms > 500);
    CHECK_EQ(bad, 0);
}

TEST(one_volatility_has_no_skew)
{
    UNUSED_STATE;
    f64 range[SKEWS][2] = {0};
    u32 terms = 0;
    u32 bad = simulate(1, true, range, &terms);
    skew_tell("plain", range);
    CHECK(bad > 0);
    CHECK_EQ(bad, terms * SKEWS);
}

/* One page: strikes and volatilities of one expiry at a time, puts below the spot and calls above it. */
static u32 read_page(const char *name, f64 range[SKEWS][2], u32 *terms)
{
    char path[512];
    char command[640];
    char line[1024];
    char expiry[32] = "";
    static smile_t x;
    f64 spot = 0;
    u32 bad = 0;
    if (!data_path(name, path, sizeof path)) {
        skip();
    }
    (void)snprintf(command, sizeof command, "zstd -dcq '%s'", path);
    FILE *f = popen(command, "r");
    CHECK(f != NULL);
    x.count = 0;
    for (bool more = true; more;) {
        char *field[24] = {NULL};
        u32 n = 0;
        more = fgets(line, sizeof line, f) != NULL;
        char *last = more ? strstr(line, ",Last: ") : NULL;
        spot = last != NULL ? strtod(last + 7, NULL) : spot;
        char *rest = line;
        for (char *next; more && n < 24 && (next = strsep(&rest, ",")) != NULL;) {
            field[n++] = next;
        }
        bool row = more && n == 22 && strstr(field[0], "2023") == field[0] + 11;
        bool other = !more || (row && strcmp(field[0], expiry) != 0);
        if (other && x.count >= 60) { /* wide enough to have a skew */
            bad += skew_outside(&x, range);
            *terms += 1;
        }
        x.count = other ? 0 : x.count;
        if (!row) {
            continue;
        }
        (void)snprintf(expiry, sizeof expiry, "%s", field[0]);
        f64 days = (strtod(field[0] + 8, NULL) - 14) + (strstr(field[0], "Oct") != NULL   ? 30
                                                        : strstr(field[0], "Nov") != NULL ? 61
                                                                                          : 0);
        f64 strike = strtod(field[11], NULL);
        f64 sigma = strtod(strike < spot ? field[18] : field[7], NULL);
        bool asked = strstr(field[0], "Dec") == NULL && days >= DAYS_LEAST && days <= DAYS_MOST;
        x.years = days / 365;
        x.forward = spot * q_exp(0.04 * x.years); /* about: interest less dividends */
        if (asked && sigma > 0 && x.count < SMILE_MAX) {
            x.strike[x.count] = strike;
            x.sigma[x.count++] = sigma;
        }
    }
    (void)pclose(f);
    return bad;
}

TEST(the_recorded_skew_lies_in_the_bands)
{
    UNUSED_STATE;
    f64 range[SKEWS][2] = {0};
    u32 terms = 0;
    u32 bad = read_page("options/cboe_spy_2023-09-14.csv.zst", range, &terms);
    bad += read_page("options/cboe_spx_2023-09-14.csv.zst", range, &terms);
    bad += read_page("options/cboe_xsp_2023-09-14.csv.zst", range, &terms);
    skew_tell("recorded", range);
    printf("# %u terms\n", terms);
    CHECK(terms > 30);
    CHECK_EQ(bad, 0);
}

static u64 hash_of(u64 seed, bool ask, u64 *chains)
{
    sim_market_spec_t spec = spec_of(seed);
    sim_market_t *m = NULL;
    slice_t s;
    u64 h = 0;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        h = hash64(s.bar, s.count * sizeof *s.bar) ^ (h * 31);
        for (u32 i = 0; ask && i < source.instrument_count; i += 7) {
            u32 n = sim_chain(m, (inst_t)i, chain);
            for (u32 k = 0; k < n; k++) {
                *chains = hash64(&chain[k].greeks, sizeof chain[k].greeks) ^ (*chains * 31);
            }
        }
    }
    sim_market_close(m);
    return h;
}

TEST(chains_come_from_the_seed_and_leave_no_trace)
{
    UNUSED_STATE;
    u64 a = 0;
    u64 b = 0;
    u64 c = 0;
    u64 none = 0;
    u64 bars = hash_of(3, false, &none);
    CHECK_EQ(hash_of(3, true, &a), bars);
    CHECK_EQ(hash_of(3, true, &b), bars);
    (void)hash_of(4, true, &c);
    CHECK_EQ(a, b);
    CHECK(a != c && a != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_earned_without_risk),
        cmocka_unit_test(the_strip_is_the_variance_and_the_index),
        cmocka_unit_test(the_forward_lacks_the_dividends_that_come),
        cmocka_unit_test(the_skew_lies_in_the_bands),
        cmocka_unit_test(one_volatility_has_no_skew),
        cmocka_unit_test(the_recorded_skew_lies_in_the_bands),
        cmocka_unit_test(chains_come_from_the_seed_and_leave_no_trace),
    };
    return RUN_TESTS(tests);
}
