/* The simulated market beside real ones: its stylised facts lie in the bands of the recorded sets,
 * independent normal returns lie outside each of them, and the bands hold the recorded sets
 * wherever these are at hand.
 * The bands stand in sim/market_facts.c, where they come from in docs/simulated-market.md. */
#include "tests/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/calendar.h"
#include "quant/math/qmath.h"
#include "sim/market_facts.h"
#include "tests/store/home.h"

enum { SYMBOLS = 400, DAYS_MOST = 5200, SESSIONS_MOST = 200, FIVE_N = SIM_FACTS_SESSIONS * SIM_FACTS_BARS };

static void tell(const char *what, const sim_facts_t *f, u32 from, u32 to)
{
    for (u32 k = from; k < to; k++) {
        const sim_fact_band_t *b = sim_fact_band((sim_fact_t)k);
        printf("# %s: %-32s %8.4f in %g..%g%s\n", what, b->name, f->value[k], b->low, b->high,
               sim_fact_in_band((sim_fact_t)k, f->value[k]) ? "" : "  OUTSIDE");
    }
}

static u32 outside(const sim_facts_t *f, u32 from, u32 to)
{
    u32 count = 0;
    for (u32 k = from; k < to; k++) {
        count += sim_fact_in_band((sim_fact_t)k, f->value[k]) ? 0 : 1;
    }
    return count;
}

TEST(the_simulated_market_lies_in_the_bands)
{
    UNUSED_STATE;
    u32 bad = 0;
    for (u64 seed = 1; seed <= 4; seed++) {
        sim_market_spec_t spec = sim_market_spec_default(seed);
        sim_facts_t f;
        CHECK_OK(sim_market_facts(&spec, NULL, &f));
        tell("simulated", &f, 0, SIM_FACT_COUNT);
        bad += outside(&f, 0, SIM_FACT_COUNT);
    }
    CHECK_EQ(bad, 0);
}

TEST(independent_normal_returns_fail_each)
{
    UNUSED_STATE;
    for (u64 seed = 1; seed <= 2; seed++) {
        sim_market_spec_t spec = sim_market_spec_default(seed);
        spec.plain_gaussian = true;
        sim_facts_t f;
        CHECK_OK(sim_market_facts(&spec, NULL, &f));
        tell("normal", &f, 0, SIM_FACT_COUNT);
        for (u32 k = 0; k < SIM_FACT_COUNT; k++) {
            CHECK_EQ(sim_fact_in_band((sim_fact_t)k, f.value[k]), sim_fact_band((sim_fact_t)k)->absent);
        }
    }
}

/* A table of symbols by moments; 0 where there is nothing. */
typedef struct {
    u32 symbols;
    u32 moments;
    u32 width;
    char name[SYMBOLS][12];
    f64 *value;
    u8 scratch[1 << 22];
} table_t;

static table_t *table_new(u32 width)
{
    table_t *t = calloc(1, sizeof *t);
    CHECK(t != NULL);
    t->width = width;
    t->value = calloc((size_t)SYMBOLS * width, sizeof(f64));
    CHECK(t->value != NULL);
    return t;
}

static void table_free(table_t *t)
{
    free(t->value);
    free(t);
}

static f64 *table_row(table_t *t, const char *name)
{
    u32 i = t->symbols; /* the files are in order of symbol: the last one, or a new one */
    if (i == 0 || strcmp(t->name[i - 1], name) != 0) {
        CHECK(i < SYMBOLS);
        (void)snprintf(t->name[i], sizeof t->name[i], "%s", name);
        t->symbols = ++i;
    }
    return t->value + (size_t)(i - 1) * t->width;
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

/* Fields of a line without quotes; the line is cut in place. */
static u32 fields_of(char *line, char *field[16])
{
    u32 n = 0;
    for (char *next; n < 16 && (next = strsep(&line, ",\n")) != NULL;) {
        field[n++] = next;
    }
    return n;
}

static date_t day_of(const char *text)
{
    return date_from_ymd((i32)strtol(text, NULL, 10), (i32)strtol(text + 5, NULL, 10),
                         (i32)strtol(text + 8, NULL, 10));
}

/* Column of a day among the sessions since the first, -1 if it is none. */
static i32 *columns_from(date_t first, u32 days)
{
    i32 *column = calloc(days, sizeof *column);
    CHECK(column != NULL);
    i32 n = 0;
    for (u32 d = 0; d < days; d++) {
        session_t s;
        bool held = calendar_session(CAL_NYSE, first + (date_t)d, I64_MAX, &s);
        column[d] = held ? n++ : -1;
    }
    return column;
}

/* Daily returns of `block`: the symbols that have all of its days and no move over 60 % in one of them (the
 * set's own description names adjusted closes that are wrong). */
static u32 days_of_block(const table_t *t, u32 from, f64 *out)
{
    u32 rows = 0;
    for (u32 i = 0; i < t->symbols; i++) {
        const f64 *close = t->value + (size_t)i * t->width + from;
        f64 *r = out + (size_t)rows * SIM_FACTS_DAYS;
        bool whole = close[0] > 0;
        for (u32 d = 0; d < SIM_FACTS_DAYS && whole; d++) {
            whole = close[d + 1] > 0;
            r[d] = whole ? q_log(close[d + 1] / close[d]) : 0;
            whole = whole && q_abs(r[d]) < 0.6;
        }
        rows += whole ? 1 : 0;
    }
    return rows;
}

TEST(recorded_days_lie_in_the_bands)
{
    UNUSED_STATE;
    FILE *f = set_open("daily/sp500_daily.csv.zst");
    if (f == NULL) {
        skip();
    }
    date_t first = date_from_ymd(1999, 11, 1);
    i32 *column = columns_from(first, 7500);
    table_t *t = table_new(DAYS_MOST);
    char line[512];
    char *field[16];
    while (fgets(line, sizeof line, f) != NULL) {
        if (fields_of(line, field) < 9 || field[1][0] < '1' || field[1][0] > '2') {
            continue;
        }
        date_t d = day_of(field[1]) - first;
        if (d >= 0 && d < 7500 && column[d] >= 0) {
            table_row(t, field[0])[column[d]] = strtod(field[6], NULL);
        }
    }
    (void)pclose(f);
    f64 *x = calloc((size_t)SYMBOLS * SIM_FACTS_DAYS, sizeof(f64));
    CHECK(x != NULL && t->symbols > 300);
    u32 bad = 0;
    for (u32 block = 0; block < 5; block++) {
        u32 rows = days_of_block(t, block * SIM_FACTS_DAYS, x);
        arena_t a;
        stylised_t s;
        sim_facts_t facts = {0};
        arena_init(&a, t->scratch, sizeof t->scratch);
        CHECK_OK(stylised_measure(&a, &(stylised_set_t){x, rows, SIM_FACTS_DAYS}, &s));
        sim_facts_of_days(&s, &facts);
        printf("# block %u of days: %u symbols\n", block, rows);
        tell("recorded", &facts, 0, SIM_FACT_DAY_LINEAR + 1);
        bad += outside(&facts, 0, SIM_FACT_DAY_LINEAR + 1);
    }
    CHECK_EQ(bad, 0);
    free(x);
    free(column);
    table_free(t);
}

/* Two tables of five-minute bars: log returns (with a mark for the missing) and volumes. */
static const f64 MISSING = 99.0;

static void read_minutes(FILE *f, table_t *ret, table_t *volume)
{
    date_t first = date_from_ymd(2025, 5, 12);
    i32 *column = columns_from(first, 280);
    char line[512];
    char *field[16];
    f64 close = 0;
    for (size_t i = 0; i < (size_t)SYMBOLS * ret->width; i++) {
        ret->value[i] = MISSING;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        if (fields_of(line, field) < 7 || strncmp(field[1], "202", 3) != 0) {
            continue;
        }
        date_t d = day_of(field[1]) - first;
        i32 minute = (i32)(strtol(field[1] + 11, NULL, 10) * 60 + strtol(field[1] + 14, NULL, 10)) - 570;
        if (d < 0 || d >= 280 || column[d] < 0 || minute < 0 || minute >= 390) {
            continue;
        }
        u32 at = (u32)column[d] * SIM_FACTS_BARS + (u32)minute / 5;
        f64 before = minute == 0 ? strtod(field[2], NULL) : close;
        close = strtod(field[5], NULL);
        table_row(ret, field[0])[at] = q_log(close / before);
        table_row(volume, field[0])[at] = strtod(field[6], NULL);
    }
    (void)pclose(f);
    free(column);
}

/* A missing bar inside a whole session is no move (its return is in the next bar). Sessions cut short are
 * left out for all. Returns the sessions taken, from *session on. */
static u32 minutes_of_block(const table_t *ret, const table_t *volume, u32 *session, f64 *out, f64 *curve)
{
    u32 taken = 0;
    for (; taken < SIM_FACTS_SESSIONS && *session < SESSIONS_MOST; ++*session) {
        u32 last = *session * SIM_FACTS_BARS + SIM_FACTS_BARS - 1;
        if (ret->value[last] == MISSING && ret->value[last - 1] == MISSING) {
            continue;
        }
        for (u32 i = 0; i < ret->symbols; i++) {
            for (u32 k = 0; k < SIM_FACTS_BARS; k++) {
                size_t from = (size_t)i * ret->width + *session * SIM_FACTS_BARS + k;
                f64 r = ret->value[from];
                out[(size_t)i * FIVE_N + taken * SIM_FACTS_BARS + k] = r == MISSING ? 0 : r;
                curve[i * SIM_FACTS_BARS + k] += volume->value[from];
            }
        }
        taken++;
    }
    return taken;
}

TEST(recorded_minutes_lie_in_the_bands)
{
    UNUSED_STATE;
    FILE *f = set_open("intraday/us_5min.csv.zst");
    if (f == NULL) {
        skip();
    }
    table_t *ret = table_new(SESSIONS_MOST * SIM_FACTS_BARS);
    table_t *volume = table_new(SESSIONS_MOST * SIM_FACTS_BARS);
    read_minutes(f, ret, volume);
    CHECK_EQ(ret->symbols, 85);
    f64 *x = calloc((size_t)ret->symbols * FIVE_N, sizeof(f64));
    f64 *curve = calloc((size_t)ret->symbols * SIM_FACTS_BARS, sizeof(f64));
    CHECK(x != NULL && curve != NULL);
    u32 session = 0;
    u32 blocks = 0;
    u32 bad = 0;
    while (minutes_of_block(ret, volume, &session, x, curve) == SIM_FACTS_SESSIONS) {
        arena_t a;
        stylised_t s;
        sim_facts_t facts = {0};
        stylised_edges_t edges = {0, 0};
        arena_init(&a, ret->scratch, sizeof ret->scratch);
        CHECK_OK(stylised_measure(&a, &(stylised_set_t){x, ret->symbols, FIVE_N}, &s));
        for (u32 i = 0; i < ret->symbols; i++) {
            stylised_edges_t one;
            const f64 *own = curve + (size_t)i * SIM_FACTS_BARS;
            CHECK(stylised_volume_edges(own, SIM_FACTS_BARS, SIM_FACTS_EDGE, &one));
            edges.first += one.first / ret->symbols;
            edges.last += one.last / ret->symbols;
        }
        sim_facts_of_minutes(&s, edges, &facts);
        printf("# block %u of five minutes: %u symbols\n", blocks, s.rows);
        tell("recorded", &facts, SIM_FACT_MIN_KURTOSIS, SIM_FACT_COUNT);
        bad += outside(&facts, SIM_FACT_MIN_KURTOSIS, SIM_FACT_COUNT);
        memset(curve, 0, (size_t)ret->symbols * SIM_FACTS_BARS * sizeof(f64));
        blocks++;
    }
    CHECK(blocks >= 4);
    CHECK_EQ(bad, 0);
    free(curve);
    free(x);
    table_free(volume);
    table_free(ret);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_simulated_market_lies_in_the_bands),
        cmocka_unit_test(independent_normal_returns_fail_each),
        cmocka_unit_test(recorded_days_lie_in_the_bands),
        cmocka_unit_test(recorded_minutes_lie_in_the_bands),
    };
    return RUN_TESTS(tests);
}
