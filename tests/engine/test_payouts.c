/* Corporate actions on what is held, in whole runs: shares that cease to be become cash, their trade closes
 * for that reason, nothing of them is ordered afterwards, and every booking adds up. */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "scan/lesson.h"

enum { STOCKS = 60, DAYS = 400 };

typedef struct {
    i64 cash, qty[STOCKS + 1];
    bool gone[STOCKS + 1];
    u32 payouts, splits, dividends, payout_lessons, orders_after, shorts_paid;
} tale_t;

static err_t tale_append(void *ctx, event_t *e)
{
    tale_t *t = ctx;
    switch ((event_kind_t)e->head.kind) {
    case EV_FILL: {
        const ev_FILL_t *f = &e->as.FILL;
        t->qty[f->inst] = f->position_after;
        t->cash = f->cash_after;
        break;
    }
    case EV_CASH: {
        const ev_CASH_t *c = &e->as.CASH;
        CHECK_EQ(c->cash_after, t->cash + c->amount);
        t->cash = c->cash_after;
        t->splits += c->kind == CASH_SPLIT || c->kind == CASH_SPLIT_FRACTION ? 1 : 0;
        t->dividends += c->kind == CASH_DIVIDEND ? 1 : 0;
        if (c->kind == CASH_PAYOUT) {
            CHECK_EQ(c->qty_before, t->qty[c->inst]);
            CHECK(c->qty_after == 0 && c->qty_before != 0);
            CHECK((c->amount > 0) == (c->qty_before > 0)); /* what was sold short is owed */
            t->payouts++;
            t->shorts_paid += c->qty_before < 0 ? 1 : 0;
            t->gone[c->inst] = true;
        }
        if (c->inst <= STOCKS && cash_is_action((cash_kind_t)c->kind)) {
            t->qty[c->inst] = c->qty_after;
        }
        break;
    }
    case EV_BROKER: /* the trade has ended before the broker says anything of its orders */
        CHECK_EQ(t->payout_lessons, t->payouts);
        break;
    case EV_INTENT:
        t->orders_after += t->gone[e->as.INTENT.inst] ? 1 : 0;
        break;
    case EV_LESSON: {
        lesson_record_t l;
        CHECK_OK(lesson_decode(e->as.LESSON.record, &l));
        t->payout_lessons += l.reason == EXIT_PAYOUT ? 1 : 0;
        break;
    }
    default:
        break;
    }
    return ERR_OK;
}

/* At every day's end: what the facts add up to is what the account holds; nothing waits for what is gone. */
static void watch(void *ctx, const runner_view_t *v)
{
    tale_t *t = ctx;
    const account_t *a = engine_account(v->engine);
    if (v->slot < 0 || !v->slice->session_last) {
        return;
    }
    CHECK_EQ(a->cash.v, t->cash);
    CHECK(account_check(a));
    CHECK_EQ(a->reconcile, 0);
    for (u32 i = 0; i <= STOCKS; i++) {
        const position_t *p = account_position_const(a, (inst_t)i);
        CHECK_EQ(p == NULL ? 0 : p->qty.v, t->qty[i]);
        CHECK(p == NULL || p->qty.v != 0 || p->direction == 0 || p->opened.v == p->closed.v);
    }
    for (u32 i = 0; i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        bool waits = o->state != 0 && !order_state_is_terminal((order_state_t)o->state);
        CHECK(!waits || !t->gone[o->intent.inst]);
    }
}

TEST(what_ceases_to_be_becomes_cash)
{
    UNUSED_STATE;
    u32 payouts = 0;
    u32 others = 0;
    u32 shorts = 0;
    for (u64 seed = 1; seed <= 6; seed++) {
        tale_t *t = calloc(1, sizeof *t);
        assert_non_null(t);
        config_t c = busy_config();
        c.profile = PROFILE_SWING;
        c.exit_eod_flatten = 0;
        c.trail_enabled = 0;
        sim_market_spec_t ms = sim_market_spec_default(seed);
        sim_market_t *m = NULL;
        ms.stocks = STOCKS;
        ms.history_sessions = DAYS;
        ms.events = 20;
        CHECK_OK(sim_market_open(&ms, NULL, &m));
        source_t all = sim_market_source(m);
        source_t source = all;
        source.ctx = &all;
        source.next = busy_days_next;
        source.timeframe = TF_1D;
        source.tells_halts = false;
        runner_spec_t spec = busy_spec(m, &source, &c);
        runner_result_t result;
        spec.profile = PROFILE_SWING;
        spec.trade_from = date_from_ymd(2024, 1, 2);
        t->cash = spec.cash.v;
        spec.tap = (engine_sink_t){.ctx = t, .append = tale_append};
        spec.ctx = t;
        spec.watch = watch;
        CHECK_OK(runner_run(&spec, NULL, &result));
        sim_market_close(m);
        CHECK_EQ(t->payout_lessons, t->payouts);
        CHECK_EQ(t->orders_after, 0);
        payouts += t->payouts;
        shorts += t->shorts_paid;
        others += t->splits + t->dividends;
        free(t);
    }
    print_message("# %u positions paid out, %u of them short; %u splits and dividends\n", payouts, shorts,
                  others);
    CHECK(payouts >= 3 && others >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_ceases_to_be_becomes_cash)};
    return RUN_TESTS(tests);
}
