/* Bulletins in the engine: rules that ask for news fire where news is heard and nowhere else, however the run
 * is computed; what was heard before a run began is told first, at its own age; nonsense is dropped and told.
 */
#include "tests/engine/busy.h"

#include <stdlib.h>

#include "model/calendar.h"
#include "scan/record.h"

enum { NAMES = BUSY_STOCKS + 1, SAID = 512 };

typedef struct {
    u64 heard, early, late;  /* early: told later than they were known; late: known after they were told */
    u64 asked[2], failed[2]; /* RULE_REV_NEWS, RULE_GAP_REPORT */
    u64 earnings;
    i64 t_before;
    bool decided;     /* a cycle has been recorded */
    u64 early_behind; /* early ones behind the first cycle */
    struct {
        inst_t inst;
        i64 t;
        f64 size;
    } said[SAID];
    u32 count;
    u64 compared, strong;
    cycle_record_t record;
    screen_refusal_t refusal[LIMIT_UNIVERSE];
} seen_t;

/* What the rule was asked with is what was said of the name in the day before, by a list of our own. */
static void see_strongest(seen_t *s, inst_t inst, const gate_t *g)
{
    f64 most = 0;
    for (u32 i = 0; i < s->count; i++) {
        bool counts = s->said[i].inst == inst && s->said[i].t > (i64)s->record.t - NS_PER_DAY;
        most = counts && s->said[i].size > most ? s->said[i].size : most;
    }
    f64 asked = (f64)g->value * rule_find(RULE_REV_NEWS)->step;
    CHECK(asked - most < 1e-3 && most - asked < 1e-3);
    s->compared++;
    s->strong += most > 0.1 ? 1 : 0;
}

static void see_gate(seen_t *s, inst_t inst, const gate_t *g)
{
    static const rule_t rules[] = {RULE_REV_NEWS, RULE_GAP_REPORT};
    for (u32 k = 0; k < COUNT_OF(rules); k++) {
        s->asked[k] += g->rule == rules[k] ? 1 : 0;
        s->failed[k] += g->rule == rules[k] && !gate_holds(g) ? 1 : 0;
    }
    if (g->rule == RULE_REV_NEWS) {
        see_strongest(s, inst, g);
    }
    s->earnings += g->rule == RULE_EARNINGS_CLEAR && !gate_holds(g) ? 1 : 0;
}

static void see_cycle(seen_t *s, const event_t *e)
{
    s->record.refusal = s->refusal;
    s->decided = true;
    CHECK_OK(record_cycle_decode(e->as.DECISION.record, &s->record));
    for (u64 i = 0; i < s->record.cand_count; i++) {
        for (u64 k = 0; k < s->record.cand[i].gate_count; k++) {
            see_gate(s, (inst_t)s->record.cand[i].inst, &s->record.cand[i].gate[k]);
        }
    }
}

static err_t see(void *ctx, event_t *e)
{
    seen_t *s = ctx;
    if (e->head.kind == EV_BULLETIN) {
        bulletin_t b;
        CHECK(event_bulletin(e, NAMES, &b));
        CHECK(b.t_known >= s->t_before); /* in order */
        s->t_before = b.t_known;
        s->heard += b.kind == BULLETIN_COVERS ? 0 : 1;
        if ((b.kind == BULLETIN_NEWS || b.kind == BULLETIN_REPORT) && b.value != BULLETIN_NO_VALUE) {
            f64 v = bulletin_value(&b);
            assert_true(s->count < SAID);
            s->said[s->count].inst = b.inst;
            s->said[s->count].t = b.t_known;
            s->said[s->count++].size = v < 0 ? -v : v;
        }
        bool early = e->head.t_event - b.t_known > 5 * NS_PER_DAY; /* longer than any weekend */
        s->early += early ? 1 : 0;
        s->early_behind += early && s->decided ? 1 : 0;
        s->late += b.t_known > e->head.t_event ? 1 : 0;
    }
    if (e->head.kind == EV_DECISION && e->as.DECISION.form == RECORD_CYCLE) {
        see_cycle(s, e);
    }
    return ERR_OK;
}

static runner_result_t run(u64 seed, const config_t *config, busy_wishes_t wish, seen_t *s)
{
    if (s != NULL) {
        wish.tap = (engine_sink_t){.ctx = s, .append = see};
    }
    return busy_run(seed, 6, config, &wish);
}

TEST(rules_that_ask_for_news_fire_where_news_is_heard)
{
    UNUSED_STATE;
    config_t config = config_default(PROFILE_DAY, PRESET_AGGRESSIVE);
    seen_t *s = calloc(2, sizeof *s);
    assert_non_null(s);
    u64 heard = 0;
    for (u64 seed = 1; seed <= 3; seed++) {
        config.eval_min_reward_risk_reversal = 0;
        heard += run(seed, &config, (busy_wishes_t){.events = 4}, &s[0]).bulletins;
        s[0].t_before = 0;
        s[0].decided = false;
        s[0].count = 0;
        CHECK_EQ(run(seed, &config, (busy_wishes_t){.events = 0}, &s[1]).bulletins, 0);
    }
    print_message(
        "# heard %llu; asked for news %llu, for results %llu, failed %llu and %llu, near results %llu\n",
        (unsigned long long)s->heard, (unsigned long long)s->asked[0], (unsigned long long)s->asked[1],
        (unsigned long long)s->failed[0], (unsigned long long)s->failed[1], (unsigned long long)s->earnings);
    CHECK_EQ(s[0].heard, heard);
    CHECK(s[0].asked[0] > 20 && s[0].asked[1] > 20 && s[0].failed[1] > 0 && s[0].earnings > 0);
    CHECK_EQ(s[1].heard + s[1].asked[0] + s[1].asked[1] + s[1].earnings, 0);
    CHECK(s[0].compared > 1000 && s[0].strong > 100);
    CHECK(s[0].early > 20); /* of the sessions before trading began */
    CHECK_EQ(s[0].early_behind, 0);
    CHECK_EQ(s[0].late, 0);
    free(s);
}

TEST(news_change_nothing_about_how_a_run_is_computed)
{
    UNUSED_STATE;
    config_t config = busy_config();
    config.monk_pre_earnings_days = 0;
    for (u64 seed = 3; seed <= 4; seed++) {
        busy_wishes_t w = {.events = 10, .halts = 20};
        runner_result_t plain = run(seed, &config, w, NULL);
        runner_result_t again = run(seed, &config, w, NULL);
        w.sequential = true;
        runner_result_t one = run(seed, &config, w, NULL);
        w.sequential = false;
        w.unskipped = true;
        runner_result_t all = run(seed, &config, w, NULL);
        w.unskipped = false;
        w.each_desk = true;
        runner_result_t each = run(seed, &config, w, NULL);
        print_message("# %llu bulletins, %llu trades\n", (unsigned long long)plain.bulletins,
                      (unsigned long long)plain.counts.trades);
        CHECK(plain.bulletins > 50 && plain.counts.trades > 10);
        CHECK(digest_eq(&plain.decisions, &again.decisions));
        CHECK(digest_eq(&plain.decisions, &one.decisions));
        CHECK(digest_eq(&plain.decisions, &all.decisions));
        CHECK(digest_eq(&plain.decisions, &each.decisions));
        CHECK_EQ(plain.counts.facts, one.counts.facts); /* what is told as well */
        CHECK_EQ(plain.counts.facts, all.counts.facts);
        CHECK_EQ(plain.counts.facts, each.counts.facts);
    }
}

/* ---- a list of who may be traded ------------------------------------------------------------------------
 */

typedef struct {
    source_t inner;
    date_t from,
        changes; /* the even names from the first day, the odd ones instead of them from the second */
    bulletin_t b[2 * NAMES + 1];
    u64 orders, of_others, refused, asked_more;
    date_t session;
    cycle_record_t record;
    screen_refusal_t refusal[LIMIT_UNIVERSE];
} list_t;

static bool listed(const list_t *l, u32 inst)
{
    return l->session >= l->from && (inst % 2 == 0) == (l->session < l->changes);
}

static err_t list_next(void *ctx, slice_t *out, diag_t *diag)
{
    list_t *l = ctx;
    TRY(l->inner.next(l->inner.ctx, out, diag));
    bool new = out->session != l->session && out->timeframe != TF_1D;
    date_t before = l->session;
    l->session = new ? out->session : l->session;
    if (!new || (out->session != l->from && out->session != l->changes)) {
        return ERR_OK;
    }
    out->bulletin = l->b;
    l->b[out->bulletin_count++] = (bulletin_t){
        .t_known = out->t_open, .kind = BULLETIN_COVERS, .inst = INST_NONE, .value = BULLETIN_MEMBER};
    for (u32 i = 0; i < NAMES; i++) {
        bool leaves = before >= l->from && i % 2 == 0;
        if (listed(l, i) || leaves) {
            l->b[out->bulletin_count++] =
                (bulletin_t){.t_known = out->t_open,
                             .kind = BULLETIN_MEMBER,
                             .inst = (inst_t)i,
                             .value = listed(l, i) ? BULLETIN_SCALE : -BULLETIN_SCALE};
        }
    }
    return ERR_OK;
}

static err_t list_see(void *ctx, event_t *e)
{
    list_t *l = ctx;
    if (e->head.kind == EV_INTENT && e->as.INTENT.role == ROLE_ENTRY) {
        l->orders++;
        l->of_others += listed(l, e->as.INTENT.inst) ? 0 : 1;
    }
    if (e->head.kind != EV_DECISION || e->as.DECISION.form != RECORD_CYCLE) {
        return ERR_OK;
    }
    l->record.refusal = l->refusal;
    CHECK_OK(record_cycle_decode(e->as.DECISION.record, &l->record));
    for (u64 i = 0; i < l->record.refusal_count; i++) {
        const screen_refusal_t *r = &l->refusal[i];
        bool other = (r->mask & (1U << (RULE_MEMBER - RULE_HISTORY))) != 0;
        CHECK_EQ(other, !listed(l, r->inst));
        l->refused += other ? 1 : 0;
        l->asked_more += other && r->mask != 1U << (RULE_MEMBER - RULE_HISTORY) ? 1 : 0;
    }
    return ERR_OK;
}

TEST(a_name_is_traded_while_it_is_in_the_list)
{
    UNUSED_STATE;
    config_t config = busy_config();
    sim_market_t *m = busy_market(4, 4);
    list_t *l = calloc(1, sizeof *l);
    assert_non_null(l);
    l->inner = sim_market_source(m);
    l->from = sim_market_trading_from(m);
    l->changes = calendar_next(CAL_NYSE, calendar_next(CAL_NYSE, l->from, I64_MAX).date, I64_MAX).date;
    source_t source = l->inner;
    source.ctx = l;
    source.next = list_next;
    runner_spec_t spec = busy_spec(m, &source, &config);
    runner_result_t result;
    spec.lookahead = false; /* the source stands where the engine does */
    spec.tap = (engine_sink_t){.ctx = l, .append = list_see};
    CHECK_OK(runner_run(&spec, NULL, &result));
    print_message("# %llu entries, %llu refusals of who is in no list\n", (unsigned long long)l->orders,
                  (unsigned long long)l->refused);
    CHECK(l->orders > 20 && l->refused > 1000);
    CHECK_EQ(l->of_others, 0);
    CHECK_EQ(l->asked_more, 0); /* of who is in no list nothing else is asked */
    free(l);
    sim_market_close(m);
}

/* ---- messages that no source sends ----------------------------------------------------------------------
 */

typedef struct {
    u64 alerts, facts;
} fed_t;

static err_t fed(void *ctx, event_t *e)
{
    fed_t *f = ctx;
    f->facts += event_is_input((event_kind_t)e->head.kind) || e->head.kind == EV_NOTICE ? 0 : 1;
    f->alerts += e->head.kind == EV_ALERT && e->as.ALERT.code == ENGINE_ALERT_BULLETIN ? 1 : 0;
    return ERR_OK;
}

enum { ONE = BULLETIN_SCALE };

static const struct {
    ev_BULLETIN_t b;
    bool sound;
} cases[] = {
    {{.inst = 0, .kind = BULLETIN_NEWS, .value = ONE}, true},
    {{.inst = 0, .kind = BULLETIN_NEWS, .value = -ONE}, true},
    {{.inst = 0, .kind = BULLETIN_NEWS, .value = BULLETIN_NO_VALUE}, true},
    {{.inst = 0, .kind = BULLETIN_NEWS, .value = ONE + 1}, false},
    {{.inst = 0, .kind = BULLETIN_REPORT, .value = -ONE - 1}, false},
    {{.inst = 0, .kind = BULLETIN_REPORT, .value = I64_MAX}, false},
    {{.inst = NAMES, .kind = BULLETIN_NEWS}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_NEWS}, false},
    {{.inst = 0, .kind = BULLETIN_MEMBER, .value = ONE}, true},
    {{.inst = 0, .kind = BULLETIN_MEMBER, .value = 0}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_MEMBER, .value = ONE}, false},
    {{.inst = 0, .kind = 0}, false},
    {{.inst = 0, .kind = BULLETIN_KINDS}, false},
    {{.inst = 0, .kind = 255}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_MOOD, .value = 100 * ONE}, true},
    {{.inst = INST_NONE, .kind = BULLETIN_MOOD, .value = 100 * ONE + 1}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_MOOD, .value = -1}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_MOOD, .value = BULLETIN_NO_VALUE}, false},
    {{.inst = 1, .kind = BULLETIN_YIELD, .value = ONE}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_DOLLAR, .value = BULLETIN_NO_VALUE}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_COVERS, .value = BULLETIN_NEWS}, true},
    {{.inst = 3, .kind = BULLETIN_COVERS, .value = -BULLETIN_NEWS}, true},
    {{.inst = NAMES, .kind = BULLETIN_COVERS, .value = BULLETIN_NEWS}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_COVERS, .value = BULLETIN_KINDS}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_COVERS, .value = 0}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_COVERS, .value = I64_MIN}, false},
    {{.inst = NAMES - 1, .kind = BULLETIN_CALENDAR, .t_event = I64_MAX, .value = I64_MIN}, false},
    {{.inst = NAMES - 1, .kind = BULLETIN_CALENDAR, .t_event = -5, .value = I64_MIN}, false},
    {{.inst = NAMES - 1, .kind = BULLETIN_INSIDER, .value = I64_MAX}, true},
    {{.inst = 0, .kind = BULLETIN_IV, .t_known = 90, .t_event = 80, .value = ONE / 4}, true},
    {{.inst = 0, .kind = BULLETIN_IV, .t_known = 90, .t_event = 80, .value = 0}, false},
    {{.inst = 0, .kind = BULLETIN_IV, .t_known = 90, .t_event = 80, .value = 5 * ONE + 1}, false},
    {{.inst = 0, .kind = BULLETIN_IV, .t_known = 90, .t_event = 91, .value = ONE / 4}, false}, /* to come */
    {{.inst = 0, .kind = BULLETIN_IV, .t_known = 90, .t_event = 0, .value = ONE / 4}, false},
    {{.inst = INST_NONE, .kind = BULLETIN_IV, .t_known = 90, .t_event = 80, .value = ONE / 4}, false},
    {{.inst = 0, .kind = BULLETIN_GAMMA, .t_known = 90, .t_event = 80, .value = I64_MAX}, true},
    {{.inst = 0, .kind = BULLETIN_GAMMA, .t_known = 90, .t_event = 80, .value = I64_MIN}, false},
    {{.inst = 0, .kind = BULLETIN_FLIP, .t_known = 90, .t_event = 80, .value = -ONE / 2}, true},
    {{.inst = 0, .kind = BULLETIN_FLIP, .t_known = 90, .t_event = 80, .value = -ONE}, false},
    {{.inst = 0, .kind = BULLETIN_FLIP, .t_known = 90, .t_event = 80, .value = ONE + 1}, false},
    {{.inst = 0, .kind = BULLETIN_MAX_PAIN, .t_event = NS_PER_DAY, .value = ONE}, true},
    {{.inst = 0, .kind = BULLETIN_MAX_PAIN, .t_event = I64_MAX, .value = ONE}, false},
    {{.inst = 0, .kind = BULLETIN_MAX_PAIN, .t_event = NS_PER_DAY, .value = -ONE}, false},
    {{.inst = 0, .kind = BULLETIN_MOVE, .t_event = NS_PER_DAY, .value = ONE / 10}, true},
    {{.inst = 0, .kind = BULLETIN_MOVE, .t_event = NS_PER_DAY, .value = 0}, false},
    {{.inst = 0, .kind = BULLETIN_MOVE, .t_event = -1, .value = ONE / 10}, false},
    {{.inst = 0, .kind = BULLETIN_MOVE, .t_event = NS_PER_DAY, .value = 2 * ONE + 1}, false},
};

TEST(what_names_nothing_known_is_dropped_and_told)
{
    UNUSED_STATE;
    config_t config = busy_config();
    sim_market_t *m = busy_market(1, 1);
    source_t source = sim_market_source(m);
    market_t market;
    busy_columns(&source, &config, &market);
    fed_t f = {0};
    engine_t *e = busy_hand_engine(&market, &config, (engine_sink_t){.ctx = &f, .append = fed});
    u64 bad = 0;
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        event_t in = {.head = {.kind = EV_BULLETIN, .t_event = 100}};
        in.as.BULLETIN = cases[i].b;
        in.as.BULLETIN.text = STR("words");
        CHECK_OK(engine_take(e, &in, NULL, -1));
        bad += cases[i].sound ? 0 : 1;
        CHECK_EQ(f.alerts, bad);
    }
    CHECK_EQ(f.facts, bad);
    CHECK_EQ(engine_shared(e)->heard->taken, COUNT_OF(cases) - bad);
    engine_close(e);
    market_close(&market);
    sim_market_close(m);
}

/* A moment of before the event is what counts; one behind it cannot be. Words never steer a terminal. */
TEST(an_event_is_read_as_it_may_be_believed)
{
    UNUSED_STATE;
    bulletin_t b;
    event_t e = {.head = {.kind = EV_BULLETIN, .t_event = 100}};
    e.as.BULLETIN = (ev_BULLETIN_t){.inst = 0,
                                    .kind = BULLETIN_NEWS,
                                    .t_known = 40,
                                    .text = STR("\x1b]0;x\x07 \xc2\x9b"
                                                "caf\xc3\xa9")};
    CHECK(event_bulletin(&e, NAMES, &b));
    CHECK_EQ(b.t_known, 40);
    CHECK_STR(b.text, " ]0;x    caf\xc3\xa9");
    e.as.BULLETIN.t_known = 101;
    e.as.BULLETIN.text = STR("not \xff UTF-8");
    CHECK(event_bulletin(&e, NAMES, &b));
    CHECK_EQ(b.t_known, 100);
    CHECK_STR(b.text, "not ? UTF-8");
    u8 giant[400];
    memset(giant, 'a', sizeof giant);
    memcpy(giant + BULLETIN_TEXT - 2, "\xc3\xa9", 2); /* its second byte is the one too many */
    e.as.BULLETIN.text = (blob_t){.p = giant, .n = sizeof giant};
    CHECK(event_bulletin(&e, NAMES, &b));
    CHECK_EQ(strlen(b.text), BULLETIN_TEXT - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules_that_ask_for_news_fire_where_news_is_heard),
                                       cmocka_unit_test(news_change_nothing_about_how_a_run_is_computed),
                                       cmocka_unit_test(a_name_is_traded_while_it_is_in_the_list),
                                       cmocka_unit_test(what_names_nothing_known_is_dropped_and_told),
                                       cmocka_unit_test(an_event_is_read_as_it_may_be_believed)};
    return RUN_TESTS(tests);
}
