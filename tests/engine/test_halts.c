/* Halts in whole runs: nothing is sent for what does not trade, entries are refused under their own rule, a
 * person is told once of the halt and once of its end, and nothing shouts meanwhile. */
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "loops/plan.h"
#include "scan/record.h"
#include "trade/execution/reconcile.h"

enum { NAMES = BUSY_STOCKS + 1, HALTS = 100 };

typedef struct {
    u8 market, name[NAMES];
    u16 input; /* kind of the input in hand */
    u64 begun, ended, begun_level[4];
    u64 sent, filled;     /* in a halt of their own or of the market: must stay 0 */
    u64 intents, cancels; /* all; and of entries, because of a halt */
    u64 halted, trades, shouts;
    u64 stops;       /* cycles that a market-wide halt stopped */
    u64 leaves;      /* exits decided for what does not trade: must stay 0 */
    u64 disproved;   /* ends that the driver found out */
    u64 told[NAMES]; /* halts less their ends, by name */
    const instrument_t *instruments;
    u64 held_in_halt; /* slices at which something held did not trade */
} seen_t;

static bool stands(const seen_t *s, u16 inst)
{
    assert_true(inst < NAMES);
    return s->market != HALT_NONE || s->name[inst] != HALT_NONE;
}

static void see_halt(seen_t *s, const ev_HALT_t *h)
{
    u8 *at = h->inst == INST_NONE ? &s->market : &s->name[h->inst];
    if (h->halted != 0) {
        s->begun++;
        s->begun_level[halt_is_of_market((halt_kind_t)h->kind) ? h->kind - HALT_MARKET_1 + 1 : 0]++;
        *at = h->kind;
    } else if (h->kind == HALT_NONE || h->kind == *at) {
        s->ended++;
        *at = HALT_NONE;
    }
}

static void see_alert(seen_t *s, const ev_ALERT_t *a)
{
    s->shouts += a->code == EXEC_ALERT_NAKED || a->code == EXEC_ALERT_UNPROTECTED || a->code == 151 ? 1 : 0;
}

static void see_notice(seen_t *s, const ev_NOTICE_t *n)
{
    bool halted = n->state != 0;
    if (n->loop != PLAN_HALT_WATCH) {
        return;
    }
    assert_true(n->about < NAMES);
    size_t size = strlen(s->instruments[n->about].symbol);
    CHECK(n->text.n > size && memcmp(n->text.p, s->instruments[n->about].symbol, size) == 0);
    CHECK_EQ(s->told[n->about], halted ? 0 : 1); /* once, and its end only after it */
    s->told[n->about] = halted ? 1 : 0;
    CHECK_EQ(stands(s, (u16)n->about), halted);
    s->halted += halted ? 1 : 0;
    s->trades += halted ? 0 : 1;
}

static void see_decision(seen_t *s, const ev_DECISION_t *d)
{
    static cycle_record_t r;
    static screen_refusal_t refusal[NAMES];
    exit_record_t x;
    r.refusal = refusal;
    if (d->form == RECORD_EXIT) {
        CHECK_OK(record_exit_decode(d->record, &x));
        s->leaves += stands(s, (u16)x.inst) ? 1 : 0;
        return;
    }
    CHECK_OK(record_cycle_decode(d->record, &r));
    for (u64 i = 0; r.stopped_stage == 4 && i < r.gate_count; i++) {
        s->stops += r.gate[i].rule == RULE_MARKET_TRADES ? 1 : 0;
    }
    CHECK(s->market == HALT_NONE || r.stopped_stage != 0); /* nothing is looked for */
}

static err_t see(void *ctx, event_t *e)
{
    seen_t *s = ctx;
    s->input = event_is_input((event_kind_t)e->head.kind) ? e->head.kind : s->input;
    if (e->head.kind == EV_HALT) {
        s->disproved += e->as.HALT.kind == HALT_NONE ? 1 : 0;
        see_halt(s, &e->as.HALT);
    } else if (e->head.kind == EV_DECISION) {
        see_decision(s, &e->as.DECISION);
    } else if (e->head.kind == EV_INTENT && (e->as.INTENT.flags & INTENT_OCO) == 0) {
        s->intents++;
        s->sent += stands(s, e->as.INTENT.inst) ? 1 : 0;
    } else if (e->head.kind == EV_FILL) {
        s->filled += stands(s, e->as.FILL.inst) ? 1 : 0;
    } else if (e->head.kind == EV_ORDER_STATE && e->as.ORDER_STATE.to == ORDER_PENDING_CANCEL) {
        s->cancels += s->input == EV_HALT ? 1 : 0;
    } else if (e->head.kind == EV_ALERT) {
        see_alert(s, &e->as.ALERT);
    } else if (e->head.kind == EV_NOTICE) {
        see_notice(s, &e->as.NOTICE);
    }
    return ERR_OK;
}

static void look(void *ctx, const runner_view_t *v)
{
    seen_t *s = ctx;
    const account_t *a = engine_account(v->engine);
    bool held = false;
    CHECK(exec_check(a));
    for (u32 i = 0; i < LIMIT_POSITIONS; i++) {
        const position_t *p = &a->positions[i];
        held = held || (p->inst != INST_NONE && p->qty.v != 0 && account_is_halted(a, p->inst));
    }
    for (u16 i = 0; i < NAMES; i++) {
        CHECK_EQ(account_is_halted(a, i), stands(s, i));
    }
    s->held_in_halt += held ? 1 : 0;
}

/* One run; what it saw is added to `sum`, if there is one. */
static runner_result_t run(u64 seed, const config_t *config, busy_wishes_t wish, seen_t *sum)
{
    seen_t s = {0};
    sim_market_t *m = busy_market(seed, 1); /* for the names alone */
    source_t source = sim_market_source(m);
    s.instruments = source.instruments;
    wish.tap = (engine_sink_t){.ctx = &s, .append = see};
    wish.ctx = &s;
    wish.watch = look;
    runner_result_t r = busy_run(seed, 4, config, &wish);
    CHECK_EQ(s.sent, 0);
    CHECK_EQ(s.filled, 0);
    CHECK_EQ(s.shouts, 0);
    CHECK_EQ(s.leaves, 0);
    CHECK_EQ(s.disproved, 0);
    CHECK(s.ended <= s.begun);
    CHECK(s.intents > 0);
    if (sum != NULL) {
        sum->begun += s.begun;
        sum->ended += s.ended;
        sum->stops += s.stops;
        sum->intents += s.intents;
        sum->cancels += s.cancels;
        sum->halted += s.halted;
        sum->trades += s.trades;
        sum->held_in_halt += s.held_in_halt;
        for (u32 i = 0; i < COUNT_OF(s.begun_level); i++) {
            sum->begun_level[i] += s.begun_level[i];
        }
    }
    sim_market_close(m);
    return r;
}

TEST(nothing_is_sent_for_what_does_not_trade)
{
    UNUSED_STATE;
    seen_t sum = {0};
    u64 refused = 0;
    for (u64 seed = 1; seed <= 16; seed++) {
        config_t config = busy_config();
        if (seed % 2 == 0) {
            busy_slices(&config);
        }
        runner_result_t r = run(seed, &config, (busy_wishes_t){.halts = HALTS}, &sum);
        refused += r.counts.refused_by_rule[RULE_NOT_HALTED];
    }
    print_message(
        "# %llu halts begun, %llu ended (market-wide %llu, %llu, %llu), %llu intents, %llu cancels, "
        "%llu refusals, %llu stopped cycles, told %llu and %llu, held %llu\n",
        (unsigned long long)sum.begun, (unsigned long long)sum.ended, (unsigned long long)sum.begun_level[1],
        (unsigned long long)sum.begun_level[2], (unsigned long long)sum.begun_level[3],
        (unsigned long long)sum.intents, (unsigned long long)sum.cancels, (unsigned long long)refused,
        (unsigned long long)sum.stops, (unsigned long long)sum.halted, (unsigned long long)sum.trades,
        (unsigned long long)sum.held_in_halt);
    CHECK(sum.begun > 500 && sum.begun_level[1] > 0 && sum.begun_level[2] > 0 && sum.begun_level[3] > 0);
    CHECK(refused > 1000 && sum.stops > 0);
    CHECK(sum.halted > 10 && sum.trades > 10 && sum.trades <= sum.halted && sum.held_in_halt > 50);
}

TEST(halts_change_nothing_about_how_a_run_is_computed)
{
    UNUSED_STATE;
    config_t config = busy_config();
    for (u64 seed = 3; seed <= 4; seed++) {
        runner_result_t plain = run(seed, &config, (busy_wishes_t){.halts = HALTS}, NULL);
        runner_result_t again = run(seed, &config, (busy_wishes_t){.halts = HALTS}, NULL);
        runner_result_t one = run(seed, &config, (busy_wishes_t){.halts = HALTS, .sequential = true}, NULL);
        runner_result_t all = run(seed, &config, (busy_wishes_t){.halts = HALTS, .unskipped = true}, NULL);
        runner_result_t none = run(seed, &config, (busy_wishes_t){.halts = 0}, NULL);
        CHECK(digest_eq(&plain.decisions, &again.decisions));
        CHECK(digest_eq(&plain.decisions, &one.decisions));
        CHECK(digest_eq(&plain.decisions, &all.decisions));
        CHECK(!digest_eq(&plain.decisions, &none.decisions));
        CHECK_EQ(plain.counts.facts, all.counts.facts); /* the watch tells the same, skipped or not */
        CHECK_EQ(plain.counts.facts, one.counts.facts);
        CHECK_EQ(none.counts.refused_by_rule[RULE_NOT_HALTED], 0);
    }
}

/* ---- a feed that loses words --------------------------------------------------------------------------- */

typedef struct {
    source_t inner;
    halt_t kept[2 * NAMES + 4];
    u32 lost;
} deaf_t;

/* What begins is told, what ends is lost. */
static err_t deaf_next(void *ctx, slice_t *out, diag_t *diag)
{
    deaf_t *d = ctx;
    TRY(d->inner.next(d->inner.ctx, out, diag));
    u32 n = 0;
    for (u32 i = 0; i < out->halt_count; i++) {
        if (out->halt[i].halted != 0) {
            d->kept[n++] = out->halt[i];
        } else {
            d->lost++;
        }
    }
    out->halt = d->kept;
    out->halt_count = n;
    return ERR_OK;
}

static void lose_ends(u64 seed)
{
    config_t config = busy_config();
    sim_market_t *m = busy_market_halts(seed, 4, HALTS);
    deaf_t *d = calloc(1, sizeof *d);
    seen_t s = {0};
    runner_result_t result;
    assert_non_null(d);
    d->inner = sim_market_source(m);
    source_t source = d->inner;
    source.ctx = d;
    source.next = deaf_next;
    s.instruments = source.instruments;
    runner_spec_t spec = busy_spec(m, &source, &config);
    spec.tap = (engine_sink_t){.ctx = &s, .append = see};
    spec.ctx = &s;
    spec.watch = look;
    CHECK_OK(runner_run(&spec, NULL, &result));
    CHECK(d->lost > 50 && s.disproved > 50);
    CHECK_EQ(s.disproved, s.ended);
    CHECK(s.begun - s.ended < NAMES / 2); /* what stood when the run ended */
    CHECK_EQ(s.market, HALT_NONE);
    CHECK(seed != 1 || s.begun_level[1] > 0);
    CHECK_EQ(s.sent, 0);
    CHECK_EQ(s.filled, 0);
    CHECK_EQ(s.leaves, 0);
    CHECK(s.intents > 50);
    free(d);
    sim_market_close(m);
}

/* A name's own halt by its bar, the market's by any. */
TEST(a_lost_end_is_found_out_by_the_next_bar)
{
    UNUSED_STATE;
    lose_ends(1);
    lose_ends(2);
}

/* ---- messages that no market sends ----------------------------------------------------------------------
 */

typedef struct {
    u64 alerts, facts;
} fed_t;

static err_t fed(void *ctx, event_t *e)
{
    fed_t *f = ctx;
    f->facts += event_is_input((event_kind_t)e->head.kind) ? 0 : 1;
    f->alerts += e->head.kind == EV_ALERT && e->as.ALERT.code == ENGINE_ALERT_HALT ? 1 : 0;
    return ERR_OK;
}

TEST(what_names_nothing_known_is_dropped_and_told)
{
    UNUSED_STATE;
    static const struct {
        ev_HALT_t h;
        bool sound;
    } cases[] = {
        {{.inst = 0, .kind = HALT_PAUSE, .halted = 1, .t_event = 5, .resumes = 5}, true},
        {{.inst = NAMES - 1, .kind = HALT_NEWS, .halted = 1, .t_event = 5}, true},
        {{.inst = NAMES, .kind = HALT_NEWS, .halted = 1, .t_event = 5}, false},
        {{.inst = INST_NONE - 1, .kind = HALT_NEWS, .halted = 1, .t_event = 5}, false},
        {{.inst = INST_NONE, .kind = HALT_MARKET_1, .halted = 1, .t_event = 5}, true},
        {{.inst = INST_NONE, .kind = HALT_PAUSE, .halted = 1, .t_event = 5}, false},
        {{.inst = 0, .kind = HALT_MARKET_3, .halted = 1, .t_event = 5}, false},
        {{.inst = 0, .kind = HALT_KINDS, .halted = 1, .t_event = 5}, false},
        {{.inst = 0, .kind = 255, .halted = 0, .t_event = 5}, false},
        {{.inst = 0, .kind = HALT_NONE, .halted = 1, .t_event = 5}, false},
        {{.inst = 0, .kind = HALT_NEWS, .halted = 2, .t_event = 5}, false},
        {{.inst = 0, .kind = HALT_PAUSE, .halted = 1, .t_event = 5, .resumes = 4}, false},
        {{.inst = INST_NONE, .kind = HALT_NONE, .halted = 0, .t_event = 5}, true},
        {{.inst = 0, .kind = HALT_NONE, .halted = 0, .t_event = 5}, true},
        {{.inst = NAMES - 1, .kind = HALT_PAUSE, .halted = 0, .t_event = 5}, true}, /* the news halt stays */
    };
    config_t config = busy_config();
    sim_market_t *m = busy_market(1, 1);
    source_t source = sim_market_source(m);
    market_t market;
    busy_columns(&source, &config, &market);
    fed_t f = {0};
    engine_t *e = busy_hand_engine(&market, &config, (engine_sink_t){.ctx = &f, .append = fed});
    u64 bad = 0;
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        event_t in = {.head = {.kind = EV_HALT, .t_event = 100}};
        in.as.HALT = cases[i].h;
        CHECK_OK(engine_take(e, &in, NULL, -1));
        bad += cases[i].sound ? 0 : 1;
        CHECK_EQ(f.alerts, bad);
    }
    const account_t *a = engine_account(e);
    CHECK_EQ(f.facts, bad);
    CHECK_EQ(a->halt_market, HALT_NONE);
    CHECK_EQ(a->halts[0], HALT_NONE);
    CHECK_EQ(a->halts[NAMES - 1], HALT_NEWS);
    engine_close(e);
    market_close(&market);
    sim_market_close(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_sent_for_what_does_not_trade),
        cmocka_unit_test(halts_change_nothing_about_how_a_run_is_computed),
        cmocka_unit_test(a_lost_end_is_found_out_by_the_next_bar),
        cmocka_unit_test(what_names_nothing_known_is_dropped_and_told),
    };
    return RUN_TESTS(tests);
}
