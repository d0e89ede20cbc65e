/* What the simulated market plants is what the strategy of that name is defined to see, and it pays behind
 * its sign alone. Asked of the market's own features and the strategy's own gates, bar by bar. */
#include "tests/test.h"

#include <stdio.h>
#include <string.h>

#include "alpha/strategies/strategy.h"
#include "drivers/block.h"
#include "model/config.h"
#include "quant/math/qmath.h"
#include "sim/market.h"
#include "tests/sim/made_market.h"

enum { ROWS_MAX = 64, BAR_MIN = 5 };

typedef struct {
    u32 planted;
    u32 seen;       /* the set-up holds on the planted side, within a bar of the sign's end */
    u32 other_side; /* on the other side then */
    u32 before;     /* bars up to the sign's beginning, */
    u32 before_in;  /* and in how many of them it held, on the planted side */
    u32 entries;    /* moves in which it held at all, between the sign's beginning and the drift's middle */
    f64 gained;     /* from the first such bar's close to the end of the drift, A, sum */
    f64 squares;
} seen_t;

typedef struct {
    const block_t *block;
    const market_t *market;
    const strategy_desc_t *strategy;
    seen_t *out;
} look_t;

static bool holds_at(const look_t *x, const market_view_t *v, inst_t inst, i32 d)
{
    setup_t s = {.view = v, .inst = inst, .profile = PROFILE_DAY};
    return view_get(v, FEATURE_PRESENT, inst) != 0.0 && x->strategy->holds(&s, d);
}

static f64 close_known_at(const look_t *x, inst_t inst, i64 t)
{
    for (u32 i = 0; i < x->block->count; i++) {
        if (x->block->v[i].t_known == t) {
            return price_to_f64(x->block->v[i].bar[inst].close);
        }
    }
    return 0.0;
}

static void look_at(const look_t *x, const planted_t *p)
{
    seen_t *o = x->out;
    bool seen = false;
    bool other = false;
    i64 first = 0;
    for (u32 i = 0; i < x->block->count; i++) {
        if (x->block->slot[i] < 0) {
            continue;
        }
        market_view_t v = market_view(x->market, (u32)x->block->slot[i]);
        i64 t = v.t_known;
        bool on = holds_at(x, &v, p->inst, p->direction);
        bool near = t >= p->t_follow - BAR_MIN * NS_PER_MIN && t <= p->t_follow + BAR_MIN * NS_PER_MIN;
        o->before += t <= p->t_lead ? 1 : 0;
        o->before_in += t <= p->t_lead && on ? 1 : 0;
        seen = seen || (near && on);
        other = other || (near && holds_at(x, &v, p->inst, -p->direction));
        bool in = t > p->t_lead && t <= (p->t_follow + p->t_end) / 2;
        first = first == 0 && in && on ? t : first;
    }
    o->planted++;
    o->seen += seen ? 1 : 0;
    o->other_side += other ? 1 : 0;
    if (first != 0) {
        f64 from = close_known_at(x, p->inst, first);
        f64 to = close_known_at(x, p->inst, p->t_end);
        f64 r = p->direction * q_log(to / from) / p->a;
        o->entries++;
        o->gained += r;
        o->squares += r * r;
    }
}

static seen_t seen_of(f64 strength)
{
    sim_market_spec_t spec = market_of(3, (made_days_t){300, 22, 80}, 0, 0);
    spec.edge = SIM_EDGE_MOMENTUM;
    spec.edge_strength = strength;
    sim_market_t *m = NULL;
    CHECK_OK(sim_market_open(&spec, NULL, &m));
    source_t source = sim_market_source(m);
    config_t config = config_default(PROFILE_DAY, PRESET_MODERATE);
    market_spec_t ms = {.instruments = source.instruments,
                        .count = source.instrument_count,
                        .timeframe = source.timeframe,
                        .profile = PROFILE_DAY,
                        .config = &config};
    market_t market = {0};
    block_t block = {0};
    seen_t out = {0};
    bool end = false;
    CHECK_OK(market_open(&ms, &market));
    CHECK_OK(block_open(&block, source.instrument_count, true));
    look_t x = {&block, &market, strategy_find(STRATEGY_MOMENTUM), &out};
    CHECK_STR(x.strategy->name, sim_market_edge_name(spec.edge));
    while (!end) {
        CHECK_OK(block_fill(&block, &source, &market, &config, NULL, &end));
        if (block.count == 0 || block.v[0].session < sim_market_trading_from(m)) {
            continue;
        }
        planted_t p[ROWS_MAX];
        u32 n = sim_market_planted(m, block.v[0].session, p, ROWS_MAX);
        for (u32 k = 0; k < n; k++) {
            look_at(&x, &p[k]);
        }
    }
    block_close(&block);
    market_close(&market);
    sim_market_close(m);
    return out;
}

/* The sign has the session's volume, averages, RSI and steps that the gates ask for; one that trebles the
 * volume of a quarter of an hour of trend is seen in one case of six. Whoever enters by it, however early,
 * gains the drift and nothing else: the move that makes the sign is over in the minute that shows it. */
TEST(momentum_sees_its_sign_and_the_drift_alone_pays)
{
    UNUSED_STATE;
    seen_t fair = seen_of(0.0);
    seen_t pays = seen_of(2.0);
    f64 n = fair.entries;
    f64 error = q_sqrt(fair.squares) / n;
    printf("# of %u signs %u are seen at their end, %u on the other side, %.1f %% of bars before\n",
           fair.planted, fair.seen, fair.other_side, 100.0 * fair.before_in / fair.before);
    printf("# gained %.2f A with 0 planted (error %.2f), %.2f with 2\n", fair.gained / n, error,
           pays.gained / pays.entries);
    CHECK(fair.planted > 500 && pays.planted == fair.planted);
    CHECK(2 * fair.seen > fair.planted);
    CHECK(20 * fair.other_side < fair.planted);
    CHECK(20 * fair.before_in < fair.before);
    CHECK(2 * fair.entries > fair.planted);
    CHECK(q_abs(fair.gained / n) < 3.5 * error);
    CHECK(pays.gained / pays.entries > 1.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(momentum_sees_its_sign_and_the_drift_alone_pays)};
    return RUN_TESTS(tests);
}
