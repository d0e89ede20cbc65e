/* Many users in one engine: each decides among twenty, bit for bit, what it decides alone; one whose row is
 * poison opens nothing and changes nothing for the others; a new row holds from the next cycle on. */
#include "tests/budget.h"
#include "tests/engine/busy.h"

#include <stdlib.h>
#include <string.h>

#include "tests/engine/users.h"

/* What one account wrote that is decided: a chain over its hashed facts and equity marks, without the numbers
 * that its broker gives to everybody's executions. */
typedef struct {
    digest_t chain;
    u64 facts, intents, cycles, alerts;
    i64 equity;
} story_t;

typedef struct {
    story_t of[MANY_USERS + 2]; /* by account id */
    const run_users_t *book;
    u8 *own_scratch;
    u64 set_at; /* inputs before a USER_SET joins, 0 none */
} book_t;

enum { SCRATCH = 1 << 20 };

static err_t book_append(void *ctx, event_t *e)
{
    book_t *b = ctx;
    u64 account = event_account(e);
    if (account == 0 || event_is_input((event_kind_t)e->head.kind)) {
        return ERR_OK;
    }
    CHECK(account < COUNT_OF(b->of));
    story_t *s = &b->of[account];
    s->alerts += e->head.kind == EV_ALERT && e->as.ALERT.code == ENGINE_ALERT_USER ? 1 : 0;
    if (e->head.kind == EV_ALERT) {
        return ERR_OK;
    }
    event_t copy = *e;
    if (copy.head.kind == EV_FILL) {
        copy.as.FILL.exec_id = 0;
    }
    writer_t w = writer_of(b->own_scratch, SCRATCH);
    CHECK_OK(event_encode_payload(&copy, &w));
    s->chain = digest_chain(&s->chain, b->own_scratch, w.used);
    s->facts++;
    s->intents += e->head.kind == EV_INTENT ? 1 : 0;
    s->cycles += e->head.kind == EV_DECISION && e->as.DECISION.form == RECORD_CYCLE ? 1 : 0;
    s->equity = e->head.kind == EV_EQUITY ? e->as.EQUITY.equity : s->equity;
    return ERR_OK;
}

static book_t *run_book(const run_users_t *users, u64 seed, u32 sessions, runner_result_t *result)
{
    book_t *b = calloc(1, sizeof *b);
    config_t config = busy_config();
    assert_non_null(b);
    b->own_scratch = malloc(SCRATCH);
    assert_non_null(b->own_scratch);
    busy_wishes_t wish = {.users = users, .tap = {.ctx = b, .append = book_append}};
    *result = busy_run(seed, sessions, &config, &wish);
    return b;
}

static void book_free(book_t *b)
{
    free(b->own_scratch);
    free(b);
}

static bool same_story(const story_t *a, const story_t *b)
{
    return digest_eq(&a->chain, &b->chain) && a->facts == b->facts && a->equity == b->equity;
}

TEST(a_user_among_twenty_decides_what_it_decides_alone)
{
    UNUSED_STATE;
    runner_result_t together;
    run_users_t users = book_of(BOOK_USERS);
    book_t *all = run_book(&users, 5, 2, &together);
    u64 intents = 0;
    u32 differ = 0;
    budget_t by_themselves = budget_start(users.count);
    for (u64 i; budget_next(&by_themselves, &i);) {
        runner_result_t alone;
        run_users_t one = {.rows = &users.rows[i], .count = 1};
        book_t *b = run_book(&one, 5, 2, &alone);
        u64 account = users.rows[i].account_id;
        if (!same_story(&all->of[account], &b->of[account])) {
            print_message("user %s differs from itself alone\n", users.rows[i].name);
        }
        CHECK(same_story(&all->of[account], &b->of[account]));
        CHECK(all->of[account].cycles > 0);
        book_free(b);
    }
    budget_say(&by_themselves, "users by themselves");
    for (u32 i = 0; i < users.count; i++) {
        const story_t *s = &all->of[users.rows[i].account_id];
        intents += s->intents;
        differ += i > 0 && !digest_eq(&s->chain, &all->of[users.rows[0].account_id].chain) ? 1 : 0;
    }
    print_message("# %u users, %llu intents, %u unlike the first\n", users.count, (unsigned long long)intents,
                  differ);
    CHECK(intents > 200);
    CHECK_EQ(differ, users.count - 1); /* presets and money tell them apart: the test could fail */
    CHECK_EQ(together.counts.cycles % users.count, 0);
    book_free(all);
    run_users_free(&users);
}

/* Rows that no check let through: bytes as a damaged store might hand them over. */
static void poison(user_row_t *row, u32 how)
{
    switch (how) {
    case 0: { /* a preference far beyond every ceiling, as its bytes would say it */
        writer_t w = writer_of(row->overlay, sizeof row->overlay);
        put_u8(&w, 1);
        put_svarint(&w, INT64_MAX);
        row->overlay_size = (u32)w.used;
        break;
    }
    case 1:
        memset(row->overlay, 0xFF, sizeof row->overlay);
        row->overlay_size = sizeof row->overlay;
        break;
    case 2:
        row->overlay_size = UINT32_MAX;
        break;
    case 3:
        memset(row->watch, 'A', sizeof row->watch); /* without an end */
        break;
    case 4:
        row->cash.v = -1;
        break;
    case 5:
        memset(row->name, 'x', sizeof row->name);
        break;
    default:
        row->has_preset = true;
        row->preset = (preset_t)99;
        break;
    }
}

TEST(poison_of_one_harms_no_other)
{
    UNUSED_STATE;
    runner_result_t result;
    run_users_t users = book_of(4);
    book_t *clean = run_book(&users, 6, 2, &result);
    budget_t poisons = budget_start(7);
    for (u64 how; budget_next(&poisons, &how);) {
        run_users_t bad = book_of(4);
        poison(&bad.rows[1], (u32)how);
        book_t *b = run_book(&bad, 6, 2, &result);
        for (u32 i = 0; i < 4; i++) {
            u64 account = users.rows[i].account_id;
            if (i == 1) {
                CHECK_EQ(b->of[account].intents, 0);
                CHECK_EQ(b->of[account].alerts, 1);
            } else {
                CHECK(same_story(&b->of[account], &clean->of[account]));
                CHECK(b->of[account].intents > 0);
            }
        }
        book_free(b);
        run_users_free(&bad);
    }
    book_free(clean);
    run_users_free(&users);
}

typedef struct {
    book_t *book;
    u64 account; /* who is let on; 0: nobody, or nobody any more */
    i64 arg;
    u32 said;
} person_t;

static bool person_says(void *ctx, ev_COMMAND_t *out)
{
    person_t *p = ctx;
    if (p->account == 0) {
        return false;
    }
    *out = (ev_COMMAND_t){
        .code = COMMAND_CLEAR_RECONCILE, .account = p->account, .arg = p->arg, .who = STR("looked")};
    p->account = 0;
    p->said++;
    return true;
}

static err_t person_append(void *ctx, event_t *e)
{
    person_t *p = ctx;
    return book_append(p->book, e);
}

/* Whose row cannot be read waits for a person: the word for what a comparison proves is none of it, the word
 * for all that was looked at lets the user on, and touches nobody else. */
TEST(a_person_lets_on_whom_a_row_has_stopped)
{
    UNUSED_STATE;
    static const struct {
        i64 arg;
        bool trades;
    } cases[] = {{RECONCILE_BROKER, false}, {RECONCILE_PERSON, true}, {0, true}};
    for (u32 k = 0; k < COUNT_OF(cases); k++) {
        config_t config = busy_config();
        run_users_t bad = book_of(3);
        poison(&bad.rows[1], 1);
        book_t *b = calloc(1, sizeof *b);
        assert_non_null(b);
        b->own_scratch = malloc(SCRATCH);
        person_t p = {.book = b, .account = bad.rows[1].account_id, .arg = cases[k].arg};
        busy_wishes_t wish = {
            .users = &bad, .tap = {.ctx = &p, .append = person_append}, .ctx = &p, .word = person_says};
        (void)busy_run(6, 2, &config, &wish);
        CHECK_EQ(p.said, 1);
        CHECK(b->of[bad.rows[1].account_id].cycles > 0);
        CHECK_EQ(b->of[bad.rows[1].account_id].intents > 0, cases[k].trades);
        CHECK(b->of[bad.rows[0].account_id].intents > 0);
        book_free(b);
        run_users_free(&bad);
    }
}

/* ---- a new row at run time ------------------------------------------------------------------------------
 */

typedef struct {
    engine_t *engine;
    u64 alerts;
    u64 tag_of_last_cycle[3]; /* by account */
    cycle_record_t *own_record;
} live_t;

static err_t live_append(void *ctx, event_t *e)
{
    live_t *l = ctx;
    l->alerts += e->head.kind == EV_ALERT && e->as.ALERT.code == ENGINE_ALERT_USER ? 1 : 0;
    if (e->head.kind == EV_DECISION && e->as.DECISION.form == RECORD_CYCLE && e->as.DECISION.account < 3) {
        CHECK_OK(record_cycle_decode(e->as.DECISION.record, l->own_record));
        l->tag_of_last_cycle[e->as.DECISION.account] = l->own_record->config_tag;
    }
    return ERR_OK;
}

static void take_row(engine_t *e, u64 account, const user_row_t *row, const char *instead)
{
    u8 text[USER_TEXT];
    writer_t w = writer_of(text, sizeof text);
    CHECK_OK(user_row_encode(row, &w));
    event_t in = {.head = {.kind = EV_USER_SET, .t_event = engine_now(e)}};
    in.as.USER_SET.account = account;
    in.as.USER_SET.row = instead != NULL ? str_from(instead) : (str_t){.p = text, .n = (u32)w.used};
    CHECK_OK(engine_take(e, &in, NULL, -1));
}

typedef struct {
    const run_users_t *users;
    live_t live;
    u32 slices;
    u64 tag_before[3];
} change_t;

static void change_watch(void *ctx, const runner_view_t *v)
{
    change_t *c = ctx;
    engine_t *e = v->engine;
    if (v->slot < 0) {
        return;
    }
    c->slices++;
    u64 *tag = c->live.tag_of_last_cycle;
    if (c->slices == 20) {
        user_row_t row = c->users->rows[0];
        memcpy(c->tag_before, tag, sizeof c->tag_before);
        CHECK_OK(user_prefer(&row, preference_find(STR("max_open_positions")), 3, NULL));
        take_row(e, 1, &row, NULL);
        CHECK_EQ(engine_desk(e, 0).user->config.risk_max_open_positions, 40); /* not before the next cycle */
        row.user_id = 9;
        take_row(e, 1, &row, NULL); /* another user's row on this account */
        take_row(e, 1, &row, "user = 1\nname = u1\nmax_open_positions = nan\n");
        take_row(e, 1, &row, "user = 1\nname = u1\nmax_open_positions = 1e300\n");
        CHECK_EQ(c->live.alerts, 3);
        take_row(e, 77, &row, NULL); /* nobody's: nothing happens */
    }
    if (c->slices == 21) {
        CHECK_EQ(engine_desk(e, 0).user->config.risk_max_open_positions, 3);
        CHECK(tag[1] != c->tag_before[1]);
        CHECK_EQ(tag[2], c->tag_before[2]);
        CHECK_EQ(engine_desk(e, 1).user->config.risk_max_open_positions, 40);
        c->live.alerts += 100; /* seen */
    }
}

TEST(a_new_row_holds_from_the_next_cycle)
{
    UNUSED_STATE;
    run_users_t users = {0};
    change_t c = {.users = &users};
    config_t config = busy_config();
    for (u64 id = 1; id <= 2; id++) {
        user_row_t *row = NULL;
        char name[8];
        (void)snprintf(name, sizeof name, "u%llu", (unsigned long long)id);
        CHECK_OK(run_users_add(&users, &row));
        user_row_init(row, id, name, (money_t){100000 * (i64)MONEY_SCALE});
    }
    c.live.own_record = calloc(1, sizeof *c.live.own_record);
    assert_non_null(c.live.own_record);
    c.live.own_record->refusal = calloc(LIMIT_UNIVERSE, sizeof(screen_refusal_t));
    assert_non_null(c.live.own_record->refusal);
    busy_wishes_t wish = {.users = &users,
                          .tap = {.ctx = &c.live, .append = live_append},
                          .ctx = &c,
                          .watch = change_watch};
    (void)busy_run(5, 1, &config, &wish);
    CHECK(c.live.alerts >= 103);
    free(c.live.own_record->refusal);
    free(c.live.own_record);
    run_users_free(&users);
}

/* ---- global mode ----------------------------------------------------------------------------------------
 */

typedef struct {
    cycle_record_t *own_record;
    const source_t *source;
    const run_users_t *users;
    u64 filtered;  /* by a user's own sectors */
    u64 handed_at; /* cycle */
    u32 handed_count;
    u16 handed[LIMIT_CANDIDATES];
    u64 house_cycles, user_cycles, handed_on, entered, refused, traded, intents, watched_intents;
} global_t;

static bool was_handed(const global_t *g, u64 inst)
{
    for (u32 i = 0; i < g->handed_count; i++) {
        if (g->handed[i] == inst) {
            return true;
        }
    }
    return false;
}

static void house_cycle(global_t *g, const cycle_record_t *r)
{
    g->house_cycles++;
    g->handed_at = r->cycle;
    g->handed_count = 0;
    for (u64 i = 0; i < r->cand_count; i++) {
        CHECK_EQ(r->cand[i].traded, 0);
        if ((r->cand[i].flags & CAND_HANDED) != 0) {
            g->handed[g->handed_count++] = r->cand[i].inst;
        }
    }
    g->handed_on += g->handed_count;
}

static err_t global_append(void *ctx, event_t *e)
{
    global_t *g = ctx;
    cycle_record_t *r = g->own_record;
    g->intents += e->head.kind == EV_INTENT ? 1 : 0;
    CHECK(e->head.kind != EV_INTENT || e->as.INTENT.account <= BOOK_USERS); /* the house never trades */
    CHECK(e->head.kind != EV_EQUITY || e->as.EQUITY.account <= BOOK_USERS);
    if (e->head.kind != EV_DECISION || e->as.DECISION.form != RECORD_CYCLE) {
        return ERR_OK;
    }
    CHECK_OK(record_cycle_decode(e->as.DECISION.record, r));
    if (e->as.DECISION.account == HOUSE_ACCOUNT) {
        house_cycle(g, r);
        return ERR_OK;
    }
    g->user_cycles++;
    CHECK_EQ(r->cycle, g->handed_at); /* one number for all */
    CHECK(r->stopped_stage != 0 || r->universe == g->handed_count);
    g->entered += r->universe;
    for (u64 i = 0; i < r->cand_count; i++) {
        CHECK(was_handed(g, r->cand[i].inst)); /* nothing that the house has not found */
        g->refused += r->cand[i].refused_stage != 0 ? 1 : 0;
        g->traded += r->cand[i].traded;
        u32 sectors = g->users->rows[e->as.DECISION.account - 1].excluded_sectors;
        if ((sectors >> g->source->instruments[r->cand[i].inst].sector & 1U) != 0) {
            CHECK(r->cand[i].refused_stage == 6 || r->stopped_stage != 0);
            g->filtered++;
        }
    }
    return ERR_OK;
}

TEST(in_global_mode_users_choose_from_what_the_house_found)
{
    UNUSED_STATE;
    static global_t g;
    config_t config = busy_config();
    runner_result_t result;
    run_users_t users = book_of(BOOK_USERS);
    users.mode = USERS_GLOBAL;
    g.own_record = calloc(1, sizeof *g.own_record);
    assert_non_null(g.own_record);
    g.own_record->refusal = calloc(LIMIT_UNIVERSE, sizeof(screen_refusal_t));
    assert_non_null(g.own_record->refusal);
    sim_market_t *m = busy_market(5, 2);
    source_t source = sim_market_source(m);
    runner_spec_t spec = busy_spec(m, &source, &config);
    spec.users = users.rows;
    spec.user_count = users.count;
    spec.mode = users.mode;
    g.source = &source;
    g.users = &users;
    spec.tap = (engine_sink_t){.ctx = &g, .append = global_append};
    CHECK_OK(runner_run(&spec, NULL, &result));
    print_message(
        "# house %llu cycles, %llu handed on; users %llu cycles, %llu entered = %llu refused + %llu traded\n",
        (unsigned long long)g.house_cycles, (unsigned long long)g.handed_on,
        (unsigned long long)g.user_cycles, (unsigned long long)g.entered, (unsigned long long)g.refused,
        (unsigned long long)g.traded);
    CHECK(g.traded > 200 && g.house_cycles > 150);
    CHECK_EQ(g.entered, g.refused + g.traded);
    CHECK(g.filtered > 0); /* some of what the house found is what a user never trades */
    sim_market_close(m);
    free(g.own_record->refusal);
    free(g.own_record);
    run_users_free(&users);
}

TEST(idle_loops_change_nothing_for_many_users_either)
{
    UNUSED_STATE;
    for (u32 mode = USERS_EACH; mode <= USERS_GLOBAL; mode++) {
        digest_t decisions[2];
        for (u32 k = 0; k < 2; k++) {
            config_t config = busy_config();
            run_users_t users = book_of(5);
            users.mode = (users_mode_t)mode;
            busy_wishes_t wish = {.users = &users, .unskipped = k == 1};
            runner_result_t result = busy_run(8, 2, &config, &wish);
            CHECK(result.counts.trades > 20);
            decisions[k] = result.decisions;
            run_users_free(&users);
        }
        CHECK(digest_eq(&decisions[0], &decisions[1]));
    }
}

static err_t story_append(void *ctx, event_t *e)
{
    static u8 bytes[LIMIT_EVENT_BYTES];
    writer_t w = writer_of(bytes, sizeof bytes);
    CHECK_OK(event_encode_payload(e, &w));
    digest_add(ctx, &e->head, sizeof e->head);
    digest_add(ctx, bytes, w.used);
    return ERR_OK;
}

/* An input that passes by the desks with nothing to do against one that looks at each: the same events, byte
 * by byte. */
TEST(who_has_nothing_to_do_is_not_missed)
{
    UNUSED_STATE;
    budget_t seeds = budget_start(5);
    for (u64 seed; budget_next(&seeds, &seed);) {
        digest_t story[2];
        for (u32 k = 0; k < 2; k++) {
            config_t config = busy_config();
            run_users_t users = seed == 4 ? book_shared(40) : book_of(9 + 20 * (u32)seed);
            users.mode = seed % 2 == 0 && seed < 4 ? USERS_EACH : USERS_GLOBAL;
            digest_state_t hash;
            digest_begin(&hash);
            busy_wishes_t wish = {.users = &users,
                                  .each_desk = k == 1,
                                  .halts = seed > 1 ? 20 : 0,
                                  .tap = {.ctx = &hash, .append = story_append}};
            runner_result_t result = busy_run(30 + seed, 2, &config, &wish);
            CHECK(result.counts.trades > 20);
            story[k] = digest_end(&hash);
            run_users_free(&users);
        }
        CHECK(digest_eq(&story[0], &story[1]));
    }
}

/* One step may bring a word of every user: what holds a step's facts and effects grows with them. */
TEST(a_full_house_fits_into_a_step)
{
    UNUSED_STATE;
    runner_result_t result;
    run_users_t users = book_of(MANY_USERS);
    book_t *b = run_book(&users, 5, 1, &result);
    CHECK(result.counts.cycles > 0 && result.counts.cycles % MANY_USERS == 0);
    CHECK(result.counts.trades > MANY_USERS / 2);
    book_free(b);
    run_users_free(&users);
}

/* The same in one account: sixteen to an order. Each of them looks at all others, so where time is given
 * there are fewer. */
TEST(a_full_account_fits_into_a_step)
{
    UNUSED_STATE;
    config_t config = busy_config();
    u32 many = budget_given() ? MANY_USERS / 5 : MANY_USERS;
    run_users_t users = book_shared(many);
    busy_wishes_t wish = {.users = &users};
    runner_result_t result = busy_run(5, 1, &config, &wish);
    CHECK(result.counts.trades > many / 4);
    run_users_free(&users);
}

/* ---- news of one user ------------------------------------------------------------------------------------
 */

static u64 sums_run(engine_t *e)
{
    engine_loop_t all[LOOPS_MAX];
    u32 n = engine_loops(e, all);
    for (u32 i = 0; i < n; i++) {
        if (strcmp(all[i].loop->name, "consistency_check") == 0) {
            return all[i].counts.runs;
        }
    }
    fail_msg("no consistency_check");
    return 0;
}

static void pass(engine_t *e, i64 ns)
{
    event_t in = {.head = {.kind = EV_TIMER, .t_event = engine_now(e) + ns}};
    CHECK_OK(engine_take(e, &in, NULL, -1));
}

/* Behind the day's last bar: a broker's word of account 2 and nothing else. */
static void news_watch(void *ctx, const runner_view_t *v)
{
    engine_t *e = v->engine;
    u32 *seen = ctx;
    if (v->slot < 0 || !v->slice->session_last) {
        return;
    }
    (*seen)++;
    pass(e, 3 * NS_PER_HOUR);
    u64 before = sums_run(e);
    pass(e, 3 * NS_PER_HOUR);
    CHECK_EQ(sums_run(e), before); /* nothing new for anyone */
    event_t word = {.head = {.kind = EV_BROKER, .t_event = engine_now(e) + NS_PER_SEC}};
    word.as.BROKER.account = 2;
    word.as.BROKER.kind = BROKER_ACK; /* of an order that nobody has sent */
    CHECK_OK(engine_take(e, &word, NULL, -1));
    pass(e, 3 * NS_PER_HOUR);
    CHECK_EQ(sums_run(e), before + 1); /* account 2 looks, account 1 does not */
}

TEST(news_of_one_user_wake_its_loops_and_no_others)
{
    UNUSED_STATE;
    run_users_t users = book_of(2);
    u32 seen = 0;
    config_t config = busy_config();
    busy_wishes_t wish = {.users = &users, .ctx = &seen, .watch = news_watch};
    (void)busy_run(5, 1, &config, &wish);
    CHECK_EQ(seen, 1);
    run_users_free(&users);
}

/* ---- words about the house -------------------------------------------------------------------------------
 */

static void house_watch(void *ctx, const runner_view_t *v)
{
    bool *told = ctx;
    if (*told) {
        return;
    }
    *told = true;
    event_t word = {.head = {.kind = EV_BROKER, .t_event = engine_now(v->engine)}};
    word.as.BROKER.account = HOUSE_ACCOUNT;
    word.as.BROKER.kind = BROKER_ACK;
    CHECK_OK(engine_take(v->engine, &word, NULL, -1));
    event_t row = {.head = {.kind = EV_USER_SET, .t_event = engine_now(v->engine)}};
    row.as.USER_SET.account = HOUSE_ACCOUNT;
    row.as.USER_SET.row = (blob_t){.p = (const u8 *)"no row", .n = 6};
    CHECK_OK(engine_take(v->engine, &row, NULL, -1));
}

/* The house has no account at a broker: a word that names it is about nothing, and stops nobody. */
TEST(a_word_about_the_house_stops_nobody)
{
    UNUSED_STATE;
    config_t config = busy_config();
    u64 trades[2];
    for (u32 k = 0; k < 2; k++) {
        run_users_t users = book_of(3);
        users.mode = USERS_GLOBAL;
        bool told = k == 0;
        busy_wishes_t wish = {.users = &users, .ctx = &told, .watch = house_watch};
        trades[k] = busy_run(5, 1, &config, &wish).counts.trades;
        run_users_free(&users);
    }
    CHECK(trades[0] > 20);
    CHECK_EQ(trades[0], trades[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_among_twenty_decides_what_it_decides_alone),
        cmocka_unit_test(poison_of_one_harms_no_other),
        cmocka_unit_test(a_person_lets_on_whom_a_row_has_stopped),
        cmocka_unit_test(a_new_row_holds_from_the_next_cycle),
        cmocka_unit_test(in_global_mode_users_choose_from_what_the_house_found),
        cmocka_unit_test(a_full_house_fits_into_a_step),
        cmocka_unit_test(a_full_account_fits_into_a_step),
        cmocka_unit_test(idle_loops_change_nothing_for_many_users_either),
        cmocka_unit_test(who_has_nothing_to_do_is_not_missed),
        cmocka_unit_test(news_of_one_user_wake_its_loops_and_no_others),
        cmocka_unit_test(a_word_about_the_house_stops_nobody),
    };
    return RUN_TESTS(tests);
}
