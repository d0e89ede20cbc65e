/* Shares split every noon of whole runs, while much is held and at work: whatever the account protects with,
 * whatever works, and whatever is sent anew or moved afterwards stands on the tick, and the broker, which
 * refuses any other price, refuses none. */
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "drivers/paper.h"
#include "model/tick.h"

enum { SEEDS = 12, SESSIONS = 12, NOON = 30 };

/* A market in which den shares become num at noon; from there on its bars are of the new shares. */
typedef struct {
    source_t all;
    date_t from, session;
    u32 of_session; /* slices of it so far */
    i64 num, den;   /* of all splits so far */
    u32 splits;
    action_t action[LIMIT_UNIVERSE];
    bar_t bar[LIMIT_UNIVERSE];
} noon_t;

static price_t follow(const noon_t *n, price_t p)
{
    i64 cent = PRICE_SCALE / 100;
    return (price_t){MAX_OF((p.v / n->num * n->den + cent / 2) / cent, 1) * cent};
}

static void bars_follow(noon_t *n, slice_t *out)
{
    for (u32 i = 0; i < out->count; i++) {
        n->bar[i] = out->bar[i];
        if (out->inst[i] != n->all.proxy) {
            bar_t *b = &n->bar[i];
            b->open = follow(n, b->open);
            b->high = follow(n, b->high);
            b->low = follow(n, b->low);
            b->close = follow(n, b->close);
            b->volume = b->volume * n->num / n->den;
        }
    }
    out->bar = n->bar;
}

static void split_all(noon_t *n, slice_t *out)
{
    static const i64 ratios[][2] = {{3, 2}, {7, 3}, {1, 3}, {3, 1}, {1, 4}};
    const i64 *r = ratios[n->splits++ % COUNT_OF(ratios)];
    u32 count = 0;
    n->num *= r[0];
    n->den *= r[1];
    for (u32 i = 0; i < n->all.instrument_count; i++) {
        if (i != n->all.proxy) {
            n->action[count++] = (action_t){.kind = ACTION_SPLIT, .inst = (inst_t)i, .t_known = out->t_open,
                                            .ex_date = out->session, .ratio_num = r[0], .ratio_den = r[1]};
        }
    }
    out->action = n->action;
    out->action_count = count;
}

static err_t noon_next(void *ctx, slice_t *out, diag_t *diag)
{
    noon_t *n = ctx;
    TRY(n->all.next(n->all.ctx, out, diag));
    if (out->timeframe == TF_1D) {
        return ERR_OK;
    }
    n->of_session = out->session == n->session ? n->of_session + 1 : 0;
    n->session = out->session;
    if (n->of_session == NOON && out->session >= n->from) {
        split_all(n, out);
    }
    bars_follow(n, out);
    return ERR_OK;
}

typedef struct {
    const noon_t *noon;
    u32 held_at_a_split, rest_after, sent_after, refused;
    bool split[LIMIT_UNIVERSE]; /* while it was held, and since */
} tale_t;

static bool fits(const tale_t *t, inst_t inst, i64 price)
{
    return tick_fits(&t->noon->all.instruments[inst], (price_t){price});
}

static err_t tale_append(void *ctx, event_t *e)
{
    tale_t *t = ctx;
    if (e->head.kind == EV_INTENT) {
        const ev_INTENT_t *i = &e->as.INTENT;
        CHECK(fits(t, i->inst, i->limit) && fits(t, i->inst, i->stop));
        CHECK(fits(t, i->inst, i->bracket_stop) && fits(t, i->inst, i->bracket_target));
        t->sent_after += t->split[i->inst] && i->role == ROLE_STOP ? 1 : 0;
    } else if (e->head.kind == EV_CASH) {
        bool split = e->as.CASH.kind == CASH_SPLIT || e->as.CASH.kind == CASH_SPLIT_FRACTION;
        t->held_at_a_split += split ? 1 : 0;
        if (split) {
            t->split[e->as.CASH.inst] = true;
        }
    } else if (e->head.kind == EV_BROKER) {
        t->refused += e->as.BROKER.reason >= PAPER_TICK_LIMIT ? 1 : 0;
    }
    return ERR_OK;
}

static void watch(void *ctx, const runner_view_t *v)
{
    tale_t *t = ctx;
    const account_t *a = engine_account(v->engine);
    for (u32 i = 0; v->slot >= 0 && i < t->noon->all.instrument_count; i++) {
        const position_t *p = account_position_const(a, (inst_t)i);
        t->split[i] = t->split[i] && p != NULL;
        CHECK(p == NULL || (fits(t, (inst_t)i, p->stop.v) && fits(t, (inst_t)i, p->target.v)));
    }
    for (u32 i = 0; v->slot >= 0 && i < a->orders_used; i++) {
        const order_t *o = &a->orders[i];
        if (o->state != 0 && !order_state_is_terminal((order_state_t)o->state)) {
            CHECK(fits(t, o->intent.inst, o->intent.stop.v) && fits(t, o->intent.inst, o->intent.limit.v));
            t->rest_after += t->split[o->intent.inst] ? 1 : 0;
        }
    }
}

static void run(u64 seed, tale_t *t)
{
    config_t c = busy_config();
    sim_market_t *m = busy_market(seed, SESSIONS);
    source_t source = sim_market_source(m);
    noon_t *noon = calloc(1, sizeof *noon);
    assert_non_null(noon);
    noon->all = source;
    noon->from = sim_market_trading_from(m);
    noon->num = 1;
    noon->den = 1;
    c.exit_eod_flatten = 0;
    source.ctx = noon;
    source.next = noon_next;
    t->noon = noon;
    memset(t->split, 0, sizeof t->split);
    runner_spec_t spec = busy_spec(m, &source, &c);
    runner_result_t result;
    spec.tap = (engine_sink_t){.ctx = t, .append = tale_append};
    spec.ctx = t;
    spec.watch = watch;
    CHECK_OK(runner_run(&spec, NULL, &result));
    CHECK_EQ(noon->splits, SESSIONS);
    sim_market_close(m);
    free(noon);
}

TEST(what_a_split_moves_stands_on_the_tick)
{
    UNUSED_STATE;
    tale_t t = {0};
    for (u64 seed = 1; seed <= SEEDS; seed++) {
        run(seed, &t);
    }
    print_message("# %u positions met a split, %u times an order of one rested behind it, %u stops were sent "
                  "or moved\n",
                  t.held_at_a_split, t.rest_after, t.sent_after);
    CHECK_EQ(t.refused, 0);
    CHECK(t.held_at_a_split >= 100 && t.rest_after >= 1000 && t.sent_after >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_a_split_moves_stands_on_the_tick)};
    return RUN_TESTS(tests);
}
