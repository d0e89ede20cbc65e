/* What stage 7 hands to the levels of a candidate beside its days: today's opening range once it is over and
 * today's closes, put together here from the minutes of a simulated market alone. */
#include "tests/engine/busy.h"

#include <string.h>

enum { RANGE_BARS = 3, CLOCK_BARS = 78 };

/* The session of one instrument in five-minute bars, raw prices. */
typedef struct {
    f64 high[CLOCK_BARS], low[CLOCK_BARS], close[CLOCK_BARS];
    bool traded[CLOCK_BARS];
} today_t;

typedef struct {
    const sim_market_t *market;
    today_t today[BUSY_STOCKS + 1];
    date_t session;
    i64 open;
    u64 cycles;
    u32 compared, with_range, before_range, flipped;
} seen_t;

static void gather(seen_t *s, const slice_t *slice)
{
    if (slice->session != s->session) {
        memset(s->today, 0, sizeof s->today);
        s->session = slice->session;
        s->open = slice->t_open;
    }
    u32 clock = (u32)((slice->t_open - s->open) / (5 * NS_PER_MIN));
    CHECK(clock < CLOCK_BARS);
    for (u32 i = 0; i < slice->count; i++) {
        today_t *t = &s->today[slice->inst[i]];
        const bar_t *b = &slice->bar[i];
        f64 high = price_to_f64(b->high);
        f64 low = price_to_f64(b->low);
        t->high[clock] = t->traded[clock] && t->high[clock] > high ? t->high[clock] : high;
        t->low[clock] = t->traded[clock] && t->low[clock] < low ? t->low[clock] : low;
        t->close[clock] = price_to_f64(b->close);
        t->traded[clock] = true;
    }
}

static bool same_side(const level_t *a, const level_t *b, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        if (a[i].price != b[i].price || a[i].strength != b[i].strength || a[i].origin != b[i].origin) {
            return false;
        }
    }
    return true;
}

static bool same(const levels_t *a, const levels_t *b)
{
    return a->support_count == b->support_count && a->resistance_count == b->resistance_count &&
           same_side(a->support, b->support, a->support_count) &&
           same_side(a->resistance, b->resistance, a->resistance_count);
}

static levels_t expected(const seen_t *s, const candidate_t *c, const market_view_t *v, bool with_today)
{
    u32 n = 0;
    const series_t *day = market_daily(v, c->inst, &n);
    u32 from = n > 252 ? n - 252 : 0;
    f64 closes[CLOCK_BARS];
    levels_input_t in = {.day = day->session + from, .high = day->high + from, .low = day->low + from,
                         .close = day->close + from, .volume = day->volume + from, .count = n - from,
                         .today = s->session, .price = view_get(v, FEATURE_CLOSE, c->inst),
                         .atr_day = view_get(v, FEATURE_ATRD, c->inst),
                         .a = view_get(v, FEATURE_A, c->inst), .intraday = true,
                         .vwap = view_get(v, FEATURE_VWAP, c->inst), .recent = closes};
    f64 factor = view_get(v, FEATURE_FACTOR, c->inst);
    const today_t *t = &s->today[c->inst];
    u32 past = 0;
    for (u32 k = 0; k < CLOCK_BARS && with_today; k++) {
        past = t->traded[k] ? k : past;
        if (t->traded[k]) {
            closes[in.recent_count++] = t->close[k] * factor;
        }
    }
    for (u32 k = 0; k < RANGE_BARS && past >= RANGE_BARS; k++) {
        f64 high = t->high[k] * factor;
        f64 low = t->low[k] * factor;
        in.range_high = high > in.range_high ? high : in.range_high;
        in.range_low = in.range_low == 0 || low < in.range_low ? low : in.range_low;
    }
    levels_t out;
    levels_find(&in, &out);
    return out;
}

/* The closes as the market hands them out are those gathered here, and no others. */
static void check_closes(const seen_t *s, const market_view_t *v, inst_t inst)
{
    u32 n = 0;
    const f64 *close = market_closes_today(v, inst, &n);
    f64 factor = view_get(v, FEATURE_FACTOR, inst);
    u32 at = 0;
    for (u32 k = 0; k < CLOCK_BARS; k++) {
        if (s->today[inst].traded[k]) {
            CHECK(at < n && close[at] == s->today[inst].close[k] * factor);
            at++;
        }
    }
    CHECK_EQ(at, n);
}

static u32 origins(const levels_t *l)
{
    u32 mask = 0;
    for (u32 i = 0; i < l->support_count; i++) {
        mask |= l->support[i].origin;
    }
    for (u32 i = 0; i < l->resistance_count; i++) {
        mask |= l->resistance[i].origin;
    }
    return mask;
}

static void watch(void *ctx, const runner_view_t *v)
{
    seen_t *s = ctx;
    gather(s, v->slice);
    const engine_counts_t *counts = engine_counts(v->engine);
    const scan_t *scan = engine_last_scan(v->engine);
    if (counts->cycles == s->cycles || v->slot < 0 || scan == NULL) {
        return;
    }
    s->cycles = counts->cycles;
    const market_view_t *view = &engine_shared(v->engine)->view;
    for (u32 i = 0; i < scan->cand_count; i++) {
        const candidate_t *c = &scan->cand[i];
        if (c->refused_stage != 0 && c->refused_stage <= 7) {
            continue; /* no strategy held: levels were not looked for */
        }
        check_closes(s, view, c->inst);
        levels_t whole = expected(s, c, view, true);
        levels_t without = expected(s, c, view, false);
        u32 mask = origins(&c->levels);
        bool range = (mask & (LEVEL_RANGE_HIGH | LEVEL_RANGE_LOW)) != 0;
        CHECK(same(&c->levels, &whole));
        s->compared++;
        s->with_range += range ? 1 : 0;
        s->before_range += view->clock < RANGE_BARS ? 1 : 0;
        CHECK(view->clock >= RANGE_BARS || !range);
        s->flipped += !same(&whole, &without) && without.support_count > 0 ? 1 : 0;
    }
}

TEST(levels_know_the_range_and_the_closes_of_today)
{
    UNUSED_STATE;
    static seen_t s;
    config_t config = busy_config();
    CHECK_EQ(config.orb_range_minutes, 5 * RANGE_BARS);
    busy_wishes_t wish = {.ctx = &s, .watch = watch};
    for (u64 seed = 3; seed <= 4; seed++) {
        s.session = 0;
        s.cycles = 0;
        (void)busy_run(seed, 4, &config, &wish);
    }
    print_message("# %u candidates: %u with a range, %u before it, %u other without today\n", s.compared,
                  s.with_range, s.before_range, s.flipped);
    CHECK(s.compared > 100 && s.with_range > 20 && s.flipped > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_know_the_range_and_the_closes_of_today),
    };
    return RUN_TESTS(tests);
}
