/* The null tests ask signals by themselves (test_nulls.c). Here the whole engine, evidence on as by default,
 * trades recorded bars that were shuffled: where nothing can be learned next to no entries are left that a
 * live account would have been allowed, and an edge that is planted behind one strategy's signals gets most
 * of those there are. */
#include "tests/engine/dataset.h"

#include "alpha/strategies/strategy.h"
#include "drivers/lab.h"
#include "scan/lesson.h"
#include "tests/budget.h"

enum { DAYS_MAX = 200, LEARNS_DAYS = 40, SHIFTS_DAYS = 60, PLANT_BARS = 12 };

static const f64 LIVE_MOST = 0.5;   /* a day, behind day LEARNS_DAYS */
static const f64 SHIFT_LEAST = 0.6; /* of the live entries behind day SHIFTS_DAYS */
static const f64 PLANT_RISK = 0.8;  /* of a trade's own risk: a smaller push does not pay its costs */

/* Entries of one run that are no probes, by session and strategy. */
typedef struct {
    date_t day[DAYS_MAX];
    u32 days;
    u32 live[DAYS_MAX][LIMIT_STRATEGIES];
} traded_t;

static err_t take(void *ctx, event_t *e)
{
    traded_t *t = ctx;
    lesson_record_t l;
    if (e->head.kind != EV_LESSON) {
        return ERR_OK;
    }
    CHECK_OK(lesson_decode(e->as.LESSON.record, &l));
    CHECK(l.strategy < LIMIT_STRATEGIES);
    if ((l.flags & TAG_PROBE) != 0) {
        return ERR_OK;
    }
    u32 at = 0;
    while (at < t->days && t->day[at] != (date_t)l.entry_date) {
        at++;
    }
    CHECK(at < t->days); /* it was entered in a session */
    t->live[at][l.strategy]++;
    return ERR_OK;
}

static u32 live_from(const traded_t *t, u32 day, i32 strategy)
{
    u32 n = 0;
    for (u32 i = day; i < t->days; i++) {
        for (u32 k = 0; k < LIMIT_STRATEGIES; k++) {
            n += strategy < 0 || (u32)strategy == k ? t->live[i][k] : 0;
        }
    }
    return n;
}

static void run_whole(lab_t *l, date_t trade_from, traded_t *t)
{
    diag_t diag = {0};
    runner_result_t result;
    source_t source = lab_source(l);
    config_t config = config_default(PROFILE_DAY, PRESET_MODERATE);
    memset(t, 0, sizeof *t);
    for (u32 i = 0; i < l->slices; i++) {
        date_t day = l->own_slice[i].session;
        if (day >= trade_from && (t->days == 0 || t->day[t->days - 1] != day)) {
            CHECK(t->days < DAYS_MAX);
            t->day[t->days++] = day;
        }
    }
    CHECK(t->days > SHIFTS_DAYS);
    for (u32 i = 0; i < source.instrument_count; i++) {
        source.proxy = strcmp(source.instruments[i].symbol, "SPY") == 0 ? (inst_t)i : source.proxy;
    }
    runner_spec_t spec = {.source = &source,
                          .config = &config,
                          .tap = {.ctx = t, .append = take},
                          .run_spec = STR("test"),
                          .seed = 7,
                          .incarnation = {{1, 2, 3}},
                          .cash = {100000 * (i64)MONEY_SCALE},
                          .profile = PROFILE_DAY,
                          .trade_from = trade_from,
                          .lookahead = true};
    CHECK_OK(runner_run(&spec, &diag, &result));
}

static bool recorded(const stored_t *w, lab_t *out)
{
    dataset_t d;
    diag_t diag = {0};
    if (!dataset_stored(w, &d)) {
        return false;
    }
    source_t s = dataset_source(&d);
    CHECK_OK(lab_read(&s, &diag, out));
    dataset_free(&d);
    return true;
}

static lab_t shuffled(const lab_t *base, u64 seed)
{
    lab_t l;
    CHECK_OK(lab_copy(base, &l));
    CHECK_OK(lab_shuffle(&l, seed, seed % 2 == 0));
    return l;
}

static const strategy_desc_t *momentum(void)
{
    for (u32 i = 0; i < strategy_count(); i++) {
        if (strcmp(strategy_at(i)->name, "momentum") == 0) {
            return strategy_at(i);
        }
    }
    CHECK(false);
    return NULL;
}

static void plant(lab_t *l, const strategy_desc_t *who)
{
    diag_t diag = {0};
    lab_result_t r;
    config_t config = config_default(PROFILE_DAY, PRESET_MODERATE);
    lab_how_t how = {.config = &config, .strategies = &who, .strategy_count = 1};
    CHECK_OK(lab_run(l, &how, &diag, &r));
    CHECK(r.count > 500);
    lab_push_t *push = calloc(r.count, sizeof *push);
    assert_non_null(push);
    for (u32 i = 0; i < r.count; i++) {
        const lab_trade_t *t = &r.own_trade[i];
        push[i] = (lab_push_t){
            .slice = t->slice, .inst = t->inst, .a = (f64)t->d * PLANT_RISK * t->risk / t->entry};
    }
    lab_push_sort(push, r.count);
    CHECK_OK(lab_push(l, push, r.count, PLANT_BARS));
    free(push);
    lab_result_free(&r);
}

/* Six markets, each shuffled anew (all names together, each by itself, in turn). One may leave more by luck:
 * what is asked is their mean, and of the planted ones their sum. */
TEST(five_minute_bars)
{
    UNUSED_STATE;
    static traded_t t;
    lab_t base;
    stored_t w = {.file = "intraday/us_5min.csv.zst",
                  .source = "us_5min",
                  .symbols = "",
                  .proxy = "",
                  .timeframe = TF_5M,
                  .from = date_from_ymd(2025, 5, 12),
                  .to = date_from_ymd(2026, 2, 14)};
    u64 seed = 0;
    u32 bare = 0;
    u32 days = 0;
    u32 all = 0;
    u32 mine = 0;
    u32 bare_late = 0;
    if (!recorded(&w, &base)) {
        skip();
    }
    const strategy_desc_t *who = momentum();
    budget_t b = budget_start(6);
    while (budget_next(&b, &seed)) {
        lab_t l = shuffled(&base, seed + 1);
        run_whole(&l, date_from_ymd(2025, 8, 7), &t);
        bare += live_from(&t, LEARNS_DAYS, -1);
        bare_late += live_from(&t, SHIFTS_DAYS, -1);
        days += t.days - LEARNS_DAYS;
        plant(&l, who);
        run_whole(&l, date_from_ymd(2025, 8, 7), &t);
        all += live_from(&t, SHIFTS_DAYS, -1);
        mine += live_from(&t, SHIFTS_DAYS, who->id);
        lab_free(&l);
    }
    budget_say(&b, "shuffled markets");
    print_message("# live entries behind day %u of shuffled bars: %.3f a session\n", (u32)LEARNS_DAYS,
                  (f64)bare / (f64)days);
    print_message("# with an edge behind momentum, behind day %u: %u (%u without), %.3f of them momentum\n",
                  (u32)SHIFTS_DAYS, all, bare_late, all > 0 ? (f64)mine / (f64)all : 0.0);
    CHECK((f64)bare <= LIVE_MOST * (f64)days);
    CHECK((f64)mine >= SHIFT_LEAST * (f64)all && all > 4 * bare_late);
    lab_free(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_minute_bars),
    };
    return RUN_TESTS(tests);
}
