/* The quotes of the simulated market: the same from the seed and without a trace in the bars, the last price
 * between bid and ask, one-sided or absent in halts, and as wide, as steady and as deep as recorded ones:
 * inside the bands that the recorded set is held to as well, where quotes of one width for all fall outside.
 */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quant/math/qmath.h"
#include "sim/market.h"
#include "sim/quote_facts.h"
#include "tests/store/home.h"
#include "tests/sim/made_market.h"

enum { NAMES = 16, NAME_DAYS = 64 };

static void tell(const char *what, const sim_quote_facts_t *f)
{
    printf("# %s: %u narrow, %u wide name-days\n", what, f->narrow, f->wide);
    for (u32 k = 0; k < SIM_QUOTE_FACTS; k++) {
        const sim_fact_band_t *b = sim_quote_band((sim_quote_fact_t)k);
        printf("# %s: %-36s %8.4f in %g..%g%s\n", what, b->name, f->value[k], b->low, b->high,
               sim_quote_in_band((sim_quote_fact_t)k, f->value[k]) ? "" : "  OUTSIDE");
    }
}

static u32 outside(const sim_quote_facts_t *f)
{
    u32 count = 0;
    for (u32 k = 0; k < SIM_QUOTE_FACTS; k++) {
        count += sim_quote_in_band((sim_quote_fact_t)k, f->value[k]) ? 0 : 1;
    }
    return count;
}

static sim_market_spec_t spec_of(u64 seed, bool plain)
{
    sim_market_spec_t spec = sim_market_spec_default(seed);
    spec.plain_gaussian = plain;
    return spec;
}

TEST(quotes_lie_in_the_bands)
{
    UNUSED_STATE;
    for (u64 seed = 1; seed <= 6; seed++) {
        sim_market_spec_t spec = spec_of(seed, false);
        sim_quote_facts_t f;
        CHECK_OK(sim_quote_facts(&spec, NULL, &f));
        tell("simulated", &f);
        CHECK(f.narrow >= 50 && f.wide >= 50);
        CHECK_EQ(outside(&f), 0);
    }
}

TEST(plain_quotes_fail_each)
{
    UNUSED_STATE;
    for (u64 seed = 1; seed <= 2; seed++) {
        sim_market_spec_t spec = spec_of(seed, true);
        sim_quote_facts_t f;
        CHECK_OK(sim_quote_facts(&spec, NULL, &f));
        tell("plain", &f);
        for (u32 k = 0; k < SIM_QUOTE_FACTS; k++) {
            const sim_fact_band_t *b = sim_quote_band((sim_quote_fact_t)k);
            CHECK(b->absent || !sim_quote_in_band((sim_quote_fact_t)k, f.value[k]));
        }
    }
}

static FILE *set_open(const char *name)
{
    char path[512];
    char command[640];
    if (!data_path(name, path, sizeof path)) {
        return NULL;
    }
    (void)snprintf(command, sizeof command, "zstd -dcq '%s'", path);
    return popen(command, "r");
}

typedef struct {
    char name[12];
    char date[12];
    quote_day_t day;
    bool has[QUOTE_MINUTES];
} name_day_t;

static name_day_t *day_of(name_day_t *days, u32 *count, const char *name, const char *date)
{
    for (u32 i = 0; i < *count; i++) {
        if (strcmp(days[i].name, name) == 0 && strcmp(days[i].date, date) == 0) {
            return &days[i];
        }
    }
    CHECK(*count < NAME_DAYS);
    name_day_t *d = &days[(*count)++];
    (void)snprintf(d->name, sizeof d->name, "%s", name);
    (void)snprintf(d->date, sizeof d->date, "%s", date);
    return d;
}

/* Fields of a line without quotes; the line is cut in place. */
static u32 fields_of(char *line, char *field[16])
{
    u32 n = 0;
    for (char *next; n < 16 && (next = strsep(&line, ",\n")) != NULL;) {
        field[n++] = next;
    }
    return n;
}

static void read_set(const char *name, bool quotes, name_day_t *days, u32 *count)
{
    FILE *f = set_open(name);
    char line[512];
    char *field[16];
    if (f == NULL) {
        skip();
    }
    while (fgets(line, sizeof line, f) != NULL) {
        u32 n = fields_of(line, field);
        i64 ms = n > 8 ? strtol(field[3], NULL, 10) : 0;
        i64 minute = (ms - 34200000) / 60000;
        bool fund = n > 8 && (strcmp(field[1], "spy") == 0 || strcmp(field[1], "shy") == 0);
        if (ms < 34200000 || minute >= QUOTE_MINUTES || fund) {
            continue;
        }
        name_day_t *d = day_of(days, count, field[1], field[2]);
        const f64 scale = 1e-4;
        if (quotes) {
            d->has[minute] = true;
            d->day.bid[minute] = strtod(field[7], NULL) * scale;
            d->day.bid_size[minute] = strtod(field[8], NULL);
            d->day.ask[minute] = strtod(field[12], NULL) * scale;
            d->day.ask_size[minute] = strtod(field[13], NULL);
        } else {
            d->day.high[minute] = strtod(field[5], NULL) * scale;
            d->day.low[minute] = strtod(field[6], NULL) * scale;
            d->day.last[minute] = strtod(field[7], NULL) * scale;
            d->day.volume[minute] = strtod(field[8], NULL);
        }
    }
    (void)pclose(f);
}

/* A quote stands until another comes. Returns the minutes that had one of their own. */
static u32 carry(name_day_t *d)
{
    u32 n = 0;
    for (u32 i = 0; i < QUOTE_MINUTES; i++) {
        n += d->has[i] ? 1 : 0;
        if (i > 0 && !d->has[i]) {
            d->day.bid[i] = d->day.bid[i - 1];
            d->day.ask[i] = d->day.ask[i - 1];
            d->day.bid_size[i] = d->day.bid_size[i - 1];
            d->day.ask_size[i] = d->day.ask_size[i - 1];
        }
    }
    return n;
}

TEST(recorded_quotes_lie_in_the_bands)
{
    UNUSED_STATE;
    name_day_t *days = calloc(NAME_DAYS, sizeof *days);
    quote_measure_t *q = calloc(NAME_DAYS, sizeof *q);
    u32 count = 0;
    u32 n = 0;
    CHECK(days != NULL && q != NULL);
    read_set("intraday/lean_equity_minute_quote.csv.zst", true, days, &count);
    read_set("intraday/lean_equity_minute_trade.csv.zst", false, days, &count);
    for (u32 i = 0; i < count; i++) {
        if (carry(&days[i]) > 350 && quotes_measure(&days[i].day, &q[n])) {
            printf("# %s %s: %.2f bps, law %.2f; first %.2f last %.2f cluster %.2f range %.2f sd %.2f; "
                   "%.0f lots, law %.1f; size sd %.2f cluster %.2f cross %.2f; tick %.2f inside %.2f\n",
                   days[i].name, days[i].date, q[n].bps, sim_quote_law_bps(q[n].price, q[n].dollars),
                   q[n].first, q[n].last, q[n].cluster, q[n].by_range, q[n].deviation, q[n].lots,
                   sim_quote_law_lots(q[n].price, q[n].dollars), q[n].size_sd, q[n].size_cluster,
                   q[n].size_cross, q[n].tick_share, q[n].inside);
            n++;
        }
    }
    sim_quote_facts_t f;
    sim_quote_facts_of(q, n, &f);
    tell("recorded", &f);
    CHECK(f.narrow >= 10 && f.wide >= 5);
    CHECK_EQ(outside(&f), 0);
    free(days);
    free(q);
}

static u64 hash_of_bars(const sim_market_spec_t *spec, bool ask, u64 *quotes)
{
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    u64 h = 0;
    static sim_quote_t q[SIM_STOCKS_MAX + 1];
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        h = hash64(s.bar, s.count * sizeof *s.bar) ^ (h * 31);
        u32 rows = ask ? sim_market_quotes(m, q) : 0;
        CHECK_EQ(rows, ask && s.timeframe == TF_1M ? source.instrument_count : 0U);
        *quotes = hash64(q, rows * sizeof *q) ^ (*quotes * 31);
    }
    sim_market_close(m);
    return h;
}

TEST(quotes_come_from_the_seed_and_leave_no_trace)
{
    UNUSED_STATE;
    sim_market_spec_t spec = market_of(5, (made_days_t){3, 0, 2}, 5, 5);
    u64 a = 0;
    u64 b = 0;
    u64 none = 0;
    u64 bars = hash_of_bars(&spec, false, &none);
    CHECK_EQ(hash_of_bars(&spec, true, &a), bars);
    CHECK_EQ(hash_of_bars(&spec, true, &b), bars);
    CHECK_EQ(a, b);
    spec.seed = 6;
    b = 0;
    CHECK(hash_of_bars(&spec, true, &b) != bars);
    CHECK(a != b);
}

/* Without a bar there is no quote; with one the last price lies between its sides, and one side is missing
 * exactly where the slice tells a pause of the name. */
static void hold(const slice_t *s, const sim_quote_t *q, u32 rows, u32 seen[4])
{
    static bool lit[SIM_STOCKS_MAX + 1];
    static bool paused[SIM_STOCKS_MAX + 1];
    static bool stopped[SIM_STOCKS_MAX + 1];
    memset(lit, 0, sizeof lit);
    memset(paused, 0, sizeof paused);
    memset(stopped, 0, sizeof stopped);
    bool market = false;
    for (u32 k = 0; k < s->halt_count; k++) {
        const halt_t *h = &s->halt[k];
        bool now = h->halted && h->t_event == s->t_known;
        market |= now && h->inst == INST_NONE;
        if (now && h->inst != INST_NONE) {
            paused[h->inst] |= h->kind == HALT_PAUSE;
            stopped[h->inst] |= h->kind != HALT_PAUSE;
        }
    }
    for (u32 k = 0; k < s->count; k++) {
        u32 i = s->inst[k];
        lit[i] = true;
        bool none = market || stopped[i];
        bool one = !none && paused[i];
        u32 sides = (q[i].bid.v > 0 ? 1U : 0U) + (q[i].ask.v > 0 ? 1U : 0U);
        CHECK_EQ(sides, none ? 0 : one ? 1 : 2);
        CHECK(sides < 2 || q[i].bid.v < q[i].ask.v); /* never crossed, never locked */
        CHECK(q[i].bid.v <= s->bar[k].close.v);
        CHECK(q[i].ask.v == 0 || q[i].ask.v >= s->bar[k].close.v);
        CHECK((q[i].bid.v > 0) == (q[i].bid_size > 0) && (q[i].ask.v > 0) == (q[i].ask_size > 0));
        CHECK(q[i].bid_size % SIM_QUOTE_LOT == 0 && q[i].ask_size % SIM_QUOTE_LOT == 0);
        CHECK(!one || (q[i].bid.v == 0 ? s->bar[k].close.v == s->bar[k].low.v
                                       : s->bar[k].close.v == s->bar[k].high.v));
        seen[sides]++;
        seen[3] += one && (q[i].bid.v > 0 ? q[i].bid.v : q[i].ask.v) == s->bar[k].close.v ? 1 : 0;
    }
    for (u32 i = 0; i < rows; i++) {
        CHECK(lit[i] || (q[i].bid.v == 0 && q[i].ask.v == 0));
    }
}

TEST(halts_have_one_side_or_none)
{
    UNUSED_STATE;
    sim_market_spec_t spec = market_of(3, (made_days_t){3, 0, 8}, 30, 5);
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    slice_t s;
    u32 seen[4] = {0};
    static sim_quote_t q[SIM_STOCKS_MAX + 1];
    while (source.next(source.ctx, &s, NULL) == ERR_OK) {
        u32 rows = sim_market_quotes(m, q);
        if (rows > 0) {
            hold(&s, q, rows, seen);
        }
    }
    printf("# quotes of bars: %u absent, %u one-sided (%u at the band), %u whole\n", seen[0], seen[1],
           seen[3], seen[2]);
    CHECK(seen[0] > 5 && seen[1] > 50 && seen[2] > 100000);
    CHECK_EQ(seen[3], seen[1]);
    sim_market_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_come_from_the_seed_and_leave_no_trace),
        cmocka_unit_test(halts_have_one_side_or_none),
        cmocka_unit_test(recorded_quotes_lie_in_the_bands),
        cmocka_unit_test(quotes_lie_in_the_bands),
        cmocka_unit_test(plain_quotes_fail_each),
    };
    return RUN_TESTS(tests);
}
