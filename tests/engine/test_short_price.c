/* Rule 201 in a whole run: an independent count over the bars says on which days and symbols short sales are
 * restricted; stage 12 says the same of every short candidate, and no short is sent on such a day. */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "scan/record.h"

enum { STOCKS = 150, CANDIDATES = 64 };

typedef struct {
    date_t session;
    i64 low, prior, last;
    u32 sessions;
    bool today, before;
} count_t;

typedef struct {
    count_t of[STOCKS + 8];
    struct {
        u16 inst;
        bool ok;
    } asked[CANDIDATES];
    u32 asked_count;
    u16 sent[CANDIDATES];
    u32 sent_count;
    u64 free, barred, next_day, fell_before;
    bool swing; /* an order goes out in the session after: the day before the bar binds no more */
    cycle_record_t record;
    screen_refusal_t refusal[LIMIT_UNIVERSE];
} tale_t;

static err_t tale_append(void *ctx, event_t *e)
{
    tale_t *t = ctx;
    if (e->head.kind == EV_INTENT && e->as.INTENT.side == SIDE_SELL_SHORT) {
        assert_true(t->sent_count < CANDIDATES);
        t->sent[t->sent_count++] = e->as.INTENT.inst;
    }
    if (e->head.kind != EV_DECISION || e->as.DECISION.form != RECORD_CYCLE) {
        return ERR_OK;
    }
    t->record.refusal = t->refusal;
    CHECK_OK(record_cycle_decode(e->as.DECISION.record, &t->record));
    for (u64 i = 0; i < t->record.cand_count; i++) {
        const cand_record_t *c = &t->record.cand[i];
        for (u64 k = 0; k < c->gate_count && c->d < 0; k++) {
            if (c->gate[k].rule == RULE_SHORT_PRICE) {
                assert_true(t->asked_count < CANDIDATES);
                t->asked[t->asked_count].inst = (u16)c->inst;
                t->asked[t->asked_count++].ok = gate_holds(&c->gate[k]);
            }
        }
    }
    return ERR_OK;
}

static void see_bar(count_t *n, const bar_t *b, date_t session)
{
    if (n->session != session) {
        n->sessions++;
        n->session = session;
        n->before = n->today;
        n->prior = n->last;
        n->low = b->low.v;
    }
    n->low = MIN_OF(n->low, b->low.v);
    n->last = b->close.v;
    n->today = n->prior > 0 && (i128)n->low * 10 <= (i128)n->prior * 9;
}

static void watch(void *ctx, const runner_view_t *v)
{
    tale_t *t = ctx;
    for (u32 i = 0; i < v->slice->count; i++) {
        assert_true(v->slice->inst[i] < COUNT_OF(t->of));
        see_bar(&t->of[v->slice->inst[i]], &v->slice->bar[i], v->slice->session);
    }
    for (u32 i = 0; i < t->asked_count; i++) {
        const count_t *n = &t->of[t->asked[i].inst];
        if (n->sessions < 3) {
            continue; /* the day before was not seen whole */
        }
        CHECK_EQ(t->asked[i].ok, !n->today && (t->swing || !n->before));
        t->fell_before += t->swing && n->before && !n->today ? 1 : 0;
        *(t->asked[i].ok ? &t->free : &t->barred) += 1;
        t->next_day += n->before && !n->today ? 1 : 0;
    }
    for (u32 i = 0; i < t->sent_count; i++) {
        const count_t *n = &t->of[t->sent[i]];
        CHECK(n->sessions < 3 || (!n->today && (t->swing || !n->before)));
    }
    t->asked_count = 0;
    t->sent_count = 0;
}

static void two_days(bool sliced)
{
    tale_t *t = calloc(1, sizeof *t);
    assert_non_null(t);
    config_t c = busy_config();
    if (sliced) {
        busy_slices(&c);
        c.exec_slice_step = 1800;
        c.exec_slice_cancel_r = 10; /* a fall alone ends none of them */
    }
    sim_market_spec_t ms = sim_market_spec_default(sliced ? 4 : 5);
    sim_market_t *m = NULL;
    ms.stocks = STOCKS;
    ms.warmup_sessions = 12;
    ms.sessions = 12;
    CHECK_OK(sim_market_open(&ms, NULL, &m));
    source_t source = sim_market_source(m);
    runner_spec_t spec = busy_spec(m, &source, &c);
    runner_result_t result;
    spec.tap = (engine_sink_t){.ctx = t, .append = tale_append};
    spec.ctx = t;
    spec.watch = watch;
    CHECK_OK(runner_run(&spec, NULL, &result));
    sim_market_close(m);
    print_message("# short candidates asked: %llu free, %llu barred, %llu of them by the day before alone\n",
                  (unsigned long long)t->free, (unsigned long long)t->barred,
                  (unsigned long long)t->next_day);
    CHECK(t->free > 50 && t->next_day > 0 && (sliced || t->barred > t->next_day));
    free(t);
}

TEST(a_fall_bars_shorts_for_two_days)
{
    UNUSED_STATE;
    two_days(false);
}

/* The fall comes while slices of a short are still to leave. */
TEST(a_fall_bars_the_slices_of_a_short)
{
    UNUSED_STATE;
    two_days(true);
}

TEST(a_swing_order_is_barred_by_the_last_day_alone)
{
    UNUSED_STATE;
    tale_t *t = calloc(1, sizeof *t);
    assert_non_null(t);
    config_t c = busy_config();
    sim_market_spec_t ms = sim_market_spec_default(5);
    sim_market_t *m = NULL;
    ms.stocks = STOCKS;
    ms.history_sessions = 600;
    CHECK_OK(sim_market_open(&ms, NULL, &m));
    source_t all = sim_market_source(m);
    source_t source = all;
    source.ctx = &all;
    source.next = busy_days_next;
    source.timeframe = TF_1D;
    c.profile = PROFILE_SWING;
    c.exit_eod_flatten = 0;
    runner_spec_t spec = busy_spec(m, &source, &c);
    runner_result_t result;
    spec.profile = PROFILE_SWING;
    spec.trade_from = date_from_ymd(2023, 9, 1);
    spec.tap = (engine_sink_t){.ctx = t, .append = tale_append};
    spec.ctx = t;
    spec.watch = watch;
    t->swing = true;
    CHECK_OK(runner_run(&spec, NULL, &result));
    sim_market_close(m);
    print_message("# by days: %llu free, %llu of them fell the day before, %llu barred\n",
                  (unsigned long long)t->free, (unsigned long long)t->fell_before,
                  (unsigned long long)t->barred);
    CHECK(t->free > 50 && t->fell_before > 0 && t->barred > 0);
    free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fall_bars_shorts_for_two_days),
        cmocka_unit_test(a_fall_bars_the_slices_of_a_short),
        cmocka_unit_test(a_swing_order_is_barred_by_the_last_day_alone),
    };
    return RUN_TESTS(tests);
}
