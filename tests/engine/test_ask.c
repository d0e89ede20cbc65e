/* AI can never enlarge (decision 30). The engine asks; the answers are random, absurd, late, doubled or for
 * somebody else. What every candidate's gates saw stays at or below what the analyst alone would have shown
 * them, the size too; answers that are not ours are recorded and dropped; with the analyst's own word nothing
 * changes at all. */
#include "tests/engine/dataset.h"

#include "base/rng.h"
#include "drivers/block.h"

typedef enum { SAY_SAME, SAY_RANDOM, SAY_HUNDRED, SAY_ZERO, SAY_RUBBISH, SAYS } say_t;

typedef struct {
    engine_t *engine;
    say_t say;
    f64 ask_cents, cycle_cents;
    f64 billed, dearest; /* cents in all, and of the dearest step */
    u64 full;            /* steps of one question, which some of the cases have money for */
    u64 unasked;
    u64 asked, doubled, dropped_expected, traded, lowered;
    u64 cycle_seen;
    tape_t tape;
} asker_t;

static void answer_one(asker_t *a, ask_t ask, i32 analyst, u64 n)
{
    u8 body[16] = {0};
    u64 r = rng_at((rng_key_t){.seed = 3, .purpose = RNG_TEST, .entity = 9}, n);
    i32 said = a->say == SAY_SAME      ? analyst
               : a->say == SAY_HUNDRED ? 100
               : a->say == SAY_ZERO    ? 0
               : a->say == SAY_RUBBISH ? (i32)r
                                       : (i32)(r % 101);
    memcpy(body, &said, sizeof said);
    event_t e = {.head = {.kind = EV_ANSWER, .t_event = engine_now(a->engine)}};
    e.as.ANSWER = (ev_ANSWER_t){.slot = ask.slot,
                                .generation = ask.generation,
                                .ask = ask.ask,
                                .kind = (u16)ask.kind,
                                .body = {.p = body, .n = 4}};
    if (a->say == SAY_RUBBISH) {
        e.as.ANSWER.body.n = (u32)(r >> 32) % 17;
        e.as.ANSWER.err = (u16)(r % 3 == 0 ? ERR_TIMEOUT : ERR_OK);
    }
    CHECK_OK(engine_take(a->engine, &e, NULL, -1));
}

/* For another slot, another generation: recorded as inputs, dropped. */
static void answer_strangers(asker_t *a, ask_t ask)
{
    i32 said = 100;
    ask_t odd[3] = {ask, ask, ask};
    odd[0].slot = 77;
    odd[1].generation = ask.generation + 1;
    odd[2].generation = ask.generation - 1;
    for (u32 i = 0; i < 3; i++) {
        event_t e = {.head = {.kind = EV_ANSWER, .t_event = engine_now(a->engine)}};
        e.as.ANSWER = (ev_ANSWER_t){.slot = odd[i].slot,
                                    .generation = odd[i].generation,
                                    .ask = ask.ask,
                                    .kind = (u16)ask.kind,
                                    .body = {.p = (const u8 *)&said, .n = sizeof said}};
        CHECK_OK(engine_take(a->engine, &e, NULL, -1));
        a->dropped_expected++;
    }
}

static void candidates_hold(asker_t *a)
{
    const scan_t *s = engine_last_scan(a->engine);
    if (s == NULL || s->active || s->cycle == a->cycle_seen) {
        return;
    }
    a->cycle_seen = s->cycle;
    for (u32 i = 0; i < s->cand_count; i++) {
        const candidate_t *c = &s->cand[i];
        if (c->refused_stage != 0 && c->refused_stage < 9) {
            continue;
        }
        f64 analyst = (f64)c->conviction.conviction;
        a->unasked += c->unasked ? 1 : 0;
        CHECK(!c->unasked || c->conviction_model == analyst);
        f64 neutral = composite_final(c->composite.composite, analyst, 1.0);
        CHECK(c->final_gate <= neutral + 1e-9);
        CHECK(c->refused_stage == 9 || c->conviction.conviction >= s->user->config.ai_min_conviction);
        a->lowered += c->final_gate < neutral - 1e-9 ? 1 : 0;
        if (c->traded) {
            size_in_t in = c->size_in;
            size_out_t o;
            gates_t g = {0};
            CHECK(in.conviction <= analyst);
            in.conviction = analyst;
            size_position(&s->user->config, &in, &o, &g);
            CHECK(c->size.quantity <= o.quantity);
            a->traded++;
        }
    }
}

static void take_all(asker_t *a, const slice_t *s, i32 slot)
{
    ask_t asks[LIMIT_CANDIDATES];
    i32 analyst[LIMIT_CANDIDATES];
    u32 count = 0;
    u32 n = 0;
    event_t e = {.head = {.kind = EV_SLICE, .t_event = s->t_known}};
    e.as.SLICE = (ev_SLICE_t){.t_known = s->t_known,
                              .t_open = s->t_open,
                              .rows = s->count,
                              .actions = s->action_count,
                              .session = (u32)s->session};
    CHECK_OK(engine_take(a->engine, &e, s, slot));
    const effect_t *effects = engine_effects(a->engine, &count);
    for (u32 i = 0; i < count; i++) {
        if (effects[i].kind == EFFECT_ASK && effects[i].ask.kind == ASK_CONVICTION) {
            i32 body[4];
            CHECK(n < LIMIT_CANDIDATES && effects[i].ask.body.n == sizeof body);
            memcpy(body, effects[i].ask.body.p, sizeof body);
            analyst[n] = body[3];
            asks[n++] = effects[i].ask;
        }
    }
    f64 bill = a->ask_cents * n; /* the mock takes the whole price, each time */
    a->billed += bill;
    a->dearest = bill > a->dearest ? bill : a->dearest;
    a->full += n == 1 ? 1 : 0;
    for (u32 i = 0; i < n; i++) {
        answer_strangers(a, asks[i]);
        if (i > 0) { /* said twice while others are still out: dropped by the scan itself */
            answer_one(a, asks[0], 100, a->asked);
            a->doubled++;
        }
        answer_one(a, asks[i], analyst[i], a->asked++);
        if (i + 1 == n) { /* the scan has ended: said again, it comes too late */
            answer_one(a, asks[i], 100, a->asked);
            a->dropped_expected++;
        }
    }
    candidates_hold(a);
}

static void asked_run(dataset_t *d, bool ask, asker_t *a)
{
    diag_t diag = {0};
    market_t market;
    block_t block;
    bool end = false;
    source_t source = dataset_source(d);
    config_t config = run_config(d);
    config.team_team_eval_enabled = 1;
    config.ai_models = ask ? 1 : 0;
    config.ai_ask_cents = a->ask_cents;
    config.ai_cycle_cents = a->cycle_cents;
    market_spec_t ms = {.instruments = source.instruments,
                        .count = source.instrument_count,
                        .timeframe = source.timeframe,
                        .profile = config.profile,
                        .config = &config};
    CHECK_OK(market_open(&ms, &market));
    CHECK_OK(block_open(&block, source.instrument_count, true));
    engine_spec_t es = {.config = &config,
                        .market = &market,
                        .seed = 7,
                        .cash = {100000 * (i64)MONEY_SCALE},
                        .proxy = source.proxy,
                        .untradable_proxy = true,
                        .sink = {.ctx = &a->tape, .append = tape_append}};
    CHECK_OK(engine_open(&es, &diag, &a->engine));
    while (!end) {
        CHECK_OK(block_fill(&block, &source, &market, &config, &diag, &end));
        for (u32 i = 0; i < block.count; i++) {
            if (!block_is_history(&block, config.profile, d->trade_from, i)) {
                take_all(a, &block.v[i], block.slot[i]);
            }
        }
    }
    CHECK_EQ(engine_counts(a->engine)->late_answers, a->dropped_expected);
    block_close(&block);
    market_close(&market);
}

/* Orders and fills; the records of cycles name the configuration, and whether models are asked is part of it.
 */
static digest_t orders_of(const asker_t *a)
{
    digest_state_t s;
    digest_begin(&s);
    reader_t r = {.p = a->tape.own_bytes, .size = a->tape.used};
    while (reader_left(&r) > 0) {
        event_t e;
        CHECK_OK(event_decode(&r, &e));
        if (e.head.kind == EV_INTENT || e.head.kind == EV_FILL) {
            digest_add(&s, r.p + r.at - e.head.length, e.head.length);
        }
    }
    return digest_end(&s);
}

static void asker_drop(asker_t *a)
{
    engine_close(a->engine);
    tape_free(&a->tape);
}

TEST(no_answer_enlarges)
{
    UNUSED_STATE;
    dataset_t d;
    dataset_simulated(11, 20, 25, 3, &d);
    asker_t neutral = {0};
    asked_run(&d, false, &neutral);
    for (say_t say = SAY_SAME; say < SAYS; say++) {
        asker_t a = {.say = say};
        asked_run(&d, true, &a);
        print_message(
            "# kind %u: %llu asked, %llu strangers dropped, %llu gates lowered, %llu traded (neutral %llu)\n",
            say, (unsigned long long)a.asked, (unsigned long long)a.dropped_expected,
            (unsigned long long)a.lowered, (unsigned long long)a.traded, (unsigned long long)neutral.traded);
        CHECK(a.asked > 0 && a.doubled > 0);
        CHECK_EQ(a.tape.kind[EV_ANSWER], a.asked + a.doubled + a.dropped_expected);
        if (say == SAY_ZERO) {
            CHECK_EQ(a.traded, 0);
        }
        if (say == SAY_SAME) {
            digest_t x = orders_of(&a);
            digest_t y = orders_of(&neutral);
            CHECK(digest_eq(&x, &y));
        }
        asker_drop(&a);
    }
    CHECK(neutral.traded > 0);
    asker_drop(&neutral);
    dataset_free(&d);
}

/* Whatever a question costs, a cycle costs no more than it may; who is not asked about stands as the analyst
 * left it. */
TEST(a_cycle_costs_no_more_than_it_may)
{
    UNUSED_STATE;
    static const struct {
        f64 ask, cycle;
        bool none, all;
    } cases[] = {{3, 5, false, false},
                 {3, 3, false, false},
                 {3, 2.9, true, false},
                 {0, 1, false, true},
                 {1000, 0, false, true}};
    dataset_t d;
    dataset_simulated(11, 20, 25, 3, &d);
    asker_t free_of = {.say = SAY_RANDOM};
    asked_run(&d, true, &free_of);
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        asker_t a = {.say = SAY_RANDOM, .ask_cents = cases[i].ask, .cycle_cents = cases[i].cycle};
        asked_run(&d, true, &a);
        print_message("# %.1f cents a question, %.1f a cycle: %llu asked, %llu not, the dearest cycle %.1f\n",
                      cases[i].ask, cases[i].cycle, (unsigned long long)a.asked,
                      (unsigned long long)a.unasked, a.dearest);
        CHECK(cases[i].cycle <= 0 || a.dearest <= cases[i].cycle);
        CHECK_EQ(a.asked == 0, cases[i].none);
        CHECK_EQ(a.unasked == 0, cases[i].all);
        CHECK(!cases[i].all || a.asked == free_of.asked);
        CHECK(cases[i].none || cases[i].all || (a.full > 0 && a.asked < free_of.asked));
        asker_drop(&a);
    }
    asker_drop(&free_of);
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_answer_enlarges),
                                       cmocka_unit_test(a_cycle_costs_no_more_than_it_may)};
    return RUN_TESTS(tests);
}
