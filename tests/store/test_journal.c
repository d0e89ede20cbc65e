/* The journal on a real disk: what was appended reads back, edits are found, old writers are fenced, orders
 * without outcome are found, and rows in SQL agree with the events. */
#include "tests/test.h"

#include "model/decision_hash.h"
#include "store/journal.h"
#include "store/sqlite.h"
#include "tests/store/make_events.h"
#include "tests/store/temp_home.h"

typedef struct {
    char root[64];
    home_t home;
    store_t *store;
} world_t;

static void world_open(world_t *w)
{
    temp_home_make(w->root);
    CHECK_OK(home_open(w->root, HOME_CREATE, NULL, &w->home));
    CHECK_OK(store_open_home(&w->home, false, true, NULL, &w->store));
}

static void world_close(world_t *w)
{
    store_close(w->store);
    home_close(&w->home);
    temp_home_remove(w->root);
}

static run_start_t start_of(u64 seed)
{
    return (run_start_t){.kind = RUN_BACKTEST,
                         .incarnation = make_id(seed),
                         .seed = seed,
                         .t_created = 1700000000,
                         .logic = digest_of("logic", 5),
                         .config = STR("[risk]\nmax = 1\n")};
}

/* `steps` steps of a slice, sometimes a decision, an alert, a state. Returns decision_hash of what was
 * appended. */
static digest_t write_steps(journal_t *j, u64 seed, u32 steps)
{
    static u8 record[9000];
    decision_hash_t h;
    decision_hash_begin(&h);
    for (u32 i = 0; i < steps; i++) {
        event_t e = make_slice(1000 + (i64)i);
        CHECK_OK(journal_append(j, &e));
        u64 r = draw(seed, i);
        if (r % 3 == 0) {
            u32 n = (u32)(r >> 8) % sizeof record;
            memset(record, (int)(r & 0xFF), n);
            event_t d = {.head = {.kind = EV_DECISION, .t_engine = 1000 + (i64)i, .cause_seq = e.head.seq}};
            d.as.DECISION.cycle = i;
            d.as.DECISION.record = (blob_t){.p = record, .n = n};
            CHECK_OK(journal_append(j, &d));
            u8 payload[sizeof record + 64];
            writer_t w = writer_of(payload, sizeof payload);
            CHECK_OK(event_encode_payload(&d, &w));
            decision_hash_add(&h, EV_DECISION, payload, w.used);
        }
        if (r % 5 == 0) {
            event_t a = make_alert(STR("low disk"), 1000 + (i64)i);
            CHECK_OK(journal_append(j, &a));
        }
        CHECK_OK(journal_step_end(j, NULL));
    }
    return decision_hash_value(&h);
}

static i64 ask(const world_t *w, const char *sql)
{
    char path[LIMIT_PATH];
    home_path(&w->home, HOME_DB, path);
    sql_db_t *db = NULL;
    sql_stmt_t *q = NULL;
    bool row = false;
    CHECK_OK(sql_open(&(sql_options_t){.path = path, .read_only = true}, NULL, &db));
    CHECK_OK(sql_prepare(db, sql, NULL, &q));
    CHECK_OK(sql_step(q, NULL, &row));
    CHECK(row);
    i64 v = sql_column_i64(q, 0);
    sql_finalize(q);
    sql_close(db);
    return v;
}

static void edit(const world_t *w, const char *sql)
{
    char path[LIMIT_PATH];
    home_path(&w->home, HOME_DB, path);
    sql_db_t *db = NULL;
    diag_t diag = {0};
    CHECK_OK(sql_open(&(sql_options_t){.path = path}, NULL, &db));
    err_t err = sql_exec(db, sql, &diag);
    if (err != ERR_OK) {
        print_error("%s\n", diag.text);
    }
    CHECK_OK(err);
    sql_close(db);
}

static void one_run(bool threaded, u32 batch_bytes)
{
    world_t w = {0};
    world_open(&w);
    journal_t *j = NULL;
    run_start_t start = start_of(41);
    journal_options_t o = {.threaded = threaded, .batch_bytes = batch_bytes};
    CHECK_OK(journal_create(w.store, &start, &o, NULL, &j));
    CHECK_EQ(journal_next_seq(j), 1);
    run_end_t end = {.status = RUN_ENDED, .t_ended = 1700000009, .counts = STR("{\"trades\":0}")};
    end.decisions = write_steps(j, 41, 700);
    u64 last = journal_next_seq(j) - 1;
    CHECK_OK(journal_flush(j, NULL));
    CHECK_EQ(journal_durable_seq(j), last);
    CHECK_OK(journal_finish(j, &end, NULL));
    run_id_t id = journal_run_id(j);
    journal_close(j);

    journal_verdict_t v;
    diag_t diag = {0};
    CHECK_OK(journal_verify(w.store, str_from(id.text), &diag, &v));
    CHECK_EQ(v.last_seq, last);
    CHECK_EQ(v.events, last);
    CHECK(digest_eq(&v.decisions, &end.decisions));
    CHECK(batch_bytes == 1 ? v.blocks == 700 : v.blocks > 1 && v.blocks < 700);
    run_row_t row;
    CHECK_OK(run_find(w.store, STR("latest"), NULL, &row));
    CHECK_STR(row.id.text, id.text);
    CHECK_EQ(row.status, RUN_ENDED);
    CHECK_EQ(row.blocks, v.blocks);
    char *text = NULL;
    CHECK_OK(run_text(w.store, row.number, false, NULL, &text));
    CHECK_STR(text, "{\"trades\":0}");
    free(text);
    u64 alerts = 0;
    for (u32 i = 0; i < 700; i++) {
        alerts += draw(41, i) % 5 == 0 ? 1 : 0;
    }
    CHECK_EQ(ask(&w, "SELECT count(*) FROM alert WHERE text = 'low disk'"), (i64)alerts);
    world_close(&w);
}

TEST(a_run_reads_back)
{
    UNUSED_STATE;
    one_run(false, 1);
    one_run(false, 0);
    one_run(true, 1);
    one_run(true, 32768);
}

TEST(edits_are_found)
{
    UNUSED_STATE;
    static const struct {
        const char *sql;
        err_t err;
        const char *says;
    } cases[] = {
        {"UPDATE journal_block SET bytes = CAST(X'00' || substr(bytes, 2) AS BLOB) WHERE block = 3",
         ERR_CORRUPT, "block 3"},
        {"UPDATE journal_block SET hash = zeroblob(32) WHERE block = 2", ERR_CORRUPT, "chain"},
        {"DELETE FROM journal_block WHERE block = 2", ERR_CORRUPT, "missing"},
        {"DELETE FROM journal_block WHERE block = (SELECT max(block) FROM journal_block)", ERR_CORRUPT,
         "at the end"},
        {"UPDATE journal_block SET id = id + 1000 WHERE block = 1; UPDATE journal_block SET id = id - 1"
         " WHERE block = 2",
         ERR_CORRUPT, "missing"},
        {"UPDATE journal_block SET t_last = t_last + 1 WHERE block = 2", ERR_CORRUPT, "describe"},
        {"UPDATE journal_block SET raw_size = 0 WHERE block = 2", ERR_CORRUPT, "size"},
        {"UPDATE journal_block SET raw_size = raw_size + 1 WHERE block = 2", ERR_CORRUPT, "unpacked"},
        {"UPDATE journal_block SET codec = 9 WHERE block = 2", ERR_UNKNOWN_KIND, "block 2"},
        {"UPDATE run SET seed = seed + 1", ERR_CORRUPT, "changed"},
        {"UPDATE run SET config = config || ' '", ERR_CORRUPT, "changed"},
        {"UPDATE run SET decisions = zeroblob(32)", ERR_CORRUPT, "decision_hash"},
        {"UPDATE run SET format = 2", ERR_VERSION, "format 2"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        world_t w = {0};
        world_open(&w);
        journal_t *j = NULL;
        run_start_t start = start_of(7);
        CHECK_OK(journal_create(w.store, &start, &(journal_options_t){.batch_bytes = 5000}, NULL, &j));
        run_end_t end = {.status = RUN_ENDED, .counts = STR("{}")};
        end.decisions = write_steps(j, 7, 60);
        CHECK_OK(journal_finish(j, &end, NULL));
        journal_close(j);
        journal_verdict_t v;
        diag_t diag = {0};
        CHECK_OK(journal_verify(w.store, STR("latest"), &diag, &v));
        CHECK(v.blocks >= 4);
        store_close(w.store);
        edit(&w, cases[i].sql);
        CHECK_OK(store_open_home(&w.home, true, true, NULL, &w.store));
        err_t err = journal_verify(w.store, STR("latest"), &diag, &v);
        if (err != cases[i].err || strstr(diag.text, cases[i].says) == NULL) {
            print_error("case %zu: %s: %s\n", i, err_name(err), diag.text);
        }
        CHECK_EQ(err, cases[i].err);
        CHECK(strstr(diag.text, cases[i].says) != NULL);
        world_close(&w);
    }
}

TEST(strangers_and_later_programs_are_refused)
{
    UNUSED_STATE;
    static const char *const edits[] = {"PRAGMA user_version = 99", "PRAGMA application_id = 77"};
    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        world_t w = {0};
        world_open(&w);
        store_close(w.store);
        edit(&w, edits[i]);
        diag_t diag = {0};
        CHECK_EQ(store_open_home(&w.home, false, true, &diag, &w.store), ERR_VERSION);
        CHECK(strstr(diag.text, "--home") != NULL);
        CHECK_EQ(store_open_home(&w.home, true, true, NULL, &w.store), ERR_VERSION);
        w.store = NULL;
        world_close(&w);
    }
    world_t w = {0};
    temp_home_make(w.root);
    CHECK_OK(home_open(w.root, HOME_CREATE, NULL, &w.home));
    CHECK_EQ(store_open_home(&w.home, true, true, NULL, &w.store), ERR_EMPTY);
    edit(&w, "CREATE TABLE bar_chunk (a)"); /* the bar store may come first */
    CHECK_EQ(store_open_home(&w.home, true, true, NULL, &w.store), ERR_EMPTY);
    CHECK_OK(store_open_home(&w.home, false, true, NULL, &w.store));
    store_close(w.store);
    temp_home_remove(w.root);
    temp_home_make(w.root);
    CHECK_OK(home_open(w.root, HOME_CREATE, NULL, &w.home));
    edit(&w, "CREATE TABLE customers (a)");
    CHECK_EQ(store_open_home(&w.home, false, true, NULL, &w.store), ERR_VERSION);
    temp_home_remove(w.root);
}

TEST(an_old_writer_is_fenced)
{
    UNUSED_STATE;
    world_t w = {0};
    world_open(&w);
    journal_t *first = NULL;
    journal_t *second = NULL;
    run_start_t start = start_of(5);
    journal_options_t o = {.batch_bytes = 1};
    CHECK_OK(journal_create(w.store, &start, &o, NULL, &first));
    (void)write_steps(first, 5, 3);
    store_t *other = NULL;
    CHECK_OK(store_open_home(&w.home, false, true, NULL, &other));
    CHECK_OK(journal_resume(other, STR("latest"), &o, NULL, &second));
    CHECK_EQ(journal_next_seq(second), journal_next_seq(first));
    event_t e = make_slice(1);
    CHECK_OK(journal_append(first, &e));
    CHECK_EQ(journal_step_end(first, NULL), ERR_FENCED);
    CHECK_EQ(journal_durable_seq(first), journal_next_seq(first) - 2);
    e = make_slice(1);
    CHECK_OK(journal_append(first, &e));
    CHECK_EQ(journal_commit(first, NULL), ERR_FENCED); /* for good */
    (void)write_steps(second, 6, 3);
    CHECK_OK(journal_finish(second, &(run_end_t){.status = RUN_STOPPED}, NULL));
    journal_close(first);
    journal_close(second);
    journal_verdict_t v;
    CHECK_OK(journal_verify(w.store, STR("latest"), NULL, &v));
    store_close(other);
    run_row_t row;
    CHECK_EQ(journal_create(w.store, &start, &o, NULL, &first), ERR_EXISTS);
    CHECK_OK(journal_resume(w.store, STR("latest"), &o, NULL, &first)); /* a clean stop may go on */
    CHECK_OK(journal_finish(first, &(run_end_t){.status = RUN_ENDED, .decisions = v.decisions}, NULL));
    journal_close(first);
    CHECK_EQ(journal_resume(w.store, STR("latest"), &o, NULL, &first), ERR_ORDER_STATE);
    CHECK_OK(run_find(w.store, STR("latest"), NULL, &row));
    CHECK_EQ(row.writer, 3);
    world_close(&w);
}

TEST(runs_are_found_by_how_new_they_are)
{
    (void)state_;
    world_t w;
    world_open(&w);
    run_id_t id[3];
    run_row_t row;
    journal_options_t o = {.batch_bytes = 1};
    for (u64 i = 0; i < COUNT_OF(id); i++) {
        journal_t *j = NULL;
        run_start_t start = start_of(i + 1);
        CHECK_EQ(run_find(w.store, STR("previous"), NULL, &row), i < 2 ? ERR_NOT_FOUND : ERR_OK);
        CHECK_OK(journal_create(w.store, &start, &o, NULL, &j));
        id[i] = journal_run_id(j);
        CHECK_OK(journal_finish(j, &(run_end_t){.status = RUN_ENDED}, NULL));
        journal_close(j);
    }
    CHECK_OK(run_find(w.store, STR("latest"), NULL, &row));
    CHECK_STR(row.id.text, id[2].text);
    CHECK_OK(run_find(w.store, STR("Previous"), NULL, &row));
    CHECK_STR(row.id.text, id[1].text);
    world_close(&w);
}

/* What the journal holds about an intent, and whether recovery must doubt it. */
typedef struct {
    order_state_t state;
    u8 broker;
    i32 sent;
    bool unknown;
} outcome_t;

static void append_outcome(journal_t *j, id128_t id, u32 number, const outcome_t *c)
{
    event_t e = make_intent(id, number, 10);
    CHECK_OK(journal_append(j, &e));
    if (c->sent >= 0) {
        event_t s = {.head = {.kind = EV_SEND_RESULT, .t_engine = 11}};
        s.as.SEND_RESULT.intent = id;
        s.as.SEND_RESULT.sent = (u8)c->sent;
        CHECK_OK(journal_append(j, &s));
    }
    if (c->broker != 0) {
        e = make_broker(id, (broker_msg_kind_t)c->broker, 12);
        CHECK_OK(journal_append(j, &e));
    }
    if (c->state != ORDER_INTENT) {
        e = make_state(id, ORDER_INTENT, c->state, 13);
        CHECK_OK(journal_append(j, &e));
    }
}

TEST(orders_without_outcome_are_unknown)
{
    UNUSED_STATE;
    world_t w = {0};
    world_open(&w);
    journal_t *j = NULL;
    run_start_t start = start_of(8);
    CHECK_OK(journal_create(w.store, &start, &(journal_options_t){.batch_bytes = 1}, NULL, &j));
    static const outcome_t cases[] = {
        {ORDER_INTENT, 0, -1, true},
        {ORDER_PENDING_NEW, 0, -1, true},
        {ORDER_PENDING_NEW, 0, 1, true},
        {ORDER_PENDING_NEW, 0, 0, false},
        {ORDER_PENDING_NEW, BROKER_ACK, 1, false},
        {ORDER_NEW, BROKER_ACK, 1, false},
        {ORDER_UNKNOWN, BROKER_SILENT, 1, true},
        {ORDER_FILLED, BROKER_FILL, 1, false},
        {ORDER_REJECTED, BROKER_REJECT, 1, false},
        {ORDER_PENDING_NEW, BROKER_SILENT, 1, true},
        {ORDER_CANCELED, BROKER_NOT_SENT, -1, false},
        {ORDER_UNKNOWN, BROKER_ACK, 1, true},
    };
    u32 expected = 0;
    for (u32 round = 0; round < 40; round++) { /* enough to make the table of intents grow */
        for (u32 i = 0; i < COUNT_OF(cases); i++) {
            append_outcome(j, make_id(100 + round * 100 + i), i + 1, &cases[i]);
            expected += cases[i].unknown ? 1 : 0;
        }
    }
    CHECK_OK(journal_flush(j, NULL));
    u64 last = journal_next_seq(j) - 1;
    journal_close(j); /* without an end: the process died */
    journal_recovered_t r;
    CHECK_OK(journal_recover(w.store, STR("latest"), NULL, NULL, &r, NULL));
    CHECK_EQ(r.last_seq, last);
    CHECK_EQ(r.unknown_count, expected);
    u32 at = 0;
    for (u32 i = 0; i < COUNT_OF(cases); i++) {
        if (cases[i].unknown) {
            CHECK(id128_eq(r.own_unknown[at].intent, make_id(100 + i)));
            CHECK_EQ(r.own_unknown[at].account_id, 3);
            at++;
        }
    }
    free(r.own_unknown);
    CHECK_EQ(
        ask(&w, "SELECT count(*) FROM orders WHERE owner_id = 1 AND risk_group_id = 2 AND account_id = 3"),
        (i64)(40 * COUNT_OF(cases)));
    CHECK_EQ(ask(&w, "SELECT count(*) FROM orders WHERE state = 3"), 80);
    world_close(&w);
}

TEST(rows_follow_the_facts)
{
    UNUSED_STATE;
    world_t w = {0};
    world_open(&w);
    journal_t *j = NULL;
    run_start_t start = start_of(9);
    CHECK_OK(journal_create(w.store, &start, &(journal_options_t){0}, NULL, &j));
    id128_t id = make_id(1);
    event_t e[] = {make_intent(id, 1, 10),
                   make_fill(id, 501, 60, 60, 11),
                   make_fill(id, 502, 40, 100, 12),
                   make_state(id, ORDER_NEW, ORDER_FILLED, 12),
                   {.head = {.kind = EV_CASH, .t_engine = 13}},
                   {.head = {.kind = EV_EQUITY, .t_engine = 14}},
                   {.head = {.kind = EV_LESSON, .t_engine = 15}}};
    e[4].as.CASH = (ev_CASH_t){
        .account = 3, .inst = 5, .kind = 2, .qty_before = 100, .qty_after = 200, .cash_after = 77};
    e[5].as.EQUITY = (ev_EQUITY_t){.account = 3, .session = 1, .cash = 77, .equity = 99};
    e[6].as.LESSON = (ev_LESSON_t){.account = 3, .entry = id, .record = STR("cut losses")};
    for (u32 i = 0; i < COUNT_OF(e); i++) {
        CHECK_OK(journal_append(j, &e[i]));
    }
    CHECK_OK(journal_flush(j, NULL));
    journal_close(j);
    CHECK_EQ(ask(&w, "SELECT filled FROM orders WHERE state = 10"), 100);
    CHECK_EQ(ask(&w, "SELECT sum(qty) FROM fill WHERE owner_id = 1 AND risk_group_id = 2"), 100);
    CHECK_EQ(ask(&w, "SELECT qty FROM position WHERE account_id = 3 AND inst = 5"), 200);
    CHECK_EQ(ask(&w, "SELECT cash_after FROM ledger"), 77);
    CHECK_EQ(ask(&w, "SELECT equity FROM equity WHERE session = 1"), 99);
    CHECK_EQ(ask(&w, "SELECT record = CAST('cut losses' AS BLOB) FROM lesson"), 1);
    world_close(&w);
}

/* A home of before: its orders are kept, in the order of their making, and found by number. */
TEST(orders_of_an_older_home_are_kept)
{
    UNUSED_STATE;
    enum { ORDERS = 300 };
    world_t w = {0};
    world_open(&w);
    journal_t *j = NULL;
    run_start_t start = start_of(9);
    CHECK_OK(journal_create(w.store, &start, &(journal_options_t){0}, NULL, &j));
    for (u32 i = 0; i < ORDERS; i++) {
        event_t e = make_intent(make_id(ORDERS * 7 - i * 7), 1, 10 + i);
        CHECK_OK(journal_append(j, &e));
    }
    CHECK_OK(journal_flush(j, NULL));
    journal_close(j);
    static const char *const sums[] = {"SELECT count(*) FROM orders",
                                       "SELECT sum(seq * t_decided) FROM orders",
                                       "SELECT sum(seq * unicode(hex(intent))) FROM orders",
                                       "SELECT count(*) FROM orders WHERE length(intent) = 16"};
    i64 before[COUNT_OF(sums)];
    for (u32 i = 0; i < COUNT_OF(sums); i++) {
        before[i] = ask(&w, sums[i]);
    }
    store_close(w.store);
    edit(&w, "CREATE TABLE o AS SELECT * FROM orders ORDER BY hex(intent); DROP TABLE orders;"
             "ALTER TABLE o RENAME TO orders;"
             "CREATE INDEX orders_by_account ON orders (run, account_id, seq);"
             "DROP TABLE trial_data; DROP TABLE search_try; DROP TABLE search; DROP TABLE court_act;"
             "DROP TABLE court_case; PRAGMA user_version = 3");
    CHECK_OK(store_open_home(&w.home, false, true, NULL, &w.store));
    for (u32 i = 0; i < COUNT_OF(sums); i++) {
        CHECK_EQ(ask(&w, sums[i]), before[i]);
    }
    CHECK_EQ(before[0], ORDERS);
    CHECK_EQ(ask(&w, "SELECT count(*) FROM sqlite_schema WHERE tbl_name = 'orders' AND type = 'index' AND"
                     " name = 'orders_by_intent'"),
             1);
    CHECK_EQ(ask(&w, "SELECT count(*) FROM sqlite_schema WHERE name = 'orders_by_account'"), 0);
    CHECK_EQ(ask(&w, "PRAGMA user_version"), 6);
    CHECK_EQ(ask(&w, "SELECT count(*) FROM search") + ask(&w, "SELECT count(*) FROM search_try"), 0);
    CHECK_EQ(ask(&w, "SELECT count(*) FROM court_case") + ask(&w, "SELECT count(*) FROM court_act"), 0);
    run_start_t again = start_of(10);
    CHECK_OK(journal_create(w.store, &again, &(journal_options_t){0}, NULL, &j));
    id128_t id = make_id(3);
    event_t e[] = {make_intent(id, 1, 10), make_state(id, ORDER_NEW, ORDER_FILLED, 12)};
    CHECK_OK(journal_append(j, &e[0]));
    CHECK_OK(journal_append(j, &e[1]));
    CHECK_OK(journal_flush(j, NULL));
    journal_close(j);
    CHECK_EQ(ask(&w, "SELECT state FROM orders WHERE run = 2"), ORDER_FILLED);
    world_close(&w);
}

TEST(snapshots_read_back)
{
    UNUSED_STATE;
    world_t w = {0};
    world_open(&w);
    journal_t *j = NULL;
    run_start_t start = start_of(10);
    CHECK_OK(journal_create(w.store, &start, &(journal_options_t){.threaded = true}, NULL, &j));
    snapshot_section_t sections[] = {{.name = "portfolio", .version = 3, .bytes = STR("abc")},
                                     {.name = "risk", .version = 1, .bytes = STR("")}};
    event_t e = make_slice(5);
    CHECK_OK(journal_append(j, &e));
    CHECK_OK(journal_snapshot(j, sections, 2, NULL));
    e = make_slice(6);
    CHECK_OK(journal_append(j, &e));
    sections[0].bytes = STR("later");
    CHECK_OK(journal_snapshot(j, sections, 2, NULL));
    e = make_slice(7);
    CHECK_OK(journal_append(j, &e));
    CHECK_OK(journal_flush(j, NULL));
    journal_close(j);
    snapshot_t got;
    CHECK_OK(snapshot_latest(w.store, 1, NULL, &got));
    CHECK_EQ(got.seq, 2);
    CHECK_EQ(got.count, 2);
    CHECK_STR(got.sections[0].name, "portfolio");
    CHECK_EQ(got.sections[0].version, 3);
    CHECK(str_eq_c(got.sections[0].bytes, "later"));
    CHECK_EQ(got.sections[1].bytes.n, 0);
    free(got.own_memory);
    CHECK_EQ(snapshot_latest(w.store, 2, NULL, &got), ERR_EMPTY);
    edit(&w, "UPDATE snapshot SET bytes = CAST(replace(bytes, 'later', 'lather') AS BLOB)");
    CHECK_EQ(snapshot_latest(w.store, 1, NULL, &got), ERR_CORRUPT);
    world_close(&w);
}

TEST(runs_are_found)
{
    UNUSED_STATE;
    world_t w = {0};
    world_open(&w);
    run_row_t rows[8];
    u32 count = 9;
    CHECK_EQ(run_find(w.store, STR("latest"), NULL, &rows[0]), ERR_NOT_FOUND);
    CHECK_OK(run_list(w.store, rows, 8, NULL, &count));
    CHECK_EQ(count, 0);
    for (u64 i = 1; i <= 3; i++) {
        journal_t *j = NULL;
        run_start_t start = start_of(i);
        CHECK_OK(journal_create(w.store, &start, &(journal_options_t){0}, NULL, &j));
        journal_close(j);
    }
    CHECK_OK(run_list(w.store, rows, 2, NULL, &count));
    CHECK_EQ(count, 2);
    CHECK_EQ(rows[0].number, 3);
    CHECK_EQ(rows[1].number, 2);
    CHECK_STR(rows[1].id.text, run_id_of(make_id(2)).text);
    run_row_t one;
    char lower[6];
    for (u32 i = 0; i < 6; i++) {
        char c = rows[1].id.text[i];
        lower[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    CHECK_OK(run_find(w.store, (str_t){.p = (const u8 *)lower, .n = 6}, NULL, &one));
    CHECK_EQ(one.number, 2);
    CHECK_EQ(run_find(w.store, STR("ab"), NULL, &one), ERR_NOT_FOUND);
    CHECK_EQ(run_find(w.store, STR("0000000000000000"), NULL, &one), ERR_NOT_FOUND);
    /* Zero and all ones, by hand: 25 digits of five bits and one that holds the last three. */
    id128_t ones;
    memset(ones.b, 0xFF, sizeof ones.b);
    CHECK_STR(run_id_of((id128_t){0}).text, "00000000000000000000000000");
    CHECK_STR(run_id_of(ones).text, "ZZZZZZZZZZZZZZZZZZZZZZZZZW");
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_found_by_how_new_they_are),
        cmocka_unit_test(a_run_reads_back),
        cmocka_unit_test(edits_are_found),
        cmocka_unit_test(strangers_and_later_programs_are_refused),
        cmocka_unit_test(an_old_writer_is_fenced),
        cmocka_unit_test(orders_without_outcome_are_unknown),
        cmocka_unit_test(rows_follow_the_facts),
        cmocka_unit_test(orders_of_an_older_home_are_kept),
        cmocka_unit_test(snapshots_read_back),
        cmocka_unit_test(runs_are_found),
    };
    return RUN_TESTS(tests);
}
