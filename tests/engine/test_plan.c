/* What-if: a plan changes nothing; its figures are those of a count made here; the largest quantity that
 * passes stands at a limit and one share more does not; what the engine itself sends would have passed. */
#include "tests/engine/busy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scan/plan.h"

typedef struct {
    scan_t *own_spare;
    account_t *own_before;
    u64 asked, with_positions, bounded;
} look_t;

static bool near(f64 a, f64 b)
{
    return fabs(a - b) < 1e-6 * (1.0 + fabs(b));
}

static plan_answer_t ask(look_t *k, const runner_view_t *v, const plan_t *p)
{
    plan_answer_t a;
    const account_t *account = engine_account(v->engine);
    memcpy(k->own_before, account, sizeof *account);
    CHECK_OK(plan_ask(engine_desk(v->engine, 0).user, engine_shared(v->engine), p, k->own_spare, &a));
    CHECK(memcmp(k->own_before, account, sizeof *account) == 0);
    return a;
}

static void recount(const runner_view_t *v, const plan_t *p, const plan_answer_t *a)
{
    const account_t *account = engine_account(v->engine);
    u16 sector = v->market->instruments[p->inst].sector;
    f64 equity = money_to_f64(account_equity(account));
    f64 gross = money_to_f64(account_gross(account));
    f64 net = money_to_f64(account_net(account));
    f64 in_sector = 0;
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *h = &account->positions[i];
        bool same = h->inst != INST_NONE && h->tag.sector == sector;
        in_sector += same ? fabs(price_to_f64(h->mark) * (f64)h->qty.v) : 0.0;
    }
    for (u32 i = 0; i < account->orders_used; i++) {
        const order_t *o = &account->orders[i];
        if (o->state != 0 && o->intent.role == ROLE_ENTRY &&
            !order_state_is_terminal((order_state_t)o->state)) {
            return; /* reservations have tests of their own */
        }
    }
    CHECK(near(a->equity, equity));
    CHECK(near(a->gross.now, 100 * gross / equity));
    CHECK(near(a->net.now, 100 * net / equity));
    CHECK(fabs(a->sector.now - 100 * in_sector / equity) < 1e-3);
    CHECK(near(a->gross.after, a->gross.now + 100 * a->notional / equity));
    CHECK(near(a->net.after, a->net.now + p->d * 100 * a->notional / equity));
    CHECK(near(a->sector.after, a->sector.now + 100 * a->notional / equity));
    CHECK(a->heat.after > a->heat.now);
}

/* The largest whole quantity that passes. */
static void bound(look_t *k, const runner_view_t *v, plan_t p)
{
    f64 lo = 0;
    f64 hi = 100000;
    p.units = hi;
    CHECK(!ask(k, v, &p).passes);
    while (hi - lo > 1) {
        p.units = floor((lo + hi) / 2);
        *(ask(k, v, &p).passes ? &lo : &hi) = p.units;
    }
    p.units = hi;
    plan_answer_t beyond = ask(k, v, &p);
    CHECK(!beyond.passes && (beyond.gates.failed > 0 || beyond.same_underlying));
    if (lo > 0) {
        p.units = lo;
        plan_answer_t inside = ask(k, v, &p);
        CHECK(inside.passes && inside.gates.failed == 0 && inside.gates.count == beyond.gates.count);
        k->bounded++;
    }
}

/* The same plan while its name, or everything, is halted: refused for that, and for nothing more than before.
 */
static void halted(look_t *k, const runner_view_t *v, const plan_t *p, const plan_answer_t *before)
{
    account_t *a = (account_t *)(uintptr_t)engine_account(v->engine); /* put back below */
    for (u32 market = 0; market < 2; market++) {
        u8 *stands = market ? &a->halt_market : &a->halts[p->inst];
        *stands = market ? HALT_MARKET_1 : HALT_NEWS;
        plan_answer_t x = ask(k, v, p);
        *stands = HALT_NONE;
        CHECK(!x.passes);
        CHECK_EQ(x.gates.failed, before->gates.failed + 1);
        CHECK_EQ(x.gates.v[x.gates.count - 1].rule, RULE_STILL_TRADING);
    }
}

static void watch(void *ctx, const runner_view_t *v)
{
    look_t *k = ctx;
    const user_t *user = engine_desk(v->engine, 0).user;
    if (v->slot < 0 || v->slice->ordinal % 7 != 0) {
        return;
    }
    for (u32 i = 0; i < v->market->count; i += 5) {
        for (i32 d = -1; d <= 1; d += 2) {
            plan_t p = {.inst = (inst_t)i, .d = (i8)d, .units = 3};
            plan_answer_t a;
            err_t err = plan_ask(user, engine_shared(v->engine), &p, k->own_spare, &a);
            if (err == ERR_EMPTY) {
                continue;
            }
            a = ask(k, v, &p);
            recount(v, &p, &a);
            halted(k, v, &p, &a);
            p.stop = a.price * (1.0 - 0.02 * d);
            plan_answer_t stopped = ask(k, v, &p);
            CHECK(stopped.heat.after < a.heat.after); /* without a stop all of it is at risk */
            k->asked++;
            k->with_positions += a.gross.now > 0 ? 1 : 0;
            if (k->asked % 10 == 0) {
                bound(k, v, p);
            }
            p.stop = a.price * (1.0 + 0.02 * d); /* on the wrong side */
            CHECK_EQ(plan_ask(user, engine_shared(v->engine), &p, k->own_spare, &a), ERR_PARAM_RANGE);
        }
    }
}

TEST(plans_against_the_limits)
{
    UNUSED_STATE;
    look_t k = {.own_spare = calloc(1, sizeof(scan_t)), .own_before = calloc(1, sizeof(account_t))};
    assert_non_null(k.own_spare);
    assert_non_null(k.own_before);
    config_t config = busy_config();
    config.risk_portfolio_heat_pct = 4;
    config.risk_max_sector_pct = 30;
    busy_wishes_t wish = {.ctx = &k, .watch = watch};
    (void)busy_run(5, 3, &config, &wish);
    print_message("# %llu plans, %llu of them beside positions, %llu largest quantities\n",
                  (unsigned long long)k.asked, (unsigned long long)k.with_positions,
                  (unsigned long long)k.bounded);
    CHECK(k.asked > 50 && k.with_positions > 20 && k.bounded > 5);
    free(k.own_spare);
    free(k.own_before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plans_against_the_limits)};
    return RUN_TESTS(tests);
}
